"""The window for importing a table: reading, preview, split, scaling, and the network's inputs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.data.encoding import Fault, encoded
from core.data.reading import ReadTable, read_file, read_table
from core.data.table import MISSING_MARKS, Reading, Table, number_of, size_text
from core.data.table_edits import change_columns, set_cells
from core.language import translatable
from core.nn.design import Design
from core.number_style import count_text, exact_text
from gui.layout.placement import place
from gui.qt.drawable import guarded_overrides, whole
from gui.qt.typed_signal import TypedSignal
from gui.text.plain_text import plain
from gui.text.topics import set_topic
from gui.theme.theme import Theme
from gui.views.table.editing import TableEditing
from gui.widgets.background import Background, Progress
from gui.widgets.form import Segments
from gui.windows.data_import.cards import NetworkCard, ScalingCard, SplitCard
from gui.windows.data_import.preview import ALL, LEFT, PROBLEMS, Preview, PreviewGrid

FIRST_SIZE = (1100, 760)
KEPT_BYTES = 2_000_000  # larger files are linked to instead of being stored in the design file
MOST_NOTES = 3
DELIMITERS = {
    ",": translatable("comma ,"),
    ";": translatable("semicolon ;"),
    "\t": translatable("tab"),
    " ": translatable("spaces"),
    "|": translatable("bar |"),
}
DECIMALS = {".": translatable("point ."), ",": translatable("comma ,")}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": translatable("Windows (Western)"),
    "latin-1": "Latin-1",
    "mac-roman": "Macintosh",
}
HEADERS = {True: translatable("names"), False: translatable("values")}
MARKS: dict[tuple[str, ...], str] = {
    MISSING_MARKS: translatable("NA, ?, empty"),
    ("",): translatable("only empty"),
}


@dataclass(frozen=True)
class TableSource:
    """The source of a table: a file, or a text with a name."""

    path: Path | None = None
    text: str = ""
    name: str = ""

    def read(self, reading: Reading | None, progress: Progress) -> ReadTable:
        """Return the table; its samples are computed too. Raises TableError, ReadingStopped."""
        if self.path is not None:
            read = read_file(self.path, reading, progress=progress)
        else:
            read = read_table(self.text.encode("utf-8", "replace"), self.name, reading, progress=progress)
        encoded(read.table)
        return read

    @property
    def title(self) -> str:
        """The name of the file, or of the text."""
        return self.path.name if self.path is not None else self.name

    @property
    def size(self) -> int:
        """The number of bytes; 0 if it is not known."""
        try:
            return len(self.text) if self.path is None else self.path.stat().st_size
        except OSError:
            return 0


class ReadingBar(QFrame):
    """How the text is read: delimiter, decimal sign, encoding, first row, and marks of missing cells.

    ``changed`` carries the chosen options, ``marks_changed`` the marks; ``guess_asked`` requests a guess.
    """

    changed = TypedSignal[Reading]()
    marks_changed = TypedSignal[tuple[str, ...]]()
    guess_asked = TypedSignal[()]()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("import_card")
        self._reading = Reading()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 6, 10, 6)
        self._row.setSpacing(6)
        titles = (self.tr("Delimiter"), self.tr("Decimal"), self.tr("Encoding"), self.tr("First row"))
        tips = (
            self.tr("What stands between two cells of a row"),
            self.tr("What stands before the decimal places of a number"),
            self.tr("How letters are written as bytes"),
            self.tr("Whether the first row has the names of the columns, or is data like the others"),
        )
        self.delimiter = self._choice(titles[0], tips[0], DELIMITERS, "delimiter")
        self.decimal = self._choice(titles[1], tips[1], DECIMALS, "decimal")
        self.encoding = self._choice(titles[2], tips[2], ENCODINGS, "encoding")
        self.header = self._choice(titles[3], tips[3], HEADERS, "header")
        tip = self.tr("What is written in a cell of which nothing is known")
        self.marks = self._choice(self.tr("Missing is"), tip, MARKS, "missing_marks")
        self.guess = QPushButton(self.tr("Guess again"))
        self.guess.setAutoDefault(False)
        self.guess.setToolTip(self.tr("All of this was guessed from the text; change what is wrong"))
        self.guess.clicked.connect(self.guess_asked)
        self._row.addStretch(1)
        self._row.addWidget(self.guess)

    def _choice(self, title: str, tip: str, names: dict, field: str) -> QComboBox:  # type: ignore[type-arg]
        label, box = QLabel(title), QComboBox()
        box.setAccessibleName(title)
        box.setToolTip(tip)
        for key, text in names.items():
            box.addItem(self.tr(text), key)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(9 if field == "missing_marks" else 5)
        label.setBuddy(box)
        self._row.addWidget(label)
        self._row.addWidget(box)
        self._row.addStretch(1)
        box.activated.connect(lambda k: self._changed(field, list(names)[k]))
        return box

    def _changed(self, field: str, value: object) -> None:
        if field == "missing_marks":
            self.marks_changed.emit([*MARKS][self.marks.currentIndex()])
        elif getattr(self._reading, field) != value:
            self.changed.emit(replace(self._reading, **{field: value}))

    def show_reading(self, reading: Reading, marks: tuple[str, ...]) -> None:
        """Show how a text was read."""
        self._reading = reading
        shown = {"utf-16-le": "utf-16", "utf-16-be": "utf-16", "utf-8-sig": "utf-8"}
        for box, names, value in (
            (self.delimiter, DELIMITERS, reading.delimiter),
            (self.decimal, DECIMALS, reading.decimal),
            (self.encoding, ENCODINGS, shown.get(reading.encoding, reading.encoding)),
            (self.header, HEADERS, reading.header),
            (self.marks, MARKS, marks),
        ):
            box.setCurrentIndex([*names].index(value) if value in names else -1)


class Banner(QFrame):
    """A sentence on a problem, with at most two buttons that solve it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("import_banner")
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.RichText)
        self.first, self.second = QPushButton(), QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(self.sentence, 1)
        for button in (self.first, self.second):
            button.setAutoDefault(False)
            row.addWidget(button)

    def tell(self, sentence: str, first: str = "", second: str = "") -> None:
        """Show a sentence, and the buttons that have a text."""
        self.sentence.setText(sentence)
        self.first.setText(first)
        self.second.setText(second)
        self.first.setVisible(bool(first))
        self.second.setVisible(bool(second))
        self.show()


@guarded_overrides
class ImportWindow(QDialog):
    """Shows how a table is read and lets the user change it; Enter opens it, Escape cancels.

    ``opened`` carries the table. Reading takes place in a thread; the window never waits for it.
    """

    opened = TypedSignal[Table]()

    def __init__(self, source: TableSource, design: Design, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_topic(self, "data", "CSV files")
        self.setWindowTitle(self.tr("Open data"))
        self.source, self._design = source, design
        self._read: ReadTable | None = None
        self.table, self.made = Table(), encoded(Table())
        self._fault: Fault | None = None
        self.background = Background(self)
        self.editing = TableEditing(self)
        self.preview = Preview(self)
        self.grid = PreviewGrid(self.preview)
        self.reading = ReadingBar()
        self.split, self.scaling, self.network = SplitCard(), ScalingCard(), NetworkCard()
        self.banner = Banner()
        self.progress, self.progress_text = QProgressBar(), QLabel()
        self.title, self.told = QLabel(), QLabel()
        self.notes, self.counted, self.place_of_data = QLabel(), QLabel(), QLabel()
        self.written = Segments(
            {"written": self.tr("As written"), "enters": self.tr("As it enters")},
            self.tr("Cells shown"),
            self.tr("The cells as they stand in the file, or the numbers that enter the network"),
        )
        self.listed = Segments(
            {ALL: self.tr("All rows"), LEFT: self.tr("Left out"), PROBLEMS: self.tr("Problems")},
            self.tr("Rows listed"),
            self.tr("All rows, those that are left out, or those that cannot be read"),
        )
        self.cancel_button, self.open_button = (
            QPushButton(self.tr("Cancel")),
            QPushButton(self.tr("Open the data")),
        )
        self.cancel_button.setToolTip(self.tr("Leave the data that are open as they are (Escape)"))
        self.open_button.setToolTip(self.tr("Learn from this table (Enter)"))
        self._arrange()
        self._connect()
        place(self, FIRST_SIZE)
        self.start(None)

    # -- building ---------------------------------------------------------------------------------

    def _arrange(self) -> None:
        around, inside = QVBoxLayout(self), QWidget()
        around.setContentsMargins(0, 0, 0, 0)
        self.area = QScrollArea()  # on a small screen, and with a large font
        self.area.setAccessibleName(self.tr("How the data are read"))
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 0)
        column.setSpacing(8)
        for part in (self._head(), self.reading, self._middle(), self.banner, self._cards()):
            if isinstance(part, QWidget):
                column.addWidget(part, 1 if part is self._stack else 0)
            else:
                column.addLayout(part)
        column.addWidget(self.notes)
        around.addWidget(self.area, 1)
        around.addLayout(self._foot())
        self.notes.setWordWrap(True)
        self.notes.setProperty("look", "small")
        self.banner.hide()

    def _head(self) -> QHBoxLayout:
        self.title.setProperty("look", "number")
        self.told.setProperty("look", "small")
        self.place_of_data.setProperty("look", "small")
        names, row = QVBoxLayout(), QHBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self.told)
        row.addLayout(names, 1)
        row.addWidget(self.place_of_data)
        return row

    def _middle(self) -> QWidget:
        self._stack = QStackedWidget()
        shown, waiting = QWidget(), QWidget()
        column, line = QVBoxLayout(shown), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        understood, hint = QLabel(self.tr("What was understood")), QLabel()
        understood.setProperty("look", "strong")
        hint.setText(self.tr("click a header cell to change it; Ctrl+click names to change several"))
        hint.setProperty("look", "small")
        hint.setWordWrap(True)
        line.addWidget(understood)
        hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        line.addWidget(hint, 1)
        line.addWidget(self.written)
        line.addWidget(self.listed)
        self.written.setMinimumWidth(190)
        self.listed.setMinimumWidth(300)
        column.addLayout(line)
        column.addWidget(self.grid, 1)
        below = QVBoxLayout(waiting)
        below.addStretch(1)
        below.addWidget(self.progress_text)
        below.addWidget(self.progress)
        below.addStretch(1)
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self._stack.addWidget(shown)
        self._stack.addWidget(waiting)
        return self._stack

    def _cards(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        for card in (self.split, self.scaling, self.network):
            row.addWidget(card, 1)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 12)
        row.addWidget(self.counted, 1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.open_button)
        self.counted.setTextFormat(Qt.TextFormat.RichText)
        self.open_button.setProperty("look", "primary")
        self.open_button.setDefault(True)
        self.cancel_button.setAutoDefault(False)
        return row

    def _connect(self) -> None:
        self.background.progressed.connect(self._show_progress)
        self.background.finished.connect(self._show_read)
        self.background.failed.connect(self._show_failure)
        self.reading.changed.connect(self.start)
        self.reading.marks_changed.connect(
            lambda marks: self.show_table(replace(self.table, missing_marks=marks))
        )
        self.reading.guess_asked.connect(lambda: self.start(None))
        for card in (self.split, self.scaling):
            card.changed.connect(self.show_table)
        self.editing.edited.connect(lambda table, _text: self.show_table(table))
        self.editing.refused.connect(lambda sentence: self.banner.tell(plain(sentence)))
        self.grid.header.field_asked.connect(self._open_field)
        self.written.chosen.connect(self._list)
        self.listed.chosen.connect(self._list)
        self.written.show_choice("written")
        self.listed.show_choice(ALL)
        self.banner.first.clicked.connect(self._go_to_fault)
        self.banner.second.clicked.connect(self._mend_fault)
        self.cancel_button.clicked.connect(self.reject)
        self.open_button.clicked.connect(self.accept)

    # -- reading ----------------------------------------------------------------------------------

    def start(self, reading: Reading | None) -> None:
        """Start reading the source, as given or as guessed; reading in progress is cancelled."""
        self.title.setText(plain(self.source.title))
        self.told.clear()
        self.open_button.setEnabled(False)
        self.progress.setValue(0)
        self.progress_text.setText(self.tr("Reading {name} …").format(name=plain(self.source.title)))
        self._stack.setCurrentIndex(1)
        source = self.source
        self.background.start(lambda progress: source.read(reading, progress))

    def _show_progress(self, share: float) -> None:
        self.progress.setValue(whole(1000 * share))

    def _show_read(self, read: ReadTable) -> None:
        self._read = read
        size = _size_text(self.source.size)
        text = "{table}, {size}"
        if self.source.path is not None:
            text = self.tr("{table}, {size} · from {folder}")
        folder = plain(str(self.source.path.parent)) if self.source.path is not None else ""
        table = size_text(read.table.rows, len(read.table.columns))
        self.told.setText(text.format(table=table, size=size, folder=folder))
        linked = self.source.path is not None and self.source.size > KEPT_BYTES
        kept = self.tr("The data are kept in the design file.")
        self.place_of_data.setText(
            self.tr("The data stay in this file, to which the design is linked.") if linked else kept
        )
        told = [note.why for note in read.notes]
        more = self.tr("And {count} more.").format(count=len(told) - MOST_NOTES)
        self.notes.setText(plain(" ".join([*told[:MOST_NOTES], *([more] if len(told) > MOST_NOTES else [])])))
        self.notes.setToolTip(plain("\n".join(told)))
        self.notes.setVisible(bool(told))
        self._stack.setCurrentIndex(0)
        self.show_table(read.table)
        self.grid.setFocus()

    def _show_failure(self, sentence: str) -> None:
        """Show why the source could not be read; other options may help."""
        self._read = None
        self.table, self.made = Table(), encoded(Table())
        self._fault = None
        self.preview.show_table(self.table, self.made)
        self._stack.setCurrentIndex(0)
        self.banner.tell(plain(sentence))
        self.counted.setText(self.tr("Nothing is read yet: choose another way of reading above."))
        self.open_button.setEnabled(False)

    # -- what is shown ----------------------------------------------------------------------------

    def show_table(self, table: Table) -> None:
        """Show a table that was read or changed."""
        if self._read is None:
            return
        same = [c.name for c in table.columns] == [c.name for c in self.table.columns]
        self.table, self.made = table, encoded(table)
        self.editing.table = table
        at = self.grid.verticalScrollBar().value(), self.grid.horizontalScrollBar().value()
        chosen = [index.column() for index in self.grid.selectionModel().selectedColumns()]
        self.preview.show_table(table, self.made)
        self.grid.fit()
        if same:
            self.grid.verticalScrollBar().setValue(whole(at[0]))
            self.grid.horizontalScrollBar().setValue(whole(at[1]))
            self.grid.select_columns(chosen)
        self.reading.show_reading(self._read.reading, table.missing_marks)
        self.split.show_table(table, self.made)
        self.scaling.show_table(table, self.made)
        self.network.show_network(table, self.made, self._design)
        self._count()
        self._show_fault()
        self.open_button.setEnabled(not self.made.dataset.problem)

    def _count(self) -> None:
        dataset, rows = self.made.dataset, self.table.rows
        out = rows - dataset.train.size - dataset.test.size
        faults = len({fault.row for fault in self.made.faults})
        self.listed.name(LEFT, self.tr("Left out ({count})").format(count=count_text(out)))
        self.listed.name(PROBLEMS, self.tr("Problems ({count})").format(count=count_text(faults)))
        if dataset.problem:
            self.counted.setText(plain(dataset.problem))
            return
        text = self.tr(
            "<b>{used} of {rows} rows are used</b>, {out} left out &nbsp; {train} train, {test} test"
        )
        numbers = {
            "used": rows - out,
            "rows": rows,
            "out": out,
            "train": dataset.train.size,
            "test": dataset.test.size,
        }
        self.counted.setText(text.format(**{name: count_text(int(value)) for name, value in numbers.items()}))

    def _show_fault(self) -> None:
        """Show the first cell that is no number, and offer two solutions."""
        self._fault = next(iter(self.made.faults), None)
        if self._fault is None:
            self.banner.hide()
            return
        row, k = self._fault.row, self._fault.column
        cell, number = self.table.columns[k].cells[row], self._number_in_fault()
        told = self.tr("<b>Row {row}, column {name}:</b> “{cell}” is not a number. It counts as missing.")
        more = len(self.made.faults) - 1
        if more:
            told += " " + self.tr("(And {count} more.)").format(count=more)
        way = self.tr("Take the column as text")
        if number is not None:
            way = self.tr("Read it as {number}").format(number=exact_text(number))
        self.banner.tell(
            told.format(row=row + 1, name=plain(self.table.columns[k].name), cell=plain(str(cell))),
            self.tr("Go to the cell"),
            way,
        )

    def _number_in_fault(self) -> float | None:
        """Return the number in the faulty cell among other characters; None if it contains none."""
        assert self._fault is not None
        cell = str(self.table.columns[self._fault.column].cells[self._fault.row])
        groups = re.sub(r"(?<=\d)[\s'’_](?=\d{3})", "", cell)
        found = re.findall(r"[-+−]?\d+(?:[.,]\d+)?", groups)
        return number_of(found[0].replace(",", ".")) if len(found) == 1 else None

    def _list(self) -> None:
        self.preview.show_rows(self.listed.choice, entering=self.written.choice == "enters")

    # -- changes ----------------------------------------------------------------------------------

    def _open_field(self, k: int, field: str) -> None:
        if field == "name":
            self.editing.rename(k)
            return
        menu = self.editing.field_menu(field, self.grid.together(k))
        at = self.grid.header.place_of(k, field).bottomLeft()
        menu.popup(self.grid.header.viewport().mapToGlobal(at))

    def _go_to_fault(self) -> None:
        if self._fault is not None:
            self.listed.show_choice(ALL)
            self._list()
            index = self.preview.index(self._fault.row, self._fault.column)
            self.grid.setCurrentIndex(index)
            self.grid.scrollTo(index, PreviewGrid.ScrollHint.PositionAtCenter)

    def _mend_fault(self) -> None:
        if self._fault is None:
            return
        number, at = self._number_in_fault(), (self._fault.row, self._fault.column)
        if number is None:
            self.show_table(change_columns(self.table, [at[1]], type="text"))
        else:
            self.show_table(set_cells(self.table, {at: number}))

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.grid.show_theme(theme)
        self.network.show_theme(theme)
        if self._read is not None:
            self.show_table(self.table)

    # -- ends -------------------------------------------------------------------------------------

    def accept(self) -> None:
        """Open the table, if it can be used."""
        if self._read is not None and not self.made.dataset.problem and not self.background.busy:
            self.opened.emit(self.table)
            super().accept()

    def done(self, result: int) -> None:
        """Stop reading and close."""
        self.background.cancel()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.background.cancel()
        super().closeEvent(event)


def _size_text(size: int) -> str:
    for unit, least in (("MB", 1_000_000), ("kB", 1000)):
        if size >= least:
            return f"{size / least:.3g} {unit}"
    return f"{size} B"
