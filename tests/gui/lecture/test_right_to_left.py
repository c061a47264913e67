"""Scenes in a language that is written from right to left, and words of the frame in a lecture's language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QTextLayout, QTextOption
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.language import in_use
from core.lecture.lecture_file import Lecture, LectureScene, write_lecture
from core.lecture.scene import Build, SceneQuestion, scene_files
from core.project import languages
from gui.app.application import application
from gui.figures.drawn_text import drawn_texts
from gui.lecture.large_type import isolated, write
from gui.lecture.window import open_lecture
from gui.qt.later import draw_all
from gui.text.reading_direction import reading
from gui.theme.theme import LIGHT
from tests.gui.translated import untranslated, write_language

RIGHT_TO_LEFT, LEFT_TO_RIGHT = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight
SENTENCE = "مقدار خطا −0.5 و (0, 1) است."


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        (SENTENCE, RIGHT_TO_LEFT),
        ("W[l]_ij از نورون i به نورون j می‌رود.", RIGHT_TO_LEFT),
        ("The word خطا means error.", LEFT_TO_RIGHT),
        ("0.24", LEFT_TO_RIGHT),
    ],
)
def test_a_text_runs_in_the_direction_of_most_of_its_letters(
    qtbot: QtBot, text: str, direction: Qt.LayoutDirection
) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    write(label, text)
    assert reading(text) == label.layoutDirection() == direction and label.accessibleName() == text


def test_numbers_and_formulas_run_from_left_to_right_and_the_full_stop_is_at_the_left_end(
    qtbot: QtBot,
) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    write(label, SENTENCE)
    shown = label.text()
    layout = QTextLayout(shown)
    option = QTextOption()
    option.setTextDirection(label.layoutDirection())
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()

    def x(part: str) -> float:
        """Return the middle of the first character of a part, as it is drawn."""
        (run,) = line.glyphRuns(shown.index(part), 1)
        return run.boundingRect().center().x()

    assert x("−") < x("0.5") and x("(") < x("0, 1") < x("1)") < x(")")
    assert x(".") > x("−")  # that of the number
    assert x("است.") < x("(") < x("−") < x("مقدار")
    (stop,) = line.glyphRuns(len(shown) - 1, 1)
    assert stop.boundingRect().center().x() < x("ت.")
    assert isolated("The error is −0.5.") == "The error is −0.5."


def test_the_words_of_the_frame_come_from_the_language_of_the_lecture(
    qtbot: QtBot, settings: QSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "Reveal": "پاسخ",
        "Guess first · {k} of {all}": "حدس {k} از {all}",
        "You said {guess}: right, it is {number}.": "{guess} درست: {number}.",
    }
    file = {"format": "glassnet-language", "version": 1, "name": "فارسی", "texts": texts}
    (tmp_path / "fa.language").write_text(json.dumps(file), "utf-8")
    monkeypatch.setattr(languages, "LANGUAGES", tmp_path)
    scene = LectureScene(
        scene="mse",
        cards=(SceneQuestion(question="مقدار MSE چقدر است؟", reveals="MSE"),),
        builds=(Build(say=SENTENCE, ask=0), Build(reveal=True)),
    )
    path = tmp_path / "fa.glasslecture"
    write_lecture(path, Lecture(title="خطا", language="fa", scenes=(scene,)))
    application()  # whose words can be translated
    window = open_lecture(None, settings, LIGHT)
    qtbot.addWidget(window)
    window.open_scene(path)
    qtbot.waitExposed(window)
    cards = window.theatre.words.cards
    assert cards.box.reveal_button.text() == "پاسخ" and cards.box.count.accessibleName() == "حدس 1 از 1"
    assert window.theatre.headline.layoutDirection() == RIGHT_TO_LEFT
    QTest.keyClicks(cards.guess.field, "0.24")
    QTest.keyClick(cards.guess.field, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: cards.box.answer.verdict.accessibleName() == "0.24 درست: 0.24.")
    window.open_scene(scene_files()[0])
    assert cards.box.reveal_button.text() == "Reveal" and in_use() == "en"


SCENES = ("perceptron-xor", "notation", "k-classes", "mse", "one-weight", "softmax-tumours", "chain-rule")


def test_what_is_painted_on_the_stage_comes_in_the_language_of_the_lecture_too(
    qtbot: QtBot, settings: QSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_language(tmp_path / "br.language")
    monkeypatch.setattr(languages, "LANGUAGES", tmp_path)
    path = tmp_path / "own.glasslecture"
    write_lecture(
        path, Lecture(title="Own", language="br", scenes=tuple(LectureScene(scene=name) for name in SCENES))
    )
    application()
    window = open_lecture(None, settings, LIGHT)
    window.resize(1600, 1000)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.open_scene(path)
    for k in range(len(SCENES)):
        window.go(k)
        for _ in range(window.theatre.builds):
            draw_all(window)
            read = [text.text for text in drawn_texts(window.theatre.stage)]
            assert untranslated([" ".join(read)]) == [], SCENES[k]
            QTest.keyClick(window, Qt.Key.Key_PageDown)
            window.theatre.finish()
    other = QWidget()
    qtbot.addWidget(other)
    assert in_use() == "br"
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    assert in_use() == "en"
    window.activateWindow()
    qtbot.waitUntil(lambda: in_use() == "br")
    with qtbot.waitSignal(window.destroyed):
        window.close()
    assert in_use() == "en"
