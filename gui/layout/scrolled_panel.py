"""A scroll area around the panel in a dock, for windows that are too small for the panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from gui.qt.drawable import guarded_overrides

SHARES = 0.22, 0.22
"""The largest shares of the window's width and height that a docked panel may require."""


@guarded_overrides
class ScrolledPanel(QScrollArea):
    """Holds the widget of a dock.

    A dock is never smaller than its contents: without the limit of `SHARES`, docks side by side would push
    one another out of a small window.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._watched: QWidget | None = None
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._box = QWidget()
        column = QVBoxLayout(self._box)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(widget)
        self.setWidget(self._box)

    def sizeHint(self) -> QSize:
        return self._box.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """The least size of the contents, in the main window within its shares."""
        window, least = self.window(), self._box.minimumSizeHint()
        if window.parentWidget() is not None:  # a floating dock
            return least
        across, upright = SHARES
        return least.boundedTo(QSize(round(across * window.width()), round(upright * window.height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._watched is not self.window():
            self._watched = self.window()
            self._watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._box and kind == QEvent.Type.LayoutRequest:
            self._fit()
            self.updateGeometry()
        elif watched is self._watched and kind == QEvent.Type.Resize:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Resize the contents to the room available, or to their minimum size if that is larger."""
        room, least = self.maximumViewportSize(), self._box.minimumSizeHint()
        width, high = max(room.width(), least.width()), self._needed(max(room.width(), least.width()))
        if high > room.height():
            bar = self.verticalScrollBar().sizeHint().width()
            width = max(room.width() - bar, least.width())
            high = self._needed(width)
        self._box.resize(width, max(room.height(), high))

    def _needed(self, width: int) -> int:
        """Return the least height of the contents at a width."""
        layout = self._box.layout()
        assert layout is not None
        if layout.hasHeightForWidth():
            return layout.minimumHeightForWidth(width)
        return self._box.minimumSizeHint().height()
