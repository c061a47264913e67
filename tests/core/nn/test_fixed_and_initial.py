"""Fixed parameters and given first weights: in training, over edits, and in their faults."""

import numpy as np
import pytest
from msgspec.structs import replace

from core.analysis.gradient_check import GradientSteps, by_differences
from core.derivation.update import updated
from core.nn.design import Dense, Design, Training, same_run, trains_alike
from core.nn.design_problems import problems
from core.nn.network import Network, carried, starts_alike
from core.nn.neuron_ids import RemovedNeuron, first_ids, ids_after
from core.nn.optimizers import OPTIMIZERS
from core.nn.passes import evaluate
from core.nn.trainer import Phase, Trainer
from tests.core.making import classes

DATA = classes(2, samples=12)
LAYERS = Dense(3, fixed=((0, 1), (1, 2), (2, 3))), Dense(1, "sigmoid", fixed=((0, 1),))
FIXED = [4 - 3, 5, 6, 12]  # W[1]_12, W[1]_23, b[1]_1 and b[2]_1 in theta, layer after layer


def design(*layers, **training):
    return Design(layers=layers or LAYERS, training=Training(batch_size=4, **training))


def test_places_of_fixed_parameters():
    network = Network(design(), DATA)
    assert network.fixed.tolist() == FIXED
    assert (network.parameters, network.differentiated.size) == (13, 9)
    assert network.parameters_text == "13 parameters, 4 of them fixed"
    whole = Network(design(Dense(3, fixed=True), Dense(1, "sigmoid")), DATA)
    assert whole.fixed.tolist() == list(range(9))


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=str)
def test_no_optimizer_and_no_penalty_moves_what_is_fixed(optimizer):
    settings = {"optimizer": optimizer(), "learning_rate": 0.05, "l1": 0.01, "l2": 0.1}
    network = Network(design(**settings), DATA)
    start = np.random.default_rng(3).normal(size=network.parameters)
    trainer, stepped = Trainer(network, DATA, start), Trainer(network, DATA, start)
    trainer.run(50)
    for _ in range(50):
        stepped.advance(Phase.UPDATE)
    found = trainer.snapshot()
    assert found.theta[FIXED].tolist() == start[FIXED].tolist()
    assert (np.delete(found.theta, FIXED) != np.delete(start, FIXED)).all()
    assert not found.memory[:, FIXED].any()
    assert found.theta.tobytes() == stepped.snapshot().theta.tobytes()


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=str)
def test_the_free_parameters_move_as_without_any_fixed_one_in_the_first_update(optimizer):
    network = Network(design(optimizer=optimizer()), DATA)
    other = Network(design(Dense(3), Dense(1, "sigmoid"), optimizer=optimizer()), DATA)
    start = other.initial(1)
    found, free = Trainer(network, DATA, start), Trainer(other, DATA, start)
    found.run(1)
    free.run(1)
    theta, wanted = found.snapshot().theta, free.snapshot().theta
    assert np.delete(theta, FIXED).tolist() == np.delete(wanted, FIXED).tolist()
    g = evaluate(network, start, DATA.x, DATA.targets(1)).g
    assert updated(network, start, g, None, 0, 0.1).theta[FIXED].tolist() == start[FIXED].tolist()


def test_fixing_goes_on_with_a_run_and_other_first_weights_do_not():
    free, fixed = design(Dense(3), Dense(1, "sigmoid")), design()
    assert same_run(free, fixed) and not trains_alike(free, fixed)
    assert not same_run(free, design(Dense(3, initial=0.5), Dense(1, "sigmoid")))


def test_the_gradient_check_leaves_out_what_is_fixed():
    network = Network(design(), DATA)
    theta = np.random.default_rng(2).normal(size=network.parameters)
    check = GradientSteps(network, theta, DATA.x, DATA.targets(1))
    check.advance(network.parameters)
    assert check.finished and check.forward_passes == 2 * 9 == by_differences(network).forward
    assert np.flatnonzero(np.isnan(check.errors)).tolist() == FIXED
    assert check.worst not in FIXED and np.nanmax(check.errors) < 1e-6


def test_first_weights_as_given():
    table = ((0.15, 0.25), (0.2, 0.3), (0.35, 0.35))
    network = Network(design(Dense(2, initial=table), Dense(1, "sigmoid", initial=0.5)), DATA)
    assert network.initial(7).tolist() == [0.15, 0.25, 0.2, 0.3, 0.35, 0.35, 0.5, 0.5, 0.5]
    trainer = Trainer(network, DATA)
    trainer.run(3)
    trainer.restart()
    assert trainer.snapshot().theta.tolist() == network.initial(1).tolist()


@pytest.mark.parametrize(
    ("layer", "where", "words"),
    [
        (Dense(3, fixed=((3, 1),)), "fixed", "there is no parameter [3, 1] to be fixed"),
        (Dense(3, fixed=((0, 4),)), "fixed", "j is from 1 to 3"),
        (Dense(3, fixed=((1, 0),)), "fixed", "there is no parameter [1, 0]"),
        (Dense(3, fixed=((-1, 1),)), "fixed", "there is no parameter [-1, 1]"),
        (
            Dense(2, initial=((1.0, 2.0), (3.0, 4.0))),
            "initial",
            "must be 3 rows, the last one for the biases",
        ),
        (Dense(2, initial=((1.0, 2.0), (3.0,), (1.0, 1.0))), "initial", "of 2 numbers each"),
    ],
)
def test_parameters_that_the_layer_does_not_have(layer, where, words):
    (found,) = problems(design(layer, Dense(1, "sigmoid")), DATA)
    assert found.where == f"layers[0].{where}" and words in found.why


def edited(old, new, features=2, removed=None):
    """Return an edited design with its parameters carried over, and the ids before and after."""
    before = first_ids(old.dense, features)
    now = ids_after(new.dense, features, old.dense, before, removed)
    return carried(new, now, old, before), now, before


def test_fixed_and_first_weights_travel_with_their_neurons():
    table = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0), (7.0, 8.0, 9.0))
    last = ((1.0,), (2.0,), (3.0,), (4.0,))
    old = design(replace(LAYERS[0], initial=table), Dense(1, "sigmoid", initial=last, fixed=((3, 1), (2, 1))))
    new = replace(old, layers=(replace(old.layers[0], neurons=2), old.layers[1]))
    found, now, before = edited(old, new, removed=RemovedNeuron(1, 1))
    hidden, output = found.dense
    assert hidden.fixed == ((0, 1), (2, 2)) and output.fixed == ((2, 1),)
    assert hidden.initial == ((1, 3), (4, 6), (7, 9)) and output.initial == ((1,), (3,), (4,))
    assert problems(found, DATA) == () and starts_alike(old, found, before, now)


def test_a_new_neuron_is_free_and_drawn():
    old = design(Dense(1, initial=((1.0,), (2.0,), (3.0,)), fixed=((1, 1),)), Dense(1, "sigmoid", fixed=True))
    new = replace(old, layers=(replace(old.layers[0], neurons=2), old.layers[1]))
    found, now, before = edited(old, new)
    hidden = found.dense[0]
    assert [row[0] for row in hidden.initial] == [1, 2, 3] and hidden.initial[0][1] != 0 == hidden.initial[2][
        1
    ]
    assert hidden.fixed == ((1, 1),) and found.dense[1].fixed is True
    assert starts_alike(old, found, before, now) and problems(found, DATA) == ()


def test_a_layer_after_another_one_keeps_nothing_that_does_not_fit():
    old = design(Dense(2), Dense(3, initial=0.5, fixed=((1, 1),)), Dense(1, "sigmoid"))
    found, _, _ = edited(old, replace(old, layers=(old.layers[0], Dense(4), *old.layers[1:])))
    assert found.dense[2] == Dense(3, initial=0.5)


def test_fixed_and_first_weights_that_were_edited_themselves_stay():
    old = design()
    new = replace(old, layers=(replace(LAYERS[0], fixed=((1, 1),), initial=0.5), LAYERS[1]))
    assert edited(old, new)[0] == new
