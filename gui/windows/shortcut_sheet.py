"""The shortcut sheet: all keys and gestures of a window, made from its actions and its views' tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from gui.actions.registry import Actions, plain
from gui.actions.table import ENTRIES, TITLES
from gui.canvas.keyboard import GESTURES
from gui.widgets.placement import place

Line = tuple[Sequence[str], str]
"""Alternative keys, and what they do."""
COLUMNS = 3


def lines_of(actions: Iterable[QAction]) -> list[Line]:
    """Return the lines for the shortcuts of actions."""
    native = QKeySequence.SequenceFormat.NativeText
    return [
        ([keys.toString(native) for keys in action.shortcuts()], plain(action.text()))
        for action in actions
        if action.shortcuts()
    ]


def canvas_block() -> tuple[str, list[Line]]:
    """Return the keys and gestures of the canvas."""
    return tr("Canvas"), [([tr(keys)], tr(what)) for keys, what in GESTURES]


def rules_block() -> tuple[str, list[Line]]:
    """Return the rules by which the focus decides who gets a key."""
    return tr("Where keys go"), [
        ([tr("anywhere")], tr("these keys work wherever you clicked")),
        ([tr("in a field")], tr("what you type goes there; Enter and Escape lead back")),
        ([tr("after Tab or F6")], tr("arrows move in what has the focus")),
        ([tr("Enter")], tr("presses the button reached by Tab or F6")),
    ]


def main_blocks(actions: Actions) -> list[tuple[str, list[Line]]]:
    """Return the keys of the main window, menu by menu."""
    menus = [
        (plain(tr(title)), lines_of(actions[entry.id] for entry in ENTRIES if entry.menu == menu))
        for menu, title in TITLES.items()
    ]
    return [*menus, canvas_block(), rules_block()]


def window_blocks(window: QWidget, actions: Iterable[QAction]) -> list[tuple[str, list[Line]]]:
    """Return the keys of another window."""
    title, _, _name = window.windowTitle().rpartition(" — ")
    return [(title, lines_of(actions)), rules_block()]


class ShortcutSheet(QDialog):
    """Shows blocks of keys under their titles, in columns; scrolls on a small screen."""

    def __init__(self, blocks: Sequence[tuple[str, Sequence[Line]]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("shortcut_sheet")
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAccessibleName(self.tr("Keyboard shortcuts"))
        inside, area, outside = QWidget(), QScrollArea(), QVBoxLayout(self)
        row = QHBoxLayout(inside)
        row.setSpacing(28)
        for blocks_here in _columns([block for block in blocks if block[1]]):
            column = QVBoxLayout()
            for title, lines in blocks_here:
                column.addWidget(_block(title, lines))
            column.addStretch()
            row.addLayout(column)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.windowTitle())
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(area)
        size, bar = inside.sizeHint(), area.verticalScrollBar().sizeHint().width()
        place(self, (size.width() + bar, size.height() + 2))


def _columns(blocks: Sequence[tuple[str, Sequence[Line]]]) -> list[list[tuple[str, Sequence[Line]]]]:
    """Distribute blocks, in order, over columns of about the same height."""
    high = sum(len(lines) + 2 for _title, lines in blocks) / COLUMNS
    found: list[list[tuple[str, Sequence[Line]]]] = [[] for _ in range(COLUMNS)]
    so_far = 0.0
    for title, lines in blocks:
        middle = so_far + (len(lines) + 2) / 2
        found[min(COLUMNS - 1, int(middle / high))].append((title, lines))
        so_far += len(lines) + 2
    return [column for column in found if column]


def _block(title: str, lines: Sequence[Line]) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 8)
    head = QLabel(title)
    head.setProperty("look", "title")
    grid.addWidget(head, 0, 0, 1, 2)
    for k, (keys, what) in enumerate(lines, 1):
        row = QHBoxLayout()
        for one in keys:
            label = QLabel(one)
            label.setProperty("look", "keys")
            row.addWidget(label)
        row.addStretch()
        grid.addLayout(row, k, 0)
        grid.addWidget(QLabel(what), k, 1)
    grid.setColumnMinimumWidth(0, 110)
    grid.setColumnStretch(1, 1)
    return box
