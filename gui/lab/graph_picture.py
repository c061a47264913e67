"""A graph at a step, laid out for a room: what is drawn, and where."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from gui.lab.graph_columns import Edge
from gui.lab.graph_labels import Labels, Style
from gui.lab.graph_layout import GraphLayout, Look, Size, lay_out
from gui.lab.stepper import Stepper
from gui.lab.writing import Writing

# From the roomiest to the tightest; at scale 1.
STYLES = (
    Style(76, True, "formula"),
    Style(62, True, ""),
    Style(58, False),
    Style(46, False),
    Style(32, False, tight=True),
)
LEGEND = 1.9  # rows of small text below the graph
PADDING = 0.75  # of a pill, left and right together, in heights of its text


class GraphPicture:
    """The texts, the fonts and the layout of a graph, in the roomiest style that fits."""

    def __init__(self, stepper: Stepper, writing: Writing, room: Size) -> None:
        self.writing = writing
        nodes = stepper.graph.nodes
        styled = [Labels(stepper, style) for style in STYLES]
        inputs = styled[0].inputs
        leaves = [k for k, node in enumerate(nodes) if node.module is None]
        constants = [k for k in leaves if nodes[k].constant is not None]
        near = frozenset(constants if stepper.scalar else leaves[1:]) - {len(nodes) - 1}
        legend = self.writing.size("small", "0").height() * LEGEND
        looks = [self._look(labels) for labels in styled]
        self.layout: GraphLayout = lay_out(inputs, looks, (room[0], room[1] - legend), near)
        self.labels = styled[self.layout.look]

    @property
    def stepper(self) -> Stepper:
        """The passes that are shown."""
        return self.labels.stepper

    def fits(self, stepper: Stepper) -> bool:
        """Tell whether other numbers of the same graph have room where the present ones stand."""
        if not (stepper.scalar and self.stepper.scalar):
            return False
        labels, places = Labels(stepper, self.labels.style), self.layout.pills
        return all(
            self._pill_size(html)[0] <= place.width() + 1
            for edge in places
            for html, place in zip(labels.widest(edge), places[edge], strict=True)
        )

    def show(self, stepper: Stepper) -> None:
        """Show other numbers at the same places."""
        self.labels = Labels(stepper, self.labels.style)

    def total_rect(self, k: int) -> QRectF:
        """Return where the gradient below node k stands."""
        wide, high = self._pill_size(self.labels.widest_total(k))
        body, area = self.layout.bodies[k], self.layout.areas[k]
        return QRectF(body.center().x() - wide / 2, area.bottom() - high, wide, high)

    def pill_rect(self, place: QRectF, html: str) -> QRectF:
        """Return a pill as wide as its text, in the middle of the place it has."""
        wide = min(place.width(), self._pill_size(html)[0])
        return QRectF(place.center().x() - wide / 2, place.top(), wide, place.height())

    def place_of_caption(self, k: int) -> QPointF:
        """Return the middle of what stands below node k."""
        body, size = self.layout.bodies[k], self.writing.size("small", self.labels.caption(k))
        return QPointF(body.center().x(), body.bottom() + size.height() / 2 + 3 * self.writing.scale)

    # -- sizes -----------------------------------------------------------------------------------------

    def _look(self, labels: Labels) -> Look:
        style, scale = labels.style, self.writing.scale
        room, margin = 5.0 * scale, (30 if style.names else 14) * scale
        bodies = [self._body(labels, k) for k in range(labels.count + 1)]
        nodes = [self._with_below(labels, k, body, room) for k, body in enumerate(bodies)]
        pills = {
            edge: self._reserved(labels, edge)
            for k, places in enumerate(labels.inputs)
            for edge in ((k, place) for place in range(len(places)))
            if not labels.is_constant(labels.source(edge))
        }
        return Look(tuple(nodes), tuple(bodies), pills, 0.5 * style.side * scale, room, margin)

    def _body(self, labels: Labels, k: int) -> Size:
        """Return the size of the circle or box of node k."""
        side = labels.style.side * self.writing.scale
        label = self.writing.size(labels.role(k), labels.label(k))
        if labels.is_box(k):
            return max(side, label.width() + 0.3 * side), max(0.9 * side, label.height() + 0.1 * side)
        side = max((0.62 if labels.is_constant(k) else 0.9) * side, label.width() + 0.25 * side)
        return side, side

    def _with_below(self, labels: Labels, k: int, body: Size, room: float) -> Size:
        """Return the size of a node with what stands below it, and as much above, for its middle to stay."""
        wide, below = body[0], 0.0
        if caption := labels.caption(k):
            size = self.writing.size("small", caption)
            wide, below = max(wide, size.width()), size.height() + 3 * self.writing.scale
        if labels.is_summed(k):
            total = self._pill_size(labels.widest_total(k))
            wide, below = max(wide, total[0]), below + total[1] + room / 2
        return wide, body[1] + 2 * below

    def _reserved(self, labels: Labels, edge: Edge) -> tuple[Size, ...]:
        """Return the sizes of the two pills of an edge."""
        return tuple(self._pill_size(html) for html in labels.widest(edge))

    def _pill_size(self, html: str) -> Size:
        size = self.writing.size("pill", html)
        return size.width() + PADDING * size.height(), size.height() + 2 * self.writing.scale
