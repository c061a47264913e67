"""The command `glassnet explain` in real processes."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.data.datasets import make_dataset
from core.nn.network import Network
from core.nn.passes import evaluate
from core.nn.trainer import Trainer
from core.project.files import DesignFile, examples, read, write
from tests.test_terminal import glassnet, refusal


def test_the_text_fits_the_width_asked_for() -> None:
    for width in (40, 80, 120):
        done = glassnet("explain", "xor", "--width", width)
        assert done.returncode == 0
        assert done.stderr == ""
        assert max(map(len, done.stdout.splitlines())) <= width
    assert "after 0 iterations of training" in done.stdout
    assert "z[1]₁ = b[1]₁ + Σᵢ W[1]ᵢ₁ a[0]ᵢ = " in done.stdout


def test_without_a_width_it_is_the_terminal_s() -> None:
    lines = glassnet("explain", "xor", COLUMNS="57").stdout.splitlines()
    assert 50 < max(map(len, lines)) <= 57


def test_the_json_is_the_pass_after_so_many_iterations() -> None:
    done = glassnet("explain", "xor", "--iterations", "30", "--sample", "17", "--format", "json")
    assert done.stdout.count("\n") == 1
    found = json.loads(done.stdout)
    design = read(examples()["xor"]).design
    dataset = make_dataset(design.data)
    network = Network(design, dataset)
    trainer = Trainer(network, dataset)
    trainer.run(30)
    theta = trainer.snapshot().theta
    values = evaluate(network, theta, dataset.x[:, [16]], dataset.targets(1)[:, [16]])
    assert found["x"] == dataset.x[:, 16].tolist()
    assert found["J"] == values.J
    for l, layer in enumerate(found["layers"], 1):
        assert np.array_equal(layer["W"], network.W(theta, l))
        assert np.array_equal(layer["delta"], values.delta[l][:, 0])
        assert np.array_equal(layer["dW"], network.W(values.g, l))


def test_a_saved_training_is_taken_up_where_it_stood(tmp_path: Path) -> None:
    file = tmp_path / "trained.glassnet"
    assert glassnet("train", "xor", "--iterations", "40", "--save", file).returncode == 0
    done = glassnet("explain", file, "--iterations", "2")
    assert "after 42 iterations of training" in " ".join(done.stdout.split())


def test_latex_is_a_whole_document() -> None:
    done = glassnet("explain", "iris", "--format", "latex", "--digits", "6")
    assert done.stdout.startswith("\\documentclass")
    assert done.stdout.endswith("\\end{document}\n")


def test_digits_are_those_asked_for() -> None:
    short, long = (glassnet("explain", "xor", "--digits", n).stdout for n in (2, 9))
    assert "a[0]₁ = x₁ = −0.73\n" in short
    assert "a[0]₁ = x₁ = −0.729161930\n" in long


def test_a_terminal_without_the_letters_gets_utf_8() -> None:
    done = glassnet("explain", "xor", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C.UTF-8")
    assert done.returncode == 0
    assert "Σᵢ" in done.stdout


@pytest.mark.parametrize("sample", ["0", "201", "999999999999"])
def test_a_sample_that_is_not_there_is_one_sentence(sample: str) -> None:
    assert "the data has samples 1 to 200" in refusal("explain", "xor", "--sample", sample)


@pytest.mark.parametrize(
    "arguments", [["--sample", "x"], ["--width", "39"], ["--digits", "0"], ["--format", "xml"]]
)
def test_wrong_arguments_end_with_code_2(arguments: list[str]) -> None:
    done = glassnet("explain", "xor", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""


def test_a_pass_that_overflows_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "far.glassnet"
    design = read(examples()["sine"]).design
    network = Network(design, make_dataset(design.data))
    write(file, DesignFile(design, np.full(network.parameters, 1e300)))
    assert "is not a finite number" in refusal("explain", file)
