"""Rich text with formulas, in which each term is a link to its neuron or edge."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QTextCharFormat, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QTextBrowser, QTextEdit

from gui.qt.drawable import guarded_overrides
from gui.selection import Selection
from gui.text.rich_text import address, selection_at, style
from gui.theme.theme import LIGHT, Theme, sized


@guarded_overrides
class FormulaText(QTextBrowser):
    """Text that can be selected and copied; Tab moves between terms.

    ``firm``: the widget takes the height it needs. Otherwise it is cut off if there is no room, and keeps the
    greatest height it needed at its width, so that nothing moves when the text changes.

    Signals: ``hovered`` carries the neuron or edge of the term under the mouse, or with the focus
    (`Selection()` when it is left), ``chosen`` that of a clicked term; ``went_to`` carries the height at
    which Tab found the next term.
    """

    hovered = Signal(object)
    chosen = Signal(object)
    went_to = Signal(int)

    def __init__(self, name: str, *, firm: bool = True) -> None:
        super().__init__()
        self._firm, self._writing = firm, False
        self._kept = 0, 0
        self.setAccessibleName(name)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setStyleSheet("QTextBrowser { border: 0; padding: 0; background: transparent; }")
        self.setOpenLinks(False)
        self.setTabChangesFocus(False)
        self.setToolTip(self.tr("Point at a term and its edge lights up; click it to look at it"))
        by_keyboard = Qt.TextInteractionFlag.TextSelectableByKeyboard
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction | by_keyboard)
        self.setCursorWidth(0)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.document().setDocumentMargin(0)
        self._theme, self._html, self._link = LIGHT, "", ""
        self._hover = Selection()
        self._mouse: QPoint | None = None
        self.highlighted.connect(self._highlighted)
        self.anchorClicked.connect(lambda url: self.chosen.emit(selection_at(url.toString())))
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self.show_theme(LIGHT)

    def be_firm(self, firm: bool) -> None:
        """Always take the height of the text, or be cut off if there is too little room."""
        self._firm, self._kept = firm, (0, 0)
        self.setMinimumHeight(self.maximumHeight() if firm else 0)

    def show_theme(self, theme: Theme) -> None:
        """Use the colours of a theme."""
        self._theme = theme
        self.setFont(sized("formula"))
        self.document().setDefaultStyleSheet(style(theme))
        html, self._html = self._html, ""
        self.write(html)

    def write(self, html: str) -> None:
        """Show a text, unless it is already shown."""
        if html == self._html:
            return
        self._html = html
        self._writing = True  # the document is empty for a moment, which emits signals
        self.setHtml(html)
        self._writing = False
        self._fit()
        if self._link:  # the term under the mouse may have gone or moved
            self._highlighted(QUrl("" if self._mouse is None else self.anchorAt(self._mouse)))
        self._mark()

    def show_hover(self, selection: Selection) -> None:
        """Highlight the terms of the edge or neuron that the mouse points at in another view."""
        hover = Selection(selection.layer, selection.neuron, selection.source)
        if hover != self._hover:
            self._hover = hover
            self._mark()

    def marked(self) -> list[str]:
        """Return the highlighted terms, as text."""
        return [mark.cursor.selectedText() for mark in self.extraSelections()]

    # -- terms -------------------------------------------------------------------------------------

    def _mark(self) -> None:
        link = address(self._hover) if self._hover.neuron is not None else ""
        if not link and not self.extraSelections():
            return
        look = QTextCharFormat()
        look.setBackground(self._theme.accent_soft)
        marks = []
        for start, end in self.places(link) if link else ():
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            mark.cursor, mark.format = cursor, look
            marks.append(mark)
        self.setExtraSelections(marks)

    def places(self, link: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of all terms with this link."""
        block = self.document().begin()
        while block.isValid():
            found = block.begin()
            while not found.atEnd():
                piece = found.fragment()
                if piece.charFormat().anchorHref() == link:
                    yield piece.position(), piece.position() + piece.length()
                found += 1
            block = block.next()

    def _highlighted(self, url: QUrl) -> None:
        link = url.toString()
        if link != self._link:
            self._link = link
            self.show_hover(selection_at(link))
            self.hovered.emit(selection_at(link))

    def focusNextPrevChild(self, next: bool) -> bool:
        went = super().focusNextPrevChild(next)
        cursor = self.textCursor()
        if went and cursor.hasSelection():
            self._highlighted(QUrl(cursor.charFormat().anchorHref()))
            self.went_to.emit(self.cursorRect().center().y())
        return went

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position().toPoint()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = None
        super().leaveEvent(event)
        self._highlighted(QUrl())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._highlighted(QUrl())

    # -- its height --------------------------------------------------------------------------------

    def _fit(self) -> None:
        if self._writing:
            return
        height = max(1, ceil(self.document().size().height()))
        if not self._firm:
            width, kept = self._kept
            height = max(height, kept) if width == self.width() and self.isVisible() else height
            self._kept = self.width(), height
        if height != self.maximumHeight():
            fix = self.setFixedHeight if self._firm else self.setMaximumHeight
            fix(height)

    def sizeHint(self) -> QSize:
        return QSize(200, self.maximumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(50, self.maximumHeight() if self._firm else 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # so that the panel around it scrolls
