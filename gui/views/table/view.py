"""The table: every row of the data with its part, the network's outputs, and its loss."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget

from core.analysis.sample_losses import SampleLosses, sample_losses
from core.arrays import Array
from core.data.datasets import OWN_TABLE, Dataset
from core.data.table import Table
from core.data.table_of import table_of
from core.nn.design import Design, Problem
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from core.nn.trainer import Snapshot
from core.number_style import count_text, value_text
from gui.layout.lazy_view import LazyView
from gui.passes.losses_in_slices import LossesInSlices
from gui.plots.sample_menu import add_update
from gui.qt.drawable import guarded_overrides, whole
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.text.plain_text import plain
from gui.theme.theme import Theme
from gui.views.table.contents import Contents, DatasetContents, Holds, OwnContents, columns_of
from gui.views.table.edit_bar import DigitsChoice, EditBar
from gui.views.table.editing import TableEditing
from gui.views.table.grid import TableGrid
from gui.views.table.order import after_click, found, in_order, in_part
from gui.views.table.rows import TableRows
from gui.widgets.form import Segments

ALL, TRAIN, TEST, MISREAD = "all", "train", "test", "misread"
BAR_GAP = 6
MANY = 20_000  # samples; with more, only visible rows are computed while training runs


@guarded_overrides
class DataTable(LazyView):
    """All rows, those of the training or test part, or those misclassified; a click selects a sample.

    A click on a header sorts. While training runs, numbers are updated and the rows keep their places
    until a header is clicked. It is not updated while hidden.
    """

    select_requested = TypedSignal[Selection]()
    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()
    update_requested = TypedSignal[int]()
    digits_requested = TypedSignal[int]()
    message = TypedSignal[str]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Table"))
        self._design: Design | None = None
        self._network: Network | None = None
        self._snapshot: Snapshot | None = None
        self._complete: Snapshot | None = None  # the one for which all losses are computed
        self._losses: SampleLosses | None = None
        self._all = LossesInSlices(self)
        self._all.known.connect(self._take)
        self._clicked: tuple[int, bool] | None = None  # the header to sort by, once all losses are known
        self._selection = Selection()
        self._part = ALL
        self._marking = self._running = False
        self.contents: Contents | None = None
        self.rows = TableRows(self)
        self.grid = TableGrid(self.rows)
        names = self.tr("All"), self.tr("Train"), self.tr("Test"), self.tr("Misread")
        self.parts = Segments(
            dict(zip((ALL, TRAIN, TEST, MISREAD), names, strict=True)),
            self.tr("Rows listed"),
            self.tr("Which rows are listed; misread are those decided wrongly"),
        )
        self.search, self.hits = SearchField(), QLabel()
        self.means, self.line = QLabel(), QLabel()
        self.editing = TableEditing(self)
        self.buttons, self.digits = EditBar(self.editing), DigitsChoice()
        self._arrange_widgets()
        self.parts.chosen.connect(self._choose)
        self.grid.header.sort_asked.connect(self._sort)
        self.grid.clicked.connect(lambda index: self._send(index.row()))
        self.grid.selectionModel().currentRowChanged.connect(self._current_changed)
        self.grid.find_asked.connect(self._begin_search)
        self.grid.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.search.textChanged.connect(lambda _text: self._find(ahead=True, from_here=True))
        self.search.next_asked.connect(lambda ahead: self._find(ahead=ahead, from_here=False))
        self.search.left.connect(self._end_search)
        self.digits.chosen.connect(self.digits_requested)
        self._connect_editing()

    def _connect_editing(self) -> None:
        grid, editing = self.grid, self.editing
        editing.edited.connect(self._ask_edit)
        editing.refused.connect(self.message)
        editing.told.connect(self.message)
        self.buttons.own_asked.connect(self._ask_own)
        self.buttons.paste_asked.connect(self._paste)
        grid.typed.connect(self._type)
        grid.paste_asked.connect(self._paste)
        grid.delete_asked.connect(lambda: editing.delete_rows(grid.selected_rows()))
        grid.clear_asked.connect(lambda: editing.clear(grid.selected_cells()))
        grid.clicked.connect(self._toggle_part)
        grid.header.menu_asked.connect(self._open_column_menu)
        grid.header.rename_asked.connect(lambda section: editing.rename(self.rows.columns[section].at))
        grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        grid.customContextMenuRequested.connect(self._open_row_menu)

    def _arrange_widgets(self) -> None:
        self.grid.setToolTip(self.tr("Click a row to send it through the network (↑ ↓)."))
        for label in (self.hits, self.means, self.line):
            label.setProperty("look", "small")
        self.means.setTextFormat(Qt.TextFormat.RichText)
        listed, edits, self.bar = QHBoxLayout(), QHBoxLayout(), QBoxLayout(QBoxLayout.Direction.LeftToRight)
        listed.addWidget(self.parts, 2)
        listed.addWidget(self.search, 1)
        listed.addWidget(self.hits)
        edits.addStretch(1)
        edits.addWidget(self.digits)
        edits.addWidget(self.buttons)
        for part in (listed, edits):
            part.setSpacing(BAR_GAP)
            self.bar.addLayout(part, 1)
        self.bar.setSpacing(BAR_GAP)
        foot = QHBoxLayout()
        foot.addWidget(self.means, 1)
        foot.addWidget(self.line)
        self.means.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 2)
        column.setSpacing(3)
        column.addLayout(self.bar)
        column.addWidget(self.grid, 1)
        column.addLayout(foot)

    def sizeHint(self) -> QSize:
        return QSize(520, 240)

    def _bar_widths(self) -> list[int]:
        """Return the least widths of the two parts of the bar."""
        parts = (self.bar.itemAt(k) for k in range(self.bar.count()))
        return [part.minimumSize().width() for part in parts if part is not None]

    def minimumSizeHint(self) -> QSize:
        return QSize(max(self._bar_widths()) + 2 * BAR_GAP, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the two parts of the bar one below the other if they do not fit side by side."""
        super().resizeEvent(event)
        fits = sum(self._bar_widths()) + 3 * BAR_GAP <= event.size().width()
        ways = QBoxLayout.Direction
        self.bar.setDirection(ways.LeftToRight if fits else ways.TopToBottom)

    # -- contents ----------------------------------------------------------------------------------

    def show_design(self, design: Design, _problems: Sequence[Problem]) -> None:
        """Show the table of a design with the user's own table, even if that cannot be used."""
        self._design = design
        table = design.data.table if design.data.source == OWN_TABLE.name else None
        self.buttons.show_own(table is not None)
        self.grid.allow_editing(table is not None)
        if table is None:
            self.contents = None if isinstance(self.contents, OwnContents) else self.contents
            return
        if isinstance(self.contents, OwnContents) and self.contents.table == table:
            return
        self.editing.table = table
        self._show_contents(OwnContents(table))

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """List the rows of another network's data."""
        self._network, self._snapshot, self._complete, self._losses = network, None, None, None
        self._all.forget()
        if self.contents is None or (not self.rows.editable and self.contents.dataset is not dataset):
            self._show_contents(DatasetContents(dataset))
        elif columns_of(self.contents, network.n[-1]) != self.rows.columns:
            self._show_contents(self.contents)
        else:
            self.rows.show_losses(None, self.rows.order)
        classes = dataset.task == "classes"
        self.parts.allow(MISREAD, classes)
        if not classes and self._part == MISREAD:
            self._part = ALL
        self.parts.show_choice(self._part)

    def _show_contents(self, contents: Contents) -> None:
        """Show other contents; if a table was edited, the rows keep their places."""
        old, self.contents, self._losses, self._complete = self.contents, contents, None, None
        self._all.forget()
        outputs = contents.dataset.outputs if self._network is None else self._network.n[-1]
        columns = columns_of(contents, outputs)
        edited = isinstance(old, OwnContents) and isinstance(contents, OwnContents)
        place, bars = (
            self.grid.currentIndex(),
            (self.grid.verticalScrollBar(), self.grid.horizontalScrollBar()),
        )
        at, scrolled = (place.row(), place.column()), [bar.value() for bar in bars]
        self._marking = True
        if not edited:
            self.rows.show_contents(contents, columns)
            self._arrange()
            self.grid.fit()
        elif not self.rows.change_contents(contents, columns):
            if old is not None and contents.rows < old.rows:
                self._arrange()
            self.grid.fit()
            self.grid.go_to(min(at[0], self.rows.rowCount() - 1), at[1])
            for bar, value in zip(bars, scrolled, strict=True):
                bar.setValue(whole(value))
        self._marking = False
        self._count()
        self._tell_means()

    def show_running(self, running: bool) -> None:
        """Keep the rows in their places while training runs, and sort them when it stops."""
        self._running = running
        if not running and self._complete is self._snapshot:
            self._keep_or_arrange()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the losses for the present parameters."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Mark the row of the selected sample."""
        changed = selection.sample != self._selection.sample
        self._selection = selection
        self._mark(scroll=changed)

    def show_theme(self, theme: Theme) -> None:
        """Write in a theme's colours and the present font."""
        self.rows.theme = theme
        self.grid.fit()
        self.grid.header.viewport().update()
        self.grid.viewport().update()
        self._tell_means()

    def show_digits(self, count: int) -> None:
        """Show the number of digits of computed numbers, and let the user change it."""
        self.digits.show_count(count)

    # -- rows --------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Compute the losses for the present parameters and show them."""
        snapshot = self._snapshot
        if snapshot is None or self.contents is None or not self._is_of(snapshot.dataset):
            return
        if self._running and self._losses is not None and self._losses.loss.size > MANY:
            self._write_seen(snapshot)
            return
        if snapshot is not self._complete:
            self._all.want(snapshot)
        else:
            self._keep_or_arrange()

    def _take(self, snapshot: Snapshot, losses: SampleLosses) -> None:
        """Show the losses of all rows, which are computed."""
        if not self._is_of(snapshot.dataset):
            return
        self._losses, self._complete = losses.copied(), snapshot
        if self._clicked is not None:
            self._sort_by(*self._clicked)
        else:
            self._keep_or_arrange()

    def _keep_or_arrange(self) -> None:
        """Leave the rows in their places while training runs, or cells are edited; else sort them."""
        if (self._running or self.rows.editable) and self.rows.order.size:
            self._show(self.rows.order)
        else:
            self._arrange()

    def _is_of(self, dataset: Dataset) -> bool:
        """Whether the samples of a dataset are the rows shown; a table that cannot be used has none."""
        own = self.contents.dataset if self.contents is not None else None
        if own is None or own is dataset or own.rows is None or dataset.rows is None:
            return own is dataset
        return np.array_equal(own.rows, dataset.rows) and np.array_equal(own.labels, dataset.labels)

    def _write_seen(self, snapshot: Snapshot) -> None:
        """Compute and show visible rows only; the means are those that training computes anyway."""
        assert self.contents is not None and self._losses is not None
        first = max(0, self.grid.rowAt(0))
        last = self.grid.rowAt(self.grid.viewport().height() - 1)
        seen = self.contents.samples[self.rows.order[first : None if last < 0 else last + 1]]
        seen = seen[seen >= 0]
        of_seen = sample_losses(snapshot.network, snapshot.shown_theta, snapshot.dataset, seen)
        self._losses.put(seen, of_seen)
        self._complete = None
        self._all.forget()
        self.rows.rewrite()

    def _scrolled(self) -> None:
        if self._running and self._snapshot is not None and self.isVisible():
            self.draw()

    def _arrange(self) -> None:
        """Choose and sort the rows again."""
        contents = self.contents
        if contents is not None and (self._losses is not None or self.rows.editable):
            rows = in_part(contents, self._losses, self._part)
            self._show(in_order(contents, self._losses, rows, self.rows.keys))

    def _show(self, order: Array) -> None:
        losses, new = self._losses, self.rows.order.size == 0
        if losses is not None:
            finite = losses.loss[np.isfinite(losses.loss)]
            self.grid.cells.largest = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
        self.rows.show_losses(losses, order)
        self._count()
        self._tell_means()
        self._mark(scroll=new)

    def _count(self) -> None:
        losses, contents = self._losses, self.contents
        if contents is None:
            return
        self.parts.name(ALL, self.tr("All {count}").format(count=count_text(contents.rows)))
        known = losses is not None and losses.right is not None
        misread = self.tr("Misread {count}") if known else self.tr("Misread")
        wrong = 0 if losses is None or losses.right is None else int((~losses.right).sum())
        self.parts.name(MISREAD, misread.format(count=count_text(wrong)))

    def _tell_means(self) -> None:
        """Show the mean losses of training and test rows; or why there are none."""
        losses, contents = self._losses, self.contents
        if contents is None:
            return
        if contents.dataset.problem:
            self.means.setText(plain(contents.dataset.problem))
            return
        texts = []
        one = self.tr("{count} train row: {mean}"), self.tr("{count} test row: {mean}")
        more = self.tr("{count} train rows: {mean}"), self.tr("{count} test rows: {mean}")
        for k, (sign, samples) in enumerate((("●", contents.dataset.train), ("○", contents.dataset.test))):
            text = (one if samples.size == 1 else more)[k]
            mean = value_text(float(losses.loss[samples].mean())) if losses and samples.size else "–"
            told = text.format(count=count_text(samples.size), mean=f"<b>{mean}</b>")
            texts.append(f"{sign} {told}")
        self.means.setText(self.tr("Mean loss of {parts}").format(parts=" &nbsp; ".join(texts)))

    def _mark(self, *, scroll: bool) -> None:
        """Make the row of the selected sample the current one; it may have moved."""
        contents, sample = self.contents, self._selection.column
        row = None
        if contents is not None and sample is not None:
            rows = np.flatnonzero(contents.samples == sample)
            row = int(rows[0]) if rows.size else None
        self.rows.followed = row
        self._marking = True
        self.grid.follow(self.rows.place_of(row), scroll=scroll)
        self._marking = False
        self.grid.viewport().update()
        told = self.tr("Row {row} is in the network; ↑ ↓ send the next one")
        self.line.setText("" if row is None else told.format(row=count_text(row + 1)))

    # -- mouse and keyboard ------------------------------------------------------------------------

    def _choose(self, part: str) -> None:
        self._part = part
        self._arrange()
        self.grid.scrollToTop()

    def _sort(self, section: int, add: bool) -> None:
        """Sort by a column; where the order is no longer true, make it so before turning it round."""
        if self._running and self._snapshot is not None and self._complete is not self._snapshot:
            self._clicked = section, add
            self._all.want(self._snapshot)
        else:
            self._sort_by(section, add=add)

    def _sort_by(self, section: int, add: bool) -> None:
        losses, contents, keys, self._clicked = self._losses, self.contents, self.rows.keys, None
        if contents is None or section >= len(self.rows.columns):
            return
        column = self.rows.columns[section]
        rows = in_part(contents, losses, self._part)
        true = np.array_equal(in_order(contents, losses, rows, keys), self.rows.order)
        if true or all(key.column != column for key in keys):
            self.rows.keys = after_click(keys, column, add=add)
        self._show(in_order(contents, losses, rows, self.rows.keys))
        self.grid.header.viewport().update()

    def _current_changed(self, index: QModelIndex) -> None:
        if index.isValid() and not self._marking:
            self._send(index.row())

    def _send(self, place: int) -> None:
        """Request to select the sample of the row at a place."""
        row = self.rows.row_at(place)
        if row is None or self.contents is None:
            return
        sample = int(self.contents.samples[row])
        if sample >= 0 and sample != self._selection.sample:
            self.select_requested.emit(dataclasses.replace(self._selection, sample=sample))

    # -- editing -----------------------------------------------------------------------------------

    def _ask_edit(self, table: Table, text: str) -> None:
        if self._design is not None:
            data = replace(self._design.data, source=OWN_TABLE.name, table=table)
            self.edit_requested.emit(replace(self._design, data=data), text, None)

    def _ask_own(self) -> None:
        """Request to convert the data to the user's own table."""
        if self.contents is not None and not self.rows.editable:
            self._ask_edit(table_of(self.contents.dataset), self.tr("Edit the data as a table"))

    def _type(self, place: int, section: int, text: str) -> None:
        row, column = self.rows.row_at(place), self.rows.columns[section]
        if row is None or text != self.rows.typed(row, column):
            self.editing.type_cell(row, column.at, text)

    def _paste(self) -> None:
        """Paste at the current cell; without one below the last row."""
        index = self.grid.currentIndex()
        column = self.rows.columns[index.column()] if index.isValid() else None
        at = column.at if column is not None and column.kind is Holds.DATA else 0
        self.editing.paste(self.rows.row_at(index.row()) if index.isValid() else None, at)

    def _toggle_part(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index.row())
        if self.rows.editable and row is not None and self.rows.columns[index.column()].kind is Holds.PART:
            self.editing.toggle_part(row, self.rows.part_of(row))

    def _open_column_menu(self, section: int) -> None:
        header = self.grid.header
        at = header.viewport().mapToGlobal(header.place_of_chip(section).bottomLeft())
        self.editing.column_menu(self.rows.columns[section].at).popup(at)

    def _open_row_menu(self, at: QPoint) -> None:
        """Open the menu of the selected rows; bundled data can be converted to the user's own there."""
        rows = self.grid.selected_rows()
        menu = self.editing.row_menu(rows) if self.rows.editable and rows else QMenu(self)
        if len(rows) == 1 and self.contents is not None:
            self._add_update(menu, int(self.contents.samples[rows[0]]), self.contents.dataset)
        if rows:
            menu.addSeparator()
            menu.addAction(self.tr("Copy")).triggered.connect(self.grid.copy)
        if not self.rows.editable:
            menu.addAction(self.buttons.own.text()).triggered.connect(self._ask_own)
        menu.popup(self.grid.viewport().mapToGlobal(at))

    def _add_update(self, menu: QMenu, sample: int, dataset: Dataset) -> None:
        """Add an update on the sample of a row to its menu; a row that is left out has none."""
        if sample >= 0:
            menu.addSeparator()
            number, trains = dataset.number_of(sample), sample in dataset.train
            add_update(menu, sample, number, self.update_requested.emit, trains=trains)

    # -- searching ---------------------------------------------------------------------------------

    def _begin_search(self) -> None:
        self.search.show()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _end_search(self) -> None:
        self.search.hide()
        self.hits.clear()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _find(self, *, ahead: bool, from_here: bool) -> None:
        """Go to the next row that matches the search; at the end start again."""
        contents, text = self.contents, self.search.text()
        if contents is None or not text.strip():
            self.hits.clear()
            return
        places = np.flatnonzero(found(contents, text)[self.rows.order])
        if not places.size:
            self.hits.setText(self.tr("not found"))
            return
        here = self.grid.currentIndex().row()
        if ahead:
            k = int(np.searchsorted(places, here, side="left" if from_here else "right")) % places.size
        else:
            k = int(np.searchsorted(places, here, side="left")) - 1
        self.hits.setText(self.tr("{k} of {count}").format(k=k % places.size + 1, count=places.size))
        section = max(0, self.grid.currentIndex().column())
        self.grid.setCurrentIndex(self.rows.index(int(places[k]), section))


@guarded_overrides
class SearchField(QLineEdit):
    """A field for the text that is searched for, hidden until it is needed.

    ``next_asked`` carries whether to search forward (Enter) or back (Shift+Enter); Escape emits ``left``.
    """

    next_asked = TypedSignal[bool]()
    left = TypedSignal[()]()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(self.tr("Find a number or a word"))
        self.setAccessibleName(self.placeholderText())
        self.setClearButtonEnabled(True)
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next_asked.emit(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
