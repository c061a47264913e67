"""The menu of a plot: fit, logarithmic axis, and pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from core.nn.curves import Curves
from gui.plots.run_plot import RunPlot, Trace
from gui.theme.theme import LIGHT
from gui.widgets import dialogs
from gui.widgets.figure import SCALE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen


@pytest.fixture
def plot(qtbot: QtBot) -> RunPlot:
    made = RunPlot()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    qtbot.waitExposed(made)
    made.show_traces([Trace("one", LIGHT.positive, Curves(np.linspace(1, 0.2, 50), 1, ()), 1)])
    return made


def _choose(plot: RunPlot, text: str) -> None:
    """Choose an entry of the menu that a click of the right button opens."""
    QTest.mouseClick(plot.plot.viewport(), Qt.MouseButton.RightButton)
    menu = next(menu for menu in plot.plot.findChildren(QMenu) if menu.isVisible())
    menu.setActiveAction(next(action for action in menu.actions() if action.text() == text))
    QTest.keyClick(menu, Qt.Key.Key_Return)


def test_the_menu_fits_all_curves(plot: RunPlot) -> None:
    plot.plot.box.setXRange(10, 20)
    plot.plot.box.sigRangeChangedManually.emit([True, True])
    _choose(plot, "Fit all curves")
    plot.grab()
    low, high = plot.plot.box.viewRange()[0]
    assert low <= 0 and high >= 49 and plot.fit_button.isHidden()


def test_the_menu_switches_the_logarithmic_axis_as_its_button_does(plot: RunPlot) -> None:
    _choose(plot, "Logarithmic axis")
    assert plot.logarithmic.isChecked() and plot.plot.item.getAxis("left").logMode
    _choose(plot, "Logarithmic axis")
    assert not plot.logarithmic.isChecked()


def test_the_menu_copies_the_plot(plot: RunPlot) -> None:
    _choose(plot, "Copy as a picture")
    assert QGuiApplication.clipboard().image().size() == plot.plot.size() * SCALE


def test_the_menu_saves_the_plot_under_a_name_it_suggests(
    plot: RunPlot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggested: list[str] = []

    def answer(_window: object, _title: str, start: str, _names: str) -> str:
        suggested.append(Path(start).name)
        return str(tmp_path / "curves")

    monkeypatch.setattr(dialogs, "file_to_save", answer)
    _choose(plot, "Save as a picture…")
    assert suggested == ["Losses of the runs.png"]
    assert QImage(str(tmp_path / "curves.png")).size() == plot.plot.size() * SCALE
