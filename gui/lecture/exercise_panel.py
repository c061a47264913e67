"""A panel with an exercise: the worked example of a scene, to be solved by the student with new numbers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.exercises.question import Exercise, Question, verdict, working_text
from core.exercises.registry import exercise, scene_of
from core.language import tr
from core.lecture.scene import Scene
from core.project.json_io import FileError
from gui.lecture.exercise_sheet import save_sheet, translated
from gui.lecture.large_type import coloured, larger, write
from gui.text.formula_label import FormulaLabel
from gui.text.plain_text import file_name, plain
from gui.theme.theme import LIGHT, Theme, set_button_font
from gui.widgets import dialogs
from gui.widgets.number_edit import NumberEdit, read


class QuestionRow(QFrame):
    """The row of one question: its text, a field for the answer, and hints.

    ``settled`` is emitted when the answer is right or was shown; ``changed`` when the score may have changed.
    """

    settled = Signal()
    changed = Signal()

    def __init__(self, question: Question, number: int) -> None:
        super().__init__()
        self.question, self._number = question, number
        self.right, self.given_up, self.hints_taken = False, False, 0
        self.setObjectName("question_row")
        self._theme, self._assessment = LIGHT, ""
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
        name = self.tr("Answer {number}: {symbol}").format(
            number=self._number, symbol=tr(self.question.symbol)
        )
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(tr(self.question.symbol))
        tip = self.tr("Type a number, such as −0.5, 10/3 or exp(1.5)/2, then Enter")
        if self.question.names:
            names = ", ".join(self.question.names)
            tip = self.tr("Type the name of a class, then Enter: {names}").format(names=names)
        self.field.setToolTip(plain(tip))
        self.field.returnPressed.connect(self.check)
        self.hint_button.setText(self.tr("Hint"))
        self.hint_button.setProperty("look", "quiet")
        self.hint_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hint_button.setToolTip(self.tr("Show the next hint (Ctrl+H)"))
        self.hint_button.setAccessibleName(self.tr("Hint for answer {number}").format(number=self._number))
        self.hint_button.clicked.connect(self.hint)

    @property
    def done(self) -> bool:
        """Whether the question is answered, or its answer was shown."""
        return self.right or self.given_up

    @property
    def filled(self) -> bool:
        """Whether the field contains text."""
        return bool(self.field.text().strip())

    def check(self) -> None:
        """Show whether the input is right, and if not, what the mistake may be."""
        if self.done or not self.filled:
            return
        typed, why = self.question.class_named(self.field.text()), ""
        if typed is None:
            typed, why = read(self.field.text(), self.tr("The answer"))
        if typed is None:
            self._show_sentence(why, "wrong")
            return
        found = verdict(self.question, typed)
        if found.right:
            self.right = True
            self._show_sentence(self._exactly(typed), "right")
            self._close()
        else:
            self._show_sentence(translated(found.sentence), "near" if found.kind == "rounding" else "wrong")
        self.changed.emit()

    def _exactly(self, typed: float) -> str:
        shown = self.question.answer_text
        if shown in (working_text(typed), self.field.text().strip()):
            return self.tr("Right.")
        return self.tr("Right: {number}.").format(number=shown)

    def hint(self) -> None:
        """Show the next hint; after the last one, the answer."""
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
            self.field.setText(self.question.answer_text)
            self._show_sentence(self.tr("It is {number}.").format(number=self.question.answer_text), "near")
            self._close()
        self.changed.emit()

    def _close(self) -> None:
        self.field.setReadOnly(True)
        self.hint_button.hide()
        self.settled.emit()

    def _show_sentence(self, sentence: str, assessment: str) -> None:
        self._assessment = assessment
        self.said.setText(sentence)
        self.said.setAccessibleName(sentence)
        self.field.setAccessibleDescription(sentence)
        self.said.show()
        self.show_theme(self._theme)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        for label, times in ((self.text, 1.1), (self.said, 1.0), (self.hints, 1.1)):
            label.setFont(larger(times))
        self.said.setFont(larger(1.0, bold=True))
        self.field.setFont(larger(1.2))
        self.hint_button.setFont(larger(0.95))
        colours = {"right": shown.gradient_positive, "wrong": shown.error, "near": shown.warning}
        coloured(self.said, colours.get(self._assessment, shown.text).name())
        coloured(self.hints, shown.muted.name())
        margin = round(0.5 * self.text.fontMetrics().height())
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(max(3, margin // 2))


# -- the panel -------------------------------------------------------------------------------------------

MOST_SHEETS = 999


class ExercisePanel(QScrollArea):
    """Asks the questions of an exercise one by one, checks answers, gives hints and keeps the score.

    Signals: ``subject_requested`` carries the subject with the new numbers, to be shown on the stage;
    `scene_now` is a whole scene with it. ``ask_requested`` carries the `Question` tuple that is still open,
    which the stage must not reveal. ``closed`` requests the scene again, ``told`` carries a sentence.
    The sheet number determines the numbers, so that everybody in a class can have the same.
    """

    subject_requested = Signal(object)
    ask_requested = Signal(object)
    closed = Signal()
    told = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Exercise"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._theme = LIGHT
        self._scene: Scene | None = None
        self.exercise: Exercise | None = None
        self.sheet = 1
        self.rows: list[QuestionRow] = []
        self.given: list[QLabel | FormulaLabel] = []
        self.part, self.title, self.score, self.none = (
            QLabel(self.tr("Exercise")),
            QLabel(),
            QLabel(),
            QLabel(),
        )
        self.given_box = QFrame()
        self.sheet_title = QLabel(self.tr("Sheet"))
        self.sheet_field = NumberEdit(
            self.tr("The sheet"), 1, 1, MOST_SHEETS, whole=True, wheel="focused", drag=False, role=""
        )
        self.sheet_problem = QLabel()
        self.check_button = QPushButton(self.tr("Check"))
        self.new_button = QPushButton(self.tr("New numbers"))
        self.back_button = QPushButton(self.tr("Back to the scene"))
        self.pdf_button, self.pdf_menu = QPushButton(self.tr("PDF")), QMenu(self)
        self._prepare()
        self._arrange()
        self.show_theme(LIGHT)

    def _prepare(self) -> None:
        self.given_box.setObjectName("given_box")
        self.part.setProperty("look", "title")
        self.none.setText(self.tr("This scene has no example to work out. Go on to one that has numbers."))
        for label in (self.part, self.title):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.title, self.none, self.score, self.sheet_problem):
            label.setWordWrap(True)
        self.sheet_problem.setProperty("look", "error")
        self.sheet_problem.hide()
        self.sheet_title.setBuddy(self.sheet_field)
        self.sheet_field.setToolTip(self.tr("The same sheet has the same numbers for everybody (1 to 999)"))
        self.sheet_field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sheet_field.changed.connect(self._show_sheet)
        self.sheet_field.refused.connect(self._refuse_sheet)
        self.check_button.setProperty("look", "primary")
        for button, tip in (
            (self.check_button, self.tr("Check all that is filled in (Enter in a field checks it alone)")),
            (self.new_button, self.tr("Take the next sheet (Ctrl+N)")),
            (self.back_button, self.tr("Show the scene again (Esc)")),
            (self.pdf_button, self.tr("Save this sheet for paper, with the answers or without")),
        ):
            button.setAccessibleName(button.text())
            button.setToolTip(tip)
        self.check_button.clicked.connect(self.check)
        self.new_button.clicked.connect(self.new_numbers)
        self.back_button.clicked.connect(self.closed)
        self.pdf_button.setMenu(self.pdf_menu)
        self.pdf_menu.addAction(self.tr("Sheet…"), lambda: self.ask_and_save(answers=False))
        self.pdf_menu.addAction(self.tr("Sheet with answers…"), lambda: self.ask_and_save(answers=True))
        for keys, slot in (("Ctrl+N", self.new_numbers), ("Ctrl+H", self.hint), ("Esc", self.closed.emit)):
            key = QShortcut(QKeySequence(keys), self)
            key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.activated.connect(slot)

    def _arrange(self) -> None:
        inside = QWidget()
        self._column, self._row_column = QVBoxLayout(inside), QVBoxLayout()
        self._given_column = QVBoxLayout(self.given_box)
        sheet, foot = QHBoxLayout(), QHBoxLayout()
        sheet.addWidget(self.part, 1)
        sheet.addWidget(self.sheet_title)
        sheet.addWidget(self.sheet_field)
        foot.addWidget(self.check_button)
        foot.addWidget(self.new_button)
        foot.addWidget(self.pdf_button)
        foot.addStretch(1)
        self._column.addLayout(sheet)
        for widget in (self.sheet_problem, self.title, self.none, self.given_box):
            self._column.addWidget(widget)
        self._column.addLayout(self._row_column)
        self._column.addWidget(self.score)
        self._column.addLayout(foot)
        self._column.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        self.setWidget(inside)

    # -- sheets -----------------------------------------------------------------------------------

    def show_scene(self, scene: Scene, sheet: int = 1) -> bool:
        """Ask the questions of a scene's exercise; return whether it has one."""
        self._scene = scene
        self.title.setText(scene.title)
        self._show_sheet(sheet)
        return self.exercise is not None

    @property
    def scene_now(self) -> Scene | None:
        """The scene with the subject of the exercise, to be shown on the stage."""
        if self._scene is None or self.exercise is None:
            return None
        return scene_of(self._scene, self.exercise)

    def new_numbers(self) -> None:
        """Show the next sheet."""
        self._show_sheet(self.sheet % MOST_SHEETS + 1)

    def _refuse_sheet(self, sentence: str) -> None:
        """Show why a sheet number is invalid; an empty text removes the message."""
        self.sheet_problem.setText(sentence)
        self.sheet_problem.setVisible(bool(sentence))
        self.sheet_field.setAccessibleDescription(sentence)

    def _show_sheet(self, sheet: int) -> None:
        self.sheet = sheet
        self.sheet_field.show_value(sheet)
        self._refuse_sheet("")
        self.exercise = exercise(self._scene, sheet) if self._scene is not None else None
        self._clear()
        there = self.exercise is not None
        buttons = (self.check_button, self.new_button, self.pdf_button)
        for widget in (self.given_box, self.score, self.sheet_field, *buttons):
            widget.setVisible(there)
        self.sheet_title.setVisible(there)
        self.none.setVisible(not there)
        if self.exercise is not None:
            self._fill(self.exercise)
            self.subject_requested.emit(self.exercise.subject)
        self.ask_requested.emit(self.open_questions)
        self.show_theme(self._theme)
        self.verticalScrollBar().setValue(0)
        if self.rows and self.isVisible():
            self.rows[0].setFocus()

    def _clear(self) -> None:
        for widget in (*self.rows, *self.given):
            widget.hide()
            widget.deleteLater()
        self.rows, self.given = [], []

    def _fill(self, made: Exercise) -> None:
        for sentence in made.given:
            label: QLabel | FormulaLabel
            if sentence.latex:
                label = FormulaLabel(sentence.latex, translated(sentence))
            else:
                label = QLabel()
                label.setWordWrap(True)
                write(label, translated(sentence))
            self.given.append(label)
            self._given_column.addWidget(label)
        for k, question in enumerate(made.questions, 1):
            row = QuestionRow(question, k)
            row.settled.connect(self._go_on)
            row.changed.connect(self._show_score)
            self.rows.append(row)
            self._row_column.addWidget(row)
        self._show_score()

    # -- answers ----------------------------------------------------------------------------------

    def check(self) -> None:
        """Check every answer that has been filled in."""
        for row in self.rows:
            row.check()

    def hint(self) -> None:
        """Show a hint for the question with the keyboard focus, or for the first open one."""
        here = [row for row in self.rows if row.isAncestorOf(self.focusWidget() or self)]
        waiting = [row for row in (*here, *self.rows) if not row.done]
        if waiting:
            waiting[0].hint()

    @property
    def finished(self) -> bool:
        """Whether every question is answered."""
        return bool(self.rows) and all(row.done for row in self.rows)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """The questions that are not answered yet."""
        return tuple(row.question for row in self.rows if not row.done)

    def _go_on(self) -> None:
        """Move to the next open question, and let the stage show the numbers already answered."""
        self.ask_requested.emit(self.open_questions)
        waiting = [row for row in self.rows if not row.done]
        if waiting:
            waiting[0].setFocus()
            self.ensureWidgetVisible(waiting[0])
        else:
            self.new_button.setFocus()

    def ask_and_save(self, *, answers: bool) -> None:
        """Ask for a file, and save the sheet as PDF."""
        if self.exercise is None or self._scene is None:
            return
        start = file_name(f"{self._scene.title} {self.sheet}") + ".pdf"
        name = dialogs.file_to_save(self, self.tr("Save the sheet"), start, "PDF (*.pdf)")
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".pdf")
        try:
            save_sheet(path, self._scene.title, self.exercise, self.sheet, answers=answers)
        except FileError as error:
            self.told.emit(str(error))
        else:
            self.told.emit(self.tr("Saved {name}.").format(name=path.name))

    def _show_score(self) -> None:
        right = sum(row.right for row in self.rows)
        hints = sum(row.hints_taken for row in self.rows)
        text = self.tr("{right} of {all} right, {hints} hints taken.")
        if self.finished and right == len(self.rows):
            text = self.tr("All {all} right, {hints} hints taken. Try other numbers.")
        self.score.setText(text.format(right=right, all=len(self.rows), hints=hints))
        self.score.setAccessibleName(self.score.text())

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        self.part.setFont(larger(0.85, bold=True))
        self.title.setFont(larger(1.5, bold=True))
        self.none.setFont(larger(1.15))
        self.score.setFont(larger(1.1, bold=True))
        for label in self.given:
            label.setFont(larger(1.1))
        for widget in (
            self.sheet_title,
            self.sheet_problem,
            self.sheet_field,
            self.new_button,
            self.back_button,
            self.check_button,
            self.pdf_button,
        ):
            set_button_font(widget, larger(1.0))
        self.sheet_field.setFixedWidth(self.sheet_field.fontMetrics().horizontalAdvance("0000") + 20)
        for row in self.rows:
            row.show_theme(shown)
        line = self.none.fontMetrics().height()
        self._column.setContentsMargins(line, line, line, line)
        self._column.setSpacing(round(0.7 * line))
        self._row_column.setSpacing(round(0.4 * line))
        self._given_column.setContentsMargins(*[round(0.5 * line)] * 4)
