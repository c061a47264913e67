"""The designs that come with the program: each one learns what it shows, from its own seed."""

from pathlib import Path

import pytest

from core.data.datasets import DATASETS, make_dataset
from core.nn.network import Network
from core.nn.trainer import Trainer
from core.project.files import examples, read, write

# Name: epochs, least accuracy on the training and on the test set (None: there is none).
CLASSES = {
    "xor": (100, 0.98, 0.98),
    "xor-four-points": (500, 1.0, None),
    "circles": (100, 0.98, 0.95),
    "moons": (100, 0.98, 0.95),
    "linear": (50, 0.98, 0.95),
    "three-classes": (20, 0.98, 0.95),
    "spiral": (200, 0.98, 0.95),
    "breast-cancer": (10, 0.97, 0.95),
    "iris": (100, 0.95, 0.95),
    "digits": (10, 0.98, 0.95),
}
# By name: epochs, and the largest mean squared error on the test set.
VALUES = {"sine": (200, 0.01), "circle": (100, 0.01)}


def trained(name: str, epochs: int) -> Trainer:
    design = read(examples()[name]).design
    dataset = make_dataset(design.data)
    trainer = Trainer(Network(design, dataset), dataset)
    for _ in range(epochs):
        trainer.run(trainer.left_in_epoch)
    return trainer


@pytest.mark.parametrize("name", CLASSES)
def test_an_example_learns_its_classes(name: str) -> None:
    epochs, train, test = CLASSES[name]
    snapshot = trained(name, epochs).snapshot()
    assert snapshot.train.accuracy >= train
    assert (snapshot.test is None) == (test is None)
    if snapshot.test is not None:
        assert snapshot.test.accuracy >= test


@pytest.mark.parametrize("name", VALUES)
def test_an_example_learns_its_values(name: str) -> None:
    epochs, most = VALUES[name]
    snapshot = trained(name, epochs).snapshot()
    assert snapshot.test.loss < most


def test_every_example_is_tried_and_has_a_dataset_of_its_own() -> None:
    assert set(examples()) == {*CLASSES, *VALUES}
    sources = [read(path).design.data.source for path in examples().values()]
    assert set(sources) <= set(DATASETS) and len(set(sources)) == len(sources)


def test_examples_are_as_the_program_writes_them(tmp_path: Path) -> None:
    titles = set()
    for path in examples().values():
        work = read(path)
        titles.add(work.design.title)
        write(tmp_path / path.name, work)
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert len(titles) == len(examples())
