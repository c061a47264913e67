"""The command `train --engine torch`, which needs no Qt: training by PyTorch, in one or more processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.distributed.batches import ShardBatches
from core.distributed.plan import DistributedRun, Shards, plan_file, script
from core.distributed.scan import scan
from core.export.run_start import start_of_trainer
from core.export.table import write_files
from core.export.torch_state import torch_package
from core.language import tr
from core.nn.trainer import Trainer
from core.project.files import DesignFile, check_save, text_at
from core.project.json_io import FileError, check_output
from core.project.linked_tables import write_beside
from core.project.model_files import is_model
from gui.cli.data import TableOptions
from gui.cli.printing import complain, log, rewrite, say

FINISHED_SECONDS = 60  # allowed to the others after the first process has ended
DIVERGED = 3


@dataclass(frozen=True)
class TorchOptions:
    """Options of training by PyTorch: ``device``, number of processes; or only write a ``script``."""

    device: str = "cpu"
    processes: int = 1
    script: str | None = None


def with_large_table(work: DesignFile, table: TableOptions) -> tuple[DesignFile, Shards]:
    """Return a design with a table that is read in shards; weights are kept if it has this data already."""
    progress = _ProgressLine()
    found = scan(
        Path(table.file),
        work.design,
        table.targets,
        standardize=table.standardize,
        header=table.header,
        progress=progress.show,
    )
    progress.end()
    say(tr("{name}: {rows:,} rows to learn from.", name=Path(table.file).name, rows=found.rows))
    return (work if work.design == found.design else DesignFile(found.design)), found.shards


def batches_of(shards: Shards, trainer: Trainer, options: TorchOptions) -> int:
    """Return the number of batches in an epoch over a large table."""
    plan = shards.plan | {"batch": start_of_trainer(trainer).batch}
    return int(ShardBatches(plan, 0, options.processes).per_epoch)


def run_torch(
    trainer: Trainer, iterations: int, save: str | None, options: TorchOptions, shards: Shards | None
) -> int:
    """Train by PyTorch from the state of a trainer; save the result at ``save``. Return the exit code.

    An interrupted run continues from its checkpoint beside ``save``.
    """
    if save is None:
        raise FileError(tr("PyTorch trains into a file: name it with --save OUT.glassnet."))
    torch = torch_package()
    if options.device == "cuda" and not torch.cuda.is_available():
        raise FileError(tr("PyTorch finds no GPU here: leave --devices cuda out."))
    if is_model(Path(save)):
        raise FileError(tr("“{name}” was not saved: its name must end in .glassnet.", name=save))
    check_save(save)
    out = Path(save).absolute()
    start, text = start_of_trainer(trainer), _design_at(out, trainer)
    run = DistributedRun(start, iterations, str(out), shards, options.device, text=text)
    with tempfile.TemporaryDirectory(prefix="glassnet-") as folder:
        file = Path(folder) / "run_data.npz"
        file.write_bytes(plan_file(run))
        file.with_name("run.py").write_text(script(), encoding="utf-8")
        return _watched(file, options.processes)


def write_script(
    trainer: Trainer, iterations: int, options: TorchOptions, shards: Shards | None, force: bool
) -> None:
    """Write the script of a run and its input files, to be run by `torchrun` on one or more machines."""
    place = Path(str(options.script))
    if place.suffix != ".py":
        raise FileError(tr("“{name}” was not written: its name must end in .py.", name=place.name))
    data = place.with_name(f"{place.stem}_data.npz")
    for file in (place, data):
        check_output(file, replace=force)
    out, start = place.with_suffix(".glassnet"), start_of_trainer(trainer)
    text = _design_at(out, trainer)
    run = DistributedRun(start, iterations, out.name, shards, options.device, text=text)
    write_files({place: script().encode(), data: plan_file(run)})
    say(f"{place}\n{data}")


def _design_at(out: Path, trainer: Trainer) -> bytes:
    """Write the design file at ``out`` before a run; a large table is put beside it. Raises FileError."""
    text, beside = text_at(out, DesignFile(trainer.network.design))
    if beside is not None:
        write_beside(*beside)
    return text


def _watched(file: Path, count: int) -> int:
    """Start the processes of a run and print the output of the first one; return the exit code."""
    with _processes(file, count) as started:
        line, first = _ProgressLine(), started[0]
        assert first.stdout is not None
        try:
            for text in first.stdout:
                line.show(text.rstrip("\n"))
            codes = [process.wait(FINISHED_SECONDS) for process in started]
        except KeyboardInterrupt:
            line.end()
            complain(tr("stopped; the same command goes on from the last checkpoint."))
            return 130
        line.end()
    if not any(codes):
        return 0
    rank = next(
        (k for k, code in enumerate(codes) if code == DIVERGED),
        next(k for k, code in enumerate(codes) if code),
    )
    said = file.with_name(f"said-{rank}").read_text(encoding="utf-8", errors="replace").strip()
    complain(said.splitlines()[-1] if said else tr("process {rank} ended without a word.", rank=rank + 1))
    return 1


@contextmanager
def _processes(file: Path, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Start processes that share a run; at the end, terminate those that still run."""
    common = {
        "MEETING_FILE": str(file.with_name("meeting")),
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
    }
    lo = {"GLOO_SOCKET_IFNAME": "lo"} if sys.platform.startswith("linux") else {}
    started = list[subprocess.Popen[str]]()
    try:
        for rank in range(count):
            with file.with_name(f"said-{rank}").open("w") as said:
                started.append(
                    subprocess.Popen(
                        [sys.executable, str(file.with_name("run.py"))],
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE if rank == 0 else subprocess.DEVNULL,
                        stderr=said,
                        text=True,
                        env={**os.environ, **common, **lo, "RANK": str(rank), "LOCAL_RANK": str(rank)},
                    )
                )
        yield started
    finally:
        for process in started:
            if process.poll() is None:
                process.terminate()
        for process in started:
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


class _ProgressLine:
    """One line that is rewritten, or in a log a new line for each text."""

    def __init__(self) -> None:
        self._line, self._shown = sys.stderr.isatty(), False

    def show(self, text: str) -> None:
        """Show a text."""
        (rewrite if self._line else log)(text)
        self._shown = True

    def end(self) -> None:
        """End the line."""
        if self._line and self._shown:
            log()
