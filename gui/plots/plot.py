"""A plot based on pyqtgraph, with axes in the theme's colours and curves of any length."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu, QSizePolicy, QWidget

from core.arrays import Array
from core.language import tr
from gui.figures.figure_menu import add_figure_entries
from gui.qt.drawable import MOST_DRAWN, along, drawn, guarded_overrides, shielded
from gui.text.description import Description
from gui.text.reading_direction import keep_left_to_right
from gui.theme.theme import LIGHT, Theme, sized, type_scale

TITLE_ROOM = 0.3  # of the height of an axis' title, so that it touches no number
GAP = 2  # spaces between the parts of a legend
MOST_ZEROS = 40  # up to which they are marked one by one
LEAST_HEIGHT = -16.0  # a power of ten, near the precision of the losses


def thinned(y: Array, columns: int) -> tuple[Array, Array]:
    """Reduce a curve to its lowest and highest point in each of ``columns`` intervals.

    Returns the index in y of every point that is left, and its height; of a short curve all are left. NaN is
    skipped in an interval that also holds numbers, so that gaps stay gaps but a single missing number makes
    none.
    """
    stretch = max(1, y.size // max(1, columns))
    if stretch < 2:
        return np.arange(y.size), y
    starts = np.arange(0, y.size, stretch)
    low = np.fmin.reduceat(y, starts)
    high = np.fmax.reduceat(y, starts)
    return np.repeat(np.minimum(starts + stretch // 2, y.size - 1), 2), np.column_stack([low, high]).ravel()


def drawable_curve(y: Array, columns: int) -> tuple[Array, Array]:
    """Return a `thinned` curve whose heights Qt can draw (see `drawn`)."""
    index, heights = thinned(y, columns)
    if (np.abs(heights) > MOST_DRAWN).any():  # an interval that holds other numbers shows those
        index, heights = thinned(drawn(y), columns)
    return index, drawn(heights)


def decimated(x: Array, y: Array, columns: int) -> tuple[Array, Array]:
    """Return the points of a `thinned` curve; x and y have the same length."""
    index, heights = thinned(y, columns)
    return x[index], heights


def logarithm(y: Array, zero: float | None = None) -> Array:
    """Return log10 y, with NaN (which is not drawn) where y is not positive.

    If ``zero`` is given, y = 0 is drawn at that height.
    """
    heights = np.log10(np.where(y > 0, y, np.nan))
    return heights if zero is None else np.where(y == 0, zero, heights)


def zero_height(*curves: Array) -> float:
    """Return the height at which a logarithmic axis shows 0: a decade below the smallest positive number."""
    smallest = [float(y.min()) for curve in curves if (y := curve[np.isfinite(curve) & (curve > 0)]).size]
    return float(np.floor(np.log10(min(smallest)))) - 1 if smallest else LEAST_HEIGHT


def spread(places: Array, gap: float, low: float, high: float) -> Array:
    """Move positions as little as necessary to be at least ``gap`` apart within low … high.

    Their order is kept. If there is too little room, they are spaced evenly.
    """
    order = np.argsort(places, kind="stable")
    wanted = np.clip(places[order].astype(float), low, high)
    gap = min(gap, (high - low) / max(1, places.size - 1))
    steps = gap * np.arange(places.size)
    rising = np.maximum.accumulate(wanted - steps)
    falling = np.minimum.accumulate((wanted - steps)[::-1])[::-1]
    even = np.clip((rising + falling) / 2, low, high - steps[-1] if places.size else high)
    moved = np.empty(places.size)
    moved[order] = even + steps
    return moved


_Line = tuple[QPen, QPointF, QPointF]
_Text = tuple[QRectF, Qt.AlignmentFlag, str]


@guarded_overrides
class _Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose numbers have a true minus sign, painted without a QPicture.

    pyqtgraph replays a QPicture at every paint event, which lays out the text again: 3 to 6 ms per axis. This
    class caches the positions of lines and numbers instead, in the attribute that pyqtgraph clears when the
    axis changes.
    """

    picture: tuple[_Line, list[_Line], list[_Text]] | None

    def _updateWidth(self) -> None:
        """Set the width to that of numbers and title; pyqtgraph omits a fifth of the title's height."""
        super()._updateWidth()
        if self.fixedWidth is None and self.isVisible() and self.label.isVisible():
            wide = self.maximumWidth() + TITLE_ROOM * self.label.boundingRect().height()
            self.setMaximumWidth(wide)
            self.setMinimumWidth(wide)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [text.replace("-", "−") for text in super().tickStrings(values, scale, spacing)]

    @shielded
    def paint(self, painter: QPainter, _option: object, _widget: object) -> None:
        if self.picture is None:
            if self.style["tickFont"]:
                painter.setFont(self.style["tickFont"])
            drawn = self.generateDrawSpecs(painter)
            self.picture = drawn and (drawn[0], drawn[1], _apart(drawn[2]))
        if self.picture is not None:
            painter.save()
            self.drawPicture(painter, *self.picture)
            painter.restore()

    def drawPicture(self, painter: QPainter, axis: _Line, ticks: list[_Line], texts: list[_Text]) -> None:
        """Draw grid lines as thin rectangles: a pale line of 300 pixels takes 45 µs, a rectangle 2 µs."""
        for pen, start, end in [axis, *ticks]:
            line = QRectF(start, end).normalized()
            painter.fillRect(line.adjusted(0, 0, line.width() < 1, line.height() < 1), pen.color())
        painter.setFont(self.style["tickFont"] or painter.font())
        painter.setPen(self.textPen())
        for box, flags, text in texts:
            painter.drawText(box, int(flags), text)


def _apart(texts: list[_Text]) -> list[_Text]:
    """Return the labels that fit without touching one another, preferring those of the largest steps."""
    kept: list[_Text] = []
    for text in texts:
        if not any(text[0].intersects(other[0]) for other in kept):
            kept.append(text)
    return kept


def _tr(text: str) -> str:
    return tr(text)


@guarded_overrides
class Plot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Axes with titles and a pale grid; dragging and the wheel zoom, a double click fits all again.

    The right button opens a menu: to fit, to switch ``logarithmic``, the button of the vertical axis, if
    there is one, and to copy or save a picture. ``sentence`` says over the empty axes what to do; an empty
    sentence shows the curves. ``fitted_changed`` carries whether the axes follow the curves; ``clicked`` and
    ``hovered`` carry the x of the mouse between the axes, ``hovered`` None when it leaves them.
    `say_beside` writes beside the mouse. `tell` returns the description of the curves for screen readers, a
    function that the owner sets.
    """

    fitted_changed = Signal(bool)
    clicked = Signal(float)
    hovered = Signal(object)
    _made = False

    def __init__(self, x_title: str, y_title: str, parent: QWidget | None = None) -> None:
        axes = {name: _Axis(name) for name in ("bottom", "left")}
        super().__init__(parent, background=None, axisItems=axes)
        keep_left_to_right(self)
        self.theme = LIGHT
        self.titles = (x_title, y_title)
        self.item = self.getPlotItem()
        self.box = self.item.getViewBox()
        self.item.setLayoutDirection(self.layoutDirection())
        self.item.setMenuEnabled(False)
        self.item.hideButtons()
        self.box.setDefaultPadding(0.03)
        self.logarithmic: QAbstractButton | None = None
        self.scene().sigMouseClicked.connect(self._clicked)  # a drag with the right button zooms
        self.box.sigRangeChangedManually.connect(lambda _axes: self.fitted_changed.emit(False))
        self._sentence = QLabel(self)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setWordWrap(True)
        self._sentence.setProperty("look", "muted")
        self._sentence.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._sentence.hide()
        self._beside = QLabel(self)
        self._beside.setProperty("look", "tip")
        self._beside.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._beside.hide()
        self.scene().sigMouseClicked.connect(self._tell_click)
        self._made = True
        self._zeros, self._zero = pg.ScatterPlotItem(symbol="t", size=8, pen=None), pg.TextItem("= 0")
        self._zero.hide()
        for item in (self._zeros, self._zero):
            self.addItem(item, ignoreBounds=item is self._zero)
        self.setMinimumSize(120, 80)
        self.tell: Callable[[], str] = lambda: ""
        self.description = Description(self, lambda: self.sentence or self.tell())

    def show_zeros(self, x: Array, height: float) -> None:
        """Mark where a curve on a logarithmic axis is 0, which has no logarithm, at the given height."""
        x = x[:: -(-x.size // MOST_ZEROS)] if x.size else x
        before = self._zeros.getData()[0]
        if not np.array_equal(before, x) or (x.size and self._zeros.getData()[1][0] != height):
            self._zeros.setData(x, np.full(x.size, height), brush=self.theme.text)
            self._zero.setVisible(x.size > 0)
            if x.size:
                self._zero.setColor(self.theme.text)
                self._zero.setFont(sized("small"))
                self._zero.setPos(float(x[0]), height)

    def show_sentence(self, text: str) -> None:
        """Show a sentence over the axes; empty: the curves."""
        if text == self._sentence.text():
            return
        self._sentence.setText(text)
        self._sentence.setVisible(bool(text))
        for name in ("bottom", "left"):  # the labels of empty axes have no meaning
            self.item.getAxis(name).setStyle(showValues=not text)
        self._place_sentence()
        self.description.changed()

    @property
    def sentence(self) -> str:
        """The sentence over the axes."""
        return self._sentence.text()

    def fit(self) -> None:
        """Fit the axes to all curves, and keep them fitted."""
        self.item.enableAutoRange()
        self.fitted_changed.emit(True)

    def draw_curve(self, item: pg.PlotCurveItem, x: Array, y: Array) -> None:
        """Draw a curve of any length, with gaps at NaN; do nothing if it has not changed."""
        index, y = drawable_curve(y, self.columns())
        self.draw_points(item, x[index], y)

    def draw_points(self, item: pg.PlotCurveItem, x: Array, y: Array) -> None:
        """Draw a curve through few points, which can be drawn; do nothing if it has not changed."""
        before = item.getData()
        if before[0] is None:
            before = np.empty(0), np.empty(0)
        if not (np.array_equal(before[0], x) and np.array_equal(before[1], y, equal_nan=True)):
            item.setData(x, y, connect="finite")

    def settle(self) -> None:
        """Fit the axes to the curves now; in the paint event, this would cause another one."""
        self.scene().prepareForPaint()
        self.description.changed()

    def pen(self, colour: QColor, width: float = 1.8, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """Return a pen of a width in pixels at every zoom, scaled with the font."""
        pen = QPen(colour, width * type_scale(), style)
        pen.setCosmetic(True)
        return pen

    def show_theme(self, theme: Theme) -> None:
        """Use a theme's colours."""
        self.theme = theme
        self.setBackground(theme.panel)
        for name, title in zip(("bottom", "left"), self.titles, strict=True):
            axis = self.item.getAxis(name)
            axis.setPen(pg.mkPen(theme.border))
            axis.setTextPen(pg.mkPen(theme.muted))
            axis.setTickFont(sized("small"))
            axis.setStyle(tickLength=-4, hideOverlappingLabels=True, maxTickLevel=0)
            size = f"{sized('small').pointSizeF():g}pt"
            # No SI prefixes: with the default ranges, pyqtgraph would turn them on again.
            axis.setLabel(title, siPrefixEnableRanges=(), color=theme.muted.name(), **{"font-size": size})
            axis.enableAutoSIPrefix(False)
        self.item.showGrid(x=False, y=True, alpha=0.12)

    def _clicked(self, event: MouseClickEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.open_menu(event.screenPos().toPoint())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu by its key; the mouse opens it once it is clear that it is no drag."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.open_menu(self.mapToGlobal(self.rect().center()))

    def open_menu(self, point: QPoint) -> None:
        """Open the menu at a point of the screen."""
        menu = QMenu(self)
        menu.addAction(_tr("Fit all curves")).triggered.connect(self.fit)
        if self.logarithmic is not None:
            scale = menu.addAction(_tr("Logarithmic axis"))
            scale.setCheckable(True)
            scale.setChecked(self.logarithmic.isChecked())
            scale.triggered.connect(self.logarithmic.click)
        add_figure_entries(menu, self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(point)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.fit()

    def _tell_click(self, event: MouseClickEvent) -> None:
        inside = self.box.sceneBoundingRect().contains(event.scenePos())
        if event.button() == Qt.MouseButton.LeftButton and inside and not event.double():
            self.clicked.emit(float(self.box.mapSceneToView(event.scenePos()).x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = self.mapToScene(event.position().toPoint())
        inside = self.box.sceneBoundingRect().contains(place) and not event.buttons()
        self.hovered.emit(float(self.box.mapSceneToView(place).x()) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def say_beside(self, text: str, x: float) -> None:
        """Write a line at the top of the plot, beside an x of the horizontal axis; empty: nothing."""
        self._beside.setVisible(bool(text))
        if text:
            self._beside.setText(text)
            self._beside.adjustSize()
            top = self.box.sceneBoundingRect().top()
            at = self.mapFromScene(QPointF(self.box.mapViewToScene(QPointF(x, 0)).x(), top))
            right = at.x() + 10 + self._beside.width() < self.width()
            self._beside.move(at.x() + 10 if right else at.x() - 10 - self._beside.width(), at.y() + 4)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        self._place_sentence()

    def _place_sentence(self) -> None:
        if self._made:
            self._sentence.setGeometry(self.rect().adjusted(40, 6, -10, -24))

    def columns(self) -> int:
        """Return the width of the curves' area in pixels."""
        return max(50, int(self.box.width()))

    def text_height(self) -> float:
        """Return the height of a line of small text in pixels."""
        return QFontMetricsF(sized("small")).height()


@guarded_overrides
class Legend(QWidget):
    """Names and values of the curves, each in its colour; changing them does not trigger a new layout.

    Parts for which there is no room are omitted, from the end; the tooltip shows all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[tuple[str, QColor, bool]] = []
        self._fonts = {False: sized("text"), True: sized("text")}
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.show_theme()

    def text(self) -> str:
        """Return the text shown."""
        return "   ".join(text for text, _colour, _bold in self._parts)

    def show_parts(self, parts: list[tuple[str, QColor, bool]]) -> None:
        """Show parts, each a text, its colour and whether it is bold."""
        if parts != self._parts:
            self._parts = parts
            self.setAccessibleName(self.text())
            self.setToolTip(self.text())
            self.update()

    def show_theme(self) -> None:
        """Apply the present font size."""
        self._fonts = {False: sized("text"), True: sized("text")}
        self._fonts[True].setBold(True)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, int(QFontMetricsF(self._fonts[True]).height()) + 1)

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, x = QPainter(self), 0.0
        for text, colour, bold in self._parts:
            metrics = QFontMetricsF(self._fonts[bold])
            if x + metrics.horizontalAdvance(text) > self.width():
                break
            painter.setFont(self._fonts[bold])
            painter.setPen(colour)
            painter.drawText(QPointF(x, (self.height() - metrics.height()) / 2 + metrics.ascent()), text)
            x += metrics.horizontalAdvance(text) + GAP * metrics.averageCharWidth()
        painter.end()


@guarded_overrides
class EndLabels(QWidget):
    """Names at the right ends of a plot's curves, each in its curve's colour, without overlaps."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self._plot = plot
        self._labels: list[tuple[str, QColor, float]] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        plot.box.sigYRangeChanged.connect(self.update)

    def show_labels(self, labels: list[tuple[str, QColor, float]]) -> None:
        """Show names, each with its colour and its height on the vertical axis; NaN: at the bottom."""
        if labels == self._labels:
            return
        self._labels = labels
        self._fit_width()
        self.update()

    def _fit_width(self) -> None:
        metrics = QFontMetricsF(sized("small"))
        width = max((metrics.horizontalAdvance(text) for text, _colour, _y in self._labels), default=0.0)
        self.setFixedWidth(int(width) + 8)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_width()

    def places(self) -> Array:
        """Return the vertical centre of every label in pixels, from the top of the widget."""
        bottom, top = self._plot.box.viewRange()[1]
        box = self._plot.mapFromScene(self._plot.box.sceneBoundingRect()).boundingRect()
        heights = np.array([y if np.isfinite(y) else bottom for _text, _colour, y in self._labels])
        wanted = along(heights, (top, bottom), box.top(), box.height())
        half = self._plot.text_height() / 2
        return spread(wanted, 2 * half, box.top() + half, box.bottom() - half)

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._labels:
            return
        painter = QPainter(self)
        painter.setFont(sized("small"))
        height = self._plot.text_height()
        for (text, colour, _y), place in zip(self._labels, self.places(), strict=True):
            painter.setPen(colour)
            box = QRectF(4, place - height / 2, self.width() - 4, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()
