"""The palette: layers and activations to drag onto the canvas, or to add by a double click or Enter."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design, Problem
from core.nn.neuron_ids import RemovedNeuron
from gui.canvas import design_edits
from gui.canvas.gestures import ACTIVATION, LAYER
from gui.qt.drawable import guarded_overrides, shape, shielded
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.text.labels import narrowed
from gui.theme.theme import LIGHT, Theme, mixed, sized

CURVE_HEIGHT = 16
COLUMNS, GAP = 4, 3


@guarded_overrides
class PaletteCard(QWidget):
    """A card that can be dragged onto the canvas. ``picked`` is emitted by a double click or Enter."""

    picked = Signal()

    def __init__(self, mime: str, key: str, title: str, tip: str) -> None:
        super().__init__()
        self._mime, self._key, self.title = mime, key, title
        self._pressed: QPoint | None = None
        self.theme = LIGHT
        self.setAccessibleName(title)
        self.setAccessibleDescription(tip)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(100, self.fontMetrics().height() + 12)

    def minimumSizeHint(self) -> QSize:
        return QSize(56, self.sizeHint().height())

    def mime_data(self) -> QMimeData:
        """Return the data that a drag of the card carries."""
        data = QMimeData()
        data.setData(self._mime, QByteArray(self._key.encode()))
        return data

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            start, self._pressed = self._pressed, None
            drag = QDrag(self)
            drag.setMimeData(self.mime_data())
            drag.setPixmap(self.grab())
            drag.setHotSpot(start)
            drag.exec(Qt.DropAction.CopyAction)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit()
        else:
            super().keyPressEvent(event)

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.underMouse() and self.isEnabled()
        edge = (
            theme.accent
            if self.hasFocus()
            else mixed(theme.border, theme.accent, 0.5)
            if lit
            else theme.border
        )
        painter.setPen(QPen(edge, 1.6 if self.hasFocus() else 1))
        painter.setBrush(mixed(theme.panel, theme.accent_soft, 0.35) if lit else theme.panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)
        self.paint_content(painter, QRectF(self.rect()).adjusted(3, 3, -3, -3))

    def paint_content(self, painter: QPainter, space: QRectF) -> None:
        """Draw the picture and, beside it, the name; both vertically centred."""
        painter.setFont(self.font())
        side = space.height() - 4
        width = min(painter.fontMetrics().horizontalAdvance(self.title), space.width() - side - 6)
        left = space.center().x() - (side + 6 + width) / 2
        self.paint_badge(painter, QRectF(left, space.top() + 2, side, side))
        self.paint_title(painter, QRectF(left + side + 6, space.top(), width + 1, space.height()))

    def paint_title(self, painter: QPainter, space: QRectF) -> None:
        """Write the name in the middle of a rectangle, shortened if there is too little room."""
        painter.setPen(self.theme.text)
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, int(space.width()))
        painter.drawText(space, Qt.AlignmentFlag.AlignCenter, title)

    def paint_badge(self, painter: QPainter, badge: QRectF) -> None:
        """Draw the small picture of the card: a layer of neurons, or neurons some of which are off."""
        painter.setPen(QPen(self.theme.accent, 1.4))
        radius, gap = badge.height() / 10, badge.height() / 4
        for row in range(3):
            for column in range(1, 3):
                middle = badge.topLeft() + QPointF(badge.width() * column / 3, gap * (row + 1))
                off = self._key == "dropout" and (row + column) % 2
                painter.setBrush(Qt.BrushStyle.NoBrush if off else self.theme.accent)
                painter.drawEllipse(middle, radius, radius)


@guarded_overrides
class ActivationCard(PaletteCard):
    """An activation with a tiny plot of g."""

    def __init__(self, name: str) -> None:
        entry = ACTIVATIONS[name]
        tip = tr("{activation}: drop it on a layer or on one neuron, or double-click for what is selected")
        super().__init__(ACTIVATION, name, entry.symbol, tip.format(activation=entry.symbol))
        z = np.linspace(-3, 3, 41)
        # For softmax: one output as its own z grows while those of the others stay.
        g = ACTIVATIONS["sigmoid"].g(2 * z) if entry.layerwide else entry.g(z, max(entry.alpha or 0.0, 0.12))
        low, high = min(float(g.min()), -0.2), max(float(g.max()), 0.2)
        self._points = np.stack([(z + 3) / 6, 1 - (g - low) / (high - low)], axis=1)
        self._axis = 1 + low / (high - low)

    def sizeHint(self) -> QSize:
        return QSize(64, QFontMetrics(sized("small")).height() + CURVE_HEIGHT + 7)

    def minimumSizeHint(self) -> QSize:
        return QSize(56, self.sizeHint().height())

    def paint_content(self, painter: QPainter, space: QRectF) -> None:
        """Draw the curve, and below it the name, in smaller letters if it is too wide."""
        line = QFontMetrics(sized("small")).height()
        painter.setFont(narrowed(sized("small"), self.title, space.width()))
        self.paint_badge(painter, space.adjusted(0, 0, 0, -line))
        self.paint_title(painter, QRectF(space.left(), space.bottom() - line, space.width(), line))

    def paint_badge(self, painter: QPainter, badge: QRectF) -> None:
        """Draw g over −3 … 3."""
        wide = min(badge.width() - 4, 2.2 * badge.height())
        middle = badge.center().x()
        box = QRectF(middle - wide / 2, badge.top() + 1, wide, badge.height() - 2)
        painter.setPen(QPen(self.theme.muted, 0.7))
        y = box.top() + self._axis * box.height()
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        painter.setPen(QPen(self.theme.accent, 1.5))
        corner, wide, high = box.topLeft(), box.width(), box.height()
        painter.drawPolyline(shape([corner + QPointF(x * wide, t * high) for x, t in self._points.tolist()]))


class PalettePanel(QWidget):
    """Layers and activations. Double click or Enter adds a layer before the output, or gives the
    activation to the selected layer (none selected: to all hidden layers).
    """

    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()
    summary_changed = TypedSignal[str]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Layers and activations"))
        self.summary = tr("drag onto the canvas")
        self._design, self._selection = Design(), Selection()
        self.layers = {
            "dense": PaletteCard(
                LAYER,
                "dense",
                tr("Dense"),
                tr("A layer of neurons: drag it between two layers, or double-click to add one"),
            ),
            "dropout": PaletteCard(
                LAYER,
                "dropout",
                tr("Dropout"),
                tr("Switches inputs of the next layer off at random while training: drag it in"),
            ),
        }
        self.activations = {name: ActivationCard(name) for name in ACTIVATIONS}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 4)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(6)
        for kind, card in self.layers.items():
            card.picked.connect(partial(self._add, kind))
            row.addWidget(card)
        column.addLayout(row)
        grid = QGridLayout()
        grid.setSpacing(GAP)
        for k, (name, chip) in enumerate(self.activations.items()):
            chip.picked.connect(partial(self._apply, name))
            grid.addWidget(chip, k // COLUMNS, k % COLUMNS)
        column.addLayout(grid)

    def show_design(self, design: Design, problems: tuple[Problem, ...]) -> None:
        """Set the design that a layer is added to."""
        self._design = design

    def show_selection(self, selection: Selection) -> None:
        """Set the layer, or the neuron, that an activation is applied to."""
        self._selection = selection

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme."""
        for card in (*self.layers.values(), *self.activations.values()):
            card.theme = theme
            card.updateGeometry()
            card.update()

    def _add(self, kind: str) -> None:
        place = design_edits.output_place(self._design)
        design = design_edits.inserted(self._design, place, design_edits.new_layer(self._design, kind))
        self.edit_requested.emit(design, tr("Add dropout") if kind == "dropout" else tr("Add layer"), None)

    def _apply(self, name: str) -> None:
        """Give an activation to the selected layer or neuron; without a selection, to all hidden layers."""
        design, chosen = self._design, self._selection
        dense = [k for k, layer in enumerate(design.layers) if isinstance(layer, Dense)]
        if chosen.layer and chosen.layer <= len(dense):
            neuron = chosen.neuron if chosen.source is None else None
            design = design_edits.with_activation(design, dense[chosen.layer - 1], name, neuron)
        else:
            for place in dense[:-1]:
                design = design_edits.with_activation(design, place, name)
        if design != self._design:
            self.edit_requested.emit(design, tr("Change activation"), None)
