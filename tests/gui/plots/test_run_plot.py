"""The plot of several runs: single updates behind the means of epochs, and runs that diverge."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF, QTextDocumentFragment
from pytestqt.qtbot import QtBot

from core.nn.curves import Curves
from gui.plots.run_plot import RunPlot, Trace, loss_by_epoch
from gui.theme.theme import LIGHT, sized


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


@pytest.mark.parametrize(("width", "beside"), [(420, False), (1200, True)])
def test_every_curve_has_its_whole_name_at_any_width(qtbot: QtBot, width: int, beside: bool) -> None:
    plot = RunPlot()
    qtbot.addWidget(plot)
    plot.resize(width, 300)
    plot.show()
    qtbot.waitExposed(plot)
    curves = Curves(np.linspace(1, 0.2, 50), 1, ())
    names = ["three layers with ReLU & momentum <0.9>", "one layer"]
    plot.show_traces([Trace(name, LIGHT.positive, curves, 1) for name in names])
    plot.grab()
    assert plot.labels.isVisible() == beside and plot.legend.isVisible() != beside
    if beside:
        assert plot.labels.width() > QFontMetricsF(sized("small")).horizontalAdvance(names[0])
    else:
        written = QTextDocumentFragment.fromHtml(plot.legend.text()).toPlainText()
        assert all(name in written for name in names)
        assert plot.legend.height() >= plot.legend.heightForWidth(plot.legend.width())
    plot.resize(1620 - width, 300)
    qtbot.waitUntil(lambda: plot.labels.isVisible() != beside)
    assert plot.legend.isVisible() == beside
