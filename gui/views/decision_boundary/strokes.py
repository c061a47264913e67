"""Drawing points on the plane with mouse and keys: one stroke from press to release."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent

from core.arrays import Array
from core.data.drawn_points import DrawnPoints
from gui.plots.axes import Axes
from gui.plots.scatter import class_colours
from gui.qt.drawable import guarded_overrides, point, polygon
from gui.qt.typed_signal import TypedSignal
from gui.theme.theme import LIGHT, Theme, sized
from gui.views.decision_boundary.draw_bar import TOOLS, DrawBar, DrawFoot
from gui.views.decision_boundary.widget import REACH, OutputMapWidget

CLOSE = 3.0  # points that the brush adds along a path as long as its radius
DIGITS = 4  # after the decimal point, on a plane from -1 to 1
STEP = 1.15  # the factor by which a notch of the wheel or a key changes the size
TOOL_KEYS = {tool.key: name for name, tool in TOOLS.items()}
SIZE_KEYS = {Qt.Key.Key_BracketLeft: 1 / STEP, Qt.Key.Key_BracketRight: STEP}
CLASS_KEYS = [Qt.Key(Qt.Key.Key_1 + k) for k in range(6)]
KEYS = (*TOOL_KEYS, *SIZE_KEYS, *CLASS_KEYS, Qt.Key.Key_Escape)


@dataclass
class Stroke:
    """A stroke in progress: its tool, the points before it, and the path of the mouse."""

    tool: str
    before: DrawnPoints
    way: list[tuple[float, float]]
    hits: set[int] = field(default_factory=set)
    held: int | None = None

    def straighten(self) -> None:
        """Replace the path by a straight line from its first point to its last one."""
        self.way, self.hits = [self.way[0], self.way[-1]], set()


def along(way: list[tuple[float, float]], distance: float) -> Array:
    """Return points (count, 2) on a path, a ``distance`` apart, beginning with its first one."""
    corners = np.array(way)
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    at = np.arange(0.0, lengths[-1] + 1e-12, distance)
    return np.column_stack([np.interp(at, lengths, corners[:, axis]) for axis in (0, 1)])


def sprayed(places: Array, radius: float, noise: float, seed: int) -> Array:
    """Return a random point near each place (count, 2): within ``radius``, scattered by ``noise`` beyond it.

    With the same seed, the points of a path stay the same when it is extended.
    """
    away, turn = np.random.default_rng((seed, 0)).random((len(places), 2)).T
    scatter = np.random.default_rng((seed, 1)).standard_normal((len(places), 2))
    angle = 2 * np.pi * turn
    disc = (radius * np.sqrt(away))[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.asarray(places + disc + noise * scatter)


@guarded_overrides
class Strokes(QObject):
    """Handles mouse, wheel and keys of a plane while points are drawn on it.

    Signals: ``changed``: the points of a stroke in progress changed; ``finished`` carries the points after a
    stroke, and the tool and the number of points it affected; ``left``: Escape was pressed.
    """

    changed = Signal()
    finished = TypedSignal[DrawnPoints, str, int]()
    left = Signal()

    def __init__(self, plane: OutputMapWidget, bar: DrawBar, foot: DrawFoot) -> None:
        super().__init__(plane)
        self._plane, self._bar, self._foot = plane, bar, foot
        self._theme = LIGHT
        self.points: DrawnPoints | None = None
        self.stroke: Stroke | None = None
        self._mouse: QPointF | None = None
        bar.changed.connect(plane.update)
        plane.installEventFilter(self)

    def begin(self, points: DrawnPoints) -> None:
        """Draw on these points from now on."""
        self.points, self.stroke = points, None
        self._plane.overlay = self.paint
        self._plane.own_keys = KEYS
        self._plane.update()

    def end(self) -> None:
        """Return mouse and keys to the plane."""
        self.points = self.stroke = self._plane.overlay = None
        self._plane.own_keys = ()
        self._plane.update()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme

    # -- events ------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.points is None:
            return False
        if isinstance(event, QMouseEvent):
            return self._handle_mouse(event)
        if isinstance(event, QWheelEvent):
            self._bar.choose_size(self._bar.reach * STEP ** (event.angleDelta().y() / 120))
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._press_key(Qt.Key(event.key()))
        if event.type() == QEvent.Type.ContextMenu:
            return True  # the right button erases
        if event.type() == QEvent.Type.Leave:
            self._mouse = None
            self._plane.update()
        return False

    def _handle_mouse(self, event: QMouseEvent) -> bool:
        self._mouse = event.position()
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and self.stroke is None:
            self._plane.setFocus(Qt.FocusReason.MouseFocusReason)
            self._press(event)
        elif kind == QEvent.Type.MouseMove and self.stroke is not None:
            self.stroke.way.append(self._place())
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.stroke.straighten()
            self._go_on(self.stroke)
        elif kind == QEvent.Type.MouseButtonRelease and self.stroke is not None:
            self._finish(self.stroke)
        elif kind == QEvent.Type.MouseButtonDblClick:
            return self._handle_mouse_again(event)
        self._plane.update()
        return kind != QEvent.Type.MouseMove or self.stroke is not None

    def _handle_mouse_again(self, event: QMouseEvent) -> bool:
        """Handle the second click of a double click as a click."""
        if self.stroke is None:
            self._press(event)
        return True

    def _press(self, event: QMouseEvent) -> None:
        points = self.points
        if points is None or not self._plane.axes.area.contains(event.position()):
            return
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._pick(points)
            return
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        tool = "erase" if event.button() == Qt.MouseButton.RightButton else self._bar.tool
        self.stroke = Stroke(tool, points, [self._place()])
        if tool == "move":
            self.stroke.held = points.nearest(*self._place(), REACH * self._unit())
        self._go_on(self.stroke)

    def _pick(self, points: DrawnPoints) -> None:
        """Choose the class or the value of the point under the mouse."""
        k = points.nearest(*self._place(), REACH * self._unit())
        if k is not None:
            self._bar.choose_label(points.labels[k].item())

    def _press_key(self, key: Qt.Key) -> bool:
        points = self.points
        if key not in KEYS or points is None:
            return False
        if key in TOOL_KEYS:
            self._bar.choose_tool(TOOL_KEYS[key])
        elif key in SIZE_KEYS:
            self._bar.choose_size(self._bar.reach * SIZE_KEYS[key])
        elif key in CLASS_KEYS:
            if CLASS_KEYS.index(key) < len(points.class_names):
                self._bar.choose_label(CLASS_KEYS.index(key))
        elif self.stroke is not None:
            self.points, self.stroke = self.stroke.before, None
            self.changed.emit()
        else:
            self.left.emit()
        return True

    # -- the stroke --------------------------------------------------------------------------------

    def _place(self) -> tuple[float, float]:
        """Return the position of the mouse, in units of the axes and clamped to them."""
        axes = self._plane.axes
        x, y = axes.from_pixels(self._mouse or QPointF())
        (left, right), (low, high) = axes.ranges
        return min(max(x, left), right), min(max(y, low), high)

    def _unit(self) -> float:
        """Return the size of a pixel in units of the axes."""
        axes = self._plane.axes
        return (axes.ranges[0][1] - axes.ranges[0][0]) / max(1.0, axes.area.width())

    def _half(self) -> float:
        left, right = self._plane.axes.ranges[0]
        return (right - left) / 2

    def _rounded(self, places: Array) -> Array:
        """Return points in as few digits as distinguish pixels, so that a table shows all of them."""
        return np.round(places, DIGITS - int(np.rint(np.log10(self._half()))))

    def _go_on(self, stroke: Stroke) -> None:
        """Update the points to the stroke so far."""
        bar, before = self._bar, stroke.before
        radius = bar.reach * self._half()
        if stroke.tool == "point":
            place = self._rounded(np.array(stroke.way[:1]))
            self.points = before.added(place, bar.label, self._foot.test_share)
        elif stroke.tool == "brush":
            way = along(stroke.way, radius / CLOSE)
            places = sprayed(way, radius, bar.noise * self._half(), seed=len(before))
            self.points = before.added(self._rounded(places), bar.label, self._foot.test_share)
        elif stroke.tool == "move":
            if stroke.held is not None:
                x, y = self._rounded(np.array(stroke.way[-1])).tolist()
                self.points = before.moved(stroke.held, x, y)
        else:
            for x, y in along(stroke.way[-2:], radius / 2).tolist():
                stroke.hits.update(before.near(x, y, radius).tolist())
            hits = np.array(sorted(stroke.hits), int)
            erases = stroke.tool == "erase"
            self.points = before.without(hits) if erases else before.labelled(hits, bar.label)
        self.changed.emit()

    def concerned(self) -> int:
        """Return the number of points that the stroke adds, moves, recolours or removes."""
        stroke, points = self.stroke, self.points
        if stroke is None or points is None:
            return 0
        if stroke.tool == "recolour":
            return int(np.count_nonzero(points.labels != stroke.before.labels))
        if stroke.tool == "move":
            return int(stroke.held is not None and len(stroke.way) > 1)
        return abs(len(points) - len(stroke.before))

    def _finish(self, stroke: Stroke) -> None:
        count, points = self.concerned(), self.points
        self.stroke = None
        if count and points is not None:
            self.finished.emit(points, stroke.tool, count)

    # -- painting ----------------------------------------------------------------------------------

    def paint(self, painter: QPainter, axes: Axes) -> None:
        """Paint the circle of the brush, the path of the stroke, and the number of points it affects."""
        if self._mouse is None or not axes.area.contains(self._mouse):
            return
        tool = self.stroke.tool if self.stroke is not None else self._bar.tool
        if self.stroke is not None and len(self.stroke.way) > 1:
            painter.setPen(QPen(self._theme.text, 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(polygon(axes.to_pixels(np.array(self.stroke.way))))
        x, y = self._mouse.x(), self._mouse.y()
        radius = self._bar.reach * self._half() / self._unit() if TOOLS[tool].wide else 6.0
        shade = QColor(self._theme.panel)
        shade.setAlpha(90)
        painter.setPen(QPen(self._theme.text, 1.5))
        painter.setBrush(shade)
        painter.drawEllipse(point(x, y), radius, radius)
        for dx, dy in ((4, 0), (0, 4)):
            painter.drawLine(point(x - dx, y - dy), point(x + dx, y + dy))
        if count := self.concerned():
            self._paint_count(painter, axes, count)

    def _paint_count(self, painter: QPainter, axes: Axes, count: int) -> None:
        """Paint, beside the brush, how many points the stroke affects, in the colour of their class."""
        assert self._mouse is not None and self.stroke is not None
        names = self.stroke.before.class_names
        labelled = names and self.stroke.tool in ("point", "brush", "recolour")
        colours = class_colours(self._theme, len(names))
        colour = colours[int(self._bar.label)] if labelled else self._theme.muted
        sign = {"erase": "−", "point": "+", "brush": "+"}.get(self.stroke.tool, "")
        painter.setFont(sized("small"))
        wide = painter.fontMetrics().horizontalAdvance(f"{sign}{count}") + 20
        high = painter.fontMetrics().height() + 6
        left = min(self._mouse.x() + 36, axes.area.right() - wide - 2)
        box = QRectF(left, max(axes.area.top() + 2, self._mouse.y() - high / 2), wide, high)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(self._theme.panel)
        painter.drawRoundedRect(box, high / 2, high / 2)
        painter.setPen(self._theme.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{sign}{count}")
