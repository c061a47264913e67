"""One-weight stage: a ball on the parabola L(w) = (y - w x)^2, and the learning rate that moves it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.lecture.demos import Descent, OneWeightLoss
from core.lecture.expected import AnyQuantity
from core.lecture.formula_quantities import DescentNumber, ParabolaNumber
from core.lecture.scene import Scene
from core.lecture.subjects import OneWeight, RateMark, worked_out
from core.number_style import HIDDEN
from gui.lecture.stages.base import SceneStage
from gui.lecture.stages.one_weight import text as words
from gui.lecture.stages.one_weight.plot import Parabola
from gui.lecture.stages.one_weight.rate import RateSlider, StepTable, text_of
from gui.lecture.stages.shared.worked_line import FormulaLine
from gui.qt.drawable import guarded_overrides
from gui.theme.theme import Theme, hide_in_hall, in_hall, sized
from gui.widgets.edit_history import EditHistory
from gui.widgets.number_edit import NumberEdit

STEP_MILLISECONDS = 600
RANGE_PAST = 1.35  # end of the slider, relative to the learning rate that oscillates for ever
FARTHEST = 1000.0
SAME_RATE = 1e-9
GAP = 9  # pixels beside a field
ALL = frozenset({"loss", "slope", "next", "fate", "minimum"})


@guarded_overrides
class OneWeightStage(SceneStage):
    """Changing the learning rate continues from the present w; changing x, y or w begins again."""

    plays = steps = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Gradient descent on one weight"))
        self._subject = OneWeight(x=1.0, y=1.0, w=0.0, learning_rate=0.1)
        self.descent = Descent(1.0, 1.0, 0.0, 0.1)
        self._asked: tuple[AnyQuantity, ...] = ()
        self._veiled = False
        self.history = EditHistory(self._put_back, self)
        self.plot, self.table, self.slider = Parabola(), StepTable(), RateSlider()
        self.formula, self.sentence = FormulaLine(), QLabel()
        self.cells = {name: self._cell(name) for name in ("x", "y", "w", "η")}
        self.signs = {
            name: QLabel(f"<i>{'w<sub>0</sub>' if name == 'w' else name}</i> =") for name in self.cells
        }
        self._timer = QTimer(self, interval=STEP_MILLISECONDS)
        self._connect()
        self._arrange()

    def _cell(self, name: str) -> NumberEdit:
        titles = {
            "x": self.tr("x"),
            "y": self.tr("y"),
            "w": self.tr("w at the start"),
            "η": self.tr("Learning rate η"),
        }
        if name == "η":
            return NumberEdit(titles[name], 0.1, 0.0, 10.0, step=0.01)
        return NumberEdit(titles[name], 1.0, -FARTHEST, FARTHEST, widest="−000.0")

    def _connect(self) -> None:
        for name, cell in self.cells.items():
            cell.changed.connect(lambda value, name=name: self._edit(name, value))
            cell.refused.connect(self._refuse)
        self.slider.changed.connect(lambda rate: self._edit("η", rate))
        self.plot.dragged.connect(lambda w: self._edit("w", w))
        self._timer.timeout.connect(self._walk_on)

    def _arrange(self) -> None:
        self.sentence.setWordWrap(True)
        self.sentence.setAccessibleName(self.tr("What this learning rate does"))
        self.formula.setAccessibleName(self.tr("The next step"))
        row = QHBoxLayout()
        row.setSpacing(6)
        for name, cell in self.cells.items():
            self.signs[name].setBuddy(cell)
            row.addWidget(self.signs[name])
            row.addWidget(cell)
            row.addSpacing(12)
        row.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(self.formula)
        right.addWidget(self.table, 1)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.plot, 1)
        top.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(top, 1)
        column.addLayout(row)
        column.addWidget(self.slider)
        column.addWidget(self.sentence)

    # -- what is shown -----------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Put the ball at the initial w of the scene."""
        if not isinstance(scene.subject, OneWeight):
            raise TypeError(f"one weight is not {type(scene.subject).__name__}")
        self._pause()
        self._begin(scene.subject)
        self.history.begin(scene.subject)

    def subject(self) -> OneWeight:
        """Return x, y, the initial w and the learning rate in their present state."""
        return self._subject

    def undo_stack(self) -> QUndoStack:
        """Return the undo stack of x, y, w and the learning rate."""
        return self.history.stack

    def _begin(self, subject: OneWeight) -> None:
        """Set a subject, and put the ball at its start."""
        self._subject = subject
        self.descent = Descent(subject.x, subject.y, subject.w, worked_out(subject.learning_rate))
        self.slider.show_marks(subject.marks, _end_of_slider(subject, self.descent.loss))
        self._show()

    def _show(self) -> None:
        """Update all parts to the present step."""
        subject, descent = self._subject, self.descent
        values = {"x": subject.x, "y": subject.y, "w": subject.w, "η": descent.rate}
        for name, value in values.items():
            if not self.cells[name].isModified():
                self.cells[name].show_value(value)
        self.slider.show_rate(descent.rate)
        hidden = ALL if self._veiled else _hidden_by(self._asked, descent)
        minimum = "" if "minimum" in hidden else words.minimum(descent.loss, subject.x, subject.y)
        self.plot.show_way(descent.loss, tuple(descent.way), minimum, hidden)
        self.table.show_way(descent.way, hidden)
        self.formula.show_html(words.update(descent.now, text_of(subject.learning_rate), hidden))
        self.sentence.setText(HIDDEN if "fate" in hidden else self._said())

    def _said(self) -> str:
        """Return the sentence on the present step and learning rate."""
        descent = self.descent
        if descent.flown:
            return words.flown(descent.now, descent.t, descent.loss)
        if descent.t and descent.arrived:
            return words.arrived(descent.now, descent.t)
        return words.fate(descent.loss.fate(descent.rate), text_of(self._subject.learning_rate))

    # -- changes -----------------------------------------------------------------------------------------

    def _edit(self, name: str, value: float | str) -> None:
        """Make an undoable edit."""
        self._change(name, value)
        self.history.note(self._subject, self.cells[name].accessibleName())

    def _put_back(self, subject: OneWeight) -> None:
        if replace(subject, learning_rate=self._subject.learning_rate) == self._subject:
            self._change("η", subject.learning_rate)
        else:
            self._begin(subject)

    def _change(self, name: str, value: float | str) -> None:
        if name == "η":
            self._subject = replace(self._subject, learning_rate=value)
            self.descent.take_rate(worked_out(value))
            self._show()
            return
        before = self._subject
        new = replace(before, **{name: float(value)})
        self._begin(replace(new, marks=_moved(before, new)) if name == "x" else new)

    def _refuse(self, sentence: str) -> None:
        self.sentence.setText(sentence or self._said())

    # -- steps -------------------------------------------------------------------------------------------

    def step(self, *, ahead: bool) -> None:
        """Make one step of gradient descent, or undo one; automatic stepping is paused."""
        self._pause()
        self._step(ahead)

    def _step(self, ahead: bool) -> None:
        descent = self.descent
        if ahead:
            descent.ahead()
        else:
            descent.back()
        self._show()
        ends = descent.flown or (descent.arrived and descent.t)
        self.told.emit(self._said() if ends else words.moved(descent.now, descent.t))

    def play(self) -> None:
        """Step automatically until the ball has converged or diverged, or pause."""
        if self._timer.isActive():
            self._pause()
            return
        if self.descent.ends:
            self._begin(self._subject)
        self._timer.start()
        self.running_changed.emit(True)

    def _walk_on(self) -> None:
        self._step(ahead=True)
        if self.descent.ends:
            self._pause()

    def _pause(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.running_changed.emit(False)

    # -- looks -------------------------------------------------------------------------------------------

    def ask(self, asked: Sequence[AnyQuantity], now: Sequence[AnyQuantity] | None = None) -> None:
        """Hide the gradient, the next w or the outcome of a rate, if a question asks for them."""
        self._asked = tuple(asked)
        self._show()

    def show_veil(self, veiled: bool) -> None:
        """Hide the gradient, the next w and the outcome."""
        self._veiled = veiled
        self._show()

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self.plot.show_theme(shown)
        self.table.show_theme(shown)
        self.formula.show_theme(shown)
        self.slider.show_theme(shown)
        for cell in self.cells.values():
            cell.show_theme(shown)
        for label in self.signs.values():
            label.setFont(sized("text"))
        self.sentence.setFont(sized("formula"))
        self.sentence.setMinimumHeight(2 * self.sentence.fontMetrics().height())
        hide_in_hall(self.sentence)  # the builds say it
        self._show_fields()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_fields()

    def _show_fields(self) -> None:
        """In presentation mode, show the fields of x, y, w and η only if they have room."""
        fields = [*self.signs.values(), *self.cells.values()]
        needed = sum(field.sizeHint().width() + GAP for field in fields)
        for field in fields:
            field.setVisible(not in_hall() or needed <= self.width())

    def close_stage(self) -> None:
        """Stop automatic stepping."""
        self._timer.stop()


def _end_of_slider(subject: OneWeight, loss: OneWeightLoss) -> float:
    """Return a learning rate beyond all that are of interest, as the end of the slider."""
    ends = [1.1 * worked_out(mark.learning_rate) for mark in subject.marks]
    if loss.curvature:
        ends.append(RANGE_PAST * loss.oscillation)
    return max(ends, default=1.0) or 1.0


def _moved(before: OneWeight, after: OneWeight) -> tuple[RateMark, ...]:
    """Return the marks for another x: the two rates that depend on it are recomputed."""
    old, new = OneWeightLoss(before.x, before.y), OneWeightLoss(after.x, after.y)
    if not new.curvature:
        return before.marks
    places = ((old.one_step, new.one_step), (old.oscillation, new.oscillation))
    found = []
    for mark in before.marks:
        rate = worked_out(mark.learning_rate)
        goals = [goal for place, goal in places if abs(rate - place) <= 1e-9 * rate]
        found.append(replace(mark, learning_rate=goals[0]) if goals else mark)
    return tuple(found)


def _hidden_by(asked: Sequence[AnyQuantity], descent: Descent) -> frozenset[str]:
    """Return the parts that show the numbers asked for: "slope", "next", "fate" and "minimum"."""
    found = set[str]()
    for one in asked:
        if isinstance(one, ParabolaNumber):
            found |= {one.what}
        if not isinstance(one, DescentNumber):
            continue
        rate = descent.rate if one.learning_rate is None else worked_out(one.learning_rate)
        if abs(rate - descent.rate) < SAME_RATE and one.steps >= descent.t:
            found |= {"slope", "next"} if one.what == "gradient" else {"next", "fate"}
    return frozenset(found)
