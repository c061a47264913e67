"""A language of a file reaches every text of the windows, of core's sentences, and of the scenes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.language import use
from core.lecture.scene import read_scene, scene_files
from core.nn.design import Data, Dense, Design, Training
from core.project.languages import speak
from gui.app.main_window import MainWindow
from gui.lecture.window import open_lecture
from gui.theme import theme
from gui.views.registry import DOCKS
from tests.gui.translated import OPEN, texts_of, untranslated
from tests.gui.translated import write_language as write_brackets

Open = Callable[..., MainWindow]
TITLE = "Meine Zahlen"
SATURATED = Design(
    TITLE,
    Data("moons"),
    (*(Dense(6, "sigmoid", initializer="normal") for _ in range(5)), Dense(1, "sigmoid")),
)
INVALID = Design(TITLE, Data("blobs"), (Dense(2, "sigmoid"),), Training(batch_size=5000))


@pytest.fixture(scope="module")
def brackets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_brackets(tmp_path_factory.mktemp("languages") / "brackets.language")


@pytest.fixture
def language(brackets: Path) -> Iterator[None]:
    speak(str(brackets))
    yield
    use("en", {})


def seen() -> list[str]:
    """Return the texts of all windows."""
    QApplication.processEvents()
    return [
        text for window in QApplication.topLevelWidgets() if window.isVisible() for text in texts_of(window)
    ]


def assert_translated(own: tuple[str, ...] = ()) -> None:
    texts = seen()
    assert any(text.startswith(OPEN) for text in texts)
    found = untranslated(texts, (TITLE, *own))
    assert not found, "\n".join(found)


# -- windows ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("design", [SATURATED, INVALID], ids=["findings", "problems"])
def test_the_main_window_with_all_its_panels(language: None, open_window: Open, design: Design) -> None:
    window = open_window(design)
    for view in DOCKS:
        window.panels.docks[view].show()
        QApplication.processEvents()
    for action in ("step", "iteration", "forward"):
        window.actions_[action].trigger()
        window.player.settle()
    assert_translated()


@pytest.mark.parametrize(
    "action", ["preferences", "commands", "shortcuts", "stops", "about", "lab", "side_by_side"]
)
def test_what_an_action_opens(language: None, open_window: Open, action: str) -> None:
    window = open_window(SATURATED)
    before = QApplication.topLevelWidgets()
    window.actions_[action].trigger()
    assert_translated()
    for opened in QApplication.topLevelWidgets():
        if opened not in before:
            opened.close()


def test_the_lecture(language: None, settings: QSettings, qtbot: QtBot) -> None:
    lecture = open_lecture(None, settings, theme.LIGHT)
    qtbot.addWidget(lecture)
    kinds = set()
    for k, path in enumerate(scene_files()):
        kind = type(read_scene(path).subject)
        if kind not in kinds:
            kinds.add(kind)
            lecture.go(k)
            assert_translated()
