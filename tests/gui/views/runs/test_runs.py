"""Pinned runs keep their numbers; the table shows the settings that differ, the plot the curves."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from core.nn.design import Design
from core.nn.optimizers import Adam, GradientDescent
from core.number_style import value_text
from gui.plots.run_plot import loss_of_run
from gui.theme.theme import DARK, LIGHT
from gui.views.runs.table import SCORES
from gui.views.runs.view import RunsView
from tests.gui.scenes import Scene, scene, scene_of, tell

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def runs(qtbot: QtBot) -> RunsView:
    made = RunsView()
    qtbot.addWidget(made)
    made.resize(900, 240)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def told(runs: RunsView) -> Scene:
    made = scene(iterations=200, phase=None, optimizer=GradientDescent(), learning_rate=0.1)
    tell(runs, made)
    return made


def _cell(runs: RunsView, row: int, title: str) -> str:
    model = runs.rows
    columns = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    return str(model.index(row, columns.index(title)).data())


def _titles(runs: RunsView) -> list[object]:
    model = runs.rows
    return [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]


def _click_row(qtbot: QtBot, runs: RunsView, row: int) -> None:
    table = runs.table
    rect = table.visualRect(runs.rows.index(row, runs.rows.columnCount() - 1))
    qtbot.mouseClick(table.viewport(), LEFT, pos=rect.center())


def _another(told: Scene, iterations: int = 100, **training: object) -> Scene:
    design = told.design
    made = scene_of(replace(design, training=replace(design.training, **training)))
    made.trainer.run(iterations)
    return made


def test_pinned_values_are_those_of_the_moment(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    snapshot, curves = told.snapshot, told.trainer.curves()
    qtbot.mouseClick(runs.strip.pin, LEFT)
    (run,) = runs.pinned
    assert np.array_equal(run.curves.losses, curves.losses) and run.curves.records == curves.records
    assert (run.train, run.test, run.iterations) == (snapshot.train, snapshot.test, 200)
    assert run.design == told.design
    assert snapshot.test is not None and snapshot.test.accuracy is not None
    assert _cell(runs, 0, "train J") == value_text(snapshot.train.loss)
    assert _cell(runs, 0, "test J") == value_text(snapshot.test.loss)
    assert _cell(runs, 0, "right") == f"{100 * snapshot.test.accuracy:.1f} %"
    assert _cell(runs, 0, "iterations") == "200"
    told.trainer.run(300)
    tell(runs, told)
    assert _cell(runs, 0, "train J") == value_text(snapshot.train.loss)
    assert _cell(runs, 1, "iterations") == "500"
    assert _titles(runs) == ["run", "train J", "test J", "right", "iterations"]


def test_the_table_shows_what_differs(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    qtbot.mouseClick(runs.strip.pin, LEFT)
    tell(runs, _another(told, optimizer=Adam(), learning_rate=0.03))
    assert _titles(runs)[-2:] == ["Optimizer", "Learning rate η"]
    assert [_cell(runs, k, "Optimizer") for k in (0, 1)] == ["Gradient descent", "Adam"]
    assert [_cell(runs, k, "Learning rate η") for k in (0, 1)] == ["0.1", "0.03"]


def test_the_learning_rate_of_the_moment_is_pinned(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    slower = replace(told.design, training=replace(told.design.training, learning_rate=0.01))
    runs.show_design(slower, ())
    qtbot.mouseClick(runs.strip.pin, LEFT)
    assert runs.pinned[0].design.training.learning_rate == 0.01


def test_curves_drawn_are_those_pinned(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    qtbot.mouseClick(runs.strip.pin, LEFT)
    tell(runs, _another(told, iterations=600, optimizer=Adam(), learning_rate=0.03))
    pinned, present = runs.overlay._items
    for test in (False, True):
        for item, run in ((pinned, runs.pinned[0]), (present, runs.present())):
            assert run is not None
            x, y = loss_of_run(run.curves, test=test)
            assert np.array_equal(item.getData()[0], x) and np.array_equal(item.getData()[1], y)
            dashed = item.opts["pen"].style() == Qt.PenStyle.DashLine
            assert dashed is test and x.size > 1
        qtbot.mouseClick(runs.overlay.parts._group.button(1), LEFT)
    qtbot.mouseClick(runs.overlay.scales._group.button(1), LEFT)
    qtbot.mouseClick(runs.overlay.logarithmic, LEFT)
    x, y = loss_of_run(runs.pinned[0].curves, test=True)
    assert np.allclose(pinned.getData()[0], x / told.snapshot.batches)
    assert np.allclose(pinned.getData()[1], np.log10(y))


def test_runs_are_named_hidden_and_forgotten(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    for _ in range(2):
        qtbot.mouseClick(runs.strip.pin, LEFT)
    _click_row(qtbot, runs, 0)
    qtbot.keyClick(runs.table, Qt.Key.Key_F2)
    editor = runs.table.findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "slow")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [run.name for run in runs.pinned] == ["slow", "Run 2"])
    assert len(runs.overlay._traces) == 3
    qtbot.keyClick(runs.table, Qt.Key.Key_Space)
    assert [trace.name for trace in runs.overlay._traces] == ["Run 2", "present run"]
    qtbot.keyClick(runs.table, Qt.Key.Key_Space)
    assert len(runs.overlay._traces) == 3
    qtbot.keyClick(runs.table, Qt.Key.Key_Delete)
    assert [run.name for run in runs.pinned] == ["Run 2"]
    qtbot.mouseClick(runs.strip.clear, LEFT)
    assert not runs.pinned and not runs.strip.clear.isEnabled()


def test_at_most_six(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    for _ in range(8):
        qtbot.mouseClick(runs.strip.pin, LEFT)
    assert len(runs.pinned) == 6 and not runs.strip.pin.isEnabled()
    runs.pin()
    assert len(runs.pinned) == 6
    assert len({run.colour for run in runs.pinned}) == 6
    _click_row(qtbot, runs, 2)
    qtbot.mouseClick(runs.strip.unpin, LEFT)
    qtbot.mouseClick(runs.strip.pin, LEFT)
    assert sorted(run.colour for run in runs.pinned) == list(range(6))


def test_settings_are_given_back(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    asked: list[tuple[Design, str]] = []
    runs.design_requested.connect(lambda design, text: asked.append((design, text)))
    qtbot.mouseClick(runs.strip.pin, LEFT)
    assert not runs.strip.take.isEnabled()
    tell(runs, _another(told, optimizer=Adam()))
    _click_row(qtbot, runs, 0)
    qtbot.mouseClick(runs.strip.take, LEFT)
    assert asked == [(told.design, "Take the settings of “Run 1”")]
    _click_row(qtbot, runs, 1)
    assert not runs.strip.take.isEnabled()


def test_it_is_drawn_with_every_moment_it_is_shown_and_never_while_hidden(
    runs: RunsView, told: Scene
) -> None:
    drawn: list[int] = []
    draw = runs.draw
    runs.draw = lambda: (drawn.append(1), draw())  # type: ignore[method-assign, assignment, func-returns-value]
    snapshot, curves = told.snapshot, told.trainer.curves()

    def frames(count: int) -> None:
        for _ in range(count):
            runs.show_curves(curves)
            runs.show_snapshot(snapshot)

    frames(5)
    assert len(drawn) == 5
    runs.hide()
    drawn.clear()
    frames(5)
    assert not drawn
    runs.show()
    assert drawn


def test_both_themes(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    qtbot.mouseClick(runs.strip.pin, LEFT)
    for theme in (DARK, LIGHT):
        runs.show_theme(theme)
        assert runs.overlay.plot.item.getAxis("left").autoSIPrefixScale == 1
        assert runs.overlay._traces[-1].colour == theme.text
        assert runs.rows.rows[0].colour == runs.overlay._traces[0].colour


def test_where_the_panel_is_narrow_table_and_curves_take_turns(
    qtbot: QtBot, runs: RunsView, told: Scene
) -> None:
    assert runs.table.isVisible() and runs.overlay.isVisible() and not runs.strip.turn.isVisible()
    qtbot.mouseClick(runs.strip.pin, LEFT)
    runs.resize(440, 190)
    qtbot.waitUntil(runs.strip.turn.isVisible)
    assert runs.table.isVisible() and not runs.overlay.isVisible()
    table = runs.table
    scores = [table.columnViewportPosition(k) + table.columnWidth(k) for k in range(len(SCORES) + 1)]
    qtbot.waitUntil(lambda: scores[-1] <= table.viewport().width())
    qtbot.mouseClick(runs.strip.turn, LEFT)
    assert runs.overlay.isVisible() and not runs.table.isVisible()
    assert len(runs.overlay._traces) == 2
    runs.resize(900, 240)
    qtbot.waitUntil(runs.table.isVisible)
    assert runs.overlay.isVisible()
    assert runs.minimumSizeHint().width() < 470
    for button in (runs.strip.pin, runs.strip.clear):
        assert button.geometry().bottom() <= runs.strip.height()


def test_what_differs_is_told_at_the_name(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    qtbot.mouseClick(runs.strip.pin, LEFT)
    tell(runs, _another(told, optimizer=Adam()))
    said = [runs.rows.index(k, 0).data(Qt.ItemDataRole.ToolTipRole).split("\n") for k in (0, 1)]
    assert said[0][0] == "Run 1" and "Optimizer: Gradient descent" in said[0]
    assert said[1][0] == "present run" and "Optimizer: Adam" in said[1]


def test_a_hint_says_what_to_do_until_a_run_is_pinned(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    assert runs.hint.isVisible()
    qtbot.mouseClick(runs.strip.pin, LEFT)
    assert not runs.hint.isVisible()
    qtbot.mouseClick(runs.strip.clear, LEFT)
    assert runs.hint.isVisible()


def test_no_text_of_the_table_is_cut(qtbot: QtBot, runs: RunsView, told: Scene) -> None:
    runs.resize(500, 300)
    runs.pin()
    tell(runs, _another(told, 60, learning_rate=0.12345))
    runs.pin()
    tell(runs, _another(told, 1500))
    runs.pins.rename(0, "The run that was made with a learning rate of three hundredths")
    runs.grab()
    metrics = runs.table.fontMetrics()
    for column in range(runs.rows.columnCount()):
        for row in range(runs.rows.rowCount()):
            text = str(runs.rows.index(row, column).data())
            assert metrics.horizontalAdvance(text) < runs.table.columnWidth(column)
