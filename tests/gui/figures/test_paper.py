"""Pages as PDF: all that is said, with figures of vectors."""

from __future__ import annotations

import numpy as np
import pypdfium2
import pytest
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


@pytest.mark.parametrize("what", ["figure", "table", "paragraph"])
def test_a_heading_stands_on_the_page_of_what_it_heads(what: str, qtbot: QtBot) -> None:
    apart = []
    for lines in range(25, 62):
        page = Page("T")
        for k in range(lines):
            page.paragraph(f"line {k}")
        page.heading("HEADING")
        if what == "figure":
            page.figure(svg(['<text x="10" y="20" fill="black">BELOW</text>']))
        elif what == "table":
            page.table([("BELOW", "1"), *(("more", "2") for _ in range(80))], ("name", "number"))
        else:
            page.paragraph("BELOW")
        page.heading("LATER")
        page.table([("last", "1")])
        texts = [sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(pdf_of_page(page))]
        (on,) = (k for k, text in enumerate(texts) if "HEADING" in text)
        assert all("".join(texts).count(word) == 1 for word in ("HEADING", "BELOW", "LATER", "last"))
        if "BELOW" not in texts[on]:
            apart.append(lines)
    assert apart == []


def test_what_is_raised_above_a_line_stays_on_its_page(qtbot: QtBot) -> None:
    page = Page("T")
    for _ in range(150):
        page.paragraph("x<sup>[1]</sup>")
    for sheet in pypdfium2.PdfDocument(pdf_of_page(page)):
        rows = (sheet.render(scale=2).to_numpy()[..., :3] < 128).any(axis=(1, 2))
        ends = np.flatnonzero(np.diff(np.concatenate([[0], rows, [0]])))
        heights = ends[1::2] - ends[::2]
        assert heights.min() > 5  # half a line is less
