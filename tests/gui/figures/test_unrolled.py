"""Views that scroll, as figures: all they hold where that is not too much, and nothing outside their room."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QLabel,
    QMainWindow,
    QScrollArea,
    QScrollBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.figures.figure import AS_SHOWN, FigureStyle, bitmap, figure, figure_of, figure_size
from gui.figures.unrolled import LARGEST, unrolled
from gui.qt.later import draw_all
from gui.views.registry import DOCKS
from tests.gui.figures.test_figure import SVG, pixels, rendered

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

LINES = 40


def lines_of(svg: bytes) -> list[str]:
    return ["".join(one.itertext()) for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def text_of(pdf: bytes) -> str:
    return "".join(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range().split())


def made(qtbot: QtBot, area: QWidget, holder: QWidget | None = None) -> QWidget:
    """Show an area that scrolls above a label."""
    inside = QWidget()
    layout = QVBoxLayout(inside)
    layout.addWidget(area)
    layout.addWidget(QLabel("below"))
    shown = inside
    if isinstance(holder, QMainWindow):
        holder.setCentralWidget(inside)
        shown = holder
    qtbot.addWidget(shown)
    shown.resize(240, 200)
    shown.show()
    qtbot.waitExposed(shown)
    return shown


def paper(lines: int = LINES, width: int = 400) -> QScrollArea:
    """Return a scroll area with lines of text, which reach beyond it to the right too."""
    label, area = QLabel("\n".join(f"line {k} {'.' * 60} end" for k in range(lines))), QScrollArea()
    label.setFixedSize(width, label.sizeHint().height())
    area.setWidget(label)
    return area


def table(rows: int) -> QTableWidget:
    made = QTableWidget(rows, 1)
    made.verticalHeader().hide()
    made.horizontalHeader().hide()
    for k in range(rows):
        made.setItem(k, 0, QTableWidgetItem(f"line {k}"))
    return made


@pytest.mark.parametrize("area", [paper, lambda: table(LINES)])
def test_all_that_is_scrolled_away_is_in_the_figure(area: object, qtbot: QtBot) -> None:
    widget = made(qtbot, area())  # type: ignore[operator]
    for text in ("".join(lines_of(figure(widget, ".svg"))).replace(" ", ""), text_of(figure(widget, ".pdf"))):
        assert all(f"line{k}" in text for k in range(LINES))
        assert "below" in text
    assert figure_size(widget).height() > 3 * widget.height()
    assert bitmap(widget, FigureStyle(scale=1)).size() == figure_size(widget)


def test_areas_that_share_a_figure_are_all_whole(qtbot: QtBot) -> None:
    widget, second = made(qtbot, paper()), paper(20)
    widget.layout().insertWidget(1, second)
    with unrolled(widget):
        for bar in widget.findChildren(QScrollBar):
            assert bar.maximum() == 0


@pytest.mark.parametrize(
    ("area", "holder", "style"),
    [
        (lambda: table(LARGEST), None, AS_SHOWN),
        (paper, "window", AS_SHOWN),
        (paper, None, FigureStyle(controls=True)),
    ],
    ids=["too many rows", "a main window", "as on the screen"],
)
def test_what_is_not_unrolled_ends_where_it_ends_on_the_screen(
    area: object, holder: str | None, style: FigureStyle, qtbot: QtBot
) -> None:
    widget = made(qtbot, area(), QMainWindow() if holder else None)  # type: ignore[operator]
    area_ = widget.findChild(QAbstractScrollArea)
    area_.verticalScrollBar().setValue(7)
    screen = pixels(widget.grab().toImage())
    viewport = area_.viewport()
    corner = viewport.mapTo(widget, viewport.rect().bottomLeft())
    for suffix in (".svg", ".pdf"):
        found = pixels(rendered(figure(widget, suffix, style=style), suffix).scaled(widget.size()))
        beneath = slice(corner.y() + 4, None)  # beyond the frame and, as on the screen, the scroll bar
        ink = [(np.abs(one[beneath] - one[-1, 0]).max(axis=-1) > 60).mean() for one in (screen, found)]
        assert ink[1] == pytest.approx(ink[0], abs=0.05)


def test_a_view_is_as_it_was_after_its_figure(window: MainWindow) -> None:
    window.resize(1366, 768)
    window.player.run(100)
    window.player.settle()
    for view in (view for view in DOCKS if not DOCKS[view].section):
        widget = figure_of(window.bring(view))
        draw_all(window)
        bars = [
            bar for bar in widget.findChildren(QScrollBar) if bar.parentWidget().parentWidget().isVisible()
        ]
        for bar in bars:
            bar.setValue(bar.maximum() // 2)
        draw_all(window)
        screen, before = widget.grab().toImage(), [(bar.maximum(), bar.value()) for bar in bars]
        svg = figure(widget, ".svg")
        draw_all(window)
        assert [(bar.maximum(), bar.value()) for bar in bars] == before
        assert pixels(widget.grab().toImage()) == pytest.approx(pixels(screen), abs=0)
        size = ElementTree.fromstring(svg).get("viewBox").split()[2:]
        assert [int(side) for side in size] >= [widget.width(), widget.height()]
        with unrolled(widget):
            whole = widget.height() > screen.height()
            left = [bar.maximum() for bar in bars]
        assert not whole or max(left) == 0
