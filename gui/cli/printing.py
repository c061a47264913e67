"""What the program prints: the one way to the terminal, which no text from outside can command."""

from __future__ import annotations

import sys
from typing import TextIO

from core.outside_text import LONGEST_SENTENCE, harmless, one_line


def say(text: str) -> None:
    """Print lines to standard output; where the terminal's encoding lacks their letters, as UTF-8."""
    _write(sys.stdout, harmless(text) + "\n")


def complain(text: str) -> None:
    """Say to standard error, in one sentence, what is wrong."""
    _write(sys.stderr, f"glassnet: {one_line(text, LONGEST_SENTENCE)}\n")


def rewrite(text: str) -> None:
    """Write over the present line of a terminal that shows standard error, and stay on it."""
    _write(sys.stderr, f"\r{one_line(text)}\033[K")


def log(text: str = "") -> None:
    """Print a line to standard error."""
    _write(sys.stderr, f"{one_line(text)}\n")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:
        stream.buffer.write(text.encode("utf-8", "replace"))
    stream.flush()
