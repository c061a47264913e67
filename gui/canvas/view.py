"""CanvasView: the network, drawn and edited by hand."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from core.activations import ACTIVATIONS
from core.design import Dense
from gui.canvas import keyboard
from gui.canvas.gestures import ACTIVATION, LAYER, DropActivation, DropLayer, Gesture
from gui.canvas.pointing import Pointing
from gui.canvas.weighing import NOTCH


class CanvasView(Pointing):
    """The canvas: shows the network and turns gestures into whole new designs.

    ``edit_requested(design, text)`` and ``select_requested(selection)`` ask; nothing changes here
    until `show_design` and `show_selection` answer. Arrow keys walk, Tab goes from layer to layer,
    Enter picks an activation, + and − change the neurons, Delete deletes, E goes to the edges of a
    neuron, F2 (or Enter on an edge) edits the weight or the bias, Ctrl+Up and Ctrl+Down change it step by
    step, O opens a wide layer, Escape lets go.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # -- dropping from the palette ----------------------------------------------------------------

    def _carried(self, event: QDropEvent) -> Gesture | None:
        """Return the gesture of what is carried over the canvas; None: it is nothing of ours."""
        data = event.mimeData()
        if data.hasFormat(LAYER):
            kind = data.data(LAYER).toStdString()
            return DropLayer(self.picture, kind) if kind in ("dense", "dropout") else None
        name = data.data(ACTIVATION).toStdString() if data.hasFormat(ACTIVATION) else ""
        return DropActivation(self.picture, self.pills, name) if name in ACTIVATIONS else None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._gesture = self._carried(event)
        if self._gesture is None:
            event.ignore()
            return
        self._follow(event.position())
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._gesture is None:
            event.ignore()
            return
        self._follow(event.position())
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._cancel()

    def dropEvent(self, event: QDropEvent) -> None:
        gesture = self._gesture
        if gesture is None:
            event.ignore()
            return
        self._follow(event.position())
        self._cancel()
        event.acceptProposedAction()
        self._request(gesture.finish())

    # -- keyboard ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        if key == Qt.Key.Key_Escape:
            self._let_go()
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            if not self._number_key(event):
                self._zoom_key(event)
        elif self._opens_number(key):
            event.accept()
        elif not self._edit_key(event):
            event.ignore()

    def _edit_key(self, event: QKeyEvent) -> bool:
        """Do what a key means for what is selected; return whether it means anything."""
        key, modifiers, picture = event.key(), event.modifiers(), self.picture
        k = keyboard.column_of(picture.layout, picture.selection)
        place = None if k is None else picture.layout.columns[k].place
        neuron = picture.selection.neuron if picture.selection.source is None else None
        edit = keyboard.edit_for(key, modifiers, picture.design, place, neuron)
        if edit is not None:
            self._request(edit)
        elif key in keyboard.KEYS:
            chosen = keyboard.walk(picture.layout, picture.selection, *keyboard.KEYS[Qt.Key(key)])
            self.select_requested.emit(chosen)
        elif key == Qt.Key.Key_E:
            self.select_requested.emit(keyboard.enter_edges(picture.layout, picture.selection))
        elif key == Qt.Key.Key_O and k is not None:
            return self._open_close_up(k)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Menu) and k is not None:
            dense = key != Qt.Key.Key_Menu and isinstance(picture.part(k), Dense)
            self._open_menu("activation" if dense else "menu", k, neuron if dense else None)
        else:
            return False
        return True

    def _let_go(self) -> None:
        """Cancel the present gesture, or else select nothing."""
        if self._gesture is not None or self._panning is not None:
            self._cancel()
        else:
            self.select_requested.emit(keyboard.nothing(self.picture.selection))

    def _opens_number(self, key: int) -> bool:
        """Open the field of the selected weight or bias if the key means that."""
        place = self.selected_place
        entering = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if place is None or not (key == Qt.Key.Key_F2 or (entering and place.source is not None)):
            return False
        return self.edit_number(place)

    def _number_key(self, event: QKeyEvent) -> bool:
        """Change the selected weight or bias by a step if the key means that."""
        place, up = self.selected_place, {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if place is None or up is None:
            return False
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return self.turn_number(place, up * NOTCH, fine=fine)

    def _zoom_key(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_0:
            self.fit()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1.25)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_by(0.8)
        else:
            event.ignore()

    def focusNextPrevChild(self, ahead: bool) -> bool:
        """Tab goes from layer to layer, and behind the last one to the next widget."""
        layout, selection = self.picture.layout, self.picture.selection
        k = keyboard.column_of(layout, selection)
        last = len(layout.columns) - 1
        k = (0 if ahead else last) if k is None else k + (1 if ahead else -1)
        if not 0 <= k <= last:
            return super().focusNextPrevChild(ahead)
        self.select_requested.emit(keyboard.selected_column(layout, k, selection.sample))
        return True

    def event(self, event: QEvent) -> bool:
        """Keep arrow keys from the window's shortcuts while something here is selected, or carried."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            chosen = keyboard.column_of(self.picture.layout, self.picture.selection) is not None
            walking = event.key() in keyboard.KEYS and not event.modifiers() & _CONTROL
            escaping = event.key() == Qt.Key.Key_Escape and self._gesture is not None
            if (walking and chosen) or escaping:
                event.accept()
                return True
        return super().event(event)


_CONTROL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
