"""Networks as a small picture: the data, the layers, or the paths of several over the loss."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from core.lecture import Scene
from core.modules import Array
from core.subjects import Made, Networks, made
from gui.lecture.scene_thumbnail_valley import paint_valley
from gui.samples import draw_samples
from gui.theme import Theme, diverging, mixed
from gui.thumbnails import mosaic, places, some

MOST_NEURONS = 6
SAMPLES = 50
DATA_SHARE = 0.34


def paint_networks(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    """Draw the data beside the layers of the network, or several networks under one another."""
    subject = scene.subject
    assert isinstance(subject, Networks)
    ones = [made(start) for start in subject.networks]
    side = min(DATA_SHARE * room.width(), room.height())
    data = QRectF(room.left(), room.center().y() - side / 2, side, side)
    rest = QRectF(room)
    rest.setLeft(data.right() + 0.08 * room.width())
    if scene.surface is not None:
        paint_valley(painter, rest, ones, scene.surface, theme)
    else:
        high = rest.height() / len(ones)
        for k, one in enumerate(ones):
            row = QRectF(rest.left(), rest.top() + k * high, rest.width(), high)
            _paint_layers(painter, row, one, theme)
    _paint_data(painter, data, ones[0], theme)


def _paint_data(painter: QPainter, box: QRectF, one: Made, theme: Theme) -> None:
    dataset = one.dataset
    if dataset.image_shape is not None:
        painter.drawImage(box, mosaic(dataset, theme))
        return
    chosen = np.unique(np.linspace(0, dataset.x.shape[1] - 1, SAMPLES).astype(int))
    few = some(dataset, chosen)
    inside = box.adjusted(4, 4, -4, -4)
    where: Array = places(few) * (inside.width(), inside.height()) + (inside.left(), inside.top())
    draw_samples(painter, few, where, theme, box.height() / (5 if chosen.size < 8 else 9), diverging(theme))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.border, 1))
    painter.drawRoundedRect(box, 4, 4)


def _paint_layers(painter: QPainter, room: QRectF, one: Made, theme: Theme) -> None:
    """Draw neurons as dots and weights as lines in the colour of their sign."""
    network = one.network
    n = [min(count, MOST_NEURONS) for count in network.n]
    radius = min(0.38 * room.height() / max(n), 0.16 * room.width() / len(n), 0.09 * room.height() + 2)
    wide = (room.width() - 2 * radius) / max(1, len(n) - 1)
    places = [
        [
            QPointF(room.left() + radius + l * wide, room.top() + (k + 0.5) * room.height() / count)
            for k in range(count)
        ]
        for l, count in enumerate(n)
    ]
    for l in range(1, len(n)):
        W = network.W(one.theta, l)
        for i, start in enumerate(places[l - 1]):
            for j, end in enumerate(places[l]):
                colour = theme.negative if W[i, j] < 0 else theme.positive
                painter.setPen(QPen(mixed(theme.canvas, colour, 0.55), max(1.0, 0.16 * radius)))
                painter.drawLine(start, end)
    for l, column in enumerate(places):
        for place in column:
            painter.setPen(QPen(theme.accent, max(1.0, 0.2 * radius)))
            painter.setBrush(theme.raised if l == 0 else theme.accent_soft)
            painter.drawEllipse(place, radius, radius)
