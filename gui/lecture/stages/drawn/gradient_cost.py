"""The cost of a gradient: every parameter perturbed by itself, against one backward pass."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from core.analysis.gradient_check import GradientSteps, by_backpropagation, by_differences, parameter_at
from core.arrays import Array
from core.lecture.network_quantities import CountNumber
from core.lecture.one_sample import NumberPlace, OneSample
from core.lecture.subjects import Networks, Subject, made
from core.number_style import NOT_COMPUTED, count_text, value_text
from gui.lecture.stages.drawn.board import HUGE, LARGE, MEDIUM, SMALL, Board, between
from gui.lecture.stages.drawn.net import NetPlace, edges, handle, symbol
from gui.lecture.stages.drawn.picture import Picture
from gui.qt.drawable import guarded_overrides

NET = NetPlace((120.0, 480.0, 840.0), 430.0, 360.0, 360.0, 66.0)
CROSSING, STRAIGHT = 0.33, 0.5
"""Position of weights on an edge, as a fraction from its source; for edges that cross, and for others."""
BROAD = 16.0
TABLE, ROW = QRectF(1030, 96, 850, 0), 62.0
NAMES, PERTURBED, BACKPROPAGATED = TABLE.left() + 90, TABLE.left() + 345, TABLE.left() + 690
COUNTS, PAPER = 780.0, 54.0
ON_PAPER = (
    (r"x\,(o-y)", 1),
    (r"x\,\sigma'(z_1)\,w_2\,(o-y)", 2),
    (r"x\,\sigma'(z_1)\,w_2\,\sigma'(z_2)\,w_3\,(o-y)", 3),
)
"""The derivative by the first weight of a chain of neurons, and the number of layers in the chain."""
SWEEP_PASSES = by_backpropagation().forward + by_backpropagation().backward
COSTS = (r"2n\cdot n\;=\;\Theta(n^2)", r"2\cdot n\;=\;\Theta(n)")
"""The cost of all passes by either method, if a pass takes about one operation per parameter."""
SHAKE_MILLISECONDS, SWEEP_MILLISECONDS = 3600, 1600


@guarded_overrides
class GradientCostPicture(Picture):
    """A small network, and the gradient by each of its parameters, found by two methods and counted."""

    durations = {"shaken": SHAKE_MILLISECONDS, "sweep": SWEEP_MILLISECONDS}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__("gradient-cost")

    def compute(self, subject: Subject) -> None:
        """Compute J of all samples, and its gradient by both methods."""
        assert isinstance(subject, Networks)
        sample = OneSample(subject)
        network, samples = sample.network, sample.dataset.train
        x, y = sample.dataset.x[:, samples], sample.dataset.targets(sample.n[-1])[:, samples]
        steps = GradientSteps(network, sample.theta, x, y)
        steps.advance(network.parameters)
        self.sample = sample
        self.shaken: Array = steps.numerical
        self.swept: Array = steps.backpropagation
        networks = [network, *(made(change).network for change in subject.changes)]
        self.sizes = [(one.parameters, by_differences(one).forward) for one in networks]

    def with_number(self, key: Hashable, value: float) -> Subject:
        """Return the subject with another parameter."""
        assert isinstance(key, NumberPlace)
        return self.sample.with_number(key, value)

    # -- what is painted -------------------------------------------------------------------------------

    def paint(self, board: Board) -> None:
        """Paint the network, and beside it what is known of its gradient."""
        if self.reached("sizes"):
            self._paint_sizes(board)
            return
        self._paint_net(board)
        if not self.reached("shake"):
            self._paint_paper(board)
            return
        self._paint_table(board)

    @property
    def _done(self) -> int:
        """The number of parameters perturbed so far."""
        if not self.reached("shaken"):
            return 1
        return round(1 + (self.shaken.size - 1) * self.arrived("shaken"))

    def _place(self, k: int) -> NumberPlace:
        layer, source, neuron = parameter_at(self.sample.network, k)
        if source is None:
            return NumberPlace("bias", neuron, layer)
        return NumberPlace("weight", neuron, layer, source)

    def _paint_net(self, board: Board) -> None:
        n, shown = self.sample.n, board.colours
        shaken = self._place(self._done - 1) if self.at("shake") or self._moving("shaken") else None
        front = self._active_layer()
        for l in range(1, len(n)):
            for i, j in edges(n, l):
                place = NumberPlace("weight", j, l, i)
                lit = place == shaken or (front is not None and front[0] == l)
                start, end = NET.neuron(l - 1, i, n[l - 1]), NET.neuron(l, j, n[l])
                colour = None if not lit else shown.accent if shaken else front[1] if front else None
                board.edge(start, end, self.sample.number(place), width=BROAD if lit else 7, colour=colour)
        for l in range(len(n)):
            for k in range(n[l]):
                middle = NET.neuron(l, k, n[l])
                board.disc(middle.x(), middle.y(), NET.radius)
                name = rf"x_{k + 1}" if l == 0 else "o" if l == len(n) - 1 else rf"a_{k + 1}"
                board.formula(name, middle.x(), middle.y(), LARGE)
        self._paint_parameters(board, shaken)

    def _paint_parameters(self, board: Board, shaken: NumberPlace | None) -> None:
        n = self.sample.n
        for k in range(self.swept.size):
            place = self._place(k)
            if place.kind == "bias":
                at = NET.neuron(place.layer, place.neuron, n[place.layer]) - QPointF(0, NET.radius + 52)
            else:
                ends = (
                    NET.neuron(place.layer - 1, place.source, n[place.layer - 1]),
                    NET.neuron(place.layer, place.neuron, n[place.layer]),
                )
                crosses = place.layer == 1 and place.source != place.neuron
                at = between(*ends, CROSSING if crosses else STRAIGHT)
            value = value_text(self.sample.number(place))
            lit = place == shaken
            board.pill(
                f"{value} ± h" if lit else value,
                at.x(), at.y(),
                board.colours.accent if lit else board.signed(self.sample.number(place)),
                size=SMALL, handle=handle(self.sample, place),
            )  # fmt: skip

    def _moving(self, step: str) -> bool:
        return self.at(step) and self.progress < 1

    def _active_layer(self) -> tuple[int, QColor] | None:
        """Return the layer that the pass is at, and the colour of its direction; None: there is no pass."""
        if not self._moving("sweep"):
            return None
        layers = len(self.sample.n) - 1
        way = self.arrived("sweep") * 2 * layers
        k = min(int(way), 2 * layers - 1)
        colours = self.theme
        return (k + 1, colours.accent) if k < layers else (2 * layers - k, colours.gradient_positive)

    def _paint_paper(self, board: Board) -> None:
        """Paint J and the question, and then the derivatives that are worked out on paper."""
        left, shown = TABLE.left(), board.colours
        if self.at("network"):
            board.formula(r"\frac{\partial J}{\partial w}=\;?", left + 425, 430, 2 * HUGE)
            return
        lines = ON_PAPER if self.reached("architectures") else ON_PAPER[:1]
        for k, (latex, layers) in enumerate(lines):
            y = 170 + 250 * k
            words = self.tr("{count} layers") if layers > 1 else self.tr("{count} layer")
            board.text(words.format(count=layers), left, y - 108, SMALL, shown.muted, side="left")
            board.formula(rf"\frac{{\partial J}}{{\partial w_1}}={latex}", left, y, PAPER, side="left")

    # -- the table -------------------------------------------------------------------------------------

    def _paint_table(self, board: Board) -> None:
        shown, size = board.colours, self.swept.size
        sweep = self.reached("sweep")
        board.text(self.tr("shaken"), PERTURBED, 44, SMALL, shown.muted)
        if sweep:
            board.text(self.tr("one sweep"), BACKPROPAGATED, 44, SMALL, shown.muted)
        else:
            board.formula(r"\frac{J(w+h)-J(w-h)}{2h}", TABLE.right() + 20, 320, 44, side="right")
        row = min(ROW, (COUNTS - 60 - TABLE.top()) / size)
        come = round((2 * self.arrived("sweep") - 1) * size)
        for k in range(size):
            y, place = TABLE.top() + (k + 0.5) * row, self._place(k)
            letter = "W" if place.kind == "weight" else "b"
            neurons = (place.source, place.neuron) if place.kind == "weight" else (place.neuron,)
            name = symbol(letter, place.layer, *neurons)
            board.formula(name, NAMES, y, SMALL)
            if k < self._done:
                self._paint_gradient(board, self.shaken[k], PERTURBED, y)
            if sweep and k >= size - come:
                self._paint_gradient(board, self.swept[k], BACKPROPAGATED, y)
            if self.reached("agreement"):
                board.text("=", (PERTURBED + BACKPROPAGATED) / 2, y, MEDIUM)
        self._paint_counts(board, sweep=sweep)

    def _paint_gradient(self, board: Board, value: float, x: float, y: float) -> None:
        text = NOT_COMPUTED if np.isnan(value) else self.precise(float(value))
        board.number(text, x, y, MEDIUM, board.signed(float(value), gradient=True))

    def _paint_counts(self, board: Board, *, sweep: bool) -> None:
        hidden = self.asks(CountNumber, what="forward_passes_of_differences")
        made_passes = 2 * self._done
        number = self.written(made_passes, hidden=hidden and self._done > 1)
        self._paint_count(board, PERTURBED, number, self.tr("passes"))
        if sweep:
            self._paint_count(board, BACKPROPAGATED, self.written(SWEEP_PASSES), self.tr("passes"))

    def _paint_count(self, board: Board, x: float, number: str, words: str) -> None:
        board.line(QPointF(x - 150, COUNTS - 52), QPointF(x + 150, COUNTS - 52), board.faint)
        there = board.number(number, x - 20, COUNTS, HUGE, side="right")
        board.text(words, there.right() + 20, COUNTS, SMALL, board.colours.muted, side="left")

    # -- larger networks -------------------------------------------------------------------------------

    def _paint_sizes(self, board: Board) -> None:
        """Paint the passes of each network as bars."""
        shown, left, room = board.colours, 60.0, 1500.0
        most = max(shaken for _size, shaken in self.sizes)
        for k, (size, shaken) in enumerate(self.sizes):
            y = 70 + 410 * k
            words = self.tr("{count} parameters").format(count=count_text(size))
            board.text(words, left, y, MEDIUM, bold=True, side="left")
            for line, (count, colour, way) in enumerate(
                (
                    (shaken, shown.negative, self.tr("shaken")),
                    (SWEEP_PASSES, shown.gradient_positive, self.tr("one sweep")),
                )
            ):
                at = y + 100 + 120 * line
                long = max(8.0, room * count / most)
                board.panel(
                    QRectF(left + 250, at - 42, long - 250 * count / most, 84), None, colour, radius=8
                )
                board.text(way, left + 230, at, SMALL, shown.muted, side="right")
                end = left + 250 + long - 250 * count / most
                board.number(count_text(count), end + 24, at, HUGE, side="left")
                if k == 0 and self.at("cost"):
                    board.formula(COSTS[line], 1000, at, HUGE, colour, side="left")
