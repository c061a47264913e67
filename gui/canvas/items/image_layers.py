"""A network that reads images: the image as the network gets it, and neurons as images of their weights."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from core.language import tr
from core.number_style import HIDDEN
from gui.canvas.canvas_state import CanvasState, rounded
from gui.canvas.items.neuron_images import bars, picture_of, pixels_of
from gui.canvas.layout import LayerColumn
from gui.plots.sample_image import GREYS, ink
from gui.qt.drawable import pixel_image
from gui.theme.theme import mixed

SILENT = 0.28  # opacity of a neuron whose activation is 0
BAR_HIGH = 0.07  # height of a bar, relative to the side of an image


def paint_input_image(painter: QPainter, state: CanvasState, column: LayerColumn) -> None:
    """Paint the pixels of the sample in grey levels, and its class."""
    theme, block, newest, dataset = state.theme, column.block, state.newest, state.dataset
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.fillRect(block, theme.panel)
    if dataset is not None and newest is not None and newest.a is not None:
        image = picture_of(ink(dataset, newest.a[0]), GREYS, 0.0, 1.0)
        painter.drawImage(block, image)
    _paint_edge(painter, state, block)
    painter.setPen(theme.muted)
    y = block.bottom() + state.layout.sizes.line
    half = caption_width(state, column) / 2
    state.texts.draw(painter, "small", tr("what the network sees"), max(column.x, half + 2), y)


def paint_weight_images(painter: QPainter, state: CanvasState, column: LayerColumn) -> None:
    """Paint each neuron as its weights, one per pixel, with a bar of its activation below."""
    newest, theme, l = state.newest, state.theme, column.layer or 0
    sizes, shown = state.layout.sizes, painter.opacity()
    frame = column.block.adjusted(-4, -4, 4, 4)
    rounded(painter, frame, 6, theme.panel, theme.border)
    if newest is None:
        return
    hidden = state.veiled or newest.a is None
    a = None if hidden or newest.a is None else newest.a[l]
    shares = None if a is None else bars(newest.network, l, a)
    W = newest.theta.W[l]
    most = float(np.abs(W).max()) or 1.0
    rows, columns = state.layout.of_layer(0).grid
    pixels = pixels_of(W.T, state.colours, -most, most).reshape(-1, columns)
    images = pixel_image(pixels)
    edge = QPen(mixed(theme.border, theme.text, 0.3), 1)
    back = mixed(theme.zero, theme.panel, 0.4)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    for j in range(column.neurons):
        tile = column.tile(j)
        painter.setOpacity(shown * (SILENT if a is not None and a[j] == 0 else 1.0))
        painter.drawImage(tile, images.copy(0, j * rows, columns, rows))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(edge)
        painter.drawRect(tile)
        bar = QRectF(tile.left(), tile.bottom() + 2, tile.width(), max(2.0, BAR_HIGH * tile.height()))
        painter.fillRect(bar, back)
        if shares is not None and np.isfinite(shares[j]):
            bar.setWidth(tile.width() * min(1.0, abs(float(shares[j]))))
            painter.fillRect(bar, state.sign_colour(float(shares[j])))
    painter.setOpacity(shown)
    painter.setPen(theme.muted)
    y = frame.bottom() + sizes.line * 0.9
    said = caption(state, column)
    if state.texts.width("small", said) > _room(state, column):
        said = said.partition(";")[0]
    state.texts.draw(painter, "small", said, column.x, y)


def caption(state: CanvasState, column: LayerColumn) -> str:
    """Return how many neurons of a layer are active for the sample, in words; those with a = 0 are silent."""
    moment, n = state.moment, column.neurons
    if state.veiled or moment is None or moment.a is None or np.isnan(moment.a[column.layer or 0]).any():
        return tr("{n} neurons").format(n=n)
    answer = int(np.count_nonzero(moment.a[column.layer or 0]))
    if answer == n:
        return tr("all {n} neurons answer this image").format(n=n)
    if state.dataset is not None and state.dataset.name == "digits":
        text = tr("{answer} of {n} neurons answer this digit; the pale ones are silent")
    else:
        text = tr("{answer} of {n} neurons answer this image; the pale ones are silent")
    return text.format(answer=answer, n=n)


def _room(state: CanvasState, column: LayerColumn) -> float:
    """Return the width available to a line below a block, between its neighbours."""
    layout, l = state.layout, column.layer or 0
    before, after = float(layout.of_layer(l - 1).outs[0, 0]), float(layout.of_layer(l + 1).ins[0, 0])
    return 2 * min(column.x - before, after - column.x) - 4


def caption_width(state: CanvasState, column: LayerColumn) -> float:
    """Return the largest width of a line below a block."""
    longest = tr("{answer} of {n} neurons answer this image; the pale ones are silent")
    longest = longest if column.pictures else tr("what the network sees")
    return state.texts.width("small", longest)


def paint_veil(painter: QPainter, tile: QRectF, state: CanvasState) -> None:
    """Paint a question mark in place of a picture of veiled numbers."""
    painter.setPen(state.theme.muted)
    role = "big" if tile.height() > 1.6 * state.layout.sizes.line else "text"
    state.texts.draw(painter, role, HIDDEN, tile.center().x(), tile.center().y())


def _paint_edge(painter: QPainter, state: CanvasState, rect: QRectF) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(mixed(state.theme.border, state.theme.text, 0.3), 1))
    painter.drawRect(rect)
