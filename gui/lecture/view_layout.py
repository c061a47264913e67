"""Arrangement: the views of a scene beside one another, the first one largest."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from gui.theme.theme import Theme
from gui.views.registry import VIEWS
from gui.widgets.labels import Framed

FOOT = ("graph", "loss", "gradient", "activation", "unfold", "batch", "passes", "histograms")
"""Views that are wide rather than high: they stand below."""
BARS = ("counters", "timeline")
"""What a stage has in bars of its own."""
MAIN_SHARE, TOP_SHARE, TOP_SHARE_OVER_GRAPH = 0.55, 0.7, 0.46

LEAST = 80


class ViewLayout(QWidget):
    """The views of these names (of `core.lecture.scene.View`), ``framed``, with splitters between them."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        names = [name.removesuffix("_plot") for name in names if name not in BARS]
        self.framed = {
            name: Framed(VIEWS[name].name, VIEWS[name].make(), titled=name != "canvas") for name in names
        }
        self._across, self._down = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        self._side, self._foot = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Horizontal)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._down)
        self._place(names)

    def _place(self, names: list[str]) -> None:
        for splitter in (self._across, self._down, self._side, self._foot):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        first, *rest = names
        alone = len(rest) == 1
        self._across.addWidget(self.framed[first])
        for name in rest:
            self.framed[name].setMinimumSize(LEAST, LEAST)  # or one would squeeze the others
            (self._foot if name in FOOT and not alone else self._side).addWidget(self.framed[name])
        self._across.addWidget(self._side)
        self._down.addWidget(self._across)
        self._down.addWidget(self._foot)
        top = TOP_SHARE_OVER_GRAPH if "graph" in rest else TOP_SHARE
        for splitter, share in ((self._across, MAIN_SHARE), (self._down, top)):
            divide(splitter, share)
        for splitter in (self._side, self._foot):
            splitter.setVisible(splitter.count() > 0)
            splitter.setSizes([1000] * splitter.count())

    def views(self) -> list[QWidget]:
        """The views, in the order of their names."""
        return [framed.view for framed in self.framed.values()]

    def cover(self, names: Collection[str]) -> None:
        """Cover the views of these names, as far as they are here, and no others."""
        for name, framed in self.framed.items():
            framed.cover(name in names)

    def show_theme(self, shown: Theme) -> None:
        """Hand a theme to the titles."""
        for framed in self.framed.values():
            framed.show_theme(shown)


def divide(splitter: QSplitter, share: float) -> None:
    """Give the first of two widgets this share of the room, whatever size that has."""
    for k, part in enumerate((share, 1 - share)):
        splitter.setStretchFactor(k, round(100 * part))
    splitter.setSizes([round(10_000 * share), round(10_000 * (1 - share))])
