"""The base of all items of the canvas: how Qt asks for what they draw."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.canvas.canvas_state import CanvasState
from gui.qt.drawable import guarded_overrides, shielded

TURNS = 8
NEVER: frozenset[int] = frozenset()


def turns(first: int, every: int = 4) -> frozenset[int]:
    """Return in which of 8 frames of a run an item is drawn that is cached between them."""
    return frozenset(k for k in range(TURNS) if k % every == first % every)


@guarded_overrides
class CanvasItem(QGraphicsItem):
    """Draws a part of the canvas state, within ``bounds``.

    ``layer`` is the layer it belongs to (None: a dropout, or the whole network), ``turns`` the frames of a
    run in which it is refreshed. Where ``cached``, Qt keeps what is drawn until the next update, as long
    as the whole network is in view. An item is updated as a whole: Qt rounds smooth lines otherwise where it
    draws only a part of them, and the parts would be told apart.
    """

    layer: int | None = None
    turns = NEVER
    cached = True

    def __init__(self, state: CanvasState, height: float = 0.0) -> None:
        super().__init__()
        self._state = state
        self.setZValue(height)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def refresh(self) -> None:
        """Draw the numbers of another moment, if they are others."""

    def look(self) -> None:
        """Draw what is selected and hovered, if that changed."""

    def bounds(self) -> QRectF:
        """Return the rectangle that holds all that is drawn."""
        raise NotImplementedError

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        """Draw, at least what lies in the ``exposed`` rectangle."""
        raise NotImplementedError

    def boundingRect(self) -> QRectF:
        return self.bounds()

    @shielded
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        self.draw(painter, option.exposedRect)
