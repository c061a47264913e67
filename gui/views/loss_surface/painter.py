"""How a loss surface is painted: its bands or its relief with the axes, and the paths of runs over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QStaticText, QTextOption

from core.analysis.loss_surface import LossSurface
from core.arrays import Array
from core.number_style import axis_text
from gui.plots.output_map import ticks
from gui.theme.theme import Theme, sized
from gui.views.loss_surface.contours import HeightScale, bands, line_colour, lines
from gui.views.loss_surface.relief import Relief, Viewport, ends_text
from gui.widgets import drawable

FINEST = 2.0
MOST_PLACES = 700
JOIN = Qt.PenJoinStyle.BevelJoin
ONE_LINE = QTextOption()
ONE_LINE.setWrapMode(QTextOption.WrapMode.NoWrap)

Titles = tuple[str, str]


@dataclass(frozen=True, eq=False)
class ProjectedPath:
    """The path of a run on the plane: points (count, 2), of which the last is where it stands."""

    name: str
    points: Array
    colour: QColor
    width: float


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("LossSurface", text)


def _scale() -> float:
    """Return how much larger than at the desk lines and dots are drawn."""
    return sized("small").pointSizeF() / 8.5


def _title(html: str) -> QStaticText:
    title = QStaticText(html)
    title.setTextFormat(Qt.TextFormat.RichText)
    title.setTextOption(ONE_LINE)
    title.prepare(font=sized("small"))
    return title


# -- what lies under the paths ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class DrawnSurface:
    """A surface in a theme's colours: the filled bands, and the lines between them (count, 4)."""

    image: QImage
    lines: Array


def drawn(surface: LossSurface, heights: HeightScale, theme: Theme) -> DrawnSurface:
    """Return the surface as it is drawn at any size."""
    return DrawnSurface(bands(surface, heights, theme), lines(surface, heights))


def paint_ground(
    painter: QPainter, sight: Viewport, bands: DrawnSurface | None, titles: Titles, theme: Theme
) -> None:
    """Paint the surface and the axes; titles (right, up) in rich text."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(sized("small"))
    if sight.relief is not None:
        _paint_relief(painter, sight.relief, titles, theme)
    elif sight.eye is None:
        if sight.surface is not None and bands is not None:
            _paint_bands(painter, sight, sight.surface, bands, theme)
        _paint_axes(painter, sight, titles, theme)


def _paint_bands(
    painter: QPainter, sight: Viewport, surface: LossSurface, bands: DrawnSurface, theme: Theme
) -> None:
    painter.save()
    painter.setClipRect(sight.area)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    inner = QRectF(0.5, 0.5, bands.image.width() - 1, bands.image.height() - 1)
    painter.drawImage(_place(sight, surface), bands.image, inner)
    painter.setPen(QPen(line_colour(theme), 1.0))
    ends = np.hstack([sight.to_pixels(bands.lines[:, :2]), sight.to_pixels(bands.lines[:, 2:])])
    painter.drawLines(drawable.lines(ends))
    painter.restore()


def _place(sight: Viewport, surface: LossSurface) -> QRectF:
    """Return where the surface lies in pixels."""
    (left, right), (low, high) = surface.u_range, surface.v_range
    corners = sight.to_pixels(np.array([[left, high], [right, low]]))
    return QRectF(QPointF(*corners[0].tolist()), QPointF(*corners[1].tolist()))


def _paint_axes(painter: QPainter, sight: Viewport, titles: Titles, theme: Theme) -> None:
    area, height = sight.area, painter.fontMetrics().height()
    painter.setPen(QPen(theme.border, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area)
    painter.setPen(theme.muted)
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    for u in ticks(*sight.ranges[0], max(2, int(area.width() / (5 * height)))):
        x = sight.to_pixels(np.array([[u, 0.0]]))[0, 0]
        half = painter.fontMetrics().horizontalAdvance(axis_text(u)) / 2 + 1
        box = QRectF(min(x, sight.size.width() - half) - half, area.bottom() + 3, 2 * half, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, axis_text(u))
    for v in ticks(*sight.ranges[1], max(2, int(area.height() / (3 * height)))):
        y = sight.to_pixels(np.array([[0.0, v]]))[0, 1]
        painter.drawText(QRectF(0, y - height / 2, area.left() - 5, height), middle, axis_text(v))
    u_title, v_title = (_title(title) for title in titles)
    painter.setPen(theme.text)
    x = area.center().x() - u_title.size().width() / 2
    painter.drawStaticText(QPointF(x, area.bottom() + 2 + 1.15 * height), u_title)
    painter.drawStaticText(QPointF(area.left(), 0.2 * height), v_title)


def _paint_relief(painter: QPainter, relief: Relief, titles: Titles, theme: Theme) -> None:
    """Paint the relief, and at the two near edges of its ground the name and the ends of an axis."""
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


def paint_shadows(painter: QPainter, sight: Viewport, shadows: Sequence[ProjectedPath], theme: Theme) -> None:
    """Paint the paths, where each stands, and where they start."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if sight.eye is None:
        painter.setClipRect(sight.area)
    for shadow in shadows:
        _paint_path(painter, sight, shadow, theme)
    _paint_starts(painter, sight, shadows, theme)
    for shadow in shadows:
        if len(shadow.points) > 1:
            _paint_dot(painter, sight, shadow.points[-1], shadow.colour, theme)
    painter.setClipping(False)


def _paint_path(painter: QPainter, sight: Viewport, shadow: ProjectedPath, theme: Theme) -> None:
    places = sight.to_pixels(shadow.points)
    line = drawable.polygon(simpler(drawable.within(places)))
    halo, width = QColor(theme.canvas), shadow.width * _scale()
    halo.setAlphaF(0.55)
    for colour, wide in ((halo, width + 2.0), (shadow.colour, width)):
        painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, JOIN))
        painter.drawPolyline(line)


def simpler(places: Array) -> Array:
    """Return a line in pixels (count, 2) without the points that cannot be told from their neighbours.

    A thick line of thousands of points costs tens of milliseconds. The last point stays.
    """
    cells = np.floor(places / FINEST)
    moved = np.ones(len(places), bool)
    moved[1:-1] = (np.diff(cells, axis=0) != 0).any(axis=1)[: len(places) - 2]
    kept = places[moved]
    step = -(-len(kept) // MOST_PLACES)
    return kept if step < 2 else np.vstack([kept[::step], kept[-1:]])


def _paint_dot(painter: QPainter, sight: Viewport, point: Array, colour: QColor, theme: Theme) -> QPointF:
    """Paint a dot with a rim at a point of the plane; return where it is."""
    place = drawable.point(*sight.to_pixels(point[None])[0].tolist())
    bright = max(theme.panel, theme.text, key=QColor.lightnessF)
    dark = min(theme.panel, theme.text, key=QColor.lightnessF)
    painter.setPen(QPen(dark if colour == bright else bright, 1.8 * _scale()))
    painter.setBrush(colour)
    painter.drawEllipse(place, 6.0 * _scale(), 6.0 * _scale())
    return place


def _paint_starts(painter: QPainter, sight: Viewport, shadows: Sequence[ProjectedPath], theme: Theme) -> None:
    """Mark where the paths start, once where they start together."""
    seen: list[Array] = []
    for shadow in shadows:
        if len(shadow.points) and not any(np.allclose(shadow.points[0], other) for other in seen):
            seen.append(shadow.points[0])
    font, text = sized("text"), tr("start")
    metrics, area = QFontMetricsF(font), sight.area
    painter.setFont(font)
    for point in seen:
        place = _paint_dot(painter, sight, point, max(theme.panel, theme.text, key=QColor.lightnessF), theme)
        width, gap = metrics.horizontalAdvance(text), 9 * _scale()
        x = min(max(place.x() - width / 2, area.left() + 2), area.right() - width - 2)
        above = place.y() - gap - metrics.descent()
        y = above if above - metrics.ascent() > area.top() else place.y() + gap + metrics.ascent()
        painter.setPen(theme.text)
        painter.drawText(QPointF(x, y), text)
