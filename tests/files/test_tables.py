"""Tables in design files: inside, or beside in a file of their own that may move or change."""

import json
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.data.encoding import encoded
from core.data.reading import read_file, read_text
from core.data.ready_tables import READY_TABLES
from core.data.table import Cells, Column, Table, from_json
from core.data.table_edits import change_columns, set_cells, set_parts
from core.nn.design import Data, Dense, Design, fitted
from core.nn.network import Network
from core.project.files import DesignFile, FileError, LinkedTableError, read, write
from core.project.linked_tables import MOST_INSIDE

ROWS = 60_000  # with three columns they take more than 2 MB


def design(table: Table) -> Design:
    start = Design(data=Data("table", table=table), layers=(Dense(3), Dense(1, "sigmoid")))
    return fitted(start, make_dataset(start.data))


def table_in(path: Path, **options: object) -> Table:
    found = read(path, **options).design.data.table
    assert found is not None
    return found


@pytest.fixture(scope="module")
def text() -> str:
    numbers = np.random.default_rng(5).normal(size=(ROWS, 2)) * 1e3
    classes = np.arange(ROWS) % 2
    lines = [f"{a!r},{b!r},{c}" for (a, b), c in zip(numbers.tolist(), classes.tolist(), strict=True)]
    return "\n".join(["a,b,y", *lines])


@pytest.fixture
def linked(tmp_path: Path, text: str) -> tuple[Path, Path, Table]:
    """A design file, the file with its table in a folder beside it, and the table."""
    file, path = tmp_path / "data" / "big.csv", tmp_path / "mine.glassnet"
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    table = change_columns(read_file(file).table, [0], name="first", unit="V")
    write(path, DesignFile(design(set_parts(table, [1], "test"))))
    return path, file, set_parts(table, [1], "test")


# -- inside --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READY_TABLES)
def test_a_small_table_lies_in_the_design_file(tmp_path, name):
    path, made = tmp_path / "a.glassnet", design(READY_TABLES[name])
    write(path, DesignFile(made))
    assert read(path).design == made
    assert [file.name for file in tmp_path.iterdir()] == ["a.glassnet"]
    assert '"cells": [0,1]' in path.read_text("utf-8") or '"cells": [0,0,1,1]' in path.read_text("utf-8")


def test_a_table_and_weights_come_back_together(tmp_path):
    table = read_text("a,b,y\n1,x,0.5\n2,y,1.5\n3,x,?\n").table
    made = design(table)
    theta = Network(made, make_dataset(made.data)).initial(7)
    write(tmp_path / "a.glassnet", DesignFile(made, theta, iteration=3))
    work = read(tmp_path / "a.glassnet")
    assert work.design == made and np.array_equal(work.theta, theta) and work.iteration == 3


def test_where_a_table_was_read_from_is_not_told_to_others(tmp_path):
    file = tmp_path / "secret" / "small.csv"
    file.parent.mkdir()
    file.write_text("a,y\n1,0\n2,1\n", "utf-8")
    write(tmp_path / "a.glassnet", DesignFile(design(read_file(file).table)))
    assert "secret" not in (tmp_path / "a.glassnet").read_text("utf-8")
    file.unlink()
    assert table_in(tmp_path / "a.glassnet").rows == 2


def test_a_table_is_kept_while_other_data_are_used(tmp_path):
    made = replace(design(READY_TABLES["AND"]), data=Data("moons", table=READY_TABLES["AND"]))
    write(tmp_path / "a.glassnet", DesignFile(made))
    assert read(tmp_path / "a.glassnet").design == made


def test_a_table_that_cannot_be_used_is_saved_as_it_is(tmp_path):
    made = replace(
        design(READY_TABLES["AND"]), data=Data("table", table=Table((Column("a", Cells.of(["x"])),)))
    )
    write(tmp_path / "a.glassnet", DesignFile(made))
    again = read(tmp_path / "a.glassnet").design
    assert again == made and "no target" in make_dataset(again.data).problem


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Column 1 has no name"),
        ("cells", [1, 2], "“x2” has 4 cells, but the first one 2"),
        ("cells", [1, None, 2, 3], "cells must be a list of numbers and texts"),
        ("role", "output", "role"),
        ("entry", "classes", "cannot enter as “classes”"),
        ("colour", "red", "colour"),
    ],
)
def test_a_faulty_table_is_refused_in_a_sentence(tmp_path, field, value, said):
    path = tmp_path / "a.glassnet"
    write(path, DesignFile(design(READY_TABLES["AND"])))
    content = json.loads(path.read_text("utf-8"))
    content["design"]["data"]["table"]["columns"][0][field] = value
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(FileError) as caught:
        read(path)
    assert said in str(caught.value) and "design.data.table" in str(caught.value), caught.value


# -- beside --------------------------------------------------------------------------------------------


def test_a_large_table_is_named_by_its_path_and_read_again(linked):
    path, _file, table = linked
    content = path.read_text("utf-8")
    assert len(content) < MOST_INSIDE / 10 and '"path": "data/big.csv"' in content
    again = table_in(path)
    assert again == table and again.columns[0].unit == "V"
    assert np.array_equal(encoded(again).parts, encoded(table).parts)


def test_both_may_be_moved_together(linked, tmp_path):
    path, file, table = linked
    other = tmp_path / "other"
    (other / "data").mkdir(parents=True)
    shutil.move(path, other / path.name)
    shutil.move(file, other / "data" / file.name)
    assert table_in(other / path.name).columns == table.columns


def test_saving_elsewhere_names_the_same_file(linked, tmp_path):
    path, _file, table = linked
    other = tmp_path / "far" / "away" / "copy.glassnet"
    other.parent.mkdir(parents=True)
    write(other, read(path))
    assert '"path": "../../data/big.csv"' in other.read_text("utf-8") and table_in(other) == table


def test_edited_cells_are_written_beside_and_the_read_file_stays(linked, text):
    path, file, table = linked
    edited = set_cells(table, {(5, 1): 7.25, (6, 1): "n/a"})
    write(path, DesignFile(design(edited)))
    beside = path.with_name("mine.data.csv")
    assert beside.exists() and file.read_text("utf-8") == text
    again = table_in(path)
    assert again.columns == edited.columns and again.parts == edited.parts
    write(path, DesignFile(design(set_cells(again, {(5, 1): 8.0}))))
    write(path, DesignFile(design(set_cells(again, {(5, 1): 9.0}))))
    assert {file.name for file in path.parent.iterdir()} == {"data", "mine.glassnet", "mine.data.csv"}
    assert table_in(path).columns[1].cells[5] == 9.0


def test_a_file_of_somebody_else_is_not_overwritten(linked):
    path, _file, table = linked
    other = path.with_name("mine.data.csv")
    other.write_text("not ours", "utf-8")
    write(path, DesignFile(design(set_cells(table, {(0, 0): 1.0}))))
    assert other.read_text("utf-8") == "not ours" and path.with_name("mine.data 2.csv").exists()
    assert table_in(path).columns[0].cells[0] == 1.0


def test_a_small_table_lies_beside_if_that_is_wanted(tmp_path):
    file = tmp_path / "small.csv"
    file.write_text("a,y\n1,0\n2,1\n", "utf-8")
    table = read_file(file).table
    table = replace(table, file=replace(table.file, linked=True))
    write(tmp_path / "a.glassnet", DesignFile(design(table)))
    assert table_in(tmp_path / "a.glassnet").columns == table.columns
    assert '"path": "small.csv"' in (tmp_path / "a.glassnet").read_text("utf-8")
    file.unlink()
    with pytest.raises(LinkedTableError):
        read(tmp_path / "a.glassnet")


def test_a_file_that_moved_is_asked_for_and_found_elsewhere(linked, tmp_path):
    path, file, table = linked
    moved = file.rename(tmp_path / "moved.csv")
    with pytest.raises(
        LinkedTableError, match=r"takes its table from “big\.csv”, which cannot be read"
    ) as caught:
        read(path)
    assert caught.value.path == file and not caught.value.changed
    again = read(path, moved)
    assert again.design.data.table.columns == table.columns
    write(path, again)
    assert '"path": "moved.csv"' in path.read_text("utf-8") and table_in(path).parts == table.parts


def test_a_file_that_changed_is_asked_about_and_nothing_is_lost(linked):
    path, file, table = linked
    before = path.read_bytes()
    with file.open("a", encoding="utf-8") as end:
        end.write("\n5,6,1\n")
    with pytest.raises(LinkedTableError, match="has changed since") as caught:
        read(path)
    assert caught.value.changed and path.read_bytes() == before
    again = table_in(path, accept_changed=True)
    assert again.rows == ROWS + 1 and again.names == table.names and again.part(1) == "test"
    assert again.part(ROWS) == "train"


def test_weights_that_do_not_fit_a_changed_table_are_left_out(linked):
    path, file, table = linked
    made = design(table)
    theta = Network(made, make_dataset(made.data)).initial(7)
    write(path, DesignFile(made, theta, iteration=3))
    assert np.array_equal(read(path).theta, theta)
    file.write_text("a,b,c,y\n1,2,3,0\n4,5,6,1\n", "utf-8")
    work = read(path, accept_changed=True)
    assert work.theta is None and work.iteration == 0 and work.design.data.table.rows == 2


@pytest.mark.parametrize("place", ["/etc/passwd", "C:\\data\\big.csv", "\\\\server\\share\\big.csv"])
def test_a_file_may_not_name_any_place_of_the_machine(linked, place):
    path, _file, _table = linked
    content = json.loads(path.read_text("utf-8"))
    content["design"]["data"]["table"]["file"]["path"] = place
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(FileError, match="must be relative to the folder of the design") as caught:
        read(path)
    assert not isinstance(caught.value, LinkedTableError)


def test_what_is_not_a_table_any_more_is_told_with_its_place(linked):
    path, file, _table = linked
    file.write_text("a,b,y\n1,2\n", "utf-8")
    with pytest.raises(FileError, match=r"“mine\.glassnet” takes its table from “big\.csv”: Row 1"):
        read(path, accept_changed=True)


def test_a_table_whose_file_is_not_read_says_so(linked):
    path, _file, _table = linked
    content = json.loads(path.read_text("utf-8"))["design"]["data"]["table"]
    unread = msgspec.convert(content, Table, dec_hook=from_json)
    assert "The rows of the table lie in “big.csv”" in encoded(unread).dataset.problem


def test_columns_that_changed_places_in_their_file_keep_their_roles(linked):
    path, file, table = linked
    table = change_columns(table, [0], name="a", unit="")
    write(path, DesignFile(design(table)))
    lines = [line.split(",") for line in file.read_text("utf-8").splitlines()]
    file.write_text("\n".join(f"{y},{b},{a}" for a, b, y in lines), "utf-8")
    assert table_in(path, accept_changed=True).columns == table.columns


def test_a_link_in_a_circle_is_asked_for(linked):
    path, file, _ = linked
    file.unlink()
    file.symlink_to(file)
    with pytest.raises(LinkedTableError, match="cannot be read: too many levels"):
        read(path)
