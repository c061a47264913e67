"""Points drawn on a plane: from a dataset to a table, changed, and back, with nothing else touched."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.data.drawn_points import (
    can_draw,
    is_drawable,
    next_class,
    points_of,
    table_of,
    table_with,
)
from core.data.encoding import encoded
from core.data.ready_tables import READY_TABLES
from core.data.table import Cells, Column, Split, Table
from core.nn.design import Data

PLANES = ["xor", "xor-four-points", "circles", "blobs", "spiral", "curve", "surface"]


@pytest.mark.parametrize("name", PLANES)
def test_a_dataset_as_a_table_is_the_same_samples(name):
    dataset = make_dataset(Data(name, features=("x1", "x1**2")))
    table = table_of(dataset, "drawn")
    again = make_dataset(Data("table", table=table, features=("x1", "x1**2")))
    assert can_draw(dataset) and is_drawable(table)
    assert np.array_equal(again.x, dataset.x) and np.allclose(again.labels, dataset.labels, atol=0)
    assert np.array_equal(again.train, dataset.train) and np.array_equal(again.test, dataset.test)
    assert (again.task, again.class_names) == (dataset.task, dataset.class_names)


@pytest.mark.parametrize("name", ["iris", "sine", "digits", "circle"])
def test_other_data_are_not_drawn(name):
    assert not can_draw(make_dataset(Data(name)))


def _points(name="blobs"):
    table = table_of(make_dataset(Data(name, samples=60)), "drawn")
    return table, points_of(table)


def test_points_that_are_not_changed_leave_the_table_as_it_is():
    for table in (_points()[0], _points("surface")[0], *READY_TABLES.values()):
        if is_drawable(table):
            assert table_with(table, points_of(table)) == table


def test_random_strokes_are_what_the_network_gets():
    """Whatever sequence of strokes is made, the table gives the network the points that were seen."""
    rng = np.random.default_rng(0)
    for _ in range(12):
        table, points = _points()
        for _ in range(6):
            kind = rng.integers(5)
            some = rng.choice(len(points), 4, replace=False)
            if kind == 0:
                points = points.added(rng.normal(size=(rng.integers(1, 30), 2)), int(rng.integers(3)), 0.3)
            elif kind == 1:
                points = points.without(some)
            elif kind == 2:
                points = points.moved(int(some[0]), *rng.normal(size=2))
            elif kind == 3:
                points = points.labelled(some, int(rng.integers(3)))
            else:
                points = points.with_class(next_class(points.class_names))
                points = points.added(rng.normal(size=(3, 2)), len(points.class_names) - 1, 0.3)
            table = table_with(table, points)
            again = points_of(table)
            dataset = encoded(table).dataset
            assert np.array_equal(again.xy, points.xy) and np.array_equal(again.labels, points.labels)
            assert np.array_equal(again.test, points.test) and again.class_names == points.class_names
            assert np.array_equal(dataset.x.T, points.xy) and np.array_equal(dataset.labels, points.labels)
            assert np.array_equal(dataset.test, np.flatnonzero(points.test))
            points = again


def test_three_tenths_of_new_points_are_for_testing_in_every_class():
    _table, points = _points()
    for label in range(3):
        before = points.test[points.labels == label].sum()
        for size in (1, 1, 5, 13):
            points = points.added(np.zeros((size, 2)), label, 0.3)
        assert abs(points.test[points.labels == label].sum() - before - 6) <= 1
    assert not points.added(np.zeros((9, 2)), 0, 0.0).test[-9:].any()
    assert points.added(np.zeros((9, 2)), 0, 1.0).test[-9:].all()


def test_all_can_be_taken_away_and_the_classes_stay_known():
    table, points = _points()
    empty = table_with(table, points.without(np.arange(len(points))))
    assert empty.rows == 0 and encoded(empty).dataset.problem
    rest = points_of(empty, points.class_names)
    assert rest.class_names == points.class_names and len(rest) == 0
    filled = table_with(empty, rest.added(np.eye(2), 0, 0.0).added(-np.eye(2), 2, 0.0))
    assert encoded(filled).dataset.class_names == ("0", "2")


def test_other_columns_other_rows_and_scalings_are_kept():
    table = Table(
        (
            Column("note", Cells.of(["a", "b", "c", "d"]), role="ignored", type="text", entry="one-hot"),
            Column("length", Cells.of([10.0, 30.0, "", 20.0]), entry="standardized"),
            Column("width", Cells.of([1.0, 2.0, 3.0, 4.0]), entry="-1..1"),
            Column("kind", Cells.of(["p", "q", "p", "q"]), role="target", type="text", entry="classes"),
        ),
        "own",
    )
    points = points_of(table)
    assert np.array_equal(points.rows, [0, 1, 3])
    assert np.allclose(points.xy, encoded(table).dataset.x.T)
    changed = table_with(table, points.moved(1, 0.0, 1.0).added(np.array([[0.0, 0.0]]), 1, 0.0))
    cells = [column.cells.written() for column in changed.columns]
    assert cells[0] == ["a", "b", "c", "d", ""] and cells[3] == ["p", "q", "p", "q", "q"]
    mean, low, high = 20.0, 1.0, 4.0
    assert cells[1] == [10.0, mean, "", 20.0, mean]
    assert cells[2] == [1.0, high, 3.0, 4.0, (low + high) / 2]


def test_a_split_by_share_becomes_one_by_hand_when_points_are_added():
    table = replace(READY_TABLES["XOR"], split=Split("share", 0.5))
    points = points_of(table)
    changed = table_with(table, points.added(np.array([[0.5, 0.5]]), 1, 0.0))
    assert changed.split.kind == "hand"
    assert np.array_equal(points_of(changed).test, [*points.test, False])


@pytest.mark.parametrize(
    "names, wanted",
    [(("0", "1"), "2"), (("A", "B"), "C"), (("setosa", "virginica"), "virginica+"), ((), "A")],
)
def test_a_new_class_stands_behind_the_others(names, wanted):
    assert next_class(names) == wanted and sorted((*names, wanted))[-1] == wanted


def test_points_are_found_by_their_place():
    _table, points = _points()
    x, y = points.xy[7]
    assert points.nearest(x + 1e-6, y, 0.1) == 7 and points.nearest(50, 50, 0.1) is None
    assert 7 in points.near(x, y, 0.2)
    assert np.hypot(*(points.xy[points.near(x, y, 0.2)] - (x, y)).T).max() <= 0.2
