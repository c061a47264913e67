"""NetworkView: the network, drawn; it can be zoomed, panned, and explored with mouse and keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPixmapCache, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsView, QStyleOptionGraphicsItem, QToolTip, QWidget

from core.analysis.health import Finding
from core.data.datasets import Dataset
from core.debugger.steps import PassStep
from core.language import tr
from core.nn.curves import Curves
from core.nn.design import Dense, Design, Problem
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from core.nn.trainer import Snapshot
from core.number_style import value_text
from gui.canvas.canvas_state import CanvasState, Texts
from gui.canvas.design_edits import DesignEdit
from gui.canvas.items.layer_header import activation_title
from gui.canvas.items.neuron_images import packed
from gui.canvas.items.neuron_values import ValuesItem
from gui.canvas.items.neurons import LiveTiles
from gui.canvas.keyboard import KeyboardController
from gui.canvas.mouse_controller import MouseController
from gui.canvas.network_scene import NetworkScene
from gui.canvas.sample_names import name_and_unit
from gui.canvas.zoom_view import ZoomView
from gui.qt import motion
from gui.qt.drawable import guarded_overrides, shielded
from gui.qt.later import Later
from gui.qt.typed_signal import TypedSignal
from gui.selection import ComputedNumber, Selection
from gui.text.description import Description
from gui.text.reading_direction import keep_left_to_right
from gui.text.topics import set_topic
from gui.theme.theme import Theme, diverging, in_hall, scale

QUIET = 120  # milliseconds without a new moment, after which everything is drawn
USUAL, LARGEST = QSize(1500, 850), 2.0
"""The viewport in which letters for a desk fit the network, and how much all of it grows in a larger one."""
FADE = 250  # milliseconds of the spotlight's transition
CACHED_UP_TO = 1.1  # in viewports; from 1.2 on Qt caches only parts of an item
CACHED = 96 * 1024  # kilobytes for the cached pictures of items, on a large screen


@guarded_overrides
class NetworkView(ZoomView):
    """Shows a network and turns mouse and key events into requests; only keys can change the network here.

    ``edit_requested(design, text, removed neuron)``, ``select_requested(selection)`` and
    ``hover_requested(selection)`` carry requests; nothing changes until `show_design`, `show_selection` and
    `show_hover` are called. ``state`` holds all that is drawn; ``network_scene`` draws it, ``mouse`` and
    ``keyboard`` handle the events of this view.
    """

    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()
    select_requested = TypedSignal[Selection]()
    hover_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None, *, still: bool = True) -> None:
        super().__init__(parent)
        self.state = CanvasState(texts=Texts(QApplication.font().pointSizeF() / 10), still=still)
        self.network_scene = NetworkScene(self, self.state)
        self.live_tiles = LiveTiles(self, self.state)
        self.mouse = MouseController(self, self.state, self.network_scene)
        self.keyboard = KeyboardController(self, self.state, self.mouse)
        for controller in (self.mouse, self.keyboard):
            controller.select_requested.connect(self.select_requested)
            controller.edited.connect(self._request)
        self.mouse.hover_requested.connect(self.hover_requested)
        self._since = QElapsedTimer()
        self._since.start()
        self._findings: tuple[Finding, ...] = ()
        self._late = Later(self, singleShot=True)
        self._late.timeout.connect(self._refresh)
        # A step arrives before its moment: without the delay, it would be drawn twice.
        self._step_told = Later(self, interval=0, singleShot=True)
        self._step_told.timeout.connect(self._refresh)
        self._spotlight_fade = QVariantAnimation(self, duration=FADE)
        self._spotlight_fade.valueChanged.connect(self._dim)
        self._description = Description(self, lambda: described(self.state))
        _prepare(self)

    # -- what is shown ------------------------------------------------------------------------------

    def show_design(self, design: Design, problems: tuple[Problem, ...]) -> None:
        """Draw another design; its numbers follow with its network, or never if the design is invalid."""
        self.state.design, self.state.problems = design, problems
        self.show_findings(self._findings)
        self.rebuild()

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Set the network and the data of the next snapshots."""
        state = self.state
        state.network, state.dataset, state.snapshot, state.axes = network, dataset, None, None
        state.names = tuple(name_and_unit(name)[0] for name in dataset.feature_names)
        state.image = dataset.image_shape is not None
        state.last = state.coming = None
        state.findings = self._findings = ()
        self.network_scene.badges.hide()
        self.rebuild()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a moment of the present network, and the step received last."""
        self._step_told.stop()
        previous, self.state.snapshot = self.state.snapshot, snapshot
        self.state.take_moment(previous)
        self._description.changed()
        since = self._since.restart()
        self._refresh(QUIET if previous is None else since)

    def show_picture(self, snapshot: Snapshot, _curves: Curves) -> None:
        """Draw edges and tiles of a moment of a run; the numbers remain those of the last snapshot shown."""
        newest = None if self.state.snapshot is None else self.state.pass_of(snapshot)
        if newest is None:
            return
        self.state.newest = newest
        self._since.restart()
        self.network_scene.refresh_in_turn()
        self.live_tiles.refresh(snapshot.shown_theta, fine=False)
        self._late.start(QUIET)

    def show_step(self, last: PassStep | None, coming: PassStep | None) -> None:
        """Mark what the next step of the pass computes or uses; ``last`` leads to the moment shown next.

        None: whole iterations are made, and nothing is marked.
        """
        self.state.last, self.state.coming = last, coming
        self.state.take_reach()
        self._step_told.start()

    def show_selection(self, selection: Selection) -> None:
        """Mark the selection; with a sample, show the numbers of that sample."""
        other_sample = selection.sample != self.state.selection.sample
        self.state.selection = selection
        if other_sample:
            self.state.take_moment()
            self._refresh()
        self._description.changed()
        self.network_scene.look()
        if selection.neuron is not None:
            self.network_scene.overlay.use("tile" if selection.source is None else "weight")

    def show_hover(self, selection: Selection) -> None:
        """Highlight what is hovered in another view."""
        if selection != self.state.linked:
            self.state.linked = selection
            self.network_scene.look()

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme, and the font size of the application."""
        self.state.theme, self.state.colours = theme, packed(diverging(theme))
        self.setBackgroundBrush(theme.canvas)
        self.state.texts = Texts(QApplication.font().pointSizeF() / 10)
        self.rebuild()

    def set_edge_numbers(self, numbers: str) -> None:
        """Show "weights", "gradients" or "both" on the edges; raises ValueError for anything else."""
        if numbers not in ("weights", "gradients", "both"):
            raise ValueError(numbers)
        self.state.numbers = numbers
        self.network_scene.pills.place()
        self.network_scene.overlay.refresh()

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Mark the neurons and layers with findings, if the network drawn is theirs."""
        self._findings, shown = findings, findings if self.state.live else ()
        if shown != self.state.findings:
            self.state.findings = shown
            self.network_scene.badges.setVisible(bool(shown))
            self.network_scene.badges.update()

    def show_plane(self, axes: tuple[int, int] | None) -> None:
        """Show the output of each neuron over the plane of two features; None: its activation as a bar."""
        if axes != self.state.axes:
            self.state.axes = axes
            self.rebuild()

    def show_veil(self, veiled: bool, told: frozenset[ComputedNumber] = frozenset()) -> None:
        """Show a question mark for all that a pass computes, but for ``told``; weights and biases stay."""
        if (veiled, told) != (self.state.veiled, self.state.told):
            self.state.veiled, self.state.told = veiled, told
            QToolTip.hideText()
            self.network_scene.badges.update()
            self._refresh()
            self.viewport().update()

    def show_spotlight(self, layer: int | None) -> None:
        """Dim everything except a layer: its header, its tiles and numbers, the edges into it; None: nothing.

        The transition takes up to 300 ms; if the canvas is not visible, there is none.
        """
        state, wanted = self.state, 0.0 if layer is None else 1.0
        if layer is not None:
            state.spotlight = layer
        self._spotlight_fade.stop()
        self._spotlight_fade.setDuration(motion.milliseconds(FADE))
        self._spotlight_fade.setStartValue(state.dimmed)
        self._spotlight_fade.setEndValue(wanted)
        if self.isVisible() and state.dimmed != wanted:
            self._spotlight_fade.start()
        else:
            self._dim(wanted)

    def _dim(self, share: float) -> None:
        """Dim what is outside the spotlight by a share of 0 … 1."""
        self.state.dimmed = share
        if share == 0.0 and self._spotlight_fade.endValue() == 0.0:
            self.state.spotlight = None
        scene = self.network_scene
        scene.dim()
        scene.pills.look()
        scene.overlay.refresh()
        scene.badges.update()
        self.viewport().update()

    # -- drawing ------------------------------------------------------------------------------------

    @property
    def space(self) -> QRectF:
        """The rectangle of the scene that the network occupies."""
        return self.state.layout.scene

    @property
    def largest(self) -> float:
        """More than 1 in a viewport so large that letters for a desk would be lost in it."""
        if in_hall():  # whose letters are as large as the screen asks for
            return 1.0
        port, usual = self.viewport().size(), USUAL * scale()
        return float(np.clip(min(port.width() / usual.width(), port.height() / usual.height()), 1.0, LARGEST))

    def rebuild(self) -> None:
        """Lay out the design for the viewport, make its items, and draw them."""
        self._description.changed()
        self.state.density = self.zoom * self.devicePixelRatioF()
        self.network_scene.rebuild(self.viewport().size() / self.largest)
        self.live_tiles.take(self.network_scene.parts)
        self._refresh()
        if self._fitted:
            self.show_all()
        self.network_scene.dim()
        self.mouse.hover_again()

    def scale_by(self, factor: float) -> None:
        """Scale the network; the images of its neurons are made for the resolution of the screen."""
        super().scale_by(factor)
        self.state.zoom, density = self.zoom, self.zoom * self.devicePixelRatioF()
        if density != self.state.density:
            self.state.density = density
            self.network_scene.make_images()
            self._refresh()
        self._choose_caching()
        self.network_scene.look()
        self.mouse.hover_again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_caching()

    def _choose_caching(self) -> None:
        """Cache items and repaint changed parts while the network is in view; else repaint everything."""
        space, port = self.space, self.viewport()
        across, down = space.width() * self.zoom / port.width(), space.height() * self.zoom / port.height()
        fits = max(across, down) <= CACHED_UP_TO
        self.network_scene.cache(fits)
        mode = QGraphicsView.ViewportUpdateMode
        self.setViewportUpdateMode(mode.MinimalViewportUpdate if fits else mode.FullViewportUpdate)

    def _refresh(self, since: float = QUIET) -> None:
        """Draw the moment; slow parts only after ``since`` milliseconds without another moment."""
        resting = since >= QUIET or self.state.stepping
        self.network_scene.refresh()
        if self.state.snapshot is not None:
            self.live_tiles.refresh(self.state.snapshot.shown_theta, fine=resting)
        if resting:
            self._late.stop()
            self.network_scene.join()
        else:
            self._late.start(QUIET)
            self.network_scene.pills.refresh()

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint; if only tiles changed, only these and what overlaps them."""
        scene = self.network_scene
        if scene.overlay.mark is not None or not self.live_tiles.cover(event.region()):
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self.viewportTransform())
        self.live_tiles.paint(painter)
        for values in scene.parts:
            if isinstance(values, ValuesItem):
                values.paint_marks(painter)
        if scene.badges.isVisible():
            scene.badges.paint(painter, QStyleOptionGraphicsItem())
        painter.end()

    # -- events, which the controllers answer --------------------------------------------------------

    def _request(self, edit: DesignEdit) -> None:
        """Request an edit of the design, if it changes anything."""
        if edit.design != self.state.design:
            self.edit_requested.emit(edit.design, edit.text, edit.removed)

    def viewportEvent(self, event: QEvent) -> bool:
        """Pass an event to the mouse controller first; what it does not handle goes to Qt."""
        return (self.isEnabled() and self.mouse.handle(event)) or super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.mouse.hover_again()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self.keyboard.press(event))

    def focusNextPrevChild(self, ahead: bool) -> bool:
        """Select the next layer at Tab; after the last one, focus the next widget."""
        return self.keyboard.tab(ahead) or super().focusNextPrevChild(ahead)

    def event(self, event: QEvent) -> bool:
        """Override the window's shortcuts for keys that have a meaning here."""
        shortcut = event if event.type() == QEvent.Type.ShortcutOverride else None
        if not (isinstance(shortcut, QKeyEvent) and self.keyboard.claims(shortcut)):
            return super().event(event)
        event.accept()
        return True


def described(state: CanvasState) -> str:
    """Return a description of the canvas: the layers, the moment, the selection."""
    layers = [layer for layer in state.design.layers if isinstance(layer, Dense)]
    inputs = state.network.n[0] if state.network is not None else len(state.names)
    shape = [tr("{n} {activation}").format(n=one.neurons, activation=activation_title(one)) for one in layers]
    told = [tr("A network of {n} inputs and the layers {layers}.").format(n=inputs, layers=", ".join(shape))]
    if state.snapshot is not None:
        moment = tr("Iteration {t}, loss {loss}.")
        loss = tr("hidden") if state.veiled else value_text(state.snapshot.train.loss)
        told.append(moment.format(t=f"{state.snapshot.iteration:,}", loss=loss))
    chosen = state.selection
    if chosen.source is not None and chosen.neuron is not None:
        text = tr("Selected: the weight from neuron {i} of layer {before} to neuron {j} of layer {l}.")
        before = (chosen.layer or 1) - 1
        told.append(text.format(i=chosen.source + 1, before=before, j=chosen.neuron + 1, l=chosen.layer))
    elif chosen.neuron is not None:
        text = tr("Selected: neuron {j} of layer {l}.")
        told.append(text.format(j=chosen.neuron + 1, l=chosen.layer))
    told.append(tr("The panel Outline shows the same as a list."))
    return " ".join(told)


def _prepare(view: NetworkView) -> None:
    """Set the scrolling, repainting and accessibility options of the view."""
    view.setAccessibleName(tr("Network"))
    set_topic(view, "building", "The canvas")
    keep_left_to_right(view)
    view.setScene(view.network_scene)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
    view.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setMinimumSize(240, 160)
    view.setMouseTracking(True)
    view.setAcceptDrops(False)
    view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    view.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    QPixmapCache.setCacheLimit(max(CACHED, QPixmapCache.cacheLimit()))
    view.setBackgroundBrush(view.state.theme.canvas)
