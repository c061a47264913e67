"""A run that was made elsewhere: its curves and moments, read from a file, can be stepped through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.debugger.run import Run, RunPosition
from core.nn.curves import Curves, EpochPace
from core.nn.run_outline import RunOutline
from core.nn.trainer import trainer_at
from core.project.files import DesignFile, FileError, examples, read, write
from core.project.run_record import StoredRun
from tests.core.export.scripts import trainer_of


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Write a run of 150 iterations of XOR with moments at 0, 50 and 100."""
    trainer, moments = trainer_of(read(examples()["xor"]).design), []
    for _ in range(3):
        moments.append(trainer.moment())
        trainer.run(50)
    curves, end = trainer.curves(), trainer.moment()
    pace = EpochPace(0, 0.0, trainer.batches)
    record = StoredRun(0, Curves(curves.losses, 1, curves.records, (), (pace,)), RunOutline(tuple(moments)))
    path = tmp_path / "a.glassnet"
    design = trainer.network.design
    write(path, DesignFile(design, end.theta, end.memory, end.iteration, trainer.origin, record=record))
    return path


def test_every_iteration_of_it_is_that_of_the_run(written: Path) -> None:
    work = read(written)
    assert work.theta is not None and work.record is not None
    original = trainer_of(work.design)
    again = trainer_at(
        original.network, original.dataset, work.theta, work.memory, work.iteration, work.origin
    )
    run = Run(again)
    again.recorder.take_over(work.record.curves)
    run.history.remember(work.record.past)
    assert run.history.span == (0, 150)
    for iteration in (120, 50, 51, 0, 99):
        run.place = RunPosition(iteration, 0)
        original.restart()
        original.run(iteration)
        np.testing.assert_array_equal(run.snapshot().theta, original.snapshot().theta)
    run.place = None
    run.train(30)
    original.restart()
    original.run(180)
    np.testing.assert_array_equal(run.trainer.snapshot().theta, original.snapshot().theta)
    np.testing.assert_array_equal(run.trainer.curves().losses, original.curves().losses)
    assert run.trainer.curves().records == original.curves().records


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"stride":1', '"stride":0', "run.stride"),
        ('"first":0', '"first":151', "run.losses must be of the updates 151 to 150"),
        ('"at":50', '"at":500', "run.moments[1] must hold"),
        ('"parameters":[', '"parameters":[1,', "run.moments[0] must hold"),
        ('"gradient":[', '"gradient":[1,', "run.records must be ascending"),
        ('"at":0', '"soul":0', "soul"),
        ('"run": {', '"run": [{', "line"),
    ],
)
def test_a_record_that_does_not_belong_to_the_network_is_refused(
    old: str, new: str, said: str, written: Path
) -> None:
    text = written.read_text(encoding="utf-8")
    assert old in text
    written.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read(written)
    assert said in str(caught.value)
