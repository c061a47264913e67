"""EditController: the buttons and menus of layers, drag and drop, and editing of weights and biases."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from core.derivation.sample_pass import parameter_symbol
from core.derivation.text import SCRIPT
from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design
from gui.canvas import design_edits
from gui.canvas.canvas_state import CanvasState, HitTarget
from gui.canvas.context_menus import activation_menu, ground_menu, layer_menu, number_menu
from gui.canvas.design_edits import DesignEdit
from gui.canvas.gestures import ACTIVATION, LAYER, CarryLayer, DropActivation, DropLayer, Gesture, gap_at
from gui.canvas.items.layer_header import buttons
from gui.canvas.network_scene import NetworkScene
from gui.canvas.weight_editing import (
    NOTCH,
    CanvasNumberEdit,
    EditedParameter,
    LayerNumber,
    WeightEditController,
)
from gui.canvas.zoom_view import ZoomView
from gui.selection import Selection


class EditController(QObject):
    """Turns clicks, input and drags into edits of the design: ``edited(design edit)``.

    ``weights`` does the same for single weights and biases. ``history_requested(selection)`` requests the
    history of a weight. ``edge_actions`` of the window, which say what the edges show, are in the menus.
    """

    edited = Signal(object)
    history_requested = Signal(object)

    def __init__(self, view: ZoomView, state: CanvasState, scene: NetworkScene) -> None:
        super().__init__(view)
        self._view, self._state, self._scene = view, state, scene
        self.weights = WeightEditController(view, state, scene)
        self.layer_number_edit = CanvasNumberEdit(view.viewport())
        self.layer_number_edit.entered.connect(self._set_layer_number)
        self.edge_actions: Sequence[QAction] = ()
        self._turned = 0  # angle of the wheel since the last whole notch

    def press_button(self, part: HitTarget | None) -> bool:
        """Run the action of a button of a header; return whether the target is a button."""
        if part is not None and part.kind == "padlock":
            return self.fix(EditedParameter(part.layer or 0, part.j or 0, part.i))
        place = None if part is None else self._state.layout.columns[part.column].place
        if part is None or place is None or part.kind not in ("activation", "less", "more", "menu", "delete"):
            return False
        design = self._state.design
        if part.kind in ("activation", "menu"):
            self.open_menu(part.kind, part.column)
        elif part.kind == "delete":
            self.edited.emit(DesignEdit(design_edits.removed(design, place), tr("Delete layer")))
        else:
            self.edited.emit(design_edits.step(design, place, 1 if part.kind == "more" else -1))
        return True

    def carry(self, part: HitTarget | None) -> Gesture | None:
        """Return the gesture that moves the layer whose header is dragged; None: the target is no header."""
        if part is None or part.kind not in ("chip", "activation", "count", "menu"):
            return None
        place = self._state.layout.columns[part.column].place
        return None if place is None else CarryLayer(self._state, place)

    def carried(self, data: QMimeData) -> Gesture | None:
        """Return the gesture for what is dragged here from the palette; None for anything else."""
        if data.hasFormat(LAYER):
            kind = data.data(LAYER).toStdString()
            return DropLayer(self._state, kind) if kind in ("dense", "dropout") else None
        name = data.data(ACTIVATION).toStdString() if data.hasFormat(ACTIVATION) else ""
        return DropActivation(self._state, self._scene.pills, name) if name in ACTIVATIONS else None

    def fix(self, place: EditedParameter | None) -> bool:
        """Fix a weight or bias, or release it if it is fixed; return whether there is one."""
        layout, state = self._state.layout, self._state
        if place is None or not 1 <= place.layer <= layout.last:
            return False
        l, j, i = place
        fixed, column = not state.is_fixed(l, i, j), layout.of_layer(l)
        inputs = layout.of_layer(l - 1).neurons
        assert column.place is not None
        changed = design_edits.with_fixed(state.design, column.place, inputs, fixed, [(i, j)])
        name = SCRIPT.symbol(parameter_symbol(l, i, j))
        text = tr("Fix {name}") if fixed else tr("Release {name}")
        self.edited.emit(DesignEdit(changed, text.format(name=name)))
        return True

    # -- numbers ------------------------------------------------------------------------------------

    def open_field(self, part: HitTarget) -> bool:
        """Open a number field over what was double-clicked; return whether it is an editable number."""
        number = self._layer_number(part)
        if number is None:
            return self.weights.open_over(part)
        layout, layer = self._state.layout, self._state.design.layers[number.place]
        output = part.column == len(layout.columns) - 1
        rect = buttons(layout.columns[part.column], layer, layout.sizes, output=output)["count"]
        value = layer.neurons if isinstance(layer, Dense) else layer.rate
        self.layer_number_edit.open(number, value, self._view.mapFromScene(rect).boundingRect().toRectF())
        return True

    def turn_wheel(self, part: HitTarget | None, angle: int) -> bool:
        """Handle the wheel over a target, one neuron per notch; return whether it is a number of neurons."""
        if part is None or self._layer_number(part) is None:
            self._turned = 0
            return False
        notches = int((self._turned + angle) / NOTCH)
        self._turned += angle - notches * NOTCH
        if notches:
            if not self.layer_number_edit.isVisible():
                self.open_field(part)
            self.layer_number_edit.turn_over(notches)
        return True

    def _layer_number(self, part: HitTarget) -> LayerNumber | None:
        place = self._state.layout.columns[part.column].place
        if part.kind != "count" or place is None:
            return None
        return LayerNumber(place, rate=not isinstance(self._state.design.layers[place], Dense))

    def _set_layer_number(self, number: LayerNumber, value: float) -> None:
        design = self._state.design
        if number.rate:
            edit = DesignEdit(design_edits.with_rate(design, number.place, value), tr("Change rate"))
        else:
            changed = design_edits.with_neurons(design, number.place, int(value))
            edit = DesignEdit(changed, tr("Change the number of neurons"))
        self.edited.emit(edit)

    # -- menus --------------------------------------------------------------------------------------

    def open_menu_at(self, part: HitTarget | None, point: QPoint) -> None:
        """Open the menu of what lies under a point of the viewport, or else that of the canvas."""
        if part is None:
            self.open_ground_menu(point)
        elif part.kind in ("edge", "bias", "padlock"):
            self.open_number_menu(EditedParameter(part.layer or 0, part.j or 0, part.i), point)
        elif part.kind == "neuron" and part.layer:
            self.open_menu("activation", part.column, part.j)
        else:
            self.open_menu("menu", part.column)

    def open_ground_menu(self, point: QPoint | None = None) -> None:
        """Open the menu of the empty canvas at a point of the viewport; the default is its middle."""
        view, state = self._view, self._state
        at = view.viewport().rect().center() if point is None else point
        place, _x = gap_at(state, view.mapToScene(at).x())
        self._popup(ground_menu(view, state.design, place, self._take, self.edge_actions), at)

    def open_number_menu(self, place: EditedParameter, point: QPoint | None = None) -> bool:
        """Open the menu of a weight or bias; return whether there is such a number."""
        value, around = self.weights.number(place), self.weights.rect(place)
        if value is None or around is None:
            return False
        l, j, i = place.layer, place.neuron, place.source
        name = SCRIPT.symbol(parameter_symbol(l, i, j))
        chosen = Selection(l, j, i, self._state.selection.sample)
        history = None if i is None else (lambda: self.history_requested.emit(chosen))
        menu = number_menu(self._view, name, value, lambda: self.weights.open(place), history)
        fixed = menu.addAction(tr("Fixed: training leaves it as it is") + "\tL")
        fixed.setCheckable(True)
        fixed.setChecked(self._state.is_fixed(l, i, j))
        fixed.triggered.connect(lambda: self.fix(place))
        at = self._view.mapFromScene(QPointF(around.bottomLeft())) if point is None else point
        self._popup(menu, at)
        return True

    def _popup(self, menu: QMenu, at: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._view.viewport().mapToGlobal(at))

    def open_menu(self, kind: str, k: int, neuron: int | None = None) -> None:
        """Open the "activation" picker or the "menu" of column k, under its header or beside a neuron."""
        view, state = self._view, self._state
        column, layer = state.layout.columns[k], state.part(k)
        if column.place is None or layer is None:
            return
        if kind == "activation" and isinstance(layer, Dense):
            menu = activation_menu(view, state.design, column.place, self._take, neuron)
        else:
            inputs = state.layout.of_layer((column.layer or 1) - 1).neurons
            menu = layer_menu(view, state.design, column.place, inputs, self._take)
        if neuron is None:
            rects = buttons(column, layer, state.layout.sizes, output=False)
            below = rects.get(kind, column.chip).bottomLeft()
        else:
            below = column.tile(neuron).bottomLeft()
        self._popup(menu, view.mapFromScene(below))

    def _take(self, design: Design, text: str) -> None:
        self.edited.emit(DesignEdit(design, text))
