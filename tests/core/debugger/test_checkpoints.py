"""The history: any iteration is restored bit-identical in bounded memory, over edits and rate changes."""

import tracemalloc

import numpy as np
import pytest

from core.debugger.checkpoints import OBJECT_BYTES, Cancelled, CheckpointCache, History, seek, unwatched
from core.debugger.run import Navigator, RunPosition
from core.nn.design import Dense
from core.nn.losses import BinaryCrossEntropy
from core.nn.optimizers import Adam
from core.nn.trainer import Diverged, Phase, Trainer
from tests.core.making import classes, network
from tests.core.moments import WAYS, differences, trainer_of


def size_of(trainer):
    """Return the bytes of a checkpoint of a trainer whose optimizer has no memory."""
    return trainer.moment().theta.nbytes + OBJECT_BYTES


def train(trainer, history, goal, snapshots, generator=None):
    """Train and record as the program does, and keep every snapshot."""
    while trainer.iteration < goal:
        trainer.advance(Phase.UPDATE)
        snapshots[trainer.iteration] = trainer.snapshot()
        if trainer.iteration == history.next_due(trainer.iteration - 1):
            history.record(trainer)
        elif generator is not None and generator.random() < 0.1:
            disturb(trainer, history, snapshots, generator)
    history.record(trainer)


def disturb(trainer, history, snapshots, generator):
    """Change the learning rate, or edit the weights in any phase of the next pass."""
    if generator.random() < 0.5:
        trainer.advance(Phase(generator.integers(1, 3)))
    if generator.random() < 0.6:
        trainer.learning_rate.value = float(generator.uniform(0.001, 0.1))
        history.record(trainer)
        iteration = trainer.iteration
        snapshots[iteration] = changed_rate(snapshots[iteration], trainer.learning_rate.value)
        return
    other = trainer.moment().theta + generator.normal(size=trainer.network.parameters) / 100
    trainer.edit(other.astype(trainer.network.dtype))
    history.record_edit(trainer)
    again = Trainer(trainer.network, trainer.dataset)
    moment = trainer.moment()
    again.restore(
        type(moment)(moment.theta, moment.memory, moment.theta, moment.iteration, Phase.START, None)
    )
    again.learning_rate.value = trainer.learning_rate.value
    snapshots[trainer.iteration] = again.snapshot()


def changed_rate(snapshot, rate):
    return type(snapshot)(**{**vars(snapshot), "learning_rate": rate})


@pytest.mark.parametrize("disturbed", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_every_iteration_comes_back_to_the_bit(way, disturbed):
    trainer, replayer = trainer_of(way), trainer_of(way)
    history, snapshots = History(stride=16), {0: trainer.snapshot()}
    history.record(trainer)
    generator = np.random.default_rng(5)
    train(trainer, history, 150, snapshots, generator if disturbed else None)
    assert history.span == (0, 150)
    order = generator.permutation(151)
    for iteration in order:
        shown = seek(replayer, history, int(iteration))
        assert differences(shown, snapshots[iteration]) == [], iteration
    seek(replayer, history, 97)
    replayer.learning_rate.value = trainer.learning_rate.value
    if history.same_rate_until(97) is None and not any(history.by_hand(t) for t in range(98, 151)):
        replayer.run(150 - 97)
        assert differences(replayer.snapshot(), snapshots[150]) == []


def test_memory_is_bounded_and_what_is_kept_is_evenly_spread():
    trainer, replayer = trainer_of("2-4-2-1"), trainer_of("2-4-2-1")
    size = size_of(trainer)
    history, snapshots = History(limit_bytes=20 * size, stride=4), {0: trainer.snapshot()}
    history.record(trainer)
    assert not history.thinned
    for goal in range(50, 1001, 50):
        train(trainer, history, goal, snapshots)
        assert 0 < history.bytes <= history.limit_bytes
        kept = sorted({history.at(t).iteration for t in range(goal + 1)})
        assert kept == list(range(0, goal + 1, history.stride))
        assert history.bytes == len(kept) * size
    assert history.thinned
    assert history.stride == 64
    for iteration in (1, 63, 64, 65, 500, 999, 1000):
        assert differences(seek(replayer, history, iteration), snapshots[iteration]) == []


def test_more_edits_than_fit_push_out_the_oldest():
    trainer, replayer = trainer_of("2-4-2-1"), trainer_of("2-4-2-1")
    history, snapshots = History(limit_bytes=5 * size_of(trainer), stride=8), {}
    history.record(trainer)
    for k in range(12):
        train(trainer, history, 10 * (k + 1), snapshots)
        trainer.edit(trainer.moment().theta * 0.9)
        history.record_edit(trainer)
        snapshots[trainer.iteration] = trainer.snapshot()
    first, last = history.span
    assert (first, last) == (80, 120)
    assert history.bytes <= history.limit_bytes
    for iteration in (80, 81, 95, 100, 119, 120):
        assert differences(seek(replayer, history, iteration), snapshots[iteration]) == []
    with pytest.raises(LookupError, match="79 is not recorded; the first is 80"):
        history.at(79)


def test_a_network_larger_than_the_limit_keeps_its_start():
    trainer, snapshots = trainer_of("dropout, penalties, softmax"), {}
    history = History(limit_bytes=100, stride=2)
    history.record(trainer)
    train(trainer, history, 40, snapshots)
    assert history.at(40).iteration == 0
    shown = seek(trainer_of("dropout, penalties, softmax"), history, 33)
    assert differences(shown, snapshots[33]) == []


def test_going_back_forgets_what_came_after_and_a_branch_keeps_it():
    trainer, replayer = trainer_of("2-4-2-1"), trainer_of("2-4-2-1")
    history, old = History(stride=16), {0: trainer.snapshot()}
    history.record(trainer)
    train(trainer, history, 70, old)
    branch, new = history.branch(37), {}
    assert (branch.span, history.span) == ((0, 37), (0, 70))
    trainer.restore(seek(replayer, branch, 37))
    trainer.learning_rate.value = 0.2
    branch.record(trainer)
    train(trainer, branch, 70, new)
    for iteration in (30, 37, 38, 50, 70):
        assert differences(seek(replayer, history, iteration), old[iteration]) == []
        assert np.array_equal(
            seek(replayer, branch, iteration).theta, (new if iteration > 37 else old)[iteration].theta
        )
    assert not np.array_equal(new[70].theta, old[70].theta)
    assert seek(replayer, branch, 37).learning_rate == 0.2
    trainer.restore(old[20])
    branch.record(trainer)
    assert branch.span == (0, 20)
    assert branch.bytes == 2 * size_of(trainer)


def test_going_back_forgets_rates_and_edits_too():
    trainer, replayer, history = trainer_of("2-4-2-1"), trainer_of("2-4-2-1"), History(stride=16)
    history.record(trainer)
    train(trainer, history, 40, {})
    trainer.learning_rate.value = 0.3
    history.record(trainer)
    for _ in range(3):
        trainer.edit(trainer.moment().theta + 1)
        history.record_edit(trainer)
    assert history.bytes == 4 * size_of(trainer)
    trainer.restore(seek(replayer, history, 33))
    trainer.learning_rate.value = 0.05
    history.record(trainer)
    snapshots = {}
    train(trainer, history, 60, snapshots)
    assert not history.by_hand(40)
    for iteration in (34, 40, 41, 60):
        assert differences(seek(replayer, history, iteration), snapshots[iteration]) == []


def test_a_run_that_diverged_can_be_sought_up_to_there():
    dataset = classes(2, samples=12)
    net = network([Dense(2, "linear"), Dense(1, "linear")], WAYS["single precision, one layer"][1], dataset)
    trainer, replayer, history = Trainer(net, dataset), Trainer(net, dataset), History(stride=4)
    history.record(trainer)
    trainer.learning_rate.value = 5.0
    history.record(trainer)
    with pytest.raises(Diverged):
        while True:
            trainer.run(history.next_due(trainer.iteration) - trainer.iteration)
            history.record(trainer)
    history.record(trainer)
    last = history.span[1]
    assert last == trainer.iteration > 0
    assert np.array_equal(seek(replayer, history, last).theta, trainer.moment().theta)


def test_every_change_of_the_past_is_told_by_the_version():
    trainer, history = trainer_of("2-4-2-1"), History()
    history.record(trainer)
    versions = [history.version]
    for change in (
        lambda: trainer.edit(trainer.moment().theta + 1) or history.record_edit(trainer),
        lambda: history.cut(0),
    ):
        change()
        versions.append(history.version)
    assert versions == sorted(set(versions))
    trainer.run(10)
    history.record(trainer)
    trainer.learning_rate.value = 0.5
    history.record(trainer)
    assert history.version == versions[-1]


def test_who_watches_is_told_how_far_it_is_and_can_end_it():
    trainer, replayer = trainer_of("2-4-2-1"), trainer_of("2-4-2-1")
    history, snapshots = History(limit_bytes=1), {0: trainer.snapshot()}
    history.record(trainer)
    train(trainer, history, 1000, snapshots)
    told = []
    seek(replayer, history, 901, watch=lambda done, of: told.append((done, of)))
    assert told == sorted(told) and told[0] == (0, 900) and {of for _done, of in told} == {900}

    def cancel(done, _of):
        if done > 300:
            raise Cancelled

    navigator = Navigator(replayer, history)
    shown = navigator.show(RunPosition(10, navigator.steps.count))
    navigator.watch = cancel
    with pytest.raises(Cancelled):
        navigator.show(RunPosition(800, 0))
    assert differences(navigator.show(RunPosition(10, navigator.steps.count)), shown) == []
    navigator.watch = unwatched
    assert differences(navigator.show(RunPosition(800, navigator.steps.count)), snapshots[801]) == []


def test_moments_passed_on_the_way_make_the_steps_back_short():
    trainer, replayer = trainer_of("2-4-2-1"), trainer_of("2-4-2-1")
    history, snapshots, near = History(limit_bytes=1), {0: trainer.snapshot()}, CheckpointCache()
    history.record(trainer)
    train(trainer, history, 1000, snapshots)
    seek(replayer, history, 1000, near)
    made = []
    for t in range(999, 700, -1):
        told = []
        shown = seek(replayer, history, t, near, lambda done, of, told=told: told.append(of))
        assert differences(shown, snapshots[t]) == []
        made.append(told[0] if told else 0)
    assert sum(made) < 10 * len(made) and max(made) <= 500
    small = CheckpointCache(limit_bytes=2 * size_of(trainer))
    seek(replayer, history, 1000, small)
    assert len(small._moments) == 2
    trainer.edit(trainer.moment().theta + 1)
    history.record_edit(trainer)
    assert near.at(history, 1000) is history.at(1000)


@pytest.mark.parametrize(("layers", "optimizer"), [(1, None), (4, None), (64, None), (4, Adam())])
def test_a_history_takes_no_more_than_it_says(layers, optimizer):
    """Python objects count too: for the smallest networks they are most of the memory."""
    dataset = classes(2, 30)
    settings = {} if optimizer is None else {"optimizer": optimizer}
    net = network([Dense(layers), Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset, **settings)
    trainer = Trainer(net, dataset)
    trainer.run(1)
    history = History(limit_bytes=1 << 19, stride=1)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(700):
        trainer.run(1)
        history.record(trainer)
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert history.bytes > history.limit_bytes / 3
    assert taken < 1.2 * history.bytes
