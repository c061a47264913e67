"""One of K classes: the scores of a point become probabilities, and that of the true class the loss."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import exp

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainterPath, QPen

from core.arrays import Array
from core.lecture.class_shares import ClassShares
from core.lecture.network_quantities import EdgeNumber, NeuronNumber
from core.lecture.subjects import Networks, Subject
from core.number_style import HIDDEN, value_text
from gui.lecture.stages.drawn.board import (
    HUGE,
    LARGE,
    LINE,
    MEDIUM,
    SMALL,
    Axis,
    Board,
    between,
    fitted_size,
    text_width,
)
from gui.lecture.stages.drawn.picture import ARROWS, KEY_STEP, Picture
from gui.qt.drawable import guarded_overrides, pixel, point, polygon
from gui.theme.theme import mixed

LOW, HIGH = -1.0, 1.0
"""The bounds of both axes of the plane."""
FIRST_PLANE, WHOLE_PLANE, SMALL_PLANE = (
    QRectF(548, 12, 824, 824), QRectF(82, 12, 824, 824), QRectF(82, 2, 336, 336),
)  # fmt: skip
FLOOR, PILE_HEIGHT = 780.0, 560.0
PILE, TARGET = (1100.0, 204.0), (1345.0, 152.0)
CURVE = QRectF(1545, FLOOR - PILE_HEIGHT, 300, PILE_HEIGHT)
MOST_LOSS = 2.0
FOOT = 827.0
INK = QColor("#1b1f24")
"""Text colour on the colours of classes, which are the same in both themes."""


@dataclass(frozen=True)
class BarPlace:
    """Position of bars: the left end of the first, their distance and width, the height of 0, the room above
    and below it."""

    left: float
    apart: float
    width: float
    zero: float
    above: float
    below: float
    most: float

    def unit(self, values: Array) -> float:
        """Return the height of a bar of value 1, chosen so that all bars fit."""
        rooms = [self.most]
        rooms += [self.above / v for v in values.tolist() if v > 0]
        rooms += [self.below / -v for v in values.tolist() if v < 0]
        return min(rooms)

    def bar(self, k: int, height: float) -> QRectF:
        """Return the rectangle of bar k, with a height that may be negative."""
        left, high = self.left + k * self.apart, pixel(height)
        return QRectF(left, self.zero - max(high, 0.0), self.width, abs(high))

    def toward(self, other: BarPlace, share: float) -> BarPlace:
        """Interpolate linearly towards another position."""
        mine, theirs = tuple(vars(self).values()), tuple(vars(other).values())
        return BarPlace(*((1 - share) * one + share * its for one, its in zip(mine, theirs, strict=True)))


LARGE_SCORES = BarPlace(1165, 240, 150, 540, 420, 150, 260)
SMALL_SCORES = BarPlace(80, 136, 84, 690, 240, 84, 140)
POWERS = BarPlace(546, 172, 120, FLOOR, PILE_HEIGHT, 1, PILE_HEIGHT)


@guarded_overrides
class ClassesPicture(Picture):
    """A point of the plane, its scores, their exponentials, the stack of probabilities, target and loss."""

    def __init__(self) -> None:
        super().__init__("classes")

    # -- the point -------------------------------------------------------------------------------------

    def compute(self, subject: Subject) -> None:
        """Compute the passes of the point, and the decision regions of the plane."""
        assert isinstance(subject, Networks)
        self.found = ClassShares(subject)
        self.regions = self.found.regions(LOW, HIGH)

    def with_number(self, key: Hashable, value: float) -> Subject:
        """Return the subject unchanged: the point is dragged, and no number is typed."""
        raise NotImplementedError

    def grips(self, point: QPointF) -> bool:
        """Return whether a point of the board lies in the plane."""
        return self._plane.contains(point)

    def pull(self, point: QPointF) -> None:
        """Move the point to a place of the plane."""
        across, up = _axes(self._plane)
        self._move_to(across.value(point.x()), up.value(point.y()))

    def take_key(self, event: QKeyEvent) -> bool:
        """Move the point with Shift and an arrow key."""
        way = ARROWS.get(Qt.Key(event.key()))
        if way is None or event.modifiers() != Qt.KeyboardModifier.ShiftModifier:
            return False
        x1, x2 = (float(x) for x in self.found.point)
        self._move_to(x1 + KEY_STEP * way[0], x2 + KEY_STEP * way[1])
        return True

    def _move_to(self, x1: float, x2: float) -> None:
        """Move the point, within the plane."""
        x1, x2 = (round(min(max(x, LOW), HIGH), 2) for x in (x1, x2))
        said = self.tr("point at ({x1}, {x2})").format(x1=value_text(x1), x2=value_text(x2))
        self.edit_requested.emit(lambda: self.found.with_point(x1, x2), self.tr("Move the point"), said)

    # -- what is painted -------------------------------------------------------------------------------

    @property
    def _plane(self) -> QRectF:
        whole = _mixed(FIRST_PLANE, WHOLE_PLANE, self.arrived("scores"))
        return _mixed(whole, SMALL_PLANE, self.arrived("powers"))

    def paint(self, board: Board) -> None:
        """Paint the plane, and what is computed from its point."""
        self._paint_plane(board)
        for step, paint in (
            ("scores", self._paint_scores),
            ("powers", self._paint_powers),
            ("stack", self._paint_pile),
            ("target", self._paint_target),
            ("loss", self._paint_loss),
            ("gradient", self._paint_gradient),
        ):
            if self.reached(step):
                with board.faded(self.arrived(step)):
                    paint(board)

    def _colour(self, board: Board, k: int) -> QColor:
        return board.colours.classes[k]

    def _paint_plane(self, board: Board) -> None:
        place = self._plane
        across, up = _axes(place)
        shown = board.colours
        border = QPen(shown.panel, 6)
        for k, corners in enumerate(self.regions):
            if len(corners) > 2:
                ground = mixed(shown.panel, self._colour(board, k), 0.24)
                places = np.array([(across.place(x), up.place(y)) for x, y in corners.tolist()])
                board.painter.setPen(border)
                board.painter.setBrush(ground)
                board.painter.drawPolygon(polygon(places))
        sample, size = self.found.sample, 0.032 * place.width() if place.width() > 500 else 14.0
        for s, label in enumerate(sample.dataset.labels.tolist()):
            if s != sample.sample:
                x, y = sample.dataset.x[:, s].tolist()
                colour = mixed(shown.panel, self._colour(board, int(label)), 0.8)
                _mark(board, across.place(x), up.place(y), size, int(label), colour)
        self._paint_point(board, across, up)

    def _paint_point(self, board: Board, across: Axis, up: Axis) -> None:
        x, y = (float(v) for v in self.found.point)
        middle = point(across.place(x), up.place(y))
        if not self.reached("scores"):
            return
        radius = 40 - 16 * self.arrived("powers")
        if not self.reached("powers"):
            self._paint_way(board, middle, radius)
        board.disc(middle.x(), middle.y(), radius, line=5)
        truth = self.found.truth
        _mark(board, middle.x(), middle.y(), 0.95 * radius, truth, self._colour(board, truth))

    def _paint_way(self, board: Board, middle: QPointF, radius: float) -> None:
        """Paint the arrow from the point to its scores."""
        end = point(1096, 430)
        start = QPointF(middle.x() + radius, middle.y())
        with board.faded(self.arrived("scores")):
            turn = max(start.x() + 60, 930.0)
            board.path(
                [start, QPointF(turn, start.y() - 10), QPointF(turn, end.y()), end - QPointF(30, 0)],
                board.colours.text, LINE + 1,
            )  # fmt: skip
            board.arrow(end - QPointF(40, 0), end, width=LINE + 1, head=32)

    def _paint_scores(self, board: Board) -> None:
        """Paint z as bars: large beside the plane, then small below it."""
        share, scores = self.arrived("powers"), self.found.scores
        place = LARGE_SCORES.toward(SMALL_SCORES, share)
        unit, digits = place.unit(scores), 2 if share > 0.5 else None
        size = LARGE + 12 - share * (LARGE + 12 - MEDIUM)
        left, right = (
            place.left - 46 + 30 * share,
            place.left + 2 * place.apart + place.width + 46 - 30 * share,
        )
        for k, z in enumerate(scores.tolist()):
            bar = place.bar(k, z * unit)
            self._paint_bar(board, bar, k)
            above = z >= 0 or share > 0.5
            top = min(bar.top(), place.zero) if above else bar.bottom()
            y = top - 0.62 * size if above else top + 0.66 * size
            text = HIDDEN if self.asks(NeuronNumber, what="z", neuron=k) else value_text(z, count=digits)
            fits = fitted_size(text, size, place.apart - 4, bold=True)
            board.number(text, bar.center().x(), y, fits)
            if share > 0.5:
                self._mark_bar(board, bar, k, upside=z < 0)
        board.line(point(left, place.zero), point(right, place.zero), width=LINE)
        self._name_scores(board, place, share)

    def _name_scores(self, board: Board, place: BarPlace, share: float) -> None:
        if share > 0.5:
            board.formula(r"\mathbf{z}", place.left + place.apart + place.width / 2, FOOT, 56)
            return
        with board.faded(1 - 2 * share):
            for k in range(len(self.found.scores)):
                x = place.left + k * place.apart + place.width / 2
                _mark(board, x - 50, 808, 30, k, self._colour(board, k))
                board.formula(f"z_{k}", x - 12, 808, 60, side="left")

    def _paint_bar(self, board: Board, bar: QRectF, k: int) -> None:
        board.panel(bar, None, self._colour(board, k), radius=min(8.0, bar.height() / 2))

    def _mark_bar(self, board: Board, bar: QRectF, k: int, *, upside: bool) -> None:
        """Paint the mark of a class into its bar, at the height of 0, if there is room."""
        if bar.height() >= 44:
            y = bar.top() + 26 if upside else bar.bottom() - 26
            _mark(board, bar.center().x(), y, 24, k, board.colours.on_accent)

    def _paint_powers(self, board: Board) -> None:
        """Paint the exponentials as bars, on the scale of the stack that they will form."""
        found, unit = self.found, PILE_HEIGHT / self.found.total
        board.formula("e^{z}", 482, 552, 60)
        board.arrow(point(456, 610), point(512, 610), width=7, head=28)
        for k, power in enumerate(found.powers.tolist()):
            bar = POWERS.bar(k, power * unit * self.arrived("powers"))
            self._paint_bar(board, bar, k)
            self._mark_bar(board, bar, k, upside=False)
            text = self.precise(power, hidden=self.asks(NeuronNumber, what="exponential", neuron=k))
            board.number(text, bar.center().x(), bar.top() - 32, MEDIUM - 2)
        board.line(point(524, FLOOR), point(1032, FLOOR), width=LINE)
        total = self.precise(found.total, hidden=self.asks(NeuronNumber, what="exponentials"))
        board.text(self.tr("sum {number}").format(number=total), 778, FOOT, SMALL, bold=True)

    # -- the pile --------------------------------------------------------------------------------------

    def _parts(self) -> dict[int, QRectF]:
        """Return the rectangles of the classes in the stack."""
        left, width = PILE
        floor, parts = FLOOR, {}
        for k in self.found.order:
            high = pixel(float(self.found.shares[k]) * PILE_HEIGHT)
            parts[k] = QRectF(left, floor - high, width, high)
            floor -= high
        return parts

    def _paint_pile(self, board: Board) -> None:
        """Paint the bars of the exponentials sliding into one stack, without changing their height."""
        slid, unit = self.arrived("stack"), PILE_HEIGHT / self.found.total
        if not self.reached("gradient"):
            board.formula(r"o_i=\frac{e^{z_i}}{\sum_j e^{z_j}}", 765, 92, 62)
        board.arrow(point(1040, 610), point(1092, 610), width=7, head=28)
        parts = self._parts()
        for k, goal in parts.items():
            start = POWERS.bar(k, float(self.found.powers[k]) * unit)
            self._paint_bar(board, _mixed(start, goal, slid), k)
        left, width = PILE
        board.formula(r"\mathbf{o}", left + width / 2, FLOOR - PILE_HEIGHT - 42, 60)
        for goal in parts.values():
            board.line(goal.topLeft(), goal.topRight(), board.colours.panel, 5)
        if self.reached("shares"):
            with board.faded(self.arrived("shares")):
                self._paint_shares(board, parts)
        if not self.reached("target"):
            self._paint_rulers(board)
        board.text(self.tr("sum 1"), left + width / 2, FOOT, SMALL, bold=True)

    def _paint_shares(self, board: Board, parts: dict[int, QRectF]) -> None:
        for k, place in parts.items():
            if place.height() > 34:
                asked = self.asks(NeuronNumber, what="a", neuron=k)
                text = self.precise(float(self.found.shares[k]), hidden=asked)
                size = min(fitted_size(text, MEDIUM, place.width() - 28, bold=True), 0.92 * place.height())
                colour = board.colours.panel if text == HIDDEN else _on(self._colour(board, k))
                board.text(text, place.center().x(), place.center().y(), size, colour, bold=True)

    def _paint_rulers(self, board: Board) -> None:
        """Paint the two rulers beside the stack: one up to the sum of the exponentials, one up to 1."""
        left, width = PILE
        top, shown = FLOOR - PILE_HEIGHT, board.colours
        x = left + width + 36
        total = self.precise(self.found.total, hidden=self.asks(NeuronNumber, what="exponentials"))
        for shift, text, colour, line in ((0, total, shown.muted, LINE), (260, "1", shown.text, 8.0)):
            at = x + shift
            board.line(point(at, top), point(at, FLOOR), colour, line)
            for y, number in ((top, text), (FLOOR, "0")):
                board.line(point(at - 12, y), point(at + 12, y), colour, line)
                board.number(number, at + 30, y, LARGE if shift else MEDIUM, colour, side="left")
        board.arrow(point(x + 60, 500), point(x + 220, 500), shown.muted, 6, head=28)
        board.formula(r"\div " + total, x + 134, 448, MEDIUM, shown.muted)

    def _paint_target(self, board: Board) -> None:
        """Paint the one-hot target, hatched where the output falls short of it."""
        left, width = TARGET
        found, share = self.found, float(self.found.shares[self.found.truth])
        colour, top = self._colour(board, found.truth), FLOOR - PILE_HEIGHT
        level = FLOOR - pixel(share * PILE_HEIGHT)
        board.panel(QRectF(left, level, width, FLOOR - level), None, colour, radius=4)
        gap = QRectF(left, top, width, level - top)
        _hatch(board, gap, colour)
        middle = left + width / 2
        if gap.height() > 70:
            word = self.tr("gap")
            wide = text_width(word, SMALL, bold=True) + 28
            board.panel(QRectF(middle - wide / 2, gap.center().y() - 30, wide, 60), None, radius=10)
            board.text(word, middle, gap.center().y(), SMALL, bold=True)
        if FLOOR - level > 70:
            board.text("1", middle, (level + FLOOR) / 2, LARGE, _on(colour), bold=True)
        board.formula(r"\mathbf{y}", middle, top - 42, 60)
        board.text(self.tr("target"), middle, FOOT, SMALL, bold=True)

    # -- the loss --------------------------------------------------------------------------------------

    def _paint_loss(self, board: Board) -> None:
        """Paint the curve -ln p with p upwards on the scale of the stack; the bar up to it is the loss."""
        shown, found = board.colours, self.found
        across = Axis(0.0, MOST_LOSS, CURVE.left(), CURVE.right())
        share = float(found.shares[found.truth])
        level = FLOOR - pixel(share * PILE_HEIGHT)
        self._paint_axes(board, across)
        start = PILE[0] + PILE[1]
        board.line(point(start, level), point(CURVE.left(), level), shown.text, LINE, dashes=(1.5, 1.5))
        asked = self.asks(EdgeNumber, what="J")
        end = across.place(min(found.loss, MOST_LOSS * 1.02))
        if not asked:
            board.line(point(CURVE.left(), level), point(end, level), shown.text, 16)
        if found.loss <= MOST_LOSS and not asked:
            board.disc(end, level, 16, shown.panel, shown.text, line=6)
        text = self.precise(share).replace("−", "-")
        right = CURVE.right() + 10
        board.formula(rf"-\ln {text}\;=", right, 56, 56, side="right")
        board.number(self.precise(found.loss, hidden=asked), right, 136, HUGE, side="right")

    def _paint_axes(self, board: Board, across: Axis) -> None:
        shown = board.colours
        board.line(CURVE.topLeft(), CURVE.bottomLeft(), shown.muted, LINE)
        board.line(CURVE.bottomLeft(), CURVE.bottomRight(), shown.muted, LINE)
        for tick in range(round(MOST_LOSS) + 1):
            x = across.place(tick)
            board.line(point(x, FLOOR), point(x, FLOOR + 12), shown.muted, LINE)
            board.text(str(tick), x, FOOT - 6, SMALL, shown.muted)
        board.text(self.tr("loss"), across.place(1.5), FOOT - 6, SMALL, bold=True)
        shares = np.linspace(1.0, exp(-MOST_LOSS), 120)
        places = np.array(
            [
                (across.place(loss), FLOOR - p * PILE_HEIGHT)
                for p, loss in zip(shares, -np.log(shares), strict=True)
            ]
        )
        board.painter.setPen(QPen(shown.text, 6, c=Qt.PenCapStyle.RoundCap))
        board.painter.drawPolyline(polygon(places))

    def _paint_gradient(self, board: Board) -> None:
        """Paint o - y, the gradient with respect to z, in one line."""
        pieces: list[tuple[str, QColor | None]] = [(r"\mathbf{o}-\mathbf{y}=(", None)]
        for k, slope in enumerate(self.found.gradient.tolist()):
            text = self.precise(slope, hidden=self.asks(EdgeNumber, what="delta", neuron=k))
            pieces.append((text.replace("−", "{-}"), board.signed(slope, gradient=True)))
            pieces.append((")" if k == len(self.found.gradient) - 1 else ",", None))
        size = 52.0
        wide = sum(board.formula_width(latex, size) for latex, _colour in pieces) + 9 * len(pieces)
        size *= min(1.0, 820 / wide)
        board.row(pieces, 446, 60, size, gap=9 / 52)


def _axes(place: QRectF) -> tuple[Axis, Axis]:
    return Axis(LOW, HIGH, place.left(), place.right()), Axis(LOW, HIGH, place.bottom(), place.top())


def _mixed(start: QRectF, end: QRectF, share: float) -> QRectF:
    """Interpolate linearly between two rectangles."""
    return QRectF(
        between(start.topLeft(), end.topLeft(), share), between(start.bottomRight(), end.bottomRight(), share)
    )


def _on(colour: QColor) -> QColor:
    """Return the text colour that is most legible on a colour."""
    return QColor("white") if colour.lightnessF() < 0.53 and colour.red() > 180 else INK


def _hatch(board: Board, place: QRectF, colour: QColor) -> None:
    """Paint a frame of a colour, filled with slanted lines."""
    painter, high = board.painter, place.height()
    lines = mixed(board.colours.panel, colour, 0.6)
    with board.clipped(place):
        for k in range(int((place.width() + high) / 34) + 1):
            x = place.left() - high + 34 * k
            board.line(point(x, place.bottom()), point(x + high, place.top()), lines, 12)
    painter.setPen(QPen(colour, LINE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)


def _mark(board: Board, x: float, y: float, size: float, k: int, colour: QColor) -> None:
    """Paint the mark of class k, ``size`` units high: a disc, a square or a triangle."""
    half, painter = size / 2, board.painter
    painter.setPen(QPen(board.colours.panel, max(1.5, 0.08 * size)))
    painter.setBrush(colour)
    if k == 0:
        painter.drawEllipse(point(x, y), half, half)
    elif k == 1:
        painter.drawRect(QRectF(x - 0.9 * half, y - 0.9 * half, 1.8 * half, 1.8 * half))
    else:
        path = QPainterPath(point(x, y - half))
        path.lineTo(point(x + 1.1 * half, y + 0.9 * half))
        path.lineTo(point(x - 1.1 * half, y + 0.9 * half))
        path.closeSubpath()
        painter.drawPath(path)
