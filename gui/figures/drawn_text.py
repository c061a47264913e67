"""Reads the texts that a window draws: their places, the size of their letters, and what is cut off.

The window is painted onto a device that keeps texts and draws nothing, so that labels, painted items and
plots are all read alike. Of what is drawn as outlines, such as formulas, only that is read which its painter
tells with `gui.qt.outlines.tell_outlines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QPaintDevice, QPaintEngine, QPainterPath, QTextItem
from PySide6.QtWidgets import QWidget

from gui.figures.figure import FigureStyle, prepared

ELLIPSIS = "…"
SLACK = 2.0
"""Pixels of a text that may be cut off without loss: blank margins of letters."""
SPACED = 0.1
"""Tolerance of a text's width, relative to that of its letters, for other spacing."""
SHARE = 0.2
"""Share of a line's height that may be cut off without loss: the room below letters without descenders."""


@dataclass(frozen=True)
class DrawnText:
    """A text as a window draws it.

    ``place`` is the rectangle of its ink and ``seen`` the visible part of it, in pixels of the window;
    ``letters`` is the height of its capital letters in pixels. ``outlined``: it is drawn as outlines, such
    as a formula, in which a line above or below another counts.
    """

    text: str
    place: QRectF
    seen: QRectF
    letters: float
    outlined: bool = False

    @property
    def hidden(self) -> bool:
        """Whether nothing of it is visible."""
        return self.seen.isEmpty()

    @property
    def cut(self) -> bool:
        """Whether a part of it cannot be read, or was elided."""
        if self.hidden or not self.text.strip():
            return False
        missing = self.place.width() - self.seen.width()
        below = self.place.height() - self.seen.height()
        line = self.letters if self.outlined else self.place.height()
        return ELLIPSIS in self.text or missing > SLACK or below > max(SHARE * line, SLACK * self.outlined)

    def overlaps(self, other: DrawnText) -> bool:
        """Return whether the letters of two texts overlap."""
        mine, theirs = _letters_of(self), _letters_of(other)
        both = mine.intersected(theirs)
        return both.width() > SLACK and both.height() > SLACK


def _letters_of(drawn: DrawnText) -> QRectF:
    margin = (drawn.place.height() - drawn.letters) / 2
    return drawn.seen.adjusted(SLACK, margin, -SLACK, -margin)


def drawn_texts(window: QWidget) -> list[DrawnText]:
    """Return the visible texts of a window, in the order in which they are drawn."""
    page = _NoPage(window.size())
    with prepared(window, FigureStyle(controls=True)):
        QWidget.render(window, page)
    return [text for text in page.engine.texts if not text.hidden and text.text.strip()]


class _TextReader(QPaintEngine):
    """Collects the texts that are drawn."""

    def __init__(self, page: QRectF) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.texts: list[DrawnText] = []
        self._page = page

    def begin(self, _device: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, _state: object) -> None: ...

    def drawPixmap(self, *_what: object) -> None: ...

    def drawImage(self, *_what: object) -> None: ...

    def drawPolygon(self, *_what: object) -> None: ...

    def drawPath(self, *_what: object) -> None: ...

    def drawRects(self, *_what: object) -> None: ...

    def drawLines(self, *_what: object) -> None: ...

    def drawTextItem(self, at: QPointF | QPoint | QPainterPath.Element, item: QTextItem) -> None:
        x, y = (at.x, at.y) if isinstance(at, QPainterPath.Element) else (at.x(), at.y())
        metrics = QFontMetricsF(item.font())
        ink, advance = metrics.tightBoundingRect(item.text()), metrics.horizontalAdvance(item.text())
        larger = item.width() / advance if advance else 1.0  # the font may be hinted for another device
        larger = 1.0 if abs(larger - 1.0) < SPACED else larger
        line = QRectF(x, y + larger * ink.top(), item.width(), larger * ink.height())
        self.keep(item.text(), line, metrics.capHeight() * larger)

    def keep_outlines(self, text: str, place: QRectF, letters: float) -> None:
        """Keep a text that is drawn as outlines in a rectangle."""
        self.keep(text, place, letters, outlined=True)

    def keep(self, text: str, line: QRectF, letters: float, *, outlined: bool = False) -> None:
        """Keep a text, whose place and height of letters are in the painter's coordinates."""
        painter = self.painter()
        onto = painter.deviceTransform()
        place = onto.mapRect(line)
        seen = place.intersected(self._page)
        if painter.hasClipping():
            seen = seen.intersected(onto.mapRect(painter.clipBoundingRect()))
        if clip := self.systemClip():
            seen = seen.intersected(QRectF(clip.boundingRect()))
        tall = letters * sqrt(abs(onto.determinant()))
        self.texts.append(DrawnText(text, place, seen, tall, outlined))


class _NoPage(QPaintDevice):
    """A paint device of the size of a window on which nothing is drawn."""

    def __init__(self, size: QSize) -> None:
        super().__init__()
        self._size = size
        self.engine = _TextReader(QRectF(0, 0, size.width(), size.height()))

    def paintEngine(self) -> QPaintEngine:
        return self.engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        kind = QPaintDevice.PaintDeviceMetric
        dots, inch = 96, 25.4
        known = {
            kind.PdmWidth: self._size.width(),
            kind.PdmHeight: self._size.height(),
            kind.PdmWidthMM: round(self._size.width() / dots * inch),
            kind.PdmHeightMM: round(self._size.height() / dots * inch),
            kind.PdmNumColors: 2**31 - 1,
            kind.PdmDepth: 32,
            kind.PdmDevicePixelRatio: 1,
            kind.PdmDevicePixelRatioScaled: 1 << 16,
        }
        return known.get(metric, dots)
