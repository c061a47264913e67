"""Reading tables: as published, from other programs, hostile ones, and round trips."""

import random
from pathlib import Path

import numpy as np
import pytest

from core.data.encoding import encoded
from core.data.guessing import guessed_reading
from core.data.reading import ReadingStopped, ReadTable, read_block, read_file, read_table, read_text
from core.data.table import Cells, Column, Reading, Table, TableError
from core.data.writing import WRITTEN, csv_text

PUBLISHED = Path(__file__).parents[2] / "files" / "tables"


def published(name: str) -> ReadTable:
    return read_file(PUBLISHED / name)


def roles(read: ReadTable) -> dict[str, str]:
    return {column.name: column.role for column in read.table.columns}


def refusal(data: bytes | str, **options: object) -> str:
    data = data.encode() if isinstance(data, str) else data
    with pytest.raises(TableError) as caught:
        read_table(data, **options)
    said = str(caught.value)
    assert said.endswith(".") and "\n" not in said
    return said


# -- as published --------------------------------------------------------------------------------------


def test_iris_of_uci_keeps_its_first_flower():
    read = published("iris.data")
    dataset = encoded(read.table).dataset
    assert not read.reading.header and read.table.rows == 12
    assert read.table.columns[0].cells[0] == 5.1
    assert dataset.features == 4
    assert dataset.class_names == ("Iris-setosa", "Iris-versicolor", "Iris-virginica")


def test_wine_quality_is_a_number_until_one_makes_it_classes():
    read = published("winequality-red.csv")
    assert read.reading.delimiter == ";"
    assert roles(read)["quality"] == "target" and list(roles(read).values()).count("input") == 11
    assert encoded(read.table).dataset.task == "regression"
    assert read.table.columns[2].cells[3] == 0.56


def test_auto_mpg_is_parted_by_spaces_and_tabs_and_its_question_marks_are_missing():
    read = published("auto-mpg.data")
    assert read.reading == Reading(delimiter=" ", header=False)
    table, made = read.table, encoded(read.table)
    assert (table.rows, len(table.columns)) == (12, 9)
    assert table.columns[3].cells.written()[9:11] == ["?", "?"] and made.columns[3].missing == 2
    assert table.columns[8].cells[4] == "plymouth 'cuda 340" and table.columns[8].role == "ignored"
    assert any("“x9” has 12 different texts" in note.why for note in read.notes)
    assert not made.faults


def test_penguins_have_texts_and_gaps():
    read = published("penguins.csv")
    made = encoded(read.table)
    assert roles(read)["species"] == "target"
    assert made.dataset.feature_names[:3] == ("island = Biscoe", "island = Dream", "island = Torgersen")
    entries = {column.name: (column.entry, column.missing) for column in read.table.columns}
    assert entries["sex"] == ("0/1", "leave out") and entries["body_mass_g"] == ("standardized", "mean")
    assert np.flatnonzero(made.samples < 0).tolist() == [3, 8]
    assert made.dataset.class_names == ("Adelie", "Chinstrap", "Gentoo")


def test_the_titanic_sinks_with_a_mostly_empty_deck():
    read = published("titanic.csv")
    assert roles(read)["survived"] == "target" and roles(read)["deck"] == "ignored"
    assert any("“deck” has no value in 7 of 13 rows" in note.why for note in read.notes)
    age = read.table.columns[3]
    assert age.cells[5] == "" and encoded(read.table).columns[3].missing == 1
    assert encoded(read.table).dataset.class_names == ("0", "1")


def test_tips_in_quotation_marks():
    read = published("tips.csv")
    assert read.table.names == ("total_bill", "tip", "sex", "smoker", "day", "time", "size")
    assert read.table.columns[0].cells[0] == 16.99 and read.table.columns[2].cells[0] == "Female"


def test_every_excerpt_has_a_source():
    told = (PUBLISHED / "SOURCES.md").read_text("utf-8")
    assert all(f"`{path.name}`" in told for path in PUBLISHED.iterdir() if path.suffix != ".md")


# -- small examples ------------------------------------------------------------------------------------


def test_a_worked_example_of_one_sample_with_two_targets():
    read = read_text("i1,i2,t1,t2\n0.05,0.10,0.01,0.99\n")
    dataset = encoded(read.table).dataset
    assert [*roles(read).values()] == ["input", "input", "target", "target"]
    assert dataset.x.tolist() == [[0.05], [0.10]] and dataset.labels.tolist() == [[0.01], [0.99]]
    assert (dataset.train.tolist(), dataset.test.size, dataset.outputs) == ([0], 0, 2)


@pytest.mark.parametrize(
    ("targets", "rows", "entry"),
    [
        ("y1,y2", ("0,1", "1,1", "0,0"), "unscaled"),  # several labels of one row
        ("y_1,y_2", ("0,1", "1,0", "0,1"), "classes"),  # one-hot
        ("t1,t2", ("1,0.5", "2,0.25", "3,0"), "unscaled"),  # values, some of them whole
    ],
)
def test_numbered_targets_belong_together(targets, rows, entry):
    text = "\n".join([f"a,b,{targets}", *(f"{k},{-k},{row}" for k, row in enumerate(rows, start=2))])
    table = read_text(text).table
    assert [column.role for column in table.columns] == ["input", "input", "target", "target"]
    assert [column.entry for column in table.columns[2:]] == [entry, entry]
    assert encoded(table).dataset.outputs == (1 if entry == "classes" else 2)


def test_a_truth_table_enters_as_it_is_written():
    read = read_text("x1,x2,y\n0,0,0\n0,1,0\n1,0,0\n1,1,1\n")
    dataset = encoded(read.table).dataset
    assert dataset.x.tolist() == [[0, 0, 1, 1], [0, 1, 0, 1]] and dataset.labels.tolist() == [0, 0, 0, 1]


def test_units_in_brackets_are_told_apart_from_names():
    columns = read_text("length (cm),length (in),f(x),weight [kg]\n1,2,3,4\n").table.columns
    assert [(column.name, column.unit) for column in columns] == [
        ("length (cm)", ""), ("length (in)", ""), ("f(x)", ""), ("weight [kg]", ""),
    ]  # fmt: skip
    columns = read_text("length (cm),weight [kg]\n1,2\n").table.columns
    assert [(column.name, column.unit) for column in columns] == [("length", "cm"), ("weight", "kg")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_delimiters_and_line_ends_are_found(delimiter, end):
    lines = [["a", "b", "y"], ["1.5", "2", "yes"], ["2.5", "3", "no"]]
    read = read_text(end.join(delimiter.join(line) for line in lines) + end)
    assert read.reading.delimiter == delimiter and read.table.names == ("a", "b", "y")
    assert read.table.columns[0].cells == Cells.of([1.5, 2.5])


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"),
     ("latin-1", "cp1252"), ("cp1252", "cp1252")],
)  # fmt: skip
def test_encodings_and_decimal_commas(encoding, found):
    read = read_table("größe;y\n1,5;0\n2,5;1\n".encode(encoding))
    assert (read.reading.encoding, read.reading.decimal) == (found, ",")
    assert read.table.names == ("größe", "y") and read.table.columns[0].cells.written() == [1.5, 2.5]


def test_the_line_in_which_a_spreadsheet_tells_its_delimiter():
    read = read_table("\ufeffsep=;\r\na;y\r\n1,5;0\r\n".encode())
    assert read.reading.delimiter == ";" and read.table.names == ("a", "y") and read.table.rows == 1


def test_bytes_that_windows_lacks_are_latin_1():
    assert guessed_reading("a,b\n\x81,2\n".encode("latin-1")).encoding == "latin-1"


def test_a_guess_can_be_changed():
    data = b"1,2\n3,4\n"
    assert read_table(data, reading=Reading(header=True)).table.names == ("1", "2")
    assert read_table(data, reading=Reading(header=False)).table.rows == 2
    data = b"a;b\n1,5;2\n"
    assert read_table(data, reading=guessed_reading(data, decimal=".")).table.columns[0].cells[0] == "1,5"


@pytest.mark.parametrize(
    "choice",
    [{"encoding": "zip"}, {"encoding": "idna"}, {"delimiter": '"'}, {"delimiter": "\n"}, {"delimiter": "e"},
     {"delimiter": "."}],
)  # fmt: skip
def test_a_way_of_reading_that_cannot_be_is_refused(choice):
    with pytest.raises(TableError):
        Reading(**choice)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " ", ":", "#"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_any_choice_reads_a_table_or_says_why_not(delimiter, decimal):
    for data in (b"a,b\n1,5\n2,5\n", b"a;b\n1,5;2\n", b"1.5 2\n3 4\n", b"x\n1:2\n", b'"1,5",2\n'):
        try:
            table = read_table(data, reading=Reading(delimiter=delimiter, decimal=decimal)).table
        except TableError as error:
            assert str(error).endswith(".")
        else:
            assert table.rows and table.columns
    data = b'a,b\n"1,5",2\n"2,5",3\n'
    both = read_table(data, reading=Reading(delimiter=",", decimal=",")).table
    assert both.columns[0].cells.written() == [1.5, 2.5]


def test_a_column_read_as_text_keeps_its_zeros():
    table = read_table(b"zip,y\n00501,1\n10115,0\n", types=("text", "number")).table
    assert table.columns[0].cells.written() == ["00501", "10115"]


def test_targets_may_be_named():
    read = read_table(b"a,b,c\n1,2,0.5\n3,4,1.5\n", targets=("a", "b"))
    assert roles(read) == {"a": "target", "b": "target", "c": "input"}
    assert "There is no column “z”; the columns are “a”, “b”, “c”." in refusal(
        b"a,b,c\n1,2,3\n", targets=["z"]
    )


def test_dates_ids_and_row_numbers_are_ignored_with_a_word():
    lines = [f"{k},{2000 + k}-01-{k + 1:02d},name {k},{k % 7}.5,{k % 2}" for k in range(25)]
    read = read_text("\n".join(["id,day,who,x,y", *lines]))
    assert roles(read) == {"id": "ignored", "day": "ignored", "who": "ignored", "x": "input", "y": "target"}
    told = {note.column: note.why for note in read.notes}
    assert "numbers the rows" in told[0] and "dates" in told[1] and "25 different texts" in told[2]


def test_names_are_made_different_and_missing_ones_invented():
    read = read_text("x,x,,y\n1,2,3,4\n")
    assert read.table.names == ("x", "x 2", "column 3", "y")
    assert "“x” names two columns" in read.notes[0].why


def test_a_delimiter_at_the_end_of_every_line_makes_no_column():
    assert read_text("a,b,\n1,2,\n3,4,\n").table.names == ("a", "b")


def test_a_cell_that_should_be_a_number_is_named_and_counts_as_missing():
    lines = [f"{3000 + 7 * k},{k % 2}" for k in range(20)]
    lines[12] = "4 500 g,1"
    made = encoded(read_text("\n".join(["mass,y", *lines])).table)
    assert [(fault.row, fault.column) for fault in made.faults] == [(12, 0)]
    assert made.faults[0].why == "“4 500 g” is not a number that can be computed with; it counts as missing."
    assert made.columns[0].missing == 1


# -- hostile -------------------------------------------------------------------------------------------


BAD = {
    "empty": ("", "The table is empty"),
    "blank": ("\n \r\n\t\n", "The table is empty"),
    "mark alone": (b"\xef\xbb\xbf", "The table is empty"),
    "names alone": ("a,b,y\n", "The table has only a line of names"),
    "too short": ("a,b,y\n1,2,left\n3,right\n", "Row 2 (line 3) ends before column 3 (“y”)"),
    "too long": ("a,b,y\n1,2,left\n1,2,3,left\n", "Row 2 (line 3) goes on after column 3 (“y”)"),
    "line of a row": ('a,b\n"x\n\ny",2\n3\n', "Row 2 (line 5) ends before column 2 (“b”)"),
    "open quotation": ('a,b\n1,2\n"3,4\n5,6\n', "Line 3: a quotation mark is opened here and not closed"),
    "text after it": ('a,b\n1,"2"3\n', "Line 2: after a closing quotation mark"),
    "long open": ('a,b\n"' + "x\n" * 200_000, "Line 2: a quotation mark is opened here"),
    "workbook": (b"PK\x03\x04 and so on", "This is a workbook, not text"),
    "packed": (b"\x1f\x8b and so on", "This is a compressed file"),
    "NUL": ("a,b\n1,\0 2\n", "Line 2: this is not text"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "this is not text"),
    "columns": (",".join(map(str, range(1001))) + "\n", "Line 1 has 1,001 columns"),
}


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD.keys())
def test_a_table_that_cannot_be_read_is_refused_in_one_sentence_with_the_place(content, said):
    assert said in refusal(content)


def test_a_line_of_fifty_million_characters_is_refused_at_once():
    for line in (b"x" * 50_000_000, b"1," * 25_000_000):
        assert "has more than 2,000,000 characters" in refusal(b"a,b\n1,2\n" + line)
        assert "Line 1 has more than 2,000,000 characters" in refusal(line)


def test_too_many_bytes_are_refused(monkeypatch):
    monkeypatch.setattr("core.data.reading.MOST_BYTES", 1000)
    assert "too large" in refusal("1,2\n" * 251)


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr("core.data.reading.MOST_ROWS", 100)
    assert read_text("1,2\n" * 100).table.rows == 100
    assert "more than 100 rows" in refusal("1,2\n" * 101)


def test_what_is_no_utf_8_is_named_if_that_was_chosen():
    assert "After line 0, the text is not UTF-8" in refusal("ä,b\n".encode("latin-1"), reading=Reading())


@pytest.mark.parametrize("name", ["missing.csv", ".", "a" * 300 + ".csv"])
def test_files_that_are_none(tmp_path, name):
    with pytest.raises(TableError):
        read_file(tmp_path / name)


def test_one_column_constant_columns_and_columns_without_values():
    assert "no target" in encoded(read_text("a\n1\n2\n").table).dataset.problem
    lines = ["c,n,x,y", *(f"5,,{k}.5,{k % 2}" for k in range(12))]
    read = read_text("\n".join(lines))
    assert roles(read) == {"c": "input", "n": "ignored", "x": "input", "y": "target"}
    assert any("“c” is “5” in every row" in note.why for note in read.notes)
    assert any("“n” has no values" in note.why for note in read.notes)
    dataset = encoded(read.table).dataset
    assert np.abs(dataset.x[0]).max() == 0 and np.isfinite(dataset.x).all()


def test_cells_are_shown_on_one_line_and_without_commands():
    table = read_text('a,y\n"two\nlines",1\n"\x1b[31mred",0\n' + f"{'long' * 200},1\n").table
    first, second, third = table.columns[0].cells
    assert first == "two lines" and "\x1b" not in second and len(third) == 200


@pytest.mark.parametrize(
    "x", ['"1\n2"', '"1,5"', '"1 2"', "1 2", "# 3", "3 # 4", "1e400", "٣", "1_0", '"1""2"']
)
def test_what_only_begins_like_a_number_is_a_text(x):
    column = read_table(f"x,y\n1,0\n{x},1\n2,0\n".encode(), reading=Reading()).table.columns[0]
    assert column.cells[0] == 1 and column.cells[2] == 2 and isinstance(column.cells[1], str)


def test_rows_of_numbers_alone_and_others_may_alternate():
    lines = [f"{k},{k + 0.5}" for k in range(200_000)]
    lines[170_000] = "?,1"
    table = read_text("\n".join(["a,y", *lines])).table
    numbers = table.columns[0].cells.numbers
    assert table.rows == 200_000 and table.columns[0].cells[170_000] == "?"
    assert np.flatnonzero(np.isnan(numbers)).tolist() == [170_000] and numbers[199_999] == 199_999
    lines[180_000] = "1"
    assert "Row 180,001 (line 180,002) ends before column 2" in refusal("\n".join(["a,y", *lines]))


def test_numbers_that_cannot_be_computed_with_are_texts():
    cells = read_text("x,y\n1e400,1\ninf,0\nnan,1\n1_000,0\n٣,0\n0x10,1\n").table.columns[0].cells
    assert cells.written() == ["1e400", "inf", "nan", "1_000", "٣", "0x10"]


# -- progress ------------------------------------------------------------------------------------------


def test_progress_is_told_and_reading_can_be_stopped():
    data = ("1.5,2\n" * 60_000).encode()
    told: list[float] = []
    read_table(data, progress=lambda share: told.append(share) or True)
    assert told == sorted(told) and told[-1] == pytest.approx(1, abs=0.05) and len(told) > 20

    with pytest.raises(ReadingStopped):
        read_table(data, progress=lambda share: share < 0.3)


# -- written and read again ----------------------------------------------------------------------------

PIECES = ["", "a", "yes", "é ü", 'say "x"', "a,b", "x;y", "NA", "?", "1e5x", "-", "'", "tab\tby", "12 34"]


def any_table(seed: int) -> Table:
    draw = random.Random(seed)
    rows, columns = draw.randint(1, 30), draw.randint(1, 6)

    def cell() -> float | str:
        if draw.random() < 0.5:
            return draw.choice([0.0, -1.5, 1e-7, 123456789.125, 0.1 + 0.2, draw.gauss(0, 1e3), 1e22, -7.0])
        return draw.choice(PIECES)

    made = (Column(f"c{k}", Cells.of(cell() for _ in range(rows))) for k in range(columns))
    return Table(tuple(made))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("seed", range(40))
def test_a_table_written_and_read_again_is_the_same(seed, delimiter):
    table = any_table(seed)
    text = csv_text(table, delimiter=delimiter)
    again = read_table(text.encode(), reading=Reading(delimiter=delimiter)).table
    assert again.names == table.names
    assert [column.cells for column in again.columns] == [column.cells for column in table.columns]


def test_rows_and_columns_of_a_table_as_text():
    table = read_text("a (cm),b,c\n1,2,x\n3,4,y\n5,6,z\n").table
    assert csv_text(table, rows=[2, 0], columns=[2, 0], delimiter="\t") == "c\ta (cm)\nz\t5\nx\t1\n"
    assert csv_text(table, rows=[1], header=False) == "3,4,y\n"
    assert Reading() == WRITTEN


def test_a_pasted_block_is_read_as_it_is():
    assert read_block("1\t2\n3\tx\n") == [["1", "2"], ["3", "x"]]
    assert read_block("1,5\t2\n3,5\t4\n") == [["1.5", "2.0"], ["3.5", "4.0"]]
    assert read_block("two words\nand three more\n") == [["two words"], ["and three more"]]
    assert read_block("7") == [["7"]] and read_block(" \n") == []
    assert read_block("1,2\n3\n") == [["1", "2"], ["3"]]
