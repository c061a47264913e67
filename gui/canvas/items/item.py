"""The base class of all items of the canvas."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.canvas.canvas_state import CanvasState
from gui.qt.drawable import guarded_overrides, shielded

TURNS = 8
NEVER: frozenset[int] = frozenset()


def turns(first: int, every: int = 4) -> frozenset[int]:
    """Return in which of 8 frames of a run an item that is cached between them is drawn."""
    return frozenset(k for k in range(TURNS) if k % every == first % every)


@guarded_overrides
class CanvasItem(QGraphicsItem):
    """Draws a part of the canvas state, within ``bounds``.

    ``layer`` is the layer it belongs to (None: a dropout, or the whole network), ``turns`` the frames of a
    run in which it is refreshed. If ``cached``, Qt keeps what is drawn until the next update, as long
    as the whole network is in view. An item is always updated as a whole: Qt rounds antialiased lines
    differently if it draws only a part of them, so that the border of the part would be visible.
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
        """Draw the numbers of another moment, if they changed."""

    def look(self) -> None:
        """Draw selection and hover, if they changed."""

    def bounds(self) -> QRectF:
        """Return the rectangle that encloses all that is drawn."""
        raise NotImplementedError

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        """Draw the item, at least what lies in the rectangle ``exposed``."""
        raise NotImplementedError

    def boundingRect(self) -> QRectF:
        return self.bounds()

    @shielded
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        self.draw(painter, option.exposedRect)
