"""The table of optimizers, each as in its paper, acting on one flat vector of parameters.

An optimizer is a value holding its settings. `steps` gives the recipe of one update of the arrays theta and
memory, and `formulas` the same for one parameter as expressions, from which everything shown is made. To add
one, write its class here; the table contains all optimizer classes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from msgspec import Meta, Struct

from .. import expressions as ex
from ..arrays import Array, aligned
from ..expressions import Expression, Leaf
from ..language import translatable
from .ops import Recipe

Share = Annotated[float, Meta(ge=0, lt=1)]


FEW_PARAMETERS = 2048  # up to here, one call with an array of factors is faster than two with a scalar each


class LearningRate:
    """The learning rate of a run, which may change, and t, the number of the present update from 1."""

    def __init__(self, value: float, dtype: Any = np.float64) -> None:
        self._eta = np.array(value, dtype)
        self.t = 0

    @property
    def value(self) -> float:
        """The learning rate eta, rounded to the precision of the network."""
        return float(self._eta)

    @value.setter
    def value(self, value: float) -> None:
        self._eta[...] = value

    def next(self) -> None:
        """Advance t to the next update."""
        self.t += 1


@dataclass(frozen=True)
class UpdateTerms:
    """The symbols of one parameter in an update.

    ``g`` is its gradient, ``eta`` the learning rate, ``t`` the number of the update; ``old`` and ``new`` are
    its entries in the optimizer's memory before and after the update.
    """

    g: Leaf
    eta: Leaf
    t: Leaf
    old: tuple[Leaf, ...]
    new: tuple[Leaf, ...]

    def corrected(self, k: int, definition: Expression) -> Leaf:
        """Return entry k of the new memory with a hat, as a symbol for its definition."""
        symbol = self.new[k].symbol
        assert symbol is not None
        return ex.let(replace(symbol, mark="hat"), definition)


class _Optimizer(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name"):
    """The base of all optimizers.

    ``symbol`` is the name shown, ``source`` the slide or paper. ``letters`` name the vectors of the memory,
    each as long as theta; ``squares`` are the indices of those that are means of squares, and so never
    negative. ``factors`` is the number of scalars that change from update to update; `factors_at` returns
    them.
    """

    symbol: ClassVar[str]
    source: ClassVar[str] = ""
    letters: ClassVar[tuple[str, ...]] = ()
    squares: ClassVar[tuple[int, ...]] = ()
    factors: ClassVar[int] = 1

    @property
    def vectors(self) -> int:
        """The number of vectors in the memory."""
        return len(self.letters)

    def formulas(self, at: UpdateTerms) -> tuple[tuple[Expression, ...], Expression]:
        """Return the new memory and the step subtracted from the parameter, as expressions."""
        raise NotImplementedError

    def factors_at(self, t: Array, eta: float) -> Array:
        """Return the factors (factors, updates) of the updates number t (updates,) at learning rate ``eta``.

        The shape is (factors, 1) if they do not change with t.
        """
        return np.array([[eta]])

    def steps(self, theta: Array, g: Array, memory: Array, scratch: Array, *factors: Array) -> Recipe:
        """Return the recipe of one update, which changes theta and memory in place.

        ``memory`` (vectors, theta.size) starts at zero; ``scratch`` (see `scratch_for`) is overwritten;
        ``factors`` are 0-d arrays of the same precision.
        """
        raise NotImplementedError

    def update(self, theta: Array, g: Array, memory: Array, rate: LearningRate) -> Recipe:
        """Return the recipe of update number ``rate.t``, at the learning rate when it is executed."""
        factors = [np.zeros((), theta.dtype) for _ in range(self.factors)]

        def renew() -> None:
            values = self.factors_at(np.array([float(rate.t)]), rate.value)
            for factor, value in zip(factors, values[:, 0], strict=True):
                factor[...] = value

        return (renew,), *self.steps(theta, g, memory, self.scratch_for(theta), *factors)

    def scratch_for(self, theta: Array) -> Array:
        """Return working memory for the steps of an update."""
        return aligned((max(1, self.vectors), theta.size), theta.dtype)


class GradientDescent(_Optimizer, frozen=True, tag="gradient_descent"):
    """Gradient descent: theta <- theta - eta g."""

    symbol: ClassVar[str] = translatable("Gradient descent")
    source: ClassVar[str] = "slides, “Gradient Descent: Formula and Process”"

    def formulas(self, at: UpdateTerms) -> tuple[tuple[Expression, ...], Expression]:
        """Return the new memory and the step, as expressions."""
        return (), at.eta * at.g

    def steps(self, theta: Array, g: Array, memory: Array, scratch: Array, *factors: Array) -> Recipe:
        """Return the recipe of one update."""
        (eta,), step = factors, scratch[0]
        return (np.multiply, g, eta, step), (np.subtract, theta, step, theta)


class Momentum(_Optimizer, frozen=True, tag="momentum"):
    """Momentum (Polyak 1964): v <- mu v + g; theta <- theta - eta v."""

    momentum: Annotated[Share, Meta(title="μ", description="Share of the last step kept")] = 0.9

    symbol: ClassVar[str] = translatable("Momentum")
    source: ClassVar[str] = "Polyak 1964"
    letters: ClassVar[tuple[str, ...]] = ("v",)

    def formulas(self, at: UpdateTerms) -> tuple[tuple[Expression, ...], Expression]:
        """Return the new memory and the step, as expressions."""
        return (ex.setting("μ", self.momentum) * at.old[0] + at.g,), at.eta * at.new[0]

    def steps(self, theta: Array, g: Array, memory: Array, scratch: Array, *factors: Array) -> Recipe:
        """Return the recipe of one update."""
        (eta,), step = factors, scratch[0]
        (v,) = memory
        mu = np.array(self.momentum, theta.dtype)
        return (
            (np.multiply, v, mu, v),
            (np.add, v, g, v),
            (np.multiply, v, eta, step),
            (np.subtract, theta, step, theta),
        )


class Nesterov(_Optimizer, frozen=True, tag="nesterov"):
    """Nesterov's momentum (Nesterov 1983; Sutskever 2013): v <- mu v + g; theta <- theta - eta (g + mu v)."""

    momentum: Annotated[Share, Meta(title="μ", description="Share of the last step kept")] = 0.9

    symbol: ClassVar[str] = translatable("Nesterov")
    source: ClassVar[str] = "Nesterov 1983; Sutskever et al. 2013"
    letters: ClassVar[tuple[str, ...]] = ("v",)

    def formulas(self, at: UpdateTerms) -> tuple[tuple[Expression, ...], Expression]:
        """Return the new memory and the step, as expressions."""
        mu = ex.setting("μ", self.momentum)
        return (mu * at.old[0] + at.g,), at.eta * (at.g + mu * at.new[0])

    def steps(self, theta: Array, g: Array, memory: Array, scratch: Array, *factors: Array) -> Recipe:
        """Return the recipe of one update."""
        (eta,), step = factors, scratch[0]
        (v,) = memory
        mu = np.array(self.momentum, theta.dtype)
        return (
            (np.multiply, v, mu, v),
            (np.add, v, g, v),
            (np.multiply, v, mu, step),
            (np.add, step, g, step),
            (np.multiply, step, eta, step),
            (np.subtract, theta, step, theta),
        )


class RMSProp(_Optimizer, frozen=True, tag="rmsprop"):
    """RMSProp (Tieleman & Hinton 2012): steps are divided by a running root mean square of the gradient."""

    decay: Annotated[Share, Meta(title="ρ", description="Share of the old mean square kept")] = 0.99
    epsilon: Annotated[float, Meta(gt=0, le=1, title="ε", description="Keeps the divisor away from 0")] = 1e-8

    symbol: ClassVar[str] = "RMSProp"
    source: ClassVar[str] = "Tieleman & Hinton 2012"
    letters: ClassVar[tuple[str, ...]] = ("s",)
    squares: ClassVar[tuple[int, ...]] = (0,)

    def formulas(self, at: UpdateTerms) -> tuple[tuple[Expression, ...], Expression]:
        """Return the new memory and the step, as expressions."""
        rho, epsilon = ex.setting("ρ", self.decay), ex.setting("ε", self.epsilon)
        s = rho * at.old[0] + (1 - rho) * at.g**2
        return (s,), at.eta * (at.g / (ex.sqrt(at.new[0]) + epsilon))

    def steps(self, theta: Array, g: Array, memory: Array, scratch: Array, *factors: Array) -> Recipe:
        """Return the recipe of one update."""
        (eta,), step = factors, scratch[0]
        (s,) = memory
        rho, epsilon = np.array(self.decay, theta.dtype), np.array(self.epsilon, theta.dtype)
        rest = np.array(1 - self.decay, theta.dtype)
        return (
            (np.multiply, s, rho, s),
            (np.square, g, step),
            (np.multiply, step, rest, step),
            (np.add, s, step, s),
            (np.sqrt, s, step),
            (np.add, step, epsilon, step),
            (np.divide, g, step, step),
            (np.multiply, step, eta, step),
            (np.subtract, theta, step, theta),
        )


class Adam(_Optimizer, frozen=True, tag="adam"):
    """Adam (Kingma & Ba 2015, algorithm 1), with bias corrections."""

    beta1: Annotated[Share, Meta(title="β₁", description="Share of the old mean kept")] = 0.9
    beta2: Annotated[Share, Meta(title="β₂", description="Share of the old mean square kept")] = 0.999
    epsilon: Annotated[float, Meta(gt=0, le=1, title="ε", description="Keeps the divisor away from 0")] = 1e-8

    symbol: ClassVar[str] = "Adam"
    source: ClassVar[str] = "Kingma & Ba 2015, algorithm 1"
    letters: ClassVar[tuple[str, ...]] = ("m", "v")
    squares: ClassVar[tuple[int, ...]] = (1,)
    factors: ClassVar[int] = 2

    def formulas(self, at: UpdateTerms) -> tuple[tuple[Expression, ...], Expression]:
        """Return the new memory and the step, as expressions."""
        beta1, beta2 = ex.setting("β", self.beta1, (1,)), ex.setting("β", self.beta2, (2,))
        m, v = beta1 * at.old[0] + (1 - beta1) * at.g, beta2 * at.old[1] + (1 - beta2) * at.g**2
        m_hat = at.corrected(0, at.new[0] / (1 - beta1**at.t))
        v_hat = at.corrected(1, at.new[1] / (1 - beta2**at.t))
        return (m, v), at.eta * (m_hat / (ex.sqrt(v_hat) + ex.setting("ε", self.epsilon)))

    def factors_at(self, t: Array, eta: float) -> Array:
        """Return r and e of `steps` for the updates number t (updates,)."""
        c = np.sqrt(1 - self.beta2**t)
        return np.array([eta * c / (1 - self.beta1**t), self.epsilon * c])

    def steps(self, theta: Array, g: Array, memory: Array, scratch: Array, *factors: Array) -> Recipe:
        """Return the recipe of one update.

        The bias corrections are put into the step: theta <- theta - r m / (sqrt(v) + e), where
        c = sqrt(1 - beta2^t), r = eta c / (1 - beta1^t), e = epsilon c (section 2 of the paper).
        Both means move together.
        """
        (r, e), (m, v), step = factors, memory, scratch[0]
        rest1, rest2 = (np.array(1 - beta, theta.dtype) for beta in (self.beta1, self.beta2))
        betas = np.array([self.beta1, self.beta2], theta.dtype)
        shrink: Recipe = (np.multiply, m, betas[0, ...], m), (np.multiply, v, betas[1, ...], v)
        if theta.size <= FEW_PARAMETERS:
            shrink = ((np.multiply, memory, np.repeat(betas, theta.size).reshape(2, -1), memory),)
        return (
            (np.multiply, g, rest1, scratch[0]),
            (np.square, g, scratch[1]),
            (np.multiply, scratch[1], rest2, scratch[1]),
            *shrink,
            (np.add, memory, scratch, memory),
            (np.sqrt, v, step),
            (np.add, step, e, step),
            (np.divide, m, step, step),
            (np.multiply, step, r, step),
            (np.subtract, theta, step, theta),
        )


def keeping(fixed: Array, theta: Array, memory: Array, recipe: Recipe) -> Recipe:
    """Return the recipe of an update that leaves the parameters at the places ``fixed`` as they are.

    The optimizer remembers nothing of them: their entries in the memory stay 0.
    """
    if not fixed.size:
        return recipe
    kept = np.empty(fixed.size, theta.dtype)
    forget = ((memory.__setitem__, (slice(None), fixed), 0),) if memory.size else ()
    return (theta.take, fixed, 0, kept, "clip"), *recipe, (theta.put, fixed, kept), *forget


def flush_subnormal(*arrays: Array) -> None:
    """Set entries below 1e-25 to zero, in parameters and the optimizer's memory; called every few updates.

    They would decay to subnormal numbers, with which arithmetic is 6 to 20 times slower: the memory of a
    gradient that is zero by now, and the weights of a dead neuron under weight decay.
    """
    for array in arrays:
        array[np.abs(array) < 1e-25] = 0


OPTIMIZERS: dict[str, type[_Optimizer]] = {
    str(kind.__struct_config__.tag): kind for kind in _Optimizer.__subclasses__()
}

if TYPE_CHECKING:
    Optimizer = _Optimizer
else:
    Optimizer = reduce(or_, OPTIMIZERS.values())  # the union type that files are decoded to
