"""Shows the question of a build, and its answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.lecture.builds import BuildState, builds_of
from core.lecture.scene import Scene, SceneQuestion
from gui.lecture.large_type import larger, write
from gui.lecture.number_thread import SceneNumbers
from gui.lecture.questions.answer import AnswerPanel, answer_text
from gui.lecture.questions.guess import ChoiceList, TypedGuess
from gui.qt.drawable import guarded_overrides
from gui.theme.theme import LIGHT, Theme, set_button_font

REVEAL_KEY = "R"


class CardBox(QFrame):
    """Displays a question and its answer for `CardPanel`; ``votes_changed``: the audience's votes changed."""

    votes_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card_box")
        self.count, self.question, self.answer = QLabel(), QLabel(), AnswerPanel()
        self.count.setProperty("look", "title")
        self.question.setWordWrap(True)
        self.guess: ChoiceList | TypedGuess | None = None
        self.votes = QToolButton()
        self.votes.setProperty("look", "quiet")
        self.votes.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.votes.setCheckable(True)
        self.votes.toggled.connect(self._ask_votes)
        self.reveal_button = QPushButton()
        self.reveal_button.setProperty("look", "primary")
        self._theme = LIGHT
        self.speak()
        foot = QHBoxLayout()
        for button in (self.reveal_button, self.votes):
            foot.addWidget(button)
        foot.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.count)
        self._column.addWidget(self.question)
        self._column.addWidget(self.answer)
        self._column.addLayout(foot)

    def speak(self) -> None:
        """Set the texts of the frame in the present language."""
        for button, text, tip in (
            (
                self.reveal_button,
                self.tr("Reveal"),
                self.tr("Show the answer ({key} or Enter)").format(key=REVEAL_KEY),
            ),
            (self.votes, self.tr("Count votes"), self.tr("Type how many in the hall vote for each")),
        ):
            button.setText(text)
            button.setAccessibleName(text)
            button.setToolTip(tip)

    def ask(self, card: SceneQuestion) -> None:
        """Show the question of a card, without its answer."""
        if self.guess is not None:
            self.guess.hide()
            self._column.removeWidget(self.guess)
            self.guess.deleteLater()
        write(self.question, card.question)
        self.guess = ChoiceList(card.choices) if card.choices else TypedGuess()
        if isinstance(self.guess, ChoiceList):
            self.guess.votes_changed.connect(self.votes_changed)
        self._column.insertWidget(2, self.guess)
        self.guess.show_theme(self._theme)
        self.votes.blockSignals(True)
        self.votes.setChecked(False)
        self.votes.blockSignals(False)
        self.answer.clear()

    def _ask_votes(self, asked: bool) -> None:
        if isinstance(self.guess, ChoiceList):
            self.guess.ask_votes(asked)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        self.count.setFont(larger(0.85, bold=True))
        self.question.setFont(larger(1.2, bold=True))
        self.votes.setFont(larger(0.9))
        set_button_font(self.reveal_button, larger(1.1))
        margin = round(0.5 * self.question.fontMetrics().height())
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(max(4, margin // 2))
        self.answer.show_theme(shown)
        if self.guess is not None:
            self.guess.show_theme(shown)


# -- the panel -------------------------------------------------------------------------------------------

MOST_CHOICES = 5
Speech = Callable[[], AbstractContextManager[None]]
"""Returns a context manager in which the language of a lecture is used."""


@guarded_overrides
class CardPanel(QWidget):
    """Asks the question of a build, and compares its answer with the guess.

    Signals: ``reveal_requested`` requests the answer. ``answer_changed`` carries question and answer for the
    speaker only, both empty if no question is open.
    """

    reveal_requested = Signal()
    answer_changed = Signal(str, str)
    grown = Signal()
    """Emitted when the panel has become higher, for an answer or another question."""

    def __init__(self, numbers: SceneNumbers | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = numbers or SceneNumbers(self)
        self._scene: Scene | None = None
        self._k: int | None = None
        self._revealed, self._level = False, 0
        self._speech: Speech = nullcontext
        self.setAccessibleName(self.tr("Questions"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.box = CardBox()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)
        self._connect()
        self.show_theme(LIGHT)
        self.hide()

    def _connect(self) -> None:
        box = self.box
        box.votes_changed.connect(self._show_votes)
        box.reveal_button.clicked.connect(self.reveal)
        self.numbers.known.connect(self._number_known)

    # -- questions of a scene ---------------------------------------------------------------------

    def show_build(self, scene: Scene, state: BuildState) -> None:
        """Show the question open at a build, or its answer; a guess is kept until the question changes."""
        k, revealed = state.question, not state.asking
        if scene is not self._scene or k != self._k or (self._revealed and not revealed):
            self._scene, self._k, self._revealed = scene, k, False
            if self.card is not None:
                self._ask(self.card)
        if revealed and not self._revealed and self.card is not None:
            self._revealed = True
            self._show_answer()
        self.setVisible(self.card is not None)
        self._tell_answer()
        self.grown.emit()

    @property
    def card(self) -> SceneQuestion | None:
        """The card that is shown, or None."""
        return None if self._scene is None or self._k is None else self._scene.cards[self._k]

    @property
    def choosing(self) -> bool:
        """Whether a question with choices is open, so that digit keys choose."""
        return self.card is not None and not self._revealed and bool(self.card.choices)

    def choose(self, k: int) -> None:
        """Choose choice k, from 0, for the present question."""
        if isinstance(self.guess, ChoiceList):
            self.guess.choose(k)

    def reveal(self) -> None:
        """Request the answer, unless the typed guess is no number."""
        if self.card is None or self._revealed:
            return
        if not isinstance(self.guess, TypedGuess) or self.guess.reads():
            self.reveal_requested.emit()

    # -- drawing ----------------------------------------------------------------------------------

    def speak(self, speech: Speech) -> None:
        """Set the texts of the frame in another language: that which is used inside ``speech()``."""
        self._speech = speech
        with speech():
            self.box.speak()

    def _ask(self, card: SceneQuestion) -> None:
        assert self._scene is not None and self._k is not None
        with self._speech():
            self.box.ask(card)
            text = self.tr("Guess first · {k} of {all}")
            asked = list(
                dict.fromkeys(build.ask for build in builds_of(self._scene) if build.ask is not None)
            )
            write(self.box.count, text.format(k=asked.index(self._k) + 1, all=len(asked)))
        if card.reveals is not None:
            self.numbers.want(card.reveals)
        self._show_buttons()

    @property
    def guess(self) -> ChoiceList | TypedGuess | None:
        """The widget with which the present question is answered."""
        return self.box.guess

    def _show_buttons(self) -> None:
        choices, level = isinstance(self.guess, ChoiceList), self._level
        self.box.count.setVisible(level < 2)
        self.box.reveal_button.setVisible(not self._revealed and level < 5)
        self.box.votes.setVisible(not self._revealed and choices and level < 3)

    def shorten(self, level: int) -> None:
        """Hide what presentation mode needs least: the more, the higher the level; 0: nothing."""
        self._level = level
        if isinstance(self.guess, ChoiceList):
            self.guess.show_past(level < 3)
            self.guess.show_dense(level >= 4)
        self.box.answer.shorten(level)
        self._show_buttons()

    def _show_answer(self) -> None:
        card = self.card
        assert card is not None
        found = self.numbers.found(card.reveals) if card.reveals else None
        with self._speech():
            if isinstance(self.guess, ChoiceList):
                assert card.right is not None
                self.guess.show_right(card.right)
                self.box.answer.show_choice(card, self.guess.chosen, found, self.guess.votes)
            elif isinstance(self.guess, TypedGuess):
                self.guess.close_guess()
                self.box.answer.show_number(card, self.guess.guess(), found)
        self._show_buttons()

    def _show_votes(self) -> None:
        if self._revealed:
            self._show_answer()

    def _number_known(self, name: str) -> None:
        card = self.card
        if card is None or card.reveals != name:
            return
        if self._revealed:
            self._show_answer()
        self._tell_answer()

    def _tell_answer(self) -> None:
        card = self.card
        found = self.numbers.found(card.reveals) if card is not None and card.reveals else None
        self.answer_changed.emit(
            card.question if card else "", answer_text(card, found) if card is not None else ""
        )

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme, the present font size and number of digits."""
        self.box.show_theme(shown)
        if self._revealed:
            self._show_answer()
        self._tell_answer()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and self.card is not None
            and not self._revealed
        ):
            self.reveal()
        else:
            super().keyPressEvent(event)
