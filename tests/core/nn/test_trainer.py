"""Training: bit-identical results in every way of running, correct snapshots, divergence, and edits."""

import numpy as np
import pytest

from core.debugger.steps import Steps, revealed
from core.nn.design import Dense, Dropout
from core.nn.losses import MAE, MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Huber
from core.nn.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum, Nesterov, RMSProp
from core.nn.passes import evaluate
from core.nn.trainer import Checkpoint, Phase, Trainer
from tests.core.making import classes, network, textbook_J, values

PHASES = (Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE)
MIXED = Dense(4, ("tanh", "relu", "elu", "gelu"))
MINI = {"gradient_descent": "mini-batch", "batch_size": 5}

WAYS = {
    "mini-batch, last one short": ([MIXED, Dense(1, "sigmoid")], BinaryCrossEntropy(), Adam(), MINI),
    "stochastic": ([Dense(3), Dense(1, "sigmoid")], MSE(), RMSProp(), {"gradient_descent": "stochastic"}),
    "batch": ([Dense(3, "relu"), Dense(1, "sigmoid")], Huber(0.3), Nesterov(), {}),
    "dropout": (
        [Dropout(0.3), Dense(6), Dropout(0.5), MIXED, Dense(3, "softmax")],
        CategoricalCrossEntropy(),
        Momentum(),
        MINI,
    ),
    "single precision, penalties": (
        [Dense(5, "softplus"), Dense(3, "softmax")],
        CategoricalCrossEntropy(),
        Adam(),
        {**MINI, "precision": "float32", "l1": 0.001, "l2": 0.01},
    ),
    "hidden softmax": ([Dense(4, "softmax"), Dense(1, "sigmoid")], MAE(), GradientDescent(), MINI),
}


def trainer_of(way):
    layers, loss, optimizer, settings = WAYS[way]
    dataset = classes(3 if layers[-1].neurons == 3 else 2, samples=23, test=5, seed=4)
    net = network(layers, loss, dataset, optimizer=optimizer, learning_rate=0.05, **settings)
    return Trainer(net, dataset)


def bits(trainer):
    snapshot = trainer.snapshot()
    return snapshot.iteration, snapshot.theta.tobytes(), snapshot.memory.tobytes()


def unbroken(way, iterations):
    """Return the state after every iteration of one run in single steps, and the batch losses."""
    trainer = trainer_of(way)
    states = [bits(trainer)]
    for _ in range(iterations):
        trainer.advance(Phase.UPDATE)
        states.append(bits(trainer))
    return states, trainer.curves()


def wander(trainer, generator, iterations, kept):
    """Train to the iteration in pieces of all sizes, with stops anywhere and occasional steps back."""
    while trainer.iteration < iterations:
        draw = generator.random()
        if draw < 0.4:
            trainer.run(int(generator.integers(1, min(90, iterations - trainer.iteration) + 1)))
        elif draw < 0.8:
            trainer.advance(PHASES[generator.integers(3)])
        elif draw < 0.95:
            kept.append(trainer.snapshot())
        else:
            trainer.restore(kept[generator.integers(len(kept))])


@pytest.mark.parametrize("way", WAYS)
def test_every_way_through_gives_the_same_bits(way):
    iterations = 210
    states, curves = unbroken(way, iterations)
    at_once = trainer_of(way)
    at_once.run(iterations)
    assert bits(at_once) == states[-1]
    for seed in range(4):
        generator = np.random.default_rng(seed)
        trainer = trainer_of(way)
        kept = [trainer.snapshot()]
        wander(trainer, generator, iterations, kept)
        assert bits(trainer) == states[iterations]
        losses = trainer.curves().losses
        assert np.allclose(losses, curves.losses, rtol=1e-6 if "single" in way else 1e-12, atol=0)
        assert [row.iteration for row in trainer.curves().records] == [
            row.iteration for row in at_once.curves().records
        ]
        for snapshot in kept:
            assert (snapshot.iteration, snapshot.theta.tobytes(), snapshot.memory.tobytes()) == states[
                snapshot.iteration
            ]
        other = trainer_of(way)
        other.restore(kept[len(kept) // 2])
        other.run(max(1, iterations - other.iteration))
        assert bits(other) == states[iterations]


def test_a_memory_that_fades_becomes_zero_at_the_same_iteration_whichever_way():
    """A dead ReLU has no gradient: its momentum only decays, and must not end in slow subnormal numbers."""
    dataset = values(features=1, samples=25)
    layers = [Dense(1, "relu"), Dense(1, "linear")]
    net = network(layers, MSE(), dataset, optimizer=Momentum(), learning_rate=0.001, **MINI)
    flat_out, by_steps = Trainer(net, dataset), Trainer(net, dataset)
    theta = np.array([0.0, -1, 1, 0])
    for trainer in (flat_out, by_steps):
        trainer.restore(Checkpoint(theta, np.ones((1, 4)), theta, 0, Phase.START, None))
    tiny = []
    for stop in (500, 630, 700):
        flat_out.run(stop - flat_out.iteration)
        while by_steps.iteration < stop:
            by_steps.advance(Phase.UPDATE)
        assert bits(flat_out) == bits(by_steps)
        tiny.append(float(flat_out.snapshot().memory[0, 0]))
    assert tiny[:2] == pytest.approx([0.9**500, 0.9**630], rel=1e-9)
    assert tiny[2] == 0


def test_a_run_can_be_restarted_and_draws_the_same_again():
    trainer = trainer_of("dropout")
    start = bits(trainer)
    trainer.run(70)
    first = bits(trainer)
    trainer.restart()
    assert bits(trainer) == start
    assert not trainer.curves().losses.size
    assert not trainer.curves().records
    trainer.run(70)
    assert bits(trainer) == first
    other = np.linspace(-1, 1, trainer.network.parameters)
    trainer.restart(other)
    assert trainer.snapshot().theta.tolist() == other.tolist()
    assert not trainer.snapshot().memory.any()


@pytest.mark.parametrize("way", ["mini-batch, last one short", "stochastic", "batch", "hidden softmax"])
def test_a_snapshot_shows_what_is_computed(way):
    trainer = trainer_of(way)
    net, dataset = trainer.network, trainer.dataset
    y = dataset.targets(net.n[-1])
    generator = np.random.default_rng(0)
    seen = []
    for _ in range(60):
        if generator.random() < 0.2:
            trainer.run(int(generator.integers(1, 20)))
        else:
            trainer.advance(PHASES[generator.integers(3)])
        snapshot = trainer.snapshot()
        seen.append(snapshot)
        shown, samples = snapshot.values, snapshot.values.samples
        expected = evaluate(net, snapshot.before, dataset.x[:, samples], y[:, samples])
        assert np.isclose(shown.J, expected.J, rtol=1e-12)
        for name in ("z", "a", "da", "delta"):
            got = getattr(shown, name)
            if snapshot.phase is Phase.FORWARD and name in ("da", "delta"):
                assert got is None
                continue
            pairs = list(zip(got, getattr(expected, name), strict=True))
            pairs = pairs[:-1] if name == "da" and net.fused is not None else pairs
            assert all(np.allclose(ours, theirs, rtol=1e-10, atol=1e-13) for ours, theirs in pairs)
        if snapshot.phase is Phase.FORWARD:
            assert shown.g is None
        else:
            assert np.allclose(shown.g, expected.g, rtol=1e-10, atol=1e-13)
        assert (snapshot.before is snapshot.theta) == (snapshot.phase is not Phase.UPDATE)
        J = textbook_J(net.design, net.n[0], snapshot.theta, dataset.x[:, dataset.train], y[:, dataset.train])
        assert np.isclose(snapshot.train.loss, J, rtol=1e-10)
    later = [(s.theta.copy(), s.values.z[-1].copy(), s.memory.copy()) for s in seen]
    trainer.run(100)
    for snapshot, (theta, z, memory) in zip(seen, later, strict=True):
        assert np.array_equal(snapshot.theta, theta)
        assert np.array_equal(snapshot.values.z[-1], z)
        assert np.array_equal(snapshot.memory, memory)


def test_a_moment_without_the_numbers_of_its_pass_gets_them_back():
    for way in ("mini-batch, last one short", "dropout"):
        trainer = trainer_of(way)
        trainer.run(37)
        moment, shown = trainer.moment(), trainer.snapshot()
        assert (moment.values, moment.phase) == (None, Phase.UPDATE)
        losses = trainer.curves().losses.copy()
        trainer.run(90)
        trainer.restore(moment)
        again = trainer.snapshot()
        assert bits(trainer) == (37, shown.theta.tobytes(), shown.memory.tobytes())
        assert np.array_equal(again.before, shown.before)
        assert np.array_equal(again.values.samples, shown.values.samples)
        assert np.array_equal(again.values.g, shown.values.g)
        assert all(np.array_equal(*pair) for pair in zip(again.values.z, shown.values.z, strict=True))
        assert np.allclose(trainer.curves().losses, losses, rtol=1e-12)


@pytest.mark.parametrize("way", WAYS)
def test_after_an_update_the_pass_is_shown_again_as_it_would_be_made_with_the_new_weights(way):
    trainer = trainer_of(way)
    begun = trainer.snapshot()
    assert begun.shown is None and np.array_equal(begun.shown_theta, begun.theta) and begun.begun == 0
    for iterations in (1, 6, 40):
        trainer.run(iterations)
        done = trainer.snapshot()
        assert done.shown is done.again and done.shown_theta is done.theta and not done.outdated
        other = trainer_of(way)
        start = Checkpoint(done.theta, done.memory, done.theta, done.iteration - 1, Phase.START, None)
        other.restore(start)
        other.advance(Phase.BACKWARD)
        made = other.snapshot().values
        assert np.array_equal(made.samples, done.again.samples)
        assert pytest.approx(done.again.J, rel=1e-6) == made.J
        for name in ("z", "a", "delta"):
            pairs = zip(getattr(made, name)[1:], getattr(done.again, name)[1:], strict=True)
            assert all(np.array_equal(one, two) for one, two in pairs), name
        assert np.array_equal(made.g, done.again.g)
        assert all(np.array_equal(made.masks[l], mask) for l, mask in done.again.masks.items())
        assert set(made.masks) == set(done.again.masks)


@pytest.mark.parametrize("way", WAYS)
def test_looking_at_a_moment_changes_no_bit_of_the_run(way):
    looked, alone = trainer_of(way), trainer_of(way)
    for phase in (*PHASES, *PHASES, Phase.UPDATE):
        looked.advance(phase)
        alone.advance(phase)
        looked.snapshot()
    looked.run(30)
    alone.run(30)
    assert bits(looked) == bits(alone)
    assert np.array_equal(looked.curves().losses, alone.curves().losses)


def test_an_update_to_infinite_numbers_leaves_the_pass_before_it_and_says_so():
    trainer = trainer_of("mini-batch, last one short")
    trainer.learning_rate.value = 1e200
    trainer.advance(Phase.UPDATE)
    snapshot = trainer.snapshot()
    assert np.isfinite(snapshot.theta).all() and np.abs(snapshot.theta).max() > 1e150
    assert snapshot.again is None and snapshot.outdated
    assert snapshot.shown is snapshot.values and snapshot.shown_theta is snapshot.before
    assert np.isfinite(snapshot.shown.J)


def test_inside_an_update_the_pass_shown_is_that_before_it():
    trainer = trainer_of("dropout")
    start = trainer.snapshot()
    trainer.advance(Phase.UPDATE)
    done, steps = trainer.snapshot(), Steps(trainer.network)
    for k in range(steps.count + 1):
        shown = revealed(steps, start, done, k)
        inside = steps.after(Phase.BACKWARD) < k < steps.count
        assert shown.outdated == inside
        assert np.array_equal(shown.shown_theta, done.theta if k == steps.count else done.before)
        assert (shown.again is None) == (k < steps.count)
        assert shown.begun == 1


def test_iterations_and_epochs_are_counted_with_the_last_short_batch():
    trainer = trainer_of("mini-batch, last one short")
    used = []
    assert trainer.snapshot().batches == 4
    for k in range(12):
        for phase in PHASES:
            trainer.advance(phase)
            snapshot = trainer.snapshot()
            assert (snapshot.phase, snapshot.pass_number) == (phase, k)
            assert (snapshot.epoch, snapshot.batch) == divmod(k, 4)
            assert snapshot.iteration == k + (phase is Phase.UPDATE)
            assert snapshot.epochs_done == snapshot.iteration // 4
        used.append(snapshot.values.samples)
        assert trainer.left_in_epoch == 4 - (k + 1) % 4
    assert [batch.size for batch in used] == [5, 5, 5, 3] * 3
    for epoch in range(3):
        assert sorted(np.concatenate(used[4 * epoch : 4 * epoch + 4])) == trainer.dataset.train.tolist()
    assert not np.array_equal(np.concatenate(used[:4]), np.concatenate(used[4:8]))


def test_scores_are_of_the_whole_sets():
    trainer = trainer_of("mini-batch, last one short")
    trainer.run(37)
    net, dataset, snapshot = trainer.network, trainer.dataset, trainer.snapshot()
    y = dataset.targets(1)
    for score, columns in ((snapshot.train, dataset.train), (snapshot.test, dataset.test)):
        o = evaluate(net, snapshot.theta, dataset.x[:, columns], y[:, columns]).a[-1]
        assert score.accuracy == np.mean((o > 0.5) == (y[:, columns] == 1))
        J = textbook_J(net.design, 2, snapshot.theta, dataset.x[:, columns], y[:, columns])
        assert np.isclose(score.loss, J, rtol=1e-12)
    regression = Trainer(network([Dense(1, "linear")], MSE(), values()), values())
    assert regression.snapshot().train.accuracy is None
    assert regression.snapshot().test is None


def test_scores_left_out_are_those_of_the_moment_even_after_training_on():
    for way in ("mini-batch, last one short", "single precision, penalties"):
        trainer, other = trainer_of(way), trainer_of(way)
        for each in (trainer, other):
            each.run(7)
        later, at_once = trainer.snapshot(scored=False), other.snapshot()
        trainer.run(5)
        for mine, right in ((later.train, at_once.train), (later.test, at_once.test)):
            assert mine.loss == pytest.approx(right.loss, rel=1e-6)
            assert mine.accuracy == right.accuracy


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_weights_of_a_dead_neuron_decay_to_zero_and_never_to_subnormal_numbers(precision):
    dataset = classes(2, samples=23, test=5, seed=4)
    net = network(
        [Dense(3, "relu"), Dense(1, "sigmoid")],
        BinaryCrossEntropy(),
        dataset,
        l2=0.5,
        learning_rate=0.5,
        precision=precision,
    )
    theta = net.initial(1)
    net.b(theta, 1)[...] = -100.0  # no sample reaches the hidden layer
    trainer = Trainer(net, dataset, theta)
    tiny = np.finfo(net.dtype).tiny
    for _ in range(40):
        trainer.run(100)
        for numbers in (trainer.snapshot().theta, trainer.snapshot().values.g):
            size = np.abs(numbers[numbers != 0])
            assert (size >= tiny).all()
    assert not net.W(trainer.snapshot().theta, 1).any()


def test_accuracy_of_more_classes_is_the_largest_outputs():
    trainer = trainer_of("single precision, penalties")
    trainer.run(90)
    dataset, snapshot = trainer.dataset, trainer.snapshot()
    o = evaluate(trainer.network, snapshot.theta, dataset.x, dataset.targets(3)).a[-1]
    right = o.argmax(axis=0) == dataset.labels
    assert snapshot.train.accuracy == pytest.approx(right[dataset.train].mean())
    assert snapshot.test.accuracy == pytest.approx(right[dataset.test].mean())


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.2), (0.3, 0.2)])
def test_penalties_count_weights_but_not_biases(l1, l2):
    dataset = values(samples=6)
    net = network([Dense(3), Dense(1, "linear")], MSE(), dataset, l1=l1, l2=l2)
    theta = np.random.default_rng(2).normal(size=net.parameters)
    trainer = Trainer(net, dataset, theta)
    trainer.advance(Phase.BACKWARD)
    snapshot = trainer.snapshot()
    W, b = [net.W(theta, l) for l in (1, 2)], [net.b(theta, l) for l in (1, 2)]
    cost = sum(l1 * np.abs(w).sum() + l2 / 2 * (w**2).sum() for w in W)
    assert snapshot.penalty == pytest.approx(cost)
    assert snapshot.train.loss == pytest.approx(textbook_J(net.design, 2, theta, dataset.x, dataset.labels))
    extra = snapshot.values.g - evaluate(net, theta, dataset.x, dataset.labels).g
    for l in (1, 2):
        assert np.allclose(net.W(extra, l), l1 * np.sign(W[l - 1]) + l2 * W[l - 1], atol=1e-14)
        assert not net.b(extra, l).any()
        assert b[l - 1].all()


def test_dropout_switches_off_the_right_share_and_keeps_the_mean():
    dataset = values(features=40, samples=50)
    net = network([Dropout(0.25), Dense(30, "linear"), Dropout(0.5), Dense(1, "linear")], MSE(), dataset)
    trainer = Trainer(net, dataset)
    trainer.advance(Phase.BACKWARD)
    shown = trainer.snapshot()
    x, theta, g = dataset.x, shown.theta, shown.values.g
    mask = np.linalg.lstsq(net.W(theta, 1).T @ np.diag(x[:, 0]), shown.values.z[1][:, 0], rcond=None)[0]
    assert mask.shape == (40,)
    undisturbed = evaluate(net, theta, x, dataset.labels)
    assert not np.allclose(undisturbed.z[1], shown.values.z[1])
    dead = shown.values.da[1] == 0
    assert dead.mean() == pytest.approx(0.5, abs=0.06)
    W, delta = net.W(theta, 2), shown.values.delta[2]
    assert np.allclose(shown.values.da[1][~dead], (W @ delta / 0.5)[~dead])
    assert np.allclose(net.W(g, 2), np.where(dead, 0, shown.values.a[1] / 0.5) @ delta.T)
    trainer.advance(Phase.UPDATE)
    trainer.advance(Phase.BACKWARD)
    assert not np.array_equal(trainer.snapshot().values.da[1] == 0, dead)
    assert np.isclose(
        trainer.snapshot().train.loss, evaluate(net, trainer.snapshot().theta, x, dataset.labels).J
    )


def test_curves_hold_the_loss_before_each_update():
    trainer = trainer_of("mini-batch, last one short")
    expected = []
    for _ in range(150):
        trainer.advance(Phase.FORWARD)
        expected.append(trainer.snapshot().values.J)
        trainer.advance(Phase.UPDATE)
    curves = trainer.curves()
    assert curves.stride == 1
    assert np.allclose(curves.losses, expected, rtol=1e-12, atol=0)
    for row in curves.records:
        assert row.iteration % 4 == 0
        assert row.epoch == row.iteration // 4
        assert row.train == pytest.approx(np.mean(expected[row.iteration - 4 : row.iteration]))
        assert len(row.gradient) == 2
    trainer.restart()
    trainer.run(curves.records[0].iteration)
    snapshot = trainer.snapshot()
    assert snapshot.test == curves.records[0].test
    lengths = [np.linalg.norm(layer.packed(snapshot.values.g)) for layer in trainer.network.layers]
    assert curves.records[0].gradient == pytest.approx(lengths)


@pytest.mark.parametrize("phase", [Phase.START, *PHASES])
def test_an_edit_recomputes_the_pass_and_keeps_the_curves(phase):
    trainer = trainer_of("mini-batch, last one short")
    trainer.run(10)
    losses = trainer.curves().losses.copy()
    trainer.run(7)
    if phase in (Phase.FORWARD, Phase.BACKWARD):
        trainer.advance(phase)
    if phase is Phase.START:
        trainer.restart()
    before = trainer.snapshot()
    theta = before.theta + 0.1
    trainer.edit(theta)
    after = trainer.snapshot()
    assert np.array_equal(after.theta, theta)
    assert after.iteration == before.iteration
    assert after.train.loss != before.train.loss
    if phase in (Phase.FORWARD, Phase.BACKWARD):
        assert after.phase is phase
        samples = after.values.samples
        assert np.array_equal(samples, before.values.samples)
        dataset = trainer.dataset
        expected = evaluate(trainer.network, theta, dataset.x[:, samples], dataset.targets(1)[:, samples])
        assert np.isclose(after.values.J, expected.J, rtol=1e-12)
    if phase is not Phase.START:
        assert np.isfinite(trainer.curves().losses).all()
        assert np.allclose(trainer.curves().losses[:10], losses)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_learns_xor(name):
    rates = {"gradient_descent": 0.5, "momentum": 0.2, "nesterov": 0.2, "rmsprop": 0.02, "adam": 0.05}
    dataset = classes(samples=4)
    object.__setattr__(dataset, "x", np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]]))
    object.__setattr__(dataset, "labels", np.array([0, 1, 1, 0]))
    layers, scores = [Dense(4), Dense(1, "sigmoid")], []
    for rate in [rates[name]] if name in rates else [0.02, 0.05, 0.2, 0.5, 1.0]:
        settings = {"optimizer": OPTIMIZERS[name](), "learning_rate": rate}
        trainer = Trainer(network(layers, BinaryCrossEntropy(), dataset, **settings), dataset)
        trainer.run(2000)
        scores.append(trainer.snapshot().train)
    best = min(scores, key=lambda score: score.loss)
    assert best.accuracy == 1
    assert best.loss < 0.05
