"""The findings: the core's sentences; a click leads to the neuron."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from core.analysis.health import Finding, FindingKind, findings
from core.analysis.remedies import Cure, Remedy
from core.lecture.scene import find_scene, read_scene
from core.lecture.subjects import Networks, made
from core.nn.design import Data, Dense, Design, Training
from core.nn.trainer import Trainer
from gui.app.main_window import MainWindow
from gui.selection import Selection
from gui.theme.theme import DARK, LIGHT
from gui.views.health import FINDING, HealthView, mend_text
from tests.gui.scenes import scene, tell


@pytest.fixture
def view(qtbot: QtBot) -> HealthView:
    made_view = HealthView()
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


def test_every_finding_is_listed_with_what_helps(view: HealthView) -> None:
    trainer, found = dead()
    view.show_theme(LIGHT)
    view.show_network(trainer.network, trainer.dataset)
    assert view.list.count() == 0 and "looked for" in view.line.text()
    view.show_findings(found)
    assert [view.list.item(k).data(FINDING) for k in range(view.list.count())] == list(found)
    assert sum(finding.kind is FindingKind.DEAD for finding in found) == 2
    assert f"{len(found)} found, of these 2 dead" in view.line.text()
    assert "likeliest cause first" in view.line.text()
    assert view.list.item(0).text() == found[0].sentence
    assert view.list.item(0).toolTip() == found[0].remedy


def test_a_click_selects_the_neuron(view: HealthView, qtbot: QtBot) -> None:
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


def test_the_selected_neuron_is_marked(view: HealthView) -> None:
    trainer, found = dead()
    view.show_network(trainer.network, trainer.dataset)
    view.show_findings(found)
    view.show_selection(Selection(1, 3))
    assert view.list.currentRow() == 1
    view.show_selection(Selection(1, 0))
    assert view.list.currentRow() == -1
    view.show_findings(
        (Finding(None, None, FindingKind.FLAT, "The loss stands still.", "More neurons."), *found)
    )
    view.show_selection(Selection())
    assert view.list.currentRow() == -1


def test_items_are_as_high_as_their_sentences(view: HealthView, qtbot: QtBot) -> None:
    trainer, found = dead()
    view.show_theme(DARK)
    view.show_network(trainer.network, trainer.dataset)
    view.show_findings(found)
    narrow = view.list.sizeHintForRow(0)
    view.resize(900, 320)
    qtbot.waitUntil(lambda: view.list.sizeHintForRow(0) < narrow)
    view.grab()


def test_nothing_wrong_is_said(view: HealthView) -> None:
    tell(view, scene())
    view.show_findings(())
    assert view.line.text().startswith("Nothing is wrong") and view.list.count() == 0
    assert view.accessibleDescription() == view.line.text()


XOR = Design(
    data=Data(source="xor-four-points"),
    layers=(Dense(4, initializer="zeros"), Dense(1, "sigmoid", initializer="zeros")),
    training=Training(gradient_descent="batch", learning_rate=0.5),
)


def button_of(window: MainWindow, qtbot: QtBot, kind: FindingKind) -> QPushButton:
    """Return the button of the first finding, once that is of a kind and shown."""
    window.panels.bring("health")
    findings_view = window.panels["health"]
    assert isinstance(findings_view, HealthView)
    items = findings_view.list
    qtbot.waitUntil(lambda: bool(items.count()) and items.item(0).data(FINDING).kind is kind, timeout=60_000)
    button = items.itemWidget(items.item(0))
    assert isinstance(button, QPushButton)
    qtbot.waitUntil(
        lambda: button.isVisible() and items.visualItemRect(items.item(0)).contains(button.geometry())
    )
    return button


def pressed(window: MainWindow, qtbot: QtBot, kind: FindingKind) -> None:
    button = button_of(window, qtbot, kind)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    window.player.settle()


def test_the_button_breaks_the_symmetry_and_undo_brings_it_back(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(XOR)
    pressed(window, qtbot, FindingKind.SYMMETRY)
    document = window.document
    assert {layer.initializer for layer in document.design.dense} == {"xavier"}
    assert document.undo_stack.undoText() == "Draw weights of the right spread"
    assert window.player.snapshot.theta.any()
    document.undo_stack.undo()
    window.player.settle()
    assert document.design == XOR and not window.player.snapshot.theta.any()


def test_the_button_divides_the_learning_rate_and_begins_again(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    steep = replace(XOR, layers=(Dense(4), Dense(1, "sigmoid")))
    steep = replace(steep, training=replace(steep.training, learning_rate=100.0))
    window = open_window(steep)
    window.player.run(200)
    qtbot.waitUntil(lambda: not window.player.running, timeout=60_000)
    pressed(window, qtbot, FindingKind.RATE)
    assert window.document.design.training.learning_rate == 10
    assert window.player.newest.iteration == 0 and window.player.snapshot.learning_rate == 10
    window.document.undo_stack.undo()
    window.player.settle()
    assert window.document.design == steep and window.player.newest.iteration == 200


def test_the_button_leads_out_of_a_stuck_run(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    stuck = replace(XOR, layers=(Dense(2), Dense(1, "sigmoid")))
    window = open_window(stuck)
    window.player.run(5000)
    qtbot.waitUntil(lambda: not window.player.running, timeout=60_000)
    assert window.player.snapshot.train.accuracy == 0.5
    pressed(window, qtbot, FindingKind.FLAT)
    assert window.document.design.dense[0].neurons == 6
    window.player.run(3000)
    qtbot.waitUntil(lambda: not window.player.running, timeout=60_000)
    assert window.player.snapshot.train.accuracy == 1
    view = window.panels["health"]
    qtbot.waitUntil(lambda: view.findings == (), timeout=60_000)
    assert "Nothing is wrong so far" in view.line.text()


@pytest.mark.parametrize("cure", Cure)
def test_every_cure_has_a_button_and_changes_the_design(cure: Cure) -> None:
    design = replace(
        XOR, layers=(Dense(3, "relu"), Dense(3, "sigmoid"), Dense(1, "sigmoid", initializer="zeros"))
    )
    remedy = Remedy(cure, 1)
    assert mend_text(remedy) and "{" not in mend_text(remedy)
    assert Remedy(cure, None if cure is Cure.TANH else 1).applied(design) != design
