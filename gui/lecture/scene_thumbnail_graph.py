"""A computational graph as a small picture: its nodes from left to right, with their modules' signs."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from core.graph import Graph
from gui.theme import Theme

MOST_NODES = 24


def paint_graph(painter: QPainter, room: QRectF, graph: Graph, theme: Theme) -> None:
    """Draw the nodes in columns by their depth; variables stand as far left as they may."""
    count = min(len(graph.nodes), MOST_NODES)
    depth = [0] * count
    for k in range(count):
        depth[k] = 1 + max((depth[i] for i in graph.nodes[k].inputs), default=-1)
    columns = [[k for k in range(count) if depth[k] == d] for d in range(max(depth) + 1)]
    tallest = max(len(column) for column in columns)
    radius = min(0.5 * room.width() / len(columns), 0.5 * room.height() / tallest) * 0.62
    radius = min(radius, 0.17 * room.height())
    places = _places(columns, room, radius)
    painter.setPen(QPen(theme.muted, max(1.0, 0.1 * radius)))
    for k in range(count):
        for i in graph.nodes[k].inputs:
            painter.drawLine(places[i], places[k])
    for k in range(count):
        _paint_node(painter, graph, k, places[k], radius, theme)


def _places(columns: list[list[int]], room: QRectF, radius: float) -> dict[int, QPointF]:
    wide = (room.width() - 2 * radius) / max(1, len(columns) - 1)
    places = {}
    for c, column in enumerate(columns):
        high = room.height() / len(column)
        for r, k in enumerate(column):
            places[k] = QPointF(room.left() + radius + c * wide, room.top() + (r + 0.5) * high)
    return places


def _paint_node(painter: QPainter, graph: Graph, k: int, place: QPointF, radius: float, theme: Theme) -> None:
    node = graph.nodes[k]
    painter.setPen(QPen(theme.accent if node.module else theme.border, max(1.0, 0.12 * radius)))
    painter.setBrush(theme.accent_soft if node.module else theme.raised)
    painter.drawEllipse(place, radius, radius)
    text = node.module.symbol if node.module else node.name
    font = QFont()
    font.setPixelSize(max(6, round(radius * (1.1 if len(text) < 3 else 0.62))))
    painter.setFont(font)
    painter.setPen(theme.text)
    box = QRectF(place.x() - radius, place.y() - radius, 2 * radius, 2 * radius)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
