"""The counters: the state of the training in large numbers that can be read from the back row."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.nn.trainer import Snapshot
from core.number_style import ratio_text, value_text, widest_text
from gui.qt.drawable import guarded_overrides, shielded
from gui.text.labels import FastLabel
from gui.theme.theme import LIGHT, Theme

MOST_EPOCHS = 100_000  # up to which all digits are shown
APART = 7  # pixels between two counters, with a line in their middle


class Counter(QWidget):
    """A number with its name below, as wide as its widest value, so that it does not move when it changes."""

    def __init__(self, name: str, widest: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        right = Qt.AlignmentFlag.AlignRight
        self._widest = widest
        self.value, self.name = FastLabel("number", widest(), right), FastLabel("small", name, right)
        self.name.setText(name)
        self.value.setText("–")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.value)
        column.addWidget(self.name)
        self.setAccessibleName(name)

    def show_name(self, name: str) -> None:
        """Set the name of the number, which is no wider than the widest value."""
        if name != self.accessibleName():
            self.name.setText(name)
            self.setAccessibleName(name)

    def show_value(self, text: str) -> None:
        """Show a value."""
        if text != self.value.text():
            self.value.setText(text)
            self.setAccessibleDescription(text)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme."""
        self.value.show_widest(self._widest())
        self.value.show_theme(shown)
        self.name.show_theme(shown)


def _widest_loss() -> str:
    return widest_text(1)[1:]


@guarded_overrides
class Counters(QWidget):
    """Epoch, iteration in the epoch, losses, accuracy (for values R²) and, if there is one, the penalty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Counters"))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.epoch = Counter(self.tr("epoch"), lambda: "00000")
        self.iteration = Counter(self.tr("iteration"), lambda: "00 of 00")
        self.train = Counter(self.tr("train loss"), _widest_loss)
        self.penalty = Counter(self.tr("+ penalty"), _widest_loss)
        self.test = Counter(self.tr("test loss"), _widest_loss)
        self.accuracy = Counter(self.tr("accuracy"), lambda: f"1{ratio_text(1 / 3)}")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(APART)
        self._all = (self.epoch, self.iteration, self.train, self.penalty, self.test, self.accuracy)
        for counter in self._all:
            row.addWidget(counter)
        self.train.setToolTip(self.tr("Mean loss of all training samples with the present weights"))
        self.test.setToolTip(self.tr("Mean loss of all test samples with the present weights"))
        self.penalty.setToolTip(self.tr("What L1 and L2 add to the loss"))
        self.penalty.hide()
        self.more = QLabel("…")
        self.more.setAccessibleName(self.tr("More numbers"))
        row.addWidget(self.more)
        self.more.hide()
        self._few, self._level = False, 0
        self._theme = LIGHT

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a line between neighbours, so that no two numbers read as one."""
        painter = QPainter(self)
        painter.setPen(self._theme.border)
        shown = sorted((one.geometry() for one in self._all if one.isVisible()), key=QRect.left)
        for place in shown[1:]:
            x = place.left() - (APART + 1) // 2
            painter.drawLine(x, place.top() + 3, x, place.bottom() - 3)
        painter.end()

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = shown
        self.update()
        for counter in self._all:
            counter.show_theme(shown)

    def shorten(self, level: int) -> None:
        """Hide the test loss (1), and the accuracy too (2), showing that something is hidden; 0: show all."""
        self._level = level
        self.test.setVisible(not self._few and level < 1)
        self.accuracy.setVisible(level < 2)
        self.more.setVisible(level > 0)
        hidden = [one.accessibleName() for one in (self.test, self.accuracy) if one.isHidden()]
        text = self.tr("No room here for: {names}. The inspector shows them; a wider window does too.")
        self.more.setToolTip(text.format(names=", ".join(hidden)))

    def show_few(self, few: bool) -> None:
        """Hide the test loss and the penalty, if the font is large."""
        self._few = few
        self.test.setVisible(not few and self._level < 1)
        self.penalty.setVisible(self.penalty.isVisible() and not few)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a snapshot."""
        epoch, iteration = place_in_training(snapshot)
        where = self.tr("{iteration} of {batches}").format(iteration=iteration, batches=snapshot.batches)
        self.epoch.show_value(str(epoch) if epoch < MOST_EPOCHS else self.tr("{}k").format(epoch // 1000))
        self.epoch.setToolTip(self.tr("Epoch {epoch}").format(epoch=f"{epoch:,}"))
        self.iteration.show_value(where)
        self.train.show_value(value_text(snapshot.train.loss))
        self.test.show_value("–" if snapshot.test is None else value_text(snapshot.test.loss))
        self.penalty.setVisible(snapshot.penalty > 0 and not self._few)
        self.penalty.show_value(value_text(snapshot.penalty))
        self._show_accuracy(snapshot)

    def _show_accuracy(self, snapshot: Snapshot) -> None:
        """Show the accuracy on the test samples, or the training samples if there are none; for values R²."""
        train, score = snapshot.train, snapshot.test or snapshot.train
        self.accuracy.setVisible(self._level < 2)
        if train.accuracy is not None and score.accuracy is not None:
            self.accuracy.show_name(self.tr("accuracy"))
            self.accuracy.show_value(ratio_text(score.accuracy))
            sentence = self.tr("Right classes: {train} of the training samples, {test} of the test samples")
            tip = sentence.format(train=ratio_text(train.accuracy), test=ratio_text(score.accuracy))
        else:
            shown = ["–" if one.r2 is None else value_text(one.r2) for one in (train, score)]
            self.accuracy.show_name(self.tr("R²"))
            self.accuracy.show_value(shown[1])
            sentence = self.tr(
                "R², the share of the targets' variance that the outputs explain: {train} on the training "
                "samples, {test} on the test samples"
            )
            tip = sentence.format(train=shown[0], test=shown[1])
        self.accuracy.setToolTip(tip)


def place_in_training(snapshot: Snapshot) -> tuple[int, int]:
    """Return the epoch and the iteration in it that began last, counted from 1; 0, 0 at the start."""
    last = snapshot.begun - 1
    if last < 0:
        return 0, 0
    last -= snapshot.origin.iteration
    return snapshot.origin.epochs + last // snapshot.batches + 1, last % snapshot.batches + 1
