"""The parts that the scripts for NumPy and for PyTorch share: data, first weights and order of samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np

from ..arrays import Array
from .run_start import RunStart

MOST_INSIDE = 400
"""How many numbers may stand in a script; more are written beside it."""


class ScriptData:
    """The arrays of a script: X (n[0], samples), Y (n[L], samples), and what the run starts with.

    ``theta`` (parameters,) is missing if the weights are drawn from the seed, ``memory`` (vectors,
    parameters) if it is empty, ``fixed`` if no parameter is.
    """

    def __init__(self, start: RunStart) -> None:
        self.start = start
        self.arrays: dict[str, Array] = {"X": start.x, "Y": start.y}
        if not start.fresh:
            self.arrays["theta"] = start.theta
        if start.memory.any():
            self.arrays["memory"] = start.memory
        if start.network.fixed.size:
            self.arrays["fixed"] = start.network.fixed

    @property
    def beside(self) -> bool:
        """Whether the arrays are too many to stand in the script."""
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
            formatter={"float_kind": lambda value: repr(float(value))},  # type: ignore[typeddict-item]
        )
        return f"np.array({numbers})"


@dataclass(frozen=True)
class Script:
    """A script and its arrays."""

    text: str
    data: ScriptData

    def files(self) -> dict[str, bytes]:
        """Return what is to be written, by the ending of the file's name: the script, and arrays beside it."""
        found = {".py": self.text.encode()}
        if self.data.beside:
            found[".npz"] = npz(self.data.arrays)
        return found


def npz(arrays: dict[str, Array]) -> bytes:
    """Return arrays as the contents of an .npz file."""
    stream = BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def data_lines(data: ScriptData) -> Iterator[str]:
    """Yield the lines that read or hold the training samples."""
    dtype = data.start.network.design.training.precision
    yield "# -- the training samples: X (features, samples) and targets Y (outputs, samples)"
    yield ""
    if data.beside:
        yield 'DATA = np.load(Path(__file__).with_suffix(".npz"))'
    yield from (f"{name} = {data.code_of(name)}.astype(np.{dtype})" for name in ("X", "Y"))


def weights_lines(data: ScriptData) -> Iterator[str]:
    """Yield the lines that make theta with its parts W[l] and b[l], and the first weights."""
    start, network = data.start, data.start.network
    dtype, letters = network.design.training.precision, network.design.training.optimizer.letters
    yield from ("", "# -- the parameters", "")
    yield f"theta = np.zeros({network.parameters}, np.{dtype})"
    yield from ("g = np.zeros_like(theta)", "W, b, dW, db = {}, {}, {}, {}")
    yield "place = 0"
    yield f"for l, (n_in, n_out) in enumerate({[(one.n_in, one.n_out) for one in network.layers]}, start=1):"
    yield "    weights, end = place + n_in * n_out, place + (n_in + 1) * n_out"
    yield "    W[l], dW[l] = (flat[place:weights].reshape(n_in, n_out) for flat in (theta, g))"
    yield "    b[l], db[l] = theta[weights:end], g[weights:end]"
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
    whole = "shuffled(epoch)" if start.first_sample is None else f"np.roll(np.arange({samples}), -{start.first_sample})"
    yield f"    return {whole}[k * {start.batch}:(k + 1) * {start.batch}]"
    yield ""
