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


def surface(w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the mean squared error of o = tanh(w x + b) on the samples of the scene."""
    data = made(STARTS["hollows-batch"]).dataset
    errors = np.tanh(w[:, None] * data.x[0] + b[:, None]) - data.labels[0]
    return (errors**2).mean(axis=1)


def test_there_are_two_hollows_with_a_ridge_between_them() -> None:
    shallow, deep = np.array([-1.479, -3.327]), np.array([1.671, -1.574])
    way = shallow + np.linspace(0, 1, 101)[:, None] * (deep - shallow)
    heights = surface(*way.T)
    assert heights[0] == pytest.approx(0.4604, abs=1e-3) and heights[-1] == pytest.approx(0.306, abs=1e-3)
    assert heights.max() > heights[0] + 0.2
    for hollow in (shallow, deep):
        angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        around = hollow + 0.2 * np.stack([np.cos(angles), np.sin(angles)], 1)
        assert (surface(*around.T) > surface(*hollow[:, None])).all()


def test_single_samples_get_out_and_the_batch_stays() -> None:
    assert np.mean(losses("hollows-stochastic", 900) < 0.36) >= 0.75
    assert (losses("hollows-batch", 100) > 0.45).all()
