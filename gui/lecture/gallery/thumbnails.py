"""Draws the thumbnail of a scene from its subject: curves, bars, a graph or a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap

from core.analysis.loss_surface import Losses, room_for, survey, through_parameters
from core.arrays import Array
from core.graph.autodiff import Graph
from core.graph.parser import parse
from core.lecture.evaluator import SceneEvaluator, samples_of
from core.lecture.formula_quantities import SoftmaxNumber, descent
from core.lecture.scene import Scene, SurfaceSpec, WeightRef
from core.lecture.subjects import (
    ActivationBench,
    BuiltSubject,
    Expression,
    LossBench,
    Networks,
    OneWeight,
    SoftmaxBench,
    made,
    worked_out,
)
from core.nn.activations import ACTIVATIONS
from core.nn.losses import MSE
from core.nn.network import Network
from core.nn.trainer import Diverged, Trainer
from gui.lecture.stages.activations.curves import colour_of
from gui.plots.dataset_thumbnails import mosaic, places, some
from gui.plots.output_map import image_of
from gui.plots.scatter import draw_samples
from gui.qt.drawable import along, pieces, point
from gui.theme.theme import Theme, diverging, mixed

MARGIN = 0.1
LINE, THICK = 0.011, 0.018
"""Widths of lines, as fractions of the height of the picture."""


def stroke(colour: QColor, room: QRectF, share: float = THICK) -> QPen:
    """Return a pen whose width is a fraction of the height of the picture."""
    pen = QPen(colour, max(1.0, share * room.height() / (1 - 2 * MARGIN)))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def curve(painter: QPainter, x: Array, y: Array) -> None:
    """Draw a polyline through points in pixels."""
    for piece in pieces(np.column_stack([x, y])):
        painter.drawPolyline(piece)


def placed(values: Array, low: float, high: float, start: float, end: float) -> Array:
    """Return positions between ``start`` and ``end`` for values between ``low`` and ``high``."""
    return along(values, (low, high), start, end - start)


def axis(painter: QPainter, room: QRectF, theme: Theme, y: float) -> None:
    """Draw a horizontal line at the height y."""
    painter.setPen(stroke(theme.border, room, LINE))
    painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))


def dot(painter: QPainter, x: float, y: float, radius: float, colour: QColor) -> None:
    """Draw a dot."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(point(x, y), radius, radius)


# -- graphs: nodes from left to right, with the symbols of their operations ------------------------------

MOST_NODES = 24


def paint_graph(painter: QPainter, room: QRectF, graph: Graph, theme: Theme) -> None:
    """Draw the nodes in columns by their depth; variables are as far left as possible."""
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


# -- losses: errors, the probability of the true class, or two regressions side by side ------------------

LOSS_CURVE_POINTS = 80
RACE_UPDATES = 400


def paint_losses(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    """Draw outputs against targets with their errors, or the probability assigned to the true class."""
    subject = scene.subject
    assert isinstance(subject, LossBench)
    if subject.losses[0].of_probabilities:
        _paint_given(painter, room, theme, subject)
        return
    if subject.race is not None:
        _paint_race(painter, room, theme, subject)
    else:
        _paint_errors(painter, room, theme, subject)


def _paint_errors(painter: QPainter, room: QRectF, theme: Theme, subject: LossBench) -> None:
    """Draw outputs against targets; a squared error is drawn as a square."""
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
    """Draw the points, the outlier, and the line that each loss has fitted after some updates."""
    assert subject.race is not None
    x, y, bench = np.array(subject.race.x), np.array(subject.race.y), SceneEvaluator(subject)
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


def _paint_given(painter: QPainter, room: QRectF, theme: Theme, subject: LossBench) -> None:
    """Draw the loss over the probability assigned to the true class, with a dot for every sample."""
    o, y = np.array(subject.outputs), np.array(subject.targets)
    width = o.shape[1]
    given = (o * y).sum(axis=1) if width > 1 else np.where(y == 1, o, 1 - o)[:, 0]
    p = np.linspace(0.04, 1, LOSS_CURVE_POINTS)
    terms = subject.losses[0].terms(p, np.ones_like(p))
    top = float(terms[0])
    painter.setPen(stroke(theme.muted, room))
    curve(
        painter,
        placed(p, 0, 1, room.left(), room.right()),
        placed(terms, 0, top, room.bottom(), room.top()),
    )
    axis(painter, room, theme, room.bottom())
    seen = np.clip(given, p[0], 1)
    x = placed(seen, 0, 1, room.left(), room.right())
    heights = subject.losses[0].terms(seen, np.ones_like(seen))
    ends = placed(heights, 0, top, room.bottom(), room.top())
    for k in range(x.size):
        dot(painter, float(x[k]), float(ends[k]), 0.06 * room.height(), theme.accent)


# -- the loss over two weights, with the first updates of each network as a path -------------------------

GRID, BANDS = 33, 9
UPDATES, EPOCHS = 140, 12
MOST_SAMPLES = 60
VALLEY_MARGIN = 0.4


def paint_valley(
    painter: QPainter, room: QRectF, ones: list[BuiltSubject], over: SurfaceSpec, theme: Theme
) -> None:
    """Draw bands of equal loss, computed on some samples, and the paths in the two weights."""
    places = [place_of(ones[0].network, weight) for weight in (over.first, over.second)]
    paths = [_path(one, places) for one in ones]
    points = np.concatenate(paths)
    (left, right), (low, high) = room_for(
        points, VALLEY_MARGIN * max(1e-3, float(np.ptp(points, axis=0).max()))
    )
    x, y = (array[:, :MOST_SAMPLES] for array in samples_of(ones[0], "train"))
    plane = through_parameters(ones[0].theta, *places)
    J = survey(Losses(ones[0].network, x, y), plane, (left, right), (low, high), GRID).J
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(room, image_of(_bands(J, theme)))
    for k, path in enumerate(paths):
        x = placed(path[:, 0], left, right, room.left(), room.right())
        y = placed(path[:, 1], low, high, room.bottom(), room.top())
        painter.setPen(QPen(path_colour(theme, k), max(1.5, 0.018 * room.height())))
        curve(painter, x, y)


def place_of(network: Network, weight: WeightRef) -> int:
    """Return the index of a weight in theta."""
    places = np.arange(network.parameters)
    return int(network.W(places, weight.layer)[weight.source, weight.neuron])


def _path(one: BuiltSubject, places: list[int]) -> Array:
    """Return the two weights (updates + 1, 2) over the first epochs, ending where training diverges."""
    trainer = Trainer(one.network, one.dataset, one.theta)
    way = [trainer.snapshot().theta[places]]
    try:
        for _update in range(min(UPDATES, EPOCHS * trainer.left_in_epoch)):
            trainer.run(1)
            way.append(trainer.snapshot().theta[places])
    except Diverged:
        way = way[: max(2, len(way) // 4)]
    return np.array(way, float)


def _bands(J: Array, theme: Theme) -> Array:
    """Return the colours (rows, columns, 4) of bands of the loss, the lowest the most intense."""
    height = np.where(np.isfinite(J), J, np.nanmax(np.where(np.isfinite(J), J, np.nan)))
    share = np.sqrt((height - height.min()) / (float(np.ptp(height)) or 1.0))
    level = np.minimum((share * BANDS).astype(int), BANDS - 1)
    shades = [mixed(theme.positive, theme.canvas, 0.45 + 0.5 * k / (BANDS - 1)) for k in range(BANDS)]
    table = np.array([[shade.red(), shade.green(), shade.blue(), 255] for shade in shades], np.uint8)
    return np.asarray(table[level])


def path_colour(theme: Theme, k: int) -> QColor:
    """Return the colour of the path of network k."""
    return (theme.text, theme.gradient_positive, theme.negative)[k % 3]


# -- networks: the data and the layers, or the paths of several networks over the loss -------------------

MOST_NEURONS = 6
SAMPLES = 50
DATA_SHARE = 0.34


def paint_networks(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    """Draw the data beside the layers of the network, or several networks one below another."""
    subject = scene.subject
    assert isinstance(subject, Networks)
    ones = [made(start) for start in subject.networks]
    data, rest = _sides(room)
    if scene.surface is not None:
        paint_valley(painter, rest, ones, scene.surface, theme)
    else:
        high = rest.height() / len(ones)
        for k, one in enumerate(ones):
            row = QRectF(rest.left(), rest.top() + k * high, rest.width(), high)
            _paint_layers(painter, row, one, theme)
    _paint_data(painter, data, ones[0], theme)


def _paint_network(painter: QPainter, room: QRectF, one: BuiltSubject, theme: Theme) -> None:
    data, rest = _sides(room)
    _paint_layers(painter, rest, one, theme)
    _paint_data(painter, data, one, theme)


def _sides(room: QRectF) -> tuple[QRectF, QRectF]:
    """Return the square for the data at the left, and the room beside it."""
    side = min(DATA_SHARE * room.width(), room.height())
    data = QRectF(room.left(), room.center().y() - side / 2, side, side)
    rest = QRectF(room)
    rest.setLeft(data.right() + 0.08 * room.width())
    return data, rest


def _paint_data(painter: QPainter, box: QRectF, one: BuiltSubject, theme: Theme) -> None:
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


def _paint_layers(painter: QPainter, room: QRectF, one: BuiltSubject, theme: Theme) -> None:
    """Draw neurons as dots, and weights as lines in the colour of their sign."""
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


# -- thumbnails of all kinds of scenes -------------------------------------------------------------------

PATH_STEPS = 6
CURVE_POINTS = 80


def thumbnail(scene: Scene, theme: Theme, width: int, height: int, ratio: float) -> QPixmap:
    """Return a thumbnail of a scene, ``width`` x ``height`` pixels at a device pixel ratio of ``ratio``."""
    paint = _PAINTERS[type(scene.subject)]
    return _painted(lambda painter, room: paint(painter, room, scene, theme), theme, width, height, ratio)


def network_thumbnail(one: BuiltSubject, theme: Theme, width: int, height: int, ratio: float) -> QPixmap:
    """Return a thumbnail of a network and its data, as `thumbnail` does of a scene."""
    return _painted(
        lambda painter, room: _paint_network(painter, room, one, theme), theme, width, height, ratio
    )


def graph_thumbnail(graph: Graph, theme: Theme, width: int, height: int, ratio: float) -> QPixmap:
    """Return a thumbnail of a computational graph, as `thumbnail` does of a scene."""
    return _painted(
        lambda painter, room: paint_graph(painter, room, graph, theme), theme, width, height, ratio
    )


def _painted(
    paint: Callable[[QPainter, QRectF], None], theme: Theme, width: int, height: int, ratio: float
) -> QPixmap:
    """Return a picture with rounded corners, in which ``paint`` paints."""
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
    paint(painter, QRectF(edge, edge, width - 2 * edge, height - 2 * edge))
    painter.end()
    return pixmap


def _paint_expression(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    assert isinstance(scene.subject, Expression)
    paint_graph(painter, room, parse(scene.subject.expression), theme)


def _paint_one_weight(painter: QPainter, room: QRectF, scene: Scene, theme: Theme) -> None:
    """Draw the parabola and the first steps of gradient descent on it."""
    subject = scene.subject
    assert isinstance(subject, OneWeight)
    bench = SceneEvaluator(subject)
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
    """Draw a bar for each class: its probability, or its share after division by the sum."""
    subject = scene.subject
    assert isinstance(subject, SoftmaxBench)
    what: Any = "share" if subject.by_sum else "probability"
    bench = SceneEvaluator(subject)
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
    """Draw every curve, and the draggable z on the first."""
    subject = scene.subject
    assert isinstance(subject, ActivationBench)
    z = np.linspace(subject.low, subject.high, CURVE_POINTS)
    curves = [ACTIVATIONS[name].g(z) for name in subject.activations]
    several = len(curves) > 1
    low = max(-1.5, min(float(a.min()) for a in curves))
    high = min(2.5, max(float(a.max()) for a in curves))
    x = placed(z, subject.low, subject.high, room.left(), room.right())
    axis(painter, room, theme, float(placed(np.zeros(1), low, high, room.bottom(), room.top())[0]))
    for name, a in zip(subject.activations, curves, strict=True):
        colour = colour_of(name, theme) if several else theme.accent
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
