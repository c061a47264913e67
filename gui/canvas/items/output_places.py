"""Positions of the class, the bar and the numbers of an output, right of its tile: pure geometry."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF

from gui.canvas.layout import BESIDE, LayerColumn, Sizes

NAMED = ("roomy", "snug")  # styles with room for the names of numbers
MARK = 1.2  # width of a class marker with the gap after it, in lines
BAR = 18.0  # width of a bar in digits, where everything is on one line
VALUE = 4.5  # digits for the number after it, besides its own
NUMBER = 8.0  # digits for o with its letter, "o = −0.012", besides its own


class Places(NamedTuple):
    """Positions of the texts of an output; the number o begins at ``number``.

    ``other`` is the place of the second class of a single output, if it is not beside the first.
    """

    area: QRectF
    name: QRectF
    bar: QRectF
    number: QRectF
    other: QRectF | None = None


def places_of(column: LayerColumn, j: int, sizes: Sizes) -> Places:
    """Return the positions of the name, the bar and the numbers of output j, right of its tile."""
    tile, line, digit = column.tile(j), sizes.line, sizes.digit
    left, wide, y = tile.right() + BESIDE, column.legend, tile.center().y()
    if column.style == "row":
        high = min(line + 4, max(tile.height(), line))
        area = QRectF(left, y - high / 2, wide, high)
        value = (sizes.digits + VALUE) * digit
        bar = (BAR if wide >= sizes.legend[0] else BAR / 3) * digit
        right = area.right()
        return Places(
            area.adjusted(-4, 0, 4, 0),
            QRectF(left, area.top(), wide - bar - value - digit, high),
            QRectF(right - value - bar, y - 0.28 * line, bar, 0.56 * line),
            QRectF(right - value, y - line / 2, value, line),
        )
    lines = 2 if column.style in NAMED else 1
    stacked = column.neurons == 1 and wide < sizes.legend[0]
    high = (2 + lines + 1.25 * stacked) * line
    top = y - high / 2
    below = 1.25 * line * stacked
    return Places(
        QRectF(left, top, wide, high),
        QRectF(left, top, wide, 1.25 * line),
        QRectF(left, top + 1.32 * line, wide, 0.5 * line),
        QRectF(left, top + 2 * line + below, (sizes.digits + NUMBER) * digit, lines * line + 2),
        QRectF(left, top + 1.92 * line, wide, 1.25 * line) if stacked else None,
    )
