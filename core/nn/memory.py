"""Memory: an estimate of the bytes that training and showing a network takes, before anything is made."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

MOST_BYTES = 1 << 30
ARRAYS = 5  # z, a, g'(z), dJ/da and delta of a pass that goes back
FORWARD = 2  # z and a of one that does not
COPIES = 4  # of a pass as a value: z, a, dJ/da and delta
AGAIN = 2  # times: the pass of an update, and the same with the new weights
TRAINERS = 2  # one that trains, one that goes back in time
PLANE_POINTS, PLANE_BYTES = 16_000, 4  # of the pictures of what neurons compute over two inputs


def bytes_needed(
    n: Sequence[int],
    masked: Sequence[int],
    samples: tuple[int, int],
    batch: int,
    vectors: int,
    itemsize: int,
) -> int:
    """Return an estimate of the bytes it takes to train a network and to show it.

    ``n`` are the sizes n[0] … n[L], ``masked`` those of the layers whose outputs dropout masks, ``samples``
    those for training and for testing, ``batch`` those of a batch, ``vectors`` the optimizer's, each as
    long as theta, and ``itemsize`` the bytes of a number.
    """
    neurons, (train, test) = sum(n[1:]) + len(n) - 1, samples
    short = train % batch
    parameters = sum((before + 1) * after for before, after in pairwise(n))
    passes = ARRAYS * neurons * (batch + short) + FORWARD * neurons * (train + test)
    masks = 3 * sum(size + 1 for size in masked) * (batch + short)
    data = 4 * (n[0] + n[-1] + 1) * (train + test)
    trainer = passes + masks + data + (4 + 3 * max(1, vectors)) * parameters
    seen = AGAIN * COPIES * neurons * batch + (3 + 2 * vectors) * parameters
    looked_through = (ARRAYS + COPIES) * neurons * train + 3 * parameters
    once_more = ARRAYS * neurons * batch + parameters
    numbers = TRAINERS * (trainer + seen) + once_more + looked_through
    return itemsize * numbers + PLANE_BYTES * PLANE_POINTS * neurons
