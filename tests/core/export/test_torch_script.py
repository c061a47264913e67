"""The PyTorch script of a run: its losses are those of the program, found by another library."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from core.export.run_start import start_of_trainer
from core.export.torch_script import ACTIVATION_CODE, LOSS_CODE, OF_Z, torch_script
from core.nn.activations import ACTIVATIONS
from core.nn.losses import FUSED, LOSSES
from core.nn.trainer import Trainer
from tests.core.export.scripts import ITERATIONS, designs, trainer_of, written

RUNS = dict(designs())
AGREES = 1e-9


def losses(trainer: Trainer, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Compare the losses of the script that begins where the trainer is with those of the trainer."""
    first = trainer.iteration
    file = written(torch_script(start_of_trainer(trainer), ITERATIONS, "T"), folder)
    trainer.run(ITERATIONS)
    capsys.readouterr()
    runpy.run_path(str(file))
    found = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    np.testing.assert_allclose(found, trainer.curves().losses[first:], rtol=AGREES, atol=AGREES)


def test_every_activation_and_loss_can_be_written() -> None:
    assert ACTIVATION_CODE.keys() == ACTIVATIONS.keys()
    assert LOSS_CODE.keys() == LOSSES.keys()
    assert OF_Z.keys() == FUSED.keys()


@pytest.mark.oracle
@pytest.mark.parametrize("name", RUNS)
def test_the_losses_are_those_of_the_program(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    losses(trainer_of(RUNS[name]), tmp_path, capsys)


@pytest.mark.oracle
@pytest.mark.parametrize(
    "name", [f"{name} mini-batch" for name in ("adam", "momentum", "nesterov", "rmsprop")]
)
def test_a_run_goes_on_from_where_it_is(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    trainer = trainer_of(RUNS[name])
    trainer.run(37)
    losses(trainer, tmp_path, capsys)
