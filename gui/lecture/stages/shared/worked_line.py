"""A calculation written out, with fractions and powers, painted in microseconds.

Text is plain except for ``^{…}`` and ``_{…}``, which are superscripts and subscripts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.qt.drawable import guarded_overrides, shielded
from gui.theme.theme import LIGHT, Theme, in_hall, sized

SMALLER, HIGHER, LOWER = 0.72, 0.38, 0.16
GAP = 5
_SCRIPT = re.compile(r"([\^_])\{([^{}]*)\}")


@dataclass(frozen=True)
class Fraction:
    """One text over another."""

    above: str
    below: str


Piece = str | Fraction
Row = tuple[Piece, ...]


def linear(row: Row) -> str:
    """Return a row on one line, for screen readers."""
    return "".join(_linear(piece) for piece in row)


def _linear(piece: Piece) -> str:
    if isinstance(piece, str):
        return _SCRIPT.sub(r"\1\2", piece).replace("_", "")
    parts = (_SCRIPT.sub(r"\1\2", part) for part in (piece.above, piece.below))
    return "/".join(f"({part})" if " " in part else part for part in parts)


@guarded_overrides
class WorkedCalculation(QWidget):
    """Rows of a calculation; a row too wide is broken before an equals sign, and then painted smaller."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._colours: tuple[str, ...] = ()
        self._theme, self._font = LIGHT, QFont()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setAccessibleName(name)
        self.show_theme(LIGHT)

    def show_rows(self, rows: tuple[Row, ...], colours: tuple[str, ...] = ()) -> None:
        """Show a calculation; ``colours`` are the names of the colours of a mark before each row."""
        if (rows, colours) != (self._rows, self._colours):
            self._rows, self._colours = rows, colours
            self.setAccessibleDescription(self.text())
            self._fit()

    def text(self) -> str:
        """Return all rows, each on one line."""
        return "\n".join(linear(row) for row in self._rows)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme, self._font = theme, sized("formula")
        self._fit()

    def _fit(self) -> None:
        height = ceil(sum(self._height(line) for _mark, line in self._lines())) + GAP
        if height != self.minimumHeight() or height != self.maximumHeight():
            self.setFixedHeight(height)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())

    # -- measures ------------------------------------------------------------------------------------

    def _lines(self) -> list[tuple[int | None, Row]]:
        """Return the lines after breaking, with the number of the row that begins there."""
        lines: list[tuple[int | None, Row]] = []
        for k, row in enumerate(self._rows):
            begun: int | None = k
            line: list[Piece] = []
            for part in _parts(row):
                if line and self._width((*line, *part)) > self._room():
                    lines.append((begun, tuple(line)))
                    begun, line = None, []
                line.extend(part)
            lines.append((begun, tuple(line)))
        return lines

    def _room(self) -> float:
        return self.width() - self._indent() - 2

    def _indent(self) -> float:
        return QFontMetricsF(self._font).height() if self._colours else 0.0

    def _width(self, row: Row) -> float:
        return sum(self._piece_width(piece) for piece in row)

    def _piece_width(self, piece: Piece) -> float:
        if isinstance(piece, Fraction):
            return max(_text_width(self._font, part) for part in (piece.above, piece.below)) + GAP
        return _text_width(self._font, piece)

    def _height(self, row: Row) -> float:
        line = QFontMetricsF(self._font).height()
        return (2.75 if any(isinstance(piece, Fraction) for piece in row) else 1.25) * line

    # -- painting ------------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0.0
        for begun, line in self._lines():
            height = self._height(line)
            middle = top + height / 2
            if begun is not None and self._colours:
                size = self._indent() * 0.5
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(getattr(self._theme, self._colours[begun]))
                painter.drawRoundedRect(0, round(middle - size / 2), round(size), round(size), 2, 2)
            self._paint_line(painter, line, middle)
            top += height
        painter.end()

    def _paint_line(self, painter: QPainter, line: Row, middle: float) -> None:
        painter.save()
        painter.setPen(self._theme.text)
        painter.translate(self._indent(), middle)
        shrink = min(1.0, self._room() / max(1.0, self._width(line)))
        painter.scale(shrink, shrink)
        metrics, across = QFontMetricsF(self._font), 0.0
        axis = (metrics.ascent() - metrics.descent()) / 2
        for piece in line:
            width = self._piece_width(piece)
            if isinstance(piece, Fraction):
                for part, base in (
                    (piece.above, -metrics.descent() - 3),
                    (piece.below, metrics.ascent() + 2),
                ):
                    inset = (width - _text_width(self._font, part)) / 2
                    _paint_text(painter, self._font, part, across + inset, base)
                painter.setPen(QPen(self._theme.text, max(1.0, metrics.height() / 18)))
                painter.drawLine(QPointF(across, 0), QPointF(across + width, 0))
            else:
                _paint_text(painter, self._font, piece, across, axis)
            across += width
        painter.restore()


def _parts(row: Row) -> list[Row]:
    """Return the parts between which a line may be broken: before those that begin with an equals sign."""
    parts: list[list[Piece]] = [[]]
    for piece in row:
        if parts[-1] and isinstance(piece, str) and piece.lstrip().startswith(("=", "≈")):
            parts.append([])
        parts[-1].append(piece)
    return [tuple(part) for part in parts]


def _runs(font: QFont, text: str) -> list[tuple[QFont, str, float]]:
    """Return the parts of a text with their fonts and their offsets below the baseline."""
    size, small, runs, at = QFontMetricsF(font).height(), QFont(font), [], 0
    small.setPointSizeF(font.pointSizeF() * SMALLER)
    for found in _SCRIPT.finditer(text):
        runs.append((font, text[at : found.start()], 0.0))
        runs.append((small, found[2], (-HIGHER if found[1] == "^" else LOWER) * size))
        at = found.end()
    return [*runs, (font, text[at:], 0.0)]


def _text_width(font: QFont, text: str) -> float:
    return sum(QFontMetricsF(run).horizontalAdvance(part) for run, part, _down in _runs(font, text))


def _paint_text(painter: QPainter, font: QFont, text: str, across: float, base: float) -> None:
    for run, part, down in _runs(font, text):
        painter.setFont(run)
        painter.drawText(QPointF(across, base + down), part)
        across += QFontMetricsF(run).horizontalAdvance(part)


# -- In a line, or in a block of lines -------------------------------------------------------------------

SHARES = (1.25, 1.1, 0.95, 0.8, 0.65)  # font scales of a formula
LESS = 0.9  # the factor to about the next smaller size
BLOCK_SHARES = (1.0, 0.88, 0.77, 0.66, 0.58)
BLOCK = 0.24  # of the height of the stage, at most


@guarded_overrides
class FormulaLine(QLabel):
    """A formula in a fixed space: another number does not change the layout."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._html = ""
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_html(self, html: str) -> None:
        """Show another formula."""
        self._html = html
        self._fit()

    def show_theme(self, _theme: Theme) -> None:
        """Apply the present font size."""
        self._fit()

    def _fit(self) -> None:
        self.setText(self._html)
        font = sized("formula")
        size = font.pointSizeF()
        for share in SHARES:
            font.setPointSizeF(share * size)
            self.setFont(font)
            if share == SHARES[0]:
                self.setFixedHeight(round(1.3 * self.fontMetrics().height()))
            fits = super().sizeHint().width() <= self.width()
            if fits or (in_hall() and font.pointSizeF() * LESS < sized("text").pointSizeF()):
                break
        if in_hall() and not fits:
            self.clear()  # no smaller: the rest of the stage shows it too

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()


class FormulaBlock(FormulaLine):
    """Formula lines, wrapped if necessary; their height is limited, so that what is below keeps its room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)

    def _fit(self) -> None:
        self.setText(self._html)
        stage, font = self.parentWidget(), sized("formula")
        most = BLOCK * (stage.height() if stage else self.height())
        size = font.pointSizeF()
        for share in BLOCK_SHARES:
            font.setPointSizeF(share * size)
            self.setFont(font)
            smallest = in_hall() and font.pointSizeF() * LESS < sized("text").pointSizeF()
            if smallest or self.heightForWidth(self.width()) <= most:
                break
