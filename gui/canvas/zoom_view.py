"""A graphics view that shows its whole scene until the user zooms or pans, within limits."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from gui.qt.drawable import guarded_overrides, whole

ZOOM_LIMITS = 0.2, 6.0
ZOOM_STEP = 1.25  # factor of one key press or menu command


@guarded_overrides
class ZoomView(QGraphicsView):
    """Shows the rectangle ``space`` of its scene; all of it until the user zooms."""

    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fitted = True

    @property
    def space(self) -> QRectF:
        """The rectangle of the scene to show."""
        raise NotImplementedError

    @property
    def largest(self) -> float:
        """The zoom at which all of the space is shown where there is more room than it needs."""
        return 1.0

    @property
    def zoom(self) -> float:
        """Pixels of the viewport per unit of the scene."""
        return float(self.transform().m11())

    def rebuild(self) -> None:
        """Lay out the scene for the present size of the view."""
        raise NotImplementedError

    def fit(self) -> None:
        """Fit the whole network into the view."""
        self._fitted = True
        self.rebuild()

    def show_all(self) -> None:
        """Zoom out as far as needed to show the whole scene."""
        space, port = self.space, self.viewport()
        self.setSceneRect(space)
        share = min(port.width() / space.width(), port.height() / space.height(), self.largest)
        self.resetTransform()
        self.scale_by(share)
        self.centerOn(space.center())

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom by a factor around a point of the viewport (default: its middle), within limits."""
        low, high = ZOOM_LIMITS
        factor = max(low, min(high, self.zoom * factor)) / self.zoom
        anchor = around if around is not None else QRectF(self.viewport().rect()).center()
        self._fitted = False
        fixed = self.mapToScene(anchor.toPoint())
        space = self.space
        self.setSceneRect(space.adjusted(-space.width(), -space.height(), space.width(), space.height()))
        self.scale_by(factor)
        moved = self.mapFromScene(fixed) - anchor.toPoint()
        self.pan_by(-moved.x(), -moved.y())
        self.zoomed.emit()

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the scene by dx and dy pixels of the viewport."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(whole(across.value() - dx))
        down.setValue(whole(down.value() - dy))

    def scale_by(self, factor: float) -> None:
        """Scale the scene, without limits."""
        self.scale(factor, factor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.rebuild()
