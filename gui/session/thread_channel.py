"""The channel between a window and a training thread: requests go one way, reports come back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Any, Generic, Protocol, TypeVar

PATIENCE_SECONDS = 0.004


class CountsRequests(Protocol):
    """A report of a thread, with the number of requests finished."""

    @property
    def done(self) -> int:
        """The number of requests finished."""


ReportOf = TypeVar("ReportOf", bound=CountsRequests)


class ChannelThread(Protocol[ReportOf]):
    """A thread that trains while ``go`` is set, holding the lock ``turn``, and serves requests in between.

    Requests are functions of the thread. One report is sent after each of them, and during a run one whenever
    ``wanted`` is set.
    """

    reports: SimpleQueue[ReportOf]
    go: threading.Event
    turn: threading.Lock
    wanted: bool

    def start(self) -> None:
        """Start the thread."""

    def request(self, request: Any) -> None:
        """Queue a function to be run in the thread; None ends it."""

    def join(self, timeout: float | None = None) -> None:
        """Wait until the thread ends."""

    def is_alive(self) -> bool:
        """Whether the thread is running."""


ThreadOf = TypeVar("ThreadOf", bound="ChannelThread[Any]")


class ThreadChannel(Generic[ThreadOf, ReportOf]):
    """The window's end of the channel to a training thread, which lives until `close`."""

    def __init__(self, thread: ThreadOf) -> None:
        self._thread = thread
        self._sent = self._seen = 0
        self._closed = False
        self._thread.start()

    @property
    def waiting(self) -> bool:
        """Whether a request is not finished yet."""
        return self._seen < self._sent

    @property
    def alive(self) -> bool:
        """Whether the thread is running."""
        return self._thread.is_alive()

    def ask(self, request: Callable[[ThreadOf], None]) -> None:
        """Queue a function to be run in the thread."""
        self._sent += 1
        self._thread.request(lambda thread: None if self._closed else request(thread))

    def want(self, wanted: bool) -> None:
        """Set whether a run is to send a report once."""
        self._thread.wanted = wanted

    def reports(self) -> Iterator[ReportOf]:
        """Yield the reports received since the last call."""
        while True:
            try:
                report: ReportOf = self._thread.reports.get_nowait()
            except Empty:
                return
            self._seen = report.done
            yield report

    @contextmanager
    def parked(self) -> Iterator[None]:
        """Pause the training while the window draws.

        Wait briefly for the current slice to finish: at full speed it ends sooner that way than when it runs
        concurrently with the drawing, which it would slow down.
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
        """End the thread after the current request or slice; requests still in the queue are dropped."""
        self._closed = True
        self._thread.go.set()
        self._thread.request(None)
        self._thread.join()


def wait_until(done: Callable[[], bool], pull: Callable[[], object], seconds: float = 60.0) -> None:
    """Fetch the reports of a thread until ``done`` returns True. Raises TimeoutError."""
    limit = monotonic() + seconds
    while not done():
        pull()
        if monotonic() > limit:
            raise TimeoutError(f"Training was not done within {seconds:g} seconds.")
        sleep(0.001)
