"""Edits of tables: what they change, what they leave, and that many of them keep a table whole."""

import random

import numpy as np
import pytest

from core.data import table_edits as edits
from core.data.encoding import encoded
from core.data.ready_tables import READY_TABLES
from core.data.table import Cells, Column, Split, Table, TableError

XOR = READY_TABLES["XOR"]


def rows(table: Table) -> list[tuple]:
    return [*zip(*(column.cells.written() for column in table.columns), strict=True)]


def parts(table: Table) -> list[str]:
    return [table.part(row) for row in range(table.rows)]


def test_setting_cells_changes_these_and_shares_the_rest():
    made = edits.set_cells(XOR, {(1, 0): 5.0, (3, 0): "0.25"})
    assert made.columns[0].cells.written() == [0.0, 5.0, 1.0, 0.25]
    assert made.columns[1] is XOR.columns[1] and XOR.columns[0].cells[1] == 0.0


def test_a_text_in_a_column_of_text_stays_as_it_is_typed():
    text = Table((Column("s", Cells.of(["x", "y"]), type="text", entry="one-hot"),))
    assert edits.set_cells(text, {(0, 0): "007"}).columns[0].cells[0] == "007"


def test_a_column_without_values_takes_the_type_of_its_first_ones():
    made = edits.add_column(XOR)
    assert edits.set_cells(made, {(0, 3): "red"}).columns[3].type == "text"
    made = edits.set_cells(made, {(0, 3): "1.5"})
    assert made.columns[3].type == "number" and made.columns[3].cells[0] == 1.5
    assert edits.set_cells(made, {(1, 3): "red"}).columns[3].type == "number"


def test_pasting_makes_rows_and_columns():
    made = edits.paste(XOR, 3, 2, [[1.0, "a", 2.0], ["0", "b"]])
    assert made.names == ("x1", "x2", "y", "x4", "x5")
    assert rows(made)[3:] == [(1.0, 1.0, 1.0, "a", 2.0), ("", "", 0.0, "b", "")]
    assert [column.type for column in made.columns[3:]] == ["text", "number"]
    assert rows(edits.paste(Table(), 0, 0, [["1", "2"], ["3", "4"]])) == [(1.0, 2.0), (3.0, 4.0)]
    assert edits.paste(XOR, 0, 0, []) is XOR and edits.paste(XOR, 9, 9, [[]]) is XOR


def test_pasting_too_much_is_refused():
    with pytest.raises(TableError, match="1,000,000 rows"):
        edits.paste(XOR, 999_999, 0, [[1.0], [1.0]])
    with pytest.raises(TableError, match="1,000 columns"):
        edits.paste(XOR, 0, 999, [[1.0, 1.0]])


def test_rows_are_inserted_deleted_moved_and_copied_with_their_parts():
    made = edits.set_parts(XOR, [3], "test")
    assert parts(edits.insert_rows(made, 3, 2)) == ["train"] * 5 + ["test"]
    assert rows(edits.insert_rows(made, 0))[0] == ("", "", "")
    assert rows(edits.delete_rows(made, [0, 2])) == [rows(XOR)[1], rows(XOR)[3]]
    moved = edits.move_rows(made, [3, 2], 0)
    assert rows(moved) == [rows(XOR)[k] for k in (2, 3, 0, 1)]
    assert parts(moved) == ["train", "test", "train", "train"]
    assert rows(edits.move_rows(made, [0], 4)) == [rows(XOR)[k] for k in (1, 2, 3, 0)]
    assert rows(edits.duplicate_rows(made, [3])) == [*rows(XOR), rows(XOR)[3]]
    assert parts(edits.duplicate_rows(made, [3]))[-1] == "test"


def test_columns_are_added_deleted_moved_and_renamed():
    made = edits.add_column(XOR, Column("y", Cells.of([1.0, 2.0, 3.0, 4.0])), at=0)
    assert made.names == ("y 2", "x1", "x2", "y")
    assert edits.move_column(made, 0, 2).names == ("x1", "x2", "y 2", "y")
    assert edits.delete_columns(made, [0, 3]).names == ("x1", "x2")
    assert edits.change_columns(made, [0], name="z").names[0] == "z"
    with pytest.raises(TableError, match="both named “y”"):
        edits.change_columns(made, [0], name="y")
    empty = edits.delete_columns(edits.set_parts(XOR, [0], "test"), range(3))
    assert (empty.rows, empty.columns, empty.parts) == (0, (), "")


def test_a_split_by_a_column_follows_its_name_and_ends_with_it():
    made = Table(XOR.columns, split=Split("column", column="x1", test="1"))
    renamed = edits.change_columns(made, [0], name="fold")
    assert renamed.split.column == "fold"
    assert edits.delete_columns(renamed, [0]).split.kind == "hand"


@pytest.mark.parametrize(
    ("changes", "entry"),
    [
        ({"role": "target"}, "standardized"),
        ({"role": "target", "type": "text"}, "classes"),
        ({"type": "text"}, "one-hot"),
        ({"role": "ignored"}, "standardized"),
    ],
)
def test_a_new_role_or_type_takes_an_entry_that_suits_it(changes, entry):
    column = Column("a", Cells.of([1.0]), entry="standardized", missing="mean")
    changed = edits.change_columns(Table((column,)), [0], **changes).columns[0]
    assert changed.entry == entry
    assert changed.missing == ("most frequent" if changed.type == "text" else "mean")


def test_changing_the_type_back_and_forth_keeps_the_cells():
    column = Column("a", Cells.of([1.0, "007", "x"]))
    made = Table((column,))
    back = edits.change_columns(edits.change_columns(made, [0], type="text"), [0], type="number")
    assert back == made


def test_a_row_moved_to_test_by_hand_leaves_all_others_where_they_are():
    cells = Cells.of([*map(float, range(20))])
    made = Table((Column("a", cells), Column("y", cells, role="target")), split=Split("share", 0.3))
    before = encoded(made).parts
    row = int(np.flatnonzero(before == 0)[0])
    after = encoded(edits.set_parts(made, [row], "test")).parts
    assert after[row] == 1 and np.array_equal(np.delete(after, row), np.delete(before, row))


def test_a_row_that_lacks_a_cell_is_not_left_out_by_hand():
    cells = Cells.of([1.0, "", 3.0])
    made = Table((Column("a", cells), Column("y", Cells.of([0.0, 1.0, 2.0]), role="target")))
    made = edits.set_parts(made, [0], "test")
    assert encoded(made).parts.tolist() == [1, 2, 0]
    assert encoded(edits.set_cells(made, {(1, 0): 2.0})).parts.tolist() == [1, 0, 0]


def test_settings_are_taken_over_by_place_or_by_name():
    earlier = edits.set_parts(edits.change_columns(XOR, [0], name="first", unit="V"), [3], "test")
    longer = edits.insert_rows(XOR, 4)
    made = edits.settings_from(longer, earlier)
    assert made.names == ("first", "x2", "y") and made.columns[0].unit == "V"
    assert parts(made) == ["train"] * 3 + ["test", "train"]
    wider = edits.change_columns(edits.add_column(XOR), [1], name="first", unit="")
    made = edits.settings_from(wider, earlier)
    assert made.columns[1].unit == "V" and made.names == ("x1", "first", "y", "x4")


def random_edit(table: Table, draw: random.Random) -> Table:
    def row(more: int = 0) -> int:
        return draw.randrange(max(1, table.rows + more))

    def column(more: int = 0) -> int:
        return draw.randrange(max(1, len(table.columns) + more))

    kind = draw.randrange(10)
    block = [
        [draw.choice([1.5, "x", "", "2"]) for _ in range(draw.randrange(3))] for _ in range(draw.randrange(4))
    ]
    if kind == 0 or not table.rows:
        return edits.paste(table, row(2), column(2), [[1.0, "a"], *block])
    return [
        lambda: edits.set_cells(table, {(row(), column()): draw.choice([3.0, "y", "4"])}),
        lambda: edits.insert_rows(table, row(1), draw.randrange(3)),
        lambda: edits.delete_rows(table, {row(), row()}),
        lambda: edits.move_rows(table, {row(), row()}, row(1)),
        lambda: edits.add_column(table, at=column(1)),
        lambda: edits.delete_columns(table, {column()}),
        lambda: edits.move_column(table, column(), column()),
        lambda: edits.change_columns(table, [column()], role=draw.choice(["input", "target", "ignored"])),
        lambda: edits.set_parts(table, {row(), row()}, draw.choice(["train", "test", "left out"])),
    ][kind - 1]()


@pytest.mark.parametrize("seed", range(12))
def test_any_edits_in_any_order_leave_a_whole_table_that_is_used_or_says_why_not(seed):
    draw, table = random.Random(seed), XOR
    for _ in range(60):
        before = rows(table)
        changed = random_edit(table, draw)
        assert rows(table) == before
        table = changed
        made = encoded(table)
        assert made.parts.shape == made.samples.shape == (table.rows,)
        assert bool(made.dataset.problem) == (made.dataset.x.size == 0)
        used = np.flatnonzero(made.samples >= 0)
        assert np.array_equal(made.dataset.rows[made.samples[used]], used)
