"""A scroll area that paints its contents itself."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from gui.qt.drawable import whole


class ScrollCanvas(QAbstractScrollArea):
    """A frameless scroll area; `offset` is the point of the contents in its upper left corner."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setMinimumSize(120, 60)

    @property
    def offset(self) -> QPointF:
        """The point of the contents in the upper left corner."""
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def reach(self, size: QSize, line: int) -> None:
        """Set the range of the scroll bars for contents of ``size``, with steps of ``line`` pixels."""
        view = self.viewport().size()
        for bar, extent, seen in (
            (self.verticalScrollBar(), size.height(), view.height()),
            (self.horizontalScrollBar(), size.width(), view.width()),
        ):
            bar.setRange(0, whole(max(0, extent - seen)))
            bar.setPageStep(whole(seen))
            bar.setSingleStep(whole(line))

    def reveal(self, rect: QRectF) -> None:
        """Scroll until a rectangle of the contents is visible."""
        seen = QRectF(self.viewport().rect()).translated(self.offset)
        for bar, low, high in (
            (self.verticalScrollBar(), rect.top() - seen.top(), rect.bottom() - seen.bottom()),
            (self.horizontalScrollBar(), rect.left() - seen.left(), rect.right() - seen.right()),
        ):
            bar.setValue(whole(bar.value() + min(0, low) + max(0, high)))
