"""Points of activation curves: g and g' at any z, with their formulas and the numbers put in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .activations import ACTIVATIONS, Activation
from .explain_functions import slope_formula, value_formula
from .modules import Array
from .network import Run
from .notation import Leaf, Line, Symbol

Z = Symbol("z")


@dataclass(frozen=True)
class CurvePoint:
    """An activation at z: ``g``, ``slope``, and both as lines of symbols, numbers and result.

    ``before`` are lines that the formula of the slope needs first.
    """

    z: float
    g: float
    slope: float
    value_line: Line
    slope_line: Line
    before: tuple[Line, ...] = ()

    def tangent(self, z: Array) -> Array:
        """Return the height of the tangent at every z."""
        return self.g + self.slope * (z - self.z)


@dataclass(frozen=True)
class Curve:
    """An activation of one z with its parameter (None: the default)."""

    name: str
    alpha: float | None = None

    @property
    def activation(self) -> Activation:
        """The entry of the table."""
        return ACTIVATIONS[self.name]

    @property
    def run(self) -> Run:
        """The activation as one neuron has it."""
        default = self.activation.alpha or 0.0
        return Run(0, 1, self.activation, default if self.alpha is None else self.alpha)

    def over(self, z: Array) -> tuple[Array, Array]:
        """Return g and g' at every z, arrays like z."""
        with np.errstate(all="ignore"):
            return self.activation.g(z, self.alpha), self.activation.dg(z, self.alpha)

    def at(self, z: float) -> CurvePoint:
        """Return the point of the curve at z."""
        here = np.array([z], float)
        g, slope = (float(values[0]) for values in self.over(here))
        leaf, a = Leaf(z, Z, exact=True), Leaf(g, Symbol("g"))
        value, rise = value_formula(self.run, leaf, a), slope_formula(self.run, leaf, a)[0]
        return CurvePoint(
            z,
            g,
            slope,
            Line(a, value.expression, value.expression, Leaf(g), note=value.note),
            Line(
                Leaf(slope, Symbol("g", mark="prime")),
                rise.expression,
                rise.expression,
                Leaf(slope),
                note=rise.note,
            ),
            rise.before,
        )
