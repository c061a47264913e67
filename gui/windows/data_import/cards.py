"""The cards below the preview: how rows are split, how numbers are scaled, and the network's inputs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.data.encoding import EncodedTable
from core.data.table import Split, Table
from core.data.table_edits import change_columns
from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.nn.design import Design, fitted
from core.number_style import exact_text, value_text
from gui.plots.scatter import class_colours, draw_markers
from gui.qt.typed_signal import TypedSignal
from gui.text.formula_label import FormulaLabel
from gui.text.plain_text import plain
from gui.theme.theme import LIGHT, Theme
from gui.widgets.form import Form

MOST_NAMED = 8  # classes and columns that are listed by name
MARKER = 12


class Card(QFrame):
    """A frame with a title, in which a part of the import is described and changed.

    ``changed`` carries the changed table.
    """

    changed = TypedSignal[Table]()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("import_card")
        self.table = Table()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 8, 12, 8)
        self.column.setSpacing(5)
        self.title = QLabel(title)
        self.title.setProperty("look", "strong")
        self.column.addWidget(self.title)

    def line(self, look: str = "") -> QLabel:
        """Add a label below the present ones."""
        label = QLabel()
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setProperty("look", look)
        self.column.addWidget(label)
        return label


class SplitCard(Card):
    """How rows are split into training and test: by share, by a column, or in the order of the file."""

    def __init__(self) -> None:
        super().__init__(self.tr("Training and test"))
        self.share = QRadioButton(self.tr("by share"))
        self.share.setToolTip(self.tr("The test rows are drawn at random, by a seed"))
        self.by_column = QRadioButton(self.tr("by a column"))
        self.by_column.setToolTip(self.tr("A column says which rows are the test; it is no input then"))
        self.order = QRadioButton(self.tr("in file order"))
        self.order.setToolTip(self.tr("The last rows of the file are the test"))
        self.none = QRadioButton(self.tr("no test rows"))
        self.none.setToolTip(self.tr("All rows are for training"))
        self.columns, self.values = QComboBox(), QComboBox()
        self.columns.setAccessibleName(self.tr("Column that says which rows are the test"))
        self.values.setAccessibleName(self.tr("Value of that column in rows for the test"))
        for box in (self.columns, self.values):
            box.setToolTip(box.accessibleName())
        self.form = Form(Split, ("share", "seed"))
        self.mix = QCheckBox(self.tr("same mix of classes in both"))
        self.mix.setToolTip(
            self.tr("Every class has the same share of the test rows as of the training rows")
        )
        kinds = QGridLayout()
        for k, button in enumerate((self.share, self.order, self.by_column, self.none)):
            kinds.addWidget(button, k // 2, k % 2)
        self.column.addLayout(kinds)
        self._which = QWidget()
        row = QHBoxLayout(self._which)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(self.tr("Test where")))
        row.addWidget(self.columns, 1)
        row.addWidget(QLabel("="))
        row.addWidget(self.values, 1)
        self.column.addWidget(self._which)
        self.column.addWidget(self.form)
        self.column.addWidget(self.mix)
        self.column.addStretch(1)
        self.share.clicked.connect(lambda: self._ask(kind="share"))
        self.order.clicked.connect(lambda: self._ask(kind="order"))
        self.none.clicked.connect(lambda: self._ask(kind="hand"))
        self.by_column.clicked.connect(self._ask_column)
        self.columns.activated.connect(self._ask_column)
        self.values.activated.connect(lambda: self._ask(test=self.values.currentText()))
        self.form.changed.connect(lambda split: self.changed.emit(replace(self.table, split=split)))
        self.mix.clicked.connect(lambda on: self._ask(same_mix=bool(on)))

    def _ask(self, **changes: object) -> None:
        self.changed.emit(replace(self.table, split=replace(self.table.split, **changes)))

    def _ask_column(self) -> None:
        """Split by the chosen column; rows that read like "test", or else its last value, are for testing."""
        k = max(0, self.columns.currentIndex())
        if not self.table.columns:
            return
        column = self.table.columns[k]
        values = _values(self.table, k)
        test = next((value for value in values if "test" in value.casefold()), values[-1] if values else "")
        table = self.table
        if column.role != "ignored":
            table = change_columns(table, [k], role="ignored")
        self.changed.emit(
            replace(table, split=replace(table.split, kind="column", column=column.name, test=test))
        )

    def show_table(self, table: Table, _made: EncodedTable) -> None:
        """Show the split of a table."""
        self.table, split = table, table.split
        buttons = {"share": self.share, "column": self.by_column, "order": self.order, "hand": self.none}
        buttons[split.kind].setChecked(True)
        self.form.show_value(split)
        drawn = split.kind == "share"
        self.form.show_fields(
            [name for name, on in (("share", split.kind in ("share", "order")), ("seed", drawn)) if on]
        )
        self.mix.setVisible(drawn)
        self.mix.setChecked(split.same_mix)
        by_column = split.kind == "column"
        _fill(self.columns, table.names, split.column if by_column else "")
        self._which.setVisible(by_column)
        self.by_column.setEnabled(bool(table.columns))
        _fill(self.values, _values(table, table.names.index(split.column)) if by_column else (), split.test)


def _fill(box: QComboBox, texts: Iterable[str], chosen: str) -> None:
    box.clear()
    box.addItems([*texts])
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(6)
    if chosen:
        box.setCurrentText(chosen)


def _values(table: Table, k: int) -> list[str]:
    """Return the first different values of a column, as text."""
    cells = table.columns[k].cells
    numbers = np.unique(cells.numbers[cells.codes < 0])[:100]
    return [*(exact_text(number) for number in numbers), *cells.words[:100]]


class ScalingCard(Card):
    """Whether the inputs that are numbers are standardized, with the formula and one number worked out."""

    def __init__(self) -> None:
        super().__init__("")
        self.title.hide()
        self.box = QCheckBox()
        self.box.setProperty("look", "strong")
        self.box.setToolTip(self.tr("Give each of them the mean 0 and the standard deviation 1"))
        self.column.addWidget(self.box)
        self.formula = FormulaLabel(r"x' = \frac{x - \mu}{\sigma}", self.tr("x′ = (x − mean) / spread"))
        self.column.addWidget(self.formula)
        self.worked, self.told = self.line(), self.line("small")
        self.column.addStretch(1)
        self.box.clicked.connect(self._ask)

    def _numbers(self) -> list[int]:
        return [
            k
            for k, column in enumerate(self.table.columns)
            if column.role == "input" and column.type == "number" and column.entry not in ("one-hot", "0/1")
        ]

    def _ask(self, on: bool) -> None:
        entry = "standardized" if on else "unscaled"
        self.changed.emit(change_columns(self.table, self._numbers(), entry=entry))

    def show_table(self, table: Table, made: EncodedTable) -> None:
        """Show how the numbers of a table are scaled."""
        self.table = table
        numbers = self._numbers()
        scaled = [k for k in numbers if table.columns[k].entry == "standardized"]
        text = self.tr("Standardize the {count} number inputs").format(count=len(numbers))
        self.box.setText(text if len(numbers) != 1 else self.tr("Standardize the number input"))
        self.box.setEnabled(bool(numbers))
        self.box.setTristate(False)
        self.box.setChecked(bool(scaled) and len(scaled) == len(numbers))
        rows = made.dataset.rows
        known = bool(scaled) and rows is not None and rows.size > 0
        self.formula.setVisible(known)
        self.worked.setVisible(known)
        if known and rows is not None:
            largest = max(scaled, key=lambda k: abs(made.columns[k].mean))
            self.worked.setText(self._example(largest, int(rows[0]), made))
        train = f"{made.dataset.train.size:,}"
        told = self.tr(
            "Mean μ and spread σ come from the {train} training rows only; the test rows are changed by the "
            "same two numbers."
        )
        plain_numbers = self.tr(
            "Numbers enter as they are written. Inputs of very different size learn slowly."
        )
        self.told.setText(told.format(train=train) if scaled else plain_numbers)

    def _example(self, k: int, row: int, made: EncodedTable) -> str:
        """Return the scaling of one number of a column, worked out."""
        column, scaling = self.table.columns[k], made.columns[k]
        cell = column.cells[row]
        x = cell if isinstance(cell, float) else scaling.mean
        text = "{name}: {x} → ({x} − {mean}) / {std} = <b>{scaled}</b>"
        return text.format(
            name=plain(column.name),
            x=exact_text(x),
            mean=value_text(scaling.mean, count=4),
            std=value_text(scaling.std, count=4),
            scaled=value_text((x - scaling.mean) / scaling.std),
        )


class NetworkCard(Card):
    """The number of inputs and outputs of the network, and its output activation and loss."""

    def __init__(self) -> None:
        super().__init__(self.tr("The network gets"))
        self.theme = LIGHT
        self.inputs, self.outputs = self.line(), self.line()
        self.classes = QWidget()
        self._row = QHBoxLayout(self.classes)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(5)
        self.column.addWidget(self.classes)
        self.hidden = self.line("small")
        self.hidden.setText(self.tr("Hidden layers stay as they are."))
        self.column.addStretch(1)

    def show_network(self, table: Table, made: EncodedTable, design: Design) -> None:
        """Show how a design is adapted to the table."""
        dataset = made.dataset
        if dataset.problem:
            self.inputs.setText(f"<b>{plain(dataset.problem)}</b>")
            self.outputs.clear()
            self.classes.hide()
            return
        self.inputs.setText(self._told_inputs(table, made))
        fit = fitted(design, dataset)
        output, loss = fit.dense[-1], fit.training.loss
        count = self.tr("{count} outputs") if output.neurons > 1 else self.tr("{count} output")
        self.outputs.setText(
            self.tr("<b>{outputs}</b>, {activation}, {loss}").format(
                outputs=count.format(count=output.neurons),
                activation=ACTIVATIONS[output.activations[0]].symbol,
                loss=tr(loss.symbol),
            )
        )
        self._show_classes(dataset.class_names if dataset.task == "classes" else ())

    def _told_inputs(self, table: Table, made: EncodedTable) -> str:
        parts = []
        alone = [k for k, c in enumerate(table.columns) if c.role == "input" and c.type == "number"]
        alone = [k for k in alone if len(made.columns[k].places) == 1]
        if alone:
            one, more = self.tr("{count} number"), self.tr("{count} numbers")
            parts.append((one if len(alone) == 1 else more).format(count=len(alone)))
        others = [k for k, c in enumerate(table.columns) if c.role == "input" and k not in alone]
        named = self.tr("{name} as {count}")
        parts += [
            named.format(name=plain(table.columns[k].name), count=len(made.columns[k].places))
            for k in others[:MOST_NAMED]
        ]
        if len(others) > MOST_NAMED:
            parts.append(self.tr("and {count} more columns").format(count=len(others) - MOST_NAMED))
        count = made.dataset.features
        head = (self.tr("{count} input") if count == 1 else self.tr("{count} inputs")).format(count=count)
        return f"<b>{head}</b>: {', '.join(parts)}"

    def _show_classes(self, names: tuple[str, ...]) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        colours = class_colours(self.theme, len(names))
        for k, name in enumerate(names[:MOST_NAMED]):
            mark, label = QLabel(), QLabel(plain(name))
            mark.setPixmap(self._marker(k, colours))
            label.setProperty("look", "small")
            self._row.addWidget(mark)
            self._row.addWidget(label)
        self._row.addStretch(1)
        self.classes.setVisible(bool(names))

    def _marker(self, k: int, colours: tuple) -> QPixmap:  # type: ignore[type-arg]
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(MARKER * ratio), round(MARKER * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        symbol = self.theme.class_symbols[k % len(self.theme.class_symbols)]
        middle = np.array([[MARKER / 2, MARKER / 2]])
        draw_markers(painter, middle, symbol, 0.75 * MARKER, colours[k], self.theme)
        painter.end()
        return picture

    def show_theme(self, theme: Theme) -> None:
        """Draw markers in a theme's colours."""
        self.theme = theme
