"""The loss over two weights as a small picture, with the first updates of each network as paths."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from core.lecture import Surface, Weight
from core.modules import Array
from core.network import Network
from core.subjects import Made
from core.surface import Losses, room_for, survey, through_parameters
from core.training import Diverged, Trainer
from core.workbench import samples_of
from gui.lecture.scene_thumbnail_pen import curve, placed
from gui.plane import image_of
from gui.theme import Theme, mixed

GRID, BANDS = 33, 9
UPDATES, EPOCHS = 140, 12
MOST_SAMPLES = 60
MARGIN = 0.4


def paint_valley(painter: QPainter, room: QRectF, ones: list[Made], over: Surface, theme: Theme) -> None:
    """Draw bands of equal loss, computed on some samples, and the paths in the two weights."""
    places = [place_of(ones[0].network, weight) for weight in (over.first, over.second)]
    paths = [_path(one, places) for one in ones]
    points = np.concatenate(paths)
    (left, right), (low, high) = room_for(points, MARGIN * max(1e-3, float(np.ptp(points, axis=0).max())))
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


def place_of(network: Network, weight: Weight) -> int:
    """Return where a weight lies in theta."""
    places = np.arange(network.parameters)
    return int(network.W(places, weight.layer)[weight.source, weight.neuron])


def _path(one: Made, places: list[int]) -> Array:
    """Return the two weights (updates + 1, 2) over the first epochs; until it diverges, if it does."""
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
    """Return the colours (rows, columns, 4) of bands of the loss, the lowest the strongest."""
    height = np.where(np.isfinite(J), J, np.nanmax(np.where(np.isfinite(J), J, np.nan)))
    share = np.sqrt((height - height.min()) / (float(np.ptp(height)) or 1.0))
    level = np.minimum((share * BANDS).astype(int), BANDS - 1)
    shades = [mixed(theme.positive, theme.canvas, 0.45 + 0.5 * k / (BANDS - 1)) for k in range(BANDS)]
    table = np.array([[shade.red(), shade.green(), shade.blue(), 255] for shade in shades], np.uint8)
    return np.asarray(table[level])


def path_colour(theme: Theme, k: int) -> QColor:
    """Return the colour of the path of network k."""
    return (theme.text, theme.gradient_positive, theme.negative)[k % 3]
