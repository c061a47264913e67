"""Lists whose items are moved: by dragging, and with Alt and an arrow key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.widgets.ordered_list import OrderedList
from tests.gui.stages import drag


@pytest.fixture
def items(qtbot: QtBot) -> OrderedList:
    made = OrderedList("Letters")
    qtbot.addWidget(made)
    made.show_texts([*"abcd"], 0)
    made.resize(200, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def place(items: OrderedList, row: int, share: float = 0.5) -> QPointF:
    box = items.visualItemRect(items.item(row))
    return QPointF(box.left() + 10, box.top() + share * box.height())


@pytest.mark.parametrize(
    ("row", "over", "share", "asked"),
    [
        (0, 2, 0.9, [(0, 2)]),
        (3, 0, 0.1, [(3, 0)]),
        (1, 3, 0.9, [(1, 3)]),
        (2, 1, 0.1, [(2, 1)]),
        (1, 1, 0.9, []),
        (1, 2, 0.1, []),
    ],
)
def test_an_item_is_dragged_to_the_gap_where_it_is_let_go(
    items: OrderedList, row: int, over: int, share: float, asked: list[tuple[int, int]]
) -> None:
    moved: list[tuple[int, int]] = []
    items.moved.connect(lambda at, to: moved.append((at, to)))
    start, end = place(items, row), place(items, over, share)
    drag(items.viewport(), start, start + QPointF(0, 15), end)
    assert moved == asked and items.currentRow() == row


def test_escape_leaves_a_dragged_item_where_it_was(items: OrderedList) -> None:
    moved: list[tuple[int, int]] = []
    items.moved.connect(lambda at, to: moved.append((at, to)))
    start, end = place(items, 0), place(items, 3)
    QTest.mousePress(items.viewport(), Qt.MouseButton.LeftButton, pos=start.toPoint())
    for stop in (start.toPoint() + QPoint(0, 15), end.toPoint()):
        QTest.mouseMove(items.viewport(), stop)
    QTest.keyClick(items, Qt.Key.Key_Escape)
    QTest.mouseRelease(items.viewport(), Qt.MouseButton.LeftButton, pos=end.toPoint())
    assert moved == []


def test_keys_move_and_remove_the_selected_item(items: OrderedList) -> None:
    moved: list[tuple[int, int]] = []
    removed: list[int] = []
    items.moved.connect(lambda at, to: moved.append((at, to)))
    items.removed.connect(removed.append)
    items.setCurrentRow(1)
    QTest.keyClick(items, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(items, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(items, Qt.Key.Key_Delete)
    items.setCurrentRow(3)
    QTest.keyClick(items, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert moved == [(1, 2), (1, 0)] and removed == [1]


def test_texts_change_without_telling_that_another_item_is_selected(items: OrderedList) -> None:
    told: list[int] = []
    items.currentRowChanged.connect(told.append)
    items.show_texts([*"xy"], 1)
    assert [items.item(k).text() for k in range(items.count())] == ["x", "y"]
    assert items.currentRow() == 1 and told == []
