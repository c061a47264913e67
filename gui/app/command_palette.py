"""The command palette: a search field that finds commands by words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from core.outside_text import one_line
from gui.app.commands import Command
from gui.qt.drawable import guarded_overrides
from gui.text.plain_text import plain

_COMMAND = Qt.ItemDataRole.UserRole
MOST = 60
"""The largest number of commands listed."""


@guarded_overrides
class CommandPalette(QFrame):
    """A search field with a list of the commands found; Enter runs the selected one.

    ``find`` returns the commands for a text. The palette lies over its window, and closes when it loses the
    focus.
    """

    def __init__(self, find: Callable[[str], list[Command]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("command_palette")
        self.setAccessibleName(self.tr("Find a command"))
        self._find, self._before = find, parent.focusWidget()
        self._blank = QIcon(_transparent())
        self.line, self.list = QLineEdit(), _two_columns()
        self.line.setToolTip(self.tr("Type words of what you want, and a number to set; Enter does it"))
        self.line.setPlaceholderText(
            self.tr("Find a command, a panel, data, a scene, a setting: “dark”, “relu 2”, “batch 32”")
        )
        self.line.setAccessibleName(self.tr("Part of a command"))
        self.list.setAccessibleName(self.tr("Commands that match"))
        self.line.textChanged.connect(self._filter)
        self.line.installEventFilter(self)
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.nothing = QLabel()
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("look", "muted")
        column.addWidget(self.nothing)
        self.setFocusProxy(self.line)
        width = min(560, parent.width() - 20)
        self.setGeometry((parent.width() - width) // 2, 60, width, min(380, parent.height() - 80))
        self._filter("")
        self.show()
        self.raise_()
        self.line.setFocus()

    def _filter(self, text: str) -> None:
        self.list.clear()
        commands = self._find(text)
        for command in commands[:MOST]:
            self._add(command)
        said = self.tr("Nothing is called “{text}”. Try fewer letters, or another word for it.")
        self.nothing.setText(said.format(text=plain(one_line(text, 60))))
        self.nothing.setVisible(not commands)
        self._choose(0)

    def _add(self, command: Command) -> None:
        line = self.tr("{kind} › {command}").format(kind=command.kind, command=command.title)
        item = QTreeWidgetItem([line, command.keys])
        item.setIcon(0, command.icon if command.icon and not command.icon.isNull() else self._blank)
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        item.setToolTip(0, command.tip)
        item.setData(0, _COMMAND, command)
        self.list.addTopLevelItem(item)

    def _choose(self, row: int) -> None:
        """Select a row; after the last one comes the first."""
        item = self.list.topLevelItem(row % max(1, self.list.topLevelItemCount()))
        if item is not None:
            self.list.setCurrentItem(item)

    def _run(self) -> None:
        item = self.list.currentItem()
        self._leave()
        if item is not None:
            item.data(0, _COMMAND).run()

    def _leave(self) -> None:
        """Close, and return the focus to the widget that had it."""
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the search field has the focus."""
        if event.type() == QEvent.Type.FocusOut and not self.list.hasFocus():
            self.close()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(key)
            if step is not None:
                self._choose(self.list.currentIndex().row() + step)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
            if key == Qt.Key.Key_Escape:
                self._leave()
                return True
        return super().eventFilter(watched, event)


def _two_columns() -> QTreeWidget:
    """Return a list of commands with their shortcuts at the right."""
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
    """Return a transparent icon, so that commands without an icon are aligned with the others."""
    made = QPixmap(16, 16)
    made.fill(Qt.GlobalColor.transparent)
    return made
