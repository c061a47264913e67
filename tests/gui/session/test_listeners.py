"""Views that join late know what the others know; hidden panels are made when first seen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.app.dock_panels import DOCKS
from gui.session.view_bus import ViewBus
from gui.views.registry import VIEWS


class Told(QWidget):
    asked = Signal(int)

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
    listeners.show("show_network", "old", None)
    listeners.show("show_findings", "of the old")
    listeners.show("show_network", "new", None)
    listeners.show("show_findings", "of the new")
    listeners.show("show_design", "design", ())
    listeners.add(late)
    assert late.heard == [("design", "design"), ("network", "new"), ("findings", "of the new")]


def test_what_was_told_of_an_old_network_is_forgotten(qtbot: QtBot) -> None:
    listeners, late = ViewBus(), Told()
    qtbot.addWidget(late)
    listeners.show("show_findings", "of the old")
    listeners.show("show_network", "new", None)
    listeners.add(late)
    assert late.heard == [("network", "new")]


def test_signals_of_views_that_join_late_are_connected(qtbot: QtBot) -> None:
    listeners, early, late, heard = ViewBus(), Told(), Told(), list[int]()
    qtbot.addWidget(early)
    qtbot.addWidget(late)
    listeners.add(early)
    listeners.connect("asked", heard.append)
    listeners.add(late)
    early.asked.emit(1)
    late.asked.emit(2)
    assert heard == [1, 2]
    listeners.remove(late)
    listeners.show("show_network", "new", None)
    assert [early.heard, late.heard] == [[("network", "new")], []]


def test_hidden_panels_are_made_when_first_seen(window, qtbot: QtBot) -> None:
    window.player.run(5)
    window.player.settle()
    hidden = [name for name, dock in DOCKS.items() if dock.behind]
    assert [name for name in DOCKS if window.panels.made(name) is None] == hidden
    for name in hidden:
        window.panels.docks[name].show()
        window.panels.docks[name].raise_()
        qtbot.waitUntil(lambda name=name: window.panels.made(name) is not None)
    assert window.panels["matrices"].isVisible()
    assert window.panels["runs"].present().iterations == 5


def test_every_view_of_the_table_can_be_made(qtbot: QtBot) -> None:
    for row in VIEWS.values():
        view = row.make()
        qtbot.addWidget(view)
        assert isinstance(view, QWidget), row.source
        assert row.name
