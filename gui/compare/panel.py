"""The views of a comparison: those of each single variant, and those that show all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from time import perf_counter

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.debugger.lockstep import LockstepPosition
from core.debugger.parameter_path import ParameterPath
from core.language import tr
from core.lecture.scene import SurfaceSpec, WeightRef
from core.lecture.view_ids import ViewId
from core.nn.curves import Curves
from core.nn.network import Network
from core.nn.trainer import Snapshot
from gui.canvas.network_view import NetworkView
from gui.compare.card import VariantCard
from gui.compare.loss_curve import LossCurve, only_free
from gui.compare.plots import BatchScatter, DepthPlot
from gui.compare.variants import Variant, colours, first_batch, widths
from gui.figures.figure_menu import FigureMenu
from gui.plots.run_plot import RunPlot, Trace
from gui.qt.drawable import guarded_overrides
from gui.selection import Selection
from gui.session.frame_scheduler import Readings
from gui.text.labels import Framed
from gui.theme.theme import LIGHT, Theme, in_hall, sized
from gui.views.decision_boundary.view import BoundaryView
from gui.views.loss_surface.paths import DrawnPath
from gui.views.loss_surface.plane_form import PlaneChoice, place_of
from gui.views.loss_surface.surface import SurfaceBoard

PLOT_EVERY = 4  # frames
LEAST_COLUMN = 3.0  # widths of the letter m per layer of a canvas
BESIDE, ALONE = (57, 43), (70, 30)
"""Percentages of the width for the surface and what is beside it: batches and plots, or cards alone."""
LOST = 5.0  # times the largest first loss of all runs: a run above it is not followed


class VariantView:
    """The views of one variant: its card and, as far as ``show`` names them, canvas, boundary and batch."""

    def __init__(self, variant: Variant, show: Collection[ViewId], *, wide: bool, detailed: bool) -> None:
        self._detailed = detailed
        self.card = VariantCard(variant, sizes=ViewId.BATCHES in show, wide=wide, scores=detailed)
        self.canvas = NetworkView() if ViewId.CANVAS in show else None
        self.boundary = BoundaryView() if ViewId.DECISION_BOUNDARY in show else None
        self.batch = BatchScatter(variant.dataset) if ViewId.BATCHES in show else None
        if self.canvas is not None:
            self.canvas.setToolTip(tr("Select a layer: Delete takes it away, + and − change its neurons"))
        for view, name in (
            (self.canvas, tr("Network {label}")),
            (self.boundary, tr("Decision boundary of network {label}")),
        ):
            if view is not None and detailed:
                view.setAccessibleName(name.format(label=variant.label))

    def show_variant(self, variant: Variant) -> None:
        """Show another design or other initial weights."""
        self.card.show_variant(variant)
        if self.canvas is not None:
            self.canvas.show_design(variant.design, ())
            self.canvas.show_network(variant.network, variant.dataset)
        if self.boundary is not None:
            self.boundary.show_network(variant.network, variant.dataset)
            if not self._detailed:
                self.boundary.as_matrix.hide()
        if self.batch is not None:
            self.batch.show_dataset(variant.dataset, first_batch(variant))

    def show_snapshot(self, snapshot: Snapshot, fault: str) -> None:
        """Show a moment with all its numbers; ``fault``: why training does not go on."""
        self.card.show_moment(snapshot, fault)
        for view in (self.canvas, self.boundary, self.batch):
            if view is not None:
                view.show_snapshot(snapshot)

    def show_picture(self, snapshot: Snapshot, curves: Curves, *, turn: bool) -> None:
        """Show a moment of a run without its numbers: the batch, and all pictures if it is its ``turn``."""
        if self.batch is not None:
            self.batch.show_snapshot(snapshot)
        for view in (self.canvas, self.boundary):
            if view is not None and turn:
                view.show_picture(snapshot, curves)

    def within(self, selection: Selection) -> Selection:
        """Return the selection as far as this network has it; all have the samples."""
        l, n = selection.layer, self.card.variant.network.n
        there = l is None or (
            l < len(n)
            and (selection.neuron or 0) < n[l]
            and (selection.source is None or selection.source < n[l - 1])
        )
        return selection if there else Selection(sample=selection.sample)

    def show_selection(self, selection: Selection) -> None:
        """Mark the selection."""
        for view in (self.canvas, self.boundary):
            if view is not None:
                view.show_selection(self.within(selection))

    def show_theme(self, theme: Theme, colour: QColor) -> None:
        """Apply the colours of a theme, the variant's own colour and the present font size."""
        self.card.show_theme(theme, colour.name())
        for view in (self.canvas, self.boundary, self.batch):
            if view is not None:
                view.show_theme(theme)


@guarded_overrides
class ComparisonPanel(QWidget):
    """One to four variants: their cards, and the views that ``show`` names.

    ``surface`` names the weights over which a loss surface is drawn. ``detailed``: losses of the test set
    are shown too, and a selection in one network is marked in all. ``rate_changed(k, η)``,
    ``size_changed(k, |B|)``, ``design_requested(k, design, removed)``, ``refused(why)``.
    """

    rate_changed = Signal(int, float)
    size_changed = Signal(int, int)
    design_requested = Signal(int, object, object)
    refused = Signal(str)

    def __init__(
        self,
        variants: Sequence[Variant],
        show: Collection[ViewId],
        *,
        by_epoch: bool,
        surface: SurfaceSpec | None = None,
        detailed: bool = False,
    ) -> None:
        super().__init__()
        self._spec, self._theme, self._frame, self._detailed = surface, LIGHT, 0, detailed
        self._shown, self._curves = frozenset(show), False
        self._readings = Readings()
        self.variants = tuple(variants)
        beside = ViewId.CANVAS not in show and ViewId.DECISION_BOUNDARY not in show
        self.views = [VariantView(one, show, wide=not beside, detailed=detailed) for one in variants]
        self.plot = RunPlot() if ViewId.LOSS_PLOT in show else None
        self._plot_frame: Framed | None = None
        self.gradients = DepthPlot() if ViewId.GRADIENT_NORMS in show else None
        self.curve = self._loss_curve(surface) if surface else None
        wanted = (ViewId.LOSS_SURFACE in show or surface) and self.curve is None
        self.surface = SurfaceBoard() if wanted else None
        if self.plot is not None:
            self.plot.parts.setVisible(detailed)
            self.plot.choose_scale("epoch" if by_epoch else "iteration")
        self._covered: list[Framed] = []
        self._canvas_row: QWidget | None = None
        self._rows: list[tuple[QHBoxLayout, int]] = []
        self._card_rows: list[QVBoxLayout] = []
        if beside:
            self._lay_out_beside()
        else:
            self._lay_out_below()
        for k, view in enumerate(self.views):
            self._connect(k, view, self.views if detailed else None)

    def _loss_curve(self, spec: SurfaceSpec) -> LossCurve | None:
        """Return the loss over one weight if these networks train only one of the two; else None."""
        network = self.variants[0].network
        place = only_free(network, [_place(network, one) for one in (spec.first, spec.second)])
        return None if place is None else LossCurve(place, spec.margin)

    @property
    def _loss_view(self) -> SurfaceBoard | LossCurve | None:
        return self.surface or self.curve

    @property
    def canvases(self) -> list[NetworkView]:
        """The canvases, if they are shown."""
        return [view.canvas for view in self.views if view.canvas is not None]

    @property
    def boundaries(self) -> list[BoundaryView]:
        """The decision boundaries, if they are shown."""
        return [view.boundary for view in self.views if view.boundary is not None]

    # -- where everything stands ------------------------------------------------------------------

    def _lay_out_beside(self) -> None:
        """Lay out the surface beside the cards."""
        side, across = QVBoxLayout(), QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        plots = [view for view in (self.plot, self.gradients) if view is not None]
        if self._loss_view is not None:
            across.addWidget(self._framed(self._loss_view), BESIDE[0])
        for plot in plots:
            side.addWidget(self._framed(plot), 3)
        for view in self.views:
            rows = QVBoxLayout()
            rows.addWidget(view.card)
            if view.batch is not None:
                rows.addWidget(view.batch, 1)
            side.addLayout(rows, 2)
            self._card_rows.append(rows)
        side.setContentsMargins(4, 4, 8, 6)
        across.addLayout(side, BESIDE[1])
        self._across, self._beside = across, side

    def _lay_out_below(self) -> None:
        """Lay out the cards above the columns of the variants."""
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(_row([view.card for view in self.views]))
        shared = [view for view in (self.gradients, self.plot, self._loss_view) if view is not None]
        mine = [self._framed(view) for view in self.boundaries]
        all_of_them = [self._framed(view) for view in shared]
        if self.canvases:
            self._canvas_row = QWidget()
            self._canvas_row.setLayout(_row(self.canvases))
            column.addWidget(self._canvas_row, 6)
            half = len(mine) // 2
            self._rows = [(_row([*mine[:half], *all_of_them, *mine[half:]]), 7)]
        else:
            self._rows = [(_row(mine), 5), (_row(all_of_them), 7)]
        for row, stretch in self._rows:
            column.addLayout(row, stretch)

    def _framed(self, view: QWidget) -> Framed:
        framed = Framed("", view, titled=False)
        framed.layout().setContentsMargins(8, 2, 8, 2)  # type: ignore[union-attr]
        framed.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._covered.append(framed)
        FigureMenu(framed, lambda: view, view.accessibleName())
        if view is self.plot and not self._detailed:
            self._plot_frame = framed
            framed.hide()  # until there is a curve
        return framed

    def _connect(self, k: int, view: VariantView, marked: Sequence[VariantView] | None) -> None:
        """Connect the signals of variant k; a selection there is marked in all of ``marked``."""
        view.card.rate_changed.connect(lambda value: self.rate_changed.emit(k, value))
        view.card.size_changed.connect(lambda value: self.size_changed.emit(k, value))
        view.card.refused.connect(self.refused)
        if view.canvas is not None:
            view.canvas.edit_requested.connect(
                lambda design, _text, removed: self.design_requested.emit(k, design, removed)
            )
            view.canvas.hover_requested.connect(
                self._show_hover if marked is not None else view.canvas.show_hover
            )
        for one in (view.canvas, view.boundary):
            if one is not None:
                one.select_requested.connect(
                    self.show_selection if marked is not None else one.show_selection
                )

    def show_selection(self, selection: Selection) -> None:
        """Mark the same neuron, edge or sample in all networks that have it."""
        for view in self.views:
            view.show_selection(selection)

    def _show_hover(self, selection: Selection) -> None:
        for view in self.views:
            if view.canvas is not None:
                view.canvas.show_hover(view.within(selection))

    def _fit_canvases(self) -> None:
        """Show the canvases only if their columns are wide enough to be legible."""
        em = sized("small").pointSizeF() * self.logicalDpiX() / 72
        columns = max((len(variant.network.n) for variant in self.variants), default=1)
        wide = self.width() / len(self.views) / columns >= LEAST_COLUMN * em
        if self._canvas_row is not None:
            self._canvas_row.setVisible(wide and ViewId.CANVAS in self._shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_canvases()

    # -- showing -----------------------------------------------------------------------------------

    def show_variants(self, variants: Sequence[Variant]) -> None:
        """Show other variants, as many as before, at their start."""
        old, self.variants = self.variants, tuple(variants)
        for view, variant in zip(self.views, self.variants, strict=True):
            view.show_variant(variant)
        if self.surface is not None:
            fresh = not self.surface.paths or old[0].network.n != self.variants[0].network.n
            choice = self._first_choice() if fresh else self.surface.form.choice
            self.surface.begin(self._paths(None), choice, self._spec.margin if self._spec else 1.0)
        if self.curve is not None:
            self.curve.begin(self._paths(None))

    def _first_choice(self) -> PlaneChoice:
        spec, network = self._spec, self.variants[0].network
        if spec is None:
            return PlaneChoice()
        return PlaneChoice("weights", _place(network, spec.first), _place(network, spec.second))

    def show_standing(self, standing: LockstepPosition, *, resting: bool) -> None:
        """Show where all variants are: at rest all views, in a run pictures in turn, but all numbers."""
        self._frame += 1
        begun, told = perf_counter(), resting or self._readings.due()
        moments = zip(self.views, standing.snapshots, standing.curves, standing.faults, strict=True)
        for k, (view, snapshot, curves, fault) in enumerate(moments):
            if told:
                view.show_snapshot(snapshot, fault)
            else:
                view.show_picture(snapshot, curves, turn=self._frame % len(self.views) == k)
        if told:
            self._readings.wrote(begun)
        if resting or self._frame % PLOT_EVERY == 0:
            self._show_plots(standing)
        if self._loss_view is not None:
            self._loss_view.show_paths(self._paths(standing), resting=resting)

    def _show_plots(self, standing: LockstepPosition) -> None:
        rows = list(
            zip(self.variants, colours(self._theme), standing.curves, standing.snapshots, strict=False)
        )
        if self.plot is not None:
            self._curves = any(curves.losses.size for curves in standing.curves)
            self._show_loss_plot()
            self._share_height()
            self.plot.show_traces(
                [
                    Trace(variant.name, colour, curves, variant.updates, fine=True)
                    for variant, colour, curves, _at in rows
                ]
            )
        if self.gradients is not None:
            self.gradients.show_networks(
                [
                    (variant.name, colour, variant.network, variant.dataset, at.theta)
                    for variant, colour, _curves, at in rows
                ]
            )

    def _paths(self, standing: LockstepPosition | None) -> list[DrawnPath]:
        """Return the paths so far; without a state, only the starts."""
        made = []
        shades, wide = colours(self._theme), widths(self.variants)
        curves = () if standing is None else standing.curves
        first = max((float(one.losses[0]) for one in curves if one.losses.size), default=np.inf)
        for k, variant in enumerate(self.variants):
            path, lost = ParameterPath.at(variant.theta), False
            if standing is not None:
                high = standing.snapshots[k].train.loss > LOST * first
                path, lost = standing.paths[k], bool(standing.faults[k]) or high
            of = variant.name, variant.network, variant.dataset
            made.append(DrawnPath(*of, path, shades[k], wide[k], lost))
        return made

    def show_views(self, shown: Collection[ViewId]) -> None:
        """Show only these of the views; the others take no room."""
        self._shown = frozenset(shown)
        of_all = {
            ViewId.LOSS_PLOT: self.plot,
            ViewId.GRADIENT_NORMS: self.gradients,
            ViewId.LOSS_SURFACE: self._loss_view,
        }
        for framed in self._covered:
            view = next((name for name, widget in of_all.items() if widget is framed.view), None)
            framed.setVisible((view or ViewId.DECISION_BOUNDARY) in self._shown)
        for one in self.views:
            if one.batch is not None:
                one.batch.setVisible(ViewId.BATCHES in self._shown)
        named = in_hall() and self._curves and self._shown == {ViewId.LOSS_PLOT}  # names are at the curves
        for one in self.views:
            one.card.setVisible(not (self._card_rows and named))
        self._show_loss_plot()
        self._fit_canvases()
        self._share_height()

    def _share_height(self) -> None:
        """Give no height to rows of which nothing is shown."""
        for row, stretch in self._rows:
            items = (row.itemAt(k) for k in range(row.count()))
            widgets = [item.widget() for item in items if item is not None]
            seen = any(widget is not None and not widget.isHidden() for widget in widgets)
            self._column.setStretchFactor(row, stretch if seen else 0)
        batches = ViewId.BATCHES in self._shown
        for cards in self._card_rows:
            self._beside.setStretchFactor(cards, 2 if batches else 0)
        if self._card_rows and self._loss_view is not None:
            plots = {ViewId.LOSS_PLOT, ViewId.GRADIENT_NORMS} & self._shown
            shares = BESIDE if batches or plots else ALONE
            self._across.setStretch(0, shares[0])
            self._across.setStretch(1, shares[1])

    def _show_loss_plot(self) -> None:
        """Show the plot of the losses once there is a curve."""
        if self._plot_frame is not None:
            self._plot_frame.setVisible(self._curves and ViewId.LOSS_PLOT in self._shown)

    def show_veil(self, veiled: bool) -> None:
        """Hide computed numbers behind question marks."""
        for framed in self._covered:
            framed.cover(veiled)
        for view in self.views:
            view.card.show_veil(veiled)

    def hide_counts(self, hidden: bool) -> None:
        """Hide the iteration, and the number of updates in an epoch."""
        for view in self.views:
            view.card.hide_counts(hidden)

    def show_theme(self, theme: Theme, standing: LockstepPosition | None) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = theme
        for view, shade in zip(self.views, colours(theme), strict=False):
            view.show_theme(theme, shade)
        for part in (self.plot, self.gradients, self._loss_view, *self._covered):
            if part is not None:
                part.show_theme(theme)
        self._fit_canvases()
        if standing is not None:
            self._show_plots(standing)
            if self._loss_view is not None:
                self._loss_view.show_paths(self._paths(standing), resting=False)


def _row(widgets: Sequence[QWidget]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(1)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row


def _place(network: Network, weight: WeightRef) -> int:
    return place_of(network, weight.layer, weight.source, weight.neuron)
