"""Edits: a design in, a new design out, and nothing lost on the way."""

from core.nn.design import Dense, Dropout
from gui.canvas import design_edits
from tests.gui.networks import design


def test_a_new_layer_is_like_the_last_hidden_one() -> None:
    assert design_edits.new_layer(design("2-8-1", "relu"), "dense") == Dense(4, "relu")
    assert design_edits.new_layer(design("2-1"), "dense") == Dense(4, "tanh")
    assert design_edits.new_layer(design("2-1"), "dropout") == Dropout(0.2)


def test_a_layer_is_never_inserted_behind_the_output() -> None:
    made = design_edits.inserted(design("2-4-1"), 99, Dropout(0.2))
    assert isinstance(made.layers[-1], Dense)
    assert made.layers[1] == Dropout(0.2)


def test_the_output_is_neither_removed_nor_moved() -> None:
    made = design("2-4-1")
    assert design_edits.removed(made, 1) == made
    assert design_edits.moved(made, 1, 0) == made
    assert [layer.neurons for layer in design_edits.removed(made, 0).layers] == [1]


def test_layers_change_places() -> None:
    made = design("2-3-5-7-1")
    assert [layer.neurons for layer in design_edits.moved(made, 0, 2).layers] == [5, 3, 7, 1]
    assert [layer.neurons for layer in design_edits.moved(made, 2, 0).layers] == [7, 3, 5, 1]
    assert design_edits.moved(made, 1, 1) == design_edits.moved(made, 1, 2) == made


def test_activations_of_single_neurons_come_and_go_with_them() -> None:
    made = design_edits.with_activation(design("2-3-1"), 0, "relu", 1)
    assert made.layers[0].activation == ("tanh", "relu", "tanh")
    assert design_edits.with_neurons(made, 0, 4).layers[0].activation == ("tanh", "relu", "tanh", "tanh")
    assert design_edits.without_neuron(made, 0, 1).layers[0] == Dense(2, "tanh")
    assert design_edits.with_neurons(made, 0, 1).layers[0].activation == "tanh"
    assert design_edits.with_neurons(made, 0, 0).layers[0].neurons == 1
    assert design_edits.with_neurons(made, 0, 5000).layers[0].neurons == design_edits.MOST_NEURONS


def test_softmax_is_for_the_whole_layer() -> None:
    assert design_edits.with_activation(design("2-3-3"), 0, "softmax", 1).layers[0].activation == "softmax"


def test_alpha_stays_only_where_it_has_a_meaning() -> None:
    leaky = design_edits.with_alpha(design_edits.with_activation(design("2-3-1"), 0, "leaky_relu"), 0, 0.2)
    assert design_edits.with_activation(leaky, 0, "elu").layers[0].alpha == 0.2
    assert design_edits.with_activation(leaky, 0, "tanh").layers[0].alpha is None


def test_the_rate_of_a_dropout_stays_in_its_range() -> None:
    made = design_edits.inserted(design("2-3-1"), 1, Dropout(0.9))
    assert design_edits.step(made, 1, 3).design.layers[1].rate == 0.95
    assert design_edits.step(made, 1, -99).design.layers[1].rate == 0.0
