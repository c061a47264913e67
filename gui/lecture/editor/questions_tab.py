"""The questions of a scene: with choices, or for a number that the engine computes."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from core.lecture.evaluator import SceneEvaluator
from core.lecture.expected import Expected, found_with
from core.lecture.lecture_edits import (
    exchanged,
    moved,
    numbers_offered,
    with_number,
    with_question,
    without_question,
)
from core.lecture.scene import Scene, SceneQuestion
from core.lecture.subjects import Subject
from core.number_style import fine_text
from gui.lecture.editor.fields import ChoiceField, LineField, Tab, TextField, tool_button
from gui.theme.theme import Theme, sized
from gui.widgets.ordered_list import OrderedList

MOST_QUESTIONS, MOST_CHOICES = 6, 5


class QuestionsTab(Tab):
    """Edits the questions of a scene."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0
        self._numbers: tuple[Expected, ...] = ()
        self._texts: list[tuple[object, str]] = []
        self._of: Subject | None = None
        self.list = OrderedList(self.tr("Questions"))
        self.list.setWordWrap(True)
        self.list.setToolTip(self.tr("Drag a question to another place; a build asks it"))
        self.new_choice = tool_button(
            self.tr("New question"), self.tr("Ask with choices, and answer it, at the end of the scene")
        )
        self.new_number = tool_button(
            self.tr("New number question"), self.tr("Let a number be guessed, at the end of the scene")
        )
        self.remove = tool_button(self.tr("Remove"), self.tr("Remove this question (Delete)"))
        self.question = TextField(self.tr("Question"), self.tr("What is asked"), 2, 1000)
        self.choices, self.rights = list[LineField](), list[QRadioButton]()
        self.number = ChoiceField(
            self.tr("Number"), self.tr("The number that is the answer, or stands beside it")
        )
        self.because = TextField(self.tr("Because"), self.tr("The reason, in one sentence"), 2, 400)
        self.form, self.choice_box = QWidget(), QWidget()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.list.setMaximumHeight(9 * self.fontMetrics().height())
        self.column.addWidget(self.list)
        row = QHBoxLayout()
        for button in (self.new_choice, self.new_number, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addWidget(self.form)
        self.column.addStretch(1)
        self.form_column = QVBoxLayout(self.form)
        self.form_column.setContentsMargins(0, 0, 0, 0)
        self.add(self.tr("Question"), self.question, column=self.form_column)
        grid = QGridLayout(self.choice_box)
        grid.setContentsMargins(0, 0, 0, 0)
        group = QButtonGroup(self)
        for k in range(MOST_CHOICES):
            name = self.tr("Choice {number}").format(number=k + 1)
            line = LineField(name, self.tr("One of the choices; empty: there is none"), 80)
            right = QRadioButton()
            right.setAccessibleName(self.tr("Choice {number} is right").format(number=k + 1))
            right.setToolTip(self.tr("This choice is the right one"))
            group.addButton(right, k)
            grid.addWidget(right, k, 0)
            grid.addWidget(line, k, 1)
            self.choices.append(line)
            self.rights.append(right)
        title = self.tr("Choices, the right one marked")
        self.choice_title = self.add(title, self.choice_box, column=self.form_column)
        self.add(self.tr("Number"), self.number, column=self.form_column)
        self.add(self.tr("Because"), self.because, column=self.form_column)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._choose)
        self.list.moved.connect(self._move)
        self.list.removed.connect(self._remove)
        self.new_choice.clicked.connect(self._add_choice)
        self.new_number.clicked.connect(self._add_number)
        self.remove.clicked.connect(lambda: self._remove(self.at))
        self.question.edited.connect(self._type_question)
        self.because.edited.connect(lambda text: self._change(typing=True, because=text.strip()))
        for line, right in zip(self.choices, self.rights, strict=True):
            line.edited.connect(lambda _text: self._take_choices(typing=True))
            right.clicked.connect(lambda: self._take_choices(typing=False))
        self.number.chosen.connect(self._take_number)

    # -- edits ------------------------------------------------------------------------------------

    def _choose(self, row: int) -> None:
        if row >= 0 and row != self.at:
            self.show_scene(self.scene, row)

    def _tell(self, edited: Scene, name: str, *, typing: bool = False) -> None:
        self.edited.emit(edited, name.format(number=self.at + 1), typing)

    def _change(self, *, typing: bool = False, **fields: Any) -> None:
        scene = self.scene
        if scene is not None and self.at < len(scene.cards):
            card = replace(scene.cards[self.at], **fields)
            edited = replace(scene, cards=exchanged(scene.cards, self.at, card))
            titles = {
                "question": self.tr("Question {number}"),
                "because": self.tr("Because, question {number}"),
            }
            name = titles.get(next(iter(fields)), self.tr("Choices, question {number}"))
            self._tell(edited, name, typing=typing)

    def _type_question(self, text: str) -> None:
        if text.strip():
            self._change(typing=True, question=text.strip())

    def _take_choices(self, *, typing: bool) -> None:
        """Apply the choices that are not empty, once there are at least two."""
        kept = [k for k, line in enumerate(self.choices) if line.text().strip()]
        marked = next((k for k, right in enumerate(self.rights) if right.isChecked()), 0)
        if len(kept) < 2:
            return
        right = kept.index(marked) if marked in kept else 0
        self._change(typing=typing, choices=tuple(self.choices[k].text().strip() for k in kept), right=right)

    def _take_number(self, name: object) -> None:
        scene = self.scene
        if scene is None or self.at >= len(scene.cards):
            return
        known = next((one for one in self._numbers if one.name == name), None)
        scene = scene if known is None else with_number(scene, known)
        card = replace(scene.cards[self.at], reveals=None if known is None else known.name)
        edited = replace(scene, cards=exchanged(scene.cards, self.at, card))
        self._tell(edited, self.tr("Number of question {number}"))

    def _add_choice(self) -> None:
        self._add(
            SceneQuestion(
                question=self.tr("What do you expect?"), choices=(self.tr("Yes"), self.tr("No")), right=0
            )
        )

    def _add_number(self) -> None:
        if self.scene is not None and self._numbers:
            number = self._numbers[0]
            text = self.tr("How large is {name}?").format(name=number.name)
            self._add(SceneQuestion(question=text, reveals=number.name))

    def _add(self, card: SceneQuestion) -> None:
        if self.scene is None or len(self.scene.cards) >= MOST_QUESTIONS:
            return
        self.at = len(self.scene.cards)
        known = next((one for one in self._numbers if one.name == card.reveals), None)
        scene = self.scene if known is None else with_number(self.scene, known)
        self._tell(with_question(scene, card), self.tr("New question"))
        self.question.setFocus()
        self.question.selectAll()

    def _move(self, at: int, to: int) -> None:
        assert self.scene is not None
        self.at = to
        self._tell(replace(self.scene, cards=moved(self.scene.cards, at, to)), self.tr("Move question"))

    def _remove(self, at: int) -> None:
        if self.scene is not None and at < len(self.scene.cards):
            name = self.tr("Remove question {number}")
            self.at = min(at, max(0, len(self.scene.cards) - 2))
            self._tell(without_question(self.scene, at), name)

    # -- contents ---------------------------------------------------------------------------------

    def show_scene(self, scene: Scene | None, at: int | None = None) -> None:
        """Show the questions of a scene; None: there is no scene."""
        self.scene = scene
        self.setEnabled(scene is not None)
        cards = () if scene is None else scene.cards
        self.at = max(0, min(self.at if at is None else at, len(cards) - 1))
        self.list.show_texts([f"{k}  {card.question}" for k, card in enumerate(cards, 1)], self.at)
        self.form.setVisible(bool(cards))
        self.remove.setEnabled(bool(cards))
        for button in (self.new_choice, self.new_number):
            button.setEnabled(len(cards) < MOST_QUESTIONS)
        if scene is None:
            return
        self._know_numbers(scene)
        self.new_number.setEnabled(self.new_number.isEnabled() and bool(self._numbers))
        if cards:
            self._show_card(cards[self.at])

    def _know_numbers(self, scene: Scene) -> None:
        """Find out which numbers a question may ask for; cached for every subject."""
        if self._of == scene.subject and {*scene.expected} <= {*self._numbers}:
            return
        self._of, self._numbers = scene.subject, numbers_offered(scene)
        bench = SceneEvaluator(scene.subject)
        self._texts = [(one.name, _with_value(bench, one)) for one in self._numbers]

    def _show_card(self, card: SceneQuestion) -> None:
        self.question.show_text(card.question)
        self.because.show_text(card.because)
        typed = tuple(line.text().strip() for line in self.choices if line.text().strip())
        if typed != card.choices:
            for k, line in enumerate(self.choices):
                line.show_text(card.choices[k] if k < len(card.choices) else "")
        if card.right is not None:
            kept = [k for k, line in enumerate(self.choices) if line.text().strip()]
            self.rights[kept[card.right] if card.right < len(kept) else 0].setChecked(True)
        for part in (self.choice_box, self.choice_title):
            part.setVisible(bool(card.choices))
        none: list[tuple[object, str]] = [(None, self.tr("none"))] if card.choices else []
        self.number.show_choices([*none, *self._texts], card.reveals)

    def show_theme(self, shown: Theme) -> None:
        """Apply the present font size."""
        super().show_theme(shown)
        self.form_column.setSpacing(self.fontMetrics().height() // 4)
        for line in (*self.choices, self.number):
            line.setFont(sized("text"))


def _with_value(bench: SceneEvaluator, number: Expected) -> str:
    """Return the name of a number with its value, if that needs no training."""
    quick = not getattr(number.quantity, "iterations", 0) and not getattr(number.quantity, "steps", 0)
    value = found_with(bench, number).computed if quick else None
    return number.name if value is None else f"{number.name} = {fine_text(value)}"
