"""An overlay that freezes the picture of the lecture, or darkens the screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from gui.qt.drawable import guarded_overrides, shielded
from gui.theme.theme import LIGHT, Theme, sized

DARK = QColor("#000000")


@guarded_overrides
class ScreenOverlay(QWidget):
    """Covers ``behind`` with a still picture of it, or with black; the window still handles keys."""

    def __init__(self, behind: QWidget) -> None:
        super().__init__(behind)
        self.setAccessibleName(self.tr("Held still"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._behind, self._theme = behind, LIGHT
        self._still: QPixmap | None = None
        behind.installEventFilter(self)
        self.hide()

    def lie_over(self, behind: QWidget) -> None:
        """Cover another widget from now on, such as the whole contents of the window."""
        self._behind.removeEventFilter(self)
        self._behind = behind
        self.setParent(behind)
        behind.installEventFilter(self)
        self.hide()

    @property
    def frozen(self) -> bool:
        """Whether a still picture is shown."""
        return self.isVisible() and self._still is not None

    def freeze(self) -> None:
        """Show a still picture of the present state."""
        self.hide()
        self._still = self._behind.grab()
        self._draw()

    def darken(self) -> None:
        """Show a dark screen."""
        self._still = None
        self._draw()

    def _draw(self) -> None:
        self.setGeometry(self._behind.rect())
        self.show()
        self.raise_()

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme."""
        self._theme = shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._behind and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._behind.rect())
        return False

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._still is None:
            painter.fillRect(self.rect(), DARK)
        else:
            painter.drawPixmap(self.rect(), self._still)
            self._paint_mark(painter)
        painter.end()

    def _paint_mark(self, painter: QPainter) -> None:
        """Paint a mark at the edge which shows that the picture is frozen."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized("text"))
        text = self.tr("Held still: F goes on")
        metrics = painter.fontMetrics()
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + 28, 1.7 * metrics.height())
        box.moveTopRight(QRectF(self.rect()).topRight() + QRectF(-12, 12, 0, 0).topLeft())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.accent)
        painter.drawRoundedRect(box, 8, 8)
        painter.setPen(self._theme.on_accent)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
