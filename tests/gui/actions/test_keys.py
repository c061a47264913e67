"""The keys of every window work wherever the focus was put by a click, unless text is being typed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QToolBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.lecture.builds import builds_of
from core.lecture.scene import read_scene, scene_files
from gui.actions.keys import stops_of, typing, window_of
from gui.app.application import application, first_design
from gui.app.main_window import MainWindow
from gui.compare.window import ComparisonWindow, open_side_by_side
from gui.graph_lab.window import LabWindow, open_lab
from gui.lecture.window import LectureWindow, open_lecture
from gui.theme.theme import LIGHT
from gui.widgets.number_edit import NumberEdit
from tests.gui.waiting import let_pass
from tests.sampling import covering
from tests.test_floors import SOURCES

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
TYPED = [
    *(Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End),
    *(Qt.Key.Key_1, Qt.Key.Key_R, Qt.Key.Key_Period),
]


def active(qtbot: QtBot, window: QMainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)


def plain(keys: QKeySequence) -> bool:
    """Whether ``keys`` is a single key without Ctrl, Alt or Meta."""
    if keys.count() != 1:
        return False
    modifiers = keys[0].keyboardModifiers()
    return not modifiers & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)


def not_begun(focus: QWidget) -> bool:
    """Whether a field shows a number and nothing is typed yet, so that letters are keys of the window."""
    return isinstance(focus, NumberEdit) and not focus.begins_with("R")


class Counted:
    """The keys of a window without modifiers; each action is replaced by one that only counts."""

    def __init__(self, window: QMainWindow) -> None:
        self.window, self.count = window, Counter[str]()
        self.keys = dict[str, tuple[QKeySequence, str]]()
        for action in window.findChildren(QAction):
            owners = [one for one in action.associatedObjects() if isinstance(one, QWidget)]
            if any(window_of(one) is window for one in owners) and action.isVisible():
                self._take(action.shortcuts(), action, action.triggered)
        for shortcut in window.findChildren(QShortcut):
            parent = shortcut.parent()
            whole = shortcut.context() == Qt.ShortcutContext.WindowShortcut
            if not isinstance(parent, QWidget) or not parent.isVisible():
                continue
            if whole:
                self._take([shortcut.key()], shortcut, shortcut.activated)
            else:  # takes precedence over the window's shortcut
                self.keys.pop(shortcut.key().toString(), None)

    def _take(self, sequences: list[QKeySequence], owner: QAction | QShortcut, signal: object) -> None:
        found = [keys for keys in sequences if plain(keys)]
        if not found:
            return
        name = found[0].toString()
        self.keys |= {keys.toString(): (keys, name) for keys in found}
        owner.setEnabled(True)
        signal.disconnect()
        signal.connect(lambda *_on: self.count.update([name]))

    def press_all(self, focus: QWidget) -> None:
        """Press every key on the widget that has the focus."""
        for pressed, (keys, name) in self.keys.items():
            self.count.clear()
            key = keys[0]
            text = len(pressed) == 1 and not (not_begun(focus) and (pressed.isalpha() or pressed == "."))
            if typing(focus) and (text or (key.key() in TYPED and len(pressed) > 1)):
                continue
            QTest.keyClick(focus, key.key(), key.keyboardModifiers())
            assert dict(self.count) == {name: 1}, (type(focus), focus.accessibleName(), pressed)
            assert QApplication.focusWidget() is focus

    def type_all(self, focus: QWidget) -> None:
        """Press the keys of text in a field: they are typed, and no action is triggered."""
        self.count.clear()
        for key in TYPED:
            if not (not_begun(focus) and key in (Qt.Key.Key_R, Qt.Key.Key_Period)):
                QTest.keyClick(focus, key)
        assert not self.count


def kinds(window: QMainWindow, known: set[tuple[type, type]]) -> Iterator[QWidget]:
    """Yield one visible widget for each pair of its class and its parent's class, if a click focuses it."""
    for widget in window.findChildren(QWidget):
        if not isValid(widget) or window_of(widget) is not window:
            continue
        clicked = widget.focusPolicy() & Qt.FocusPolicy.ClickFocus and widget.focusProxy() is None
        kind = type(widget), type(widget.parentWidget())
        if clicked and widget.isVisible() and widget.isEnabled() and kind not in known:
            known.add(kind)
            yield widget


def click(window: QMainWindow, widget: QWidget) -> QWidget:
    """Press the mouse on a widget and release it outside; return the widget that has the focus then."""
    menu = isinstance(widget, QComboBox) or (isinstance(widget, QToolButton) and widget.menu() is not None)
    inside = widget.viewport() if hasattr(widget, "viewport") else widget
    if menu:  # releasing on it would open it
        widget.setFocus(Qt.FocusReason.MouseFocusReason)
    else:
        QTest.mousePress(inside, LEFT, pos=QPoint(3, 3))
        if isValid(inside):
            QTest.mouseRelease(inside, LEFT, pos=QPoint(-9000, -9000))
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def state(widget: QWidget) -> object:
    """Return everything about a widget that a key could change."""
    if isinstance(widget, QAbstractSlider):
        return widget.value()
    if isinstance(widget, QAbstractItemView):
        return widget.currentIndex().row()
    return widget.currentIndex() if isinstance(widget, QComboBox) else None


def check(window: QMainWindow, known: set[tuple[type, type]]) -> set[type]:
    """Click a widget of every kind and press every key; return the classes that had the focus."""
    counted, seen = Counted(window), set[type]()
    assert "Space" in counted.keys
    for widget in kinds(window, known):
        focus = click(window, widget)
        before = state(focus)
        counted.press_all(focus)
        if typing(focus):
            counted.type_all(focus)
        else:
            assert state(focus) == before
        seen.add(type(focus))
    return seen


def test_every_key_works_after_a_click_anywhere_in_the_main_window(window: MainWindow, qtbot: QtBot) -> None:
    active(qtbot, window)
    known, seen = set[tuple[type, type]](), set[type]()
    for dock in window.panels.docks:
        window.panels.docks.bring(dock.objectName().removeprefix("dock_"))
        QApplication.processEvents()
        seen |= check(window, known)
    for kind in (QAbstractSlider, QLineEdit, QAbstractItemView, QComboBox, QPushButton):
        assert any(issubclass(one, kind) for one in seen), kind


@pytest.fixture
def opened(qtbot: QtBot, settings: QSettings) -> Iterator[Callable[[str], QMainWindow]]:
    application()
    windows: list[QMainWindow] = []

    def make(name: str) -> QMainWindow:
        if name == "lecture":
            window: QMainWindow = open_lecture(None, settings, LIGHT)
        elif name == "lab":
            window = open_lab(None, LIGHT)
        else:
            from gui.session.document import dataset_of

            window = open_side_by_side(None, first_design(), dataset_of(first_design().data), LIGHT)
        windows.append(window)
        qtbot.waitExposed(window)
        active(qtbot, window)
        return window

    yield make
    for window in filter(isValid, windows):
        window.close()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    sys.setswitchinterval(0.005)


@pytest.mark.parametrize("name", ["lab", "pair"])
def test_every_key_works_after_a_click_anywhere_beside(
    opened: Callable[[str], QMainWindow], name: str
) -> None:
    seen = check(opened(name), set())
    assert len(seen) > 3


FIRST_OF_ITS_KIND = {type(read_scene(path).subject): path for path in reversed(scene_files())}


@pytest.mark.parametrize(
    ("path", "panel"),
    covering([*FIRST_OF_ITS_KIND.values()], ["", "settings", "exercise"]),
    ids=lambda one: getattr(one, "stem", one),
)
def test_every_key_works_after_a_click_anywhere_in_the_lecture(
    opened: Callable[[str], QMainWindow], qtbot: QtBot, path: object, panel: str
) -> None:
    window = opened("lecture")
    assert isinstance(window, LectureWindow)
    window.open_scene(path)
    stage = window.theatre.stage
    assert stage is not None
    if panel:
        if not window.actions_[panel].isEnabled():
            return
        window.actions_[panel].trigger()
    QApplication.processEvents()
    if stage.plays:
        check(window, set())
    asking = [k for k, build in enumerate(builds_of(window.scene)) if build.ask is not None]
    window.theatre.go_build(asking[0] if asking else 1)
    counted = Counted(window)
    assert {"PgDown", "PgUp", ".", "F6"} <= counted.keys.keys()
    if asking and not panel:
        assert {"R", "1"} <= counted.keys.keys()


def test_every_key_of_the_lecture_works_in_the_notes(
    opened: Callable[[str], QMainWindow], qtbot: QtBot
) -> None:
    window = opened("lecture")
    assert isinstance(window, LectureWindow)
    window.go(0)
    window.actions_["notes"].trigger()
    qtbot.waitUntil(window.notes.isActiveWindow, timeout=60_000)
    begun = window.notes._begun
    qtbot.mouseClick(window.notes.restart, LEFT)
    assert window.notes._begun > begun
    focus, begun = QApplication.focusWidget(), window.notes._begun
    assert focus is window.notes.restart
    stage = window.theatre.stage
    for playing in (True, False):
        qtbot.keyClick(focus, Qt.Key.Key_Space)
        assert stage.player.running == playing
        assert QApplication.focusWidget() is focus and window.notes._begun == begun
    qtbot.keyClick(focus, Qt.Key.Key_Escape)
    assert not window.notes.isVisible()
    active(qtbot, window)
    qtbot.keyClick(window.theatre.home(), Qt.Key.Key_N)
    qtbot.waitUntil(window.notes.isActiveWindow, timeout=60_000)
    qtbot.mouseClick(window.notes.restart, LEFT)
    qtbot.keyClick(focus, Qt.Key.Key_PageDown)
    assert window.theatre.state.number == 1
    window.open_scene(scene_files()[0])
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # deletes the stages that are closed
    Counted(window).press_all(focus)
    window.notes.close()


# -- what the keys do ---------------------------------------------------------------------------------


def number_edit(window: MainWindow, name: str) -> QLineEdit:
    fields = [edit for edit in window.findChildren(QLineEdit) if edit.accessibleName() == name]
    return next(edit for edit in fields if edit.isVisible())


def test_space_runs_after_the_speed_was_dragged_and_new_data_was_drawn(
    window: MainWindow, qtbot: QtBot
) -> None:
    active(qtbot, window)
    qtbot.mouseClick(window.transport.speed, LEFT, pos=QPoint(20, 8))
    speed = window.transport.speed.value()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert window.player.running
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert not window.player.running
    assert window.transport.speed.value() == speed
    qtbot.mouseClick(window.panels["data_panel"].new_data, LEFT)
    seed = window.document.design.data.seed
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert window.player.running
    assert window.document.design.data.seed == seed
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert not window.player.running


@pytest.mark.parametrize("name", ["Learning rate η", "Batch size |B|"])
@pytest.mark.parametrize("by_enter", [True, False])
def test_a_typed_number_is_undone_by_ctrl_z_and_done_again(
    window: MainWindow, qtbot: QtBot, name: str, by_enter: bool
) -> None:
    active(qtbot, window)
    edit, canvas, first = number_edit(window, name), window.panels.canvas, window.document.design
    qtbot.mouseClick(edit, LEFT)
    qtbot.keyClick(edit, Qt.Key.Key_A, CONTROL)
    qtbot.keyClicks(edit, "2")
    assert window.document.design == first
    if by_enter:
        qtbot.keyClick(edit, Qt.Key.Key_Return)
        qtbot.waitUntil(canvas.hasFocus, timeout=60_000)
    else:  # accepted when the focus leaves the field, then the focus returns
        qtbot.keyClick(edit, Qt.Key.Key_Tab)
        qtbot.mouseClick(edit, LEFT)
        assert edit.hasFocus()
    second = window.document.design
    assert second != first
    undo = window.actions_["undo"]
    assert undo.text().startswith("&Undo: ")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, CONTROL)
    assert window.document.design == first
    assert undo.text() == "&Undo" and not undo.isEnabled()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Y, CONTROL)
    assert window.document.design == second
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, CONTROL)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert window.document.design == second


def test_what_is_being_typed_is_undone_in_the_field(window: MainWindow, qtbot: QtBot) -> None:
    active(qtbot, window)
    window.document.edit(
        replace(window.document.design, training=replace(window.document.design.training, seed=9)), "Seed"
    )
    edit = number_edit(window, "Learning rate η")
    qtbot.mouseClick(edit, LEFT)
    text = edit.text()
    qtbot.keyClicks(edit, "5")
    qtbot.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert edit.text() == text
    assert window.document.design.training.seed == 9
    qtbot.keyClicks(edit, "5")
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(window.panels.canvas.hasFocus, timeout=60_000)
    assert edit.text() == text


def test_space_runs_side_by_side_as_soon_as_it_is_open(
    opened: Callable[[str], QMainWindow], qtbot: QtBot
) -> None:
    pair = opened("pair")
    assert isinstance(pair, ComparisonWindow)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert pair.run.running
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert not pair.run.running


def test_an_edit_in_the_lecture_is_undone(opened: Callable[[str], QMainWindow], qtbot: QtBot) -> None:
    window = opened("lecture")
    assert isinstance(window, LectureWindow)
    from core.lecture.subjects import Networks

    window.open_scene(FIRST_OF_ITS_KIND[Networks])
    window.actions_["settings"].trigger()
    stage = window.theatre.stage
    first = stage.document.design
    edit = number_edit(window, "Learning rate η")
    qtbot.mouseClick(edit, LEFT)
    qtbot.keyClick(edit, Qt.Key.Key_A, CONTROL)
    qtbot.keyClicks(edit, "3")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(stage.home().hasFocus, timeout=60_000)
    assert stage.document.design.training.learning_rate == 3
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, CONTROL)
    assert stage.document.design == first


def test_arrows_move_in_what_was_reached_by_tab_and_step_after_a_click(
    opened: Callable[[str], QMainWindow], qtbot: QtBot
) -> None:
    pair = opened("pair")
    slider = pair.bar.slider
    for _ in range(40):
        if slider.hasFocus():
            break
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert slider.hasFocus()
    value = slider.value()
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert slider.value() == value - 1
    qtbot.mouseClick(slider, LEFT, pos=QPoint(2, slider.height() // 2))
    value = slider.value()
    steps = []
    pair.bar.actions_["step"].triggered.connect(lambda: steps.append(1))
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == value
    assert steps == [1]


def test_the_lab_walks_on_by_space(opened: Callable[[str], QMainWindow], qtbot: QtBot) -> None:
    window = opened("lab")
    assert isinstance(window, LabWindow)
    at = window.lab.stepper.at
    qtbot.mouseClick(window.lab.bar.buttons["step"], LEFT)
    assert window.lab.stepper.at == at + 1
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.lab.stepper.at > at + 2, timeout=60_000)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    now = window.lab.stepper.at
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    assert window.lab.stepper.at == now - 1


# -- keyboard only ------------------------------------------------------------------------------------


def test_the_canvas_has_the_keyboard_and_tab_leads_to_run(window: MainWindow, qtbot: QtBot) -> None:
    active(qtbot, window)
    assert window.panels.canvas.hasFocus()
    layers = len(window.panels.canvas.state.layout.columns)
    for _ in range(layers + 2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    run = QApplication.focusWidget()
    assert run is window.transport.run_button
    qtbot.keyClick(run, Qt.Key.Key_Return)
    assert window.player.running
    qtbot.keyClick(run, Qt.Key.Key_Return)
    assert not window.player.running


@pytest.mark.parametrize("key", [(Qt.Key.Key_F6, Qt.KeyboardModifier.NoModifier)])
def test_f6_goes_round_the_panes_both_ways(window: MainWindow, qtbot: QtBot, key: tuple) -> None:
    active(qtbot, window)
    way = [QApplication.focusWidget()]
    while len(way) < 40:
        qtbot.keyClick(QApplication.focusWidget(), *key)
        way.append(QApplication.focusWidget())
        if way[-1] is way[0]:
            break
    assert way[-1] is window.panels.canvas
    docks = [dock for dock in window.panels.docks if not dock.visibleRegion().isEmpty()]
    assert len(way) == len(docks) + 3  # the canvas has two stops; then the transport
    assert all(any(dock.isAncestorOf(one) for one in way) for dock in docks)
    back = [QApplication.focusWidget()]
    for _ in way[1:]:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        back.append(QApplication.focusWidget())
    assert back == way[::-1]


def test_ctrl_w_closes_every_window(opened: Callable[[str], QMainWindow], qtbot: QtBot) -> None:
    for name in ("lab", "pair", "lecture"):
        window = opened(name)
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_W, CONTROL)
        qtbot.waitUntil(lambda window=window: not isValid(window) or not window.isVisible(), timeout=60_000)


def test_ctrl_plus_minus_and_0_zoom_wherever_the_focus_is(window: MainWindow, qtbot: QtBot) -> None:
    active(qtbot, window)
    canvas = window.panels.canvas
    qtbot.mouseClick(window.transport.speed, LEFT)
    focus, first = QApplication.focusWidget(), canvas.zoom
    qtbot.keyClick(focus, Qt.Key.Key_Plus, CONTROL)
    assert canvas.zoom > first * 1.1
    qtbot.keyClick(focus, Qt.Key.Key_Equal, CONTROL)
    assert canvas.zoom > first * 1.3
    qtbot.keyClick(focus, Qt.Key.Key_Minus, CONTROL)
    qtbot.keyClick(focus, Qt.Key.Key_0, CONTROL)
    assert canvas.zoom == pytest.approx(first)


def test_ctrl_tab_brings_the_next_panel_to_the_front(window: MainWindow, qtbot: QtBot) -> None:
    active(qtbot, window)
    docks = window.panels.docks
    docks["histograms"].toggleViewAction().trigger()
    QApplication.processEvents()
    group = [name for name in ("activation_plot", "histograms") if not docks[name].visibleRegion().isEmpty()]
    assert group == ["histograms"]
    backwards = CONTROL | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab, backwards)
    qtbot.waitUntil(lambda: docks["histograms"].visibleRegion().isEmpty(), timeout=60_000)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab, CONTROL)
    qtbot.waitUntil(lambda: not docks["histograms"].visibleRegion().isEmpty(), timeout=60_000)


@pytest.mark.parametrize(
    ("name", "text"), covering(["Learning rate η", "Batch size |B|"], ["1,000", "abc", "1/0", "-3", ""])
)
def test_enter_stays_in_a_field_that_refused_what_was_typed_and_escape_leaves_it(
    window: MainWindow, qtbot: QtBot, name: str, text: str
) -> None:
    active(qtbot, window)
    edit, canvas = number_edit(window, name), window.panels.canvas
    before, design = edit.text(), window.document.design
    text = "2.5" if text == "1,000" and name.startswith("Batch") else text
    qtbot.mouseClick(edit, LEFT)
    qtbot.keyClick(edit, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)

    def said() -> list[str]:
        texts = [
            label.text()
            for label in window.panels["training_panel"].findChildren(QLabel)
            if label.isVisible()
        ]
        return [one for one in texts if "It stays" in one]

    assert len(said()) == 1 and said()[0].endswith(f"It stays {before}.")
    let_pass(qtbot, 50)
    assert edit.hasFocus() and edit.text() == edit.selectedText() == before
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClick(edit, Qt.Key.Key_Space)
    assert not window.player.running
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(canvas.hasFocus, timeout=60_000)
    assert (edit.text(), window.document.design, said()) == (before, design, [])
    qtbot.mouseClick(edit, LEFT)
    qtbot.keyClick(edit, Qt.Key.Key_A, CONTROL)
    qtbot.keyClicks(edit, "3")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(canvas.hasFocus, timeout=60_000)
    assert window.document.design != design


def test_the_order_of_tab_leaves_what_follows_a_deleted_widget_usable(qtbot: QtBot) -> None:
    """PySide would take a widget for a child of the one before it in this order."""
    window = QMainWindow()
    qtbot.addWidget(window)
    first, bar = QLineEdit(window), QToolBar(window)
    QWidget.setTabOrder(first, bar)
    action = bar.addWidget(QLineEdit())
    window.show()
    qtbot.waitExposed(window)
    assert first in stops_of(window)
    first.deleteLater()
    QCoreApplication.sendPostedEvents(first, QEvent.Type.DeferredDelete)
    assert not isValid(first) and isValid(action)
    code = [path.read_text(encoding="utf-8") for path in SOURCES]
    assert sum(text.count("InFocusChain(") for text in code) == 1  # where the parent is set
