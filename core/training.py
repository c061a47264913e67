"""Trainer: a network, its data, an optimizer and buffers; the only thing in `core` that changes.

What leaves it is a `Snapshot`, which nobody changes: pause is stop, resume is `Trainer.restore`, and
going back and training again gives the same bits, because the order of the samples comes from
(seed, epoch) and the dropout masks from (seed, iteration); no generator is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import partial

import numpy as np

from .batches import Batches
from .curves import BatchLosses, Curves, Record, Score
from .datasets import Dataset
from .modules import Array, Call, Recipe, bound
from .network import Network
from .optimizers import Pace, flush_subnormal
from .passes import Pass, Passes, Scorer, copied, first_not_finite, run_calls, terms, with_ones

LEAST_RECORD_GAP = 16
RECORDS_PER_DOUBLING = 500
FLUSH_EVERY = 128


class Phase(IntEnum):
    """How far the present iteration is: what of its pass is computed."""

    START = 0
    FORWARD = 1
    BACKWARD = 2
    UPDATE = 3


@dataclass(frozen=True)
class Moment:
    """What it takes to go on from here. Nobody changes its arrays.

    ``iteration`` counts the updates made; ``phase`` says how far the present pass is. ``values`` holds
    the numbers of that pass (None at START, or where they were not kept) and ``before`` the theta they
    were computed with, which differs from ``theta`` once the update is done. ``memory`` is the
    optimizer's.
    """

    theta: Array
    memory: Array
    before: Array
    iteration: int
    phase: Phase
    values: Pass | None


@dataclass(frozen=True)
class Snapshot(Moment):
    """A moment with all there is to show of it.

    ``batches`` make an epoch. ``train`` and ``test`` are scores of ``theta`` on the whole sets (test
    None: there is none); ``penalty`` is what L1 and L2 add to the cost.
    """

    batches: int
    train: Score
    test: Score | None
    penalty: float
    learning_rate: float

    @property
    def pass_number(self) -> int:
        """Which pass this is, counted from 0 over all epochs."""
        return self.iteration - (self.phase is Phase.UPDATE)

    @property
    def epoch(self) -> int:
        """The epoch of the present pass, counted from 0."""
        return self.pass_number // self.batches

    @property
    def batch(self) -> int:
        """The batch of the present pass in its epoch, counted from 0."""
        return self.pass_number % self.batches

    @property
    def epochs_done(self) -> int:
        """How many epochs are complete."""
        return self.iteration // self.batches


class Diverged(ArithmeticError):
    """NaN or infinity appeared in ``quantity`` during ``iteration`` (counted from 1).

    The trainer is back at the last moment at which everything was finite.
    """

    def __init__(self, quantity: str, iteration: int) -> None:
        super().__init__(
            f"Training diverged in iteration {iteration}: {quantity} is no longer a finite number. "
            f"Try a smaller learning rate."
        )
        self.quantity, self.iteration = quantity, iteration


@dataclass(frozen=True)
class _Slot:
    """One pass of a block: its arrays, and the calls of each of its three steps."""

    passes: Passes
    x: Array
    y: Array
    scored: Array
    forward: list[Call]
    backward: list[Call]
    whole: list[Call]


class Trainer:
    """Trains a network on the training samples of a dataset.

    `run` goes flat out; `advance` stops inside a pass. Both make the same calls in the same order.
    """

    def __init__(self, network: Network, dataset: Dataset, theta: Array | None = None) -> None:
        training = network.design.training
        self.network, self.dataset = network, dataset
        self.pace = Pace(training.learning_rate, network.dtype)
        self._theta = network.initial(training.seed)
        self._g = np.zeros_like(self._theta)
        self._memory = np.zeros((training.optimizer.vectors, network.parameters), network.dtype)
        self._update = bound(training.optimizer.update(self._theta, self._g, self._memory, self.pace))
        self._gather(dataset)
        self.losses = BatchLosses()
        self.records: list[Record] = []
        self.restart(theta)

    def _gather(self, dataset: Dataset) -> None:
        """Lay out the samples, and the calls of every pass of a block."""
        network, training = self.network, self.network.design.training
        x = with_ones(dataset.x, network.dtype)
        y = dataset.targets(network.n[-1]).astype(network.dtype)
        train = x[:, dataset.train], y[:, dataset.train]
        self._batches = Batches(*train, training.size_of_batch(dataset.train.size), training.seed)
        self._scored = np.empty_like(self._batches.y)
        sizes = {span.stop - span.start for span in self._batches.spans}
        passes = {n: Passes(network, self._theta, self._g, n, training=True) for n in sizes}
        penalty_calls = bound(penalty_recipe(network, self._theta, self._g))
        self._slots = [
            self._slot(passes[span.stop - span.start], span, penalty_calls) for span in self._batches.spans
        ]
        scales = [network.loss.scale(len(y), span.stop - span.start) for span in self._batches.spans]
        self._cuts = np.array([[span.start for span in self._batches.spans], scales])
        self._train = Scorer(network, self._theta, *train, dataset.task)
        self._test = Scorer(network, self._theta, x[:, dataset.test], y[:, dataset.test], dataset.task)

    def _slot(self, passes: Passes, span: slice, penalty_calls: list[Call]) -> _Slot:
        x, y, scored = self._batches.x[:, span], self._batches.y[:, span], self._scored[:, span]
        draw: list[Call] = [partial(self._draw_masks, passes)] if passes.masks else []
        keep: Call = partial(np.copyto, scored, passes.scored)
        forward = [self._next, *draw, *passes.forward(x), keep]
        backward = [*passes.backward(x, y), *penalty_calls]
        return _Slot(passes, x, y, scored, forward, backward, [*forward, *backward, *self._update])

    def _next(self) -> None:
        self.pace.t += 1

    def _draw_masks(self, passes: Passes) -> None:
        passes.draw(np.random.default_rng((self.network.design.training.seed, self.pace.t)))

    # -- where training stands --------------------------------------------------------------------

    def restart(self, theta: Array | None = None) -> None:
        """Go to iteration 0: from ``theta``, or from the first weights of the design's seed."""
        np.copyto(
            self._theta, self.network.initial(self.network.design.training.seed) if theta is None else theta
        )
        self._memory[...] = 0
        self._stand(0, Phase.START)
        self.records.clear()
        self._due = self._next_due()

    def _stand(self, iteration: int, phase: Phase) -> None:
        self.iteration, self.phase = iteration, phase
        self._before: Array | None = None
        self._values: Pass | None = None
        self.losses.resize(iteration)

    def restore(self, snapshot: Moment) -> None:
        """Go to a moment of this network and data; training on gives the bits it gave then.

        A moment inside a pass is taken up there. The curves are cut to its iteration.
        """
        inside = snapshot.phase in (Phase.FORWARD, Phase.BACKWARD)
        np.copyto(self._theta, snapshot.theta)
        self._memory[...] = snapshot.memory
        self._stand(snapshot.iteration, Phase.START if inside else snapshot.phase)
        self.records[:] = [row for row in self.records if row.iteration <= snapshot.iteration]
        self._due = self._next_due()
        if inside:
            self.advance(snapshot.phase)
        else:
            self._before, self._values = snapshot.before, snapshot.values

    def edit(self, theta: Array) -> None:
        """Put other parameters in place; a pass under way is computed again with them."""
        np.copyto(self._theta, theta)
        phase = self.phase
        self._stand(self.iteration, Phase.START)
        if phase in (Phase.FORWARD, Phase.BACKWARD):
            self.advance(phase)

    def _moment(self, values: Pass | None) -> Moment:
        theta = self._theta.copy()
        before = theta if self._before is None else self._before
        return Moment(theta, self._memory.copy(), before, self.iteration, self.phase, values)

    def snapshot(self) -> Snapshot:
        """Return the present moment, with the scores of the present theta on the whole sets."""
        with np.errstate(all="ignore"):
            train, test = self._train.score(), self._test.score()
        assert train is not None
        moment = self._moment(self._pass())
        extent = penalty(self.network, moment.theta)
        return Snapshot(
            **vars(moment),
            batches=self._batches.per_epoch,
            train=train,
            test=test,
            penalty=extent,
            learning_rate=self.pace.learning_rate,
        )

    def curves(self) -> Curves:
        """Return the learning curves so far."""
        self._record_losses()
        return Curves(self.losses.view(), self.losses.stride, tuple(self.records))

    def _pass(self) -> Pass | None:
        if self.phase is not Phase.START and self._values is None:
            p = self._pass_number
            samples = self.dataset.train[self._batches.samples(p)]
            slot = self._slots[self._batches.load(p)]
            g = self._g if self.phase > Phase.FORWARD else None
            self._values = copied(slot.passes, samples, slot.x, slot.y, g)
        return self._values

    # -- training ---------------------------------------------------------------------------------

    def advance(self, phase: Phase) -> None:
        """Go on until the pass stands at ``phase``: at least one step, at most one iteration.

        Every number is checked on the way. Raises Diverged.
        """
        with np.errstate(all="ignore"):
            while True:
                last = self._moment(self._pass())
                self._step()
                if quantity := self._not_finite():
                    self.restore(last)
                    raise Diverged(quantity, last.iteration + 1)
                if self.phase is phase:
                    return

    def run(self, iterations: int) -> None:
        """Make so many updates; a pass under way counts as the first. Raises Diverged.

        Only the end is checked for infinities. Where there is one, the way is gone again step by
        step, to find where it began and to stand just before.
        """
        start, goal = self._moment(self._values), self.iteration + iterations
        with np.errstate(all="ignore"):
            while self.phase in (Phase.FORWARD, Phase.BACKWARD):
                self._step()
            while self.iteration < goal - 1:
                self._iterate(goal - 1)
            while self.iteration < goal:
                self._step()
            diverged = self._not_finite()
        if diverged:
            self.restore(start)
            while self.iteration < goal:
                self.advance(Phase.UPDATE)

    @property
    def left_in_epoch(self) -> int:
        """How many updates complete the present epoch, or at its end the next one."""
        return self._batches.per_epoch - self.iteration % self._batches.per_epoch

    def _step(self) -> None:
        """Take the next of the three steps: forward pass, backward pass, update."""
        t, self._values = self.iteration, None
        slot = self._slots[self._load(t)]
        if self.phase in (Phase.START, Phase.UPDATE):
            self._before, self.phase = None, Phase.FORWARD
            self.pace.t = t
            run_calls(slot.forward)
        elif self.phase is Phase.FORWARD:
            self.phase = Phase.BACKWARD
            run_calls(slot.backward)
        else:
            self._before, self.phase = self._theta.copy(), Phase.UPDATE
            run_calls(self._update)
            self._arrive(t + 1)

    def _iterate(self, goal: int) -> None:
        """Make whole iterations up to ``goal``, the end of the block, or where something is due."""
        t = self.iteration
        goal = min(goal, self._due, t - t % FLUSH_EVERY + FLUSH_EVERY)
        place = self._load(t)
        slots = self._slots[place : place + goal - t]
        self.pace.t, self.phase, self._before, self._values = t, Phase.UPDATE, None, None
        for slot in slots:
            for call in slot.whole:
                call()
        self._arrive(t + len(slots))

    def _arrive(self, iteration: int) -> None:
        """Stand after the update that makes so many iterations, and do what is due there."""
        self.iteration = iteration
        if iteration % FLUSH_EVERY == 0:
            flush_subnormal(self._memory)
        if iteration >= self._due:
            self._record()

    def _load(self, p: int) -> int:
        if p % len(self._slots) == 0:
            self._record_losses()
        return self._batches.load(p)

    # -- records ----------------------------------------------------------------------------------

    def _record_losses(self) -> None:
        """Turn the outputs kept since the last time into batch losses, in one reduction."""
        done = self.losses.iterations
        count = self.iteration - done
        if not count:
            return
        place = done % len(self._slots)
        first, last = self._batches.spans[place], self._batches.spans[place + count - 1]
        columns = slice(first.start, last.stop)
        with np.errstate(all="ignore"):
            sums = terms(self.network, self._scored[:, columns], self._batches.y[:, columns]).sum(axis=0)
        starts, scales = self._cuts[:, place : place + count]
        self.losses.extend(np.add.reduceat(sums, (starts - first.start).astype(int)) * scales)

    def _next_due(self) -> int:
        """Return the iteration of the next record: the end of an epoch, ever rarer in a long run."""
        gap = max(LEAST_RECORD_GAP, self.iteration // RECORDS_PER_DOUBLING)
        return -(-(self.iteration + gap) // self._batches.per_epoch) * self._batches.per_epoch

    def _record(self) -> None:
        """Add a row to the records."""
        self._record_losses()
        network, epoch = self.network, self.iteration // self._batches.per_epoch
        gradient = tuple(float(np.linalg.norm(layer.packed(self._g))) for layer in network.layers)
        train = self.losses.mean_of_last(self._batches.per_epoch)
        self.records.append(Record(self.iteration, epoch, train, self._test.score(), gradient))
        self._due = self._next_due()

    def _not_finite(self) -> str:
        """Name the first quantity of the present pass that is not finite; empty: all are."""
        network, slot = self.network, self._slots[self._batches.load(self._pass_number)]
        finite = {
            "the loss J": slot.scored if self.phase is not Phase.START else (),
            "the gradient": self._g if self.phase > Phase.FORWARD else (),
            "the optimizer's memory": self._memory,
        }
        for name, array in finite.items():
            if not np.isfinite(array).all():
                return (
                    first_not_finite(network, slot.passes, self._g if self.phase > Phase.FORWARD else None)
                    or name
                )
        if self.phase is not Phase.START and not np.isfinite(terms(network, slot.scored, slot.y)).all():
            return "the loss J"
        if np.isfinite(self._theta).all():
            return ""
        return next(
            f"W[{layer.l}]" for layer in network.layers if not np.isfinite(layer.packed(self._theta)).all()
        )

    @property
    def _pass_number(self) -> int:
        return self.iteration - (self.phase is Phase.UPDATE)


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
