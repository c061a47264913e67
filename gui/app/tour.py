"""The tour: a series of short sentences, each beside the part of the window that it explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.language import tr, translatable
from core.lecture.view_ids import ViewId
from gui.qt.drawable import guarded_overrides, shielded
from gui.theme import theme
from gui.theme.theme import scale

WIDTH, GAP = 250, 10
"""Width of the card, and its distance from what it explains, in points."""


@dataclass(frozen=True)
class TourStep:
    """A sentence, and the view that it explains."""

    view: ViewId
    sentence: str


STEPS = (
    TourStep(
        ViewId.CANVAS,
        translatable("This is the network. Click a neuron or a line to see its numbers."),
    ),
    TourStep(
        ViewId.COUNTERS,
        translatable("Run lets it learn; the arrow keys go a step at a time."),
    ),
    TourStep(
        ViewId.LOSS_PLOT,
        translatable("The loss falls. Drag along its axis to go back in time."),
    ),
    TourStep(
        ViewId.DECISION_BOUNDARY,
        translatable("Each colour is an answer of the network; the points are the samples."),
    ),
    TourStep(
        ViewId.INSPECTOR,
        translatable("The formula of what you selected, with the numbers of this very step."),
    ),
    TourStep(
        ViewId.PALETTE,
        translatable("Drag a layer or an activation onto the network."),
    ),
    TourStep(
        ViewId.DATA_PANEL,
        translatable("Other data are one click away."),
    ),
    TourStep(
        ViewId.TRAINING_PANEL,
        translatable("Choose loss, optimizer and learning rate. Ctrl+K finds all the rest."),
    ),
)


class TourFrame(QWidget):
    """A frame around a part of the window, transparent for the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._colour = theme.LIGHT.accent

    def show_theme(self, shown: theme.Theme) -> None:
        """Apply the colours of a theme."""
        self._colour = shown.accent
        self.update()

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colour, 3))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 8, 8)
        painter.end()


@guarded_overrides
class Tour(QFrame):
    """The card with the sentence of the present step. The window remains usable meanwhile.

    ``find`` brings a view to the front and returns the widget to point at. ``left``: the tour is over. Enter
    goes on, Escape ends the tour, whatever has the focus unless text is being typed.
    """

    left = Signal()

    def __init__(self, window: QWidget, find: Callable[[ViewId], QWidget]) -> None:
        super().__init__(window)
        self.setObjectName("tour_card")
        self.setAccessibleName(tr("Tour"))
        self._window, self._find = window, find
        self._target: QWidget | None = None
        self.place = 0
        self.frame = TourFrame(window)
        self.sentence, self.count = QLabel(), QLabel()
        self.sentence.setWordWrap(True)
        self.count.setProperty("look", "small")
        self.back, self.next, self.cross = QPushButton(tr("Back")), QPushButton(), QToolButton()
        self.next.setProperty("look", "primary")
        self.cross.setProperty("look", "quiet")
        self.cross.setToolTip(tr("Leave the tour (Esc); the menu Help has it"))
        self.cross.setAccessibleName(tr("Leave the tour"))
        self.back.setToolTip(tr("The step before"))
        self.next.setToolTip(tr("The next step (Enter)"))
        self.back.clicked.connect(lambda: self.go(self.place - 1))
        self.next.clicked.connect(lambda: self.go(self.place + 1))
        self.cross.clicked.connect(self.leave)
        self._arrange()
        self.hide()
        self.frame.hide()

    def _arrange(self) -> None:
        head, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 10)
        head.addWidget(self.count, 1)
        head.addWidget(self.cross)
        column.addLayout(head)
        column.addWidget(self.sentence)
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        column.addLayout(foot)

    def show_theme(self, shown: theme.Theme) -> None:
        """Apply the colours of a theme."""
        self.frame.show_theme(shown)
        self.cross.setIcon(theme.icon("x", shown, shown.muted))

    # -- from step to step --------------------------------------------------------------------------

    def begin(self) -> None:
        """Start with the first step."""
        application = QApplication.instance()
        if self.isHidden() and application is not None:
            application.installEventFilter(self)
        self.go(0)
        self.next.setFocus()

    def go(self, place: int) -> None:
        """Show a step; after the last one the tour is over."""
        if place >= len(STEPS):
            self.leave()
            return
        self.place = max(0, place)
        step = STEPS[self.place]
        self._target = self._find(step.view)
        self.sentence.setText(tr(step.sentence))
        self.setAccessibleDescription(self.sentence.text())
        self.count.setText(tr("{step} of {steps}").format(step=self.place + 1, steps=len(STEPS)))
        self.back.setEnabled(self.place > 0)
        self.next.setText(tr("Done") if self.place == len(STEPS) - 1 else tr("Next"))
        self.frame.show()
        self.show()
        self._settle()

    def leave(self) -> None:
        """End the tour."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._target = None
        self.frame.hide()
        self.hide()
        self.left.emit()

    # -- its place ----------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Place the card beside the target, on the side with the most room, within the window."""
        if self._target is None:
            return
        around = QRect(self._target.mapTo(self._window, QPoint()), self._target.size())
        self.frame.setGeometry(around.adjusted(-2, -2, 2, 2) & self._window.rect())
        width = round(WIDTH * scale())
        size = QSize(width, self.heightForWidth(width))
        self.setGeometry(QRect(_beside(around, size, self._window.rect()), size))
        self.frame.raise_()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the target when it moves; handle the keys Enter and Escape."""
        kind = event.type()
        if kind in (QEvent.Type.Resize, QEvent.Type.Move) and watched in (self._target, self._window):
            self._settle()
        if isinstance(event, QKeyEvent) and self._takes(event.key()):
            if kind == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if kind == QEvent.Type.KeyPress:
                self.leave() if event.key() == Qt.Key.Key_Escape else self.go(self.place + 1)
                return True
        return False

    def _takes(self, key: int) -> bool:
        """Whether a key is for the tour: no menu is open, and no text is being typed."""
        focus = QApplication.focusWidget()
        if QApplication.activePopupWidget() is not None or isinstance(focus, QLineEdit):
            return False
        if focus is None or focus.window() is not self._window:
            return False
        inside = self.isAncestorOf(focus) and not isinstance(focus, QToolButton) and focus is not self.back
        return key == Qt.Key.Key_Escape or (inside and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter))


def _beside(around: QRect, size: QSize, room: QRect) -> QPoint:
    """Return where a card of a size lies beside a rectangle: where it overlaps it least."""
    middle = around.center() - QPoint(size.width() // 2, size.height() // 2)
    places = (
        QPoint(around.right() + GAP, middle.y()),
        QPoint(around.left() - GAP - size.width(), middle.y()),
        QPoint(middle.x(), around.bottom() + GAP),
        QPoint(middle.x(), around.top() - GAP - size.height()),
    )
    inside = room.adjusted(GAP, GAP, -GAP - size.width(), -GAP - size.height())
    kept = [
        QPoint(
            max(inside.left(), min(place.x(), inside.right())),
            max(inside.top(), min(place.y(), inside.bottom())),
        )
        for place in places
    ]

    def covered(place: QPoint) -> int:
        common = QRect(place, size) & around
        return max(0, common.width()) * max(0, common.height())

    return min(kept, key=covered)
