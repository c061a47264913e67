"""Views as figures: SVG and PDF of true vectors in true size, and PNG, which look like the screen.

What they look like is asked of renderers other than Qt's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest
import resvg_py
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QGraphicsItem, QMenu, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from core.project.files import examples
from gui.actions.export_table import FIGURES
from gui.figures.figure import SCALE, SVG_TYPE, FigureStyle, bitmap, copy_figure, figure, figure_of
from gui.qt.later import draw_all
from gui.text.formula_label import FormulaLabel
from gui.theme import theme

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


def test_a_figure_is_made_of_vectors_and_letters(window: MainWindow) -> None:
    for view in FIGURES:
        widget = shown(window, view)
        root = ElementTree.fromstring(figure(widget, ".svg", "<a> & b"))
        assert root.findtext(f"{SVG}title") == "<a> & b"
        assert sum(side > SMALL for side in images(root)) == MAPS.get(view, 0)
        assert len(list(root.iter(f"{SVG}text"))) > 5
        pdf = figure(widget, ".pdf")
        assert b"/FontFile" in pdf
        large = [int(side) for side in re.findall(rb"/Width (\d+)", pdf) if int(side) > 4 * SMALL]
        assert len(large) <= MAPS.get(view, 0)


def test_a_figure_has_the_size_it_has_on_the_screen(window: MainWindow) -> None:
    for view in (ViewId.CANVAS, ViewId.LOSS_PLOT):
        widget = shown(window, view)
        inches = np.array([widget.width(), widget.height()]) / 96
        root = ElementTree.fromstring(figure(widget, ".svg"))
        size = [float(root.get(side, "").removesuffix("mm")) for side in ("width", "height")]
        np.testing.assert_allclose(size, inches * 25.4, rtol=1e-3)
        (box,) = re.findall(rb"/MediaBox \[([^\]]*)\]", figure(widget, ".pdf"))
        np.testing.assert_allclose([float(side) for side in box.split()[2:]], inches * 72, atol=1.0)
        image = QImage.fromData(figure(widget, ".png"))
        assert image.size() == widget.size() * SCALE


def rendered(data: bytes, suffix: str) -> QImage:
    """Draw a figure by a renderer that is not Qt's: resvg for SVG, PDFium for PDF."""
    if suffix == ".svg":
        return QImage.fromData(bytes(resvg_py.svg_to_bytes(svg_string=data.decode(), dpi=96)))
    page = pypdfium2.PdfDocument(data)[0]
    rows = page.render(scale=96 / 72).to_numpy()[..., :3]
    plain = np.ascontiguousarray(np.dstack([rows, np.full(rows.shape[:2], 255, np.uint8)]))
    return QImage(plain.tobytes(), rows.shape[1], rows.shape[0], QImage.Format.Format_RGB32).copy()


def test_a_figure_looks_like_the_screen_in_other_programs(window: MainWindow) -> None:
    for view in FIGURES:
        for suffix, look in ((".svg", theme.LIGHT), (".pdf", theme.DARK)):
            window.looks.show(look)
            widget = shown(window, view)
            screen = widget.grab().toImage()
            found = rendered(figure(widget, suffix, style=FigureStyle(controls=True)), suffix)
            assert abs(found.width() - screen.width()) <= 1
            drawn = found.scaled(screen.size())
            assert np.abs(pixels(drawn) - pixels(screen)).mean() < 9  # of 255: letters and edges differ


def test_a_figure_has_the_width_asked_for(window: MainWindow) -> None:
    widget, style = shown(window, ViewId.LOSS_PLOT), FigureStyle(width=12.5)
    high = 125 * widget.height() / widget.width()
    root = ElementTree.fromstring(figure(widget, ".svg", style=style))
    size = [float(root.get(side, "").removesuffix("mm")) for side in ("width", "height")]
    np.testing.assert_allclose(size, [125, high], rtol=1e-4)
    page = pypdfium2.PdfDocument(figure(widget, ".pdf", style=style))[0]
    np.testing.assert_allclose(page.get_size(), np.array([125, high]) / 25.4 * 72, atol=1)
    found, screen = page.render(scale=widget.width() / page.get_width()), widget.grab().toImage()
    drawn = found.to_numpy()[: screen.height(), : screen.width(), :3].astype(float)
    assert np.abs(drawn - pixels(screen)[: drawn.shape[0], : drawn.shape[1]]).mean() < 9
    image = QImage.fromData(figure(widget, ".png", style=style))
    assert image.dotsPerMeterX() == round(image.width() / 0.125)


def test_a_figure_can_do_without_its_background(window: MainWindow) -> None:
    for view in FIGURES:
        widget = shown(window, view)
        for transparent in (False, True):
            image = bitmap(widget, FigureStyle(transparent=transparent, scale=1))
            alpha = np.array(image.constBits()).reshape(-1, 4)[:, 3]
            assert ((alpha == 0).mean() > 0.1) == transparent
            assert alpha.max() == 255
            style = FigureStyle(transparent=transparent)
            vectors = QImage.fromData(
                bytes(resvg_py.svg_to_bytes(svg_string=figure(widget, ".svg", style=style).decode(), dpi=96))
            ).convertToFormat(QImage.Format.Format_ARGB32)
            assert ((np.array(vectors.constBits()).reshape(-1, 4)[:, 3] == 0).mean() > 0.1) == transparent


def test_letters_of_formulas_have_no_outline(qtbot: QtBot) -> None:
    label = FormulaLabel("w^2")
    qtbot.addWidget(label)
    label.resize(200, 60)
    label.show()
    qtbot.waitUntil(lambda: label.grab().toImage() != QImage())
    draw_all(label)
    screen = label.grab().toImage()
    found = rendered(figure(label, ".svg"), ".svg").scaled(screen.size())
    ink = [(255 - pixels(image)).sum() for image in (found, screen)]
    assert ink[0] == pytest.approx(ink[1], rel=0.15)


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


def test_ctrl_c_copies_the_view_with_the_focus(window: MainWindow, qtbot: QtBot) -> None:
    for view in (view for view in FIGURES if view is not ViewId.MATRICES):
        widget = shown(window, view)
        parts = (part for part in (widget, *widget.findChildren(QWidget)) if part.isVisible())
        widget = next(
            part
            for part in parts
            if part.focusPolicy() & Qt.FocusPolicy.ClickFocus and not isinstance(part, QComboBox)
        )
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
        widget.setFocus()
        QGuiApplication.clipboard().clear()
        qtbot.keyClick(widget, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        copied = QGuiApplication.clipboard().mimeData()
        assert copied.hasFormat(SVG_TYPE) and copied.hasImage()


def test_the_right_button_offers_the_figure_on_every_view(window: MainWindow) -> None:
    for view in FIGURES:
        widget = shown(window, view)
        spot = QPoint(widget.width() // 2, 3)
        part = widget.childAt(spot) or widget
        at = part.mapFrom(widget, spot)
        QTest.mouseClick(part, Qt.MouseButton.RightButton, pos=at)  # a plot opens its menu once it is no drag
        if not any(menu.isVisible() for menu in window.findChildren(QMenu)):
            QApplication.sendEvent(
                part, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, part.mapToGlobal(at))
            )
        menu = next(menu for menu in window.findChildren(QMenu) if menu.isVisible())
        QGuiApplication.clipboard().clear()
        copy = next(action for action in menu.actions() if action.text() == "Copy as a picture")
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(copy).center())
        assert QGuiApplication.clipboard().mimeData().hasFormat(SVG_TYPE)


def test_the_lab_and_a_scene_have_figures(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["lab"].trigger()
    (lab,) = window.secondary_windows.opened
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(lab.lab.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    root = ElementTree.fromstring(bytes(QGuiApplication.clipboard().mimeData().data(SVG_TYPE).data()))
    assert len(list(root.iter(f"{SVG}text"))) > 5


def test_images_of_weights_are_those_of_the_screen(window: MainWindow) -> None:
    window.files.open(examples()["digits"])
    canvas = shown(window, ViewId.CANVAS)
    block = canvas.mapFromScene(canvas.state.layout.of_layer(1).block).boundingRect()
    seen = slice(block.top(), block.bottom()), slice(block.left(), block.right())
    screen = canvas.grab().toImage()
    for suffix in (".svg", ".pdf"):
        found = rendered(figure(canvas, suffix), suffix).scaled(screen.size())
        assert np.corrcoef(pixels(found)[seen].ravel(), pixels(screen)[seen].ravel())[0, 1] > 0.8
