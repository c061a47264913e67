"""The gallery: all scenes of the lecture as thumbnails, by part, with a search field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from core.lecture.lecture_file import SUFFIX as LECTURE_SUFFIX
from core.lecture.lecture_file import (
    OpenedLecture,
    ScenePlace,
    open_lecture_file,
    own_lecture,
    shipped_lectures,
)
from core.lecture.scene import SUFFIX, localized, read_scene, scene_files, shipped_scenes
from core.outside_text import what_is_at
from core.project.json_io import FileError
from gui.layout.lazy_view import LazyView
from gui.lecture.gallery.thumbnails import thumbnail
from gui.lecture.gallery.tiles import SceneTile, TileGrid
from gui.lecture.large_type import larger
from gui.qt.drawable import guarded_overrides
from gui.qt.later import Later
from gui.text.plain_text import plain
from gui.theme.theme import LIGHT, Theme
from gui.widgets import dialogs

KEY, LECTURES = "lecture/own_scenes", "lecture/recent"
MOST = 12


def own_scenes(settings: QSettings | None) -> list[Path]:
    """Return the files of the user's scenes that still exist, the latest first."""
    stored = settings.value(KEY, []) if settings is not None else []
    names = stored if isinstance(stored, list) else [stored] if stored else []
    return [path for name in names if what_is_at(path := Path(str(name))) == "file"]


def remember(settings: QSettings | None, path: Path) -> None:
    """Put a file at the head of the list of the user's scenes."""
    if settings is None:
        return
    path = path.absolute()
    others = [other for other in own_scenes(settings) if other != path]
    settings.setValue(KEY, [str(one) for one in (path, *others)][:MOST])


def recent_lectures(settings: QSettings | None) -> list[Path]:
    """Return the recently opened lectures that still exist, the latest first."""
    stored = settings.value(LECTURES, []) if settings is not None else []
    names = stored if isinstance(stored, list) else [stored] if stored else []
    return [path for name in names if what_is_at(path := Path(str(name)))]


def remember_lecture(settings: QSettings | None, path: Path) -> None:
    """Put a lecture at the head of the list of recently opened ones."""
    if settings is not None:
        others = [other for other in recent_lectures(settings) if other != path.absolute()]
        settings.setValue(LECTURES, [str(one) for one in (path.absolute(), *others)][:MOST])


# -- the gallery -----------------------------------------------------------------------------------------

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@guarded_overrides
class Gallery(LazyView):
    """Shows all scenes, or those of the user's lecture.

    ``scene_chosen`` carries the path of a scene's file, ``number_chosen`` the number of a scene of the user's
    lecture, from 1; ``closed`` requests to hide the gallery.

    Scenes are read and thumbnails drawn one at a time while the gallery is visible, so that it opens at once.
    """

    scene_chosen = Signal(object)
    number_chosen = Signal(int)
    closed = Signal()

    def __init__(self, settings: QSettings | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.setAccessibleName(self.tr("All scenes"))
        self._settings, self._theme = settings, LIGHT
        self.tiles: list[SceneTile] = []
        self._lecture: OpenedLecture | None = None
        self.heading, self.nothing = QLabel(self.tr("All scenes")), QLabel()
        self.search = QLineEdit()
        self.open_button = QPushButton(self.tr("Open scene file…"))
        self.lectures_button, self.lectures = QPushButton(self.tr("Lectures")), QMenu(self)
        self.close_button = QPushButton(self.tr("Back"))
        self.area, self.shelf = QScrollArea(), TileGrid((own_title(), _waiting()))
        self._prepare()
        self._arrange()
        self._work = Later(self, interval=0)
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
            (self.lectures_button, self.tr("Give another lecture: of the program, or of your own")),
            (self.close_button, self.tr("Go back to the scene (Esc)")),
        ):
            button.setAccessibleName(button.text())
            button.setToolTip(tip)
        self.open_button.clicked.connect(self.ask_and_open)
        self.lectures_button.setMenu(self.lectures)
        self.lectures.aboutToShow.connect(self._list_lectures)
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
        head.addWidget(self.lectures_button)
        head.addWidget(self.open_button)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.nothing)
        column.addWidget(self.area, 1)

    # -- tiles ------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Create a tile for every scene; reading and drawing follow."""
        if not self.tiles:
            places = () if self._lecture is None else self._lecture.places
            for number, place in enumerate(places, 1):
                self._add(place.path, place, number)
            for path in (*(() if places else shipped_scenes()), *own_scenes(self._settings)):
                self._add(path)
        self.shelf.arrange(self._room())
        self._work.start()
        self.search.setFocus()

    def show_lecture(self, lecture: OpenedLecture) -> None:
        """Show the scenes of a lecture, with its own titles; all scenes, if it is the bundled one."""
        shown = None if lecture.path is None else lecture
        if shown != self._lecture:
            self._lecture = shown
            self.shelf.clear()
            self.tiles = []
            self.heading.setText(self.tr("All scenes") if shown is None else plain(shown.title))

    def show_own(self) -> None:
        """Update the list of the user's own scenes."""
        known = {tile.path for tile in self.tiles if tile.place is None}
        for path in own_scenes(self._settings):
            if self.tiles and path not in known:
                self._add(path)
        self.draw_if_seen()

    def _add(self, path: Path, place: ScenePlace | None = None, number: int | None = None) -> None:
        tile = SceneTile(path, self.shelf, place, number)
        tile.opened.connect(lambda: self._choose(tile))
        tile.clicked.connect(lambda _checked=False: self._go_to(tile))
        tile.installEventFilter(self)
        tile.show_theme(self._theme)
        tile.show()
        self.tiles.append(tile)
        self.shelf.put(_waiting(), tile)

    def _do_one(self) -> None:
        """Read one scene or draw one thumbnail; stop when all are done."""
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
        own = tile.place is None and tile.path not in shipped_scenes()
        try:
            tile.take(localized(read_scene(tile.path) if tile.place is None else tile.place.read()))
        except FileError as error:
            tile.take(None, str(error))
        part = tile.scene.part if tile.scene is not None else own_title()
        if tile.place is not None and self._lecture is not None:
            part = self._lecture.title
        self.shelf.put(own_title() if own else part, tile)
        self._filter(self.search.text())

    # -- searching --------------------------------------------------------------------------------

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for tile in self.tiles:
            tile.setVisible(all(word in tile.searched for word in words))
        self.nothing.setVisible(bool(self.tiles) and not self.shelf.shown())
        self.shelf.arrange(self._room())
        self._work.start()

    def _open_first(self) -> None:
        """Open the first scene found, reading those that have not been read yet."""
        for tile in self.tiles:
            if tile.scene is None and not tile.fault:
                self._read(tile)
        shown = self.shelf.shown()
        if shown:
            self._choose(shown[0])

    def _choose(self, tile: SceneTile) -> None:
        if tile.fault:
            return
        if tile.number is not None:
            self.number_chosen.emit(tile.number)
        else:
            self.scene_chosen.emit(tile.path)

    def ask_and_open(self) -> None:
        """Ask for a scene's file, and open it."""
        names = self.tr("Scenes (*{suffix})").format(suffix=SUFFIX)
        name = dialogs.file_to_open(self, self.tr("Open a scene"), "", names)
        if name:
            remember(self._settings, Path(name))
            self.show_own()
            self.scene_chosen.emit(Path(name))

    # -- lectures ---------------------------------------------------------------------------------

    def _list_lectures(self) -> None:
        """Fill the menu with the bundled and the recent lectures, and an entry to open another one."""
        self.lectures.clear()
        self._offer(own_lecture().title, scene_files()[0])
        for path in (*shipped_lectures(), *recent_lectures(self._settings)):
            if all(action.data() != str(path) for action in self.lectures.actions()):
                self._offer(_title_of(path), path)
        self.lectures.addSeparator()
        self.lectures.addAction(self.tr("Open lecture…"), self.ask_for_lecture)

    def _offer(self, title: str, path: Path) -> None:
        if any(action.text() == plain(title) for action in self.lectures.actions()):
            title = self.tr("{title} ({file})").format(title=title, file=path.name)
        action = self.lectures.addAction(plain(title), lambda: self.scene_chosen.emit(path))
        action.setData(str(path))

    def ask_for_lecture(self) -> None:
        """Ask for the file of a lecture, and open it."""
        names = self.tr("Lectures (*{suffix})").format(suffix=LECTURE_SUFFIX)
        if name := dialogs.file_to_open(self, self.tr("Open a lecture"), "", names):
            self.scene_chosen.emit(Path(name))

    # -- keyboard ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move between tiles, and from the search field down to the tiles."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if watched is self.search and key == Qt.Key.Key_Down and self.shelf.shown():
                self._go_to(self.shelf.shown()[0])
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
        following = self.shelf.neighbour(tile, across, down)
        if following is not None:
            self._go_to(following)
        elif down < 0:
            self.search.setFocus()

    def _go_to(self, tile: SceneTile) -> None:
        tile.setFocus()
        self.area.ensureWidgetVisible(tile)

    # -- theme ------------------------------------------------------------------------------------

    def _room(self) -> int:
        width = self.area.viewport().width()
        self.shelf.setFixedWidth(width)
        return width - self.fontMetrics().height() // 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.shelf.arrange(self._room())

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        self.setFont(larger(1.0))
        self.heading.setFont(larger(1.7, bold=True))
        buttons = (self.lectures_button, self.open_button, self.close_button)
        for widget in (self.search, *buttons, self.nothing):
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


def own_title() -> str:
    """Return the heading of the user's own scenes."""
    return tr("Your own scenes")


def _waiting() -> str:
    """Return the heading of scenes that have not been read yet."""
    return tr("Scenes")


def _title_of(path: Path) -> str:
    """Return the title of a lecture, or the name of a file that cannot be read."""
    try:
        return open_lecture_file(path).title
    except FileError:
        return path.name
