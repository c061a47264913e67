"""Exercises as values: questions with their answers, hints, and the slips that lead to wrong answers."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import Literal

from .exercise_text import Sentence, said
from .lecture import Looked
from .subjects import Subject

LEAST = 1e-3
NEAR = 0.05


@dataclass(frozen=True)
class Slip:
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
    slips: tuple[Slip, ...] = ()
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
    look: Looked | None = None


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
