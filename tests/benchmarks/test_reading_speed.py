"""How long a design file with megabytes of weights takes until it is read, or refused at its last number.

Run with ``pytest -m benchmark -s tests/benchmarks``: a table, and no assertion on time, because
machines differ and are noisy. The goal is an answer within 100 ms.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from core.data.datasets import make_dataset
from core.nn.design import Dense, Design, Training
from core.nn.network import Network
from core.nn.optimizers import Adam, GradientDescent
from core.project.files import DesignFile, read, write
from core.project.json_io import FileError

pytestmark = pytest.mark.benchmark

LAST = {
    "nothing": None,
    "text": b'"x"',
    "too large": b"1e400",
    "NaN": b"NaN",
    "not JSON": b"nul",
    "a list": b"[1]",
    "the end": b"",
}


@pytest.mark.parametrize(
    ("width", "optimizer"), [(840, GradientDescent()), (485, Adam())], ids=["theta", "all"]
)
def test_megabytes_of_weights(tmp_path: Path, width: int, optimizer: GradientDescent | Adam) -> None:
    layers = (Dense(width, "tanh"), Dense(width, "tanh"), Dense(1, "sigmoid"))
    design = Design(layers=layers, training=Training(optimizer=optimizer))
    count, generator = Network(design, make_dataset(design.data)).parameters, np.random.default_rng(0)
    memory = generator.normal(size=(optimizer.vectors, count)) if optimizer.vectors else None
    path = tmp_path / "large.glassnet"
    write(path, DesignFile(design, generator.normal(size=count), memory, 5))
    good = path.read_bytes()
    start = good.rindex(b",", 0, good.rindex(b"]")) + 1
    stop = good.index(b"]", start)
    for what, value in LAST.items():
        if value is not None:
            path.write_bytes(good[:start] + value + good[stop:] if value else good[:start])
        spent, said = zip(*(answered(path) for _ in range(5)), strict=True)
        size, best = path.stat().st_size / 2**20, 1e3 * min(spent)
        print(f"\n{size:.1f} MiB, wrong is {what:<10} {best:4.0f} ms  {said[0]}", end="")
        assert (said[0] == "read") == (value is None)


def answered(path: Path) -> tuple[float, str]:
    start = perf_counter()
    try:
        read(path)
        said = "read"
    except FileError as error:
        said = str(error)[:70]
    return perf_counter() - start, said
