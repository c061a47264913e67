"""Copying the worked solution of the present sample to the clipboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.derivation.latex import as_latex
from core.derivation.solution import solution
from core.derivation.text import as_text
from core.nn.trainer import Phase
from gui.selection import Selection
from gui.session.gc_timer import GarbageTimer
from gui.views.inspector.view import Inspector
from tests.gui.scenes import Scene, scene, tell


@pytest.fixture
def inspector(qtbot: QtBot) -> Iterator[Inspector]:
    garbage = GarbageTimer()
    made = Inspector()
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    qtbot.waitExposed(made)
    yield made
    garbage.stop()


def _copy(inspector: Inspector, entry: int) -> None:
    """Choose an entry of the button's menu."""
    inspector.copy.menu.actions()[entry].trigger()


def _solution(told: Scene, sample: int) -> str:
    """Return the pass with the weights on the screen, and the update that results from it."""
    snapshot = told.snapshot
    worked = solution(
        told.network,
        snapshot.theta,
        told.dataset,
        sample,
        memory=snapshot.memory,
        iteration=snapshot.iteration,
        learning_rate=snapshot.learning_rate,
    )
    return as_text(worked)


@pytest.mark.parametrize("phase", [Phase.BACKWARD, Phase.UPDATE])
def test_the_present_sample_as_text(inspector: Inspector, phase: Phase) -> None:
    told = scene(phase=phase)
    tell(inspector, told)
    _copy(inspector, 0)
    values = told.snapshot.values
    assert values is not None
    assert QGuiApplication.clipboard().text() == _solution(told, int(values.samples[0]))
    assert f"Sample {values.samples[0] + 1}" in inspector.copy.said.text()


def test_the_selected_sample_as_latex(inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=1, neuron=0, sample=8))
    _copy(inspector, 1)
    text = QGuiApplication.clipboard().text()
    assert text.startswith(as_latex(solution(told.network, told.snapshot.before, told.dataset, 8))[:200])
    assert r"\begin{align*}" in text


def test_what_cannot_be_written_says_why(inspector: Inspector) -> None:
    told = scene()
    QGuiApplication.clipboard().setText("as it was")
    broken = replace(told.snapshot, before=np.full_like(told.snapshot.before, np.inf))
    tell(inspector, told)
    inspector.show_snapshot(broken)
    _copy(inspector, 0)
    assert "not a finite number" in inspector.copy.said.text()
    assert QGuiApplication.clipboard().text() == "as it was"


def test_a_long_one_is_written_beside_and_can_be_cancelled(qtbot: QtBot, inspector: Inspector) -> None:
    told = scene("breast-cancer", hidden=(12,), iterations=2)
    tell(inspector, told)
    copy = inspector.copy
    QGuiApplication.clipboard().setText("as it was")
    _copy(inspector, 0)
    assert copy.button.text() == "Cancel" and copy.button.menu() is None
    qtbot.mouseClick(copy.button, Qt.MouseButton.LeftButton)
    assert copy.button.text() == "Copy solution" and "Nothing" in copy.said.text()
    assert QGuiApplication.clipboard().text() == "as it was"
    _copy(inspector, 0)
    qtbot.waitUntil(lambda: copy.button.text() == "Copy solution")
    assert "lines copied" in copy.said.text() and "z[1]" in QGuiApplication.clipboard().text()


def test_without_numbers_there_is_nothing_to_copy(inspector: Inspector) -> None:
    assert not inspector.copy.button.isEnabled()
