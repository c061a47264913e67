"""Heat maps of matrices as HTML, for tooltips and the side panel: colour by sign, stronger by size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImageWriter

from core.arrays import Array
from core.language import tr
from core.number_style import value_text
from gui.canvas.items.neuron_images import packed, picture_of
from gui.graph_lab.formulas import partial, rich, size_of
from gui.graph_lab.stepper import Stepper
from gui.theme.theme import Theme, diverging

LARGEST_CELL, THINNEST = 18, 6  # pixels
MOST_ROWS, MOST_COLUMNS = 6, 4  # of a matrix that are written as numbers
TIP_SIDE, PANEL_SIDE = 150, 210  # pixels of the longer side, at scale 1


def heat_map(values: Array, theme: Theme, side: float, *, gradient: bool = False) -> str:
    """Return a matrix as an image tag whose longer side is about ``side`` pixels; colours span ±max |value|.

    Non-finite numbers have the colour of 0.
    """
    shown = np.nan_to_num(values)
    most = float(np.abs(shown).max(initial=0.0)) or 1.0
    if gradient:
        theme = replace(theme, negative=theme.gradient_negative, positive=theme.gradient_positive)
    image = picture_of(shown, packed(diverging(theme)), -most, most)
    cell = max(1, min(LARGEST_CELL, round(side / max(shown.shape))))
    size = image.size() * cell
    if max(shown.shape) > side:
        size.scale(round(side), round(side), Qt.AspectRatioMode.KeepAspectRatio)
        size = size.expandedTo(QSize(THINNEST, THINNEST))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image.scaled(size))
    return f'<img src="data:image/png;base64,{buffer.data().toBase64().toStdString()}">'


def range_text(values: Array) -> str:
    """Return the least and the greatest of some numbers."""
    return tr("{low} … {high}").format(
        low=value_text(float(values.min())), high=value_text(float(values.max()))
    )


def node_tip_html(stepper: Stepper, k: int, theme: Theme, *, gradient: bool = False) -> str:
    """Return the matrix of a node, or the gradient by it, as a small heat map; empty if not computed."""
    name = stepper.graph.nodes[k].name
    title = partial(stepper.graph.nodes[-1].name, name) if gradient else rich(name)
    values = None if _hidden(stepper, k, gradient=gradient) else _array(stepper, k, gradient=gradient)
    if values is None:
        return title
    picture = heat_map(values, theme, TIP_SIDE, gradient=gradient)
    return f"<p>{title}: {size_of(values.shape)}</p><p>{picture}</p><p>{range_text(values)}</p>"


def matrices_html(stepper: Stepper, k: int, theme: Theme, scale: float) -> str:
    """Return the matrix of a node and the gradient by it, as heat maps and numbers; empty: not computed."""
    name, found = stepper.graph.nodes[k].name, ""
    for title, gradient in ((rich(name), False), (partial(stepper.graph.nodes[-1].name, name), True)):
        values = None if _hidden(stepper, k, gradient=gradient) else _array(stepper, k, gradient=gradient)
        if values is not None:
            picture = heat_map(values, theme, PANEL_SIDE * scale, gradient=gradient)
            head = f"<p>{title}: {size_of(values.shape)}, {range_text(values)}</p>"
            found += f"{head}<p>{picture}</p>{_numbers_html(values)}"
    return found


def _array(stepper: Stepper, k: int, *, gradient: bool) -> Array | None:
    """Return the matrix of a node, or the gradient by it, at the present step; None: not computed yet."""
    values = stepper.gradient(k) if gradient else stepper.values[k]
    if values is None:
        return None
    matrix = np.asarray(values, float)
    return matrix if matrix.ndim == 2 else matrix.reshape(-1, 1)


def _hidden(stepper: Stepper, k: int, *, gradient: bool) -> bool:
    """Return whether the veil hides it."""
    return stepper.veiled and (gradient or stepper.graph.nodes[k].module is not None)


def _numbers_html(values: Array) -> str:
    """Return the numbers of a matrix; for a large one, those at the upper left."""
    few = values[:MOST_ROWS, :MOST_COLUMNS]
    cell = '<td align="right" style="padding-right: 9px;"><small>{}</small></td>'
    rows = ["".join(cell.format(value_text(value)) for value in row) for row in few.tolist()]
    if values.shape[1] > MOST_COLUMNS:
        rows = [row + cell.format("…") for row in rows]
    if values.shape[0] > MOST_ROWS:
        rows.append(cell.format("⋮"))
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
