"""The tiles of the gallery, in rows under the titles of their parts of the lecture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from core.lecture.lecture_file import ScenePlace
from core.lecture.scene import Scene
from gui.lecture.large_type import larger
from gui.qt.drawable import guarded_overrides, shielded
from gui.text.plain_text import plain
from gui.text.reading_direction import reading
from gui.theme.theme import LIGHT, Theme, mixed

WIDE, HIGH = 13.5, 7.6
"""Size of the picture, in heights of a text line."""
LINES = 2
WRAP = Qt.TextFlag.TextWordWrap


@guarded_overrides
class SceneTile(QAbstractButton):
    """The tile of one scene. ``opened`` is emitted on a double click, or Enter.

    It is created before its scene is read: until then it shows the file's name. ``place`` is that of the
    scene in the user's lecture, with its ``number`` there; None: the scene is as in its file.
    """

    opened = Signal()

    def __init__(
        self,
        path: Path,
        parent: QWidget | None = None,
        place: ScenePlace | None = None,
        number: int | None = None,
    ) -> None:
        super().__init__(parent)
        self.path, self.place, self.number = path, place, number
        self.scene: Scene | None = None
        self.fault = ""
        self._picture: QPixmap | None = None
        self._theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._name(path.stem)
        self.show_theme(LIGHT)

    def _name(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(plain(self.fault or self.tr("{title}: open it (Enter)").format(title=text)))

    def take(self, scene: Scene | None, fault: str = "") -> None:
        """Show a scene; None: it cannot be read, and ``fault`` says why."""
        self.scene, self.fault = scene, fault
        if scene is not None:
            number = scene.number if self.number is None else self.number
            self._name(self.tr("{number}. {title}").format(number=number, title=scene.title))
        else:
            self._name(self.path.name)
        self.update()

    @property
    def searched(self) -> str:
        """The text that is searched."""
        if self.scene is None:
            return self.text().lower()
        scene = self.scene
        texts = (str(scene.number), scene.title, scene.part, scene.formula, scene.source, *scene.words)
        return " ".join(texts).lower()

    # -- the thumbnail ----------------------------------------------------------------------------

    @property
    def wants_picture(self) -> bool:
        """Whether the thumbnail has not been drawn yet."""
        return self._picture is None and self.scene is not None

    def picture_size(self) -> QSize:
        """Return the size of the thumbnail in pixels."""
        line = self.fontMetrics().height()
        return QSize(round(WIDE * line), round(HIGH * line))

    def show_picture(self, picture: QPixmap) -> None:
        """Show the thumbnail of the scene."""
        self._picture = picture
        self.update()

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size; the thumbnail must be drawn again."""
        self._theme, self._picture = shown, None
        self.setFont(larger(1.05))
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        size, line = self.picture_size(), self.fontMetrics().height()
        return QSize(size.width() + line, size.height() + round((LINES + 1.2) * line))

    # -- painting ---------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, line = self._theme, self.fontMetrics().height()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        over = self.underMouse() and self.isEnabled()
        painter.setBrush(mixed(theme.panel, theme.text, 0.05) if over else theme.panel)
        painter.setPen(QPen(theme.accent if self.hasFocus() else theme.border, 2 if self.hasFocus() else 1))
        painter.drawRoundedRect(box, 8, 8)
        size, edge = self.picture_size(), line // 2
        frame = QRect(edge, edge, size.width(), size.height())
        if self._picture is not None:
            painter.drawPixmap(frame.topLeft(), self._picture)
        painter.setFont(self.font())
        painter.setPen(theme.error if self.fault else theme.text)
        room = QRect(edge, frame.bottom() + line // 3, size.width(), LINES * line + 2)
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        painter.setLayoutDirection(reading(self.scene.title if self.scene else self.text()))
        flags = int(WRAP | side | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignAbsolute)
        painter.drawText(room, flags, self._fitting(room))
        painter.end()

    def _fitting(self, room: QRect) -> str:
        """Return the title, shortened after a word if it does not fit on two lines."""
        metrics, text = QFontMetrics(self.font()), self.text()
        words = text.split(" ")
        while len(words) > 1 and metrics.boundingRect(room, int(WRAP), text).height() > room.height():
            words.pop()
            text = " ".join(words) + " …"
        return text

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            event.ignore()


# -- the grid --------------------------------------------------------------------------------------------


class TileGrid(QWidget):
    """Tiles in rows under the titles of their parts, as many per row as there is room for."""

    def __init__(self, last: tuple[str, ...]) -> None:
        """Create an empty grid; the parts named ``last`` come after all others."""
        super().__init__()
        self._last = last
        self.parts: list[tuple[QLabel, list[SceneTile]]] = []

    def arrange(self, width: int) -> None:
        """Place the tiles that are not hidden, and set the height of the grid."""
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
        """Move a tile to its part, removing it from the old one; parts without tiles are removed."""
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

    def clear(self) -> None:
        """Remove all tiles and the titles of their parts."""
        for label, tiles in self.parts:
            for part in (label, *tiles):
                part.hide()
                part.deleteLater()
        self.parts = []

    def shown(self) -> list[SceneTile]:
        """Return the tiles that are not hidden, in their order."""
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
