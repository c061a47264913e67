"""A plot of the activation function g of a layer and its derivative g', with neurons as dots at their z."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGraphicsItem, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.arrays import Array
from core.data.datasets import Dataset
from core.derivation.formulas import activation_latex
from core.nn.curves import Curves
from core.nn.network import ActivationSpan, Network, NetworkLayer
from core.nn.passes import evaluate
from core.nn.trainer import Snapshot
from core.number_style import axis_text, exact_text, value_text
from gui.layout.lazy_view import LazyView
from gui.passes.inspected_sample import pass_shown
from gui.plots.axes import ticks
from gui.plots.neuron_curve import curves_of
from gui.plots.plot import Plot
from gui.qt.drawable import drawn
from gui.selection import Selection
from gui.text.formula_label import FormulaLabel
from gui.theme.theme import LIGHT, Theme, in_hall, sized, type_scale

POINTS = 301
MOST_ROWS, MOST_SAMPLES = 6, 300
ROWS_BEGIN, ROW, NAMES_AT = 0.14, 0.14, 1.3
"""In presentation mode: where the rows begin below the curve, their distance, and where their names begin at
the left, as shares of the largest z."""
MOST_TOLD = 8  # neurons in the description for a screen reader


class ActivationPlot(LazyView):
    """g in blue and g' in purple, dashed; a dot on the curve for every neuron of the layer that has this g.

    The dots show the first sample of the batch, or the selected sample. In presentation mode a row below the
    curve shows instead, for each of a few neurons, its z for every training sample: coloured where the
    derivative of a ReLU is not 0, to the right of 0.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Activation plot"))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._selection = Selection()
        self._theme = LIGHT
        self._drawn: object = None
        self.title = QLabel()
        self.formula, self.slope_formula = FormulaLabel(), FormulaLabel()
        self.plot = Plot(self.tr("z"), "")
        self.plot.setAccessibleName(self.tr("Activation and its derivative over z"))
        self._told = ""
        self.plot.tell = lambda: self._told
        self._g, self._slope = pg.PlotCurveItem(), pg.PlotCurveItem()
        for curve in (self._g, self._slope):  # redrawn for every moving dot, they would take 1 ms
            curve.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._dots, self._chosen = pg.ScatterPlotItem(), pg.ScatterPlotItem()
        self._rows = pg.ScatterPlotItem()
        self._names: list[pg.TextItem] = []
        self._zero = pg.InfiniteLine(angle=90, pos=0)
        self.plot.addItem(self._zero, ignoreBounds=True)
        for item in (self._slope, self._g, self._rows, self._dots, self._chosen):
            self.plot.addItem(item)
        self._arrange()
        self.show_theme(self._theme)
        self.draw()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addSpacing(10)
        head.addWidget(self.formula, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 2, 6, 2)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.slope_formula)
        column.addWidget(self.plot, 1)

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Show another network."""
        self._network, self._dataset, self._snapshot = network, dataset, None
        self.draw_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Move the dots to the neurons' present z."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_numbers(self, snapshot: Snapshot) -> None:
        """Do nothing: the dots have no numbers."""

    def show_picture(self, snapshot: Snapshot, _curves: Curves) -> None:
        """Move the dots while a run is active."""
        self.show_snapshot(snapshot)

    def show_selection(self, selection: Selection) -> None:
        """Show the selected layer."""
        self._selection = selection
        self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.plot.show_theme(theme)
        self._g.setPen(self.plot.pen(theme.positive, 2.2))
        self._slope.setPen(self.plot.pen(theme.gradient_negative, 2.0, Qt.PenStyle.DashLine))
        self._zero.setPen(self.plot.pen(theme.border, 1.0))
        for dots, colour, size in (
            (self._dots, theme.positive, 9),
            (self._chosen, theme.accent, 13),
            (self._rows, theme.muted, 6),
        ):
            dots.setSize(size * type_scale())
            dots.setBrush(pg.mkBrush(colour))
            dots.setPen(pg.mkPen(theme.panel, width=1.2))
        self._drawn = None
        self.draw_if_seen()

    # -- drawing -----------------------------------------------------------------------------------

    def draw(self) -> None:
        if self._network is None:
            self.plot.show_sentence(self.tr("Select a layer to see its activation."))
            return
        self.plot.show_sentence("")
        layer = self._layer(self._network)
        run, j = self._run(layer)
        members = np.array([k for k in range(layer.n_out) if layer.activations[k] == run.activation.name])
        reach = 6.0
        rows = self._all_z(layer.l)[members] if self._shows_rows(run, members) else np.empty((0, 0))
        column = None if rows.size else self._column(layer.l)
        if rows.size:
            reach = max(reach, 1.02 * float(np.abs(drawn(rows)).max()))
        if column is not None:
            inside = column[members][np.isfinite(column[members])]
            reach = max(reach, min(1e4, 1.1 * float(np.abs(inside).max(initial=0.0))))
        self._draw_curves(layer, run, reach, column, j)
        self._draw_dots(run, members, column, j)
        self._draw_rows(rows, members, reach)
        self.plot.settle()

    def _shows_rows(self, run: ActivationSpan, members: Array) -> bool:
        few = 0 < members.size <= MOST_ROWS and not run.activation.layerwide
        return in_hall() and few and self._snapshot is not None

    def _all_z(self, l: int) -> Array:
        """Return z[l] of the training samples, at most `MOST_SAMPLES` of them."""
        snapshot = self._snapshot
        assert snapshot is not None
        network, dataset = snapshot.network, snapshot.dataset
        some = dataset.train[:MOST_SAMPLES]
        y = dataset.targets(network.n[-1])[:, some]
        return evaluate(network, snapshot.shown_theta, dataset.x[:, some], y).z[l].astype(float)

    def _draw_rows(self, rows: Array, members: Array, reach: float) -> None:
        """Draw a row of dots for each neuron below the curve, with the number of the neuron."""
        for name in self._names:
            self.plot.removeItem(name)
        self._names = []
        heights = [(float(y), axis_text(float(y))) for y in ticks(0.0, reach)] if rows.size else None
        self.plot.item.getAxis("left").setTicks(None if heights is None else [heights])
        if not rows.size:
            self._put(self._rows, np.empty(0), np.empty(0))
            return
        down = reach * (ROWS_BEGIN + ROW * np.arange(len(rows)))
        awake, asleep = self._theme.positive, self._theme.muted
        brushes = [pg.mkBrush(awake if z > 0 else asleep) for z in rows.ravel()]
        self._rows.setData(rows.ravel(), np.repeat(-down, rows.shape[1]), brush=brushes)
        for neuron, y in zip(members, down, strict=True):
            text = self.tr("neuron {number}").format(number=neuron + 1)
            name = pg.TextItem(text, self._theme.text, anchor=(0, 0.5))
            name.setFont(sized("text"))
            name.setPos(-reach * NAMES_AT, -y)
            self.plot.addItem(name, ignoreBounds=True)
            self._names.append(name)

    def _layer(self, network: Network) -> NetworkLayer:
        """Return the selected layer, or else the first one."""
        l = self._selection.layer or 1
        return network.layers[min(max(l, 1), len(network.layers)) - 1]

    def _run(self, layer: NetworkLayer) -> tuple[ActivationSpan, int]:
        """Return the activation to show, and the neuron it belongs to: the selected one, else the first."""
        j = self._selection.neuron if self._selection.layer == layer.l else None
        j = j if j is not None and j < layer.n_out else 0
        return next(run for run in layer.spans if run.start <= j < run.stop), j

    def _column(self, l: int) -> Array | None:
        """Return z[l] of the selected sample, or else of the batch's first; None if not computed yet."""
        snapshot = self._snapshot
        if snapshot is None:
            return None
        values = pass_shown(snapshot.network, snapshot.dataset, snapshot, self._selection.sample)
        return None if values is None else values.z[l][:, 0]

    def _draw_curves(
        self, layer: NetworkLayer, run: ActivationSpan, reach: float, column: Array | None, j: int
    ) -> None:
        """Redraw g and g' if they have changed."""
        if not run.activation.layerwide or column is None or not np.isfinite(column).all():
            column = None  # else the curve would depend on values that are not computed yet
        depends = None if column is None else tuple(column)
        reach = 6.0 if reach <= 6 else 2.0 ** np.ceil(np.log2(reach))
        far = reach * (NAMES_AT if in_hall() else 1.0)
        key = (layer.l, run.activation.name, run.alpha, far, depends, j if depends else 0)
        if key == self._drawn:
            return
        self._drawn = key
        z = np.linspace(-far, reach, POINTS)
        g, slope = curves_of(run, z, column, j - run.start)
        self._g.setData(z, drawn(g))
        self._slope.setData(z, drawn(slope))
        activation = run.activation
        self.title.setText(
            self.tr("<b>{name}</b>, layer {layer}").format(name=activation.symbol, layer=layer.l)
        )
        alpha = exact_text(run.alpha)
        blue, purple = self._theme.positive.name(), self._theme.gradient_negative.name()
        spoken = self.tr("Formula of {}").format(activation.symbol)
        value, derivative = activation_latex(activation)
        self.formula.set_formula(f"g={value}", spoken, blue)
        spoken = self.tr("Formula of the derivative of {}").format(activation.symbol)
        self.slope_formula.set_formula(f"g'={derivative}", spoken, purple)
        tip = self.tr("α = {}").format(alpha) if activation.alpha is not None else ""
        self.title.setToolTip(tip)

    def _draw_dots(self, run: ActivationSpan, members: Array, column: Array | None, j: int) -> None:
        """Put a dot at (z, g(z)) for every neuron with the activation shown."""
        z = np.empty(0) if column is None else column[members].astype(float)
        with np.errstate(all="ignore"):
            heights = run.activation.g(z, run.alpha) if z.size else z
        seen = np.isfinite(drawn(z)) & np.isfinite(drawn(heights))
        chosen = seen & (members[: z.size] == j) & (self._selection.neuron is not None)
        self._put(self._dots, z[seen], heights[seen])
        dots = zip(z[seen][:MOST_TOLD], heights[seen][:MOST_TOLD], strict=True)
        places = [f"g({value_text(float(x))}) = {value_text(float(y))}" for x, y in dots]
        name = run.activation.symbol
        told = self.tr("{name} over z. Neurons: {places}") if places else self.tr("{name} over z")
        self._told = told.format(name=name, places=", ".join(places))
        self._put(self._chosen, z[chosen], heights[chosen])

    def _put(self, dots: pg.ScatterPlotItem, x: Array, y: Array) -> None:
        """Move the dots, if their positions have changed: most steps of a pass change none."""
        before = dots.getData()
        if not (np.array_equal(before[0], x) and np.array_equal(before[1], y)):
            dots.setData(x, y)
