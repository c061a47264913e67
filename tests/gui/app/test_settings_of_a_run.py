"""A run continues when its settings change; if one ends it, or data change, a message offers Undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.data.datasets import DATASETS
from core.nn.design import Dense, Design, Training
from core.nn.losses import MSE
from core.nn.optimizers import Adam, GradientDescent, Momentum
from core.nn.trainer import Trainer
from core.project import files
from gui.selection import Selection
from tests.core.moments import differences

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
DESIGN = Design("XOR", layers=(Dense(4), Dense(2), Dense(1, "sigmoid")), training=Training(seed=5))
Open = Callable[..., "MainWindow"]


@pytest.fixture
def trained(open_window: Open) -> MainWindow:
    window = open_window(DESIGN)
    train(window, 400)
    return window


def train(window: MainWindow, iterations: int) -> None:
    window.player.run(iterations)
    window.player.settle()


def with_training(window: MainWindow, **changes: object) -> None:
    design = window.document.design
    window.document.edit(replace(design, training=replace(design.training, **changes)), "Change")
    window.player.settle()


def with_data(window: MainWindow, **changes: object) -> None:
    design = window.document.design
    window.document.edit(replace(design, data=replace(design.data, **changes)), "Change data")
    window.player.settle()


def unbroken(window: MainWindow, iterations: int) -> Trainer:
    trainer = Trainer(window.player.snapshot.network, window.document.dataset)
    trainer.run(iterations)
    return trainer


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"optimizer": Momentum()}, "Momentum from here"),
        ({"optimizer": Adam(beta1=0.5)}, "Adam from here"),
        ({"batch_size": 20}, "Batch size |B| 20 from here"),
        ({"l2": 0.05}, "L2 λ 0.05 from here"),
        ({"gradient_descent": "batch"}, "Batch batch from here"),
    ],
)
def test_the_run_goes_on_and_its_curve_says_what_held_from_where(
    trained: MainWindow, changes: dict[str, object], words: str
) -> None:
    before = trained.player.snapshot
    with_training(trained, **changes)
    assert trained.player.newest.iteration == 400
    assert np.array_equal(trained.player.newest.theta, before.theta)
    assert (trained.timeline.slider.maximum(), trained.player.curves.losses.size) == (400, 400)
    train(trained, 200)
    assert trained.player.curves.losses.size == 600
    assert trained.panels["loss_plot"].marks == [(400, words)]
    assert trained.document.network.design.training == trained.document.design.training


def test_the_past_before_the_change_is_seen_as_it_was(trained: MainWindow) -> None:
    straight = Trainer(trained.document.network, trained.document.dataset)
    straight.run(333)
    with_training(trained, optimizer=Momentum(), batch_size=7)
    train(trained, 300)
    trained.timeline.slider.setValue(333)
    trained.player.settle()
    assert differences(trained.player.snapshot, straight.snapshot()) == []
    assert trained.player.snapshot.network.design.training.optimizer == GradientDescent()
    assert trained.panels["loss_plot"].marks, "the curve stays when one looks back"
    assert trained.panels["loss_plot"]._batches.getData()[0].size > 100
    trained.timeline.slider.setValue(500)
    trained.player.settle()
    assert trained.player.snapshot.network.design.training.optimizer == Momentum()


def test_to_resume_before_the_change_brings_back_its_settings_as_one_step(
    trained: MainWindow, qtbot: QtBot
) -> None:
    with_training(trained, optimizer=Momentum(), batch_size=7)
    train(trained, 300)
    after = trained.player.snapshot
    trained.timeline.slider.setValue(333)
    trained.player.settle()
    qtbot.mouseClick(trained.timeline.resume, LEFT)
    trained.player.settle()
    assert trained.document.design.training == DESIGN.training
    assert trained.player.newest.iteration == 333
    train(trained, 67)
    assert differences(trained.player.newest.theta, unbroken(trained, 400).moment().theta) == []
    assert trained.panels["loss_plot"].marks == []
    trained.actions_["undo"].trigger()
    trained.player.settle()
    assert trained.document.design.training.optimizer == Momentum()
    assert trained.player.newest.iteration == 700
    assert differences(trained.player.newest.theta, after.theta) == []


def test_undo_of_the_change_brings_back_the_run_and_redo_goes_on_with_it(trained: MainWindow) -> None:
    before = trained.player.snapshot
    with_training(trained, optimizer=Adam())
    train(trained, 100)
    after = trained.player.snapshot
    trained.actions_["undo"].trigger()
    trained.player.settle()
    assert differences(trained.player.snapshot, before) == []
    assert trained.player.snapshot.network is trained.document.network
    trained.actions_["redo"].trigger()
    trained.player.settle()
    assert differences(trained.player.snapshot, after) == []
    assert trained.panels["loss_plot"].marks == [(400, "Adam from here")]


def test_settings_changed_while_running_run_on(trained: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(trained.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: trained.player.newest.iteration > 500, timeout=60_000)
    design = trained.document.design
    trained.document.edit(
        replace(design, training=replace(design.training, optimizer=Momentum())), "Momentum"
    )
    qtbot.waitUntil(lambda: trained.player.newest is not None, timeout=60_000)
    reached = trained.player.newest.iteration
    assert trained.player.running and reached > 500
    qtbot.waitUntil(lambda: trained.player.newest.iteration > reached, timeout=60_000)
    qtbot.mouseClick(trained.transport.run_button, LEFT)
    trained.player.settle()
    (mark,) = trained.player.curves.marks
    assert 500 < mark.iteration <= trained.player.newest.iteration


def test_what_begins_another_run_keeps_the_old_curve_and_says_so(trained: MainWindow) -> None:
    curves = trained.player.curves
    trained.actions_["add_layer"].trigger()
    trained.player.settle()
    assert trained.player.newest.iteration == 0
    assert trained.time._ghosts == (curves,)
    assert "the old curve stays" in trained.status.happened.text()
    assert not trained.panels["loss_plot"].plot.sentence, "the old curve is seen"
    trained.actions_["undo"].trigger()
    trained.player.settle()
    assert trained.time._ghosts == () and trained.player.newest.iteration == 400


def test_other_data_are_told_of_in_one_sentence_with_undo(trained: MainWindow, qtbot: QtBot) -> None:
    trained.session.select(Selection(sample=3))
    with_data(trained, source="blobs")
    told = trained.notice.sentence.text()
    assert trained.notice.isVisible()
    for part in ("3 × Softmax", "cross-entropy", "anew", DATASETS["blobs"].symbol):
        assert part.lower() in told.lower(), told
    assert trained.session.selection == Selection()
    assert trained.document.design.title != "XOR" and "XOR" not in trained.windowTitle()
    loss = trained.panels["loss_plot"]
    assert trained.player.curves.losses.size == 0 and not len(loss._batches.getData()[0])
    qtbot.mouseClick(trained.notice.button, LEFT)
    trained.player.settle()
    assert trained.document.design == DESIGN and not trained.notice.isVisible()
    assert trained.player.newest.iteration == 400


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"source": "xor-four-points"}, 4),
        ({"samples": 10}, 7),
        ({"source": "iris", "test_share": 0.9}, 15),
        ({"test_share": 0.9}, 20),
    ],
)
def test_a_batch_larger_than_the_new_data_shrinks_and_that_is_told(
    trained: MainWindow, qtbot: QtBot, changes: dict[str, object], size: int
) -> None:
    with_training(trained, batch_size=60)
    design = trained.document.design
    with_data(trained, **changes)
    assert not trained.document.problems
    assert trained.document.design.training.batch_size == size == trained.document.dataset.train.size
    assert f"The batch size is now {size}" in trained.notice.sentence.text()
    assert ("3 × softmax" in trained.notice.sentence.text()) is (changes.get("source") == "iris")
    qtbot.mouseClick(trained.notice.button, LEFT)
    trained.player.settle()
    assert trained.document.design == design


def test_new_data_are_offered_only_where_they_differ(trained: MainWindow) -> None:
    for name in DATASETS:
        with_data(trained, source=name)
        before = trained.document.dataset
        trained.actions_["new_data"].trigger()
        trained.player.settle()
        after = trained.document.dataset
        differ = not (np.array_equal(before.x, after.x) and np.array_equal(before.train, after.train))
        assert trained.actions_["new_data"].isEnabled() is differ, name


def test_another_edit_takes_the_undo_of_the_data_away(trained: MainWindow) -> None:
    with_data(trained, noise=0.3)
    assert trained.notice.isVisible() and "New samples" in trained.notice.sentence.text()
    trained.actions_["add_layer"].trigger()
    assert not trained.notice.isVisible()


def test_another_file_begins_with_nothing_selected(trained: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "other.glassnet"
    files.write(path, files.DesignFile(replace(DESIGN, title="Other")))
    trained.session.select(Selection(1, 2, None, 5))
    trained.files.open(path)
    trained.player.settle()
    assert trained.session.selection == Selection()
    assert trained.panels.canvas.state.selection == Selection()


def test_own_titles_of_files_stay(trained: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "mine.glassnet"
    files.write(path, files.DesignFile(replace(DESIGN, title="Homework 3")))
    trained.files.open(path)
    with_data(trained, source="circles")
    assert trained.document.design.title == "Homework 3" and "mine.glassnet" in trained.windowTitle()


def test_the_batches_of_the_epoch_are_those_of_the_present_size(trained: MainWindow) -> None:
    view = trained.panels.bring("batches")
    epochs = trained.player.snapshot.epochs_done
    with_training(trained, batch_size=35)
    trained.actions_["iteration"].trigger()
    trained.player.settle()
    assert f"iteration 1 of 4 in epoch {epochs + 1:,}" in view.place.text()
    lit = view._epochs.samples(epochs, 0)
    assert np.array_equal(lit, trained.player.snapshot.values.samples) and lit.size == 35
    trained.actions_["iteration"].trigger()
    trained.actions_["iteration"].trigger()
    trained.player.settle()
    assert "iteration 3 of 4" in view.place.text()
    counters = trained.counters
    assert counters.epoch.value.text() == str(epochs + 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"loss": MSE()}, "Another loss begins another run, with the weights learned so far"),
        ({"seed": 8}, "Another seed begins another run, with new weights"),
        ({"precision": "float32"}, "Another precision begins another run"),
    ],
)
def test_a_setting_that_ends_a_run_keeps_the_old_curve_and_says_so_beside_undo(
    trained: MainWindow, qtbot: QtBot, changes: dict[str, object], words: str
) -> None:
    curves, before = trained.player.curves, trained.player.snapshot
    with_training(trained, **changes)
    told = trained.notice.sentence.text()
    assert trained.notice.isVisible() and words in told and "old curve stays, dotted" in told
    assert ("cross-entropy" in told) == ("loss" in changes)
    assert trained.time._ghosts == (curves,) and trained.player.newest.iteration == 0
    kept = np.allclose(trained.player.newest.theta, before.theta)
    assert kept == ("seed" not in changes)
    qtbot.mouseClick(trained.notice.button, LEFT)
    trained.player.settle()
    assert trained.document.design == DESIGN and not trained.notice.isVisible()
    assert trained.time._ghosts == () and differences(trained.player.snapshot, before) == []
