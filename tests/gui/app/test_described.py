"""Every control of every window has a name and a tooltip; what is drawn is described as it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.lecture_file import shipped_lectures
from core.lecture.scene import read_scene, scene_files
from core.lecture.view_ids import ViewId
from core.number_style import value_text
from core.project.files import find, read
from gui.app.main_window import MainWindow
from gui.lecture.editor.window import open_editor
from gui.lecture.window import open_lecture
from gui.qt.later import draw_all
from gui.selection import Selection
from gui.theme import theme
from gui.views.registry import DOCKS
from tests.gui.described import controls, undescribed

Open = Callable[..., MainWindow]


def assert_described(window: QWidget) -> None:
    found = undescribed(window)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("example", ["xor", "digits", "sine"])
def test_the_main_window_with_all_its_panels(open_window: Open, example: str) -> None:
    window = open_window(read(find(example)).design)
    for view in DOCKS:
        assert window.panels[view].accessibleName(), view
    assert sum(1 for _control in controls(window)) > 100
    draw_all(window)
    for selection in (Selection(1), Selection(1, 0), Selection(1, 0, 0)):
        window.session.select(selection)
        assert_described(window)


def test_the_tour(window: MainWindow) -> None:
    window.actions_["tour"].trigger()
    draw_all(window)
    assert_described(window)


def one_of_each_kind() -> list[int]:
    """Return the places of the first scenes of all kinds of subjects."""
    kinds = [type(read_scene(path).subject) for path in scene_files()]
    return [kinds.index(kind) for kind in dict.fromkeys(kinds)]


def test_the_lecture_its_exercises_and_its_gallery(settings: QSettings, qtbot: QtBot) -> None:
    lecture = open_lecture(None, settings, theme.LIGHT)
    qtbot.addWidget(lecture)
    for place in one_of_each_kind():
        lecture.go(place)
        draw_all(lecture)
        assert_described(lecture)
        if lecture.actions_["exercise"].isVisible():
            lecture.actions_["exercise"].trigger()
            draw_all(lecture)
            assert_described(lecture)
    lecture.show_gallery()
    assert_described(lecture)


def test_the_lecture_editor_with_all_its_tabs(settings: QSettings, qtbot: QtBot) -> None:
    editor = open_editor(None, settings, theme.LIGHT)
    qtbot.addWidget(editor)
    assert editor.draft.open(shipped_lectures()[0])
    editor.scenes.select(1)
    for tabs in editor.findChildren(QTabWidget):
        for k in range(tabs.count()):
            tabs.setCurrentIndex(k)
            draw_all(editor)
            assert_described(editor)


def test_the_canvas_and_the_plots_tell_what_they_show(window: MainWindow) -> None:
    """Their descriptions follow the training, the selection and the design."""
    drawn = [window.panels[view] for view in (ViewId.LOSS_PLOT, ViewId.DECISION_BOUNDARY)]
    parts = [window.panels.canvas, drawn[0].plot, drawn[1].plane]
    draw_all(window)
    first = [part.accessibleDescription() for part in parts]
    assert first[0].startswith("A network of 2 inputs and the layers 4 tanh, 2 tanh, 1 ")
    assert first[1] == "Press Run to see the loss fall."
    assert "after 0 iterations" in first[2]
    window.player.run(30)
    window.player.settle()
    window.session.select(Selection(2, 1, 3))
    draw_all(window)
    later = [part.accessibleDescription() for part in parts]
    loss = value_text(window.player.snapshot.train.loss)
    assert "Iteration 30" in later[0] and "from neuron 4 of layer 1 to neuron 2 of layer 2" in later[0]
    assert later[1].startswith("Iteration 30: train loss ") and loss in later[1]
    assert "after 30 iterations" in later[2] and "%" in later[2]
