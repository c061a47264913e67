"""The network of a drawing: neurons in columns, edges, and names in the lecture's notation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF

from core.language import tr
from core.lecture.one_sample import NumberPlace, OneSample
from gui.lecture.stages.drawn.board import Board, Handle
from gui.qt.drawable import point


@dataclass(frozen=True)
class NetPlace:
    """Position of a network: x of its layers, middle height, distances of neurons, their radius."""

    columns: tuple[float, ...]
    middle: float
    inputs_apart: float
    hidden_apart: float
    radius: float

    def neuron(self, layer: int, k: int, count: int) -> QPointF:
        """Return the centre of neuron k of a layer of ``count``."""
        apart = self.inputs_apart if layer == 0 else self.hidden_apart
        return point(self.columns[layer], self.middle + (k - (count - 1) / 2) * apart)

    def toward(self, other: NetPlace, share: float) -> NetPlace:
        """Interpolate linearly towards another position."""

        def mixed(mine: float, its: float) -> float:
            return mine + (its - mine) * share

        return NetPlace(
            tuple(mixed(*pair) for pair in zip(self.columns, other.columns, strict=True)),
            mixed(self.middle, other.middle),
            mixed(self.inputs_apart, other.inputs_apart),
            mixed(self.hidden_apart, other.hidden_apart),
            mixed(self.radius, other.radius),
        )


def edges(n: tuple[int, ...], layer: int) -> Iterator[tuple[int, int]]:
    """Yield source and target, from 0, of every edge into a layer."""
    return ((i, j) for i in range(n[layer - 1]) for j in range(n[layer]))


def symbol(letter: str, layer: int, *neurons: int) -> str:
    """Return a quantity in LaTeX, with its layer as superscript and its neurons (from 0) as subscripts."""
    below = "".join(str(k + 1) for k in neurons)
    return f"{letter}_{{{below}}}^{{[{layer}]}}" if neurons else rf"\mathbf{{{letter}}}^{{[{layer}]}}"


def handle(sample: OneSample, place: NumberPlace) -> Handle | None:
    """Return the handle that changes a number of the sample; None if it cannot be changed."""
    if not sample.can_change(place):
        return None
    number, source = place.neuron + 1, place.source + 1
    names = {
        "weight": tr("Weight from neuron {source} to neuron {number} of layer {layer}"),
        "bias": tr("Bias of neuron {number} of layer {layer}"),
        "input": tr("Input {number}"),
        "target": tr("Target {number}"),
    }
    name = names[place.kind].format(source=source, number=number, layer=place.layer)
    return place, sample.number(place), name


def plain_edges(board: Board, place: NetPlace, n: tuple[int, ...], l: int, *, but: int | None = None) -> None:
    """Paint the edges into a layer without their weights, except those into neuron ``but``."""
    for i, j in edges(n, l):
        if j != but:
            start, end = place.neuron(l - 1, i, n[l - 1]), place.neuron(l, j, n[l])
            board.edge(start, end, width=5, colour=board.faint)
