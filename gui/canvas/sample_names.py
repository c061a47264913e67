"""The names of the features of a sample, and the units in which they were measured."""

from __future__ import annotations

import re
from textwrap import wrap

from core.data.datasets import Dataset
from core.number_style import value_text
from gui.canvas.symbols import input_name

WIDEST = "−000.0"
NAME_LINE = 16  # characters of a name per line
_UNIT = re.compile(r"(.*\S)(?:\s+\(|\s*\[)([^()\[\]]+)[)\]]\s*")  # but sin(x₁) has no unit


def name_and_unit(name: str) -> tuple[str, str]:
    """Return the display name of a feature, and its unit (empty: none, as for x₁)."""
    found = _UNIT.fullmatch(name)
    return (input_name(found[1]), found[2]) if found else (input_name(name), "")


def name_lines(name: str) -> list[str]:
    """Return a name in lines of at most 16 characters, broken between words, or after an underscore."""
    lines = wrap(name.replace("_", "_ "), NAME_LINE, break_on_hyphens=False) or [""]
    return [line.replace("_ ", "_") for line in lines]


def measured_widths(dataset: Dataset) -> list[str]:
    """Return for each feature a text as wide as its values can be, for the layout."""
    units = [name_and_unit(name)[1] for name in dataset.feature_names]
    return [f"{WIDEST} {unit}" for unit in units if unit or dataset.mean is not None]


def measured_text(dataset: Dataset, sample: int, feature: int) -> str:
    """Return a feature of a sample in its original unit; empty if that is the network's input itself."""
    unit = name_and_unit(dataset.feature_names[feature])[1]
    if dataset.mean is None and not unit:
        return ""
    value = value_text(float(dataset.measured(sample)[feature]))
    return f"{value} {unit}" if unit else value
