"""Points of activation curves: the numbers are those of the table, and the formulas yield them."""

from __future__ import annotations

import numpy as np
import pytest

from core.derivation.expressions import value_of
from core.derivation.formulas import Curve
from core.nn.activations import ACTIVATIONS

NAMES = [name for name, entry in ACTIVATIONS.items() if not entry.layerwide]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("z", [-3.0, 0.0, 0.7, 5.7])
def test_a_point_is_what_the_table_computes_and_what_its_formulas_come_to(name: str, z: float) -> None:
    point, entry = Curve(name).at(z), ACTIVATIONS[name]
    assert point.g == entry.g(np.array([z]))[0]
    assert point.slope == entry.derivative(np.array([z]))[0]
    for line, value in ((point.value_line, point.g), (point.slope_line, point.slope)):
        assert line.numbers is not None
        assert value_of(line.numbers) == pytest.approx(value, abs=1e-9)


def test_the_tumour_of_the_lecture() -> None:
    point = Curve("sigmoid").at(5.7)
    assert f"{point.g:.5f} {point.slope:.5f}" == "0.99667 0.00332"


def test_the_parameter_bends_the_curve_and_stands_in_its_formula() -> None:
    leaky = Curve("leaky_relu", 0.2).at(-3.0)
    assert (leaky.g, leaky.slope) == (pytest.approx(-0.6), pytest.approx(0.2))
    assert Curve("leaky_relu").at(-3.0).g == pytest.approx(-0.03)


def test_the_tangent_touches_the_curve() -> None:
    curve = Curve("tanh")
    point, near = curve.at(0.4), np.array([0.4 - 1e-4, 0.4, 0.4 + 1e-4])
    assert point.tangent(near) == pytest.approx(curve.over(near)[0], abs=1e-8)
