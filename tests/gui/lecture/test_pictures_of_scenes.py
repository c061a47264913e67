"""What the scenes show in a hall, reached with Page Down alone: each picture says what its sentence says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.graph.number_text import read_number
from core.lecture.builds import builds_of
from core.lecture.scene import find_scene
from core.nn.passes import evaluate
from gui.cli.look import hall
from gui.compare.plots import DepthPlot
from gui.figures.drawn_text import drawn_texts
from gui.lecture.inspection import faults_of
from gui.lecture.stages.network import NetworkStage
from gui.lecture.window import LectureWindow
from gui.qt.later import draw_all
from gui.theme import theme
from gui.views.activation_plot import ActivationPlot
from gui.views.decision_boundary.widget import OutputMapWidget
from gui.views.linear_collapse.matrix_product import MatrixProduct

SIZE = (1366, 768)


@pytest.fixture
def window(qapp: QApplication) -> Iterator[LectureWindow]:
    with hall(SIZE) as opened:
        yield opened
    theme.apply(qapp, theme.LIGHT)


@pytest.fixture
def page(window: LectureWindow, qtbot: QtBot):
    """Return what opens a scene and presses Page Down until a sentence is said."""

    def turned(name: str, sentence: str) -> LectureWindow:
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.open_scene(find_scene(name).resolve())
        said = [build.say for build in builds_of(window.scene)]
        at = next(k for k, text in enumerate(said) if sentence in text)
        for _ in range(at):
            window.theatre.finish()
            QTest.keyClick(window, Qt.Key.Key_PageDown)
        window.theatre.finish()
        if isinstance(window.theatre.stage, NetworkStage):
            window.theatre.stage.player.settle()
        window.resize(*SIZE)
        draw_all(window)
        assert window.theatre.headline.text() == said[at]
        return window

    return turned


def texts(window: LectureWindow) -> list[str]:
    return [text.text.strip() for text in drawn_texts(window.page)]


def test_the_corners_of_xor_are_huge_and_have_their_class_on_them(page) -> None:
    shown = page("perceptron-xor", "corners on each diagonal")
    letters = [text.letters for text in drawn_texts(shown.theatre.stage) if text.text in ("0", "1")]
    assert len([size for size in letters if size >= 0.03 * SIZE[1]]) == 4


def test_the_solution_by_hand_stands_on_the_stage(page) -> None:
    shown = texts(page("multilayer-xor", "Two minus twice one"))
    assert {"a = 2", "a = 1", "o = 0", "b = −1", "−2"} <= set(shown)


def test_nothing_is_told_of_a_gradient_where_only_weights_are_shown(page) -> None:
    assert not [text for text in texts(page("multilayer-xor", "Two minus twice one")) if "δ" in text]


def test_linear_and_sigmoid_output_stand_side_by_side_with_one_key(page) -> None:
    shown = page("scalar-output", "Linear against sigmoid")
    curves = [plane._curves[0][:, 1] for plane in shown.findChildren(OutputMapWidget) if plane.isVisible()]
    linear, sigmoid = curves
    assert linear.min() < -0.9 and 0 <= sigmoid.min() < 0.05


def test_two_outputs_draw_a_circle(page) -> None:
    shown = page("vector-output", "becomes the circle")
    (curve,) = next(plane for plane in shown.findChildren(OutputMapWidget) if plane.isVisible())._curves
    away = np.hypot(*curve.T)
    assert np.abs(away - 1).max() < 0.2
    assert np.hypot(*(curve[0] - curve[-1])) < 0.3  # it closes


def test_the_product_of_matrices_stands_in_one_row_below_the_layers(page) -> None:
    shown = page("why-non-linear", "matrices multiply")
    (product,) = [found for found in shown.findChildren(MatrixProduct) if found.isVisible()]
    middles = [product.cells(k).center().y() for k in range(4)]
    assert np.ptp(middles) < 2
    W = [factor.values for factor in product.factors]
    assert np.allclose(W[0] @ W[1] @ W[2], W[3], atol=1e-9)
    assert product.verticalScrollBar().maximum() == 0


def test_every_sample_is_a_dot_in_the_row_of_its_neuron_and_dead_ones_stay_left_of_0(page) -> None:
    shown = page("dead-relu", "slope is 0")
    (plot,) = [found for found in shown.findChildren(ActivationPlot) if found.isVisible()]
    z, rows = plot._rows.getData()
    samples = shown.theatre.stage.document.dataset.train.size
    assert z.size == 4 * samples
    dead = [(z[rows == row] < 0).all() for row in sorted(set(rows), reverse=True)]
    assert dead == [False, False, True, True]
    assert {f"neuron {k}" for k in (1, 2, 3, 4)} <= set(texts(shown))


def test_the_slopes_that_multiply_are_written_on_the_gradient_that_dies(page) -> None:
    shown = page("vanishing-gradient", "gradient of the sigmoid fades")
    written = [found[1] for text in texts(shown) if (found := re.match(r"σ′ = (.+)", text))]
    slopes = [read_number(text) for text in written]
    (plot,) = [found for found in shown.findChildren(DepthPlot) if found.isVisible()]
    exact = plot.slopes[0][:-1]
    assert len(slopes) == 6
    assert sorted(slopes) == pytest.approx(sorted(exact), abs=0.005)
    assert max(slopes) <= 0.25


def test_slopes_are_the_mean_derivatives_of_the_activations(page) -> None:
    shown = page("vanishing-gradient", "one start")
    (plot,) = [found for found in shown.findChildren(DepthPlot) if found.isVisible()]
    snapshot = shown.theatre.stage.run.standing.snapshots[0]
    network, dataset = snapshot.network, snapshot.dataset
    x, y = dataset.x[:, dataset.train], dataset.targets(1)[:, dataset.train]
    z = evaluate(network, snapshot.theta, x, y).z
    sigmoid = [1 / (1 + np.exp(-z[l].astype(float))) for l in range(1, 8)]
    assert plot.slopes[0] == pytest.approx([float((s * (1 - s)).mean()) for s in sigmoid], rel=1e-5)


@pytest.mark.parametrize(
    ("scene", "sentence", "absent"),
    [
        ("softmax-tumours", "raw outputs", {"softmax", "sum"}),
        ("tumour-sigmoid", "last sum", {"g′(z)"}),
        ("mse", "each squared", {"∂MSE/∂ŷ", "sum"}),
        ("softmax-not-sum", "simply divide", {"z ÷ Σz"}),
    ],
)
def test_what_is_asked_later_is_not_there_yet(page, scene: str, sentence: str, absent: set[str]) -> None:
    shown = texts(page(scene, sentence))
    assert "?" not in shown
    assert not absent & set(shown)


def test_an_answer_leaves_with_the_next_build(page) -> None:
    assert page("why-non-linear", "one straight line").theatre.words.cards.isVisible()
    assert not page("why-non-linear", "matrices multiply").theatre.words.cards.isVisible()


def test_no_build_leaves_a_notice_over_the_stage_or_in_the_bar(page) -> None:
    shown = page("why-non-linear", "two ReLUs")
    stage = shown.theatre.stage
    assert isinstance(stage, NetworkStage)
    assert stage.notice.isHidden()
    assert shown.bar.happened.text() == ""
    assert shown.scene.title in texts(shown)


def test_a_button_that_is_pressed_still_tells_what_it_did(page) -> None:
    shown = page("why-non-linear", "matrices multiply")
    shown.theatre.words.changes["few"].click()
    assert not shown.theatre.stage.notice.isHidden()
    shown.theatre.reset()


def test_a_button_is_there_only_where_the_stage_has_what_it_changes(page) -> None:
    assert page("multilayer-xor", "Two minus twice one").theatre.words.changes["by-hand"].isHidden()


def test_a_text_that_answers_the_open_question_is_a_fault(page) -> None:
    shown = page("hidden-space", "last neuron’s eyes")
    faults = lambda: [fault for fault in faults_of(shown.theatre, SIZE[1]) if "open question" in fault]  # noqa: E731
    assert faults() == []
    shown.theatre.stage.views.hide_scores(False)
    assert faults() and all("straight line parts" in fault for fault in faults())


def test_a_number_that_answers_the_open_question_is_a_fault(page) -> None:
    shown = page("one-weight", "We stand at w = 2")
    assert list(faults_of(shown.theatre, SIZE[1], shown.page)) == []
    label = QLabel("the slope is −24.0", shown.theatre.stage)
    label.show()
    assert any("answers the open question" in fault for fault in faults_of(shown.theatre, SIZE[1]))


def test_the_bar_is_looked_at_too(page) -> None:
    shown = page("perceptron-xor", "One neuron")
    assert list(faults_of(shown.theatre, SIZE[1], shown.page)) == []
    shown.bar.build.setText("a text with far more letters than there is room for in the bar")
    assert any("is cut off" in fault for fault in faults_of(shown.theatre, SIZE[1], shown.page))
