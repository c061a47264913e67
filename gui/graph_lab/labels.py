"""The texts of the nodes and pills of a graph at the present step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.arrays import Array
from core.graph.domain import Undefined
from core.number_style import HIDDEN, NOT_COMPUTED
from gui.graph_lab.formulas import LEAST_NUMBER, node_text, partial, rich
from gui.graph_lab.layered_layout import Edge
from gui.graph_lab.scalar_explanations import formula_html
from gui.graph_lab.stepper import Stepper

BRIEF = 2  # significant digits
LONG_SYMBOL = 10  # letters, from which on a symbol is written in two rows


@dataclass(frozen=True)
class LabelStyle:
    """The amount of text: ``side`` of the nodes, ``names`` in the pills, and ``captions`` below modules.

    Captions are "formula", "name" or none; ``tight``: all labels are small;
    ``brief``: numbers have two digits.
    """

    side: float
    names: bool
    captions: str = "name"
    tight: bool = False
    brief: bool = False


@dataclass(frozen=True)
class Pill:
    """The contents of a pill: rich text, the sign of its number, and whether it is known yet."""

    html: str
    negative: bool
    gradient: bool
    known: bool = True


class Labels:
    """The texts of a graph in one style. Node ``count`` is the output circle, without a value of its own."""

    def __init__(self, stepper: Stepper, style: LabelStyle) -> None:
        self.stepper, self.style = stepper, style
        nodes = stepper.graph.nodes
        self.count, self.output = len(nodes), nodes[-1].name
        self.inputs: tuple[tuple[int, ...], ...] = (*(node.inputs for node in nodes), (self.count - 1,))

    # -- nodes -------------------------------------------------------------------------------------------

    def is_box(self, k: int) -> bool:
        """Return whether node k is drawn as a module."""
        return k < self.count and self.stepper.graph.nodes[k].module is not None

    def is_constant(self, k: int) -> bool:
        """Return whether node k is a constant, which needs no gradient."""
        return k < self.count and self.stepper.graph.nodes[k].constant is not None

    def label(self, k: int) -> str:
        """Return the text in node k: the symbol of its module, or its name."""
        node = self.stepper.graph.nodes[min(k, self.count - 1)]
        if node.module is None or k == self.count:
            return rich(node.name)
        symbol = node.module.symbol
        return symbol.replace(" ", "<br>", 1) if len(symbol) > LONG_SYMBOL else symbol

    def role(self, k: int) -> str:
        """Return the font of the label of node k."""
        long = self.is_box(k) and len(self.label(k)) > LONG_SYMBOL / 2
        return "tight" if self.is_constant(k) or long or self.style.tight else "name"

    def caption(self, k: int) -> str:
        """Return the text below node k."""
        if not self.is_box(k) or not self.style.captions:
            return ""
        if self.style.captions == "formula" and self.stepper.scalar:
            return formula_html(self.stepper, k)
        return rich(self._name(k))

    def is_summed(self, k: int) -> bool:
        """Return whether the gradient by node k is a sum, which is shown below the node."""
        return k < self.count and len(self.stepper.uses[k]) > 1 and not self.is_constant(k)

    def total(self, k: int) -> Pill | None:
        """Return the gradient below node k; None: there is none, or it is incomplete."""
        gradient = self.stepper.gradient(k) if self.is_summed(k) else None
        return None if gradient is None else self._gradient(k, gradient, self.stepper.no_gradient(k))

    def widest_total(self, k: int) -> str:
        """Return a text at least as wide as the gradient below node k."""
        return self._named_gradient(
            k, self._widest(self.stepper.final.gradients[k], self.stepper.no_gradient(k))
        )

    # -- edges -------------------------------------------------------------------------------------------

    def source(self, edge: Edge) -> int:
        """Return the node whose value an edge carries."""
        return self.inputs[edge[0]][edge[1]]

    def value(self, edge: Edge) -> Pill:
        """Return the value on an edge; a dot, if it is not computed yet."""
        source = self.source(edge)
        value = self.stepper.values[source]
        if self.stepper.hides(source, "value") and value is not None and self.is_box(source):
            return Pill(self._named(edge, HIDDEN), False, False)
        if value is None:
            return Pill(self._named(edge, NOT_COMPUTED), False, False, known=False)
        undefined = self.stepper.no_value(source)
        text = self._number(value, undefined)
        return Pill(self._named(edge, text), _negative(value), False, undefined is None)

    def gradient(self, edge: Edge) -> Pill | None:
        """Return the gradient passed back along an edge; None: not yet."""
        stepper, k = self.stepper, edge[0]
        came = stepper.at > stepper.end_of_forward if k == self.count else stepper.handed_on(k)
        share, source = self._share(edge), self.source(edge)
        if not came or share is None:
            return None
        undefined = self._no_share(edge)
        if not (self.stepper.scalar and self.is_summed(source)):
            return self._gradient(source, share, undefined)
        if self.stepper.hides(source, "gradient"):
            return Pill(HIDDEN, False, True)
        plus = "" if _negative(share) or undefined is not None else "+"
        return Pill(plus + self._number(share, undefined), _negative(share), True, undefined is None)

    def widest(self, edge: Edge) -> tuple[str, str]:
        """Return texts at least as wide as the value and the gradient of an edge."""
        source = self.source(edge)
        value = self._widest(self.stepper.final.values[source], self.stepper.no_value(source))
        share, undefined = self._share(edge), self._no_share(edge)
        if self.stepper.scalar and self.is_summed(source):
            return self._named(edge, value), self._widest(share, undefined, "+")
        return self._named(edge, value), self._named_gradient(source, self._widest(share, undefined))

    def _share(self, edge: Edge) -> Array | None:
        """Return the gradient that is passed back along an edge, whether it is known yet or not."""
        (k, place), source = edge, self.source(edge)
        if self._name(source) in self.stepper.given:
            return None
        if k == self.count or not self.stepper.scalar:
            return self.stepper.final.gradients[source]
        return self.stepper.local(k).downstream[place]

    def _no_share(self, edge: Edge) -> Undefined | None:
        """Return why no gradient is passed back along an edge."""
        k, place = edge
        return self.stepper.no_gradient(k - 1) if k == self.count else self.stepper.no_share(k, place)

    def _named(self, edge: Edge, number: str) -> str:
        """Return a number with the name of its value, if no circle at the edge shows it."""
        source = self.source(edge)
        named = self.style.names and self.stepper.scalar and self.is_box(source) and edge[0] < self.count
        return f"{rich(self._name(source))} = {number}" if named else number

    def _named_gradient(self, k: int, number: str) -> str:
        sign = " = " if self.stepper.scalar else ": "
        return f"{partial(self.output, self._name(k))}{sign}{number}" if self.style.names else number

    def _gradient(self, k: int, gradient: Array, undefined: Undefined | None) -> Pill:
        if self.stepper.hides(k, "gradient"):
            return Pill(self._named_gradient(k, HIDDEN), False, True)
        html = self._named_gradient(k, self._number(gradient, undefined))
        return Pill(html, self.stepper.scalar and _negative(gradient), True, undefined is None)

    def _widest(self, value: Array | None, undefined: Undefined | None, sign: str = "") -> str:
        """Return a number as wide as the one that will be shown, or a typical one if that is wider."""
        shown = NOT_COMPUTED if value is None else sign + self._number(value, undefined)
        if not self.stepper.scalar or self.style.brief:
            return shown
        return max(shown, LEAST_NUMBER, key=len)

    def _number(self, value: Array, undefined: Undefined | None) -> str:
        count = BRIEF if self.style.brief else None
        return node_text(value, undefined, scalar=self.stepper.scalar, count=count)

    def _name(self, k: int) -> str:
        return self.stepper.graph.nodes[k].name


def _negative(value: Array) -> bool:
    return np.ndim(value) == 0 and bool(value < 0)
