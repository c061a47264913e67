"""The loss surface around the parameters of the network in the main window, with the path of its run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.analysis.loss_surface import WORK_AT_ONCE
from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.parameter_path import ParameterPath
from core.debugger.pinned_runs import PinnedRun
from core.debugger.queries import most_points
from core.nn.curves import Curves
from core.nn.network import Network
from core.nn.trainer import Snapshot
from gui.layout.lazy_view import LazyView
from gui.qt.drawable import guarded_overrides
from gui.qt.later import Later
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme
from gui.views.loss_surface.paths import DrawnPath, PinnedPaths
from gui.views.loss_surface.plane_form import PlaneChoice, name_of, place_of
from gui.views.loss_surface.surface import SurfaceBoard
from gui.widgets.buttons import quiet_button


def is_soon(network: Network, dataset: Dataset) -> bool:
    """Return whether the surface, hundreds of passes, is cheap enough to be computed without a request."""
    return network.parameters * dataset.train.size <= WORK_AT_ONCE


class SurfaceOffer(QWidget):
    """A sentence and a button that offers to compute the surface; ``taken`` is emitted when it is pressed."""

    taken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence, self.button = QLabel(), QPushButton()
        self.sentence.setWordWrap(True)
        self.button.setToolTip(self.tr("It is computed in small pieces: the window and training go on"))
        self.button.clicked.connect(self.taken)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 0)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.button)
        self.hide()

    def show_network(self, network: Network, dataset: Dataset, drawn: int | None, present: int) -> None:
        """Offer to compute the surface of iteration ``present``; it shows that of ``drawn`` (None: none).

        The offer keeps its place when there is nothing to offer, so that the picture below keeps its size.
        """
        large = self.tr("{parameters} parameters and {samples} samples: too large to be drawn at once.")
        sentence = large.format(parameters=f"{network.parameters:,}", samples=f"{dataset.train.size:,}")
        if drawn is not None:
            now = self.tr("The surface is that of the present moment.")
            sentence = now if drawn == present else self.tr("The surface is that of an earlier moment.")
        self.sentence.setText(sentence)
        self.button.setText(self.tr("Draw anyway") if drawn is None else self.tr("Draw again"))
        self.button.setAccessibleName(self.button.text())
        self.button.setEnabled(drawn != present)


# -- the selected parameter as an axis --------------------------------------------------------------------


class AxisBar(QWidget):
    """Offers the selected weight or bias as an axis; hidden if none is selected.

    ``chosen`` carries its index in theta, and whether it is for the vertical axis.
    """

    chosen = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place: int | None = None
        self.label = QLabel()
        self.label.setProperty("look", "small")
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.right = quiet_button(self.tr("→ axis"), self.tr("Take the selected parameter to the right"))
        self.up = quiet_button(self.tr("↑ axis"), self.tr("Take the selected parameter upwards"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self.label, 1)
        row.addWidget(self.right)
        row.addWidget(self.up)
        for button, upwards in ((self.right, False), (self.up, True)):
            button.clicked.connect(lambda _on=False, upwards=upwards: self.chosen.emit(self.place, upwards))

    def show_selection(self, network: Network, selection: Selection, axes: tuple[int, ...]) -> None:
        """Offer the weight of the selected edge, or the bias of the neuron, for the axes it is not on."""
        l, j = selection.layer, selection.neuron
        self.place = place_of(network, l, selection.source, j) if l and j is not None else None
        self.setVisible(self.place is not None)
        if self.place is not None:
            self.label.setText(self.tr("Take {name} as").format(name=name_of(network, self.place)))
            for button, axis in zip((self.right, self.up), axes or (None, None), strict=True):
                button.setEnabled(self.place != axis)


# -- the view --------------------------------------------------------------------------------------------

REST = 200  # milliseconds without a new snapshot, after which the surface is computed again
NOTHING = (-1, False)


@guarded_overrides
class LossSurfaceView(LazyView):
    """The loss surface of one network, with the path of its run up to the position viewed.

    ``way_requested`` asks for `show_way`, and carries whether as finely as is quick. While training runs,
    only the path grows; when it stops, the surface is computed again. That of a large network is computed
    when its button is pressed. The recorded paths of pinned runs of networks of this shape are drawn too.
    """

    way_requested = TypedSignal[bool]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Loss surface of this network"))
        self._own: tuple[Network, Dataset] | None = None
        self._begun: Network | None = None
        self._snapshot: Snapshot | None = None
        self._curves: Curves | None = None
        self._selection, self._theme = Selection(), LIGHT
        self._path, self._pinned = ParameterPath(most_points(1)), PinnedPaths()
        self._computed_at, self._asked, self._waiting = -1, NOTHING, False
        self._rest = Later(self, interval=REST, singleShot=True)
        self.offer, self.axes, self.board = SurfaceOffer(), AxisBar(), SurfaceBoard(valley=False)
        self._arrange()
        self._rest.timeout.connect(self._settle)
        self.offer.taken.connect(self._compute)
        self.axes.chosen.connect(self.board.form.choose_axis)
        self.board.form.changed.connect(lambda _choice: self._show_axes())

    def _arrange(self) -> None:
        self.board.caption.setText("")
        self.board.axes.setToolTip(self.tr("Choose the parameters or directions; or select a weight"))
        self.board.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.offer)
        column.addWidget(self.axes)
        column.addWidget(self.board, 1)
        column.addStretch()

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Clear the path: another run begins."""
        self._own, self._begun, self._snapshot, self._curves = (network, dataset), None, None, None
        self._path = ParameterPath(most_points(network.parameters))
        self._asked, self._waiting = NOTHING, False
        self._rest.stop()
        self._show_axes()

    def show_curves(self, curves: Curves) -> None:
        """Keep the curves, by which a pinned run is recognised as a part of the present one."""
        self._curves = curves

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the path up to a snapshot and, if training has stopped, the surface around it."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_way(self, iterations: Array, thetas: Array) -> None:
        """Set the recorded path of the run: iterations (n,) and theta (n, parameters) after them."""
        self._waiting = False
        if self._snapshot is not None and self.isVisible():
            if self._asked[1]:
                self._path = ParameterPath(self._path.most)
            self._path.merge(iterations.tolist(), thetas)
            if self._curves is not None:
                now = self._snapshot
                self._pinned.keep(now.network, now.dataset, self._curves, self._path)
            self._path.append(self._snapshot.iteration, self._snapshot.theta)
            self._show(self._snapshot, resting=not self._rest.isActive())

    def show_pins(self, runs: Sequence[PinnedRun]) -> None:
        """Draw the paths of these runs too, as far as they were part of the present one."""
        if self._pinned.show_pins(runs):
            self.way_requested.emit(True)
        self.draw_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Offer the selected weight or bias as an axis."""
        self._selection = selection
        self._show_axes()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours and the present fonts."""
        self._theme = theme
        self.board.show_theme(theme)
        self.draw_if_seen()

    # -- drawing -----------------------------------------------------------------------------------

    def draw(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        self._path.append(snapshot.iteration, snapshot.theta)
        self._show(snapshot, resting=False)
        if snapshot.iteration != self._asked[0] and not self._waiting:
            self._ask(snapshot.iteration, retraced=False)
        self._rest.start()

    def _settle(self) -> None:
        """Draw what takes longer, once no snapshot has come for a while."""
        if self._snapshot is not None and self.isVisible():
            self._show(self._snapshot, resting=True)
            if self._asked != (self._snapshot.iteration, True):
                self._ask(self._snapshot.iteration, retraced=True)

    def _ask(self, iteration: int, *, retraced: bool) -> None:
        """Ask for the path, once per iteration, since with the answer its snapshot is shown again."""
        self._asked, self._waiting = (iteration, retraced), True
        self.way_requested.emit(retraced)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stale, self._asked = True, NOTHING
        self._path = ParameterPath(self._path.most)

    def _show(self, snapshot: Snapshot, *, resting: bool) -> None:
        """Draw the path, and the surface if that is due."""
        network, dataset = snapshot.network, snapshot.dataset
        soon, board = is_soon(network, dataset), self.board
        paths = self._paths(snapshot)
        others = [one.name for one in paths] != [one.name for one in board.paths]
        if soon and (others or self._begun is not network):
            self._begin(paths)
        elif self._begun is network:
            board.show_paths(paths, resting=resting and soon)
        begun = self._begun is network
        board.setVisible(begun)
        self.offer.setVisible(not soon)
        self.offer.show_network(network, dataset, self._computed_at if begun else None, snapshot.iteration)

    def _paths(self, snapshot: Snapshot) -> list[DrawnPath]:
        network, dataset = snapshot.network, snapshot.dataset
        pinned, path = self._pinned.drawn(network, self._theme), self._path.until(snapshot.iteration)
        name = self.tr("this network") if pinned else ""
        return [DrawnPath(name, network, dataset, path, self._theme.text), *pinned]

    def _begin(self, paths: Sequence[DrawnPath]) -> None:
        """Start another surface, over the same parameters if the network has the same shape."""
        network, before = paths[0].network, self.board.paths
        same = bool(before) and before[0].network.n == network.n
        choice = replace(self.board.form.choice, base=0) if same else first_choice(network)
        self._begun, self._computed_at = network, paths[0].path.newest
        self.board.begin(paths, choice)
        self._show_axes()

    def _compute(self) -> None:
        """Compute the surface of a large network at its present parameters."""
        if self._snapshot is not None:
            self._begin(self._paths(self._snapshot))
            self._show(self._snapshot, resting=False)

    def _show_axes(self) -> None:
        choice, own = self.board.form.choice, self._own
        over = (choice.first, choice.second) if choice.kind == "weights" else ()
        if own is None or self._begun is not own[0]:
            self.axes.hide()
        else:
            self.axes.show_selection(own[0], self._selection, over)


def first_choice(network: Network) -> PlaneChoice:
    """Return two weights of the first output neuron: the loss depends on them from the beginning."""
    layer = network.layers[-1]
    others = 1 if layer.n_in > 1 else None
    return PlaneChoice("weights", place_of(network, layer.l, 0, 0), place_of(network, layer.l, others, 0))
