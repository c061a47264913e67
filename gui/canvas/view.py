"""CanvasView: the network, drawn and edited by hand."""

from __future__ import annotations

from PySide6.QtCore import Signal

from gui.canvas.drawing import Drawing


class CanvasView(Drawing):
    """The canvas: shows the network and turns gestures into whole new designs.

    ``edit_requested(design, text)`` and ``select_requested(selection)`` ask; nothing changes here
    until `show_design` and `show_selection` answer.
    """

    edit_requested = Signal(object, str)
    select_requested = Signal(object)
