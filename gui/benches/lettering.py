"""Lettering: the fonts of a bench; those of the window, and a larger one for its few numbers."""

from __future__ import annotations

from PySide6.QtGui import QFont

from gui.fonts import sized

LARGER = 1.35


def lettering(role: str) -> QFont:
    """Return the font of a role at the present size: as `gui.fonts.sized`, "large" or "plain".

    Both are digits of a table: "large" for benches of few rows, "plain" as high as "number", not bold.
    """
    if role not in ("large", "plain"):
        return sized(role)
    made = sized("number")
    if role == "large":
        made.setPointSizeF(made.pointSizeF() * LARGER)
    else:
        made.setWeight(QFont.Weight.Normal)
    return made
