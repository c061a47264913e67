"""The CSV reader: what it reads, and the one-sentence errors with their places."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.data.csv_table import (
    MOST_BYTES,
    MOST_CLASSES,
    MOST_COLUMNS,
    MOST_SAMPLES,
    Table,
    TableError,
    read_table,
)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "flowers.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def table(folder: Path, content: str | bytes, target: str | None = None) -> Table:
    return read_table(written(folder, content), target)


def sentence(folder: Path, content: str | bytes, target: str | None = None) -> str:
    with pytest.raises(TableError) as error:
        table(folder, content, target)
    return str(error.value)


def test_text_in_the_last_column_is_classes(tmp_path):
    read = table(tmp_path, "width,height,kind\n1.5,2,rose\n-3,4e-1,daisy\n")
    assert read.feature_names == ("width", "height")
    assert read.class_names == ("daisy", "rose")
    assert read.labels.tolist() == [1, 0]
    assert np.array_equal(read.x, [[1.5, -3], [2, 0.4]])
    assert read.task == "classes"


def test_whole_numbers_are_classes_in_numerical_order(tmp_path):
    read = table(tmp_path, "x,k\n1,10\n2,9\n3,-1\n4,10\n")
    assert read.class_names == ("-1", "9", "10")
    assert read.labels.tolist() == [2, 1, 0, 2]


def test_texts_that_look_like_whole_numbers_are_classes(tmp_path):
    assert table(tmp_path, "x,k\n1,+-5\n2,7\n").class_names == ("+-5", "7")


def test_other_numbers_are_values(tmp_path):
    read = table(tmp_path, "x,y\n1,10\n2,9.5\n")
    assert (read.task, read.class_names) == ("regression", ())
    assert read.labels.tolist() == [[10, 9.5]]


def test_many_whole_numbers_are_values(tmp_path):
    rows = "".join(f"1,{k}\n" for k in range(MOST_CLASSES + 1))
    assert table(tmp_path, "x,price\n" + rows).task == "regression"


def test_a_named_column_is_the_target(tmp_path):
    read = table(tmp_path, "kind,width\nrose,1\ndaisy,2\n", target="kind")
    assert (read.feature_names, read.class_names) == (("width",), ("daisy", "rose"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_line_ends_and_byte_order_mark(tmp_path, delimiter, end):
    lines = ["width,kind", "1.5,rose", "", '2,"a ""wild"" daisy"', ""]
    content = end.join(lines).replace(",", delimiter)
    read = table(tmp_path, b"\xef\xbb\xbf" + content.encode())
    assert read.feature_names == ("width",)
    assert read.class_names == ('a "wild" daisy', "rose")
    assert read.x.tolist() == [[1.5, 2]]


def test_what_was_read_cannot_be_changed(tmp_path):
    read = table(tmp_path, "x,k\n1,a\n2,b\n")
    for array in (read.x, read.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


HEAD = "radius,area,kind\n1,2,a\n"
BAD = {
    "missing cell": (HEAD + "1,,b\n", "line 3, column 2 (“area”): the cell is empty;"),
    "blank cell": (HEAD + "1,  ,b\n", "line 3, column 2 (“area”): the cell is empty;"),
    "text": (HEAD + "\nabc,2,b\n", "line 4, column 1 (“radius”): “abc” is not a number;"),
    "decimal comma": (
        "r;k\n1,5;a\n2;b\n",
        "line 2, column 1 (“r”): “1,5” is not a number; write numbers like 1.5",
    ),
    "underscore": (HEAD + "1_000,2,b\n", "line 3, column 1 (“radius”): “1_000” is not a number;"),
    "nan": (HEAD + "1,nan,b\n", "line 3, column 2 (“area”): “nan” is not finite;"),
    "infinite": (HEAD + "1,1e999,b\n", "line 3, column 2 (“area”): “1e999” is not finite;"),
    "too large": (HEAD + "1,-1e200,b\n", "line 3, column 2 (“area”): “-1e200” is too large;"),
    "no target": (HEAD + "1,2,\n", "line 3, column 3 (“kind”): the cell is empty;"),
    "nan as target": ("x,y\n1,2.5\n2,NaN\n", "line 3, column 2 (“y”): “NaN” is not finite;"),
    "one class": (HEAD + "3,4,a\n", "line 2, column 3 (“kind”): “a” is the only class;"),
    "short line": (HEAD + "1,b\n", "line 3: it has 2 cell(s), but line 1 names 3 columns."),
    "long line": (HEAD + "1,2,3,b\n", "line 3: it has 4 cell(s), but line 1 names 3 columns."),
    "empty file": ("", "The table is empty;"),
    "blank lines": ("\n\r\n\n", "The table is empty;"),
    "one line": ("radius,area,kind\n", "line 1: the table ends here, but at least 2 samples are needed."),
    "one sample": (HEAD, "line 2: the table ends here, but at least 2 samples are needed."),
    "one column": ("radius\n1\n2\n", "line 1: the number of columns is 1; at least 2 are needed"),
    "no names": ("1,2\n3,4\n5,6\n", "line 1: these are numbers; the first line must name the columns."),
    "column without a name": ("a,,k\n1,2,3\n", "line 1, column 2: the column has no name."),
    "duplicate column": ("a,b,a\n1,2,3\n", "line 1, column 3: “a” is already the name of column 1."),
    "open quotation": (HEAD + '"1,2,b\n3,4,c\n', "line 4: the cells cannot be told apart"),
    "binary": (b"a,b\n\x00\x01,2\n", "line 2: this is not text;"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "line 1: this is not UTF-8;"),
    "other encoding": ("größe,k\n1,a\n".encode("latin-1"), "line 1: this is not UTF-8;"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), "line 1: this is not UTF-8;"),
    "many columns": (
        ",".join(f"c{k}" for k in range(MOST_COLUMNS + 1)),
        "line 1: the number of columns is 1025;",
    ),
    "huge line": (HEAD + "1" * 1_000_000 + ",2,b\n", "line 3: the cells cannot be told apart"),
    "many samples": ("a,b\n" + "1,2\n" * (MOST_SAMPLES + 1), "line 100002: the samples are too many;"),
    "huge file": (b"1" * (MOST_BYTES + 1), "The table is too large: at most 16 MB can be read."),
}


@pytest.mark.parametrize("content, start", BAD.values(), ids=BAD.keys())
def test_a_bad_table_gives_one_sentence_with_the_place(tmp_path, content, start):
    said = sentence(tmp_path, content)
    assert said.startswith(start)
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 200


def test_a_typing_error_among_values_is_not_taken_for_a_class(tmp_path):
    rows = "".join(f"1,{k}.5\n" for k in range(MOST_CLASSES))
    said = sentence(tmp_path, "x,y\n" + rows + "1,12..5\n")
    assert said.startswith(
        f"line {MOST_CLASSES + 2}, column 2 (“y”): “12..5” is not a number, and 101 different"
    )


def test_cells_are_quoted_on_one_line_and_cut(tmp_path):
    said = sentence(tmp_path, 'x,k\n1,a\n"{0}' + "z\n" * 500 + '",b\n')
    assert "“{0}z z z" in said
    assert re.search("…[z ]{20,30}” is not a number", said)
    assert len(said) < 200
    assert "\n" not in said


def test_a_target_that_is_not_there(tmp_path):
    assert (
        sentence(tmp_path, HEAD + "3,4,b\n", "weight")
        == "There is no column “weight”; the last one is “kind”."
    )


def test_a_name_too_long_for_the_system(tmp_path):
    with pytest.raises(TableError, match=r"^“aaa.*…aaa.*csv” cannot be read: File name too long\.$"):
        read_table(tmp_path / ("a" * 300 + ".csv"))


def test_empty_lines_do_not_count_as_samples(tmp_path):
    read = table(tmp_path, "x,k\n1,a\n" + "\n" * (MOST_SAMPLES + 2) + "2,b\n")
    assert read.x.tolist() == [[1, 2]]


def test_no_such_file_and_folders(tmp_path):
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(TableError, match=f"There is no file “{path.name[:20]}"):
            read_table(path)
