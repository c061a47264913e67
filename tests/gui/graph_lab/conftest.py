"""The lab in a window of the size of a projector."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.app.application import application
from gui.graph_lab.view import Lab
from gui.graph_lab.window import LabWindow, open_lab
from gui.theme import theme
from gui.theme.theme import LIGHT


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[LabWindow]:
    theme.apply(application(), LIGHT)
    made = open_lab(None, LIGHT)
    made.showNormal()
    made.resize(1366, 768)
    qtbot.waitExposed(made)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def lab(window: LabWindow) -> Lab:
    return window.lab
