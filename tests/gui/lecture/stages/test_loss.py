"""The bench of losses by real events: cells, dots, the race; every number is the engine's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.demos import loss_tables, sums_to_one
from core.lecture.evaluator import SceneEvaluator
from core.lecture.expected import found
from core.lecture.formula_quantities import FittedLine
from core.lecture.scene import Scene, find_scene, read_scene
from core.lecture.subjects import LossBench, Race
from core.nn.losses import MAE, MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Huber
from core.number_style import HIDDEN, slide_text
from gui.app.application import application
from gui.lecture.stages.losses.stage import LossStage
from gui.lecture.stages.losses.table import ClassSheet, ScalarSheet
from gui.lecture.stages.shared.figures import Figure
from gui.theme import theme
from gui.theme.theme import DARK
from gui.widgets.number_edit import NumberEdit
from tests.gui.shown import shows
from tests.gui.stages import on_stage

NAMES = ("mse", "mae", "mse-against-mae", "binary-cross-entropy", "categorical-cross-entropy")
SCENES = {name: read_scene(find_scene(name)) for name in NAMES}
LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
ENTER, UP, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Up, Qt.Key.Key_Down


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[LossStage]:
    with on_stage(LossStage, SCENES["mse"]) as made:
        yield made


def show(stage: LossStage, name: str) -> Scene:
    stage.show_scene(SCENES[name])
    QApplication.processEvents()
    return SCENES[name]


def enter(qtbot: QtBot, cell: NumberEdit, text: str) -> None:
    cell.setFocus()
    cell.selectAll()
    qtbot.keyClicks(cell, text)
    qtbot.keyClick(cell, ENTER)


def everything(stage: LossStage) -> str:
    return "\n".join(stage.texts())


def assert_shows_the_engine(stage: LossStage) -> None:
    """Assert that every number of the table and of the line below is the core's for the present bench."""
    sheet, tables = stage.sheet, loss_tables(stage.subject())
    if isinstance(sheet, ScalarSheet):
        for sample, row in enumerate(sheet.numbers):
            for figures, table in zip(row, tables, strict=True):
                assert figures["term"].text() == slide_text(table.terms[0, sample])
                assert figures["contribution"].text() == slide_text(table.contributions[0, sample])
                assert figures["gradient"].text() == slide_text(table.gradients[0, sample])
    else:
        assert isinstance(sheet, ClassSheet)
        for (sample, output, k), figure in sheet.gradients.items():
            assert figure.text() == slide_text(tables[k].gradients[output, sample])
        for sample, row in enumerate(sheet.numbers):
            for figures, table in zip(row, tables, strict=True):
                assert figures["term"].text() == slide_text(table.terms[:, sample].sum())
    for foot, table in zip(sheet.foot, tables, strict=True):
        assert foot["J"].text() == slide_text(table.J)
        assert stage.working.text().count(f"= {slide_text(table.J)}")


@pytest.mark.parametrize("name", NAMES)
def test_the_expected_numbers_stand_on_the_stage(stage: LossStage, name: str) -> None:
    scene = show(stage, name)
    text = everything(stage)
    for one in found(scene.subject, scene.expected):
        assert one.computed is not None
        if not isinstance(one.expected.quantity, FittedLine):
            assert shows(text, one.computed), one.expected.name
    assert_shows_the_engine(stage)


def test_the_numbers_of_the_slides_to_the_letter(stage: LossStage) -> None:
    wanted = {
        "mse": ("(5 − 4.2)^2", "0.64", "0.04", "0.24", "−0.5333", "−0.1333", "0.1333"),
        "mae": ("|5 − 4.2|", "0.8", "0.2", "0.4", "−0.3333", "0.3333"),
        "binary-cross-entropy": ("−ln 0.7 − ln(1 − 0.3) − ln 0.9", "0.3567", "0.1054", "0.2729", "natural"),
        "categorical-cross-entropy": ("−ln 0.7 − ln 0.6 − ln 0.3", "1.2040", "0.5108", "0.6905", "base"),
    }
    for name, texts in wanted.items():
        show(stage, name)
        for text in texts:
            assert text in everything(stage), (name, text)


def test_outputs_and_targets_are_typed_and_stepped(stage: LossStage, qtbot: QtBot) -> None:
    enter(qtbot, stage.sheet.cells[0, 0], "5")
    assert stage.subject().outputs == ((5.0,), (3.8,), (5.1,))
    assert_shows_the_engine(stage)
    qtbot.keyClick(stage.sheet.cells[2, 0], DOWN, CONTROL)
    assert stage.subject().outputs[2] == (5.09,)
    enter(qtbot, stage.sheet.targets[1, 0], "-4")
    assert stage.subject().targets[1] == (-4.0,)
    assert "(−4 − 3.8)^2" in stage.working.text()
    assert_shows_the_engine(stage)


def test_an_output_is_dragged_as_a_dot_and_moved_by_keys(stage: LossStage, qtbot: QtBot) -> None:
    plot = stage.outputs
    start = plot.place(*plot.handles[1]).toPoint()
    qtbot.mousePress(plot, LEFT, pos=start)
    for up in (10, 20, 40):
        qtbot.mouseMove(plot, start - QPoint(0, up))
    qtbot.mouseRelease(plot, LEFT, pos=start - QPoint(0, 40))
    dragged = stage.subject().outputs[1][0]
    assert dragged > 3.9
    assert_shows_the_engine(stage)
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    qtbot.keyClick(plot, UP)
    qtbot.keyClick(plot, DOWN, CONTROL)
    assert stage.subject().outputs == ((4.2,), (dragged,), (pytest.approx(5.19),))


def test_the_gradient_of_mae_flips_as_the_output_crosses_its_target(stage: LossStage, qtbot: QtBot) -> None:
    show(stage, "mae")
    figure = stage.sheet.numbers[0][0]["gradient"]  # type: ignore[attr-defined]
    seen = []
    for text in ("4.9", "5", "5.1"):
        enter(qtbot, stage.sheet.cells[0, 0], text)
        seen.append(figure.text())
    assert seen == ["−0.3333", "0", "0.3333"]


def test_a_probability_outside_0_and_1_is_refused_with_a_sentence(stage: LossStage, qtbot: QtBot) -> None:
    scene = show(stage, "binary-cross-entropy")
    told: list[str] = []
    stage.told.connect(told.append)
    enter(qtbot, stage.sheet.cells[1, 0], "1.2")
    assert stage.subject() == scene.subject
    assert stage.note.isVisible()
    assert stage.note.text() == (
        "ŷ of sample 2 is a probability: write a number from 0 to 1, for ln has no other."
        f" It stays {stage.sheet.cells[1, 0].text()}."
    )
    assert told == [stage.note.text()]
    enter(qtbot, stage.sheet.cells[1, 0], "0.4")
    assert not stage.note.isVisible()
    stage.outputs.chosen = 2
    stage.outputs.setFocus()
    for _ in range(20):
        qtbot.keyClick(stage.outputs, UP)
    assert stage.subject().outputs[2] == (1.0,)


def test_sure_and_wrong_costs_without_limit(stage: LossStage, qtbot: QtBot) -> None:
    show(stage, "binary-cross-entropy")
    enter(qtbot, stage.sheet.cells[2, 0], "0")
    assert stage.sheet.foot[0]["J"].text() == "∞"
    assert stage.note.text().startswith("Sample 3 gives the true answer the probability 0")
    for sample, value in enumerate("101"):
        enter(qtbot, stage.sheet.cells[sample, 0], value)
    assert stage.sheet.foot[0]["J"].text() == "0"


def test_the_other_classes_fill_a_row_up_to_1(stage: LossStage, qtbot: QtBot) -> None:
    show(stage, "categorical-cross-entropy")
    enter(qtbot, stage.sheet.cells[2, 2], "0.9")
    assert stage.subject().outputs[2] == pytest.approx((0.1 / 7, 0.6 / 7, 0.9))
    assert_shows_the_engine(stage)
    enter(qtbot, stage.sheet.cells[0, 0], "0.4")
    assert sums_to_one(stage.subject())
    qtbot.mouseClick(stage.shares, LEFT, pos=QPoint(8, stage.shares.height() // 2))
    before = stage.subject().outputs[1]
    enter(qtbot, stage.sheet.cells[1, 1], "0.8")
    assert stage.subject().outputs[1] == (before[0], 0.8, before[2])


def test_the_true_class_is_chosen_and_its_one_hot_target_follows(stage: LossStage, qtbot: QtBot) -> None:
    show(stage, "categorical-cross-entropy")
    sheet = stage.sheet
    assert isinstance(sheet, ClassSheet)
    assert [sheet.pickers[k].currentText() for k in range(3)] == ["2", "1", "3"]
    sheet.pickers[0].setFocus()
    qtbot.keyClick(sheet.pickers[0], DOWN)
    assert stage.subject().targets[0] == (0.0, 0.0, 1.0)
    assert [sheet.one_hot[0, k].text() for k in range(3)] == ["0", "0", "1"]
    assert_shows_the_engine(stage)


@pytest.mark.parametrize("wide", [False, True])
def test_three_losses_side_by_side(stage: LossStage, wide: bool) -> None:
    outputs = ((0.2, 0.8), (0.5, 0.5)) if wide else ((3.0,), (0.5,), (7.0,), (-2.0,), (1.0,))
    targets = ((0.0, 1.0), (0.3, 0.7)) if wide else ((1.0,), (0.5,), (2.0,), (3.0,), (4.0,))
    bench = LossBench(losses=(MSE(), Huber(delta=0.5), MAE()), outputs=outputs, targets=targets)
    stage.show_scene(replace(SCENES["mse"], subject=bench, expected=()))
    assert_shows_the_engine(stage)
    mixed = LossBench(
        losses=(CategoricalCrossEntropy(), BinaryCrossEntropy()) if wide else (BinaryCrossEntropy(), MSE()),
        outputs=((0.2, 0.8), (0.5, 0.5)) if wide else ((0.2,), (0.5,)),
        targets=((0, 1), (1, 0)) if wide else ((0.5,), (1,)),
    )
    stage.show_scene(replace(SCENES["mse"], subject=mixed, expected=()))
    assert_shows_the_engine(stage)
    stage.grab()


# -- the race ----------------------------------------------------------------------------------------


def test_only_a_scene_with_a_race_plays(stage: LossStage) -> None:
    assert not stage.plays
    stage.play()
    stage.step(ahead=True)
    show(stage, "mse-against-mae")
    assert stage.plays
    assert stage.steps
    assert stage.race.isVisible()
    assert not stage.terms.isVisible()


def test_the_race_runs_to_the_lines_of_the_scene(stage: LossStage, qtbot: QtBot) -> None:
    scene = show(stage, "mse-against-mae")
    told: list[str] = []
    running: list[bool] = []
    stage.told.connect(told.append)
    stage.running_changed.connect(running.append)
    stage.race.timer.setInterval(0)
    stage.play()
    qtbot.waitUntil(lambda: running == [True, False])
    assert told == ["4,000 updates are made. Run goes on."]
    assert "Update 4,000" in stage.race.texts()
    for one in found(scene.subject, scene.expected):
        assert one.right
        assert one.computed is not None
        assert shows(everything(stage), one.computed), one.expected.name


def test_single_updates_ahead_and_back(stage: LossStage) -> None:
    scene = show(stage, "mse-against-mae")
    seen = [stage.race.texts()]
    for count in (1, 2, 3):
        stage.step(ahead=True)
        seen.append(stage.race.texts())
        for loss, text in zip(scene.subject.losses, seen[-1][1].split("\n"), strict=True):  # type: ignore[union-attr]
            w, b = SceneEvaluator(scene.subject).raced(loss, count)
            assert slide_text(w) in text
            assert slide_text(abs(b)) in text
    for texts in reversed(seen[:-1]):
        stage.step(ahead=False)
        assert stage.race.texts() == texts
    stage.step(ahead=False)
    assert stage.race.texts() == seen[0]


def test_the_outlier_is_dragged_while_the_lines_run(stage: LossStage, qtbot: QtBot) -> None:
    show(stage, "mse-against-mae")
    plot = stage.race.plot
    stage.play()
    qtbot.waitUntil(lambda: "Update 0" not in stage.race.texts())
    start = plot.place(*plot.handles[0]).toPoint()
    qtbot.mousePress(plot, LEFT, pos=start)
    qtbot.mouseMove(plot, start + QPoint(0, 30))
    qtbot.mouseMove(plot, start + QPoint(0, 60))
    qtbot.mouseRelease(plot, LEFT, pos=start + QPoint(0, 60))
    stage.play()
    race = stage.subject().race
    assert race is not None
    assert race.y[4] < 4
    assert race.x[:4] == (-1, -0.5, 0, 0.5)
    assert not stage.race.timer.isActive()
    plot.setFocus()
    qtbot.keyClick(plot, UP)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    after = stage.subject().race
    assert after is not None
    assert (after.x[4], after.y[4]) == (pytest.approx(race.x[4] - 0.1), pytest.approx(race.y[4] + 0.1))


def test_a_rate_too_high_stops_the_race_with_a_sentence(stage: LossStage, qtbot: QtBot) -> None:
    bench = SCENES["mse-against-mae"].subject
    assert isinstance(bench, LossBench)
    assert isinstance(bench.race, Race)
    wild = replace(bench, race=replace(bench.race, learning_rate=10.0))
    stage.show_scene(replace(SCENES["mse-against-mae"], subject=wild))
    stage.race.timer.setInterval(0)
    stage.play()
    qtbot.waitUntil(lambda: not stage.race.timer.isActive())
    assert "diverged" in stage.note.text()
    stage.grab()


def test_the_scene_again_brings_all_back(stage: LossStage, qtbot: QtBot) -> None:
    scene = show(stage, "mse-against-mae")
    first = everything(stage)
    stage.step(ahead=True)
    enter(qtbot, stage.sheet.cells[0, 0], "1")
    qtbot.keyClick(stage.race.plot, UP)
    stage.play()
    stage.show_scene(scene)
    assert not stage.race.timer.isActive()
    assert stage.subject() == scene.subject
    assert everything(stage) == first


# -- what is seen ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_behind_the_veil_nothing_computed_is_seen(stage: LossStage, qtbot: QtBot, name: str) -> None:
    scene = show(stage, name)
    before = everything(stage)
    stage.show_veil(True)
    stage.sheet.cells[0, 0].setFocus()
    text = everything(stage)
    given = {value for row in (*scene.subject.outputs, *scene.subject.targets) for value in row}  # type: ignore[union-attr]
    for one in found(scene.subject, scene.expected):
        assert one.computed is not None
        if one.computed not in given and not isinstance(one.expected.quantity, FittedLine):
            assert not shows(text, one.computed), one.expected.name
    assert {foot["J"].text() for foot in stage.sheet.foot} == {HIDDEN}
    stage.grab()
    stage.show_veil(False)
    assert everything(stage) == before


def test_tab_goes_through_the_cells_and_every_part_has_a_name(stage: LossStage, qtbot: QtBot) -> None:
    show(stage, "mse-against-mae")
    sheet = stage.sheet
    sheet.cells[0, 0].setFocus()
    order: list[QWidget] = [sheet.targets[0, 0]]
    order += [cell for k in (1, 2) for cell in (sheet.cells[k, 0], sheet.targets[k, 0])]
    for part in (*order, stage.outputs, stage.race.plot):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert part.hasFocus()
    parts: tuple[QWidget, ...] = (stage.outputs, stage.terms, stage.race.plot, stage.working, stage.shares)
    for part in (*parts, *stage.findChildren(NumberEdit), *stage.findChildren(Figure)):
        assert part.accessibleName() or part is stage.shares


@pytest.mark.parametrize(("scale", "size"), [(1.0, (960, 640)), (1.8, (1330, 900))])
def test_nothing_is_cut_at_the_desk_and_in_a_hall(
    stage: LossStage, scale: float, size: tuple[int, int]
) -> None:
    theme.apply(application(), DARK, scale)
    stage.show_theme(DARK)
    stage.resize(*size)
    for name in NAMES:
        show(stage, name)
        QApplication.processEvents()
        assert not stage.room.verticalScrollBar().isVisible(), name
        assert not stage.room.horizontalScrollBar().isVisible(), name
        assert stage.minimumSizeHint().height() <= size[1], name
        assert stage.outputs.height() >= 6 * stage.outputs.metrics.height() - 1, name
