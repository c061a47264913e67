"""Saving what the stage shows as a scene, and the speaker notes."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from core.lecture.scene import Scene, SceneQuestion, find_scene, read_scene, shipped_scenes
from core.lecture.subjects import SoftmaxBench
from gui.lecture import speaker_notes as notes_module
from gui.lecture.gallery.view import own_scenes
from gui.lecture.scene_editor import CardTextError, SaveScene, cards_of, name_of, text_of_cards
from gui.lecture.speaker_notes import NotesWindow
from gui.theme import theme
from gui.widgets import dialogs


def scene(number: int) -> Scene:
    return read_scene(find_scene(f"{number:02d}"))


def form(qtbot: QtBot, one: Scene, subject: object = None, settings: QSettings | None = None) -> SaveScene:
    theme.apply(QApplication.instance(), theme.LIGHT)
    made = SaveScene(one, subject or one.subject, settings)
    qtbot.addWidget(made)
    made.show_theme(theme.LIGHT)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def write(made: SaveScene, name: str, text: str) -> None:
    field = made.fields[name]
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)


@pytest.mark.parametrize("number", range(1, 35))
def test_an_untouched_scene_reads_back_the_same(number: int, qtbot: QtBot, tmp_path: Path) -> None:
    made = form(qtbot, scene(number))
    assert made.save(tmp_path / "a.json"), [label.text() for label in made.problems.values()]
    back, one = read_scene(tmp_path / "a.json"), scene(number)
    assert set(back.cards) == set(one.cards)
    same = replace(back, number=one.number, name=one.name, cards=one.cards)
    assert same == one


def test_words_of_ones_own_on_a_changed_subject(qtbot: QtBot, settings: QSettings, tmp_path: Path) -> None:
    subject = SoftmaxBench(z=(1.0, 2.0))
    made = form(qtbot, scene(15), subject, settings)
    write(made, "title", "Two classes, my way!")
    made.fields["words"].setPlainText("First line\ngoes on.\n\nSecond.")
    write(made, "to_try", "Add 1 to both")
    made.fields["cards"].setPlainText("Larger?\n- The first\n+ The second\n= 2 is more than 1")
    with qtbot.waitSignal(made.saved) as told:
        assert made.save(tmp_path / "mine.json")
    assert told.args == [tmp_path / "mine.json"]
    back = read_scene(tmp_path / "mine.json")
    assert (back.number, back.name, back.title) == (
        len(shipped_scenes()) + 1,
        "two-classes-my-way",
        "Two classes, my way!",
    )
    assert back.words == ("First line goes on.", "Second.")
    assert back.to_try == ("Add 1 to both",)
    assert back.subject == subject
    assert back.expected == ()
    assert back.cards == (
        SceneQuestion(
            question="Larger?", choices=("The first", "The second"), right=1, because="2 is more than 1"
        ),
    )
    assert own_scenes(settings) == [tmp_path / "mine.json"]
    again = form(qtbot, scene(15), subject, settings)
    assert again.scene().number == len(shipped_scenes()) + 2


def test_problems_are_said_at_their_field_and_nothing_is_written(qtbot: QtBot, tmp_path: Path) -> None:
    made = form(qtbot, scene(15))
    path = tmp_path / "x.json"
    write(made, "title", "")
    write(made, "formula", "\\frac{1}")
    made.fields["cards"].setPlainText("Only a question?")
    assert not made.save(path)
    assert made.problems["title"].isVisible()
    assert "LaTeX" in made.problems["formula"].text()
    assert made.problems["cards"].text().startswith("Question 1: write two choices")
    assert not made.problems["notes"].isVisible()
    write(made, "title", "t" * 100)
    write(made, "formula", "")
    made.fields["cards"].setPlainText("")
    assert not made.save(path)
    assert "title" in made.problems["title"].text()
    write(made, "title", "Fine")
    made.fields["to_try"].setPlainText("\n".join("abcdefg"))
    assert not made.save(path)
    assert made.problems["to_try"].isVisible()
    assert not made.problems["title"].isVisible()
    assert not path.exists()
    assert not made.save(tmp_path)
    made.fields["to_try"].setPlainText("a")
    assert made.save(path)


def test_a_file_is_replaced_only_after_asking(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "there.json"
    path.write_text("old")
    made = form(qtbot, scene(15))
    asked: list[str] = []
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]

    def question(_parent: object, _title: str, text: str) -> QMessageBox.StandardButton:
        asked.append(text)
        return answers[len(asked) - 1]

    monkeypatch.setattr(dialogs, "question", question)
    monkeypatch.setattr(dialogs, "file_to_save", lambda *_arguments, **_named: str(path.with_suffix("")))
    QTest.keyClick(made, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: asked == ["“there.json” is there already. Replace it?"])
    assert path.read_text() == "old"
    QTest.mouseClick(made.save_button, Qt.MouseButton.LeftButton)
    assert read_scene(path).title == scene(15).title


def test_questions_as_text() -> None:
    cards = tuple(card for card in scene(13).cards if card.choices)
    plain = tuple(replace(card, reveals=None) for card in cards)
    assert cards_of(text_of_cards(plain)) == plain
    assert cards_of("\n \n") == ()
    for text in ("Q\n+ a\n+ b", "Q\n- a\n- b", "Q\n+ a", "Q\nwhat\n+ a\n- b"):
        with pytest.raises(CardTextError, match="Question 1"):
            cards_of(text)
    assert name_of("Größe: 2 × 3!") == "groe-2-3"
    assert name_of("؟") == "scene"


# -- notes --------------------------------------------------------------------------------------------


def test_notes_stay_where_the_speaker_put_them(qtbot: QtBot, settings: QSettings) -> None:
    for _ in range(2):
        window = NotesWindow(settings)
        qtbot.addWidget(window)
        window.show_scene(scene(14), scene(15).title)
        window.show()
        qtbot.waitExposed(window)
        first = window.geometry()
        window.setGeometry(40, 60, first.width() + 20, 500)
        QApplication.processEvents()
        window.close()
    assert first.getRect()[:2] == (40, 60) and first.height() == 500


def test_notes_answer_next_scene_and_time(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, settings: QSettings
) -> None:
    now = [1000.0]
    monkeypatch.setattr(notes_module, "monotonic", lambda: now[0])
    window = NotesWindow(settings)
    qtbot.addWidget(window)
    window.show_scene(scene(14), scene(15).title)
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    assert window.notes.text() == scene(14).notes
    assert window.next_title.text() == f"Next scene: {scene(15).title}"
    assert not window.card_box.isVisible()
    window.show_card("Guess sigmoid(5.7).", "0.99667")
    assert window.card_box.isVisible()
    assert window.answer.text() == "0.99667"
    window.show_scene(scene(34), None)
    assert window.next_title.text() == "This is the last scene."
    now[0] += 3671
    window.show_time()
    assert window.elapsed.text() == "1:01:11"
    QTest.mouseClick(window.restart, Qt.MouseButton.LeftButton)
    assert window.elapsed.text() == "0:00"
    window.move_aside()
    for scale in (1.0, 1.8):
        theme.apply(QApplication.instance(), theme.DARK, scale)
        window.show_theme(theme.DARK)
        assert window.area.widget().minimumSizeHint().width() <= window.area.viewport().width()
    theme.apply(QApplication.instance(), theme.LIGHT)
    with qtbot.waitSignal(window.closed):
        QTest.keyClick(window, Qt.Key.Key_Escape)
