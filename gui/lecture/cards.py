"""Cards: a question to guess, then the answer with the engine's number, one card after another."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.lecture import Card, Scene
from gui.lecture.card_answer import Answer
from gui.lecture.card_guess import Choices, TypedGuess
from gui.lecture.card_lettering import boxed, larger, write
from gui.lecture.card_numbers import Numbers
from gui.lecture.card_words import answer_text
from gui.theme import LIGHT, Theme

REVEAL_KEY = "R"
MOST_CHOICES = 5


class CardPanel(QWidget):
    """Asks, hides the answer until it is revealed, and compares the guess with it.

    ``veil_requested(True)`` while a card that reveals a number is open and unrevealed; it is emitted
    for every scene shown, also without cards. ``revealed`` carries the number of the card, from 0.
    ``answer_changed`` carries question and answer for the speaker's eyes alone, empty where no card
    is open.
    """

    veil_requested = Signal(bool)
    revealed = Signal(int)
    answer_changed = Signal(str, str)
    grown = Signal()
    """The panel has become higher: an answer or another question is shown."""

    def __init__(self, numbers: Numbers | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = numbers or Numbers(self)
        self._own_numbers = numbers is None
        self._scene: Scene | None = None
        self._k, self._open = 0, True
        self._done: set[int] = set()
        self._theme = LIGHT
        self.guess: Choices | TypedGuess | None = None
        self.setAccessibleName(self.tr("Questions"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._make_widgets()
        self._arrange()
        self._make_keys()
        self.numbers.known.connect(self._number_known)
        self.show_theme(LIGHT)
        self.hide()

    def _make_widgets(self) -> None:
        self.box, self.count, self.question = QFrame(), QLabel(), QLabel()
        self.box.setObjectName("card_box")
        self.count.setProperty("look", "title")
        self.question.setWordWrap(True)
        self.skip = self._quiet(self.tr("Skip"), self.tr("Close the questions and show all numbers"))
        self.skip.clicked.connect(self.close_cards)
        self.votes = self._quiet(self.tr("Count votes"), self.tr("Type how many in the hall vote for each"))
        self.votes.setCheckable(True)
        self.votes.toggled.connect(self._ask_votes)
        self.reveal_button = QPushButton(self.tr("Reveal"))
        self.reveal_button.setProperty("look", "primary")
        self.reveal_button.setAccessibleName(self.tr("Reveal"))
        self.reveal_button.setToolTip(self.tr("Show the answer ({key} or Enter)").format(key=REVEAL_KEY))
        self.reveal_button.clicked.connect(self.reveal)
        self.next_button = QPushButton(self.tr("Next question"))
        self.next_button.setProperty("look", "primary")
        self.next_button.setAccessibleName(self.tr("Next question"))
        self.next_button.setToolTip(self.tr("Ask the next question (Enter)"))
        self.next_button.clicked.connect(self.next_card)
        self.open_button = QPushButton()
        self.open_button.setToolTip(self.tr("Guess before the numbers are shown"))
        self.open_button.clicked.connect(self.open_cards)
        self.answer = Answer()

    def _quiet(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setProperty("look", "quiet")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _arrange(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.count, 1)
        head.addWidget(self.skip)
        foot.addWidget(self.reveal_button)
        foot.addWidget(self.next_button)
        foot.addWidget(self.votes)
        foot.addStretch(1)
        self._inside = QVBoxLayout(self.box)
        self._inside.addLayout(head)
        self._inside.addWidget(self.question)
        self._inside.addWidget(self.answer)
        self._inside.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)

    def _make_keys(self) -> None:
        """Digits choose and R reveals, wherever in the window the keyboard is, but for fields."""
        for k in range(MOST_CHOICES):
            key = QShortcut(QKeySequence(str(k + 1)), self.box)
            key.activated.connect(lambda k=k: self.choose(k))
        QShortcut(QKeySequence(REVEAL_KEY), self.box).activated.connect(self.reveal)

    # -- the cards of a scene ---------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Ask the first question of a scene; none is revealed."""
        if self._own_numbers:
            self.numbers.show_scene(scene)
        self._scene, self._k, self._open = scene, 0, True
        self._done = set()
        self.setVisible(bool(scene.cards))
        if scene.cards:
            self._show_card()
        else:
            self._tell()

    @property
    def card(self) -> Card | None:
        """The card that is open."""
        if self._scene is None or not self._scene.cards or not self._open:
            return None
        return self._scene.cards[self._k]

    @property
    def hidden(self) -> set[str]:
        """The names of the numbers that unrevealed cards ask for."""
        cards = self._scene.cards if self._scene else ()
        waiting = {card.reveals for k, card in enumerate(cards) if k not in self._done and card.reveals}
        return waiting - {cards[k].reveals for k in self._done}

    def choose(self, k: int) -> None:
        """Take choice k, from 0, of the present question."""
        if isinstance(self.guess, Choices):
            self.guess.choose(k)

    def reveal(self) -> None:
        """Show the answer, and compare it with the guess."""
        if self.card is None or self._k in self._done:
            return
        if isinstance(self.guess, TypedGuess) and not self.guess.reads():
            return
        self._done.add(self._k)
        self._show_answer()
        self._tell()
        self.revealed.emit(self._k)
        (self.next_button if self.next_button.isVisible() else self).setFocus()
        self.grown.emit()

    def next_card(self) -> None:
        """Ask the next question that is not revealed."""
        if self._scene is not None and self._k + 1 < len(self._scene.cards):
            self._k += 1
            self._show_card()
            (self.guess or self).setFocus()
            self.grown.emit()

    def close_cards(self) -> None:
        """Ask no more; the stage shows its numbers."""
        self._open = False
        self._show_open()
        self._tell()
        self.open_button.setFocus()

    def open_cards(self) -> None:
        """Ask again where it was left."""
        self._open = True
        self._show_open()
        self._tell()

    # -- showing ----------------------------------------------------------------------------------

    def _show_card(self) -> None:
        card = self.card
        assert card is not None and self._scene is not None
        if self.guess is not None:
            self.guess.hide()
            self._inside.removeWidget(self.guess)
            self.guess.deleteLater()
        self.guess = self._made_guess(card)
        self._inside.insertWidget(2, self.guess)
        self.count.setText(
            self.tr("Guess first · {k} of {all}").format(k=self._k + 1, all=len(self._scene.cards))
        )
        write(self.question, card.question)
        self.votes.blockSignals(True)
        self.votes.setChecked(False)
        self.votes.blockSignals(False)
        self.answer.clear()
        if card.reveals is not None:
            self.numbers.want(card.reveals)
        self._show_open()
        self._tell()

    def _made_guess(self, card: Card) -> Choices | TypedGuess:
        if card.choices:
            choices = Choices(card.choices)
            choices.show_theme(self._theme)
            choices.votes_changed.connect(self._show_votes)
            return choices
        typed = TypedGuess()
        typed.show_theme(self._theme)
        typed.entered.connect(self.reveal)
        return typed

    def _show_open(self) -> None:
        count = len(self._scene.cards) if self._scene else 0
        self.open_button.setText(self.tr("Questions ({count})").format(count=count))
        self.open_button.setAccessibleName(self.open_button.text())
        done = self._k in self._done
        self.box.setVisible(self._open)
        self.open_button.setVisible(not self._open)
        self.reveal_button.setVisible(not done)
        self.next_button.setVisible(done and self._k + 1 < count)
        self.votes.setVisible(not done and isinstance(self.guess, Choices))

    def _show_answer(self) -> None:
        card = self.card
        assert card is not None
        found = self.numbers.found(card.reveals) if card.reveals else None
        if isinstance(self.guess, Choices):
            assert card.right is not None
            self.guess.show_right(card.right)
            self.answer.show_choice(card, self.guess.chosen, found, self.guess.votes)
        elif isinstance(self.guess, TypedGuess):
            self.guess.close_guess()
            self.answer.show_number(card, self.guess.guess(), found)
        self._show_open()

    def _show_votes(self) -> None:
        if self._k in self._done:
            self._show_answer()

    def _ask_votes(self, asked: bool) -> None:
        if isinstance(self.guess, Choices):
            self.guess.ask_votes(asked)

    def _number_known(self, name: str) -> None:
        card = self.card
        if card is None or card.reveals != name:
            return
        if self._k in self._done:
            self._show_answer()
        self._tell_answer()

    def _tell(self) -> None:
        card = self.card
        self.veil_requested.emit(card is not None and card.reveals is not None and self._k not in self._done)
        self._tell_answer()

    def _tell_answer(self) -> None:
        card = self.card
        found = self.numbers.found(card.reveals) if card is not None and card.reveals else None
        self.answer_changed.emit(
            card.question if card else "", answer_text(card, found) if card is not None else ""
        )

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of text."""
        self._theme = shown
        self.box.setStyleSheet(boxed("card_box", shown, 0.07))
        self.count.setFont(larger(0.85, bold=True))
        self.question.setFont(larger(1.2, bold=True))
        for quiet in (self.skip, self.votes):
            quiet.setFont(larger(0.9))
        for button in (self.reveal_button, self.next_button, self.open_button):
            button.setFont(larger(1.1))
        margin = round(0.5 * self.question.fontMetrics().height())
        self._inside.setContentsMargins(margin, margin, margin, margin)
        self._inside.setSpacing(max(4, margin // 2))
        self.answer.show_theme(shown)
        if self.guess is not None:
            self.guess.show_theme(shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or self.card is None:
            super().keyPressEvent(event)
        elif self._k not in self._done:
            self.reveal()
        else:
            self.next_card()
