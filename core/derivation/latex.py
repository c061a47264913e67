"""A worked solution as a LaTeX document that compiles as it is (`article` with `amsmath`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

from .. import number_style
from ..language import tr
from ..outside_text import harmless
from .expressions import Equation, Solution, Symbol
from .writer import SPACE, Script, Writer, plain, rows, written

COLUMNS = 88  # width of a line, in digits
BLOCK = 30  # lines per aligned block
LETTERS = {
    "δ": r"\delta",
    "η": r"\eta",
    "σ": r"\sigma",
    "μ": r"\mu",
    "ρ": r"\rho",
    "ε": r"\epsilon",
    "β": r"\beta",
    "λ": r"\lambda",
    "α": r"\alpha",
    "π": r"\pi",
    "θ": r"\theta",
}
SIGNS = {">": ">", "<": "<", "≥": r"\ge", "≤": r"\le"}
KNOWN = {name: f"\\{name}" for name in ("cos", "ln", "max", "min", "sin", "tanh")}
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "“": "``",
    "”": "''",
    "’": "'",
    "−": "$-$",
    "—": "---",
    "…": r"\dots{}",
    "≤": r"$\le$",
    "²": "$^2$",
    "³": "$^3$",
    "·": r"$\cdot$",
    "₁": "$_1$",
    "₂": "$_2$",
    **{character: f"\\{character}" for character in "#$%&_{}"},
    **{character: f"${command}$" for character, command in LETTERS.items()},
}
RELATIONS = {"←": r"\leftarrow", "≈": r"\approx"}
SCRIPTS = re.compile(r"(?:_\{([^{}]*)\}\^\{([^{}]*)\}|[_^]\{([^{}]*)\})")
FRACTION = re.compile(r"/\{([^{}]*)\}\{([^{}]*)\}")
HEAD = r"""\documentclass[10pt,fleqn]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage[a4paper,margin=20mm]{geometry}
\usepackage{amsmath}
\allowdisplaybreaks
\setlength{\mathindent}{0pt}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt}
\raggedright
\begin{document}
"""


class LatexScript(Script):
    """Formulas in LaTeX with amsmath."""

    minus, times, beside, infinity = "-", r"\cdot ", "\x1e\\,", r"\infty"

    def symbol(self, symbol: Symbol) -> str:
        """Return a letter with its neurons as subscript and its layer in brackets as superscript."""
        below = self.below(symbol)
        letter = LETTERS.get(symbol.letter, symbol.letter)
        letter = f"\\hat {letter}" if symbol.mark == "hat" else letter
        text = letter + (f"_{{{below}}}" if below else "")
        above = ("\\prime" if symbol.mark == "prime" else "") + (
            "" if symbol.layer is None else f"[{symbol.layer}]"
        )
        text += f"^{{{above}}}" if above else ""
        return f"\\frac{{\\partial J}}{{\\partial {text}}}" if symbol.mark == "slope" else text

    def number(self, text: str) -> str:
        """Return a number, with a power of ten if it has one."""
        figures, _, exponent = text.partition("e")
        return f"{{{figures}\\cdot 10^{{{exponent}}}}}" if exponent else figures

    def sum_over(self, index: str) -> str:
        """Return the summation sign with its index."""
        return f"\\sum_{{{index}}}" if index else "\\sum "

    def quotient(self, above: str, below: str, slashed: str) -> str:
        """Return a fraction; if it is too wide for the page, with a slash, so that it can be broken."""
        wide = max(size(above), size(below)) > COLUMNS // 2
        return slashed if wide else plain(f"\\frac{{{above}}}{{{below}}}")

    def power(self, base: str, exponent: str) -> str:
        """Return a power; a base with a superscript is put in parentheses."""
        if base.startswith("\\frac"):
            base = f"\\left({base}\\right)"
        elif "^" in base and not base.endswith(")"):
            base = f"({base})"
        return f"{plain(base)}^{{{plain(exponent)}}}"

    def function(self, name: str | Symbol, arguments: str) -> str:
        """Return a function with its arguments in parentheses."""
        if name == "exp":
            return plain(f"e^{{{arguments}}}")
        if name == "sqrt":
            return plain(f"\\sqrt{{{arguments}}}")
        if name == "abs":
            return f"\\lvert {arguments}\\rvert "
        if isinstance(name, Symbol):
            return f"{self.symbol(name)}({arguments})"
        plain_name = name.rstrip("′")
        known = KNOWN.get(plain_name, f"\\operatorname{{{escaped(plain_name)}}}")
        return f"{known}{chr(39) * (len(name) - len(plain_name))}({arguments})"

    def cases(self, then: str, left: str, sign: str, right: str, otherwise: str) -> str:
        """Return both cases on one line, with words between them."""
        if_, else_ = self.words(tr("if")), self.words(tr("else"))
        return f"{then}\\text{{ {if_} }}{left}{SIGNS[sign]} {right}\\text{{ {else_} }}{otherwise}"

    def relation(self, sign: str) -> str:
        """Return the relation sign, as a command if it has one."""
        return RELATIONS.get(sign, sign)

    def words(self, text: str) -> str:
        """Return text, escaped for LaTeX."""
        return escaped(text)

    def inline(self, marked: str) -> str:
        """Return a formula in inline mathematics."""
        return f"${plain(marked)}$"


SCRIPT: Script = LatexScript()
WRITER = Writer(SCRIPT)


def size(latex: str) -> int:
    """Return the approximate width of a formula in digits, an upper estimate."""
    text = re.sub(r"\\(?:operatorname|text|hat|left|right|,)", "", plain(latex))
    text = re.sub(r"\\(?:cdot|times|sum|quad) ?", "xx", text).replace(r"\frac", "/")
    text = re.sub(r"\\[A-Za-z]+ ?|\\.", "x", text)
    before = ""
    while text != before:
        before = text
        narrower = SCRIPTS.sub(lambda found: "x" * ceil(0.7 * max(map(len, found.groups("")))), text)
        narrower = FRACTION.sub(lambda found: max(found.groups(), key=len) + "x", narrower)
        text = narrower if narrower != text else re.sub(r"\{([^{}]*)\}", r"\1", text)
    return len(text)


def escaped(text: str) -> str:
    """Return text escaped for LaTeX; characters missing in its fonts become question marks."""
    return "".join(
        SPECIAL.get(character, character if _printed(character) else "?") for character in harmless(text)
    )


def _printed(character: str) -> bool:
    return character.isascii() or ("À" <= character <= "ÿ" and character not in "×÷")


def as_latex(solution: Solution, digits: int | None = None) -> str:
    """Return the solution as a whole LaTeX document, ending with a newline.

    Numbers have ``digits`` significant digits (None: as many as is set), and more where the shown result
    would not follow from them.
    """
    return HEAD + "\n".join(_body(solution, digits or number_style.digits())) + "\n\\end{document}\n"


def _body(solution: Solution, digits: int) -> Iterator[str]:
    yield f"\\section*{{{escaped(solution.title)}}}"
    yield from (f"{WRITER.said(paragraph, digits)}\n" for paragraph in solution.paragraphs)
    for section in solution.sections:
        yield f"\\section{{{escaped(section.title)}}}"
        yield from (f"{WRITER.said(paragraph, digits)}\n" for paragraph in section.paragraphs)
        for start in range(0, len(section.lines), BLOCK):
            yield aligned(section.lines[start : start + BLOCK], digits)


def aligned(lines: tuple[Equation, ...], digits: int) -> str:
    """Return lines in one `align*`, aligned at their relations; long ones take several rows."""
    strings = [written(line, WRITER, digits) for line in lines]
    lefts = [plain(string.left) for string in strings]
    column = max(map(size, lefts)) + 1
    found = []
    for string, left in zip(strings, lefts, strict=True):
        parts = string.parts
        if string.note:
            parts[-1] += f"{SPACE}\\quad\\text{{({WRITER.said(string.note, digits)})}}"
        for k, row in enumerate(rows(parts, COLUMNS, column, size)):
            inset = "" if row.opens else r"\quad {}"
            found.append(f"{left if k == 0 else ''} &{inset}{row.text}")
    return "\\begin{align*}\n" + " \\\\\n".join(found) + "\n\\end{align*}"
