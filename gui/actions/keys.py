"""Keyboard handling: a window's shortcuts work wherever the focus is, unless text is being typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from gui.qt.drawable import guarded_overrides

MOVES = {
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
}
ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_MOVING = (QAbstractItemView, QAbstractSlider, QComboBox)
_BY_KEYBOARD = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
_BY_KEYBOARD.add(Qt.FocusReason.ShortcutFocusReason)


@runtime_checkable
class TakesKeys(Protocol):
    """A widget that is no input field but handles keys itself, such as a table whose cells are typed into."""

    def takes(self, event: QKeyEvent, /) -> bool:
        """Whether the widget handles a key itself, although it may be a shortcut of the window."""


def typing(focus: QWidget) -> bool:
    """Whether the widget with the focus is a field that text is being typed into."""
    if isinstance(focus, (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)):
        return focus.isEnabled() and not focus.isReadOnly()
    return isinstance(focus, QComboBox) and focus.isEditable()


@runtime_checkable
class BeginsWith(Protocol):
    """A field that accepts only certain characters as the first one typed."""

    def begins_with(self, text: str) -> bool:
        """Return whether a text may begin with this character; also True once something has been typed."""


def window_of(widget: QWidget) -> QWidget:
    """Return the window a widget belongs to; a floating panel belongs to its main window."""
    window = widget.window()
    while window.windowType() == Qt.WindowType.Tool and (parent := window.parentWidget()) is not None:
        window = parent.window()
    return window


@guarded_overrides
class Keys(QObject):
    """Handles the keys of one window, whichever of its widgets has the focus.

    If text is being typed, the field gets the key. Otherwise the window's shortcuts get it, and no slider,
    list or button can take it; a shortcut of a disabled action does nothing. Menus, open combo boxes and
    dialogs are windows of their own and keep their keys. A widget that was reached with Tab or F6, and not
    with the mouse, keeps the keys for moving: arrows, Home, End, Page Up and Page Down.

    The sequences ``always`` are shortcuts of the window whatever has the focus. A number field that was not
    yet typed into takes no letter and no point: they are shortcuts of the window.

    Enter presses the button that was reached in this way. Enter in a field that accepts the input, and Escape
    anywhere, return the focus to ``home``; a field whose property ``refused`` is true keeps it. ``panes`` are
    the parts of the window through which F6 cycles.
    """

    def __init__(
        self,
        window: QWidget,
        home: Callable[[], QWidget],
        panes: Callable[[], Sequence[QWidget]],
        always: Sequence[str] = (),
    ) -> None:
        super().__init__(window)
        self._window, self._home, self._panes = window, home, panes
        self._always = [QKeySequence(keys) for keys in always]
        self._by_keyboard = False
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)
        window.installEventFilter(self)

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        # Only the widget with the focus is watched: a filter of the whole application would run Python for
        # every event.
        for widget in _parts(old):
            if widget is not self._window:
                widget.removeEventFilter(self)
        if new is not None and window_of(new) is self._window:
            for widget in _parts(new):
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QFocusEvent) and kind == QEvent.Type.FocusOut:
            if event.reason() in _BY_KEYBOARD:
                self._by_keyboard = True
            elif event.reason() == Qt.FocusReason.MouseFocusReason:
                self._by_keyboard = False
        elif kind == QEvent.Type.MouseButtonPress:
            self._by_keyboard = False
        elif isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            if QApplication.activePopupWidget() is not None:
                return False
            if watched is self._window and not watched.hasFocus():
                return kind == QEvent.Type.KeyPress and self._press_button(event)
            if kind == QEvent.Type.ShortcutOverride:
                return self._override(watched, event)
            if kind == QEvent.Type.KeyPress:
                return self._press(watched, event)
        return False

    def _override(self, focus: QWidget, event: QKeyEvent) -> bool:
        """Decide whether the field or the window handles a key first."""
        if _owns(focus, event):
            event.accept()
            return True
        if _pressed(event) in self._always:
            pass
        elif typing(focus):
            if not _undoes_elsewhere(focus, event) and not _not_begun(focus, event):
                return False
        elif self._moves(event):
            if isinstance(focus, _MOVING):
                event.accept()
                return True
            return False
        event.ignore()
        return True

    def _press(self, focus: QWidget, event: QKeyEvent) -> bool:
        """Handle a key that no shortcut took."""
        key = Qt.Key(event.key())
        if _owns(focus, event):
            return False
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._by_keyboard = True
            return False
        if key == Qt.Key.Key_Escape or (key in ENTER and typing(focus)):
            # The widget handles it first: it may accept the input, restore the old text, or pass the focus
            # on.
            QTimer.singleShot(0, self, partial(self._release, focus, key))
            return False
        return not typing(focus) and not self._moves(event) and self.holds(event)

    def _press_button(self, event: QKeyEvent) -> bool:
        """Let Enter, if no widget took it, press the button that was reached by keyboard."""
        focus = QApplication.focusWidget()
        if not self._by_keyboard or Qt.Key(event.key()) not in ENTER or focus is None:
            return False
        if isinstance(focus, QAbstractButton):
            focus.click()
        elif isinstance(focus, QComboBox):
            focus.showPopup()
        return True

    def _moves(self, event: QKeyEvent) -> bool:
        """Whether a key moves the selection within a widget that was reached by keyboard."""
        return self._by_keyboard and Qt.Key(event.key()) in MOVES and not _others(event)

    def holds(self, event: QKeyEvent) -> bool:
        """Whether a key is a shortcut of the window, enabled or not."""
        pressed = _pressed(event)
        return any(pressed == sequence for sequence in self.sequences())

    def sequences(self) -> Iterator[QKeySequence]:
        """Yield the active shortcuts of the window: of its actions and of its visible widgets."""
        for action in self._window.findChildren(QAction):
            around = (owner for owner in action.associatedObjects() if isinstance(owner, QWidget))
            if action.isVisible() and any(window_of(widget) is self._window for widget in around):
                yield from action.shortcuts()
        for shortcut in self._window.findChildren(QShortcut):
            owner = shortcut.parent()
            if isinstance(owner, QWidget) and owner.isVisible() and window_of(owner) is self._window:
                yield shortcut.key()

    def _release(self, focus: QWidget, key: Qt.Key) -> None:
        """Return the focus to ``home``, unless it moved elsewhere, or the field refused its text."""
        if not isValid(focus) or not focus.hasFocus():
            return
        waits = isinstance(focus, QLineEdit) and (focus.isModified() or focus.property("refused"))
        if key in ENTER and (_multiline(focus) or waits):
            return
        self._by_keyboard = False
        self._home().setFocus(Qt.FocusReason.OtherFocusReason)

    def go_round(self, *, ahead: bool) -> None:
        """Move the focus to the next pane of the window, or to the previous one, cyclically."""
        stops = [(pane, stop) for pane in self._panes() if pane.isVisible() for stop in stops_of(pane)[:1]]
        now = self._window.focusWidget() or self._home()
        here = [k for k, (pane, _stop) in enumerate(stops) if pane is now or pane.isAncestorOf(now)]
        if stops:
            k = here[0] if here else (-1 if ahead else 0)
            self._by_keyboard = True
            stops[(k + (1 if ahead else -1)) % len(stops)][1].setFocus(Qt.FocusReason.TabFocusReason)


def stops_of(pane: QWidget) -> list[QWidget]:
    """Return the widgets of a pane that Tab visits, in order."""
    found = list[QWidget]()
    widget: QWidget | None = pane
    while widget is not None:
        tabbed = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        inside = widget is pane or pane.isAncestorOf(widget)
        if inside and tabbed and widget.isVisibleTo(pane) and widget.isEnabled():
            found.append(widget)
        widget = _next_in_focus_chain(widget)
        if widget is pane:
            break
    return found


def _next_in_focus_chain(widget: QWidget) -> QWidget | None:
    """Return the widget that follows another one in the tab order.

    PySide takes the returned widget for a child of the other one, and deletes its wrapper together with it;
    setting its parent again corrects that, and changes nothing in Qt.
    """
    following = widget.nextInFocusChain()
    if following is not None and (parent := following.parentWidget()) is not None:
        following.setParent(parent)
    return following


def begin_tabs_with(window: QWidget, panes: Sequence[QWidget]) -> None:
    """Let Tab visit these panes before all others of the window."""
    before = window
    for pane in panes:
        inside = [pane, *pane.findChildren(QWidget)]
        for widget in inside:
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
                QWidget.setTabOrder(before, widget)
                before = widget


def _parts(widget: QWidget | None) -> list[QWidget]:
    """Return a widget and the child that receives its mouse presses."""
    if widget is None or not isValid(widget):
        return []
    return [widget, widget.viewport()] if isinstance(widget, QAbstractScrollArea) else [widget]


def _others(event: QKeyEvent) -> bool:
    """Whether a key is pressed together with a modifier other than Shift."""
    return bool(event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier))


def _pressed(event: QKeyEvent) -> QKeySequence:
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return QKeySequence(event.key() | modifiers.value)


def _not_begun(focus: QWidget, event: QKeyEvent) -> bool:
    """Whether a key is a character that cannot begin an input, in a field where nothing is typed yet."""
    text = event.text()
    plain = bool(text) and text.isprintable() and not _others(event)
    return plain and isinstance(focus, BeginsWith) and not focus.begins_with(text)


def _owns(focus: QWidget, event: QKeyEvent) -> bool:
    """Whether a widget handles a key itself."""
    return isinstance(focus, TakesKeys) and focus.takes(event)


def _multiline(focus: QWidget) -> bool:
    return isinstance(focus, (QTextEdit, QPlainTextEdit))


def _undoes_elsewhere(focus: QWidget, event: QKeyEvent) -> bool:
    """Whether a key is undo or redo, and the field has no edit of its own to undo or redo."""
    redo = event.matches(QKeySequence.StandardKey.Redo) or (
        event.key() == Qt.Key.Key_Y and event.modifiers() == Qt.KeyboardModifier.ControlModifier
    )
    if not redo and not event.matches(QKeySequence.StandardKey.Undo):
        return False
    line = focus.findChild(QLineEdit) if isinstance(focus, (QAbstractSpinBox, QComboBox)) else focus
    if isinstance(line, QLineEdit):
        return not (line.isRedoAvailable() if redo else line.isUndoAvailable() and line.isModified())
    if isinstance(focus, (QTextEdit, QPlainTextEdit)):
        written = focus.document()
        return not (written.isRedoAvailable() if redo else written.isUndoAvailable())
    return True
