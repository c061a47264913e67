"""CanvasView: the network, drawn and edited by hand."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.arrays import Array
from gui.canvas.editing import EditController
from gui.canvas.network_view import NetworkView
from gui.qt.typed_signal import TypedSignal


class CanvasView(NetworkView):
    """The canvas: a network whose layers, activations, weights and biases are edited in place.

    ``theta_previewed(theta)`` while the wheel turns, ``theta_edit_requested(theta, text)`` at the end of
    a gesture: theta is complete, with one number changed. Arrow keys move the selection, Tab selects the next
    layer, Enter picks an activation, + and − change the neurons, Delete deletes, E selects the edges of a
    neuron, F2 (or Enter on an edge) edits the weight or the bias, L fixes it, Ctrl+Up and Ctrl+Down
    change it step by step, O opens a wide layer, Escape clears the selection.
    """

    theta_previewed = TypedSignal[Array]()
    theta_edit_requested = TypedSignal[Array, str]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, still=False)
        self.editing = EditController(self, self.state, self.network_scene)
        self.mouse.editing = self.keyboard.editing = self.editing
        self.editing.edited.connect(self._request)
        self.editing.weights.previewed.connect(self.theta_previewed)
        self.editing.weights.edited.connect(self.theta_edit_requested)
        self.editing.history_requested.connect(self.select_requested)
        self.setAcceptDrops(True)
