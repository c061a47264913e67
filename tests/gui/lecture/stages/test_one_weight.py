"""The one-weight stage, by real events; every number shown is the core's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.lecture.demos import Descent
from gui.lecture.stages.one_weight.stage import OneWeightStage
from gui.lecture.stages.one_weight.text import number
from gui.theme.theme import DARK, LIGHT, Theme
from tests.gui.stages import HALL, check_places, click, drag, on_stage, scene_of, type_into


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[OneWeightStage]:
    with on_stage(OneWeightStage, "one-weight") as made:
        yield made


def rows(stage: OneWeightStage) -> list[list[str]]:
    table = stage.table
    return [[table.item(t, k).text() for k in range(6)] for t in range(table.rowCount())]


def expected(descent: Descent) -> list[list[str]]:
    return [
        [str(t), *(number(v) for v in (step.w, step.loss, step.slope, step.move, step.next))]
        for t, step in enumerate(descent.way)
    ]


def test_steps_write_the_lectures_numbers(stage: OneWeightStage) -> None:
    descent = Descent(3, 10, 2, 0.1)
    for _ in range(4):
        stage.step(ahead=True)
        descent.ahead()
    assert rows(stage) == expected(descent)
    assert [row[1] for row in rows(stage)] == ["2", "4.4", "2.48", "4.016", "2.7872"]
    assert rows(stage)[0] == ["0", "2", "16", "−24", "2.4", "4.4"]
    assert "2.7872 − 0.1 · (−9.8304)" in stage.formula.text()
    stage.step(ahead=False)
    descent.back()
    assert rows(stage) == expected(descent)


def test_the_minimum_is_marked(stage: OneWeightStage) -> None:
    assert stage.plot.minimum_text == "minimum 10/3 = 3.3333"


@pytest.mark.parametrize(
    ("rate", "says"),
    [
        ("0.02", "from one side"),
        ("0.1", "overshoots, swings and arrives"),
        ("0.12", "1.16 times as far on the other side: it flies away"),
        ("0", "no step moves"),
    ],
)
def test_what_a_typed_learning_rate_does_is_said(stage: OneWeightStage, rate: str, says: str) -> None:
    type_into(stage.cells["η"], rate)
    assert says in stage.sentence.text()
    assert stage.subject().learning_rate == float(rate)


def test_the_marks_give_their_exact_rates(stage: OneWeightStage) -> None:
    one_step, for_ever = stage.slider.buttons
    click(one_step)
    assert stage.subject().learning_rate == "1/18"
    assert "one step goes straight" in stage.sentence.text()
    stage.step(ahead=True)
    assert stage.descent.now.w == pytest.approx(10 / 3)
    assert "Arrived" in stage.sentence.text()
    click(for_ever)
    stage.show_scene(scene_of("one-weight"))
    click(stage.slider.buttons[1])
    assert "swings for ever" in stage.sentence.text()
    for _ in range(20):
        stage.step(ahead=True)
    assert stage.descent.now.w == pytest.approx(2, abs=1e-9)


def test_the_slider_is_caught_by_a_mark(stage: OneWeightStage) -> None:
    slider = stage.slider.slider
    slider.setFocus()
    place = round(1000 / 18 / stage.slider.most)
    slider.setValue(place + 5)
    assert stage.subject().learning_rate == "1/18"
    slider.setValue(place + 60)
    assert isinstance(stage.subject().learning_rate, float)
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert stage.descent.rate == 0


def test_the_ball_is_dragged_and_begins_anew(stage: OneWeightStage) -> None:
    stage.step(ahead=True)
    plot = stage.plot
    ball = plot.place(stage.descent.now.w, stage.descent.now.loss)
    goal = plot.place(3.0, 1.0).x() - ball.x()
    drag(plot, ball, ball + QPointF(goal / 2, 30), ball + QPointF(goal, 60))
    assert stage.subject().w == pytest.approx(3.0, abs=0.02)
    assert rows(stage) == expected(Descent(3, 10, stage.subject().w, 0.1))


def test_the_arrows_move_the_ball(stage: OneWeightStage) -> None:
    stage.plot.setFocus()
    QTest.keyClick(stage.plot, Qt.Key.Key_Right)
    assert stage.subject().w == pytest.approx(2.1)
    QTest.keyClick(stage.plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert stage.subject().w == pytest.approx(2.09)
    assert rows(stage) == expected(Descent(3, 10, 2.09, 0.1))


def test_another_x_takes_the_marks_along(stage: OneWeightStage) -> None:
    type_into(stage.cells["x"], "2")
    assert [found.value for found in stage.slider.marked] == pytest.approx([1 / 8, 1 / 4])
    click(stage.slider.buttons[0])
    stage.step(ahead=True)
    assert stage.descent.now.w == pytest.approx(5)
    type_into(stage.cells["x"], "0")
    assert "does not depend on w" in stage.sentence.text()
    stage.step(ahead=True)
    assert stage.descent.now.w == 2


def test_a_ball_that_flies_away_ends_in_a_sentence(stage: OneWeightStage) -> None:
    type_into(stage.cells["η"], "0.15")
    first = stage.plot.x_range
    for _ in range(60):
        stage.step(ahead=True)
        stage.plot.repaint()
    assert stage.plot.x_range[1] - stage.plot.x_range[0] > 1e5 * (first[1] - first[0])
    assert "flown away" in stage.sentence.text()
    t = stage.descent.t
    stage.step(ahead=True)
    assert stage.descent.t == t
    assert rows(stage) == expected(stage.descent)
    type_into(stage.cells["η"], "10")
    assert "flown away" in stage.sentence.text()


def test_it_plays_by_itself_until_it_arrives(stage: OneWeightStage, qtbot: QtBot) -> None:
    stage._timer.setInterval(1)
    with qtbot.waitSignals([stage.running_changed, stage.running_changed]):
        stage.play()
    assert stage.descent.arrived
    assert rows(stage) == expected(stage.descent)
    stage.play()
    assert stage.descent.t <= 1
    stage.play()
    assert not stage._timer.isActive()


def test_a_step_is_told(stage: OneWeightStage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(stage.told) as said:
        stage.step(ahead=True)
    assert said.args == ["After 1 step w = 4.4 and L = 10.24."]


def test_the_veil_hides_gradient_and_next_w(stage: OneWeightStage) -> None:
    stage.step(ahead=True)
    stage.show_veil(True)
    assert [row[3:] for row in rows(stage)] == [["?"] * 3] * 2
    assert [row[1] for row in rows(stage)] == ["2", "4.4"]
    assert stage.formula.text().count("?") == 2
    assert "19.2" not in stage.formula.text()
    assert stage.sentence.text() == "?"
    stage.show_veil(False)
    assert rows(stage) == expected(stage.descent)


def test_a_wrong_number_is_refused(stage: OneWeightStage) -> None:
    type_into(stage.cells["η"], "20")
    assert "between 0 and 10" in stage.sentence.text()
    assert stage.subject().learning_rate == 0.1


def test_the_scene_comes_back(stage: OneWeightStage) -> None:
    scene = scene_of("one-weight")
    type_into(stage.cells["y"], "4")
    stage.step(ahead=True)
    stage.show_scene(scene)
    assert stage.subject() == scene.subject
    assert len(rows(stage)) == 1


@pytest.mark.parametrize("shown", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, HALL])
def test_nothing_is_cut(qtbot: QtBot, scale: float, shown: Theme) -> None:
    with on_stage(OneWeightStage, "one-weight", scale, shown) as stage:
        type_into(stage.cells["η"], "0.12")
        for _ in range(12):
            stage.step(ahead=True)
        QApplication.processEvents()
        table = stage.table
        bold = QFont(table.font())
        bold.setBold(True)
        seen = [k for k in range(6) if not table.isColumnHidden(k)]
        assert len(seen) == 6 if scale == 1.0 else {1, 3, 5} <= set(seen)  # w, its slope and the next w
        for row in rows(stage):
            for k in seen:
                assert QFontMetrics(bold).horizontalAdvance(row[k]) + 6 <= table.columnWidth(k)
        assert sum(table.columnWidth(k) for k in range(6)) <= table.viewport().width()
        parts = [stage.plot, stage.table, stage.formula, stage.slider, stage.sentence, *stage.cells.values()]
        check_places(stage, [part for part in parts if part.isVisible()])
        assert table.font().pointSizeF() >= (0.6 if scale == 1.0 else 1.0) * 10 * scale
