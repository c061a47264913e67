import gc
import threading
import weakref

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from core.data.datasets import Dataset, make_dataset
from core.debugger.steps import LoopStage, StepSize
from core.nn.design import Dense, Design, Dropout, Training
from core.nn.losses import MSE
from core.nn.network import Network
from core.nn.trainer import Phase, Trainer
from gui.session import run_speed, thread_channel
from gui.session.player import Player
from gui.session.run_speed import Speed
from gui.session.thread_channel import wait_until
from gui.session.time_travel import TimeTravel
from gui.session.training_thread import TrainingThread
from tests.gui.waiting import let_pass, set_clock, wait_for_frames

XOR = Design("XOR", layers=(Dense(4), Dense(1, "sigmoid")))


def compiled(design: Design = XOR) -> tuple[Network, Dataset]:
    dataset = make_dataset(design.data)
    return Network(design, dataset), dataset


@pytest.fixture
def loaded(player: Player) -> Player:
    player.load(*compiled())
    player.settle()
    return player


def test_load_shows_the_start(loaded: Player) -> None:
    network, _ = compiled()
    assert loaded.snapshot.iteration == 0
    assert loaded.snapshot.phase is Phase.START
    np.testing.assert_array_equal(loaded.snapshot.theta, network.initial(XOR.training.seed))


def test_a_run_is_what_the_trainer_does(loaded: Player) -> None:
    loaded.run(500)
    loaded.settle()
    assert not loaded.running
    alone = Trainer(*compiled())
    alone.run(500)
    assert loaded.snapshot.iteration == 500
    np.testing.assert_array_equal(loaded.snapshot.theta, alone.snapshot().theta)
    np.testing.assert_array_equal(loaded.curves.losses, alone.curves().losses)


def test_pausing_and_stepping_give_the_unbroken_run(loaded: Player, qtbot: QtBot) -> None:
    loaded.run()
    wait_for_frames(qtbot, loaded, 5)
    loaded.pause()
    loaded.settle()
    travel = TimeTravel(loaded)
    for stage in (LoopStage.FORWARD, LoopStage.BACKWARD, LoopStage.UPDATE):
        travel.enter(stage)
        loaded.settle()
        assert loaded.where.last.stage is stage
    done = loaded.snapshot.iteration
    assert done > 1
    alone = Trainer(*compiled())
    alone.run(done)
    np.testing.assert_array_equal(loaded.snapshot.theta, alone.snapshot().theta)


def test_an_epoch_ends_at_the_end_of_an_epoch(loaded: Player) -> None:
    travel = TimeTravel(loaded)
    travel.step(StepSize.ITERATION)
    for k in (1, 2):
        travel.step(StepSize.EPOCH)
        loaded.settle()
        assert loaded.snapshot.iteration == k * loaded.snapshot.batches
        assert not loaded.running


def test_reset_goes_back_to_the_same_start(loaded: Player) -> None:
    start = loaded.snapshot.theta
    loaded.run(100)
    loaded.settle()
    assert not np.array_equal(loaded.snapshot.theta, start)
    loaded.reset()
    loaded.settle()
    assert loaded.snapshot.iteration == 0
    assert loaded.curves.losses.size == 0
    np.testing.assert_array_equal(loaded.snapshot.theta, start)


def test_the_learning_rate_changes_while_running(loaded: Player, qtbot: QtBot) -> None:
    loaded.run()
    loaded.set_learning_rate(0.02)
    qtbot.waitUntil(lambda: loaded.snapshot.learning_rate == 0.02)
    assert loaded.running


def test_a_run_is_never_faster_than_asked_nor_stands_still(
    loaded: Player, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = set_clock(monkeypatch, run_speed)
    loaded.set_speed(Speed(200))
    loaded.run()
    loaded.settle()
    for due in range(1, 31):
        clock.seconds += 0.0050001
        qtbot.waitUntil(lambda due=due: loaded.snapshot.iteration >= due)
        assert loaded.snapshot.iteration == due
    let_pass(qtbot, 50)  # the clock of the run stands still
    assert loaded.snapshot.iteration == 30
    clock.seconds += 10
    qtbot.waitUntil(lambda: loaded.snapshot.iteration > 30)
    loaded.pause()
    loaded.settle()
    assert loaded.snapshot.iteration < 200, "what could not be made in time is given up"


def test_an_edit_keeps_what_was_learned_and_the_run(loaded: Player, qtbot: QtBot) -> None:
    loaded.run(300)
    loaded.settle()
    theta = loaded.snapshot.theta
    old, old_dataset = compiled()
    edited = replace(XOR, layers=(Dense(4), Dropout(0.2), Dense(1, "sigmoid")))
    loaded.carry(Network(edited, old_dataset, loaded.network.ids), old_dataset)
    loaded.settle()
    np.testing.assert_array_equal(loaded.snapshot.theta, theta)
    assert loaded.snapshot.iteration == 0
    loaded.run()
    wider = replace(XOR, layers=(Dense(5), Dense(1, "sigmoid")))
    loaded.carry(*compiled(wider))
    qtbot.waitUntil(lambda: loaded.snapshot is not None and loaded.snapshot.iteration > 10)
    assert loaded.running
    assert loaded.snapshot.theta.size == compiled(wider)[0].parameters != old.parameters


def test_no_moment_of_an_earlier_network_is_shown(loaded: Player, qtbot: QtBot) -> None:
    loaded.run()
    wait_for_frames(qtbot, loaded, 2)
    wider = replace(XOR, layers=(Dense(5), Dense(1, "sigmoid")))
    network, dataset = compiled(wider)
    shown: list[int] = []
    loaded.snapshot_changed.connect(lambda snapshot: shown.append(snapshot.theta.size))
    loaded.load(network, dataset)
    assert loaded.snapshot is None
    wait_for_frames(qtbot, loaded, 5)
    assert set(shown) == {network.parameters}


def test_what_was_saved_goes_on_where_it_stood(player: Player) -> None:
    momentum = replace(XOR, training=Training(learning_rate=0.05, gradient_descent="batch"))
    network, dataset = compiled(momentum)
    whole = Trainer(network, dataset)
    whole.run(20)
    half = whole.snapshot()
    whole.run(20)
    player.load(network, dataset, half.theta, half.memory, half.iteration)
    player.run(20)
    player.settle()
    assert player.snapshot.iteration == 40
    np.testing.assert_array_equal(player.snapshot.theta, whole.snapshot().theta)


def test_divergence_stops_and_keeps_the_last_finite_moment(player: Player, qtbot: QtBot) -> None:
    wild = Design(
        layers=(Dense(4, "relu"), Dense(1, "linear")), training=Training(loss=MSE(), learning_rate=90.0)
    )
    player.load(*compiled(wild))
    with qtbot.waitSignal(player.diverged) as sentence:
        player.run()
    assert "smaller learning rate" in sentence.args[0]
    assert not player.running
    assert np.isfinite(player.snapshot.theta).all()
    with qtbot.waitSignal(player.diverged):
        player.run()
    player.reset()
    player.set_learning_rate(0.001)
    player.run(300)
    player.settle()
    assert player.snapshot.iteration == 300


def test_a_late_end_of_an_earlier_run_is_ignored(loaded: Player, qtbot: QtBot) -> None:
    """The end of a run of three iterations is still to be reported when the next run begins."""
    loaded.run(3)
    wait_until(lambda: loaded._exchange._thread.reports.qsize() >= 2, pull=lambda: None)
    loaded.run()
    changes: list[bool] = []
    loaded.running_changed.connect(changes.append)
    wait_for_frames(qtbot, loaded, 5)
    assert loaded.running
    assert changes == []


def test_a_fault_in_the_thread_reaches_the_window(player: Player, qtbot: QtBot) -> None:
    with qtbot.captureExceptions() as caught:
        TimeTravel(player).step(StepSize.PASS)
        qtbot.waitUntil(lambda: bool(caught))
    assert "No network is loaded" in str(caught[0][1])
    player.load(*compiled())
    player.settle()
    assert player.snapshot is not None


def test_findings_of_the_moment_before_do_not_stand_for_those_of_the_moment_shown(
    loaded: Player, qtbot: QtBot
) -> None:
    """An edit may be made while the health of the former moment is judged: both are reported at once."""
    told: list[tuple[object, ...]] = []
    loaded.findings_changed.connect(told.append)
    edited = 50 * np.ones_like(loaded.snapshot.theta)

    def judge_then_edit(worker: TrainingThread) -> None:
        worker._check_health()
        worker.training_run.edit(edited)

    loaded.ask(judge_then_edit)
    served = threading.Event()
    loaded.ask(lambda _worker: served.set())
    served.wait()
    loaded.settle()
    assert (loaded.snapshot.theta == edited).all() and told == []
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1] != ()


def test_nothing_ticks_at_rest(loaded: Player, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not loaded._timer.isActive())
    let_pass(qtbot, 100)
    assert not loaded._timer.isActive()


def test_training_is_still_while_parked(
    loaded: Player, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread_channel, "PATIENCE_SECONDS", 60.0)  # the current slice may take any time
    loaded.run()
    wait_for_frames(qtbot, loaded, 2)
    trainer = loaded._exchange._thread.training_run.trainer
    with loaded.parked():
        before = trainer.iteration
        let_pass(qtbot, 30)
        assert trainer.iteration == before


def test_closing_ends_a_run(loaded: Player, qtbot: QtBot) -> None:
    loaded.run()
    loaded.close()
    qtbot.waitUntil(lambda: not loaded._exchange.alive)


def test_cycles_are_collected_in_the_windows_thread_while_training_lives(qtbot: QtBot) -> None:
    """If the training thread freed a widget in a cycle, the widget's timers would remain: a crash."""
    gc.enable()
    one, other = Player(), Player()
    assert not gc.isenabled()

    class Cycle:
        def __init__(self) -> None:
            self.itself = self
            weakref.finalize(self, lambda: freed.append(threading.current_thread()))

    freed: list[threading.Thread] = []
    Cycle()
    kept = [[] for _ in range(2000)]
    qtbot.waitUntil(lambda: bool(freed))
    assert freed == [threading.main_thread()]
    assert len(kept) == 2000
    one.close()
    assert not gc.isenabled()
    other.close()
    assert gc.isenabled()
