"""A made-up language for tests, and the texts of a window that are not in it.

Its translation of "a text" is "⟦a text⟧". What stands outside of such brackets and has words
of a language in it did not pass the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path

import msgspec
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QStatusBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from core.data.datasets import DATASETS
from core.graph.parser import CALLABLE, SYNONYMS
from core.nn.activations import ACTIVATIONS
from core.nn.initializers import INITIALIZERS
from core.nn.optimizers import OPTIMIZERS
from core.project.languages import LANGUAGE, VERSION, Language
from gui.cli.language import texts_of_program

OPEN, CLOSE = "⟦", "⟧"
WORD = re.compile(r"(?<![\w.\\])[A-Za-z][a-z]{2,}(?![\w(])")
LATEX = re.compile(r"\\(?:text|mathrm|operatorname)\{[^}]*\}|\\[A-Za-z]+|[_^]\{[^}]*\}")


def bracketed(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}"


def write_language(path: Path) -> Path:
    """Write the file of the made-up language."""
    texts = {text: bracketed(text) for text in texts_of_program()}
    path.write_bytes(msgspec.json.encode(Language(LANGUAGE.format, VERSION, "Brackets", texts)))
    return path


def outside(text: str) -> str:
    """Return what stands outside of brackets, without markup."""
    rest, depth = "", 0
    for character in text:
        depth += (character == OPEN) - (character == CLOSE)
        rest += character if depth == 0 else ""
    rest = re.sub(r"<style.*?</style>|<[^>]*>", " ", rest, flags=re.DOTALL)
    return LATEX.sub(" ", unescape(rest).replace(CLOSE, " "))


def names() -> set[str]:
    """Return the words in names of the tables, which every language shares, and of functions."""
    symbols = [entry.symbol for table in (ACTIVATIONS, INITIALIZERS, OPTIMIZERS) for entry in table.values()]
    said = [*symbols, *CALLABLE, *SYNONYMS, *ACTIVATIONS]
    return {word for symbol in said for word in WORD.findall(symbol)}


def _is_of_qt(widget: QWidget) -> bool:
    """Return whether Qt made a widget as a part of another, with texts of its own catalogue."""
    return widget.objectName().startswith("qt_") or (
        isinstance(widget.parent(), (QTabBar, QDockWidget, QMenu)) and (isinstance(widget, QAbstractButton))
    )


def untranslated(texts: Iterable[str], own: Iterable[str] = ()) -> list[str]:
    """Return the texts with words of English outside of brackets; ``own`` are the user's, which stay."""
    known = names()
    cited = [source.citation for source in DATASETS.values() if source.citation]
    found = []
    for text in dict.fromkeys(texts):
        rest = outside(text)
        for mine in (*own, *cited):
            rest = rest.replace(mine, " ")
        if set(WORD.findall(rest)) - known and not _are_keys(text):
            found.append(text)
    return found


def _are_keys(text: str) -> bool:
    """Return whether a text is the name of keys, as Qt writes it."""
    plain = text.replace(OPEN, "").replace(CLOSE, "")
    return QKeySequence(plain, QKeySequence.SequenceFormat.NativeText).toString() == plain


def texts_of(window: QWidget) -> Iterator[str]:
    """Yield all texts of a window and its parts that a user can read or hear."""
    for widget in (window, *window.findChildren(QWidget)):
        if _is_of_qt(widget):
            continue
        yield from (widget.toolTip(), widget.statusTip(), widget.whatsThis())
        yield from (widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle())
        yield from _own_texts(widget)
        for action in widget.actions():
            yield from (action.text(), action.toolTip(), action.statusTip())


def _own_texts(widget: QWidget) -> Iterator[str]:
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QGroupBox() | QMenu():
            yield widget.title()
        case QLineEdit():
            yield widget.placeholderText()
        case QTextEdit() | QPlainTextEdit():
            yield widget.placeholderText()
            if widget.isReadOnly():
                yield widget.toPlainText()
        case QStatusBar():
            yield widget.currentMessage()
        case QTabBar():
            for k in range(widget.count()):
                yield from (widget.tabText(k), widget.tabToolTip(k))
        case QComboBox():
            yield from _texts_of_model(widget.model())
        case QAbstractItemView():
            if widget.model() is not None:
                yield from _texts_of_model(widget.model())


def _texts_of_model(model: QAbstractItemModel, parent: QModelIndex | None = None) -> Iterator[str]:
    parent = parent or QModelIndex()
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
    for column in range(columns):
        yield _text(model.headerData(column, Qt.Orientation.Horizontal))
        for row in range(min(model.rowCount(parent), 100)):
            index = model.index(row, column, parent)
            yield from (_text(index.data(role)) for role in roles)
            if column == 0:
                yield from _texts_of_model(model, index)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
