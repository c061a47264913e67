"""Pages as PDF: all that is said, with figures of vectors."""

from __future__ import annotations

import pypdfium2
from pytestqt.qtbot import QtBot

from core.export.charts import svg
from core.export.page import Page
from gui.figures.paper import pdf_of_page


def test_a_page_has_its_texts_and_its_figures_as_vectors(qtbot: QtBot) -> None:
    page = Page("A < B")
    page.paragraph("first <i>words</i>")
    page.figure(svg(['<text x="10" y="20" fill="black">in the figure</text><circle cx="50" cy="50" r="9"/>']))
    page.table([("a", "1"), ("b", "2")], ("name", "number"))
    for k in range(120):
        page.paragraph(f"line {k}")
    data = pdf_of_page(page)
    document = pypdfium2.PdfDocument(data)
    text = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    assert len(document) > 1
    for said in ("A < B", "first words", "in the figure", "number", "line 119"):
        assert said in text
    assert b"/FontFile" in data and b"/Subtype /Image" not in data
    assert document[0].get_size() == (595, 842) or max(document[0].get_size()) > 840
