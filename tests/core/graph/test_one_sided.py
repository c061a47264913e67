"""One-sided derivatives where the chain rule fails, compared with difference quotients."""

import math
import random

import numpy as np
import pytest

from core.graph.autodiff import forward
from core.graph.domain import SAME_SIDES, domain_of, undefined_values
from core.graph.one_sided import NotDecided, NoValue, slope_on_side
from core.graph.parser import parse


def gradient(text, **values):
    graph = parse(text)
    return domain_of(graph, forward(graph, values)).gradients[graph.position("x")]


@pytest.mark.parametrize(
    ("text", "x", "word"),
    [
        ("sqrt(x^2)", 0, "−1 | 1"),
        ("(x^2)^(1/2)", 0, "−1 | 1"),
        ("sqrt((x-1)^2) + 3*x", 1, "2 | 4"),
        ("1/(1+sqrt(x^2))", 0, "1 | −1"),
        ("sqrt(1-cos(x))", 0, "−0.707 | 0.707"),
        ("sqrt(relu(x)^2)", 0, "0 | 1"),
        ("sqrt(relu(x))", 0, "0 | ∞"),
        ("sqrt(x)*sqrt(x)", 0, "– | 1"),
        ("(x^3)^(1/3)", 0, "– | 1"),
        ("sqrt(-x)*sqrt(-x)", 0, "−1 | –"),
        ("x*sqrt(x^2)", 0, "0"),
        ("sqrt(x^2) - |x|", 0, "0"),
        ("sqrt(x)", 0, "undefined"),
        ("x^0.5", 0, "undefined"),
        ("sqrt(|x|)", 0, "undefined"),
        ("(x^2)^0.25", 0, "undefined"),
        ("sqrt(tanh(x)-x)", 0, "not decided"),
    ],
)
def test_what_the_chain_rule_comes_to_no_number_of_is_told_from_both_sides(text, x, word):
    found = gradient(text, x=x)
    assert found.word == word
    assert (found.why == SAME_SIDES) == (word == "0")
    if "|" in word:
        assert all(side in str(found) for side in word.split(" | ") if side != "–")


@pytest.mark.parametrize("text", ["|x|^1", "max(x, -x)", "x*|x|", "x^3", "(x^2)^1.5"])
def test_where_the_chain_rule_has_a_number_it_stays(text):
    assert gradient(text, x=0) is None


def test_without_a_value_there_is_no_derivative_from_any_side():
    assert gradient("1/x", x=0).word == "undefined"
    assert gradient("sqrt(x^2)/x", x=0).word == "undefined"


def some_expression(pick, depth):
    """Return a random expression of x with many singularities at 0."""
    if depth == 0:
        return pick.choice(("x", "x", "(-x)", "2", "0.5", "y"))
    a, b = (some_expression(pick, depth - 1) for _ in range(2))
    return pick.choice(
        [
            f"({a}+{b})", f"({a}-{b})", f"({a}*{b})", f"({a})^2", f"sqrt(({a})^2)", f"sqrt(|{a}|)",
            f"|{a}|", f"max({a},{b})", f"min({a},{b})", f"sin({a})", f"exp({a})", f"cos({a})",
            f"log(1+({a})^2)", f"({a})/(2+({b})^2)", f"relu({a})", f"tanh({a})", f"((({a})^2)^0.5)",
            f"(({a})^2)^0.25", f"sqrt({a})", f"(({b})^2)^1.5", f"sigmoid({a})",
        ]
    )  # fmt: skip


def quotients(graph, values, side):
    """Return difference quotients for decreasing steps; None if there is no value."""
    at, found = float(forward(graph, values)[-1]), []
    for h in (1e-4, 1e-6, 1e-8):
        beside = forward(graph, {**values, "x": values["x"] + side * h})
        if undefined_values(graph, beside)[-1] is not None:
            return None
        found.append((float(beside[-1]) - at) / (side * h))
    return found


def test_no_derivative_from_a_side_is_other_than_differences_come_to():
    pick, agreed, steep, none, undecided = random.Random(4), 0, 0, 0, 0
    for _ in range(4000):
        graph = parse(some_expression(pick, pick.choice((2, 3, 4))))
        if "x" not in graph.variables:
            continue
        values = {name: 0.0 if name == "x" else 1.5 for name in graph.variables}
        known = forward(graph, values)
        if undefined_values(graph, known)[-1] is not None or abs(float(known[-1])) > 50:
            continue
        for side in (-1, 1):
            numbers = quotients(graph, values, side)
            try:
                slope = slope_on_side(graph, [float(value) for value in known], graph.position("x"), side)
            except NoValue:
                assert numbers is None, graph
                none += 1
            except NotDecided:
                undecided += 1
            else:
                if math.isinf(slope):
                    assert numbers and abs(numbers[2]) > 2 * abs(numbers[1]) and numbers[2] * slope > 0, graph
                    steep += 1
                elif numbers and np.ptp(numbers[:2]) < 0.05 * (1 + abs(numbers[1])):
                    assert slope == pytest.approx(numbers[1], rel=0.02, abs=0.02), graph
                    agreed += 1
    assert agreed > 1500
    assert min(steep, none) > 100
    assert undecided < 0.1 * agreed
