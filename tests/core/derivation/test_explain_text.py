"""The worked solution as text: its numbers, the lecture's notation, and line widths."""

import re

import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.derivation.solution import solution
from core.derivation.text import as_text
from core.nn.compiled_passes import penalty
from core.nn.design import Dense, Dropout
from core.nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Huber
from core.nn.network import Network
from core.nn.optimizers import Adam
from core.project.files import examples, read
from tests.core.explaining import (
    RANDOM,
    WIDE,
    computed,
    core_number,
    hand_made,
    last_digit,
    pass_of,
    sides,
    worked,
)
from tests.core.making import classes, network, values
from tests.sampling import covering

# -- the text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "digits"), covering(RANDOM, [3, 4, 7]))
def test_every_number_of_the_text_is_a_core_number_rounded(seed, digits):
    made, theta, dataset, _memory, found = worked(seed)
    numbers, checked = pass_of(made, theta, dataset, 3), set()
    for row in as_text(found, WIDE, digits).splitlines():
        left, *right = sides(row)
        number = core_number(made, theta, numbers, left) if "←" not in row else None
        if number is None or not right:
            continue
        shown = right[-1].replace("−", "-")
        assert abs(float(shown) - number) <= 0.50001 * last_digit(shown), row
        assert len(re.sub(r"e.*|\D", "", shown).lstrip("0")) <= digits
        checked.add(left)
    neurons, inputs = sum(made.n[1:]), made.n[0]
    fused = made.n[-1] if made.fused is not None else 0
    z_a_delta = 3 * neurons + inputs
    assert len(checked) == z_a_delta + neurons - fused + made.parameters


@pytest.mark.parametrize("seed", RANDOM)
def test_the_text_computed_by_hand_gives_what_it_shows(seed):
    found = worked(seed)[-1]
    count = 0
    for row in as_text(found, WIDE).splitlines():
        right = sides(row)[1:]
        if len(right) < 2 or "[" in right[-2] or "Σ" in right[-2] or "′(" in right[-2]:
            continue
        if re.search(r"[₀-₉]|α", right[-2]):
            continue
        if "little is left but rounding" in row:
            continue
        shown = right[-1].replace("−", "-")
        result = computed(right[-2])
        unit = last_digit(shown) if float(shown) else 1e-3
        assert abs(result - float(shown)) <= 1.01 * unit, row
        count += 1
    assert count > 5


def test_the_numbers_of_z_are_its_weights_and_inputs():
    dataset = classes(2, 2)
    made = network([Dense(2, "tanh"), Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset)
    theta = np.array([0.5, -0.25, 0.125, 2.0, 1.0, -1.0, 0.75, -0.5, 0.25])
    dataset.x[:, 0] = 3.0, -4.0
    rows = as_text(solution(made, theta, dataset, 0), WIDE).splitlines()
    expected = "z[1]₂ = b[1]₂ + Σᵢ W[1]ᵢ₂ a[0]ᵢ = −1 + (−0.25)·3 + 2·(−4) = −9.75"
    assert expected in rows


def test_the_lecture_s_notation_with_numbers():
    made, theta, dataset = hand_made()
    rows = as_text(solution(made, theta, dataset, 0), WIDE).splitlines()
    for row in (
        "a[0]₁ = x₁ = 1",
        "z[1]₁ = b[1]₁ + Σᵢ W[1]ᵢ₁ a[0]ᵢ = 0 + 1·1 + 1·1 = 2",
        "a[1]₁ = σ[1]₁(z[1]₁) = max(0, 2) = 2",
        "z[2]₁ = b[2]₁ + Σᵢ W[2]ᵢ₁ a[1]ᵢ = 0 + 1·2 + (−2)·1 = 0",
        "J = (y₁ − o₁)² = (0.5 − 0)² = 0.25",
        "∂J/∂a[2]₁ = 2 (o₁ − y₁) = 2·(0 − 0.5) = −1",
        "δ[2]₁ = σ′[2]₁ ∂J/∂a[2]₁ = 1·(−1) = −1",
        "∂J/∂a[1]₂ = Σₖ W[2]₂ₖ δ[2]ₖ = −2·(−1) = 2",
        "σ′[1]₂(z[1]₂) = 1  (because z[1]₂ > 0)",
        "∂J/∂W[1]₁₂ = a[0]₁ δ[1]₂ = 1·2 = 2",
        "∂J/∂b[1]₂ = δ[1]₂ = 2",
        "W[1]₁₂ ← W[1]₁₂ − η ∂J/∂W[1]₁₂ = 1 − 0.1·2 = 0.8",
    ):
        assert row in rows, row


def test_the_first_lines_say_what_is_explained():
    dataset = values(2, 1, samples=12, test=2)
    layers = [Dense(3, "tanh"), Dropout(0.5), Dense(1, "linear")]
    made = network(layers, MSE(), dataset, learning_rate=0.03)
    text = as_text(solution(made, made.initial(1), dataset, 11, iteration=250), WIDE)
    start = text.split("1. The sample")[0]
    for said in (
        "The network is 2-3-1, with 13 parameters, after 250 iterations of training.",
        "number 12 of 12, counted from 1 over the whole dataset; it belongs to the test set.",
        "learning rate η = 0.03.",
        "J is here the loss of this one sample, not the mean over a batch.",
        "Dropout is off",
    ):
        assert said in start
    without = network([Dense(1, "linear")], MSE(), dataset)
    assert "Dropout" not in as_text(solution(without, without.initial(1), dataset, 0))


def test_softmax_with_cross_entropy_is_fused_and_with_mse_a_jacobian():
    dataset = classes(3, 2)
    theta = np.random.default_rng(1).normal(size=9)
    fused = network([Dense(3, "softmax")], CategoricalCrossEntropy(), dataset)
    text = as_text(solution(fused, theta, dataset, 0), WIDE)
    assert "softmax with categorical cross-entropy" in text
    assert re.search(r"^δ\[1\]₂ = o₂ − y₂ = ", text, re.M)
    apart = network([Dense(3, "softmax")], MSE(), dataset)
    text = as_text(solution(apart, theta, dataset, 0), WIDE)
    assert "δ[1]₂ = Σₖ a[1]ₖ (1ₖ₌ⱼ − a[1]₂) ∂J/∂a[1]ₖ" not in text
    assert re.search(r"^δ\[1\]₂ = Σₖ a\[1\]ₖ \(1ₖ₌₂ − a\[1\]₂\) ∂J/∂a\[1\]ₖ = ", text, re.M)


def test_penalties_have_their_lines_in_the_cost_and_in_the_gradient():
    dataset = values(1, 1)
    made = network([Dense(1, "linear")], MSE(), dataset, l1=0.5, l2=0.25)
    theta = np.array([-2.0, 1.0])
    rows = as_text(solution(made, theta, dataset, 0), WIDE, 4).splitlines()
    assert any(row.startswith("S₁ = Σ |W| = 2") for row in rows)
    assert any(row.startswith("S₂ = Σ W² = 4") for row in rows)
    cost = next(row for row in rows if row.startswith("C = J + λ₁ S₁ + λ₂/2 S₂ = "))
    expected = pass_of(made, theta, dataset, 0).J + penalty(made, theta)
    assert float(sides(cost)[-1]) == pytest.approx(expected, rel=1e-3)
    gradient = next(row for row in rows if row.startswith("g[1]₁₁ = "))
    assert "∂J/∂W[1]₁₁ + λ₁ sign(W[1]₁₁) + λ₂ W[1]₁₁" in gradient
    assert not any(row.startswith("g[1]₁ ") for row in rows)


def test_adam_is_written_in_the_lines_of_its_paper():
    dataset = values(1, 1)
    made = network([Dense(1, "linear")], MSE(), dataset, optimizer=Adam())
    rows = as_text(solution(made, np.array([1.0, 0.0]), dataset, 0), WIDE).splitlines()
    for start in (
        "m[1]₁₁ ← β₁ m[1]₁₁ + (1 − β₁) ∂J/∂W[1]₁₁ = 0.9·0 + (1 − 0.9)·",
        "v[1]₁₁ ← β₂ v[1]₁₁ + (1 − β₂) (∂J/∂W[1]₁₁)² = 0.999·0 + (1 − 0.999)·",
        "m̂[1]₁₁ = m[1]₁₁/(1 − β₁ᵗ) = ",
        "v̂[1]₁₁ = v[1]₁₁/(1 − β₂ᵗ) = ",
        "W[1]₁₁ ← W[1]₁₁ − η m̂[1]₁₁/(√(v̂[1]₁₁) + ε) = 1",
    ):
        assert any(row.startswith(start) for row in rows), start


def test_a_small_update_is_visible():
    dataset = values(1, 1)
    made = network([Dense(1, "linear")], MSE(), dataset, learning_rate=1e-7)
    rows = as_text(solution(made, np.array([0.54321, 0.1]), dataset, 0), WIDE).splitlines()
    row = next(row for row in rows if row.startswith("W[1]₁₁ ←"))
    old, new = sides(row)[2].split(" ")[0], sides(row)[-1]
    assert old != new


def test_huber_says_which_branch_it_takes():
    dataset = values(1, 1)
    made = network([Dense(1, "linear")], Huber(0.5), dataset)
    dataset.labels[0, 0] = 100.0
    text = as_text(solution(made, np.zeros(2), dataset, 0), WIDE)
    assert "J = δ (|y₁ − o₁| − δ/2) = 0.5·(|100 − 0| − 0.5/2) = 49.9" in text
    assert "(because |o₁ − y₁| > δ)" in text


def test_neurons_beyond_nine_are_kept_apart_by_a_comma():
    dataset = values(11, 1)
    made = network([Dense(12, "tanh"), Dense(1, "linear")], MSE(), dataset)
    text = as_text(solution(made, made.initial(1), dataset, 0), WIDE)
    assert "∂J/∂W[1]₁,₁₁ = " in text
    assert "∂J/∂W[1]₁₁,₁ = " in text


@pytest.mark.parametrize("seed", range(10))
def test_many_digits_bring_no_remarks(seed):
    found = worked(seed)[-1]
    few, many = (as_text(found, WIDE, digits).count("but rounding") for digits in (4, 15))
    assert many <= few


# -- width ---------------------------------------------------------------------------------------------


def tokens(text):
    return re.findall(r"−?\d[\d.]*(?:e−?\d+)?", text)


@pytest.mark.parametrize(("seed", "room"), covering(RANDOM, [(40, 4), (80, 4), (120, 4), (40, 15)]))
def test_no_line_is_wider_than_asked_and_no_number_is_cut(seed, room):
    width, digits = room
    found = worked(seed)[-1]
    text, wide = as_text(found, width, digits), as_text(found, WIDE, digits)
    assert max(map(len, text.splitlines())) <= width
    assert tokens(text) == tokens(wide)
    assert "".join(text.split()) == "".join(wide.split())


@pytest.mark.parametrize(
    ("name", "width"),
    [("breast-cancer", 40), ("iris", 40), ("iris", 80), ("iris", 120), ("sine", 120), ("digits", 40)],
)
def test_the_examples_fit(name, width):
    design = read(examples()[name]).design
    dataset = make_dataset(design.data)
    made = Network(design, dataset)
    text = as_text(solution(made, made.initial(1), dataset, 0), width)
    assert max(map(len, text.splitlines())) <= width


def test_what_goes_on_stands_under_the_relation():
    dataset = values(12, 1)
    made = network([Dense(1, "tanh")], MSE(), dataset)
    text = as_text(solution(made, made.initial(1), dataset, 0), 60)
    block = re.search(r"^z\[1\]₁ = b.*\n((?: +.*\n)+)", text, re.M)[0].splitlines()
    column = block[0].index("=")
    assert block[1][:column].strip() == ""
    assert block[1][column] == "="
    assert block[2].startswith(" " * (column + 2) + "+ ")


def test_control_characters_of_a_title_do_not_reach_the_terminal():
    design = read(examples()["xor"]).design
    design = replace(design, title="\x1b[31mred\nline\x07")
    dataset = make_dataset(design.data)
    made = Network(design, dataset)
    text = as_text(solution(made, made.initial(1), dataset, 0))
    assert text.splitlines()[0].split() == ["One", "pass,", "worked", "out:", "␛[31mred", "line␇"]
    assert text.replace("\n", "").isprintable()
