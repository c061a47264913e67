"""Frame of the lab: bar, canvas, side and foot, their theme and scale, and the bubble of an error."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.lab.bar import Bar
from gui.lab.graph_canvas import GraphCanvas
from gui.lab.names import tr
from gui.lab.side import Side
from gui.theme import LIGHT, Theme, font

SIDE = (310, 0.28, 440)  # least width, share of the window, greatest width; at scale 1
LOW, NARROW = 320, 1000  # of a window that has a wide graph; at scale 1
BELOW = 0.26  # of the height, for a side below
MOST = 16777215


class Frame(QWidget):
    """The parts of the lab, put together. ``wide``: the graph is, so the side may be put below it.

    ``selected`` is the node looked at by itself.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar, self.canvas, self.side = Bar(), GraphCanvas(), Side()
        self.bubble, self.status_line, self.keys_line = QLabel(self), QLabel(), QLabel()
        self.theme: Theme = LIGHT
        self._scale: float | None = None
        self.wide = False
        self.selected: int | None = None
        self._arrange()

    def _arrange(self) -> None:
        self.status_line.setAccessibleName(tr("Where the passes are"))
        self.keys_line.setText(tr("Left and Right step, Home and End go all the way"))
        self.bubble.setObjectName("lab_bubble")
        self.bubble.setAccessibleName(tr("What is wrong"))
        self.bubble.setTextFormat(Qt.TextFormat.PlainText)
        self.bubble.setWordWrap(True)
        self.bubble.hide()
        self._middle = middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        foot = QWidget()
        middle.setSpacing(0)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(self.side)
        foot.setObjectName("lab_foot")
        line = QHBoxLayout(foot)
        line.setContentsMargins(14, 4, 14, 4)
        line.addWidget(self.status_line, 1)
        line.addWidget(self.keys_line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(middle, 1)
        column.addWidget(foot)

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme, in the scale of the application or that of `set_scale`."""
        self.theme = theme
        scale = self.scale
        self.bar.show_theme(theme, scale)
        self.side.show_theme(theme, scale)
        self.canvas.show_theme(theme, scale)
        for line in (self.status_line, self.keys_line):
            line.setStyleSheet(f"color: {theme.muted.name()};")
        self.bubble.setFont(font("text", scale))
        self.setStyleSheet(
            f"#lab_foot {{ background: {theme.window.name()}; border-top: 1px solid {theme.border.name()}; }}"
            f"#lab_bubble {{ background: {theme.panel.name()}; color: {theme.error.name()};"
            f" border: 1px solid {theme.error.name()}; border-radius: 6px; padding: 6px 10px; }}"
        )
        self._fit()

    def set_scale(self, scale: float) -> None:
        """Show everything larger: 1 at the desk, 1.8 in front of a hall."""
        self._scale = scale
        self.show_theme(self.theme)

    @property
    def scale(self) -> float:
        """How large everything is shown."""
        if self._scale is not None:
            return self._scale
        return QApplication.font().pointSizeF() / font("text").pointSizeF()

    def tell(self, sentence: str) -> None:
        """Say what is wrong, below the field; empty: all is well."""
        self.bubble.setText(sentence)
        self.bubble.setVisible(bool(sentence))
        if sentence:
            field = self.bar.expression
            place = field.mapTo(self, QPoint(0, field.height() + 4))
            width = min(self.width() - place.x() - 12, round(640 * self.scale))
            self.bubble.setFixedWidth(max(200, width))
            self.bubble.adjustSize()
            self.bubble.move(place)
            self.bubble.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def low(self) -> bool:
        """Whether there is only room for a wide graph itself; a clicked node shows the side again."""
        return self.wide and self.height() < LOW * self.scale

    def _fit(self) -> None:
        low = self.low
        below = self.wide and not low and self.width() < NARROW * self.scale
        way = QBoxLayout.Direction
        self._middle.setDirection(way.TopToBottom if below else way.LeftToRight)
        self.bar.show_short(low)
        self.side.arrange(across=below, short=low)
        self.side.setVisible(not low or self.selected is not None)
        self.keys_line.setVisible(not low)
        self.status_line.setFont(font("text" if low else "small", self.scale))
        self.keys_line.setFont(font("small", self.scale))
        if below:
            self.side.setMinimumWidth(0)
            self.side.setMaximumWidth(MOST)
            self.side.setFixedHeight(round(BELOW * self.height()))
            return
        self.side.setMinimumHeight(0)
        self.side.setMaximumHeight(MOST)
        least, share, most = SIDE
        wide = min(most * self.scale, max(least * self.scale, share * self.width()))
        self.side.setFixedWidth(round(min(wide, 0.45 * self.width())))
