"""The words for what a column of a table is and how it enters the network, in menus and headers alike."""

from ..language import translatable

ROLES = {
    "input": translatable("Input"),
    "target": translatable("Target"),
    "ignored": translatable("Not used"),
}
TYPES = {"number": translatable("Number"), "text": translatable("Text")}
ENTRIES = {
    "unscaled": translatable("As it is"),
    "standardized": translatable("Standardized: mean 0, spread 1"),
    "0..1": translatable("Scaled to [0, 1]"),
    "-1..1": translatable("Scaled to [−1, 1]"),
    "one-hot": translatable("One-hot: an input for each value"),
    "0/1": translatable("0 or 1"),
    "classes": translatable("Classes"),
}
GAPS = {
    "leave out": translatable("Leave the row out"),
    "mean": translatable("Fill in the mean"),
    "most frequent": translatable("Fill in the most frequent"),
}
