"""The table of views of a network: their titles, and what makes them. To add one, add a row."""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class View:
    """A view of one network. ``source`` names its class, imported when it is first wanted."""

    title: object
    source: str

    @property
    def name(self) -> str:
        """The title in the user's language."""
        return QCoreApplication.translate("Panels", str(self.title))

    def make(self) -> QWidget:
        """Return a new one."""
        made = resolve_name(self.source)()
        assert isinstance(made, QWidget)
        return made


VIEWS = {
    "canvas": View(QT_TRANSLATE_NOOP("Panels", "Network"), "gui.canvas.view:CanvasView"),
    "palette": View(QT_TRANSLATE_NOOP("Panels", "Drag onto the canvas"), "gui.canvas.palette:PalettePanel"),
    "outline": View(QT_TRANSLATE_NOOP("Panels", "Outline"), "gui.canvas.outline:Outline"),
    "data": View(QT_TRANSLATE_NOOP("Panels", "Data"), "gui.views.data_panel:DataPanel"),
    "training": View(QT_TRANSLATE_NOOP("Panels", "Training"), "gui.views.training_panel:TrainingPanel"),
    "boundary": View(QT_TRANSLATE_NOOP("Panels", "Decision boundary"), "gui.views.boundary:BoundaryView"),
    "inspector": View(QT_TRANSLATE_NOOP("Panels", "Inspector"), "gui.views.inspector:Inspector"),
    "loss": View(QT_TRANSLATE_NOOP("Panels", "Loss per iteration"), "gui.views.loss_plot:LossPlot"),
    "gradient": View(
        QT_TRANSLATE_NOOP("Panels", "Gradient size per layer"), "gui.views.gradient_plot:GradientPlot"
    ),
    "loss_surface": View(QT_TRANSLATE_NOOP("Panels", "Loss surface"), "gui.views.own_surface:OwnSurface"),
    "activation": View(QT_TRANSLATE_NOOP("Panels", "Activation"), "gui.views.activation_plot:ActivationPlot"),
    "matrices": View(QT_TRANSLATE_NOOP("Panels", "Matrices"), "gui.views.matrices:Matrices"),
    "unfold": View(QT_TRANSLATE_NOOP("Panels", "As one expression"), "gui.views.unfold:Unfold"),
    "samples": View(QT_TRANSLATE_NOOP("Panels", "Samples by loss"), "gui.views.samples_table:SamplesTable"),
    "histograms": View(QT_TRANSLATE_NOOP("Panels", "Histograms"), "gui.views.histograms:Histograms"),
    "hidden_space": View(
        QT_TRANSLATE_NOOP("Panels", "The space after a layer"), "gui.views.hidden_space:HiddenSpace"
    ),
    "collapse": View(
        QT_TRANSLATE_NOOP("Panels", "One layer instead of many"), "gui.views.collapse:CollapseView"
    ),
    "gradient_check": View(
        QT_TRANSLATE_NOOP("Panels", "Gradient check"), "gui.views.gradient_check:GradientCheck"
    ),
    "passes": View(QT_TRANSLATE_NOOP("Panels", "Passes counted"), "gui.views.passes:PassesView"),
    "batch": View(QT_TRANSLATE_NOOP("Panels", "Mini-batches of the epoch"), "gui.views.batch:BatchView"),
    "diagnostics": View(QT_TRANSLATE_NOOP("Panels", "What may be wrong"), "gui.views.findings:FindingsView"),
    "confusion": View(
        QT_TRANSLATE_NOOP("Panels", "Confusion matrix"), "gui.views.confusion_view:ConfusionView"
    ),
    "graph": View(QT_TRANSLATE_NOOP("Panels", "Computational graph"), "gui.lab.network_graph:NetworkGraph"),
    "runs": View(QT_TRANSLATE_NOOP("Panels", "Runs compared"), "gui.views.runs:Runs"),
}
