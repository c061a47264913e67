"""A view of the health check: what is wrong with the network and its training, and remedies."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.analysis.health import Finding, FindingKind
from core.analysis.remedies import MORE_NEURONS, SMALLER_RATE, Cure, Remedy
from core.data.datasets import Dataset
from core.language import tr
from core.nn.network import Network
from core.number_style import exact_text
from gui.qt.drawable import guarded_overrides, shielded
from gui.qt.typed_signal import TypedSignal
from gui.selection import Sample, Selection
from gui.theme.theme import LIGHT, Theme, mixed, sized

Index = QModelIndex | QPersistentModelIndex
FINDING = Qt.ItemDataRole.UserRole
MARGIN, STRIPE = 6, 4
GRAVE = (
    FindingKind.DEAD,
    FindingKind.EXPLODING,
    FindingKind.DIVERGING,
    FindingKind.RATE,
    FindingKind.SYMMETRY,
    FindingKind.LARGE,
)
WRAP = int(Qt.TextFlag.TextWordWrap)


def mend_text(remedy: Remedy) -> str:
    """Return the text of the button for a remedy, which is also that of the undo step."""
    text = {
        Cure.NEW_WEIGHTS: tr("Draw new weights"),
        Cure.SPREAD: tr("Draw weights of the right spread"),
        Cure.SMALLER_RATE: tr("Divide η by {factor} and reset"),
        Cure.NEURONS: tr("{count} more neurons in layer {layer}"),
        Cure.LEAKY: tr("Give layer {layer} LeakyReLU"),
        Cure.TANH: tr("Give the hidden layers tanh and reset"),
        Cure.L2: tr("Add an L2 penalty and reset"),
        Cure.LARGER_RATE: tr("Multiply η by {larger}"),
        Cure.NO_PENALTY: tr("Take the penalty away and reset"),
        Cure.NO_DROPOUT: tr("Take dropout away and reset"),
        Cure.BEND: tr("Give the network a hidden layer of tanh and reset"),
    }[remedy.cure]
    larger = f"{remedy.factor:,.0f}"
    return text.format(factor=exact_text(SMALLER_RATE), larger=larger, count=MORE_NEURONS, layer=remedy.layer)


@guarded_overrides
class _Painter(QStyledItemDelegate):
    """Paints a finding: a stripe in the colour of its kind, the sentence, and the remedy below it."""

    theme: Theme = LIGHT

    def colour(self, kind: FindingKind) -> QColor:
        """Return the colour of a kind; what further training cannot repair is red."""
        return self.theme.error if kind in GRAVE else self.theme.warning

    def _texts(self, finding: Finding) -> tuple[tuple[str, str], ...]:
        remedy = self.tr("What helps: {remedy}").format(remedy=finding.remedy)
        return (("text", finding.sentence), ("small", remedy))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        finding, parent = index.data(FINDING), self.parent()
        assert isinstance(parent, QListWidget)
        width, high = parent.viewport().width(), 2 * MARGIN + 2
        for role, text in self._texts(finding):
            room = QRectF(0, 0, width - 2 * MARGIN - STRIPE - 4, 10_000)
            high += ceil(QFontMetricsF(sized(role)).boundingRect(room, WRAP, text).height())
        button = parent.indexWidget(index)
        return QSize(width, high + (button.sizeHint().height() + MARGIN if button is not None else 0))

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Place the button of an item below its sentences."""
        box, size = option.rect, editor.sizeHint()
        left = box.left() + MARGIN + STRIPE + 4
        room = max(1, box.width() - (left - box.left()) - MARGIN)
        top = box.bottom() - MARGIN - size.height()
        editor.setGeometry(left, top, min(size.width(), room), size.height())

    @shielded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        finding, box, theme = index.data(FINDING), QRectF(option.rect), self.theme
        state = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.accent_soft)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, mixed(theme.panel, theme.raised, 0.6))
        stripe = QRectF(box.left() + 2, box.top() + MARGIN, STRIPE, box.height() - 2 * MARGIN)
        painter.fillRect(stripe, self.colour(finding.kind))
        top = box.top() + MARGIN
        for (role, text), colour in zip(self._texts(finding), (theme.text, theme.muted), strict=True):
            painter.setFont(sized(role))
            painter.setPen(colour)
            room = QRectF(
                box.left() + MARGIN + STRIPE + 4, top, box.width() - 2 * MARGIN - STRIPE - 4, 10_000
            )
            painter.drawText(room, WRAP, text)
            top += ceil(painter.fontMetrics().boundingRect(room.toRect(), WRAP, text).height()) + 2
        painter.restore()


@guarded_overrides
class FindingList(QListWidget):
    """A list of findings; ``item.data(FINDING)`` is the finding of an item.

    ``mend_requested`` carries the remedy and the text of the pressed button.
    """

    mend_requested = TypedSignal[Remedy, str]()

    def __init__(self) -> None:
        super().__init__()
        self._painter = _Painter(self)
        self.setItemDelegate(self._painter)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show other findings."""
        self.clear()
        offered = set[Remedy]()
        for finding in findings:
            item = QListWidgetItem(finding.sentence)
            item.setData(FINDING, finding)
            item.setToolTip(finding.remedy)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, finding.remedy)
            self.addItem(item)
            if finding.mend is not None and finding.mend not in offered:
                offered.add(finding.mend)
                self.setItemWidget(item, self._button(finding.mend))

    def _button(self, remedy: Remedy) -> QPushButton:
        """Return the button for a remedy, which is offered once, at the most likely cause."""
        text = mend_text(remedy)
        button = QPushButton(text)
        button.setToolTip(tr("{text}: Undo brings back what was").format(text=text))
        button.clicked.connect(lambda: self.mend_requested.emit(remedy, text))
        return button

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self._painter.theme = theme
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


# -- the view --------------------------------------------------------------------------------------------


@guarded_overrides
class HealthView(QWidget):
    """Shows why training fails or may fail: the learning rate, symmetry, dead neurons, …

    Clicking a finding selects its neuron or layer. ``mend_requested`` carries a remedy, which is a change of
    the design, and the text of the undo step.
    """

    select_requested = TypedSignal[Selection]()
    mend_requested = TypedSignal[Remedy, str]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Findings"))
        self.findings: tuple[Finding, ...] | None = None
        self._sample: Sample | None = None
        self.line, self.list = QLabel(), FindingList()
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setWordWrap(True)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.list.setAccessibleName(self.tr("What is wrong, and what helps"))
        self.list.itemClicked.connect(self._pick)
        self.list.itemActivated.connect(self._pick)
        self.list.mend_requested.connect(self.mend_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.list, 1)
        self._show_text()

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Clear the findings of the other network."""
        self.findings = None
        self.list.show_findings(())
        self._show_text()

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show findings, unless they are shown already."""
        if findings != self.findings:
            self.findings = findings
            self.list.show_findings(findings)
            self._show_text()

    def show_selection(self, selection: Selection) -> None:
        """Remember the selected sample, for clicks here; highlight the finding of the selected neuron."""
        self._sample = selection.sample
        wanted = selection.layer, selection.neuron
        for k, finding in enumerate(self.findings or ()):
            if finding.layer and (finding.layer, finding.neuron) == wanted and selection.source is None:
                self.list.setCurrentRow(k)
                return
        self.list.setCurrentRow(-1)

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self.list.show_theme(theme)

    def _show_text(self) -> None:
        """Show a sentence on how many problems there are."""
        if self.findings is None:
            text = self.tr("What is wrong is looked for when training rests.")
        elif not self.findings:
            text = self.tr(
                "Nothing is wrong so far: the loss does not rise or stand still, no neuron is dead or "
                "saturated, no gradient vanishes or explodes."
            )
        else:
            text = self.tr("{count} found, of these {dead} dead neurons; the likeliest cause first:")
            dead = sum(finding.kind is FindingKind.DEAD for finding in self.findings)
            text = text.format(count=len(self.findings), dead=dead)
        self.line.setText(text)
        self.setAccessibleDescription(text)

    def _pick(self, item: QListWidgetItem) -> None:
        finding = item.data(FINDING)
        self.select_requested.emit(Selection(finding.layer, finding.neuron, sample=self._sample))
