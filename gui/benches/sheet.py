"""Sheet: a table of widgets with ruled lines and one row lit."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.drawable import shielded
from gui.fonts import sized
from gui.theme import LIGHT, Theme

MARGIN = 12


class Sheet(QWidget):
    """A grid on a card. ``ruled`` are rows below which a line is drawn; ``lit`` is marked."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(MARGIN, MARGIN // 2, MARGIN, MARGIN // 2)
        self.grid.setHorizontalSpacing(MARGIN)
        self.grid.setVerticalSpacing(4)
        self.ruled: tuple[int, ...] = ()
        self._lit: int | None = None
        self._theme = LIGHT

    def light(self, row: int | None) -> None:
        """Mark a row."""
        if row != self._lit:
            self._lit = row
            self.update()

    @property
    def lit(self) -> int | None:
        """The row that is marked."""
        return self._lit

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.border, 1))
        painter.setBrush(theme.panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        if self._lit is not None:
            painter.setPen(QPen(theme.accent, 1.5))
            painter.setBrush(theme.accent_soft)
            painter.drawRoundedRect(self.band(self._lit).adjusted(4, -1, -4, 1), 7, 7)
        for row in self.ruled:
            painter.fillRect(
                QRectF(MARGIN, self.band(row).bottom() + 1, self.width() - 2 * MARGIN, 1), theme.border
            )
        painter.end()

    def band(self, row: int) -> QRectF:
        """Return the rectangle of a row, over the whole width."""
        cells = [self.grid.cellRect(row, column) for column in range(self.grid.columnCount())]
        known = [cell for cell in cells if cell.isValid()]
        top = min((cell.top() for cell in known), default=0)
        bottom = max((cell.bottom() for cell in known), default=0)
        return QRectF(0, top, self.width(), bottom - top + 1)


def heading(text: str, tip: str = "") -> QLabel:
    """Return the heading of a column, in rich text."""
    label = QLabel(text)
    label.setProperty("look", "muted")
    label.setToolTip(tip)
    label.setAccessibleName(tip or text)
    return label


def set_headings(sheet: Sheet, role: str = "text") -> None:
    """Give all labels of a sheet the present size of the fonts."""
    for label in sheet.findChildren(QLabel):
        label.setFont(sized(role))
