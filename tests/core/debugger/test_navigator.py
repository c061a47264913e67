"""The navigator: steps of every size through a run, with the same numbers forwards and backwards."""

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
    _trainer, navigator = walk_of(way)
    begin = place = RunPosition(11, navigator.steps.count - 3)
    there = {}
    while place.iteration < 13 or place.k < 5:
        there[place] = navigator.show(place)
        place = navigator.next(place, StepSize.TERM)
    assert len(there) == 4 + (navigator.steps.count + 1) + 5
    while (place := navigator.previous(place, StepSize.TERM)) >= begin:
        assert differences(navigator.show(place), there.pop(place)) == []
    assert not there


@pytest.mark.parametrize("way", WAYS)
def test_a_trainers_snapshots_have_their_place_also_ahead_of_the_run(way):
    trainer, navigator = walk_of(way)
    for _ in range(3):
        for phase in (Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE):
            trainer.advance(phase)
            snapshot = trainer.snapshot()
            assert differences(navigator.show(navigator.place_of(snapshot)), snapshot) == []


def test_iterations_and_epochs_stop_at_their_ends():
    _trainer, navigator = walk_of("2-4-2-1")
    end = navigator.steps.count

    def chain(place, grain, step, length):
        places = [place := step(place, grain) for _ in range(length)]
        return [(p.iteration, p.k) for p in places]

    inside = RunPosition(9, 20)
    assert chain(inside, StepSize.ITERATION, navigator.next, 3) == [(9, end), (10, end), (11, end)]
    assert chain(inside, StepSize.ITERATION, navigator.previous, 2) == [(8, end), (7, end)]
    assert chain(RunPosition(9, end), StepSize.ITERATION, navigator.previous, 1) == [(8, end)]
    assert chain(inside, StepSize.EPOCH, navigator.next, 3) == [(11, end), (15, end), (19, end)]
    assert chain(inside, StepSize.EPOCH, navigator.previous, 3) == [(7, end), (3, end), (0, 0)]
    assert chain(RunPosition(8, 0), StepSize.EPOCH, navigator.previous, 1) == [(7, end)]
    assert chain(RunPosition(9, end), StepSize.PASS, navigator.next, 2) == [
        (10, 0),
        (10, navigator.steps.after(Phase.FORWARD) - 1),
    ]
    assert chain(RunPosition(0, 0), StepSize.TERM, navigator.previous, 2) == [(0, 0), (0, 0)]
    assert chain(RunPosition(0, 7), StepSize.ITERATION, navigator.previous, 1) == [(0, 0)]
    for place in (RunPosition(4, end), RunPosition(11, end), RunPosition(12, 0)):
        for grain in (StepSize.TERM, StepSize.ITERATION):
            assert navigator.previous(navigator.next(place, grain), grain) in (
                place,
                RunPosition(place.iteration - 1, end),
            )


def test_a_change_of_rate_or_weights_is_seen_at_once():
    trainer, navigator = walk_of("2-4-2-1")
    trainer.advance(Phase.BACKWARD)
    place = RunPosition(30, navigator.steps.count)
    step = navigator.show(place).theta - navigator.show(place).before
    trainer.learning_rate.value *= 3
    navigator.history.record(trainer)
    assert np.allclose(navigator.show(place).theta - navigator.show(place).before, 3 * step, rtol=1e-9)
    trainer.edit(trainer.moment().theta + 0.5)
    navigator.history.record_edit(trainer)
    shown = navigator.show(navigator.place_of(trainer.snapshot()))
    assert differences(shown, trainer.snapshot()) == []
    assert navigator.steps.coming(0).quantity is StepKind.BIAS
