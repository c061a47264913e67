"""Trains for hours while the lecture walks through its scenes: ``python -m tests.endurance.soak MINUTES``.

Prints every minute how much memory the process has and how late frames are, and at the end whether memory has
grown by at most 20 MiB since the first round of scenes, and 99 of 100 frames come within 50 ms. Run it on a
machine that does nothing else.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from time import monotonic

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSettings, QTimer

from gui.app.application import application, first_design
from gui.app.main_window import MainWindow
from gui.session.run_speed import Speed

USUAL_MINUTES = 120.0
BUILD_MILLISECONDS = 5000
MOST_GROWTH, MOST_MILLISECONDS = 20.0, 50.0  # MiB; ms between two frames


class Frames(QObject):
    """The milliseconds between the pictures of a widget."""

    def __init__(self) -> None:
        super().__init__()
        self.between: list[float] = []
        self._last = monotonic()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            now = monotonic()
            self.between.append(1000 * (now - self._last))
            self._last = now
        return super().eventFilter(watched, event)


def memory() -> float:
    """Return how much memory of the machine the process holds, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Soak:
    """The window, its run, and the walk through the scenes; ``first`` is the memory after the first round."""

    def __init__(self, folder: str, minutes: float) -> None:
        self.app = application()
        self.window = MainWindow(first_design(), QSettings(f"{folder}/s.ini", QSettings.Format.IniFormat))
        self.window.keep_journal(Path(folder, "journals"))
        self.window.resize(1366, 768)
        self.window.show()
        self.frames = Frames()
        self.window.panels.canvas.viewport().installEventFilter(self.frames)
        self.window.player.set_speed(Speed())
        self.window.player.run()
        self.window.lecture_launcher.begin()
        self.begun, self.until = monotonic(), monotonic() + 60 * minutes
        self.rounds, self.first, self.told = 0, 0.0, 0
        self.timer = QTimer(interval=BUILD_MILLISECONDS)
        self.timer.timeout.connect(self.go_on)
        self.timer.start()

    def go_on(self) -> None:
        """Show the next build of the lecture, its first one after the last; say how it is once a minute."""
        lecture = self.window.lecture_launcher.lecture
        assert lecture is not None
        if lecture.actions_["next_build"].isEnabled():
            lecture.actions_["next_build"].trigger()
        else:
            lecture.go(0)
            self.rounds += 1
            self.first = self.first or memory()
        passed = monotonic() - self.begun
        if passed > 60 * (self.told + 1):
            self.told += 1
            late = np.percentile(self.frames.between or [0.0], 99)
            print(f"{self.told} min: {memory():.1f} MiB, p99 {late:.1f} ms, {self.rounds} rounds", flush=True)
        if monotonic() > self.until:
            self.app.quit()

    def result(self) -> int:
        """Print the figures; return 0 if they are as they have to be."""
        self.timer.stop()
        late = float(np.percentile(self.frames.between, 99))
        growth = memory() - (self.first or memory())
        iterations = self.window.player.newest.iteration if self.window.player.newest else 0
        print(
            f"{self.rounds} rounds of scenes, {iterations:,} iterations: memory grew by {growth:.1f} MiB, "
            f"99 of 100 frames within {late:.1f} ms"
        )
        self.window.document.begin(first_design())
        self.window.close()
        return int(growth > MOST_GROWTH or late > MOST_MILLISECONDS)


def main() -> int:
    """Return 0 if memory and frames are as they have to be."""
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(folder, float(sys.argv[1]) if len(sys.argv) > 1 else USUAL_MINUTES)
        soak.app.exec()
        return soak.result()


if __name__ == "__main__":
    sys.exit(main())
