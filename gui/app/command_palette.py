"""Command palette: a way to find what can be done, made from the registry."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.actions.entry import ActionEntry
from gui.actions.registry import Actions, plain, translated
from gui.actions.table import ENTRIES, TITLES

_ACTION = Qt.ItemDataRole.UserRole


def keys_of(action: QAction) -> str:
    """Return the shortcut of an action as the platform writes it."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


class CommandPalette(QFrame):
    """A line to type a part of a command into, and the commands that match; Enter does the first.

    It lies over its window, and is gone when the keyboard goes elsewhere.
    """

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("command_palette")
        self.setAccessibleName(self.tr("Find a command"))
        self._actions = actions
        self._blank = QIcon(_transparent())
        self.line, self.list = QLineEdit(), _two_columns()
        self.line.setPlaceholderText(self.tr("Type a part of a command"))
        self.line.setAccessibleName(self.tr("Part of a command"))
        self.list.setAccessibleName(self.tr("Commands that match"))
        self.line.textChanged.connect(self._filter)
        self.line.installEventFilter(self)
        self.line.returnPressed.connect(self._run)
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.setFocusProxy(self.line)
        width = min(480, parent.width() - 20)
        self.setGeometry((parent.width() - width) // 2, 60, width, min(380, parent.height() - 80))
        self._filter("")
        self.show()
        self.raise_()
        self.line.setFocus()

    def _filter(self, part: str) -> None:
        words = part.lower().split()
        self.list.clear()
        for entry in ENTRIES:
            action = self._actions[entry.id]
            if action.isEnabled() and all(word in _searched(entry, action) for word in words):
                self._add(entry.menu, action)
        self._choose(0)

    def _add(self, menu: str, action: QAction) -> None:
        line = self.tr("{menu} › {command}").format(
            menu=plain(translated(TITLES[menu])), command=plain(action.text())
        )
        item = QTreeWidgetItem([line, keys_of(action)])
        item.setIcon(0, action.icon() if not action.icon().isNull() else self._blank)
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        item.setToolTip(0, action.toolTip())
        item.setData(0, _ACTION, action)
        self.list.addTopLevelItem(item)

    def _choose(self, row: int) -> None:
        """Stand on a row; behind the last one comes the first."""
        item = self.list.topLevelItem(row % max(1, self.list.topLevelItemCount()))
        if item is not None:
            self.list.setCurrentItem(item)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None:
            item.data(0, _ACTION).trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the line has the focus."""
        if event.type() == QEvent.Type.FocusOut and not self.list.hasFocus():
            self.close()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(key)
            if step is not None:
                self._choose(self.list.currentIndex().row() + step)
                return True
            if key == Qt.Key.Key_Escape:
                self.close()
                return True
        return super().eventFilter(watched, event)


def _two_columns() -> QTreeWidget:
    """Return a list of commands with their keys at the right."""
    made = QTreeWidget()
    made.setHeaderHidden(True)
    made.setColumnCount(2)
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setIconSize(QSize(16, 16))
    made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    made.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    made.header().setStretchLastSection(False)
    return made


def _transparent() -> QPixmap:
    """Return an icon of nothing, so that commands without one stand in line with the others."""
    made = QPixmap(16, 16)
    made.fill(Qt.GlobalColor.transparent)
    return made


def _searched(entry: ActionEntry, action: QAction) -> str:
    return f"{plain(action.text())} {action.statusTip()} {entry.id}".lower()
