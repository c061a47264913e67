"""Reading the numbers of a text again, as a reader would, and finding core values among them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
INDICES = re.compile(r"[A-Za-zσδμβλρε]\u0302?′?[\w,]*\[\d+\]|[oyxσδβλ]\u0302?′?\d+")
LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def number_of(token: str) -> tuple[float, int]:
    """Return a number as it is written, and the place of its last digit as a power of ten."""
    figures, _, power = token.replace("−", "-").replace(",", "").partition("·10")
    exponent = int(power.translate(LOWERED)) if power else 0
    decimals = len(figures.partition(".")[2])
    return float(figures) * 10.0**exponent, exponent - decimals


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text in order, without the indices of symbols."""
    return NUMBER.findall(INDICES.sub("", text.replace("\xa0", " ")))


def is_rounded(token: str, value: float) -> bool:
    """Whether a number is what is left of a value after rounding it to the digits shown."""
    shown, place = number_of(token)
    return abs(shown - value) <= 0.5001 * 10.0**place or abs(shown - value) <= 1e-12 * abs(value)


def precise(token: str) -> bool:
    """Whether a number has 3 digits at least, or is short because it is exact."""
    digits = re.sub(r"·.*|[^\d]", "", token).lstrip("0")
    return len(digits) >= 3


def shows(text: str, value: float) -> bool:
    """Whether a text shows a value, in at least 3 digits where it has as many."""
    return any(
        is_rounded(token, value)
        and (precise(token) or number_of(token)[0] == pytest.approx(value, rel=1e-12))
        for token in numbers_in(text)
    )


def row_after(text: str, start: str) -> str:
    """Return the first row that begins so, with the row that follows it where that goes on."""
    rows = text.replace("\xa0", " ").split("\n")
    k = next((k for k, row in enumerate(rows) if row.startswith(start)), None)
    assert k is not None, f"no row begins with {start}: {rows}"
    return "\n".join([rows[k], *(row for row in rows[k + 1 : k + 2] if " = " not in row or row[0] in "=t")])


def assert_row(text: str, start: str, values: Iterable[float]) -> None:
    """Assert that the numbers of a row, in order, are these values."""
    row = row_after(text, start)
    tokens, values = numbers_in(row), list(values)
    assert len(tokens) == len(values), (row, tokens, values)
    for token, value in zip(tokens, values, strict=True):
        assert is_rounded(token, value), (row, token, value)
