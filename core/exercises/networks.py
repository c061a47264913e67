"""Exercises on a small network: forward pass, loss, delta, a weight's gradient and its update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import replace as with_latex
from typing import Literal

from msgspec.structs import replace

from ..derivation.expressions import Equation, Function, Leaf, Symbol
from ..derivation.solution import solution
from ..lecture.evaluator import SceneEvaluator
from ..lecture.expected import Expected
from ..lecture.network_quantities import EdgeNumber, NeuronNumber
from ..lecture.scene import InitialSelection
from ..lecture.subjects import BuiltSubject, Networks, Start, made
from ..nn.design import Data, Dense, Design
from ..project.files import examples, read
from .question import (
    CommonMistake,
    Exercise,
    NumberDraw,
    Question,
    Sentence,
    hints_of,
    in_symbols,
    matrix_latex,
    said,
    working_text,
)

MOST_PARAMETERS, MOST_LAYERS, MOST_HIDDEN = 17, 2, 3
POINTS = "xor-four-points"
LARGEST, SMALLEST = 20.0, 0.005


@dataclass(frozen=True)
class _Case:
    """A network with random weights and one sample (from 0), with its worked solution."""

    bench: SceneEvaluator
    one: BuiltSubject
    sample: int
    x: tuple[float, ...]
    y: tuple[float, ...]
    lines: dict[object, Equation]

    def line(self, symbol: Symbol) -> Equation | None:
        """Return the equation of the solution whose left side is a symbol."""
        return self.lines.get(symbol)


def design_of(start: Start) -> Design:
    """Return the design with which a network of a scene starts."""
    return start.design if isinstance(start.design, Design) else read(examples()[start.design]).design


def _by_hand(design: Design) -> Design:
    """Return a design with one hidden layer with fewer neurons there, if they are too many to compute all."""
    first = design.layers[0]
    if len(design.layers) == 2 and isinstance(first, Dense) and first.neurons > MOST_HIDDEN:
        return replace(design, layers=(replace(first, neurons=2, initial=None), design.layers[1]))
    return design


def of_networks(subject: Networks, expected: tuple[Expected, ...], draw: NumberDraw) -> Exercise | None:
    """Return an exercise on the scene's network with other weights; None if it is too large for that."""
    worked = [one.quantity for one in expected if isinstance(one.quantity, (NeuronNumber, EdgeNumber))]
    names = {quantity.network for quantity in worked if quantity.iterations == 0}
    start = next((one for one in subject.networks if one.name in names or "" in names), subject.networks[0])
    design = _by_hand(design_of(start))
    one = made(Start(design=design))
    if one.network.n[0] != 2 or one.network.n[-1] != 1 or one.network.parameters > MOST_PARAMETERS:
        return None
    if len(one.network.layers) > MOST_LAYERS:
        return None
    training = replace(design.training, gradient_descent="batch")
    design = replace(design, data=Data(source=POINTS), training=training)
    for _try in draw.tries():
        found = _tried(design, start.name, one.network.parameters, draw)
        if found is not None:
            return found
    return None


def _tried(design: Design, name: str, parameters: int, draw: NumberDraw) -> Exercise | None:
    """Return an exercise with the next random weights and sample; None if they are unsuitable."""
    theta = tuple(draw.tenth(-2, 2) for _k in range(parameters))
    sample = int(draw.whole(1, 3))
    fresh = Networks(networks=(Start(name=name, design=design, theta=theta),))
    case = _case(fresh, sample)
    if case is None:
        return None
    layer, source, neuron = _edge(case, draw)
    questions = tuple(_questions(case, layer, source, neuron))
    if any(abs(question.answer) > LARGEST for question in questions):
        return None
    if any(0 < abs(question.answer) < SMALLEST for question in questions):
        return None
    if not questions[-1].answer or sum(question.answer == 0 for question in questions) > 1:
        return None
    look = InitialSelection(layer=layer, neuron=neuron, source=source, sample=sample)
    return Exercise(fresh, _given(case), questions, look)


def _case(fresh: Networks, sample: int) -> _Case | None:
    bench = SceneEvaluator(fresh)
    one = bench.made("")
    x = tuple(float(value) for value in one.dataset.x[:, sample])
    y = tuple(float(value) for value in one.dataset.targets(one.network.n[-1])[:, sample])
    lines: dict[object, Equation] = {}
    for line in solution(one.network, one.theta, one.dataset, sample).lines:
        left = line.left.name if isinstance(line.left, Function) else getattr(line.left, "symbol", None)
        key = (left, "updated") if line.relation != "=" else left
        lines[key] = line
    z = [line.left.value for line in lines.values() if _is_z(line)]  # type: ignore[union-attr]
    return None if min(map(abs, z)) < 0.05 else _Case(bench, one, sample, x, y, lines)


def _is_z(line: Equation) -> bool:
    return isinstance(line.left, Leaf) and line.left.symbol is not None and line.left.symbol.letter == "z"


def _edge(case: _Case, draw: NumberDraw) -> tuple[int, int, int]:
    """Return layer, input and neuron of the edge in question: in layer 1, from an input that is not 0."""
    sources = [float(i) for i, value in enumerate(case.x) if value]
    return 1, int(draw.one_of(sources)), int(draw.whole(1, case.one.network.n[1])) - 1


def _given(case: _Case) -> tuple[Sentence, ...]:
    """Return the given sample, W (a row per input), b and σ of every layer, and the loss."""
    network, theta = case.one.network, case.one.theta
    eta = network.design.training.learning_rate
    lines = [said("x = ({x}), y = {y}, η = {eta}", x=_row(case.x), y=_row(case.y), eta=eta)]
    for layer in network.layers:
        rows = "; ".join(map(_row, network.W(theta, layer.l)))
        W, b = network.W(theta, layer.l), network.b(theta, layer.l)
        text = said(
            "W[{l}] = ({rows}), b[{l}] = ({biases}), σ[{l}] = {names}",
            l=layer.l,
            rows=rows,
            biases=_row(b),
            names=_activation(case, layer.l),
        )
        up = f"^{{[{layer.l}]}}"
        matrices = rf"W{up} = {matrix_latex(W)},\; b{up} = {matrix_latex([[value] for value in b])}"
        latex = rf"{matrices},\; \sigma{up} = \text{{{_activation(case, layer.l)}}}"
        lines.append(with_latex(text, latex=latex))
    lines.append(said("W has a row for each neuron it comes from."))
    return (*lines, said("J: {loss}", loss=network.loss.title))


def _row(numbers: Iterable[float]) -> str:
    return ", ".join(working_text(float(number)) for number in numbers)


def _activation(case: _Case, l: int) -> str:
    layer = case.one.network.layers[l - 1]
    names = [run.activation.symbol for run in layer.spans for _j in range(run.start, run.stop)]
    return names[0] if len(set(names)) == 1 else " / ".join(names)


def _questions(case: _Case, layer: int, source: int, neuron: int) -> Iterator[Question]:
    L = len(case.one.network.layers)
    hidden = range(case.one.network.n[1]) if L > 1 else range(0)
    for j in hidden:
        yield _forward(case, "z", 1, j)
        if not _same(case, 1, j):
            yield _forward(case, "a", 1, j)
    yield _forward(case, "z", L, 0)
    if not _same(case, L, 0):
        yield _forward(case, "a", L, 0)
    yield _edge_question(case, "J", Symbol("J"), L, 0, 0, said("What is the loss J of this sample?"))
    yield _delta(case, L, 0)
    if L > 1:
        yield _delta(case, layer, neuron)
    yield _weight_gradient(case, layer, source, neuron)
    yield _updated(case, layer, source, neuron)


def _same(case: _Case, l: int, j: int) -> bool:
    """Return whether a equals z, so that asking for it would be pointless."""
    run = next(run for run in case.one.network.layers[l - 1].spans if run.start <= j < run.stop)
    return run.activation.name == "linear"


def _hints(case: _Case, symbol: Symbol, *between: Sentence) -> tuple[Sentence, ...]:
    line = case.line(symbol)
    if line is None or line.symbols is None:
        return between or (said("Write it down from its definition."),)
    left = in_symbols(line.left)
    if line.numbers is None:
        return (said("{left} = {formula}", left=left, formula=in_symbols(line.symbols)), *between)
    first = hints_of(left, line.symbols)[0]
    last = hints_of(left, line.numbers)[-1]
    return (first, *between, last)


def _forward(case: _Case, what: str, l: int, j: int) -> Question:
    kind: Literal["z", "a"] = "z" if what == "z" else "a"
    quantity = NeuronNumber(x=case.x, what=kind, layer=l, neuron=j)
    answer = quantity.of(case.bench)
    symbol = Symbol(what, (j + 1,), l)
    name = in_symbols(Leaf(0, symbol))
    slips: tuple[CommonMistake, ...] = ()
    if what == "z":
        bias = float(case.one.network.b(case.one.theta, l)[j])
        slips = (CommonMistake(answer - bias, said("The bias is missing: add {b}.", b=bias)),)
    else:
        z = NeuronNumber(x=case.x, what="z", layer=l, neuron=j).of(case.bench)
        slips = (CommonMistake(z, said("This is z: put it through the activation.")),)
    text = said("Forward: what is {name}?", name=name)
    return Question(name, text, answer, _hints(case, symbol), slips, quantity=quantity)


def _edge_question(
    case: _Case, what: str, symbol: Symbol, l: int, i: int, j: int, text: Sentence,
    slips: tuple[CommonMistake, ...] = (), between: tuple[Sentence, ...] = (),
) -> Question:  # fmt: skip
    quantity = EdgeNumber(x=case.x, y=case.y, what=what, layer=l, source=i, neuron=j)  # type: ignore[arg-type]
    name = in_symbols(Leaf(0, symbol))
    hints = _hints(case, symbol, *between)
    return Question(name, text, quantity.of(case.bench), hints, slips, quantity=quantity)


def _delta(case: _Case, l: int, j: int) -> Question:
    symbol = Symbol("δ", (j + 1,), l)
    text = said("Backward: what is {name}?", name=in_symbols(Leaf(0, symbol)))
    between: list[Sentence] = []
    slips: list[CommonMistake] = []
    upstream = case.line(Symbol("a", (j + 1,), l, "slope"))
    slope = case.lines.get(Symbol("σ", (j + 1,), l, "prime"))
    for line, help_text in (
        (upstream, "This is only {left}: multiply it by the slope σ′."),
        (slope, "This is only {left}: multiply it by what comes back along the edges."),
    ):
        if line is not None and line.result is not None:
            left = in_symbols(line.left)
            between.append(_met(line))
            slips.append(CommonMistake(line.result.value, said(help_text, left=left)))
    return _edge_question(case, "delta", symbol, l, 0, j, text, tuple(slips), tuple(between))


def _met(line: Equation) -> Sentence:
    """Return an intermediate result with its formula, if any, and its value."""
    assert line.result is not None
    left, value = in_symbols(line.left), line.result.value
    formula = "" if line.symbols is None else in_symbols(line.symbols)
    if formula in ("", working_text(value)):
        return said("{left} = {value}", left=left, value=value)
    return said("{left} = {formula} = {value}", left=left, formula=formula, value=value)


def _weight_gradient(case: _Case, l: int, i: int, j: int) -> Question:
    symbol = Symbol("W", (i + 1, j + 1), l, "slope")
    text = said("What is the gradient {name}?", name=in_symbols(Leaf(0, symbol)))
    return _edge_question(case, "gradient", symbol, l, i, j, text)


def _updated(case: _Case, l: int, i: int, j: int) -> Question:
    symbol = Symbol("W", (i + 1, j + 1), l)
    name, rate = in_symbols(Leaf(0, symbol)), case.one.network.design.training.learning_rate
    slope = EdgeNumber(x=case.x, y=case.y, what="gradient", layer=l, source=i, neuron=j).of(case.bench)
    now = float(case.one.network.W(case.one.theta, l)[i, j])
    text = said("And {name} after one step of gradient descent, η = {eta}?", name=name, eta=rate)
    line = case.lines[symbol, "updated"]
    assert line.symbols is not None and line.numbers is not None
    first = hints_of(name, line.symbols, becomes=True)[0]
    last = hints_of(name, line.numbers, becomes=True)[-1]
    slips = (
        CommonMistake(now + rate * slope, said("This went uphill: subtract η times the gradient.")),
        CommonMistake(now - slope, said("The learning rate is missing: multiply the gradient by η.")),
        CommonMistake(rate * slope, said("This is only the step: take it away from the weight.")),
    )
    quantity = EdgeNumber(x=case.x, y=case.y, what="updated", layer=l, source=i, neuron=j)
    return Question(name, text, quantity.of(case.bench), (first, last), slips, quantity=quantity)
