"""A list whose items are dragged into another order."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListWidget, QWidget

from gui.qt.drawable import guarded_overrides, shielded

UP_AND_DOWN = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


@guarded_overrides
class OrderedList(QListWidget):
    """A list of which one item is selected; an item is dragged, or moved with Alt+Up and Alt+Down.

    The list only emits requests: ``moved`` carries the index of an item and the one it should have then,
    ``removed`` the index of an item for which Delete was pressed. The owner shows the resulting list.
    """

    moved = Signal(int, int)
    removed = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setObjectName("ordered_list")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._pressed: tuple[int, QPoint] | None = None
        self._gap: int | None = None

    # -- mouse ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        row = self.indexAt(event.position().toPoint()).row()
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = (row, event.position().toPoint()) if left and row >= 0 else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        far = (point - self._pressed[1]).manhattanLength() >= QApplication.startDragDistance()
        if self._gap is not None or far:
            self._gap = self._gap_at(point)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.scrollToItem(self.item(min(self._gap, self.count() - 1)))
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, gap = self._pressed, self._gap
        self._let_go()
        if pressed is None or gap is None:
            super().mouseReleaseEvent(event)
        elif gap not in (pressed[0], pressed[0] + 1):
            self.moved.emit(pressed[0], gap - (gap > pressed[0]))

    def _gap_at(self, point: QPoint) -> int:
        """Return the index of the gap between two items that is nearest to a point."""
        middles = [self.visualItemRect(self.item(k)).center().y() for k in range(self.count())]
        return sum(middle < point.y() for middle in middles)

    def _let_go(self) -> None:
        self._pressed = self._gap = None
        self.unsetCursor()
        self.viewport().update()

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._gap is None:
            return
        last = self._gap == self.count()
        box = self.visualItemRect(self.item(self._gap - last))
        y = box.bottom() if last else box.top()
        painter = QPainter(self.viewport())
        painter.setPen(QPen(self.palette().highlight().color(), 3))
        painter.drawLine(0, max(1, y), self.viewport().width(), max(1, y))
        painter.end()

    # -- keyboard ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, key = self.currentRow(), Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self._gap is not None:
            self._let_go()
        elif key == Qt.Key.Key_Delete and row >= 0:
            self.removed.emit(row)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and key in UP_AND_DOWN and row >= 0:
            to = row + UP_AND_DOWN[key]
            if 0 <= to < self.count():
                self.moved.emit(row, to)
        else:
            super().keyPressEvent(event)

    # -- contents ---------------------------------------------------------------------------------

    def show_texts(self, texts: list[str], current: int) -> None:
        """Show these items, and select one by its index, without emitting a signal."""
        before = self.blockSignals(True)
        while self.count() > len(texts):
            self.takeItem(self.count() - 1)
        for k, text in enumerate(texts):
            if k == self.count():
                self.addItem(text)
            elif self.item(k).text() != text:
                self.item(k).setText(text)
        self.setCurrentRow(current)
        self.blockSignals(before)
