"""Numbers asked for on the benches: nowhere on the stage before the answer, and there from then on."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.lecture.builds import builds_of
from core.lecture.evaluator import SceneEvaluator
from core.lecture.expected import found_with
from core.lecture.scene import read_scene, scene_files
from core.lecture.subjects import ActivationBench, Expression, LossBench, OneWeight, SoftmaxBench
from core.number_style import slide_text
from gui.figures.drawn_text import drawn_texts
from gui.lecture.inspection import faults_of
from gui.lecture.window import open_lecture
from gui.theme import theme

BENCHES = (ActivationBench, Expression, LossBench, OneWeight, SoftmaxBench)
SCENES = [file for file in scene_files() if isinstance(read_scene(file).subject, BENCHES)]
THERE_ANYWAY = ("∂f/∂q = z", "∂f/∂x", "sigmoid g′(0)", "MAE")
"""Numbers that stand on the stage for another reason, as a given z or at an axis."""


@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.stem)
def test_a_number_stands_on_the_stage_once_it_is_answered_and_not_before(
    qtbot: QtBot, settings: QSettings, file
) -> None:
    window = open_lecture(None, settings, theme.LIGHT)
    qtbot.addWidget(window)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1920, 1080)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.open_scene(file)
    scene, player = read_scene(file), window.theatre
    numbers = {
        card.reveals: slide_text(found_with(SceneEvaluator(scene.subject), one).computed or 0.0)
        for card in scene.cards
        for one in scene.expected
        if one.name == card.reveals and not card.choices
    }
    for _ in builds_of(scene):
        player.finish()
        state = player.state
        assert [fault for fault in faults_of(player, 1080) if "nowhere" in fault] == []
        if state.asking and (asked := scene.cards[state.question].reveals) in numbers:
            shown = {text.text.strip() for text in drawn_texts(player.stage)}
            assert asked in THERE_ANYWAY or numbers[asked] not in shown
        if not state.last:
            QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert player.state.last


def test_what_was_answered_stays_while_the_next_is_asked(qtbot: QtBot, settings: QSettings) -> None:
    window = open_lecture(None, settings, theme.LIGHT)
    qtbot.addWidget(window)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1920, 1080)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.open_scene(next(file for file in SCENES if "one-weight" in file.stem))
    stage = window.theatre.stage
    row = lambda: [stage.table.item(0, column).text() for column in range(2, 6)]  # noqa: E731
    assert row() == ["16", "?", "?", "?"]
    for _ in range(5):
        QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert row() == ["16", "−24", "?", "?"]
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_PageDown)
    window.theatre.finish()
    assert row() == ["16", "−24", "2.4", "4.4"]
