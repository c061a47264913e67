"""First weights typed, pasted or all the same; Reset goes back to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit

from core.lecture.view_ids import ViewId
from core.nn.design import Dense, Design, Training
from gui.views.matrices.first_weights import FirstWeightsForm

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

Open = Callable[..., "MainWindow"]
LEFT = Qt.MouseButton.LeftButton
DESIGN = Design(
    "2-2-1",
    layers=(Dense(2, "sigmoid"), Dense(1, "sigmoid")),
    training=Training(gradient_descent="batch", learning_rate=1.0),
)


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    return open_window(DESIGN)


def opened(window: MainWindow, l: int = 1) -> FirstWeightsForm:
    """Open the form of a layer by the button of the matrices."""
    view = window.panels.bring(ViewId.MATRICES)
    view.layer.setCurrentIndex(l)
    QTest.mouseClick(view.first, LEFT)
    form = view.findChild(FirstWeightsForm)
    assert form is not None
    return form


def test_no_number_is_cut(window: MainWindow) -> None:
    form = opened(window)
    for press in (form.drawn, form.zero, form.half):
        QTest.mouseClick(press, LEFT)
        for j in range(form.cells.columnCount()):
            assert form.cells.sizeHintForColumn(j) <= form.cells.columnWidth(j)
    typed(form, 0, 0, "-123456.78901234")
    assert form.cells.sizeHintForColumn(0) <= form.cells.columnWidth(0)
    form.reject()


def taken(window: MainWindow, form: FirstWeightsForm) -> None:
    QTest.mouseClick(form.buttons.button(QDialogButtonBox.StandardButton.Ok), LEFT)
    window.player.settle()
    QApplication.processEvents()


def typed(form: FirstWeightsForm, row: int, column: int, text: str) -> None:
    form.cells.setCurrentCell(row, column)
    QTest.keyClick(form.cells, Qt.Key.Key_F2)
    edit = form.cells.findChildren(QLineEdit)[-1]
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    QApplication.processEvents()  # the cell takes the text in an event of its own


def texts(form: FirstWeightsForm) -> list[list[str]]:
    cells = form.cells
    return [[cells.item(i, j).text() for j in range(cells.columnCount())] for i in range(cells.rowCount())]


def theta(window: MainWindow) -> list[float]:
    window.player.settle()
    return [float(value) for value in window.player.newest.theta]


def test_pasted_weights_are_those_that_reset_goes_back_to(window: MainWindow) -> None:
    form = opened(window)
    QGuiApplication.clipboard().setText("0.15\t0.25\n0.20\t0.30\n0.35\t0.35\n")
    QTest.keyClick(form.cells, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert texts(form) == [["0.15", "0.25"], ["0.2", "0.3"], ["0.35", "0.35"]]
    taken(window, form)
    first = [0.15, 0.25, 0.2, 0.3, 0.35, 0.35]
    assert theta(window)[:6] == first
    assert window.document.design.dense[0].initial == ((0.15, 0.25), (0.2, 0.3), (0.35, 0.35))
    window.player.run(10)
    assert theta(window)[:6] != first
    window.actions_["reset"].trigger()
    assert theta(window)[:6] == first


def test_a_weight_is_typed_and_what_is_no_number_is_refused(window: MainWindow) -> None:
    form = opened(window, 2)
    typed(form, 1, 0, "1/4")
    assert texts(form)[1] == ["0.25"] and not form.line.isVisible()
    typed(form, 0, 0, "much")
    assert form.line.isVisible() and "must be a number" in form.line.text()
    taken(window, form)
    assert window.document.design.dense[1].initial[1] == (0.25,)
    assert theta(window)[7] == 0.25


def test_all_the_same_and_drawn_again(window: MainWindow) -> None:
    before = theta(window)
    form = opened(window)
    QTest.mouseClick(form.half, LEFT)
    taken(window, form)
    assert theta(window)[:6] == [0.5] * 6 and theta(window)[6:] == before[6:]
    assert window.document.design.dense[0].initial == 0.5
    form = opened(window)
    QTest.mouseClick(form.drawn, LEFT)
    taken(window, form)
    assert theta(window) == before and window.document.design == DESIGN


def test_a_table_that_does_not_fit_is_refused_and_a_smaller_one_goes_to_the_chosen_cell(
    window: MainWindow,
) -> None:
    form = opened(window)
    QGuiApplication.clipboard().setText("1 2 3\n4 5 6")
    QTest.mouseClick(form.paste, LEFT)
    assert form.line.text().startswith("2 × 3 numbers do not fit")
    QGuiApplication.clipboard().setText("one two")
    QTest.mouseClick(form.paste, LEFT)
    assert form.line.text().startswith("Row 1, column 1 must be a number")
    form.cells.setCurrentCell(2, 1)
    QGuiApplication.clipboard().setText("-0.75")
    QTest.mouseClick(form.paste, LEFT)
    assert texts(form)[2][1] == "−0.75" and not form.line.isVisible()


@pytest.mark.parametrize(("action", "value"), [("weights_half", 0.5), ("weights_zero", 0.0)])
def test_all_weights_of_the_network_by_one_action(window: MainWindow, action: str, value: float) -> None:
    before = theta(window)
    window.actions_[action].trigger()
    assert theta(window) == [value] * 9
    window.document.undo_stack.undo()
    assert theta(window) == before
    window.actions_[action].trigger()
    window.actions_["new_weights"].trigger()
    assert len(set(theta(window))) > 5  # drawn again
