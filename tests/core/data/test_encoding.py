"""Tables as samples: inputs, targets, scaling, gaps and parts."""

import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.data.encoding import LEFT_OUT, TEST, TRAIN, encoded
from core.data.table import MISSING_MARKS, Cells, Column, Split, Table
from core.nn.design import Data

COLOURS = ["red", "green", "", "red", "blue", "red"]
SIZES = [1.0, 4.0, 2.0, "", 8.0, 5.0]


def column(name: str, cells: list, role: str = "input", **fields: object) -> Column:
    text = any(isinstance(cell, str) and cell for cell in cells)
    usual = {"type": "text", "entry": "one-hot" if role == "input" else "classes"} if text else {}
    return Column(name, Cells.of(cells), role=role, **(usual | fields))


def values(name: str = "y", rows: int = 6, **fields: object) -> Column:
    return column(name, [*map(float, range(rows))], "target", **fields)


def problem(*columns: Column, **fields: object) -> str:
    made = encoded(Table(columns, **fields))
    assert made.dataset.x.size == 0 and (made.samples == -1).all()
    assert made.dataset.problem.endswith((".", ".”"))
    return made.dataset.problem


def test_texts_enter_one_hot_and_features_are_named():
    dataset = encoded(Table((column("colour", COLOURS), values()))).dataset
    assert dataset.feature_names == ("colour = blue", "colour = green", "colour = red")
    assert dataset.x.T.tolist() == [[0, 0, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 0, 1]]
    assert dataset.rows.tolist() == [0, 1, 3, 4, 5] and dataset.labels.tolist() == [[0, 1, 3, 4, 5]]


def test_two_texts_enter_as_0_and_1():
    dataset = encoded(Table((column("sex", ["m", "f", "m"], entry="0/1"), values(rows=3)))).dataset
    assert dataset.feature_names == ("sex = m",) and dataset.x.tolist() == [[1, 0, 1]]


def test_numbers_may_enter_one_hot():
    made = column("class", [3.0, 1.0, 3.0], entry="one-hot")
    dataset = encoded(Table((made, values(rows=3)))).dataset
    assert dataset.feature_names == ("class = 1", "class = 3") and dataset.x.tolist() == [
        [0, 1, 0],
        [1, 0, 1],
    ]


def test_gaps_are_filled_from_the_training_rows_alone():
    sizes, colours = column("size", SIZES, missing="mean"), column("colour", COLOURS, missing="most frequent")
    made = encoded(Table((sizes, colours, values()), parts="ttttee"))
    assert made.dataset.x[0].tolist() == pytest.approx([1, 4, 2, 7 / 3, 8, 5])
    assert made.dataset.x[-1].tolist() == [1, 0, 1, 1, 0, 1]
    assert (made.columns[0].filled, made.columns[1].filled) == (pytest.approx(7 / 3), "red")
    frequent = column("size", [1.0, 2.0, 2.0, "", 9.0, 9.0], missing="most frequent")
    assert encoded(Table((frequent, values()), parts="ttttee")).dataset.x[0, 3] == 2


def test_a_row_with_a_gap_is_left_out_unless_the_gap_is_filled_and_always_without_a_target():
    made = encoded(Table((column("size", SIZES), values())))
    assert made.parts.tolist() == [TRAIN, TRAIN, TRAIN, LEFT_OUT, TRAIN, TRAIN]
    targets = column("y", [1.0, "", 2.0, 3.0, 4.0, 5.0], "target", missing="mean")
    made = encoded(Table((column("size", SIZES, missing="mean"), targets)))
    assert made.parts.tolist() == [TRAIN, LEFT_OUT, TRAIN, TRAIN, TRAIN, TRAIN]
    ignored = column("size", SIZES, "ignored")
    assert encoded(Table((ignored, column("x", [1.0] * 6), values()))).dataset.train.size == 6


@pytest.mark.parametrize("mark", ["NA", "?", "n/x"])
def test_marks_of_missing_cells_may_be_chosen(mark):
    made = Table((column("x", [1.0, mark, 2.0], type="number", entry="unscaled"), values(rows=3)))
    own = encoded(replace(made, missing_marks=("n/x",)))
    assert own.columns[0].missing == encoded(made).columns[0].missing == 1
    assert len(own.faults) == (mark != "n/x") and len(encoded(made).faults) == (mark == "n/x")


@pytest.mark.parametrize(
    ("entry", "scaled"),
    [("unscaled", [2, 4, 6, 10]), ("0..1", [0, 0.5, 1, 2]), ("-1..1", [-1, 0, 1, 3])],
)
def test_scaling_is_fitted_on_the_training_rows(entry, scaled):
    x, y = ([2.0, 4.0, 6.0, 10.0] for _ in range(2))
    made = Table(
        (column("x", x, entry=entry, unit="cm"), column("y", y, "target", entry=entry)), parts="ttte"
    )
    dataset = encoded(made).dataset
    assert dataset.x.tolist() == [scaled] and dataset.labels.tolist() == [scaled]
    assert [dataset.measured(k).tolist() for k in range(4)] == [[value] for value in x]
    assert dataset.units == ("cm",) and dataset.target_names == ("y",)
    assert (dataset.labels * dataset.target_std[:, None] + dataset.target_mean[:, None]).tolist() == [y]


def test_a_constant_column_is_scaled_to_a_finite_one():
    for entry in ("standardized", "0..1", "-1..1"):
        dataset = encoded(Table((column("x", [7.0] * 3, entry=entry), values(rows=3)))).dataset
        assert dataset.x.tolist() == [[0, 0, 0]]


# -- targets -------------------------------------------------------------------------------------------


def test_several_values():
    made = Table(
        (column("x", [1.0, 2.0]), column("a", [3.0, 4.0], "target"), column("b", [5.0, 6.0], "target"))
    )
    dataset = encoded(made).dataset
    assert (dataset.task, dataset.outputs, dataset.target_names) == ("regression", 2, ("a", "b"))
    assert dataset.targets(2).tolist() == [[3, 4], [5, 6]]


def test_classes_by_name_and_by_number():
    x = column("x", [1.0, 2.0, 3.0])
    by_name = encoded(Table((x, column("y", ["no", "yes", "maybe"], "target")))).dataset
    assert by_name.class_names == ("maybe", "no", "yes") and by_name.labels.tolist() == [1, 2, 0]
    by_number = encoded(Table((x, column("y", [10.0, 9.0, 10.0], "target", entry="classes")))).dataset
    assert by_number.class_names == ("9", "10") and by_number.labels.tolist() == [1, 0, 1]
    assert (by_number.task, by_number.outputs) == ("classes", 1)


@pytest.mark.parametrize("only", [0.0, 1.0])
def test_a_single_row_of_class_0_or_1_is_one_of_two_classes(only):
    made = Table((column("x", [1.0]), column("y", [only], "target", entry="classes")))
    dataset = encoded(made).dataset
    assert dataset.class_names == ("0", "1") and dataset.targets(1).tolist() == [[only]]


def test_one_hot_columns_are_classes_with_their_names():
    cells = np.eye(3)[[2, 0, 1, 2]]
    targets = (column(name, cells[:, k].tolist(), "target", entry="classes") for k, name in enumerate("abc"))
    dataset = encoded(Table((column("x", [1.0] * 4), *targets))).dataset
    assert dataset.class_names == ("a", "b", "c") and dataset.labels.tolist() == [2, 0, 1, 2]


def test_an_autoencoder_has_its_inputs_again_as_targets():
    made = Table((column("a", SIZES, entry="0..1", missing="mean"), values()), autoencoder=True)
    dataset = encoded(made).dataset
    assert dataset.task == "regression" and np.array_equal(dataset.targets(1), dataset.x)
    assert dataset.target_names == ("a",)
    assert dataset.target_mean is dataset.mean
    assert not encoded(Table((column("a", SIZES, missing="mean"),), autoencoder=True)).dataset.problem


def test_labels_of_minus_1_and_1():
    made = Table((column("x", [1.0, 2.0]), column("y", ["a", "b"], "target")))
    assert make_dataset(Data("table", table=made, labels="-1/1")).targets(1).tolist() == [[-1, 1]]
    assert make_dataset(Data("table", table=made)).targets(1).tolist() == [[0, 1]]


# -- what cannot be used -------------------------------------------------------------------------------


def test_a_table_that_cannot_be_used_says_why():
    x, y = column("x", [1.0, 2.0]), column("y", [0.5, 1.5], "target")
    many = [f"t{k}" for k in range(101)]
    wide = (column(f"w{k}", many, entry="one-hot") for k in range(2))
    assert "no input" in problem(y)
    assert "no target" in problem(x)
    assert "has no rows" in problem(column("x", []), column("y", [], "target"))
    assert "No row of the table can be used" in problem(x, y, parts="--")
    assert "No row of the table is for training" in problem(x, y, parts="e-")
    assert "“a” is the only class in column “y”" in problem(x, column("y", ["a", "a"], "target"))
    assert "“c” is a class, others are values" in problem(x, y, column("c", ["a", "b"], "target"))
    assert "has no value in any training row" in problem(
        column("x", ["", 2.0], missing="mean"), y, parts="te"
    )
    assert "101 different values; at most 100 can enter one-hot" in problem(*wide, values(rows=101))
    assert "at most 100 classes" in problem(column("x", [1.0] * 101), column("y", many, "target"))
    assert "3 different values, so it cannot enter as 0 and 1" in problem(
        column("s", ["a", "b", "c"], entry="0/1"), values(rows=3)
    )
    classes = {"role": "target", "entry": "classes"}
    assert "“b” holds “2”" in problem(
        x, column("a", [0.0, 1.0], **classes), column("b", [1.0, 2.0], **classes)
    )
    assert "Row 2: 2 of the target columns are 1" in problem(
        x, column("a", [0.0, 1.0], **classes), column("b", [1.0, 1.0], **classes)
    )
    some = [f"t{k % 99}" for k in range(99)]
    assert "more than 1024 inputs" in problem(*(column(f"w{k}", some) for k in range(11)), values(rows=99))


# -- parts ---------------------------------------------------------------------------------------------


def long(split: Split, **fields: object) -> Table:
    classes = ["a"] * 60 + ["b"] * 30 + ["c"] * 10
    return Table(
        (column("x", [*map(float, range(100))]), column("y", classes, "target")), split=split, **fields
    )


def test_a_share_is_drawn_with_the_same_mix_of_classes_by_its_seed():
    made = encoded(long(Split("share", 0.3)))
    counts = np.bincount(made.dataset.labels[made.dataset.test])
    assert counts.tolist() == [18, 9, 3] and made.dataset.train.size == 70
    assert np.array_equal(encoded(long(Split("share", 0.3))).parts, made.parts)
    assert not np.array_equal(encoded(long(Split("share", 0.3, seed=2))).parts, made.parts)
    drawn = {
        tuple(np.bincount(made.labels[made.test], minlength=3))
        for made in (
            encoded(long(Split("share", 0.3, seed=seed, same_mix=False))).dataset for seed in range(8)
        )
    }
    assert len(drawn) > 1 and all(sum(counts) == 30 for counts in drawn)


def test_the_last_rows_or_those_that_a_column_names_are_for_testing():
    assert encoded(long(Split("order", 0.25))).dataset.test.tolist() == [*range(75, 100)]
    assert encoded(long(Split("column", column="y", test="b"))).dataset.test.tolist() == [*range(60, 90)]
    assert encoded(long(Split("column", column="x", test="7"))).dataset.test.tolist() == [7]
    left = encoded(long(Split("order", 0.5), parts="-" * 50 + "t" * 50))
    assert left.dataset.train.size == left.dataset.test.size == 25 and (left.parts[:50] == LEFT_OUT).all()


def test_parts_by_hand():
    made = encoded(long(Split(), parts="t" * 98 + "e-"))
    assert (made.parts[97:] == [TRAIN, TEST, LEFT_OUT]).all() and made.samples[98:].tolist() == [98, -1]


# -- against another library ---------------------------------------------------------------------------


@pytest.mark.oracle
@pytest.mark.parametrize("entry", ["standardized", "0..1", "-1..1"])
def test_scaling_agrees_with_scikit_learn(entry):
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    numbers = np.random.default_rng(3).normal(7, 30, 80)
    made = Table((column("x", numbers.tolist(), entry=entry), values(rows=80)), parts="te" * 40)
    scaler = {
        "standardized": preprocessing.StandardScaler(),
        "0..1": preprocessing.MinMaxScaler(),
        "-1..1": preprocessing.MinMaxScaler((-1, 1)),
    }[entry]
    scaler.fit(numbers[::2, None])
    assert np.allclose(
        encoded(made).dataset.x[0], scaler.transform(numbers[:, None])[:, 0], rtol=0, atol=1e-12
    )


@pytest.mark.oracle
def test_one_hot_and_filling_agree_with_scikit_learn():
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    impute = pytest.importorskip("sklearn.impute")
    made = Table(
        (
            column("colour", COLOURS, missing="most frequent"),
            column("size", SIZES, missing="mean"),
            values(),
        ),
        parts="tttete",
    )
    train = [0, 1, 2, 4]
    colours = np.array([[colour or None] for colour in COLOURS], object)
    filled = impute.SimpleImputer(missing_values=None, strategy="most_frequent").fit(colours[train])
    filled = filled.transform(colours)
    one_hot = preprocessing.OneHotEncoder(sparse_output=False).fit(filled).transform(filled)
    sizes = np.array([[size or np.nan] for size in SIZES], float)
    means = impute.SimpleImputer().fit(sizes[train]).transform(sizes)
    assert np.allclose(encoded(made).dataset.x.T, np.hstack([one_hot, means]))


def test_marks_of_missing_cells_may_be_numbers():
    marked = (*MISSING_MARKS, "-999", "9,9")
    sizes = column("size", [1.0, -999.0, 3.0, "−999.0"], missing="mean", type="number", entry="unscaled")
    kinds = column("kind", [1.0, -999.0, 1.0, 2.0], entry="one-hot", missing="most frequent")
    made = encoded(Table((sizes, kinds, values(rows=4)), missing_marks=marked))
    assert made.dataset.x[0].tolist() == [1, 2, 3, 2]
    assert made.dataset.feature_names == ("size", "kind = 1", "kind = 2")
    assert [encoded_column.missing for encoded_column in made.columns] == [2, 1, 0] and not made.faults
    assert encoded(Table((sizes, values(rows=4)))).dataset.x.min() == -999, "without the mark a number"
    target = column("y", [1.0, -999.0, 2.0], "target")
    left = encoded(Table((column("x", [1.0, 2.0, 3.0]), target), missing_marks=marked))
    assert left.parts.tolist() == [TRAIN, LEFT_OUT, TRAIN]


@pytest.mark.parametrize(
    ("entry", "said"), [("unscaled", ""), ("standardized", "0 is the mean"), ("0..1", "Scaled, by numbers")]
)
def test_how_inputs_are_scaled_is_told_as_it_is(entry: str, said: str):
    plain = column("plain", [5.0, 6.0, 9.0])
    dataset = encoded(Table((column("x", [1.0, 2.0, 6.0], entry=entry), plain, values(rows=3)))).dataset
    assert said in dataset.scaling_sentence() and bool(dataset.scaling_sentence()) == bool(said)
    assert dataset.scaling_sentence(0) == dataset.scaling_sentence() and not dataset.scaling_sentence(1)
    assert (dataset.mean is None) == (not said)
    assert dataset.measured(2).tolist() == pytest.approx([6, 9])


def test_a_single_row_of_a_class_is_told_as_one_of_two():
    target = column("t", [1.0], "target", entry="classes")
    assert encoded(Table((column("x", [2.0]), target))).columns[1].categories == ("0", "1")
