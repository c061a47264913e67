"""What's This: a click on any widget shows what it is, and which page of the manual explains it.

No widget needs a text for it: the answer consists of its name, its tooltip and the symbols on it.
"""

from __future__ import annotations

import re
from html import escape

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QHelpEvent, QWhatsThisClickedEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QTextEdit, QWhatsThis, QWidget

from core.language import tr
from gui.actions.registry import plain
from gui.qt.drawable import guarded_overrides
from gui.text.topics import topic_of
from gui.windows.manual.pages import glossary, titles
from gui.windows.manual.window import open_manual

MOST_SYMBOLS = 8
MARKUP = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL)


def told_of(widget: QWidget) -> str:
    """Return the answer for a widget, as rich text with links to the manual."""
    name = _name_of(widget)
    tip = plain(_tip_of(widget))
    parts = [f"<b>{escape(name)}</b>" if name else ""]
    parts.append(escape(tip) if tip and tip != name else "")
    parts.append(escape(widget.accessibleDescription()))
    symbols = [f'<a href="{topic}">{escape(symbol)}</a>' for symbol, topic in symbols_on(widget)]
    if symbols:
        parts.append(tr("In the glossary: {symbols}").format(symbols=" &nbsp; ".join(symbols)))
    topic = topic_of(widget)
    title = topic.partition("#")[2].replace("-", " ") or titles().get(topic, "")
    more = tr("More in the manual: {page}").format(page=escape(title)) if topic else tr("Open the manual")
    parts.append(f'<a href="{topic or "index"}">{more}</a>')
    return "".join(f"<p>{part}</p>" for part in parts if part)


def _name_of(widget: QWidget) -> str:
    if name := widget.accessibleName():
        return name
    if isinstance(widget, QAbstractButton):
        return plain(widget.text())
    parent = widget.parentWidget()
    return "" if parent is None or widget.isWindow() else _name_of(parent)


def _tip_of(widget: QWidget) -> str:
    while not widget.toolTip() and not widget.isWindow() and (parent := widget.parentWidget()) is not None:
        widget = parent
    return MARKUP.sub("", widget.toolTip())


def symbols_on(widget: QWidget) -> list[tuple[str, str]]:
    """Return the symbols of the glossary that appear on a widget, with their addresses in the manual."""
    words = set(re.findall(r"[^\W\d_]+[′]?|[∂∇]", f"{_text_of(widget)} {widget.accessibleName()}"))
    words |= {"".join(filter(str.isalpha, word)) for word in words}  # z₁ is a z
    found = [(symbol, topic) for symbol, topic in glossary().items() if symbol in words]
    return found[:MOST_SYMBOLS]


def _text_of(widget: QWidget) -> str:
    match widget:
        case QTextEdit():
            return widget.toPlainText()
        case QLabel() | QAbstractButton():
            return MARKUP.sub(" ", widget.text())
        case QComboBox():
            return widget.currentText()
    return ""


@guarded_overrides
class _Asking(QObject):
    """Handles Qt's events while What's This is active, and a click on a link of the answer."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.LeaveWhatsThisMode and watched is QApplication.instance():
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        elif kind == QEvent.Type.QueryWhatsThis:
            event.accept()
            return True
        elif kind == QEvent.Type.WhatsThis and isinstance(event, QHelpEvent) and isinstance(watched, QWidget):
            watched.removeEventFilter(self)
            watched.installEventFilter(self)  # the widget gets an event for a click on a link of the answer
            QWhatsThis.showText(event.globalPos(), told_of(watched), watched)
            event.accept()
            return True
        elif kind == QEvent.Type.WhatsThisClicked and isinstance(event, QWhatsThisClickedEvent):
            open_manual(self._window, event.href())
            return True
        return False


def ask_whats_this(window: QWidget) -> None:
    """Let the next click show what is clicked. Only meanwhile does every event run Python."""
    asking = window.findChild(_Asking) or _Asking(window)
    application = QApplication.instance()
    assert application is not None
    application.removeEventFilter(asking)
    application.installEventFilter(asking)
    QWhatsThis.enterWhatsThisMode()
