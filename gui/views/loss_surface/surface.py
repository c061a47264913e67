"""Loss surface: J over two parameters or directions, with the paths of the runs on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.analysis.loss_surface import Losses, ParameterPlane, room_for, with_valley
from core.arrays import Array
from core.number_style import value_text
from gui.theme.theme import LIGHT, Theme
from gui.views.loss_surface.painter import ProjectedPath
from gui.views.loss_surface.paths import DescentPath, alike, below, plane_of, spanning
from gui.views.loss_surface.plane_form import (
    PlaneChoice,
    PlaneForm,
    name_of,
    rich_name,
    sentence_of_directions,
    sentence_of_weights,
)
from gui.views.loss_surface.sampler import SurfaceSampler, seconds_of
from gui.views.loss_surface.widget import SurfaceWidget
from gui.widgets.buttons import quiet_button
from gui.widgets.drawable import overflowing
from gui.widgets.form import Segments
from gui.widgets.labels import SteadyLine

DEAR_SECONDS = 6e-5  # a pass that takes longer leaves no time to look for the valley
FARTHEST = 20.0  # margins from the start: what flies farther off is not followed
RIM, ROOM = 0.15, 0.4


class SurfaceBoard(QWidget):
    """The loss as contour or height, over two parameters or directions through the theta of one run.

    The paths of all runs whose networks have the same shape are drawn as shadows on it. The surface is
    computed at rest, in slices, and again where another part of the plane is looked at. ``valley``: as
    much is seen at first as has the lowest place in it, if that is near and cheap to find.
    """

    def __init__(self, parent: QWidget | None = None, *, valley: bool = True) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Loss surface"))
        self._valley = valley
        self._theme, self._margin = LIGHT, 1.0
        self.descents: tuple[DescentPath, ...] = ()
        self.plane: ParameterPlane | None = None
        self._losses: Losses | None = None
        self._seconds = 0.0
        self._share: float | None = None
        self._laid: Array = np.empty((0, 0))
        self._fitted = True
        self.picture, self.form, self.surveyor = SurfaceWidget(), PlaneForm(), SurfaceSampler(self)
        self.caption, self.line = QLabel(), SteadyLine()
        self._make_buttons()
        self._arrange()
        self._connect()

    def _make_buttons(self) -> None:
        self.manner = Segments({"contour": self.tr("contour"), "height": self.tr("height")})
        self.manner.setToolTip(self.tr("Bands of equal loss from above, or heights from the side"))
        self.manner.setAccessibleName(self.manner.toolTip())
        self.manner.show_choice("contour")
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
        for widget in (self.fit_button, self.axes, self.logarithmic, self.manner):
            head.addWidget(widget)
        self.caption.setText(self.tr("Loss surface"))
        self.caption.setProperty("look", "strong")
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.line.setProperty("look", "small")
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
        self.manner.chosen.connect(self._show_manner)
        self.logarithmic.toggled.connect(lambda _on: self._show_manner())
        self.fit_button.clicked.connect(self.fit)
        self.picture.fitted.connect(self.fit)
        self.picture.moved.connect(self._moved)
        self.picture.reshaped.connect(lambda: self.fit() if self._fitted else self._survey())
        self.picture.hovered.connect(self._hover)
        self.surveyor.surveyed.connect(self.picture.show_surface)
        self.surveyor.advanced.connect(self._tell_share)

    # -- what is told ------------------------------------------------------------------------------

    def begin(self, descents: Sequence[DescentPath], choice: PlaneChoice, margin: float = 1.0) -> None:
        """Show other networks, over what is chosen; ``margin`` is seen round start and paths."""
        self.descents, self._margin = tuple(descents), margin
        self.form.show_network(self.descents[0].network, [one.name for one in self.descents], choice)
        self._begin()

    def show_descents(self, descents: Sequence[DescentPath], *, resting: bool = True) -> None:
        """Draw the paths as far as they are; at rest the slice goes through the present theta."""
        self.descents = tuple(descents)
        if resting and not np.array_equal(spanning(self.descents, self.form.choice), self._laid):
            self._begin(keep=True)
            return
        self._show_shadows()
        if self._fitted and self._beyond():
            self._grow()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours and the present fonts."""
        self._theme = theme
        self.picture.show_theme(theme)

    # -- the plane ---------------------------------------------------------------------------------

    @overflowing()
    def _begin(self, *, keep: bool = False) -> None:
        """Lay the plane anew; ``keep`` the part looked at where it still holds all paths."""
        shown = self.descents, self.form.choice
        network, dataset = below(*shown).network, below(*shown).dataset
        if self._losses is None or self._losses.network is not network:
            x, y = dataset.x, dataset.targets(network.n[-1])
            self._losses = Losses(network, x[:, dataset.train], y[:, dataset.train])
        self.plane, self._share = plane_of(*shown)
        self._seconds = seconds_of(self._losses, self.plane)
        self._laid = spanning(*shown)
        if not keep:
            self.picture.show_surface(None)
        self._show_words()
        self._show_shadows()
        if keep and (not self._fitted or not self._beyond()) and self.form.choice.kind == "weights":
            self._survey()
        else:
            self.fit()

    @overflowing()
    def _near(self) -> Array:
        """Return the points of all paths that are followed; of those that are lost, where they start."""
        pairs = zip(self.picture.shadows, alike(self.descents, self.form.choice), strict=True)
        points: Array = np.concatenate([path.points[: 1 if one.lost else None] for path, one in pairs])
        start = points[0]
        near = np.abs(points - start).max(axis=1) <= FARTHEST * self._margin
        kept: Array = points[near] if near.any() else start[None]
        return kept

    def _beyond(self) -> bool:
        """Whether a path leaves the part looked at."""
        (left, right), (low, high) = self.picture.ranges
        points = self._near()
        inside = (points >= (left, low)) & (points <= (right, high))
        return not bool(inside.all())

    @overflowing()
    def fit(self) -> None:
        """Look at all paths and, where that is cheap to find, at the lowest place near them."""
        if self._losses is None or self.plane is None:
            return
        points = self._near()
        margin = max(self._margin, RIM * float(np.ptp(points, axis=0).max()))
        searched = self._valley and self._seconds < DEAR_SECONDS
        found = with_valley(self._losses, self.plane, points, margin) if searched else None
        ranges = found or room_for(points, margin)
        self._fitted = True
        self.fit_button.hide()
        self.picture.show_range(ranges)
        self._survey()

    @overflowing()
    def _grow(self) -> None:
        """Look at more of the plane, so much that paths under way do not leave it again at once."""
        points = self._near()
        self.picture.show_range(room_for(points, ROOM * float(np.ptp(points, axis=0).max())))
        self._survey()

    def _moved(self) -> None:
        self._fitted = False
        self.fit_button.show()
        self._survey()

    def _survey(self) -> None:
        if self._losses is not None and self.plane is not None:
            self.surveyor.survey(self._losses, self.plane, self.picture.ranges, self._seconds)

    # -- showing -----------------------------------------------------------------------------------

    def _show_shadows(self) -> None:
        plane = self.plane
        if plane is not None:
            shown = alike(self.descents, self.form.choice)
            self.picture.show_shadows(
                [ProjectedPath(one.name, plane.points(one.thetas), one.colour, one.width) for one in shown]
            )

    def _tell_share(self, share: float) -> None:
        """Tell how far a surface is that takes long."""
        if is_slow(self._losses):
            text = self.tr("Computing the surface: {share} % of its points.")
            self.line.tell("" if share == 1 else text.format(share=int(100 * share)))

    def _show_manner(self, manner: str = "") -> None:
        relief = manner == "height" if manner else self.picture.relief
        self.picture.show_manner(relief=relief, logarithmic=self.logarithmic.isChecked())

    def _show_words(self) -> None:
        choice = self.form.choice
        run = below(self.descents, choice)
        network, weights = run.network, choice.kind == "weights"
        if weights:
            titles = rich_name(network, choice.first), rich_name(network, choice.second)
            sentence = sentence_of_weights(network.parameters - 2, run.name, run.iteration)
        else:
            titles = self.tr("along the first direction"), self.tr("along the second direction")
            sentence = sentence_of_directions(self._share, run.name, run.iteration)
        self.picture.show_titles(titles)
        self.line.show_sentence(sentence)

    def _J(self, point: tuple[float, float]) -> float | None:
        """Return the loss at a point; where a pass is slow that of the surface, None before there is one."""
        surface, place = self.picture.surface, np.array([point])
        if self.plane is None or self._losses is None:
            return None
        if is_slow(self._losses):
            return None if surface is None else float(surface.height(place)[0])
        return float(self._losses.of(self.plane.thetas(place))[0])

    def _hover(self, point: tuple[float, float] | None) -> None:
        """Tell the loss at the point under the pointer, but not while it is told how far the surface is."""
        if self.surveyor.busy and is_slow(self._losses):
            return
        J = None if point is None else self._J(point)
        if point is None or J is None:
            self.line.tell("")
            return
        choice, network = self.form.choice, below(self.descents, self.form.choice).network
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
    """Return whether a pass takes too long to be made at every place the pointer is at."""
    return losses is not None and len(losses.parts) > 1
