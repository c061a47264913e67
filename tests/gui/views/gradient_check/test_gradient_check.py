"""The gradient check: its counter climbs in slices, its numbers are the core's."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.analysis.activation_map import check_gradient
from core.analysis.gradient_check import place_of
from core.debugger.steps import Steps, revealed
from core.nn.design import Dense
from core.nn.trainer import Phase
from core.number_style import NOT_COMPUTED, known_text, value_text
from gui.selection import Selection
from gui.theme.theme import DARK
from gui.views.gradient_check.table import BACK, DIFFERENCES, ERROR, NAME
from gui.views.gradient_check.view import FULL, GradientCheckView
from tests.gui.scenes import Scene, scene, scene_of, tell
from tests.gui.waiting import let_pass


@pytest.fixture
def view(qtbot: QtBot) -> GradientCheckView:
    made = GradientCheckView()
    qtbot.addWidget(made)
    made.resize(360, 460)
    made.show()
    qtbot.waitExposed(made)
    return made


def full_speed(view: GradientCheckView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.speed._group.button(2), Qt.MouseButton.LeftButton)
    assert view._speed == FULL


def press(view: GradientCheckView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)


def text(view: GradientCheckView, row: int, column: int) -> str:
    return str(view.model.index(row, column).data())


def nine(iterations: int = 5) -> Scene:
    return scene("xor-four-points", (2,), iterations=iterations)


def test_nine_parameters_climb_to_eighteen_passes(view: GradientCheckView, qtbot: QtBot) -> None:
    told = nine()
    tell(view, told)
    assert view.bars.rows[0][0] == "2" and "1 forward + 1 backward" in view.bars.rows[0][1]
    assert view.bars.rows[1][0] == "0" and view.model.rowCount() == 9
    seen: list[str] = []
    view.model.dataChanged.connect(lambda *_: seen.append(str(view.steps and view.steps.forward_passes)))
    press(view, qtbot)
    assert view.running and view.button.text() == "Stop"
    qtbot.waitUntil(lambda: not view.running)
    assert view.bars.rows[1] == ("18", "differences: 18 of 18 forward passes")
    assert [count for count in dict.fromkeys(seen) if count != "0"] == [str(k) for k in range(2, 19, 2)]


def test_the_numbers_are_those_of_the_core(view: GradientCheckView, qtbot: QtBot) -> None:
    told = nine()
    tell(view, told)
    full_speed(view, qtbot)
    press(view, qtbot)
    qtbot.waitUntil(lambda: not view.running)
    values = told.snapshot.values
    assert values is not None
    samples = values.samples
    y = told.dataset.targets(1)[:, samples]
    wanted = check_gradient(told.network, told.snapshot.before, told.dataset.x[:, samples], y)
    for k in range(9):
        assert text(view, k, BACK) == known_text(float(wanted.backpropagation[k]))
        assert text(view, k, DIFFERENCES) == known_text(float(wanted.numerical[k]))
    steps = view.steps
    assert steps is not None and steps.worst is not None
    assert text(view, steps.worst, ERROR) == value_text(wanted.error)
    assert (
        value_text(wanted.error) in view.worst.text() and text(view, steps.worst, NAME) in view.worst.text()
    )
    assert view.worst.text().startswith("✓")
    assert f"{value_text(steps.forward_seconds / steps.backward_seconds)} times" in view.times.text()


def test_a_wrong_derivative_is_named(view: GradientCheckView, qtbot: QtBot) -> None:
    tell(view, nine())
    full_speed(view, qtbot)
    press(view, qtbot)
    assert view.steps is not None
    view.steps.backpropagation[5] += 0.1
    qtbot.waitUntil(lambda: not view.running)
    assert view.worst.text().startswith("✗") and "b₂[1]" in view.worst.text()


def test_at_a_kink_both_derivatives_are_told_and_it_is_no_error(
    view: GradientCheckView, qtbot: QtBot
) -> None:
    design = nine().design
    told = scene_of(replace(design, layers=(Dense(3, "relu"), Dense(1, "sigmoid"))))
    told.trainer.advance(Phase.BACKWARD)
    tell(view, told)
    full_speed(view, qtbot)
    press(view, qtbot)
    qtbot.waitUntil(lambda: view.steps is not None and view.steps.finished, timeout=60_000)
    steps = view.steps
    assert steps is not None and steps.kinks, "the biases are 0, so every z at (0, 0) is"
    for k, kink in steps.kinks.items():
        assert text(view, k, NAME).startswith("b") and text(view, k, ERROR) == "kink"
        assert text(view, k, DIFFERENCES) == f"{value_text(kink.left)} | {value_text(kink.right)}"
        assert "from the left" in view.model.index(k, DIFFERENCES).data(Qt.ItemDataRole.ToolTipRole)
    assert view.worst.text().startswith("✓ They agree.")
    assert "Kink at b₁[1]" in view.worst.text() and "ReLU′(0) = 0 by convention" in view.worst.text()


def test_it_stops_and_goes_on(view: GradientCheckView, qtbot: QtBot) -> None:
    tell(view, nine())
    press(view, qtbot)
    qtbot.waitUntil(lambda: view.steps is not None and view.steps.done > 1)
    press(view, qtbot)
    assert view.steps is not None
    done = view.steps.done
    let_pass(qtbot, 150)
    assert view.steps.done == done and view.button.text() == "Check"
    press(view, qtbot)
    qtbot.waitUntil(lambda: not view.running)
    assert view.steps.finished
    press(view, qtbot)  # a new one
    assert view.running and view.steps.done == 0
    press(view, qtbot)


def test_other_parameters_end_it(view: GradientCheckView, qtbot: QtBot) -> None:
    told = nine()
    tell(view, told)
    press(view, qtbot)
    view.show_snapshot(told.snapshot)
    assert view.running  # nothing is another
    told.trainer.advance(Phase.UPDATE)
    view.show_snapshot(told.snapshot)
    assert not view.running and view.steps is None and text(view, 0, ERROR) == NOT_COMPUTED


def test_it_rests_while_nobody_looks(view: GradientCheckView, qtbot: QtBot) -> None:
    tell(view, nine())
    press(view, qtbot)
    view.hide()
    qtbot.waitUntil(lambda: not view.running)
    assert view.steps is not None and not view.steps.finished


def test_before_a_check_the_pass_is_shown_as_far_as_it_has_come(view: GradientCheckView) -> None:
    told = nine()
    start, steps = told.snapshot, Steps(told.network)
    told = nine(5)
    told.trainer.restart(start.theta)
    start = told.snapshot
    told.trainer.advance(Phase.UPDATE)
    done = told.snapshot
    tell(view, told)
    view.show_snapshot(revealed(steps, start, done, steps.after(Phase.FORWARD)))
    assert all(text(view, k, BACK) == NOT_COMPUTED for k in range(9))
    view.show_snapshot(revealed(steps, start, done, steps.after(Phase.FORWARD) + 3))
    last = place_of(told.network, 2, 0, 0)
    assert done.values is not None and done.values.g is not None
    assert text(view, last, BACK) == known_text(float(done.values.g[last]))
    assert text(view, 0, BACK) == NOT_COMPUTED


def test_a_row_selects_its_edge_and_the_edge_its_row(view: GradientCheckView, qtbot: QtBot) -> None:
    tell(view, nine(), Selection(sample=2))
    box = view.table.visualRect(view.model.index(2, 0))
    with qtbot.waitSignal(view.select_requested) as blocker:
        qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert blocker.args == [Selection(1, 0, 1, 2)]
    view.show_selection(Selection(2, 0))
    assert view.table.currentIndex().row() == place_of(view.model.network, 2, None, 0)  # type: ignore[arg-type]
    assert text(view, view.table.currentIndex().row(), NAME) == "b₁[2]"


def test_a_large_network_never_blocks(view: GradientCheckView, qtbot: QtBot) -> None:
    tell(view, scene("digits", (32,), iterations=1), theme=DARK)
    full_speed(view, qtbot)
    press(view, qtbot)
    ticks = [0]
    for _ in range(5):
        qtbot.waitUntil(lambda: view.steps is not None and view.steps.done > ticks[-1])
        assert view.steps is not None
        ticks.append(view.steps.done)
    assert view.running and ticks[-1] < view.model.rowCount()
    assert np.isnan(view.steps.numerical[-1])
    press(view, qtbot)
    view.grab()
