"""The table of actions that every window has: undo, zoom, moving between panes, the shortcut sheet."""

from core.language import translatable
from gui.actions.entry import ActionEntry

UNDO = (
    ActionEntry(
        "undo",
        "edit",
        translatable("&Undo"),
        translatable("Take back the last edit"),
        "Ctrl+Z",
        "undo-2",
    ),
    ActionEntry(
        "redo",
        "edit",
        translatable("&Redo"),
        translatable("Make the edit taken back again"),
        "Ctrl+Shift+Z",
        "redo-2",
        also=("Ctrl+Y",),
    ),
)
ZOOM = (
    ActionEntry(
        "zoom_in",
        "view",
        translatable("Zoom &in"),
        translatable("Show the picture larger"),
        "Ctrl++",
        also=("Ctrl+=",),
        rule=True,
    ),
    ActionEntry(
        "zoom_out",
        "view",
        translatable("Zoom &out"),
        translatable("Show the picture smaller"),
        "Ctrl+-",
    ),
    ActionEntry(
        "zoom_fit",
        "view",
        translatable("&Fit network"),
        translatable("Show the whole network"),
        "Ctrl+0",
        "maximize",
    ),
)
PANES = (
    ActionEntry(
        "next_pane",
        "view",
        translatable("&Next pane"),
        translatable("Take the keyboard to the next part of the window"),
        "F6",
        rule=True,
    ),
    ActionEntry(
        "previous_pane",
        "view",
        translatable("&Previous pane"),
        translatable("Take the keyboard to the part of the window before"),
        "Shift+F6",
    ),
)
CLOSE = ActionEntry(
    "close_window",
    "file",
    translatable("&Close window"),
    translatable("Close this window"),
    "Ctrl+W",
    rule=True,
)
SHORTCUTS = ActionEntry(
    "shortcuts",
    "help",
    translatable("&Keyboard shortcuts"),
    translatable("All shortcuts and gestures on one sheet"),
    "Ctrl+F1",
    "keyboard",
)
HELP = (
    ActionEntry(
        "manual",
        "help",
        translatable("&Manual"),
        translatable("The page of the manual about the panel that has the keyboard"),
        "F1",
        "book-open",
    ),
    ActionEntry(
        "whats_this",
        "help",
        translatable("&What's this?"),
        translatable("Then click anything: what it is, and where the manual tells more"),
        "Shift+F1",
        "circle-help",
    ),
)
EVERYWHERE = (*ZOOM, *PANES, CLOSE, *HELP, SHORTCUTS)

TABS = (
    ActionEntry(
        "next_tab",
        "view",
        translatable("Ne&xt tab"),
        translatable("Bring the next of the panels behind one another to the front"),
        "Ctrl+Tab",
    ),
    ActionEntry(
        "previous_tab",
        "view",
        translatable("Pre&vious tab"),
        translatable("Bring the one before of the panels behind one another to the front"),
        "Ctrl+Shift+Tab",
    ),
)
