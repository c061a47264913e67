"""Figure: a widget that paints a computed number of a bench; changing it triggers no new layout."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from core.number_style import HIDDEN, slide_text, widest_text
from gui.qt.drawable import guarded_overrides, shielded
from gui.text.labels import fitted
from gui.theme.theme import LIGHT, Theme, in_hall, lettering, sized
from gui.widgets.number_edit import NumberEdit

PAD = 4


@guarded_overrides
class Figure(QWidget):
    """A number or word in a width of ``widest``; what is wider is painted smaller.

    ``computed``: a question mark while veiled. ``colour`` is the name of a colour of the theme.
    """

    def __init__(
        self,
        name: str = "",
        role: str = "number",
        widest: str = "",
        *,
        computed: bool = True,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._role, self._widest, self._computed = name, role, widest, computed
        self._align = align | Qt.AlignmentFlag.AlignVCenter
        self._text, self._colour, self._veiled = "", "text", False
        self._theme, self._font = LIGHT, QFont()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_theme(LIGHT)

    def text(self) -> str:
        """Return the visible text."""
        return HIDDEN if self._veiled and self._computed and self._text else self._text

    def show_number(self, value: float, colour: str = "text") -> None:
        """Show a computed number with four decimals, as on the slides."""
        self.show_text(slide_text(value), colour)

    def show_text(self, text: str, colour: str = "text") -> None:
        """Show a text."""
        if (text, colour) != (self._text, self._colour):
            self._text, self._colour = text, colour
            self._told()

    def show_veil(self, veiled: bool) -> None:
        """Hide a computed number, or show it again."""
        self._veiled = veiled
        self._told()

    def _told(self) -> None:
        self.setAccessibleName(self._name)
        self.setAccessibleDescription(self.text())
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme, self._font = theme, lettering(self._role)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font)
        return QSize(
            metrics.horizontalAdvance(self._widest or widest_text()) + 2 * PAD, metrics.height() + PAD
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour: QColor = getattr(self._theme, self._colour)
        painter.setPen(self._theme.muted if self._veiled and self._computed else colour)
        room = QRectF(self.rect()).adjusted(PAD, 0, -PAD, 0)
        painter.setFont(fitted(self._font, self.text(), room.width()))
        painter.drawText(room, int(self._align), self.text())
        painter.end()


@guarded_overrides
class ShareBar(QWidget):
    """A share as a bar from 0, to the left if it is negative; ``low`` … ``high`` is its range."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._share, self._low, self._high = 0.0, 0.0, 1.0
        self._strong, self._veiled, self._theme = False, False, LIGHT

    def show_share(self, share: float, low: float = 0.0, high: float = 1.0, *, strong: bool = False) -> None:
        """Show a share; ``strong``: in the accent colour."""
        self._share, self._low, self._high, self._strong = share, low, high, strong
        self.update()

    def show_veil(self, veiled: bool) -> None:
        """Hide the bar, or show it again."""
        self._veiled = veiled
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        height = QFontMetrics(sized("text")).height()
        return QSize(7 * height, height)

    def minimumSizeHint(self) -> QSize:
        height = QFontMetrics(sized("text")).height()
        return QSize(3 * height, height)

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        thick = min(self.height(), QFontMetricsF(sized("text")).height() * 0.9)
        top, width = (self.height() - thick) / 2, self.width()
        low = 0.0 if self._veiled else self._low
        span = self._high - low
        zero = -low / span * width
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(QRectF(zero, top, width - zero, thick), 3, 3)
        if not self._veiled and self._share == self._share and abs(self._share) != float("inf"):
            end = min(max((self._share - low) / span, 0.0), 1.0) * width
            colour = theme.error if self._share < 0 else theme.accent if self._strong else theme.positive
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(min(zero, end), top, abs(end - zero), thick), 3, 3)
        if low < 0:
            painter.fillRect(QRectF(zero - 0.75, top - 3, 1.5, thick + 6), theme.text)
        painter.end()


# -- A table whose cells are edited ----------------------------------------------------------------------

MARGIN = 12
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Sheet(QWidget):
    """A grid of headings, figures and number fields on a card.

    ``ruled`` are rows below which a line is drawn; the row `lit` is highlighted.
    """

    refused = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(MARGIN, MARGIN // 2, MARGIN, MARGIN // 2)
        self.grid.setHorizontalSpacing(MARGIN // 2 if in_hall() else MARGIN)
        self.grid.setVerticalSpacing(4)
        self.ruled: tuple[int, ...] = ()
        self._lit: int | None = None
        self._theme = LIGHT

    def light(self, row: int | None) -> None:
        """Highlight a row."""
        if row != self._lit:
            self._lit = row
            self.update()

    @property
    def lit(self) -> int | None:
        """The row that is highlighted."""
        return self._lit

    def head(
        self, row: int, column: int, text: str, tip: str = "", side: Qt.AlignmentFlag = RIGHT, wide: int = 1
    ) -> QLabel:
        """Add the heading, in rich text, of a row or of ``wide`` columns to the grid; return it."""
        label = QLabel(text)
        label.setProperty("look", "muted")
        label.setToolTip(tip)
        label.setAccessibleName(tip or text)
        self.grid.addWidget(label, row, column, 1, wide, side)
        return label

    def show_column(self, column: int, shown: bool) -> None:
        """Show or hide a column."""
        for row in range(self.grid.rowCount()):
            item = self.grid.itemAtPosition(row, column)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.setVisible(shown)

    def show_veil(self, veiled: bool) -> None:
        """Hide computed numbers, or show them again."""
        for part in self.findChildren(QWidget):
            if isinstance(part, (Figure, ShareBar)):
                part.show_veil(veiled)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = theme
        for part in self.findChildren(QWidget):
            if isinstance(part, QLabel):
                part.setFont(sized("text"))
            elif isinstance(part, (Figure, ShareBar, NumberEdit)):
                part.show_theme(theme)
        self.update()

    def texts(self) -> list[str]:
        """Return all texts of the table."""
        parts = [part for part in self.findChildren(QWidget) if part.isVisibleTo(self)]
        return [part.text() for part in parts if isinstance(part, (Figure, NumberEdit, QLabel))]

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
