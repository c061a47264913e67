"""Picture: all that the items of the canvas draw from, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from core.design import Design, Layer, Problem
from core.diagnostics import Finding
from core.modules import Array
from core.reveal import Step
from gui.canvas.layout import Layout, Sizes, layout
from gui.canvas.moment import Moment
from gui.canvas.pixels import Pixels, packed
from gui.canvas.reach import NOTHING, Lit, Reach, lit, stage_colour
from gui.selection import Selection
from gui.theme import LIGHT, Theme, diverging, font

DIM = 0.22  # how visible is what stands beside the spotlight
NUMBERS_GROW = 1.08  # power of the scale by which numbers grow: in front of a hall, to 16 points
MOST_WIDTHS = 4000
LONG = 14  # characters: shorter texts may be numbers


@dataclass(frozen=True)
class Part:
    """A thing on the canvas under the mouse: ``kind`` and where it is.

    Kinds: "chip", "activation", "less", "more", "menu", "delete" (of the column ``column``), "neuron"
    and "bias" (layer l, neuron j), "edge" (layer l, from i to j), "badge" (of a layer, or of its neuron j).
    """

    kind: str
    column: int = 0
    layer: int | None = None
    j: int | None = None
    i: int | None = None


class Texts:
    """Draws lines of text; numbers, which change in every frame, are measured by their characters."""

    def __init__(self, scale: float) -> None:
        self.fonts: dict[str, QFont] = {
            "text": font("text", scale),
            "small": font("small", scale),
            "name": font("formula", scale),
            "bold": font("text", scale),
            "note": font("text", scale),
            "big": font("number", scale),
        }
        self.fonts["small"].setPointSizeF(self.fonts["small"].pointSizeF() * scale ** (NUMBERS_GROW - 1))
        self.fonts["bold"].setWeight(QFont.Weight.DemiBold)
        self.fonts["name"].setItalic(True)
        self.fonts["note"].setItalic(True)
        self.metrics = {role: QFontMetricsF(made) for role, made in self.fonts.items()}
        self._drops = {role: made.ascent() - made.height() / 2 for role, made in self.metrics.items()}
        self._widths: dict[tuple[str, str], float] = {}
        self._advances: dict[tuple[str, str], float] = {}

    def draw(self, painter: QPainter, role: str, text: str, x: float, y: float, align: float = 0.5) -> float:
        """Draw a line of text with its middle at height y; return its width.

        ``align``: x is its left end (0), its middle (0.5) or its right end (1).
        """
        width = self.width(role, text)
        painter.setFont(self.fonts[role])
        painter.drawText(QPointF(x - align * width, y + self._drops[role]), text)
        return width

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

    def sizes(self, names: tuple[str, ...] = ()) -> Sizes:
        """Return what the layout has to know of the fonts; ``names`` are those of the inputs."""
        widest = max((self.width("name", name) for name in names), default=0.0)
        small = self.metrics["small"]
        return Sizes(small.height(), small.horizontalAdvance("0"), min(widest, 12 * self.width("name", "0")))


@dataclass
class Picture:
    """What is drawn: the design and its places, the numbers of the moment, and what is looked at.

    ``still``: it is to be looked at, not to be edited. ``names`` are those of the inputs as they are
    written, ``numbers`` says what the edges show ("weights", "gradients" or "both"). ``moment`` is None
    where the network drawn has no numbers: before the first snapshot, and for a design that does not
    work; its numbers are written, while edges and tiles show ``newest``, which is ahead of it in the
    frames of a run. ``colours`` are 256 pixels, from the most negative to the most positive value.
    ``linked`` is what is under the mouse in another view. ``last`` and ``coming`` are the steps of the
    pass before and behind the moment, ``reach`` how far the pass is. ``density`` is the pixels of the
    screen a pixel of the layout takes. While ``veiled``, what a pass computes is hidden; inputs, weights
    and biases stay.
    ``spotlight`` is the layer that is lit, the others are ``dimmed``, 0 … 1.
    """

    design: Design = field(default_factory=Design)
    problems: tuple[Problem, ...] = ()
    names: tuple[str, ...] = ("x₁", "x₂")
    image: bool = False
    theme: Theme = LIGHT
    colours: Array = field(default_factory=lambda: packed(diverging(LIGHT)))
    texts: Texts = field(default_factory=lambda: Texts(1.0))
    layout: Layout = field(default_factory=lambda: layout(Design(), 2, 800, 500))
    moment: Moment | None = None
    newest: Moment | None = None
    pixels: Pixels | None = None
    numbers: str = "weights"
    selection: Selection = field(default_factory=Selection)
    hover: Part | None = None
    linked: Selection = field(default_factory=Selection)
    zoom: float = 1.0
    density: float = 1.0
    last: Step | None = None
    coming: Step | None = None
    reach: Reach | None = None
    findings: tuple[Finding, ...] = ()
    still: bool = False
    veiled: bool = False
    spotlight: int | None = None
    dimmed: float = 0.0

    def shown(self, layer: int | None) -> float:
        """Return how visible a layer and its edges are: 1, or less beside the one in the spotlight."""
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

    def gradient_colour(self, value: float) -> QColor:
        """Return the colour of a gradient's sign."""
        return self.theme.gradient_negative if value < 0 else self.theme.gradient_positive

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
        """What the coming step of the pass works on."""
        if self.coming is None or self.moment is None:
            return NOTHING
        return lit(self.coming, self.moment.network.n[-1])

    @property
    def stepping(self) -> bool:
        """Whether a pass is gone through step by step."""
        return self.last is not None or self.coming is not None

    @property
    def selected_edge(self) -> tuple[int, int, int] | None:
        """The edge (l, i, j) that is selected."""
        chosen = self.selection
        if chosen.layer is None or chosen.neuron is None or chosen.source is None:
            return None
        return (chosen.layer, chosen.source, chosen.neuron)

    @property
    def stage_colour(self) -> QColor:
        """The colour of what the coming step works on."""
        return self.theme.accent if self.coming is None else stage_colour(self.theme, self.coming.stage)


def rounded(
    painter: QPainter, rect: QRectF, radius: float, fill: QColor, line: QColor, width: float = 1
) -> None:
    """Draw a rectangle with round corners."""
    painter.setPen(QPen(line, width))
    painter.setBrush(fill)
    painter.drawRoundedRect(rect, radius, radius)


def faded(colour: QColor, opacity: float) -> QColor:
    """Return a colour with an opacity of 0 … 1."""
    made = QColor(colour)
    made.setAlphaF(opacity)
    return made
