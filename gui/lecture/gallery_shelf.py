"""The shelf of the gallery: tiles in rows under the titles of their parts."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.lecture.card_lettering import larger
from gui.lecture.gallery_tile import SceneTile


class Shelf(QWidget):
    """Tiles in rows under the titles of their parts, as wide as there is room."""

    def __init__(self, last: tuple[str, ...]) -> None:
        """Make an empty shelf; the parts named ``last`` come after all others."""
        super().__init__()
        self._last = last
        self.parts: list[tuple[QLabel, list[SceneTile]]] = []

    def arrange(self, width: int) -> None:
        """Place what is not hidden; the shelf becomes as high as that needs."""
        line = self.fontMetrics().height()
        top = 0
        for label, tiles in self.parts:
            shown = [tile for tile in tiles if not tile.isHidden()]
            label.setVisible(bool(shown))
            if not shown:
                continue
            high = label.sizeHint().height()
            label.setGeometry(self._mirrored(QRect(0, top, label.sizeHint().width(), high), width))
            top += high + line // 2
            size = shown[0].sizeHint()
            columns = max(1, (width + line) // (size.width() + line))
            for k, tile in enumerate(shown):
                row, column = divmod(k, columns)
                place = QRect(
                    column * (size.width() + line),
                    top + row * (size.height() + line),
                    size.width(),
                    size.height(),
                )
                tile.setGeometry(self._mirrored(place, width))
            rows = -(-len(shown) // columns)
            top += rows * (size.height() + line) + line // 2
        self.setFixedHeight(max(1, top))

    def _mirrored(self, box: QRect, width: int) -> QRect:
        if self.isRightToLeft():
            box.moveLeft(width - box.left() - box.width())
        return box

    def put(self, part: str, tile: SceneTile) -> None:
        """Put a tile under its part, and take it from where it was; a part without tiles goes."""
        for _label, tiles in self.parts:
            if tile in tiles:
                tiles.remove(tile)
        place = next((tiles for label, tiles in self.parts if label.text() == part), None)
        if place is None:
            label = QLabel(part, self, textFormat=Qt.TextFormat.PlainText)
            label.setFont(larger(1.25, bold=True))
            place = []
            self.parts.append((label, place))
        place.append(tile)
        for label, tiles in [entry for entry in self.parts if not entry[1]]:
            label.hide()
            label.deleteLater()
            self.parts.remove((label, tiles))
        self.parts.sort(key=lambda entry: [entry[0].text() == name for name in reversed(self._last)])

    def shown(self) -> list[SceneTile]:
        """Return the tiles that are not hidden, in order."""
        return [tile for _label, tiles in self.parts for tile in tiles if not tile.isHidden()]

    def neighbour(self, tile: SceneTile, across: int, down: int) -> SceneTile | None:
        """Return the tile beside, or the nearest one in the row above or below; None at the end."""
        shown = self.shown()
        if across:
            k = shown.index(tile) + (-across if self.isRightToLeft() else across)
            return shown[k] if 0 <= k < len(shown) else None
        centre = tile.geometry().center().x()

        def far(one: SceneTile) -> tuple[int, int]:
            return abs(one.y() - tile.y()), abs(one.geometry().center().x() - centre)

        beyond = [other for other in shown if (other.y() - tile.y()) * down > 0]
        return min(beyond, key=far, default=None)
