"""Keyboard: walking over the network with the arrow keys, and editing it with the others."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt

from core.nn.design import Dense, Design
from core.nn.neuron_ids import RemovedNeuron
from gui.canvas import design_edits
from gui.canvas.gestures import DesignEdit
from gui.canvas.layout import Layout
from gui.canvas.symbols import tr
from gui.selection import Selection

KEYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
GESTURES = (
    (
        QT_TRANSLATE_NOOP("Actions", "Tab"),
        QT_TRANSLATE_NOOP("Actions", "next layer; behind the last, out of the canvas"),
    ),
    (
        QT_TRANSLATE_NOOP("Actions", "Arrows"),
        QT_TRANSLATE_NOOP("Actions", "to a neuron or another layer, after Tab"),
    ),
    (QT_TRANSLATE_NOOP("Actions", "E"), QT_TRANSLATE_NOOP("Actions", "to the weights of a neuron, and back")),
    (
        QT_TRANSLATE_NOOP("Actions", "Enter"),
        QT_TRANSLATE_NOOP("Actions", "choose an activation; type a weight"),
    ),
    (QT_TRANSLATE_NOOP("Actions", "F2"), QT_TRANSLATE_NOOP("Actions", "type the weight or the bias")),
    (
        QT_TRANSLATE_NOOP("Actions", "Ctrl+Up, Ctrl+Down"),
        QT_TRANSLATE_NOOP("Actions", "change the weight; finer with Shift"),
    ),
    (
        QT_TRANSLATE_NOOP("Actions", "+, −"),
        QT_TRANSLATE_NOOP("Actions", "add or remove a neuron of the layer"),
    ),
    (QT_TRANSLATE_NOOP("Actions", "Alt+Left, Alt+Right"), QT_TRANSLATE_NOOP("Actions", "move the layer")),
    (QT_TRANSLATE_NOOP("Actions", "Delete"), QT_TRANSLATE_NOOP("Actions", "delete the neuron or the layer")),
    (QT_TRANSLATE_NOOP("Actions", "O"), QT_TRANSLATE_NOOP("Actions", "open a wide layer, or close it")),
    (
        QT_TRANSLATE_NOOP("Actions", "Menu"),
        QT_TRANSLATE_NOOP("Actions", "all that can be done with the layer"),
    ),
    (QT_TRANSLATE_NOOP("Actions", "Esc"), QT_TRANSLATE_NOOP("Actions", "select nothing")),
    (
        QT_TRANSLATE_NOOP("Actions", "Click"),
        QT_TRANSLATE_NOOP("Actions", "look at a layer, a neuron or a weight"),
    ),
    (
        QT_TRANSLATE_NOOP("Actions", "Double click"),
        QT_TRANSLATE_NOOP("Actions", "type the weight; on the ground, fit"),
    ),
    (QT_TRANSLATE_NOOP("Actions", "Right click"), QT_TRANSLATE_NOOP("Actions", "the menu of a layer")),
    (QT_TRANSLATE_NOOP("Actions", "Drag the ground"), QT_TRANSLATE_NOOP("Actions", "move the picture")),
    (
        QT_TRANSLATE_NOOP("Actions", "Drag a layer"),
        QT_TRANSLATE_NOOP("Actions", "put it elsewhere; away from the network, delete it"),
    ),
    (
        QT_TRANSLATE_NOOP("Actions", "Wheel"),
        QT_TRANSLATE_NOOP("Actions", "zoom; with Ctrl over the selected weight, change it"),
    ),
)
"""The keys and gestures of the canvas, and what they do."""
STEPS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1, Qt.Key.Key_Underscore: -1}


def column_of(layout: Layout, selection: Selection) -> int | None:
    """Return the column of what is selected."""
    for k, column in enumerate(layout.columns):
        if selection.layer is not None and column.layer == selection.layer:
            return k
        if selection.layer is None and selection.place is not None and column.place == selection.place:
            return k
    return None


def selected_column(layout: Layout, k: int, sample: int | None) -> Selection:
    """Return the selection of a whole column."""
    column = layout.columns[k]
    if column.layer is None:
        return Selection(sample=sample, place=column.place)
    return Selection(column.layer, sample=sample)


def walk(layout: Layout, selection: Selection, across: int, down: int) -> Selection:
    """Return what lies one step further.

    From a layer: up and down to its neurons, left and right to its neighbours. From an edge: up and
    down to the other edges into its neuron, left to where it comes from, right to where it goes.
    """
    k = column_of(layout, selection)
    if k is None:
        return selected_column(layout, 0 if across >= 0 else len(layout.columns) - 1, selection.sample)
    if selection.source is not None:
        return _from_edge(layout, selection, across, down)
    return _within(layout, k, selection, down) if down else _beside(layout, k, selection, across)


def _from_edge(layout: Layout, selection: Selection, across: int, down: int) -> Selection:
    l, j, i, sample = selection.layer or 1, selection.neuron, selection.source or 0, selection.sample
    if down:
        return Selection(l, j, (i + down) % layout.of_layer(l - 1).neurons, sample)
    return Selection(l - 1, i, None, sample) if across < 0 else Selection(l, j, None, sample)


def _within(layout: Layout, k: int, selection: Selection, down: int) -> Selection:
    """Return the next neuron of a column; beyond the last and the first lies the layer as a whole."""
    n, j = layout.columns[k].neurons, selection.neuron
    if not n:
        return selection
    j = (0 if down > 0 else n - 1) if j is None else j + down
    return Selection(selection.layer, j if 0 <= j < n else None, None, selection.sample)


def _beside(layout: Layout, k: int, selection: Selection, across: int) -> Selection:
    """Return the neighbouring layer, or the neuron of it at the same height."""
    k = max(0, min(len(layout.columns) - 1, k + across))
    target = layout.columns[k]
    if selection.neuron is None or not target.neurons:
        return selected_column(layout, k, selection.sample)
    return Selection(target.layer, min(selection.neuron, target.neurons - 1), None, selection.sample)


def enter_edges(layout: Layout, selection: Selection) -> Selection:
    """Return the first edge into the selected neuron; from an edge, its neuron again."""
    l, j = selection.layer, selection.neuron
    if not l or j is None:
        return selection
    source = 0 if selection.source is None else None
    return Selection(l, j, source, selection.sample)


def nothing(selection: Selection) -> Selection:
    """Return a selection of nothing but the sample."""
    return Selection(sample=selection.sample)


def edit_for(
    key: int, modifiers: Qt.KeyboardModifier, design: Design, place: int | None, neuron: int | None
) -> DesignEdit | None:
    """Return what a key asks for the selected layer, or neuron of it."""
    if place is None:
        return None
    if modifiers & Qt.KeyboardModifier.AltModifier:
        before = {Qt.Key.Key_Left: place - 1, Qt.Key.Key_Right: place + 2}.get(Qt.Key(key))
        return (
            None
            if before is None
            else DesignEdit(design_edits.moved(design, place, before), tr("Move layer"))
        )
    if key in STEPS:
        return step(design, place, STEPS[Qt.Key(key)])
    if key not in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        return None
    if neuron is not None:
        l = sum(isinstance(layer, Dense) for layer in design.layers[: place + 1])
        smaller = design_edits.without_neuron(design, place, neuron)
        return DesignEdit(smaller, tr("Remove neuron"), RemovedNeuron(l, neuron))
    return DesignEdit(design_edits.removed(design, place), tr("Delete layer"))


def step(design: Design, place: int, steps: int) -> DesignEdit:
    """Return the edit of the buttons + and − of a layer."""
    dense = isinstance(design.layers[place], Dense)
    text = (tr("Add neuron") if steps > 0 else tr("Remove neuron")) if dense else tr("Change rate")
    return DesignEdit(design_edits.nudged(design, place, steps), text)
