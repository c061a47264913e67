"""Computes what is painted of a hidden space: points, grid, decision lines, and axes."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor, log10

import numpy as np

from core.analysis.activation_map import plane_of
from core.analysis.hidden_space import HiddenSpaces, LayerPlaces, Projection, cut_of_next, principal
from core.arrays import Array
from core.data.datasets import Dataset
from core.language import tr
from core.nn.network import Network, NetworkLayer
from core.number_style import ratio_text
from gui.plots.output_map import borders

Range = tuple[float, float]
STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
GOLDEN = 0.618034


@dataclass(frozen=True, eq=False)
class SpacePicture:
    """One state of a hidden space, in units of its axes.

    ``points`` (count, 2) are those of ``samples``, columns of the dataset; ``grid`` is (2, lines, points) or
    None. ``cut`` is (w, b) of the line w·p + b = 0 that separates the two classes or sides. On a number line,
    the second coordinate (0 … 1) only keeps the points apart.
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
    """Return the next of 1, 1.5, 2, 3, 5, 7, 10 …, so that axes stay still while their points move."""
    if not np.isfinite(reach) or reach <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(reach))
    return next((unit * step for step in STEPS if unit * step >= reach * (1 - 1e-9)), 10 * unit)


def range_of(values: Array) -> Range:
    """Return the range of an axis for these values; those that are not finite are ignored."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    reach = rounded_up(1.05 * max(abs(low), abs(high)))
    rim = 0.08 * reach
    below = -rounded_up(-1.05 * low) if low < -rim else -rim
    above = rounded_up(1.05 * high) if high > rim else rim
    return below, above


def range_of_layer(layer: NetworkLayer, j: int, values: Array) -> Range:
    """Return the range of neuron j's outputs, which is fixed if the activation is bounded."""
    run = next(run for run in layer.spans if run.start <= j < run.stop)
    low, high = run.activation.lowest, run.activation.highest
    if not np.isfinite([low, high]).all():
        return range_of(values)
    rim = 0.08 * (high - low)
    return low - rim, high + rim


def between(one: tuple[Range, Range], other: tuple[Range, Range], part: float) -> tuple[Range, Range]:
    """Return ranges interpolated between two pairs of ranges; ``part`` is 0 … 1."""
    first, second = np.array(one), np.array(other)
    (left, right), (bottom, top) = (first + part * (second - first)).tolist()
    return (left, right), (bottom, top)


def apart(samples: Array, kinds: Array, count: int) -> Array:
    """Return a height within 0 … 1 for each sample of a number line: one band per kind, spread inside it."""
    within = (np.asarray(samples) * GOLDEN) % 1.0
    return (kinds + 0.15 + 0.7 * within) / max(1, count)


def line_within(ranges: tuple[Range, Range], w: Array, b: float) -> list[tuple[float, float]]:
    """Return the two ends of the line w·p + b = 0 within the axes, or [] if it lies outside."""
    part = clipped(corners_of(ranges), w, b)
    scale = float(np.abs(w).sum()) * float(np.abs(ranges).max()) + abs(b)
    ends = [(x, y) for x, y in part if abs(w[0] * x + w[1] * y + b) <= 1e-9 * scale][:2]
    return ends if len(ends) == 2 else []


def corners_of(ranges: tuple[Range, Range]) -> list[tuple[float, float]]:
    """Return the corners of the axes, in order around them."""
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
    """Return a number in subscript digits."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def name_of(letter: str, l: int, j: int) -> str:
    """Return the name of a neuron's value in plain text, such as a₂[1]; neuron j counts from 0."""
    return f"{letter}{digits_below(j + 1)}[{l}]"


# -- pictures of the hidden spaces of a network, in two dimensions or one --------------------------------

Pair = tuple[int, int]
FINENESS = 40  # points along each axis at which borders between outputs are searched


class SpacePictures:
    """Computes pictures of the layers of one network on one dataset, for the parameters last given."""

    def __init__(self, network: Network, dataset: Dataset) -> None:
        self.network, self.dataset = network, dataset
        plane = plane_of(dataset) if dataset.dimensions == 2 else None
        self._plane = plane
        self.spaces = HiddenSpaces(network, dataset, plane)
        self._classes = len(dataset.class_names) if dataset.task == "classes" else 0
        self.projections: dict[int, Projection] = {}

    def bends(self, l: int) -> bool:
        """Whether input and output of layer l are planes, so that the transition can be animated."""
        return l > 0 and self.network.n[l] == self.network.n[l - 1] == 2

    def picture(self, l: int, share: float = 1.0, pair: Pair | None = None) -> SpacePicture:
        """Return the picture of layer l; with ``share`` below 1, of the transition through the layer.

        If it has three or more neurons, the axes are those of ``pair``, or the first two principal
        components.
        """
        share = share if self.bends(l) else 1.0
        places, n = self.spaces.places(l, share), self.network.n[l]
        if n == 1:
            return self._number_line(l, places)
        if n > 2 and pair is None:
            return self._components(l, places)
        chosen = (0, 1) if pair is None or n == 2 else pair
        grid = None if places.grid is None else places.grid[list(chosen)]
        ranges = self._ranges(l, chosen, share)
        titles = (self._title(l, chosen[0], share), self._title(l, chosen[1], share))
        whole = n == 2 and share == 1
        return SpacePicture(
            self.spaces.samples,
            places.samples[list(chosen)].T,
            grid,
            ranges,
            titles,
            self._cut(l) if whole else None,
            self._borders(l, ranges) if whole else np.empty((0, 4)),
        )

    # -- kinds of pictures -------------------------------------------------------------------------

    def _components(self, l: int, places: LayerPlaces) -> SpacePicture:
        found = self.projections[l] = principal(places.samples, self.projections.get(l))
        points = found.of(places.samples)
        grid = None if places.grid is None else found.of(places.grid)
        titles = (
            tr("principal component 1 ({share} of the variance)"),
            tr("principal component 2 ({share} of the variance)"),
        )
        first, second = (
            title.format(share=ratio_text(share)) for title, share in zip(titles, found.shares, strict=True)
        )
        ranges = range_of(points[0]), range_of(points[1])
        return SpacePicture(self.spaces.samples, points.T, grid, ranges, (first, second))

    def _number_line(self, l: int, places: LayerPlaces) -> SpacePicture:
        samples, values = self.spaces.samples, places.samples[0]
        kinds = self.dataset.labels[samples] if self._classes else np.zeros(samples.size, int)
        points = np.column_stack([values, apart(samples, kinds, self._classes)])
        ends = range_of(values) if l == 0 else range_of_layer(self.network.layers[l - 1], 0, values)
        cut = self._cut(l)
        if cut is not None:
            cut = np.array([cut[0][0], 0.0]), cut[1]
        elif l == len(self.network.layers) and self._classes:
            cut = np.array([1.0, 0.0]), -self.dataset.threshold
        title = self._title(l, 0, 1.0)
        ranges = ends, (0.0, 1.0)
        return SpacePicture(samples, points, None, ranges, (title, ""), cut, number_line=True)

    # -- axes --------------------------------------------------------------------------------------

    def _title(self, l: int, j: int, share: float) -> str:
        if l == 0:
            return self.dataset.feature_names[j]
        if share == 0:
            return self._title(l - 1, j, 1.0)
        if share in (0.5, 1.0):
            return name_of("z" if share == 0.5 else "a", l, j)
        return tr("towards {name}").format(name=name_of("z" if share < 0.5 else "a", l, j))

    def _ranges(self, l: int, pair: Pair, share: float) -> tuple[Range, Range]:
        if share == 1:
            return self._whole_ranges(l, pair)
        z = self.spaces.places(l, 0.5).samples
        middle = range_of(z[0]), range_of(z[1])
        if share < 0.5:
            return between(self._whole_ranges(l - 1, pair), middle, 2 * share)
        return between(middle, self._whole_ranges(l, pair), 2 * share - 1)

    def _whole_ranges(self, l: int, pair: Pair) -> tuple[Range, Range]:
        if l == 0 and self._plane is not None and self._plane.features is None:
            return self._plane.x_range, self._plane.y_range
        values = self.spaces.places(l).samples
        if l == 0:
            return range_of(values[pair[0]]), range_of(values[pair[1]])
        layer = self.network.layers[l - 1]
        first, second = (range_of_layer(layer, j, values[j]) for j in pair)
        return first, second

    # -- lines -------------------------------------------------------------------------------------

    def _cut(self, l: int) -> tuple[Array, float] | None:
        level = self.dataset.threshold if self._classes else None
        return cut_of_next(self.network, self.spaces.theta, l, level)

    def _borders(self, l: int, ranges: tuple[Range, Range]) -> Array:
        """Return the lines at which the decision of the output layer, which comes next, changes."""
        network = self.network
        output = network.layers[-1]
        one_kind = len(set(output.activations)) == 1
        if l + 1 != len(network.layers) or output.n_out < 2 or not self._classes or not one_kind:
            return np.empty((0, 4))
        x, y = np.linspace(*ranges[0], FINENESS), np.linspace(*ranges[1][::-1], FINENESS)
        W, b = network.W(self.spaces.theta, l + 1), network.b(self.spaces.theta, l + 1)
        z = (W.T @ np.stack(np.meshgrid(x, y)).reshape(2, -1) + b[:, None]).reshape(-1, FINENESS, FINENESS)
        lines = borders(z).reshape(-1, 2) / (FINENESS - 1)
        ends = np.array([[x[0], y[0]], [x[-1], y[-1]]])
        found: Array = (ends[0] + lines * (ends[1] - ends[0])).reshape(-1, 4)
        return found
