"""The lab, by real events: typed, stepped both ways, clicked, dragged; every number is the core's."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from core.graph.autodiff import backward, by_differences, forward
from core.graph.network_graph import graph_inputs, network_graph
from core.graph.parser import parse
from core.number_style import NOT_COMPUTED, value_text
from gui.graph_lab.heat_map import heat_map
from gui.graph_lab.toolbar import EXAMPLES
from gui.graph_lab.value_field import reach_of
from gui.graph_lab.view import Lab
from gui.graph_lab.window import LabWindow
from gui.theme.theme import DARK, LIGHT
from tests.gui.graph_lab.test_lab_words import text_of
from tests.gui.networks import dataset, trainer
from tests.sampling import covering

LEFT, RIGHT, HOME, END = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End


def column(lab: Lab, k: int) -> dict[str, str]:
    table = lab.side.table
    return {table.item(row, 0).text(): table.item(row, k).text() for row in range(table.rowCount())}


def press(qtbot: QtBot, lab: Lab, name: str) -> None:
    qtbot.mouseClick(lab.bar.buttons[name], Qt.MouseButton.LeftButton)


def type_expression(qtbot: QtBot, lab: Lab, text: str) -> None:
    lab.bar.expression.setFocus()
    lab.bar.expression.selectAll()
    qtbot.keyClicks(lab.bar.expression, text)
    qtbot.keyClick(lab.bar.expression, Qt.Key.Key_Return)


def pills(lab: Lab) -> dict[str, tuple[str, str]]:
    """Return what stands on the edges: by source and target, value and gradient."""
    picture = lab.canvas.picture
    assert picture is not None
    labels, found = picture.labels, {}
    names = [node.name for node in lab.stepper.graph.nodes] + ["out"]
    for edge in picture.layout.pills:
        gradient = labels.gradient(edge)
        back = "" if gradient is None else text_of(gradient.html)
        found[f"{names[labels.source(edge)]}→{names[edge[0]]}"] = (text_of(labels.value(edge).html), back)
    return found


def test_the_first_example_of_the_slides_forward_and_back(lab: Lab, qtbot: QtBot) -> None:
    lab.show_example(0)
    lab.canvas.setFocus()
    dot = NOT_COMPUTED
    assert column(lab, 1) == {"x": "−2", "y": "5", "z": "−4", "q": dot, "f": dot}
    expected = [
        ({"q": "3", "f": dot}, {}),
        ({"q": "3", "f": "−12"}, {}),
        ({"q": "3", "f": "−12"}, {"f": "1"}),
        ({"q": "3", "f": "−12"}, {"f": "1", "z": "3", "q": "−4"}),
        ({"q": "3", "f": "−12"}, {"f": "1", "z": "3", "q": "−4", "x": "−4", "y": "−4"}),
    ]
    seen = []
    for values, gradients in expected:
        qtbot.keyClick(lab.canvas, RIGHT)
        assert {name: column(lab, 1)[name] for name in values} == values
        assert {name: text for name, text in column(lab, 2).items() if text != dot} == gradients
        seen.append((column(lab, 1), column(lab, 2), lab.status_line.text()))
    assert not lab.bar.buttons["step"].isEnabled()
    for before in reversed(seen[:-1]):
        qtbot.keyClick(lab.canvas, LEFT)
        assert (column(lab, 1), column(lab, 2), lab.status_line.text()) == before
    qtbot.keyClick(lab.canvas, HOME)
    assert lab.stepper.at == 0
    assert not lab.bar.buttons["back"].isEnabled()
    qtbot.keyClick(lab.canvas, END)
    assert column(lab, 2)["x"] == "−4"


def test_the_second_example_of_the_slides_by_its_buttons(lab: Lab, qtbot: QtBot) -> None:
    assert lab.bar.expression.text() == "x**2 * y / z"
    press(qtbot, lab, "forward")
    assert column(lab, 1) == {"x": "3", "y": "4", "z": "2", "v": "9", "u": "36", "f": "18"}
    assert set(column(lab, 2).values()) == {NOT_COMPUTED}
    press(qtbot, lab, "backward")
    assert column(lab, 2) == {"x": "12", "y": "4.5", "z": "−9", "v": "2", "u": "0.5", "f": "1"}
    assert column(lab, 3) == {
        "x": "12", "y": "4.5", "z": "−9", "v": "2", "u": "0.5", "f": "1",
    }  # fmt: skip
    assert column(lab, 4) == {"x": "12", "y": "4.5", "z": "−9", "v": "2", "u": "0.5", "f": NOT_COMPUTED}
    press(qtbot, lab, "back")
    assert lab.status_line.text() == "● Backward pass, step 2 of 3"
    assert column(lab, 2)["x"] == NOT_COMPUTED
    assert "∂f/∂y = ∂f/∂u · ∂u/∂y = 0.5 · 9 = 4.5" in text_of(lab.side.step.text())
    assert "3 modules. Changing each input separately: 3 × 2 forward passes." in lab.side.cost.text()
    press(qtbot, lab, "reset")
    assert lab.stepper.at == 0


def test_pills_show_values_and_then_gradients(lab: Lab, qtbot: QtBot) -> None:
    assert pills(lab)["v→u"] == ("v = ·", "")
    lab.go(2)
    assert pills(lab)["v→u"] == ("v = 9", "")
    assert pills(lab)["u→f"] == ("u = 36", "")
    press(qtbot, lab, "backward")
    assert pills(lab) == {
        "x→v": ("3", "∂f/∂x = 12"),
        "v→u": ("v = 9", "∂f/∂v = 2"),
        "y→u": ("4", "∂f/∂y = 4.5"),
        "u→f": ("u = 36", "∂f/∂u = 0.5"),
        "z→f": ("2", "∂f/∂z = −9"),
        "f→out": ("18", "∂f/∂f = 1"),
    }


@pytest.mark.parametrize("k", range(len(EXAMPLES)))
def test_every_number_is_the_cores(lab: Lab, k: int) -> None:
    lab.show_example(k)
    lab.backward_pass()
    graph, example = parse(EXAMPLES[k].text), EXAMPLES[k]
    values = forward(graph, example.values)
    gradients = backward(graph, values)
    numerical = by_differences(graph, example.values).of
    for row, text in enumerate(column(lab, 2).values()):
        node = lab.side.table.rows[row]
        value = float(text.replace("−", "-"))
        assert value == pytest.approx(float(gradients[node]), rel=5e-3)
        shown = float(column(lab, 1)[lab.side.table.item(row, 0).text()].replace("−", "-"))
        assert shown == pytest.approx(float(values[node]), rel=5e-3)
        if graph.nodes[node].name in numerical:
            check = float(lab.side.table.item(row, 3).text().replace("−", "-"))
            assert check == pytest.approx(float(numerical[graph.nodes[node].name]), rel=5.1e-3, abs=1e-9)


def test_an_error_points_at_its_column_and_the_last_good_graph_stays(lab: Lab, qtbot: QtBot) -> None:
    graph = lab.stepper.graph
    lab.bar.expression.setFocus()
    lab.bar.expression.selectAll()
    qtbot.keyClicks(lab.bar.expression, "(x + y)")
    qtbot.keyClick(lab.bar.expression, Qt.Key.Key_Return)
    assert lab.stepper.graph != graph
    good = lab.stepper.graph
    qtbot.keyClicks(lab.bar.expression, " * )")
    assert lab.bubble.isHidden()
    qtbot.keyClick(lab.bar.expression, Qt.Key.Key_Return)
    assert lab.bubble.isVisible()
    assert lab.bubble.text() == "Column 11: “)” stands where a number, a variable or “(” is expected."
    assert lab.bar.expression.column == 11
    field = lab.bar.expression
    assert field.place_of(11).left() == pytest.approx(field.cursorRect().center().x(), abs=12)
    assert lab.bubble.geometry().top() >= field.mapTo(lab, QPoint(0, field.height())).y()
    assert [node.name for node in lab.stepper.graph.nodes] == [node.name for node in parse("(x+y)").nodes]
    assert good is not None
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    qtbot.keyClicks(field, "z")
    assert lab.bubble.isHidden()
    assert lab.stepper.graph == parse("(x + y) * z")


def test_an_error_is_said_after_a_pause_without_enter(lab: Lab, qtbot: QtBot) -> None:
    lab.bar.expression.setFocus()
    qtbot.keyClicks(lab.bar.expression, " *")
    qtbot.waitUntil(lab.bubble.isVisible)
    assert "Column" in lab.bubble.text()


def test_a_value_is_typed_turned_and_dragged(lab: Lab, qtbot: QtBot) -> None:
    lab.backward_pass()
    field = lab.bar.fields["y"]
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, "6")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert (column(lab, 1)["f"], column(lab, 2)["x"]) == ("27", "18")
    assert lab.stepper.at == lab.stepper.last
    wheel(field.edit, 120)
    assert lab.stepper.inputs["y"] == pytest.approx(6.1)
    wheel(field.edit, -120, Qt.KeyboardModifier.ControlModifier)
    assert lab.stepper.inputs["y"] == pytest.approx(6.09)
    start = field.label.rect().center()
    qtbot.mousePress(field.label, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(field.label, start + QPoint(60, 0))
    qtbot.mouseRelease(field.label, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 0))
    assert lab.stepper.inputs["y"] == pytest.approx(7.09)
    qtbot.keyClick(field.edit, Qt.Key.Key_Down)
    assert lab.stepper.inputs["y"] == pytest.approx(6.99)
    press(qtbot, lab, "reset")
    assert (lab.stepper.inputs["y"], field.edit.text(), lab.stepper.at) == (4, "4", 0)


def wheel(
    widget: QWidget, turn: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    middle = QPointF(widget.rect().center())
    place = QPointF(widget.mapToGlobal(middle.toPoint()))
    event = QWheelEvent(
        middle, place, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_number_that_is_none_is_refused_with_a_sentence(lab: Lab, qtbot: QtBot) -> None:
    field = lab.bar.fields["x"]
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, "3,,")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert "x must be a number" in lab.bubble.text()
    assert lab.bubble.isVisible()
    assert lab.stepper.inputs["x"] == 3
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    assert lab.bubble.isHidden()
    assert field.edit.text() == "3"


def test_a_clicked_node_is_explained_at_any_time(lab: Lab, qtbot: QtBot) -> None:
    k = lab.stepper.graph.position("u")
    qtbot.mouseClick(
        lab.canvas.viewport(), Qt.MouseButton.LeftButton, pos=lab.canvas.node_middle(k).toPoint()
    )
    assert lab.selected == k
    assert lab.side.node_title.text() == "THE MODULE ×"
    assert "upstream∂f/∂u = ·" in text_of(lab.side.node.text())
    lab.backward_pass()
    assert "local∂u/∂v = y = 4" in text_of(lab.side.node.text())
    qtbot.mouseClick(lab.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert lab.selected is None


def test_rows_of_the_table_choose_nodes_and_arrows_still_step(lab: Lab, qtbot: QtBot) -> None:
    table = lab.side.table
    table.setFocus()
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualItemRect(table.item(4, 0)).center()
    )
    assert lab.selected == lab.stepper.graph.position("u")
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert lab.selected == lab.stepper.graph.position("f")
    qtbot.keyClick(table, RIGHT)
    assert lab.stepper.at == 1
    qtbot.keyClick(table, END)
    assert lab.stepper.at == lab.stepper.last
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert lab.selected is None


def test_arrows_belong_to_the_field_one_types_in(lab: Lab, qtbot: QtBot) -> None:
    lab.bar.expression.setFocus()
    qtbot.keyClick(lab.bar.expression, HOME)
    qtbot.keyClick(lab.bar.expression, RIGHT)
    assert lab.bar.expression.cursorPosition() == 1
    assert lab.stepper.at == 0
    press(qtbot, lab, "step")
    qtbot.keyClick(lab.bar.buttons["step"], RIGHT)
    assert lab.stepper.at == 2


def test_new_variables_have_values_and_old_ones_keep_theirs(lab: Lab, qtbot: QtBot) -> None:
    type_expression(qtbot, lab, "x * t + y")
    assert list(lab.bar.fields) == ["x", "t", "y"]
    assert (lab.stepper.inputs["x"], lab.stepper.inputs["y"]) == (3, 4)
    assert lab.side.table.columnCount() == 4
    lab.backward_pass()
    assert column(lab, 2)["t"] == "3"


def test_an_example_is_chosen_from_the_menu(lab: Lab) -> None:
    actions = lab.bar.examples.menu().actions()
    assert len(actions) == len(EXAMPLES)
    actions[3].trigger()
    assert lab.bar.expression.text() == "(y - w*x)**2"
    lab.backward_pass()
    assert column(lab, 2)["w"] == "−24"
    assert column(lab, 4)["w"] == "−24"


def test_a_scene_gives_derivatives_as_formulas(lab: Lab) -> None:
    lab.show_expression("sin(x) * y", {"x": 0.5, "y": 2}, {"x": "cos(x)*y", "y": "sin(x)"})
    lab.backward_pass()
    assert column(lab, 4)["x"] == column(lab, 2)["x"]
    with pytest.raises(ValueError, match="column 8"):
        lab.show_expression("x", {"x": 1}, {"x": "cos(x)+"})
    assert lab.bar.expression.text() == "sin(x) * y"


@pytest.mark.parametrize(
    ("size", "scale", "k"),
    covering([(1366, 768), (1600, 1000), (1920, 1080)], [1.0, 1.8], range(len(EXAMPLES))),
)
def test_nothing_is_covered_at_any_size(
    window: LabWindow, size: tuple[int, int], scale: float, k: int, qtbot: QtBot
) -> None:
    lab = window.lab
    window.resize(*size)
    lab.set_scale(scale)
    lab.show_example(k)
    lab.backward_pass()
    QApplication.processEvents()
    qtbot.waitUntil(lambda: lab.bar.height() == lab.bar.sizeHint().height())
    picture = lab.canvas.picture
    assert picture is not None
    rects: list[QRectF] = [*picture.layout.areas]
    rects += [rect for rects_of in picture.layout.pills.values() for rect in rects_of]
    assert not any(one.intersects(other) for one, other in combinations(rects, 2))
    for edge, places in picture.layout.pills.items():
        for pill, place in zip(
            (picture.labels.value(edge), picture.labels.gradient(edge)), places, strict=True
        ):
            assert pill is not None
            needs = picture.writing.size("pill", pill.html).width()
            assert needs < picture.pill_rect(place, pill.html).width() <= place.width()
    bar = lab.bar.rect()
    for button in lab.bar.buttons.values():
        assert bar.contains(QRectF(button.geometry().translated(button.parentWidget().pos())).toRect())
        assert button.width() >= button.sizeHint().width()


def test_numbers_on_edges_are_large_in_front_of_a_hall(window: LabWindow) -> None:
    lab = window.lab
    window.resize(1920, 1080)
    lab.set_scale(1.8)
    for k in range(len(EXAMPLES)):
        lab.show_example(k)
        QApplication.processEvents()
        picture = lab.canvas.picture
        assert picture is not None
        assert picture.writing.fonts["pill"].pointSizeF() * lab.canvas.zoom >= 16


def test_both_themes_and_everything_named(lab: Lab) -> None:
    for shown in (DARK, LIGHT):
        lab.show_theme(shown)
        lab.backward_pass()
        image = lab.canvas.grab().toImage()
        assert image.pixelColor(2, 2) == shown.canvas
    for child in lab.findChildren(QWidget):
        own = child.isVisible() and child.focusProxy() is None
        if own and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert child.accessibleName(), child
    for button in lab.bar.buttons.values():
        assert button.toolTip()


def test_the_graph_zooms_pans_and_comes_back(lab: Lab, qtbot: QtBot) -> None:
    canvas = lab.canvas
    wheel(canvas.viewport(), 240)
    assert canvas.zoom > 1.2
    lab.go(3)
    assert canvas.zoom > 1.2
    qtbot.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert canvas.zoom == pytest.approx(1.0)


def test_tips_say_what_a_pill_is(lab: Lab) -> None:
    lab.backward_pass()
    picture = lab.canvas.picture
    assert picture is not None
    edge = next(edge for edge in picture.layout.pills if edge == (lab.stepper.graph.position("u"), 0))
    value, gradient = picture.layout.pills[edge]

    def tip(rect: QRectF) -> str:
        return text_of(lab.canvas.tip_at(QPointF(lab.canvas.mapFromScene(rect.center()))))

    assert tip(value) == "The value of v"
    assert tip(gradient) == "∂f/∂v = ∂f/∂u · ∂u/∂v"
    assert text_of(lab.canvas.tip_at(lab.canvas.node_middle(edge[0]))) == "u = v · y"


def test_a_network_shows_shapes_and_jacobians(lab: Lab, qtbot: QtBot) -> None:
    made, data = trainer("2-2-1"), dataset(2)
    network, theta = made.network, made.snapshot().theta
    x, y = data.x[:, :3], data.targets(1)[:, :3]
    lab.show_network(network, theta, x, y)
    lab.backward_pass()
    graph, inputs = network_graph(network), graph_inputs(network, theta, x, y)
    values = forward(graph, inputs)
    shapes = {graph.nodes[k].name: np.shape(value) for k, value in enumerate(values)}
    assert shapes["z[1]"] == (2, 3)
    assert column(lab, 1)["z[1]"] == "2 × 3"
    assert column(lab, 2)["W[1]"] == "2 × 2"
    assert column(lab, 2)["y"] == NOT_COMPUTED
    assert column(lab, 3)["W[1]"].startswith("within ")
    assert pills(lab)["x→z[1]"][0] == "2 × 3"
    assert "9 parameters separately: 18 forward passes" in lab.side.cost.text()
    k = graph.position("z[2]")
    qtbot.mouseClick(
        lab.canvas.viewport(), Qt.MouseButton.LeftButton, pos=lab.canvas.node_middle(k).toPoint()
    )
    said = text_of(lab.side.node.text())
    assert "local∂z[2]/∂W[2]: 2 × 3" in said
    assert "local∂z[2]/∂a[1]: 6 × 3" in said
    assert "∂J/∂W[2] = a[1] (∂J/∂z[2])T: 2 × 1" in said
    lab.show_network(network, theta, x[:, :1], y[:, :1])
    lab.select(k)
    assert "local∂z[2]/∂a[1] = W[2]: 2 × 1" in text_of(lab.side.node.text())
    lab.show_example(0)
    assert lab.bar.expression.isVisible()
    assert column(lab, 1)["x"] == "−2"


# -- a network in the lab ---------------------------------------------------------------------------------


@pytest.fixture
def of_network(window: LabWindow) -> Lab:
    """The lab with the network 2-2-1 over a batch of 3 on all its steps, after an expression of one's own."""
    window.offer_network()
    window.lab.show_expression("2*p + sin(q)", {"p": 7, "q": 0.5})
    window.lab.go(2)
    made, data = trainer("2-2-1"), dataset(2)
    window.lab.show_network(made.network, made.snapshot().theta, data.x[:, :3], data.targets(1)[:, :3])
    window.lab.backward_pass()
    return window.lab


def click_node(qtbot: QtBot, lab: Lab, name: str) -> int:
    k = lab.stepper.graph.position(name)
    place = lab.canvas.node_middle(k).toPoint()
    qtbot.mouseClick(lab.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    return k


@pytest.mark.parametrize("name", ["z[1]", "a[1]", "W[2]", "z[2]"])
def test_a_click_on_a_node_of_a_network_writes_its_matrix_and_the_gradient_by_it(
    of_network: Lab, qtbot: QtBot, name: str
) -> None:
    k = click_node(qtbot, of_network, name)
    said, stepper = of_network.side.node.text(), of_network.stepper
    assert said.count("data:image/png") == 2
    for values in (stepper.final.values[k], stepper.final.gradients[k]):
        assert values is not None
        matrix = np.asarray(values)
        for number in [*matrix[:6, :4].ravel(), matrix.min(), matrix.max()]:
            assert value_text(float(number)) in text_of(said)


def test_what_is_not_computed_yet_has_no_matrix(of_network: Lab, qtbot: QtBot) -> None:
    click_node(qtbot, of_network, "z[2]")
    for at, pictures in ((0, 0), (of_network.stepper.end_of_forward, 1), (of_network.stepper.last, 2)):
        of_network.go(at)
        assert of_network.side.node.text().count("data:image/png") == pictures
    of_network.show_veil(True)
    assert "data:image/png" not in of_network.side.node.text()


def test_the_mouse_over_a_network_shows_small_heat_maps(of_network: Lab, qtbot: QtBot) -> None:
    canvas, picture = of_network.canvas, of_network.canvas.picture
    assert picture is not None
    edge = next(edge for edge in picture.layout.pills if picture.labels.gradient(edge) is not None)
    places = [canvas.node_middle(of_network.stepper.graph.position("z[1]"))]
    places += [QPointF(canvas.mapFromScene(rect.center())) for rect in picture.layout.pills[edge]]
    for place in places:
        point = place.toPoint()
        event = QHelpEvent(QEvent.Type.ToolTip, point, canvas.viewport().mapToGlobal(point))
        QApplication.sendEvent(canvas.viewport(), event)
        assert "data:image/png" in QToolTip.text()
    QToolTip.hideText()


def test_a_heat_map_has_the_colours_of_the_signs() -> None:
    values = np.array([[-2.0, 0.0, 2.0]])
    encoded = heat_map(values, LIGHT, 90).partition("base64,")[2].partition('"')[0]
    image = QImage.fromData(QByteArray.fromBase64(encoded.encode()))
    across = [image.pixelColor(round((k + 0.5) * image.width() / 3), image.height() // 2) for k in range(3)]
    for colour, wanted in zip(across, (LIGHT.negative, LIGHT.middle, LIGHT.positive), strict=True):
        apart = [abs(mine - its) for mine, its in zip(colour.getRgb(), wanted.getRgb(), strict=True)]
        assert max(apart) <= 2
    assert image.width() == 3 * image.height()


def test_one_finds_back_to_ones_own_expression(of_network: Lab, qtbot: QtBot) -> None:
    own = of_network.bar.own
    assert own.isVisible() and not of_network.bar.expression.isVisible()
    qtbot.mouseClick(own, Qt.MouseButton.LeftButton)
    assert of_network.bar.expression.text() == "2*p + sin(q)"
    assert {name: float(value) for name, value in of_network.stepper.inputs.items()} == {"p": 7, "q": 0.5}
    assert of_network.stepper.at == 2
    assert not own.isVisible() and of_network.bar.expression.isVisible()


def test_the_values_run_through_a_network_at_one_height(of_network: Lab) -> None:
    picture, graph = of_network.canvas.picture, of_network.stepper.graph
    assert picture is not None
    bodies = picture.layout.bodies

    def height(name: str) -> float:
        return bodies[graph.position(name)].center().y()

    line = bodies[graph.position("z[1]")].height()
    through = [height(name) for name in ("x", "z[1]", "a[1]", "z[2]", "a[2]")]
    assert max(through) - min(through) < line
    for l in (1, 2):
        assert height(f"W[{l}]") < min(through) - line < max(through) + line < height(f"b[{l}]")


# -- sliders and buttons ----------------------------------------------------------------------------------


def test_a_slider_for_every_variable_moves_it_in_one_edit(lab: Lab, qtbot: QtBot) -> None:
    lab.show_expression("x*y", {"x": 3, "y": 40})
    assert list(lab.bar.fields) == ["x", "y"]
    field = lab.bar.fields["x"]
    slider, told = field.slider, []
    lab.valued.connect(lambda name, value: told.append((name, value)))
    start, left = slider.rect().center(), lab.bar.fields["y"].x()
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    for x in range(start.x(), 2, -3):
        qtbot.mouseMove(slider, QPoint(x, start.y()))
        assert lab.bar.fields["y"].x() == left
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(2, start.y()))
    QApplication.processEvents()
    assert len(told) > 3 and {name for name, _value in told} == {"x"}
    assert float(lab.stepper.inputs["x"]) == told[-1][1] == field.edit.value < -3
    lab.history.stack.undo()
    assert float(lab.stepper.inputs["x"]) == 3 and slider.value() == field._scale.place(3)
    assert float(lab.stepper.inputs["y"]) == 40


@pytest.mark.parametrize(
    ("value", "reach"), [(0.0, 5), (-5, 5), (5.5, 10), (11, 50), (-51, 100), (99_000, 100_000)]
)
def test_a_slider_reaches_as_far_as_its_number_needs(value: float, reach: float) -> None:
    assert reach_of(value) == reach


@pytest.mark.parametrize("size", [(1366, 768), (1000, 700)])
def test_buttons_stay_in_place(window: LabWindow, qtbot: QtBot, size: tuple[int, int]) -> None:
    window.offer_network()
    window.resize(*size)
    QApplication.processEvents()
    lab = window.lab
    buttons = {**lab.bar.buttons, "examples": lab.bar.examples, "network": lab.bar.of_canvas}

    def places() -> dict[str, QPoint]:
        QApplication.processEvents()
        return {name: button.mapTo(window, QPoint()) for name, button in buttons.items()}

    first = places()
    type_expression(qtbot, lab, "x + y * z1 + exp(z2) * z3 / (z4 + 2) + z5 * z6 - sin(z7)")
    assert places() == first
    lab.bar.fields["x"].show_value(-123456.789)
    assert places() == first
    made, data = trainer("2-2-1"), dataset(2)
    lab.show_network(made.network, made.snapshot().theta, data.x[:, :3], data.targets(1)[:, :3])
    assert places() == first
    qtbot.mouseClick(lab.bar.own, Qt.MouseButton.LeftButton)
    assert places() == first


def test_the_expression_keeps_its_letters_while_one_types(lab: Lab, qtbot: QtBot) -> None:
    letters = lab.bar.expression.font()
    for text in ("x*y", "x*", "x*y+1"):  # the second one cannot be read
        type_expression(qtbot, lab, text)
        assert lab.bar.expression.font().family() == letters.family()
        assert lab.bar.expression.font().pointSizeF() == letters.pointSizeF()


def test_fields_of_variables_that_stay_are_kept_while_one_types(lab: Lab, qtbot: QtBot) -> None:
    lab.show_expression("x*y", {"x": 3, "y": 4})
    kept = dict(lab.bar.fields)
    lab.bar.expression.setFocus()
    lab.bar.expression.end(False)
    qtbot.keyClicks(lab.bar.expression, "*w")
    QApplication.processEvents()
    assert list(lab.bar.fields) == list(lab.stepper.graph.variables) and "w" in lab.bar.fields
    assert all(lab.bar.fields[name] is field for name, field in kept.items())
    shown = [lab.bar.fields[name].x() for name in lab.stepper.graph.variables]
    assert shown == sorted(shown) and all(field.isVisible() for field in lab.bar.fields.values())
