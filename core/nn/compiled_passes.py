"""Slots: the passes of a block of epochs, every call of them bound to its arrays beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..arrays import Array
from .batches import Batches, Origin
from .network import Network
from .ops import Call, Recipe, bound, rebound, unrolled
from .optimizers import LearningRate
from .passes import Pass, Passes, copied, losses_of_samples, run_calls, with_ones


@dataclass(frozen=True)
class BoundPass:
    """One pass of a block: its arrays, and the calls of its three steps.

    ``scored`` keeps the outputs of the batch, so that the losses of many batches are one reduction.
    """

    passes: Passes
    x: Array
    y: Array
    scored: Array
    forward: list[Call]
    backward: list[Call]
    update: list[Call]


class PassTemplate:
    """The calls of an iteration for all batches of one size.

    ``own`` are the objects each pass has others of: x, y, what the loss is computed from, what
    `losses.Fused.against` gives, the place in the block, and the factors of the optimizer.
    ``repeat`` makes whole iterations, without what nothing is computed from.
    """

    def __init__(
        self, network: Network, size: int, theta: Array, g: Array, memory: Array, draw: Callable[..., None]
    ) -> None:
        optimizer = network.design.training.optimizer
        self._fused = network.fused is not None
        x, place = np.empty((network.n[0] + 1, size), theta.dtype), object()
        y, scored, against = (np.empty((network.n[-1], size), theta.dtype) for _ in range(3))
        factors = [np.empty((), theta.dtype) for _ in range(optimizer.factors)]
        self.own: tuple[object, ...] = (x, y, scored, against, place, *factors)
        self.passes = passes = Passes(network, theta, g, size, training=True)
        if self._fused:
            passes = passes.ending_in(scored)
        masks: list[Call] = [partial(draw, passes, place)] if passes.masks else []
        keep: list[Call] = [] if self._fused else [partial(np.copyto, scored, passes.scored)]
        needed = [*masks, *passes.to_scored(x), *keep]
        self._forward = [*needed, *passes.from_scored()]
        self._backward = [*passes.backward(x, y, against), *bound(penalty_recipe(network, theta, g))]
        self._update = bound(optimizer.steps(theta, g, memory, optimizer.scratch_for(theta), *factors))
        self.repeat = unrolled([*needed, *self._backward, *self._update], self.own)

    def slot(self, own: tuple[Any, ...]) -> BoundPass:
        """Return the slot of the pass that has these objects."""
        x, y, scored = own[:3]
        passes = self.passes.ending_in(scored) if self._fused else self.passes
        lists = (self._forward, self._backward, self._update)
        return BoundPass(passes, x, y, scored, *(rebound(calls, self.own, own) for calls in lists))


class CompiledPasses:
    """Pass p = 0, 1, … of training a network on x (n[0] + 1, samples) and y (n[L], samples).

    The passes read ``theta`` and write ``g``; the updates change theta and ``memory``, at the learning
    rate of ``pace``. ``draw`` returns the generator of the dropout masks of pass p. There are no passes
    before the first of ``origin``.
    """

    def __init__(
        self,
        network: Network,
        data: tuple[Array, Array],
        theta: Array,
        g: Array,
        memory: Array,
        pace: LearningRate,
        draw: Callable[[int], np.random.Generator],
        origin: Origin = Origin(),  # noqa: B008  (a value)
    ) -> None:
        self._network, self._pace, self._draw = network, pace, draw
        training = network.design.training
        size = training.size_of_batch(data[0].shape[1])
        self._first = origin.iteration
        self._batches = batches = Batches(*data, size, training.seed, origin.iteration)
        self.per_epoch = batches.per_epoch
        self._scored, self._against = (batches.chunks(network.n[-1], theta.dtype) for _ in range(2))
        self._factors = np.zeros((len(batches), training.optimizer.factors), theta.dtype)
        self._counted = np.arange(1.0, len(batches) + 1) + (origin.iteration - origin.optimizer)
        self._block, self._rate, self._factors_change = -1, float("nan"), False
        sizes = [part.shape[-1] for part in self._scored.parts]
        self._scales = [network.loss.scale(network.n[-1], n) for n in sizes]
        self._patterns = [PassTemplate(network, n, theta, g, memory, self._draw_masks) for n in sizes]
        self._whole = self._scored.parts[0].shape[1]
        chunks = (chunk.of_passes() for chunk in (batches.y, self._scored, self._against))
        factors = ([row[k, ...] for k in range(row.size)] for row in self._factors)
        places = range(len(batches))
        self._own: list[tuple[object, ...]] = [
            (*arrays, place, *of_update)
            for *arrays, place, of_update in zip(batches.x, *chunks, places, factors, strict=True)
        ]
        self._made: tuple[int, BoundPass] | None = None

    def __len__(self) -> int:
        """Return the number of passes in a block."""
        return len(self._own)

    def begins_block(self, p: int) -> bool:
        """Whether pass p is the first of a block."""
        return (p - self._first) % len(self) == 0

    def at(self, p: int) -> BoundPass:
        """Return the slot of pass p, with its samples in place."""
        place = self._load(p)
        if self._made is None or self._made[0] != place:
            pattern = self._patterns[place % self.per_epoch >= self._whole]
            self._made = place, pattern.slot(self._own[place])
        return self._made[1]

    def make(self, p: int, stop: int) -> int:
        """Make the iterations of passes p … stop - 1, or to the end of the block; return how many."""
        first = place = self._load(p)
        end = min(place + stop - p, len(self))
        while place < end:
            batch = place % self.per_epoch
            short = batch >= self._whole
            ahead = self.per_epoch - batch if short else self._whole - batch
            to = end if len(self._patterns) == 1 else min(end, place + ahead)
            self._patterns[short].repeat(self._own[place:to])
            place = to
        return end - first

    def _load(self, p: int) -> int:
        """Put the samples of the block of pass p in place, and the factors; return the place of p."""
        block, place = divmod(p - self._first, len(self))
        self._batches.load(p - self._first)
        if block != self._block and self._network.fused is not None:
            for against, y, scale in zip(
                self._against.parts, self._batches.y.parts, self._scales, strict=True
            ):
                self._network.fused.against(y, scale, against)
        rate = self._pace.learning_rate
        if rate != self._rate or (block != self._block and self._factors_change):
            optimizer = self._network.design.training.optimizer
            counted = np.maximum(self._counted + block * len(self), 1.0)  # none is made before its first
            factors = optimizer.factors_at(counted, rate)
            self._factors_change = len(self) == 1 or factors.shape[1] > 1
            self._factors[...] = factors.T
        self._block, self._rate = block, rate
        return place

    def _draw_masks(self, passes: Passes, place: int) -> None:
        passes.draw(self._draw(self._first + self._block * len(self) + place))

    def losses(self, p: int, stop: int) -> Array:
        """Return the loss of passes p … stop - 1, all of the block at hand, from the outputs kept."""
        if stop <= p:
            return np.empty(0)
        first, begin = divmod((p - self._first) % len(self), self.per_epoch)
        end = begin + stop - p
        epochs = slice(first, first + -(-end // self.per_epoch))
        # Of a single epoch only the batches asked for are looked at; several are taken whole, then cut.
        low, high = (begin, end) if end <= self.per_epoch else (0, self.per_epoch)
        sums, place = [], 0
        for scored, y, scale in zip(self._scored.parts, self._batches.y.parts, self._scales, strict=True):
            part = epochs, slice(max(low - place, 0), max(high - place, 0))
            outputs_first = (array[part].transpose(2, 0, 1, 3) for array in (scored, y))
            sums.append(losses_of_samples(self._network, *outputs_first).sum(axis=2) * scale)
            place += scored.shape[1]
        return np.concatenate(sums, axis=1).ravel()[begin - low :][: stop - p]

    def values(self, p: int, g: Array | None) -> Pass:
        """Return the numbers of pass p, the last one made; ``g`` None: of its forward pass alone."""
        slot = self.at(p)
        return copied(slot.passes, self._batches.samples(p - self._first), slot.x, slot.y, g)


def made_again(network: Network, theta: Array, values: Pass) -> Pass | None:
    """Return the pass of the same samples and dropout masks with other parameters, penalty included.

    None: its numbers are not finite.
    """
    g = np.zeros_like(theta)
    passes = Passes(network, theta, g, values.y.shape[1], training=True)
    for l, mask in values.masks.items():
        np.copyto(passes.masks[l], mask)
    x = with_ones(values.a[0], theta.dtype)
    calls = [*passes.forward(x), *passes.backward(x, values.y), *bound(penalty_recipe(network, theta, g))]
    run_calls(calls)
    made = copied(passes, values.samples, x, values.y, g)
    finite = np.isfinite(made.J) and all(np.isfinite(array).all() for array in (g, *made.z[1:], *made.a))
    return made if finite else None


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
