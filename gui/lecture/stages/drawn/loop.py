"""The loop of gradient descent: a sample visits five stations, and the neuron in the middle learns."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import isfinite

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from core.arrays import Array
from core.debugger.steps import LoopStage
from core.language import tr
from core.lecture.laps import Lap, Laps
from core.lecture.network_quantities import EdgeNumber, NeuronNumber
from core.lecture.one_sample import NumberPlace
from core.lecture.subjects import Networks, Subject
from core.number_style import exact_text
from gui.lecture.stages.drawn.board import (
    HUGE,
    LARGE,
    MEDIUM,
    SMALL,
    Axis,
    Board,
    Side,
    text_width,
)
from gui.lecture.stages.drawn.picture import Picture
from gui.qt.drawable import guarded_overrides, point
from gui.theme.theme import mixed

STATIONS = len(LoopStage)
PLACES = {
    "ring": -1,
    "sample": LoopStage.SAMPLE,
    "forward": LoopStage.FORWARD,
    "loss": LoopStage.LOSS,
    "backward": LoopStage.BACKWARD,
    "update": LoopStage.UPDATE,
    "second-sample": STATIONS + LoopStage.SAMPLE,
    "second-forward": STATIONS + LoopStage.FORWARD,
    "second-loss": STATIONS + LoopStage.LOSS,
    "run": 19 * STATIONS + LoopStage.LOSS,
}
"""The number of stations the token has visited at a step of the drawing; -1: it has not started."""
MOST_LAPS = 200
RATE = "learning rate"
STEP_MILLISECONDS, ROLL_MILLISECONDS, RUN_MILLISECONDS, FAST_MILLISECONDS = 300, 600, 4000, 70

CARDS = {
    LoopStage.SAMPLE: QRectF(652, 6, 616, 166),
    LoopStage.FORWARD: QRectF(1322, 150, 500, 192),
    LoopStage.LOSS: QRectF(1209, 590, 521, 190),
    LoopStage.BACKWARD: QRectF(124, 590, 670, 190),
    LoopStage.UPDATE: QRectF(95, 155, 425, 190),
}
RADIUS, NEURON, TOKEN = 52.0, 76.0, 34.0
INPUTS = ((668.0, 308.0), (668.0, 496.0))
MIDDLE = (1065.0, 402.0)
WEIGHTS = ((848.0, 355.0), (848.0, 449.0))
BIAS = (1065.0, 566.0)
OUTPUT = 1232.0
LAP_LABELS: tuple[tuple[float, float, Side], ...] = (
    (622, 24, "right"), (1900, 128, "right"), (1900, 750, "right"), (812, 752, "left"), (262, 392, "left"),
)  # fmt: skip
"""The position of the lap number at each station."""
CURVE = QRectF(1232, 462, 460, 104)
TURN = 1700.0


def lap_text(lap: int) -> str:
    """Return the words for a lap, counted from 0."""
    return tr("lap {number}", number=lap + 1)


@guarded_overrides
class LoopPicture(Picture):
    """A neuron in the middle of a ring of five stations, around which a token carries one sample."""

    plays = steps = True
    durations = {"update": ROLL_MILLISECONDS, "run": RUN_MILLISECONDS}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__("loop")
        self._passed, self._from, self._running = -1, -1, False
        self._ring = _ring()

    # -- the laps --------------------------------------------------------------------------------------

    def compute(self, subject: Subject) -> None:
        """Set the laps of a subject, which are computed when the token gets there."""
        assert isinstance(subject, Networks)
        self.laps = Laps(subject)

    def with_number(self, key: Hashable, value: float) -> Subject:
        """Return the subject with another parameter, input, target or learning rate."""
        if key == RATE:
            return self.laps.with_learning_rate(value)
        assert isinstance(key, NumberPlace)
        return self.laps.sample.with_number(key, value)

    def show_step(self, step: str) -> None:
        """Move the token to the station of a step."""
        super().show_step(step)
        self._pause()
        self._from, self._passed = self._passed, PLACES[step or "ring"]

    def step(self, *, ahead: bool) -> None:
        """Move the token to the next station, or back to the previous one."""
        self._pause()
        self._move_on(1 if ahead else -1, STEP_MILLISECONDS)

    def play(self) -> None:
        """Let the token move around the ring until it is stopped, or stop it."""
        if self._running:
            self._pause()
            return
        self._running = True
        self.running_changed.emit(True)
        self._move_on(1, FAST_MILLISECONDS)

    def end_motion(self) -> None:
        """Go on to the next station while the token is moving around."""
        if self._running:
            self._move_on(1, FAST_MILLISECONDS)

    def _move_on(self, stations: int, milliseconds: int) -> None:
        goal = self._passed + stations
        beyond = goal < -1 or goal >= MOST_LAPS * STATIONS
        if beyond or (goal >= 0 and self.laps.lap(goal // STATIONS) is None):
            self._pause()
            return
        self._from, self._passed = self._passed, goal
        self.motion_requested.emit(milliseconds)

    def _pause(self) -> None:
        if self._running:
            self._running = False
            self.running_changed.emit(False)

    @property
    def _at(self) -> float:
        """The number of stations the token has visited at this moment of its motion."""
        way = self._passed - self._from
        rolling = way == 1 and self._passed % STATIONS == LoopStage.UPDATE
        return self._from + way * min(1.0, self.progress * (2 if rolling else 1))

    @property
    def _rolled(self) -> float:
        """The progress of the parameters towards their new values, from 0 to 1, at an update."""
        if self._passed - self._from != 1 or self.progress >= 1:
            return 1.0
        share = max(0.0, 2 * self.progress - 1)
        return share * share * (3 - 2 * share)

    # -- what is painted -------------------------------------------------------------------------------

    def paint(self, board: Board) -> None:
        """Paint the ring, its stations, the neuron and the token."""
        at = self._at
        passed = int(at + 1e-9) if at >= 0 else -1
        _paint_ring(board, self._ring)
        for station in LoopStage:
            self._paint_station(board, station, passed)
        self._paint_net(board, passed)
        if at >= 0:
            self._paint_token(board, at)

    def _paint_station(self, board: Board, station: LoopStage, passed: int) -> None:
        """Paint a card with the last result of its station."""
        shown = board.colours
        lap = (passed - station) // STATIONS if passed >= station else -1
        here = passed >= 0 and passed % STATIONS == station
        card, now = CARDS[station], self.laps.lap(lap) if lap >= 0 else None
        frame = shown.accent if here else shown.muted if now else mixed(shown.panel, shown.muted, 0.3)
        board.panel(card, frame, shown.accent_soft if here else shown.panel, line=7.0 if here else 3.0)
        title = shown.accent if here else shown.text if now else shown.muted
        line = card.top() + (56 if station is LoopStage.FORWARD else 40)  # the token comes from above
        board.text(self._title(station), card.left() + 28, line, SMALL, title, bold=True, side="left")
        if now is None:
            return
        self._paint_content(board, station, lap, now)
        aside = self._aside(station, lap, stale=lap < passed // STATIONS)
        if aside:
            board.text(aside, card.right() - 28, line, SMALL, shown.muted, side="right")

    def _title(self, station: LoopStage) -> str:
        return {
            LoopStage.SAMPLE: self.tr("Sample"),
            LoopStage.FORWARD: self.tr("Forward"),
            LoopStage.LOSS: self.tr("Loss"),
            LoopStage.BACKWARD: self.tr("Backward"),
            LoopStage.UPDATE: self.tr("Update"),
        }[station]

    def _aside(self, station: LoopStage, lap: int, *, stale: bool) -> str:
        """Return the text beside a card's title: the previous number, or that it is from the previous lap."""
        before = self.laps.lap(lap - 1) if lap > 0 else None
        if stale and station in (LoopStage.BACKWARD, LoopStage.UPDATE):
            return lap_text(lap)
        if before is None or station not in (LoopStage.FORWARD, LoopStage.LOSS):
            return ""
        number = before.o if station is LoopStage.FORWARD else before.loss
        return self.tr("was {number}").format(number=self.precise(number))

    def _paint_content(self, board: Board, station: LoopStage, lap: int, now: Lap) -> None:
        card, y = CARDS[station], CARDS[station].bottom() - 58
        left = card.left() + (44 if station is LoopStage.SAMPLE else 28)  # the token comes from the left
        if station is LoopStage.SAMPLE:
            x1, x2 = (exact_text(float(x)) for x in now.x)
            place = board.formula(rf"\mathbf{{x}}=({x1},\,{x2})\quad y=", left, y, 56, side="left")
            handle = self._handle(NumberPlace("target", 0), "y")
            board.number(exact_text(now.y), place.right() + 14, y, 52, handle=handle, side="left")
        elif station is LoopStage.FORWARD:
            place = board.formula("o=", left, y, 56, side="left")
            hidden = self.asks(NeuronNumber, what="a", iterations=lap)
            board.number(self.precise(now.o, hidden=hidden), place.right() + 22, y, LARGE, side="left")
        elif station is LoopStage.LOSS:
            place = board.formula("L=", left, y, 60, side="left")
            hidden = self.asks(EdgeNumber, what="J", iterations=lap)
            board.number(self.precise(now.loss, hidden=hidden), place.right() + 30, y, HUGE, side="left")
        elif station is LoopStage.BACKWARD:
            numbers = ",".join(self.precise(float(g)).replace("−", "{-}") for g in now.gradient)
            size = 56.0
            formula = rf"\mathbf{{g}}=({numbers})"
            room = card.width() - 48
            size *= min(1.0, room / board.formula_width(formula, size))
            board.formula(formula, left, y, size, board.signed(now.delta, gradient=True), side="left")
        else:
            self._paint_rule(board, left, y)

    def _paint_rule(self, board: Board, left: float, y: float) -> None:
        place = board.formula(r"\theta\leftarrow\theta-", left, y, 56, side="left")
        rate = self.laps.learning_rate
        place = board.number(
            exact_text(rate), place.right() + 12, y, MEDIUM,
            handle=(RATE, rate, self.tr("learning rate η")), side="left",
        )  # fmt: skip
        board.formula(r"\mathbf{g}", place.right() + 12, y, 56, side="left")

    def _handle(self, place: NumberPlace, name: str) -> tuple[Hashable, float, str] | None:
        sample = self.laps.sample
        return (place, sample.number(place), name) if sample.can_change(place) else None

    # -- the neuron ------------------------------------------------------------------------------------

    def _paint_net(self, board: Board, passed: int) -> None:
        first = self.laps.lap(0)
        now = self.laps.lap(max(passed, 0) // STATIONS) or first
        if now is None:
            return
        station = passed % STATIONS if passed >= 0 else -1
        values = now.before
        if station == LoopStage.UPDATE:
            values = now.before + (now.after - now.before) * self._rolled
        for k, (x, y) in enumerate(INPUTS):
            width = 5 + 22 * min(1.0, abs(float(values[k])))
            board.edge(point(x, y), point(*MIDDLE), float(values[k]) or None, width=width)
        self._paint_inputs(board, now)
        self._paint_parameters(board, values, passed)
        board.disc(*MIDDLE, NEURON)
        board.formula(r"\sigma", *MIDDLE, 76)
        if passed >= LoopStage.FORWARD:
            lap = (passed - LoopStage.FORWARD) // STATIONS
            self._paint_output(board, lap)
        if self._shows_curve(passed):
            self._paint_curve(board, passed)
        elif station == LoopStage.BACKWARD:
            self._paint_delta(board, now)

    def _shows_curve(self, passed: int) -> bool:
        """Whether the losses of all laps are shown beside the neuron, in place of previous values and δ."""
        return self.at("run") or self._running or passed >= 3 * STATIONS

    def _paint_inputs(self, board: Board, now: Lap) -> None:
        for k, (x, y) in enumerate(INPUTS):
            board.formula(f"x_{k + 1}", x - 78, y, MEDIUM, board.colours.muted, side="right")
            board.disc(x, y, RADIUS)
            text = exact_text(float(now.x[k]))
            size = MEDIUM * min(1.0, 1.7 * RADIUS / text_width(text, MEDIUM, bold=True))
            name = self.tr("input x{number}").format(number=k + 1)
            board.number(text, x, y, size, handle=self._handle(NumberPlace("input", k), name))

    def _paint_parameters(self, board: Board, values: Array, passed: int) -> None:
        """Paint weights and bias, with their values before the last update or their derivatives."""
        names = (self.tr("weight w1"), self.tr("weight w2"), self.tr("bias b"))
        before = passed < LoopStage.UPDATE
        asked = not before and passed < STATIONS + LoopStage.UPDATE and self._asks_new
        for k, (x, y) in enumerate((*WEIGHTS, BIAS)):
            value = float(values[k])
            place = NumberPlace("weight", 0, 1, k) if k < 2 else NumberPlace("bias", 0, 1)
            text = exact_text(value) if before else self.precise(value, hidden=asked)
            handle = self._handle(place, names[k]) if before else None
            frame = board.pill(text, x, y, board.signed(value), size=44, handle=handle, least=96)
            aside, colour = self._aside_of(board, k, passed)
            if k == 2:
                board.formula("b", frame.left() - 16, y, MEDIUM, board.colours.muted, side="right")
                board.text(aside, x, y + 70, SMALL, colour)
            else:
                board.text(aside, x, y + 66 * (2 * k - 1), SMALL, colour)

    @property
    def _asks_new(self) -> bool:
        """Whether a parameter after the first update is to be guessed; the others would reveal it."""
        return self.asks(EdgeNumber, what="updated", iterations=0) or self.asks(EdgeNumber, iterations=1)

    def _aside_of(self, board: Board, k: int, passed: int) -> tuple[str, QColor]:
        """Return the text beside parameter k, and its colour."""
        lap, station = divmod(max(passed, 0), STATIONS)
        now = self.laps.lap(lap)
        if now is None or self._shows_curve(passed):
            return "", board.colours.muted
        if station == LoopStage.BACKWARD:
            slope = float(now.gradient[k])
            return self.precise(slope), board.signed(slope, gradient=True)
        if station == LoopStage.UPDATE:
            old = float(now.before[k])
        elif lap > 0 and (before := self.laps.lap(lap - 1)) is not None:
            old = float(before.before[k])
        else:
            return "", board.colours.muted
        return self.tr("was {number}").format(number=self.precise(old)), board.colours.muted

    def _paint_output(self, board: Board, lap: int) -> None:
        found = self.laps.lap(lap)
        if found is None:
            return
        x, y = MIDDLE
        board.arrow(point(x + NEURON + 6, y), point(OUTPUT - 20, y), width=7, head=30)
        hidden = self.asks(NeuronNumber, what="a", iterations=lap)
        board.number(self.precise(found.o, hidden=hidden), OUTPUT, y, HUGE, side="left")

    def _paint_delta(self, board: Board, now: Lap) -> None:
        colour = board.signed(now.delta, gradient=True)
        x, y = MIDDLE
        board.arrow(point(OUTPUT, y + 88), point(x + 68, y + 48), colour, 7, head=30)
        place = board.formula(r"\delta=", OUTPUT + 14, y + 88, 56, colour, side="left")
        board.number(self.precise(now.delta), place.right() + 18, y + 88, 60, colour, side="left")

    def _paint_curve(self, board: Board, passed: int) -> None:
        """Paint the losses of all laps so far, in the free space beside the neuron."""
        last = (passed - LoopStage.LOSS) // STATIONS
        laps = [lap for k in range(last + 1) if (lap := self.laps.lap(k)) is not None]
        losses = [lap.loss for lap in laps if isfinite(lap.loss)]
        if len(losses) < 2 or len(losses) < len(laps):
            return
        shown, area = board.colours, CURVE
        board.line(area.topLeft(), area.bottomLeft(), shown.muted)
        board.line(area.bottomLeft(), area.bottomRight(), shown.muted)
        across = Axis(0.0, max(19.0, len(losses) - 1.0), area.left() + 8, area.right() - 20)
        up = Axis(0.0, max(losses) or 1.0, area.bottom(), area.top() + 8)
        places = [point(across.place(k), up.place(loss)) for k, loss in enumerate(losses)]
        board.painter.setPen(QPen(shown.train, 6, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        board.painter.drawPolyline(places)
        board.disc(places[-1].x(), places[-1].y(), 11, shown.train, shown.train)
        board.text(
            self.tr("loss of each lap"), area.right() - 14, area.top() + 22, SMALL, shown.muted, side="right"
        )

    # -- the token -------------------------------------------------------------------------------------

    def _paint_token(self, board: Board, at: float) -> None:
        """Paint the token at a station, or on the way there, with the number of its lap."""
        shown = board.colours
        before = (int(at) - 1) % STATIONS
        share = at - int(at)
        if share < 1e-6:
            place = self._ring[before].pointAtPercent(1.0)
        else:
            place = self._ring[int(at) % STATIONS].pointAtPercent(share)
        lap = int(at + 1e-9) // STATIONS
        board.disc(place.x(), place.y(), TOKEN, shown.panel, shown.accent, line=8)
        board.text(str(lap + 1), place.x(), place.y(), SMALL, shown.on_accent, bold=True)
        if share < 1e-6:
            x, y, side = LAP_LABELS[int(at) % STATIONS]
            board.text(lap_text(lap), x, y, SMALL, shown.accent, bold=True, side=side)


def _paint_ring(board: Board, ring: Sequence[QPainterPath]) -> None:
    """Paint the lines between the stations, with arrow heads in the middle."""
    colour = mixed(board.colours.panel, board.colours.muted, 0.2)
    head = mixed(board.colours.panel, board.colours.muted, 0.5)
    board.painter.setBrush(Qt.BrushStyle.NoBrush)
    board.painter.setPen(QPen(colour, 17, c=Qt.PenCapStyle.FlatCap))
    for way in ring:
        board.painter.drawPath(way)
    for way in ring:
        board.arrow(way.pointAtPercent(0.44), way.pointAtPercent(0.54), head, 1.0, head=34)


def _ring() -> tuple[QPainterPath, ...]:
    """Return the line from each station to the next one."""
    sample, forward, loss, backward, update = (CARDS[station] for station in LoopStage)
    line = sample.center().y()
    turn = TURN
    fall = loss.center().y()
    rise = update.left() + 125
    return (
        _way((sample.right(), line), (turn - 180, line - 6), (turn, line + 4), (turn, forward.top())),
        _way((turn, forward.bottom()), (turn, 500), (1900, fall), (loss.right(), fall)),
        _way((loss.left(), fall), (1100, fall), (900, fall), (backward.right(), fall)),
        _way((backward.left(), fall), (10, fall), (rise, 500), (rise, update.bottom())),
        _way((rise, update.top()), (rise, line + 4), (rise + 180, line - 6), (sample.left(), line)),
    )


def _way(*points: tuple[float, float]) -> QPainterPath:
    start, first, second, end = (point(*one) for one in points)
    way = QPainterPath(start)
    way.cubicTo(first, second, end)
    return way
