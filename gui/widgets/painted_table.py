"""A small table of texts, painted without items, so that it can change in every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme.theme import LIGHT, Theme, sized
from gui.widgets.drawable import shielded

GAP = 10


@dataclass(frozen=True)
class NumberRow:
    """The texts of one row; a ``strong`` row is emphasised."""

    texts: tuple[str, ...]
    strong: bool = False


class NumberRows(QWidget):
    """A header and rows below it; the first column is left-aligned, the numbers right-aligned.

    ``picked`` carries the row that was clicked.
    """

    picked = Signal(int)

    def __init__(self, role: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._role, self._theme = role, LIGHT
        self.heads: tuple[str, ...] = ()
        self.rows: tuple[NumberRow, ...] = ()

    def show_rows(self, heads: Sequence[str], rows: Sequence[NumberRow]) -> None:
        """Show other texts."""
        told, count = (tuple(heads), tuple(rows)), len(self.rows)
        if told == (self.heads, self.rows):
            return
        self.heads, self.rows = told
        lines = [", ".join(row.texts) for row in self.rows]
        self.setAccessibleDescription("; ".join([", ".join(self.heads), *lines]))
        if count != len(self.rows):
            self.updateGeometry()
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Use a theme's colours and the present fonts."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    # -- layout ------------------------------------------------------------------------------------

    @property
    def _heights(self) -> tuple[int, int]:
        head, row = (QFontMetricsF(sized(role)).height() for role in ("small", self._role))
        return ceil(head) + 3, ceil(row) + 4

    def sizeHint(self) -> QSize:
        head, row = self._heights
        return QSize(200, head + row * max(1, len(self.rows)))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def row(self, k: int) -> QRectF:
        """Return the rectangle of row ``k``."""
        head, high = self._heights
        return QRectF(0, head + k * high, self.width(), high)

    def _columns(self) -> list[tuple[float, float]]:
        """Return left edge and width of the columns: as wide as their texts, with the rest shared equally."""
        bold = sized(self._role)
        bold.setBold(True)
        small, text = QFontMetricsF(sized("small")), QFontMetricsF(bold)
        wanted = [
            max(
                [small.horizontalAdvance(head)]
                + [text.horizontalAdvance(row.texts[c]) for row in self.rows if c < len(row.texts)]
            )
            for c, head in enumerate(self.heads)
        ]
        wanted = [ceil(width) + 1.0 for width in wanted]
        room = self.width() - GAP * (len(wanted) - 1)
        total = sum(wanted)
        if total > room > 0:
            wanted = [width * room / total for width in wanted]
        spare = max(0.0, room - total) / max(1, len(wanted) - 1)
        lefts, left = [], 0.0
        for c, width in enumerate(wanted):
            wide = width + (min(spare, 60.0) if c else 0.0)
            lefts.append((left, wide))
            left += wide + GAP
        return lefts

    # -- painting ----------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme, columns = QPainter(self), self._theme, self._columns()
        painter.setFont(sized("small"))
        painter.setPen(theme.muted)
        self._write(painter, columns, self.heads, QRectF(0, 0, self.width(), self._heights[0]))
        for k, row in enumerate(self.rows):
            font = sized(self._role)
            font.setBold(row.strong or font.bold())
            painter.setFont(font)
            if row.strong:
                painter.fillRect(self.row(k), theme.accent_soft)
            painter.setPen(theme.text)
            self._write(painter, columns, row.texts, self.row(k))
        painter.end()

    def _write(
        self, painter: QPainter, columns: list[tuple[float, float]], texts: Sequence[str], where: QRectF
    ) -> None:
        middle, metrics = Qt.AlignmentFlag.AlignVCenter, painter.fontMetrics()
        for c, ((left, wide), text) in enumerate(zip(columns, texts, strict=False)):
            side = Qt.AlignmentFlag.AlignLeft if c == 0 else Qt.AlignmentFlag.AlignRight
            elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, ceil(wide))
            painter.drawText(QRectF(left, where.top(), wide, where.height()), side | middle, elided)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        k = next((k for k in range(len(self.rows)) if self.row(k).contains(event.position())), None)
        if k is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(k)
        else:
            super().mousePressEvent(event)
