"""What the graph shows: its nodes and edges, what stands in them, and where all of it lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from core.modules import Array
from gui.lab.graph_columns import Edge
from gui.lab.graph_layout import GraphLayout, Look, Size, lay_out
from gui.lab.names import WIDEST_NUMBER, brief, partial, rich, size_of
from gui.lab.stepper import Stepper
from gui.lab.words import formula_html
from gui.lab.writing import Writing
from gui.numbers import NOT_COMPUTED


@dataclass(frozen=True)
class Style:
    """How much is written: size of the nodes, pills with the names of their values, captions."""

    side: float
    names: bool
    captions: str = "name"


# From the roomiest to the tightest; at scale 1.
STYLES = (Style(74, True, "formula"), Style(62, True, ""), Style(56, False), Style(46, False))
NAME = "name"
TIGHT = "tight"


@dataclass(frozen=True)
class Pill:
    """What stands in a pill: rich text, the sign of its number, and whether that is known yet."""

    html: str
    negative: bool
    gradient: bool
    known: bool = True


class GraphPicture:
    """A graph at a step, laid out for a room. Its last node, the output circle, has no value of its own.

    ``pills(edge)`` are what an edge shows now, at the places of ``layout.pills[edge]``.
    """

    def __init__(self, stepper: Stepper, writing: Writing, room: Size) -> None:
        self.stepper, self.writing = stepper, writing
        nodes = stepper.graph.nodes
        self.count = len(nodes)
        self.inputs: tuple[tuple[int, ...], ...] = (*(node.inputs for node in nodes), (self.count - 1,))
        self.output = nodes[-1].name
        constants = frozenset(k for k, node in enumerate(nodes) if node.constant is not None)
        leaves = frozenset(k for k, node in enumerate(nodes) if node.module is None)
        near = constants if stepper.scalar else leaves - {0}
        looks = [self._look(style) for style in STYLES]
        self.layout: GraphLayout = lay_out(self.inputs, looks, room, near - {self.count - 1})
        self.style = STYLES[self.layout.look]

    # -- what stands where ---------------------------------------------------------------------------

    def is_box(self, k: int) -> bool:
        """Tell whether node k is drawn as a module."""
        return k < self.count and self.stepper.graph.nodes[k].module is not None

    def label(self, k: int) -> str:
        """Return what stands in node k: the symbol of its module, or its name."""
        if k == self.count:
            return rich(self.output)
        node = self.stepper.graph.nodes[k]
        return rich(node.name) if node.module is None else node.module.symbol

    def role(self, k: int) -> str:
        """Return the font of the label of node k."""
        constant = k < self.count and self.stepper.graph.nodes[k].constant is not None
        return TIGHT if constant or len(self.label(k)) > 5 and self.is_box(k) else NAME

    def caption(self, k: int) -> str:
        """Return what stands below node k."""
        return self._caption(k, self.style)

    def total(self, k: int) -> Pill | None:
        """Return the gradient of a value that is used more than once, which stands below its node."""
        if k == self.count or len(self.stepper.uses[k]) < 2 or not self._differentiated(k):
            return None
        gradient = self.stepper.gradient(k)
        return None if gradient is None else self._gradient(k, gradient)

    def total_rect(self, k: int) -> QRectF:
        """Return where the total of node k stands."""
        body, area = self.layout.bodies[k], self.layout.areas[k]
        size = self._pill_size(self._widest_total(k))
        middle = QPointF(body.center().x(), area.bottom() - size[1] / 2)
        return QRectF(middle.x() - size[0] / 2, middle.y() - size[1] / 2, *size)

    def pills(self, edge: Edge) -> tuple[Pill | None, ...]:
        """Return the value and, once it is computed, the gradient on an edge."""
        k, place = edge
        source = self.inputs[k][place]
        if not self._differentiated(source):
            return ()
        value = self.stepper.values[source]
        name = "" if self._is_leaf(source) or k == self.count else f"{rich(self._name(source))} = "
        prefix = name if self.style.names and self.stepper.scalar else ""
        text = NOT_COMPUTED if value is None else self._number(value)
        shown = Pill(prefix + text, value is not None and _negative(value), False, value is not None)
        return shown, self._share(edge, source)

    def share(self, edge: Edge) -> Array | None:
        """Return the gradient that came back along an edge."""
        k, place = edge
        stepper = self.stepper
        if k == self.count:
            return stepper.final.gradients[k - 1] if stepper.at > stepper.end_of_forward else None
        if not stepper.handed_on(k):
            return None
        if not stepper.scalar:
            return stepper.final.gradients[self.inputs[k][place]]
        return stepper.local(k).downstream[place]

    def _share(self, edge: Edge, source: int) -> Pill | None:
        share = self.share(edge)
        if share is None:
            return None
        if len(self.stepper.uses[source]) > 1 and self.stepper.scalar:
            plus = "" if _negative(share) else "+"
            return Pill(plus + self._number(share), _negative(share), True)
        return self._gradient(source, share)

    def _gradient(self, k: int, gradient: Array) -> Pill:
        sign = " = " if self.stepper.scalar else ": "
        name = partial(self.output, self._name(k)) + sign if self.style.names else ""
        return Pill(name + self._number(gradient), self.stepper.scalar and _negative(gradient), True)

    def _number(self, value: Array) -> str:
        return brief(float(value)) if self.stepper.scalar else size_of(np.shape(value))

    def _name(self, k: int) -> str:
        return self.stepper.graph.nodes[k].name

    def _is_leaf(self, k: int) -> bool:
        return self.stepper.graph.nodes[k].module is None

    def _differentiated(self, k: int) -> bool:
        return self.stepper.graph.nodes[k].constant is None

    # -- sizes -----------------------------------------------------------------------------------------

    def _look(self, style: Style) -> Look:
        self.style = style
        scale = self.writing.scale
        room = 5.0 * scale
        bodies, nodes = [], []
        for k in range(self.count + 1):
            body = self._body(k, style.side * scale)
            bodies.append(body)
            nodes.append(self._with_caption(k, body, style, room))
        pills = {
            (k, place): self._reserved(k, place)
            for k, places in enumerate(self.inputs)
            for place, i in enumerate(places)
            if self._differentiated(i)
        }
        widest = max((size[0] for sizes in pills.values() for size in sizes), default=0.0)
        return Look(tuple(nodes), tuple(bodies), pills, widest + 3 * room, room)

    def _body(self, k: int, side: float) -> Size:
        label = self.writing.size(self.role(k), self.label(k))
        if self.is_box(k):
            return max(side, label.width() + 0.3 * side), 0.9 * side
        small = k < self.count and not self._differentiated(k)
        side = max((0.62 if small else 0.9) * side, label.width() + 0.25 * side)
        return side, side

    def _with_caption(self, k: int, body: Size, style: Style, room: float) -> Size:
        """Return the size of a node with what stands below it, and as much above, for its middle to stay."""
        wide, below = body[0], 0.0
        if caption := self._caption(k, style):
            size = self.writing.size("small", caption)
            wide, below = max(wide, size.width()), size.height()
        if k < self.count and len(self.stepper.uses[k]) > 1 and self._differentiated(k):
            total = self._pill_size(self._widest_total(k))
            wide, below = max(wide, total[0]), below + total[1] + room / 2
        return wide, body[1] + 2 * below

    def _caption(self, k: int, style: Style) -> str:
        if not self.is_box(k) or not style.captions:
            return ""
        if style.captions == "formula" and self.stepper.scalar:
            return formula_html(self.stepper, k)
        return rich(self._name(k))

    def _widest_total(self, k: int) -> str:
        widest = WIDEST_NUMBER if self.stepper.scalar else self._number(self.stepper.final.values[k])
        return f"{partial(self.output, self._name(k))} = {widest}" if self.style.names else widest

    def _reserved(self, k: int, place: int) -> tuple[Size, Size]:
        """Return the sizes of the two pills of an edge for the widest numbers."""
        source = self.inputs[k][place]
        scalar = self.stepper.scalar
        number = WIDEST_NUMBER if scalar else self._number(self.stepper.final.values[source])
        named = self.style.names and scalar and not self._is_leaf(source) and k < self.count
        value = f"{rich(self._name(source))} = {number}" if named else number
        shared = scalar and len(self.stepper.uses[source]) > 1
        gradient = number
        if self.style.names and not shared:
            gradient = f"{partial(self.output, self._name(source))} = {number}"
        return self._pill_size(value), self._pill_size(gradient)

    def _pill_size(self, html: str) -> Size:
        size = self.writing.size("pill", html)
        return size.width() + 1.1 * size.height(), size.height() + 2 * self.writing.scale

    def pill_rect(self, place: QRectF, html: str) -> QRectF:
        """Return a pill as wide as its text, in the middle of the place it has."""
        size = self.writing.size("pill", html)
        wide = min(place.width(), size.width() + 1.1 * size.height())
        return QRectF(place.center().x() - wide / 2, place.top(), wide, place.height())


def _negative(value: Array) -> bool:
    return np.ndim(value) == 0 and bool(value < 0)
