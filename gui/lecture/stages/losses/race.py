"""The race of straight lines: each minimizes another loss, and one point can be dragged away."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.language import tr
from core.lecture.loss_race import LineRace
from core.lecture.subjects import Race
from core.nn.trainer import Diverged
from core.number_style import HIDDEN, slide_text
from gui.lecture.stages.losses.plots import STYLES
from gui.lecture.stages.losses.text import COLOURS, short_name
from gui.lecture.stages.shared.worked_line import Row, WorkedCalculation
from gui.plots.draggable_points import HandledPlot, around
from gui.theme.theme import Theme, sized

LAP, FRAME_MILLISECONDS, UPDATES_A_FRAME = 4000, 16, 8


class RacePlot(HandledPlot):
    """The points, the outlier to drag, and the lines."""

    ways = "both"

    def __init__(self) -> None:
        super().__init__(tr("Points and the lines fitted to them"), tr("x"), tr("y"))
        self.setToolTip(tr("Drag the outlier, or move it with the arrow keys (Ctrl: finer)"))
        self.race: LineRace | None = None
        self.veiled = False

    def show_race(self, race: LineRace) -> None:
        """Show the points and the lines."""
        self.race = race
        outlier = race.race.outlier
        self.handles = [(race.race.x[outlier], race.race.y[outlier])]
        if self.grabbed is None:
            self.fit()
        self.update()

    def fit(self) -> None:
        """Set the ranges around the points."""
        if self.race is not None:
            self.x_range = around(np.array(self.race.race.x))
            self.y_range = around(np.array(self.race.race.y), least=3.0)

    def paint_curves(self, painter: QPainter) -> None:
        if self.race is None or self.veiled:
            return
        x = np.array(self.x_range)
        for k, (w, b) in enumerate(self.race.lines):
            colour = getattr(self.theme, COLOURS[k])
            self.paint_curve(painter, x, w * x + b, colour, 3, STYLES[k])

    def paint_over(self, painter: QPainter) -> None:
        if self.race is None:
            return
        points, outlier = self.race.race, self.race.race.outlier
        for k, (x, y) in enumerate(zip(points.x, points.y, strict=True)):
            if k != outlier:
                self.paint_dot(painter, x, y, self.theme.text, 6)
        self.paint_dot(painter, *self.handles[0], self.theme.error, 8)
        painter.setPen(QPen(self.theme.error, 1))
        text, line = tr("outlier: drag it"), self.metrics.height()
        place = self.place(*self.handles[0])
        wide = self.metrics.horizontalAdvance(text)
        left = place.x() - wide - line if place.x() > self.box().center().x() else place.x() + line
        painter.drawText(round(left), round(place.y() + self.metrics.ascent() / 2.4), text)
        self.paint_ring(painter)


class RaceView(QWidget):
    """The plot with the equation of each line above it, its loss, and the number of updates.

    ``changed`` is emitted when points moved; ``told`` and ``running_changed`` are those of a stage.
    """

    changed = Signal(object)
    told = Signal(str)
    running_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Race of the lines"))
        self.race: LineRace | None = None
        self._lap = self._goal = LAP
        self.timer = QTimer(self, interval=FRAME_MILLISECONDS)
        self.timer.timeout.connect(self._tick)
        self.updates = QLabel()
        self.lines = WorkedCalculation(tr("The lines"))
        self.plot = RacePlot()
        self.plot.moved.connect(lambda _handle, x, y: self._moved(x, y))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.updates, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.lines)
        column.addWidget(self.plot, 1)

    def begin(self, race: LineRace | None, lap: int = LAP) -> None:
        """Reset a race, or have none; it runs ``lap`` updates at a time."""
        self.pause()
        self.race, self._lap, self._goal = race, lap, lap
        self.setVisible(race is not None)
        self._show()

    # -- running -------------------------------------------------------------------------------------

    def play(self) -> None:
        """Start or pause."""
        if self.timer.isActive():
            self.pause()
        elif self.race is not None:
            if self.race.iteration >= self._goal:
                self._goal += self._lap
            self.timer.start()
            self.running_changed.emit(True)

    def pause(self) -> None:
        """Pause the run."""
        if self.timer.isActive():
            self.timer.stop()
            self.running_changed.emit(False)

    def step(self, *, ahead: bool) -> None:
        """Make one update of each line, or undo one, with the moves of the outlier since."""
        if self.race is None:
            return
        self.pause()
        if ahead:
            self._advance(1)
        elif self.race.back():
            self.changed.emit(self.race.race)
        self._show()

    def _tick(self) -> None:
        assert self.race is not None
        self._advance(min(UPDATES_A_FRAME, self._goal - self.race.iteration))
        if self.race.iteration >= self._goal:
            self.pause()
            text = tr("{count} updates are made. Run goes on.")
            self.told.emit(text.format(count=f"{self.race.iteration:,}"))

    def _advance(self, updates: int) -> None:
        assert self.race is not None
        try:
            self.race.advance(updates)
        except Diverged as error:
            self.pause()
            self.told.emit(str(error))
        self._show()

    def _moved(self, x: float, y: float) -> None:
        if self.race is None:
            return
        self.race.move(self.race.race.outlier, x, y)
        if self.timer.isActive():
            self._goal = self.race.iteration + self._lap
        self.changed.emit(self.race.race)
        self._show()

    def put_outlier(self, race: Race) -> None:
        """Move the outlier to its place in another state of the same race."""
        self._moved(race.x[race.outlier], race.y[race.outlier])

    # -- showing -------------------------------------------------------------------------------------

    def _show(self) -> None:
        if self.race is None:
            return
        self.updates.setText(tr("Update {count}").format(count=f"{self.race.iteration:,}"))
        self.lines.show_rows(tuple(self._rows(self.race)), COLOURS[: len(self.race.losses)])
        self.plot.show_race(self.race)

    def _rows(self, race: LineRace) -> list[Row]:
        rows: list[Row] = []
        for loss, (w, b), J in zip(race.losses, race.lines, race.scores, strict=True):
            shown = [HIDDEN if self.plot.veiled else slide_text(value) for value in (w, abs(b), J)]
            sign = "−" if b < 0 and not self.plot.veiled else "+"
            text = tr("{name}: ŷ = {w} x {sign} {b}, J = {J}")
            rows.append((text.format(name=short_name(loss), w=shown[0], sign=sign, b=shown[1], J=shown[2]),))
        return rows

    def show_veil(self, veiled: bool) -> None:
        """Hide the lines, or show them again."""
        self.plot.veiled = veiled
        self._show()

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self.updates.setFont(sized("text"))
        for part in (self.lines, self.plot):
            part.show_theme(theme)

    def texts(self) -> list[str]:
        """Return all texts over the plot."""
        return [self.updates.text(), self.lines.text()] if self.race is not None else []
