"""Parts shared by the scripts for NumPy, PyTorch and Keras: settings, data, initial weights, batches."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain

import numpy as np

from ..arrays import Array
from ..expressions import Expression, Leaf, Symbol, leaves
from ..nn.optimizers import UpdateTerms
from .numpy_code import name_of, number_code
from .run_start import RunStart

OUTPUT, TARGET = (Leaf(0.5, Symbol(letter)) for letter in ("o", "y"))
MOST_INSIDE, BESIDE = 400, "_data.npz"
"""The largest number of values in a script; more are in a file beside it, whose name has this ending."""


class ScriptData:
    """The arrays of a script: X (n[0], samples), Y (n[L], samples), and what the run starts with.

    ``theta`` (parameters,) is missing if the weights are drawn from the seed, ``memory`` (vectors,
    parameters) if it is empty, ``fixed`` if no parameter is. With ``embedded``, the script contains them
    however many they are (see `embedded_lines`).
    """

    def __init__(self, start: RunStart, *, embedded: bool = False) -> None:
        self.start, self.embedded = start, embedded
        self.arrays: dict[str, Array] = {"X": start.x, "Y": start.y}
        if not start.fresh:
            self.arrays["theta"] = start.theta
        if start.memory.any():
            self.arrays["memory"] = start.memory
        if start.network.fixed.size:
            self.arrays["fixed"] = start.network.fixed

    @property
    def beside(self) -> bool:
        """Whether the arrays are too large to be in the script."""
        return sum(array.size for array in self.arrays.values()) > MOST_INSIDE

    def code_of(self, name: str) -> str:
        """Return the code of one array."""
        if self.beside:
            return f'DATA["{name}"]'
        numbers = np.array2string(
            self.arrays[name],
            separator=", ",
            max_line_width=100,
            threshold=MOST_INSIDE + 1,
            formatter={"float_kind": lambda value: repr(float(value))},
        )
        return f"np.array({numbers})"


@dataclass(frozen=True)
class ScriptFile:
    """A script and its arrays."""

    text: str
    data: ScriptData

    def files(self) -> dict[str, bytes]:
        """Return the files to be written by the ending of the name: the script, and arrays beside it."""
        found = {".py": self.text.encode()}
        if self.data.beside:
            found[BESIDE] = npz(self.data.arrays)
        return found


def npz(arrays: dict[str, Array]) -> bytes:
    """Return arrays as the contents of an .npz file."""
    stream = BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]  # none is named allow_pickle
    return stream.getvalue()


def embedded_lines(data: ScriptData) -> Iterator[str]:
    """Yield the lines that contain arrays too large to be written as numbers."""
    if not data.beside:
        return
    text = b64encode(npz(data.arrays)).decode()
    yield from ("import base64", "import io", "")
    yield "DATA = np.load(io.BytesIO(base64.b64decode("
    yield from (f'    "{text[k : k + 100]}"' for k in range(0, len(text), 100))
    yield ")))"


@dataclass(frozen=True)
class Beginning:
    """Lines of a library at the beginning of a script, by the section at whose end they are.

    ``standard`` are imports of the standard library. With ``gradient`` there are arrays for the gradient.
    """

    imports: tuple[str, ...]
    standard: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    gradient: bool = False


Sections = dict[str, list[str]]
"""The lines of a script by section, in order."""


def first_sections(data: ScriptData, iterations: int, title: str, own: Beginning) -> Sections:
    """Return the sections before the network: settings, data, parameters and batches; ``title`` is quoted."""
    path = ["from pathlib import Path"] if data.beside and not data.embedded else []
    standard = [*own.standard, *path]
    head = [*standard, "", *own.imports] if standard else [*own.imports]
    return {
        "settings": [*head, "", *_head_lines(data, iterations, title), *own.settings, ""],
        "data": [*data_lines(data), *own.data],
        "parameters": [*weights_lines(data, gradient=own.gradient), *own.parameters],
        "batches": [*order_lines(data.start)],
    }


def script_file(data: ScriptData, about: str, sections: Sections) -> ScriptFile:
    """Return a script whose docstring is ``about``."""
    lines = chain.from_iterable(sections.values())
    return ScriptFile("\n".join(['"""' + about, '"""', "", *lines]), data)


def _head_lines(data: ScriptData, iterations: int, title: str) -> Iterator[str]:
    start = data.start
    yield f"TITLE = {title!r}"
    yield f"SEED = {start.network.design.training.seed}"
    yield f"FIRST, ITERATIONS = {start.iteration}, {iterations}  # updates made before, and to be made here"
    yield from settings_lines(start)


def update_formulas(start: RunStart) -> tuple[tuple[Expression, ...], Expression]:
    """Return the new memory of the optimizer and its step, as expressions of g, η, t and the old memory."""
    optimizer = start.network.design.training.optimizer
    memory = tuple(Leaf(0.0, Symbol(letter)) for letter in optimizer.letters)
    g, eta, t = (Leaf(1.0, Symbol(letter)) for letter in ("g", "η", "t"))
    return optimizer.formulas(UpdateTerms(g, eta, t, memory, memory))


def settings_lines(start: RunStart) -> Iterator[str]:
    """Yield an assignment for every setting of optimizer, loss and penalty."""
    training = start.network.design.training
    yield f"eta = {float(start.learning_rate)!r}  # the learning rate"
    memory, step = update_formulas(start)
    known = {"g", "eta", "t", *training.optimizer.letters}
    formulas = [*memory, step, training.loss.formula(OUTPUT, TARGET)]
    formulas += [leaf.definition for one in formulas for leaf in leaves(one) if leaf.definition is not None]
    found = {
        name: repr(float(leaf.value))
        for formula in formulas
        for leaf in leaves(formula)
        if leaf.symbol is not None and leaf.definition is None and leaf.symbol.letter not in ("o", "y", "π")
        if (name := name_of(leaf)) not in known
    }
    yield from (f"{name} = {value}" for name, value in found.items())
    for name in ("l1", "l2"):
        if value := getattr(training, name):
            yield f"{name} = {float(value)!r}  # of the penalty on the weights"


def tags_of(start: RunStart) -> tuple[str, str]:
    """Return the names of the output activation and of the loss."""
    loss = start.network.loss
    return start.network.layers[-1].spans[0].activation.name, str(loss.__struct_config__.tag)


def divided(start: RunStart) -> str:
    """Return the code that divides the sum over outputs and samples, or its derivative, to give J."""
    loss = start.network.loss
    over = {"mean": "samples"}.get(loss.over_samples, "")
    outputs = str(start.network.n[-1]) if loss.reduction == "mean" and start.network.n[-1] > 1 else ""
    divisors = [one for one in (over, outputs, "2" if loss.reduction == "half sum" else "") if one]
    return "".join(f" / {one}" for one in divisors)


def masks_lines(start: RunStart) -> Iterator[str]:
    """Yield the function that draws the dropout masks of an iteration; nothing without dropout."""
    masked = [layer for layer in start.network.layers if layer.dropout]
    if not masked:
        return
    yield "def masks_of(iteration, samples):  # dropout, drawn anew for every batch"
    yield "    rng = np.random.default_rng((SEED, iteration + 1))"
    yield "    mask = {}"
    for layer in masked:
        keep = number_code(1 - layer.dropout)
        yield f"    mask[{layer.l}] = (rng.random(({layer.n_in}, samples)) < {keep}) / {keep}"
    yield from ("    return mask", "", "")


def data_lines(data: ScriptData) -> Iterator[str]:
    """Yield the lines that read or contain the training samples."""
    dtype = data.start.network.design.training.precision
    yield "# -- the training samples: X (features, samples) and targets Y (outputs, samples)"
    yield ""
    if data.beside and not data.embedded:
        yield f'with np.load(Path(__file__).with_name(Path(__file__).stem + "{BESIDE}")) as file:'
        yield "    DATA = {name: file[name] for name in file}"
    yield from (f"{name} = {data.code_of(name)}.astype(np.{dtype})" for name in ("X", "Y"))


def weights_lines(data: ScriptData, *, gradient: bool) -> Iterator[str]:
    """Yield the lines that define theta with its parts W[l] and b[l], and the initial weights.

    With ``gradient``, they also define g with its parts dW[l] and db[l].
    """
    start, network = data.start, data.start.network
    dtype, letters = network.design.training.precision, network.design.training.optimizer.letters
    yield from ("", "# -- the parameters", "")
    yield f"theta = np.zeros({network.parameters}, np.{dtype})"
    yield from ("g = np.zeros_like(theta)", "dW, db = {}, {}") if gradient else ()
    yield "W, b = {}, {}"
    yield "place = 0"
    yield f"for l, (n_in, n_out) in enumerate({[(one.n_in, one.n_out) for one in network.layers]}, start=1):"
    yield "    weights, end = place + n_in * n_out, place + (n_in + 1) * n_out"
    yield "    W[l], b[l] = theta[place:weights].reshape(n_in, n_out), theta[weights:end]"
    if gradient:
        yield "    dW[l], db[l] = g[place:weights].reshape(n_in, n_out), g[weights:end]"
    yield "    place = end"
    if start.fresh:
        for layer in network.layers:
            if layer.std:
                draw = f"np.random.default_rng((SEED, {layer.l})).standard_normal(W[{layer.l}].shape)"
                yield f"W[{layer.l}][...] = {float(layer.std)!r} * {draw}"
    else:
        yield f"theta[...] = {data.code_of('theta')}"
    if "fixed" in data.arrays:
        yield f"fixed = {data.code_of('fixed')}"
    if "memory" in data.arrays:
        yield f"{', '.join(letters)}{',' if len(letters) == 1 else ''} = {data.code_of('memory')}"
    else:
        yield from (f"{letter} = np.zeros_like(theta)" for letter in letters)


def order_lines(start: RunStart) -> Iterator[str]:
    """Yield the function that returns the samples of an iteration's batch."""
    order, samples = start.order, start.dataset.train.size
    yield from ("", "# -- batches", "", "")
    if order.per_epoch == 1:
        yield from ("def samples_of(iteration):  # all", f"    return np.arange({samples})", "")
        return
    first = start.origin.iteration
    counted = f"iteration - {first}" if first else "iteration"
    if start.first_sample is None:
        seed = f"(SEED, draw, {first})" if first else "(SEED, draw)"
        yield "def shuffled(epoch):"
        yield f"    draw, row = divmod(epoch, {order.epochs})"
        yield f"    unshuffled = np.tile(np.arange({samples}), ({order.epochs}, 1))"
        yield f"    return np.random.default_rng({seed}).permuted(unshuffled, axis=1)[row]"
        yield from ("", "")
    yield f"def samples_of(iteration):  # a batch of {start.batch} of the {samples} samples"
    yield f"    epoch, k = divmod({counted}, {order.per_epoch})"
    whole = (
        "shuffled(epoch)"
        if start.first_sample is None
        else f"np.roll(np.arange({samples}), -{start.first_sample})"
    )
    yield f"    return {whole}[k * {start.batch}:(k + 1) * {start.batch}]"
    yield ""
