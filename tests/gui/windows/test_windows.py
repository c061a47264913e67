"""Every window is on its screen with its frame; panels that are opened come to the front."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from gui.app.dock_panels import SIDE_BAR
from gui.app.main_window import MainWindow
from gui.layout.placement import ROOMY, SIDE, TOP
from gui.views.toolbar import EDGES
from tests.sampling import spread

NOTES_SHARE, NARROWEST = 0.31, 440
ROOT = Path(__file__).parents[3]
SCREENS = [(1366, 768), (2560, 1440), (1920, 1080), (800, 500), (683, 384), (1600, 1000), (1024, 600)]
PROGRAM = """
import json, sys
from PySide6.QtCore import QSettings, QTimer
from gui.widgets import dialogs
from gui.app.application import application, first_design
from gui.session.document import dataset_of
from gui.graph_lab.window import open_lab
from gui.lecture.window import open_lecture
from core.lecture.view_ids import ViewId
from gui.app.dock_panels import SIDE_BAR
from gui.app.main_window import MainWindow
from gui.compare.window import open_side_by_side
from gui.theme.theme import LIGHT
from gui.layout.placement import screen_of
from gui.windows.shortcut_sheet import ShortcutSheet

app = application()
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)
design = first_design()
main = MainWindow(design, settings)
main.take_place()
main.show()
app.processEvents()
lecture = open_lecture(main, settings, LIGHT)
windows = {"main": main, "lecture": lecture, "lab": open_lab(main, LIGHT)}
windows["pair"] = open_side_by_side(main, design, dataset_of(design.data), LIGHT)
app.processEvents()
lecture.go(0)
owners = dict.fromkeys(("shortcuts", "preferences", "stops", "about"), main)
owners |= dict.fromkeys(("notes", "save_scene"), lecture)
for action, owner in owners.items():
    owner.actions_[action].trigger()
    app.processEvents()
    for one in app.topLevelWidgets():
        if one.isVisible() and one not in windows.values():
            windows.setdefault(action, one)
            if one is windows[action]:
                break
room = screen_of(main).availableGeometry()
told = {"room": room.getRect()}

def asked(name, act):
    # note where the dialog stands that an act opens, and refuse it
    def look():
        box = app.activeModalWidget()
        if box is None or not box.isVisible():
            QTimer.singleShot(5, look)
            return
        told[name] = [box.geometry().getRect(), box.isMaximized(), False]
        box.reject()
    QTimer.singleShot(0, look)
    act()

for action in ("open", "save_as", "picture"):
    asked(action, main.actions_[action].trigger)
asked("open_scene", lecture.gallery.ask_and_open)
main.actions_["add_layer"].trigger()
asked("leaving", main.actions_["new"].trigger)
asked("long", lambda: dialogs.question(main, "Long", "as long as it is " * 200))
for name, one in windows.items():
    told[name] = [one.geometry().getRect(), one.isMaximized(), one.inherits("QMainWindow")]
print("TOLD" + json.dumps(told), flush=True)
import os
os._exit(0)
"""


@pytest.mark.parametrize("size", spread(SCREENS, 3))
def test_every_window_is_on_its_screen_with_its_frame(tmp_path: Path, size: tuple[int, int]) -> None:
    wide, high = size
    screens = [{"name": "one", "x": 0, "y": 0, "width": wide, "height": high}]
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "settings.ini")],
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in ran.stdout.splitlines() if line.startswith("TOLD")]
    assert lines, ran.stderr
    told = json.loads(lines[0].removeprefix("TOLD"))
    assert told.pop("room") == [0, 0, wide, high]
    beside = {"shortcuts", "preferences", "stops", "about", "notes", "save_scene"}
    beside |= {"open", "save_as", "picture", "open_scene", "leaving", "long"}
    assert {"main", "lecture", "lab", "pair"} | beside == set(told)
    small = wide < ROOMY.width() or high < ROOMY.height()
    for name, ((x, y, w, h), filled, main) in told.items():
        assert filled == (main and small), name
        if filled:
            assert 0 <= x <= 2 >= y >= 0 and w == wide - 2 * x and h == high - 2 * y, name
            continue
        assert x >= SIDE and y >= TOP and x + w <= wide - SIDE and y + h <= high - SIDE, name
        if name == "notes":
            assert x + w == wide - SIDE and w <= max(NOTES_SHARE * wide, NARROWEST), w
        if main:
            assert abs((x + w / 2) - wide / 2) <= 1, name


def seen(window: MainWindow, name: str) -> bool:
    return not window.panels.docks[name].visibleRegion().isEmpty()


def test_a_panel_that_is_opened_comes_to_the_front(window: MainWindow, qtbot: QtBot) -> None:
    for dock in window.panels.docks:
        if dock.isVisible():
            continue
        dock.toggleViewAction().trigger()
        name = dock.objectName().removeprefix("dock_")
        qtbot.waitUntil(lambda name=name: seen(window, name), timeout=60_000)


def test_matrices_and_training_are_seen_together_and_no_title_is_cut(
    window: MainWindow, qtbot: QtBot
) -> None:
    for dock in window.panels.docks:
        if not dock.isVisible():
            dock.toggleViewAction().trigger()
    window.panels.docks["matrices"].raise_()
    qtbot.waitUntil(lambda: seen(window, "matrices") and seen(window, SIDE_BAR), timeout=60_000)
    bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    shown = [bar for bar in bars if bar.isVisible() and bar.count() > 1]
    assert shown
    for bar in shown:
        for k in range(bar.count()):
            assert bar.tabRect(k).width() >= bar.fontMetrics().horizontalAdvance(bar.tabText(k))
            assert bar.tabToolTip(k) == bar.tabText(k)


@pytest.mark.parametrize("size", spread([(900, 600), (960, 540), (1024, 600)], 1))
def test_what_a_narrow_window_leaves_out_is_told(
    open_window: Callable[..., MainWindow], size: tuple[int, int]
) -> None:
    window = open_window(size=size)
    QApplication.processEvents()
    bar, counters = window.transport, window.counters
    assert window.panels[ViewId.LOSS_PLOT].isVisible() or window.timeline.isVisible()
    for widget in (bar.run_button, bar.strip, bar.speed, counters, window.statusBar()):
        assert widget.isVisible()
        inside = widget.mapTo(window, widget.rect().bottomRight())
        assert window.rect().contains(inside), widget
    for counter in (counters.test, counters.accuracy):
        assert counter.isVisible() or counter.accessibleName() in counters.more.toolTip()
    edges = bar.edges.folded
    assert edges.isVisible() and edges.menu().actions() == [window.actions_[name] for name in EDGES]
    assert window.rect().contains(edges.mapTo(window, edges.rect().bottomRight()))
    assert edges.fontMetrics().horizontalAdvance(edges.text()) < edges.width()
    assert edges.toolTip() and "Weights" in edges.accessibleName()
    assert counters.more.isVisible() == (not counters.test.isVisible() or not counters.accuracy.isVisible())


COLLECTED = """
import gc, os
from PySide6.QtWidgets import QApplication, QWidget
from gui.layout.placement import place

app = QApplication([])
screen = app.primaryScreen()
screen.destroyed.connect(lambda: print("the screen is deleted", flush=True))
window = QWidget()
window.itself = window  # only a garbage collection frees it
place(window, (300, 200))
window.show()
del screen, window
gc.collect()
print("collected", flush=True)
os._exit(0)
"""


def test_a_window_that_is_collected_leaves_its_screen_alive() -> None:
    command = [sys.executable, "-c", COLLECTED]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.stdout.split("\n") == ["collected", ""], ran.stderr
