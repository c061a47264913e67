"""History: how training went, as thinned moments; any iteration between them is computed again.

Training from a moment gives the same bits again, so a moment now and then is enough: `seek` takes the
last one before an iteration and trains from there. What training itself does not lead to is part of
the history: the first weights, weights changed by hand, and every change of the learning rate and of
other settings of training.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from itertools import pairwise

from ..nn.batches import Origin
from ..nn.curves import Mark
from ..nn.design import trains_alike
from ..nn.network import Network
from ..nn.trainer import Checkpoint, Phase, Snapshot, Trainer

LIMIT_BYTES = 64 << 20
FIRST_STRIDE = 128  # two blocks of passes: stopping at each costs a run a few percent
SLICE_WORK = 1 << 25  # parameters times samples that are gone through in a few milliseconds
NEAR_BYTES = 16 << 20
OBJECT_BYTES = 400  # of a moment, its two arrays, the number of its iteration, and its place in the list

Watch = Callable[[int, int], None]


class Cancelled(Exception):
    """What was being computed again is not wanted any more; the place looked at is as it was."""


def unwatched(_done: int, _of: int) -> None:
    """Let it go on."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """A part of a run, from after ``start`` updates on, that was trained with the same settings.

    ``network`` is compiled with them; ``origin`` says from where they count.
    """

    start: int
    network: Network
    origin: Origin


class History:
    """The moments of one run, in at most ``limit_bytes``; a single moment may be larger.

    The trainer is shown to `record` whenever it stands at `next_due`, has gone back, or has another
    learning rate, and to `record_edit` after a change of its weights by hand, or when another trainer
    goes on with other settings. No stretch goes over a moment to which training did not lead, so from
    any moment kept to the next the settings are the same.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES, stride: int = FIRST_STRIDE) -> None:
        self.limit_bytes, self.stride = limit_bytes, stride
        self.bytes, self.version = 0, 0
        self.thinned = False
        self._moments: list[Checkpoint] = []
        self._by_hand: frozenset[int] = frozenset()
        self._rates: list[tuple[int, float]] = []
        self._stretches: list[Stretch] = []
        self._reached = 0

    # -- recording --------------------------------------------------------------------------------

    def next_due(self, iteration: int) -> int:
        """Return the next iteration after this one at which a moment is to be recorded."""
        return (iteration // self.stride + 1) * self.stride

    def record(self, trainer: Trainer) -> None:
        """Take note of where the trainer stands; what was recorded after that is forgotten."""
        t = trainer.iteration
        if not self._moments:
            self.record_edit(trainer)
            return
        if t < self._reached:
            self.cut(t)
        self._reached = t
        self._record_rate(t, trainer.learning_rate.value)
        if t % self.stride == 0 and self._moments[-1].iteration < t:
            self._keep(_beginning(trainer.moment()))

    def record_edit(self, trainer: Trainer) -> None:
        """Keep the present moment, to which training did not lead, and forget what came after it."""
        t = trainer.iteration
        self.cut(t)
        if self._moments and self._moments[-1].iteration == t:
            self.bytes -= _size(self._moments.pop())
        self._by_hand |= {t}
        self._reached = t
        self._record_rate(t, trainer.learning_rate.value)
        self._record_settings(t, trainer)
        self._keep(_beginning(trainer.moment()))

    def _record_rate(self, iteration: int, rate: float) -> None:
        if self._rates and self._rates[-1][1] == rate:
            return
        if self._rates and self._rates[-1][0] == iteration:
            self._rates.pop()
        self._rates.append((iteration, rate))

    def _record_settings(self, iteration: int, trainer: Trainer) -> None:
        """Note whose settings hold from here on; those that held for no update are forgotten."""
        if self._stretches and self._stretches[-1].network is trainer.network:
            return
        if self._stretches and self._stretches[-1].start == iteration:
            self._stretches.pop()
        if not self._stretches or self._stretches[-1].network is not trainer.network:
            self._stretches.append(Stretch(iteration, trainer.network, trainer.origin))

    def _keep(self, moment: Checkpoint) -> None:
        self._moments.append(moment)
        self.bytes += _size(moment)
        self._fit()

    def _fit(self) -> None:
        while self.bytes > self.limit_bytes and len(self._moments) > 1:
            self._thin()

    def _thin(self) -> None:
        """Drop every second moment; where only those made by hand are left, the oldest."""
        self.thinned = True
        if any(moment.iteration not in self._by_hand for moment in self._moments):
            self.stride *= 2
            self._moments = [m for m in self._moments if self._stays(m.iteration)]
        else:
            self._by_hand -= {self._moments.pop(0).iteration}
        self.bytes = sum(map(_size, self._moments))

    def _stays(self, iteration: int) -> bool:
        return iteration % self.stride == 0 or iteration in self._by_hand

    def cut(self, iteration: int) -> None:
        """Forget what came after ``iteration``; the lists are made anew, since a branch may share them."""
        self.version += 1
        self._moments = [moment for moment in self._moments if moment.iteration <= iteration]
        self._by_hand = frozenset(t for t in self._by_hand if t <= iteration)
        self._rates = [(t, rate) for t, rate in self._rates if t <= iteration]
        self._stretches = [stretch for stretch in self._stretches if stretch.start <= iteration]
        self._reached = min(self._reached, iteration)
        self.bytes = sum(map(_size, self._moments))

    def branch(self, iteration: int, limit_bytes: int | None = None) -> History:
        """Return another history that is the same up to ``iteration``; this one stays as it is.

        With another limit it is thinned to it at once.
        """
        other = copy(self)
        other.cut(iteration)
        other.limit_bytes = self.limit_bytes if limit_bytes is None else limit_bytes
        other._fit()
        return other

    # -- what it knows ----------------------------------------------------------------------------

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last iteration that can be sought."""
        return (self._moments[0].iteration if self._moments else 0), self._reached

    def at(self, iteration: int) -> Checkpoint:
        """Return the last moment kept at or before ``iteration``. Raises LookupError before the first."""
        place = bisect_right(self._moments, iteration, key=lambda moment: moment.iteration)
        if place == 0:
            raise LookupError(f"Iteration {iteration} is not recorded; the first is {self.span[0]}.")
        return self._moments[place - 1]

    @property
    def iterations(self) -> tuple[int, ...]:
        """After how many iterations a moment is kept."""
        return tuple(moment.iteration for moment in self._moments)

    def by_hand(self, iteration: int) -> bool:
        """Tell whether this iteration began with weights that training did not lead to."""
        return iteration in self._by_hand

    def learning_rate(self, iteration: int) -> float:
        """Return the learning rate of the update that follows ``iteration`` updates."""
        place = bisect_right(self._rates, iteration, key=lambda change: change[0])
        return self._rates[max(place - 1, 0)][1]

    def stretch(self, iteration: int) -> Stretch:
        """Return the settings of the update that follows ``iteration`` updates."""
        place = bisect_right(self._stretches, iteration, key=lambda stretch: stretch.start)
        return self._stretches[max(place - 1, 0)]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Where settings were changed while training went on."""
        designs = [(stretch.start, stretch.network.design) for stretch in self._stretches]
        pairs = pairwise(designs)
        return tuple(Mark(start, old, new) for (_, old), (start, new) in pairs if not trains_alike(old, new))

    def same_rate_until(self, iteration: int) -> int | None:
        """Return the iteration of the next change of the learning rate; None: there is none."""
        return next((t for t, _rate in self._rates if t > iteration), None)


def _beginning(moment: Checkpoint) -> Checkpoint:
    """Return the same moment as the beginning of the next pass, which needs the fewest numbers."""
    theta = moment.theta
    return Checkpoint(theta, moment.memory, theta, moment.iteration, Phase.START, None)


def _size(moment: Checkpoint) -> int:
    """Return the bytes a moment takes: those of its numbers, and of the objects they are in."""
    return int(moment.theta.nbytes + moment.memory.nbytes) + OBJECT_BYTES


class CheckpointCache:
    """The moments last passed on the way to a place, the more the nearer to it.

    So steps back from there are short, however rarely the history keeps a moment. They take at most
    ``limit_bytes``.
    """

    def __init__(self, limit_bytes: int = NEAR_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._version = -1
        self._moments: list[Checkpoint] = []

    def at(self, history: History, iteration: int) -> Checkpoint:
        """Return the last moment known at or before ``iteration``; forget those after it."""
        if self._version != history.version:
            self._version, self._moments = history.version, []
        self._moments = [moment for moment in self._moments if moment.iteration <= iteration]
        kept = history.at(iteration)
        return max([kept, *self._moments[-1:]], key=lambda moment: moment.iteration)

    def passed(self, trainer: Trainer, begun: int, goal: int) -> None:
        """Keep where the trainer stands, if half of the way to ``goal`` is gone since the last one."""
        t = trainer.iteration
        last = max(begun, self._moments[-1].iteration) if self._moments else begun
        if t <= last or goal - t > (goal - last) // 2:
            return
        self._moments.append(_beginning(trainer.moment()))
        while sum(map(_size, self._moments)) > self.limit_bytes:
            self._moments.pop(0)


def seek(
    replayer: Trainer,
    history: History,
    iteration: int,
    near: CheckpointCache | None = None,
    watch: Watch = unwatched,
) -> Snapshot:
    """Return the snapshot after ``iteration`` updates, bit for bit as it was, with the pass that led there.

    ``replayer`` is a trainer of the same network and data as the one recorded; on return it is at
    ``iteration``, with the learning rate in effect there. Raises LookupError for an iteration before the
    first recorded, and what ``watch`` raises (see `retrace`).
    """
    near = near or CheckpointCache()
    history.at(iteration)  # or the error would speak of the iteration before
    if not history.by_hand(iteration):
        replayer.restore(near.at(history, iteration - 1))
        retrace(replayer, history, iteration - 1, near, watch)
        replayer.learning_rate.value = history.learning_rate(iteration - 1)
        replayer.advance(Phase.UPDATE)
    else:
        replayer.restore(near.at(history, iteration))
    replayer.learning_rate.value = history.learning_rate(iteration)
    return replayer.snapshot()


def retrace(
    replayer: Trainer,
    history: History,
    iteration: int,
    near: CheckpointCache | None = None,
    watch: Watch = unwatched,
) -> None:
    """Train the replayer up to ``iteration``, with the learning rates in effect on the way.

    No weights were changed by hand on the way. After every slice ``watch`` is told how many of how many
    iterations are done; it ends the way by raising. Raises Diverged.
    """
    begun, most = replayer.iteration, slice_of(replayer)
    while (t := replayer.iteration) < iteration:
        watch(t - begun, iteration - begun)
        replayer.learning_rate.value = history.learning_rate(t)
        change = history.same_rate_until(t)
        slices = min(most, max(1, (iteration - t) // 2)) if near else most
        replayer.run(min(iteration, t + slices, iteration if change is None else change) - t)
        if near:
            near.passed(replayer, begun, iteration)


def slice_of(trainer: Trainer) -> int:
    """Return how many iterations are a slice: a few milliseconds, the least time to be waited for."""
    training = trainer.network.design.training
    batch = training.size_of_batch(trainer.dataset.train.size)
    return max(1, min(FIRST_STRIDE, SLICE_WORK // (trainer.network.parameters * batch)))
