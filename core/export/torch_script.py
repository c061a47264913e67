"""Writes a run as a script of PyTorch, which computes the gradient by automatic differentiation.

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
    "sigmoid": "torch.sigmoid(z)",
    "tanh": "torch.tanh(z)",
    "relu": "torch.relu(z)",
    "leaky_relu": "torch.where(z > 0, z, alpha * z)",
    "elu": "torch.nn.functional.elu(z, alpha)",
    "gelu": 'torch.nn.functional.gelu(z, approximate="tanh")',
    "softplus": "torch.logaddexp(z, torch.zeros_like(z))",
    "step": "(z >= 0).to(z.dtype) + 0 * z  # its derivative is 0",
    "sign": "2 * (z >= 0).to(z.dtype) - 1 + 0 * z  # its derivative is 0",
    "softmax": "torch.softmax(z, dim=0)",
}
LOSS_CODE = {
    "mse": "(o - y) ** 2",
    "mae": "torch.abs(o - y)",
    "huber": 'torch.nn.functional.huber_loss(o, y, reduction="none", delta=huber_delta)',
    "hinge": "torch.relu(1 - y * o)",
    "bce": "-(times_ln(y, o) + times_ln(1 - y, 1 - o))",
    "cce": "-times_ln(y, o)",
}
OF_Z = {
    ("sigmoid", "bce"): 'torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none")',
    ("softmax", "cce"): "-y * torch.log_softmax(z, dim=0)",
    ("sigmoid", "cce"): "-y * torch.nn.functional.logsigmoid(z)",
}
"""L of z[L], for output activations and losses that are computed together (see `core.nn.losses`)."""


ABOUT = """Training of a neural network with PyTorch.

Columns are samples: z[l] = W[l].T a[l-1] + b[l] and a[l] = g(z[l]). theta holds all parameters;
W[l] and b[l] are parts of it."""
BEGINNING = Beginning(
    ("import numpy as np", "import torch"),
    data=("X, Y = torch.from_numpy(X), torch.from_numpy(Y)",),
    parameters=(
        "SHAPES = [W[l].shape for l in W]",
        "theta = torch.nn.Parameter(torch.from_numpy(theta))",
    ),
)


def torch_script(start: RunStart, iterations: int, title: str) -> ScriptFile:
    """Return the script that makes ``iterations`` updates from ``start`` and prints the loss of each.

    ``title`` is inserted as quoted data.
    """
    data = ScriptData(start)
    sections = {
        **first_sections(data, iterations, title, BEGINNING),
        "activations": [*_activations(start)],
        "loss": [*_loss(start)],
        "passes": [*_forward(start)],
        "training": [*_optimizer(start), *_training(start)],
    }
    return script_file(data, ABOUT, sections)


def _activations(start: RunStart) -> Iterator[str]:
    yield from ("", "# -- activations g(z)", "")
    used = {span.activation.name: span.activation for layer in start.network.layers for span in layer.spans}
    for name, activation in used.items():
        yield ""
        yield f"def {name}(z{'' if activation.alpha is None else ', alpha'}):"
        yield f"    return {ACTIVATION_CODE[name]}"
        yield ""


def _loss(start: RunStart) -> Iterator[str]:
    network, tags = start.network, tags_of(start)
    yield from ("", "# -- the loss J of a batch", "", "")
    if network.fused is None and "times_ln" in LOSS_CODE[tags[1]]:
        yield "def times_ln(y, p):  # 0 ln 0 = 0"
        yield from ("    return y * torch.log(torch.where(y == 0, torch.ones_like(p), p))", "", "")
    of, value = ("z", OF_Z[tags]) if network.fused is not None else ("o", LOSS_CODE[tags[1]])
    yield f"def loss({of}, y):"
    yield from ["    samples = y.shape[1]"] if network.loss.over_samples == "mean" else []
    yield from (f"    L = {value}", f"    return L.sum(){divided(start)}", "", "")
    training = network.design.training
    if training.l1 or training.l2:
        yield "def penalty(W):"
        terms = ["l1 * sum(torch.abs(W[l]).sum() for l in W)"] if training.l1 else []
        terms += ["l2 / 2 * sum((W[l] ** 2).sum() for l in W)"] if training.l2 else []
        yield from (f"    return {' + '.join(terms)}", "", "")


def _forward(start: RunStart) -> Iterator[str]:
    masked = any(layer.dropout for layer in start.network.layers)
    yield from ("# -- forward pass", "", "")
    yield from ("def parts(theta):", "    W, b, place = {}, {}, 0")
    yield "    for l, (n_in, n_out) in enumerate(SHAPES, start=1):"
    yield "        weights, end = place + n_in * n_out, place + (n_in + 1) * n_out"
    yield "        W[l], b[l] = theta[place:weights].reshape(n_in, n_out), theta[weights:end]"
    yield from ("        place = end", "    return W, b", "", "")
    yield from masks_lines(start)
    yield f"def forward(x, W, b{', mask' if masked else ''}):"
    yield "    z, a = {}, {0: x}"
    for layer in start.network.layers:
        l = layer.l
        entering = (
            f"(a[{l - 1}] * torch.from_numpy(mask[{l}]).to(x.dtype))" if layer.dropout else f"a[{l - 1}]"
        )
        yield f"    z[{l}] = W[{l}].T @ {entering} + b[{l}][:, None]"
        parts = [_span(span, layer) for span in layer.spans]
        joined = parts[0] if len(parts) == 1 else f"torch.vstack([{', '.join(parts)}])"
        yield f"    a[{l}] = {joined}"
    yield from ("    return z, a", "", "")


def _span(span: ActivationSpan, layer: NetworkLayer) -> str:
    rows = "" if len(layer.spans) == 1 else f"[{span.start}:{span.stop}]"
    alpha = "" if span.activation.alpha is None else f", {number_code(span.alpha)}"
    return f"{span.activation.name}(z[{layer.l}]{rows}{alpha})"


def _optimizer(start: RunStart) -> Iterator[str]:
    """Yield the optimizer, with its memory if the run is continued."""
    yield from ("# -- training", "")
    memory = list[str]()
    match start.network.design.training.optimizer:
        case Momentum():
            made, memory = "SGD([theta], lr=eta, momentum=mu)", ["momentum_buffer"]
        case Nesterov(momentum=mu):
            nesterov = ", nesterov=True" if mu else ""
            made, memory = f"SGD([theta], lr=eta, momentum=mu{nesterov})", ["momentum_buffer"]
        case RMSProp():
            made, memory = "RMSprop([theta], lr=eta, alpha=rho, eps=epsilon)", ["square_avg"]
        case Adam():
            made = "Adam([theta], lr=eta, betas=(beta1, beta2), eps=epsilon)"
            memory = ["exp_avg", "exp_avg_sq"]
        case _:
            made = "SGD([theta], lr=eta)"
    yield f"optimizer = torch.optim.{made}"
    if start.memory.any():
        letters = start.network.design.training.optimizer.letters
        known = [
            f'"{name}": torch.from_numpy({letter})' for name, letter in zip(memory, letters, strict=True)
        ]
        done = start.iteration - start.origin.optimizer
        yield f'optimizer.state[theta] = {{"step": torch.tensor({float(done)}), {", ".join(known)}}}'


def _training(start: RunStart) -> Iterator[str]:
    network, training = start.network, start.network.design.training
    masked = any(layer.dropout for layer in network.layers)
    last, penalized = len(network.layers), training.l1 or training.l2
    yield "for iteration in range(FIRST, FIRST + ITERATIONS):"
    yield "    batch = samples_of(iteration)"
    yield "    x, y = X[:, batch], Y[:, batch]"
    yield "    W, b = parts(theta)"
    if masked:
        yield "    mask = masks_of(iteration, x.shape[1])"
    yield f"    z, a = forward(x, W, b{', mask' if masked else ''})"
    yield f"    J = loss({'z' if network.fused is not None else 'a'}[{last}], y)"
    yield "    optimizer.zero_grad()"
    if network.perceptron:
        share = " / y.shape[1]" if network.loss.over_samples == "mean" else ""
        yield "    # the perceptron rule: o - y in place of the derivative dJ/dz"
        followed = f"((a[{last}] - y).detach() * z[{last}]).sum(){share}"
        followed = f"({followed})" if share and not penalized else followed
    else:
        followed = "J"
    yield f"    {f'({followed} + penalty(W))' if penalized else followed}.backward()"
    if network.fixed.size:
        yield "    theta.grad[fixed] = 0  # these parameters stay as they are"
    yield "    optimizer.step()"
    yield from ("    print(iteration + 1, repr(J.item()))", "")
