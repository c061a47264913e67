"""The lecture editor by mouse and keys: order, words, builds and questions of scenes, undo, and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.lecture.builds import builds_of
from core.lecture.lecture_file import (
    Lecture,
    LectureScene,
    OpenedLecture,
    lecture_faults,
    open_lecture_file,
    own_lecture,
    read_lecture,
)
from core.lecture.scene import find_scene, read_scene
from core.lecture.view_ids import ViewId
from gui.lecture.editor.window import LectureEditor, open_editor
from gui.lecture.gallery.view import recent_lectures
from gui.theme import theme
from gui.widgets import dialogs
from tests.gui.stages import drag
from tests.gui.waiting import wait_for_the_late

LEFT = Qt.MouseButton.LeftButton
Open = Callable[..., LectureEditor]
THREE = Lecture(
    title="Three", scenes=tuple(LectureScene(scene=name) for name in ("mse", "mae", "vector-output"))
)


@pytest.fixture
def editor(qtbot: QtBot, settings: QSettings) -> Iterator[Open]:
    """Return a function that opens the editor with a lecture; its windows are closed at the end."""
    from gui.app.application import application

    theme.apply(application(), theme.LIGHT)
    opened = list[LectureEditor]()

    def make(lecture: Lecture = THREE, path: Path | None = None) -> LectureEditor:
        window = open_editor(None, settings, theme.LIGHT)
        opened.append(window)
        qtbot.waitExposed(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.draft.begin(lecture, path)
        return window

    yield make
    for window in filter(isValid, opened):
        window.draft.begin(window.draft.lecture)  # nothing is unsaved: no question is asked
        window.close()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def names(window: LectureEditor) -> list[str]:
    return [one.scene for one in window.draft.lecture.scenes]


def click(qtbot: QtBot, widget: QWidget) -> None:
    assert widget.isVisible() and widget.isEnabled()
    qtbot.mouseClick(widget, LEFT)


def type_over(field: QWidget, text: str) -> None:
    field.setFocus()
    field.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(field, text)


def press(window: LectureEditor, key: Qt.Key, ctrl: bool = True) -> None:
    modifier = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)


def test_scenes_are_dragged_duplicated_left_out_and_removed_and_all_is_undone(
    editor: Open, qtbot: QtBot
) -> None:
    window = editor()
    items = window.scenes.list
    boxes = [items.visualItemRect(items.item(k)) for k in range(3)]
    start, end = QPointF(boxes[0].center()), QPointF(boxes[2].center()) + QPointF(0, 8)
    drag(items.viewport(), start, start + QPointF(0, 20), end)
    assert names(window) == ["mae", "vector-output", "mse"] and window.scenes.at == 2
    press(window, Qt.Key.Key_D)
    assert names(window) == ["mae", "vector-output", "mse", "mse"] and window.scenes.at == 3
    press(window, Qt.Key.Key_L)
    assert window.draft.lecture.scenes[3].left_out and "left out" in items.item(3).text()
    items.setFocus()
    press(window, Qt.Key.Key_Delete, ctrl=False)
    assert names(window) == ["mae", "vector-output", "mse"] and window.isWindowModified()
    for _ in range(4):
        press(window, Qt.Key.Key_Z)
    assert window.draft.lecture == THREE and not window.isWindowModified()
    press(window, Qt.Key.Key_Y)
    assert names(window) == ["mae", "vector-output", "mse"]


def test_a_typed_sentence_is_seen_on_the_stage_and_is_one_edit(editor: Open, qtbot: QtBot) -> None:
    window = editor()
    window.scenes.select(1)
    type_over(window.builds.say, "Errors without their sign")
    wait_for_the_late(qtbot, window)
    assert window.player.headline.accessibleName() == "Errors without their sign"
    assert window.draft.scene(1).builds[0].say == "Errors without their sign"
    assert window.draft.lecture.scenes[0] == THREE.scenes[0]
    press(window, Qt.Key.Key_PageDown, ctrl=False)
    press(window, Qt.Key.Key_Z)
    assert window.draft.lecture == THREE and window.builds.at == 0  # where it was typed
    wait_for_the_late(qtbot, window)
    assert window.player.headline.accessibleName() == read_scene(find_scene("mae")).builds[0].say


def test_words_do_not_disturb_a_stage_that_was_played_with(editor: Open, qtbot: QtBot) -> None:
    window = editor()
    wait_for_the_late(qtbot, window)
    stage = window.player.stage
    assert stage is not None
    window.builds.say.setFocus()
    QTest.keyClicks(window.builds.say, "!")
    wait_for_the_late(qtbot, window)
    assert window.player.stage is stage and window.player.headline.accessibleName().endswith("!")


def test_page_down_goes_through_builds_and_scenes_whatever_has_the_focus(editor: Open, qtbot: QtBot) -> None:
    window = editor()
    count = len(builds_of(window.draft.scene(0)))
    for k, field in enumerate((window.title, window.builds.say, window.builds.formula, window.builds.run)):
        field.setFocus()
        press(window, Qt.Key.Key_PageDown, ctrl=False)
        assert (window.scenes.at, window.player.state.number) == (0, k + 1)
    for _ in range(count - 4):
        press(window, Qt.Key.Key_PageDown, ctrl=False)
    assert (window.scenes.at, window.player.state.number) == (1, 0)
    press(window, Qt.Key.Key_PageUp, ctrl=False)
    assert (window.scenes.at, window.player.state.number) == (0, count - 1)
    type_over(window.builds.say, "a.b R 2")
    assert window.builds.say.toPlainText() == "a.b R 2"


def test_builds_are_added_moved_and_removed(editor: Open, qtbot: QtBot) -> None:
    window = editor()
    tab, before = window.builds, builds_of(window.draft.scene(0))
    click(qtbot, tab.new)
    QTest.keyClicks(QApplication.focusWidget(), "And now")
    assert [one.say for one in window.draft.scene(0).builds[:3]] == [before[0].say, "And now", before[1].say]
    tab.list.setFocus()
    QTest.keyClick(tab.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert window.draft.scene(0).builds[2].say == "And now" and tab.at == 2
    type_over(tab.run, "3")
    press(window, Qt.Key.Key_Return, ctrl=False)
    assert window.draft.scene(0).builds[2].run == 3
    click(qtbot, tab.remove)
    assert window.draft.scene(0).builds == before
    assert not window.fault.isVisible()
    tab.list.setCurrentRow(next(k for k, build in enumerate(before) if build.ask == 0))
    click(qtbot, tab.remove)  # the build that asks the first question
    assert window.fault.isVisible() and "question" in window.fault.text()


def test_questions_are_written_with_choices_and_for_a_number_of_the_network(
    editor: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = editor()
    window.scenes.select(2)
    window.tabs.setCurrentWidget(window.questions)
    tab, count = window.questions, len(window.draft.scene(2).cards)
    click(qtbot, tab.new_choice)
    QTest.keyClicks(QApplication.focusWidget(), "How many weights?")
    for line, text in zip(tab.choices, ("six", "nine", "ten"), strict=False):
        type_over(line, text)
    click(qtbot, tab.rights[1])
    card = window.draft.scene(2).cards[count]
    assert (card.question, card.choices, card.right) == ("How many weights?", ("six", "nine", "ten"), 1)
    click(qtbot, tab.new_number)
    name = next(text for _value, text in tab._texts if text.startswith("δ[1]_2"))
    tab.number.setFocus()
    tab.number.setCurrentIndex(tab.number.findText(name))
    tab.number.activated.emit(tab.number.currentIndex())
    asked = window.draft.scene(2).cards[count + 1]
    assert not asked.choices and name.startswith(f"{asked.reveals} = ")
    assert window.draft.write(tmp_path / "mine.glasslecture") and not window.fault.isVisible()
    lecture = open_lecture_file(tmp_path / "mine.glasslecture")
    assert list(lecture_faults(lecture)) == [] and lecture.places[2].read() == window.draft.scene(2)
    click(qtbot, tab.remove)
    assert len(window.draft.scene(2).cards) == count + 1


def test_title_words_notes_and_views_take_the_place_of_the_scenes_own(editor: Open, qtbot: QtBot) -> None:
    window = editor()
    window.scenes.select(2)
    window.tabs.setCurrentWidget(window.words)
    type_over(window.words.title, "Symbols")
    type_over(window.words.words, "One.")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Return):
        QTest.keyClick(window.words.words, key)
    QTest.keyClicks(window.words.words, "Two.")
    type_over(window.words.notes, "Slowly.")
    window.tabs.setCurrentWidget(window.views)
    item = window.views.list.item(2)
    box = window.views.list.visualItemRect(item)
    qtbot.mouseClick(window.views.list.viewport(), LEFT, pos=QPoint(box.left() + 10, box.center().y()))
    one = window.draft.lecture.scenes[2]
    assert (one.title, one.words, one.notes) == ("Symbols", ("One.", "Two."), "Slowly.")
    assert one.show == (ViewId.CANVAS, ViewId.DECISION_BOUNDARY)
    assert window.scenes.list.item(2).text() == "3  Symbols" and not window.fault.isVisible()
    window.tabs.setCurrentWidget(window.words)
    click(qtbot, window.words.original)
    assert window.draft.lecture == THREE


def test_a_new_lecture_is_chosen_saved_given_and_asked_about(
    editor: Open, qtbot: QtBot, tmp_path: Path, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = editor(Lecture(title="Untitled lecture", scenes=()))
    assert not window.give_button.isEnabled() and window.scenes.hint.isVisible()
    assert (
        not window.draft.write(tmp_path / "no.glasslecture") and "no scene" in window.notice.sentence.text()
    )
    window.pick_scenes()
    from gui.lecture.editor.scene_picker import ScenePicker

    picker = window.findChild(ScenePicker)
    QTest.keyClicks(picker.search, "error")
    qtbot.mouseClick(picker.all_button, LEFT)
    qtbot.mouseClick(picker.add_button, LEFT)
    assert names(window) == ["17-mse", "18-mae"] and window.player.scene.name == "mse"
    type_over(window.title, "Losses")
    given: list[tuple[OpenedLecture, int]] = []
    window.give_requested.connect(lambda lecture, at: given.append((lecture, at)))
    press(window, Qt.Key.Key_F5, ctrl=False)
    assert given[0][0].title == "Losses" and given[0][1] == 0
    path = tmp_path / "losses.glasslecture"
    monkeypatch.setattr(dialogs, "file_to_save", lambda *_args, **_more: str(path.with_suffix("")))
    asked: list[str] = []

    def answer(*args: object) -> QMessageBox.StandardButton:
        asked.append(str(args[2]))
        return QMessageBox.StandardButton.Cancel if len(asked) == 1 else QMessageBox.StandardButton.Save

    monkeypatch.setattr(dialogs, "question", answer)
    window.close()
    assert window.isVisible() and "Losses" in asked[0]
    window.close()
    assert not isValid(window) or not window.isVisible()
    assert read_lecture(path).title == "Losses" and recent_lectures(settings) == [path]


def test_a_lecture_of_the_program_is_edited_as_a_copy_and_own_scenes_come_along(
    editor: Open, tmp_path: Path
) -> None:
    window = editor()
    window.edit(own_lecture(), 16)
    assert window.draft.path is None and not window.draft.modified
    assert window.player.scene == read_scene(find_scene("mse"))
    mine = tmp_path / "elsewhere" / "my-scene.json"
    mine.parent.mkdir()
    mine.write_bytes(find_scene("mae").read_bytes())
    window._add([mine])
    (tmp_path / "folder").mkdir()
    path = tmp_path / "folder" / "copy.glasslecture"
    assert window.draft.write(path) and (path.parent / "my-scene.json").is_file()
    lecture = open_lecture_file(path)
    assert len(lecture.places) == len(own_lecture().places) + 1
    assert lecture.places[17].path == path.parent / "my-scene.json"
    further = tmp_path / "further.glasslecture"
    assert window.draft.write(further) and (tmp_path / "my-scene.json").is_file()


def test_every_widget_has_a_name(editor: Open) -> None:
    from gui.lecture.editor.builds_tab import BuildsTab
    from gui.lecture.editor.questions_tab import QuestionsTab

    window = editor()
    for tab in (*window.findChildren(BuildsTab), *window.findChildren(QuestionsTab)):
        for child in tab.findChildren(QWidget):
            tabbed = child.window() is window and child.focusPolicy() & Qt.FocusPolicy.TabFocus
            if tabbed and not child.accessibleName():
                assert getattr(child, "text", lambda: "")(), child


def test_the_step_of_a_drawing_is_chosen_for_a_build(editor: Open, qtbot: QtBot) -> None:
    drawn = Lecture(title="Drawn", scenes=(LectureScene(scene="mse"), LectureScene(scene="notation")))
    window = editor(drawn)
    assert not window.builds.draw.isVisible()
    window.scenes.select(1)
    field = window.builds.draw
    assert field.isVisible() and not window.builds.light.isVisible()
    window.builds.list.setCurrentRow(1)
    assert field.currentText() == "neurons"
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Down)
    wait_for_the_late(qtbot, window)
    scene = window.draft.lecture.scenes[1]
    assert scene.builds is not None and scene.builds[1].draw == "biases"
    assert "draws: biases" in window.builds.list.item(1).text()
    press(window, Qt.Key.Key_Z)
    assert window.draft.lecture == drawn
    window.tabs.setCurrentWidget(window.views)
    assert not window.views.list.isVisible()


def test_without_scenes_the_hint_stands_below_its_heading_and_the_foot_at_the_bottom(editor: Open) -> None:
    window = editor(Lecture(title="Empty", scenes=()))
    QApplication.processEvents()
    heading, hint = window.scenes.heading.geometry(), window.scenes.hint.geometry()
    assert window.scenes.hint.isVisible() and hint.top() - heading.bottom() < 2 * heading.height()
    assert heading.top() < 2 * heading.height()
    bottom = window.dots.mapTo(window.middle, window.dots.rect().bottomLeft()).y()
    assert window.middle.height() - bottom < 60


def test_an_empty_title_is_no_title_and_one_from_right_to_left_stays_apart(editor: Open) -> None:
    window = editor()
    type_over(window.title, " ")
    QTest.keyClick(window.title, Qt.Key.Key_Return)
    assert window.title.text() == window.draft.lecture.title == THREE.title
    window.title.selectAll()
    QApplication.clipboard().setText("شبکه‌های عصبی")  # QTest types Latin letters only
    QTest.keyClick(window.title, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.draft.lecture.title == "شبکه‌های عصبی"
    assert window.windowTitle().startswith("\u2068شبکه‌های عصبی\u2069")
