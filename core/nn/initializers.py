"""The table of initializers: the spread of the first weights of a layer. Biases start at zero.

Each entry gives the standard deviation of W[l] from the number of inputs and outputs of the layer;
the weights are drawn from the normal distribution of that spread. To add one, add an entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True)
class Initializer:
    """How the first weights are drawn; ``std(n_in, n_out)`` is their standard deviation."""

    name: str
    symbol: str
    std: Callable[[int, int], float]
    source: str


INITIALIZERS: dict[str, Initializer] = {
    entry.name: entry
    for entry in (
        Initializer("zeros", "zeros", lambda n_in, n_out: 0.0, "all weights equal: symmetry is never broken"),
        Initializer("normal", "normal", lambda n_in, n_out: 1.0, "standard normal"),
        Initializer("xavier", "Xavier", lambda n_in, n_out: sqrt(2 / (n_in + n_out)), "Glorot & Bengio 2010"),
        Initializer("he", "He", lambda n_in, n_out: sqrt(2 / n_in), "He et al. 2015"),
        Initializer("lecun", "LeCun", lambda n_in, n_out: sqrt(1 / n_in), "LeCun et al. 1998"),
    )
}
