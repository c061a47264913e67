"""Ctrl+K finds what can be done by its words, and does it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.data.datasets import DATASETS
from core.lecture.scene import read_heading, read_scene, scene_files
from core.lecture.view_ids import ViewId
from core.nn.activations import ACTIVATIONS
from core.project import files
from gui.app.command_palette import CommandPalette
from gui.app.main_window import MainWindow
from gui.views.registry import DOCKS, VIEWS

CONTROL = Qt.KeyboardModifier.ControlModifier


def typed(window: MainWindow, qtbot: QtBot, text: str) -> CommandPalette:
    """Open the palette by its key, and type."""
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    palette = window.findChildren(CommandPalette)[-1]
    qtbot.keyClicks(palette.line, text)
    return palette


def lines(palette: CommandPalette) -> list[str]:
    return [palette.list.topLevelItem(k).text(0) for k in range(palette.list.topLevelItemCount())]


def do(window: MainWindow, qtbot: QtBot, text: str) -> None:
    qtbot.keyClick(typed(window, qtbot, text).line, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("dark", "View › Dark theme"),
        ("batch 32", "Training › Batch size |B| = 32"),
        ("eta 0.03", "Training › Learning rate η = 0.03"),
        ("eta 3 %", "Training › Learning rate η = 0.03"),
        ("relu layer 2", "Activation › ReLU for layer 2"),
        ("softmax output", "Activation › softmax for layer 3"),
        ("matri", "Panel › Matrices"),
        ("adam", "Optimizer › Adam"),
        ("8 neurons", "Network › 8 neurons in layer 1"),
        ("float32", "Precision › Float32"),
        ("rule chain", "Scene 26 › The chain rule, one module at a time"),
        ("confusion", "Panel › Confusion matrix"),
        ("noise 0.4", "Data › Noise = 0.4"),
    ],
)
def test_the_closest_comes_first(window: MainWindow, qtbot: QtBot, text: str, first: str) -> None:
    assert lines(typed(window, qtbot, text))[0] == first


def test_everything_with_a_name_is_found_by_it(window: MainWindow) -> None:
    find = window._commands.find
    names = [VIEWS[view].name for view in DOCKS] + [source.symbol for source in DATASETS.values()]
    names += [read_heading(path).title for path in scene_files()]
    names += [name.replace("-", " ") for name in files.examples()]
    for name in names:
        assert name in [command.title for command in find(name.lower())][:4], name
    for activation in ACTIVATIONS.values():
        assert any(activation.symbol in command.title for command in find(activation.symbol)), (
            activation.symbol
        )


def test_headings_are_those_of_the_scenes() -> None:
    for path in scene_files():
        scene, heading = read_scene(path), read_heading(path)
        assert (heading.number, heading.title, heading.part) == (scene.number, scene.title, scene.part)


def test_a_number_is_set_and_undone(window: MainWindow, qtbot: QtBot) -> None:
    before = window.document.design
    do(window, qtbot, "batch 32")
    assert window.document.design.training.batch_size == 32
    assert window.document.undo_stack.undoText() == "Training: Batch size |B| = 32"
    window.actions_["undo"].trigger()
    assert window.document.design == before


def test_an_activation_a_panel_and_data_are_a_few_letters_away(window: MainWindow, qtbot: QtBot) -> None:
    do(window, qtbot, "elu layer 1")
    assert window.document.design.dense[0].activation == "elu"
    do(window, qtbot, "histograms")
    assert window.panels[ViewId.HISTOGRAMS].isVisible()
    do(window, qtbot, "moons two half")
    assert window.document.design.data.source == "moons"


def test_features_drawing_and_looks_are_found_by_words(window: MainWindow, qtbot: QtBot) -> None:
    do(window, qtbot, "x1^2 on")
    assert window.document.design.data.features == ("x1", "x2", "x1**2")
    do(window, qtbot, "feature x2 off")
    assert window.document.design.data.features == ("x1", "x1**2")
    window.document.undo_stack.undo()
    assert window.document.network.n[0] == 3
    do(window, qtbot, "discretize")
    assert window.actions_["discretize"].isChecked()
    do(window, qtbot, "show test")
    assert not window.actions_["show_test"].isChecked()
    do(window, qtbot, "draw points")
    assert window.actions_["draw_points"].isChecked()
    do(window, qtbot, "scale 4")
    assert window.document.design.data.scale == 4


@pytest.mark.parametrize("text", ["xyzzy", "batch 0", "eta 1e999", "neurons -3", "<b>"])
def test_what_is_not_there_is_said(window: MainWindow, qtbot: QtBot, text: str) -> None:
    before = window.document.design
    palette = typed(window, qtbot, text)
    assert lines(palette) == [] and palette.nothing.isVisible()
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.document.design == before
