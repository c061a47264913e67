"""The canvas in front of a class: one layer lit, numbers hidden, text for the back row, nothing to edit."""

import re
from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from core.analysis.health import Finding, FindingKind
from core.nn.trainer import Phase
from core.number_style import exact_text, known_text, value_text
from gui.canvas.canvas_state import HitTarget
from gui.canvas.hit_test import tooltip
from gui.canvas.items.neuron_values import ValuesItem
from gui.canvas.items.neurons import bias_rect, text_rect
from gui.canvas.items.warnings import badges
from gui.canvas.network_view import NetworkView
from gui.canvas.outline import Outline
from gui.canvas.popups.wide_layer_popup import WideLayerPopup
from gui.selection import ComputedNumber, Selection
from gui.theme import theme
from gui.theme.theme import LIGHT
from tests.gui.on_canvas import LEFT, NONE, Shown, farthest

HALL = 1.8
DEAD = Finding(1, 2, FindingKind.DEAD, "Neuron 3 is dead.", "Give it LeakyReLU.")


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., Shown]:
    def made(*arguments: object) -> Shown:
        shown = Shown(qtbot, *arguments)
        shown.trainer.advance(Phase.BACKWARD)
        shown.view.show_snapshot(shown.trainer.snapshot())
        shown.qtbot.waitUntil(lambda: not shown.view._late.isActive())
        return shown

    return made


@pytest.fixture
def shown(make: Callable[..., Shown]) -> Shown:
    return make()


@pytest.fixture
def hall(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, LIGHT, HALL)
    yield
    theme.apply(qapp, LIGHT)


def pixels(image: QImage, rect: QRectF) -> np.ndarray:
    """Return the part of a picture, (rows, columns, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    whole = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    part = rect.toAlignedRect()
    return whole[part.top() : part.bottom(), part.left() : part.right(), :3].astype(int)


def contrast(image: QImage, rect: QRectF) -> int:
    """Return how far a part of a picture stands out from the canvas."""
    ground = LIGHT.canvas
    part = pixels(image, rect) - np.array([ground.blue(), ground.green(), ground.red()])
    return int(np.abs(part).max())


def tip(shown: Shown, point: QPoint) -> str:
    """Return the tooltip that Qt shows at a point."""
    QToolTip.hideText()
    viewport = shown.view.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, point, viewport.mapToGlobal(point)))
    return QToolTip.text()


# -- spotlight ------------------------------------------------------------------------------------


def test_the_spotlight_dims_all_but_a_layer_and_its_edges(shown: Shown) -> None:
    view, layout = shown.view, shown.view.state.layout
    before = view.grab().toImage()
    view.show_spotlight(2)
    shown.qtbot.waitUntil(lambda: view.state.dimmed == 1.0)
    after = view.grab().toImage()
    lit = [layout.columns[2].chip, layout.of_layer(2).tile(1), view.network_scene.pills.rect((2, 3, 1))]
    dim = [layout.columns[0].chip, layout.columns[1].chip, layout.of_layer(1).tile(0)]
    dim += [
        layout.of_layer(3).tile(0),
        view.network_scene.pills.rect((1, 0, 0)),
        view.network_scene.pills.rect((3, 0, 0)),
    ]
    for rect in lit:
        assert contrast(after, rect) == contrast(before, rect)
    for rect in dim:
        assert contrast(after, rect) < 0.4 * contrast(before, rect)
    view.show_spotlight(None)
    shown.qtbot.waitUntil(lambda: view.state.spotlight is None)
    assert farthest(view.grab().toImage(), before) <= 3


def test_the_spotlight_stays_through_steps_and_other_sizes_of_the_window(shown: Shown) -> None:
    view = shown.view
    view.show_spotlight(1)
    shown.qtbot.waitUntil(lambda: view.state.dimmed == 1.0)
    view.show_spotlight(3)
    assert view.state.spotlight == 3 and view.state.dimmed == 1.0
    shown.trainer.advance(Phase.UPDATE)
    view.show_snapshot(shown.trainer.snapshot())
    view.resize(900, 600)
    image, layout = view.grab().toImage(), view.state.layout
    assert contrast(image, layout.of_layer(1).tile(0)) < 0.4 * contrast(image, layout.of_layer(3).tile(0))


def test_an_unseen_canvas_is_dimmed_at_once(shown: Shown) -> None:
    shown.view.hide()
    shown.view.show_spotlight(1)
    assert shown.view.state.dimmed == 1.0


# -- veil -----------------------------------------------------------------------------------------


def numbers_of(shown: Shown, layer: int) -> list[tuple[str, str, str]]:
    """Return a (or o), δ and b of each neuron of a layer as they are written."""
    drawn = next(i for i in shown.view.network_scene.parts if isinstance(i, ValuesItem) and i.layer == layer)
    return [(written.a, written.delta, written.bias) for written in drawn._written]


def test_the_veil_hides_all_that_a_pass_computes_and_neither_weights_nor_biases(shown: Shown) -> None:
    view, picture, network = shown.view, shown.view.state, shown.trainer.network
    view.set_edge_numbers("both")
    before = view.grab().toImage()
    view.show_findings((DEAD,))
    view.show_veil(True)
    veiled = view.grab().toImage()
    theta = shown.trainer.snapshot().theta
    assert {w.gradient for w in view.network_scene.pills._written.values()} == {"?"}
    for (l, i, j), written in view.network_scene.pills._written.items():
        assert written.weight == value_text(network.W(theta, l)[i, j])
    for l in (1, 2, 3):
        assert numbers_of(shown, l) == [("?", "?", value_text(bias)) for bias in network.b(theta, l)]
    pill = view.network_scene.pills.rect((1, 0, 0))
    pill.setWidth(pill.width() / 2)
    assert (pixels(veiled, pill) == pixels(before, pill)).all()
    assert not any(badges(picture, column) for column in picture.layout.columns)
    for l in (1, 2, 3):
        column = picture.layout.of_layer(l)
        tiles = [pixels(veiled, column.tile(j).adjusted(3, 3, -3, -3)) for j in range(column.neurons)]
        assert all((tile == tiles[0]).all() for tile in tiles)
    given = picture.layout.of_layer(0).tile(0)
    assert (pixels(veiled, given) == pixels(before, given)).all()
    shown.trainer.run(40)
    shown.trainer.advance(Phase.BACKWARD)
    values = shown.trainer.snapshot()
    view.show_snapshot(values)
    later = view.grab().toImage()
    for l in (1, 2, 3):
        column = picture.layout.of_layer(l)
        for j in range(column.neurons):
            for place in (column.tile(j).adjusted(3, 3, -3, -3), text_rect(column, j, picture.layout.sizes)):
                assert (pixels(later, place) == pixels(veiled, place)).all()
    view.show_findings(())
    view.show_veil(False)
    assert view.network_scene.pills._written[1, 0, 0].weight == value_text(
        shown.trainer.network.W(values.theta, 1)[0, 0]
    )


def test_what_is_told_under_the_veil_is_read_and_nothing_else(shown: Shown) -> None:
    view, network = shown.view, shown.trainer.network
    view.set_edge_numbers("both")
    l, i, j = edge = next(iter(view.network_scene.pills._written))
    told = (ComputedNumber("a", 2, 1), ComputedNumber("delta", 1, 2), ComputedNumber("gradient", l, j, i))
    view.show_veil(True, frozenset(told))
    moment = view.state.moment
    assert [a for a, _delta, _bias in numbers_of(shown, 2)] == ["?", value_text(moment.a[2][1])]
    assert [a for a, _delta, _bias in numbers_of(shown, 1)] == ["?"] * network.n[1]
    assert [delta for _a, delta, _bias in numbers_of(shown, 1)] == [
        value_text(moment.delta[1][2]) if j == 2 else "?" for j in range(network.n[1])
    ]
    gradients = {edge: one.gradient for edge, one in view.network_scene.pills._written.items()}
    assert gradients.pop(edge).lstrip("+") == known_text(moment.gradient.W[l][i, j])
    assert set(gradients.values()) == {"?"}
    view.show_veil(True)
    assert [a for a, _delta, _bias in numbers_of(shown, 2)] == ["?", "?"]


@pytest.mark.parametrize("sizes", ["2-8-8-1", "64-32-10", "4-6-3"])
def test_wide_layers_are_veiled_too_and_their_matrices_are_not(
    make: Callable[..., Shown], sizes: str
) -> None:
    shown = make(sizes)
    view, layout = shown.view, shown.view.state.layout
    before = view.grab().toImage()
    view.show_veil(True)
    first = view.grab().toImage()
    for matrix in layout.matrices.values():
        assert (pixels(first, matrix) == pixels(before, matrix)).all()
    for column in layout.columns[1:]:
        block = column.block if column.style == "block" else column.tile(0)
        assert (pixels(first, block) != pixels(before, block)).any()
    inputs = layout.columns[0].chip.right() + 20
    seen = QRectF(inputs, 0, view.width() - inputs, view.height())
    for sample in (1, 2, 3):
        shown.select(Selection(sample=sample))
        assert (pixels(view.grab().toImage(), seen) == pixels(first, seen)).all()


@pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen
def test_neither_tooltips_nor_a_close_look_tell_what_is_veiled(make: Callable[..., Shown]) -> None:
    shown = make()
    network, theta = shown.trainer.network, shown.trainer.snapshot().theta
    weight, bias = exact_text(network.W(theta, 1)[1, 3]), exact_text(network.b(theta, 2)[1])
    shown.view.show_veil(True)
    for where, name, given, hidden in (
        (shown.edge(1, 1, 3), "W", weight, 1),
        (shown.tile(2, 1), "δ", bias, 3),
    ):
        told = tip(shown, where)
        assert name in told and told.count("<b>?</b>") == hidden
        assert re.findall("<b>(.*?)</b>", told)[0] == given
    assert exact_text(shown.view.state.moment.a[0][0]) in tooltip(
        shown.view.state, HitTarget("neuron", 0, 0, 0)
    )
    wide = make("64-32-10")
    wide.qtbot.mouseDClick(wide.view.viewport(), LEFT, NONE, wide.tile(1, 9))
    opened = wide.view.findChild(WideLayerPopup)
    plain = opened.grab().toImage()
    wide.view.show_veil(True)
    assert opened._line(3).endswith("= ?")
    hidden = opened.grab().toImage()
    colours = {QColor(hidden.pixel(x, opened.height() - 20)).name() for x in range(10, opened.width() - 10)}
    assert hidden != plain and len(colours) == 1
    opened.close()


def test_weights_and_biases_are_changed_under_the_veil_as_without_it(shown: Shown) -> None:
    asked: list[np.ndarray] = []
    shown.view.theta_edit_requested.connect(lambda theta, text: asked.append(theta))
    shown.view.show_veil(True)
    network, theta, field = (
        shown.trainer.network,
        shown.trainer.snapshot().theta,
        shown.view.editing.weights.number_edit,
    )
    layout = shown.view.state.layout
    bias = shown.at(bias_rect(layout.of_layer(2), 1, layout.sizes).center())
    for point, value in ((shown.edge(2, 1, 0), "0.75"), (bias, "-3")):
        shown.qtbot.mouseDClick(shown.view.viewport(), LEFT, NONE, point)
        assert field.isVisible()
        field.selectAll()
        shown.qtbot.keyClicks(field, value)
        shown.qtbot.keyClick(field, Qt.Key.Key_Return)
        number = network.b(asked[-1], 2)[1] if point is bias else network.W(asked[-1], 2)[1, 0]
        assert number == float(value) and np.count_nonzero(asked[-1] != theta) == 1


def test_the_outline_tells_nothing_that_is_veiled(shown: Shown) -> None:
    outline = Outline()
    shown.qtbot.addWidget(outline)
    outline.show_design(shown.design, ())
    outline.show_network(shown.trainer.network, shown.trainer.dataset)
    outline.show_findings((DEAD,))
    outline.show_snapshot(shown.trainer.snapshot())
    for layer in (0, 1):
        outline.topLevelItem(layer).setExpanded(True)
    neuron = outline.topLevelItem(1).child(2)
    neuron.setExpanded(True)
    rows = [neuron, *(neuron.child(k) for k in range(neuron.childCount()))]
    outline.show_veil(True)

    def told(row: QTreeWidgetItem) -> tuple[str, str]:
        return row.text(1), row.text(2)

    network, theta = shown.trainer.network, shown.trainer.snapshot().theta
    given = [network.b(theta, 1)[2], *network.W(theta, 1)[:, 2]]
    assert [told(row) for row in rows[:2]] == [("?", "?")] * 2
    assert [told(row) for row in rows[2:]] == [(known_text(float(number)), "?") for number in given]
    assert neuron.text(0) == "Neuron 3" and not neuron.toolTip(0)
    assert outline.topLevelItem(0).child(0).text(1) not in ("?", "·")
    outline.show_veil(False)
    assert not any("?" in told(row) for row in rows)
    assert neuron.text(0) == "Neuron 3 (dead)"


# -- nothing to edit ------------------------------------------------------------------------------


def test_a_still_canvas_draws_nothing_to_press_and_selects_on_a_click(qtbot: QtBot, shown: Shown) -> None:
    still = NetworkView()
    qtbot.addWidget(still)
    still.resize(shown.view.size())
    edits: list[object] = []
    chosen: list[Selection] = []
    still.edit_requested.connect(lambda design, text: edits.append(design))
    still.select_requested.connect(chosen.append)
    still.show_design(shown.design, ())
    still.show_network(shown.trainer.network, shown.trainer.dataset)
    still.show_snapshot(shown.trainer.snapshot())
    still.show()
    for kind in ("less", "more", "activation"):
        qtbot.mouseClick(still.viewport(), LEFT, NONE, shown.button(1, kind))
    assert not edits and chosen == [Selection(1)] * 3
    chip = still.state.layout.columns[1].chip
    marks = pixels(still.grab().toImage(), QRectF(chip.right() - 24, chip.bottom() - 24, 20, 20))
    assert len(np.unique(marks.reshape(-1, 3), axis=0)) == 1
    told = tooltip(still.state, HitTarget("chip", 1))
    assert "Layer 1" in told and "Drag" not in told
    assert "Double-click" not in tooltip(still.state, HitTarget("edge", layer=1, j=0, i=0))


# -- the lecture hall -----------------------------------------------------------------------------


@pytest.mark.usefixtures("hall")
@pytest.mark.parametrize("size", [(900, 600), (1330, 900)])
@pytest.mark.parametrize("sizes", ["2-4-2-1", "2-8-8-1"])
def test_the_back_row_reads_every_number(
    make: Callable[..., Shown], sizes: str, size: tuple[int, int]
) -> None:
    shown = make(sizes, size)
    view, picture = shown.view, shown.view.state
    view.show_theme(LIGHT)
    assert picture.texts.fonts["small"].pointSizeF() * picture.zoom >= 16
    pills = [view.network_scene.pills.rect(edge) for edge in view.network_scene.pills.shown]
    assert not any(a.intersects(b) for a, b in combinations(pills, 2))
    widest = picture.texts.width("small", "−0.088")
    assert all(rect.width() > widest for rect in pills)
    for column in picture.layout.columns:
        taken = [column.chip, *(column.tile(j) for j in range(column.neurons))]
        assert not any(a.intersects(b) for a in taken for b in pills)
        assert column.chip.width() > picture.texts.width("small", "sigmoid")
    whole = {(l, i, j) for l in (1, 2, 3) for i in range(8) for j in range(8)}
    assert 8 <= len(view.network_scene.pills.shown) <= len(whole)
    if sizes == "2-4-2-1" and size == (1330, 900):
        assert len(view.network_scene.pills.shown) == 2 * 4 + 4 * 2 + 2
    first = next(iter(unplaced(view.network_scene.pills.shown, picture.layout)), None)
    if first is not None:
        l, i, j = first
        shown.hover(shown.edge(l, i, j))
        assert picture.hover is not None
        shown.select(Selection(l, j, i))
        assert first in view.network_scene.pills.shown
    view.grab()


@pytest.mark.usefixtures("hall")
@pytest.mark.parametrize("chosen", [Selection(), Selection(1, 0, 1), Selection(1, 1, 0), Selection(2, 0, 2)])
def test_all_weights_of_a_small_network_are_read_beside_a_large_one(
    make: Callable[..., Shown], chosen: Selection
) -> None:
    shown = make("2-3-1", (728, 960))
    shown.view.show_theme(LIGHT)
    shown.select(chosen)
    pills = [shown.view.network_scene.pills.rect(edge) for edge in shown.view.network_scene.pills.shown]
    assert len(pills) == 2 * 3 + 3 and not any(a.intersects(b) for a, b in combinations(pills, 2))


def unplaced(placed: object, layout: object) -> list[tuple[int, int, int]]:
    """Return the edges without a number."""
    found = []
    for l in range(1, layout.last + 1):
        for i in range(layout.of_layer(l - 1).neurons):
            found += [(l, i, j) for j in range(layout.of_layer(l).neurons) if (l, i, j) not in placed]
    return found


def test_a_click_still_finds_a_bias_in_the_hall(make: Callable[..., Shown], hall: None) -> None:
    shown = make("2-4-2-1", (1330, 900))
    shown.view.show_theme(LIGHT)
    tile = shown.view.state.layout.of_layer(3).tile(0)
    shown.click(shown.at(QPointF(tile.center().x(), tile.top() - 16)))
    assert shown.selection == Selection(3, 0)
