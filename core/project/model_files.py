"""Reads models of other programs as designs with weights: ONNX, and arrays of NumPy (.npz)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..arrays import Array
from ..language import tr
from ..nn.design import Design
from ..outside_text import one_line
from .json_io import FileKind, bytes_of, read_checked_bytes
from .model_layers import ReadModel, design_of
from .npz_reader import read_npz
from .onnx_reader import read_onnx

MOST_BYTES = 64 << 20
READERS: dict[str, Callable[[bytes], ReadModel]] = {".onnx": read_onnx, ".npz": read_npz}
"""The functions that read a model, by the suffix of its file."""


def is_model(path: Path) -> bool:
    """Return whether a file is a model of another program, according to its suffix."""
    return path.suffix.lower() in READERS


def read_model(path: Path) -> tuple[Design, Array, str]:
    """Return the design in a model file, its parameters, and what was assumed. Raises FileError."""
    suffix = path.suffix.lower()
    data = bytes_of(path, FileKind(tr("a model"), "", suffix, MOST_BYTES))

    def parsed(data: bytes) -> tuple[Design, Array, str]:
        model = READERS[suffix](data)
        design, theta = design_of(model, one_line(path.stem, 100))
        remark = tr("Its data are random inputs with the network’s own answers: open data of your own.")
        return design, theta, " ".join(filter(None, (model.remark, remark)))

    return read_checked_bytes(path, data, parsed)
