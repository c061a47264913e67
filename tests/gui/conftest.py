"""Fixtures of the tests of the windows. Settings are stored in a temporary folder, never in the user's."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtGui import QCursor, QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.nn.design import Design
from tests.conftest import MINUTE

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow
    from gui.session.player import Player
    from gui.views.inspector.view import Inspector

AWAY = (30_000, 30_000)
"""A place of the mouse in no window."""
MOST_KEPT = 200_000
"""How many objects may outlive the collections between tests before all are looked at: about 20 MB."""
_frozen_at_most = [0]


@pytest.fixture(scope="session", autouse=True)
def _clipboard_of_the_tests() -> Iterator[None]:
    """Empty the clipboard in the end: what Python put there must not be destroyed after Python is."""
    yield
    if QApplication.instance() is not None:
        QApplication.clipboard().clear()


@pytest.fixture(scope="module", autouse=True)
def _garbage_of_modules() -> Iterator[None]:
    """Collect all garbage once much of it may have outlived the collections between tests."""
    yield
    if gc.get_freeze_count() > _frozen_at_most[0]:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        _frozen_at_most[0] = gc.get_freeze_count() + MOST_KEPT


@pytest.fixture(autouse=True)
def _garbage_between_tests(_garbage_of_modules: None) -> Iterator[None]:
    """Collect garbage between tests, as the program does by a timer: never while Qt destroys an object.

    What outlives a collection is not looked at again before `MOST_KEPT` objects did, which makes it fast.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _no_mouse_stays() -> Iterator[None]:
    """Close menus, release grabs and buttons that a test leaves held: the tests after it begin without them.

    A button stays held where the release after a press is eaten, by a menu or by a widget that is gone.
    """
    yield
    if QApplication.instance() is None:
        return
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    if (grabber := QWidget.mouseGrabber()) is not None:
        grabber.releaseMouse()
    held = QGuiApplication.mouseButtons()
    if held is not Qt.MouseButton.NoButton:
        outside = QWindow()
        outside.create()
        for button in Qt.MouseButton:
            if button & held:
                QTest.mouseRelease(outside, button)
    assert QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
    QCursor.setPos(*AWAY)  # a move to where the mouse is already would be none
    assert not [window for window in QApplication.topLevelWidgets() if window.isVisible()], "a window stays"


@pytest.fixture(autouse=True)
def _at_the_desk() -> Iterator[None]:
    """Leave the hall a test was in, or the large letters it had."""
    yield
    from gui.theme import theme

    app = QApplication.instance()
    if isinstance(app, QApplication) and theme.type_scale() != 1:
        theme.apply(app, theme.present())


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def player(qtbot: QtBot) -> Iterator[Player]:
    from gui.session.player import Player

    made = Player()
    yield made
    made.close()
    sys.setswitchinterval(0.005)


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    from gui.views.inspector.view import Inspector

    made = Inspector()
    qtbot.addWidget(made)
    made.resize(320, 480)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def open_window(
    qtbot: QtBot, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., MainWindow]]:
    """Return a function that opens a window with a design; all windows are closed at the end.

    Messages in its status bar are kept for a minute, so that a slow test still finds them.
    """
    from gui.app import status_bar
    from gui.app.application import application, first_design
    from gui.app.main_window import MainWindow

    monkeypatch.setattr(status_bar, "MESSAGE_MILLISECONDS", MINUTE)
    application()
    opened: list[MainWindow] = []

    def make(design: Design | None = None, size: tuple[int, int] = (1366, 768)) -> MainWindow:
        window = MainWindow(design or first_design(), settings)
        opened.append(window)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        window.player.settle()
        QApplication.processEvents()
        return window

    yield make
    for window in opened:
        window.document.begin(window.document.network.design)  # nothing is unsaved: no question is asked
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    sys.setswitchinterval(0.005)


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window()
