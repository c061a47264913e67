"""Types of command-line arguments: each converts a text, or raises ArgumentTypeError."""

import argparse


def number(text: str, least: int, most: int) -> int:
    """Return a whole number from ``least`` to ``most``. Raises ArgumentTypeError."""
    if not text.isdecimal() or not least <= int(text[:20]) <= most:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from {least} to {most}")
    return int(text)


def count(text: str) -> int:
    """Return a count, from 0."""
    return number(text, 0, 10**12)


def build(text: str) -> int | None:
    """Return the number of a build; None: all builds."""
    return None if text == "all" else count(text)


def positive(text: str) -> float:
    """Return a positive number, such as a length or a factor."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.1 <= found <= 1000:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from 0.1 to 1000")
    return found


def width(text: str) -> int:
    """Return a text width in columns."""
    return number(text, 40, 10_000)


def digits(text: str) -> int:
    """Return a number of significant digits."""
    return number(text, 1, 15)


def seed(text: str) -> int:
    """Return the seed of a random generator."""
    return number(text, 0, 2**32 - 1)


def size(text: str) -> tuple[int, int]:
    """Return width and height in pixels, written as WxH."""
    width, _, height = text.partition("x")
    return number(width, 320, 8000), number(height, 240, 8000)


def processes(text: str) -> int:
    """Return a number of processes."""
    return number(text, 1, 256)
