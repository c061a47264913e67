"""Shows the questions of a scene one after another, each with its answer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.lecture.scene import Scene, SceneQuestion
from gui.lecture.large_type import larger, write
from gui.lecture.number_thread import SceneNumbers
from gui.lecture.questions.answer import AnswerPanel, answer_text
from gui.lecture.questions.guess import ChoiceList, TypedGuess
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
        """Take the colours of a theme and the present font size."""
        self._theme = shown
        self.count.setFont(larger(0.85, bold=True))
        self.question.setFont(larger(1.2, bold=True))
        for quiet in (self.skip, self.votes):
            quiet.setFont(larger(0.9))
        for button in (self.reveal_button, self.next_button):
            set_button_font(button, larger(1.1))
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


# -- the panel -------------------------------------------------------------------------------------------

MOST_CHOICES = 5


class CardPanel(QWidget):
    """Asks questions, hides each answer until it is revealed, and compares it with the guess.

    Signals: ``veil_requested`` carries whether the stage is to hide its numbers, because the open question
    asks for one and is not revealed; it is emitted for every scene, even without questions. ``revealed``
    carries the index of the card, from 0. ``answer_changed`` carries question and answer for the speaker
    only, both empty if no card is open. ``done`` contains the indices of the revealed cards.
    """

    veil_requested = Signal(bool)
    revealed = Signal(int)
    answer_changed = Signal(str, str)
    grown = Signal()
    """Emitted when the panel has become higher, for an answer or another question."""

    def __init__(self, numbers: SceneNumbers | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = numbers or SceneNumbers(self)
        self._own_numbers = numbers is None
        self._scene: Scene | None = None
        self._k, self._open = 0, True
        self.done: set[int] = set()
        self.setAccessibleName(self.tr("Questions"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.box, self.open_button = CardBox(), QPushButton()
        self.open_button.setToolTip(self.tr("Guess before the numbers are shown"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._connect()
        self.show_theme(LIGHT)
        self.hide()

    def _connect(self) -> None:
        """Make digits choose and R reveal wherever the focus is in the window, except in fields."""
        box = self.box
        box.skip.clicked.connect(self.close_cards)
        box.votes_changed.connect(self._show_votes)
        box.reveal_button.clicked.connect(self.reveal)
        box.next_button.clicked.connect(self.next_card)
        self.open_button.clicked.connect(self.open_cards)
        self.numbers.known.connect(self._number_known)
        for k in range(MOST_CHOICES):
            key = QShortcut(QKeySequence(str(k + 1)), box)
            key.activated.connect(lambda k=k: self.choose(k))
        QShortcut(QKeySequence(REVEAL_KEY), box).activated.connect(self.reveal)

    # -- questions of a scene ---------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Ask the first question of a scene; none is revealed."""
        if self._own_numbers:
            self.numbers.show_scene(scene)
        self._scene, self._k, self._open = scene, 0, True
        self.done = set()
        self.setVisible(bool(scene.cards))
        if scene.cards:
            self._show_card()
        else:
            self._tell()

    @property
    def card(self) -> SceneQuestion | None:
        """The card that is open, or None."""
        if self._scene is None or not self._scene.cards or not self._open:
            return None
        return self._scene.cards[self._k]

    @property
    def hidden(self) -> set[str]:
        """The names of the numbers that unrevealed cards ask for."""
        cards = self._scene.cards if self._scene else ()
        waiting = {card.reveals for k, card in enumerate(cards) if k not in self.done and card.reveals}
        return waiting - {cards[k].reveals for k in self.done}

    def choose(self, k: int) -> None:
        """Make choice k, from 0, for the present question."""
        if isinstance(self.guess, ChoiceList):
            self.guess.choose(k)

    def reveal(self) -> None:
        """Show the answer, and compare it with the guess."""
        if self.card is None or self._k in self.done:
            return
        if isinstance(self.guess, TypedGuess) and not self.guess.reads():
            return
        self.done.add(self._k)
        self._show_answer()
        self._tell()
        self.revealed.emit(self._k)
        (self.box.next_button if self.box.next_button.isVisible() else self).setFocus()
        self.grown.emit()

    def next_card(self) -> None:
        """Ask the next question that is not revealed."""
        if self._scene is not None and self._k + 1 < len(self._scene.cards):
            self._k += 1
            self._show_card()
            (self.guess or self).setFocus()
            self.grown.emit()

    def close_cards(self) -> None:
        """Hide the questions; the stage shows its numbers."""
        self._open = False
        self._show_open()
        self._tell()
        self.open_button.setFocus()

    def open_cards(self) -> None:
        """Show the questions again, at the last one open."""
        self._open = True
        self._show_open()
        self._tell()

    # -- drawing ----------------------------------------------------------------------------------

    def _show_card(self) -> None:
        card = self.card
        assert card is not None and self._scene is not None
        self.box.ask(card)
        self.box.count.setText(
            self.tr("Guess first · {k} of {all}").format(k=self._k + 1, all=len(self._scene.cards))
        )
        if card.reveals is not None:
            self.numbers.want(card.reveals)
        self._show_open()
        self._tell()

    @property
    def guess(self) -> ChoiceList | TypedGuess | None:
        """The widget with which the present question is answered."""
        return self.box.guess

    def _show_open(self) -> None:
        count = len(self._scene.cards) if self._scene else 0
        self.open_button.setText(self.tr("Questions ({count})").format(count=count))
        self.open_button.setAccessibleName(self.open_button.text())
        done = self._k in self.done
        self.box.setVisible(self._open)
        self.open_button.setVisible(not self._open)
        self.box.reveal_button.setVisible(not done)
        self.box.next_button.setVisible(done and self._k + 1 < count)
        self.box.votes.setVisible(not done and isinstance(self.guess, ChoiceList))

    def _show_answer(self) -> None:
        card = self.card
        assert card is not None
        found = self.numbers.found(card.reveals) if card.reveals else None
        if isinstance(self.guess, ChoiceList):
            assert card.right is not None
            self.guess.show_right(card.right)
            self.box.answer.show_choice(card, self.guess.chosen, found, self.guess.votes)
        elif isinstance(self.guess, TypedGuess):
            self.guess.close_guess()
            self.box.answer.show_number(card, self.guess.guess(), found)
        self._show_open()

    def _show_votes(self) -> None:
        if self._k in self.done:
            self._show_answer()

    def _number_known(self, name: str) -> None:
        card = self.card
        if card is None or card.reveals != name:
            return
        if self._k in self.done:
            self._show_answer()
        self._tell_answer()

    def _tell(self) -> None:
        card = self.card
        self.veil_requested.emit(card is not None and card.reveals is not None and self._k not in self.done)
        self._tell_answer()

    def _tell_answer(self) -> None:
        card = self.card
        found = self.numbers.found(card.reveals) if card is not None and card.reveals else None
        self.answer_changed.emit(
            card.question if card else "", answer_text(card, found) if card is not None else ""
        )

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present font size."""
        self.box.show_theme(shown)
        self.open_button.setFont(larger(1.1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or self.card is None:
            super().keyPressEvent(event)
        elif self._k not in self.done:
            self.reveal()
        else:
            self.next_card()
