"""The layout of computational graphs: left to right, few crossings, nothing over anything."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from core.graph.parser import parse
from gui.graph_lab.layered_layout import (
    GraphLayout,
    LayoutStyle,
    columns,
    crossings,
    isotonic,
    lay_out,
    sampled,
)

TREES = ["x", "(x+y)*z", "x**2*y/z", "a*b + c*d + e*f", "1/(1+exp(-(w0*x0+w1*x1+b)))", "max(x,y)*z"]
SHARED = ["x*x", "x*x*x + sin(x)*2", "(y-w*x)**2*(w+x)", "x*y + y*z + z*x", "a/(a+b) - b/(a+b)"]
ROOMS = [(700.0, 420.0), (980.0, 640.0), (1400.0, 900.0)]


def inputs_of(text: str) -> tuple[tuple[int, ...], ...]:
    nodes = parse(text).nodes
    return (*(node.inputs for node in nodes), (len(nodes) - 1,))


def look(inputs: tuple[tuple[int, ...], ...], side: float, wide: float) -> LayoutStyle:
    pills = {
        (k, place): ((wide * 0.7, 20.0), (wide, 20.0))
        for k, places in enumerate(inputs)
        for place in range(len(places))
    }
    size = tuple((side, side) for _ in inputs)
    return LayoutStyle(size, size, pills, side / 2, 5.0, 16.0)


def laid_out(text: str, room: tuple[float, float]) -> GraphLayout:
    inputs = inputs_of(text)
    return lay_out(inputs, [look(inputs, 70, 90), look(inputs, 44, 56)], room)


@pytest.mark.parametrize("text", TREES + SHARED)
def test_every_node_stands_right_of_its_inputs(text: str) -> None:
    inputs = inputs_of(text)
    found = columns(inputs)
    column = {v: k for k, vs in enumerate(found.columns) for v in vs}
    assert sorted(v for vs in found.columns for v in vs) == list(range(len(column)))
    for (k, place), way in found.ways.items():
        assert (way[0], way[-1]) == (inputs[k][place], k)
        assert all(column[w] == column[v] + 1 for v, w in pairwise(way))


@pytest.mark.parametrize("text", TREES)
def test_edges_do_not_cross_where_every_value_is_used_once(text: str) -> None:
    assert columns(inputs_of(text)).crossings == 0


def test_crossings_are_counted_and_made_few() -> None:
    assert crossings([0, 1], [2, 3], {0: [3], 1: [2]}) == 1
    assert crossings([0, 1], [2, 3], {0: [2, 3], 1: [2, 3]}) == 1
    assert crossings([0, 1, 2], [3, 4, 5], {0: [5], 1: [4], 2: [3]}) == 3
    twisted = ((), (), (), (0,), (1,), (2,), (5, 3), (4, 6))
    assert columns(twisted).crossings <= 1
    assert columns(inputs_of("x*y + y*z + z*x")).crossings == 2  # a ring of six cannot do with less


def test_variables_stand_in_the_first_column_and_what_is_near_beside_its_use() -> None:
    inputs = inputs_of("x**2*y/z")
    names = [node.name for node in parse("x**2*y/z").nodes]
    assert [names[v] for v in columns(inputs).columns[0]] == ["x", "y", "z"]
    near = columns(inputs, frozenset({names.index("z")}))
    assert names.index("z") in near.columns[2]


@pytest.mark.parametrize("text", TREES + SHARED)
@pytest.mark.parametrize("room", ROOMS)
def test_nothing_lies_over_anything(text: str, room: tuple[float, float]) -> None:
    found = laid_out(text, room)
    pills = [rect for rects in found.pills.values() for rect in rects]
    assert len(found.pills) == len(found.curves)
    for one, other in combinations([*found.areas, *pills], 2):
        assert not one.intersects(other)
    scene = QRectF(found.scene).adjusted(-0.01, -0.01, 0.01, 0.01)
    assert all(scene.contains(rect) for rect in [*found.areas, *pills])


@pytest.mark.parametrize("text", TREES + SHARED)
def test_edges_pass_no_node(text: str) -> None:
    found = laid_out(text, ROOMS[1])
    for (k, _place), knots in found.curves.items():
        points = sampled(knots, 80)[2:-2]
        for number, body in enumerate(found.bodies):
            inside = (points > (body.left(), body.top())) & (points < (body.right(), body.bottom()))
            assert not inside.all(axis=1).any(), (k, number)


def test_a_pill_stands_at_its_own_edge() -> None:
    found = laid_out("x**2*y/z", ROOMS[2])
    for edge, rects in found.pills.items():
        points = sampled(found.curves[edge], 80)
        for rect in rects:
            away = np.hypot(points[:, 0] - rect.center().x(), points[:, 1] - rect.center().y()).min()
            assert away < 2 * rect.height()


def test_the_roomier_look_is_taken_where_it_fits() -> None:
    assert laid_out("(x+y)*z", ROOMS[2]).look == 0
    assert laid_out("1/(1+exp(-(w0*x0+w1*x1+b)))", ROOMS[0]).look == 1


def test_a_long_sum_is_laid_out_with_short_edges() -> None:
    text = "+".join(f"a{k}" for k in range(40))
    found = laid_out(text, ROOMS[0])
    assert found.scene.width() > ROOMS[0][0]
    assert len(found.pills) == len(found.curves)


def test_the_same_graph_lies_the_same_way_every_time() -> None:
    one, other = (laid_out("x*y + y*z + z*x", ROOMS[1]) for _ in range(2))
    assert one.areas == other.areas
    assert one.pills == other.pills


def test_isotonic_is_the_nearest_rising_sequence() -> None:
    assert isotonic(np.array([1.0, 2.0, 3.0])).tolist() == [1, 2, 3]
    assert isotonic(np.array([3.0, 1.0, 2.0])).tolist() == [2, 2, 2]
    assert isotonic(np.array([0.0, 4.0, 2.0, 5.0])).tolist() == [0, 3, 3, 5]
