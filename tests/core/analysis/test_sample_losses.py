"""Losses of single samples: their mean is the loss of the set, their decisions give its accuracy."""

import numpy as np
import pytest

from core.analysis.sample_losses import sample_losses
from core.data.datasets import make_dataset
from core.nn.network import Network
from core.nn.passes import evaluate
from core.nn.trainer import Trainer
from core.project.files import examples, read


@pytest.mark.parametrize("name", ["xor", "three-classes", "sine", "iris"])
def test_they_agree_with_the_scores_and_with_passes_of_one_sample(name):
    design = read(examples()[name]).design
    dataset = make_dataset(design.data)
    trainer = Trainer(Network(design, dataset), dataset)
    trainer.run(30)
    snapshot = trainer.snapshot()
    found = sample_losses(trainer.network, snapshot.theta, dataset)
    assert np.isclose(found.loss[dataset.train].mean(), snapshot.train.loss)
    if dataset.task == "classes":
        assert np.isclose(found.right[dataset.train].mean(), snapshot.train.accuracy)
        assert np.array_equal(found.right, found.decided == dataset.labels)
    else:
        assert found.right is None and found.decided is None
    y = dataset.targets(trainer.network.n[-1])
    for k in (0, 5, dataset.x.shape[1] - 1):
        alone = evaluate(trainer.network, snapshot.theta, dataset.x[:, [k]], y[:, [k]])
        assert np.isclose(found.loss[k], alone.J) and np.allclose(found.o[:, k], alone.a[-1][:, 0])
