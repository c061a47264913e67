"""Views as figures: SVG and PDF of true vectors in true size, and PNG, which look like the screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QGraphicsItem, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from gui.actions.export_table import FIGURES
from gui.theme import theme
from gui.widgets.figure import SCALE, SVG_TYPE, copy_figure, figure, figure_of
from gui.widgets.later import draw_all

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

SVG = "{http://www.w3.org/2000/svg}"
SMALL = 64
"""The largest side of a bitmap that belongs into a vector figure: what one neuron computes, or an icon."""
MAPS = {ViewId.DECISION_BOUNDARY: 1, ViewId.LOSS_SURFACE: 1}
"""How many larger bitmaps a view has: the output over the plane, the loss over two parameters."""


def shown(window: MainWindow, view: ViewId) -> QWidget:
    if not window.player.where or not window.player.where.iteration:
        window.player.run(200)
        window.player.settle()
    widget = figure_of(window.bring(view))
    window.player.settle()
    draw_all(window)
    return widget


def pixels(image: QImage) -> np.ndarray:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.array(plain.constBits()).reshape(plain.height(), -1, 4)[..., :3].astype(float)


def images(root: ElementTree.Element) -> list[float]:
    """Return the larger side of every bitmap in an SVG."""
    found = root.iter(f"{SVG}image")
    return [max(float(one.get("width", "0")), float(one.get("height", "0"))) for one in found]


@pytest.mark.parametrize("view", FIGURES)
def test_a_figure_is_made_of_vectors_and_letters(view: ViewId, window: MainWindow) -> None:
    widget = shown(window, view)
    root = ElementTree.fromstring(figure(widget, ".svg", "<a> & b"))
    assert root.findtext(f"{SVG}title") == "<a> & b"
    assert sum(side > SMALL for side in images(root)) == MAPS.get(view, 0)
    assert len(list(root.iter(f"{SVG}text"))) > 5
    pdf = figure(widget, ".pdf")
    assert b"/FontFile" in pdf
    large = [int(side) for side in re.findall(rb"/Width (\d+)", pdf) if int(side) > 4 * SMALL]
    assert len(large) <= MAPS.get(view, 0)


@pytest.mark.parametrize("view", [ViewId.CANVAS, ViewId.LOSS_PLOT])
def test_a_figure_has_the_size_it_has_on_the_screen(view: ViewId, window: MainWindow) -> None:
    widget = shown(window, view)
    inches = np.array([widget.width(), widget.height()]) / 96
    root = ElementTree.fromstring(figure(widget, ".svg"))
    size = [float(root.get(side, "").removesuffix("mm")) for side in ("width", "height")]
    np.testing.assert_allclose(size, inches * 25.4, rtol=1e-3)
    (box,) = re.findall(rb"/MediaBox \[([^\]]*)\]", figure(widget, ".pdf"))
    np.testing.assert_allclose([float(side) for side in box.split()[2:]], inches * 72, atol=1.0)
    image = QImage.fromData(figure(widget, ".png"))
    assert image.size() == widget.size() * SCALE


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.name)
@pytest.mark.parametrize("view", [ViewId.CANVAS, ViewId.DECISION_BOUNDARY, ViewId.MATRICES])
def test_a_figure_looks_like_the_screen(view: ViewId, look: theme.Theme, window: MainWindow) -> None:
    window.looks.show(look)
    widget = shown(window, view)
    screen = widget.grab().toImage()
    drawn = QImage(screen.size(), QImage.Format.Format_RGB32)
    drawn.fill(QColor("magenta"))
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(figure(widget, ".svg"))).render(painter)
    painter.end()
    assert np.abs(pixels(drawn) - pixels(screen)).mean() < 6  # of 255: edges of letters and lines differ


def test_what_qt_kept_of_a_view_is_kept_again(window: MainWindow) -> None:
    canvas = shown(window, ViewId.CANVAS)
    modes = {id(item): item.cacheMode() for item in canvas.scene().items()}
    assert set(modes.values()) > {QGraphicsItem.CacheMode.NoCache}
    figure(canvas, ".svg")
    assert {id(item): item.cacheMode() for item in canvas.scene().items()} == modes


def test_a_copy_is_both_svg_and_bitmap(window: MainWindow) -> None:
    widget = shown(window, ViewId.LOSS_PLOT)
    copy_figure(widget)
    copied = QGuiApplication.clipboard().mimeData()
    assert bytes(copied.data(SVG_TYPE).data()) == figure(widget, ".svg")
    assert copied.imageData().size() == widget.size() * SCALE


@pytest.mark.parametrize("view", [ViewId.CANVAS, ViewId.DECISION_BOUNDARY, ViewId.LOSS_PLOT])
def test_ctrl_c_copies_the_view_with_the_focus(view: ViewId, window: MainWindow, qtbot: QtBot) -> None:
    widget = shown(window, view)
    widget = getattr(widget, "plot", widget)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    widget.setFocus()
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(widget, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().mimeData()
    assert copied.hasFormat(SVG_TYPE) and copied.hasImage()
