"""A view of the network's output over its inputs, with the samples on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from core.analysis.activation_map import InputPlane, PlaneMap, plane_of
from core.analysis.metrics import confusion_counts
from core.analysis.sample_losses import SampleLosses
from core.arrays import Array
from core.data.datasets import Dataset
from core.data.drawn_points import DrawnPoints
from core.nn.curves import Curves
from core.nn.design import Design, Problem
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from core.nn.trainer import Snapshot
from gui.layout.lazy_view import LazyView
from gui.passes.losses_in_slices import LossesInSlices
from gui.plots.confusion_matrix import ConfusionMatrix
from gui.plots.output_map import (
    borders,
    classes_of,
    contour,
    discretized,
    diverging_image,
    is_curve_of_outputs,
    lit,
    regions_image,
    scores,
    sentence_at,
    sentence_of,
    softened,
    telling_pair,
    title_of,
)
from gui.plots.sample_menu import open_sample_menu
from gui.plots.scatter import class_colours
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.selection import PlaneLook, Selection
from gui.text.description import Description
from gui.text.labels import SteadyLine
from gui.theme.theme import LIGHT, Theme, diverging, hide_in_hall, in_hall
from gui.views.decision_boundary.drawing import DrawMode
from gui.views.decision_boundary.widget import OutputMapWidget
from gui.widgets.form import FocusedComboBox

FINEST, COARSEST = 100, 32
RUNNING = 0.5  # the resolution while training runs, as a fraction of that at rest
WORK = 2e7  # multiplications per picture, which take a few milliseconds
HEAD_GAP, ARROW, ROWS_FOR_NOTE = 4, 30, 18


@guarded_overrides
class BoundaryView(LazyView):
    """The plane of two inputs in the colours of the output, or for a single input the curve of the output.

    If there are more inputs, two of them are chosen and the others are fixed at their mean. Training samples
    are filled, test samples hollow; those of the present batch have rings. The window title names what is
    shown. ``plane_requested`` carries the two features when the user chooses them, ``plane_look_requested``
    how the plane is to be shown. While points are drawn, the plane is square and its ranges are fixed.
    """

    select_requested = TypedSignal[Selection]()
    plane_requested = TypedSignal[tuple[int, int] | None]()
    update_requested = TypedSignal[int]()
    plane_look_requested = TypedSignal[PlaneLook]()
    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()
    message = TypedSignal[str]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Decision boundary"))
        self._network: Network | None = None
        self._design: Design | None = None
        self._look, self._ends = PlaneLook(), (0.0, 0.0, 0.0)
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._losses = LossesInSlices(self)
        self._losses.known.connect(self._count)
        self._plane: InputPlane | None = None
        self._map: PlaneMap | None = None
        self._coarse: PlaneMap | None = None
        self._axes = (0, 1)
        self._theme = LIGHT
        self._table = softened(diverging(LIGHT))
        self._drawn: object = None
        self._scores_hidden = False
        self._span = (0.0, 1.0)
        self._hovering = False
        self._make_widgets()
        self._arrange()
        self.setWindowTitle(title_of(self._dataset))

    def _make_widgets(self) -> None:
        self.plane = self.figure = OutputMapWidget()
        self.plane.setAccessibleName(self.tr("Samples over the output of the network"))
        self.plane.setToolTip(self.tr("Click a sample to follow it through the network (← →)."))
        self._description = Description(self.plane, self._described)
        self.plane.hovered.connect(self._hover)
        self.plane.picked.connect(lambda k: self.select_requested.emit(Selection(sample=k)))
        self.plane.menu_asked.connect(self._open_menu)
        names = self.tr("Feature to the right"), self.tr("Feature upwards")
        self.pickers = tuple(FocusedComboBox(name, name) for name in names)
        for picker in self.pickers:
            picker.activated.connect(self._pick_axes)
        self.note = QLabel(self.tr("The other features are at their mean."))
        self.note.setProperty("look", "small")
        self.note.setWordWrap(True)
        self.line = SteadyLine()
        self._make_matrix()
        self._make_looks()
        self.draw_mode = DrawMode(self.plane)
        self.draw_mode.edited.connect(lambda design, text: self.edit_requested.emit(design, text, None))
        self.draw_mode.points_changed.connect(self._show_drawn)
        self.draw_mode.message.connect(self.message.emit)
        self.draw_mode.left.connect(lambda: self._ask_look(drawing=False))

    def _make_looks(self) -> None:
        """Create the button whose menu switches how the plane is shown."""
        self.looks, menu = QToolButton(), QMenu(self)
        self.looks.setText("⋯")
        self.looks.setToolTip(self.tr("Test samples, discretized output, drawing points"))
        self.looks.setAccessibleName(self.looks.toolTip())
        self.looks.setProperty("look", "quiet")
        self.looks.setStyleSheet("padding: 0 3px;")
        self.looks.setMenu(menu)
        self.looks.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        texts = {
            "test": self.tr("Show test samples"),
            "discretized": self.tr("Discretize output"),
            "drawing": self.tr("Draw points"),
        }
        self.look_actions = {name: QAction(text, self, checkable=True) for name, text in texts.items()}
        for name, action in self.look_actions.items():
            action.triggered.connect(lambda on, name=name: self._ask_look(**{name: on}))
            menu.addAction(action)
        self._check_looks()

    def _check_looks(self) -> None:
        for name, action in self.look_actions.items():
            action.setChecked(getattr(self._look, name))

    def _make_matrix(self) -> None:
        """Create the confusion matrix that can replace the plane, and the button that shows it."""
        self.matrix, self.as_matrix = ConfusionMatrix(), QToolButton()
        self.matrix.hide()
        self.as_matrix.setText(self.tr("Matrix"))
        tip = self.tr("Confusion matrix: how many samples of each class are taken for which")
        self.as_matrix.setToolTip(tip)
        self.as_matrix.setAccessibleName(tip)
        self.as_matrix.setCheckable(True)
        self.as_matrix.setProperty("look", "quiet")
        self.as_matrix.toggled.connect(self._switch)

    def _arrange(self) -> None:
        self.head = QWidget()
        row = self._head_row = QHBoxLayout(self.head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HEAD_GAP)
        for picker in self.pickers[::-1]:
            row.addWidget(picker, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(3)
        column.addWidget(self.draw_mode.bar)
        column.addWidget(self.head)
        column.addWidget(self.note)
        corner = QHBoxLayout(self.plane)  # beside the titles of the axes
        corner.setContentsMargins(0, 0, 0, 0)
        corner.addWidget(self.looks, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        column.addWidget(self.plane, 1)
        column.addWidget(self.matrix, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.line, 1)
        foot.addWidget(self.as_matrix)
        column.addLayout(foot)
        column.addWidget(self.draw_mode.foot)
        self.head.hide()
        self.note.hide()

    # -- contents ----------------------------------------------------------------------------------

    def show_design(self, design: Design, _problems: Sequence[Problem]) -> None:
        """Set the design whose data are drawn."""
        self._design = design
        self.draw_mode.show_data(design, self._dataset)

    def show_plane_look(self, look: PlaneLook) -> None:
        """Show the plane with or without test samples, discretized, or to draw points on."""
        begins = look.drawing and not self.draw_mode.active
        if begins and self.draw_mode.obstacle():
            self.draw_mode.replace_data()
        if begins and (why := self.draw_mode.obstacle()):
            self.message.emit(why)
            self._ask_look(drawing=False)
            return
        self._look = look
        self._check_looks()
        self.plane.show_test(look.test)
        if look.drawing != self.draw_mode.active:
            self._switch_drawing(look.drawing)
        self.draw_if_seen()

    def _ask_look(self, **changes: bool) -> None:
        self._check_looks()
        self.plane_look_requested.emit(replace(self._look, **changes))

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Show another network or other data."""
        new_data = dataset is not self._dataset
        self._losses.forget()
        self._network, self._dataset, self._snapshot = network, dataset, None
        if new_data:
            self._axes = telling_pair(dataset)
            self._fill_pickers(dataset)
            self.plane.show_selected(-1)
            self._show_tools()
            self.as_matrix.setChecked(self.as_matrix.isChecked() and classes_of(dataset) > 0)
        if not self.as_matrix.isChecked():
            self._name()
        self._make_plane()
        self.draw_mode.show_data(self._design, dataset)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the outputs of the present parameters, which a step inside a pass does not change."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_numbers(self, snapshot: Snapshot) -> None:
        """Show the scores while a run is active, and draw the matrix; the picture of the plane stays."""
        self._snapshot = snapshot
        if self.as_matrix.isChecked():
            self.draw_if_seen()
        else:
            self._show_scores()

    def show_picture(self, snapshot: Snapshot, _curves: Curves) -> None:
        """Draw the outputs while a run is active; the texts stay."""
        if self._snapshot is not None and self.isVisible() and not self.as_matrix.isChecked():
            self._draw_plane(snapshot, self._coarse)

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected sample."""
        if self._look.drawing:
            return
        self.plane.show_selected(-1 if selection.column is None else selection.column)

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme, self._table = theme, softened(diverging(theme))
        self._show_tools()
        self.plane.show_theme(theme)
        self.matrix.show_theme(theme)
        self.draw_mode.show_theme(theme)
        self.draw_if_seen()

    def _show_tools(self) -> None:
        """Show the buttons; in presentation mode none, and the line below only if it has scores."""
        classes = self._dataset is not None and classes_of(self._dataset) > 0
        hide_in_hall(self.looks)
        self.as_matrix.setVisible(classes and not in_hall())
        self.line.setVisible(classes or not in_hall())

    # -- the plane ---------------------------------------------------------------------------------

    @property
    def axes(self) -> tuple[int, int]:
        """The features on the horizontal and on the vertical axis."""
        return self._axes

    def _fill_pickers(self, dataset: Dataset) -> None:
        self._show_head(dataset.dimensions > 2 and not self.as_matrix.isChecked())
        for picker, feature in zip(self.pickers, self._axes, strict=True):
            picker.clear()
            picker.addItems(list(dataset.coordinate_names))
            picker.setCurrentIndex(feature)

    def _show_head(self, shown: bool) -> None:
        """Show the choice of features: side by side, or one below the other if the names are long."""
        self.head.setVisible(shown)
        metrics, picker = self.pickers[0].fontMetrics(), self.pickers[0]
        names = (picker.itemText(k) for k in range(picker.count()))
        widest = max(map(metrics.horizontalAdvance, names), default=0) + ARROW
        beside = self.width() >= 2 * widest + 3 * HEAD_GAP
        across = QBoxLayout.Direction.LeftToRight
        self._head_row.setDirection(across if beside else QBoxLayout.Direction.TopToBottom)
        rows = self.height() / self.fontMetrics().lineSpacing()
        self.note.setVisible(shown and rows >= ROWS_FOR_NOTE)
        self.head.setToolTip("" if self.note.isVisible() else self.note.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_head(not self.head.isHidden())

    def _switch(self, as_matrix: bool) -> None:
        """Show the confusion matrix instead of the plane, or the plane again."""
        self.plane.setVisible(not as_matrix)
        self.matrix.setVisible(as_matrix)
        many = self._dataset is not None and self._dataset.dimensions > 2
        self._show_head(many and not as_matrix)
        self._name()
        self.draw_if_seen()

    def _name(self) -> None:
        """Set the title according to what is shown."""
        title = self.tr("Confusion matrix") if self.as_matrix.isChecked() else title_of(self._dataset)
        drawing = self.tr("{title}: drawing").format(title=title)
        self.setWindowTitle(drawing if self._look.drawing else title)

    # -- drawing points ----------------------------------------------------------------------------

    def _switch_drawing(self, drawing: bool) -> None:
        """Begin or end drawing points on the plane, whose ranges are fixed meanwhile."""
        self.as_matrix.setChecked(False)
        self.as_matrix.setEnabled(not drawing)
        self.plane.show_square(drawing)
        if drawing and self._dataset is not None:
            x = self._dataset.coordinates
            middle, reach = (x.max(axis=1) + x.min(axis=1)) / 2, float(np.ptp(x, axis=1).max()) / 2 or 1.0
            self._ends = *middle.tolist(), 1.1 * reach
            self.draw_mode.begin()
        else:
            self.draw_mode.end()
        self._name()
        self._make_plane()

    def _show_drawn(self, points: DrawnPoints) -> None:
        """Show the points as they are drawn, over the network's output for the samples it has."""
        self.plane.show_points(points.shown(), points.xy)

    def _count(self, snapshot: Snapshot, found: SampleLosses) -> None:
        """Count the test samples by class and prediction, or the training samples if there are none."""
        dataset = snapshot.dataset
        if found.decided is not None:
            samples = dataset.test if dataset.test.size else dataset.train
            pairs = dataset.labels[samples], found.decided[samples]
            self.matrix.show_counts(confusion_counts(*pairs, len(dataset.class_names)), dataset.class_names)

    def _open_menu(self, sample: int, at: QPoint) -> None:
        """Open the menu of a sample, which is selected first."""
        self.select_requested.emit(Selection(sample=sample))
        dataset = self._dataset
        if dataset is not None:
            number, trains = dataset.number_of(sample), sample in dataset.train
            open_sample_menu(self, at, sample, number, self.update_requested.emit, trains=trains)

    def _pick_axes(self) -> None:
        """Use the chosen pair of features; if both are the same, they swap places."""
        x, y = (picker.currentIndex() for picker in self.pickers)
        self._axes = (x, y) if x != y else self._axes[::-1]
        for picker, feature in zip(self.pickers, self._axes, strict=True):
            picker.setCurrentIndex(feature)
        self._make_plane()
        self.plane_requested.emit(self._axes)

    def _make_plane(self) -> None:
        network, dataset = self._network, self._dataset
        if network is None or dataset is None:
            return
        plane = plane_of(dataset, self._axes)
        if self._look.drawing:
            x_middle, y_middle, reach = self._ends
            ends = (x_middle - reach, x_middle + reach), (y_middle - reach, y_middle + reach)
            plane = replace(plane, x_range=ends[0], y_range=ends[1])
        y = dataset.targets(network.n[-1])
        names = dataset.coordinate_names
        if is_curve_of_outputs(dataset):
            points, (x_ends, y_range) = y.T, (_with_rim(row) for row in y)
            first, second = dataset.target_names or ("y₁", "y₂")
            titles, columns, rows = (first, second), 3 * FINEST, 1
        elif dataset.dimensions == 1:
            points, y_range = np.column_stack([dataset.x[0], y[0]]), _with_rim(y)
            titles, columns, rows = (names[0], self.tr("output")), 3 * FINEST, 1
        else:
            points, y_range = dataset.coordinates[list(plane.axes)].T, plane.y_range
            titles = (names[plane.axes[0]], names[plane.axes[1]])
            columns = rows = int(np.clip((WORK / network.parameters) ** 0.5, COARSEST, FINEST))
        x_range = x_ends if is_curve_of_outputs(dataset) else plane.x_range
        self.plane.show_square(self._look.drawing or is_curve_of_outputs(dataset))
        self._plane, self._map = plane, PlaneMap(network, plane, columns, rows)
        fewer = (max(COARSEST, round(RUNNING * count)) if count > 1 else 1 for count in (columns, rows))
        self._coarse = PlaneMap(network, plane, *fewer)
        classes = dataset.task == "classes"
        self._span = (dataset.negative, 1.0) if classes else (float(y.min()), float(y.max()))
        self.plane.show_samples(dataset, points, (x_range, y_range), titles)
        if self.draw_mode.points is not None:
            self._show_drawn(self.draw_mode.points)
        self.draw_if_seen()

    def draw(self) -> None:
        if self._map is None or self._snapshot is None or self._dataset is None or self._plane is None:
            return
        if self.as_matrix.isChecked():
            self._losses.want(self._snapshot)
        else:
            self._draw_plane(self._snapshot, self._map)
        self._show_scores()

    def _draw_plane(self, snapshot: Snapshot, plane_map: PlaneMap | None) -> None:
        """Draw the outputs at the points of a map of the plane, and the samples of the batch."""
        if plane_map is None or self._dataset is None or self._plane is None:
            return
        if not self._look.drawing:  # samples move while they are drawn
            self.plane.show_batch(lit(snapshot, self._dataset))
        drawn = plane_map, self._theme, self._look, snapshot.shown_theta.tobytes()
        if drawn == self._drawn:  # only the batch differs
            return
        self._drawn = drawn
        o, classes = plane_map.activities(snapshot.shown_theta)[-1], classes_of(self._dataset)
        if is_curve_of_outputs(self._dataset) and len(o) == 2:
            x = np.linspace(*self._plane.x_range, o.shape[2])
            given = (x >= self._dataset.x[0].min()) & (x <= self._dataset.x[0].max())
            self.plane.show_lines([o[:, 0, given].T])
        elif self._dataset.dimensions == 1:
            x = np.linspace(*self._plane.x_range, o.shape[2])
            self.plane.show_lines([np.column_stack([x, row]) for row in o[:, 0]])
        elif classes > 2:
            colours = class_colours(self._theme, classes)
            image = regions_image(o, colours, self._theme, discretized=self._look.discretized)
            self.plane.show_picture(image, borders(o))
        else:
            values = o[-1] if classes else o[0]
            lines = contour(values, self._dataset.threshold) if classes else np.empty((0, 4))
            if self._look.discretized:
                values = discretized(values, *self._span)
            self.plane.show_picture(diverging_image(values, *self._span, self._table), lines)

    # -- texts -------------------------------------------------------------------------------------

    def hide_scores(self, hidden: bool) -> None:
        """Hide loss and accuracy below the picture, or show them again."""
        self._scores_hidden = hidden
        self._show_scores()

    def _show_scores(self) -> None:
        self._description.changed()
        if self._snapshot is not None and not self._hovering:
            self.line.show_sentence("" if self._scores_hidden else scores(self._snapshot))

    def _described(self) -> str:
        """Return a description of the picture for screen readers."""
        if self._snapshot is None or self._dataset is None:
            return ""
        names = [self._dataset.coordinate_names[k] for k in self._axes[: self._dataset.dimensions]]
        told = self.tr("Output of the network over {features} after {t} iterations. {scores}")
        said = "" if self._scores_hidden else scores(self._snapshot)
        features = self.tr("{first} and {second}").format(first=names[0], second=names[-1])
        over = features if len(names) > 1 else names[0]
        return told.format(features=over, t=f"{self._snapshot.iteration:,}", scores=said)

    def _hover(self, point: tuple[float, float] | None, sample: int) -> None:
        """Show a text on the point or the sample under the mouse, and the network's output there."""
        self._hovering = point is not None
        if point is None or self._network is None or self._plane is None or self._snapshot is None:
            self._show_scores()
            return
        assert self._dataset is not None
        theta = self._snapshot.shown_theta
        if sample < 0 and is_curve_of_outputs(self._dataset):
            self._show_scores()
        elif sample >= 0:
            self.line.tell(sentence_of(self._network, theta, self._dataset, sample))
        else:
            self.line.tell(sentence_at(self._network, theta, self._dataset, self._plane, point))


def _with_rim(values: Array) -> tuple[float, float]:
    """Return a range of an axis in which all values fit."""
    low, high = float(values.min()), float(values.max())
    rim = 0.12 * ((high - low) or 1.0)
    return low - rim, high + rim
