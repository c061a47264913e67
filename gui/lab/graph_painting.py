"""Painting of the graph: edges as far as the passes are, nodes, and the pills with their numbers."""

from __future__ import annotations

from math import atan2, cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.lab.graph_columns import Edge
from gui.lab.graph_picture import GraphPicture, Pill
from gui.theme import LIGHT, Theme, mixed


class GraphItem(QGraphicsItem):
    """The graph; ``selected`` and ``pointed`` are nodes that stand out."""

    def __init__(self) -> None:
        super().__init__()
        self.picture: GraphPicture | None = None
        self.theme: Theme = LIGHT
        self.selected: int | None = None
        self.pointed: int | None = None

    def show_picture(self, picture: GraphPicture) -> None:
        """Draw another graph, or the same laid out anew."""
        self.prepareGeometryChange()
        self.picture = picture
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF() if self.picture is None else self.picture.layout.scene

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
        for k in range(picture.count + 1):
            self._paint_node(painter, k)
        for edge in edges:
            for place, pill in zip(picture.layout.pills.get(edge, ()), picture.pills(edge), strict=False):
                if pill is not None:
                    self._paint_pill(painter, picture.pill_rect(place, pill.html), pill, edge in lit)

    # -- what the present step works on ----------------------------------------------------------------

    def is_present(self, k: int) -> bool:
        """Tell whether the present step works on node k."""
        picture = self.picture
        assert picture is not None
        step = picture.stepper.step
        if step.what == "inputs":
            return k < picture.count and picture.stepper.graph.nodes[k].name in picture.stepper.inputs
        return k == picture.count if step.what == "seed" else k == step.node

    def _lit_edges(self) -> set[Edge]:
        picture = self.picture
        assert picture is not None
        step = picture.stepper.step
        if step.what == "inputs":
            return set()
        k = picture.count if step.what == "seed" else step.node
        return {edge for edge in picture.layout.curves if edge[0] == k}

    # -- edges -------------------------------------------------------------------------------------------

    def _paint_edge(self, painter: QPainter, edge: Edge, lit: bool) -> None:
        picture, theme = self.picture, self.theme
        assert picture is not None
        source = picture.inputs[edge[0]][edge[1]]
        share, value = picture.share(edge), picture.stepper.values[source]
        constant = picture.stepper.graph.nodes[source].constant is not None
        scale = picture.writing.scale
        backward = share is not None and not constant
        pills = [pill for pill in picture.pills(edge) if pill is not None]
        colour = mixed(theme.muted, theme.canvas, 0.62)
        if backward:
            colour = self._colour(pills[-1])
        elif value is not None and not constant:
            colour = mixed(self._colour(pills[0]), theme.canvas, 0.4)
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
        """Paint the head of an arrow at the end of an edge; at its beginning where gradients come ``back``."""
        tip = path.pointAtPercent(0.0 if back else 1.0)
        towards = pi if back else 0.0  # edges leave and enter horizontally
        behind = path.pointAtPercent(min(0.5, size / path.length()) if back else max(0.5, 1 - size / path.length()))
        towards = atan2(tip.y() - behind.y(), tip.x() - behind.x()) if path.length() > 2 * size else towards
        wings = [
            QPointF(tip.x() - size * cos(towards + turn), tip.y() - size * sin(towards + turn))
            for turn in (0.45, -0.45)
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([tip, *wings]))

    # -- nodes -------------------------------------------------------------------------------------------

    def _paint_node(self, painter: QPainter, k: int) -> None:
        picture, theme = self.picture, self.theme
        assert picture is not None
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
            grow = 5 * scale
            self._outline(painter, k, body.adjusted(-grow, -grow, grow, grow), ring, None)
        painter.setPen(theme.text)
        picture.writing.draw(painter, picture.role(k), picture.label(k), body.center())
        if caption := picture.caption(k):
            painter.setPen(theme.muted)
            size = picture.writing.size("small", caption)
            below = QPointF(body.center().x(), body.bottom() + size.height() / 2 + scale)
            picture.writing.draw(painter, "small", caption, below)
        total = picture.total(k)
        if total is not None:
            rect = picture.pill_rect(picture.total_rect(k), total.html)
            self._paint_pill(painter, rect, total, present)

    def _outline(self, painter: QPainter, k: int, rect: QRectF, pen: QPen, fill: QColor | None) -> None:
        picture = self.picture
        assert picture is not None
        painter.setPen(pen)
        painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
        if picture.is_box(k):
            radius = 13 * picture.writing.scale
            painter.drawRoundedRect(rect, radius, radius)
        else:
            painter.drawEllipse(rect)

    # -- pills -------------------------------------------------------------------------------------------

    def _paint_pill(self, painter: QPainter, rect: QRectF, pill: Pill, lit: bool) -> None:
        picture, theme = self.picture, self.theme
        assert picture is not None
        colour = self._colour(pill)
        line = colour if lit else mixed(colour, theme.canvas, 0.35)
        painter.setPen(QPen(line, (2.0 if lit else 1.2) * picture.writing.scale))
        painter.setBrush(theme.panel)
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        painter.setPen(colour)
        picture.writing.draw(painter, "pill", pill.html, rect.center())

    def _colour(self, pill: Pill) -> QColor:
        theme = self.theme
        if not pill.known:
            return mixed(theme.muted, theme.canvas, 0.35)
        if pill.gradient:
            return theme.gradient_negative if pill.negative else theme.gradient_positive
        return theme.negative if pill.negative else theme.positive
