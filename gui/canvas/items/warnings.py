"""Badges: small warning signs on neurons and layers, with a sentence and a remedy in their tooltips."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from core.analysis.health import Finding, FindingKind
from core.language import tr
from gui.canvas.canvas_state import CanvasState, rounded
from gui.canvas.items.item import CanvasItem
from gui.canvas.layout import LayerColumn, Layout
from gui.qt.drawable import shape
from gui.selection import Selection
from gui.theme.theme import mixed

# Each sign is a curve in a square of -1 … 1: constant 0, saturating, vanishing, exploding, crossed out.
_STROKES: dict[FindingKind, tuple[tuple[float, float], ...]] = {
    FindingKind.STEP: ((-0.55, 0.35), (0.0, 0.35), (0.0, -0.35), (0.55, -0.35)),
    FindingKind.DEAD: ((-0.55, 0.0), (0.55, 0.0)),
    FindingKind.SATURATED: ((-0.6, 0.45), (-0.25, 0.4), (0.0, 0.0), (0.25, -0.4), (0.6, -0.45)),
    FindingKind.VANISHING: ((-0.5, -0.35), (0.0, 0.4), (0.5, -0.35)),
    FindingKind.EXPLODING: ((-0.5, 0.35), (0.0, -0.4), (0.5, 0.35)),
    FindingKind.DIVERGING: ((-0.5, 0.5), (0.1, 0.25), (0.35, -0.55)),
    FindingKind.LARGE: ((-0.5, 0.5), (0.1, 0.25), (0.35, -0.55)),
    FindingKind.SYMMETRY: ((-0.5, -0.25), (0.5, -0.25), (-0.5, 0.25), (0.5, 0.25)),
    FindingKind.CONSTANT: ((-0.55, 0.0), (0.55, 0.0)),
    FindingKind.DROPOUT: ((-0.5, -0.5), (0.5, 0.5), (0.0, 0.0), (-0.5, 0.5), (0.5, -0.5)),
}
_OTHER = (0.0, -0.55), (0.0, 0.55)


class Badge(NamedTuple):
    """A sign in ``rect`` for all ``findings`` of one neuron, or of a layer as a whole."""

    rect: QRectF
    findings: tuple[Finding, ...]

    @property
    def selection(self) -> Selection:
        """The selection that a click on it requests."""
        return Selection(self.findings[0].layer, self.findings[0].neuron)


def badges(state: CanvasState, column: LayerColumn) -> list[Badge]:
    """Return the badges of a column; a wide layer has one on its block for all neurons."""
    if column.layer is None or not state.findings or state.veiled:
        return []
    own = [finding for finding in state.findings if finding.layer == column.layer]
    made = []
    for neuron, found in groupby(sorted(own, key=_neuron), key=_neuron):
        if neuron < 0 or column.style != "block":
            made.append(Badge(_place(state.layout, column, neuron), tuple(found)))
    wide = tuple(finding for finding in own if finding.neuron is not None)
    if wide and column.style == "block":
        made.append(Badge(_place(state.layout, column, 0), wide))
    return made


def _neuron(finding: Finding) -> int:
    return -1 if finding.neuron is None else finding.neuron


def _place(layout: Layout, column: LayerColumn, neuron: int) -> QRectF:
    side = layout.sizes.line
    rect = QRectF(0, 0, side, side)
    if neuron < 0:
        rect.moveCenter(column.chip.bottomRight() - QPointF(8, 0))
    elif column.style == "block":
        rect.moveCenter(column.block.topRight())
    else:
        rect.moveCenter(column.tile(neuron).topRight())
    return rect


def badge_tip(badge: Badge) -> str:
    """Return the tooltip: what is wrong and what helps, for at most three findings."""
    said = [
        f"<p>{escape(finding.sentence)}<br><b>{escape(finding.remedy)}</b></p>"
        for finding in badge.findings[:3]
    ]
    more = len(badge.findings) - len(said)
    if more:
        said.append(tr("<p>And {count} more like these.</p>").format(count=more))
    return "".join(said)


def kind_name(kind: FindingKind) -> str:
    """Return a short name for the kind of a finding."""
    return {
        FindingKind.STEP: tr("no slope"),
        FindingKind.CIRCLING: tr("circling"),
        FindingKind.RATE: tr("learning rate too large"),
        FindingKind.SMALL_RATE: tr("learning rate too small"),
        FindingKind.PENALTY: tr("penalty too strong"),
        FindingKind.DROPOUT: tr("too much dropout"),
        FindingKind.LINEAR: tr("linear network"),
        FindingKind.SYMMETRY: tr("symmetry"),
        FindingKind.DIVERGING: tr("diverging weights"),
        FindingKind.EXPLODING: tr("exploding gradient"),
        FindingKind.LARGE: tr("exploding activities"),
        FindingKind.DEAD: tr("dead"),
        FindingKind.SATURATED: tr("saturated"),
        FindingKind.VANISHING: tr("vanishing gradient"),
        FindingKind.FLAT: tr("flat loss"),
        FindingKind.MAJORITY: tr("largest class only"),
        FindingKind.CONSTANT: tr("constant output"),
        FindingKind.OVERFITTING: tr("over-fitting"),
    }[kind]


class BadgesItem(CanvasItem):
    """The badges of the whole network."""

    def __init__(self, state: CanvasState) -> None:
        super().__init__(state, 6)

    def bounds(self) -> QRectF:
        return self._state.layout.scene

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        for column in self._state.layout.columns:
            painter.setOpacity(self._state.shown(column.layer))
            for badge in badges(self._state, column):
                _paint_badge(painter, self._state, badge)


def _paint_badge(painter: QPainter, state: CanvasState, badge: Badge) -> None:
    """Paint the sign of the first finding of a badge."""
    theme, rect = state.theme, badge.rect
    rounded(painter, rect, rect.width() / 2, mixed(theme.panel, theme.warning, 0.12), theme.warning, 1.3)
    middle, half = rect.center(), rect.width() / 2
    points = [middle + QPointF(half * x, half * y) for x, y in _STROKES.get(badge.findings[0].kind, _OTHER)]
    painter.setPen(QPen(theme.warning, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPolyline(shape(points))
