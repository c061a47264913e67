"""The sheet of an exercise as PDF, on A4: what is given, the questions, and, if wanted, the answers."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtSvg import QSvgRenderer

from core.exercises.question import Exercise, Question, Sentence
from core.language import tr
from core.project.json_io import FileError, reason, replace_file
from gui.lecture.large_type import marked
from gui.text.formula_label import svg
from gui.theme.theme import LIGHT, font

DOTS = 96  # per inch
EDGE = 20  # millimetres
GAP, LINE_TO_WRITE_ON = 8, 34  # pixels
LETTERS = 15  # pixels


def translated(sentence: Sentence) -> str:
    """Return a sentence of an exercise in the user's language."""
    return tr(sentence.template).format(**sentence.fields)


def sheet_pdf(title: str, made: Exercise, sheet: int, *, answers: bool) -> bytes:
    """Return the PDF of a sheet of an exercise, with hints and answers or with room for them."""
    data = QBuffer()
    data.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(data)
    writer.setResolution(DOTS)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(EDGE, EDGE, EDGE, EDGE))
    writer.setTitle(title)
    page = _SheetPage(writer)
    for kind, text in sheet_blocks(title, made, sheet, answers=answers):
        {"text": page.write, "formula": page.draw, "rule": page.rule}[kind](text)
    page.end()
    data.close()
    return bytes(data.data().data())


def sheet_blocks(title: str, made: Exercise, sheet: int, *, answers: bool) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a sheet: a "text" as HTML, a "formula" in LaTeX, or a "rule" to write on."""
    yield "text", f"<h2>{escape(title)}</h2>"
    yield "text", escape(tr("Sheet {number}", number=sheet))
    for sentence in made.given:
        yield ("formula", sentence.latex) if sentence.latex else ("text", marked(translated(sentence)))
    for k, question in enumerate(made.questions, 1):
        yield "text", f"<b>{k}. {marked(translated(question.text))}</b>"
        if answers:
            yield from (("text", line) for line in _answered(question))
        else:
            yield "rule", ""


def save_sheet(path: Path, title: str, made: Exercise, sheet: int, *, answers: bool) -> None:
    """Write the PDF of an exercise's sheet. Raises FileError; an existing file is then unchanged."""
    try:
        replace_file(path, sheet_pdf(title, made, sheet, answers=answers))
    except (OSError, ValueError) as error:
        raise FileError(
            tr(
                "“{name}” was not saved: {reason}; choose another place.",
                name=path.name,
                reason=reason(error),
            )
        ) from None


def _answered(question: Question) -> Iterator[str]:
    """Yield the lines of the solution of a question, and its answer."""
    yield from (marked(translated(hint)) for hint in question.hints)
    answer = f"{tr(question.symbol)} = {question.answer_text}"
    yield f"<b>{marked(answer)}</b>"


class _SheetPage:
    """Paints blocks of text and formulas one below another, on as many pages as they need."""

    def __init__(self, writer: QPdfWriter) -> None:
        self._writer, self._painter, self._y = writer, QPainter(writer), 0.0

    @property
    def _width(self) -> int:
        return self._writer.width()

    def _make_room(self, high: float) -> None:
        if self._y and self._y + high > self._writer.height():
            self._writer.newPage()
            self._y = 0.0

    def write(self, html: str) -> None:
        """Write a paragraph of rich text."""
        text = QTextDocument()
        letters = font("text")
        letters.setPixelSize(LETTERS)
        text.setDefaultFont(letters)
        text.setDocumentMargin(0)
        text.documentLayout().setPaintDevice(self._writer)
        text.setTextWidth(self._width)
        text.setHtml(html)
        high = text.size().height()
        self._make_room(high)
        self._painter.save()
        self._painter.translate(QPointF(0, self._y))
        text.drawContents(self._painter)
        self._painter.restore()
        self._y += high + GAP

    def draw(self, latex: str) -> None:
        """Draw a formula, scaled down if it is wider than the page."""
        renderer = QSvgRenderer(QByteArray(svg(latex, LIGHT.text.name(), 1.1 * LETTERS)))
        size = renderer.defaultSize()
        shrink = min(1.0, self._width / max(1, size.width()))
        wide, high = size.width() * shrink, size.height() * shrink
        self._make_room(high)
        renderer.render(self._painter, QRectF(0, self._y, wide, high))
        self._y += high + GAP

    def rule(self, _text: str) -> None:
        """Leave a line to write an answer on."""
        self._make_room(LINE_TO_WRITE_ON)
        y = self._y + LINE_TO_WRITE_ON - GAP
        self._painter.setPen(LIGHT.border)
        self._painter.drawLine(QPointF(0, y), QPointF(self._width, y))
        self._y += LINE_TO_WRITE_ON

    def end(self) -> None:
        """Finish the last page."""
        self._painter.end()
