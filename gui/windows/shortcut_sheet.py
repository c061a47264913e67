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
from gui.actions.entry import ActionEntry
from gui.actions.gestures import LAB_GESTURES, LECTURE_GESTURES, PASSES, VIEW_GESTURES
from gui.actions.registry import Actions, plain
from gui.actions.scene_table import SCENE
from gui.actions.table import ENTRIES, TITLES
from gui.canvas.keyboard import GESTURES
from gui.layout.placement import place, screen_of
from gui.text.topics import set_topic

Line = tuple[Sequence[str], str]
"""Alternative keys, and what they do."""
Block = tuple[str, Sequence[Line]]
"""A title and the lines under it."""
MOST_COLUMNS = 4
SPACING = 28  # pixels between columns
EDGES = 8  # pixels of the window's frame


def lines_of(actions: Iterable[QAction]) -> list[Line]:
    """Return the lines for the shortcuts of actions."""
    native = QKeySequence.SequenceFormat.NativeText
    return [
        ([keys.toString(native) for keys in action.shortcuts()], plain(action.text()))
        for action in actions
        if action.shortcuts()
    ]


def lines_of_entries(entries: Iterable[ActionEntry]) -> list[Line]:
    """Return the lines for the shortcuts of a table whose actions are created in another window."""
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (
            [QKeySequence(keys).toString(native) for keys in (entry.shortcut, *entry.also)],
            plain(tr(entry.text)),
        )
        for entry in entries
        if entry.shortcut
    ]


def gesture_lines(gestures: Iterable[tuple[object, object]]) -> list[Line]:
    """Return the lines of a table of gestures."""
    return [([tr(str(keys))], tr(str(what))) for keys, what in gestures]


def rules_block() -> Block:
    """Return the rules by which the focus decides which widget gets a key."""
    return tr("Where keys go"), [
        ([tr("anywhere")], tr("these keys work wherever you clicked")),
        ([tr("in a field")], tr("what you type goes there; Enter and Escape lead back")),
        ([tr("after Tab or F6")], tr("arrows move in what has the focus")),
        ([tr("Enter")], tr("presses the button reached by Tab or F6")),
    ]


def main_blocks(actions: Actions) -> list[Block]:
    """Return the keys of the main window, menu by menu, and those of lecture and lab."""
    menus = [
        (plain(tr(title)), lines_of(actions[entry.id] for entry in ENTRIES if entry.menu == menu))
        for menu, title in TITLES.items()
    ]
    return [
        *menus,
        (tr("Canvas"), gesture_lines(GESTURES)),
        (tr("Tables and plots"), gesture_lines(VIEW_GESTURES)),
        (tr("Lecture"), [*lines_of_entries(SCENE), *gesture_lines(LECTURE_GESTURES)]),
        (tr("Computational graph"), [*lines_of_entries(PASSES), *gesture_lines(LAB_GESTURES)]),
        rules_block(),
    ]


def window_blocks(
    window: QWidget, actions: Iterable[QAction], gestures: Iterable[tuple[object, object]] = ()
) -> list[Block]:
    """Return the keys of another window and its gestures."""
    title, _, _name = window.windowTitle().rpartition(" — ")
    return [
        (title, [*lines_of(actions), *gesture_lines(gestures)]),
        (tr("Canvas"), gesture_lines(GESTURES)),
        (tr("Tables and plots"), gesture_lines(VIEW_GESTURES)),
        rules_block(),
    ]


class ShortcutSheet(QDialog):
    """Blocks of keys under their titles, in as many columns as the screen has room for; it scrolls."""

    def __init__(self, blocks: Sequence[tuple[str, Sequence[Line]]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("shortcut_sheet")
        set_topic(self, "index", "Help while you work")
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAccessibleName(self.tr("Keyboard shortcuts"))
        area, outside = QScrollArea(), QVBoxLayout(self)
        bar = area.verticalScrollBar().sizeHint().width()
        room = screen_of(parent).availableGeometry().width() - bar - EDGES
        shown = [block for block in blocks if block[1]]
        sheets = (_sheet(shown, columns) for columns in range(MOST_COLUMNS, 1, -1))
        fitting = (sheet for sheet in sheets if sheet.sizeHint().width() <= room)
        inside = next(fitting, None) or _sheet(shown, 1)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.windowTitle())
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(area)
        size = inside.sizeHint()
        place(self, (size.width() + bar, size.height() + 2))


def _sheet(blocks: Sequence[Block], columns: int) -> QWidget:
    """Return a widget with blocks in ``columns`` columns."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setSpacing(SPACING)
    for blocks_here in _columns(blocks, columns):
        column = QVBoxLayout()
        for title, lines in blocks_here:
            column.addWidget(_block(title, lines))
        column.addStretch()
        row.addLayout(column)
    return made


def _columns(blocks: Sequence[Block], columns: int) -> list[list[Block]]:
    """Distribute blocks over columns of about the same height, in their order."""
    high = sum(len(lines) + 2 for _title, lines in blocks) / columns
    found: list[list[Block]] = [[] for _ in range(columns)]
    so_far = 0.0
    for title, lines in blocks:
        middle = so_far + (len(lines) + 2) / 2
        found[min(columns - 1, int(middle / high))].append((title, lines))
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
