"""EditController: the buttons and menus of layers, what is dragged, and the weights and biases."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, Signal

from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design
from gui.canvas import design_edits
from gui.canvas.canvas_state import CanvasState, HitTarget
from gui.canvas.context_menus import activation_menu, layer_menu
from gui.canvas.design_edits import DesignEdit
from gui.canvas.gestures import ACTIVATION, LAYER, CarryLayer, DropActivation, DropLayer, Gesture
from gui.canvas.items.layer_header import buttons
from gui.canvas.network_scene import NetworkScene
from gui.canvas.weight_editing import WeightEditController
from gui.canvas.zoom_view import ZoomView


class EditController(QObject):
    """Turns what is pressed, opened or dragged into edits of the design: ``edited(design edit)``.

    ``weights`` does the same for single weights and biases.
    """

    edited = Signal(object)

    def __init__(self, view: ZoomView, state: CanvasState, scene: NetworkScene) -> None:
        super().__init__(view)
        self._view, self._state, self._scene = view, state, scene
        self.weights = WeightEditController(view, state, scene)

    def press_button(self, part: HitTarget | None) -> bool:
        """Do what a button of a header is for; return whether the part is one."""
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
        """Return the gesture that carries the layer whose header is dragged; None: it is no header."""
        if part is None or part.kind not in ("chip", "activation", "menu"):
            return None
        place = self._state.layout.columns[part.column].place
        return None if place is None else CarryLayer(self._state, place)

    def carried(self, data: QMimeData) -> Gesture | None:
        """Return the gesture of what is dragged here from the palette; None: it is nothing of ours."""
        if data.hasFormat(LAYER):
            kind = data.data(LAYER).toStdString()
            return DropLayer(self._state, kind) if kind in ("dense", "dropout") else None
        name = data.data(ACTIVATION).toStdString() if data.hasFormat(ACTIVATION) else ""
        return DropActivation(self._state, self._scene.pills, name) if name in ACTIVATIONS else None

    def open_menu_of(self, part: HitTarget | None) -> None:
        """Open the menu of what lies under the mouse: a neuron's activation, or a layer's menu."""
        if part is not None and part.kind in ("neuron", "bias") and part.layer:
            self.open_menu("activation", part.column, part.j)
        elif part is not None and part.kind != "edge":
            self.open_menu("menu", part.column)

    def open_menu(self, kind: str, k: int, neuron: int | None = None) -> None:
        """Open the "activation" picker or the "menu" of column k under its header, or beside a neuron."""
        view, state = self._view, self._state
        column, layer = state.layout.columns[k], state.part(k)
        if column.place is None or layer is None:
            return
        if kind == "activation" and isinstance(layer, Dense):
            menu = activation_menu(view, state.design, column.place, self._take, neuron)
        else:
            menu = layer_menu(view, state.design, column.place, self._take)
        if neuron is None:
            rects = buttons(column, layer, state.layout.sizes, output=False)
            below = rects.get(kind, column.chip).bottomLeft()
        else:
            below = column.tile(neuron).bottomLeft()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(view.viewport().mapToGlobal(view.mapFromScene(below)))

    def _take(self, design: Design, text: str) -> None:
        self.edited.emit(DesignEdit(design, text))
