"""Undefined values and gradients, kinks, and starting values."""

import math

import numpy as np
import pytest

from core.graph.autodiff import backward, by_differences, forward
from core.graph.domain import Kink, OneSided, Undefined, domain_of, sides_by_differences
from core.graph.parser import parse
from core.graph.starting_values import FLAT, flaws, starting_values
from core.nn.activations import ACTIVATIONS


def domain(text, **values):
    graph = parse(text)
    return graph, domain_of(graph, forward(graph, values))


@pytest.mark.parametrize(
    ("text", "values", "why"),
    [
        ("1/0", {}, "f is undefined: nothing can be divided by 0"),
        ("log(-1)", {}, "f is undefined: −1 has no logarithm; only numbers above 0 have"),
        ("ln(x)", {"x": 0}, "f is undefined: 0 has no logarithm; only numbers above 0 have"),
        ("√x", {"x": -4}, "f is undefined: −4 has no real root"),
        ("x/(y-y)", {"x": 0, "y": 2}, "f is undefined: nothing can be divided by 0"),
        ("1/(1/x)", {"x": 0}, "q is undefined: nothing can be divided by 0"),
        ("(-2)**x", {"x": 0.5}, "f is undefined: −2 to the power of 0.5 is not a real number"),
        ("x**(-1)", {"x": 0}, "f is undefined: 0 to a negative power divides by 0"),
        ("exp(x)", {"x": 1000}, "f is too large: its size is beyond 1.8·10³⁰⁸"),
        ("exp(x) - exp(x)", {"x": 1000}, "v is too large: its size is beyond 1.8·10³⁰⁸"),
        ("-(y*log(o)+(1-y)*log(1-o))", {"y": 4, "o": 3}, "is undefined: −2 has no logarithm"),
    ],
)
def test_a_value_that_is_none_says_why_and_so_does_all_that_follows(text, values, why):
    graph, found = domain(text, **values)
    assert isinstance(found.values[-1], Undefined)
    assert why in str(found.values[-1])
    assert all(isinstance(found.gradients[graph.position(name)], Undefined) for name in values)
    assert not found.fine


def test_floating_point_does_not_decide_what_is_defined():
    graph, found = domain("1/(1/x)", x=0)
    assert float(forward(graph, {"x": 0})[-1]) == 0
    assert found.values[-1] is not None


@pytest.mark.parametrize(
    ("text", "values", "name", "why"),
    [
        ("sqrt(x)", {"x": 0}, "x", "infinitely steep at 0"),
        ("x**0.5", {"x": 0}, "x", "infinitely steep at 0"),
        ("sqrt(x**2 + y)", {"x": 0, "y": 0}, "y", "infinitely steep at 0"),
        ("x**y", {"x": -2, "y": 3}, "y", "a power of −2 exists only at whole exponents"),
    ],
)
def test_a_derivative_that_is_none_says_why_though_the_value_is_there(text, values, name, why):
    graph, found = domain(text, **values)
    assert found.values[-1] is None
    assert why in str(found.gradients[graph.position(name)])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x**y", {"x": -2, "y": 3}),
        ("x**3", {"x": -2}),
        ("x**2", {"x": 0}),
        ("x**1.5", {"x": 2}),
        ("0*x", {"x": 0}),
    ],
)
def test_what_is_defined_agrees_with_differences(text, values):
    graph, found = domain(text, **values)
    x = graph.position("x")
    gradient = backward(graph, forward(graph, values))[x]
    assert found.gradients[x] is None
    assert float(gradient) == pytest.approx(float(by_differences(graph, values, ["x"]).of["x"]), abs=1e-8)


@pytest.mark.parametrize(
    ("text", "place", "left", "right", "used"),
    [
        ("relu(x)", 0, 0, 1, 0),
        ("leaky_relu(x)", 0, 0.01, 1, 0.01),
        ("|x|", 0, -1, 1, 0),
        ("max(x, 0)", 0, 0, 1, 1),
        ("max(0, x)", 1, 0, 1, 0),
        ("min(x, 0)", 0, 1, 0, 1),
    ],
)
def test_a_kink_tells_both_derivatives_and_the_one_that_is_used(text, place, left, right, used):
    graph, found = domain(text, x=0.0)
    assert found.slopes[len(graph.nodes) - 1, place] == Kink(left, right, used)
    assert found.fine, "backpropagation has a number"
    assert float(backward(graph, forward(graph, {"x": 0.0}))[graph.position("x")]) == used
    sides = sides_by_differences(graph, {"x": 0.0}, "x")
    assert (sides.left, sides.right) == (pytest.approx(left, abs=1e-7), pytest.approx(right, abs=1e-7))


def test_every_activation_that_bends_has_a_kink_and_no_other():
    kinked = {name for name in ACTIVATIONS if name != "softmax" and isinstance(_slope(name), Kink)}
    for name in set(ACTIVATIONS) - {"softmax"}:
        g = ACTIVATIONS[name].g
        left, right = (float(g(0.0) - g(-1e-6)) / 1e-6, float(g(1e-6) - g(0.0)) / 1e-6)
        jumps = max(abs(left), abs(right)) > 1e3
        assert (name in kinked) == (abs(left - right) > 1e-3 and not jumps)
        assert isinstance(_slope(name), Undefined) == jumps


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("step(x)", "∞ | 0"),
        ("sign(-x)", "0 | −∞"),
        ("3*step(x) - x", "∞ | −1"),
        ("step(x)*x", "0 | 1"),
        ("step(x - 1)", None),
    ],
)
def test_a_jump_has_a_derivative_on_one_side_at_most(text, word):
    graph, found = domain(text, x=0.0)
    undefined = found.gradients[graph.position("x")]
    assert (undefined and undefined.word) == word


def _slope(name):
    graph, found = domain(f"{name}(x)", x=0.0)
    return found.slopes[len(graph.nodes) - 1, 0]


@pytest.mark.parametrize(
    ("text", "values", "sides"),
    [
        ("max(x, x)", {"x": 1}, None),
        ("|x|**2", {"x": 0}, None),
        ("relu(x) - relu(-x)", {"x": 0}, None),
        ("√(x**2)", {"x": 0}, OneSided(-1, 1)),
        ("√x", {"x": 0}, OneSided(None, None)),
        ("x**1.5", {"x": 0}, OneSided(None, 0)),
        ("log(x)", {"x": -1}, OneSided(None, None)),
        ("|x|", {"x": 1e-5}, None),
        ("exp(9*x)", {"x": 1}, None),
    ],
)
def test_the_derivatives_of_a_whole_graph_from_both_sides(text, values, sides):
    found = sides_by_differences(parse(text), values, "x")
    if sides is None:
        assert found is None
    else:
        for one, wanted in ((found.left, sides.left), (found.right, sides.right)):
            assert one is None if wanted is None else one == pytest.approx(wanted, abs=1e-3)


EXPRESSIONS = [
    "-(y*log(o)+(1-y)*log(1-o))", "sigmoid(w*x)", "tanh(w*x+b)", "log(x-10)", "sqrt(-x)", "1/(x-y)",
    "relu(w*x+b)", "log(1-x*x)", "sqrt(1-x)*log(y)", "max(x, y)", "pi*r^2", "e^x",
    "1/(1+exp(-(w0*x0+w1*x1+b)))",
    "sigmoid(w1*sigmoid(w2*sigmoid(w3*x)))", "x/(2-y)", "(x-2)**0.5/(y-3)",
]  # fmt: skip


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_first_values_lie_where_all_is_defined_and_nothing_is_flat(text):
    graph = parse(text)
    values = starting_values(graph, {})
    assert set(values) == set(graph.variables)
    assert flaws(graph, values) == 0
    known = forward(graph, values)
    gradients = backward(graph, known)
    assert all(map(math.isfinite, map(float, [*known, *gradients])))
    for k, node in enumerate(graph.nodes):
        if node.module is not None and node.module.name in ("sigmoid", "tanh"):
            z = np.asarray(known[node.inputs[0]])
            assert ACTIVATIONS[node.module.name].derivative(z) >= FLAT, k
    assert starting_values(graph, {}) == values, "always the same"


def test_first_values_are_the_usual_ones_where_these_do():
    assert starting_values(parse("x*y + z"), {}) == {"x": 2, "y": 3, "z": 4}


def test_what_was_typed_stays_and_what_was_only_there_gives_way():
    graph = parse("-(y*log(o)+(1-y)*log(1-o))")
    assert starting_values(graph, {"y": 1.0, "o": 2.0}) == {"y": 1.0, "o": 2.0}
    found = starting_values(graph, {"y": 1.0}, {"o": 3.0})
    assert found["y"] == 1 and 0 < found["o"] < 1
    assert starting_values(parse("x*t + y"), {}, {"x": 3.0, "y": 4.0}) == {"x": 3, "t": 3, "y": 4}


def test_where_nothing_is_defined_some_values_are_given_all_the_same():
    assert set(starting_values(parse("log(-x*x)"), {})) == {"x"}
