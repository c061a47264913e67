"""The race of straight lines: each learns by another loss, and one point is to be dragged away."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.race import LineRace
from gui.benches.decimals import VEILED, four
from gui.benches.handles import HandledAxes, around
from gui.benches.losses_plots import STYLES
from gui.benches.losses_words import COLOURS, short_name
from gui.benches.working import Row, Working
from gui.fonts import sized
from gui.theme import Theme


def tr(text: str) -> str:
    """Translate a text of the race."""
    return QCoreApplication.translate("LossBench", text)


class RacePlot(HandledAxes):
    """The points, the outlier to drag, and the lines."""

    ways = "both"

    def __init__(self) -> None:
        super().__init__(tr("Points and the lines fitted to them"), tr("x"), tr("y"))
        self.setToolTip(tr("Drag the outlier, or move it with the arrow keys (Ctrl: finer)"))
        self.race: LineRace | None = None
        self.veiled = False

    def show_race(self, race: LineRace) -> None:
        """Show where the points and the lines are."""
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
    """The plot, over it the equation of each line, its loss, and how many updates were made."""

    moved = Signal(int, float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Race of the lines"))
        self.updates = QLabel()
        self.lines = Working(tr("The lines"))
        self.plot = RacePlot()
        self.plot.moved.connect(lambda _handle, x, y: self._moved(x, y))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.updates, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.lines)
        column.addWidget(self.plot, 1)

    def _moved(self, x: float, y: float) -> None:
        if self.plot.race is not None:
            self.moved.emit(self.plot.race.race.outlier, x, y)

    def show_race(self, race: LineRace) -> None:
        """Show where the race stands."""
        self.updates.setText(tr("Update {count}").format(count=f"{race.iteration:,}"))
        self.lines.show_rows(tuple(self._rows(race)), COLOURS[: len(race.losses)])
        self.plot.show_race(race)

    def _rows(self, race: LineRace) -> list[Row]:
        rows: list[Row] = []
        for loss, (w, b), J in zip(race.losses, race.lines, race.scores, strict=True):
            shown = [VEILED if self.plot.veiled else four(value) for value in (w, abs(b), J)]
            sign = "−" if b < 0 and not self.plot.veiled else "+"
            text = tr("{name}: ŷ = {w} x {sign} {b}, J = {J}")
            rows.append((text.format(name=short_name(loss), w=shown[0], sign=sign, b=shown[1], J=shown[2]),))
        return rows

    def show_veil(self, veiled: bool) -> None:
        """Hide the lines, or show them again."""
        self.plot.veiled = veiled
        if self.plot.race is not None:
            self.show_race(self.plot.race)

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self.updates.setFont(sized("text"))
        for part in (self.lines, self.plot):
            part.show_theme(theme)

    def texts(self) -> list[str]:
        """Return all that is written over the plot."""
        return [self.updates.text(), self.lines.text()]
