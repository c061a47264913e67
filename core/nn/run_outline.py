"""What must be known of a run so that each of its iterations can be computed again."""

from __future__ import annotations

from dataclasses import dataclass

from .batches import Origin
from .network import Network
from .trainer import Checkpoint


@dataclass(frozen=True, eq=False)
class Stretch:
    """A part of a run, from after ``start`` updates on, that was trained with the same settings.

    ``network`` is compiled with these settings; ``origin`` says where their epochs and updates count from.
    """

    start: int
    network: Network
    origin: Origin


@dataclass(frozen=True, eq=False)
class RunOutline:
    """What training cannot reproduce of a run, from its first known state on; the rest is computed from it.

    ``moments`` are the states that training did not lead to: the first one, and those after weights or
    settings were changed; or, of a run made elsewhere, all that are known. ``rates`` are the learning rates,
    each with the number of updates after which it holds, and ``stretches`` the settings; if there are none,
    they are those of the end of the run. All are in ascending order.
    """

    moments: tuple[Checkpoint, ...] = ()
    rates: tuple[tuple[int, float], ...] = ()
    stretches: tuple[Stretch, ...] = ()
