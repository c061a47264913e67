"""Runs on PyTorch's engine: they agree with the program's, alone, shared by processes, and resumed."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from core.distributed.plan import script
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Dense, Design, Dropout, Training
from core.nn.losses import FUSED, LOSSES
from core.nn.ops import follow
from core.nn.optimizers import OPTIMIZERS, Adam
from core.nn.trainer import Trainer, trainer_at
from core.project.files import read
from tests.core.distributed.runs import finished, processes, written
from tests.core.export.scripts import ITERATIONS, designs, trainer_of

RUNS = dict(designs())
AGREES = 1e-9
pytestmark = pytest.mark.oracle


def made_here(file: Path) -> None:
    pytest.importorskip("torch")
    from core.distributed.worker import TorchRun

    TorchRun(file).train()


def compare(out: Path, trainer: Trainer, first: int = 0) -> None:
    """Compare a result with a trainer: losses, parameters, the optimizer's memory, and moments on the way."""
    work = read(out)
    assert work.theta is not None and work.record is not None and work.iteration == trainer.iteration
    np.testing.assert_allclose(
        work.record.curves.losses[first:], trainer.curves().losses[first:], rtol=AGREES
    )
    moment = trainer.moment()
    np.testing.assert_allclose(work.theta, moment.theta, rtol=AGREES, atol=AGREES)
    if work.memory is not None:
        np.testing.assert_allclose(work.memory, moment.memory, rtol=1e-8, atol=AGREES)
    on_the_way = work.record.past.moments[len(work.record.past.moments) // 2]
    again = trainer_at(
        trainer.network, trainer.dataset, on_the_way.theta, on_the_way.memory, on_the_way.iteration
    )
    again.run(trainer.iteration - on_the_way.iteration)
    np.testing.assert_allclose(again.moment().theta, moment.theta, rtol=AGREES, atol=AGREES)


def test_activations_and_losses_are_those_of_the_tables() -> None:
    """Values, and by the derivative of the loss also the gradients that PyTorch finds."""
    torch = pytest.importorskip("torch")
    from core.distributed import worker

    assert worker.ACTIVATIONS.keys() == ACTIVATIONS.keys() and worker.LOSSES.keys() == LOSSES.keys()
    assert {*worker.OF_Z} == {" ".join(tags) for tags in FUSED}
    z = np.random.default_rng(0).normal(0, 3, (3, 50))
    for name, entry in ACTIVATIONS.items():
        alpha = None if entry.alpha is None else 0.3
        found = worker.ACTIVATIONS[name](torch.from_numpy(z.T.copy()), alpha)
        np.testing.assert_allclose(found.numpy().T, entry.g(z, alpha), rtol=1e-12, atol=1e-14)
    o, y = np.random.default_rng(1).uniform(0.01, 0.99, (3, 50)), (z > 0).astype(float)
    for name, kind in LOSSES.items():
        labels = 2 * y - 1 if name == "hinge" else y
        output = torch.from_numpy(o.copy()).requires_grad_()
        found = worker.LOSSES[name](output, torch.from_numpy(labels), 1.0)
        np.testing.assert_allclose(found.detach().numpy(), kind().terms(o, labels), rtol=1e-12, atol=1e-14)
        found.sum().backward()
        slope = np.empty_like(o)
        follow(kind().derivative_steps(o, labels, slope))
        np.testing.assert_allclose(output.grad.numpy(), slope, rtol=1e-9, atol=1e-12)
    for tags, fused in FUSED.items():
        found = worker.OF_Z[" ".join(tags)](torch.from_numpy(z.T.copy()), torch.from_numpy(y.T.copy()))
        np.testing.assert_allclose(found.numpy().T, fused.terms(z, y), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", [name for name in RUNS if name.split()[0] not in (*LOSSES, "hidden")])
def test_one_process_agrees_with_the_program(name: str, tmp_path: Path) -> None:
    trainer = trainer_of(RUNS[name])
    made_here(written(trainer, ITERATIONS, tmp_path))
    trainer.run(ITERATIONS)
    compare(tmp_path / "out.glassnet", trainer)


@pytest.mark.parametrize("name", [f"{name} mini-batch" for name in OPTIMIZERS])
def test_a_run_goes_on_from_where_it_is(name: str, tmp_path: Path) -> None:
    trainer = trainer_of(RUNS[name])
    trainer.run(37)
    made_here(written(trainer, ITERATIONS, tmp_path))
    trainer.run(ITERATIONS)
    compare(tmp_path / "out.glassnet", trainer, 37)


def everything() -> Design:
    """Return a design with uneven batches, dropout, penalties, a fixed neuron and mixed activations."""
    layers = (
        Dense(5, ("tanh", "relu", "relu", "elu", "sigmoid"), fixed=((0, 1), (1, 1))),
        Dropout(0.3),
        Dense(3, "softmax"),
    )
    training = Training(loss=RUNS["cce softmax blobs"].training.loss, optimizer=Adam(), l2=0.01, batch_size=7)
    return Design("all", Data("blobs", samples=60, seed=2), layers, replace(training, learning_rate=0.02))


def test_processes_that_share_a_batch_have_the_gradient_of_the_whole(tmp_path: Path) -> None:
    """Batches of 7 shared by 2 processes, the last of an epoch smaller."""
    pytest.importorskip("torch")
    trainer = trainer_of(everything())
    finished(processes(written(trainer, ITERATIONS, tmp_path), 2))
    trainer.run(ITERATIONS)
    compare(tmp_path / "out.glassnet", trainer)
    gradients = [record.gradient for record in trainer.curves().records]
    record = read(tmp_path / "out.glassnet").record
    assert record is not None
    found = {one.iteration: one for one in record.curves.records}
    for one, gradient in zip(trainer.curves().records, gradients, strict=True):
        np.testing.assert_allclose(found[one.iteration].gradient, gradient, rtol=1e-7, atol=AGREES)
        np.testing.assert_allclose(found[one.iteration].train, one.train, rtol=AGREES)
        assert one.test is not None and found[one.iteration].test is not None
        np.testing.assert_allclose(found[one.iteration].test.loss, one.test.loss, rtol=AGREES)
        assert found[one.iteration].test.accuracy == one.test.accuracy


def test_a_run_that_is_killed_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    trainer = trainer_of(everything())
    whole = written(trainer, 1500, tmp_path / "whole")
    made_here(whole)
    file = written(trainer, 1500, tmp_path / "killed", checkpoint_seconds=0.0)
    checkpoint = file.with_name("out.glassnet.checkpoint")
    (process,) = processes(file, 1)
    while not checkpoint.exists():
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=300)
    with np.load(checkpoint) as state:
        assert 0 < int(state["iteration"]) < 1500
    made_here(file)
    assert not checkpoint.exists()
    ends = [read(one.with_name("out.glassnet")) for one in (whole, file)]
    for name in ("theta", "memory"):
        np.testing.assert_array_equal(getattr(ends[0], name), getattr(ends[1], name))
    assert ends[0].record is not None and ends[1].record is not None
    np.testing.assert_array_equal(ends[0].record.curves.losses, ends[1].record.curves.losses)


def test_a_checkpoint_of_another_run_is_not_taken(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    trainer = trainer_of(everything())
    file = written(trainer, 5, tmp_path)
    np.savez(tmp_path / "out.glassnet.checkpoint", key=np.array("another"), world=np.array(1))
    (tmp_path / "out.glassnet.checkpoint.npz").rename(tmp_path / "out.glassnet.checkpoint")
    with pytest.raises(SystemExit, match="another run"):
        made_here(file)


@pytest.mark.parametrize("place", ["full", "gone"])
def test_a_result_without_room_is_told_in_a_sentence_and_leaves_nothing(place: str, tmp_path: Path) -> None:
    if place == "full" and not Path("/dev/full").exists():
        pytest.skip("what Linux has, others lack")
    file = written(trainer_of(RUNS["adam mini-batch"]), 40, tmp_path, checkpoint_seconds=0.0)
    if place == "full":
        for name in ("out.glassnet.new", "out.glassnet.checkpoint.new"):
            (tmp_path / name).symlink_to("/dev/full")
        (process,) = processes(file, 1)
    else:
        here = tmp_path / "here"
        here.mkdir()
        (process,) = processes(
            written(trainer_of(RUNS["adam mini-batch"]), 40, here, out="none/a.glassnet"), 1
        )
    said, failed = process.communicate(timeout=300)
    assert process.returncode == 1
    reason = {"full": "no space left on device", "gone": "no such file or directory"}[place]
    on = {"full": "goes on from the last checkpoint", "gone": "makes the run again"}[place]
    assert f"was not written: {reason}; make room, and the same command {on}." in failed
    assert "Traceback" not in failed
    if place == "full":
        assert "checkpoint” was not written: no space left on device; the run goes on." in said
    assert not [one for one in tmp_path.rglob("*") if one.name.endswith((".new", ".glassnet"))]


def test_the_script_brings_nothing_of_the_program() -> None:
    text = script()
    compile(text, "run.py", "exec")
    assert "from ." not in text and "from core" not in text


def test_a_network_too_large_for_a_design_file_leaves_its_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from core.distributed import worker

    trainer = trainer_of(everything())
    file = written(trainer, 70, tmp_path)
    whole = tmp_path / "out.glassnet"
    made_here(file)
    monkeypatch.setattr(worker, "MOST_BYTES", whole.stat().st_size - 1)
    made_here(file)
    work = read(whole)
    assert work.record is not None and not work.record.past.moments and work.memory is not None
    monkeypatch.setattr(worker, "MOST_BYTES", 1)
    with pytest.raises(SystemExit, match=r"out\.npz"):
        made_here(file)
    found = read(tmp_path / "out.npz")
    assert found.theta is not None and work.theta is not None
    np.testing.assert_array_equal(found.theta, work.theta)
