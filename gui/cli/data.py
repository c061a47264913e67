"""The command `data`, which shows how a table is read, and the tables of the command `train`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from core.data.encoding import TEST, TRAIN, EncodedColumn, EncodedTable, encoded
from core.data.guessing import guessed_reading
from core.data.reading import ReadTable, bytes_of_table, read_file
from core.data.table import Column, Table, TableError, size_text
from core.language import tr
from core.nn.design import Design
from core.number_style import ratio_text
from core.project.json_io import FileError
from gui.cli.printing import rewrite, say

MOST_SAID = 8
SCALED = ("standardized", "0..1", "-1..1")


@dataclass(frozen=True)
class TableOptions:
    """The options of a table on the command line; what they leave open is guessed.

    ``targets`` names the columns of the targets; ``header`` is False if the first line does not name the
    columns; without ``standardize``, numbers are used as they are in the file.
    """

    file: str
    targets: Sequence[str] = ()
    header: bool | None = None
    standardize: bool = True


def data(options: TableOptions, *, as_json: bool = False) -> int:
    """Print how a table is read, and return the exit code: 1 if no network can be trained on it."""
    read = understood(options)
    made = encoded(read.table)
    told = _as_json(options, read, made)
    say(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(_lines(told, made)))
    return 1 if made.dataset.problem else 0


def understood(options: TableOptions) -> ReadTable:
    """Return the table of a file. Raises FileError."""
    path = Path(options.file)
    try:
        reading = None
        if options.header is not None:
            reading = guessed_reading(bytes_of_table(path), header=options.header)
        read = read_file(path, reading, targets=options.targets, progress=_shown)
        if sys.stderr.isatty():
            rewrite("")
    except TableError as error:
        said = str(error)
        raise FileError(said if path.name in said else f"“{path.name}”: {said}") from None
    if options.standardize:
        return read
    columns = tuple(
        replace(column, entry="unscaled") if column.entry in SCALED else column
        for column in read.table.columns
    )
    return ReadTable(replace(read.table, columns=columns), read.reading, read.notes)


def _shown(share: float) -> bool:
    """Show how much of a table is read, if the output is a terminal; return True to go on reading."""
    if sys.stderr.isatty():
        rewrite(tr("{share} of the table are read", share=ratio_text(share)))
    return True


def on_table(design: Design, table: Table) -> Design:
    """Return a design whose data are a table."""
    return replace(design, data=replace(design.data, source="table", table=table))


def used(made: EncodedTable) -> str:
    """Return the number of rows used, and what the network's inputs are, as a sentence."""
    dataset = made.dataset
    rows = tr(
        "{used:,} of {rows:,} rows are used, {train:,} for training, {test:,} for testing.",
        used=dataset.train.size + dataset.test.size,
        rows=made.parts.size,
        train=int((made.parts == TRAIN).sum()),
        test=int((made.parts == TEST).sum()),
    )
    gets = tr(
        "The network gets {inputs} and {outputs}.",
        inputs=tr("1 input") if dataset.features == 1 else tr("{n} inputs", n=dataset.features),
        outputs=tr("1 output") if dataset.outputs == 1 else tr("{n} outputs", n=dataset.outputs),
    )
    return f"{rows} {gets}"


def _as_json(options: TableOptions, read: ReadTable, made: EncodedTable) -> dict[str, Any]:
    dataset, reading, table = made.dataset, read.reading, read.table
    columns = zip(table.columns, made.columns, strict=True)
    return {
        "file": Path(options.file).name,
        "rows": table.rows,
        "columns": [_column(column, entered) for column, entered in columns],
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "decimal": reading.decimal,
        "header": reading.header,
        "train": int((made.parts == TRAIN).sum()),
        "test": int((made.parts == TEST).sum()),
        "inputs": dataset.features,
        "outputs": 0 if dataset.problem else dataset.outputs,
        "task": "" if dataset.problem else dataset.task,
        "classes": [] if dataset.problem else [*dataset.class_names],
        "notes": [note.why for note in read.notes],
        "faults": [
            {"row": fault.row + 1, "column": table.columns[fault.column].name, "why": fault.why}
            for fault in made.faults
        ],
        "problem": dataset.problem,
    }


def _column(column: Column, entered: EncodedColumn) -> dict[str, Any]:
    return {
        "name": column.name,
        "unit": column.unit,
        "role": column.role,
        "type": column.type,
        "enters": "" if column.role == "ignored" else column.entry,
        "categories": [*entered.categories],
        "missing": entered.missing,
        "missing_are": column.missing if column.role == "input" and entered.missing else "",
    }


def _lines(told: dict[str, Any], made: EncodedTable) -> list[str]:
    """Return a description of the table as lines of text, with the columns as a table."""
    head = tr(
        "{file}: {size}; {encoding}, delimiter {delimiter}, decimal sign “{decimal}”, {header}.",
        file=told["file"],
        size=size_text(told["rows"], len(told["columns"])),
        encoding=told["encoding"].upper(),
        delimiter={"\t": tr("tab"), " ": tr("spaces")}.get(told["delimiter"], f"“{told['delimiter']}”"),
        decimal=told["decimal"],
        header=tr("the first line names the columns") if told["header"] else tr("no line of names"),
    )
    titles = (tr("column"), tr("role"), tr("type"), tr("enters as"), tr("missing"))
    rows = [titles, *(_row(column) for column in told["columns"])]
    widths = [max(len(row[k]) for row in rows) for k in range(len(titles))]
    aligned = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    faults = [
        tr("Row {row}, column “{column}”: {why}", row=fault["row"], column=fault["column"], why=fault["why"])
        for fault in told["faults"][:MOST_SAID]
    ]
    if len(told["faults"]) > MOST_SAID:
        faults.append(tr("… and {count:,} more cells.", count=len(told["faults"]) - MOST_SAID))
    return [head, "", *aligned, "", *told["notes"], *faults, told["problem"] or used(made)]


def _row(column: dict[str, Any]) -> tuple[str, ...]:
    name = f"{column['name']} ({column['unit']})" if column["unit"] else column["name"]
    missing = str(column["missing"]) if column["missing"] else tr("none")
    if column["missing_are"]:
        missing = f"{missing}: {column['missing_are']}"
    return name, column["role"], column["type"], _entry(column), missing


def _entry(column: dict[str, Any]) -> str:
    if column["role"] == "ignored":
        return "–"
    names = column["categories"]
    if not names:
        return str(column["enters"])
    few = ", ".join(names[:MOST_SAID]) + (" …" if len(names) > MOST_SAID else "")
    if column["enters"] == "classes":
        return tr("{count} classes: {names}", count=len(names), names=few)
    return f"{column['enters']}: {few}"
