"""The confusion matrix: counts and accuracy on either set are those of the core."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.analysis.sample_losses import sample_losses
from core.number_style import value_text
from gui.plots.sample_list import MOST
from gui.qt.later import draw_all
from gui.selection import Selection
from gui.theme.theme import DARK
from gui.views.confusion_matrix import ConfusionView
from tests.gui.scenes import Scene, scene, tell


@pytest.fixture
def view(qtbot: QtBot) -> ConfusionView:
    made = ConfusionView()
    qtbot.addWidget(made)
    made.resize(320, 320)
    made.show()
    qtbot.waitExposed(made)
    return made


def counted(told: Scene, samples: np.ndarray) -> np.ndarray:
    """Return the counts according to the core's predictions, one sample after another."""
    decided = sample_losses(told.network, told.snapshot.theta, told.dataset).decided
    assert decided is not None
    counts = np.zeros((len(told.dataset.class_names),) * 2, int)
    for s in samples:
        counts[told.dataset.labels[s], decided[s]] += 1
    return counts


@pytest.mark.parametrize("source", ["breast-cancer", "iris"])
def test_counts_and_accuracy_of_both_sets(view: ConfusionView, qtbot: QtBot, source: str) -> None:
    told = scene(source, (4,), iterations=30)
    tell(view, told)
    train, test = told.snapshot.train.accuracy, told.snapshot.test
    assert train is not None and test is not None and test.accuracy is not None
    assert np.array_equal(view.matrix.counts, counted(told, told.dataset.test))
    assert view.accuracy.text() == f"{100 * test.accuracy:.1f} %"
    assert f"of {told.dataset.test.size} test samples" in view.line.text()
    qtbot.mouseClick(view.parts._group.button(0), Qt.MouseButton.LeftButton)
    assert np.array_equal(view.matrix.counts, counted(told, told.dataset.train))
    assert view.accuracy.text() == f"{100 * train:.1f} %"
    assert f"of {told.dataset.train.size} training samples" in view.line.text()
    view.grab()


def test_every_moment_shown_is_counted(view: ConfusionView) -> None:
    told = scene("iris", (4,), iterations=0, phase=None)
    tell(view, told, theme=DARK)
    before = view.matrix.counts.copy()
    told.trainer.run(300)
    view.show_snapshot(told.snapshot)
    assert not np.array_equal(view.matrix.counts, before)
    assert np.array_equal(view.matrix.counts, counted(told, told.dataset.test))


def test_without_test_samples_the_training_samples_count(view: ConfusionView) -> None:
    told = scene("xor-four-points", (2,), iterations=5)
    tell(view, told)
    assert view.part == "train" and not view.parts.isVisible()
    assert view.matrix.counts.sum() == 4


def test_values_have_no_classes(view: ConfusionView) -> None:
    tell(view, scene("sine", (2,), iterations=2))
    assert not view.matrix.counts.size and "values, not classes" in view.line.text()
    view.grab()


def click_cell(view: ConfusionView, qtbot: QtBot, row: int, column: int) -> None:
    at = view.matrix.place(row, column).center().toPoint()
    qtbot.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=at)


@pytest.mark.parametrize("source", ["digits", "iris"])
def test_a_cell_lists_its_samples_and_then_the_other_misread_ones_surest_first(
    view: ConfusionView, qtbot: QtBot, source: str
) -> None:
    told = scene(source, (4,), iterations=30)
    view.resize(420, 700)
    tell(view, told)
    found, labels, samples = (
        sample_losses(told.network, told.snapshot.theta, told.dataset),
        told.dataset.labels,
        told.dataset.test,
    )
    assert found.decided is not None
    wrong = {int(s) for s in samples if found.decided[s] != labels[s]}
    listed = view.others.samples
    assert set(listed) == wrong or (len(listed) == MOST and set(listed) < wrong)
    sure = [float(found.o[:, s].max()) for s in listed]
    assert sure == sorted(sure, reverse=True) and len(sure) > 1
    first = listed[0]
    row, column = int(labels[first]), int(found.decided[first])
    click_cell(view, qtbot, row, column)
    own = {int(s) for s in samples if (labels[s], found.decided[s]) == (row, column)}
    assert set(view.of_cell.samples) == own and not own & set(view.others.samples)
    names = told.dataset.class_names
    assert view.of_cell.heading.text() == (
        f"{names[row]} read as {names[column]}: {len(own)} of {int((labels[samples] == row).sum())}"
    )
    for k, s in enumerate(view.of_cell.samples):
        assert view.of_cell.items.item(k).text().endswith(f"= {value_text(float(found.o[column, s]))}")
        assert view.of_cell.items.item(k).icon().isNull() == (source == "iris")
    click_cell(view, qtbot, row, column)
    assert not view.of_cell.isVisible() and view.others.samples == listed


def test_a_click_on_a_listed_sample_asks_for_it_and_keeps_the_neuron_looked_at(
    view: ConfusionView, qtbot: QtBot
) -> None:
    view.resize(420, 700)
    tell(view, scene("digits", (4,), iterations=30), Selection(1, 2))
    asked: list[Selection] = []
    view.select_requested.connect(asked.append)
    items = view.others.items
    at = items.visualItemRect(items.item(1)).center()
    qtbot.mouseClick(items.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked == [Selection(1, 2, sample=view.others.samples[1])]


def test_arrows_walk_the_cells_and_another_moment_lists_anew(view: ConfusionView, qtbot: QtBot) -> None:
    told = scene("iris", (4,), iterations=0, phase=None)
    tell(view, told)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        qtbot.keyClick(view.matrix, key)
    assert view.matrix.cell == (1, 0)
    told.trainer.run(300)
    view.show_snapshot(told.snapshot)
    count = int(view.matrix.counts[1, 0])
    assert len(view.of_cell.samples) == count
    assert f": {count} of" in view.of_cell.heading.text()


def test_a_low_view_keeps_its_matrix_legible(view: ConfusionView, qtbot: QtBot) -> None:
    tell(view, scene("digits", (4,), iterations=30))
    for height in (260, 320, 420, 800):
        view.resize(320, height)
        click_cell(view, qtbot, 1, 1)
        draw_all(view)
        assert view.matrix.height() > 0.3 * height
    assert view.others.isVisible()
