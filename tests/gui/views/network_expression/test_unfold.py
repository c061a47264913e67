"""The nested expression of any network, with the numbers of the pass."""

from __future__ import annotations

import re
from dataclasses import replace as changed

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.nn.design import Dense, Dropout
from core.nn.passes import evaluate
from core.nn.trainer import Phase
from gui.selection import Selection
from gui.text.formula_label import BREAK, svg
from gui.theme.theme import DARK
from gui.views.network_expression.pieces import MOST, Piece, latex_lines
from gui.views.network_expression.view import NetworkExpressionView
from tests.gui.scenes import Scene, scene, scene_of, tell


@pytest.fixture
def unfold(qtbot: QtBot) -> NetworkExpressionView:
    made = NetworkExpressionView()
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def _told(view: NetworkExpressionView, told: Scene, selection: Selection = Selection()) -> None:  # noqa: B008
    tell(view, told, selection)
    QApplication.processEvents()


def _pieces(view: NetworkExpressionView) -> list[Piece]:
    return [piece for group in view.nested.pieces for piece in group]


def _matrix(view: NetworkExpressionView, letter: str, layer: int) -> np.ndarray:
    (found,) = (p for p in _pieces(view) if (p.letter, p.layer) == (letter, layer))
    assert found.cells is not None
    return found.cells.values


def _with(*layers: Dense | Dropout) -> Scene:
    design = scene().design
    told = scene_of(replace(design, layers=(*layers, design.layers[-1])))
    told.trainer.advance(Phase.FORWARD)
    return told


def test_the_formula_is_nested_once_for_each_layer(unfold: NetworkExpressionView) -> None:
    told = scene()
    tell(unfold, told)
    latex = unfold.formula.latex.replace(BREAK, "")
    assert re.findall(r"\\sigma\^\{\[(\d)\]\}\(b\^\{\[\1\]\}\+\(W\^\{\[\1\]\}\)", latex) == ["3", "2", "1"]
    assert latex.startswith("o=") and latex.endswith("x)))")
    assert "tanh" in unfold.names.text() and "sigmoid" in unfold.names.text()


def test_numbers_are_those_of_the_pass_and_make_the_output(unfold: NetworkExpressionView) -> None:
    told = scene()
    tell(unfold, told)
    snapshot, network = told.snapshot, told.network
    values = snapshot.values
    assert values is not None
    a = _matrix(unfold, "x", 0)
    assert np.array_equal(a, values.a[0][:, :1])
    for layer in network.layers:
        b, W = _matrix(unfold, "b", layer.l), _matrix(unfold, "W", layer.l)
        assert np.array_equal(W, network.W(snapshot.before, layer.l).T)
        run = layer.spans[0]
        a = run.activation.g(b + W @ a, run.alpha)
    assert np.allclose(a, _matrix(unfold, "o", 3)) and np.allclose(a, values.a[3][:, :1])


def test_the_selected_sample(unfold: NetworkExpressionView) -> None:
    told = scene()
    tell(unfold, told, Selection(sample=9))
    y = told.dataset.targets(1)[:, [9]]
    alone = evaluate(told.network, told.snapshot.before, told.dataset.x[:, [9]], y)
    assert np.allclose(_matrix(unfold, "o", 3), alone.a[3]) and "Sample 10" in unfold.line.text()


def test_each_neuron_its_own_activation(unfold: NetworkExpressionView) -> None:
    tell(unfold, _with(Dense(3, ("tanh", "relu", "relu"))))
    assert "(tanh, ReLU, ReLU)" in unfold.names.text()
    (names,) = (piece.names for piece in _pieces(unfold) if piece.names)
    assert names == ("tanh", "ReLU", "ReLU")
    unfold.grab()


def test_dropout_has_its_mask(unfold: NetworkExpressionView) -> None:
    told = _with(Dense(4), Dropout(0.5))
    tell(unfold, told)
    values = told.snapshot.values
    assert values is not None
    assert np.array_equal(_matrix(unfold, "m", 2), values.masks[2][:, :1])
    assert r"\odot" in unfold.formula.latex and "dropout" in unfold.names.text()
    unfold.show_selection(Selection(sample=3))
    assert not [piece for piece in _pieces(unfold) if piece.letter == "m"]
    unfold.grab()


def test_not_computed_yet(unfold: NetworkExpressionView) -> None:
    tell(unfold, scene(iterations=0, phase=None))
    assert np.isnan(_matrix(unfold, "o", 3)).all() and "press Forward" in unfold.line.text()
    told = scene()
    values = told.snapshot.values
    assert values is not None
    a = (*values.a[:3], values.a[3] * np.nan)
    unfold.show_snapshot(changed(told.snapshot, values=changed(values, a=a)))
    assert np.isnan(_matrix(unfold, "o", 3)).all() and np.isfinite(_matrix(unfold, "x", 0)).all()
    unfold.grab()


def test_wide_matrices_show_their_shape(unfold: NetworkExpressionView) -> None:
    tell(unfold, scene("digits", (32,)), theme=DARK)
    for piece in _pieces(unfold):
        if piece.cells is not None:
            assert piece.cells.numbers == (max(piece.cells.values.shape) <= MOST)
    assert not any(piece.cells.numbers for piece in _pieces(unfold) if piece.cells is not None)
    unfold.grab()


def test_pointing_and_clicking(unfold: NetworkExpressionView, qtbot: QtBot) -> None:
    told = scene()
    _told(unfold, told, Selection(sample=2))
    (piece,) = (p for p in _pieces(unfold) if (p.letter, p.layer) == ("W", 2))
    assert piece.cells is not None
    place = piece.cells.cell(1, 3).center().toPoint()
    with qtbot.waitSignal(unfold.hover_requested) as blocker:
        qtbot.mouseMove(unfold.nested, place)
    assert blocker.args == [Selection(2, 1, 3)]
    assert piece.cells.values[1, 3] == told.network.W(told.snapshot.before, 2)[3, 1]
    with qtbot.waitSignal(unfold.select_requested) as blocker:
        qtbot.mouseClick(unfold.nested, Qt.MouseButton.LeftButton, pos=place)
    assert blocker.args == [Selection(2, 1, 3, 2)]
    with qtbot.waitSignal(unfold.hover_requested) as blocker:
        QApplication.sendEvent(unfold.nested, QEvent(QEvent.Type.Leave))
    assert blocker.args == [Selection()]
    with qtbot.assertNotEmitted(unfold.select_requested):
        qtbot.mouseClick(unfold.nested, Qt.MouseButton.LeftButton, pos=QPoint(690, 2))


def test_hover_from_elsewhere(unfold: NetworkExpressionView) -> None:
    _told(unfold, scene())
    before = unfold.grab().toImage()
    unfold.show_hover(Selection(1, 2, 1))
    ((piece, cell),) = unfold.nested.lit(Selection(1, 2, 1))
    assert (piece.letter, cell) == ("W", (2, 1)) and unfold.grab().toImage() != before
    assert {p.letter for p, _cell in unfold.nested.lit(Selection(3, 0))} == {"b", "o"}
    assert unfold.nested.lit(Selection(0, 1))[0][0].letter == "x"
    assert unfold.nested.lit(Selection(2, 7, 7)) == []


def test_it_fits_narrow_places(unfold: NetworkExpressionView) -> None:
    told = scene()
    tell(unfold, told)
    one_line = unfold.formula.latex
    unfold.resize(300, 420)
    QApplication.processEvents()
    assert BREAK in unfold.formula.latex and BREAK not in one_line
    assert unfold.nested.width() <= 300
    assert all(piece.box.right() <= unfold.nested.width() for piece in _pieces(unfold))


def test_a_deep_network_breaks_before_a_layer() -> None:
    told = scene("spiral", (5, 4, 3, 3, 2))
    lines = latex_lines(told.network, 40, lambda text: float(text.count(r"\sigma") * 20))
    assert len(lines) == 3 and "".join(lines).replace(r"\quad ", "").endswith("x" + 6 * ")")


def test_the_formula_is_set_once(unfold: NetworkExpressionView) -> None:
    told = scene()
    tell(unfold, told)
    unfold.grab()
    misses = svg.cache_info().misses
    for _ in range(5):
        told.trainer.run(1)
        unfold.show_snapshot(told.snapshot)
        unfold.grab()
    assert svg.cache_info().misses == misses


def test_hidden_it_writes_nothing(unfold: NetworkExpressionView) -> None:
    told = scene()
    tell(unfold, told)
    unfold.hide()
    before = _matrix(unfold, "W", 1).copy()
    told.trainer.run(3)
    unfold.show_snapshot(told.snapshot)
    assert np.array_equal(_matrix(unfold, "W", 1), before)
    unfold.show()
    assert np.array_equal(_matrix(unfold, "W", 1), told.network.W(told.snapshot.theta, 1).T)
