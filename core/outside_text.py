"""Make text from files, file names and the command line safe to show, and paths safe to ask for.

Such text may contain control characters that a terminal obeys, characters that reverse the writing direction,
or megabytes of data. Invisible control characters are replaced by visible ones; letters, accents, joiners and
emoji are kept.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Literal

UNKNOWN = "\ufffd"
LONGEST_LINE, LONGEST_QUOTE, LONGEST_SENTENCE = 200, 80, 1200
ELLIPSIS = "…"

# C0 and C1 controls, bidirectional overrides and isolates, line separators, the byte-order mark, surrogates,
# and tag characters.
_SPACES = "\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029"
_INVISIBLE = "\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f"
_COMMANDS = re.compile(f"[\x00-\x08\x0b-\x1f{_INVISIBLE}]")
_BEYOND_JSON = re.compile(f"[{_INVISIBLE}]")
_ESCAPES = re.compile(r"\\(?:u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|u([0-9a-f]{4})|.)", re.IGNORECASE)
_SHORT = {"\\r": "\\n", "\\f": "\\n", "\\b": "\\t"}
_BREAKS = re.compile(f"[{_SPACES} ]+")
_QUOTED = re.compile("“([^“”]*)”")


def harmless(text: str) -> str:
    """Return the text with control characters made visible; its length, line breaks and tabs are kept."""
    return _COMMANDS.sub(lambda found: _sign(found[0]), text)


def harmless_json(text: str) -> str:
    """Return JSON text with control characters in its strings made visible; all columns are kept."""
    if "\\" in text:
        text = _ESCAPES.sub(_harmless_escape, text)
    if text.isascii() and "\x7f" not in text:
        return text
    return _BEYOND_JSON.sub(lambda found: _sign(found[0]), text)


def one_line(text: str, most: int = LONGEST_LINE) -> str:
    """Return the text on one line, harmless, and at most ``most`` characters long."""
    few = text[: 4 * most]  # so that a text of megabytes is not processed whole
    return _shortened(harmless(_BREAKS.sub(" ", few)).strip(), most)


def sentence(text: str) -> str:
    """Return a message that quotes outside text as one line, with each quotation “…” shortened.

    Text is cut in the middle, because a message ends with its remedy and a path with its file name.
    """
    line = harmless(_BREAKS.sub(" ", _without_middle(text, 100 * LONGEST_SENTENCE))).strip()
    line = _QUOTED.sub(lambda found: f"“{_without_middle(found[1], LONGEST_QUOTE)}”", line)
    return _without_middle(line, LONGEST_SENTENCE)


class OneSentenceError(ValueError):
    """An error described in one sentence, in which quoted outside text is harmless."""

    def __init__(self, text: str) -> None:
        super().__init__(sentence(text))


def _harmless_escape(found: re.Match[str]) -> str:
    """Return the JSON escape itself, or one of the same length for a visible character."""
    high, low, code = found.groups()
    if high:
        pair = 0x10000 + ((int(high, 16) & 0x3FF) << 10 | int(low, 16) & 0x3FF)
        return f"\\u{ord(UNKNOWN):04x}" * 2 if _COMMANDS.match(chr(pair)) else found[0]
    if code and not 0xD800 <= int(code, 16) < 0xE000 and _COMMANDS.match(chr(int(code, 16))):
        return f"\\u{ord(_sign(chr(int(code, 16)))):04x}"
    return _SHORT.get(found[0], found[0])


def _sign(character: str) -> str:
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else UNKNOWN


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + ELLIPSIS


def _without_middle(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    last = most // 3
    return text[: most - 1 - last].rstrip() + ELLIPSIS + text[-last:].lstrip()


def what_is_at(path: Path) -> Literal["", "file", "folder", "device"]:
    """Return what lies at a path from outside; empty: nothing, or nothing that can be reached.

    Unlike the methods of a path it never raises, even for a name that is too long for any file.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return ""
    return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "device"
