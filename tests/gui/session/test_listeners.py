"""Views that join late are shown what the others were; hidden panels are created when first shown."""

from __future__ import annotations

from inspect import isfunction, signature
from pkgutil import resolve_name
from typing import get_args, get_type_hints

import pytest
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from gui.qt.typed_signal import BoundSignal, type_name
from gui.session import view_events
from gui.session.view_bus import ViewBus, ViewRequest
from gui.views.registry import DOCKS, VIEWS


class Told(QWidget):
    learning_rate_previewed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, object]] = []

    def show_design(self, design: object, _problems: object) -> None:
        self.heard.append(("design", design))

    def show_network(self, network: object, _dataset: object) -> None:
        self.heard.append(("network", network))

    def show_findings(self, findings: object) -> None:
        self.heard.append(("findings", findings))


def test_a_view_that_joins_late_is_told_what_lasts_first(qtbot: QtBot) -> None:
    listeners, late = ViewBus(), Told()
    qtbot.addWidget(late)
    listeners.show_network("old", None)
    listeners.show_findings("of the old")
    listeners.show_network("new", None)
    listeners.show_findings("of the new")
    listeners.show_design("design", ())
    listeners.add(late)
    assert late.heard == [("design", "design"), ("network", "new"), ("findings", "of the new")]


def test_what_was_told_of_an_old_network_is_forgotten(qtbot: QtBot) -> None:
    listeners, late = ViewBus(), Told()
    qtbot.addWidget(late)
    listeners.show_findings("of the old")
    listeners.show_network("new", None)
    listeners.add(late)
    assert late.heard == [("network", "new")]


def test_signals_of_views_that_join_late_are_connected(qtbot: QtBot) -> None:
    listeners, early, late, heard = ViewBus(), Told(), Told(), list[float]()
    qtbot.addWidget(early)
    qtbot.addWidget(late)
    listeners.add(early)
    listeners.learning_rate_previewed.connect(heard.append)
    listeners.add(late)
    early.learning_rate_previewed.emit(1)
    late.learning_rate_previewed.emit(2)
    assert heard == [1, 2]
    listeners.remove(late)
    listeners.show_network("new", None)
    assert [early.heard, late.heard] == [[("network", "new")], []]


def test_hidden_panels_are_made_when_first_seen(window, qtbot: QtBot) -> None:
    window.player.run(5)
    window.player.settle()
    hidden = [name for name, dock in DOCKS.items() if dock.behind]
    assert {name for name in DOCKS if window.panels.made(name) is None} >= set(hidden)
    for name in hidden:
        window.panels.bring(name)
        qtbot.waitUntil(lambda name=name: window.panels.made(name) is not None)
    assert window.panels["matrices"].isVisible()
    assert window.panels.bring(ViewId.RUNS).present().iterations == 5


PROTOCOLS = [kind for kind in vars(view_events).values() if getattr(kind, "_is_protocol", False)]
for other in (
    BoundSignal,
    view_events.Summarizes,
):  # a summary goes to the section of its view, not over the bus
    PROTOCOLS.remove(other)
MEMBERS = {name: kind for kind in PROTOCOLS for name in vars(kind) if name[0] != "_"}
METHODS = {name: kind for name, kind in MEMBERS.items() if isfunction(vars(kind)[name])}
SIGNALS = MEMBERS.keys() - METHODS.keys()
OF_FRAMES = {"show_snapshot", "show_curves", "show_picture", "show_numbers"}
OF_OWNERS = {"show_all"}  # for the canvas, by the shortcuts for zooming


def test_the_bus_has_an_event_or_a_request_for_every_protocol() -> None:
    bus = ViewBus()
    assert len(MEMBERS) > 30
    assert all(callable(getattr(bus, name)) for name in METHODS.keys() - OF_FRAMES)
    assert all(isinstance(getattr(bus, name), ViewRequest) for name in SIGNALS)


def parameters(view: type[QWidget], signal: str) -> list[str]:
    """Return the types of a signal's arguments, as declared by its `TypedSignal`."""
    methods = map(view.staticMetaObject.method, range(view.staticMetaObject.methodCount()))
    found = next(method for method in methods if method.name() == signal)
    return [bytes(name).decode() for name in found.parameterNames()]


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_takes_and_asks_for_what_the_protocols_say(name: str) -> None:
    """A view takes part in a protocol by names alone, so a misspelt method would never be called."""
    view = resolve_name(VIEWS[name].source)
    assert {own for own in dir(view) if own.startswith("show_")} <= METHODS.keys() | OF_OWNERS
    assert {own for own in dir(view) if own.endswith(("_requested", "_previewed"))} <= SIGNALS
    for method, kind in METHODS.items():
        if (own := getattr(view, method, None)) is not None:
            signature(own).bind(*signature(getattr(kind, method)).parameters)
    for signal in SIGNALS & set(dir(view)):
        carried = get_args(get_type_hints(vars(MEMBERS[signal])[signal].fget)["return"])
        assert parameters(view, signal) == [type_name(kind) for kind in carried], signal


def test_a_view_that_joins_while_others_are_told_is_told_once(qtbot: QtBot) -> None:
    class Adding(Told):
        def show_design(self, design: object, problems: object) -> None:
            super().show_design(design, problems)
            bus.add(late)

    bus, late = ViewBus(), Told()
    early = Adding()
    for view in (early, late):
        qtbot.addWidget(view)
    bus.add(early)
    bus.show_design("design", ())
    assert early.heard == late.heard == [("design", "design")]
