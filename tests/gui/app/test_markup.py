"""Texts from files that look like markup are shown literally, in every label, tooltip and message box."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.scene import scene_files
from core.project import files
from gui.app.main_window import MainWindow
from gui.qt.later import draw_all
from gui.text.plain_text import file_name, plain
from tests.sampling import spread

EVIL = "<img src='/etc/passwd'><h1>Big</h1>&amp;"


def with_markup(value: object, key: str = "") -> object:
    """Return a scene in which every free text that is shown looks like markup."""
    if isinstance(value, dict):
        return {name: with_markup(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [with_markup(part, key) for part in value]
    free = ("title", "part", "words", "to_try", "notes", "question", "choices", "because", "label")
    return f"{EVIL} {value}"[:79] if key in free and isinstance(value, str) else value


def rendered(label: QLabel) -> bool:
    """Whether a label interprets its text as markup and hides part of it."""
    form = label.textFormat()
    if form == Qt.TextFormat.PlainText:
        return False
    return hides_markup(label.text(), sure=form == Qt.TextFormat.RichText)


def hides_markup(text: str, *, sure: bool = False) -> bool:
    """Whether Qt, detecting markup automatically, would hide some characters of a text."""
    if "passwd" not in text or not (sure or "<" in text or "&" in text):
        return False
    document = QTextDocument()
    document.setHtml(text)
    return "<img src='/etc" not in document.toPlainText()


def faults(window: QWidget) -> Iterator[str]:
    for label in window.findChildren(QLabel):
        if rendered(label):
            yield f"{type(label.parent()).__name__}: {label.text()}"
    for widget in window.findChildren(QWidget):
        if hides_markup(widget.toolTip()):
            yield f"tooltip of {type(widget).__name__}: {widget.toolTip()}"


@pytest.mark.parametrize("number", spread([4, 13, 17, 23, 28, 31], 3))
def test_a_scene_of_markup_is_shown_as_text(window: MainWindow, tmp_path: Path, number: int) -> None:
    data = json.loads(scene_files()[number - 1].read_text("utf-8"))
    path = tmp_path / "evil.json"
    path.write_text(json.dumps(with_markup(data)), "utf-8")
    assert window.lecture_launcher.show_if_scene(path)
    lecture = window.lecture_launcher.lecture
    assert EVIL in lecture.bar.title.text()
    for name in ("notes", "gallery", "exercise"):
        if lecture.actions_[name].isEnabled():
            lecture.actions_[name].trigger()
            draw_all(lecture)
            found = [
                *faults(lecture),
                *(fault for top in QApplication.topLevelWidgets() for fault in faults(top)),
            ]
            assert not found


def test_the_question_before_leaving_shows_a_title_as_text(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "<b>bold<i>.glassnet"
    files.write(path, files.DesignFile(window.document.design))
    window.files.open(path)
    window.actions_["add_layer"].trigger()
    seen: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            return
        look.stop()
        document = QTextDocument()
        document.setHtml(box.text())
        seen.append(document.toPlainText())
        qtbot.mouseClick(box.button(QMessageBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)

    look = QTimer(interval=20)
    look.timeout.connect(answer)
    look.start()
    assert not window.close()
    assert seen == ["Save the changes to “<b>bold<i>.glassnet” before going on?"]


def test_plain_text() -> None:
    assert plain("XOR: a = b") == "XOR: a = b"
    for text in ("<b>x</b>", "&lt;", "a\n<i>b"):
        document = QTextDocument()
        document.setHtml(plain(text))
        assert document.toPlainText() == text
    assert file_name("../../etc/passwd") == "-..-etc-passwd"
    assert file_name("XOR") == "XOR"


def test_a_title_cannot_set_the_mark_of_unsaved_changes(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "a[*].glassnet"
    files.write(path, files.DesignFile(window.document.design))
    window.files.open(path)
    assert window.windowTitle().startswith("a[*][*].glassnet[*]")
