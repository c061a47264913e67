"""The metrics in the window: numbers of the core on both sets, a threshold to drag, samples to click."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.analysis.metrics import metrics_of, roc_curve, scores_of_class
from core.analysis.sample_losses import SampleLosses, sample_losses
from core.arrays import Array
from core.number_style import value_text
from gui.selection import Selection
from gui.theme.theme import DARK
from gui.views.metrics import plots
from gui.views.metrics.table import NONE
from gui.views.metrics.view import MetricsView
from tests.gui.scenes import Scene, scene, tell


@pytest.fixture
def view(qtbot: QtBot) -> MetricsView:
    made = MetricsView()
    qtbot.addWidget(made)
    made.resize(400, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def outputs(told: Scene) -> SampleLosses:
    return sample_losses(told.network, told.snapshot.theta, told.dataset)


def cells(view: MetricsView) -> dict[str, tuple[str, ...]]:
    """Return the table: the values by the names of the metrics."""
    return {texts[0]: texts[1:] for texts in map(view.table.texts, range(view.table.rowCount()))}


def asked(view: MetricsView) -> list[int | None]:
    """Return the samples asked for, which are then selected; the list grows with the requests."""
    heard: list[int | None] = []

    def answer(selection: Selection) -> None:
        heard.append(selection.sample)
        view.show_selection(selection)

    view.select_requested.connect(answer)
    return heard


@pytest.mark.parametrize("source", ["digits", "breast-cancer", "iris", "circle"])
def test_names_and_numbers_are_whole_in_a_narrow_dock(view: MetricsView, source: str) -> None:
    view.resize(244, 600)
    for iterations in (0, 400):
        tell(view, scene(source, (4,), iterations=iterations))
        QApplication.processEvents()
        assert view.table.rowCount() and not view.table.is_cut()


@pytest.mark.parametrize("source", ["breast-cancer", "iris", "circle", "sine"])
def test_both_columns_are_the_metrics_of_the_core(view: MetricsView, source: str) -> None:
    told = scene(source, (4,), iterations=30)
    tell(view, told, theme=DARK)
    dataset, found = told.dataset, outputs(told)
    assert view.table.heads() == ("", "train", "test")
    shown = sorted(text for texts in cells(view).values() for text in texts)
    of_one_class = ("roc_area", "calibration_error")
    values = [
        value_text(one.metric.value)
        for samples in (dataset.train, dataset.test)
        for one in metrics_of(dataset, found, samples)
        if one.metric.value is not None
        and not (one.kind in of_one_class and one.of != view.of.currentIndex())
    ]
    assert [text for text in shown if text != NONE] == sorted(values)
    view.grab()


def test_a_value_tells_its_formula_with_the_numbers_put_in(view: MetricsView) -> None:
    told = scene("breast-cancer", (4,), iterations=30)
    tell(view, told)
    dataset, found = told.dataset, outputs(told)
    assert found.decided is not None
    of, decided = dataset.labels[dataset.test] == 1, found.decided[dataset.test] == 1
    tp, fp = int((of & decided).sum()), int((~of & decided).sum())
    row = next(k for k in range(view.table.rowCount()) if view.table.texts(k)[0] == "malignant: precision")
    assert view.table.cell(row, 2).toolTip() == (
        "malignant: precision, test samples:\n"
        f"TP/(TP + FP) = {tp}/({tp} + {fp}) = {value_text(tp / (tp + fp))}"
    )


def test_what_is_undefined_is_a_dash_with_its_reason(view: MetricsView) -> None:
    told = scene("blobs", (2,), iterations=0, phase=None, learning_rate=1e-6)
    told.network.W(told.trainer._theta, 2)[...] = 0
    told.network.b(told.trainer._theta, 2)[...] = [1, 0, 0]  # all are decided as class 0
    tell(view, told)
    shown = cells(view)
    assert shown["1: precision"] == (NONE, NONE) and shown["1: recall"] == ("0", "0")
    row = next(k for k in range(view.table.rowCount()) if view.table.texts(k)[0] == "1: precision")
    assert "is undefined: no sample is decided as this class" in view.table.cell(row, 1).toolTip()


def test_without_test_samples_there_is_one_column(view: MetricsView) -> None:
    tell(view, scene("xor-four-points", (2,), iterations=5))
    assert view.table.heads() == ("", "train") and view.part == "train" and not view.parts.isVisible()
    tell(view, scene("xor", (2,), iterations=5))
    assert view.table.heads() == ("", "train", "test") and view.parts.isVisible()


def on_curve(view: MetricsView, point: int) -> QPoint:
    x, y = (float(rate[point]) for rate in view.roc.curves[view.part].rates)
    return view.roc.place(x, y).toPoint()


def test_the_threshold_follows_the_mouse_along_the_curve_and_is_counted_there(
    view: MetricsView, qtbot: QtBot
) -> None:
    told = scene("moons", (4,), iterations=15)
    tell(view, told)
    dataset, found = told.dataset, outputs(told)
    decided, of = found.o[0, dataset.test] > 0.5, dataset.labels[dataset.test] == 1

    def counted(called: Array) -> list[str]:
        pairs = (("TP", of & called), ("FP", ~of & called), ("FN", of & ~called), ("TN", ~of & ~called))
        return [f"{name} {int(which.sum())}" for name, which in pairs]

    assert [button.text() for button in view.outcomes.values()] == counted(decided)
    last = view.roc.curves["test"].thresholds.size - 1
    QTest.mousePress(view.roc, Qt.MouseButton.LeftButton, pos=on_curve(view, 1))
    QTest.mouseMove(view.roc, on_curve(view, last))
    QTest.mouseRelease(view.roc, Qt.MouseButton.LeftButton, pos=on_curve(view, last))
    assert view.roc.point == last
    assert [button.text() for button in view.outcomes.values()] == counted(np.ones(of.size, bool))
    assert "TPR 1, FPR 1" in view.line.text()
    for _ in range(3):
        QTest.keyClick(view.roc, Qt.Key.Key_Left)
    assert view.roc.point == last - 3
    assert [button.text() for button in view.outcomes.values()] == counted(
        found.o[0, dataset.test] >= view.threshold
    )
    qtbot.mouseClick(view.parts._group.button(0), Qt.MouseButton.LeftButton)
    train = found.o[0, dataset.train] >= view.threshold
    assert view.outcomes["TP"].text() == f"TP {int((train & (dataset.labels[dataset.train] == 1)).sum())}"
    view.grab()


def test_a_count_sends_its_samples_one_after_another_the_surest_first(
    view: MetricsView, qtbot: QtBot
) -> None:
    told = scene("moons", (2,), iterations=4)
    tell(view, told)
    dataset, o = told.dataset, outputs(told).o[0]
    own = {int(s) for s in dataset.test if dataset.labels[s] == 1 and o[s] <= 0.5}
    heard = asked(view)
    for _ in range(len(own) + 1):
        qtbot.mouseClick(view.outcomes["FN"], Qt.MouseButton.LeftButton)
    assert len(own) > 1 and set(heard[:-1]) == own and heard[-1] == heard[0]
    sure = [float(o[s]) for s in heard[:-1] if s is not None]
    assert sure == sorted(sure)


def test_another_class_has_its_own_curve(view: MetricsView, qtbot: QtBot) -> None:
    told = scene("iris", (3,), iterations=8)
    tell(view, told)
    dataset, o = told.dataset, outputs(told).o[:, told.dataset.test]
    QTest.keyClick(view.of, Qt.Key.Key_Down)
    of = view.of.currentIndex()
    assert of == 1
    area = roc_curve(scores_of_class(dataset, o, 1), dataset.labels[dataset.test] == 1).area
    assert view.roc.curves["test"].area == area and area.value is not None
    assert cells(view)["versicolor: ROC area"][1] == value_text(area.value)
    assert "setosa: ROC area" not in cells(view)


def test_calibration_tells_the_bin_under_the_mouse(view: MetricsView, qtbot: QtBot) -> None:
    tell(view, scene("moons", (2,), iterations=4))
    qtbot.mouseClick(view.tabs["roc", "calibration"]._group.button(1), Qt.MouseButton.LeftButton)
    assert view.calibration.isVisible() and not view.roc.isVisible()
    found = view.calibration.curves["test"]
    k = int(found.counts.argmax())
    place = view.calibration.place((k + 0.5) / 10, 0.5).toPoint()
    QTest.mouseMove(view.calibration, place)
    assert f"{found.counts[k]} samples" in view.calibration.toolTip()
    assert value_text(found.share[k]) in view.calibration.toolTip()
    view.grab()


@pytest.mark.parametrize("most", [plots.MOST_MARKERS, 10])
def test_a_click_on_a_residual_asks_for_its_sample(
    view: MetricsView, qtbot: QtBot, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots, "MOST_MARKERS", most)  # more are dots of the same size
    told = scene("sine", (3,), iterations=30, data={"samples": 40})
    tell(view, told)
    dataset, o = told.dataset, outputs(told).o[0]
    residuals = dataset.labels[0] - o
    assert np.allclose(view.residuals.residuals, residuals) and view.residuals.isVisible()
    heard, outlier = asked(view), int(np.argmax(np.abs(residuals)))
    place = view.residuals.place(float(o[outlier]), float(residuals[outlier])).toPoint()
    qtbot.mouseClick(view.residuals, Qt.MouseButton.LeftButton, pos=place)
    assert heard == [outlier] and view.residuals.selected == outlier
    qtbot.mouseClick(view.residuals, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert heard == [outlier]
    colours = view.residuals.grab().toImage()
    assert colours.pixelColor(place) != colours.pixelColor(QPoint(1, 1))


def test_every_moment_shown_is_judged(view: MetricsView) -> None:
    told = scene("iris", (4,), iterations=0, phase=None)
    tell(view, told)
    before = cells(view)["accuracy"]
    told.trainer.run(300)
    view.show_snapshot(told.snapshot)
    test = told.snapshot.test
    assert test is not None and test.accuracy is not None
    assert cells(view)["accuracy"][1] == value_text(test.accuracy) and cells(view)["accuracy"] != before


@pytest.mark.parametrize(("size", "beside"), [((880, 180), True), ((260, 520), False)])
def test_the_plot_stands_beside_the_table_where_the_dock_is_wide(
    view: MetricsView, qtbot: QtBot, size: tuple[int, int], beside: bool
) -> None:
    tell(view, scene("breast-cancer", (4,), iterations=5))
    view.resize(*size)
    table, plot = view.table, view.roc
    qtbot.waitUntil(lambda: (table.geometry().right() < plot.mapTo(view, QPoint()).x()) == beside)
    assert table.isVisible() and plot.isVisible() and plot.height() >= 60
    for row in range(table.rowCount()):
        needs = table.fontMetrics().horizontalAdvance(table.texts(row)[1])
        assert table.columnWidth(1) >= needs + 2 * table.padding + 8  # a number is never cut


@pytest.mark.parametrize(
    ("source", "tabs"), [("moons", ("table", "roc", "calibration")), ("sine", ("table", "residuals"))]
)
def test_in_a_small_dock_the_table_is_a_tab_of_the_plots(
    view: MetricsView, qtbot: QtBot, source: str, tabs: tuple[str, ...]
) -> None:
    view.resize(244, 270)
    tell(view, scene(source, (4,), iterations=5))
    places = {"table": view.table, "roc": view.roc, "calibration": view.calibration}
    places["residuals"] = view.residuals
    for name in (*tabs[1:], "table"):
        qtbot.mouseClick(view.tabs[tabs]._group.button(tabs.index(name)), Qt.MouseButton.LeftButton)
        assert [other for other, widget in places.items() if widget.isVisible()] == [name]
        qtbot.waitUntil(lambda name=name: places[name].height() >= 80)
        assert view.size() == QSize(244, 270)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)  # the tabs keep the focus
    assert places[tabs[1]].isVisible()
    for _ in tabs[2:]:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    view.resize(244, 620)
    seen = [name for name, widget in places.items() if widget.isVisible()]
    assert seen == ["table", "residuals" if source == "sine" else "calibration"]
