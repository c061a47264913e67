"""Reading a table: shown as it is understood, changed by clicks, opened as one step of undo."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from core.data.datasets import OWN_TABLE
from core.data.table import Table
from core.lecture.view_ids import ViewId
from core.nn.design import Data, Dense, Design
from core.number_style import value_text
from gui.app.application import open_named
from gui.app.main_window import MainWindow
from gui.theme.theme import DARK, LIGHT
from gui.views.data_panel import DataPanel
from gui.widgets import dialogs
from gui.windows.data_import import window as import_window
from gui.windows.data_import.window import ImportWindow, TableSource
from tests.gui.legible import faults
from tests.gui.widgets.test_drops import drop
from tests.sampling import covering

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

PENGUINS = """species,island,bill,mass,sex,year
Adelie,Torgersen,39.1,3750,male,2007
Adelie,Torgersen,39.5,3800,female,2008
Gentoo,Biscoe,NA,4500 g,female,2009
Gentoo,Biscoe,46.1,4500,,2007
Chinstrap,Dream,50.0,3900,male,2008
Adelie,Dream,37.2,3900,male,2009
Gentoo,Biscoe,48.7,4450,female,2007
Chinstrap,Dream,51.3,3650,male,2008
Adelie,Biscoe,38.2,3950,male,2009
Chinstrap,Dream,45.4,3525,female,2007
Gentoo,Biscoe,47.6,5400,male,2008
Adelie,Dream,36.5,3150,female,2009
"""


@pytest.fixture
def penguins(tmp_path: Path) -> Path:
    path = tmp_path / "penguins.csv"
    path.write_text(PENGUINS)
    return path


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Callable[..., ImportWindow]]:
    made: list[ImportWindow] = []

    def make(source: Path | str, design: Design | None = None) -> ImportWindow:
        named = TableSource(source) if isinstance(source, Path) else TableSource(text=source, name="pasted")
        window = ImportWindow(named, design or Design(layers=(Dense(3), Dense(1, "sigmoid"))))
        qtbot.addWidget(window)
        made.append(window)
        window.show()
        qtbot.waitUntil(lambda: not window.background.busy)
        QApplication.processEvents()
        return window

    yield make
    for window in made:
        window.done(0)


def click_field(window: ImportWindow, qtbot: QtBot, name: str, field: str) -> QMenu:
    k = window.table.place(name)
    window.grid.scrollTo(window.preview.index(0, k))
    qtbot.mouseClick(
        window.grid.header.viewport(), LEFT, NONE, window.grid.header.place_of(k, field).center()
    )
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()
    QApplication.processEvents()


def cell(window: ImportWindow, row: int, name: str, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return window.preview.index(row, window.table.place(name)).data(role)


def test_what_was_understood_is_shown(show: Callable[..., ImportWindow], penguins: Path) -> None:
    window = show(penguins)
    assert window.title.text() == "penguins.csv" and "12 rows, 6 columns" in window.told.text()
    assert [column.role for column in window.table.columns][:1] == ["target"]
    assert "3 outputs" in window.network.outputs.text() and "softmax" in window.network.outputs.text()
    assert f"{window.made.dataset.features} inputs" in window.network.inputs.text()
    used = window.made.dataset.train.size + window.made.dataset.test.size
    assert f"{used} of 12 rows are used" in window.counted.text()
    window.grab()
    window.show_theme(DARK)
    window.grab()


def test_a_cell_that_is_no_number_is_named_with_two_ways_out(
    show: Callable[..., ImportWindow], penguins: Path, qtbot: QtBot
) -> None:
    window = show(penguins)
    assert "Row 3, column mass" in window.banner.sentence.text()
    assert window.preview.is_missing(2, window.table.place("mass"))
    qtbot.mouseClick(window.banner.first, LEFT)
    at = window.grid.currentIndex()
    assert (at.row(), at.column()) == (2, window.table.place("mass"))
    qtbot.mouseClick(window.banner.second, LEFT)
    assert window.table.columns[window.table.place("mass")].cells[2] == 4500
    assert not window.banner.isVisible()


def test_rows_that_are_left_out_are_pale_and_listed_alone(
    show: Callable[..., ImportWindow], penguins: Path, qtbot: QtBot
) -> None:
    window = show(penguins)
    choose(click_field(window, qtbot, "sex", "missing"), "Leave the row out")
    out = window.preview.headerData(3, Qt.Orientation.Vertical)
    assert str(out).startswith("left out")
    theme = window.preview.theme
    assert cell(window, 3, "species", Qt.ItemDataRole.ForegroundRole) != theme.text
    assert cell(window, 0, "species", Qt.ItemDataRole.ForegroundRole) == theme.text
    button = window.listed._group.button(1)
    assert button.text() == "Left out (1)"
    qtbot.mouseClick(button, LEFT)
    assert window.preview.rowCount() == 1 and cell(window, 0, "bill") == "46.1"


def test_the_header_changes_role_type_and_entry(
    show: Callable[..., ImportWindow], penguins: Path, qtbot: QtBot
) -> None:
    window = show(penguins)
    choose(click_field(window, qtbot, "year", "role"), "Not used")
    inputs = window.made.dataset.features
    choose(click_field(window, qtbot, "island", "role"), "Not used")
    assert window.made.dataset.features == inputs - 3
    choose(click_field(window, qtbot, "bill", "entry"), "Scaled to [0, 1]")
    row = window.made.dataset.feature_names.index("bill")
    assert window.made.dataset.x[row, window.made.dataset.train].min() == 0
    choose(click_field(window, qtbot, "mass", "role"), "Target")
    choose(click_field(window, qtbot, "species", "role"), "Input")
    assert window.made.dataset.task == "regression" and "linear" in window.network.outputs.text()


def test_several_columns_are_changed_together(
    show: Callable[..., ImportWindow], penguins: Path, qtbot: QtBot
) -> None:
    window = show(penguins)
    header = window.grid.header
    for name in ("bill", "mass"):
        at = header.place_of(window.table.place(name), "name").center()
        qtbot.mouseClick(header.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, at)
    choose(click_field(window, qtbot, "mass", "entry"), "As it is")
    assert [window.table.columns[window.table.place(name)].entry for name in ("bill", "mass")] == [
        "unscaled"
    ] * 2


def test_cells_are_shown_as_they_enter(
    show: Callable[..., ImportWindow], penguins: Path, qtbot: QtBot
) -> None:
    window = show(penguins)
    qtbot.mouseClick(window.written._group.button(1), LEFT)
    dataset = window.made.dataset
    sample = int(window.made.samples[0])
    bill = dataset.feature_names.index("bill")
    assert cell(window, 0, "bill") == value_text(float(dataset.x[bill, sample]))
    assert cell(window, 0, "species") == "1  0  0"
    assert cell(window, 0, "island") == "0  0  1"


def test_one_number_is_worked_out(show: Callable[..., ImportWindow], penguins: Path, qtbot: QtBot) -> None:
    window = show(penguins)
    text = window.scaling.worked.text()
    k = window.table.place("mass")
    made = window.made.columns[k]
    first = window.table.columns[k].cells[int(window.made.dataset.rows[0])]
    assert text.startswith("mass: ") and f"<b>{value_text((first - made.mean) / made.std)}</b>" in text
    qtbot.mouseClick(
        window.scaling.box,
        LEFT,
        NONE,
        window.scaling.box.rect().center() - window.scaling.box.rect().topRight() / 3,
    )
    window.scaling.box.setFocus()
    if window.scaling.box.isChecked():
        qtbot.keyClick(window.scaling.box, Qt.Key.Key_Space)
    assert all(column.entry != "standardized" for column in window.table.columns)


def test_rows_are_split_by_share_order_or_column(
    show: Callable[..., ImportWindow], penguins: Path, qtbot: QtBot
) -> None:
    window = show(penguins)
    qtbot.mouseClick(window.split.order, LEFT, NONE, window.split.order.rect().center() / 4)
    assert window.table.split.kind == "order"
    test = window.made.dataset.test
    assert test.tolist() == list(
        range(window.made.dataset.x.shape[1] - test.size, window.made.dataset.x.shape[1])
    )
    qtbot.mouseClick(window.split.by_column, LEFT, NONE, window.split.by_column.rect().center() / 4)
    assert window.table.split.kind == "column"


@pytest.mark.parametrize(
    ("text", "delimiter", "decimal"),
    [("a;b;y\n1,5;2;0\n2,5;3;1\n", ";", ","), ("a\tb\ty\n1.5\t2\t0\n2.5\t3\t1\n", "\t", ".")],
)
def test_delimiter_and_decimal_sign_are_guessed_and_changeable(
    show: Callable[..., ImportWindow], qtbot: QtBot, text: str, delimiter: str, decimal: str
) -> None:
    window = show(text)
    assert window.reading.delimiter.currentData() == delimiter
    assert window.reading.decimal.currentData() == decimal
    assert window.table.columns[0].cells.numbers.tolist() == [1.5, 2.5]
    window.reading.delimiter.setFocus()
    qtbot.keyClick(window.reading.delimiter, Qt.Key.Key_B)  # to "bar |"
    window.reading.delimiter.activated.emit(window.reading.delimiter.currentIndex())
    qtbot.waitUntil(lambda: not window.background.busy)
    assert len(window.table.columns) <= 1
    qtbot.mouseClick(window.reading.guess, LEFT)
    qtbot.waitUntil(lambda: not window.background.busy)
    assert len(window.table.columns) == 3


def test_what_cannot_be_read_is_told_and_can_be_read_otherwise(
    show: Callable[..., ImportWindow], tmp_path: Path
) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n1,2\n3\n4,5\n")
    window = show(path)
    assert "Row 2" in window.banner.sentence.text() and not window.open_button.isEnabled()
    missing = show(tmp_path / "nowhere.csv")
    assert "nowhere.csv" in missing.banner.sentence.text() and not missing.open_button.isEnabled()


def test_reading_goes_on_in_a_thread_and_is_given_up_with_escape(
    qtbot: QtBot, penguins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, stopped = threading.Event(), threading.Event()

    def slow(_source: TableSource, _reading: object, progress: Callable[[float], bool]) -> Table:
        reached.set()
        while progress(0.5):
            pass
        stopped.set()
        raise import_window.ReadingStopped

    monkeypatch.setattr(TableSource, "read", slow)
    window = ImportWindow(TableSource(penguins), Design())
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.progress.value() == 500)
    assert reached.is_set() and not window.open_button.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert stopped.is_set() and not window.isVisible()


# -- from the main window -------------------------------------------------------------------------------


def waiting(window: MainWindow, qtbot: QtBot) -> ImportWindow:
    reading = window.data_files.reading
    assert isinstance(reading, ImportWindow)
    qtbot.waitUntil(lambda: not reading.background.busy)
    QApplication.processEvents()
    return reading


def check_penguins(window: MainWindow) -> None:
    data = window.document.design.data
    assert data.source == OWN_TABLE.name and data.table is not None and data.table.rows == 12
    assert window.document.network.n[0] == window.document.dataset.features
    assert window.document.network.n[-1] == 3 and not window.document.problems
    assert window.panels[ViewId.TABLE].isVisible()


def test_a_dropped_file_is_opened_with_enter_and_undone_in_one_step(
    window: MainWindow, qtbot: QtBot, penguins: Path
) -> None:
    before = window.document.design
    assert drop(window, penguins)
    reading = waiting(window, qtbot)
    qtbot.keyClick(reading, Qt.Key.Key_Return)
    check_penguins(window)
    after = window.document.design
    assert after.dense[:-1] == before.dense[:-1], "hidden layers stay"
    window.actions_["undo"].trigger()
    assert window.document.design == before
    window.actions_["redo"].trigger()
    assert window.document.design == after
    window.player.settle()
    window.actions_["iteration"].trigger()
    window.player.settle()
    assert window.player.newest is not None and window.player.newest.iteration == 1


def test_escape_leaves_all_as_it_was(window: MainWindow, qtbot: QtBot, penguins: Path) -> None:
    before = window.document.design
    open_named(window, str(penguins))
    qtbot.keyClick(waiting(window, qtbot), Qt.Key.Key_Escape)
    assert window.document.design == before and window.data_files.reading is None


def test_a_file_is_chosen_by_menu_and_by_the_button_of_the_panel(
    window: MainWindow, qtbot: QtBot, penguins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "file_to_open", lambda *_asked: str(penguins))
    window.actions_["open_data"].trigger()
    waiting(window, qtbot).reject()
    panel = window.panels[ViewId.DATA_PANEL]
    assert isinstance(panel, DataPanel)
    qtbot.mouseClick(panel.own.open, LEFT)
    qtbot.keyClick(waiting(window, qtbot), Qt.Key.Key_Return)
    check_penguins(window)


def test_a_copied_table_is_pasted_on_the_window_but_text_into_a_field(
    window: MainWindow, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setText(PENGUINS.replace(",", "\t"))
    window.activateWindow()
    window.panels.canvas.setFocus()
    qtbot.keyClick(window.panels.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(waiting(window, qtbot), Qt.Key.Key_Return)
    check_penguins(window)
    QGuiApplication.clipboard().setText("")
    qtbot.keyClick(window.panels.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.data_files.reading is None


@pytest.mark.parametrize("name", ["AND", "XNOR", "NOT"])
def test_truth_tables_are_one_click_away(window: MainWindow, qtbot: QtBot, name: str) -> None:
    panel = window.panels[ViewId.DATA_PANEL]
    assert isinstance(panel, DataPanel)
    menu = panel.own.table.menu()
    next(action for action in menu.actions() if name in action.text().split()).trigger()
    dataset = window.document.dataset
    x = dataset.x > 0.5
    right = {"AND": x.all(axis=0), "XNOR": x[0] == x[-1], "NOT": ~x[0]}[name]
    assert np.array_equal(dataset.labels == 1, right) and window.panels[ViewId.TABLE].isVisible()


def test_the_button_of_the_panel_makes_the_data_a_table(window: MainWindow, qtbot: QtBot) -> None:
    window.document.edit(Design(data=Data(source="iris"), layers=(Dense(3), Dense(3, "softmax"))), "Iris")
    window.document.fit()
    panel: QWidget = window.panels[ViewId.DATA_PANEL]
    assert isinstance(panel, DataPanel)
    qtbot.mouseClick(panel.own.table, LEFT, NONE, panel.own.table.rect().center() / 2)
    table = window.document.design.data.table
    assert table is not None and table.rows == 150 and "150 rows" in panel.told.text()


def test_a_table_named_in_the_terminal_is_opened_and_a_missing_one_told(
    penguins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from gui.cli.main import _table_file, main

    assert _table_file(str(penguins)) == penguins.resolve()
    assert _table_file("xor") is None and _table_file(str(penguins.with_suffix(".glassnet"))) is None
    assert main([str(penguins.with_name("nowhere.csv"))]) == 2
    assert "nowhere.csv" in capsys.readouterr().err


def test_a_single_row_is_told_as_one(show: Callable[..., ImportWindow], tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("a,b,y\n1,2,0\n")
    assert show(file).told.text().startswith("1 row, 3 columns, ")


@pytest.mark.parametrize(("size", "letters"), covering([(1000, 560), (1360, 740)], [0.8, 1.0, 1.5]))
def test_every_text_of_it_can_be_read(
    open_window: Callable[..., MainWindow], penguins: Path, size: tuple[int, int], letters: float
) -> None:
    main = open_window()
    main.looks.show(LIGHT, letters)
    window = ImportWindow(TableSource(penguins), main.document.design, main)
    window.show()
    while window.background.busy:
        QApplication.processEvents()
    window.resize(*size)
    QApplication.processEvents()
    found = faults(window)
    window.done(0)
    assert found == []
