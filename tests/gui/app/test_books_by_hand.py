"""The worked examples of four books, set up from nothing in the window as a lecturer does, and read there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from core import number_style
from core.lecture.view_ids import ViewId
from gui.app.command_palette import CommandPalette
from gui.app.main_window import MainWindow
from gui.selection import Selection
from gui.views.matrices.first_weights import FirstWeightsForm
from tests.gui.drawn import listening

Open = Callable[..., MainWindow]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen


class Lecturer:
    """One who sets up an example by keys, Ctrl+K and pasted tables, and reads the window."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        window.activateWindow()

    def settle(self) -> None:
        QApplication.processEvents()
        self.window.player.settle()
        QApplication.processEvents()

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, keys)
        self.settle()

    def say(self, *commands: str) -> None:
        """Do what is found by these words, one after the other."""
        for text in commands:
            self.qtbot.keyClick(self.window, Qt.Key.Key_K, CTRL)
            palette = self.window.findChildren(CommandPalette)[-1]
            self.qtbot.keyClicks(palette.line, text)
            assert palette.list.topLevelItemCount(), text
            self.qtbot.keyClick(palette.line, Qt.Key.Key_Return)
            self.settle()

    def paste_table(self, text: str, *targets: str) -> None:
        """Paste a table with names into an empty one; its names tell what is a target."""
        self.say("empty table")
        view = self.window.panels[ViewId.TABLE]
        self.qtbot.mouseClick(
            view.grid.viewport(), LEFT, NONE, view.grid.visualRect(view.rows.index(0, 2)).center()
        )
        QGuiApplication.clipboard().setText(text)
        self.key(Qt.Key.Key_V, CTRL)
        table = self.window.document.design.data.table
        assert table is not None
        assert [column.name for column in table.columns if column.role == "target"] == list(targets)

    def delete_layer(self, l: int) -> None:
        """Click the header of a layer and press Delete."""
        canvas = self.window.panels.canvas
        chip = canvas.state.layout.of_layer(l).chip
        at = QPointF(chip.center().x(), chip.top() + chip.height() / 4)
        self.qtbot.mouseClick(canvas.viewport(), LEFT, NONE, canvas.mapFromScene(at))
        assert self.window.session.selection == Selection(l)
        self.key(Qt.Key.Key_Delete)

    def paste_weights(self, *layers: str) -> None:
        """Paste the first weights of every layer, the biases last."""
        view = self.window.panels.bring(ViewId.MATRICES)
        for l, text in enumerate(layers, start=1):
            view.layer.setCurrentIndex(l)
            QTest.mouseClick(view.first, LEFT)
            form = view.findChildren(FirstWeightsForm)[-1]
            QGuiApplication.clipboard().setText(text)
            QTest.mouseClick(form.paste, LEFT)
            QTest.mouseClick(form.buttons.button(QDialogButtonBox.StandardButton.Ok), LEFT)
            self.window.activateWindow()
            self.settle()

    def on_canvas(self) -> set[str]:
        """Return all texts on the canvas."""
        view = self.window.panels.canvas
        with listening() as heard:
            for item in view.scene().items():
                item.update()
            view.grab()
        return {text.removeprefix("a = ").removeprefix("o = ") for text, _at in heard}

    def loss(self) -> str:
        return self.window.counters.train.value.text()


@pytest.fixture
def lecturer(open_window: Open, qtbot: QtBot) -> Iterator[Lecturer]:
    before = number_style.digits()
    yield Lecturer(open_window(size=(1600, 1000)), qtbot)
    number_style.set_digits(before)


def test_two_two_two(lecturer: Lecturer) -> None:
    lecturer.paste_table("x1\tx2\ty1\ty2\n0.05\t0.10\t0.01\t0.99", "y1", "y2")
    lecturer.delete_layer(2)
    lecturer.say(
        "2 neurons layer 1", "sigmoid layer 1", "sigmoid layer 2", "half the sum", "eta 0.5", "digits 9"
    )
    lecturer.paste_weights(".15 .25\n.20 .30\n.35 .35", ".40 .50\n.45 .55\n.60 .60")
    assert lecturer.loss() == "0.298371109"
    lecturer.key(Qt.Key.Key_2)
    assert {"0.751365070", "0.772928465", "0.593269992"} <= lecturer.on_canvas()
    lecturer.say("gradients")
    assert "0.0821670406" in lecturer.on_canvas(), "∂E/∂w5"
    lecturer.say("weights")
    lecturer.key(Qt.Key.Key_3)
    assert {"0.358916480", "0.149780716"} <= lecturer.on_canvas()
    assert lecturer.loss() == "0.280471447"


def test_three_two_one(lecturer: Lecturer) -> None:
    lecturer.paste_table("x1\tx2\tx3\tt\n1\t0\t1\t1", "t")
    lecturer.delete_layer(2)
    lecturer.say("2 neurons layer 1", "sigmoid layer 1", "mean squared error", "half the sum", "eta 0.9")
    lecturer.paste_weights("0.2 -0.3\n0.4 0.1\n-0.5 0.2\n-0.4 0.2", "-0.3\n-0.2\n0.1")
    lecturer.key(Qt.Key.Key_2)
    assert {"0.332", "0.525", "0.474"} <= lecturer.on_canvas()
    lecturer.key(Qt.Key.Key_3)
    assert {"−0.261", "0.192", "b = 0.218"} <= lecturer.on_canvas()


def test_xor_from_its_first_sample(lecturer: Lecturer) -> None:
    lecturer.paste_table("x1\tx2\ty\n1\t1\t0\n0\t1\t1\n1\t0\t1\n0\t0\t0", "y")
    lecturer.delete_layer(2)
    lecturer.say("2 neurons layer 1", "sigmoid layer 1", "mean squared error", "half the sum", "digits 4")
    lecturer.say("stochastic", "order as in the table")
    lecturer.paste_weights("0.5 0.9\n0.4 1\n-0.8 0.1", "-1.2\n1.1\n-0.3")
    lecturer.key(Qt.Key.Key_2)
    assert {"0.5250", "0.8808", "0.5097", "δ = 0.1274"} <= lecturer.on_canvas()
    lecturer.key(Qt.Key.Key_3)
    assert "0.5038" in {text[:6] for text in lecturer.on_canvas()}


@pytest.mark.parametrize(
    ("loss", "weights", "first", "last"),
    [
        (("mean squared error", "half the sum"), "0.6\n0.9", "0.82", "0.09"),
        (("mean squared error", "half the sum"), "2\n2", "0.98", "0.20"),
        (("binary cross-entropy",), "2\n2", "0.98", "0.01"),
    ],
)
def test_one_neuron_that_learns_slowly(
    lecturer: Lecturer, loss: tuple[str, ...], weights: str, first: str, last: str
) -> None:
    lecturer.paste_table("x\ty\n1\t0", "y")
    lecturer.delete_layer(2)
    lecturer.delete_layer(1)
    lecturer.say("sigmoid layer 1", *loss, "eta 0.15")
    lecturer.paste_weights(weights)
    lecturer.key(Qt.Key.Key_1)
    (said,) = [text for text in lecturer.on_canvas() if text.startswith("0.98") or text.startswith("0.8")]
    assert f"{float(said):.2f}" == first
    lecturer.window.player.run(300)
    lecturer.settle()
    assert lecturer.loss() in lecturer.on_canvas()  # that of the only row
    (said,) = [text for text in lecturer.on_canvas() - {lecturer.loss()} if text.startswith("0.")]
    assert f"{float(said):.2f}" == last
