"""Exercises on counts and products of a network: epochs, parameters, shapes, one layer equal to several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as with_latex
from itertools import pairwise

from msgspec.structs import replace

from ..bounds import MOST_REAL
from ..derivation.expressions import Leaf, Product, Sum, Symbol
from ..language import translatable
from ..lecture.evaluator import SceneEvaluator
from ..lecture.network_quantities import CollapseNumber, CountNumber, JacobianNumber, PositionNumber
from ..lecture.subjects import Networks, Start, made
from ..nn.design import Dense, Design
from .question import (
    CommonMistake,
    Exercise,
    NumberDraw,
    Question,
    Sentence,
    hints_of,
    lowered,
    matrix_latex,
    said,
)

SIZES = [4.0, 6.0, 7.0, 8.0, 9.0, 12.0, 15.0, 16.0]
SAMPLES = [40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0]
WIDTHS = [float(n) for n in range(2, 13)]
SIGNS = {"rows": "↓", "columns": "→"}
SMALLEST, LARGEST = 0.02, 20.0


def _with_widths(design: Design, draw: NumberDraw) -> Design:
    """Return a design whose hidden layers have other numbers of neurons; if it has none, with one."""
    layers = list(design.layers)
    if len(layers) == 1:
        layers.insert(0, Dense(1, "tanh"))
    for k, layer in enumerate(layers):
        if isinstance(layer, Dense):
            last = k == len(layers) - 1
            neurons = layer.neurons if last else int(draw.one_of(WIDTHS))
            layers[k] = replace(layer, neurons=neurons, initial=None)
    return replace(design, layers=tuple(layers))


# -- epochs, iterations and batches ----------------------------------------------------------------------


def of_epochs(design: Design, draw: NumberDraw) -> Exercise | None:
    """Return an exercise on the updates in an epoch, and the position in training after some of them."""
    for _try in draw.tries():
        size = int(draw.one_of(SIZES))
        data = replace(design.data, samples=int(draw.one_of(SAMPLES)))
        training = replace(design.training, gradient_descent="mini-batch", batch_size=size)
        fresh = Networks(networks=(Start(design=replace(design, data=data, training=training)),))
        bench = SceneEvaluator(fresh)
        count = int(CountNumber(what="train_samples").of(bench))
        if count % size and count > 3 * size:
            given = said("{count} training samples; |B| = {size}.", count=count, size=size)
            return Exercise(fresh, (given,), tuple(_epoch_questions(bench, count, size, draw)))
    return None


def _epoch_questions(bench: SceneEvaluator, count: int, size: int, draw: NumberDraw) -> Iterator[Question]:
    per_epoch, last = (CountNumber(what=what) for what in ("updates_per_epoch", "last_batch"))
    updates = int(per_epoch.of(bench))
    yield Question(
        "n/|B|",
        said("How many updates has an epoch?"),
        updates,
        (
            said("An epoch takes every sample once, |B| of them in each update."),
            said("{count}/{size}, rounded up: the last batch is smaller.", count=count, size=size),
        ),
        (CommonMistake(count // size, said("The rest of the samples makes one more batch.")),),
        whole=True,
        quantity=per_epoch,
    )
    full = said(
        "{full} batches of {size} are {all} samples.", full=updates - 1, size=size, all=count // size * size
    )
    yield Question(
        translatable("last batch"),
        said("How many samples has the last batch of an epoch?"),
        last.of(bench),
        (said("It has what the full batches leave."), full),
        whole=True,
        quantity=last,
    )
    done = updates * int(draw.whole(1, 3)) + int(draw.whole(1, updates - 2))
    whole = said(
        "{epochs}·{updates} = {made} updates are whole epochs.",
        epochs=done // updates,
        updates=updates,
        made=done // updates * updates,
    )
    for what, text, hint in (
        (
            translatable("epoch"),
            said("{done} updates are made. In which epoch is the next one?", done=done),
            said("Epochs count from 1."),
        ),
        (
            translatable("iteration"),
            said("And which iteration of that epoch is it?"),
            said("Iterations count from 1 in every epoch."),
        ),
    ):
        quantity = PositionNumber(what=what, iterations=done)  # type: ignore[arg-type]
        yield Question(what, text, quantity.of(bench), (whole, hint), whole=True, quantity=quantity)


# -- parameters ------------------------------------------------------------------------------------------


def of_parameters(design: Design, draw: NumberDraw) -> Exercise | None:
    """Return an exercise on the numbers of outputs, weights and biases that a network needs."""
    fresh = Networks(networks=(Start(design=_with_widths(design, draw)),))
    bench = SceneEvaluator(fresh)
    n = bench.made("").network.n
    chain = " – ".join(map(str, n))
    given = (said("A network {chain}: inputs, hidden neurons, outputs.", chain=chain),)
    weights = " + ".join(f"{i}·{j}" for i, j in pairwise(n))
    biases = " + ".join(str(j) for j in n[1:])
    asked: tuple[tuple[str, str, Sentence, tuple[Sentence, ...]], ...] = (
        (
            "weights", "W", said("How many weights has it?"),
            (said("A neuron has a weight for each neuron of the layer before."), said("{sum}", sum=weights)),
        ),
        (
            "biases", "b", said("How many biases?"),
            (said("Each neuron but the inputs has one."), said("{sum}", sum=biases)),
        ),
        (
            "parameters", "θ", said("How many parameters does it learn?"),
            (said("They are the weights and the biases."), said("{sum}", sum=f"{weights} + {biases}")),
        ),
    )  # fmt: skip
    questions = []
    for what, symbol, text, hints in asked:
        quantity = CountNumber(what=what)  # type: ignore[arg-type]
        questions.append(Question(symbol, text, quantity.of(bench), hints, whole=True, quantity=quantity))
    return Exercise(fresh, given, tuple(questions))


# -- the shapes of Jacobians -----------------------------------------------------------------------------


def of_shapes(design: Design, draw: NumberDraw) -> Exercise | None:
    """Return an exercise on the shapes of the Jacobians of a network; rows are inputs, columns outputs."""
    fresh = Networks(networks=(Start(design=_with_widths(design, draw)),))
    bench = SceneEvaluator(fresh)
    network = bench.made("").network
    x = tuple(map(float, bench.made("").dataset.x[:, 0]))
    if max(map(abs, x)) > MOST_REAL:
        return None
    chain = " – ".join(map(str, network.n))
    given = (
        said("A network {chain}, one sample.", chain=chain),
        said("A Jacobian has a row for each input and a column for each output."),
    )
    questions = []
    for l in range(1, len(network.n)):
        for matrix, name, hint in (
            ("dz_da", f"∂z[{l}]/∂a[{l - 1}]", "z[{l}] has {after} numbers, a[{before_l}] has {before}."),
            ("da_dz", f"∂a[{l}]/∂z[{l}]", "Both have the {after} neurons of layer {l}."),
        ):
            fields = {"l": l, "before_l": l - 1, "before": network.n[l - 1], "after": network.n[l]}
            for what in ("rows", "columns") if matrix == "dz_da" else ("rows",):
                quantity = JacobianNumber(x=x, matrix=matrix, what=what, layer=l)  # type: ignore[arg-type]
                text = said("How many {what} has {name}?", what=what, name=name)
                questions.append(
                    Question(
                        f"{name} {SIGNS[what]}", text, quantity.of(bench), (said(hint, **fields),),
                        whole=True, quantity=quantity,
                    )
                )  # fmt: skip
    return Exercise(fresh, given, tuple(questions))


# -- linear layers multiplied out ------------------------------------------------------------------------


def of_collapse(design: Design, draw: NumberDraw) -> Exercise | None:
    """Return an exercise on the one layer that equals two linear ones; None if no numbers are suitable."""
    last = design.layers[-1]
    layers = (Dense(2, "linear"), last)
    count = made(Start(design=replace(design, layers=layers))).network.parameters
    for _try in draw.tries():
        theta = tuple(draw.tenth(-2, 2) for _k in range(count))
        fresh = Networks(networks=(Start(design=replace(design, layers=layers), theta=theta),))
        questions = tuple(_collapse_questions(fresh))
        if all(SMALLEST < abs(question.answer) < LARGEST for question in questions):
            return Exercise(fresh, _collapse_given(fresh), questions)
    return None


def _collapse_given(fresh: Networks) -> tuple[Sentence, ...]:
    one = made(fresh.networks[0])
    lines = [said("Both layers are linear, so one layer with W and b computes the same z.")]
    for l in (1, 2):
        W, b = one.network.W(one.theta, l), one.network.b(one.theta, l)
        up = f"^{{[{l}]}}"
        text = said("W[{l}] and b[{l}]", l=l)
        latex = rf"W{up} = {matrix_latex(W)},\; b{up} = {matrix_latex([[value] for value in b])}"
        lines.append(with_latex(text, latex=latex))
    return tuple(lines)


def _collapse_questions(fresh: Networks) -> Iterator[Question]:
    bench = SceneEvaluator(fresh)
    one = bench.made("")
    first, second = (one.network.W(one.theta, l) for l in (1, 2))
    outer = [Leaf(float(second[j, 0]), Symbol("W", (j + 1, 1), 2)) for j in range(2)]
    for i in range(2):
        inner = [Leaf(float(first[i, j]), Symbol("W", (i + 1, j + 1), 1)) for j in range(2)]
        formula = Sum(tuple(Product(pair) for pair in zip(inner, outer, strict=True)))
        name, quantity = f"W{lowered(i + 1)}", CollapseNumber(what="W", input=i)
        rows = said("W = W[1] W[2]: row {i} of W[1] times the column W[2].", i=i + 1)
        hints = (rows, *hints_of(name, formula))
        text = said("What is {name}, from input {i} to the output?", name=name, i=i + 1)
        yield Question(name, text, quantity.of(bench), hints, quantity=quantity)
    before = [
        Leaf(float(value), Symbol("b", (j + 1,), 1)) for j, value in enumerate(one.network.b(one.theta, 1))
    ]
    last = Leaf(float(one.network.b(one.theta, 2)[0]), Symbol("b", (1,), 2))
    through = tuple(Product(pair) for pair in zip(before, outer, strict=True))
    quantity = CollapseNumber(what="b")
    slips = (CommonMistake(last.value, said("The biases of layer 1 go through W[2], too.")),)
    hints = hints_of("b", Sum((*through, last)))
    yield Question("b", said("What is its bias b?"), quantity.of(bench), hints, slips, quantity=quantity)
