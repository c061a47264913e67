"""The table of views of a network: their titles, docks and classes. To add a view, add a row."""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.language import tr, translatable
from core.lecture.view_ids import ViewId
from gui.text.topics import set_topic

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


@dataclass(frozen=True)
class DockPosition:
    """The place of a view in the main window: in a dock of its own, or as a section of the side bar.

    A ``closed`` view is hidden at first, and opens in a place of its own. One ``for_images`` is opened
    when the data become images, and closed when they no longer are.

    ``behind`` another view it is hidden at first; ``below`` another one it shares its side with it;
    ``tab_of`` another one it is a visible tab behind it. Those views are rows above its own.
    """

    area: Qt.DockWidgetArea
    behind: ViewId | None = None
    below: ViewId | None = None
    tab_of: ViewId | None = None
    section: bool = False
    closed: bool = False
    for_images: bool = False


@dataclass(frozen=True)
class ViewEntry:
    """A view of one network. ``source`` names its class, which is imported when first needed."""

    title: str
    source: str
    dock: DockPosition | None = None

    @property
    def name(self) -> str:
        """The title in the user's language."""
        return tr(self.title)

    def make(self) -> QWidget:
        """Return a new instance of the view."""
        made = resolve_name(self.source)()
        assert isinstance(made, QWidget)
        set_topic(made, "panels", self.title)
        return made


VIEWS = {
    ViewId.CANVAS: ViewEntry(translatable("Network"), "gui.canvas.editor_view:CanvasView"),
    ViewId.PALETTE: ViewEntry(
        translatable("Layers"),
        "gui.canvas.palette:PalettePanel",
        DockPosition(LEFT, section=True),
    ),
    ViewId.DATA_PANEL: ViewEntry(
        translatable("Data"),
        "gui.views.data_panel:DataPanel",
        DockPosition(LEFT, section=True),
    ),
    ViewId.TRAINING_PANEL: ViewEntry(
        translatable("Training"),
        "gui.views.training_panel:TrainingPanel",
        DockPosition(LEFT, section=True),
    ),
    ViewId.DECISION_BOUNDARY: ViewEntry(
        translatable("Decision boundary"),
        "gui.views.decision_boundary.view:BoundaryView",
        DockPosition(RIGHT),
    ),
    ViewId.INSPECTOR: ViewEntry(
        translatable("Inspector"),
        "gui.views.inspector.view:Inspector",
        DockPosition(RIGHT, below=ViewId.DECISION_BOUNDARY),
    ),
    ViewId.OUTLINE: ViewEntry(
        translatable("Outline"),
        "gui.canvas.outline:Outline",
        DockPosition(RIGHT, behind=ViewId.INSPECTOR),
    ),
    ViewId.LOSS_PLOT: ViewEntry(
        translatable("Loss and time"),
        "gui.views.loss_plot:LossPlot",
        DockPosition(BOTTOM),
    ),
    ViewId.GRADIENT_NORMS: ViewEntry(
        translatable("Gradients"),
        "gui.views.gradient_norms:GradientNormsPlot",
        DockPosition(BOTTOM, tab_of=ViewId.LOSS_PLOT),
    ),
    ViewId.ACTIVATION_PLOT: ViewEntry(
        translatable("Activation"),
        "gui.views.activation_plot:ActivationPlot",
        DockPosition(BOTTOM, tab_of=ViewId.GRADIENT_NORMS),
    ),
    ViewId.MATRICES: ViewEntry(
        translatable("Matrices"),
        "gui.views.matrices.view:MatricesView",
        DockPosition(BOTTOM, behind=ViewId.ACTIVATION_PLOT),
    ),
    ViewId.NETWORK_EXPRESSION: ViewEntry(
        translatable("As one expression"),
        "gui.views.network_expression.view:NetworkExpressionView",
        DockPosition(BOTTOM, behind=ViewId.LOSS_PLOT),
    ),
    ViewId.TABLE: ViewEntry(
        translatable("Table"),
        "gui.views.table.view:DataTable",
        DockPosition(BOTTOM, tab_of=ViewId.ACTIVATION_PLOT),
    ),
    ViewId.HISTOGRAMS: ViewEntry(
        translatable("Histograms"),
        "gui.views.histograms:HistogramsView",
        DockPosition(BOTTOM, behind=ViewId.ACTIVATION_PLOT),
    ),
    ViewId.RUNS: ViewEntry(
        translatable("Runs compared"),
        "gui.views.runs.view:RunsView",
        DockPosition(BOTTOM, closed=True),
    ),
    ViewId.HIDDEN_SPACE: ViewEntry(
        translatable("The space after a layer"),
        "gui.views.hidden_space:HiddenSpaceView",
        DockPosition(RIGHT, behind=ViewId.DECISION_BOUNDARY),
    ),
    ViewId.CONFUSION_MATRIX: ViewEntry(
        translatable("Confusion matrix"),
        "gui.views.confusion_matrix:ConfusionView",
        DockPosition(RIGHT, behind=ViewId.DECISION_BOUNDARY),
    ),
    ViewId.OUTPUT_AXIS: ViewEntry(
        translatable("Outputs on an axis"),
        "gui.views.output_axis:OutputAxisView",
        DockPosition(RIGHT, behind=ViewId.DECISION_BOUNDARY),
    ),
    ViewId.METRICS: ViewEntry(
        translatable("Metrics"),
        "gui.views.metrics.view:MetricsView",
        DockPosition(RIGHT, behind=ViewId.DECISION_BOUNDARY),
    ),
    ViewId.DIGIT_PAD: ViewEntry(
        translatable("Draw a digit"),
        "gui.views.digit_pad.view:DigitPad",
        DockPosition(RIGHT, behind=ViewId.DECISION_BOUNDARY, for_images=True),
    ),
    ViewId.LOSS_SURFACE: ViewEntry(
        translatable("Loss surface"),
        "gui.views.loss_surface.view:LossSurfaceView",
        DockPosition(RIGHT, behind=ViewId.DECISION_BOUNDARY),
    ),
    ViewId.HEALTH: ViewEntry(
        translatable("What may be wrong"),
        "gui.views.health:HealthView",
        DockPosition(RIGHT, behind=ViewId.INSPECTOR),
    ),
    ViewId.GRADIENT_CHECK: ViewEntry(
        translatable("Gradient check"),
        "gui.views.gradient_check.view:GradientCheckView",
        DockPosition(RIGHT, behind=ViewId.INSPECTOR),
    ),
    ViewId.LINEAR_COLLAPSE: ViewEntry(
        translatable("One layer instead of many"),
        "gui.views.linear_collapse.view:LinearCollapseView",
        DockPosition(RIGHT, behind=ViewId.INSPECTOR),
    ),
    ViewId.BATCHES: ViewEntry(
        translatable("Mini-batches of the epoch"),
        "gui.views.batches.view:BatchView",
        DockPosition(BOTTOM, behind=ViewId.GRADIENT_NORMS),
    ),
    ViewId.PASSES: ViewEntry(
        translatable("Passes counted"),
        "gui.views.gradient_check.passes:PassesView",
        DockPosition(BOTTOM, behind=ViewId.ACTIVATION_PLOT),
    ),
    ViewId.COMPUTATIONAL_GRAPH: ViewEntry(
        translatable("Computational graph"),
        "gui.graph_lab.computational_graph:ComputationalGraphView",
    ),
}
DOCKS = {view: entry.dock for view, entry in VIEWS.items() if entry.dock is not None}
"""The docks of the main window, in the order in which they are created."""

GROUPS = {
    translatable("Build and look closer"): (ViewId.INSPECTOR, ViewId.OUTLINE),
    translatable("What it computes"): (
        ViewId.DECISION_BOUNDARY,
        ViewId.ACTIVATION_PLOT,
        ViewId.HIDDEN_SPACE,
        ViewId.MATRICES,
        ViewId.NETWORK_EXPRESSION,
        ViewId.LINEAR_COLLAPSE,
    ),
    translatable("How it learns"): (
        ViewId.LOSS_PLOT,
        ViewId.GRADIENT_NORMS,
        ViewId.LOSS_SURFACE,
        ViewId.HISTOGRAMS,
        ViewId.BATCHES,
        ViewId.RUNS,
    ),
    translatable("How good it is"): (
        ViewId.METRICS,
        ViewId.CONFUSION_MATRIX,
        ViewId.OUTPUT_AXIS,
        ViewId.TABLE,
        ViewId.HEALTH,
        ViewId.GRADIENT_CHECK,
        ViewId.PASSES,
    ),
}
"""The docks by their purpose; those not named here belong to "Other"."""


_WITHOUT_A_ROW = {
    ViewId.COUNTERS: translatable("Counters"),
    ViewId.TIMELINE: translatable("Timeline"),
    ViewId.DERIVATIVES: translatable("Derivatives"),
    ViewId.BENCH: translatable("Bench"),
}


def title_of(view: ViewId) -> str:
    """Return the title of a view, also of a bar and of a part of a stage, which have no row."""
    return VIEWS[view].name if view in VIEWS else tr(_WITHOUT_A_ROW[view])


def grouped() -> dict[str, list[ViewId]]:
    """Return the docks that can be opened individually, by the translated titles of their groups."""
    docks = [view for view, position in DOCKS.items() if not position.section]
    found = {tr(title): [view for view in views if view in docks] for title, views in GROUPS.items()}
    others = [view for view in docks if not any(view in views for views in GROUPS.values())]
    return {**found, tr("Other"): others} if others else found
