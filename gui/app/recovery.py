"""The recovery of work after the program ended abruptly: offered at the start, to be opened or deleted."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.arrays import Array
from core.data.datasets import make_dataset
from core.graph.parser import parse
from core.lecture.lecture_file import scene_path
from core.lecture.lecture_journal import LectureState
from core.lecture.scene import read_scene
from core.lecture.subjects import BuiltSubject
from core.lecture.window_journals import ComparedWork, KeptWork, LabWork, read_kept
from core.nn.design import Design, DesignError
from core.nn.network import Network
from core.number_style import count_text
from core.outside_text import one_line
from core.project.journal import JournalFile, WorkState
from core.project.json_io import FileError
from gui.lecture.gallery.thumbnails import graph_thumbnail, network_thumbnail, thumbnail
from gui.qt.typed_signal import TypedSignal
from gui.text.plain_text import plain
from gui.theme import theme
from gui.theme.theme import Theme
from gui.widgets import dialogs

PICTURE = (132, 66)
"""Width and height in pixels, at the default font size."""
MOST_ROWS_SEEN = 3


class RecoveryOffer(QFrame):
    """Lists the recovered work with picture, name and time; each entry is opened, deleted, or kept for later.

    ``accepted`` carries the `JournalFile` and the work to be opened. The files stay locked by this
    process until `leave`, so that no other window offers them as well.
    """

    accepted = TypedSignal[JournalFile, KeptWork]()

    def __init__(self, journals: list[JournalFile], shown: Theme) -> None:
        super().__init__()
        self.setObjectName("recovery")
        self.setAccessibleName(self.tr("Work kept when Glassnet ended"))
        self.rows: dict[JournalFile, _Row] = {}
        self._title, self.later = QLabel(), QToolButton()
        self._title.setProperty("look", "heading")
        self._title.setWordWrap(True)
        self.later.setProperty("look", "quiet")
        self.later.setText(self.tr("Decide later"))
        self.later.setToolTip(self.tr("Keep all of it, and ask again at the next start"))
        self.later.setAccessibleName(self.later.text())
        self.later.clicked.connect(self.leave)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self.later)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        inside, self._area = QWidget(), QScrollArea()
        inside.setLayout(self._list)
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addLayout(top)
        column.addWidget(self._area)
        for journal in journals:
            row = _Row(journal, shown)
            row.open.clicked.connect(partial(self._open, row))
            row.delete.clicked.connect(partial(self._ask_and_delete, row))
            self.rows[journal] = row
            self._list.addWidget(row)
        self._show()

    def _show(self) -> None:
        count = len(self.rows)
        if not count:
            self.hide()
        self._title.setText(
            self.tr("Glassnet ended unexpectedly. What you were working on was kept.")
            if count == 1
            else self.tr("Glassnet ended unexpectedly. {count} pieces of work were kept.").format(count=count)
        )
        high = [row.sizeHint().height() + self._list.spacing() for row in self.rows.values()]
        self._area.setFixedHeight(sum(high[:MOST_ROWS_SEEN]))

    def _open(self, row: _Row) -> None:
        if row.state is not None:
            self._drop(row)
            self.accepted.emit(row.journal, row.state)

    def _ask_and_delete(self, row: _Row) -> None:
        text = self.tr("Delete the kept work “{name}”? It cannot be brought back.").format(name=row.name)
        answer = dialogs.question(self, self.tr("Delete kept work"), plain(text))
        if answer == QMessageBox.StandardButton.Yes:
            if why := row.journal.remove():
                row.detail.setText(self.tr("It could not be deleted: {why}").format(why=why))
            else:
                self._drop(row)

    def _drop(self, row: _Row) -> None:
        del self.rows[row.journal]
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._show()

    def leave(self) -> None:
        """Keep the entries that are not decided for the next start."""
        for row in list(self.rows.values()):
            row.journal.leave()
            self._drop(row)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme."""
        for row in self.rows.values():
            row.show_theme(shown)


class _Row(QWidget):
    """One entry. ``state`` is None if it cannot be read; a sentence says why."""

    def __init__(self, journal: JournalFile, shown: Theme) -> None:
        super().__init__()
        self.journal, self.name = journal, journal.path.name
        self.state: KeptWork | None = None
        self.picture, self.title, self.detail = QLabel(), QLabel(), QLabel()
        self.open, self.delete = QPushButton(self.tr("Open")), QPushButton(self.tr("Delete…"))
        for label in (self.title, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("look", "strong")
        self.detail.setProperty("look", "muted")
        self.detail.setWordWrap(True)
        self._paint: Callable[[Theme, int, int, float], QPixmap] | None = None
        try:
            self.state = read_kept(journal.path)
            self._describe_kept(self.state)
        except FileError as error:
            self.detail.setText(str(error))
        self.open.setEnabled(self.state is not None)
        for button, text in (
            (self.open, self.tr("Open the kept work “{name}”")),
            (self.delete, self.tr("Delete the kept work “{name}”")),
        ):
            button.setAccessibleName(text.format(name=self.name))
            button.setToolTip(plain(text.format(name=self.name)))
        words = QVBoxLayout()
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.detail)
        words.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 2, 0, 2)
        line.addWidget(self.picture)
        line.addLayout(words, 1)
        line.addWidget(self.open)
        line.addWidget(self.delete)
        self.show_theme(shown)

    def _describe_kept(self, state: KeptWork) -> None:
        match state:
            case WorkState():
                self._describe_work(state)
            case LectureState():
                self._describe_lecture(state)
            case LabWork():
                self._describe(state, self.tr("computational graph"))
                self._paint = partial(graph_thumbnail, parse(state.shown.expression))
            case ComparedWork():
                count = count_text(len(state.designs))
                self._describe(
                    state,
                    self.tr("{count} networks side by side, at their first weights").format(count=count),
                )
                self._paint_design(state.designs[0])

    def _describe(self, state: KeptWork, what: str, path: Path | None = None) -> None:
        self.name = one_line(state.title)
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(state.seconds)), "dddd d MMMM, HH:mm:ss")
        file = ""
        if path is not None:
            file = self.tr("not saved to {file}").format(file=one_line(str(path)))
        self.title.setText(self.name)
        self.detail.setText(" · ".join(part for part in (when, what, file) if part))

    def _describe_lecture(self, state: LectureState) -> None:
        count = len(state.lecture.scenes)
        scenes = self.tr("lecture of one scene") if count == 1 else self.tr("lecture of {count} scenes")
        self._describe(state, scenes.format(count=count_text(count)), state.path)
        for one in state.lecture.scenes[:1]:
            with contextlib.suppress(FileError):  # without a picture, but it can still be opened
                path = state.elsewhere.get(one.scene) or scene_path(state.path, one.scene)
                self._paint = partial(thumbnail, read_scene(path))

    def _describe_work(self, state: WorkState) -> None:
        work, trained = state.work, ""
        if work.iteration:
            trained = self.tr("iteration {iteration}").format(iteration=count_text(work.iteration))
        self._describe(state, trained, state.path)
        self._paint_design(work.design, work.theta)

    def _paint_design(self, design: Design, theta: Array | None = None) -> None:
        try:
            dataset = make_dataset(design.data)
            network = Network(design, dataset)
        except DesignError:
            return  # it has no picture, but can be opened and mended
        if theta is None:
            theta = network.initial(design.training.seed)
        self._paint = partial(network_thumbnail, BuiltSubject(network, dataset, theta))

    def show_theme(self, shown: Theme) -> None:
        """Draw the picture in the colours of a theme."""
        width, height = (round(side * theme.scale()) for side in PICTURE)
        self.picture.setFixedWidth(width)
        if self._paint is not None:
            self.picture.setPixmap(self._paint(shown, width, height, self.devicePixelRatioF()))
