"""An estimate of the memory needed to train and show a network, made before any array is allocated."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

MOST_BYTES = 1 << 30
ARRAYS = 5  # z, a, g'(z), dJ/da and delta of a forward and backward pass
FORWARD = 2  # z and a of a forward pass alone
COPIES = 4  # z, a, dJ/da and delta of a stored pass
AGAIN = 2  # the pass of an update, and the same pass with the new weights
TRAINERS = 2  # one that trains, one that replays earlier iterations
PLANE_POINTS, PLANE_BYTES = 16_000, 4  # the pictures of what each neuron computes over two inputs


def bytes_needed(
    n: Sequence[int],
    masked: Sequence[int],
    samples: tuple[int, int],
    batch: int,
    vectors: int,
    itemsize: int,
) -> int:
    """Return an estimate of the bytes needed to train and show a network.

    ``n`` are the layer sizes n[0] … n[L]; ``masked`` the sizes of the layers whose outputs are masked by
    dropout; ``samples`` the numbers of training and test samples; ``batch`` the batch size; ``vectors`` the
    number of vectors in the optimizer's memory, each as long as theta; ``itemsize`` the bytes of a number.
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
