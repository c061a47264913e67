"""Slots: the passes of a block of epochs, every call of them bound to its arrays beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from .batches import Batches
from .modules import Array, Call, Recipe, bound
from .network import Network
from .passes import Pass, Passes, copied, terms


@dataclass(frozen=True)
class Slot:
    """One pass of a block: its arrays, the calls of its two halves, and those of its whole iteration.

    ``scored`` keeps the outputs of the batch, so that the losses of many batches are one reduction.
    """

    passes: Passes
    x: Array
    y: Array
    scored: Array
    forward: list[Call]
    backward: list[Call]
    whole: list[Call]


class Slots:
    """Pass p = 0, 1, … of training a network on x (n[0] + 1, samples) and y (n[L], samples).

    The passes read ``theta`` and write ``g``; ``update`` are the calls of the optimizer. ``start`` is
    called first in every forward pass, and ``draw`` returns the generator of the dropout masks.
    """

    def __init__(
        self,
        network: Network,
        data: tuple[Array, Array],
        theta: Array,
        g: Array,
        update: list[Call],
        start: Call,
        draw: Callable[[], np.random.Generator],
    ) -> None:
        self._network, self._draw, self._start, self._update = network, draw, start, update
        training = network.design.training
        self._batches = Batches(*data, training.size_of_batch(data[0].shape[1]), training.seed)
        self.per_epoch = self._batches.per_epoch
        self._scored = np.empty_like(self._batches.y)
        spans = self._batches.spans
        sizes = [span.stop - span.start for span in spans]
        passes = {n: Passes(network, theta, g, n, training=True) for n in set(sizes)}
        self._penalty = bound(penalty_recipe(network, theta, g))
        self._slots = [self._slot(passes[n], span) for n, span in zip(sizes, spans, strict=True)]
        self._starts = np.array([span.start for span in spans])
        self._scales = np.array([network.loss.scale(network.n[-1], n) for n in sizes])

    def _slot(self, passes: Passes, span: slice) -> Slot:
        x, y, scored = self._batches.x[:, span], self._batches.y[:, span], self._scored[:, span]
        draw: list[Call] = [lambda: passes.draw(self._draw())] if passes.masks else []
        keep: Call = partial(np.copyto, scored, passes.scored)
        forward = [self._start, *draw, *passes.forward(x), keep]
        backward = [*passes.backward(x, y), *self._penalty]
        return Slot(passes, x, y, scored, forward, backward, [*forward, *backward, *self._update])

    def __len__(self) -> int:
        """Return the number of passes in a block."""
        return len(self._slots)

    def at(self, p: int) -> Slot:
        """Return the slot of pass p, with its samples in place."""
        return self._slots[self._batches.load(p)]

    def stretch(self, p: int, stop: int) -> list[Slot]:
        """Return the slots of passes p … stop - 1, or to the end of the block."""
        place = self._batches.load(p)
        return self._slots[place : place + stop - p]

    def losses(self, p: int, stop: int) -> Array:
        """Return the loss of passes p … stop - 1, all of the block at hand, from the outputs kept."""
        if stop <= p:
            return np.empty(0)
        places = slice(p % len(self), p % len(self) + stop - p)
        spans = self._batches.spans[places]
        columns = slice(spans[0].start, spans[-1].stop)
        sums = terms(self._network, self._scored[:, columns], self._batches.y[:, columns]).sum(axis=0)
        return np.add.reduceat(sums, self._starts[places] - columns.start) * self._scales[places]

    def values(self, p: int, g: Array | None) -> Pass:
        """Return the numbers of pass p, the last one made; ``g`` None: of its forward pass alone."""
        slot = self.at(p)
        return copied(slot.passes, self._batches.samples(p), slot.x, slot.y, g)


def penalty(network: Network, theta: Array) -> float:
    """Return what L1 and L2 add to the cost: l1 sum|W| + l2/2 sum W^2. Biases do not count."""
    training = network.design.training
    if not training.l1 and not training.l2:
        return 0.0
    W = theta * network.weights_mask()
    return float(training.l1 * np.abs(W).sum() + training.l2 / 2 * np.square(W).sum())


def penalty_recipe(network: Network, theta: Array, g: Array) -> Recipe:
    """Return the recipe that adds the derivative of `penalty` to g; it is empty without penalty."""
    l1, l2 = network.design.training.l1, network.design.training.l2
    mask, part = network.weights_mask(), np.empty_like(theta)
    if l2:
        yield from ((np.multiply, theta, (l2 * mask).astype(theta.dtype), part), (np.add, g, part, g))
    if l1:
        l1_mask = (l1 * mask).astype(theta.dtype)
        yield from ((np.sign, theta, part), (np.multiply, part, l1_mask, part), (np.add, g, part, g))
