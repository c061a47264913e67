"""The command `glassnet train --engine torch` in real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.project.files import read
from tests.test_terminal import glassnet, refusal


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--engine", "torch"), "name it with --save"),
        (("--nproc", "2"), "belong to --engine torch"),
        (("--engine", "torch", "--script", "run.txt"), "must end in .py"),
        (("--engine", "torch", "--script", "none/run.py"), "no such folder"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    assert said in refusal("train", "xor", *arguments, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.oracle
def test_both_engines_give_the_same_weights(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    for engine, more in (("numpy", ()), ("torch", ("--engine", "torch"))):
        done = glassnet(
            "train", "iris", "--iterations", 60, "--save", f"{engine}.glassnet", *more, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        assert "60 iterations" in done.stdout
    found = [read(tmp_path / f"{engine}.glassnet") for engine in ("numpy", "torch")]
    np.testing.assert_allclose(found[1].theta, found[0].theta, rtol=1e-9, atol=1e-9)
    assert {one.name for one in tmp_path.iterdir()} == {"numpy.glassnet", "torch.glassnet"}


@pytest.mark.oracle
def test_a_table_beside_the_design_stays_there(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    rows = np.column_stack([rng.normal(size=(100_000, 3)), rng.integers(0, 2, 100_000)])
    np.savetxt(tmp_path / "rows.csv", rows, "%.4f,%.4f,%.4f,%d", header="a,b,c,y", comments="")
    made = "train", "xor", "--data", "rows.csv", "--target", "y", "--iterations", 2, "--save", "a.glassnet"
    assert glassnet(*made, cwd=tmp_path).returncode == 0
    before = {one.name for one in tmp_path.iterdir()}
    arguments = "train", "a.glassnet", "--engine", "torch", "--iterations", 3
    done = glassnet(*arguments, "--save", "b.glassnet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert glassnet(*arguments, "--script", "run.py", cwd=tmp_path).returncode == 0
    subprocess.run(
        [sys.executable, "-I", "run.py"], cwd=tmp_path, timeout=300, check=True, capture_output=True
    )
    found = {one.name for one in tmp_path.iterdir()} - before
    assert found == {"b.glassnet", "run.glassnet", "run.py", "run_data.npz"}
    first = read(tmp_path / "a.glassnet").design
    for name in ("b.glassnet", "run.glassnet"):
        assert read(tmp_path / name).design == first and read(tmp_path / name).iteration == 5
        assert (tmp_path / name).stat().st_size < 100_000


@pytest.mark.oracle
def test_a_script_for_many_machines_writes_a_design_file(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    arguments = "train", "xor", "--engine", "torch", "--iterations", 30, "--script", "run.py"
    assert glassnet(*arguments, cwd=tmp_path).stdout.splitlines() == ["run.py", "run_data.npz"]
    assert "is there already" in refusal(*arguments, cwd=tmp_path)
    subprocess.run(
        [sys.executable, "-I", "run.py"], cwd=tmp_path, timeout=300, check=True, capture_output=True
    )
    assert read(tmp_path / "run.glassnet").iteration == 30
