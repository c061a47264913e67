"""The product of a linear network's matrices, and the outputs of both, agree with the core."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.analysis.linear_collapse import collapsed, compared, nearest, product
from core.data.datasets import make_dataset
from core.debugger.steps import Steps, revealed
from core.nn.design import Data, Dense, Design, Training, fitted
from core.nn.trainer import Phase
from core.number_style import NOT_COMPUTED, fine_text, ratio_text, value_text
from core.slices import finished
from gui.selection import Selection
from gui.theme.theme import DARK
from gui.views.gradient_check.view import duration
from gui.views.linear_collapse.view import LinearCollapseView
from tests.gui.scenes import Scene, scene_of, tell


@pytest.fixture
def view(qtbot: QtBot) -> LinearCollapseView:
    made = LinearCollapseView()
    qtbot.addWidget(made)
    made.resize(640, 460)
    made.show()
    qtbot.waitExposed(made)
    return made


def deep(*activations: str, source: str = "circles", precision: str = "float64") -> Scene:
    layers = (*(Dense(4, name) for name in activations), Dense(1, "sigmoid"))
    training = Training(learning_rate=0.3, precision=precision)  # type: ignore[arg-type]
    design = Design(data=Data(source=source), layers=layers, training=training)
    made = scene_of(fitted(design, make_dataset(design.data)))
    made.trainer.run(60)
    return made


def press(view: LinearCollapseView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)


def test_before_the_press_the_product_is_a_question(view: LinearCollapseView) -> None:
    told = deep("linear", "linear")
    tell(view, told)
    W1, W2, W3, W, *biases = view.product.factors
    for l, factor in ((1, W1), (2, W2), (3, W3)):
        assert np.allclose(factor.values, told.network.W(told.snapshot.theta, l))
    assert W.veiled and biases[-1].veiled and W.values.shape == (2, 1) and W.operator == "="
    assert [factor.operator for factor in (W1, W2, W3)] == ["", "·", "·"]
    assert view.counts.text() == "3 layers, 37 parameters"
    assert not view.outputs.isVisible() and not view.why.isVisible()


def test_a_press_shows_one_layer_with_the_same_outputs(view: LinearCollapseView, qtbot: QtBot) -> None:
    told = deep("linear", "linear")
    tell(view, told, Selection(sample=7))
    press(view, qtbot)
    theta = told.snapshot.theta
    wanted, b = collapsed(told.network, theta)
    W, small_b = view.product.factors[3], view.product.factors[-1]
    assert not W.veiled and np.allclose(W.values, wanted) and np.allclose(small_b.values[:, 0], b)
    assert view.counts.text() == "1 layer, 3 parameters"
    found = finished(compared(told.network, theta, product(told.network, theta), told.dataset.x))
    assert found.difference <= 1e-12 and value_text(found.difference) in view.verdict.text()
    assert view.outputs.selectionModel().isRowSelected(0)
    assert view.outputs.texts(0)[:3] == ("8", fine_text(found.deep[0, 7]), fine_text(found.flat[0, 7]))
    press(view, qtbot)
    assert view.product.factors[3].veiled and not view.outputs.isVisible()


def test_it_stays_equal_while_training(view: LinearCollapseView, qtbot: QtBot) -> None:
    told = deep("linear", "linear", precision="float32")
    tell(view, told)
    press(view, qtbot)
    for _ in range(5):
        told.trainer.run(10)
        view.show_snapshot(told.snapshot)
        theta = told.snapshot.theta
        found = finished(compared(told.network, theta, product(told.network, theta), told.dataset.x))
        assert found.difference <= 1e-12 and view.verdict.text().endswith(value_text(found.difference))


def test_a_layer_that_bends_is_named(view: LinearCollapseView, qtbot: QtBot) -> None:
    told = deep("linear", "tanh")
    tell(view, told, theme=DARK)
    assert view.button.text() == "Find the nearest single layer"
    assert "Layers that bend: 2." in view.why.text()
    assert f"tanh(1 + 1) = {np.tanh(2):.3g}, but tanh(1) + tanh(1) = {2 * np.tanh(1):.3g}" in view.why.text()
    third = view.product.factors[2]
    assert third.operator == "tanh" and third.warns and view.product.factors[3].operator == "≈"
    press(view, qtbot)
    theta = told.snapshot.theta
    found = finished(
        compared(told.network, theta, finished(nearest(told.network, theta, told.dataset.x)), told.dataset.x)
    )
    assert f"misses {ratio_text(found.unexplained)} of" in view.verdict.text()
    assert value_text(found.difference) in view.verdict.text()
    view.grab()


def test_a_rectifier_bends_at_zero(view: LinearCollapseView) -> None:
    tell(view, deep("relu"))
    assert "ReLU(1 + −1) = 0, but ReLU(1) + ReLU(−1) = 1" in view.why.text()


def test_a_click_on_a_row_selects_its_sample(view: LinearCollapseView, qtbot: QtBot) -> None:
    told = deep("linear")
    tell(view, told)
    press(view, qtbot)
    with qtbot.waitSignal(view.select_requested) as blocker:
        where = view.outputs.visualItemRect(view.outputs.cell(1, 0)).center()
        qtbot.mouseClick(view.outputs.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert blocker.args == [Selection(sample=int(told.dataset.train[1]))]


def test_a_pass_under_way_has_no_output_yet(view: LinearCollapseView, qtbot: QtBot) -> None:
    told = deep("linear")
    start, steps = told.snapshot, Steps(told.network)
    told.trainer.advance(Phase.UPDATE)
    tell(view, told)
    press(view, qtbot)
    view.show_snapshot(revealed(steps, start, told.snapshot, 3))
    for row in range(view.outputs.rowCount()):
        texts = view.outputs.texts(row)
        assert texts[1] == texts[3] == NOT_COMPUTED and texts[2] != NOT_COMPUTED
    view.show_snapshot(revealed(steps, start, told.snapshot, steps.after(Phase.FORWARD)))
    assert NOT_COMPUTED not in view.outputs.texts(0)


def test_large_matrices_are_pictures_that_scroll(view: LinearCollapseView, qtbot: QtBot) -> None:
    told = deep("linear", source="digits")
    tell(view, told)
    press(view, qtbot)
    assert view.product.factors[0].values.shape == (64, 4)
    assert view.product.verticalScrollBar().maximum() > 0
    assert "…" in view.outputs.texts(0)[1]
    view.grab()


def test_rough_numbers() -> None:
    assert [value_text(value) for value in (0, 2.22e-16, 0.031, 123.0)] == ["0", "2.22·10⁻¹⁶", "0.031", "123"]
    assert [duration(value) for value in (2.0, 0.0123, 4.2e-5, 1e-9)] == [
        "2 s",
        "12.3 ms",
        "42 µs",
        "0.001 µs",
    ]
