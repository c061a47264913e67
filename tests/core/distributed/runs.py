"""Helpers for tests of distributed runs: a plan written to a file, and processes that make the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from core.distributed.plan import DistributedRun, plan_file, script
from core.export.run_start import start_of_trainer
from core.nn.trainer import Trainer


def written(trainer: Trainer, iterations: int, folder: Path, **more: object) -> Path:
    """Write the plan of a run that begins where a trainer is; return its file."""
    run = DistributedRun(start_of_trainer(trainer), iterations, **{"out": "out.glassnet", **more})  # type: ignore[arg-type]
    folder.mkdir(exist_ok=True)
    file = folder / "run_data.npz"
    file.write_bytes(plan_file(run))
    return file


def processes(file: Path, count: int, **changes: str) -> list[subprocess.Popen[str]]:
    """Start the exported script in some processes that share its batches."""
    code = file.with_name("run.py")
    code.write_text(script(), encoding="utf-8")
    meeting = file.with_name("meeting")
    meeting.unlink(missing_ok=True)
    common = {"MEETING_FILE": str(meeting), "WORLD_SIZE": str(count), "LOCAL_WORLD_SIZE": str(count)}
    started = []
    for rank in range(count):
        own = {"RANK": str(rank), "LOCAL_RANK": str(rank), "GLOO_SOCKET_IFNAME": "lo"}
        started.append(
            subprocess.Popen(
                [sys.executable, "-W", "error::UserWarning", str(code)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**os.environ, **common, **own, **changes},
            )
        )
    return started


def finished(started: list[subprocess.Popen[str]]) -> str:
    """Wait for processes that must succeed; return what the first one said."""
    found = [process.communicate(timeout=300) for process in started]
    assert [process.returncode for process in started] == [0] * len(started), found
    return found[0][0]
