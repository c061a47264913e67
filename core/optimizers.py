"""The table of optimizers: each one the lines of its paper, on one flat vector of parameters.

An optimizer is its settings; `begin` binds it to the arrays theta, g and its memory and returns the
update as a function of no arguments, ready to be called a million times without a new array.
To add one, write its class here and add it to `Optimizer` and `OPTIMIZERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar

import numpy as np
from msgspec import Meta, Struct

from .modules import Array

Share = Annotated[float, Meta(ge=0, lt=1)]


class Rate:
    """The learning rate eta, changed while training; ``array`` is the 0-d array the updates read."""

    def __init__(self, value: float, dtype: Any = np.float64) -> None:
        self.array = np.array(value, dtype)

    @property
    def value(self) -> float:
        """The learning rate as a number."""
        return float(self.array)

    @value.setter
    def value(self, value: float) -> None:
        self.array[...] = value


class _Optimizer(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name"):
    """What all optimizers share: a name to show, and how many vectors they remember."""

    symbol: ClassVar[str]
    formula: ClassVar[str]
    vectors: ClassVar[int] = 0

    def begin(self, theta: Array, g: Array, memory: Array, rate: Rate) -> Callable[[int], None]:
        """Return the update ``f(t)``, where t = 1, 2, … counts the updates.

        ``memory`` has shape (vectors, theta.size) and is changed in place, as theta is.
        """
        raise NotImplementedError


class GradientDescent(_Optimizer, frozen=True, tag="gradient_descent"):
    """Gradient descent: theta <- theta - eta g."""

    symbol: ClassVar[str] = "Gradient descent"
    formula: ClassVar[str] = r"\theta\leftarrow\theta-\eta g"

    def begin(self, theta: Array, g: Array, memory: Array, rate: Rate) -> Callable[[int], None]:
        """Return the update."""
        step, eta = np.empty_like(theta), rate.array

        def update(_t: int) -> None:
            np.multiply(g, eta, step)
            np.subtract(theta, step, theta)

        return update


class Momentum(_Optimizer, frozen=True, tag="momentum"):
    """Momentum (Polyak 1964): v <- mu v + g; theta <- theta - eta v."""

    momentum: Annotated[Share, Meta(title="μ", description="Share of the last step kept")] = 0.9

    symbol: ClassVar[str] = "Momentum"
    formula: ClassVar[str] = r"v\leftarrow\mu v+g;\ \theta\leftarrow\theta-\eta v"
    vectors: ClassVar[int] = 1

    def begin(self, theta: Array, g: Array, memory: Array, rate: Rate) -> Callable[[int], None]:
        """Return the update."""
        v, step, eta = memory[0], np.empty_like(theta), rate.array
        mu = np.array(self.momentum, theta.dtype)

        def update(_t: int) -> None:
            np.multiply(v, mu, v)
            np.add(v, g, v)
            np.multiply(v, eta, step)
            np.subtract(theta, step, theta)

        return update


class Nesterov(_Optimizer, frozen=True, tag="nesterov"):
    """Nesterov's momentum (Nesterov 1983; Sutskever 2013): the step looks one momentum ahead."""

    momentum: Annotated[Share, Meta(title="μ", description="Share of the last step kept")] = 0.9

    symbol: ClassVar[str] = "Nesterov"
    formula: ClassVar[str] = r"v\leftarrow\mu v+g;\ \theta\leftarrow\theta-\eta(g+\mu v)"
    vectors: ClassVar[int] = 1

    def begin(self, theta: Array, g: Array, memory: Array, rate: Rate) -> Callable[[int], None]:
        """Return the update."""
        v, step, eta = memory[0], np.empty_like(theta), rate.array
        mu = np.array(self.momentum, theta.dtype)

        def update(_t: int) -> None:
            np.multiply(v, mu, v)
            np.add(v, g, v)
            np.multiply(v, mu, step)
            np.add(step, g, step)
            np.multiply(step, eta, step)
            np.subtract(theta, step, theta)

        return update


class RMSProp(_Optimizer, frozen=True, tag="rmsprop"):
    """RMSProp (Tieleman & Hinton 2012): steps divided by a running root mean square."""

    decay: Annotated[Share, Meta(title="ρ", description="Share of the old mean square kept")] = 0.99
    epsilon: Annotated[float, Meta(gt=0, le=1, title="ε")] = 1e-8

    symbol: ClassVar[str] = "RMSProp"
    formula: ClassVar[str] = (
        r"s\leftarrow\rho s+(1-\rho)g^2;\ \theta\leftarrow\theta-\eta g/(\sqrt s+\epsilon)"
    )
    vectors: ClassVar[int] = 1

    def begin(self, theta: Array, g: Array, memory: Array, rate: Rate) -> Callable[[int], None]:
        """Return the update."""
        s, step, eta = memory[0], np.empty_like(theta), rate.array
        keep, epsilon = np.array(self.decay, theta.dtype), np.array(self.epsilon, theta.dtype)
        take, square = 1 - keep, np.empty_like(theta)

        def update(_t: int) -> None:
            np.square(g, square)
            np.multiply(square, take, square)
            np.multiply(s, keep, s)
            np.add(s, square, s)
            np.sqrt(s, step)
            np.add(step, epsilon, step)
            np.divide(g, step, step)
            np.multiply(step, eta, step)
            np.subtract(theta, step, theta)

        return update


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

    def begin(self, theta: Array, g: Array, memory: Array, rate: Rate) -> Callable[[int], None]:
        """Return the update.

        Written as theta <- theta - r m / (sqrt(v) + e) with r = eta c / (1 - beta1^t), e = epsilon c
        and c = sqrt(1 - beta2^t): the paper's section 2 order, which needs no corrected copies.
        """
        m, v = memory
        step, square = np.empty_like(theta), np.empty_like(theta)
        number = theta.dtype.type
        r, e = np.array(0, theta.dtype), np.array(0, theta.dtype)
        keep1, keep2 = np.array(self.beta1, theta.dtype), np.array(self.beta2, theta.dtype)
        take1, take2 = np.array(1 - self.beta1, theta.dtype), np.array(1 - self.beta2, theta.dtype)
        beta1, beta2, epsilon, eta = self.beta1, self.beta2, self.epsilon, rate.array

        def update(t: int) -> None:
            correction = (1 - beta2**t) ** 0.5
            r[()] = number(eta * (correction / (1 - beta1**t)))
            e[()] = number(epsilon * correction)
            np.multiply(m, keep1, m)
            np.multiply(g, take1, step)
            np.add(m, step, m)
            np.multiply(v, keep2, v)
            np.square(g, square)
            np.multiply(square, take2, square)
            np.add(v, square, v)
            np.sqrt(v, step)
            np.add(step, e, step)
            np.divide(m, step, step)
            np.multiply(step, r, step)
            np.subtract(theta, step, theta)

        return update


def flush_subnormal(memory: Array) -> None:
    """Set remembered numbers below 1e-25 to zero, every hundred updates.

    They would decay to subnormal numbers, on which arithmetic is 6 to 20 times slower.
    """
    memory[np.abs(memory) < 1e-25] = 0


Optimizer = GradientDescent | Momentum | Nesterov | RMSProp | Adam

OPTIMIZERS: dict[str, type[Optimizer]] = {
    str(kind.__struct_config__.tag): kind for kind in (GradientDescent, Momentum, Nesterov, RMSProp, Adam)
}
