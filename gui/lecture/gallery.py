"""Gallery: all scenes of the lecture as pictures, by part; to search, and to open one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.lecture import SUFFIX, read_scene, scene_files
from core.reading import FileError
from gui.lecture.card_lettering import larger
from gui.lecture.gallery_own import own_scenes, remember
from gui.lecture.gallery_tile import SceneTile
from gui.lecture.scene_thumbnail import thumbnail
from gui.seen import Seen
from gui.theme import LIGHT, Theme

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Shelf(QWidget):
    """Tiles in rows under the titles of their parts, as wide as there is room."""

    def __init__(self) -> None:
        super().__init__()
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
            label.setGeometry(self._mirrored(QRect(0, top, width, high), width))
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


class Gallery(Seen):
    """``scene_chosen`` carries the path of a scene's file; ``closed``: it is not wanted any more.

    Scenes are read and pictures drawn one at a time while it is seen, so that nobody waits.
    """

    scene_chosen = Signal(object)
    closed = Signal()

    def __init__(self, settings: QSettings | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.setAccessibleName(self.tr("All scenes"))
        self._settings, self._theme = settings, LIGHT
        self.tiles: list[SceneTile] = []
        self.heading, self.nothing = QLabel(self.tr("All scenes")), QLabel()
        self.search = QLineEdit()
        self.open_button = QPushButton(self.tr("Open scene file…"))
        self.close_button = QPushButton(self.tr("Back"))
        self.area, self.shelf = QScrollArea(), Shelf()
        self._prepare()
        self._arrange()
        self._work = QTimer(self, interval=0)
        self._work.timeout.connect(self._do_one)
        self._stale = True

    def _prepare(self) -> None:
        self.search.setPlaceholderText(self.tr("Search titles, words, formulas"))
        self.search.setAccessibleName(self.tr("Search scenes"))
        self.search.setToolTip(self.tr("Show only scenes with these words (Ctrl+F)"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._open_first)
        self.search.installEventFilter(self)
        self.nothing.setText(self.tr("No scene has these words."))
        self.nothing.hide()
        for button, tip in (
            (self.open_button, self.tr("Open a scene from a file of your own (Ctrl+O)")),
            (self.close_button, self.tr("Go back to the scene (Esc)")),
        ):
            button.setAccessibleName(button.text())
            button.setToolTip(tip)
        self.open_button.clicked.connect(self.ask_and_open)
        self.close_button.clicked.connect(self.closed)
        self.area.setWidget(self.shelf)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.heading)
        head.addStretch(1)
        head.addWidget(self.search, 2)
        head.addWidget(self.open_button)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.nothing)
        column.addWidget(self.area, 1)

    # -- what is on the shelf ---------------------------------------------------------------------

    def draw(self) -> None:
        """Put a tile for every scene on the shelf; reading and drawing follow."""
        if not self.tiles:
            for path in (*scene_files(), *own_scenes(self._settings)):
                self._add(path)
        self.shelf.arrange(self._room())
        self._work.start()
        self.search.setFocus()

    def show_own(self) -> None:
        """Look again which scenes of the user's own there are."""
        known = {tile.path for tile in self.tiles}
        for path in own_scenes(self._settings):
            if self.tiles and path not in known:
                self._add(path)
        self.draw_if_seen()

    def _add(self, path: Path) -> None:
        tile = SceneTile(path, self.shelf)
        tile.opened.connect(lambda: self._choose(tile))
        tile.clicked.connect(lambda _checked=False: self._go_to(tile))
        tile.installEventFilter(self)
        tile.show_theme(self._theme)
        tile.show()
        self.tiles.append(tile)
        self._shelve(self.tr("Scenes"), tile)

    def _shelve(self, part: str, tile: SceneTile) -> None:
        """Put a tile under its part; a part without tiles goes."""
        shelf = self.shelf
        for _label, tiles in shelf.parts:
            if tile in tiles:
                tiles.remove(tile)
        place = next((tiles for label, tiles in shelf.parts if label.text() == part), None)
        if place is None:
            label = QLabel(part, shelf)
            label.setFont(larger(1.25, bold=True))
            place = []
            shelf.parts.append((label, place))
        place.append(tile)
        for label, tiles in [entry for entry in shelf.parts if not entry[1]]:
            label.hide()
            label.deleteLater()
            shelf.parts.remove((label, tiles))
        waiting = self.tr("Scenes")
        shelf.parts.sort(key=lambda entry: (entry[0].text() == waiting, entry[0].text() == self._own_title()))

    def _own_title(self) -> str:
        return self.tr("Your own scenes")

    def _do_one(self) -> None:
        """Read one scene or draw one picture; end when all is done."""
        job = next(self._jobs(), None)
        if job is None:
            self._work.stop()
            return
        if job.scene is None:
            self._read(job)
        else:
            size = job.picture_size()
            ratio = self.devicePixelRatioF()
            job.show_picture(thumbnail(job.scene, self._theme, size.width(), size.height(), ratio))

    def _jobs(self) -> Iterator[SceneTile]:
        yield from (tile for tile in self.tiles if tile.scene is None and not tile.fault)
        yield from (tile for tile in self.tiles if tile.wants_picture and not tile.isHidden())

    def _read(self, tile: SceneTile) -> None:
        own = tile.path not in scene_files()
        try:
            tile.take(read_scene(tile.path))
        except FileError as error:
            tile.take(None, str(error))
        part = tile.scene.part if tile.scene is not None else self._own_title()
        self._shelve(self._own_title() if own else part, tile)
        self._filter(self.search.text())

    # -- searching --------------------------------------------------------------------------------

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for tile in self.tiles:
            tile.setVisible(all(word in tile.searched for word in words))
        self.nothing.setVisible(bool(self.tiles) and not self._shown())
        self.shelf.arrange(self._room())
        self._work.start()

    def _shown(self) -> list[SceneTile]:
        """Return the tiles that are not hidden, in the order of the shelf."""
        return [tile for _label, tiles in self.shelf.parts for tile in tiles if not tile.isHidden()]

    def _open_first(self) -> None:
        """Open the first scene found; what was not read yet is read for that."""
        for tile in self.tiles:
            if tile.scene is None and not tile.fault:
                self._read(tile)
        shown = self._shown()
        if shown:
            self._choose(shown[0])

    def _choose(self, tile: SceneTile) -> None:
        if not tile.fault:
            self.scene_chosen.emit(tile.path)

    def ask_and_open(self) -> None:
        """Ask for a scene's file, and choose it."""
        name, _filter = QFileDialog.getOpenFileName(
            self, self.tr("Open a scene"), "", self.tr("Scenes (*{suffix})").format(suffix=SUFFIX)
        )
        if name:
            remember(self._settings, Path(name))
            self.show_own()
            self.scene_chosen.emit(Path(name))

    # -- keys -------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows go from tile to tile, and down from the search into the tiles."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if watched is self.search and key == Qt.Key.Key_Down and self._shown():
                self._go_to(self._shown()[0])
                return True
            if isinstance(watched, SceneTile) and key in ARROWS:
                self._step(watched, *ARROWS[key])
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif control and event.key() == Qt.Key.Key_F:
            self.search.setFocus()
        elif control and event.key() == Qt.Key.Key_O:
            self.ask_and_open()
        else:
            super().keyPressEvent(event)

    def _step(self, tile: SceneTile, across: int, down: int) -> None:
        """Go to the tile beside, or to the nearest one in the row above or below."""
        shown = self._shown()
        if across:
            k = shown.index(tile) + (-across if self.isRightToLeft() else across)
            if 0 <= k < len(shown):
                self._go_to(shown[k])
            return
        here = tile.geometry().center()
        beyond = [other for other in shown if (other.y() - tile.y()) * down > 0]
        if not beyond:
            if down < 0:
                self.search.setFocus()
            return

        def far(one: SceneTile) -> tuple[int, int]:
            return abs(one.y() - tile.y()), abs(one.geometry().center().x() - here.x())

        self._go_to(min(beyond, key=far))

    def _go_to(self, tile: SceneTile) -> None:
        tile.setFocus()
        self.area.ensureWidgetVisible(tile)

    # -- looks ------------------------------------------------------------------------------------

    def _room(self) -> int:
        width = self.area.viewport().width()
        self.shelf.setFixedWidth(width)
        return width - self.fontMetrics().height() // 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.shelf.arrange(self._room())

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of text."""
        self._theme = shown
        self.setFont(larger(1.0))
        self.heading.setFont(larger(1.7, bold=True))
        for widget in (self.search, self.open_button, self.close_button, self.nothing):
            widget.setFont(larger(1.0))
        for label, _tiles in self.shelf.parts:
            label.setFont(larger(1.25, bold=True))
        for tile in self.tiles:
            tile.show_theme(shown)
        line = self.heading.fontMetrics().height()
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(line, line // 2, line // 2, 0)
        self.shelf.arrange(self._room())
        if self.isVisible():
            self._work.start()
