"""How numbers are written: digits, powers of ten, signs, shares, ticks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from core.graph.number_text import read_number
from core.number_style import (
    FEWEST_DIGITS,
    MOST_DIGITS,
    axis_text,
    count_text,
    digits,
    exact_text,
    fine_text,
    known_text,
    ratio_text,
    set_digits,
    value_text,
    widest_text,
)


@pytest.fixture(autouse=True)
def usual_digits() -> Iterator[None]:
    yield
    set_digits(FEWEST_DIGITS)


def random_values(count: int = 4000, decades: float = 12) -> list[float]:
    generator = np.random.default_rng(0)
    return (generator.normal(0, 1, count) * 10.0 ** generator.uniform(-decades, decades, count)).tolist()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-1.4, "−1.4"),
        (1.3999, "1.40"),
        (0.0873, "0.0873"),
        (0.123456, "0.123"),
        (1.5e-9, "1.5·10⁻⁹"),
        (120000, "120000"),
        (123456.7, "1.23·10⁵"),
        (1e13, "1·10¹³"),
        (250.3, "250"),
        (9.996, "10.0"),
        (0.6825 / 3, "0.228"),
        (1.7976931348623157e308, "1.80·10³⁰⁸"),
        (0.7 * 0.7, "0.49"),
        (-0.0, "0"),
        (1e-300, "0"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
    ],
)
def test_a_value_in_three_digits(value: float, text: str) -> None:
    assert value_text(value) == text


def test_a_value_is_right_in_all_its_digits_whatever_its_size() -> None:
    for count in range(FEWEST_DIGITS, MOST_DIGITS + 1):
        set_digits(count)
        for value in random_values(400):
            assert read_number(value_text(value)) == pytest.approx(value, rel=0.5001 * 10.0 ** (1 - count))


def test_the_digits_set_are_those_of_every_value_from_now_on() -> None:
    three = value_text(math.pi), ratio_text(1 / 3), widest_text()
    set_digits(6)
    assert (value_text(math.pi), ratio_text(1 / 3)) == ("3.14159", "33.3333 %")
    assert len(widest_text()) == len(three[2]) + 3
    set_digits(99)
    assert digits() == MOST_DIGITS
    set_digits(0)
    assert digits() == FEWEST_DIGITS
    assert (value_text(math.pi), ratio_text(1 / 3), widest_text()) == three


def test_usual_values_are_no_wider_than_the_widest_text() -> None:
    for value in np.random.default_rng(1).uniform(-999, 999, 2000):
        assert len(value_text(value)) <= len(widest_text())
    for value in 10 ** np.random.default_rng(1).uniform(-2, 2, 2000):
        assert len(value_text(-value)) <= len(widest_text())


def test_with_a_step_the_change_is_seen() -> None:
    generator = np.random.default_rng(2)
    for value in generator.uniform(0.1, 3, 500):
        step = 10 ** generator.uniform(-3.9, -1)
        assert value_text(value, step) != value_text(value + step, step)


def test_what_is_not_computed_is_a_dot() -> None:
    assert known_text(math.nan) == "·"
    assert known_text(math.inf) == "∞"
    for value in random_values(200):
        assert known_text(value) == value_text(value)


def test_an_exact_number_is_read_back_as_the_same_float() -> None:
    for value in random_values(decades=250):
        assert read_number(exact_text(value)) == value


@pytest.mark.parametrize(
    ("value", "text"), [(0.1, "0.1"), (1e-8, "1·10⁻⁸"), (0.1 + 0.2, "0.30000000000000004"), (200, "200")]
)
def test_an_exact_number_has_no_more_digits_than_it_needs(value: float, text: str) -> None:
    assert exact_text(value) == text


def test_a_number_to_edit_has_seven_digits() -> None:
    assert fine_text(math.pi) == "3.141593"
    assert fine_text(0.1) == "0.1"


@pytest.mark.parametrize(
    ("share", "text"),
    [(1, "100 %"), (0.9996, "100.0 %"), (0.972, "97.2 %"), (0.5, "50 %"), (0, "0 %"), (-0.125, "−12.5 %")],
)
def test_a_share_is_whole_only_where_it_is(share: float, text: str) -> None:
    assert ratio_text(share) == text


@pytest.mark.parametrize(
    ("value", "largest", "text"),
    [
        (0.30000000000000004, 1, "0.3"),
        (-2.5, 5, "−2.5"),
        (1e-12, 1, "0"),
        (20000, 60000, "20000"),
        (2e6, 6e6, "2·10⁶"),
        (2e-4, 6e-4, "2·10⁻⁴"),
    ],
)
def test_a_tick(value: float, largest: float, text: str) -> None:
    assert axis_text(value, largest) == text


def test_a_count_has_its_thousands_apart() -> None:
    assert (count_text(12345), count_text(-1000), count_text(7)) == ("12,345", "−1,000", "7")


ROLES: dict[str, Callable[[float], str]] = {
    role.__name__: role for role in (value_text, known_text, fine_text, exact_text, axis_text)
}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_one_notation(role: str) -> None:
    for value in random_values(800):
        text = ROLES[role](value)
        assert not set(text) & set("-e×*^ "), "a true minus sign, and one way to write a power of ten"
