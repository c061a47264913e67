"""Features of two-dimensional data: what the network gets in place of the two coordinates alone.

A feature is a formula of the coordinates x1 and x2. The usual ones stand in `FEATURES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .formulas import formula_of

FEATURES = {
    "x1": "x₁",
    "x2": "x₂",
    "x1**2": "x₁²",
    "x2**2": "x₂²",
    "x1*x2": "x₁x₂",
    "sin(x1)": "sin x₁",
    "sin(x2)": "sin x₂",
}
RAW = ("x1", "x2")
_PRINTED = {"x1": "x₁", "x2": "x₂", "^": "**", "**2": "²", "**3": "³", "*": "·", "-": "−", " (": "("}


def symbol_of(feature: str) -> str:
    """Return a feature as it is written beside an input."""
    known = FEATURES.get(feature)
    if known is not None:
        return known
    for plain, printed in _PRINTED.items():
        feature = feature.replace(plain, printed)
    return feature


def in_order(features: Sequence[str]) -> tuple[str, ...]:
    """Return features without repetition: the usual ones in the order of `FEATURES`, then the others.

    The two coordinates alone are written as an empty tuple.
    """
    plain = [_plain(text) for text in features]
    chosen = [name for name in FEATURES if name in plain]
    chosen += [name for name in dict.fromkeys(plain) if name not in FEATURES]
    return () if tuple(chosen) == RAW else tuple(chosen)


def _plain(text: str) -> str:
    """Return a feature as in `FEATURES` if it is one of them, otherwise without blanks at its ends."""
    joined = text.replace(" ", "").replace("^", "**").replace("²", "**2")
    return joined if joined in FEATURES else text.strip()


@dataclass(frozen=True)
class PlaneFeatures:
    """The plane from whose coordinates the features of a dataset are computed.

    ``points`` (2, samples) are the coordinates of the samples, ``names`` those of the coordinates.
    """

    formulas: tuple[str, ...]
    points: Array
    names: tuple[str, ...]

    def of(self, points: Array) -> Array:
        """Return the features (features, …) of points (2, …)."""
        flat = points.reshape(2, -1)
        values = np.array([formula_of(text).values(*flat) for text in self.formulas])
        return values.reshape(-1, *points.shape[1:])

    def gap(self) -> str:
        """Return a sentence on the first sample for which a feature has no value; empty if all have one."""
        return next((gap for text in self.formulas if (gap := formula_of(text).gap(*self.points))), "")
