"""The actions that export: numbers of the run, the run as a script, and views as figures."""

from core.export.table import EXPORTS
from core.language import translatable
from core.lecture.view_ids import ViewId
from gui.actions.entry import ActionEntry

FIGURES = {
    ViewId.CANVAS: translatable("Figure of the ne&twork…"),
    ViewId.DECISION_BOUNDARY: translatable("Figure of the decision &boundary…"),
    ViewId.LOSS_PLOT: translatable("Figure of the l&oss plot…"),
    ViewId.ACTIVATION_PLOT: translatable("Figure of the &activation…"),
    ViewId.MATRICES: translatable("Figure of the mat&rices…"),
    ViewId.LOSS_SURFACE: translatable("Figure of the loss &surface…"),
    ViewId.HIDDEN_SPACE: translatable("Figure of the &hidden space…"),
}
"""The views that can be saved as figures, with the texts of the actions."""
FIGURE_TIP = translatable("As it stands, as SVG, PDF or PNG")

EXPORT = (
    *(ActionEntry(f"figure_{view}", "figure", title, FIGURE_TIP) for view, title in FIGURES.items()),
    *(
        ActionEntry(f"export_{entry.name}", entry.group or "export", entry.title, entry.tip)
        for entry in EXPORTS.values()
    ),
    ActionEntry(
        "print",
        "file",
        translatable("Pr&int…"),
        translatable("Print the view with the keyboard, or the network, after a look at the page"),
        "Ctrl+Alt+P",
    ),
    ActionEntry(
        "film",
        "export",
        translatable("&Film…"),
        translatable("A stretch of the run, or a pass step by step, as GIF, WebP or MP4"),
    ),
)
