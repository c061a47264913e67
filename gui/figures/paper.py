"""A page of text with figures as a PDF, its letters and figures as vectors."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QRectF, QSizeF
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPyTextObject,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtSvg import QSvgRenderer

from core.export.page import FIGURE, Page

MARGIN = 15.0  # millimetres
DOTS = 96
STYLE = "h1 {font-size: 16pt} h2 {font-size: 12pt} p, td, th {font-size: 9pt} td, th {padding-right: 12px}"


class _Figures(QPyTextObject):
    """Draws the figures of a page where its text names them."""

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
    document = QTextDocument()
    figures = _Figures(page.figures)
    layout: QAbstractTextDocumentLayout = document.documentLayout()
    layout.registerHandler(QTextFormat.ObjectTypes.ImageObject.value, figures)
    document.setDefaultStyleSheet(STYLE)
    document.setHtml(page.html(inline=False))
    document.setDocumentMargin(0)
    document.setPageSize(QSizeF(paper.width(), paper.height()))
    document.print_(paper)
    data.close()
    return bytes(data.data().data())
