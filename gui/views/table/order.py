"""The order of the rows, and which of them are listed or match a search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.analysis.sample_losses import SampleLosses
from core.arrays import Array
from core.data.table import PARTS
from gui.views.table.contents import Contents, Holds, ShownColumn

NUMBER = re.compile(r"[-−+]?\d*[.,]?\d+")


@dataclass(frozen=True)
class SortKey:
    """A column that the rows are sorted by; ``falling``: in descending order."""

    column: ShownColumn
    falling: bool


def after_click(keys: tuple[SortKey, ...], column: ShownColumn, *, add: bool) -> tuple[SortKey, ...]:
    """Return the keys after a click on a header: the column alone, or ``add`` it; a second click reverses it.

    Losses are sorted in descending order at first, all else in ascending order.
    """
    old = next((key for key in keys if key.column == column), None)
    new = SortKey(column, column.kind in (Holds.LOSS, Holds.TERM) if old is None else not old.falling)
    if not add:
        return (new,) if len(keys) == 1 or old is None else (SortKey(column, not new.falling),)
    return tuple(new if key is old else key for key in keys) if old else (*keys, new)


def sort_values(contents: Contents, losses: SampleLosses | None, column: ShownColumn) -> Array:
    """Return the sort keys of the rows for a column, (rows,); a missing loss is the highest."""
    if column.kind is Holds.NUMBER:
        return np.arange(contents.rows)
    if column.kind is Holds.DATA:
        return contents.values(column.at)
    if column.kind is Holds.PART:
        return contents.parts
    if losses is None:
        return np.zeros(contents.rows)
    return _of_rows(contents, live_values(contents, losses, column))


def live_values(contents: Contents, losses: SampleLosses, column: ShownColumn) -> Array:
    """Return the numbers of a column that changes with the network, (samples,)."""
    if column.kind is Holds.DECIDED and losses.decided is not None:
        return losses.decided
    if column.kind is Holds.OUTPUT and losses.decided is not None and losses.o.shape[0] > 1:
        return np.asarray(losses.o[contents.dataset.labels, np.arange(losses.loss.size)])
    if column.kind is Holds.OUTPUT:
        return np.asarray(losses.o[column.at])
    return np.asarray(losses.terms[column.at]) if column.kind is Holds.TERM else losses.loss


def _of_rows(contents: Contents, of_samples: Array) -> Array:
    """Return values of samples as values of rows; rows that are left out get infinity."""
    known = contents.samples >= 0
    values = np.full(contents.rows, np.inf)
    values[known] = of_samples[contents.samples[known]]
    return np.where(np.isnan(values), np.inf, values)


def in_order(contents: Contents, losses: SampleLosses | None, rows: Array, keys: Iterable[SortKey]) -> Array:
    """Return rows sorted by the first key, ties by the next one, and finally by row number.

    If rows are sorted by the network's outputs, those that are left out come last.
    """
    order, keys = np.sort(rows), tuple(keys)
    for key in reversed(keys):
        values = sort_values(contents, losses, key.column)[order]
        ranks = np.unique(values, return_inverse=True)[1]
        order = order[np.argsort(-ranks if key.falling else ranks, kind="stable")]
    if any(key.column.live for key in keys[:1]):
        order = order[np.argsort(contents.samples[order] < 0, kind="stable")]
    return order


def in_part(contents: Contents, losses: SampleLosses | None, part: str) -> Array:
    """Return the rows of a part: "train", "test", "misread" (misclassified), or all."""
    if part in PARTS:
        return np.flatnonzero(contents.parts == PARTS.index(part))
    if part == "misread" and losses is not None and losses.right is not None:
        return np.flatnonzero((contents.samples >= 0) & ~losses.right[contents.samples])
    return np.arange(contents.rows)


def found(contents: Contents, text: str) -> Array:
    """Return which rows (rows,) contain a text in a column of words, or a number in another.

    A number matches if a cell rounds to it, in as many decimals as were typed; a whole number also matches
    the row with that number.
    """
    hits = np.zeros(contents.rows, bool)
    wanted = text.strip().casefold()
    number = NUMBER.fullmatch(wanted)
    for k, column in enumerate(contents.columns):
        if column.numeric and number:
            hits |= _rounds_to(contents.values(k), wanted)
        elif not column.numeric and wanted:
            kinds, first, kind = np.unique(contents.values(k), return_index=True, return_inverse=True)
            named = np.array([wanted in contents.text(int(row), k).casefold() for row in first], bool)
            hits |= named[kind] if kinds.size else False
    if wanted.isdecimal() and 0 < int(wanted[:12]) <= contents.rows:
        hits[int(wanted) - 1] = True
    return hits


def _rounds_to(values: Array, text: str) -> Array:
    plain = text.replace("−", "-").replace(",", ".")
    decimals = len(plain.partition(".")[2])
    with np.errstate(all="ignore"):
        return np.asarray(np.abs(values - float(plain)) <= 0.5001 * 10.0**-decimals * (decimals > 0))
