"""A ruled table: its letters fit, its columns share the room, rows are picked by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from gui.theme.theme import DARK, LIGHT, sized
from gui.widgets.ruled_table import RuledTable

TEXTS = (("loss", "0.1234"), ("accuracy of the test set", "97.5 %"), ("iterations", "1,234,567"))


@pytest.fixture
def table(qtbot: QtBot) -> Iterator[RuledTable]:
    made = RuledTable("Scores", "Click a row")
    qtbot.addWidget(made)
    made.show_heads(["name", "value\nof the run"])
    made.setRowCount(len(TEXTS))
    for row, texts in enumerate(TEXTS):
        for column, text in enumerate(texts):
            made.write(row, column, text, LIGHT.text)
    made.resize(400, 200)
    made.show_theme(LIGHT)
    made.show()
    qtbot.waitExposed(made)
    yield made


def test_with_room_the_letters_are_full_and_the_width_is_shared(table: RuledTable) -> None:
    assert table.font().pointSizeF() == sized("text").pointSizeF()
    assert sum(table.columnWidth(column) for column in range(2)) == table.viewport().width()
    assert not table.is_cut()


def test_letters_shrink_until_all_columns_fit(table: RuledTable) -> None:
    needed = sum(table.needs(*table.letters(1.0)))
    table.resize(needed - 10, 200)
    assert table.font().pointSizeF() < sized("text").pointSizeF()
    assert not table.is_cut()
    metrics = QFontMetrics(table.font())
    for row, texts in enumerate(TEXTS):
        for column, text in enumerate(texts):
            assert table.item(row, column).text() == text
            assert metrics.horizontalAdvance(text) < table.columnWidth(column)


def test_a_whole_table_is_as_high_at_every_width(table: RuledTable) -> None:
    before, sizes = table.height(), set[float]()
    for width in range(400, 60, -3):
        table.resize(width, table.height())
        sizes.add(table.font().pointSizeF())
        assert table.height() == before
        assert table.visualItemRect(table.item(2, 0)).bottom() <= table.viewport().height()
    assert len(sizes) == len(table.shares)


def test_a_whole_table_is_as_high_as_its_rows(table: RuledTable) -> None:
    before = table.height()
    last = table.visualItemRect(table.item(2, 0)).bottom()
    assert last <= table.viewport().height()
    table.setRowCount(2)
    table.show_theme(DARK)
    assert table.height() == before - table.rowHeight(0)


def test_rows_are_picked_by_mouse_and_arrows_but_not_by_a_mark(table: RuledTable, qtbot: QtBot) -> None:
    picked = QSignalSpy(table.picked)
    table.mark(0)
    assert table.selectionModel().selectedRows()[0].row() == 0 and picked.count() == 0
    place = table.visualItemRect(table.item(1, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert [picked.at(k) for k in range(picked.count())] == [[1], [2]]
    table.mark(None)
    assert not table.selectionModel().selectedRows() and picked.count() == 2


def test_a_screen_reader_is_told_name_and_cells(table: RuledTable) -> None:
    assert table.accessibleName() == "Scores" and table.toolTip() == "Click a row"
    assert table.model().index(1, 0).data() == TEXTS[1][0]
    assert table.horizontalHeaderItem(1).text() == "value\nof the run"


def test_rows_that_change_keep_letters_and_columns(table: RuledTable) -> None:
    table.show_rows(("name", "value"), TEXTS, marked=1)
    assert table.heads() == ("name", "value") and table.texts(2) == TEXTS[2]
    assert table.selectionModel().isRowSelected(1)
    before = table.font(), [table.columnWidth(column) for column in range(2)]
    table.show_rows(("name", "value"), (("loss", "0.1"), *TEXTS[1:]))
    assert table.texts(0) == ("loss", "0.1") and not table.selectionModel().selectedRows()
    assert (table.font(), [table.columnWidth(column) for column in range(2)]) == before
    assert table.accessibleDescription().startswith("name, value; loss, 0.1; ")


def test_where_the_smallest_letters_do_not_fit_no_column_is_out_of_sight(table: RuledTable) -> None:
    table.resize(sum(table.needs(*table.letters(table.shares[-1]))) - 60, 200)
    assert sum(table.columnWidth(column) for column in range(2)) <= table.viewport().width()
