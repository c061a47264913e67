"""The inspector: formulas with the numbers of the core, and the settings of what is selected."""

from __future__ import annotations

import time

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.design import Dense, Design, Dropout, Problem
from core.losses import MSE
from core.optimizers import GradientDescent
from core.passes import Pass, evaluate
from core.training import Phase
from gui.numbers import short
from gui.selection import Selection
from gui.theme import DARK
from gui.views.inspector import Inspector
from tests.gui.scenes import Scene, scene, scene_of, tell

NOT_YET = "not computed yet"


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    made = Inspector()
    qtbot.addWidget(made)
    made.resize(320, 480)
    made.show()
    qtbot.waitExposed(made)
    return made


def _text(inspector: Inspector) -> str:
    return inspector.text.toPlainText()


def test_nothing_told_says_what_to_click(inspector: Inspector) -> None:
    assert "Click a neuron" in _text(inspector)


def test_nothing_selected_sums_the_network_up(inspector: Inspector) -> None:
    told = scene(l2=0.1)
    tell(inspector, told)
    text = _text(inspector).replace("\xa0", " ")
    assert "2 – 4 – 2 – 1" in text and str(told.network.parameters) in text
    assert told.snapshot.test is not None
    for number in (told.snapshot.train.loss, told.snapshot.test.loss, told.snapshot.penalty):
        assert short(number) in text


def test_a_neuron_term_by_term(inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=1, neuron=2))
    values, snapshot, network = told.snapshot.values, told.snapshot, told.network
    assert values is not None and values.da is not None and values.delta is not None
    text = _text(inspector)
    W, b = network.W(snapshot.before, 1)[:, 2], network.b(snapshot.before, 1)[2]
    numbers = [b, *W, *values.a[0][:, 0], values.z[1][2, 0], values.a[1][2, 0], values.da[1][2, 0]]
    numbers += [*network.W(snapshot.before, 2)[2], *values.delta[2][:, 0], values.delta[1][2, 0]]
    for number in numbers:
        assert short(number) in text, number
    slope = network.layers[0].runs[0].activation.dg(values.z[1][2, 0])
    assert short(float(slope)) in text
    assert inspector.windowTitle() == "Neuron 3, layer 1"
    assert f"For sample {values.samples[0]}, the first of the batch of 10" in text


def test_a_selected_sample_is_evaluated_alone(inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=2, neuron=1, sample=23))
    values = _alone(told, 23)
    assert values.delta is not None
    text = _text(inspector)
    for number in (values.z[2][1, 0], values.a[2][1, 0], values.delta[2][1, 0]):
        assert short(number) in text
    assert "For sample 23, alone" in text


def _alone(told: Scene, sample: int) -> Pass:
    y = told.dataset.targets(told.network.n[-1])[:, [sample]]
    return evaluate(told.network, told.snapshot.before, told.dataset.x[:, [sample]], y)


@pytest.mark.parametrize(
    "phase, forward, backward",
    [(None, False, False), (Phase.FORWARD, True, False), (Phase.BACKWARD, True, True)],
)
def test_what_is_not_computed_is_not_shown(
    inspector: Inspector, phase: Phase | None, forward: bool, backward: bool
) -> None:
    told = scene(iterations=0, phase=phase)
    tell(inspector, told, Selection(layer=1, neuron=0))
    text = _text(inspector)
    assert text.count(NOT_YET) == 2 * (not forward) + 2 * (not backward)
    inspector.show_selection(Selection(layer=1, neuron=0, source=1))
    assert (NOT_YET in _text(inspector).split("Update")[0]) == (not backward)
    assert NOT_YET in _text(inspector).split("Update")[1]


@pytest.mark.parametrize("source", ["xor", "blobs", "sine"])
def test_delta_of_the_output(inspector: Inspector, source: str) -> None:
    told = scene(source)
    tell(inspector, told, Selection(layer=3, neuron=0))
    values = told.snapshot.values
    assert values is not None and values.delta is not None and values.da is not None
    text = _text(inspector)
    assert short(values.delta[3][0, 0]) in text
    if source == "sine":
        assert short(values.da[3][0, 0]) in text
    else:
        assert "in one step" in text and "/ |B|" in text
        o, y = values.a[3][0, 0], values.y[0, 0]
        assert np.isclose(values.delta[3][0, 0], (o - y) / 10) and f"{short(o)} − {short(y)}" in text


def test_a_layerwide_output_before_another_loss(inspector: Inspector) -> None:
    design = scene("blobs").design
    told = scene_of(replace(design, training=replace(design.training, loss=MSE())))
    told.trainer.advance(Phase.BACKWARD)
    tell(inspector, told, Selection(layer=3, neuron=1))
    values = told.snapshot.values
    assert values is not None and values.delta is not None
    assert short(values.delta[3][1, 0]) in _text(inspector)


def test_an_edge_and_its_update(inspector: Inspector) -> None:
    told = scene(optimizer=GradientDescent(), phase=Phase.UPDATE)
    tell(inspector, told, Selection(layer=2, neuron=1, source=3))
    snapshot, network, text = told.snapshot, told.network, _text(inspector)
    values = snapshot.values
    assert values is not None and values.g is not None and values.delta is not None
    old, new = network.W(snapshot.before, 2)[3, 1], network.W(snapshot.theta, 2)[3, 1]
    g = network.W(values.g, 2)[3, 1]
    assert np.isclose(new, old - snapshot.learning_rate * g)
    shares = values.a[1][3] * values.delta[2][1]
    assert np.isclose(shares.sum(), g)
    for number in (values.a[1][3, 0], values.delta[2][1, 0], g):
        assert short(number) in text
    assert short(old, new - old) in text and short(new, new - old) in text
    assert inspector.windowTitle() == "Edge from neuron 4 of layer 1 to neuron 2 of layer 2"
    assert "← W" in text and "η" in text


def test_an_edge_for_one_sample(inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=2, neuron=0, source=0, sample=9))
    values = _alone(told, 9)
    assert values.g is not None and values.delta is not None
    g = told.network.W(values.g, 2)[0, 0]
    assert np.isclose(g, values.a[1][0, 0] * values.delta[2][0, 0])
    assert short(g) in _text(inspector)


def test_other_optimizers_name_their_step(inspector: Inspector) -> None:
    tell(inspector, scene(phase=Phase.UPDATE), Selection(layer=1, neuron=0, source=0))
    assert "step of Adam" in _text(inspector)


def test_the_penalty_is_named(inspector: Inspector) -> None:
    tell(inspector, scene(l1=0.01), Selection(layer=1, neuron=0, source=0))
    assert "penalty" in _text(inspector)


def test_a_layer(inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=1))
    values = told.snapshot.values
    assert values is not None
    text = _text(inspector)
    assert "2 × 4" in text and "12 parameters" in text
    for number in (*values.z[1][:, 0], *values.a[1][:, 0]):
        assert short(number) in text
    assert inspector.layer_form.isVisible() and not inspector.activation_row.isVisible()


def test_the_input(inspector: Inspector) -> None:
    told = scene("breast-cancer", iterations=2)
    tell(inspector, told, Selection(layer=0, neuron=7))
    values = told.snapshot.values
    assert values is not None
    assert told.dataset.feature_names[7] in _text(inspector) and short(values.a[0][7, 0]) in _text(inspector)
    inspector.show_selection(Selection(layer=0))
    assert "30 features" in _text(inspector)
    assert not inspector.layer_form.isVisible()


@pytest.mark.parametrize("source", ["xor", "blobs", "sine", "digits"])
def test_a_sample(inspector: Inspector, source: str) -> None:
    told = scene(source, iterations=20)
    tell(inspector, told, Selection(sample=11))
    values, text = _alone(told, 11), _text(inspector)
    assert short(values.J) in text and short(values.a[-1][0, 0]) in text
    if told.dataset.task == "classes":
        assert told.dataset.class_names[told.dataset.labels[11]] in text
        assert "right" in text or "wrong" in text
    assert inspector.windowTitle() == "Sample 11"


def test_thirty_inputs_scroll_and_a_thousand_are_cut(inspector: Inspector) -> None:
    tell(inspector, scene("breast-cancer", iterations=2), Selection(layer=1, neuron=0))
    assert _text(inspector).count("·") >= 30
    tell(inspector, scene("digits", hidden=(8,), iterations=2), Selection(layer=1, neuron=0))
    assert "(24 more)" in _text(inspector)


def test_nan_and_one_sample(inspector: Inspector) -> None:
    told = scene(data={"samples": 2, "test_share": 0.5}, batch_size=1, iterations=1)
    tell(inspector, told, Selection(layer=1, neuron=0))
    from dataclasses import replace as changed

    broken = np.full_like(told.snapshot.before, np.nan)
    inspector.show_snapshot(changed(told.snapshot, before=broken))
    assert "NaN" in _text(inspector)


def test_a_selection_that_is_gone(inspector: Inspector) -> None:
    tell(inspector, scene(hidden=(2,)), Selection(layer=7, neuron=3, source=1, sample=10**6))
    assert "Click a neuron" in _text(inspector)
    inspector.show_selection(Selection(layer=1, neuron=50))
    assert "Layer 1" in inspector.windowTitle()


def test_picking_an_activation_for_one_neuron(qtbot: QtBot, inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=1, neuron=2))
    asked = _asked(inspector)
    assert inspector.activation.currentText() == "tanh"
    qtbot.keyClick(inspector.activation, Qt.Key.Key_Down)
    names = ("tanh", "tanh", "relu", "tanh")
    assert asked[0][0].layers == (replace(told.design.layers[0], activation=names), *told.design.layers[1:])
    inspector.show_design(asked[0][0], ())
    qtbot.keyClick(inspector.activation, Qt.Key.Key_Up)
    assert asked[1][0].layers[0] == told.design.layers[0], "all alike is one name again"


def _asked(inspector: Inspector) -> list[tuple[Design, str]]:
    asked: list[tuple[Design, str]] = []
    inspector.edit_requested.connect(lambda design, text: asked.append((design, text)))
    return asked


def test_layer_settings(qtbot: QtBot, inspector: Inspector) -> None:
    told = scene()
    mixed = replace(
        told.design, layers=(Dense(3, ("tanh", "elu", "relu"), initializer="he"), *told.design.layers[1:])
    )
    inspector.show_design(mixed, ())
    inspector.show_selection(Selection(layer=1))
    asked = _asked(inspector)
    assert inspector.layer_form.rows["alpha"].isVisible()
    qtbot.keyClick(inspector.layer_form.rows["neurons"].edit, Qt.Key.Key_Up)
    assert asked[0][0].layers[0] == Dense(4, ("tanh", "elu", "relu", "relu"), initializer="he")
    inspector.show_design(told.design, (Problem("layers[0].neurons", "Too few."),))
    assert not inspector.layer_form.rows["alpha"].isVisible()
    assert inspector.layer_form.rows["neurons"].problem.text() == "Too few."


def test_dropout_settings(qtbot: QtBot, inspector: Inspector) -> None:
    told = scene()
    design = replace(told.design, layers=(told.design.layers[0], Dropout(0.2), *told.design.layers[1:]))
    tell(inspector, scene_of(design), Selection(place=1))
    asked = _asked(inspector)
    assert inspector.dropout_form.isVisible()
    qtbot.keyClick(inspector.dropout_form.rows["rate"].edit, Qt.Key.Key_Up)
    assert asked[0][0].layers[1] == Dropout(0.3)
    inspector.show_selection(Selection(layer=2))
    assert "Dropout before it" in _text(inspector) and inspector.layer_form.isVisible()


def test_text_can_be_copied(qtbot: QtBot, inspector: Inspector) -> None:
    tell(inspector, scene(), Selection(layer=1, neuron=0), DARK)
    assert inspector.text.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
    assert inspector.text.isReadOnly()


def test_hidden_it_writes_nothing(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    before = _text(inspector)
    tell(inspector, scene(), Selection(layer=1, neuron=0))
    assert _text(inspector) == before
    inspector.show()
    assert "Backward" in _text(inspector)


def test_a_snapshot_is_written_in_a_few_milliseconds(inspector: Inspector) -> None:
    told = scene(hidden=(8, 8))
    tell(inspector, told, Selection(layer=1, neuron=0))
    times = []
    for _ in range(10):
        told.trainer.advance(Phase.BACKWARD)
        snapshot = told.snapshot
        start = time.perf_counter()
        inspector.show_snapshot(snapshot)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.008, "4 ms on a free machine; twice that on a busy one"
