"""The painted loss surface: bands or a relief, the paths of the runs on it, and the gestures that move it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.analysis.loss_surface import LossSurface
from gui.theme.theme import LIGHT, Theme
from gui.views.loss_surface.contours import HeightScale, heights_of
from gui.views.loss_surface.painter import (
    DrawnSurface,
    ProjectedPath,
    Titles,
    drawn,
    paint_ground,
    paint_shadows,
)
from gui.views.loss_surface.relief import Camera, Ranges, Viewport, area_within, widened
from gui.widgets.drawable import shielded

ZOOM = 1.2
KEY_PIXELS = 40.0
STEPS = {
    Qt.Key.Key_Left: QPointF(KEY_PIXELS, 0),
    Qt.Key.Key_Right: QPointF(-KEY_PIXELS, 0),
    Qt.Key.Key_Up: QPointF(0, KEY_PIXELS),
    Qt.Key.Key_Down: QPointF(0, -KEY_PIXELS),
}


class PannableWidget(QWidget):
    """A picture one drags and looks closer at: by mouse, or by arrow keys, + and −; 0 shows all.

    ``pointed`` carries the pixel under the pointer, None where it left; ``fitted`` asks for all of it.
    """

    pointed = Signal(object)
    fitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._dragged: QPointF | None = None

    def drag(self, by: QPointF) -> None:
        """Move the picture by so many pixels."""
        raise NotImplementedError

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Look so much closer at a pixel, or at the middle."""
        raise NotImplementedError

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if self._dragged is None:
            self.pointed.emit(position)
            return
        by, self._dragged = position - self._dragged, position
        self.drag(by)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fitted.emit()

    def leaveEvent(self, event: object) -> None:
        self.pointed.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom(ZOOM**notches, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEPS:
            self.drag(STEPS[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM)
        elif key == Qt.Key.Key_0:
            self.fitted.emit()
        else:
            super().keyPressEvent(event)


# -- Bands or a relief, the paths of the runs on it, and the gestures that move it -----------------------

TURN = 0.4  # degrees a pixel
NARROWEST = 1e-9


class SurfaceWidget(PannableWidget):
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
        self.surface: LossSurface | None = None
        self.shadows: tuple[ProjectedPath, ...] = ()
        self.ranges: Ranges = ((-1.0, 1.0), (-1.0, 1.0))
        self._wanted = self.ranges
        self.relief, self.logarithmic = False, True
        self.eye = Camera()
        self._heights = HeightScale(0.0, 1.0, False)
        self._titles: Titles = ("u", "v")
        self._theme = LIGHT
        self._ground: QPixmap | None = None
        self._drawn: DrawnSurface | None = None
        self.pointed.connect(self._point)

    # -- what is told ------------------------------------------------------------------------------

    def show_surface(self, surface: LossSurface | None) -> None:
        """Show another surface; the part looked at stays."""
        self.surface = surface
        if surface is not None:
            self._heights = heights_of(surface, logarithmic=self.logarithmic)
        self._drawn = None
        self._renew()

    def show_shadows(self, shadows: Sequence[ProjectedPath]) -> None:
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
    def sight(self) -> Viewport:
        """What is seen, and where."""
        area = area_within(self.size())
        eye = self.eye if self.relief else None
        return Viewport(self.size(), area, self.ranges, self.surface, self._heights, eye)

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

    def _still(self, sight: Viewport) -> QPixmap:
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
