"""The mini-batches of an epoch as tiles in their order, with the present one highlighted."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.qt.drawable import guarded_overrides, shielded
from gui.theme.theme import LIGHT, Theme, in_hall, mixed, sized

MOST_ROWS = 3
GAP = 2
NARROWEST = 9  # pixels, outside presentation mode
NARROWEST_IN_HALL = 2.2  # lines of text: room for the size of the batch
TALL, TALL_IN_HALL = 1.6, 3.0  # lines of text


@guarded_overrides
class BatchStrip(QWidget):
    """A tile for every batch, filled according to its size; very many batches are drawn as one long bar.

    ``picked`` carries the index of the batch, from 0, that was clicked or reached by the arrow keys.
    """

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._theme = LIGHT
        self._sizes: tuple[int, ...] = ()
        self.current = -1
        self._measure()

    def show_batches(self, sizes: tuple[int, ...]) -> None:
        """Show the batches of an epoch, given their sizes."""
        self._sizes, self.current = sizes, -1
        self._measure()

    def show_current(self, batch: int) -> None:
        """Highlight a batch (from 0) and mark those before it as done; −1: none has begun."""
        if batch != self.current:
            self.current = batch
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self._theme = theme
        self._measure()

    # -- geometry ----------------------------------------------------------------------------------

    def _measure(self) -> None:
        """Compute the size of the tiles; if there are too many batches for tiles, there are no columns."""
        self._largest = max(self._sizes, default=1)
        line = QFontMetricsF(sized("small")).height()
        self._tall = ceil(line * (TALL_IN_HALL if in_hall() else TALL))
        count = max(1, len(self._sizes))
        narrowest = NARROWEST_IN_HALL * line if in_hall() else NARROWEST * self._tall / 22
        fit = max(1, self.width() // round(narrowest))
        rows = ceil(count / fit)
        self._columns = 0 if rows > MOST_ROWS else ceil(count / rows)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        columns = self._columns
        rows = ceil(len(self._sizes) / columns) if columns and self._sizes else 1
        return QSize(240, rows * (self._tall + GAP))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def tile(self, batch: int) -> QRectF:
        """Return the rectangle of a batch."""
        columns, tall = self._columns, self._tall
        if not columns:
            wide = self.width() / len(self._sizes)
            return QRectF(batch * wide, 0, max(wide, 2.0), tall)
        row, column = divmod(batch, columns)
        wide = self.width() / columns
        return QRectF(column * wide, row * (tall + GAP), wide - GAP, tall)

    def batch_at(self, point: QPointF) -> int | None:
        """Return the batch at a point, or None."""
        if not self._sizes:
            return None
        columns = self._columns or len(self._sizes)
        row = int(point.y() // (self._tall + GAP)) if self._columns else 0
        batch = row * columns + min(columns - 1, int(point.x() / self.width() * columns))
        return batch if 0 <= batch < len(self._sizes) else None

    # -- painting ----------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized("small"))
        if not self._columns:
            self._paint_bar(painter)
        else:
            for batch in range(len(self._sizes)):
                self._paint_tile(painter, batch)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _paint_tile(self, painter: QPainter, batch: int) -> None:
        """Paint a batch as present, done or to come, filled according to its size, with that size."""
        theme, box, size = self._theme, self.tile(batch), self._sizes[batch]
        now, done = batch == self.current, 0 <= batch < self.current
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(theme.panel, theme.border, 0.45))
        painter.drawRoundedRect(box, 3, 3)
        filled = QRectF(box)
        filled.setWidth(max(3.0, box.width() * size / self._largest))
        colour = theme.accent if now else theme.accent_soft if done else theme.border
        painter.setBrush(colour)
        painter.drawRoundedRect(filled, 3, 3)
        if painter.fontMetrics().horizontalAdvance(str(size)) + 2 <= filled.width() and self._largest > 1:
            painter.setPen(theme.on_accent if now else theme.text if done else theme.muted)
            painter.drawText(filled, Qt.AlignmentFlag.AlignCenter, str(size))

    def _paint_bar(self, painter: QPainter) -> None:
        """Paint very many batches as one bar, filled up to the present one."""
        theme, whole = self._theme, QRectF(0, 0, self.width(), self._tall)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.border)
        painter.drawRoundedRect(whole, 3, 3)
        if self.current < 0:
            return
        here = self.tile(self.current)
        painter.setBrush(theme.accent_soft)
        painter.drawRoundedRect(QRectF(0, 0, here.left(), whole.height()), 3, 3)
        painter.setBrush(theme.accent)
        painter.drawRect(QRectF(here.left() - 1, 0, max(4.0, here.width()), whole.height()))

    # -- mouse and keyboard ------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        batch = self.batch_at(event.position())
        if batch is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(batch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if move and 0 <= self.current + move < len(self._sizes):
            self.picked.emit(self.current + move)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            batch = self.batch_at(QPointF(event.pos()))
            text = self.tr("Iteration {k} of {all}: {size} samples. Click to go there.")
            if batch is not None:
                text = text.format(k=batch + 1, all=len(self._sizes), size=self._sizes[batch])
                QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)
