"""The actions of the menu Data of the main window. To add one, add an entry."""

from core.language import translatable
from gui.actions.entry import ActionEntry

DATA = (
    ActionEntry(
        "new_data",
        "data",
        translatable("&New data"),
        translatable("Draw other samples of the same kind"),
        "Ctrl+D",
        "shuffle",
    ),
    ActionEntry(
        "draw_points",
        "data",
        translatable("&Draw points"),
        translatable("Put samples on the plane with the mouse, while training runs"),
        "Ctrl+E",
        "pencil",
        checkable=True,
    ),
    ActionEntry(
        "show_test",
        "data",
        translatable("Show &test samples"),
        translatable("Show what is held back from training on the decision boundary"),
        checkable=True,
        rule=True,
    ),
    ActionEntry(
        "discretize",
        "data",
        translatable("D&iscretize output"),
        translatable("Colour the plane by the decision alone, not by how sure it is"),
        checkable=True,
    ),
)
