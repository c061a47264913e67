"""Divergence: the quantity, the iteration, the last finite state, and how training continues."""

import numpy as np
import pytest

from core.nn.design import Dense
from core.nn.losses import MAE, MSE
from core.nn.optimizers import Adam, GradientDescent, Momentum, RMSProp
from core.nn.passes import evaluate
from core.nn.trainer import Diverged, Phase, Trainer
from tests.core.making import network, values


def one_weight(optimizer=None, **settings):
    """Return a trainer of o = w x + b on the lecture's sample x = 3, y = 10."""
    dataset = values(features=1, samples=2)
    object.__setattr__(dataset, "x", np.array([[3.0, 3.0]]))
    object.__setattr__(dataset, "labels", np.array([[10.0, 10.0]]))
    net = network([Dense(1, "linear")], MSE(), dataset, optimizer=optimizer or GradientDescent(), **settings)
    return Trainer(net, dataset, np.array([2.0, 0.0]))


def first_overflow(theta, rate):
    """Return the first quantity to overflow in gradient descent on `one_weight`, and its iteration."""
    w, b = theta
    with np.errstate(all="ignore"):
        for t in range(1, 100_000):
            o = w * 3.0 + b
            error = o - 10.0
            g = 2 * error * np.array([3.0, 1.0])
            new = np.array([w, b]) - rate * g
            for name, number in (("z[1]", o), ("the loss J", error**2 + error**2), ("δ[1]", 2 * error)):
                if not np.isfinite(number):
                    return name, t
            if not np.isfinite(g).all():
                return "∂J/∂W[1]", t
            if not np.isfinite(new).all():
                return "W[1]", t
            w, b = new
    return "", 0


@pytest.mark.parametrize("rate", [0.2, 1.0, 100.0])
@pytest.mark.parametrize("by_steps", [False, True])
def test_divergence_names_quantity_and_iteration_and_training_can_go_on(rate, by_steps):
    quantity, iteration = first_overflow(np.array([2.0, 0.0]), rate)
    trainer = one_weight(learning_rate=rate)
    with pytest.raises(Diverged) as caught:
        if by_steps:
            while True:
                trainer.advance(Phase.UPDATE)
        trainer.run(5000)
    assert (caught.value.quantity, caught.value.iteration) == (quantity, iteration)
    assert quantity in str(caught.value)
    assert f"iteration {iteration}:" in str(caught.value)
    snapshot = trainer.snapshot()
    assert (snapshot.phase, snapshot.iteration) == (Phase.BACKWARD, iteration - 2)
    assert np.isfinite([snapshot.train.loss, snapshot.values.J, *snapshot.values.g]).all()
    assert np.isfinite(trainer.curves().losses).all()
    assert trainer.curves().losses.size == iteration - 2
    reference = one_weight(learning_rate=rate)
    for _ in range(iteration - 2):
        reference.advance(Phase.UPDATE)
    assert np.array_equal(reference.snapshot().theta, snapshot.theta)
    trainer.learning_rate.value = 0.04
    trainer.run(10)
    assert trainer.snapshot().train.loss < 1e-10 * snapshot.train.loss


CASES = {
    "z[1]": ([1e300, 0, 1, 0], [1e10], MAE(), {}),
    "z[2]": ([1e200, 0, 1e200, 0], [1.0], MAE(), {}),
    "the loss J": ([1e200, 0, 1, 0], [1.0], MSE(), {}),
    "∂J/∂W[1]": ([0, 0, 1e200, 0], [1e200], MAE(), {}),
    "W[2]": ([1e307, 0, 1, 0], [1.0], MAE(), {"learning_rate": 100.0}),
    "the optimizer's memory": ([1e200, 0, 1e-200, 0], [1.0], MAE(), {"optimizer": RMSProp()}),
}


@pytest.mark.parametrize("quantity", CASES)
@pytest.mark.parametrize("by_steps", [False, True])
def test_the_first_quantity_that_overflows_is_named(quantity, by_steps):
    theta, x, loss, settings = CASES[quantity]
    dataset = values(features=1, samples=2)
    object.__setattr__(dataset, "x", np.array([[x[0], x[0]]]))
    net = network([Dense(1, "linear"), Dense(1, "linear")], loss, dataset, **settings)
    trainer = Trainer(net, dataset, np.array(theta, float))
    with pytest.raises(Diverged) as caught:
        trainer.advance(Phase.UPDATE) if by_steps else trainer.run(3)
    assert (caught.value.quantity, caught.value.iteration) == (quantity, 1)
    snapshot = trainer.snapshot()
    assert snapshot.theta.tolist() == theta
    assert snapshot.iteration == 0
    expected = {"z[1]": 0, "z[2]": 0, "the loss J": 0, "∂J/∂W[1]": 1}.get(quantity, 2)
    assert snapshot.phase is Phase(expected)


@pytest.mark.parametrize("by_steps", [False, True])
def test_an_infinity_that_passes_is_not_overlooked(by_steps):
    """The loss is infinite once; then the update kills the ReLU and everything is finite again."""
    dataset = values(features=1, samples=2)
    object.__setattr__(dataset, "x", np.array([[1.0, 1.0]]))
    net = network([Dense(1, "relu")], MSE(), dataset, learning_rate=1.0)
    trainer = Trainer(net, dataset, np.array([1e160, 0.0]))
    with pytest.raises(Diverged) as caught:
        for _ in range(30):
            trainer.advance(Phase.UPDATE) if by_steps else trainer.run(10)
    assert (caught.value.quantity, caught.value.iteration) == ("the loss J", 1)


@pytest.mark.parametrize("into", [1, 2, 3])
def test_what_a_diverged_run_leaves_shows_finite_numbers(into):
    """This includes runs that began just before, after an update whose pass is no longer in the arrays."""
    trainer = one_weight(learning_rate=0.2)
    iteration = first_overflow(np.array([2.0, 0.0]), 0.2)[1]
    trainer.run(iteration - into)
    with pytest.raises(Diverged):
        trainer.run(50)
    snapshot = trainer.snapshot()
    x, y = trainer.dataset.x, trainer.dataset.labels
    expected = evaluate(trainer.network, snapshot.before, x, y)
    assert np.array_equal(snapshot.values.z[1], expected.z[1])
    assert np.isfinite(snapshot.values.J)
    with pytest.raises(Diverged) as caught:
        trainer.run(50)
    assert caught.value.iteration == iteration


@pytest.mark.parametrize("optimizer", [Momentum(), Adam()])
def test_going_on_after_divergence_takes_the_memory_of_before_the_last_update(optimizer):
    """If the pass after an update fails, the update is undone: parameters and memory."""
    trainer, reference = (one_weight(optimizer, learning_rate=0.01) for _ in range(2))
    trainer.run(5)
    reference.run(5)
    trainer.advance(Phase.BACKWARD)
    trainer.learning_rate.value = 1e200
    trainer.advance(Phase.UPDATE)
    with pytest.raises(Diverged) as caught:
        trainer.run(10)
    assert caught.value.iteration == 7
    trainer.learning_rate.value = 0.01
    trainer.run(4)
    reference.run(4)
    ours, theirs = trainer.snapshot(), reference.snapshot()
    assert np.array_equal(ours.theta, theirs.theta)
    assert np.array_equal(ours.memory, theirs.memory)


def test_the_learning_rate_changes_while_training():
    trainer = one_weight(learning_rate=0.01)
    trainer.run(3)
    trainer.learning_rate.value = 0.02
    assert trainer.snapshot().learning_rate == 0.02
    w, b = 2.0, 0.0
    for rate in (0.01, 0.01, 0.01, 0.02, 0.02):
        error = 3 * w + b - 10
        w, b = w - rate * 6 * error, b - rate * 2 * error
    trainer.run(2)
    assert trainer.snapshot().theta == pytest.approx([w, b], rel=1e-14)
