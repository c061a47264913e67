"""Compiled passes: iterations equal the three steps, and losses do not depend on the range requested."""

from functools import partial

import numpy as np
import pytest

from core.nn import batches
from core.nn.compiled_passes import CompiledPasses, rebound, unrolled
from core.nn.design import Dense, Dropout
from core.nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.ops import bound
from core.nn.optimizers import Adam, GradientDescent, LearningRate
from core.nn.passes import evaluate, run_calls, with_ones
from tests.core.making import classes, network, values

KINDS = {
    "one output": (lambda n: classes(samples=n), [Dense(3), Dense(1, "sigmoid")], BinaryCrossEntropy()),
    "classes": (lambda n: classes(4, samples=n), [Dense(3), Dense(4, "softmax")], CategoricalCrossEntropy()),
    "values": (lambda n: values(outputs=2, samples=n), [Dense(3, "relu"), Dense(2, "linear")], MSE()),
    "dropout": (
        lambda n: classes(3, samples=n),
        [Dropout(0.4), Dense(5), Dense(3, "sigmoid")],
        CategoricalCrossEntropy(),
    ),
}

GENERATOR = np.random.default_rng(7)


class Run:
    """The compiled passes of a small network, with all arrays that they change."""

    def __init__(self, kind, samples, size, optimizer):
        make, layers, loss = KINDS[kind]
        self.dataset = make(samples)
        settings = {"gradient_descent": "mini-batch", "batch_size": size, "optimizer": optimizer}
        self.network = network(layers, loss, self.dataset, **settings)
        self.theta, self.rate = self.network.initial(0), LearningRate(0.02)
        self.g = np.zeros_like(self.theta)
        self.memory = np.zeros((optimizer.vectors, self.theta.size))
        self.y = self.dataset.targets(self.network.n[-1]).astype(float)
        data, draw = (with_ones(self.dataset.x), self.y), lambda p: np.random.default_rng((1, p))
        self.compiled = CompiledPasses(self.network, data, self.theta, self.g, self.memory, self.rate, draw)

    def step(self, p):
        bound_pass = self.compiled.at(p)
        for calls in (bound_pass.forward, bound_pass.backward, bound_pass.update):
            run_calls(calls)


@pytest.mark.parametrize("optimizer", [GradientDescent(), Adam()], ids=["descent", "Adam"])
@pytest.mark.parametrize(("samples", "size"), [(23, 5), (20, 5), (7, 7), (9, 1), (9, 8)])
@pytest.mark.parametrize("kind", KINDS)
def test_whole_iterations_are_the_three_steps(kind, samples, size, optimizer):
    whole, by_steps = (Run(kind, samples, size, optimizer) for _ in range(2))
    p, generator = 0, np.random.default_rng(0)
    while p < 200:
        stop = p + int(generator.integers(1, 30))
        made = whole.compiled.make(p, stop)
        assert 1 <= made <= stop - p
        for q in range(p, p + made):
            by_steps.step(q)
        p += made
        assert np.array_equal(whole.theta, by_steps.theta)
        assert np.array_equal(whole.memory, by_steps.memory)
        assert np.array_equal(whole.g, by_steps.g)
        if p > 100:
            whole.rate.value = by_steps.rate.value = 0.01


@pytest.mark.parametrize(("samples", "size"), [(23, 5), (20, 5), (7, 7), (9, 1), (70, 64)])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "dropout"])
def test_losses_are_those_of_the_batches_to_the_bit_however_many_are_asked_for(kind, samples, size):
    run = Run(kind, samples, size, GradientDescent())
    compiled, expected, p = run.compiled, [], 0
    while p < len(compiled):
        before, batch = run.theta.copy(), compiled.values(p, None).samples
        expected.append(evaluate(run.network, before, run.dataset.x[:, batch], run.y[:, batch]).J)
        p += compiled.make(p, p + 1)
    losses = compiled.losses(0, len(compiled))
    assert np.allclose(losses, expected, rtol=1e-12, atol=0)
    generator = np.random.default_rng(2)
    for _ in range(60):
        first, last = np.sort(generator.integers(0, len(compiled) + 1, 2))
        assert np.array_equal(compiled.losses(int(first), int(last)), losses[first:last])


@pytest.mark.parametrize("optimizer", [GradientDescent(), Adam()], ids=["descent", "Adam"])
def test_blocks_of_a_single_pass_make_the_same_updates(optimizer, monkeypatch):
    """With large data, a block is a single pass; as one batch is not shuffled, only the blocks differ."""
    usual = Run("values", 7, 7, optimizer)
    monkeypatch.setattr(batches, "NUMBERS_IN_BLOCK", 1)
    single = Run("values", 7, 7, optimizer)
    assert (len(usual.compiled), len(single.compiled)) == (64, 1)
    for run in (usual, single):
        p = 0
        while p < 100:
            p += run.compiled.make(p, 100)
    assert np.array_equal(usual.theta, single.theta)


def _calls(x, y, out):
    steps = (np.multiply, x, y, out), (np.add, out, y, out)
    return [*bound(steps), partial(np.maximum, out, x, out=out)]


def test_calls_are_bound_to_other_arrays_one_by_one_or_written_out_as_one_function():
    inputs = tuple(GENERATOR.normal(size=(2, 3)) for _ in range(2))
    out, others = np.zeros((2, 3)), [tuple(GENERATOR.normal(size=(2, 3)) for _ in range(2)) for _ in range(4)]
    calls = _calls(*inputs, out)
    expected = [np.maximum(x * y + y, x) for x, y in others]
    for pair, result in zip(others, expected, strict=True):
        for call in rebound(calls, inputs, pair):
            call()
        assert np.array_equal(out, result)
    seen, repeat = [], unrolled([*calls, partial(lambda: seen.append(out.copy()))], inputs)
    repeat(others)
    assert np.array_equal(seen, expected)


def test_a_method_of_an_input_becomes_one_of_the_other():
    x, W, other, out = *(GENERATOR.normal(size=(2, 2)) for _ in range(3)), np.empty((2, 2))
    calls = [partial(x.dot, W, out)]
    rebound(calls, [x], [other])[0]()
    assert np.array_equal(out, other @ W)
    out[...] = 0
    unrolled(calls, [x])([(other,)])
    assert np.array_equal(out, other @ W)
    unrolled(calls, [W])([(x,)])
    assert np.array_equal(out, x @ x)
