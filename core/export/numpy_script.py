"""Writes a run as a script of NumPy alone, in the notation of the lecture.

The formulas are those of the tables of activations, losses and optimizers, written by
`core.export.numpy_code`. Random numbers come from the same generators as in the program, so that weights,
order of samples and dropout masks are the same, and the losses agree up to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..expressions import Leaf, Symbol, setting
from ..nn.activations import ACTIVATIONS, Activation
from ..nn.network import ActivationSpan, NetworkLayer
from .numpy_code import code, definitions, number_code
from .run_start import RunStart
from .script_parts import (
    OUTPUT,
    TARGET,
    Beginning,
    ScriptData,
    ScriptFile,
    Sections,
    divided,
    first_sections,
    masks_lines,
    script_file,
    tags_of,
    update_formulas,
)

CLOSING = "    print(iteration + 1, repr(float(J)))"
"""The last line of the training loop."""
Z, A = (Leaf(0.5, Symbol(letter)) for letter in ("z", "a"))


ABOUT = """Training of a neural network, written out with NumPy alone.

Columns are samples: z[l] = W[l].T a[l-1] + b[l] and a[l] = g(z[l]); delta[l] = dJ/dz[l].
theta holds all parameters, g their gradient dJ/dtheta; W[l] and b[l] are parts of theta."""
BEGINNING = Beginning(
    ("import numpy as np",),
    settings=('np.seterr(all="ignore")  # np.where computes both of its branches',),
    gradient=True,
)


def numpy_script(start: RunStart, iterations: int, title: str) -> ScriptFile:
    """Return the script that makes ``iterations`` updates from ``start`` and prints the loss of each.

    ``title`` is inserted as quoted data.
    """
    data = ScriptData(start)
    return script_file(data, ABOUT, script_sections(data, iterations, title))


def script_sections(data: ScriptData, iterations: int, title: str) -> Sections:
    """Return the lines of the script by section, in order."""
    start = data.start
    return {
        **first_sections(data, iterations, title, BEGINNING),
        "activations": [*_activations(start)],
        "loss": [*_loss(start)],
        "passes": [*_forward(start), *_backward(start)],
        "update": [*_update(start)],
        "training": [*_training(start)],
    }


# -- activations ----------------------------------------------------------------------------------

SOFTMAX = """def softmax(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def softmax_backward(da, a):
    return a * (da - (a * da).sum(axis=0))
"""
STABLE = {"softplus": "np.logaddexp(z, 0)"}
"""Formulas that differ from the lecture's because those overflow."""


def _activations(start: RunStart) -> Iterator[str]:
    yield from ("", "# -- activations g(z) and their derivatives", "")
    used = {span.activation.name: None for layer in start.network.layers for span in layer.spans}
    for name in used:
        yield ""
        yield from SOFTMAX.splitlines() if ACTIVATIONS[name].layerwide else _activation(ACTIVATIONS[name])
        yield ""


def _activation(activation: Activation) -> Iterator[str]:
    alpha = setting("α", activation.alpha or 0.0)
    more = "" if activation.alpha is None else ", alpha"
    value = activation.formula(Z, alpha)
    yield f"def {activation.name}(z{more}):"
    yield from (f"    {line}" for line in definitions(value))
    yield f"    return {STABLE.get(activation.name) or code(value)}"
    yield from ("", "")
    derivative = activation.derivative_formula(Z, A, alpha)
    yield f"def {activation.name}_derivative(z, a{more}):"
    yield from (f"    {line}" for line in definitions(derivative))
    constant = isinstance(derivative, Leaf) and derivative.symbol is None
    yield f"    return {f'np.full_like(z, {code(derivative)})' if constant else code(derivative)}"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"np.vstack([{', '.join(parts)}])"


def _rows(array: str, l: int, span: ActivationSpan, layer: NetworkLayer) -> str:
    whole = f"{array}[{l}]"
    return whole if len(layer.spans) == 1 else f"{whole}[{span.start}:{span.stop}]"


def _alpha(span: ActivationSpan) -> str:
    return "" if span.activation.alpha is None else f", {number_code(span.alpha)}"


# -- the loss -------------------------------------------------------------------------------------

OF_Z = {
    ("sigmoid", "bce"): "np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - y * z",
    ("softmax", "cce"): "y * (np.log(np.exp(z - z.max(axis=0)).sum(axis=0)) - (z - z.max(axis=0)))",
    ("sigmoid", "cce"): "y * (np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z))))",
}
"""L of z[L], for output activations and losses that are computed together (see `core.nn.losses`)."""
WITH_LOGARITHMS = {
    "bce": (
        "-(times_ln(y, o) + times_ln(1 - y, 1 - o))",
        "np.where(y == 1, 0, (1 - y) / (1 - o)) - np.where(y == 0, 0, y / o)",
    ),
    "cce": ("-times_ln(y, o)", "-np.where(y == 0, 0, y / o)"),
}
"""L and dL/do with 0 ln 0 = 0 and 0/0 = 0."""


def _loss(start: RunStart) -> Iterator[str]:
    network, loss, tags = start.network, start.network.loss, tags_of(start)
    yield from ("# -- the loss J of a batch, and its derivative", "", "")
    if network.fused is None and tags[1] in WITH_LOGARITHMS:
        yield from ("def times_ln(y, p):", "    return np.where(y == 0, 0, y * np.log(p))", "", "")
    value, slope = WITH_LOGARITHMS.get(
        tags[1], (code(loss.formula(OUTPUT, TARGET)), code(loss.derivative_formula(OUTPUT, TARGET)))
    )
    samples = ["    samples = y.shape[1]"] if loss.over_samples == "mean" else []
    of, value = ("z", OF_Z[tags]) if network.fused is not None else ("o", value)
    yield from (f"def loss({of}, y):", *samples)
    yield from (f"    L = {value}", f"    return L.sum(){divided(start)}", "", "")
    if network.perceptron:
        share = " / samples" if samples else ""
        yield from ("def output_delta(o, y):  # the perceptron rule", *samples)
        yield f"    return (o - y){share}"
    elif network.fused is not None:
        yield from ("def output_delta(o, y):  # dJ/dz[L], of activation and loss together", *samples)
        yield f"    return ({code(network.fused.derivative_formula(OUTPUT, TARGET))}){divided(start)}"
    else:
        yield from ("def loss_derivative(o, y):  # dJ/do", *samples)
        yield f"    return ({slope}){divided(start)}"
    yield from ("", "")


# -- the passes -----------------------------------------------------------------------------------


def _forward(start: RunStart) -> Iterator[str]:
    layers = start.network.layers
    masked = [layer.l for layer in layers if layer.dropout]
    yield from ("# -- forward and backward pass", "", "")
    yield from masks_lines(start)
    yield f"def forward(x{', mask' if masked else ''}):"
    yield "    z, a = {}, {0: x}"
    for layer in layers:
        l = layer.l
        entering = f"(a[{l - 1}] * mask[{l}])" if layer.dropout else f"a[{l - 1}]"
        yield f"    z[{l}] = W[{l}].T @ {entering} + b[{l}][:, None]"
        parts = [f"{s.activation.name}({_rows('z', l, s, layer)}{_alpha(s)})" for s in layer.spans]
        yield f"    a[{l}] = {_joined(parts)}"
    yield from ("    return z, a", "", "")


def _backward(start: RunStart) -> Iterator[str]:
    network = start.network
    last = len(network.layers)
    masked = any(layer.dropout for layer in network.layers)
    yield f"def backward(z, a, y{', mask' if masked else ''}):"
    yield "    da, delta = {}, {}"
    for layer in reversed(network.layers):
        l = layer.l
        if l == last and network.direct_delta:
            yield f"    delta[{l}] = output_delta(a[{l}], y)"
        else:
            above = f"W[{l + 1}] @ delta[{l + 1}]" if l < last else f"loss_derivative(a[{l}], y)"
            dropped = f" * mask[{l + 1}]" if l < last and network.layers[l].dropout else ""
            yield f"    da[{l}] = {above}{dropped}"
            yield f"    delta[{l}] = {_joined([_span_backward(span, layer) for span in layer.spans])}"
        entering = f"(a[{l - 1}] * mask[{l}])" if layer.dropout else f"a[{l - 1}]"
        yield f"    dW[{l}][...] = {entering} @ delta[{l}].T"
        yield f"    db[{l}][...] = delta[{l}].sum(axis=1)"
    training = network.design.training
    for name, term in (("l2", "l2 * W[l]"), ("l1", "l1 * np.sign(W[l])")):
        if getattr(training, name):
            yield from ("    for l in W:", f"        dW[l] += {term}")
    yield from ("", "")


def _span_backward(span: ActivationSpan, layer: NetworkLayer) -> str:
    z, a, da = (_rows(array, layer.l, span, layer) for array in ("z", "a", "da"))
    if span.activation.layerwide:
        return f"{span.activation.name}_backward({da}, {a})"
    return f"{da} * {span.activation.name}_derivative({z}, {a}{_alpha(span)})"


def _update(start: RunStart) -> Iterator[str]:
    memory, step = update_formulas(start)
    letters = start.network.design.training.optimizer.letters
    yield "def update(t):  # t counts the updates from 1"
    names = ", ".join(("theta", *letters))
    yield f"    global {names}"
    if start.network.fixed.size:
        yield "    g[fixed] = 0  # these parameters stay as they are"
    yield from (f"    {letter} = {code(one)}" for letter, one in zip(letters, memory, strict=True))
    yield from (f"    {line}" for line in definitions(step))
    yield f"    theta -= {code(step)}"
    yield from ("", "")


def _training(start: RunStart) -> Iterator[str]:
    masked = any(layer.dropout for layer in start.network.layers)
    last = len(start.network.layers)
    of = f"z[{last}]" if start.network.fused is not None else f"a[{last}]"
    before = start.origin.optimizer
    yield from ("# -- training", "", "for iteration in range(FIRST, FIRST + ITERATIONS):")
    yield "    batch = samples_of(iteration)"
    yield "    x, y = X[:, batch], Y[:, batch]"
    if masked:
        yield "    mask = masks_of(iteration, x.shape[1])"
    yield f"    z, a = forward(x{', mask' if masked else ''})"
    yield f"    J = loss({of}, y)"
    yield f"    backward(z, a, y{', mask' if masked else ''})"
    yield f"    update(iteration + 1{f' - {before}' if before else ''})"
    yield CLOSING
    yield ""
