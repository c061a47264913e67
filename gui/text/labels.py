"""Labels for text that changes often; unlike QLabel, they do not trigger a new layout each time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui.qt.drawable import guarded_overrides, shielded
from gui.text.reading_direction import set_reading
from gui.theme import theme
from gui.theme.theme import sized


def fitted(font: QFont, text: str, width: float) -> QFont:
    """Return the font, reduced if a text is wider than the room."""
    wide = QFontMetricsF(font).horizontalAdvance(text)
    if wide <= width or width <= 0:
        return font
    smaller = QFont(font)
    size = font.pointSizeF() * width / wide
    while size > 1.0:  # letters are placed on whole pixels: their width is not exactly that of their size
        smaller.setPointSizeF(size)
        if QFontMetrics(smaller).horizontalAdvance(text) <= width:
            return smaller
        size *= 0.97
    smaller.setPointSizeF(1.0)
    return smaller


SMALLEST = 0.7


@guarded_overrides
class FastLabel(QWidget):
    """Text in a role of the theme, as wide as ``widest`` needs, or as the available room if that is empty.

    If there is too little room, words end in “…”, or are hidden if ``all_or_nothing``; a number, and a text
    with one, is written smaller instead, down to `SMALLEST` of its size, as truncated it would be wrong.
    """

    all_or_nothing = False

    def __init__(
        self,
        role: str = "text",
        widest: str = "",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        margin: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setContentsMargins(margin, 0, margin, 0)
        self._role, self._widest, self._align = role, widest, align
        self._text = ""
        self._colour = theme.LIGHT.text
        self._font = QFont()
        self.show_theme(theme.LIGHT)

    def text(self) -> str:
        """Return the text."""
        return self._text

    def setText(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def show_widest(self, widest: str) -> None:
        """Reserve room for another text."""
        self._widest = widest
        self.updateGeometry()

    def align(self, side: Qt.AlignmentFlag) -> None:
        """Align the text to a side, or centre it."""
        self._align = side
        self.update()

    def show_theme(self, shown: theme.Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._colour = shown.text if self._role in ("number", "text") else shown.muted
        self._font = sized(self._role)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font)
        margins = self.contentsMargins()
        wide = metrics.horizontalAdvance(self._widest) + 2 + margins.left() + margins.right()
        return QSize(wide, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.contentsRect()
        font = self._font
        if any(map(str.isdigit, self._text)):
            font = fitted(self._font, self._text, room.width())
            if self._role != "number":
                font.setPointSizeF(max(font.pointSizeF(), SMALLEST * self._font.pointSizeF()))
        painter.setFont(font)
        painter.setPen(self._colour)
        text = QFontMetrics(font).elidedText(self._text, Qt.TextElideMode.ElideRight, room.width())
        if self.all_or_nothing and text != self._text:
            text = ""
        side = set_reading(painter, text, self, self._align)
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


# -- a caption that other messages can replace for a while -----------------------------------------------

WIDER = 1.05  # smaller letters are a little wider for their size
SLACK = 4  # pixels, for the margins of a label and the rounding of its lines
LEAST_ROWS = 2


def narrowed(made: QFont, text: str, width: float) -> QFont:
    """Return a font, reduced if the text is wider than ``width`` pixels."""
    fitting = QFont(made)
    wide = WIDER * QFontMetricsF(made).horizontalAdvance(text) + 2
    fitting.setPointSizeF(made.pointSizeF() * min(1.0, width / wide))
    return fitting


@guarded_overrides
class SteadyLine(QLabel):
    """A line as high as its caption needs, whatever it shows, so that the plot above keeps its size.

    The caption is wrapped. Another message ends in "…" if it needs more rows; its tooltip is complete.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence, self._message = "", ""
        self.setProperty("look", "small")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_sentence(self, sentence: str) -> None:
        """Show another caption."""
        self.sentence = sentence
        self.updateGeometry()
        self.tell("")

    def tell(self, text: str) -> None:
        """Show another message, or the caption again if ``text`` is empty."""
        self._message = text or self.sentence
        self.setAccessibleName(self._message)
        self._shorten()

    def _shorten(self) -> None:
        """Omit as many letters at the end as there is no room for."""
        whole = text = self._message.replace(" %", "\u00a0%")  # keep numbers and their unit together
        while text and self._needed(text, self.width()) > self.heightForWidth(self.width()):
            text = text[: -1 - len(text) // 20]
        self.setText(whole if text == whole else f"{text[:-1].rstrip()}…")
        self.setToolTip("" if text == whole else whole)

    def text(self) -> str:
        """Return the whole message, even if only a part of it is visible."""
        return self._message

    def _needed(self, text: str, width: int) -> int:
        room = QRect(0, 0, width, 1 << 16)
        return self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text).height() + SLACK

    def heightForWidth(self, width: int) -> int:
        return max(LEAST_ROWS * self.fontMetrics().lineSpacing() + SLACK, self._needed(self.sentence, width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
            self._shorten()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())


class Framed(QWidget):
    """A view under its title. When covered, it shows a question mark instead of the view."""

    def __init__(self, title: str, view: QWidget, *, titled: bool) -> None:
        super().__init__()
        self.view, self._title = view, FastLabel("title")
        self._title.setText(title)
        if not titled:
            self._title.hide()
        self._cover = QLabel("?")
        self._cover.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._cover.setAccessibleName(self.tr("Hidden until the answer is revealed"))
        self._stack = QStackedWidget(self)
        self._stack.addWidget(view)
        self._stack.addWidget(self._cover)
        column = QVBoxLayout(self)
        edge = 8 if titled else 0
        column.setContentsMargins(edge, edge // 2, edge, edge // 2)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(self._stack, 1)
        view.windowTitleChanged.connect(self._title.setText)

    @property
    def covered(self) -> bool:
        """Whether the question mark is shown."""
        return self._stack.currentWidget() is self._cover

    def cover(self, covered: bool) -> None:
        """Hide the view behind a question mark, or show it again."""
        self._stack.setCurrentIndex(int(covered))

    def show_theme(self, shown: theme.Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._title.show_theme(shown)
        size = 4 * sized("number").pointSizeF()
        self._cover.setStyleSheet(f"color: {shown.muted.name()}; font-size: {size:g}pt;")
