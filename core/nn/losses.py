"""The table of loss functions, and activation-loss pairs that are computed together from z.

A loss is a sum over outputs and samples of terms L(o, y). J is that sum times `Loss.scale`. By default it is
the mean over the batch, and for regression losses over the outputs too (the slides' 1/N); the fields
``over_samples`` and ``over_outputs`` choose sums, and half the sum, as other books do. Logarithms are
natural. To add a loss, write its class here; the table contains all loss classes, and everything shown
about a loss (formulas, names, headings, worked numbers) is made from its class.

Sigmoid with binary cross-entropy, and softmax with categorical cross-entropy, are computed from z: computed
separately, the gradient is exactly 0 for z > 36.7, where 1 - sigmoid(z) rounds to 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from msgspec import Meta, Struct

from .. import expressions as ex
from ..arrays import Array
from ..expressions import Expression, Leaf, Sum, Symbol
from ..language import tr, translatable
from .activations import softmax_recipe, softmax_sum
from .ops import Module, Recipe, follow

MEAN, SUM, HALF_SUM = translatable("Mean"), translatable("Sum"), translatable("Half the sum")
MEAN_OR_SUM = {"mean": MEAN, "sum": SUM}


def _over_outputs(names: dict[str, str]) -> Meta:
    """Return the annotation of the field that says what is made of the terms of all outputs."""
    return Meta(title="Over outputs", description="J of one sample, from all outputs", extra={"names": names})


class _Loss(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", kw_only=True):
    """The base of all losses: L(o, y) of an output o and its target y, for arrays and as an expression.

    ``symbol`` is the name shown, ``short`` its abbreviation (empty: none), ``source`` the slide or paper it
    comes from. ``of_probabilities``: defined only for outputs between 0 and 1. ``targets`` are the only
    values a target may have (None: any value). ``classes``: the targets are classes, one of which is right.
    ``least`` is the smallest number of outputs.

    A subclass with a field ``over_outputs`` lets the user choose "mean", "sum" or "half sum" over the
    outputs; otherwise it is the sum for probabilities, else the mean.
    """

    over_samples: Annotated[
        Literal["mean", "sum"],
        Meta(
            title="Over samples", description="J of a batch, from all samples", extra={"names": MEAN_OR_SUM}
        ),
    ] = "mean"

    symbol: ClassVar[str]
    short: ClassVar[str] = ""
    source: ClassVar[str] = ""
    of_probabilities: ClassVar[bool] = False
    targets: ClassVar[tuple[float, float] | None] = None
    classes: ClassVar[bool] = False
    least: ClassVar[int] = 1

    @property
    def title(self) -> str:
        """The name of the loss with its present settings, translated."""
        return tr(self.symbol)

    @property
    def short_title(self) -> str:
        """The abbreviation, or the title if there is none for the present settings."""
        return self.short if self.short and self.title == tr(self.symbol) else self.title

    @property
    def reduction(self) -> str:
        """What J of one sample is of the terms of all outputs: "mean", "sum" or "half sum"."""
        return str(getattr(self, "over_outputs", "sum" if self.of_probabilities else "mean"))

    def formula(self, o: Expression, y: Expression) -> Expression:
        """Return L(o, y) as an expression."""
        raise NotImplementedError

    def derivative_formula(self, o: Expression, y: Expression) -> Expression:
        """Return dL/do as an expression."""
        raise NotImplementedError

    def terms(self, o: Array, y: Array) -> Array:
        """Return L(o, y) for every output and sample; o and y are (outputs, batch)."""
        raise NotImplementedError

    def derivative_steps(self, o: Array, y: Array, out: Array) -> Recipe:
        """Return the recipe that writes dL/do into ``out``; all arrays are (outputs, batch)."""
        raise NotImplementedError

    def scale(self, outputs: int, batch: int) -> float:
        """Return the factor that turns the sum of all terms into J."""
        divisor = (batch if self.over_samples == "mean" else 1) * (outputs if self.reduction == "mean" else 1)
        return (0.5 if self.reduction == "half sum" else 1.0) / divisor

    def sample_scale(self, batch: int) -> float:
        """Return the share of one sample in a batch: 1 / batch for the mean over the samples, else 1."""
        return 1.0 / batch if self.over_samples == "mean" else 1.0

    def J(self, o: Array, y: Array) -> float:
        """Return the loss J of outputs o for targets y, both (outputs, batch)."""
        return float(self.terms(o, y).sum() * self.scale(*o.shape))

    def module(self) -> Module:
        """Return the loss as a module (o, y) -> J of a computational graph."""

        def vjp(dJ: Array, _J: Array, o: Array, y: Array) -> tuple[Array, ...]:
            out = np.empty_like(o)
            follow(self.derivative_steps(o, y, out))
            out *= self.scale(*o.shape)
            return dJ * out, np.zeros_like(y)

        return Module(
            str(self.__struct_config__.tag), self.symbol, 2, lambda o, y: np.asarray(self.J(o, y)), vjp
        )


class MSE(_Loss, frozen=True, tag="mse"):
    """Mean squared error; as half the sum, the usual choice of textbooks, its derivative is o - y."""

    over_outputs: Annotated[
        Literal["mean", "sum", "half sum"], _over_outputs({**MEAN_OR_SUM, "half sum": HALF_SUM})
    ] = "mean"

    symbol: ClassVar[str] = translatable("Mean squared error")
    short: ClassVar[str] = "MSE"
    source: ClassVar[str] = "slides, “Mean Squared Error”"

    @property
    def title(self) -> str:
        """The name, which says whether it is a mean or a sum over the outputs."""
        names = {
            "mean": self.symbol,
            "sum": translatable("Sum of squared errors"),
            "half sum": translatable("Half the sum of squared errors"),
        }
        return tr(names[self.over_outputs])

    def formula(self, o: Expression, y: Expression) -> Expression:
        """Return (y - o)^2."""
        return (y - o) ** 2

    def derivative_formula(self, o: Expression, y: Expression) -> Expression:
        """Return 2 (o - y)."""
        return 2 * (o - y)

    def terms(self, o: Array, y: Array) -> Array:
        """Return (o - y)^2."""
        return np.square(o - y)

    def derivative_steps(self, o: Array, y: Array, out: Array) -> Recipe:
        """Write 2 (o - y)."""
        return (np.subtract, o, y, out), (np.add, out, out, out)


class MAE(_Loss, frozen=True, tag="mae"):
    """Mean absolute error; its derivative at 0 is taken as 0."""

    over_outputs: Annotated[Literal["mean", "sum"], _over_outputs(MEAN_OR_SUM)] = "mean"

    symbol: ClassVar[str] = translatable("Mean absolute error")
    short: ClassVar[str] = "MAE"
    source: ClassVar[str] = "slides, “Mean Absolute Error (MAE)”"

    @property
    def title(self) -> str:
        """The name, which says whether it is a mean or a sum over the outputs."""
        return tr(self.symbol if self.over_outputs == "mean" else translatable("Sum of absolute errors"))

    def formula(self, o: Expression, y: Expression) -> Expression:
        """Return abs(y - o)."""
        return ex.absolute(y - o)

    def derivative_formula(self, o: Expression, y: Expression) -> Expression:
        """Return sign(o - y)."""
        return ex.sign(o - y)

    def terms(self, o: Array, y: Array) -> Array:
        """Return abs(o - y)."""
        return np.abs(o - y)

    def derivative_steps(self, o: Array, y: Array, out: Array) -> Recipe:
        """Write sign(o - y)."""
        return (np.subtract, o, y, out), (np.sign, out, out)


class Huber(_Loss, frozen=True, tag="huber"):
    """Huber loss: quadratic for errors up to ``delta``, linear beyond (Huber 1964)."""

    delta: Annotated[float, Meta(gt=0, le=1e3, title="δ", description="Where it turns linear")] = 1.0
    over_outputs: Annotated[Literal["mean", "sum"], _over_outputs(MEAN_OR_SUM)] = "mean"

    symbol: ClassVar[str] = translatable("Huber")
    source: ClassVar[str] = "Huber 1964"

    def formula(self, o: Expression, y: Expression) -> Expression:
        """Return e^2/2 if abs(e) <= delta, else delta (abs(e) - delta/2), where e = y - o."""
        e, delta = y - o, ex.setting("δ", self.delta)
        return ex.where(ex.absolute(e) <= delta, e**2 / 2, delta * (ex.absolute(e) - delta / 2))

    def derivative_formula(self, o: Expression, y: Expression) -> Expression:
        """Return e = o - y if abs(e) <= delta, else delta sign(e)."""
        e, delta = o - y, ex.setting("δ", self.delta)
        return ex.where(ex.absolute(e) <= delta, e, delta * ex.sign(e))

    def terms(self, o: Array, y: Array) -> Array:
        """Return e^2/2 if abs(e) <= delta, else delta (abs(e) - delta/2), where e = o - y."""
        size = np.abs(o - y)
        near = np.minimum(size, self.delta)
        return near * (size - 0.5 * near)

    def derivative_steps(self, o: Array, y: Array, out: Array) -> Recipe:
        """Write o - y clipped to [-delta, delta]."""
        return (np.subtract, o, y, out), (np.clip, out, -self.delta, self.delta, out)


class Hinge(_Loss, frozen=True, tag="hinge"):
    """Hinge loss max(0, 1 - y o) for labels y = -1 or 1; its derivative where y o = 1 is taken as 0."""

    over_outputs: Annotated[Literal["mean", "sum"], _over_outputs(MEAN_OR_SUM)] = "sum"

    symbol: ClassVar[str] = translatable("Hinge loss")
    source: ClassVar[str] = "Cortes & Vapnik 1995"
    targets: ClassVar[tuple[float, float] | None] = (-1.0, 1.0)

    def formula(self, o: Expression, y: Expression) -> Expression:
        """Return max(0, 1 - y o)."""
        return ex.maximum(0, 1 - y * o)

    def derivative_formula(self, o: Expression, y: Expression) -> Expression:
        """Return -y if y o < 1, else 0."""
        return ex.where(y * o < 1, -y, 0)

    def terms(self, o: Array, y: Array) -> Array:
        """Return max(0, 1 - y o)."""
        return np.maximum(0.0, 1 - y * o)

    def derivative_steps(self, o: Array, y: Array, out: Array) -> Recipe:
        """Write -y if y o < 1, else 0."""
        within = (np.multiply, y, o, out), (np.less, out, np.array(1.0, o.dtype), out)
        return *within, (np.multiply, out, y, out), (np.negative, out, out)


class BinaryCrossEntropy(_Loss, frozen=True, tag="bce"):
    """Binary cross-entropy of a probability o and a target y in {0, 1}, for one output or several labels."""

    over_outputs: Annotated[Literal["sum", "mean"], _over_outputs({"sum": SUM, "mean": MEAN})] = "sum"

    symbol: ClassVar[str] = translatable("Binary cross-entropy")
    short: ClassVar[str] = "BCE"
    source: ClassVar[str] = "slides, “Binary Classification Loss-Binary Cross Entropy”"
    of_probabilities: ClassVar[bool] = True
    targets: ClassVar[tuple[float, float] | None] = (0.0, 1.0)

    def formula(self, o: Expression, y: Expression) -> Expression:
        """Return -(y ln o + (1 - y) ln(1 - o))."""
        return -(y * ex.ln(o) + (1 - y) * ex.ln(1 - o))

    def derivative_formula(self, o: Expression, y: Expression) -> Expression:
        """Return (1 - y) / (1 - o) - y / o."""
        return (1 - y) / (1 - o) - y / o

    def terms(self, o: Array, y: Array) -> Array:
        """Return -(y ln o + (1 - y) ln(1 - o)), where 0 ln 0 = 0."""
        return -(_x_log(y, o) + _x_log(1 - y, 1 - o))

    def derivative_steps(self, o: Array, y: Array, out: Array) -> Recipe:
        """Write (1 - y) / (1 - o) - y / o, where 0 / 0 = 0."""
        rest = np.empty_like(o)
        of_zero = (np.subtract, 1.0, o, rest), (np.subtract, 1.0, y, out), (_ratio, out, rest, rest)
        return *of_zero, (_ratio, y, o, out), (np.subtract, rest, out, out)


class CategoricalCrossEntropy(_Loss, frozen=True, tag="cce"):
    """Categorical cross-entropy of probabilities o and a one-hot target y."""

    symbol: ClassVar[str] = translatable("Categorical cross-entropy")
    short: ClassVar[str] = "CCE"
    source: ClassVar[str] = "slides, “Categorical Cross-Entropy”"
    of_probabilities: ClassVar[bool] = True
    targets: ClassVar[tuple[float, float] | None] = (0.0, 1.0)
    classes: ClassVar[bool] = True
    least: ClassVar[int] = 2

    def formula(self, o: Expression, y: Expression) -> Expression:
        """Return -y ln o."""
        return -(y * ex.ln(o))

    def derivative_formula(self, o: Expression, y: Expression) -> Expression:
        """Return -y / o."""
        return -(y / o)

    def terms(self, o: Array, y: Array) -> Array:
        """Return -y ln o, where 0 ln 0 = 0."""
        return -_x_log(y, o)

    def derivative_steps(self, o: Array, y: Array, out: Array) -> Recipe:
        """Write -y / o, where 0 / 0 = 0."""
        return (_ratio, y, o, out), (np.negative, out, out)


def _x_log(x: Array, p: Array) -> Array:
    with np.errstate(divide="ignore"):
        return x * np.log(np.where(x == 0, 1.0, p))


def _ratio(y: Array, o: Array, out: Array) -> None:
    with np.errstate(divide="ignore"):
        np.divide(y, np.where(y == 0, 1.0, o), out)


LOSSES: dict[str, type[_Loss]] = {str(kind.__struct_config__.tag): kind for kind in _Loss.__subclasses__()}

if TYPE_CHECKING:
    Loss = _Loss
else:
    Loss = reduce(or_, LOSSES.values())  # the union type that files are decoded to


Letters = Sequence[Leaf]


@dataclass(frozen=True)
class Fused:
    """An output activation and a loss combined into one function of z, L(g(z), y), with its derivative dL/dz.

    For arrays (outputs, …): ``terms(z, y)`` returns L, and ``of_samples(z, y)`` its sum over the outputs, for
    any number of samples. ``derivative_steps(z, target_offset, dz, scale)`` is the recipe that writes scale
    dL/dz into dz; ``target_offset(y, scale, out)`` writes its part that depends on y alone, also for many
    batches at once.

    As expressions: ``formula(z, y)`` is the loss of a sample, summed over all outputs, and
    ``derivative_formula(o, y)`` is dL/dz of one output o.
    """

    terms: Callable[[Array, Array], Array]
    of_samples: Callable[[Array, Array], Array]
    target_offset: Callable[[Array, float, Array], object]
    derivative_steps: Callable[[Array, Array, Array, float], Recipe]
    formula: Callable[[Letters, Letters], Expression]
    derivative_formula: Callable[[Expression, Expression], Expression]


def _softplus(z: Array) -> Array:
    """Return max(z, 0) + ln(1 + exp(-|z|)), with one temporary array, since z may hold many batches."""
    out: Array = np.abs(z)
    for function in (np.negative, np.exp, np.log1p):
        function(out, out)
    out += np.maximum(z, 0)
    return out


def _bce_of_z(z: Array, y: Array) -> Array:
    terms = _softplus(z)
    terms -= y * z
    return terms


def _bce_of_samples(z: Array, y: Array) -> Array:
    terms = _bce_of_z(z, y)
    return terms[0] if len(terms) == 1 else terms.sum(axis=0)


def _bce_formula(z: Letters, y: Letters) -> Expression:
    """Return sum_k ln(1 + e^z_k) - y_k z_k, in a form that does not overflow."""
    terms = tuple(_softplus_formula(one, one) - target * one for one, target in zip(z, y, strict=True))
    return terms[0] if len(terms) == 1 else Sum(terms)


def _cce_of_z(z: Array, y: Array) -> Array:
    shifted = z - np.maximum.reduce(z, 0)
    return y * (np.log(np.add.reduce(np.exp(shifted), 0)) - shifted)


def _cce_of_samples(z: Array, y: Array) -> Array:
    """Return ln sum(exp(z - y . z)), which equals the loss because y sums to 1 for every sample."""
    shifted = z - np.einsum("i...,i...->...", y, z)
    out: Array = np.add.reduce(np.exp(shifted, shifted), 0)
    np.log(out, out)
    return out if np.isfinite(out).all() else _cce_of_z(z, y).sum(axis=0)


def _sigmoid_cce(z: Array, y: Array) -> Array:
    return y * _softplus(-z)


def _one_less_twice(y: Array, _scale: float, out: Array) -> None:
    np.multiply(y, -2.0, out)
    np.add(out, 1.0, out)


def _sigmoid_bce_derivative(z: Array, target_offset: Array, dz: Array, scale: float) -> Recipe:
    """Return the recipe of scale (a - y), computed as scale/2 (tanh(z/2) + 1 - 2y)."""
    half, half_scale = np.array(0.5, z.dtype), np.array(scale / 2, z.dtype)
    half_tanh = (np.multiply, z, half, dz), (np.tanh, dz, dz)
    return *half_tanh, (np.add, dz, target_offset, dz), (np.multiply, dz, half_scale, dz)


def _sigmoid_cce_derivative(z: Array, target_offset: Array, dz: Array, scale: float) -> Recipe:
    """Return the recipe of scale y (a - 1), computed as scale/2 y (tanh(z/2) - 1)."""
    half, one = np.array(0.5, z.dtype), np.array(1.0, z.dtype)
    half_tanh = (np.multiply, z, half, dz), (np.tanh, dz, dz)
    return *half_tanh, (np.subtract, dz, one, dz), (np.multiply, dz, target_offset, dz)


def _softmax_cce_derivative(z: Array, target_offset: Array, dz: Array, scale: float) -> Recipe:
    """Return the recipe of scale (a - y), where softmax is divided by sum/scale."""
    return *softmax_recipe(z, dz, scale), (np.subtract, dz, target_offset, dz)


def _softplus_formula(x: Expression, z: Expression) -> Expression:
    """Return ln(1 + e^x), where x is z or -z, in a form that does not overflow."""
    return ex.maximum(x, 0) + ex.ln(1 + ex.exp(-ex.absolute(z)))


def _softmax_cce_formula(z: Letters, y: Letters) -> Expression:
    """Return sum_k y_k (ln sum_i e^(z_i - m) - (z_k - m)), where m is the largest z."""
    m = Leaf(max(leaf.value for leaf in z), Symbol("m"))
    any_z = Leaf(0, Symbol("z", ("i",), z[0].symbol.layer if z[0].symbol else None))
    total = ex.ln(softmax_sum(z, any_z, m))
    return Sum(tuple(one * (total - (leaf - m)) for one, leaf in zip(y, z, strict=True) if one.value))


FUSED: dict[tuple[str, str], Fused] = {
    ("sigmoid", "bce"): Fused(
        _bce_of_z,
        _bce_of_samples,
        _one_less_twice,
        _sigmoid_bce_derivative,
        _bce_formula,
        lambda o, y: o - y,
    ),
    ("softmax", "cce"): Fused(
        _cce_of_z,
        _cce_of_samples,
        np.multiply,
        _softmax_cce_derivative,
        _softmax_cce_formula,
        lambda o, y: o - y,
    ),
    ("sigmoid", "cce"): Fused(
        _sigmoid_cce,
        lambda z, y: _sigmoid_cce(z, y).sum(axis=0),
        lambda y, scale, out: np.multiply(y, scale / 2, out),
        _sigmoid_cce_derivative,
        lambda z, y: Sum(tuple(one * _softplus_formula(-leaf, leaf) for one, leaf in zip(y, z, strict=True))),
        lambda o, y: y * o - y,
    ),
}
