"""The texts of a scene: a sentence at the top, and beside the stage a formula, a question, what to try."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from core.lecture.builds import BuildState, still_hidden
from core.lecture.scene import Scene
from core.lecture.subjects import Networks
from gui.layout.responsive import leave_out
from gui.lecture.large_type import coloured, larger, write
from gui.lecture.number_thread import SceneNumbers
from gui.lecture.numbers_table import NumbersTable
from gui.lecture.questions.guess import ChoiceButton
from gui.lecture.questions.panel import CardPanel, Speech
from gui.qt.drawable import guarded_overrides
from gui.qt.later import Later
from gui.text.formula_label import CUTS, FormulaLabel, svg, top_level
from gui.text.plain_text import plain
from gui.theme.theme import LIGHT, Theme, in_hall, sized

SMALLEST = 0.78
"""The share of its usual size to which a formula is written smaller before it is broken into lines."""
INDENT = r"\;\,"
"""What a line of a formula that goes on begins with."""
FITTING = 0.96
"""The share of the room that a formula written smaller has: sizes of letters are rounded."""
TIMES = 1.15
FIRST_FRAME_MILLISECONDS = 300
PARTS = re.compile(r"\\qquad|,?\\quad")


@guarded_overrides
class FormulaBox(QFrame):
    """A formula in LaTeX, broken into several lines if it is too wide.

    If a formula in a user's own scene is invalid, its source is shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("formula_box")
        self.lines: list[FormulaLabel] = []
        self.as_typed = QLabel()
        self.as_typed.setWordWrap(True)
        self.as_typed.setTextFormat(Qt.TextFormat.PlainText)
        self.as_typed.hide()
        self._latex, self._font = "", sized("formula")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.as_typed)
        self._later = Later(self, singleShot=True, interval=FIRST_FRAME_MILLISECONDS)
        self._later.timeout.connect(self._set)
        self.show_theme(LIGHT)

    def show_formula(self, latex: str) -> None:
        """Show another formula; an empty one hides the box."""
        self._latex = latex
        self.setVisible(bool(latex))
        self.setAccessibleName(latex)
        self._show_lines([])
        self._fit()

    def _fit(self) -> None:
        """Render the formula, after the first frame if ziamath has not been loaded yet."""
        if "ziamath" in sys.modules:
            self._set()
        elif self._latex:
            self._later.start()

    def _set(self) -> None:
        """Render the lines, breaking those that would have to be shrunk too much."""
        if not self._latex:
            return
        fault = formula_fault(self._latex, *self._letter_style())
        self.as_typed.setVisible(bool(fault))
        self.as_typed.setText(self._latex)
        self.as_typed.setToolTip(plain(fault))
        margins = self._column.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        lines = [] if fault else [line for part in parts(self._latex) for line in self._broken(part, room)]
        self._show_lines(lines)
        widest = max(map(self._width, lines), default=0)
        share = min(1.0, max(SMALLEST, FITTING * room / max(1, widest)))
        font = QFont(self._font)
        font.setPointSizeF(share * font.pointSizeF())
        for line in self.lines:
            line.setFont(font)

    def _letter_style(self) -> tuple[str, float]:
        """Apply the colour and the font size of the text to the formula."""
        return self.palette().text().color().name(), QFontMetrics(self._font).height() * 0.9

    def _show_lines(self, texts: list[str]) -> None:
        if [line.latex for line in self.lines] == texts:
            return
        for old in self.lines:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.lines = [FormulaLabel(text) for text in texts]
        for line in self.lines:
            self._column.addWidget(line)
            line.show()  # a layout would show it later, and a hidden one tells no height

    def _broken(self, latex: str, room: int) -> list[str]:
        if self._width(latex) * SMALLEST <= FITTING * room:
            return [latex]
        for sign in CUTS:
            place = top_level(latex, sign)
            if place is not None:
                first, rest = latex[:place], latex[place:]
                if not any(formula_fault(one, *self._letter_style()) for one in (first, rest)):
                    return [*self._broken(first, room), *self._broken(INDENT + rest, room)]
        return [latex]

    def _width(self, latex: str) -> int:
        return QSvgRenderer(QByteArray(svg(latex, *self._letter_style()))).defaultSize().width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._font = sized("formula")
        self._font.setPointSizeF(self._font.pointSizeF() * TIMES)
        self.as_typed.setFont(self._font)
        height = QFontMetrics(self._font).height()
        margin = round(0.45 * height)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(round(0.4 * height))
        self._fit()


def formula_fault(latex: str, colour: str = "#000000", size: float = 16.0) -> str:
    """Return a sentence on why a formula is invalid, or "" if it is valid."""
    if not latex.strip():
        return ""
    try:
        for part in parts(latex):
            svg(part, colour, size)
    except Exception:
        return tr("This LaTeX cannot be set: something in it is missing, unknown or not closed.")
    return ""


def parts(latex: str) -> list[str]:
    """Return the formulas that are side by side in one text."""
    found = [part.strip() for part in PARTS.split(latex)]
    whole = all(part.count("{") == part.count("}") for part in found)
    return [part for part in found if part] if whole else [latex]


# -- the panel -------------------------------------------------------------------------------------------

BAR = 4
MOST_LEFT_OUT = 6
"""The highest level at which parts of the panel are hidden."""
LONG = 90
"""A sentence of more letters than this is written smaller, so that it does not fill the screen."""


class TryItem(QWidget):
    """One suggestion of what to try, with a bar at its left side."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.bar, self.text = QFrame(), QLabel()
        write(self.text, text)
        self.bar.setFixedWidth(BAR)
        self.text.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.bar)
        row.addWidget(self.text, 1)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self.bar.setStyleSheet(f"background: {shown.accent.name()}; border-radius: 2px;")
        self.text.setStyleSheet(f"color: {shown.muted.name()};")
        self.text.setFont(larger(1.1))


@guarded_overrides
class TextPanel(QScrollArea):
    """Shows the texts beside the stage at a build: formula, question, buttons; scrolls vertically only.

    At the last build it also shows the paragraphs of the scene, what to try, and its numbers.
    ``change_requested`` carries the name of one of the scene's changes.
    """

    change_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Words of the scene"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scene: Scene | None = None
        self._hidden = set[str]()
        self._theme, self._fitting = LIGHT, False
        self._state: BuildState | None = None
        self.numbers = SceneNumbers(self)
        self.cards = CardPanel(self.numbers)
        self.try_title = QLabel()
        self.formula = FormulaBox()
        self.paragraphs: list[QLabel] = []
        self.tries: list[TryItem] = []
        self.changes: dict[str, ChoiceButton] = {}
        self.source = _paragraph("")
        self.numbers_button = QPushButton()
        self.table = NumbersTable(self.numbers)
        self._prepare()
        self._arrange()
        self.show_theme(LIGHT)

    def _prepare(self) -> None:
        self.try_title.setProperty("look", "title")
        self.numbers_button.setCheckable(True)
        self.speak(nullcontext)
        self.numbers_button.toggled.connect(self._show_numbers)
        self.table.hide()
        self.cards.grown.connect(self._follow_cards)

    def _arrange(self) -> None:
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._texts, self._try_column, self._change_column = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._column.addWidget(self.formula)
        self._column.addWidget(self.cards)
        self._column.addLayout(self._texts)
        self._column.addLayout(self._change_column)
        self._column.addWidget(self.try_title)
        self._column.addLayout(self._try_column)
        self._column.addWidget(self.source)
        self._column.addWidget(self.numbers_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.table)
        self._column.addStretch(1)
        self.setWidget(inside)
        inside.installEventFilter(self)

    def speak(self, speech: Speech) -> None:
        """Set the texts of the frame in another language: that which is used inside ``speech()``."""
        self.cards.speak(speech)
        with speech():
            write(self.try_title, self.tr("Try"))
            self.numbers_button.setText(self.tr("Numbers"))
            self.numbers_button.setAccessibleName(self.numbers_button.text())
            self.numbers_button.setToolTip(
                self.tr("Compare the numbers by hand and as printed with those of the engine")
            )

    # -- the scene --------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Show another scene; its numbers are computed when needed."""
        self._scene = scene
        self.numbers.show_scene(scene)
        write(self.source, scene.source)
        self._fill(scene)
        self.numbers_button.setChecked(False)
        self.show_theme(self._theme)

    def show_build(self, state: BuildState) -> None:
        """Show the texts beside the stage at a build of the scene."""
        scene, self._state = self._scene, state
        assert scene is not None
        self.setUpdatesEnabled(False)
        self._hidden = still_hidden(scene, state)
        self.formula.show_formula(state.formula)
        self.cards.show_build(scene, state)
        self.table.show_hidden(self._hidden)
        self.verticalScrollBar().setValue(0)
        self.setVisible(self._needed(scene, state))
        self._fit()
        self.setUpdatesEnabled(True)

    def _fit(self) -> None:
        """In presentation mode, hide just enough that nothing has to be scrolled."""
        if self._fitting or self._state is None:
            return
        self._fitting = True
        leave_out(MOST_LEFT_OUT, self._shorten, self._fits)
        self._fitting = False

    def _fits(self) -> bool:
        port, scrolls = self.viewport(), self.verticalScrollBar().maximum() > 0
        high, wide = self._column.totalHeightForWidth(port.width()), self._column.totalMinimumSize().width()
        return not scrolls and high <= port.height() and wide <= port.width()

    def _shorten(self, level: int) -> None:
        """Hide what presentation mode needs least: the more, the higher the level; 0: nothing."""
        scene, state = self._scene, self._state
        assert scene is not None and state is not None
        more = state.last and not self._in_hall
        for part in (self.try_title, *self.tries):
            part.setVisible(more and bool(self.tries))
        for paragraph in self.paragraphs:
            paragraph.setVisible(more)
        now = state.subject.changes if isinstance(state.subject, Networks) else ()
        offered = {change.name for change in now}
        for name, button in self.changes.items():
            button.setVisible(name in offered and (level < 2 or not scene.builds))
        self.source.setVisible(state.last and bool(scene.source) and level < 3)
        self.numbers_button.setVisible(state.last and bool(scene.expected) and not self._in_hall)
        self.table.setVisible(self.numbers_button.isVisibleTo(self) and self.numbers_button.isChecked())
        self.formula.setVisible(bool(state.formula) and level < 4)
        self.cards.shorten(level)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and in_hall():
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _needed(self, scene: Scene, state: BuildState) -> bool:
        """Whether anything is to be shown at a build; if not, the stage gets the room."""
        reading = not self._in_hall and bool(self.paragraphs or scene.to_try)
        numbers = bool(scene.expected) and not self._in_hall
        more = state.last and bool(reading or scene.source or numbers)
        pressed = bool(self.changes) and not self._in_hall
        return bool(state.formula or pressed or more or self.cards.card is not None)

    @property
    def _in_hall(self) -> bool:
        """Whether an audience is watching, for which the builds have said everything."""
        return in_hall() and bool(self.paragraphs)

    def _fill(self, scene: Scene) -> None:
        _emptied(self._texts, [*self.paragraphs])
        _emptied(self._try_column, [*self.tries])
        _emptied(self._change_column, [*self.changes.values()])
        self.paragraphs = [_paragraph(text) for text in scene.words] if scene.builds else []
        self.tries = [TryItem(text) for text in scene.to_try]
        subject = scene.subject
        changes = subject.changes if isinstance(subject, Networks) else ()
        self.changes = {change.name: ChoiceButton(change.label) for change in changes if change.label}
        for name, button in self.changes.items():
            button.clicked.connect(lambda _checked=False, name=name: self.change_requested.emit(name))
        for layout, widgets in (
            (self._texts, self.paragraphs),
            (self._try_column, self.tries),
            (self._change_column, self.changes.values()),
        ):
            for widget in widgets:
                layout.addWidget(widget)

    def _follow_cards(self) -> None:
        """Scroll so that the whole question, or its answer, is visible."""
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        self.ensureWidgetVisible(self.cards, 0, self.cards.fontMetrics().height())
        self.horizontalScrollBar().setValue(0)

    def _show_numbers(self, shown: bool) -> None:
        self.table.setVisible(shown)
        if shown and self._scene is not None:
            self.table.show_scene(self._scene, self._hidden)
            self.table.show_theme(self._theme)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        self.try_title.setFont(larger(0.85, bold=True))
        for label in self.paragraphs:
            label.setFont(larger(1.15))
        self.source.setFont(larger(0.9))
        coloured(self.source, shown.muted.name())
        shown_items: list[TryItem | ChoiceButton] = [*self.tries, *self.changes.values()]
        for item in shown_items:
            item.show_theme(shown)
        for panel in (self.formula, self.cards, self.table):
            panel.show_theme(shown)
        self.numbers_button.setFont(larger(1.0))
        line = QFontMetrics(larger(1.15)).height()
        beside = round((0.5 if in_hall() else 1) * line)
        self._column.setContentsMargins(beside, round(0.6 * line), beside, round(0.6 * line))
        for layout, share in ((self._column, 0.55), (self._texts, 0.45), (self._try_column, 0.4)):
            layout.setSpacing(round(share * line))
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self.show_theme(self._theme)


class Headline(QLabel):
    """The sentence of a build, across the top of the scene, in letters legible from the last row."""

    TIMES, TIMES_IN_HALL = 2.0, 1.7

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.show_theme(LIGHT)

    def show_sentence(self, text: str) -> None:
        """Show another sentence."""
        write(self, text)
        self.setVisible(bool(text))

    def show_theme(self, _shown: Theme) -> None:
        """Apply the present font size."""
        times = self.TIMES_IN_HALL if in_hall() else self.TIMES
        self.setFont(larger(times if len(self.text()) < LONG else times * 0.75, bold=True))
        line = self.fontMetrics().height()
        self.setContentsMargins(line, round(0.45 * line), line, round(0.35 * line))


def _paragraph(text: str) -> QLabel:
    label = QLabel()
    write(label, text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _emptied(layout: QVBoxLayout, widgets: list[QWidget]) -> None:
    for widget in widgets:
        layout.removeWidget(widget)
        widget.hide()
        widget.deleteLater()
