"""The NumPy script of a run, run as a program of its own: its losses are those of the program."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from core.debugger.run import Run
from core.export.numpy_script import numpy_script
from core.export.run_start import start_of_trainer
from core.nn.design import Design
from core.nn.network import Network
from core.nn.trainer import Trainer
from tests.core.export.scripts import ITERATIONS, designs, losses_of, trainer_of
from tests.sampling import spread

RUNS = dict(designs())
OF_A_LOSS = [name for name, design in RUNS.items() if design.title == "loss"]
USUAL = [*(name for name in RUNS if name not in OF_A_LOSS), *spread(OF_A_LOSS, 40)]
AGREES = 1e-12


def losses_of_script(trainer: Trainer, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the losses of the script that begins where the trainer is, and those of the trainer."""
    first = trainer.iteration
    script = numpy_script(start_of_trainer(trainer), ITERATIONS, trainer.network.design.title)
    trainer.run(ITERATIONS)
    return losses_of(script, folder), trainer.curves().losses[first:]


@pytest.mark.parametrize("name", USUAL)
def test_the_losses_are_those_of_the_program(name: str, tmp_path: Path) -> None:
    found, right = losses_of_script(trainer_of(RUNS[name]), tmp_path)
    np.testing.assert_allclose(found, right, rtol=AGREES, atol=AGREES)


def test_in_single_precision_they_agree_as_far_as_it_reaches(tmp_path: Path) -> None:
    design = RUNS["adam mini-batch"]
    single = replace(design, training=replace(design.training, precision="float32"))
    found, right = losses_of_script(trainer_of(single), tmp_path)
    np.testing.assert_allclose(found, right, rtol=1e-4)


@pytest.mark.parametrize("name", ["adam mini-batch", "momentum stochastic", "dropout", "fixed Adam()"])
def test_a_run_goes_on_from_where_it_is(name: str, tmp_path: Path) -> None:
    name = next(one for one in RUNS if one.startswith(name.removesuffix("()")))
    trainer = trainer_of(RUNS[name])
    trainer.run(37)
    found, right = losses_of_script(trainer, tmp_path)
    np.testing.assert_allclose(found, right, rtol=AGREES, atol=AGREES)


def test_with_other_settings_a_run_goes_on_from_their_change(tmp_path: Path) -> None:
    trainer = trainer_of(RUNS["gradient_descent mini-batch"])
    trainer.run(30)
    design = trainer.network.design
    changed = replace(design, training=replace(RUNS["adam mini-batch"].training, batch_size=5, seed=2))
    run = Run(trainer)
    run.set_training(Network(changed, trainer.dataset))
    found, right = losses_of_script(run.trainer, tmp_path)
    np.testing.assert_allclose(found, right, rtol=AGREES, atol=AGREES)


def test_names_are_nothing_but_data() -> None:
    title = '"""\nimport os; os.remove("a")\n# \u202e {x} \\'
    design = Design(title)
    text = numpy_script(start_of_trainer(trainer_of(design)), 1, title).text
    tree = ast.parse(text)
    assigned = {
        ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)
    }
    assert ast.literal_eval(assigned["TITLE"]) == title
    assert {node.names[0].name for node in ast.walk(tree) if isinstance(node, ast.Import)} == {"numpy"}
    assert all(line.isprintable() for line in text.split("\n"))
