"""The state of the canvas: the displayed pass, its progress, and all that the items draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from core.analysis.health import Finding
from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.steps import LoopStage, PassStep, StepKind
from core.graph.number_text import number_or_none
from core.language import tr
from core.nn.design import Design, Layer, Problem
from core.nn.network import Network
from core.nn.trainer import Phase, Snapshot
from core.number_style import digits, value_text
from gui.canvas.items.neuron_images import NeuronImages, packed
from gui.canvas.layout import Layout, Sizes, layout
from gui.passes.inspected_sample import pass_shown
from gui.selection import ComputedNumber, Sample, Selection
from gui.theme.theme import LIGHT, Theme, diverging, font


class Parameters(NamedTuple):
    """W[l] (n[l-1], n[l]) and b[l] (n[l],) at index l of a flat vector; index 0 is empty."""

    W: tuple[Array, ...]
    b: tuple[Array, ...]


@dataclass(frozen=True)
class DisplayedPass:
    """The values ``a``, ``z``, ``delta`` of layer l, (n[l],), at index l; W and b of theta and gradient.

    What is not computed in the present phase is None; NaN is what an unfinished pass has not computed yet. A
    chosen sample is computed with the parameters of the pass, and only as far as the pass is. ``step``
    is the change of theta since the snapshot shown before, if that was at most one update ago (else
    None). ``sample`` is the dataset column shown, one beyond the last for an input outside the data.
    ``masks[l]`` (n[l-1],) are the factors by which dropout multiplied the inputs of layer l. ``outdated``:
    the values are those before the update in progress.
    """

    network: Network
    theta: Parameters
    gradient: Parameters | None
    step: Parameters | None
    z: tuple[Array, ...] | None
    a: tuple[Array, ...] | None
    delta: tuple[Array, ...] | None
    sample: int | None
    phase: Phase
    masks: dict[int, Array]
    outdated: bool


def moment(
    network: Network,
    dataset: Dataset,
    snapshot: Snapshot,
    sample: Sample | None = None,
    previous: Snapshot | None = None,
) -> DisplayedPass:
    """Return what the canvas shows: the first sample of the present batch, or the given ``sample``."""
    values, shown = snapshot.shown, pass_shown(network, dataset, snapshot, sample)
    z = a = delta = None
    masks: dict[int, Array] = {}
    column = sample if isinstance(sample, int) else None
    if shown is not None:
        masks = {l: mask[:, 0] for l, mask in shown.masks.items()}
        z, a, delta = _first(shown.z), _first(shown.a), _first(shown.delta)
        column = int(shown.samples[0])
    gradient = None if values is None or values.g is None else _parameters(network, values.g)
    step = _step(snapshot, previous)
    moved = None if step is None else _parameters(network, step)
    theta, phase, outdated = _parameters(network, snapshot.theta), snapshot.phase, snapshot.outdated
    return DisplayedPass(network, theta, gradient, moved, z, a, delta, column, phase, masks, outdated)


def _first(arrays: tuple[Array, ...] | None) -> tuple[Array, ...] | None:
    return None if arrays is None else tuple(array[:, 0] for array in arrays)


def _parameters(network: Network, flat: Array) -> Parameters:
    layers = range(1, len(network.n))
    W = (np.empty((0, 0)), *(network.W(flat, l) for l in layers))
    return Parameters(W, (np.empty(0), *(network.b(flat, l) for l in layers)))


def _step(snapshot: Snapshot, previous: Snapshot | None) -> Array | None:
    """Return the change of theta since the snapshot shown before, if that is one update old."""
    if previous is None or previous.theta.shape != snapshot.theta.shape:
        return None
    if not 0 <= snapshot.iteration - previous.iteration <= 1:
        return None
    before = snapshot.before if snapshot.before is not snapshot.theta else previous.theta
    step: Array = np.abs(snapshot.theta - before)
    return step


# -- How far the pass has come: what is computed, and what the next step works on ------------------------

_OF_BIAS = (StepKind.BIAS, StepKind.BIAS_GRADIENT, StepKind.NEW_BIAS)


class Lit(NamedTuple):
    """What a step computes or uses: neurons (l, j), an edge (l, i, j), or the bias of a neuron (l, j)."""

    neurons: tuple[tuple[int, int], ...]
    edge: tuple[int, int, int] | None
    bias: tuple[int, int] | None


NOTHING = Lit((), None, None)


def lit(step: PassStep | None, outputs: int) -> Lit:
    """Return what a step computes or uses; for the loss, all ``outputs`` of the last layer."""
    if step is None or step.quantity is StepKind.SAMPLE:
        return NOTHING
    l, j, other = step.layer, step.neuron, step.source
    if j is None:
        return Lit(tuple((l, k) for k in range(outputs)), None, None)
    edge = None
    if other is not None:
        edge = (l + 1, j, other) if step.quantity is StepKind.UPSTREAM else (l, other, j)
    return Lit(((l, j),), edge, (l, j) if step.quantity in _OF_BIAS else None)


def stage_colour(theme: Theme, stage: LoopStage) -> QColor:
    """Return the colour of a part of the training loop: green in the backward pass, blue otherwise."""
    return theme.gradient_positive if stage is LoopStage.BACKWARD else theme.accent


@dataclass(frozen=True)
class PassReach:
    """Which ``neurons[l]`` (n[l],) and ``edges[l]`` (n[l-1], n[l]) the pass has reached, true or false.

    ``remark`` says the same in words.
    """

    neurons: tuple[Array, ...]
    edges: tuple[Array, ...]
    remark: str


def reach(moment: DisplayedPass, last: PassStep | None) -> PassReach | None:
    """Return how far the pass has come while some of it is not computed yet; else None.

    ``last`` is the last step made: of an unfinished sum the terms so far count. During an update all is
    reached, and the remark says whether weights are old or new.
    """
    if moment.a is None or moment.z is None:
        return None
    if moment.outdated:
        neurons = tuple(np.ones(a.shape, bool) for a in moment.a)
        edges = tuple(np.ones(W.shape, bool) for W in moment.theta.W)
        return PassReach(neurons, edges, tr("a, o and δ are those before the update"))
    if moment.phase is not Phase.UPDATE and any(np.isnan(a).any() for a in moment.a):
        return _forward(moment.z, moment.a, moment.network.n, last)
    gradient, delta = moment.gradient, moment.delta
    if moment.phase is not Phase.BACKWARD or gradient is None or delta is None:
        return None
    if not any(np.isnan(b).any() for b in gradient.b):
        return None
    neurons = tuple(~np.isnan(one) for one in delta)
    return PassReach(neurons, tuple(~np.isnan(W) for W in gradient.W), _backward_remark(neurons))


def _forward(
    z: tuple[Array, ...], a: tuple[Array, ...], n: tuple[int, ...], last: PassStep | None
) -> PassReach:
    neurons = tuple(~np.isnan(one) for one in a)
    edges = [np.empty((0, 0), bool)]
    for l in range(1, len(n)):
        edges.append(np.broadcast_to(~np.isnan(z[l]), (n[l - 1], n[l])).copy())
    if last is not None and last.quantity is StepKind.PRODUCT and last.source is not None:
        edges[last.layer][: last.source + 1, last.neuron] = True
    reached = [l for l in range(1, len(n)) if neurons[l].any() or edges[l].any()]
    if not reached:
        remark = tr("the sample is chosen; nothing is computed yet")
    elif reached[-1] == len(n) - 1:
        remark = tr("the forward pass has reached the output")
    else:
        remark = tr("the forward pass has reached layer {l}; what lies right of here is not computed yet")
        remark = remark.format(l=reached[-1])
    return PassReach(neurons, tuple(edges), remark)


def _backward_remark(neurons: tuple[Array, ...]) -> str:
    reached = [l for l in range(1, len(neurons)) if neurons[l].any()]
    if not reached:
        return tr("the loss is known; the gradient begins at the output")
    if reached[0] == 1:
        return tr("the gradient has reached layer 1, the first one")
    text = tr("the gradient has reached layer {l}; what lies left of here is not computed yet")
    return text.format(l=reached[0])


# -- All that the items of the canvas draw from, in one place --------------------------------------------

DIM = 0.22  # opacity of the layers that are not in the spotlight
MOST_WIDTHS = 4000
NEARLY_0 = "≈ 0"  # a number for whose first digit there is no room
LONG = 14  # characters: shorter texts may be numbers


@dataclass(frozen=True)
class HitTarget:
    """An element of the canvas under the mouse: ``kind`` and its indices.

    Kinds: "chip", "activation", "less", "count", "more", "menu", "delete" (of the column ``column``),
    "neuron" and "bias" (layer l, neuron j), "edge" (layer l, from i to j), "padlock" (of an edge, or of a
    bias), "badge" (of a layer, or of its neuron j).
    """

    kind: str
    column: int = 0
    layer: int | None = None
    j: int | None = None
    i: int | None = None


class Texts:
    """Draws lines of text; the width of numbers, which change in every frame, is that of their characters."""

    def __init__(self, scale: float) -> None:
        self.hall = scale > 1
        self.fonts: dict[str, QFont] = {
            "text": font("text", scale),
            "small": font("small", scale),
            "name": font("formula", scale),
            "bold": font("text", scale),
            "note": font("text", scale),
            "big": font("number", scale),
        }
        self.fonts["bold"].setWeight(QFont.Weight.DemiBold)
        self.fonts["name"].setItalic(True)
        self.fonts["note"].setItalic(True)
        self.metrics = {role: QFontMetricsF(made) for role, made in self.fonts.items()}
        self._drops = {role: made.ascent() - made.height() / 2 for role, made in self.metrics.items()}
        self._widths: dict[tuple[str, str], float] = {}
        self._advances: dict[tuple[str, str], float] = {}

    def draw(
        self,
        painter: QPainter,
        role: str,
        text: str,
        x: float,
        y: float,
        align: float = 0.5,
        room: float = inf,
    ) -> float:
        """Draw a line of text with its middle at height y; return its width.

        ``align``: x is its left end (0), its middle (0.5) or its right end (1). A text wider than ``room``
        is drawn smaller; in presentation mode its number is written in fewer digits instead, or not at all.
        Without any room, nothing is drawn.
        """
        if self.hall and room < inf:
            text = self._in_fewer_digits(role, text, room)
        if not text or room <= 0:
            return 0.0
        width = self.width(role, text)
        painter.setFont(self.fonts[role])
        if width > room:  # narrower letters need a smaller font: the picture of the text is scaled instead
            share = room / width
            painter.save()
            painter.translate(x - align * room, y)
            painter.scale(share, share)
            painter.drawText(QPointF(0.0, self._drops[role]), text)
            painter.restore()
            return room
        painter.drawText(QPointF(x - align * width, y + self._drops[role]), text)
        return width

    def _in_fewer_digits(self, role: str, text: str, room: float) -> str:
        """Return a text whose last number is rounded so that it fits; empty if that is impossible.

        A number too small for its digits is rounded to fewer decimals, and in the end written as `NEARLY_0`.
        """
        head, found = "", text
        if " " in text:
            head, _space, found = text.rpartition(" ")
            head += " "
        number = number_or_none(found)
        shorter = []
        if number is not None:
            shorter = [value_text(number, count=count) for count in reversed(range(1, digits()))]
            rounded = (round(number, decimals) for decimals in (2, 1))
            shorter += [value_text(value) if value else NEARLY_0 for value in rounded if abs(number) < 1]
        for one in (text, *(head + number for number in shorter)):
            if self.width(role, one) <= room:
                return one
        return ""

    def width(self, role: str, text: str) -> float:
        """Return the width of a text."""
        found = self._widths.get((role, text))
        if found is None:
            if len(self._widths) > MOST_WIDTHS:
                self._widths.clear()
            long = len(text) >= LONG
            found = self._measured(role, text) if long else sum(self._measured(role, c) for c in text)
            self._widths[role, text] = found
        return found

    def _measured(self, role: str, text: str) -> float:
        found = self._advances.get((role, text))
        if found is None:
            found = self._advances[role, text] = self.metrics[role].horizontalAdvance(text)
        return found

    def sizes(
        self,
        names: Iterable[str] = (),
        measured: Iterable[str] = (),
        legend: tuple[float, float] = (0.0, 0.0),
        loss: float = 0.0,
    ) -> Sizes:
        """Return the text metrics that the layout needs.

        ``names`` are the lines beside the inputs, ``measured`` the smaller ones beneath them,
        and ``legend`` and ``loss`` are the widths of an output's texts and of the loss, as in `Sizes`.
        """
        widths = [self.width("name", name) for name in names] + [self.width("small", it) for it in measured]
        small = self.metrics["small"]
        digit = small.horizontalAdvance("0")
        return Sizes(small.height(), digit, max(widths, default=0.0), legend, loss, hall=self.hall)


@dataclass
class CanvasState:
    """All that the canvas draws from, shared by the view, its items and its controllers.

    ``network``, ``dataset`` and ``snapshot`` are those shown last, ``axes`` the two inputs that span the
    plane of the neurons' images (None: the first two of two). ``still``: headers have no buttons.
    ``names`` are the input names as displayed, ``numbers`` says what the edges show ("weights",
    "gradients" or "both"). ``moment`` is None where the network drawn has no numbers: before the first
    snapshot, and for an invalid design. Numbers are those of ``moment``; edges and tiles show
    ``newest``, which is ahead of it between two number frames of a run. ``colours`` are 256 pixels, from
    the most negative to the most positive value. ``linked`` is what is hovered in another view. ``last``
    and ``coming`` are the last step of the pass and the next one, ``reach`` how far the pass has come.
    ``density`` is the number of device pixels per unit of the layout. While ``veiled``, what a pass
    computes is hidden, but for the numbers ``told``; inputs, weights and biases stay visible. ``spotlight``
    is the highlighted layer, all others are ``dimmed`` by 0 … 1.
    """

    network: Network | None = None
    dataset: Dataset | None = None
    snapshot: Snapshot | None = None
    axes: tuple[int, int] | None = None
    design: Design = field(default_factory=Design)
    problems: tuple[Problem, ...] = ()
    names: tuple[str, ...] = ("x₁", "x₂")
    image: bool = False
    theme: Theme = LIGHT
    colours: Array = field(default_factory=lambda: packed(diverging(LIGHT)))
    texts: Texts = field(default_factory=lambda: Texts(1.0))
    layout: Layout = field(default_factory=lambda: layout(Design(), 2, 800, 500))
    moment: DisplayedPass | None = None
    newest: DisplayedPass | None = None
    pixels: NeuronImages | None = None
    numbers: str = "weights"
    selection: Selection = field(default_factory=Selection)
    hover: HitTarget | None = None
    linked: Selection = field(default_factory=Selection)
    zoom: float = 1.0
    density: float = 1.0
    last: PassStep | None = None
    coming: PassStep | None = None
    reach: PassReach | None = None
    findings: tuple[Finding, ...] = ()
    still: bool = False
    veiled: bool = False
    told: frozenset[ComputedNumber] = frozenset()
    spotlight: int | None = None
    dimmed: float = 0.0

    def hides(self, number: ComputedNumber) -> bool:
        """Return whether the veil lies over a number."""
        return self.veiled and number not in self.told

    @property
    def live(self) -> bool:
        """Whether the network that is drawn is the one that is trained, so that it has numbers."""
        return self.network is not None and self.network.design.layers == self.design.layers

    def pass_of(self, snapshot: Snapshot, previous: Snapshot | None = None) -> DisplayedPass | None:
        """Return the displayed pass of a snapshot, of the selected sample if the data has it; else None.

        ``previous`` is the snapshot shown before; the change since then determines the digits of the weights.
        """
        if not self.live or self.network is None or self.dataset is None:
            return None
        sample = self.selection.sample
        if isinstance(sample, int) and sample >= self.dataset.x.shape[1]:
            sample = None
        return moment(self.network, self.dataset, snapshot, sample, previous)

    def take_moment(self, previous: Snapshot | None = None) -> None:
        """Compute what is displayed of the present snapshot; ``previous`` is the one shown before."""
        self.moment = None if self.snapshot is None else self.pass_of(self.snapshot, previous)
        self.newest = self.moment
        self.take_reach()

    def take_reach(self) -> None:
        """Compute how far the pass has come."""
        self.reach = None if self.moment is None else reach(self.moment, self.last)

    def is_fixed(self, l: int, i: int | None, j: int) -> bool:
        """Return whether the design fixes W[l]_ij or, if i is None, b[l]_j."""
        dense = self.design.dense
        return 1 <= l <= len(dense) and dense[l - 1].is_fixed(i, j)

    def shown(self, layer: int | None) -> float:
        """Return the opacity of a layer and its edges: 1, or less outside the spotlight."""
        if layer is not None and layer == self.spotlight:
            return 1.0
        return 1.0 - (1.0 - DIM) * self.dimmed

    def part(self, column: int) -> Layer | None:
        """Return the layer of the design a column draws; None for the input."""
        place = self.layout.columns[column].place
        return None if place is None else self.design.layers[place]

    def sign_colour(self, value: float) -> QColor:
        """Return the colour of a value's sign."""
        return self.theme.negative if value < 0 else self.theme.positive

    @property
    def looked_at(self) -> tuple[tuple[int, int, int | None], ...]:
        """The neurons (l, j, None) and edges (l, j, i) under the mouse or selected, as far as they exist."""
        found: list[tuple[int, int, int | None]] = []
        if self.hover is not None and self.hover.layer is not None and self.hover.j is not None:
            found.append((self.hover.layer, self.hover.j, self.hover.i))
        for chosen in (self.linked, self.selection):
            if chosen.layer is not None and chosen.neuron is not None:
                found.append((chosen.layer, chosen.neuron, chosen.source))
        n = {column.layer: column.neurons for column in self.layout.columns if column.layer is not None}
        return tuple((l, j, i) for l, j, i in found if j < n.get(l, 0) and (i is None or i < n.get(l - 1, 0)))

    @property
    def lit(self) -> Lit:
        """What the next step of the pass computes or uses."""
        if self.coming is None or self.moment is None:
            return NOTHING
        return lit(self.coming, self.moment.network.n[-1])

    @property
    def stepping(self) -> bool:
        """Whether the pass is gone through step by step."""
        return self.last is not None or self.coming is not None

    @property
    def silent(self) -> bool:
        """Whether the sample's numbers are hidden: in presentation mode, after an update, unless selected."""
        done = self.moment is not None and self.moment.phase is Phase.UPDATE
        return self.layout.sizes.hall and done and self.selection.sample is None

    @property
    def selected_edge(self) -> tuple[int, int, int] | None:
        """The selected edge (l, i, j)."""
        chosen = self.selection
        if chosen.layer is None or chosen.neuron is None or chosen.source is None:
            return None
        return (chosen.layer, chosen.source, chosen.neuron)

    @property
    def stage_colour(self) -> QColor:
        """The colour of what the next step computes or uses."""
        return self.theme.accent if self.coming is None else stage_colour(self.theme, self.coming.stage)


def rounded(
    painter: QPainter, rect: QRectF, radius: float, fill: QColor, line: QColor, width: float = 1
) -> None:
    """Draw a rectangle with round corners."""
    painter.setPen(QPen(line, width))
    painter.setBrush(fill)
    painter.drawRoundedRect(rect, radius, radius)


def bracketed(painter: QPainter, box: QRectF, colour: QColor, width: float) -> None:
    """Draw brackets at the four corners of a box, which mark what the next step computes or uses."""
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.setPen(pen)
    arm = min(12.0, 0.28 * min(box.width(), box.height()))
    for x, right in ((box.left(), arm), (box.right(), -arm)):
        for y, down in ((box.top(), arm), (box.bottom(), -arm)):
            painter.drawLine(QPointF(x, y), QPointF(x + right, y))
            painter.drawLine(QPointF(x, y), QPointF(x, y + down))


def faded(colour: QColor, opacity: float) -> QColor:
    """Return a colour with an opacity of 0 … 1."""
    made = QColor(colour)
    made.setAlphaF(opacity)
    return made
