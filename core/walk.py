"""Walk: going through a run step by step, both ways in time, inside passes and across them."""

from __future__ import annotations

from typing import NamedTuple

from .history import History, Near, Watch, seek, unwatched
from .reveal import Grain, Steps, revealed
from .training import Phase, Snapshot, Trainer


class Place(NamedTuple):
    """A moment of a run: pass number ``iteration`` (from 0), after ``k`` of its steps.

    The end of one pass and the beginning of the next are two places: there the next sample is chosen.
    """

    iteration: int
    k: int


class Walk:
    """Shows any place of a run, as it was; of what is ahead of the run, as it will be.

    ``scout`` is a trainer of the recorded network and data that nobody else uses. ``watch`` is told of
    what has to be computed again, and can end that by raising `history.Cancelled`.
    """

    def __init__(self, scout: Trainer, history: History, watch: Watch = unwatched) -> None:
        self.scout, self.history, self.watch = scout, history, watch
        self._near = Near()
        self.steps = Steps(scout.network)
        samples = scout.dataset.train.size
        self._batches = -(-samples // scout.network.design.training.size_of_batch(samples))
        self._known: tuple[int, int, float] | None = None

    def ends(self, iteration: int) -> tuple[Snapshot, Snapshot]:
        """Return the snapshots before and after pass number ``iteration``.

        Raises Diverged, and what ``watch`` raises; the pass last shown is then still known.
        """
        wanted = iteration, self.history.version, self.history.learning_rate(iteration)
        if self._known != wanted:
            start = seek(self.scout, self.history, iteration, self._near, self.watch)
            self.scout.advance(Phase.UPDATE)
            self._ends = start, self.scout.snapshot()
            self._known = wanted
        return self._ends

    def show(self, place: Place) -> Snapshot:
        """Return the snapshot there; what is not computed yet is NaN (see `revealed`). Raises Diverged."""
        return revealed(self.steps, *self.ends(place.iteration), place.k)

    def place_of(self, snapshot: Snapshot) -> Place:
        """Return where a trainer's snapshot stands."""
        return Place(snapshot.pass_number, self.steps.after(snapshot.phase))

    def next(self, place: Place, grain: Grain) -> Place:
        """Return where one step of ``grain`` leads."""
        t, k, end = *place, self.steps.count
        if grain is Grain.EPOCH:
            begun = t + (k == end)
            return Place(begun + self._batches - 1 - begun % self._batches, end)
        if grain is Grain.ITERATION:
            return Place(t + (k == end), end)
        return Place(t + 1, 0) if k == end else Place(t, self.steps.next(k, grain))

    def previous(self, place: Place, grain: Grain) -> Place:
        """Return where one step of ``grain`` back leads; the first place of the run leads to itself."""
        t, k, end = *place, self.steps.count
        if grain is Grain.EPOCH:
            back = Place(t // self._batches * self._batches - 1, end)
        elif grain is Grain.ITERATION or k == 0:
            back = Place(t - 1, end)
        else:
            back = Place(t, self.steps.previous(k, grain))
        return max(Place(self.history.span[0], 0), back)
