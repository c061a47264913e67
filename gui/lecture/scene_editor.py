"""A form that saves what the stage shows, with texts of the user's own, as a scene file."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from core.lecture.scene import SUFFIX, Scene, SceneQuestion, read_scene, shipped_scenes, write_scene
from core.lecture.subjects import Subject
from core.lecture.view_ids import ViewId
from core.outside_text import OneSentenceError, what_is_at
from core.project.json_io import FileError
from gui.layout.placement import screen_of
from gui.lecture.gallery.view import own_scenes, remember
from gui.lecture.large_type import larger
from gui.lecture.text_panel import FormulaBox, formula_fault
from gui.qt.later import Later
from gui.text.plain_text import plain
from gui.text.topics import set_topic
from gui.theme.theme import LIGHT, Theme, set_look
from gui.widgets import dialogs


class CardTextError(OneSentenceError):
    """Raised if a text cannot be read as questions; the message is a sentence."""


def cards_of(text: str) -> tuple[SceneQuestion, ...]:
    """Return the questions described by a text. Raises CardTextError."""
    blocks = [block.strip().split("\n") for block in _parted(text)]
    return tuple(_card(block, k) for k, block in enumerate(blocks, 1))


def text_of_cards(cards: tuple[SceneQuestion, ...]) -> str:
    """Return the text that describes questions, leaving out those without choices."""
    return "\n\n".join(_block(card) for card in cards if card.choices)


def _parted(text: str) -> list[str]:
    lines = [line.strip() for line in text.split("\n")]
    blocks = "\n".join(lines).split("\n\n")
    return [block for block in blocks if block.strip()]


def _card(lines: list[str], number: int) -> SceneQuestion:
    question, because = lines[0], ""
    choices: list[str] = []
    right: int | None = None
    for line in lines[1:]:
        sign, rest = line[:1], line[1:].strip()
        if sign == "+" and right is not None:
            raise CardTextError(tr("Question {number}: only one choice may have a +.").format(number=number))
        if sign == "+":
            right = len(choices)
        if sign in ("+", "-", "−"):
            choices.append(rest)
        elif sign == "=":
            because = rest
        else:
            raise CardTextError(
                tr("Question {number}: begin “{line}” with + or - (a choice) or = (why).").format(
                    number=number, line=line
                )
            )
    if len(choices) < 2 or right is None:
        text = tr("Question {number}: write two choices or more, the right one with + in front.")
        raise CardTextError(text.format(number=number))
    return SceneQuestion(question=question, choices=tuple(choices), right=right, because=because)


def _block(card: SceneQuestion) -> str:
    lines = [card.question]
    lines += [f"{'+' if k == card.right else '-'} {choice}" for k, choice in enumerate(card.choices)]
    return "\n".join([*lines, *([f"= {card.because}"] if card.because else [])])


# -- the form --------------------------------------------------------------------------------------------

LONGEST_NAME = 60
PREVIEW_MILLISECONDS = 300
PLACE = re.compile(r"scene\.(\w+)")


class SaveScene(QDialog):
    """A form for the texts; `subject`, ``show`` and the other attributes are those of the stage.

    ``saved`` carries the path. A problem is shown at its field, and nothing is written then; an existing file
    is replaced only if the user agrees.
    """

    saved = Signal(object)

    def __init__(
        self,
        scene: Scene,
        subject: Subject,
        settings: QSettings | None = None,
        parent: QWidget | None = None,
        show: tuple[ViewId, ...] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("save_scene")
        set_topic(self, "lecture", "Scenes of your own")
        self.setWindowTitle(self.tr("Save as scene"))
        self.setAccessibleName(self.tr("Save as scene"))
        self._scene, self._subject, self._settings = scene, subject, settings
        self._show = show or scene.show
        self.fields: dict[str, QLineEdit | QPlainTextEdit] = {}
        self._lines: dict[str, int] = {}
        self.problems: dict[str, QLabel] = {}
        self.titles: list[QLabel] = []
        self.preview, self.kept = FormulaBox(), QLabel()
        self.save_button = QPushButton(self.tr("Save…"))
        self._arrange()
        self._fill()
        self._later = Later(self, singleShot=True, interval=PREVIEW_MILLISECONDS)
        self._later.timeout.connect(self._preview)
        self.fields["formula"].textChanged.connect(self._later.start)
        self._preview()
        self.show_theme(LIGHT)

    # -- fields -----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        inside = QWidget()
        grid = QGridLayout(inside)
        for row, (name, title, tip, lines) in enumerate(self._rows()):
            self._add(grid, 3 * row, name, title, tip, lines)
        self.kept.setWordWrap(True)
        self.kept.setProperty("look", "muted")
        grid.addWidget(self.kept, 99, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(100, 1)
        area = QScrollArea()
        area.setAccessibleName(self.tr("The texts of the scene"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.save_button.setProperty("look", "primary")
        self.save_button.setAccessibleName(self.tr("Save"))
        self.save_button.setToolTip(self.tr("Choose a file and save the scene (Ctrl+S)"))
        self.save_button.setShortcut("Ctrl+S")
        self.save_button.clicked.connect(self.ask_and_save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(area, 1)
        column.addWidget(buttons)

    def _rows(self) -> tuple[tuple[str, str, str, int], ...]:
        """Return name, title, tooltip and number of lines (1: a single-line field) of every field."""
        return (
            ("title", self.tr("Title"), self.tr("What the scene is called"), 1),
            ("part", self.tr("Part"), self.tr("Under which heading it stands in the gallery"), 1),
            ("words", self.tr("Words"), self.tr("Paragraphs, parted by an empty line; six at most"), 5),
            ("formula", self.tr("Formula"), self.tr("In LaTeX, such as o = \\sigma(b + w x)"), 1),
            ("to_try", self.tr("To try"), self.tr("One suggestion a line; five at most"), 3),
            (
                "cards",
                self.tr("Questions"),
                self.tr(
                    "A question, then a choice a line: + before the right one, - before the others, "
                    "= before why. An empty line parts questions."
                ),
                5,
            ),
            ("notes", self.tr("Notes"), self.tr("For the speaker alone"), 4),
        )

    def _add(self, grid: QGridLayout, row: int, name: str, title: str, tip: str, lines: int) -> None:
        field: QLineEdit | QPlainTextEdit = QLineEdit() if lines == 1 else QPlainTextEdit()
        if isinstance(field, QPlainTextEdit):
            field.setTabChangesFocus(True)
            field.setPlaceholderText(tip)
            self._lines[name] = lines
        field.setAccessibleName(title)
        field.setAccessibleDescription(tip)
        field.setToolTip(tip)
        label, problem = QLabel(title), QLabel()
        label.setBuddy(field)
        problem.setProperty("look", "error")
        problem.setTextFormat(Qt.TextFormat.PlainText)
        problem.setWordWrap(True)
        problem.hide()
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(field, row, 1)
        if name == "formula":
            grid.addWidget(self.preview, row + 1, 1)
        grid.addWidget(problem, row + 2, 1)
        self.fields[name], self.problems[name] = field, problem
        self.titles.append(label)

    def _fill(self) -> None:
        scene = self._scene
        texts = {
            "title": scene.title,
            "part": scene.part,
            "words": "\n\n".join(scene.words),
            "formula": scene.formula,
            "to_try": "\n".join(scene.to_try),
            "cards": text_of_cards(tuple(self._plain(card) for card in scene.cards if card.choices)),
            "notes": scene.notes,
        }
        for name, text in texts.items():
            field = self.fields[name]
            if isinstance(field, QLineEdit):
                field.setText(text)
            else:
                field.setPlainText(text)
        count = len(self._kept_cards())
        self.kept.setText(
            self.tr("The numbers of the scene, and its {count} questions on them, stay as they are.").format(
                count=count
            )
        )
        self.kept.setVisible(bool(count))

    def text(self, name: str) -> str:
        """Return the text of a field."""
        field = self.fields[name]
        return (field.text() if isinstance(field, QLineEdit) else field.toPlainText()).strip()

    # -- the scene --------------------------------------------------------------------------------

    @property
    def _same(self) -> bool:
        """Whether the subject is unchanged, so that its expected numbers are still valid."""
        return self._subject == self._scene.subject

    def _plain(self, card: SceneQuestion) -> SceneQuestion:
        return card if self._same else replace(card, reveals=None)

    def _kept_cards(self) -> tuple[SceneQuestion, ...]:
        return tuple(card for card in self._scene.cards if not card.choices) if self._same else ()

    def _typed_cards(self) -> tuple[SceneQuestion, ...]:
        """Return the questions typed; one that existed before keeps the number it reveals."""
        there = {(card.question, card.choices): card.reveals for card in self._scene.cards}
        typed = cards_of(self.text("cards"))
        if not self._same:
            return typed
        return tuple(replace(card, reveals=there.get((card.question, card.choices))) for card in typed)

    def scene(self) -> Scene:
        """Return the scene described by the form. Raises CardTextError."""
        paragraphs = re.split(r"\n\s*\n", self.text("words"))
        made = replace(
            self._scene,
            number=self._number(),
            name=name_of(self.text("title")),
            part=self.text("part"),
            title=self.text("title"),
            words=tuple(" ".join(one.split()) for one in paragraphs if one.strip()),
            formula=self.text("formula"),
            subject=self._subject,
            show=self._show,
            to_try=tuple(line.strip() for line in self.text("to_try").split("\n") if line.strip()),
            cards=(*self._typed_cards(), *self._kept_cards()),
            notes=self.text("notes"),
            expected=self._scene.expected if self._same else (),
        )
        if {*made.cards} == {*self._scene.cards}:  # the form lists them in another order
            made = replace(made, cards=self._scene.cards)
        if made.cards != self._scene.cards or made.words != self._scene.words or not self._same:
            made = replace(made, builds=())  # which have the former sentences and questions
        if self._same:
            return made
        show = tuple(view for view in self._show if view is not ViewId.LOSS_SURFACE) or self._show
        return replace(made, phase="start", look=None, surface=None, show=show, source="")

    def _number(self) -> int:
        """Return the number after those of the program and of the user's own scenes."""
        return min(999, len(shipped_scenes()) + len(own_scenes(self._settings)) + 1)

    # -- saving -----------------------------------------------------------------------------------

    def ask_and_save(self) -> None:
        """Ask for a file and for permission to replace an existing one, then save."""
        if self._faulty():
            return
        name = dialogs.file_to_save(
            self,
            self.tr("Save the scene"),
            name_of(self.text("title")) + SUFFIX,
            self.tr("Scenes (*{suffix})").format(suffix=SUFFIX),
            confirm=False,
        )
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(SUFFIX)
        if not what_is_at(path) or self._may_replace(path):
            self.save(path)

    def _may_replace(self, path: Path) -> bool:
        text = self.tr("“{name}” is there already. Replace it?").format(name=path.name)
        answer = dialogs.question(self, self.tr("Replace the file?"), plain(text))
        return answer == QMessageBox.StandardButton.Yes

    def save(self, path: Path) -> bool:
        """Write the scene and read it back; return whether that worked. If not, a field shows why."""
        if self._faulty():
            return False
        try:
            write_scene(path, self.scene())
            read_scene(path)
        except FileError as error:
            self._show_sentence(str(error))
            return False
        remember(self._settings, path)
        self.saved.emit(path)
        self.accept()
        return True

    def _faulty(self) -> bool:
        """Show problems that are known before writing at their fields; return whether there are any."""
        for name in self.problems:
            self._mark(name, "")
        for name in ("title", "part", "words"):
            if not self.text(name):
                self._mark(name, self.tr("is missing: write it."))
        self._mark("formula", formula_fault(self.text("formula")))
        try:
            self.scene()
        except CardTextError as error:
            self._mark("cards", str(error))
        wrong = [name for name, label in self.problems.items() if label.text()]
        if wrong:
            self.fields[wrong[0]].setFocus()
        return bool(wrong)

    def _show_sentence(self, sentence: str) -> None:
        """Show a sentence at the field it is about, or by default at the title."""
        found = PLACE.search(sentence)
        name = found[1] if found and found[1] in self.problems else "title"
        self._mark(name, sentence)
        self.fields[name].setFocus()

    def _mark(self, name: str, problem: str) -> None:
        label, field = self.problems[name], self.fields[name]
        label.setText(problem)
        label.setAccessibleName(problem)
        label.setVisible(bool(problem))
        set_look(field, "problem", "true" if problem else "false")

    # -- theme ------------------------------------------------------------------------------------

    def _preview(self) -> None:
        self.preview.show_formula(self.text("formula"))

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        for label in (*self.titles, *self.problems.values(), self.kept, self.save_button):
            label.setFont(larger(1.0))
        for name, field in self.fields.items():
            field.setFont(larger(1.0))
            if name in self._lines:
                field.setFixedHeight(self._lines[name] * field.fontMetrics().lineSpacing() + 14)
        self.preview.show_theme(shown)
        line, room = self.titles[0].fontMetrics().height(), screen_of(self).availableSize()
        self.resize(min(38 * line, room.width()), min(44 * line, round(0.9 * room.height())))


def name_of(title: str) -> str:
    """Return a title as the name of a scene: lower-case letters, digits and hyphens; at least “scene”."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_NAME].strip("-") or "scene"
