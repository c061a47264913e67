"""The main window: menus, tool bar, canvas and docks, and the connections between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from core.lecture.view_ids import ViewId
from core.nn.design import Dense, Design
from core.number_style import digits
from core.project.journal import JournalText
from core.project.json_io import FileError
from core.project.links import is_link
from gui.actions.keys import Keys, begin_tabs_with, typing
from gui.actions.registry import Actions, show_undo
from gui.app.about import show_about, show_fault_report
from gui.app.command_palette import CommandPalette
from gui.app.commands import Commands
from gui.app.data_files import DataFiles, is_table
from gui.app.dock_panels import DockPanels
from gui.app.export.exports import RunExports
from gui.app.export.sharing import Sharing
from gui.app.fault_report import ActionLog
from gui.app.panels_menu import fill_panels_menu
from gui.app.preferences import Preferences, PreferenceStore
from gui.app.presentation_mode import PresentationMode
from gui.app.secondary_windows import LectureLauncher, SecondaryWindows
from gui.app.status_bar import StatusBar
from gui.app.theme_controller import ThemeController
from gui.app.tour import Tour
from gui.figures.figure_menu import FigureMenu
from gui.layout.notification_bar import NotificationBar
from gui.layout.placement import fit, place, to_front
from gui.qt.drawable import guarded_overrides, whole
from gui.selection import PlaneLook
from gui.session import run_speed
from gui.session.document import Document
from gui.session.file_actions import FileMenu
from gui.session.journal_writer import JournalWriter, not_kept
from gui.session.player import Player
from gui.session.session import Session
from gui.session.time_travel import TimeSession
from gui.text.plain_text import window_title
from gui.text.topics import set_topic
from gui.theme.theme import Theme
from gui.views.counters import Counters
from gui.views.data_panel import DataPanel
from gui.views.registry import VIEWS
from gui.views.timeline import Timeline, barred
from gui.views.toolbar import GRAINS, TransportToolbar
from gui.views.training_panel import StopForm
from gui.widgets import dialogs
from gui.widgets.files import FileDrops, save_pixmap
from gui.windows.manual.window import open_manual
from gui.windows.shortcut_sheet import main_blocks
from gui.windows.window_actions import connect_window_actions

if TYPE_CHECKING:
    from gui.app.recovery import RecoveryOffer

FIRST_SIZE = (1600, 1000)
ZOOM = 1.25
TOUR_OFFERED = "tour/offered"
TABLE_SHARE = 0.34
"""The least share of the window's height that the table has if it is at the bottom."""
EDGES = {"edges_weights": "weights", "edges_gradients": "gradients", "edges_both": "both"}


@guarded_overrides
class MainWindow(QMainWindow):
    """The window of one design. ``settings`` stores the preferences of the user."""

    def __init__(self, design: Design, settings: QSettings) -> None:
        super().__init__()
        set_topic(self, "index")
        self.setObjectName("main_window")
        self.settings = settings
        self.document, self.player = Document(design, self), Player(self)
        self.actions_ = Actions(self)
        self.notice, self.status = NotificationBar(), StatusBar()
        self.counters = Counters()
        self.transport = TransportToolbar(self.actions_)
        for bar in (self.transport, self.status):
            self.player.running_changed.connect(bar.show_running)
        self.panels = DockPanels(self)
        frames = self.panels.frames(self.counters, self.transport, self.status)
        views = self.panels.listeners
        self.session = Session(self.document, self.player, views, self.notice, frames, self)
        self.time = TimeSession(self.document, self.player, views, lambda: self.transport.grain, self)
        self.timeline = Timeline(self.actions_)
        self.preferences = PreferenceStore(self.actions_, settings, self)
        self._make_files()
        self.secondary_windows = SecondaryWindows(
            self, self.document, self.player, self.panels, self.actions_
        )
        bars = (self.transport, self.counters, self.status, self.timeline)
        self.tour = Tour(self, self.bring)
        parts = (self.actions_, *bars, self.notice, self.sharing.handle, self.panels, self.tour)
        self.looks = ThemeController(self.preferences, parts, self)
        self.hall = PresentationMode(self, self.looks)
        self.lecture_launcher = LectureLauncher(self, self.actions_, self.files, self.hall, settings)
        self._commands = self._find_by_words()
        self.journal: JournalWriter | None = None
        self._offer: RecoveryOffer | None = None
        self._arranged = False
        self.action_log = ActionLog(self.actions_, self.document.undo_stack, self)
        self.keys = Keys(self, lambda: self.panels.canvas, self._panes)
        self._lay_out()
        self._connect()
        self._connect_actions()
        self._restore()
        self.session.begin()
        self._name()

    def _find_by_words(self) -> Commands:
        """Set up the search by words, and return all that the command palette finds."""
        return Commands(
            self.actions_,
            self.panels,
            self.document,
            self.files,
            self.lecture_launcher,
            self.time.seek,
            partial(open_manual, self),
        )

    # -- building ---------------------------------------------------------------------------------

    def _make_files(self) -> None:
        """Create the objects that read and write files."""
        self.files = FileMenu(self, self.actions_, self.document, self.player, self.settings)
        self.data_files = DataFiles(self, self.document, self.settings)
        self.exports = RunExports(
            self, self.actions_, self.session, self.time.seek, self.bring, self.settings
        )
        self.sharing = Sharing(self, self.actions_, self.document, self.files.work)

    def _lay_out(self) -> None:
        self.setMinimumSize(900, 600)
        centre = QWidget()
        self._column = column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.notice.lie_over(self)  # over the status bar, where it neither covers nor moves the network
        column.addWidget(self.panels.canvas, 1)
        self.setCentralWidget(centre)
        FigureMenu(centre, lambda: self.panels.canvas, VIEWS[ViewId.CANVAS].name)
        self.transport.add_end(self.counters, self.counters.shorten)
        self.addToolBar(self.transport)
        strip = barred(self.timeline)  # shown where the loss plot, whose axis is the timeline, is hidden
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, strip)
        self.panels.docks[ViewId.LOSS_PLOT].visibilityChanged.connect(lambda seen: strip.setVisible(not seen))
        self.panels[ViewId.LOSS_PLOT].addActions([self.actions_[name] for name in ("resume", "branch")])
        self.setStatusBar(self.status)
        self.status.addPermanentWidget(self.sharing.handle)
        begin_tabs_with(self, (self.panels.canvas, self.transport, self.timeline))
        self.panels.canvas.setFocus()
        menus = self.actions_.fill(self.menuBar())
        menus["file"].insertMenu(self.actions_["save"], self.files.recent_menu)
        menus["file"].insertMenu(self.actions_["new_lecture"], self.lecture_launcher.recent_menu)
        menus["file"].insertMenu(self.actions_["save"], self.files.examples_menu)
        fill_panels_menu(menus["view"].addMenu(self.tr("&Panels")), self.panels.docks)

    def _panes(self) -> list[QWidget]:
        """Return the parts of the window, in reading order."""
        return [self.panels.canvas, self.transport, self.timeline, *self.panels.docks.in_order()]

    def _connect(self) -> None:
        document, player, session = self.document, self.player, self.session
        document.title_changed.connect(self._name)
        player.network_changed.connect(lambda _network, dataset: self.panels.show_for(dataset))
        session.message.connect(self.status.notify)
        session.network_shown.connect(self.status.show_network)
        views = self.panels.listeners
        self.looks.digits_changed.connect(session.show_again)
        self.looks.digits_changed.connect(lambda: views.show_digits(digits()))
        views.digits_requested.connect(lambda count: self.actions_[f"digits_{count}"].trigger())
        session.selection_changed.connect(self.status.show_selection)
        for dock in self.panels.docks:
            dock.visibilityChanged.connect(lambda seen: session.show_again() if seen else None)
        self.transport.speed_requested.connect(player.set_speed)
        self.transport.speed_requested.connect(self._keep_speed)
        player.step_changed.connect(self.transport.show_step)
        for show in (self.timeline.show_place, self.panels.listeners.show_place):
            session.place_shown.connect(show)
        session.place_shown.connect(self.status.show_place)
        self.timeline.seek_requested.connect(self.time.seek)
        for show_progress in (self.timeline.show_progress, self.panels.listeners.show_progress):
            player.progress_changed.connect(show_progress)
        self.time.message.connect(self.status.notify)
        self.time.began_anew.connect(session.tell_with_undo)
        self.files.failed.connect(lambda sentence: self.notice.tell("error", sentence, "file"))
        self.files.message.connect(self.status.notify)
        self.exports.failed.connect(lambda sentence: self.notice.tell("error", sentence, "file"))
        self.exports.message.connect(self.status.notify)
        self.sharing.failed.connect(lambda sentence: self.notice.tell("error", sentence, "file"))
        self.sharing.message.connect(self.status.notify)
        self.files.told.connect(lambda sentence: self.notice.tell("info", sentence, "file"))
        self.files.changed_outside.connect(self._tell_change)
        self.files.opened.connect(lambda: self.notice.over("file", "welcome", "diverged"))
        canvas = self.panels.canvas
        canvas.editing.history_requested.connect(lambda _weight: self.panels.bring(ViewId.INSPECTOR))
        canvas.editing.edge_actions = [self.actions_[name] for name in EDGES]
        self.data_files.message.connect(self.status.notify)
        self.data_files.opened.connect(lambda: self.notice.over("welcome", "diverged"))
        self.data_files.opened.connect(self._show_table)
        data_panel = self.panels[ViewId.DATA_PANEL]
        assert isinstance(data_panel, DataPanel)
        data_panel.offer_tables(draw=True)
        data_panel.draw_pressed.connect(self.actions_["draw_points"].trigger)
        data_panel.open_pressed.connect(self.data_files.ask)
        data_panel.table_pressed.connect(self._show_table)
        drops = FileDrops(self)
        drops.dropped.connect(self.open_dropped)
        drops.link_dropped.connect(self.files.open_link)
        self.hall.changed.connect(self._show_hall)
        self.status.back.clicked.connect(self.hall.leave)
        stack = document.undo_stack
        stack.indexChanged.connect(self._show_undo)

    def _show_hall(self, window: QWidget | None) -> None:
        """Show what a lecture needs while this window is shown to a hall."""
        if window is self:
            self.notice.over("welcome")
        self.transport.show_few(window is self)
        self.status.show_way_back(window is self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Escape, where no field has a use for it, end the hall."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape and self.hall.shown is self and not (focus and typing(focus)):
            self.hall.leave()
        else:
            super().keyPressEvent(event)

    def _connect_actions(self) -> None:
        session, document = self.session, self.document
        canvas, docks = self.panels.canvas, self.panels.docks
        slots: dict[str, Callable[..., object]] = {
            "run": session.toggle_run,
            "stops": self._open_stops,
            "pin_run": partial(_pin_run, self),
            "new_weights": document.new_weights,
            "weights_half": lambda: document.set_first_weights(0.5),
            "weights_zero": lambda: document.set_first_weights(0.0),
            "update_on_sample": lambda: self.time.update_on(session.selection.column),
            "new_data": document.new_data,
            "fit_output": document.fit,
            "open_data": self.data_files.ask,
            "paste": self._paste,
            "add_layer": self._add_layer,
            "undo": document.undo_stack.undo,
            "redo": document.undo_stack.redo,
            "zoom_in": lambda: canvas.zoom_by(ZOOM),
            "zoom_out": lambda: canvas.zoom_by(1 / ZOOM),
            "zoom_fit": canvas.fit,
            "next_pane": lambda: self.keys.go_round(ahead=True),
            "previous_pane": lambda: self.keys.go_round(ahead=False),
            "next_tab": lambda: docks.turn(ahead=True),
            "previous_tab": lambda: docks.turn(ahead=False),
            "full_screen": self._full_screen,
            "hall": lambda on: self.hall.show(self, on),
            "reset_layout": self.reset_layout,
            "commands": lambda: CommandPalette(self._commands.find, self),
            "glossary": lambda: open_manual(self, "glossary"),
            "teachers_guide": lambda: open_manual(self, "teachers-guide"),
            "tour": self.tour.begin,
            "preferences": self._open_preferences,
            "picture": self._save_picture,
            "report_fault": lambda: show_fault_report(self, self.action_log.names()),
            "about": lambda: show_about(self),
            "quit": self._quit,
        }
        connect_window_actions(self, self.actions_, lambda: main_blocks(self.actions_))
        for name, slot in slots.items():
            self.actions_[name].triggered.connect(slot)
        self.time.connect_actions(self.actions_)
        for name, numbers in EDGES.items():
            self.actions_[name].toggled.connect(
                lambda on, numbers=numbers: self.panels.canvas.set_edge_numbers(numbers) if on else None
            )
        self._connect_plane()
        document.design_changed.connect(self._show_data)
        session.selection_changed.connect(self._show_data)
        self._show_data()
        self._show_undo()

    def _paste(self) -> None:
        """Paste from the clipboard: a link, or a table."""
        copied = QApplication.clipboard().text()
        if is_link(copied):
            self.files.open_link(copied)
        else:
            self.data_files.paste()

    def _connect_plane(self) -> None:
        """Connect the decision boundary with the actions: they set its options, and it sets them."""
        names = {"test": "show_test", "discretized": "discretize", "drawing": "draw_points"}
        shown = {field: self.actions_[name] for field, name in names.items()}
        views = self.panels.listeners

        def show() -> None:
            views.show_plane_look(PlaneLook(**{field: action.isChecked() for field, action in shown.items()}))

        def take(look: PlaneLook) -> None:
            for field, action in shown.items():
                action.setChecked(getattr(look, field))

        shown["drawing"].toggled.connect(self.panels.make_room_to_draw)
        shown["test"].setChecked(True)
        for action in shown.values():
            action.toggled.connect(show)
            action.triggered.connect(lambda on: self.panels.bring(ViewId.DECISION_BOUNDARY) if on else None)
        views.plane_look_requested.connect(take)
        show()

    def _show_data(self) -> None:
        """Enable other samples, and an update on a single one, only if the data has any."""
        self.actions_["new_data"].setEnabled(self.document.can_draw_data)
        self.actions_["update_on_sample"].setEnabled(self.session.selection.sample is not None)

    def _restore(self) -> None:
        """Restore the preferences of the last session."""
        speed = str(self.settings.value("train/speed", run_speed.FIRST))
        grain = f"grain_{self.settings.value('train/grain', 'pass')}"
        self.actions_[grain if grain in GRAINS.values() else "grain_pass"].setChecked(True)
        self.transport.speed.setValue(whole(int(speed) if speed.isdigit() else run_speed.FIRST))
        self.actions_["edges_weights"].setChecked(True)
        self.looks.restore()
        self.panels.listeners.show_digits(digits())
        self.transport.show_running(False)
        self.resize(*FIRST_SIZE)
        self.panels.docks.remember()
        self._arranged = self.panels.docks.restore(self.settings)

    # -- appearance -------------------------------------------------------------------------------

    def take_place(self) -> None:
        """Move the window to its saved place, or to its default place."""
        if self._arranged:
            fit(self)
        else:
            place(self, FIRST_SIZE)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._arranged:
            self._arranged = True
            self.panels.arrange()
        self.panels.fill()

    def keep_journal(self, folder: Path) -> None:
        """Keep the work in a journal in a folder, until the window is closed.

        Other windows with a journal are told which file this one has open.
        """
        self.files.use.folder = folder.with_name("open")
        self.lecture_launcher.journals = self.secondary_windows.journals = folder
        self.journal = JournalWriter(folder, self.files.unsaved_work, JournalText().of, self)
        self.journal.problem_changed.connect(self._show_journal)

    def add_above(self, offer: RecoveryOffer) -> None:
        """Show an offer above the canvas."""
        self._column.insertWidget(0, offer)
        offer.show()
        self.looks.add(offer)
        self._offer = offer

    def _tell_change(self, sentence: str) -> None:
        self.notice.tell("warning", sentence, "file", button=self.tr("Reload"), act=self.files.reload)

    def _show_journal(self, problem: str) -> None:
        self.notice.over("journal")
        if problem:
            self.notice.tell("warning", not_kept(problem), "journal")

    def keep_work(self) -> str:
        """Write the journals of this window and those beside it now; return why that failed, "" if not."""
        editor = self.lecture_launcher.editor
        edited = None if editor is None else editor.journal
        journals = (self.journal, edited, *self.secondary_windows.writers)
        return next((why for one in journals if one is not None and (why := one.write_now())), "")

    def reset_layout(self) -> None:
        """Restore the default layout of the panels."""
        self.panels.docks.reset()
        self.panels.arrange()

    def _full_screen(self, on: bool) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self.actions_["full_screen"].setChecked(on)

    def _name(self) -> None:
        self.setWindowTitle(self.tr("{title}[*] — Glassnet").format(title=window_title(self.files.title())))
        self.setWindowModified(self.document.modified)
        self.setWindowFilePath(str(self.document.path or ""))

    def _show_undo(self) -> None:
        show_undo(self.actions_, self.document.undo_stack)

    # -- handlers of actions ----------------------------------------------------------------------

    def _keep_speed(self) -> None:
        self.settings.setValue("train/speed", self.transport.speed.value())
        self.settings.setValue("train/grain", self.transport.grain.name.lower())

    def _quit(self) -> None:
        """Close all main windows; stop at the first one that stays open because of unsaved work."""
        windows = (one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
        all(one.close() for one in sorted(windows, key=lambda one: one is not self) if one.isVisible())

    def _open_stops(self) -> None:
        """Open the form of stop conditions; it is created when first needed, and keeps its values."""
        form = self.findChild(StopForm)
        if form is None:
            form = StopForm(self)
            form.stops_changed.connect(lambda _stops: self.notice.over("passed"))
            form.stops_changed.connect(self.player.set_stops)
            place(form, (form.sizeHint().width(), form.sizeHint().height()))
        form.show()
        form.activateWindow()

    def _open_preferences(self) -> None:
        """Open the preferences, or bring those that are open to the front."""
        for opened in self.findChildren(Preferences):
            if opened.isVisible():
                to_front(opened)
                return
        dialog = Preferences(self.preferences, self)
        place(dialog, (dialog.sizeHint().width(), dialog.sizeHint().height()))
        dialog.show()

    def _show_table(self) -> None:
        """Bring the table to the front, high enough to work in."""
        self.panels.bring(ViewId.TABLE)
        dock = self.panels.dock_of(ViewId.TABLE)
        below = self.dockWidgetArea(dock) == Qt.DockWidgetArea.BottomDockWidgetArea
        if below and not dock.isFloating() and dock.height() < TABLE_SHARE * self.height():
            self.resizeDocks([dock], [round(TABLE_SHARE * self.height())], Qt.Orientation.Vertical)

    def _add_layer(self) -> None:
        design = self.document.design
        added = (*design.layers[:-1], Dense(4), design.layers[-1])
        self.document.edit(replace(design, layers=added), self.tr("Add layer"))

    def _save_picture(self) -> None:
        name = dialogs.file_to_save(self, self.tr("Save the window as a picture"), "", "PNG (*.png)")
        if name:
            try:
                save_pixmap(self.grab(), name if Path(name).suffix else f"{name}.png")
            except FileError as error:
                self.notice.tell("error", str(error), "file")

    def welcome(self) -> None:
        """Show a hint on what to press first; at the very first start, offer a tour as well."""
        said = self.tr("This network is ready to learn XOR: press Run or the space bar, and watch.")
        offered = self.settings.value(TOUR_OFFERED, False, bool)
        button = "" if offered else self.tr("Show me round, two minutes")
        self.notice.tell("info", said, "welcome", button=button, act=self.tour.begin)
        self.settings.setValue(TOUR_OFFERED, True)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme, to all windows that belong to this one as well."""
        self.looks.show(shown)

    def bring(self, view: ViewId) -> QWidget:
        """Bring a view to the front; return it, or the bar that it is part of."""
        bars = {ViewId.CANVAS: self.panels.canvas, ViewId.COUNTERS: self.transport}
        return bars[view] if view in bars else self.panels.bring(view)

    def open_dropped(self, path: Path) -> None:
        """Open a design, after asking about unsaved changes, show a scene in the lecture, or read a table."""
        if is_table(path):
            self.data_files.read(path)
        elif not self.lecture_launcher.show_if_scene(path):
            self.files.open_if_may(path)

    # -- events -----------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Pause the training while the window is painted, so that painting is not delayed."""
        if event.type() == QEvent.Type.WindowActivate:
            self.files.look_outside()
            self.preferences.look()
        if event.type() == QEvent.Type.UpdateRequest:
            with self.player.parked():
                return super().event(event)
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.files.may_leave() or not self.lecture_launcher.may_close():
            event.ignore()
            return
        self.preferences.close()
        self.hall.leave()  # it hides panels, which are to be visible the next time
        self.actions_["draw_points"].setChecked(False)
        self.panels.docks.save(self.settings)
        self.settings.sync()
        self.secondary_windows.close()
        self.lecture_launcher.close()
        if self._offer is not None:
            self._offer.leave()
        if self.journal is not None:
            self.journal.close()
        self.files.use.release()
        self.player.close()
        event.accept()


def _pin_run(window: MainWindow) -> None:
    """Pin the present run, and show the panel of pinned runs."""
    from gui.views.runs.view import RunsView  # noqa: PLC0415  (late, so that the first window opens sooner)

    runs = window.panels.bring(ViewId.RUNS)
    assert isinstance(runs, RunsView)
    window.session.show_again()
    runs.pin()
