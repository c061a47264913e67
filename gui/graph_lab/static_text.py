"""Rich text on the graph, laid out once and drawn in any colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QFont, QPainter, QStaticText, QTextOption

from gui.theme.theme import font

MOST_TEXTS = 2000


class StaticTextLayout:
    """Lays out rich text in the fonts of a scale: "pill", "name" (in circles and boxes), "small"."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.fonts: dict[str, QFont] = {
            "pill": font("text", scale),
            "name": font("text", 1.65 * scale),
            "tight": font("text", 1.2 * scale),
            "small": font("small", 1.08 * scale),
        }
        self._kept: dict[tuple[str, str], QStaticText] = {}

    def text(self, role: str, html: str) -> QStaticText:
        """Return a text ready to be drawn."""
        found = self._kept.get((role, html))
        if found is None:
            if len(self._kept) > MOST_TEXTS:
                self._kept.clear()
            found = QStaticText(html)
            found.setTextFormat(Qt.TextFormat.RichText)
            option = QTextOption(Qt.AlignmentFlag.AlignHCenter)
            option.setWrapMode(QTextOption.WrapMode.NoWrap)
            found.setTextOption(option)
            found.prepare(font=self.fonts[role])
            self._kept[role, html] = found
        return found

    def size(self, role: str, html: str) -> QSizeF:
        """Return the size of a text."""
        return self.text(role, html).size()

    def draw(self, painter: QPainter, role: str, html: str, middle: QPointF) -> None:
        """Draw a text centred at a point, in the colour of the painter's pen."""
        static = self.text(role, html)
        size = static.size()
        painter.setFont(self.fonts[role])
        painter.drawStaticText(QPointF(middle.x() - size.width() / 2, middle.y() - size.height() / 2), static)
