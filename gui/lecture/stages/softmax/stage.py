"""The softmax bench: raw outputs become probabilities, step by step, and all of it can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.lecture.demos import MOST_CLASSES, SoftmaxTable, softmax_table, with_class, with_z, without_class
from core.lecture.expected import AnyQuantity
from core.lecture.formula_quantities import SoftmaxNumber
from core.lecture.scene import Scene
from core.lecture.subjects import SoftmaxBench, worked_out
from gui.layout.responsive import FittedScrollArea, is_as_wide, is_whole, leave_out
from gui.lecture.stages.base import SceneStage
from gui.lecture.stages.shared.worked_line import WorkedCalculation
from gui.lecture.stages.softmax.table import COLUMN_LEVELS, PowerPlot, SoftmaxSheet
from gui.lecture.stages.softmax.text import decision, impossible, rows, unmoved
from gui.qt.drawable import guarded_overrides, whole
from gui.theme.theme import LIGHT, Theme, in_hall, sized
from gui.widgets.edit_history import EditHistory
from gui.widgets.number_edit import NumberEdit
from gui.widgets.slider import FocusedSlider, Scale

TEMPERATURES = Scale(0.01, 100.0, whole=False, logarithmic=True)
COLDEST, HOTTEST = 0.001, 100.0
ALL = 1000  # a stretch factor that leaves no room to one with factor 1
LEAST_LINES = 7
PARTS = {
    "exponential": "power",
    "sum": "power",
    "probability": "probability",
    "total": "probability",
    "class": "decision",
    "share": "share",
}
"""The parts of the stage that show a `SoftmaxNumber`."""


@guarded_overrides
class SoftmaxStage(SceneStage):
    """A table with a row per class, the temperature, a constant added to all z, and the number of classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Softmax bench"))
        self._bench = SoftmaxBench(z=(0.0, 0.0))
        self._theme, self._veiled, self._looked_at = LIGHT, False, -1
        self._asked: tuple[AnyQuantity, ...] = ()
        self._later = frozenset[str]()  # what is asked for later, and not shown yet
        self._sheet: SoftmaxSheet | None = None
        self.history = EditHistory(self._change, self)
        self.room = FittedScrollArea()
        self.decision, self.note = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.note.setProperty("look", "error")
        self.working = WorkedCalculation(self.tr("The calculation of one probability"))
        column = QVBoxLayout(self)
        for part in (self.room, self.decision, self.note, self.working):
            column.addWidget(part)
        self.plot = PowerPlot()
        column.addWidget(self.plot, ALL)
        column.addStretch(1)  # below the table if there is no plot
        column.addLayout(self._controls())
        self.note.hide()

    def _controls(self) -> QGridLayout:
        self.temperature = NumberEdit(
            self.tr("Temperature T"), 1.0, COLDEST, HOTTEST,
            refusal=self.tr("The temperature must be above 0 and at most 100."),
        )  # fmt: skip
        self.constant = NumberEdit(self.tr("Constant c added to all z"))
        self.slider = FocusedSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, whole(TEMPERATURES.steps))
        self.slider.setAccessibleName(self.tr("Temperature slider"))
        self.slider.setToolTip(self.tr("Left: the largest takes all. Right: all become equal."))
        self.unmoved = QLabel(wordWrap=True)
        self.more, self.fewer = QPushButton(self.tr("+ class")), QPushButton(self.tr("− class"))
        self.more.setToolTip(self.tr("Add a class with z = 0"))
        self.fewer.setToolTip(self.tr("Remove the last class"))
        for button in (self.more, self.fewer):
            button.setAccessibleName(button.toolTip())
        self._labels = (
            QLabel(self.tr("Temperature <i>T</i>")),
            QLabel(self.tr("Add <i>c</i> to all <i>z</i>")),
        )
        grid = QGridLayout()
        rows = (
            (self._labels[0], self.temperature, self.slider, self.more),
            (self._labels[1], self.constant, self.unmoved, self.fewer),
        )
        for k, row in enumerate(rows):
            for column, part in enumerate(row):
                grid.addWidget(part, k, column)
        grid.setColumnStretch(2, 1)
        self._rows = rows
        self._connect()
        return grid

    def _connect(self) -> None:
        self.temperature.changed.connect(self._heat)
        self.constant.changed.connect(
            lambda c: self._edit(replace(self._bench, shift=c), self.tr("Constant"))
        )
        self.slider.valueChanged.connect(self._slid)
        self.more.clicked.connect(self._add)
        self.fewer.clicked.connect(lambda: self._edit(without_class(self._bench), self.tr("Remove class")))
        self.plot.moved.connect(self._dragged)
        for cell in (self.temperature, self.constant):
            cell.refused.connect(self._say)

    # -- the stage -----------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Begin a scene, or reset it to its initial state."""
        assert isinstance(scene.subject, SoftmaxBench)
        self._looked_at = -1
        self._say("")
        self._change(scene.subject)
        self.history.begin(scene.subject)

    def _fit(self) -> None:
        """In presentation mode, hide the least important parts if there is no room for all."""
        self.sheet.later = self._later
        leave_out(COLUMN_LEVELS, self.sheet.shorten, lambda: is_as_wide(self.sheet, self.room))
        leave_out(4, self._shorten, lambda: is_whole(self, self.room))

    def _shorten(self, level: int) -> None:
        used = (self._bench.temperature != 1, self._bench.shift != 0)
        for row, needed in zip(self._rows, used, strict=True):
            for part in row[:-1]:
                part.setVisible(needed or not level)
            row[-1].setVisible(not level)
        self.plot.setVisible(level < 2)
        self.decision.setVisible(level < 3 and "decision" not in self._later)
        self.working.setVisible(level < 4 and "probability" not in self._later)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._sheet is not None:
            self._fit()

    def subject(self) -> SoftmaxBench:
        """Return the bench in its present state."""
        return self._bench

    def undo_stack(self) -> QUndoStack:
        """Return the undo stack of the bench."""
        return self.history.stack

    def ask(self, asked: Sequence[AnyQuantity], now: Sequence[AnyQuantity] | None = None) -> None:
        """Hide the columns that a question asks for, at the constant and the temperature it asks for."""
        self._asked = tuple(asked)
        hidden = _hidden_by(asked, self._bench, veiled=False)
        self._later = frozenset() if now is None else hidden - _told_by(now, self._bench)
        if self._sheet is not None:
            self._show()
            self._fit()

    def show_veil(self, veiled: bool) -> None:
        """Hide computed numbers, or show them again."""
        self._veiled, self._later = veiled, frozenset()
        if self._sheet is not None:
            self._show()
            self._fit()

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        for label in (*self._labels, self.unmoved, self.more, self.fewer, self.note, self.decision):
            label.setFont(sized("text"))
        for part in (self.temperature, self.constant, self.working, self.plot, self._sheet):
            if part is not None:
                part.show_theme(shown)
        self.plot.setMinimumHeight(round(LEAST_LINES * self.plot.metrics.height()))
        if self._sheet is not None:
            self._fit()

    def texts(self) -> list[str]:
        """Return all texts on the stage."""
        table = [] if self._sheet is None else self._sheet.texts()
        parts = (self.decision, self.unmoved, self.working, self.temperature, self.constant)
        return [*table, *(part.text() for part in parts)]

    # -- changes -------------------------------------------------------------------------------------

    @property
    def sheet(self) -> SoftmaxSheet:
        """The table of the present classes."""
        assert self._sheet is not None
        return self._sheet

    def _edit(self, bench: SoftmaxBench, text: str) -> None:
        """Make an undoable edit."""
        self._change(bench)
        self.history.note(bench, text)

    def _change(self, bench: SoftmaxBench) -> None:
        """Show another bench."""
        old, self._bench = self._bench, bench
        named = (len(bench.z), bench.class_names, bench.by_sum)
        if self._sheet is None or named != (len(old.z), old.class_names, old.by_sum):
            self._lay_out()
        self._looked_at = min(self._looked_at, len(bench.z) - 1)
        self._show()
        self._fit()

    def _lay_out(self) -> None:
        sheet = self._sheet = SoftmaxSheet(self._bench)
        sheet.z_changed.connect(self._set_z)
        sheet.looked_at.connect(self._look_at)
        sheet.refused.connect(self._say)
        sheet.show_theme(self._theme)
        self.room.setWidget(sheet)
        order = (*sheet.cells, self.plot, self.temperature, self.slider, self.constant, self.more, self.fewer)
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _show(self) -> None:
        table, bench = softmax_table(self._bench), self._bench
        self.sheet.show_hidden(_hidden_by(self._asked, self._bench, veiled=self._veiled))
        self.sheet.show_bench(bench, table)
        self.temperature.show_value(bench.temperature)
        self.constant.show_value(bench.shift)
        self.slider.blockSignals(True)
        self.slider.setValue(whole(TEMPERATURES.place(bench.temperature)))
        self.slider.blockSignals(False)
        self.more.setEnabled(len(bench.z) < MOST_CLASSES)
        self.fewer.setEnabled(len(bench.z) > 2)
        veiled = "power" in _hidden_by(self._asked, self._bench, veiled=self._veiled)
        self.plot.show_bench(bench, table, veiled=veiled, bare="power" in self._later)
        self._write(table)

    def _dragged(self, place: int, moved_z: float, _height: float) -> None:
        """Set the z of a class so that, with constant and temperature, its point is where it is dragged."""
        bench = self._bench
        self._set_z(place, round(moved_z * bench.temperature - bench.shift, 6))

    def _slid(self, place: int) -> None:
        self._heat(TEMPERATURES.value(place))

    def _heat(self, temperature: float) -> None:
        self._edit(replace(self._bench, temperature=temperature), self.tr("Temperature"))

    def _set_z(self, k: int, z: float) -> None:
        self._edit(with_z(self._bench, k, z), self.tr("z of class {number}").format(number=k + 1))

    def _add(self) -> None:
        name = self.tr("class {number}").format(number=len(self._bench.z))
        self._edit(with_class(self._bench, name), self.tr("Add class"))

    def _look_at(self, k: int) -> None:
        if k != self._looked_at:
            self._looked_at = k
            self._write(softmax_table(self._bench))

    def _say(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))
        if sentence:
            self.told.emit(sentence)

    def _write(self, table: SoftmaxTable) -> None:
        hidden = _hidden_by(self._asked, self._bench, veiled=self._veiled)
        lines = [decision(self._bench, table, hidden)]
        lines += [] if "share" in hidden else impossible(self._bench, table)
        self.decision.setText("<br>".join(lines))
        self.unmoved.setText(unmoved(self._bench, table, hidden))
        place = table.decision if self._looked_at < 0 else self._looked_at
        written = rows(self._bench, table, place, hidden)
        self.working.show_rows(written[:1] if in_hall() else written)


def _hidden_by(asked: Sequence[AnyQuantity], bench: SoftmaxBench, *, veiled: bool) -> frozenset[str]:
    """Return the parts that show numbers asked for: "power", "probability", "decision", "share", "moved"."""
    if veiled:
        return frozenset(PARTS.values()) | {"decision", "moved"}
    parts = _told_by(asked, bench)
    return parts | {"probability"} if "decision" in parts else parts


def _told_by(asked: Sequence[AnyQuantity], bench: SoftmaxBench) -> frozenset[str]:
    """Return the parts in which the numbers asked for are shown."""
    found = set[str]()
    for one in asked:
        if not isinstance(one, SoftmaxNumber):
            continue
        shift = bench.shift if one.shift is None else worked_out(one.shift)
        temperature = bench.temperature if one.temperature is None else worked_out(one.temperature)
        here = (shift, temperature) == (bench.shift, bench.temperature)
        found |= {PARTS[one.what]} if here else {"moved"}
    return frozenset(found)
