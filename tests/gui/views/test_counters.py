"""The counters show every digit of an epoch as long as there is room for it."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

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
