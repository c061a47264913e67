"""Work kept when the program ended abruptly: offered at the next start, and equal to the bit once opened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace as changed
from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from core.lecture.lecture_file import read_lecture, shipped_lectures, write_lecture
from core.lecture.lecture_journal import LectureJournalText, LectureState, read_lecture_journal
from core.lecture.window_journals import ComparedWork, LabWork, comparison_journal, lab_journal
from core.nn.design import Dense
from core.project import files
from core.project.files import DesignFile
from core.project.journal import JournalFile, JournalText, WorkState, left_behind, new_journal
from gui.app import application
from gui.app.application import offer_kept_work
from gui.app.recovery import RecoveryOffer
from gui.theme import theme
from gui.widgets import dialogs
from tests.core.lecture.test_window_journals import COMPARED, LAB
from tests.files.test_files import DESIGN, trained

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

ROOT = Path(__file__).parents[3]
LEFT = Qt.MouseButton.LeftButton
linux = pytest.mark.skipif(sys.platform != "linux", reason="places the user's folders by XDG variables")
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


def test_what_cannot_be_deleted_says_so_and_stays(
    offer: RecoveryOffer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "question", lambda *_asked: QMessageBox.StandardButton.Yes)
    row = next(row for row in offer.rows.values() if row.name == "Klausur.glassnet")
    row.journal.path.unlink()
    row.journal.path.mkdir()  # which is removed in another way than a file
    qtbot.mouseClick(row.delete, LEFT)
    assert len(offer.rows) == 3 and row.detail.text().startswith("It could not be deleted: ")
    row.journal.path.rmdir()
    qtbot.mouseClick(row.delete, LEFT)
    assert len(offer.rows) == 2


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
    at_once = window.files.unsaved_work()  # before the thread that trains has answered
    assert at_once is not None and at_once.work.theta is not None and at_once.edited == broken
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


def test_a_lecture_that_was_edited_is_offered_and_edited_on(
    window: MainWindow, folder: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.glasslecture"
    lecture = read_lecture(shipped_lectures()[0])
    write_lecture(path, lecture)
    edited = changed(lecture, title="Mine", minutes=7)
    journal = new_journal(folder)
    journal.write(LectureJournalText().of(LectureState(edited, path, "Mine", 1.7e9, b"s" * 32, {})))
    journal.leave()
    window.keep_journal(folder)
    offer_kept_work(window)
    (offer,) = window.findChildren(RecoveryOffer)
    (row,) = offer.rows.values()
    assert row.name == "Mine" and f"lecture of {len(lecture.scenes)} scenes" in row.detail.text()
    assert not row.picture.pixmap().isNull() and str(path) in row.detail.text()
    qtbot.mouseClick(row.open, LEFT)
    editor = window.lecture_launcher.editor
    assert editor is not None and editor.draft.lecture == edited and editor.isWindowModified()
    assert read_lecture(path) == lecture  # until it is saved
    qtbot.keyClicks(editor.title, "!")
    assert window.keep_work() == ""
    assert read_lecture_journal(journal.path).lecture.title == "Mine!"
    assert editor.draft.write(path) and read_lecture(path).title == "Mine!"
    editor.close()
    assert list(folder.iterdir()) == []


def test_an_expression_and_networks_side_by_side_are_offered_and_shown_in_windows_of_their_own(
    window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    for text in (lab_journal(LAB), comparison_journal(COMPARED)):
        journal = new_journal(folder)
        journal.write(text)
        journal.leave()
    window.keep_journal(folder)
    offer_kept_work(window)
    (offer,) = window.findChildren(RecoveryOffer)
    details = {row.name: row.detail.text() for row in offer.rows.values()}
    assert "computational graph" in details[LAB.title]
    assert "2 networks side by side" in details[COMPARED.title]
    assert all(not row.picture.pixmap().isNull() for row in offer.rows.values())
    for row in list(offer.rows.values()):
        qtbot.mouseClick(row.open, LEFT)
    shown = {type(one.unsaved_work()): one for one in window.secondary_windows.opened}
    lab, compared = shown[LabWork].unsaved_work(), shown[ComparedWork].unsaved_work()
    assert lab is not None and lab.same_as(LAB)
    assert compared is not None and compared.designs == COMPARED.designs
    assert window.keep_work() == "" and len(list(folder.glob("*.journal"))) == 2
    window.document.begin(DESIGN)
    window.close()
    assert list(folder.iterdir()) == []


def open_the_only_offer(window: MainWindow, qtbot: QtBot) -> str:
    """Open the only work that is offered; return what is then said."""
    with qtbot.waitSignal(window.files.message) as said:
        offer_kept_work(window)
        (offer,) = window.findChildren(RecoveryOffer)
        (row,) = offer.rows.values()
        qtbot.mouseClick(row.open, LEFT)
    (sentence,) = said.args
    return str(sentence)


def test_after_a_crash_the_timeline_goes_back_to_the_first_iteration(
    window: MainWindow, folder: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    window.player.run(40)
    window.player.settle()
    work = window.files.unsaved_work()
    assert work is not None and window.player.newest is not None
    window.player.ask(lambda worker: worker.training_run.seek(13))
    window.player.settle()
    assert window.player.snapshot is not None
    then = window.player.snapshot.theta
    window.document.begin(DESIGN)
    window.player.settle()
    for journal in left(folder, work):
        journal.leave()
    said = open_the_only_offer(window, qtbot)
    assert said == f"Brought back {work.title}: the timeline goes back to iteration 0 of 40."
    window.player.settle()
    where = window.player.where
    assert where is not None and (where.first, where.newest) == (0, 40)
    window.timeline.seek_requested.emit(13)
    window.player.settle()
    assert window.player.snapshot is not None and (window.player.snapshot.theta == then).all()


def test_of_a_run_whose_past_is_not_known_it_is_said_where_the_timeline_begins(
    window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    for journal in left(folder, STATE):
        journal.leave()
    said = open_the_only_offer(window, qtbot)
    assert said == "Brought back Klausur.glassnet: the timeline begins at iteration 30, where it ended."


# -- the program itself -----------------------------------------------------------------------------------

DRIVER = """
import hashlib, json, os, sys
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from core.data.datasets import make_dataset
from core.data.reading import read_table
from core.debugger.run import Run
from core.lecture.lecture_file import lecture_text, read_lecture, shipped_lectures
from core.lecture.window_journals import ComparedWork, LabWork, read_kept
from core.project.files import design_from, design_text
from core.nn.network import Network
from core.nn.trainer import trainer_at
from core.project.journal import WorkState
from gui.compare.window import ComparisonWindow
from gui.graph_lab.window import LabWindow
from gui.app import application as app

def middle(run):
    newest = run.trainer.iteration
    run.seek(newest // 2)
    theta = run.snapshot().theta
    run.seek(newest)
    return theta

def fact(design, moment, curves, half):
    text = design_text(design_from(design_text(design)))  # one of several that mean the same
    parts = text, *(one.tobytes() for one in (moment.theta, moment.memory, curves.losses, half))
    return [hashlib.sha256(part).hexdigest() for part in parts], moment.iteration

def lecture_fact(lecture):
    return hashlib.sha256(lecture_text(lecture)).hexdigest()

def windows():
    found = app.application().topLevelWidgets()
    return [one for one in found if one.objectName() == "main_window" and one.isVisible()]

def beside_fact(work):
    if isinstance(work, LabWork):
        return [work.shown.expression, work.shown.values, work.first, work.rate, sorted(work.kept), work.at]
    return [[hashlib.sha256(design_text(one)).hexdigest() for one in work.designs], list(work.kinds)]

def beside():
    kinds = LabWindow, ComparisonWindow
    return [one for one in app.application().topLevelWidgets() if isinstance(one, kinds) and one.isVisible()]

def present():
    facts = [beside_fact(one.unsaved_work()) for one in beside() if one.unsaved_work() is not None]
    for window in windows():
        window.player.settle()
        if window.files.unsaved_work() is not None:
            half = []
            window.player.ask(lambda worker: half.append(middle(worker.training_run)))
            window.player.settle()
            facts.append(fact(window.document.design, window.player.newest, window.player.curves, *half))
        editor = window.lecture_launcher.editor
        if editor is not None:
            facts.append(lecture_fact(editor.draft.lecture))
    return sorted(facts, key=json.dumps)

def kept(path):
    state = read_kept(path)
    if isinstance(state, (LabWork, ComparedWork)):
        return beside_fact(state)
    if not isinstance(state, WorkState):
        return lecture_fact(state.lecture)
    work = state.work
    dataset = make_dataset(work.design.data)
    at = work.theta, work.memory, work.iteration, work.origin
    run = Run(trainer_at(Network(work.design, dataset), dataset, *at))
    run.remember(work.record.curves, work.record.past)
    return fact(work.design, work, work.record.curves, middle(run))

def all_kept():
    facts = []
    for path in app.journal_folder().glob("*.journal"):
        try:
            facts.append(kept(path))
        except (ValueError, AttributeError):  # without weights yet
            pass
    return facts

def say(value):
    print(json.dumps(value), flush=True)

def later(act):
    QTimer.singleShot(20, act)

def wait_until_kept(looks=1000):
    facts, found = present(), all_kept()
    if all(one in found for one in facts):
        say(facts)
    elif looks:
        later(lambda: wait_until_kept(looks - 1))
    else:
        sys.exit(f"not kept: {facts}, but {found}")

def edit(window):
    control = Qt.KeyboardModifier.ControlModifier
    for key in (Qt.Key.Key_W, Qt.Key.Key_D) * 2:
        QTest.keyClick(window, key, control | Qt.KeyboardModifier.ShiftModifier)
        window.player.settle()
    window.actions_["add_layer"].trigger()
    window.player.settle()
    window.player.run(200)
    wait_until_kept()

def edit_table(window):
    window.data_files.open(read_table(b"a,b,y\\n1,2,0\\n2,1,1\\n3,4,0\\n4,3,1\\n").table)
    window.player.settle()
    window.player.run(50)
    window.actions_["lecture"].trigger()
    wait_until_kept()

def edit_lecture(window):
    window.actions_["new_lecture"].trigger()
    editor = window.lecture_launcher.editor
    editor.draft.edit(read_lecture(shipped_lectures()[0]), "Edit")
    QTest.keyClicks(editor.title, " of mine")
    edit(window)

def edit_beside(window):
    window.actions_["lab"].trigger()
    window.actions_["side_by_side"].trigger()
    lab, pair = beside() if isinstance(beside()[0], LabWindow) else reversed(beside())
    field = lab.lab.bar.expression
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "x*y + x**2")
    lab.lab.update_step()
    lab.lab.go(2)
    QTest.mouseClick(pair.form.more, Qt.MouseButton.LeftButton)
    wait_until_kept()

def accept(window, most):
    offer = window._offer
    if offer is None or not offer.isVisible():
        later(lambda: accept(window, most))
        return
    count = len(offer.rows)
    for row in [row for row in offer.rows.values() if row.state is not None][:most]:
        QTest.mouseClick(row.open, Qt.MouseButton.LeftButton)
    say(count)
    wait_until_kept()
    if most < count:
        return
    for one in windows():
        one.document.saved(None)  # so that closing asks nothing
        if one.lecture_launcher.editor is not None:
            one.lecture_launcher.editor.draft._kept = one.lecture_launcher.editor.draft.lecture
        one.close()
    say([str(path) for path in app.journal_folder().iterdir()])

ACTS = {"edit": edit, "table": edit_table, "lecture": edit_lecture, "beside": edit_beside}
ACTS |= {"accept": lambda window: accept(window, 100), "accept two": lambda window: accept(window, 2)}

def begin():
    (window,) = windows()
    if window.isActiveWindow():
        ACTS[sys.argv[1]](window)
    else:
        later(begin)

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


def killed_after(folder: Path, act: str, lines: int = 1) -> list[Any]:
    """Kill a program once it has said so many lines; return them."""
    program = driven(folder, act)
    assert program.stdout is not None
    said = [program.stdout.readline() for _ in range(lines)]
    program.kill()
    _rest, errors = program.communicate()
    assert all(said), errors
    return [json.loads(line) for line in said]


@linux
def test_the_program_killed_at_work_brings_all_of_it_back(tmp_path: Path) -> None:
    (before,) = killed_after(tmp_path, "edit")
    assert [iteration for _hashes, iteration in before] == [200]
    again = driven(tmp_path, "accept")
    out, said = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert [json.loads(line) for line in out.splitlines()] == [1, before, []]


@linux
def test_the_lab_and_the_networks_side_by_side_come_back_after_a_kill(tmp_path: Path) -> None:
    (before,) = killed_after(tmp_path, "beside")
    assert len(before) == 2 and ["x*y + x**2", 2] in [[one[0], one[-1]] for one in before]
    again = driven(tmp_path, "accept")
    out, said = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert [json.loads(line) for line in out.splitlines()] == [2, before, []]


@linux
def test_all_windows_of_two_programs_come_back_though_the_next_one_is_killed_too(tmp_path: Path) -> None:
    """The second program is killed while some of the work is opened and the rest is still offered."""
    (first,), (second,) = killed_after(tmp_path, "lecture"), killed_after(tmp_path, "table")
    before = sorted([*first, *second], key=json.dumps)
    assert len(before) == 3 and sorted(one[1] for one in before if isinstance(one, list)) == [50, 200]
    count, opened = killed_after(tmp_path, "accept two", 2)
    assert count == 3 and len(opened) == 2
    again = driven(tmp_path, "accept")
    out, said = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert [json.loads(line) for line in out.splitlines()] == [3, before, []]
