"""The command `export`, which needs no Qt: numbers of a run as CSV or .npz, and the run as a script."""

from __future__ import annotations

from pathlib import Path

from core.export.run_start import start_of_trainer
from core.export.table import ExportedRun, check_folder, export_for, files_of, write_files
from core.language import tr
from core.project.files import find, read
from core.project.json_io import FileError
from gui.cli.printing import say
from gui.cli.train import DEFAULT_EPOCHS, compiled, start_anew, train_to, trainer_of


def export(
    name: str,
    out: str,
    *,
    what: str | None = None,
    epochs: int | None = None,
    iterations: int | None = None,
    seed: int | None = None,
    overwrite: bool = False,
) -> int:
    """Write numbers or a script of a file or an example; return the exit code.

    The network is trained before as long as asked for; a script itself trains so long, from the state in the
    file. Exit codes are those of `train.train`. Raises FileError, also if the file to be written is there
    already, unless ``overwrite``.
    """
    path, place = find(name), Path(out)
    entry = export_for(what, place)
    check_folder(place)
    _keep(place, overwrite)
    work = start_anew(read(path), seed)
    trainer = trainer_of(*compiled(path, work), work)
    start, script = start_of_trainer(trainer), place.suffix.lower() in (".py", ".ipynb")
    length = iterations
    if length is None:
        length = trainer.batches * ((DEFAULT_EPOCHS if script else 0) if epochs is None else epochs)
    code = 0 if script else train_to(trainer, trainer.iteration + length)
    files = files_of(entry, ExportedRun(trainer.snapshot(), trainer.curves(), start, length), place)
    for file in files:
        _keep(file, overwrite)
    write_files(files)
    say("\n".join(str(file) for file in files))
    return code


def _keep(file: Path, overwrite: bool) -> None:
    """Raise FileError if a file is there that is not to be replaced."""
    if file.exists() and not overwrite:
        raise FileError(
            tr("“{name}” is there already: choose another name, or add --overwrite.", name=str(file))
        )
