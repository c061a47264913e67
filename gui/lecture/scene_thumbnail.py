"""A small picture of a scene, drawn from its subject: curves, bars, a graph or a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap

from core.activations import ACTIVATIONS
from core.expression import parse
from core.lecture import Scene
from core.modules import Array
from core.quantities import SoftmaxNumber, descent
from core.subjects import (
    ActivationBench,
    Expression,
    LossBench,
    Networks,
    OneWeight,
    SoftmaxBench,
    worked_out,
)
from core.workbench import Workbench
from gui.lecture.scene_thumbnail_graph import paint_graph
from gui.lecture.scene_thumbnail_losses import paint_losses
from gui.lecture.scene_thumbnail_network import paint_networks
from gui.lecture.scene_thumbnail_pen import MARGIN, axis, curve, dot, placed, stroke
from gui.theme import Theme, mixed

PATH_STEPS = 6
CURVE_POINTS = 80


def thumbnail(scene: Scene, theme: Theme, width: int, height: int, ratio: float) -> QPixmap:
    """Return a picture of a scene, ``width`` x ``height`` pixels at so many device pixels each."""
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(0, 0, width, height), 6, 6)
    painter.fillPath(outline, theme.canvas)
    painter.setClipPath(outline)
    edge = MARGIN * height
    room = QRectF(edge, edge, width - 2 * edge, height - 2 * edge)
    _PAINTERS[type(scene.subject)](painter, room, scene, theme)
    painter.end()
    return pixmap


def _paint_expression(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    assert isinstance(scene.subject, Expression)
    paint_graph(painter, room, parse(scene.subject.expression), theme)


def _paint_one_weight(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    """Draw the parabola, and the first steps down it."""
    subject = scene.subject
    assert isinstance(subject, OneWeight)
    bench = Workbench(subject)
    way = np.array(descent(bench.graph, bench.inputs, "w", worked_out(subject.learning_rate), PATH_STEPS))
    centre = subject.y / subject.x if subject.x else subject.w
    reach = max(float(np.abs(way - centre).max()) * 1.25, 1e-3)
    w = np.linspace(centre - reach, centre + reach, CURVE_POINTS)
    top = (subject.x * reach) ** 2 or 1.0

    def at(values: Array) -> tuple[Array, Array]:
        loss = (subject.y - subject.x * values) ** 2
        return (
            placed(values, centre - reach, centre + reach, room.left(), room.right()),
            placed(loss, 0.0, top, room.bottom(), room.top()),
        )

    painter.setPen(stroke(theme.muted, room))
    curve(painter, *at(w))
    painter.setPen(stroke(theme.accent, room))
    x, y = at(way)
    curve(painter, x, y)
    for k in range(x.size):
        radius = (0.07 if k == 0 else 0.035) * room.height()
        dot(painter, float(x[k]), float(y[k]), radius, theme.accent if k == 0 else theme.text)


def _paint_softmax(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    """Draw a bar a class: its probability, or what division by the sum gives."""
    subject = scene.subject
    assert isinstance(subject, SoftmaxBench)
    what: Any = "share" if subject.by_sum else "probability"
    bench = Workbench(subject)
    shares = np.array([SoftmaxNumber(what=what, place=k).of(bench) for k in range(len(subject.z))])
    low, high = min(0.0, float(shares.min())), max(1e-9, float(shares.max()))
    ends = placed(shares, low, high, room.bottom(), room.top())
    zero = float(placed(np.zeros(1), low, high, room.bottom(), room.top())[0])
    wide = room.width() / len(shares)
    painter.setPen(Qt.PenStyle.NoPen)
    for k, end in enumerate(ends):
        painter.setBrush(theme.classes[k % len(theme.classes)])
        box = QRectF(QPointF(room.left() + (k + 0.18) * wide, float(end)), QPointF(0, zero)).normalized()
        box.setLeft(room.left() + (k + 0.18) * wide)
        box.setWidth(0.64 * wide)
        painter.drawRect(box)
    axis(painter, room, theme, zero)


def _paint_activations(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    """Draw every curve, and the dragged z on the first."""
    subject = scene.subject
    assert isinstance(subject, ActivationBench)
    z = np.linspace(subject.low, subject.high, CURVE_POINTS)
    curves = [ACTIVATIONS[name].g(z) for name in subject.activations]
    several = len(curves) > 1
    low = max(-1.5, min(float(a.min()) for a in curves))
    high = min(2.5, max(float(a.max()) for a in curves))
    x = placed(z, subject.low, subject.high, room.left(), room.right())
    axis(painter, room, theme, float(placed(np.zeros(1), low, high, room.bottom(), room.top())[0]))
    for k, a in enumerate(curves):
        colour = theme.classes[k % len(theme.classes)] if several else theme.accent
        painter.setPen(stroke(colour, room))
        inside = (a >= low) & (a <= high)
        curve(painter, x[inside], placed(a[inside], low, high, room.bottom(), room.top()))
    at = ACTIVATIONS[subject.activations[0]].g(np.array([subject.z]))
    place = float(placed(np.array([subject.z]), subject.low, subject.high, room.left(), room.right())[0])
    end = float(placed(at, low, high, room.bottom(), room.top())[0])
    dot(painter, place, end, 0.07 * room.height(), mixed(theme.text, theme.accent, 0.2))


def _paint_network_scene(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    assert isinstance(scene.subject, Networks)
    paint_networks(painter, room, scene, theme)


_PAINTERS: dict[type, Callable[[QPainter, QRectF, Scene, Theme], None]] = {
    Networks: _paint_network_scene,
    Expression: _paint_expression,
    OneWeight: _paint_one_weight,
    SoftmaxBench: _paint_softmax,
    LossBench: paint_losses,
    ActivationBench: _paint_activations,
}
