"""Hit testing: what lies under a point of the canvas, and its tooltip in the lecture's notation."""

from __future__ import annotations

from html import escape

import numpy as np
from PySide6.QtCore import QPointF

from core.language import tr
from core.nn.design import Dense, Dropout
from core.number_style import HIDDEN, NOT_COMPUTED, known_exactly
from gui.canvas.canvas_state import CanvasState, HitTarget
from gui.canvas.items.edge_labels import PillsItem
from gui.canvas.items.layer_header import buttons, problem_column
from gui.canvas.items.neurons import bias_rect, dropped
from gui.canvas.items.output_places import places_of
from gui.canvas.items.warnings import badge_tip, badges
from gui.canvas.layout import LayerColumn, nearest_edge
from gui.canvas.sample_names import measured_text
from gui.canvas.symbols import layer_title, rich
from gui.selection import ComputedNumber, Selection
from gui.widgets.padlock import padlock_rect

REACH = 9.0


def part_at(state: CanvasState, pills: PillsItem, point: QPointF) -> HitTarget | None:
    """Return what lies under a point of the scene; the nearest edge counts within a few pixels."""
    for k, column in enumerate(state.layout.columns):
        for badge in badges(state, column):
            if badge.rect.adjusted(-2, -2, 2, 2).contains(point):
                return HitTarget("badge", k, badge.selection.layer, badge.selection.neuron)
    for k, column in enumerate(state.layout.columns):
        found = _in_column(state, k, column, point)
        if found is not None:
            return found
    return _pill_at(state, pills, point) or _edge_at(state, point)


def _in_column(state: CanvasState, k: int, column: LayerColumn, point: QPointF) -> HitTarget | None:
    sizes = state.layout.sizes
    if column.chip.contains(point):
        return HitTarget(_in_chip(state, k, column, point), k)
    if column.style == "none":
        return HitTarget("chip", k) if column.block.contains(point) else None
    inside = (column.tiles[:, :2] <= (point.x(), point.y())) & (column.tiles[:, 2:] >= (point.x(), point.y()))
    hit = np.flatnonzero(inside.all(axis=1))
    if len(hit):
        return HitTarget("neuron", k, column.layer, int(hit[0]))
    for j in range(column.neurons if column.legend else 0):
        if places_of(column, j, sizes).area.contains(point):
            return HitTarget("neuron", k, column.layer, j)
    return _bias_at(state, k, column, point)


def _bias_at(state: CanvasState, k: int, column: LayerColumn, point: QPointF) -> HitTarget | None:
    sizes, l = state.layout.sizes, column.layer or 0
    for j in range(column.neurons if l else 0):
        bias = bias_rect(column, j, sizes)
        if bias is None:
            continue
        fixed = state.is_fixed(l, None, j) and not state.still
        if fixed and padlock_rect(bias, sizes.line).contains(point):
            return HitTarget("padlock", k, l, j)
        if bias.contains(point):
            return HitTarget("bias", k, l, j)
    return None


def _in_chip(state: CanvasState, k: int, column: LayerColumn, point: QPointF) -> str:
    """Return the kind of target at a point of a header."""
    if state.still or state.layout.sizes.hall:
        return "chip"
    output = column.layer == state.layout.last
    rects = buttons(column, state.part(k), state.layout.sizes, output=output)
    return next((kind for kind, rect in rects.items() if rect.contains(point)), "chip")


def _pill_at(state: CanvasState, pills: PillsItem, point: QPointF) -> HitTarget | None:
    for edge in pills.shown:
        rect, (l, i, j) = pills.rect(edge), edge
        if rect is None:
            continue
        fixed = state.is_fixed(l, i, j) and not state.still
        if fixed and padlock_rect(rect, state.layout.sizes.line).contains(point):
            return HitTarget("padlock", layer=l, j=j, i=i)
        if rect.contains(point):
            return HitTarget("edge", layer=l, j=j, i=i)
    return None


def _edge_at(state: CanvasState, point: QPointF) -> HitTarget | None:
    layout = state.layout
    for l in range(1, layout.last + 1):
        rect = layout.matrices.get(l)
        if rect is not None and layout.image:
            if rect.contains(point):
                k = next(k for k, column in enumerate(layout.columns) if column.layer == l)
                return HitTarget("matrix", k, layer=l)
            continue
        if rect is not None and rect.contains(point):
            rows, across = layout.of_layer(l - 1).neurons, layout.of_layer(l).neurons
            i = min(rows - 1, int((point.y() - rect.top()) / rect.height() * rows))
            j = min(across - 1, int((point.x() - rect.left()) / rect.width() * across))
            return HitTarget("edge", layer=l, j=j, i=i)
        found = nearest_edge(layout, l, point)
        if found is not None and found[2] <= REACH / state.zoom:
            return HitTarget("edge", layer=l, j=found[1], i=found[0])
    return None


def selection_of(state: CanvasState, part: HitTarget | None) -> Selection:
    """Return the selection that a click on a target requests; the selected sample stays."""
    sample = state.selection.sample
    if part is None:
        return Selection(sample=sample)
    if part.kind in ("neuron", "bias", "edge", "padlock", "badge"):
        return Selection(part.layer, part.j, part.i, sample)
    column = state.layout.columns[part.column]
    if column.layer is None:
        return Selection(sample=sample, place=column.place)
    return Selection(column.layer, sample=sample)


def hovered(part: HitTarget | None) -> Selection:
    """Return what other views highlight while the mouse is over a target."""
    if part is None or part.j is None:
        return Selection()
    return Selection(part.layer, part.j, part.i)


# -- tooltips -------------------------------------------------------------------------------------


def tooltip(state: CanvasState, part: HitTarget) -> str:
    """Return the tooltip of a target, in the lecture's notation: its name, its numbers, its gestures."""
    if part.kind == "badge":
        column = state.layout.columns[part.column]
        found = [badge for badge in badges(state, column) if badge.selection.neuron == part.j]
        return badge_tip(found[0]) if found else ""
    if part.kind == "padlock":
        return tr("Training leaves this number as it is. Click to release it.")
    if part.kind == "edge":
        return _edge_tip(state, part)
    if part.kind in ("neuron", "bias"):
        return _neuron_tip(state, part)
    if part.kind == "matrix":
        return tr("Open {W}: all weights between the two layers").format(W=rich("W", part.layer or 0))
    return _chip_tip(state, part)


def _number(state: CanvasState, arrays: tuple[np.ndarray, ...] | None, number: ComputedNumber) -> str:
    """Return a number of a layer; those of the input's are given, the others are not told under the veil."""
    at = (number.j,) if number.i is None else (number.i, number.j)
    return HIDDEN if number.l and state.hides(number) else _given(arrays, number.l, *at)


def _given(arrays: tuple[np.ndarray, ...] | None, l: int, *at: int) -> str:
    """Return a number that the veil never hides, such as a weight or a bias, with all its digits."""
    return NOT_COMPUTED if arrays is None else known_exactly(arrays[l][at])


def _edge_tip(state: CanvasState, part: HitTarget) -> str:
    l, i, j = part.layer or 0, part.i or 0, part.j or 0
    moment = state.moment
    W = _given(moment.theta.W if moment else None, l, i, j)
    dW = _number(
        state, moment.gradient.W if moment and moment.gradient else None, ComputedNumber("gradient", l, j, i)
    )
    return tr(
        "<p style='white-space:pre'>{W} = <b>{value}</b><br>{gradient} = <b>{slope}</b></p>"
        "<p>Weight from neuron {i} of layer {before} to neuron {j} of layer {l}. {hint}</p>"
    ).format(
        hint=""
        if state.still
        else tr("Double-click its number to change it, or select it and turn the wheel with Ctrl."),
        W=rich("W", l, i, j),
        value=W,
        gradient="∂J/∂" + rich("W", l, i, j),
        slope=dW,
        i=i + 1,
        before=l - 1,
        j=j + 1,
        l=l,
    )


def _neuron_tip(state: CanvasState, part: HitTarget) -> str:
    l, j, moment = part.layer or 0, part.j or 0, state.moment
    a = _number(state, moment.a if moment else None, ComputedNumber("a", l, j))
    if not l:
        name = escape(state.names[j]) if j < len(state.names) else ""
        measured = _measured(state, j)
        return tr(
            "<p style='white-space:pre'>{a} = <b>{value}</b></p><p>Input {j}: {name}{measured}</p>"
        ).format(
            a=rich("a", 0, j),
            value=a,
            j=j + 1,
            name=name,
            measured=f" = {escape(measured)}" if measured else "",
        )
    return tr(
        "<p style='white-space:pre'>{b} = <b>{bias}</b><br>{z} = <b>{z_value}</b><br>"
        "{a} = {sigma}({z}) = <b>{a_value}</b><br>{delta} = <b>{slope}</b></p>"
        "<p>Neuron {j} of layer {l}. {hint}</p>"
    ).format(
        hint="" if state.still else tr("Drop an activation on it to change this neuron alone."),
        b=rich("b", l, j),
        bias=_given(moment.theta.b if moment else None, l, j),
        z=rich("z", l, j),
        z_value=_number(state, moment.z if moment else None, ComputedNumber("z", l, j)),
        a=rich("a", l, j),
        sigma=escape(_activation(state, l, j)),
        a_value=a,
        delta=rich("δ", l, j),
        slope=_number(state, moment.delta if moment else None, ComputedNumber("delta", l, j)),
        j=j + 1,
        l=l,
    )


def _measured(state: CanvasState, j: int) -> str:
    """Return a feature of the sample shown in its original unit; empty: there is none, or it is unknown."""
    moment, dataset = state.moment, state.dataset
    if moment is None or moment.sample is None or dataset is None:
        return ""
    known_sample = moment.sample < dataset.x.shape[1] and j < dataset.features
    return measured_text(dataset, moment.sample, j) if known_sample else ""


def _activation(state: CanvasState, l: int, j: int) -> str:
    names = state.design.dense[l - 1].activations
    return names[j] if j < len(names) else "σ"


def _chip_tip(state: CanvasState, part: HitTarget) -> str:
    column, layer = state.layout.columns[part.column], state.part(part.column)
    own = [p.why for p in state.problems if problem_column(state.layout, p) == part.column]
    if own:
        return "<br>".join(escape(why) for why in own)
    if isinstance(layer, Dropout):
        kind = "chip" if state.still else part.kind
        return _DROPOUT_TIPS.get(kind, _DROPOUT_TIPS["chip"])() + _dropped_tip(state, column, kind)
    if not isinstance(layer, Dense):
        return tr("Input: a<sup>[0]</sup> = x, {n} features of a sample").format(n=column.neurons)
    tips = {
        "activation": tr("Activation of all neurons of the layer (Enter)"),
        "less": tr("One neuron less (−)"),
        "count": tr("Double-click to type the number of neurons, or turn the wheel"),
        "more": tr("One neuron more (+)"),
        "menu": tr("Initializer, α, and moving the layer"),
        "delete": tr("Delete the layer (Delete)"),
    }
    l = column.layer or 0
    whole = tr("{title}: {a} = σ({b} + {W}<sup>T</sup> {before}). {hint}")
    drag = tr("Drag to move, or out of the canvas to delete.")
    return tips.get(part.kind) or whole.format(
        hint="" if state.still else drag,
        title=layer_title(l, state.layout.last),
        a=rich("a", l),
        b=rich("b", l),
        W=rich("W", l),
        before=rich("a", l - 1),
    )


def _dropped_tip(state: CanvasState, column: LayerColumn, kind: str) -> str:
    """Return how many inputs are switched off in the pass shown, if the target is the dropout itself."""
    off = dropped(state, column)
    if off is None or kind != "chip":
        return ""
    return tr("<br>For this sample {off} of {n} are off (×).").format(off=int(off.sum()), n=off.size)


_DROPOUT_TIPS = {
    "chip": lambda: tr("Dropout: switches inputs of the next layer off at random while training"),
    "less": lambda: tr("Switch fewer off (−)"),
    "count": lambda: tr("Double-click to type the rate, or turn the wheel"),
    "more": lambda: tr("Switch more off (+)"),
    "menu": lambda: tr("Rate, and moving the dropout"),
    "delete": lambda: tr("Delete the dropout (Delete)"),
}
