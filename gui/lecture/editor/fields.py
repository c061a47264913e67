"""Fields of the lecture editor; their edits are undone by the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from core.lecture.scene import Scene
from gui.text.plain_text import plain
from gui.theme.theme import Theme, sized
from gui.widgets.form import FocusedComboBox


class LineField(QLineEdit):
    """A line of text. ``edited`` carries the text at every change by the user."""

    edited = Signal(str)

    def __init__(self, name: str, tip: str, most: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setMaxLength(most)
        self.textEdited.connect(self._tell)

    def _tell(self, text: str) -> None:
        self.setModified(False)  # so that the window's undo applies
        self.edited.emit(text)

    def show_text(self, text: str) -> None:
        """Set the text."""
        if text != self.text():
            self.setText(text)


class TextField(QPlainTextEdit):
    """A text field with ``lines`` lines, or at least as many if it ``grows``; longer texts scroll.

    ``edited`` carries the text at every change by the user.
    """

    edited = Signal(str)

    def __init__(self, name: str, tip: str, lines: int, most: int, *, grows: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)  # so that the window's undo applies
        self._lines, self._most, self._grows = lines, most, grows
        self.textChanged.connect(self._tell)

    def _tell(self) -> None:
        text = self.toPlainText()
        if len(text) > self._most:
            self._set(text[: self._most])
        self.edited.emit(self.toPlainText())

    def show_text(self, text: str) -> None:
        """Set the text, unless it differs from the typed one only by spaces at the end."""
        if text.strip() != self.toPlainText().strip():
            self._set(text)

    def _set(self, text: str) -> None:
        self.blockSignals(True)
        self.setPlainText(text)
        self.moveCursor(self.textCursor().MoveOperation.End)
        self.blockSignals(False)

    def fit(self) -> None:
        """Adapt the height to the lines, at least if the field grows."""
        edges = self.contentsMargins().top() + self.contentsMargins().bottom() + 12
        high = self._lines * self.fontMetrics().lineSpacing() + edges
        if self._grows:
            self.setMinimumHeight(high)
        else:
            self.setFixedHeight(high)


class ChoiceField(FocusedComboBox):
    """A few choices, each a value and a text. ``chosen`` carries the selected value."""

    chosen = Signal(object)

    def __init__(self, name: str, tip: str) -> None:
        super().__init__(name, tip)
        self._values: list[object] = []
        self.activated.connect(lambda k: self.chosen.emit(self._values[k]))

    def show_choices(self, choices: Sequence[tuple[object, str]], value: object) -> None:
        """Show these choices, and select the one with the present value."""
        texts = [text for _value, text in choices]
        if texts != [self.itemText(k) for k in range(self.count())]:
            self.clear()
            self.addItems(texts)
        self._values = [one for one, _text in choices]
        self.setCurrentIndex(self._values.index(value) if value in self._values else 0)


class Tab(QWidget):
    """A tab of the editor: fields one below another, each under its title.

    ``edited`` carries the edited scene, the name of the edit and whether a text is being typed.
    """

    edited = Signal(object, str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self.titles: list[QLabel] = []
        self.column = QVBoxLayout(self)

    def add(self, title: str, field: QWidget, stretch: int = 0, column: QVBoxLayout | None = None) -> QLabel:
        """Add a field below its title, by default to the column of the tab; return the title."""
        label = QLabel(title)
        label.setBuddy(field)
        label.setProperty("look", "title")
        self.titles.append(label)
        column = column or self.column
        column.addWidget(label)
        column.addWidget(field, stretch)
        return label

    def show_theme(self, _shown: Theme) -> None:
        """Apply the present font size."""
        for label in self.titles:
            label.setFont(sized("small"))
        for field in self.findChildren(TextField):
            field.fit()
        self.column.setSpacing(self.fontMetrics().height() // 4)


def tool_button(text: str, tip: str) -> QToolButton:
    """Return a button with a text, which does not take the focus from the stage."""
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(text)
    button.setToolTip(plain(tip))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
