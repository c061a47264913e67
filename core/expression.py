"""From an expression to its computational graph: ``parse("x**2 * y / z")``.

The grammar, loosest first; ``**`` binds tighter than a minus before it, and from the right:

    sum      = product (("+" | "-") product)*
    product  = signed (("*" | "/") signed)*
    signed   = "-" signed | power
    power    = atom ["**" signed]
    atom     = number | variable | function "(" sum ("," sum)* ")" | "(" sum ")"

``^`` is read as ``**``, and the printed signs − × · ÷ as what they mean. Nothing is ever evaluated as
code. Length and depth are bounded.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import chain, count
from typing import NamedTuple

from . import outside
from .activations import ACTIVATIONS
from .graph import Graph, Node
from .modules import FUNCTIONS, OPERATORS, Module

MOST_CHARACTERS = 1000
MOST_DEPTH = 50

CALLABLE: dict[str, Module] = {
    **{name: OPERATORS[name] for name in ("max", "min")},
    **{name: entry.module() for name, entry in FUNCTIONS.items()},
    **{name: entry.module() for name, entry in ACTIVATIONS.items() if not entry.layerwide},
}

_SUMS = {"+": "add", "-": "subtract"}
_PRODUCTS = {"*": "multiply", "/": "divide"}
_SAME_SIGN = {"^": "**", "−": "-", "×": "*", "·": "*", "÷": "/"}
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-zΑ-Ωα-ω_][A-Za-zΑ-Ωα-ω_0-9]*)|(?P<sign>\*\*|[-+*/^(),−×·÷]))"
)


class ExpressionError(ValueError):
    """An expression that cannot be read: ``column`` counts from 1, ``sentence`` says what is wrong."""

    def __init__(self, column: int, sentence: str) -> None:
        self.column, self.sentence = column, outside.sentence(sentence)
        super().__init__(f"column {column}: {self.sentence}")


class _Token(NamedTuple):
    kind: str
    text: str
    column: int


def parse(text: str) -> Graph:
    """Return the graph of an expression, its last node the result. Raises ExpressionError.

    The result is named f and the values between are named as on the slides: q where there is one,
    else v, u, … in the order of computation, leaving out the names of variables.
    """
    parser = _Parser(_tokens(text))
    parser.whole()
    return Graph(_named(parser.nodes))


def _tokens(text: str) -> list[_Token]:
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(
            MOST_CHARACTERS + 1,
            f"the expression goes on beyond {MOST_CHARACTERS} characters; shorten it.",
        )
    tokens: list[_Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            at = place + len(text[place:]) - len(text[place:].lstrip())
            raise ExpressionError(at + 1, f"“{text[at]}” does not belong in an expression.")
        kind = str(match.lastgroup)
        word = match.group(kind)
        tokens.append(_Token(kind, _SAME_SIGN.get(word, word), match.start(kind) + 1))
        place = match.end()
    return [*tokens, _Token("end", "", end + 1)]


class _Parser:
    """Reads tokens and appends nodes, inputs first; every method returns the place of its node."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.nodes: list[Node] = []
        self._tokens, self._next, self._depth = tokens, 0, 0

    def whole(self) -> None:
        """Read all tokens as one expression."""
        if self._token.kind == "end":
            raise ExpressionError(1, "the expression is empty.")
        self._sum()
        if self._token.kind != "end":
            raise self._unexpected("an operator such as + or *")

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *signs: str) -> _Token | None:
        """Take the next token if it is one of the signs."""
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
            place = self._add(OPERATORS[_PRODUCTS[token.text]], place, self._signed())
        return place

    def _signed(self) -> int:
        if self._take("-") is None:
            return self._power()
        if self._token.kind == "number" and self._tokens[self._next + 1].text != "**":
            return self._number("-")
        self._deeper()
        place = self._add(OPERATORS["negative"], self._signed())
        self._depth -= 1
        return place

    def _power(self) -> int:
        base = self._atom()
        if self._take("**") is None:
            return base
        if self._is_plain_two():
            self._next += 1
            return self._add(CALLABLE["square"], base)
        self._deeper()
        place = self._add(OPERATORS["power"], base, self._signed())
        self._depth -= 1
        return place

    def _is_plain_two(self) -> bool:
        token, after = self._token, self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        return token.kind == "number" and float(token.text) == 2 and after.text != "**"

    def _atom(self) -> int:
        token = self._token
        if token.kind == "number":
            return self._number()
        if token.kind == "name":
            self._next += 1
            opened = self._take("(")
            return self._call(token, opened) if opened else self._variable(token)
        if self._take("(") is None:
            raise self._unexpected("a number, a variable or “(”")
        self._deeper()
        place = self._sum()
        self._depth -= 1
        self._close(token)
        return place

    def _close(self, opened: _Token) -> None:
        if self._take(")") is None:
            if self._token.kind == "end":
                raise ExpressionError(opened.column, f"“{opened.text}” is never closed; add “)”.")
            raise self._unexpected("an operator or “)”")

    def _number(self, sign: str = "") -> int:
        token = self._token
        self._next += 1
        value = float(sign + token.text)
        if not math.isfinite(value):
            raise ExpressionError(token.column, "the number is too large.")
        return self._leaf(Node(repr(value).removesuffix(".0"), constant=value))

    def _variable(self, token: _Token) -> int:
        if token.text in CALLABLE:
            raise ExpressionError(token.column, f"{token.text} is a function; write {token.text}(…).")
        return self._leaf(Node(token.text))

    def _leaf(self, leaf: Node) -> int:
        """Return the place of a variable or constant: one node each, however often it is used."""
        if leaf not in self.nodes:
            self.nodes.append(leaf)
        return self.nodes.index(leaf)

    def _call(self, token: _Token, opened: _Token) -> int:
        module = CALLABLE.get(token.text)
        if module is None:
            known = ", ".join(sorted(CALLABLE))
            raise ExpressionError(
                token.column, f"there is no function {token.text}; the functions are {known}."
            )
        self._deeper()
        places = [self._sum()]
        while self._take(","):
            places.append(self._sum())
        self._depth -= 1
        self._close(opened)
        if len(places) != module.arity:
            sentence = f"{token.text} takes {module.arity} value(s); {len(places)} are given."
            raise ExpressionError(token.column, sentence)
        return self._add(module, *places)

    def _add(self, module: Module, *inputs: int) -> int:
        self.nodes.append(Node("", module, inputs))
        return len(self.nodes) - 1

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise ExpressionError(self._token.column, f"more than {MOST_DEPTH} levels stand in one another.")

    def _unexpected(self, wanted: str) -> ExpressionError:
        token = self._token
        found = "the expression ends" if token.kind == "end" else f"“{token.text}” stands"
        return ExpressionError(token.column, f"{found} where {wanted} is expected.")


def _named(nodes: list[Node]) -> tuple[Node, ...]:
    """Return the nodes with the results named: f the last, and those between."""
    taken = {node.name for node in nodes if node.module is None}
    between = sum(node.module is not None for node in nodes) - 1
    first = "q" if between == 1 else "vuqwprsth"
    names = (name for name in [*first, *(f"v{k}" for k in range(1, len(nodes) + 1))] if name not in taken)
    result = next(name for name in chain(("f", "J"), (f"f{k}" for k in count(1))) if name not in taken)
    named = [node if node.module is None else replace(node, name=next(names, "")) for node in nodes[:-1]]
    last = nodes[-1] if nodes[-1].module is None else replace(nodes[-1], name=result)
    return (*named, last)
