"""Conventions chosen in the window: the loss, labels, order, rule and fixed parameters, as edits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMenu
from pytestqt.qtbot import QtBot

from core.analysis.health import FindingKind
from core.lecture.view_ids import ViewId
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MSE, Hinge
from core.project.files import read
from gui.selection import Selection
from gui.views.matrices.blocks import CellRef

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

Open = Callable[..., "MainWindow"]
LEFT = Qt.MouseButton.LeftButton
DESIGN = Design(
    "2-2-1",
    layers=(Dense(2), Dense(1, "sigmoid")),
    training=Training(MSE(), gradient_descent="batch", learning_rate=0.5),
)
PERCEPTRON = Design(
    "perceptron",
    data=Data(source="xor-four-points"),
    layers=(Dense(1, "step", initial=((0.5,), (-1.0,), (0.25,))),),
    training=Training(
        MSE(), rule="perceptron", gradient_descent="stochastic", order="as in the table", learning_rate=0.5
    ),
)


def choose(combo: QComboBox, text: str) -> None:
    """Choose an entry of a list with the keys."""
    combo.setFocus()
    steps = combo.findText(text) - combo.currentIndex()
    for _ in range(abs(steps)):
        QTest.keyClick(combo, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
    assert combo.currentText() == text


def test_half_the_sum_of_squares_is_chosen_in_the_panel_and_is_in_the_file(
    open_window: Open, tmp_path: Path
) -> None:
    window = open_window(DESIGN)
    panel = window.panels.bring(ViewId.TRAINING_PANEL)
    loss = panel.form.rows["loss"]
    form = loss.forms[loss.combo.currentIndex()]
    assert not form.rows["over_outputs"].isVisible()
    QTest.mouseClick(panel.more, LEFT)
    choose(form.rows["over_outputs"].combo, "Half the sum")
    assert window.document.design.training.loss == MSE(over_outputs="half sum")
    choose(form.rows["over_samples"].combo, "Sum")
    network = window.document.network
    assert network.loss.J(np.zeros((1, 4)), np.ones((1, 4))) == 2.0
    window.files.write(tmp_path / "a.glassnet")
    assert read(tmp_path / "a.glassnet").design.training.loss == MSE("half sum", over_samples="sum")
    while window.document.undo_stack.canUndo():  # the keys pass through "Sum"
        window.document.undo_stack.undo()
    assert window.document.design == DESIGN


def test_hinge_asks_for_labels_of_minus_one_and_one_and_then_learns(open_window: Open) -> None:
    design = Design(
        "line", data=Data(source="linear"), layers=(Dense(1, "linear"),), training=DESIGN.training
    )
    window = open_window(design)
    training = window.panels.bring(ViewId.TRAINING_PANEL)
    choose(training.form.rows["loss"].combo, "Hinge loss")
    assert "takes the labels −1 and 1" in training.form.rows["loss"].problem.text()
    data = window.panels.bring(ViewId.DATA_PANEL)
    choose(data.form.rows["labels"].combo, "−1 or 1")
    assert not window.document.problems and window.document.design.training.loss == Hinge()
    assert set(window.document.dataset.targets(1).ravel()) == {-1, 1}
    window.player.run(300)
    window.player.settle()
    assert window.player.snapshot.train.accuracy > 0.97


def test_the_perceptron_rule_circles_on_xor_and_the_health_view_says_so(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(PERCEPTRON)
    kinds: list[list[FindingKind]] = []
    window.player.findings_changed.connect(lambda found: kinds.append([one.kind for one in found]))
    window.player.run(400)
    window.player.settle()
    qtbot.waitUntil(lambda: kinds[-1:] == [[FindingKind.CIRCLING]])  # an earlier moment may be told first
    text = window.panels.bring(ViewId.INSPECTOR)
    window.session.select(Selection(1, 0))
    QTest.keyClick(window, Qt.Key.Key_2)
    window.player.settle()
    assert "The perceptron rule" in text.text.toPlainText()
    assert "∂" not in text.text.toPlainText().partition("The perceptron rule")[2]


def test_a_rule_that_is_not_defined_says_what_helps(open_window: Open) -> None:
    window = open_window(DESIGN)
    panel = window.panels.bring(ViewId.TRAINING_PANEL)
    QTest.mouseClick(panel.more, LEFT)
    choose(panel.more_form.rows["rule"].combo, "Perceptron rule")
    assert "without hidden layer: delete the hidden layers" in panel.more_form.rows["rule"].problem.text()


def test_the_first_sample_is_asked_for_only_in_the_order_of_the_table(open_window: Open) -> None:
    window = open_window(DESIGN)
    panel = window.panels.bring(ViewId.TRAINING_PANEL)
    QTest.mouseClick(panel.more, LEFT)
    row = panel.more_form.rows["first_sample"]
    assert not row.isVisible()
    choose(panel.more_form.rows["order"].combo, "As in the table")
    assert row.isVisible()
    row.edit.setFocus()
    row.edit.selectAll()
    QTest.keyClicks(row.edit, "7")
    QTest.keyClick(row.edit, Qt.Key.Key_Return)
    training = window.document.design.training
    assert (training.order, training.first_sample) == ("as in the table", 7)


@pytest.mark.parametrize("selection", [Selection(1, 1, 0), Selection(2, 0), Selection(1)])
def test_the_inspector_fixes_what_is_selected(open_window: Open, selection: Selection) -> None:
    window = open_window(DESIGN)
    inspector = window.panels.bring(ViewId.INSPECTOR)
    window.session.select(selection)
    box = inspector.settings.fixed if selection.neuron is None else inspector.parameter.fixed
    wanted = {Selection(1, 1, 0): [4 - 3], Selection(2, 0): [8], Selection(1): [*range(6)]}[selection]
    assert not box.isChecked()
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    window.player.settle()
    assert window.document.network.fixed.tolist() == wanted and box.isChecked()
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert not window.document.network.fixed.size


def test_the_menu_of_a_matrix_fixes_a_weight(open_window: Open) -> None:
    window = open_window(DESIGN)
    view = window.panels.bring(ViewId.MATRICES)
    window.player.settle()
    viewport = view.table.viewport()
    at = view.table.cell(CellRef(0, 1, 0)).center().toPoint()
    QApplication.sendEvent(
        viewport, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
    )
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.setActiveAction(menu.actions()[0])
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert window.document.design.dense[0].fixed == ((2, 1),)
    assert window.document.undo_stack.undoText().startswith("Fix W")
