"""One question of an exercise: a field for the answer, what is said of it, and hints one by one."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout

from core.exercise_parts import Question, verdict
from core.exercise_text import Sentence, text_of
from gui.lecture.card_lettering import boxed, coloured, larger, write
from gui.theme import LIGHT, Theme
from gui.typed_numbers import read


def translated(sentence: Sentence) -> str:
    """Return a sentence of an exercise in the language of the window."""
    return QCoreApplication.translate("Exercise", sentence.template).format(**sentence.fields)


class QuestionRow(QFrame):
    """``settled``: the answer is right now, or was shown. ``changed``: so is the score."""

    settled = Signal()
    changed = Signal()

    def __init__(self, question: Question, number: int) -> None:
        super().__init__()
        self.question, self._number = question, number
        self.right, self.given_up, self.hints_taken = False, False, 0
        self.setObjectName("question_row")
        self._theme, self._mood = LIGHT, ""
        self.text, self.said, self.hints = QLabel(), QLabel(), QLabel()
        self.field, self.hint_button = QLineEdit(), QToolButton()
        self._prepare()
        column = QVBoxLayout(self)
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.hint_button)
        column.addWidget(self.text)
        column.addLayout(row)
        column.addWidget(self.said)
        column.addWidget(self.hints)
        self._column = column
        self.setFocusProxy(self.field)
        self.show_theme(LIGHT)

    def _prepare(self) -> None:
        write(self.text, f"{self._number}. {translated(self.question.text)}")
        for label in (self.text, self.said, self.hints):
            label.setWordWrap(True)
        self.said.hide()
        self.hints.hide()
        name = self.tr("Answer {number}: {symbol}").format(number=self._number, symbol=self.question.symbol)
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(self.question.symbol)
        self.field.setToolTip(self.tr("Type a number, such as −0.5 or 10/3, then Enter"))
        self.field.returnPressed.connect(self.check)
        self.hint_button.setText(self.tr("Hint"))
        self.hint_button.setProperty("look", "quiet")
        self.hint_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hint_button.setToolTip(self.tr("Show the next hint (Ctrl+H)"))
        self.hint_button.setAccessibleName(self.tr("Hint for answer {number}").format(number=self._number))
        self.hint_button.clicked.connect(self.hint)

    @property
    def done(self) -> bool:
        """Whether nothing more is asked here."""
        return self.right or self.given_up

    @property
    def filled(self) -> bool:
        """Whether something is typed."""
        return bool(self.field.text().strip())

    def check(self) -> None:
        """Say whether what is typed is right, and what may be wrong."""
        if self.done or not self.filled:
            return
        typed, why = read(self.field.text(), self.tr("The answer"))
        if typed is None:
            self._say(why, "wrong")
            return
        found = verdict(self.question, typed)
        if found.right:
            self.right = True
            self._say(self._exactly(typed), "right")
            self._close()
        else:
            self._say(translated(found.sentence), "near" if found.kind == "rounding" else "wrong")
        self.changed.emit()

    def _exactly(self, typed: float) -> str:
        shown = text_of(self.question.answer)
        if text_of(typed) == shown:
            return self.tr("Right.")
        return self.tr("Right: {number}.").format(number=shown)

    def hint(self) -> None:
        """Show the next hint; after the last, the answer."""
        if self.done:
            return
        hints = self.question.hints
        if self.hints_taken < len(hints):
            self.hints_taken += 1
            lines = [translated(sentence) for sentence in hints[: self.hints_taken]]
            write(self.hints, "\n".join(lines))
            self.hints.show()
            if self.hints_taken == len(hints):
                self.hint_button.setText(self.tr("Show answer"))
                self.hint_button.setToolTip(self.tr("Show the answer; it does not count (Ctrl+H)"))
        else:
            self.given_up = True
            self.field.setText(text_of(self.question.answer))
            self._say(self.tr("It is {number}.").format(number=text_of(self.question.answer)), "near")
            self._close()
        self.changed.emit()

    def _close(self) -> None:
        self.field.setReadOnly(True)
        self.hint_button.hide()
        self.settled.emit()

    def _say(self, sentence: str, mood: str) -> None:
        self._mood = mood
        self.said.setText(sentence)
        self.said.setAccessibleName(sentence)
        self.field.setAccessibleDescription(sentence)
        self.said.show()
        self.show_theme(self._theme)

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of text."""
        self._theme = shown
        self.setStyleSheet(boxed("question_row", shown))
        for label, times in ((self.text, 1.1), (self.said, 1.0), (self.hints, 1.1)):
            label.setFont(larger(times))
        self.said.setFont(larger(1.0, bold=True))
        self.field.setFont(larger(1.2))
        self.hint_button.setFont(larger(0.95))
        colours = {"right": shown.gradient_positive, "wrong": shown.error, "near": shown.warning}
        coloured(self.said, colours.get(self._mood, shown.text).name())
        coloured(self.hints, shown.muted.name())
        margin = round(0.5 * self.text.fontMetrics().height())
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(max(3, margin // 2))
