"""The scene of the canvas: the items that draw a network, made for a layout and refreshed from the state."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from gui.canvas.canvas_state import CanvasState
from gui.canvas.items.edge_labels import PillsItem
from gui.canvas.items.edges import ComingEdgeItem, EdgesItem
from gui.canvas.items.item import TURNS, CanvasItem
from gui.canvas.items.layer_header import ChipItem
from gui.canvas.items.neuron_images import NeuronImages
from gui.canvas.items.neuron_values import ValuesItem
from gui.canvas.items.neurons import TilesItem, frame_of, tile_side
from gui.canvas.items.outputs import OutputsItem, legend_width
from gui.canvas.items.overlay import OverlayItem, bubbles
from gui.canvas.items.products import ProductsItem
from gui.canvas.items.row_in_network import ROOM_FOR_LINE, LossItem, RowItem, loss_width, shows_row
from gui.canvas.items.warnings import BadgesItem
from gui.canvas.items.weight_heatmap import MatrixItem
from gui.canvas.layout import COMPACT_FROM, Layout, layout
from gui.canvas.sample_names import measured_widths, name_lines

_CACHE, _NO_CACHE = QGraphicsItem.CacheMode.DeviceCoordinateCache, QGraphicsItem.CacheMode.NoCache
SMALLEST_IMAGE, LARGEST_IMAGE = 6, 128  # device pixels across the image of a neuron


class NetworkScene(QGraphicsScene):
    """Owns all items: those of single layers (``parts``), and four that span the whole network."""

    def __init__(self, parent: QObject, state: CanvasState) -> None:
        super().__init__(parent)
        self._state = state
        self._turn = 0
        self._caching = True
        self.parts: list[
            ChipItem
            | TilesItem
            | ValuesItem
            | OutputsItem
            | EdgesItem
            | MatrixItem
            | ProductsItem
            | LossItem
            | RowItem
        ] = []
        self.pills = PillsItem(state)
        self.coming = ComingEdgeItem(state)
        self.overlay = OverlayItem(state, self.pills)
        self.badges = BadgesItem(state)
        # An item is no QObject: without a parent the animation would outlive it and then call it.
        self.overlay.animation.setParent(self)
        for item in (self.coming, self.pills, self.overlay, self.badges):
            self._add(item)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)

    # -- building -----------------------------------------------------------------------------------

    def rebuild(self, size: QSize) -> None:
        """Lay out the design for a viewport of a size and make its items."""
        state = self._state
        for whole in (self.pills, self.overlay, self.badges):
            whole.prepareGeometryChange()  # while they still cover the old layout
        state.layout = self._laid_out(size, 0)
        self.overlay.bubbles = bubbles(state.layout, state.problems, state.texts)
        if self.overlay.bubbles:
            lowest = max(bubble.rect.bottom() for bubble in self.overlay.bubbles)
            state.layout = self._laid_out(size, lowest - state.layout.columns[0].chip.bottom())
        state.hover = None
        for item in self.parts:
            self.removeItem(item)
        self.make_images()
        columns = range(len(state.layout.columns))
        self.parts = [
            *(self._between(l) for l in range(1, state.layout.last + 1)),
            *(TilesItem(state, k) for k in columns),
            *(ValuesItem(state, k) for k in columns),
            *(OutputsItem(state, k) for k in columns if state.layout.columns[k].legend),
            *(ChipItem(state, k) for k in columns),
            *([] if state.layout.loss is None else [LossItem(state, state.layout.loss)]),
            *([RowItem(state)] if shows_row(state) and len(state.layout.columns[0].tiles) else []),
        ]
        state.take_moment()
        self.pills.place()
        for made in self.parts:
            self._add(made)

    def _between(self, l: int) -> EdgesItem | MatrixItem | ProductsItem:
        """Return what draws the weights between layer l and the one before it."""
        layout = self._state.layout
        if l not in layout.matrices:
            return EdgesItem(self._state, l)
        return ProductsItem(self._state, l) if layout.image else MatrixItem(self._state, l)

    def _add(self, item: CanvasItem) -> None:
        item.setCacheMode(_CACHE if item.cached and self._caching else _NO_CACHE)
        self.addItem(item)

    def cache(self, caching: bool) -> None:
        """Turn caching by Qt of what the items draw on or off.

        If an item reaches far beyond the viewport, Qt caches a part of it and loses track of its place: what
        is drawn later appears elsewhere (in Qt 6.11, after scaling and scrolling).
        """
        if caching == self._caching:
            return
        self._caching = caching
        for item in self.items():
            if isinstance(item, CanvasItem) and item.cached:
                item.setCacheMode(_CACHE if caching else _NO_CACHE)

    def _laid_out(self, size: QSize, top: float) -> Layout:
        state = self._state
        dataset, dense = state.dataset, state.design.dense
        features = dataset.features if dataset is not None else 2
        names = [line for name in state.names for line in name_lines(name)]
        measured = [] if dataset is None else measured_widths(dataset)
        legend = legend_width(state, dense[-1].neurons) if dense else (0.0, 0.0)
        if features >= COMPACT_FROM:
            names = measured = []
        loss = loss_width(state, dense[-1].neurons) if dense else 0.0
        sizes = state.texts.sizes(names, measured, legend, loss)
        if shows_row(state):
            sizes = replace(sizes, name=sizes.name + ROOM_FOR_LINE)
        return layout(
            state.design,
            features,
            size.width(),
            size.height(),
            sizes,
            image=state.image,
            top=top,
            still=state.still,
        )

    def make_images(self) -> None:
        """Prepare the images of the neurons' functions, in the size of their tiles on the screen."""
        state = self._state
        network, dataset = state.network, state.dataset
        state.pixels = None
        if not state.live or network is None or dataset is None:
            return
        if dataset.dimensions > 2 and state.axes is None:
            return
        tiles = {
            column.layer: column.tile(0).width()
            for column in state.layout.columns
            if column.layer is not None and column.style not in ("block", "none")
        }
        ratio = state.density / state.zoom
        wanted = {l: round(ratio * tile_side(side * state.zoom)) for l, side in tiles.items()}
        sides = {l: min(LARGEST_IMAGE, max(SMALLEST_IMAGE, side)) for l, side in wanted.items()}

        def frame(pixels: int) -> QImage:
            side = next(tiles[l] for l in sides if sides[l] == pixels)
            return frame_of(state.theme, side, pixels)

        state.pixels = NeuronImages(network, dataset, sides, frame, state.axes or (0, 1))

    # -- drawing anew -------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw the moment in all layers."""
        for item in self.parts:
            item.refresh()

    def refresh_in_turn(self) -> None:
        """Draw the moment in one frame of a run, in the layers whose turn it is."""
        self._turn = (self._turn + 1) % TURNS
        for item in self.parts:
            if self._turn in item.turns:
                item.refresh()

    def look(self) -> None:
        """Draw selection and hover in all layers."""
        for item in self.parts:
            item.look()
        self.join()

    def join(self) -> None:
        """Draw what spans all layers: numbers on edges, the edge of the next step, the overlay."""
        self.pills.look()
        self.coming.follow(item for item in self.parts if isinstance(item, EdgesItem))
        self.overlay.refresh()

    def dim(self) -> None:
        """Set the opacity of every layer according to the spotlight."""
        for item in self.parts:
            item.setOpacity(self._state.shown(item.layer))
