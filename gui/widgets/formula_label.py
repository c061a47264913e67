"""LaTeX formulas, rendered as SVG by ziamath and cached, and a label that shows one.

Rendering a formula takes milliseconds, so it is done once for each text and size, and never while training
draws. ziamath is imported when the first formula is rendered, not at start.
"""

from __future__ import annotations

import sys
import warnings
from functools import lru_cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.widgets.drawable import shielded
from gui.widgets.later import Later

BREAK = r";\ "
FIRST_FRAME_MILLISECONDS = 300
GAP = 3
INK = "#010203"


@lru_cache(maxsize=512)
def svg(latex: str, colour: str, size: float) -> bytes:
    """Return a formula as SVG; ``colour`` as #rrggbb, ``size`` in pixels. A new colour needs no rendering."""
    return _set(latex, size).replace(INK, colour).encode()


@lru_cache(maxsize=512)
def _set(latex: str, size: float) -> str:
    """Render a formula as SVG in a placeholder colour."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its way of opening the font is deprecated
        from ziamath import zmath  # noqa: PLC0415  (takes 0.8 s, so not before the first window is shown)
        from ziamath.config import config  # noqa: PLC0415

    config.svg2 = False  # QtSvg does not draw the glyphs of SVG 2, a <use> of a <symbol>
    return str(zmath.Latex(latex, size=size, color=INK).svg())


class FormulaLabel(QWidget):
    r"""A formula at the size of the widget's font, shrunk if it is too wide.

    ``;\ `` begins a new line. ``spoken`` is the formula in words, for screen readers.
    """

    def __init__(self, latex: str = "", spoken: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latex, self._colour = "", ""
        self._rendered: list[QSvgRenderer] = []
        self._key: tuple[str, str, float] | None = None
        self._after_first_frame = Later(self, singleShot=True, interval=FIRST_FRAME_MILLISECONDS)
        self._after_first_frame.timeout.connect(self._set)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_formula(latex, spoken)

    def set_formula(self, latex: str, spoken: str = "", colour: str = "") -> None:
        """Show another formula; ``colour`` (#rrggbb) is the text colour if empty."""
        self.setAccessibleName(spoken or latex)
        if (latex, colour) != (self._latex, self._colour):
            self._latex, self._colour = latex, colour
            self.updateGeometry()
            self.update()

    @property
    def latex(self) -> str:
        """The formula shown."""
        return self._latex

    def lines(self) -> list[QSvgRenderer]:
        """Return the renderer of every line, rendered again only if text, colour or font changed."""
        colour = self._colour or self.palette().text().color().name()
        key = (self._latex, colour, self.fontMetrics().height() * 0.9)
        if key != self._key:
            texts = self._latex.split(BREAK) if self._latex else []
            self._rendered = [QSvgRenderer(QByteArray(svg(text, *key[1:]))) for text in texts]
            self._key = key
        return self._rendered

    @property
    def _waits(self) -> bool:
        """Whether to wait for the first frame, since loading ziamath takes half a second."""
        return "ziamath" not in sys.modules

    def _set(self) -> None:
        self.lines()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if not self.isVisible() or self._waits:
            return QSize(10, 2 * self.fontMetrics().height() if self._latex else 0)
        sizes = [line.defaultSize() for line in self.lines()]
        height = sum(size.height() for size in sizes) + GAP * max(0, len(sizes) - 1)
        return QSize(max((size.width() for size in sizes), default=0), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(10, self.sizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.updateGeometry()
        if self._waits:
            self._after_first_frame.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.updateGeometry()

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._waits:
            return
        painter = QPainter(self)
        top = 0.0
        for line in self.lines():
            size = line.defaultSize()
            shrink = min(1.0, self.width() / max(1, size.width()))
            width, height = size.width() * shrink, size.height() * shrink
            left = self.width() - width if self.isRightToLeft() else 0.0
            line.render(painter, QRectF(left, top + (size.height() - height) / 2, width, height))
            top += size.height() + GAP
        painter.end()
