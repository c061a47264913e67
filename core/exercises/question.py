"""Exercises as values: questions with their answers, hints, and the slips that lead to wrong answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import floor, log10
from typing import Literal

import numpy as np

from ..derivation.expressions import Expression
from ..derivation.text import SCRIPT
from ..derivation.writer import Writer, plain
from ..lecture.scene import InitialSelection
from ..lecture.subjects import Subject
from ..number_style import digits, value_text

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Sentence:
    """A sentence with places ``{name}`` and what stands there, so that it can be translated whole."""

    template: str
    fields: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.fields)


def said(template: str, **fields: object) -> Sentence:
    """Return a sentence; numbers among the fields are written by `working_text`."""
    return Sentence(
        template,
        {
            name: working_text(value) if isinstance(value, float) else str(value)
            for name, value in fields.items()
        },
    )


def working_digits() -> int:
    """Return in how many digits numbers to compute with are given: one more than answers need."""
    return digits() + 1


def working_text(value: float) -> str:
    """Return a number to compute with."""
    return value_text(value, count=working_digits())


def lowered(number: int) -> str:
    """Return a whole number as an index: 12 is ₁₂."""
    return str(number).translate(_LOWERED)


def in_symbols(expression: Expression) -> str:
    """Return a formula on one line, in symbols: ∂f/∂q · z."""
    return plain(Writer(SCRIPT).write(expression))


def in_numbers(expression: Expression) -> str:
    """Return a formula on one line, with the numbers put in."""
    return plain(Writer(SCRIPT, working_digits()).write(expression))


def hints_of(
    left: str, expression: Expression, *between: Sentence, becomes: bool = False
) -> tuple[Sentence, ...]:
    """Return the hints to a number: its formula, what is met on the way, the numbers put in."""
    symbols, numbers = in_symbols(expression), in_numbers(expression)
    line = "{left} ← {formula}" if becomes else "{left} = {formula}"
    first = said(line, left=left, formula=symbols)
    if symbols == numbers:
        return (first, *between)
    return (first, *between, said(line, left=left, formula=numbers))


# -- Questions with their answers, hints, and the slips that lead to wrong answers -----------------------

LEAST = 1e-3
NEAR = 0.05


@dataclass(frozen=True)
class CommonMistake:
    """What comes out if something is forgotten, and the sentence that helps."""

    value: float
    sentence: Sentence


@dataclass(frozen=True)
class Question:
    """What is asked; ``symbol`` is the short name of it, like δ[2]₁.

    ``tolerance``: how far an answer may be off. ``hints`` grow in detail: the formula, the numbers put
    in, what is met on the way. ``whole``: the answer is a whole number, such as a class.
    """

    symbol: str
    text: Sentence
    answer: float
    hints: tuple[Sentence, ...]
    slips: tuple[CommonMistake, ...] = ()
    whole: bool = False

    @property
    def tolerance(self) -> float:
        """One unit of the third significant digit, half of it where the answer has no more digits."""
        if self.whole:
            return 0.5
        short = float(f"{self.answer:.3g}") == float(f"{self.answer:.12g}")
        return tolerance_of(self.answer) * (0.5 if short else 1.0)


@dataclass(frozen=True)
class Exercise:
    """A subject with fresh numbers, and the questions on it; ``look`` is what to select there."""

    subject: Subject
    given: tuple[Sentence, ...]
    questions: tuple[Question, ...]
    look: InitialSelection | None = None


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer."""

    kind: Literal["right", "rounding", "slip", "sign", "factor", "wrong"]
    sentence: Sentence

    @property
    def right(self) -> bool:
        """Whether the answer counts."""
        return self.kind == "right"


def tolerance_of(answer: float) -> float:
    """Return one unit of the third significant digit of a number; 0.001 near 0."""
    if abs(answer) < LEAST * LEAST:
        return LEAST
    return 10.0 ** (floor(log10(abs(answer)) + 1e-9) - 2) * (1 + 1e-9)


def verdict(question: Question, typed: float) -> Verdict:
    """Return whether an answer is right, and if not, what probably went wrong."""
    answer = question.answer
    if _near(typed, answer, question.tolerance):
        return Verdict("right", said("Right."))
    for slip in question.slips:
        if _tells(slip.value, answer) and _near(typed, slip.value, tolerance_of(slip.value)):
            return Verdict("slip", slip.sentence)
    if question.whole:
        return Verdict("wrong", said("Not that one. Look at the hints."))
    return _usual(typed, answer)


def _usual(typed: float, answer: float) -> Verdict:
    """Return what happens with any number: a sign, rounding, a factor."""
    if answer == 0:
        return Verdict("wrong", said("Not yet: is there a factor that is 0?"))
    if _near(typed, -answer, tolerance_of(answer)):
        return Verdict("sign", said("The size is right, the sign is wrong."))
    if abs(typed - answer) <= NEAR * abs(answer):
        return Verdict("rounding", said("Very near: keep more digits on the way."))
    for times, sentence in _FACTORS:
        if _near(typed, times * answer, tolerance_of(times * answer)):
            return Verdict("factor", said(sentence))
    if typed * answer < 0:
        return Verdict("wrong", said("Not yet. Look at the sign first."))
    size = "Not yet: it is larger." if abs(answer) > abs(typed) else "Not yet: it is smaller."
    return Verdict("wrong", said(size if answer > 0 else "Not yet. Take a hint."))


_FACTORS = (
    (0.5, "It is twice as much: a factor 2 is missing."),
    (2.0, "It is half of that: a factor 2 is too many."),
    (10.0, "The digits are right, the point is one place off."),
    (0.1, "The digits are right, the point is one place off."),
)


def _near(typed: float, value: float, tolerance: float) -> bool:
    return abs(typed - value) <= tolerance


def _tells(slip: float, answer: float) -> bool:
    """Whether a slip gives another number than the answer at all."""
    return abs(slip - answer) > tolerance_of(answer)


# -- Few digits, small, so that they can be worked with by hand ------------------------------------------

MOST_DRAWS = 400


class NumberDraw:
    """Pleasant numbers from one seed."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def whole(self, low: int, high: int) -> float:
        """Return a whole number from ``low`` to ``high``, but not 0."""
        return self.one_of([float(k) for k in range(low, high + 1) if k])

    def tenth(self, low: float, high: float) -> float:
        """Return a number with one decimal from ``low`` to ``high``, but not 0."""
        return self.one_of([k / 10 for k in range(round(10 * low), round(10 * high) + 1) if k])

    def one_of(self, numbers: list[float]) -> float:
        """Return one of these."""
        return numbers[int(self._generator.integers(len(numbers)))]

    def some(self, count: int, low: float, high: float) -> tuple[float, ...]:
        """Return so many different numbers with one decimal."""
        choice = [k / 10 for k in range(round(10 * low), round(10 * high) + 1) if k]
        places = self._generator.choice(len(choice), count, replace=count > len(choice))
        return tuple(choice[int(k)] for k in places)

    def places(self, count: int, of: int) -> list[int]:
        """Return so many different places of a row, in order."""
        return sorted(int(k) for k in self._generator.choice(of, min(count, of), replace=False))

    def tries(self) -> Iterator[int]:
        """Yield once for every try that is worth making until the numbers please."""
        yield from range(MOST_DRAWS)
