"""The reader of numbers as people type them, used for every input field.

Read are ``0.05``, ``0,05``, ``۰٫۰۵``, ``1/20``, ``1½``, ``1 1/2``, ``5 %``, ``5·10⁻²``, ``5×10^-2``,
``5e-2``, with the true minus sign or another, and whatever can be worked out without variables, such as
``sqrt(2)/2``.

A single comma is a decimal comma (``1,5``), unless exactly three digits follow it and one to three digits,
not beginning with 0, precede it: ``1,000`` is one thousand to some and one to others, so it is refused,
except where an integer is expected, which has no decimals. ``1,000,000``, ``1,000.5``, ``1.000,5``, ``1 000``
and ``1٬000`` are unambiguous. A single point is always a decimal point.
"""

from __future__ import annotations

import math
import re
import unicodedata
from fractions import Fraction

from ..language import translatable
from .autodiff import forward
from .parser import RAISED_DIGITS, ExpressionError, parse

MOST_TYPED = 200
_SHOWN = 40  # characters quoted of a refused text
VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"  # fractions that are one character
_SIGNS = str.maketrans({**dict.fromkeys("−–‒﹣－", "-"), "＋": "+", "٪": "%", "،": ",", "’": "'", "×": "·"})
# Invisible marks of writing direction.
_UNSEEN = re.compile("[\u200b-\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACE = re.compile(r"\s+")
_FIGURES = r"[0-9][0-9.,٫٬' _]*|[.,٫][0-9]+"
_TEN = r"10\s*(?:(?:\^|\*\*)\s*(?P<typed>[-+]?[0-9]+|\([-+]?[0-9]+\))|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
_POWER = rf"[eE](?P<exponent>[-+]?[0-9]+)|[·*]\s*{_TEN}"
_NUMBER = re.compile(rf"(?P<sign>[-+]?)\s*(?P<figures>{_FIGURES})\s*(?:{_POWER})?\s*(?P<percent>%?)")
_MIXED = re.compile(
    rf"(?P<sign>[-+]?)\s*(?P<whole>[0-9]*)\s*(?P<part>[{VULGAR}])\s*(?:{_POWER})?\s*(?P<percent>%?)"
)
_BEFORE_FRACTION = re.compile(r"(?P<sign>[-+]?)\s*(?P<whole>[0-9]+) (?P<above>[0-9]{1,2})")  # 1 1/2
_BARE_POWER = re.compile(rf"(?P<sign>[-+]?)\s*{_TEN}")
# A power of ten without its exponent, which would be read as a multiple of Euler's number.
_UNFINISHED = re.compile(r"[0-9.][eE][-+]?\s*%?$")
_TWO_SIGNS = re.compile(r"[-+]\s*[-+]")  # a slip rather than a number
_NAMED = re.compile(r"[=;]")  # lines of an expression rather than a number
_ENDLESS = ("inf", "infinity", "nan", "∞")

TEMPLATES = (
    NO_NUMBER := translatable("“{text}” is none; write it like 0.05, 1/20, 5 % or 5·10⁻²"),
    EMPTY := translatable("the field was left empty"),
    AMBIGUOUS := translatable(
        "“{text}” is {thousand} to some and {decimal} to others; write {thousand} or {decimal}"
    ),
    GROUPS := translatable("the digits of “{text}” are not grouped in threes; write it without “{sign}”"),
    TWO_POINTS := translatable("“{text}” has more than one decimal sign"),
    NOT_WHOLE := translatable("“{text}” is not a whole number"),
    NOT_FINITE := translatable("“{text}” is not a finite number"),
    TOO_LARGE := translatable("“{text}” is too large for a number of this computer, which ends at 1.8·10³⁰⁸"),
    TOO_SMALL := translatable("“{text}” is too small for a number of this computer and would be 0"),
    BY_ZERO := translatable("“{text}” divides by 0"),
    SLASH := translatable("“{text}” begins its denominator with 0; for decimals write a point, 0.05"),
    TOO_LONG := translatable("what was typed is longer than a number"),
    UNCLEAR := translatable("“{text}”: {why}"),
)


class NumberTextError(ValueError):
    """A text that is not a number; ``template`` with ``fields`` inserted says why, without a full stop.

    Templates can be translated; all are listed in `TEMPLATES`.
    """

    def __init__(self, template: str, text: str = "", **fields: str) -> None:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        self.template, self.fields = template, {"text": shown, **fields}
        super().__init__(template.format(**self.fields))


def read_number(text: str, *, whole: bool = False) -> float:
    """Return the finite number in a text; with ``whole``, an integer. Raises NumberTextError."""
    if len(text) > MOST_TYPED:
        raise NumberTextError(TOO_LONG)
    typed = _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()
    if not typed:
        raise NumberTextError(EMPTY)
    value = _value(typed, whole)
    if not math.isfinite(value):
        raise NumberTextError(NOT_FINITE, typed)
    if whole and value != int(value):
        raise NumberTextError(NOT_WHOLE, typed)
    return value + 0.0


def number_or_none(text: str, *, whole: bool = False) -> float | None:
    """Return the number in a text; None if it is not a number."""
    try:
        return read_number(text, whole=whole)
    except NumberTextError:
        return None


def _value(typed: str, whole: bool) -> float:
    plain = "".join(map(_latin, typed)).translate(_SIGNS)
    if plain.lstrip("+- ").lower() in _ENDLESS:
        raise NumberTextError(NOT_FINITE, typed)
    exact = _decimal(plain, typed, whole)
    if exact is None:
        exact = _quotient(plain, typed, whole)
    if exact is None:
        return _worked_out(plain, typed)
    try:
        value = float(exact)
    except OverflowError:
        raise NumberTextError(TOO_LARGE, typed) from None
    if exact and not value:
        raise NumberTextError(TOO_SMALL, typed)
    return value


def _latin(letter: str) -> str:
    """Return a decimal digit of any script as one of 0 … 9; other characters unchanged."""
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)


def _decimal(plain: str, typed: str, whole: bool) -> Fraction | None:
    """Return a number of digits, power of ten and percent sign; None if the text has another form.

    Raises NumberTextError if it is faulty.
    """
    if found := _BARE_POWER.fullmatch(plain):
        figures, percent = Fraction(1), ""
        power = (found["typed"] or found["raised"].translate(RAISED_DIGITS)).strip("()")
    elif found := _NUMBER.fullmatch(plain) or _MIXED.fullmatch(plain):
        mixed, percent = found.re is _MIXED, found["percent"]
        figures = _mixed(found) if mixed else _figures(found["figures"].strip(), typed, whole)
        raised = (found["raised"] or "").translate(RAISED_DIGITS)
        power = found["exponent"] or (found["typed"] or "").strip("()") or raised or "0"
    else:
        return None
    if len(power) > 5 or int(power) > 400:
        raise NumberTextError(TOO_LARGE, typed)
    value = figures * Fraction(10) ** max(int(power), -2000)
    return (-value if found["sign"] == "-" else value) / (100 if percent else 1)


def _mixed(found: re.Match[str]) -> Fraction:
    """Return the value of an integer with a fraction character, such as 1½."""
    above, below = unicodedata.normalize("NFKC", found["part"]).split("⁄")
    return int(found["whole"] or 0) + Fraction(int(above), int(below))


def _figures(figures: str, typed: str, whole: bool) -> Fraction:
    """Return the value of digits with decimal and grouping signs. Raises NumberTextError."""
    points = [sign for sign in figures if sign in ".,٫"]
    if "٫" in points:
        decimal = "٫"
    elif len(set(points)) == 2:
        decimal = points[-1]
    elif points == [","]:
        decimal = "" if _is_group(figures, typed, whole) else ","
    else:
        decimal = points[0] if len(points) == 1 else ""
    before, _, after = figures.rpartition(decimal) if decimal else (figures, "", "")
    if decimal and (decimal in before or re.search(r"[^0-9]", after)):
        raise NumberTextError(TWO_POINTS, typed)
    groups = re.split(r"([.,٬' _])", before)
    signs, digits = set(groups[1::2]), groups[::2]
    if signs:
        right = len(signs) == 1 and 1 <= len(digits[0]) <= 3 and all(len(part) == 3 for part in digits[1:])
        if not right:
            raise NumberTextError(GROUPS, typed, sign=min(signs))
    return Fraction(f"{''.join(digits) or '0'}.{after or '0'}")


def _is_group(figures: str, typed: str, whole: bool) -> bool:
    """Return whether a single comma groups digits. Raises NumberTextError if that is ambiguous."""
    before, after = figures.split(",")
    if not (re.fullmatch(r"[1-9][0-9]{0,2}", before) and re.fullmatch(r"[0-9]{3}", after)):
        return False
    if whole:
        return True
    raise NumberTextError(AMBIGUOUS, typed, thousand=before + after, decimal=f"{before}.{after}")


def _quotient(plain: str, typed: str, whole: bool) -> Fraction | None:
    """Return a quotient of two numbers, with or without percent sign; None if the text has another form.

    Raises NumberTextError if it is faulty.
    """
    body = plain.removesuffix("%").rstrip()
    above, slash, below = (part.strip() for part in re.sub("[÷⁄∕]", "/", body).partition("/"))
    mixed = _BEFORE_FRACTION.fullmatch(above)
    above = mixed["above"] if mixed else above
    forms = _NUMBER, _MIXED
    if not slash or not all(any(form.fullmatch(part) for form in forms) for part in (above, below)):
        return None
    if re.match(r"0[0-9]", below):
        raise NumberTextError(SLASH, typed)
    numerator, denominator = _decimal(above, typed, False), _decimal(below, typed, False)
    assert numerator is not None and denominator is not None
    if not denominator:
        raise NumberTextError(BY_ZERO, typed)
    value = numerator / denominator
    if mixed:
        value = (value + int(mixed["whole"])) * (-1 if mixed["sign"] == "-" else 1)
    return value / (100 if plain.endswith("%") else 1)


def _worked_out(plain: str, typed: str) -> float:
    """Return the value of an expression without variables. Raises NumberTextError."""
    body = plain.removesuffix("%")
    if _UNFINISHED.search(body) or _TWO_SIGNS.match(body) or _NAMED.search(body):
        raise NumberTextError(NO_NUMBER, typed)
    try:
        graph = parse(body)
    except ExpressionError as error:
        if not re.search(r"[0-9]", plain) or re.fullmatch(r"[^(/*^·√|]*", plain):
            raise NumberTextError(NO_NUMBER, typed) from None
        raise NumberTextError(UNCLEAR, typed, why=str(error).rstrip(".")) from None
    if graph.variables:
        raise NumberTextError(NO_NUMBER, typed)
    value = float(forward(graph, {})[-1])
    return value / 100 if plain.endswith("%") else value
