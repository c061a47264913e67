"""The painted loss surface: bands or a relief, the paths of the runs on it, and the gestures that move it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.surface import Surface
from gui.drawable import shielded
from gui.movable import Movable
from gui.surface_painting import Drawn, Shadow, Titles, drawn, paint_ground, paint_shadows
from gui.surface_picture import Heights, heights_of
from gui.surface_relief import Eye
from gui.surface_sight import Ranges, Sight, area_within, widened
from gui.theme import LIGHT, Theme

TURN = 0.4  # degrees a pixel
NARROWEST = 1e-9


class SurfaceWidget(Movable):
    """Bands of equal loss, or a relief, with paths. Drag moves or turns, the wheel looks closer.

    ``hovered`` carries the point of the plane under the pointer (None: there is none); ``moved`` tells
    that another part of the plane is looked at, ``reshaped`` that the widget has another size.
    """

    hovered = Signal(object)
    moved = Signal()
    reshaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 140)
        self.surface: Surface | None = None
        self.shadows: tuple[Shadow, ...] = ()
        self.ranges: Ranges = ((-1.0, 1.0), (-1.0, 1.0))
        self._wanted = self.ranges
        self.relief, self.logarithmic = False, True
        self.eye = Eye()
        self._heights = Heights(0.0, 1.0, False)
        self._titles: Titles = ("u", "v")
        self._theme = LIGHT
        self._ground: QPixmap | None = None
        self._drawn: Drawn | None = None
        self.pointed.connect(self._point)

    # -- what is told ------------------------------------------------------------------------------

    def show_surface(self, surface: Surface | None) -> None:
        """Show another surface; the part looked at stays."""
        self.surface = surface
        if surface is not None:
            self._heights = heights_of(surface, logarithmic=self.logarithmic)
        self._drawn = None
        self._renew()

    def show_shadows(self, shadows: Sequence[Shadow]) -> None:
        """Draw these paths."""
        self.shadows = tuple(shadows)
        self.update()

    def show_titles(self, titles: Titles) -> None:
        """Name the axis to the right and the one upwards, in rich text."""
        self._titles = titles
        self._renew()

    def show_range(self, ranges: Ranges) -> None:
        """Look at a part of the plane, and as much more as the shape of the widget needs."""
        self._wanted = ranges
        self.ranges = widened(ranges, area_within(self.size()))
        self._renew()

    def show_manner(self, *, relief: bool, logarithmic: bool) -> None:
        """Show heights from the side, or bands from above; spaced by the logarithm of J, or evenly."""
        self.relief, self.logarithmic = relief, logarithmic
        self.show_surface(self.surface)

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours and the present fonts."""
        self._theme, self._drawn = theme, None
        self._renew()

    @property
    def sight(self) -> Sight:
        """What is seen, and where."""
        area = area_within(self.size())
        eye = self.eye if self.relief else None
        return Sight(self.size(), area, self.ranges, self.surface, self._heights, eye)

    # -- painting ----------------------------------------------------------------------------------

    def _renew(self) -> None:
        self._ground = None
        self.update()

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, sight = QPainter(self), self.sight
        painter.drawPixmap(0, 0, self._still(sight))
        if self.surface is not None or not self.relief:
            paint_shadows(painter, sight, self.shadows, self._theme)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.accent, 1.5))
            painter.drawLines(
                [
                    sight.area.topLeft(),
                    sight.area.bottomLeft(),
                    sight.area.bottomLeft(),
                    sight.area.bottomRight(),
                ]
            )
        painter.end()

    def _still(self, sight: Sight) -> QPixmap:
        """Return what lies under the paths; it is painted again only when something about it changes."""
        if self._ground is None:
            ratio = self.devicePixelRatioF()
            ground = QPixmap(self.size() * ratio)
            ground.setDevicePixelRatio(ratio)
            ground.fill(self._theme.canvas)
            if self._drawn is None and self.surface is not None and not self.relief:
                self._drawn = drawn(self.surface, self._heights, self._theme)
            painter = QPainter(ground)
            paint_ground(painter, sight, self._drawn, self._titles, self._theme)
            painter.end()
            self._ground = ground
        return self._ground

    # -- gestures ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_range(self._wanted)
        self.reshaped.emit()

    def _point(self, position: QPointF | None) -> None:
        sight = self.sight
        inside = position is not None and not self.relief and sight.area.contains(position)
        self.hovered.emit(sight.from_pixels(position) if inside and position is not None else None)

    def drag(self, by: QPointF) -> None:
        if self.relief:
            self.eye = self.eye.moved(by.x() * TURN, by.y() * TURN)
            self._renew()
            return
        area, ((left, right), (low, high)) = self.sight.area, self.ranges
        u, v = -by.x() / area.width() * (right - left), by.y() / area.height() * (high - low)
        self._look_at(((left + u, right + u), (low + v, high + v)))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        sight = self.sight
        u, v = sight.from_pixels(sight.area.center() if at is None or self.relief else at)
        (left, right), (low, high) = self.ranges
        self._look_at(
            (
                (u + (left - u) / factor, u + (right - u) / factor),
                (v + (low - v) / factor, v + (high - v) / factor),
            )
        )

    def _look_at(self, ranges: Ranges) -> None:
        size = np.ptp(np.array(ranges), axis=1)
        if np.isfinite(ranges).all() and size.min() > NARROWEST * max(1.0, float(np.abs(ranges).max())):
            self.ranges = self._wanted = ranges
            self._renew()
            self.moved.emit()
