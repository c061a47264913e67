"""Design files `NAME.glassnet`: a design, optionally with the state of its training, as readable JSON.

The format is ``{"format": "glassnet-design", "version": 1, "design": {…}, "theta": […], "memory": [[…]],
"iteration": n, "origin": {…}, "run": {…}}``. A design alone omits the last five; a run that began with its
present settings omits the origin; ``run`` describes a run that was made outside the window. Field names are
those of the program, and nothing in a file is executed.

Files may come from anywhere, so they are read with care: the size is checked before the content, the schema
before the values, and the number of weights before an array is allocated. Faults are reported in one sentence
with the place in the file. Writing never leaves a damaged file.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Raw
from msgspec.structs import replace as changed_fields

from ..arrays import Array
from ..data.datasets import make_dataset
from ..data.table import Table, TableFile
from ..language import tr
from ..nn.activations import ACTIVATIONS
from ..nn.batches import Origin
from ..nn.design import Dense, Design, DesignError, plain_json, range_problems
from ..nn.network import Network
from .json_io import (
    ASSETS,
    DESIGN,
    FileError,
    Head,
    PlaceError,
    bytes_of,
    check_fields,
    check_head,
    check_place,
    comes_with_program,
    converted,
    decoded,
    fingerprint,
    fingerprint_on_disk,
    flat_lists,
    json_text,
    read_checked,
    read_numbers,
    reason,
    write_checked,
)
from .linked_tables import LinkedTableError, put_beside, stays_inside, with_cells, write_beside
from .locks import alone_in
from .model_files import is_model, read_model
from .run_record import StoredRun, record_json, run_record

__all__ = [
    "ChangedFileError",
    "DesignFile",
    "FileError",
    "LinkedTableError",
    "changed",
    "check_save",
    "comes_with_program",
    "examples",
    "find",
    "from_text",
    "is_model",
    "read",
    "write",
]

SUFFIX = DESIGN.suffix
MOST_DESIGN_BYTES = 2 << 20
MOST_ITERATIONS = 10**12
EXAMPLES = ASSETS / "designs"

Json = dict[str, Any]

# MIGRATIONS[v - 1] turns the design of version v, as a dict, into that of version v + 1.
MIGRATIONS: tuple[Callable[[Json], Json], ...] = ()
VERSION = 1 + len(MIGRATIONS)


@dataclass(frozen=True, eq=False)
class DesignFile:
    """The contents of a design file: a design, and the state of its training.

    ``theta`` (parameters,) and ``memory`` (the optimizer's vectors, parameters) are None if only the design
    is stored. ``iteration`` counts the updates that led to theta; ``origin`` says where epochs and the
    optimizer's updates count from. ``stamp`` is the fingerprint of the file it was read from. ``remark`` says
    what was assumed when a model of another program was read. ``record`` describes the run (None: unknown).
    """

    design: Design
    theta: Array | None = None
    memory: Array | None = None
    iteration: int = 0
    origin: Origin = field(default_factory=Origin)
    stamp: bytes = b""
    remark: str = ""
    record: StoredRun | None = None


class _Origin(msgspec.Struct, forbid_unknown_fields=True):
    iteration: int = 0
    epochs: int = 0
    optimizer: int = 0


class _File(Head, forbid_unknown_fields=True):
    design: Raw
    theta: Raw = Raw(b"null")
    memory: Raw = Raw(b"null")
    iteration: int = 0
    origin: _Origin = msgspec.field(default_factory=_Origin)
    run: Raw = Raw(b"null")


def read(path: str | Path, linked: str | Path | None = None, *, accept_changed: bool = False) -> DesignFile:
    """Return the contents of a file. Raises FileError, before allocating anything large.

    A table that is not in the file itself is read from the file it names, or from ``linked``. Raises
    LinkedTableError if that is missing, or if it has changed, unless with ``accept_changed``: weights that do
    not fit the changed table are then left out. A model of another program (`model_files`) becomes a design.
    """
    path = Path(path)
    if is_model(path):
        design, theta, remark = read_model(path)
        return DesignFile(design, theta, remark=remark)
    data = bytes_of(path, DESIGN)
    cells = partial(
        with_cells,
        design=path,
        elsewhere=None if linked is None else Path(linked),
        accept_changed=accept_changed,
    )
    try:
        work = read_checked(path, data, partial(_parsed, cells=cells))
    except LinkedTableError:
        raise
    except FileError:
        if not accept_changed:
            raise
        work = read_checked(path, data, partial(_parsed, cells=cells, weights=False))
    return replace(work, stamp=fingerprint(data))


def from_text(data: bytes) -> DesignFile:
    """Return the contents of the text of a file. Raises PlaceError."""
    return _parsed(data)


class ChangedFileError(FileError):
    """A file that is not overwritten, since it has changed; ``found`` is its present fingerprint."""

    def __init__(self, path: Path, found: bytes) -> None:
        super().__init__(tr("“{name}” was not saved: another program has changed it.", name=path.name))
        self.found = found


def write(path: str | Path, work: DesignFile, expected: bytes = b"") -> bytes:
    """Write a file atomically: at any time, either the old or the new one exists, complete.

    Returns the fingerprint of the file. Raises FileError; the old file is then unchanged. With the
    fingerprint ``expected`` of what is to be replaced, raises ChangedFileError if something else is there.
    """
    path = Path(path)
    with alone_in(Path(os.path.realpath(path)).parent):
        if expected and (found := fingerprint_on_disk(path, DESIGN)) not in (b"", expected):
            raise ChangedFileError(path, found)
        return _write(path, work)


def _write(path: Path, work: DesignFile) -> bytes:
    table = work.design.data.table
    text, beside = text_at(path, work)
    if beside is not None:
        write_beside(*beside)
    return write_checked(path, text, DESIGN, partial(_parsed, cells=lambda stored: table or stored))


def text_at(path: Path, work: DesignFile) -> tuple[bytes, tuple[Path, bytes] | None]:
    """Return the contents of a design file at ``path``, and of the file beside it that holds a large table.

    The latter is None if the table is inside, or in a file already. Raises FileError.
    """
    table = work.design.data.table
    if table is None:
        return _encoded(work), None
    stored, beside = changed_fields(table, file=None), None
    inside = stays_inside(table)
    if not inside or len(_encoded(DesignFile(_with_table(work.design, stored)))) > MOST_DESIGN_BYTES:
        check_place(path, DESIGN)
        stored, beside = put_beside(table, path, _table_file(path))
    return _encoded(replace(work, design=_with_table(work.design, stored))), beside


def _with_table(design: Design, table: Table) -> Design:
    return changed_fields(design, data=changed_fields(design.data, table=table))


def check_save(path: str | Path) -> None:
    """Raise FileError if `write` would refuse this path; call it before long work."""
    check_place(Path(path), DESIGN)


def changed(path: Path, stamp: bytes) -> bool:
    """Return whether the file's contents differ from those with the fingerprint ``stamp``."""
    return fingerprint_on_disk(path, DESIGN) not in (b"", stamp)


def examples() -> dict[str, Path]:
    """Return the example designs of the program by name."""
    return {path.stem: path for path in sorted(EXAMPLES.glob(f"*{SUFFIX}"))}


def find(name_or_path: str) -> Path:
    """Return the file at a path, or the example of that name. Raises FileError."""
    path = Path(name_or_path)
    try:
        if path.exists():
            return path
    except (OSError, ValueError) as error:
        raise FileError(
            tr(
                "“{name_or_path}” cannot be opened: {reason}; choose another file.",
                name_or_path=name_or_path,
                reason=reason(error),
            )
        ) from None
    known = examples()
    if name_or_path not in known:
        raise FileError(
            tr(
                "There is no file “{name_or_path}”, and no example of that name; the examples are {known}.",
                name_or_path=name_or_path,
                known=", ".join(known),
            )
        )
    return known[name_or_path]


# -- reading ------------------------------------------------------------------------------------------


class _Unusual(Exception):
    """A file whose weights cannot be read separately from the rest."""


def _table_file(path: Path) -> TableFile | None:
    """Return the file that a design file names for its table; None: it names none."""
    try:
        design = decoded(bytes(_file(bytes_of(path, DESIGN)).design), Design, "design")
    except (FileError, PlaceError):
        return None
    return design.data.table.file if design.data.table is not None else None


Filled = Callable[[Table], Table]
"""Returns a table that names the file of its cells, with these cells."""


def _parsed(data: bytes, cells: Filled = lambda table: table, *, weights: bool = True) -> DesignFile:
    """Return the contents of a file; without ``weights``, the design alone."""
    try:
        return _with_weights_apart(data, cells, weights)
    except _Unusual:
        file = _file(data)
        rest = _without(data, *(bytes(part) for part in (file.theta, file.memory, file.run)))
        return _work(file, rest, partial(_decoded_numbers, file), cells, weights)


def _with_weights_apart(data: bytes, cells: Filled, weights: bool) -> DesignFile:
    """Return the contents of a file, reading megabytes of weights only once. Raises _Unusual."""
    lists = {name: flat_lists(data, name, nested=name == "memory") for name in ("theta", "memory")}
    rest = data
    for parts in sorted(filter(None, lists.values()), key=lambda parts: -parts[0].start):
        rest = rest[: parts[0].start] + rest[parts[-1].stop :]
    try:
        file = _file(rest)
    except PlaceError:
        if rest is data:
            raise
        raise _Unusual from None  # otherwise line and column would be those of the rest
    rest = _without(rest, bytes(file.run))
    if len(rest) > MOST_DESIGN_BYTES or any(
        parts and getattr(file, name) == Raw(b"null") for name, parts in lists.items()
    ):
        raise _Unusual
    return _work(file, rest, partial(_numbers_apart, data, lists), cells, weights)


def _file(data: bytes) -> _File:
    try:
        file = decoded(data, _File, "")
    except PlaceError:
        # A newer version may have other fields: report the version, not unknown fields.
        check_head(decoded(data, Head, ""), DESIGN, VERSION)
        raise
    check_head(file, DESIGN, VERSION)
    return file


def _work(
    file: _File,
    rest: bytes,
    numbers: Callable[[str, tuple[int, ...], np.dtype[Any]], Array],
    cells: Filled,
    weights: bool,
) -> DesignFile:
    """Return the contents of a file.

    ``rest`` is its text without weights; ``numbers(name, shape, dtype)`` returns the array of a field. Raises
    PlaceError.
    """
    if not 0 <= file.iteration <= MOST_ITERATIONS:
        raise PlaceError(
            tr(
                "iteration must be between 0 and {most}; it is {iteration}.",
                most=MOST_ITERATIONS,
                iteration=file.iteration,
            )
        )
    design, origin = _design(file, rest), _origin(file)
    table = design.data.table
    if table is not None and table.file is not None:
        design = _with_table(design, cells(table))
    if not weights:
        return DesignFile(design)
    has_theta, has_memory = (raw != Raw(b"null") for raw in (file.theta, file.memory))
    if has_memory and not has_theta:
        raise PlaceError(tr("memory belongs to weights, but theta is missing: remove memory."))
    if not has_theta:
        return DesignFile(design, iteration=file.iteration, origin=origin)
    try:
        network = Network(design, make_dataset(design.data))
    except DesignError as error:
        raise PlaceError(tr("theta belongs to a network that works, but: {error}", error=error)) from None
    theta = numbers("theta", (network.parameters,), network.dtype)
    told = file.run != Raw(b"null")
    record = run_record(bytes(file.run), network, file.iteration) if told else None
    shape = (design.training.optimizer.vectors, network.parameters)
    if not has_memory:
        return DesignFile(design, theta, iteration=file.iteration, origin=origin, record=record)
    memory = numbers("memory", shape, network.dtype)
    for k in design.training.optimizer.squares:
        if (memory[k] < 0).any():
            raise PlaceError(
                tr("memory[{k}] must be means of squares, but one is negative: remove memory.", k=k)
            )
    return DesignFile(design, theta, memory, file.iteration, origin, record=record)


def _origin(file: _File) -> Origin:
    """Return the checked origin of a run: within the run, with at least one update per epoch."""
    found = file.origin
    most = {"iteration": file.iteration, "epochs": found.iteration, "optimizer": file.iteration}
    for name, highest in most.items():
        if not 0 <= (value := getattr(found, name)) <= highest:
            raise PlaceError(
                tr(
                    "origin.{name} must be between 0 and {highest}; it is {value}.",
                    name=name,
                    highest=highest,
                    value=value,
                )
            )
    return Origin(found.iteration, found.epochs, found.optimizer)


def _design(file: _File, rest: bytes) -> Design:
    """Return the design in a file, migrated from older versions. Raises PlaceError."""
    if len(rest) > MOST_DESIGN_BYTES:
        raise PlaceError(
            tr(
                "design has {count:.1f} MiB; at most {most} MiB: make it smaller.",
                count=len(rest) / 2**20,
                most=MOST_DESIGN_BYTES >> 20,
            )
        )
    return _migrated(file, rest)


def _migrated(file: _File, rest: bytes) -> Design:
    """Return the design in a file whose text without weights is ``rest``, in its present form."""
    text = bytes(file.design)
    if file.version == VERSION:
        design = decoded(text, Design, "design")
    else:
        old = decoded(text, dict, "design")
        for migrate in MIGRATIONS[file.version - 1 :]:
            old = migrate(old)
        design = converted(old, Design, "design", text)
    _check_names(design)
    check_fields(rest)
    return design


def design_text(design: Design) -> bytes:
    """Return a design as the text of a file that contains its table too, however large."""
    table = design.data.table
    return _encoded(
        DesignFile(design if table is None else _with_table(design, changed_fields(table, file=None)))
    )


def design_from(text: bytes) -> Design:
    """Return the design that `design_text` wrote. Raises PlaceError."""
    return _migrated(_file(text), text)


def _without(data: bytes, *lists: bytes) -> bytes:
    """Return the JSON text with its long lists of numbers replaced by 0."""
    for numbers in lists:
        if numbers.startswith((b"[", b"{")):
            data = data.replace(numbers, b"0", 1)
    return data


def _check_names(design: Design) -> None:
    """Raise PlaceError for names that are in no table; other problems are left to be shown in the GUI."""
    for problem in range_problems(design):
        raise PlaceError(f"design.{problem.where}: {problem.why}")
    for k, layer in enumerate(design.layers):
        names = layer.activations if isinstance(layer, Dense) else ()
        for name in dict.fromkeys(names):
            if name not in ACTIVATIONS:
                known = ", ".join(ACTIVATIONS)
                raise PlaceError(
                    tr(
                        "design.layers[{k}].activation cannot be “{name}”: choose one of {known}.",
                        k=k,
                        name=name,
                        known=known,
                    )
                )


def _numbers_apart(
    data: bytes, lists: dict[str, list[slice]], name: str, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> Array:
    """Return an array of finite numbers from the lists ``lists[name]`` in the text. Raises _Unusual."""
    parts = lists[name]
    if len(parts) != (shape[0] if len(shape) > 1 else 1):
        raise _Unusual
    rows = np.empty((len(parts), shape[-1]))
    for k, part in enumerate(parts):
        if not read_numbers(data, part, rows[k], f"{name}[{k}]" if len(shape) > 1 else name):
            start, stop = parts[0].start, parts[-1].stop
            commas = data.count(b",", start, stop)
            _check_count(commas + 1 if commas or data[start:stop].strip() else 0, shape, name)
            raise _Unusual
    return _finite(rows, shape, name, dtype)


def _decoded_numbers(file: _File, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return an array of finite numbers of a field; they are counted before they are decoded."""
    text = bytes(getattr(file, name))
    if not text.startswith(b"["):
        raise PlaceError(tr("{name} must be a list of numbers: remove {name}.", name=name))
    _check_count(text.count(b",") + 1 if text.strip(b"[] \t\r\n") else 0, shape, name)
    rows = decoded(text, list[float] if len(shape) == 1 else list[list[float]], name)
    try:
        return _finite(np.array(rows, float), shape, name, dtype)
    except ValueError:
        raise PlaceError(
            tr(
                "{name} must be {rows} lists of {columns} numbers each.",
                name=name,
                rows=shape[0],
                columns=shape[1],
            )
        ) from None


def _check_count(count: int, shape: tuple[int, ...], name: str) -> None:
    wanted = int(np.prod(shape))
    if count != wanted:
        raise PlaceError(
            tr(
                "{name} has {count:,} numbers, but this network needs {wanted:,}: remove {name}, or "
                "take the design it belongs to.",
                name=name,
                count=count,
                wanted=wanted,
            )
        )


def _finite(numbers: Array, shape: tuple[int, ...], name: str, dtype: np.dtype[Any]) -> Array:
    with np.errstate(over="ignore"):
        array = numbers.reshape(shape).astype(dtype)
    if not np.isfinite(array).all():
        raise PlaceError(
            tr("{name} holds a number that is too large for {dtype}: remove {name}.", name=name, dtype=dtype)
        )
    return array


# -- writing ------------------------------------------------------------------------------------------


def text_of_file(work: DesignFile) -> bytes:
    """Return the contents of a design file that contains its table, however large."""
    table = work.design.data.table
    if table is None:
        return _encoded(work)
    return _encoded(replace(work, design=_with_table(work.design, changed_fields(table, file=None))))


def _encoded(work: DesignFile) -> bytes:
    head: Json = {"format": DESIGN.format, "version": VERSION, "design": plain_json(work.design)}
    tail: Json = {"iteration": work.iteration} if work.iteration else {}
    if work.origin != Origin():
        tail["origin"] = vars(work.origin)
    for name, array in (("memory", work.memory), ("theta", work.theta)):
        if array is not None:
            tail = {name: array.tolist(), **tail}
    text = json_text(head)[:-2]
    if work.record is not None:
        tail["run"] = Raw(record_json(work.record))
    lines = [b"  " + msgspec.json.encode(name) + b": " + msgspec.json.encode(tail[name]) for name in tail]
    return b",\n".join([text, *lines]) + b"\n}\n"
