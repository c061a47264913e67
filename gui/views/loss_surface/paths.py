"""The paths that are drawn on a loss surface, and the plane through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtGui import QColor

from core.analysis.loss_surface import (
    ParameterPlane,
    along,
    main_directions,
    random_directions,
    through_parameters,
)
from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.parameter_path import ParameterPath
from core.debugger.pinned_runs import PinnedRun, curves_until
from core.nn.curves import Curves
from core.nn.network import Network
from gui.plots.run_plot import run_colours
from gui.theme.theme import LIGHT, Theme
from gui.views.loss_surface.plane_form import PlaneChoice


@dataclass(frozen=True, eq=False)
class DrawnPath:
    """The path of a run as it is drawn; its end is the present position of the run.

    ``lost``: the path leaves the range that can be shown, and the view does not follow it.
    """

    name: str
    network: Network
    dataset: Dataset
    path: ParameterPath
    colour: QColor
    width: float = 2.2
    lost: bool = False


def base_of(paths: Sequence[DrawnPath], choice: PlaneChoice) -> DrawnPath:
    """Return the path of the run through whose present theta the plane goes."""
    return paths[min(choice.base, len(paths) - 1)]


def of_same_shape(paths: Sequence[DrawnPath], choice: PlaneChoice) -> list[DrawnPath]:
    """Return the paths of networks with the shape of the base run; see `base_of`."""
    n = base_of(paths, choice).network.n
    return [one for one in paths if one.network.n == n]


def spanning(paths: Sequence[DrawnPath], choice: PlaneChoice) -> Array:
    """Return the thetas that determine the plane: the present one, for principal directions the path."""
    return base_of(paths, choice).path.thetas[0 if choice.kind == "main" else -1 :]


def plane_of(paths: Sequence[DrawnPath], choice: PlaneChoice) -> tuple[ParameterPlane, float | None]:
    """Return the chosen plane and, for principal directions, its share of the paths' variance (else None)."""
    theta = base_of(paths, choice).path.thetas[-1]
    if choice.kind == "weights":
        return through_parameters(theta, choice.first, choice.second), None
    if choice.kind == "random":
        return along(theta, random_directions(theta.size, choice.seed)), None
    directions, share = main_directions([one.path.thetas for one in of_same_shape(paths, choice)])
    return along(theta, directions), share


# -- the paths of pinned runs ------------------------------------------------------------------------------

WIDTH = 1.6


class PinnedPaths:
    """The recorded paths of pinned runs; a run is identified by its curves, which do not change."""

    def __init__(self) -> None:
        self._runs: tuple[PinnedRun, ...] = ()
        self._kept: dict[int, DrawnPath] = {}

    def show_pins(self, runs: Sequence[PinnedRun]) -> bool:
        """Keep the paths of these runs; return whether the path of one of them is unknown."""
        self._runs = tuple(runs)
        self._kept = {key: self._kept[key] for run in runs if (key := id(run.curves)) in self._kept}
        return len(self._kept) < len(runs)

    def keep(self, network: Network, dataset: Dataset, curves: Curves, path: ParameterPath) -> None:
        """Store the path for all pinned runs that are part of this one, having the same losses."""
        for run in self._runs:
            mine, pinned = curves_until(curves, run.iterations).losses, run.curves.losses
            if id(run.curves) not in self._kept and pinned.size and np.array_equal(mine, pinned):
                piece = path.until(run.iterations)
                self._kept[id(run.curves)] = DrawnPath(run.name, network, dataset, piece, LIGHT.muted, WIDTH)

    def drawn(self, network: Network, theme: Theme) -> list[DrawnPath]:
        """Return the paths of networks of this shape, with the names and colours of their runs."""
        colours = run_colours(theme)
        kept = [(run, self._kept[id(run.curves)]) for run in self._runs if id(run.curves) in self._kept]
        return [
            replace(path, name=run.name, colour=colours[run.colour])
            for run, path in kept
            if path.network.n == network.n
        ]
