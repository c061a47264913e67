"""Worked solutions with every mean and sum: J, delta and the update follow the choice."""

import numpy as np
import pytest

from core.derivation.equations import delta_equation, loss_equation
from core.derivation.expressions import value_of
from core.derivation.sample_pass import case_of, sample_of_batch
from core.derivation.solution import solution
from core.derivation.text import as_text
from core.nn.design import Dense
from core.nn.losses import LOSSES, MSE
from core.nn.passes import evaluate
from tests.core.making import network, reductions, suiting

EVERY = [one for kind in LOSSES.values() for one in reductions(kind)]
FACTORS = {"mean": 1 / 3, "sum": 1, "half sum": 1 / 2}


def made(loss, outputs, output=None):
    dataset = suiting(loss, outputs)
    fits = "softmax" if loss.classes else "sigmoid" if loss.of_probabilities else "linear"
    return network([Dense(2, "tanh"), Dense(outputs, output or fits)], loss, dataset), dataset


@pytest.mark.parametrize("loss", EVERY, ids=str)
@pytest.mark.parametrize("outputs", [1, 3])
def test_the_formulas_give_the_numbers_of_the_pass(loss, outputs):
    outputs = max(loss.least, outputs)
    net, dataset = made(loss, outputs, "sigmoid" if loss.of_probabilities and not loss.classes else None)
    theta = np.random.default_rng(4).normal(size=net.parameters)
    case = case_of(net, theta, dataset, 0)
    line = loss_equation(case)
    assert line.numbers is not None and value_of(line.numbers) == pytest.approx(case.values.J, rel=1e-9)
    for k in range(outputs):
        delta = delta_equation(case, 2, k)
        assert delta.numbers is not None
        assert value_of(delta.numbers) == pytest.approx(case.delta(2, k).value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("over_samples", ["mean", "sum"])
@pytest.mark.parametrize("over_outputs", FACTORS)
def test_delta_of_a_sample_in_a_batch_has_the_factor_of_its_loss(over_outputs, over_samples):
    """delta = 2 c (o - y) for a linear output, where c is what J is of the sum of all squares."""
    net, dataset = made(MSE(over_outputs=over_outputs, over_samples=over_samples), 3)
    theta = np.random.default_rng(4).normal(size=net.parameters)
    y = dataset.targets(3)
    values = evaluate(net, theta, dataset.x, y)
    factor = FACTORS[over_outputs] * (1 / y.shape[1] if over_samples == "mean" else 1)
    assert values.delta[2] == pytest.approx(2 * factor * (values.a[2] - y), rel=1e-12)
    case = sample_of_batch(net, dataset, theta, values)
    assert value_of(delta_equation(case, 2, 1).numbers) == pytest.approx(values.delta[2][1, 0], rel=1e-9)


def test_half_the_sum_is_written_as_textbooks_write_it():
    net, dataset = made(MSE(over_outputs="half sum"), 2)
    text = " ".join(as_text(solution(net, net.initial(1), dataset, 0)).split())
    assert "Loss: Half the sum of squared errors." in text
    assert "J = (1/2)·Σₖ (yₖ − oₖ)²" in text or "J = 1/2 Σₖ (yₖ − oₖ)²" in text
    assert "∂J/∂a[2]₁ = o₁ − y₁" in text
