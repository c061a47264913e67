"""The table of actions that every window has: undo, zoom, moving between panes, the shortcut sheet."""

from PySide6.QtCore import QT_TRANSLATE_NOOP

from gui.actions.entry import ActionEntry

UNDO = (
    ActionEntry(
        "undo",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "&Undo"),
        QT_TRANSLATE_NOOP("Actions", "Take back the last edit"),
        "Ctrl+Z",
        "undo-2",
    ),
    ActionEntry(
        "redo",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "&Redo"),
        QT_TRANSLATE_NOOP("Actions", "Make the edit taken back again"),
        "Ctrl+Shift+Z",
        "redo-2",
        also=("Ctrl+Y",),
    ),
)
ZOOM = (
    ActionEntry(
        "zoom_in",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Zoom &in"),
        QT_TRANSLATE_NOOP("Actions", "Show the picture larger"),
        "Ctrl++",
        also=("Ctrl+=",),
        rule=True,
    ),
    ActionEntry(
        "zoom_out",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Zoom &out"),
        QT_TRANSLATE_NOOP("Actions", "Show the picture smaller"),
        "Ctrl+-",
    ),
    ActionEntry(
        "zoom_fit",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Fit network"),
        QT_TRANSLATE_NOOP("Actions", "Show the whole network"),
        "Ctrl+0",
        "maximize",
    ),
)
PANES = (
    ActionEntry(
        "next_pane",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Next pane"),
        QT_TRANSLATE_NOOP("Actions", "Take the keyboard to the next part of the window"),
        "F6",
        rule=True,
    ),
    ActionEntry(
        "previous_pane",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Previous pane"),
        QT_TRANSLATE_NOOP("Actions", "Take the keyboard to the part of the window before"),
        "Shift+F6",
    ),
)
CLOSE = ActionEntry(
    "close_window",
    "file",
    QT_TRANSLATE_NOOP("Actions", "&Close window"),
    QT_TRANSLATE_NOOP("Actions", "Close this window"),
    "Ctrl+W",
    rule=True,
)
SHORTCUTS = ActionEntry(
    "shortcuts",
    "help",
    QT_TRANSLATE_NOOP("Actions", "&Keyboard shortcuts"),
    QT_TRANSLATE_NOOP("Actions", "All shortcuts and gestures on one sheet"),
    "F1",
    "keyboard",
)
EVERYWHERE = (*ZOOM, *PANES, CLOSE, SHORTCUTS)
