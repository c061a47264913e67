"""The counters show every digit of an epoch as long as there is room for it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from core.analysis.metrics import r_squared
from core.analysis.sample_losses import sample_losses
from core.number_style import value_text
from gui.theme.theme import sized
from gui.views.counters import Counters
from tests.gui.scenes import scene


@pytest.mark.parametrize(
    ("epochs", "shown"), [(7, "7"), (35_715, "35715"), (99_999, "99999"), (1_234_567, "1234k")]
)
def test_a_long_run_is_counted_to_the_last_digit_and_then_in_thousands(
    qtbot: QtBot, epochs: int, shown: str
) -> None:
    counters, snapshot = Counters(), scene(phase=None).snapshot
    qtbot.addWidget(counters)
    counters.show()
    counters.show_snapshot(replace(snapshot, iteration=epochs * snapshot.batches))
    value = counters.epoch.value
    assert value.text() == shown
    assert QFontMetrics(sized("number")).horizontalAdvance(shown) <= value.width()
    assert f"{epochs:,}" in counters.epoch.toolTip()


def test_values_have_r_squared_in_the_place_of_the_accuracy(qtbot: QtBot) -> None:
    counters, told = Counters(), scene("circle", (4,), phase=None)
    qtbot.addWidget(counters)
    counters.show()
    before, width = scene(phase=None).snapshot, counters.sizeHint().width()
    counters.show_snapshot(before)
    assert counters.accuracy.name.text() == "accuracy" and counters.accuracy.value.text().endswith("%")
    counters.show_snapshot(told.snapshot)
    dataset = told.dataset
    o = sample_losses(told.network, told.snapshot.theta, dataset).o
    targets = zip(dataset.labels[:, dataset.test], o[:, dataset.test], strict=True)
    r2 = np.mean([r_squared(*pair).value for pair in targets])
    assert counters.accuracy.isVisible() and counters.accuracy.name.text() == "R²"
    assert counters.accuracy.value.text() == value_text(float(r2))
    assert value_text(float(r2)) in counters.accuracy.toolTip()
    assert counters.sizeHint().width() == width
    counters.shorten(2)
    counters.show_snapshot(told.snapshot)
    assert not counters.accuracy.isVisible()
