"""A window read from right to left is mirrored; time, numbers, the network and plots are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from gui.app.dock_panels import SIDE_BAR
from gui.app.main_window import MainWindow
from gui.qt.later import draw_all
from gui.text.labels import FastLabel
from gui.text.reading_direction import reading
from gui.theme import theme

ROOT = Path(__file__).parents[3]
LTR, RTL = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
Open = Callable[..., MainWindow]


@pytest.fixture
def mirrored(qapp: QApplication) -> Iterator[None]:
    """The program is read from right to left, as with the option -reverse."""
    qapp.setLayoutDirection(RTL)
    yield
    qapp.setLayoutDirection(LTR)


def left_of(window: QWidget, widget: QWidget) -> int:
    return widget.mapTo(window, QPoint()).x()


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_docks_and_bars_are_mirrored_and_time_and_plots_are_not(
    mirrored: None, open_window: Open, qtbot: QtBot
) -> None:
    window = open_window()
    window.player.run(40)
    window.player.settle()
    draw_all(window)
    docks, canvas = window.panels.docks, window.panels.canvas
    middle = left_of(window, canvas)
    assert left_of(window, docks[SIDE_BAR]) > middle > left_of(window, docks[ViewId.INSPECTOR])
    assert left_of(window, window.transport.run_button) > left_of(window, window.counters)
    chips = [left_of(window, chip) for chip in window.transport.strip.chips.values()]
    assert chips == sorted(chips)
    plot, boundary = window.panels[ViewId.LOSS_PLOT].plot, window.panels[ViewId.DECISION_BOUNDARY].plane
    for widget in (canvas, plot, boundary, window.panels[ViewId.LOSS_PLOT].time):
        assert not widget.isRightToLeft(), widget
    axis = plot.item.getAxis("left")
    assert axis.scenePos().x() < plot.box.sceneBoundingRect().left()
    layers = window.panels.canvas.state.layout.columns
    places = [column.tile(0).center().x() for column in layers]
    assert places == sorted(places)


@pytest.mark.parametrize("text", ["−1", "56.7 %", "3 of 14", "−0.0924", "140 train, 60 test"])
def test_numbers_are_read_as_they_are_written(qtbot: QtBot, text: str) -> None:
    drawn = []
    for direction in (LTR, RTL):
        label = FastLabel("number", text, Qt.AlignmentFlag.AlignHCenter)
        label.setLayoutDirection(direction)
        label.setText(text)
        label.show_theme(theme.LIGHT)
        label.resize(label.sizeHint())
        qtbot.addWidget(label)
        drawn.append(picture(label))
    assert drawn[0] == drawn[1]


def test_a_label_stands_at_the_mirrored_side(qtbot: QtBot) -> None:
    inked = {}
    for direction in (LTR, RTL):
        label = FastLabel("text", "", Qt.AlignmentFlag.AlignLeft)
        label.setLayoutDirection(direction)
        label.setText("56.7 %")
        label.resize(300, 24)
        qtbot.addWidget(label)
        image = picture(label)
        ground = image.pixel(150, 1)
        columns = [x for x in range(300) if any(image.pixel(x, y) != ground for y in range(24))]
        inked[direction] = columns[0], columns[-1]
    assert inked[LTR][1] < 100 and inked[RTL][0] > 200


@pytest.mark.parametrize(
    ("text", "direction"),
    [("شبکه عصبی 3", RTL), ("3 شبکه", RTL), ("neural 3", LTR), ("−1", LTR), ("", LTR), ("① Forward", LTR)],
)
def test_a_text_is_read_by_its_first_letter(text: str, direction: Qt.LayoutDirection) -> None:
    assert reading(text) is direction


@pytest.mark.skipif(sys.platform != "linux", reason="places the user's folders by XDG variables")
@pytest.mark.parametrize(
    ("language", "option", "mirrored"), [("en", "", 0), ("en", "--reverse", 1), ("fa", "", 1)]
)
def test_the_program_is_mirrored_on_demand_and_in_a_language_written_so(
    tmp_path: Path, language: str, option: str, mirrored: int
) -> None:
    catalogue = tmp_path / f"{language}.language"
    head = {"format": "glassnet-language", "version": 1, "name": language, "texts": {}}
    catalogue.write_text(json.dumps(head), encoding="utf-8")
    program = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "QApplication.exec = lambda _app: 40 + QApplication.isRightToLeft()\n"
        "from gui.cli.main import main\n"
        "sys.exit(main([*sys.argv[1:], '--new-instance']))"
    )
    folders = {name: str(tmp_path) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    ran = subprocess.run(
        [sys.executable, "-c", program, "xor", *option.split()],
        cwd=ROOT,
        env=os.environ | folders | {"GLASSNET_LANGUAGE": str(catalogue), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 40 + mirrored, ran.stderr
