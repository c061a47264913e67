"""The stage of a comparison: networks in lock-step, their cards, steps both ways, the keys, and the veil."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.analysis.health import gradient_sizes
from core.lecture.scene import Scene, find_scene, read_scene
from core.lecture.subjects import Networks, made
from core.nn.passes import evaluate
from core.nn.trainer import Snapshot, Trainer
from core.number_style import value_text
from gui.compare.panel import ComparisonPanel
from gui.compare.variants import colours, widths
from gui.lecture.stages.comparison import ComparisonStage
from gui.session.thread_channel import wait_until
from gui.text.labels import Framed
from gui.theme.theme import DARK, LIGHT, apply

LEFT = Qt.MouseButton.LeftButton
Open = Callable[..., ComparisonStage]


def scene_of(word: str) -> Scene:
    return read_scene(find_scene(word))


@pytest.fixture
def open_stage(qtbot: QtBot) -> Iterator[Open]:
    opened: list[ComparisonStage] = []

    def make(scene: Scene | str, size: tuple[int, int] = (960, 640)) -> ComparisonStage:
        stage = ComparisonStage()
        opened.append(stage)
        stage.resize(*size)
        stage.show_scene(scene_of(scene) if isinstance(scene, str) else scene)
        stage.show_theme(LIGHT)
        stage.show()
        qtbot.waitExposed(stage)
        settle(qtbot, stage)
        return stage

    yield make
    for stage in opened:
        stage.close_stage()
        wait_until(lambda stage=stage: not stage.run.exchange.alive, pull=lambda: None)
        stage.deleteLater()
        QCoreApplication.sendPostedEvents(stage, QEvent.Type.DeferredDelete)
    sys.setswitchinterval(0.005)


def settle(qtbot: QtBot, stage: ComparisonStage) -> None:
    wait_until(lambda: not stage.run.exchange.waiting, stage.run.pull)
    surface = panel(stage).surface
    if surface is not None and surface.isVisible():
        qtbot.waitUntil(lambda: not surface.sampler.busy)
    QApplication.processEvents()


def panel(stage: ComparisonStage) -> ComparisonPanel:
    assert stage.panel is not None
    return stage.panel


def snapshots(stage: ComparisonStage) -> tuple[Snapshot, ...]:
    assert stage.run.standing is not None
    return stage.run.standing.snapshots


def made_updates(stage: ComparisonStage) -> list[int]:
    return [snapshot.iteration for snapshot in snapshots(stage)]


def assert_alone(stage: ComparisonStage) -> None:
    """Assert that every network stands, to the bit, where a lone trainer stands."""
    for variant, snapshot in zip(stage.variants, snapshots(stage), strict=True):
        alone = Trainer(variant.network, variant.dataset, variant.theta)
        alone.run(snapshot.iteration)
        assert np.array_equal(alone.snapshot().theta, snapshot.theta)


def step(qtbot: QtBot, stage: ComparisonStage, times: int = 1, *, ahead: bool = True) -> None:
    for _ in range(times):
        stage.step(ahead=ahead)
    settle(qtbot, stage)


def type_in(qtbot: QtBot, field: QWidget, text: str) -> None:
    field.edit.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(field.edit, text)  # type: ignore[attr-defined]
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)  # type: ignore[attr-defined]


def test_the_three_kinds_start_alike_and_step_by_epochs(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("33")
    assert made_updates(stage) == [0, 0, 0]
    first = snapshots(stage)[0].theta
    assert all(np.array_equal(snapshot.theta, first) for snapshot in snapshots(stage))
    step(qtbot, stage, 3)
    assert made_updates(stage) == [3, 42, 420]
    assert_alone(stage)
    step(qtbot, stage, 2, ahead=False)
    assert made_updates(stage) == [1, 14, 140]
    assert_alone(stage)
    step(qtbot, stage, 2, ahead=False)
    assert made_updates(stage) == [0, 0, 0]
    step(qtbot, stage)
    assert_alone(stage)


def test_a_run_keeps_step_and_a_reset_begins_again(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("33")
    told: list[bool] = []
    stage.running_changed.connect(told.append)
    stage.bar.slider.setValue(stage.bar.slider.maximum())  # type: ignore[union-attr]
    stage.play()
    qtbot.waitUntil(lambda: snapshots(stage)[0].iteration > 4)
    stage.play()
    settle(qtbot, stage)
    assert told == [True, False]
    batch, mini, single = made_updates(stage)
    assert batch == single // 140 and mini == single * 14 // 140
    assert_alone(stage)
    stage.play()
    stage.show_scene(scene_of("33"))
    settle(qtbot, stage)
    assert not stage.run.running and made_updates(stage) == [0, 0, 0]


def test_by_update_and_the_first_alone(qtbot: QtBot, open_stage: Open) -> None:
    scene = scene_of("33")
    assert isinstance(scene.subject, Networks)
    by_update = replace(scene, subject=replace(scene.subject, together="update"))
    stage = open_stage(by_update)
    step(qtbot, stage, 5)
    assert made_updates(stage) == [5, 5, 5]
    alone = replace(scene, subject=replace(scene.subject, together=None))
    stage.show_scene(alone)
    step(qtbot, stage, 2)
    assert made_updates(stage) == [2, 0, 0]
    step(qtbot, stage, ahead=False)
    assert made_updates(stage) == [1, 0, 0]
    assert_alone(stage)


def test_one_network_with_a_surface(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("31")
    step(qtbot, stage, 4)
    assert made_updates(stage) == [4]
    assert_alone(stage)
    (shadow,) = panel(stage).surface.picture.paths  # type: ignore[union-attr]
    assert len(shadow.points) == 5 and np.array_equal(shadow.points[-1], snapshots(stage)[0].theta[:2])


def test_the_learning_rate_too_high_stops_while_the_others_go_on(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("24")
    told: list[str] = []
    stage.told.connect(told.append)
    stage.run.exchange.ask(lambda thread: thread.lockstep.advance(149))
    step(qtbot, stage)
    low, good, high = snapshots(stage)
    assert (low.iteration, good.iteration) == (150, 150) and high.iteration < 150
    assert panel(stage).views[2].card.place.text() == f"diverged after {high.iteration} updates"
    assert next(one for one in told if "diverged" in one).startswith("η = 1: Training diverged")
    assert_alone(stage)
    stage.grab()
    box = panel(stage).plot.plot.box.viewRange()[1]  # type: ignore[union-attr]
    assert box[1] < 10
    step(qtbot, stage, ahead=False)
    assert made_updates(stage) == [149, 149, high.iteration]
    assert panel(stage).views[2].card.place.text().startswith("diverged")


def test_cards_say_what_each_is_and_where_it_stands(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("33")
    step(qtbot, stage, 2)
    stage.run.exchange.ask(lambda thread: thread.lockstep.advance(65))
    settle(qtbot, stage)
    cards = [view.card for view in panel(stage).views]
    assert [card.title.text() for card in cards] == ["Batch, all 140", "Mini-batch, 10", "Stochastic, one"]
    assert [card.batches.text() for card in cards] == [
        "|B| = 140: 1 update per epoch",
        "|B| = 10: 14 updates per epoch",
        "|B| = 1: 140 updates per epoch",
    ]
    assert cards[1].place.text() == "iteration 6 of 14 in epoch 3"
    assert cards[2].place.text() == "iteration 65 of 140 in epoch 3"
    for card, snapshot in zip(cards, snapshots(stage), strict=True):
        assert card.loss.text() == f"J = {value_text(snapshot.train.loss + snapshot.penalty)}"


def test_the_batch_is_lit(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("33")
    step(qtbot, stage)
    for scatter, snapshot, size in zip(
        [view.batch for view in panel(stage).views], snapshots(stage), (140, 10, 1), strict=True
    ):
        assert snapshot.values is not None
        assert np.array_equal(scatter.lit, snapshot.values.samples) and scatter.lit.size == size
        assert np.isin(scatter.lit, stage.variants[0].dataset.train).all()
        assert scatter.places().shape == (140, 2)
        assert (scatter.places() >= 0).all()
        assert (scatter.places() <= (scatter.width(), scatter.height())).all()


def test_a_new_learning_rate_holds_from_the_next_update(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("33")
    step(qtbot, stage)
    card = panel(stage).views[1].card
    type_in(qtbot, card.rate, "0.9")
    step(qtbot, stage)
    assert snapshots(stage)[1].learning_rate == 0.9 and card.title.text() == "Mini-batch, 10 (changed)"
    subject = scene_of("33").subject
    assert isinstance(subject, Networks)
    alone = made(subject.networks[1])
    trainer = Trainer(alone.network, alone.dataset, alone.theta)
    trainer.run(14)
    trainer.learning_rate.value = 0.9
    trainer.run(14)
    assert np.array_equal(trainer.snapshot().theta, snapshots(stage)[1].theta)
    step(qtbot, stage, 2, ahead=False)
    assert card.rate.value == pytest.approx(0.3)


def test_a_rate_that_cannot_be_is_refused(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("33")
    told: list[str] = []
    stage.told.connect(told.append)
    type_in(qtbot, panel(stage).views[0].card.rate, "-1")
    assert told and "above 0" in told[-1]
    assert stage.variants[0].network.design.training.learning_rate == 0.3


def test_a_new_batch_size_starts_all_again(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("33")
    step(qtbot, stage, 2)
    start = stage.variants[1].theta
    type_in(qtbot, panel(stage).views[1].card.samples, "70")
    settle(qtbot, stage)
    assert made_updates(stage) == [0, 0, 0] and np.array_equal(stage.variants[1].theta, start)
    assert panel(stage).views[1].card.batches.text() == "|B| = 70: 2 updates per epoch"
    step(qtbot, stage)
    assert made_updates(stage) == [1, 2, 140]
    assert_alone(stage)
    for size, kind in (("1", "stochastic"), ("140", "batch")):
        type_in(qtbot, panel(stage).views[1].card.samples, size)
        assert stage.variants[1].network.design.training.gradient_descent == kind
    settle(qtbot, stage)


def test_new_weights_are_the_same_for_all_and_can_be_gone_back_to(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("33")
    old = stage.variants[0].theta
    qtbot.mouseClick(stage.bar.weights, LEFT)  # type: ignore[union-attr]
    settle(qtbot, stage)
    new = stage.variants[0].theta
    assert not np.array_equal(new, old)
    assert all(np.array_equal(snapshot.theta, new) for snapshot in snapshots(stage))
    step(qtbot, stage, 2)
    qtbot.mouseClick(stage.bar.start, LEFT)  # type: ignore[union-attr]
    settle(qtbot, stage)
    assert made_updates(stage) == [0, 0, 0]
    assert np.array_equal(snapshots(stage)[2].theta, new)


def test_a_button_of_the_scene_replaces_the_first_network(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("02")
    stage.change("by-hand")
    settle(qtbot, stage)
    assert panel(stage).views[0].card.title.text() == "The solution by hand"
    first = snapshots(stage)[0]
    assert first.theta.tolist() == [1, 1, 1, 1, 0, -1, 1, -2, 0]
    assert panel(stage).views[0].card.loss.text() == "J = 0" and first.train.loss == 0
    assert panel(stage).canvases[0].state.design == stage.variants[0].network.design


def test_a_layer_is_taken_away_on_the_canvas(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("13", (1400, 900))
    canvas = panel(stage).canvases[0]
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    settle(qtbot, stage)
    assert len(stage.variants[0].network.layers) == 6
    assert panel(stage).views[0].card.title.text() == "sigmoid (changed)"
    step(qtbot, stage)
    assert_alone(stage)


def test_the_subject_is_as_it_stands(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("33")
    type_in(qtbot, panel(stage).views[2].card.rate, "0.05")
    step(qtbot, stage, 3)
    subject = stage.subject()
    assert isinstance(subject, Networks) and subject.together == "epoch"
    for start, snapshot in zip(subject.networks, snapshots(stage), strict=True):
        again = made(start)
        assert np.array_equal(again.theta, snapshot.theta)
        assert again.network.design.training.learning_rate == snapshot.learning_rate
    assert not list(subject.problems())


def test_the_gradient_of_every_layer(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("13")
    step(qtbot, stage, 3)
    plot = panel(stage).gradients
    assert plot is not None
    for variant, snapshot, (name, _colour, sizes) in zip(
        stage.variants, snapshots(stage), plot.sizes, strict=True
    ):
        columns = variant.dataset.train
        x, y = variant.dataset.x[:, columns], variant.dataset.targets(1)[:, columns]
        g = evaluate(variant.network, snapshot.theta, x, y).g
        assert g is not None
        assert name == variant.name and np.allclose(sizes, gradient_sizes(variant.network, g))
    (line, *_rest) = plot._lines
    x, y = line.getData()
    assert x.tolist() == [1, 2, 3, 4, 5, 6, 7] and y[0] < y[-1] - 3


def test_the_loss_by_update_and_by_epoch(qtbot: QtBot, open_stage: Open) -> None:
    stage = open_stage("33")
    step(qtbot, stage, 6)
    plot = panel(stage).plot
    assert plot is not None and stage.run.standing is not None
    mini = stage.run.standing.curves[1]
    x, y = plot.points(plot._traces[1])
    assert x.tolist() == [1, 2, 3, 4, 5, 6]
    assert np.allclose(y, mini.losses.reshape(6, 14).mean(axis=1))
    fine = plot._fine_items[0].getData()[1]
    assert np.array_equal(fine, mini.losses)
    qtbot.mouseClick(plot.scales._group.button(0), LEFT)
    assert plot.points(plot._traces[1])[0].tolist() == [14, 28, 42, 56, 70, 84]
    qtbot.mouseClick(plot.logarithmic, LEFT)
    assert np.allclose(plot.points(plot._traces[1])[1], np.log10(y))


def test_paths_are_drawn_the_thinner_the_more_updates(open_stage: Open) -> None:
    thick, middle, thin = widths(open_stage("33").variants)
    assert thick > middle > thin
    assert len(set(widths(open_stage("24").variants))) == 1


@pytest.mark.parametrize("word", ["13", "24"])
def test_behind_the_veil_nothing_computed_is_seen(qtbot: QtBot, open_stage: Open, word: str) -> None:
    stage = open_stage(word)
    step(qtbot, stage)
    stage.show_veil(True)
    shown = panel(stage)
    for view in (*shown.boundaries, shown.plot, shown.gradients, shown.surface):
        assert view is None or not view.isVisible()
    for card, variant in zip([view.card for view in shown.views], stage.variants, strict=True):
        assert card.loss.text() == "J = ?" and card.place.text() == "iteration ?"
        assert card.batches.text() == f"|B| = {variant.batch_size}: ? updates per epoch"
    stage.show_scene(scene_of(word))
    settle(qtbot, stage)
    assert panel(stage).views[0].card.loss.text() == "J = ?"
    stage.show_veil(False)
    settle(qtbot, stage)
    assert panel(stage).views[0].card.loss.text() != "J = ?"
    assert not panel(stage).plot.isVisible()  # type: ignore[union-attr]  # it would be empty
    step(qtbot, stage)
    assert panel(stage).plot.isVisible()  # type: ignore[union-attr]


@pytest.mark.parametrize("scale", [1.0, 1.8])
@pytest.mark.parametrize("word", ["13", "24", "33"])
def test_nothing_is_cut(qtbot: QtBot, open_stage: Open, word: str, scale: float) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    before = application.font(), application.styleSheet(), application.palette(), application.style().name()
    try:
        theme = DARK if scale == 1 else LIGHT
        apply(application, theme, scale)
        stage = open_stage(word, (960, 640) if scale == 1 else (1330, 900))
        stage.show_theme(theme)
        step(qtbot, stage, 10)
        stage.grab()
        assert stage.minimumSizeHint().width() <= stage.width()
        assert stage.minimumSizeHint().height() <= stage.height()
        for card, colour in zip([view.card for view in panel(stage).views], colours(theme), strict=False):
            assert colour.name() in card.mark.styleSheet()
            for line in (card.batches, card.place, card.loss):
                assert _width(line) <= line.contentsRect().width(), (word, scale, line.text())
            assert card.title.fontMetrics().horizontalAdvance(card.title.text()) <= card.title.width()
        for framed in panel(stage).findChildren(Framed):
            assert framed.width() > 200 and framed.height() > 100
    finally:
        application.setFont(before[0])
        application.setStyleSheet(before[1])
        application.setPalette(before[2])
        application.setStyle(before[3])


def _width(line: QWidget) -> int:
    return QFontMetrics(line._font).horizontalAdvance(line.text())  # type: ignore[attr-defined]
