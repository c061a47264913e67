"""The notation of a network with one hidden layer: from the bare net to one nested formula."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from core.lecture.one_sample import NumberPlace, OneSample
from core.lecture.subjects import Networks, Subject
from gui.lecture.stages.drawn.board import Board
from gui.lecture.stages.drawn.stage import DrawnStage
from gui.widgets.drawable import point


@dataclass(frozen=True)
class NetPlace:
    """Where the net stands: columns of its layers, middle line, distance of neurons, their radius."""

    columns: tuple[float, float, float]
    middle: float
    inputs_apart: float
    hidden_apart: float
    radius: float

    def neuron(self, layer: int, k: int, count: int) -> QPointF:
        """Return the centre of neuron k of a layer of ``count``."""
        apart = self.inputs_apart if layer == 0 else self.hidden_apart
        return point(self.columns[layer], self.middle + (k - (count - 1) / 2) * apart)

    def toward(self, other: NetPlace, share: float) -> NetPlace:
        """Return the place on the way to another one."""
        mixed = [
            mine + (theirs - mine) * share
            for mine, theirs in zip(self._numbers(), other._numbers(), strict=True)
        ]
        return NetPlace((mixed[0], mixed[1], mixed[2]), *mixed[3:])

    def _numbers(self) -> tuple[float, ...]:
        return *self.columns, self.middle, self.inputs_apart, self.hidden_apart, self.radius


ALONE = NetPlace((330, 960, 1590), 450, 300, 272, 72)
BESIDE = NetPlace((210, 600, 990), 450, 300, 272, 66)
SMALL_NET = NetPlace((150, 405, 650), 235, 232, 186, 54)


class NotationStage(DrawnStage):
    """A 2-3-1 network: names, one weight, one neuron opened, the layer, all in one formula."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("notation", parent)

    def compute(self, subject: Subject) -> None:
        """Compute the passes of the network's first sample."""
        assert isinstance(subject, Networks)
        self.sample = OneSample(subject)

    def with_number(self, key: Hashable, value: float) -> Subject:
        """Return the network with another parameter or input."""
        assert isinstance(key, NumberPlace)
        return self.sample.with_number(key, value)

    def paint(self, board: Board) -> None:
        """Paint the net, and what is beside it."""
        place = ALONE.toward(BESIDE, self.arrived("weight"))
        self._paint_edges(board, place)
        self._paint_neurons(board, place)

    def _paint_edges(self, board: Board, place: NetPlace) -> None:
        n = self.sample.n
        for l in (1, 2):
            for i in range(n[l - 1]):
                for j in range(n[l]):
                    board.edge(place.neuron(l - 1, i, n[l - 1]), place.neuron(l, j, n[l]), width=5)

    def _paint_neurons(self, board: Board, place: NetPlace) -> None:
        n = self.sample.n
        for l in range(3):
            for k in range(n[l]):
                middle = place.neuron(l, k, n[l])
                board.disc(middle.x(), middle.y(), place.radius, board.colours.muted)
                if self.reached("neurons"):
                    with board.faded(self.arrived("neurons")):
                        board.formula(
                            f"a_{{{k + 1}}}^{{[{l}]}}", middle.x(), middle.y(), 46, board.colours.muted
                        )
