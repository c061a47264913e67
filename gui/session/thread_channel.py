"""Exchange: how a window and a training thread talk: requests go there, reports come back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Any, Generic, Protocol, TypeVar

PATIENCE_SECONDS = 0.004


class CountsRequests(Protocol):
    """What a thread reports; ``done`` counts the requests that are finished."""

    @property
    def done(self) -> int:
        """How many requests are finished."""


ReportOf = TypeVar("ReportOf", bound=CountsRequests)


class ChannelThread(Protocol[ReportOf]):
    """A thread that trains while ``go`` is set, holding ``turn``, and serves requests in between.

    Requests are functions of the thread. One report is sent after each of them, and of a run one
    whenever ``wanted`` is set.
    """

    reports: SimpleQueue[ReportOf]
    go: threading.Event
    turn: threading.Lock
    wanted: bool

    def start(self) -> None:
        """Begin."""

    def request(self, request: Any) -> None:
        """Have a function of the thread run in it; None ends it."""

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end."""

    def is_alive(self) -> bool:
        """Whether it lives."""


ThreadOf = TypeVar("ThreadOf", bound="ChannelThread[Any]")


class ThreadChannel(Generic[ThreadOf, ReportOf]):
    """The window's end of a training thread, which lives until `close`."""

    def __init__(self, thread: ThreadOf) -> None:
        self._thread = thread
        self._sent = self._seen = 0
        self._closed = False
        self._thread.start()

    @property
    def waiting(self) -> bool:
        """Whether something asked for is not done yet."""
        return self._seen < self._sent

    @property
    def alive(self) -> bool:
        """Whether the thread lives."""
        return self._thread.is_alive()

    def ask(self, request: Callable[[ThreadOf], None]) -> None:
        """Have a function of the thread run in it."""
        self._sent += 1
        self._thread.request(lambda thread: None if self._closed else request(thread))

    def want(self, wanted: bool) -> None:
        """Say whether a run shall report its present moment once."""
        self._thread.wanted = wanted

    def reports(self) -> Iterator[ReportOf]:
        """Yield what was reported since the last time."""
        while True:
            try:
                report: ReportOf = self._thread.reports.get_nowait()
            except Empty:
                return
            self._seen = report.done
            yield report

    @contextmanager
    def parked(self) -> Iterator[None]:
        """Keep the training still while the window draws.

        The slice under way is waited for shortly: at full speed it is over sooner than side by side
        with the drawing, which it would slow down.
        """
        thread = self._thread
        was_going = thread.go.is_set()
        thread.go.clear()
        mine = was_going and thread.turn.acquire(timeout=PATIENCE_SECONDS)
        try:
            yield
        finally:
            if mine:
                thread.turn.release()
            if was_going:
                thread.go.set()

    def close(self) -> None:
        """End the thread, once the request or slice under way is done; what waits behind it is dropped."""
        self._closed = True
        self._thread.go.set()
        self._thread.request(None)
        self._thread.join()


def wait_until(done: Callable[[], bool], pull: Callable[[], object], seconds: float = 60.0) -> None:
    """Fetch what a thread reports until all is ``done``. Raises TimeoutError."""
    limit = monotonic() + seconds
    while not done():
        pull()
        if monotonic() > limit:
            raise TimeoutError(f"Training was not done within {seconds:g} seconds.")
        sleep(0.001)
