"""What the outputs mean and what the features are called, as they are painted."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from pytestqt.qtbot import QtBot

from core import number_style
from core.data.datasets import Dataset
from core.data.encoding import encoded
from core.data.table import Cells, Column, Table
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.network import Network
from core.nn.trainer import Phase, Trainer
from core.number_style import value_text
from gui.canvas.canvas_state import Texts
from gui.canvas.items.image_layers import caption
from gui.canvas.items.output_places import places_of
from gui.canvas.items.outputs import OutputsItem, names_of
from gui.canvas.items.products import ProductsItem, ends_of
from gui.canvas.network_view import NetworkView
from gui.canvas.popups.matrix_popup import MatrixPopup
from gui.canvas.sample_names import measured_text, name_and_unit, name_lines
from gui.plots.sample_image import ink
from gui.qt.later import draw_all
from gui.selection import Selection
from gui.session.document import dataset_of
from gui.theme.theme import DARK, LIGHT, Theme
from tests.gui.canvas.test_repaint import drawn_whole, seen
from tests.gui.drawn import listening, on_canvas
from tests.gui.on_canvas import farthest

LOSSES = {"softmax": CategoricalCrossEntropy(), "sigmoid": BinaryCrossEntropy(), "linear": MSE()}
OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen
LONG_NAMES = [f"flipper_length_of_penguin_{k}" if k % 2 else f"island = Torgersen {k}" for k in range(9)]
NAMED_AT_LENGTH = Table(
    (
        *(Column(name, Cells.of(map(float, range(12)))) for name in LONG_NAMES),
        Column("y", Cells.of(k / 7 for k in range(12)), role="target"),
    )
)
Shown = tuple[NetworkView, Trainer, Dataset]
Make = Callable[..., Shown]


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    def made(
        source: str, *layers: Dense, size: tuple[int, int] = (1000, 620), phase: Phase = Phase.BACKWARD
    ) -> Shown:
        loss = LOSSES[layers[-1].activations[0]]
        data = Data(source=source, table=NAMED_AT_LENGTH if source == "table" else None)
        design = Design(data=data, layers=layers, training=Training(loss=loss, seed=2))
        dataset = dataset_of(data)
        network = Network(design, dataset)
        trainer = Trainer(network, dataset)
        trainer.run(40)
        trainer.advance(phase)
        view = NetworkView()
        qtbot.addWidget(view)
        view.resize(*size)
        view.show()
        view.show_design(design, ())
        view.show_network(network, dataset)
        view.show_theme(LIGHT)
        view.show_snapshot(trainer.snapshot())
        return view, trainer, dataset

    return made


IRIS = (Dense(5, "tanh"), Dense(3, "softmax"))
DIGITS = (Dense(32, "relu"), Dense(10, "softmax"))


def texts_in(view: NetworkView, rect: QRectF) -> list[str]:
    """Return the texts painted in a rectangle."""
    with listening() as heard:
        view.viewport().update()
        for item in view.scene().items():
            item.update()
        view.grab()
    return [text for text, at in heard if rect.adjusted(-2, -2, 2, 2).contains(at)]


def outputs_of(view: NetworkView) -> OutputsItem:
    return next(item for item in view.scene().items() if isinstance(item, OutputsItem))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("sample", [None, 0, 77, 140])
def test_each_output_has_its_class_its_probability_and_its_target(
    make: Make, sample: int | None, theme: Theme
) -> None:
    view, _trainer, dataset = make("iris", *IRIS)
    view.show_theme(theme)
    view.show_selection(Selection(sample=sample))
    moment, column = view.state.moment, view.state.layout.columns[-1]
    assert moment is not None and moment.a is not None and moment.sample is not None and column.legend
    y = dataset.targets(3)[:, moment.sample]
    drawn = on_canvas(view)
    for j, name in enumerate(dataset.class_names):
        said = texts_in(view, places_of(column, j, view.state.layout.sizes).area)
        assert name in said and f"target {y[j]:.0f}" in said
        assert f"o = {value_text(moment.a[-1][j])}" in said
        assert drawn.a[2, j] is not None and drawn.delta[2, j] is not None
    for text, share, target in zip(outputs_of(view).texts, moment.a[-1], y, strict=True):
        assert text.share == share and text.tick == target


@pytest.mark.parametrize("width", [640, 1000])
def test_a_single_output_tells_both_classes(make: Make, width: int) -> None:
    view, _, dataset = make("breast-cancer", Dense(4, "tanh"), Dense(1, "sigmoid"), size=(width, 600))
    column = view.state.layout.columns[-1]
    said = texts_in(view, places_of(column, 0, view.state.layout.sizes).area)
    assert set(dataset.class_names) <= set(said)


@pytest.mark.parametrize("source", ["sine", "circle"])
def test_a_value_has_its_name_and_its_target(make: Make, source: str) -> None:
    outputs = 1 if source == "sine" else 2
    view, _, dataset = make(source, Dense(4, "tanh"), Dense(outputs, "linear"))
    moment, column = view.state.moment, view.state.layout.columns[-1]
    assert moment is not None and moment.sample is not None
    for j in range(outputs):
        said = texts_in(view, places_of(column, j, view.state.layout.sizes).area)
        assert ("y" if outputs == 1 else f"y{'₁₂'[j]}") in said
        assert f"target {value_text(dataset.labels[j, moment.sample])}" in said
        assert outputs_of(view).texts[j].tick is None


@pytest.mark.parametrize("count", [3, 9, 12])
@pytest.mark.parametrize("source", ["circle", "iris", "digits", "breast-cancer"])
def test_numbers_of_outputs_have_their_room_in_any_number_of_digits(
    make: Make, source: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(number_style._Digits, "digits", count)
    last = {"circle": Dense(2, "linear"), "iris": IRIS[-1], "digits": DIGITS[-1]}.get(source)
    view, *_ = make(source, Dense(4, "tanh"), last or Dense(1, "sigmoid"), size=(1400, 800))
    column, lines = view.state.layout.columns[-1], list[QRectF]()
    assert column.legend
    own = Texts.draw

    def draw(
        texts: Texts, painter: QPainter, role: str, text: str, x: float, y: float,
        align: float = 0.5, room: float = inf,
    ) -> float:  # fmt: skip
        wide = texts.width(role, text)
        if x >= column.block.right():
            assert wide <= room or text == "·", f"{text} has letters smaller than others"
            lines.append(QRectF(x - align * wide, y - 1, wide, 2))
        return own(texts, painter, role, text, x, y, align, room)

    monkeypatch.setattr(Texts, "draw", draw)
    for item in view.scene().items():
        item.update()
    view.grab()
    assert len(lines) > column.neurons
    for k, one in enumerate(lines):
        assert not any(one.intersects(other) for other in lines[k + 1 :])


def test_features_have_their_whole_name_and_the_measured_value_with_its_unit(make: Make) -> None:
    view, _, dataset = make("iris", *IRIS, size=(760, 480))
    view.show_selection(Selection(sample=3))
    said = texts_in(view, QRectF(0, 0, view.width() / 2, view.height()))
    for j, name in enumerate(dataset.feature_names):
        plain, unit = name_and_unit(name)
        assert unit == "cm" and "(" not in plain and plain in said
        assert measured_text(dataset, 3, j) in said
        assert measured_text(dataset, 3, j) == f"{value_text(dataset.measured(3)[j])} cm"


@pytest.mark.parametrize("height", [230, 300, 420, 700])
def test_names_of_features_lie_beside_one_another_at_any_height(
    make: Make, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, *_ = make("table", Dense(4, "tanh"), Dense(1, "linear"), size=(900, height))
    column = view.state.layout.columns[0]
    lines: list[tuple[str, QRectF]] = []
    own = Texts.draw

    def draw(
        texts: Texts, painter: QPainter, role: str, text: str, x: float, y: float,
        align: float = 0.5, room: float = inf,
    ) -> float:  # fmt: skip
        wide, high = min(room, texts.width(role, text)), 0.7 * texts.metrics[role].height()
        if x < column.tile(0).left() and text:
            lines.append((text, QRectF(x - align * wide, y - high / 2, wide, high)))
        return own(texts, painter, role, text, x, y, align, room)

    monkeypatch.setattr(Texts, "draw", draw)
    for item in view.scene().items():
        item.update()
    view.grab()
    assert "".join(text for text, _rect in lines).replace(" ", "") == "".join(LONG_NAMES).replace(" ", "")
    for k, (_text, rect) in enumerate(lines):
        assert rect.left() >= 0 and not any(rect.intersects(other) for _name, other in lines[k + 1 :])


def test_long_names_are_broken_never_cut() -> None:
    assert name_and_unit("worst concave points") == ("worst concave points", "")
    assert name_and_unit("area [mm²]") == ("area", "mm²")
    assert name_and_unit("x1") == ("x₁", "")
    for name in ("worst concave points", "averylongnamewithoutanyplacetobreakit", "f (x) g"):
        assert "".join(name_lines(name)).replace(" ", "") == name.replace(" ", "")


def test_bars_go_up_for_positive_and_down_for_negative_activations(make: Make) -> None:
    view, _, _ = make("iris", *IRIS)
    moment, column = view.state.moment, view.state.layout.of_layer(1)
    assert moment is not None and moment.a is not None
    image = view.grab().toImage()
    signs = set()
    for j, a in enumerate(moment.a[1].tolist()):
        tile, filled = column.tile(j), LIGHT.negative if a < 0 else LIGHT.positive
        if abs(a) < 0.3:
            continue
        signs.add(a > 0)
        x = round(tile.center().x())
        up, down = (
            image.pixelColor(x, round(tile.center().y() + way * 0.08 * tile.height())) for way in (-1, 1)
        )
        assert ((up if a > 0 else down) == filled) and ((down if a > 0 else up) == LIGHT.panel)
    assert signs == {True, False}


# -- images -----------------------------------------------------------------------------------------------


def test_the_network_of_digits_is_drawn_as_images(make: Make) -> None:
    view, _trainer, dataset = make("digits", *DIGITS)
    moment, layout = view.state.moment, view.state.layout
    assert moment is not None and moment.a is not None and moment.sample is not None
    image, block = view.grab().toImage(), layout.columns[0].block
    strength = ink(dataset, dataset.x[:, moment.sample])
    assert strength.min() == 0 and strength.max() == 1
    for (row, column), share in np.ndenumerate(strength):
        x = block.left() + (column + 0.5) * block.width() / 8
        y = block.top() + (row + 0.5) * block.height() / 8
        assert abs(image.pixelColor(int(x), int(y)).red() - 255 * (1 - share)) <= 1
    hidden, W = layout.of_layer(1), moment.theta.W[1]
    assert hidden.pictures and len(hidden.tiles) == 32
    awake = moment.a[1] != 0
    said = caption(view.state, hidden)
    assert said == f"{awake.sum()} of 32 neurons answer this digit; the pale ones are silent"
    j = int(np.flatnonzero(awake)[0])
    tile, pixel = hidden.tile(j), int(np.abs(W[:, j]).argmax())
    x, y = ((k + 0.5) * tile.width() / 8 for k in (pixel % 8, pixel // 8))
    seen = image.pixelColor(int(tile.left() + x), int(tile.top() + y))
    assert (seen.blue() > seen.red()) == (W[pixel, j] > 0)


def test_only_the_products_of_the_selected_neuron_are_drawn(make: Make) -> None:
    view, _trainer, _ = make("digits", *DIGITS)
    moment = view.state.moment
    assert moment is not None and moment.a is not None
    items = {item.layer: item for item in view.scene().items() if isinstance(item, ProductsItem)}
    assert not items[1].products and not items[2].products
    j = int(moment.a[1].argmax())
    view.show_selection(Selection(1, j))
    wanted = {(j, k): moment.theta.W[2][j, k] * moment.a[1][j] for k in range(10)}
    assert items[2].products == pytest.approx(wanted) and not items[1].products
    drawn = texts_in(view, items[2].boundingRect())
    assert {value_text(value) for value in wanted.values()} <= set(drawn)
    view.show_selection(Selection(2, 4))
    lines = items[2].products
    assert sum(lines.values()) + moment.theta.b[2][4] == pytest.approx(moment.z[2][4] if moment.z else None)
    view.show_veil(True)
    assert not items[2].products


@OFFSCREEN
def test_the_chip_opens_the_matrix_and_a_click_in_it_selects_the_weight(make: Make, qtbot: QtBot) -> None:
    view, trainer, _ = make("digits", *DIGITS)
    asked: list[Selection] = []
    view.select_requested.connect(asked.append)
    chip = view.state.layout.matrices[1]
    assert "64 × 32" in texts_in(view, chip)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.mapFromScene(chip.center()))
    opened = view.findChild(MatrixPopup)
    assert opened.isVisible() and opened.layer == 1 and not asked
    at = opened.cell(20, 7).center().toPoint()
    qtbot.mouseMove(opened, at)
    assert (
        opened._line() == f"W₂₁,₈ = {value_text(trainer.network.W(trainer.snapshot().shown_theta, 1)[20, 7])}"
    )
    qtbot.mouseClick(opened, Qt.MouseButton.LeftButton, pos=at)
    assert asked == [Selection(1, 7, 20)] and not opened.isVisible()


@pytest.mark.parametrize("size", [(490, 230), (760, 420), (828, 423), (1000, 620), (1300, 900)])
@pytest.mark.parametrize("layers", [DIGITS, (Dense(16, "tanh"), Dense(12, "relu"), Dense(10, "softmax"))])
def test_nothing_of_it_lies_over_anything_else(
    make: Make, layers: tuple[Dense, ...], size: tuple[int, int]
) -> None:
    view, *_ = make("digits", *layers, size=size)
    layout = view.state.layout
    rects = [column.block for column in layout.columns] + [column.chip for column in layout.columns]
    rects += [*layout.matrices.values()]
    last = layout.columns[-1]
    rects += [places_of(last, j, layout.sizes).area for j in range(10)] if last.legend else []
    for k, one in enumerate(rects):
        assert layout.scene.contains(one)
        assert not any(one.intersects(other) for other in rects[k + 1 :])
    for l in range(2, layout.last + 1):
        outs = ends_of(layout.of_layer(l - 1), leaving=True)
        assert len(outs) == layout.of_layer(l - 1).neurons


def test_numbers_of_outputs_follow_every_moment(make: Make) -> None:
    view, trainer, _dataset = make("digits", *DIGITS)
    column, sizes = view.state.layout.columns[-1], view.state.layout.sizes
    for _ in range(3):
        trainer.run(7)
        view.show_snapshot(trainer.snapshot())
        moment = view.state.moment
        assert moment is not None and moment.a is not None
        for j in range(10):
            said = texts_in(view, places_of(column, j, sizes).area)
            assert str(j) in said and value_text(moment.a[-1][j]) in said
        assert re.match(
            rf"{np.count_nonzero(moment.a[1])} of 32|all 32",
            caption(view.state, view.state.layout.of_layer(1)),
        )


@pytest.mark.parametrize("source", ["digits", "iris"])
def test_parts_drawn_anew_look_as_if_all_were(make: Make, source: str) -> None:
    view, trainer, _ = make(source, *(DIGITS if source == "digits" else IRIS))
    changes: tuple[Callable[[], object], ...] = (
        lambda: view.show_selection(Selection(1, 3)),
        lambda: view.show_selection(Selection(2, 1, sample=7)),
        lambda: trainer.run(5),
        lambda: view.show_veil(True),
        lambda: view.show_veil(False),
    )
    for change in changes:
        change()
        for _ in range(8):
            trainer.run(1)
            view.show_picture(trainer.snapshot(), trainer.curves())
        view.show_snapshot(trainer.snapshot())
        draw_all(view)
        assert farthest(seen(view), drawn_whole(view)) <= 2


def test_a_name_of_a_file_is_broken_after_an_underscore() -> None:
    assert name_lines("flipper_length_mm") == ["flipper_length_", "mm"]
    assert name_lines("body_mass_g") == ["body_mass_g"]


def test_outputs_have_the_names_of_the_target_columns() -> None:
    numbers = Cells.of((1.0, 2.0, 4.0))
    targets = [Column(name, numbers, role="target") for name in ("t1", "t2")]
    table = Table((Column("x", numbers), *targets))
    assert names_of(encoded(table).dataset, 2) == [(None, "t1"), (None, "t2")]
    assert names_of(encoded(table).dataset, 1) == [(None, "y")], "a network that does not fit the data yet"
