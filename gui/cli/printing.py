"""Printing to the terminal; control characters in untrusted text are made harmless."""

from __future__ import annotations

import sys
from typing import TextIO

from core.outside_text import LONGEST_SENTENCE, harmless, one_line


def say(text: str) -> None:
    """Print lines to standard output; as UTF-8 if the terminal's encoding lacks a character."""
    _write(sys.stdout, harmless(text) + "\n")


def complain(text: str) -> None:
    """Print an error message to standard error."""
    _write(sys.stderr, f"glassnet: {one_line(text, LONGEST_SENTENCE)}\n")


def rewrite(text: str) -> None:
    """Replace the present line of standard error, if that is a terminal, without a line break."""
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
