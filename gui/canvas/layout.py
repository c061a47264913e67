"""The layout of a network on the canvas: pure geometry, from a design and the size of the viewport.

A column is a layer: the input, a dense layer or a dropout. Lengths are in pixels at zoom 1, and at
that zoom the whole layout fills the viewport; only if a network is too large for it is the layout
larger, to be zoomed out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import ceil, isqrt

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from core.arrays import Array
from core.nn.design import Dense, Design, Layer
from core.number_style import digits

COMPACT_FROM = 17
KEPT_LAYOUTS = 8  # of previous designs, to which undo and redo return
MOST_PICTURES = 64  # neurons of a layer whose weights are drawn as images
MARGIN = 12.0
CHIP_GAP = 8.0
TILE_SHARE = 0.27  # largest share of the distance between two layers that a tile takes
SNUG_FROM = 28.0  # digits between the middles of two layers from which a and δ are side by side
PICTURE_SLOT = 1.18  # height of an image of weights with its bar, relative to its width
BESIDE = 12.0  # distance from the tile of an output to its texts
LEAST_GAP = 11.0  # least distance in digits of two headers beside the texts of the outputs
NAMED_BARS_FROM = 6  # from this number of outputs on, each has one line only
LOSS_GAP = 18.0  # before the column of the loss
LEAST_SIDE = 2.0
HALL_CHIP = 9.0  # digits: width of a header in presentation mode, without buttons
ONE_ROW = 19.0  # digits: width of a header from which activation and number of neurons are side by side


@dataclass(frozen=True)
class Sizes:
    """Text metrics: height of a ``line``, width of a ``digit`` and of the longest input ``name``.

    ``legend`` is the preferred width of the texts right of an output neuron, and the least; 0: none.
    ``loss`` is the width of a column of the loss behind it; 0: none.
    ``digits``: the digits of computed numbers. ``hall``: in presentation mode letters keep their
    size, and what has no room is left out.
    """

    line: float = 15.0
    digit: float = 7.0
    name: float = 24.0
    legend: tuple[float, float] = (0.0, 0.0)
    loss: float = 0.0
    digits: int = field(default_factory=digits)
    hall: bool = False

    @property
    def number(self) -> float:
        """The usual width of a computed number."""
        return (self.digits + 3.6) * self.digit


@dataclass(frozen=True)
class LayerColumn:
    """One layer. ``place`` is its index in ``design.layers`` (None: the input), ``layer`` the lecture's
    l (None: a dropout).

    ``style`` says how neurons are drawn: "roomy" (bias above, a and δ below), "snug" (bias above, one
    line below), "tight" (one line below), "row" (bias before, a behind), "bare" (no numbers, for a hall),
    "block" (a grid of cells) or "none". ``tiles`` has a row (left, top, right, bottom) for each neuron,
    ``block`` encloses them all.
    Edges end at ``ins`` and begin at ``outs``, (n, 2). ``legend`` is the width of the texts of
    each output right of its tile, 0 if there is no room for them. ``pictures``: each cell of the block
    is an image of a neuron's weights, with a bar below.
    """

    place: int | None
    layer: int | None
    neurons: int
    chip: QRectF
    style: str
    tiles: Array
    block: QRectF
    ins: Array
    outs: Array
    grid: tuple[int, int] = (0, 0)
    legend: float = 0.0
    pictures: bool = False

    @property
    def x(self) -> float:
        """The middle of the column."""
        return self.chip.center().x()

    def tile(self, j: int) -> QRectF:
        """Return the square of neuron j."""
        left, top, right, bottom = (float(v) for v in self.tiles[j])
        return QRectF(left, top, right - left, bottom - top)


@dataclass(frozen=True, eq=False)
class Layout:
    """All columns, left to right; ``matrices[l]`` is where W[l] is drawn instead of its edges.

    If the input is an ``image``, a chip that opens the matrix takes its place. ``loss`` is the rectangle
    of the loss, if there is room for it.
    """

    columns: tuple[LayerColumn, ...]
    scene: QRectF
    sizes: Sizes
    matrices: dict[int, QRectF]
    image: bool
    loss: QRectF | None = None

    def of_layer(self, l: int) -> LayerColumn:
        """Return the column of layer l."""
        return next(column for column in self.columns if column.layer == l)

    def centres(self) -> dict[tuple[int, int], tuple[float, float]]:
        """Return the centres of the neurons that have a tile, by layer and neuron, in pixels, y downwards."""
        return {
            (column.layer, j): ((left + right) / 2, (top + bottom) / 2)
            for column in self.columns
            if column.layer is not None
            for j, (left, top, right, bottom) in enumerate(column.tiles.tolist())
        }

    @property
    def last(self) -> int:
        """The number L of layers with neurons, without the input."""
        return max(column.layer or 0 for column in self.columns)

    def drop_at(self, x: float) -> tuple[int, float]:
        """Return the index in ``design.layers`` where a layer dropped at x belongs, and its x."""
        behind = self.columns[1:]
        place = sum(column.x < x for column in behind)
        left = self.columns[place].chip.right()
        right = behind[place].chip.left() if place < len(behind) else self.scene.right()
        return place, (left + right) / 2


@lru_cache(maxsize=KEPT_LAYOUTS)
def layout(
    design: Design,
    features: int,
    width: float,
    height: float,
    sizes: Sizes | None = None,
    *,
    image: bool = False,
    top: float = 0.0,
    still: bool = False,
) -> Layout:
    """Return the layout of a design in a viewport of ``width`` x ``height`` pixels.

    ``image`` says that the input is a square picture; ``top`` is left free under the headers, for
    sentences about problems; ``still``: headers have no buttons and take two lines.
    """
    sizes = sizes or Sizes()
    kinds: list[Layer | None] = [None, *design.layers]
    counts = [features, *(layer.neurons if isinstance(layer, Dense) else 0 for layer in design.layers)]
    grids = [_grid(n, square=image and k == 0) for k, n in enumerate(counts)]
    pictures = _pictures(kinds, counts) if image else 0
    wide = [n >= COMPACT_FROM or 0 < k == pictures for k, n in enumerate(counts)]
    kept, legend, loss = _legend(kinds, wide, width, sizes)
    chips = _chips(kinds, wide, width - kept, sizes, still=still)
    height *= max(1.0, (chips[-1].right() + kept + MARGIN) / width)  # if zoomed out, more height
    first = chips[0].bottom() + 12 + top
    below = (0.5 if sizes.hall else 2) * sizes.line
    area = QRectF(0, first, width, max(height - first - below, (1 if sizes.hall else 6) * sizes.line))
    pitch = min((b.center().x() - a.center().x() for a, b in pairwise(chips)), default=200)
    shown = [n for n, big in zip(counts, wide, strict=True) if n and not big]
    if not sizes.hall:
        area.setHeight(max(area.height(), max((n * _Row.least(sizes) for n in shown), default=0.0)))
    styles = {n: _style(area.height() / n, pitch, sizes) for n in shown}
    if legend and counts[-1] >= NAMED_BARS_FROM and styles[counts[-1]] != "bare":
        styles[counts[-1]] = "row"
    sides = _sides(styles, area.height(), pitch, sizes)
    columns, l = [], 0
    for k, (kind, n, chip, grid) in enumerate(zip(kinds, counts, chips, grids, strict=True)):
        dense = kind is None or isinstance(kind, Dense)
        number, l = (l, l + 1) if dense else (None, l)
        place = k - 1 if k else None
        if not n:
            columns.append(_dropout(place, number, chip, area))
        elif pictures and k == pictures:
            columns.append(_gallery(place, number, n, chip, area, pitch, sizes))
        elif wide[k]:
            columns.append(_block(place, number, n, chip, area, grid, image=image and k == 0))
        else:
            own = legend if k == len(kinds) - 1 else 0.0
            side = sides[styles[n]]
            columns.append(_neurons(place, number, n, chip, area, styles[n], side, pitch, sizes, own))
    last = columns[-1]
    if sizes.hall and last.style == "row" and _right(last, sizes) > width:
        columns[-1] = _neurons(place, number, n, chip, area, "bare", sides["row"], pitch, sizes, 0.0)
    farthest = max((_right(column, sizes) for column in columns), default=0)
    right = max(width, chips[-1].right() + MARGIN, farthest + loss + MARGIN)
    behind = QRectF(farthest + LOSS_GAP, chips[-1].top(), loss - LOSS_GAP, area.bottom() - chips[-1].top())
    scene = QRectF(0, 0, right, max(height, area.bottom() + below))
    matrices = _matrices(columns, area, sizes, image=image)
    return Layout(tuple(columns), scene, sizes, matrices, image, behind if loss else None)


def _legend(
    kinds: list[Layer | None], wide: list[bool], width: float, sizes: Sizes
) -> tuple[float, float, float]:
    """Return the widths kept right of the last header, of the outputs' texts there, and of the loss.

    0: there is too little room beside the headers, or the outputs are a grid of cells.
    """
    if not sizes.legend[0] or wide[-1] or not isinstance(kinds[-1], Dense):
        return 0.0, 0.0, 0.0
    leasts = [_chip_width(kind, sizes, big)[1] for kind, big in zip(kinds, wide, strict=True)]
    largest = _STYLES["roomy"].largest * sizes.line / 15
    gaps = _shares(wide).sum() * LEAST_GAP * sizes.digit
    spare = width - 2 * MARGIN - max(0.0, sizes.name - 10) - sum(leasts) - gaps
    for loss in (sizes.loss, 0.0):
        for legend in sizes.legend:
            kept = max(0.0, legend + loss + BESIDE + largest / 2 - leasts[-1] / 2)
            if kept <= spare:
                return kept, legend, loss
    return 0.0, 0.0, 0.0


def _right(column: LayerColumn, sizes: Sizes) -> float:
    """Return the right end of a column, including its edges and the texts of its outputs."""
    ends = float(column.outs[:, 0].max(initial=0))
    if column.style == "row" and not column.legend:
        ends += sizes.number + 6
    return max(ends, column.block.right() + BESIDE + column.legend) if column.legend else ends


def curve(u: Array | float) -> Array | float:
    """Return the fraction of its rise that an edge has covered at fraction u of its horizontal extent.

    It is the cubic Bézier curve with horizontal ends whose control points lie above its middle.
    """
    t = np.interp(u, _U, _T)
    return t * t * (3 - 2 * t)


_T = np.linspace(0, 1, 257)
_U = 1.5 * _T * (1 - _T) + _T**3


def ends(layout: Layout, l: int) -> tuple[Array, Array]:
    """Return where the edges into layer l begin, (n[l-1], 2), and end, (n[l], 2)."""
    return layout.of_layer(l - 1).outs, layout.of_layer(l).ins


def nearest_edge(layout: Layout, l: int, point: QPointF) -> tuple[int, int, float] | None:
    """Return the edge (i, j) into layer l nearest to a point, and its distance; None beside the edges."""
    outs, ins = ends(layout, l)
    if l in layout.matrices or not len(outs) or not len(ins):
        return None
    x0, x1 = float(outs[0, 0]), float(ins[0, 0])
    u = (point.x() - x0) / (x1 - x0) if x1 > x0 else -1.0
    if not 0 <= u <= 1:
        return None
    share, ahead = curve(u), curve(min(u + 0.01, 1.0))
    rise = ins[None, :, 1] - outs[:, None, 1]
    slope = rise * (ahead - share) / (0.01 * (x1 - x0))
    distance = np.abs(outs[:, None, 1] + rise * share - point.y()) / np.sqrt(1 + slope * slope)
    i, j = divmod(int(distance.argmin()), len(ins))
    return i, j, float(distance[i, j])


# -- chips ----------------------------------------------------------------------------------------


def _chips(
    kinds: list[Layer | None], wide: list[bool], width: float, sizes: Sizes, *, still: bool
) -> list[QRectF]:
    """Distribute the headers over the width; a wide layer gets more room beside it, for its matrix."""
    pairs = zip(*(_chip_width(kind, sizes, big) for kind, big in zip(kinds, wide, strict=True)), strict=True)
    likes, leasts = (np.array(widths) for widths in pairs)
    shares = _shares(wide)
    left = MARGIN + max(0.0, sizes.name - 10)
    free = width - left - MARGIN
    least_gaps = np.where(shares > 1, 60.0, CHIP_GAP) * sizes.line / 15
    if sizes.hall:
        least_gaps *= min(1.0, max(0.1, free - leasts.sum()) / max(1.0, least_gaps.sum()))
        leasts *= min(1.0, free / leasts.sum())
    spare = free - leasts.sum() - least_gaps.sum()
    growth = float(np.clip(spare / 2 / max(1.0, (likes - leasts).sum()), 0, 1))
    widths = leasts + growth * (likes - leasts)
    spare = free - widths.sum() - least_gaps.sum()
    gaps = least_gaps + max(0.0, spare) * shares / max(1.0, shares.sum())
    gaps = np.minimum(gaps, np.where(shares > 1, 20, 17) * sizes.line)
    x = max(left, left + (free - widths.sum() - gaps.sum()) / 2)
    dense = widths[np.array([isinstance(kind, Dense) for kind in kinds])]
    high = 2 if still or sizes.hall or dense.min(initial=999) > ONE_ROW * sizes.digit else 3
    chips = []
    for own, gap in zip(widths.tolist(), [*gaps.tolist(), 0.0], strict=True):
        chips.append(QRectF(x, MARGIN, own, high * sizes.line + 6 * high + 8))
        x += own + gap
    return chips


def _shares(wide: list[bool]) -> Array:
    """Return the share of the free width that each gap between two headers gets."""
    return np.array([2.0 if a or b else 1.0 for a, b in pairwise(wide)])


def _chip_width(kind: Layer | None, sizes: Sizes, wide: bool) -> tuple[float, float]:
    """Return the preferred width of a header, and the least."""
    if sizes.hall:
        return (16 if isinstance(kind, Dense) else 13) * sizes.digit, HALL_CHIP * sizes.digit
    if isinstance(kind, Dense):
        return 22 * sizes.digit, 13.5 * sizes.digit
    if kind is None:
        return (22 if wide else 12) * sizes.digit, (12 if wide else 10) * sizes.digit
    return 13 * sizes.digit, 10.5 * sizes.digit


# -- neurons --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Style:
    """Lines of text above and below a tile, its least and greatest side, and the gap to the next."""

    above: float
    below: float
    smallest: float
    largest: float
    gap: float

    def labels(self, sizes: Sizes) -> float:
        """Return the height of the texts of a neuron."""
        return (self.above + self.below) * sizes.line + self.gap

    def least(self, sizes: Sizes) -> float:
        """Return the least height of a neuron with its texts."""
        scale = sizes.line / 15
        return max(self.smallest * scale + self.labels(sizes), sizes.line + 5)


_STYLES = {
    "roomy": _Style(1.5, 2.3, 32, 60, 8),
    "snug": _Style(1.5, 1.3, 34, 46, 8),
    "tight": _Style(0, 1.3, 24, 46, 8),
    "row": _Style(0, 0, 15, 26, 5),
    "bare": _Style(0, 0, 2, 26, 2),
}
_Row = _STYLES["row"]


def _style(slot: float, pitch: float, sizes: Sizes) -> str:
    """Return the first style that fits: in height, and in width for its line of text."""
    fitting = (name for name, style in _STYLES.items() if slot >= style.least(sizes))
    if sizes.hall:
        return next((name for name in fitting if pitch > _across(name, sizes)), "bare")
    return next((name for name in fitting if name != "snug" or pitch > SNUG_FROM * sizes.digit), "row")


def _across(name: str, sizes: Sizes) -> float:
    """Return the least distance of layers at which numbers beside them do not overlap."""
    numbers, digits = {"roomy": (1, 6), "snug": (2, 9), "tight": (2, 2), "row": (1, 5), "bare": (0, 0)}[name]
    return numbers * sizes.number + digits * sizes.digit


def _sides(styles: dict[int, str], height: float, pitch: float, sizes: Sizes) -> dict[str, float]:
    """Return the side of the tiles for every style, the same for all columns of that style.

    Tiles leave room for the numbers on the edges, which need more in large fonts.
    """
    sides: dict[str, float] = {}
    for n, name in styles.items():
        style = _STYLES[name]
        largest = min(style.largest * sizes.line / 15, max(TILE_SHARE * pitch, style.smallest))
        side = max(min(largest, height / n - style.labels(sizes)), LEAST_SIDE)
        sides[name] = float(int(min(side, sides.get(name, side))))
    return sides


def _neurons(
    place: int | None,
    number: int | None,
    n: int,
    chip: QRectF,
    area: QRectF,
    name: str,
    side: float,
    pitch: float,
    sizes: Sizes,
    legend: float,
) -> LayerColumn:
    style = _STYLES[name]
    need = side + style.labels(sizes)
    slot = min(area.height() / n, max(need, 2.6 * side + style.labels(sizes)))
    shift = (style.above - style.below) * sizes.line / 2
    middles = area.center().y() + (np.arange(n) - (n - 1) / 2) * slot + shift
    x = round(chip.center().x() - side / 2) + side / 2  # whole pixels: a tile is a picture
    middles = np.round(middles - side / 2) + side / 2
    tiles = np.stack(
        [np.full(n, x - side / 2), middles - side / 2, np.full(n, x + side / 2), middles + side / 2], 1
    )
    before = 0.0
    if name == "row" and number and not sizes.hall and pitch > 22 * sizes.digit + side:
        before = sizes.number + 10
    ins = np.stack([tiles[:, 0] - before, middles], 1)
    outs = np.stack([tiles[:, 2], middles], 1)
    whole = QRectF(x - side / 2, float(tiles[0, 1]), side, float(tiles[-1, 3] - tiles[0, 1]))
    return LayerColumn(place, number, n, chip, name, tiles, whole, ins, outs, legend=legend)


def _dropout(place: int | None, number: int | None, chip: QRectF, area: QRectF) -> LayerColumn:
    none = np.empty((0, 2))
    band = QRectF(chip.center().x() - 9, area.top(), 18, area.height())
    return LayerColumn(place, number, 0, chip, "none", np.empty((0, 4)), band, none, none)


# -- wide layers ----------------------------------------------------------------------------------


def _grid(n: int, *, square: bool) -> tuple[int, int]:
    """Return the rows and columns of a grid of n neurons; a picture stays square."""
    if square and isqrt(n) ** 2 == n:
        return isqrt(n), isqrt(n)
    across = max(1, isqrt(n) if isqrt(n) ** 2 == n else round((n * 0.75) ** 0.5))
    while n % across and across > n**0.5 / 2:
        across -= 1
    return ceil(n / across), across


def _pictures(kinds: list[Layer | None], counts: list[int]) -> int:
    """Return the column whose neurons are drawn as images of their weights, the first hidden one; 0: none."""
    dense = [k for k, kind in enumerate(kinds) if isinstance(kind, Dense)]
    fits = len(dense) > 1 and 2 <= counts[dense[0]] <= MOST_PICTURES
    return dense[0] if fits else 0


def _gallery(
    place: int | None, number: int | None, n: int, chip: QRectF, area: QRectF, pitch: float, sizes: Sizes
) -> LayerColumn:
    """Lay out a layer as images of weights with a bar below each, as large as possible."""
    wide, high = min(0.56 * pitch, 40 * sizes.digit), area.height() - 2.4 * sizes.line
    slots = {
        across: min(wide / across, high / (ceil(n / across) * PICTURE_SLOT)) for across in range(1, n + 1)
    }
    across = max(slots, key=lambda count: slots[count])
    rows, slot = ceil(n / across), min(slots[across], 5 * sizes.line)
    block = QRectF(0, 0, slot * across, PICTURE_SLOT * slot * rows)
    block.moveCenter(QPointF(chip.center().x(), area.top() + high / 2))
    j = np.arange(n)
    gap = 0.07 * slot
    left, top = (
        block.left() + slot * (j % across) + gap,
        block.top() + PICTURE_SLOT * slot * (j // across) + gap,
    )
    side = slot - 2 * gap
    tiles = np.stack([left, top, left + side, top + side], 1)
    ins = np.array([[block.left(), block.top()], [block.left(), block.bottom()]])
    outs = np.array([[block.right(), block.top()], [block.right(), block.bottom()]])
    return LayerColumn(
        place, number, n, chip, "block", tiles, block, ins, outs, (rows, across), pictures=True
    )


def _block(
    place: int | None,
    number: int | None,
    n: int,
    chip: QRectF,
    area: QRectF,
    grid: tuple[int, int],
    *,
    image: bool,
) -> LayerColumn:
    """Lay out a wide layer as a grid of cells, neurons in reading order; those of an image are larger."""
    rows, across = grid
    cell = min(chip.width() / across, (area.height() - 30) / rows, 99.0 if image else 26.0)
    middle = area.center()
    block = QRectF(0, 0, cell * across, cell * rows)
    block.moveCenter(QPointF(chip.center().x(), middle.y()))
    j = np.arange(n)
    left, top = block.left() + cell * (j % across), block.top() + cell * (j // across)
    tiles = np.stack([left, top, left + cell, top + cell], 1)
    ins = np.array([[block.left(), block.top()], [block.left(), block.bottom()]])
    outs = np.array([[block.right(), block.top()], [block.right(), block.bottom()]])
    return LayerColumn(place, number, n, chip, "block", tiles, block, ins, outs, grid)


def _matrices(columns: list[LayerColumn], area: QRectF, sizes: Sizes, *, image: bool) -> dict[int, QRectF]:
    """Place a picture of W[l] between every two layers of which one is wide, or a chip that opens it."""
    found = {}
    dense = [column for column in columns if column.layer is not None]
    for before, after in pairwise(dense):
        if "block" not in (before.style, after.style):
            continue
        x0, x1 = float(before.outs[0, 0]), float(after.ins[0, 0])
        if image:
            chip = QRectF(0, 0, min(14 * sizes.digit, x1 - x0 - 12), sizes.line + 10)
            chip.moveCenter(QPointF((x0 + x1) / 2, area.top() + chip.height() / 2))
            found[int(after.layer or 0)] = chip
            continue
        x1 -= {"snug": 7.5, "tight": 4}.get(after.style, 0) * sizes.digit
        room = max(20.0, x1 - x0 - 28)
        wide = min(room, after.neurons * 14.0, 220.0)
        tall = min(area.height() * 0.72, before.neurons * 14.0, 2.4 * wide)
        rect = QRectF(0, 0, wide, tall)
        rect.moveCenter(QPointF((x0 + x1) / 2, area.center().y()))
        found[int(after.layer or 0)] = rect
    return found
