"""Errands: what the worker is sent for, and how the window calls it off when it wants something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.worker import Worker


class Errand:
    """Something that may be called off; the thread that does it looks at that now and then."""

    called_off = False


class Errands:
    """The errands of the window, of which those sent since `call_off` are wanted."""

    def __init__(self) -> None:
        self._wanted = Errand()

    def sent(self, go: Callable[[Worker], object]) -> Callable[[Worker], None]:
        """Return the request that goes on an errand."""
        errand = self._wanted

        def request(worker: Worker) -> None:
            worker.errand = errand
            go(worker)

        return request

    def call_off(self) -> None:
        """Call off what is under way, and what waits; both are over at once, and nothing has changed."""
        self._wanted.called_off = True
        self._wanted = Errand()
