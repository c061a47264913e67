"""The commands `glassnet data` and `glassnet train --data` in real processes."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.data.encoding import encoded
from core.project.files import read
from tests.test_terminal import glassnet, refusal, said

TABLES = Path(__file__).parent / "files" / "tables"


def told(*arguments: object) -> dict:
    done = glassnet("data", *arguments, "--json")
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_data_tells_what_is_understood() -> None:
    done = glassnet("data", TABLES / "penguins.csv")
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("penguins.csv: 14 rows, 8 columns; UTF-8, delimiter “,”, decimal sign “.”")
    rows = [line.split() for line in lines]
    assert ["body_mass_g", "input", "number", "standardized", "1:", "mean"] in rows
    assert any(row[:5] == ["species", "target", "text", "3", "classes:"] for row in rows)
    assert lines[-1].startswith("12 of 14 rows are used, ")


def test_data_as_json() -> None:
    found = told(TABLES / "auto-mpg.data")
    assert (found["rows"], found["delimiter"], found["header"]) == (12, " ", False)
    assert [column["missing"] for column in found["columns"]] == [0, 0, 0, 2, 0, 0, 0, 0, 0]
    assert found["columns"][8]["role"] == "ignored" and "12 different texts" in found["notes"][0]
    assert found["problem"] == "" and found["train"] + found["test"] == 12


def test_targets_header_and_scaling_may_be_given() -> None:
    found = told(TABLES / "winequality-red.csv", "--target", "pH", "alcohol", "--standardize", "no")
    roles = {column["name"]: column["role"] for column in found["columns"]}
    assert [name for name, role in roles.items() if role == "target"] == ["pH", "alcohol"]
    assert {column["enters"] for column in found["columns"]} <= {"unscaled", "one-hot", "0/1", ""}
    assert (found["outputs"], found["task"]) == (2, "regression")
    assert told(TABLES / "tips.csv", "--no-header")["rows"] == 13


def test_a_table_that_cannot_be_used_ends_with_code_1(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("a\n1\n2\n", "utf-8")
    done = glassnet("data", path)
    assert done.returncode == 1 and "The table has no target" in done.stdout


def test_a_faulty_table_is_refused_with_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b,y\n1,2,left\n3,right\n", "utf-8")
    for arguments in (("data", path), ("train", "xor", "--data", path)):
        assert "“ragged.csv”: Row 2 (line 3) ends before column 3 (“y”)" in refusal(*arguments)
    none, folder = refusal("data", tmp_path / "none.csv"), refusal("data", TABLES)
    assert none.strip() == "glassnet: There is no file “none.csv”."
    assert folder.strip() == "glassnet: “tables” is no file: choose one with a table."
    assert "There is no column “z”" in refusal("data", TABLES / "tips.csv", "--target", "z")


def test_train_fits_inputs_and_outputs_to_the_columns(tmp_path: Path) -> None:
    out = tmp_path / "out.glassnet"
    done = glassnet(
        "train", "xor", "--data", TABLES / "iris.data", "--no-header", "--epochs", 200, "--save", out
    )
    assert done.returncode == 0 and said(done) == ""
    assert done.stdout.splitlines()[0].startswith("iris.data: 12 of 12 rows are used, ")
    design = read(out).design
    assert (
        design.title == "iris" and design.dense[-1].neurons == 3 and design.dense[-1].activation == "softmax"
    )
    assert encoded(design.data.table).dataset.features == 4
    again = json.loads(glassnet("train", out, "--epochs", 1, "--json").stdout)
    assert again["train_accuracy"] == 1


def test_train_on_a_worked_example_keeps_its_numbers(tmp_path: Path) -> None:
    path, out = tmp_path / "worked.csv", tmp_path / "out.glassnet"
    path.write_text("i1,i2,t1,t2\n0.05,0.10,0.01,0.99\n", "utf-8")
    done = glassnet(
        "train", "xor", "--data", path, "--iterations", 1, "--order", "file", "--json", "--save", out
    )
    assert done.returncode == 0 and json.loads(done.stdout)["iterations"] == 1
    design = read(out).design
    dataset = encoded(design.data.table).dataset
    assert np.array_equal(dataset.x, [[0.05], [0.10]]) and dataset.outputs == design.dense[-1].neurons == 2
    assert design.training.order == "as in the table"


@pytest.mark.parametrize("arguments", [("--target",), ("--standardize", "perhaps"), ("--order", "by name")])
def test_wrong_options_are_refused(arguments: tuple[str, ...]) -> None:
    done = glassnet("train", "xor", "--data", TABLES / "tips.csv", *arguments)
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr
