"""The keyboard and mouse gestures of the lab and the lecture, and of all tables and plots."""

from core.language import translatable
from gui.actions.entry import ActionEntry

PASSES = (
    ActionEntry(
        "walk",
        "train",
        translatable("&Autoplay on"),
        translatable("Go on a node at a time until you pause"),
        "Space",
    ),
    ActionEntry(
        "step",
        "train",
        translatable("&Step"),
        translatable("One node further, forward and then backward"),
        "Right",
    ),
    ActionEntry(
        "back",
        "train",
        translatable("&Back"),
        translatable("Take the last step back"),
        "Left",
    ),
    ActionEntry(
        "first",
        "train",
        translatable("To the be&ginning"),
        translatable("Only the inputs, nothing computed"),
        "Home",
    ),
    ActionEntry(
        "last",
        "train",
        translatable("To the &end"),
        translatable("All values and all gradients computed"),
        "End",
    ),
    ActionEntry(
        "reset",
        "train",
        translatable("&Reset"),
        translatable("First values, nothing computed"),
        "Ctrl+R",
    ),
)
"""The gestures of the lab alone: going through passes."""
LAB_GESTURES = (
    (
        translatable("Click a node"),
        translatable("see what it computes, and its gradient"),
    ),
    (translatable("Click the ground"), translatable("select nothing")),
    (translatable("Esc"), translatable("select nothing")),
    (translatable("Drag the ground"), translatable("move the picture")),
    (translatable("Wheel"), translatable("zoom around the mouse")),
    (translatable("+, −, 0"), translatable("zoom; 0 shows the whole graph")),
    (
        translatable("Double click"),
        translatable("on the ground, show the whole graph"),
    ),
    (
        translatable("Up, Down"),
        translatable("in a value, change it by a step"),
    ),
    (translatable("Right click the graph"), translatable("copy it as lines of text")),
)
"""The gestures of the lab."""
LECTURE_GESTURES = (
    (translatable("Click a dot"), translatable("go to that scene")),
    (translatable("Point at a dot"), translatable("tell its title")),
    (translatable("Drag a point"), translatable("change what it stands for")),
    (
        translatable("Arrows"),
        translatable("move the chosen point; finer with Ctrl"),
    ),
    (
        translatable("Esc"),
        translatable("light the screen again, or leave the hall; in the notes, close them"),
    ),
)
"""The gestures of the lecture, besides those of the canvas and the lab."""
VIEW_GESTURES = (
    (
        translatable("Click a row"),
        translatable("send the sample through the network"),
    ),
    (
        translatable("Up, Down"),
        translatable("in a table, the sample before or the next one"),
    ),
    (
        translatable("Click a header"),
        translatable("sort by the column; again, turn the order round"),
    ),
    (
        translatable("Shift+click a header"),
        translatable("sort equal rows by this column, too"),
    ),
    (
        translatable("Ctrl+C, Ctrl+V"),
        translatable("in a table, copy what is selected; paste cells, also from a spreadsheet"),
    ),
    (
        translatable("Ctrl+F"),
        translatable("in the table, find a number or a word; Enter goes on"),
    ),
    (
        translatable("Enter, Tab"),
        translatable("in a table of one's own, on to the cell below, or beside"),
    ),
    (
        translatable("Delete, Backspace"),
        translatable("in a table of one's own, delete rows; empty cells"),
    ),
    (
        translatable("Click train or test"),
        translatable("in a table of one's own, move the row to the other part"),
    ),
    (translatable("Drag a plot"), translatable("look elsewhere")),
    (
        translatable("Wheel on a plot"),
        translatable("look closer; double click fits all again"),
    ),
    (
        translatable("Right click a plot"),
        translatable("logarithmic axis, copy or save the picture"),
    ),
    (
        translatable("Point at a number"),
        translatable("read it to its last digit"),
    ),
    (
        translatable("Drag a ROC curve's point"),
        translatable("another threshold; Left and Right go along the curve"),
    ),
    (
        translatable("Point at a metric"),
        translatable("read its formula with the numbers put in"),
    ),
    (
        translatable("Draw on the pad"),
        translatable("a digit for the network; the right button erases, the wheel sets the pen"),
    ),
)
"""The gestures of tables, plots and the digit pad."""
