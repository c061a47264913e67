"""The drawing of one gradient: from the output back to the chosen edge, and the update of its weight."""

from __future__ import annotations

from collections.abc import Hashable
from math import hypot

from PySide6.QtCore import QPointF

from core.lecture.network_quantities import EdgeNumber
from core.lecture.one_sample import NumberPlace, OneSample
from core.lecture.subjects import Networks, Subject
from core.nn.losses import MSE
from core.number_style import value_text
from gui.lecture.stages.drawn.board import (
    HUGE,
    LARGE,
    MEDIUM,
    SMALL,
    Board,
    between,
    fitted_size,
    toward,
)
from gui.lecture.stages.drawn.net import NetPlace, edges, handle, symbol
from gui.lecture.stages.drawn.picture import Picture
from gui.qt.drawable import guarded_overrides

NET = NetPlace((230.0, 860.0, 1420.0), 320.0, 360.0, 360.0, 78.0)
FORMULA, CROSSING, STRAIGHT = 722.0, 0.3, 0.5
REACH = 34.0
"""The largest distance at which a click selects an edge."""
BROAD, PALE = 16.0, 0.25


@guarded_overrides
class OneGradientPicture(Picture):
    """A network with one sample, and the highlighted path of one gradient. A click chooses its edge."""

    def __init__(self) -> None:
        super().__init__("one-gradient")
        self._chosen = (0, 1)

    def compute(self, subject: Subject) -> None:
        """Compute both passes of the sample."""
        assert isinstance(subject, Networks)
        self.sample = OneSample(subject)
        n = self.sample.n
        self._chosen = min(self._chosen[0], n[0] - 1), min(self._chosen[1], n[1] - 1)

    def with_number(self, key: Hashable, value: float) -> Subject:
        """Return the subject with another parameter, input or target."""
        assert isinstance(key, NumberPlace)
        return self.sample.with_number(key, value)

    # -- the chosen edge -------------------------------------------------------------------------------

    def grips(self, point: QPointF) -> bool:
        """Return whether there is an edge into the hidden layer at a point."""
        return self._edge_at(point) is not None

    def pull(self, point: QPointF) -> None:
        """Choose the edge at a point."""
        found = self._edge_at(point)
        if found is not None and found != self._chosen:
            self._chosen = found
            self.motion_requested.emit(1)

    def _edge_at(self, point: QPointF) -> tuple[int, int] | None:
        n = self.sample.n
        near: list[tuple[float, tuple[int, int]]] = []
        for i, j in edges(n, 1):
            start, end = NET.neuron(0, i, n[0]), NET.neuron(1, j, n[1])
            along = end - start
            length = hypot(along.x(), along.y())
            share = QPointF.dotProduct(point - start, along) / length**2
            off = point - start - along * share
            if 0 < share < 1:
                near.append((hypot(off.x(), off.y()), (i, j)))
        distance, edge = min(near, default=(REACH, (0, 0)))
        return edge if distance < REACH else None

    # -- what is painted -------------------------------------------------------------------------------

    def paint(self, board: Board) -> None:
        """Paint the network, the numbers on the path of the gradient, and the formula of this step."""
        self._paint_edges(board)
        self._paint_neurons(board)
        self._paint_weights(board)
        if self.reached("output"):
            self._paint_deltas(board)
        self._paint_formula(board)

    def _lit(self, l: int, i: int, j: int) -> bool:
        """Whether an edge is on the path of the gradient: the chosen one, and those after its end."""
        source, neuron = self._chosen
        return (i, j) == (source, neuron) if l == 1 else i == neuron

    def _paint_edges(self, board: Board) -> None:
        n = self.sample.n
        for l in range(1, len(n)):
            for i, j in edges(n, l):
                lit = self._lit(l, i, j)
                value = self.sample.number(NumberPlace("weight", j, l, i))
                with board.faded(1.0 if lit or self.at("all") else PALE):
                    start, end = NET.neuron(l - 1, i, n[l - 1]), NET.neuron(l, j, n[l])
                    board.edge(start, end, value, width=BROAD if lit else 7)

    def _paint_neurons(self, board: Board) -> None:
        sample, n = self.sample, self.sample.n
        for l in range(len(n)):
            for k in range(n[l]):
                at = NET.neuron(l, k, n[l])
                on_way = l == 2 or k == self._chosen[l]
                name = f"x_{k + 1}" if l == 0 else "o" if l == 2 else symbol("a", l, k)
                board.formula(name, at.x(), at.y() - NET.radius - 40, SMALL)
                board.disc(at.x(), at.y(), NET.radius, line=7.0 if on_way else 4.0)
                known = l == 0 or self.reached("forward")
                number = float(sample.x[k] if l == 0 else sample.a(l)[k])
                grip = handle(sample, NumberPlace("input", k)) if l == 0 else None
                if known:
                    text = self.written(number) if l else value_text(number)
                    size = fitted_size(text, LARGE, 2 * NET.radius - 30, bold=True)
                    board.number(text, at.x(), at.y(), size, handle=grip)
        if self.reached("forward"):
            target = float(sample.y[0])
            y = NET.middle
            there = board.formula("y=", 1600, y, MEDIUM, board.colours.muted, side="left")
            board.number(
                value_text(target), there.right() + 16, y, LARGE, board.colours.muted,
                handle=handle(sample, NumberPlace("target", 0)), side="left",
            )  # fmt: skip

    def _paint_weights(self, board: Board) -> None:
        """Paint the weights on their edges, or their gradients once all are known."""
        sample, n = self.sample, self.sample.n
        for l in range(1, len(n)):
            for i, j in edges(n, l):
                place, lit = NumberPlace("weight", j, l, i), self._lit(l, i, j)
                ends = NET.neuron(l - 1, i, n[l - 1]), NET.neuron(l, j, n[l])
                at = between(*ends, CROSSING if l == 1 and i != j else STRAIGHT)
                value = sample.number(place)
                if self.at("all"):
                    gradient = float(sample.gradient(l)[i, j])
                    colour = board.signed(gradient, gradient=True)
                    board.pill(self.written(gradient), at.x(), at.y(), colour, size=MEDIUM if lit else SMALL)
                    continue
                if self.reached("update") and lit and l == 1:
                    self._paint_updated(board, at, value)
                    continue
                with board.faded(1.0 if lit else 0.6):
                    board.pill(
                        value_text(value), at.x(), at.y(), board.signed(value),
                        size=LARGE if lit and l == 1 else SMALL, handle=handle(sample, place),
                    )  # fmt: skip

    def _paint_updated(self, board: Board, at: QPointF, value: float) -> None:
        """Paint the chosen weight after its update, and its former value."""
        after = self._updated
        shown = self._hides("updated")
        frame = board.pill(self.written(after, hidden=shown), at.x(), at.y(), board.signed(after), size=LARGE)
        words = self.tr("was {number}").format(number=value_text(value))
        board.text(words, frame.center().x(), frame.bottom() + 34, SMALL, board.colours.muted)

    def _paint_deltas(self, board: Board) -> None:
        sample = self.sample
        self._paint_delta(board, 2, 0, float(sample.delta(2)[0]), hidden=self._hides("delta", layer=2))
        if not self.reached("back"):
            return
        neuron = self._chosen[1]
        value = float(sample.delta(1)[neuron])
        start = NET.neuron(2, 0, 1)
        end = NET.neuron(1, neuron, sample.n[1])
        shift = QPointF(0, 74 if end.y() > start.y() else -74)
        first, last = toward(start, end, 200) + shift, toward(end, start, 130) + shift
        board.arrow(first, between(first, last, self.arrived("back")), board.signed(value, gradient=True), 8)
        self._paint_delta(board, 1, neuron, value, hidden=self._hides("delta", layer=1))

    def _paint_delta(self, board: Board, l: int, k: int, value: float, *, hidden: bool) -> None:
        at = NET.neuron(l, k, self.sample.n[l])
        below = at.y() + NET.radius + 56
        name = symbol(r"\delta", l, *([k] if l == 1 else [])) if l == 1 else r"\delta^{[2]}"
        there = board.formula(f"{name}=", at.x() + 10, below, MEDIUM, side="right")
        colour = board.signed(value, gradient=True)
        board.number(
            self.written(value, hidden=hidden), there.right() + 14, below, LARGE, colour, side="left"
        )

    # -- the formula -----------------------------------------------------------------------------------

    @property
    def _updated(self) -> float:
        source, neuron = self._chosen
        place = NumberPlace("weight", neuron, 1, source)
        return self.sample.number(place) - self._rate * float(self.sample.gradient(1)[source, neuron])

    @property
    def _rate(self) -> float:
        return float(self.sample.network.design.training.learning_rate)

    def _hides(self, what: str, **fields: object) -> bool:
        return self.asks(EdgeNumber, what=what, **fields)

    def _paint_formula(self, board: Board) -> None:
        """Write the formula of this step, in symbols and in numbers."""
        sample, (source, neuron) = self.sample, self._chosen
        gradient = float(sample.gradient(1)[source, neuron])
        deltas = [float(sample.delta(2)[0]), float(sample.delta(1)[neuron])]
        x, weight = float(sample.x[source]), sample.number(NumberPlace("weight", neuron, 1, source))
        here, end = symbol("W", 1, source, neuron), symbol(r"\delta", 1, neuron)
        by_weight = rf"\frac{{\partial J}}{{\partial {here}}}"
        if self.at("network"):
            self._write(board, rf"{by_weight}=\;?", "")
        elif self.at("forward"):
            self._write(board, "J=", value_text(float(sample.values.J)))
        elif self.at("output"):
            of = "2(o-y)=" if _squared(sample) else ""
            left = rf"\delta^{{[2]}}=\frac{{\partial J}}{{\partial z^{{[2]}}}}={of}"
            self._write(board, left, self.written(deltas[0], hidden=self._hides("delta", layer=2)))
        elif self.at("back"):
            slope = float(sample.slopes(1)[neuron, neuron])
            behind = sample.number(NumberPlace("weight", 0, 2, neuron))
            product = _product(slope, behind, deltas[0])
            left = rf"{end}=\sigma'\,{symbol('W', 2, neuron, 0)}\,\delta^{{[2]}}={product}="
            self._write(board, left, self.written(deltas[1]))
        elif self.at("edge"):
            left = rf"{by_weight}=x_{source + 1}\,{end}={_product(x, deltas[1])}="
            self._write(board, left, self.written(gradient))
        elif self.at("all"):
            self._write(board, r"\frac{\partial J}{\partial W_{ij}}=a_i\,\delta_j", "")
        else:
            step = f"{_plain(weight)}-{_product(self._rate, gradient)}"
            answer = self.written(self._updated, hidden=self._hides("updated"))
            self._write(board, rf"{here}\leftarrow {here}-\eta\,g={step}=", answer)

    def _write(self, board: Board, latex: str, result: str) -> None:
        size = HUGE
        room = 1780 - (230 if result else 0)
        size = min(size, size * room / board.formula_width(latex, size))
        place = board.formula(latex, 80, FORMULA, size, side="left")
        if result:
            board.number(result, place.right() + 20, FORMULA, HUGE, side="left")


def _squared(sample: OneSample) -> bool:
    """Return whether J is (o − y)² of a linear output."""
    last = sample.network.layers[-1].spans[-1].activation
    return isinstance(sample.network.loss, MSE) and last.name == "linear"


def _plain(value: float) -> str:
    """Return a number in LaTeX."""
    return value_text(value).replace("−", "{-}")


def _product(*factors: float) -> str:
    """Return a product in LaTeX, negative factors after the first in parentheses."""
    texts = [_plain(factor) for factor in factors]
    rest = [f"({text})" if text.startswith("{-}") else text for text in texts[1:]]
    return r"\cdot ".join([texts[0], *rest])
