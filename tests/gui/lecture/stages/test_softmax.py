"""The softmax bench by real events: typed, dragged, turned, stepped; every number is the engine's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.demos import softmax_table
from core.lecture.expected import found
from core.lecture.scene import Scene, find_scene, read_scene
from core.lecture.subjects import SoftmaxBench
from core.number_style import HIDDEN, fine_text, slide_text
from gui.app.application import application
from gui.lecture.stages.shared.figures import Figure
from gui.lecture.stages.softmax.stage import SoftmaxStage
from gui.theme import theme
from gui.theme.theme import DARK
from tests.gui.shown import shows
from tests.gui.stages import on_stage

SCENES = {name: read_scene(find_scene(name)) for name in ("softmax-tumours", "softmax-not-sum")}
LEFT = Qt.MouseButton.LeftButton


def scene_with(bench: SoftmaxBench) -> Scene:
    return replace(SCENES["softmax-tumours"], subject=bench)


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[SoftmaxStage]:
    with on_stage(SoftmaxStage, SCENES["softmax-tumours"]) as made:
        yield made


def enter(qtbot: QtBot, cell: QWidget, text: str) -> None:
    cell.setFocus()
    cell.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(cell, text)
    qtbot.keyClick(cell, Qt.Key.Key_Return)


def everything(stage: SoftmaxStage) -> str:
    return "\n".join(stage.texts())


def assert_shows_the_engine(stage: SoftmaxStage) -> None:
    """Assert that every cell of the table shows what the core computes for the present bench."""
    bench, sheet = stage.subject(), stage.sheet
    table = softmax_table(bench)
    for k, row in enumerate(sheet.rows):
        assert sheet.cells[k].text() == fine_text(bench.z[k])
        shown = {column: figure.text() for column, figure in row.items()}
        assert shown[3] == slide_text(table.exponentials[k])
        assert shown[4] == slide_text(table.probabilities[k])
        if bench.by_sum:
            assert shown[6] == slide_text(table.shares[k])
    assert sheet.foot[3].text() == slide_text(table.sum)
    assert sheet.foot[4].text() == slide_text(table.total)
    assert sheet.lit == table.decision + 1


def test_the_numbers_of_the_slide_stand_on_the_stage(stage: SoftmaxStage) -> None:
    scene = SCENES["softmax-tumours"]
    text = everything(stage)
    for one in found(scene.subject, scene.expected):
        assert one.right
        assert one.computed is not None
        assert shows(text, one.computed), one.expected.name
    for number in ("4.4817", "2.2255", "0.6065", "7.3138", "0.6128", "0.3043", "0.0829", "−0.5"):
        assert number in text
    assert_shows_the_engine(stage)
    assert "Decision: benign" in stage.decision.text()


def test_the_numbers_of_the_second_scene_appear_as_its_controls_are_set(
    stage: SoftmaxStage, qtbot: QtBot
) -> None:
    scene = SCENES["softmax-not-sum"]
    stage.show_scene(scene)
    for one in found(scene.subject, scene.expected):
        temperature = getattr(one.expected.quantity, "temperature", None)
        shift = getattr(one.expected.quantity, "shift", None)
        enter(qtbot, stage.temperature, {None: "1", "1/10": "0.1"}.get(temperature, str(temperature)))
        enter(qtbot, stage.constant, str(shift or 0))
        assert one.computed is not None
        assert shows(everything(stage), one.computed), one.expected.name
        assert_shows_the_engine(stage)


def test_a_number_typed_turned_stepped_and_dragged(stage: SoftmaxStage, qtbot: QtBot) -> None:
    cell = stage.sheet.cells[1]
    enter(qtbot, cell, "2,25")
    assert stage.subject().z == (1.5, 2.25, -0.5)
    assert "Decision: malignant" in stage.decision.text()
    qtbot.keyClick(cell, Qt.Key.Key_Up)
    qtbot.keyClick(cell, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert stage.subject().z[1] == pytest.approx(2.34)
    wheel = QWheelEvent(
        QPointF(5, 5), cell.mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(cell, wheel)
    assert stage.subject().z[1] == pytest.approx(2.24)
    qtbot.mousePress(cell, LEFT, pos=QPoint(20, 10))
    for x in (34, 46, 80):
        qtbot.mouseMove(cell, QPoint(x, 10))
    qtbot.mouseRelease(cell, LEFT, pos=QPoint(80, 10))
    assert stage.subject().z[1] > 2.5
    assert_shows_the_engine(stage)


def test_what_is_no_number_is_refused_and_changes_nothing(stage: SoftmaxStage, qtbot: QtBot) -> None:
    before = stage.subject()
    told: list[str] = []
    stage.told.connect(told.append)
    enter(qtbot, stage.sheet.cells[0], "1,5x")
    assert stage.subject() == before
    assert "must be a number" in stage.note.text()
    assert told == [stage.note.text()]
    assert stage.note.isVisible()
    qtbot.keyClick(stage.sheet.cells[0], Qt.Key.Key_Escape)
    assert not stage.note.isVisible()
    assert stage.sheet.cells[0].text() == "1.5"
    enter(qtbot, stage.temperature, "0")
    assert stage.note.text() == "The temperature must be above 0 and at most 100. It stays 1."


def test_a_dot_on_the_curve_is_dragged_and_moved_by_keys(stage: SoftmaxStage, qtbot: QtBot) -> None:
    plot = stage.plot
    start = plot.place(*plot.handles[2]).toPoint()
    qtbot.mousePress(plot, LEFT, pos=start)
    qtbot.mouseMove(plot, start + QPoint(60, 0))
    qtbot.mouseRelease(plot, LEFT, pos=start + QPoint(60, 0))
    moved = stage.subject().z[2]
    assert moved > -0.4
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert stage.subject().z[2] == pytest.approx(moved + 0.1)
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert stage.subject().z[0] == pytest.approx(1.4)
    assert_shows_the_engine(stage)


def test_a_constant_changes_nothing_and_the_sentence_says_by_how_much(
    stage: SoftmaxStage, qtbot: QtBot
) -> None:
    before = [row[4].text() for row in stage.sheet.rows]
    enter(qtbot, stage.constant, "100")
    assert [row[4].text() for row in stage.sheet.rows] == before
    moved = softmax_table(stage.subject()).moved
    assert ("0" if not moved else slide_text(moved)) in stage.unmoved.text()
    assert moved < 1e-12


def test_the_slider_is_the_temperature(stage: SoftmaxStage, qtbot: QtBot) -> None:
    stage.slider.setFocus()
    for _ in range(3):
        qtbot.keyClick(stage.slider, Qt.Key.Key_PageDown)
    cold = stage.subject().temperature
    assert cold < 0.5
    assert stage.temperature.text() == fine_text(cold)
    assert_shows_the_engine(stage)


def test_classes_come_and_go_between_two_and_twenty(stage: SoftmaxStage, qtbot: QtBot) -> None:
    for _ in range(17):
        qtbot.mouseClick(stage.more, LEFT)
    assert len(stage.subject().z) == 20
    assert not stage.more.isEnabled()
    assert_shows_the_engine(stage)
    while stage.fewer.isEnabled():
        qtbot.mouseClick(stage.fewer, LEFT)
    assert stage.subject().class_names == ("benign", "malignant")
    assert_shows_the_engine(stage)


def test_shares_that_cannot_be_probabilities_are_called_impossible(stage: SoftmaxStage, qtbot: QtBot) -> None:
    stage.show_scene(SCENES["softmax-not-sum"])
    words = stage.sheet.words
    assert [word.isVisible() for word in words] == [False, False, True]
    assert words[2].text() == "impossible"
    assert "−0.2778: no probability is below 0" in stage.decision.text()
    enter(qtbot, stage.sheet.cells[0], "-0.3")
    assert "sum to 0" in stage.decision.text()
    assert all(word.isVisible() for word in stage.sheet.words)


def test_large_numbers_overflow_by_the_book_and_not_in_the_engine(stage: SoftmaxStage, qtbot: QtBot) -> None:
    enter(qtbot, stage.sheet.cells[0], "1000")
    assert stage.sheet.rows[0][3].text() == "∞"
    assert "too large to compute" in stage.working.text()
    assert stage.sheet.rows[0][4].text() == "1"
    enter(qtbot, stage.sheet.cells[1], "999")
    assert_shows_the_engine(stage)
    np.testing.assert_allclose(softmax_table(stage.subject()).total, 1)


def test_equal_outputs_are_called_a_tie(stage: SoftmaxStage) -> None:
    stage.show_scene(scene_with(SoftmaxBench(z=(1.0, 1.0, 1.0))))
    assert stage.decision.text() == "A tie of 3 classes; the first of them is taken: class 0."


@pytest.mark.parametrize("name", SCENES)
def test_behind_the_veil_nothing_computed_is_seen(stage: SoftmaxStage, name: str) -> None:
    scene = SCENES[name]
    stage.show_scene(scene)
    open_text = everything(stage)
    stage.show_veil(True)
    text = everything(stage)
    for one in found(scene.subject, scene.expected):
        assert one.computed is not None
        assert one.computed in (0, 1) or not shows(text, one.computed), one.expected.name
    assert stage.sheet.lit is None
    assert stage.decision.text() == "Decision: ?"
    assert [height for _z, height in stage.plot.handles] == [0, 0, 0]
    assert {figure.text() for row in stage.sheet.rows for c, figure in row.items() if c > 2} == {HIDDEN}
    assert [cell.text() for cell in stage.sheet.cells] == ["1.5", "0.8", "−0.5"]
    stage.show_veil(False)
    assert everything(stage) == open_text


def test_the_scene_again_brings_all_back(stage: SoftmaxStage, qtbot: QtBot) -> None:
    enter(qtbot, stage.sheet.cells[0], "7")
    enter(qtbot, stage.constant, "3")
    qtbot.mouseClick(stage.more, LEFT)
    stage.show_scene(SCENES["softmax-tumours"])
    assert stage.subject() == SCENES["softmax-tumours"].subject
    assert_shows_the_engine(stage)


def test_tab_goes_from_cell_to_cell_and_every_part_has_a_name(stage: SoftmaxStage, qtbot: QtBot) -> None:
    cells = stage.sheet.cells
    cells[0].setFocus()
    order = [*cells[1:], stage.plot, stage.temperature, stage.slider, stage.constant, stage.more]
    for part in order:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert part.hasFocus()
    for part in (*cells, stage.plot, stage.slider, stage.more, stage.working, *stage.findChildren(Figure)):
        assert part.accessibleName()


@pytest.mark.parametrize(("scale", "size"), [(1.0, (960, 640)), (1.8, (1330, 900))])
def test_nothing_is_cut_at_the_desk_and_in_a_hall(
    stage: SoftmaxStage, scale: float, size: tuple[int, int]
) -> None:
    theme.apply(application(), DARK, scale)
    stage.show_theme(DARK)
    stage.resize(*size)
    for scene in SCENES.values():
        stage.show_scene(scene)
        for constant in (0.0, 100.0):
            stage.constant.turn(10 * constant)
            QApplication.processEvents()
            QApplication.processEvents()
            assert not stage.room.verticalScrollBar().isVisible()
            assert not stage.room.horizontalScrollBar().isVisible()
        assert stage.minimumSizeHint().height() <= size[1]
        assert stage.plot.height() >= 7 * stage.plot.metrics.height() - 1
