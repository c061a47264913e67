"""Two kinds of guesses: choices as large buttons, with the votes of the audience, or a typed number."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.graph.number_text import number_or_none
from gui.lecture.large_type import larger
from gui.qt.drawable import guarded_overrides, shielded
from gui.text.plain_text import plain
from gui.text.reading_direction import reading
from gui.theme.theme import LIGHT, Theme, mixed, set_look
from gui.widgets.number_edit import NumberEdit, read

RADIUS = 8
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter


@guarded_overrides
class ChoiceButton(QAbstractButton):
    """A button as high as its wrapped text requires, with ``key`` drawn in front of the text.

    ``state``: "" (open), "chosen", "right", "wrong" or "past" (not chosen, and disabled).
    """

    def __init__(self, text: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(plain(self.tr("{text} ({key})").format(text=text, key=key) if key else text))
        self.key, self.state, self.share, self.dense = key, "", 0.0, False
        self._theme, self._font = LIGHT, QFont()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_theme(LIGHT)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme, self._font = shown, larger(1.1)
        self.setFont(self._font)
        self.updateGeometry()
        self.update()

    def show_state(self, state: str) -> None:
        """Show whether the choice is selected, right or wrong."""
        self.state = state
        self.setAccessibleDescription(
            {
                "chosen": self.tr("Chosen"),
                "right": self.tr("This is right"),
                "wrong": self.tr("This was said, and is wrong"),
            }.get(state, "")
        )
        self.update()

    def show_share(self, share: float) -> None:
        """Show the choice's share of the votes, 0 … 1."""
        self.share = share
        self.update()

    # -- size -------------------------------------------------------------------------------------

    def _margin(self) -> int:
        return round(0.5 * self.fontMetrics().height())

    def _badge(self) -> int:
        return self.fontMetrics().height() + self._margin() if self.key else 0

    def show_dense(self, dense: bool) -> None:
        """Reduce the space above and below the text."""
        if dense != self.dense:
            self.dense = dense
            self.updateGeometry()

    def _above(self) -> int:
        """Return the space above the text, and that below it."""
        return round((0.1 if self.dense else 0.5) * self.fontMetrics().height())

    def heightForWidth(self, width: int) -> int:
        room = QRect(0, 0, max(1, width - 2 * self._margin() - self._badge()), 10_000)
        return self.fontMetrics().boundingRect(room, int(WRAP), self.text()).height() + 2 * self._above()

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        margin = self._margin()
        wide = self.fontMetrics().horizontalAdvance(self.text()) + 2 * margin + self._badge()
        return QSize(wide, self.fontMetrics().height() + 2 * self._above())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._badge() + 6 * self._margin(), self.fontMetrics().height() + 2 * self._above())

    # -- painting ---------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, box = self._theme, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground, line = self._colours()
        outline = QPainterPath()
        outline.addRoundedRect(box, RADIUS, RADIUS)
        painter.fillPath(outline, ground)
        if self.share > 0:
            painter.setClipPath(outline)
            bar = QRectF(box.left(), box.bottom() - 5, box.width() * self.share, 5)
            if self.isRightToLeft():
                bar.moveRight(box.right())
            painter.fillRect(bar, theme.accent)
            painter.setClipping(False)
        wide = 2.0 if self.hasFocus() or self.state in ("chosen", "right", "wrong") else 1.0
        painter.setPen(QPen(theme.text if self.hasFocus() and self.state == "chosen" else line, wide))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)
        self._paint_text(painter)
        painter.end()

    def _colours(self) -> tuple[QColor, QColor]:
        """Return the background and border colours."""
        theme = self._theme
        if self.state == "right":
            return mixed(theme.panel, theme.gradient_positive, 0.18), theme.gradient_positive
        if self.state == "wrong":
            return mixed(theme.panel, theme.error, 0.12), theme.error
        if self.state == "chosen" or self.isDown():
            return theme.accent_soft, theme.accent
        over = self.underMouse() and self.isEnabled()
        ground = mixed(theme.raised, theme.text, 0.06) if over else theme.raised
        return ground, theme.accent if self.hasFocus() else theme.border

    def _paint_text(self, painter: QPainter) -> None:
        theme, margin, badge = self._theme, self._margin(), self._badge()
        painter.setFont(self._font)
        room = self.rect().adjusted(margin + badge, 0, -margin, 0)
        front = QRect(margin, 0, badge - margin, self.height()) if badge else QRect()
        if self.isRightToLeft():
            room = self.rect().adjusted(margin, 0, -margin - badge, 0)
            front.moveRight(self.width() - margin)
        if badge:
            painter.setPen(theme.muted)
            mark = {"right": "✓", "wrong": "✗"}.get(self.state, self.key)
            painter.drawText(front, Qt.AlignmentFlag.AlignCenter, mark)
        painter.setPen(theme.muted if self.state in ("past", "wrong") else theme.text)
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        painter.setLayoutDirection(reading(self.text()))
        painter.drawText(room, int(WRAP | side | Qt.AlignmentFlag.AlignAbsolute), self.text())


# -- the list of choices, and the field for a number -----------------------------------------------------

MOST_VOTES = 9999


class ChoiceList(QWidget):
    """The choices of a question. ``chosen_changed`` carries the index of the choice, from 0."""

    chosen_changed = Signal(int)
    votes_changed = Signal()

    def __init__(self, texts: tuple[str, ...]) -> None:
        super().__init__()
        self.chosen: int | None = None
        self.buttons = [ChoiceButton(text, str(k)) for k, text in enumerate(texts, 1)]
        self.boxes = [self._vote_box(text) for text in texts]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for k, (button, box) in enumerate(zip(self.buttons, self.boxes, strict=True)):
            grid.addWidget(button, k, 0)
            grid.addWidget(box, k, 1, Qt.AlignmentFlag.AlignVCenter)
            button.clicked.connect(lambda _checked=False, k=k: self.choose(k))
        self.problem = QLabel()
        self.problem.setProperty("look", "error")
        self.problem.setWordWrap(True)
        self.problem.hide()
        grid.addWidget(self.problem, len(texts), 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.setFocusProxy(self.buttons[0])

    def _vote_box(self, text: str) -> NumberEdit:
        box = NumberEdit(
            self.tr("Votes for “{choice}”").format(choice=text),
            None,
            0,
            MOST_VOTES,
            whole=True,
            refusal=self.tr("Votes must be a whole number between 0 and {most}.").format(most=MOST_VOTES),
            optional=True,
            wheel="focused",
            drag=False,
            role="",
        )
        box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.setToolTip(plain(box.accessibleName()))
        box.textChanged.connect(self._voted)
        box.refused.connect(lambda why: self._refuse(box, why))
        box.hide()
        return box

    @property
    def votes(self) -> list[int]:
        """The votes for each choice."""
        return [int(box.pending or 0) for box in self.boxes]

    def choose(self, k: int) -> None:
        """Make a choice, unless the answer is shown already."""
        if k >= len(self.buttons) or not self.buttons[k].isEnabled():
            return
        self.chosen = k
        for i, button in enumerate(self.buttons):
            button.show_state("chosen" if i == k else "")
        self.chosen_changed.emit(k)

    def ask_votes(self, asked: bool) -> None:
        """Show or hide a field for the votes beside each choice."""
        for box in self.boxes:
            box.setVisible(asked)
        if asked:
            self.boxes[0].setFocus()

    def show_right(self, right: int) -> None:
        """Show which choice is right, and disable all of them."""
        for k, button in enumerate(self.buttons):
            wrong = "wrong" if k == self.chosen else "past"
            button.show_state("right" if k == right else wrong)
            button.setEnabled(False)

    def show_past(self, shown: bool) -> None:
        """Show or hide the choices that are neither right nor chosen."""
        for button in self.buttons:
            button.setVisible(shown or button.state != "past")

    def show_dense(self, dense: bool) -> None:
        """Reduce the space around the choices, or restore it."""
        for button in self.buttons:
            button.show_dense(dense)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        for button in self.buttons:
            button.show_theme(shown)
        self.problem.setFont(larger(1.0))
        for box in self.boxes:
            box.setFont(larger(1.1))
            box.setFixedWidth(box.fontMetrics().horizontalAdvance("00000") + 20)

    def _refuse(self, box: NumberEdit, why: str) -> None:
        """Show why a count of votes is invalid; empty: it is valid."""
        self.problem.setText(why)
        self.problem.setVisible(bool(why))
        box.setAccessibleDescription(why)

    def _voted(self) -> None:
        total = sum(self.votes)
        for button, count in zip(self.buttons, self.votes, strict=True):
            button.show_share(count / total if total else 0.0)
        self.votes_changed.emit()


class GuessField(QLineEdit):
    """A number field that no letter or point can begin, as they are keys of the lecture."""

    def begins_with(self, text: str) -> bool:
        """Return whether the input may begin with this character."""
        return bool(self.text()) or not (text.isalpha() or text == ".")


class TypedGuess(QWidget):
    """A field for a number; ``problem`` says what is invalid. Enter is handled by the panel around it."""

    def __init__(self) -> None:
        super().__init__()
        self.field, self.problem = GuessField(), QLabel()
        self.field.setAccessibleName(self.tr("Your guess"))
        self.field.setPlaceholderText(self.tr("Your guess"))
        self.field.setToolTip(self.tr("A number, such as −0.5 or 10/3, then Enter"))
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.textEdited.connect(lambda _text: self._mark(""))
        self.problem.setProperty("look", "error")
        self.problem.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        column.addWidget(self.problem)
        self.setFocusProxy(self.field)
        self._mark("")
        self.show_theme(LIGHT)

    def guess(self) -> float | None:
        """Return the number typed, or None."""
        return number_or_none(self.field.text())

    def reads(self) -> bool:
        """Return whether the input is a number or empty; if not, show a message."""
        text = self.field.text()
        why = read(text, self.tr("A guess"))[1] if text.strip() else ""
        self._mark(why)
        return not why

    def _mark(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        set_look(self.field, "problem", "true" if problem else "false")

    def close_guess(self) -> None:
        """Disable the field; hide it if it is empty."""
        self.field.setEnabled(False)
        self.field.setVisible(bool(self.field.text().strip()))

    def show_theme(self, _shown: Theme) -> None:
        """Apply the present font size."""
        self.field.setFont(larger(1.5))
        self.problem.setFont(larger(1.0))
