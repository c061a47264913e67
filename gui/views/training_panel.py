"""The panel with the settings of the training."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import asdict, fields, replace
from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QToolButton, QVBoxLayout, QWidget

from core.derivation.formulas import cost_latex, loss_latex
from core.derivation.update import optimizer_latex
from core.language import tr
from core.nn.design import Design, Problem, Training, fields_of
from core.nn.early_stopping import STOPS, Stop
from core.nn.neuron_ids import RemovedNeuron
from core.number_style import fine_text
from gui.qt.typed_signal import TypedSignal
from gui.text.formula_label import FormulaLabel
from gui.text.topics import set_topic
from gui.theme.theme import Theme
from gui.widgets.form import Form, KindRow, problems_under

FIELDS = ("loss", "optimizer", "learning_rate", "gradient_descent", "batch_size", "l2")
MORE = ("order", "first_sample", "rule", "l1", "seed", "precision")


class TrainingPanel(QWidget):
    """Loss, optimizer, learning rate, gradient descent, regularization; under "More", what is rarely changed.

    ``learning_rate_previewed`` is emitted while its slider is dragged, `edit_requested` when released.
    """

    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()
    learning_rate_previewed = TypedSignal[float]()
    summary_changed = TypedSignal[str]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Training"))
        self._design: Design | None = None
        self.form = Form(Training, FIELDS)
        self.more_form = Form(Training, MORE)
        self.loss_formula, self.optimizer_formula = FormulaLabel(), FormulaLabel()
        self.summary, self.extra = "", QWidget()
        self.hint = QLabel(self.tr("Dropout is a layer: drag it onto the canvas."))
        self.hint.setProperty("look", "small")
        self.hint.setWordWrap(True)
        self.more = QToolButton()
        self.more.setText(self.tr("More"))
        self.more.setToolTip(
            self.tr("Means or sums, order of the samples, rule, L1, seed of the first weights, precision")
        )
        self.more.setAccessibleName(self.tr("More training settings"))
        self.more.setCheckable(True)
        self.more.setProperty("look", "quiet")
        self._arrange()
        self.more_form.hide()
        self.more.toggled.connect(self.more_form.setVisible)
        self.more.toggled.connect(self._show_reductions)
        for form in (self.form, self.more_form):
            form.changed.connect(self._ask)
        self.form.previewed.connect(self._preview)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 4)
        column.setSpacing(3)
        rows = self.form.rows
        rows["gradient_descent"].take_in(rows["batch_size"])
        rows["l2"].add_beside(self.more)
        column.addWidget(self.form)
        column.addWidget(self.more_form)
        below = QVBoxLayout(self.extra)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(2)
        for text, formula in (
            (self.tr("what is made small"), self.loss_formula),
            (self.tr("what happens to a weight"), self.optimizer_formula),
        ):
            caption = QLabel(text)
            caption.setProperty("look", "small")
            below.addWidget(caption)
            below.addWidget(formula)
        below.addWidget(self.hint)
        column.addWidget(self.extra)

    def show_design(self, design: Design, problems: Sequence[Problem]) -> None:
        """Show the training settings of a design, and each problem at its field."""
        self._design = design
        training = design.training
        found = problems_under(problems, "training")
        for form in (self.form, self.more_form):
            form.show_value(training, found)
        batch_counts = training.gradient_descent == "mini-batch" or "batch_size" in found
        self.form.rows["batch_size"].setVisible(batch_counts)
        counts = training.order != "shuffled" or "first_sample" in found
        self.more_form.rows["first_sample"].setVisible(counts)
        self._show_reductions()
        if any(key.split(".")[0] in MORE for key in found):
            self.more.setChecked(True)
        text = self.tr("η = {rate}, {optimizer}")
        self.summary = text.format(
            optimizer=tr(training.optimizer.symbol), rate=fine_text(training.learning_rate)
        )
        self.summary_changed.emit(self.summary)
        text = rf"L={loss_latex(training.loss)};\ J={cost_latex(training.loss)}"
        self.loss_formula.set_formula(text, training.loss.title)
        self.optimizer_formula.set_formula(optimizer_latex(training.optimizer), tr(training.optimizer.symbol))

    def _show_reductions(self) -> None:
        """Show under "More" which sums in the loss are means, and which of them differ from the default."""
        row = self.form.rows["loss"]
        if not isinstance(row, KindRow) or self._design is None:
            return
        loss = self._design.training.loss
        usual = {field.name: field.default for field in fields(type(loss))}
        chosen = row.forms[row.combo.currentIndex()]
        for name in {"over_outputs", "over_samples"} & usual.keys():
            if chosen is not None:
                seen = self.more.isChecked() or getattr(loss, name) != usual[name]
                chosen.rows[name].setVisible(seen)

    def show_theme(self, _theme: Theme) -> None:
        """Render the formulas again in the theme's text colour."""
        for label in (self.loss_formula, self.optimizer_formula):
            label.update()

    def _preview(self, training: Training) -> None:
        if self._design is not None and training.learning_rate != self._design.training.learning_rate:
            self.learning_rate_previewed.emit(training.learning_rate)

    def _ask(self, training: Training) -> None:
        if self._design is None or training == self._design.training:
            return
        before, now = asdict(self._design.training), asdict(training)
        changed = next(name for name in FIELDS + MORE if now[name] != before[name])
        meta = fields_of(Training)[changed][1]
        title = tr(meta.title) if meta and meta.title else changed
        text = self.tr("Change {}").format(title)
        self.edit_requested.emit(replace(self._design, training=training), text, None)


# -- stop conditions: each can be switched on, and has a number ------------------------------------------


class StopForm(QDialog):
    """A dialog for stop conditions. ``stops_changed`` carries those switched on; it stops nothing itself."""

    stops_changed = TypedSignal[tuple[Stop, ...]]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stop_form")
        set_topic(self, "training", "Run, pause, go back in time")
        self.setWindowTitle(self.tr("Stop when…"))
        self.setAccessibleName(self.tr("Conditions at which a run stops"))
        self.checks: dict[str, QCheckBox] = {}
        self.forms: dict[str, Form] = {}
        self._values: dict[str, Stop] = {name: kind() for name, kind in STOPS.items()}
        column = QVBoxLayout(self)
        column.setSpacing(6)
        said = QLabel(self.tr("Training goes on until you pause it, or until one of these is reached."))
        said.setProperty("look", "muted")
        said.setWordWrap(True)
        column.addWidget(said)
        for name, value in self._values.items():
            check = QCheckBox(tr(value.symbol))
            check.setAccessibleName(check.text())
            check.setToolTip(self.tr("End the run by itself, and say why"))
            form = Form(type(value), sliders=False)
            form.show_value(value)
            form.setContentsMargins(24, 0, 0, 6)
            form.setEnabled(False)
            check.toggled.connect(form.setEnabled)
            check.toggled.connect(self._emit_stops)
            form.changed.connect(lambda new, name=name: self._take(name, new))
            self.checks[name], self.forms[name] = check, form
            column.addWidget(check)
            column.addWidget(form)
        self.setMinimumWidth(320)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The stop conditions that are switched on."""
        return tuple(value for name, value in self._values.items() if self.checks[name].isChecked())

    def _take(self, name: str, value: Stop) -> None:
        self._values[name] = value
        self.forms[name].show_value(value)
        self._emit_stops()

    def _emit_stops(self) -> None:
        self.stops_changed.emit(self.stops)
