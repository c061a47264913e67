"""The windows beside the main one, opened from its menus, in its theme, closed with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QMainWindow, QWidget
from shiboken6 import isValid

from core.lecture.view_ids import ViewId
from core.project.files import DesignFile
from gui.actions.registry import Actions
from gui.app.dock_panels import DockPanels
from gui.app.presentation_mode import PresentationMode
from gui.session.document import Document
from gui.session.file_actions import FileMenu
from gui.session.player import Player
from gui.theme.theme import LIGHT, Theme

if TYPE_CHECKING:
    from core.lecture.subjects import Subject
    from gui.compare.window import ComparisonWindow
    from gui.graph_lab.window import LabWindow
    from gui.lecture.window import LectureWindow


FEW = 64  # samples


class SecondaryWindows(QObject):
    """Opens the computational graph lab, and networks side by side."""

    def __init__(
        self, window: QWidget, document: Document, player: Player, panels: DockPanels, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._player, self._panels = window, document, player, panels
        self._theme = LIGHT
        self.opened: list[LabWindow | ComparisonWindow] = []
        actions["lab"].triggered.connect(self._open_lab)
        actions["side_by_side"].triggered.connect(self._open_side_by_side)

    def show_theme(self, shown: Theme) -> None:
        """Give the open ones a theme, and those still to come."""
        self._theme = shown
        for opened_window in self._alive():
            opened_window.show_theme(shown)

    def close(self) -> None:
        """Close all."""
        for opened_window in self._alive():
            opened_window.close()

    def _alive(self) -> list[LabWindow | ComparisonWindow]:
        self.opened = [opened_window for opened_window in self.opened if isValid(opened_window)]
        return self.opened

    def _open_lab(self) -> None:
        from gui.graph_lab.window import open_lab  # noqa: PLC0415  (the first window does not wait for it)

        lab = open_lab(self._window, self._theme)
        lab.offer_network()
        lab.network_requested.connect(lambda: self._show_network(lab))
        self.opened = [*self._alive(), lab]

    def _show_network(self, window: LabWindow) -> None:
        """Show the network of the main window at the present moment.

        Its samples are those of the present pass; between passes all training samples if they are few,
        else as many as make a batch.
        """
        snapshot = self._player.snapshot
        if snapshot is None:
            return  # the network was changed a moment ago, and its first numbers are on their way
        network, dataset = snapshot.network, snapshot.dataset
        values, samples, theta = snapshot.shown, dataset.train, snapshot.shown_theta
        if values is not None:
            samples = values.samples
        elif samples.size > FEW:
            samples = samples[: network.design.training.size_of_batch(samples.size)]
        y = dataset.targets(network.n[-1])[:, samples]
        window.lab.show_network(network, theta, dataset.x[:, samples], y)

    def _open_side_by_side(self) -> None:
        from gui.compare.window import open_side_by_side  # noqa: PLC0415  (nor for this)
        from gui.views.runs.view import RunsView  # noqa: PLC0415

        document, runs = self._document, self._panels.made(ViewId.RUNS)
        pinned = runs.pinned if isinstance(runs, RunsView) else ()
        design = document.network.design if document.problems else document.design
        pair = open_side_by_side(self._window, design, document.dataset, self._theme, pinned)
        self.opened = [*self._alive(), pair]


# -- From where a lecture is given: opens its window, shows windows to the hall, and takes a -------------


class LectureLauncher(QObject):
    """Has one window of the lecture at most; it goes on where it was left."""

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        files: FileMenu,
        hall: PresentationMode,
        settings: QSettings,
    ) -> None:
        super().__init__(window)
        self._window, self._files, self._hall, self._settings = window, files, hall, settings
        self._actions, self._theme = actions, LIGHT
        self._lecture: LectureWindow | None = None
        actions["lecture"].triggered.connect(self.begin)
        actions["scenes"].triggered.connect(self.show_gallery)
        hall.changed.connect(self._hall_changed)

    @property
    def lecture(self) -> LectureWindow | None:
        """The window of the lecture, if it is open."""
        return self._lecture if self._lecture is not None and isValid(self._lecture) else None

    def begin(self, *, hall: bool = False) -> None:
        """Show the lecture where it was left; in the hall if asked, or if the main window is there."""
        lecture = self._opened(hall=hall)
        if lecture.scene is None:
            lecture.go(lecture.last_place())

    def show_if_scene(self, path: Path, *, hall: bool = False) -> bool:
        """Show a file in the lecture if it is a scene; if it is broken, the main window says so."""
        from core.lecture.scene import is_scene, read_scene  # noqa: PLC0415  (nor for this)
        from core.project.json_io import FileError  # noqa: PLC0415

        if not is_scene(path):
            return False
        try:
            read_scene(path)
        except FileError as error:
            self._files.failed.emit(str(error))
            return True
        self._opened(hall=hall).open_scene(path)
        return True

    def show_gallery(self) -> None:
        """Show all scenes to choose from."""
        self._opened().show_gallery()

    def _opened(self, *, hall: bool = False) -> LectureWindow:
        """Return the window of the lecture; it goes to the hall before it is given a scene."""
        if self.lecture is None:
            from gui.lecture.window import open_lecture  # noqa: PLC0415  (the first window does not wait)

            self._lecture = lecture = open_lecture(self._window, self._settings, self._theme)
            lecture.hall_requested.connect(lambda on: self._hall.show(lecture, on))
            lecture.build_requested.connect(self.build)
        assert self._lecture is not None
        if hall or self._hall.shown is self._window:
            self._hall.show(self._lecture, True)
        self._lecture.raise_()
        self._lecture.activateWindow()
        return self._lecture

    def build(self, subject: Subject) -> None:
        """Go on with the first network of a subject in the main window, once the user agrees."""
        from core.lecture.subjects import ActivationBench, Networks, made  # noqa: PLC0415  (nor for this)

        if isinstance(subject, Networks):
            start = subject.networks[0]
        elif isinstance(subject, ActivationBench) and subject.network is not None:
            start = subject.network
        else:
            return
        if self._files.may_leave():
            one = made(start)
            self._files.take(DesignFile(one.network.design, one.theta))
            self._window.raise_()
            self._window.activateWindow()

    def _hall_changed(self, shown: object) -> None:
        self._actions["hall"].setChecked(shown is self._window)
        if self.lecture is not None:
            self.lecture.show_hall(shown is self.lecture)

    def show_theme(self, shown: Theme) -> None:
        """Give the lecture a theme, now or when it opens."""
        self._theme = shown
        if self.lecture is not None:
            self.lecture.show_theme(shown)

    def close(self) -> None:
        """Close the window of the lecture."""
        if self.lecture is not None:
            self.lecture.close()
