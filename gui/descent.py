"""Descents: the ways down of several runs, and the plane that is laid through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor

from core.datasets import Dataset
from core.modules import Array
from core.network import Network
from core.surface import Plane, along, main_directions, random_directions, through_parameters
from gui.surface_form import Choice


@dataclass(frozen=True, eq=False)
class Descent:
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


def below(descents: Sequence[Descent], choice: Choice) -> Descent:
    """Return the run whose present theta the slice goes through."""
    return descents[min(choice.base, len(descents) - 1)]


def alike(descents: Sequence[Descent], choice: Choice) -> list[Descent]:
    """Return the runs whose networks have the shape of the one below."""
    n = below(descents, choice).network.n
    return [one for one in descents if one.network.n == n]


def spanning(descents: Sequence[Descent], choice: Choice) -> Array:
    """Return what the plane is laid through: the present theta, for main directions the path."""
    return below(descents, choice).thetas[0 if choice.kind == "main" else -1 :]


def plane_of(descents: Sequence[Descent], choice: Choice) -> tuple[Plane, float | None]:
    """Return the plane that is chosen, and the share of the paths' spread it holds where that is known."""
    theta = below(descents, choice).thetas[-1]
    if choice.kind == "weights":
        return through_parameters(theta, choice.first, choice.second), None
    if choice.kind == "random":
        return along(theta, random_directions(theta.size, choice.seed)), None
    directions, share = main_directions([one.thetas for one in alike(descents, choice)])
    return along(theta, directions), share
