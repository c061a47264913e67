"""Settings of all tests: no screen, single-threaded NumPy as in the program, and patient waiting.

Tests must not depend on the speed of the machine. They wait up to a minute for what has to happen; a clock
that matters is set by the test itself (`tests.gui.waiting`).
"""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

MINUTE = 60_000  # milliseconds; longer than anything that has to happen takes
MOST_PROCESSES = 4  # each takes half a gigabyte
LONGEST = "test_one_entry.py"

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return the number of test processes: one per core, within what memory allows.

    Single files and tests run in this process, as do benchmarks and tests that print.
    """
    options = config.option
    measures = "benchmark" in options.markexpr.replace("not benchmark", "")
    folders = all(Path(argument).is_dir() for argument in config.args)
    if measures or options.capture == "no" or not folders:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Collect the tests without looking for garbage among them, then or later: they live until the end."""
    gc.disable()
    found = yield
    gc.collect()
    gc.freeze()
    gc.enable()
    return found


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest test: at the end, one process would be alone with it."""
    items.sort(key=lambda item: item.path.name != LONGEST)


class PatientBot(QtBot):
    """A QtBot that waits for at least a minute, so that no test fails on a slow machine."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = MINUTE) -> None:
        super().waitUntil(callback, timeout=max(timeout, MINUTE))

    def waitSignal(self, signal: Any, *, timeout: int = MINUTE, raising: bool = True, **how: Any) -> Any:
        return super().waitSignal(signal, timeout=patience(timeout, raising), raising=raising, **how)

    def waitSignals(self, signals: Any, *, timeout: int = MINUTE, raising: bool = True, **how: Any) -> Any:
        return super().waitSignals(signals, timeout=patience(timeout, raising), raising=raising, **how)

    def waitExposed(self, widget: Any, *, timeout: int = MINUTE) -> Any:
        """Wait until a widget is exposed on the screen; as a context manager, for one shown inside."""
        from PySide6.QtTest import QTest

        timeout = max(timeout, MINUTE)
        if widget.isVisible():
            assert QTest.qWaitForWindowExposed(widget, timeout)
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: Any, *, timeout: int = MINUTE) -> Any:
        return super().waitActive(widget, timeout=max(timeout, MINUTE))


def patience(timeout: int, raising: bool) -> int:
    """Return how long to wait: at least a minute for what must happen, ``timeout`` for what must not."""
    return max(timeout, MINUTE) if raising else timeout


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> PatientBot:
    return PatientBot(request)
