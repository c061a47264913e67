"""Still canvas: the network to look at. It can be moved, enlarged and pointed at, but not edited."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QWidget

from gui.canvas.editor_view import CanvasView
from gui.canvas.weight_editing import EditedParameter


class StillCanvas(CanvasView):
    """A canvas without menus and fields. It may still ask for edits by keys; nobody need listen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state.still = True
        self.setAcceptDrops(False)

    def edit_number(self, place: EditedParameter) -> bool:
        """Open no field."""
        return False

    def turn_number(self, place: EditedParameter, angle: int, *, fine: bool) -> bool:
        """Leave the number as it is."""
        return False

    def _open_menu(self, kind: str, k: int, neuron: int | None = None) -> None:
        """Open no menu."""

    def _begin(self, position: QPoint, point: QPointF) -> None:
        """Move the picture, whatever was pressed."""
        if self._pressed is not None:
            self._pressed = self._pressed[0], None
        super()._begin(position, point)
