"""Text from outside, such as a title in a file or a name on the command line, made safe to show.

Such a text may hold what commands a terminal, turns the direction of what follows, or fills the screen.
What is invisible there becomes a visible sign; letters, accents, joiners and emoji stay as they are.
"""

from __future__ import annotations

import re

UNKNOWN = "\ufffd"
LONGEST_LINE, LONGEST_QUOTE, LONGEST_SENTENCE = 200, 80, 1200
ELLIPSIS = "…"

# C0 and C1 controls, direction overrides and isolates, line separators, the mark of byte order, halves
# of a character, and tags, which are invisible letters.
_SPACES = "\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029"
_INVISIBLE = "\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f"
_COMMANDS = re.compile(f"[\x00-\x08\x0b-\x1f{_INVISIBLE}]")
_BEYOND_JSON = re.compile(f"[{_INVISIBLE}]")
_ESCAPES = re.compile(r"\\(?:u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|u([0-9a-f]{4})|.)", re.IGNORECASE)
_SHORT = {"\\r": "\\n", "\\f": "\\n", "\\b": "\\t"}
_BREAKS = re.compile(f"[{_SPACES} ]+")
_QUOTED = re.compile("“([^“”]*)”")


def harmless(text: str) -> str:
    """Return a text of as many characters, those that command visible; line breaks and tabs stay."""
    return _COMMANDS.sub(lambda found: _sign(found[0]), text)


def harmless_json(text: str) -> str:
    """Return the text of a JSON file with all its strings harmless, each character at its column."""
    if "\\" in text:
        text = _ESCAPES.sub(_harmless_escape, text)
    if text.isascii() and "\x7f" not in text:
        return text
    return _BEYOND_JSON.sub(lambda found: _sign(found[0]), text)


def one_line(text: str, most: int = LONGEST_LINE) -> str:
    """Return a text that is harmless, on one line, and at most so many characters long."""
    few = text[: 4 * most]  # so that a text of megabytes is not gone through
    return _shortened(harmless(_BREAKS.sub(" ", few)).strip(), most)


def sentence(text: str) -> str:
    """Return a sentence about something from outside on one line; each quotation “…” is kept short.

    What is left out is in the middle: a sentence ends with its cure, and a path with its name.
    """
    line = harmless(_BREAKS.sub(" ", _without_middle(text, 100 * LONGEST_SENTENCE))).strip()
    line = _QUOTED.sub(lambda found: f"“{_without_middle(found[1], LONGEST_QUOTE)}”", line)
    return _without_middle(line, LONGEST_SENTENCE)


class OneSentenceError(ValueError):
    """What is wrong, in one sentence; what it quotes from outside cannot harm who reads it."""

    def __init__(self, text: str) -> None:
        super().__init__(sentence(text))


def _harmless_escape(found: re.Match[str]) -> str:
    """Return a JSON escape, or one of the same length for a sign that can be seen."""
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
