"""Full iterations a second of the engine, as ratios against peers in the same run.

Run with ``pytest -m benchmark -s tests/benchmarks``: a table, and no assertion on time, because
machines differ and are noisy. The contenders take turns in short rounds; a ratio is the median over them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np
import pytest

from core.data.datasets import Dataset
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.network import Network
from core.nn.optimizers import Adam, GradientDescent
from core.nn.trainer import Trainer
from tests.benchmarks.peers import ADAM_RATE, SGD_RATE, Iterate, scikit_learn, textbook, torch_eager

pytestmark = [pytest.mark.benchmark, pytest.mark.oracle]

NETWORKS = {
    "2-4-2-1": ([2, 4, 2, 1], (10, 32, 128), "float64", 1280),
    "2-8-8-1": ([2, 8, 8, 1], (10, 32, 128), "float64", 1280),
    "30-16-8-1": ([30, 16, 8, 1], (32,), "float64", 640),
    "64-32-10": ([64, 32, 10], (32,), "float64", 1280),
    "784-128-64-10": ([784, 128, 64, 10], (32,), "float32", 640),
}


def data_for(n: list[int], samples: int) -> Dataset:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n[0], samples))
    labels = (x[0] * x[1] > 0).astype(int) if n[-1] == 1 else rng.integers(0, n[-1], samples)
    classes = tuple(str(k) for k in range(max(2, n[-1])))
    names = tuple(f"x{i}" for i in range(n[0]))
    return Dataset("random", x, labels, "classes", names, classes, np.arange(samples), np.arange(0))


def engine(n: list[int], dataset: Dataset, batch: int, adam: bool, precision: str = "float64") -> Trainer:
    loss = BinaryCrossEntropy() if n[-1] == 1 else CategoricalCrossEntropy()
    layers = (*(Dense(k, "tanh") for k in n[1:-1]), Dense(n[-1], "sigmoid" if n[-1] == 1 else "softmax"))
    optimizer = Adam() if adam else GradientDescent()
    rate = ADAM_RATE if adam else SGD_RATE
    training = Training(loss, optimizer, rate, "mini-batch", batch, precision=precision)
    return Trainer(Network(Design("speed", Data(), layers, training), dataset), dataset)


def race(
    contenders: dict[str, Iterate], per_epoch: int, rounds: int = 12, seconds: float = 0.08
) -> dict[str, list[float]]:
    """Return the iterations a second of each contender in every round of whole epochs; they take turns."""
    counts = {name: calibrated(iterate, per_epoch, seconds) for name, iterate in contenders.items()}
    speeds: dict[str, list[float]] = {name: [] for name in contenders}
    for k in range(rounds):
        for name in list(contenders)[:: -1 if k % 2 else 1]:
            spent = timed(lambda run=contenders[name], count=counts[name]: run(count))
            speeds[name].append(counts[name] / spent)
    return speeds


def ratio(fast: list[float], slow: list[float]) -> float:
    """Return the median over the rounds: what slows the machine down lasts longer than a round."""
    return median(a / b for a, b in zip(fast, slow, strict=True))


def calibrated(iterate: Iterate, per_epoch: int, seconds: float) -> int:
    count = per_epoch
    iterate(count)
    while (spent := timed(partial(iterate, count))) < seconds / 4:
        count *= 2
    return max(1, round(count * seconds / spent / per_epoch)) * per_epoch


def timed(call: Callable[[], None]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


@pytest.mark.parametrize("adam", [False, True], ids=["SGD", "Adam"])
@pytest.mark.parametrize("name", NETWORKS)
def test_engine_against_peers(name: str, adam: bool) -> None:
    n, batches, precision, samples = NETWORKS[name]
    dataset = data_for(n, samples)
    x, y = np.ascontiguousarray(dataset.x.T), np.ascontiguousarray(dataset.targets(n[-1]).T)
    if precision == "float32":
        x, y = x.astype(np.float32), y.astype(np.float32)
    for batch in batches:
        trainer = engine(n, dataset, batch, adam, precision)
        speeds = race(
            {
                "engine": trainer.run,
                "textbook": textbook(n, x, y, batch, adam),
                "torch": torch_eager(n, x, y, batch, adam, precision),
                "scikit-learn": scikit_learn(n, x, y, batch, adam),
            },
            per_epoch=-(-samples // batch),
        )
        peers = ("textbook", "torch", "scikit-learn")
        shown = "  ".join(f"{peer} {ratio(speeds['engine'], speeds[peer]):5.1f}x" for peer in peers)
        optimizer = "Adam" if adam else "SGD"
        what = f"{name:>14} {optimizer:>4} batch {batch:>3}"
        print(f"\n{what}: {median(speeds['engine']):>9,.0f} it/s  {shown}", end="")
        assert trainer.iteration > 0
        assert np.isfinite(trainer.snapshot().train.loss)


def test_adam_is_as_fast_after_5000_steps_as_fresh() -> None:
    n = [64, 32, 10]
    dataset = data_for(n, 1280)
    old = engine(n, dataset, 32, adam=True)
    old.run(5000)
    fresh = engine(n, dataset, 32, adam=True)
    speeds = race({"old": old.run, "fresh": lambda count: (fresh.restart(), fresh.run(count))[0]}, 40)
    print(f"\nAfter 5,000 Adam steps: {ratio(speeds['old'], speeds['fresh']):.2f} of fresh", end="")
    assert old.iteration > fresh.iteration
