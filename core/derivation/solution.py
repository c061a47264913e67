"""Explanations: the whole pass of one sample as a worked solution in the lecture's notation.

Every z, a, the loss, every delta, every gradient and the update, each as a formula with its numbers.
The numbers are those of `core.nn.passes.evaluate` for this sample alone and of the optimizer's own recipe.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..expressions import setting
from ..nn.compiled_passes import penalty
from ..nn.network import ActivationSpan, Network, NetworkLayer
from .expressions import (
    ONE,
    TWO,
    ZERO,
    Difference,
    Equation,
    Expression,
    Function,
    Leaf,
    Product,
    Quotient,
    Section,
    Solution,
    Sum,
    Symbol,
    Words,
)
from .formulas import (
    absolute,
    bare,
    loss_line,
    loss_slope,
    power,
    slope_formula,
    softmax_formula,
    value_formula,
)
from .sample_pass import NoSolution, SamplePass, case_of, refuse_infinite
from .update import Update, update_section, updated

MOST_PARAMETERS = 20_000


def solution(
    network: Network,
    theta: Array,
    dataset: Dataset,
    sample: int,
    *,
    memory: Array | None = None,
    iteration: int = 0,
    learning_rate: float | None = None,
) -> Solution:
    """Return the worked solution of one sample, counted from 0, with the parameters ``theta``.

    ``memory`` (vectors, parameters) is the optimizer's; None: zero, as at the start. ``iteration``
    counts the updates made before. ``learning_rate`` None: the design's. Raises Unexplained.
    """
    if network.parameters > MOST_PARAMETERS:
        raise NoSolution(
            f"A worked solution is for at most {MOST_PARAMETERS:,} parameters, and this network has "
            f"{network.parameters:,}: take a smaller one, or the numbers alone as JSON."
        )
    case = case_of(network, theta, dataset, sample)
    assert case.values.g is not None
    eta = network.design.training.learning_rate if learning_rate is None else learning_rate
    update = updated(network, case.theta, case.values.g, memory, iteration, eta)
    refuse_infinite("The update", update.theta)
    with np.errstate(all="ignore"):
        sections = tuple(_sections(case, update))
    title = f"One pass, worked out: {network.design.title or 'Untitled'}"
    return Solution(title, tuple(_given(case, iteration, eta)), sections)


def _sections(case: SamplePass, update: Update) -> Iterator[Section]:
    """Return all sections, in the order of the computation."""
    layers = case.network.layers
    yield _sample_section(case)
    yield from (_forward_section(case, layer) for layer in layers)
    yield _loss_section(case, update)
    yield from (_backward_section(case, layer) for layer in reversed(layers))
    yield from (_gradient_section(case, layer) for layer in layers)
    yield from (update_section(update, layer) for layer in layers)


def _given(case: SamplePass, iteration: int, eta: float) -> Iterator[Words]:
    network, dataset = case.network, case.dataset
    shape = "-".join(map(str, network.n))
    updates = "1 iteration" if iteration == 1 else f"{iteration:,} iterations"
    part = "training" if case.sample in dataset.train else "test"
    yield (f"The network is {shape}, with {network.parameters:,} parameters, after {updates} of training.",)
    yield (
        f"The sample is number {case.sample + 1:,} of {dataset.x.shape[1]:,}, counted from 1 over the whole "
        f"dataset; it belongs to the {part} set.",
    )
    rate = setting("η", eta)
    optimizer = network.design.training.optimizer.symbol
    yield (f"Optimizer: {optimizer}, with the learning rate ", Equation(rate, result=bare(rate)), ".")
    yield (
        f"Loss: {network.loss.symbol}. ",
        Leaf(0, Symbol("J")),
        " is here the loss of this one sample, not the mean over a batch.",
    )
    if any(layer.dropout for layer in network.layers):
        yield ("Dropout is off, as always outside training: every neuron takes part.",)


def _sample_section(case: SamplePass) -> Section:
    dataset = case.dataset
    lines = []
    for i in range(case.network.n[0]):
        a, name = case.a(0, i), dataset.feature_names[i]
        own = name.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")) not in ("x", f"x{i + 1}")
        lines.append(
            Equation(a, Leaf(a.value, Symbol("x", (i + 1,))), None, bare(a), note=(name,) if own else ())
        )
    for k in range(case.network.n[-1]):
        lines.append(Equation(case.y(k), result=bare(case.y(k)), note=_class_note(case, k)))
    standardized: Words = ("The inputs are standardized: mean 0 and deviation 1 over the training set.",)
    paragraphs = () if dataset.mean is None else (standardized,)
    return Section("The sample: inputs and targets", paragraphs, tuple(lines))


def _class_note(case: SamplePass, k: int) -> Words:
    dataset = case.dataset
    if dataset.task != "classes":
        return ()
    label = int(dataset.labels[case.sample])
    if case.network.n[-1] == 1 or k == label:
        return (f"class {dataset.class_names[label]}",)
    return ()


# -- forward ------------------------------------------------------------------------------------------


def _forward_section(case: SamplePass, layer: NetworkLayer) -> Section:
    lines: list[Equation] = []
    for run in layer.spans:
        for j in range(run.start, run.stop):
            lines += [_z_line(case, layer, j)]
            if not run.activation.layerwide:
                lines += [_a_line(case, layer, run, j)]
    if layer.spans[0].activation.layerwide:
        lines += [_softmax_line(case, layer.l, j) for j in range(layer.n_out)]
    return Section(f"Forward pass, layer {layer.l}", (_sigmas(layer),), tuple(lines))


def _sigmas(layer: NetworkLayer) -> Words:
    """Say which activation each neuron has."""
    words: list[str | Expression | Equation] = []
    for run in layer.spans:
        name: Words = (run.activation.symbol,)
        if run.activation.alpha is not None:
            alpha = setting("α", run.alpha)
            name = (*name, " with ", Equation(alpha, result=bare(alpha)))
        if len(layer.spans) == 1:
            return (Leaf(0, Symbol("σ", (), layer.l)), " is ", *name, ".")
        neurons: Words = (Leaf(0, Symbol("σ", (run.start + 1,), layer.l)),)
        if run.stop - run.start > 1:
            neurons = (*neurons, " to ", Leaf(0, Symbol("σ", (run.stop,), layer.l)))
        verb = " is " if run.stop - run.start == 1 else " are "
        words += [*(("; ",) if words else ()), *neurons, verb, *name]
    return (*words, ".")


def _z_line(case: SamplePass, layer: NetworkLayer, j: int) -> Equation:
    l = layer.l
    terms = tuple(Product((case.W(l, i, j), case.a(l - 1, i))) for i in range(layer.n_in))
    generic = Product((Leaf(0, Symbol("W", ("i", j + 1), l)), Leaf(0, Symbol("a", ("i",), l - 1))))
    formula = Sum((case.b(l, j), Sum(terms, "i", generic)))
    return Equation(case.z(l, j), formula, formula, bare(case.z(l, j)))


def _sigma(l: int, j: int, argument: Expression, mark: str = "") -> Function:
    return Function(Symbol("σ", (j + 1,), l, mark), (argument,))


def _a_line(case: SamplePass, layer: NetworkLayer, run: ActivationSpan, j: int) -> Equation:
    z, a = case.z(layer.l, j), case.a(layer.l, j)
    formula = value_formula(run, z, a)
    return Equation(a, _sigma(layer.l, j, z), formula.expression, bare(a), note=formula.note)


def _softmax_line(case: SamplePass, l: int, j: int) -> Equation:
    formula = softmax_formula(case, l, j)
    return Equation(
        case.a(l, j), formula.expression, formula.expression, bare(case.a(l, j)), note=formula.note
    )


# -- loss ---------------------------------------------------------------------------------------------


def _loss_section(case: SamplePass, update: Update) -> Section:
    lines = [Equation(case.o(k), case.a(case.L, k), None, bare(case.o(k))) for k in range(case.network.n[-1])]
    lines.append(loss_line(case))
    if update.l1 or update.l2:
        lines += _cost_lines(case, update)
    return Section(f"Loss: {case.network.loss.symbol}", (), tuple(lines))


def _cost_lines(case: SamplePass, update: Update) -> Iterator[Equation]:
    """Return what the penalty adds to the loss; its sums are over all weights, and not over biases."""
    W = case.theta * case.network.weights_mask()
    any_W = Leaf(0, Symbol("W"))
    parts: list[Expression] = [Leaf(case.values.J, Symbol("J"))]
    if update.l1:
        sizes = Leaf(float(abs(W).sum()), Symbol("S", (1,)))
        yield Equation(sizes, Sum((), "", absolute(any_W)), None, bare(sizes), note=("over all weights",))
        parts.append(Product((setting("λ", update.l1, (1,)), sizes)))
    if update.l2:
        squares = Leaf(float((W * W).sum()), Symbol("S", (2,)))
        yield Equation(squares, Sum((), "", power(any_W, 2)), None, bare(squares), note=("over all weights",))
        parts.append(Product((Quotient(setting("λ", update.l2, (2,)), TWO), squares)))
    cost = Leaf(case.values.J + penalty(case.network, case.theta), Symbol("C"))
    note: Words = ("the cost: the loss with its penalty",)
    yield Equation(cost, Sum(tuple(parts)), Sum(tuple(parts)), bare(cost), note=note)


# -- backward -----------------------------------------------------------------------------------------


def _backward_section(case: SamplePass, layer: NetworkLayer) -> Section:
    title = f"Backward pass, layer {layer.l}"
    if layer.l == case.L and case.network.fused is not None:
        activation, loss = layer.spans[0].activation.symbol, case.network.loss.symbol
        both = f"{activation} with {loss[0].lower()}{loss[1:]}"
        lines = tuple(_fused_line(case, j) for j in range(layer.n_out))
        return Section(title, ((f"{both}: the two are differentiated together.",),), lines)
    slopes = [_da_line(case, layer, j) for j in range(layer.n_out)]
    if layer.spans[0].activation.layerwide:
        jacobian = [_jacobian_line(case, layer, j) for j in range(layer.n_out)]
        return Section(title, (_of_jacobian(layer),), (*slopes, *jacobian))
    lines = tuple(
        line
        for run in layer.spans
        for j in range(run.start, run.stop)
        for line in (slopes[j], *_delta_lines(case, layer.l, run, j))
    )
    return Section(title, (), lines)


def _fused_line(case: SamplePass, k: int) -> Equation:
    """Return delta of the output, where activation and loss are one module."""
    assert case.network.fused is not None
    delta = case.delta(case.L, k)
    formula = case.network.fused.derivative_formula(case.o(k), case.y(k))
    return Equation(delta, formula, formula, bare(delta))


def _da_line(case: SamplePass, layer: NetworkLayer, j: int) -> Equation:
    """Return dJ/da[l]_j: from the loss, or as the sum over the next layer."""
    l, da = layer.l, case.da(layer.l, j)
    if l == case.L:
        found = loss_slope(case, j)
        formula = None if found is None else found.expression
        return Equation(da, formula, formula, bare(da), note=() if found is None else found.note)
    neurons = range(case.network.n[l + 1])
    terms = tuple(Product((case.W(l + 1, j, k), case.delta(l + 1, k))) for k in neurons)
    generic = Product((Leaf(0, Symbol("W", (j + 1, "k"), l + 1)), Leaf(0, Symbol("δ", ("k",), l + 1))))
    total = Sum(terms, "k", generic)
    return Equation(da, total, total, bare(da))


def _delta_lines(case: SamplePass, l: int, run: ActivationSpan, j: int) -> Iterator[Equation]:
    """Return the lines of sigma'(z) and of delta = sigma'(z) dJ/da."""
    z, delta = case.z(l, j), case.delta(l, j)
    formula, value = slope_formula(run, z, case.a(l, j))
    yield from formula.before
    left = _sigma(l, j, z, "prime")
    constant = isinstance(formula.expression, Leaf)
    numbers = None if constant else formula.expression
    yield Equation(left, formula.expression, numbers, Leaf(value), note=formula.note)
    product = Product((Leaf(value, Symbol("σ", (j + 1,), l, "prime")), case.da(l, j)))
    yield Equation(delta, product, product, bare(delta))


def _of_jacobian(layer: NetworkLayer) -> Words:
    a_k, z_j = Leaf(0, Symbol("a", ("k",), layer.l)), Leaf(0, Symbol("z", ("j",), layer.l))
    return (
        f"{layer.spans[0].activation.symbol} makes every output depend on every ",
        z_j,
        ", so delta is a sum over its Jacobian: the derivative of ",
        a_k,
        " by ",
        z_j,
        " is ",
        Product((a_k, Difference(ONE, Leaf(0, Symbol("a", ("j",), layer.l))))),
        " for k = j, and ",
        Product((a_k, Difference(ZERO, Leaf(0, Symbol("a", ("j",), layer.l))))),
        " else.",
    )


def _jacobian_line(case: SamplePass, layer: NetworkLayer, j: int) -> Equation:
    l = layer.l
    delta, a = case.delta(l, j), case.a(l, j)
    same = Leaf(0, Symbol("1", (f"k={j + 1}",)))
    neurons = range(layer.n_out)
    terms = tuple(
        Product((case.a(l, k), Difference(ONE if k == j else ZERO, a), case.da(l, k))) for k in neurons
    )
    any_a, any_da = Leaf(0, Symbol("a", ("k",), l)), Leaf(0, Symbol("a", ("k",), l, "slope"))
    total = Sum(terms, "k", Product((any_a, Difference(same, a), any_da)))
    return Equation(delta, total, total, bare(delta))


def _gradient_section(case: SamplePass, layer: NetworkLayer) -> Section:
    l = layer.l
    lines: list[Equation] = []
    for i in range(layer.n_in):
        for j in range(layer.n_out):
            product, slope = Product((case.a(l - 1, i), case.delta(l, j))), case.dW(l, i, j)
            lines.append(Equation(slope, product, product, bare(slope)))
    for j in range(layer.n_out):
        lines.append(Equation(case.db(l, j), case.delta(l, j), None, bare(case.db(l, j))))
    return Section(f"Gradient, layer {l}", (), tuple(lines))
