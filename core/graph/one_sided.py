"""One-sided derivatives of a graph of numbers where the chain rule fails, as for √(x²) at 0.

Near the point, every value is written as a sum of powers of the distance t > 0 (a Puiseux series): for x = t,
√(x²) is t, and for x = −t it is t too, so the derivatives are −1 from the left and 1 from the right.
Exponents may be fractions: √x is t^(1/2), infinitely steep. Series are truncated; if the known terms do not
decide the derivative, `NotDecided` is raised.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..nn.activations import ACTIVATIONS
from ..nn.differences import corners_of_activation
from .autodiff import Graph

HIGHEST = Fraction(6)  # larger exponents are dropped
MOST_TERMS = 48
CANCELLED = 1e-10  # relative to the summands: a smaller sum may be 0 up to rounding
BESIDE = 1e-9
JUMP = 1e-6  # relative; a smaller difference from the value at the point may be rounding

ZERO, ONE = Fraction(0), Fraction(1)


class NotDecided(ArithmeticError):
    """The known terms of a series do not decide the derivative."""


class NoValue(ArithmeticError):
    """There is no value on this side of the point."""


@dataclass(frozen=True)
class Powers:
    """The sum of ``terms[e]`` · t^e, truncated at exponent ``order`` (None: it is exact)."""

    terms: Mapping[Fraction, float]
    order: Fraction | None = None

    @property
    def lowest(self) -> Fraction | None:
        """The lowest exponent with a term; None if the sum is 0 as far as it is known."""
        return min(self.terms, default=None)


def slope_on_side(graph: Graph, values: Sequence[float], k: int, side: int) -> float:
    """Return the derivative of the output by node k from the left (``side`` −1) or the right (1).

    ``values`` are the values of all nodes. The result may be infinite. Raises NoValue or NotDecided.
    """
    found = list[Powers]()
    for i, node in enumerate(graph.nodes):
        if i == k:
            found.append(_known({ZERO: values[k], ONE: float(side)}))
        elif node.module is None or all(_is_value(found[j], values[j]) for j in node.inputs):
            found.append(_known({ZERO: values[i]}))
        else:
            found.append(_result(node.module.name, [found[j] for j in node.inputs]))
    output = found[-1]
    jump = output.terms.get(ZERO, 0.0) - values[-1]
    if abs(jump) > JUMP * max(1.0, abs(values[-1])):
        return math.copysign(math.inf, side * jump)
    steepest = min((e for e in output.terms if e > 0), default=ONE)
    if output.order is not None and output.order <= min(steepest, ONE):
        raise NotDecided
    if steepest < 1:
        return math.copysign(math.inf, side * output.terms[steepest])
    return side * output.terms.get(ONE, 0.0) + 0.0


def _is_value(u: Powers, value: float) -> bool:
    """Return whether a sum is constant and the value at the point, from which a jump leads away."""
    return _constant(u) and u.terms.get(ZERO, 0.0) == value


def _constant(u: Powers) -> bool:
    return u.order is None and u.terms.keys() <= {ZERO}


def _known(terms: Mapping[Fraction, float], order: Fraction | None = None) -> Powers:
    """Return a sum without zeros and terms beyond ``order``. Raises NotDecided on overflow."""
    if any(not math.isfinite(c) for c in terms.values()):
        raise NotDecided
    if order is None and any(e >= HIGHEST for e in terms):
        order = HIGHEST
    return Powers({e: c for e, c in terms.items() if c and (order is None or e < order)}, order)


def _least(*orders: Fraction | None) -> Fraction | None:
    return min((order for order in orders if order is not None), default=None)


def _sum(a: Powers, b: Powers, sign: float = 1.0) -> Powers:
    terms = dict(a.terms)
    for e, c in b.terms.items():
        size = abs(terms.get(e, 0.0)) + abs(c)
        terms[e] = terms.get(e, 0.0) + sign * c
        if terms[e] and abs(terms[e]) < CANCELLED * size:
            raise NotDecided
    return _known(terms, _least(a.order, b.order))


def _product(a: Powers, b: Powers) -> Powers:
    order = None
    for one, other in ((a, b), (b, a)):
        if one.order is not None:
            least = (other.order or ZERO) if other.lowest is None else other.lowest
            order = _least(order, one.order + least)
    found = _known({})
    for e, c in a.terms.items():
        found = _sum(found, _known({e + f: c * d for f, d in b.terms.items()}))
    return _known(found.terms, _least(order, found.order))


def _series(v: Powers, coefficient: Callable[[int], float], most: int | None = None) -> Powers:
    """Return the sum of coefficient(n) · vⁿ for a v that is 0 at the point, up to n = ``most``."""
    if (lowest := v.lowest) is None:
        return _known({ZERO: coefficient(0)}, v.order)
    count = math.ceil(HIGHEST / lowest)
    end = count if most is None else min(count, most + 1)
    if end > MOST_TERMS:
        raise NotDecided
    found, power = _known({ZERO: coefficient(0)}), _known({ZERO: 1.0})
    for n in range(1, end):
        power = _product(power, v)
        found = _sum(found, _product(power, _known({ZERO: coefficient(n)})))
    return _known(found.terms, _least(found.order, v.order, end * lowest))


def _apart(u: Powers) -> tuple[float, Powers]:
    """Return the value at the point, and the remaining terms."""
    return u.terms.get(ZERO, 0.0), Powers({e: c for e, c in u.terms.items() if e}, u.order)


def _sign(u: Powers) -> int:
    """Return the sign near the point, that of the lowest power. Raises NotDecided."""
    if u.lowest is None:
        if u.order is not None:
            raise NotDecided
        return 0
    return 1 if u.terms[u.lowest] > 0 else -1


def _power(u: Powers, p: float) -> Powers:
    """Return u to the power of p: its lowest term c·t^q is factored out, the rest is a binomial series."""
    if u.lowest is None:
        if u.order is not None or p <= 0:
            raise NotDecided
        return u
    q, c = u.lowest, u.terms[u.lowest]
    if c < 0 and p != int(p):
        raise NoValue
    exact = Fraction(p).limit_denominator(1000)
    exact = exact if abs(float(exact) - p) < 1e-12 else Fraction(p)
    order = None if u.order is None else u.order - q
    rest = _known({e - q: d / c for e, d in u.terms.items() if e != q}, order)
    whole = int(p) if p == int(p) and p >= 0 else None
    binomials = [1.0]

    def binomial(n: int) -> float:
        while len(binomials) <= n:
            binomials.append(binomials[-1] * (p - len(binomials) + 1) / len(binomials))
        return binomials[n]

    series = _series(rest, binomial)
    if whole is not None and rest.lowest is not None and rest.order is None and whole < HIGHEST / rest.lowest:
        series = Powers(series.terms)  # a polynomial is exact
    return _product(_known({q * exact: float(c**p)}), series)


def _result(name: str, u: Sequence[Powers]) -> Powers:
    """Return the result of a module for its inputs. Raises NoValue or NotDecided."""
    rule = _RULES.get(name)
    if rule is not None:
        return rule(*u)
    activation = ACTIVATIONS.get(name)
    if activation is None or len(u) > 1:
        raise NotDecided
    at, v = _apart(u[0])
    beside = 0.0
    if at in corners_of_activation(name, activation.alpha or 0.0):
        beside = BESIDE * _sign(v)
    value = float(activation.g(np.array(at + beside if activation.piecewise_constant else at)))
    slope, further = (float(activation.derivative(np.array(at + n * beside))) for n in (1, 2))
    linear = beside and slope == further
    found = _series(v, lambda n: (value, slope)[n], most=1)
    return Powers(found.terms, v.order) if linear else found


def _logarithm(u: Powers) -> Powers:
    at, v = _apart(u)
    if at <= 0:
        raise NoValue
    return _series(v, lambda n: math.log(at) if n == 0 else -((-1 / at) ** n) / n)


def _periodic(u: Powers, ahead: float) -> Powers:
    """Return sin(u + ``ahead``), where ahead is 0 or π/2."""
    at, v = _apart(u)
    derivatives = (math.sin(at), math.cos(at)) if not ahead else (math.cos(at), -math.sin(at))
    values = (*derivatives, -derivatives[0], -derivatives[1])
    return _series(v, lambda n: values[n % 4] / math.factorial(n))


def _exponential(u: Powers) -> Powers:
    at, v = _apart(u)
    return _series(v, lambda n: math.exp(at) / math.factorial(n))


def _any_power(u: Powers, p: Powers) -> Powers:
    if _constant(p):
        return _power(u, p.terms.get(ZERO, 0.0)) if p.terms else _known({ZERO: 1.0})
    if (at := _apart(u)[0]) < 0:
        raise NoValue  # powers of a negative number need integer exponents
    if at == 0:
        raise NotDecided
    return _exponential(_product(p, _logarithm(u)))


def _larger(a: Powers, b: Powers) -> Powers:
    return a if _sign(_sum(a, b, -1.0)) >= 0 else b


def _smaller(a: Powers, b: Powers) -> Powers:
    return b if _sign(_sum(a, b, -1.0)) >= 0 else a


def _times(u: Powers, factor: float) -> Powers:
    return Powers({e: factor * c for e, c in u.terms.items()}, u.order)


_RULES: dict[str, Callable[..., Powers]] = {
    "add": _sum,
    "subtract": lambda a, b: _sum(a, b, -1.0),
    "multiply": _product,
    "divide": lambda a, b: _product(a, _power(b, -1.0)),
    "power": _any_power,
    "negative": lambda u: _times(u, -1.0),
    "max": _larger,
    "min": _smaller,
    "abs": lambda u: _times(u, float(_sign(u) or 1)),
    "sqrt": lambda u: _power(u, 0.5),
    "square": lambda u: _product(u, u),
    "exp": _exponential,
    "log": _logarithm,
    "sin": lambda u: _periodic(u, 0.0),
    "cos": lambda u: _periodic(u, math.pi / 2),
}
