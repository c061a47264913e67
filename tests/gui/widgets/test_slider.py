"""Every slider goes where it is clicked, and is dragged on from there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from gui.widgets.slider import Slider

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize("orientation", list(Qt.Orientation))
@pytest.mark.parametrize("ends", [(0, 1000), (-400, 400), (0, 5), (7, 8)])
def test_it_goes_where_it_is_clicked(
    qtbot: QtBot, orientation: Qt.Orientation, ends: tuple[int, int]
) -> None:
    slider = Slider(orientation)
    qtbot.addWidget(slider)
    slider.setRange(*ends)
    slider.setPageStep(1)
    slider.resize(*((300, 30) if orientation is Qt.Orientation.Horizontal else (30, 300)))
    slider.show()
    qtbot.waitExposed(slider)
    told: list[str] = []
    slider.sliderPressed.connect(lambda: told.append("pressed"))
    slider.sliderReleased.connect(lambda: told.append("released"))
    for share in (0.9, 0.1, 0.5, 0.99, 0.01, 0.3):
        upright = orientation is Qt.Orientation.Vertical
        place = QPoint(15, round(300 * (1 - share))) if upright else QPoint(round(300 * share), 15)
        told.clear()
        QTest.mouseClick(slider, LEFT, pos=place)
        wanted = ends[0] + share * (ends[1] - ends[0])
        assert abs(slider.value() - wanted) <= max(0.51, 0.05 * (ends[1] - ends[0]))
        assert told == ["pressed", "released"] and not slider.isSliderDown()


def test_it_is_dragged_on_from_there(qtbot: QtBot) -> None:
    slider = Slider(Qt.Orientation.Horizontal)
    qtbot.addWidget(slider)
    slider.setRange(0, 6)
    slider.resize(300, 30)
    slider.show()
    qtbot.waitExposed(slider)
    values: list[int] = []
    slider.valueChanged.connect(values.append)
    QTest.mousePress(slider, LEFT, pos=QPoint(150, 15))
    assert slider.value() == 3 and slider.isSliderDown()
    for x in (200, 290, 500, -20):
        QTest.mouseMove(slider, QPoint(x, 15))
    QTest.mouseRelease(slider, LEFT, pos=QPoint(-20, 15))
    assert values == [3, 4, 6, 0] and not slider.isSliderDown()
    QTest.mouseClick(slider, Qt.MouseButton.RightButton, pos=QPoint(200, 15))
    assert not slider.isSliderDown()


def test_every_slider_of_the_program_is_one(window: MainWindow) -> None:
    for name in ("hidden_space", "training_panel", "data_panel"):
        window.panels.bring(name)
    window.session.select(window.session.selection)
    assert all(isinstance(slider, Slider) for slider in window.findChildren(QSlider))
    folder = Path(__file__).parents[3] / "gui"
    bare = [path.name for path in folder.rglob("*.py") if re.search(r"\bQSlider\(", path.read_text("utf-8"))]
    assert bare == []


def test_a_click_on_the_timeline_looks_there(window: MainWindow, qtbot: QtBot) -> None:
    window.player.run(1000)
    window.player.settle()
    slider = window.timeline.slider
    QTest.mouseClick(slider, LEFT, pos=QPoint(slider.width() // 4, slider.height() // 2))
    window.player.settle()
    assert abs(window.player.where.iteration - 250) <= 15
    t = window.player.where.iteration
    qtbot.mouseClick(window.timeline.resume, LEFT)
    window.player.settle()
    assert window.player.newest.iteration == t
