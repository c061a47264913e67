"""The notebook of a run: it runs from top to end in Jupyter, and its losses are those of the program."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from core.export.notebook import notebook
from core.export.run_start import start_of_trainer
from core.nn.design import Design
from core.project.files import examples, read
from tests.core.export.scripts import designs, trainer_of

RUNS = dict(designs())
AGREES = 1e-12


def cells_of(data: bytes, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(data)["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize(
    "name", ["adam mini-batch", "dropout", "an activation a neuron", "many samples", "perceptron"]
)
def test_its_cells_in_turn_give_the_losses_of_the_program(name: str) -> None:
    trainer = trainer_of(RUNS[name])
    data = notebook(start_of_trainer(trainer), 50, "T")
    trainer.run(50)
    scope: dict[str, object] = {}
    for cell in cells_of(data, "code"):
        exec(compile(cell, "cell", "exec"), scope)
    np.testing.assert_allclose(scope["losses"], trainer.curves().losses, rtol=AGREES, atol=AGREES)


def test_names_are_nothing_but_data() -> None:
    title = '"""\nimport os # <b>$x$</b> `{x}` [a](b) \\'
    data = notebook(start_of_trainer(trainer_of(Design(title))), 1, title)
    trees = [ast.parse(cell) for cell in cells_of(data, "code")]
    imported = {
        node.names[0].name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import)
    }
    assert imported == {"base64", "io", "numpy"}
    heading = cells_of(data, "markdown")[0].splitlines()[0]
    assert r"\<b\>\$x\$\</b\>" in heading and r"\`\{x\}\` \[a\]\(b\)" in heading


@pytest.mark.oracle
def test_jupyter_runs_it_from_top_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    trainer = trainer_of(replace(read(examples()["iris"]).design, title="“Iris”"))
    data = notebook(start_of_trainer(trainer), 30, trainer.network.design.title)
    trainer.run(30)
    found = nbformat.reads(data.decode(), as_version=4)
    nbformat.validate(found)
    nbclient.NotebookClient(found, timeout=300, kernel_name="python3").execute()
    printed = found.cells[-1].outputs[0].text.splitlines()
    assert float(printed[-1].split()[1]) == pytest.approx(trainer.curves().losses[-1], rel=AGREES)
