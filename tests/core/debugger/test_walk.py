"""Walk: through a run by every grain, forward and back, and the same numbers both ways."""

import numpy as np
import pytest

from core.debugger.checkpoints import History
from core.debugger.run import Navigator, RunPosition
from core.debugger.steps import StepKind, StepSize
from core.nn.trainer import Phase
from tests.core.moments import WAYS, differences, trainer_of


def walk_of(way, iterations=30):
    trainer, history = trainer_of(way), History(stride=8)
    history.record(trainer)
    while trainer.iteration < iterations:
        trainer.run(min(history.next_due(trainer.iteration), iterations) - trainer.iteration)
        history.record(trainer)
    return trainer, Navigator(trainer_of(way), history)


@pytest.mark.parametrize("way", WAYS)
def test_there_by_terms_and_back_again_gives_the_same_numbers(way):
    _trainer, walk = walk_of(way)
    begin = place = RunPosition(11, walk.steps.count - 3)
    there = {}
    while place.iteration < 13 or place.k < 5:
        there[place] = walk.show(place)
        place = walk.next(place, StepSize.TERM)
    assert len(there) == 4 + (walk.steps.count + 1) + 5
    while (place := walk.previous(place, StepSize.TERM)) >= begin:
        assert differences(walk.show(place), there.pop(place)) == []
    assert not there


@pytest.mark.parametrize("way", WAYS)
def test_a_trainers_snapshots_have_their_place_also_ahead_of_the_run(way):
    trainer, walk = walk_of(way)
    for _ in range(3):
        for phase in (Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE):
            trainer.advance(phase)
            snapshot = trainer.snapshot()
            assert differences(walk.show(walk.place_of(snapshot)), snapshot) == []


def test_iterations_and_epochs_stop_at_their_ends():
    _trainer, walk = walk_of("2-4-2-1")
    end = walk.steps.count

    def chain(place, grain, step, length):
        places = [place := step(place, grain) for _ in range(length)]
        return [(p.iteration, p.k) for p in places]

    inside = RunPosition(9, 20)
    assert chain(inside, StepSize.ITERATION, walk.next, 3) == [(9, end), (10, end), (11, end)]
    assert chain(inside, StepSize.ITERATION, walk.previous, 2) == [(8, end), (7, end)]
    assert chain(RunPosition(9, end), StepSize.ITERATION, walk.previous, 1) == [(8, end)]
    assert chain(inside, StepSize.EPOCH, walk.next, 3) == [(11, end), (15, end), (19, end)]
    assert chain(inside, StepSize.EPOCH, walk.previous, 3) == [(7, end), (3, end), (0, 0)]
    assert chain(RunPosition(8, 0), StepSize.EPOCH, walk.previous, 1) == [(7, end)]
    assert chain(RunPosition(9, end), StepSize.PASS, walk.next, 2) == [
        (10, 0),
        (10, walk.steps.after(Phase.FORWARD) - 1),
    ]
    assert chain(RunPosition(0, 0), StepSize.TERM, walk.previous, 2) == [(0, 0), (0, 0)]
    assert chain(RunPosition(0, 7), StepSize.ITERATION, walk.previous, 1) == [(0, 0)]
    for place in (RunPosition(4, end), RunPosition(11, end), RunPosition(12, 0)):
        for grain in (StepSize.TERM, StepSize.ITERATION):
            assert walk.previous(walk.next(place, grain), grain) in (
                place,
                RunPosition(place.iteration - 1, end),
            )


def test_a_change_of_rate_or_weights_is_seen_at_once():
    trainer, walk = walk_of("2-4-2-1")
    trainer.advance(Phase.BACKWARD)
    place = RunPosition(30, walk.steps.count)
    step = walk.show(place).theta - walk.show(place).before
    trainer.learning_rate.value *= 3
    walk.history.record(trainer)
    assert np.allclose(walk.show(place).theta - walk.show(place).before, 3 * step, rtol=1e-9)
    trainer.edit(trainer.moment().theta + 0.5)
    walk.history.record_edit(trainer)
    shown = walk.show(walk.place_of(trainer.snapshot()))
    assert differences(shown, trainer.snapshot()) == []
    assert walk.steps.coming(0).quantity is StepKind.BIAS
