"""The same number looks the same wherever the window shows it, in as many digits as are set."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.graph.number_text import read_number
from core.lecture.scene import find_scene
from core.lecture.view_ids import ViewId
from core.number_style import FEWEST_DIGITS, digits, fine_text, ratio_text, set_digits, value_text
from gui.app.command_palette import CommandPalette
from gui.app.main_window import MainWindow
from gui.app.preferences import Preferences
from gui.graph_lab.formulas import node_text
from gui.graph_lab.view import Lab
from gui.graph_lab.window import LabWindow
from gui.qt.later import draw_all
from gui.selection import Selection
from gui.text.rich_text import number
from gui.views.counters import Counters
from tests.sampling import covering

Open = Callable[..., MainWindow]
WEIGHTS = (1.5e-9, 0.123456, -0.7, 1234.5, 2.13e-5, 0.5)


@pytest.fixture(autouse=True)
def usual_digits() -> Iterator[None]:
    yield
    set_digits(FEWEST_DIGITS)


def plain(html: str) -> str:
    return re.sub("<[^>]*>", "", html).replace("\xa0", " ")


def weight_texts(window: MainWindow, value: float) -> dict[str, str]:
    """Return how each view writes W[2] from neuron 1 to neuron 1, which is made ``value``."""
    network = window.document.network
    theta = window.player.snapshot.theta.copy()
    network.W(theta, 2)[0, 0] = value
    window.panels.canvas.theta_edit_requested.emit(theta, "Weight")
    window.player.settle()
    window.session.select(Selection(2, 0, 0))
    matrices = window.panels.bring("matrices")
    QApplication.processEvents()
    matrices.grab()
    painted = set(matrices.table.blocks._painter._texts)
    wanted = value_text(value)
    written = window.panels.canvas.network_scene.pills._written[2, 0, 0]
    return {
        "canvas": written.weight,
        "matrices": wanted if wanted in painted else f"not among {painted}",
        "inspector": plain(number(value)),
        "lab": lab_text(value),
    }


def lab_text(value: float) -> str:
    """Return how the pills and the table of the computational graph write a value."""
    return node_text(np.asarray(value), scalar=True)


@pytest.mark.parametrize(("value", "count"), covering(WEIGHTS, [3, 5]))
def test_a_weight_has_one_look(open_window: Open, settings: QSettings, value: float, count: int) -> None:
    settings.setValue("look/digits", count)
    window = open_window()
    texts = weight_texts(window, value)
    assert set(texts.values()) == {value_text(value)}, texts
    edit = window.panels["inspector"].parameter.editor.edit
    assert edit.text() == fine_text(value)
    assert read_number(edit.text()) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("count", [3, 5])
def test_the_loss_and_the_accuracy_have_one_look(open_window: Open, settings: QSettings, count: int) -> None:
    settings.setValue("look/digits", count)
    window = open_window()
    score = window.player.snapshot
    assert score.test is not None and score.test.accuracy is not None
    counters = next(iter(window.findChildren(Counters)))
    assert counters.train.value.text() == value_text(score.train.loss)
    assert counters.test.value.text() == value_text(score.test.loss)
    assert counters.accuracy.value.text() == ratio_text(score.test.accuracy)
    inspector = window.panels["inspector"].text.toPlainText()
    assert value_text(score.train.loss) in inspector and value_text(score.test.loss) in inspector


def pictures(window: MainWindow) -> dict[str, QImage | str]:
    """Return how every panel that computes numbers looks, each in front, and the canvas."""
    made: dict[str, QImage | str] = {"canvas": window.panels.canvas.grab().toImage()}
    for view in (ViewId.OUTLINE, ViewId.MATRICES, ViewId.TABLE, ViewId.CONFUSION_MATRIX):
        made[view] = window.panels.bring(view).grab().toImage()
        QApplication.processEvents()
        made[view] = window.panels[view].grab().toImage()
    made["counters"] = window.counters.grab().toImage()
    made["inspector"] = window.panels.bring(ViewId.INSPECTOR).text.toPlainText()
    return made


def begun(open_window: Open) -> MainWindow:
    window = open_window()
    window.player.run(20)
    window.player.settle()
    window.session.select(Selection(1, 0))
    pictures(window)  # which opens the panels, so that all have their final sizes
    return window


def test_digits_are_chosen_in_the_menu_and_all_numbers_follow_at_once(
    open_window: Open, settings: QSettings
) -> None:
    window = begun(open_window)
    few = pictures(window)
    window.actions_["digits_7"].trigger()
    QApplication.processEvents()
    changed = pictures(window)
    assert digits() == 7 and settings.value("look/digits") == 7
    counts = {ViewId.CONFUSION_MATRIX}  # whole numbers, which have all their digits
    assert {name for name in few if changed[name] == few[name]} <= counts
    afresh = begun(open_window)
    assert afresh.actions_["digits_7"].isChecked() and digits() == 7
    same = pictures(afresh)
    alike = ("counters", "inspector")  # the other panels may be of another size in another window
    assert [name for name in alike if changed[name] != same[name]] == []


def values_in(lab: Lab) -> list[str]:
    table = lab.side.table
    cells = [table.item(row, k) for row in range(table.rowCount()) for k in range(table.columnCount())]
    return [cell.text() for cell in cells if cell is not None]


def test_the_graph_lab_follows_the_digits(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["lab"].trigger()
    (opened,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, LabWindow))
    line = opened.lab.bar.expression
    line.selectAll()
    qtbot.keyClicks(line, "exp(x) / y")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    opened.actions_["last"].trigger()
    few, picture = values_in(opened.lab), opened.lab.canvas.grab().toImage()
    window.actions_["digits_9"].trigger()
    assert values_in(opened.lab) != few and opened.lab.canvas.grab().toImage() != picture
    window.actions_["digits_3"].trigger()
    assert values_in(opened.lab) == few
    opened.close()


def test_digits_are_chosen_in_the_preferences_and_by_words(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["preferences"].trigger()
    dialog = window.findChild(Preferences)
    qtbot.keyClick(dialog.rows["digits"], Qt.Key.Key_Down)
    assert digits() == FEWEST_DIGITS + 1 and window.actions_["digits_4"].isChecked()
    dialog.close()
    window.actions_["commands"].trigger()
    palette = window.findChild(CommandPalette)
    qtbot.keyClicks(palette.line, "digits 9")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert digits() == 9


@pytest.mark.parametrize("scene", ["mse", "binary-output"])
def test_the_lecture_writes_answers_and_counts_in_the_digits_that_are_set(
    window: MainWindow, scene: str
) -> None:
    """What stands there is what stands there when the scene is shown anew."""
    window.actions_["lecture"].trigger()
    lecture = window.lecture_launcher.lecture
    assert lecture is not None

    def texts() -> list[str]:
        lecture.open_scene(find_scene(scene))
        lecture.actions_["last_build"].trigger()
        return written()

    def written() -> list[str]:
        draw_all(lecture)
        shown = (label.text() for label in lecture.findChildren(QLabel) if label.isVisible())
        return sorted(text for text in shown if re.search(r"\d\.\d", text))

    few = texts()
    window.actions_["digits_7"].trigger()
    many = written()
    assert many != few and texts() == many
    lecture.close()
