"""The mode for drawing points on the decision boundary, as edits of the user's own table."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from core.data.datasets import OWN_TABLE, Dataset
from core.data.drawn_points import (
    MOST_POINTS,
    DrawnPoints,
    can_draw,
    first_points,
    is_drawable,
    is_planar,
    points_of,
    table_of,
    table_with,
)
from core.data.table import Table
from core.nn.design import Data, Design
from core.number_style import count_text
from gui.qt.typed_signal import TypedSignal
from gui.theme.theme import Theme
from gui.views.decision_boundary.draw_bar import DrawBar, DrawFoot
from gui.views.decision_boundary.strokes import Strokes
from gui.views.decision_boundary.widget import OutputMapWidget


class DrawMode(QObject):
    """Shows tools around a plane and turns each stroke into one edit of the design.

    Signals: ``edited`` carries a design whose table has other points, and the text of the undo step;
    ``points_changed`` the points to be shown, ``message`` a sentence on a stroke; ``left`` requests to leave
    the mode.
    """

    edited = TypedSignal[Design, str]()
    points_changed = TypedSignal[DrawnPoints]()
    left = Signal()
    message = Signal(str)

    def __init__(self, plane: OutputMapWidget) -> None:
        super().__init__(plane)
        self.bar, self.foot = DrawBar(), DrawFoot()
        self.strokes = Strokes(plane, self.bar, self.foot)
        self._plane = plane
        self._design: Design | None = None
        self._dataset: Dataset | None = None
        self._classes: tuple[str, ...] = ()
        self.active = False
        for widget in (self.bar, self.foot):
            widget.hide()
        self.strokes.changed.connect(self._show_points)
        self.strokes.finished.connect(self._finish)
        self.strokes.left.connect(self.left)
        self.bar.changed.connect(self._name_class)
        self.bar.class_added.connect(self._add_class)
        self.foot.cleared.connect(self._clear)

    @property
    def points(self) -> DrawnPoints | None:
        """The points that are shown while they are drawn."""
        return self.strokes.points

    def show_data(self, design: Design | None, dataset: Dataset | None) -> None:
        """Set the design whose data are drawn, and its samples when they were last valid.

        A stroke on other data is discarded.
        """
        same = dataset is self._dataset and _data_of(design) == _data_of(self._design)
        self._design, self._dataset = design, dataset
        if not self.active or (same and self.strokes.stroke is not None):
            return
        if self.obstacle():
            self.left.emit()
        else:
            self._take_points()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.bar.show_theme(theme)
        self.strokes.show_theme(theme)
        self._show_points()

    def obstacle(self) -> str:
        """Return a sentence on why no points can be drawn on the present data; empty if they can."""
        if self._design is None or self._dataset is None:
            return self.tr("There are no data yet.")
        if self._own_table() is not None or can_draw(self._dataset):
            return ""
        if self._dataset.image_shape is not None:
            return self.tr("These samples are images: draw one on the digit pad (View › Panels).")
        if is_planar(self._dataset):
            return self.tr("The data have more than {most} points, too many to be drawn.").format(
                most=count_text(MOST_POINTS)
            )
        return self.tr("Points can be drawn where samples have two coordinates and one target.")

    def replace_data(self) -> None:
        """Request two points in place of data that are not points of a plane, so that more can be drawn."""
        design, dataset = self._design, self._dataset
        if design is None or dataset is None or dataset.image_shape is not None:
            return
        if not is_planar(dataset):
            table = first_points(self.tr("drawn"))
            data = replace(design.data, source=OWN_TABLE.name, table=table, features=())
            self.edited.emit(replace(design, data=data), self.tr("Points to begin with"))

    def begin(self) -> None:
        """Show the tools, and let them handle mouse and keys."""
        self.active, self._classes = True, ()
        self._take_points()
        for widget in (self.bar, self.foot):
            widget.show()
        self._plane.setFocus()

    def end(self) -> None:
        """Hide the tools."""
        self.active = False
        self.strokes.end()
        for widget in (self.bar, self.foot):
            widget.hide()

    # -- points ------------------------------------------------------------------------------------

    def _own_table(self) -> Table | None:
        """Return the table of the design if its samples are points of a plane."""
        data = _data_of(self._design)
        if data is None or data.source != OWN_TABLE.name or data.table is None:
            return None
        return data.table if is_drawable(data.table) else None

    def _table(self) -> Table:
        """Return the table that strokes edit: that of the design, or one converted from its samples."""
        table = self._own_table()
        assert self._dataset is not None
        return table if table is not None else table_of(self._dataset, self.tr("drawn"))

    def _take_points(self) -> None:
        points = points_of(self._table(), self._classes)
        self._classes = points.class_names
        self.strokes.begin(points)
        self._show_points()

    def _show_points(self) -> None:
        points = self.points
        if points is not None:
            self.bar.show_points(points)
            self._name_class()
            self.points_changed.emit(points)

    def _name_class(self) -> None:
        names = self._classes
        self.foot.show_class(names[int(self.bar.label)] if names else "")

    def _add_class(self, name: str) -> None:
        """Add another class, and select it for drawing."""
        if self.points is not None:
            self._classes = (*self._classes, name)
            self.strokes.begin(self.points.with_class(name))
            self._show_points()
            self.bar.choose_label(len(self._classes) - 1)
            self.bar.choose_tool("brush")

    def _clear(self, everything: bool) -> None:
        points = self.points
        if points is not None:
            gone = np.arange(len(points)) if everything else np.flatnonzero(points.labels == self.bar.label)
            if gone.size:
                self._finish(points.without(gone), "erase", gone.size)

    def _finish(self, points: DrawnPoints, tool: str, count: int) -> None:
        """Turn a stroke into an edit of the design."""
        assert self._design is not None
        one, more = {
            "move": (self.tr("Move a point"), self.tr("Move {count} points")),
            "recolour": (self.tr("Recolour a point"), self.tr("Recolour {count} points")),
            "erase": (self.tr("Erase a point"), self.tr("Erase {count} points")),
        }.get(tool, (self.tr("Draw a point"), self.tr("Draw {count} points")))
        text = one if count == 1 else more.format(count=count)
        data = replace(self._design.data, source=OWN_TABLE.name, table=table_with(self._table(), points))
        self.edited.emit(replace(self._design, data=data), text)
        if tool in ("point", "brush") and points.class_names:
            said = self.tr("Points of class {name}: {count} more. The data have {all} points now.")
            name = points.class_names[int(self.bar.label)]
            self.message.emit(said.format(count=count, name=name, all=f"{len(points):,}"))


def _data_of(design: Design | None) -> Data | None:
    return None if design is None else design.data
