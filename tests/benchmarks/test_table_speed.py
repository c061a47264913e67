"""How long a table of 100,000 rows and 30 columns takes to be read, encoded, edited, saved and opened again.

Run with ``pytest -m benchmark -s tests/benchmarks``: reading is compared with `numpy.loadtxt`, which reads
numbers alone. The goal is a table that is opened within 5 s.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest

from core.data.encoding import encoded
from core.data.reading import read_file
from core.data.table import Table
from core.data.table_edits import change_columns, insert_rows, set_cells, set_parts
from core.nn.design import Data, Dense, Design
from core.project.files import DesignFile, read, write

pytestmark = pytest.mark.benchmark

ROWS, COLUMNS = 100_000, 30


def timed(what: str, action: Callable[[], Any]) -> tuple[float, Any]:
    start = perf_counter()
    result = action()
    seconds = perf_counter() - start
    print(f"\n{what:<28} {1e3 * seconds:8.1f} ms", end="")
    return seconds, result


def test_a_large_table(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).normal(size=(ROWS, COLUMNS)).round(4)
    path, file = tmp_path / "a.glassnet", tmp_path / "large.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write(",".join(f"c{k}" for k in range(COLUMNS)) + "\n")
        np.savetxt(out, numbers, fmt="%.4f", delimiter=",")
    peer, _ = timed("numpy.loadtxt", lambda: np.loadtxt(file, delimiter=",", skiprows=1))
    own, found = timed("read", lambda: read_file(file))
    table: Table = found.table
    _, made = timed("encoded", lambda: encoded(table))
    assert made.dataset.x.shape == (COLUMNS - 1, ROWS)
    timed("a cell is set", lambda: set_cells(table, {(5, 5): 1.0}))
    timed("a row is inserted", lambda: insert_rows(table, 5))
    timed("a row is moved to test", lambda: set_parts(table, [5], "test"))
    timed("a column is ignored", lambda: change_columns(table, [5], role="ignored"))
    design = Design(data=Data("table", table=table), layers=(Dense(3), Dense(1, "linear")))
    timed("compared with an equal one", lambda: design == Design(data=design.data, layers=design.layers))
    timed("saved", lambda: write(path, DesignFile(design)))
    timed("opened again", lambda: read(path))
    print(f"\nreading takes {own / peer:.1f} times as long as numpy.loadtxt", end="")
