"""The history of a run as checkpoints; iterations between checkpoints are recomputed.

Training from a checkpoint gives bit-identical results, so checkpoints may be sparse: `seek` restores the last
one before an iteration and trains from there. Whatever training cannot reproduce is part of the history: the
initial weights, weights edited by hand, and every change of the learning rate or of other training settings.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from itertools import pairwise

from ..nn.curves import Mark
from ..nn.design import trains_alike
from ..nn.run_outline import RunOutline, Stretch
from ..nn.trainer import Checkpoint, Phase, Snapshot, Trainer

LIMIT_BYTES = 64 << 20
FIRST_STRIDE = 128  # two blocks of passes: stopping at each slows training by a few percent
SLICE_WORK = 1 << 25  # parameters times samples that are processed in a few milliseconds
NEAR_BYTES = 16 << 20
OUTLINE_BYTES = 1 << 20
MOST_MOMENTS, MOST_RATES, MOST_STRETCHES = 1024, 4096, 64  # of an outline
OBJECT_BYTES = 400  # of a checkpoint with its two arrays, its iteration, and its entry in the list

Watch = Callable[[int, int], None]


class Cancelled(Exception):
    """A recomputation was cancelled; the position shown is unchanged."""


def unwatched(_done: int, _of: int) -> None:
    """Do nothing: the default `Watch`, which never cancels."""


class History:
    """The checkpoints of one run, in at most ``limit_bytes``; a single checkpoint may be larger.

    Call `record` whenever the trainer is at `next_due`, has gone back, or has another learning rate; call
    `record_edit` after its weights were edited by hand, or when another trainer continues the run with other
    settings. Between two neighbouring checkpoints the settings never change.
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
        self._outline: RunOutline | None = None

    # -- recording --------------------------------------------------------------------------------

    def next_due(self, iteration: int) -> int:
        """Return the next iteration after this one at which a checkpoint is due."""
        return (iteration // self.stride + 1) * self.stride

    def record(self, trainer: Trainer) -> None:
        """Record the position of the trainer; what was recorded after it is discarded."""
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
        """Store a checkpoint that training did not lead to, and discard everything after it."""
        t = trainer.iteration
        self.cut(t)
        if self._moments and self._moments[-1].iteration == t:
            self.bytes -= _size(self._moments.pop())
        self._by_hand |= {t}
        self._reached = t
        self._record_rate(t, trainer.learning_rate.value)
        self._record_settings(t, trainer)
        self._keep(_beginning(trainer.moment()))

    def remember(self, past: RunOutline) -> None:
        """Put the earlier part of the same run, which was made elsewhere, before what is recorded.

        Its moments are given states: what lies between them is computed from the data at hand.
        """
        first = self._moments[0].iteration
        earlier = [_beginning(moment) for moment in past.moments if moment.iteration < first]
        if not earlier:
            return
        self._change()
        self._moments = [*earlier, *self._moments]
        self._by_hand |= {moment.iteration for moment in earlier}
        start = earlier[0].iteration
        rates = [change for change in past.rates if change[0] < first]
        now = self._rates[0] if rates else (start, self._rates[0][1])
        self._rates = [*rates, now, *self._rates[1:]]
        stretches, own = [one for one in past.stretches if one.start < first], self._stretches[0]
        if not stretches:
            own = replace(own, start=start)
        elif _same_settings(stretches[-1], own):
            own = replace(own, start=stretches.pop().start)
        self._stretches = [*stretches, own, *self._stretches[1:]]
        self.bytes = sum(map(_size, self._moments))
        self._fit()

    def _change(self) -> None:
        """Have everything computed anew that was derived from the record."""
        self.version += 1
        self._outline = None

    def _record_rate(self, iteration: int, rate: float) -> None:
        if self._rates and self._rates[-1][1] == rate:
            return
        if self._rates and self._rates[-1][0] == iteration:
            self._rates.pop()
        self._rates.append((iteration, rate))
        self._outline = None

    def _record_settings(self, iteration: int, trainer: Trainer) -> None:
        """Record the settings in effect from here on; settings that were used for no update are dropped."""
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
        """Drop every second checkpoint; if only those after edits by hand are left, drop the oldest."""
        self.thinned, self._outline = True, None
        if any(moment.iteration not in self._by_hand for moment in self._moments):
            self.stride *= 2
            self._moments = [m for m in self._moments if self._stays(m.iteration)]
        else:
            self._by_hand -= {self._moments.pop(0).iteration}
        self.bytes = sum(map(_size, self._moments))

    def _stays(self, iteration: int) -> bool:
        return iteration % self.stride == 0 or iteration in self._by_hand

    def cut(self, iteration: int) -> None:
        """Discard everything after ``iteration``; lists are replaced, because a branch may share them."""
        self._change()
        self._moments = [moment for moment in self._moments if moment.iteration <= iteration]
        self._by_hand = frozenset(t for t in self._by_hand if t <= iteration)
        self._rates = [(t, rate) for t, rate in self._rates if t <= iteration]
        self._stretches = [stretch for stretch in self._stretches if stretch.start <= iteration]
        self._reached = min(self._reached, iteration)
        self.bytes = sum(map(_size, self._moments))

    def branch(self, iteration: int, limit_bytes: int | None = None) -> History:
        """Return a copy of the history up to ``iteration``; this one is unchanged.

        With a smaller ``limit_bytes``, the copy is thinned at once.
        """
        other = copy(self)
        other.cut(iteration)
        other.limit_bytes = self.limit_bytes if limit_bytes is None else limit_bytes
        other._fit()
        return other

    # -- what is recorded ---------------------------------------------------------------------------

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last iteration that can be sought."""
        return (self._moments[0].iteration if self._moments else 0), self._reached

    def at(self, iteration: int) -> Checkpoint:
        """Return the last checkpoint at or before ``iteration``. Raises LookupError before the first."""
        place = bisect_right(self._moments, iteration, key=lambda moment: moment.iteration)
        if place == 0:
            raise LookupError(f"Iteration {iteration} is not recorded; the first is {self.span[0]}.")
        return self._moments[place - 1]

    @property
    def iterations(self) -> tuple[int, ...]:
        """The iterations of the checkpoints."""
        return tuple(moment.iteration for moment in self._moments)

    def by_hand(self, iteration: int) -> bool:
        """Return whether the state at this iteration was set (start, edit, new settings), not trained."""
        return iteration in self._by_hand

    def since_last_change(self) -> Checkpoint | None:
        """Return the checkpoint from which training was left alone: no weights or settings were changed.

        None: it is not recorded.
        """
        t = max(*self._by_hand, self._stretches[-1].start, self._rates[-1][0])
        moment = self.at(t)
        return moment if moment.iteration == t else None

    def outline(self) -> RunOutline:
        """Return from what the run can be computed again; of a long one with many changes, its later part.

        It is the same object as long as nothing but training was done.
        """
        if self._outline is None:
            kept, size = list[Checkpoint](), 0
            begun = max(self._rates[-MOST_RATES:][0][0], self._stretches[-MOST_STRETCHES:][0].start)
            for moment in reversed(self._moments):
                if moment.iteration in self._by_hand:
                    size += _size(moment)
                    if size > OUTLINE_BYTES or len(kept) == MOST_MOMENTS or moment.iteration < begun:
                        break
                    kept.insert(0, moment)
            self._outline = self._outline_from(kept)
        return self._outline

    def _outline_from(self, moments: list[Checkpoint]) -> RunOutline:
        if not moments:
            return RunOutline()
        start = moments[0].iteration
        rates = [(t, rate) for t, rate in self._rates if t > start]
        stretches = [one for one in self._stretches if one.start > start]
        first = replace(self.stretch(start), start=start)
        return RunOutline(tuple(moments), ((start, self.learning_rate(start)), *rates), (first, *stretches))

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
        """The changes of the training settings during the run."""
        designs = [(stretch.start, stretch.network.design) for stretch in self._stretches]
        pairs = pairwise(designs)
        return tuple(Mark(start, old, new) for (_, old), (start, new) in pairs if not trains_alike(old, new))

    def same_rate_until(self, iteration: int) -> int | None:
        """Return the iteration of the next change of the learning rate; None if there is none."""
        return next((t for t, _rate in self._rates if t > iteration), None)


def _same_settings(a: Stretch, b: Stretch) -> bool:
    return a.origin == b.origin and trains_alike(a.network.design, b.network.design)


def _beginning(moment: Checkpoint) -> Checkpoint:
    """Return the checkpoint without a pass, as the start of the next one, which needs the least memory."""
    theta = moment.theta
    return Checkpoint(theta, moment.memory, theta, moment.iteration, Phase.START, None)


def _size(moment: Checkpoint) -> int:
    """Return the bytes a checkpoint takes, including its Python objects."""
    return int(moment.theta.nbytes + moment.memory.nbytes) + OBJECT_BYTES


class CheckpointCache:
    """Recent checkpoints on the way to a position, denser the nearer they are to it.

    With them, steps back from there are fast, however sparse the history is. They take at most
    ``limit_bytes``.
    """

    def __init__(self, limit_bytes: int = NEAR_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._version = -1
        self._moments: list[Checkpoint] = []

    def at(self, history: History, iteration: int) -> Checkpoint:
        """Return the last known checkpoint at or before ``iteration``; discard those after it."""
        if self._version != history.version:
            self._version, self._moments = history.version, []
        self._moments = [moment for moment in self._moments if moment.iteration <= iteration]
        kept = history.at(iteration)
        return max([kept, *self._moments[-1:]], key=lambda moment: moment.iteration)

    def passed(self, trainer: Trainer, begun: int, goal: int) -> None:
        """Store a checkpoint if the distance to ``goal`` has halved since the last one.

        ``begun`` is the iteration at which the replay began.
        """
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
    """Return the snapshot after ``iteration`` updates, bit-identical, with the pass that led there.

    ``replayer`` is a trainer of the same network and dataset as the one recorded; on return it is at
    ``iteration``, with the learning rate in effect there. ``near`` is a cache that speeds up repeated calls.
    Raises LookupError for an iteration before the first recorded, and what ``watch`` raises (see `retrace`).
    """
    near = near or CheckpointCache()
    history.at(iteration)  # otherwise the error would name the iteration before
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
    """Train the replayer up to ``iteration``, with the learning rates that were in effect.

    No weights may have been edited by hand in between. After every slice of iterations, ``watch(done,
    total)`` is called, which may raise to stop. Raises Diverged.
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
    """Return the number of iterations in a slice, which takes a few milliseconds."""
    training = trainer.network.design.training
    batch = training.size_of_batch(trainer.dataset.train.size)
    return max(1, min(FIRST_STRIDE, SLICE_WORK // (trainer.network.parameters * batch)))
