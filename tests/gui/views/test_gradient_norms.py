"""The gradient plot: one curve a layer, named where it ends."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.nn.curves import Curves, EpochRecord
from gui.theme.theme import DARK, LIGHT
from gui.views.gradient_norms import MOST_LABELS, GradientNormsPlot
from tests.gui.scenes import scene, tell


@pytest.fixture
def plot(qtbot: QtBot) -> GradientNormsPlot:
    made = GradientNormsPlot()
    qtbot.addWidget(made)
    made.resize(420, 200)
    made.show()
    return made


def test_it_says_what_to_press_while_there_is_nothing(plot: GradientNormsPlot) -> None:
    assert "Press Run" in plot.plot.sentence
    plot.show_curves(Curves(np.array([1.0]), 1, ()))
    assert "Press Run" in plot.plot.sentence


def test_curves_are_the_gradient_sizes_of_the_core(plot: GradientNormsPlot) -> None:
    told = scene(iterations=200, phase=None)
    tell(plot, told)
    records = told.trainer.curves().records
    for l, line in enumerate(plot._lines):
        x, y = line.getData()
        assert np.allclose(10**y, [row.gradient[l] for row in records])
        assert list(x) == [row.iteration for row in records]
    assert [text for text, _colour, _y in plot.labels._labels] == ["layer 1", "layer 2", "output"]


def test_layers_differ_in_colour_and_dash(plot: GradientNormsPlot) -> None:
    tell(plot, scene(hidden=(3, 3, 3), iterations=100))
    pens = [line.opts["pen"] for line in plot._lines]
    assert len({pen.color().name() for pen in pens}) == 4
    assert len({pen.style() for pen in pens}) == 4
    plot.show_theme(DARK)
    assert plot._lines[0].opts["pen"].color() == DARK.gradient_positive


def test_another_number_of_layers(plot: GradientNormsPlot) -> None:
    tell(plot, scene(hidden=(3, 3), iterations=100))
    tell(plot, scene(hidden=(), iterations=100))
    assert len(plot._lines) == 1
    assert [text for text, _colour, _y in plot.labels._labels] == ["output"]


def test_zero_and_nan_gradients(plot: GradientNormsPlot) -> None:
    rows = (EpochRecord(1, 1, 1.0, None, (0.0, np.nan)), EpochRecord(2, 2, 1.0, None, (0.0, 0.1)))
    plot.show_curves(Curves(np.array([1.0]), 1, rows))
    plot.grab()
    assert list(plot._lines[0].getData()[1]) == [-2, -2], "0 is marked a decade below the smallest"
    assert list(plot.plot._zeros.getData()[0]) == [1, 2]


def test_labels_of_many_layers_do_not_overlap(plot: GradientNormsPlot) -> None:
    row = tuple(0.1 for _ in range(30))
    plot.show_curves(
        Curves(np.array([1.0]), 1, (EpochRecord(1, 1, 1.0, None, row), EpochRecord(2, 2, 1.0, None, row)))
    )
    plot.grab()
    places = plot.labels.places()
    assert places.size == MOST_LABELS
    box = plot.plot.box.height()
    gap = min(plot.plot.text_height(), (box - plot.plot.text_height()) / (MOST_LABELS - 1))
    assert np.diff(np.sort(places)).min() >= gap - 1e-6


def test_axis_numbers_have_a_true_minus_and_follow_the_range(plot: GradientNormsPlot) -> None:
    tell(plot, scene(iterations=100))
    axis = plot.plot.item.getAxis("bottom")
    plot.plot.box.setXRange(-10, 10)
    plot.grab()
    _line, _ticks, texts = axis.picture
    assert "−10" in [text for _box, _flags, text in texts]
    plot.plot.box.setXRange(100, 200)
    plot.grab()
    assert "140" in [text for _box, _flags, text in axis.picture[2]]


def test_nothing_is_drawn_while_hidden(qtbot: QtBot) -> None:
    plot = GradientNormsPlot()
    qtbot.addWidget(plot)
    tell(plot, scene(iterations=100), theme=LIGHT)
    assert not plot._lines
    plot.show()
    assert len(plot._lines) == 3
