"""The table of optimizers: each one the lines of its paper, on one flat vector of parameters.

An optimizer is its settings; `update` gives the recipe of one update on the arrays theta, g and its
memory. To add one, write its class here: the table is made of all classes of optimizers.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from msgspec import Meta, Struct

from ..arrays import Array
from .ops import Recipe, aligned

Share = Annotated[float, Meta(ge=0, lt=1)]


FEW_PARAMETERS = 2048  # up to here one call with an array of factors is faster than two with a factor each


class LearningRate:
    """What changes while training: the learning rate eta, and t, the number of the present update.

    t counts from 1.
    """

    def __init__(self, learning_rate: float, dtype: Any = np.float64) -> None:
        self.eta = np.array(learning_rate, dtype)
        self.t = 0

    @property
    def learning_rate(self) -> float:
        """The learning rate as a number."""
        return float(self.eta)

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self.eta[...] = value

    def next(self) -> None:
        """Go on to the next update."""
        self.t += 1


class _Optimizer(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name"):
    """What all optimizers share: a name to show, and how many vectors they remember.

    ``squares`` says which of the vectors are means of squares, and so never negative.
    ``factors`` is how many numbers of an update change from one to the next; `factors_at` gives them.
    """

    symbol: ClassVar[str]
    formula: ClassVar[str]
    vectors: ClassVar[int] = 0
    squares: ClassVar[tuple[int, ...]] = ()
    factors: ClassVar[int] = 1

    def factors_at(self, t: Array, eta: float) -> Array:
        """Return the changing numbers, (factors, updates), of the updates number t (updates,).

        (factors, 1) where they do not change with t.
        """
        return np.array([[eta]])

    def steps(self, theta: Array, g: Array, memory: Array, scratch: Array, *factors: Array) -> Recipe:
        """Return the recipe of one update, which changes theta and memory in place.

        ``memory`` has shape (vectors, theta.size) and starts at zero; ``scratch`` (see `scratch_for`)
        holds what is computed on the way; ``factors`` are 0-d arrays of the same precision.
        """
        raise NotImplementedError

    def update(self, theta: Array, g: Array, memory: Array, pace: LearningRate) -> Recipe:
        """Return the recipe of the update that ``pace`` stands at when it is followed."""
        factors = [np.zeros((), theta.dtype) for _ in range(self.factors)]

        def renew() -> None:
            values = self.factors_at(np.array([float(pace.t)]), pace.learning_rate)
            for factor, value in zip(factors, values[:, 0], strict=True):
                factor[...] = value

        return (renew,), *self.steps(theta, g, memory, self.scratch_for(theta), *factors)

    def scratch_for(self, theta: Array) -> Array:
        """Return a scratch for the steps of an update."""
        return aligned((max(1, self.vectors), theta.size), theta.dtype)


class GradientDescent(_Optimizer, frozen=True, tag="gradient_descent"):
    """Gradient descent: theta <- theta - eta g."""

    symbol: ClassVar[str] = "Gradient descent"
    formula: ClassVar[str] = r"\theta\leftarrow\theta-\eta g"

    def steps(self, theta: Array, g: Array, memory: Array, scratch: Array, *factors: Array) -> Recipe:
        """Return the recipe of one update."""
        (eta,), step = factors, scratch[0]
        return (np.multiply, g, eta, step), (np.subtract, theta, step, theta)


class Momentum(_Optimizer, frozen=True, tag="momentum"):
    """Momentum (Polyak 1964): v <- mu v + g; theta <- theta - eta v."""

    momentum: Annotated[Share, Meta(title="μ", description="Share of the last step kept")] = 0.9

    symbol: ClassVar[str] = "Momentum"
    formula: ClassVar[str] = r"v\leftarrow\mu v+g;\ \theta\leftarrow\theta-\eta v"
    vectors: ClassVar[int] = 1

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
    """Nesterov's momentum (Nesterov 1983; Sutskever 2013): the step looks one momentum ahead."""

    momentum: Annotated[Share, Meta(title="μ", description="Share of the last step kept")] = 0.9

    symbol: ClassVar[str] = "Nesterov"
    formula: ClassVar[str] = r"v\leftarrow\mu v+g;\ \theta\leftarrow\theta-\eta(g+\mu v)"
    vectors: ClassVar[int] = 1

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
    """RMSProp (Tieleman & Hinton 2012): steps divided by a running root mean square."""

    decay: Annotated[Share, Meta(title="ρ", description="Share of the old mean square kept")] = 0.99
    epsilon: Annotated[float, Meta(gt=0, le=1, title="ε")] = 1e-8

    symbol: ClassVar[str] = "RMSProp"
    formula: ClassVar[str] = (
        r"s\leftarrow\rho s+(1-\rho)g^2;\ \theta\leftarrow\theta-\eta g/(\sqrt s+\epsilon)"
    )
    vectors: ClassVar[int] = 1
    squares: ClassVar[tuple[int, ...]] = (0,)

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
    """Adam (Kingma & Ba 2015, algorithm 1), bias corrections included."""

    beta1: Annotated[Share, Meta(title="β₁", description="Share of the old mean kept")] = 0.9
    beta2: Annotated[Share, Meta(title="β₂", description="Share of the old mean square kept")] = 0.999
    epsilon: Annotated[float, Meta(gt=0, le=1, title="ε")] = 1e-8

    symbol: ClassVar[str] = "Adam"
    formula: ClassVar[str] = (
        r"m\leftarrow\beta_1m+(1-\beta_1)g;\ v\leftarrow\beta_2v+(1-\beta_2)g^2;\ "
        r"\theta\leftarrow\theta-\eta\hat m/(\sqrt{\hat v}+\epsilon)"
    )
    vectors: ClassVar[int] = 2
    squares: ClassVar[tuple[int, ...]] = (1,)
    factors: ClassVar[int] = 2

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


def flush_subnormal(memory: Array) -> None:
    """Set remembered numbers below 1e-25 to zero, now and then.

    They would decay to subnormal numbers, on which arithmetic is 6 to 20 times slower.
    """
    memory[np.abs(memory) < 1e-25] = 0


OPTIMIZERS: dict[str, type[_Optimizer]] = {
    str(kind.__struct_config__.tag): kind for kind in _Optimizer.__subclasses__()
}

if TYPE_CHECKING:
    Optimizer = _Optimizer
else:
    Optimizer = reduce(or_, OPTIMIZERS.values())  # what a file may hold
