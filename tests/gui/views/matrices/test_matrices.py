"""The matrices show the core's numbers, can be hovered over, selected and copied; large ones are pictures."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QTextDocumentFragment,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from core.analysis.layer_matrices import matrices_of
from core.debugger.steps import Steps, revealed
from core.nn.design import Dense, Design, Training
from core.nn.losses import MSE
from core.nn.passes import evaluate
from core.nn.trainer import Phase
from core.number_style import NOT_COMPUTED, exact_text, known_text, value_text
from gui.plots.matrix_cells import STRENGTH, CellSizes, MatrixGrid, colour_table, levels
from gui.selection import Selection
from gui.theme.theme import DARK, LIGHT, sized
from gui.views.matrices.blocks import CellRef
from gui.views.matrices.view import MatricesView
from tests.gui.scenes import Scene, scene, scene_of, tell

NAMES = ["W", "b", "z", "a", "delta", "dW", "db", "dz_da", "da_dz"]


@pytest.fixture
def matrices(qtbot: QtBot) -> MatricesView:
    made = MatricesView()
    qtbot.addWidget(made)
    made.resize(700, 420)
    made.show()
    qtbot.waitExposed(made)
    return made


def _shown(view: MatricesView) -> dict[str, np.ndarray]:
    return {matrix.name: matrix.values for matrix in view.table.blocks.matrices}


def _middle(view: MatricesView, place: CellRef) -> QPoint:
    return view.table.cell(place).center().toPoint()


def _place(view: MatricesView, name: str, row: int, column: int) -> CellRef:
    return CellRef(NAMES.index(name), row, column)


def _point_at(qtbot: QtBot, view: MatricesView, place: CellRef) -> None:
    qtbot.mouseMove(view.table.viewport(), _middle(view, place))


@pytest.mark.parametrize("whose", ["sample", "batch"])
@pytest.mark.parametrize("l", [0, 1, 2, 3])
def test_numbers_are_those_of_the_core(matrices: MatricesView, whose: str, l: int, qtbot: QtBot) -> None:
    told = scene()
    tell(matrices, told, Selection(layer=l))
    button = matrices.whose._group.button(["sample", "batch"].index(whose))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    snapshot = told.snapshot
    column = 0 if whose == "sample" else None
    wanted = matrices_of(told.network, snapshot.theta, snapshot.before, snapshot.values, l, column)
    shown = _shown(matrices)
    assert list(shown) == [matrix.name for matrix in wanted]
    for matrix in wanted:
        assert np.array_equal(shown[matrix.name], matrix.values)
    assert ("Mean over the batch of 10" in matrices.line.text()) == (whose == "batch")


def test_the_selected_sample_alone(matrices: MatricesView) -> None:
    told = scene()
    tell(matrices, told, Selection(layer=2, sample=17))
    y = told.dataset.targets(1)[:, [17]]
    alone = evaluate(told.network, told.snapshot.before, told.dataset.x[:, [17]], y)
    assert alone.delta is not None and alone.g is not None
    shown = _shown(matrices)
    assert np.array_equal(shown["z"], alone.z[2]) and np.array_equal(shown["delta"], alone.delta[2])
    assert np.allclose(shown["dW"], told.network.W(alone.g, 2))
    assert "Sample 18, alone" in matrices.line.text()


def test_what_is_not_computed_is_a_dot(matrices: MatricesView) -> None:
    told = scene(phase=None, iterations=3)
    start = told.snapshot
    told.trainer.advance(Phase.UPDATE)
    done = told.snapshot
    tell(matrices, told, Selection(layer=1))
    steps = Steps(told.network)
    for k in range(steps.count):
        matrices.show_snapshot(revealed(steps, start, done, k))
        shown = _shown(matrices)
        texts = {name: [known_text(value) for value in values.ravel()] for name, values in shown.items()}
        for name, values in shown.items():
            assert [text == NOT_COMPUTED for text in texts[name]] == np.isnan(values).ravel().tolist()
            assert not any("nan" in text.lower() for text in texts[name])
    matrices.grab()


def test_before_the_first_pass(matrices: MatricesView) -> None:
    tell(matrices, scene(iterations=0, phase=None), Selection(layer=1))
    assert np.isnan(_shown(matrices)["z"]).all() and "press Forward" in matrices.line.text()


def test_pointing_at_a_cell(matrices: MatricesView, qtbot: QtBot) -> None:
    told = scene()
    tell(matrices, told, Selection(layer=2))
    values = told.snapshot.values
    assert values is not None and values.delta is not None
    cases = (
        ("W", 2, 1, Selection(2, 1, 2)),
        ("b", 1, 0, Selection(2, 1)),
        ("delta", 0, 0, Selection(2, 0)),
        ("dW", 3, 0, Selection(2, 0, 3)),
        ("dz_da", 1, 1, Selection(2, 1, 1)),
        ("da_dz", 1, 1, Selection(2, 1)),
    )
    for name, row, column, selection in cases:
        with qtbot.waitSignal(matrices.hover_requested) as blocker:
            _point_at(qtbot, matrices, _place(matrices, name, row, column))
        assert blocker.args == [selection]
        assert exact_text(_shown(matrices)[name][row, column]) in matrices.line.text()
    with qtbot.waitSignal(matrices.hover_requested) as blocker:
        QApplication.sendEvent(matrices.table.viewport(), QEvent(QEvent.Type.Leave))
    assert blocker.args == [Selection()] and "first of the batch" in matrices.line.text()


def test_clicking_selects(matrices: MatricesView, qtbot: QtBot) -> None:
    tell(matrices, scene(), Selection(layer=2, sample=5))
    with qtbot.waitSignal(matrices.select_requested) as blocker:
        place = _place(matrices, "W", 3, 1)
        qtbot.mouseClick(matrices.table.viewport(), Qt.MouseButton.LeftButton, pos=_middle(matrices, place))
    assert blocker.args == [Selection(2, 1, 3, 5)]


def test_hover_from_elsewhere_frames_the_cells(matrices: MatricesView) -> None:
    tell(matrices, scene(), Selection(layer=2))
    before = matrices.table.viewport().grab().toImage()
    matrices.show_hover(Selection(2, 1, 2))
    edge = matrices.table.blocks.lit(Selection(2, 1, 2))
    assert [NAMES[place.matrix] for place in edge] == ["W", "dW", "dz_da"]
    assert all(place[1:] == (2, 1) for place in edge)
    neuron = matrices.table.blocks.lit(Selection(2, 1))
    assert [NAMES[place.matrix] for place in neuron] == ["b", "z", "a", "delta", "db", "da_dz"]
    after = matrices.table.viewport().grab().toImage()
    corner = matrices.table.cell(edge[0]).topLeft().toPoint() + QPoint(20, 0)
    assert before != after and after.pixelColor(corner) != before.pixelColor(corner)
    matrices.show_hover(Selection())
    assert matrices.table.viewport().grab().toImage() == before
    assert matrices.table.blocks.lit(Selection(9, 9)) == []
    assert matrices.table.blocks.lit(Selection(2, 9, 9)) == []


def test_selection_goes_to_its_layer(matrices: MatricesView, qtbot: QtBot) -> None:
    told = scene()
    tell(matrices, told, Selection(layer=3))
    assert matrices.layer.currentIndex() == 3 and matrices.layer.count() == 4
    matrices.show_selection(Selection())
    assert matrices.layer.currentIndex() == 3
    with qtbot.waitSignal(matrices.select_requested) as blocker:
        matrices.layer.setFocus()
        qtbot.keyClick(matrices.layer, Qt.Key.Key_Up)
    assert blocker.args == [Selection(2)] and _shown(matrices)["W"].shape == (4, 2)
    matrices.show_selection(Selection(layer=9))
    assert matrices.layer.currentIndex() == 2


def test_the_keyboard_goes_through_all_matrices(matrices: MatricesView, qtbot: QtBot) -> None:
    tell(matrices, scene(), Selection(layer=2))
    matrices.activateWindow()
    matrices.table.setFocus()
    seen = []
    matrices.hover_requested.connect(seen.append)
    for key in [Qt.Key.Key_Down] * 5 + [Qt.Key.Key_Up, Qt.Key.Key_Right]:
        qtbot.keyClick(matrices.table, key)
    assert [s.source for s in seen[:4]] == [0, 1, 2, 3] and seen[4] == Selection(2, 0)
    assert seen[5] == Selection(2, 1, 3) and seen[6] == Selection(2, 0)
    assert "_1[2] =" in matrices.table.accessibleDescription()
    with qtbot.waitSignal(matrices.select_requested) as blocker:
        qtbot.keyClick(matrices.table, Qt.Key.Key_Return)
    assert blocker.args == [Selection(2, 0)]
    with qtbot.waitSignal(matrices.hover_requested) as blocker:
        matrices.copy_button.setFocus()
    assert blocker.args == [Selection()]
    matrices.table.setFocus()
    for _ in range(60):
        qtbot.keyClick(matrices.table, Qt.Key.Key_Down)
    assert matrices.table.current == CellRef(8, 1, 0)
    assert matrices.table.viewport().rect().contains(_middle(matrices, CellRef(8, 1, 0)))


def test_copying(matrices: MatricesView, qtbot: QtBot) -> None:
    told = scene()
    tell(matrices, told, Selection(layer=2))
    _point_at(qtbot, matrices, _place(matrices, "dW", 0, 0))
    qtbot.keyClick(matrices.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    pasted = np.loadtxt(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t")
    assert np.array_equal(pasted, _shown(matrices)["dW"])
    matrices.copy_menu.aboutToShow.emit()
    texts = [action.text() for action in matrices.copy_menu.actions()]
    assert texts[:3] == [f"Copy ∂J/∂W[2] as {form}" for form in ("CSV", "NumPy", "LaTeX")]
    matrices.copy_menu.actions()[1].trigger()
    assert np.array_equal(eval(QGuiApplication.clipboard().text(), {"np": np}), pasted)
    matrices.copy_menu.actions()[2].trigger()
    assert "array" in QGuiApplication.clipboard().text()


def test_the_menu_of_a_matrix(matrices: MatricesView, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _where: opened.append(menu))
    told = scene()
    tell(matrices, told, Selection(layer=2))
    viewport = matrices.table.viewport()
    middle = _middle(matrices, _place(matrices, "z", 1, 0))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, viewport.mapToGlobal(middle))
    QApplication.sendEvent(viewport, event)
    (menu,) = opened
    menu.actions()[0].trigger()
    menu.close()
    pasted = [float(line) for line in QGuiApplication.clipboard().text().split()]
    assert pasted == _shown(matrices)["z"][:, 0].tolist()


def test_tips_say_what_a_matrix_is(matrices: MatricesView) -> None:
    tell(matrices, scene(), Selection(layer=2))
    assert any("Row: input, column: output" in tip for tip in matrices.table._tips)
    captions = matrices.table.blocks._captions
    assert "diag" in captions[8] and "⊤" in captions[5]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_numbers_are_readable_on_every_colour(theme) -> None:
    def light(red: float, green: float, blue: float) -> float:
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    text = light(*theme.text.getRgbF()[:3])
    for pair in (
        (theme.negative, theme.positive),
        (theme.gradient_negative, theme.gradient_positive),
    ):
        for value in colour_table(theme.panel, *pair, STRENGTH).tolist():
            ground = light(*((value >> shift & 255) / 255 for shift in (16, 8, 0)))
            low, high = sorted((text, ground))
            assert (high + 0.05) / (low + 0.05) >= 4.5


def test_levels() -> None:
    values = np.array([[-2.0, 0, 2, np.nan, np.inf, -np.inf]])
    assert levels(values, 2.0).tolist() == [[0, 127, 255, 127, 255, 0]]


def test_cells_paint_only_what_is_seen(qapp) -> None:
    from PySide6.QtCore import QRectF

    cells = MatrixGrid(np.zeros((784, 128)), 10, 20, 3, 3, False)
    assert cells.within(QRectF(0, 0, 100, 100)) == (slice(0, 27), slice(0, 30))
    assert cells.within(QRectF(500, 0, 100, 100)) == (slice(0, 0), slice(0, 0))
    assert cells.at(QPointF(10 + 3 * 127 + 1, 20 + 3 * 783 + 1)) == (783, 127)
    assert cells.at(QPointF(9, 20)) is None
    sizes = CellSizes(sized("small"))
    from PySide6.QtCore import QSize

    assert sizes.of((4, 4), QSize(300, 320), 1)[2] and not sizes.of((64, 32), QSize(300, 320), 1)[2]
    assert sizes.of((64, 32), QSize(300, 320), 30)[2]


def _large() -> Scene:
    return scene("digits", (32,))


def test_large_matrices_are_pictures_and_can_be_magnified(matrices: MatricesView, qtbot: QtBot) -> None:
    told = _large()
    tell(matrices, told, Selection(layer=1))
    place = _place(matrices, "W", 20, 10)
    small = matrices.table.cell(place).height()
    with qtbot.waitSignal(matrices.hover_requested) as blocker:
        _point_at(qtbot, matrices, place)
    assert blocker.args == [Selection(1, 10, 20)]
    viewport = matrices.table.viewport()
    middle = QPointF(_middle(matrices, place))
    for _ in range(12):
        wheel = QWheelEvent(
            middle,
            viewport.mapToGlobal(middle),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, wheel)
    assert matrices.table.cell(place).height() > small
    assert matrices.table.blocks._blocks[0].cells.numbers
    assert viewport.rect().contains(_middle(matrices, place))
    matrices.grab()
    qtbot.keyClick(matrices.table, Qt.Key.Key_Minus)
    for _ in range(14):
        qtbot.keyClick(matrices.table, Qt.Key.Key_Minus)
    assert not matrices.table.blocks._blocks[0].cells.numbers


def test_hidden_it_computes_nothing(matrices: MatricesView, monkeypatch: pytest.MonkeyPatch) -> None:
    told = scene()
    tell(matrices, told, Selection(layer=1))
    matrices.hide()
    before = _shown(matrices)["W"].copy()
    told.trainer.run(5)
    matrices.show_snapshot(told.snapshot)
    assert np.array_equal(_shown(matrices)["W"], before)
    matrices.show()
    assert np.array_equal(_shown(matrices)["W"], told.network.W(told.snapshot.theta, 1))


def test_another_network_and_nothing_at_all(matrices: MatricesView) -> None:
    matrices.grab()
    tell(matrices, scene(), Selection(3, 0, 1))
    tell(matrices, scene("blobs", ()), Selection(), DARK)
    assert matrices.layer.count() == 2 and _shown(matrices)["W"].shape == (2, 3)
    matrices.grab()


def test_a_small_step_is_visible(matrices: MatricesView) -> None:
    told = scene(phase=Phase.UPDATE, learning_rate=1e-5)
    tell(matrices, told, Selection(layer=2))
    snapshot = told.snapshot
    step = matrices.table.blocks.matrices[0].step
    assert step is not None
    old, new = told.network.W(snapshot.before, 2)[0, 0], told.network.W(snapshot.theta, 2)[0, 0]
    assert known_text(new, step[0, 0]) == value_text(new, step[0, 0])
    assert old != new


def test_infinite_numbers_are_shown(matrices: MatricesView) -> None:
    told = scene()
    tell(matrices, told, Selection(layer=2))
    values = told.snapshot.values
    assert values is not None
    z = tuple(array * np.inf for array in values.z)
    with np.errstate(all="ignore"):
        matrices.show_snapshot(replace(told.snapshot, values=replace(values, z=z)))
    matrices.grab()
    assert known_text(-np.inf) == "−∞"


@pytest.mark.qt_log_ignore("This plugin does not support")  # tooltips, without a screen
def test_a_number_is_told_to_the_last_bit_under_the_mouse(matrices: MatricesView) -> None:
    told = scene()
    tell(matrices, told, Selection(layer=2))
    weight = told.network.W(told.snapshot.shown_theta, 2)[3, 1]
    at, viewport = _middle(matrices, _place(matrices, "W", 3, 1)), matrices.table.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
    first = QTextDocumentFragment.fromHtml(QToolTip.text()).toPlainText().splitlines()[0]
    assert float(first.replace("−", "-")) == weight
    QToolTip.hideText()


def test_what_the_perceptron_rule_takes_is_not_called_a_derivative(
    matrices: MatricesView, qtbot: QtBot
) -> None:
    layers, training = (Dense(1, "step"),), Training(rule="perceptron", loss=MSE())
    tell(matrices, scene_of(Design(layers=layers, training=training)), Selection(layer=1))
    captions = [
        QTextDocumentFragment.fromHtml(text).toPlainText() for text in matrices.table.blocks._captions
    ]
    assert captions[5].startswith("G[1]") and captions[6] == "g[1]"
    for place, said in ((("dW", 1, 0), "g21[1] is"), (("db", 0, 0), "g01[1] is")):
        _point_at(qtbot, matrices, _place(matrices, *place))
        read = QTextDocumentFragment.fromHtml(matrices.line.text()).toPlainText()
        assert read.startswith(said) and "∂" not in read
    assert sum("(o − y) x" in tip for tip in matrices.table._tips) == 2
