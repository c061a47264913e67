"""How many passes training has made, and how many a gradient takes either way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .network import Network
from .training import Phase, Snapshot


@dataclass(frozen=True)
class PassCount:
    """So many forward and backward passes."""

    forward: int
    backward: int


@dataclass(frozen=True)
class PassesMade:
    """The complete passes of the present iteration, of its epoch, and of the whole run."""

    iteration: PassCount
    epoch: PassCount
    run: PassCount


def by_backpropagation() -> PassCount:
    """Return the passes of one gradient by backpropagation, however many parameters there are."""
    return PassCount(1, 1)


def by_differences(network: Network) -> PassCount:
    """Return the passes of one gradient by central differences: two for every parameter."""
    return PassCount(2 * network.parameters, 0)


def passes_made(snapshot: Snapshot) -> PassesMade:
    """Return the passes made up to a moment; one that is not complete yet does not count."""
    values, phase = snapshot.values, snapshot.phase
    forward = phase is not Phase.START and (values is None or not np.isnan(values.J))
    backward = phase is Phase.UPDATE
    if phase is Phase.BACKWARD and values is not None and values.g is not None:
        backward = not np.isnan(values.g).any()
    now = PassCount(int(forward), int(backward))

    def after(complete: int) -> PassCount:
        return PassCount(complete + now.forward, complete + now.backward)

    return PassesMade(now, after(snapshot.batch), after(snapshot.pass_number))
