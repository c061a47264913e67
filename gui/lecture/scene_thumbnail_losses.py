"""Losses as a small picture: errors, the probability of the truth, or two fits racing."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from core.lecture import Scene
from core.losses import MSE
from core.modules import Array
from core.subjects import LossBench
from core.workbench import Workbench
from gui.lecture.scene_thumbnail_pen import THICK, axis, curve, dot, placed, stroke
from gui.theme import Theme, mixed

CURVE_POINTS = 80
RACE_UPDATES = 400


def paint_losses(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    """Draw outputs against targets with their errors, or the probability given to the true class."""
    subject = scene.subject
    assert isinstance(subject, LossBench)
    o, y = np.array(subject.outputs), np.array(subject.targets)
    if subject.losses[0].of_probabilities:
        _paint_given(painter, room, theme, o, y)
        return
    if subject.race is not None:
        _paint_race(painter, room, theme, subject)
    else:
        _paint_errors(painter, room, theme, subject)


def _paint_errors(painter: QPainter, room: QRectF, theme: Theme, subject: LossBench) -> None:
    """Draw outputs against targets; a squared error is a square."""
    o, y = (np.array(rows).ravel() for rows in (subject.outputs, subject.targets))
    low, high = float(min(o.min(), y.min())), float(max(o.max(), y.max()))
    x = placed(np.arange(o.size, dtype=float), -0.35, o.size - 0.4, room.left(), room.right())
    outs, trues = (placed(values, low, high, room.bottom(), room.top()) for values in (o, y))
    radius = 0.055 * room.height()
    for place, out, true in zip(x.tolist(), outs.tolist(), trues.tolist(), strict=True):
        if isinstance(subject.losses[0], MSE):
            size = abs(out - true)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.canvas, theme.negative, 0.35))
            painter.drawRect(QRectF(place, min(out, true), size, size))
        painter.setPen(stroke(theme.negative, room, 2 * THICK))
        painter.drawLine(QPointF(place, out), QPointF(place, true))
        dot(painter, place, out, radius, theme.accent)
        painter.setPen(stroke(theme.text, room))
        painter.setBrush(theme.canvas)
        painter.drawEllipse(QPointF(place, true), radius, radius)


def _paint_race(painter: QPainter, room: QRectF, theme: Theme, subject: LossBench) -> None:
    """Draw the points, the outlier, and the line each loss has fitted after some updates."""
    assert subject.race is not None
    x, y, bench = np.array(subject.race.x), np.array(subject.race.y), Workbench(subject)
    lines = [bench.raced(loss, RACE_UPDATES) for loss in subject.losses]
    ends = np.array([x.min(), x.max()])
    fitted = [w * ends + b for w, b in lines]
    low, high = float(min(y.min(), *map(np.min, fitted))), float(max(y.max(), *map(np.max, fitted)))

    def at(u: Array, v: Array) -> tuple[Array, Array]:
        return (
            placed(u, x.min(), x.max(), room.left(), room.right()),
            placed(v, low, high, room.bottom(), room.top()),
        )

    for values, colour in zip(fitted, (theme.negative, theme.positive, theme.muted), strict=False):
        painter.setPen(stroke(colour, room, 1.5 * THICK))
        curve(painter, *at(ends, values))
    for k, (u, v) in enumerate(zip(*at(x, y), strict=True)):
        colour = theme.error if k == subject.race.outlier else theme.text
        dot(painter, float(u), float(v), 0.055 * room.height(), colour)


def _paint_given(painter: QPainter, room: QRectF, theme: Theme, o: Array, y: Array) -> None:
    """Draw −ln p, and a dot a sample at the probability it gives to the truth."""
    width = o.shape[1]
    given = (o * y).sum(axis=1) if width > 1 else np.where(y == 1, o, 1 - o)[:, 0]
    p = np.linspace(0.04, 1, CURVE_POINTS)
    top = float(-np.log(p[0]))
    painter.setPen(stroke(theme.muted, room))
    curve(
        painter,
        placed(p, 0, 1, room.left(), room.right()),
        placed(-np.log(p), 0, top, room.bottom(), room.top()),
    )
    axis(painter, room, theme, room.bottom())
    seen = np.clip(given, p[0], 1)
    x = placed(seen, 0, 1, room.left(), room.right())
    ends = placed(-np.log(seen), 0, top, room.bottom(), room.top())
    for k in range(x.size):
        dot(painter, float(x[k]), float(ends[k]), 0.06 * room.height(), theme.accent)
