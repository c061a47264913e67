"""Large tables in shards: what is found in them, what the processes get of them, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.analysis.sample_losses import sample_losses
from core.data.encoding import encoded
from core.distributed.batches import ShardBatches, read_shard
from core.distributed.scan import LargeTable, scan
from core.nn.design import Dense, Design, Training
from core.nn.network import Network
from core.nn.trainer import Trainer
from core.project.files import FileError, read
from tests.core.distributed.runs import written

pytestmark = pytest.mark.oracle
ROWS = 5000
DESIGN = Design(
    "a", layers=(Dense(4), Dense(1, "sigmoid")), training=Training(batch_size=40, learning_rate=0.5)
)


def columns() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    x, y = rng.normal(50, 3, ROWS), rng.normal(-2, 0.1, ROWS)
    label = np.where(x - 50 + 10 * (y + 2) > 0, "yes", "no")
    x[[3, 4000]] = np.nan
    return {"size": x, "weight": y, "label": label, "id": np.arange(ROWS) + 0.5}


@pytest.fixture(params=["parquet", "folder", "csv"])
def table(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LargeTable:
    pytest.importorskip("pyarrow")
    import pyarrow
    from pyarrow import csv, parquet

    from core.distributed import scan as module

    monkeypatch.setattr(module, "STRETCH_BYTES", 40_000)
    rows, place = pyarrow.table(columns()), tmp_path / "t.parquet"
    if request.param == "parquet":
        parquet.write_table(rows, place, row_group_size=700)
    elif request.param == "folder":
        place = tmp_path / "folder"
        place.mkdir()
        for k in range(3):
            parquet.write_table(rows.slice(k * 2000, 2000), place / f"part-{k}.parquet")
    else:
        place = tmp_path / "t.csv"
        csv.write_csv(rows, place)
    return scan(place, DESIGN, ["label"])


def test_every_row_for_training_is_seen_once_in_an_epoch_by_one_of_the_processes(table: LargeTable) -> None:
    plan = table.shards.plan | {"seed": 1, "batch": 40, "layers": [{"n_out": 1}], "negative": 0.0}
    known = columns()
    for world in (1, 3):
        parts = [ShardBatches(plan, rank, world) for rank in range(world)]
        steps = {one.per_epoch for one in parts}
        (count,) = steps
        seen: list[np.ndarray] = []
        for iteration in range(count, 2 * count):  # the second epoch
            found = [one.at(iteration) for one in parts]
            assert sum(len(x) for x, *_ in found) == found[0][2]
            assert [where.start for *_, where in found[1:]] == [where.stop for *_, where in found[:-1]]
            seen += [x for x, *_ in found]
        ids = np.sort(np.concatenate(seen)[:, plan["inputs"].index("id")])
        ids = ids * plan["std"][-1] + plan["mean"][-1]
        assert ids.size == table.rows == np.unique(ids.round(3)).size
        held = ROWS - 2 - table.rows
        assert 0.003 * ROWS < held < 0.03 * ROWS
        assert set(ids.round(1)) <= set(known["id"][np.isfinite(known["size"])])


def test_inputs_are_standardized_over_all_rows_and_classes_named(table: LargeTable) -> None:
    plan, known = table.shards.plan, columns()
    np.testing.assert_allclose(plan["mean"][0], np.nanmean(known["size"]), rtol=1e-3)
    np.testing.assert_allclose(plan["std"][0], np.nanstd(known["size"]), rtol=0.02)
    assert plan["target"]["classes"] == ["no", "yes"]
    x, labels = read_shard(plan, 0)
    assert x.shape == (len(labels), 3) and {*labels.tolist()} == {0, 1}
    dataset = encoded(table.design.data.table).dataset
    assert dataset.class_names == ("no", "yes") and dataset.train.size == 1000
    size = dataset.x[0, dataset.train]
    assert abs(size.mean()) < 0.2 and abs(size.std() - 1) < 0.1
    by_class = [size[dataset.labels[dataset.train] == k].mean() for k in (0, 1)]
    assert by_class[0] < -0.5 and by_class[1] > 0.5


def test_a_network_learns_from_shards_and_its_result_opens(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("pyarrow")
    import pyarrow
    from pyarrow import parquet

    from core.distributed.worker import TorchRun

    parquet.write_table(pyarrow.table(columns()), tmp_path / "t.parquet", row_group_size=700)
    table = scan(tmp_path / "t.parquet", DESIGN, ["label"])
    dataset = encoded(table.design.data.table).dataset
    trainer = Trainer(Network(table.design, dataset), dataset)
    TorchRun(written(trainer, 250, tmp_path / "run", shards=table.shards)).train()
    work = read(tmp_path / "run" / "out.glassnet")
    assert work.design == table.design and work.record is not None and work.iteration == 250
    last = work.record.curves.records[-1].test
    assert last is not None and last.accuracy is not None and last.accuracy > 0.9
    found = sample_losses(trainer.network, work.theta, dataset)
    assert found.right is not None and found.right.mean() > 0.9  # the rows that the window shows


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            {"a": [1.0, 2.0] * 20, "b": ["x", "y", "z", "u"] * 10, "y": [0.5, 1.5] * 20},
            "Column “b” holds texts",
        ),
        ({"a": [1.0, 2.0] * 20, "y": ["x"] * 40}, "less than two classes"),
        ({"a": [None] * 40, "y": ["x", "z"] * 20}, "needs inputs"),
    ],
)
def test_tables_that_do_not_fit_are_refused(made: dict[str, list[Any]], said: str, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(made), tmp_path / "t.parquet")
    with pytest.raises(FileError) as caught:
        scan(tmp_path / "t.parquet", DESIGN, ["y"])
    assert said in str(caught.value)


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "t.parquet").write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    for name, said in (
        ("t.parquet", "cannot be read as a table"),
        ("none.csv", "is no table"),
        (".", "cannot be"),
    ):
        with pytest.raises(FileError, match=said):
            scan(tmp_path / name, DESIGN)
