"""The table of views of a network: their titles, and what makes them. To add one, add a row."""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class ViewEntry:
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
    "canvas": ViewEntry(QT_TRANSLATE_NOOP("Panels", "Network"), "gui.canvas.editor_view:CanvasView"),
    "palette": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Drag onto the canvas"), "gui.canvas.palette:PalettePanel"
    ),
    "outline": ViewEntry(QT_TRANSLATE_NOOP("Panels", "Outline"), "gui.canvas.outline:Outline"),
    "data": ViewEntry(QT_TRANSLATE_NOOP("Panels", "Data"), "gui.views.data_panel:DataPanel"),
    "training": ViewEntry(QT_TRANSLATE_NOOP("Panels", "Training"), "gui.views.training_panel:TrainingPanel"),
    "boundary": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Decision boundary"), "gui.views.decision_boundary.view:BoundaryView"
    ),
    "inspector": ViewEntry(QT_TRANSLATE_NOOP("Panels", "Inspector"), "gui.views.inspector.view:Inspector"),
    "loss": ViewEntry(QT_TRANSLATE_NOOP("Panels", "Loss per iteration"), "gui.views.loss_plot:LossPlot"),
    "gradient": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Gradient size per layer"), "gui.views.gradient_norms:GradientPlot"
    ),
    "loss_surface": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Loss surface"), "gui.views.loss_surface.view:LossSurfaceView"
    ),
    "activation": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Activation"), "gui.views.activation_plot:ActivationPlot"
    ),
    "matrices": ViewEntry(QT_TRANSLATE_NOOP("Panels", "Matrices"), "gui.views.matrices.view:Matrices"),
    "unfold": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "As one expression"),
        "gui.views.network_expression.view:NetworkExpressionView",
    ),
    "samples": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Samples by loss"), "gui.views.samples_table:SamplesTable"
    ),
    "histograms": ViewEntry(QT_TRANSLATE_NOOP("Panels", "Histograms"), "gui.views.histograms:Histograms"),
    "hidden_space": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "The space after a layer"), "gui.views.hidden_space:HiddenSpace"
    ),
    "collapse": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "One layer instead of many"),
        "gui.views.linear_collapse.view:LinearCollapseView",
    ),
    "gradient_check": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Gradient check"), "gui.views.gradient_check.view:GradientCheckView"
    ),
    "passes": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Passes counted"), "gui.views.gradient_check.passes:PassesView"
    ),
    "batch": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Mini-batches of the epoch"), "gui.views.batches.view:BatchView"
    ),
    "diagnostics": ViewEntry(QT_TRANSLATE_NOOP("Panels", "What may be wrong"), "gui.views.health:HealthView"),
    "confusion": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Confusion matrix"), "gui.views.confusion_matrix:ConfusionView"
    ),
    "graph": ViewEntry(
        QT_TRANSLATE_NOOP("Panels", "Computational graph"), "gui.graph_lab.network_view:NetworkGraph"
    ),
    "runs": ViewEntry(QT_TRANSLATE_NOOP("Panels", "Runs compared"), "gui.views.runs.view:Runs"),
}
