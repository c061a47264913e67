"""The manual in its window: F1 at the focused panel, contents, search, links, formulas, What's This."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWhatsThis, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from gui.app.main_window import MainWindow
from gui.text.formula_browser import FormulaText
from gui.text.topics import slug, topic_of
from gui.views.registry import VIEWS
from gui.windows.manual.pages import NAMES, sections, with_formulas
from gui.windows.manual.whats_this import symbols_on, told_of
from gui.windows.manual.window import ManualWindow

LEFT, SHIFT, ALT = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def manual(qtbot: QtBot) -> ManualWindow:
    made = ManualWindow()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def opened() -> ManualWindow:
    (found,) = (
        one for one in QApplication.topLevelWidgets() if isinstance(one, ManualWindow) and one.isVisible()
    )
    return found


def items(manual: ManualWindow) -> Iterator[str]:
    for k in range(manual.contents.topLevelItemCount()):
        yield manual.contents.topLevelItem(k).text(0)


def test_f1_opens_the_page_of_the_panel_that_has_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    for view, page in ((ViewId.LOSS_PLOT, "panels#loss-and-time"), (ViewId.CANVAS, "building#the-canvas")):
        part = window.panels.canvas if view is ViewId.CANVAS else window.panels[view].plot
        part.setFocus()
        qtbot.waitUntil(part.hasFocus)
        qtbot.keyClick(part, Qt.Key.Key_F1)
        assert opened().topic == page
        opened().hide()


def test_every_topic_of_the_window_is_a_heading(window: MainWindow) -> None:
    topics = {section.topic for section in sections()}
    named = {topic_of(widget) for widget in window.findChildren(QWidget)} - {""}
    assert len(named) > 8 and named <= topics


def test_every_view_names_its_heading(qtbot: QtBot) -> None:
    topics = {section.topic for section in sections()}
    for entry in (VIEWS[ViewId.HEALTH], VIEWS[ViewId.CANVAS], VIEWS[ViewId.INSPECTOR]):
        made = entry.make()
        qtbot.addWidget(made)
        assert topic_of(made) in topics
        inside = next(iter(made.findChildren(QWidget)))
        assert topic_of(inside) == topic_of(made) == f"panels#{slug(entry.title)}"


def test_every_page_is_drawn_with_its_formulas_and_pictures(manual: ManualWindow, qtbot: QtBot) -> None:
    for page in NAMES:
        manual.show_topic(page)
        text = manual.text.toPlainText()
        assert text and "$" not in text.replace("$XDG", "") and "](" not in text, page
        assert manual.contents.currentItem().text(0) == text.splitlines()[0]


def test_a_formula_is_set_in_the_colour_of_the_text(manual: ManualWindow, qtbot: QtBot) -> None:
    assert with_formulas("so $z^2$, but `$no$`") == "so ![formula](formula:z%5E2), but `$no$`"
    for colour in ("#102030", "#f0e0d0"):
        palette = manual.text.palette()
        palette.setColor(palette.ColorRole.Text, QColor(colour))
        manual.text.setPalette(palette)
        drawn = manual.text.loadResource(QTextDocument.ResourceType.ImageResource, QUrl("formula:z%5E2"))
        assert isinstance(drawn, QImage) and drawn.height() > 8
        pixels = [drawn.pixelColor(x, y) for x in range(drawn.width()) for y in range(drawn.height())]
        darkest = max(pixels, key=QColor.alpha)
        assert darkest.alpha() > 200 and abs(darkest.red() - QColor(colour).red()) < 12


def test_words_are_searched_and_enter_opens_the_first_section(manual: ManualWindow, qtbot: QtBot) -> None:
    before = list(items(manual))
    qtbot.keyClicks(manual.search, "vanishing gradient")
    hits = list(items(manual))
    assert hits and all("\n" in hit for hit in hits)
    qtbot.keyClick(manual.search, Qt.Key.Key_Return)
    assert manual.text.extraSelections()
    assert manual.topic.partition("#")[0] in NAMES
    manual.search.selectAll()
    qtbot.keyClicks(manual.search, "qwertz")
    assert list(items(manual)) == ["Nothing in the manual has all these words."]
    manual.search.clear()
    assert list(items(manual)) == before


def test_a_link_is_followed_and_the_way_goes_back(manual: ManualWindow, qtbot: QtBot) -> None:
    manual.show_topic("training")
    manual.text.anchorClicked.emit(QUrl("panels.md#what-may-be-wrong"))
    assert manual.topic == "panels#what-may-be-wrong"
    first = manual.text.cursorForPosition(QPoint(40, 12)).block().text()
    assert first == "What may be wrong"
    qtbot.keyClick(manual, Qt.Key.Key_Left, ALT)
    assert manual.topic == "training" and manual.ahead.isEnabled()
    qtbot.mouseClick(manual.ahead, LEFT)
    assert manual.topic == "panels#what-may-be-wrong"


def test_an_unknown_topic_is_the_first_page(manual: ManualWindow) -> None:
    manual.show_topic("glossary")
    manual.show_topic("no-page#at-all")
    assert manual.text.page == "index"


def test_whats_this_tells_of_what_is_clicked_and_leads_to_the_manual(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F1, SHIFT)
    assert QWhatsThis.inWhatsThisMode()
    run = window.transport.run_button
    QTest.mouseClick(run, LEFT)
    assert not window.player.running and not QWhatsThis.inWhatsThisMode()
    shown = [one for one in QApplication.topLevelWidgets() if one.inherits("QWhatsThat") and one.isVisible()]
    assert len(shown) == 1
    QWhatsThis.hideText()
    told = told_of(run)
    assert told.startswith("<p><b>Run") and "Train until you pause" in told
    log = window.panels[ViewId.LOSS_PLOT].logarithmic
    assert 'href="panels#loss-and-time"' in told_of(log) and "Logarithmic loss axis" in told_of(log)


def test_symbols_on_a_widget_lead_to_the_glossary(qtbot: QtBot) -> None:
    text = FormulaText("Formula")
    qtbot.addWidget(text)
    text.write("<i>z</i><sub>1</sub> = <i>b</i> + Σ <i>W</i> <i>a</i>, η")
    assert {symbol for symbol, _topic in symbols_on(text)} == {"z", "b", "W", "a", "η"}
    assert 'href="glossary#forward-pass"' in told_of(text)


def test_ctrl_k_finds_headings_and_symbols(window: MainWindow) -> None:
    assert any(one.kind == "Manual" for one in window._commands.find("misconceptions"))
    (symbol,) = (one for one in window._commands.find("δ") if one.kind == "Glossary")
    symbol.run()
    assert opened().topic == "glossary#loss-and-backward-pass"
    opened().close()


def test_a_dialog_that_waits_has_a_manual_that_can_be_read_meanwhile(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.activateWindow()
    qtbot.keyClick(window.panels.canvas, Qt.Key.Key_F1)
    first = opened()
    window.activateWindow()
    window.actions_["shortcuts"].trigger()
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    qtbot.waitUntil(sheet.isActiveWindow)
    qtbot.keyClick(sheet, Qt.Key.Key_F1)
    (second,) = (one for one in sheet.findChildren(ManualWindow) if one.isVisible())
    assert second is not first and second.topic == "index#help-while-you-work"
    qtbot.keyClicks(second.search, "softmax")
    assert second.search.text() == "softmax"
    sheet.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window.panels.canvas, Qt.Key.Key_F1)
    assert first.isVisible() and first.topic == "building#the-canvas"
    first.close()
