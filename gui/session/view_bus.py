"""Listeners: the views, told what happens; one that joins later is told what it missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from gui.widgets.drawable import overflowing

Slot = Callable[..., object] | SignalInstance
LASTING = ("show_theme", "show_design", "show_network", "show_selection")


class ViewBus:
    """Views told by calling their methods ("show_design", …), each that has them.

    What was told last is kept for views that join later. A new network ends all that was told of the
    old one but what is ``LASTING``.
    """

    def __init__(self) -> None:
        self._views: list[QWidget] = []
        self._methods: dict[str, list[Callable[..., None]]] = {}
        self._told: dict[str, tuple[object, ...]] = {}
        self._slots: list[tuple[str, Slot]] = []

    def __iter__(self) -> Iterator[QWidget]:
        return iter(self._views)

    def add(self, view: QWidget) -> None:
        """Take in a view: connect its signals and tell it what it missed, what lasts first."""
        self._views.append(view)
        self._methods.clear()
        for signal, slot in self._slots:
            _connect(view, signal, slot)
        for what in sorted(self._told, key=_rank):
            if (method := getattr(view, what, None)) is not None:
                with overflowing():
                    method(*self._told[what])

    def remove(self, view: QWidget) -> None:
        """Tell a view nothing more."""
        self._views.remove(view)
        self._methods.clear()

    def show(self, what: str, *values: object) -> None:
        """Call the method ``what`` of every view that has it."""
        if what == "show_network":
            self._told = {name: told for name, told in self._told.items() if name in LASTING}
        self._told[what] = values
        if what not in self._methods:
            found = (getattr(view, what, None) for view in self._views)
            self._methods[what] = [method for method in found if method is not None]
        with overflowing():
            for method in self._methods[what]:
                method(*values)

    def connect(self, signal: str, slot: Slot) -> None:
        """Connect the signal of that name of every view that has it, or will."""
        self._slots.append((signal, slot))
        for view in self._views:
            _connect(view, signal, slot)


def _rank(what: str) -> int:
    return LASTING.index(what) if what in LASTING else len(LASTING)


def _connect(view: QWidget, signal: str, slot: Slot) -> None:
    if (found := getattr(view, signal, None)) is not None:
        found.connect(slot)
