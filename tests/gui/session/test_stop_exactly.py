"""A run ends at its stop condition in the same iteration as a plain loop, however the window draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from core.data.datasets import Dataset, make_dataset
from core.debugger.steps import StepSize
from core.nn.design import Data, Dense, Design, Training
from core.nn.early_stopping import AtEpoch, BelowLoss, RisingTestLoss, Stop
from core.nn.network import Network
from core.nn.trainer import Trainer
from gui.session.player import Player
from gui.session.run_speed import Speed
from tests.gui.waiting import let_pass

MOONS = Design(
    "Few noisy moons",
    Data("moons", samples=60, noise=0.35, test_share=0.5),
    (Dense(16, "relu"), Dense(16, "relu"), Dense(1, "sigmoid")),
    Training(learning_rate=0.3, gradient_descent="mini-batch", batch_size=8),
)
SPEEDS = (Speed(), Speed(900.0), Speed(40.0, StepSize.EPOCH))


def compiled(**training: object) -> tuple[Network, Dataset]:
    design = replace(MOONS, training=replace(MOONS.training, **training))
    dataset = make_dataset(design.data)
    return Network(design, dataset), dataset


def ends_of_epochs(trainer: Trainer) -> Iterator[Trainer]:
    while True:
        trainer.run(trainer.left_in_epoch)
        yield trainer


def below(trainer: Trainer, loss: float) -> int:
    """Return the iteration after which the loss of all training samples is below a value, by a plain loop."""
    for _ in ends_of_epochs(trainer):
        if trainer.snapshot().train.loss < loss:
            return trainer.iteration
    raise AssertionError


def risen(trainer: Trainer, patience: int) -> int:
    """Return the iteration after which the test loss has had no new minimum for ``patience`` epochs."""
    best, found, seen = float("inf"), 0, 0
    for _ in ends_of_epochs(trainer):
        rows = trainer.curves().records
        if len(rows) == seen:
            continue
        seen, row = len(rows), rows[-1]
        if row.test.loss < best:
            best, found = row.test.loss, row.epoch
        elif row.epoch - found >= patience and row.test.loss > best:
            return trainer.iteration
    raise AssertionError


CASES: list[tuple[Stop, Callable[[Trainer], int]]] = [
    (AtEpoch(37), lambda trainer: 37 * trainer.snapshot().batches),
    (BelowLoss(0.01), lambda trainer: below(trainer, 0.01)),
    (RisingTestLoss(30), lambda trainer: risen(trainer, 30)),
]


@pytest.mark.parametrize("speed", SPEEDS, ids=["flat out", "900 iterations a second", "40 epochs a second"])
@pytest.mark.parametrize(("stop", "plain"), CASES, ids=["epoch", "loss", "test loss"])
def test_it_ends_where_a_plain_loop_does(
    player: Player, qtbot: QtBot, stop: Stop, plain: Callable[[Trainer], int], speed: Speed
) -> None:
    network, dataset = compiled()
    expected = plain(Trainer(network, dataset))
    assert expected > 60
    player.load(network, dataset)
    player.set_stops((stop,))
    player.set_speed(speed)
    said: list[str] = []
    player.stopped.connect(said.append)
    player.run()
    for _ in range(4):  # a window that draws rarely, and takes long for it
        with player.parked():
            let_pass(qtbot, 7)
    qtbot.waitUntil(lambda: not player.running)
    assert player.newest.iteration == player.snapshot.iteration == expected
    assert len(said) == 1


def test_of_two_conditions_each_ends_a_run_at_its_time(player: Player, qtbot: QtBot) -> None:
    network, dataset = compiled(gradient_descent="batch")
    first, second = below(Trainer(network, dataset), 0.35), below(Trainer(network, dataset), 0.3)
    player.load(network, dataset)
    player.set_stops((BelowLoss(0.3), BelowLoss(0.35)))
    for expected in (first, second):
        player.run()
        qtbot.waitUntil(lambda: not player.running)
        assert player.newest.iteration == expected
    assert first < second


def test_a_run_of_so_many_iterations_heeds_none(player: Player) -> None:
    player.load(*compiled())
    player.set_stops((AtEpoch(1),))
    player.run(100)
    player.settle()
    assert player.newest.iteration == 100
