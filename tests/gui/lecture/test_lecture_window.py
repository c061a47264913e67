"""A whole lecture with a clicker: all scenes, presentation mode and back, and the user's design unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.lecture.scene import book_files, read_scene, scene_files, shipped_scenes
from core.lecture.subjects import Networks
from gui.app.main_window import MainWindow
from gui.lecture.scene_editor import SaveScene
from gui.lecture.stages.comparison import ComparisonStage
from gui.lecture.stages.network import NetworkStage
from gui.lecture.window import LectureWindow, open_lecture
from gui.session.thread_channel import wait_until
from gui.theme import theme
from tests.gui.waiting import wait_for_the_late

Open = Callable[..., LectureWindow]


@pytest.fixture
def lecture(qtbot: QtBot, settings: QSettings) -> Iterator[Open]:
    """Return a function that opens the lecture window at a scene; all windows are closed at the end."""
    from gui.app.application import application

    app, opened = application(), list[LectureWindow]()

    def make(number: int = 1, shown: theme.Theme = theme.LIGHT) -> LectureWindow:
        theme.apply(app, shown)
        window = open_lecture(None, settings, shown)
        opened.append(window)
        qtbot.waitExposed(window)
        window.go(number - 1)
        activate(window, qtbot)
        return window

    yield make
    for window in filter(isValid, opened):
        window.close()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    theme.apply(app, theme.LIGHT)


def activate(window: QMainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


class Strays(QObject):
    """Records widgets that are shown as windows of their own, even briefly, while a scene is built."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.seen: list[str] = []
        QApplication.instance().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and watched.isWidgetType() and watched.isWindow():
            self.seen.append(watched.metaObject().className())
        return False


def settled(window: LectureWindow) -> NetworkStage:
    assert isinstance(window.theatre.stage, NetworkStage)
    window.theatre.stage.player.settle()
    QApplication.processEvents()
    return window.theatre.stage


@pytest.mark.parametrize("shown", [theme.LIGHT, theme.DARK], ids=lambda shown: shown.name)
def test_page_down_walks_through_all_scenes(lecture: Open, qtbot: QtBot, shown: theme.Theme) -> None:
    window, files = lecture(1, shown), scene_files()
    strays = Strays(window)
    for k, path in enumerate(files):
        assert window.at == k and window.scene == read_scene(path)
        assert window.theatre.words.title.text() == window.scene.title
        assert window.theatre.stage.isVisible()
        QApplication.processEvents()
        QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert window.at == len(files) - 1
    QTest.keyClick(window, Qt.Key.Key_PageUp)
    assert window.at == len(files) - 2
    assert strays.seen == [] and window.isActiveWindow()


def test_the_examples_of_books_are_walked_through_on_their_own(lecture: Open, qtbot: QtBot) -> None:
    window, files = lecture(4), book_files()
    window.open_scene(files[0])
    for k, path in enumerate(files):
        assert window.scene == read_scene(path) and window.bar.place.text() == f"{k + 1} / {len(files)}"
        words = window.theatre.words
        assert words.source.isVisible() and words.source.accessibleName() == window.scene.source
        qtbot.mouseClick(words.numbers_button, Qt.MouseButton.LeftButton)
        assert "in the book" in [head.text() for head in words.table._head]
        for key in (Qt.Key.Key_Right, Qt.Key.Key_E, Qt.Key.Key_E, Qt.Key.Key_PageDown):
            QTest.keyClick(window, key)
        QApplication.processEvents()
    assert window.scene == read_scene(files[-1])
    window.open_scene(scene_files()[0])
    assert window.theatre.words.source.isHidden()
    assert window.bar.place.text() == f"1 / {len(scene_files())}"
    again = lecture()
    assert again.last_place() == 0


def test_the_lecture_goes_on_where_it_was_left(lecture: Open) -> None:
    lecture(4).close()
    again = lecture()
    assert again.last_place() == 0
    again.go(5)
    assert again.last_place() == 5


def test_space_runs_and_pauses_and_arrows_step(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(1)
    stage = settled(window)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: stage.player.where.newest > 3)
    assert window.bar.buttons["run"].text() == "Pause"
    QTest.keyClick(window, Qt.Key.Key_Space)
    settled(window)
    before = stage.player.where.newest
    QTest.keyClick(window, Qt.Key.Key_Right)
    settled(window)
    assert stage.player.where.inside
    QTest.keyClick(window, Qt.Key.Key_Left)
    settled(window)
    assert stage.player.where.newest == before


def test_a_comparison_steps_both_ways_and_goes_back_to_its_start_by_keys(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(33)
    stage = window.theatre.stage
    assert isinstance(stage, ComparisonStage)
    qtbot.waitUntil(stage.bar.isVisible)

    def iterations() -> list[int]:
        wait_until(lambda: not stage.run.awaited, stage.run.pull)
        return [snapshot.iteration for snapshot in stage.run.standing.snapshots]

    assert iterations() == [0, 0, 0]
    QTest.keyClick(window, Qt.Key.Key_Right)
    QTest.keyClick(window, Qt.Key.Key_Right)
    assert iterations() == [2, 28, 280]
    QTest.keyClick(window, Qt.Key.Key_Left)
    assert iterations() == [1, 14, 140]
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert iterations() == [0, 0, 0]
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert stage.run.running
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert not stage.run.running


def test_reset_brings_a_changed_scene_back(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(1)
    stage = settled(window)
    first = stage.player.snapshot.theta.copy()
    qtbot.mouseClick(window.theatre.words.changes["hidden"], Qt.MouseButton.LeftButton)
    settled(window)
    assert stage.document.network.n == (2, 4, 1)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: stage.player.where is not None and stage.player.where.newest > 3)
    qtbot.mouseClick(window.bar.buttons["reset_scene"], Qt.MouseButton.LeftButton)
    settled(window)
    assert stage.document.network.n == (2, 1)
    assert not stage.player.running
    assert (stage.player.snapshot.theta == first).all()
    assert stage.player.snapshot.iteration == 0


def test_a_scene_begins_at_the_moment_it_names(lecture: Open) -> None:
    window = lecture(34)
    stage = settled(window)
    assert stage.player.where.newest == window.scene.subject.networks[0].iterations == 56
    assert stage.player.where.inside
    window = lecture(30)
    stage, look = settled(window), window.scene.look
    selection = stage.session.selection
    assert (selection.layer, selection.neuron, selection.source, selection.sample) == (
        look.layer,
        look.neuron,
        look.source,
        look.sample,
    )


def test_the_present_network_is_the_subject(lecture: Open) -> None:
    window = lecture(1)
    stage = settled(window)
    stage.player.run(7)
    stage.player.settle()
    subject = stage.subject()
    assert isinstance(subject, Networks)
    assert subject.networks[0].theta == tuple(stage.player.newest.theta)
    assert subject.changes == window.scene.subject.changes


def test_freeze_and_blank_cover_the_page_and_lift(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(1)
    settled(window)
    before = window.theatre.grab().toImage()
    QTest.keyClick(window, Qt.Key.Key_F)
    assert window.theatre.curtain.frozen
    assert window.theatre.curtain.geometry() == window.theatre.rect()
    QTest.keyClick(window, Qt.Key.Key_Period)
    assert window.theatre.curtain.isVisible() and not window.theatre.curtain.frozen
    assert window.theatre.grab().toImage().pixelColor(5, 5).lightness() == 0
    QTest.keyClick(window, Qt.Key.Key_Period)
    assert not window.theatre.curtain.isVisible()
    assert window.theatre.grab().toImage().size() == before.size()
    QTest.keyClick(window, Qt.Key.Key_F)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert not window.theatre.curtain.isVisible() and window.at == 1


def test_a_pressed_dot_leads_to_its_scene(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(1)
    box = window.bar.dots._boxes()[20]
    qtbot.mouseClick(window.bar.dots, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert window.at == 20


def test_a_broken_scene_is_named_and_the_present_one_stays(lecture: Open, tmp_path) -> None:
    window = lecture(1)
    path = tmp_path / "mine.json"
    path.write_text('{"format": "glassnet-scene", "version": 1, "scene": {"number": "x"}}', "utf-8")
    assert not window.show_file(path)
    assert window.notice.isVisible() and "mine.json" in window.notice.sentence.text()
    assert window.scene == read_scene(scene_files()[0])


# -- presentation mode -----------------------------------------------------------------------------


def test_the_hall_comes_back_to_the_desk_as_it_was(window: MainWindow, qtbot: QtBot) -> None:
    docks = list(window.panels.docks)
    shown, places = [dock.isVisible() for dock in docks], [dock.geometry() for dock in docks]
    size = QApplication.font().pointSizeF()
    QTest.keyClick(window, Qt.Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    assert not any(dock.isVisible() for dock in docks)
    assert QApplication.font().pointSizeF() == pytest.approx(1.8 * size)
    assert window.looks.theme is theme.LIGHT
    QTest.keyClick(window, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: not window.isFullScreen())
    assert [dock.isVisible() for dock in docks] == shown
    wait_for_the_late(qtbot, window)
    for dock, place in zip(docks, places, strict=True):
        if not dock.visibleRegion().isEmpty():
            moved = [abs(a - b) for a, b in zip(dock.geometry().getRect(), place.getRect(), strict=True)]
            assert max(moved) == 0, dock.objectName()
    assert QApplication.font().pointSizeF() == size


def test_the_lecture_is_opened_by_a_clicker_and_shown_to_the_hall(window: MainWindow, qtbot: QtBot) -> None:
    design = window.document.design
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    lecture = window.lecture_launcher.lecture
    assert lecture is not None and lecture.at == 0
    activate(lecture, qtbot)
    QTest.keyClick(lecture, Qt.Key.Key_F11)
    qtbot.waitUntil(lecture.isFullScreen)
    assert lecture.actions_["hall"].isChecked() and not window.actions_["hall"].isChecked()
    QTest.keyClick(lecture, Qt.Key.Key_PageDown)
    assert lecture.at == 1
    QTest.keyClick(lecture, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: not lecture.isFullScreen())
    assert window.document.design is design and not window.document.modified


def test_a_network_of_a_scene_can_be_taken_to_the_builder(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    lecture = window.lecture_launcher.lecture
    stage = settled(lecture)
    stage.player.run(5)
    stage.player.settle()
    lecture.actions_["to_builder"].trigger()
    window.player.settle()
    assert window.document.design == stage.document.design
    assert (window.player.snapshot.theta == stage.player.newest.theta).all()


# -- gallery, exercise, notes, own scenes ----------------------------------------------------------


def test_a_scene_is_searched_and_opened_in_the_gallery(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(1)
    QTest.keyClick(window, Qt.Key.Key_G)
    assert window.gallery.isVisible() and not window.theatre.isVisible()
    qtbot.waitUntil(lambda: len(window.gallery.tiles) == len(shipped_scenes()))
    QTest.keyClicks(window.gallery.search, "parabola")
    QTest.keyClick(window.gallery.search, Qt.Key.Key_Return)
    qtbot.waitUntil(window.theatre.isVisible)
    assert window.scene.name == "one-weight" and window.at == 22


def test_an_exercise_has_fresh_numbers_on_the_stage_and_leads_back(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(23)
    QTest.keyClick(window, Qt.Key.Key_E)
    exercise = window.theatre.exercise
    assert exercise.isVisible() and exercise.exercise is not None
    assert window.theatre.stage.subject() == exercise.exercise.subject != window.scene.subject
    qtbot.mouseClick(exercise.back_button, Qt.MouseButton.LeftButton)
    assert window.theatre.words.isVisible() and not window.actions_["exercise"].isChecked()
    assert window.theatre.stage.subject() == window.scene.subject


def test_the_notes_follow_the_scene_and_lead_on(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(3)
    QTest.keyClick(window, Qt.Key.Key_N)
    qtbot.waitExposed(window.notes)
    assert window.notes.notes.text() and window.notes.title.text() == window.scene.title
    activate(window.notes, qtbot)
    QTest.keyClick(window.notes, Qt.Key.Key_PageDown)
    assert window.at == 3 and window.notes.title.text() == window.scene.title
    window.notes.close()


def test_a_changed_scene_is_saved_with_words_of_ones_own_and_opened_again(
    lecture: Open, qtbot: QtBot, tmp_path
) -> None:
    window = lecture(1)
    stage = settled(window)
    stage.player.run(9)
    stage.player.settle()
    window.actions_["save_scene"].trigger()
    form = window.findChild(SaveScene)
    assert form is not None and form.isVisible()
    form.fields["title"].setText("Nine steps on")
    path = tmp_path / "nine-steps-on.json"
    assert form.save(path)
    theta = stage.player.newest.theta.copy()
    window.gallery.scene_chosen.emit(path)
    again = settled(window)
    assert window.scene.title == window.theatre.words.title.text() == "Nine steps on"
    assert (again.player.snapshot.theta == theta).all()
    window.go(0)
    window.gallery.scene_chosen.emit(path)
    activate(window, qtbot)
    QTest.keyClick(window, Qt.Key.Key_PageUp)
    assert window.at == 0 and window.scene.name == "perceptron-xor"


def test_the_batch_size_of_a_scene_is_changed_beside_it(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(34)
    stage = settled(window)
    QTest.keyClick(window, Qt.Key.Key_T)
    panel = stage.settings.views["training_panel"]
    assert panel.isVisible()
    field = panel.form.rows["batch_size"].findChild(QLineEdit)
    assert stage.document.design.training.batch_size == 10
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, "245")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settled(window)
    assert stage.document.design.training.batch_size == 245
    assert stage.player.snapshot.batches == 1
    QTest.keyClick(window, Qt.Key.Key_T)
    assert not panel.isVisible()


# -- guess, then reveal ----------------------------------------------------------------------------


def covered(window: LectureWindow) -> set[str]:
    stage = window.theatre.stage
    assert isinstance(stage, NetworkStage)
    return {name for name, framed in stage.arrangement.framed.items() if framed.covered}


@pytest.mark.parametrize(
    ("number", "hidden"),
    [
        (1, set()),
        (3, {"inspector", "matrices"}),
        (12, {"health", "activation_plot"}),
        (28, {"passes", "gradient_check"}),
        (34, {"batches"}),
    ],
)
def test_a_question_hides_what_would_answer_it_until_it_is_revealed(
    lecture: Open, qtbot: QtBot, number: int, hidden: set[str]
) -> None:
    window = lecture(number)
    settled(window)
    assert covered(window) == hidden
    rest = window.theatre.words.paragraphs[1:]
    assert not any(paragraph.isVisible() for paragraph in rest)
    for _card in window.scene.cards:
        window.theatre.words.cards.reveal()
        window.theatre.words.cards.next_card()
    qtbot.waitUntil(lambda: covered(window) == set())
    assert all(paragraph.isVisible() for paragraph in rest)


def test_a_skipped_question_hides_nothing(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(30)
    stage = settled(window)
    assert covered(window) == {"inspector", "matrices"}
    qtbot.mouseClick(window.theatre.words.cards.box.skip, Qt.MouseButton.LeftButton)
    assert covered(window) == set()
    inspector = stage.arrangement.framed["inspector"].view
    qtbot.waitUntil(lambda: "δ" in inspector.text.toPlainText())
