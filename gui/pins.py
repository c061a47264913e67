"""Pins: the runs that are kept, and which of their curves are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from core.runs import MOST_RUNS, PinnedRun, free_colour


class Pins(QObject):
    """At most six runs, oldest first in ``runs``. ``changed`` is sent after every change.

    ``forgotten`` carries what brings back the runs that were forgotten, and forgets them again.
    """

    changed = Signal()
    forgotten = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[PinnedRun, ...] = ()
        self._hidden: frozenset[int] = frozenset()
        self._made = 0

    @property
    def full(self) -> bool:
        """Whether there is no place for another run."""
        return len(self.runs) >= MOST_RUNS

    def pin(self, run: PinnedRun) -> None:
        """Keep a run under a new name and in a colour of its own. Raises ValueError where six are kept."""
        colour = free_colour(self.runs)
        self._made += 1
        name = self.tr("Run {number}").format(number=self._made)
        self._keep([*self.runs, replace(run, name=name, colour=colour)])

    def forget(self, run: PinnedRun) -> None:
        """Keep a run no longer."""
        self._forget([run])

    def clear(self) -> None:
        """Forget all runs."""
        self._forget(self.runs)

    def _forget(self, runs: Sequence[PinnedRun]) -> None:
        """Forget runs in a way that can be undone."""
        gone, before = {id(run.curves): run for run in runs}, self.runs

        def again() -> None:
            self._keep([run for run in self.runs if id(run.curves) not in gone])

        if gone:
            again()
            self.forgotten.emit(lambda: self._bring_back(gone, before), again)

    def _bring_back(self, gone: Mapping[int, PinnedRun], before: Sequence[PinnedRun]) -> None:
        """Put runs back where they stood, before those pinned since then, as far as there is room.

        A run is known by its curves. One whose colour was given away meanwhile gets another.
        """
        present = {id(run.curves): run for run in self.runs}
        back: list[PinnedRun] = []
        for run in list(gone.values())[: MOST_RUNS - len(present)]:
            others = [*present.values(), *back]
            taken = any(run.colour == other.colour for other in others)
            back.append(replace(run, colour=free_colour(others)) if taken else run)
        known = {**present, **{id(run.curves): run for run in back}}
        stood = [known.pop(id(run.curves)) for run in before if id(run.curves) in known]
        self._keep([*stood, *known.values()])

    def rename(self, k: int, name: str) -> None:
        """Give run number k another name."""
        self._keep([replace(run, name=name) if j == k else run for j, run in enumerate(self.runs)])

    def show_curve(self, k: int, shown: bool) -> None:
        """Show or hide the curve of run number k."""
        colour = {self.runs[k].colour}
        self._hidden = self._hidden - colour if shown else self._hidden | colour
        self.changed.emit()

    def is_shown(self, run: PinnedRun) -> bool:
        """Whether the curve of a run is shown."""
        return run.colour not in self._hidden

    def _keep(self, runs: Sequence[PinnedRun]) -> None:
        self.runs = tuple(runs)
        self._hidden &= {run.colour for run in runs}
        self.changed.emit()
