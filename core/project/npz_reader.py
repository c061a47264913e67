"""Reads the parameters of a dense network from an .npz file of NumPy, without executing anything in it.

The arrays are W1, b1, W2, b2 … with W of shape (inputs, neurons), as this program writes them, or weights and
biases alternate under other names; weights may be transposed, as in PyTorch. ``activation1`` …
name the activations of the neurons, ``alpha1`` … their parameter.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from itertools import count, pairwise

import numpy as np

from ..arrays import Array
from ..language import tr
from ..nn.activations import ACTIVATIONS
from ..nn.design import MOST_PARAMETERS
from .json_io import PlaceError
from .model_layers import MOST_LAYERS, ReadLayer, ReadModel

MOST_ARRAYS = 4 * MOST_LAYERS
MOST_NUMBERS = 2 * MOST_PARAMETERS
LONGEST_HEADER = 10_000


def read_npz(data: bytes) -> ReadModel:
    """Return the layers in an .npz file. Raises PlaceError, in a sentence."""
    arrays = _arrays(data)
    pairs = _numbered(arrays) or _in_turn(arrays)
    layers, told, width = list[ReadLayer](), False, None
    for l, (name, W, b) in enumerate(pairs, start=1):
        if width is not None and W.shape[0] != width:
            raise PlaceError(
                tr(
                    "array “{name}” has {rows:,} rows, but the layer before has {width:,} neurons.",
                    name=name,
                    rows=W.shape[0],
                    width=width,
                )
            )
        width = W.shape[1]
        named = _activations(arrays, l, width)
        told = told or named is not None
        usual = "linear" if l == len(pairs) else "tanh"
        layers.append(ReadLayer(W, b, named or (usual,) * width, _alpha(arrays, l)))
    remark = (
        ""
        if told
        else tr("The file names no activations: tanh in hidden layers and linear outputs are assumed.")
    )
    return ReadModel(tuple(layers), remark=remark)


def _arrays(data: bytes) -> dict[str, Array]:
    """Return the arrays of numbers or texts in a file by name; sizes are checked before unpacking."""
    found, total = dict[str, Array](), 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            total = sum(member.file_size for member in members)
            if len(members) > MOST_ARRAYS or total > 8 * MOST_NUMBERS:
                raise PlaceError(
                    tr(
                        "it has {count:,} arrays, {size:.0f} MB; at most {most}, {room:.0f} MB can be read.",
                        count=len(members), size=total / 1e6, most=MOST_ARRAYS, room=8 * MOST_NUMBERS / 1e6,
                    )
                )  # fmt: skip
            for member in members:
                with archive.open(member) as file:
                    content = file.read(member.file_size + 1)
                found[member.filename.removesuffix(".npy")] = _array(content, member.filename)
    except PlaceError:
        raise
    except Exception:  # a damaged archive raises errors of many kinds
        raise PlaceError(tr("it is no .npz file, or damaged: save it again with numpy.savez.")) from None
    return found


def _array(content: bytes, name: str) -> Array:
    """Return an array from the contents of an .npy file."""
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(stream, max_header_size=LONGEST_HEADER)
    if dtype.kind not in "fiuU" or len(shape) > 2:
        raise PlaceError(
            tr("array “{name}” holds no numbers in rows and columns: save the parameters alone.", name=name)
        )
    size = math.prod(shape)
    if size * dtype.itemsize != len(content) - stream.tell():
        raise PlaceError(tr("array “{name}” is shorter or longer than it says: save it again.", name=name))
    flat = np.frombuffer(content, dtype, size, stream.tell())
    array = flat.reshape(shape[::-1]).T if fortran else flat.reshape(shape)
    return array if dtype.kind == "U" else array.astype(float)


Pairs = list[tuple[str, Array, Array]]


def _numbered(arrays: Mapping[str, Array]) -> Pairs:
    """Return name, W and b of the layers named W1, b1, W2 …; none if there is no W1."""
    pairs: Pairs = []
    for l in count(1):
        W, b = arrays.get(f"W{l}"), arrays.get(f"b{l}")
        if W is None:
            return pairs
        if b is None or W.ndim != 2 or b.size != W.shape[1]:
            raise PlaceError(
                tr("layer {l} needs an array W{l} (inputs, neurons) and an array b{l} (neurons).", l=l)
            )
        pairs.append((f"W{l}", W, b.reshape(-1)))
    return pairs


def _in_turn(arrays: Mapping[str, Array]) -> Pairs:
    """Return name, W and b of layers whose weights and biases alternate, possibly transposed."""
    numbers = [(name, array) for name, array in arrays.items() if array.dtype.kind != "U"]
    if not numbers or len(numbers) % 2:
        raise PlaceError(tr("it holds no pairs of weights and biases: name the arrays W1, b1, W2, b2 …."))
    pairs, turned = list[tuple[str, Array, Array]](), list[bool]()
    for (name, W), (second, b) in zip(numbers[::2], numbers[1::2], strict=True):
        if W.ndim != 2 or b.ndim != 1 or b.size not in W.shape:
            raise PlaceError(
                tr(
                    "arrays “{name}” and “{second}” are no weights and biases of a dense layer.",
                    name=name,
                    second=second,
                )
            )
        pairs.append((name, W, b))
        turned.append(b.size != W.shape[1])
    if any(turned) or not _chained([W for _, W, _ in pairs]):
        pairs = [(name, W.T, b) for name, W, b in pairs]
        wrong = next((name for name, W, b in pairs if W.shape[1] != b.size), None)
        if wrong is not None:
            raise PlaceError(tr("array “{name}” does not fit the layer before it.", name=wrong))
    return pairs


def _chained(weights: list[Array]) -> bool:
    return all(a.shape[1] == b.shape[0] for a, b in pairwise(weights))


def _activations(arrays: Mapping[str, Array], l: int, neurons: int) -> tuple[str, ...] | None:
    """Return the activations that a file names for a layer: one for all, or one for each neuron."""
    named = arrays.get(f"activation{l}")
    if named is None:
        return None
    names = tuple(str(name) for name in named.reshape(-1)) if named.size <= neurons else ()
    names = names * neurons if len(names) == 1 else names
    strange = next((name for name in names if name not in ACTIVATIONS), None)
    if strange is not None or len(names) != neurons:
        raise PlaceError(
            tr(
                "array “{name}” must hold an activation for each of the {neurons} neurons: {known}.",
                name=f"activation{l}",
                neurons=neurons,
                known=", ".join(ACTIVATIONS),
            )
        )
    return names


def _alpha(arrays: Mapping[str, Array], l: int) -> float | None:
    found = arrays.get(f"alpha{l}")
    usable = found is not None and found.size and found.dtype.kind != "U"
    return float(found.reshape(-1)[0]) if found is not None and usable else None
