"""Shows text from outside literally where Qt might interpret it as markup."""

from __future__ import annotations

import re
from html import escape
from unicodedata import bidirectional

from core.outside_text import harmless

APART, END = "\u2068", "\u2069"
"""Unicode's isolates: marks around a text with its own direction."""
FORBIDDEN_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')


def plain(text: str) -> str:
    """Return a text for a label, a tooltip or a message box that detects markup automatically.

    What Qt might take for markup is escaped; everything else is unchanged.
    """
    text = harmless(text)
    if "<" not in text and "&" not in text:
        return text
    return f"<span>{escape(text).replace(chr(10), '<br>')}</span>"


def window_title(text: str) -> str:
    """Return a text for a window title, in which Qt would take “[*]” for the mark of unsaved changes.

    A right-to-left text is isolated, so that what follows it stays in place.
    """
    shown = harmless(text).replace("[*]", "[*][*]")
    from_right = any(bidirectional(letter) in ("R", "AL") for letter in shown)
    return f"{APART}{shown}{END}" if from_right else shown


def file_name(title: str) -> str:
    """Return a title as a file name, without characters that lead to another folder."""
    return FORBIDDEN_IN_NAMES.sub("-", title).strip(". ")[:100]
