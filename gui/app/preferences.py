"""The user's preferences: their stored values, and the window in which they are chosen."""

from __future__ import annotations

from functools import partial
from typing import ClassVar
from weakref import WeakSet

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)
from shiboken6 import isValid

from core.language import tr
from gui.actions.preference_table import PREFERENCES, Preference, Value
from gui.actions.registry import Actions, plain
from gui.text.plain_text import plain as plain_text
from gui.text.topics import set_topic
from gui.widgets import dialogs


def stored(settings: QSettings, preference: Preference) -> Value:
    """Return the stored value of a preference; the default if there is none, or one that does not exist."""
    found = str(settings.value(preference.key, preference.first))
    if preference.asks is not None:
        return found
    known = [value for value, _entry in preference.choices]
    values = known if len(known) > 1 else [True, False]
    same = (value for value in values if str(value).lower() == found.lower())
    return next(same, preference.first)


class PreferenceStore(QObject):
    """The values of all preferences, set by the actions of a window and stored immediately.

    They are the same in all windows of the program until `close`. ``changed`` carries the name of a
    preference whose value has changed.
    """

    changed = Signal(str)
    _open: ClassVar[WeakSet[PreferenceStore]] = WeakSet()

    def __init__(self, actions: Actions, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self.actions_, self._settings, self._window = actions, settings, window
        self._values = {name: stored(settings, preference) for name, preference in PREFERENCES.items()}
        for name, preference in PREFERENCES.items():
            for value, entry in preference.choices:
                actions[entry.id].setChecked(self._values[name] == value)
                actions[entry.id].toggled.connect(partial(self._toggled, name, value))
            if preference.asks is not None:
                actions[preference.asks.id].triggered.connect(partial(self._ask, name))
        self._open.add(self)

    def close(self) -> None:
        """Disconnect from the preferences of the other windows."""
        self._open.discard(self)

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def set(self, name: str, value: Value) -> None:
        """Store another value of a preference."""
        if value == self._values[name]:
            return
        self._settings.setValue(PREFERENCES[name].key, value)
        for store in list(self._open):
            if isValid(store) and store._settings.fileName() == self._settings.fileName():
                store._take(name, value)

    def look(self) -> None:
        """Read the values that another process has stored in the meantime."""
        self._settings.sync()
        for name, preference in PREFERENCES.items():
            self._take(name, stored(self._settings, preference))

    def _take(self, name: str, value: Value) -> None:
        """Apply a value of a preference that is stored already."""
        if value == self._values[name]:
            return
        self._values[name] = value
        for choice, entry in PREFERENCES[name].choices:
            self.actions_[entry.id].setChecked(value == choice)
        self.changed.emit(name)

    def _toggled(self, name: str, value: Value, on: bool) -> None:
        if len(PREFERENCES[name].choices) == 1:
            self.set(name, on)
        elif on:
            self.set(name, value)

    def _ask(self, name: str) -> None:
        """Ask for a folder and store it."""
        preference = PREFERENCES[name]
        chosen = dialogs.folder(self._window, plain(tr(preference.title)), str(self._values[name]))
        if chosen:
            self.set(name, chosen)


class Preferences(QDialog):
    """A row for each preference, applied immediately. ``rows`` are the fields, by name."""

    def __init__(self, store: PreferenceStore, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("preferences")
        set_topic(self, "preferences")
        self.setWindowTitle(self.tr("Preferences"))
        self.setAccessibleName(self.tr("Preferences"))
        self._store = store
        self.rows: dict[str, QComboBox | QCheckBox | FolderField] = {}
        form = QFormLayout(self)
        for name, preference in PREFERENCES.items():
            actions = [store.actions_[entry.id] for entry in preference.entries]
            title = tr(preference.title)
            if preference.asks is not None:
                self.rows[name] = field = FolderField(store, name, actions[0])
                form.addRow(title, field)
            elif len(actions) == 1:
                self.rows[name] = box = _box(actions[0])
                form.addRow("", box)
            else:
                self.rows[name] = choice = _choice(actions)
                form.addRow(title, choice)
            self.rows[name].setAccessibleName(plain(title))
            self.rows[name].setToolTip("\n".join(dict.fromkeys(action.statusTip() for action in actions)))
        store.changed.connect(self._show)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def _show(self, name: str) -> None:
        """Show the value of a preference that was changed here or elsewhere."""
        row, value = self.rows[name], self._store[name]
        if isinstance(row, QComboBox):
            row.setCurrentIndex([one for one, _entry in PREFERENCES[name].choices].index(value))
        elif isinstance(row, QCheckBox):
            row.setChecked(bool(value))
        else:
            row.show_folder(str(value))


def _choice(actions: list[QAction]) -> QComboBox:
    """Return a combo box for actions of which one is checked; choosing an entry triggers its action."""
    made = QComboBox()
    for k, action in enumerate(actions):
        made.addItem(plain(action.text()))
        made.setItemData(k, action.statusTip(), Qt.ItemDataRole.ToolTipRole)
        if action.isChecked():
            made.setCurrentIndex(k)
    made.activated.connect(lambda k: actions[k].trigger())
    return made


def _box(action: QAction) -> QCheckBox:
    """Return a check box that is synchronized with an action."""
    made = QCheckBox(action.statusTip())
    made.setChecked(action.isChecked())
    made.toggled.connect(action.setChecked)
    return made


class FolderField(QWidget):
    """Shows a folder; another one is chosen in a dialog. Empty: the folder used last."""

    def __init__(self, store: PreferenceStore, name: str, asks: QAction) -> None:
        super().__init__()
        self.line, self.choose, self.clear = QLineEdit(), QPushButton(self.tr("Choose…")), QPushButton()
        self.line.setReadOnly(True)
        self.line.setPlaceholderText(self.tr("the one used last"))
        self.line.setAccessibleName(plain(tr(PREFERENCES[name].title)))
        self.choose.setToolTip(asks.statusTip())
        self.choose.clicked.connect(asks.trigger)
        self.clear.setText(self.tr("Last used"))
        self.clear.setToolTip(self.tr("Begin in the folder that was used last"))
        self.clear.clicked.connect(lambda: store.set(name, ""))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.choose)
        row.addWidget(self.clear)
        self.setFocusProxy(self.choose)
        self.show_folder(str(store[name]))

    def show_folder(self, folder: str) -> None:
        """Show another folder."""
        self.line.setText(folder)
        self.line.setToolTip(plain_text(folder))
        self.clear.setEnabled(bool(folder))
