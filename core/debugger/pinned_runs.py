"""Runs pinned for comparison, and the settings in which designs differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from msgspec import Meta, Struct

from ..data.datasets import SOURCES
from ..data.table import Table
from ..language import tr, translatable
from ..nn.activations import ACTIVATIONS
from ..nn.curves import Curves, Score
from ..nn.design import Dense, Design, Training, fields_of
from ..nn.initializers import INITIALIZERS
from ..nn.trainer import Snapshot
from ..number_style import exact_text

MOST_RUNS = 6


@dataclass(frozen=True, eq=False)
class PinnedRun:
    """A run as it was after ``iterations`` updates; it does not change while training continues.

    ``colour`` (0 … 5) distinguishes it from other runs. ``train`` and ``test`` are its scores (test None:
    there was no test set), ``batches`` its number of updates per epoch.
    """

    name: str
    colour: int
    design: Design
    curves: Curves
    train: Score
    test: Score | None
    iterations: int
    batches: int


@dataclass(frozen=True)
class Setting:
    """A setting at ``place`` in a design, with its title and its value in each design, as text.

    The value is empty for designs without this setting.
    """

    place: str
    title: str
    values: tuple[str, ...]


def run_of(name: str, colour: int, design: Design, curves: Curves, snapshot: Snapshot) -> PinnedRun:
    """Return the run up to a snapshot, without later parts of the curves."""
    seen = curves_until(curves, snapshot.iteration)
    scores = snapshot.train, snapshot.test
    return PinnedRun(name, colour, design, seen, *scores, snapshot.iteration, snapshot.batches)


def curves_until(curves: Curves, iteration: int) -> Curves:
    """Return the curves as they were after ``iteration`` updates, to the nearest stride."""
    records = tuple(row for row in curves.records if row.iteration <= iteration)
    marks = tuple(mark for mark in curves.marks if mark.iteration <= iteration)
    return replace(curves, losses=curves.losses[: iteration // curves.stride], records=records, marks=marks)


def free_colour(runs: Sequence[PinnedRun]) -> int:
    """Return the first unused colour. Raises ValueError if there are `MOST_RUNS` runs."""
    free = [colour for colour in range(MOST_RUNS) if all(run.colour != colour for run in runs)]
    if not free:
        raise ValueError(f"At most {MOST_RUNS} runs can be pinned.")
    return free[0]


def differences(designs: Sequence[Design]) -> tuple[Setting, ...]:
    """Return the settings in which designs differ, in the order of a design, without titles.

    A setting that only some designs have (β₁ of Adam) is included if these designs disagree.
    """
    tables = [{place: (title, text) for place, title, text in settings_of(design)} for design in designs]
    titles = {place: title for table in tables for place, (title, _text) in table.items()}
    rows = [
        Setting(place, title, tuple(table.get(place, ("", ""))[1] for table in tables))
        for place, title in sorted(titles.items(), key=lambda entry: _rank(entry[0]))
    ]
    return tuple(row for row in rows if len({value for value in row.values if value}) > 1)


def _rank(place: str) -> int:
    """Return the rank of a setting: data, layers, then training in the order of its fields."""
    part, _, rest = place.partition(".")
    order = list(fields_of(Training))
    within = order.index(rest.split(".")[0]) if part == "training" else 0
    return 100 * ("data", "layers", "training").index(part) + within


def settings_of(design: Design) -> Iterator[tuple[str, str, str]]:
    """Yield place, title and value of every setting that has an effect in a design."""
    source = SOURCES.get(design.data.source)
    drawn = ("source", "labels", *(source.settings if source else ()))
    yield from (row for row in _settings(design.data, "data") if row[0].split(".")[1] in drawn)
    yield "layers", translatable("Layers"), _layers(design)
    alphas = [_alpha(layer) for layer in design.dense]
    if any(alphas):
        yield "layers.alpha", "α", ", ".join(alpha or "–" for alpha in alphas)
    names = [tr(INITIALIZERS[layer.initializer].symbol) for layer in design.dense]
    yield (
        "layers.initializer",
        translatable("Initializer"),
        names[0] if len({*names}) == 1 else ", ".join(names),
    )
    starts = ["–" if layer.initial is None else _initial(layer.initial) for layer in design.dense]
    yield "layers.initial", translatable("First weights"), ", ".join(starts) if {*starts} != {"–"} else "–"
    held = [_held(layer) for layer in design.dense]
    yield "layers.fixed", translatable("Fixed"), ", ".join(held) if {*held} != {"–"} else "–"
    idle = () if design.training.gradient_descent == "mini-batch" else ("training.batch_size",)
    yield from (row for row in _settings(design.training, "training") if row[0] not in idle)


def _settings(part: Struct, where: str) -> Iterator[tuple[str, str, str]]:
    for name, (_type, meta) in fields_of(type(part)).items():
        value, place = getattr(part, name), f"{where}.{name}"
        if name == "over_outputs":  # each loss has a usual choice of its own
            place = f"{place}.{part.__struct_config__.tag}"
        if meta is not None:
            yield place, meta.title or name, _text(value, meta)
        if isinstance(value, Struct) and not isinstance(value, Table):
            yield from _settings(value, place)


def _text(value: Any, meta: Meta) -> str:
    table = (meta.extra or {}).get("table")
    if table is not None and value in table:
        return tr(table[value].symbol)
    if isinstance(value, Struct):
        return tr(getattr(value, "symbol", type(value).__name__))
    return exact_text(value) if isinstance(value, float) else str(value)


def _layers(design: Design) -> str:
    """Return the layers in short, grouping neighbours with the same activation: ``4-2 tanh, 1 sigmoid``."""
    pairs = [
        (str(layer.neurons), _activation(layer)) if isinstance(layer, Dense) else ("", exact_text(layer.rate))
        for layer in design.layers
    ]
    groups = []
    for (dropout, activation), members in groupby(pairs, key=lambda pair: (not pair[0], pair[1])):
        sizes = "-".join(size for size, _activation in members)
        groups.append(f"dropout {activation}" if dropout else f"{sizes} {activation}")
    return ", ".join(groups)


def _initial(initial: float | tuple[tuple[float, ...], ...]) -> str:
    return tr("given") if isinstance(initial, tuple) else exact_text(initial)


def _held(layer: Dense) -> str:
    """Return which parameters of a layer are fixed, in short: all, or how many."""
    if isinstance(layer.fixed, bool):
        return tr("all") if layer.fixed else "–"
    return str(len(layer.fixed))


def _alpha(layer: Dense) -> str:
    """Return α of the layer's activations, its own or their defaults; empty if none has an α."""
    defaults = [alpha for name in layer.activations if (alpha := ACTIVATIONS[name].alpha) is not None]
    if layer.alpha is not None and defaults:
        return exact_text(layer.alpha)
    return " / ".join(dict.fromkeys(exact_text(alpha) for alpha in defaults))


def _activation(layer: Dense) -> str:
    symbols = [ACTIVATIONS[name].symbol for name in layer.activations]
    return symbols[0] if len({*symbols}) == 1 else f"({', '.join(symbols)})"
