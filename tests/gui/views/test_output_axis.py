"""The view of outputs on an axis: every dot stands at the output of its sample, on the side of its class."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from core.nn.passes import evaluate
from gui.selection import Selection
from gui.theme.theme import LIGHT
from gui.views.output_axis import OutputAxisView
from tests.gui.scenes import scene, tell


@pytest.fixture
def view(qtbot: QtBot) -> OutputAxisView:
    made = OutputAxisView()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show_theme(LIGHT)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_every_sample_stands_at_its_output_on_the_side_of_its_class(view: OutputAxisView) -> None:
    told = scene("breast-cancer", iterations=60)
    tell(view, told)
    data, strip = told.dataset, view.strip
    expected = evaluate(told.network, told.snapshot.shown_theta, data.x, data.targets(1)).a[-1][0]
    points, area = strip.points(), strip.axes.area
    assert len(points) == data.x.shape[1] == 569
    assert np.allclose((points[:, 0] - area.left()) / area.width(), expected, atol=1e-6)
    assert np.array_equal(points[:, 1] < area.center().y(), data.labels == 1)
    right = (expected >= data.threshold) == (data.labels == 1)
    assert np.mean((points[:, 0] >= area.center().x()) == (data.labels == 1)) == np.mean(right)


def test_a_click_on_a_dot_asks_for_its_sample(qtbot: QtBot, view: OutputAxisView) -> None:
    tell(view, scene("xor-four-points", iterations=1))
    x, y = view.strip.points()[2]
    with qtbot.waitSignal(view.select_requested) as asked:
        qtbot.mouseClick(view.strip, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert asked.args == [Selection(sample=2)]


@pytest.mark.parametrize("source", ["blobs", "sine"])
def test_other_networks_are_told_whom_it_is_for(view: OutputAxisView, source: str) -> None:
    tell(view, scene(source, iterations=1))
    assert view.sentence.isVisible() and not view.strip.isVisible()
