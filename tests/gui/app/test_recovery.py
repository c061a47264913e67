"""Work kept when the program ended abruptly: offered at the next start, and equal to the bit once opened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace as changed
from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from core.nn.design import Dense
from core.project import files
from core.project.files import DesignFile
from core.project.journal import JournalFile, JournalText, WorkState, left_behind, new_journal
from gui.app import application
from gui.app.application import offer_kept_work
from gui.app.recovery import RecoveryOffer
from gui.theme import theme
from gui.widgets import dialogs
from tests.files.test_files import DESIGN, trained

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

ROOT = Path(__file__).parents[3]
LEFT = Qt.MouseButton.LeftButton
STATE = WorkState(trained(DESIGN), None, Path("/somewhere/Klausur.glassnet"), "Klausur.glassnet", 1.7e9)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the journals of this test."""
    made = tmp_path / "journals"
    monkeypatch.setattr(application, "journal_folder", lambda: made)
    return made


def left(folder: Path, *states: WorkState) -> list[JournalFile]:
    """Leave journals behind, as windows that ended abruptly; return them."""
    for state in states:
        journal = new_journal(folder)
        journal.write(JournalText().of(state))
        journal.leave()
    return left_behind(folder)


@pytest.fixture
def offer(qtbot: QtBot, folder: Path) -> RecoveryOffer:
    folder.mkdir()
    (folder / "damaged.journal").write_bytes(b"half a journal")
    broken = changed(DESIGN, layers=(Dense(3), Dense(5, "softmax")))
    other = replace(STATE, work=DesignFile(broken), title="<b>Other</b>", path=None)
    made = RecoveryOffer(left(folder, STATE, other), theme.LIGHT)
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_each_is_offered_with_picture_name_and_time(offer: RecoveryOffer) -> None:
    rows = {row.name: row for row in offer.rows.values()}
    assert set(rows) == {"Klausur.glassnet", "<b>Other</b>", "damaged.journal"}
    known = rows["Klausur.glassnet"]
    when = QDateTime.fromSecsSinceEpoch(int(STATE.seconds))
    assert QLocale().toString(when, "d MMMM, HH:mm:ss") in known.detail.text()
    assert "iteration 30" in known.detail.text() and "/somewhere/Klausur.glassnet" in known.detail.text()
    assert not known.picture.pixmap().isNull() and known.open.isEnabled()
    assert rows["<b>Other</b>"].open.isEnabled()  # it can be opened and mended
    damaged = rows["damaged.journal"]
    assert not damaged.open.isEnabled() and "cannot be read" in damaged.detail.text()


def test_what_is_left_for_later_is_offered_again_and_what_is_deleted_is_not(
    offer: RecoveryOffer, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]

    def question(_window: object, _title: str, text: str) -> QMessageBox.StandardButton:
        asked.append(text)
        return answers.pop(0)

    monkeypatch.setattr(dialogs, "question", question)
    row = next(row for row in offer.rows.values() if row.name == "Klausur.glassnet")
    qtbot.mouseClick(row.delete, LEFT)
    assert len(offer.rows) == 3 and row.journal.path.exists()
    qtbot.mouseClick(row.delete, LEFT)
    assert len(offer.rows) == 2 and not row.journal.path.exists()
    assert asked == ["Delete the kept work “Klausur.glassnet”? It cannot be brought back."] * 2
    assert left_behind(folder) == []  # they are still offered here
    qtbot.mouseClick(offer.later, LEFT)
    again = left_behind(folder)
    assert not offer.isVisible() and len(again) == 2
    for journal in again:
        journal.remove()
    assert list(folder.iterdir()) == []


def test_kept_work_takes_the_place_of_an_untouched_network_and_closing_leaves_no_journal(
    window: MainWindow, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "Klausur.glassnet"
    files.write(path, DesignFile(changed(DESIGN, title="in the file")))
    broken = changed(DESIGN, layers=(*DESIGN.layers[:-1], Dense(5, "softmax")))
    state = replace(STATE, path=path, edited=broken)
    for journal in left(folder, state):
        journal.leave()
    window.keep_journal(folder)
    offer_kept_work(window)
    (offer,) = window.findChildren(RecoveryOffer)
    (row,) = offer.rows.values()
    qtbot.waitUntil(row.isVisible)
    qtbot.mouseClick(row.open, LEFT)
    window.player.settle()
    assert window.document.design == broken and window.document.path == path
    assert window.isWindowModified() and not offer.isVisible()
    window.actions_["undo"].trigger()
    window.player.settle()
    assert window.player.newest is not None
    assert (window.player.newest.theta == state.work.theta).all()
    assert window.player.newest.iteration == 30
    assert files.read(path).design.title == "in the file"  # until it is saved
    window.document.begin(DESIGN)
    window.close()
    assert list(folder.iterdir()) == []


def test_work_that_is_not_saved_keeps_its_window(
    window: MainWindow, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
    open_window: Callable[..., MainWindow],
) -> None:  # fmt: skip
    other: list[MainWindow] = []

    def another() -> MainWindow:
        other.append(open_window())
        return other[0]

    monkeypatch.setattr(application, "open_window", another)
    for journal in left(folder, STATE):
        journal.leave()
    window.actions_["add_layer"].trigger()
    mine = window.document.design
    offer_kept_work(window)
    (offer,) = window.findChildren(RecoveryOffer)
    (row,) = offer.rows.values()
    qtbot.mouseClick(row.open, LEFT)
    assert window.document.design == mine
    assert other[0].document.design == DESIGN


# -- the program itself -----------------------------------------------------------------------------------

DRIVER = """
import hashlib, json, sys
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from gui.app import application as app
from core.project.files import design_text
from core.project.journal import read_journal

def fact(design, theta, memory, iteration):
    parts = design_text(design), theta.tobytes(), memory.tobytes()
    return [hashlib.sha256(part).hexdigest() for part in parts], iteration

def present(window):
    window.player.settle()
    newest = window.player.newest
    return fact(window.document.design, newest.theta, newest.memory, newest.iteration)

def kept():
    try:
        (path,) = app.journal_folder().glob("*.journal")
        work = read_journal(path).work
        return fact(work.design, work.theta, work.memory, work.iteration)
    except (ValueError, AttributeError):  # none yet, or without weights yet
        return None

def say(value):
    print(json.dumps(value), flush=True)

def edit(window):
    control = Qt.KeyboardModifier.ControlModifier
    for key in (Qt.Key.Key_W, Qt.Key.Key_D) * 2:
        QTest.keyClick(window, key, control | Qt.KeyboardModifier.ShiftModifier)
        window.player.settle()
    window.actions_["add_layer"].trigger()
    window.player.settle()
    window.player.run(200)
    window.player.settle()
    wait_until_kept(window)

def wait_until_kept(window):
    if kept() == present(window):
        say(present(window))
    else:
        QTimer.singleShot(20, lambda: wait_until_kept(window))

def accept(window):
    offer = window._offer
    if offer is None or not offer.isVisible():
        QTimer.singleShot(20, lambda: accept(window))
        return
    (row,) = offer.rows.values()
    QTest.mouseClick(row.open, Qt.MouseButton.LeftButton)
    found = present(window)
    window.document.saved(None)  # so that closing asks nothing
    window.close()
    say([found, [str(path) for path in app.journal_folder().iterdir()]])

def begin():
    found = app.application().topLevelWidgets()
    window = next(one for one in found if one.objectName() == "main_window")
    if window.isActiveWindow():
        {"edit": edit, "accept": accept}[sys.argv[1]](window)
    else:
        QTimer.singleShot(20, begin)

app.application()
QTimer.singleShot(0, begin)
sys.exit(app.run(new_instance=True))
"""


def driven(folder: Path, act: str) -> subprocess.Popen[str]:
    """Start the program, with its state in ``folder``, and let it be used as ``act`` says."""
    places = {"XDG_STATE_HOME": str(folder), "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, act],
        cwd=ROOT,
        env=os.environ | places | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="places the user's folders by XDG variables")
def test_the_program_killed_at_work_brings_all_of_it_back(tmp_path: Path) -> None:
    killed = driven(tmp_path, "edit")
    assert killed.stdout is not None
    before = killed.stdout.readline()
    killed.kill()
    _rest, said = killed.communicate()
    assert before, said
    again = driven(tmp_path, "accept")
    out, said = again.communicate(timeout=120)
    assert again.returncode == 0, said
    found, journals = json.loads(out)
    assert found == json.loads(before) and found[1] == 200
    assert journals == []
