"""The manual inside the program: its contents, a search, and the pages, without a network."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from PySide6.QtCore import QEvent, QSize, Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QImage,
    QKeySequence,
    QPainter,
    QShortcut,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QTextBrowser,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from gui.layout.placement import place, to_front
from gui.qt.drawable import guarded_overrides, whole
from gui.text.formula_label import svg
from gui.text.topics import set_topic, slug, topic_of
from gui.widgets.buttons import quiet_button
from gui.windows.manual.pages import FOLDER, NAMES, search, sections, source_of, titles, with_formulas

SIZE = (1080, 760)
CONTENTS, TEXT = 270, 810
"""Initial widths of the two parts, in pixels."""
FIRST = "index"
TOPIC = Qt.ItemDataRole.UserRole
ABOVE_HEADING = 18
LINES = 145
"""The line height, in percent of the font's."""


class PageView(QTextBrowser):
    """Shows a page: its text in the present font and colours, its formulas and its pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.page = ""
        self.setAccessibleName(tr("Page of the manual"))
        self.setOpenLinks(False)
        self.document().setDocumentMargin(24)

    def show_page(self, page: str) -> None:
        """Show a page from its beginning."""
        self.page = page
        self.document().setMarkdown(with_formulas(source_of(page)), _DIALECT)
        _set_out(self.document())
        self.verticalScrollBar().setValue(0)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return a formula rendered in the text colour, or a picture of the manual."""
        name = QUrl(name)
        address = name.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if address.startswith("formula:"):
            return self._formula(unquote(address.removeprefix("formula:")))
        if kind == QTextDocument.ResourceType.ImageResource:
            return self._fitted(QImage(str(FOLDER / name.path())))
        return super().loadResource(kind, name)

    def _formula(self, latex: str) -> QImage:
        size, density = self.fontMetrics().height() * 0.92, self.devicePixelRatioF()
        renderer = QSvgRenderer(svg(latex, self.palette().text().color().name(), size))
        image = QImage(renderer.defaultSize() * density, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        image.setDevicePixelRatio(density)
        return image

    def _fitted(self, image: QImage) -> QImage:
        """Return a picture no wider than the page."""
        room = max(320, self.viewport().width() - 60)
        wide = min(room, image.width()) * self.devicePixelRatioF()
        fitted = image.scaledToWidth(round(wide), Qt.TransformationMode.SmoothTransformation)
        fitted.setDevicePixelRatio(self.devicePixelRatioF())
        return fitted

    def go_to(self, anchor: str) -> bool:
        """Scroll to a heading by its anchor; return whether there is one."""
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and slug(block.text()) == anchor:
                top = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(whole(top - 8))
                cursor = QTextCursor(block)
                self.setTextCursor(cursor)
                self.verticalScrollBar().setValue(whole(top - 8))
                return True
            block = block.next()
        return False

    def mark(self, words: list[str]) -> None:
        """Highlight all occurrences of some words."""
        marks, look = [], QTextCharFormat()
        look.setForeground(self.palette().highlightedText())
        look.setBackground(self.palette().highlight())
        for word in words:
            cursor = self.document().find(word)
            while not cursor.isNull():
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = cursor, look
                marks.append(mark)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(marks)


_DIALECT = QTextDocument.MarkdownFeature.MarkdownDialectGitHub


def _set_out(document: QTextDocument) -> None:
    """Set the line spacing of a page, and centre formulas vertically on their line."""
    document.setUndoRedoEnabled(False)
    whole = QTextCursor(document)
    whole.beginEditBlock()  # so that the page is laid out once, not after every change
    block = document.begin()
    while block.isValid():
        cursor = QTextCursor(block)
        form = QTextBlockFormat()
        if block.blockFormat().headingLevel():
            form.setTopMargin(ABOVE_HEADING)
        else:
            form.setLineHeight(LINES, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(form)
        _align_formulas(block, document)
        block = block.next()
    whole.endEditBlock()


def _align_formulas(block: QTextBlock, document: QTextDocument) -> None:
    places = []
    found = block.begin()
    while not found.atEnd():
        piece = found.fragment()
        image = QTextImageFormat(piece.charFormat().toImageFormat())
        if piece.charFormat().isImageFormat() and image.name().startswith("formula:"):
            places.append((piece.position(), piece.length()))
        found += 1
    for start, length in places:
        cursor = QTextCursor(document)
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        middle = QTextCharFormat()
        middle.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        cursor.mergeCharFormat(middle)


@guarded_overrides
class ManualWindow(QDialog):
    """The contents with a search field at the left; the page at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("manual_window")
        self.setAccessibleName(tr("Manual"))
        set_topic(self, "index", "Help while you work")
        self.setWindowTitle(tr("Manual — Glassnet"))
        self.search, self.contents, self.text = QLineEdit(), QTreeWidget(), PageView()
        self.back = quiet_button("←", tr("The page before (Alt+Left)"))
        self.ahead = quiet_button("→", tr("The page after (Alt+Right)"))
        self._visited, self._at = [""], 0
        self._arrange()
        self._fill()
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._open_first)
        self.contents.currentItemChanged.connect(lambda item, _old: self._choose(item))
        self.contents.itemClicked.connect(self._choose)
        self.text.anchorClicked.connect(self._follow)
        for button, step, keys in ((self.back, -1, "Alt+Left"), (self.ahead, 1, "Alt+Right")):
            button.clicked.connect(lambda _on=False, step=step: self._go(step))
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(button.click)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self._begin_search)
        self.show_topic(FIRST)

    def _arrange(self) -> None:
        self.search.setPlaceholderText(tr("Search the manual"))
        self.search.setAccessibleName(tr("Search the manual"))
        self.search.setToolTip(tr("Words that stand in a section; Enter opens the first (Ctrl+F)"))
        self.search.setClearButtonEnabled(True)
        self.contents.setHeaderHidden(True)
        self.contents.setAccessibleName(tr("Contents of the manual"))
        self.contents.setColumnCount(1)
        self.contents.setWordWrap(True)
        side, head = QWidget(), QHBoxLayout()
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 8, 4, 8)
        head.addWidget(self.back)
        head.addWidget(self.ahead)
        head.addWidget(self.search, 1)
        column.addLayout(head)
        column.addWidget(self.contents, 1)
        parts, whole = QSplitter(), QVBoxLayout(self)
        parts.addWidget(side)
        parts.addWidget(self.text)
        parts.setSizes([CONTENTS, TEXT])
        parts.setStretchFactor(1, 1)
        parts.setChildrenCollapsible(False)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(parts)

    # -- contents and search -----------------------------------------------------------------------

    def _fill(self) -> None:
        """List the pages with their headings."""
        self.contents.clear()
        page: QTreeWidgetItem | None = None
        for section in sections():
            if section.level > 2:
                continue
            item = QTreeWidgetItem([section.heading])
            item.setData(0, TOPIC, section.topic)
            if section.level == 1 or page is None:
                self.contents.addTopLevelItem(item)
                page = item
            else:
                page.addChild(item)
        self._show_place()

    def _search(self, text: str) -> None:
        """List the sections that contain all words; without words, the contents."""
        if not text.strip():
            self._fill()
            self.text.mark([])
            return
        self.contents.clear()
        known = titles()
        for found in search(text):
            page, heading = known[found.section.page], found.section.heading
            title = heading if found.section.level == 1 else f"{page} › {heading}"
            item = QTreeWidgetItem([f"{title}\n{found.snippet}"])
            item.setData(0, TOPIC, found.section.topic)
            item.setToolTip(0, found.snippet)
            self.contents.addTopLevelItem(item)
        if not self.contents.topLevelItemCount():
            self.contents.addTopLevelItem(QTreeWidgetItem([tr("Nothing in the manual has all these words.")]))

    def _begin_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _open_first(self) -> None:
        if self.search.text().strip() and (first := self.contents.topLevelItem(0)) is not None:
            self.contents.setCurrentItem(first)

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        topic = None if item is None else item.data(0, TOPIC)
        if isinstance(topic, str) and topic != self.topic:
            self.show_topic(topic)

    def _show_place(self) -> None:
        """Select the present page in the contents."""
        page = self.topic.partition("#")[0]
        for k in range(self.contents.topLevelItemCount()):
            item = self.contents.topLevelItem(k)
            assert item is not None
            item.setExpanded(item.data(0, TOPIC) == page)
            if item.isExpanded():
                inside = [child for m in range(item.childCount()) if (child := item.child(m)) is not None]
                chosen = next((one for one in inside if one.data(0, TOPIC) == self.topic), item)
                self.contents.blockSignals(True)
                self.contents.setCurrentItem(chosen)
                self.contents.blockSignals(False)

    # -- pages -------------------------------------------------------------------------------------

    @property
    def topic(self) -> str:
        """The page shown, and the heading that was scrolled to."""
        return self._visited[self._at]

    def show_topic(self, topic: str) -> None:
        """Show a page, such as "data", or a heading of one: "data#csv-files"; the first page if unknown."""
        page, _, anchor = topic.partition("#")
        page = page if page in NAMES else FIRST
        topic = f"{page}#{anchor}" if anchor else page
        if topic != self.topic:
            self._visited = [*self._visited[: self._at + 1], topic]
            self._at += 1
        self._show(page, anchor)

    def _show(self, page: str, anchor: str) -> None:
        if page != self.text.page:
            self.text.show_page(page)
        if not (anchor and self.text.go_to(anchor)):
            self.text.verticalScrollBar().setValue(0)
        self.text.mark(self.search.text().split())
        self.back.setEnabled(self._at > 1)
        self.ahead.setEnabled(self._at < len(self._visited) - 1)
        if not self.search.text().strip():
            self._show_place()

    def _go(self, step: int) -> None:
        if 1 <= self._at + step < len(self._visited):
            self._at += step
            page, _, anchor = self.topic.partition("#")
            self._show(page, anchor)

    def _follow(self, url: QUrl) -> None:
        """Open a link: a page of the manual here, any other address in the browser."""
        if url.scheme():
            QDesktopServices.openUrl(url)
            return
        page = url.path().removesuffix(".md") or self.text.page
        self.show_topic(f"{page}#{url.fragment()}" if url.hasFragment() else page)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and self.text.page:
            height = self.text.verticalScrollBar().value()
            self.text.show_page(self.text.page)  # formulas and pictures in the new colours and size
            self.text.verticalScrollBar().setValue(whole(height))

    def sizeHint(self) -> QSize:
        return QSize(*SIZE)


def open_manual(window: QWidget, page: str = "") -> ManualWindow:
    """Open the manual at the page for the widget with the focus, or at ``page``; return its window.

    There is one manual for all windows, and another one while a dialog waits for an answer, which no other
    window may be used before.
    """
    focus = QApplication.focusWidget()
    if focus is None or window not in _with_parents(focus):
        focus = window.focusWidget()
    topic = page or topic_of(focus if focus is not None else window) or FIRST
    waiting = QApplication.activeModalWidget()
    opened = [one for one in QApplication.topLevelWidgets() if isinstance(one, ManualWindow)]
    usable = [one for one in opened if _dialog_of(one) is waiting]
    if usable:
        manual = usable[0]
    else:
        manual = ManualWindow(waiting or _with_parents(window)[-1])
        place(manual, SIZE)
    to_front(manual)  # before it is scrolled to a heading: it gets its size when it is shown
    manual.show_topic(topic)
    manual.text.setFocus()
    return manual


def _dialog_of(manual: ManualWindow) -> QWidget | None:
    """Return the dialog that a manual was opened from while it waited; None: there was none."""
    owner = manual.parentWidget()
    return owner if isinstance(owner, QDialog) else None


def _with_parents(widget: QWidget) -> list[QWidget]:
    """Return a widget and all it belongs to, of which the last is a window that belongs to none."""
    found = [widget]
    while (above := found[-1].parentWidget()) is not None:
        found.append(above)
    return found
