"""Histograms: the core's counts, painted; what is not computed has none."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.analysis.health import histograms
from core.nn.trainer import Phase
from gui.selection import Selection
from gui.theme.theme import DARK, LIGHT
from gui.views.histograms import BINS, HistogramsView
from tests.gui.scenes import scene, tell


@pytest.fixture
def view(qtbot: QtBot) -> HistogramsView:
    made = HistogramsView()
    qtbot.addWidget(made)
    made.resize(420, 260)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_counts_are_those_of_the_core(view: HistogramsView) -> None:
    told = scene()
    tell(view, told)
    wanted = histograms(told.network, told.snapshot.theta, told.snapshot.values, BINS)
    assert len(view.shown) == 3
    for mine, its in zip(view.shown, wanted, strict=True):
        for kind in ("W", "a", "gradient"):
            assert np.array_equal(getattr(mine, kind).counts, getattr(its, kind).counts)


def test_bars_have_the_colours_of_their_signs(view: HistogramsView) -> None:
    told = scene()
    tell(view, told)
    image = view.viewport().grab().toImage()
    place, found = view.place(0, 0), view.shown[0].W
    b = int(found.counts.argmax())
    x = place.left() + (b + 0.4) * place.width() / BINS
    bar = image.pixelColor(round(x), round(place.bottom() - 3))
    sign = LIGHT.positive if found.edges[b] + found.edges[b + 1] > 0 else LIGHT.negative
    assert abs(bar.hslHueF() - sign.hslHueF()) < 0.03
    assert f"{found.counts[b]} of 8 numbers" in view.sentence(QPointF(x, place.bottom() - 3))
    assert view.sentence(QPointF(2, 2)) == ""


@pytest.mark.parametrize("phase", [None, Phase.FORWARD])
def test_not_computed_yet(view: HistogramsView, phase: Phase | None) -> None:
    tell(view, scene(iterations=0, phase=phase), theme=DARK)
    layer = view.shown[0]
    assert layer.gradient is None and (layer.a is None) == (phase is None)
    place = view.place(0, 2)
    assert view.sentence(place.center()) == ""
    view.grab()


def test_clicking_a_row_selects_its_layer(view: HistogramsView, qtbot: QtBot) -> None:
    tell(view, scene(), Selection(sample=4))
    with qtbot.waitSignal(view.select_requested) as blocker:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.place(1, 1).center().toPoint())
    assert blocker.args == [Selection(2, sample=4)]
    with qtbot.assertNotEmitted(view.select_requested):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 2))


def test_deep_networks_scroll(view: HistogramsView) -> None:
    tell(view, scene("spiral", (4,) * 7))
    assert view.verticalScrollBar().maximum() > 0
    top = view.place(7, 0).top()
    middle = QPointF(100, 100)
    wheel = QWheelEvent(
        middle,
        view.viewport().mapToGlobal(middle),
        QPoint(),
        QPoint(0, -1200),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), wheel)
    assert view.place(7, 0).top() < top
    view.grab()
    tell(view, scene("spiral", (4,)))
    assert view.verticalScrollBar().maximum() == 0


def test_hidden_it_counts_nothing(view: HistogramsView) -> None:
    told = scene()
    tell(view, told)
    before = view.shown
    view.hide()
    told.trainer.run(3)
    view.show_snapshot(told.snapshot)
    assert view.shown is before
    view.show()
    assert view.shown is not before
