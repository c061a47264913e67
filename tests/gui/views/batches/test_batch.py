"""The view of batches shows those of the engine, in the strip and among the samples."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.nn.trainer import Phase
from gui.selection import Selection
from gui.theme.theme import DARK, LIGHT
from gui.views.batches.view import BatchView
from tests.gui.scenes import Scene, scene, tell


@pytest.fixture
def view(qtbot: QtBot) -> BatchView:
    made = BatchView()
    qtbot.addWidget(made)
    made.resize(520, 420)
    made.show()
    qtbot.waitExposed(made)
    return made


def lecture(iterations: int, phase: Phase | None = Phase.FORWARD) -> Scene:
    """Return the lecture's network with its 245 training samples in batches of 10."""
    data = {"samples": 350, "test_share": 0.3, "noise": 0.3}
    return scene("linear", (), iterations, phase, data, batch_size=10, gradient_descent="mini-batch")


def test_the_place_in_the_epoch_is_said(view: BatchView) -> None:
    tell(view, lecture(56))
    assert view.place.text() == "iteration 7 of 25 in epoch 3"
    assert view.words.text() == "A batch of 10 of the 245 training samples; the last has only 5."
    assert view.strip.current == 6 and view.strip._sizes == (10,) * 24 + (5,)


def test_the_last_batch_is_short(view: BatchView) -> None:
    told = lecture(74)
    tell(view, told)
    assert view.place.text() == "iteration 25 of 25 in epoch 3"
    assert view.words.text() == "The last batch: the 5 of 245 training samples that are left."
    assert view.plane._batch.size == 5 and view.plane._taken.size == 240


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE])
def test_the_lit_samples_are_those_of_the_pass(view: BatchView, phase: Phase) -> None:
    told = lecture(30, phase)
    tell(view, told)
    for _ in range(30):
        values = told.snapshot.values
        assert values is not None and np.array_equal(view.plane._batch, values.samples)
        assert view.strip.current == told.snapshot.batch
        assert view.plane._taken.size == 10 * told.snapshot.batch
        told.trainer.advance(phase)
        view.show_snapshot(told.snapshot)


def test_before_the_first_iteration_nothing_is_lit(view: BatchView) -> None:
    tell(view, lecture(0, None))
    assert view.place.text() == "25 iterations make an epoch"
    assert view.strip.current == -1 and not view.plane._batch.size


def test_a_click_on_a_batch_seeks_the_moment_it_was_used(view: BatchView, qtbot: QtBot) -> None:
    told = lecture(56)
    tell(view, told)
    with qtbot.waitSignal(view.seek_requested) as blocker:
        where = view.strip.tile(2).center().toPoint()
        qtbot.mouseClick(view.strip, Qt.MouseButton.LeftButton, pos=where)
    assert blocker.args == [2 * 25 + 3]
    again = lecture(blocker.args[0], None)
    view.show_snapshot(again.snapshot)
    assert view.place.text() == "iteration 3 of 25 in epoch 3" and view.strip.current == 2
    view.strip.setFocus()
    with qtbot.waitSignal(view.seek_requested) as blocker:
        qtbot.keyClick(view.strip, Qt.Key.Key_Left)
    assert blocker.args == [2 * 25 + 2]
    assert view.strip.batch_at(view.strip.tile(24).center()) == 24


def test_tiles_have_the_width_of_their_batch(view: BatchView) -> None:
    tell(view, lecture(74))
    image = view.strip.grab().toImage()
    last = view.strip.tile(24)
    y = round(last.bottom()) - 3
    assert image.pixelColor(round(last.left() + 0.3 * last.width()), y) == LIGHT.accent
    assert image.pixelColor(round(last.left() + 0.8 * last.width()), y) != LIGHT.accent


def test_one_batch_and_batches_of_one(view: BatchView, qtbot: QtBot) -> None:
    tell(view, scene(iterations=2, gradient_descent="batch"), theme=DARK)
    assert view.place.text() == "iteration 1 of 1 in epoch 3"
    assert view.words.text() == "The batch is all 140 training samples."
    view.grab()
    told = scene("breast-cancer", (2,), iterations=30, gradient_descent="stochastic")
    tell(view, told)
    assert view.place.text() == "iteration 31 of 398 in epoch 1"
    with qtbot.waitSignal(view.seek_requested) as blocker:
        qtbot.mouseClick(view.strip, Qt.MouseButton.LeftButton, pos=QPoint(view.strip.width() - 1, 3))
    assert blocker.args == [398]
    view.grab()


def test_samples_of_many_inputs_are_tiles(view: BatchView, qtbot: QtBot) -> None:
    told = scene("breast-cancer", (2,), iterations=9, batch_size=32)
    tell(view, told)
    tiles, train = view.tiles, told.dataset.train
    assert view.samples.currentWidget() is tiles
    values = told.snapshot.values
    assert values is not None
    strong = [int(s) for s, colour in zip(train, tiles.colours(), strict=True) if _is_lit(colour)]
    assert set(strong) == set(values.samples.tolist())
    with qtbot.waitSignal(view.select_requested) as blocker:
        qtbot.mouseClick(tiles, Qt.MouseButton.LeftButton, pos=tiles.tile(17).center().toPoint())
    assert blocker.args == [Selection(sample=int(train[17]))]
    view.show_selection(Selection(sample=int(train[17])))
    frame = tiles.grab().toImage().pixelColor(tiles.tile(17).center().toPoint() + QPoint(0, 0))
    edge = tiles.tile(17).topLeft().toPoint() + QPoint(1, round(tiles.tile(17).height() / 2))
    assert tiles.grab().toImage().pixelColor(edge) != frame


def _is_lit(colour: np.ndarray) -> bool:
    full = [[c.red(), c.green(), c.blue()] for c in (LIGHT.negative, LIGHT.positive)]
    return colour[:3].tolist() in full


def test_a_click_selects_a_sample(view: BatchView, qtbot: QtBot) -> None:
    told = lecture(56)
    tell(view, told)
    QApplication.processEvents()  # to update the layout
    sample = int(view.plane._batch[0])
    place = view.plane.place(sample)
    assert place is not None
    with qtbot.waitSignal(view.select_requested) as blocker:
        qtbot.mouseClick(view.plane, Qt.MouseButton.LeftButton, pos=place.toPoint())
    chosen = blocker.args[0].sample
    off = told.dataset.x[:, chosen] - told.dataset.x[:, sample]
    assert np.hypot(*off) < 0.05


def test_one_input_lies_at_its_value(view: BatchView) -> None:
    told = scene("sine", (3,), iterations=3)
    tell(view, told)
    picture, train = view.plane.picture, told.dataset.train
    assert picture is not None
    assert np.array_equal(picture.points, np.column_stack([told.dataset.x[0], told.dataset.labels[0]])[train])
    view.grab()
