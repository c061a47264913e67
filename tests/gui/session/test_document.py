from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from core.data.ready_tables import READY_TABLES
from core.data.table import Table
from core.data.table_edits import change_columns, delete_columns, insert_rows, move_column, paste, set_cells
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import CategoricalCrossEntropy
from gui.session.document import Document

XOR = Design("XOR", layers=(Dense(4), Dense(1, "sigmoid")))


def heard(document: Document) -> list[tuple]:
    """Return a list to which the signals of a document are appended, in their order."""
    calls: list[tuple] = []
    document.design_changed.connect(lambda design, found: calls.append(("design", design, found)))
    document.network_changed.connect(lambda network, dataset: calls.append(("network", network, dataset)))
    document.learning_rate_changed.connect(lambda value: calls.append(("rate", value)))
    document.data_changed.connect(lambda sentence: calls.append(("data", sentence)))
    return calls


def with_training(design: Design, **fields) -> Design:
    return replace(design, training=replace(design.training, **fields))


def wider(design: Design, neurons: int = 6) -> Design:
    return replace(design, layers=(Dense(neurons), design.layers[-1]))


def test_an_edit_is_one_step_and_tells_design_then_network(qtbot: QtBot) -> None:
    document = Document(XOR)
    calls = heard(document)
    document.edit(wider(XOR), "Add neurons")
    assert [call[0] for call in calls] == ["design", "network"]
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "Add neurons"
    assert document.network.n == (2, 6, 1)
    assert document.modified


def test_undo_and_redo_bring_the_design_back(qtbot: QtBot) -> None:
    document = Document(XOR)
    document.edit(wider(XOR), "Add neurons")
    document.undo_stack.undo()
    assert document.design == XOR
    assert document.network.n == (2, 4, 1)
    assert not document.modified
    document.undo_stack.redo()
    assert document.design == wider(XOR)


def test_an_edit_to_the_same_design_is_none(qtbot: QtBot) -> None:
    document = Document(XOR)
    document.edit(wider(XOR, 4), "Nothing")
    assert document.undo_stack.count() == 0


def test_a_broken_design_stays_but_the_last_network_lives_on(qtbot: QtBot) -> None:
    document = Document(XOR)
    network = document.network
    calls = heard(document)
    broken = replace(XOR, layers=(Dense(4), Dense(1, "softmax")))
    document.edit(broken, "Softmax")
    assert [call[0] for call in calls] == ["design"]
    assert document.design == broken
    assert document.problems[0].where == "layers[1].activation"
    assert document.network is network
    document.fit()
    assert not document.problems
    assert document.network.layers[-1].activations == ("sigmoid",)


def test_values_out_of_range_are_named_and_no_sample_is_drawn(qtbot: QtBot) -> None:
    document = Document(XOR)
    document.edit(replace(XOR, data=replace(XOR.data, samples=10**9)), "Samples")
    assert [problem.where for problem in document.problems] == ["data.samples"]
    document.undo_stack.undo()
    assert not document.problems


def test_a_learning_rate_alone_changes_no_network(qtbot: QtBot) -> None:
    document = Document(XOR)
    network = document.network
    calls = heard(document)
    document.edit(with_training(XOR, learning_rate=0.5), "Learning rate")
    assert [call[0] for call in calls] == ["design", "rate"]
    assert calls[-1] == ("rate", 0.5)
    assert document.network is network
    document.undo_stack.undo()
    assert calls[-1] == ("rate", XOR.training.learning_rate)


def test_a_title_changes_no_network(qtbot: QtBot) -> None:
    document = Document(XOR)
    network = document.network
    document.edit(replace(XOR, title="Mine"), "Title")
    assert document.network is network


def test_weights_are_kept_unless_others_are_asked_for(qtbot: QtBot) -> None:
    document = Document(XOR)
    document.edit(wider(XOR), "Add neurons")
    assert document.keeps_weights
    document.edit(replace(document.design, layers=(Dense(6), Dense(2), XOR.layers[-1])), "Add layer")
    assert document.keeps_weights
    document.new_weights()
    assert not document.keeps_weights
    assert document.design.training.seed == XOR.training.seed + 1
    he = replace(document.design.layers[0], initializer="he")
    document.edit(replace(document.design, layers=(he, *document.design.layers[1:])), "Initializer")
    assert not document.keeps_weights
    document.new_data()
    assert document.keeps_weights
    assert document.design.data.seed == XOR.data.seed + 1


def test_other_data_brings_its_output_and_loss_in_the_same_step(qtbot: QtBot) -> None:
    document = Document(XOR)
    calls = heard(document)
    document.edit(replace(XOR, data=Data(source="blobs", classes=3)), "Blobs")
    assert document.design.layers == (Dense(4), Dense(3, "softmax"))
    assert document.design.training.loss == CategoricalCrossEntropy()
    assert any(call[0] == "data" and "softmax" in call[1] for call in calls)
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.design == XOR


def test_other_data_of_the_same_task_leaves_the_network_alone(qtbot: QtBot) -> None:
    document = Document(XOR)
    document.edit(replace(XOR, data=Data(source="circles")), "Circles")
    assert document.design.layers == XOR.layers
    assert document.design.training == XOR.training


def test_begin_forgets_history_and_saved_marks_clean(qtbot: QtBot, tmp_path) -> None:
    document = Document(XOR)
    document.edit(wider(XOR), "Add neurons")
    document.saved(tmp_path / "a.glassnet")
    assert not document.modified
    document.undo_stack.undo()
    assert document.modified
    document.begin(replace(XOR, training=Training(batch_size=5)))
    assert document.undo_stack.count() == 0
    assert document.path is None
    assert not document.modified
    assert not document.keeps_weights


def on_table(table: Table) -> Design:
    return replace(XOR, data=Data("table", table=table), training=replace(XOR.training, batch_size=4))


def test_edits_of_a_table_are_steps_and_the_network_follows_its_columns(qtbot: QtBot) -> None:
    document = Document(on_table(READY_TABLES["XOR"]))
    table = set_cells(READY_TABLES["XOR"], {(0, 0): 0.5})
    document.edit(replace(document.design, data=Data("table", table=table)), "Set cell")
    assert document.dataset.x[0, 0] == 0.5
    assert document.keeps_weights and not document.keeps_run
    wider = change_columns(paste(table, 0, 3, [[1.0], [2.0], [3.0], [4.0]]), [3], name="z")
    document.edit(replace(document.design, data=Data("table", table=wider)), "Paste")
    assert document.network.n == (3, 4, 1) and document.dataset.feature_names == ("x1", "x2", "z")
    three = set_cells(wider, {(3, 2): 2.0})
    document.edit(replace(document.design, data=Data("table", table=three)), "Set cell")
    assert document.network.n == (3, 4, 3) and document.network.layers[-1].activations == ("softmax",) * 3
    for _ in range(3):
        document.undo_stack.undo()
    assert document.design == on_table(READY_TABLES["XOR"]) and document.network.n == (2, 4, 1)


def test_weights_follow_the_columns_of_a_table_by_name(qtbot: QtBot) -> None:
    wide = change_columns(paste(READY_TABLES["XOR"], 0, 3, [[1.0, 5.0]] * 4), [3, 4], type="number")
    document = Document(on_table(wide))
    before, theta = document.network, document.network.initial(9)

    def rows_after(table: Table) -> list[list[float]]:
        document.edit(replace(document.design, data=Data("table", table=table)), "Columns")
        rows = document.network.W(document.network.keep(before, theta), 1).tolist()
        document.undo_stack.undo()
        return rows

    x1, x2, x4, x5 = before.W(theta, 1).tolist()
    assert rows_after(change_columns(wide, [1], role="ignored")) == [x1, x4, x5]
    assert rows_after(delete_columns(wide, [0, 3])) == [x2, x5]
    assert rows_after(move_column(wide, 0, 4)) == [x2, x4, x5, x1]
    assert rows_after(change_columns(wide, [0], name="renamed")) == [x1, x2, x4, x5]
    assert rows_after(insert_rows(wide, 4)) == [x1, x2, x4, x5]


def test_a_table_that_cannot_be_used_says_why_and_the_last_network_lives_on(qtbot: QtBot) -> None:
    document = Document(on_table(READY_TABLES["AND"]))
    network, dataset = document.network, document.dataset
    without = change_columns(READY_TABLES["AND"], [2], role="ignored")
    document.edit(replace(document.design, data=Data("table", table=without)), "Ignore column")
    (problem,) = document.problems
    assert problem.where == "data.table" and "no target" in problem.why
    assert document.network is network and document.dataset is dataset
    document.edit(replace(document.design, data=Data("table", table=READY_TABLES["OR"])), "OR")
    assert not document.problems and document.dataset.labels.tolist() == [0, 1, 1, 1]


def test_a_table_is_kept_while_other_data_are_shown(qtbot: QtBot) -> None:
    document = Document(on_table(READY_TABLES["AND"]))
    document.edit(replace(document.design, data=replace(document.design.data, source="moons")), "Data: Moons")
    assert document.dataset.name == "moons"
    document.edit(replace(document.design, data=replace(document.design.data, source="table")), "Table")
    assert document.dataset.name == "AND"
