"""The table of exports. To add one, add an entry; terminal and window follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..arrays import Array
from ..language import tr, translatable
from ..nn.curves import Curves
from ..nn.trainer import Snapshot
from ..project.json_io import FileError, reason, replace_file
from .keras_model import keras_model
from .keras_script import keras_script
from .notebook import notebook
from .numbers import (
    activation_arrays,
    curves_csv,
    data_csv,
    gradients_csv,
    history_csv,
    losses_csv,
    metrics_csv,
    parameter_arrays,
    parameters_csv,
    predictions_csv,
)
from .numpy_script import numpy_script
from .onnx_model import onnx_model
from .page import Page
from .report import report, worked_solution
from .run_start import RunStart
from .script_parts import npz
from .tikz import Places, network_graph_tikz, network_tikz
from .torch_script import torch_script
from .torch_state import state_dict


@dataclass(frozen=True)
class ExportedRun:
    """A run to be exported: its present moment and curves, and the start of its script.

    The script makes ``iterations`` updates from ``start``. ``path`` are some iterations (points,) and theta
    after them (points, parameters). ``places`` are the positions of neurons on a canvas, in centimetres.
    ``sample`` (from 0) is that of the worked solution. ``paper`` makes a PDF of a page, which needs Qt.
    """

    snapshot: Snapshot
    curves: Curves
    start: RunStart
    iterations: int
    path: tuple[Array, Array] | None = None
    places: Places | None = None
    sample: int = 0
    paper: Callable[[Page], bytes] | None = None


Files = dict[str, bytes]
"""The contents of the files to write, by the ending added to their common stem; the main file first."""


@dataclass(frozen=True)
class Export:
    """An export: its name in the terminal, its text in menus, and its contents.

    ``group`` is its submenu: "numbers", "scripts", "models"; "" is none of them.
    ``makes`` returns the function that makes the contents, by the suffix of the file; the first suffix is the
    default. ``package`` is the optional package it needs; "" is none.
    """

    name: str
    title: str
    tip: str
    makes: dict[str, Callable[[ExportedRun], Files]]
    package: str = ""
    group: str = ""


def _trained(made: Callable[[Snapshot, Curves], bytes]) -> dict[str, Callable[[ExportedRun], Files]]:
    """Return a function that makes a table of the run; it raises FileError if there is no training yet."""

    def make(run: ExportedRun) -> Files:
        if not run.curves.losses.size:
            raise FileError(tr("There is no curve yet: train first."))
        return {".csv": made(run.snapshot, run.curves)}

    return {".csv": make}


def _csv(made: Callable[[ExportedRun], bytes]) -> dict[str, Callable[[ExportedRun], Files]]:
    return {".csv": lambda run: {".csv": made(run)}}


def _history(run: ExportedRun) -> Files:
    if run.path is None:
        raise FileError(tr("There is no history yet: train first."))
    return {".csv": history_csv(run.snapshot.network, *run.path)}


def _tex(made: Callable[[ExportedRun], str]) -> dict[str, Callable[[ExportedRun], Files]]:
    return {".tex": lambda run: {".tex": made(run).encode()}}


def _page(made: Callable[[ExportedRun], Page]) -> dict[str, Callable[[ExportedRun], Files]]:
    """Return the functions that make a page as HTML and as PDF."""

    def pdf(run: ExportedRun) -> Files:
        assert run.paper is not None
        return {".pdf": run.paper(made(run))}

    return {".html": lambda run: {".html": made(run).html().encode()}, ".pdf": pdf}


def _parameters_npz(run: ExportedRun) -> Files:
    network = run.snapshot.network
    return {".npz": npz(parameter_arrays(network, run.snapshot.theta) | activation_arrays(network))}


def _title(run: ExportedRun) -> str:
    return run.snapshot.network.design.title


def _numpy(run: ExportedRun) -> Files:
    return numpy_script(run.start, run.iterations, _title(run)).files()


def _torch(run: ExportedRun) -> Files:
    return torch_script(run.start, run.iterations, _title(run)).files()


EXPORTS: dict[str, Export] = {
    entry.name: entry
    for entry in (
        Export(
            "losses",
            translatable("&Losses…"),
            translatable("The loss of every iteration, as a table"),
            _trained(losses_csv),
            group="numbers",
        ),
        Export(
            "curves",
            translatable("&Curves…"),
            translatable("Losses, accuracy and size of the gradient at the ends of epochs, as a table"),
            _trained(curves_csv),
            group="numbers",
        ),
        Export(
            "metrics",
            translatable("&Metrics…"),
            translatable("All metrics of the training set and the test set, as a table"),
            _csv(lambda run: metrics_csv(run.snapshot)),
            group="numbers",
        ),
        Export(
            "predictions",
            translatable("&Predictions…"),
            translatable("Target, outputs and loss of every sample, as a table"),
            _csv(lambda run: predictions_csv(run.snapshot)),
            group="numbers",
        ),
        Export(
            "data",
            translatable("&Data…"),
            translatable("All samples with the set they are in, as a table"),
            _csv(lambda run: data_csv(run.snapshot.dataset)),
            group="numbers",
        ),
        Export(
            "parameters",
            translatable("&Weights and biases…"),
            translatable("All parameters, as arrays for NumPy or as a table"),
            {
                ".npz": _parameters_npz,
                ".csv": lambda run: {".csv": parameters_csv(run.snapshot.network, run.snapshot.theta)},
            },
            group="numbers",
        ),
        Export(
            "gradients",
            translatable("Size of the &gradient…"),
            translatable("The size of the gradient of each layer at the ends of epochs, as a table"),
            _trained(gradients_csv),
            group="numbers",
        ),
        Export(
            "history",
            translatable("&History of the weights…"),
            translatable("All parameters after some of the iterations, as a table"),
            {".csv": _history},
            group="numbers",
        ),
        Export(
            "report",
            translatable("&Report…"),
            translatable("Design, data, curves, boundary, metrics, seed and versions, as HTML or PDF"),
            _page(lambda run: report(run.snapshot, run.curves)),
        ),
        Export(
            "solution",
            translatable("Worked solu&tion…"),
            translatable("The whole pass of the selected sample, with its numbers, as PDF or HTML"),
            dict(reversed(_page(lambda run: worked_solution(run.snapshot, run.sample)).items())),
        ),
        Export(
            "tikz",
            translatable("Network in T&ikZ…"),
            translatable("The network with its weights, as a drawing for LaTeX"),
            _tex(lambda run: network_tikz(run.snapshot, run.places)),
        ),
        Export(
            "graph",
            translatable("Graph in Ti&kZ…"),
            translatable("The vectorized computational graph of the network, as a drawing for LaTeX"),
            _tex(lambda run: network_graph_tikz(run.snapshot)),
        ),
        Export(
            "numpy",
            translatable("&NumPy script…"),
            translatable("This run as a script of NumPy alone, in the lecture’s notation"),
            {".py": _numpy},
            group="scripts",
        ),
        Export(
            "torch",
            translatable("P&yTorch script…"),
            translatable("This run as a script of PyTorch"),
            {".py": _torch},
            group="scripts",
        ),
        Export(
            "keras",
            translatable("Ker&as script…"),
            translatable("This run as a script of Keras"),
            {".py": lambda run: keras_script(run.start, run.iterations, _title(run)).files()},
            group="scripts",
        ),
        Export(
            "notebook",
            translatable("&Jupyter notebook…"),
            translatable("This run as a notebook of NumPy, with the formulas in between"),
            {".ipynb": lambda run: {".ipynb": notebook(run.start, run.iterations, _title(run))}},
            group="scripts",
        ),
        Export(
            "onnx",
            translatable("ONN&X model…"),
            translatable("The network with its weights and the scaling of its inputs, for other programs"),
            {".onnx": lambda run: {".onnx": onnx_model(run.snapshot)}},
            package="onnx",
            group="models",
        ),
        Export(
            "state_dict",
            translatable("PyTorch stat&e dict…"),
            translatable("All parameters, as a module of PyTorch loads them"),
            {".pt": lambda run: {".pt": state_dict(run.snapshot.network, run.snapshot.theta)}},
            package="torch",
            group="models",
        ),
        Export(
            "keras_model",
            translatable("Kera&s model…"),
            translatable("The network with its weights and the scaling of its inputs, as Keras opens it"),
            {".keras": lambda run: {".keras": keras_model(run.snapshot)}},
            package="h5py",
            group="models",
        ),
    )
}


def export_for(name: str | None, path: Path) -> Export:
    """Return the named export, or the default one for the suffix of a file. Raises FileError.

    ``name`` None: the first entry of the table that makes such a file, such as losses for .csv.
    """
    if name is not None and name not in EXPORTS:
        raise FileError(tr("There is no “{what}” to export: choose {known}.", what=name, known=_or(EXPORTS)))
    suffix = path.suffix.lower()
    entry = next((one for one in EXPORTS.values() if suffix in one.makes), None)
    entry = entry if name is None else EXPORTS[name]
    if entry is None:
        known = dict.fromkeys(suffix for one in EXPORTS.values() for suffix in one.makes)
        raise FileError(
            tr("“{name}” was not written: its name must end in {known}.", name=path.name, known=_or(known))
        )
    if suffix not in entry.makes:
        raise FileError(
            tr(
                "“{name}” was not written: for “{what}” the name must end in {known}.",
                name=path.name,
                what=entry.name,
                known=_or(entry.makes),
            )
        )
    return entry


def _or(words: Iterable[str]) -> str:
    *most, last = words
    return tr("{first} or {last}", first=", ".join(most), last=last) if most else last


def files_of(entry: Export, run: ExportedRun, path: Path) -> dict[Path, bytes]:
    """Return the contents of the files that an export writes at ``path``, which `export_for` has accepted."""
    made = entry.makes[path.suffix.lower()](run)
    return {
        path if k == 0 else path.with_name(path.stem + end): data
        for k, (end, data) in enumerate(made.items())
    }


def write_files(files: dict[Path, bytes]) -> None:
    """Write files, each completely or not at all, and a script after the files it reads. Raises FileError."""
    for path, data in reversed(files.items()):
        try:
            replace_file(path, data)
        except (OSError, ValueError) as error:
            raise FileError(
                tr(
                    "“{name}” was not written: {reason}; choose another place.",
                    name=path.name,
                    reason=reason(error),
                )
            ) from None
