"""The films of the main window: a part of the timeline, and a pass step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from PySide6.QtWidgets import QComboBox, QWidget

from core.debugger.steps import StepSize
from core.language import tr
from core.lecture.view_ids import ViewId
from gui.actions.export_table import FIGURES
from gui.figures.figure import figure_of
from gui.figures.film import Footage
from gui.figures.film_dialog import FilmDialog
from gui.qt.later import draw_all
from gui.session.player import Player
from gui.session.training_thread import TrainingThread
from gui.views.registry import VIEWS
from gui.widgets.number_edit import NumberEdit

PICTURES, MOST_PICTURES = 60, 2000
Seek = Callable[[int], None]
FINE_UP_TO = 60  # steps of a pass that are filmed individually


def timeline(player: Player, seek: Seek, widget: QWidget, first: int, last: int, pictures: int) -> Footage:
    """Return the film of a run from iteration ``first`` to ``last``; the run then returns to where it was."""
    stops = np.unique(np.linspace(first, last, max(1, pictures)).round().astype(int)).tolist()

    def moments() -> Iterator[int]:
        where = player.where
        before = 0 if where is None else where.iteration
        try:
            for stop in stops:
                seek(stop)
                _draw(player, widget)
                yield stop
        finally:
            seek(before)
            player.settle()

    return Footage(widget, moments, len(stops))


def one_pass(player: Player, seek: Seek, widget: QWidget) -> Footage:
    """Return the film of a pass, from its sample to its update; neuron by neuron if these are few.

    It is the pass that is shown; between passes the one that led there, or the first one.
    """
    where = player.where
    present = 0 if where is None else where.iteration
    snapshot = player.snapshot
    neurons = 0 if snapshot is None else sum(snapshot.network.n[1:])
    grain = StepSize.NEURON if 3 * neurons <= FINE_UP_TO else StepSize.LAYER

    def step(worker: TrainingThread) -> None:
        worker.training_run.step(grain)

    def moments() -> Iterator[int]:
        start = max(0, present - 1)
        try:
            seek(start)
            inside, k = True, 0
            while inside:
                player.ask(step)
                _draw(player, widget)
                where = player.where
                inside = where is not None and where.inside
                k += 1
                yield k
        finally:
            seek(present)
            player.settle()

    return Footage(widget, moments, 3 * neurons + 6)


def _draw(player: Player, widget: QWidget) -> None:
    player.settle()
    draw_all(widget.window())


class RunFilmDialog(FilmDialog):
    """Asks which part of a run is filmed, in which view of its window."""

    def __init__(
        self, window: QWidget, player: Player, seek: Seek, bring: Callable[[ViewId], QWidget], title: str
    ) -> None:
        where = player.where
        first, newest = (0, 0) if where is None else (where.first, where.newest)
        self.view = QComboBox()
        self.first = NumberEdit(tr("From iteration"), first, first, newest, whole=True)
        self.last = NumberEdit(tr("To iteration"), newest, first, newest, whole=True)
        self.pictures = NumberEdit(tr("Pictures"), PICTURES, 2, MOST_PICTURES, whole=True)
        self._window, self._player, self._seek, self._bring = window, player, seek, bring
        super().__init__(
            window,
            title,
            {
                tr("The run, along the timeline"): (self._timeline, 10.0),
                tr("A pass, step by step"): (lambda: one_pass(player, seek, self._widget()), 1.5),
            },
        )
        self.view.setAccessibleName(tr("View"))
        self.view.setToolTip(tr("What is seen in every picture"))
        self.view.addItem(tr("The whole window"), None)
        for view in FIGURES:
            self.view.addItem(VIEWS[view].name, view.value)
        row = self.form.rowCount() - 1
        self.form.insertRow(1, tr("View"), self.view)
        for k, (name, field) in enumerate(
            (
                (tr("From iteration"), self.first),
                (tr("To iteration"), self.last),
                (tr("Pictures"), self.pictures),
            )
        ):
            self.form.insertRow(row + k, name, field)
        self.what.currentIndexChanged.connect(self._show_fields)

    def _show_fields(self) -> None:
        for field in (self.first, self.last, self.pictures):
            self.form.setRowVisible(field, self.what.currentIndex() == 0)

    def _widget(self) -> QWidget:
        chosen = self.view.currentData()
        return self._window if chosen is None else figure_of(self._bring(ViewId(chosen)))

    def _timeline(self) -> Footage:
        first, last, pictures = (int(field.value or 0) for field in (self.first, self.last, self.pictures))
        return timeline(self._player, self._seek, self._widget(), first, last, pictures)
