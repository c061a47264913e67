"""The data panel: choose a dataset by its thumbnail, set its parameters, draw new samples."""

from __future__ import annotations

from typing import Literal

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from core.data.datasets import DATASETS, make_dataset
from core.data.table import Cells, Column, Entry, Table
from core.nn.design import Data, Dense, Design, Problem, Training
from core.nn.losses import MSE, Hinge, Loss
from gui.plots.dataset_thumbnails import SAMPLES, mosaic, places, some, thumbnail
from gui.theme.theme import DARK, LIGHT, sized
from gui.views.data_panel import TILE_NAME, DataPanel, picture_size
from gui.widgets.form import FeatureRow
from tests.gui.scenes import scene, scene_of, tell

LEFT = Qt.MouseButton.LeftButton
Asked = list[tuple[Design, str]]


@pytest.fixture
def panel(qtbot: QtBot) -> DataPanel:
    made = DataPanel()
    qtbot.addWidget(made)
    made.resize(230, 520)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: not made.picker._unpainted)
    return made


def _asked(panel: DataPanel) -> Asked:
    asked: Asked = []
    panel.edit_requested.connect(lambda design, text: asked.append((design, text)))
    return asked


def _click(qtbot: QtBot, panel: DataPanel, name: str) -> None:
    item = panel.picker.item(panel.picker.names.index(name))
    centre = panel.picker.visualItemRect(item).center()
    assert panel.picker.viewport().rect().contains(centre), "nothing scrolls within the panel"
    qtbot.mouseClick(panel.picker.viewport(), LEFT, pos=centre)


def test_every_set_has_a_picture_and_a_spoken_name(panel: DataPanel) -> None:
    for k, source in enumerate(DATASETS.values()):
        item = panel.picker.item(k)
        assert item.data(Qt.ItemDataRole.AccessibleTextRole) == source.symbol
        assert source.description in item.toolTip() and source.citation in item.toolTip()
        picture = item.data(Qt.ItemDataRole.DecorationRole)
        assert picture.deviceIndependentSize().toSize() == picture_size()


def test_showing_a_design_asks_for_nothing(panel: DataPanel) -> None:
    asked = _asked(panel)
    for name in DATASETS:
        panel.show_design(Design(data=Data(source=name)), ())
        assert panel.picker.currentRow() == panel.picker.names.index(name)
    assert not asked


@pytest.mark.parametrize("name", ["spiral", "digits", "sine"])
def test_a_click_picks_a_set_once(qtbot: QtBot, panel: DataPanel, name: str) -> None:
    design = scene().design
    panel.show_design(design, ())
    asked = _asked(panel)
    _click(qtbot, panel, name)
    assert asked == [
        (replace(design, data=replace(design.data, source=name)), f"Data: {DATASETS[name].symbol}")
    ]


def test_arrow_keys_pick_the_neighbour(qtbot: QtBot, panel: DataPanel) -> None:
    design = scene().design
    panel.show_design(design, ())
    asked = _asked(panel)
    qtbot.keyClick(panel.picker, Qt.Key.Key_Right)
    assert [asked_design.data.source for asked_design, _text in asked] == [panel.picker.names[1]]


def test_only_settings_that_matter_are_shown(panel: DataPanel) -> None:
    for name, source in DATASETS.items():
        panel.show_design(Design(data=Data(source=name)), ())
        shown = {field for field, row in panel.form.rows.items() if row.isVisible()}
        assert shown == set(source.settings) - {"scale"}, "another scale is rare"
        assert panel.new_data.isVisible() == ("samples" in source.settings)
        panel.show_design(Design(data=Data(source=name, scale=6)), ())
        assert panel.form.rows["scale"].isVisible() == ("scale" in source.settings)


def test_features_are_offered_for_two_coordinates(panel: DataPanel) -> None:
    for name, offered in (("circles", True), ("iris", False), ("sine", False)):
        tell(panel, scene(name, iterations=0))
        assert panel.form.rows["features"].isVisible() == offered


def _choose_feature(qtbot: QtBot, panel: DataPanel, text: str) -> None:
    """Click a feature in the menu, which stays open."""
    row = panel.form.rows["features"]
    assert isinstance(row, FeatureRow)
    menu = row.choice.menu
    menu.popup(panel.mapToGlobal(QPoint(0, 0)))
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(row.choice.usual[text]).center())
    assert menu.isVisible()
    menu.close()


def test_a_feature_is_switched_in_the_menu(qtbot: QtBot, panel: DataPanel) -> None:
    told = scene("circles", iterations=0)
    tell(panel, told)
    asked = _asked(panel)
    _choose_feature(qtbot, panel, "x1**2")
    changed, _text = asked[-1]
    assert changed.data.features == ("x1", "x2", "x1**2")
    tell(panel, scene_of(changed))
    _choose_feature(qtbot, panel, "x2")
    assert asked[-1][0].data.features == ("x1", "x1**2")


def test_a_feature_by_a_formula_is_typed_and_a_fault_is_said(qtbot: QtBot, panel: DataPanel) -> None:
    tell(panel, scene("circles", iterations=0))
    asked = _asked(panel)
    row = panel.form.rows["features"]
    assert isinstance(row, FeatureRow)
    row.choice.menu.popup(panel.mapToGlobal(QPoint(0, 0)))
    qtbot.mouseClick(row.choice.line, LEFT)
    qtbot.keyClicks(row.choice.line, "x1^2 + w")
    qtbot.keyClick(row.choice.line, Qt.Key.Key_Return)
    assert row.choice.fault.isVisible() and "column 8: w is not known here" in row.choice.fault.text()
    row.choice.line.setText("x1^2 + x2^2")
    qtbot.keyClick(row.choice.line, Qt.Key.Key_Return)
    row.choice.menu.close()
    assert [design.data.features for design, _text in asked] == [("x1", "x2", "x1^2 + x2^2")]


def test_a_formula_is_an_edit(qtbot: QtBot, panel: DataPanel) -> None:
    panel.show_design(replace(scene().design, data=Data("curve")), ())
    asked = _asked(panel)
    line = panel.form.rows["formula"].edit
    assert isinstance(line, QLineEdit) and line.placeholderText() == DATASETS["curve"].formula
    qtbot.keyClicks(line, "x^3")
    assert not asked
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert [design.data.formula for design, _text in asked] == ["x^3"]


@pytest.mark.parametrize(
    ("output", "loss", "labels", "seen"),
    [
        ("sigmoid", MSE(), "0/1", False),
        ("tanh", MSE(), "0/1", True),
        ("sigmoid", MSE(), "-1/1", True),
        ("sigmoid", Hinge(), "0/1", True),
    ],
)
def test_labels_are_asked_for_where_they_may_be_negative(
    panel: DataPanel, output: str, loss: Loss, labels: Literal["0/1", "-1/1"], seen: bool
) -> None:
    layers, training = (Dense(1, output),), Training(loss=loss)
    panel.show_design(Design(data=Data(labels=labels), layers=layers, training=training), ())
    assert panel.form.rows["labels"].isVisible() == seen


def test_new_data_is_the_next_seed(qtbot: QtBot, panel: DataPanel) -> None:
    design = Design(data=Data(seed=2**32 - 1))
    panel.show_design(design, ())
    asked = _asked(panel)
    qtbot.mouseClick(panel.new_data, LEFT)
    assert asked == [(replace(design, data=Data(seed=0)), "New data")]


def test_a_setting_is_an_edit_and_a_wrong_one_is_none(qtbot: QtBot, panel: DataPanel) -> None:
    design = scene().design
    panel.show_design(design, ())
    asked = _asked(panel)
    edit = panel.form.rows["samples"].edit
    for text in ("1", "99999", "x"):
        edit.selectAll()
        qtbot.keyClicks(edit, text)
        qtbot.keyClick(edit, Qt.Key.Key_Return)
        assert not asked and panel.form.rows["samples"].problem.isVisible()
    edit.selectAll()
    qtbot.keyClicks(edit, "50")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert [asked_design.data.samples for asked_design, _text in asked] == [50]


def test_a_problem_stands_at_its_field(panel: DataPanel) -> None:
    design = scene().design
    panel.show_design(design, (Problem("data.samples", "No sample is left."),))
    assert panel.form.rows["samples"].problem.text() == "No sample is left."


def test_the_summary_counts_the_samples(panel: DataPanel, qtbot: QtBot) -> None:
    told = scene("breast-cancer", iterations=0)
    with qtbot.waitSignal(panel.summary_changed) as said:
        tell(panel, told)
    assert said.args == [panel.summary] == ["398 train, 171 test"]
    assert (told.dataset.train.size, told.dataset.test.size) == (398, 171)
    panel.show_design(told.design, (Problem("data", "The table has no rows."),))
    assert panel.summary == ""
    panel.show_design(told.design, ())
    assert panel.summary == "398 train, 171 test"


def test_the_names_fit_their_tiles(panel: DataPanel) -> None:
    panel.resize(232, 520)
    metrics = QFontMetrics(sized("small"))
    for k in range(panel.picker.count()):
        item = panel.picker.item(k)
        assert metrics.horizontalAdvance(item.data(TILE_NAME)) <= panel.picker.visualItemRect(item).width()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("name", DATASETS)
def test_thumbnails_show_samples(qtbot: QtBot, name: str, theme: object) -> None:
    picture = thumbnail(name, theme, QSize(46, 36), 2.0)  # type: ignore[arg-type]
    assert (picture.width(), picture.height()) == (92, 72)
    image = picture.toImage()
    inner = [image.pixelColor(x, y).name() for x in range(6, 66, 2) for y in range(6, 66, 2)]
    assert len(set(inner)) > 3 and max(map(inner.count, set(inner))) < 0.98 * len(inner)


def test_places_are_within_the_picture() -> None:
    for name in DATASETS:
        dataset = make_dataset(Data(source=name, samples=SAMPLES))
        where = places(dataset)
        assert where.shape == (dataset.x.shape[1], 2) and where.min() >= 0 and where.max() <= 1
        few = some(dataset, dataset.train[:4])
        assert few.x.shape[1] == 4 and few.train.size == 4 and few.test.size == 0


def test_digits_are_shown_as_images() -> None:
    dataset = make_dataset(Data(source="digits"))
    image = mosaic(dataset, LIGHT)
    assert (image.width(), image.height()) == (24, 24)
    assert image.pixelColor(0, 0) == LIGHT.canvas


def test_the_pictures_follow_the_theme(qtbot: QtBot, panel: DataPanel) -> None:
    panel.show_theme(DARK)
    qtbot.waitUntil(lambda: not panel.picker._unpainted)
    assert panel.picker.grab().toImage().pixelColor(panel.picker.rect().center()).lightnessF() < 0.5


@pytest.mark.parametrize(("entry", "seen"), [("classes", True), ("unscaled", False)])
def test_labels_of_an_own_table_are_asked_for_if_its_targets_are_classes(
    panel: DataPanel, entry: Entry, seen: bool
) -> None:
    target = Column("y", Cells.of((0.0, 1.0)), role="target", entry=entry)
    data = Data("table", table=Table((Column("x", Cells.of((0.0, 1.0))), target)))
    panel.show_design(Design(data=data, layers=(Dense(1, "linear"),)), ())
    assert panel.form.rows["labels"].isVisible() == seen
