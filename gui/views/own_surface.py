"""Own surface: the loss round the parameters of the network that is built, and the way of its run on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.closer import most_points
from core.curves import Curves
from core.datasets import Dataset
from core.modules import Array
from core.network import Network
from core.runs import PinnedRun
from core.training import Snapshot
from gui.axis_bar import AxisBar
from gui.descent import Descent
from gui.footprints import Footprints
from gui.later import Later
from gui.pinned_ways import PinnedWays
from gui.seen import Seen
from gui.selection import Selection
from gui.surface_board import LossSurface
from gui.surface_form import Choice
from gui.surface_offer import SurfaceOffer, is_soon
from gui.surface_words import place_of
from gui.theme import LIGHT, Theme

REST = 200  # milliseconds without another moment: the surface is computed again
NOTHING = (-1, False)


class OwnSurface(Seen):
    """The loss surface of one network, with the path of its run up to the moment looked at.

    ``way_requested(retraced)`` asks for `show_way`. While training runs only the path grows; at rest the
    surface is computed again. That of a large network is computed when its button is pressed. The paths
    of pinned runs of networks of this shape are drawn too, as far as they were seen.
    """

    way_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Loss surface of this network"))
        self._own: tuple[Network, Dataset] | None = None
        self._begun: Network | None = None
        self._snapshot: Snapshot | None = None
        self._curves: Curves | None = None
        self._selection, self._theme = Selection(), LIGHT
        self._path, self._pinned = Footprints(most_points(1)), PinnedWays()
        self._computed_at, self._asked, self._waiting = -1, NOTHING, False
        self._rest = Later(self, interval=REST, singleShot=True)
        self.offer, self.axes, self.board = SurfaceOffer(), AxisBar(), LossSurface(valley=False)
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

    # -- what is told ------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Note that another run begins."""
        self._own, self._begun, self._snapshot, self._curves = (network, dataset), None, None, None
        self._path = Footprints(most_points(network.parameters))
        self._asked, self._waiting = NOTHING, False
        self._rest.stop()
        self._show_axes()

    def show_curves(self, curves: Curves) -> None:
        """Note the curves, by which a pinned run is known to be a piece of the present one."""
        self._curves = curves

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the path up to a moment; at rest the surface round it."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_way(self, iterations: Array, thetas: Array) -> None:
        """Take the way of the run: iterations (n,) and theta (n, parameters) after them."""
        self._waiting = False
        if self._snapshot is not None and self.isVisible():
            (self._path.take if self._asked[1] else self._path.add)(iterations.tolist(), thetas)
            if self._curves is not None:
                now = self._snapshot
                self._pinned.keep(now.network, now.dataset, self._curves, self._path)
            self._path.tread(self._snapshot.iteration, self._snapshot.theta)
            self._show(self._snapshot, resting=not self._rest.isActive())

    def show_pins(self, runs: Sequence[PinnedRun]) -> None:
        """Draw the paths of these runs too, as far as they were pieces of the present one."""
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
        self._path.tread(snapshot.iteration, snapshot.theta)
        self._show(snapshot, resting=False)
        if snapshot.iteration != self._asked[0] and not self._waiting:
            self._ask(snapshot.iteration, retraced=False)
        self._rest.start()

    def _settle(self) -> None:
        """Draw at rest what takes longer."""
        if self._snapshot is not None and self.isVisible():
            self._show(self._snapshot, resting=True)
            if self._asked != (self._snapshot.iteration, True):
                self._ask(self._snapshot.iteration, retraced=True)

    def _ask(self, iteration: int, *, retraced: bool) -> None:
        """Ask for the way; once for an iteration, since with the answer its moment is shown again."""
        self._asked, self._waiting = (iteration, retraced), True
        self.way_requested.emit(retraced)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stale, self._asked = True, NOTHING
        self._path.take((), ())

    def _show(self, snapshot: Snapshot, *, resting: bool) -> None:
        """Draw the path, and the surface where that is due."""
        network, dataset = snapshot.network, snapshot.dataset
        soon, board = is_soon(network, dataset), self.board
        descents = self._descents(snapshot)
        others = [one.name for one in descents] != [one.name for one in board.descents]
        if soon and (others or self._begun is not network):
            self._begin(descents)
        elif self._begun is network:
            board.show_descents(descents, resting=resting and soon)
        begun = self._begun is network
        board.setVisible(begun)
        self.offer.setVisible(not soon)
        self.offer.show_network(network, dataset, self._computed_at if begun else None, snapshot.iteration)

    def _descents(self, snapshot: Snapshot) -> list[Descent]:
        network, dataset = snapshot.network, snapshot.dataset
        others, t = self._pinned.descents(network, self._theme), snapshot.iteration
        name = self.tr("this network") if others else ""
        return [Descent(name, network, dataset, self._path.until(t), t, self._theme.text), *others]

    def _begin(self, descents: Sequence[Descent]) -> None:
        """Lay the surface anew: over the same parameters where the network has the same shape."""
        network, before = descents[0].network, self.board.descents
        same = bool(before) and before[0].network.n == network.n
        choice = replace(self.board.form.choice, base=0) if same else first_choice(network)
        self._begun, self._computed_at = network, descents[0].iteration
        self.board.begin(descents, choice)
        self._show_axes()

    def _compute(self) -> None:
        """Compute the surface of a large network, as it stands now."""
        if self._snapshot is not None:
            self._begin(self._descents(self._snapshot))
            self._show(self._snapshot, resting=False)

    def _show_axes(self) -> None:
        choice, own = self.board.form.choice, self._own
        over = (choice.first, choice.second) if choice.kind == "weights" else ()
        if own is None or self._begun is not own[0]:
            self.axes.hide()
        else:
            self.axes.show_selection(own[0], self._selection, over)


def first_choice(network: Network) -> Choice:
    """Return two parameters of the first output neuron: they matter from the beginning."""
    layer = network.layers[-1]
    others = 1 if layer.n_in > 1 else None
    return Choice("weights", place_of(network, layer.l, 0, 0), place_of(network, layer.l, others, 0))
