"""Thousands of damaged design files, tables and links: each opens, or is refused in one sentence.

Run with ``pytest -m endurance``.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.data.datasets import make_dataset
from core.data.reading import read_table
from core.data.ready_tables import READY_TABLES
from core.data.table import TableError
from core.nn.design import Data, Dense, Design, Training, fitted
from core.nn.design_problems import problems
from core.nn.losses import MSE
from core.nn.network import Network
from core.nn.trainer import Diverged, Trainer
from core.project import files
from core.project.json_io import FileError
from core.project.playground_link import is_link, read_link

pytestmark = pytest.mark.endurance
TABLES = Path(__file__).parents[1] / "files" / "tables"
MUTANTS = 1000
LARGE = 2_000_000  # parameters times samples: too slow to train thousands of times
VALUES: list[Any] = [
    *(
        None,
        True,
        0,
        -1,
        2,
        1e308,
        5e-324,
        1e101,
        2**63,
        "",
        "x",
        "\u202e",
        "a" * 300,
        [],
        {},
        [[0, 1]],
        [[-1, 1]],
    ),
    *(
        "table",
        "-1/1",
        "perceptron",
        "half sum",
        "step",
        "hinge",
        "1/x1",
        "/etc/passwd",
        "../x",
        "\0",
        "mean",
    ),
    *("one-hot", "classes", "target", "ignored", "text", "hand", "share", "column", " ", "utf-16"),
    {"path": "x.csv", "checksum": "0" * 64, "reading": {}},
]
PIECES = [
    b'"',
    b",",
    b";",
    b"\n",
    b"\r",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"1e400",
    b"NA",
    b"1,5",
    b"\x1b[31m",
]
LINK = (
    "https://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=circle&learningRate=0.03&noise=0"
    "&networkShape=4,2&percTrainData=50&x=true&y=true&sinX=false&problem=classification&regularization=L2"
)


def designs() -> Iterator[Design]:
    for name in ("XOR", "NOT"):
        data = Data("table", table=READY_TABLES[name])
        yield fitted(Design(data=data, layers=(Dense(2), Dense(1))), make_dataset(data))
    data = Data("table", table=read_table(b"a,b,y\n1,x,u\n2,y,v\n3,x,w\n?,y,u\n").table)
    yield fitted(Design(data=data, layers=(Dense(3), Dense(1))), make_dataset(data))
    hidden = Dense(3, initial=0.5, fixed=((0, 1), (1, 2)))
    training = Training(loss=MSE(over_outputs="half sum", over_samples="sum"), order="as in the table")
    curve = Data("curve", formula="x^2", features=("x1", "x1*x2"), labels="-1/1", scale=3.0)
    yield Design(data=curve, layers=(hidden, Dense(1, "tanh", fixed=True)), training=training)


def places(part: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    keys = part if isinstance(part, dict) else range(min(len(part), 6)) if isinstance(part, list) else ()
    for key in keys:
        yield (*place, key)
        yield from places(part[key], (*place, key))


def damaged(whole: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """Return a copy in which one to three places hold other values, are missing, or stand twice."""
    whole = copy.deepcopy(whole)
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        known = list(places(whole))
        *way, last = draw.choice(known)
        owner: Any = whole
        for key in way:
            owner = owner[key]
        kind = draw.random()
        if kind < 0.6:
            owner[last] = copy.deepcopy(draw.choice(VALUES))
        elif kind < 0.8:
            del owner[last]
        elif isinstance(owner, list):
            owner.insert(last, copy.deepcopy(owner[last]))
        elif isinstance(owner[last], (int, float)):
            owner[last] *= draw.choice((-1, 10, 1e6, 0.5))
    return whole


def garbled(data: bytes, draw: random.Random) -> bytes:
    """Return bytes with a few other ones, or with pieces missing, put in or repeated."""
    text = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        k, kind = draw.randrange(len(text) or 1), draw.random()
        if kind < 0.3:
            text[k : k + 1] = bytes([draw.randrange(256)])
        elif kind < 0.5:
            del text[k : k + draw.randint(1, 20)]
        elif kind < 0.8:
            text[k:k] = draw.choice(PIECES)
        else:
            text[k:k] = text[max(0, k - 30) : k] * draw.choice((1, 2, 50))
    return bytes(text)


def check_sentence(error: Exception) -> None:
    said = str(error)
    assert said.strip() and "\n" not in said and "\x1b" not in said and len(said) < 1500


def use(design: Design) -> None:
    """Train a few updates, if the design works on its data; otherwise all problems are told."""
    dataset = make_dataset(design.data)
    found = problems(design, dataset)
    assert all(problem.why.strip() for problem in found)
    if found:
        return
    network = Network(design, dataset)
    if network.parameters * dataset.train.size < LARGE:
        trainer = Trainer(network, dataset)
        try:
            trainer.run(3)
        except Diverged as error:
            check_sentence(error)


@pytest.mark.parametrize("seed", range(5))
def test_damaged_designs(tmp_path: Path, seed: int) -> None:
    draw, path, opened = random.Random(seed), tmp_path / "a.glassnet", 0
    whole = []
    for design in designs():
        network = Network(design, make_dataset(design.data))
        files.write(path, files.DesignFile(design, network.initial(1), iteration=3))
        whole.append(json.loads(path.read_bytes()))
    for _ in range(MUTANTS):
        text = json.dumps(damaged(draw.choice(whole), draw)).encode()
        path.write_bytes(garbled(text, draw) if draw.random() < 0.1 else text)
        try:
            work = files.read(path, accept_changed=draw.random() < 0.3)
        except FileError as error:
            check_sentence(error)
            continue
        opened += 1
        use(work.design)
        files.write(path, work)
        assert files.read(path).design == work.design
    assert opened > MUTANTS // 50


@pytest.mark.parametrize("seed", range(5))
def test_garbled_tables(seed: int) -> None:
    draw, known, opened = (
        random.Random(seed),
        [path.read_bytes() for path in sorted(TABLES.glob("*.[cd]*"))],
        0,
    )
    for _ in range(MUTANTS // 4):
        try:
            table = read_table(garbled(draw.choice(known), draw)).table
        except TableError as error:
            check_sentence(error)
            continue
        opened += 1
        data = Data("table", table=table)
        use(fitted(Design(data=data, layers=(Dense(2), Dense(1, "sigmoid"))), make_dataset(data)))
    assert opened > MUTANTS // 50


@pytest.mark.parametrize("seed", range(5))
def test_odd_links(seed: int) -> None:
    draw, opened = random.Random(seed), 0
    front, _, settings = LINK.partition("#")
    odd = ["1e999", "nan", "-5", "9" * 500, "8,8,8,8,8,8,8,8,8", "", "%00", "true", *map(str, VALUES)]
    for _ in range(MUTANTS):
        pairs = settings.split("&")
        for _ in range(draw.randint(1, 3)):
            k = draw.randrange(len(pairs))
            pairs[k] = f"{pairs[k].partition('=')[0]}={draw.choice(odd)}"
        link = f"{front}#{'&'.join(pairs)}"
        try:
            design = read_link(link).design
        except FileError as error:
            check_sentence(error)
            continue
        assert is_link(link)
        opened += 1
        use(design)
    assert opened > MUTANTS // 50
