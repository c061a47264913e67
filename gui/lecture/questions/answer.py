"""The answer to a question: the number in large digits, a comparison with the guess, and the reason."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.exercises.question import tolerance_of
from core.language import tr
from core.lecture.expected import ComputedNumber
from core.lecture.scene import SceneQuestion
from core.number_style import digits, fine_text, ratio_text, value_text
from gui.lecture.large_type import coloured, larger, write
from gui.theme.theme import LIGHT, Theme

FAR, LEAST_DIGITS = 10.0, 4
PENDING = "…"


def number_text(found: ComputedNumber) -> str:
    """Return the engine's number, in as many digits as the slide has, 4 at least, or as is set, if more.

    One that stands for something is told by its name.
    """
    assert found.computed is not None
    return found.meaning_of(found.computed) or value_text(
        found.computed, count=max(LEAST_DIGITS, digits(), found.expected.printed_digits)
    )


def guess_sentence(guess: float, found: ComputedNumber) -> tuple[str, bool]:
    """Return a sentence that compares a guess with the number, and whether it is right."""
    true = found.computed
    assert true is not None
    said, shown = fine_text(guess), number_text(found)
    off = abs(guess - true)
    if off <= tolerance_of(true):
        return tr("You said {guess}: right, it is {number}.").format(guess=said, number=shown), True
    if true == 0:
        return tr("You said {guess}, it is 0.").format(guess=said), False
    if abs(guess + true) <= tolerance_of(true):
        text = tr("You said {guess}, it is {number}: only the sign is wrong.")
    elif off > FAR * abs(true):
        text = tr("You said {guess}, it is {number}: {times} times as much.")
    elif abs(guess) > 0 and abs(true) > FAR * abs(guess):
        text = tr("You said {guess}, it is {number}: {share} times that.")
    else:
        text = tr("You said {guess}, it is {number}: off by {percent}.")
    return text.format(
        guess=said,
        number=shown,
        times=value_text(abs(guess / true)),
        share=value_text(abs(true / guess)) if guess else "",
        percent=ratio_text(off / abs(true)),
    ), False


def choice_sentence(card: SceneQuestion, chosen: int) -> tuple[str, bool]:
    """Return a sentence that compares a choice with the right one, and whether it is right."""
    assert card.right is not None
    right = card.choices[card.right]
    if chosen == card.right:
        return tr("You said “{choice}”: right.").format(choice=right), True
    text = tr("You said “{choice}”. It is “{right}”.")
    return text.format(choice=card.choices[chosen], right=right), False


def answer_text(card: SceneQuestion, found: ComputedNumber | None) -> str:
    """Return the answer alone: the right choice, the number, or both; "" while it is being computed."""
    number = number_text(found) if found is not None and found.computed is not None else ""
    if card.right is None:
        return number
    choice = card.choices[card.right]
    if found is None or not number or found.meanings or card.reveals is None:
        return choice
    return tr("{choice}   ({name}: {number})").format(choice=choice, name=card.reveals, number=number)


def votes_sentence(votes: list[int], right: int) -> str:
    """Return a sentence on what share of the audience was right."""
    total = sum(votes)
    share = ratio_text(votes[right] / total)
    return tr("{right} of {all} in the hall were right: {share}.").format(
        right=votes[right], all=total, share=share
    )


# -- the panel -------------------------------------------------------------------------------------------


LARGE, LESS_LARGE, CRAMPED = 2.2, 1.4, 5
"""Font sizes of the answer's number; the second one is used from this level of `shorten` on."""


class AnswerPanel(QWidget):
    """Shows the answer after a question is revealed."""

    def __init__(self) -> None:
        super().__init__()
        self.number, self.verdict, self.because = QLabel(), QLabel(), QLabel()
        self.hall, self.source = QLabel(), QLabel()
        self.setAccessibleName(self.tr("Answer"))
        self._right: bool | None = None
        self._theme, self._choice, self._level = LIGHT, False, 0
        self._labels = (self.number, self.verdict, self.because, self.hall, self.source)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for label in self._labels:
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        self.source.setProperty("look", "muted")
        self.clear()

    def clear(self) -> None:
        """Show no answer."""
        self.hide()

    def show_choice(
        self, card: SceneQuestion, chosen: int | None, found: ComputedNumber | None, votes: list[int]
    ) -> None:
        """Show the right choice and the one that was chosen (None: none)."""
        assert card.right is not None
        sentence = self.tr("It is “{right}”.").format(right=card.choices[card.right])
        self._right = None
        if chosen is not None:
            sentence, self._right = choice_sentence(card, chosen)
        write(self.hall, votes_sentence(votes, card.right) if sum(votes) else "")
        number = ""
        if card.reveals is not None and found is not None and not found.meanings:
            number = self.tr("{name}: {number}").format(name=card.reveals, number=_figures(found))
        self._show(number, sentence, card, found)

    def show_number(self, card: SceneQuestion, guess: float | None, found: ComputedNumber | None) -> None:
        """Show the engine's number and the guess (None: none was typed)."""
        sentence, self._right = "", None
        if guess is not None and found is not None and found.computed is not None:
            sentence, self._right = guess_sentence(guess, found)
        self.hall.clear()
        self._show(_figures(found), sentence, card, found)

    def _show(self, number: str, sentence: str, card: SceneQuestion, found: ComputedNumber | None) -> None:
        write(self.number, number)
        write(self.verdict, sentence)
        write(self.because, card.because)
        text = self.tr("Computed now by the engine, for the scene as it begins.")
        if found is not None and found.computed is None:
            text = self.tr("The engine cannot tell: {why}").format(why=found.fault)
        write(self.source, text if card.reveals is not None else "")
        self._choice = bool(card.choices)
        self.shorten(self._level)
        self.show()
        self.show_theme(self._theme)

    def shorten(self, level: int) -> None:
        """Hide what presentation mode needs least: the more, the higher the level; 0: nothing."""
        self._level = level
        self._size_number()
        for label in self._labels:
            label.setVisible(bool(label.text()))
        if level > 0:
            fault = self.number.text() == PENDING
            self.source.setVisible(bool(self.source.text()) and fault)
            self.verdict.setVisible(bool(self.verdict.text()) and self._right is not None)
            self.number.setVisible(bool(self.number.text()) and not (self._choice and level > 2))
            self.because.setVisible(bool(self.because.text()) and level < 6)

    def _size_number(self) -> None:
        """Set the font size of the number, as large as there is room for."""
        times = 1.0 if self._choice else LARGE if self._level < CRAMPED else LESS_LARGE
        self.number.setFont(larger(times, bold=not self._choice))

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        self._size_number()
        coloured(self.number, shown.text.name())
        self.verdict.setFont(larger(1.1, bold=True))
        verdict = {True: shown.gradient_positive, False: shown.error, None: shown.text}[self._right]
        coloured(self.verdict, verdict.name())
        self.because.setFont(larger(1.1))
        self.hall.setFont(larger(1.0))
        self.source.setFont(larger(0.85))


def _figures(found: ComputedNumber | None) -> str:
    return PENDING if found is None or found.computed is None else number_text(found)
