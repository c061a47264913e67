"""The actions that share the design. To add one, add an entry."""

from core.language import translatable
from gui.actions.entry import ActionEntry

SHARE = (
    ActionEntry(
        "copy_link",
        "edit",
        translatable("Copy &link"),
        translatable("Copy the design, without weights, as a short text that opens where it is pasted"),
        "Ctrl+Shift+C",
        "link",
        rule=True,
    ),
    ActionEntry(
        "qr_code",
        "edit",
        translatable("Show as &QR code…"),
        translatable("Show the link of the design large, to be taken by phones and tablets"),
    ),
)
