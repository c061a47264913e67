"""Journals: what is written comes back to the bit, and only those of windows that are gone are found."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace as changed

from core.data.datasets import make_dataset
from core.data.reading import read_table
from core.debugger import checkpoints
from core.debugger.run import Run
from core.nn.batches import Origin
from core.nn.curves import Curves, EpochPace
from core.nn.design import Data, Dense, Design, Training, fitted
from core.nn.network import Network
from core.nn.optimizers import OPTIMIZERS
from core.nn.trainer import Trainer, trainer_at
from core.project.files import MOST_DESIGN_BYTES, DesignFile
from core.project.journal import (
    MOST_LOSSES,
    JournalText,
    WorkState,
    left_behind,
    new_journal,
    read_journal,
)
from core.project.json_io import FileError
from tests.files.test_files import DESIGN, trained

ROOT = Path(__file__).parents[2]
STATE = WorkState(DesignFile(DESIGN), None, None, "Prüfung", 1.7e9)


def read_back(folder: Path, state: WorkState) -> WorkState:
    journal = new_journal(folder)
    journal.write(JournalText().of(state))
    try:
        return read_journal(journal.path)
    finally:
        journal.remove()


def holder(folder: Path, name: str) -> subprocess.Popen[bytes]:
    """Return another process that holds the lock of a journal, and lives until it is killed."""
    script = (
        "import sys, pathlib; from core.project import locks\n"
        "assert (lock := locks.take(pathlib.Path(sys.argv[1])))\n"
        "print(lock.path, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, folder / f"{name}.lock"]
    made = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert made.stdout is not None and made.stdout.readline()
    return made


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process as `kill -9` does, and wait until it is gone."""
    process.kill()
    process.communicate()


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_run_goes_on_from_a_journal_to_the_same_bits(tmp_path: Path, name: str, precision: str) -> None:
    training = Training(optimizer=OPTIMIZERS[name](), precision=precision, batch_size=7, seed=3)
    design = changed(DESIGN, training=training)
    dataset = make_dataset(design.data)
    network = Network(design, dataset)
    trainer = Trainer(network, dataset)
    trainer.run(40)
    moment = trainer.moment()
    work = DesignFile(design, moment.theta, moment.memory, 40, Origin(), b"s" * 32)
    back = read_back(tmp_path, replace(STATE, work=work, path=tmp_path / "a b.glassnet"))
    kept = back.work
    assert kept.design == design and (kept.iteration, kept.stamp) == (40, b"s" * 32)
    assert (back.title, back.path, back.seconds) == ("Prüfung", tmp_path / "a b.glassnet", 1.7e9)
    assert kept.theta is not None and kept.theta.dtype == network.dtype
    again = trainer_at(network, dataset, kept.theta, kept.memory, kept.iteration, kept.origin)
    trainer.run(25)
    again.run(25)
    assert (again.moment().theta == trainer.moment().theta).all()


def run_of(iterations: int, later_batches: int) -> tuple[Run, WorkState]:
    """Return a run whose batches have 7 samples, ``later_batches`` in the second half, and its work."""
    design = changed(DESIGN, training=Training(batch_size=7, seed=3))
    dataset = make_dataset(design.data)
    run = Run(Trainer(Network(design, dataset), dataset))
    run.train(iterations // 2)
    design = changed(design, training=changed(design.training, batch_size=later_batches))
    run.set_training(Network(design, dataset))
    run.train(iterations - iterations // 2)
    moment, trainer = run.trainer.moment(), run.trainer
    work = DesignFile(design, moment.theta, moment.memory, moment.iteration, trainer.origin)
    return run, replace(STATE, work=work, curves=trainer.curves(), past=run.history.outline())


@pytest.mark.parametrize("later_batches", [7, 20])
def test_the_curves_come_back_and_go_on(tmp_path: Path, later_batches: int) -> None:
    run, state = run_of(3000, later_batches)
    kept = read_back(tmp_path, state).work
    assert kept.theta is not None and kept.record is not None
    network, dataset = run.trainer.network, run.trainer.dataset
    again = Run(trainer_at(network, dataset, kept.theta, kept.memory, kept.iteration, kept.origin))
    again.remember(kept.record.curves, kept.record.past)
    for further in (0, 200):
        run.train(further)
        again.train(further)
        before, back = run.trainer.curves(), again.trainer.curves()
        assert (back.losses == before.losses).all() and back.stride == before.stride == 1
        assert [replace(one, epoch=0) for one in back.records] == [
            replace(one, epoch=0) for one in before.records
        ]
        at = np.arange(0, 3000 + further, 37)
        batches = run.trainer.batches
        assert back.epochs_after(at, batches) == pytest.approx(before.epochs_after(at, batches))


def changed_run() -> tuple[Run, WorkState]:
    """Return a run whose η, optimizer, batches and weights were changed, and its work."""
    design = changed(DESIGN, training=Training(batch_size=7, seed=3))
    dataset = make_dataset(design.data)
    run = Run(Trainer(Network(design, dataset), dataset))
    run.train(150)
    run.set_learning_rate(0.03)
    run.train(41)
    for settings in ({"optimizer": OPTIMIZERS["adam"]()}, {"batch_size": 20, "l2": 0.01}):
        design = changed(design, training=changed(design.training, learning_rate=0.03, **settings))
        run.set_training(Network(design, dataset))
        run.train(60)
    run.seek(280)
    run.edit(run.snapshot().theta * 0.5)
    held = changed(design, layers=(changed(design.layers[0], fixed=((1, 1), (0, 2))), *design.layers[1:]))
    run.set_training(Network(held, dataset))
    run.train(300)
    moment, trainer = run.trainer.moment(), run.trainer
    work = DesignFile(held, moment.theta, moment.memory, moment.iteration, trainer.origin)
    return run, replace(STATE, work=work, curves=trainer.curves(), past=run.history.outline())


def test_every_iteration_of_a_run_that_was_changed_comes_back_to_the_same_bits(tmp_path: Path) -> None:
    run, state = changed_run()
    kept = read_back(tmp_path, state).work
    assert kept.theta is not None and kept.record is not None
    dataset = run.trainer.dataset
    network = Network(kept.design, dataset)
    again = Run(trainer_at(network, dataset, kept.theta, kept.memory, kept.iteration, kept.origin))
    again.remember(kept.record.curves, kept.record.past)
    assert again.history.span == run.history.span == (0, 580)
    assert again.history.marks == run.history.marks and len(run.history.marks) == 3
    assert again.trainer.curves().marks == run.trainer.curves().marks
    for iteration in (579, 300, 281, 280, 252, 251, 192, 191, 190, 151, 150, 1, 0):
        for one in (run, again):
            one.seek(iteration)
        before, back = run.snapshot(), again.snapshot()
        assert (back.theta == before.theta).all() and (back.memory == before.memory).all()
        assert again.history.learning_rate(iteration) == run.history.learning_rate(iteration)
    for one in (run, again):
        one.seek(200)
        one.resume()
        one.train(100)
    assert (again.trainer.moment().theta == run.trainer.moment().theta).all()


def test_the_outline_stays_the_same_object_while_a_run_only_goes_on() -> None:
    run, _state = changed_run()
    before = run.history.outline()
    run.train(1000)
    assert run.history.outline() is before
    run.set_learning_rate(0.5)
    assert run.history.outline() is not before


def test_of_a_run_with_more_given_weights_than_a_journal_takes_the_later_part_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, state = changed_run()
    monkeypatch.setattr(checkpoints, "OUTLINE_BYTES", 3 * 1000)
    theta = run.snapshot().theta
    run.edit(theta)
    past = run.history.outline()
    assert 0 < past.moments[0].iteration < 580 and len(past.moments) < len(state.past.moments)
    moment, trainer = run.trainer.moment(), run.trainer
    work = DesignFile(state.work.design, moment.theta, moment.memory, moment.iteration, trainer.origin)
    kept = read_back(tmp_path, replace(state, work=work, curves=trainer.curves(), past=past)).work
    assert kept.record is not None
    assert [one.iteration for one in kept.record.past.moments] == [one.iteration for one in past.moments]


def test_an_outline_of_another_run_is_left_out(tmp_path: Path) -> None:
    _run, state = changed_run()
    assert state.past is not None
    first, *others = state.past.moments
    foreign = Network(changed(DESIGN, training=Training(seed=99)), make_dataset(DESIGN.data))
    for past in (
        replace(state.past, moments=(replace(first, theta=first.theta[1:]), *others)),
        replace(state.past, rates=((7, 0.1),)),
        replace(state.past, stretches=state.past.stretches[1:]),
        replace(state.past, stretches=(replace(state.past.stretches[0], network=foreign),)),
    ):
        back = read_back(tmp_path, replace(state, past=past)).work
        assert back.record is not None and back.record.past.moments == ()
        assert back.theta is not None and back.iteration == 580


@pytest.mark.parametrize(
    ("size", "stride", "unknown"), [(9000, 1, 0), (9000, 4, 17), (100, 2, 100), (5, 1, 2)]
)
def test_long_curves_are_thinned_and_begin_where_they_are_known(size: int, stride: int, unknown: int) -> None:
    losses = np.random.default_rng(1).random(size)
    losses[:unknown] = np.nan
    first, thinned = Curves(losses, stride, ()).from_first(MOST_LOSSES)
    known = thinned.losses[first // thinned.stride :]
    each = thinned.stride // stride
    assert known.size <= MOST_LOSSES and np.isfinite(known).all()
    assert unknown * stride <= first < (unknown + each) * stride
    there = losses[first // stride :][: known.size * each]
    assert size - first // stride - there.size < each
    assert known == pytest.approx(there.reshape(-1, each).mean(axis=1) if known.size else [])


def test_curves_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    _run, state = run_of(40, 7)
    assert state.curves is not None
    paces = (*state.curves.paces, EpochPace(-5, 0.0, 1))
    back = read_back(tmp_path, replace(state, curves=replace(state.curves, paces=paces))).work
    assert back.record is None and back.theta is not None and back.iteration == 40


def test_a_design_with_problems_is_kept_beside_the_last_one_that_worked(tmp_path: Path) -> None:
    broken = changed(DESIGN, layers=(*DESIGN.layers[:-1], Dense(5, "softmax")))
    state = replace(STATE, work=trained(DESIGN), edited=broken)
    back = read_back(tmp_path, state)
    assert (back.work.design, back.edited, back.path) == (DESIGN, broken, None)
    assert back.work.theta is not None and (back.work.theta == state.work.theta).all()


def test_weights_that_diverged_begin_anew(tmp_path: Path) -> None:
    work = trained(DESIGN)
    assert work.theta is not None
    work.theta[3] = np.inf
    back = read_back(tmp_path, replace(STATE, work=work)).work
    assert (back.design, back.theta, back.iteration) == (DESIGN, None, 0)


def test_a_large_table_is_inside(tmp_path: Path) -> None:
    rows = "\n".join(f"{k}.25,{k % 3},{'word' * 12}{k % 7}" for k in range(40_000))
    data = Data("table", table=read_table(f"a,b,y\n{rows}\n".encode()).table)
    design = fitted(Design(data=data, layers=(Dense(2), Dense(1))), make_dataset(data))
    text = JournalText().of(replace(STATE, work=DesignFile(design)))
    assert len(text) > MOST_DESIGN_BYTES
    back = read_back(tmp_path, replace(STATE, work=DesignFile(design))).work
    assert back.design.data.table is not None
    assert back.design.data.table.contents == data.table.contents


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are no text")
def test_a_file_whose_name_is_no_text_is_kept_too(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9 \n.glassnet")
    back = read_back(tmp_path / "journals", replace(STATE, path=path, title=path.name))
    assert back.path == path and "\n" not in back.title


def test_only_journals_of_processes_that_are_gone_are_found(tmp_path: Path) -> None:
    holders = [holder(tmp_path, name) for name in ("first", "second")]
    text = JournalText().of(STATE)
    for name in ("first", "second"):
        (tmp_path / f"{name}.journal").write_bytes(text)
    mine = new_journal(tmp_path)
    mine.write(text)
    assert left_behind(tmp_path) == []
    end(holders[0])
    (found,) = left_behind(tmp_path)
    assert found.path.stem == "first" and read_journal(found.path).work.design == DESIGN
    assert left_behind(tmp_path) == []  # this process offers it
    found.leave()
    end(holders[1])
    both = left_behind(tmp_path)
    assert {journal.path.stem for journal in both} == {"first", "second"}
    for journal in (*both, mine):
        journal.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_was_never_written_whole_is_swept(tmp_path: Path) -> None:
    dead = holder(tmp_path, "a")
    (tmp_path / ".a.journal.writing-0f").write_bytes(b"half")
    end(dead)
    assert left_behind(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="kinds of files of Unix")
def test_what_is_no_file_is_no_journal_and_is_left_alone(tmp_path: Path) -> None:
    text = JournalText().of(STATE)
    for folder in ("a.journal", "b.lock", ".c.journal.writing-0f"):
        (tmp_path / folder).mkdir()
    (tmp_path / "b.journal").write_bytes(text)
    (tmp_path / "c.journal").write_bytes(text)
    os.mkfifo(tmp_path / "d.journal")
    os.mkfifo(tmp_path / "e.lock")
    (tmp_path / "elsewhere").write_bytes(text)
    (tmp_path / "f.journal").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "g.journal").symlink_to(tmp_path / "nowhere")
    before = set(tmp_path.iterdir())
    (found,) = left_behind(tmp_path)
    assert found.path == tmp_path / "c.journal"
    found.remove()
    assert left_behind(tmp_path) == []
    assert set(tmp_path.iterdir()) == before - {found.path}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions, which root does not obey")
def test_one_that_must_not_be_read_says_so_and_can_be_deleted(tmp_path: Path) -> None:
    (tmp_path / "a.journal").write_bytes(JournalText().of(STATE))
    (tmp_path / "a.journal").chmod(0)
    (found,) = left_behind(tmp_path)
    with pytest.raises(FileError, match="cannot be opened"):
        read_journal(found.path)
    found.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_or_cannot_be_read_has_no_journals(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert left_behind(tmp_path / "none") == left_behind(tmp_path / "file") == []
    with pytest.raises(OSError):
        new_journal(tmp_path / "file")


def test_a_damaged_journal_is_refused_in_one_sentence(tmp_path: Path) -> None:
    draw, path = random.Random(5), tmp_path / "a.journal"
    whole = JournalText().of(
        replace(STATE, work=trained(DESIGN), edited=DESIGN, path=tmp_path / "a.glassnet")
    )
    path.write_bytes(whole)
    assert read_journal(path).work.design == DESIGN
    line = whole.index(b"\n")
    for k in range(200):
        text = bytearray(whole)
        for _ in range(draw.randint(1, 3)):
            at = draw.randrange(line + 40 if k % 2 else len(text))
            if draw.random() < 0.5:
                text[at] ^= 1 << draw.randrange(8)
            else:
                del text[at : at + draw.randint(1, 30)]
        path.write_bytes(text[: draw.randrange(len(text))] if k % 10 == 0 else text)
        try:
            back = read_journal(path)
        except FileError as error:
            assert "\n" not in str(error) and str(error).startswith(
                "The kept work “a.journal” cannot be read"
            )
        else:  # a letter of the title or the path, or a digit of the time
            assert back.work.design == back.edited == DESIGN
            assert back.work.theta is not None and back.work.theta.size
