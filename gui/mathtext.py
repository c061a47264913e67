"""Formulas: LaTeX set as SVG by ziamath, cached, and a label that shows one.

Setting a formula takes milliseconds, so it is done once for each text, colour and size, and never
while training draws. ziamath is imported when the first formula is set, not at start.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget


@lru_cache(maxsize=512)
def svg(latex: str, colour: str, size: float) -> bytes:
    """Return a formula as SVG; ``colour`` as #rrggbb, ``size`` in pixels of the letter x's line."""
    import ziamath  # noqa: PLC0415  (0.8 s that the first window does not wait for)
    from ziamath.config import config  # noqa: PLC0415

    config.svg2 = False  # QtSvg drops the glyphs of SVG 2 (<use> of <symbol>)
    return str(ziamath.Latex(latex, size=size, color=colour).svg()).encode()


class FormulaLabel(QWidget):
    """One formula at the size of the widget's font, in its text colour; shrunk where it is too wide.

    ``spoken`` is the same formula in words, for screen readers and the tooltip.
    """

    def __init__(self, latex: str = "", spoken: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latex, self.colour = "", ""
        self._renderer: QSvgRenderer | None = None
        self._key: tuple[str, str, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_formula(latex, spoken)

    def set_formula(self, latex: str, spoken: str = "", colour: str = "") -> None:
        """Show another formula; ``colour`` (#rrggbb) is the text colour if empty."""
        self._latex, self.colour = latex, colour
        self.setAccessibleName(spoken or latex)
        self.setToolTip(spoken)
        self._forget()

    @property
    def latex(self) -> str:
        """The formula shown."""
        return self._latex

    def _forget(self) -> None:
        self.updateGeometry()
        self.update()

    def _rendered(self) -> QSvgRenderer | None:
        """Return the renderer of the present text, colour and font."""
        if not self._latex:
            return None
        colour = self.colour or self.palette().text().color().name()
        key = (self._latex, colour, self.fontMetrics().height() * 0.95)
        if key != self._key:
            self._key, self._renderer = key, QSvgRenderer(QByteArray(svg(*key)))
        return self._renderer

    def sizeHint(self) -> QSize:
        # The width of a formula is known only once it is set; a hidden one is not set.
        renderer = self._rendered() if self.isVisible() else None
        if renderer is None:
            return QSize(10, self.fontMetrics().height() * 2 if self._latex else 0)
        return renderer.defaultSize()

    def minimumSizeHint(self) -> QSize:
        return QSize(10, self.sizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._forget()

    def paintEvent(self, _event: QPaintEvent) -> None:
        renderer = self._rendered()
        if renderer is None:
            return
        size = renderer.defaultSize()
        shrunk = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        size = size if size.width() <= self.width() and size.height() <= self.height() else shrunk
        x = self.width() - size.width() if self.isRightToLeft() else 0
        painter = QPainter(self)
        renderer.render(painter, QRectF(x, (self.height() - size.height()) / 2, size.width(), size.height()))
        painter.end()
