"""The registry of actions, from which menus, tool bar, tooltips, palette and shortcut sheet are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from core.language import tr
from gui.actions.entry import ActionEntry
from gui.actions.table import ENTRIES, MENUS, SUBMENUS
from gui.theme import theme

CONTEXT = "Actions"


def plain(text: str) -> str:
    """Return a menu text without its mnemonic marks."""
    return text.replace("&", "")


class Actions(QObject):
    """The QActions of a table, by id: ``actions["run"]``; the default is the table of the main window."""

    def __init__(self, window: QWidget, entries: Sequence[ActionEntry] = ENTRIES) -> None:
        super().__init__(window)
        self._groups: dict[str, QActionGroup] = {}
        self._entries = entries
        self._made = {entry.id: self._make(entry, window) for entry in self._entries}

    def _make(self, entry: ActionEntry, window: QWidget) -> QAction:
        action = QAction(tr(entry.text).format(count=entry.count), window, checkable=entry.checkable)
        action.setObjectName(entry.id)
        if entry.shortcut:
            action.setShortcuts([QKeySequence(keys) for keys in (entry.shortcut, *entry.also)])
        describe(action, tr(entry.tip).format(count=entry.count))
        if entry.group:
            group = self._groups.setdefault(entry.group, QActionGroup(self))
            if entry.group == "stage":
                group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
            group.addAction(action)
        if entry.id == "quit":
            action.setMenuRole(QAction.MenuRole.QuitRole)
        window.addAction(action)
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._made[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._made.values())

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Create the menus in a menu bar; return them by name."""
        menus = {name: bar.addMenu(tr(title)) for name, title in MENUS.items()}
        for name, menu in menus.items():
            menu.setToolTipsVisible(True)
            menu.setObjectName(f"menu_{name}")
        for entry in self._entries:
            menu = _in_menus(menus, entry.menu)
            if entry.rule:
                menu.addSeparator()
            menu.addAction(self._made[entry.id])
        return menus

    def list_in(self, menu: QMenu) -> None:
        """Add all actions to a menu, in the order of the table."""
        for entry in self._entries:
            if entry.rule:
                menu.addSeparator()
            menu.addAction(self._made[entry.id])

    def show_theme(self, shown: theme.Theme) -> None:
        """Draw the icons in the colours of a theme."""
        for entry in self._entries:
            if entry.icon:
                self._made[entry.id].setIcon(theme.icon(entry.icon, shown))


def show_undo(actions: Actions, stack: QUndoStack | None) -> None:
    """Name the edit to be undone or redone in the texts of both actions; disable them if there is none."""
    back = stack.undoText() if stack is not None and stack.canUndo() else ""
    again = stack.redoText() if stack is not None and stack.canRedo() else ""
    undo, redo = actions["undo"], actions["redo"]
    undo.setEnabled(bool(back))
    redo.setEnabled(bool(again))
    undo.setText((tr("&Undo: {edit}") if back else tr("&Undo")).format(edit=back))
    redo.setText((tr("&Redo: {edit}") if again else tr("&Redo")).format(edit=again))
    say_back = tr("Undo: {edit}") if back else tr("Nothing to undo")
    say_again = tr("Redo: {edit}") if again else tr("Nothing to redo")
    describe(undo, say_back.format(edit=back))
    describe(redo, say_again.format(edit=again))


def describe(action: QAction, tip: str) -> None:
    """Give an action its tooltip, with its shortcut."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    with_keys = tr("{tip} ({keys})").format(tip=tip, keys=keys)
    action.setToolTip(with_keys if keys else tip)
    action.setStatusTip(tip)


def _in_menus(menus: dict[str, QMenu], name: str) -> QMenu:
    """Return a menu by name; a submenu is added to its menu when it is first needed."""
    if name not in menus:
        parent, title = SUBMENUS[name]
        menus[name] = _in_menus(menus, parent).addMenu(tr(title))
        menus[name].setToolTipsVisible(True)
    return menus[name]
