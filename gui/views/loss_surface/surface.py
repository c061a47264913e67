"""The loss surface with its form: J over two parameters or directions, with the paths of runs on it."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.analysis.loss_surface import Losses, ParameterPlane, SurfaceSampling, room_for, with_valley
from core.arrays import Array
from core.number_style import value_text
from gui.plots.axes import Ranges
from gui.qt.drawable import overflowing
from gui.qt.later import Later
from gui.text.labels import SteadyLine
from gui.theme.theme import LIGHT, Theme, hide_in_hall
from gui.views.loss_surface.paths import DrawnPath, base_of, of_same_shape, plane_of, spanning
from gui.views.loss_surface.plane_form import (
    PlaneChoice,
    PlaneForm,
    name_of,
    rich_name,
    sentence_of_directions,
    sentence_of_weights,
)
from gui.views.loss_surface.widget import ProjectedPath, SurfaceWidget
from gui.widgets.buttons import quiet_button
from gui.widgets.form import Segments

SLICE_SECONDS = 0.006
PAUSE_MILLISECONDS = 4
WHOLE_SECONDS = 1.2
FINEST, COARSEST = 61, 17


class SurfaceSampler(QObject):
    """Computes the loss on a grid over a rectangle of a plane; a new request replaces the one in progress.

    ``sampled`` carries the surface once it is complete, ``advanced`` before that the fraction that is
    computed. The cheaper a pass is, the finer the grid.
    """

    sampled = Signal(object)
    advanced = Signal(float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sampling: SurfaceSampling | None = None
        self._timer = Later(self)
        self._timer.setInterval(PAUSE_MILLISECONDS)
        self._timer.timeout.connect(self._go)

    @property
    def busy(self) -> bool:
        """Whether a surface is being computed."""
        return self._timer.isActive()

    def sample(self, losses: Losses, plane: ParameterPlane, ranges: Ranges, seconds: float) -> None:
        """Start to compute; one pass takes ``seconds``. A computation in progress is dropped."""
        size = int((WHOLE_SECONDS / max(seconds, 1e-6)) ** 0.5)
        self._sampling = SurfaceSampling(losses, plane, *ranges, min(FINEST, max(COARSEST, size)))
        self._timer.start()

    def stop(self) -> None:
        """Drop the computation in progress."""
        self._timer.stop()

    def _go(self) -> None:
        if self._sampling is None:
            return
        self._sampling.go(SLICE_SECONDS)
        self.advanced.emit(self._sampling.share)
        if self._sampling.complete:
            self._timer.stop()
            self.sampled.emit(self._sampling.surface())


def seconds_of(losses: Losses, plane: ParameterPlane) -> float:
    """Return the shortest of three timings of a pass over all samples, in seconds."""
    taken = []
    for _ in range(3):
        begun = perf_counter()
        losses.parts[0].sums(plane.origin[None])
        taken.append(perf_counter() - begun)
    return min(taken) * len(losses.parts)


# -- the surface with the form of its plane --------------------------------------------------------------


DEAR_SECONDS = 6e-5  # a pass that takes longer leaves no time to search for the minimum
FARTHEST = 20.0  # in margins from the start; paths that go farther are not followed
RIM, ROOM = 0.15, 0.4


class SurfaceBoard(QWidget):
    """The loss as contours or relief, over two parameters or directions through the theta of one run.

    The paths of all runs whose networks have the same shape are projected onto it. The surface is computed in
    slices while nothing runs, and again if another part of the plane is shown. ``valley``: the part shown at
    first includes the minimum, if that is near and cheap to find.
    """

    def __init__(self, parent: QWidget | None = None, *, valley: bool = True) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Loss surface"))
        self._valley = valley
        self._theme, self._margin = LIGHT, 1.0
        self.paths: tuple[DrawnPath, ...] = ()
        self.plane: ParameterPlane | None = None
        self._losses: Losses | None = None
        self._seconds = 0.0
        self._share: float | None = None
        self._spanned: Array = np.empty((0, 0))
        self._fitted = True
        self.picture, self.form, self.sampler = SurfaceWidget(), PlaneForm(), SurfaceSampler(self)
        self.caption, self.line = QLabel(), SteadyLine()
        self._make_buttons()
        self._arrange()
        self._connect()

    def _make_buttons(self) -> None:
        tip = self.tr("Bands of equal loss from above, or heights from the side")
        self.mode = Segments({"contour": self.tr("contour"), "height": self.tr("height")}, tip, tip)
        self.mode.show_choice("contour")
        self.logarithmic = quiet_button(
            self.tr("log"), self.tr("Space the bands by the logarithm of J"), checkable=True
        )
        self.logarithmic.setChecked(True)
        self.axes = quiet_button(
            self.tr("Axes"), self.tr("Choose the parameters or directions, and θ"), checkable=True
        )
        self.fit_button = quiet_button(self.tr("Fit"), self.tr("Show all paths (double click, or 0)"))
        self.picture.setAccessibleName(self.tr("Loss over the plane, with the paths of the runs"))
        self.picture.setToolTip(self.tr("Drag to move or turn, wheel to look closer, double click to fit"))

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.caption, 1)
        for widget in (self.fit_button, self.axes, self.logarithmic, self.mode):
            head.addWidget(widget)
        self.caption.setText(self.tr("Loss surface"))
        self.caption.setProperty("look", "strong")
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.form)
        column.addWidget(self.picture, 1)
        column.addWidget(self.line)
        self.form.hide()
        self.fit_button.hide()

    def _connect(self) -> None:
        self.axes.toggled.connect(self.form.setVisible)
        self.form.changed.connect(lambda _choice: self._begin())
        self.mode.chosen.connect(self._show_mode)
        self.logarithmic.toggled.connect(lambda _on: self._show_mode())
        self.fit_button.clicked.connect(self.fit)
        self.picture.fitted.connect(self.fit)
        self.picture.moved.connect(self._moved)
        self.picture.reshaped.connect(lambda: self.fit() if self._fitted else self._compute())
        self.picture.hovered.connect(self._hover)
        self.sampler.sampled.connect(self.picture.show_surface)
        self.sampler.advanced.connect(self._tell_share)

    # -- contents ----------------------------------------------------------------------------------

    def begin(self, paths: Sequence[DrawnPath], choice: PlaneChoice, margin: float = 1.0) -> None:
        """Show other networks over a chosen plane, with ``margin`` around the start and the paths."""
        self.paths, self._margin = tuple(paths), margin
        self.form.show_network(self.paths[0].network, [one.name for one in self.paths], choice)
        self._begin()

    def show_paths(self, paths: Sequence[DrawnPath], *, resting: bool = True) -> None:
        """Draw the present paths; if ``resting``, the plane is moved to go through the present theta."""
        self.paths = tuple(paths)
        if resting and not np.array_equal(spanning(self.paths, self.form.choice), self._spanned):
            self._begin(keep=True)
            return
        self._show_paths()
        if self._fitted and self._leaves():
            self._grow()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours and the present fonts."""
        self._theme = theme
        hide_in_hall(self.axes, self.logarithmic, self.mode, self.line)
        self.picture.show_theme(theme)

    # -- the plane ---------------------------------------------------------------------------------

    @overflowing()
    def _begin(self, *, keep: bool = False) -> None:
        """Set up the plane; ``keep``: the visible part stays if it still contains all paths."""
        shown = self.paths, self.form.choice
        network, dataset = base_of(*shown).network, base_of(*shown).dataset
        if self._losses is None or self._losses.network is not network:
            x, y = dataset.x, dataset.targets(network.n[-1])
            self._losses = Losses(network, x[:, dataset.train], y[:, dataset.train])
        self.plane, self._share = plane_of(*shown)
        self._seconds = seconds_of(self._losses, self.plane)
        self._spanned = spanning(*shown)
        if not keep:
            self.picture.show_surface(None)
        self._show_words()
        self._show_paths()
        if keep and (not self._fitted or not self._leaves()) and self.form.choice.kind == "weights":
            self._compute()
        else:
            self.fit()

    @overflowing()
    def _followed(self) -> Array:
        """Return the points of all paths that the view follows; of a lost path its start only."""
        pairs = zip(self.picture.paths, of_same_shape(self.paths, self.form.choice), strict=True)
        points: Array = np.concatenate([path.points[: 1 if one.lost else None] for path, one in pairs])
        start = points[0]
        near = np.abs(points - start).max(axis=1) <= FARTHEST * self._margin
        kept: Array = points[near] if near.any() else start[None]
        return kept

    def _leaves(self) -> bool:
        """Whether a path leaves the visible part."""
        (left, right), (low, high) = self.picture.ranges
        points = self._followed()
        inside = (points >= (left, low)) & (points <= (right, high))
        return not bool(inside.all())

    @overflowing()
    def fit(self) -> None:
        """Show all paths and, if that is cheap to find, the minimum near them."""
        if self._losses is None or self.plane is None:
            return
        points = self._followed()
        margin = max(self._margin, RIM * float(np.ptp(points, axis=0).max()))
        searched = self._valley and self._seconds < DEAR_SECONDS
        found = with_valley(self._losses, self.plane, points, margin) if searched else None
        ranges = found or room_for(points, margin)
        self._fitted = True
        self.fit_button.hide()
        self.picture.show_range(ranges)
        self._compute()

    @overflowing()
    def _grow(self) -> None:
        """Show more of the plane, with room for the paths to continue."""
        points = self._followed()
        self.picture.show_range(room_for(points, ROOM * float(np.ptp(points, axis=0).max())))
        self._compute()

    def _moved(self) -> None:
        self._fitted = False
        self.fit_button.show()
        self._compute()

    def _compute(self) -> None:
        if self._losses is not None and self.plane is not None:
            self.sampler.sample(self._losses, self.plane, self.picture.ranges, self._seconds)

    # -- drawing -----------------------------------------------------------------------------------

    def _show_paths(self) -> None:
        plane = self.plane
        if plane is not None:
            shown = of_same_shape(self.paths, self.form.choice)
            self.picture.show_paths(
                [ProjectedPath(one.name, one.path.points(plane), one.colour, one.width) for one in shown]
            )

    def _tell_share(self, share: float) -> None:
        """Show the progress of a surface that takes long."""
        if is_slow(self._losses):
            text = self.tr("Computing the surface: {share} % of its points.")
            self.line.tell("" if share == 1 else text.format(share=int(100 * share)))

    def _show_mode(self, mode: str = "") -> None:
        relief = mode == "height" if mode else self.picture.relief
        self.picture.show_mode(relief=relief, logarithmic=self.logarithmic.isChecked())

    def _show_words(self) -> None:
        choice = self.form.choice
        run = base_of(self.paths, choice)
        network, weights = run.network, choice.kind == "weights"
        if weights:
            titles = rich_name(network, choice.first), rich_name(network, choice.second)
            sentence = sentence_of_weights(network.parameters - 2, run.name, run.path.newest)
        else:
            titles = self.tr("along the first direction"), self.tr("along the second direction")
            sentence = sentence_of_directions(self._share, run.name, run.path.newest)
        self.picture.show_titles(titles)
        self.line.show_sentence(sentence)

    def _J(self, point: tuple[float, float]) -> float | None:
        """Return J at a point, interpolated if a pass is slow; None before there is a surface."""
        surface, place = self.picture.surface, np.array([point])
        if self.plane is None or self._losses is None:
            return None
        if is_slow(self._losses):
            return None if surface is None else float(surface.height(place)[0])
        return float(self._losses.of(self.plane.thetas(place))[0])

    def _hover(self, point: tuple[float, float] | None) -> None:
        """Show J at the point under the mouse, unless the progress of the surface is shown."""
        if self.sampler.busy and is_slow(self._losses):
            return
        J = None if point is None else self._J(point)
        if point is None or J is None:
            self.line.tell("")
            return
        choice, network = self.form.choice, base_of(self.paths, self.form.choice).network
        names = name_of(network, choice.first), name_of(network, choice.second)
        weights = choice.kind == "weights"
        words = (
            self.tr("{first} = {u}, {second} = {v}: J = {J}")
            if weights
            else self.tr("at ({u}, {v}): J = {J}")
        )
        u, v = value_text(point[0]), value_text(point[1])
        self.line.tell(words.format(first=names[0], second=names[1], u=u, v=v, J=value_text(J)))


def is_slow(losses: Losses | None) -> bool:
    """Return whether a pass takes too long to be made at every position of the mouse."""
    return losses is not None and len(losses.parts) > 1
