"""Live: the tiles over the plane, which are put in place in every frame of a run."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QRegion, QTransform
from PySide6.QtWidgets import QGraphicsView

from core.modules import Array
from gui.canvas.picture import Picture
from gui.canvas.tiles import TilesItem


class LiveTiles:
    """All tiles that are pictures already, on a view; it draws them without the rest of the scene."""

    def __init__(self, view: QGraphicsView, picture: Picture) -> None:
        self._view, self._picture = view, picture
        self._items: list[TilesItem] = []
        self._region = QRegion()
        self._placed: QTransform | None = None

    def take(self, items: list[TilesItem]) -> None:
        """Take the items of another layout."""
        self._items, self._placed = [item for item in items if item.live], None

    def refresh(self, theta: Array, *, fine: bool) -> None:
        """Draw the tiles for other parameters, where they are others or the pass reached them."""
        picture, port = self._picture, self._view.viewport()
        if picture.pixels is None or picture.newest is None:
            return
        if picture.pixels.refresh(theta, picture.colours, fine=fine):
            port.update(self.region())
            return
        transform = self._view.viewportTransform()
        for item in self._items:
            for tile in item.changed():
                port.update(transform.mapRect(tile).toRect())

    def region(self) -> QRegion:
        """Return where on the viewport the tiles lie."""
        transform = self._view.viewportTransform()
        if self._placed != transform:
            self._region = QRegion()
            for item in self._items:
                for tile in item.rects:
                    self._region += transform.mapRect(tile).toRect()
            self._placed = transform
        return self._region

    def paint(self, painter: QPainter) -> None:
        """Put the tiles in place."""
        for item in self._items:
            painter.setOpacity(item.opacity())
            item.paint_tiles(painter)
        painter.setOpacity(1.0)
