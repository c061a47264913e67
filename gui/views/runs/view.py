"""A view of up to six pinned runs and the present one, as a table and as curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from core.data.datasets import Dataset
from core.debugger.pinned_runs import MOST_RUNS, PinnedRun, free_colour, run_of
from core.nn.curves import Curves
from core.nn.design import Design, Problem
from core.nn.network import Network
from core.nn.trainer import Snapshot
from gui.layout.lazy_view import LazyView
from gui.layout.responsive import ResponsiveSplitter
from gui.plots.run_plot import RunPlot, Trace, run_colours
from gui.qt.typed_signal import TypedSignal
from gui.theme.theme import LIGHT, Theme, icon
from gui.views.runs.table import RunRow, RunRows, RunTable


class RunStrip(QWidget):
    """Buttons that pin the present run, apply the settings of a pinned one, and remove one or all.

    ``turn`` shows the curves instead of the table, if there is too little room for both.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._icons: dict[QToolButton, str] = {}
        keep = self.tr("Pin this run (Ctrl+P): keep it to compare it with others; at most {most}")
        self.pin = self._button("pin", self.tr("Pin this run"), keep.format(most=MOST_RUNS))
        self.take = self._button(
            "sliders-horizontal",
            self.tr("Take these settings"),
            self.tr("Take these settings: give the network those of the selected run; can be undone"),
        )
        self.unpin = self._button("x", self.tr("Unpin"), self.tr("Unpin: forget the selected run (Delete)"))
        self.clear = self._button("trash-2", self.tr("Clear"), self.tr("Clear: forget all pinned runs"))
        self.turn = self._button(
            "chart-line", self.tr("Curves"), self.tr("Curves: show them in place of the table")
        )
        self.turn.setCheckable(True)
        column.addStretch(1)

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        made = QToolButton()
        made.setToolTip(tip)
        made.setAccessibleName(text)
        self._icons[made] = name
        layout = self.layout()
        assert layout is not None
        layout.addWidget(made)
        return made

    def show_theme(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours."""
        for button, name in self._icons.items():
            button.setIcon(icon(name, theme))

    def allow(self, *, pin: bool, chosen: bool, some: bool) -> None:
        """Enable only the buttons that can do something."""
        self.pin.setEnabled(pin)
        self.take.setEnabled(chosen)
        self.unpin.setEnabled(chosen)
        self.clear.setEnabled(some)


# -- the pinned runs, and which of their curves are shown ------------------------------------------------


class PinnedRuns(QObject):
    """At most six runs, oldest first in ``runs``. ``changed`` is emitted after every change.

    ``forgotten`` carries two functions: one restores the runs that were removed, one removes them again.
    """

    changed = Signal()
    forgotten = TypedSignal[Callable[[], object], Callable[[], object]]()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[PinnedRun, ...] = ()
        self._hidden: frozenset[int] = frozenset()
        self._made = 0

    @property
    def full(self) -> bool:
        """Whether there is no room for another run."""
        return len(self.runs) >= MOST_RUNS

    def pin(self, run: PinnedRun) -> None:
        """Add a run with a new name and a colour of its own. Raises ValueError if there are six."""
        colour = free_colour(self.runs)
        self._made += 1
        name = self.tr("Run {number}").format(number=self._made)
        self._keep([*self.runs, replace(run, name=name, colour=colour)])

    def forget(self, run: PinnedRun) -> None:
        """Remove a run."""
        self._forget([run])

    def clear(self) -> None:
        """Remove all runs."""
        self._forget(self.runs)

    def _forget(self, runs: Sequence[PinnedRun]) -> None:
        """Remove runs as an undoable action."""
        gone, before = {id(run.curves): run for run in runs}, self.runs

        def again() -> None:
            self._keep([run for run in self.runs if id(run.curves) not in gone])

        if gone:
            again()
            self.forgotten.emit(lambda: self._bring_back(gone, before), again)

    def _bring_back(self, gone: Mapping[int, PinnedRun], before: Sequence[PinnedRun]) -> None:
        """Restore removed runs at their old places, before those pinned since then, as far as there is room.

        A run is identified by its curves. If its colour is taken by now, it gets another one.
        """
        present = {id(run.curves): run for run in self.runs}
        back: list[PinnedRun] = []
        for run in list(gone.values())[: MOST_RUNS - len(present)]:
            others = [*present.values(), *back]
            taken = any(run.colour == other.colour for other in others)
            back.append(replace(run, colour=free_colour(others)) if taken else run)
        known = {**present, **{id(run.curves): run for run in back}}
        stood = [known.pop(id(run.curves)) for run in before if id(run.curves) in known]
        self._keep([*stood, *known.values()])

    def rename(self, k: int, name: str) -> None:
        """Rename run number k."""
        self._keep([replace(run, name=name) if j == k else run for j, run in enumerate(self.runs)])

    def show_curve(self, k: int, shown: bool) -> None:
        """Show or hide the curve of run number k."""
        colour = {self.runs[k].colour}
        self._hidden = self._hidden - colour if shown else self._hidden | colour
        self.changed.emit()

    def is_shown(self, run: PinnedRun) -> bool:
        """Whether the curve of a run is shown."""
        return run.colour not in self._hidden

    def _keep(self, runs: Sequence[PinnedRun]) -> None:
        self.runs = tuple(runs)
        self._hidden &= {run.colour for run in runs}
        self.changed.emit()


# -- the view --------------------------------------------------------------------------------------------

LEAST, NARROW = 57, 84  # letters; below NARROW, either the table or the curves are shown


class RunsView(LazyView):
    """Pins the present run, compares it with the pinned ones, and applies their settings again.

    The table shows only the settings in which the runs differ. Signals: ``design_requested`` carries the
    design of a pinned run and the text of the undo step, ``pins_changed`` the pinned runs, and ``deed_done``
    the text of an action, with functions that undo and repeat it.
    """

    design_requested = TypedSignal[Design, str]()
    pins_changed = TypedSignal[Sequence[PinnedRun]]()
    deed_done = TypedSignal[str, Callable[[], object], Callable[[], object]]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Runs"))
        self.pins = PinnedRuns(self)
        self._design: Design | None = None
        self._curves: Curves | None = None
        self._snapshot: Snapshot | None = None
        self._theme = LIGHT
        self.rows, self.overlay = RunRows(self), RunPlot()
        self.table = RunTable(self.rows)
        self.strip = RunStrip()
        self._arrange()
        self._connect()
        self.draw()

    def _arrange(self) -> None:
        self.hint = QLabel(self.tr("Pin a run, change something, Reset and Run: then both stand here."))
        self.hint.setProperty("look", "muted")
        self.hint.setWordWrap(True)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(4)
        column.addWidget(self.table, 1)
        column.addWidget(self.hint)
        halves = ResponsiveSplitter(left, self.overlay, self.strip.turn, LEAST, NARROW)
        halves.setAccessibleName(self.tr("Table and curves of the runs"))
        halves.setSizes([580, 420])
        outside = QHBoxLayout(self)
        outside.setContentsMargins(2, 2, 4, 2)
        outside.setSpacing(6)
        outside.addWidget(self.strip)
        outside.addWidget(halves, 1)

    def _connect(self) -> None:
        self.strip.pin.clicked.connect(self.pin)
        self.strip.take.clicked.connect(self._take)
        self.strip.unpin.clicked.connect(self._unpin)
        self.strip.clear.clicked.connect(self.pins.clear)
        self.pins.changed.connect(self._pins_changed)
        self.pins.forgotten.connect(lambda undo, redo: self.deed_done.emit(self.tr("Unpin"), undo, redo))
        self.rows.renamed.connect(self.pins.rename)
        self.rows.shown_changed.connect(self.pins.show_curve)
        self.overlay.parts.chosen.connect(lambda _part: self.draw_if_seen())
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._allow())
        self.table.unpin_asked.connect(self._unpin)

    @property
    def pinned(self) -> tuple[PinnedRun, ...]:
        """The pinned runs, oldest first."""
        return self.pins.runs

    # -- contents ----------------------------------------------------------------------------------

    def show_design(self, design: Design, problems: Sequence[Problem]) -> None:
        """Record the settings of the present run, learning rate included; invalid designs are ignored."""
        if not problems:
            self._design = design
            self.draw_if_seen()

    def show_network(self, network: Network, _dataset: Dataset) -> None:
        """Record that another run begins."""
        self._design, self._curves, self._snapshot = network.design, None, None
        self.draw_if_seen()

    def show_curves(self, curves: Curves) -> None:
        """Set the curves of the present run."""
        self._curves = curves

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Set the scores of the present run, and draw it."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours and the present font."""
        self._theme = self.rows.theme = theme
        self.overlay.show_theme(theme)
        self.strip.show_theme(theme)
        self.draw_if_seen()
        self.table.fit()

    # -- drawing -----------------------------------------------------------------------------------

    def present(self) -> PinnedRun | None:
        """Return the present run in its present state, or None before there is one."""
        if self._design is None or self._curves is None or self._snapshot is None:
            return None
        return run_of(self.tr("present run"), -1, self._design, self._curves, self._snapshot)

    def draw(self) -> None:
        self._stale = False
        colours, chosen = run_colours(self._theme), self.selected()
        self.rows.show_part(test=self.overlay.test)
        rows = [
            self.rows.row(k, RunRow(run, colours[run.colour % len(colours)], self.pins.is_shown(run)))
            for k, run in enumerate(self.pinned)
        ]
        present = self.present()
        if present is not None:
            rows.append(RunRow(present, self._theme.text, present=True))
        before = (self.rows.rowCount(), self.rows.columnCount())
        self.rows.show_rows(rows)
        if before != (self.rows.rowCount(), self.rows.columnCount()):
            self.table.fit()
        else:
            self.table.grow()
        if chosen is not None:
            self.table.select_run(self.pinned.index(chosen))
        self.overlay.show_traces([_trace(row) for row in rows if row.shown])
        self._allow()

    def _allow(self) -> None:
        """Enable only the buttons that can do something."""
        chosen = self.selected() is not None
        pin = self._snapshot is not None and not self.pins.full
        self.strip.allow(pin=pin, chosen=chosen, some=bool(self.pinned))
        self.hint.setVisible(not self.pinned)

    # -- mouse and keyboard ------------------------------------------------------------------------

    def selected(self) -> PinnedRun | None:
        """Return the pinned run whose row is selected."""
        k = self.table.currentIndex().row()
        return self.pinned[k] if 0 <= k < len(self.pinned) else None

    def pin(self) -> None:
        """Pin the present run; without one, or if six are pinned, nothing happens."""
        present = self.present()
        if present is not None and not self.pins.full:
            self.pins.pin(present)

    def _pins_changed(self) -> None:
        chosen = self.table.currentIndex().row()
        self.draw_if_seen()
        if 0 <= chosen < len(self.pinned):
            self.table.select_run(chosen)
        self._allow()
        self.pins_changed.emit(self.pinned)

    def _unpin(self) -> None:
        chosen = self.selected()
        if chosen is not None:
            self.pins.forget(chosen)

    def _take(self) -> None:
        chosen = self.selected()
        if chosen is not None:
            text = self.tr("Take the settings of “{name}”").format(name=chosen.name)
            self.design_requested.emit(chosen.design, text)


def _trace(row: RunRow) -> Trace:
    run = row.run
    return Trace(run.name, row.colour, run.curves, run.batches, strong=row.present)
