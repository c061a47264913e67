"""The card of a variant: its name, its position in the training, its loss, and two settings to change."""

from __future__ import annotations

from msgspec import Meta
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.language import tr
from core.nn.design import Training, fields_of
from core.nn.trainer import Phase, Snapshot
from core.number_style import HIDDEN, value_text
from gui.compare.variants import Variant
from gui.qt.drawable import guarded_overrides
from gui.text.labels import FastLabel
from gui.text.plain_text import plain
from gui.theme.theme import Theme, hide_in_hall, in_hall, sized
from gui.widgets.number_edit import NumberField

PLACE = 26  # characters of "epoch 9,999: iteration 9 of 14"
WIDEST_LOSS = 8.888e-4  # a loss whose text is as wide as any can be


class CardField(NumberField):
    """A small field for one number of the training, labelled by a letter."""

    def __init__(self, letter: str, name: str, most: int | None = None) -> None:
        kind, meta = fields_of(Training)[name]
        assert meta is not None
        highest = meta.le if most is None else most
        above, least = meta.gt, meta.ge
        limits = (
            Meta(ge=least, le=highest, title=letter)
            if above is None
            else Meta(gt=above, le=highest, title=letter)
        )
        super().__init__(name, limits, kind is int, 1, slider=False)
        self.title.setContentsMargins(0, 0, 5, 0)
        tip = tr(meta.title or name)
        self.edit.setAccessibleName(tip)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def _fit_width(self) -> None:
        self.edit.setFixedWidth(self.fontMetrics().horizontalAdvance("0.0000") + 16)


@guarded_overrides
class VariantCard(QWidget):
    """The name of a variant, its batches, its position in the training, and J.

    ``rate_changed`` and ``size_changed`` carry a new η and |B|, ``refused`` why an input is invalid.
    ``sizes``: |B| can be changed. ``wide``: the fields are beside the name. ``scores``: the losses of
    the training and the test set are shown in place of J.
    """

    rate_changed = Signal(float)
    size_changed = Signal(int)
    refused = Signal(str)

    def __init__(self, variant: Variant, *, sizes: bool, wide: bool, scores: bool = False) -> None:
        super().__init__()
        self.variant, self._veiled, self._uncounted, self._scores = variant, False, False, scores
        self._snapshot: Snapshot | None = None
        self._fault = ""
        self.mark, self.title = QFrame(), QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("look", "strong")
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._wide, self._sizes = wide, sizes
        self.batches, self.place = FastLabel("small"), FastLabel("small")
        widest = value_text(WIDEST_LOSS)
        self.loss = FastLabel("text", self._loss_text(widest, widest) if wide else "")
        self.rate = CardField("η", "learning_rate")
        self.samples = CardField("|B|", "batch_size", variant.dataset.train.size)
        self._arrange(wide=wide)
        self.rate.changed.connect(lambda value: self.rate_changed.emit(float(value)))
        self.samples.changed.connect(lambda value: self.size_changed.emit(int(value)))
        for field in (self.rate, self.samples):
            field.refused.connect(self.refused)
        self.show_variant(variant)

    def _arrange(self, *, wide: bool) -> None:
        """Put the fields beside the name if it is wide enough, else below."""
        head, fields = QHBoxLayout(), QHBoxLayout()
        foot = self._foot = QHBoxLayout()
        head.setSpacing(7)
        fields.setSpacing(14)
        head.addWidget(self.mark)
        head.addWidget(self.title, 1)
        for field in (self.rate, self.samples):
            fields.addWidget(field)
        if wide:
            head.addLayout(fields)
        else:
            fields.addStretch(1)
        foot.setSpacing(1)
        foot.addWidget(self.place, 1)
        foot.addWidget(self.loss)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.batches)
        if wide:
            column.addLayout(foot)
        else:
            column.addWidget(self.place)
            column.addWidget(self.loss)
            column.addLayout(fields)
            column.addStretch(1)
        column.setDirection(QBoxLayout.Direction.TopToBottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write the losses below the position in the run if there is no room beside it."""
        super().resizeEvent(event)
        letters = self.place.fontMetrics().averageCharWidth()
        beside = self.loss.sizeHint().width() + PLACE * letters <= event.size().width()
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._foot.setDirection(across if beside else down)

    def show_variant(self, variant: Variant) -> None:
        """Show another state of the same variant."""
        self.variant = variant
        title = f"{variant.name}: {variant.settings}" if variant.settings else variant.name
        self.title.setText(title)
        self.title.setToolTip(plain(title))
        self.setAccessibleName(variant.name)
        self.rate.show_value(variant.design.training.learning_rate)
        self.samples.show_value(variant.batch_size)
        self._write()

    def show_moment(self, snapshot: Snapshot, fault: str) -> None:
        """Show the position in the training; ``fault``: why it does not go on."""
        if snapshot.learning_rate != self.rate.value and not self.rate.edit.hasFocus():
            self.rate.show_value(snapshot.learning_rate)
        self._snapshot, self._fault = snapshot, fault
        self._write()

    def show_veil(self, veiled: bool) -> None:
        """Hide computed numbers."""
        self._veiled = veiled
        self._write()

    def hide_counts(self, hidden: bool) -> None:
        """Hide the number of updates in an epoch, and the index of the present one."""
        self._uncounted = hidden
        self._write()

    def _write(self) -> None:
        variant, snapshot = self.variant, self._snapshot
        one, many = tr("|B| = {size}: 1 update per epoch"), tr("|B| = {size}: {updates} updates per epoch")
        uncounted = self._veiled or self._uncounted
        updates = HIDDEN if uncounted else f"{variant.updates:,}"
        words = one if variant.updates == 1 and not uncounted else many
        self.batches.setText(words.format(size=f"{variant.batch_size:,}", updates=updates))
        self.setToolTip(plain(self._fault))
        if snapshot is None:
            return
        self.place.setText(tr("iteration ?") if uncounted else self._where(snapshot))
        J = snapshot.train.loss if self._scores else snapshot.train.loss + snapshot.penalty
        test = None if snapshot.test is None else snapshot.test.loss
        numbers = [
            None if loss is None else HIDDEN if self._veiled else value_text(loss) for loss in (J, test)
        ]
        self.loss.setText(self._loss_text(numbers[0] or "", numbers[1]))

    def _loss_text(self, J: str, test: str | None) -> str:
        if not self._scores:
            return tr("J = {J}").format(J=J)
        if test is None:
            return tr("train J {train}").format(train=J)
        return tr("train J {train} · test J {test}").format(train=J, test=test)

    def _where(self, snapshot: Snapshot) -> str:
        if self._fault:
            return tr("diverged after {count} updates").format(count=f"{snapshot.iteration:,}")
        last = snapshot.pass_number - (snapshot.phase is Phase.START)
        if last < 0:
            return tr("at the start")
        long = tr("iteration {iteration} of {updates} in epoch {epoch}")
        text = tr("epoch {epoch}: iteration {iteration} of {updates}") if self._wide else long
        batches = snapshot.batches
        return text.format(iteration=last % batches + 1, updates=batches, epoch=f"{last // batches + 1:,}")

    def show_theme(self, theme: Theme, colour: str) -> None:
        """Apply the colours of a theme, the network's own colour and the present font size."""
        bold = sized("text")
        bold.setBold(True)
        self.title.setFont(bold)
        self.title.setWordWrap(not (in_hall() and self._wide))
        side = int(0.8 * self.title.fontMetrics().ascent())
        self.mark.setFixedSize(side, side)
        self.mark.setStyleSheet(f"background: {colour}; border-radius: {side // 6}px;")
        for line in (self.batches, self.place, self.loss):
            line.show_theme(theme)
        for field in (self.rate, self.samples):
            field.setFont(sized("text"))
        hide_in_hall(self.rate, self.batches, self.place)
        self.samples.setVisible(self._sizes and not in_hall())
