"""The box a card is shown in: question, guess, answer, and the buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout

from core.lecture import Card
from gui.lecture.card_answer import Answer
from gui.lecture.card_guess import Choices, TypedGuess
from gui.lecture.card_lettering import boxed, larger, write
from gui.theme import LIGHT, Theme

REVEAL_KEY = "R"


class CardBox(QFrame):
    """Only shows; `CardPanel` decides what. ``votes_changed``: the hall's votes are others."""

    votes_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card_box")
        self.count, self.question, self.answer = QLabel(), QLabel(), Answer()
        self.count.setProperty("look", "title")
        self.question.setWordWrap(True)
        self.guess: Choices | TypedGuess | None = None
        self.skip = _quiet(self.tr("Skip"), self.tr("Close the questions and show all numbers"))
        self.votes = _quiet(self.tr("Count votes"), self.tr("Type how many in the hall vote for each"))
        self.votes.setCheckable(True)
        self.votes.toggled.connect(self._ask_votes)
        tip = self.tr("Show the answer ({key} or Enter)").format(key=REVEAL_KEY)
        self.reveal_button = _primary(self.tr("Reveal"), tip)
        self.next_button = _primary(self.tr("Next question"), self.tr("Ask the next question (Enter)"))
        self._theme = LIGHT
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.count, 1)
        head.addWidget(self.skip)
        for button in (self.reveal_button, self.next_button, self.votes):
            foot.addWidget(button)
        foot.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self.question)
        self._column.addWidget(self.answer)
        self._column.addLayout(foot)

    def ask(self, card: Card) -> None:
        """Ask the question of a card in place of the one before; no answer is shown."""
        if self.guess is not None:
            self.guess.hide()
            self._column.removeWidget(self.guess)
            self.guess.deleteLater()
        write(self.question, card.question)
        self.guess = Choices(card.choices) if card.choices else TypedGuess()
        if isinstance(self.guess, Choices):
            self.guess.votes_changed.connect(self.votes_changed)
        self.guess.show_theme(self._theme)
        self._column.insertWidget(2, self.guess)
        self.votes.blockSignals(True)
        self.votes.setChecked(False)
        self.votes.blockSignals(False)
        self.answer.clear()

    def _ask_votes(self, asked: bool) -> None:
        if isinstance(self.guess, Choices):
            self.guess.ask_votes(asked)

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of text."""
        self._theme = shown
        self.setStyleSheet(boxed("card_box", shown, 0.07))
        self.count.setFont(larger(0.85, bold=True))
        self.question.setFont(larger(1.2, bold=True))
        for quiet in (self.skip, self.votes):
            quiet.setFont(larger(0.9))
        for button in (self.reveal_button, self.next_button):
            button.setFont(larger(1.1))
        margin = round(0.5 * self.question.fontMetrics().height())
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(max(4, margin // 2))
        self.answer.show_theme(shown)
        if self.guess is not None:
            self.guess.show_theme(shown)


def _primary(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("look", "primary")
    button.setAccessibleName(text)
    button.setToolTip(tip)
    return button


def _quiet(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setProperty("look", "quiet")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
