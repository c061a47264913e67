"""A widget as a figure: vector SVG or PDF, PNG, or printed, painted by the widget's own code.

A widget that caches its painting in a pixmap has to paint directly if `is_vector` is true, and
fills its background by `fill_background`, so that a figure can omit it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QEvent,
    QIODevice,
    QMarginsF,
    QMimeData,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QBrush,
    QColor,
    QGuiApplication,
    QImage,
    QPageSize,
    QPaintDevice,
    QPaintEngine,
    QPainter,
    QPdfWriter,
    QPicture,
    QRegion,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QGraphicsItem,
    QGraphicsView,
    QScrollBar,
    QWidget,
)

from core.language import tr
from core.project.json_io import FileError, reason, replace_file
from gui.figures.portable_svg import portable
from gui.figures.unrolled import unrolled
from gui.qt.drawable import guarded_overrides

SUFFIXES = (".svg", ".pdf", ".png")
NAMES = ";;".join(f"{suffix.removeprefix('.').upper()} (*{suffix})" for suffix in SUFFIXES)
DOTS, INCH = 96, 25.4  # pixels of a widget per inch, millimetres per inch
SCALE = 2.0  # pixels of a PNG per pixel of the widget
MOST_PIXELS = 250_000_000  # of a PNG
SVG_TYPE = "image/svg+xml"
VECTORS = (
    QPaintEngine.Type.SVG,
    QPaintEngine.Type.Pdf,
    QPaintEngine.Type.Picture,
    QPaintEngine.Type.User,  # `gui.figures.drawn_text`, which reads no text from a pixmap
)
_transparent: ContextVar[bool] = ContextVar("transparent", default=False)


@dataclass(frozen=True)
class FigureStyle:
    """The options of a figure.

    ``width`` is its width in centimetres; None: that of the widget at 96 pixels per inch. ``transparent``: it
    has no background. ``scale``: pixels of a PNG per pixel of the widget. ``controls``: unchecked
    buttons and scroll bars are drawn too.
    """

    width: float | None = None
    transparent: bool = False
    scale: float = SCALE
    controls: bool = False

    def millimetres(self, size: QSize) -> QSizeF:
        """Return the size of the figure of a widget of this size in pixels."""
        wide = size.width() / DOTS * INCH if self.width is None else self.width * 10
        return QSizeF(wide, wide * size.height() / max(1, size.width()))


AS_SHOWN = FigureStyle()


def is_vector(painter: QPainter) -> bool:
    """Return whether a painter records vectors, in which a pixmap would stay a bitmap."""
    return painter.paintEngine().type() in VECTORS


def fill_background(painter: QPainter, rect: QRect, colour: QColor | QBrush) -> None:
    """Fill the background of a widget, unless it is painted as a transparent figure."""
    if not _transparent.get():
        painter.fillRect(rect, colour)


def draw_grid(painter: QPainter, area: QRectF, image: QImage) -> None:
    """Draw an image of grid values, so that the middles of its outer pixels lie on the edges of an area.

    An SVG contains only whole images: what would lie outside is clipped.
    """
    across, down = (side / max(1, pixels - 1) / 2 for side, pixels in
                    ((area.width(), image.width()), (area.height(), image.height())))  # fmt: skip
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(area.adjusted(-across, -down, across, down), image)
    painter.restore()


def figure_of(view: QWidget) -> QWidget:
    """Return the part of a view that makes a figure: its attribute ``figure``, or else all of it."""
    part = getattr(view, "figure", view)
    assert isinstance(part, QWidget)
    return part


@dataclass(frozen=True)
class RecordedDrawing:
    """A widget as a list of drawing commands, and its ``size``, both in the widget's pixels."""

    commands: QPicture
    size: QSize


def drawing(widget: QWidget, style: FigureStyle = AS_SHOWN) -> RecordedDrawing:
    """Return the drawing of a widget in its present state."""
    made = QPicture()
    with _as_pictured(widget, style):
        _paint(widget, made, style)
        return RecordedDrawing(made, widget.size())


def figure_size(widget: QWidget) -> QSize:
    """Return the size of the figure of a widget in pixels."""
    with _as_pictured(widget, AS_SHOWN):
        return widget.size()


def figure(widget: QWidget, suffix: str, title: str = "", style: FigureStyle = AS_SHOWN) -> bytes:
    """Return a picture of a widget in its present state, as the contents of a file of one of the `SUFFIXES`.

    Raises FileError if it would have too many pixels.
    """
    if suffix == ".pdf":
        return pdf_of([drawing(widget, style)], title, style)
    data = QBuffer()
    data.open(QIODevice.OpenModeFlag.WriteOnly)
    if suffix == ".png":
        bitmap(widget, style).save(data, "PNG")  # type: ignore[call-overload]
        return bytes(data.data().data())
    made = drawing(widget, style)
    page = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    page.setOutputDevice(data)
    page.setResolution(DOTS)
    page.setSize(made.size)
    page.setViewBox(QRect(QPoint(), made.size))
    page.setTitle(title)
    page.setDescription("Glassnet")
    painter = QPainter(page)
    painter.drawPicture(0, 0, made.commands)
    painter.end()
    size = style.millimetres(made.size)
    return portable(bytes(data.data().data()), size.width(), size.height())


def bitmap(widget: QWidget, style: FigureStyle = AS_SHOWN) -> QImage:
    """Return a bitmap of a widget in its present state, with its resolution on paper.

    Raises FileError if it would have more than `MOST_PIXELS`.
    """
    with _as_pictured(widget, style):
        pixels = widget.width() * widget.height() * style.scale**2
        if pixels > MOST_PIXELS:
            raise FileError(
                tr(
                    "The picture would have {pixels:,.0f} million pixels, and at most {most:,} million can "
                    "be drawn: choose a smaller scale.",
                    pixels=pixels / 1e6,
                    most=MOST_PIXELS // 10**6,
                )
            )
        image = QImage(widget.size() * style.scale, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(style.scale)
        image.fill(Qt.GlobalColor.transparent)
        _paint(widget, image, style)
        dots = image.width() / style.millimetres(widget.size()).width() * 1000
    image.setDotsPerMeterX(round(dots))
    image.setDotsPerMeterY(round(dots))
    return image


def pdf_of(pages: Sequence[RecordedDrawing], title: str = "", style: FigureStyle = AS_SHOWN) -> bytes:
    """Return a PDF whose pages are drawings; fonts are embedded."""
    data = QBuffer()
    data.open(QIODevice.OpenModeFlag.WriteOnly)
    page = QPdfWriter(data)
    page.setTitle(title)
    page.setCreator("Glassnet")
    painter: QPainter | None = None
    for made in pages:
        room = style.millimetres(made.size)
        page.setPageSize(QPageSize(room, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch))
        page.setPageMargins(QMarginsF(0, 0, 0, 0))
        if painter is None:
            page.setResolution(max(1, round(made.size.width() * INCH / room.width())))
            painter = QPainter(page)
            painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        else:
            page.newPage()
        painter.save()
        play(painter, made, page.width() / made.size.width())
        painter.restore()
    if painter is not None:
        painter.end()
    data.close()
    return bytes(data.data().data())


def play(painter: QPainter, made: RecordedDrawing, scale: float) -> None:
    """Draw a drawing with ``scale`` dots of a device for each of its pixels."""
    scale *= DOTS / painter.device().logicalDpiX()  # Qt scales a drawing to the dots per inch of a device
    painter.scale(scale, scale)
    painter.drawPicture(0, 0, made.commands)


def _as_pictured(widget: QWidget, style: FigureStyle) -> AbstractContextManager[None]:
    """Give a widget the size of its picture; if its controls are drawn, that is its size on the screen."""
    return nullcontext() if style.controls else unrolled(widget)


def _paint(widget: QWidget, device: QPaintDevice, style: FigureStyle) -> None:
    before, painter = _transparent.set(style.transparent), QPainter(device)
    flags = QWidget.RenderFlag(0) if style.transparent else QWidget.RenderFlag.DrawWindowBackground
    try:
        with prepared(widget, style):
            _paint_part(painter, widget, flags)
    finally:
        painter.end()
        _transparent.reset(before)


def _paint_part(painter: QPainter, part: QWidget, flags: QWidget.RenderFlag) -> None:
    """Paint a widget and its children, each clipped to its parent.

    Qt does so only on a screen: with `QWidget.render`, what is scrolled away would be in the figure.
    """
    scrolls = isinstance(part, QAbstractScrollArea)
    if not (scrolls and _transparent.get()):  # such an area has only a background
        QWidget.render(part, painter, QPoint(), QRegion(), flags)  # QGraphicsView has another of this name
    for child in part.children():
        if not isinstance(child, QWidget) or child.isWindow() or not child.isVisible():
            continue
        painter.save()
        painter.translate(child.pos())
        if scrolls or not part.rect().contains(child.geometry()):
            seen = part.rect().translated(-child.pos()) & child.rect()
            painter.setClipRect(seen, Qt.ClipOperation.IntersectClip)
        _paint_part(painter, child, QWidget.RenderFlag(0))
        painter.restore()


@guarded_overrides
class _Unpainted(QObject):
    """An event filter that keeps widgets from being painted; they keep their room."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.Paint


Undo = list[Callable[[], object]]


@contextmanager
def prepared(widget: QWidget, style: FigureStyle) -> Iterator[None]:
    """Let a widget be painted as a figure: without cached bitmaps of Qt or pyqtgraph, without controls."""
    undo: Undo = []
    unpainted = _Unpainted()
    for part in (widget, *widget.findChildren(QWidget)):
        if isinstance(part, QGraphicsView):
            _show_shapes(part, style, undo)
        if style.transparent and part.autoFillBackground():
            undo.append(partial(part.setAutoFillBackground, True))
            part.setAutoFillBackground(False)
        if not style.controls and _is_control(part):
            undo.append(partial(part.removeEventFilter, unpainted))
            part.installEventFilter(unpainted)
    try:
        yield
    finally:
        for step in undo:
            step()


def _is_control(part: QWidget) -> bool:
    return isinstance(part, QScrollBar) or (isinstance(part, QAbstractButton) and not part.isChecked())


def _show_shapes(view: QGraphicsView, style: FigureStyle, undo: Undo) -> None:
    """Let a graphics view be painted item by item, and without its background if the figure has none."""
    undo.append(partial(view.setCacheMode, view.cacheMode()))
    view.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
    if style.transparent:
        undo.append(partial(view.setBackgroundBrush, view.backgroundBrush()))
        view.setBackgroundBrush(QBrush())
    for item in view.scene().items() if view.scene() is not None else ():
        if item.cacheMode() != QGraphicsItem.CacheMode.NoCache:
            undo.append(partial(item.setCacheMode, item.cacheMode()))
            item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        if (export := getattr(item, "setExportMode", None)) is not None:  # makes pyqtgraph draw shapes
            undo.append(partial(export, False))
            export(True, {"antialias": True, "resolutionScale": 1.0})


def figure_suffix(path: Path) -> str:
    """Return the suffix of a figure's file name. Raises FileError if it is unknown."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise FileError(
            tr("The picture “{name}” was not saved: its name must end in .svg, .pdf or .png.", name=path.name)
        )
    return suffix


def write_figure(path: Path, data: bytes) -> None:
    """Write the contents of a figure's file completely or not at all. Raises FileError."""
    try:
        replace_file(path, data)
    except (OSError, ValueError) as error:
        raise FileError(
            tr(
                "The picture “{name}” was not saved: {reason}; choose another place.",
                name=path.name,
                reason=reason(error),
            )
        ) from None


def save_figure(widget: QWidget, path: Path, title: str = "", style: FigureStyle = AS_SHOWN) -> None:
    """Write a picture of a widget in the format of the suffix. Raises FileError."""
    write_figure(path, figure(widget, figure_suffix(path), title, style))


def copy_figure(widget: QWidget, style: FigureStyle = AS_SHOWN) -> None:
    """Copy a picture of a widget to the clipboard, as SVG and as a bitmap."""
    copied = QMimeData()
    copied.setData(SVG_TYPE, QByteArray(figure(widget, ".svg", style=style)))
    copied.setImageData(bitmap(widget, style))
    QGuiApplication.clipboard().setMimeData(copied)
