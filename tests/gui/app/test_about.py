"""About the program: versions to copy, and licences; a report of a fault that nobody sends."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gui.app.about import TextDialog
from gui.app.installation import version
from gui.app.main_window import MainWindow
from gui.widgets import dialogs
from gui.windows.manual.window import ManualWindow

LEFT = Qt.MouseButton.LeftButton


def opened(window: MainWindow, action: str) -> TextDialog:
    window.actions_[action].trigger()
    (dialog,) = (one for one in window.findChildren(TextDialog) if one.isVisible())
    return dialog


def button(dialog: TextDialog, text: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text().replace("&", "") == text)


def test_about_copies_the_versions_and_leads_to_the_licences(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window, "about")
    assert (
        version() in dialog.sentence.text() and "GNU Lesser General Public License" in dialog.sentence.text()
    )
    qtbot.mouseClick(dialog.copy, LEFT)
    copied = QApplication.clipboard().text()
    for name in ("glassnet", "Python", "Qt", "NumPy", "platform"):
        assert f"\n{name} " in f"\n{copied}", name
    qtbot.mouseClick(button(dialog, "Licences"), LEFT)
    (manual,) = (one for one in window.findChildren(ManualWindow) if one.isVisible())
    assert manual.topic == "licences" and "LGPL-3.0" in manual.text.toPlainText()
    manual.close()
    dialog.close()


def test_a_report_is_completed_copied_and_saved(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.actions_["add_layer"].trigger()
    dialog = opened(window, "report_fault")
    qtbot.keyClicks(dialog.text, "I pressed Run.")
    text = dialog.text.toPlainText()
    assert text.startswith("What I did\n----------\nI pressed Run.")
    assert "add_layer" in text and str(Path.home()) not in text and "Traceback" not in text
    qtbot.mouseClick(dialog.copy, LEFT)
    assert QApplication.clipboard().text() == text
    file = tmp_path / "report.txt"
    monkeypatch.setattr(dialogs, "file_to_save", lambda *_asked: str(file))
    qtbot.mouseClick(button(dialog, "Save…"), LEFT)
    assert file.read_text("utf-8") == text
    monkeypatch.setattr(dialogs, "file_to_save", lambda *_asked: str(tmp_path / "none" / "report.txt"))
    qtbot.mouseClick(button(dialog, "Save…"), LEFT)
    assert "was not saved" in dialog.sentence.text()
    dialog.close()
