"""The reader of typed numbers: what it reads, what it refuses and why, and all that the program writes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest

from core.exercises.question import working_text
from core.graph.number_text import MOST_TYPED, TEMPLATES, NumberTextError, number_or_none, read_number
from core.number_style import value_text

READ = {
    "0.05": 0.05, "0,05": 0.05, ".5": 0.5, ",5": 0.5, "5.": 5, "+3": 3, "−0,5": -0.5, "–7": -7, "- 2": -2,
    "1/2": 0.5, "-1/4": -0.25, "10/3": 10 / 3, "0,5/4": 0.125, "1 ÷ 8": 0.125, "3/1e2": 0.03,
    "5%": 0.05, "12 %": 0.12, "0,1 %": 0.001, "1/2 %": 0.005,
    "2e-3": 0.002, "2E3": 2000, "1e−05": 1e-5, "2.13·10⁻⁵": 2.13e-5, "1.069×10¹³": 1.069e13, "2×10^-3": 0.002,
    "2 * 10**-3": 0.002, "2·10^(-3)": 0.002, "−4,2·10³": -4200, "10⁻³": 0.001, "-10^2": -100,
    "1 000": 1000, "12 345 678": 12345678, "1\u202f000,5": 1000.5, "1\u00a0000": 1000,
    "1,000,000": 1e6, "1.000.000": 1e6, "1,000.5": 1000.5, "1.000,5": 1000.5, "1'000": 1000,
    "1’000.25": 1000.25,
    "1_000": 1000, "1,5": 1.5, "1,25": 1.25, "1,0005": 1.0005, "0,125": 0.125, "1234,567": 1234.567,
    "1.000": 1,
    "1.125": 1.125,
    "۱۵۰": 150, "۰٫۰۵": 0.05, "٣٫٥": 3.5, "۱٬۰۰۰": 1000, "۱٬۰۰۰٫۵": 1000.5, "۵٪": 0.05, "−۰٫۵": -0.5,
    "\u200f−۵\u200e": -5, "۱/۴": 0.25, "۲×۱۰^-۳": 0.002, "۰,۵": 0.5, "۱،۵": 1.5,
    "sqrt(2)/2": math.sqrt(0.5), "√2": math.sqrt(2), "2*(3+4)": 14, "π": math.pi, "e": math.e, "-0": 0,
    "½": 0.5, "¼": 0.25, "1½": 1.5, "2 ⅔": 8 / 3, "−¾": -0.75, "½ %": 0.005, "⅓·10⁻²": 1 / 300, "1½e3": 1500,
    "½/3": 1 / 6, "۱½": 1.5, "०.५": 0.5, "１２": 12, "5e−3": 0.005,
    "2·e": 2 * math.e, "0e-400": 0, "5e-324": 5e-324,
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_a_number_is_read_as_people_write_it(text: str) -> None:
    found = read_number(f" {text} ")
    assert found == pytest.approx(READ[text], rel=1e-15)
    assert math.copysign(1, found) == math.copysign(1, READ[text])


REFUSED = {
    "": "left empty", "  ": "left empty", "abc": "is none", "x + 1": "is none", "0x10": "is none",
    "True": "is none", "nan": "not a finite", "∞": "not a finite", "-inf": "not a finite",
    "1,000": "write 1000 or 1.000", "12,345": "write 12345 or 12.345", "1,000/3": "write 1000 or 1.000",
    "3,,": "grouped in threes", "1 5": "grouped in threes", "1,00,000": "grouped in threes",
    "1.2.3": "grouped in threes", "1,000.5.5": "more than one decimal sign",
    "1/0": "divides by 0", "۰/۰۵": "for decimals write a point", "1e400": "too large", "1e99999": "too large",
    "1e-400": "too small", "10⁻⁴⁰⁰": "too small", "1e": "is none", "2.5E": "is none", "1e-": "is none",
    "1e%": "is none", "½½": "is none", "½x": "is none", "٪": "is none", "--1": "is none", "+-1": "is none",
    "1.½": "is none", "½⅒e": "is none", "1½e999": "too large",
    "(2": "never closed", "sin(1,5)": "takes 1", "1" * 300: "longer than a number",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_number_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(NumberTextError) as caught:
        read_number(text)
    assert REFUSED[text] in str(caught.value)
    assert caught.value.template in TEMPLATES
    assert str(caught.value) == caught.value.template.format(**caught.value.fields)
    assert number_or_none(text) is None


def test_a_whole_number_may_have_a_comma_for_thousands_and_no_decimals() -> None:
    assert [read_number(text, whole=True) for text in ("1,000", "25", "۲۵", "1e3", "3.0")] == [
        1000, 25, 25, 1000, 3,
    ]  # fmt: skip
    for text in ("2.5", "1,5", "1/2", "5 %"):
        with pytest.raises(NumberTextError, match="whole"):
            read_number(text, whole=True)


def test_any_text_is_read_or_refused_and_never_fails_otherwise() -> None:
    generator = np.random.default_rng(3)
    letters = list("½⅔0123456789.,٫٬'/%-+−·×*^eE() ⁻²۱۵xπ√|")
    read = 0
    for _ in range(20_000):
        text = "".join(generator.choice(letters, size=generator.integers(1, 9)))
        found = number_or_none(text)
        read += found is not None
        assert found is None or math.isfinite(found)
    assert read > 1000
    assert number_or_none("9" * (MOST_TYPED + 1)) is None


def numbers() -> list[float]:
    generator = np.random.default_rng(0)
    sizes = 10.0 ** generator.uniform(-12, 12, 3000) * generator.choice([1, -1], 3000)
    return [0.0, 1.0, -0.5, 0.1 + 0.2, 999.5, 0.09995, 1e6, -1e-30, 1.2e150, *sizes.tolist()]


def assert_read_back(text: str, value: float) -> None:
    """Assert that a text reads as exactly the number it shows: the value, rounded to its digits."""
    figures, power = re.fullmatch(r"([−\-]?[\d.]+)(?:(?:e|[·×]10)([-+−⁻\d⁰¹²³⁴-⁹]+))?", text).groups()
    exponent = int((power or "0").translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")))
    shown = Decimal(figures.replace("−", "-")).scaleb(exponent)
    assert read_number(text) == float(shown)
    unit = Decimal(1).scaleb(exponent - len(figures.partition(".")[2]))
    assert abs(shown - Decimal(value)) <= Decimal("0.5001") * unit or math.isclose(shown, value, rel_tol=1e-5)


CORE_STYLES: dict[str, Callable[[float], str]] = {
    "repr": repr,
    "four digits": working_text,
    "nine digits": lambda value: value_text(value, count=9),
    "general": lambda value: f"{value:.6g}",
    "short": lambda value: f"{value:g}",
    "true minus": lambda value: f"{value:.7g}".replace("-", "−"),
}


@pytest.mark.parametrize("style", CORE_STYLES)
def test_what_is_written_is_read_back(style: str) -> None:
    for value in numbers():
        assert_read_back(CORE_STYLES[style](value), value)


def test_counts_with_thousands_are_read_back_as_whole_numbers() -> None:
    for count in (0, 7, 999, 1000, 1234, 12_345, 999_999, 1_000_000, 123_456_789):
        assert read_number(f"{count:,}", whole=True) == count
