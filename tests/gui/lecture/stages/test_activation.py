"""The activation stage, by real events; every number shown is the core's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.lecture.scene import Scene
from core.lecture.subjects import ActivationBench, Start, made
from core.lecture.view_ids import ViewId
from core.nn.activations import ACTIVATIONS
from core.nn.passes import evaluate
from core.number_style import slide_text
from gui.lecture.stages.activations.stage import ActivationStage
from gui.theme.theme import DARK, LIGHT, Theme
from tests.gui.stages import HALL, SIZES, check_places, click, drag, on_stage, scene_of, type_into

FAMILY = ("sigmoid", "tanh", "relu", "leaky_relu", "linear", "elu", "gelu", "softplus")


def family() -> Scene:
    """Return a scene with many curves and the neurons of a network on them."""
    bench = ActivationBench(activations=FAMILY, low=-5.0, high=5.0, network=Start(design="xor"))
    return replace(scene_of("tumour-sigmoid"), subject=bench, look=None, show=(ViewId.BENCH, ViewId.CANVAS))


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[ActivationStage]:
    with on_stage(ActivationStage, family()) as made:
        yield made


def rows(stage: ActivationStage) -> dict[str, tuple[str, str]]:
    table = stage.table
    return {name: (table.item(k, 1).text(), table.item(k, 2).text()) for k, name in enumerate(table.names)}


def five(value: float) -> str:
    return slide_text(value, 5)


def computed(stage: ActivationStage) -> dict[str, tuple[str, str]]:
    z = np.array([stage.subject().z])
    found = {}
    for curve in stage.chips.curves:
        entry = ACTIVATIONS[curve.name]
        found[curve.name] = five(entry.g(z, curve.alpha)[0]), five(entry.derivative(z, curve.alpha)[0])
    return found


def test_the_tumour_of_the_lecture(qtbot: QtBot) -> None:
    with on_stage(ActivationStage, "tumour-sigmoid") as stage:
        assert rows(stage) == {"sigmoid": ("0.99667", "0.00332")} == computed(stage)
        text = stage.formulas.text()
        assert "0.99667" in text
        assert "0.00332" in text
        assert "−5.7" in text
        assert stage.network is not None
        assert stage.network.canvas.isVisible()


def test_all_curves_at_the_first_z(stage: ActivationStage) -> None:
    assert set(rows(stage)) == set(stage.subject().activations)
    assert set(stage.chips.chips) == {name for name, entry in ACTIVATIONS.items() if not entry.layerwide}
    assert rows(stage) == computed(stage)
    assert rows(stage)["sigmoid"] == ("0.5", "0.25")
    assert rows(stage)["tanh"] == ("0", "1")


def test_z_is_dragged_on_either_plot(stage: ActivationStage) -> None:
    for plot, z in ((stage.g, 2.0), (stage.slope, -3.0)):
        top = plot.place(0.0, plot.y_range[1]) + QPointF(60, 4)
        drag(plot, top, QPointF(plot.place(z, 0.0).x(), top.y()))
        assert stage.subject().z == pytest.approx(z, abs=0.03)
        assert rows(stage) == computed(stage)
        assert stage.cell.value == stage.subject().z


def test_z_is_typed_slid_and_moved_by_keys(stage: ActivationStage) -> None:
    type_into(stage.cell, "-2")
    assert stage.subject().z == -2
    assert rows(stage) == computed(stage)
    stage.slider.setFocus()
    QTest.keyClick(stage.slider, Qt.Key.Key_End)
    assert stage.subject().z == 5
    stage.g.setFocus()
    QTest.keyClick(stage.g, Qt.Key.Key_Left)
    assert stage.subject().z == pytest.approx(4.9)
    QTest.keyClick(stage.g, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert stage.subject().z == pytest.approx(4.91)
    assert rows(stage) == computed(stage)


def test_a_z_beyond_the_axes_is_refused(stage: ActivationStage) -> None:
    type_into(stage.cell, "9")
    assert "between −5 and 5" in stage.remark.text()
    assert stage.remark.isVisible()
    assert stage.subject().z == 0


def test_steps_and_the_slow_slide(stage: ActivationStage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(stage.told) as said:
        stage.step(ahead=True)
    assert said.args == ["z = 0.5."]
    stage.step(ahead=False)
    assert stage.subject().z == 0
    stage.play()
    qtbot.waitUntil(lambda: stage.subject().z > 0.1)
    stage.play()
    here = stage.subject().z
    assert not stage._timer.isActive()
    assert rows(stage) == computed(stage)
    type_into(stage.cell, "4.99")
    with qtbot.waitSignals([stage.running_changed, stage.running_changed]):
        stage.play()
    assert stage.subject().z == 5 > here


def test_chips_choose_the_curves_and_one_stays(stage: ActivationStage) -> None:
    for name in list(rows(stage))[:-1]:
        click(stage.chips.chips[name])
    assert list(rows(stage)) == ["softplus"]
    click(stage.chips.chips["softplus"])
    assert list(rows(stage)) == ["softplus"]
    assert "One activation stays" in stage.remark.text()
    click(stage.chips.chips["tanh"])
    assert stage.subject().activations == ("tanh", "softplus")
    assert not stage.remark.isVisible()


def test_alpha_bends_leaky_relu(stage: ActivationStage) -> None:
    type_into(stage.cell, "-3")
    assert rows(stage)["leaky_relu"] == ("−0.03", "0.01")
    type_into(stage.chips.alphas["leaky_relu"][1], "0.2")
    assert rows(stage)["leaky_relu"] == ("−0.6", "0.2")
    assert rows(stage) == computed(stage)


def test_a_row_chooses_whose_formulas_are_written(stage: ActivationStage) -> None:
    type_into(stage.cell, "2")
    table = stage.table
    rect = table.visualItemRect(table.item(table.names.index("tanh"), 1))
    click(table.viewport(), QPointF(rect.center()))
    assert "tanh" in stage.formulas.text()
    assert five(np.tanh(2.0)) in stage.formulas.text()
    assert stage.g.chosen == "tanh"


def test_neurons_are_dots_where_the_network_has_them(stage: ActivationStage) -> None:
    scene = family()
    one = made(scene.subject.network)
    values = evaluate(
        one.network, one.theta, one.dataset.x[:, :1], one.dataset.targets(one.network.n[-1])[:, :1]
    )
    for neuron in stage.g.neurons:
        assert neuron.z == values.z[neuron.layer][neuron.place, 0]
        assert neuron.g == pytest.approx(values.a[neuron.layer][neuron.place, 0], abs=1e-15)
    assert len(stage.g.neurons) == sum(one.network.n[1:])


def test_a_layer_and_a_sample_choose_the_dots(stage: ActivationStage) -> None:
    assert stage.network is not None
    layers = stage.network.layers
    layers.setFocus()
    QTest.keyClick(layers, Qt.Key.Key_Down)
    assert {neuron.layer for neuron in stage.g.neurons} == {1}
    before = [neuron.z for neuron in stage.g.neurons]
    type_into(stage.network.sample, "7")
    assert [neuron.z for neuron in stage.g.neurons] != before
    type_into(stage.network.sample, "100000")
    assert "between 1 and" in stage.remark.text()


def test_a_clicked_dot_names_its_neuron(stage: ActivationStage, qtbot: QtBot) -> None:
    neuron = stage.g.neurons[3]
    with qtbot.waitSignal(stage.told) as said:
        click(stage.g, stage.g.place(neuron.z, neuron.g))
    assert stage.g.named is not None
    assert f"a[{stage.g.named.layer}]" in said.args[0]
    assert stage.g.chosen == stage.g.named.activation
    assert stage.subject().z == 0


def test_the_veil_hides_numbers_and_dots(stage: ActivationStage) -> None:
    type_into(stage.cell, "1.7")
    shown = rows(stage)["sigmoid"]
    stage.show_veil(True)
    assert set(rows(stage).values()) == {("?", "?")}
    assert not any(text in stage.formulas.text() for text in shown)
    assert stage.g.hidden == stage.slope.hidden >= {("sigmoid", "value"), ("tanh", "slope")}
    veiled = stage.g.grab().toImage()
    stage.show_veil(False)
    assert rows(stage) == computed(stage)
    assert stage.g.grab().toImage() != veiled


def test_the_scene_comes_back(stage: ActivationStage) -> None:
    scene = family()
    click(stage.chips.chips["relu"])
    type_into(stage.cell, "3")
    type_into(stage.chips.alphas["elu"][1], "2")
    stage.show_scene(scene)
    assert set(stage.subject().activations) == set(scene.subject.activations)
    assert stage.subject().z == 0
    assert rows(stage) == computed(stage)
    assert stage.chips.alphas["elu"][1].value == 1


@pytest.mark.parametrize("shown", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, HALL])
def test_nothing_is_cut(qtbot: QtBot, scale: float, shown: Theme) -> None:
    with on_stage(ActivationStage, family(), scale, shown) as stage:
        QApplication.processEvents()
        table = stage.table
        assert not table.is_cut()
        assert sum(table.columnWidth(k) for k in range(3)) <= table.viewport().width() + 1
        parts = [
            stage.chips,
            stage.g,
            stage.slope,
            table,
            stage.formulas,
            stage.network,
            stage.cell,
            stage.slider,
        ]
        tools = [stage.chips, stage.network]  # which an audience has no use for
        assert [tool.isVisible() for tool in tools] == [scale == 1.0] * 2
        check_places(stage, [part for part in parts if part.isVisible()])
        stage.table.selectRow(stage.table.names.index("gelu"))  # the longest formulas
        QApplication.processEvents()
        assert stage.height() == SIZES[scale][1]
        assert stage.formulas.heightForWidth(stage.formulas.width()) <= stage.formulas.height() + 1
        assert stage.network is not None
        assert stage.network.canvas.height() >= 80 or scale > 1.0
