"""Walk: going through a run step by step, both ways in time, inside passes and across them."""

from __future__ import annotations

from typing import NamedTuple

from .history import History, Near, Stretch, Watch, seek, unwatched
from .reveal import Grain, Steps, revealed
from .training import Phase, Snapshot, Trainer

MOST_SCOUTS = 2


class Place(NamedTuple):
    """A moment of a run: pass number ``iteration`` (from 0), after ``k`` of its steps.

    The end of one pass and the beginning of the next are two places: there the next sample is chosen.
    """

    iteration: int
    k: int


class Walk:
    """Shows any place of a run, as it was; of what is ahead of the run, as it will be.

    ``scout`` is a trainer of the recorded network and data that nobody else uses; where other settings
    held, others are made. ``watch`` is told of what has to be computed again, and can end that by raising
    `history.Cancelled`.
    """

    def __init__(self, scout: Trainer, history: History, watch: Watch = unwatched) -> None:
        self.history, self.watch = history, watch
        self.scouts = [scout]
        self._near = Near()
        self.steps = Steps(scout.network)
        self._known: tuple[int, int, float] | None = None

    def scout(self, iteration: int) -> Trainer:
        """Return a trainer with the settings of pass number ``iteration``; the two last used are kept."""
        stretch = self.history.stretch(iteration)
        known = next((scout for scout in self.scouts if _trains(scout, stretch)), None)
        scout = known or Trainer(stretch.network, self.scouts[0].dataset, origin=stretch.origin)
        self.scouts = [scout, *(other for other in self.scouts if other is not scout)][:MOST_SCOUTS]
        return scout

    def ends(self, iteration: int) -> tuple[Snapshot, Snapshot]:
        """Return the snapshots before and after pass number ``iteration``.

        Raises Diverged, and what ``watch`` raises; the pass last shown is then still known.
        """
        wanted = iteration, self.history.version, self.history.learning_rate(iteration)
        if self._known != wanted:
            scout = self.scout(iteration)
            start = seek(scout, self.history, iteration, self._near, self.watch)
            scout.advance(Phase.UPDATE)
            self._ends = start, scout.snapshot()
            self._known = wanted
        return self._ends

    def show(self, place: Place) -> Snapshot:
        """Return the snapshot there; what is not computed yet is NaN (see `revealed`). Raises Diverged."""
        return revealed(self.steps, *self.ends(place.iteration), place.k)

    def _left_in_epoch(self, p: int) -> int:
        """Return how many passes complete the epoch of pass p, with p."""
        scout = self.scout(p)
        return scout.batches - (p - scout.origin.iteration) % scout.batches

    def place_of(self, snapshot: Snapshot) -> Place:
        """Return where a trainer's snapshot stands."""
        return Place(snapshot.pass_number, self.steps.after(snapshot.phase))

    def next(self, place: Place, grain: Grain) -> Place:
        """Return where one step of ``grain`` leads."""
        t, k, end = *place, self.steps.count
        if grain is Grain.EPOCH:
            begun = t + (k == end)
            return Place(begun + self._left_in_epoch(begun) - 1, end)
        if grain is Grain.ITERATION:
            return Place(t + (k == end), end)
        return Place(t + 1, 0) if k == end else Place(t, self.steps.next(k, grain))

    def previous(self, place: Place, grain: Grain) -> Place:
        """Return where one step of ``grain`` back leads; the first place of the run leads to itself."""
        t, k, end = *place, self.steps.count
        if grain is Grain.EPOCH:
            batches = self.scout(t).batches
            back = Place(t - batches + self._left_in_epoch(t) - 1, end)
        elif grain is Grain.ITERATION or k == 0:
            back = Place(t - 1, end)
        else:
            back = Place(t, self.steps.previous(k, grain))
        return max(Place(self.history.span[0], 0), back)


def _trains(trainer: Trainer, stretch: Stretch) -> bool:
    return trainer.network is stretch.network and trainer.origin == stretch.origin
