"""Steps inside a pass: the lecture's order, and no number is shown before it is computed."""

import dataclasses

import numpy as np
import pytest

from core.debugger.steps import LoopStage, StepKind, Steps, StepSize, da_terms, partial, revealed, z_terms
from core.nn.design import Dense
from core.nn.losses import MSE, CategoricalCrossEntropy
from core.nn.trainer import Phase
from tests.core.making import classes, network, values
from tests.core.moments import WAYS, differences, trainer_of

Q = StepKind
INSIDE = (StepSize.TERM, StepSize.NEURON, StepSize.LAYER, StepSize.PASS, StepSize.ITERATION)


def iteration_of(way, before=7):
    """Return the snapshots before and after one iteration, and those in between."""
    trainer = trainer_of(way)
    if before:
        trainer.run(before)
    start = trainer.snapshot()
    between = {}
    for phase in (Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE):
        trainer.advance(phase)
        between[phase] = trainer.snapshot()
    return trainer.network, start, between


def softmax(layer):
    return layer.activations[0] == "softmax"


def the_lectures_order(net):
    """Yield every step of an iteration in the lecture's order, by plain loops."""
    L, n = len(net.layers), net.n
    for layer in net.layers:
        for j in range(layer.n_out):
            yield Q.BIAS, layer.l, j, None
            yield from ((Q.PRODUCT, layer.l, j, i) for i in range(layer.n_in))
            if not softmax(layer):
                yield Q.ACTIVITY, layer.l, j, None
        if softmax(layer):
            yield from ((Q.ACTIVITY, layer.l, j, None) for j in range(layer.n_out))
    yield Q.LOSS, L, None, None
    for layer in reversed(net.layers):
        fused = layer.l == L and net.fused is not None
        sources = [None] if layer.l == L else range(n[layer.l + 1])
        if softmax(layer) and not fused:
            yield from ((Q.UPSTREAM, layer.l, j, k) for j in range(layer.n_out) for k in sources)
        for j in range(layer.n_out):
            if not softmax(layer) and not fused:
                yield from ((Q.UPSTREAM, layer.l, j, k) for k in sources)
                yield Q.SLOPE, layer.l, j, None
            yield Q.DELTA, layer.l, j, None
            yield from ((Q.WEIGHT_GRADIENT, layer.l, j, i) for i in range(layer.n_in))
            yield Q.BIAS_GRADIENT, layer.l, j, None
    for layer in net.layers:
        for j in range(layer.n_out):
            yield from ((Q.NEW_WEIGHT, layer.l, j, i) for i in range(layer.n_in))
            yield Q.NEW_BIAS, layer.l, j, None


def learn(known, net, step):
    """Mark what a step makes known, in boolean arrays."""
    quantity, l, j, source = step
    if quantity is Q.PRODUCT and source == net.n[l - 1] - 1:
        known["z"][l][j] = True
    elif quantity is Q.ACTIVITY:
        known["a"][l][j] = True
    elif quantity is Q.UPSTREAM and (source is None or source == net.n[l + 1] - 1):
        known["da"][l][j] = True
    elif quantity is Q.DELTA:
        known["delta"][l][j] = True
        known["da"][l][j] = True
    elif quantity in (Q.WEIGHT_GRADIENT, Q.NEW_WEIGHT):
        net.W(known["g" if quantity is Q.WEIGHT_GRADIENT else "theta"], l)[source, j] = True
    elif quantity in (Q.BIAS_GRADIENT, Q.NEW_BIAS):
        net.b(known["g" if quantity is Q.BIAS_GRADIENT else "theta"], l)[j] = True


def expect(shown, done, start, known, stage):
    """Assert that a snapshot has the numbers of the whole iteration exactly where they are known."""
    values, whole = shown.values, done.values
    names = ("z", "a", "da", "delta") if stage >= LoopStage.BACKWARD else ("z", "a")
    for name in names:
        for l, marks in known[name].items():
            expected = np.where(marks[:, None], getattr(whole, name)[l], np.nan)
            assert np.array_equal(getattr(values, name)[l], expected, equal_nan=True), (name, l)
    assert np.array_equal(values.a[0], whole.a[0])
    if stage < LoopStage.BACKWARD:
        assert values.da is values.delta is values.g is None
    else:
        assert np.array_equal(values.g, np.where(known["g"], whole.g, np.nan), equal_nan=True)
    assert np.array_equal(shown.theta, np.where(known["theta"], done.theta, done.before))
    assert np.array_equal(shown.memory, np.where(known["theta"], done.memory, start.memory))
    assert np.isnan(values.J) if stage < LoopStage.LOSS else values.J == whole.J
    assert (shown.train, shown.test, shown.penalty) == (start.train, start.test, start.penalty)
    assert shown.pass_number == done.pass_number


@pytest.mark.parametrize("way", WAYS)
def test_walking_by_terms_shows_each_number_when_it_is_computed_and_none_before(way):
    net, start, between = iteration_of(way)
    done, steps = between[Phase.UPDATE], Steps(net)
    order = list(the_lectures_order(net))
    assert steps.count == len(order)
    known = {
        name: {l: np.zeros(net.n[l], bool) for l in range(1, len(net.n))}
        for name in ("z", "a", "da", "delta")
    } | {name: np.zeros(net.parameters, bool) for name in ("g", "theta")}
    seen = []
    for k in range(steps.count):
        shown = revealed(steps, start, done, k)
        seen.append(shown)
        expect(shown, done, start, known, steps.last(k).stage)
        assert steps.coming(k) == order[k]
        assert steps.last(k + 1) == order[k]
        assert steps.next(k, StepSize.TERM) == k + 1
        learn(known, net, order[k])
    assert revealed(steps, start, done, steps.count) is done
    assert all(marks.all() for marks in (known["g"], known["theta"]))
    k = steps.count
    while (k := steps.previous(k, StepSize.TERM)) > 0:
        assert differences(revealed(steps, start, done, k), seen[k]) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("before", [0, 7])
def test_between_the_phases_it_is_the_trainers_own_snapshot(way, before):
    net, start, between = iteration_of(way, before)
    steps = Steps(net)
    for phase, snapshot in between.items():
        shown = revealed(steps, start, between[Phase.UPDATE], steps.after(phase))
        assert differences(shown, snapshot) == []
        assert steps.after(phase) == steps.next(steps.after(phase) - 1, StepSize.TERM)
    older = dataclasses.replace(start, learning_rate=9.0)
    first = revealed(steps, older, between[Phase.UPDATE], 0)
    assert first.learning_rate == between[Phase.UPDATE].learning_rate
    assert (first.phase, first.iteration) == (Phase.START, before)
    assert np.array_equal(first.values.samples, between[Phase.FORWARD].values.samples)
    assert not np.isfinite(first.values.z[-1]).any()


@pytest.mark.parametrize("way", WAYS)
def test_the_terms_so_far_add_up_to_the_sum(way):
    net, start, between = iteration_of(way)
    done, steps = between[Phase.UPDATE], Steps(net)
    for k in range(steps.count + 1):
        step, column = steps.last(k), k % done.values.y.shape[1]
        terms = partial(steps, done, k, column)
        whole = revealed(steps, start, done, k).values
        if step.quantity in (Q.BIAS, Q.PRODUCT):
            assert terms.size == (1 if step.source is None else step.source + 2)
            assert terms[0] == net.b(start.theta, step.layer)[step.neuron]
            z = whole.z[step.layer][step.neuron, column]
            if terms.size == net.n[step.layer - 1] + 1:
                assert terms.sum() == pytest.approx(z, rel=1e-5 if net.dtype == np.float32 else 1e-12)
            else:
                assert np.isnan(z)
        elif step.quantity is Q.UPSTREAM:
            assert terms.size == (step.source or 0) + 1
            da = whole.da[step.layer][step.neuron, column]
            if not np.isnan(da):
                assert terms.sum() == pytest.approx(da, rel=1e-5 if net.dtype == np.float32 else 1e-12)
        else:
            assert terms.size == 0


def test_a_term_is_weight_times_activity_and_dropped_inputs_add_nothing():
    net, start, between = iteration_of("dropout, penalties, softmax")
    values = between[Phase.UPDATE].values
    mask = values.masks[3 - 1]
    assert set(values.masks) == {1, 2}
    assert {0.0, 2.0} == set(np.unique(mask))
    for column in range(values.y.shape[1]):
        terms = z_terms(net, start.theta, values, 2, 1, column)
        expected = net.W(start.theta, 2)[:, 1] * values.a[1][:, column] * mask[:, column]
        assert np.allclose(terms[1:], expected, rtol=1e-12)
        back = da_terms(net, start.theta, values, 2, 0, column)
        assert np.allclose(back, net.W(start.theta, 3)[0] * values.delta[3][:, column], rtol=1e-12)
    dropped = np.argwhere(mask == 0)
    for i, column in dropped:
        assert z_terms(net, start.theta, values, 2, 0, column)[1 + i] == 0
        assert not da_terms(net, start.theta, values, 1, i, column).any()


def test_an_iteration_that_does_not_begin_there_is_refused():
    net, _start, between = iteration_of("2-4-2-1")
    with pytest.raises(ValueError, match="not where pass 7 begins"):
        revealed(Steps(net), between[Phase.UPDATE], between[Phase.UPDATE], 3)


def test_coarser_grains_stop_where_the_lecturer_would():
    net, _start, _between = iteration_of("2-4-2-1")
    steps = Steps(net)

    def stops(grain):
        k, found = 0, []
        while k < steps.count:
            k = steps.next(k, grain)
            found.append((steps.last(k).stage.name, steps.last(k).layer, steps.last(k).neuron))
        return found

    forward, backward, update = ("FORWARD", "BACKWARD", "UPDATE")
    layers = [(1, 3), (2, 1), (3, 0)]
    assert stops(StepSize.LAYER) == [
        *((forward, *place) for place in layers),
        ("LOSS", 3, None),
        *((backward, *place) for place in reversed(layers)),
        *((update, *place) for place in layers),
    ]
    assert [stop[0] for stop in stops(StepSize.PASS)] == [forward, "LOSS", backward, update]
    assert len(stops(StepSize.NEURON)) == 3 * 7 + 1
    assert len(stops(StepSize.ITERATION)) == 1


ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear", "softmax")


def random_network(generator):
    sizes = generator.integers(1, 6, generator.integers(1, 5))
    layers = []
    for size in sizes:
        kinds = [name for name in ACTIVATIONS if size > 1 or name != "softmax"]
        names = tuple(generator.choice([name for name in kinds if name != "softmax"], size).tolist())
        layers.append(Dense(int(size), names if generator.random() < 0.4 else str(generator.choice(kinds))))
    return network(layers, MSE(), values(features=int(generator.integers(1, 5)), outputs=int(sizes[-1])))


@pytest.mark.parametrize("seed", range(30))
def test_back_is_the_inverse_of_forward_by_every_grain(seed):
    net = random_network(np.random.default_rng(seed))
    steps = Steps(net)
    assert [steps.coming(k) for k in range(steps.count)] == list(the_lectures_order(net))
    coarser = set(range(steps.count + 1))
    for grain in INSIDE:
        stops = [0]
        while stops[-1] < steps.count:
            stops.append(steps.next(stops[-1], grain))
            assert steps.previous(stops[-1], grain) == stops[-2]
        assert set(stops) <= coarser
        coarser = set(stops)
        for k in range(steps.count + 1):
            assert steps.next(k, grain) == min((s for s in stops if s > k), default=steps.count)
            assert steps.previous(k, grain) == max((s for s in stops if s < k), default=0)
    assert steps.coming(steps.count).stage is steps.last(0).stage is LoopStage.SAMPLE


def test_a_hundred_thousand_weights_are_stepped_through_too():
    dataset = classes(6, features=784, samples=30)
    layers = [Dense(128, "relu"), Dense(64, "relu"), Dense(6, "softmax")]
    net = network(layers, CategoricalCrossEntropy(), dataset)
    steps = Steps(net)
    forward, back = net.parameters + 198, net.parameters + (128 * (64 + 2) + 64 * (6 + 2) + 6)
    assert steps.count == forward + 1 + back + net.parameters
    assert steps.coming(steps.after(Phase.FORWARD)) == (Q.DELTA, 3, 0, None)
    assert steps.coming(steps.count - 1) == (Q.NEW_BIAS, 3, 5, None)
    assert steps.next(0, StepSize.NEURON) == 784 + 2
