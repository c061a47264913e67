"""One action of the registry, as the tables of actions write it down."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ActionEntry:
    """An action: in which menu, its text, what it does in a sentence, its shortcut and icon.

    ``group``: of all actions with the same one, one is checked. ``rule``: a line stands above it.
    ``also``: further shortcuts.
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
    also: tuple[str, ...] = ()
