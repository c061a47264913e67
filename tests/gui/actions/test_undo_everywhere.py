"""Ctrl+Z takes back every edit in every window, and names it; Ctrl+Y makes it again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.lecture.scene import read_scene, scene_files
from gui.app.application import application, first_design
from gui.compare.window import ComparisonWindow, open_side_by_side
from gui.graph_lab.window import LabWindow, open_lab
from gui.lecture.stages.activations.stage import ActivationStage
from gui.lecture.stages.base import SceneStage
from gui.lecture.stages.losses.stage import LossStage
from gui.lecture.stages.one_weight.stage import OneWeightStage
from gui.lecture.stages.softmax.stage import SoftmaxStage
from gui.lecture.window import LectureWindow, open_lecture
from gui.session.document import dataset_of
from gui.theme.theme import LIGHT
from gui.widgets.number_edit import NumberEdit

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
Windows = Callable[[QMainWindow], QMainWindow]
STAGES = {type(read_scene(path).subject): path for path in scene_files()}
"""The last scene of each kind of subject: what the last but one can do, it can do too."""


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Windows]:
    """Return what makes a window active; all are closed at the end."""
    application()
    windows: list[QMainWindow] = []

    def make(window: QMainWindow) -> QMainWindow:
        windows.append(window)
        qtbot.waitExposed(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QApplication.processEvents()
        return window

    yield make
    for window in filter(isValid, windows):
        window.close()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    sys.setswitchinterval(0.005)


def press(key: Qt.Key) -> None:
    """Press a key with Ctrl wherever the focus is."""
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, CONTROL)
    QApplication.processEvents()


def type_over(field: QWidget, text: str) -> None:
    QTest.mouseClick(field, LEFT)
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()


def check_undone(window: QMainWindow, state: Callable[[], object], before: object) -> None:
    """Check that an edit is named by the action, taken back by Ctrl+Z and made again by Ctrl+Y."""
    after, actions = state(), window.actions_  # type: ignore[attr-defined]
    assert after != before
    assert actions["undo"].isEnabled() and ": " in actions["undo"].text()
    press(Qt.Key.Key_Z)
    assert state() == before
    assert actions["redo"].isEnabled()
    press(Qt.Key.Key_Y)
    assert state() == after
    press(Qt.Key.Key_Z)
    assert state() == before


def another(cell: NumberEdit) -> str:
    """Return a number near the one of a cell that it takes."""
    low, high = cell._low, cell._high
    near = (cell.value + step for step in (0.25, -0.25, 1, -1))
    return f"{next(value for value in near if low < value <= high and value != cell.value):.6g}"


@pytest.mark.parametrize("path", STAGES.values(), ids=lambda path: path.stem)
def test_every_number_of_a_stage(shown: Windows, qtbot: QtBot, settings: QSettings, path: object) -> None:
    window = shown(open_lecture(None, settings, LIGHT))
    assert isinstance(window, LectureWindow)
    window.open_scene(path)
    stage = window.theatre.stage
    assert stage is not None
    qtbot.waitUntil(lambda: not getattr(getattr(stage, "run", None), "awaited", False))
    cells = [cell for cell in stage.findChildren(NumberEdit) if cell.isVisible() and cell.isEnabled()]
    numbers = [cell for cell in cells if cell.accessibleName() != "Sample"]  # looked at, not edited

    def state() -> object:
        return stage.subject(), [cell.text() for cell in stage.findChildren(NumberEdit) if cell.isVisible()]

    for k in range(len(numbers)):
        cell, before = numbers[k], state()
        if not isValid(cell):
            break
        type_over(cell, another(cell))
        check_undone(window, state, before)


BENCHES = [kind for kind in STAGES if kind.__name__.endswith("Bench") or kind.__name__ == "OneWeight"]


def grip(stage: SceneStage, round_: int) -> tuple[QWidget, QPoint, QPoint]:
    """Return what is dragged on a stage, where it is taken, and a step of the way."""
    if isinstance(stage, LossStage):
        plot = stage.race.plot if stage.race.isVisible() else stage.outputs
        place = plot.place(*plot.handles[0]).toPoint()
        return plot, place, QPoint(0, -5 if place.y() > plot.height() // 2 else 5)
    assert isinstance(stage, SoftmaxStage | ActivationStage | OneWeightStage)
    slider = stage.slider.slider if isinstance(stage, OneWeightStage) else stage.slider
    return slider, QPoint(slider.width() * round_ // 4, slider.height() // 2), QPoint(6, 0)


@pytest.mark.parametrize("kind", BENCHES, ids=lambda kind: kind.__name__)
def test_a_drag_is_one_edit(shown: Windows, qtbot: QtBot, settings: QSettings, kind: type) -> None:
    window = shown(open_lecture(None, settings, LIGHT))
    assert isinstance(window, LectureWindow)
    window.open_scene(STAGES[kind])
    stage = window.theatre.stage
    assert stage is not None
    before = stage.subject()
    for round_ in (1, 2):  # a second drag is an edit of its own
        start = stage.subject()
        dragged, place, way = grip(stage, round_)
        QTest.mousePress(dragged, LEFT, pos=place)
        for k in range(1, 5):
            QTest.mouseMove(dragged, place + k * way)
            QApplication.processEvents()
        QTest.mouseRelease(dragged, LEFT, pos=place + 4 * way)
        QApplication.processEvents()
        assert stage.subject() != start
    end = stage.subject()
    press(Qt.Key.Key_Z)
    middle = stage.subject()
    assert middle not in (before, end)
    press(Qt.Key.Key_Z)
    assert stage.subject() == before and not window.actions_["undo"].isEnabled()
    for there in (middle, end):
        press(Qt.Key.Key_Y)
        assert stage.subject() == there


def test_classes_chips_and_marks(shown: Windows, settings: QSettings) -> None:
    window = shown(open_lecture(None, settings, LIGHT))
    assert isinstance(window, LectureWindow)
    for kind, path in STAGES.items():
        window.open_scene(path)
        stage = window.theatre.stage
        assert stage is not None
        if isinstance(stage, SoftmaxStage):
            buttons: list[QWidget] = [stage.more, stage.fewer]
        elif isinstance(stage, ActivationStage):
            buttons = list(stage.chips.chips.values())
        elif isinstance(stage, OneWeightStage):
            buttons = stage.slider.findChildren(QToolButton)
        else:
            continue
        assert buttons, kind
        for button in buttons:
            before = stage.subject()
            if isinstance(stage, ActivationStage) and [*stage.chips.curves][1:] == [] and button.isChecked():
                continue  # the last one stays
            QTest.mouseClick(button, LEFT)
            QApplication.processEvents()
            check_undone(window, stage.subject, before)


def test_every_edit_of_networks_side_by_side(shown: Windows, qtbot: QtBot) -> None:
    design = first_design()
    window = shown(open_side_by_side(None, design, dataset_of(design.data), LIGHT))
    assert isinstance(window, ComparisonWindow)

    def state() -> object:
        assert window.panel is not None
        rates = [view.card.rate.value for view in window.views]
        return window.form.choices, [one.design for one in window.variants], rates, len(window.views)

    def field(name: str) -> QLineEdit:
        found = window.findChildren(QLineEdit)
        return next(one for one in found if one.accessibleName().startswith(name) and one.isVisible())

    edits: list[Callable[[], None]] = [
        lambda: type_over(window.views[0].card.rate.edit, "1/20"),
        lambda: type_over(window.views[1].card.rate.edit, "5 %"),
        lambda: type_over(field("β₁"), "0.95"),
        lambda: QTest.mouseClick(window.form.more, LEFT),
        lambda: QTest.mouseClick(window.bar.weights, LEFT),
    ]
    for edit in edits:
        before = state()
        edit()
        QApplication.processEvents()
        check_undone(window, state, before)


def test_a_rate_taken_back_side_by_side_keeps_the_run(shown: Windows, qtbot: QtBot) -> None:
    design = first_design()
    window = shown(open_side_by_side(None, design, dataset_of(design.data), LIGHT))
    assert isinstance(window, ComparisonWindow)
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.run.standing is not None and window.run.standing.tick == 3)
    type_over(window.views[0].card.rate.edit, "0.5")
    press(Qt.Key.Key_Z)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.run.standing is not None and window.run.standing.tick == 4)
    assert window.run.standing.snapshots[0].learning_rate == design.training.learning_rate


def test_every_edit_in_the_lab(shown: Windows) -> None:
    window = shown(open_lab(None, LIGHT))
    assert isinstance(window, LabWindow)
    lab = window.lab

    def state() -> object:
        inputs = {name: float(value) for name, value in lab.stepper.inputs.items()}
        return lab.text, lab.bar.expression.text(), inputs, lab.analytic

    for name in list(lab.bar.fields):
        before = state()
        type_over(lab.bar.fields[name].edit, "1½")
        check_undone(window, state, before)
    before = state()
    type_over(lab.bar.expression, "tanh(w*x + b)**2")
    check_undone(window, state, before)
    type_over(lab.bar.fields[next(iter(lab.bar.fields))].edit, "7/2")
    before = state()
    QTest.mouseClick(next(b for b in window.findChildren(QPushButton) if "Reset" in b.text()), LEFT)
    check_undone(window, state, before)
    lab.bar.examples.menu().actions()[0].trigger()
    check_undone(window, state, before)


def test_the_network_in_the_lab_comes_and_goes_by_undo(window: MainWindow, shown: Windows) -> None:
    """An example chosen over the network of the main window gives the network back."""
    window.actions_["lab"].trigger()
    lab_window = shown(window.secondary_windows.opened[-1])
    assert isinstance(lab_window, LabWindow)
    lab = lab_window.lab

    def state() -> object:
        network = [np.asarray(value).tolist() for value in lab.stepper.inputs.values()]
        return lab.text, lab.bar.of_network.text(), network

    before = state()
    QTest.mouseClick(lab.bar.of_canvas, LEFT)
    check_undone(lab_window, state, before)
    press(Qt.Key.Key_Y)
    assert not lab.text
    before = state()
    lab.bar.examples.menu().actions()[0].trigger()
    check_undone(lab_window, state, before)
    QTest.mouseClick(lab.bar.own, LEFT)
    check_undone(lab_window, state, before)
