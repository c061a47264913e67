"""The names of all views, used in scene files, for docks, and for source files."""

from __future__ import annotations

from enum import StrEnum


class ViewId(StrEnum):
    """A view. Its value is its name in scene files and the name of its source file or folder.

    ``BENCH`` and ``DERIVATIVES`` belong to scenes without a network.
    """

    CANVAS = "canvas"
    DECISION_BOUNDARY = "decision_boundary"
    LOSS_PLOT = "loss_plot"
    GRADIENT_NORMS = "gradient_norms"
    ACTIVATION_PLOT = "activation_plot"
    INSPECTOR = "inspector"
    MATRICES = "matrices"
    NETWORK_EXPRESSION = "network_expression"
    HIDDEN_SPACE = "hidden_space"
    LINEAR_COLLAPSE = "linear_collapse"
    TABLE = "table"
    CONFUSION_MATRIX = "confusion_matrix"
    OUTPUT_AXIS = "output_axis"
    METRICS = "metrics"
    HISTOGRAMS = "histograms"
    HEALTH = "health"
    BATCHES = "batches"
    COUNTERS = "counters"
    TIMELINE = "timeline"
    LOSS_SURFACE = "loss_surface"
    GRADIENT_CHECK = "gradient_check"
    PASSES = "passes"
    COMPUTATIONAL_GRAPH = "computational_graph"
    DERIVATIVES = "derivatives"
    BENCH = "bench"
    PALETTE = "palette"
    OUTLINE = "outline"
    DATA_PANEL = "data_panel"
    DIGIT_PAD = "digit_pad"
    TRAINING_PANEL = "training_panel"
    RUNS = "runs"

    @classmethod
    def _missing_(cls, value: object) -> ViewId | None:
        """Return the view that formerly had this name, so that older scenes open."""
        return next((view for former, view in FORMER_NAMES if former == value), None)


BARS = (ViewId.COUNTERS, ViewId.TIMELINE)
"""Views that a scene with one network shows as bars."""

FORMER_NAMES = (
    ("boundary", ViewId.DECISION_BOUNDARY),
    ("loss", ViewId.LOSS_PLOT),
    ("gradient", ViewId.GRADIENT_NORMS),
    ("gradient_plot", ViewId.GRADIENT_NORMS),
    ("activation", ViewId.ACTIVATION_PLOT),
    ("unfold", ViewId.NETWORK_EXPRESSION),
    ("collapse", ViewId.LINEAR_COLLAPSE),
    ("samples_table", ViewId.TABLE),
    ("samples", ViewId.TABLE),
    ("confusion", ViewId.CONFUSION_MATRIX),
    ("diagnostics", ViewId.HEALTH),
    ("batch", ViewId.BATCHES),
    ("graph", ViewId.COMPUTATIONAL_GRAPH),
    ("data", ViewId.DATA_PANEL),
    ("training", ViewId.TRAINING_PANEL),
)
"""Former names of views in scenes and saved dock layouts."""
