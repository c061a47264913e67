"""A network of several that are trained together: how it began, and what was changed about it since."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from core.arrays import Array
from core.data.datasets import Dataset, make_dataset
from core.lecture.subjects import BuiltSubject, Start
from core.nn.design import Design
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from core.nn.trainer import Trainer
from gui.theme.theme import Theme

THICK, MIDDLE, THIN = 4.0, 2.6, 1.6


@dataclass(frozen=True, eq=False)
class ComparedNetwork:
    """A network as it starts now. ``start`` is what the scene says of it, ``theta`` its first weights."""

    start: Start
    network: Network
    dataset: Dataset
    theta: Array
    changed: bool = False

    @property
    def name(self) -> str:
        """How it is called on the stage."""
        label = self.start.label or self.network.design.title
        return tr("{label} (changed)").format(label=label) if self.changed else label

    @property
    def batch_size(self) -> int:
        """How many samples make a batch."""
        return self.network.design.training.size_of_batch(self.dataset.train.size)

    @property
    def updates(self) -> int:
        """How many updates make an epoch."""
        return -(-self.dataset.train.size // self.batch_size)

    def trainer(self) -> Trainer:
        """Return a trainer that stands where the scene has it begin. Raises Diverged."""
        trainer = Trainer(self.network, self.dataset, self.theta)
        if self.start.iterations and not self.changed:
            trainer.run(self.start.iterations)
        return trainer


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("TogetherStage", text)


def begun(start: Start, made: BuiltSubject) -> ComparedNetwork:
    """Return a network as its scene has it."""
    return ComparedNetwork(start, made.network, made.dataset, made.theta)


def redesigned(
    entry: ComparedNetwork, design: Design, removed: RemovedNeuron | None = None
) -> ComparedNetwork:
    """Return the network with another design and the weights both have. Raises DesignError.

    ``removed`` is the neuron it has no longer, where that is not the last of a layer.
    """
    same_data = design.data == entry.network.design.data
    dataset = entry.dataset if same_data else make_dataset(design.data)
    network = Network(design, dataset)
    theta = network.carry(entry.network, entry.theta, removed)
    return ComparedNetwork(entry.start, network, dataset, theta, changed=True)


def redrawn(entry: ComparedNetwork, seed: int) -> ComparedNetwork:
    """Return the network with first weights, and an order of samples, drawn from another seed."""
    design = entry.network.design
    network = Network(replace(design, training=replace(design.training, seed=seed)), entry.dataset)
    return ComparedNetwork(entry.start, network, entry.dataset, network.initial(seed), entry.changed)


def with_batch_size(entry: ComparedNetwork, size: int) -> ComparedNetwork:
    """Return the network with batches of so many samples: all of them, one, or some."""
    training = entry.network.design.training
    kinds = {1: "stochastic", entry.dataset.train.size: "batch"}
    kind = kinds.get(size, "mini-batch")
    changed = replace(training, gradient_descent=kind, batch_size=size)
    return redesigned(entry, replace(entry.network.design, training=changed))


def with_learning_rate(entry: ComparedNetwork, rate: float) -> ComparedNetwork:
    """Return the network with another learning rate."""
    design = entry.network.design
    return redesigned(entry, replace(design, training=replace(design.training, learning_rate=rate)))


def colours(theme: Theme) -> tuple[QColor, QColor, QColor]:
    """Return a colour for each of up to three networks."""
    return theme.positive, theme.gradient_positive, theme.negative


def widths(entries: tuple[ComparedNetwork, ...]) -> list[float]:
    """Return how wide the path of each network is drawn: the more updates an epoch, the thinner."""
    updates = [entry.updates for entry in entries]
    if min(updates) == max(updates):
        return [MIDDLE] * len(entries)
    return [THICK if entry.updates == 1 else THIN if entry.batch_size == 1 else MIDDLE for entry in entries]
