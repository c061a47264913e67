"""The expression parser: what it reads, the names of nodes, and the places of errors."""

import math
import sys

import numpy as np
import pytest

from core.graph.autodiff import by_backpropagation, by_differences, forward
from core.graph.expression_text import expression_text
from core.graph.parser import CALLABLE, MOST_CHARACTERS, ExpressionError, parse
from core.nn.activations import ACTIVATIONS
from core.nn.ops import FUNCTIONS


def value(text, **inputs):
    return float(forward(parse(text), inputs)[-1])


@pytest.mark.parametrize(
    "text",
    [
        "1 - 2 - 3",
        "2 / 4 / 8",
        "2 + 3 * 4 - 5",
        "(2 + 3) * 4",
        "2 ** 3 ** 2",
        "(2 ** 3) ** 2",
        "-2 ** 2",
        "(-2) ** 2",
        "2 ** -2",
        "2 ** -3 ** 2",
        "- -3",
        "--3 * -2",
        "5 - -3",
        "2 * -3 ** 2",
        ".5 + 1.25e-1 + 3.",
        "1e3*2E+1",
        "((((7))))",
        "2 ** 2 ** 3",
        "2**2",
        "3 ** 2 * 2 ** 2.0",
    ],
)
def test_precedence_is_arithmetics(text):
    assert value(text) == eval(text)


def test_signs_as_they_are_printed():
    assert value("−2 × 3 · 4 ÷ 8 + 3^2") == -3 + 9


def test_every_function_and_elementwise_activation_is_known():
    assert {*FUNCTIONS, "max", "min", *ACTIVATIONS} - set(CALLABLE) == {
        name for name, entry in ACTIVATIONS.items() if entry.layerwide
    }
    assert value("exp(1)") == math.e
    assert value("max(sin(x), cos(x)) - min(sin(x), cos(x))", x=1) == math.sin(1) - math.cos(1)
    assert value("leaky_relu(-5) + abs(-3) + sqrt(16) + log(1) + relu(-1)") == pytest.approx(6.95)


EXPRESSIONS = [
    "exp(x*y) / (1 + exp(x*y))",
    "sigmoid(w*x + b) * tanh(y) - softplus(-x)",
    "max(x, y)**3 + min(x*y, 2)",
    "x**y + y**(-x)",
    "-(x - y/w)**2 + gelu(b*x) * elu(-x - y)",
    "sqrt(x**2 + y**2) * log(x + 3) - cos(b)*sin(w)*abs(b)",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_gradients_agree_with_differences(text):
    graph = parse(text)
    inputs = {k: v for k, v in {"x": 1.3, "y": 0.8, "w": 1.7, "b": -0.6}.items() if k in graph.variables}
    exact, numerical = by_backpropagation(graph, inputs), by_differences(graph, inputs)
    for name in inputs:
        assert exact.of[name] == pytest.approx(numerical.of[name], rel=1e-7, abs=1e-9)


def test_a_whole_array_of_points_goes_through_at_once():
    x = np.linspace(-2, 2, 9)
    graph = parse("x**2 * y / 4")
    assert np.array_equal(forward(graph, {"x": x, "y": 3})[-1], x**2 * 3 / 4)
    assert np.array_equal(by_backpropagation(graph, {"x": x, "y": 3}).of["x"], x * 3 / 2)


@pytest.mark.parametrize(
    ("text", "names", "modules"),
    [
        ("(x+y)*z", ["x", "y", "q", "z", "f"], ["add", "multiply"]),
        ("x**2 * y / z", ["x", "v", "y", "u", "z", "f"], ["square", "multiply", "divide"]),
        ("x", ["x"], []),
        ("x ** 3", ["x", "3", "f"], ["power"]),
        ("x**2**y", ["x", "2", "y", "q", "f"], ["power", "power"]),
        ("2*x + 2", ["2", "x", "q", "f"], ["multiply", "add"]),
        ("(q + f) * x", ["q", "f", "v1", "x", "J"], ["add", "multiply"]),
        ("(u + v) * (v - u) * 0.1", ["u", "v", "q", "w", "p", "0.1", "f"], None),
        ("x - -1", ["x", "-1", "f"], ["subtract"]),
    ],
)
def test_nodes_are_named_as_on_the_slides(text, names, modules):
    graph = parse(text)
    assert [node.name for node in graph.nodes] == names
    if modules is not None:
        assert [node.module.name for node in graph.nodes if node.module] == modules


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("q = x + y; f = q*z", "(x + y)*z"),
        ("q = x + y\nf = q*z\n", "(x + y)*z"),
        ("q = x + y; q*z", "(x + y)*z"),
        ("f = (x + y)*z", "(x + y)*z"),
        ("q = (x\n + y) *\n z\n\nf = e^q", "exp((x + y)*z)"),
        ("w₀·x₁ − ln(x₁)", "w0*x1 - log(x1)"),
    ],
)
def test_lines_are_read_as_if_they_stood_in_one_another(text, same):
    given, plain = parse(text), parse(same)
    assert [(node.module, node.inputs) for node in given.nodes] == [
        (node.module, node.inputs) for node in plain.nodes
    ]
    assert given.variables == plain.variables


def test_what_is_named_is_one_node_under_its_name():
    graph = parse("h = σ(w*x + b); o = σ(v*h + u*h); J = (y - o)^2")
    names = [node.name for node in graph.nodes]
    assert sum(graph.position("h") in node.inputs for node in graph.nodes) == 2
    assert sum(node.module is CALLABLE["sigmoid"] for node in graph.nodes) == 2
    assert {"h", "o"} <= {*names} and names[-1] == "J"


def test_a_named_number_is_a_constant_under_its_name():
    graph = parse("c = 2; c*x")
    assert [(node.name, node.constant) for node in graph.nodes] == [("c", 2.0), ("x", None), ("f", None)]


def test_nothing_is_in_the_graph_that_the_result_does_not_need():
    assert [node.name for node in parse("e^x").nodes] == ["x", "f"]
    assert [node.name for node in parse("e^x + e").nodes] == ["e", "x", "q", "f"]


LEAVES = ["x", "y", "w₀", "2", "0.5", "1e-5", "-3", "e", "π"]
FORMS = ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "({}**{})", "(-{})", "({}**2)", "({}**(2))"]
FORMS += ["(-({}))"] + [f"{name}({', '.join(['{}'] * module.arity)})" for name, module in CALLABLE.items()]


def drawn(generator, depth):
    """Return a random expression as a person might type it."""
    if depth == 0 or generator.random() < 0.1:
        return str(generator.choice(LEAVES))
    form = str(generator.choice(FORMS))
    return form.format(*(drawn(generator, depth - 1) for _ in range(form.count("{}"))))


@pytest.mark.parametrize("seed", range(300))
def test_what_is_written_is_read_again_as_the_same_graph(seed):
    graph = parse(drawn(np.random.default_rng(seed), 4))
    again = parse(expression_text(graph))

    def connections(one):
        return {
            node.name: (node.module, [one.nodes[i].name for i in node.inputs], node.constant)
            for node in one.nodes
        }

    assert connections(again) == connections(graph)
    assert again.nodes[-1].name == graph.nodes[-1].name


def test_long_expressions_have_a_name_for_every_node():
    graph = parse("+".join(f"v{k}*x" for k in range(1, 60)))
    assert len({node.name for node in graph.nodes}) == len(graph.nodes) == 60 + 59 + 58
    assert all(node.name for node in graph.nodes)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "empty"),
        ("  ", 1, "empty"),
        ("x +", 4, "ends"),
        ("x + * y", 5, "“*” stands"),
        ("x y", 3, "operator"),
        ("x(2)", 1, "x*(…)"),
        ("1/2x", 3, "two ways"),
        ("x^2y", 3, "two ways"),
        ("√x²", 1, "√(x**2)"),
        ("x²³ ²", 5, "(x²)³"),
        ("|x", 1, "never closed"),
        ("0,5*x", 2, "0.5"),
        ("ln + 1", 1, "write ln(…)"),
        ("(x + y", 1, "never closed"),
        ("sin(x", 4, "never closed"),
        ("x + (y, z)", 7, "operator or “)”"),
        ("x)", 2, "operator"),
        ("()", 2, "“)” stands"),
        ("x  $ y", 4, "“$”"),
        ("foo(x)", 1, "no function foo"),
        ("softmax(x)", 1, "exp(x)/(exp(x) + exp(y))"),
        ("1 + sin * 2", 5, "write sin(…)"),
        ("max(x)", 1, "takes 2"),
        ("y + tanh(x, y)", 5, "takes 1"),
        ("1e999", 1, "too large"),
        ("x +\n\t* y", 6, "“*” stands"),
        ("__import__('os')", 12, "“'”"),
        ("x.y", 2, "“.”"),
        ("x ** ", 5, "ends"),
        ("1.2.3", 4, "operator"),
        ("q = x + y; r = x; q", 12, "r is not used"),
        ("x = x + 1", 1, "before it is named"),
        ("f = q*z; q = x + y", 10, "before it is named"),
        ("q*z; q = x + y", 1, "write q = …"),
        ("q = x; q = y; q", 8, "named twice"),
        ("e = 2; e*x", 1, "has a meaning"),
        ("exp = 2; exp*x", 1, "has a meaning"),
        ("q = ; q*z", 5, "“;” stands"),
        ("q = x + y\nq z", 13, "operator"),
        ("x = 2 = 3", 7, "“=” stands"),
        ("max(x; y)", 6, "write “,”"),
        ("f(x) = x", 1, "write f = …"),
    ],
)
def test_errors_name_column_and_cause(text, column, words):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.column == column
    assert words in caught.value.sentence
    assert str(caught.value) == f"column {column}: {caught.value.sentence}"


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000 + "x", "(" * 400 + "x" + ")" * 400, "-" * 900 + "x", "2**" * 300 + "x", "sin(" * 200],
)
def test_depth_and_length_are_bounded(text):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert 1 <= caught.value.column <= MOST_CHARACTERS + 1


def test_the_greatest_depth_fits_a_small_stack():
    text = "(" * 50 + "x" + ")" * 50
    depth = len(__import__("inspect").stack())
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 450)
    try:
        assert value(text, x=2) == 2
    finally:
        sys.setrecursionlimit(limit)
    with pytest.raises(ExpressionError):
        parse("(" + text + ")")


def test_the_longest_sum_is_read_and_differentiated():
    graph = parse("+".join(["x"] * (MOST_CHARACTERS // 2)))
    assert by_backpropagation(graph, {"x": 1}).of["x"] == MOST_CHARACTERS // 2
