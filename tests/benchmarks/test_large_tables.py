"""A table of ten million rows from Parquet, trained by PyTorch in bounded memory."""

from __future__ import annotations

import os
import re
import resource
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from core.nn.design import Data, Dense, Design, Training
from core.nn.optimizers import Adam
from core.project.files import DesignFile, read, write
from tests.test_terminal import glassnet

ROWS = int(os.environ.get("GLASSNET_BENCHMARK_ROWS", "10_000_000"))
COLUMNS, GROUP = 30, 100_000
MOST_BYTES = 1.5 * 2**30


def generated(file: Path) -> None:
    """Write a table of two classes, parted by a plane with noise."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rng = np.random.default_rng(0)
    weights, writer = rng.standard_normal(COLUMNS), None
    for begin in range(0, ROWS, GROUP):
        x = rng.standard_normal((min(GROUP, ROWS - begin), COLUMNS))
        label = (x @ weights + rng.standard_normal(len(x)) > 0).astype(float)
        columns = {f"f{j}": 10 * x[:, j] + j for j in range(COLUMNS)} | {"label": label}
        table = pyarrow.table(columns)
        writer = writer or parquet.ParquetWriter(file, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()


@pytest.mark.benchmark
def test_ten_million_rows_are_trained_in_bounded_memory(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    generated(tmp_path / "rows.parquet")
    layers = Dense(64, "relu", initializer="he"), Dense(1, "sigmoid")
    training = Training(batch_size=5000, optimizer=Adam(), learning_rate=0.01, precision="float32")
    design = replace(Design("large", Data("moons"), layers), training=replace(training, batch_size=2000))
    write(tmp_path / "a.glassnet", DesignFile(replace(design, data=replace(design.data, samples=5000))))
    rates = {}
    for count in (1, 2):
        done = glassnet(
            "train", "a.glassnet", "--engine", "torch", "--data", "rows.parquet", "--target", "label",
            "--epochs", 1, "--nproc", count, "--save", f"{count}.glassnet", cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        rates[count] = float(re.findall(r"([\d,]+) samples/s", done.stderr)[-1].replace(",", ""))
        work = read(tmp_path / f"{count}.glassnet")
        assert work.record is not None
        test = work.record.curves.records[-1].test
        assert test is not None and test.accuracy is not None and test.accuracy > 0.9
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(
        f"\n{ROWS:,} rows x {COLUMNS}: {rates[1]:,.0f} samples/s by 1 process, {rates[2]:,.0f} by 2 "
        f"({rates[2] / rates[1]:.2f} times); at most {peak / 2**20:,.0f} MiB a process"
    )
    assert peak < MOST_BYTES
