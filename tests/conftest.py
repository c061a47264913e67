"""What holds for all tests: off screen, in one thread as the program computes, and at any speed.

What a test finds does not depend on how fast the machine is. What has to happen is waited for, for a
minute at the most; a clock that decides something is set by the test (`tests.gui.waiting`).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

MINUTE = 60_000  # milliseconds; nothing that has to happen takes longer
MOST_PROCESSES = 4  # each takes half a gigabyte

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return in how many processes the tests run: one for each core, but not more than memory allows.

    Files and single tests are run in this process, and so is what measures speed or prints.
    """
    options = config.option
    measures = "benchmark" in options.markexpr.replace("not benchmark", "")
    folders = all(Path(argument).is_dir() for argument in config.args)
    if measures or options.capture == "no" or not folders:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)


class PatientBot(QtBot):
    """Waits for what has to happen, for a minute at least: a slow machine fails no test."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = MINUTE) -> None:
        super().waitUntil(callback, timeout=max(timeout, MINUTE))

    def waitSignal(self, signal: Any, *, timeout: int = MINUTE, raising: bool = True, **how: Any) -> Any:
        return super().waitSignal(signal, timeout=patience(timeout, raising), raising=raising, **how)

    def waitSignals(self, signals: Any, *, timeout: int = MINUTE, raising: bool = True, **how: Any) -> Any:
        return super().waitSignals(signals, timeout=patience(timeout, raising), raising=raising, **how)

    def waitExposed(self, widget: Any, *, timeout: int = MINUTE) -> Any:
        """Wait until a widget that was shown is on the screen; with ``with``, also for one shown inside."""
        from PySide6.QtTest import QTest

        timeout = max(timeout, MINUTE)
        if widget.isVisible():
            assert QTest.qWaitForWindowExposed(widget, timeout)
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: Any, *, timeout: int = MINUTE) -> Any:
        return super().waitActive(widget, timeout=max(timeout, MINUTE))


def patience(timeout: int, raising: bool) -> int:
    """Return how long to wait: a minute for what has to come, as long as asked for what must not."""
    return max(timeout, MINUTE) if raising else timeout


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> PatientBot:
    return PatientBot(request)
