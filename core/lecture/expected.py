"""Expected numbers of a scene: what a number is in the lecture, compared with what the engine computes.

A scene only describes; nothing in it is executed. The quantities form a closed set.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

import numpy as np
from msgspec import Meta
from msgspec.structs import replace

from ..bounds import MOST_DIGITS, Exact, printable
from ..language import tr, translatable
from ..nn.design import Problem, range_problems
from .evaluator import CannotCompute, SceneEvaluator
from .formula_quantities import (
    ActivationNumber,
    DescentNumber,
    FittedLine,
    LossNumber,
    ModuleNumber,
    NodeNumber,
    OneHot,
    ParabolaNumber,
    PassNumber,
    SoftmaxNumber,
)
from .network_quantities import (
    Agreement,
    AwakeCount,
    CollapseNumber,
    CountNumber,
    EdgeNumber,
    FindingCount,
    GoalDistance,
    GradientRatio,
    JacobianNumber,
    NetworkQuantity,
    NeuronNumber,
    PositionNumber,
    StartDifference,
    TrainingNumber,
)
from .subjects import Label, Number, SceneStruct, Subject, number_problems, worked_out

AnyQuantity = (
    ActivationNumber
    | SoftmaxNumber
    | LossNumber
    | FittedLine
    | OneHot
    | NodeNumber
    | ModuleNumber
    | PassNumber
    | DescentNumber
    | ParabolaNumber
    | NeuronNumber
    | EdgeNumber
    | JacobianNumber
    | TrainingNumber
    | CountNumber
    | PositionNumber
    | GradientRatio
    | FindingCount
    | AwakeCount
    | CollapseNumber
    | Agreement
    | StartDifference
    | GoalDistance
)


class Expected(SceneStruct, frozen=True, kw_only=True):
    """A quantity of the scene and its expected value.

    ``exact`` is the value calculated by hand, within ``tolerance``; ``least`` and ``most`` bound results of
    training; ``slide`` is the value as printed. Beside one of the others it is correct to one unit of its
    last digit, as a slide computed from rounded numbers is; alone, it is the computed value rounded to its
    digits.
    """

    name: Label
    quantity: AnyQuantity
    exact: Number | None = None
    least: Exact | None = None
    most: Exact | None = None
    slide: Decimal | None = None
    tolerance: Annotated[float, Meta(ge=0, le=1e6)] = 1e-12

    @property
    def is_printed_only(self) -> bool:
        """Whether only the printed value says what is expected."""
        return self.exact is None and self.least is None and self.most is None

    @property
    def printed_digits(self) -> int:
        """The number of digits that are printed; 0 if none are."""
        return 0 if self.slide is None else len(self.slide.as_tuple().digits)

    def problems(self) -> Iterator[Problem]:
        """Yield the problems of the expected number, at their places in it."""
        if self.is_printed_only and self.slide is None:
            yield Problem("exact", tr("says nothing: write what the number is, or slide, least or most."))
        if self.exact is not None:
            yield from number_problems(self.exact, "exact")
        if self.slide is not None and not printable(self.slide):
            why = tr(
                "must be a finite number as it is printed on a slide, of at most {most} digits.",
                most=MOST_DIGITS,
            )
            yield Problem("slide", why)
        yield from range_problems(self.quantity, "quantity")
        for field in ("z", "temperature", "shift", "learning_rate"):
            number = getattr(self.quantity, field, None)
            if isinstance(number, str):
                yield from number_problems(number, f"quantity.{field}")


@dataclass(frozen=True)
class ComputedNumber:
    """What the engine computed for an expected number; if it cannot, None and the reason in ``fault``.

    ``meanings`` are what the numbers 0, 1, … stand for; empty: they are just numbers.
    """

    expected: Expected
    computed: float | None
    fault: str = ""
    meanings: tuple[str, ...] = ()

    def meaning_of(self, value: float) -> str:
        """Return what a number stands for; empty: it is just a number."""
        k = round(value) if math.isfinite(value) else -1
        return self.meanings[k] if 0 <= k < len(self.meanings) else ""

    @property
    def exact(self) -> float | None:
        """The value calculated by hand."""
        return None if self.expected.exact is None else worked_out(self.expected.exact)

    @property
    def difference(self) -> float | None:
        """The distance of the computed value from the exact one, or from the bounds; None without either."""
        if self.computed is None or self.expected.is_printed_only:
            return None
        if self.exact is not None:
            return abs(self.computed - self.exact)
        low = -math.inf if self.expected.least is None else self.expected.least
        high = math.inf if self.expected.most is None else self.expected.most
        return max(0.0, low - self.computed, self.computed - high)

    @property
    def slide_difference(self) -> float | None:
        """The distance of the rounded value on the slide from the computed value."""
        if self.computed is None or self.expected.slide is None:
            return None
        return abs(self.computed - float(self.expected.slide))

    @property
    def right(self) -> bool:
        """Whether all expectations are met."""
        expected, off, slide_off = self.expected, self.difference, self.slide_difference
        if self.computed is None:
            return False
        if off is not None and not off <= (expected.tolerance if self.exact is not None else 0.0):
            return False
        units = 0.5 if expected.is_printed_only else 1.0
        return slide_off is None or slide_off <= units * _last_digit(expected.slide)


def _last_digit(slide: Decimal | None) -> float:
    """Return one unit of the last printed digit, slightly enlarged for floating-point rounding."""
    return 0.0 if slide is None else (1 + 1e-9) * 10.0 ** _exponent(slide)


def _exponent(slide: Decimal) -> int:
    return int(slide.as_tuple().exponent)


def found(subject: Subject, expected: tuple[Expected, ...]) -> list[ComputedNumber]:
    """Return the computed value of every expected number of a subject."""
    bench = SceneEvaluator(subject)
    return [found_with(bench, one) for one in expected]


NOT_FINITE = translatable("the engine gives no finite number.")
STEPS_TRIED = 100
"""Steps of a descent that are tried when a scene is read; the full number is computed on demand."""


def found_with(bench: SceneEvaluator, expected: Expected) -> ComputedNumber:
    """Return the computed value of one expected number, with an evaluator that caches results."""
    try:
        with np.errstate(all="ignore"):
            computed = expected.quantity.of(bench)
    except CannotCompute as error:
        return ComputedNumber(expected, None, str(error))
    except ArithmeticError:
        computed = math.nan
    if not math.isfinite(computed):
        return ComputedNumber(expected, None, NOT_FINITE)
    return ComputedNumber(expected, computed, "", expected.quantity.meanings(bench))


def reference_problems(bench: SceneEvaluator, expected: Expected) -> Iterator[Problem]:
    """Yield a problem if a quantity needs what the subject lacks, as far as this shows without training."""
    quantity = expected.quantity
    try:
        if isinstance(quantity, NetworkQuantity):
            bench.made(quantity.network)
        cheap = not isinstance(quantity, NetworkQuantity) or quantity.iterations == 0
        if isinstance(quantity, DescentNumber):
            quantity = replace(quantity, steps=min(quantity.steps, STEPS_TRIED))
        if cheap and not isinstance(quantity, FittedLine):
            quantity.of(bench)
    except CannotCompute as error:
        yield Problem("quantity", str(error))
    except ArithmeticError:
        yield Problem("quantity", NOT_FINITE)
