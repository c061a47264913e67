"""CanvasView: the network, drawn and edited by hand."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense
from gui.canvas import design_edits, keyboard
from gui.canvas.canvas_state import HitTarget
from gui.canvas.context_menus import activation_menu, layer_menu
from gui.canvas.gestures import ACTIVATION, LAYER, CarryLayer, DesignEdit, DropActivation, DropLayer, Gesture
from gui.canvas.hit_test import hovered, part_at, selection_of, tooltip
from gui.canvas.items.layer_header import buttons
from gui.canvas.symbols import tr
from gui.canvas.weight_editing import NOTCH, EditedParameter, Weighing
from gui.canvas.wide_layer_popup import WideLayerPopup
from gui.selection import Selection


class Pointing(Weighing):
    """The network under a mouse: asks for a selection or a whole new design."""

    edit_requested = Signal(object, str, object)
    select_requested = Signal(object)
    hover_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed: tuple[QPoint, HitTarget | None] | None = None
        self._panning: QPoint | None = None
        self._gesture: Gesture | None = None
        self._close_up: WideLayerPopup | None = None
        self._hovered = Selection()
        self._mouse: QPointF | None = None

    def show_selection(self, selection: Selection) -> None:
        """Mark what is selected; with a sample, show the numbers of that sample."""
        super().show_selection(selection)
        if selection.source is not None:
            self.overlay.use("weight")
        elif selection.neuron is not None:
            self.overlay.use("tile")

    # -- mouse ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = position
        elif event.button() == Qt.MouseButton.LeftButton:
            self._pressed = position, self._part(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position, self._mouse = event.position().toPoint(), event.position()
        if self._gesture is not None:
            self._follow(event.position())
        elif self._panning is not None:
            moved = position - self._panning
            self._panning = position
            self.pan_by(moved.x(), moved.y())
        elif self._pressed is not None:
            self._begin(position, event.position())
        else:
            self._hover(self._part(event.position()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, pressed, panning = self._gesture, self._pressed, self._panning
        self._cancel()
        if gesture is not None:
            self._request(gesture.finish())
        elif pressed is not None and panning is None:
            self._click(pressed[1])
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        part = self._part(event.position())
        if part is not None and part.kind == "neuron" and self._open_close_up(part.column):
            return
        if part is not None and part.kind in ("edge", "bias") and self.edit_number(_place(part)):
            return
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the mouse; with Ctrl or Alt over what is selected, change its number."""
        angle, modifiers = event.angleDelta().y() or event.angleDelta().x(), event.modifiers()
        part = self._part(event.position()) if modifiers & _WEIGHING else None
        if (
            part is not None
            and part.kind in ("edge", "bias", "neuron")
            and self.selected_place == _place(part)
        ):
            fine = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            self.turn_number(_place(part), angle, fine=fine)
        elif angle:
            self.zoom_by(1.0015**angle, event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = None
        self._hover(None)
        super().leaveEvent(event)

    def _part(self, point: QPointF) -> HitTarget | None:
        return part_at(self.state, self.pills, self.mapToScene(point.toPoint()))

    def rebuild(self) -> None:
        """Lay out anew, and look what is under the mouse now."""
        super().rebuild()
        self._hover_again()

    def scale_by(self, factor: float) -> None:
        """Scale the picture, under a mouse that stays where it is."""
        super().scale_by(factor)
        self._hover_again()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self._hover_again()

    def _hover_again(self) -> None:
        """Look what is under a mouse that did not move, where what was under it may have."""
        if self._gesture is None and self._pressed is None and self._panning is None:
            self._hover(None if self._mouse is None else self._part(self._mouse))

    def _hover(self, part: HitTarget | None) -> None:
        linked = hovered(part)
        if part == self.state.hover and linked == self._hovered:
            return
        self.state.hover = part
        if linked != self._hovered:
            self._hovered = linked
            self.hover_requested.emit(linked)
        if part is not None and part.kind == "edge":
            self.overlay.use("weight")
        hand = part is not None and part.kind not in ("chip", "edge")
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
        self._arrange()

    def _begin(self, position: QPoint, point: QPointF) -> None:
        """Begin what dragging what was pressed means: carrying a layer, or moving the picture."""
        assert self._pressed is not None
        start, part = self._pressed
        if (position - start).manhattanLength() < QApplication.startDragDistance():
            return
        place = None
        if part is not None and part.kind in ("chip", "activation", "menu"):
            place = self.state.layout.columns[part.column].place
        if place is not None:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._gesture = CarryLayer(self.state, place)
            self._follow(point)
        elif part is None or part.kind in ("edge", "chip"):
            self._panning = start
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def _follow(self, point: QPointF) -> None:
        """Let the gesture follow the mouse, and show where it would end."""
        assert self._gesture is not None
        inside = self.viewport().rect().contains(point.toPoint())
        self._gesture.move(self.mapToScene(point.toPoint()), inside=inside)
        self.overlay.mark = self._gesture.mark
        self.overlay.refresh()

    def _cancel(self) -> None:
        """End the present gesture without an edit."""
        self._gesture = self._pressed = self._panning = None
        self.overlay.mark = None
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.overlay.refresh()

    def _click(self, part: HitTarget | None) -> None:
        place = None if part is None else self.state.layout.columns[part.column].place
        if part is None or place is None or part.kind not in ("activation", "less", "more", "menu", "delete"):
            self.select_requested.emit(selection_of(self.state, part))
        elif part.kind in ("activation", "menu"):
            self._open_menu(part.kind, part.column)
        elif part.kind == "delete":
            self._request(DesignEdit(design_edits.removed(self.state.design, place), tr("Delete layer")))
        else:
            self._request(keyboard.step(self.state.design, place, 1 if part.kind == "more" else -1))

    def _request(self, edit: DesignEdit | None) -> None:
        if edit is not None and edit.design != self.state.design:
            self.edit_requested.emit(edit.design, edit.text, edit.removed)

    def _open_close_up(self, k: int) -> bool:
        """Open a wide layer; return whether the column is one."""
        column = self.state.layout.columns[k]
        if column.style != "block":
            return False
        if self._close_up is None:
            self._close_up = WideLayerPopup(self.state, self)
            self._close_up.neuron_chosen.connect(self._select_in_close_up)
        self._close_up.show_layer(column)
        self._close_up.move(self.viewport().mapToGlobal(self.mapFromScene(column.block.topLeft())))
        self._close_up.show()
        return True

    def _select_in_close_up(self, j: int) -> None:
        assert self._close_up is not None
        chosen = Selection(self._close_up.layer, j, sample=self.state.selection.sample)
        self.select_requested.emit(chosen)

    # -- menus and tooltips -----------------------------------------------------------------------

    def _open_menu(self, kind: str, k: int, neuron: int | None = None) -> None:
        """Open the activation picker or the menu of a column under its chip, or beside a neuron."""
        column, part = self.state.layout.columns[k], self.state.part(k)
        if column.place is None or part is None:
            return
        if kind == "activation" and isinstance(part, Dense):
            menu = activation_menu(
                self,
                self.state.design,
                column.place,
                lambda design, text: self._request(DesignEdit(design, text)),
                neuron,
            )
        else:
            menu = layer_menu(
                self,
                self.state.design,
                column.place,
                lambda design, text: self._request(DesignEdit(design, text)),
            )
        if neuron is None:
            rects = buttons(column, part, self.state.layout.sizes, output=False)
            below = rects.get(kind, column.chip).bottomLeft()
        else:
            below = column.tile(neuron).bottomLeft()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.viewport().mapToGlobal(self.mapFromScene(below)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of what lies under the mouse: a neuron's activation, a layer's menu."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard  # the key itself is answered elsewhere
        part = None if by_key else self._part(QPointF(event.pos()))
        if part is not None and part.kind in ("neuron", "bias") and part.layer:
            self._open_menu("activation", part.column, part.j)
        elif part is not None and part.kind != "edge":
            self._open_menu("menu", part.column)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show what lies under the mouse in the lecture's notation."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            part = self._part(QPointF(event.pos()))
            if part is None:
                QToolTip.hideText()
            else:
                around = QRectF(event.pos().x() - 4, event.pos().y() - 4, 8, 8).toRect()
                QToolTip.showText(event.globalPos(), tooltip(self.state, part), self.viewport(), around)
            return True
        return super().viewportEvent(event)


_WEIGHING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def _place(part: HitTarget) -> EditedParameter:
    return EditedParameter(part.layer or 0, part.j or 0, part.i)


# -- The network, drawn and edited by hand ---------------------------------------------------------------


class CanvasView(Pointing):
    """The canvas: shows the network and turns gestures into whole new designs.

    ``edit_requested(design, text, removed neuron)`` and ``select_requested(selection)`` ask; nothing
    changes here until `show_design` and `show_selection` answer. Arrow keys walk, Tab goes from layer
    to layer, Enter picks an activation, + and − change the neurons, Delete deletes, E goes to the edges of a
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
            return DropLayer(self.state, kind) if kind in ("dense", "dropout") else None
        name = data.data(ACTIVATION).toStdString() if data.hasFormat(ACTIVATION) else ""
        return DropActivation(self.state, self.pills, name) if name in ACTIVATIONS else None

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
        key, modifiers, state = event.key(), event.modifiers(), self.state
        k = keyboard.column_of(state.layout, state.selection)
        place = None if k is None else state.layout.columns[k].place
        neuron = state.selection.neuron if state.selection.source is None else None
        edit = keyboard.edit_for(key, modifiers, state.design, place, neuron)
        if edit is not None:
            self._request(edit)
        elif key in keyboard.KEYS:
            chosen = keyboard.walk(state.layout, state.selection, *keyboard.KEYS[Qt.Key(key)])
            self.select_requested.emit(chosen)
        elif key == Qt.Key.Key_E:
            self.select_requested.emit(keyboard.enter_edges(state.layout, state.selection))
        elif key == Qt.Key.Key_O and k is not None:
            return self._open_close_up(k)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Menu) and k is not None:
            dense = key != Qt.Key.Key_Menu and isinstance(state.part(k), Dense)
            self._open_menu("activation" if dense else "menu", k, neuron if dense else None)
        else:
            return False
        return True

    def _let_go(self) -> None:
        """Cancel the present gesture, or else select nothing."""
        if self._gesture is not None or self._panning is not None:
            self._cancel()
        else:
            self.select_requested.emit(keyboard.nothing(self.state.selection))

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
        layout, selection = self.state.layout, self.state.selection
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
            chosen = keyboard.column_of(self.state.layout, self.state.selection) is not None
            walking = event.key() in keyboard.KEYS and not event.modifiers() & _CONTROL
            escaping = event.key() == Qt.Key.Key_Escape and self._gesture is not None
            if (walking and chosen) or escaping:
                event.accept()
                return True
        return super().event(event)


_CONTROL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
