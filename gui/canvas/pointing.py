"""Pointing: what the mouse does on the network: hovering, selecting, carrying layers, menus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from core.design import Dense
from gui.canvas import edits, keyboard
from gui.canvas.chips import buttons
from gui.canvas.compact import CloseUp
from gui.canvas.gestures import CarryLayer, Edit, Gesture
from gui.canvas.hits import hovered, part_at, selection_of, tooltip
from gui.canvas.menus import activation_menu, layer_menu
from gui.canvas.notation import tr
from gui.canvas.picture import Part
from gui.canvas.weighing import Place, Weighing
from gui.selection import Selection


class Pointing(Weighing):
    """The network under a mouse: asks for a selection or a whole new design."""

    edit_requested = Signal(object, str)
    select_requested = Signal(object)
    hover_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed: tuple[QPoint, Part | None] | None = None
        self._panning: QPoint | None = None
        self._gesture: Gesture | None = None
        self._close_up: CloseUp | None = None
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

    def _part(self, point: QPointF) -> Part | None:
        return part_at(self.picture, self.pills, self.mapToScene(point.toPoint()))

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

    def _hover(self, part: Part | None) -> None:
        linked = hovered(part)
        if part == self.picture.hover and linked == self._hovered:
            return
        self.picture.hover = part
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
            place = self.picture.layout.columns[part.column].place
        if place is not None:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._gesture = CarryLayer(self.picture, place)
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

    def _click(self, part: Part | None) -> None:
        place = None if part is None else self.picture.layout.columns[part.column].place
        if part is None or place is None or part.kind not in ("activation", "less", "more", "menu", "delete"):
            self.select_requested.emit(selection_of(self.picture, part))
        elif part.kind in ("activation", "menu"):
            self._open_menu(part.kind, part.column)
        elif part.kind == "delete":
            self._request(Edit(edits.removed(self.picture.design, place), tr("Delete layer")))
        else:
            self._request(keyboard.step(self.picture.design, place, 1 if part.kind == "more" else -1))

    def _request(self, edit: Edit | None) -> None:
        if edit is not None and edit.design != self.picture.design:
            self.edit_requested.emit(edit.design, edit.text)

    def _open_close_up(self, k: int) -> bool:
        """Open a wide layer; return whether the column is one."""
        column = self.picture.layout.columns[k]
        if column.style != "block":
            return False
        if self._close_up is None:
            self._close_up = CloseUp(self.picture, self)
            self._close_up.neuron_chosen.connect(self._select_in_close_up)
        self._close_up.show_layer(column)
        self._close_up.move(self.viewport().mapToGlobal(self.mapFromScene(column.block.topLeft())))
        self._close_up.show()
        return True

    def _select_in_close_up(self, j: int) -> None:
        assert self._close_up is not None
        chosen = Selection(self._close_up.layer, j, sample=self.picture.selection.sample)
        self.select_requested.emit(chosen)

    # -- menus and tooltips -----------------------------------------------------------------------

    def _open_menu(self, kind: str, k: int, neuron: int | None = None) -> None:
        """Open the activation picker or the menu of a column under its chip, or beside a neuron."""
        column, part = self.picture.layout.columns[k], self.picture.part(k)
        if column.place is None or part is None:
            return
        if kind == "activation" and isinstance(part, Dense):
            menu = activation_menu(
                self,
                self.picture.design,
                column.place,
                lambda design, text: self._request(Edit(design, text)),
                neuron,
            )
        else:
            menu = layer_menu(
                self,
                self.picture.design,
                column.place,
                lambda design, text: self._request(Edit(design, text)),
            )
        if neuron is None:
            rects = buttons(column, part, self.picture.layout.sizes, output=False)
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
                QToolTip.showText(event.globalPos(), tooltip(self.picture, part), self.viewport(), around)
            return True
        return super().viewportEvent(event)


_WEIGHING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def _place(part: Part) -> Place:
    return Place(part.layer or 0, part.j or 0, part.i)
