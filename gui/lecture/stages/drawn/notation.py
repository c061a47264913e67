"""The notation of a network with one hidden layer: from the unlabelled network to one nested formula."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from core.lecture.network_quantities import NeuronNumber
from core.lecture.one_sample import NumberPlace, OneSample
from core.lecture.subjects import Networks, Subject
from core.number_style import fine_text
from gui.lecture.stages.drawn.board import SMALL, Board, between, fitted_size, toward
from gui.lecture.stages.drawn.net import NetPlace, edges, handle, plain_edges, symbol
from gui.lecture.stages.drawn.opened_neuron import OpenedNeuron
from gui.lecture.stages.drawn.picture import Picture
from gui.lecture.stages.drawn.vector_form import VectorForm
from gui.qt.drawable import guarded_overrides, point

ALONE = NetPlace((330, 960, 1590), 420, 290, 252, 72)
BESIDE = NetPlace((200, 580, 960), 440, 280, 264, 68)
OPENED_NET = NetPlace((170, 450, 720), 410, 300, 236, 62)
SMALL_NET = NetPlace((150, 405, 650), 245, 240, 190, 54)
LAYERS_NET = NetPlace((120, 420, 710), 240, 220, 162, 76)
HEAD = 50.0


@guarded_overrides
class NotationPicture(Picture):
    """A network with one hidden layer: names, one weight, one neuron in detail, its layer, one formula."""

    durations = {"sum": 1600, "opened": 400}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__("notation")

    def compute(self, subject: Subject) -> None:
        """Compute the passes of the network's first sample."""
        assert isinstance(subject, Networks)
        self.sample = OneSample(subject)
        self.neuron = min(1, self.sample.n[1] - 1)
        self.opened = OpenedNeuron(self, self.sample, self.neuron, self.number_of)
        self.vectors = VectorForm(self, self.sample, self.neuron, self.number_of)

    def with_number(self, key: Hashable, value: float) -> Subject:
        """Return the network with another parameter or input."""
        assert isinstance(key, NumberPlace)
        return self.sample.with_number(key, value)

    def number_of(self, what: str, layer: int, k: int) -> str:
        """Return the text of z or a of a neuron, a question mark if it is still to be guessed."""
        values = self.sample.z(layer) if what == "z" else self.sample.a(layer)
        last = len(self.sample.n) - 1
        hidden = any(
            isinstance(one, NeuronNumber)
            and (one.layer or last, one.neuron) == (layer, k)
            and one.what in ("z", what)  # a reveals z
            for one in self.asked
        )
        return self.written(float(values[k]), hidden=hidden)

    def net(self) -> NetPlace:
        """Return the position of the network."""
        place = ALONE.toward(BESIDE, self.arrived("weight"))
        place = place.toward(OPENED_NET, self.arrived("opened"))
        place = place.toward(SMALL_NET, self.arrived("sum", 0, len(self.opened.terms) + 1))
        return place.toward(LAYERS_NET, self.arrived("layer"))

    def paint(self, board: Board) -> None:
        """Paint the network, and what is beside it."""
        place = self.net()
        if self.at("weight"):
            self._paint_band(board, place)
        if self.at("opened", "sum", "activation"):
            self.opened.paint_ray(board, place)
        if not self.reached("nested"):
            plain_edges(board, place, self.sample.n, 2)
        if not self.reached("layer"):
            opened = self.neuron if self.reached("opened") else None
            plain_edges(board, place, self.sample.n, 1, but=opened)
        if self.reached("layer"):
            self._paint_values(board, place)
            self.vectors.paint(board)
        elif self.reached("opened"):
            self._paint_weighted(board, place)
            self.opened.paint(board, place)
            if self.reached("activation"):
                with board.faded(self.arrived("activation")):
                    self.vectors.paint_sums(board, only=self.neuron)
        else:
            self._paint_named(board, place)

    # -- names -----------------------------------------------------------------------------------------

    def _paint_named(self, board: Board, place: NetPlace) -> None:
        """Paint the neurons with their names, and with their biases or one weight."""
        n = self.sample.n
        named = self.arrived("neurons")
        if self.at("weight"):
            self._paint_weight(board, place)
        for l, count in enumerate(n):
            for k in range(count):
                self._paint_neuron(board, place, l, k, named)
                if self.at("biases") and l > 0:
                    middle = place.neuron(l, k, count)
                    with board.faded(self.arrived("biases")):
                        board.pill(
                            symbol("b", l, k), middle.x(), middle.y() + place.radius + 52,
                            board.colours.bias, size=44, formula=True,
                        )  # fmt: skip
            if named:
                lit = self.at("weight") and l == 1
                with board.faded(named):
                    board.text(
                        self.tr("layer {number}").format(number=l), place.columns[l], HEAD, 42,
                        board.colours.accent if lit else board.colours.muted, bold=lit,
                    )  # fmt: skip

    def _paint_neuron(self, board: Board, place: NetPlace, l: int, k: int, named: float) -> None:
        middle, colours = place.neuron(l, k, self.sample.n[l]), board.colours
        ring, ground, ink = colours.muted, colours.panel, colours.muted
        line = 4.0
        if self.at("weight") and (l, k) == (0, 0):
            ring, ground, ink, line = colours.bias, board.soft(colours.bias), colours.bias, 9.0
        elif self.at("weight") and (l, k) == (1, self.neuron):
            ring, ground, ink = colours.text, colours.text, colours.panel
        board.disc(middle.x(), middle.y(), place.radius, ring, ground, line)
        if named:
            with board.faded(named):
                board.formula(symbol("a", l, k), middle.x(), middle.y(), 50, ink)

    def _paint_band(self, board: Board, place: NetPlace) -> None:
        """Highlight the layer that the weight leads to."""
        left = place.columns[1] - 112
        board.panel(QRectF(left, 0, 224, 850), None, board.soft(board.colours.accent, 0.1), radius=28)

    def _paint_weight(self, board: Board, place: NetPlace) -> None:
        """Paint one edge, and beside the network its symbol with an explanation of its three indices."""
        n, colours = self.sample.n, board.colours
        start, end = place.neuron(0, 0, n[0]), place.neuron(1, self.neuron, n[1])
        board.edge(start, end, width=11, colour=colours.text)
        middle = between(start, end, 0.47)
        board.pill(symbol("W", 1, 0, self.neuron), middle.x(), middle.y(), size=56, formula=True)
        with board.faded(self.arrived("weight")):
            board.formula("W", 1410, 390, 400)
            board.formula("[1]", 1745, 290, 170, colours.accent)
            board.formula("1", 1620, 612, 180, colours.bias)
            board.formula(str(self.neuron + 1), 1720, 612, 180)
            board.line(point(1745, 150), point(1745, 200), colours.accent, 4)
            board.text(
                self.tr("into layer {number}").format(number=1),
                1745,
                105,
                46,
                colours.accent,
                bold=True,
                room=340,
            )
            said = self.tr("from neuron {number}").format(number=1)
            board.text(said, 1322, 785, 46, colours.bias, bold=True, room=400)
            curve = [point(1620, 684), point(1620, 722), point(1360, 690), point(1360, 736)]
            board.path(curve, colours.bias, 4)
            said = self.tr("to neuron {number}").format(number=self.neuron + 1)
            board.text(said, 1738, 785, 46, bold=True, room=350)
            curve = [point(1720, 684), point(1720, 710), point(1740, 710), point(1740, 736)]
            board.path(curve, colours.text, 4)

    # -- numbers ---------------------------------------------------------------------------------------

    def _paint_weighted(self, board: Board, place: NetPlace) -> None:
        """Paint the values of the inputs, and the weights and the bias of the neuron shown in detail."""
        n, colours, j = self.sample.n, board.colours, self.neuron
        for l in (1, 2):
            for k in range(n[l]):
                middle = place.neuron(l, k, n[l])
                board.disc(middle.x(), middle.y(), place.radius, board.faint)
        end = place.neuron(1, j, n[1])
        for i in range(n[0]):
            start, weight = place.neuron(0, i, n[0]), float(self.sample.W(1)[i, j])
            board.edge(start, toward(end, start, place.radius), weight)
        for i in range(n[0]):
            start, weight = place.neuron(0, i, n[0]), float(self.sample.W(1)[i, j])
            colour = board.signed(weight)
            spot = between(start, end, 0.5)
            board.pill(
                fine_text(weight), spot.x(), spot.y(), colour, size=44,
                handle=handle(self.sample, NumberPlace("weight", j, 1, i)),
            )  # fmt: skip
            self._paint_input(board, place, i, colour)
            above = -1 if i < n[0] / 2 else 1
            board.formula(symbol("a", 0, i), start.x(), start.y() + above * (place.radius + 38), 46, colour)
        board.disc(end.x(), end.y(), place.radius + 3, colours.text, line=6)
        board.formula(symbol("a", 1, j), end.x(), end.y(), 44)
        self._paint_bias(board, point(end.x(), end.y() + place.radius + 36))

    def _paint_bias(self, board: Board, middle: QPointF) -> None:
        board.pill(
            fine_text(self.sample.b(1)[self.neuron]), middle.x(), middle.y(), board.colours.bias, size=SMALL,
            handle=handle(self.sample, NumberPlace("bias", self.neuron, 1)),
        )  # fmt: skip

    def _paint_input(self, board: Board, place: NetPlace, i: int, colour: QColor) -> None:
        middle = place.neuron(0, i, self.sample.n[0])
        ground = board.colours.raised if colour == board.colours.text else board.soft(colour)
        board.disc(middle.x(), middle.y(), place.radius, colour, ground, 5)
        self._write(board, middle, place.radius, fine_text(self.sample.x[i]), colour, NumberPlace("input", i))

    def _write(
        self, board: Board, middle: QPointF, radius: float, text: str, colour: QColor, at: NumberPlace | None
    ) -> None:
        """Write a number into a neuron."""
        size = fitted_size(text, 44, 1.8 * radius, bold=True)
        held = None if at is None else handle(self.sample, at)
        board.number(text, middle.x(), middle.y(), size, colour, handle=held)

    def _paint_values(self, board: Board, place: NetPlace) -> None:
        """Paint the whole network with the outputs of its neurons."""
        n, colours = self.sample.n, board.colours
        last = 2 if self.reached("nested") else 1
        for l in range(1, last + 1):
            for i, j in edges(n, l):
                weight = float(self.sample.W(l)[i, j])
                board.edge(place.neuron(l - 1, i, n[l - 1]), place.neuron(l, j, n[l]), weight, width=6)
        for i in range(n[0]):
            self._paint_input(board, place, i, colours.text)
        for l in (1, 2):
            for k in range(n[l]):
                middle, known = place.neuron(l, k, n[l]), l <= last
                board.disc(middle.x(), middle.y(), place.radius, colours.text if known else board.faint)
                if known:
                    text = self.number_of("a", l, k)
                    self._write(board, middle, place.radius, text, colours.text, None)
