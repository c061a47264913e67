"""The worked solution: the whole pass of one sample in the lecture's notation.

It contains every z and a, the loss, every delta and gradient, and the update, each as an equation in symbols
and in numbers. The numbers are those of `core.nn.passes.evaluate` for this sample alone, and of the
optimizer's own recipe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..expressions import setting
from ..language import tr, translatable
from ..nn.compiled_passes import penalty
from ..nn.network import Network, NetworkLayer
from .equations import (
    a_equation,
    activation_name,
    backward_equations,
    direct_words,
    gradient_equation,
    input_equation,
    is_direct,
    is_layerwide,
    jacobian_words,
    loss_equation,
    output_equation,
    z_equation,
)
from .expressions import (
    TWO,
    Equation,
    Expression,
    Leaf,
    Product,
    Quotient,
    Section,
    Solution,
    Sum,
    Symbol,
    Words,
    sentence,
)
from .formulas import absolute, bare, power
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
    """Return the worked solution of one sample (from 0) with parameters ``theta``.

    ``memory`` (vectors, parameters) is the optimizer's (None: zero, as at the start). ``iteration`` is the
    number of updates made before. ``learning_rate`` defaults to the design's. Raises NoSolution.
    """
    if network.parameters > MOST_PARAMETERS:
        raise NoSolution(
            tr(
                "A worked solution is for at most {most:,} parameters, and this network has "
                "{parameters:,}: take a smaller one, or the numbers alone as JSON.",
                most=MOST_PARAMETERS,
                parameters=network.parameters,
            )
        )
    case = case_of(network, theta, dataset, sample)
    assert case.values.g is not None
    eta = network.design.training.learning_rate if learning_rate is None else learning_rate
    update = updated(network, case.theta, case.values.g, memory, iteration, eta)
    refuse_infinite(tr("The update"), update.theta)
    with np.errstate(all="ignore"):
        sections = tuple(_sections(case, update))
    title = tr("One pass, worked out: {title}", title=network.design.title or tr("Untitled"))
    return Solution(title, tuple(_given(case, iteration, eta)), sections)


def _sections(case: SamplePass, update: Update) -> Iterator[Section]:
    """Yield all sections in the order of computation."""
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
    after = (
        translatable("The network is {shape}, with {parameters:,} parameters, after 1 iteration of training.")
        if iteration == 1
        else translatable(
            "The network is {shape}, with {parameters:,} parameters, after {iterations:,} iterations of "
            "training."
        )
    )
    yield (tr(after, shape=shape, parameters=network.parameters, iterations=iteration),)
    part = (
        translatable(
            "The sample is number {sample:,} of {samples:,}, counted from 1 over the whole dataset; "
            "it belongs to the training set."
        )
        if case.sample in dataset.train
        else translatable(
            "The sample is number {sample:,} of {samples:,}, counted from 1 over the whole dataset; "
            "it belongs to the test set."
        )
    )
    yield (tr(part, sample=case.sample + 1, samples=dataset.x.shape[1]),)
    rate = setting("η", eta)
    yield sentence(
        "Optimizer: {optimizer}, with the learning rate {rate}.",
        optimizer=tr(network.design.training.optimizer.symbol),
        rate=Equation(rate, result=bare(rate)),
    )
    yield sentence(
        "Loss: {loss}. {J} is here the loss of this one sample, not the mean over a batch.",
        loss=network.loss.title,
        J=Leaf(0, Symbol("J")),
    )
    if any(layer.dropout for layer in network.layers):
        yield (tr("Dropout is off, as always outside training: every neuron takes part."),)


def _sample_section(case: SamplePass) -> Section:
    dataset = case.dataset
    lines = []
    for i in range(case.network.n[0]):
        name = dataset.feature_names[i]
        own = name.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")) not in ("x", f"x{i + 1}")
        lines.append(replace(input_equation(case, i), note=(name,) if own else ()))
    for k in range(case.network.n[-1]):
        lines.append(Equation(case.y(k), result=bare(case.y(k)), note=_class_note(case, k)))
    scaling = dataset.scaling_sentence()
    paragraphs: tuple[Words, ...] = ((scaling,),) if scaling else ()
    return Section(tr("The sample: inputs and targets"), paragraphs, tuple(lines))


def _class_note(case: SamplePass, k: int) -> Words:
    dataset = case.dataset
    if dataset.task != "classes":
        return ()
    label = int(dataset.labels[case.sample])
    if case.network.n[-1] == 1 or k == label:
        return (tr("class {name}", name=dataset.class_names[label]),)
    return ()


# -- forward ------------------------------------------------------------------------------------------


def _forward_section(case: SamplePass, layer: NetworkLayer) -> Section:
    l, neurons = layer.l, range(layer.n_out)
    z, a = ([equation(case, l, j) for j in neurons] for equation in (z_equation, a_equation))
    lines = (
        (*z, *a) if is_layerwide(case, l) else tuple(line for pair in zip(z, a, strict=True) for line in pair)
    )
    return Section(tr("Forward pass, layer {l}", l=l), (_sigmas(layer),), lines)


def _sigmas(layer: NetworkLayer) -> Words:
    """Return words that name the activation of each neuron."""
    words: list[str | Expression | Equation] = []
    for span in layer.spans:
        name = activation_name(span)
        if len(layer.spans) == 1:
            return sentence("{name} is {value}.", name=Leaf(0, Symbol("σ", (), layer.l)), value=name)
        first, last = (Leaf(0, Symbol("σ", (j,), layer.l)) for j in (span.start + 1, span.stop))
        words += ("; ",) if words else ()
        if span.stop - span.start == 1:
            words += sentence("{name} is {value}", name=first, value=name)
        else:
            words += sentence("{first} to {last} are {value}", first=first, last=last, value=name)
    return (*words, ".")


# -- loss ---------------------------------------------------------------------------------------------


def _loss_section(case: SamplePass, update: Update) -> Section:
    lines = [*(output_equation(case, k) for k in range(case.network.n[-1])), loss_equation(case)]
    if update.l1 or update.l2:
        lines += _cost_lines(case, update)
    return Section(tr("Loss: {loss}", loss=case.network.loss.title), (), tuple(lines))


def _cost_lines(case: SamplePass, update: Update) -> Iterator[Equation]:
    """Yield the equations of the penalty and the cost; sums run over all weights, without biases."""
    W = case.theta * case.network.weights_mask()
    any_W = Leaf(0, Symbol("W"))
    parts: list[Expression] = [Leaf(case.values.J, Symbol("J"))]
    if update.l1:
        sizes = Leaf(float(abs(W).sum()), Symbol("S", (1,)))
        yield Equation(sizes, Sum((), "", absolute(any_W)), None, bare(sizes), note=(tr("over all weights"),))
        parts.append(Product((setting("λ", update.l1, (1,)), sizes)))
    if update.l2:
        squares = Leaf(float((W * W).sum()), Symbol("S", (2,)))
        yield Equation(
            squares, Sum((), "", power(any_W, 2)), None, bare(squares), note=(tr("over all weights"),)
        )
        parts.append(Product((Quotient(setting("λ", update.l2, (2,)), TWO), squares)))
    cost = Leaf(case.values.J + penalty(case.network, case.theta), Symbol("C"))
    note: Words = (tr("the cost: the loss with its penalty"),)
    yield Equation(cost, Sum(tuple(parts)), Sum(tuple(parts)), bare(cost), note=note)


# -- backward -----------------------------------------------------------------------------------------


def _backward_section(case: SamplePass, layer: NetworkLayer) -> Section:
    l, words = layer.l, tuple[Words, ...]()
    lines = [backward_equations(case, l, j) for j in range(layer.n_out)]
    if is_direct(case, l):
        words = (direct_words(case),)
    elif is_layerwide(case, l):
        words, lines = (jacobian_words(case, l),), list(zip(*lines, strict=True))
    return Section(
        tr("Backward pass, layer {l}", l=l), words, tuple(line for group in lines for line in group)
    )


def _gradient_section(case: SamplePass, layer: NetworkLayer) -> Section:
    rows: tuple[int | None, ...] = (*range(layer.n_in), None)
    lines = (gradient_equation(case, layer.l, i, j) for i in rows for j in range(layer.n_out))
    return Section(tr("Gradient, layer {l}", l=layer.l), (), tuple(lines))
