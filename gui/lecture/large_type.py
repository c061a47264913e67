"""Fonts and colours of the text beside the stage, which is larger than elsewhere."""

from __future__ import annotations

import re
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel

from gui.text.reading_direction import reading
from gui.theme.theme import in_hall, sized

CLEARLY = 1.3
_SYMBOL = re.compile(
    r"\b([A-Za-zδσ])\[([A-Za-z0-9]{1,3}(?: ?[−+-] ?1)?)\](?:_([A-Za-z0-9]{1,3})|([₀-₉ᵢⱼₖ]+))?"
)
_POWER = re.compile(r"([\w)])\^(?:\(([^()]+)\)|([−-]?\w+(?:\.\d+)?))")
_LEFT_TO_RIGHT, _END = "\u2066", "\u2069"  # Unicode's isolates
_SIGN = r"A-Za-z0-9Α-Ωα-ω₀-₉⁰¹²³⁴-⁹ᵢⱼₖ∂Σ√∞′ŷ"
_FORMULA = re.compile(rf"[(\[−+-]*[{_SIGN}](?:[{_SIGN}\s()\[\]{{}}^_=≈<>≤≥+−·×*/|.,:%–-]*[{_SIGN})\]%′])?")
_FULL = str.maketrans("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖ", "0123456789ijk")


def larger(times: float, *, bold: bool = False) -> QFont:
    """Return the font of text, enlarged by ``times``.

    In presentation mode, where text is large already, slightly different sizes are those of text.
    """
    made = sized("text")
    made.setPointSizeF(made.pointSizeF() * (1.0 if in_hall() and times < CLEARLY else times))
    if bold:
        made.setWeight(QFont.Weight.Bold)
    return made


def coloured(label: QLabel, colour: str) -> None:
    """Set the text colour of a label."""
    label.setStyleSheet(f"color: {colour};")


def write(label: QLabel, text: str) -> None:
    """Set a text in which symbols such as W[l]_ij and δ[2]₁ get superscripts and subscripts.

    Its direction is its own, whatever that of the window is.
    """
    shown, direction = isolated(text), reading(text)
    html = marked(shown)
    plain = html == escape(shown, quote=False)
    if direction == Qt.LayoutDirection.RightToLeft and not plain:
        html = f'<div dir="rtl">{html}</div>'
    label.setLayoutDirection(direction)
    label.setTextFormat(Qt.TextFormat.PlainText if plain else Qt.TextFormat.RichText)
    label.setText(shown if plain else html)
    label.setAccessibleName(text)


def isolated(text: str) -> str:
    """Return a text in which, if it runs from right to left, numbers and formulas run from left to right."""
    if reading(text) == Qt.LayoutDirection.LeftToRight:
        return text
    return _FORMULA.sub(lambda found: f"{_LEFT_TO_RIGHT}{found[0]}{_END}", text)


def marked(text: str) -> str:
    """Return a text as rich text: layers and powers as superscripts, neurons as subscripts."""
    html = _SYMBOL.sub(_symbol_html, escape(text, quote=False).replace("\n", "<br>"))
    return _POWER.sub(lambda found: f"{found[1]}<sup>{found[2] or found[3]}</sup>", html)


def _symbol_html(found: re.Match[str]) -> str:
    letter, layer, below = found[1], found[2], found[3] or (found[4] or "").translate(_FULL)
    lower = f"<sub>{below}</sub>" if below else ""
    return f"<i>{letter}</i><sup>[{layer}]</sup>{lower}"
