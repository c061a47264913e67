"""The numbers of passes shown are those counted by the core."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.analysis.gradient_check import by_differences, passes_made
from core.debugger.steps import Steps, revealed
from core.nn.trainer import Phase
from gui.theme.theme import DARK
from gui.views.gradient_check.passes import PassesView
from tests.gui.legible import faults
from tests.gui.scenes import scene, tell


@pytest.fixture
def view(qtbot: QtBot) -> PassesView:
    made = PassesView()
    qtbot.addWidget(made)
    made.resize(320, 260)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_gradient_either_way(view: PassesView) -> None:
    told = scene("xor-four-points", (2,), iterations=0, phase=None)
    view.show_network(told.network, told.dataset)
    assert [count for count, _text in view.bars.rows] == ["2", "18"]
    assert "9 parameters" in view.bars.rows[1][1] and "n = 9" in view.line.text()
    assert view.rows.texts(0) == ("this iteration", "–", "–", "–")


@pytest.mark.parametrize("width", [200, 260])
def test_what_is_counted_is_written_whole(view: PassesView, width: int) -> None:
    view.resize(width, 260)
    told = scene("iris", (5,), iterations=0, phase=None)
    view.show_network(told.network, told.dataset)
    assert not [fault for fault in faults(view) if "PassBars" in fault]


def test_what_was_made_so_far(view: PassesView) -> None:
    told = scene(hidden=(4,), iterations=23, phase=Phase.FORWARD)
    tell(view, told, theme=DARK)
    made, each = passes_made(told.snapshot), by_differences(told.network).forward
    assert view.rows.rowCount() == 3
    for row, count in enumerate((made.iteration, made.epoch, made.run)):
        assert view.rows.texts(row)[1:] == (
            f"{count.forward:,}",
            f"{count.backward:,}",
            f"{count.backward * each:,}",
        )
    assert made.run.forward == 24 and made.run.backward == 23
    assert "this run, 24, 23" in view.rows.accessibleDescription()
    view.grab()


def test_a_pass_under_way_is_not_counted(view: PassesView) -> None:
    told = scene(hidden=(4,), iterations=2, phase=None)
    start, steps = told.snapshot, Steps(told.network)
    told.trainer.advance(Phase.UPDATE)
    tell(view, told)
    view.show_snapshot(revealed(steps, start, told.snapshot, 5))
    assert view.rows.texts(2)[1:3] == ("2", "2")
    view.show_snapshot(told.snapshot)
    assert view.rows.texts(2)[1:3] == ("3", "3")
