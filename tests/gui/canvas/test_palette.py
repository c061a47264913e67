"""The palette: what its cards carry, and what double click and Enter ask for; and the outline beside it."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Dropout
from core.nn.trainer import Phase
from core.number_style import value_text
from gui.canvas.gestures import ACTIVATION, LAYER
from gui.canvas.outline import SELECTION, Outline
from gui.canvas.palette import PalettePanel
from gui.selection import Selection
from gui.theme.theme import DARK
from tests.gui.networks import design, trainer


@pytest.fixture
def palette(qtbot: QtBot) -> PalettePanel:
    made = PalettePanel()
    qtbot.addWidget(made)
    made.show_design(design("2-4-2-1"), ())
    made.resize(236, 400)
    made.show()
    made.asked = []
    made.edit_requested.connect(lambda design, text: made.asked.append((design, text)))
    return made


def test_every_card_carries_its_name_and_says_what_it_is(palette: PalettePanel) -> None:
    assert list(palette.activations) == list(ACTIVATIONS)
    for name, card in palette.activations.items():
        assert bytes(card.mime_data().data(ACTIVATION)) == name.encode()
        assert card.accessibleName() == ACTIVATIONS[name].symbol
        assert card.toolTip()
    for kind, card in palette.layers.items():
        assert bytes(card.mime_data().data(LAYER)) == kind.encode()


def test_a_double_click_adds_a_layer_before_the_output(palette: PalettePanel, qtbot: QtBot) -> None:
    qtbot.mouseDClick(palette.layers["dense"], Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(palette.layers["dropout"], Qt.MouseButton.LeftButton)
    (dense, text), (dropout, _) = palette.asked
    assert [layer.neurons for layer in dense.layers] == [4, 2, 4, 1]
    assert text == "Add layer"
    assert isinstance(dropout.layers[2], Dropout)


def test_enter_gives_the_activation_to_what_is_selected(palette: PalettePanel, qtbot: QtBot) -> None:
    for selection in (Selection(), Selection(2), Selection(1, 3)):
        palette.show_selection(selection)
        palette.activations["relu"].setFocus()
        qtbot.keyClick(palette.activations["relu"], Qt.Key.Key_Return)
    activations = [[layer.activation for layer in design.layers] for design, _ in palette.asked]
    assert activations == [
        ["relu", "relu", "sigmoid"],
        ["tanh", "relu", "sigmoid"],
        [("tanh", "tanh", "tanh", "relu"), "tanh", "sigmoid"],
    ]


def test_the_palette_follows_the_theme(palette: PalettePanel) -> None:
    before = palette.grab().toImage()
    palette.show_theme(DARK)
    assert palette.grab().toImage() != before


@pytest.fixture
def outline(qtbot: QtBot) -> Outline:
    made = Outline()
    qtbot.addWidget(made)
    made.trainer = trainer("2-4-2-1")
    made.show_design(made.trainer.network.design, ())
    made.show_network(made.trainer.network, made.trainer.dataset)
    made.trainer.advance(Phase.BACKWARD)
    made.show_snapshot(made.trainer.snapshot())
    made.asked = []
    made.select_requested.connect(made.asked.append)
    return made


def test_the_outline_lists_layers_neurons_and_their_numbers(outline: Outline, qtbot: QtBot) -> None:
    assert [outline.topLevelItem(k).text(0).split(":")[0] for k in range(4)] == [
        "Input",
        "Layer 1",
        "Layer 2",
        "Output",
    ]
    outline.topLevelItem(2).setExpanded(True)
    neuron = outline.topLevelItem(2).child(1)
    neuron.setExpanded(True)
    values, theta = outline.trainer.snapshot().values, outline.trainer.snapshot().theta
    network = outline.trainer.network
    qtbot.waitUntil(lambda: neuron.text(1) == value_text(values.a[2][1, 0]))
    assert neuron.text(2) == value_text(values.delta[2][1, 0])
    weights = [neuron.child(row) for row in range(2, 6)]
    assert [row.text(1) for row in weights] == [value_text(w) for w in network.W(theta, 2)[:, 1]]
    assert [row.text(2) for row in weights] == [value_text(g) for g in network.W(values.g, 2)[:, 1]]
    assert neuron.child(1).text(1) == value_text(network.b(theta, 2)[1])


def test_the_selection_goes_both_ways(outline: Outline) -> None:
    outline.show_selection(Selection(2, 1, 3, sample=5))
    assert outline.currentItem().data(0, SELECTION) == Selection(2, 1, 3)
    assert not outline.asked
    outline.setCurrentItem(outline.topLevelItem(1))
    assert outline.asked == [Selection(1, sample=5)]


def test_the_outline_names_what_does_not_work(outline: Outline) -> None:
    from core.nn.design import Design
    from core.nn.design_problems import problems

    broken = Design(layers=(Dense(1, "softmax"),))
    found = problems(broken, outline.trainer.dataset)
    outline.show_design(broken, found)
    texts = [outline.topLevelItem(k).text(0) for k in range(outline.topLevelItemCount())]
    assert [problem.why for problem in found] == texts[2:]
