"""Trainer: a network, its data, an optimizer and buffers; the only thing in `core` that changes.

What leaves it is a `Snapshot`, which nobody changes: pause is stop, resume is `Trainer.restore`, and
going back and training again gives the same bits, because the order of the samples comes from
(seed, epoch) and the dropout masks from (seed, iteration); no generator is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from .batches import Batches
from .curves import BatchLosses, Curves, Record, Score
from .datasets import Dataset
from .modules import Array
from .network import Network
from .optimizers import Rate, flush_subnormal
from .passes import Pass, Passes, Scorer, copied, first_not_finite, terms, with_ones

LEAST_RECORD_GAP = 16
RECORDS_PER_DOUBLING = 500


class Phase(IntEnum):
    """How far the present iteration is: what of its pass is computed."""

    START = 0
    FORWARD = 1
    BACKWARD = 2
    UPDATE = 3


@dataclass(frozen=True)
class Snapshot:
    """One moment of training. Nobody changes its arrays.

    ``iteration`` counts the updates made; ``phase`` says how far the present pass is, of ``batches``
    in an epoch. ``values`` holds the numbers of that pass (None at START) and ``before`` the theta
    they were computed with, which differs from ``theta`` once the update is done. ``memory`` is the
    optimizer's. ``train`` and ``test`` are scores of ``theta`` on the whole sets (test None: there
    is none); ``penalty`` is what L1 and L2 add to the cost.
    """

    theta: Array
    memory: Array
    before: Array
    iteration: int
    phase: Phase
    batches: int
    values: Pass | None
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


class Trainer:
    """Trains a network on the training samples of a dataset.

    `run` goes flat out; `advance` stops inside a pass. Both make the same calls in the same order.
    """

    def __init__(self, network: Network, dataset: Dataset, theta: Array | None = None) -> None:
        training = network.design.training
        self.network, self.dataset = network, dataset
        self.rate = Rate(training.learning_rate, network.dtype)
        self._theta = network.initial(training.seed)
        self._g = np.zeros_like(self._theta)
        self._memory = np.zeros((training.optimizer.vectors, network.parameters), network.dtype)
        self._update = training.optimizer.begin(self._theta, self._g, self._memory, self.rate)
        self._penalize = _penalty_gradient(network, self._theta, self._g)
        self._gather(dataset)
        self.losses = BatchLosses()
        self.records: list[Record] = []
        self.restart(theta)

    def _gather(self, dataset: Dataset) -> None:
        """Lay out the samples, and the arrays of a pass for each size of batch."""
        network, training = self.network, self.network.design.training
        x = with_ones(dataset.x, network.dtype)
        y = dataset.targets(network.n[-1]).astype(network.dtype)
        train = x[:, dataset.train], y[:, dataset.train]
        batches = Batches(*train, training.size_of_batch(dataset.train.size), training.seed)
        sizes = {span.stop - span.start for span in batches.spans}
        passes = {n: Passes(network, self._theta, self._g, n, training=True) for n in sizes}
        scored = np.empty_like(batches.y)
        self._batches, self._scored = batches, scored
        self._slots = [
            (passes[span.stop - span.start], batches.x[:, span], batches.y[:, span], scored[:, span])
            for span in batches.spans
        ]
        self._train = Scorer(network, self._theta, *train, dataset.task)
        self._test = Scorer(network, self._theta, x[:, dataset.test], y[:, dataset.test], dataset.task)

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

    def restore(self, snapshot: Snapshot) -> None:
        """Go to a snapshot of this network and data; training on gives the bits it gave then.

        A snapshot taken inside a pass is taken up there. The curves are cut to its iteration.
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

    def snapshot(self) -> Snapshot:
        """Return the present moment, with the scores of the present theta on the whole sets."""
        self._record_losses()
        theta = self._theta.copy()
        with np.errstate(all="ignore"):
            train, test = self._train.score(), self._test.score()
        assert train is not None
        return Snapshot(
            theta,
            self._memory.copy(),
            theta if self._before is None else self._before,
            self.iteration,
            self.phase,
            self._batches.per_epoch,
            self._pass(),
            train,
            test,
            penalty(self.network, theta),
            self.rate.value,
        )

    def curves(self) -> Curves:
        """Return the learning curves so far."""
        self._record_losses()
        return Curves(self.losses.view(), self.losses.stride, tuple(self.records))

    def _pass(self) -> Pass | None:
        if self.phase is not Phase.START and self._values is None:
            p = self.iteration - (self.phase is Phase.UPDATE)
            samples = self.dataset.train[self._batches.samples(p)]
            passes, x, y, _scored = self._slots[self._batches.load(p)]
            self._values = copied(passes, samples, x, y, self._g if self.phase > Phase.FORWARD else None)
        return self._values

    # -- training ---------------------------------------------------------------------------------

    def advance(self, phase: Phase) -> None:
        """Go on until the pass stands at ``phase``: at least one step, at most one iteration.

        Every number is checked on the way. Raises Diverged.
        """
        with np.errstate(all="ignore"):
            while True:
                last = self.snapshot()
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
        start, goal = self.snapshot(), self.iteration + iterations
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
        t = self.iteration
        if self.phase in (Phase.START, Phase.UPDATE):
            passes, x, _y, scored = self._slots[self._load(t)]
            self._draw_masks(passes, t)
            passes.forward(x)
            np.copyto(scored, passes.scored)
            self._before, self.phase = None, Phase.FORWARD
        elif self.phase is Phase.FORWARD:
            passes, x, y, _scored = self._slots[self._load(t)]
            passes.backward(x, y)
            if self._penalize:
                self._penalize()
            self.phase = Phase.BACKWARD
        else:
            self._before = self._theta.copy()
            self._tidy(t)
            self._update(t + 1)
            self.iteration, self.phase = t + 1, Phase.UPDATE
            self._record()
        self._values = None

    def _iterate(self, goal: int) -> None:
        """Make whole iterations up to ``goal``, or to the end of a block or the next record."""
        t, penalize, update = self.iteration, self._penalize, self._update
        place = self._load(t)
        for passes, x, y, scored in self._slots[place : place + min(goal, self._due) - t]:
            if passes.masks:
                self._draw_masks(passes, t)
            passes.forward(x)
            np.copyto(scored, passes.scored)
            passes.backward(x, y)
            if penalize:
                penalize()
            if not t % 100:
                self._tidy(t)
            t += 1
            update(t)
        self.iteration, self.phase = t, Phase.UPDATE
        self._before = self._values = None
        self._record()

    def _load(self, p: int) -> int:
        if p % len(self._slots) == 0:
            self._record_losses()
        return self._batches.load(p)

    def _draw_masks(self, passes: Passes, t: int) -> None:
        if passes.masks:
            passes.draw(np.random.default_rng((self.network.design.training.seed, t)))

    def _tidy(self, t: int) -> None:
        if t % 100 == 0:
            flush_subnormal(self._memory)

    # -- records ----------------------------------------------------------------------------------

    def _record_losses(self) -> None:
        """Turn the outputs kept since the last time into batch losses, in one reduction."""
        done = self.losses.iterations
        count = self.iteration - done
        if not count:
            return
        place = done % len(self._slots)
        spans = self._batches.spans[place : place + count]
        columns = slice(spans[0].start, spans[-1].stop)
        with np.errstate(all="ignore"):
            sums = terms(self.network, self._scored[:, columns], self._batches.y[:, columns]).sum(axis=0)
        starts = [span.start - columns.start for span in spans]
        scales = [self.network.loss.scale(self.network.n[-1], span.stop - span.start) for span in spans]
        self.losses.extend(np.add.reduceat(sums, starts) * scales)

    def _next_due(self) -> int:
        """Return the iteration of the next record: the end of an epoch, ever rarer in a long run."""
        gap = max(LEAST_RECORD_GAP, self.iteration // RECORDS_PER_DOUBLING)
        return -(-(self.iteration + gap) // self._batches.per_epoch) * self._batches.per_epoch

    def _record(self) -> None:
        """Add a row to the records, if one is due."""
        if self.iteration < self._due:
            return
        self._record_losses()
        network, epoch = self.network, self.iteration // self._batches.per_epoch
        gradient = tuple(float(np.linalg.norm(layer.packed(self._g))) for layer in network.layers)
        train = self.losses.mean_of_last(self._batches.per_epoch)
        self.records.append(Record(self.iteration, epoch, train, self._test.score(), gradient))
        self._due = self._next_due()

    def _not_finite(self) -> str:
        """Name the first quantity of the present pass that is not finite; empty: all are."""
        network = self.network
        p = self.iteration - (self.phase is Phase.UPDATE)
        passes, _x, y, scored = self._slots[self._batches.load(p)]
        if not np.isfinite(terms(network, scored, y)).all() and self.phase is not Phase.START:
            return first_not_finite(network, passes) or "the loss J"
        if self.phase > Phase.FORWARD and not np.isfinite(self._g).all():
            return first_not_finite(network, passes, self._g) or "the gradient"
        for layer in network.layers:
            if not np.isfinite(layer.packed(self._theta)).all():
                return f"W[{layer.l}] or b[{layer.l}]"
        return "" if np.isfinite(self._memory).all() else "the optimizer's memory"


def penalty(network: Network, theta: Array) -> float:
    """Return what L1 and L2 add to the cost: l1 sum|W| + l2/2 sum W^2. Biases do not count."""
    training = network.design.training
    if not training.l1 and not training.l2:
        return 0.0
    W = theta * network.weights_mask()
    return float(training.l1 * np.abs(W).sum() + training.l2 / 2 * np.square(W).sum())


def _penalty_gradient(network: Network, theta: Array, g: Array) -> Callable[[], None] | None:
    """Return what adds the derivative of `penalty` to g, or None where there is no penalty."""
    l1, l2 = network.design.training.l1, network.design.training.l2
    if not l1 and not l2:
        return None
    mask, part = network.weights_mask(), np.empty_like(theta)
    l1_mask, l2_mask = (l1 * mask).astype(theta.dtype), (l2 * mask).astype(theta.dtype)

    def penalize() -> None:
        if l2:
            np.multiply(theta, l2_mask, part)
            np.add(g, part, g)
        if l1:
            np.sign(theta, part)
            np.multiply(part, l1_mask, part)
            np.add(g, part, g)

    return penalize
