"""What is done by keys and by the mouse in the lab and the lecture, and in all tables and plots."""

from PySide6.QtCore import QT_TRANSLATE_NOOP

from gui.actions.entry import ActionEntry

PASSES = (
    ActionEntry(
        "walk",
        "train",
        QT_TRANSLATE_NOOP("Actions", "&Autoplay on"),
        QT_TRANSLATE_NOOP("Actions", "Go on a node at a time until you pause"),
        "Space",
    ),
    ActionEntry(
        "step",
        "train",
        QT_TRANSLATE_NOOP("Actions", "&Step"),
        QT_TRANSLATE_NOOP("Actions", "One node further, forward and then backward"),
        "Right",
    ),
    ActionEntry(
        "back",
        "train",
        QT_TRANSLATE_NOOP("Actions", "&Back"),
        QT_TRANSLATE_NOOP("Actions", "Take the last step back"),
        "Left",
    ),
    ActionEntry(
        "first",
        "train",
        QT_TRANSLATE_NOOP("Actions", "To the be&ginning"),
        QT_TRANSLATE_NOOP("Actions", "Only the inputs, nothing computed"),
        "Home",
    ),
    ActionEntry(
        "last",
        "train",
        QT_TRANSLATE_NOOP("Actions", "To the &end"),
        QT_TRANSLATE_NOOP("Actions", "All values and all gradients computed"),
        "End",
    ),
    ActionEntry(
        "reset",
        "train",
        QT_TRANSLATE_NOOP("Actions", "&Reset"),
        QT_TRANSLATE_NOOP("Actions", "First values, nothing computed"),
        "Ctrl+R",
    ),
)
"""What can be done in the lab alone."""
LAB_GESTURES = (
    (
        QT_TRANSLATE_NOOP("Actions", "Click a node"),
        QT_TRANSLATE_NOOP("Actions", "see what it computes, and its gradient"),
    ),
    (QT_TRANSLATE_NOOP("Actions", "Click the ground"), QT_TRANSLATE_NOOP("Actions", "select nothing")),
    (QT_TRANSLATE_NOOP("Actions", "Esc"), QT_TRANSLATE_NOOP("Actions", "select nothing")),
    (QT_TRANSLATE_NOOP("Actions", "Drag the ground"), QT_TRANSLATE_NOOP("Actions", "move the picture")),
    (QT_TRANSLATE_NOOP("Actions", "Wheel"), QT_TRANSLATE_NOOP("Actions", "zoom around the mouse")),
    (QT_TRANSLATE_NOOP("Actions", "+, −, 0"), QT_TRANSLATE_NOOP("Actions", "zoom; 0 shows the whole graph")),
    (
        QT_TRANSLATE_NOOP("Actions", "Double click"),
        QT_TRANSLATE_NOOP("Actions", "on the ground, show the whole graph"),
    ),
    (
        QT_TRANSLATE_NOOP("Actions", "Up, Down"),
        QT_TRANSLATE_NOOP("Actions", "in a value, change it by a step"),
    ),
)
"""The gestures of the lab."""
LECTURE_GESTURES = (
    (QT_TRANSLATE_NOOP("Actions", "Click a dot"), QT_TRANSLATE_NOOP("Actions", "go to that scene")),
    (QT_TRANSLATE_NOOP("Actions", "Point at a dot"), QT_TRANSLATE_NOOP("Actions", "tell its title")),
    (QT_TRANSLATE_NOOP("Actions", "Drag a point"), QT_TRANSLATE_NOOP("Actions", "change what it stands for")),
    (
        QT_TRANSLATE_NOOP("Actions", "Arrows"),
        QT_TRANSLATE_NOOP("Actions", "move the chosen point; finer with Ctrl"),
    ),
    (QT_TRANSLATE_NOOP("Actions", "Esc"), QT_TRANSLATE_NOOP("Actions", "in the notes, close them")),
)
"""The gestures of the lecture, beside those of the canvas and the lab."""
VIEW_GESTURES = (
    (
        QT_TRANSLATE_NOOP("Actions", "Click a row"),
        QT_TRANSLATE_NOOP("Actions", "send the sample through the network"),
    ),
    (
        QT_TRANSLATE_NOOP("Actions", "Up, Down"),
        QT_TRANSLATE_NOOP("Actions", "in a table, the sample before or the next one"),
    ),
    (
        QT_TRANSLATE_NOOP("Actions", "Click a header"),
        QT_TRANSLATE_NOOP("Actions", "sort by the column; again, turn the order round"),
    ),
    (
        QT_TRANSLATE_NOOP("Actions", "Shift+click a header"),
        QT_TRANSLATE_NOOP("Actions", "sort equal rows by this column, too"),
    ),
    (QT_TRANSLATE_NOOP("Actions", "Drag a plot"), QT_TRANSLATE_NOOP("Actions", "look elsewhere")),
    (
        QT_TRANSLATE_NOOP("Actions", "Wheel on a plot"),
        QT_TRANSLATE_NOOP("Actions", "look closer; double click fits all again"),
    ),
    (
        QT_TRANSLATE_NOOP("Actions", "Right click a plot"),
        QT_TRANSLATE_NOOP("Actions", "logarithmic axis, copy or save the picture"),
    ),
    (
        QT_TRANSLATE_NOOP("Actions", "Point at a number"),
        QT_TRANSLATE_NOOP("Actions", "read it to its last digit"),
    ),
)
"""The gestures in tables and plots."""
