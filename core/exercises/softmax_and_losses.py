"""Exercises on softmax, and on losses of a few outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as with_latex
from typing import Any

from msgspec.structs import replace

from ..derivation.expressions import (
    ONE,
    Difference,
    Expression,
    Leaf,
    Negative,
    Quotient,
    Sum,
    Symbol,
    number,
    value_of,
)
from ..derivation.formulas import divided
from ..expressions import chosen, exp, ln, simplified
from ..language import translatable
from ..lecture.evaluator import SceneEvaluator
from ..lecture.formula_quantities import LossNumber, SoftmaxNumber
from ..lecture.subjects import LossBench, SoftmaxBench
from ..nn.activations import softmax_formula
from ..nn.losses import MAE, MSE, Loss
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
    working_text,
)

TEMPERATURES = [0.5, 2.0, 4.0]
MOST_CLASSES, MOST_SAMPLES = 4, 5
ANY_Z = Leaf(0, Symbol("z", ("j",)))


# -- softmax ------------------------------------------------------------------------------------------


def of_softmax(subject: SoftmaxBench, draw: NumberDraw) -> Exercise | None:
    """Return an exercise on softmax of other z with distinct classes; None if it has too many classes."""
    if len(subject.z) > MOST_CLASSES:
        return None
    for _try in draw.tries():
        z = draw.some(len(subject.z), -1.5, 2.5)
        if abs(sum(z)) < 0.5:
            continue
        temperature = draw.one_of(TEMPERATURES) if subject.by_sum else 1.0
        fresh = replace(subject, z=z, temperature=1.0, shift=0.0)
        given = said("z = ({numbers}).", numbers=", ".join(map(working_text, z)))
        questions = _softmax_questions(fresh, temperature)
        return Exercise(fresh, (given,), tuple(questions))
    return None


def _softmax_questions(subject: SoftmaxBench, temperature: float) -> Iterator[Question]:
    bench = SceneEvaluator(subject)
    z = [Leaf(value, Symbol("z", (k,))) for k, value in enumerate(subject.z, 1)]
    total = Leaf(sum(subject.z), Symbol("s"))
    if subject.by_sum:
        share = SoftmaxNumber(what="share", place=len(z) - 1)
        answer = share.of(bench)
        summed = said("s = z₁ + … + z{last} = {sum}", last=lowered(len(z)), sum=total.value)
        text = said("z{last} divided by the sum of all z?", last=lowered(len(z)))
        hints = (summed, *hints_of("z/s", Quotient(z[-1], total)))
        yield Question(f"z{lowered(len(z))}/s", text, answer, hints, quantity=share)
    one, everything = SoftmaxNumber(what="exponential"), SoftmaxNumber(what="sum")
    first = one.of(bench)
    calculator = said("e is 2.71828…; a calculator has its powers as eˣ or exp.")
    hints = hints_of("e^z₁", exp(z[0]), calculator)
    yield Question("e^z₁", said("What is e to the power z₁?"), first, hints, (
        CommonMistake(first**-1, said("This is e to the power −z₁.")),
    ), quantity=one)  # fmt: skip
    exponentials = tuple(exp(leaf) for leaf in z)
    parts = said(
        "The powers are {powers}.", powers=", ".join(working_text(value_of(e)) for e in exponentials)
    )
    hints = (*hints_of("Σ", Sum(exponentials)), parts)
    yield Question(
        "Σ e^z", said("What is the sum of all e^z?"), everything.of(bench), hints, quantity=everything
    )
    for k in (0, len(z) - 1):
        yield _probability(subject, bench, z, k, first=k == 0)
    if subject.by_sum:
        yield _tempered(bench, z, temperature)
    decided = SoftmaxNumber(what="class")
    hint = said("The largest z has the largest probability.")
    asked = said("Which class is decided for (from 0)?")
    if subject.class_names:
        asked = said("Which class is decided for: {names}?", names=", ".join(subject.class_names))
    yield Question(
        translatable("class"),
        asked,
        decided.of(bench),
        (hint,),
        whole=True,
        names=subject.class_names,
        quantity=decided,
    )


def _probability(
    subject: SoftmaxBench, bench: SceneEvaluator, z: list[Leaf], k: int, *, first: bool
) -> Question:
    names = subject.class_names or tuple(str(c) for c in range(len(z)))
    quantity = SoftmaxNumber(what="probability", place=k)
    power_of_it = SoftmaxNumber(what="exponential", place=k).of(bench)
    symbol = f"P({names[k]})"
    formula = softmax_formula(z[k], z, ANY_Z)
    met = said(
        "e^z is {above}, the sum is {below}.", above=power_of_it, below=SoftmaxNumber(what="sum").of(bench)
    )
    slips = (
        CommonMistake(power_of_it, said("This is e^z alone: divide it by the sum of all of them.")),
        CommonMistake(
            subject.z[k] / sum(subject.z), said("Take e to the power of each z first, then divide.")
        ),
    )
    text = said("What is {symbol}?", symbol=symbol) if first else said("And {symbol}?", symbol=symbol)
    hints = (*hints_of(symbol, formula), met)
    return Question(symbol, text, quantity.of(bench), hints, slips, quantity=quantity)


def _tempered(bench: SceneEvaluator, z: list[Leaf], temperature: float) -> Question:
    quantity = SoftmaxNumber(what="probability", temperature=temperature)
    T = Leaf(temperature, Symbol("T"), exact=True)
    divided_by_T = [leaf / T for leaf in z]
    hints = hints_of("P", softmax_formula(divided_by_T[0], divided_by_T, ANY_Z / T))
    cold = SoftmaxNumber(what="probability").of(bench)
    slip = CommonMistake(cold, said("This is without the temperature: divide every z by T first."))
    text = said("And the first probability at the temperature T = {T}?", T=temperature)
    return Question(translatable("P at T"), text, quantity.of(bench), hints, (slip,), quantity=quantity)


# -- losses -------------------------------------------------------------------------------------------


def of_losses(subject: LossBench, draw: NumberDraw) -> Exercise | None:
    """Return an exercise on the subject's losses with other outputs and targets; None if unsuitable."""
    if len(subject.outputs) > MOST_SAMPLES or not all(map(_by_hand, subject.losses)):
        return None
    if len(subject.outputs[0]) > 1 and not all(loss.least > 1 for loss in subject.losses):
        return None
    for _try in draw.tries():
        fresh = _fresh_rows(subject, draw)
        costs = {value_of(_term(fresh, subject.losses[0], k)) for k in range(len(fresh.outputs))}
        if len(costs) == len(fresh.outputs):
            questions = [question for loss in subject.losses for question in _loss_questions(fresh, loss)]
            return Exercise(fresh, (_given(fresh),), tuple(questions))
    return None


def _by_hand(loss: Loss) -> bool:
    """Return whether a loss has a single formula without case distinction, for a calculator."""
    return not chosen(loss.formula(ONE, ONE))[1]


def _name(loss: Loss) -> str:
    return loss.short_title


def _fresh_rows(subject: LossBench, draw: NumberDraw) -> LossBench:
    samples, width = len(subject.outputs), len(subject.outputs[0])
    outputs: list[tuple[float, ...]]
    targets: list[tuple[float, ...]]
    if width > 1:
        outputs = [_shares(draw, width) for _sample in range(samples)]
        classes = [int(draw.whole(1, width)) for _sample in range(samples)]
        targets = [tuple(float(k == c) for k in range(1, width + 1)) for c in classes]
    elif subject.losses[0].of_probabilities:
        outputs = [(value,) for value in draw.some(samples, 0.1, 0.9)]
        targets = [(draw.one_of([0.0, 1.0]),) for _sample in range(samples)]
    else:
        targets = [(value,) for value in draw.some(samples, 1, 6)]
        errors = [draw.tenth(-1.2, 1.2) for _sample in range(samples)]
        outputs = [(round(y + e, 1),) for (y,), e in zip(targets, errors, strict=True)]
    return replace(subject, outputs=tuple(outputs), targets=tuple(targets))


def _shares(draw: NumberDraw, width: int) -> tuple[float, ...]:
    """Return probabilities that are multiples of 0.1 and sum to 1."""
    tenths = [1] * width
    for _rest in range(10 - width):
        tenths[int(draw.whole(1, width)) - 1] += 1
    return tuple(share / 10 for share in tenths)


def _given(subject: LossBench) -> Sentence:
    if len(subject.outputs[0]) == 1:
        said_outputs = ", ".join(working_text(row[0]) for row in subject.outputs)
        said_targets = ", ".join(working_text(row[0]) for row in subject.targets)
        return said("Predictions {outputs}; truth {targets}.", outputs=said_outputs, targets=said_targets)
    rows = "; ".join("(" + ", ".join(map(working_text, row)) + ")" for row in subject.outputs)
    classes = ", ".join(str(row.index(1.0) + 1) for row in subject.targets)
    text = said("Predictions {outputs}; true classes {classes} (from 1).", outputs=rows, classes=classes)
    matrices = rf"\hat Y = {matrix_latex(subject.outputs)},\; Y = {matrix_latex(subject.targets)}"
    return with_latex(text, latex=matrices)


def _loss_questions(subject: LossBench, loss: Loss) -> Iterator[Question]:
    bench, name = SceneEvaluator(subject), _name(loss)
    terms = [_term(subject, loss, sample) for sample in range(len(subject.outputs))]
    alone = len(subject.outputs[0]) == 1
    one = LossNumber(loss=loss, what="term")
    term = one.of(bench) if alone else value_of(terms[0])
    text = said("{name}: what does the first sample cost?", name=name)
    hints = hints_of("L₁", terms[0])
    yield Question(f"{name} 1", text, term, hints, _term_slips(loss, subject), quantity=one)
    J = LossNumber(loss=loss).of(bench)
    count = Leaf(float(len(terms)), Symbol("N"))
    mean = Quotient(Sum(tuple(Leaf(value_of(t), Symbol("L", (k,))) for k, t in enumerate(terms, 1))), count)
    slips = (CommonMistake(J * len(terms), said("This is the sum: divide it by the number of samples.")),)
    text = said("What is the {name} of all?", name=name)
    yield Question(name, text, J, hints_of(name, mean), slips, quantity=LossNumber(loss=loss))
    yield _gradient(subject, bench, loss)


def _leaves(subject: LossBench, sample: int) -> tuple[Leaf, Leaf, int]:
    """Return the output that determines the loss, its target, and its index in the row."""
    row = subject.targets[sample]
    place = row.index(1.0) if len(row) > 1 else 0
    o = Leaf(subject.outputs[sample][place], Symbol("y", (sample + 1,), None, "hat"))
    return o, Leaf(row[place], Symbol("y", (sample + 1,))), place


def _term(subject: LossBench, loss: Loss, sample: int) -> Expression:
    o, y, _place = _leaves(subject, sample)
    return simplified(loss.formula(o, number(y.value) if loss.of_probabilities else y))


def _term_slips(loss: Any, subject: LossBench) -> tuple[CommonMistake, ...]:
    o, y, _place = _leaves(subject, 0)
    off = y.value - o.value
    if isinstance(loss, MSE):
        return (CommonMistake(off, said("This is the error: square it.")),)
    if isinstance(loss, MAE):
        return (CommonMistake(off, said("Take the absolute value: a loss is not negative.")),)
    if not loss.of_probabilities:
        return ()
    given = o.value if y.value == 1 else 1 - o.value
    other = value_of(Negative(ln(Difference(ONE, Leaf(given)))))
    ten = value_of(Quotient(Negative(ln(Leaf(given))), ln(Leaf(10.0))))
    wrong_one = said("This is for the other answer: take the probability of the true one.")
    return CommonMistake(other, wrong_one), CommonMistake(
        ten, said("This is the logarithm to base 10: take the natural one.")
    )


def _gradient(subject: LossBench, bench: SceneEvaluator, loss: Loss) -> Question:
    """Return the question for dJ/do of the first sample."""
    o, y, place = _leaves(subject, 0)
    quantity = LossNumber(loss=loss, what="gradient", output=place)
    answer = quantity.of(bench)
    N = Leaf(float(len(subject.outputs)), Symbol("N"))
    derivative = loss.derivative_formula(o, number(y.value) if loss.of_probabilities else y)
    formula = divided(simplified(derivative), N)
    slips = (
        CommonMistake(answer * N.value, said("The mean is missing: divide by the number of samples.")),
        CommonMistake(-answer, said("The size is right, the sign is wrong: which way does the loss grow?")),
    )
    name = f"∂{_name(loss)}/∂ŷ₁"
    text = said("{loss}: what is its gradient by the first prediction?", loss=_name(loss))
    if len(subject.outputs[0]) > 1:
        text = said("What is the gradient by the first sample’s probability of its true class?")
    return Question(name, text, answer, hints_of("∂J/∂ŷ", formula), slips, quantity=quantity)
