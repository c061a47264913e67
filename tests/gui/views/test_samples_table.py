"""The samples table: the core's losses and the features, sorted, chosen, followed and selected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from core.analysis.sample_losses import sample_losses
from core.data.datasets import make_dataset
from core.nn.design import Data
from core.nn.passes import evaluate
from core.number_style import value_text
from gui.selection import Selection
from gui.theme.theme import DARK
from gui.views.samples_table import FEATURES, LOSS, NUMBER, OUTPUT, SET, TARGET, VERDICT, SamplesTable
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


def _choose(table: SamplesTable, qtbot: QtBot, part: str) -> None:
    button = table.parts._group.button(table.parts.choices.index(part))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def _click_header(table: SamplesTable, qtbot: QtBot, column: int, *, shift: bool = False) -> None:
    header = table.view.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(column) + 5, header.height() // 2)
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, keys, at)


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
    for part, samples in (("train", told.dataset.train), ("test", told.dataset.test)):
        _choose(table, qtbot, part)
        assert sorted(table.rows.order) == sorted(samples)
        assert {_cell(table, row, SET) for row in range(samples.size)} == {part}


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
    header = table.view.horizontalHeader()
    texts = [header.model().headerData(c, Qt.Orientation.Horizontal) for c in range(header.count())]
    names = make_dataset(Data(source="iris")).feature_names
    assert texts == ["#", "set", "class", "loss ▾", "", "output", *names]
    tips = [
        header.model().headerData(c, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        for c in range(header.count())
    ]
    assert all(tips)


@pytest.mark.parametrize("source", ["iris", "sine", "digits", "breast-cancer"])
def test_no_number_and_no_name_is_cut_in_a_narrow_dock(table: SamplesTable, source: str) -> None:
    told = scene(source, (3,))
    tell(table, told)
    table.resize(220, 300)
    metrics, header = QFontMetrics(table.view.font()), table.view.horizontalHeader()
    for theta in (told.snapshot.theta, -97.3 * told.snapshot.theta):
        table.show_snapshot(replace(told.snapshot, theta=theta, before=theta))
        for column in range(header.count()):
            if table.view.isColumnHidden(column):
                continue
            assert header.sectionSize(column) >= header.sectionSizeHint(column)
            texts = [str(_cell(table, row, column)) for row in range(min(150, table.rows.rowCount()))]
            assert max(map(metrics.horizontalAdvance, texts)) < header.sectionSize(column)
    table.grab()


def test_features_are_told_in_their_own_unit_and_exactly(table: SamplesTable) -> None:
    told = scene("iris", (3,))
    tell(table, told)
    for row in range(5):
        sample = int(table.rows.order[row])
        for j, value in enumerate(told.dataset.measured(sample)):
            assert _cell(table, row, FEATURES + j) == value_text(value)
            tip = str(_cell(table, row, FEATURES + j, Qt.ItemDataRole.ToolTipRole))
            assert float(tip.replace("−", "-")) == value
        loss = str(_cell(table, row, LOSS, Qt.ItemDataRole.ToolTipRole))
        losses = sample_losses(told.network, told.snapshot.shown_theta, told.dataset)
        assert float(loss.replace("−", "-")) == losses.loss[sample]


def test_a_click_on_a_header_sorts_and_another_turns_it_round(table: SamplesTable, qtbot: QtBot) -> None:
    told = scene("iris", (3,))
    tell(table, told)
    table.resize(1400, 300)
    x = told.dataset.x[2]
    _click_header(table, qtbot, FEATURES + 2)
    assert (np.diff(x[table.rows.order]) >= 0).all()
    _click_header(table, qtbot, FEATURES + 2)
    assert (np.diff(x[table.rows.order]) <= 0).all()
    _click_header(table, qtbot, LOSS)
    losses = sample_losses(told.network, told.snapshot.shown_theta, told.dataset)
    assert (np.diff(losses.loss[table.rows.order]) <= 0).all()


def test_shift_and_a_click_sorts_equal_ones_by_another_column(table: SamplesTable, qtbot: QtBot) -> None:
    told = scene("iris", (3,))
    tell(table, told)
    table.resize(1400, 300)
    _click_header(table, qtbot, TARGET)
    _click_header(table, qtbot, FEATURES, shift=True)
    _click_header(table, qtbot, FEATURES, shift=True)
    order = table.rows.order
    by_hand = sorted(
        range(150), key=lambda k: (told.dataset.labels[k], -told.dataset.x[0, k], k)
    )  # class rising, first feature falling, then by number
    assert order.tolist() == by_hand
    titles = [table.rows.headerData(c, Qt.Orientation.Horizontal) for c in (TARGET, FEATURES)]
    assert titles == ["class ▴¹", f"{told.dataset.feature_names[0]} ▾²"]


def test_misread_samples_alone(table: SamplesTable, qtbot: QtBot) -> None:
    told = scene()
    tell(table, told)
    losses = sample_losses(told.network, told.snapshot.shown_theta, told.dataset)
    _choose(table, qtbot, "misread")
    assert losses.right is not None
    assert sorted(table.rows.order) == np.flatnonzero(~losses.right).tolist() != []
    tell(table, scene("sine"))
    assert table.rows.rowCount() == 200
    assert not table.parts._group.button(table.parts.choices.index("misread")).isEnabled()


def test_while_training_goes_on_samples_keep_their_places_until_a_header_is_clicked(
    table: SamplesTable, qtbot: QtBot
) -> None:
    told = scene()
    tell(table, told)
    before = table.rows.order.copy()
    table.show_running(True)
    told.trainer.run(200)
    table.show_snapshot(told.snapshot)
    losses = sample_losses(told.network, told.snapshot.shown_theta, told.dataset)
    assert (table.rows.order == before).all()
    assert _cell(table, 0, LOSS) == value_text(float(losses.loss[before[0]]))
    _click_header(table, qtbot, LOSS)
    assert (np.diff(losses.loss[table.rows.order]) <= 0).all()
    told.trainer.run(200)
    table.show_snapshot(told.snapshot)
    losses = sample_losses(told.network, told.snapshot.shown_theta, told.dataset)
    assert (np.diff(losses.loss[table.rows.order]) > 0).any()
    table.show_running(False)
    assert (np.diff(losses.loss[table.rows.order]) <= 0).all()


def test_infinite_losses_are_the_worst(table: SamplesTable) -> None:
    told = scene()
    tell(table, told)
    nothing = told.snapshot.theta * np.nan
    table.show_snapshot(replace(told.snapshot, theta=nothing, before=nothing))
    assert _cell(table, 0, LOSS) == "NaN"
    table.grab()
