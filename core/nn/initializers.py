"""The table of weight initializers; biases start at zero.

Each entry gives the standard deviation of W[l] as a function of the layer's numbers of inputs and outputs;
weights are drawn from a normal distribution with mean 0. To add one, add an entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from ..language import translatable


@dataclass(frozen=True)
class Initializer:
    """A weight initializer; ``std(n_in, n_out)`` is the standard deviation of the weights."""

    name: str
    symbol: str
    std: Callable[[int, int], float]
    source: str


INITIALIZERS: dict[str, Initializer] = {
    entry.name: entry
    for entry in (
        Initializer(
            "zeros",
            translatable("zeros"),
            lambda n_in, n_out: 0.0,
            translatable("all weights equal: symmetry is never broken"),
        ),
        Initializer(
            "normal", translatable("normal"), lambda n_in, n_out: 1.0, translatable("standard normal")
        ),
        Initializer("xavier", "Xavier", lambda n_in, n_out: sqrt(2 / (n_in + n_out)), "Glorot & Bengio 2010"),
        Initializer("he", "He", lambda n_in, n_out: sqrt(2 / n_in), "He et al. 2015"),
        Initializer("lecun", "LeCun", lambda n_in, n_out: sqrt(1 / n_in), "LeCun et al. 1998"),
    )
}
