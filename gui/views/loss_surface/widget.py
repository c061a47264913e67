"""Paints the loss surface with the paths of runs on it, and handles panning, zooming and turning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QStaticText,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.analysis.loss_surface import LossSurface
from core.arrays import Array
from core.language import tr
from core.number_style import axis_text
from gui.figures.figure import draw_grid, fill_background, is_vector
from gui.plots.axes import Ranges
from gui.qt import drawable
from gui.qt.drawable import guarded_overrides, shielded
from gui.text.reading_direction import keep_left_to_right
from gui.theme.theme import LIGHT, Theme, sized
from gui.views.loss_surface.heights import (
    Camera,
    HeightScale,
    Relief,
    Viewport,
    area_within,
    bands,
    ends_text,
    heights_of,
    line_colour,
    lines,
    widened,
)

FINEST = 2.0
MOST_PLACES = 700
JOIN = Qt.PenJoinStyle.BevelJoin
ONE_LINE = QTextOption()
ONE_LINE.setWrapMode(QTextOption.WrapMode.NoWrap)

Titles = tuple[str, str]


@dataclass(frozen=True, eq=False)
class ProjectedPath:
    """The path of a run on the plane: points (count, 2), the last of which is its present position."""

    name: str
    points: Array
    colour: QColor
    width: float


def _scale() -> float:
    """Return the factor by which lines and dots are enlarged with the font."""
    return sized("small").pointSizeF() / 8.5


def _title(html: str) -> QStaticText:
    title = QStaticText(html)
    title.setTextFormat(Qt.TextFormat.RichText)
    title.setTextOption(ONE_LINE)
    title.prepare(font=sized("small"))
    return title


# -- the background ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class DrawnSurface:
    """A surface in a theme's colours: the filled bands, and the lines between them (count, 4)."""

    image: QImage
    lines: Array


def drawn(surface: LossSurface, heights: HeightScale, theme: Theme) -> DrawnSurface:
    """Return the surface in the form in which it is drawn at any size."""
    return DrawnSurface(bands(surface, heights, theme), lines(surface, heights))


def paint_background(
    painter: QPainter, viewport: Viewport, bands: DrawnSurface | None, titles: Titles, theme: Theme
) -> None:
    """Paint the surface and the axes; titles (right, up) in rich text."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(sized("small"))
    if viewport.relief is not None:
        _paint_relief(painter, viewport.relief, titles, theme)
    elif viewport.camera is None:
        if viewport.surface is not None and bands is not None:
            _paint_bands(painter, viewport, viewport.surface, bands, theme)
        _paint_axes(painter, viewport, titles, theme)


def _paint_bands(
    painter: QPainter, viewport: Viewport, surface: LossSurface, bands: DrawnSurface, theme: Theme
) -> None:
    painter.save()
    painter.setClipRect(viewport.area)
    draw_grid(painter, _place(viewport, surface), bands.image)
    painter.setPen(QPen(line_colour(theme), 1.0))
    ends = np.hstack([viewport.to_pixels(bands.lines[:, :2]), viewport.to_pixels(bands.lines[:, 2:])])
    painter.drawLines(drawable.lines(ends))
    painter.restore()


def _place(viewport: Viewport, surface: LossSurface) -> QRectF:
    """Return the rectangle of the surface in pixels."""
    (left, right), (low, high) = surface.u_range, surface.v_range
    corners = viewport.to_pixels(np.array([[left, high], [right, low]]))
    return QRectF(QPointF(*corners[0].tolist()), QPointF(*corners[1].tolist()))


def _paint_axes(painter: QPainter, viewport: Viewport, titles: Titles, theme: Theme) -> None:
    area, height = viewport.area, painter.fontMetrics().height()
    most = max(2, int(area.width() / (5 * height))), max(2, int(area.height() / (3 * height)))
    viewport.paint_rim(painter, theme, viewport.size.width(), most)
    u_title, v_title = (_title(title) for title in titles)
    painter.setPen(theme.text)
    x = area.center().x() - u_title.size().width() / 2
    painter.drawStaticText(QPointF(x, area.bottom() + 2 + 1.15 * height), u_title)
    painter.drawStaticText(QPointF(area.left(), 0.2 * height), v_title)


def _paint_relief(painter: QPainter, relief: Relief, titles: Titles, theme: Theme) -> None:
    """Paint the relief, with the name and the ends of an axis at each of the two near edges of its ground."""
    relief.paint(painter, theme)
    corners, area = relief.corners(), relief.area
    nearest = int(corners[:, 1].argmax())
    painter.setPen(theme.text)
    for edge in ((nearest - 1) % 4, nearest):
        start, end = corners[edge], corners[(edge + 1) % 4]
        along_u = edge % 2 == 0
        low, high = ends_text(relief.surface.u_range if along_u else relief.surface.v_range)
        forward = (edge in (0, 1)) == (start[0] <= end[0])
        first, last = (low, high) if forward else (high, low)
        words = tr("{first} … {name} … {last}")
        name = titles[0] if along_u else titles[1]
        text = _title(words.format(first=axis_text(first), name=name, last=axis_text(last)))
        x, y = ((start + end) / 2).tolist()
        x -= text.size().width() if x < area.center().x() else 0.0
        x = min(max(4.0, x), area.width() - text.size().width() - 4)
        painter.drawStaticText(QPointF(x, min(y + 8, area.height() - text.size().height() - 2)), text)


# -- the paths --------------------------------------------------------------------------------------------


def paint_paths(painter: QPainter, viewport: Viewport, paths: Sequence[ProjectedPath], theme: Theme) -> None:
    """Paint the paths, their starts and their present positions."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if viewport.camera is None:
        painter.setClipRect(viewport.area)
    for path in paths:
        _paint_path(painter, viewport, path, theme)
    _paint_starts(painter, viewport, paths, theme)
    for path in paths:
        if len(path.points):
            _paint_dot(painter, viewport, path.points[-1], path.colour, theme)
    painter.setClipping(False)


def _paint_path(painter: QPainter, viewport: Viewport, path: ProjectedPath, theme: Theme) -> None:
    places = viewport.to_pixels(path.points)
    line = drawable.polygon(simpler(drawable.within(places)))
    halo, width = QColor(theme.canvas), path.width * _scale()
    halo.setAlphaF(0.55)
    for colour, wide in ((halo, width + 2.0), (path.colour, width)):
        painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, JOIN))
        painter.drawPolyline(line)


def simpler(places: Array) -> Array:
    """Return a line in pixels (count, 2) without points that fall on the pixels of their neighbours.

    A thick line of thousands of points takes tens of milliseconds to draw. The last point is kept.
    """
    cells = np.floor(places / FINEST)
    moved = np.ones(len(places), bool)
    moved[1:-1] = (np.diff(cells, axis=0) != 0).any(axis=1)[: len(places) - 2]
    kept = places[moved]
    step = -(-len(kept) // MOST_PLACES)
    return kept if step < 2 else np.vstack([kept[::step], kept[-1:]])


def _paint_dot(painter: QPainter, viewport: Viewport, point: Array, colour: QColor, theme: Theme) -> QPointF:
    """Paint a dot with a rim at a point of the plane; return its position."""
    place = drawable.point(*viewport.to_pixels(point[None])[0].tolist())
    bright = max(theme.panel, theme.text, key=QColor.lightnessF)
    dark = min(theme.panel, theme.text, key=QColor.lightnessF)
    painter.setPen(QPen(dark if colour == bright else bright, 1.8 * _scale()))
    painter.setBrush(colour)
    painter.drawEllipse(place, 6.0 * _scale(), 6.0 * _scale())
    return place


def _paint_starts(
    painter: QPainter, viewport: Viewport, paths: Sequence[ProjectedPath], theme: Theme
) -> None:
    """Mark the starts of the paths, once if they start at the same point."""
    seen: list[Array] = []
    for path in paths:
        if len(path.points) and not any(np.allclose(path.points[0], other) for other in seen):
            seen.append(path.points[0])
    font, text = sized("text"), tr("start")
    metrics, area = QFontMetricsF(font), viewport.area
    painter.setFont(font)
    for point in seen:
        place = _paint_dot(
            painter, viewport, point, max(theme.panel, theme.text, key=QColor.lightnessF), theme
        )
        width, gap = metrics.horizontalAdvance(text), 9 * _scale()
        x = min(max(place.x() - width / 2, area.left() + 2), area.right() - width - 2)
        above = place.y() - gap - metrics.descent()
        y = above if above - metrics.ascent() > area.top() else place.y() + gap + metrics.ascent()
        painter.setPen(theme.text)
        painter.drawText(QPointF(x, y), text)


# -- the widget ------------------------------------------------------------------------------------------


ZOOM = 1.2
KEY_PIXELS = 40.0
STEPS = {
    Qt.Key.Key_Left: QPointF(KEY_PIXELS, 0),
    Qt.Key.Key_Right: QPointF(-KEY_PIXELS, 0),
    Qt.Key.Key_Up: QPointF(0, KEY_PIXELS),
    Qt.Key.Key_Down: QPointF(0, -KEY_PIXELS),
}


@guarded_overrides
class PannableWidget(QWidget):
    """A picture that is panned and zoomed by the mouse, or by the arrow keys, + and −; 0 shows all.

    ``pointed`` carries the pixel under the mouse, or None if it left; ``fitted`` asks to show all.
    """

    pointed = Signal(object)
    fitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keep_left_to_right(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._dragged: QPointF | None = None

    def drag(self, by: QPointF) -> None:
        """Move the picture by a distance in pixels."""
        raise NotImplementedError

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Enlarge by a factor around a pixel, or around the centre."""
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


# -- the surface -----------------------------------------------------------------------------------------

TURN = 0.4  # degrees per pixel
NARROWEST = 1e-9


@guarded_overrides
class SurfaceWidget(PannableWidget):
    """Bands of equal loss, or a relief, with paths. Dragging moves or turns it, the wheel zooms.

    Signals: ``hovered`` carries the point of the plane under the mouse (None: there is none). ``moved`` is
    emitted when another part of the plane is shown, ``reshaped`` when the widget has another size.
    """

    hovered = Signal(object)
    moved = Signal()
    reshaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 140)
        self.surface: LossSurface | None = None
        self.paths: tuple[ProjectedPath, ...] = ()
        self.ranges: Ranges = ((-1.0, 1.0), (-1.0, 1.0))
        self._wanted = self.ranges
        self.relief, self.logarithmic = False, True
        self.camera = Camera()
        self._heights = HeightScale(0.0, 1.0, False)
        self._titles: Titles = ("u", "v")
        self._theme = LIGHT
        self._background: QPixmap | None = None
        self._drawn: DrawnSurface | None = None
        self.pointed.connect(self._point)

    # -- contents ----------------------------------------------------------------------------------

    def show_surface(self, surface: LossSurface | None) -> None:
        """Show another surface; the visible part stays."""
        self.surface = surface
        if surface is not None:
            self._heights = heights_of(surface, logarithmic=self.logarithmic)
        self._drawn = None
        self._renew()

    def show_paths(self, paths: Sequence[ProjectedPath]) -> None:
        """Draw these paths."""
        self.paths = tuple(paths)
        self.update()

    def show_titles(self, titles: Titles) -> None:
        """Set the names of the horizontal and the vertical axis, in rich text."""
        self._titles = titles
        self._renew()

    def show_range(self, ranges: Ranges) -> None:
        """Show a part of the plane, and as much more as the shape of the widget requires."""
        self._wanted = ranges
        self.ranges = widened(ranges, area_within(self.size()))
        self._renew()

    def show_mode(self, *, relief: bool, logarithmic: bool) -> None:
        """Show a relief, or bands from above, with heights spaced by the logarithm of J or linearly."""
        self.relief, self.logarithmic = relief, logarithmic
        self.show_surface(self.surface)

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours and the present fonts."""
        self._theme, self._drawn = theme, None
        self._renew()

    @property
    def shown_part(self) -> Viewport:
        """The visible part of the plane, and where it is drawn."""
        area = area_within(self.size())
        camera = self.camera if self.relief else None
        return Viewport(area, self.ranges, self.size(), self.surface, self._heights, camera)

    # -- painting ----------------------------------------------------------------------------------

    def _renew(self) -> None:
        self._background = None
        self.update()

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, viewport = QPainter(self), self.shown_part
        if is_vector(painter):
            self._paint_still(painter, viewport)
        else:
            painter.drawPixmap(0, 0, self._still(viewport))
        if self.surface is not None or not self.relief:
            paint_paths(painter, viewport, self.paths, self._theme)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.accent, 1.5))
            painter.drawLines(
                [
                    viewport.area.topLeft(),
                    viewport.area.bottomLeft(),
                    viewport.area.bottomLeft(),
                    viewport.area.bottomRight(),
                ]
            )
        painter.end()

    def _still(self, viewport: Viewport) -> QPixmap:
        """Return the picture below the paths, cached until it changes."""
        if self._background is None:
            ratio = self.devicePixelRatioF()
            background = QPixmap(self.size() * ratio)
            background.setDevicePixelRatio(ratio)
            painter = QPainter(background)
            self._paint_still(painter, viewport)
            painter.end()
            self._background = background
        return self._background

    def _paint_still(self, painter: QPainter, viewport: Viewport) -> None:
        fill_background(painter, self.rect(), self._theme.canvas)
        if self._drawn is None and self.surface is not None and not self.relief:
            self._drawn = drawn(self.surface, self._heights, self._theme)
        paint_background(painter, viewport, self._drawn, self._titles, self._theme)

    # -- mouse and keyboard ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_range(self._wanted)
        self.reshaped.emit()

    def _point(self, position: QPointF | None) -> None:
        viewport = self.shown_part
        inside = position is not None and not self.relief and viewport.area.contains(position)
        self.hovered.emit(viewport.from_pixels(position) if inside and position is not None else None)

    def drag(self, by: QPointF) -> None:
        if self.relief:
            self.camera = self.camera.moved(by.x() * TURN, by.y() * TURN)
            self._renew()
            return
        area, ((left, right), (low, high)) = self.shown_part.area, self.ranges
        u, v = -by.x() / area.width() * (right - left), by.y() / area.height() * (high - low)
        self._look_at(((left + u, right + u), (low + v, high + v)))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        viewport = self.shown_part
        u, v = viewport.from_pixels(viewport.area.center() if at is None or self.relief else at)
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
