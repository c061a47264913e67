"""Edge labels: weights and gradients in rounded boxes (pills) on the edges."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import isnan, nan
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from core.debugger.steps import StepKind
from core.number_style import HIDDEN, known_text, value_text
from gui.canvas.canvas_state import CanvasState, DisplayedPass, bracketed, rounded
from gui.canvas.items.item import CanvasItem
from gui.canvas.label_placement import LARGE, Edge, Places, pill_size, places, places_for
from gui.selection import ComputedNumber
from gui.theme.theme import Theme, mixed
from gui.widgets.padlock import padlock_rect, paint_padlock

LEAST_ZOOM = 0.62


class EdgeLabelText(NamedTuple):
    """The text of a pill: weight and gradient, whether they are negative, and a padlock.

    Unknown numbers are neither positive nor negative (None); an unknown gradient takes no room.
    """

    weight: str
    gradient: str
    falls: bool | None
    gradient_falls: bool | None
    reached: bool
    fixed: bool


class PillStyle(NamedTuple):
    """How a pill is drawn: ``strength`` is 2 if selected or hovered, 0 if another one is.

    ``coming``: the next step uses the edge; ``shown``: its opacity.
    """

    rect: QRectF
    written: EdgeLabelText
    strength: int
    coming: bool
    shown: float


class PillsItem(CanvasItem):
    """The numbers on all edges."""

    def __init__(self, state: CanvasState) -> None:
        super().__init__(state, 3)
        self.usual: Places = {}
        self.shown: Places = {}
        self._arranged: object = None
        self._written: dict[Edge, EdgeLabelText] = {}
        self._looks: dict[Edge, PillStyle] = {}
        self.place()

    def bounds(self) -> QRectF:
        return self._state.layout.scene

    def place(self) -> None:
        """Compute the positions again, for another layout or other numbers."""
        self.usual = places(self._state.layout, self._state.numbers)
        self._arranged, self._looks = None, {}
        self.update()
        self.look()

    def look(self) -> None:
        """Show the numbers of selected and hovered edges, and the others where they do not overlap these."""
        state = self._state
        edge = state.lit.edge
        look = (state.looked_at, state.zoom < LEAST_ZOOM, edge, state.selected_edge)
        if look != self._arranged:
            self._arranged = look
            self._arrange(edge)
        self.refresh()

    def _arrange(self, coming: Edge | None) -> None:
        """Compute the positions for selected and hovered edges and for that of the next step."""
        state = self._state
        usual = {} if state.zoom < LEAST_ZOOM else self.usual
        wanted = list(self._wanted())
        if coming is not None and coming[0] not in state.layout.matrices:
            wanted.insert(0, coming)
        large = state.selected_edge if state.selected_edge in wanted else None
        if large is not None:
            wanted.insert(0, large)
        wanted = list(dict.fromkeys(wanted))
        self.shown = places_for(state.layout, state.numbers, wanted, usual, large) if wanted else usual

    def refresh(self) -> None:
        """Draw the numbers of another moment, if their text or style differs."""
        self._written = self._write()
        before, self._looks = self._looks, self._looks_now()
        if before != self._looks:
            self.update()

    def rect(self, edge: Edge) -> QRectF | None:
        """Return the rectangle of the pill of an edge; None: it has none."""
        place = self.shown.get(edge)
        if place is None:
            return None
        numbers = self._state.numbers
        if numbers == "both" and edge in self._written and not self._written[edge].gradient:
            numbers = "weights"
        wide, high = pill_size(self._state.layout, numbers)
        grown = LARGE if edge == self._state.selected_edge else 1.0
        wide, high = wide * grown, high * grown
        return QRectF(place[0] - wide / 2, place[1] - high / 2, wide, high)

    def _wanted(self) -> Iterable[Edge]:
        layout = self._state.layout
        for l, j, i in self._state.looked_at:
            if l > layout.last:
                continue
            if i is not None:
                if l not in layout.matrices:
                    yield (l, i, j)
                continue
            if l and l not in layout.matrices:
                yield from ((l, source, j) for source in range(layout.of_layer(l - 1).neurons))
            if l < layout.last and l + 1 not in layout.matrices:
                yield from ((l + 1, j, target) for target in range(layout.of_layer(l + 1).neurons))

    def _write(self) -> dict[Edge, EdgeLabelText]:
        """Return the texts of the pills."""
        state, moment = self._state, self._state.moment
        if moment is None:
            return {}
        weights, gradients = state.numbers != "gradients", state.numbers != "weights"
        if state.veiled:
            return self._write_veiled(moment)
        coming, made = state.coming, dict[Edge, EdgeLabelText]()
        asked = state.lit.edge if coming and coming.quantity is StepKind.WEIGHT_GRADIENT else None
        slopes, steps = moment.gradient, moment.step
        for l, i, j in self.shown:
            W = moment.theta.W[l].item(i, j)
            dW = nan if slopes is None else slopes.W[l].item(i, j)
            reached = state.reach is None or state.reach.edges[l].item(i, j)
            slope = ""
            if gradients:
                slope = ("+" if dW > 0 and weights else "") + known_text(dW)
                if isnan(dW) and weights and (l, i, j) != asked:
                    slope = ""
            made[l, i, j] = EdgeLabelText(
                value_text(W, None if steps is None else steps.W[l].item(i, j)) if weights else "",
                slope,
                W < 0,
                None if isnan(dW) or not gradients else dW < 0,
                reached,
                state.is_fixed(l, i, j),
            )
        return made

    def _write_veiled(self, moment: DisplayedPass) -> dict[Edge, EdgeLabelText]:
        """Return what stands in the pills under the veil: weights, and question marks for gradients."""
        numbers, made = self._state.numbers, dict[Edge, EdgeLabelText]()
        for l, i, j in self.shown:
            weight = moment.theta.W[l].item(i, j)
            own = value_text(weight) if numbers != "gradients" else ""
            slope, down, fixed = "", None, self._state.is_fixed(l, i, j)
            if numbers != "weights":
                hidden = moment.gradient is None or self._state.hides(ComputedNumber("gradient", l, j, i))
                dW = nan if hidden or moment.gradient is None else moment.gradient.W[l].item(i, j)
                slope, down = (HIDDEN, None) if isnan(dW) else (known_text(dW), dW < 0)
            made[l, i, j] = EdgeLabelText(own, slope, weight < 0, down, True, fixed)
        return made

    def _looks_now(self) -> dict[Edge, PillStyle]:
        """Return the style of each pill, in painting order."""
        state, made = self._state, dict[Edge, PillStyle]()
        lit = set(self._wanted())
        near = {edge[0] for edge in lit}
        coming, chosen = state.lit.edge, state.selected_edge
        front = [edge for edge in (coming, chosen) if edge in self._written]
        for edge in [*(edge for edge in self._written if edge not in front), *front]:
            written, rect = self._written[edge], self.rect(edge)
            aside = not state.veiled and (edge[0] in near or not written.reached)
            strength = 2 if edge in lit else 0 if aside else 1
            if rect is not None:
                strength = max(strength, 1) if edge == coming else strength
                made[edge] = PillStyle(rect, written, strength, edge == coming, state.shown(edge[0]))
        return made

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        for look in self._looks.values():
            if look.rect.intersects(exposed):
                painter.setOpacity(look.shown)
                self._paint_pill(painter, look)
                if look.written.fixed:
                    line = self._state.layout.sizes.line
                    paint_padlock(painter, padlock_rect(look.rect, line), self._state.theme)

    def _paint_pill(self, painter: QPainter, look: PillStyle) -> None:
        """Paint a pill."""
        state, theme = self._state, self._state.theme
        rect, written, strength = look.rect, look.written, look.strength
        numbers = state.numbers
        own, slope = _colours(written)
        outline = _line(theme, slope if numbers == "gradients" else own, strength)
        rounded(painter, rect, rect.height() / 2, theme.panel, outline, 2.0 if strength == 2 else 1.0)
        if look.coming:
            bracketed(painter, rect, theme.text, 2)
        middle, y = rect.center().x(), rect.center().y()
        grown = rect.height() / (state.layout.sizes.line + 3)
        role = "text" if grown > 1 else "small"
        if numbers == "both" and written.gradient:
            half = rect.width() / 2 - 6 * grown
            painter.setPen(_text(theme, own, strength))
            state.texts.draw(painter, role, written.weight, middle - 4 * grown, y, 1.0, half)
            painter.setPen(_text(theme, slope, strength))
            state.texts.draw(painter, role, written.gradient, middle + 2 * grown, y, 0.0, half)
            return
        painter.setPen(_text(theme, slope if numbers == "gradients" else "text", strength))
        state.texts.draw(painter, role, written.weight or written.gradient, middle, y, 0.5, rect.width() - 4)


def _colours(written: EdgeLabelText) -> tuple[str, str]:
    """Return the names of the colours of a weight and its gradient."""
    own = "muted" if written.falls is None else "negative" if written.falls else "positive"
    if written.gradient_falls is None:
        return own, "muted"
    return own, "gradient_negative" if written.gradient_falls else "gradient_positive"


@lru_cache
def _line(theme: Theme, name: str, strength: int) -> QColor:
    colour: QColor = getattr(theme, name)
    return colour if strength == 2 else mixed(theme.border, colour, 0.6 * strength)


@lru_cache
def _text(theme: Theme, name: str, strength: int) -> QColor:
    colour: QColor = getattr(theme, name)
    return colour if strength else mixed(theme.muted, theme.panel, 0.4)
