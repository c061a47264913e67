"""The secondary windows: opened from the menus of the main one, in its theme, and closed together with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget
from shiboken6 import isValid

from core.lecture.view_ids import ViewId
from core.outside_text import one_line
from core.project.files import DesignFile
from gui.actions.registry import Actions
from gui.app.dock_panels import DockPanels
from gui.app.presentation_mode import PresentationMode
from gui.layout.placement import to_front
from gui.session.document import Document, dataset_of
from gui.session.file_actions import FileMenu
from gui.session.player import Player
from gui.text.plain_text import plain
from gui.theme.theme import present
from gui.widgets import dialogs

if TYPE_CHECKING:
    from core.lecture.lecture_file import OpenedLecture
    from core.lecture.lecture_journal import LectureState
    from core.lecture.subjects import Subject
    from core.lecture.window_journals import ComparedWork, LabWork
    from core.project.journal import JournalFile
    from gui.compare.window import ComparisonWindow
    from gui.graph_lab.window import LabWindow
    from gui.lecture.editor.window import LectureEditor
    from gui.lecture.window import LectureWindow
    from gui.session.journal_writer import JournalWriter


FEW = 64  # number of samples


class SecondaryWindows(QObject):
    """Opens the computational graph lab, and the window that compares networks."""

    def __init__(
        self, window: QWidget, document: Document, player: Player, panels: DockPanels, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._player, self._panels = window, document, player, panels
        self.opened: list[LabWindow | ComparisonWindow] = []
        self.journals: Path | None = None
        """The folder in which what is worked on there is kept; None: it is not."""
        actions["lab"].triggered.connect(self._open_lab)
        actions["side_by_side"].triggered.connect(self._open_side_by_side)

    def close(self) -> None:
        """Close all of them."""
        for opened_window in self._alive():
            opened_window.close()

    @property
    def writers(self) -> list[JournalWriter]:
        """What writes the journals of the windows that are open."""
        return [one.journal for one in self._alive() if one.journal is not None]

    def recover(self, journal: JournalFile, work: LabWork | ComparedWork) -> None:
        """Show what was kept of such a window when the program ended, in a new one."""
        from core.lecture.window_journals import LabWork  # noqa: PLC0415  (imported late, as below)

        if isinstance(work, LabWork):
            self._new_lab().recover(journal, work)
        else:
            from gui.compare.window import open_side_by_side  # noqa: PLC0415

            base = work.designs[0]
            pair = open_side_by_side(self._window, base, dataset_of(base.data), present())
            self._keep(pair)
            pair.recover(journal, work)

    def _keep(self, opened_window: LabWindow | ComparisonWindow) -> None:
        self.opened = [*self._alive(), opened_window]
        if self.journals is not None:
            opened_window.keep_journal(self.journals)

    def _alive(self) -> list[LabWindow | ComparisonWindow]:
        self.opened = [opened_window for opened_window in self.opened if isValid(opened_window)]
        return self.opened

    def _open_lab(self) -> None:
        """Open the lab, or bring the one that is open to the front."""
        from gui.graph_lab.window import LabWindow  # noqa: PLC0415  (late: the first window opens sooner)

        for opened_window in self._alive():
            if isinstance(opened_window, LabWindow):
                to_front(opened_window)
                return
        self._new_lab()

    def _new_lab(self) -> LabWindow:
        from gui.graph_lab.window import open_lab  # noqa: PLC0415  (imported late, as above)

        lab = open_lab(self._window, present())
        lab.offer_network()
        lab.network_requested.connect(lambda: self._show_network(lab))
        self._keep(lab)
        return lab

    def _show_network(self, window: LabWindow) -> None:
        """Show the network of the main window with its present weights.

        The samples are those of the present pass; between passes they are all training samples if these are
        at most `FEW`, else as many as a batch has.
        """
        snapshot = self._player.snapshot
        if snapshot is None:
            return  # the network has just changed, and has no snapshot yet
        network, dataset = snapshot.network, snapshot.dataset
        values, samples, theta = snapshot.shown, dataset.train, snapshot.shown_theta
        if values is not None:
            samples = values.samples
        elif samples.size > FEW:
            samples = samples[: network.design.training.size_of_batch(samples.size)]
        y = dataset.targets(network.n[-1])[:, samples]
        window.lab.take_network(network, theta, dataset.x[:, samples], y)

    def _open_side_by_side(self) -> None:
        from gui.compare.window import open_side_by_side  # noqa: PLC0415  (imported late, as above)
        from gui.views.runs.view import RunsView  # noqa: PLC0415

        document, runs = self._document, self._panels.made(ViewId.RUNS)
        pinned = runs.pinned if isinstance(runs, RunsView) else ()
        design = document.network.design if document.problems else document.design
        self._keep(open_side_by_side(self._window, design, document.dataset, present(), pinned))


# -- the lecture window ----------------------------------------------------------------------------------


class LectureLauncher(QObject):
    """Opens the lecture window, of which there is at most one; it continues where it was left."""

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
        self._actions = actions
        self._lecture: LectureWindow | None = None
        self._editor: LectureEditor | None = None
        self.journals: Path | None = None
        """The folder in which unsaved lectures are kept; None: they are not kept."""
        actions["lecture"].triggered.connect(self.begin)
        actions["scenes"].triggered.connect(self.show_gallery)
        actions["open_lecture"].triggered.connect(self.ask_for_lecture)
        actions["new_lecture"].triggered.connect(self.new_lecture)
        self.recent_menu = QMenu(self.tr("Recent lectures"), window)
        self.recent_menu.aboutToShow.connect(self._list_recent)
        hall.changed.connect(self._hall_changed)

    @property
    def lecture(self) -> LectureWindow | None:
        """The lecture window, if it is open."""
        return self._lecture if self._lecture is not None and isValid(self._lecture) else None

    def begin(self, *, hall: bool = False) -> None:
        """Show the lecture where it was left; in presentation mode if ``hall`` or the main window is."""
        lecture = self._opened(hall=hall)
        if lecture.scene is None:
            lecture.go(lecture.last_place())

    def show_if_scene(self, path: Path, *, hall: bool = False) -> bool:
        """Show a file in the lecture window if it is a scene or a lecture; return whether it is.

        If a scene cannot be read, the main window shows an error message.
        """
        from core.lecture.lecture_file import is_lecture  # noqa: PLC0415  (imported late, as above)
        from core.lecture.scene import is_scene, read_scene  # noqa: PLC0415
        from core.project.json_io import FileError  # noqa: PLC0415

        if is_lecture(path):
            self._opened(hall=hall).open_scene(path)
            return True
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

    def ask_for_lecture(self) -> None:
        """Ask for the file of a lecture, and open it."""
        from core.lecture.lecture_file import SUFFIX  # noqa: PLC0415  (imported late, as above)

        names = self.tr("Lectures (*{suffix})").format(suffix=SUFFIX)
        if name := dialogs.file_to_open(self._window, self.tr("Open a lecture"), "", names):
            self.show_if_scene(Path(name))

    def _list_recent(self) -> None:
        from gui.lecture.gallery.view import recent_lectures  # noqa: PLC0415  (imported late, as above)

        self.recent_menu.clear()
        for path in recent_lectures(self._settings):
            action = self.recent_menu.addAction(one_line(path.stem).replace("&", "&&"))
            action.setToolTip(plain(str(path)))
            action.triggered.connect(lambda _on=False, path=path: self.show_if_scene(path))
        if self.recent_menu.isEmpty():
            self.recent_menu.addAction(self.tr("No lecture yet")).setEnabled(False)

    @property
    def editor(self) -> LectureEditor | None:
        """The lecture editor, if it is open."""
        return self._editor if self._editor is not None and isValid(self._editor) else None

    def new_lecture(self) -> None:
        """Begin a new lecture in the editor."""
        if self._edit().draft.may_leave():
            self._edit().begin()

    def edit_lecture(self, lecture: OpenedLecture, at: int) -> None:
        """Edit the open lecture in the editor, beginning with the scene that is shown."""
        if self._edit().draft.may_leave():
            self._edit().edit(lecture, at)

    def recover(self, journal: JournalFile, state: LectureState) -> None:
        """Edit a recovered lecture."""
        self._edit().recover(journal, state)

    def _edit(self) -> LectureEditor:
        """Return the lecture editor, of which there is at most one, and raise it above the other windows."""
        if self.editor is None:
            from gui.lecture.editor.window import open_editor  # noqa: PLC0415  (imported late, as above)

            self._editor = editor = open_editor(self._window, self._settings, present())
            editor.give_requested.connect(lambda given, at: self._opened().give(given, at))
            editor.saved.connect(self._reread)
            if self.journals is not None:
                editor.keep_journal(self.journals)
        assert self._editor is not None
        to_front(self._editor)
        return self._editor

    def _reread(self, path: Path) -> None:
        if self.lecture is not None:
            self.lecture.reread(path)

    def _opened(self, *, hall: bool = False) -> LectureWindow:
        """Return the lecture window; it enters presentation mode before it shows a scene."""
        if self.lecture is None:
            from gui.lecture.window import open_lecture  # noqa: PLC0415  (imported late, as above)

            self._lecture = lecture = open_lecture(self._window, self._settings, present())
            lecture.hall_requested.connect(lambda on: self._hall.show(lecture, on))
            lecture.build_requested.connect(self.build)
            lecture.edit_requested.connect(self.edit_lecture)
        assert self._lecture is not None
        if hall or self._hall.shown is self._window:
            self._hall.show(self._lecture, True)
        self._lecture.raise_()
        self._lecture.activateWindow()
        return self._lecture

    def build(self, subject: Subject) -> None:
        """Open the first network of a scene in the main window, after asking about unsaved changes."""
        from core.lecture.subjects import ActivationBench, Networks, made  # noqa: PLC0415  (imported late, as above)

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

    def may_close(self) -> bool:
        """Close the lecture editor, which asks about unsaved edits; return whether it is closed."""
        return self.editor is None or self.editor.close()

    def close(self) -> None:
        """Close the lecture window."""
        if self.lecture is not None:
            self.lecture.close()
