"""The settings of a layer, a dropout and a neuron, in the inspector."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.nn.design import Dense, Design, Dropout, Problem
from gui.selection import Selection
from gui.views.inspector.view import Inspector
from tests.gui.scenes import scene, scene_of, tell


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    made = Inspector()
    qtbot.addWidget(made)
    made.resize(320, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def _asked(inspector: Inspector) -> list[tuple[Design, str]]:
    asked: list[tuple[Design, str]] = []
    inspector.edit_requested.connect(lambda design, text: asked.append((design, text)))
    return asked


def test_picking_an_activation_for_one_neuron(qtbot: QtBot, inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=1, neuron=2))
    asked, combo = _asked(inspector), inspector.settings.activation
    assert combo.currentText() == "tanh" and combo.findData("softmax") < 0
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    names = ("tanh", "tanh", "relu", "tanh")
    assert asked[0][0].layers == (replace(told.design.layers[0], activation=names), *told.design.layers[1:])
    inspector.show_design(asked[0][0], ())
    qtbot.keyClick(combo, Qt.Key.Key_Up)
    assert asked[1][0].layers[0] == told.design.layers[0], "all alike is one name again"


def test_softmax_is_for_the_layer(inspector: Inspector) -> None:
    tell(inspector, scene("blobs"), Selection(layer=3, neuron=0))
    combo = inspector.settings.activation
    assert combo.currentData() == "softmax" and not combo.isEnabled()
    assert "whole layer" in combo.toolTip()


def test_layer_settings(qtbot: QtBot, inspector: Inspector) -> None:
    told = scene()
    mixed = replace(
        told.design, layers=(Dense(3, ("tanh", "elu", "relu"), initializer="he"), *told.design.layers[1:])
    )
    inspector.show_design(mixed, ())
    inspector.show_selection(Selection(layer=1))
    asked, form = _asked(inspector), inspector.settings.layer_form
    assert form.rows["alpha"].isVisible()
    qtbot.keyClick(form.rows["neurons"].edit, Qt.Key.Key_Up)
    assert asked[0][0].layers[0] == Dense(4, ("tanh", "elu", "relu", "relu"), initializer="he")
    inspector.show_design(told.design, (Problem("layers[0].neurons", "Too few."),))
    assert not form.rows["alpha"].isVisible()
    assert form.rows["neurons"].problem.text() == "Too few."


def test_dropout_settings(qtbot: QtBot, inspector: Inspector) -> None:
    told = scene()
    design = replace(told.design, layers=(told.design.layers[0], Dropout(0.2), *told.design.layers[1:]))
    tell(inspector, scene_of(design), Selection(place=1))
    asked, form = _asked(inspector), inspector.settings.dropout_form
    assert form.isVisible()
    qtbot.keyClick(form.rows["rate"].edit, Qt.Key.Key_Up)
    assert asked[0][0].layers[1] == Dropout(0.3)
    inspector.show_selection(Selection(layer=2))
    assert inspector.settings.layer_form.isVisible()


def test_an_edge_has_no_settings(inspector: Inspector) -> None:
    tell(inspector, scene(), Selection(layer=1, neuron=0, source=1))
    assert not inspector.settings.isVisible()
