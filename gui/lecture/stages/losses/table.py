"""The table of the loss bench: outputs to change, targets, and the terms of each loss."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from core.language import tr
from core.lecture.demos import LossTable, labels
from core.lecture.subjects import LossBench
from core.number_style import slide_text
from gui.lecture.stages.losses.text import (
    COLOURS,
    full_name,
    output_name,
    refusal,
    short_name,
    term_heading,
)
from gui.lecture.stages.shared.figures import LEFT, MARGIN, RIGHT, Figure, Sheet
from gui.theme.theme import Theme, in_hall, lettering, set_look
from gui.widgets.number_edit import MOST, NumberEdit

MOST_ROWS = 40
MOST_LARGE = 3
FIGURES = {1: "plain", 2: "formula", 3: "text"}
PROBABILITY_STEP = 0.01
WIDEST_IN_HALL = "−0.0000"  # as on the slides


class LossSheet(Sheet):
    """The base of tables of losses: cells by (sample, output), numbers of each loss, J at the bottom.

    ``output_changed`` and ``target_changed`` carry sample, output and the new number;
    ``label_changed`` sample and class.
    """

    output_changed = Signal(int, int, float)
    target_changed = Signal(int, int, float)
    label_changed = Signal(int, int)

    def __init__(self, bench: LossBench, role: str, parent: QWidget | None = None) -> None:
        super().__init__(tr("Outputs, targets and losses"), parent)
        self.role, self.shown = role, min(len(bench.outputs), MOST_ROWS)
        self.figure_role = "large" if role == "large" else FIGURES[len(bench.losses)]
        self.probabilities = any(loss.of_probabilities for loss in bench.losses)
        self.cells: dict[tuple[int, int], NumberEdit] = {}
        self.targets: dict[tuple[int, int], NumberEdit] = {}
        self.foot: list[dict[str, Figure]] = []
        self.numbers: list[list[dict[str, Figure]]] = []
        self.gradients: dict[tuple[int, int, int], Figure] = {}
        self.optional: defaultdict[str, list[QWidget]] = defaultdict(list)
        self.told: set[str] = set()
        self.later = frozenset[str]()
        """What is asked for later, and not shown yet."""

    # -- parts ---------------------------------------------------------------------------------------

    def output_cell(self, bench: LossBench, sample: int, output: int) -> NumberEdit:
        """Return the cell of an output."""
        low, high, step = (0.0, 1.0, PROBABILITY_STEP) if self.probabilities else (-MOST, MOST, None)
        cell = NumberEdit(
            output_name(bench, sample, output),
            low=low,
            high=high,
            step=step,
            refusal=refusal(bench, sample, output),
            role=self.role,
            widest="0.00" if self.probabilities else "−00.00",
        )
        cell.changed.connect(lambda value: self.output_changed.emit(sample, output, value))
        cell.refused.connect(self.refused)
        self.cells[sample, output] = cell
        return cell

    def target_cell(self, bench: LossBench, sample: int, output: int) -> NumberEdit:
        """Return the cell of a target."""
        low, high, step = (0.0, 1.0, 1.0) if self.probabilities else (-MOST, MOST, None)
        name = tr("y of sample {sample}").format(sample=sample + 1)
        cell = NumberEdit(name, low=low, high=high, step=step, role=self.role, widest="−0.00")
        cell.changed.connect(lambda value: self.target_changed.emit(sample, output, value))
        cell.refused.connect(self.refused)
        self.targets[sample, output] = cell
        return cell

    def add_number(self, sample: int, row: int) -> None:
        """Add the number of a sample at the left of its row."""
        number = Figure(tr("sample"), self.role, "00", computed=False, align=Qt.AlignmentFlag.AlignLeft)
        number.show_text(str(sample + 1))
        self.grid.addWidget(number, row, 0)
        self.optional["sample"].append(number)

    def figure(self, name: str, row: int, column: int, role: str = "") -> Figure:
        """Add a computed number to the grid; return it."""
        made = Figure(name, role or self.figure_role, WIDEST_IN_HALL if in_hall() else "")
        self.grid.addWidget(made, row, column)
        return made

    def add_foot(self, bench: LossBench, row: int, column: int, width: int) -> None:
        """Add the sums of the terms and J, with ``width`` columns per loss."""
        self.optional["sum"].append(self.head(row, 0, tr("sum"), side=LEFT))
        for k, loss in enumerate(bench.losses):
            name, first = short_name(loss), column + k * width
            sums = self.figure(tr("sum of the terms of {name}").format(name=name), row, first)
            J = self.figure(tr("{name} of all samples").format(name=name), row, first + 1, self.role)
            said = [self.head(row, first + 2, f"= {name}", side=LEFT)] if width > 2 else []
            self.optional["foot"] += [J, *said]  # the calculation below shows it too
            self.foot.append({"sum": sums, "J": J})

    def show_foot(self, tables: tuple[LossTable, ...]) -> None:
        """Show the sums."""
        for k, (foot, table) in enumerate(zip(self.foot, tables, strict=True)):
            foot["sum"].show_number(float(table.terms.sum()))
            foot["J"].show_number(table.J, COLOURS[k] if len(tables) > 1 else "accent")

    def show_cells(self, bench: LossBench) -> None:
        """Show outputs and targets."""
        for (sample, output), cell in self.cells.items():
            cell.show_value(bench.outputs[sample][output])
        for (sample, output), cell in self.targets.items():
            cell.show_value(bench.targets[sample][output])

    def show_bench(self, bench: LossBench, tables: tuple[LossTable, ...]) -> None:
        """Show the numbers of a bench of the same shape."""
        raise NotImplementedError

    def show_hidden(self, hidden: frozenset[str]) -> None:
        """Hide what is still to be guessed: "term", "contribution", "gradient", "sum", "J"."""
        for figures in (*(figures for row in self.numbers for figures in row), *self.foot):
            for part, figure in figures.items():
                figure.show_veil(part in hidden)
        for figure in self.gradients.values():
            figure.show_veil("gradient" in hidden)

    def shorten(self, level: int) -> None:
        """Hide the columns that presentation mode needs least: the more, the higher the level; 0: none."""
        kept = {"name": not level, "contribution": not level, "class": not level, "gradient": level < 4}
        kept["gradient"] = kept["gradient"] and (not level or "gradient" in self.told)
        kept["foot"], kept["sample"] = level < 2 and "J" not in self.later, level < 3
        kept["sum"] = kept["sample"]
        for part, widgets in self.optional.items():
            for widget in widgets:
                widget.setVisible(kept[part] and part not in self.later)
        for figures in (*(figures for row in self.numbers for figures in row), *self.foot):
            for part in figures.keys() & {"term", "sum"}:
                figures[part].setVisible(part not in self.later)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        super().show_theme(theme)
        for picker in self.findChildren(QComboBox):
            picker.setFont(lettering("text"))


class ScalarSheet(LossSheet):
    """A row per sample: ŷ, y, and for each loss the term, its contribution to J, and dJ/dŷ."""

    def __init__(self, bench: LossBench, parent: QWidget | None = None) -> None:
        few = len(bench.outputs) <= MOST_LARGE and len(bench.losses) == 1
        super().__init__(bench, "large" if few else "number", parent)
        self.grid.setVerticalSpacing(8 if few else 3)
        if len(bench.losses) > 1:
            self.grid.setHorizontalSpacing(MARGIN // 2)
        self._add_headings(bench)
        for sample in range(self.shown):
            self._add_sample(bench, sample, sample + 2)
        self.add_foot(bench, self.shown + 2, 3, 3)
        self.ruled = (1, self.shown + 1)
        self.grid.setColumnStretch(0, 1)
        for column in range(3, self.grid.columnCount()):
            self.grid.setColumnStretch(column, 2)

    def _add_headings(self, bench: LossBench) -> None:
        over = len(bench.outputs)
        self.optional["sample"].append(self.head(1, 0, tr("sample"), side=LEFT))
        self.head(1, 1, "<i>ŷ</i>", tr("Output: change it"))
        self.head(1, 2, "<i>y</i>", tr("Target: change it"))
        for k, loss in enumerate(bench.losses):
            name, first = short_name(loss), 3 + 3 * k
            self.optional["name"].append(self.head(0, first, f"<b>{full_name(loss)}</b>", wide=3))
            tips = (
                (term_heading(loss), tr("The term of the sample")),
                (f"÷ {over}", tr("What the term adds to J")),
                (f"∂{name}/∂<i>ŷ</i>", tr("The derivative of J by this output")),
            )
            heads = [self.head(1, column, text, tip) for column, (text, tip) in enumerate(tips, first)]
            for part, head in zip(("contribution", "gradient"), heads[1:], strict=True):
                self.optional[part].append(head)

    def _add_sample(self, bench: LossBench, sample: int, row: int) -> None:
        self.add_number(sample, row)
        self.grid.addWidget(self.output_cell(bench, sample, 0), row, 1)
        self.grid.addWidget(self.target_cell(bench, sample, 0), row, 2)
        self.numbers.append(
            [self._add_loss(short_name(x), sample, row, k) for k, x in enumerate(bench.losses)]
        )

    def _add_loss(self, name: str, sample: int, row: int, k: int) -> dict[str, Figure]:
        names = {
            "term": tr("term of sample {sample}, {name}"),
            "contribution": tr("contribution of sample {sample} to {name}"),
            "gradient": tr("derivative of {name} by the output of sample {sample}"),
        }
        made = {
            key: self.figure(text.format(sample=sample + 1, name=name), row, 3 + 3 * k + column)
            for column, (key, text) in enumerate(names.items())
        }
        for part in ("contribution", "gradient"):
            self.optional[part].append(made[part])
        return made

    def show_bench(self, bench: LossBench, tables: tuple[LossTable, ...]) -> None:
        """Show the numbers of a bench of the same shape."""
        self.show_cells(bench)
        for sample, row in enumerate(self.numbers):
            for figures, table in zip(row, tables, strict=True):
                figures["term"].show_number(table.terms[0, sample])
                figures["contribution"].show_number(table.contributions[0, sample])
                show_gradient(figures["gradient"], table.gradients[0, sample])
        self.show_foot(tables)
        self.light(None if bench.dragged is None or bench.dragged >= self.shown else bench.dragged + 2)


class ClassSheet(LossSheet):
    """Three lines per sample: y, ŷ and dJ/dŷ, a column per class; then each loss's term and contribution."""

    def __init__(self, bench: LossBench, parent: QWidget | None = None) -> None:
        super().__init__(bench, "number", parent)
        self.grid.setVerticalSpacing(0)
        self.classes, self.losses = len(bench.outputs[0]), len(bench.losses)
        self.first_loss = 2 + self.classes
        self.pickers: dict[int, QComboBox] = {}
        self.one_hot: dict[tuple[int, int], Figure] = {}
        self.lines = 2 + self.losses
        self._add_headings(bench)
        for sample in range(self.shown):
            self._add_sample(bench, sample)
        self.add_foot(bench, 1 + self.lines * self.shown, self.first_loss, 2)
        self.ruled = tuple(self.lines * k for k in range(self.shown + 1))

    def _name(self, bench: LossBench, output: int) -> str:
        return bench.class_names[output] if bench.class_names else str(output + 1)

    def _add_headings(self, bench: LossBench) -> None:
        one_hot = labels(bench) is not None
        named = one_hot and not in_hall()
        self.head(0, 0, tr("sample, true class") if named else tr("sample"), side=LEFT)
        for output in range(self.classes):
            text = tr("class {name}") if one_hot else tr("output {name}")
            self.head(0, 2 + output, text.format(name=self._name(bench, output)))
        for k, loss in enumerate(bench.losses):
            over = round(1 / loss.scale(self.classes, len(bench.outputs)))
            column = self.first_loss + 2 * k
            self.head(0, column, term_heading(loss), full_name(loss))
            added = self.head(0, column + 1, f"÷ {over}", tr("What the term adds to J"))
            self.optional["contribution"].append(added)
            for place in (column, column + 1):
                self.grid.setColumnStretch(place, 2)
        self.grid.setColumnStretch(0, 1)

    def _add_sample(self, bench: LossBench, sample: int) -> None:
        row = 1 + self.lines * sample
        self.add_number(sample, row)
        if labels(bench) is not None:
            self.grid.addWidget(self._picker(bench, sample), row + 1, 0, LEFT)
            self.optional["class"].append(self.pickers[sample])
        self.head(row, 1, "<i>y</i>", tr("Target"))
        self.head(row + 1, 1, "<i>ŷ</i>", tr("Output"))
        for k, loss in enumerate(bench.losses):
            text = f"∂{short_name(loss)}/∂<i>ŷ</i>"
            named = self.head(row + 2 + k, 1, text, tr("The derivative of J by each output"))
            self.optional["gradient"].append(named)
        for output in range(self.classes):
            self._add_output(bench, sample, output, row)
        self.numbers.append(
            [self._add_loss(short_name(x), sample, row, k) for k, x in enumerate(bench.losses)]
        )

    def _picker(self, bench: LossBench, sample: int) -> QComboBox:
        made = QComboBox()
        made.addItems([self._name(bench, k) for k in range(self.classes)])
        made.setAccessibleName(tr("true class of sample {sample}").format(sample=sample + 1))
        made.setToolTip(tr("The true class of the sample"))
        made.activated.connect(lambda label: self.label_changed.emit(sample, label))
        self.pickers[sample] = made
        return made

    def _add_output(self, bench: LossBench, sample: int, output: int, row: int) -> None:
        column = 2 + output
        if labels(bench) is not None:
            name = tr("y of sample {sample}, class {name}")
            figure = Figure(
                name.format(sample=sample + 1, name=self._name(bench, output)), "plain", "00", computed=False
            )
            self.one_hot[sample, output] = figure
            self.grid.addWidget(figure, row, column)
        else:
            self.grid.addWidget(self.target_cell(bench, sample, output), row, column, RIGHT)
        self.grid.addWidget(self.output_cell(bench, sample, output), row + 1, column, RIGHT)
        for k, loss in enumerate(bench.losses):
            text = tr("derivative of {loss} by {output}")
            spoken = text.format(loss=short_name(loss), output=output_name(bench, sample, output))
            figure = self.gradients[sample, output, k] = self.figure(spoken, row + 2 + k, column, "text")
            self.optional["gradient"].append(figure)

    def _add_loss(self, name: str, sample: int, row: int, k: int) -> dict[str, Figure]:
        column = self.first_loss + 2 * k
        term = tr("term of sample {sample}, {name}").format(sample=sample + 1, name=name)
        part = tr("contribution of sample {sample} to {name}").format(sample=sample + 1, name=name)
        contribution = self.figure(part, row + 1, column + 1)
        self.optional["contribution"].append(contribution)
        return {"term": self.figure(term, row + 1, column), "contribution": contribution}

    def show_bench(self, bench: LossBench, tables: tuple[LossTable, ...]) -> None:
        """Show the numbers of a bench of the same shape."""
        self.show_cells(bench)
        for sample, label in enumerate((labels(bench) or ())[: self.shown]):
            self.pickers[sample].setCurrentIndex(label)
        for (sample, output), figure in self.one_hot.items():
            target = bench.targets[sample][output]
            figure.show_text(slide_text(target), "accent" if target else "muted")
            set_look(self.cells[sample, output], "counts", "true" if target else "false")
        for (sample, output, k), figure in self.gradients.items():
            show_gradient(figure, tables[k].gradients[output, sample])
        for sample, row in enumerate(self.numbers):
            for figures, table in zip(row, tables, strict=True):
                figures["term"].show_number(float(table.terms[:, sample].sum()))
                figures["contribution"].show_number(float(table.contributions[:, sample].sum()))
        self.show_foot(tables)


def show_gradient(figure: Figure, value: float) -> None:
    """Show a derivative in the colour of its sign."""
    colour = "gradient_negative" if value < 0 else "gradient_positive" if value > 0 else "muted"
    figure.show_number(float(value), colour)


def sheet_of(bench: LossBench) -> LossSheet:
    """Return a table of the kind that the bench needs."""
    return ScalarSheet(bench) if len(bench.outputs[0]) == 1 else ClassSheet(bench)
