"""The trainer: a network with its data, optimizer and buffers; the only mutable object of the engine.

Its state is read as a `Snapshot`, which never changes, and set by `Trainer.restore`. Going back and training
again gives bit-identical results, because the order of the samples depends on (seed, epoch) and the dropout
masks on (seed, iteration) alone; no generator state is kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property

import numpy as np

from ..arrays import Array, aligned
from ..data.datasets import Dataset
from ..language import tr
from .batches import Origin, start_of
from .compiled_passes import CompiledPasses, made_again, penalty
from .curves import Curves, Recorder, Score
from .network import Network
from .optimizers import LearningRate, flush_subnormal
from .passes import Pass, Scorer, first_not_finite, loss_of, run_calls, with_ones

FLUSH_EVERY = 128


class Phase(IntEnum):
    """How much of the present iteration is computed."""

    START = 0
    FORWARD = 1
    BACKWARD = 2
    UPDATE = 3


@dataclass(frozen=True)
class Checkpoint:
    """A state of training from which it can continue. Its arrays are never changed.

    ``iteration`` counts the updates made; ``phase`` says how much of the present pass is computed. ``values``
    holds the numbers of that pass (None at START, or if they were not kept) and ``before`` the theta they
    were computed with, which differs from ``theta`` once the update is done. ``memory`` is the optimizer's
    memory, ``memory_before`` its state before that update (None: not known).
    """

    theta: Array
    memory: Array
    before: Array
    iteration: int
    phase: Phase
    values: Pass | None
    memory_before: Array | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Snapshot(Checkpoint):
    """A checkpoint with everything that is shown of it, its network and its dataset.

    ``batches`` is the number of batches per epoch; epochs count from ``origin``. ``scores`` are those of
    ``theta`` on the whole training and test set (None: computed when first asked for); ``penalty`` is what L1
    and L2 add to the loss. ``again`` is the pass over the same samples and dropout masks with the ``theta``
    after the update; it is None if ``values`` already is the pass of the present parameters, or if the update
    is incomplete or led to infinite numbers.
    """

    network: Network
    dataset: Dataset
    origin: Origin
    batches: int
    scores: tuple[Score, Score | None] | None
    penalty: float
    learning_rate: float
    again: Pass | None = field(default=None, kw_only=True)

    @cached_property
    def _late_scores(self) -> tuple[Score, Score | None]:
        with np.errstate(all="ignore"):
            train, test = (
                Scorer(self.network, self.theta, x, y, self.dataset).score()
                for x, y in _parts(self.network, self.dataset)
            )
        assert train is not None
        return train, test

    @property
    def train(self) -> Score:
        """The score of ``theta`` on the whole training set."""
        return (self.scores or self._late_scores)[0]

    @property
    def test(self) -> Score | None:
        """The score of ``theta`` on the whole test set; None: there is no test set."""
        return (self.scores or self._late_scores)[1]

    @property
    def shown(self) -> Pass | None:
        """The pass to show, computed with `shown_theta`; None if there is none yet."""
        return self.values if self.again is None else self.again

    @property
    def shown_theta(self) -> Array:
        """The parameters to which all numbers shown belong: z, a, δ, gradients, boundary and scores.

        Usually ``theta``; within an update, while its parameters change one by one, those before the update.
        """
        return self.before if self.again is None else self.theta

    @property
    def outdated(self) -> bool:
        """Whether the pass shown is that before an update in progress."""
        return self.phase is Phase.UPDATE and self.again is None and self.before is not self.theta

    @property
    def pass_number(self) -> int:
        """The number of the present pass, counted from 0 over all epochs."""
        return self.iteration - (self.phase is Phase.UPDATE)

    @property
    def epoch(self) -> int:
        """The epoch of the present pass, counted from 0."""
        return self.origin.epochs + (self.pass_number - self.origin.iteration) // self.batches

    @property
    def batch(self) -> int:
        """The index of the present batch in its epoch, counted from 0."""
        return (self.pass_number - self.origin.iteration) % self.batches

    @property
    def begun(self) -> int:
        """The number of iterations begun; an iteration begins when its samples are chosen."""
        return self.pass_number + (self.phase is not Phase.START or self.values is not None)

    @property
    def epochs_done(self) -> int:
        """The number of complete epochs."""
        return self.origin.epochs + (self.iteration - self.origin.iteration) // self.batches


class Diverged(ArithmeticError):
    """Training diverged: ``quantity`` became NaN or infinite during ``iteration`` (counted from 1).

    The trainer is back at the last state with only finite numbers.
    """

    def __init__(self, quantity: str, iteration: int) -> None:
        super().__init__(
            tr(
                "Training diverged in iteration {iteration}: {quantity} is no longer a finite number. "
                "Try a smaller learning rate.",
                iteration=iteration,
                quantity=quantity,
            )
        )
        self.quantity, self.iteration = quantity, iteration


def trainer_at(
    network: Network,
    dataset: Dataset,
    theta: Array,
    memory: Array | None,
    iteration: int,
    origin: Origin = Origin(),  # noqa: B008  (a value)
) -> Trainer:
    """Return a trainer that continues a run after ``iteration`` updates, bit-identical to that run.

    If ``memory`` is None, the optimizer starts with an empty memory.
    """
    if memory is None:
        origin = replace(origin, optimizer=iteration)
    trainer = Trainer(network, dataset, theta, origin)
    kept = trainer.moment().memory if memory is None else memory
    trainer.restore(Checkpoint(theta, kept, theta, iteration, Phase.START, None))
    return trainer


def _samples(network: Network, dataset: Dataset, chosen: Array) -> tuple[Array, Array]:
    """Return x of samples of a dataset with its row of ones, and y, as the network computes with them."""
    x, y = with_ones(dataset.x[:, chosen], network.dtype), dataset.targets(network.n[-1])[:, chosen]
    return x, y.astype(network.dtype)


def _parts(network: Network, dataset: Dataset) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return x and y of the training and of the test samples; see `_samples`."""
    return _samples(network, dataset, dataset.train), _samples(network, dataset, dataset.test)


class Trainer:
    """Trains a network on the training samples of a dataset.

    `run` trains at full speed; `advance` can stop inside a pass. Both make the same calls in the same order.
    ``recorder`` keeps the curves and may be replaced by another one of the same iteration. After a change of
    settings, a run continues in a new trainer that counts from ``origin`` and cannot go back before it.
    """

    def __init__(
        self,
        network: Network,
        dataset: Dataset,
        theta: Array | None = None,
        origin: Origin = Origin(),  # noqa: B008  (a value)
    ) -> None:
        training = network.design.training
        self.network, self.dataset, self.origin = network, dataset, origin
        self.learning_rate = LearningRate(training.learning_rate, network.dtype)
        self._theta, self._g = (aligned(network.parameters, network.dtype) for _ in range(2))
        self._g_of_layers = [self._g[layer.offset : layer.offset + layer.size] for layer in network.layers]
        self._memory = aligned((training.optimizer.vectors, network.parameters), network.dtype)
        train, test = _parts(network, dataset)
        self._compiled = CompiledPasses(
            network,
            train,
            self._theta,
            self._g,
            self._memory,
            self.learning_rate,
            lambda p: np.random.default_rng((training.seed, p + 1)),
            origin,
            start_of(training, dataset.train),
        )
        self._train, self._test = (Scorer(network, self._theta, x, y, dataset) for x, y in (train, test))
        self.recorder = Recorder(self._compiled.per_epoch, origin)
        self._finite = True
        self.restart(theta)

    # -- the state of training --------------------------------------------------------------------

    def restart(self, theta: Array | None = None) -> None:
        """Go to the first iteration, with ``theta`` or else the initial weights of the design's seed."""
        start = self.network.initial(self.network.design.training.seed) if theta is None else theta
        np.copyto(self._theta, start)
        self._memory[...] = 0
        self._stand(max(self.origin.iteration, self.origin.optimizer), Phase.START)

    def _stand(self, iteration: int, phase: Phase) -> None:
        self.iteration, self.phase = iteration, phase
        self._before: tuple[Array, Array] | None = None
        self._values: Pass | None = None
        self.recorder.cut(iteration)

    def restore(self, snapshot: Checkpoint) -> None:
        """Go to a checkpoint of this network and dataset; training from there gives bit-identical results.

        A checkpoint inside a pass is resumed there. The curves are cut to its iteration.
        """
        self._keep_losses()
        inside = snapshot.phase in (Phase.FORWARD, Phase.BACKWARD)
        np.copyto(self._theta, snapshot.theta)
        self._memory[...] = snapshot.memory
        self._stand(snapshot.iteration, Phase.START if inside else snapshot.phase)
        if inside:
            self.advance(snapshot.phase)
            return
        values = snapshot.values
        if values is None and snapshot.phase is Phase.UPDATE:
            values = self._made_again(snapshot)
        memory_before = self._memory.copy() if snapshot.memory_before is None else snapshot.memory_before
        self._before, self._values = (snapshot.before, memory_before), values

    def _made_again(self, moment: Checkpoint) -> Pass | None:
        """Recompute the pass that led to a checkpoint which does not hold it."""
        self._stand(moment.iteration - 1, Phase.START)
        np.copyto(self._theta, moment.before)
        with np.errstate(all="ignore"):
            self._step()
            self._step()
            values = self._pass()
        np.copyto(self._theta, moment.theta)
        self.iteration = moment.iteration
        self._keep_losses()
        self._stand(moment.iteration, Phase.UPDATE)
        return values

    def edit(self, theta: Array) -> None:
        """Replace the parameters; a pass in progress is recomputed with them."""
        self._keep_losses()
        np.copyto(self._theta, theta)
        phase = self.phase
        self._stand(self.iteration, Phase.START)
        if phase in (Phase.FORWARD, Phase.BACKWARD):
            self.advance(phase)

    def moment(self, values: Pass | None = None) -> Checkpoint:
        """Return the present state as a checkpoint, without scores."""
        theta, memory = self._theta.copy(), self._memory.copy()
        before, memory_before = (theta, memory) if self._before is None else self._before
        return Checkpoint(
            theta, memory, before, self.iteration, self.phase, values, memory_before=memory_before
        )

    def snapshot(self, *, scored: bool = True) -> Snapshot:
        """Return the present state as a snapshot, with the scores of theta on the whole sets if ``scored``.

        Without them it takes far less time; they are then computed by whoever asks for them first.
        """
        with np.errstate(all="ignore"):
            train, test = (self._train.score(), self._test.score()) if scored else (None, None)
            moment = self.moment(self._pass())
            made = moment.values if moment.phase is Phase.UPDATE else None
            again = None if made is None else made_again(self.network, moment.theta, made)
            extent = penalty(self.network, moment.theta)
        return Snapshot(
            **vars(moment),
            network=self.network,
            dataset=self.dataset,
            origin=self.origin,
            batches=self._compiled.per_epoch,
            scores=None if train is None else (train, test),
            penalty=extent,
            learning_rate=self.learning_rate.value,
            again=again,
        )

    def curves(self) -> Curves:
        """Return the learning curves so far."""
        self._keep_losses()
        return self.recorder.curves()

    def _pass(self) -> Pass | None:
        if self.phase is not Phase.START and self._values is None:
            g = self._g if self.phase > Phase.FORWARD else None
            values = self._compiled.values(self._pass_number, g)
            self._values = replace(values, samples=self.dataset.train[values.samples])
        return self._values

    @property
    def _pass_number(self) -> int:
        return self.iteration - (self.phase is Phase.UPDATE)

    # -- training ---------------------------------------------------------------------------------

    def advance(self, phase: Phase) -> None:
        """Train until ``phase`` of a pass is done: at least one step, at most one iteration.

        Every number is checked. Raises Diverged.
        """
        with np.errstate(all="ignore"):
            while True:
                last = self.moment(self._pass())
                self._step()
                if quantity := self._not_finite():
                    self.restore(_undone(last) if last.phase is Phase.UPDATE else last)
                    raise Diverged(quantity, last.iteration + 1)
                if self.phase is phase:
                    return

    def run(self, iterations: int) -> None:
        """Make ``iterations`` updates; a pass in progress counts as the first. Raises Diverged.

        Only the losses and the last state are checked for infinities. If there is one, the run is repeated
        step by step to find where it appeared and to stop just before.
        """
        start, goal = self.moment(self._values), self.iteration + iterations
        self._keep_losses()
        self._finite = True
        with np.errstate(all="ignore"):
            while self.phase in (Phase.FORWARD, Phase.BACKWARD):
                self._step()
            while self.iteration < goal - 1:
                self._iterate(goal - 1)
            while self.iteration < goal:
                self._step()
            self._keep_losses()
            diverged = not self._finite or bool(self._not_finite())
        if diverged:
            self.restore(start)
            while self.iteration < goal:
                self.advance(Phase.UPDATE)

    @property
    def left_in_epoch(self) -> int:
        """The number of updates to the end of the present epoch, or at its end, to the end of the next."""
        return self.batches - (self.iteration - self.origin.iteration) % self.batches

    @property
    def batches(self) -> int:
        """The number of updates in an epoch."""
        return self._compiled.per_epoch

    def go_on_from(self, other: Trainer) -> None:
        """Take over the parameters and curves of a trainer with other settings, between two passes.

        The optimizer's memory is kept if the optimizer is of the same kind, else cleared.
        """
        other.curves()  # brings the recorder up to date
        kept, moment = other.recorder.copied(), other.moment()
        np.copyto(self._theta, moment.theta)
        same = type(self.network.design.training.optimizer) is type(other.network.design.training.optimizer)
        self._memory[...] = moment.memory if same else 0
        kept.go_on(self.batches, self.origin)
        self.recorder = kept
        self._stand(moment.iteration, Phase.START)

    def _step(self) -> None:
        """Do the next of the three steps of an iteration: forward pass, backward pass, update."""
        t, self._values = self.iteration, None
        self._enter(t)
        if self.phase in (Phase.START, Phase.UPDATE):
            self._before, self.phase = None, Phase.FORWARD
            run_calls(self._compiled.at(t).forward)
        elif self.phase is Phase.FORWARD:
            self.phase = Phase.BACKWARD
            run_calls(self._compiled.at(t).backward)
        else:
            self._before, self.phase = (self._theta.copy(), self._memory.copy()), Phase.UPDATE
            run_calls(self._compiled.at(t).update)
            self._arrive(t + 1)

    def _iterate(self, goal: int) -> None:
        """Make whole iterations up to ``goal``, the end of the block, or the next record or flush."""
        t = self.iteration
        self._enter(t)
        self.phase, self._before, self._values = Phase.UPDATE, None, None
        stop = min(goal, self.recorder.due, t - t % FLUSH_EVERY + FLUSH_EVERY)
        self._arrive(t + self._compiled.make(t, stop))

    def _enter(self, p: int) -> None:
        """Prepare for pass p: before a new block overwrites the old one, its losses are recorded."""
        if self._compiled.begins_block(p):
            self._keep_losses()

    def _arrive(self, iteration: int) -> None:
        """Go to the state after update number ``iteration``, and take the record due there."""
        self.iteration = iteration
        if iteration % FLUSH_EVERY == 0:
            flush_subnormal(self._theta, self._memory)
        if iteration >= self.recorder.due:
            gradient = tuple(math.sqrt(part.dot(part)) for part in self._g_of_layers)
            self.recorder.record(iteration, self._test.score(), gradient)

    def _keep_losses(self) -> None:
        if self.iteration <= self.recorder.iterations:
            return
        with np.errstate(all="ignore"):
            losses = self._compiled.losses(self.recorder.iterations, self.iteration)
        self._finite = self._finite and bool(np.isfinite(losses).all())
        self.recorder.extend(losses)

    def _not_finite(self) -> str:
        """Return the name of the first quantity of the present pass that is not finite; empty if all are."""
        network = self.network
        if self.phase is not Phase.START:
            bound_pass = self._compiled.at(self._pass_number)
            g = self._g if self.phase > Phase.FORWARD else None
            finite = np.isfinite(loss_of(network, bound_pass.loss_input, bound_pass.y))
            if not finite or (g is not None and not np.isfinite(g).all()):
                return first_not_finite(network, bound_pass.passes, g) or tr("the loss J")
        if not np.isfinite(self._memory).all():
            return tr("the optimizer's memory")
        layers = (layer for layer in network.layers if not np.isfinite(layer.packed(self._theta)).all())
        return next((f"W[{layer.l}]" for layer in layers), "")


def _undone(moment: Checkpoint) -> Checkpoint:
    """Return the checkpoint before the update that led to this one, where a smaller rate can continue."""
    theta, memory = moment.before, moment.memory if moment.memory_before is None else moment.memory_before
    return Checkpoint(theta, memory, theta, moment.iteration - 1, Phase.BACKWARD, None)
