"""LaTeX formulas, rendered as SVG by ziamath and cached, and a label that shows one.

Rendering a formula takes milliseconds, so it is done once for each text and size, and never while training
draws. ziamath is imported when the first formula is rendered, not at start.
"""

from __future__ import annotations

import sys
import warnings
from functools import lru_cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.qt.drawable import guarded_overrides, shielded
from gui.qt.later import Later
from gui.qt.outlines import tell_outlines

BREAK = r";\ "
FIRST_FRAME_MILLISECONDS = 300
GAP = 3
LEAST_ROOM = 4  # heights of a letter, for a formula on several lines
INK = "#010203"
CAPITALS = 0.68
"""The height of capital letters in formulas, as a share of their size."""


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
    drawn = str(zmath.Latex(latex, size=size, color=INK).svg())
    # In an SVG without a stroke attribute, QtSvg draws letters with an outline of one pixel.
    return drawn.replace("<svg ", f'<svg stroke="{INK}" stroke-width="0" ', 1)


RELATIONS = ("=", r"\approx", r"\leftarrow", r"\in")
CUTS = (*RELATIONS, "-", "+")


INDENTS = ("", r"\quad", r"\;\,")


def _stands(sign: str, latex: str, k: int) -> bool:
    """Return whether a sign stands at place k, not just the first letters of a longer one."""
    behind = latex[k + len(sign) : k + len(sign) + 1]
    return latex.startswith(sign, k) and not (sign[-1].isalpha() and behind.isalpha())


def top_level(latex: str, sign: str) -> int | None:
    r"""Return the last place of a sign outside all brackets, \left … \right pairs too; not at the start."""
    depth, found = 0, None
    for k, letter in enumerate(latex):
        if letter in "{[(":
            depth += 1
        elif letter in "}])":
            depth -= 1
        elif depth == 0 and _stands(sign, latex, k) and latex[:k].strip() not in INDENTS:
            found = k
    return found


def halves(latex: str) -> tuple[str, str] | None:
    """Return a formula split into two lines, after a relation or before a sign; None: it cannot be split."""
    if r"\begin" in latex:
        return None
    for sign in CUTS:
        place = top_level(latex, sign)
        if place is not None:
            place += len(sign) if sign in RELATIONS else 0
            if latex[place:].strip():
                return latex[:place], r"\quad " + latex[place:]
    return None


@guarded_overrides
class FormulaLabel(QWidget):
    r"""A formula at the size of the widget's font, on several lines if it is too wide for one.

    Formulas that cannot be split, or have no room for more lines, are shrunk. ``;\ `` begins a new line.
    ``spoken`` is the text for screen readers.
    """

    def __init__(self, latex: str = "", spoken: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latex, self._colour = "", ""
        self._rendered: list[QSvgRenderer] = []
        self._key: tuple[str, str, float, int] | None = None
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
        """Return the renderer of every line; cached until text, style or width change."""
        key = (self._latex, *self._letter_style(), self.width())
        if key != self._key:
            self._rendered = self._lines_in(self.width())
            self._key = key
        return self._rendered

    def _letter_style(self) -> tuple[str, float]:
        """Return colour and font size."""
        colour = self._colour or self.palette().text().color().name()
        return colour, self.fontMetrics().height() * 0.9

    def _lines_in(self, room: int | None) -> list[QSvgRenderer]:
        """Return the renderers of the lines in a width of ``room``; None: unlimited."""
        texts = self._latex.split(BREAK) if self._latex else []
        return [line for text in texts for line in self._broken(text, room)]

    def _broken(self, latex: str, room: int | None) -> list[QSvgRenderer]:
        whole = QSvgRenderer(QByteArray(svg(latex, *self._letter_style())))
        least = LEAST_ROOM * self.fontMetrics().height()
        fits = room is None or room < least or whole.defaultSize().width() <= room
        cut = None if fits else halves(latex)
        if cut is not None and not all(self._sets(part) for part in cut):
            cut = None  # a sign between bars, which are not treated as brackets
        return [whole] if cut is None else [line for part in cut for line in self._broken(part, room)]

    def _sets(self, latex: str) -> bool:
        """Return whether a part of a formula is a valid formula."""
        try:
            svg(latex, *self._letter_style())
        except Exception:
            return False
        return True

    @property
    def _waits(self) -> bool:
        """Whether to wait for the first frame, since loading ziamath takes half a second."""
        return "ziamath" not in sys.modules

    def _set(self) -> None:
        if not self.isVisible():
            return  # showing it again starts the timer
        self.lines()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if not self.isVisible() or self._waits:
            return QSize(10, 2 * self.fontMetrics().height() if self._latex else 0)
        widths = (line.defaultSize().width() for line in self._lines_in(None))
        sizes = [line.defaultSize() for line in self.lines()]
        height = sum(size.height() for size in sizes) + GAP * max(0, len(sizes) - 1)
        return QSize(max(widths, default=0), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(10, self.sizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.updateGeometry()
        if self._waits:
            self._after_first_frame.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._latex and not self._waits and event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.updateGeometry()

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._waits:
            return
        painter = QPainter(self)
        top, letters = 0.0, CAPITALS * self._letter_style()[1]
        for line in self.lines():
            size = line.defaultSize()
            shrink = min(1.0, self.width() / max(1, size.width()))
            width, height = size.width() * shrink, size.height() * shrink
            left = self.width() - width if self.isRightToLeft() else 0.0
            place = QRectF(left, top + (size.height() - height) / 2, width, height)
            line.render(painter, place)
            tell_outlines(painter, self._latex, place, letters * shrink)
            top += size.height() + GAP
        painter.end()
