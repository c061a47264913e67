"""The Keras script of a run: its losses are those of the program, found by another library."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from core.export.keras_script import ACTIVATION_CODE, LOSS_CODE, OF_Z, keras_script
from core.export.run_start import start_of_trainer
from core.nn.activations import ACTIVATIONS
from core.nn.losses import FUSED, LOSSES
from core.nn.trainer import Trainer
from tests.core.export.scripts import designs, trainer_of, written

RUNS = dict(designs())
ITERATIONS = 20
SINGLE = 2e-6
AGREES = {"adam": 1e-4, "rmsprop": 1e-4}
"""On PyTorch, Keras multiplies matrices in single precision; in these two it also has another ε."""
SOME = [
    name
    for name in RUNS
    if name.split()[0] not in LOSSES
    or name.endswith(("softmax blobs", "tanh moons", "sigmoid moons", "linear sine"))
]


def losses(trainer: Trainer, name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = trainer.iteration
    file = written(keras_script(start_of_trainer(trainer), ITERATIONS, "T"), folder)
    trainer.run(ITERATIONS)
    capsys.readouterr()
    runpy.run_path(str(file))
    found = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    optimizer = str(trainer.network.design.training.optimizer.__struct_config__.tag)
    agrees = AGREES.get(optimizer, SINGLE)
    np.testing.assert_allclose(found, trainer.curves().losses[first:], rtol=agrees, atol=agrees)


def test_every_activation_and_loss_can_be_written() -> None:
    assert ACTIVATION_CODE.keys() == ACTIVATIONS.keys()
    assert LOSS_CODE.keys() == LOSSES.keys()
    assert OF_Z.keys() == FUSED.keys()


@pytest.fixture
def torch_backend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    pytest.importorskip("keras")


@pytest.mark.oracle
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", SOME)
def test_the_losses_are_those_of_the_program(
    name: str, torch_backend: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    losses(trainer_of(RUNS[name]), name, tmp_path, capsys)


@pytest.mark.oracle
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", ["adam", "momentum", "nesterov", "rmsprop"])
def test_a_run_goes_on_from_where_it_is(
    name: str, torch_backend: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = trainer_of(RUNS[f"{name} mini-batch"])
    trainer.run(37)
    losses(trainer, name, tmp_path, capsys)
