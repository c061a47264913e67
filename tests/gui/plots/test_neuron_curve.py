"""The small curve of a neuron, and that of a weight."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.nn.activations import ACTIVATIONS
from core.nn.network import ActivationSpan
from gui.plots.neuron_curve import LEAST_REACH, NeuronCurve, curves_of
from gui.theme.theme import DARK, LIGHT
from gui.views.inspector.parameter import WeightCurve


def _run(name: str, neurons: int = 3) -> ActivationSpan:
    entry = ACTIVATIONS[name]
    return ActivationSpan(0, neurons, entry, entry.alpha or 0.0)


def _near(image: QImage, colour: QColor) -> int:
    """Return how many pixels have a colour."""
    wanted = colour.rgb()
    return sum(image.pixel(x, y) == wanted for x in range(0, image.width()) for y in range(0, image.height()))


def _shown(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.addWidget(widget)
    widget.resize(300, widget.height())
    widget.show()
    qtbot.waitExposed(widget)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_dot_lies_on_the_curve(qtbot: QtBot, name: str) -> None:
    curve, run, column = NeuronCurve("curve"), _run(name), np.array([0.4, -1.3, 2.0])
    _shown(qtbot, curve)
    curve.show_neuron(run, -1.3, column, 1)
    whole = run.activation.g(column if run.activation.layerwide else column[1:2], run.alpha)
    a = whole[1] if run.activation.layerwide else whole[0]
    assert curve.a == pytest.approx(a)
    h = 1e-6
    if not run.activation.layerwide:
        slope = np.diff(run.activation.g(np.array([-1.3 - h, -1.3 + h]), run.alpha))[0] / (2 * h)
        assert curve.slope == pytest.approx(slope, abs=1e-5)
    assert name == "softmax" or ACTIVATIONS[name].symbol in curve.accessibleDescription()
    curve.grab()


def test_softmax_with_the_others_as_they_are() -> None:
    z, column = np.linspace(-2, 2, 5), np.array([0.4, -1.3, 2.0])
    g, slope = curves_of(_run("softmax"), z, column, 1)
    for value, a, s in zip(z, g, slope, strict=True):
        e = np.exp([0.4, value, 2.0])
        assert a == pytest.approx(e[1] / e.sum()) and s == pytest.approx(a * (1 - a))


def test_the_axis_reaches_a_far_z(qtbot: QtBot) -> None:
    curve = NeuronCurve("curve")
    _shown(qtbot, curve)
    curve.show_neuron(_run("relu"), 0.5)
    assert curve.x_range == (-LEAST_REACH, LEAST_REACH)
    curve.show_neuron(_run("relu"), -9.0)
    assert curve.x_range[0] < -9 and curve.y_range[1] > 9


def test_what_is_not_computed_has_no_dot(qtbot: QtBot) -> None:
    curve = NeuronCurve("curve")
    _shown(qtbot, curve)
    curve.show_neuron(_run("tanh"), np.nan)
    assert np.isnan(curve.a) and "not computed yet" in curve.accessibleDescription()
    without = _near(curve.grab().toImage(), LIGHT.positive)
    curve.show_neuron(_run("tanh"), 0.0)
    assert _near(curve.grab().toImage(), LIGHT.positive) > without > 0


def test_the_theme_paints(qtbot: QtBot) -> None:
    curve = NeuronCurve("curve")
    _shown(qtbot, curve)
    curve.show_neuron(_run("tanh"), 0.0)
    curve.show_theme(DARK)
    assert _near(curve.grab().toImage(), DARK.positive) and not _near(curve.grab().toImage(), LIGHT.positive)


def test_a_weight_over_time(qtbot: QtBot) -> None:
    curve = WeightCurve("weight")
    _shown(qtbot, curve)
    curve.show_present(0, 0.3)
    assert "0.3" in curve.accessibleDescription() and curve.x_range == (0, 1)
    curve.show_history(np.array([0, 128, 256]), np.array([0.3, 0.1, np.nan]))
    curve.show_present(200, 0.15)
    assert curve.x_range == (0, 256) and curve.y_range[0] < 0.1 and curve.y_range[1] > 0.3
    assert curve.x_words() == ("0", "iteration", "256")
    image = curve.grab().toImage()
    assert _near(image, LIGHT.positive) > 20
    curve.show_history(np.arange(50_000), np.sin(np.arange(50_000) / 5000))
    curve.grab()
    curve.show_history(np.zeros(0), np.zeros(0))
    curve.show_present(3, np.nan)
    curve.grab()
