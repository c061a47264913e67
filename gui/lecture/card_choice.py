"""Choice button: a large button whose text wraps, with its key in front and votes behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.drawable import shielded
from gui.lecture.card_lettering import larger, reading
from gui.plain_text import plain
from gui.theme import LIGHT, Theme, mixed

RADIUS = 8
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter


class ChoiceButton(QAbstractButton):
    """A button as high as its wrapped text needs. ``key`` is drawn in front of it.

    ``state``: "" (open), "chosen", "right", "wrong" or "past" (not chosen, and no longer to be).
    """

    def __init__(self, text: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(plain(self.tr("{text} ({key})").format(text=text, key=key) if key else text))
        self.key, self.state, self.share = key, "", 0.0
        self._theme, self._font = LIGHT, QFont()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_theme(LIGHT)

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of text."""
        self._theme, self._font = shown, larger(1.1)
        self.setFont(self._font)
        self.updateGeometry()
        self.update()

    def show_state(self, state: str) -> None:
        """Show whether it is chosen, right or wrong."""
        self.state = state
        self.setAccessibleDescription(
            {
                "chosen": self.tr("Chosen"),
                "right": self.tr("This is right"),
                "wrong": self.tr("This was said, and is wrong"),
            }.get(state, "")
        )
        self.update()

    def show_share(self, share: float) -> None:
        """Show what share of the votes, 0 … 1, it has."""
        self.share = share
        self.update()

    # -- size -------------------------------------------------------------------------------------

    def _margin(self) -> int:
        return round(0.5 * self.fontMetrics().height())

    def _badge(self) -> int:
        return self.fontMetrics().height() + self._margin() if self.key else 0

    def heightForWidth(self, width: int) -> int:
        margin = self._margin()
        room = QRect(0, 0, max(1, width - 2 * margin - self._badge()), 10_000)
        return self.fontMetrics().boundingRect(room, int(WRAP), self.text()).height() + 2 * margin

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        margin = self._margin()
        wide = self.fontMetrics().horizontalAdvance(self.text()) + 2 * margin + self._badge()
        return QSize(wide, self.fontMetrics().height() + 2 * margin)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._badge() + 6 * self._margin(), self.fontMetrics().height() + 2 * self._margin())

    # -- drawing ----------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, box = self._theme, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground, line = self._colours()
        outline = QPainterPath()
        outline.addRoundedRect(box, RADIUS, RADIUS)
        painter.fillPath(outline, ground)
        if self.share > 0:
            painter.setClipPath(outline)
            bar = QRectF(box.left(), box.bottom() - 5, box.width() * self.share, 5)
            if self.isRightToLeft():
                bar.moveRight(box.right())
            painter.fillRect(bar, theme.accent)
            painter.setClipping(False)
        wide = 2.0 if self.hasFocus() or self.state in ("chosen", "right", "wrong") else 1.0
        painter.setPen(QPen(theme.text if self.hasFocus() and self.state == "chosen" else line, wide))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)
        self._paint_text(painter)
        painter.end()

    def _colours(self) -> tuple[QColor, QColor]:
        """Return the ground and the line."""
        theme = self._theme
        if self.state == "right":
            return mixed(theme.panel, theme.gradient_positive, 0.18), theme.gradient_positive
        if self.state == "wrong":
            return mixed(theme.panel, theme.error, 0.12), theme.error
        if self.state == "chosen" or self.isDown():
            return theme.accent_soft, theme.accent
        over = self.underMouse() and self.isEnabled()
        ground = mixed(theme.raised, theme.text, 0.06) if over else theme.raised
        return ground, theme.accent if self.hasFocus() else theme.border

    def _paint_text(self, painter: QPainter) -> None:
        theme, margin, badge = self._theme, self._margin(), self._badge()
        painter.setFont(self._font)
        room = self.rect().adjusted(margin + badge, 0, -margin, 0)
        front = QRect(margin, 0, badge - margin, self.height()) if badge else QRect()
        if self.isRightToLeft():
            room = self.rect().adjusted(margin, 0, -margin - badge, 0)
            front.moveRight(self.width() - margin)
        if badge:
            painter.setPen(theme.muted)
            mark = {"right": "✓", "wrong": "✗"}.get(self.state, self.key)
            painter.drawText(front, Qt.AlignmentFlag.AlignCenter, mark)
        painter.setPen(theme.muted if self.state in ("past", "wrong") else theme.text)
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        painter.setLayoutDirection(reading(self.text()))
        painter.drawText(room, int(WRAP | side | Qt.AlignmentFlag.AlignAbsolute), self.text())
