"""Exchange: how the window and the training thread talk: requests go there, reports come back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty

from gui.worker import Report, Request, Worker

PATIENCE_SECONDS = 0.004


class Exchange:
    """The window's end of the training thread, which lives until `close`."""

    def __init__(self) -> None:
        self._worker = Worker()
        self._sent = self._seen = 0
        self._worker.start()

    @property
    def waiting(self) -> bool:
        """Whether something asked for is not done yet."""
        return self._seen < self._sent

    def ask(self, request: Request) -> None:
        """Have a function of the worker run in its thread."""
        self._sent += 1
        self._worker.request(request)

    def want_moment(self, wanted: bool) -> None:
        """Say whether a run shall report its present moment once."""
        self._worker.wanted = wanted

    def reports(self) -> Iterator[Report]:
        """Yield what was reported since the last time."""
        while True:
            try:
                report = self._worker.reports.get_nowait()
            except Empty:
                return
            self._seen = report.done
            yield report

    @contextmanager
    def parked(self) -> Iterator[None]:
        """Keep the training still while the window draws.

        The slice under way is waited for: at full speed it is over sooner than side by side with
        the drawing, which it would slow down.
        """
        worker = self._worker
        was_going = worker.go.is_set()
        worker.go.clear()
        mine = was_going and worker.turn.acquire(timeout=PATIENCE_SECONDS)
        try:
            yield
        finally:
            if mine:
                worker.turn.release()
            if was_going:
                worker.go.set()

    def close(self, seconds: float = 1.0) -> None:
        """End the thread, within so long."""
        self._worker.go.set()
        self._worker.request(None)
        self._worker.join(seconds)
