"""Drawing: the network as a picture that follows design, snapshot, selection and theme; zoom and pan."""

from __future__ import annotations

from math import isqrt

from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPixmapCache, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsScene, QGraphicsView, QWidget

from core.datasets import Dataset
from core.design import Design, Problem
from core.network import Network
from core.training import Snapshot
from gui.canvas.chips import ChipItem
from gui.canvas.edges import EdgesItem, MatrixItem
from gui.canvas.layout import COMPACT_FROM, Layout, layout
from gui.canvas.moment import moment
from gui.canvas.notation import input_name, tr
from gui.canvas.overlay import OverlayItem, bubbles
from gui.canvas.picture import Picture, Texts
from gui.canvas.pills import PillsItem
from gui.canvas.pixels import Pixels, packed
from gui.canvas.tiles import TilesItem
from gui.canvas.values import ValuesItem
from gui.selection import Selection
from gui.theme import Theme, diverging

QUIET = 45  # milliseconds without a new moment, after which all is drawn
PICTURES = 96 * 1024  # kilobytes for tiles and edges between two moments, on a large screen
ZOOM_LIMITS = 0.2, 6.0


Item = ChipItem | TilesItem | ValuesItem | EdgesItem | MatrixItem


class Drawing(QGraphicsView):
    """The network as a picture, without editing."""

    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = Picture(texts=Texts(QApplication.font().pointSizeF() / 10))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._items: list[Item] = []
        self.pills = PillsItem(self.picture)
        self.overlay = OverlayItem(self.picture, self.pills)
        # An item is no QObject: without a parent the animation would outlive it and call it.
        self.overlay.animation.setParent(self)
        self._fitted = True
        self._turn = False
        self._since = QElapsedTimer()
        self._since.start()
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._refresh)
        _prepare(self)

    # -- what is shown ----------------------------------------------------------------------------

    def show_design(self, design: Design, problems: tuple[Problem, ...]) -> None:
        """Draw another design; its numbers follow when its network comes, or never if it cannot work."""
        self.picture.design, self.picture.problems = design, problems
        self._rebuild()

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Take the network and the data the next snapshots are of."""
        self._network, self._dataset, self._snapshot = network, dataset, None
        picture = self.picture
        picture.names = tuple(input_name(name) for name in dataset.feature_names)
        picture.image = dataset.features >= 49 and isqrt(dataset.features) ** 2 == dataset.features
        picture.moment = None
        picture.pixels = Pixels(network, dataset) if Pixels.possible(dataset) else None
        self._rebuild()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a moment of the present network."""
        previous, self._snapshot = self._snapshot, snapshot
        self._take_moment(previous)
        since = self._since.restart()
        self._refresh(QUIET if previous is None else since)

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
        self._rebuild()

    def set_edge_numbers(self, numbers: str) -> None:
        """Show on the edges "weights", "gradients" or "both"."""
        if numbers not in ("weights", "gradients", "both"):
            raise ValueError(numbers)
        self.picture.numbers = numbers
        self.pills.place()
        self.viewport().update()

    @property
    def live(self) -> bool:
        """Whether the network with numbers is the one that is drawn."""
        network = self._network
        return network is not None and network.design.layers == self.picture.design.layers

    def _take_moment(self, previous: Snapshot | None) -> None:
        picture, sample = self.picture, self.picture.selection.sample
        if not self.live or self._snapshot is None or self._network is None or self._dataset is None:
            picture.moment = None
        else:
            if sample is not None and sample >= self._dataset.x.shape[1]:
                sample = None
            picture.moment = moment(self._network, self._dataset, self._snapshot, sample, previous)

    def _refresh(self, since: float = QUIET) -> None:
        """Draw the moment. While frames follow one another fast, tiles and edges take every other one."""
        self._turn = not self._turn
        resting = since >= QUIET
        pixels, snapshot = self.picture.pixels, self._snapshot
        if pixels is not None and snapshot is not None and (resting or self._turn):
            pixels.refresh(snapshot.theta, self.picture.colours)
        for item in self._items:
            if resting or isinstance(item, TilesItem) == self._turn:
                item.refresh()
        if resting:
            self._late.stop()
        else:
            self._late.start(QUIET)
        self.viewport().update()

    # -- building ---------------------------------------------------------------------------------

    def _rebuild(self) -> None:
        """Lay out the design for the viewport and make its items."""
        picture, scene = self.picture, self.scene()
        picture.layout = self._laid_out(0)
        self.overlay.bubbles = bubbles(picture.layout, picture.problems, picture.texts)
        if self.overlay.bubbles:
            lowest = max(bubble.rect.bottom() for bubble in self.overlay.bubbles)
            picture.layout = self._laid_out(lowest - picture.layout.columns[0].chip.bottom())
        self.pills.prepareGeometryChange()
        self.overlay.prepareGeometryChange()
        picture.hover = None
        for item in self._items:
            scene.removeItem(item)
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
        self.pills.place()
        for made in self._items:
            scene.addItem(made)
        self._take_moment(None)
        self._refresh()
        if self._fitted:
            self._show_all()

    def _laid_out(self, top: float) -> Layout:
        picture, space = self.picture, self.viewport()
        features = self._dataset.features if self._dataset is not None else 2
        sizes = picture.texts.sizes(picture.names if features < COMPACT_FROM else ())
        return layout(
            picture.design, features, space.width(), space.height(), sizes, image=picture.image, top=top
        )

    def _arrange(self) -> None:
        """Show the numbers of what is looked at, and draw."""
        self.pills.arrange()
        for item in self._items:
            item.look()
        self.viewport().update()

    # -- zoom -------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole network."""
        self._fitted = True
        self._rebuild()

    def _show_all(self) -> None:
        scene = self.picture.layout.scene
        self.setSceneRect(scene)
        share = min(self.viewport().width() / scene.width(), self.viewport().height() / scene.height(), 1.0)
        self.resetTransform()
        self._zoom(share)
        self.centerOn(scene.center())

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom around a point of the viewport (its middle), within limits."""
        low, high = ZOOM_LIMITS
        factor = max(low, min(high, self.picture.zoom * factor)) / self.picture.zoom
        anchor = around if around is not None else QRectF(self.viewport().rect()).center()
        self._fitted = False
        fixed = self.mapToScene(anchor.toPoint())
        space = self.picture.layout.scene
        self.setSceneRect(space.adjusted(-space.width(), -space.height(), space.width(), space.height()))
        self._zoom(factor)
        moved = self.mapFromScene(fixed) - anchor.toPoint()
        self.pan_by(-moved.x(), -moved.y())
        self.zoomed.emit()

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by so many pixels."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(round(across.value() - dx))
        down.setValue(round(down.value() - dy))

    def _zoom(self, factor: float) -> None:
        self.scale(factor, factor)
        self.picture.zoom = self.transform().m11()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self._rebuild()


def _prepare(view: Drawing) -> None:
    """Set how the view scrolls, repaints and is called."""
    view.setAccessibleName(tr("Network"))
    view.setAccessibleDescription(tr("The network, drawn. The outline shows the same as a list."))
    view.setScene(QGraphicsScene(view))
    view.scene().addItem(view.pills)
    view.scene().addItem(view.overlay)
    view.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
    view.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
    view.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setMinimumSize(240, 160)
    view.setMouseTracking(True)
    QPixmapCache.setCacheLimit(max(PICTURES, QPixmapCache.cacheLimit()))
    view.setBackgroundBrush(view.picture.theme.canvas)
