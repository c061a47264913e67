"""How smooth the window is while training flat out, and how soon the first window is there.

Run with ``pytest -m benchmark -s tests/benchmarks``. The figures are printed, not asserted: a frame
takes as long as the machine needs. What is asserted holds anywhere: frames came, and training went on.
"""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median
from time import perf_counter

import pytest

pytestmark = pytest.mark.benchmark

BARE = """
import time; from PySide6.QtWidgets import QApplication, QMainWindow; import pyqtgraph
app = QApplication([]); window = QMainWindow(); window.setCentralWidget(pyqtgraph.PlotWidget())
window.show(); app.processEvents()
"""
OURS = """
import sys, tempfile; from PySide6.QtCore import QSettings
from gui.app.application import application, first_design; from gui.app.main_window import MainWindow
app = application(); folder = tempfile.mkdtemp()
window = MainWindow(first_design(), QSettings(folder + "/s.ini", QSettings.Format.IniFormat))
window.show(); app.processEvents(); window.player.settle(); app.processEvents(); window.player.close()
"""


@pytest.mark.parametrize("design", ["xor", "deep", "breast-cancer", "digits"])
def test_frames_while_training_flat_out(design: str) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.window_run", design, "6"]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    headless = found["headless_iterations_per_second"]
    share = found["iterations_per_second"] / headless
    frames = f"{found['frames_per_second']:.1f} frames a second, p99 {found['p99_ms']:.1f} ms"
    print(f"\n{design:>14}: {frames}, training at {share:.0%} of {headless:,.0f} it/s", end="")
    assert found["frames_per_second"] > 1
    assert found["iterations_per_second"] > 0


def test_first_window_against_a_bare_one() -> None:
    times: dict[str, list[float]] = {BARE: [], OURS: []}
    for _ in range(5):
        for script, spent in times.items():
            start = perf_counter()
            subprocess.run([sys.executable, "-c", script], check=True)
            spent.append(perf_counter() - start)
    bare, ours = median(times[BARE]), median(times[OURS])
    print(f"\nFirst window: {ours:.2f} s, {ours / bare:.2f}x of a bare Qt window with pyqtgraph", end="")
    assert ours > 0
