"""The menu of a plot: fit, logarithmic axis, and pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from core.nn.curves import Curves
from gui.figures.figure import SCALE
from gui.figures.figure_dialog import FigureDialog
from gui.plots.run_plot import RunPlot, Trace
from gui.theme.theme import DARK, LIGHT
from gui.widgets import dialogs

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


def test_the_menu_saves_the_plot_as_a_figure_of_the_width_asked_for(
    plot: RunPlot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggested: list[str] = []

    def answer(_window: object, _title: str, start: str, _names: str, **_how: object) -> str:
        suggested.append(Path(start).name)
        return str(tmp_path / "curves")

    monkeypatch.setattr(dialogs, "file_to_save", answer)
    _choose(plot, "Save or print as a figure…")
    dialog = plot.findChild(FigureDialog) or plot.plot.window().findChild(FigureDialog)
    assert dialog is not None
    dialog.look.setCurrentIndex(dialog.look.findText("Dark"))
    dialog.width_field.selectAll()
    QTest.keyClicks(dialog.width_field, "8")
    QTest.keyClick(dialog.width_field, Qt.Key.Key_Return)
    assert suggested == ["Losses of the runs.svg"]
    written = (tmp_path / "curves.svg").read_text()
    assert 'width="80mm"' in written and DARK.panel.name() in written
    assert plot.plot.theme is LIGHT
