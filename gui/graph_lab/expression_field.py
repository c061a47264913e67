"""Expression field: a line of text that becomes a graph; an error points at its column."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit

from core.graph.parser import ExpressionError, parse
from gui.theme.theme import LIGHT, Theme, font, set_look
from gui.widgets.drawable import shielded
from gui.widgets.later import Later

PAUSE = 500  # milliseconds without a key, after which an error is said


class ExpressionField(QLineEdit):
    """``parsed`` tells a graph and its text; ``failed`` the sentence of an error (empty: all is well).

    While somebody types an error is held back for a moment; Enter asks at once.
    """

    parsed = Signal(object, str)
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("expression")
        self.setAccessibleName(self.tr("Expression f"))
        self.setToolTip(
            self.tr(
                "Any expression of + − * / **, exp, log, sin, cos, tanh, sigmoid, relu, max, min, abs, sqrt;"
                " e and π are constants, and 2x, x², √x, |x|, ln(x), σ(x) are read too"
            )
        )
        self.setPlaceholderText(self.tr("an expression such as x**2 * y / z"))
        self.column: int | None = None
        self._error: ExpressionError | None = None
        self._theme: Theme = LIGHT
        self._pause = Later(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._complain)
        self.textEdited.connect(self._read)
        self.returnPressed.connect(self._complain)

    def show_expression(self, text: str) -> None:
        """Show an expression without telling anyone."""
        self.setText(text)
        self._forgive()

    def show_theme(self, theme: Theme, scale: float) -> None:
        """Take the colours of a theme and the fonts of a scale."""
        self._theme = theme
        made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        made.setPointSizeF(font("text", scale).pointSizeF() * 1.15)
        made.setStyleHint(QFont.StyleHint.Monospace)
        self.setFont(made)
        self.update()

    def _read(self, text: str) -> None:
        try:
            graph = parse(text)
        except ExpressionError as error:
            self._error = error
            self._pause.start()
            return
        self._forgive()
        self.parsed.emit(graph, text)

    def _forgive(self) -> None:
        self._pause.stop()
        self._error, self.column = None, None
        self._mark(False)
        self.failed.emit("")

    def _complain(self) -> None:
        self._pause.stop()
        error = self._error
        if error is None:
            self.setModified(False)
            return
        self.column = error.column
        self._mark(True)
        sentence = self.tr("Column {column}: {sentence}")
        self.failed.emit(sentence.format(column=error.column, sentence=error.sentence))

    def _mark(self, problem: bool) -> None:
        set_look(self, "problem", problem)
        self.update()

    def place_of(self, column: int) -> QRectF:
        """Return where the character of a column stands, in pixels of the field."""
        metrics, text = self.fontMetrics(), self.text()
        cursor = self.cursorRect()
        start = cursor.center().x() - metrics.horizontalAdvance(text[: self.cursorPosition()])
        left = start + metrics.horizontalAdvance(text[: column - 1])
        wide = metrics.horizontalAdvance(text[column - 1 : column] or " ")
        return QRectF(left, cursor.top(), wide, cursor.height())

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.column is None:
            return
        place = self.place_of(self.column)
        painter = QPainter(self)
        tint = QColor(self._theme.error)
        tint.setAlphaF(0.18)
        painter.fillRect(place, tint)
        painter.setPen(QPen(self._theme.error, 2, Qt.PenStyle.SolidLine))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        painter.end()
