"""The entry of one action in the table of actions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ActionEntry:
    """An action: its menu, text, description, shortcut and icon.

    ``group``: of all actions with the same group, exactly one is checked. ``rule``: a separator is placed
    above the action. ``also``: further shortcuts. ``count`` replaces ``{count}`` in the texts.
    """

    id: str
    menu: str
    text: str
    tip: str
    shortcut: str = ""
    icon: str = ""
    checkable: bool = False
    group: str = ""
    rule: bool = False
    also: tuple[str, ...] = ()
    count: int = 0
