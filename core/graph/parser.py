"""The parser of expressions: ``parse("x**2 * y / z")`` returns a computational graph.

Intermediate values can be named, each on a line of its own or before a semicolon: ``q = x + y; f = q*z``. The
last line is the result.

The grammar, from loosest to tightest; ``**`` binds tighter than a preceding minus, and is right-associative:

    text     = line ((";" | end of line) line)*
    line     = [name "="] sum
    sum      = product (("+" | "-") product)*
    product  = signed (("*" | "/") signed)*
    signed   = "-" signed | [number] power
    power    = atom ["**" signed | raised digits]
    atom     = number | variable | constant | function "(" sum ("," sum)* ")"
             | "(" sum ")" | "|" sum "|" | "√" atom

``e``, ``pi`` and ``π`` are constants. ``^`` means ``**``; the printed signs − × · ÷, ``x²``, ``√x``,
``|x|``, ``2x``, ``w₀`` (which is w0), ``ln`` and ``σ`` are understood. Ambiguous notation such as
``1/2x`` is refused. Text is never evaluated as code; its length and nesting are limited.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import chain, count
from typing import NamedTuple

from .. import outside_text
from ..language import tr, translatable
from ..nn.activations import ACTIVATIONS
from ..nn.ops import FUNCTIONS, OPERATORS, Module
from .autodiff import Graph, Node

MOST_CHARACTERS = 1000
MOST_DEPTH = 50

CALLABLE: dict[str, Module] = {
    **{name: OPERATORS[name] for name in ("max", "min")},
    **{name: entry.module() for name, entry in FUNCTIONS.items()},
    **{name: entry.module() for name, entry in ACTIVATIONS.items() if not entry.layerwide},
}

SYNONYMS = {"ln": "log", "σ": "sigmoid", **{entry.symbol: name for name, entry in ACTIVATIONS.items()}}
CONSTANTS = {"e": math.e, "pi": math.pi, "π": math.pi}
LATIN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
LOWERED_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")

_SUMS = {"+": "add", "-": "subtract"}
_PRODUCTS = {"*": "multiply", "/": "divide"}
_SAME_SIGN = {"^": "**", "−": "-", "×": "*", "·": "*", "⋅": "*", "÷": "/", "\n": ";"}
_INSTEAD = {
    "[": "“(”",
    "]": "“)”",
    "{": "“(”",
    "}": "“)”",
    "%": "“/100”",
    "∞": "a number",
    "!": translatable("the product"),
    "°": "“*pi/180”",
    "∂": translatable("the function; its derivatives follow"),
}
_TOKEN = re.compile(
    r"[^\S\n]*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-zΑ-Ωα-ω_][A-Za-zΑ-Ωα-ω_0-9₀-₉]*)|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<sign>\*\*|[-+*/^(),|√−×·⋅÷=;\n]))"
)
_OPEN = {*_SUMS, *_PRODUCTS, "**", "(", ",", "√", "=", ";"}
"""The signs after which a line goes on, so that its end is only a space."""


class ExpressionError(ValueError):
    """An expression that cannot be parsed: ``column`` counts from 1, ``sentence`` says what is wrong."""

    def __init__(self, column: int, sentence: str) -> None:
        self.column, self.sentence = column, outside_text.sentence(sentence)
        super().__init__(f"column {column}: {self.sentence}")


class _Token(NamedTuple):
    kind: str
    text: str
    column: int


def parse(text: str) -> Graph:
    """Return the graph of an expression; its last node is the result. Raises ExpressionError.

    What the text does not name is named as on the slides: the result f, intermediate values q if there is
    one, else v, u, … in the order of computation, skipping the names that are taken.
    """
    parser = _Parser(_tokens(text))
    result = parser.whole()
    return Graph(_named(*_needed(parser.nodes, parser.names, result)))


def _tokens(text: str) -> list[_Token]:
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(
            MOST_CHARACTERS + 1,
            tr(
                "the expression goes on beyond {most} characters; shorten it.",
                most=MOST_CHARACTERS,
            ),
        )
    text = text.translate(LATIN_DIGITS).replace("٫", ".")
    tokens: list[_Token] = []
    place, end, opened = 0, len(text.rstrip()), 0
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            at = place + len(text[place:]) - len(text[place:].lstrip())
            write = f"; write {_INSTEAD[text[at]]}" if text[at] in _INSTEAD else ""
            raise ExpressionError(
                at + 1,
                tr("“{character}” does not belong in an expression{write}.", character=text[at], write=write),
            )
        kind = str(match.lastgroup)
        word = match.group(kind)
        place = match.end()
        opened += (word == "(") - (word == ")")
        if word == "\n" and (opened or not tokens or tokens[-1].text in _OPEN):
            continue
        word = word.translate(LOWERED_DIGITS) if kind == "name" else _SAME_SIGN.get(word, word)
        tokens.append(_Token(kind, word, match.start(kind) + 1))
    return [*tokens, _Token("end", "", end + 1)]


class _Parser:
    """A recursive-descent parser that appends nodes, inputs first; methods return their node's position.

    ``names`` are the names that the text gives, with the positions of their nodes.
    """

    def __init__(self, tokens: list[_Token]) -> None:
        self.nodes: list[Node] = []
        self.names: dict[str, int] = {}
        self._used: set[str] = set()
        self._tokens, self._next, self._depth = tokens, 0, 0
        self._bars = [0]  # number of open “|” within each parenthesis

    def whole(self) -> int:
        """Parse all tokens as lines, and return the position of the last one's value."""
        names: list[_Token | None] = []
        result = 0
        while not self._at_end():
            names.append(self._name())
            result = self._line(names[-1])
        if not names:
            raise ExpressionError(1, tr("the expression is empty."))
        for token in names[:-1]:
            if token is not None and token.text not in self._used:
                why = tr("{name} is not used; use it in a later line or leave it out.", name=token.text)
                raise ExpressionError(token.column, why)
        return result

    def _at_end(self) -> bool:
        """Skip semicolons, and return whether nothing is left."""
        while self._take(";"):
            pass
        return self._token.kind == "end"

    def _name(self) -> _Token | None:
        """Parse the name of a line and its equals sign, if it has one."""
        token = self._token
        if token.kind != "name" or self._ahead(1).text != "=":
            return None
        if token.text in CALLABLE or token.text in CONSTANTS or token.text == "ln":
            why = tr("{name} has a meaning already; choose another name.", name=token.text)
            raise ExpressionError(token.column, why)
        if token.text in self.names:
            why = tr("{name} is named twice; choose another name.", name=token.text)
            raise ExpressionError(token.column, why)
        self._next += 2
        return token

    def _line(self, name: _Token | None) -> int:
        first = self._token
        place = self._sum()
        if self._token.kind != "end" and self._take(";") is None:
            raise self._unexpected(tr("an operator such as + or *"))
        if name is None:
            if not self._at_end():
                why = tr("only the last line needs no name; write q = … here.")
                raise ExpressionError(first.column, why)
            return place
        if Node(name.text) in self.nodes:
            why = tr("{name} is used before it is named; put its line first.", name=name.text)
            raise ExpressionError(name.column, why)
        constant = self.nodes[place].constant
        if constant is not None and self.nodes[place].name not in CONSTANTS:
            place = self._leaf(Node(name.text, constant=constant))
        self.names[name.text] = place
        return place

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *signs: str) -> _Token | None:
        """Consume and return the next token if it is one of the signs."""
        token = self._token
        if token.kind != "sign" or token.text not in signs:
            return None
        self._next += 1
        return token

    def _sum(self) -> int:
        place = self._product()
        while token := self._take(*_SUMS):
            place = self._add(OPERATORS[_SUMS[token.text]], place, self._product())
        return place

    def _product(self) -> int:
        place = self._signed()
        while token := self._take(*_PRODUCTS):
            if token.text == "/":
                self._refuse_beside("/")
            place = self._add(OPERATORS[_PRODUCTS[token.text]], place, self._signed())
        return place

    def _signed(self) -> int:
        if self._take("-") is None:
            return self._beside()
        if self._token.kind == "number" and not self._is_raised(1) and not self._is_beside():
            return self._number("-")
        self._deeper()
        place = self._add(OPERATORS["negative"], self._signed())
        self._depth -= 1
        return place

    def _beside(self) -> int:
        """Parse a power, or a number directly before one (2x), which is their product."""
        if not self._is_beside():
            return self._power()
        number = self._number()
        return self._add(OPERATORS["multiply"], number, self._power())

    def _is_beside(self) -> bool:
        """Return whether a number stands directly before a factor here."""
        after = self._ahead(1)
        opens = after.text in ("(", "√") or (after.text == "|" and not self._bars[-1])
        return self._token.kind == "number" and (after.kind == "name" or (after.kind == "sign" and opens))

    def _refuse_beside(self, sign: str) -> None:
        """Raise an error for 1/2x and x^2y, which some read as 1/(2x) and some as (1/2)x."""
        if self._is_beside():
            number, after = self._token.text, self._ahead(1).text
            factor = after if self._ahead(1).kind == "name" else f"{after}…"
            both = f"{sign}{number}*{factor} or {sign}({number}*{factor})"
            raise ExpressionError(
                self._token.column,
                tr(
                    "“{sign}{number}{factor}” is read in two ways; write {both}.",
                    sign=sign,
                    number=number,
                    factor=factor,
                    both=both,
                ),
            )

    def _ahead(self, count: int) -> _Token:
        return self._tokens[min(self._next + count, len(self._tokens) - 1)]

    def _is_raised(self, count: int) -> bool:
        """Return whether the token ``count`` positions ahead is an exponent or “**”."""
        return self._ahead(count).text == "**" or self._ahead(count).kind == "raised"

    def _power(self) -> int:
        base = self._atom()
        if self._token.kind == "raised":
            return self._raised(base)
        if self._take("**") is None:
            return base
        self._refuse_beside("**")
        if self._is_plain_two():
            self._next += 1
            return self._add(CALLABLE["square"], base)
        self._deeper()
        exponent = self._signed()
        self._depth -= 1
        return self._to_the_power(base, exponent)

    def _raised(self, base: int) -> int:
        """Parse superscript digits, as in x²."""
        token = self._token
        self._next += 1
        if self._is_raised(0):
            raise ExpressionError(
                self._token.column, tr("a power of a power needs parentheses; write (x²)³.")
            )
        text = token.text.translate(RAISED_DIGITS)
        if text == "2":
            return self._add(CALLABLE["square"], base)
        value = float(text)
        return self._to_the_power(base, self._leaf(Node(repr(value).removesuffix(".0"), constant=value)))

    def _to_the_power(self, base: int, exponent: int) -> int:
        """Return the position of the power; e to a power is the exponential function."""
        if self.nodes[base].constant == math.e and self.nodes[base].name == "e":
            return self._add(CALLABLE["exp"], exponent)
        return self._add(OPERATORS["power"], base, exponent)

    def _is_plain_two(self) -> bool:
        return self._token.kind == "number" and float(self._token.text) == 2 and not self._is_raised(1)

    def _atom(self) -> int:
        token = self._token
        if token.kind == "number":
            return self._number()
        if token.kind == "name":
            self._next += 1
            opened = self._take("(")
            return self._call(token, opened) if opened else self._variable(token)
        if self._take("√"):
            return self._root(token)
        if self._take("|"):
            return self._absolute(token)
        if self._take("(") is None:
            raise self._unexpected(tr("a number, a variable or “(”"))
        place = self._inside()
        self._close(token)
        return place

    def _inside(self) -> int:
        """Parse the expression in parentheses."""
        self._deeper()
        self._bars.append(0)
        place = self._sum()
        self._bars.pop()
        self._depth -= 1
        return place

    def _absolute(self, opened: _Token) -> int:
        self._deeper()
        self._bars[-1] += 1
        place = self._sum()
        self._bars[-1] -= 1
        self._depth -= 1
        if self._take("|") is None:
            if self._token.kind == "end":
                raise ExpressionError(opened.column, tr("“|” is never closed; add “|”."))
            raise self._unexpected(tr("an operator or “|”"))
        return self._add(CALLABLE["abs"], place)

    def _root(self, token: _Token) -> int:
        parenthesis = self._token.text == "("
        self._deeper()
        place = self._atom()
        self._depth -= 1
        if self._is_raised(0) and not parenthesis:
            raise ExpressionError(
                token.column, tr("a root with a power is read in two ways; write √(x**2) or (√x)**2.")
            )
        return self._add(CALLABLE["sqrt"], place)

    def _close(self, opened: _Token) -> None:
        if self._take(")") is None:
            if self._token.kind == "end":
                raise ExpressionError(
                    opened.column, tr("“{opened}” is never closed; add “)”.", opened=opened.text)
                )
            if self._token.text == ";":
                raise ExpressionError(self._token.column, tr("between values stands a comma; write “,”."))
            raise self._unexpected(tr("an operator or “)”"))

    def _number(self, sign: str = "") -> int:
        token = self._token
        self._next += 1
        value = float(sign + token.text)
        if not math.isfinite(value):
            raise ExpressionError(token.column, tr("the number is too large."))
        return self._leaf(Node(repr(value).removesuffix(".0"), constant=value))

    def _variable(self, token: _Token) -> int:
        if token.text in CALLABLE or token.text == "ln":
            raise ExpressionError(token.column, tr("{name} is a function; write {name}(…).", name=token.text))
        if token.text in self.names:
            self._used.add(token.text)
            return self.names[token.text]
        return self._leaf(constant_or_variable(token.text))

    def _leaf(self, leaf: Node) -> int:
        """Return the position of a variable or constant; each has one node, however often it is used."""
        if leaf not in self.nodes:
            self.nodes.append(leaf)
        return self.nodes.index(leaf)

    def _call(self, token: _Token, opened: _Token) -> int:
        module = CALLABLE.get(SYNONYMS.get(token.text, token.text))
        if module is None:
            known = ", ".join(sorted(CALLABLE))
            if self._is_definition():
                why = tr("a line begins with a name alone; write {name} = ….", name=token.text)
                raise ExpressionError(token.column, why)
            if token.text in ACTIVATIONS:
                why = tr(
                    "{name} gives several numbers; write one of them, as in exp(x)/(exp(x) + exp(y)).",
                    name=token.text,
                )
                raise ExpressionError(token.column, why)
            if len(token.text) == 1 or token.text in CONSTANTS:
                sentence = tr(
                    "for a product write {name}*(…); the functions are {known}.",
                    name=token.text,
                    known=known,
                )
                raise ExpressionError(token.column, sentence)
            raise ExpressionError(
                token.column,
                tr("there is no function {name}; the functions are {known}.", name=token.text, known=known),
            )
        places = [self._inside()]
        while self._take(","):
            places.append(self._inside())
        self._close(opened)
        if len(places) != module.arity:
            sentence = tr(
                "{name} takes {arity} value(s); {count} are given.",
                name=token.text,
                arity=module.arity,
                count=len(places),
            )
            raise ExpressionError(token.column, sentence)
        return self._add(module, *places)

    def _is_definition(self) -> bool:
        """Return whether what follows an opened parenthesis is its end and an equals sign, as in f(x) = x."""
        rest = [token.text for token in self._tokens[self._next :]]
        return ")" in rest and rest[rest.index(")") + 1] == "="

    def _add(self, module: Module, *inputs: int) -> int:
        self.nodes.append(Node("", module, inputs))
        return len(self.nodes) - 1

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise ExpressionError(
                self._token.column,
                tr("more than {most} levels stand in one another.", most=MOST_DEPTH),
            )

    def _unexpected(self, wanted: str) -> ExpressionError:
        token, before = self._token, self._tokens[max(self._next - 1, 0)]
        if token.text == "," and before.kind == self._ahead(1).kind == "number":
            decimal = f"{before.text}.{self._ahead(1).text}"
            return ExpressionError(
                token.column, tr("decimals stand behind a point; write {decimal}.", decimal=decimal)
            )
        found = tr("the expression ends") if token.kind == "end" else f"“{token.text}” stands"
        return ExpressionError(
            token.column, tr("{found} where {wanted} is expected.", found=found, wanted=wanted)
        )


def constant_or_variable(name: str) -> Node:
    """Return the node of a name: e, pi and π are constants, all others variables."""
    if name in CONSTANTS:
        return Node("π" if name == "pi" else name, constant=CONSTANTS[name])
    return Node(name)


def _needed(nodes: list[Node], names: dict[str, int], result: int) -> tuple[list[Node], dict[int, str]]:
    """Return the nodes that the result is computed from, the result last, and the given names by position."""
    needed = {result}
    for k in range(result, -1, -1):
        if k in needed:
            needed.update(nodes[k].inputs)
    moved = {k: place for place, k in enumerate(sorted(needed))}
    kept = [replace(nodes[k], inputs=tuple(moved[i] for i in nodes[k].inputs)) for k in moved]
    given = {moved[k]: name for name, k in reversed(names.items()) if k in moved}
    return kept, given


def _named(nodes: list[Node], given: dict[int, str]) -> tuple[Node, ...]:
    """Return the nodes with names for the result (f) and the intermediate values."""
    taken = {node.name for node in nodes if node.module is None} | {*given.values()}
    unnamed = [k for k, node in enumerate(nodes) if node.module is not None and k not in given]
    last = len(nodes) - 1
    between = len(unnamed) - (last in unnamed)
    first = "q" if between == 1 else "vuqwprsth"
    names = (name for name in [*first, *(f"v{k}" for k in range(1, len(nodes) + 1))] if name not in taken)
    result = next(name for name in chain(("f", "J"), (f"f{k}" for k in count(1))) if name not in taken)
    found = {k: result if k == last else next(names, "") for k in unnamed}
    found |= {k: name for k, name in given.items() if nodes[k].module is not None}
    return tuple(replace(node, name=found.get(k, node.name)) for k, node in enumerate(nodes))
