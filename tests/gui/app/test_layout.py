"""The main window shows what it has at every size: nothing is cut, nothing covers the network."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, product

import pytest
from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from core.project import files
from gui.actions.registry import plain
from gui.app.dock_panels import SIDE_BAR
from gui.app.main_window import MainWindow
from gui.layout.scrolled_panel import ScrolledPanel
from gui.qt.later import draw_all
from gui.selection import Selection
from gui.theme.theme import LIGHT
from gui.views.registry import DOCKS
from gui.widgets.form import Form, NumberFormRow
from tests.gui.legible import faults
from tests.sampling import covering, spread

Open = Callable[..., MainWindow]
TITLE_BAR = 19
"""Pixels that the frame of a window takes from a screen at the least."""


def place_of(window: QWidget, widget: QWidget) -> QRect:
    """Return the place of a widget in its window."""
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


def test_all_sections_are_open_on_a_screen_of_1366_by_768(open_window: Open) -> None:
    window = open_window(size=(1366, 768 - TITLE_BAR))
    assert [name for name, one in window.panels.side_bar.sections.items() if not one.body.isVisible()] == []


def test_a_notice_neither_covers_nor_moves_the_network(open_window: Open) -> None:
    window = open_window()
    canvas = window.panels.canvas
    before = place_of(window, canvas)
    for sentence in ("Press Run.", "The loss is no number any more: the learning rate is too high. " * 3):
        window.notice.tell("warning", sentence, button="Use a smaller one")
        QApplication.processEvents()
        assert window.notice.isVisible() and window.rect().contains(place_of(window, window.notice))
        assert place_of(window, canvas) == before and not before.intersects(place_of(window, window.notice))


@pytest.mark.parametrize(
    ("size", "example"),
    covering([(1024, 600), (1366, 768), (2560, 1440)], ["iris", "digits", "xor", "breast-cancer"]),
)
def test_every_text_can_be_read(open_window: Open, size: tuple[int, int], example: str) -> None:
    window = open_window(files.read(files.find(example)).design, size=size)
    window.player.run(20)
    window.player.settle()
    neuron, others = Selection(1, 0), cycle((Selection(1, 0, 0), Selection(1), Selection(sample=0)))
    shown_ones = [(letters, one) for letters in (0.8, 1.0, 1.5, 2.0) for one in (neuron, next(others))]
    for letters, selection in shown_ones:
        window.session.select(selection)
        window.looks.show(LIGHT, letters)
        window.reset_layout()
        draw_all(window)
        assert faults(window) == [], (letters, selection)


SIZES = [(1024, 600), (1366, 768), (1600, 1000), (1920, 1080), (2560, 1440), (3840, 2160)]
LETTERS = [1.5, 0.8, 2.0, 1.0]


@pytest.mark.parametrize("shown", spread([*product(SIZES, LETTERS)], 2), ids=str)
def test_every_panel_that_is_opened_lies_within_the_window(
    open_window: Open, shown: tuple[tuple[int, int], float]
) -> None:
    size, letters = shown
    window = open_window(files.read(files.find("iris")).design, size=size)
    window.looks.show(LIGHT, letters)
    closed_at_first = [view for view in DOCKS if window.panels.dock_of(view).isHidden()]
    for view in closed_at_first:
        window.reset_layout()
        QApplication.processEvents()
        side_bar = window.panels.docks[SIDE_BAR].width()
        window.panels.bring(view)
        QApplication.processEvents()
        QApplication.processEvents()
        assert window.size().toTuple() == size, view
        dock = window.panels.dock_of(view)
        assert window.rect().contains(place_of(window, dock)), view
        assert window.panels.docks[SIDE_BAR].width() == pytest.approx(side_bar, abs=24), view


def test_a_panel_scrolls_where_there_is_no_room_for_it_and_is_whole_in_a_window_of_its_own(
    open_window: Open,
) -> None:
    window = open_window(size=(1024, 600))
    window.looks.show(LIGHT, 2.0)
    window.reset_layout()
    view = window.panels.bring(ViewId.GRADIENT_CHECK)
    draw_all(window)
    dock = window.panels.dock_of(ViewId.GRADIENT_CHECK)
    frame = dock.findChild(ScrolledPanel)
    assert isinstance(frame, ScrolledPanel) and frame.verticalScrollBar().isVisible()
    least = view.minimumSizeHint()
    assert view.height() >= least.height() > frame.viewport().height()
    frame.verticalScrollBar().setValue(frame.verticalScrollBar().maximum())
    bottom = view.mapTo(frame.viewport(), view.rect().bottomLeft()).y()
    assert bottom <= frame.viewport().height()
    dock.setFloating(True)
    draw_all(window)
    assert dock.height() >= frame.minimumSizeHint().height() >= least.height()
    dock.resize(dock.sizeHint().expandedTo(frame.minimumSizeHint()) * 2)
    draw_all(window)
    assert not frame.verticalScrollBar().isVisible()


def test_titles_take_their_room_back_when_letters_shrink(open_window: Open) -> None:
    window = open_window(size=(1366, 768))
    forms = window.findChildren(Form)

    def widths() -> list[int]:
        draw_all(window)
        rows = [row for form in forms for row in form.rows.values() if isinstance(row, NumberFormRow)]
        return [row.field.title.sizeHint().width() for row in rows if row.isVisible()]

    window.looks.show(LIGHT, 1.0)
    before = widths()
    window.looks.show(LIGHT, 2.0)
    draw_all(window)
    window.looks.show(LIGHT, 1.0)
    assert widths() == before and before


def test_texts_that_cannot_be_read_are_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 200)
    places = {
        "cut": (0, 0, 20, 50),
        "whole": (0, 60, 200, 50),
        "over": (160, 60, 200, 50),
        "away": (550, 130, 200, 50),
    }
    for name, place in places.items():
        label = QLabel(f"Text {name}", window)
        label.setAccessibleName(name)
        label.setGeometry(*place)
    window.show()
    qtbot.waitExposed(window)
    found = faults(window)
    assert len(found) == 3 and "cut" in found[0] and "away" in found[1] and "whole" in found[2]


def test_the_loop_keeps_its_words_beside_all_counters_at_1366(open_window: Open) -> None:
    window = open_window(size=(1366, 768))
    counters = window.counters
    shown = (counters.epoch, counters.iteration, counters.train, counters.test, counters.accuracy)
    assert all(one.isVisible() for one in shown)
    assert [chip.text() for chip in window.transport.strip.chips.values()] == [
        plain(window.actions_[name].text()) for name in ("sample", "forward", "loss", "backward", "update")
    ]


def test_sections_are_open_wherever_there_is_room_whatever_was_shown_before(open_window: Open) -> None:
    window = open_window(size=(1366, 768))
    sections = window.panels.side_bar.sections.values()

    def all_open(height: int) -> bool:
        window.resize(1366, height)
        window.looks.show(LIGHT)  # which asks all of them for their heights
        QApplication.processEvents()
        return all(one.body.isVisible() for one in sections)

    heights = range(640, 1000, 12)
    growing = [height for height in heights if all_open(height)]
    shrinking = [height for height in reversed(heights) if all_open(height)]
    assert growing == shrinking[::-1] == [height for height in heights if height >= growing[0]]
    assert growing[0] > heights[0] and any(one.extra is not None for one in sections)


class Laid(QObject):
    """Counts what is laid out anew in all windows."""

    def __init__(self) -> None:
        super().__init__()
        self.widgets: list[str] = []
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.widgets.append(type(watched).__name__)
        return False


def test_the_layout_comes_to_rest_at_every_height(open_window: Open) -> None:
    window = open_window(size=(1366, 700))
    laid = Laid()

    def rests() -> bool:
        laid.widgets.clear()
        QApplication.processEvents()
        return not laid.widgets

    restless = []
    for height in range(610, 910, 15):
        window.resize(1366, height)
        if not any(rests() for _ in range(40)):
            restless.append(height)
    laid.deleteLater()
    assert restless == []


def test_the_title_of_the_inspector_carries_the_sign_of_what_is_selected(window: MainWindow) -> None:
    titles = {
        view: window.panels.docks[view].titleBarWidget()
        for view in (ViewId.INSPECTOR, ViewId.DECISION_BOUNDARY)
    }
    assert not any(title.sign.isVisible() for title in titles.values())
    window.session.select(Selection(1, 0))
    QApplication.processEvents()
    assert titles[ViewId.INSPECTOR].sign.isVisible() and not titles[ViewId.DECISION_BOUNDARY].sign.isVisible()
    window.session.select(Selection())
    QApplication.processEvents()
    assert not titles[ViewId.INSPECTOR].sign.isVisible()
