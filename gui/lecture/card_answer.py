"""The answer of a card: the number in large figures, how the guess compares with it, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.expected import Found
from core.lecture import Card
from gui.lecture.card_lettering import coloured, larger, write
from gui.lecture.card_words import choice_sentence, guess_sentence, number_text, votes_sentence
from gui.theme import LIGHT, Theme


class Answer(QWidget):
    """What is shown when a card is revealed."""

    def __init__(self) -> None:
        super().__init__()
        self.number, self.verdict, self.because = QLabel(), QLabel(), QLabel()
        self.hall, self.source = QLabel(), QLabel()
        self.setAccessibleName(self.tr("Answer"))
        self._right: bool | None = None
        self._theme = LIGHT
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for label in (self.number, self.verdict, self.because, self.hall, self.source):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        self.source.setProperty("look", "muted")
        self.clear()

    def clear(self) -> None:
        """Show no answer."""
        self.hide()

    def show_choice(self, card: Card, chosen: int | None, found: Found | None, votes: list[int]) -> None:
        """Show the right choice against the one that was taken (None: none was)."""
        assert card.right is not None
        sentence = self.tr("It is “{right}”.").format(right=card.choices[card.right])
        self._right = None
        if chosen is not None:
            sentence, self._right = choice_sentence(card, chosen)
        self.hall.setText(votes_sentence(votes, card.right) if sum(votes) else "")
        number = ""
        if card.reveals is not None:
            number = self.tr("{name}: {number}").format(name=card.reveals, number=_figures(found))
        self._show(number, sentence, card, found)

    def show_number(self, card: Card, guess: float | None, found: Found | None) -> None:
        """Show the engine's number against the guess (None: none was typed)."""
        sentence, self._right = "", None
        if guess is not None and found is not None and found.computed is not None:
            sentence, self._right = guess_sentence(guess, found)
        self.hall.clear()
        self._show(_figures(found), sentence, card, found)

    def _show(self, number: str, sentence: str, card: Card, found: Found | None) -> None:
        self.number.setText(number)
        self.verdict.setText(sentence)
        write(self.because, card.because)
        text = self.tr("Computed now by the engine, for the scene as it begins.")
        if found is not None and found.computed is None:
            text = self.tr("The engine cannot tell: {why}").format(why=found.fault)
        self.source.setText(text if card.reveals is not None else "")
        for label in (self.number, self.verdict, self.because, self.hall, self.source):
            label.setVisible(bool(label.text()))
            label.setAccessibleName(label.text())
        self._choice = bool(card.choices)
        self.show()
        self.show_theme(self._theme)

    _choice = False

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of text."""
        self._theme = shown
        self.number.setFont(larger(1.0 if self._choice else 2.2, bold=not self._choice))
        coloured(self.number, shown.text.name())
        self.verdict.setFont(larger(1.1, bold=True))
        verdict = {True: shown.gradient_positive, False: shown.error, None: shown.text}[self._right]
        coloured(self.verdict, verdict.name())
        self.because.setFont(larger(1.1))
        self.hall.setFont(larger(1.0))
        self.source.setFont(larger(0.85))


def _figures(found: Found | None) -> str:
    return "…" if found is None or found.computed is None else number_text(found)
