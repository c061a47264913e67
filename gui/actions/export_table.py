"""The actions that export numbers of the run and the run as a script, one for each entry of the table."""

from core.export.table import EXPORTS
from gui.actions.entry import ActionEntry

EXPORT = tuple(
    ActionEntry(f"export_{entry.name}", "export", entry.title, entry.tip) for entry in EXPORTS.values()
)
