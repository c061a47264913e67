"""Learning curves: the loss of every iteration, and a record with scores at the ends of epochs."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Array
from .batches import Origin
from .design import Design

LEAST_RECORD_GAP = 32
RECORDS_PER_DOUBLING = 256


@dataclass(frozen=True)
class Score:
    """The quality of a network on a set: its loss without penalty, and the share classified correctly.

    ``accuracy`` is None for regression, which has ``r2`` instead: R², the mean over the targets that vary;
    None for classes, and where no target varies.
    """

    loss: float
    accuracy: float | None
    r2: float | None = None


@dataclass(frozen=True)
class EpochRecord:
    """One point of the curves, recorded at the end of an epoch, after ``iteration`` updates.

    ``train`` is the mean loss of the epoch's batches, each before its update. ``gradient`` holds, for each
    layer, the Euclidean norm of dJ/dW[l] and dJ/db[l] together in the last batch.
    """

    iteration: int
    epoch: int
    train: float
    test: Score | None
    gradient: tuple[float, ...]


@dataclass(frozen=True)
class Mark:
    """A change of the training settings during a run, after ``iteration`` updates."""

    iteration: int
    before: Design
    after: Design


@dataclass(frozen=True)
class EpochPace:
    """A span of a run, beginning after ``iteration`` updates, in which ``batches`` updates make an epoch.

    ``epochs`` is the number of epochs before it, including fractions.
    """

    iteration: int
    epochs: float
    batches: int


@dataclass(frozen=True)
class Curves:
    """The learning curves up to one moment.

    ``losses[k]`` is the mean loss of iterations k * stride … (k + 1) * stride - 1, and ``records`` the points
    at the ends of epochs. ``marks`` are the changes of training settings, ``paces`` the spans with batches of
    different sizes.
    """

    losses: Array
    stride: int
    records: tuple[EpochRecord, ...]
    marks: tuple[Mark, ...] = ()
    paces: tuple[EpochPace, ...] = ()

    def epochs_after(self, iterations: Array, batches: int) -> Array:
        """Return the numbers of epochs (fractional) after these numbers of updates.

        ``batches`` updates make an epoch where ``paces`` says nothing else.
        """
        epochs = np.asarray(iterations, float) / batches
        if self.paces:
            first = self.paces[0]
            epochs = np.asarray(iterations, float) * (first.epochs / (first.iteration or 1))
        for pace in self.paces:
            later = pace.epochs + (iterations - pace.iteration) / pace.batches
            epochs = np.where(iterations < pace.iteration, epochs, later)
        return epochs

    def from_first(self, most: int) -> tuple[int, Curves]:
        """Return the iteration from which all losses are known, and the curves, with ``most`` losses at most.

        The last losses are left out if they are too few for one of the means of which it then consists.
        """
        unknown = np.flatnonzero(~np.isfinite(self.losses))
        first = int(unknown[-1]) + 1 if unknown.size else 0
        known = self.losses[first:]
        each = -(-known.size // most) or 1
        first = -(-first // each) * each  # so that the places before it are whole means too
        known = self.losses[first : first + (self.losses.size - first) // each * each]
        thinned = np.concatenate([np.full(first // each, np.nan), known.reshape(-1, each).mean(axis=1)])
        return first * self.stride, replace(self, losses=thinned, stride=self.stride * each)


class BatchLosses:
    """The loss of every iteration; beyond ``most`` values, means over ``stride`` iterations.

    It is appended to, and cut when training goes back. Arrays returned by `view` never change.
    """

    def __init__(self, most: int = 1 << 21) -> None:
        self._most = most
        self.clear()

    def clear(self) -> None:
        """Discard all losses."""
        self._values: Array = np.empty(1024)
        self._shared = False
        self._count, self.stride = 0, 1
        self._pending: Array = np.empty(0)

    @classmethod
    def of(cls, losses: Array, stride: int) -> BatchLosses:
        """Return losses that are known already, each the mean over ``stride`` iterations."""
        made = cls()
        made.stride = stride
        made._append(losses)
        return made

    def copied(self) -> BatchLosses:
        """Return an independent copy."""
        other = copy(self)
        self._shared = other._shared = True
        return other

    @property
    def iterations(self) -> int:
        """The number of iterations recorded."""
        return self._count * self.stride + self._pending.size

    def extend(self, losses: Array) -> None:
        """Append the losses of the next iterations."""
        if self.stride == 1:
            self._append(losses)
        else:
            losses = np.concatenate([self._pending, losses])
            whole = losses.size // self.stride * self.stride
            self._pending = losses[whole:]
            self._append(losses[:whole].reshape(-1, self.stride).mean(axis=1))
        while self._count >= self._most:
            self._halve()

    def _append(self, values: Array) -> None:
        end = self._count + values.size
        if end > self._values.size or self._shared:
            grown = np.empty(max(end, 2 * self._count, 1024))
            grown[: self._count] = self._values[: self._count]
            self._values, self._shared = grown, False
        self._values[self._count : end] = values
        self._count = end

    def _halve(self) -> None:
        even = self._count // 2 * 2
        kept = self._values[:even].reshape(-1, 2).mean(axis=1)
        self._pending = np.concatenate(
            [np.repeat(self._values[even : self._count], self.stride), self._pending]
        )
        self._values, self._count, self.stride = np.empty(self._values.size), 0, 2 * self.stride
        self._shared = False
        self._append(kept)

    def resize(self, iterations: int) -> None:
        """Keep the first ``iterations`` losses (to the nearest stride); missing ones become NaN."""
        missing, whole = iterations - self.iterations, iterations // self.stride
        if missing >= 0:
            self._fill(missing)
        elif not iterations:
            self.clear()
        elif whole >= self._count:
            self._pending = self._pending[: iterations - self._count * self.stride]
        else:
            self._pending = np.repeat(self._values[whole], iterations - whole * self.stride)
            self._count, self._values = whole, self._values.copy()

    def _fill(self, missing: int) -> None:
        """Append ``missing`` losses of NaN, with a stride large enough to stay below the limit."""
        while (self.iterations + missing) // self.stride >= self._most:
            self._halve()
        whole, rest = divmod(self._pending.size + missing, self.stride)
        if not whole:
            self._pending = np.append(self._pending, np.full(missing, np.nan))
            return
        self._append(np.full(whole, np.nan))
        self._pending = np.full(rest, np.nan)

    def mean_of_last(self, iterations: int) -> float:
        """Return the mean loss of the last ``iterations`` iterations."""
        if self.stride == 1:
            last = self._values[max(0, self._count - iterations) : self._count]
            return float(np.add.reduce(last)) / last.size
        strides = -(-max(0, iterations - self._pending.size) // self.stride)
        tail = np.repeat(self._values[max(0, self._count - strides) : self._count], self.stride)
        return float(np.mean(np.concatenate([tail, self._pending])[-iterations:]))

    def view(self) -> Array:
        """Return the losses so far, one per ``stride`` iterations; the array is never written to again."""
        view = self._values[: self._count]
        view.flags.writeable = False
        return view


class Recorder:
    """Records the curves of a run: the loss of every iteration, and records at the ends of epochs.

    Records become rarer as a run grows longer. When they are taken depends only on the number of iterations,
    so going back and training again gives the same curves. Epochs of ``per_epoch`` iterations count from
    ``origin``.
    """

    def __init__(self, per_epoch: int, origin: Origin = Origin()) -> None:  # noqa: B008  (a value)
        self._per_epoch, self._origin = per_epoch, origin
        self._marks: tuple[Mark, ...] = ()
        self._paces: tuple[EpochPace, ...] = (EpochPace(origin.iteration, origin.epochs, per_epoch),)
        self._losses, self._records = BatchLosses(), list[EpochRecord]()
        self._waiting = list[tuple[int, Score | None, tuple[float, ...]]]()
        self._curves: Curves | None = None
        self.due = self._after(0)

    def copied(self) -> Recorder:
        """Return an independent copy."""
        other = copy(self)
        other._losses, other._records = self._losses.copied(), list(self._records)
        other._waiting = list(self._waiting)
        return other

    def go_on(self, per_epoch: int, origin: Origin) -> None:
        """From now on, count epochs of ``per_epoch`` iterations from ``origin``."""
        known = [pace for pace in self._paces if pace.iteration <= origin.iteration]
        if not known or (known[-1].iteration, known[-1].batches) != (origin.iteration, per_epoch):
            before = Curves(np.empty(0), 1, (), paces=tuple(known))
            epochs = float(before.epochs_after(np.array(origin.iteration), self._per_epoch))
            earlier = [pace for pace in known if pace.iteration < origin.iteration]
            known = [*earlier, EpochPace(origin.iteration, epochs, per_epoch)]
        self._paces = tuple(known)
        self._per_epoch, self._origin, self._curves = per_epoch, origin, None
        self.due = self._after(self.iterations)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The changes of the training settings."""
        return self._marks

    @marks.setter
    def marks(self, marks: tuple[Mark, ...]) -> None:
        if marks != self._marks:
            self._curves, self._marks = None, marks

    @property
    def iterations(self) -> int:
        """The number of iterations whose losses are recorded."""
        return self._losses.iterations

    def cut(self, iteration: int) -> None:
        """Discard everything after ``iteration``; losses missing before it become NaN."""
        self._curves = None
        self._losses.resize(iteration)
        self._waiting = []
        self._records = [row for row in self._records if row.iteration <= iteration]
        self.due = self._after(iteration)

    def take_over(self, curves: Curves) -> None:
        """Take over the curves of the same run, made elsewhere, up to the present iteration."""
        t = self.iterations
        self._losses = BatchLosses.of(curves.losses, curves.stride)
        self._losses.resize(t)
        self._records, self._waiting = [one for one in curves.records if one.iteration <= t], []
        epochs = float(curves.epochs_after(np.array(t), self._per_epoch))
        self._paces = (*curves.paces, EpochPace(t, epochs, self._per_epoch))
        self._curves, self.due = None, self._after(t)

    def _after(self, iteration: int) -> int:
        """Return the iteration of the next record."""
        gap = max(LEAST_RECORD_GAP, (1 << iteration.bit_length()) // RECORDS_PER_DOUBLING)
        step = -(-gap // self._per_epoch) * self._per_epoch
        return self._origin.iteration + ((iteration - self._origin.iteration) // step + 1) * step

    def extend(self, losses: Array) -> None:
        """Append the losses of the next iterations, and complete the records that waited for them."""
        if not losses.size:
            return
        self._curves = None
        while self._waiting and self._waiting[0][0] <= self.iterations + losses.size:
            iteration, test, gradient = self._waiting.pop(0)
            missing = iteration - self.iterations
            self._losses.extend(losses[:missing])
            losses = losses[missing:]
            self._keep(iteration, test, gradient)
        self._losses.extend(losses)

    def record(self, iteration: int, test: Score | None, gradient: tuple[float, ...]) -> None:
        """Take a record at the end of an epoch; it is stored once the losses up to it are appended."""
        self.due = self._after(iteration)
        if self.iterations < iteration:
            self._waiting.append((iteration, test, gradient))
        else:
            self._keep(iteration, test, gradient)

    def _keep(self, iteration: int, test: Score | None, gradient: tuple[float, ...]) -> None:
        self._curves = None
        train, origin = self._losses.mean_of_last(self._per_epoch), self._origin
        epoch = origin.epochs + (iteration - origin.iteration) // self._per_epoch
        self._records.append(EpochRecord(iteration, epoch, train, test, gradient))

    def curves(self) -> Curves:
        """Return the curves as an immutable value; the same object until something is recorded."""
        if self._curves is None:
            losses, rows = self._losses, tuple(self._records)
            self._curves = Curves(losses.view(), losses.stride, rows, self._marks, self._paces)
        return self._curves
