"""A language of a file reaches every text of the windows, of core's sentences, and of the scenes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.language import in_use, tr, use
from core.lecture.scene import localized, read_scene, scene_files
from core.lecture.view_ids import ViewId
from core.nn.design import Data, Dense, Design, Training
from core.project.files import DesignFile, examples, write
from core.project.json_io import FileError
from core.project.languages import read_language, speak
from gui.app.application import application, open_named
from gui.app.installation import facts, screens
from gui.app.main_window import MainWindow
from gui.cli.language import texts_of_program, write_language
from gui.lecture.window import open_lecture
from gui.theme import theme
from tests.gui.translated import OPEN, bracketed, texts_of, untranslated
from tests.gui.translated import write_language as write_brackets
from tests.test_terminal import glassnet

Open = Callable[..., MainWindow]
TITLE = "Meine Zahlen"
WORDS_OF_FILES = ("format", "version", "title", "design", "layers")  # names of fields
ALIKE = Design(
    TITLE,
    Data("moons"),
    (*(Dense(6, "sigmoid", initializer="zeros") for _ in range(5)), Dense(1, "sigmoid")),
)
INVALID = Design(TITLE, Data("blobs"), (Dense(2, "sigmoid"),), Training(batch_size=5000))


@pytest.fixture(scope="module")
def brackets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_brackets(tmp_path_factory.mktemp("languages") / "brackets.language")


@pytest.fixture
def language(brackets: Path) -> Iterator[None]:
    speak(str(brackets))
    application()
    yield
    use("en", {})


def seen() -> list[str]:
    """Return the texts of all windows."""
    QApplication.processEvents()
    windows = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    return [text for window in windows for text in texts_of(window)]


def assert_translated() -> None:
    texts = seen()
    assert any(text.startswith(OPEN) for text in texts)
    for_maintainers = facts(screens(QApplication.instance()))
    names = (path.stem.replace("-", " ") for path in examples().values())
    found = untranslated(texts, (TITLE, for_maintainers, *names))
    assert not found, "\n".join(found)


# -- windows ------------------------------------------------------------------------------------------


def test_the_main_window_with_all_its_panels(language: None, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(ALIKE)
    for dock in window.panels.docks:
        dock.show()
    for action in ("step", "iteration", "forward", "backward", "update"):
        window.actions_[action].trigger()
        window.player.settle()
    window.panels.docks.bring(ViewId.HEALTH)
    window.player.run(20)
    qtbot.waitUntil(lambda: bool(window.panels[ViewId.HEALTH].findings))
    for dock in window.panels.docks:
        dock.raise_()
        assert_translated()


def test_what_is_wrong_with_a_design(language: None, window: MainWindow) -> None:
    window.document.edit(INVALID, tr("Add layer"))
    window.player.settle()
    assert_translated()


def test_what_is_wrong_with_a_file(language: None, open_window: Open, tmp_path: Path) -> None:
    file = tmp_path / "broken.glassnet"
    write(file, DesignFile(ALIKE))
    whole = json.loads(file.read_text(encoding="utf-8"))
    window = open_window(ALIKE)
    texts = (
        "no JSON",
        "[]",
        json.dumps(whole)[:-10],
        json.dumps({**whole, "format": "other"}),
        json.dumps({**whole, "version": 99}),
        json.dumps({**whole, "more": 1}),
        json.dumps({**whole, "design": {**whole["design"], "layers": []}}),
        json.dumps({**whole, "design": {**whole["design"], "title": 5}}),
    )
    for text in texts:
        file.write_text(text, encoding="utf-8")
        open_named(window, str(file))
        assert window.notice.isVisible()
        assert untranslated(seen(), (TITLE, str(file), file.name, *WORDS_OF_FILES)) == [], text
        window.notice.hide()


def test_what_an_action_opens(language: None, open_window: Open) -> None:
    window = open_window(ALIKE)
    for action in ("preferences", "commands", "shortcuts", "stops", "about", "lab", "side_by_side"):
        before = QApplication.topLevelWidgets()
        window.actions_[action].trigger()
        assert_translated()
        for opened in QApplication.topLevelWidgets():
            if opened not in before:
                opened.close()


def test_the_lecture_and_its_exercises(language: None, settings: QSettings, qtbot: QtBot) -> None:
    lecture = open_lecture(None, settings, theme.LIGHT)
    qtbot.addWidget(lecture)
    for k, path in [*enumerate(scene_files())][::4]:
        lecture.go(k)
        assert lecture.bar.title.text() == bracketed(read_scene(path).title)
        assert_translated()
        if lecture.actions_["exercise"].isVisible():
            lecture.actions_["exercise"].trigger()
            assert_translated()


# -- scenes -------------------------------------------------------------------------------------------


def test_a_scene_brings_its_own_translations(language: None) -> None:
    scene = read_scene(scene_files()[0])
    own = replace(scene, translations={"brackets": {scene.title: "Von der Szene selbst"}})
    assert localized(own).title == "Von der Szene selbst"
    assert localized(own).words == tuple(map(bracketed, scene.words))
    use("en", {})
    assert localized(own).title == scene.title


# -- files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"texts": {"{name} is a function; write {name}(…).": "eine Funktion"}}, "same places: {name}"),
        ({"texts": {"Epoch {epoch} is complete.": "Epoche {epoche}"}}, "same places: {epoch}"),
        ({"format": "glassnet-scene"}, "format must be “glassnet-language”"),
        ({"version": 2}, "newer than this Glassnet"),
    ],
)
def test_a_faulty_file_is_refused_in_a_sentence(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    file = tmp_path / "de.language"
    good = {"format": "glassnet-language", "version": 1, "name": "Deutsch", "texts": {}}
    file.write_text(json.dumps(good), encoding="utf-8")
    assert read_language(file).name == "Deutsch"
    file.write_text(json.dumps({**good, **change}), encoding="utf-8")
    with pytest.raises(FileError, match=re.escape(sentence)):
        speak(str(file))
    assert in_use() == "en"


def test_writing_a_file_again_keeps_its_translations(tmp_path: Path) -> None:
    file = tmp_path / "de.language"
    texts, translated = write_language(file)
    assert (texts, translated) == (len(texts_of_program()), 0)
    made = json.loads(file.read_text(encoding="utf-8"))
    made["texts"]["Seed"] = "Startzahl"
    made["texts"]["no text of the program"] = "weg"
    file.write_text(json.dumps({**made, "name": "Deutsch"}), encoding="utf-8")
    assert write_language(file) == (texts, 1)
    assert read_language(file).name == "Deutsch"
    assert read_language(file).texts["Seed"] == "Startzahl"


def test_the_terminal_speaks_it_too(brackets: Path, tmp_path: Path) -> None:
    spoken = {"GLASSNET_LANGUAGE": str(brackets)}
    broken = tmp_path / "broken.glassnet"
    broken.write_text("{}", encoding="utf-8")
    refused = glassnet("train", broken, **spoken)
    assert refused.returncode == 2
    assert untranslated([refused.stderr.removeprefix("glassnet: ")], (broken.name, *WORDS_OF_FILES)) == []
    checked = glassnet("check", "xor", **spoken)
    assert checked.returncode == 0
    assert untranslated(checked.stdout.splitlines()) == []
    listed = glassnet("scenes", **spoken)
    assert bracketed(read_scene(scene_files()[0]).title) in listed.stdout
