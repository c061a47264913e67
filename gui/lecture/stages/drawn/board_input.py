"""Mouse and keyboard on a board: numbers are dragged, changed by the wheel, selected, and edited."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from gui.lecture.stages.drawn.board import Board, BoardFit, NumberHandle
from gui.lecture.stages.drawn.picture import Picture
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.theme.theme import Theme, font
from gui.widgets.number_edit import FINER, NOTCH, PIXELS, NumberEdit, step_for

EDGE = 8.0
"""Units around a number within which it can be grabbed."""


@guarded_overrides
class BoardNumberEdit(NumberEdit):
    """A field over a number of the board. ``closed`` is emitted when it closes, whatever was typed."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", drag=False, role="", parent=parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setToolTip(self.tr("Enter takes the number, Escape leaves it as it was"))
        self.hide()

    def open(self, handle: NumberHandle, place: QRectF) -> None:
        """Open over a rectangle of the widget, with the present number."""
        letters = font("number")
        letters.setPixelSize(max(12, round(0.5 * place.height())))
        self.setFont(letters)
        self.setAccessibleName(handle.name)
        self.show_value(handle.value)
        self.settle()
        wide = max(round(place.width()), self.fontMetrics().horizontalAdvance("−0.0000") + 24)
        middle, high = place.center(), max(round(place.height()), self.sizeHint().height())
        self.setGeometry(round(middle.x() - wide / 2), round(middle.y() - high / 2), wide, high)
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close when the number is accepted or discarded."""
        super().keyPressEvent(event)
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.refusing
        if entered or event.key() == Qt.Key.Key_Escape:
            self._close()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Override the window's shortcuts for every key, except for those of a clicker."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._close()

    def _close(self) -> None:
        if not self.isHidden():
            self.hide()
            self.closed.emit()


@guarded_overrides
class BoardInput(QObject):
    """Turns mouse and key events of a widget with a board into edits of its numbers.

    ``fit`` returns the position of the board in the widget, ``handles`` the changeable numbers. Signals:
    ``edited`` carries a number and its new value; ``told`` carries a sentence on invalid input.
    """

    edited = TypedSignal[NumberHandle, float]()
    told = Signal(str)

    def __init__(
        self,
        widget: QWidget,
        picture: Picture,
        fit: Callable[[], BoardFit],
        handles: Callable[[], list[NumberHandle]],
    ) -> None:
        super().__init__(widget)
        self._widget, self._picture, self._fit, self._handles = widget, picture, fit, handles
        self._hovered: Hashable = None
        self._chosen: Hashable = None
        self._pressed: tuple[NumberHandle, float] | None = None
        self._dragged = self._pulling = False
        self._typed_over: NumberHandle | None = None
        self.field = BoardNumberEdit(widget)
        self.field.closed.connect(widget.setFocus)
        self.field.refused.connect(self._refuse)
        self.field.typed.connect(self._take_typed)
        widget.setMouseTracking(True)
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Handle the mouse and key events that concern a number or something draggable."""
        kind = event.type()
        if isinstance(event, QMouseEvent):
            if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
                self._press(event)
            elif kind == QEvent.Type.MouseMove:
                self._move(event)
            elif kind == QEvent.Type.MouseButtonRelease:
                self._release()
        elif isinstance(event, QWheelEvent):
            return self._wheel(event)
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            return self._key(event)
        elif isinstance(event, QFocusEvent) and event.reason() == Qt.FocusReason.MouseFocusReason:
            self._chosen = None
        elif kind == QEvent.Type.Leave:
            self._show_hovered(None)
        return False

    def handle_at(self, point: QPointF) -> NumberHandle | None:
        """Return the number at a point of the widget; None if there is none that can be changed."""
        on_board = self._fit().on_board(point)
        for handle in reversed(self._handles()):
            if handle.place.adjusted(-EDGE, -EDGE, EDGE, EDGE).contains(on_board):
                return handle
        return None

    def paint(self, board: Board, colours: Theme) -> None:
        """Frame the numbers that are under the mouse or selected by the keyboard."""
        chosen = self._chosen if self._widget.hasFocus() else None
        for handle in board.handles:
            if handle.key in (self._hovered, chosen):
                board.frame(handle.place.adjusted(-EDGE, -EDGE, EDGE, EDGE), colours.accent, 3)

    # -- the mouse -------------------------------------------------------------------------------------

    def _press(self, event: QMouseEvent) -> None:
        handle = self.handle_at(event.position())
        if handle is not None:
            self._pressed, self._dragged = (handle, event.position().x()), False
        elif self._picture.grips(on_board := self._fit().on_board(event.position())):
            self._pulling = True
            self._picture.pull(on_board)

    def _move(self, event: QMouseEvent) -> None:
        if self._pulling:
            self._picture.pull(self._fit().on_board(event.position()))
            return
        if self._pressed is None:
            self._hover(event)
            return
        handle, start = self._pressed
        across = event.position().x() - start
        if not self._dragged and abs(across) < QApplication.startDragDistance():
            return
        self._dragged = True
        self._turn(handle, round(across / PIXELS), fine=_fine(event))

    def _release(self) -> None:
        pressed, self._pressed = self._pressed, None
        self._pulling = False
        if pressed is not None and not self._dragged:
            self._open(pressed[0])

    def _hover(self, event: QMouseEvent) -> None:
        handle = self.handle_at(event.position())
        self._show_hovered(None if handle is None else handle.key)
        shape = Qt.CursorShape.ArrowCursor
        if handle is not None:
            shape = Qt.CursorShape.SizeHorCursor
        elif self._picture.grips(self._fit().on_board(event.position())):
            shape = Qt.CursorShape.OpenHandCursor
        self._widget.setCursor(shape)
        tip = "" if handle is None else self.tr("{name}: drag it sideways, or click and type")
        QToolTip.showText(
            event.globalPosition().toPoint(),
            tip.format(name="" if handle is None else handle.name),
            self._widget,
        )

    def _show_hovered(self, key: Hashable) -> None:
        if key != self._hovered:
            self._hovered = key
            self._widget.update()

    def _wheel(self, event: QWheelEvent) -> bool:
        handle = self.handle_at(event.position())
        if handle is not None:
            self._turn(handle, event.angleDelta().y() / NOTCH, fine=_fine(event))
        return handle is not None

    def _turn(self, handle: NumberHandle, steps: float, *, fine: bool) -> None:
        """Change a number by ``steps`` steps, which are smaller if ``fine``."""
        step = step_for(handle.value) / (FINER if fine else 1)
        self.edited.emit(handle, round(handle.value + steps * step, 10))

    # -- the keyboard ----------------------------------------------------------------------------------

    def _key(self, event: QKeyEvent) -> bool:
        """Select a number, change the selected one, or open the field for it."""
        key = event.key()
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._choose(1 if key == Qt.Key.Key_Tab else -1)
        if self._picture.take_key(event):
            return True
        handle = next((one for one in self._handles() if one.key == self._chosen), None)
        if handle is None:
            return False
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._turn(handle, 1 if key == Qt.Key.Key_Up else -1, fine=_fine(event))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(handle)
            return True
        return False

    def _choose(self, way: int) -> bool:
        """Select the next number, or the one before; after the last one the focus leaves."""
        keys = [handle.key for handle in self._handles()]
        at = keys.index(self._chosen) if self._chosen in keys else (-1 if way > 0 else len(keys))
        self._chosen = keys[at + way] if 0 <= at + way < len(keys) else None
        self._widget.update()
        return self._chosen is not None

    # -- the field -------------------------------------------------------------------------------------

    def _open(self, handle: NumberHandle) -> None:
        """Open the field for editing a number."""
        self._typed_over = handle
        self.field.open(handle, self._fit().on_widget(handle.place))

    def _take_typed(self, value: float) -> None:
        if self._typed_over is not None and value != self._typed_over.value:
            self.edited.emit(self._typed_over, value)

    def _refuse(self, sentence: str) -> None:
        if sentence:
            self.told.emit(sentence)
            below = self.field.mapToGlobal(self.field.rect().bottomLeft())
            QToolTip.showText(below, sentence, self._widget)


def _fine(event: QMouseEvent | QWheelEvent | QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
