"""Text from outside in the window: shown letter by letter, also where Qt would take it for markup."""

from __future__ import annotations

import re
from html import escape

from core.outside_text import harmless

FORBIDDEN_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')


def plain(text: str) -> str:
    """Return a text for a label, a tooltip or a question that guesses whether it is given markup.

    What may look like markup comes back as markup that shows it as it is; all else is unchanged.
    """
    text = harmless(text)
    if "<" not in text and "&" not in text:
        return text
    return f"<span>{escape(text).replace(chr(10), '<br>')}</span>"


def window_title(text: str) -> str:
    """Return a text as a part of a window's title, where “[*]” would be the mark of unsaved changes."""
    return harmless(text).replace("[*]", "[*][*]")


def file_name(title: str) -> str:
    """Return a title as the name of a file, which leads to no other folder."""
    return FORBIDDEN_IN_NAMES.sub("-", title).strip(". ")[:100]
