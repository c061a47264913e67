"""Numbers formatted for display."""

import math

import numpy as np
import pytest

from gui.widgets.number_format import short


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-1.4, "−1.40"),
        (0.0873, "0.0873"),
        (120000, "1.20e5"),
        (5.7, "5.70"),
        (250.3, "250"),
        (9.996, "10.0"),
        (-0.5, "−0.50"),
        (1e-10, "1e−10"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
    ],
)
def test_short_numbers_are_written_as_the_lecture_writes_them(value: float, text: str) -> None:
    assert short(value) == text


def test_a_short_number_has_at_most_six_characters_and_the_right_value() -> None:
    generator = np.random.default_rng(0)
    for value in generator.normal(0, 1, 4000) * 10.0 ** generator.uniform(-12, 12, 4000):
        text = short(value)
        assert len(text) <= 6
        assert "-" not in text
        assert float(text.replace("−", "-")) == pytest.approx(value, rel=0.5)


def test_a_number_between_a_hundredth_and_a_thousand_is_true_to_two_digits() -> None:
    for value in np.random.default_rng(1).uniform(0.01, 999, 2000):
        assert float(short(value)) == pytest.approx(value, rel=0.05)


def test_with_a_step_the_change_is_seen() -> None:
    generator = np.random.default_rng(2)
    for value in generator.uniform(0.1, 3, 500):
        step = 10 ** generator.uniform(-4, -1)
        assert short(value, step) != short(value + step, step)


def test_with_a_step_there_are_at_most_seven_characters() -> None:
    generator = np.random.default_rng(3)
    for value in generator.normal(0, 1, 2000) * 10.0 ** generator.uniform(-6, 6, 2000):
        assert len(short(value, abs(value) * 1e-9)) <= 7
