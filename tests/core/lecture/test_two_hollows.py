"""A loss with two hollows: single samples reach the deep one from most seeds, the whole batch from none."""

import numpy as np
import pytest
from msgspec.structs import replace

from core.lecture.scene import find_scene, read_scene
from core.lecture.subjects import made
from core.nn.trainer import Trainer

SEEDS = range(1, 21)
STARTS = {start.name: start for start in read_scene(find_scene("stochastic")).subject.starts}


def losses(name: str, updates: int) -> np.ndarray:
    """Return the loss after so many updates from each seed."""
    found, start = [], STARTS[name]
    for seed in SEEDS:
        training = replace(start.design.training, seed=seed)
        one = made(replace(start, design=replace(start.design, training=training)))
        trainer = Trainer(one.network, one.dataset, one.theta)
        trainer.run(updates)
        found.append(trainer.snapshot().train.loss)
    return np.array(found)


def loss(w: np.ndarray) -> np.ndarray:
    """Return the mean squared error of o = tanh(w x + 2) on the samples of the scene."""
    data = made(STARTS["hollows-batch"]).dataset
    errors = np.tanh(w[:, None] * data.x[0] + 2) - data.labels[0]
    return (errors**2).mean(axis=1)


def test_there_are_two_hollows_with_a_ridge_between_them() -> None:
    w = np.linspace(-4, 4, 8001)
    heights = loss(w)
    low = [k for k in range(1, w.size - 1) if heights[k] < min(heights[k - 1], heights[k + 1])]
    assert w[low] == pytest.approx([-0.896, 1.972], abs=2e-3)
    assert heights[low] == pytest.approx([1.0550, 0.7659], abs=1e-3)
    assert heights[low[0] : low[1]].max() > heights[low[0]] + 0.4


def test_single_samples_get_out_and_the_batch_stays() -> None:
    assert np.mean(losses("hollows-stochastic", 240) < 0.8) >= 0.75
    assert (losses("hollows-batch", 30) > 1.05).all()
