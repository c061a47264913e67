"""Names and numbers as the lab writes them: letters with their indices, short exact numbers."""

from __future__ import annotations

import re
from html import escape
from math import isfinite

from PySide6.QtCore import QCoreApplication

from core.domain import OneSided, Undefined
from core.formula_writer import SPACE
from core.notation import Expression, Leaf, Line, Symbol, Words
from gui.explain_html import HtmlScript, PlainWriter, resolved
from gui.numbers import MINUS, short

_INDEXED = re.compile(r"([^\W\d_]+)_?(\d+)")
_LAYER = re.compile(r"(\w+)\[(\d+)\](?: (.+))?")
_NUMBER = re.compile(r"-?\.?\d")
_DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LONGEST = 6
NONE = "–"  # on one side of a kink or of the end of a domain: there is no derivative
LEAST_NUMBER = f"{MINUS}0.00"  # pills keep room for it, so that they seldom move


def tr(text: str) -> str:
    """Translate a text of the lab."""
    return QCoreApplication.translate("Lab", text)


def rich(name: str) -> str:
    """Return the name of a node in rich text: w0 has an index below, W[1] its layer above."""
    if found := _LAYER.fullmatch(name):
        rows = f"<sub>{found[3]}</sub>" if found[3] else ""
        return f"<i>{found[1]}</i><sup>[{found[2]}]</sup>{rows}"
    if found := _INDEXED.fullmatch(name):
        return f"<i>{found[1]}</i><sub>{found[2]}</sub>"
    if _NUMBER.match(name):
        return name.replace("-", MINUS)
    return f"<i>{escape(name)}</i>"


def capitals(template: str, symbol: str = "") -> str:
    """Return a title in capitals, but for the ``{symbol}`` in it."""
    return template.format(symbol="\0").upper().replace("\0", symbol)


def partial(of: str, by: str) -> str:
    """Return the derivative of one node by another in rich text."""
    return f"∂{rich(of)}/∂{rich(by)}"


def brief(value: float) -> str:
    """Return a number exactly where six digits do, up to rounding; else in three significant digits."""
    value = float(value)
    if isfinite(value):
        exact = f"{value + 0.0:.6g}"
        near = abs(float(exact) - value) <= 1e-12 * abs(value)
        rounded = f"{value:#.3g}".rstrip(".")
        for text, most in ((exact if near else "e", LONGEST), (rounded, LONGEST + 1)):
            if "e" not in text and len(text.lstrip("-")) <= most:
                return "0" if not value else text.replace("-", MINUS)
    return short(value)


def because(undefined: Undefined, name: str = "") -> str:
    """Return as plain text why there is no number; ``name`` is the node that is spoken of."""
    why = tr(undefined.why).format(**undefined.fields)
    if not undefined.root or undefined.root == name:
        return why
    text = tr("{name} is {word}: {why}")
    return text.format(name=plain(undefined.root), word=tr(undefined.word), why=why)


def sides_text(sides: OneSided) -> str:
    """Return the derivatives from the left and from the right of a kink; “–” where there is none."""
    return " | ".join(NONE if side is None else fixed(side) for side in (sides.left, sides.right))


def clean(value: float) -> float:
    """Return a number to twelve digits, which is written shorter: 0.7 · 0.7 is 0.49, not 0.490."""
    return float(f"{float(value):.12g}")


def fixed(value: float, decimals: int = 4) -> str:
    """Return a number with so many decimals, as it comes from differences; very large or small: `short`."""
    value = float(value)
    if not isfinite(value) or abs(value) >= 1e5 or 10.0**-10 < abs(value) < 10.0**-decimals:
        return short(value)
    text = f"{value:.{decimals}f}"
    return text.replace("-", MINUS) if float(text) else text.lstrip("-")


def plain(name: str) -> str:
    """Return the name of a node as plain text: w0 with its index below."""
    found = _INDEXED.fullmatch(name)
    return f"{found[1]}{found[2].translate(_DOWN)}" if found else name.replace("-", MINUS)


def size_of(shape: tuple[int, ...]) -> str:
    """Return the shape of a value: rows × columns, a number 1 × 1, a vector one column."""
    rows, across = (*shape, 1, 1)[:2]
    return f"{rows} × {across}"


class _Script(HtmlScript):
    """Formulas in rich text; the symbol ∂ of two names is a derivative."""

    times = beside = f"{SPACE}· "

    def symbol(self, symbol: Symbol) -> str:
        """Return the name of a node, or a derivative."""
        if symbol.letter == "∂":
            return partial(str(symbol.below[0]), str(symbol.below[1]))
        return rich(symbol.letter)


_SCRIPT = _Script()


def derivative(of: str, by: str, value: float) -> Leaf:
    """Return the derivative of one node by another, as a number that knows its symbol."""
    return Leaf(value, Symbol("∂", (of, by)))


def written(expression: Expression, digits: int = 0) -> str:
    """Return an expression in rich text: in symbols, or in numbers of so many digits."""
    return resolved(PlainWriter(_SCRIPT, digits).write(expression))


def said(words: Words) -> str:
    """Return words with their formulas in symbols."""
    return "".join(_said(word) for word in words)


def _said(word: str | Expression | Line) -> str:
    if isinstance(word, str):
        return escape(tr(word))
    return written(word.left if isinstance(word, Line) else word)
