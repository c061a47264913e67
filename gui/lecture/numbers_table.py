"""A table of the numbers of a scene: computed by hand, as on the slide, and as the engine computes them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from core.lecture.expected import ComputedNumber, Expected
from core.lecture.scene import Scene
from core.number_style import FINE_DIGITS, HIDDEN, fine_text, value_text
from core.number_style import digits as digits_set
from gui.lecture.large_type import coloured, larger
from gui.lecture.number_thread import SceneNumbers
from gui.text.plain_text import plain
from gui.theme.theme import LIGHT, Theme

WAITING, NONE = "…", "–"


class NumbersTable(QWidget):
    """One block for each number: its name above three values. Numbers still to be guessed are hidden."""

    def __init__(self, numbers: SceneNumbers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Numbers of this scene"))
        self._numbers = numbers
        self._hidden: set[str] = set()
        self._theme = LIGHT
        self._head: list[QLabel] = []
        self._names: dict[str, QLabel] = {}
        self.cells: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._frame: QFrame | None = None
        numbers.known.connect(self._show_number)

    def show_scene(self, scene: Scene, hidden: set[str]) -> None:
        """Show the numbers of a scene, with those named in ``hidden`` as question marks."""
        self._hidden = hidden
        if self._frame is not None:
            self._column.removeWidget(self._frame)
            self._frame.hide()
            self._frame.deleteLater()
        self._frame = QFrame()
        grid = QGridLayout(self._frame)
        grid.setContentsMargins(0, 0, 0, 0)
        printed = self.tr("in the book") if scene.source else self.tr("on the slide")
        self._head = [QLabel(text) for text in (self.tr("by hand"), printed, self.tr("engine"))]
        for k, label in enumerate(self._head):
            label.setProperty("look", "muted")
            grid.addWidget(label, 0, k)
            grid.setColumnStretch(k, 1)
        self._names, self.cells = {}, {}
        for row, expected in enumerate(scene.expected):
            self._add(grid, 1 + 2 * row, expected)
        self._column.addWidget(self._frame)
        self._numbers.want(*(expected.name for expected in scene.expected))
        for expected in scene.expected:
            self._show_number(expected.name)
        self.show_theme(self._theme)

    def _add(self, grid: QGridLayout, row: int, expected: Expected) -> None:
        name = QLabel(expected.name)
        name.setWordWrap(True)
        name.setTextFormat(Qt.TextFormat.PlainText)
        grid.addWidget(name, row, 0, 1, 3)
        cells = QLabel(), QLabel(), QLabel()
        for k, cell in enumerate(cells):
            grid.addWidget(cell, row + 1, k)
        self._names[expected.name], self.cells[expected.name] = name, cells

    def show_hidden(self, hidden: set[str]) -> None:
        """Set which numbers are hidden."""
        changed = self._hidden ^ hidden
        self._hidden = hidden
        for name in changed:
            self._show_number(name)

    def _show_number(self, name: str) -> None:
        if name not in self.cells:
            return
        found = self._numbers.found(name)
        texts, fault = (HIDDEN, HIDDEN, HIDDEN), ""
        if name not in self._hidden:
            texts = _figures(found)
            fault = found.fault if found else ""
        heads = [head.text() for head in self._head]
        for cell, text, head in zip(self.cells[name], texts, heads, strict=True):
            cell.setText(text)
            cell.setToolTip(plain(fault))
            cell.setAccessibleName(
                self.tr("{name}, {column}: {number}").format(name=name, column=head, number=text)
            )
        wrong = found is not None and not found.right and name not in self._hidden
        coloured(self.cells[name][2], (self._theme.error if wrong else self._theme.text).name())

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        for label in self._head:
            label.setFont(larger(0.85))
        for label in self._names.values():
            label.setFont(larger(0.9))
            coloured(label, shown.muted.name())
        for name, cells in self.cells.items():
            for cell in cells:
                cell.setFont(larger(1.05, bold=cell is cells[2]))
            self._show_number(name)


def _figures(found: ComputedNumber | None) -> tuple[str, str, str]:
    """Return a number by hand (or its bounds), on the slide, and from the engine."""
    if found is None:
        return WAITING, WAITING, WAITING
    expected = found.expected
    slide = NONE if expected.slide is None else str(expected.slide).replace("-", "−")
    digits = max(FINE_DIGITS, digits_set(), expected.printed_digits)
    engine = NONE
    if found.computed is not None:
        engine = found.meaning_of(found.computed) or value_text(found.computed, count=digits)
    return _by_hand(found), slide, engine


def _by_hand(found: ComputedNumber) -> str:
    if found.exact is not None:
        return found.meaning_of(found.exact) or fine_text(found.exact)
    least, most = found.expected.least, found.expected.most
    if least is not None and most is not None:
        return f"{fine_text(least)} … {fine_text(most)}"
    if least is not None:
        return f"≥ {fine_text(least)}"
    return NONE if most is None else f"≤ {fine_text(most)}"
