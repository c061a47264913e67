"""Writes a run as a script of Keras 3, with any of its backends.

Initial weights, order of samples and dropout masks are drawn by NumPy's generators, as in the program.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..nn.network import ActivationSpan, NetworkLayer
from ..nn.optimizers import Adam, Momentum, Nesterov, RMSProp
from .numpy_code import number_code
from .run_start import RunStart
from .script_parts import (
    Beginning,
    ScriptData,
    ScriptFile,
    divided,
    first_sections,
    masks_lines,
    script_file,
    tags_of,
)

ACTIVATION_CODE = {
    "linear": "z",
    "sigmoid": "ops.sigmoid(z)",
    "tanh": "ops.tanh(z)",
    "relu": "ops.relu(z)",
    "leaky_relu": "ops.where(z > 0, z, alpha * z)",
    "elu": "ops.where(z > 0, z, alpha * ops.expm1(ops.minimum(z, 0)))",
    "gelu": "ops.gelu(z, approximate=True)",
    "softplus": "ops.maximum(z, 0) + ops.log1p(ops.exp(-ops.abs(z)))",
    "step": "ops.cast(z >= 0, z.dtype) + 0 * z  # its derivative is 0",
    "sign": "2 * ops.cast(z >= 0, z.dtype) - 1 + 0 * z  # its derivative is 0",
    "softmax": "ops.softmax(z, axis=-1)",
}
LOSS_CODE = {
    "mse": "ops.square(o - y)",
    "mae": "ops.abs(o - y)",
    "huber": "ops.where(ops.abs(o - y) <= huber_delta, ops.square(o - y) / 2, "
    "huber_delta * (ops.abs(o - y) - huber_delta / 2))",
    "hinge": "ops.relu(1 - y * o)",
    "bce": "-(times_ln(y, o) + times_ln(1 - y, 1 - o))",
    "cce": "-times_ln(y, o)",
}
OF_Z = {
    ("sigmoid", "bce"): "ops.maximum(z, 0) + ops.log1p(ops.exp(-ops.abs(z))) - y * z",
    ("softmax", "cce"): "-y * ops.log_softmax(z, axis=-1)",
    ("sigmoid", "cce"): "y * (ops.maximum(-z, 0) + ops.log1p(ops.exp(-ops.abs(z))))",
}
"""L of z[L], for output activations and losses that are computed together (see `core.nn.losses`)."""


ABOUT = """Training of a neural network with Keras.

In Keras, rows are samples: z = a @ W + b for every layer."""
IMPORTS = (
    'os.environ.setdefault("KERAS_BACKEND", "torch")  # or tensorflow, or jax',
    "",
    "import keras",
    "import numpy as np",
    "from keras import ops",
)


def keras_script(start: RunStart, iterations: int, title: str) -> ScriptFile:
    """Return the script that makes ``iterations`` updates from ``start`` and prints the loss of each.

    ``title`` is inserted as quoted data.
    """
    data = ScriptData(start)
    precision = f'keras.config.set_floatx("{start.network.design.training.precision}")'
    own = Beginning(IMPORTS, standard=("import os",), settings=(precision,))
    sections = {
        **first_sections(data, iterations, title, own),
        "activations": [*_activations(start)],
        "model": [*_model(start)],
        "loss": [*_loss(start)],
        "training": [*_optimizer(start), *_training(start)],
    }
    return script_file(data, ABOUT, sections)


def _of_z(start: RunStart) -> bool:
    """Return whether the model ends with z of the output layer, of which the loss is a function."""
    return start.network.direct_delta


def _activations(start: RunStart) -> Iterator[str]:
    yield from ("", "# -- activations g(z)", "")
    layers = start.network.layers
    used = {span.activation.name: span.activation for layer in layers for span in layer.spans}
    for name, activation in used.items():
        yield from ("", f"def {name}(z{'' if activation.alpha is None else ', alpha'}):")
        yield from (f"    return {ACTIVATION_CODE[name]}", "")
    for layer in layers:
        yield from ("", f"def activation{layer.l}(z):")
        parts = [_span(span, layer) for span in layer.spans]
        joined = parts[0] if len(parts) == 1 else f"ops.concatenate([{', '.join(parts)}], axis=1)"
        yield from (f"    return {joined}", "")


def _span(span: ActivationSpan, layer: NetworkLayer) -> str:
    columns = "" if len(layer.spans) == 1 else f"[:, {span.start}:{span.stop}]"
    alpha = "" if span.activation.alpha is None else f", {number_code(span.alpha)}"
    return f"{span.activation.name}(z{columns}{alpha})"


def _model(start: RunStart) -> Iterator[str]:
    network, training = start.network, start.network.design.training
    yield from ("", "# -- the model", "", "")
    yield from masks_lines(start)
    masked = any(layer.dropout for layer in network.layers)
    if masked:
        yield "class Mask(keras.layers.Layer):  # dropout with the masks of masks_of"
        yield "    kept = None"
        yield ""
        yield "    def call(self, a, training=False):"
        yield "        return a * ops.convert_to_tensor(self.kept, dtype=a.dtype) if training else a"
        yield from ("", "")
    l1, l2 = number_code(training.l1), number_code(training.l2 / 2)
    penalty = (
        f", kernel_regularizer=keras.regularizers.L1L2({l1}, {l2})" if training.l1 or training.l2 else ""
    )
    yield "model = keras.Sequential(["
    yield "    keras.Input((X.shape[0],), dtype=X.dtype.name),"
    for layer in network.layers:
        if layer.dropout:
            yield f'    Mask(name="mask{layer.l}"),'
        last = layer.l == len(network.layers) and _of_z(start)
        activation = "" if last else f"activation=activation{layer.l}, "
        yield f'    keras.layers.Dense({layer.n_out}, {activation}name="dense{layer.l}"{penalty}),'
    yield "])"
    yield "for l in W:"
    yield '    model.get_layer(f"dense{l}").set_weights([W[l], b[l]])'


def _loss(start: RunStart) -> Iterator[str]:
    network, tags = start.network, tags_of(start)
    last = len(network.layers)
    yield from ("", "# -- the loss J of a batch", "", "")
    if network.fused is None and "times_ln" in LOSS_CODE[tags[1]]:
        yield "def times_ln(y, p):  # 0 ln 0 = 0"
        yield from ("    return y * ops.log(ops.where(y == 0, ops.ones_like(p), p))", "", "")
    value = OF_Z[tags] if network.fused is not None else LOSS_CODE[tags[1]]
    yield f"def loss(y, {'z' if _of_z(start) else 'o'}):"
    yield from ["    samples = y.shape[0]"] if network.loss.over_samples == "mean" else []
    yield from [f"    o = activation{last}(z)"] if network.perceptron else []
    yield from (f"    L = {value}", f"    return ops.sum(L){divided(start)}", "", "")
    if network.perceptron:
        share = " / y.shape[0]" if network.loss.over_samples == "mean" else ""
        yield "def followed(y, z):  # the perceptron rule: o - y in place of the derivative dJ/dz"
        yield f"    return ops.sum(ops.stop_gradient(activation{last}(z) - y) * z){share}"
        yield from ("", "")


def _optimizer(start: RunStart) -> Iterator[str]:
    """Yield the optimizer, with its memory if the run is continued."""
    yield from ("# -- training", "")
    memory: list[tuple[str, str]] = []
    match start.network.design.training.optimizer:
        case Momentum():
            made, memory = "SGD(eta, momentum=mu)", [("momentums", "-eta * v")]
        case Nesterov(momentum=mu):
            made, memory = (
                f"SGD(eta, momentum=mu{', nesterov=True' if mu else ''})",
                [("momentums", "-eta * v")],
            )
        case RMSProp():
            made, memory = "RMSprop(eta, rho=rho, epsilon=epsilon**2)", [("_velocities", "s")]
            yield "# In Keras, epsilon stands under the root, so the two differ where s is near 0."
        case Adam():
            made = "Adam(eta, beta_1=beta1, beta_2=beta2, epsilon=epsilon)"
            memory = [("_momentums", "m"), ("_velocities", "v")]
            yield "# In Keras, epsilon has no bias correction, so the two differ where v is near 0."
        case _:
            made = "SGD(eta)"
    yield f"optimizer = keras.optimizers.{made}"
    followed = "followed" if start.network.perceptron else "loss"
    yield f"model.compile(optimizer=optimizer, loss={followed}, run_eagerly=True)"
    if start.memory.any():
        yield "optimizer.build(model.trainable_variables)"
        yield f"optimizer.iterations.assign({start.iteration - start.origin.optimizer})"
        for kept, vector in memory:
            yield f"place, vector = 0, {vector}"
            yield f"for kept in optimizer.{kept}:"
            yield "    size = int(np.prod(kept.shape))"
            yield "    kept.assign(vector[place:place + size].reshape(kept.shape))"
            yield "    place += size"
    if start.network.fixed.size:
        yield from ("held = np.isin(np.arange(theta.size), fixed)", "")
        yield from (
            "",
            "def flat():",
            "    return np.concatenate([one.ravel() for one in model.get_weights()])",
            "",
            "",
        )
        yield "def restore(before):  # these parameters stay as they are"
        yield "    kept, place, parts = np.where(held, before, flat()), 0, []"
        yield "    for one in model.get_weights():"
        yield "        parts.append(kept[place:place + one.size].reshape(one.shape))"
        yield "        place += one.size"
        yield from ("    model.set_weights(parts)", "", "")


def _training(start: RunStart) -> Iterator[str]:
    network = start.network
    masked = [layer.l for layer in network.layers if layer.dropout]
    yield "for iteration in range(FIRST, FIRST + ITERATIONS):"
    yield "    batch = samples_of(iteration)"
    yield "    x, y = (ops.convert_to_tensor(one[:, batch].T.copy()) for one in (X, Y))"
    if masked:
        yield "    mask = masks_of(iteration, len(batch))"
        yield f"    for l in {masked}:"
        yield '        model.get_layer(f"mask{l}").kept = mask[l].T'
    yield "    J = loss(y, model(x, training=True))"
    yield from ["    before = flat()"] if network.fixed.size else []
    yield "    model.train_on_batch(x, y)"
    yield from ["    restore(before)"] if network.fixed.size else []
    yield from ("    print(iteration + 1, repr(float(J)))", "")
