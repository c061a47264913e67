"""Weights that are read in many pieces: every number comes back, and what is wrong is named where it is."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.nn.design import Dense, Design, Training
from core.nn.network import Network
from core.nn.optimizers import OPTIMIZERS, Adam, LearningRate
from core.project.files import DesignFile, read, write
from core.project.files import _encoded as encode
from core.project.json_io import PIECE, FileError

DESIGN = Design(
    layers=(Dense(90, "tanh"), Dense(60), Dense(1, "sigmoid")), training=Training(optimizer=Adam())
)
PARAMETERS = Network(DESIGN, make_dataset(DESIGN.data)).parameters


def work() -> DesignFile:
    generator = np.random.default_rng(0)
    theta, memory = generator.normal(size=PARAMETERS), generator.normal(size=(2, PARAMETERS))
    theta[:4] = 0.0, -0.0, 5e-324, 1.7976931348623157e308
    memory[1] = memory[1] ** 2
    memory[0, -2:], memory[1, -2:] = (-1e300, -3.0), (1e-300, -0.0)
    return DesignFile(DESIGN, theta, memory, 7)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("weights") / "good.glassnet"
    write(path, work())
    assert path.stat().st_size > 6 * PIECE
    return path.read_text()


def refusal(path: Path, text: str) -> str:
    path.write_text(text, newline="")
    with pytest.raises(FileError) as caught:
        read(path)
    return str(caught.value)


@pytest.mark.parametrize("layout", ["as written", "spaces", "memory first"])
def test_all_numbers_come_back_to_the_last_bit(tmp_path: Path, text: str, layout: str) -> None:
    if layout == "spaces":
        text = text.replace(",", " ,\r\n\t ").replace("[", "[ \n").replace("]", " ]")
    elif layout == "memory first":
        lines = text.splitlines()
        lines[-4:-2] = reversed(lines[-4:-2])
        text = "\n".join(lines)
    path, expected = tmp_path / "a.glassnet", work()
    path.write_text(text, newline="")
    got = read(path)
    assert got.design == DESIGN
    assert got.iteration == 7
    assert got.theta.tobytes() == expected.theta.tobytes()
    assert got.memory.tobytes() == expected.memory.tobytes()


def spoiled(text: str, name: str, row: int, k: int, value: str) -> tuple[str, int, int]:
    """Return the text with number k of a list replaced, and the line and column where it stands."""
    start = text.index(f'"{name}": ')
    for _ in range(row + 2 if name == "memory" else 1):
        start = text.index("[", start) + 1
    for _ in range(k):
        start = text.index(",", start) + 1
    stop = re.compile(r"[],]").search(text, start).start()
    line = text.count("\n", 0, start) + 1
    return text[:start] + value + text[stop:], line, start - text.rfind("\n", 0, start)


@pytest.mark.parametrize("k", [0, 1, 2000, PARAMETERS // 2, PARAMETERS - 1])
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('"x"', "must be a number, not text"),
        ('"]"', None),
        ("null", "must be a number, not null"),
        ("[1]", "must be a number, not a list"),
        ("[[]]", "must be a number, not a list"),
        ("{}", "must be a number, not an object"),
        ("true", "must be a number, not true or false"),
        ("-1e400", "is too large a number"),
    ],
)
def test_what_is_no_number_is_named_by_its_place_in_the_list(
    tmp_path: Path, text: str, value: str, said: str | None, k: int
) -> None:
    for name, row in (("theta", 0), ("memory", 1)):
        place = f"theta[{k}]" if name == "theta" else f"memory[{row}][{k}]"
        sentence = refusal(tmp_path / "bad.glassnet", spoiled(text, name, row, k, value)[0])
        assert f"{place} {said or 'must be a number, not text'}" in sentence


@pytest.mark.parametrize("k", [0, 2000, PARAMETERS - 1])
@pytest.mark.parametrize("value", ["NaN", "-Infinity", "nul", "1.2.3", "", " ", "0x1", "1 2", "é"])
def test_what_is_not_json_is_named_by_line_and_column(tmp_path: Path, text: str, value: str, k: int) -> None:
    for name, row in (("theta", 0), ("memory", 0), ("memory", 1)):
        bad, line, column = spoiled(text, name, row, k, value)
        sentence = refusal(tmp_path / "bad.glassnet", bad)
        found = re.search(r"line (\d+), column (\d+)", sentence)
        assert found, sentence
        assert int(found[1]) == line
        assert column <= int(found[2]) <= column + len(value.encode()) + 1
        assert ("a number a file can hold" in sentence) == (value in ("NaN", "-Infinity"))


def test_one_number_too_many_or_too_few(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.glassnet"
    for name, row, most in (("theta", 0, PARAMETERS), ("memory", 1, 2 * PARAMETERS)):
        more, *_ = spoiled(text, name, row, 5000, "1,2")
        assert f"{name} has {most + 1:,} numbers" in refusal(path, more)
    theta = f'"theta": [{",".join(["0"] * (PARAMETERS - 1))}]'
    assert f"theta has {PARAMETERS - 1:,} numbers" in refusal(path, re.sub(r'"theta": \[.*\]', theta, text))
    uneven = f'"memory": [[{",".join(["0"] * 5)}],[{",".join(["0"] * (2 * PARAMETERS - 5))}]]'
    assert f"must be 2 lists of {PARAMETERS} numbers each" in refusal(
        path, re.sub(r'"memory": \[\[.*\]\]', uneven, text)
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"iteration": 7', '"more": 1', "has a field “more” that Glassnet does not know"),
        ('"iteration": 7', '"theta": []', "the field “theta” stands twice"),
        ('"iteration": 7\n}', '"iteration": 7\n}}', "column 3 is not JSON"),
        ('"iteration": 7\n}', '"iteration": 7', "it ends too early, at line"),
        ('"iteration": 7', '"iteration": "7"', "iteration must be a whole number, not text"),
        ('"theta": [', '"theta": 0 [', "is not JSON"),
        ('"memory": [[', '"memory": [0,[', "memory has 11,583 numbers, but this network needs 11,582"),
    ],
)
def test_what_is_wrong_around_the_weights(tmp_path: Path, text: str, old: str, new: str, said: str) -> None:
    assert old in text
    sentence = refusal(tmp_path / "bad.glassnet", text.replace(old, new))
    assert said in sentence


def test_a_title_that_looks_like_weights_is_a_title(tmp_path: Path, text: str) -> None:
    title = r"\"theta\": [1,2,3], \"memory\": [[7]] theta"
    path = tmp_path / "a.glassnet"
    path.write_text(text.replace('"title": "Untitled"', f'"title": "{title}"'))
    assert read(path).theta.size == PARAMETERS
    assert read(path).design.title == title.replace("\\", "")


@pytest.mark.parametrize(
    ("optimizer", "row"), [(kind(), row) for kind in OPTIMIZERS.values() for row in range(kind().vectors)]
)
def test_a_mean_of_squares_is_never_negative(tmp_path: Path, optimizer: Any, row: int) -> None:
    """Of an update, the root is taken of just those vectors: there a negative number would become NaN."""
    design = replace(DESIGN, training=replace(DESIGN.training, optimizer=optimizer))
    theta, memory = np.full(PARAMETERS, 0.1), np.zeros((optimizer.vectors, PARAMETERS))
    memory[row, 3] = -1.0
    after, rate = theta.copy(), LearningRate(0.1)
    rate.next()
    with np.errstate(invalid="ignore"):
        for call, *operands in optimizer.update(after, np.zeros_like(theta), memory.copy(), rate):
            call(*operands)
    path = tmp_path / "altered.glassnet"
    path.write_bytes(encode(DesignFile(design, theta, memory, 7)))
    if np.isfinite(after).all():
        assert read(path).memory[row, 3] == -1.0
    else:
        with pytest.raises(FileError, match=rf"memory\[{row}\] must be means of squares.*remove memory"):
            read(path)
