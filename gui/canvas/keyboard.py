"""KeyboardController: moving the selection with the arrow keys, and editing with other keys."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from core.language import tr, translatable
from core.nn.design import Dense, Design
from core.nn.neuron_ids import RemovedNeuron
from gui.canvas import design_edits
from gui.canvas.canvas_state import CanvasState
from gui.canvas.design_edits import DesignEdit
from gui.canvas.editing import EditController
from gui.canvas.layout import Layout
from gui.canvas.mouse_controller import MouseController
from gui.canvas.weight_editing import NOTCH
from gui.canvas.zoom_view import ZoomView
from gui.selection import Sample, Selection

# By number: Qt has keys without a name, which `Qt.Key` rejects.
KEYS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
GESTURES: tuple[tuple[object, object], ...] = (
    (
        translatable("Tab"),
        translatable("next layer; behind the last, out of the canvas"),
    ),
    (
        translatable("Arrows"),
        translatable("to a neuron or another layer, after Tab"),
    ),
    (translatable("E"), translatable("to the weights of a neuron, and back")),
    (
        translatable("Enter"),
        translatable("choose an activation; type a weight"),
    ),
    (translatable("F2"), translatable("type the weight or the bias")),
    (translatable("L"), translatable("let training leave the weight or the bias as it is, or not")),
    (
        translatable("Ctrl+Up, Ctrl+Down"),
        translatable("change the weight; finer with Shift"),
    ),
    (
        translatable("+, −"),
        translatable("add or remove a neuron of the layer"),
    ),
    (translatable("Alt+Left, Alt+Right"), translatable("move the layer")),
    (translatable("Delete"), translatable("delete the neuron or the layer")),
    (translatable("O"), translatable("open a wide layer, or close it")),
    (
        translatable("Menu"),
        translatable("all that can be done with what is selected"),
    ),
    (translatable("Esc"), translatable("select nothing")),
    (
        translatable("Click"),
        translatable("look at a layer, a neuron or a weight"),
    ),
    (
        translatable("Double click a number"),
        translatable("type a weight, a bias, or how many neurons"),
    ),
    (
        translatable("Double click the ground"),
        translatable("fit the network"),
    ),
    (
        translatable("Right click"),
        translatable("the menu of a layer, neuron or weight, or of the ground"),
    ),
    (translatable("Drag the ground"), translatable("move the picture")),
    (
        translatable("Drag a layer"),
        translatable("put it elsewhere; away from the network, delete it"),
    ),
    (translatable("Wheel"), translatable("zoom")),
    (
        translatable("Wheel on a number"),
        translatable("change how many neurons; with Ctrl the selected weight"),
    ),
)
"""The keys and gestures of the canvas, and what they do."""
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ZOOM: dict[int, float] = {Qt.Key.Key_Plus: 1.25, Qt.Key.Key_Equal: 1.25, Qt.Key.Key_Minus: 0.8}
STEPS: dict[int, int] = {
    Qt.Key.Key_Plus: 1,
    Qt.Key.Key_Equal: 1,
    Qt.Key.Key_Minus: -1,
    Qt.Key.Key_Underscore: -1,
}


def column_of(layout: Layout, selection: Selection) -> int | None:
    """Return the column of the selection."""
    for k, column in enumerate(layout.columns):
        if selection.layer is not None and column.layer == selection.layer:
            return k
        if selection.layer is None and selection.place is not None and column.place == selection.place:
            return k
    return None


def selected_column(layout: Layout, k: int, sample: Sample | None) -> Selection:
    """Return the selection of a whole column."""
    column = layout.columns[k]
    if column.layer is None:
        return Selection(sample=sample, place=column.place)
    return Selection(column.layer, sample=sample)


def walk(layout: Layout, selection: Selection, across: int, down: int) -> Selection:
    """Return the selection one step further.

    From a layer: up and down to its neurons, left and right to its neighbours. From an edge: up and
    down to the other edges into its neuron, left to its source, right to its target.
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
    """Return the next neuron of a column; before the first and after the last comes the layer as a whole."""
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
    """Return a selection that keeps only the sample."""
    return Selection(sample=selection.sample)


def edit_for(
    key: int, modifiers: Qt.KeyboardModifier, design: Design, place: int | None, neuron: int | None
) -> DesignEdit | None:
    """Return the edit that a key requests for the selected layer, or neuron of it."""
    if place is None:
        return None
    if modifiers & Qt.KeyboardModifier.AltModifier:
        across = KEYS.get(key, (0, 0))[0]
        before = place + 2 if across > 0 else place - 1
        return DesignEdit(design_edits.moved(design, place, before), tr("Move layer")) if across else None
    if key in STEPS:
        return design_edits.step(design, place, STEPS[key])
    if key not in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        return None
    if neuron is not None:
        l = sum(isinstance(layer, Dense) for layer in design.layers[: place + 1])
        smaller = design_edits.without_neuron(design, place, neuron)
        return DesignEdit(smaller, tr("Remove neuron"), RemovedNeuron(l, neuron))
    return DesignEdit(design_edits.removed(design, place), tr("Delete layer"))


class KeyboardController(QObject):
    """Handles the keys of a view; with an ``editing`` controller they open menus and number fields, too.

    ``edited(design edit)`` and ``select_requested(selection)`` carry what a key requests.
    """

    edited = Signal(object)
    select_requested = Signal(object)

    def __init__(self, view: ZoomView, state: CanvasState, mouse: MouseController) -> None:
        super().__init__(view)
        self._view, self._state, self._mouse = view, state, mouse
        self.editing: EditController | None = None

    def press(self, event: QKeyEvent) -> bool:
        """Handle a key; return whether it has a meaning here."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            if self._mouse.busy:
                self._mouse.cancel()
                return True
            cleared = nothing(self._state.selection)
            if cleared == self._state.selection:
                return False  # it belongs to the window
            self.select_requested.emit(cleared)
            return True
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self._turns_number(event) or self._zooms(key)
        return self._opens_number(key) or self._edits(event) or self._walks(key)

    def _column(self) -> int | None:
        return column_of(self._state.layout, self._state.selection)

    def _edits(self, event: QKeyEvent) -> bool:
        """Edit the selected layer or neuron if the key does that."""
        state, k = self._state, self._column()
        place = None if k is None else state.layout.columns[k].place
        neuron = state.selection.neuron if state.selection.source is None else None
        edit = edit_for(event.key(), event.modifiers(), state.design, place, neuron)
        if edit is not None:
            self.edited.emit(edit)
        return edit is not None

    def _walks(self, key: int) -> bool:
        """Move the selection, or open what is selected, if the key does that."""
        layout, chosen, k = self._state.layout, self._state.selection, self._column()
        if key in KEYS:
            self.select_requested.emit(walk(layout, chosen, *KEYS[key]))
        elif key == Qt.Key.Key_E:
            self.select_requested.emit(enter_edges(layout, chosen))
        elif key == Qt.Key.Key_L and self.editing is not None:
            return self.editing.fix(self.editing.weights.selected)
        elif key == Qt.Key.Key_O and k is not None:
            return self._mouse.open_wide_layer(k)
        elif key == Qt.Key.Key_Menu and self.editing is not None:
            self._opens_menu(self.editing, k)
        elif key in ENTER and k is not None:
            dense = isinstance(self._state.part(k), Dense)
            neuron = chosen.neuron if dense and chosen.source is None else None
            if self.editing is not None:
                self.editing.open_menu("activation" if dense else "menu", k, neuron)
        else:
            return False
        return True

    def _opens_menu(self, editing: EditController, k: int | None) -> None:
        """Open the menu of the selected weight or layer, or that of the canvas if nothing is selected."""
        chosen = editing.weights.selected
        if k is None:
            editing.open_ground_menu()
        elif chosen is None or chosen.source is None or not editing.open_number_menu(chosen):
            editing.open_menu("menu", k)

    def _opens_number(self, key: int) -> bool:
        """Open the field of the selected weight or bias if the key does that."""
        weights = None if self.editing is None else self.editing.weights
        place = None if weights is None else weights.selected
        if weights is None or place is None:
            return False
        means = key == Qt.Key.Key_F2 or (key in ENTER and place.source is not None)
        return means and weights.open(place)

    def _turns_number(self, event: QKeyEvent) -> bool:
        """Change the selected weight or bias by a step if the key does that."""
        weights = None if self.editing is None else self.editing.weights
        up = -KEYS[event.key()][1] if event.key() in KEYS else 0
        if weights is None or weights.selected is None or not up:
            return False
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return weights.turn(weights.selected, up * NOTCH, fine=fine)

    def _zooms(self, key: int) -> bool:
        """Zoom if the key, together with Ctrl, does that."""
        if key == Qt.Key.Key_0:
            self._view.fit()
        elif key in ZOOM:
            self._view.zoom_by(ZOOM[key])
        else:
            return False
        return True

    def tab(self, ahead: bool) -> bool:
        """Select the next layer, or the one before; return whether there is one."""
        layout, selection, k = self._state.layout, self._state.selection, self._column()
        last = len(layout.columns) - 1
        k = (0 if ahead else last) if k is None else k + (1 if ahead else -1)
        if not 0 <= k <= last:
            return False
        self.select_requested.emit(selected_column(layout, k, selection.sample))
        return True

    def claims(self, event: QKeyEvent) -> bool:
        """Return whether the canvas handles a key although it is a shortcut of the window.

        It handles arrow keys while something is selected, and Escape during a drag.
        """
        free = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        walking = event.key() in KEYS and free and self._column() is not None
        return walking or (event.key() == Qt.Key.Key_Escape and self._mouse.gesture is not None)
