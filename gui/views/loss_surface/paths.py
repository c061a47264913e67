"""The path of a run through parameter space: all its parameters after each recorded iteration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from core.debugger.pinned_runs import PinnedRun, curves_until
from core.nn.curves import Curves
from core.nn.network import Network
from gui.plots.run_plot import run_colours
from gui.theme.theme import LIGHT, Theme
from gui.views.loss_surface.plane_form import PlaneChoice


class RunPath:
    """What a run's record tells of its way, and what was seen since; at most ``most`` points.

    Where there are more, every second one is dropped.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._points: list[tuple[int, Array]] = []

    def take(self, iterations: Iterable[int], thetas: Iterable[Array]) -> None:
        """Take the recorded way in place of what was seen: iterations (n,) and theta (n, parameters)."""
        self._points = []
        self.add(iterations, thetas)

    def add(self, iterations: Iterable[int], thetas: Iterable[Array]) -> None:
        """Take of the recorded way what was not seen."""
        seen = dict(self._points)
        recorded = zip(iterations, thetas, strict=True)
        self._points += [(t, theta) for t, theta in recorded if t not in seen]
        self._points.sort(key=lambda point: point[0])
        self._thin()

    def tread(self, iteration: int, theta: Array) -> None:
        """Add where the run is seen; what came later belongs to a way that is left, or is told again."""
        self._points = [*(point for point in self._points if point[0] < iteration), (iteration, theta)]
        self._thin()

    def _thin(self) -> None:
        while len(self._points) > self._most:
            del self._points[1:-1:2]

    def until(self, iteration: int) -> Array:
        """Return theta (points, parameters) on the way to so many iterations."""
        return np.array([theta for t, theta in self._points if t <= iteration])


# -- The ways down of several runs, and the plane that is laid through them ------------------------------


@dataclass(frozen=True, eq=False)
class DescentPath:
    """The way down of one run: thetas (count, parameters), the last is where it stands.

    ``lost``: it flies off, and is not followed.
    """

    name: str
    network: Network
    dataset: Dataset
    thetas: Array
    iteration: int
    colour: QColor
    width: float = 2.2
    lost: bool = False


def below(descents: Sequence[DescentPath], choice: PlaneChoice) -> DescentPath:
    """Return the run whose present theta the slice goes through."""
    return descents[min(choice.base, len(descents) - 1)]


def alike(descents: Sequence[DescentPath], choice: PlaneChoice) -> list[DescentPath]:
    """Return the runs whose networks have the shape of the one below."""
    n = below(descents, choice).network.n
    return [one for one in descents if one.network.n == n]


def spanning(descents: Sequence[DescentPath], choice: PlaneChoice) -> Array:
    """Return what the plane is laid through: the present theta, for main directions the path."""
    return below(descents, choice).thetas[0 if choice.kind == "main" else -1 :]


def plane_of(descents: Sequence[DescentPath], choice: PlaneChoice) -> tuple[ParameterPlane, float | None]:
    """Return the plane that is chosen, and the share of the paths' spread it holds where that is known."""
    theta = below(descents, choice).thetas[-1]
    if choice.kind == "weights":
        return through_parameters(theta, choice.first, choice.second), None
    if choice.kind == "random":
        return along(theta, random_directions(theta.size, choice.seed)), None
    directions, share = main_directions([one.thetas for one in alike(descents, choice)])
    return along(theta, directions), share


# -- Where the pinned runs went, as far as they were pieces of a run that was seen -----------------------

WIDTH = 1.6


class PinnedPaths:
    """The paths of pinned runs; a run is known by its curves, which stay while it is pinned."""

    def __init__(self) -> None:
        self._runs: tuple[PinnedRun, ...] = ()
        self._kept: dict[int, DescentPath] = {}

    def show_pins(self, runs: Sequence[PinnedRun]) -> bool:
        """Keep the paths of these runs; return whether the path of one of them is not known."""
        self._runs = tuple(runs)
        self._kept = {key: self._kept[key] for run in runs if (key := id(run.curves)) in self._kept}
        return len(self._kept) < len(runs)

    def keep(self, network: Network, dataset: Dataset, curves: Curves, path: RunPath) -> None:
        """Take the paths of runs that are pieces of this one: their losses are its."""
        for run in self._runs:
            mine, pinned = curves_until(curves, run.iterations).losses, run.curves.losses
            if id(run.curves) not in self._kept and pinned.size and np.array_equal(mine, pinned):
                of = network, dataset, path.until(run.iterations), run.iterations
                self._kept[id(run.curves)] = DescentPath(run.name, *of, LIGHT.muted, WIDTH)

    def descents(self, network: Network, theme: Theme) -> list[DescentPath]:
        """Return the paths of networks of this shape, in the names and colours of their runs."""
        colours = run_colours(theme)
        kept = [(run, self._kept[id(run.curves)]) for run in self._runs if id(run.curves) in self._kept]
        return [
            replace(descent, name=run.name, colour=colours[run.colour])
            for run, descent in kept
            if descent.network.n == network.n
        ]
