"""Where things lie: nothing of a network covers anything else, at any size of the window."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from pytestqt.qtbot import QtBot

from core.nn.design import Dropout
from gui.canvas.design_edits import inserted
from gui.canvas.editor_view import CanvasView
from gui.canvas.items.neurons import bias_rect, obstacles, text_rect
from gui.canvas.label_placement import pill_size, places, places_for
from gui.canvas.layout import Layout, Sizes, curve, ends, layout, nearest_edge
from tests.gui.networks import design
from tests.gui.scenes import scene

SMALL = ("2-4-2-1", "2-8-8-1", "2-3-3", "4-6-3", "2-1")
WIDE = ("30-16-8-1", "64-32-10", "784-128-64-10")
VIEWS = ((500, 420), (828, 423), (868, 552), (1300, 700))


def laid_out(sizes: str, view: tuple[int, int]) -> Layout:
    return layout(design(sizes), int(sizes.split("-", maxsplit=1)[0]), *view)


def rects_of(made: Layout) -> dict[str, QRectF]:
    """Return chips, tiles or blocks, numbers, biases and matrices by name."""
    found = {f"W{l}": rect for l, rect in made.matrices.items()}
    for k, column in enumerate(made.columns):
        found[f"chip {k}"] = column.chip
        if column.style == "block":
            found[f"block {k}"] = column.block
            continue
        for j in range(column.neurons):
            found[f"tile {k},{j}"] = column.tile(j)
            found[f"text {k},{j}"] = text_rect(column, j, made.sizes)
            bias = bias_rect(column, j, made.sizes)
            if bias is not None:
                found[f"bias {k},{j}"] = bias
    return found


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("sizes", SMALL + WIDE)
def test_chips_tiles_numbers_biases_and_matrices_do_not_overlap(sizes: str, view: tuple[int, int]) -> None:
    for (name, a), (other, b) in combinations(rects_of(laid_out(sizes, view)).items(), 2):
        assert not a.intersects(b), (name, other)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("sizes", SMALL + WIDE)
def test_all_lies_within_the_scene(sizes: str, view: tuple[int, int]) -> None:
    made = laid_out(sizes, view)
    for name, rect in rects_of(made).items():
        assert made.scene.contains(rect), name


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("sizes", SMALL)
def test_small_networks_are_shown_at_full_size(sizes: str, view: tuple[int, int]) -> None:
    assert laid_out(sizes, view).scene == QRectF(0, 0, *view)


@pytest.mark.parametrize("numbers", ["weights", "gradients", "both"])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("sizes", SMALL + WIDE)
def test_pills_cover_neither_one_another_nor_anything_else(
    sizes: str, view: tuple[int, int], numbers: str
) -> None:
    made = laid_out(sizes, view)
    wide, high = pill_size(made, numbers)
    middles = np.array([*places(made, numbers).values()]).reshape(-1, 2)
    half = np.array([wide / 2, high / 2])
    boxes = np.hstack([middles - half, middles + half])
    for box in boxes:
        others = np.vstack([obstacles(made), boxes[(boxes != box).any(axis=1)]])
        apart = (box[2] <= others[:, 0]) | (box[0] >= others[:, 2])
        apart |= (box[3] <= others[:, 1]) | (box[1] >= others[:, 3])
        assert apart.all()


def test_every_edge_of_the_first_network_has_its_number() -> None:
    assert len(places(laid_out("2-4-2-1", (868, 552)), "weights")) == 2 * 4 + 4 * 2 + 2
    assert len(places(laid_out("2-4-2-1", (868, 552)), "both")) == 2 * 4 + 4 * 2 + 2
    assert len(places(laid_out("2-3-3", (868, 552)), "weights")) == 2 * 3 + 3 * 3


@pytest.mark.parametrize("sizes", SMALL)
def test_the_edges_of_the_neuron_looked_at_all_have_numbers(sizes: str) -> None:
    made = laid_out(sizes, (868, 552))
    usual = places(made, "weights")
    for l in range(1, made.last + 1):
        for j in range(made.of_layer(l).neurons):
            wanted = [(l, i, j) for i in range(made.of_layer(l - 1).neurons)]
            assert set(wanted) <= set(places_for(made, "weights", wanted, usual))


def test_pills_lie_on_their_curves() -> None:
    made = laid_out("2-4-2-1", (868, 552))
    for (l, i, j), (x, y) in places(made, "weights").items():
        outs, ins = ends(made, l)
        share = curve((x - outs[0, 0]) / (ins[0, 0] - outs[0, 0]))
        assert y == pytest.approx(outs[i, 1] + (ins[j, 1] - outs[i, 1]) * share, abs=0.5)


@pytest.mark.parametrize("sizes", WIDE)
def test_wide_layers_are_blocks_and_their_weights_matrices(sizes: str) -> None:
    made = laid_out(sizes, (868, 552))
    dense = [column for column in made.columns if column.layer is not None]
    for before, after in pairwise(dense):
        wide = max(before.neurons, after.neurons) > 16
        assert (after.layer in made.matrices) == wide
    assert all((column.style == "block") == (column.neurons > 16) for column in dense)


def test_a_picture_keeps_its_square() -> None:
    made = layout(design("64-32-10"), 64, 868, 552, image=True)
    assert made.columns[0].grid == (8, 8)
    assert made.columns[0].block.width() == pytest.approx(made.columns[0].block.height())


def test_the_nearest_edge_is_found() -> None:
    made = laid_out("2-4-2-1", (868, 552))
    outs, ins = ends(made, 1)
    x = outs[0, 0] + 0.3 * (ins[0, 0] - outs[0, 0])
    y = outs[1, 1] + (ins[2, 1] - outs[1, 1]) * curve(0.3)
    i, j, distance = nearest_edge(made, 1, QPointF(float(x), float(y) + 1))
    assert (i, j) == (1, 2)
    assert distance <= 1
    assert nearest_edge(made, 1, QPointF(float(outs[0, 0]) - 30, float(y))) is None


def test_a_dropout_has_a_column_of_its_own_and_no_neurons() -> None:
    made = layout(inserted(design("2-4-2-1"), 1, Dropout(0.2)), 2, 868, 552)
    assert [column.layer for column in made.columns] == [0, 1, None, 2, 3]
    assert made.columns[2].neurons == 0
    for a, b in pairwise(made.columns):
        assert a.chip.right() < b.chip.left()


@pytest.mark.parametrize("view", [(420, 300), (704, 560), (1325, 900)])
@pytest.mark.parametrize("sizes", [*SMALL, "30-16-8-1", "2-16-16-16-1"])
def test_in_a_hall_nothing_is_larger_than_the_view_and_no_numbers_lie_over_each_other(
    sizes: str, view: tuple[int, int]
) -> None:
    large = Sizes(line=35.0, digit=18.8, name=30.0, hall=True)
    made = layout(design(sizes), int(sizes.split("-", maxsplit=1)[0]), *view, large)
    assert made.scene.width() <= view[0] + 1 and made.scene.height() <= view[1] + 1
    numbers = [rect for name, rect in rects_of(made).items() if name.startswith("text") and rect.isValid()]
    assert not any(a.intersects(b) for a, b in combinations(numbers, 2))


def test_in_a_viewport_for_which_letters_of_a_desk_are_small_all_of_the_network_grows(qtbot: QtBot) -> None:
    told = scene("iris")
    view = CanvasView()
    qtbot.addWidget(view)
    view.show_design(told.network.design, ())
    view.show_network(told.network, told.dataset)
    zooms = []
    for size in ((1200, 700), (2800, 1600), (9000, 9000)):
        view.resize(*size)
        view.grab()
        zooms.append(view.zoom)
        shown = view.mapFromScene(view.space).boundingRect()
        assert view.viewport().rect().adjusted(-1, -1, 1, 1).contains(shown)
        assert shown.width() > 0.9 * view.viewport().width()
    assert zooms[0] == 1.0 and 1.5 < zooms[1] < zooms[2] == 2.0
