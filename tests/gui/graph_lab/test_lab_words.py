"""What the lab says: every number is the core's, every formula amounts to what the core computes."""

from __future__ import annotations

import re
from html import unescape

import numpy as np
import pytest

from core.derivation.expressions import Leaf, Symbol, value_of
from core.graph.autodiff import Graph, Node, by_differences, forward, jacobian
from core.graph.parser import CALLABLE, parse
from core.nn.ops import OPERATORS
from core.number_style import value_text
from gui.graph_lab import explanations, scalar_explanations
from gui.graph_lab.formulas import difference_text, local_derivatives, partial, plain, rich, value_formula
from gui.graph_lab.stepper import Stepper
from gui.graph_lab.toolbar import EXAMPLES

SCALAR = {
    name: module for name, module in {**OPERATORS, **CALLABLE}.items() if name not in ("affine", "mean")
}
POINTS = [(0.7, 1.3), (2.0, -0.4), (0.3, 0.3)]


def text_of(html: str) -> str:
    rows = re.sub(r"</(p|tr)>", "\n", html)
    return unescape(re.sub(r"<[^>]*>", "", rows)).replace("\xa0", " ").strip()


def stepper_of(k: int, at: int = 0) -> Stepper:
    return Stepper(parse(EXAMPLES[k].text), EXAMPLES[k].values, at)


@pytest.mark.parametrize("name", SCALAR)
@pytest.mark.parametrize("point", POINTS)
def test_formulas_amount_to_what_the_core_computes(name: str, point: tuple[float, float]) -> None:
    module = SCALAR[name]
    given = point[: module.arity]
    inputs = [Leaf(value, Symbol(letter)) for value, letter in zip(given, "xy", strict=False)]
    z = float(module.forward(*map(np.asarray, given)))
    assert value_of(value_formula(module, inputs, z)) == pytest.approx(z, rel=1e-9)
    derivatives = [float(jacobian(module, given, place)[0, 0]) for place in range(module.arity)]
    for slope, value in zip(
        local_derivatives(module, inputs, Leaf(z, Symbol("z")), derivatives), derivatives, strict=True
    ):
        assert slope.value == value
        assert slope.formula is not None
        assert value_of(slope.formula.expression) == pytest.approx(value, rel=1e-9)


def test_a_power_of_a_negative_number_has_no_derivative_by_its_exponent() -> None:
    stepper = Stepper(parse("x**y"), {"x": -2, "y": 3})
    said = text_of(scalar_explanations.backward_html(stepper, stepper.modules[0])).splitlines()
    assert said[1].endswith("= 12")
    assert said[2].startswith("∂f/∂y is undefined here, because a power of −2 exists only at whole exponents")
    assert text_of(scalar_explanations.backward_html(Stepper(parse("x**3"), {"x": -2}), 2)).endswith("= 12")


def test_the_picture_of_the_lecture_is_said_word_for_word() -> None:
    stepper = stepper_of(1, 6)
    assert explanations.title(stepper) == "THIS STEP — BACKWARD THROUGH ×"
    assert explanations.status(stepper) == "Backward pass, step 2 of 3"
    assert text_of(explanations.step_html(stepper)).splitlines() == [
        "u = v · y",
        "∂u/∂v = y = 4",
        "∂u/∂y = v = 9",
        "∂f/∂v = ∂f/∂u · ∂u/∂v = 0.5 · 4 = 2",
        "∂f/∂y = ∂f/∂u · ∂u/∂y = 0.5 · 9 = 4.5",
    ]
    assert explanations.cost(stepper) == (
        "Backpropagation: 1 backward pass, 3 modules. Changing each input separately: 3 × 2 forward passes."
    )


def test_a_forward_step_is_said_in_symbols_and_numbers() -> None:
    assert text_of(explanations.step_html(stepper_of(0, 1))) == "q = x + y = −2 + 5 = 3"
    assert text_of(explanations.step_html(stepper_of(0, 2))) == "f = q · z = 3 · (−4) = −12"
    assert text_of(explanations.step_html(stepper_of(1, 3))) == "f = u/z = 36/2 = 18"
    assert explanations.status(stepper_of(1, 3)) == "Forward pass, step 3 of 3"


def test_a_value_used_more_than_once_collects_its_shares() -> None:
    stepper = Stepper(parse("x*x + sin(x)"), {"x": 0.7})
    stepper.go(stepper.last - 1)
    assert stepper.gradient(0) is None
    assert "∂f/∂x waits for 2 of 3 shares." in text_of(explanations.step_html(stepper))
    stepper.go(stepper.last)
    said = text_of(explanations.step_html(stepper))
    assert "∂f/∂x receives ∂f/∂v · ∂v/∂x = 1 · 0.7 = 0.7" in said
    assert said.endswith("∂f/∂x = 0.7648 + 0.7 + 0.7 = 2.16")
    gradient = stepper.gradient(0)
    assert gradient is not None
    assert float(gradient) == pytest.approx(1.4 + np.cos(0.7), rel=1e-12)


def test_a_single_module_names_upstream_local_and_downstream() -> None:
    stepper = stepper_of(1, 0)
    k = stepper.graph.position("u")
    assert text_of(explanations.node_html(stepper, k)).splitlines() == [
        "forwardu = v · y",
        "upstream∂f/∂u = ·",
        "local∂u/∂v = y = ·",
        "local∂u/∂y = v = ·",
        "downstream∂f/∂v = ∂f/∂u · ∂u/∂v = ·",
        "downstream∂f/∂y = ∂f/∂u · ∂u/∂y = ·",
    ]
    stepper.go(stepper.last)
    said = text_of(explanations.node_html(stepper, k))
    assert "upstream∂f/∂u = 0.5" in said
    assert "local∂u/∂v = y = 4" in said
    assert "downstream∂f/∂v = ∂f/∂u · ∂u/∂v = 0.5 · 4 = 2" in said


def test_why_a_derivative_is_0_or_1_is_said() -> None:
    said = text_of(scalar_explanations.backward_html(stepper_of(4, 5), stepper_of(4).modules[0]))
    assert "∂q/∂x = 0 (because x < y)" in said
    assert "∂q/∂y = 1 (because x < y)" in said


def test_checks_are_differences_of_the_core_also_of_values_between() -> None:
    stepper = stepper_of(1, 99)
    numerical = by_differences(stepper.graph, stepper.inputs)
    assert {name: float(stepper.checks[name]) for name in "xyz"} == {
        name: float(value) for name, value in numerical.of.items()
    }
    exact = {"x": 12, "y": 4.5, "z": -9, "v": 2, "u": 0.5, "f": 1}
    assert {name: float(value) for name, value in stepper.checks.items()} == pytest.approx(exact, abs=1e-8)
    assert stepper.analytic(EXAMPLES[1].analytic) == {"x": 12, "y": 4.5, "z": -9, "v": 2, "u": 0.5}


def test_cost_is_what_the_core_counts() -> None:
    cost = stepper_of(2).cost
    assert (cost.backward_passes, cost.modules, cost.numbers) == (1, 8, 5)
    assert cost.forward_passes == by_differences(stepper_of(2).graph, EXAMPLES[2].values).forward_passes == 10


@pytest.mark.parametrize("k", range(len(EXAMPLES)))
def test_every_step_of_every_example_can_be_said(k: int) -> None:
    stepper = stepper_of(k)
    for at in range(stepper.last + 1):
        stepper.go(at)
        assert explanations.title(stepper)
        assert "nan" not in explanations.step_html(stepper)
        for node in range(len(stepper.graph.nodes)):
            assert "nan" not in explanations.node_html(stepper, node)
    for name, value in stepper.analytic(EXAMPLES[k].analytic).items():
        assert float(stepper.gradient(stepper.graph.position(name)) or 0) == pytest.approx(value, rel=1e-9)


def test_numbers_are_exact_where_they_are_short() -> None:
    assert [value_text(v) for v in (2, 4.5, -9, 0.5, 36, 0, 0.1 + 0.2, 0.0625)] == [
        "2", "4.5", "−9", "0.5", "36", "0", "0.3", "0.0625",
    ]  # fmt: skip
    assert [value_text(v) for v in (0.19661193, -0.58983, 1.36787944, 123.456, 0.00123456)] == [
        "0.197", "−0.590", "1.37", "123", "0.00123",
    ]  # fmt: skip
    assert [value_text(v) for v in (1e9, float("inf"), float("nan"))] == ["1·10⁹", "∞", "NaN"]
    assert [difference_text(v) for v in (4.5, -9.00000001, 0.0, -1e-13)] == ["4.5", "−9", "0", "0"]


def test_names_have_their_indices() -> None:
    assert rich("w0") == "<i>w</i><sub>0</sub>"
    assert rich("W[1]") == "<i>W</i><sup>[1]</sup>"
    assert rich("a[1] 1…2") == "<i>a</i><sup>[1]</sup><sub>1…2</sub>"
    assert (rich("-3"), plain("w0"), plain("-3")) == ("−3", "w₀", "−3")
    assert partial("f", "x") == "∂<i>f</i>/∂<i>x</i>"


def test_a_step_beyond_the_ends_is_the_end() -> None:
    stepper = Stepper(Graph((Node("x"),)), {"x": 2})
    assert stepper.last == 1
    stepper.go(99)
    assert stepper.at == 1
    stepper.go(-1)
    assert stepper.at == 0


LEAVES = ("x", "y", "w0", "2", "0.5", "-3", "π", "e")
FORMS = ("({} + {})", "({} - {})", "({} * {})", "({} / {})", "({}**{})", "(-{})", "({}**2)")
CALLS = tuple(f"{name}({', '.join(['{}'] * module.arity)})" for name, module in CALLABLE.items())


def drawn(generator: np.random.Generator, depth: int) -> str:
    """Return a random expression."""
    if depth == 0:
        return str(generator.choice(LEAVES))
    form = str(generator.choice(FORMS if generator.random() < 0.6 else CALLS))
    return form.format(*(drawn(generator, depth - 1) for _ in range(form.count("{}"))))


@pytest.mark.parametrize("seed", range(60))
def test_a_formula_that_is_copied_is_read_as_what_it_says(seed: int) -> None:
    generator = np.random.default_rng(seed)
    graph = parse(drawn(generator, 3))
    inputs = {name: float(generator.uniform(0.2, 2)) for name in graph.variables}
    stepper = Stepper(graph, inputs)
    known = {
        node.name: float(np.asarray(v)) for node, v in zip(graph.nodes, stepper.final.values, strict=True)
    }
    for k in stepper.modules:
        name, formula = text_of(scalar_explanations.formula_html(stepper, k)).split(" = ", 1)
        if stepper.no_value(k) is not None or " if " in formula:
            continue
        copied = parse(formula)
        read = forward(copied, {variable: known[variable] for variable in copied.variables})[-1]
        value = known[graph.nodes[k].name]
        assert plain(graph.nodes[k].name) == name
        assert float(read) == pytest.approx(value, rel=1e-9, abs=1e-12), formula
