"""A whole lecture with a clicker: all scenes, presentation mode and back, and the user's design unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.exercises.registry import exercise
from core.lecture.builds import builds_of, state_at, still_hidden
from core.lecture.lecture_file import (
    Lecture,
    LectureScene,
    OpenedLecture,
    open_lecture_file,
    own_lecture,
    shipped_lectures,
    write_lecture,
)
from core.lecture.scene import (
    Build,
    InitialSelection,
    book_files,
    find_scene,
    read_scene,
    scene_files,
    shipped_scenes,
    write_scene,
)
from core.lecture.subjects import Networks
from core.lecture.view_ids import BARS, ViewId
from gui.app.main_window import MainWindow
from gui.layout.placement import screen_of
from gui.lecture.questions.guess import TypedGuess
from gui.lecture.scene_editor import SaveScene
from gui.lecture.stages.comparison import ComparisonStage
from gui.lecture.stages.network import NetworkStage
from gui.lecture.window import LectureWindow, open_lecture
from gui.qt.later import draw_all
from gui.session.thread_channel import wait_until
from gui.theme import theme
from tests.gui.waiting import wait_for_the_late
from tests.sampling import endurance, spread

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


LECTURES = (own_lecture(), *map(open_lecture_file, shipped_lectures()))


@pytest.mark.parametrize("given", LECTURES, ids=lambda given: given.title)
@pytest.mark.parametrize("shown", spread([theme.LIGHT, theme.DARK], 1), ids=lambda shown: shown.name)
def test_page_down_walks_through_all_scenes(
    lecture: Open, qtbot: QtBot, shown: theme.Theme, given: OpenedLecture
) -> None:
    window, scenes = lecture(1, shown), [place.read() for place in given.places]
    window.give(given)
    strays = Strays(window)
    for k, scene in enumerate(scenes):
        for number in range(len(builds_of(scene))):
            state = state_at(scene, number)
            assert window.at == k and window.scene == scene and window.theatre.state == state
            assert window.theatre.headline.accessibleName() == state.say
            assert window.bar.title.text() == scene.title
            assert window.theatre.stage.isVisible()
            asked = state.question is not None and scene.drawing is None  # a drawing asks in its sentence
            assert window.theatre.words.cards.isVisible() is asked
            QApplication.processEvents()
            QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert window.at == len(scenes) - 1 and window.theatre.state.last
    QTest.keyClick(window, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert window.at == len(scenes) - 2 and window.theatre.state.number == 0
    QTest.keyClick(window, Qt.Key.Key_PageUp)
    assert window.at == len(scenes) - 3 and window.theatre.state.last
    assert strays.seen == [] and window.isActiveWindow()


@endurance
def test_the_examples_of_books_are_walked_through_on_their_own(lecture: Open, qtbot: QtBot) -> None:
    window, files = lecture(4), book_files()
    window.open_scene(files[0])
    for k, path in enumerate(files):
        assert window.scene == read_scene(path) and window.bar.place.text() == f"{k + 1} / {len(files)}"
        words = window.theatre.words
        window.theatre.go_build(window.theatre.builds - 1)
        assert words.source.isVisible() and words.source.accessibleName() == window.scene.source
        qtbot.mouseClick(words.numbers_button, Qt.MouseButton.LeftButton)
        assert "in the book" in [head.text() for head in words.table._head]
        for key in (Qt.Key.Key_Right, Qt.Key.Key_E, Qt.Key.Key_E, Qt.Key.Key_End, Qt.Key.Key_PageDown):
            QTest.keyClick(window, key)
        QApplication.processEvents()
    assert window.scene == read_scene(files[-1])
    window.open_scene(scene_files()[0])
    assert window.theatre.words.source.isHidden()
    assert window.bar.place.text() == f"1 / {len(scene_files())}"
    again = lecture()
    assert again.last_place() == 0


def test_enter_before_any_number_was_typed_does_nothing(qtbot: QtBot, settings: QSettings) -> None:
    window = open_lecture(None, settings, theme.LIGHT)
    window.show_gallery()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.setFocus()
    with qtbot.captureExceptions() as raised:
        qtbot.keyClick(window, Qt.Key.Key_Return)
    window.close()
    assert not raised


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


def test_a_scene_begins_at_the_moment_it_names(lecture: Open, tmp_path: Path) -> None:
    window, scene = lecture(1), read_scene(scene_files()[33])
    start = replace(scene.subject.networks[0], iterations=56)
    write_scene(tmp_path / "later.json", replace(scene, subject=replace(scene.subject, networks=(start,))))
    window.open_scene(tmp_path / "later.json")
    stage = settled(window)
    assert stage.player.where.newest == window.scene.subject.networks[0].iterations == 56
    assert stage.player.where.inside
    chosen = InitialSelection(layer=1, neuron=0, source=1)
    write_scene(tmp_path / "looking.json", replace(scene, look=chosen))
    window.open_scene(tmp_path / "looking.json")
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
    assert window.theatre.curtain.geometry() == window.page.rect()
    QTest.keyClick(window, Qt.Key.Key_Period)
    assert window.theatre.curtain.isVisible() and not window.theatre.curtain.frozen
    page = window.page.grab().toImage()
    corners = ((5, 5), (page.width() - 5, page.height() - 5))
    assert [page.pixelColor(*corner).lightness() for corner in corners] == [0, 0]
    QTest.keyClick(window, Qt.Key.Key_Period)
    assert not window.theatre.curtain.isVisible()
    assert window.theatre.grab().toImage().size() == before.size()
    QTest.keyClick(window, Qt.Key.Key_F)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert not window.theatre.curtain.isVisible() and window.theatre.state.number == 1


def test_a_pressed_dot_leads_to_its_build_and_home_and_end_to_the_first_and_last(
    lecture: Open, qtbot: QtBot
) -> None:
    window = lecture(1)
    QApplication.processEvents()
    box = window.bar.dots._boxes()[2]
    qtbot.mouseClick(window.bar.dots, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert window.theatre.state == state_at(window.scene, 2)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_End)
    assert window.theatre.state.last
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Home)
    assert window.theatre.state.number == 0


def test_a_number_and_enter_jump_to_a_scene(lecture: Open) -> None:
    window = lecture(3)
    QTest.keyClicks(window, "22")
    assert "22" in window.bar.happened.text()
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert window.at == 21
    QTest.keyClicks(window, "99")
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert window.at == 21 and "no scene 99" in window.bar.happened.text()


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
    scale = theme.hall_scale(screen_of(window).geometry().height())
    assert scale > 1 and QApplication.font().pointSizeF() == pytest.approx(scale * size)
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


def test_docks_come_back_from_the_hall_though_the_window_is_resized_later(window: MainWindow) -> None:
    """A window manager makes the window smaller only after the program has left the full screen."""
    dock, size = window.panels.docks[ViewId.LOSS_PLOT], window.size()
    window.resizeDocks([dock], [dock.minimumSizeHint().height() + 3], Qt.Orientation.Vertical)
    draw_all(window)
    place = dock.geometry()
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_F11)
        draw_all(window)
        QTest.keyClick(window, Qt.Key.Key_F11)
        window.resize(size.width(), size.height() + 19)
        draw_all(window)
        window.resize(size)
        draw_all(window)
        assert dock.geometry() == place


def test_the_lecture_is_opened_by_a_clicker_and_shown_to_the_hall(window: MainWindow, qtbot: QtBot) -> None:
    design = window.document.design
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    lecture = window.lecture_launcher.lecture
    assert lecture is not None and lecture.at == 0
    activate(lecture, qtbot)
    QTest.keyClick(lecture, Qt.Key.Key_F5)
    qtbot.waitUntil(lecture.isFullScreen)
    assert lecture.actions_["hall"].isChecked() and not window.actions_["hall"].isChecked()
    QTest.keyClick(lecture, Qt.Key.Key_PageDown)
    assert lecture.theatre.state.number == 1
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


OF_OTHER_KINDS = [
    number
    for number, path in enumerate(scene_files(), 1)
    if (made := exercise(read_scene(path), 1)) is not None
    and type(made.subject) is not type(read_scene(path).subject)
]
"""The scenes whose exercise has a stage of another kind."""


@pytest.mark.parametrize("number", spread(OF_OTHER_KINDS, 2))
def test_the_keys_of_the_scene_lead_back_from_an_exercise_of_another_kind(
    lecture: Open, qtbot: QtBot, number: int
) -> None:
    window = lecture(number)
    last = window.theatre.builds - 1
    for name, build in (("first_build", 0), ("last_build", last), ("reset_scene", 0)):
        QTest.keyClick(window, Qt.Key.Key_E)
        assert window.theatre.exercising and window.actions_["exercise"].isChecked()
        home = window.theatre.home()  # a field of the exercise has these keys for itself
        home.setFocus()
        QTest.keySequence(home, window.actions_[name].shortcut())
        assert not window.theatre.exercising and not window.actions_["exercise"].isChecked()
        assert window.theatre.state.number == build
        assert type(window.theatre.stage.subject()) is type(window.scene.subject)


def test_the_notes_follow_the_scene_and_lead_on(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(3)
    QTest.keyClick(window, Qt.Key.Key_N)
    qtbot.waitExposed(window.notes)
    assert window.notes.notes.text() and window.notes.title.text() == window.scene.title
    activate(window.notes, qtbot)
    assert window.notes.build.text().startswith("build 1 of 9")
    assert window.notes.coming.text() == f"Next: {state_at(window.scene, 1).say}"
    QTest.keyClick(window.notes, Qt.Key.Key_PageDown)
    assert window.theatre.state.number == 1 and window.notes.build.text().startswith("build 2 of 9")
    QTest.keyClick(window.notes, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
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
    assert window.scene.title == window.bar.title.text() == "Nine steps on"
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


def views_seen(window: LectureWindow) -> set[str]:
    stage = window.theatre.stage
    assert isinstance(stage, NetworkStage)
    return {name for name, framed in stage.arrangement.framed.items() if framed.isVisible()}


@pytest.mark.parametrize(
    ("number", "telling"),
    [
        (1, {"loss_plot"}),
        (12, {"health"}),
        (28, {"passes", "gradient_check"}),
    ],
)
def test_a_question_hides_what_would_answer_it_until_it_is_revealed(
    lecture: Open, number: int, telling: set[str], tmp_path: Path
) -> None:
    path = tmp_path / "derived.json"  # all views at once, from the beginning
    scene = replace(read_scene(scene_files()[number - 1]), builds=())
    if scene.drawing is not None:
        views = (ViewId.CANVAS, *sorted(map(ViewId, telling)))
        scene = replace(scene, drawing=None, show=views)
    write_scene(path, scene)
    window = lecture(1)
    window.open_scene(path)
    settled(window)
    every = {view for view in window.scene.show if view not in BARS}
    while not window.theatre.state.last:
        hidden = still_hidden(window.scene, window.theatre.state)
        assert views_seen(window) == (every - telling if hidden else every), window.theatre.state.number
        window.theatre.next_build()
        QApplication.processEvents()
    assert views_seen(window) == every
    QTest.keyClick(window, Qt.Key.Key_Home)
    QApplication.processEvents()
    assert views_seen(window) == every - telling


def test_the_keys_are_the_clickers_after_a_guess_was_typed_and_after_votes_were_counted(
    lecture: Open, qtbot: QtBot
) -> None:
    window = lecture(14)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    guess = window.theatre.words.cards.guess
    assert isinstance(guess, TypedGuess)
    qtbot.mouseClick(guess.field, Qt.MouseButton.LeftButton)
    QTest.keyClicks(guess.field, "0.9")
    assert guess.field.text() == "0.9" and not window.theatre.curtain.isVisible()
    QTest.keyClick(guess.field, Qt.Key.Key_PageDown)
    assert window.theatre.state.number == 2
    qtbot.waitUntil(lambda: "You said 0.9" in window.theatre.words.cards.box.answer.verdict.text())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Period)
    assert window.theatre.curtain.isVisible()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_B)
    assert not window.theatre.curtain.isVisible()
    window.go(0)
    window.theatre.go_build(2)
    cards = window.theatre.words.cards
    qtbot.mouseClick(cards.box.votes, Qt.MouseButton.LeftButton)
    QTest.keyClicks(cards.guess.boxes[0], "12")
    QTest.keyClick(cards.guess.boxes[0], Qt.Key.Key_PageDown)
    assert window.theatre.state.number == 3
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_PageDown)
    assert window.theatre.state.number == 4 and cards.box.answer.hall.text()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert window.theatre.state.number == 4 and window.bar.running


@pytest.mark.parametrize("number", [1, 14])
def test_escape_lights_the_screen_again_and_then_leaves_the_hall(
    lecture: Open, qtbot: QtBot, number: int
) -> None:
    window = lecture(number)
    asked: list[bool] = []
    window.hall_requested.connect(asked.append)
    window.show_hall(True)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Period)
    assert window.theatre.curtain.isVisible()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)  # on a canvas it first selects nothing
    assert not window.theatre.curtain.isVisible()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert asked[-1:] == [False]


def test_a_point_begins_no_guess_but_darkens_the_screen(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(14)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    field = window.theatre.words.cards.guess.field
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    QTest.keyClick(field, Qt.Key.Key_Period)
    assert window.theatre.curtain.isVisible() and not field.text()
    QTest.keyClick(field, Qt.Key.Key_Period)
    QTest.keyClicks(field, "0.5")
    assert field.text() == "0.5" and not window.theatre.curtain.isVisible()


def test_a_letter_is_a_key_of_the_lecture_in_a_field_that_holds_a_number(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(15)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    field = window.theatre.stage.temperature
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    before = field.text()
    QTest.keyClick(field, Qt.Key.Key_R)
    assert window.theatre.state.number == 2 and field.text() == before
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    QTest.keyClick(field, Qt.Key.Key_Period)
    assert window.theatre.curtain.isVisible() and field.text() == before
    QTest.keyClick(field, Qt.Key.Key_Period)
    field.selectAll()
    QTest.keyClicks(field, "2.5")
    assert field.text() == "2.5" and not window.theatre.curtain.isVisible()


def test_digits_and_r_answer_beside_a_drawing_that_hides_the_question(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(22)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    while not window.theatre.state.asking:
        QTest.keyClick(window, Qt.Key.Key_PageDown)
    card, number = window.theatre.words.cards, window.theatre.state.number
    assert not card.isVisible() and card.choosing
    QTest.keyClick(window, Qt.Key.Key_3)
    assert card.guess.chosen == 2 and card.card.choices[2] in window.bar.happened.text()
    QTest.keyClick(window, Qt.Key.Key_R)
    assert window.theatre.state.number == number + 1 and not window.theatre.state.asking


# -- builds ------------------------------------------------------------------------------------------


@pytest.fixture
def scripted(tmp_path: Path) -> Path:
    """Return the file of a scene of one's own that is given in builds of every kind."""
    scene = read_scene(find_scene("1"))
    weights = {"networks": [{**msgspec.to_builtins(scene.subject.networks[0]), "theta": [1.0, 2.0, -1.5]}]}
    builds = (
        Build(say="One neuron, two inputs.", show=(ViewId.CANVAS,), formula=""),
        Build(say="Here are its weights.", subject=weights, look=InitialSelection(layer=1, neuron=0)),
        Build(say="Forward.", phase="forward"),
        Build(say="It trains.", run=120, show=(ViewId.CANVAS, ViewId.LOSS_PLOT), formula=scene.formula),
        Build(say="A hidden layer helps.", change="hidden", light=1),
    )
    path = tmp_path / "scripted.json"
    write_scene(path, replace(scene, name="scripted", cards=(), builds=builds))
    return path


def test_builds_do_what_they_say_and_are_taken_back_exactly(
    lecture: Open, qtbot: QtBot, scripted: Path
) -> None:
    window = lecture(1)
    window.open_scene(scripted)
    stage, theatre = settled(window), window.theatre
    assert stage.arrangement.framed["canvas"].isVisible()
    assert not stage.arrangement.framed["loss_plot"].isVisible()
    assert not theatre.words.formula.isVisible()
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    settled(window)
    assert stage.player.snapshot.theta.tolist() == [1.0, 2.0, -1.5]
    assert (stage.session.selection.layer, stage.session.selection.neuron) == (1, 0)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    settled(window)
    assert stage.player.where.inside and stage.player.snapshot.values is not None
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: not window.theatre.under_way)
    settled(window)
    assert stage.player.newest.iteration == 120
    assert stage.arrangement.framed["loss_plot"].isVisible() and theatre.words.formula.isVisible()
    trained = stage.player.newest.theta.copy()
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    settled(window)
    assert stage.document.network.n == (2, 4, 1)
    QTest.keyClick(window, Qt.Key.Key_PageUp)
    settled(window)
    assert stage.document.network.n == (2, 1) and not window.theatre.under_way
    assert (stage.player.newest.theta == trained).all()
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_PageUp)
    settled(window)
    assert stage.player.snapshot.theta.tolist() == [1.0, 2.0, -1.5]
    assert stage.player.newest.iteration == 0


def test_what_was_changed_by_hand_stays_when_one_goes_on(lecture: Open, scripted: Path) -> None:
    window = lecture(1)
    window.open_scene(scripted)
    stage = settled(window)
    window.theatre.go_build(1)
    settled(window)
    stage.player.run(7)
    settled(window)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    settled(window)
    assert stage.player.newest.iteration == 7


def test_going_on_during_the_run_of_a_build_makes_the_rest_at_once(lecture: Open, scripted: Path) -> None:
    window = lecture(1)
    window.open_scene(scripted)
    stage = settled(window)
    window.theatre.go_build(2)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert window.theatre.under_way
    QTest.keyClick(window, Qt.Key.Key_Space)
    settled(window)
    assert not window.theatre.under_way and stage.player.newest.iteration == 120


# -- lectures of one's own -----------------------------------------------------------------------------


def test_next_and_previous_stay_inside_a_lecture_of_ones_own(lecture: Open, tmp_path: Path) -> None:
    path = tmp_path / "mine.glasslecture"
    scenes = (
        LectureScene(scene="mse", title="Errors, squared"),
        LectureScene(scene="mae"),
        LectureScene(scene="mse", title="Once more"),
    )
    write_lecture(path, Lecture(title="Mine", scenes=scenes))
    window = lecture(5)
    window.open_scene(path)
    titles = []
    for _ in scenes:
        titles.append((window.bar.title.text(), window.bar.place.text()))
        window.theatre.go_build(window.theatre.builds - 1)
        QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert titles[0] == ("Errors, squared", "1 / 3") and titles[2] == ("Once more", "3 / 3")
    assert titles[1][1] == "2 / 3" and window.at == 2
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert window.at == 0 and window.scene.title == "Errors, squared"
    window.gallery.scene_chosen.emit(scene_files()[0])
    assert window.bar.place.text() == f"1 / {len(scene_files())}"


def test_the_gallery_offers_the_lectures_of_the_program_and_those_opened_before(
    lecture: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.glasslecture"
    other = tmp_path / "other.glasslecture"
    for file in (other, path):
        write_lecture(file, Lecture(title="Mine", scenes=(LectureScene(scene="mae"),)))
    window = lecture(1)
    for file in (other, path):
        window.open_scene(file)
    window.gallery.lectures.aboutToShow.emit()
    offered = {action.text(): action for action in window.gallery.lectures.actions() if action.text()}
    named = {"Neural networks", "A first encounter", "Mine", "Mine (other.glasslecture)", "Open lecture…"}
    assert named <= offered.keys()
    offered["A first encounter"].trigger()
    assert window.bar.place.text() == "1 / 8"


def test_a_lecture_that_cannot_be_read_is_told_and_the_present_one_stays(
    lecture: Open, tmp_path: Path
) -> None:
    window = lecture(3)
    path = tmp_path / "bad.glasslecture"
    path.write_text("{}", "utf-8")
    window.open_scene(path)
    assert window.notice.isVisible() and "bad.glasslecture" in window.notice.sentence.text()
    assert window.at == 2 and window.scene == read_scene(scene_files()[2])


def test_the_gallery_shows_the_scenes_of_the_lecture_that_is_open_with_its_own_titles(
    lecture: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.glasslecture"
    scenes = (
        LectureScene(scene="mse", title="Errors, squared"),
        LectureScene(scene="mse", title="Once more"),
    )
    write_lecture(path, Lecture(title="Mine", scenes=scenes))
    window = lecture(1)
    window.show_gallery()
    gallery = window.gallery
    qtbot.waitUntil(lambda: len(gallery.tiles) == len(shipped_scenes()))
    window.open_scene(path)
    window.show_gallery()
    qtbot.waitUntil(lambda: all(tile.scene is not None for tile in gallery.tiles))
    assert [tile.text() for tile in gallery.shelf.shown()] == ["1. Errors, squared", "2. Once more"]
    assert gallery.heading.text() == "Mine"
    QTest.keyClick(gallery.tiles[1], Qt.Key.Key_Return)
    assert window.at == 1 and window.scene.title == "Once more"
    window.open_scene(scene_files()[0])
    window.show_gallery()
    qtbot.waitUntil(lambda: len(gallery.tiles) == len(shipped_scenes()))
    assert gallery.heading.text() == "All scenes"


def test_a_drawing_has_the_whole_width_until_its_words_are_wanted(lecture: Open, qtbot: QtBot) -> None:
    window = lecture(3)
    theatre, buttons = window.theatre, window.bar.buttons

    def whole_width() -> bool:
        return theatre.stage.width() == theatre.width()

    qtbot.waitUntil(whole_width)
    assert not theatre.words.isVisible()
    assert not any(button.isVisible() for button in buttons.values())
    assert window.bar.dots.isVisible() and window.bar.more.isVisible()
    QTest.keyClick(window, Qt.Key.Key_W)
    qtbot.waitUntil(lambda: theatre.stage.width() < 0.8 * theatre.width())
    assert theatre.words.formula.isVisible()
    QTest.keyClick(window, Qt.Key.Key_W)
    qtbot.waitUntil(whole_width)
    QTest.keyClick(window, Qt.Key.Key_E)
    assert theatre.exercise.isVisible() and isinstance(theatre.stage, NetworkStage)
    QTest.keyClick(window, Qt.Key.Key_E)
    qtbot.waitUntil(whole_width)
    assert theatre.state.number == 0
    window.go(4)
    assert buttons["next_build"].isVisible() and not window.actions_["words"].isVisible()
    QTest.keyClick(window, Qt.Key.Key_W)
    assert not window.actions_["words"].isChecked()
