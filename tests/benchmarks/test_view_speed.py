"""How long each view takes to show a snapshot, update and paint together, and a step inside a pass.

Run with ``pytest -m benchmark -s tests/benchmarks``; figures are printed, not asserted.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from core import files
from core.design import Dense, Design
from core.reveal import Grain
from gui.app import application
from gui.main_window import MainWindow
from gui.time_travel import TimeTravel

pytestmark = pytest.mark.benchmark

DESIGNS = {
    "xor": lambda: files.read(files.find("xor")).design,
    "2-8-8-1": lambda: Design(layers=(Dense(8), Dense(8), Dense(1, "sigmoid"))),
    "digits": lambda: files.read(files.find("digits")).design,
}


def milliseconds(call, times: int = 12) -> float:
    best = float("inf")
    for _ in range(times):
        begun = perf_counter()
        call()
        best = min(best, perf_counter() - begun)
    return 1e3 * best


def painted(view: QWidget) -> QWidget:
    return view.viewport() if isinstance(view, QAbstractScrollArea) else view


@pytest.mark.parametrize("name", DESIGNS)
def test_views_show_a_snapshot(name: str, qtbot, tmp_path: Path) -> None:
    application()
    window = MainWindow(DESIGNS[name](), QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.show()
    window.player.run(200)
    window.player.settle()
    for dock in window.panels.docks:
        dock.show()
    QApplication.processEvents()
    snapshot, shown = window.player.snapshot, []
    for view in window.panels.listeners:
        if hasattr(view, "show_snapshot"):

            def show(view: QWidget = view) -> None:
                view.show_snapshot(snapshot)
                painted(view).repaint()

            shown.append(f"{type(view).__name__} {milliseconds(show):.1f}")

    travel = TimeTravel(window.player)

    def step() -> None:
        travel.step(Grain.NEURON)
        window.player.settle()
        QApplication.processEvents()

    print(
        f"\n{name}: {', '.join(shown)} ms; a step of one neuron, all views: {milliseconds(step):.1f} ms",
        end="",
    )
    window.player.close()
    assert shown
