"""The graph stage: scenes 25 to 27 and a network in the lab, walked, veiled, changed, all by real events."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.graph.autodiff import backward, by_backpropagation, by_differences, forward
from core.graph.parser import parse
from core.lecture.scene import find_scene
from core.lecture.subjects import Expression, Networks, OneWeight, Start
from core.lecture.view_ids import ViewId
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import CategoricalCrossEntropy
from core.number_style import HIDDEN, NOT_COMPUTED, value_text
from gui.cli.look import hall
from gui.figures.drawn_text import drawn_texts
from gui.graph_lab.formulas import difference_text
from gui.lecture.stages.graph import GraphStage
from gui.qt.later import draw_all
from gui.theme.theme import DARK, LIGHT, Theme
from tests.gui.graph_lab.test_lab import column, pills
from tests.gui.graph_lab.test_lab_words import text_of
from tests.gui.stages import HALL, check_places, click, on_stage, scene_of, type_into

LAYERS = (
    Dense(neurons=4, activation="relu"),
    Dense(neurons=3, activation="softmax"),
)
OF_A_NETWORK = replace(
    scene_of("square-times-y-over-z"),
    subject=Networks(
        networks=(
            Start(
                design=Design(
                    data=Data(source="blobs", samples=150, noise=0.3, classes=3),
                    layers=LAYERS,
                    training=Training(loss=CategoricalCrossEntropy()),
                )
            ),
        )
    ),
    show=(ViewId.COMPUTATIONAL_GRAPH,),
)


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[GraphStage]:
    with on_stage(GraphStage, "square-times-y-over-z") as made:
        yield made


@pytest.fixture
def vectorized(qtbot: QtBot) -> Iterator[GraphStage]:
    with on_stage(GraphStage, OF_A_NETWORK) as made:
        yield made


def all_ahead(stage: GraphStage) -> None:
    for _ in range(stage.lab.stepper.last):
        stage.step(ahead=True)


@pytest.mark.parametrize("word", ["sum-times-z", "chain-rule", "square-times-y-over-z"])
def test_a_scene_is_walked_forward_and_backward_and_back(qtbot: QtBot, word: str) -> None:
    with on_stage(GraphStage, word) as stage:
        subject = stage.subject()
        assert isinstance(subject, Expression)
        assert subject == scene_of(word).subject
        graph = parse(subject.expression)
        all_ahead(stage)
        values = forward(graph, subject.values)
        gradients = backward(graph, values)
        names = [node.name for node in graph.nodes if node.constant is None]
        places = {name: graph.position(name) for name in names}
        lab = stage.lab
        assert column(lab, 1) == {name: value_text(values[k]) for name, k in places.items()}
        assert column(lab, 2) == {name: value_text(gradients[k]) for name, k in places.items()}
        differences = by_differences(graph, subject.values).of
        for name, number in differences.items():
            assert column(lab, 3)[name] == difference_text(float(number))
        analytic = dict.fromkeys(names, NOT_COMPUTED)
        analytic |= {name: value_text(gradients[places[name]]) for name in subject.derivatives}
        assert column(lab, 4) == analytic
        for _ in range(lab.stepper.last):
            stage.step(ahead=False)
        assert lab.stepper.at == 0


def test_it_walks_by_itself_and_begins_again(stage: GraphStage, qtbot: QtBot) -> None:
    stage.autoplay._timer.setInterval(1)
    seen: list[str] = []
    stage.told.connect(seen.append)
    with qtbot.waitSignals([stage.running_changed, stage.running_changed]):
        stage.play()
    assert stage.lab.stepper.at == stage.lab.stepper.last
    assert seen[-1] == "Backward pass, step 3 of 3."
    stage.play()
    assert stage.lab.stepper.at == 0
    stage.play()
    assert not stage.autoplay._timer.isActive()


def test_the_passes_are_counted_in_a_column(stage: GraphStage) -> None:
    subject = scene_of("square-times-y-over-z").subject
    assert isinstance(subject, Expression)
    graph = parse(subject.expression)
    found, checked = by_backpropagation(graph, subject.values), by_differences(graph, subject.values)
    words = text_of(stage.lab.side.cost.text())
    assert stage.lab.side.cost.isVisible()
    assert f"backpropagation{found.forward_passes}{found.backward_passes}" in words.replace(" ", "")
    assert f"differences{checked.forward_passes}0" in words.replace(" ", "")


def test_what_a_scene_does_not_show_is_left_out(qtbot: QtBot) -> None:
    with on_stage(GraphStage, "chain-rule") as stage:
        assert not stage.lab.side.cost.isVisible()
        assert stage.lab.side.table.columnCount() == 5


def test_the_subject_follows_what_is_typed(stage: GraphStage) -> None:
    type_into(stage.lab.bar.fields["x"].edit, "5")
    subject = stage.subject()
    assert isinstance(subject, Expression)
    assert subject.values == {"x": 5, "y": 4, "z": 2}
    assert subject.derivatives
    type_into(stage.lab.bar.expression, "x*x*y/z")
    subject = stage.subject()
    assert isinstance(subject, Expression)
    assert (subject.expression, subject.derivatives) == ("x*x*y/z", {})
    assert not list(subject.problems())
    stage.show_scene(scene_of("square-times-y-over-z"))
    assert stage.subject() == scene_of("square-times-y-over-z").subject


def test_z_at_0_shows_what_breaks_and_nothing_fails(stage: GraphStage) -> None:
    type_into(stage.lab.bar.fields["z"].edit, "0")
    all_ahead(stage)
    assert column(stage.lab, 1)["f"] == "undefined"
    assert set(column(stage.lab, 2).values()) == {"undefined"}
    assert "nothing can be divided by 0" in text_of(stage.lab.side.step.text())


def test_the_veil_hides_what_is_computed_and_leaves_what_is_given(stage: GraphStage) -> None:
    all_ahead(stage)
    before = pills(stage.lab)
    stage.show_veil(True)
    assert column(stage.lab, 1) == {"x": "3", "y": "4", "z": "2", "v": HIDDEN, "u": HIDDEN, "f": HIDDEN}
    for k in (2, 3, 4):
        assert set(column(stage.lab, k).values()) == {HIDDEN}
    hidden = pills(stage.lab)
    assert hidden["x→v"] == ("3", hidden["x→v"][1])
    assert all(back.endswith(HIDDEN) for _value, back in hidden.values())
    assert hidden["u→f"][0].endswith(HIDDEN)
    said = text_of(stage.lab.side.step.text())
    assert said.endswith(HIDDEN)
    assert "12" not in said.split("∂")[-1]
    assert not any(number in said for number in ("36", "0.5", "4.5", "= 12", "= 9"))
    click(stage.lab.canvas.viewport(), stage.lab.canvas.node_middle(stage.lab.stepper.graph.position("u")))
    assert HIDDEN in text_of(stage.lab.side.node.text())
    stage.show_veil(False)
    assert pills(stage.lab) == before


def test_the_veil_stays_over_other_values(stage: GraphStage) -> None:
    stage.show_veil(True)
    all_ahead(stage)
    type_into(stage.lab.bar.fields["x"].edit, "7")
    assert column(stage.lab, 1)["x"] == "7"
    assert column(stage.lab, 1)["v"] == HIDDEN


def test_a_network_is_shown_for_one_sample_or_a_batch(vectorized: GraphStage) -> None:
    lab = vectorized.lab
    assert isinstance(vectorized.subject(), Networks)
    assert np.shape(lab.stepper.inputs["x"]) == (2, 1)
    click(lab.canvas.viewport(), lab.canvas.node_middle(lab.stepper.graph.position("z[1]")))
    assert "2 × 4" in text_of(lab.side.node.text())
    click(vectorized.batch)
    assert np.shape(lab.stepper.inputs["x"]) == (2, 10)
    assert vectorized.batch.text() == "a mini-batch of 10"
    all_ahead(vectorized)
    click(vectorized.one)
    assert np.shape(lab.stepper.inputs["x"]) == (2, 1)


def test_the_veil_hides_the_shapes_of_a_network(vectorized: GraphStage) -> None:
    all_ahead(vectorized)
    vectorized.show_veil(True)
    table = column(vectorized.lab, 1)
    assert (table["x"], table["W[1]"], table["z[1]"], table["J"]) == ("2 × 1", "2 × 4", HIDDEN, HIDDEN)
    assert "×" not in text_of(vectorized.lab.side.step.text())


def test_one_weight_is_a_graph_too(qtbot: QtBot) -> None:
    with on_stage(GraphStage, "one-weight") as stage:
        subject = scene_of("one-weight").subject
        assert stage.subject() == subject
        type_into(stage.lab.bar.fields["w"].edit, "4.4")
        changed = stage.subject()
        assert isinstance(changed, OneWeight)
        assert changed.w == 4.4
        all_ahead(stage)
        assert column(stage.lab, 2)["w"] == "19.2"


def test_the_arrows_walk_while_the_graph_has_the_focus(stage: GraphStage) -> None:
    stage.lab.canvas.setFocus()
    QTest.keyClick(stage.lab.canvas, Qt.Key.Key_Right)
    assert stage.lab.stepper.at == 1


@pytest.mark.parametrize("shown", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, HALL])
def test_the_three_columns_have_room(qtbot: QtBot, scale: float, shown: Theme) -> None:
    with on_stage(GraphStage, "square-times-y-over-z", scale, shown) as stage:
        all_ahead(stage)
        QApplication.processEvents()
        table = stage.lab.side.table
        wide = [table.columnWidth(k) for k in range(table.columnCount())]
        assert sum(wide) <= table.viewport().width() + 1
        metrics = table.fontMetrics()
        for k in range(1, table.columnCount()):
            for text in column(stage.lab, k).values():
                assert metrics.horizontalAdvance(text) < wide[k]
        assert all(not field.isHidden() for field in stage.lab.bar.fields.values())


def test_in_a_hall_the_graph_takes_the_whole_width_over_the_present_step_alone(qtbot: QtBot) -> None:
    with on_stage(GraphStage, OF_A_NETWORK, HALL) as stage:
        lab = stage.lab
        for scene in (OF_A_NETWORK, scene_of("square-times-y-over-z")):
            stage.show_scene(scene)
            QApplication.processEvents()
            check_places(stage, [lab.canvas, lab.side])
            assert lab.canvas.width() == lab.side.width() == lab.width()
            assert lab.side.mapTo(lab, lab.side.rect().topLeft()).y() >= lab.canvas.geometry().bottom()
            assert not lab.bar.isVisible() and not lab.side.table.isVisible()


def test_in_a_hall_the_words_stand_beside_the_step_below_the_graph(qtbot: QtBot) -> None:
    with hall((1366, 768)) as window:
        player = window.theatre
        for name, below in (("chain-rule", True), ("mae", False), ("sum-times-z", True)):
            window.open_scene(find_scene(name))
            player.finish()
            draw_all(window)
            stage = player.stage
            assert stage is not None and player.words.isVisible()
            assert stage.isAncestorOf(player.words) == below
            top = player.words.mapTo(player, player.words.rect().topLeft()).y()
            if isinstance(stage, GraphStage):
                canvas = stage.lab.canvas
                assert canvas.width() == player.width()
                assert top >= canvas.mapTo(player, canvas.rect().bottomLeft()).y()


def test_a_graph_too_large_to_be_read_shows_in_a_hall_where_it_begins_is_and_ends(qtbot: QtBot) -> None:
    with hall((1920, 1080)) as window:
        window.open_scene(find_scene("38-micrograd"))
        draw_all(window)
        stage = window.theatre.stage
        assert isinstance(stage, GraphStage)
        assert {text.text for text in drawn_texts(stage.lab.canvas)} == {"a", "b", "g"}
        window.theatre.go_build(1)
        draw_all(window)
        assert {text.text for text in drawn_texts(stage.lab.canvas)} == {"a", "b", "+", "g"}


def test_in_a_hall_a_backward_step_names_upstream_local_and_downstream(qtbot: QtBot) -> None:
    with hall((1920, 1080)) as window:
        window.open_scene(find_scene("chain-rule"))
        window.theatre.go_build(3)
        draw_all(window)
        stage = window.theatre.stage
        assert isinstance(stage, GraphStage)
        said = text_of(stage.lab.side.step.text())
        assert "upstream∂f/∂f = 1" in said
        assert "local∂f/∂u = 2 · u = 2 · 7 = 14" in said
        assert "downstream∂f/∂u = 1 · 14 = 14" in said
        assert "local 14" in {text.text for text in drawn_texts(stage.lab.canvas)}


def test_in_a_low_room_the_side_comes_with_a_clicked_node(vectorized: GraphStage) -> None:
    lab = vectorized.lab
    vectorized.resize(960, 260)
    QApplication.processEvents()
    assert not lab.side.isVisible()
    for what in ("forward", "backward"):
        while lab.stepper.step.what != what:
            click(lab.bar.buttons["step"])
        name = lab.stepper.graph.nodes[lab.stepper.step.node].name
        assert plain_name(name) in plain_name(text_of(lab.status_line.text()))
    vectorized.show_veil(True)
    click(lab.bar.buttons["step"])
    assert HIDDEN in lab.status_line.text()
    assert "×" not in lab.status_line.text()
    click(lab.canvas.viewport(), lab.canvas.node_middle(lab.stepper.graph.position("z[1]")))
    QApplication.processEvents()
    assert lab.side.isVisible()
    assert not lab.side.table.isVisible()


def plain_name(text: str) -> str:
    return text.replace("[", "").replace("]", "").replace(" ", "")
