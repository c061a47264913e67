"""A view of the hidden space of a layer: where it maps the samples and the grid of the inputs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEasingCurve, QSize, Qt, QVariantAnimation
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.analysis.hidden_space import straight_cut
from core.arrays import Array
from core.data.datasets import Dataset
from core.language import tr
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import ratio_text, value_text
from gui.layout.lazy_view import LazyView
from gui.plots.hidden_space import Pair, SpacePictures, name_of
from gui.plots.hidden_space_plot import SpacePlane
from gui.plots.output_map import lit
from gui.qt import motion
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme
from gui.widgets.buttons import LayerChoice
from gui.widgets.form import FocusedComboBox, Segments
from gui.widgets.slider import Slider

MOST_NUMBERS = 4


def sentence_of_layer(pictures: SpacePictures, points: Array) -> str:
    """Return a sentence on how well a straight line separates two classes; else on the number of samples.

    ``points`` (n, samples) are the positions of the samples.
    """
    dataset, (n, count) = pictures.dataset, points.shape
    if dataset.task != "classes" or len(dataset.class_names) != 2:
        return tr("{count} samples in a space of {n} dimensions.").format(count=count, n=n)
    texts = {
        1: tr("One cut of the line parts {share} of the samples."),
        2: tr("A straight line parts {share} of the samples here."),
    }
    text = texts.get(n, tr("A straight cut parts at least {share} of the samples here."))
    return text.format(share=ratio_text(straight_cut(points, dataset.labels[pictures.spaces.samples])))


def sentence_of_sample(pictures: SpacePictures, points: Array, sample: int) -> str:
    """Return a sentence on a sample and its position, or "" if it is not among the samples shown."""
    dataset, chosen = pictures.dataset, pictures.spaces.samples == sample
    if not chosen.any():
        return ""
    numbers = [value_text(float(a)) for a in points[:, chosen][:, 0]]
    place = ", ".join([*numbers[:MOST_NUMBERS], *(["…"] if len(numbers) > MOST_NUMBERS else [])])
    if dataset.task != "classes":
        return tr("Sample {k}: ({place})").format(k=dataset.number_of(sample), place=place)
    name = dataset.class_names[int(dataset.labels[sample])]
    return tr("Sample {k}, class {name}: ({place})").format(
        k=dataset.number_of(sample), name=name, place=place
    )


# -- the view --------------------------------------------------------------------------------------------

WHOLE = 100  # steps of the slider
MOTION = 280  # milliseconds of the animation


@guarded_overrides
class HiddenSpaceView(LazyView):
    """The samples in the space of a layer: a plane for two neurons, a line for one, otherwise a projection.

    If the layer before is a plane too, a slider moves through the layer: a → Wᵀa + b → σ. Clicking a sample
    selects it. The window title names the layer.
    """

    select_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Hidden space"))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._pictures: SpacePictures | None = None
        self._theme = LIGHT
        self._hovered, self._scores_hidden = -1, False
        self._make_widgets()
        self._arrange()
        self._motion = QVariantAnimation(self, duration=MOTION, startValue=0, endValue=WHOLE)
        self._motion.setEasingCurve(QEasingCurve.Type.InOutSine)
        self._motion.valueChanged.connect(self.through.setValue)
        self.show_theme(LIGHT)

    # -- widgets -----------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.layers = LayerChoice(self.tr("After which layer"))
        self.layers.chosen.connect(self._go_to)
        self.plane = SpacePlane()
        self.plane.setAccessibleName(self.tr("Samples in the space of the layer"))
        self.plane.setToolTip(self.tr("Click a sample to follow it through the network (← →)."))
        self.plane.hovered.connect(self._hover)
        self.plane.picked.connect(lambda k: self.select_requested.emit(Selection(sample=k)))
        self.how = Segments(
            {"pca": self.tr("principal components"), "pair": self.tr("two neurons")},
            self.tr("How many neurons become a plane"),
            self.tr("Look from where the samples are spread most, or at two neurons"),
        )
        self.how.show_choice("pca")
        self.how.chosen.connect(self._choose_how)
        right, up = self.tr("Neuron to the right"), self.tr("Neuron upwards")
        self.pickers = (FocusedComboBox(right, right), FocusedComboBox(up, up))
        for picker in self.pickers:
            picker.activated.connect(self.draw_if_seen)
            picker.hide()
        self.through = Slider(Qt.Orientation.Horizontal)
        self.through.setRange(0, WHOLE)
        self.through.setValue(WHOLE)
        self.through.setPageStep(WHOLE // 4)
        self.through.setAccessibleName(self.tr("How far through the layer"))
        self.through.setToolTip(self.tr("Move from the layer before, through Wᵀa + b, to its activation σ"))
        self.through.valueChanged.connect(lambda _value: self.draw_if_seen())
        self.line = QLabel()
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setProperty("look", "small")
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.line.setWordWrap(True)

    def _arrange(self) -> None:
        self.projection, self.passage = QWidget(), QWidget()
        row = QHBoxLayout(self.projection)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.how, 2)
        for picker in self.pickers:
            row.addWidget(picker, 1)
        self.marks = (QLabel(), QLabel(), QLabel())
        below = QHBoxLayout()
        sides = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight
        for mark, side in zip(self.marks, sides, strict=True):
            mark.setProperty("look", "small")
            mark.setTextFormat(Qt.TextFormat.RichText)
            below.addWidget(mark, 1, side)
        passage = QVBoxLayout(self.passage)
        passage.setContentsMargins(0, 0, 0, 0)
        passage.setSpacing(0)
        passage.addWidget(self.through)
        passage.addLayout(below)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.layers)
        column.addWidget(self.projection)
        column.addWidget(self.plane, 1)
        column.addWidget(self.passage)
        column.addWidget(self.line)
        self.projection.hide()
        self.passage.hide()

    def sizeHint(self) -> QSize:
        return QSize(300, 340)

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Show another network or other data."""
        kept = self._network is not None and len(network.layers) == len(self._network.layers)
        self._network, self._dataset, self._snapshot = network, dataset, None
        self._pictures = SpacePictures(network, dataset)
        last = len(network.layers)
        layer = self.layers.layer if kept else max(1, last - 1) if last > 1 else 0
        self.layers.show_layers(last, layer)
        self.plane.show_dataset(dataset)
        self._show_layer()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show where the present parameters map the samples."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected sample."""
        self.plane.show_selected(-1 if selection.column is None else selection.column)

    def hide_scores(self, hidden: bool) -> None:
        """Hide how well a straight line parts the classes here, or show it again."""
        self._scores_hidden = hidden
        self._show_line()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self._theme = theme
        self.plane.show_theme(theme)
        self.draw_if_seen()

    # -- layer and neurons -------------------------------------------------------------------------

    @property
    def layer(self) -> int:
        """The layer whose space is shown."""
        return self.layers.layer

    @property
    def share(self) -> float:
        """The position in the transition through the layer, 0 … 1."""
        return self.through.value() / WHOLE

    @property
    def pair(self) -> Pair | None:
        """The two neurons that are the axes; None: all neurons, by their principal components."""
        if self.pickers[0].isHidden():
            return None
        return self.pickers[0].currentIndex(), self.pickers[1].currentIndex()

    def _go_to(self, layer: int) -> None:
        """Show another layer; animate the transition if there is one."""
        self._show_layer()
        if self._pictures is not None and self._pictures.bends(layer) and self.isVisible():
            self._motion.setDuration(motion.milliseconds(MOTION))
            self._motion.start()

    def _show_layer(self) -> None:
        """Set up the controls for the layer, and show the end of the transition."""
        if self._network is None or self._pictures is None:
            return
        self._motion.stop()
        l = self.layer
        self.projection.setVisible(self._network.n[l] > 2)
        self._fill_pickers(self._network.n[l], l)
        bends = self._pictures.bends(l)
        self.passage.setVisible(bends)
        before = "<b>x</b>" if l == 1 else f"<b>a</b><sup>[{l - 1}]</sup>"
        middle = f"<b>W</b><sup>⊤</sup>{before} + <b>b</b>"
        for mark, text in zip(
            self.marks, (before, middle, f"<b>a</b><sup>[{l}]</sup> = σ(<b>z</b>)"), strict=True
        ):
            mark.setText(text)
        self.through.blockSignals(True)
        self.through.setValue(WHOLE)
        self.through.blockSignals(False)
        self.draw_if_seen()

    def _fill_pickers(self, n: int, l: int) -> None:
        names = [name_of("a", l, j) for j in range(n)]
        if l == 0 and self._dataset is not None:
            names = list(self._dataset.feature_names)
        for k, picker in enumerate(self.pickers):
            picker.clear()
            picker.addItems(names if n > 2 else [])
            picker.setCurrentIndex(k)

    def _choose_how(self, how: str) -> None:
        for picker in self.pickers:
            picker.setVisible(how == "pair")
        self.draw_if_seen()

    # -- drawing -----------------------------------------------------------------------------------

    def draw(self) -> None:
        pictures, snapshot, dataset = self._pictures, self._snapshot, self._dataset
        if pictures is None or snapshot is None or dataset is None:
            return
        pictures.spaces.compute(snapshot.shown_theta)
        picture = pictures.picture(self.layer, self.share, self.pair)
        self.plane.show_picture(
            picture, lit(snapshot, dataset) if self._reached(snapshot) else np.empty(0, int)
        )
        self._show_line()

    def _reached(self, snapshot: Snapshot) -> bool:
        """Whether the present pass has computed this layer."""
        return snapshot.shown is None or not np.isnan(snapshot.shown.a[self.layer]).any()

    # -- texts -------------------------------------------------------------------------------------

    def _show_line(self) -> None:
        """Show a sentence on the sample under the mouse, or else on the layer."""
        pictures, snapshot = self._pictures, self._snapshot
        if pictures is None or snapshot is None:
            return
        share = self.share if pictures.bends(self.layer) else 1.0
        points = pictures.spaces.places(self.layer, share).samples
        if self._hovered >= 0:
            sentence = sentence_of_sample(pictures, points, self._hovered)
        elif not self._reached(snapshot):
            sentence = self.tr("This pass has not computed layer {l} yet.").format(l=self.layer)
        elif self._scores_hidden:
            sentence = ""
        else:
            sentence = sentence_of_layer(pictures, points)
        if sentence != self.line.text():
            self.line.setText(sentence)
            self.setAccessibleDescription(sentence)

    def _hover(self, sample: int) -> None:
        if sample != self._hovered:
            self._hovered = sample
            self._show_line()
