"""The canvas as a microscope: a pass under way, links to other views, weights by hand, findings."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from core.analysis.activation_map import PlaneMap, plane_of
from core.analysis.health import Finding, FindingKind
from core.debugger.steps import StepKind, Steps, revealed
from core.nn.passes import evaluate
from core.nn.trainer import Phase
from core.number_style import known_text, value_text
from gui.canvas.canvas_state import HitTarget, Lit, lit
from gui.canvas.hit_test import tooltip
from gui.canvas.items.neurons import bias_rect
from gui.canvas.items.warnings import badges
from gui.canvas.outline import Outline
from gui.selection import Selection
from gui.theme.theme import LIGHT
from tests.gui.on_canvas import LEFT, NONE, Shown, farthest

CONTROL = Qt.KeyboardModifier.ControlModifier
DEAD = Finding(1, 2, FindingKind.DEAD, "Neuron 3 is dead.", "Give it LeakyReLU.")
VANISHING = Finding(2, None, FindingKind.VANISHING, "The gradient vanishes.", "Take fewer layers.")


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., Shown]:
    return lambda *arguments: Shown(qtbot, *arguments)


@pytest.fixture
def shown(make: Callable[..., Shown]) -> Shown:
    return make()


class Walked:
    """One iteration of what is shown, to be stepped through."""

    def __init__(self, shown: Shown) -> None:
        self.shown, self.steps = shown, Steps(shown.trainer.network)
        self.start = shown.trainer.snapshot()
        shown.trainer.advance(Phase.UPDATE)
        self.done = shown.trainer.snapshot()

    def to(self, k: int) -> None:
        view = self.shown.view
        view.show_step(self.steps.last(k), self.steps.coming(k))
        view.show_snapshot(revealed(self.steps, self.start, self.done, k))

    def before(self, quantity: StepKind, l: int, j: int, i: int | None = None) -> int:
        """Return the position before a step."""
        wanted = (quantity, l, j) if i is None else (quantity, l, j, i)
        return next(k for k in range(self.steps.count) if self.steps.coming(k)[: len(wanted)] == wanted)


# -- a pass under way -----------------------------------------------------------------------------


def test_numbers_appear_as_they_are_computed(shown: Shown) -> None:
    walked, picture = Walked(shown), shown.view.state
    shown.view.set_edge_numbers("both")
    network, values = shown.trainer.network, walked.done.values
    for k in range(0, walked.steps.count, 3):
        walked.to(k)
        now = revealed(walked.steps, walked.start, walked.done, k)
        for l in (1, 2, 3):
            np.testing.assert_array_equal(picture.moment.a[l], now.values.a[l][:, 0])
            known_now = ~np.isnan(picture.moment.a[l])
            np.testing.assert_array_equal(picture.moment.a[l][known_now], values.a[l][known_now, 0])
        for (l, i, j), written in shown.view.network_scene.pills._written.items():
            weight = network.W(now.theta, l)[i, j]
            assert float(written.weight.replace("−", "-")) == pytest.approx(weight, rel=0.006, abs=0.006)
            g = np.nan if now.values.g is None else network.W(now.values.g, l)[i, j]
            assert written.gradient.lstrip("+") in (known_text(g), "", "·")
            assert (written.gradient in ("", "·")) == np.isnan(g)
        assert "NaN" not in tooltip(picture, HitTarget("neuron", 1, 1, 1))


def test_what_the_pass_has_not_reached_stands_back(shown: Shown) -> None:
    walked, picture = Walked(shown), shown.view.state
    walked.to(walked.before(StepKind.PRODUCT, 2, 1, 2))
    assert [n.tolist() for n in picture.reach.neurons[1:]] == [[True] * 4, [True, False], [False]]
    assert picture.reach.edges[2].tolist() == [[True, True], [True, True], [True, False], [True, False]]
    assert "the forward pass has reached layer 2" in picture.reach.remark
    walked.to(walked.before(StepKind.DELTA, 2, 1))
    assert picture.reach.edges[2].tolist() == [[True, False]] * 4
    assert not picture.reach.edges[1].any() and picture.reach.edges[3].all()
    assert picture.reach.remark == (
        "the gradient has reached layer 2; what lies left of here is not computed yet"
    )
    walked.to(walked.steps.count)
    assert picture.reach is None


def test_what_is_computed_next_is_lit_in_the_colour_of_its_phase(shown: Shown) -> None:
    walked, picture = Walked(shown), shown.view.state
    walked.to(walked.before(StepKind.PRODUCT, 1, 2, 1))
    assert picture.lit == Lit(((1, 2),), (1, 1, 2), None)
    assert picture.stage_colour == LIGHT.accent
    walked.to(walked.before(StepKind.UPSTREAM, 1, 3, 1))
    assert picture.lit == Lit(((1, 3),), (2, 3, 1), None)
    assert picture.stage_colour == LIGHT.gradient_positive
    assert (2, 3, 1) in shown.view.network_scene.pills.shown
    walked.to(walked.before(StepKind.NEW_BIAS, 1, 3))
    assert picture.lit.bias == (1, 3)
    shown.view.show_step(None, None)
    assert picture.lit == Lit((), None, None)


def test_every_step_of_an_iteration_is_drawn(make: Callable[..., Shown]) -> None:
    for sizes in ("2-3-3", "20-3-1"):
        shown = make(sizes)
        walked = Walked(shown)
        pictures = set()
        for k in range(walked.steps.count + 1):
            walked.to(k)
            if k % 5 == 0:
                pictures.add(shown.view.grab().toImage().constBits().tobytes())
            assert lit(walked.steps.last(k), 3) is not None
        assert len(pictures) > 8


def test_a_selected_sample_is_shown_as_far_as_the_pass_is(shown: Shown) -> None:
    walked = Walked(shown)
    shown.select(Selection(sample=5))
    walked.to(walked.before(StepKind.ACTIVITY, 2, 1))
    network, data = shown.trainer.network, shown.trainer.dataset
    own = evaluate(network, walked.done.before, data.x[:, [5]], data.targets(1)[:, [5]])
    a = shown.view.state.moment.a
    np.testing.assert_array_equal(a[1], own.a[1][:, 0])
    assert a[2][0] == own.a[2][0, 0] and np.isnan(a[2][1]) and np.isnan(a[3][0])
    assert shown.view.state.moment.delta is None


def test_the_pill_of_the_selected_edge_is_larger(shown: Shown) -> None:
    shown.view.set_edge_numbers("both")
    usual = shown.view.network_scene.pills.rect((2, 1, 0))
    shown.select(Selection(2, 0, 1))
    large = shown.view.network_scene.pills.rect((2, 1, 0))
    assert large.height() > 1.2 * usual.height()
    others = [
        shown.view.network_scene.pills.rect(edge)
        for edge in shown.view.network_scene.pills.shown
        if edge != (2, 1, 0)
    ]
    assert not any(large.intersects(other) for other in others)


def test_the_outline_shows_what_is_not_computed_as_a_dot(shown: Shown) -> None:
    outline = Outline()
    shown.qtbot.addWidget(outline)
    outline.show_design(shown.design, ())
    outline.show_network(shown.trainer.network, shown.trainer.dataset)
    walked = Walked(shown)
    k = walked.before(StepKind.BIAS, 2, 0)
    outline.show_snapshot(revealed(walked.steps, walked.start, walked.done, k))
    for layer in (1, 2):
        outline.topLevelItem(layer).setExpanded(True)
    first, second = outline.topLevelItem(1).child(0), outline.topLevelItem(2).child(0)
    assert first.text(1) == value_text(walked.done.values.a[1][0, 0])
    assert second.text(1) == "·"


# -- links to other views -------------------------------------------------------------------------


def test_hovering_is_told_and_what_others_hover_is_lit(shown: Shown) -> None:
    told: list[Selection] = []
    shown.view.hover_requested.connect(told.append)
    shown.hover(shown.tile(1, 2))
    shown.hover(shown.edge(1, 1, 3))
    bias = bias_rect(shown.view.state.layout.of_layer(2), 1, shown.view.state.layout.sizes)
    shown.hover(shown.at(bias.center()))
    shown.hover(QPoint(1, 540))
    assert told == [Selection(1, 2), Selection(1, 3, 1), Selection(2, 1), Selection()]
    before = shown.view.grab().toImage()
    shown.view.show_hover(Selection(2, 0, 1))
    assert shown.view.state.looked_at == ((2, 0, 1),)
    assert shown.view.grab().toImage() != before
    shown.view.show_hover(Selection())
    assert shown.view.state.looked_at == ()


def test_a_cell_of_a_matrix_is_told_as_its_edge(make: Callable[..., Shown]) -> None:
    shown = make("64-32-10")
    told: list[Selection] = []
    shown.view.hover_requested.connect(told.append)
    rect = shown.view.state.layout.matrices[2]
    shown.hover(shown.at(QPointF(rect.left() + rect.width() * 0.35, rect.top() + rect.height() * 8.5 / 32)))
    assert told == [Selection(2, 3, 8)]


# -- weights by hand ------------------------------------------------------------------------------


class Edits:
    """What a canvas asks for."""

    def __init__(self, shown: Shown) -> None:
        self.previews: list[np.ndarray] = []
        self.edits: list[tuple[np.ndarray, str]] = []
        shown.view.theta_previewed.connect(self.previews.append)
        shown.view.theta_edit_requested.connect(lambda theta, text: self.edits.append((theta, text)))


def test_the_wheel_changes_the_selected_weight_and_ends_in_one_edit(shown: Shown) -> None:
    told, theta = Edits(shown), shown.trainer.snapshot().theta
    network = shown.trainer.network
    shown.select(Selection(2, 0, 1))
    pill = shown.at(shown.view.network_scene.pills.rect((2, 1, 0)).center())
    for angle in (120, 120, -120, 120):
        shown.wheel(pill, angle, CONTROL)
    assert shown.view.state.zoom == 1.0
    shown.qtbot.waitUntil(lambda: len(told.edits) == 1)
    changed, text = told.edits[0]
    assert text == "Change weight"
    expected = theta.copy()
    network.W(expected, 2)[1, 0] += 0.1
    np.testing.assert_allclose(changed, expected, atol=1e-12)
    assert len(told.previews) == 4
    np.testing.assert_allclose(network.W(told.previews[0], 2)[1, 0], network.W(theta, 2)[1, 0] + 0.05)
    shown.wheel(shown.tile(1, 1), 120, CONTROL)
    assert shown.view.state.zoom > 1.0


def test_a_double_click_opens_a_field_whose_number_is_taken_by_enter(shown: Shown) -> None:
    told, network = Edits(shown), shown.trainer.network
    pill = shown.at(shown.view.network_scene.pills.rect((2, 1, 0)).center())
    shown.qtbot.mouseDClick(shown.view.viewport(), LEFT, NONE, pill)
    field = shown.view.editing.weights.number_edit
    assert field.isVisible() and field.accessibleName() == "Change weight"
    assert float(field.text().replace("−", "-")) == pytest.approx(
        network.W(shown.trainer.snapshot().theta, 2)[1, 0], rel=1e-5
    )
    _type(shown, field, "-1.25")
    assert not field.isVisible()
    assert network.W(told.edits[0][0], 2)[1, 0] == -1.25 and told.edits[0][1] == "Change weight"
    rest = shown.trainer.snapshot().theta - told.edits[0][0]
    assert np.count_nonzero(rest) == 1


def test_a_bias_is_edited_in_its_chip_or_by_key(shown: Shown) -> None:
    told, network, picture = Edits(shown), shown.trainer.network, shown.view.state
    chip = bias_rect(picture.layout.of_layer(1), 2, picture.layout.sizes)
    shown.qtbot.mouseDClick(shown.view.viewport(), LEFT, NONE, shown.at(chip.center()))
    _type(shown, shown.view.editing.weights.number_edit, "0,5")
    shown.select(Selection(2, 1))
    shown.key(Qt.Key.Key_F2)
    _type(shown, shown.view.editing.weights.number_edit, "−2")
    assert network.b(told.edits[0][0], 1)[2] == 0.5
    assert network.b(told.edits[1][0], 2)[1] == -2
    assert {text for _, text in told.edits} == {"Change bias"}


def test_escape_leaves_the_number_and_what_is_no_number_is_not_taken(shown: Shown) -> None:
    told, field = Edits(shown), shown.view.editing.weights.number_edit
    shown.select(Selection(1, 0, 1))
    shown.key(Qt.Key.Key_Return)
    for text in ("", "abc", "nan", "inf", "1e300"):
        _type(shown, field, text)
        assert field.isVisible()
    shown.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible() and not told.edits
    shown.key(Qt.Key.Key_F2)
    shown.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not field.isVisible() and not told.edits
    shown.key(Qt.Key.Key_Up, CONTROL)
    shown.qtbot.waitUntil(lambda: len(told.edits) == 1)


def _type(shown: Shown, field: QLineEdit, text: str) -> None:
    field.selectAll()
    shown.qtbot.keyClick(field, Qt.Key.Key_Delete)
    if text.isascii():
        shown.qtbot.keyClicks(field, text)
    else:
        field.insert(text)  # no key of a keyboard has a true minus
    shown.qtbot.keyClick(field, Qt.Key.Key_Return)


# -- findings -------------------------------------------------------------------------------------


def test_findings_are_badges_with_a_sentence_a_remedy_and_a_click(shown: Shown) -> None:
    before = shown.view.grab().toImage()
    shown.view.show_findings((DEAD, VANISHING))
    picture = shown.view.state
    found = [badge for column in picture.layout.columns for badge in badges(picture, column)]
    assert [badge.selection for badge in found] == [Selection(1, 2), Selection(2)]
    assert shown.view.grab().toImage() != before
    tip = tooltip(picture, HitTarget("badge", 1, 1, 2))
    assert DEAD.sentence in tip and DEAD.remedy in tip
    for badge in found:
        shown.click(shown.at(badge.rect.center()))
        assert shown.selection == badge.selection
    shown.select(Selection())
    shown.view.show_findings(())
    shown.hover(QPoint(1, 540))
    assert shown.view.grab().toImage() == before


def test_a_wide_layer_has_one_badge(make: Callable[..., Shown]) -> None:
    shown = make("64-32-10")
    many = tuple(Finding(1, j, FindingKind.DEAD, f"Neuron {j + 1} is dead.", "") for j in range(9))
    shown.view.show_findings(many)
    column = shown.view.state.layout.columns[1]
    assert len(badges(shown.view.state, column)) == 1
    assert "And 6 more" in tooltip(shown.view.state, HitTarget("badge", 1, 1, 0))


def test_the_outline_says_what_is_wrong(shown: Shown) -> None:
    outline = Outline()
    shown.qtbot.addWidget(outline)
    outline.show_design(shown.design, ())
    outline.show_network(shown.trainer.network, shown.trainer.dataset)
    outline.show_findings((DEAD, VANISHING))
    outline.topLevelItem(1).setExpanded(True)
    assert outline.topLevelItem(1).child(2).text(0) == "Neuron 3 (dead)"
    assert outline.topLevelItem(2).text(0).endswith("(vanishing gradient)")
    assert DEAD.remedy in outline.topLevelItem(1).child(2).toolTip(0)
    outline.show_findings(())
    assert outline.topLevelItem(1).child(2).text(0) == "Neuron 3"


# -- tiles ----------------------------------------------------------------------------------------


def test_tiles_show_what_neurons_compute_over_a_chosen_plane(make: Callable[..., Shown]) -> None:
    shown = make("4-6-3")
    picture = shown.view.state
    assert picture.pixels is None
    shown.view.show_plane((2, 3))
    network, data = shown.trainer.network, shown.trainer.dataset
    image, where = picture.pixels.tile(1, 4)
    side = where.width()
    plane = PlaneMap(network, plane_of(data, (2, 3)), side, side)
    a = plane.activities(shown.trainer.snapshot().theta)[1][4]
    level = np.clip(a * 127.5 + 127.5, 0, 255).astype(np.uint8)
    for row, column in ((side // 2, side // 2), (side // 3, side - 9), (side - 9, 9)):
        seen = image.pixelColor(column, where.top() + row).rgb()
        assert abs(int(np.flatnonzero(picture.colours == seen)[0]) - int(level[row, column])) <= 2
    assert not picture.pixels.has(0, 0) and picture.pixels.has(0, 2)
    shown.view.grab()
    shown.view.show_plane(None)
    assert picture.pixels is None


def test_a_frame_of_a_fast_run_draws_the_new_tiles(shown: Shown) -> None:
    view = shown.view
    view.grab()
    seen = set()
    for _ in range(12):
        shown.trainer.run(5)
        view.show_snapshot(shown.trainer.snapshot())
        QApplication.processEvents()
        pixels, where = view.state.pixels.tile(2, 0)
        seen.add(pixels.copy(where).pixelColor(where.width() // 2, where.height() // 2).name())
    assert len(seen) > 4
    shown.qtbot.waitUntil(lambda: not view._late.isActive())
    live = view.grab().toImage()
    view.show_snapshot(shown.trainer.snapshot())
    view.rebuild()
    assert farthest(view.grab().toImage(), live) <= 3
