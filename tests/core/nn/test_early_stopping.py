"""Stopping criteria: when they apply, their messages, and that a stopped run can continue."""

import msgspec
import pytest

from core.nn.curves import Curves, EpochRecord, Score
from core.nn.design import out_of_range
from core.nn.early_stopping import (
    STOPS,
    AtEpoch,
    BelowLoss,
    RisingTestLoss,
    Stop,
    first_reached,
    next_look,
    still_ahead,
)
from core.nn.trainer import Phase
from core.number_style import value_text
from tests.core.moments import trainer_of


def curves_of(test_losses, every=1):
    """Return curves with a record every ``every`` epochs."""
    rows = tuple(
        EpochRecord(
            4 * every * (k + 1), every * (k + 1), 1.0, None if loss is None else Score(loss, None), ()
        )
        for k, loss in enumerate(test_losses)
    )
    return Curves(None, 1, rows)


def test_at_an_epoch_stops_after_its_last_batch():
    trainer, stop = trainer_of("2-4-2-1"), AtEpoch(3)
    for _ in range(14):
        assert next_look((stop,), trainer) == (12 if trainer.iteration < 12 else None)
        trainer.advance(Phase.UPDATE)
        sentence = stop.reached(trainer.snapshot(), trainer.curves())
        assert sentence == ("Epoch 3 is complete." if trainer.iteration >= 12 else "")


def test_when_conditions_are_looked_at_next():
    trainer = trainer_of("2-4-2-1")
    batches = trainer.snapshot().batches
    assert next_look((), trainer) is None
    for iteration in (0, 1, batches - 1, batches, 5 * batches + 2):
        trainer.restart()
        if iteration:
            trainer.run(iteration)
        assert next_look((BelowLoss(),), trainer) == (iteration // batches + 1) * batches
        assert next_look((RisingTestLoss(),), trainer) == trainer.recorder.due > iteration
        assert next_look((RisingTestLoss(), BelowLoss()), trainer) == (iteration // batches + 1) * batches


def test_below_a_loss_looks_at_all_training_samples():
    trainer = trainer_of("2-4-2-1")
    trainer.run(40)
    snapshot = trainer.snapshot()
    J = snapshot.train.loss
    assert BelowLoss(J).reached(snapshot, trainer.curves()) == ""
    assert (
        BelowLoss(J * 1.01)
        .reached(snapshot, trainer.curves())
        .startswith(f"The training loss {value_text(J)} is")
    )
    trainer.advance(Phase.FORWARD)
    assert trainer.snapshot().values.J != J


@pytest.mark.parametrize(
    ("losses", "every", "epochs", "stops"),
    [
        ([0.5, 0.4, 0.3], 1, 1, False),
        ([0.5, 0.3, 0.4], 1, 1, True),
        ([0.5, 0.3, 0.4, 0.29], 1, 1, False),
        ([0.5, 0.3, 0.4, 0.35, 0.31], 1, 3, True),
        ([0.5, 0.3, 0.4, 0.35, 0.31], 1, 4, False),
        ([0.5, 0.3, 0.3, 0.3], 1, 2, False),
        ([0.5, 0.3, 0.4, 0.5], 8, 16, True),
        ([0.5, 0.3, 0.4, 0.5], 8, 17, False),
        ([None, None], 1, 1, False),
        ([], 1, 1, False),
    ],
)
def test_a_rising_test_loss_stops_when_the_minimum_lies_back(losses, every, epochs, stops):
    sentence = RisingTestLoss(epochs).reached(trainer_of("2-4-2-1").snapshot(), curves_of(losses, every))
    assert bool(sentence) is stops
    if stops:
        lowest = every * (losses.index(min(losses)) + 1)
        assert f"{min(losses):g} at its lowest in epoch {lowest}." in sentence
        assert f"{losses[-1]:g} now" in sentence


def test_the_first_reached_is_told_and_a_stopped_run_can_go_on():
    trainer = trainer_of("2-4-2-1")
    trainer.run(20)
    moment = trainer.snapshot(), trainer.curves()
    stops = (RisingTestLoss(500), AtEpoch(5), AtEpoch(4), AtEpoch(6))
    assert first_reached(stops, *moment) == "Epoch 5 is complete."
    assert still_ahead(stops, *moment) == (stops[0], stops[3])
    assert first_reached(still_ahead(stops, *moment), *moment) == ""


def test_conditions_are_values_with_forms_and_files():
    for kind in STOPS.values():
        stop = kind()
        assert msgspec.json.decode(msgspec.json.encode(stop), type=Stop) == stop
        for field in msgspec.structs.fields(kind):
            meta = field.type.__metadata__[0] if hasattr(field.type, "__metadata__") else None
            assert meta is None or out_of_range(getattr(stop, field.name), meta, field.name) == ""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"name": "epoch", "epoch": 0}', type=Stop)
