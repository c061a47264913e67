"""The table as a value: cells, columns, what does not fit together, and its form in a file."""

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from core.data.encoding import encoded
from core.data.ready_tables import READY_TABLES
from core.data.table import (
    LARGEST,
    Cells,
    Column,
    Split,
    Table,
    TableError,
    entries_of,
    from_json,
    json_form,
    number_of,
)

MIXED = [1.0, "a", "", -0.5, "b", "a"]


def table(*columns: list, **fields: object) -> Table:
    return Table(tuple(Column(f"c{k}", Cells.of(cells)) for k, cells in enumerate(columns)), **fields)


def test_cells_come_back_as_they_were_put_in():
    cells = Cells.of(MIXED)
    assert [*cells] == MIXED and cells.written(1, 4) == MIXED[1:4] and cells[3] == -0.5 and len(cells) == 6
    assert cells.words == ("", "a", "b")
    assert Cells.of([True, 7, None]).written() == [1.0, 7.0, ""]
    assert Cells.empty(2) == Cells.of(["", ""]) and len(Cells.of(())) == 0


def test_equal_contents_are_equal_however_they_came_about():
    made = Cells.of(["b", 2.0, 0.0])
    other = Cells.of(["x", "y", "b"]).replaced(np.array([0, 1, 2]), ["b", 2.0, -0.0])
    assert made == other and hash(made) == hash(other) and other.words == ("b",)
    assert made != Cells.of(["b", 2.0]) and made != Cells.of(["b", 2.0, "0"])
    assert Cells.of([1.0]) != Cells.of(["1"]) and made != 1
    assert table(MIXED) == table(MIXED) != table([*MIXED[:-1], "b"])


def test_cells_cannot_be_changed():
    cells = Cells.of(MIXED)
    for array in (cells.numbers, cells.codes):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan, 2 * LARGEST])
def test_a_cell_is_no_number_that_cannot_be_computed_with(number):
    assert isinstance(Cells.of([number])[0], str)
    with pytest.raises(ValueError, match="finite"):
        Cells(np.array([number]))


def test_rows_are_taken_in_any_order_and_new_ones_are_empty():
    assert Cells.of(MIXED).taken(np.array([4, -1, 0, 0])).written() == ["b", "", 1.0, 1.0]
    assert Cells.of([1.0, 2.0]).taken(np.array([1, 0])).written() == [2.0, 1.0]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1.0), (" -2.5e3 ", -2500.0), ("−7", -7.0), (".5", 0.5), ("5.", 5.0), ("+1E-2", 0.01),
     ("1e99", 1e99), ("1e101", None), ("1e99999", None), ("", None), (".", None), ("1,5", None), ("1_0", None), ("nan", None),
     ("inf", None), ("0x1", None), ("1 2", None), ("٣", None)],
)  # fmt: skip
def test_numbers_written_as_text(text, number):
    assert number_of(text) == number


def test_a_decimal_comma_is_read_if_it_is_the_sign():
    assert number_of("1,5", ",") == 1.5 and number_of("1.5", ",") is None


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: table([1.0], [1.0, 2.0]), "Column “c1” has 2 cells, but the first one 1"),
        (lambda: Table((Column("", Cells.of([1.0])),)), "Column 1 has no name"),
        (lambda: Table((Column("a", Cells.of([1.0])),) * 2), "Columns 1 and 2 are both named “a”"),
        (lambda: table([1.0, 2.0], parts="t"), "one letter for each row"),
        (lambda: table([1.0], parts="x"), "“t”, “e” or “-”"),
        (lambda: Column("a", Cells.of(()), entry="classes"), "cannot enter as “classes”; choose one of"),
        (lambda: Column("a", Cells.of(()), type="text"), "cannot enter as “unscaled”"),
        (
            lambda: Column("a", Cells.of(()), type="text", entry="one-hot", missing="mean"),
            "is text, which has no mean",
        ),
    ],
)
def test_what_does_not_fit_together_is_told_in_a_sentence(made, said):
    with pytest.raises(TableError, match=said) as caught:
        made()
    assert str(caught.value).endswith(".")


def test_every_role_and_type_has_an_entry():
    for role in ("input", "target", "ignored"):
        for kind in ("number", "text"):
            entry = entries_of(role, kind)[-1]
            assert Column("a", Cells.of(()), role=role, type=kind, entry=entry).entry == entry


def test_names_and_cells_from_outside_are_one_safe_line():
    assert Column("a\x1b[1m\nb" + "c" * 500, Cells.of(())).name.startswith("a␛[1m b")
    assert len(Column("c" * 500, Cells.of(())).name) == 100
    assert Cells.of(["x\ny\x07"])[0] == "x y␇"


def test_a_table_goes_into_json_and_back():
    made = table(
        MIXED, [1e-300, 0.1, 3.0, 1e22, -7.0, 2.5], name="mine", parts="te-ttt", split=Split("share", 0.5)
    )
    data = msgspec.json.encode(made, enc_hook=json_form)
    assert b'"cells":[1,"a","",-0.5,"b","a"]' in data
    assert msgspec.json.decode(data, type=Table, dec_hook=from_json) == made


@pytest.mark.parametrize("cells", ["null", "3", '"te"', "[null]", "[[1]]", "[true]", '[{"a": 1}]'])
def test_what_is_no_list_of_cells_is_refused(cells):
    data = f'{{"columns": [{{"name": "a", "cells": {cells}}}]}}'
    with pytest.raises(msgspec.ValidationError, match="cells"):
        msgspec.json.decode(data, type=Table, dec_hook=from_json)


def test_the_truth_tables():
    bits = {name: encoded(made).dataset for name, made in READY_TABLES.items()}
    truths = {
        "AND": lambda a, b: a and b,
        "OR": lambda a, b: a or b,
        "XOR": lambda a, b: a != b,
        "XNOR": lambda a, b: a == b,
        "NAND": lambda a, b: not (a and b),
        "NOT": lambda a: not a,
    }
    assert bits.keys() == truths.keys()
    for name, dataset in bits.items():
        assert dataset.x.shape[1] == 2**dataset.features
        assert dataset.labels.tolist() == [int(truths[name](*x)) for x in dataset.x.T.tolist()]
        assert dataset.name == name and dataset.class_names == ("0", "1")


def test_columns_by_role_and_by_name():
    made = replace(table([1.0], [2.0]), name="")
    assert [column.name for column in made.of_role("input")] == ["c0", "c1"] and not made.of_role("target")
    assert made.place("c1") == 1 and made.symbol == "1 row, 2 columns"
    with pytest.raises(TableError, match="There is no column “z”"):
        made.place("z")
