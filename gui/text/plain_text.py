"""Shows text from outside literally where Qt might interpret it as markup."""

from __future__ import annotations

import re
from html import escape

from core.outside_text import harmless

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
    """Return a text for a window title, in which Qt would take “[*]” for the mark of unsaved changes."""
    return harmless(text).replace("[*]", "[*][*]")


def file_name(title: str) -> str:
    """Return a title as a file name, without characters that lead to another folder."""
    return FORBIDDEN_IN_NAMES.sub("-", title).strip(". ")[:100]
