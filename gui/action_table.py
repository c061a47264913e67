"""The table of actions: what can be done, where it stands, what it says. To add one, add an entry."""

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP

MENUS = {
    "file": QT_TRANSLATE_NOOP("Actions", "&File"),
    "edit": QT_TRANSLATE_NOOP("Actions", "&Edit"),
    "view": QT_TRANSLATE_NOOP("Actions", "&View"),
    "network": QT_TRANSLATE_NOOP("Actions", "&Network"),
    "train": QT_TRANSLATE_NOOP("Actions", "&Train"),
    "data": QT_TRANSLATE_NOOP("Actions", "&Data"),
    "help": QT_TRANSLATE_NOOP("Actions", "&Help"),
}


@dataclass(frozen=True)
class Entry:
    """An action: in which menu, its text, what it does in a sentence, its shortcut and icon.

    ``group``: of all actions with the same one, one is checked. ``rule``: a line stands above it.
    """

    id: str
    menu: str
    text: object
    tip: object
    shortcut: str = ""
    icon: str = ""
    checkable: bool = False
    group: str = ""
    rule: bool = False


ENTRIES = (
    Entry(
        "new",
        "file",
        QT_TRANSLATE_NOOP("Actions", "&New"),
        QT_TRANSLATE_NOOP("Actions", "Start with an empty network"),
        "Ctrl+N",
        "file-plus",
    ),
    Entry(
        "open",
        "file",
        QT_TRANSLATE_NOOP("Actions", "&Open…"),
        QT_TRANSLATE_NOOP("Actions", "Open a design from a file"),
        "Ctrl+O",
        "folder-open",
    ),
    Entry(
        "save",
        "file",
        QT_TRANSLATE_NOOP("Actions", "&Save"),
        QT_TRANSLATE_NOOP("Actions", "Save the design"),
        "Ctrl+S",
        "save",
        rule=True,
    ),
    Entry(
        "save_as",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Save &as…"),
        QT_TRANSLATE_NOOP("Actions", "Save under another name"),
        "Ctrl+Shift+S",
    ),
    Entry(
        "with_weights",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Save &weights too"),
        QT_TRANSLATE_NOOP("Actions", "Save weights and optimizer state with the design"),
        checkable=True,
    ),
    Entry(
        "picture",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Save &picture…"),
        QT_TRANSLATE_NOOP("Actions", "Save the window as a picture"),
        "Ctrl+Shift+P",
        "image",
        rule=True,
    ),
    Entry(
        "quit",
        "file",
        QT_TRANSLATE_NOOP("Actions", "&Quit"),
        QT_TRANSLATE_NOOP("Actions", "Leave Glassnet"),
        "Ctrl+Q",
        "log-out",
        rule=True,
    ),
    Entry(
        "undo",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "&Undo"),
        QT_TRANSLATE_NOOP("Actions", "Take back the last edit"),
        "Ctrl+Z",
        "undo-2",
    ),
    Entry(
        "redo",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "&Redo"),
        QT_TRANSLATE_NOOP("Actions", "Make the edit taken back again"),
        "Ctrl+Shift+Z",
        "redo-2",
    ),
    Entry(
        "commands",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "&Find a command…"),
        QT_TRANSLATE_NOOP("Actions", "Find any command by a part of its name"),
        "Ctrl+K",
        "search",
        rule=True,
    ),
    Entry(
        "preferences",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "&Preferences…"),
        QT_TRANSLATE_NOOP("Actions", "Choose how the window looks and what is saved"),
        "Ctrl+,",
        "settings",
    ),
    Entry(
        "theme_system",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Theme of the &system"),
        QT_TRANSLATE_NOOP("Actions", "Light or dark as the system is"),
        checkable=True,
        group="theme",
    ),
    Entry(
        "theme_light",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Light theme"),
        QT_TRANSLATE_NOOP("Actions", "Dark on white"),
        checkable=True,
        group="theme",
    ),
    Entry(
        "theme_dark",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Dark theme"),
        QT_TRANSLATE_NOOP("Actions", "Light on black"),
        "Ctrl+Shift+D",
        checkable=True,
        group="theme",
    ),
    Entry(
        "edges_weights",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Weights"),
        QT_TRANSLATE_NOOP("Actions", "Edges show their weight"),
        "Ctrl+1",
        checkable=True,
        group="edges",
        rule=True,
    ),
    Entry(
        "edges_gradients",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Gradients"),
        QT_TRANSLATE_NOOP("Actions", "Edges show the gradient of their weight"),
        "Ctrl+2",
        checkable=True,
        group="edges",
    ),
    Entry(
        "edges_both",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Both"),
        QT_TRANSLATE_NOOP("Actions", "Edges show weight and gradient"),
        "Ctrl+3",
        checkable=True,
        group="edges",
    ),
    Entry(
        "zoom_fit",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Fit network"),
        QT_TRANSLATE_NOOP("Actions", "Show the whole network"),
        "Ctrl+0",
        "maximize",
        rule=True,
    ),
    Entry(
        "full_screen",
        "view",
        QT_TRANSLATE_NOOP("Actions", "F&ull screen"),
        QT_TRANSLATE_NOOP("Actions", "Give Glassnet the whole screen"),
        "F11",
        "expand",
        checkable=True,
    ),
    Entry(
        "reset_layout",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Reset la&yout"),
        QT_TRANSLATE_NOOP("Actions", "Put all panels back where they were at first"),
        icon="panels-top-left",
    ),
    Entry(
        "add_layer",
        "network",
        QT_TRANSLATE_NOOP("Actions", "&Add layer"),
        QT_TRANSLATE_NOOP("Actions", "Add a dense layer of four neurons before the output"),
        "Ctrl+L",
        "plus",
    ),
    Entry(
        "fit_output",
        "network",
        QT_TRANSLATE_NOOP("Actions", "&Fit output to data"),
        QT_TRANSLATE_NOOP("Actions", "Give the network the output layer and the loss its data asks for"),
        icon="wand-sparkles",
    ),
    Entry(
        "new_weights",
        "network",
        QT_TRANSLATE_NOOP("Actions", "New &weights"),
        QT_TRANSLATE_NOOP("Actions", "Draw other first weights"),
        "Ctrl+Shift+W",
        "dices",
        rule=True,
    ),
    Entry(
        "run",
        "train",
        QT_TRANSLATE_NOOP("Actions", "&Run"),
        QT_TRANSLATE_NOOP("Actions", "Train until you pause"),
        "Space",
        "play",
    ),
    Entry(
        "reset",
        "train",
        QT_TRANSLATE_NOOP("Actions", "R&eset"),
        QT_TRANSLATE_NOOP("Actions", "Go back to the same first weights"),
        "Ctrl+R",
        "rotate-ccw",
    ),
    Entry(
        "step",
        "train",
        QT_TRANSLATE_NOOP("Actions", "&Next step"),
        QT_TRANSLATE_NOOP("Actions", "Take the next step: forward, backward or update"),
        "Right",
        "arrow-right",
        rule=True,
    ),
    Entry(
        "forward",
        "train",
        QT_TRANSLATE_NOOP("Actions", "① &Forward"),
        QT_TRANSLATE_NOOP("Actions", "Compute z and a of every neuron for the next batch"),
        "1",
        checkable=True,
        group="phase",
    ),
    Entry(
        "backward",
        "train",
        QT_TRANSLATE_NOOP("Actions", "② &Backward"),
        QT_TRANSLATE_NOOP("Actions", "Compute the gradient of every weight"),
        "2",
        checkable=True,
        group="phase",
    ),
    Entry(
        "update",
        "train",
        QT_TRANSLATE_NOOP("Actions", "③ &Update"),
        QT_TRANSLATE_NOOP("Actions", "Change the weights against the gradient"),
        "3",
        checkable=True,
        group="phase",
    ),
    Entry(
        "iteration",
        "train",
        QT_TRANSLATE_NOOP("Actions", "&Iteration"),
        QT_TRANSLATE_NOOP("Actions", "One batch forward, backward and update"),
        "Shift+Right",
        "skip-forward",
        rule=True,
    ),
    Entry(
        "epoch",
        "train",
        QT_TRANSLATE_NOOP("Actions", "E&poch"),
        QT_TRANSLATE_NOOP("Actions", "The whole training set once"),
        "Ctrl+Right",
        "fast-forward",
    ),
    Entry(
        "new_data",
        "data",
        QT_TRANSLATE_NOOP("Actions", "&New data"),
        QT_TRANSLATE_NOOP("Actions", "Draw other samples of the same kind"),
        "Ctrl+D",
        "shuffle",
    ),
    Entry(
        "shortcuts",
        "help",
        QT_TRANSLATE_NOOP("Actions", "&Keyboard shortcuts"),
        QT_TRANSLATE_NOOP("Actions", "All shortcuts on one sheet"),
        "F1",
        "keyboard",
    ),
    Entry(
        "about",
        "help",
        QT_TRANSLATE_NOOP("Actions", "&About Glassnet"),
        QT_TRANSLATE_NOOP("Actions", "Version and licence"),
        icon="info",
    ),
)
