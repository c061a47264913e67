"""The formula of a scene in a rounded box: in as many lines as it needs to be read from the back row."""

from __future__ import annotations

import re
import sys

from PySide6.QtCore import QByteArray, QCoreApplication, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from gui.fonts import sized
from gui.later import Later
from gui.lecture.card_lettering import boxed
from gui.mathtext import FormulaLabel, svg
from gui.plain_text import plain
from gui.theme import LIGHT, Theme

SMALLEST = 0.72
TIMES = 1.15
FIRST_FRAME_MILLISECONDS = 300
PARTS = re.compile(r"\\qquad|,?\\quad")
CUTS = ("=", r"\approx", r"\leftarrow", r"\in ", "-", "+")


class FormulaBox(QFrame):
    """A formula in LaTeX; parts and sides of equations go to lines of their own where it is too wide.

    What cannot be set, in a scene of somebody's own, is shown as it was typed.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("formula_box")
        self.lines: list[FormulaLabel] = []
        self.as_typed = QLabel()
        self.as_typed.setWordWrap(True)
        self.as_typed.setTextFormat(Qt.TextFormat.PlainText)
        self.as_typed.hide()
        self._latex, self._font = "", sized("formula")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.as_typed)
        self._later = Later(self, singleShot=True, interval=FIRST_FRAME_MILLISECONDS)
        self._later.timeout.connect(self._set)
        self.show_theme(LIGHT)

    def show_formula(self, latex: str) -> None:
        """Show another formula; none: no box."""
        self._latex = latex
        self.setVisible(bool(latex))
        self.setAccessibleName(latex)
        self._show_lines([])
        self._fit()

    def _fit(self) -> None:
        """Set the formula; only after the first frame where ziamath is still to be loaded."""
        if "ziamath" in sys.modules:
            self._set()
        elif self._latex:
            self._later.start()

    def _set(self) -> None:
        """Set the lines; those that would have to shrink too much are broken."""
        if not self._latex:
            return
        fault = formula_fault(self._latex, *self._look())
        self.as_typed.setVisible(bool(fault))
        self.as_typed.setText(self._latex)
        self.as_typed.setToolTip(plain(fault))
        margins = self._column.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        lines = [] if fault else [line for part in parts(self._latex) for line in self._broken(part, room)]
        self._show_lines(lines)

    def _look(self) -> tuple[str, float]:
        """Return colour and size of the letters, the same as those of the lines."""
        return self.palette().text().color().name(), QFontMetrics(self._font).height() * 0.9

    def _show_lines(self, texts: list[str]) -> None:
        if [line.latex for line in self.lines] == texts:
            return
        for old in self.lines:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.lines = [FormulaLabel(text) for text in texts]
        for line in self.lines:
            line.setFont(self._font)
            self._column.addWidget(line)

    def _broken(self, latex: str, room: int) -> list[str]:
        if self._width(latex) * SMALLEST <= room:
            return [latex]
        for sign in CUTS:
            place = top_level(latex, sign)
            if place is not None:
                first, rest = latex[:place], latex[place:]
                if not any(formula_fault(one, *self._look()) for one in (first, rest)):
                    return [first, *self._broken(r"\quad " + rest, room)]
        return [latex]

    def _width(self, latex: str) -> int:
        return QSvgRenderer(QByteArray(svg(latex, *self._look()))).defaultSize().width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of text."""
        self.setStyleSheet(boxed("formula_box", shown))
        self._font = sized("formula")
        self._font.setPointSizeF(self._font.pointSizeF() * TIMES)
        for line in (*self.lines, self.as_typed):
            line.setFont(self._font)
        height = QFontMetrics(self._font).height()
        margin = round(0.45 * height)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(round(0.4 * height))
        self._fit()


def formula_fault(latex: str, colour: str = "#000000", size: float = 16.0) -> str:
    """Return in a sentence why a formula cannot be set; empty if it can."""
    if not latex.strip():
        return ""
    try:
        for part in parts(latex):
            svg(part, colour, size)
    except Exception:
        return QCoreApplication.translate(
            "Formula", "This LaTeX cannot be set: something in it is missing, unknown or not closed."
        )
    return ""


def parts(latex: str) -> list[str]:
    """Return the formulas that stand side by side in one text."""
    found = [part.strip() for part in PARTS.split(latex)]
    whole = all(part.count("{") == part.count("}") for part in found)
    return [part for part in found if part] if whole else [latex]


def top_level(latex: str, sign: str) -> int | None:
    r"""Return where a sign stands last outside all brackets, \left … \right pairs too; not at the start."""
    depth, found = 0, None
    for k, letter in enumerate(latex):
        if letter in "{[(":
            depth += 1
        elif letter in "}])":
            depth -= 1
        elif depth == 0 and k > 0 and latex.startswith(sign, k) and latex[:k].strip() not in ("", r"\quad"):
            found = k
    return found
