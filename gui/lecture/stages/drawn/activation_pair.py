"""Sigmoid or tanh: two networks that differ only in their activation, and their paths of training."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent

from core.lecture.activation_pair import ActivationPair, TaughtNetwork
from core.lecture.formula_quantities import ActivationNumber
from core.lecture.network_quantities import GoalDistance
from core.lecture.subjects import ActivationBench, Subject
from core.number_style import HIDDEN, exact_text, value_text
from gui.lecture.stages.drawn.board import (
    HUGE,
    LARGE,
    LINE,
    MEDIUM,
    SMALL,
    Axis,
    Board,
    between,
    toward,
)
from gui.lecture.stages.drawn.picture import ARROWS, KEY_STEP, Picture
from gui.lecture.stages.drawn.weight_plane import STEPS, WeightPlane
from gui.qt.drawable import guarded_overrides, point
from gui.theme.theme import mixed

SIDE, MIDDLE = 949.0, 960.0
RATE = "learning rate"
INPUTS, HIDDEN_AT, OUTPUT = ((150.0, 150.0), (150.0, 335.0)), ((470.0, 150.0), (470.0, 335.0)), (800.0, 242.0)
RADIUS, PILL = 62.0, (244.0, 112.0)
PLANE = QRectF(80, 294, 540, 540)
WORDS = 648.0
"""The x coordinate of the text beside the plane."""


class CurvePlace(NamedTuple):
    """Position of a curve: the ends of its axis, the heights of 0, of 1, and of what is below 0."""

    left: float
    right: float
    zero: float
    unit: float
    above: float
    below: float

    def toward(self, other: CurvePlace, share: float) -> CurvePlace:
        """Interpolate linearly towards another position."""
        return CurvePlace(*((1 - share) * a + share * b for a, b in zip(self, other, strict=True)))


G_EARLY = CurvePlace(80, 890, 644, 177, 1.1, 1.1)
G_SLOPES = CurvePlace(80, 890, 300, 172, 1.08, 1.08)
G_SMALL = CurvePlace(80, 451, 160, 78, 1.08, 1.08)
SLOPE_LARGE = CurvePlace(80, 890, 810, 216, 1.1, 0)
SLOPE_SMALL = CurvePlace(520, 891, 240, 156, 1.1, 0)


class Seen(NamedTuple):
    """One side of the picture: its network, its offset to the right, and the plane of its weights."""

    side: TaughtNetwork
    shift: float
    plane: WeightPlane


@guarded_overrides
class ActivationPairPicture(Picture):
    """Two networks side by side: their curves, derivatives, gradients, directions, paths and distances."""

    durations = {"paths": 2400}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__("activation-pair")
        self._gripped = 0

    # -- the networks ----------------------------------------------------------------------------------

    def compute(self, subject: Subject) -> None:
        """Compute the passes of both networks; their paths only when they are painted."""
        assert isinstance(subject, ActivationBench)
        self.pair = ActivationPair(subject)
        self.seen = tuple(
            Seen(side, k * SIDE, WeightPlane(side, PLANE)) for k, side in enumerate(self.pair.sides)
        )

    def with_number(self, key: Hashable, value: float) -> Subject:
        """Return the bench with another learning rate, or another input of the first sample."""
        assert isinstance(key, tuple)
        what, _side, feature = key
        if what == RATE:
            return self.pair.with_learning_rate(value)
        return self.pair.with_input(0, feature, value)

    def grips(self, point: QPointF) -> bool:
        """Return whether a point of the board is on the initial weights of a path."""
        on = [k for k, seen in enumerate(self.seen) if self._on_start(seen, point)]
        self._gripped = on[0] if on else 0
        return bool(on)

    def pull(self, point: QPointF) -> None:
        """Let both paths begin at the point of the plane that is dragged to."""
        seen = self.seen[self._gripped]
        across, up = seen.plane.across, seen.plane.up
        self._begin_at(across.value(point.x() - seen.shift), up.value(point.y()))

    def take_key(self, event: QKeyEvent) -> bool:
        """Move the initial weights with Shift and an arrow key."""
        way = ARROWS.get(Qt.Key(event.key()))
        if way is None or not self.reached("paths") or event.modifiers() != Qt.KeyboardModifier.ShiftModifier:
            return False
        w1, w2 = (float(w) for w in self.pair.sides[0].first_weights)
        self._begin_at(w1 + KEY_STEP * way[0], w2 + KEY_STEP * way[1])
        return True

    def _on_start(self, seen: Seen, on_board: QPointF) -> bool:
        """Whether a point of the board is on the initial weights of a path."""
        if not self.reached("paths"):
            return False
        off = on_board - QPointF(seen.shift, 0) - seen.plane.on_board(seen.side.first_weights)
        return off.x() ** 2 + off.y() ** 2 < 40**2

    def _begin_at(self, w1: float, w2: float) -> None:
        """Let both paths begin at other weights, within the plane."""
        most = 0.97 * self.seen[0].plane.half
        w1, w2 = (round(min(max(w, -most), most), 2) for w in (w1, w2))
        said = self.tr("from ({w1}, {w2})").format(w1=value_text(w1), w2=value_text(w2))
        self.edit_requested.emit(
            lambda: self.pair.with_first_weights((w1, w2)), self.tr("First weights"), said
        )

    # -- what is painted -------------------------------------------------------------------------------

    def paint(self, board: Board) -> None:
        """Paint both sides."""
        board.line(point(MIDDLE, 0), point(MIDDLE, 836), board.colours.zero, LINE)
        for seen in self.seen:
            with board.moved(seen.shift):
                self._paint_side(board, seen)

    def _paint_side(self, board: Board, seen: Seen) -> None:
        late, small = self.arrived("steepest"), self.arrived("gradients")
        self._paint_title(board, seen, late, small)
        if late < 1:
            with board.faded(1 - late):
                self._paint_net(board, seen)
        place = G_EARLY.toward(G_SLOPES, late).toward(G_SMALL, small)
        self._paint_curve(board, seen, place, large=small < 0.5)
        if self.reached("steepest"):
            with board.faded(late):
                self._paint_slopes(board, seen, SLOPE_LARGE.toward(SLOPE_SMALL, small), large=small < 0.5)
        if self.reached("gradients"):
            with board.faded(small):
                self._paint_learning(board, seen)

    def _paint_title(self, board: Board, seen: Seen, late: float, small: float) -> None:
        name = seen.side.curve.activation.symbol
        if late < 0.5:
            board.text(name, HIDDEN_AT[0][0], 34, LARGE, bold=True)
        else:
            board.text(name, 80, 44 - 16 * small, LARGE - 12 * small, bold=True, side="left")

    # -- the network and its curve ---------------------------------------------------------------------

    def _paint_net(self, board: Board, seen: Seen) -> None:
        shown, found = board.colours, seen.side.first
        answered = self.reached("outputs")
        grey = mixed(shown.panel, shown.muted, 0.4)
        for start in INPUTS:
            for end in HIDDEN_AT:
                board.edge(point(*start), point(*end), width=5, colour=grey)
        for start in HIDDEN_AT:
            board.edge(point(*start), point(*OUTPUT), width=5, colour=grey)
        for k, (x, y) in enumerate(INPUTS):
            board.disc(x, y, RADIUS, shown.muted)
            if answered:
                value = float(seen.side.x[k, 0])
                name = self.tr("input x{number}").format(number=k + 1)
                board.number(exact_text(value), x, y, SMALL, handle=(("input", seen.shift, k), value, name))
            else:
                board.formula(f"x_{k + 1}", x, y, MEDIUM, shown.muted)
        board.disc(*OUTPUT, RADIUS, shown.muted)
        for k, (x, y) in enumerate(HIDDEN_AT):
            a = float(found.a[1][k, 0])
            self._paint_hidden(board, x, y, a, answered=answered)

    def _paint_hidden(self, board: Board, x: float, y: float, a: float, *, answered: bool) -> None:
        wide, high = PILL
        frame = QRectF(x - wide / 2, y - high / 2, wide, high)
        colour = board.signed(a) if answered else board.colours.muted
        ground = board.soft(colour) if answered else board.colours.panel
        board.panel(frame, colour, ground, radius=high / 2, line=6)
        if answered:
            board.number(HIDDEN if self.veiled else value_text(a, count=2), x, y, LARGE, colour)

    def _curve_axes(self, place: CurvePlace, curves: float) -> tuple[Axis, Axis]:
        bench = self.pair.bench
        across = Axis(bench.low, bench.high, place.left, place.right)
        return across, Axis(0.0, curves, place.zero, place.zero - place.unit)

    def _paint_curve(self, board: Board, seen: Seen, place: CurvePlace, *, large: bool) -> None:
        """Paint g with the two neurons of the first sample as dots on it."""
        curve = seen.side.curve
        most = self._most(0)
        across, up = self._curve_axes(place, most)
        _paint_axes(board, place, across)
        if large:
            _paint_ticks(board, across, up, most)
        frame = QRectF(
            place.left - 4, place.zero - place.above * place.unit - 4, place.right - place.left + 8, 0
        )
        frame.setBottom(place.zero + place.below * place.unit + 4)
        with board.clipped(frame):
            board.curve(lambda z: curve.over(z)[0], across, up, width=6 if large else 5)
        tangent = self.at("steepest")
        if tangent:
            _paint_tangent(board, seen, across, up)
        elif self.reached("outputs"):
            with board.faded(self.arrived("outputs")):
                if large:
                    self._paint_z(board, seen, across, place)
                _paint_dots(board, seen, across, up, large=large)
        if large and self.reached("steepest"):
            board.formula("g(z)", place.right - 10, place.zero + 0.92 * place.unit, 58, side="right")
        elif not large:
            board.formula("g", place.left + 4, place.zero - 64, MEDIUM, side="left")

    def _most(self, which: int) -> float:
        """Return the upper bound of g (0) or g' (1) that is drawn: 1, or 2 if it is unbounded."""
        z = np.linspace(self.pair.bench.low, self.pair.bench.high, 61)
        highest = max(float(np.abs(side.curve.over(z)[which]).max()) for side in self.pair.sides)
        return 1.0 if highest <= 1.05 else 1.2 if highest <= 1.2 else 2.0

    def _paint_z(self, board: Board, seen: Seen, across: Axis, place: CurvePlace) -> None:
        """Paint the two z at the axis, on the side where no dot is."""
        for k in range(2):
            z, a = (float(numbers[1][k, 0]) for numbers in (seen.side.first.z, seen.side.first.a))
            x = across.place(z)
            board.line(point(x, place.zero - 13), point(x, place.zero + 13), board.colours.text, LINE)
            shift = -44 if a < 0 else 46
            text = self.tr("z = {number}").format(number=value_text(z))
            side = -1 if z < 0 else 1
            board.text(text, x + 26 * side, place.zero + shift, SMALL)

    def _paint_slopes(self, board: Board, seen: Seen, place: CurvePlace, *, large: bool) -> None:
        """Paint g' with its maximum, and then with the dots of the first sample."""
        side, colour = seen.side, board.colours.gradient_positive
        across, up = self._curve_axes(place, self._most(1))
        _paint_axes(board, place, across)
        board.curve(lambda z: side.curve.over(z)[1], across, up, colour, 6 if large else 5)
        name = "g'(z)" if large else "g'"
        size = 58 if large else MEDIUM
        board.formula(
            name,
            place.left + 8,
            place.zero - (0.94 if large else 0.6) * place.unit,
            size,
            colour,
            side="left",
        )
        steepest = side.curve.at(0.0).slope
        top = point(across.place(0.0), up.place(steepest))
        if self.at("steepest"):
            asked = self.asks(ActivationNumber, activation=side.curve.name, what="slope", z=0)
            shift = 30 if steepest > 0.6 else 24
            board.number(
                self.written(steepest, hidden=asked),
                top.x() + 1.4 * shift,
                top.y() - 62 + 1.1 * shift * (steepest > 0.6),
                HUGE + 8,
                colour,
                side="left",
            )
            board.disc(top.x(), top.y(), 18, board.colours.panel, colour, line=5)
            return
        for k in range(2):
            self._paint_slope_dot(board, side, k, across, up, large=large)
        if not large:
            board.disc(top.x(), top.y(), 9, colour, colour)
            board.number(
                self.written(steepest),
                top.x() + 30,
                top.y() - (34 if steepest < 0.6 else -6),
                52,
                colour,
                side="left",
            )

    def _paint_slope_dot(
        self, board: Board, side: TaughtNetwork, k: int, across: Axis, up: Axis, *, large: bool
    ) -> None:
        z = float(side.first.z[1][k, 0])
        slope = side.curve.at(z).slope
        colour, x, y = board.colours.gradient_positive, across.place(z), up.place(slope)
        if large:
            board.line(point(x, up.place(0.0)), point(x, y), colour, 6)
        board.disc(x, y, 18 if large else 13, board.colours.panel, colour, line=5)
        if large:
            away = 30 if z >= 0 else -30
            board.number(
                self.written(slope), x + away, y - 34, LARGE, colour, side="left" if z >= 0 else "right"
            )

    # -- how it learns ---------------------------------------------------------------------------------

    def _paint_learning(self, board: Board, seen: Seen) -> None:
        if self.reached("distances"):
            self._paint_distance(board, seen)
        else:
            self._paint_gradients(board, seen)
        if self.reached("paths"):
            seen.plane.paint(board)
            measured = self.reached("distances") and not self._asks_distance(seen)
            seen.plane.paint_path(board, self.arrived("paths"), measured=measured)
        elif self.reached("directions"):
            self._paint_directions(board, seen)
        else:
            self._paint_layer(board, seen)

    def _paint_gradients(self, board: Board, seen: Seen) -> None:
        """Paint the gradients of the first sample by the two weights, and whether they have the same sign."""
        shown, slopes = board.colours, seen.side.gradient(seen.side.first)
        for k, slope in enumerate(slopes.tolist()):
            y = 344 + 180 * k
            board.formula(
                rf"\partial J/\partial w_{k + 1}=\delta\,a_{k + 1}", WORDS, y, 44, shown.muted, side="left"
            )
            text = self.written(slope)
            text = f"+{text}" if slope > 0 and text != HIDDEN else text
            board.number(text, WORDS, y + 74, LARGE + 4, board.signed(slope, gradient=True), side="left")
        same = slopes[0] * slopes[1] > 0
        board.text(
            self.tr("same sign") if same else self.tr("signs differ"),
            WORDS,
            694,
            MEDIUM,
            bold=True,
            side="left",
        )
        if self.reached("paths"):
            self._paint_rate(board, seen)

    def _paint_rate(self, board: Board, seen: Seen) -> None:
        shown = board.colours
        board.text(self.tr("{count} steps").format(count=STEPS), WORDS, 756, SMALL, shown.muted, side="left")
        place = board.formula(r"\eta=", WORDS, 816, MEDIUM, shown.muted, side="left")
        rate = self.pair.learning_rate
        handle = ((RATE, seen.shift, 0), rate, self.tr("learning rate η"))
        board.number(exact_text(rate), place.right() + 14, 816, SMALL, handle=handle, side="left")

    def _paint_layer(self, board: Board, seen: Seen) -> None:
        """Paint the outputs of the hidden layer, the two edges that follow, and δ of the output."""
        found, side = seen.side.first, seen.side
        assert found.delta is not None
        delta = float(found.delta[-1][0, 0])
        output, slopes = point(520, 520), side.gradient(found)
        for k in range(2):
            a, y = float(found.a[1][k, 0]), 400 + 240 * k
            colour = board.signed(float(slopes[k]), gradient=True)
            board.line(point(190, y), output, mixed(board.colours.panel, colour, 0.8), 9)
            middle = between(point(190, y), output, 0.52)
            self._paint_hidden(board, 190, y, a, answered=True)
            board.formula(f"w_{k + 1}", middle.x(), middle.y() - 52 + 104 * k, MEDIUM, board.colours.muted)
        board.disc(output.x(), output.y(), 64)
        colour = board.signed(delta, gradient=True)
        place = board.formula(r"\delta=", 400, 790, 56, colour, side="left")
        board.number(self.written(delta), place.right() + 14, 790, LARGE, colour, side="left")
        board.arrow(point(output.x(), 748), point(output.x(), output.y() + 74), colour, 7, head=30)

    def _paint_directions(self, board: Board, seen: Seen) -> None:
        """Paint the quadrants that a step can lead into, and the negative gradients of the samples."""
        shown, side = board.colours, seen.side
        negative, positive = side.signs(self.pair.bench.low, self.pair.bench.high)
        centre, half = PLANE.center(), PLANE.width() / 2 - 10
        ground = board.soft(shown.accent, 0.22)
        for across in (-1, 1):
            for up in (-1, 1):
                allowed = (negative and positive) or across == up
                corner = centre + QPointF(across * half, -up * half)
                place = QRectF(centre, corner).normalized().adjusted(6, 6, -6, -6)
                faint = mixed(shown.panel, shown.muted, 0.08)
                board.panel(place, None, ground if allowed else faint, radius=16)
        board.arrow(centre - QPointF(half, 0), centre + QPointF(half, 0), shown.muted, LINE)
        board.arrow(centre + QPointF(0, half), centre - QPointF(0, half), shown.muted, LINE)
        board.formula("w_1", PLANE.right() - 22, centre.y() + 40, MEDIUM, side="right")
        board.formula("w_2", centre.x() + 22, PLANE.top() + 34, MEDIUM, side="left")
        for s in reversed(range(side.x.shape[1])):
            slopes = side.gradient(side.of_sample(s))
            length = float(np.linalg.norm(slopes))
            if length > 0:
                way = QPointF(float(-slopes[0]), float(slopes[1])) * (0.72 * half / length)
                colour = shown.text if s == 0 else mixed(shown.panel, shown.text, 0.45)
                board.arrow(centre, centre + way, colour, 10 if s == 0 else 7, head=38)

    def _asks_distance(self, seen: Seen) -> bool:
        return self.asks(GoalDistance, network=seen.side.curve.name, iterations=STEPS)

    def _paint_distance(self, board: Board, seen: Seen) -> None:
        """Paint the distance of the path's end from the goal."""
        shown = board.colours
        far = seen.side.distance(seen.plane.path[-1])
        board.text(self.tr("to the goal"), WORDS, 400, SMALL, shown.muted, side="left")
        text = HIDDEN if self._asks_distance(seen) else _short(far)
        board.number(text, WORDS, 474, HUGE, shown.accent, side="left")
        self._paint_rate(board, seen)


def _short(distance: float) -> str:
    """Return a distance in four decimals at most."""
    return value_text(round(distance, 4))


def _paint_axes(board: Board, place: CurvePlace, across: Axis) -> None:
    muted = board.colours.muted
    board.line(point(place.left, place.zero), point(place.right, place.zero), muted, LINE)
    x, top = across.place(0.0), place.zero - place.above * place.unit
    faint = mixed(board.colours.panel, muted, 0.5)
    board.line(point(x, top), point(x, place.zero + place.below * place.unit), faint, LINE)


def _paint_ticks(board: Board, across: Axis, up: Axis, most: float) -> None:
    x, muted = across.place(0.0), board.colours.muted
    for tick in (most, -most):
        y = up.place(tick)
        board.line(point(x - 10, y), point(x + 10, y), muted, LINE)
        board.text(exact_text(tick), x - 20, y, SMALL, muted, side="right")


def _paint_dots(board: Board, seen: Seen, across: Axis, up: Axis, *, large: bool) -> None:
    radius = 19 if large else 14
    for k in range(2):
        z, a = (float(numbers[1][k, 0]) for numbers in (seen.side.first.z, seen.side.first.a))
        x, y, zero = across.place(z), up.place(a), up.place(0.0)
        colour = board.signed(a)
        board.line(point(x, zero), point(x, y), colour, 7 if large else 5)
        board.disc(x, y, radius, board.colours.panel, colour, line=6)


def _paint_tangent(board: Board, seen: Seen, across: Axis, up: Axis) -> None:
    here = seen.side.curve.at(0.0)
    colour = board.colours.gradient_positive
    middle = point(across.place(0.0), up.place(here.g))
    ahead = point(across.place(1.0), up.place(here.g + here.slope))
    end = toward(middle, ahead, 190)
    board.line(middle - (end - middle), end, colour, 9)
    board.disc(middle.x(), middle.y(), 18, board.colours.panel, colour, line=5)
