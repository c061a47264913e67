"""Pins: the runs that are kept, and which of their curves are shown."""

from __future__ import annotations

from collections.abc import Sequence
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
        """Forget runs in a way that can be undone; renamed meanwhile, they come back as they were."""
        colours, before, hidden = {run.colour for run in runs}, self.runs, self._hidden

        def again() -> None:
            self._keep([run for run in self.runs if run.colour not in colours])

        def back() -> None:
            """Put them where they stood, before those pinned since then, as far as there is room."""
            since = [run for run in self.runs if all(run.colour != old.colour for old in before)]
            known = {run.colour: run for run in self.runs}
            stood = [known.get(run.colour, run) for run in before if run.colour in colours | known.keys()]
            self._hidden |= hidden & colours
            self._keep([*stood, *since][:MOST_RUNS])

        if runs:
            again()
            self.forgotten.emit(back, again)

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
