"""Drag gestures: each lasts as long as the drag and ends in at most one edit of the design."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from core.language import tr
from core.nn.activations import ACTIVATIONS
from gui.canvas.canvas_state import CanvasState
from gui.canvas.design_edits import (
    DesignEdit,
    inserted,
    moved,
    new_layer,
    output_place,
    removed,
    with_activation,
)
from gui.canvas.hit_test import part_at
from gui.canvas.items.edge_labels import PillsItem

LAYER = "application/x-glassnet-layer"
ACTIVATION = "application/x-glassnet-activation"


@dataclass(frozen=True)
class DropMark:
    """Marks where the gesture would end: a dashed line at ``x``, or a frame, with a few words."""

    text: str
    x: float | None = None
    frame: QRectF | None = None
    alarming: bool = False


class Gesture(ABC):
    """Follows the mouse over the scene. ``mark`` is drawn meanwhile; `finish` returns the edit, if any."""

    mark: DropMark | None = None

    @abstractmethod
    def move(self, point: QPointF, *, inside: bool) -> None:
        """Follow the mouse; ``inside`` is whether it is over the canvas."""

    @abstractmethod
    def finish(self) -> DesignEdit | None:
        """Return the edit for the present position of the mouse."""


class DropLayer(Gesture):
    """A layer dragged from the palette onto the canvas."""

    def __init__(self, state: CanvasState, kind: str) -> None:
        self._state, self._kind = state, kind
        self._place: int | None = None

    def move(self, point: QPointF, *, inside: bool) -> None:
        """Show where the layer would be inserted: between two others, at the latest before the output."""
        self._place, x = gap_at(self._state, point.x())
        self.mark = DropMark(tr("drop layer here"), x=x)

    def finish(self) -> DesignEdit | None:
        """Return the design with the new layer."""
        if self._place is None:
            return None
        design = self._state.design
        text = tr("Add dropout") if self._kind == "dropout" else tr("Add layer")
        return DesignEdit(inserted(design, self._place, new_layer(design, self._kind)), text)


class DropActivation(Gesture):
    """An activation dragged onto the canvas: for a neuron if dropped on one, else for its layer."""

    def __init__(self, state: CanvasState, pills: PillsItem, name: str) -> None:
        self._state, self._pills, self._name = state, pills, name
        self._place: int | None = None
        self._neuron: int | None = None

    def move(self, point: QPointF, *, inside: bool) -> None:
        """Frame the neuron or the layer that would get the activation."""
        self._place, self._neuron, self.mark = None, None, None
        state, symbol = self._state, ACTIVATIONS[self._name].symbol
        columns = [column for column in state.layout.columns if column.layer]
        if not columns:
            return
        column = min(columns, key=lambda column: abs(column.x - point.x()))
        if abs(column.x - point.x()) > max(column.chip.width(), 80) * 0.75:
            return
        self._place = column.place
        part = part_at(state, self._pills, point)
        if part is not None and part.kind == "neuron" and not ACTIVATIONS[self._name].layerwide:
            self._neuron = part.j
            frame = column.tile(part.j or 0).adjusted(-4, -4, 4, 4)
            self.mark = DropMark(tr("{activation} for this neuron").format(activation=symbol), frame=frame)
            return
        frame = column.chip.united(column.block).adjusted(-6, -4, 6, 8)
        self.mark = DropMark(tr("{activation} for the whole layer").format(activation=symbol), frame=frame)

    def finish(self) -> DesignEdit | None:
        """Return the design with the activation where it was dropped."""
        if self._place is None:
            return None
        design = with_activation(self._state.design, self._place, self._name, self._neuron)
        return None if design == self._state.design else DesignEdit(design, tr("Change activation"))


class CarryLayer(Gesture):
    """A layer dragged by its header: between two others to move it, out of the canvas to delete it."""

    def __init__(self, state: CanvasState, place: int) -> None:
        self._state, self._place = state, place
        self._to: int | None = None
        self._inside = True

    def move(self, point: QPointF, *, inside: bool) -> None:
        """Show where the layer would be moved to."""
        state, self._inside = self._state, inside
        column = state.layout.columns[self._place + 1]
        if self._place == output_place(state.design):
            self._to = self._place
            self.mark = DropMark(
                tr("the output stays the last layer"), frame=column.chip.adjusted(-4, -4, 4, 4)
            )
            return
        if not inside:
            self.mark = DropMark(tr("release to delete the layer"), frame=column.chip, alarming=True)
            return
        self._to, x = gap_at(state, point.x())
        if self._to in (self._place, self._place + 1):
            self.mark = DropMark(tr("stays here"), frame=column.chip.adjusted(-4, -4, 4, 4))
        else:
            self.mark = DropMark(tr("move layer here"), x=x)

    def finish(self) -> DesignEdit | None:
        """Return the design with the layer moved or deleted; None if it does not move."""
        design = self._state.design
        if not self._inside:
            changed, text = removed(design, self._place), tr("Delete layer")
        else:
            to = self._place if self._to is None else self._to
            changed, text = moved(design, self._place, to), tr("Move layer")
        return None if changed == design else DesignEdit(changed, text)


def gap_at(state: CanvasState, x: float) -> tuple[int, float]:
    """Return the place that a layer dropped at x would get, and the x of that gap."""
    layout = state.layout
    place, _middle = layout.drop_at(x)
    place = min(place, output_place(state.design))
    left = layout.columns[place].chip.right()
    behind = layout.columns[place + 1 :]
    right = behind[0].chip.left() if behind else layout.scene.right()
    return place, (left + right) / 2
