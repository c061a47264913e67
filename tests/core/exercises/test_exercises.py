"""Exercises: random numbers, answers that agree with independent computations, and helpful hints."""

from __future__ import annotations

import math
import re
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from core.exercises.question import Exercise, Question, tolerance_of, verdict, working_text
from core.exercises.registry import exercise, scene_of
from core.graph.number_text import number_or_none
from core.lecture.scene import Scene, find_scene, read_scene, scene_files, write_scene
from core.lecture.subjects import (
    ActivationBench,
    Expression,
    LossBench,
    Networks,
    OneWeight,
    SoftmaxBench,
    made,
    worked_out,
)

SEEDS = range(25)
WORKED = tuple(range(1, 1 + len(scene_files())))


@cache
def scene(number: int) -> Scene:
    return read_scene(find_scene(f"{number:02d}"))


@cache
def drawn(number: int, seed: int) -> Exercise:
    found = exercise(scene(number), seed)
    assert found is not None
    return found


def by_symbol(found: Exercise) -> dict[str, Question]:
    symbols = [question.symbol for question in found.questions]
    assert len(set(symbols)) == len(symbols)
    return {question.symbol: question for question in found.questions}


def close(question: Question, value: float) -> None:
    assert question.answer == pytest.approx(value, rel=1e-9, abs=1e-12), (question.symbol, value)


# -- all ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", WORKED)
def test_numbers_are_fresh_finite_and_small_and_their_scene_is_whole(number: int, tmp_path) -> None:
    subjects = []
    for seed in SEEDS:
        found = drawn(number, seed)
        subjects.append(found.subject)
        assert 2 <= len(found.questions) <= 13
        for question in found.questions:
            assert math.isfinite(question.answer)
            assert abs(question.answer) < 1000
            assert len(question.hints) >= 1
            assert all(math.isfinite(slip.value) for slip in question.slips)
    assert exercise(scene(number), 3) == drawn(number, 3)
    assert len({repr(subject) for subject in subjects}) > 7
    write_scene(tmp_path / "x.json", scene_of(scene(number), drawn(number, 0)))
    assert read_scene(tmp_path / "x.json").subject == drawn(number, 0).subject


@pytest.mark.parametrize("number", WORKED)
def test_what_is_rounded_to_three_digits_is_right_and_what_is_one_percent_off_is_not(number: int) -> None:
    for seed in SEEDS:
        for question in drawn(number, seed).questions:
            answer = question.answer
            assert verdict(question, answer).right
            assert verdict(question, float(f"{answer:.3g}")).right, question
            if answer and not question.whole:
                assert not verdict(question, 1.011 * answer).right
                assert not verdict(question, -answer).right


@pytest.mark.parametrize("number", WORKED)
def test_texts_have_no_empty_place_and_hints_end_with_numbers_that_give_the_answer(number: int) -> None:
    for question in drawn(number, 4).questions:
        for sentence in (question.text, *question.hints, *(slip.sentence for slip in question.slips)):
            assert str(sentence).strip()
            assert "{" not in str(sentence)
            assert not re.search(r"\d-|e-\d", str(sentence))


# -- answers against independent computations ----------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_sum_times_z(seed: int) -> None:
    found = drawn(25, seed)
    assert isinstance(found.subject, Expression)
    x, y, z = (found.subject.values[name] for name in "xyz")
    asked = by_symbol(found)
    for symbol, value in {
        "q": x + y, "f": (x + y) * z, "∂f/∂q": z, "∂f/∂z": x + y, "∂f/∂x": z, "∂f/∂y": z,
    }.items():  # fmt: skip
        close(asked[symbol], value)


@pytest.mark.parametrize("seed", SEEDS)
def test_chain_and_quotient(seed: int) -> None:
    found = drawn(26, seed)
    assert isinstance(found.subject, Expression)
    x, asked = found.subject.values["x"], by_symbol(found)
    close(asked["f"], (3 * x + 1) ** 2)
    close(asked["∂f/∂u"], 2 * (3 * x + 1))
    close(asked["∂f/∂x"], 6 * (3 * x + 1))
    found = drawn(27, seed)
    assert isinstance(found.subject, Expression)
    x, y, z = (found.subject.values[name] for name in "xyz")
    asked = by_symbol(found)
    for symbol, value in {
        "v": x * x, "u": x * x * y, "f": x * x * y / z, "∂f/∂u": 1 / z, "∂f/∂v": y / z,
        "∂f/∂x": 2 * x * y / z, "∂f/∂y": x * x / z, "∂f/∂z": -x * x * y / z**2,
    }.items():  # fmt: skip
        close(asked[symbol], value)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_weight(seed: int) -> None:
    found = drawn(23, seed)
    subject, asked = found.subject, by_symbol(found)
    assert isinstance(subject, OneWeight)
    x, y, w, eta = subject.x, subject.y, subject.w, worked_out(subject.learning_rate)
    close(asked["L(w)"], (y - w * x) ** 2)
    close(asked["∂L/∂w"], -2 * x * (y - w * x))
    first = w + 2 * eta * x * (y - w * x)
    close(asked["w₁"], first)
    close(asked["w₂"], first + 2 * eta * x * (y - first * x))
    close(asked["w*"], y / x)
    assert [worked_out(mark.learning_rate) for mark in subject.marks] == pytest.approx(
        [1 / (2 * x * x), 1 / (x * x)]
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_activations(seed: int) -> None:
    for number in (11, 14):
        found = drawn(number, seed)
        assert isinstance(found.subject, ActivationBench)
        z = found.subject.z
        s, t = 1 / (1 + math.exp(-z)), math.tanh(z)
        known = {
            "sigmoid": (s, s * (1 - s)),
            "tanh": (t, 1 - t * t),
            "ReLU": (max(0, z), float(z > 0)),
            "LeakyReLU": (max(0.01 * z, z), 1 if z > 0 else 0.01),
            "ELU": (z if z > 0 else math.exp(z) - 1, 1 if z > 0 else math.exp(z)),
            "softplus": (math.log(1 + math.exp(z)), s),
        }
        for symbol, question in by_symbol(found).items():
            name, what = symbol.split()
            close(question, known[name][what == "g′"])


@pytest.mark.parametrize("seed", SEEDS)
def test_softmax(seed: int) -> None:
    for number in (15, 16):
        found = drawn(number, seed)
        assert isinstance(found.subject, SoftmaxBench)
        z = np.array(found.subject.z)
        p, asked = np.exp(z) / np.exp(z).sum(), by_symbol(found)
        close(asked["e^z₁"], math.exp(z[0]))
        close(asked["Σ e^z"], np.exp(z).sum())
        close(asked["P(benign)"], p[0])
        close(asked["P(pre-cancerous)"], p[2])
        close(asked["class"], z.argmax())
        if number == 16:
            close(asked["z₃/s"], z[2] / z.sum())
            T = float(re.findall(r"T = ([\d.]+)", str(asked["P at T"].text))[0])
            close(asked["P at T"], math.exp(z[0] / T) / np.exp(z / T).sum())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("number", [17, 18, 19, 20, 21])
def test_losses(number: int, seed: int) -> None:
    found = drawn(number, seed)
    assert isinstance(found.subject, LossBench)
    o, y = np.array(found.subject.outputs), np.array(found.subject.targets)
    n, asked = len(o), by_symbol(found)
    with np.errstate(all="ignore"):
        of_true, of_class = -np.log(np.where(y == 1, o, 1 - o))[:, 0], -np.log((o * y).sum(axis=1))
    terms = {"MSE": (o - y)[:, 0] ** 2, "MAE": np.abs(o - y)[:, 0], "BCE": of_true}
    terms["CCE"] = of_class
    slope = {"MSE": 2 * (o - y)[0, 0] / n, "MAE": np.sign(o - y)[0, 0] / n}
    with np.errstate(all="ignore"):
        slope["BCE"] = (1 / (1 - o[0, 0]) if y[0, 0] == 0 else -1 / o[0, 0]) / n
        slope["CCE"] = -1 / o[0, y[0].argmax()] / n
    losses = [name for name in terms if name in asked]
    assert len(losses) == (2 if number == 19 else 1)
    for name in losses:
        close(asked[f"{name} 1"], terms[name][0])
        close(asked[name], terms[name].mean())
        close(asked[f"∂{name}/∂ŷ₁"], slope[name])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("number", [3, 4, 22, 30])
def test_networks(number: int, seed: int) -> None:
    found = drawn(number, seed)
    assert isinstance(found.subject, Networks)
    assert found.look is not None
    one = made(found.subject.networks[0])
    look, theta, rate = found.look, one.theta, one.network.design.training.learning_rate
    x = one.dataset.x[:, look.sample]
    y = one.dataset.targets(1)[0, look.sample]
    curves = {
        "relu": lambda z: max(0.0, z), "linear": lambda z: z, "tanh": math.tanh,
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    }  # fmt: skip

    def passed(theta: np.ndarray) -> tuple[dict[str, float], float]:
        a, numbers = x, {}
        for layer in one.network.layers:
            z = one.network.b(theta, layer.l) + one.network.W(theta, layer.l).T @ a
            names = [run.activation.name for run in layer.spans for _j in range(run.start, run.stop)]
            a = np.array([curves[name](value) for name, value in zip(names, z, strict=True)])
            for j, (zj, aj) in enumerate(zip(z, a, strict=True)):
                numbers[f"z[{layer.l}]{'₁₂₃'[j]}"], numbers[f"a[{layer.l}]{'₁₂₃'[j]}"] = zj, aj
        o = a[0]
        mse = one.network.loss.symbol.startswith("Mean squared")
        J = (o - y) ** 2 if mse else -math.log(o if y == 1 else 1 - o)
        return numbers, J

    def shaken(view: str, l: int, place: object) -> float:
        sides = []
        for step in (1e-6, -1e-6):
            moved = theta.copy()
            getattr(one.network, view)(moved, l)[place] += step
            sides.append(passed(moved)[1])
        return (sides[0] - sides[1]) / 2e-6

    numbers, J = passed(theta)
    numbers["J"] = J
    edge = f"W[1]{'₁₂₃'[look.source]}{'₁₂₃'[look.neuron]}"
    slope = shaken("W", 1, (look.source, look.neuron))
    numbers[f"∂J/∂{edge}"] = slope
    numbers[edge] = one.network.W(theta, 1)[look.source, look.neuron] - rate * slope
    for layer in one.network.layers:
        for j in range(layer.n_out):
            numbers[f"δ[{layer.l}]{'₁₂₃'[j]}"] = shaken("b", layer.l, j)
    for symbol, question in by_symbol(found).items():
        assert question.answer == pytest.approx(numbers[symbol], rel=1e-5, abs=1e-7), symbol


# -- assessment of answers -----------------------------------------------------------------------------


def test_slips_are_named() -> None:
    found = by_symbol(drawn(23, 5))
    gradient = found["∂L/∂w"]
    kinds = {
        gradient.answer: "right",
        -gradient.answer: "sign",
        gradient.answer * 1.03: "rounding",
        gradient.answer * 10: "factor",
        gradient.answer / 2: "slip",
    }
    for typed, kind in kinds.items():
        if typed not in [slip.value for slip in gradient.slips] or kind == "slip":
            assert verdict(gradient, typed).kind == kind
    weight = found["w₁"]
    assert str(verdict(weight, weight.slips[0].value).sentence).startswith("This went uphill")
    mean = by_symbol(drawn(17, 5))["MSE"]
    assert "divide it by the number" in str(verdict(mean, 3 * mean.answer).sentence)
    delta = by_symbol(drawn(30, 5))["δ[1]₁" if "δ[1]₁" in by_symbol(drawn(30, 5)) else "δ[1]₂"]
    assert "times" not in str(verdict(delta, delta.answer).sentence)


def test_numbers_as_students_type_and_read_them() -> None:
    assert number_or_none("−0,5") == -0.5
    assert number_or_none(" 12 % ") == 0.12
    assert number_or_none("10/3") == pytest.approx(10 / 3)
    assert number_or_none("-24.") == -24
    assert number_or_none("x + 1") is None
    assert number_or_none("") is None
    assert number_or_none("1/0") is None
    assert working_text(-24.0) == "−24"
    assert working_text(0.1 + 0.2) == "0.3"
    assert working_text(0.00002134) == "2.134·10⁻⁵"
    assert working_text(float("inf")) == "∞"
    assert tolerance_of(0.6128) == pytest.approx(0.001)
    assert tolerance_of(100.0) == pytest.approx(1.0)


# -- counts, shapes, and linear layers multiplied out --------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_epochs_and_iterations(seed: int) -> None:
    found = drawn((31, 32, 33, 34)[seed % 4], seed)
    count, size = map(int, re.findall(r"\d+", str(found.given[0])))
    epoch = [list(range(k, min(k + size, count))) for k in range(0, count, size)]
    asked = by_symbol(found)
    close(asked["n/|B|"], len(epoch))
    close(asked["last batch"], len(epoch[-1]))
    (done,) = map(int, re.findall(r"\d+", str(asked["epoch"].text)))
    close(asked["epoch"], done // len(epoch) + 1)
    close(asked["iteration"], done % len(epoch) + 1)
    assert verdict(asked["n/|B|"], count // size).kind == "slip"


@pytest.mark.parametrize("seed", SEEDS)
def test_parameters_and_shapes(seed: int) -> None:
    found = drawn((7, 9)[seed % 2], seed)
    assert isinstance(found.subject, Networks)
    n = made(found.subject.networks[0]).network.n
    asked = by_symbol(found)
    weights = sum(before * after for before, after in pairwise(n))
    for symbol, value in {"W": weights, "b": sum(n[1:]), "θ": weights + sum(n[1:])}.items():
        close(asked[symbol], value)
    found = drawn(29, seed)
    assert isinstance(found.subject, Networks)
    n, asked = made(found.subject.networks[0]).network.n, by_symbol(found)
    for l in range(1, len(n)):
        close(asked[f"∂z[{l}]/∂a[{l - 1}] ↓"], n[l - 1])
        close(asked[f"∂z[{l}]/∂a[{l - 1}] →"], n[l])
        close(asked[f"∂a[{l}]/∂z[{l}] ↓"], n[l])


@pytest.mark.parametrize("seed", SEEDS)
def test_two_linear_layers_are_one(seed: int) -> None:
    found = drawn(10, seed)
    assert isinstance(found.subject, Networks)
    theta = np.array(found.subject.networks[0].theta)
    W1, b1, W2, b2 = theta[:4].reshape(2, 2), theta[4:6], theta[6:8].reshape(2, 1), theta[8]
    if not np.allclose(made(found.subject.networks[0]).network.W(theta, 1), W1):
        pytest.fail("theta is laid out in another way")
    W, asked = W1 @ W2, by_symbol(found)
    close(asked["W₁"], W[0, 0])
    close(asked["W₂"], W[1, 0])
    close(asked["b"], float((b1 @ W2)[0] + b2))


@pytest.mark.parametrize("number", WORKED)
def test_every_hint_says_something_new(number: int) -> None:
    for seed in range(4):
        for question in drawn(number, seed).questions:
            hints = [str(hint).translate(str.maketrans("", "", "() ")) for hint in question.hints]
            assert len(set(hints)) == len(hints), question.symbol
            for hint in hints:
                left, equals, right = hint.partition("=")
                assert not equals or left != right, hint
