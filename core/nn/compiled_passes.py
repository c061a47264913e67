"""The fast training loop: the passes of a block of epochs, with every call bound to its arrays in advance.

The calls are those of `core.nn.passes` in the same order, so training and single steps give bit-identical
results. For speed, an iteration runs as generated code with one line per call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..arrays import Array
from .batches import Batches, Origin
from .network import Network
from .ops import Call, Recipe, bound
from .optimizers import LearningRate, keeping
from .passes import Pass, Passes, copied, losses_of_samples, run_calls, with_ones


def rebound(calls: Iterable[Call], old: Iterable[object], new: Iterable[object]) -> list[Call]:
    """Return the calls with each object of ``old`` replaced by the corresponding one of ``new``.

    An object is replaced as an argument and as the owner of the method called.
    """
    replaced = {id(one): other for one, other in zip(old, new, strict=True)}
    return [_rebound(call, replaced) for call in calls]


def _rebound(call: Call, replaced: dict[int, object]) -> Call:
    owner = replaced.get(id(getattr(call.func, "__self__", None)))
    function = call.func if owner is None else getattr(owner, call.func.__name__)
    arguments = [replaced.get(id(argument), argument) for argument in call.args]
    named = {name: replaced.get(id(argument), argument) for name, argument in call.keywords.items()}
    return partial(function, *arguments, **named)


def unrolled(
    calls: Iterable[Call], inputs: Iterable[object]
) -> Callable[[Iterable[tuple[object, ...]]], None]:
    """Return a function that makes all calls once for each tuple of objects it is given, in order.

    The objects of a tuple replace ``inputs``. The function is generated code, because a loop over a list of
    calls would take up to a quarter of an iteration of a small network.
    """
    names = {id(one): f"input_{k}" for k, one in enumerate(inputs)}
    head = f"def repeat(rounds):\n  for {', '.join(names.values())}, in rounds:\n"
    known: dict[str, object] = {}

    def name(thing: object) -> str:
        if id(thing) not in names:
            names[id(thing)] = f"known_{len(known)}"
            known[names[id(thing)]] = thing
        return names[id(thing)]

    lines = [f"    {_line(call, name)}\n" for call in calls]
    exec("".join([head, *lines]), known)
    return known["repeat"]  # type: ignore[return-value]


def _line(call: Call, name: Callable[[object], str]) -> str:
    owner = getattr(call.func, "__self__", None)
    function = f"{name(owner)}.{call.func.__name__}" if isinstance(owner, np.ndarray) else name(call.func)
    named = [f"{key}={name(argument)}" for key, argument in call.keywords.items()]
    return f"{function}({', '.join([*map(name, call.args), *named])})"


@dataclass(frozen=True)
class BoundPass:
    """One pass of a block: its arrays, and the calls of its forward pass, backward pass and update.

    ``x`` is (n[0] + 1, batch); ``y`` and ``loss_input`` are (n[L], batch). ``loss_input`` keeps what the loss
    is computed from (see `Passes.loss_input`), so the losses of many batches can be reduced at once.
    """

    passes: Passes
    x: Array
    y: Array
    loss_input: Array
    forward: list[Call]
    backward: list[Call]
    update: list[Call]


class PassTemplate:
    """The calls of an iteration for all batches of one size.

    ``arrays`` are the objects that differ from pass to pass: x, y, the loss input, the target offset (see
    `losses.Fused`), the index in the block, and the optimizer's factors. ``repeat`` runs whole iterations,
    without calls whose results are not needed.
    """

    def __init__(
        self, network: Network, size: int, theta: Array, g: Array, memory: Array, draw: Callable[..., None]
    ) -> None:
        optimizer = network.design.training.optimizer
        self._fused = network.fused is not None
        x, place = np.empty((network.n[0] + 1, size), theta.dtype), object()
        y, loss_input, target_offset = (np.empty((network.n[-1], size), theta.dtype) for _ in range(3))
        factors = [np.empty((), theta.dtype) for _ in range(optimizer.factors)]
        self.arrays: tuple[object, ...] = (x, y, loss_input, target_offset, place, *factors)
        self.passes = passes = Passes(network, theta, g, size, training=True)
        if self._fused:
            passes = passes.ending_in(loss_input)
        masks: list[Call] = [partial(draw, passes, place)] if passes.masks else []
        keep: list[Call] = [] if self._fused else [partial(np.copyto, loss_input, passes.loss_input)]
        needed = [*masks, *passes.to_loss_input(x), *keep]
        self._forward = [*needed, *passes.after_loss_input()]
        self._backward = [*passes.backward(x, y, target_offset), *bound(penalty_recipe(network, theta, g))]
        steps = optimizer.steps(theta, g, memory, optimizer.scratch_for(theta), *factors)
        self._update = bound(keeping(network.fixed, theta, memory, steps))
        self.repeat = unrolled([*needed, *self._backward, *self._update], self.arrays)

    def bind(self, arrays: tuple[Any, ...]) -> BoundPass:
        """Return the pass with these objects in place of `arrays`."""
        x, y, loss_input = arrays[:3]
        passes = self.passes.ending_in(loss_input) if self._fused else self.passes
        steps = (self._forward, self._backward, self._update)
        return BoundPass(passes, x, y, loss_input, *(rebound(calls, self.arrays, arrays) for calls in steps))


class CompiledPasses:
    """The passes p = 0, 1, … of training a network on x (n[0] + 1, samples) and y (n[L], samples).

    Passes read ``theta`` and write ``g``; updates change theta and ``memory`` at the learning rate of
    ``rate``. ``draw(p)`` returns the generator of the dropout masks of pass p. Passes begin at that of
    ``origin``; ``start`` is the first sample, if they are not shuffled (see `batches.SampleOrder`).
    """

    def __init__(
        self,
        network: Network,
        data: tuple[Array, Array],
        theta: Array,
        g: Array,
        memory: Array,
        rate: LearningRate,
        draw: Callable[[int], np.random.Generator],
        origin: Origin = Origin(),  # noqa: B008  (a value)
        start: int | None = None,
    ) -> None:
        self._network, self._learning_rate, self._draw = network, rate, draw
        training = network.design.training
        size = training.size_of_batch(data[0].shape[1])
        self._first = origin.iteration
        self._batches = batches = Batches(*data, size, training.seed, origin.iteration, start)
        self.per_epoch = batches.per_epoch
        self._loss_inputs, self._target_offsets = (
            batches.buffers(network.n[-1], theta.dtype) for _ in range(2)
        )
        self._factors = np.zeros((len(batches), training.optimizer.factors), theta.dtype)
        self._updates = np.arange(1.0, len(batches) + 1) + (origin.iteration - origin.optimizer)
        self._block, self._rate, self._factors_change = -1, float("nan"), False
        sizes = [part.shape[-1] for part in self._loss_inputs.parts]
        self._scales = [network.loss.scale(network.n[-1], n) for n in sizes]
        self._templates = [PassTemplate(network, n, theta, g, memory, self._draw_masks) for n in sizes]
        self._whole = self._loss_inputs.parts[0].shape[1]
        buffers = (each.of_passes() for each in (batches.y, self._loss_inputs, self._target_offsets))
        factors = ([row[k, ...] for k in range(row.size)] for row in self._factors)
        places = range(len(batches))
        self._arrays: list[tuple[object, ...]] = [
            (*arrays, place, *of_update)
            for *arrays, place, of_update in zip(batches.x, *buffers, places, factors, strict=True)
        ]
        self._bound: tuple[int, BoundPass] | None = None

    def __len__(self) -> int:
        """Return the number of passes in a block."""
        return len(self._arrays)

    def begins_block(self, p: int) -> bool:
        """Whether pass p is the first of a block."""
        return (p - self._first) % len(self) == 0

    def at(self, p: int) -> BoundPass:
        """Return pass p, with its samples loaded."""
        place = self._load(p)
        if self._bound is None or self._bound[0] != place:
            template = self._templates[place % self.per_epoch >= self._whole]
            self._bound = place, template.bind(self._arrays[place])
        return self._bound[1]

    def make(self, p: int, stop: int) -> int:
        """Run passes p … stop - 1 with their updates, up to the end of the block; return their number."""
        first = place = self._load(p)
        end = min(place + stop - p, len(self))
        while place < end:
            batch = place % self.per_epoch
            short = batch >= self._whole
            ahead = self.per_epoch - batch if short else self._whole - batch
            to = end if len(self._templates) == 1 else min(end, place + ahead)
            self._templates[short].repeat(self._arrays[place:to])
            place = to
        return end - first

    def _load(self, p: int) -> int:
        """Load samples and optimizer factors of the block of pass p; return the index of p in it."""
        block, place = divmod(p - self._first, len(self))
        self._batches.load(p - self._first)
        if block != self._block and self._network.fused is not None:
            parts = zip(self._target_offsets.parts, self._batches.y.parts, self._scales, strict=True)
            for target_offset, y, scale in parts:
                self._network.fused.target_offset(y, scale, target_offset)
        rate = self._learning_rate.value
        if rate != self._rate or (block != self._block and self._factors_change):
            optimizer = self._network.design.training.optimizer
            updates = np.maximum(self._updates + block * len(self), 1.0)  # updates count from 1
            factors = optimizer.factors_at(updates, rate)
            self._factors_change = len(self) == 1 or factors.shape[1] > 1
            self._factors[...] = factors.T
        self._block, self._rate = block, rate
        return place

    def _draw_masks(self, passes: Passes, place: int) -> None:
        passes.draw(self._draw(self._first + self._block * len(self) + place))

    def losses(self, p: int, stop: int) -> Array:
        """Return the losses (stop - p,) of passes p … stop - 1, all of the block last loaded."""
        if stop <= p:
            return np.empty(0)
        first, begin = divmod((p - self._first) % len(self), self.per_epoch)
        end = begin + stop - p
        epochs = slice(first, first + -(-end // self.per_epoch))
        # Within one epoch, only the requested batches are evaluated; several epochs are evaluated whole.
        low, high = (begin, end) if end <= self.per_epoch else (0, self.per_epoch)
        sums, place = [], 0
        parts = zip(self._loss_inputs.parts, self._batches.y.parts, self._scales, strict=True)
        for loss_input, y, scale in parts:
            part = epochs, slice(max(low - place, 0), max(high - place, 0))
            outputs_first = (array[part].transpose(2, 0, 1, 3) for array in (loss_input, y))
            sums.append(losses_of_samples(self._network, *outputs_first).sum(axis=2) * scale)
            place += loss_input.shape[1]
        return np.concatenate(sums, axis=1).ravel()[begin - low :][: stop - p]

    def values(self, p: int, g: Array | None) -> Pass:
        """Return all numbers of pass p, the last one run; without ``g``, only those of its forward pass."""
        made = self.at(p)
        return copied(made.passes, self._batches.samples(p - self._first), made.x, made.y, g)


def made_again(network: Network, theta: Array, values: Pass) -> Pass | None:
    """Return the pass over the same samples and dropout masks with parameters ``theta``, penalty included.

    None if any of its numbers is not finite.
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
    """Return what L1 and L2 regularization add to the loss: l1 sum|W| + l2/2 sum W^2, without biases."""
    training = network.design.training
    if not training.l1 and not training.l2:
        return 0.0
    W = theta * network.weights_mask()
    return float(training.l1 * np.abs(W).sum() + training.l2 / 2 * np.square(W).sum())


def penalty_recipe(network: Network, theta: Array, g: Array) -> Recipe:
    """Return the recipe that adds the gradient of `penalty` to g; empty without regularization."""
    l1, l2 = network.design.training.l1, network.design.training.l2
    mask, part = network.weights_mask(), np.empty_like(theta)
    if l2:
        yield from ((np.multiply, theta, (l2 * mask).astype(theta.dtype), part), (np.add, g, part, g))
    if l1:
        l1_mask = (l1 * mask).astype(theta.dtype)
        yield from ((np.sign, theta, part), (np.multiply, part, l1_mask, part), (np.add, g, part, g))
