"""The rows of the table as a Qt model; texts are made for visible cells only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from core.analysis.sample_losses import SampleLosses
from core.arrays import Array
from core.data.table import PARTS, Part
from core.number_style import exact_text, value_text
from gui.qt.drawable import guarded_overrides
from gui.theme.theme import LIGHT
from gui.views.table.contents import Contents, Holds, OwnContents, Role, ShownColumn
from gui.views.table.order import SortKey, live_values

Index = QModelIndex | QPersistentModelIndex
MOST_MEASURED = 300  # rows whose texts are measured for the width of a column
MEASURED_VALUES = 64  # different values up to which all of them are expected
NUMBERS = (Holds.NUMBER, Holds.OUTPUT, Holds.TERM, Holds.LOSS)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@guarded_overrides
class TableRows(QAbstractTableModel):
    """Rows of the data in an order, with the network's outputs for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = LIGHT
        self.columns: tuple[ShownColumn, ...] = ()
        self.contents: Contents | None = None
        self.losses: SampleLosses | None = None
        self.order: Array = np.empty(0, int)
        self.keys: tuple[SortKey, ...] = ()
        self.followed: int | None = None

    # -- what is shown -----------------------------------------------------------------------------

    def show_contents(self, contents: Contents, columns: tuple[ShownColumn, ...]) -> None:
        """Set the columns of other data, whose rows are shown later."""
        self.beginResetModel()
        was_own = self.editable
        self.contents, self.columns = contents, columns
        self.losses, self.order, self.followed = None, np.empty(0, int), None
        kept = [key for key in self.keys if key.column in columns and was_own == self.editable]
        worst_first, as_written = SortKey(columns[-1], falling=True), SortKey(columns[0], falling=False)
        self.keys = tuple(kept) or (as_written if self.editable else worst_first,)
        self.endResetModel()

    def show_losses(self, losses: SampleLosses | None, order: Array) -> None:
        """Show these rows in this order, with their losses if they are known."""
        same = order.size == self.order.size
        if not same:
            self.beginResetModel()
        self.losses, self.order = losses, order
        if not same:
            self.endResetModel()
        else:
            self.rewrite()

    def change_contents(self, contents: Contents, columns: tuple[ShownColumn, ...]) -> bool:
        """Show edited contents, whose rows keep their places; return whether no other row moved.

        New rows come last. The former losses are kept until others are shown.
        """
        old = self.contents
        shape = (contents.rows, [column.kind for column in columns])
        if old is not None and shape == (old.rows, [column.kind for column in self.columns]):
            kept = {key.column: columns[self.columns.index(key.column)] for key in self.keys}
            self.keys = tuple(SortKey(kept[key.column], key.falling) for key in self.keys)
            self.contents, self.columns = contents, columns
            self.rewrite()
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(columns) - 1)
            return True
        order = self.order
        self.show_contents(contents, columns)
        kept_rows = order[order < contents.rows]
        added = np.arange(0 if old is None else old.rows, contents.rows)
        self.show_losses(None, np.concatenate([kept_rows, added]))
        return False

    def rewrite(self) -> None:
        """Update the texts of all cells, in their places."""
        if self.order.size:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(self.columns) - 1))

    @property
    def editable(self) -> bool:
        """Whether the data are the user's own table."""
        return isinstance(self.contents, OwnContents)

    def row_at(self, place: int) -> int | None:
        """Return the row of the data at a place of the table; None for the empty row for new data."""
        return int(self.order[place]) if place < self.order.size else None

    def place_of(self, row: int | None) -> int | None:
        """Return the place of a row of the data; None if it is not listed."""
        places = np.flatnonzero(self.order == (-1 if row is None else row))
        return int(places[0]) if places.size else None

    def column_of(self, kind: Holds, at: int = 0) -> int:
        """Return the index of the column of a kind."""
        return next(k for k, column in enumerate(self.columns) if (column.kind, column.at) == (kind, at))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else int(self.order.size) + self.editable

    def flags(self, index: Index) -> Qt.ItemFlag:
        column = self.columns[index.column()] if index.isValid() else None
        typed = self.editable and column is not None and column.kind is Holds.DATA
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if typed else Qt.ItemFlag.NoItemFlags)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    # -- headers -----------------------------------------------------------------------------------

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or not section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(part for part in (column.title, self._mark(column)) if part)
        if role == Qt.ItemDataRole.TextAlignmentRole and self.is_number(section):
            return RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            how = self.tr("Click to sort by it, again to turn the order round; Shift+click adds it.")
            return f"{self._tip(column)}\n{how}"
        return None

    def _mark(self, column: ShownColumn) -> str:
        """Return the sort indicator of a column, with its rank if there are several."""
        for k, key in enumerate(self.keys, 1):
            if key.column == column:
                place = str(k).translate(RAISED) if len(self.keys) > 1 else ""
                return ("▾" if key.falling else "▴") + place
        return ""

    def _tip(self, column: ShownColumn) -> str:
        if column.kind is Holds.DATA:
            roles = {
                Role.INPUT: self.tr("{name}: an input, in its own unit"),
                Role.TARGET: self.tr("{name}: a target, what the network is to say"),
                Role.IGNORED: self.tr("{name}: not used"),
            }
            return roles[column.role or Role.INPUT].format(name=column.title)
        tips = {
            Holds.NUMBER: self.tr("Number of the row, counted from 1 over the whole data"),
            Holds.PART: self.tr("Whether the row is for training, held back to test, or left out"),
            Holds.DECIDED: self.tr("The class the network decides for; red where it is another"),
            Holds.OUTPUT: self._output_tip(),
            Holds.TERM: self.tr("What one output adds to the loss of the row"),
            Holds.LOSS: self.tr("J of this row alone, without penalty"),
        }
        return tips[column.kind]

    def _output_tip(self) -> str:
        dataset = None if self.contents is None else self.contents.dataset
        if dataset is None or dataset.task != "classes":
            return self.tr("What the network gives")
        if self.losses is None or self.losses.o.shape[0] > 1:
            return self.tr("The output for the class that the row belongs to")
        return self.tr("Output for class “{name}”; it decides for it above {threshold}").format(
            name=dataset.class_names[1], threshold=exact_text(dataset.threshold)
        )

    # -- cells -------------------------------------------------------------------------------------

    def is_number(self, section: int) -> bool:
        """Whether a column holds numbers, which are aligned to the right."""
        column = self.columns[section]
        if column.kind is Holds.DATA and self.contents is not None:
            return self.contents.columns[column.at].numeric
        return column.kind in NUMBERS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.contents is None or not index.isValid() or not index.column() < len(self.columns):
            return None
        row, column = self.row_at(index.row()), self.columns[index.column()]
        if row is None:
            return self._new_row_text(column) if role == Qt.ItemDataRole.DisplayRole else None
        makers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: self.text(row, column),
            Qt.ItemDataRole.EditRole: lambda: self.typed(row, column),
            Qt.ItemDataRole.TextAlignmentRole: lambda: RIGHT if self.is_number(index.column()) else None,
            Qt.ItemDataRole.ForegroundRole: lambda: self._colour(row, column),
            Qt.ItemDataRole.ToolTipRole: lambda: self._tip_of(row, column),
            Qt.ItemDataRole.AccessibleTextRole: lambda: self._spoken(row, column),
        }
        return makers[role]() if role in makers else None

    def _new_row_text(self, column: ShownColumn) -> str:
        """Return the text in the empty row for new data."""
        assert self.contents is not None
        if column.kind is Holds.NUMBER:
            return str(self.contents.rows + 1)
        first = column.kind is Holds.DATA and column.at == 0
        return self.tr("type here, or paste rows with Ctrl+V") if first else ""

    def _spoken(self, row: int, column: ShownColumn) -> str | None:
        """Return the text for screen readers, if it is more than the text of the cell."""
        wrong = column.kind is Holds.DECIDED and self.is_wrong(row)
        return self.tr("{name}, wrong").format(name=self.text(row, column)) if wrong else None

    def text(self, row: int, column: ShownColumn) -> str:
        """Return the text of a cell in a row of the data."""
        contents = self.contents
        assert contents is not None
        if column.kind is Holds.NUMBER:
            return str(row + 1)
        if column.kind is Holds.PART:
            parts = {"train": self.tr("train"), "test": self.tr("test"), "left out": self.tr("left out")}
            return parts[self.part_of(row)]
        if column.kind is Holds.DATA:
            return contents.text(row, column.at)
        if column.kind is Holds.DECIDED:
            decided = self.decided(row)
            return "" if decided is None else contents.dataset.class_names[decided]
        value = self.value(row, column)
        return "" if value is None else value_text(value)

    def typed(self, row: int, column: ShownColumn) -> str:
        """Return the text in the editor of a cell: a number with all its digits."""
        number = self.number(row, column)
        return self.text(row, column) if number is None else exact_text(number)

    def number(self, row: int, column: ShownColumn) -> float | None:
        """Return the number in a cell of the data or of the network; None if there is none."""
        if column.kind is Holds.DATA and self.contents is not None:
            return self.contents.number(row, column.at)
        return self.value(row, column) if column.kind in (Holds.OUTPUT, Holds.TERM, Holds.LOSS) else None

    def copied(self, row: int, column: ShownColumn) -> str:
        """Return the text that is copied of a cell: numbers with all digits, as other programs read them."""
        number = self.number(row, column)
        text = self.text(row, column) if number is None else repr(number)
        return " ".join(text.split())

    def value(self, row: int, column: ShownColumn) -> float | None:
        """Return the network's value in a cell; None if the row is left out."""
        if self.contents is None or self.losses is None or (sample := int(self.contents.samples[row])) < 0:
            return None
        losses = self.losses
        if column.kind is Holds.OUTPUT and losses.decided is not None and losses.o.shape[0] > 1:
            return float(losses.o[self.contents.dataset.labels[sample], sample])
        return float(live_values(self.contents, losses, column)[sample])

    def decided(self, row: int) -> int | None:
        """Return the predicted class; None if there is none."""
        if self.losses is None or self.losses.decided is None or self.contents is None:
            return None
        sample = int(self.contents.samples[row])
        return int(self.losses.decided[sample]) if sample >= 0 else None

    def is_wrong(self, row: int) -> bool:
        """Whether the network predicts another class than the row's."""
        contents, losses = self.contents, self.losses
        if contents is None or losses is None or losses.right is None or contents.samples[row] < 0:
            return False
        return not losses.right[contents.samples[row]]

    def class_in(self, row: int, column: ShownColumn) -> int | None:
        """Return the class that a cell names; None if it names none."""
        if column.kind is Holds.DECIDED:
            return self.decided(row)
        if column.kind is not Holds.DATA or self.contents is None:
            return None
        return self.contents.class_of(row, column.at)

    def is_class_column(self, column: ShownColumn) -> bool:
        """Whether the cells of a column name classes."""
        contents = self.contents
        return contents is not None and contents.rows > 0 and self.class_in(0, column) is not None

    def part_of(self, row: int) -> Part:
        """Return whether a row is for training, for testing, or left out."""
        assert self.contents is not None
        part: Part = PARTS[int(self.contents.parts[row])]
        return part

    def _colour(self, row: int, column: ShownColumn) -> QColor | None:
        theme = self.theme
        if column.kind is Holds.DATA and self.contents is not None and self.contents.fault(row, column.at):
            return theme.warning
        if self.part_of(row) == "left out" or column.role is Role.IGNORED or column.kind is Holds.NUMBER:
            return theme.muted
        return theme.error if column.kind is Holds.DECIDED and self.is_wrong(row) else None

    def _tip_of(self, row: int, column: ShownColumn) -> str | None:
        """Return the number of a cell with all its digits, or why it counts as missing."""
        if column.kind is Holds.DATA and self.contents is not None:
            fault = self.contents.fault(row, column.at)
            if fault:
                return fault
        number = self.number(row, column)
        return None if number is None else exact_text(number)

    def widest(self, section: int) -> list[str]:
        """Return texts at least as wide as every possible text of a column."""
        contents, column = self.contents, self.columns[section]
        if contents is None:
            return []
        if column.kind is Holds.DATA:
            seen = np.unique(np.linspace(0, max(0, contents.rows - 1), MOST_MEASURED).astype(int))
            texts = {contents.text(int(row), column.at) for row in seen[: contents.rows]}
            numeric, few = contents.columns[column.at].numeric, len(texts) <= MEASURED_VALUES
            return [*texts, *(widest_numbers() if numeric and not few else [])]
        widest = {
            Holds.NUMBER: [f"▶ {contents.rows}"],
            Holds.PART: [f"● {text}" for text in (self.tr("train"), self.tr("test"), self.tr("left out"))],
            Holds.DECIDED: list(contents.dataset.class_names),
        }
        return widest.get(column.kind, widest_numbers())


def widest_numbers() -> list[str]:
    """Return the widest usual texts of a computed number, with a power of ten and without."""
    return [value_text(-8 / 9 * power) for power in (1e-87, 1e-3)]
