"""Questions with their answers, hints, and the common mistakes that lead to wrong answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import floor, log10
from typing import Literal

import numpy as np

from ..derivation.expressions import Expression
from ..derivation.text import SCRIPT
from ..derivation.writer import Writer, plain
from ..language import translatable
from ..lecture.expected import AnyQuantity
from ..lecture.scene import InitialSelection
from ..lecture.subjects import Subject
from ..number_style import digits, value_text

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_BRACKETS = str.maketrans("", "", "() ")


@dataclass(frozen=True)
class Sentence:
    """A sentence with placeholders ``{name}`` and their values, which can be translated as a whole.

    ``latex``: the same as a formula, for one that reads better so, such as matrices.
    """

    template: str
    fields: dict[str, str] = field(default_factory=dict)
    latex: str = ""

    def __str__(self) -> str:
        return self.template.format(**self.fields)


def said(template: str, **fields: object) -> Sentence:
    """Return a sentence with fields; numbers among them are written by `working_text`."""
    return Sentence(
        template,
        {
            name: working_text(value) if isinstance(value, float) else str(value)
            for name, value in fields.items()
        },
    )


def working_digits() -> int:
    """Return the number of digits of given numbers: one more than answers need."""
    return digits() + 1


def working_text(value: float) -> str:
    """Return the text of a number to compute with."""
    return value_text(value, count=working_digits())


def lowered(number: int) -> str:
    """Return an integer as a subscript: 12 is ₁₂."""
    return str(number).translate(_LOWERED)


def in_symbols(expression: Expression) -> str:
    """Return a formula on one line, in symbols: ∂f/∂q · z."""
    return plain(Writer(SCRIPT).write(expression))


def in_numbers(expression: Expression) -> str:
    """Return a formula on one line, with the numbers inserted."""
    return plain(Writer(SCRIPT, working_digits()).write(expression))


def hints_of(
    left: str, expression: Expression, *between: Sentence, becomes: bool = False
) -> tuple[Sentence, ...]:
    """Return hints for a number: its formula, the intermediate results ``between``, the inserted numbers.

    ``becomes``: it is assigned (←), as in an update.
    """
    symbols, numbers = in_symbols(expression), in_numbers(expression)
    line = "{left} ← {formula}" if becomes else "{left} = {formula}"
    first = () if _same_formula(left, symbols) else (said(line, left=left, formula=symbols),)
    if symbols == numbers:
        return (*first, *between)
    return (*first, *between, said(line, left=left, formula=numbers))


def _same_formula(left: str, right: str) -> bool:
    """Return whether an equation is trivial, such as e^z₁ = e^(z₁)."""
    one, other = (text.translate(_BRACKETS) for text in (left, right))
    return one == other


def matrix_latex(rows: Iterable[Iterable[float]]) -> str:
    """Return a matrix of given numbers in LaTeX."""
    lines = (" & ".join(working_text(float(value)) for value in row) for row in rows)
    return r"\begin{pmatrix} " + r" \\ ".join(lines) + r" \end{pmatrix}"


# -- questions and answers ------------------------------------------------------------------------------

LEAST = 1e-3
NEAR = 0.05


@dataclass(frozen=True)
class CommonMistake:
    """A wrong value that results from a common mistake, and a sentence that helps."""

    value: float
    sentence: Sentence


@dataclass(frozen=True)
class Question:
    """A question; ``symbol`` is the short name of the quantity, such as δ[2]₁.

    ``hints`` become more detailed: the formula, intermediate results, the inserted numbers. ``whole``: the
    answer is an integer, such as a class. ``names`` are those of the classes, which may be typed instead of
    numbers. ``quantity`` is the quantity of the subject asked for, None for a number that no stage shows.
    """

    symbol: str
    text: Sentence
    answer: float
    hints: tuple[Sentence, ...]
    slips: tuple[CommonMistake, ...] = ()
    whole: bool = False
    names: tuple[str, ...] = ()
    quantity: AnyQuantity | None = None

    def class_named(self, text: str) -> float | None:
        """Return the number of the class that a text names, ignoring case; None: it names none."""
        named = [name.casefold() for name in self.names]
        return float(named.index(word)) if (word := text.strip().casefold()) in named else None

    @property
    def answer_text(self) -> str:
        """The text of the answer: the name of a class, or the number."""
        return self.names[round(self.answer)] if self.names else working_text(self.answer)

    @property
    def tolerance(self) -> float:
        """The accepted deviation: one unit of the third significant digit, half of it for short answers."""
        if self.whole:
            return 0.5
        short = float(f"{self.answer:.3g}") == float(f"{self.answer:.12g}")
        return tolerance_of(self.answer) * (0.5 if short else 1.0)


@dataclass(frozen=True)
class Exercise:
    """A subject with new numbers and questions on it; ``look`` is what to select there."""

    subject: Subject
    given: tuple[Sentence, ...]
    questions: tuple[Question, ...]
    look: InitialSelection | None = None


@dataclass(frozen=True)
class Verdict:
    """The assessment of an answer."""

    kind: Literal["right", "rounding", "slip", "sign", "factor", "wrong"]
    sentence: Sentence

    @property
    def right(self) -> bool:
        """Whether the answer is accepted."""
        return self.kind == "right"


def tolerance_of(answer: float) -> float:
    """Return one unit of the third significant digit of a number; 0.001 near 0."""
    if abs(answer) < LEAST * LEAST:
        return LEAST
    return 10.0 ** (floor(log10(abs(answer)) + 1e-9) - 2) * (1 + 1e-9)


def verdict(question: Question, typed: float) -> Verdict:
    """Return the assessment of an answer and, if it is wrong, the probable mistake."""
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
    """Return the assessment for general mistakes: sign, rounding, a factor."""
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
    (0.5, translatable("It is twice as much: a factor 2 is missing.")),
    (2.0, translatable("It is half of that: a factor 2 is too many.")),
    (10.0, translatable("The digits are right, the point is one place off.")),
    (0.1, translatable("The digits are right, the point is one place off.")),
)


def _near(typed: float, value: float, tolerance: float) -> bool:
    return abs(typed - value) <= tolerance


def _tells(slip: float, answer: float) -> bool:
    """Return whether a mistake leads to a value that differs from the answer."""
    return abs(slip - answer) > tolerance_of(answer)


# -- random numbers with few digits ---------------------------------------------------------------------

MOST_DRAWS = 400


class NumberDraw:
    """Random numbers that are easy to calculate with by hand."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def whole(self, low: int, high: int) -> float:
        """Return an integer from ``low`` to ``high``, except 0."""
        return self.one_of([float(k) for k in range(low, high + 1) if k])

    def tenth(self, low: float, high: float) -> float:
        """Return a number with one decimal from ``low`` to ``high``, except 0."""
        return self.one_of([k / 10 for k in range(round(10 * low), round(10 * high) + 1) if k])

    def one_of(self, numbers: list[float]) -> float:
        """Return one of the numbers."""
        return numbers[int(self._generator.integers(len(numbers)))]

    def some(self, count: int, low: float, high: float) -> tuple[float, ...]:
        """Return ``count`` different numbers with one decimal from ``low`` to ``high``, except 0."""
        choice = [k / 10 for k in range(round(10 * low), round(10 * high) + 1) if k]
        places = self._generator.choice(len(choice), count, replace=count > len(choice))
        return tuple(choice[int(k)] for k in places)

    def places(self, count: int, of: int) -> list[int]:
        """Return ``count`` different indices below ``of``, in ascending order."""
        return sorted(int(k) for k in self._generator.choice(of, min(count, of), replace=False))

    def tries(self) -> Iterator[int]:
        """Yield once per attempt to draw suitable numbers."""
        yield from range(MOST_DRAWS)
