"""Saving in the window: a file changed by others is asked about, and the examples are never overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from core.data.datasets import make_dataset
from core.nn.curves import EpochPace
from core.nn.design import Dense, Design, Training
from core.nn.network import Network
from core.nn.optimizers import Adam, Momentum
from core.nn.run_outline import RunOutline
from core.nn.trainer import Trainer
from core.project import files
from core.project.run_record import StoredRun
from gui.widgets import dialogs
from tests.gui.widgets.test_drops import drop

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow


DESIGN = Design("XOR", layers=(Dense(4), Dense(2), Dense(1, "sigmoid")), training=Training(seed=5))


def train(window: MainWindow, iterations: int) -> None:
    window.player.run(iterations)
    window.player.settle()


@contextmanager
def answering(button: str) -> Iterator[list[str]]:
    """Click the button with the name ``button`` in all questions asked; yield the list of their texts."""
    texts: list[str] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox) and box.isVisible():
            texts.append(box.text())
            named = {one.text().replace("&", ""): one for one in box.buttons()}
            QTest.mouseClick(named[button], Qt.MouseButton.LeftButton)

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    try:
        yield texts
    finally:
        timer.stop()


def press_save(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)


@pytest.fixture
def dialog(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Return the paths offered by the file dialog, which is replaced by one that answers by itself."""
    offered: list[str] = []

    def save_name(_parent: object, _title: str, place: str, *_more: object) -> str:
        offered.append(place)
        return str(tmp_path / "chosen")

    monkeypatch.setattr(dialogs, "file_to_save", save_name)
    return offered


@pytest.fixture
def changed(window: MainWindow, tmp_path: Path) -> MainWindow:
    """A window with an edited design whose file was changed by somebody else meanwhile."""
    path = tmp_path / "mine.glassnet"
    assert window.files.write(path)
    window.actions_["add_layer"].trigger()
    window.player.settle()
    theirs = replace(window.document.design, title="Theirs")
    files.write(path, files.DesignFile(theirs))
    return window


def test_a_file_changed_outside_is_not_written_over_without_asking(
    changed: MainWindow, qtbot: QtBot, dialog: list[str]
) -> None:
    path, mine = changed.document.path, changed.document.design
    theirs = path.read_bytes()
    with answering("Cancel") as texts:
        press_save(changed, qtbot)
    assert len(texts) == 1 and "“mine.glassnet” was changed outside this window" in texts[0]
    assert path.read_bytes() == theirs and changed.document.modified
    with answering("Save as…"):
        press_save(changed, qtbot)
    assert path.read_bytes() == theirs and len(dialog) == 1
    assert files.read(path.with_name("chosen.glassnet")).design == mine
    assert changed.document.path == path.with_name("chosen.glassnet")
    with answering("Cancel") as texts:
        press_save(changed, qtbot)
    assert texts == []


def test_overwrite_takes_the_place_of_the_other_change(changed: MainWindow, qtbot: QtBot) -> None:
    path, mine = changed.document.path, changed.document.design
    with answering("Overwrite"):
        press_save(changed, qtbot)
    assert files.read(path).design == mine
    assert not changed.document.modified
    with answering("Cancel") as texts:
        press_save(changed, qtbot)
    assert texts == []


def test_reload_shows_what_is_on_disk(changed: MainWindow, qtbot: QtBot) -> None:
    path = changed.document.path
    theirs = path.read_bytes()
    with answering("Reload"):
        press_save(changed, qtbot)
    assert changed.document.design.title == "Theirs"
    assert path.read_bytes() == theirs and not changed.document.modified


def test_a_file_that_was_only_touched_or_is_gone_is_saved_without_a_question(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "mine.glassnet"
    assert window.files.write(path)
    with answering("Cancel") as texts:
        path.touch()
        press_save(window, qtbot)
        path.unlink()
        press_save(window, qtbot)
    assert path.exists() and texts == []


def test_a_short_name_does_not_replace_a_file_without_asking(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, dialog: list[str]
) -> None:
    there = tmp_path / "chosen.glassnet"
    files.write(there, files.DesignFile(replace(window.document.design, title="Theirs")))
    with answering("No") as texts:
        press_save(window, qtbot)
    assert texts == ["“chosen.glassnet” is there already. Replace it?"]
    assert files.read(there).design.title == "Theirs"


def by_drop(window: MainWindow, path: Path) -> None:
    assert drop(window, path)


def by_recent(window: MainWindow, path: Path) -> None:
    window.settings.setValue("files/recent", [str(path)])
    window.files.recent_menu.aboutToShow.emit()
    window.files.recent_menu.actions()[0].trigger()


def by_name(window: MainWindow, path: Path) -> None:
    from gui.app.application import open_named

    open_named(window, str(path))


@pytest.mark.parametrize("way", [by_drop, by_recent, by_name])
def test_an_example_is_never_saved_over(
    window: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
    dialog: list[str],
    way: Callable[[MainWindow, Path], None],
) -> None:
    example = files.examples()["spiral"]
    link = tmp_path / "link.glassnet"
    link.symlink_to(example)
    before = example.read_bytes()
    for k, path in enumerate((example, link)):
        way(window, path)
        window.player.settle()
        assert window.document.design.title == "Spiral" and window.document.path is None
        with answering("Yes"):
            press_save(window, qtbot)
        assert len(dialog) == k + 1
        assert window.document.path == tmp_path / "chosen.glassnet"
    assert example.read_bytes() == before


def test_the_offered_name_leads_to_no_other_folder(
    window: MainWindow, qtbot: QtBot, dialog: list[str]
) -> None:
    window.document.begin(replace(window.document.design, title="../../a/b: c"))
    press_save(window, qtbot)
    assert Path(dialog[0]).name == "-..-a-b- c.glassnet"


def test_a_run_that_is_closed_and_opened_again_goes_on_as_if_it_never_was(
    open_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    first = replace(DESIGN, training=replace(DESIGN.training, optimizer=Adam(), batch_size=9))
    window, never_closed = open_window(first), open_window(first)
    changed = replace(first, training=replace(first.training, batch_size=13, optimizer=Momentum()))
    for one in (window, never_closed):
        train(one, 120)
        one.document.edit(changed, "Batch size")
        train(one, 80)
    window.files.write(tmp_path / "run.glassnet")
    again = open_window()
    assert again.files.open(tmp_path / "run.glassnet")
    again.player.settle()
    QApplication.processEvents()
    assert "iteration 200; the curve of losses begins there" in again.statusBar().happened.text()
    assert again.timeline.place.text() == "iteration 200 of 200 recorded"
    assert "The file has no losses up to iteration 200" in again.panels["loss_plot"].plot._sentence.text()
    for one in (again, never_closed):
        train(one, 100)
        QApplication.processEvents()
    ours, theirs = again.player.snapshot, never_closed.player.snapshot
    assert ours.iteration == 300
    assert (ours.theta == theirs.theta).all()
    assert (ours.memory == theirs.memory).all()
    counted = [one.counters for one in (again, never_closed)]
    assert len({(it.epoch.value.text(), it.iteration.value.text()) for it in counted}) == 1
    assert "from iteration 200" in again.panels["loss_plot"].legend.text()


def test_the_status_says_whether_anything_is_learned(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(DESIGN)
    happened = window.statusBar().happened
    assert happened.text() == "Ready: nothing is learned yet"
    train(window, 50)
    window.document.edit(replace(DESIGN, layers=(Dense(5), *DESIGN.layers[1:])), "Add neuron")
    window.player.settle()
    window.statusBar()._message_timer.stop()
    window.session.show_again()
    QApplication.processEvents()
    assert window.player.newest.iteration == 0
    assert happened.text() == "Ready: this run has not begun; its weights were learned or set before"
    window.actions_["reset"].trigger()
    window.player.settle()
    window.statusBar()._message_timer.stop()
    window.session.show_again()
    assert happened.text() == "Ready: nothing is learned yet"


def test_a_model_that_is_dropped_opens_with_its_weights_and_is_saved_under_a_new_name(
    window: MainWindow, qtbot: QtBot, dialog: list[str], tmp_path: Path
) -> None:
    W1, b1, W2, b2 = np.ones((3, 2)), np.array([0.5, -0.5]), np.array([[1.0], [-2.0]]), np.array([3.0])
    path = tmp_path / "from NumPy.npz"
    np.savez(path, W1=W1, b1=b1, W2=W2, b2=b2)
    before = path.read_bytes()
    assert drop(window, path)
    window.player.settle()
    network, snapshot = window.document.network, window.player.snapshot
    assert network.n == (3, 2, 1) and window.document.design.title == "from NumPy"
    assert snapshot is not None
    np.testing.assert_array_equal(network.W(snapshot.theta, 2), W2)
    assert "names no activations" in window.notice.sentence.text()
    press_save(window, qtbot)
    assert [Path(place).name for place in dialog] == ["from NumPy.glassnet"]
    assert path.read_bytes() == before
    work = files.read(tmp_path / "chosen.glassnet")
    assert work.theta is not None and work.theta.tolist() == snapshot.theta.tolist()


# -- two windows on one file --------------------------------------------------------------------------


def test_a_window_tells_that_another_has_the_file_open(
    open_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    path, other_name = tmp_path / "mine.glassnet", tmp_path / "link.glassnet"
    first, second = open_window(DESIGN), open_window()
    for window in (first, second):
        window.files.use.folder = tmp_path / "open"
    assert first.files.write(path) and not first.notice.isVisible()
    other_name.symlink_to(path)
    assert second.files.open(other_name)
    assert "“link.glassnet” is open in another window too" in second.notice.sentence.text()
    second.files.new()
    first.files.new()
    second.notice.hide()
    assert second.files.open(path) and not second.notice.isVisible()


def test_a_change_outside_is_told_when_the_window_is_used_again_and_reloaded_by_one_click(
    changed: MainWindow, qtbot: QtBot
) -> None:
    changed.document.undo_stack.undo()
    QApplication.sendEvent(changed, QEvent(QEvent.Type.WindowActivate))
    said = changed.notice.sentence.text()
    assert "was changed outside this window (it now holds “Theirs”, 4-2-4-1 neurons, saved at" in said
    changed.notice.hide()
    QApplication.sendEvent(changed, QEvent(QEvent.Type.WindowActivate))
    assert not changed.notice.isVisible()  # once for each change
    changed.notice.show()
    qtbot.mouseClick(changed.notice.button, Qt.MouseButton.LeftButton)
    assert changed.document.design.title == "Theirs" and not changed.document.modified


def test_a_second_change_during_the_question_is_asked_about_too(changed: MainWindow, qtbot: QtBot) -> None:
    path, theirs = changed.document.path, changed.document.design
    later = replace(theirs, title="Later")
    asked: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox) and box.isVisible():
            asked.append(box.text())
            if len(asked) == 1:
                files.write(path, files.DesignFile(later))
            named = {one.text().replace("&", ""): one for one in box.buttons()}
            QTest.mouseClick(named["Overwrite" if len(asked) == 1 else "Cancel"], Qt.MouseButton.LeftButton)

    timer = QTimer(interval=20)
    timer.timeout.connect(answer)
    timer.start()
    press_save(changed, qtbot)
    timer.stop()
    assert len(asked) == 2 and "“Theirs”" in asked[0] and "“Later”" in asked[1]
    assert files.read(path).design == later


def test_a_run_made_outside_the_window_can_be_stepped_through(window: MainWindow, tmp_path: Path) -> None:
    dataset = make_dataset(DESIGN.data)
    trainer, moments = Trainer(Network(DESIGN, dataset), dataset), []
    for _ in range(2):
        moments.append(trainer.moment())
        trainer.run(40)
    curves, end = trainer.curves(), trainer.moment()
    told = replace_fields(curves, paces=(EpochPace(0, 0.0, trainer.batches),))
    record = StoredRun(0, told, RunOutline(tuple(moments)))
    work = files.DesignFile(DESIGN, end.theta, end.memory, end.iteration, record=record)
    files.write(tmp_path / "a.glassnet", work)
    assert window.files.open(tmp_path / "a.glassnet")
    window.player.settle()
    where, shown = window.player.where, window.player.curves
    assert where is not None and (where.first, where.newest) == (0, 80)
    assert shown is not None and shown.losses.tolist() == curves.losses.tolist()
    window.player.ask(lambda worker: worker.training_run.seek(40))
    window.player.settle()
    assert window.player.snapshot is not None
    np.testing.assert_array_equal(window.player.snapshot.theta, moments[1].theta)
