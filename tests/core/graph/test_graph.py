"""The computational graph: values, gradients, single modules and steps."""

import numpy as np
import pytest

from core.graph.autodiff import (
    Graph,
    GraphError,
    Node,
    backward,
    by_backpropagation,
    by_differences,
    forward,
    jacobian,
    local,
    steps,
)
from core.graph.parser import parse
from core.nn.ops import FUNCTIONS, OPERATORS

SUM_TIMES_Z = {"x": -2, "y": 5, "z": -4}


def test_a_value_used_twice_adds_its_gradients():
    graph = parse("x * x + sin(x) * x")
    gradient = by_backpropagation(graph, {"x": 0.7})
    assert gradient.of["x"] == pytest.approx(2 * 0.7 + np.cos(0.7) * 0.7 + np.sin(0.7), abs=1e-15)


def test_gradient_sums_over_what_was_broadcast():
    graph = parse("w * x + b")
    x = np.arange(6.0).reshape(2, 3)
    inputs = {"w": np.array([[2.0], [3.0]]), "x": x, "b": 0.5}
    gradient = by_backpropagation(graph, inputs).of
    assert gradient["w"].tolist() == [[3.0], [12.0]]
    assert gradient["b"] == 6
    assert gradient["x"].tolist() == [[2.0] * 3, [3.0] * 3]
    numerical = by_differences(graph, inputs).of
    assert all(np.allclose(gradient[name], numerical[name], atol=1e-8) for name in inputs)


def test_a_node_nobody_uses_has_gradient_zero():
    graph = Graph((Node("x"), Node("idle", FUNCTIONS["exp"].module(), (0,)), Node("f", *_square(0))))
    assert [float(g) for g in backward(graph, forward(graph, {"x": 3}))] == [6, 0, 1]


def _square(place):
    return FUNCTIONS["square"].module(), (place,)


def test_steps_are_values_to_go_both_ways_in_and_end_in_both_passes():
    graph = parse("(x + y) * z")
    way = list(steps(graph, SUM_TIMES_Z))
    assert [(step.what, graph.nodes[step.node].name) for step in way] == [
        ("inputs", "x"),
        ("forward", "q"),
        ("forward", "f"),
        ("seed", "f"),
        ("backward", "f"),
        ("backward", "q"),
    ]
    shown = [[None if v is None else float(v) for v in step.values] for step in way]
    assert shown[0] == [-2, 5, None, -4, None]
    assert shown[1] == [-2, 5, 3, -4, None]
    assert shown[2] == [-2, 5, 3, -4, -12]
    gradients = [[None if g is None else float(g) for g in step.gradients] for step in way]
    assert gradients[2] == [None] * 5
    assert gradients[3] == [None, None, None, None, 1]
    assert gradients[4] == [None, None, -4, 3, 1]
    assert gradients[5] == [-4, -4, -4, 3, 1]
    assert way[-1].values == forward(graph, SUM_TIMES_Z)
    assert way[-1].gradients == backward(graph, way[-1].values)


def test_steps_compute_only_what_is_asked_for():
    calls = []
    counted = OPERATORS["add"].__class__(
        "count",
        "#",
        1,
        lambda x: calls.append("forward") or x,
        lambda dz, z, x: (calls.append("back") or dz,),
    )
    way = steps(Graph((Node("x"), Node("a", counted, (0,)), Node("f", counted, (1,)))), {"x": 1})
    next(way)
    assert calls == []
    next(way)
    assert calls == ["forward"]
    list(way)
    assert calls == ["forward", "forward", "back", "back"]


def test_single_module_downstream_is_local_derivative_times_upstream():
    graph = parse("(x + y) * z")
    values = forward(graph, SUM_TIMES_Z)
    gradients = backward(graph, values)
    shown = local(graph, graph.position("f"), values, gradients)
    assert float(shown.upstream) == 1
    assert [d.tolist() for d in shown.derivatives] == [[[-4]], [[3]]]
    assert [float(d) for d in shown.downstream] == [-4, 3]
    assert local(graph, 0, values, gradients).derivatives == ()
    assert float(local(graph, 0, values, gradients).upstream) == -4


def test_jacobian_has_a_row_for_each_input_and_a_column_for_each_output():
    W, b, a = np.arange(6.0).reshape(3, 2), np.array([7.0, 8.0]), np.array([[1.0], [2.0], [3.0]])
    affine = OPERATORS["affine"]
    assert jacobian(affine, [W, b, a], 2).tolist() == W.tolist()
    assert jacobian(affine, [W, b, a], 1).tolist() == np.eye(2).tolist()
    by_W = jacobian(affine, [W, b, a], 0)
    assert by_W.shape == (6, 2)
    upstream = np.array([5.0, -1.0])
    assert (by_W @ upstream).reshape(3, 2).tolist() == (a @ upstream[None, :]).tolist()


def test_passes_are_counted_one_backward_against_two_forward_for_each_number():
    graph = parse("w * x + b")
    inputs = {"w": np.ones((3, 2)), "x": 2.0, "b": np.zeros((3, 2))}
    cheap, dear = by_backpropagation(graph, inputs), by_differences(graph, inputs, ["w", "b"])
    assert (cheap.forward_passes, cheap.backward_passes) == (1, 1)
    assert (dear.forward_passes, dear.backward_passes) == (2 * 12, 0)
    assert set(dear.of) == {"w", "b"}


def test_infinities_and_undefined_values_flow_without_a_warning():
    graph = parse("log(x) + 1 / x")
    assert np.isnan(forward(graph, {"x": -1})[-1])
    values = forward(graph, {"x": 0})
    assert not np.isfinite(backward(graph, values)[0])


@pytest.mark.parametrize(
    ("nodes", "word"),
    [
        ((), "at least one"),
        ((Node("x"), Node("x")), "named x"),
        ((Node("f", *_square(0)), Node("x")), "before"),
        ((Node("x"), Node("f", *_square(1))), "before"),
        ((Node("x"), Node("f", OPERATORS["add"], (0,))), "inputs"),
        ((Node("x"), Node("y", None, (0,))), "inputs"),
    ],
)
def test_graphs_that_cannot_be_are_refused(nodes, word):
    with pytest.raises(GraphError, match=word):
        Graph(nodes)


def test_values_must_fit_the_variables():
    graph = parse("x + y")
    with pytest.raises(GraphError, match=r"No value is given for y\."):
        forward(graph, {"x": 1})
    with pytest.raises(GraphError, match=r"no variable q"):
        forward(graph, {"x": 1, "y": 2, "q": 3})
    with pytest.raises(GraphError, match="no node w"):
        graph.position("w")
