"""The menu Train pins the present run, and shows it in front, where nobody has looked before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier


def in_front(view: QWidget) -> bool:
    """Whether anything of a view is seen: one behind another in a bar of tabs is not hidden to Qt."""
    return view.isVisible() and not view.visibleRegion().isEmpty()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_ctrl_p_pins_what_is_there_and_shows_it(
    open_window: Callable[..., MainWindow], qtbot: QtBot, size: tuple[int, int]
) -> None:
    window = open_window(size=size)
    panels, player = window.panels, window.player
    player.run(120)
    player.settle()
    assert panels.made("runs") is None
    qtbot.keyClick(window, Qt.Key.Key_P, CONTROL)
    runs = panels["runs"]
    qtbot.waitUntil(lambda: in_front(runs) and in_front(panels["loss_plot"]))
    (run,) = runs.pinned
    assert run.iterations == 120
    np.testing.assert_array_equal(run.curves.losses, player.curves.losses)
    assert (run.train, run.test) == (player.snapshot.train, player.snapshot.test)
    design = window.document.design
    faster = replace(design, training=replace(design.training, learning_rate=0.3))
    window.document.edit(faster, "Learning rate")
    window.actions_["reset"].trigger()
    player.run(60)
    player.settle()
    qtbot.keyClick(window, Qt.Key.Key_P, CONTROL)
    assert [pinned.iterations for pinned in runs.pinned] == [120, 60]
    assert runs.pinned[1].design == faster
    for dock in panels.docks:
        if dock.isVisible() and not dock.visibleRegion().isEmpty():
            assert window.rect().contains(dock.geometry()), dock.objectName()
