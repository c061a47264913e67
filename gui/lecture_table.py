"""The table of what can be done in the window of the lecture."""

from PySide6.QtCore import QT_TRANSLATE_NOOP

from gui.action_entry import Entry

SCENE = (
    Entry(
        "next_scene",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "&Next"),
        QT_TRANSLATE_NOOP("Actions", "Go to the next scene of the lecture"),
        "PgDown",
        "arrow-right",
    ),
    Entry(
        "previous_scene",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "&Previous"),
        QT_TRANSLATE_NOOP("Actions", "Go to the scene before"),
        "PgUp",
        "arrow-left",
    ),
    Entry(
        "reset_scene",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "Reset s&cene"),
        QT_TRANSLATE_NOOP("Actions", "Bring the scene back as it began, whatever was changed"),
        "Ctrl+Shift+R",
        "rotate-ccw",
    ),
    Entry(
        "gallery",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "&All scenes…"),
        QT_TRANSLATE_NOOP("Actions", "See all scenes as pictures, search them, open one"),
        "G",
        "columns-3",
        rule=True,
    ),
    Entry(
        "exercise",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "&Exercise"),
        QT_TRANSLATE_NOOP("Actions", "Work the example out yourself, with fresh numbers"),
        "E",
        "wand-sparkles",
        checkable=True,
    ),
    Entry(
        "settings",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "&Data and training"),
        QT_TRANSLATE_NOOP("Actions", "Change data, batch size, learning rate and layers of this network"),
        "T",
        "sliders-horizontal",
        checkable=True,
    ),
    Entry(
        "to_builder",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "Take to the &builder"),
        QT_TRANSLATE_NOOP("Actions", "Go on with this network in the main window"),
        "Ctrl+Shift+B",
        "blocks",
    ),
    Entry(
        "save_scene",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "&Save as scene…"),
        QT_TRANSLATE_NOOP("Actions", "Save what is shown now, with words of your own, as a scene"),
        "Ctrl+Alt+S",
        "save",
    ),
    Entry(
        "freeze",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "&Freeze"),
        QT_TRANSLATE_NOOP("Actions", "Hold the picture still while you talk; what runs waits"),
        "F",
        "pause",
        checkable=True,
        rule=True,
    ),
    Entry(
        "blank",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "B&lank screen"),
        QT_TRANSLATE_NOOP("Actions", "Darken the screen so that all look at you"),
        ".",
        "moon",
        checkable=True,
    ),
    Entry(
        "spotlight",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "Sp&otlight"),
        QT_TRANSLATE_NOOP("Actions", "Light one layer after the other, then all again"),
        "S",
        "sun-moon",
    ),
    Entry(
        "notes",
        "scene",
        QT_TRANSLATE_NOOP("Actions", "Speaker's no&tes"),
        QT_TRANSLATE_NOOP(
            "Actions", "Show your notes in another window, on the second screen if there is one"
        ),
        "N",
        "book-open",
    ),
)
