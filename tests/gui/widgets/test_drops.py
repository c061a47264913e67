"""Opening a scene file that is dropped onto a window, or named on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.scene import find_scene, read_scene, write_scene
from core.project.files import DesignFile, write
from gui.app.application import give_lecture, open_named
from gui.app.main_window import MainWindow
from gui.layout.placement import screen_of
from gui.lecture.gallery.view import own_scenes
from gui.theme.theme import hall_scale
from gui.widgets import dialogs


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return the path of a scene of the user's own."""
    path = tmp_path / "mine.json"
    write_scene(path, replace(read_scene(find_scene("one-weight")), title="My own weight"))
    return path


def let_go(widget: QWidget, path: Path) -> bool:
    """Drag a file onto the middle of a widget and let it go; return whether it was accepted."""
    data, copy, point = QMimeData(), Qt.DropAction.CopyAction, widget.rect().center()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(point), copy, data, buttons, keys)
    QApplication.sendEvent(widget, enter)
    dropped = QDropEvent(QPointF(point), copy, data, buttons, keys)
    if enter.isAccepted():
        QApplication.sendEvent(widget, dropped)
    return enter.isAccepted() and dropped.isAccepted()


def drop(widget: QWidget, path: Path) -> bool:
    """Drop a file onto a widget, and let the program open it; return whether it was accepted."""
    accepted = let_go(widget, path)
    QApplication.processEvents()
    return accepted


@pytest.mark.parametrize("place", ["window", "canvas"])
def test_a_scene_dropped_on_the_main_window_opens_the_lecture(
    window: MainWindow, own: Path, place: str
) -> None:
    design = window.document.design
    assert drop(window if place == "window" else window.panels.canvas.viewport(), own)
    lecture = window.lecture_launcher.lecture
    assert lecture is not None and lecture.isVisible()
    assert lecture.bar.title.text() == "My own weight"
    assert own_scenes(window.settings) == [own]
    assert window.document.design is design and not window.notice.isVisible()


def test_a_question_about_what_is_dropped_comes_after_the_drop(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, asked = tmp_path / "other.glassnet", list[str]()
    write(path, DesignFile(window.document.network.design))
    window.actions_["add_layer"].trigger()

    def question(*_asked: object) -> QMessageBox.StandardButton:
        asked.append("asked")
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(dialogs, "question", question)
    assert let_go(window, path) and not asked
    QApplication.processEvents()
    assert asked


def test_while_a_question_is_open_nothing_can_be_dropped(window: MainWindow, own: Path) -> None:
    seen = []

    def ask() -> None:
        box = QApplication.activeModalWidget()
        seen.append((drop(window, own), drop(window.panels.canvas.viewport(), own)))
        box.reject()

    QTimer.singleShot(0, window, ask)
    dialogs.question(window, "Save", "Save it?")
    assert seen == [(False, False)] and window.lecture_launcher.lecture is None
    assert drop(window, own) and window.lecture_launcher.lecture is not None


def test_a_broken_scene_dropped_on_the_main_window_is_named_there(window: MainWindow, own: Path) -> None:
    own.write_text(own.read_text("utf-8")[:-9], "utf-8")
    assert drop(window, own)
    assert window.lecture_launcher.lecture is None
    assert window.notice.isVisible() and "mine.json" in window.notice.sentence.text()


def test_a_scene_dropped_on_the_lecture_takes_the_place_of_the_present_one(
    window: MainWindow, own: Path, tmp_path: Path
) -> None:
    window.lecture_launcher.begin()
    lecture = window.lecture_launcher.lecture
    assert drop(lecture.theatre.stage, own)
    assert lecture.scene.title == "My own weight"
    assert drop(lecture, find_scene("mse"))
    assert lecture.scene.name == "mse" and lecture.lecture.places[lecture.at].path.stem == "17-mse"
    (tmp_path / "bad.json").write_text("[]")
    assert drop(lecture, tmp_path / "bad.json")
    assert "bad.json" in lecture.notice.sentence.text() and lecture.scene.name == "mse"
    assert own_scenes(window.settings) == [own]


def test_the_lecture_begins_at_a_scene_or_where_it_was_left(window: MainWindow, own: Path) -> None:
    give_lecture(window, find_scene("mse"), hall=False)
    lecture = window.lecture_launcher.lecture
    assert lecture.at == 16 and not lecture.isFullScreen()
    lecture.close()
    QCoreApplication.sendPostedEvents(lecture, QEvent.Type.DeferredDelete)
    give_lecture(window, None, hall=False)
    assert window.lecture_launcher.lecture.at == 16
    give_lecture(window, own, hall=False)
    assert window.lecture_launcher.lecture.scene.title == "My own weight"


def test_the_lecture_is_shown_to_the_hall_at_once(window: MainWindow, own: Path, qtbot: QtBot) -> None:
    size = QApplication.font().pointSizeF()
    give_lecture(window, own, hall=True)
    lecture = window.lecture_launcher.lecture
    qtbot.waitUntil(lecture.isFullScreen)
    scale = hall_scale(screen_of(lecture).geometry().height())
    assert scale > 1 and QApplication.font().pointSizeF() == pytest.approx(scale * size)
    assert lecture.actions_["hall"].isChecked() and not window.actions_["hall"].isChecked()
    QApplication.processEvents()
    assert lecture.theatre.headline.font().pointSizeF() > scale * size
    lecture.activateWindow()
    qtbot.waitUntil(lecture.isActiveWindow)
    QTest.keyClick(lecture, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: not lecture.isFullScreen())
    assert QApplication.font().pointSizeF() == size


def test_a_design_is_still_a_design(window: MainWindow) -> None:
    open_named(window, "spiral")
    assert window.document.design.title == "Spiral" and window.lecture_launcher.lecture is None


def test_the_lecture_follows_the_main_window_into_the_hall(window: MainWindow, qtbot: QtBot) -> None:
    size = QApplication.font().pointSizeF()
    window.hall.show(window, True)
    window.actions_["lecture"].trigger()
    lecture = window.lecture_launcher.lecture
    qtbot.waitUntil(lecture.isFullScreen)
    QApplication.processEvents()
    scale = hall_scale(screen_of(lecture).geometry().height())
    assert lecture.theatre.headline.font().pointSizeF() > scale * size
    assert not window.actions_["hall"].isChecked()
    lecture.close()
    assert QApplication.font().pointSizeF() == size
