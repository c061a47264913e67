"""Painting of the graph: edges as far as the passes have come, nodes, and the pills with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.language import tr
from gui.graph_lab.formulas import rich
from gui.graph_lab.labels import Labels, LabelStyle, Pill
from gui.graph_lab.layered_layout import Edge, GraphLayout, LayoutStyle, Size, lay_out
from gui.graph_lab.scalar_explanations import local_number
from gui.graph_lab.static_text import StaticTextLayout
from gui.graph_lab.stepper import Stepper
from gui.qt.drawable import guarded_overrides, shape, shielded
from gui.theme.theme import LIGHT, Theme, mixed

# From the roomiest to the tightest, which is for cramped graphs only; at scale 1.
STYLES = (
    LabelStyle(76, True, "formula"),
    LabelStyle(62, True, ""),
    LabelStyle(58, False),
    LabelStyle(46, False),
    LabelStyle(32, False, tight=True),
    LabelStyle(22, False, tight=True, brief=True),
)
LEGEND = 1.9  # rows of small text reserved below the graph
PADDING, PADDING_BRIEF = 0.75, 0.4  # of a pill, left and right together, in heights of its text


class GraphPicture:
    """The texts, the fonts and the layout of a graph, in the roomiest style that fits."""

    def __init__(
        self,
        stepper: Stepper,
        writing: StaticTextLayout,
        room: Size,
        *,
        cramped: bool = False,
        legend: bool = True,
    ) -> None:
        self.writing, self.legend = writing, legend
        nodes = stepper.graph.nodes
        styled = [Labels(stepper, style) for style in (STYLES if cramped else STYLES[:-1])]
        inputs = styled[0].inputs
        leaves = [k for k, node in enumerate(nodes) if node.module is None]
        constants = [k for k in leaves if nodes[k].constant is not None]
        near = frozenset(constants if stepper.scalar else leaves[1:]) - {len(nodes) - 1}
        below = self.writing.size("small", "0").height() * LEGEND if legend else 0.0
        looks = [self._look(labels) for labels in styled]
        self.layout: GraphLayout = lay_out(inputs, looks, (room[0], room[1] - below), near)
        self.labels = styled[self.layout.look]

    @property
    def stepper(self) -> Stepper:
        """The passes that are shown."""
        return self.labels.stepper

    def fits(self, stepper: Stepper) -> bool:
        """Return whether other numbers of the same graph fit into the present places."""
        if not (stepper.scalar and self.stepper.scalar):
            return False
        labels, places = Labels(stepper, self.labels.style), self.layout.pills
        return all(
            self._pill_size(html, labels)[0] <= place.width() + 1
            for edge in places
            for html, place in zip(labels.widest(edge), places[edge], strict=True)
        )

    def show(self, stepper: Stepper) -> None:
        """Show other numbers at the same places."""
        self.labels = Labels(stepper, self.labels.style)

    def total_rect(self, k: int) -> QRectF:
        """Return the rectangle of the gradient below node k."""
        wide, high = self._pill_size(self.labels.widest_total(k), self.labels)
        body, area = self.layout.bodies[k], self.layout.areas[k]
        return QRectF(body.center().x() - wide / 2, area.bottom() - high, wide, high)

    def pill_rect(self, place: QRectF, html: str) -> QRectF:
        """Return a pill as wide as its text, in the middle of its place."""
        wide = min(place.width(), self._pill_size(html, self.labels)[0])
        return QRectF(place.center().x() - wide / 2, place.top(), wide, place.height())

    def place_of_caption(self, k: int) -> QPointF:
        """Return the centre of the text below node k."""
        body, size = self.layout.bodies[k], self.writing.size("small", self.labels.caption(k))
        return QPointF(body.center().x(), body.bottom() + size.height() / 2 + 3 * self.writing.scale)

    # -- sizes -----------------------------------------------------------------------------------------

    def _look(self, labels: Labels) -> LayoutStyle:
        style, scale = labels.style, self.writing.scale
        room = (4.0 if style.brief else 5.0) * scale
        margin = (30 if style.names else 8 if style.brief else 14) * scale
        bodies = [self._body(labels, k) for k in range(labels.count + 1)]
        nodes = [self._with_below(labels, k, body, room) for k, body in enumerate(bodies)]
        pills = {
            edge: self._reserved(labels, edge)
            for k, places in enumerate(labels.inputs)
            for edge in ((k, place) for place in range(len(places)))
            if not labels.is_constant(labels.source(edge))
        }
        return LayoutStyle(tuple(nodes), tuple(bodies), pills, 0.5 * style.side * scale, room, margin)

    def _body(self, labels: Labels, k: int) -> Size:
        """Return the size of the circle or box of node k."""
        side = labels.style.side * self.writing.scale
        label = self.writing.size(labels.role(k), labels.label(k))
        if labels.is_box(k):
            return max(side, label.width() + 0.3 * side), max(0.9 * side, label.height() + 0.1 * side)
        side = max((0.62 if labels.is_constant(k) else 0.9) * side, label.width() + 0.25 * side)
        return side, side

    def _with_below(self, labels: Labels, k: int, body: Size, room: float) -> Size:
        """Return the size of a node with the text below it, and as much above, so that it stays centred."""
        wide, below = body[0], 0.0
        if caption := labels.caption(k):
            size = self.writing.size("small", caption)
            wide, below = max(wide, size.width()), size.height() + 3 * self.writing.scale
        if labels.is_summed(k):
            total = self._pill_size(labels.widest_total(k), labels)
            wide, below = max(wide, total[0]), below + total[1] + room / 2
        return wide, body[1] + 2 * below

    def _reserved(self, labels: Labels, edge: Edge) -> tuple[Size, ...]:
        """Return the reserved sizes of the two pills of an edge."""
        return tuple(self._pill_size(html, labels) for html in labels.widest(edge))

    def _pill_size(self, html: str, labels: Labels) -> Size:
        size = self.writing.size("pill", html)
        beside = PADDING_BRIEF if labels.style.brief else PADDING
        return size.width() + beside * size.height(), size.height() + 2 * self.writing.scale


# -- Edges as far as the passes are, nodes, and the pills with their numbers -----------------------------


@guarded_overrides
class GraphItem(QGraphicsItem):
    """The graph; the nodes ``selected`` and ``pointed`` are highlighted.

    If it ``explains``, it labels the local derivative of the present module. ``enlarged`` above 1 makes it an
    overview: only a few nodes are labelled, and drawn larger than the others by this factor.
    """

    def __init__(self) -> None:
        super().__init__()
        self.picture: GraphPicture | None = None
        self.theme: Theme = LIGHT
        self.selected: int | None = None
        self.pointed: int | None = None
        self.explains = False
        self.enlarged = 1.0

    @property
    def drawn(self) -> GraphPicture:
        """The graph, once it exists."""
        assert self.picture is not None
        return self.picture

    def show_picture(self, picture: GraphPicture) -> None:
        """Draw another graph, or another layout of the same one."""
        self.prepareGeometryChange()
        self.picture = picture
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF() if self.picture is None else self.picture.layout.scene

    @shielded
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        picture = self.picture
        if picture is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self._lit_edges()
        edges = sorted(picture.layout.curves, key=lambda edge: edge in lit)
        for edge in edges:
            self._paint_edge(painter, edge, edge in lit)
        nodes = range(picture.labels.count + 1)
        if self.enlarged > 1:
            self._paint_overview(painter, nodes)
            return
        for k in nodes:
            self._paint_node(painter, k)
        for edge in edges:
            self._paint_pills(painter, edge, edge in lit)

    def _paint_overview(self, painter: QPainter, nodes: Sequence[int]) -> None:
        """Paint the nodes of a graph too large to be legible; inputs, present node and output enlarged."""
        stepper, bodies = self.drawn.stepper, self.drawn.layout.bodies
        names = [node.name for node in stepper.graph.nodes]
        named = [k for k in nodes if k == nodes[-1] or self.is_present(k) or names[k] in stepper.inputs]
        for k in nodes:
            if k not in named:
                pen = QPen(mixed(self.theme.muted, self.theme.canvas, 0.15), 1.8 * self.drawn.writing.scale)
                self._outline(painter, k, bodies[k], pen, self.theme.panel)
        for k in named:
            middle = bodies[k].center()
            painter.save()
            painter.translate(middle)
            painter.scale(self.enlarged, self.enlarged)
            painter.translate(-middle)
            self._paint_node(painter, k, bare=True)
            painter.restore()

    # -- what the present step works on ----------------------------------------------------------------

    @property
    def _present(self) -> int:
        """The node that the present step computes; for the seed of the gradient, the output circle."""
        step = self.drawn.stepper.step
        return self.drawn.labels.count if step.what == "seed" else step.node

    def is_present(self, k: int) -> bool:
        """Return whether the present step computes node k."""
        stepper = self.drawn.stepper
        if stepper.step.what == "inputs":
            return k < len(stepper.graph.nodes) and stepper.graph.nodes[k].name in stepper.inputs
        return k == self._present

    def _lit_edges(self) -> set[Edge]:
        if self.drawn.stepper.step.what == "inputs":
            return set()
        return {edge for edge in self.drawn.layout.curves if edge[0] == self._present}

    # -- edges -------------------------------------------------------------------------------------------

    def _paint_edge(self, painter: QPainter, edge: Edge, lit: bool) -> None:
        picture, theme = self.drawn, self.theme
        labels, scale = picture.labels, picture.writing.scale
        constant = labels.is_constant(labels.source(edge))
        gradient = None if constant else labels.gradient(edge)
        backward = gradient is not None
        colour = mixed(theme.muted, theme.canvas, 0.62)
        if gradient is not None:
            colour = self._colour(gradient)
        elif not constant and labels.value(edge).known:
            colour = mixed(self._colour(labels.value(edge)), theme.canvas, 0.4)
        width = (3.4 if lit else 2.4 if backward else 1.9) * scale
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = picture.layout.path(edge)
        painter.drawPath(path)
        self._paint_arrow(painter, path, colour, 7.5 * scale, back=backward and lit)

    @staticmethod
    def _paint_arrow(painter: QPainter, path: QPainterPath, colour: QColor, size: float, back: bool) -> None:
        """Paint an arrow head at the end of an edge; at its beginning if gradients flow ``back``."""
        tip = path.pointAtPercent(0.0 if back else 1.0)
        share = min(0.5, size / max(1.0, path.length()))
        behind = path.pointAtPercent(share if back else 1 - share)
        towards = atan2(tip.y() - behind.y(), tip.x() - behind.x())
        wings = [
            QPointF(tip.x() - size * cos(towards + turn), tip.y() - size * sin(towards + turn))
            for turn in (0.45, -0.45)
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(shape([tip, *wings]))

    # -- nodes -------------------------------------------------------------------------------------------

    def _paint_node(self, painter: QPainter, k: int, *, bare: bool = False) -> None:
        """Paint a node with its label and, unless it is ``bare``, with the texts around it."""
        picture, theme = self.drawn, self.theme
        body, scale = picture.layout.bodies[k], picture.writing.scale
        present = self.is_present(k)
        line = theme.accent if present else mixed(theme.muted, theme.canvas, 0.15)
        pen = QPen(line, (3.2 if present else 1.8) * scale)
        fill = theme.accent_soft if present else theme.panel
        if k == self.pointed and not present:
            fill = mixed(theme.panel, theme.accent_soft, 0.6)
        self._outline(painter, k, body, pen, fill)
        if k == self.selected:
            ring = QPen(theme.accent, 1.6 * scale, Qt.PenStyle.DashLine)
            grow = 4 * scale
            self._outline(painter, k, body.adjusted(-grow, -grow, grow, grow), ring, None)
        painter.setPen(theme.text)
        labels, writing = picture.labels, picture.writing
        writing.draw(painter, labels.role(k), labels.label(k), body.center())
        if bare:
            return
        if caption := labels.caption(k):
            painter.setPen(theme.muted)
            writing.draw(painter, "small", caption, picture.place_of_caption(k))
        self._paint_local(painter, k)
        total = labels.total(k)
        if total is not None:
            self._paint_pill(painter, picture.pill_rect(picture.total_rect(k), total.html), total, present)

    def _paint_local(self, painter: QPainter, k: int) -> None:
        """Write the local derivative above the module of a backward step, if there is room."""
        picture = self.drawn
        stepper, layout, writing = picture.stepper, picture.layout, picture.writing
        backward = stepper.step.what == "backward" and k == stepper.step.node
        if not (self.explains and backward and stepper.scalar) or stepper.veiled:
            return
        number = local_number(stepper, k)
        text, body = tr("local {number}").format(number=number), layout.bodies[k]
        size = writing.size("pill", text)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QPointF(body.center().x(), body.top() - 0.6 * size.height()))
        others = [area for node, area in enumerate(layout.bodies) if node != k]
        others += [pill for pills in layout.pills.values() for pill in pills]
        if number and layout.scene.contains(place) and not any(place.intersects(one) for one in others):
            painter.setPen(self.theme.text)
            writing.draw(painter, "pill", text, place.center())

    def _outline(self, painter: QPainter, k: int, rect: QRectF, pen: QPen, fill: QColor | None) -> None:
        picture = self.drawn
        painter.setPen(pen)
        painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
        if picture.labels.is_box(k):
            radius = 13 * picture.writing.scale
            painter.drawRoundedRect(rect, radius, radius)
        else:
            painter.drawEllipse(rect)

    # -- pills -------------------------------------------------------------------------------------------

    def _paint_pills(self, painter: QPainter, edge: Edge, lit: bool) -> None:
        picture = self.drawn
        places = picture.layout.pills.get(edge)
        if places is None:
            return
        for place, pill in zip(
            places, (picture.labels.value(edge), picture.labels.gradient(edge)), strict=True
        ):
            if pill is not None:
                self._paint_pill(painter, picture.pill_rect(place, pill.html), pill, lit)

    def _paint_pill(
        self, painter: QPainter, rect: QRectF, pill: Pill, lit: bool, role: str = "pill", width: float = 1.2
    ) -> None:
        """Paint a pill in the font of a role; the outline is ``width`` thick at scale 1 unless ``lit``."""
        writing, colour = self.drawn.writing, self._colour(pill)
        line = colour if lit else mixed(colour, self.theme.canvas, 0.35)
        painter.setPen(QPen(line, (2.0 if lit else width) * writing.scale))
        painter.setBrush(self.theme.panel)
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        painter.setPen(colour)
        writing.draw(painter, role, pill.html, rect.center())

    def paint_legend(self, painter: QPainter, corner: QPointF) -> None:
        """Paint the legend of the two kinds of pills above the lower left ``corner``."""
        x = corner.x()
        gradient = f"{tr('gradient')} ∂{rich(self.drawn.labels.output)}/∂·"
        for html, is_gradient in ((tr("value"), False), (gradient, True)):
            size = self.drawn.writing.size("small", html)
            high = size.height() + 2
            rect = QRectF(x, corner.y() - 1.6 * high, size.width() + high, high)
            self._paint_pill(painter, rect, Pill(html, False, is_gradient), False, "small", 1.0)
            x = rect.right() + 0.5 * high

    def _colour(self, pill: Pill) -> QColor:
        theme = self.theme
        if not pill.known:
            return mixed(theme.muted, theme.canvas, 0.35)
        if pill.gradient:
            return theme.gradient_negative if pill.negative else theme.gradient_positive
        return theme.negative if pill.negative else theme.positive
