"""A canvas with a network on it, and the hand that moves a mouse over it."""

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.nn.design import Dense, Design
from core.nn.trainer import Trainer
from gui.canvas.editor_view import CanvasView
from gui.canvas.items.layer_header import buttons
from gui.canvas.layout import curve, ends
from gui.selection import Selection
from tests.gui.networks import trainer

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Shown:
    """A canvas with a network on it, whose requests are answered as the window answers them."""

    def __init__(self, qtbot: QtBot, sizes: str = "2-4-2-1", size: tuple[int, int] = (868, 552)) -> None:
        self.qtbot, self.view = qtbot, CanvasView()
        qtbot.addWidget(self.view)
        self.view.resize(*size)
        self.view.show()
        self.trainer: Trainer = trainer(sizes)
        self.design: Design = self.trainer.network.design
        self.edits: list[tuple[Design, str]] = []
        self.selection = Selection()
        self.view.edit_requested.connect(lambda design, text: self.edits.append((design, text)))
        self.view.select_requested.connect(self.select)
        self.view.show_design(self.design, ())
        self.view.show_network(self.trainer.network, self.trainer.dataset)
        self.view.show_snapshot(self.trainer.snapshot())

    def select(self, selection: Selection) -> None:
        self.selection = selection
        self.view.show_selection(selection)

    def at(self, point: QPointF) -> QPoint:
        return self.view.mapFromScene(point)

    def tile(self, l: int, j: int) -> QPoint:
        return self.at(self.view.state.layout.of_layer(l).tile(j).center())

    def button(self, k: int, kind: str) -> QPoint:
        picture = self.view.state
        rects = buttons(picture.layout.columns[k], picture.part(k), picture.layout.sizes, output=False)
        return self.at(rects[kind].center())

    def edge(self, l: int, i: int, j: int, share: float = 0.15) -> QPoint:
        return edge(self.view, l, i, j, share)

    def click(self, point: QPoint) -> None:
        self.qtbot.mouseClick(self.view.viewport(), LEFT, NONE, point)

    def drag(self, start: QPoint, stop: QPoint, *, release: bool = True) -> None:
        viewport = self.view.viewport()
        self.qtbot.mousePress(viewport, LEFT, NONE, start)
        for share in (0.2, 0.6, 1.0):
            step = QPointF(start) + share * (QPointF(stop) - QPointF(start))
            _move(viewport, step)
        if release:
            self.qtbot.mouseRelease(viewport, LEFT, NONE, stop)

    def drop(self, mime: str, key: str, point: QPoint) -> bool:
        """Carry something onto the canvas as Qt does; return whether it was taken."""
        data = QMimeData()
        data.setData(mime, key.encode())
        viewport, copy = self.view.viewport(), Qt.DropAction.CopyAction
        enter = QDragEnterEvent(point, copy, data, LEFT, NONE)
        QApplication.sendEvent(viewport, enter)
        move = QDragMoveEvent(point, copy, data, LEFT, NONE)
        QApplication.sendEvent(viewport, move)
        drop = QDropEvent(QPointF(point), copy, data, LEFT, NONE)
        QApplication.sendEvent(viewport, drop)
        return enter.isAccepted() and drop.isAccepted()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.keyClick(self.view, key, modifiers)

    def hover(self, point: QPoint) -> None:
        viewport = self.view.viewport()
        _move(viewport, QPointF(point), Qt.MouseButton.NoButton)

    def wheel(self, point: QPoint, angle: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        viewport, no = self.view.viewport(), Qt.MouseButton.NoButton
        here, everywhere = QPointF(point), QPointF(viewport.mapToGlobal(point))
        turned = QPoint(0, angle)
        phase = Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(here, everywhere, QPoint(), turned, no, modifiers, phase, False)
        QApplication.sendEvent(viewport, event)


def edge(view: CanvasView, l: int, i: int, j: int, share: float = 0.15) -> QPoint:
    """Return a place on an edge, so much of the way along it."""
    outs, ins = ends(view.state.layout, l)
    x = outs[0, 0] + share * (ins[0, 0] - outs[0, 0])
    y = outs[i, 1] + (ins[j, 1] - outs[i, 1]) * curve(share)
    return view.mapFromScene(QPointF(float(x), float(y)))


def _move(viewport: QWidget, point: QPointF, held: Qt.MouseButton = LEFT) -> None:
    everywhere = QPointF(viewport.mapToGlobal(point.toPoint()))
    event = QMouseEvent(QEvent.Type.MouseMove, point, everywhere, Qt.MouseButton.NoButton, held, NONE)
    QApplication.sendEvent(viewport, event)


def widths(design: Design) -> list[object]:
    """Return the neurons of each dense layer, and the word for a dropout."""
    return [layer.neurons if isinstance(layer, Dense) else "dropout" for layer in design.layers]


def farthest(one: QImage, other: QImage) -> int:
    """Return by how much two pictures differ where they do most, 0 … 255."""
    bits = [
        np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
        for image in (one, other)
    ]
    return int(np.abs(bits[0].astype(int) - bits[1]).max())
