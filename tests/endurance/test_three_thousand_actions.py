"""Three thousand random actions in the main window, while its thread really trains: half an hour.

Run with ``pytest -m endurance``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.wandering import Wanderer, check_all_drawn

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

pytestmark = pytest.mark.endurance


@pytest.mark.parametrize("seed", range(100, 110))
def test_three_hundred_random_actions(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path, seed: int
) -> None:
    window = open_window()
    Wanderer(window, qtbot, tmp_path, seed).wander(300)
    check_all_drawn(window)
