"""Samples of the program as a table of one's own: the same numbers, classes and parts."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.datasets import DATASETS, make_dataset
from core.data.encoding import encoded
from core.data.table import Cells, Column, Table
from core.data.table_of import table_of
from core.nn.design import Data


@pytest.mark.parametrize(
    "source", [name for name, one in DATASETS.items() if not getattr(one, "formula", "")]
)
def test_a_network_gets_the_same_samples_from_the_table(source: str) -> None:
    before = make_dataset(Data(source=source))
    table = table_of(before)
    after = encoded(table).dataset
    assert not after.problem and after.task == before.task
    assert np.allclose(after.x, before.x, rtol=1e-9, atol=1e-9)
    assert np.array_equal(after.targets(before.outputs), before.targets(before.outputs))
    assert after.class_names == before.class_names
    assert after.train.tolist() == before.train.tolist() and after.test.tolist() == before.test.tolist()


def test_measured_values_have_no_more_digits_than_they_were_measured_in() -> None:
    table = table_of(make_dataset(Data(source="iris")))
    column = table.columns[table.place("petal length")]
    assert column.unit == "cm" and column.entry == "standardized"
    assert all(len(repr(value)) <= 3 for value in column.cells.numbers.tolist())


@pytest.mark.parametrize("source", ["iris", "digits", "breast-cancer"])
def test_no_rounding_error_of_scaling_is_shown(source: str) -> None:
    dataset = make_dataset(Data(source=source))
    measured = np.column_stack([dataset.measured(k) for k in range(dataset.x.shape[1])])
    assert all(len(repr(value)) <= 9 for value in np.unique(measured).tolist())


def test_very_small_numbers_that_are_not_scaled_stay_as_they_are() -> None:
    scaled = Column("a", Cells.of((1.0, 2.0)), entry="standardized")
    small = Column("b", Cells.of((1e-30, 2e-30)))
    dataset = encoded(Table((scaled, small, Column("y", Cells.of((0.0, 1.5)), role="target")))).dataset
    assert dataset.measured(1).tolist() == [2, 2e-30]
