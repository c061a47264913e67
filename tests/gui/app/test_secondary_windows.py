"""The windows beside the main one are opened from the menu, have its theme, and are closed with it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.graph.network_graph import graph_inputs
from core.nn.passes import evaluate
from gui.app.main_window import MainWindow
from gui.app.secondary_windows import FEW
from gui.compare.window import ComparisonWindow
from gui.graph_lab.window import LabWindow
from gui.lecture.editor.scene_picker import ScenePicker
from gui.theme import theme
from gui.widgets import dialogs


@pytest.mark.parametrize(
    ("key", "kind"),
    [(Qt.Key.Key_G, LabWindow), (Qt.Key.Key_B, ComparisonWindow)],
    ids=["lab", "side by side"],
)
def test_a_companion_opens_by_its_key_and_closes_with_the_window(
    window: MainWindow, qtbot: QtBot, key: Qt.Key, kind: type
) -> None:
    window.panels.canvas.setFocus()
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(window.secondary_windows.opened) == 1)
    (opened_window,) = window.secondary_windows.opened
    assert isinstance(opened_window, kind)
    assert opened_window.isVisible()
    window.looks.show(theme.DARK)
    window.close()
    qtbot.waitUntil(lambda: not isValid(opened_window) or not opened_window.isVisible())


def test_there_is_one_lab_which_its_key_brings_to_the_front(window: MainWindow, qtbot: QtBot) -> None:
    def press() -> None:
        window.activateWindow()
        window.panels.canvas.setFocus()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)

    press()
    (lab,) = window.secondary_windows.opened
    assert isinstance(lab, LabWindow)
    qtbot.waitUntil(lab.isActiveWindow)
    lab.lab.bar.expression.setText("")
    qtbot.keyClicks(lab.lab.bar.expression, "x*y")
    for hide in (lambda: None, lab.showMinimized):
        hide()
        press()
        qtbot.waitUntil(lab.isActiveWindow)
        assert lab.isVisible() and not lab.isMinimized()
        assert window.secondary_windows.opened == [lab]
        assert lab.lab.text == "x*y"
    lab.close()
    qtbot.waitUntil(lambda: not isValid(lab))
    press()
    (other,) = window.secondary_windows.opened
    assert isinstance(other, LabWindow) and other.isVisible()


def test_the_lab_shows_the_network_on_the_canvas_as_it_is_by_now(window: MainWindow, qtbot: QtBot) -> None:
    window.panels.canvas.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(window.secondary_windows.opened) == 1)
    (opened_window,) = window.secondary_windows.opened
    assert isinstance(opened_window, LabWindow)
    button, network, dataset = (
        opened_window.lab.bar.of_canvas,
        window.document.network,
        window.document.dataset,
    )
    assert button.isVisible()
    seen = []
    for name in ("forward", "update", "forward"):
        window.actions_[name].trigger()
        window.player.settle()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        snapshot = window.player.snapshot
        assert snapshot is not None
        assert snapshot.values is not None
        samples = snapshot.values.samples
        y = dataset.targets(network.n[-1])[:, samples]
        expected = graph_inputs(network, snapshot.theta, dataset.x[:, samples], y)
        inputs = opened_window.lab.stepper.inputs
        assert all(np.array_equal(inputs[name], array) for name, array in expected.items())
        J = opened_window.lab.stepper.final.values[-1]
        assert J is not None
        if name == "update":
            J_now = evaluate(network, snapshot.theta, dataset.x[:, samples], y).J
            assert float(J) == pytest.approx(J_now, rel=1e-12)
        seen.append(expected["W[1]"].copy())
    assert not np.array_equal(seen[0], seen[-1])


def test_every_value_of_the_network_in_the_lab_is_drawn_as_a_matrix(window: MainWindow) -> None:
    window.actions_["lab"].trigger()
    (opened_window,) = window.secondary_windows.opened
    assert isinstance(opened_window, LabWindow)
    lab = opened_window.lab
    QTest.mouseClick(lab.bar.of_canvas, Qt.MouseButton.LeftButton)
    lab.backward_pass()
    for k in lab.side.table.rows:
        QTest.mouseClick(
            lab.canvas.viewport(), Qt.MouseButton.LeftButton, pos=lab.canvas.node_middle(k).toPoint()
        )
        assert "<img" in lab.side.node.text()


def test_between_passes_the_lab_shows_as_many_samples_as_make_a_batch(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.actions_["lab"].trigger()
    (opened_window,) = window.secondary_windows.opened
    assert isinstance(opened_window, LabWindow)
    qtbot.mouseClick(opened_window.lab.bar.of_canvas, Qt.MouseButton.LeftButton)
    dataset, design = window.document.dataset, window.document.network.design
    size = design.training.size_of_batch(dataset.train.size)
    shown = dataset.train if dataset.train.size <= FEW else dataset.train[:size]
    assert np.array_equal(opened_window.lab.stepper.inputs["x"], dataset.x[:, shown])


def test_a_lecture_is_begun_given_edited_and_asked_about_at_the_end(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.actions_["new_lecture"].trigger()
    editor = window.lecture_launcher.editor
    assert editor is not None and not editor.draft.lecture.scenes
    picker = editor.findChild(ScenePicker)
    assert picker.isVisible()
    qtbot.keyClicks(picker.search, "mean absolute")
    qtbot.mouseClick(picker.all_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(picker.add_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(editor.give_button, Qt.MouseButton.LeftButton)
    lecture = window.lecture_launcher.lecture
    assert lecture is not None and lecture.scene.name == "mae" and len(lecture.lecture.places) == 1
    lecture.actions_["next_scene"].trigger()
    assert lecture.scene.name == "mae"  # the lecture has no other scene
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard]
    monkeypatch.setattr(dialogs, "question", lambda *_args, **_more: answers.pop(0))
    window.close()
    assert window.isVisible() and editor.isVisible() and len(answers) == 1
    window.close()
    assert not window.isVisible() and not answers
