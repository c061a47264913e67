"""A page of text with figures as a PDF; letters and figures are vectors."""

from __future__ import annotations

import re

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QPyTextObject,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtSvg import QSvgRenderer

from core.export.page import FIGURE, Page

MARGIN = 13.0  # millimetres
EDGE = 8.0  # dots around the text of a page, for what extends above its first line
DOTS = 96
STYLE = "h1 {font-size: 16pt} h2 {font-size: 12pt} p, td, th {font-size: 9pt} td, th {padding-right: 12px}"


class _Figures(QPyTextObject):
    """Draws the figures of a page where its text refers to them."""

    def __init__(self, figures: list[str]) -> None:
        super().__init__()
        self._drawn = [QSvgRenderer(QByteArray(figure.encode())) for figure in figures]

    def _of(self, form: QTextFormat) -> QSvgRenderer:
        return self._drawn[int(form.toImageFormat().name().removeprefix(FIGURE))]

    def intrinsicSize(self, document: QTextDocument, _place: int, form: QTextFormat) -> QSizeF:
        size = QSizeF(self._of(form).defaultSize())
        return size * min(1.0, document.pageSize().width() / max(1.0, size.width()))

    def drawObject(
        self, painter: QPainter, rect: QRectF | QRect, _of: QTextDocument, _place: int, form: QTextFormat
    ) -> None:
        self._of(form).render(painter, QRectF(rect))


def _paint_sheet(painter: QPainter, document: QTextDocument, number: int) -> None:
    """Paint a page of a document, from 0, in black on white."""
    size, context = document.pageSize(), QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)
    context.clip = QRectF(QPointF(0, number * size.height()), size)
    painter.save()
    painter.translate(0, -number * size.height())
    painter.setClipRect(context.clip)
    document.documentLayout().draw(painter, context)
    painter.restore()


def _lonely_headings(document: QTextDocument) -> set[int]:
    """Return the indices of the headings that must begin a page to stay together with their text."""
    layout, high = document.documentLayout(), document.pageSize().height()
    found, count, block = set[int](), 0, document.begin()
    while block.isValid():
        form, below = block.blockFormat(), block.next()
        if form.headingLevel():
            table, first = QTextCursor(below).currentTable(), below
            if table is not None and table.rows() > 1:  # its first row may be a heading
                first = table.cellAt(1, 0).firstCursorPosition().block()
            top, bottom = layout.blockBoundingRect(block).top(), layout.blockBoundingRect(first).bottom()
            if below.isValid() and top // high != (bottom + EDGE - 1) // high:
                found.add(count)
                form.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                QTextCursor(block).setBlockFormat(form)  # so that those below are at their final places
            count += 1
        block = below
    return found


def _laid_out(html: str, figures: _Figures, size: QSizeF) -> QTextDocument:
    document = QTextDocument()
    document.documentLayout().registerHandler(QTextFormat.ObjectTypes.ImageObject.value, figures)
    document.setDefaultStyleSheet(STYLE)
    document.setHtml(html)
    document.setDocumentMargin(EDGE)
    document.setPageSize(size)
    return document


def _with_breaks(html: str, headings: set[int]) -> str:
    """Return a page in which these headings, counted from 0, begin a new sheet."""
    first, *rest = re.split(r"(?=<h[12]>)", html)
    broken = ' style="page-break-before: always">'
    return first + "".join(
        part.replace(">", broken, 1) if k in headings else part for k, part in enumerate(rest)
    )


def pdf_of_page(page: Page) -> bytes:
    """Return a page as a PDF on A4."""
    data = QBuffer()
    data.open(QIODevice.OpenModeFlag.WriteOnly)
    paper = QPdfWriter(data)
    paper.setTitle(page.title)
    paper.setCreator("Glassnet")
    paper.setResolution(DOTS)
    paper.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN),
            QPageLayout.Unit.Millimeter,
        )
    )
    html, figures, size = (
        page.html(inline=False),
        _Figures(page.figures),
        QSizeF(paper.width(), paper.height()),
    )
    document = _laid_out(html, figures, size)
    if lonely := _lonely_headings(document):  # a new document: Qt omits lines of a modified one
        document = _laid_out(_with_breaks(html, lonely), figures, size)
    painter = QPainter(paper)
    for number in range(document.pageCount()):
        if number:
            paper.newPage()
        _paint_sheet(painter, document, number)
    painter.end()
    data.close()
    return bytes(data.data().data())
