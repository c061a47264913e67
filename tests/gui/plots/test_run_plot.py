"""The plot of several runs: single updates behind the means of epochs, and runs that diverge."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from core.nn.curves import Curves
from gui.plots.run_plot import RunPlot, Trace, loss_by_epoch
from gui.theme.theme import LIGHT


def test_means_of_epochs_where_updates_share_a_number() -> None:
    losses = np.arange(12.0)
    x, y = loss_by_epoch(Curves(losses, 1, ()), 4)
    assert x.tolist() == [4, 8, 12] and y.tolist() == [1.5, 5.5, 9.5]
    x, y = loss_by_epoch(Curves(losses, 2, ()), 4)
    assert x.tolist() == [4, 8, 12, 16, 20, 24] and y.tolist() == [0.5, 2.5, 4.5, 6.5, 8.5, 10.5]
    x, _y = loss_by_epoch(Curves(losses, 8, ()), 4)
    assert x.tolist() == [8.0 * k for k in range(1, 13)]


def test_a_run_that_flies_off_leaves_the_others_their_room(qtbot: QtBot) -> None:
    plot = RunPlot()
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show()
    calm, wild = np.linspace(1, 0.2, 50), 10.0 ** np.arange(50)
    plot.show_traces(
        [Trace("calm", LIGHT.positive, Curves(calm, 1, ()), 1, fine=True),
         Trace("wild", LIGHT.negative, Curves(wild, 1, ()), 1, fine=True)]
    )  # fmt: skip
    qtbot.waitExposed(plot)
    plot.grab()
    low, high = plot.plot.box.viewRange()[1]
    assert low < 0.2 and 3.5 < high < 5
