"""Panels: every view of the window, in its dock, and one way to show all of them something."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMainWindow, QWidget

from gui.canvas.outline import Outline
from gui.canvas.palette import PalettePanel
from gui.canvas.view import CanvasView
from gui.docks import BOTTOM, LEFT, RIGHT, Docks
from gui.frames import Frames, shower, while_visible
from gui.theme import Theme
from gui.views.activation_plot import ActivationPlot
from gui.views.boundary import BoundaryView
from gui.views.data_panel import DataPanel
from gui.views.gradient_plot import GradientPlot
from gui.views.histograms import Histograms
from gui.views.inspector import Inspector
from gui.views.loss_plot import LossPlot
from gui.views.matrices import Matrices
from gui.views.runs import Runs
from gui.views.samples_table import SamplesTable
from gui.views.training_panel import TrainingPanel
from gui.views.unfold import Unfold

LEFT_WIDTH, RIGHT_WIDTH, BOTTOM_HEIGHT = 236, 300, 214


def _tr(text: str) -> str:
    return QCoreApplication.translate("Panels", text)


class Panels:
    """The views, made once, and the docks they stand in. The canvas stands in none."""

    def __init__(self, window: QMainWindow) -> None:
        self.canvas = CanvasView()
        self.palette, self.outline = PalettePanel(), Outline()
        self.data, self.training = DataPanel(), TrainingPanel()
        self.boundary, self.inspector = BoundaryView(), Inspector()
        self.loss, self.gradient, self.activation = LossPlot(), GradientPlot(), ActivationPlot()
        self.matrices, self.unfold = Matrices(), Unfold()
        self.samples, self.histograms, self.runs = SamplesTable(), Histograms(), Runs()
        self.views: tuple[QWidget, ...] = (
            self.canvas,
            self.palette,
            self.outline,
            self.data,
            self.training,
            self.boundary,
            self.inspector,
            self.loss,
            self.gradient,
            self.activation,
            self.matrices,
            self.unfold,
            self.samples,
            self.histograms,
            self.runs,
        )
        self._listeners: dict[str, list[Callable[..., None]]] = {}
        self.docks = Docks(window)
        self._dock(window)

    def _dock(self, window: QMainWindow) -> None:
        add = self.docks.add
        add("palette", _tr("Drag onto the canvas"), self.palette, LEFT, scrolls=True)
        add("data", _tr("Data"), self.data, LEFT, scrolls=True)
        add("training", _tr("Training"), self.training, LEFT, scrolls=True)
        add("boundary", _tr("Decision boundary"), self.boundary, RIGHT)
        add("inspector", _tr("Inspector"), self.inspector, RIGHT)
        add("outline", _tr("Outline"), self.outline, RIGHT)
        add("loss", _tr("Loss per iteration"), self.loss, BOTTOM)
        add("gradient", _tr("Gradient size per layer"), self.gradient, BOTTOM)
        add("activation", _tr("Activation"), self.activation, BOTTOM)
        for first, second in (("loss", "gradient"), ("gradient", "activation")):
            window.splitDockWidget(self.docks[first], self.docks[second], Qt.Orientation.Horizontal)
        self.docks["outline"].hide()
        self._dock_closer_looks(window)

    def _dock_closer_looks(self, window: QMainWindow) -> None:
        """Put the views that are hidden at first behind others, as tabs."""
        add = self.docks.add
        add("matrices", _tr("Matrices"), self.matrices, LEFT)
        add("unfold", _tr("The network as one expression"), self.unfold, BOTTOM)
        add("samples", _tr("Samples by loss"), self.samples, RIGHT)
        add("histograms", _tr("Histograms"), self.histograms, BOTTOM)
        add("runs", _tr("Runs compared"), self.runs, BOTTOM)
        for front, behind in (
            ("training", "matrices"),
            ("activation", "histograms"),
            ("loss", "unfold"),
            ("loss", "runs"),
            ("boundary", "samples"),
        ):
            self.docks[behind].hide()  # before, or an empty bar of tabs is left behind
            window.tabifyDockWidget(self.docks[front], self.docks[behind])

    def arrange(self) -> None:
        """Give the docks their first sizes; the window must be shown, or have its size."""
        upright, sideways = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        self.docks.arrange(LEFT_WIDTH, RIGHT_WIDTH, BOTTOM_HEIGHT)
        self.docks.share(["palette", "data", "training"], [34, 30, 36], upright)
        self.docks.share(["boundary", "inspector"], [50, 50], upright)
        self.docks.share(["loss", "gradient", "activation"], [38, 31, 31], sideways)

    def show(self, what: str, *values: object) -> None:
        """Call the method ``what`` ("show_design", …) of every view that has it."""
        listeners = self._listeners.get(what)
        if listeners is None:
            found = (getattr(view, what, None) for view in self.views)
            listeners = self._listeners[what] = [method for method in found if method is not None]
        for method in listeners:
            method(*values)

    def show_theme(self, shown: Theme) -> None:
        """Hand a theme to all views and docks."""
        self.docks.show_theme(shown)
        self.show("show_theme", shown)

    def frames(self, *bars: object) -> Frames:
        """Return who is drawn how often: the canvas most, the panels and the ``bars`` in turn."""
        often = [shower(*bars), while_visible(self.boundary)]
        loss, inspector, gradient, activation = (
            while_visible(view) for view in (self.loss, self.inspector, self.gradient, self.activation)
        )
        hidden = (self.matrices, self.unfold, self.samples, self.histograms)
        closer = [*(while_visible(view) for view in hidden), shower(self.runs)]
        turns = [*often, loss, None, *often, inspector, gradient, None, *often, activation, None, *closer]
        return Frames(shower(self.canvas), turns)

    def connect(self, signal: str, slot: Callable[..., object]) -> None:
        """Connect the signal of that name of every view that has it."""
        for view in self.views:
            if (found := getattr(view, signal, None)) is not None:
                found.connect(slot)
