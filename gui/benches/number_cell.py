"""Number cell: a number in a table that is typed, stepped by the arrow keys, turned or dragged."""

from __future__ import annotations

from math import floor, log10

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from gui.benches.decimals import typed
from gui.benches.lettering import lettering
from gui.theme import Theme
from gui.typed_numbers import read, stays

MOST = 1e6
FINER, NOTCH, PIXELS = 10, 120, 6  # a step takes so many pixels of a drag
EMPTY_SPACE = 20


def step_for(value: float) -> float:
    """Return a suitable step: a tenth, for larger numbers a tenth of their leading digit's unit."""
    return 0.1 if abs(value) < 10 else float(10.0 ** (floor(log10(abs(value))) - 1))


class NumberCell(QLineEdit):
    """A number from ``low`` to ``high``, changed by the keyboard or by a drag sideways (Ctrl: finer).

    ``changed`` tells every number on the way; ``refused`` a sentence about one that may not be (empty:
    all is well again). ``refusal`` is that sentence, else one that names the bounds. ``step`` None: it
    grows with the number. ``whole``: it has no decimals. ``role`` and ``widest`` give the font and the width.
    """

    changed = Signal(float)
    refused = Signal(str)

    def __init__(
        self,
        name: str,
        value: float = 0.0,
        low: float = -MOST,
        high: float = MOST,
        *,
        step: float | None = None,
        whole: bool = False,
        refusal: str = "",
        role: str = "number",
        widest: str = "−0.0000",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.value = float(value)
        self._low, self._high, self._step, self._refusal = low, high, step, refusal
        self._role, self._widest = role, widest
        self._whole, self._refusing = whole, False
        self._pressed: QPointF | None = None
        self._from: tuple[float, float] | None = None
        self.setAccessibleName(name)
        self.setToolTip(
            self.tr("Type a number, press ↑ or ↓, turn the wheel, or drag sideways (Ctrl: finer)")
        )
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.editingFinished.connect(self._typed)
        self._fit()
        self._write()

    def show_value(self, value: float) -> None:
        """Show a number without telling anyone."""
        self.value = float(value)
        self._write()

    def set_bounds(self, low: float, high: float) -> None:
        """Allow other numbers from now on."""
        self._low, self._high = low, high

    def show_theme(self, _theme: Theme) -> None:
        """Take the present size of the fonts; the colours come from the style sheet."""
        self._fit()

    def _fit(self) -> None:
        self.setFont(lettering(self._role))
        wide = QFontMetrics(self.font()).horizontalAdvance(self._widest)
        self.setFixedWidth(wide + EMPTY_SPACE)

    def _write(self) -> None:
        text = typed(self.value)
        if text != self.text():
            self.setText(text)
        self.setModified(False)

    # -- from the keyboard ---------------------------------------------------------------------------

    def _typed(self) -> None:
        if not self.isModified():
            return
        value, why = read(self.text(), self.accessibleName(), whole=self._whole)
        self._write()
        if value is None or not self._low <= value <= self._high:
            self._refusing = True
            self.refused.emit(stays(why or self._sentence(), self.text()))
            return
        self._settle()
        self._move(value)

    def _settle(self) -> None:
        """Say that all is well again."""
        self._refusing = False
        self.refused.emit("")

    def _sentence(self) -> str:
        if self._refusal:
            return self._refusal
        bounds = (f"{bound:,g}".replace("-", "−") for bound in (self._low, self._high))
        sentence = self.tr("{name} must be a number between {low} and {high}.")
        return sentence.format(name=self.accessibleName(), low=next(bounds), high=next(bounds))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.turn(1.0 if key == Qt.Key.Key_Up else -1.0, fine)
        elif key == Qt.Key.Key_Escape and (self.isModified() or self._refusing):
            self._write()
            self._settle()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep up and down, which change the number, from the window."""
        override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and override and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.accept()
            return True
        return super().event(event)

    # -- by the mouse --------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self.turn(event.angleDelta().y() / NOTCH, fine)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._from = None, None
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.globalPosition()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        across = event.globalPosition().x()
        if self._from is None:
            if abs(across - self._pressed.x()) < QApplication.startDragDistance():
                return
            self._from = (across, self.value)
            self.deselect()
        start, value = self._from
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = self._step_at(value, fine)
        self._move(_rounded(value + round((across - start) / PIXELS) * step, step))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._from = None, None
        super().mouseReleaseEvent(event)
        if not self.isModified():
            self.selectAll()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        super().mouseDoubleClickEvent(event)
        self.selectAll()

    # -- changes -------------------------------------------------------------------------------------

    def turn(self, steps: float, fine: bool = False) -> None:
        """Change the number by so many steps, as far as its bounds."""
        step = self._step_at(self.value, fine)
        self._move(_rounded(self.value + steps * step, step))

    def _step_at(self, value: float, fine: bool) -> float:
        return (self._step or step_for(value)) / (FINER if fine else 1)

    def _move(self, value: float) -> None:
        value = min(max(value, self._low), self._high)
        if value != self.value:
            self.value = value
            self._write()
            self._settle()
            self.changed.emit(value)


def _rounded(value: float, step: float) -> float:
    return round(value, 2 - floor(log10(step)))
