"""Networks: shapes, positions in theta, and weights kept over edits."""

from itertools import permutations

import numpy as np
import pytest
from msgspec.structs import replace

from core.nn.design import Dense, DesignError, Dropout
from core.nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.network import Network
from tests.core.making import classes, network, values


def test_every_number_of_theta_has_one_place():
    net = network([Dense(4), Dropout(0.1), Dense(3, "softmax")], CategoricalCrossEntropy(), classes(3))
    assert net.n == (2, 4, 3)
    assert net.parameters == (2 + 1) * 4 + (4 + 1) * 3
    theta = np.arange(float(net.parameters))
    parts = [part(theta, l) for l in (1, 2) for part in (net.W, net.b)]
    assert [part.shape for part in parts] == [(2, 4), (4,), (4, 3), (3,)]
    assert sorted(np.concatenate([part.ravel() for part in parts])) == theta.tolist()
    net.W(theta, 2)[1, 2] = -1
    assert (theta == -1).sum() == 1
    assert [layer.dropout for layer in net.layers] == [0, 0.1]
    assert net.weights_mask().sum() == 2 * 4 + 4 * 3
    assert not any(net.b(net.weights_mask(), l).any() for l in (1, 2))


def test_neighbours_with_one_activation_are_one_run():
    layer = Dense(5, ("tanh", "tanh", "elu", "leaky_relu", "tanh"), alpha=0.5)
    net = network([layer, Dense(1, "linear")], MSE(), values())
    runs = [(run.start, run.stop, run.activation.name, run.alpha) for run in net.layers[0].spans]
    assert runs == [(0, 2, "tanh", 0), (2, 3, "elu", 0.5), (3, 4, "leaky_relu", 0.5), (4, 5, "tanh", 0)]
    default = network([Dense(1, "leaky_relu"), Dense(1, "linear")], MSE(), values())
    assert default.layers[0].spans[0].alpha == 0.01


def test_a_design_that_cannot_work_names_every_place():
    with pytest.raises(DesignError) as caught:
        network([Dense(1, "softmax"), Dense(2, "tanh")], BinaryCrossEntropy(), classes())
    assert {problem.where for problem in caught.value.problems} == {"layers[0].activation", "training.loss"}
    assert all(problem.why in str(caught.value) for problem in caught.value.problems)


def hidden(*layers):
    return network([*layers, Dense(1, "sigmoid")], BinaryCrossEntropy(), classes())


def kept_layers(new, old):
    """Return which new layer has the weights of which old layer, and both thetas."""
    theta = np.arange(1.0, old.parameters + 1)
    carried = new.carry(old, theta)
    return carried, theta


def test_weights_are_kept_when_a_layer_is_inserted_or_removed():
    short, long = hidden(Dense(3), Dense(3)), hidden(Dense(3), Dense(5), Dense(3))
    carried, theta = kept_layers(long, short)
    assert np.array_equal(long.W(carried, 1), short.W(theta, 1))
    assert np.array_equal(long.b(carried, 1), short.b(theta, 1))
    assert np.array_equal(long.W(carried, 4), short.W(theta, 3))
    fresh = long.initial(long.design.training.seed)
    assert np.array_equal(long.W(carried, 2), long.W(fresh, 2))
    back, theta = kept_layers(short, long)
    assert np.array_equal(short.W(back, 1), long.W(theta, 1))
    assert np.array_equal(short.W(back, 3), long.W(theta, 4))


def test_among_layers_of_one_shape_the_first_ones_stay():
    two, three = hidden(Dense(3), Dense(3)), hidden(Dense(3), Dense(3), Dense(3))
    carried, theta = kept_layers(two, three)
    for mine, its in ((1, 1), (2, 2), (3, 4)):
        assert np.array_equal(two.W(carried, mine), three.W(theta, its))
    carried, theta = kept_layers(three, two)
    for mine, its in ((1, 1), (2, 2), (4, 3)):
        assert np.array_equal(three.W(carried, mine), two.W(theta, its))
    assert np.array_equal(three.W(carried, 3), three.W(three.initial(1), 3))


def test_weights_are_kept_when_neurons_are_added_or_removed():
    small, wide = hidden(Dense(3), Dense(2)), hidden(Dense(4), Dense(2))
    carried, theta = kept_layers(wide, small)
    assert np.array_equal(wide.W(carried, 1)[:, :3], small.W(theta, 1))
    assert np.array_equal(wide.b(carried, 1)[:3], small.b(theta, 1))
    assert np.array_equal(wide.W(carried, 2)[:3], small.W(theta, 2))
    assert np.array_equal(wide.b(carried, 2), small.b(theta, 2))
    assert np.array_equal(wide.W(carried, 3), small.W(theta, 3))
    fresh = wide.initial(wide.design.training.seed)
    assert np.array_equal(wide.W(carried, 1)[:, 3], wide.W(fresh, 1)[:, 3])
    back, theta = kept_layers(small, wide)
    assert np.array_equal(small.W(back, 2), wide.W(theta, 2)[:3])


def test_weights_are_kept_through_choices_that_change_no_shape():
    old = hidden(Dense(3, "tanh"))
    new = hidden(Dropout(0.2), Dense(3, ("relu", "elu", "tanh"), initializer="he"))
    carried, theta = kept_layers(new, old)
    assert np.array_equal(carried, theta)
    single = Network(
        replace(old.design, training=replace(old.design.training, precision="float32")), classes()
    )
    assert single.carry(old, theta).dtype == np.float32


# -- weights travel with their layer ----------------------------------------------------------------


def edited_in_every_way(layers):
    """Yield layers after one edit, the former index of each (None: new), and a description of the edit.

    As in the program, untouched layers are the same objects, and the output stays the last.
    """
    own = [*enumerate(layers)]
    *inside, output = own
    places = range(len(inside))
    for k in places:
        rest = [*inside[:k], *inside[k + 1 :]]
        yield [*rest, output], f"without {k}"
        for before in range(len(rest) + 1):
            yield [*rest[:before], inside[k], *rest[before:], output], f"{k} moved before {before}"
        for changed in (replace(inside[k][1], activation="elu"), replace(inside[k][1], initializer="he")):
            yield [*inside[:k], (k, changed), *inside[k + 1 :], output], f"{k} changed"
    for k in range(len(inside) + 1):
        for added in (Dense(2, "tanh"), Dense(5, "relu")):
            yield [*inside[:k], (None, added), *inside[k:], output], f"{added.neurons} added before {k}"
    for order in permutations(inside):
        yield [*order, output], "another order"


@pytest.mark.parametrize(
    "sizes", [(2, 4), (3, 3), (2, 4, 2), (4, 2, 3), (3, 3, 3), (2, 2, 4, 4), (2, 3, 2, 3)], ids=str
)
def test_whatever_the_edit_weights_stay_with_their_layer_where_its_shape_agrees(sizes):
    before = [*(Dense(size) for size in sizes), Dense(1, "sigmoid")]
    old = hidden(*before[:-1])
    before = list(old.design.layers)
    theta = np.random.default_rng(3).normal(size=old.parameters)
    for after, what in edited_in_every_way(before):
        design = replace(old.design, layers=tuple(layer for _, layer in after))
        new = Network(design, classes())
        carried, fresh = new.carry(old, theta), new.initial(design.training.seed)
        for l, (place, _layer) in enumerate(after, 1):
            mine = new.layers[l - 1].packed(carried)
            if place is None:
                assert np.array_equal(mine, new.layers[l - 1].packed(fresh)), what
            elif (its := old.layers[place].packed(theta)).shape == mine.shape:
                assert np.array_equal(mine, its), (what, l)


def test_a_moved_layer_is_known_by_what_it_is_where_designs_come_from_elsewhere():
    old = hidden(Dense(2, "tanh"), Dense(2, "relu"), Dense(2, "elu"))
    new = hidden(Dense(2, "elu"), Dense(2, "tanh"), Dense(2, "relu"))
    carried, theta = kept_layers(new, old)
    for mine, its in ((1, 3), (2, 1), (3, 2), (4, 4)):
        assert np.array_equal(new.layers[mine - 1].packed(carried), old.layers[its - 1].packed(theta))


def test_no_layer_takes_the_numbers_of_another_where_its_shape_does_not_agree():
    old = hidden(Dense(4, "tanh"), Dense(2, "relu"), Dense(4, "elu"))
    new = Network(replace(old.design, layers=tuple(old.design.layers[k] for k in (0, 2, 1, 3))), classes())
    carried, theta = kept_layers(new, old)
    fresh = new.initial(new.design.training.seed)
    assert np.array_equal(new.layers[0].packed(carried), old.layers[0].packed(theta))
    assert np.array_equal(new.layers[1].packed(carried), new.layers[1].packed(fresh))
    assert np.array_equal(new.layers[2].packed(carried), old.layers[1].packed(theta))
    assert np.array_equal(new.layers[3].packed(carried), new.layers[3].packed(fresh))
