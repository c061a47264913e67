"""Where a graph of numbers has no value or no derivative, such as division by 0, √0, the kink of |x|.

A quantity is a number, not computed yet (None), or `Undefined`. Whatever is computed from an undefined value
is undefined too, whatever floating-point arithmetic returns. At a kink the left and right derivatives differ,
and backpropagation uses one number by convention.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..arrays import Array
from ..language import translatable
from ..nn.activations import ACTIVATIONS
from ..nn.differences import corners_of_activation
from ..nn.ops import Module
from ..number_style import value_text
from .autodiff import Graph, Number, forward, jacobian
from .one_sided import NotDecided, NoValue, slope_on_side

BESIDE = 1e-9  # distance from a kink at which its one-sided derivatives are taken
SAME_SIDES = translatable("it is {side} from both sides, though the chain rule comes to no number here")
TWO_SIDES = translatable("it is {left} from the left and {right} from the right")
ONLY_LEFT = translatable("it is {left} from the left; on the right there is no value")
ONLY_RIGHT = translatable("it is {right} from the right; on the left there is no value")
TOO_LARGE = translatable("its size is beyond 1.8·10³⁰⁸, the largest number of this computer")


@dataclass(frozen=True)
class Undefined:
    """The reason why a quantity is no number.

    The reason is the clause ``why`` with ``fields`` inserted. ``root`` is the name of the node at which it
    lies ("": the node in question). ``word`` is displayed in place of the number.
    """

    why: str
    fields: Mapping[str, str] = field(default_factory=dict)
    root: str = ""
    word: str = "undefined"

    def __str__(self) -> str:
        reason = self.why.format(**self.fields)
        return f"{self.root} is {self.word}: {reason}" if self.root else reason


@dataclass(frozen=True)
class Kink:
    """A kink, with its left and right derivatives; ``used`` is the one used by convention."""

    left: float
    right: float
    used: float


@dataclass(frozen=True)
class OneSided:
    """Numerical one-sided derivatives that differ; None: there is none on that side."""

    left: float | None
    right: float | None


Slope = float | Kink | Undefined


# -- a single module ------------------------------------------------------------------------------


def _no_logarithm(x: float) -> Undefined | None:
    return (
        Undefined("{x} has no logarithm; only numbers above 0 have", {"x": value_text(x)}) if x <= 0 else None
    )


def _no_root(x: float) -> Undefined | None:
    return Undefined("{x} has no real root", {"x": value_text(x)}) if x < 0 else None


def _no_quotient(_x: float, y: float) -> Undefined | None:
    return Undefined("nothing can be divided by 0") if y == 0 else None


def _no_power(x: float, p: float) -> Undefined | None:
    if x < 0 and p != int(p):
        why = "{x} to the power of {p} is not a real number"
        return Undefined(why, {"x": value_text(x), "p": value_text(p)})
    return Undefined("0 to a negative power divides by 0") if x == 0 and p < 0 else None


_NO_VALUE: dict[str, Callable[..., Undefined | None]] = {
    "log": _no_logarithm,
    "sqrt": _no_root,
    "divide": _no_quotient,
    "power": _no_power,
}


def no_value(module: Module, inputs: Sequence[float], z: float) -> Undefined | None:
    """Return why a module has no value at its inputs; None if z is its value."""
    rule = _NO_VALUE.get(module.name)
    found = rule(*inputs) if rule is not None else None
    if found is None and not math.isfinite(z):
        return Undefined(TOO_LARGE, word="too large")
    return found


def slope_of(module: Module, inputs: Sequence[float], z: float, place: int) -> Slope:
    """Return the derivative of a module by input ``place``, or the kink, or why there is none."""
    undefined = no_value(module, inputs, z) or _no_slope(module, inputs, place)
    if undefined is not None:
        return undefined
    used = float(jacobian(module, inputs, place)[0, 0])
    sides = _sides(module, inputs)
    if sides is not None and sides[0] != sides[1]:
        return Kink(*sides, used)
    return used if math.isfinite(used) else Undefined(TOO_LARGE, word="too large")


def _no_slope(module: Module, inputs: Sequence[float], place: int) -> Undefined | None:
    activation = ACTIVATIONS.get(module.name)
    if activation is not None and activation.piecewise_constant and inputs[0] == 0:
        return Undefined("{name} jumps at 0", {"name": activation.symbol})
    if module.name == "sqrt" and inputs[0] == 0:
        return Undefined("the root is infinitely steep at 0")
    if module.name != "power":
        return None
    x, p = inputs
    if place == 0:
        return Undefined("this power is infinitely steep at 0") if x == 0 and 0 < p < 1 else None
    if x < 0:
        why = "a power of {x} exists only at whole exponents, between which it cannot rise or fall"
        return Undefined(why, {"x": value_text(x)})
    return Undefined("a power of 0 jumps where its exponent is 0") if x == 0 and p <= 0 else None


def _sides(module: Module, inputs: Sequence[float]) -> tuple[float, float] | None:
    """Return the left and right derivatives at a kink; None if there is no kink."""
    if module.name in ("max", "min"):
        first = (0.0, 1.0) if module.name == "max" else (1.0, 0.0)
        return first if inputs[0] == inputs[1] else None
    if module.name == "abs":
        return (-1.0, 1.0) if inputs[0] == 0 else None
    activation = ACTIVATIONS.get(module.name)
    if activation is None or inputs[0] not in corners_of_activation(module.name, activation.alpha or 0.0):
        return None
    left, right = activation.derivative(np.array([inputs[0] - BESIDE, inputs[0] + BESIDE]))
    return float(left), float(right)


# -- a graph --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Domain:
    """The undefined quantities of a graph of numbers.

    ``values`` and ``gradients`` hold the reason for every node, None if it is defined. ``slopes`` holds the
    local derivatives by positions of module and input.
    """

    values: tuple[Undefined | None, ...]
    gradients: tuple[Undefined | None, ...]
    slopes: Mapping[tuple[int, int], Slope]

    @property
    def fine(self) -> bool:
        """Whether every value and every gradient is a number."""
        return not any((*self.values, *self.gradients))

    @property
    def smooth(self) -> bool:
        """Whether everything is defined and there is no kink."""
        return self.fine and not any(isinstance(slope, Kink) for slope in self.slopes.values())

    def share(self, k: int, place: int) -> Undefined | None:
        """Return why module k passes no gradient to its input ``place``; None if it does."""
        slope = self.slopes.get((k, place))
        return self.gradients[k] or (slope if isinstance(slope, Undefined) else None)


def domain_of(graph: Graph, values: Sequence[Array]) -> Domain:
    """Return the undefined quantities of a graph, given the ``values`` of its nodes, all single numbers."""
    numbers, undefined = [float(value) for value in values], undefined_values(graph, values)
    slopes: dict[tuple[int, int], Slope] = {}
    for k, node in enumerate(graph.nodes):
        inputs = [numbers[i] for i in node.inputs]
        for place, i in enumerate(node.inputs):
            if node.module is not None and graph.nodes[i].constant is None:
                slopes[k, place] = undefined[k] or slope_of(node.module, inputs, numbers[k], place)
    gradients = tuple(
        why if why is None or undefined[-1] or undefined[k] else _from_both_sides(graph, numbers, k, why)
        for k, why in enumerate(_gradients(graph, undefined, slopes))
    )
    return Domain(undefined, gradients, slopes)


def _from_both_sides(graph: Graph, numbers: Sequence[float], k: int, chain: Undefined) -> Undefined:
    """Return the one-sided gradients with respect to node k, where the chain rule fails.

    ``chain`` says why it fails; it is returned if the output is infinitely steep, or undefined, on both
    sides.
    """
    sides = list[float | None]()
    for side in (-1, 1):
        try:
            sides.append(slope_on_side(graph, numbers, k, side))
        except NoValue:
            sides.append(None)
        except (NotDecided, OverflowError):
            return replace(chain, word="not decided")
    texts = ["–" if side is None else value_text(side) for side in sides]
    if not any(side is not None and math.isfinite(side) for side in sides):
        return chain
    if None not in sides and texts[0] == texts[1]:
        return Undefined(SAME_SIDES, {"side": texts[0]}, word=texts[0])
    why = ONLY_RIGHT if sides[0] is None else ONLY_LEFT if sides[1] is None else TWO_SIDES
    return Undefined(why, {"left": texts[0], "right": texts[1]}, word=" | ".join(texts))


def undefined_values(graph: Graph, values: Sequence[Array]) -> tuple[Undefined | None, ...]:
    """Return, for every node, why it has no value; None if it has."""
    numbers = [float(value) for value in values]
    found: list[Undefined | None] = []
    for k, node in enumerate(graph.nodes):
        before = next((one for i in node.inputs if (one := found[i]) is not None), None)
        if before is None and node.module is not None:
            own = no_value(node.module, [numbers[i] for i in node.inputs], numbers[k])
            before = None if own is None else replace(own, root=node.name)
        found.append(before)
    return tuple(found)


def _gradients(
    graph: Graph, values: Sequence[Undefined | None], slopes: Mapping[tuple[int, int], Slope]
) -> tuple[Undefined | None, ...]:
    """Return, for every node, why it has no gradient; None if it has.

    The reason is an undefined output, or a module on the path without a derivative.
    """
    found: list[Undefined | None] = [None] * len(values)
    found[-1] = values[-1]
    for k in reversed(range(len(values))):
        for place, i in enumerate(graph.nodes[k].inputs):
            slope = slopes.get((k, place))
            if found[k] is not None or isinstance(slope, Undefined):
                found[i] = found[i] or found[k] or (slope if isinstance(slope, Undefined) else None)
    return tuple(found)


# -- derivatives by differences ---------------------------------------------------------------------

STEP, SHORT_STEP = 1e-4, 1e-7
SAME = 1e-4
STEEPER = 2.0  # a one-sided derivative that grows by this factor with the shorter step has no limit


def sides_by_differences(graph: Graph, inputs: Mapping[str, Number], name: str) -> OneSided | None:
    """Return the one-sided derivatives of the output by a variable; None if they agree.

    Two steps are compared: a difference between the sides for one step alone is no kink.
    """
    large, small = (
        [_one_sided(graph, inputs, name, side * step) for side in (-1, 1)] for step in (STEP, SHORT_STEP)
    )
    left, right = (_limit(*pair) for pair in zip(large, small, strict=True))
    if left is not None and right is not None and abs(right - left) <= SAME * max(abs(left), abs(right), 1.0):
        return None
    return OneSided(left, right)


def _limit(large: float | None, small: float | None) -> float | None:
    """Return the limit of the difference quotients of two steps; None if there is none."""
    if small is None or (large is not None and abs(small) > STEEPER * abs(large) and abs(small) > 1):
        return None
    return small


def _one_sided(graph: Graph, inputs: Mapping[str, Number], name: str, step: float) -> float | None:
    """Return (4 f(h/2) − f(h) − 3 f(0)) / h; None if f is undefined at one of these points."""
    x = float(np.asarray(inputs[name]))
    h = step * max(1.0, abs(x))
    found: list[float] = []
    for moved in (x, x + h / 2, x + h):
        values = forward(graph, {**inputs, name: moved})
        if undefined_values(graph, values)[-1] is not None:
            return None
        found.append(float(values[-1]))
    return (4 * found[1] - found[2] - 3 * found[0]) / h
