"""The confusion view: counts and accuracy of either set are those of the core."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.analysis.sample_losses import sample_losses
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
    """Return the counts by the decisions of the core, one sample after another."""
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
