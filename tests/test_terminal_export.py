"""The command `glassnet export` in real processes: what it writes, and what it refuses in one sentence."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.export.table import EXPORTS
from core.nn.design import Data, Design
from core.project.files import DesignFile, read, write
from tests.test_terminal import glassnet, refusal

CASES = [(name, suffix) for name, entry in EXPORTS.items() for suffix in entry.makes]


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize(("name", "suffix"), CASES)
def test_everything_is_written_where_asked(name: str, suffix: str, tmp_path: Path) -> None:
    if EXPORTS[name].package:
        pytest.importorskip(EXPORTS[name].package)
    out = tmp_path / f"größe{suffix}"
    done = glassnet("export", "iris", "-o", out, "--what", name, "--epochs", "40")
    assert done.returncode == 0, done.stderr
    written = done.stdout.splitlines()
    assert written[0] == str(out)
    assert {Path(line) for line in written} == set(tmp_path.iterdir())
    assert all(Path(line).stat().st_size for line in written)


def test_the_ending_says_what_is_meant(tmp_path: Path) -> None:
    for suffix in (".csv", ".npz", ".py"):
        assert glassnet("export", "xor", "-o", tmp_path / f"a{suffix}", "--epochs", "3").returncode == 0
    assert list(rows(tmp_path / "a.csv")[0]) == ["iteration", "epoch", "loss"]
    with np.load(tmp_path / "a.npz") as arrays:
        assert arrays["W1"].shape == (2, arrays["b1"].size)


def test_a_script_prints_the_losses_of_the_exported_table(tmp_path: Path) -> None:
    for suffix in (".csv", ".py"):
        glassnet("export", "iris", "-o", tmp_path / f"a{suffix}", "--iterations", "30", "--seed", "8")
    done = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "a.py")],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    printed = [float(line.split()[1]) for line in done.stdout.splitlines()]
    np.testing.assert_allclose(printed, [float(row["loss"]) for row in rows(tmp_path / "a.csv")], rtol=1e-12)


def test_nothing_is_overwritten_unless_told(tmp_path: Path) -> None:
    for name in ("a.py", "a_data.npz"):  # the script of iris reads its samples from the second
        file = tmp_path / name
        file.write_text("mine")
        sentence = refusal("export", "iris", "-o", tmp_path / "a.py")
        assert "is there already" in sentence
        assert file.name in sentence
        assert [(one, one.read_text()) for one in tmp_path.iterdir()] == [(file, "mine")]
        file.unlink()
    out = tmp_path / "a.py"
    out.write_text("mine")
    assert glassnet("export", "iris", "-o", out, "--overwrite").returncode == 0
    assert "import numpy" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "a.txt"), "must end in .csv, "),
        (("-o", "a"), "must end in"),
        (("-o", "a.csv", "--what", "numpy"), "the name must end in .py"),
        (("-o", "a.csv", "--what", "soul"), "There is no “soul”"),
        (("-o", "none/a.csv"), "no such folder"),
        (("-o", "a.csv"), "train first"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    assert said in refusal("export", "xor", *arguments, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("what Linux has, others lack")
    (tmp_path / "a.csv").symlink_to("/dev/full")
    assert "was not written" in refusal(
        "export", "xor", "-o", tmp_path / "a.csv", "--epochs", "1", "--overwrite"
    )


def test_a_design_of_a_stranger_brings_no_code(tmp_path: Path) -> None:
    title = '"""; import os; os.mkdir("made") #'
    write(tmp_path / "a.glassnet", DesignFile(Design(title, Data("moons"))))
    assert glassnet("export", "a.glassnet", "-o", "a.py", "--iterations", "1", cwd=tmp_path).returncode == 0
    subprocess.run([sys.executable, "-I", "a.py"], cwd=tmp_path, timeout=300, check=True)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(("suffix", "begins"), [(".svg", b"<?xml"), (".pdf", b"%PDF"), (".png", b"\x89PNG")])
def test_a_view_is_pictured_as_a_figure(suffix: str, begins: bytes, tmp_path: Path) -> None:
    out = tmp_path / f"a{suffix}"
    done = glassnet("picture", "xor", "-o", out, "--view", "canvas", "--theme", "dark", "--iterations", "20")
    assert done.returncode == 0, done.stderr
    assert out.read_bytes().startswith(begins)


def test_a_scene_is_pictured_in_vectors_as_a_whole(tmp_path: Path) -> None:
    assert glassnet("picture", "1", "-o", tmp_path / "a.svg").returncode == 0
    assert (tmp_path / "a.svg").read_bytes().count(b"<text") > 5
    assert "leave --view out" in refusal("picture", "1", "-o", tmp_path / "b.svg", "--view", "canvas")


def test_a_figure_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    assert "There is no view “soul”" in refusal("picture", "xor", "-o", tmp_path / "a.svg", "--view", "soul")
    assert "must end in .svg" in refusal("picture", "xor", "-o", tmp_path / "a.doc", "--view", "canvas")
    assert list(tmp_path.iterdir()) == []


def test_a_model_of_another_program_is_trained_and_saved_as_a_design(tmp_path: Path) -> None:
    assert glassnet("export", "iris", "-o", tmp_path / "a.npz", "--epochs", "30").returncode == 0
    done = glassnet("train", "a.npz", "--epochs", "0", "--save", "b.glassnet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "data of your own" in done.stderr
    with np.load(tmp_path / "a.npz") as arrays:
        parts = [arrays[f"{name}{l}"].ravel() for l in (1, 2, 3) if f"W{l}" in arrays for name in "Wb"]
    assert read(tmp_path / "b.glassnet").theta.tolist() == np.concatenate(parts).tolist()
    (tmp_path / "c.npz").write_text("no archive")
    assert "“c.npz”: it is no .npz file" in refusal("train", "c.npz", cwd=tmp_path)


@pytest.mark.parametrize("view", ["canvas", "computational_graph"])
def test_the_network_and_its_graph_are_drawn_for_latex(view: str, tmp_path: Path) -> None:
    done = glassnet("picture", "xor", "-o", tmp_path / "a.tex", "--view", view, "--iterations", 5)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "a.tex").read_text(encoding="utf-8")
    assert text.startswith(r"\documentclass") and text.count(r"\node") > 8
    assert "add --view canvas" in refusal("picture", "xor", "-o", tmp_path / "b.tex", "--view", "loss_plot")
    assert [one.name for one in tmp_path.iterdir()] == ["a.tex"]


def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    assert "million pixels" in refusal("picture", "xor", "-o", out, "--view", "canvas", "--scale", 1000)
    assert not out.exists()


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    for command, suffix in (("export", ".csv"), ("picture", ".svg"), ("film", ".gif")):
        sentence = refusal(command, "xor", "-o", tmp_path / f"{'x' * 300}{suffix}")
        assert "was not saved: file name too long" in sentence
