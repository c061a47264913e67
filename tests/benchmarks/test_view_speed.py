"""How long each view takes in a frame of a run and at rest, and the whole window to show a step.

Times are those of the window's own thread; a frame is also told as a multiple of one that sets and paints a
curve of 1,000 points with pyqtgraph in the same run, and as the share of a run that the view takes at the
rate at which it is drawn.

Run with ``pytest -m benchmark -s tests/benchmarks``; figures are printed, not asserted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep, thread_time

import numpy as np
import pyqtgraph as pg
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.data.datasets import make_dataset
from core.data.table import Cells, Column, Split, Table
from core.debugger.steps import StepSize
from core.nn.design import Data, Dense, Design, fitted
from core.nn.trainer import Trainer
from core.project import files
from gui.app.application import application
from gui.app.main_window import MainWindow
from gui.qt.later import still_to_draw
from gui.session.frame_scheduler import Show, draw_now, painter, writer
from gui.session.time_travel import TimeTravel
from gui.session.view_events import ShowsPicture, ShowsSnapshot
from gui.views.registry import DOCKS

pytestmark = pytest.mark.benchmark

DESIGNS = {
    "2-8-8-1": lambda: Design(layers=(Dense(8), Dense(8), Dense(1, "sigmoid"))),
    "64-32-10": lambda: files.read(files.find("digits")).design,
}
STEPS, WARM, EDITS = 60, 4, 8
GRAINS = (StepSize.TERM, StepSize.NEURON, StepSize.LAYER, StepSize.PASS)


@pytest.fixture(params=DESIGNS)
def window(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    application()
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    window = MainWindow(DESIGNS[request.param](), settings)
    qtbot.addWidget(window)
    window.setWindowTitle(request.param)
    window.resize(1600, 1000)
    window.show()
    window.player.run(200)
    window.player.settle()
    yield window
    window.player.close()


def milliseconds(
    call: Callable[[], object], times: int, clock: Callable[[], float] = perf_counter
) -> list[float]:
    """Return how long a call takes, again and again."""
    taken = []
    for _ in range(times):
        begun = clock()
        call()
        taken.append(1e3 * (clock() - begun))
    return taken


def figures(taken: list[float]) -> str:
    return f"median {median(taken):.1f} ms, nine of ten within {quantiles(taken, n=10)[-1]:.1f} ms"


def painted(view: QWidget) -> QWidget:
    return view.viewport() if isinstance(view, QAbstractScrollArea) else view


def test_views_show_a_snapshot(window: MainWindow) -> None:
    for dock in window.panels.docks:
        dock.show()
    QApplication.processEvents()
    snapshot, shown = window.player.snapshot, []
    for view in window.findChildren(QWidget):
        if not hasattr(view, "show_snapshot") or not view.isVisible():
            continue

        def show(view: QWidget = view) -> None:
            view.show_snapshot(snapshot)
            painted(view).repaint()

        shown.append(f"{type(view).__name__} {min(milliseconds(show, 12)):.1f}")
    print(f"\n{window.windowTitle()}: {', '.join(shown)} ms", end="")
    assert shown


PER_SECOND = {
    "CanvasView": 50,
    "BoundaryView": 19,
    "LossPlot": 13,
    "GradientNormsPlot": 6,
    "ActivationPlot": 6,
}
NUMBERS_PER_SECOND = 10


def bare_frame(qtbot: QtBot) -> float:
    """Return the milliseconds that a bare plot takes to show another curve."""
    plot = pg.PlotWidget()
    qtbot.addWidget(plot)
    plot.resize(600, 200)
    curve, x = plot.plot([0.0]), np.linspace(0.0, 1.0, 1000)
    plot.show()
    QApplication.processEvents()
    phases = iter(np.linspace(0.0, 7.0, 100))

    def show() -> None:
        curve.setData(x, np.sin(9 * x + next(phases)))
        plot.repaint()

    return median(milliseconds(show, 40, thread_time))


def test_frames_of_a_run(window: MainWindow, qtbot: QtBot) -> None:
    bare = bare_frame(qtbot)
    for dock in window.panels.docks:
        dock.show()
    QApplication.processEvents()
    begun = window.player.snapshot
    trainer = Trainer(begun.network, begun.dataset)
    told = []
    for view in (*window.panels.listeners, window.counters, window.status):
        pictures = isinstance(view, ShowsPicture)
        if not view.isVisible() or not (pictures or isinstance(view, ShowsSnapshot)):
            continue
        for what, show, rate in (
            ("picture", painter(view), PER_SECOND.get(type(view).__name__, 0) if pictures else 0),
            ("numbers", writer(view), NUMBERS_PER_SECOND),
        ):
            taken = []
            for _ in range(24 if rate else 0):
                trainer.run(20)
                moment, curves = trainer.snapshot(), trainer.curves()

                def frame(show: Show = show, view: QWidget = view) -> None:
                    show(moment, curves)  # noqa: B023  (called at once)
                    draw_now()

                taken += milliseconds(frame, 1, thread_time)
            if taken:
                ms = median(taken)
                share = ms * rate / 1e3
                told.append(f"{type(view).__name__} {what} {ms:.2f} ms, {ms / bare:.2f}x, {share:.1%}")
    print(f"\n{window.windowTitle()}, frames (a bare plot: {bare:.2f} ms):\n  " + "\n  ".join(told), end="")
    assert told


def test_the_window_shows_a_step(window: MainWindow) -> None:
    travel = TimeTravel(window.player)
    for grain in GRAINS:

        def step(grain: StepSize = grain) -> None:
            travel.step(grain)
            window.player.settle()
            QApplication.processEvents()

        milliseconds(step, WARM)
        sleep(0.2)
        QApplication.processEvents()
        taken = milliseconds(step, STEPS)
        print(f"\n{window.windowTitle()}, a step of one {grain.name.lower()}: {figures(taken)}", end="")
        print(f"; the window's own work {figures(milliseconds(step, STEPS, thread_time))}", end="")
        assert taken


def test_edits_until_the_final_picture(window: MainWindow) -> None:
    """Adding a layer, taking it back, other data and those before, each until nothing is left to draw."""

    def finished(edit: Callable[[], object]) -> None:
        edit()
        window.player.settle()
        QApplication.processEvents()
        while still_to_draw(window):
            QApplication.processEvents()

    def other_data(source: str) -> None:
        design = replace(window.document.design, data=Data(source=source))
        window.document.edit(fitted(design, make_dataset(design.data)), "Other data")

    undo = window.document.undo_stack.undo
    told = dict[str, tuple[list[float], list[float]]]()
    for k in range(EDITS):
        for what, edit in (
            ("adding a layer", window.actions_["add_layer"].trigger),
            ("undo", undo),
            ("other data", partial(other_data, ("moons", "circles")[k % 2])),
            ("undo of other data", undo),
        ):
            begun = perf_counter()
            own = milliseconds(partial(finished, edit), 1, thread_time)
            spent = told.setdefault(what, ([], []))
            spent[0].append(1e3 * (perf_counter() - begun))
            spent[1].extend(own)
    for what, (whole, own) in told.items():
        print(f"\n{window.windowTitle()}, {what}: {figures(whole[1:])}", end="")
        print(f"; the window's own work {figures(own[1:])}", end="")
    assert told


def test_many_samples_are_judged_while_training_runs(qtbot: QtBot, tmp_path: Path) -> None:
    rows, features = 100_000, 30
    rng = np.random.default_rng(0)
    x = rng.normal(size=(features, rows))
    inputs = [Column(f"x{k + 1}", Cells(values)) for k, values in enumerate(x)]
    y = (rng.normal(size=features) @ x + rng.normal(size=rows) > 0).astype(float)
    target = Column("y", Cells(y), role="target", entry="classes")
    data = Data(source="table", table=Table((*inputs, target), split=Split(kind="share")))
    application()
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Design(data=data, layers=(Dense(16), Dense(1, "sigmoid"))), settings)
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.show()
    window.player.settle()
    QApplication.processEvents()  # the first frame of a window, which fonts and formulas make long
    for view in DOCKS:
        window.panels.bring(view)
        QApplication.processEvents()
        window.session.toggle_run()
        busy, end = list[float](), perf_counter() + 2.0
        while perf_counter() < end:
            busy += [one for one in milliseconds(QApplication.processEvents, 1, thread_time) if one > 1]
        busy += milliseconds(window.session.toggle_run, 1, thread_time)
        window.player.settle()
        print(f"\n{rows:,} x {features}, {view}: frames {figures(busy)}, longest {max(busy):.1f} ms", end="")
        assert busy
    window.player.close()
