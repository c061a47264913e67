"""Giving the design away from the window: a link, its QR code, and a file dragged out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import zxingcpp
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.nn.design import Dense
from core.project import files
from core.project.links import read_link
from gui.theme import theme
from gui.windows.qr_code import CodeDialog
from tests.gui.app.test_saving import answering, train

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow


def test_a_copied_link_is_pasted_into_the_window(window: MainWindow, qtbot: QtBot) -> None:
    design = window.document.design
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    keys = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(window, Qt.Key.Key_C, keys | Qt.KeyboardModifier.ShiftModifier)
    assert read_link(QGuiApplication.clipboard().text()).design == design
    window.document.edit(replace(design, layers=(Dense(9), design.layers[-1])), "Layers")
    with answering("Discard"):
        qtbot.keyClick(window, Qt.Key.Key_V, keys)
    assert window.document.design == design
    assert design.title in window.status.happened.text()


def test_the_code_on_the_projector_is_the_link(window: MainWindow) -> None:
    for look in (theme.LIGHT, theme.DARK):
        window.looks.show(look)
        window.actions_["qr_code"].trigger()
        dialog = window.findChild(CodeDialog)
        image = dialog.code.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        rows = np.array(image.constBits()).reshape(image.height(), image.bytesPerLine())[:, : image.width()]
        (found,) = zxingcpp.read_barcodes(np.ascontiguousarray(rows))
        assert read_link(found.text).design == window.document.design
        dialog.close()
        dialog.setObjectName("closed")
        dialog.setParent(None)


def test_the_file_with_its_weights_is_dragged_out_of_the_window(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[Path] = []

    def drop(drag: QDrag, *_actions: object) -> Qt.DropAction:
        dropped.extend(Path(url.toLocalFile()) for url in drag.mimeData().urls())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", drop)
    train(window, 30)
    handle = window.sharing.handle
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    for x in (8, 40):
        QTest.mouseMove(handle, QPoint(x, 3))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(40, 3))
    work = files.read(dropped[-1])
    assert work.design == window.document.design and work.iteration == 30
    assert work.theta is not None
    np.testing.assert_array_equal(work.theta, window.player.newest.theta)
    assert dropped[-1].suffix == files.SUFFIX and work.design.title in dropped[-1].name
