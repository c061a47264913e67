"""Drawing: the network as a picture that follows design, snapshot, selection and theme; zoom and pan."""

from __future__ import annotations

from math import isqrt

from PySide6.QtCore import QElapsedTimer, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmapCache
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QToolTip,
    QWidget,
)

from core.analysis.health import Finding
from core.data.datasets import Dataset
from core.debugger.steps import PassStep
from core.nn.curves import Curves
from core.nn.design import Design, Problem
from core.nn.network import Network
from core.nn.trainer import Snapshot
from gui.canvas.items.edge_labels import PillsItem
from gui.canvas.items.edges import ComingEdgeItem, EdgesItem
from gui.canvas.items.layer_header import ChipItem
from gui.canvas.items.neuron_images import NeuronImages, packed
from gui.canvas.items.neuron_values import ValuesItem
from gui.canvas.items.neurons import TURNS, LiveTiles, TilesItem, frame_of
from gui.canvas.items.overlay import OverlayItem, bubbles
from gui.canvas.items.warnings import BadgesItem
from gui.canvas.items.weight_heatmap import MatrixItem
from gui.canvas.layout import COMPACT_FROM, Layout, layout
from gui.canvas.scene_state import CanvasState, Texts, moment, reach
from gui.canvas.symbols import input_name, tr
from gui.canvas.zoom_view import ZoomView
from gui.selection import Selection
from gui.theme.theme import Theme, diverging
from gui.widgets.drawable import shielded
from gui.widgets.later import Later

QUIET = 120  # milliseconds without a new moment, after which all is drawn
PICTURES = 96 * 1024  # kilobytes for tiles and edges between two moments, on a large screen
LARGEST_TILE = 128  # pixels


Item = ChipItem | TilesItem | ValuesItem | EdgesItem | MatrixItem


class Drawing(ZoomView):
    """The network as a picture, without editing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = CanvasState(texts=Texts(QApplication.font().pointSizeF() / 10))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._items: list[Item] = []
        self.pills = PillsItem(self.picture)
        self.coming = ComingEdgeItem(self.picture)
        self.overlay = OverlayItem(self.picture, self.pills)
        self.badges = BadgesItem(self.picture)
        # An item is no QObject: without a parent the animation would outlive it and call it.
        self.overlay.animation.setParent(self)
        self._turn = 0
        self.live_tiles = LiveTiles(self, self.picture)
        self._axes: tuple[int, int] | None = None
        self._findings: tuple[Finding, ...] = ()
        self._tiles_over_tiles = False
        self._since = QElapsedTimer()
        self._since.start()
        self._late = Later(self)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._refresh)
        _prepare(self)

    # -- what is shown ----------------------------------------------------------------------------

    def show_design(self, design: Design, problems: tuple[Problem, ...]) -> None:
        """Draw another design; its numbers follow when its network comes, or never if it cannot work."""
        self.picture.design, self.picture.problems = design, problems
        self.show_findings(self._findings)
        self.rebuild()

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Take the network and the data the next snapshots are of."""
        self._network, self._dataset, self._snapshot = network, dataset, None
        picture = self.picture
        picture.names = tuple(input_name(name) for name in dataset.feature_names)
        picture.image = dataset.features >= 49 and isqrt(dataset.features) ** 2 == dataset.features
        picture.moment = picture.newest = picture.last = picture.coming = None
        picture.findings = self._findings = ()
        self._axes = None
        self.badges.hide()
        self.rebuild()

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Mark the neurons and layers in which something is wrong, if those of the network are drawn."""
        self._findings, shown = findings, findings if self.live else ()
        if shown != self.picture.findings:
            self.picture.findings = shown
            self.badges.setVisible(bool(shown))
            self.badges.update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a moment of the present network."""
        previous, self._snapshot = self._snapshot, snapshot
        self._take_moment(previous)
        since = self._since.restart()
        self._refresh(QUIET if previous is None else since)

    def show_picture(self, snapshot: Snapshot, _curves: Curves) -> None:
        """Draw edges and tiles of a moment of a run; the numbers stay those of the last one shown."""
        picture = self.picture
        if self._snapshot is None or self._network is None or self._dataset is None or not self.live:
            return
        picture.newest = moment(self._network, self._dataset, snapshot, self._sample())
        self._since.restart()
        self._turn = (self._turn + 1) % TURNS
        for item in self._items:
            if self._turn in item.turns:
                item.refresh()
        self.live_tiles.refresh(snapshot.shown_theta, fine=False)
        self._late.start(QUIET)

    def show_selection(self, selection: Selection) -> None:
        """Mark what is selected; with a sample, show the numbers of that sample."""
        other_sample = selection.sample != self.picture.selection.sample
        self.picture.selection = selection
        if other_sample:
            self._take_moment(None)
            self._refresh()
        self._arrange()

    def show_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme, and in the size of the application's font."""
        self.picture.theme, self.picture.colours = theme, packed(diverging(theme))
        self.setBackgroundBrush(theme.canvas)
        self.picture.texts = Texts(QApplication.font().pointSizeF() / 10)
        self.rebuild()

    def set_edge_numbers(self, numbers: str) -> None:
        """Show on the edges "weights", "gradients" or "both"."""
        if numbers not in ("weights", "gradients", "both"):
            raise ValueError(numbers)
        self.picture.numbers = numbers
        self.pills.place()
        self.overlay.refresh()

    @property
    def space(self) -> QRectF:
        """The rectangle of the scene the network takes."""
        return self.picture.layout.scene

    @property
    def live(self) -> bool:
        """Whether the network with numbers is the one that is drawn."""
        network = self._network
        return network is not None and network.design.layers == self.picture.design.layers

    def _take_moment(self, previous: Snapshot | None) -> None:
        picture = self.picture
        if not self.live or self._snapshot is None or self._network is None or self._dataset is None:
            picture.moment = None
        else:
            picture.moment = moment(self._network, self._dataset, self._snapshot, self._sample(), previous)
        picture.newest = picture.moment
        picture.reach = None if picture.moment is None else reach(picture.moment, picture.last)

    def _sample(self) -> int | None:
        """Return the selected sample, if the data has it."""
        sample, count = (
            self.picture.selection.sample,
            0 if self._dataset is None else self._dataset.x.shape[1],
        )
        return sample if sample is not None and sample < count else None

    def _refresh(self, since: float = QUIET) -> None:
        """Draw the moment; what takes longer only once no other has come for a while."""
        resting = since >= QUIET or self.picture.stepping
        for item in self._items:
            item.refresh()
        if self._snapshot is not None:
            self.live_tiles.refresh(self._snapshot.shown_theta, fine=resting)
        if resting:
            self._late.stop()
            self._join()
            if self._tiles_over_tiles:  # their edges, between two pixels, have covered what lies under them
                self._tiles_over_tiles = False
                self.viewport().update()
        else:
            self._late.start(QUIET)
            self.pills.refresh()

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw; where nothing but tiles changed, nothing but them and what lies on them."""
        others = event.region().subtracted(self.live_tiles.region())
        if self.overlay.mark is not None or not others.isEmpty():
            super().paintEvent(event)
            return
        self._tiles_over_tiles = True
        if not self._late.isActive():  # a moment shown at rest is cleared up after as well
            self._late.start(QUIET)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self.viewportTransform())
        self.live_tiles.paint(painter)
        for values in self._items:
            if isinstance(values, ValuesItem):
                painter.setOpacity(values.opacity())
                values.paint_marks(painter)
        painter.setOpacity(1.0)
        if self.badges.isVisible():
            self.badges.paint(painter, QStyleOptionGraphicsItem())
        painter.end()

    # -- building ---------------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Lay out the design for the viewport and make its items."""
        picture, scene = self.picture, self.scene()
        for whole in (self.pills, self.overlay, self.badges):
            whole.prepareGeometryChange()  # while they still cover the old layout
        picture.layout = self._laid_out(0)
        self.overlay.bubbles = bubbles(picture.layout, picture.problems, picture.texts)
        if self.overlay.bubbles:
            lowest = max(bubble.rect.bottom() for bubble in self.overlay.bubbles)
            picture.layout = self._laid_out(lowest - picture.layout.columns[0].chip.bottom())
        picture.hover = None
        for item in self._items:
            scene.removeItem(item)
        self._make_pixels()
        columns = range(len(picture.layout.columns))
        edges = [
            (MatrixItem if l in picture.layout.matrices else EdgesItem)(picture, l)
            for l in range(1, picture.layout.last + 1)
        ]
        self._items = [
            *edges,
            *(TilesItem(picture, k) for k in columns),
            *(ValuesItem(picture, k) for k in columns),
            *(ChipItem(picture, k) for k in columns),
        ]
        self.live_tiles.take([item for item in self._items if isinstance(item, TilesItem)])
        self._take_moment(None)
        self.pills.place()
        for made in self._items:
            scene.addItem(made)
        self._refresh()
        if self._fitted:
            self.show_all()

    def _laid_out(self, top: float) -> Layout:
        picture, space = self.picture, self.viewport()
        features = self._dataset.features if self._dataset is not None else 2
        sizes = picture.texts.sizes(picture.names if features < COMPACT_FROM else ())
        return layout(
            picture.design,
            features,
            space.width(),
            space.height(),
            sizes,
            image=picture.image,
            top=top,
            still=picture.still,
        )

    def _arrange(self) -> None:
        """Show the numbers of what is looked at, and draw."""
        for item in self._items:
            item.look()
        self._join()

    def _join(self) -> None:
        """Draw what depends on all layers: numbers on edges, the edge worked on, what lies over all."""
        self.pills.look()
        self.coming.follow(item for item in self._items if isinstance(item, EdgesItem))
        self.overlay.refresh()

    def scale_by(self, factor: float) -> None:
        """Scale the picture; its tiles are made for the pixels of the screen."""
        super().scale_by(factor)
        self.picture.zoom = self.zoom
        if self._density() != self.picture.density:
            self._make_pixels()
            self._refresh()
        self._arrange()

    def _density(self) -> float:
        return self.zoom * self.devicePixelRatioF()

    def _make_pixels(self) -> None:
        """Make ready to draw what the neurons compute, in the size of their tiles on the screen."""
        picture, network, dataset = self.picture, self._network, self._dataset
        picture.density = self._density()
        picture.pixels = None
        if not self.live or network is None or dataset is None:
            return
        if dataset.features > 2 and self._axes is None:
            return
        tiles = {
            column.layer: column.tile(0).width()
            for column in picture.layout.columns
            if column.layer is not None and column.style not in ("block", "none")
        }
        sides = {l: min(LARGEST_TILE, max(6, round(side * picture.density))) for l, side in tiles.items()}

        def frame(pixels: int) -> QImage:
            side = next(tiles[l] for l in sides if sides[l] == pixels)
            return frame_of(picture.theme, side, pixels)

        picture.pixels = NeuronImages(network, dataset, sides, frame, self._axes or (0, 1))


def _prepare(view: Drawing) -> None:
    """Set how the view scrolls, repaints and is called."""
    view.setAccessibleName(tr("Network"))
    view.setAccessibleDescription(tr("The network, drawn. The outline shows the same as a list."))
    view.setScene(QGraphicsScene(view))
    view.scene().addItem(view.coming)
    view.scene().addItem(view.pills)
    view.scene().addItem(view.overlay)
    view.scene().addItem(view.badges)
    view.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
    view.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
    view.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setMinimumSize(240, 160)
    view.setMouseTracking(True)
    view.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    QPixmapCache.setCacheLimit(max(PICTURES, QPixmapCache.cacheLimit()))
    view.setBackgroundBrush(view.picture.theme.canvas)


# -- The drawing of a pass under way, of what other views look at, and of what is wrong ------------------


class Microscope(Drawing):
    """The network as a picture of a pass, number by number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A step is told before its moment: drawn at once, it would be drawn twice.
        self._step_told = Later(self, interval=0, singleShot=True)
        self._step_told.timeout.connect(self._refresh)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a moment of the present network, and of the step last told."""
        self._step_told.stop()
        super().show_snapshot(snapshot)

    def show_step(self, last: PassStep | None, coming: PassStep | None) -> None:
        """Light what the next step of the pass works on; ``last`` leads to the moment shown next.

        None: whole iterations are made, and nothing is lit.
        """
        picture = self.picture
        picture.last, picture.coming = last, coming
        picture.reach = None if picture.moment is None else reach(picture.moment, last)
        self._step_told.start()

    def show_hover(self, selection: Selection) -> None:
        """Light what is under the mouse in another view."""
        if selection != self.picture.linked:
            self.picture.linked = selection
            self._arrange()

    def show_plane(self, axes: tuple[int, int] | None) -> None:
        """Show over the plane of two of many features what each neuron computes; None: its activity."""
        if axes != self._axes:
            self._axes = axes
            self.rebuild()


# -- The network in front of a class: one layer lit, or numbers hidden until they are asked --------------

FADE = 250  # milliseconds


class Spotlight(Microscope):
    """The network as a picture of which a part is lit or hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fade = QVariantAnimation(self, duration=FADE)
        self._fade.valueChanged.connect(self._dim)

    def show_spotlight(self, layer: int | None) -> None:
        """Dim everything but a layer: its header, its tiles and numbers, the edges into it; None: nothing.

        It fades within 300 ms, or is so at once where the canvas is not seen.
        """
        picture = self.picture
        if layer is not None:
            picture.spotlight = layer
        self._fade.stop()
        wanted = 0.0 if layer is None else 1.0
        self._fade.setStartValue(picture.dimmed)
        self._fade.setEndValue(wanted)
        if self.isVisible() and picture.dimmed != wanted:
            self._fade.start()
        else:
            self._dim(wanted)

    def show_veil(self, veiled: bool) -> None:
        """Show a question mark for all that a pass computes; inputs, weights and biases stay."""
        if veiled != self.picture.veiled:
            self.picture.veiled = veiled
            QToolTip.hideText()
            self.badges.update()
            self._refresh()
            self.viewport().update()

    def rebuild(self) -> None:
        """Lay out the design for the viewport and make its items, as visible as they are."""
        super().rebuild()
        self._light()

    def _dim(self, share: float) -> None:
        """Dim what is beside the spotlight by a share of 0 … 1."""
        self.picture.dimmed = share
        if share == 0.0 and self._fade.endValue() == 0.0:
            self.picture.spotlight = None
        self._light()
        self.pills.look()
        self.overlay.refresh()
        self.badges.update()
        self.viewport().update()

    def _light(self) -> None:
        for item in self._items:
            item.setOpacity(self.picture.shown(item.layer))
