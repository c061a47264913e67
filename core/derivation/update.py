"""The update of each parameter, in the equations of the optimizer's paper.

The results are those of the optimizer's own recipe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..expressions import setting
from ..language import tr
from ..nn.compiled_passes import penalty_recipe
from ..nn.network import Network, NetworkLayer
from ..nn.ops import follow
from ..nn.optimizers import LearningRate, Optimizer, UpdateTerms, keeping
from .expressions import (
    Difference,
    Equation,
    Expression,
    Function,
    Leaf,
    Product,
    Section,
    Sum,
    Symbol,
    Words,
    leaves,
    sentence,
)
from .formulas import bare, definitions, latex
from .sample_pass import parameter_symbol


@dataclass(frozen=True)
class Update:
    """One update of some or all parameters, with the optimizer's memory before and after.

    ``slope`` is the gradient dJ/dtheta of the loss, ``g`` the same including the penalty; ``t`` is the number
    of the update, from 1. Vectors have shape (parameters,), memories (vectors, parameters). ``fixed`` are the
    places of the parameters that stay as they are; ``perceptron`` says that ``g`` is that of the perceptron
    rule.
    """

    optimizer: Optimizer
    eta: float
    t: int
    l1: float
    l2: float
    slope: Array
    g: Array
    before: Array
    theta: Array
    memory_before: Array
    memory: Array
    fixed: frozenset[int] = frozenset()
    perceptron: bool = False


def updated(
    network: Network, theta: Array, slope: Array, memory: Array | None, iteration: int, eta: float
) -> Update:
    """Return update number ``iteration`` + 1 of all parameters by the gradient ``slope`` of the loss.

    ``memory`` None: zero.
    """
    optimizer, g = network.design.training.optimizer, slope.copy()
    follow(penalty_recipe(network, theta, g))
    before = np.zeros((optimizer.vectors, theta.size)) if memory is None else memory.astype(float)
    return update_by(network, theta, slope, g, before, iteration + 1, eta, network.fixed)


def update_by(
    network: Network, theta: Array, slope: Array, g: Array, memory: Array, t: int, eta: float, fixed: Array
) -> Update:
    """Return update number ``t`` of these parameters by the gradient ``g``, in their precision.

    Those at the places ``fixed`` stay as they are.
    """
    training, new, after = network.design.training, theta.copy(), memory.copy()
    rate = LearningRate(eta, theta.dtype)
    rate.t = t
    with np.errstate(all="ignore"):
        follow(keeping(fixed, new, after, training.optimizer.update(new, g.copy(), after, rate)))
    l1, l2 = training.l1, training.l2
    rule = frozenset(fixed.tolist()), network.perceptron
    return Update(training.optimizer, eta, t, l1, l2, slope, g, theta, new, memory, after, *rule)


@dataclass(frozen=True)
class ParameterRef:
    """One parameter of an update: its index in the vectors, and its symbol."""

    update: Update
    index: int
    symbol: Symbol

    @property
    def penalized(self) -> bool:
        """Whether the penalty contributes to its gradient; it does not for biases."""
        return bool(self.update.l1 or self.update.l2) and self.symbol.letter == "W"

    def named(self, letter: str, mark: str = "") -> Symbol:
        """Return the symbol of another letter with the parameter's indices."""
        return Symbol(letter, self.symbol.below, self.symbol.layer, mark)

    @property
    def old(self) -> Leaf:
        """The parameter before the update."""
        return Leaf(float(self.update.before[self.index]), self.symbol, self.step)

    @property
    def weight(self) -> Leaf:
        """The parameter before the update as a mere number, without the size of the step as its ``grain``."""
        return Leaf(self.old.value, self.symbol)

    @property
    def new(self) -> Leaf:
        """The parameter after the update."""
        return Leaf(float(self.update.theta[self.index]), None, self.step)

    @property
    def step(self) -> float:
        """The change of the parameter."""
        return float(self.update.theta[self.index] - self.update.before[self.index])

    @property
    def slope(self) -> Leaf:
        """The derivative of the loss."""
        below = self.symbol.below if self.symbol.letter == "W" else (0, *self.symbol.below)
        g = Symbol("g", below, self.symbol.layer)  # see `sample_pass.gradient_symbol`
        symbol = g if self.update.perceptron else self.named(self.symbol.letter, "slope")
        return Leaf(float(self.update.slope[self.index]), symbol)

    @property
    def g(self) -> Leaf:
        """The derivative given to the optimizer: of the loss, and of the penalty if there is one."""
        value = float(self.update.g[self.index])
        return Leaf(value, self.named("g")) if self.penalized else self.slope

    @property
    def eta(self) -> Leaf:
        """The learning rate."""
        return setting("η", self.update.eta)

    def memory(self, k: int, letter: str, *, new: bool) -> Leaf:
        """Return vector k of the optimizer's memory at this parameter, before or after the update."""
        memory = self.update.memory if new else self.update.memory_before
        return Leaf(float(memory[k, self.index]), self.named(letter))

    @property
    def terms(self) -> UpdateTerms:
        """The symbols of the optimizer's formulas, with the parameter's indices and numbers."""
        letters = self.update.optimizer.letters
        old, new = (
            tuple(self.memory(k, letter, new=after) for k, letter in enumerate(letters))
            for after in (False, True)
        )
        return UpdateTerms(self.g, self.eta, setting("t", self.update.t), old, new)

    def becomes(self, step: Expression) -> Equation:
        """Return the equation that subtracts a step from the parameter."""
        after = Difference(self.old, step)
        return Equation(self.old, after, after, self.new, "←")


def keeps(left: Leaf, formula: Expression, relation: str = "←") -> Equation:
    """Return the equation of a number that the optimizer computes."""
    return Equation(left, formula, formula, bare(left), relation)


def lines_of(at: ParameterRef) -> Iterator[Equation]:
    """Yield the equations of one parameter: gradient with penalty, memory, new value."""
    if at.index in at.update.fixed:
        yield Equation(at.old, at.weight, None, bare(at.old), "←", (tr("fixed"),))
        return
    if at.penalized:
        parts: list[Expression] = [at.slope]
        if at.update.l1:
            sign = Function("sign", (at.weight,), np.sign)
            parts.append(Product((setting("λ", at.update.l1, (1,)), sign)))
        if at.update.l2:
            parts.append(Product((setting("λ", at.update.l2, (2,)), at.weight)))
        yield keeps(at.g, Sum(tuple(parts)), "=")
    terms = at.terms
    memory, step = at.update.optimizer.formulas(terms)
    yield from (keeps(new, formula) for new, formula in zip(terms.new, memory, strict=True))
    yield from definitions(step)
    yield at.becomes(step)


def in_letters(optimizer: Optimizer) -> list[tuple[Leaf, Expression]]:
    """Return the new memory and the new parameter θ, each with its formula in symbols."""
    letters = tuple(Leaf(0, Symbol(letter)) for letter in optimizer.letters)
    theta, g, eta, t = (Leaf(0, Symbol(letter)) for letter in "θgηt")
    memory, step = optimizer.formulas(UpdateTerms(g, eta, t, letters, letters))
    return [*zip(letters, memory, strict=True), (theta, theta - step)]


def optimizer_latex(optimizer: Optimizer) -> str:
    """Return the equations of an update as LaTeX, on one line."""
    lines = [f"{latex(left)}\\leftarrow {latex(formula)}" for left, formula in in_letters(optimizer)]
    return r";\ ".join(lines)


def _counts(optimizer: Optimizer) -> bool:
    """Return whether the formulas of an optimizer contain the number t of the update."""
    formulas = [formula for _, formula in in_letters(optimizer)]
    parts = [*formulas, *(line.symbols for formula in formulas for line in definitions(formula))]
    return any(leaf.symbol == Symbol("t") for part in parts if part is not None for leaf in leaves(part))


def update_section(update: Update, layer: NetworkLayer) -> Section:
    """Return the update of all weights and biases of a layer."""
    lines: list[Equation] = []
    for row in range(layer.n_in + 1):
        for j in range(layer.n_out):
            symbol = parameter_symbol(layer.l, row if row < layer.n_in else None, j)
            lines += lines_of(ParameterRef(update, layer.offset + row * layer.n_out + j, symbol))
    title = tr("Update, layer {l}: {symbol}", l=layer.l, symbol=tr(update.optimizer.symbol))
    return Section(title, tuple(_paragraphs(update)), tuple(lines))


def _paragraphs(update: Update) -> Iterator[Words]:
    if update.optimizer.vectors:
        remembered = tr(
            "What stands left of the arrow is new; right of it, what {symbol} remembers is from "
            "the update before.",
            symbol=tr(update.optimizer.symbol),
        )
        at_zero = update.t == 1 and not update.memory_before.any()
        yield (tr("{remembered} It starts at 0.", remembered=remembered) if at_zero else remembered,)
    if _counts(update.optimizer):
        t = Leaf(update.t, Symbol("t"))
        yield sentence("{t} is the number of this update.", t=Equation(t, result=bare(t)))
    if update.l1 or update.l2:
        yield sentence(
            "{g} is the gradient with the derivative of the penalty; biases have none.",
            g=Leaf(0, Symbol("g", ("i", "j"))),
        )
