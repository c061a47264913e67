"""The activation plot: g, g' and the neurons on the curve."""

from __future__ import annotations

from dataclasses import replace as changed

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense
from core.nn.network import ActivationSpan
from core.nn.passes import evaluate
from core.nn.trainer import Phase
from gui.plots.neuron_curve import curves_of
from gui.selection import Selection
from gui.views.activation_plot import ActivationPlot
from tests.gui.scenes import scene, scene_of, tell


@pytest.fixture
def plot(qtbot: QtBot) -> ActivationPlot:
    made = ActivationPlot()
    qtbot.addWidget(made)
    made.resize(420, 200)
    made.show()
    return made


def test_it_says_what_to_do_while_there_is_nothing(plot: ActivationPlot) -> None:
    assert "Select a layer" in plot.plot.sentence


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_curves_are_those_of_the_table(name: str) -> None:
    activation = ACTIVATIONS[name]
    run = ActivationSpan(0, 3, activation, 0.3)
    z = np.linspace(-4, 4, 81)
    g, slope = curves_of(run, z, np.array([0.5, 1.0, -2.0]), 1)
    if activation.layerwide:
        column = np.array([0.5, 1.0, -2.0])
        for k in (0, 40, 80):
            at = np.array([column[0], z[k], column[2]])
            assert np.isclose(g[k], activation.g(at)[1])
    else:
        assert np.array_equal(g, activation.g(z, 0.3)) and np.array_equal(
            slope, activation.derivative(z, 0.3)
        )
    numerical = np.gradient(g, z)
    smooth = np.abs(z) > 0.2
    assert np.allclose(slope[smooth][2:-2], numerical[smooth][2:-2], atol=0.01)


def test_dots_are_the_neurons_of_the_pass(plot: ActivationPlot) -> None:
    told = scene()
    tell(plot, told, Selection(layer=1))
    values = told.snapshot.values
    assert values is not None
    x, y = plot._dots.getData()
    assert np.allclose(x, values.z[1][:, 0]) and np.allclose(y, values.a[1][:, 0])
    assert len(plot._chosen.getData()[0]) == 0
    assert "tanh" in plot.title.text() and "layer 1" in plot.title.text()
    assert plot.formula.latex == r"g=\frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}"
    assert plot.slope_formula.latex == "g'=1 - g(z)^{2}"


def test_a_selected_neuron_is_a_larger_dot(plot: ActivationPlot) -> None:
    told = scene()
    tell(plot, told, Selection(layer=1, neuron=2))
    values = told.snapshot.values
    assert values is not None
    assert plot._chosen.getData()[0] == pytest.approx([values.z[1][2, 0]])


def test_a_selected_sample_is_the_one_of_the_dots(plot: ActivationPlot) -> None:
    told = scene()
    tell(plot, told, Selection(layer=2, sample=17))
    y = told.dataset.targets(1)[:, [17]]
    values = evaluate(told.network, told.snapshot.before, told.dataset.x[:, [17]], y)
    assert np.allclose(plot._dots.getData()[0], values.z[2][:, 0])


def test_no_pass_no_dots(plot: ActivationPlot) -> None:
    tell(plot, scene(iterations=0, phase=None), Selection(layer=1))
    assert len(plot._dots.getData()[0]) == 0 and len(plot._g.getData()[0]) > 100


def test_each_neuron_its_own_activation(plot: ActivationPlot) -> None:
    design = scene().design
    mixed = Dense(4, ("tanh", "relu", "leaky_relu", "relu"), alpha=0.25)
    told = scene_of(replace(design, layers=(mixed, *design.layers[1:])))
    told.trainer.advance(Phase.FORWARD)
    tell(plot, told, Selection(layer=1, neuron=3))
    values = told.snapshot.values
    assert values is not None
    assert "ReLU" in plot.title.text()
    assert np.allclose(plot._dots.getData()[0], values.z[1][[1, 3], 0])
    plot.show_selection(Selection(layer=1, neuron=2))
    x, y = plot._g.getData()
    assert np.allclose(y, np.where(x > 0, x, 0.25 * x))


def test_softmax(plot: ActivationPlot) -> None:
    told = scene("blobs", (4,))
    tell(plot, told, Selection(layer=2, neuron=1))
    values = told.snapshot.values
    assert values is not None
    x, y = plot._dots.getData()
    assert np.allclose(x, values.z[2][:, 0]) and np.allclose(y, values.a[2][:, 0])
    curve_x, curve_y = plot._g.getData()
    assert np.isclose(np.interp(values.z[2][1, 0], curve_x, curve_y), values.a[2][1, 0], atol=1e-3)


@pytest.mark.parametrize("sample", [None, 3])
def test_softmax_has_a_curve_before_its_z_are_computed_and_no_dots(
    plot: ActivationPlot, sample: int | None
) -> None:
    told = scene("blobs", (4,))
    values = told.snapshot.values
    assert values is not None
    z = tuple(np.where(np.arange(len(one))[:, None] > 0, np.nan, one) for one in values.z)
    tell(plot, told, Selection(layer=2, neuron=1, sample=sample))
    plot.show_snapshot(changed(told.snapshot, values=changed(values, z=z)))
    plot.grab()
    assert np.isfinite(plot._g.getData()[1]).all()
    assert len(plot._chosen.getData()[0]) == 0


def test_far_z_stretch_the_axis_and_nan_is_left_out(plot: ActivationPlot) -> None:
    told = scene()
    tell(plot, told, Selection(layer=1))
    values = told.snapshot.values
    assert values is not None
    z = tuple(100 * array for array in values.z)
    z[1][0] = np.nan
    plot.show_snapshot(changed(told.snapshot, values=changed(values, z=z)))
    assert plot._g.getData()[0][-1] > 6
    assert len(plot._dots.getData()[0]) == 3


def test_a_selection_the_network_does_not_have(plot: ActivationPlot) -> None:
    tell(plot, scene(), Selection(layer=9, neuron=9, sample=99999))
    assert "layer 3" in plot.title.text()
