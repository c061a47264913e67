"""Ctrl+K finds what can be done by its words, and does it."""

from __future__ import annotations

from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidgetAction
from pytestqt.qtbot import QtBot

from core.data.datasets import DATASETS
from core.data.ready_tables import READY_TABLES
from core.language import tr
from core.lecture.scene import read_heading, read_scene, shipped_scenes
from core.lecture.view_ids import ViewId
from core.nn.activations import ACTIVATIONS
from core.nn.design import fields_of
from core.nn.initializers import INITIALIZERS
from core.nn.losses import MSE
from core.nn.optimizers import Adam
from core.project import files
from gui.app.command_palette import CommandPalette
from gui.app.main_window import MainWindow
from gui.views.registry import DOCKS, VIEWS, grouped

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


FIRST = {
    "dark": "View › Dark theme",
    "batch 32": "Training › Batch size |B| = 32",
    "eta 0.03": "Training › Learning rate η = 0.03",
    "eta 3 %": "Training › Learning rate η = 0.03",
    "relu layer 2": "Activation › ReLU for layer 2",
    "softmax output": "Activation › softmax for layer 3",
    "matri": "Panel › Matrices",
    "adam": "Optimizer › Adam",
    "8 neurons": "Network › 8 neurons in layer 1",
    "2 neurons layer 1": "Network › 2 neurons in layer 1",
    "layer 2 neurons 16": "Network › 16 neurons in layer 2",
    "over samples sum": "Over samples › Sum",
    "float32": "Precision › Float32",
    "rule chain": "Scene 26 › The chain rule, one module at a time",
    "confusion": "Panel › Confusion matrix",
    "noise 0.4": "Data › Noise = 0.4",
    "dead": "Panel › What may be wrong",
    "mse": "Loss › Mean squared error",
    "dropout": "Network › Dropout before layer 1",
    "dropout layer 3": "Network › Dropout before layer 3",
    "truth table and": "Data › Truth table of AND",
    "empty table": "Data › Empty table",
    "labels -1": "Labels › −1 or 1",
    "order as in the table": "Order › As in the table",
    "full batch": "Batch › Full batch",
    "he 2015": "Initializer › He",
}
"""What is found first by what is typed."""


def test_the_closest_comes_first(window: MainWindow, qtbot: QtBot) -> None:
    found = {}
    for text in FIRST:
        palette = typed(window, qtbot, text)
        found[text] = lines(palette)[0]
        qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    assert found == FIRST


def test_everything_with_a_name_is_found_by_it(window: MainWindow) -> None:
    find = window._commands.find
    names = [VIEWS[view].name for view in DOCKS] + [source.symbol for source in DATASETS.values()]
    names += [read_heading(path).title for path in shipped_scenes()]
    names += [name.replace("-", " ") for name in files.examples()]
    for name in names:
        assert name in [command.title for command in find(name.lower())][:4], name
    for activation in ACTIVATIONS.values():
        assert any(activation.symbol in command.title for command in find(activation.symbol)), (
            activation.symbol
        )


def test_headings_are_those_of_the_scenes() -> None:
    for path in shipped_scenes():
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


def test_every_choice_of_a_form_is_found_by_the_words_in_it(window: MainWindow) -> None:
    find, design = window._commands.find, window.document.design
    for part in (design.training, design.training.loss, design.training.optimizer, design.data):
        for name, (kind, meta) in fields_of(type(part)).items():
            if meta is not None and (names := (meta.extra or {}).get("names")):
                for value in get_args(kind):
                    titles = [command.title for command in find(f"{tr(meta.title)} {tr(names[value])}")]
                    assert tr(names[value]) + " ✓" * (value == getattr(part, name)) in titles, value
    for name in INITIALIZERS:
        present = {layer.initializer for layer in design.dense} == {name}
        assert present or find(f"initializer {name}"), name


def test_the_settings_of_the_loss_and_of_the_optimizer_are_found_too(
    window: MainWindow, qtbot: QtBot
) -> None:
    do(window, qtbot, "mean squared")
    do(window, qtbot, "half the sum")
    assert window.document.design.training.loss == MSE(over_outputs="half sum")
    do(window, qtbot, "adam")
    do(window, qtbot, "beta1 0.8")
    assert window.document.design.training.optimizer == Adam(beta1=0.8)
    assert window.document.undo_stack.undoText() == "Adam: β₁ = 0.8"


def test_what_is_so_already_is_found_with_a_tick_and_changes_nothing(
    window: MainWindow, qtbot: QtBot
) -> None:
    before = window.document.design
    palette = typed(window, qtbot, "binary cross-entropy")
    assert lines(palette)[0] == "Loss › Binary cross-entropy ✓"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.document.design is before


def test_a_ready_table_is_taken_and_shown(window: MainWindow, qtbot: QtBot) -> None:
    do(window, qtbot, "truth table nand")
    assert window.document.design.data.table == READY_TABLES["NAND"]
    assert window.panels[ViewId.TABLE].isVisible()
    window.document.undo_stack.undo()
    assert window.document.design.data.source == "xor"


def test_features_drawing_and_looks_are_found_by_words(window: MainWindow, qtbot: QtBot) -> None:
    do(window, qtbot, "x1^2 on")
    assert window.document.design.data.features == ("x1", "x2", "x1**2")
    do(window, qtbot, "sin x2 on")
    assert "sin(x2)" in window.document.design.data.features
    window.document.undo_stack.undo()
    do(window, qtbot, "x1 x2 on")
    assert "x1*x2" in window.document.design.data.features
    window.document.undo_stack.undo()
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


def test_what_is_not_there_is_said(window: MainWindow, qtbot: QtBot) -> None:
    before = window.document.design
    for text in ("xyzzy", "batch 0", "eta 1e999", "neurons -3", "<b>"):
        palette = typed(window, qtbot, text)
        assert lines(palette) == [] and palette.nothing.isVisible(), text
        qtbot.keyClick(palette.line, Qt.Key.Key_Return)
        assert window.document.design == before, text
        qtbot.keyClick(palette.line, Qt.Key.Key_Escape)


def test_every_panel_has_a_picture_in_the_menu_and_lies_in_one_group(window: MainWindow) -> None:
    views = [view for views in grouped().values() for view in views]
    assert sorted(views) == sorted(view for view, position in DOCKS.items() if not position.section)
    (menu,) = (one for one in window.findChildren(QMenu) if one.title() == "&Panels")
    for dock in window.panels.docks:
        action = dock.toggleViewAction()
        assert action in menu.actions() and not action.icon().isNull()
    titles = [action.text() for action in menu.actions() if isinstance(action, QWidgetAction)]
    assert titles == list(grouped())


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_the_keyboard_is_given_back_and_the_key_does_nothing_else(
    window: MainWindow, qtbot: QtBot, key: Qt.Key
) -> None:
    header = window.panels.side_bar.sections[ViewId.PALETTE].header
    window.panels.canvas.setFocus()
    palette = typed(window, qtbot, "digits 3")
    qtbot.keyClick(palette.line, key)
    assert window.focusWidget() is window.panels.canvas and header.isChecked()
    header.setFocus()
    palette = typed(window, qtbot, "digits 3")
    qtbot.keyClick(palette.line, key)
    assert window.focusWidget() is header and header.isChecked()


CALLED = {
    "roc": "Metrics",
    "csv": "Open data…",
    "features sin": "sin x₁ on",
    "mae": "Mean absolute error",
    "crossentropy": "Categorical cross-entropy",
    "iteration 100": "Go to iteration 100",
}
"""What people call a thing, and how its name ends."""


def test_things_are_found_by_what_people_call_them(window: MainWindow, qtbot: QtBot) -> None:
    for text, name in CALLED.items():
        palette = typed(window, qtbot, text)
        assert any(line.lower().endswith(name.lower()) for line in lines(palette)), lines(palette)
        qtbot.keyClick(palette.line, Qt.Key.Key_Escape)


def test_an_iteration_is_gone_to_by_its_number(window: MainWindow, qtbot: QtBot) -> None:
    window.player.run(150)
    window.player.settle()
    palette = typed(window, qtbot, "iteration 100")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.player.snapshot.iteration == 100)
