"""The state at which an exported script begins: parameters, the optimizer's memory, and the settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..debugger.run import Run
from ..nn.batches import Origin, SampleOrder, start_of
from ..nn.network import Network
from ..nn.trainer import Checkpoint, Trainer


@dataclass(frozen=True)
class RunStart:
    """A state of a run after ``iteration`` updates, from which a script repeats it with its present settings.

    ``memory`` (vectors, parameters) is that of the optimizer; ``learning_rate`` may differ from that of the
    design. ``origin`` is the point from which batches and updates are counted (see `batches.Origin`).
    """

    network: Network
    dataset: Dataset
    theta: Array
    memory: Array
    iteration: int
    origin: Origin
    learning_rate: float

    @property
    def fresh(self) -> bool:
        """Whether every initial weight is drawn from the seed, and no update was made yet."""
        design = self.network.design
        drawn = all(layer.initial is None for layer in design.dense)
        same = np.array_equal(self.theta, self.network.initial(design.training.seed))
        return drawn and same and not self.iteration and not self.memory.any()

    @property
    def x(self) -> Array:
        """The training samples (n[0], samples)."""
        return self.dataset.x[:, self.dataset.train]

    @property
    def y(self) -> Array:
        """Their targets (n[L], samples)."""
        return self.dataset.targets(self.network.n[-1])[:, self.dataset.train].astype(float)

    @property
    def batch(self) -> int:
        """The number of samples in a batch."""
        return self.network.design.training.size_of_batch(self.dataset.train.size)

    @property
    def order(self) -> SampleOrder:
        """The order of the samples."""
        return SampleOrder(
            self.dataset.train.size, self.batch, self.network.design.training.seed, self.origin.iteration,
            self.first_sample,
        )  # fmt: skip

    @property
    def first_sample(self) -> int | None:
        """The index of the first sample in the training set; None if samples are shuffled."""
        return start_of(self.network.design.training, self.dataset.train)


def start_of_trainer(trainer: Trainer, moment: Checkpoint | None = None) -> RunStart:
    """Return the start of a script at a moment of a trainer (None: the present one)."""
    at = trainer.moment() if moment is None else moment
    return RunStart(
        trainer.network,
        trainer.dataset,
        at.theta,
        at.memory,
        at.iteration,
        trainer.origin,
        trainer.learning_rate.value,
    )


def start_of_run(run: Run) -> RunStart:
    """Return the last state of a run after which no weights and no settings were changed by hand."""
    return start_of_trainer(run.trainer, run.history.since_last_change())
