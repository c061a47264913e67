"""The command `export`, which needs no Qt: numbers of a run as CSV or .npz, and the run as a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.export.page import Page
from core.export.run_start import start_of_trainer
from core.export.table import ExportedRun, export_for, files_of, write_files
from core.project.files import find, read
from core.project.json_io import check_output
from gui.cli.printing import say
from gui.cli.train import DEFAULT_EPOCHS, compiled, start_anew, train_to, trainer_of

POINTS = 256  # points of a weight history


def export(
    name: str,
    out: str,
    *,
    what: str | None = None,
    epochs: int | None = None,
    iterations: int | None = None,
    seed: int | None = None,
    overwrite: bool = False,
    sample: int = 1,
    paper: Callable[[Page], bytes] | None = None,
) -> int:
    """Write numbers or a script of a file or an example; return the exit code.

    The network is trained first for ``epochs`` or ``iterations``; a script itself trains that long, from the
    state in the file. Exit codes are those of `train.train`. Raises FileError, also if the output file exists
    already, unless ``overwrite``. ``sample`` (from 1) is that of the worked solution, ``paper`` makes a PDF.
    """
    path, place = find(name), Path(out)
    entry = export_for(what, place)
    check_output(place, replace=overwrite)
    work = start_anew(read(path), seed)
    trainer = trainer_of(*compiled(path, work), work)
    start, script = start_of_trainer(trainer), place.suffix.lower() in (".py", ".ipynb")
    length = iterations
    if length is None:
        length = trainer.batches * ((DEFAULT_EPOCHS if script else 0) if epochs is None else epochs)
    code, path_so_far = 0, [(trainer.iteration, trainer.moment().theta)]
    goal = trainer.iteration + (0 if script else length)
    for stop in _stops(trainer.iteration, goal, POINTS if entry.name == "history" else 1):
        code = train_to(trainer, stop)
        path_so_far.append((trainer.iteration, trainer.moment().theta))
        if code:
            break
    iterations_, thetas = zip(*path_so_far, strict=True)
    run = ExportedRun(
        trainer.snapshot(),
        trainer.curves(),
        start,
        length,
        (np.array(iterations_), np.array(thetas)),
        sample=sample - 1,
        paper=paper,
    )
    files = files_of(entry, run, place)
    for file in files:
        check_output(file, replace=overwrite)
    write_files(files)
    say("\n".join(str(file) for file in files))
    return code


def _stops(first: int, last: int, most: int) -> list[int]:
    """Return at most ``most`` iterations, at which a run from ``first`` to ``last`` is recorded."""
    return sorted({first + round((last - first) * k / most) for k in range(1, most + 1)} - {first})
