"""The table of the user's preferences. To add one, add an entry.

An entry makes the row in the window of preferences, the actions in the menus and in the list of commands, and
the value that is stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.language import translatable
from core.number_style import FEWEST_DIGITS, MOST_DIGITS, POWERS
from gui.actions.entry import ActionEntry
from gui.theme.theme import COLOURS, FEWEST_POINTS, MOST_POINTS

Value = str | int | bool


@dataclass(frozen=True)
class Preference:
    """A preference of the user, stored under ``key``.

    ``choices`` are its values with the action that sets each; the first one is the default. With one action
    alone, the preference is on or off, and ``first`` is the default. Without any action it is a folder, which
    the user chooses in a dialog with the title ``asks``.
    """

    key: str
    title: str
    choices: tuple[tuple[Value, ActionEntry], ...] = ()
    first: Value = ""
    asks: ActionEntry | None = None

    @property
    def entries(self) -> tuple[ActionEntry, ...]:
        """The actions of all choices."""
        return (*(entry for _value, entry in self.choices), *((self.asks,) if self.asks else ()))


def _one_of(
    key: str, title: str, menu: str, *rows: tuple[Value, str, str], shortcuts: dict[Value, str] | None = None
) -> Preference:
    """Return a preference with a few values: each with the text and the tooltip of its action."""
    group, keys = key.partition("/")[2], shortcuts or {}

    def entry(value: Value, text: str, tip: str) -> ActionEntry:
        count = value if isinstance(value, int) else 0
        return ActionEntry(
            f"{group}_{value}", menu, text, tip, keys.get(value, ""), checkable=True, group=group, count=count
        )

    return Preference(key, title, tuple((row[0], entry(*row)) for row in rows), rows[0][0])


def _on_or_off(key: str, first: bool, entry: ActionEntry) -> Preference:
    return Preference(key, entry.text, ((True, entry),), first)


_POWERS = dict(zip(POWERS, ("2.13·10⁻⁵", "2.13×10⁻⁵", "2.13e−5"), strict=True))
_COLOUR_TEXTS = (
    (translatable("&Usual colours"), translatable("Orange for negative numbers, blue for positive ones")),
    (
        translatable("For &red-green colour blindness"),
        translatable("Yellow and blue, which protanopia and deuteranopia tell apart best"),
    ),
    (
        translatable("For &blue-yellow colour blindness"),
        translatable("Red and cyan, which tritanopia tells apart best"),
    ),
    (translatable("&High contrast"), translatable("Black on white or white on black, with strong lines")),
)
PREFERENCES = {
    "theme": _one_of(
        "look/theme",
        translatable("&Theme"),
        "view",
        ("system", translatable("Theme of the &system"), translatable("Light or dark as the system is")),
        ("light", translatable("&Light theme"), translatable("Dark on white")),
        ("dark", translatable("&Dark theme"), translatable("Light on black")),
        shortcuts={"dark": "Ctrl+Shift+D"},
    ),
    "colours": _one_of(
        "look/colours",
        translatable("&Colour palette"),
        "colours",
        *((name, *texts) for name, texts in zip(COLOURS, _COLOUR_TEXTS, strict=True)),
    ),
    "font_size": _one_of(
        "look/font_size",
        translatable("&Font size"),
        "font_size",
        ("system", translatable("As the s&ystem"), translatable("Write text as large as the system does")),
        *(
            (points, translatable("{count} points"), translatable("Write text in a size of {count} points"))
            for points in range(FEWEST_POINTS, MOST_POINTS + 1)
        ),
    ),
    "digits": _one_of(
        "look/digits",
        translatable("&Digits"),
        "digits",
        *(
            (
                count,
                translatable("{count}"),
                translatable("Write computed numbers in {count} digits, everywhere"),
            )
            for count in range(FEWEST_DIGITS, MOST_DIGITS + 1)
        ),
    ),
    "powers": _one_of(
        "look/powers",
        translatable("&Powers of ten"),
        "powers",
        *(
            (sign, example, translatable("Write powers of ten this way, everywhere"))
            for sign, example in _POWERS.items()
        ),
    ),
    "reduced_motion": _on_or_off(
        "look/reduced_motion",
        False,
        ActionEntry(
            "reduced_motion",
            "view",
            translatable("Reduced &motion"),
            translatable("Let nothing slide or fade: it is in its new place at once"),
            checkable=True,
        ),
    ),
    "with_weights": _on_or_off(
        "files/with_weights",
        True,
        ActionEntry(
            "with_weights",
            "file",
            translatable("Save &weights too"),
            translatable("Save weights and optimizer state with the design"),
            checkable=True,
        ),
    ),
    "autosave": _on_or_off(
        "files/autosave",
        False,
        ActionEntry(
            "autosave",
            "file",
            translatable("Save b&y itself"),
            translatable("Save changes of a design that has a file soon after they are made"),
            checkable=True,
        ),
    ),
    "default_folder": Preference(
        "files/default_folder",
        translatable("&Folder of files"),
        asks=ActionEntry(
            "default_folder",
            "file",
            translatable("&Folder of files…"),
            translatable("Choose the folder in which files are looked for and saved first"),
        ),
    ),
}
