"""Slots: the passes of a block of epochs, every call of them bound to its arrays beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from .batches import Batches
from .modules import Array, Call, Recipe, bound, rebound
from .network import Network
from .optimizers import Pace
from .passes import Pass, Passes, copied, terms


@dataclass(frozen=True)
class Slot:
    """One pass of a block: its arrays, the calls of its three steps, and those of its whole iteration.

    ``whole`` leaves out what nothing is computed from. ``scored`` keeps the outputs of the batch, so
    that the losses of many batches are one reduction; ``against`` is `losses.Fused.against` of y.
    """

    passes: Passes
    x: Array
    y: Array
    scored: Array
    against: Array
    factors: list[Array]
    forward: list[Call]
    backward: list[Call]
    update: list[Call]
    whole: list[Call]


class Slots:
    """Pass p = 0, 1, … of training a network on x (n[0] + 1, samples) and y (n[L], samples).

    The passes read ``theta`` and write ``g``; the updates change theta and ``memory``, at the learning
    rate of ``pace``. ``draw`` returns the generator of the dropout masks of pass p.
    """

    def __init__(
        self,
        network: Network,
        data: tuple[Array, Array],
        theta: Array,
        g: Array,
        memory: Array,
        pace: Pace,
        draw: Callable[[int], np.random.Generator],
    ) -> None:
        self._network, self._pace, self._draw = network, pace, draw
        training = network.design.training
        size = training.size_of_batch(data[0].shape[1])
        self._batches = Batches(*data, size, training.seed)
        self.per_epoch = self._batches.per_epoch
        self._scored, self._against = (
            self._batches.chunks(network.n[-1], theta.dtype, size) for _ in range(2)
        )
        self._scales = [network.loss.scale(network.n[-1], part.shape[-1]) for part in self._scored.parts]
        self._factors = np.zeros((len(self._batches.spans), training.optimizer.factors), theta.dtype)
        self._block, self._rate = -1, float("nan")
        patterns = {
            part.shape[-1]: self._pattern(part.shape[-1], theta, g, memory) for part in self._scored.parts
        }
        chunks = (chunk.of_passes() for chunk in (self._batches.y, self._scored, self._against))
        self._slots = [
            self._slot(place, patterns[y.shape[1]], y, scored, against)
            for place, (y, scored, against) in enumerate(zip(*chunks, strict=True))
        ]

    def _pattern(self, size: int, theta: Array, g: Array, memory: Array) -> Slot:
        """Return a slot for batches of one size, whose calls serve all those as far as they can."""
        network, optimizer = self._network, self._network.design.training.optimizer
        passes = Passes(network, theta, g, size, training=True)
        x, outputs = np.empty((network.n[0] + 1, size), theta.dtype), (network.n[-1], size)
        y, against, scored = (np.empty(outputs, theta.dtype) for _ in range(3))
        factors = [np.empty((), theta.dtype) for _ in range(optimizer.factors)]
        if network.fused is not None:
            passes = passes.ending_in(scored)
        keep: list[Call] = [] if network.fused is not None else [partial(np.copyto, scored, passes.scored)]
        needed = [*passes.to_scored(x), *keep]
        backward = [*passes.backward(x, y, against), *bound(penalty_recipe(network, theta, g))]
        update = bound(optimizer.steps(theta, g, memory, optimizer.scratch_for(theta), *factors))
        forward, whole = [*needed, *passes.from_scored()], [*needed, *backward, *update]
        return Slot(passes, x, y, scored, against, factors, forward, backward, update, whole)

    def _slot(self, place: int, pattern: Slot, y: Array, scored: Array, against: Array) -> Slot:
        x, passes = self._batches.x[:, self._batches.spans[place]], pattern.passes
        factors = [self._factors[place, k, ...] for k in range(len(pattern.factors))]
        draw: list[Call] = [partial(self._draw_masks, passes, place)] if passes.masks else []
        old = (pattern.x, pattern.y, pattern.scored, pattern.against, *pattern.factors)
        others = list(zip(old, (x, y, scored, against, *factors), strict=True))
        forward, backward, update, whole = (
            rebound(calls, others)
            for calls in (pattern.forward, pattern.backward, pattern.update, pattern.whole)
        )
        own = passes.ending_in(scored) if self._network.fused is not None else passes
        return Slot(own, x, y, scored, against, factors, [*draw, *forward], backward, update, [*draw, *whole])

    def __len__(self) -> int:
        """Return the number of passes in a block."""
        return len(self._slots)

    def at(self, p: int) -> Slot:
        """Return the slot of pass p, with its samples in place."""
        return self._slots[self._load(p)]

    def stretch(self, p: int, stop: int) -> list[Slot]:
        """Return the slots of passes p … stop - 1, or to the end of the block."""
        place = self._load(p)
        return self._slots[place : place + stop - p]

    def _load(self, p: int) -> int:
        """Put the samples of the block of pass p in place, and the factors; return the place of p."""
        block, place = divmod(p, len(self._slots))
        self._batches.load(p)
        if block != self._block and self._network.fused is not None:
            for against, y, scale in zip(
                self._against.parts, self._batches.y.parts, self._scales, strict=True
            ):
                against[...] = self._network.fused.against(y, scale)
        rate = self._pace.learning_rate
        if block != self._block or rate != self._rate:
            t = np.arange(1.0, len(self._slots) + 1) + block * len(self._slots)
            self._factors[...] = self._network.design.training.optimizer.factors_at(t, rate).T
        self._block, self._rate = block, rate
        return place

    def _draw_masks(self, passes: Passes, place: int) -> None:
        passes.draw(self._draw(self._block * len(self._slots) + place))

    def losses(self, p: int, stop: int) -> Array:
        """Return the loss of passes p … stop - 1, all of the block at hand, from the outputs kept."""
        if stop <= p:
            return np.empty(0)
        first, begin = divmod(p % len(self), self.per_epoch)
        end = begin + stop - p
        epochs = slice(first, first + -(-end // self.per_epoch))
        # Of a single epoch only the batches asked for are looked at; several are taken whole, then cut.
        low, high = (begin, end) if end <= self.per_epoch else (0, self.per_epoch)
        sums, place = [], 0
        for scored, y, scale in zip(self._scored.parts, self._batches.y.parts, self._scales, strict=True):
            part = epochs, slice(max(low - place, 0), max(high - place, 0))
            outputs_first = (array[part].transpose(2, 0, 1, 3) for array in (scored, y))
            # One axis after the other: then the bits do not depend on which passes are asked for.
            of_outputs = terms(self._network, *outputs_first)
            of_samples = of_outputs[0] if len(of_outputs) == 1 else of_outputs.sum(axis=0)
            sums.append(of_samples.sum(axis=2) * scale)
            place += scored.shape[1]
        return np.concatenate(sums, axis=1).ravel()[begin - low :][: stop - p]

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
