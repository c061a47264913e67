"""Lines of text on the canvas: where there is little room they are smaller, never wider than it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from gui.canvas.canvas_state import Texts

RIGHT, LEFT, MIDDLE = 1.0, 0.0, 0.5


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("room", [25, 40, 47, 60, 200])
@pytest.mark.parametrize("text", ["5.82·10⁻¹³", "−0.0368801", "δ = −0.000486", "o = 0.751365070"])
def test_no_ink_lies_beyond_the_room(qapp: QApplication, text: str, room: int, ratio: float) -> None:
    texts = Texts(1.0)
    for align, left in ((LEFT, 50), (MIDDLE, 150 - room / 2), (RIGHT, 250 - room)):
        image = QImage(round(300 * ratio), round(40 * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.setPen(Qt.GlobalColor.black)
        drawn = texts.draw(painter, "small", text, left + align * room, 20, align, room)
        painter.end()
        grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
        shades = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
        inked = np.flatnonzero((shades[:, : grey.width()] < 190).any(axis=0)) / ratio
        assert drawn <= room and inked.size
        assert left - 1.5 <= inked.min() and inked.max() <= left + room + 1.5


@pytest.mark.parametrize("room", [0.0, -20.0])
@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("text", ["", "δ = −0.000486", "Output"])
def test_without_room_nothing_is_drawn(qapp: QApplication, text: str, scale: float, room: float) -> None:
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    blank = image.copy()
    painter = QPainter(image)
    assert Texts(scale).draw(painter, "bold", text, 30.0, 20.0, MIDDLE, room) == 0.0
    painter.end()
    assert image == blank
