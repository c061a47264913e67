"""The worked solution: its numbers are those of the pass and the optimizer, and its formulas yield them."""

import json

import numpy as np
import pytest

from core.derivation.expressions import cancels, digits_of, leaves, rounded, value_of
from core.derivation.sample_pass import NoSolution, as_json, case_of
from core.derivation.solution import solution
from core.derivation.update import updated
from core.nn.design import Dense
from core.nn.losses import MSE
from core.nn.trainer import Phase, Trainer
from tests.core.explaining import OPTIMIZERS as SOME_OPTIMIZERS
from tests.core.explaining import RANDOM, pass_of, random_case, worked
from tests.core.making import network, values

# -- JSON ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", RANDOM)
def test_json_holds_the_numbers_of_the_pass_to_the_last_bit(seed):
    made, theta, dataset, _memory = random_case(np.random.default_rng(seed))
    text = as_json(case_of(made, theta, dataset, 5))
    found, numbers = json.loads(text), pass_of(made, theta, dataset, 5)
    assert list(found) == ["x", "y", "loss", "J", "layers"]
    assert found["x"] == dataset.x[:, 5].tolist()
    assert found["y"] == dataset.targets(made.n[-1])[:, 5].tolist()
    assert found["J"] == numbers.J
    assert found["loss"] == made.loss.__struct_config__.tag
    assert len(found["layers"]) == len(made.layers)
    for l, layer in enumerate(found["layers"], 1):
        assert list(layer) == ["activation", "W", "b", "z", "a", "delta", "dW", "db"]
        assert layer["activation"] == list(made.layers[l - 1].activations)
        assert np.shape(layer["W"]) == np.shape(layer["dW"]) == (made.n[l - 1], made.n[l])
        for name, array in (
            ("W", made.W(theta, l)),
            ("b", made.b(theta, l)),
            ("z", numbers.z[l][:, 0]),
            ("a", numbers.a[l][:, 0]),
            ("delta", numbers.delta[l][:, 0]),
            ("dW", made.W(numbers.g, l)),
            ("db", made.b(numbers.g, l)),
        ):
            assert np.array_equal(np.array(layer[name]), array), (l, name)


def test_a_float32_network_is_written_out_in_float64():
    dataset = values(2, 1)
    made = network([Dense(3, "tanh"), Dense(1, "linear")], MSE(), dataset, precision="float32")
    theta = made.initial(1)
    found = json.loads(as_json(case_of(made, theta, dataset, 0)))
    first = found["layers"][0]
    assert np.array_equal(np.array(first["W"]), made.W(theta, 1).astype(float))
    expected = np.array(first["b"]) + np.array(first["W"]).T @ np.array(found["x"])
    assert np.allclose(first["z"], expected, rtol=1e-14, atol=1e-16)


# -- the structure -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", RANDOM)
def test_every_formula_gives_its_result(seed):
    for line in worked(seed)[-1].lines:
        if line.numbers is not None:
            size = max((abs(leaf.value) for leaf in leaves(line.numbers)), default=0)
            shown = value_of(line.numbers)
            assert shown == pytest.approx(line.result.value, rel=1e-8, abs=1e-13 * max(1, size) ** 2), line


@pytest.mark.parametrize("seed", RANDOM)
def test_what_is_shown_of_a_formula_gives_what_is_shown_as_its_result(seed):
    for line in worked(seed)[-1].lines:
        if line.numbers is None:
            continue
        digits = digits_of(line, 4)
        if not digits.holds:  # only rounding is left, or the step is smaller than 15 digits can show
            assert cancels(line) or 0 < abs(line.result.grain) < 1e-12 * abs(line.result.value)
            continue
        reached = value_of(line.numbers, lambda leaf, digits=digits: float(rounded(leaf, digits.numbers)))
        shown = rounded(line.result, digits.result)
        assert digits.result == 4 or cancels(line)
        off = abs(reached - float(shown))
        assert off <= half_of_the_last_digit(shown, reached) * (1 + 1e-9), (line, shown)


def half_of_the_last_digit(shown, reached):
    """Return half a unit of the last digit of a number in text; for 0, a thousandth of the rounding error."""
    mantissa, _, exponent = shown.partition("e")
    if float(shown) == 0:
        return 1e-3
    decimals = len(mantissa.partition(".")[2])
    return 0.5 * 10.0 ** (int(exponent or 0) - decimals)


@pytest.mark.parametrize("seed", RANDOM)
def test_the_update_is_the_optimizer_s_own(seed):
    made, theta, dataset, memory, found = worked(seed)
    g = pass_of(made, theta, dataset, 3).g
    update = updated(made, theta, g, memory, 4, made.design.training.learning_rate)
    arrows = [line for line in found.lines if line.relation == "←" and line.result.grain]
    moved = [line for line in arrows if line.left.symbol.letter in "Wb"]
    new = {}
    for line in moved:
        symbol = line.left.symbol
        view = (
            made.W(update.theta, symbol.layer) if symbol.letter == "W" else made.b(update.theta, symbol.layer)
        )
        new[symbol] = line.result.value
        assert line.result.value == view[tuple(k - 1 for k in symbol.below)]
    assert len(new) == np.count_nonzero(update.theta != theta)


@pytest.mark.parametrize("optimizer", SOME_OPTIMIZERS, ids=lambda optimizer: optimizer.symbol)
def test_the_update_of_a_single_training_sample_is_the_trainer_s(optimizer):
    dataset = values(2, 1, samples=2, test=1)
    made = network(
        [Dense(3, "tanh"), Dense(1, "linear")], MSE(), dataset, optimizer=optimizer, l1=0.01, l2=0.02
    )
    trainer = Trainer(made, dataset)
    trainer.run(3)
    before = trainer.snapshot()
    trainer.advance(Phase.UPDATE)
    g = pass_of(made, before.theta, dataset, 0).g
    found = updated(made, before.theta, g, before.memory, 3, before.learning_rate)
    assert np.array_equal(found.theta, trainer.snapshot().theta)
    assert np.array_equal(found.memory, trainer.snapshot().memory)


@pytest.mark.parametrize("scale", [30.0, 300.0, 3000.0])
@pytest.mark.parametrize("seed", range(20))
def test_far_out_numbers_are_still_those_of_the_pass(seed, scale):
    made, theta, dataset, _memory = random_case(np.random.default_rng(seed))
    try:
        found = solution(made, scale * theta, dataset, 3)
    except NoSolution as error:
        assert "not a finite number" in str(error)
        return
    for line in found.lines:
        if line.numbers is not None and not np.isclose(value_of(line.numbers), line.result.value, rtol=1e-6):
            sizes = [abs(leaf.value) for leaf in leaves(line.numbers)]
            assert abs(value_of(line.numbers) - line.result.value) <= 1e-12 * max(sizes) ** 2


# -- refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", [-1, 12, 10**9])
def test_a_sample_that_is_not_there_is_a_sentence(sample):
    dataset = values(2, 1)
    made = network([Dense(1, "linear")], MSE(), dataset)
    with pytest.raises(NoSolution, match=r"^There is no sample -?\d+: the data has samples 1 to 12\.$"):
        solution(made, made.initial(1), dataset, sample)


def test_numbers_that_are_not_finite_are_a_sentence():
    dataset = values(2, 1)
    made = network([Dense(1, "linear")], MSE(), dataset)
    with pytest.raises(NoSolution, match="The loss J of this sample is not a finite number"):
        case_of(made, np.full(3, 1e200), dataset, 0)


def test_a_network_too_large_to_write_out_is_a_sentence():
    dataset = values(200, 1)
    made = network([Dense(200, "tanh"), Dense(1, "linear")], MSE(), dataset)
    with pytest.raises(NoSolution, match="at most 20,000 parameters"):
        solution(made, made.initial(1), dataset, 0)
