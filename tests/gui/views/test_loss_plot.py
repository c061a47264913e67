"""The loss plot shows the numbers of the curves, of any size and fast."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from core.nn.curves import Curves, EpochRecord, Score
from core.number_style import value_text
from gui.app.main_window import MainWindow
from gui.plots.plot import decimated, drawable_curve, logarithm, spread
from gui.theme.theme import DARK, LIGHT
from gui.views.loss_plot import LossPlot
from tests.gui.scenes import scene, tell


@pytest.fixture
def plot(qtbot: QtBot) -> LossPlot:
    made = LossPlot()
    qtbot.addWidget(made)
    made.resize(500, 200)
    made.show()
    return made


def _records(count: int, per_epoch: int, nan: bool = False) -> tuple[EpochRecord, ...]:
    loss = float("nan") if nan else 0.5
    return tuple(
        EpochRecord(k * per_epoch, k, loss / k, Score(0.6 / k, None), (0.1, 0.2)) for k in range(1, count + 1)
    )


def test_it_says_what_to_press_while_there_is_nothing(plot: LossPlot) -> None:
    assert plot.plot.sentence == "Press Run to see the loss fall."
    plot.show_curves(Curves(np.empty(0), 1, ()))
    assert plot.plot.sentence


def test_curves_are_those_of_the_core(plot: LossPlot) -> None:
    told = scene(iterations=100, phase=None)
    tell(plot, told)
    curves = told.trainer.curves()
    assert plot.plot.sentence == ""
    x, y = plot._batches.getData()
    assert np.array_equal(y, curves.losses) and np.array_equal(x, np.arange(100))
    x, y = plot._train.getData()
    assert list(y) == [row.train for row in curves.records]
    assert list(x) == [row.iteration for row in curves.records]
    _x, y = plot._test.getData()
    assert list(y) == [row.test.loss for row in curves.records if row.test]
    snapshot = told.snapshot
    assert plot._cursor.value() == 100
    assert value_text(snapshot.train.loss) in plot.legend.text()
    assert snapshot.test is not None and value_text(snapshot.test.loss) in plot.legend.text()
    assert "penalty" not in plot.legend.text()


def test_the_penalty_has_its_own_words(plot: LossPlot) -> None:
    told = scene(l2=0.1)
    tell(plot, told)
    assert f"penalty of the weights {value_text(told.snapshot.penalty)}" in plot.legend.text()


def test_batch_gradient_descent_has_one_strong_curve(plot: LossPlot) -> None:
    tell(plot, scene(iterations=64, phase=None, gradient_descent="batch"))
    assert plot._train.getData()[0] is None or not len(plot._train.getData()[0])
    assert plot._batches.opts["pen"].color() == LIGHT.train


def test_no_test_set_no_test_curve(plot: LossPlot) -> None:
    told = scene(data={"test_share": 0.0})
    tell(plot, told)
    assert "test" not in plot.legend.text()


def test_logarithmic_axis_by_mouse(qtbot: QtBot, plot: LossPlot) -> None:
    plot.show_curves(Curves(np.array([1.0, 0.1, 0.0, -1.0, np.nan, np.inf]), 1, ()))
    qtbot.mouseClick(plot.logarithmic, Qt.MouseButton.LeftButton)
    _x, y = plot._batches.getData()
    assert np.allclose(y[:3], [0, -1, -2]) and np.isnan(y[3:5]).all()
    assert plot.plot._zeros.getData() == ([2.0], [-2.0]) and plot.plot._zero.isVisible()
    qtbot.mouseClick(plot.logarithmic, Qt.MouseButton.LeftButton)
    assert plot._batches.getData()[1][0] == 1.0


def test_nan_and_one_point_are_no_error(plot: LossPlot) -> None:
    plot.show_curves(Curves(np.full(5, np.nan), 1, _records(2, 2, nan=True)))
    plot.grab()
    plot.show_curves(Curves(np.array([0.3]), 1, ()))
    assert plot.plot.sentence, "one point is no curve"


def test_zoom_stops_following_and_a_double_click_follows_again(qtbot: QtBot, plot: LossPlot) -> None:
    plot.show_curves(Curves(np.linspace(1, 0, 1000), 1, ()))
    plot.plot.box.setXRange(100, 200, padding=0)
    plot.plot.box.sigRangeChangedManually.emit([True, False])
    assert plot.fit_button.isVisible()
    x, _y = plot._batches.getData()
    assert x[0] >= 98 and x[-1] <= 202
    plot.show_curves(Curves(np.linspace(1, 0, 2000), 1, ()))
    assert plot.plot.box.viewRange()[0] == [100, 200]
    centre = plot.plot.viewport().rect().center()
    qtbot.mouseDClick(plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert not plot.fit_button.isVisible()
    plot.show_curves(Curves(np.linspace(1, 0, 3000), 1, ()))
    assert plot._batches.getData()[0][-1] > 2900


def test_wheel_zooms(qtbot: QtBot, plot: LossPlot) -> None:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    plot.show_curves(Curves(np.linspace(1, 0, 1000), 1, ()))
    plot.grab()
    centre = QPointF(plot.plot.viewport().rect().center())
    event = QWheelEvent(
        centre, plot.plot.viewport().mapToGlobal(centre), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.plot.viewport(), event)
    left, right = plot.plot.box.viewRange()[0]
    assert 0 < left < right < 1000 and plot.fit_button.isVisible()


def test_of_a_million_points_a_few_are_drawn(plot: LossPlot) -> None:
    losses = 1 + np.random.default_rng(0).standard_normal(1_000_000)
    losses[123_456] = 50.0
    curves = Curves(losses, 1, _records(1000, 1000))
    plot.show_curves(curves)
    x, y = plot._batches.getData()
    assert len(x) < 4 * plot.plot.columns() and y.max() == 50.0, "the peak is kept"


def test_nothing_is_drawn_while_hidden(qtbot: QtBot) -> None:
    plot = LossPlot()
    qtbot.addWidget(plot)
    plot.show_curves(Curves(np.array([1.0, 0.5]), 1, ()))
    assert plot._batches.getData()[0] is None or not len(plot._batches.getData()[0])
    plot.show()
    assert len(plot._batches.getData()[0]) == 2


def test_stride(plot: LossPlot) -> None:
    plot.show_curves(Curves(np.array([1.0, 0.5, 0.2]), 4, ()))
    assert list(plot._batches.getData()[0]) == [1.5, 5.5, 9.5]


def test_theme(plot: LossPlot) -> None:
    tell(plot, scene(), theme=DARK)
    assert plot._test.opts["pen"].color() == DARK.test
    assert plot._test.opts["pen"].style() == Qt.PenStyle.DashLine


def test_decimation_keeps_peaks_gaps_and_ends() -> None:
    y = np.zeros(10_000)
    y[777], y[5000:5400] = 9, np.nan
    x, low_high = decimated(np.arange(10_000.0), y, 100)
    assert len(x) == len(low_high) <= 2 * 101 and np.nanmax(low_high) == 9
    assert np.isnan(low_high).any()
    short_x, short_y = decimated(np.arange(5.0), np.arange(5.0), 100)
    assert len(short_x) == len(short_y) == 5


def test_numbers_too_large_to_draw_leave_those_of_their_interval() -> None:
    y = np.full(1000, 0.5)
    y[::2], y[600:] = 1e200, np.inf
    index, heights = drawable_curve(y, 100)
    assert (heights[index < 590] == 0.5).all() and np.isnan(heights[index > 610]).all()


def test_numbers_alone_leave_curves_and_cursor(plot: LossPlot) -> None:
    told = scene(iterations=100, phase=None)
    tell(plot, told)
    told.trainer.run(50)
    snapshot, curves = told.trainer.snapshot(), told.trainer.curves()
    plot.show_numbers(snapshot)
    assert value_text(snapshot.train.loss) in plot.legend.text()
    assert plot._cursor.value() == 100 and len(plot._batches.getData()[1]) == 100
    plot.show_picture(snapshot, curves)
    assert plot._cursor.value() == 150 and len(plot._batches.getData()[1]) == 150


def test_epochs_are_read_anew_where_training_went_back(plot: LossPlot) -> None:
    plot.show_curves(Curves(np.ones(20), 1, _records(4, 5)))
    again = tuple(EpochRecord(row.iteration, row.epoch, 7.0, None, row.gradient) for row in _records(4, 5))
    plot.show_curves(Curves(np.ones(20), 1, again))
    assert list(plot._train.getData()[1]) == [7.0] * 4


def test_logarithm_draws_nothing_where_there_is_none() -> None:
    assert np.array_equal(logarithm(np.array([10.0, 0.0, -1.0])), [1, np.nan, np.nan], equal_nan=True)


@pytest.mark.parametrize("places", [[50, 50, 50], [0, 99, 99.5], [10, 90], [5], [], list(range(40))])
def test_spread_labels_do_not_overlap(places: list[float]) -> None:
    moved = spread(np.array(places, float), 12, 6, 94)
    gap = min(12, 88 / max(1, len(places) - 1))
    assert np.all(np.diff(np.sort(moved)) >= gap - 1e-9)
    assert np.all((moved >= 6 - 1e-9) & (moved <= 94 + 1e-9))
    assert list(np.argsort(moved, kind="stable")) == list(np.argsort(places, kind="stable"))


# -- the timeline below it --------------------------------------------------------------------------------


@pytest.fixture
def trained(open_window: Callable[..., MainWindow]) -> MainWindow:
    window = open_window()
    window.player.run(200)
    window.player.settle()
    window.session.show_again()
    QApplication.processEvents()
    return window


def loss_plot(window: MainWindow) -> LossPlot:
    found = window.panels[ViewId.LOSS_PLOT]
    assert isinstance(found, LossPlot)
    return found


def place_of(plot: LossPlot, iteration: float) -> QPoint:
    """Return where an iteration lies, in pixels of the plot's viewport."""
    box = plot.plot.box
    return plot.plot.mapFromScene(box.mapViewToScene(QPointF(iteration, sum(box.viewRange()[1]) / 2)))


def handle_of(plot: LossPlot) -> float:
    """Return the middle of the slider's handle, in pixels of the plot's viewport."""
    slider = plot.time.slider
    return plot.plot.mapFrom(plot, slider.mapTo(plot, slider._handle().center())).x()


@pytest.mark.parametrize("iteration", [0, 40, 137, 200])
def test_the_handle_lies_below_the_present_iteration(trained: MainWindow, iteration: int) -> None:
    trained.time.seek(iteration)
    trained.player.settle()
    QApplication.processEvents()
    plot = loss_plot(trained)
    assert plot._cursor.value() == iteration
    assert abs(handle_of(plot) - place_of(plot, iteration).x()) <= 3
    assert plot._beyond.isVisible() is (iteration < 200)


def test_a_click_into_the_plot_goes_there(trained: MainWindow, qtbot: QtBot) -> None:
    plot = loss_plot(trained)
    qtbot.mouseClick(plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=place_of(plot, 60))
    trained.player.settle()
    assert abs(trained.player.where.iteration - 60) <= 2


def test_losses_are_read_off_under_the_mouse(trained: MainWindow, qtbot: QtBot) -> None:
    plot = loss_plot(trained)
    place = place_of(plot, 60)
    qtbot.mouseMove(plot.plot.viewport(), place)
    QApplication.processEvents()
    text = plot.plot._beside.text()
    found = re.search(r"iteration (\d+):", text)
    assert found is not None and abs(int(found[1]) - 60) <= 2
    losses = trained.player.curves.losses
    assert value_text(float(losses[int(found[1])])) in text
    record = [row for row in trained.player.curves.records if row.iteration <= int(found[1])][-1]
    assert record.test is not None and value_text(record.test.loss) in text


def test_zoomed_in_the_timeline_shows_what_the_plot_shows(trained: MainWindow) -> None:
    plot = loss_plot(trained)
    plot.plot.box.setXRange(50, 100, padding=0)
    QApplication.processEvents()
    trained.time.seek(70)
    trained.player.settle()
    QApplication.processEvents()
    assert abs(handle_of(plot) - place_of(plot, 70).x()) <= 3
    plot.plot.fit()
    QApplication.processEvents()
    assert abs(handle_of(plot) - place_of(plot, 70).x()) <= 3


def test_a_strip_of_the_timeline_stays_where_the_plot_is_not_in_sight(trained: MainWindow) -> None:
    assert not trained.timeline.isVisible()
    trained.panels.bring(ViewId.GRADIENT_NORMS)
    QApplication.processEvents()
    assert trained.timeline.isVisible() or loss_plot(trained).isVisible()
    trained.panels.docks[ViewId.LOSS_PLOT].close()
    QApplication.processEvents()
    assert trained.timeline.isVisible()
