"""The samples table: the core's losses, the worst first, followed and selected."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from core.analysis.sample_losses import sample_losses
from core.nn.passes import evaluate
from core.number_style import value_text
from gui.selection import Selection
from gui.theme.theme import DARK
from gui.views.samples_table import LOSS, NUMBER, OUTPUT, SET, TARGET, VERDICT, SamplesTable
from tests.gui.scenes import Scene, scene, tell


@pytest.fixture
def table(qtbot: QtBot) -> SamplesTable:
    made = SamplesTable()
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def _cell(table: SamplesTable, row: int, column: int, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return table.rows.index(row, column).data(role)


def _alone(told: Scene, sample: int):
    y = told.dataset.targets(told.network.n[-1])[:, [sample]]
    return evaluate(told.network, told.snapshot.theta, told.dataset.x[:, [sample]], y)


@pytest.mark.parametrize("source", ["xor", "iris", "sine"])
def test_every_number_is_a_pass_of_that_sample(table: SamplesTable, source: str) -> None:
    told = scene(source)
    tell(table, told)
    dataset = told.dataset
    count = dataset.x.shape[1]
    assert table.rows.rowCount() == count
    assert sorted(int(str(_cell(table, row, NUMBER))) for row in range(count)) == list(range(1, count + 1))
    for row in (0, 1, count // 2, count - 1):
        k = int(str(_cell(table, row, NUMBER))) - 1
        alone = _alone(told, k)
        assert _cell(table, row, LOSS) == value_text(alone.J)
        assert _cell(table, row, SET) == ("train" if k in dataset.train else "test")
        o = alone.a[-1][:, 0]
        output = str(_cell(table, row, OUTPUT))
        if dataset.task == "regression":
            assert output == value_text(o[0]) and _cell(table, row, TARGET) == value_text(
                dataset.labels[0, k]
            )
            continue
        decided = int(o[0] > 0.5) if o.size == 1 else int(o.argmax())
        assert _cell(table, row, TARGET) == dataset.class_names[dataset.labels[k]]
        assert (
            output == value_text(o[0])
            if o.size == 1
            else output == f"{value_text(o.max())} ({dataset.class_names[decided]})"
        )
        assert _cell(table, row, VERDICT) == ("✓" if decided == dataset.labels[k] else "✗")
        spoken = _cell(table, row, VERDICT, Qt.ItemDataRole.AccessibleTextRole)
        assert spoken == ("right" if decided == dataset.labels[k] else "wrong")
    assert table.view.isColumnHidden(VERDICT) == (dataset.task == "regression")
    table.grab()


def test_the_worst_are_first(table: SamplesTable) -> None:
    told = scene()
    tell(table, told)
    losses = sample_losses(told.network, told.snapshot.theta, told.dataset)
    assert (np.diff(losses.loss[table.rows.order]) <= 0).all()
    assert losses.right is not None
    assert table.line.text() == f"{int((~losses.right).sum())} of 200 wrong"


def test_one_set_or_all(table: SamplesTable, qtbot: QtBot) -> None:
    told = scene()
    tell(table, told)
    for k, samples in enumerate((told.dataset.train, told.dataset.test)):
        qtbot.mouseClick(table.parts._group.button(k), Qt.MouseButton.LeftButton)
        assert sorted(table.rows.order) == sorted(samples)
        assert {_cell(table, row, SET) for row in range(samples.size)} == {("train", "test")[k]}


def test_clicking_a_row_selects_its_sample(table: SamplesTable, qtbot: QtBot) -> None:
    tell(table, scene())
    place: QPoint = table.view.visualRect(table.rows.index(2, LOSS)).center()
    seen: list[Selection] = []
    table.select_requested.connect(seen.append)
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert set(seen) == {Selection(sample=int(table.rows.order[2]))}
    table.show_selection(seen[0])
    qtbot.keyClick(table.view, Qt.Key.Key_Down)
    assert seen[-1] == Selection(sample=int(table.rows.order[3]))


def test_the_selected_sample_is_marked_and_followed(table: SamplesTable, qtbot: QtBot) -> None:
    told = scene()
    tell(table, told)
    sample = int(table.rows.order[120])
    with qtbot.assertNotEmitted(table.select_requested):
        table.show_selection(Selection(sample=sample))
        assert table.view.currentIndex().row() == 120
        assert table.view.viewport().rect().contains(table.view.visualRect(table.view.currentIndex()))
        told.trainer.run(30)
        table.show_snapshot(told.snapshot)
    row = table.view.selectionModel().selectedRows()[0].row()
    assert table.rows.order[row] == sample
    table.show_selection(Selection())
    assert not table.view.selectionModel().hasSelection()


def test_every_moment_shown_is_written(table: SamplesTable) -> None:
    told = scene()
    tell(table, told)
    for _ in range(20):
        told.trainer.run(1)
        table.show_snapshot(told.snapshot)
        assert _cell(table, 0, LOSS) == value_text(_alone(told, int(table.rows.order[0])).J)


def test_hidden_it_computes_nothing(table: SamplesTable) -> None:
    told = scene()
    tell(table, told)
    before = _cell(table, 0, LOSS)
    table.hide()
    told.trainer.run(40)
    table.show_snapshot(told.snapshot)
    assert _cell(table, 0, LOSS) == before
    table.show()
    assert _cell(table, 0, LOSS) == value_text(_alone(told, int(table.rows.order[0])).J)


def test_other_data(table: SamplesTable) -> None:
    tell(table, scene(), Selection(sample=180))
    tell(table, scene("iris", (3,)), Selection(sample=180), DARK)
    assert table.rows.rowCount() == 150 and not table.view.selectionModel().hasSelection()
    table.resize(300, 420)
    table.grab()
    header = table.view.horizontalHeader()
    assert header.length() <= table.view.viewport().width()
    texts = [header.model().headerData(c, Qt.Orientation.Horizontal) for c in range(6)]
    assert texts == ["#", "set", "class", "output", "loss", ""]
    tips = [
        header.model().headerData(c, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) for c in range(6)
    ]
    assert all(tips)


def test_infinite_losses_are_the_worst(table: SamplesTable) -> None:
    from dataclasses import replace

    told = scene()
    tell(table, told)
    nothing = told.snapshot.theta * np.nan
    table.show_snapshot(replace(told.snapshot, theta=nothing, before=nothing))
    assert _cell(table, 0, LOSS) == "NaN"
    table.grab()
