"""Formulas of the coordinates of a plane, typed in the language of the computational graphs.

The reader of that language, `core.graph.plane_formulas`, stands on a higher floor; it is looked up by its
name when the first formula is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import cast

import numpy as np

from ..arrays import Array
from ..language import tr
from ..number_style import value_text

READER = "..graph.plane_formulas"
MOST_CHARACTERS = 300
FEATURE = (("x1", "x"), ("x2", "y"))  # the names of each coordinate; shown is the first
SURFACE = (("x", "x1"), ("y", "x2"))
CURVE = (("x", "x1"),)

Names = tuple[tuple[str, ...], ...]


class FormulaError(ValueError):
    """A text that is no formula of the coordinates; its message is a sentence that names the place."""


@dataclass(frozen=True)
class PlaneFunction:
    """A function of coordinates, which have ``names``.

    ``values(*coordinates)`` takes an array (count,) for each and returns an array (count,), NaN or infinite
    where there is no value; ``why_undefined(*numbers)`` says in a clause why there is none.
    """

    text: str
    names: tuple[str, ...]
    values: Callable[..., Array]
    why_undefined: Callable[..., str]

    def gap(self, *coordinates: Array) -> str:
        """Return a sentence on the first point at which there is no value; empty if all have one."""
        lacking = ~np.isfinite(self.values(*coordinates))
        if not lacking.any():
            return ""
        point = [float(each[lacking.argmax()]) for each in coordinates]
        where = ", ".join(f"{name} = {value_text(x)}" for name, x in zip(self.names, point, strict=True))
        return tr(
            "“{text}” has no value at {where}: {why}.",
            text=self.text,
            where=where,
            why=self.why_undefined(*point),
        )


@lru_cache(maxsize=256)
def formula_of(text: str, names: Names = FEATURE) -> PlaneFunction:
    """Return the formula in a text; ``names`` are the names of each coordinate. Raises FormulaError."""
    reader = cast(
        Callable[[str, Sequence[Sequence[str]]], PlaneFunction], import_module(READER, __package__).read
    )
    return reader(text, names)


def fault_of(text: str, names: Names = FEATURE) -> str:
    """Return, as a sentence, why a text is no formula of the coordinates; empty if it is one."""
    try:
        formula_of(text, names)
    except FormulaError as error:
        return str(error)
    return ""
