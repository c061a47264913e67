"""The loss bench: outputs and targets to change, every term of every loss, and a race of two fits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.lecture.demos import labels, loss_tables, sums_to_one, with_label, with_output, with_target
from core.lecture.expected import AnyQuantity
from core.lecture.formula_quantities import FittedLine, LossNumber
from core.lecture.loss_race import LineRace
from core.lecture.scene import Scene
from core.lecture.subjects import LossBench, Race
from core.nn.losses import MSE
from gui.layout.responsive import FittedScrollArea, is_as_wide, is_whole, leave_out
from gui.lecture.stages.base import SceneStage
from gui.lecture.stages.losses.plots import OutputsPlot, TermPlot
from gui.lecture.stages.losses.race import LAP, RaceView
from gui.lecture.stages.losses.table import LossSheet, sheet_of
from gui.lecture.stages.losses.text import COLOURS, endless, logarithm, working_row
from gui.lecture.stages.shared.worked_line import WorkedCalculation
from gui.qt.drawable import guarded_overrides
from gui.theme.theme import LIGHT, Theme, sized
from gui.widgets.edit_history import EditHistory
from gui.widgets.number_edit import NumberEdit

ALL = 1000  # a stretch factor that leaves no room to one with factor 1
LEAST_LINES = 6
TOLD_BY = {
    "J": {"J", "sum", "contribution"},
    "term": {"term", "sum", "contribution", "gradient"},
    "contribution": {"term", "sum", "contribution"},
    "gradient": {"gradient"},
}
"""The parts of the stage that show a `LossNumber`."""


@guarded_overrides
class LossStage(SceneStage):
    """A table with a row per sample, J worked out, outputs to drag; with a race, two lines being fitted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Bench of losses"))
        self._bench = LossBench(losses=(MSE(),), outputs=((0.0,),), targets=((0.0,),))
        self._theme, self._hidden = LIGHT, frozenset[str]()
        self._later = frozenset[str]()  # what is asked for later, and not shown yet
        self._sheet: LossSheet | None = None
        self._told = set[str]()
        self.history = EditHistory(self._put_back, self)
        self.room, self.working = FittedScrollArea(), WorkedCalculation(self.tr("The loss with its numbers"))
        self.note, self.caption = QLabel(), QLabel()
        self.note.setProperty("look", "error")
        self.caption.setProperty("look", "muted")
        self.shares = QCheckBox(self.tr("Each sample's probabilities sum to 1"))
        self.shares.setToolTip(self.tr("Where one is changed, the others of its row fill up to 1"))
        self.outputs, self.terms, self.race = OutputsPlot(), TermPlot(), RaceView()
        self._arrange()

    def _arrange(self) -> None:
        for label in (self.note, self.caption):
            label.setWordWrap(True)
        self.note.hide()
        column = QVBoxLayout(self)
        for part in (self.room, self.note, self.working, self.caption, self.shares):
            column.addWidget(part)
        row = QHBoxLayout()
        for plot in (self.outputs, self.terms, self.race):
            row.addWidget(plot, 1)
        column.addLayout(row, ALL)
        column.addStretch(1)  # below the table if there is no plot
        self.outputs.moved.connect(self._dragged)
        self.race.changed.connect(self._move_points)
        self.race.plot.moved.connect(lambda *_at: self.history.note(self._bench, self.tr("Outlier")))
        self.race.told.connect(self._say)
        self.race.running_changed.connect(self.running_changed)

    # -- the stage -----------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Begin a scene, or reset it to its initial state."""
        bench = scene.subject
        assert isinstance(bench, LossBench)
        fits = [x.quantity.iterations for x in scene.expected if isinstance(x.quantity, FittedLine)]
        race = LineRace(bench.losses, bench.race) if bench.race else None
        self.race.begin(race, max(fits, default=LAP))
        self.plays = self.steps = race is not None
        self._bench = bench
        self._told = {one.quantity.what for one in scene.expected if isinstance(one.quantity, LossNumber)}
        one_hot = labels(bench) is not None
        self.shares.setChecked(one_hot and sums_to_one(bench))
        self._say("")
        self._lay_out()
        self._show()
        self._fit()
        self.history.begin(bench)

    def _fit(self) -> None:
        """In presentation mode, hide the least important parts if there is no room for all."""
        self.sheet.later = self._later
        leave_out(4, self.sheet.shorten, lambda: is_as_wide(self.sheet, self.room))
        leave_out(4, self._shorten, lambda: is_whole(self, self.room))

    def _shorten(self, level: int) -> None:
        race, one_hot = self.race.race is not None, labels(self._bench) is not None
        alone = race and level > 0  # the data of the two fits are not those of the table
        self.room.setVisible(not alone)
        self.working.setVisible(not alone and level < 4 and "J" not in self._later)
        self.shares.setVisible(one_hot and not level)
        self.caption.setVisible(bool(self.caption.text()) and level < 2)
        self.outputs.setVisible(not alone and level < 2)
        self.terms.setVisible(not race and level < 3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._sheet is not None:
            self._fit()

    def subject(self) -> LossBench:
        """Return the bench in its present state."""
        return self._bench

    def undo_stack(self) -> QUndoStack:
        """Return the undo stack of the bench."""
        return self.history.stack

    def play(self) -> None:
        """Start or pause the race."""
        self.race.play()

    def step(self, *, ahead: bool) -> None:
        """Make one update of each line, or undo one."""
        self.race.step(ahead=ahead)
        self.history.follow(self._bench)

    def ask(self, asked: Sequence[AnyQuantity], now: Sequence[AnyQuantity] | None = None) -> None:
        """Hide the columns that a question asks for, and the lines of the race while it asks for one."""
        parts = [TOLD_BY[one.what] for one in asked if isinstance(one, LossNumber)]
        open_now = [TOLD_BY[one.what] for one in now or () if isinstance(one, LossNumber)]
        hidden = frozenset[str]().union(*parts)
        self._later = frozenset() if now is None else hidden.difference(*open_now)
        self._hide(frozenset[str]().union(*parts), race=any(isinstance(one, FittedLine) for one in asked))

    def show_veil(self, veiled: bool) -> None:
        """Hide computed numbers, or show them again."""
        self._later = frozenset()
        self._hide(frozenset[str]().union(*TOLD_BY.values()) if veiled else frozenset(), race=veiled)

    def _hide(self, hidden: frozenset[str], *, race: bool) -> None:
        self._hidden = hidden
        if self._sheet is not None:
            self._sheet.show_hidden(hidden)
        self.terms.show_veil("term" in hidden)
        self.race.show_veil(race)
        self._write()
        if self._sheet is not None:
            self._fit()

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        for label in (self.note, self.caption, self.shares):
            label.setFont(sized("text"))
        for part in (self._sheet, self.working, self.outputs, self.terms, self.race):
            if part is not None:
                part.show_theme(shown)
        for plot in (self.outputs, self.terms, self.race.plot):
            plot.setMinimumHeight(round(LEAST_LINES * plot.metrics.height()))
        if self._sheet is not None:
            self._fit()

    def close_stage(self) -> None:
        """End the race."""
        self.race.pause()

    def texts(self) -> list[str]:
        """Return all texts on the stage."""
        return [*self.sheet.texts(), self.working.text(), self.caption.text(), *self.race.texts()]

    @property
    def sheet(self) -> LossSheet:
        """The table of the present rows."""
        assert self._sheet is not None
        return self._sheet

    # -- changes -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        sheet = self._sheet = sheet_of(self._bench)
        sheet.told = self._told
        sheet.output_changed.connect(self._set_output)
        sheet.target_changed.connect(
            lambda i, k, y: self._edit(with_target(self._bench, i, k, y), self.tr("Target"))
        )
        sheet.label_changed.connect(
            lambda i, label: self._edit(with_label(self._bench, i, label), self.tr("Class"))
        )
        sheet.refused.connect(self._say)
        sheet.show_theme(self._theme)
        sheet.show_hidden(self._hidden)
        self.room.setWidget(sheet)
        pickers = sheet.findChildren(QComboBox)
        order = [*sheet.findChildren(NumberEdit), *pickers, self.shares, self.outputs, self.race.plot]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _set_output(self, sample: int, output: int, value: float) -> None:
        shares = self.shares.isChecked() and self.shares.isVisibleTo(self)
        self._edit(with_output(self._bench, sample, output, value, shares=shares), self.tr("Output"))

    def _dragged(self, handle: int, _x: float, y: float) -> None:
        if any(loss.of_probabilities for loss in self._bench.losses):
            y = min(max(y, 0.0), 1.0)
        self._set_output(*self.outputs.output(handle), y)

    def _move_points(self, race: Race) -> None:
        self._bench = replace(self._bench, race=race)

    def _edit(self, bench: LossBench, text: str) -> None:
        """Make an undoable edit."""
        self._change(bench)
        self.history.note(bench, text)

    def _put_back(self, bench: LossBench) -> None:
        if bench.race is not None and bench.race != self._bench.race:
            self.race.put_outlier(bench.race)
        self._change(bench)

    def _change(self, bench: LossBench) -> None:
        self._bench = bench
        self._show()
        self._say(endless(bench))

    def _show(self) -> None:
        tables = loss_tables(self._bench)
        self.sheet.show_bench(self._bench, tables)
        self.outputs.show_bench(self._bench)
        self.terms.show_bench(self._bench, tables)
        self.caption.setText(logarithm(self._bench))
        self._write()

    def _write(self) -> None:
        tables = loss_tables(self._bench)
        rows = tuple(working_row(self._bench, table, self._hidden) for table in tables)
        self.working.show_rows(rows, COLOURS[: len(rows)] if len(rows) > 1 else ())

    def _say(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))
        if sentence:
            self.told.emit(sentence)
