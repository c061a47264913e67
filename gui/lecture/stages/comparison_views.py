"""The views of several networks: those each has for itself, and those that show all at once."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.debugger.lockstep import LockstepPosition
from core.lecture.scene import Scene, WeightRef
from core.lecture.view_ids import ViewId
from core.nn.network import Network
from gui.canvas.static_view import StillCanvas
from gui.lecture.stages.compared_network import ComparedNetwork, colours, tr, widths
from gui.lecture.stages.comparison_plots import BatchScatter, DepthPlot
from gui.lecture.stages.network_card import NetworkCard
from gui.lecture.view_layout import Framed
from gui.plots.run_plot import RunPlot, Trace
from gui.session.frame_scheduler import Readings
from gui.theme.theme import LIGHT, Theme, icon, sized
from gui.views.decision_boundary.view import BoundaryView
from gui.views.loss_surface.paths import DescentPath
from gui.views.loss_surface.plane_form import PlaneChoice, place_of
from gui.views.loss_surface.surface import SurfaceBoard
from gui.widgets.drawable import whole
from gui.widgets.labels import FastLabel
from gui.widgets.slider import Slider

PLOT_EVERY = 4  # frames
LEAST_COLUMN = 3.0  # widths of the letter m, for a layer of a canvas
LOST = 5.0  # times the first loss: such a run flies off


class ComparisonPanel(QWidget):
    """Cards, canvases, boundaries, batches and plots of one to three networks, as the scene has it.

    ``rate_changed(k, η)``, ``size_changed(k, |B|)``, ``design_requested(k, design, removed)``,
    ``refused(why)``.
    """

    rate_changed = Signal(int, float)
    size_changed = Signal(int, int)
    design_requested = Signal(int, object, object)
    refused = Signal(str)

    def __init__(self, scene: Scene, entries: Sequence[ComparedNetwork], *, by_epoch: bool) -> None:
        super().__init__()
        self._scene, self._theme, self._frame = scene, LIGHT, 0
        self._readings = Readings()
        self.entries = tuple(entries)
        show, count = scene.show, len(entries)
        beside = ViewId.CANVAS not in show and ViewId.DECISION_BOUNDARY not in show
        self.cards = [NetworkCard(entry, sizes=ViewId.BATCHES in show, wide=not beside) for entry in entries]
        self.canvases = [StillCanvas() for _ in range(count if ViewId.CANVAS in show else 0)]
        self.boundaries = [BoundaryView() for _ in range(count if ViewId.DECISION_BOUNDARY in show else 0)]
        self.batches = [BatchScatter(entry.dataset) for entry in (entries if ViewId.BATCHES in show else ())]
        self.plot = RunPlot() if ViewId.LOSS_PLOT in show else None
        self.gradients = DepthPlot() if ViewId.GRADIENT_NORMS in show else None
        self.surface = SurfaceBoard() if ViewId.LOSS_SURFACE in show or scene.surface else None
        if self.plot is not None:
            self.plot.parts.hide()
            self.plot.choose_scale("epoch" if by_epoch else "iteration")
        self._covered: list[Framed] = []
        self._canvas_row: QWidget | None = None
        self._lay_out(beside=beside)
        self._connect()

    # -- where everything stands ------------------------------------------------------------------

    def _lay_out(self, *, beside: bool) -> None:
        """Put the surface beside the cards, or the cards over the columns of the networks."""
        if beside:
            self._lay_out_beside()
        else:
            self._lay_out_below()

    def _lay_out_beside(self) -> None:
        side, across = QVBoxLayout(), QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        plots = [view for view in (self.plot, self.gradients) if view is not None]
        if self.surface is not None:
            across.addWidget(self._framed(self.surface), 57)
        for view in plots:
            side.addWidget(self._framed(view), 3)
        for k, card in enumerate(self.cards):
            row = QHBoxLayout()
            if self.batches:
                row.addWidget(self.batches[k], 2)
            row.addWidget(card, 4)
            side.addLayout(row, 2)
        side.setContentsMargins(4, 4, 8, 6)
        across.addLayout(side, 43)

    def _lay_out_below(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(_row(self.cards))
        shared = [view for view in (self.gradients, self.plot, self.surface) if view is not None]
        mine = [self._framed(view) for view in self.boundaries]
        all_of_them = [self._framed(view) for view in shared]
        if self.canvases:
            self._canvas_row = QWidget()
            self._canvas_row.setLayout(_row(self.canvases))
            column.addWidget(self._canvas_row, 6)
            half = len(mine) // 2
            column.addLayout(_row([*mine[:half], *all_of_them, *mine[half:]]), 7)
        else:
            column.addLayout(_row(mine), 5)
            column.addLayout(_row(all_of_them), 7)

    def _framed(self, view: QWidget) -> Framed:
        framed = Framed("", view, titled=False)
        framed.layout().setContentsMargins(8, 2, 8, 2)  # type: ignore[union-attr]
        framed.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._covered.append(framed)
        return framed

    def _connect(self) -> None:
        for k, card in enumerate(self.cards):
            card.rate_changed.connect(lambda value, k=k: self.rate_changed.emit(k, value))
            card.size_changed.connect(lambda value, k=k: self.size_changed.emit(k, int(value)))
            card.refused.connect(self.refused)
        for k, canvas in enumerate(self.canvases):
            canvas.edit_requested.connect(
                lambda design, _text, removed, k=k: self.design_requested.emit(k, design, removed)
            )
            canvas.select_requested.connect(canvas.show_selection)
            canvas.hover_requested.connect(canvas.show_hover)
            canvas.setToolTip(tr("Select a layer: Delete takes it away, + and − change its neurons"))
        for boundary in self.boundaries:
            boundary.select_requested.connect(boundary.show_selection)

    def _fit_canvases(self) -> None:
        """Show the canvases only where their columns have the width to be read."""
        em = sized("small").pointSizeF() * self.logicalDpiX() / 72
        columns = max((len(entry.network.n) for entry in self.entries), default=1)
        wide = self.width() / len(self.cards) / columns >= LEAST_COLUMN * em
        if self._canvas_row is not None:
            self._canvas_row.setVisible(wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_canvases()

    # -- what is told ------------------------------------------------------------------------------

    def show_entries(self, entries: Sequence[ComparedNetwork]) -> None:
        """Show other networks, as many as before, at their start."""
        old, self.entries = self.entries, tuple(entries)
        for k, entry in enumerate(self.entries):
            self.cards[k].show_entry(entry)
            if self.canvases:
                self.canvases[k].show_design(entry.network.design, ())
                self.canvases[k].show_network(entry.network, entry.dataset)
            if self.boundaries:
                self.boundaries[k].show_network(entry.network, entry.dataset)
                self.boundaries[k].as_matrix.hide()
            if self.batches:
                self.batches[k].show_dataset(entry.dataset)
        if self.surface is not None:
            fresh = not self.surface.descents or old[0].network.n != self.entries[0].network.n
            choice = self._first_choice() if fresh else self.surface.form.choice
            margin = self._scene.surface.margin if self._scene.surface else 1.0
            self.surface.begin(self._descents(None), choice, margin)

    def _first_choice(self) -> PlaneChoice:
        surface, network = self._scene.surface, self.entries[0].network
        if surface is None:
            return PlaneChoice()
        return PlaneChoice("weights", _place(network, surface.first), _place(network, surface.second))

    def show_standing(self, standing: LockstepPosition, *, resting: bool) -> None:
        """Show where all stand: at rest all, in a run pictures in turn and all numbers at once."""
        self._frame += 1
        begun, told = perf_counter(), resting or self._readings.due
        for k, snapshot in enumerate(standing.snapshots):
            if told:
                self.cards[k].show_moment(snapshot, standing.faults[k])
            if self.batches:
                self.batches[k].show_snapshot(snapshot)
            for views in (self.canvases, self.boundaries):
                if views and told:
                    views[k].show_snapshot(snapshot)
                elif views and self._frame % len(self.cards) == k:
                    views[k].show_picture(snapshot, standing.curves[k])
        if told:
            self._readings.wrote(begun)
        if resting or self._frame % PLOT_EVERY == 0:
            self._show_plots(standing)
        if self.surface is not None:
            self.surface.show_descents(self._descents(standing), resting=resting)

    def _show_plots(self, standing: LockstepPosition) -> None:
        entries, shades = self.entries, colours(self._theme)
        if self.plot is not None:
            self.plot.show_traces(
                [
                    Trace(entry.name, shade, curves, entry.updates, fine=True)
                    for entry, shade, curves in zip(entries, shades, standing.curves, strict=False)
                ]
            )
        if self.gradients is not None:
            self.gradients.show_networks(
                [
                    (entry.name, shade, entry.network, entry.dataset, at.theta)
                    for entry, shade, at in zip(entries, shades, standing.snapshots, strict=False)
                ]
            )

    def _descents(self, standing: LockstepPosition | None) -> list[DescentPath]:
        """Return the ways down so far; without a standing, the starts."""
        made = []
        shades, wide = colours(self._theme), widths(self.entries)
        for k, entry in enumerate(self.entries):
            thetas, iteration, lost = entry.theta[None].astype(float), 0, False
            if standing is not None:
                at, losses = standing.snapshots[k], standing.curves[k].losses
                thetas, iteration = np.vstack([standing.ways[k].thetas, at.theta]), at.iteration
                high = losses.size > 0 and at.train.loss > LOST * float(losses[0])
                lost = bool(standing.faults[k]) or high
            of = entry.name, entry.network, entry.dataset
            made.append(DescentPath(*of, thetas, iteration, shades[k], wide[k], lost))
        return made

    def show_veil(self, veiled: bool) -> None:
        """Hide what is computed behind question marks."""
        for framed in self._covered:
            framed.cover(veiled)
        self.hide_counts(veiled)

    def hide_counts(self, hidden: bool) -> None:
        """Hide the loss, the iteration and how many updates an epoch has."""
        for card in self.cards:
            card.show_veil(hidden)

    def show_theme(self, theme: Theme, standing: LockstepPosition | None) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self._theme = theme
        for card, shade in zip(self.cards, colours(theme), strict=False):
            card.show_theme(theme, shade.name())
        views = (*self.canvases, *self.boundaries, *self.batches, self.plot, self.gradients, self.surface)
        for view in (*views, *self._covered):
            if view is not None:
                view.show_theme(theme)
        self._fit_canvases()
        if standing is not None:
            self._show_plots(standing)
            if self.surface is not None:
                self.surface.show_descents(self._descents(standing), resting=False)


def _row(widgets: Sequence[QWidget]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(1)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row


def _place(network: Network, weight: WeightRef) -> int:
    return place_of(network, weight.layer, weight.source, weight.neuron)


# -- Back to the same start, other first weights, and how fast -------------------------------------------

PER_DECADE, DECADES = 8, 4
SLOWEST = 0.25
FLAT_OUT = PER_DECADE * DECADES + 1


class ComparisonToolbar(QWidget):
    """``start_requested``, ``weights_requested``; ``speed_requested`` when the slider moves.

    ``by_epoch``: the speed is in epochs a second, else in updates.
    """

    start_requested = Signal()
    weights_requested = Signal()
    speed_requested = Signal()

    def __init__(self, *, by_epoch: bool) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Training of the networks"))
        self._by_epoch = by_epoch
        self.start = self._button(self.tr("Same start"), self.tr("Train again from the same first weights"))
        self.weights = self._button(
            self.tr("New weights"),
            self.tr("Draw other first weights, the same for all networks of one shape"),
        )
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, FLAT_OUT)
        self.slider.setAccessibleName(self.tr("Speed"))
        self.slider.setToolTip(self.tr("How fast all networks go through their epochs, or updates"))
        self.slider.setMinimumWidth(80)
        self.pace = FastLabel("small", self.tr("{count} updates/s").format(count="2,000"))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 2)
        row.setSpacing(8)
        for widget in (self.start, self.weights):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.slider, 1)
        row.addWidget(self.pace)
        self.start.clicked.connect(self.start_requested)
        self.weights.clicked.connect(self.weights_requested)
        self.slider.valueChanged.connect(lambda _place: self._tell())
        self._write()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(text)
        return button

    def per_second(self) -> float | None:
        """Return how many epochs or updates a second are wanted; None: as many as can be."""
        place = self.slider.value()
        return None if place >= FLAT_OUT else float(f"{SLOWEST * 10 ** (place / PER_DECADE):.2g}")

    def show_speed(self, per_second: float) -> None:
        """Put the slider where it is so fast, without telling anyone."""
        places = [SLOWEST * 10 ** (place / PER_DECADE) for place in range(FLAT_OUT)]
        nearest = min(range(FLAT_OUT), key=lambda place: abs(places[place] / per_second - 1))
        self.slider.blockSignals(True)
        self.slider.setValue(whole(nearest))
        self.slider.blockSignals(False)
        self._write()

    def _tell(self) -> None:
        self._write()
        self.speed_requested.emit()

    def _write(self) -> None:
        speed = self.per_second()
        if speed is None:
            self.pace.setText(self.tr("flat out"))
            return
        text = self.tr("{count} epochs/s") if self._by_epoch else self.tr("{count} updates/s")
        self.pace.setText(text.format(count=f"{speed:,g}"))

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self.pace.show_theme(shown)
        self.start.setIcon(icon("rotate-ccw", shown))
        self.weights.setIcon(icon("dices", shown))
        for button in (self.start, self.weights):
            button.setFont(sized("text"))
