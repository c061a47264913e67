"""The table: every row with its features, target and loss; sorted, chosen, searched, copied and sent on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from pytestqt.qtbot import QtBot

from core.analysis.sample_losses import sample_losses
from core.data.datasets import make_dataset
from core.nn.design import Data
from core.nn.passes import evaluate
from core.number_style import value_text
from gui.selection import Selection
from gui.theme.theme import DARK
from gui.views.table.contents import Holds
from gui.views.table.view import DataTable
from tests.gui.scenes import Scene, scene, tell


@pytest.fixture
def table(qtbot: QtBot) -> DataTable:
    made = DataTable()
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


FEATURES, TARGET = "features", "target"


def _place(table: DataTable, kind: Holds | str, at: int = 0) -> int:
    """Return the place of a column: of a kind, of a feature, or of the first target."""
    contents = table.contents
    assert contents is not None
    if kind == FEATURES:
        return table.rows.column_of(Holds.DATA, at)
    if kind == TARGET:
        return table.rows.column_of(Holds.DATA, contents.dataset.features + at)
    assert isinstance(kind, Holds)
    return table.rows.column_of(kind, at)


def _cell(
    table: DataTable, row: int, kind: Holds | str, at: int = 0, role: int = Qt.ItemDataRole.DisplayRole
) -> object:
    return table.rows.index(row, _place(table, kind, at)).data(role)


def _choose(table: DataTable, qtbot: QtBot, part: str) -> None:
    button = table.parts._group.button(table.parts.choices.index(part))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def _click_header(
    table: DataTable, qtbot: QtBot, kind: Holds | str, at_: int = 0, *, shift: bool = False
) -> None:
    header, column = table.grid.horizontalHeader(), _place(table, kind, at_)
    at = QPoint(header.sectionViewportPosition(column) + 8, header.height() // 3)
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, keys, at)


def _alone(told: Scene, sample: int):
    y = told.dataset.targets(told.network.n[-1])[:, [sample]]
    return evaluate(told.network, told.snapshot.theta, told.dataset.x[:, [sample]], y)


@pytest.mark.parametrize("source", ["xor", "iris", "sine", "circle"])
def test_every_number_is_a_pass_of_that_sample(table: DataTable, source: str) -> None:
    told = scene(source)
    tell(table, told)
    dataset = told.dataset
    count = dataset.x.shape[1]
    assert table.rows.rowCount() == count
    numbers = [int(str(_cell(table, row, Holds.NUMBER))) for row in range(count)]
    assert sorted(numbers) == list(range(1, count + 1))
    for row in (0, 1, count // 2, count - 1):
        k = numbers[row] - 1
        alone = _alone(told, k)
        assert _cell(table, row, Holds.LOSS) == value_text(alone.J)
        assert _cell(table, row, Holds.PART) == ("train" if k in dataset.train else "test")
        o = alone.a[-1][:, 0]
        if dataset.task == "regression":
            for j, value in enumerate(o):
                assert _cell(table, row, Holds.OUTPUT, j) == value_text(value)
                assert _cell(table, row, TARGET, j) == value_text(dataset.labels[j, k])
                if o.size > 1:  # mean squared error: the mean over the outputs
                    term = (value - dataset.labels[j, k]) ** 2 / o.size
                    assert _cell(table, row, Holds.TERM, j) == value_text(term)
            continue
        decided, named = int(o[0] > 0.5) if o.size == 1 else int(o.argmax()), dataset.labels[k]
        assert _cell(table, row, TARGET) == dataset.class_names[named]
        assert _cell(table, row, Holds.OUTPUT) == value_text(o[0] if o.size == 1 else o[named])
        assert _cell(table, row, Holds.DECIDED) == dataset.class_names[decided]
        colour = _cell(table, row, Holds.DECIDED, role=Qt.ItemDataRole.ForegroundRole)
        assert (colour == table.rows.theme.error) == (decided != named)
        spoken = _cell(table, row, Holds.DECIDED, role=Qt.ItemDataRole.AccessibleTextRole)
        assert (spoken is not None) == (decided != named)
    table.grab()


def test_the_worst_are_first(table: DataTable) -> None:
    told = scene()
    tell(table, told)
    losses = sample_losses(told.network, told.snapshot.theta, told.dataset)
    assert (np.diff(losses.loss[table.rows.order]) <= 0).all()
    assert losses.right is not None
    assert table.parts._group.button(3).text() == f"Misread {int((~losses.right).sum())}"
    for part, text in ((told.dataset.train, "140 train rows"), (told.dataset.test, "60 test rows")):
        assert f"{text}: <b>{value_text(losses.loss[part].mean())}</b>" in table.means.text()


def test_one_set_or_all(table: DataTable, qtbot: QtBot) -> None:
    told = scene()
    tell(table, told)
    for part, samples in (("train", told.dataset.train), ("test", told.dataset.test)):
        _choose(table, qtbot, part)
        assert sorted(table.rows.order) == sorted(samples)
        assert {_cell(table, row, Holds.PART) for row in range(samples.size)} == {part}


def test_clicking_a_row_selects_its_sample(table: DataTable, qtbot: QtBot) -> None:
    tell(table, scene())
    place: QPoint = table.grid.visualRect(table.rows.index(2, 0)).center()
    seen: list[Selection] = []
    table.select_requested.connect(seen.append)
    qtbot.mouseClick(table.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert set(seen) == {Selection(sample=int(table.rows.order[2]))}
    table.show_selection(seen[0])
    qtbot.keyClick(table.grid, Qt.Key.Key_Down)
    assert seen[-1] == Selection(sample=int(table.rows.order[3]))


def test_the_selected_sample_is_marked_and_followed(table: DataTable, qtbot: QtBot) -> None:
    told = scene()
    tell(table, told)
    sample = int(table.rows.order[120])
    with qtbot.assertNotEmitted(table.select_requested):
        table.show_selection(Selection(sample=sample))
        assert table.grid.currentIndex().row() == 120
        assert table.grid.viewport().rect().contains(table.grid.visualRect(table.grid.currentIndex()))
        told.trainer.run(30)
        table.show_snapshot(told.snapshot)
    row = table.grid.selectionModel().selectedRows()[0].row()
    assert table.rows.order[row] == sample
    table.show_selection(Selection())
    assert not table.grid.selectionModel().hasSelection()


def test_every_moment_shown_is_written(table: DataTable) -> None:
    told = scene()
    tell(table, told)
    for _ in range(20):
        told.trainer.run(1)
        table.show_snapshot(told.snapshot)
        assert _cell(table, 0, Holds.LOSS) == value_text(_alone(told, int(table.rows.order[0])).J)


def test_hidden_it_computes_nothing(table: DataTable) -> None:
    told = scene()
    tell(table, told)
    before = _cell(table, 0, Holds.LOSS)
    table.hide()
    told.trainer.run(40)
    table.show_snapshot(told.snapshot)
    assert _cell(table, 0, Holds.LOSS) == before
    table.show()
    assert _cell(table, 0, Holds.LOSS) == value_text(_alone(told, int(table.rows.order[0])).J)


def test_other_data(table: DataTable) -> None:
    tell(table, scene(), Selection(sample=180))
    tell(table, scene("iris", (3,)), Selection(sample=180), DARK)
    assert table.rows.rowCount() == 150 and not table.grid.selectionModel().hasSelection()
    header = table.grid.horizontalHeader()
    texts = [header.model().headerData(c, Qt.Orientation.Horizontal) for c in range(header.count())]
    names = [name.removesuffix(" (cm)") for name in make_dataset(Data(source="iris")).feature_names]
    assert texts == ["row", "part", *names, "class", "network says", "o of target", "loss ▾"]
    tips = [
        header.model().headerData(c, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        for c in range(header.count())
    ]
    assert all(tips)


@pytest.mark.parametrize("source", ["iris", "sine", "circle", "digits", "breast-cancer"])
def test_no_number_and_no_name_is_cut_in_a_narrow_dock(table: DataTable, source: str) -> None:
    told = scene(source, (3,))
    tell(table, told)
    table.resize(220, 300)
    metrics, header = QFontMetrics(table.grid.font()), table.grid.header
    for theta in (told.snapshot.theta, -97.3 * told.snapshot.theta):
        table.show_snapshot(replace(told.snapshot, theta=theta, before=theta))
        for section, column in enumerate(table.rows.columns):
            assert header.sectionSize(section) >= header.width_of(section)
            texts = [table.rows.text(row, column) for row in range(min(150, table.rows.rowCount()))]
            assert max(map(metrics.horizontalAdvance, texts)) < header.sectionSize(section)
    table.grab()


def test_features_are_told_in_their_own_unit_and_exactly(table: DataTable) -> None:
    told = scene("iris", (3,))
    tell(table, told)
    for row in range(5):
        sample = int(table.rows.order[row])
        for j, value in enumerate(told.dataset.measured(sample)):
            assert _cell(table, row, FEATURES, j) == value_text(value)
            tip = str(_cell(table, row, FEATURES, j, Qt.ItemDataRole.ToolTipRole))
            assert float(tip.replace("−", "-")) == value
        loss = str(_cell(table, row, Holds.LOSS, 0, Qt.ItemDataRole.ToolTipRole))
        losses = sample_losses(told.network, told.snapshot.shown_theta, told.dataset)
        assert float(loss.replace("−", "-")) == losses.loss[sample]


def test_a_click_on_a_header_sorts_and_another_turns_it_round(table: DataTable, qtbot: QtBot) -> None:
    told = scene("iris", (3,))
    tell(table, told)
    table.resize(1400, 300)
    x = told.dataset.x[2]
    _click_header(table, qtbot, FEATURES, 2)
    assert (np.diff(x[table.rows.order]) >= 0).all()
    _click_header(table, qtbot, FEATURES, 2)
    assert (np.diff(x[table.rows.order]) <= 0).all()
    _click_header(table, qtbot, Holds.LOSS)
    losses = sample_losses(told.network, told.snapshot.shown_theta, told.dataset)
    assert (np.diff(losses.loss[table.rows.order]) <= 0).all()


def test_shift_and_a_click_sorts_equal_ones_by_another_column(table: DataTable, qtbot: QtBot) -> None:
    told = scene("iris", (3,))
    tell(table, told)
    table.resize(1400, 300)
    _click_header(table, qtbot, TARGET)
    _click_header(table, qtbot, FEATURES, 0, shift=True)
    _click_header(table, qtbot, FEATURES, 0, shift=True)
    order = table.rows.order
    by_hand = sorted(
        range(150), key=lambda k: (told.dataset.labels[k], -told.dataset.x[0, k], k)
    )  # class rising, first feature falling, then by number
    assert order.tolist() == by_hand
    places = [_place(table, TARGET), _place(table, FEATURES)]
    titles = [table.rows.headerData(c, Qt.Orientation.Horizontal) for c in places]
    assert titles == ["class ▴¹", "sepal length ▾²"]


def test_misread_samples_alone(table: DataTable, qtbot: QtBot) -> None:
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
    table: DataTable, qtbot: QtBot
) -> None:
    told = scene()
    tell(table, told)
    before = table.rows.order.copy()
    table.show_running(True)
    told.trainer.run(200)
    table.show_snapshot(told.snapshot)
    losses = sample_losses(told.network, told.snapshot.shown_theta, told.dataset)
    assert (table.rows.order == before).all()
    assert _cell(table, 0, Holds.LOSS) == value_text(float(losses.loss[before[0]]))
    _click_header(table, qtbot, Holds.LOSS)
    assert (np.diff(losses.loss[table.rows.order]) <= 0).all()
    told.trainer.run(200)
    table.show_snapshot(told.snapshot)
    losses = sample_losses(told.network, told.snapshot.shown_theta, told.dataset)
    assert (np.diff(losses.loss[table.rows.order]) > 0).any()
    table.show_running(False)
    assert (np.diff(losses.loss[table.rows.order]) <= 0).all()


def test_infinite_losses_are_the_worst(table: DataTable) -> None:
    told = scene()
    tell(table, told)
    nothing = told.snapshot.theta * np.nan
    table.show_snapshot(replace(told.snapshot, theta=nothing, before=nothing))
    assert _cell(table, 0, Holds.LOSS) == "NaN"
    table.grab()


def _search(table: DataTable, qtbot: QtBot, text: str) -> None:
    qtbot.keyClick(table.grid, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(table.search, text)


def test_a_search_finds_words_numbers_and_rows(table: DataTable, qtbot: QtBot) -> None:
    told = scene("iris", (3,))
    tell(table, told)
    table.resize(1400, 300)
    _click_header(table, qtbot, Holds.NUMBER)
    seen: list[Selection] = []
    table.select_requested.connect(seen.append)
    _search(table, qtbot, "virgin")
    first = int(np.flatnonzero(told.dataset.labels == 2)[0])
    assert seen[-1].sample == first and table.hits.text() == "1 of 50"
    qtbot.keyClick(table.search, Qt.Key.Key_Return)
    assert seen[-1].sample == first + 1 and table.hits.text() == "2 of 50"
    qtbot.keyClick(table.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert seen[-1].sample == first
    _search(table, qtbot, "7.7")
    lengths = np.array([told.dataset.measured(k) for k in range(150)])
    hits = np.flatnonzero(np.isclose(lengths, 7.7).any(axis=1))
    assert table.hits.text().endswith(f"of {hits.size}") and seen[-1].sample in hits
    _search(table, qtbot, "135")
    assert seen[-1].sample == 134
    _search(table, qtbot, "no such")
    assert table.hits.text() == "not found" and seen[-1].sample == 134
    qtbot.keyClick(table.search, Qt.Key.Key_Escape)
    assert not table.search.isVisible()


def test_what_is_selected_is_copied_with_tabs_as_other_programs_read_it(
    table: DataTable, qtbot: QtBot
) -> None:
    told = scene("iris", (3,))
    tell(table, told)
    qtbot.mouseClick(
        table.grid.viewport(),
        Qt.MouseButton.LeftButton,
        pos=table.grid.visualRect(table.rows.index(1, 0)).center(),
    )
    qtbot.keyClick(table.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(table.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, *lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert head[0] == "row" and head[-1] == "loss"
    losses = sample_losses(told.network, told.snapshot.shown_theta, told.dataset)
    for place, cells in zip((1, 2), lines, strict=True):
        sample = int(table.rows.order[place])
        assert int(cells[0]) == sample + 1
        assert [float(cell) for cell in cells[2:6]] == told.dataset.measured(sample).tolist()
        assert float(cells[-1]) == losses.loss[sample]


def test_of_very_many_rows_those_in_sight_follow_the_training(
    table: DataTable, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.views.table.view.MANY", 100)
    told = scene()
    tell(table, told)
    table.show_running(True)
    told.trainer.run(50)
    table.show_snapshot(told.snapshot)
    after = sample_losses(told.network, told.snapshot.shown_theta, told.dataset).loss
    seen, unseen = int(table.rows.order[0]), int(table.rows.order[-1])
    assert _cell(table, 0, Holds.LOSS) == value_text(after[seen])
    assert table.rows.losses is not None and table.rows.losses.loss[unseen] != after[unseen]
    table.grid.scrollToBottom()
    assert table.rows.losses.loss[unseen] == after[unseen]
