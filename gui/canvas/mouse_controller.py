"""MouseController: hovering, selecting, moving and zooming the network with the mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragLeaveEvent,
    QDropEvent,
    QHelpEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip

from gui.canvas.canvas_state import CanvasState, HitTarget
from gui.canvas.editing import EditController
from gui.canvas.gestures import Gesture
from gui.canvas.hit_test import hovered, part_at, selection_of, tooltip
from gui.canvas.network_scene import NetworkScene
from gui.canvas.popups.matrix_popup import MatrixPopup
from gui.canvas.popups.wide_layer_popup import WideLayerPopup
from gui.canvas.zoom_view import ZoomView
from gui.selection import Selection

ZOOM_PER_ANGLE = 1.0015  # per unit of the wheel's angle; a notch has 120 units


class MouseController(QObject):
    """Handles the events of the viewport; with an ``editing`` controller the network is edited, too.

    ``edited(design edit)``, ``select_requested(selection)`` and ``hover_requested(selection)`` carry what
    the mouse requests.
    """

    edited = Signal(object)
    select_requested = Signal(object)
    hover_requested = Signal(object)

    def __init__(self, view: ZoomView, state: CanvasState, scene: NetworkScene) -> None:
        super().__init__(view)
        self._view, self._state, self._scene = view, state, scene
        self.editing: EditController | None = None
        self.position: QPointF | None = None
        """The position of the mouse in the viewport, None if it is outside."""
        self.gesture: Gesture | None = None
        self._pressed: tuple[QPoint, HitTarget | None] | None = None
        self._panning: QPoint | None = None
        self._hovered = Selection()
        self._popup: WideLayerPopup | None = None
        self._matrix: MatrixPopup | None = None

    def handle(self, event: QEvent) -> bool:
        """Handle an event of the viewport; return whether Qt need not process it further."""
        match event:
            case QMouseEvent():
                self._mouse_event(event)
            case QWheelEvent():
                self._turn_wheel(event)
            case QDropEvent():  # drag enter and drag move events are subclasses of it
                self._drag(event)
            case QDragLeaveEvent():
                self.cancel()
            case QContextMenuEvent():
                by_key = event.reason() == QContextMenuEvent.Reason.Keyboard  # the key itself is handled
                if self.editing is not None and not by_key:
                    self.editing.open_menu_at(self.part(QPointF(event.pos())), event.pos())
            case QHelpEvent() if event.type() == QEvent.Type.ToolTip:
                self._show_tooltip(event)
            case _:
                if event.type() == QEvent.Type.Leave:
                    self.position = None
                    self._hover(None)
                return False
        return True

    def part(self, point: QPointF) -> HitTarget | None:
        """Return what lies under a point of the viewport."""
        return part_at(self._state, self._scene.pills, self._view.mapToScene(point.toPoint()))

    # -- buttons ------------------------------------------------------------------------------------

    def _mouse_event(self, event: QMouseEvent) -> None:
        event.accept()
        match event.type():
            case QEvent.Type.MouseButtonPress:
                self._press(event)
            case QEvent.Type.MouseMove:
                self._move(event.position())
            case QEvent.Type.MouseButtonRelease:
                self._release()
            case QEvent.Type.MouseButtonDblClick:
                self._double_click(event)

    def _press(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = position
        elif event.button() == Qt.MouseButton.LeftButton:
            self._pressed = position, self.part(event.position())

    def _double_click(self, event: QMouseEvent) -> None:
        """Open what was double-clicked: a wide layer, a number; on the background, fit the whole network."""
        part = self.part(event.position())
        if part is None and event.button() == Qt.MouseButton.LeftButton:
            self._view.fit()
        elif part is not None and part.kind == "neuron" and self.open_wide_layer(part.column):
            return
        elif part is None or self.editing is None or not self.editing.open_field(part):
            self._press(event)

    def _move(self, point: QPointF) -> None:
        position, self.position = point.toPoint(), point
        if self.gesture is not None:
            self._follow(point)
        elif self._panning is not None:
            moved = position - self._panning
            self._panning = position
            self._view.pan_by(moved.x(), moved.y())
        elif self._pressed is not None:
            self._begin(point)
        else:
            self._hover(self.part(point))

    def _release(self) -> None:
        gesture, pressed, panning = self.gesture, self._pressed, self._panning
        self.cancel()
        if gesture is not None:
            self._finish(gesture)
        elif pressed is not None and panning is None:
            part = pressed[1]
            if part is not None and part.kind == "matrix":
                self._open_matrix(part)
            elif self.editing is None or not self.editing.press_button(part):
                self.select_requested.emit(selection_of(self._state, part))

    def _begin(self, point: QPointF) -> None:
        """Begin the drag of what was pressed: of a layer, or of the whole network."""
        assert self._pressed is not None
        start, part = self._pressed
        if (point.toPoint() - start).manhattanLength() < QApplication.startDragDistance():
            return
        self.gesture = None if self.editing is None else self.editing.carry(part)
        if self.gesture is not None:
            self._view.setFocus(Qt.FocusReason.MouseFocusReason)
            self._follow(point)
        elif self.editing is None or part is None or part.kind in ("edge", "chip"):
            self._panning = start
            self._view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    @property
    def busy(self) -> bool:
        """Whether something is being dragged, or the network moved."""
        return self.gesture is not None or self._panning is not None

    def cancel(self) -> None:
        """End the present gesture without an edit."""
        self.gesture = self._pressed = self._panning = None
        self._scene.overlay.mark = None
        self._view.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self._scene.overlay.refresh()

    def open_wide_layer(self, k: int) -> bool:
        """Open the detailed view of a wide layer; return whether column k is one."""
        column = self._state.layout.columns[k]
        if column.style != "block":
            return False
        if self._popup is None:
            self._popup = WideLayerPopup(self._state, self._view)
            self._popup.neuron_chosen.connect(self._choose_neuron)
        self._popup.show_layer(column)
        corner = self._view.mapFromScene(column.block.topLeft())
        self._popup.move(self._view.viewport().mapToGlobal(corner))
        self._popup.show()
        return True

    def _open_matrix(self, part: HitTarget) -> None:
        """Open the weights behind a chip between two layers."""
        if self._matrix is None:
            self._matrix = MatrixPopup(self._state, self._view)
            self._matrix.weight_chosen.connect(self._choose_weight)
        l = part.layer or 1
        self._matrix.show_layer(l)
        corner = self._view.mapFromScene(self._state.layout.matrices[l].bottomLeft())
        self._matrix.move(self._view.viewport().mapToGlobal(corner))
        self._matrix.show()

    def _choose_weight(self, l: int, i: int, j: int) -> None:
        self.select_requested.emit(Selection(l, j, i, self._state.selection.sample))

    def _choose_neuron(self, j: int) -> None:
        assert self._popup is not None
        self.select_requested.emit(Selection(self._popup.layer, j, sample=self._state.selection.sample))

    # -- gestures -----------------------------------------------------------------------------------

    def _drag(self, event: QDropEvent) -> None:
        """Accept something dragged here from elsewhere, and follow it."""
        if event.type() == QEvent.Type.DragEnter:
            self.gesture = None if self.editing is None else self.editing.carried(event.mimeData())
        gesture = self.gesture
        if gesture is None:
            event.ignore()
            return
        self._follow(event.position())
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.cancel()
            self._finish(gesture)

    def _follow(self, point: QPointF) -> None:
        """Pass the mouse position to the gesture, and show where it would end."""
        assert self.gesture is not None
        inside = self._view.viewport().rect().contains(point.toPoint())
        self.gesture.move(self._view.mapToScene(point.toPoint()), inside=inside)
        self._scene.overlay.mark = self.gesture.mark
        self._scene.overlay.refresh()

    def _finish(self, gesture: Gesture) -> None:
        edit = gesture.finish()
        if edit is not None:
            self.edited.emit(edit)

    # -- hovering -----------------------------------------------------------------------------------

    def hover_again(self) -> None:
        """Update what is under a mouse that did not move, as the network may have moved."""
        if self.gesture is None and self._pressed is None and self._panning is None:
            self._hover(None if self.position is None else self.part(self.position))

    def _hover(self, part: HitTarget | None) -> None:
        linked = hovered(part)
        if part == self._state.hover and linked == self._hovered:
            return
        self._state.hover = part
        if linked != self._hovered:
            self._hovered = linked
            self.hover_requested.emit(linked)
        if part is not None and part.kind == "edge":
            self._scene.overlay.use("weight")
        hand = part is not None and part.kind not in ("chip", "edge")
        cursor = Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor
        self._view.viewport().setCursor(cursor)
        self._scene.look()

    def _turn_wheel(self, event: QWheelEvent) -> None:
        """Zoom around the mouse; over a number of neurons, or with Ctrl or Alt over a weight, change it."""
        angle = event.angleDelta().y() or event.angleDelta().x()
        editing, part = self.editing, self.part(event.position())
        turned = editing is not None and (
            editing.turn_wheel(part, angle) or editing.weights.turn_over(part, angle, event.modifiers())
        )
        if angle and not turned:
            self._view.zoom_by(ZOOM_PER_ANGLE**angle, event.position())
        event.accept()

    def _show_tooltip(self, event: QHelpEvent) -> None:
        """Show the tooltip of what lies under the mouse, in the lecture's notation."""
        part = self.part(QPointF(event.pos()))
        if part is None:
            QToolTip.hideText()
            return
        around = QRectF(event.pos().x() - 4, event.pos().y() - 4, 8, 8).toRect()
        QToolTip.showText(event.globalPos(), tooltip(self._state, part), self._view.viewport(), around)
