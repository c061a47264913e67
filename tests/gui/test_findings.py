"""The findings: the core's sentences; a click leads to the neuron."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.diagnostics import Kind, findings
from core.lecture import find_scene, read_scene
from core.subjects import Networks, made
from core.training import Trainer
from gui.finding_list import FINDING
from gui.selection import Selection
from gui.theme import DARK, LIGHT
from gui.views.findings import FindingsView
from tests.gui.scenes import scene, tell


@pytest.fixture
def view(qtbot: QtBot) -> FindingsView:
    made_view = FindingsView()
    qtbot.addWidget(made_view)
    made_view.resize(340, 320)
    made_view.show()
    qtbot.waitExposed(made_view)
    return made_view


def dead() -> tuple[Trainer, tuple]:
    """Return the lecture's network with two dead neurons, and what is found in it."""
    subject = read_scene(find_scene("dead-relu")).subject
    assert isinstance(subject, Networks)
    one = made(subject.starts[0])
    x, y = one.dataset.x[:, one.dataset.train], one.dataset.targets(1)[:, one.dataset.train]
    return Trainer(one.network, one.dataset, one.theta), findings(one.network, one.theta, x, y)


def test_every_finding_is_listed_with_what_helps(view: FindingsView) -> None:
    trainer, found = dead()
    view.show_theme(LIGHT)
    view.show_network(trainer.network, trainer.dataset)
    assert view.list.count() == 0 and "looked for" in view.line.text()
    view.show_findings(found)
    assert [view.list.item(k).data(FINDING) for k in range(view.list.count())] == list(found)
    assert sum(finding.kind is Kind.DEAD for finding in found) == 2
    assert f"{len(found)} found, of these 2 dead" in view.line.text()
    assert view.list.item(0).text() == found[0].sentence
    assert view.list.item(0).toolTip() == found[0].remedy


def test_a_click_selects_the_neuron(view: FindingsView, qtbot: QtBot) -> None:
    trainer, found = dead()
    view.show_network(trainer.network, trainer.dataset)
    view.show_findings(found)
    view.show_selection(Selection(sample=4))
    box = view.list.visualItemRect(view.list.item(1))
    with qtbot.waitSignal(view.select_requested) as blocker:
        qtbot.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert blocker.args == [Selection(1, 3, sample=4)]
    view.list.setCurrentRow(0)
    view.list.setFocus()
    with qtbot.waitSignal(view.select_requested) as blocker:
        qtbot.keyClick(view.list, Qt.Key.Key_Return)
    assert blocker.args == [Selection(1, 2, sample=4)]


def test_the_selected_neuron_is_marked(view: FindingsView) -> None:
    trainer, found = dead()
    view.show_network(trainer.network, trainer.dataset)
    view.show_findings(found)
    view.show_selection(Selection(1, 3))
    assert view.list.currentRow() == 1
    view.show_selection(Selection(1, 0))
    assert view.list.currentRow() == -1


def test_items_are_as_high_as_their_sentences(view: FindingsView, qtbot: QtBot) -> None:
    trainer, found = dead()
    view.show_theme(DARK)
    view.show_network(trainer.network, trainer.dataset)
    view.show_findings(found)
    narrow = view.list.sizeHintForRow(0)
    view.resize(900, 320)
    qtbot.waitUntil(lambda: view.list.sizeHintForRow(0) < narrow)
    view.grab()


def test_nothing_wrong_is_said(view: FindingsView) -> None:
    tell(view, scene())
    view.show_findings(())
    assert view.line.text().startswith("Nothing is wrong") and view.list.count() == 0
    assert view.accessibleDescription() == view.line.text()
