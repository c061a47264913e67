"""A view that multiplies the layers of a linear network into one and compares the outputs of both."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.analysis.linear_collapse import (
    OneLayer,
    OutputDifference,
    bend_of,
    bending_layers,
    compared,
    nearest,
    product,
)
from core.arrays import Array
from core.data.datasets import Dataset
from core.language import tr
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import NOT_COMPUTED, fine_text, ratio_text, value_text
from core.slices import Sliced
from gui.layout.lazy_view import LazyView
from gui.qt.drawable import guarded_overrides
from gui.qt.in_slices import InSlices
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.text.rich_text import bold
from gui.theme.theme import LIGHT, Theme, hide_in_hall, in_hall
from gui.views.linear_collapse.matrix_product import Factor, MatrixProduct
from gui.widgets.ruled_table import RuledTable

ROWS = 3
MOST_OUTPUTS = 3


@guarded_overrides
class LinearCollapseView(LazyView):
    """W[1] · W[2] · … · W[L] and, after pressing the button, the single layer equal to it, with a comparison.

    If a hidden layer is not linear, the view says which and why, and compares with the nearest single layer.
    Clicking a sample selects it.
    """

    select_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Collapse into one layer"))
        self._network: Network | None = None
        self._snapshot: Snapshot | None = None
        self._selection = Selection()
        self._samples: list[int] = []
        self._revealing = False
        self._work = InSlices(self)
        self.button = QPushButton()
        self.button.setCheckable(True)
        self.button.setProperty("look", "primary")
        self.button.toggled.connect(self._collapse)
        self.counts, self.why, self.verdict = QLabel(), QLabel(), QLabel()
        self.product = MatrixProduct()
        self.outputs = RuledTable(self.tr("Outputs of the network and of the one layer"))
        self.product.setAccessibleName(self.tr("Weights of the layers and of the one layer"))
        self.product.setAccessibleDescription(
            self.tr("Without activations the product of all weight matrices is the one layer's matrix")
        )
        self.outputs.picked.connect(lambda k: self.select_requested.emit(Selection(sample=self._samples[k])))
        self._arrange()
        self._collapse(False)
        self.show_theme(LIGHT)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.button)
        head.addWidget(self.counts, 1)
        for label in (self.counts, self.why, self.verdict):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.counts.setProperty("look", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.product, 1000)
        column.addWidget(self.why)
        column.addWidget(self.outputs)
        column.addWidget(self.verdict)
        column.addStretch(1)

    def sizeHint(self) -> QSize:
        return QSize(420, 380)

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Show the layers of another network."""
        self._network, self._snapshot = network, None
        self._work.forget()
        self._collapse(self.button.isChecked())

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Multiply the present weights."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Compare the outputs for the selected sample."""
        self._selection = selection
        self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self.product.show_theme(theme)
        self.outputs.show_theme(theme)
        for part in (self.button, self.counts):  # the matrices say how many numbers there are
            hide_in_hall(part)
        self.draw_if_seen()

    def showEvent(self, event: QShowEvent) -> None:
        """Multiply at once in presentation mode, where there is nothing to press."""
        super().showEvent(event)
        if in_hall():
            self.button.setChecked(True)

    # -- drawing -----------------------------------------------------------------------------------

    def _collapse(self, collapsed: bool) -> None:
        """Show the single layer, or hide it."""
        network = self._network
        linear = network is None or not bending_layers(network)
        texts = self.tr("Collapse into one layer"), self.tr("Find the nearest single layer")
        self.button.setText(self.tr("Show the layers") if collapsed else texts[0 if linear else 1])
        self.button.setAccessibleName(self.button.text())
        tip = self.tr("Multiply W[1] W[2] … W[L] into one matrix and compare the outputs")
        fit = self.tr("Fit one layer to the outputs by least squares, as near as one layer can be")
        self.button.setToolTip(tip if linear else fit)
        self._revealing = collapsed
        self.verdict.setVisible(collapsed)
        self.outputs.setVisible(collapsed and not in_hall())
        self.why.setVisible(not linear)
        self.draw_if_seen()

    def draw(self) -> None:
        if self._snapshot is not None:
            self._work.want(self._drawn(self._snapshot))

    def _drawn(self, snapshot: Snapshot) -> Sliced[None]:
        """Multiply the weights of a moment, or find the nearest single layer, and draw what is found."""
        network, dataset = snapshot.network, snapshot.dataset
        theta = snapshot.shown_theta.astype(np.float64)
        bending = bending_layers(network)
        one = (yield from nearest(network, theta, dataset.x)) if bending else product(network, theta)
        found = None
        if self.button.isChecked():
            found = yield from compared(network, theta, one, dataset.x)
        collapsed = found is not None
        self.product.show_factors(self._factors(network, theta, one, bending, collapsed))
        if self._revealing:
            self._revealing = False
            self.product.reveal_factor(len(network.layers))
        self._show_text(self.counts, self._count(network, one, collapsed))
        self._show_text(self.why, _why(network, bending))
        self.setAccessibleDescription(self.counts.text())
        if found is not None:
            self._compare(network, dataset, snapshot, found, bool(bending))

    def _factors(
        self, network: Network, theta: Array, one: OneLayer, bending: tuple[int, ...], collapsed: bool
    ) -> list[Factor]:
        """Return the weights of all layers and of the single layer, then the biases in the same way."""
        equal, L = "≈" if bending else "=", len(network.layers)
        found = []
        for l in range(1, L + 1):
            bends = l - 1 in bending
            operator = "" if l == 1 else _symbols(network, l - 1) if bends else "·"
            found.append(Factor(bold("W", l), network.W(theta, l), operator, bends))
        found.append(Factor("<b>W</b>", one.W, equal, veiled=not collapsed))
        if in_hall():  # the weights suffice
            return found
        for l in range(1, L + 1):
            values = network.b(theta, l)[:, None]
            found.append(Factor(bold("b", l), values, "" if l == 1 else ",", begins=l == 1))
        return [*found, Factor("<b>b</b>", one.b[:, None], "→", veiled=not collapsed)]

    def _count(self, network: Network, one: OneLayer, collapsed: bool) -> str:
        if collapsed:
            return self.tr("1 layer, {count:,} parameters").format(count=one.parameters)
        text = self.tr("{layers} layers, {count:,} parameters")
        return text.format(layers=len(network.layers), count=network.parameters)

    def _compare(
        self, network: Network, dataset: Dataset, snapshot: Snapshot, found: OutputDifference, bends: bool
    ) -> None:
        """Show the outputs for some samples side by side, and the largest difference over all samples."""
        self._samples = self._chosen(dataset)
        known = snapshot.shown is None or not np.isnan(snapshot.shown.a[-1]).any()
        rows = []
        for s in self._samples:
            deep, flat = found.deep[:, s], found.flat[:, s]
            apart = value_text(float(np.abs(deep - flat).max())) if known else NOT_COMPUTED
            texts = str(s + 1), _output(deep) if known else NOT_COMPUTED, _output(flat), apart
            rows.append(texts)
        heads = self.tr("sample"), self.tr("network"), self.tr("one layer"), self.tr("difference")
        chosen = self._selection.column
        marked = self._samples.index(chosen) if chosen in self._samples else None
        self.outputs.show_rows(heads, rows, marked)
        count = dataset.x.shape[1]
        text = self.tr("Greatest difference over all {count:,} samples: {difference}")
        if bends:
            text = self.tr(
                "Greatest difference over all {count:,} samples: {difference}. "
                "The nearest layer misses {missed} of the variance of z."
            )
        self._show_text(
            self.verdict,
            text.format(
                count=count, difference=value_text(found.difference), missed=ratio_text(found.unexplained)
            ),
        )

    def _chosen(self, dataset: Dataset) -> list[int]:
        """Return the samples to compare: the selected one and the first training samples."""
        first = [int(s) for s in dataset.train[:ROWS]]
        s = self._selection.column
        if s is None or s >= dataset.x.shape[1]:
            return first
        return [s, *(k for k in first if k != s)][:ROWS]

    def _show_text(self, label: QLabel, text: str) -> None:
        if text != label.text():
            label.setText(text)
            label.setAccessibleName(text)


def _symbols(network: Network, l: int) -> str:
    """Return the activation functions of a layer in the lecture's letters."""
    return ", ".join(dict.fromkeys(run.activation.symbol for run in network.layers[l - 1].spans))


def _why(network: Network, bending: tuple[int, ...]) -> str:
    """Return which layers are not linear, with a counterexample for one of them; "" if all are linear."""
    if not bending:
        return ""
    runs = [run for run in network.layers[bending[0] - 1].spans if run.activation.name != "linear"]
    bend = bend_of(runs[0])
    where = ", ".join(str(l) for l in bending)
    if bend is None:
        text = tr("Layers that are not linear: {where}. So the matrices cannot be multiplied.")
        return text.format(where=where)
    text = tr(
        "Layers that bend: {where}. {g}({p} + {q}) = {together}, but {g}({p}) + {g}({q}) = {apart}: "
        "so the matrices cannot be multiplied."
    )
    p, q, together, apart = map(value_text, (bend.p, bend.q, bend.together, bend.apart))
    return text.format(where=where, g=runs[0].activation.symbol, p=p, q=q, together=together, apart=apart)


def _output(o: Array) -> str:
    """Return the outputs of a sample, which are to be compared."""
    shown = [fine_text(value) for value in o[:MOST_OUTPUTS].tolist()]
    if o.size == 1:
        return shown[0]
    return f"({', '.join([*shown, '…'] if o.size > MOST_OUTPUTS else shown)})"
