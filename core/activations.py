"""The table of activations: g, g', and what a form or a formula needs to show them.

To add one, add one entry to `ACTIVATIONS`; pickers, files, formulas and checks follow.
Formulas are LaTeX in the lecture's letters. ReLU'(0) = 0 as on the slide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .modules import Array, Constants, Elementwise, Module, constants


@dataclass(frozen=True)
class Activation(Elementwise):
    """An activation g of a neuron.

    ``lowest`` and ``highest`` bound its values. ``alpha`` is the default of its parameter (None: it
    has none), allowed in ``alpha_range``. ``layerwide`` is set for softmax alone: there a neuron's
    output depends on the whole layer, ``slope`` is only the Jacobian's diagonal, and ``layer_vjp``
    is the true product with the Jacobian.
    """

    formula: str
    slope_formula: str
    lowest: float = -np.inf
    highest: float = np.inf
    alpha: float | None = None
    alpha_range: tuple[float, float] = (0.0, 10.0)
    layer_vjp: Callable[[Array, Array, Array], object] | None = None

    @property
    def layerwide(self) -> bool:
        """Whether one output depends on every z of the layer."""
        return self.layer_vjp is not None

    def module(self, k: Constants | None = None) -> Module:
        """Return the activation as a module (input: z of shape (n, batch) or any shape)."""
        k = k or constants(alpha=self.alpha or 0.0)
        plain = super().module(k)
        if self.layer_vjp is None:
            return plain

        def vjp(da: Array, a: Array, _z: Array) -> tuple[Array, ...]:
            out = np.empty_like(a)
            assert self.layer_vjp is not None
            self.layer_vjp(np.broadcast_to(da, a.shape), a, out)
            return (out,)

        return Module(self.name, self.symbol, 1, plain.forward, vjp)


def _sigmoid(z: Array, out: Array, k: Constants) -> None:
    np.multiply(z, k.half, out)
    np.tanh(out, out)
    np.multiply(out, k.half, out)
    np.add(out, k.half, out)


def _sigmoid_slope(_z: Array, a: Array, out: Array, k: Constants) -> None:
    np.subtract(k.one, a, out)
    np.multiply(out, a, out)


def _tanh_slope(_z: Array, a: Array, out: Array, k: Constants) -> None:
    np.square(a, out)
    np.subtract(k.one, out, out)


def _leaky_relu(z: Array, out: Array, k: Constants) -> None:
    np.multiply(z, k.alpha, out)
    np.maximum(out, z, out)


def _leaky_relu_slope(z: Array, _a: Array, out: Array, k: Constants) -> None:
    np.copyto(out, k.alpha)
    np.copyto(out, k.one, where=z > k.zero)


def _elu(z: Array, out: Array, k: Constants) -> None:
    np.minimum(z, k.zero, out)
    np.expm1(out, out)
    np.multiply(out, k.alpha, out)
    np.copyto(out, z, where=z > k.zero)


def _elu_slope(z: Array, a: Array, out: Array, k: Constants) -> None:
    np.add(a, k.alpha, out)
    np.copyto(out, k.one, where=z > k.zero)


_GELU_C = float(np.sqrt(2 / np.pi))


def _gelu_inner(z: Array) -> Array:
    return np.tanh(_GELU_C * (z + 0.044715 * z**3))


def _gelu(z: Array, out: Array, k: Constants) -> None:
    np.multiply(z, k.half * (k.one + _gelu_inner(z)), out)


def _gelu_slope(z: Array, _a: Array, out: Array, k: Constants) -> None:
    t = _gelu_inner(z)
    inner_slope = _GELU_C * (1 + 3 * 0.044715 * z**2)
    np.add(0.5 * (1 + t), 0.5 * z * (1 - t * t) * inner_slope, out)


def _softplus_slope(_z: Array, a: Array, out: Array, _k: Constants) -> None:
    np.negative(a, out)
    np.expm1(out, out)
    np.negative(out, out)


def _softmax(z: Array, out: Array, _k: Constants) -> None:
    np.subtract(z, np.maximum.reduce(z, 0), out)
    np.exp(out, out)
    np.divide(out, np.add.reduce(out, 0), out)


def _softmax_vjp(da: Array, a: Array, out: Array) -> None:
    np.multiply(da, a, out)
    np.subtract(da, np.add.reduce(out, 0), out)
    np.multiply(out, a, out)


ACTIVATIONS: dict[str, Activation] = {
    entry.name: entry
    for entry in (
        Activation(
            "linear",
            "linear",
            lambda z, out, k: np.copyto(out, z),
            lambda z, a, out, k: np.copyto(out, k.one),
            "z",
            "1",
        ),
        Activation(
            "sigmoid",
            "sigmoid",
            _sigmoid,
            _sigmoid_slope,
            r"\frac{1}{1+e^{-z}}",
            r"g(z)\,(1-g(z))",
            lowest=0.0,
            highest=1.0,
        ),
        Activation(
            "tanh",
            "tanh",
            lambda z, out, k: np.tanh(z, out),
            _tanh_slope,
            r"\frac{e^z-e^{-z}}{e^z+e^{-z}}",
            r"1-g(z)^2",
            lowest=-1.0,
            highest=1.0,
        ),
        Activation(
            "relu",
            "ReLU",
            lambda z, out, k: np.maximum(z, k.zero, out),
            lambda z, a, out, k: np.sign(a, out),
            r"\max(0,z)",
            r"1 \text{ if } z>0 \text{ else } 0",
            lowest=0.0,
        ),
        Activation(
            "leaky_relu",
            "LeakyReLU",
            _leaky_relu,
            _leaky_relu_slope,
            r"\max(\alpha z,z)",
            r"1 \text{ if } z>0 \text{ else } \alpha",
            alpha=0.01,
            alpha_range=(0.0, 1.0),
        ),
        Activation(
            "elu",
            "ELU",
            _elu,
            _elu_slope,
            r"z \text{ if } z>0 \text{ else } \alpha(e^z-1)",
            r"1 \text{ if } z>0 \text{ else } g(z)+\alpha",
            alpha=1.0,
            alpha_range=(0.01, 10.0),
        ),
        Activation(
            "gelu",
            "GELU",
            _gelu,
            _gelu_slope,
            r"\frac{z}{2}\left(1+\tanh\left(\sqrt{2/\pi}\,(z+0.044715z^3)\right)\right)",
            r"\frac{1+t}{2}+\frac{z}{2}(1-t^2)\sqrt{2/\pi}\,(1+0.134145z^2)",
            lowest=-0.17004,
        ),
        Activation(
            "softplus",
            "softplus",
            lambda z, out, k: np.logaddexp(z, k.zero, out),
            _softplus_slope,
            r"\ln(1+e^z)",
            r"1-e^{-g(z)}",
            lowest=0.0,
        ),
        Activation(
            "softmax",
            "softmax",
            _softmax,
            _sigmoid_slope,
            r"\frac{e^{z_i}}{\sum_j e^{z_j}}",
            r"g_i(\delta_{ij}-g_j)",
            lowest=0.0,
            highest=1.0,
            layer_vjp=_softmax_vjp,
        ),
    )
}
