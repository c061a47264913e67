import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from core.debugger.steps import StepSize
from core.lecture.view_ids import FORMER_NAMES, ViewId
from core.nn.curves import Score
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MSE
from core.nn.trainer import Phase, Snapshot
from core.number_style import ratio_text, value_text
from core.project import files
from gui.app.application import first_design, open_named
from gui.app.dock_panels import FORMER_LAYOUT_VERSION
from gui.app.main_window import MainWindow
from gui.qt.later import draw_all
from gui.selection import Selection
from gui.session import training_thread
from gui.session.run_speed import Speed
from gui.theme.theme import DARK, LIGHT
from gui.views.registry import DOCKS
from gui.widgets import dialogs
from tests.gui.waiting import wait_for_frames
from tests.sampling import endurance

XOR = Design("XOR", layers=(Dense(4), Dense(1, "sigmoid")))
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Open = Callable[..., MainWindow]


def press(qtbot: QtBot, window: MainWindow, *keys: tuple[Qt.Key, Qt.KeyboardModifier]) -> None:
    window.setFocus()
    for key, modifiers in keys:
        qtbot.keyClick(window, key, modifiers)
    window.player.settle()


# -- playing ------------------------------------------------------------------------------------------


def test_the_first_window_is_ready_and_says_what_to_press(window: MainWindow, qtbot: QtBot) -> None:
    window.welcome()
    assert window.document.network.n[0] == 2
    assert window.notice.isVisible()
    assert "press Run" in window.notice.sentence.text()
    qtbot.mouseClick(window.transport.run_button, LEFT)
    assert window.player.running
    assert not window.notice.isVisible()
    assert window.transport.run_button.text() == "Pause"
    qtbot.mouseClick(window.transport.run_button, LEFT)
    assert not window.player.running
    assert window.transport.run_button.text() == "Run"


def test_keys_run_and_step(window: MainWindow, qtbot: QtBot) -> None:
    order = (Phase.START, Phase.FORWARD, Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE)
    for phase in (*order, *order[:2]):
        press(qtbot, window, (Qt.Key.Key_Right, NONE))
        assert window.player.snapshot.phase is phase
    for phase in (Phase.START, Phase.UPDATE, Phase.BACKWARD):
        press(qtbot, window, (Qt.Key.Key_Left, NONE))
        assert window.player.snapshot.phase is phase
    press(qtbot, window, (Qt.Key.Key_Right, NONE))
    press(qtbot, window, (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier))
    assert (window.player.snapshot.iteration, window.player.snapshot.phase) == (2, Phase.UPDATE)
    press(qtbot, window, (Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier))
    assert window.player.snapshot.iteration == window.player.snapshot.batches
    press(qtbot, window, (Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier))
    assert window.player.snapshot.iteration == 0


def test_the_step_taken_last_is_lit(window: MainWindow) -> None:
    window.actions_["backward"].trigger()
    window.player.settle()
    lit = [name for name in ("forward", "backward", "update") if window.actions_[name].isChecked()]
    assert lit == ["backward"]
    window.actions_["reset"].trigger()
    window.player.settle()
    assert not window.actions_["backward"].isChecked()


def test_counters_and_status_show_the_numbers_of_the_core(window: MainWindow) -> None:
    window.player.run(17)
    window.player.settle()
    snapshot, counters = window.player.snapshot, window.counters
    assert snapshot.batches == 14
    assert counters.epoch.value.text() == "2"
    assert counters.iteration.value.text() == "3 of 14"
    assert counters.train.value.text() == value_text(snapshot.train.loss)
    assert counters.test.value.text() == value_text(snapshot.test.loss)
    assert counters.accuracy.value.text() == ratio_text(snapshot.test.accuracy)
    assert not counters.penalty.isVisible()
    assert window.status.happened.text() == "Paused after iteration 3 of 14 in epoch 2"
    assert window.status.samples.text() == "batch 3 of 14"
    assert window.status.parameters.text() == f"{window.document.network.parameters} parameters"
    assert window.status.seed.text() == f"seed {window.document.design.training.seed}"


def test_a_penalty_has_its_own_counter_and_values_have_r_squared(open_window: Open, qtbot: QtBot) -> None:
    penalized = open_window(replace(XOR, training=Training(l2=0.1)))
    qtbot.waitUntil(penalized.counters.penalty.isVisible)
    sine = open_window(files.read(files.find("sine")).design)
    assert sine.counters.accuracy.isVisible() and sine.counters.accuracy.name.text() == "R²"


def test_the_speed_goes_from_one_to_flat_out_and_is_remembered(
    window: MainWindow, settings: QSettings
) -> None:
    speeds = []
    window.transport.speed_requested.connect(speeds.append)
    for place in (0, 5, 12, 19, window.transport.speed.maximum()):
        window.transport.speed.setValue(place)
    assert speeds == [Speed(1.0, StepSize.PASS), Speed(1.0), Speed(10.0), Speed(100.0), Speed()]
    assert window.transport.speed_value.text() == "flat out"
    assert int(settings.value("train/speed")) == window.transport.speed.maximum()


def test_edges_show_what_is_chosen(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    before = window.panels.canvas.grab().toImage()
    window.actions_["iteration"].trigger()
    window.player.settle()
    weights = window.panels.canvas.grab().toImage()
    window.actions_["edges_both"].trigger()
    assert window.panels.canvas.grab().toImage() != weights != before


# -- edits --------------------------------------------------------------------------------------------


def test_an_edit_goes_from_a_view_to_the_document_and_back(window: MainWindow) -> None:
    window.player.run(100)
    window.player.settle()
    window.panels["training_panel"].edit_requested.emit(
        replace(window.document.design, training=replace(window.document.design.training, batch_size=20)),
        "Batch size",
        None,
    )
    window.player.settle()
    assert window.player.snapshot.batches == 7
    assert "Batch size" in window.actions_["undo"].toolTip()
    window.actions_["undo"].trigger()
    window.player.settle()
    assert window.player.snapshot.batches == 14
    assert not window.actions_["undo"].isEnabled()
    assert window.actions_["redo"].isEnabled()


def test_the_learning_rate_changes_a_run_without_a_restart(window: MainWindow) -> None:
    window.player.run(100)
    window.player.settle()
    design = window.document.design
    edited = replace(design, training=replace(design.training, learning_rate=0.5))
    window.document.edit(edited, "Learning rate")
    window.player.settle()
    assert window.player.snapshot.learning_rate == 0.5
    assert window.player.snapshot.iteration == 100


def test_a_broken_design_says_so_and_fix_it_mends_it(window: MainWindow, qtbot: QtBot) -> None:
    design = window.document.design
    window.player.run(50)
    window.player.settle()
    window.document.edit(replace(design, layers=(*design.layers[:-1], Dense(3, "softmax"))), "Neurons")
    assert window.notice.isVisible()
    assert "output" in window.notice.sentence.text()
    window.player.run(10)
    window.player.settle()
    assert window.player.snapshot.iteration == 60
    qtbot.mouseClick(window.notice.button, LEFT)
    assert not window.document.problems
    assert not window.notice.isVisible()


def test_divergence_is_told_with_a_cure(open_window: Open, qtbot: QtBot) -> None:
    wild = Design(
        layers=(Dense(4, "relu"), Dense(1, "linear")), training=Training(loss=MSE(), learning_rate=90)
    )
    window = open_window(wild)
    window.actions_["run"].trigger()
    qtbot.waitUntil(window.notice.isVisible)
    assert "diverged" in window.notice.sentence.text()
    assert not window.player.running
    qtbot.mouseClick(window.notice.button, LEFT)
    window.player.settle()
    assert window.player.snapshot.learning_rate == 9
    assert window.player.snapshot.iteration == 0


def test_other_data_while_running_goes_on_with_what_fits(window: MainWindow, qtbot: QtBot) -> None:
    window.player.run()
    window.document.edit(replace(window.document.design, data=Data(source="blobs")), "Data")
    qtbot.waitUntil(lambda: window.player.snapshot is not None and window.player.snapshot.iteration > 20)
    assert window.player.running
    assert window.document.network.n[-1] == 3


def test_a_selection_goes_to_all_views_and_ends_with_its_neuron(window: MainWindow) -> None:
    selections = []
    window.session.selection_changed.connect(selections.append)
    window.panels.canvas.select_requested.emit(Selection(layer=1, neuron=3))
    assert selections == [Selection(layer=1, neuron=3)]
    design = window.document.design
    window.document.edit(replace(design, layers=(Dense(2), *design.layers[1:])), "Neurons")
    assert window.session.selection == Selection()


def test_new_weights_new_data_and_a_layer_are_edits(window: MainWindow) -> None:
    design, theta = window.document.design, window.player.snapshot.theta
    window.actions_["new_weights"].trigger()
    window.player.settle()
    assert not np.array_equal(window.player.snapshot.theta, theta)
    window.actions_["new_data"].trigger()
    window.actions_["add_layer"].trigger()
    assert len(window.document.design.layers) == len(design.layers) + 1
    for _ in range(3):
        window.actions_["undo"].trigger()
    window.player.settle()
    assert window.document.design == design
    np.testing.assert_array_equal(window.player.snapshot.theta, theta)


# -- files --------------------------------------------------------------------------------------------


def answer(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> list[str]:
    asked: list[str] = []

    def question(_parent: QWidget, _title: str, text: str, *_buttons: object) -> object:
        asked.append(text)
        return button

    monkeypatch.setattr(dialogs, "question", question)
    return asked


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    for name in ("file_to_open", "file_to_save"):
        monkeypatch.setattr(dialogs, name, lambda *_: str(path))


def test_save_and_open_bring_back_design_weights_and_iteration(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.glassnet"
    window.actions_["add_layer"].trigger()
    window.player.run(40)
    window.player.settle()
    design, theta = window.document.design, window.player.snapshot.theta
    choose(monkeypatch, path)
    window.actions_["save"].trigger()
    assert not window.document.modified
    assert window.windowTitle().startswith("mine.glassnet")
    window.document.begin(XOR)
    window.actions_["open"].trigger()
    window.player.settle()
    assert window.document.design == design
    assert window.player.snapshot.iteration == 40
    np.testing.assert_array_equal(window.player.snapshot.theta, theta)
    assert window.files.recent() == [path]


def test_without_weights_only_the_design_is_saved(window: MainWindow, tmp_path: Path) -> None:
    window.player.run(40)
    window.player.settle()
    window.actions_["with_weights"].setChecked(False)
    assert window.files.write(tmp_path / "bare.glassnet")
    assert files.read(tmp_path / "bare.glassnet").theta is None


def test_what_cannot_be_read_is_told_in_the_window_and_changes_nothing(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "bad.glassnet"
    path.write_text('{"format": "glassnet-design", "version"')
    design = window.document.design
    assert not window.files.open(path)
    assert window.notice.isVisible()
    assert "bad.glassnet" in window.notice.sentence.text()
    assert window.document.design == design
    open_named(window, "no-such-example")
    assert "no-such-example" in window.notice.sentence.text()


def test_what_cannot_be_saved_is_told(window: MainWindow, tmp_path: Path) -> None:
    window.actions_["add_layer"].trigger()
    assert not window.files.write(tmp_path / "no-such-folder" / "a.glassnet")
    assert "was not saved" in window.notice.sentence.text()
    assert window.document.modified


@pytest.mark.parametrize(
    ("button", "closes"),
    [(QMessageBox.StandardButton.Discard, True), (QMessageBox.StandardButton.Cancel, False)],
)
def test_closing_asks_about_unsaved_edits(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton, closes: bool
) -> None:
    asked = answer(monkeypatch, button)
    window.actions_["add_layer"].trigger()
    assert window.isWindowModified()
    assert window.close() is closes
    assert len(asked) == 1


def test_closing_can_save(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answer(monkeypatch, QMessageBox.StandardButton.Save)
    choose(monkeypatch, tmp_path / "kept")
    window.actions_["add_layer"].trigger()
    assert window.close()
    assert files.read(tmp_path / "kept.glassnet").design == window.document.design


def test_nothing_is_asked_when_nothing_was_edited(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    window.player.run(5)
    window.player.settle()
    assert window.close()
    assert asked == []


def test_new_keeps_the_data(window: MainWindow) -> None:
    data = window.document.design.data
    window.actions_["new"].trigger()
    assert window.document.design.data == data
    assert [layer.neurons for layer in window.document.design.dense] == [4, 1]
    assert window.document.path is None


def test_every_example_is_in_the_menu_and_opens(window: MainWindow, qtbot: QtBot) -> None:
    menu = window.files.examples_menu
    menu.aboutToShow.emit()
    assert len(menu.actions()) == len(files.examples())
    for action in menu.actions():
        action.trigger()
        window.player.settle()
        window.player.run(3)
        window.player.settle()
        assert window.player.snapshot.iteration == 3
        assert not window.document.problems
        window.grab()
    assert window.document.path is None


def test_recent_files_open_again(window: MainWindow, tmp_path: Path) -> None:
    window.files.recent_menu.aboutToShow.emit()
    assert not window.files.recent_menu.actions()[0].isEnabled()
    files.write(tmp_path / "a.glassnet", files.DesignFile(XOR))
    assert window.files.open(tmp_path / "a.glassnet")
    window.document.begin(first_design())
    window.files.recent_menu.aboutToShow.emit()
    window.files.recent_menu.actions()[0].trigger()
    assert window.document.design == XOR
    assert window.document.path == tmp_path / "a.glassnet"


def drag(widget: QWidget, data: QMimeData) -> bool:
    copy, middle = Qt.DropAction.CopyAction, widget.rect().center()
    enter = QDragEnterEvent(QPoint(middle), copy, data, LEFT, NONE)
    QApplication.sendEvent(widget, enter)
    drop = QDropEvent(QPointF(middle), copy, data, LEFT, NONE)
    if enter.isAccepted():
        QApplication.sendEvent(widget, drop)
    QApplication.processEvents()
    return enter.isAccepted() and drop.isAccepted()


@pytest.mark.parametrize("place", ["window", "canvas"])
def test_a_file_dropped_on_the_window_is_opened(window: MainWindow, tmp_path: Path, place: str) -> None:
    files.write(tmp_path / "a.glassnet", files.DesignFile(XOR))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.glassnet"))])
    target = window if place == "window" else window.panels.canvas.viewport()
    assert drag(target, data)
    assert window.document.design == XOR
    text = QMimeData()
    text.setText("a")
    assert not drag(window, text)


# -- appearance ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1024, 700), (1366, 768), (1600, 1000), (1920, 1080)])
def test_everything_has_room_and_the_canvas_is_the_largest(open_window: Open, size: tuple[int, int]) -> None:
    window = open_window(size=size)
    assert (window.width(), window.height()) == size
    canvas = window.panels.canvas
    docks = [dock for dock in window.panels.docks if not dock.visibleRegion().isEmpty()]
    assert len(docks) >= 4
    for dock in docks:
        assert window.rect().contains(dock.geometry()), dock.objectName()
        assert dock.width() * dock.height() < canvas.width() * canvas.height(), dock.objectName()
    transport = window.transport
    for widget in (transport.run_button, transport.speed, transport.strip, transport.grains, window.counters):
        assert widget.isVisible()
        right = widget.mapTo(window, widget.rect().topRight()).x()
        assert right <= window.width(), widget.accessibleName()


def test_the_theme_changes_while_running_and_is_remembered(window: MainWindow, settings: QSettings) -> None:
    window.player.run()
    light = window.grab().toImage()
    window.actions_["theme_dark"].trigger()
    assert window.looks.theme is DARK
    assert settings.value("look/theme") == "dark"
    dark = window.grab().toImage()
    assert dark.pixelColor(5, 5) == DARK.panel != light.pixelColor(5, 5)
    window.actions_["theme_light"].trigger()
    assert window.looks.theme is LIGHT


def test_docks_close_come_back_and_are_remembered(open_window: Open) -> None:
    window = open_window()
    window.panels.docks["gradient_norms"].close()
    window.panels.docks["outline"].show()
    window.close()
    again = open_window()
    assert not again.panels.docks["gradient_norms"].isVisible()
    assert again.panels.docks["outline"].isVisible()
    again.actions_["reset_layout"].trigger()
    assert again.panels.docks["gradient_norms"].isVisible()
    assert not again.panels.docks["outline"].isVisible()


def test_places_of_docks_saved_under_their_former_names_are_kept(open_window: Open) -> None:
    window = open_window()
    docks = window.panels.docks
    docks["loss_plot"].close()
    docks["health"].show()
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks["decision_boundary"])
    window.close()
    for former, view in FORMER_NAMES:
        if view in DOCKS and not DOCKS[view].section:
            docks[view].setObjectName(f"dock_{former}")
    window.settings.setValue("window/docks", window.saveState(FORMER_LAYOUT_VERSION))
    again = open_window()
    docks = again.panels.docks
    assert not docks["loss_plot"].isVisible() and docks["health"].isVisible()
    assert again.dockWidgetArea(docks["decision_boundary"]) is Qt.DockWidgetArea.LeftDockWidgetArea
    assert docks["side_bar"].isVisible(), "those places know of no side bar"
    own = [view for view in DOCKS if not DOCKS[view].section]
    assert [docks[view].objectName() for view in own] == [f"dock_{view}" for view in own]


def test_full_screen_and_back(window: MainWindow) -> None:
    window.actions_["full_screen"].trigger()
    assert window.isFullScreen()
    window.actions_["full_screen"].trigger()
    assert not window.isFullScreen()


def test_the_hall_hides_menus_and_choices_and_shows_the_way_back(window: MainWindow, qtbot: QtBot) -> None:
    canvas, transport, status = window.panels.canvas, window.transport, window.status
    chosen_before = (window.menuBar(), transport.grains, transport.speed, transport.edges)
    desk = [one.isVisible() for one in chosen_before]
    assert all(desk) and not status.back.isVisible()
    qtbot.keyClick(canvas, Qt.Key.Key_F11)
    draw_all(window)
    assert not any(one.isVisible() for one in chosen_before)
    assert status.back.isVisible() and not status.seed.isVisible()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)  # the keys of the menus work without them
    window.player.settle()
    assert window.player.snapshot is not None and window.player.snapshot.begun == 1
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    draw_all(window)
    assert [one.isVisible() for one in chosen_before] == desk and not status.back.isVisible()
    qtbot.keyClick(canvas, Qt.Key.Key_F11)
    qtbot.mouseClick(status.back, Qt.MouseButton.LeftButton)
    draw_all(window)
    assert window.menuBar().isVisible() and not window.actions_["hall"].isChecked()


def test_the_tool_bar_comes_back_whole_however_often_letters_grow(open_window: Open) -> None:
    """In the hall letters are larger, while the window of a small screen keeps its width."""
    window = open_window(size=(1366, 749))
    bar = window.transport

    def shown() -> tuple[bool, int, int]:
        draw_all(window)
        return bar.speed_value.isVisible(), bar.speed.width(), window.counters.width()

    whole = shown()
    for _ in range(6):
        window.looks.show(LIGHT, 1.6)
        assert shown() != whole
        window.looks.show(LIGHT, 1.0)
        assert shown() == whole


def test_the_window_scores_no_samples_while_training_runs(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored: list[Snapshot] = []

    def late(snapshot: Snapshot) -> tuple[Score, None]:
        if threading.current_thread() is threading.main_thread():
            scored.append(snapshot)
        return Score(0.0, None), None

    monkeypatch.setattr(training_thread, "SCORING_SHARE", 1e-9)  # once, then hardly ever again
    monkeypatch.setattr(Snapshot, "_late_scores", property(late))
    window.session.toggle_run()
    wait_for_frames(qtbot, window.player, 20)
    window.panels.bring(ViewId.METRICS)
    wait_for_frames(qtbot, window.player, 5)
    window.session.toggle_run()
    window.player.settle()
    draw_all(window)
    assert scored == []
    snapshot = window.player.snapshot
    assert snapshot is not None and snapshot.scores is not None
    assert window.counters.train.value.text() == value_text(snapshot.scores[0].loss)


class LayoutRequests(QObject):
    """Counts how often a widget is asked to lay itself out anew."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return super().eventFilter(watched, event)


def test_running_numbers_ask_for_no_new_layout(window: MainWindow, qtbot: QtBot) -> None:
    requests = LayoutRequests()
    window.transport.installEventFilter(requests)
    window.status.installEventFilter(requests)
    window.player.run()
    wait_for_frames(qtbot, window.player, 15)
    requests.count = 0
    wait_for_frames(qtbot, window.player, 25)
    assert requests.count == 0


@endurance
@pytest.mark.skipif(sys.implementation.name != "cpython", reason="counts references")
def test_two_thousand_repaints_of_a_live_window_cost_no_reference(window: MainWindow) -> None:
    """Some versions of PySide6 drop a reference to None at every call that returns it, and finally crash."""
    canvas = window.panels["loss_plot"]
    window.player.run()
    for _ in range(50):
        canvas.repaint()
    before = sys.getrefcount(None)
    for k in range(2000):
        window.player.pull()
        (canvas if k % 4 else window.panels.canvas.viewport()).repaint()
    after = sys.getrefcount(None)
    assert after >= 2**31 or before - after < 200
