"""The two ways to guess: choices as large buttons, with the votes of the hall, or a number that is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.number_text import number_or_none
from gui.lecture.card_choice import ChoiceButton
from gui.lecture.card_lettering import larger
from gui.plain_text import plain
from gui.theme import LIGHT, Theme
from gui.typed_numbers import read, stays

MOST_VOTES = 9999


def votes_in(text: str) -> int | None:
    """Return the votes a text is, 0 for an empty one; None: it is no such number."""
    votes = number_or_none(text, whole=True) if text.strip() else 0.0
    return int(votes) if votes is not None and 0 <= votes <= MOST_VOTES else None


class Choices(QWidget):
    """``chosen_changed`` carries the number of the choice, from 0."""

    chosen_changed = Signal(int)
    votes_changed = Signal()

    def __init__(self, texts: tuple[str, ...]) -> None:
        super().__init__()
        self.chosen: int | None = None
        self.buttons = [ChoiceButton(text, str(k)) for k, text in enumerate(texts, 1)]
        self.boxes = [self._vote_box(text) for text in texts]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for k, (button, box) in enumerate(zip(self.buttons, self.boxes, strict=True)):
            grid.addWidget(button, k, 0)
            grid.addWidget(box, k, 1, Qt.AlignmentFlag.AlignVCenter)
            button.clicked.connect(lambda _checked=False, k=k: self.choose(k))
        self._counted = [""] * len(texts)
        self.problem = QLabel()
        self.problem.setProperty("look", "error")
        self.problem.setWordWrap(True)
        self.problem.hide()
        grid.addWidget(self.problem, len(texts), 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.setFocusProxy(self.buttons[0])

    def _vote_box(self, text: str) -> QLineEdit:
        box = QLineEdit()
        box.setMaxLength(len(f"{MOST_VOTES:,}"))
        box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.setAccessibleName(self.tr("Votes for “{choice}”").format(choice=text))
        box.setToolTip(plain(box.accessibleName()))
        box.textChanged.connect(self._voted)
        box.editingFinished.connect(lambda: self._count(box))
        box.hide()
        return box

    @property
    def votes(self) -> list[int]:
        """The votes for each choice."""
        return [votes_in(box.text()) or 0 for box in self.boxes]

    def choose(self, k: int) -> None:
        """Take a choice, unless all is shown already."""
        if k >= len(self.buttons) or not self.buttons[k].isEnabled():
            return
        self.chosen = k
        for i, button in enumerate(self.buttons):
            button.show_state("chosen" if i == k else "")
        self.chosen_changed.emit(k)

    def ask_votes(self, asked: bool) -> None:
        """Show a box for votes beside each choice, or take them away."""
        for box in self.boxes:
            box.setVisible(asked)
        if asked:
            self.boxes[0].setFocus()

    def show_right(self, right: int) -> None:
        """Show which is right; nothing can be chosen any more."""
        for k, button in enumerate(self.buttons):
            wrong = "wrong" if k == self.chosen else "past"
            button.show_state("right" if k == right else wrong)
            button.setEnabled(False)

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of text."""
        for button in self.buttons:
            button.show_theme(shown)
        self.problem.setFont(larger(1.0))
        for box in self.boxes:
            box.setFont(larger(1.1))
            box.setFixedWidth(box.fontMetrics().horizontalAdvance("00000") + 20)

    def _count(self, box: QLineEdit) -> None:
        """Take what is typed into a box, or say why not and show what it was."""
        k = self.boxes.index(box)
        why = ""
        if votes_in(box.text()) is None:
            bounds = self.tr("Votes must be a whole number between 0 and {most}.").format(most=MOST_VOTES)
            why = read(box.text(), self.tr("Votes"), whole=True)[1] or bounds
            box.setText(self._counted[k])
            why = stays(why, self._counted[k] or "0")
        self._counted[k] = box.text()
        self.problem.setText(why)
        self.problem.setVisible(bool(why))
        box.setAccessibleDescription(why)

    def _voted(self) -> None:
        total = sum(self.votes)
        for button, count in zip(self.buttons, self.votes, strict=True):
            button.show_share(count / total if total else 0.0)
        self.votes_changed.emit()


class TypedGuess(QWidget):
    """A number to type; ``problem`` says what is no number. Enter is left to the panel around."""

    def __init__(self) -> None:
        super().__init__()
        self.field, self.problem = QLineEdit(), QLabel()
        self.field.setAccessibleName(self.tr("Your guess"))
        self.field.setPlaceholderText(self.tr("Your guess"))
        self.field.setToolTip(self.tr("A number, such as −0.5 or 10/3, then Enter"))
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.textEdited.connect(lambda _text: self._mark(""))
        self.problem.setProperty("look", "error")
        self.problem.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        column.addWidget(self.problem)
        self.setFocusProxy(self.field)
        self._mark("")
        self.show_theme(LIGHT)

    def guess(self) -> float | None:
        """Return the number; None where none is typed."""
        return number_or_none(self.field.text())

    def reads(self) -> bool:
        """Whether what is typed is a number or nothing; if not, say so."""
        text = self.field.text()
        why = read(text, self.tr("A guess"))[1] if text.strip() else ""
        self._mark(why)
        return not why

    def _mark(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.field.setProperty("problem", "true" if problem else "false")
        self.field.style().polish(self.field)

    def close_guess(self) -> None:
        """Let nothing be typed any more; an empty field goes."""
        self.field.setEnabled(False)
        self.field.setVisible(bool(self.field.text().strip()))

    def show_theme(self, _shown: Theme) -> None:
        """Take the present size of text."""
        self.field.setFont(larger(1.5))
        self.problem.setFont(larger(1.0))
