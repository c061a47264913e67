"""The buttons above the user's own table."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from core.number_style import FEWEST_DIGITS, MOST_DIGITS
from gui.qt.typed_signal import TypedSignal
from gui.views.table.editing import TableEditing
from gui.widgets.form import FocusedComboBox


class DigitsChoice(QWidget):
    """The number of significant digits of computed numbers; hidden until `show_count`.

    ``chosen`` carries another number of digits.
    """

    chosen = TypedSignal[int]()

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        label = QLabel(self.tr("Digits"))
        tip = self.tr("In how many digits computed numbers are written, here and everywhere")
        self.box = FocusedComboBox(self.tr("Digits of computed numbers"), tip)
        label.setProperty("look", "small")
        self.box.setMinimumContentsLength(2)
        self.box.addItems([str(count) for count in range(FEWEST_DIGITS, MOST_DIGITS + 1)])
        self.box.activated.connect(lambda k: self.chosen.emit(FEWEST_DIGITS + k))
        row.addWidget(label)
        row.addWidget(self.box)
        self.hide()

    def show_count(self, count: int) -> None:
        """Show the present number of digits."""
        self.box.setCurrentIndex(count - FEWEST_DIGITS)
        self.show()


class EditBar(QWidget):
    """Splitting, adding and saving, or one button that converts the data to the user's own table.

    ``own_asked`` and ``paste_asked`` request what the owner does.
    """

    own_asked = Signal()
    paste_asked = Signal()

    def __init__(self, editing: TableEditing) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.split = self._button(self.tr("Split ▾"), self.tr("Which rows are for training, and which test"))
        self.row = self._button(self.tr("+ Row"), self.tr("Add an empty row at the end"))
        self.column = self._button(self.tr("+ Column"), self.tr("Add an empty input column"))
        self.paste = self._button(
            self.tr("Paste"), self.tr("Paste copied cells at the current cell (Ctrl+V)")
        )
        self.save = self._button(self.tr("To CSV…"), self.tr("Save the table as a CSV file"))
        self.own = self._button(
            self.tr("Edit as a table"), self.tr("Make these data a table of your own, whose cells are typed")
        )
        self._owns = (self.split, self.row, self.column, self.paste, self.save)
        for button in (*self._owns, self.own):
            row.addWidget(button)
        self._editing = editing
        self.split.clicked.connect(self._open_split)
        self.row.clicked.connect(editing.add_row)
        self.column.clicked.connect(editing.add_column)
        self.paste.clicked.connect(self.paste_asked)
        self.save.clicked.connect(editing.save_csv)
        self.own.clicked.connect(self.own_asked)
        self.show_own(False)

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setStyleSheet("padding: 3px 7px;")
        return button

    def show_own(self, own: bool) -> None:
        """Show the buttons for the user's own table, or the one that converts the data to one."""
        for button in self._owns:
            button.setVisible(own)
        self.own.setVisible(not own)

    def _open_split(self) -> None:
        menu: QMenu = self._editing.split_menu()
        menu.popup(self.split.mapToGlobal(self.split.rect().bottomLeft()))
