"""The inspector shows formulas with the core's numbers for a neuron, an edge, a layer and a sample."""

from __future__ import annotations

from dataclasses import replace as changed

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.debugger.steps import da_terms, z_terms
from core.nn.design import Dense
from core.nn.losses import MSE
from core.nn.optimizers import GradientDescent
from core.nn.trainer import Phase, Snapshot
from gui.selection import Selection
from gui.theme.theme import DARK
from gui.views.inspector.view import Inspector
from tests.gui.inspecting import alone_of, backward_of, text_of, values_of
from tests.gui.scenes import scene, scene_of, tell
from tests.gui.shown import assert_row, row_after, shows

# -- a neuron ----------------------------------------------------------------------------------------


def test_a_neuron_line_by_line(inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=1, neuron=2))
    network, theta, values = told.network, told.snapshot.before, values_of(told)
    da, delta, _g = backward_of(values)
    z, a = values.z[1][2, 0], values.a[1][2, 0]
    slope = network.layers[0].spans[0].activation.derivative(z)
    text = text_of(inspector)
    pairs = np.column_stack([network.W(theta, 1)[:, 2], values.a[0][:, 0]]).ravel()
    assert_row(text, "z3[1] = b3[1] + Σi Wi3[1] ai[0]", [network.b(theta, 1)[2], *pairs, z])
    assert np.isclose(z_terms(network, theta, values, 1, 2, 0).sum(), z)
    assert_row(text, "a3[1] = σ3[1](z3[1])", [z, a])
    pairs = np.column_stack([network.W(theta, 2)[2], delta[2][:, 0]]).ravel()
    assert_row(text, "∂J/∂a3[1] = Σk W3k[2] δk[2]", [*pairs, da[1][2, 0]])
    assert np.isclose(da_terms(network, theta, values, 1, 2, 0).sum(), da[1][2, 0])
    assert "σ′3[1](z3[1]) = 1 − (a3[1])²" in text.replace("\xa0", " ")
    assert_row(text, "δ3[1] = σ′3[1] ∂J/∂a3[1]", [slope, da[1][2, 0], delta[1][2, 0]])
    assert inspector.windowTitle() == "Neuron 3, layer 1"
    assert f"Sample {values.samples[0] + 1}, first in a batch of 10" in text


def test_the_bias_of_a_neuron_and_its_update(inspector: Inspector) -> None:
    told = scene(optimizer=GradientDescent(), phase=Phase.UPDATE)
    tell(inspector, told, Selection(layer=2, neuron=1))
    snapshot, network = told.snapshot, told.network
    _da, delta, g = backward_of(values_of(told))
    old, new = network.b(snapshot.before, 2)[1], network.b(snapshot.theta, 2)[1]
    slope = network.b(g, 2)[1]
    assert np.isclose(slope, delta[2][1].sum())
    row = "b2[2] ← b2[2] − η ∂J/∂b2[2]"
    assert_row(text_of(inspector), row, [old, snapshot.learning_rate, slope, new])
    assert shows(row_after(text_of(inspector), "∂J/∂b2[2] = ΣB δ2[2]"), slope)


@pytest.mark.parametrize("source", ["xor", "blobs", "sine"])
def test_delta_of_the_output(inspector: Inspector, source: str) -> None:
    told = scene(source)
    tell(inspector, told, Selection(layer=3, neuron=0))
    values = values_of(told)
    da, delta, _g = backward_of(values)
    o, y, d, text = values.a[3][0, 0], values.y[0, 0], delta[3][0, 0], text_of(inspector)
    if source == "sine":
        assert_row(text, "∂J/∂a1[3] = 2 (o1 − y1)/|B|", [2, 2, o, y, 10, da[3][0, 0]])
    else:
        assert_row(text, "δ1[3] = (o1 − y1)/|B|", [o, y, 10, d])
        assert "differentiated together" in text
    tell(inspector, told, Selection(layer=3, neuron=0, sample=5))
    alone = alone_of(told, 5)
    own = backward_of(alone)[1][3][0, 0]
    if source != "sine":
        assert_row(text_of(inspector), "δ1[3] = o1 − y1", [alone.a[3][0, 0], alone.y[0, 0], own])


def test_a_layerwide_output_before_another_loss(inspector: Inspector) -> None:
    design = scene("blobs").design
    told = scene_of(replace(design, training=replace(design.training, loss=MSE())))
    told.trainer.advance(Phase.BACKWARD)
    tell(inspector, told, Selection(layer=3, neuron=1))
    values = values_of(told)
    text, delta = text_of(inspector), backward_of(values)[1][3][1, 0]
    assert shows(row_after(text, "δ2[3]"), delta)
    exponents = values.z[3][:, 0]
    assert_row(text, "a2[3] = ez2[3]/(Σk ezk[3])", [exponents[1], *exponents, values.a[3][1, 0]])


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "gelu", "softplus", "sigmoid", "linear"])
def test_every_activation_is_written_out(inspector: Inspector, name: str) -> None:
    design = scene().design
    layers = (Dense(4, ("tanh", name, "tanh", "tanh")), *design.layers[1:])
    told = scene_of(replace(design, layers=layers))
    told.trainer.advance(Phase.BACKWARD)
    tell(inspector, told, Selection(layer=1, neuron=1))
    values, text = values_of(told), text_of(inspector)
    z = values.z[1][1, 0]
    assert shows(row_after(text, "a2[1] = σ2[1](z2[1])"), values.a[1][1, 0])
    run = next(run for run in told.network.layers[0].spans if run.activation.name == name)
    assert shows(row_after(text, "σ′2[1](z2[1])"), float(run.activation.derivative(z, run.alpha)))
    assert run.activation.symbol in text
    assert inspector.neuron_curve.a == values.a[1][1, 0] and inspector.neuron_curve.z == z


def test_a_selected_sample_is_evaluated_alone(inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=2, neuron=1, sample=23))
    values = alone_of(told, 23)
    text = text_of(inspector)
    for number in (values.z[2][1, 0], values.a[2][1, 0], backward_of(values)[1][2][1, 0]):
        assert shows(text, number)
    assert "Sample 24, alone" in text


def test_the_input(inspector: Inspector) -> None:
    told = scene("breast-cancer", iterations=2)
    tell(inspector, told, Selection(layer=0, neuron=7))
    assert told.dataset.feature_names[7] in text_of(inspector)
    assert shows(row_after(text_of(inspector), "a8[0] = x8"), values_of(told).a[0][7, 0])
    inspector.show_selection(Selection(layer=0))
    assert "30 features" in text_of(inspector)
    assert not inspector.settings.layer_form.isVisible() and not inspector.parameter.isVisible()


def test_thirty_inputs_are_all_there_and_a_thousand_are_cut(inspector: Inspector) -> None:
    told = scene("breast-cancer", iterations=2)
    tell(inspector, told, Selection(layer=1, neuron=0))
    row = row_after(text_of(inspector), "z1[1]")
    assert row.count("·") == 30
    assert all(shows(row, a) for a in values_of(told).a[0][:, 0])
    tell(inspector, scene("digits", hidden=(8,), iterations=2), Selection(layer=1, neuron=0))
    assert "(32 more)" in text_of(inspector)


# -- layer, sample, network ----------------------------------------------------------------------------


def test_a_layer(inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=1))
    values, text = values_of(told), text_of(inspector)
    _da, delta, g = backward_of(values)
    assert "2 × 4" in text and "12 parameters" in text
    for number in (*values.z[1][:, 0], *values.a[1][:, 0], *delta[1][:, 0]):
        assert shows(text, number)
    norm = np.linalg.norm
    assert shows(row_after(text, "‖W[1]‖"), float(norm(told.network.W(told.snapshot.theta, 1))))
    assert shows(row_after(text, "‖∂J/∂W[1]‖"), float(norm(told.network.W(g, 1))))
    assert inspector.settings.layer_form.isVisible() and not inspector.settings.activation_row.isVisible()


@pytest.mark.parametrize("source", ["xor", "blobs", "sine", "digits"])
def test_a_sample(inspector: Inspector, source: str) -> None:
    told = scene(source, iterations=20)
    tell(inspector, told, Selection(sample=11))
    values, text = alone_of(told, 11), text_of(inspector)
    g, o = backward_of(values)[2], values.a[-1][:, 0]
    assert shows(row_after(text, "L"), values.J) and shows(row_after(text, "o = "), o[0])
    assert shows(row_after(text, "‖∂J/∂θ‖"), float(np.linalg.norm(g)))
    largest = np.sort(np.abs(g))[::-1][:5]
    assert all(shows(text, size) or shows(text, -size) for size in largest)
    if told.dataset.task == "classes":
        truth = int(told.dataset.labels[11])
        right = truth == (int(o[0] > 0.5) if o.size == 1 else int(o.argmax()))
        assert told.dataset.class_names[truth] in text
        assert (": right" in text) == right and (": wrong" in text) == (not right)
        p = o[truth] if o.size > 1 else (o[0] if truth else 1 - o[0])
        assert shows(row_after(text, "Probability of the true class"), float(p))
    assert inspector.windowTitle() == "Sample 12"


def test_nothing_told_says_what_to_click(inspector: Inspector) -> None:
    assert "Click a neuron" in text_of(inspector)


def test_nothing_selected_sums_the_network_up(inspector: Inspector) -> None:
    told = scene(l2=0.1)
    tell(inspector, told)
    text = text_of(inspector).replace("\xa0", " ").replace("\u2060", "")
    assert "2 – 4 – 2 – 1" in text and str(told.network.parameters) in text
    assert told.snapshot.test is not None
    for number in (told.snapshot.train.loss, told.snapshot.test.loss, told.snapshot.penalty):
        assert shows(text, number)


def test_a_selection_that_is_gone(inspector: Inspector) -> None:
    tell(inspector, scene(hidden=(2,)), Selection(layer=7, neuron=3, source=1, sample=10**6))
    assert "Click a neuron" in text_of(inspector)
    inspector.show_selection(Selection(layer=1, neuron=50))
    assert "Layer 1" in inspector.windowTitle()


# -- when it is updated --------------------------------------------------------------------------------


def test_text_can_be_copied(inspector: Inspector) -> None:
    tell(inspector, scene(), Selection(layer=1, neuron=0), DARK)
    flags = inspector.text.textInteractionFlags()
    assert flags & Qt.TextInteractionFlag.TextSelectableByKeyboard and inspector.text.isReadOnly()
    inspector.text.selectAll()
    inspector.text.copy()
    assert "z1[1] = b1[1]" in QGuiApplication.clipboard().text().replace("\xa0", " ")


def test_hidden_it_writes_nothing(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    before = text_of(inspector)
    tell(inspector, scene(), Selection(layer=1, neuron=0))
    assert text_of(inspector) == before
    inspector.show()
    assert "Backward" in text_of(inspector)


def test_infinite_numbers_are_written(inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=1, neuron=0))
    values = values_of(told)
    z = (values.z[0], np.full_like(values.z[1], np.inf), *values.z[2:])
    broken: Snapshot = changed(told.snapshot, values=changed(values, z=z))
    inspector.show_snapshot(broken)
    assert "∞" in row_after(text_of(inspector), "z1[1]")
