"""Numbers among the arguments of the command line, each with its bounds."""

from __future__ import annotations

import argparse


def number(text: str, least: int, most: int) -> int:
    """Return a whole number from ``least`` to ``most``. Raises ArgumentTypeError."""
    if not text.isdecimal() or not least <= int(text[:20]) <= most:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from {least} to {most}")
    return int(text)


def count(text: str) -> int:
    """Return how many: a whole number from 0 on."""
    return number(text, 0, 10**12)


def build(text: str) -> int | None:
    """Return the number of a build; None for all of them."""
    return None if text == "all" else count(text)


def positive(text: str) -> float:
    """Return a number from 0.1 to 1000."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from 0.1 to 1000")
    return number


def width(text: str) -> int:
    """Return the width of a text in columns."""
    return number(text, 40, 10_000)


def digits(text: str) -> int:
    """Return a number of significant digits."""
    return number(text, 1, 15)


def seed(text: str) -> int:
    """Return a seed of random numbers."""
    return number(text, 0, 2**32 - 1)


def size(text: str) -> tuple[int, int]:
    """Return a width and a height in pixels, written WxH."""
    width, _, height = text.partition("x")
    return number(width, 320, 8000), number(height, 240, 8000)
