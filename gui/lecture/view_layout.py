"""Arranges the views of a scene side by side, the first one largest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from core.lecture.view_ids import BARS, ViewId
from gui.figures.figure_menu import FigureMenu
from gui.text.labels import Framed
from gui.theme.theme import Theme
from gui.views.registry import VIEWS

FOOT = (
    ViewId.COMPUTATIONAL_GRAPH,
    ViewId.LOSS_PLOT,
    ViewId.GRADIENT_NORMS,
    ViewId.ACTIVATION_PLOT,
    ViewId.NETWORK_EXPRESSION,
    ViewId.BATCHES,
    ViewId.PASSES,
    ViewId.HISTOGRAMS,
    ViewId.LINEAR_COLLAPSE,
)
"""Views that are wider than high, which are placed below the others."""
MAIN_SHARE, TOP_SHARE, TOP_SHARE_OVER_GRAPH = 0.55, 0.7, 0.46

LEAST = 80


class ViewLayout(QWidget):
    """The given views, ``framed``, with splitters between them; tool bars are not included."""

    def __init__(self, shown: Sequence[ViewId]) -> None:
        super().__init__()
        views = [view for view in shown if view not in BARS]
        self.framed = {
            view: Framed(VIEWS[view].name, VIEWS[view].make(), titled=view is not ViewId.CANVAS)
            for view in views
        }
        for view, framed in self.framed.items():
            FigureMenu(framed, partial(getattr, framed, "view"), VIEWS[view].name)
        self._across, self._down = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        self._side, self._foot = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Horizontal)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._down)
        self._place(views)

    def _place(self, views: list[ViewId]) -> None:
        for splitter in (self._across, self._down, self._side, self._foot):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        self._first, *rest = views
        first = self._first
        alone = len(rest) == 1
        self._across.addWidget(self.framed[first])
        for view in rest:
            self.framed[view].setMinimumSize(LEAST, LEAST)  # or one view would squeeze the others
            (self._foot if view in FOOT and not alone else self._side).addWidget(self.framed[view])
        self._across.addWidget(self._side)
        self._down.addWidget(self._across)
        self._down.addWidget(self._foot)
        high = {ViewId.COMPUTATIONAL_GRAPH, ViewId.LINEAR_COLLAPSE} & set(rest)
        top = TOP_SHARE_OVER_GRAPH if high else TOP_SHARE
        for splitter, share in ((self._across, MAIN_SHARE), (self._down, top)):
            divide(splitter, share)
        for splitter in (self._side, self._foot):
            splitter.setVisible(splitter.count() > 0)
            splitter.setSizes([1000] * splitter.count())

    def views(self) -> list[QWidget]:
        """The views, in the order of the scene."""
        return [framed.view for framed in self.framed.values()]

    def show_views(self, views: Collection[ViewId]) -> None:
        """Show only these views; the others take no room."""
        for view, framed in self.framed.items():
            framed.setVisible(view in views)
        for splitter in (self._side, self._foot):
            splitter.setVisible(
                any(not framed.isHidden() for framed in self.framed.values() if framed.parent() is splitter)
            )
        self._across.setVisible(not self.framed[self._first].isHidden() or not self._side.isHidden())

    def show_theme(self, shown: Theme) -> None:
        """Pass a theme to the titles."""
        for framed in self.framed.values():
            framed.show_theme(shown)


def divide(splitter: QSplitter, share: float) -> None:
    """Give the first of two widgets the fraction ``share`` of the splitter, at any size."""
    for k, part in enumerate((share, 1 - share)):
        splitter.setStretchFactor(k, round(100 * part))
    splitter.setSizes([round(10_000 * share), round(10_000 * (1 - share))])
