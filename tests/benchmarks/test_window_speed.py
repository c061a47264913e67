"""How smooth the window is while training flat out, and how soon the first window is there.

Run with ``pytest -m benchmark -s tests/benchmarks``. The figures are printed, not asserted: a frame
takes as long as the machine needs. What is asserted holds anywhere: frames came, and training went on.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
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

LOOKS_AT_MOST = 2.5
LOOKS = """
import json, tempfile
from statistics import median
from time import perf_counter
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget
from gui.app.application import application, first_design
from gui.app.dock_panels import DOCKS
from gui.app.main_window import MainWindow
from gui.theme import theme

app = application()

def event(change):
    start = perf_counter()
    change()
    spent = perf_counter() - start
    app.processEvents()
    return spent

bare = QWidget()
grid = QGridLayout(bare)
main = MainWindow(first_design(), QSettings(tempfile.mkdtemp() + "/s.ini", QSettings.Format.IniFormat))
main.resize(1600, 1000)
main.show()
app.processEvents()
for name in DOCKS:
    main.panels.bring(name)
    app.processEvents()
main.player.settle()
told = {"widgets": len(main.findChildren(QWidget))}
for action in ("theme_dark", "theme_light", "hall", "hall"):
    told.setdefault(action, []).append(event(main.actions_[action].trigger))
for action in ("theme_dark", "theme_light", "hall", "hall") * 2:
    told[action].append(event(main.actions_[action].trigger))
main.files.may_leave = lambda: True
main.close()
main.deleteLater()
app.processEvents()
for k in range(told["widgets"]):
    grid.addWidget(QPushButton(str(k)), k // 32, k % 32)
bare.show()
app.processEvents()
app.setStyleSheet("")
told["bare"] = [event(lambda s=s: app.setStyleSheet(s)) for s in (theme.stylesheet(theme.DARK), "") * 3][::2]
print(json.dumps({name: median(spent) if name != "widgets" else spent for name, spent in told.items()}))
"""


@pytest.mark.parametrize("design", ["xor", "deep", "breast-cancer", "digits"])
def test_frames_while_training_flat_out(design: str) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.window_run", design, "6"]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    headless = found["headless_iterations_per_second"]
    share = found["iterations_per_second"] / headless
    frames = f"{found['frames_per_second']:.1f} frames a second, p99 {found['p99_ms']:.1f} ms"
    print(f"\n{design:>14}: {frames}, training at {share:.0%} of {headless:,.0f} it/s", end="")
    own, part = found["window_ms_per_frame"], found["training_share_of_processor_time"]
    print(f"; the window's thread {own:.1f} ms a frame, training {part:.0%} of the processor's time", end="")
    assert found["frames_per_second"] > 1
    assert found["iterations_per_second"] > 0


def processor_time() -> float:
    """Return the processor time of all processes that were started and have ended, in seconds."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def test_first_window_against_a_bare_one(tmp_path: Path) -> None:
    """Both are compiled already, as on every start but the first."""
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled["PYTHONPYCACHEPREFIX"] = str(tmp_path)
    times: dict[str, list[tuple[float, float]]] = {BARE: [], OURS: []}
    for _ in range(6):
        for script, spent in times.items():
            start, processor = perf_counter(), processor_time()
            subprocess.run([sys.executable, "-c", script], check=True, env=compiled)
            spent.append((perf_counter() - start, processor_time() - processor))
    for k, what in enumerate(("s", "s of the processor")):
        bare, ours = (median(one[k] for one in times[script][1:]) for script in (BARE, OURS))
        print(
            f"\nFirst window: {ours:.2f} {what}, {ours / bare:.2f}x of a bare Qt window with pyqtgraph",
            end="",
        )
        assert ours > 0


def test_another_theme_and_the_hall_against_dressing_plain_buttons() -> None:
    """All panels are made; the peer is a first style sheet for as many buttons side by side."""
    ran = subprocess.run([sys.executable, "-c", LOOKS], capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout.splitlines()[-1])
    ratios = {name: found[name] / found["bare"] for name in ("theme_dark", "theme_light", "hall")}
    shares = ", ".join(f"{name} {1000 * found[name]:.0f} ms, {ratio:.1f}x" for name, ratio in ratios.items())
    print(f"\nLooks of {found['widgets']} widgets: {shares} of as many plain buttons", end="")
    assert max(ratios.values()) < LOOKS_AT_MOST
