"""A table of one's own in the window: typed, pasted, deleted, split, and every edit undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from core.analysis.sample_losses import sample_losses
from core.data.ready_tables import READY_TABLES
from core.data.table import Table
from core.lecture.view_ids import ViewId
from core.nn.design import Data, Dense, Design, fitted
from core.number_style import digits, value_text
from gui.app.main_window import MainWindow
from gui.session.document import dataset_of
from gui.views.table.cells import FEW_ROWS
from gui.views.table.contents import Holds
from gui.views.table.view import DataTable
from gui.widgets import dialogs

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Open = Callable[..., MainWindow]


def own(table: Table) -> Design:
    data = Data(source="table", table=table)
    return fitted(Design(data=data, layers=(Dense(2), Dense(1, "sigmoid"))), dataset_of(data))


class Desk:
    """The main window with its table in front, and what a user does there."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        view = window.panels.bring(ViewId.TABLE)
        assert isinstance(view, DataTable)
        self.view, self.grid, self.rows = view, view.grid, view.rows
        self.settle()

    def settle(self) -> None:
        QApplication.processEvents()
        self.window.player.settle()
        QApplication.processEvents()

    @property
    def table(self) -> Table:
        table = self.window.document.design.data.table
        assert table is not None
        return table

    def cells(self, name: str) -> list[float | str]:
        return self.table.columns[self.table.place(name)].cells.written()

    def section(self, name: str) -> int:
        return self.rows.column_of(Holds.DATA, self.table.place(name))

    def click(self, row: int, section: int, keys: Qt.KeyboardModifier = NONE) -> None:
        index = self.rows.index(row, section)
        self.grid.scrollTo(index)
        self.qtbot.mouseClick(self.grid.viewport(), LEFT, keys, self.grid.visualRect(index).center())
        self.settle()

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        self.qtbot.keyClick(focus, key, keys)
        self.settle()

    def type(self, text: str) -> None:
        for letter in text:
            focus = QApplication.focusWidget()
            assert focus is not None
            self.qtbot.keyClick(focus, letter)

    def undo(self) -> None:
        self.qtbot.keyClick(self.window, Qt.Key.Key_Z, CTRL)
        self.settle()

    def choose(self, *path: str) -> None:
        """Choose from the open menu, by the texts of its entries."""
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        found = menu
        for text in path:
            action = next(action for action in found.actions() if action.text() == text)
            assert action.isEnabled()
            found = action.menu() or found
        action.trigger()
        menu.close()
        self.window.activateWindow()
        self.settle()

    def open_column(self, name: str) -> None:
        header = self.grid.header
        self.grid.scrollTo(self.rows.index(0, self.section(name)))
        at = header.place_of_chip(self.section(name)).center()
        self.qtbot.mouseClick(header.viewport(), LEFT, NONE, at)


@pytest.fixture
def desk(open_window: Open, qtbot: QtBot) -> Iterator[Desk]:
    window = open_window(own(READY_TABLES["AND"]), (1600, 1000))
    window.activateWindow()
    yield Desk(window, qtbot)
    menu = QApplication.activePopupWidget()
    if menu is not None:
        menu.close()


def test_cells_are_typed_with_enter_down_and_tab_to_the_right(desk: Desk) -> None:
    desk.click(0, desk.section("x1"))
    desk.type("0.05")
    desk.key(Qt.Key.Key_Return)
    assert desk.cells("x1") == [0.05, 0, 1, 1]
    assert desk.grid.currentIndex().row() == 1
    desk.type("2")
    desk.key(Qt.Key.Key_Tab)
    assert desk.grid.currentIndex().column() == desk.section("x2")
    desk.type("3")
    desk.key(Qt.Key.Key_Return)
    assert desk.cells("x1") == [0.05, 2, 1, 1] and desk.cells("x2") == [0, 3, 0, 1]
    at = desk.grid.currentIndex()
    assert (at.row(), at.column()) == (2, desk.section("x1")), "below the cell where Tab began"
    assert desk.window.document.dataset.x[:, 1].tolist() == [2, 3], "the network learns what was typed"
    for _ in range(3):
        desk.undo()
    assert desk.table == READY_TABLES["AND"]


def test_digits_are_typed_although_they_are_shortcuts_and_space_still_runs(desk: Desk) -> None:
    desk.click(0, desk.section("x1"))
    stage = desk.window.player.snapshot
    desk.type("1")
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    desk.key(Qt.Key.Key_Escape)
    assert desk.table == READY_TABLES["AND"] and desk.window.player.snapshot is stage
    desk.click(0, desk.section("x1"))
    desk.qtbot.keyClick(desk.grid, Qt.Key.Key_Space)
    assert desk.window.player.running
    desk.qtbot.keyClick(desk.grid, Qt.Key.Key_Space)
    assert not desk.window.player.running


def test_typing_in_the_last_line_makes_a_row(desk: Desk) -> None:
    desk.click(4, desk.section("x1"))
    desk.type("5")
    desk.key(Qt.Key.Key_Return)
    assert desk.cells("x1") == [0, 0, 1, 1, 5] and desk.cells("y") == [0, 0, 0, 1, ""]
    assert desk.rows.part_of(4) == "left out", "other cells of it are missing"
    desk.click(4, desk.section("x2"))
    desk.type("1")
    desk.key(Qt.Key.Key_Tab)
    desk.type("1")
    desk.key(Qt.Key.Key_Return)
    assert desk.rows.part_of(4) == "train" and desk.window.document.dataset.train.size == 5
    for _ in range(3):
        desk.undo()
    assert desk.table == READY_TABLES["AND"]


def test_a_pasted_block_makes_rows_and_columns(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("1\t2\t3\t4\n5\t6\t7\t8")
    desk.click(3, desk.section("x2"))
    desk.key(Qt.Key.Key_V, CTRL)
    assert desk.table.rows == 5 and len(desk.table.columns) == 5
    written = [column.cells.written() for column in desk.table.columns]
    assert [cells[3:] for cells in written[1:]] == [[1, 5], [2, 6], [3, 7], [4, 8]]
    desk.undo()
    assert desk.table == READY_TABLES["AND"]


def test_a_block_with_names_pasted_into_an_empty_table_names_its_columns(desk: Desk) -> None:
    desk.key(Qt.Key.Key_K, CTRL)
    desk.type("empty table")
    desk.key(Qt.Key.Key_Return)
    empty = desk.table
    QGuiApplication.clipboard().setText("height\tweight\ty1\ty2\n1,5\t2\t0,1\t3\n2,5\t4\t0,2\t5")
    desk.click(0, desk.section("x1"))
    desk.key(Qt.Key.Key_V, CTRL)
    assert [(column.name, column.role) for column in desk.table.columns] == [
        ("height", "input"), ("weight", "input"), ("y1", "target"), ("y2", "target"),
    ]  # fmt: skip
    assert desk.cells("height") == [1.5, 2.5] and desk.cells("y2") == [3, 5]
    desk.undo()
    assert desk.table == empty


def test_what_is_copied_can_be_pasted(desk: Desk) -> None:
    desk.click(1, desk.section("x1"))
    desk.click(2, desk.section("y"), SHIFT)
    desk.key(Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "0.0\t1.0\t0.0\n1.0\t0.0\t0.0"
    desk.click(4, desk.section("x1"))
    desk.key(Qt.Key.Key_V, CTRL)
    assert desk.cells("x1")[4:] == [0, 1] and desk.cells("x2")[4:] == [1, 0]


def test_delete_removes_rows_and_backspace_empties_cells(desk: Desk) -> None:
    desk.click(1, desk.section("x1"))
    desk.click(2, desk.section("x1"), SHIFT)
    desk.key(Qt.Key.Key_Backspace)
    assert desk.cells("x1") == [0, "", "", 1] and desk.cells("x2") == [0, 1, 0, 1]
    desk.undo()
    desk.key(Qt.Key.Key_Delete)
    assert desk.cells("x2") == [0, 1] and desk.rows.rowCount() == 3
    desk.undo()
    assert desk.table == READY_TABLES["AND"] and desk.rows.rowCount() == 5


def test_the_buttons_add_a_row_and_a_column(desk: Desk) -> None:
    desk.qtbot.mouseClick(desk.view.buttons.row, LEFT)
    desk.settle()
    assert desk.table.rows == 5
    desk.qtbot.mouseClick(desk.view.buttons.column, LEFT)
    desk.settle()
    assert desk.table.names == ("x1", "x2", "x3", "y")
    desk.undo()
    desk.undo()
    assert desk.table == READY_TABLES["AND"]


def test_a_click_on_the_part_moves_a_row_to_the_other_part(desk: Desk) -> None:
    part = desk.rows.column_of(Holds.PART)
    desk.click(1, part)
    assert desk.rows.part_of(1) == "test" and desk.window.document.dataset.test.tolist() == [1]
    desk.click(1, part)
    assert desk.rows.part_of(1) == "train"
    desk.undo()
    desk.undo()
    assert desk.table == READY_TABLES["AND"]


def test_a_row_that_is_left_out_is_no_sample_and_has_no_loss(desk: Desk) -> None:
    desk.click(2, desk.section("x1"))
    desk.grid.customContextMenuRequested.emit(QPoint(5, 5))
    desk.choose("Leave out")
    assert desk.window.document.dataset.train.size == 3
    column = desk.rows.columns[-1]
    assert desk.rows.text(2, column) == ""
    snapshot = desk.window.player.snapshot
    assert snapshot is not None
    losses = sample_losses(snapshot.network, snapshot.shown_theta, snapshot.dataset)
    assert desk.rows.text(3, column) == value_text(float(losses.loss[2]))
    desk.undo()
    assert desk.window.document.dataset.train.size == 4


def test_the_chip_of_a_column_changes_role_type_and_scaling(desk: Desk) -> None:
    desk.open_column("x2")
    desk.choose("Not used")
    assert desk.window.document.network.n[0] == 1
    desk.undo()
    desk.open_column("x2")
    desk.choose("Enters as", "Scaled to [−1, 1]")
    assert desk.window.document.dataset.x[1].tolist() == [-1, 1, -1, 1]
    desk.open_column("y")
    desk.choose("Enters as", "As it is")
    assert desk.window.document.dataset.task == "regression"
    for _ in range(2):
        desk.undo()
    assert desk.table == READY_TABLES["AND"]


def test_a_column_is_renamed_by_a_double_click_on_its_header(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "line_of_text", lambda *_asked: "left")
    header, section = desk.grid.header, desk.section("x1")
    at = QPoint(header.sectionViewportPosition(section) + header.sectionSize(section) // 2, 8)
    desk.qtbot.mouseDClick(header.viewport(), LEFT, NONE, at)
    desk.settle()
    assert desk.table.names == ("left", "x2", "y")
    desk.undo()
    assert desk.table == READY_TABLES["AND"]


def test_a_name_that_is_taken_is_refused_in_a_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogs, "line_of_text", lambda *_asked: "y")
    desk.open_column("x1")
    with desk.qtbot.waitSignal(desk.view.message) as said:
        desk.choose("Rename…")
    assert "“y”" in said.args[0] and desk.table == READY_TABLES["AND"]


def test_the_split_is_chosen_from_a_menu(desk: Desk) -> None:
    desk.qtbot.mouseClick(desk.view.buttons.split, LEFT)
    desk.choose("the last 50 % of the rows")
    assert desk.window.document.dataset.test.tolist() == [2, 3]
    desk.qtbot.mouseClick(desk.view.buttons.split, LEFT)
    desk.choose("The inputs are the targets (autoencoder)")
    assert desk.window.document.dataset.outputs == 2
    desk.undo()
    desk.undo()
    assert desk.table == READY_TABLES["AND"]


def test_a_table_that_cannot_be_used_says_why_and_stays_editable(desk: Desk) -> None:
    desk.open_column("y")
    desk.choose("Not used")
    assert "target" in desk.view.means.text() and desk.window.document.problems
    desk.click(0, desk.section("x1"))
    desk.type("7")
    desk.key(Qt.Key.Key_Return)
    assert desk.cells("x1")[0] == 7
    desk.open_column("y")
    desk.choose("Target")
    assert not desk.window.document.problems
    assert desk.rows.text(0, desk.rows.columns[-1]) != ""


def test_sorting_holds_while_cells_are_typed(desk: Desk) -> None:
    header = desk.grid.header
    section = desk.section("x1")
    at = QPoint(header.sectionViewportPosition(section) + 10, 8)
    for _ in range(2):
        desk.qtbot.mouseClick(header.viewport(), LEFT, NONE, at)
    order = desk.rows.order.tolist()
    assert order == [2, 3, 0, 1]
    desk.click(3, section)
    desk.type("9")
    desk.key(Qt.Key.Key_Return)
    assert desk.cells("x1") == [0, 9, 1, 1] and desk.rows.order.tolist() == order


def test_bundled_data_become_a_table_with_the_same_numbers(open_window: Open, qtbot: QtBot) -> None:
    data = Data(source="iris")
    window = open_window(fitted(Design(data=data, layers=(Dense(3), Dense(1))), dataset_of(data)))
    desk = Desk(window, qtbot)
    before = window.document.dataset
    qtbot.mouseClick(desk.view.buttons.own, LEFT)
    desk.settle()
    after = window.document.dataset
    assert after.class_names == before.class_names and after.train.tolist() == before.train.tolist()
    assert np.allclose(after.x, before.x, rtol=1e-12, atol=1e-12)
    assert desk.rows.editable and desk.rows.order.tolist() == [*range(150)], "rows stand as they are written"
    desk.undo()
    assert window.document.design.data == data and not desk.rows.editable


def test_the_table_is_saved_as_csv(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogs, "file_to_save", lambda *_asked: str(tmp_path / "and"))
    desk.qtbot.mouseClick(desk.view.buttons.save, LEFT)
    assert (tmp_path / "and.csv").read_text() == "x1,x2,y\n0,0,0\n0,1,0\n1,0,0\n1,1,1\n"


def test_a_row_of_one_sample_and_a_network_of_the_book(desk: Desk) -> None:
    table = desk.table
    rows = replace(
        table, columns=tuple(replace(c, cells=c.cells.taken(np.array([0]))) for c in table.columns)
    )
    desk.window.document.edit(own(rows), "One row")
    desk.settle()
    assert desk.rows.rowCount() == 2 and desk.window.document.network.n[0] == 2
    QTest.keyClick(desk.grid, Qt.Key.Key_Down)


def test_one_update_on_a_row_is_in_its_menu(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: opened.append(menu))
    desk.click(1, desk.rows.column_of(Holds.PART))  # to the test rows
    for row in (1, 2):
        at = desk.grid.visualRect(desk.rows.index(row, 2)).center()
        desk.qtbot.mousePress(desk.grid.viewport(), Qt.MouseButton.RightButton, pos=at)
        desk.grid.customContextMenuRequested.emit(at)
    tested, trained = (
        next(action for action in menu.actions() if "One update on sample" in action.text())
        for menu in opened
    )
    assert not tested.isEnabled() and "sample 3" in trained.text()
    trained.trigger()
    desk.settle()
    training, where = desk.window.document.design.training, desk.window.player.where
    assert training.first_sample == 3 and where is not None and where.iteration == 1


def test_a_sample_is_told_by_the_number_of_its_row(desk: Desk) -> None:
    desk.click(1, desk.section("x1"))
    desk.key(Qt.Key.Key_Backspace)
    assert desk.rows.part_of(1) == "left out"
    desk.click(3, desk.section("x1"))
    assert desk.window.session.selection.sample == 2
    inspector = desk.window.panels[ViewId.INSPECTOR]
    assert inspector.windowTitle() == "Sample 4" and "Row 4" in desk.view.line.text()


def test_digits_are_set_above_the_table_for_all_numbers(desk: Desk) -> None:
    box, section = desk.view.digits.box, desk.rows.column_of(Holds.LOSS)
    assert box.isVisible() and box.currentText() == str(digits())
    before = desk.rows.text(0, desk.rows.columns[section])
    box.setFocus()
    desk.key(Qt.Key.Key_9)
    assert digits() == 9 and desk.window.actions_["digits_9"].isChecked()
    after = desk.rows.text(0, desk.rows.columns[section])
    assert len(after) > len(before) and after == value_text(desk.rows.number(0, desk.rows.columns[section]))
    desk.window.actions_["digits_4"].trigger()
    assert box.currentText() == "4"
    desk.window.actions_["digits_3"].trigger()


def test_a_number_of_very_many_digits_is_rounded_but_edited_as_it_is(desk: Desk) -> None:
    desk.click(0, desk.section("x1"))
    desk.type("0.12345678901234")
    desk.key(Qt.Key.Key_Return)
    desk.click(0, desk.section("x1"))
    assert desk.rows.text(0, desk.rows.columns[desk.section("x1")]) == "0.1234568"
    desk.key(Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit) and editor.text() == "0.12345678901234"
    desk.key(Qt.Key.Key_Return)
    assert desk.cells("x1")[0] == 0.12345678901234, "an edit that changes nothing keeps all digits"
    desk.undo()
    assert desk.cells("x1")[0] == 0, "and is no step of undo"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bands_name_what_columns_are_for_above_a_few_rows(desk: Desk, theme: str) -> None:
    desk.window.actions_[f"theme_{theme}"].trigger()
    desk.settle()
    header = desk.grid.header
    named = {header.band_of(k): header.place_of_band(k) for k in range(header.count())}
    assert set(named) == {"", "Input", "Target", "network says", "loss of the row"}
    inputs = named["Input"]
    sections = desk.section("x1"), desk.section("x2")
    assert inputs.width() == sum(header.sectionSize(k) for k in sections)
    assert inputs.bottom() < header.place_of_chip(sections[0]).top()
    image = header.grab().toImage()
    ground = image.pixelColor(inputs.left() + 2, 2), image.pixelColor(inputs.left() + 2, header.height() - 3)
    assert ground[0] != ground[1] and ground[0] == image.pixelColor(inputs.right() - 3, 2)
    high = header.height()
    for _ in range(FEW_ROWS):
        desk.qtbot.mouseClick(desk.view.buttons.row, LEFT)
        desk.settle()
    assert not header.band_height() and header.height() < high, "many rows need the room"
