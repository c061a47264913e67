"""Widgets that adapt to the available room."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QWidget,
)

from gui.qt.drawable import guarded_overrides
from gui.theme.theme import in_hall

NESTED = 6
"""Largest nesting depth of layouts; each layout request is propagated by one level at a time."""


def leave_out(most: int, shorten: Callable[[int], object], fits: Callable[[], bool]) -> None:
    """In presentation mode hide just enough parts for the rest to fit; otherwise hide nothing.

    ``shorten(level)`` hides the least important parts: the more, the higher the level, from 1 to ``most``;
    0: nothing.
    """
    for level in range(1, most + 1) if in_hall() else (0,):
        shorten(level)
        for _ in range(NESTED):
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        if fits():
            break


def is_whole(stage: QWidget, *areas: QScrollArea) -> bool:
    """Return whether a widget has room for its contents, without scrolling in its scroll areas."""
    high, layout = stage.minimumSizeHint().height(), stage.layout()
    if layout is not None and layout.hasHeightForWidth():
        high = max(high, layout.totalHeightForWidth(stage.width()))
    bars = (bar for area in areas for bar in (area.horizontalScrollBar(), area.verticalScrollBar()))
    scrolls = any(bar.maximum() > 0 for bar in bars)
    return not scrolls and high <= stage.height()


def is_as_wide(inside: QWidget, area: QScrollArea) -> bool:
    """Return whether a widget is no wider than the scroll area it is in."""
    return inside.minimumSizeHint().width() <= area.width()


@guarded_overrides
class ResponsiveSplitter(QSplitter):
    """Two widgets side by side; below a width of ``narrow`` letters only one of them, and a ``switch``."""

    def __init__(
        self, first: QWidget, second: QWidget, switch: QAbstractButton, least: int, narrow: int
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._parts, self._switch, self._least, self._narrow = (first, second), switch, least, narrow
        for part in self._parts:
            self.addWidget(part)
            self.setStretchFactor(self.indexOf(part), 1)
        self.setChildrenCollapsible(False)
        switch.toggled.connect(lambda _on: self._share())
        self._share()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least * self.fontMetrics().averageCharWidth(), 100)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        narrow = self.width() < self._narrow * self.fontMetrics().averageCharWidth()
        turned = self._switch.isChecked()
        self._switch.setVisible(narrow)
        self._parts[0].setVisible(not (narrow and turned))
        self._parts[1].setVisible(turned or not narrow)


# -- as high as the contents if possible, with scroll bars otherwise -------------------------------------


@guarded_overrides
class FittedScrollArea(QScrollArea):
    """A scroll area that is as high as its contents, if there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def setWidget(self, widget: QWidget) -> None:
        """Show another widget; the former one is deleted later, as it may be the one that asks for this."""
        former = self.takeWidget()
        super().setWidget(widget)
        if former is not None:
            former.setParent(self)  # which hides it
            former.deleteLater()

    def sizeHint(self) -> QSize:
        inside = self.widget()
        if inside is None:
            return super().sizeHint()
        narrow = self.isVisible() and self.width() < inside.minimumSizeHint().width()
        bar = self.horizontalScrollBar().sizeHint().height() if narrow else 0
        return inside.sizeHint() + QSize(2, 2 + bar)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(hint.width(), 200), min(hint.height(), 6 * self.fontMetrics().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
