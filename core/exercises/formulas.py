"""Exercises on formulas: computational graphs, gradient descent on one weight, and activations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from ..arrays import Array
from ..derivation.expressions import (
    TWO,
    Difference,
    Leaf,
    Negative,
    Product,
    Quotient,
    Sum,
    Symbol,
    leaves,
    value_of,
)
from ..derivation.expressions import Expression as Formula
from ..derivation.formulas import formula_of
from ..graph.autodiff import Graph, backward, forward, local
from ..graph.parser import parse
from ..lecture.evaluator import SceneEvaluator
from ..lecture.formula_quantities import ActivationNumber, DescentNumber, NodeNumber, ParabolaNumber
from ..lecture.subjects import ActivationBench, Expression, OneWeight, RateMark, worked_out
from ..nn.activations import ACTIVATIONS, Activation
from .question import (
    CommonMistake,
    Exercise,
    NumberDraw,
    Question,
    Sentence,
    hints_of,
    in_symbols,
    said,
    working_text,
)

LARGEST, SMALLEST = 500.0, 0.01
MOST_NODES, MOST_QUESTIONS, MOST_CURVES = 14, 8, 3
MOST_BY_HAND = 6  # numbers in a formula
ARITHMETIC = {"add", "subtract", "multiply", "divide", "square", "negative", "power", "max", "min"}
DIVISORS = [-4.0, -2.0, 1.0, 2.0, 4.0, 5.0]
RATES = [0.01, 0.02, 0.05, 0.1, 0.2]


# -- a computational graph ----------------------------------------------------------------------------


def of_expression(subject: Expression, draw: NumberDraw) -> Exercise | None:
    """Return an exercise on the scene's graph with other inputs; None if no suitable numbers are found."""
    graph = parse(subject.expression)
    if len(graph.nodes) > MOST_NODES or not graph.variables:
        return None
    for _try in draw.tries():
        values = {name: _value(graph, name, draw) for name in graph.variables}
        if _is_suitable(graph, values):
            fresh = replace(subject, values=values)
            given = ", ".join(f"{name} = {working_text(value)}" for name, value in values.items())
            text = said("f = {formula} at {values}.", formula=_formula_text(subject.expression), values=given)
            return Exercise(fresh, (text,), tuple(_graph_questions(fresh, graph)))
    return None


def _formula_text(expression: str) -> str:
    for typed, printed in (("**2", "²"), ("**3", "³"), ("**", "^"), (" * ", " · "), ("*", " · "), ("-", "−")):
        expression = expression.replace(typed, printed)
    return expression


def _value(graph: Graph, name: str, draw: NumberDraw) -> float:
    place = graph.position(name)
    modules = [(node.module.name, node.inputs) for node in graph.nodes if node.module is not None]
    if any(module == "divide" and inputs[1] == place for module, inputs in modules):
        return draw.one_of(DIVISORS)
    curved = any(module not in ARITHMETIC for module, _inputs in modules)
    return draw.tenth(-2, 2) if curved else draw.whole(-5, 5)


def _is_suitable(graph: Graph, inputs: dict[str, float]) -> bool:
    with np.errstate(all="ignore"):
        values = forward(graph, inputs)
        gradients = backward(graph, values)
    numbers = np.array([*values, *gradients], float)
    computed = np.array([values[k] for k, node in enumerate(graph.nodes) if node.module], float)
    few = bool(np.isfinite(numbers).all() and np.abs(numbers).max() <= LARGEST)
    different = len(set(inputs.values())) == len(inputs) and len(set(computed)) == len(computed)
    return few and different and bool(np.abs([*computed, *map(float, gradients)]).min() >= SMALLEST)


def _graph_questions(subject: Expression, graph: Graph) -> Iterator[Question]:
    bench, last = SceneEvaluator(subject), len(graph.nodes) - 1
    computed = [k for k, node in enumerate(graph.nodes) if node.module is not None]
    back = [k for k in range(last - 1, -1, -1) if graph.nodes[k].constant is None]
    if len(computed) + len(back) > MOST_QUESTIONS:
        computed, back = [last], [k for k in back if graph.nodes[k].module is None][: MOST_QUESTIONS - 1]
    values = forward(graph, bench.inputs)
    gradients = backward(graph, values)
    for k in computed:
        yield _value_question(bench, graph, k, values)
    for k in back:
        yield _gradient_question(bench, graph, k, values, gradients)


def _leaf(graph: Graph, k: int, values: tuple[Array, ...]) -> Leaf:
    node = graph.nodes[k]
    constant = node.constant is not None
    return Leaf(float(values[k]), None if constant else Symbol(node.name), exact=constant)


def _value_question(bench: SceneEvaluator, graph: Graph, k: int, values: tuple[Array, ...]) -> Question:
    node = graph.nodes[k]
    quantity = NodeNumber(node=node.name, what="value")
    formula = _module_formula(graph, k, values)
    text = said("Forward: what is {name} = {formula}?", name=node.name, formula=in_symbols(formula))
    return Question(node.name, text, quantity.of(bench), hints_of(node.name, formula), quantity=quantity)


def _module_formula(graph: Graph, k: int, values: tuple[Array, ...]) -> Formula:
    """Return the formula by which module k computes its value."""
    module, inputs = graph.nodes[k].module, [_leaf(graph, i, values) for i in graph.nodes[k].inputs]
    assert module is not None and module.formula is not None
    return formula_of(module.formula(*inputs)).expression


def _gradient_question(
    bench: SceneEvaluator, graph: Graph, k: int, values: tuple[Array, ...], gradients: tuple[Array, ...]
) -> Question:
    name, f = graph.nodes[k].name, graph.nodes[-1].name
    quantity = NodeNumber(node=name, what="gradient")
    terms: list[Formula] = []
    between: list[Sentence] = []
    slips: list[CommonMistake] = []
    for c, node in enumerate(graph.nodes):
        for place in (p for p, i in enumerate(node.inputs) if i == k):
            here = float(local(graph, c, values, gradients).derivatives[place].item())
            inner = Leaf(here, _partial(node.name, name))
            formula = _local_formula(graph, c, place, values)
            if node.name == f:
                terms.append(formula)
                continue
            terms.append(Product((Leaf(float(gradients[c]), _partial(f, node.name)), inner)))
            between += hints_of(in_symbols(inner), formula)[:1]
            slips.append(_only(here, in_symbols(inner), f"∂{f}/∂{node.name}"))
    symbol = f"∂{f}/∂{name}"
    text = said("Backward: what is {name}?", name=symbol)
    hints = hints_of(symbol, terms[0] if len(terms) == 1 else Sum(tuple(terms)), *between)
    return Question(symbol, text, quantity.of(bench), hints, tuple(slips), quantity=quantity)


def _local_formula(graph: Graph, c: int, place: int, values: tuple[Array, ...]) -> Formula:
    """Return the formula of the derivative of module c by its input at ``place``."""
    module, inputs = graph.nodes[c].module, [_leaf(graph, i, values) for i in graph.nodes[c].inputs]
    assert module is not None and module.derivative_formulas is not None
    return formula_of(module.derivative_formulas(_leaf(graph, c, values), *inputs)[place]).expression


def _partial(of: str, by: str) -> Symbol:
    return Symbol(f"∂{of}/∂{by}")


def _only(value: float, inner: str, upstream: str) -> CommonMistake:
    sentence = said(
        "This is only {inner}: multiply it by what comes from upstream, {upstream}.",
        inner=inner,
        upstream=upstream,
    )
    return CommonMistake(value, sentence)


# -- one weight ---------------------------------------------------------------------------------------


def of_one_weight(subject: OneWeight, draw: NumberDraw) -> Exercise | None:
    """Return an exercise on another parabola: two steps of gradient descent, and its minimum.

    None if no suitable numbers are found.
    """
    for _try in draw.tries():
        x, y, w = draw.whole(1, 4), draw.whole(2, 12), draw.tenth(0.5, 4)
        eta = draw.one_of(RATES)
        if abs(y - w * x) < 0.5 or not 0.2 < abs(1 - 2 * eta * x * x) < 1.6:
            continue
        marks = tuple(
            RateMark(mark.label, rate) for mark in subject.marks if (rate := _moved(mark, subject, x))
        )
        fresh = replace(subject, x=x, y=y, w=w, learning_rate=eta, marks=marks)
        given = said("L(w) = (y − wx)², x = {x}, y = {y}, w = {w}, η = {eta}.", x=x, y=y, w=w, eta=eta)
        return Exercise(fresh, (given,), tuple(_weight_questions(fresh, eta)))
    return None


def _moved(mark: RateMark, subject: OneWeight, x: float) -> str:
    """Return a marked learning rate (one-step or oscillating) for another x; empty if it is neither."""
    for times in (1, 2):
        if abs(worked_out(mark.learning_rate) * 2 * subject.x**2 - times) < 1e-9:
            return f"1/{2 * x * x / times:g}"
    return ""


def _weight_questions(subject: OneWeight, eta: float) -> Iterator[Question]:
    bench = SceneEvaluator(subject)
    w, x, y = (Leaf(value, Symbol(name)) for name, value in subject.values.items())
    error = Difference(y, Product((w, x)))
    yield _descent(bench, "L(w)", said("What is the loss L(w)?"), 0, "loss", hints_of("L(w)", error**2))
    slope = Negative(Product((TWO, x, error)))
    off = value_of(error)
    slips = (
        CommonMistake(-2 * off, said("The inner derivative is missing: multiply by x.")),
        CommonMistake(-x.value * off, said("The factor 2 of the square is missing.")),
        CommonMistake(off * off, said("This is the loss itself: take its derivative by w.")),
    )
    yield _descent(
        bench, "∂L/∂w", said("What is the gradient ∂L/∂w?"), 0, "gradient", hints_of("∂L/∂w", slope), slips
    )
    rate = Leaf(eta, Symbol("η"), exact=True)
    now = subject.w
    for step in (1, 2):
        if step == 2:
            now = DescentNumber(steps=1).of(bench)
        slope_here = DescentNumber(steps=step - 1, what="gradient").of(bench)
        gradient = Leaf(slope_here, Symbol("∂L/∂w"))
        formula = Difference(Leaf(now, Symbol("w")), Product((rate, gradient)))
        asked = said("What is w after one step?" if step == 1 else "And after two steps?")
        found = (said("There ∂L/∂w = {g}.", g=slope_here),) if step == 2 else ()
        hints = hints_of("w", formula, *found, becomes=True)
        yield _descent(bench, f"w{'₁₂'[step - 1]}", asked, step, "value", hints, (
            CommonMistake(now + eta * slope_here, said("This went uphill: subtract η times the gradient.")),
            CommonMistake(
                now - slope_here, said("The learning rate is missing: multiply the gradient by η.")
            ),
        ))  # fmt: skip
    minimum = ParabolaNumber(what="minimum").of(bench)
    there = said("There the gradient is 0, so y − wx = 0.")
    text = said("At which w is the minimum?")
    hints = (there, *hints_of("w", Quotient(y, x)))
    yield Question("w*", text, minimum, hints, quantity=ParabolaNumber(what="minimum"))


def _descent(
    bench: SceneEvaluator, symbol: str, text: Sentence, steps: int, what: str, hints: tuple[Sentence, ...],
    slips: tuple[CommonMistake, ...] = (),
) -> Question:  # fmt: skip
    quantity = DescentNumber(steps=steps, what=what)  # type: ignore[arg-type]
    return Question(symbol, text, quantity.of(bench), hints, slips, quantity=quantity)


# -- activations --------------------------------------------------------------------------------------


def of_activations(subject: ActivationBench, draw: NumberDraw) -> Exercise | None:
    """Return an exercise on g(z) and g'(z) of up to three of the activations at another z.

    None if none of them can be computed by hand.
    """
    known = [name for name in subject.activations if _by_hand(ACTIVATIONS[name])]
    if not known:
        return None
    low, high = max(subject.low, -2.5), min(subject.high, 2.5)
    if high - low < 0.5:
        return None
    z = draw.tenth(low, high)
    fresh = replace(subject, z=z)
    chosen = [known[k] for k in draw.places(MOST_CURVES, len(known))]
    questions = tuple(question for name in chosen for question in _curve_questions(fresh, name))
    return Exercise(fresh, (said("z = {z}.", z=z),), questions)


def _by_hand(activation: Activation) -> bool:
    """Return whether an activation can be computed with a calculator, and is not the identity."""
    z, alpha = Leaf(0.0, Symbol("z")), Leaf(activation.alpha or 0.0)
    formula = activation.formula(z, alpha)
    return not activation.layerwide and formula != z and len(list(leaves(formula))) <= MOST_BY_HAND


def _curve_questions(subject: ActivationBench, name: str) -> Iterator[Question]:
    bench, entry = SceneEvaluator(subject), ACTIVATIONS[name]
    value = ActivationNumber(activation=name).of(bench)
    slope = ActivationNumber(activation=name, what="slope").of(bench)
    z = Leaf(subject.z, Symbol("z"), exact=True)
    alpha = Leaf(entry.alpha or 0.0, Symbol("α"), exact=True)
    a = Leaf(value, Symbol("g"))
    there = formula_of(entry.formula(z, alpha))
    text = said("{name}: what is g(z)?", name=entry.symbol)
    noted = _noted("g(z)", there.expression, subject.z)
    yield Question(f"{entry.symbol} g", text, value, noted, quantity=ActivationNumber(activation=name))
    rise = formula_of(entry.derivative_formula(z, a, alpha))
    between = (said("g = g(z) = {g}", g=value),) if "g" in in_symbols(rise.expression) else ()
    slips = [CommonMistake(value, said("This is g(z) itself: take its derivative."))]
    if a in leaves(rise.expression):
        wrong = value_of(formula_of(entry.derivative_formula(z, z, alpha)).expression)
        rule = in_symbols(rise.expression)
        slips.append(CommonMistake(wrong, said("{rule} takes the output g, not z.", rule=rule)))
    hints = _noted("g′(z)", rise.expression, subject.z, *between)
    text = said("{name}: what is g′(z)?", name=entry.symbol)
    quantity = ActivationNumber(activation=name, what="slope")
    yield Question(f"{entry.symbol} g′", text, slope, hints, tuple(slips), quantity=quantity)


def _noted(left: str, formula: Formula, z: float, *between: Sentence) -> tuple[Sentence, ...]:
    """Return hints; for a formula with two branches, the first says which one applies."""
    hints = hints_of(left, formula, *between)
    sign = said("z = {z} is above 0." if z > 0 else "z = {z} is below 0.", z=z)
    return (sign, *hints) if isinstance(formula, Leaf) or len(hints) == 1 else hints
