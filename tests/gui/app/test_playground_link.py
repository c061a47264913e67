"""A link to TensorFlow Playground opens in the window, however it comes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from gui.app.main_window import MainWindow
from gui.cli import main as terminal
from gui.views.data_panel import DataPanel
from gui.views.decision_boundary.view import BoundaryView
from gui.widgets import dialogs

LINK = (
    "https://playground.tensorflow.org/#activation=relu&dataset=spiral&noise=10&networkShape=6,3"
    "&discretize=true&x=true&y=true&sinX=true"
)
CONTROL = Qt.KeyboardModifier.ControlModifier


def _is_open(window: MainWindow) -> bool:
    design = window.document.design
    shape = [layer.neurons for layer in design.dense]
    return design.data.source == "spiral" and shape == [6, 3, 1] and window.document.network.n[0] == 3


def test_a_copied_link_is_pasted(window: MainWindow, qtbot: QtBot) -> None:
    QApplication.clipboard().setText(f" {LINK}\n")
    qtbot.keyClick(window.panels.canvas, Qt.Key.Key_V, CONTROL)
    assert _is_open(window)
    assert "What differs" in window.notice.sentence.text()
    view = window.panels[ViewId.DECISION_BOUNDARY]
    assert isinstance(view, BoundaryView)
    assert window.actions_["discretize"].isChecked() and not window.actions_["show_test"].isChecked()


@pytest.mark.parametrize("as_url", [True, False])
def test_a_dropped_link_opens(window: MainWindow, as_url: bool) -> None:
    data, copy = QMimeData(), Qt.DropAction.CopyAction
    if as_url:
        data.setUrls([QUrl(LINK)])
    data.setText(LINK)
    where, buttons, keys = QPoint(200, 200), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, copy, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(where), copy, data, buttons, keys))
    QApplication.processEvents()
    assert _is_open(window)


def test_other_data_are_fitted_although_the_labels_were_negative(window: MainWindow, qtbot: QtBot) -> None:
    QApplication.clipboard().setText(LINK)
    qtbot.keyClick(window.panels.canvas, Qt.Key.Key_V, CONTROL)
    assert window.document.design.data.labels == "-1/1"
    panel = window.panels[ViewId.DATA_PANEL]
    assert isinstance(panel, DataPanel)
    picker = panel.picker
    at = picker.visualItemRect(picker.item(picker.names.index("iris"))).center()
    qtbot.mouseClick(picker.viewport(), Qt.MouseButton.LeftButton, pos=at)
    document = window.document
    assert not document.problems and document.design.data.source == "iris" and document.network.n[-1] == 3
    assert document.dataset.targets(3).min() == 0, "softmax learns labels 0 and 1"
    document.undo_stack.undo()
    assert document.design.data.labels == "-1/1" and _is_open(window)


def test_other_text_is_not_accepted(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("a sentence")
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(200, 200), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_the_menu_offers_a_copied_link(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[str] = []

    def asked(_window: object, _title: str, _label: str, text: str) -> str:
        offered.append(text)
        return text

    monkeypatch.setattr(dialogs, "line_of_text", asked)
    QApplication.clipboard().setText(LINK)
    window.actions_["open_link"].trigger()
    assert offered == [LINK] and _is_open(window)


def test_a_faulty_link_is_refused_with_its_place(window: MainWindow) -> None:
    design = window.document.design
    assert not window.files.open_link(LINK.replace("relu", "swish"))
    assert window.document.design is design
    assert "activation=“swish”" in window.notice.sentence.text()


def test_unsaved_changes_are_asked_about(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window.document.new_weights()
    changed = window.document.design
    monkeypatch.setattr(dialogs, "question", lambda *_: QMessageBox.StandardButton.Cancel)
    assert not window.files.open_link(LINK)
    assert window.document.design is changed


def test_the_terminal_checks_a_link_before_it_opens_a_window(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(terminal, "_show", lambda _file, *, link, **_how: shown.append(link) or 0)
    assert terminal.main([LINK]) == 0 and shown == [LINK]
    assert terminal.main([LINK.replace("noise=10", "noise=x")]) == 2
    assert "noise=“x”" in capsys.readouterr().err and len(shown) == 1
