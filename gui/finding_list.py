"""Finding list: what is wrong and what helps, in items as high as their sentences."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from core.diagnostics import Finding, Kind
from gui.drawable import shielded
from gui.fonts import sized
from gui.theme import LIGHT, Theme, mixed

Index = QModelIndex | QPersistentModelIndex
FINDING = Qt.ItemDataRole.UserRole
MARGIN, STRIPE = 6, 4
WRAP = int(Qt.TextFlag.TextWordWrap)


class _Painter(QStyledItemDelegate):
    """Paints a finding: a stripe in the colour of its kind, the sentence, and below what helps."""

    theme: Theme = LIGHT

    def colour(self, kind: Kind) -> QColor:
        """Return the colour of a kind: what never heals by itself is red."""
        grave = kind in (Kind.DEAD, Kind.EXPLODING, Kind.DIVERGING)
        return self.theme.error if grave else self.theme.warning

    def _texts(self, finding: Finding) -> tuple[tuple[str, str], ...]:
        remedy = self.tr("What helps: {remedy}").format(remedy=finding.remedy)
        return (("text", finding.sentence), ("small", remedy))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        finding, parent = index.data(FINDING), self.parent()
        assert isinstance(parent, QListWidget)
        width, high = parent.viewport().width(), 2 * MARGIN + 2
        for role, text in self._texts(finding):
            room = QRectF(0, 0, width - 2 * MARGIN - STRIPE - 4, 10_000)
            high += ceil(QFontMetricsF(sized(role)).boundingRect(room, WRAP, text).height())
        return QSize(width, high)

    @shielded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        finding, box, theme = index.data(FINDING), QRectF(option.rect), self.theme
        state = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.accent_soft)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, mixed(theme.panel, theme.raised, 0.6))
        stripe = QRectF(box.left() + 2, box.top() + MARGIN, STRIPE, box.height() - 2 * MARGIN)
        painter.fillRect(stripe, self.colour(finding.kind))
        top = box.top() + MARGIN
        for (role, text), colour in zip(self._texts(finding), (theme.text, theme.muted), strict=True):
            painter.setFont(sized(role))
            painter.setPen(colour)
            room = QRectF(
                box.left() + MARGIN + STRIPE + 4, top, box.width() - 2 * MARGIN - STRIPE - 4, 10_000
            )
            painter.drawText(room, WRAP, text)
            top += ceil(painter.fontMetrics().boundingRect(room.toRect(), WRAP, text).height()) + 2
        painter.restore()


class FindingList(QListWidget):
    """Findings, one an item; each item is at hand as ``item.data(FINDING)``."""

    def __init__(self) -> None:
        super().__init__()
        self._painter = _Painter(self)
        self.setItemDelegate(self._painter)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """List other findings."""
        self.clear()
        for finding in findings:
            item = QListWidgetItem(finding.sentence)
            item.setData(FINDING, finding)
            item.setToolTip(finding.remedy)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, finding.remedy)
            self.addItem(item)

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self._painter.theme = theme
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
