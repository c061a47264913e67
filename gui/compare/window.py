"""Side by side: two networks from one start, trained in lock-step, which differ in one thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget

from core.data.datasets import Dataset
from core.debugger.lockstep import Lockstep, LockstepPosition
from core.debugger.pinned_runs import PinnedRun, differences
from core.nn.design import Design, problems
from core.nn.network import Network
from core.nn.trainer import Snapshot
from gui.actions.keys import Keys, begin_tabs_with
from gui.actions.registry import Actions
from gui.actions.window_table import EVERYWHERE
from gui.canvas.static_view import StillCanvas
from gui.compare.variants import ChangeForm, VariantToolbar, trainers
from gui.plots.run_plot import RunPlot, Trace
from gui.selection import Selection
from gui.session.frame_scheduler import Readings
from gui.session.gc_timer import GarbageTimer
from gui.session.lockstep_thread import LockstepReport, LockstepThread
from gui.session.run_speed import Speed
from gui.session.thread_channel import ThreadChannel
from gui.theme.theme import LIGHT, Theme
from gui.views.decision_boundary.view import BoundaryView
from gui.widgets.labels import FastLabel
from gui.widgets.number_format import short
from gui.widgets.placement import place
from gui.windows.shortcut_sheet import ShortcutSheet, window_blocks

SIZE = (1600, 1000)
ZOOM = 1.25
FRAME_MILLISECONDS = 33
PLOT_EVERY = 4  # frames


class Variant:
    """One of the two networks: its title, its canvas and its boundary."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.network: Network | None = None
        self.title, self.canvas, self.boundary = FastLabel("text"), StillCanvas(), BoundaryView()
        self.losses = FastLabel("text", _losses("8.8e−8", "8.8e−8"), Qt.AlignmentFlag.AlignRight)
        for widget, what in (
            (self.canvas, _tr("Network {side}")),
            (self.boundary, _tr("Decision boundary of network {side}")),
        ):
            widget.setAccessibleName(what.format(side=name))

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Show another network."""
        self.network = network
        self.canvas.show_design(network.design, ())
        self.canvas.show_network(network, dataset)
        self.boundary.show_network(network, dataset)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a moment, and write its losses beside the title."""
        self.canvas.show_snapshot(snapshot)
        self.boundary.show_snapshot(snapshot)
        test = snapshot.test
        self.losses.setText(_losses(short(snapshot.train.loss), "" if test is None else short(test.loss)))

    def within(self, selection: Selection) -> Selection:
        """Return what is selected as far as this network has it; a sample both have."""
        l, n = selection.layer, () if self.network is None else self.network.n
        there = l is None or (
            l < len(n)
            and (selection.neuron or 0) < n[l]
            and (selection.source is None or selection.source < n[l - 1])
        )
        return selection if there else Selection(sample=selection.sample)

    def show_selection(self, selection: Selection) -> None:
        """Mark what is selected."""
        shown = self.within(selection)
        self.canvas.show_selection(shown)
        self.boundary.show_selection(shown)

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        for view in (self.canvas, self.boundary, self.losses, self.title):
            view.show_theme(theme)


class ComparisonWindow(QMainWindow):
    """A, the present design, on the left; B, a copy with one thing changed, on the right; on the same data.

    Both are trained by a thread of their own, always by the same number of iterations; one that diverges
    stops, and the other goes on. ``standing`` is what was last shown. The window ends the thread when it
    closes.
    """

    def __init__(
        self,
        design: Design,
        dataset: Dataset,
        pinned: Sequence[PinnedRun] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("side_by_side")
        self.setWindowTitle(self.tr("Two networks side by side — Glassnet"))
        self.setMinimumSize(900, 600)
        self.dataset = dataset
        self.standing: LockstepPosition | None = None
        self.running, self._refusal = False, ""
        self._frame, self._theme, self._readings = 0, LIGHT, Readings()
        self.sides = Variant("A"), Variant("B")
        self.form, self.plot = ChangeForm(design, dataset, pinned), RunPlot()
        self.bar, self.actions_ = VariantToolbar(), Actions(self, EVERYWHERE)
        self.keys = Keys(self, lambda: self.sides[0].canvas, self._panes)
        self.notice = QLabel()
        self.notice.setWordWrap(True)
        self.notice.setProperty("look", "error")
        self.notice.setAccessibleName(self.tr("What went wrong"))
        self.exchange: ThreadChannel[LockstepThread, LockstepReport] = ThreadChannel(LockstepThread())
        self._garbage = GarbageTimer(self)
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._lay_out()
        self._connect()
        self.load()

    def _lay_out(self) -> None:
        self.addToolBar(self.bar)
        left, right = self.sides
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(12)
        row.addWidget(self.form)
        row.addWidget(self.plot, 1)
        self.form.setFixedWidth(210)
        bottom = QHBoxLayout()
        bottom.addWidget(left.boundary, 3)
        bottom.addWidget(middle, 6)
        bottom.addWidget(right.boundary, 3)
        grid = QGridLayout()
        grid.setHorizontalSpacing(1)
        for k, side in enumerate(self.sides):
            head = QHBoxLayout()
            head.setContentsMargins(12, 6, 12, 2)
            head.addWidget(side.title, 1)
            head.addWidget(side.losses)
            grid.addLayout(head, 0, k)
            grid.addWidget(side.canvas, 1, k)
            grid.setColumnStretch(k, 1)
        grid.setRowStretch(1, 1)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.notice.setContentsMargins(12, 6, 12, 0)
        self.notice.hide()
        column.addWidget(self.notice)
        column.addLayout(grid, 5)
        column.addLayout(bottom, 4)
        self.setCentralWidget(centre)
        begin_tabs_with(self, (left.canvas, right.canvas, self.bar))
        left.canvas.setFocus()

    def _panes(self) -> list[QWidget]:
        left, right = self.sides
        return [left.canvas, right.canvas, self.bar, self.form, left.boundary, self.plot, right.boundary]

    def _zoom(self, factor: float | None) -> None:
        for side in self.sides:
            side.canvas.fit() if factor is None else side.canvas.zoom_by(factor)

    def _connect(self) -> None:
        slots: dict[str, Callable[[], object]] = {
            "zoom_in": lambda: self._zoom(ZOOM),
            "zoom_out": lambda: self._zoom(1 / ZOOM),
            "zoom_fit": lambda: self._zoom(None),
            "next_pane": lambda: self.keys.go_round(ahead=True),
            "previous_pane": lambda: self.keys.go_round(ahead=False),
            "close_window": self.close,
            "shortcuts": lambda: ShortcutSheet(
                window_blocks(self, [*self.bar.shortcuts, *self.actions_]), self
            ).open(),
        }
        for name, slot in slots.items():
            self.actions_[name].triggered.connect(lambda _on=False, slot=slot: slot())
        self._timer.timeout.connect(self.pull)
        self.form.changed.connect(lambda _design: self.load())
        self.bar.run_action.triggered.connect(self.toggle)
        self.bar.step_action.triggered.connect(lambda: self._ask(lambda thread: thread.lockstep.advance(1)))
        self.bar.reset_action.triggered.connect(self.load)
        self.bar.speed_requested.connect(self.set_speed)
        self.set_speed(self.bar.speed())
        for side in self.sides:
            for view in (side.canvas, side.boundary):
                view.select_requested.connect(self.show_selection)
            side.canvas.hover_requested.connect(self._show_hover)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.end)

    # -- training ----------------------------------------------------------------------------------

    def load(self) -> None:
        """Begin again from the first weights, with what the form says for B."""
        designs = self.form.left, self.form.right
        found = problems(designs[1], self.dataset)
        self._refusal = " ".join(problem.why for problem in found)
        self._say()
        if found:
            return
        left, right = (Network(design, self.dataset) for design in designs)
        dataset = self.dataset
        self._set_running(False)
        for side, network in zip(self.sides, (left, right), strict=True):
            side.show_network(network, dataset)
        self._name(designs)
        self._ask(lambda thread: thread.take(Lockstep(trainers(left, right, dataset))))

    def toggle(self) -> None:
        """Run, or pause."""
        self._set_running(not self.running)
        self._ask(LockstepThread.begin if self.running else LockstepThread.end)

    def set_speed(self, speed: Speed) -> None:
        """Train so fast from now on."""
        self._ask(lambda thread: thread.pace(speed))

    def _ask(self, request: Callable[[LockstepThread], None]) -> None:
        self.exchange.ask(request)
        self._timer.start()

    def _set_running(self, running: bool) -> None:
        self.running = running
        self.bar.show_running(running)

    def pull(self) -> None:
        """Fetch where both networks stand and show it; ask for the next report of a run."""
        reports = list(self.exchange.reports())
        standings = [report.standing for report in reports if report.standing is not None]
        networks = [side.network for side in self.sides]
        if standings and [one.network for one in standings[-1].snapshots] == networks:
            with self.exchange.parked():
                self._show(standings[-1])
        for report in reports:
            if report.ended:
                self._set_running(False)
            if report.error is not None:
                raise report.error
        self.exchange.want(self.running)
        if not self.running and not self.exchange.waiting:
            self._timer.stop()

    # -- showing -----------------------------------------------------------------------------------

    def _show(self, standing: LockstepPosition) -> None:
        """Show a standing: the canvases in every frame of a run, the rest in turn, all numbers at once."""
        self.standing = standing
        self._frame += 1
        begun, told = perf_counter(), not self.running or self._readings.due
        if told:
            self.bar.show_iteration(standing.tick)
        moments = zip(self.sides, standing.snapshots, standing.curves, strict=True)
        for k, (side, snapshot, curves) in enumerate(moments):
            if told:
                side.show_snapshot(snapshot)
            else:
                side.canvas.show_picture(snapshot, curves)
                if self._frame % 2 == k:
                    side.boundary.show_picture(snapshot, curves)
        if told:
            self._readings.wrote(begun)
        if not self.running or self._frame % PLOT_EVERY == 0:
            self._show_curves()
        self._say()

    def _show_curves(self) -> None:
        standing = self.standing
        if standing is not None:
            colours = self._theme.text, self._theme.accent
            rows = zip(self.sides, colours, standing.curves, standing.snapshots, strict=True)
            self.plot.show_traces(
                [Trace(side.name, colour, curves, at.batches, fine=True) for side, colour, curves, at in rows]
            )

    def _name(self, designs: tuple[Design, Design]) -> None:
        """Say in the titles in which settings the two differ."""
        found = differences(designs)
        for k, side in enumerate(self.sides):
            settings = [(setting.title, setting.values[k]) for setting in found if setting.values[k]]
            pairs = [f"{QCoreApplication.translate('Form', title)} {value}" for title, value in settings]
            text = " · ".join(pairs) if pairs else self.tr("the same settings in both")
            side.title.setText(self.tr("Network {side}: {settings}").format(side=side.name, settings=text))
            side.title.setToolTip(side.title.text())

    def _say(self) -> None:
        """Say why the choice for B cannot work, and which network diverged."""
        told = self.tr("Network {side}: {sentence}")
        faults = ("", "") if self.standing is None else self.standing.faults
        parts = [
            told.format(side=side.name, sentence=f) for side, f in zip(self.sides, faults, strict=True) if f
        ]
        sentence = " ".join([self._refusal, *parts]).strip()
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))

    def show_selection(self, selection: Selection) -> None:
        """Mark the same neuron, edge or sample on both sides."""
        for side in self.sides:
            side.show_selection(selection)

    def _show_hover(self, selection: Selection) -> None:
        for side in self.sides:
            side.canvas.show_hover(side.within(selection))

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        for part in (self.bar, self.plot, *self.sides):
            part.show_theme(theme)
        self._show_curves()

    # -- events ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the training still while the window is drawn, so that it is drawn in time."""
        if event.type() == QEvent.Type.UpdateRequest:
            with self.exchange.parked():
                return super().event(event)
        return super().event(event)

    def end(self) -> None:
        """End the thread."""
        self._timer.stop()
        self.running = False
        self.exchange.close()
        self._garbage.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.end()
        event.accept()


def _tr(text: str) -> str:
    return QCoreApplication.translate("SideBySide", text)


def _losses(train: str, test: str) -> str:
    if not test:
        return _tr("train J {train}").format(train=train)
    return _tr("train J {train} · test J {test}").format(train=train, test=test)


def open_side_by_side(
    parent: QWidget | None,
    design: Design,
    dataset: Dataset,
    theme: Theme,
    pinned: Sequence[PinnedRun] = (),
) -> ComparisonWindow:
    """Open two networks side by side in a window of their own; return it.

    Raises DesignError for a design that does not work on the data.
    """
    window = ComparisonWindow(design, dataset, pinned, parent)
    window.show_theme(theme)
    place(window, SIZE)
    window.show()
    return window
