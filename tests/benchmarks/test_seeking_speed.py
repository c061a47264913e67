"""Going back in a long run.

Run with ``pytest -m benchmark -s tests/benchmarks``. The goal is an answer within 100 ms.
"""

from time import perf_counter

import numpy as np
import pytest

from core.debugger.checkpoints import History, seek
from core.nn.design import Dense
from core.nn.losses import BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.optimizers import Adam
from core.nn.trainer import Trainer
from tests.core.making import classes, network

pytestmark = pytest.mark.benchmark


@pytest.mark.parametrize(("features", "hidden", "outputs"), [(2, (8, 8), 1), (64, (32,), 10)])
def test_seeking_in_100_000_iterations_takes_less_than_100_milliseconds(features, hidden, outputs):
    dataset = classes(2 if outputs == 1 else 6, features, samples=300)
    outputs = min(outputs, 6)
    output = Dense(1, "sigmoid") if outputs == 1 else Dense(outputs, "softmax")
    loss = BinaryCrossEntropy() if outputs == 1 else CategoricalCrossEntropy()
    layers = [*(Dense(n, "relu") for n in hidden), output]
    net = network(layers, loss, dataset, optimizer=Adam(), gradient_descent="mini-batch")
    trainer, replayer, history = Trainer(net, dataset), Trainer(net, dataset), History()
    history.record(trainer)
    while trainer.iteration < 100_000:
        trainer.run(min(history.next_due(trainer.iteration), 100_000) - trainer.iteration)
        history.record(trainer)
    slowest = 0.0
    for iteration in [*np.random.default_rng(0).integers(1, 100_001, 50), 127, 128, 129, 100_000]:
        begun = perf_counter()
        seek(replayer, history, int(iteration))
        slowest = max(slowest, perf_counter() - begun)
    print(f"slowest of 54 seeks: {slowest * 1e3:.1f} ms, {history.bytes / 2**20:.1f} MiB")
    assert slowest < 0.1
