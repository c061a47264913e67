"""The same number looks the same wherever the window shows it, in as many digits as are set."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from core.graph.number_text import read_number
from core.number_style import FEWEST_DIGITS, fine_text, ratio_text, set_digits, value_text
from gui.app.main_window import MainWindow
from gui.graph_lab import value_table
from gui.selection import Selection
from gui.views.counters import Counters
from gui.widgets.rich_text import number

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
    written = window.panels.canvas.pills._written[2, 0, 0]
    return {
        "canvas": written.weight,
        "matrices": wanted if wanted in painted else f"not among {painted}",
        "inspector": plain(number(value)),
        "lab": lab_text(value),
    }


def lab_text(value: float) -> str:
    """Return how the table of the computational graph writes a value."""
    return value_table._text(np.asarray(value), True)


@pytest.mark.parametrize("digits", [3, 5])
@pytest.mark.parametrize("value", WEIGHTS)
def test_a_weight_has_one_look(open_window: Open, value: float, digits: int) -> None:
    set_digits(digits)
    window = open_window()
    texts = weight_texts(window, value)
    assert set(texts.values()) == {value_text(value)}, texts
    edit = window.panels["inspector"].parameter.editor.edit
    assert edit.text() == fine_text(value)
    assert read_number(edit.text()) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("digits", [3, 5])
def test_the_loss_and_the_accuracy_have_one_look(open_window: Open, digits: int) -> None:
    set_digits(digits)
    window = open_window()
    score = window.player.snapshot
    assert score.test is not None and score.test.accuracy is not None
    counters = next(iter(window.findChildren(Counters)))
    assert counters.train.value.text() == value_text(score.train.loss)
    assert counters.test.value.text() == value_text(score.test.loss)
    assert counters.accuracy.value.text() == ratio_text(score.test.accuracy)
    inspector = window.panels["inspector"].text.toPlainText()
    assert value_text(score.train.loss) in inspector and value_text(score.test.loss) in inspector
