"""Pinned ways: where the pinned runs went, as far as they were pieces of a run that was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.curves import Curves
from core.datasets import Dataset
from core.network import Network
from core.runs import PinnedRun, curves_until
from gui.descent import Descent
from gui.footprints import Footprints
from gui.run_plot import run_colours
from gui.theme import LIGHT, Theme

WIDTH = 1.6


class PinnedWays:
    """The paths of pinned runs; a run is known by its curves, which stay while it is pinned."""

    def __init__(self) -> None:
        self._runs: tuple[PinnedRun, ...] = ()
        self._kept: dict[int, Descent] = {}

    def show_pins(self, runs: Sequence[PinnedRun]) -> bool:
        """Keep the paths of these runs; return whether the path of one of them is not known."""
        self._runs = tuple(runs)
        self._kept = {key: self._kept[key] for run in runs if (key := id(run.curves)) in self._kept}
        return len(self._kept) < len(runs)

    def keep(self, network: Network, dataset: Dataset, curves: Curves, path: Footprints) -> None:
        """Take the paths of runs that are pieces of this one: their losses are its."""
        for run in self._runs:
            mine, pinned = curves_until(curves, run.iterations).losses, run.curves.losses
            if id(run.curves) not in self._kept and pinned.size and np.array_equal(mine, pinned):
                of = network, dataset, path.until(run.iterations), run.iterations
                self._kept[id(run.curves)] = Descent(run.name, *of, LIGHT.muted, WIDTH)

    def descents(self, network: Network, theme: Theme) -> list[Descent]:
        """Return the paths of networks of this shape, in the names and colours of their runs."""
        colours = run_colours(theme)
        kept = [(run, self._kept[id(run.curves)]) for run in self._runs if id(run.curves) in self._kept]
        return [
            replace(descent, name=run.name, colour=colours[run.colour])
            for run, descent in kept
            if descent.network.n == network.n
        ]
