"""What there is to paint of a hidden space: points, grid, cuts and the axes they lie in."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor, log10

import numpy as np

from core.modules import Array
from core.network import NetworkLayer

Range = tuple[float, float]
STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
GOLDEN = 0.618034


@dataclass(frozen=True, eq=False)
class SpacePicture:
    """A moment of a space, in the units of its axes.

    ``points`` (count, 2) are those of ``samples``, columns of the dataset; ``grid`` (2, lines, points)
    or None. ``cut`` is (w, b) of the line w·p + b = 0 that parts the two classes or sides. A number
    line has points whose second coordinate only keeps them apart (0 … 1).
    """

    samples: Array
    points: Array
    grid: Array | None
    ranges: tuple[Range, Range]
    titles: tuple[str, str]
    cut: tuple[Array, float] | None = None
    borders: Array = field(default_factory=lambda: np.empty((0, 4)))
    number_line: bool = False


def rounded_up(reach: float) -> float:
    """Return the next of 1, 1.5, 2, 3, 5, 7, 10 … so that axes do not tremble while their points do."""
    if not np.isfinite(reach) or reach <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(reach))
    return next((unit * step for step in STEPS if unit * step >= reach * (1 - 1e-9)), 10 * unit)


def range_of(values: Array) -> Range:
    """Return ends for an axis with these values on it; what is not finite is left out."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    reach = rounded_up(1.05 * max(abs(low), abs(high)))
    rim = 0.08 * reach
    below = -rounded_up(-1.05 * low) if low < -rim else -rim
    above = rounded_up(1.05 * high) if high > rim else rim
    return below, above


def range_of_layer(layer: NetworkLayer, j: int, values: Array) -> Range:
    """Return ends for the outputs of neuron j: where they are bounded, always the same ones."""
    run = next(run for run in layer.runs if run.start <= j < run.stop)
    low, high = run.activation.lowest, run.activation.highest
    if not np.isfinite([low, high]).all():
        return range_of(values)
    rim = 0.08 * (high - low)
    return low - rim, high + rim


def between(one: tuple[Range, Range], other: tuple[Range, Range], part: float) -> tuple[Range, Range]:
    """Return axes a part of the way from one pair of ends to another."""
    first, second = np.array(one), np.array(other)
    (left, right), (bottom, top) = (first + part * (second - first)).tolist()
    return (left, right), (bottom, top)


def apart(samples: Array, kinds: Array, count: int) -> Array:
    """Return a height within 0 … 1 for each sample of a number line: bands by kind, spread in them."""
    within = (np.asarray(samples) * GOLDEN) % 1.0
    return (kinds + 0.15 + 0.7 * within) / max(1, count)


def line_within(ranges: tuple[Range, Range], w: Array, b: float) -> list[tuple[float, float]]:
    """Return the two ends of the line w·p + b = 0 within the axes; empty where it lies outside."""
    part = clipped(corners_of(ranges), w, b)
    scale = float(np.abs(w).sum()) * float(np.abs(ranges).max()) + abs(b)
    ends = [(x, y) for x, y in part if abs(w[0] * x + w[1] * y + b) <= 1e-9 * scale][:2]
    return ends if len(ends) == 2 else []


def corners_of(ranges: tuple[Range, Range]) -> list[tuple[float, float]]:
    """Return the corners of the axes, round about."""
    (left, right), (bottom, top) = ranges
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def clipped(corners: list[tuple[float, float]], w: Array, b: float) -> list[tuple[float, float]]:
    """Return the part of a polygon where w·p + b >= 0."""
    sides = [float(w[0] * x + w[1] * y + b) for x, y in corners]
    kept: list[tuple[float, float]] = []
    for k, (x, y) in enumerate(corners):
        side, before = sides[k], sides[k - 1]
        if (side >= 0) != (before >= 0):
            share = before / (before - side)
            x0, y0 = corners[k - 1]
            kept.append((x0 + share * (x - x0), y0 + share * (y - y0)))
        if side >= 0:
            kept.append((x, y))
    return kept


def digits_below(number: int) -> str:
    """Return a number as subscript digits."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def name_of(letter: str, l: int, j: int) -> str:
    """Return the name of a neuron's number in plain text, a₂[1]; neuron j from 0."""
    return f"{letter}{digits_below(j + 1)}[{l}]"
