"""Typed numbers: what is typed into a field, read by `core.graph.number_text`, or why it is not taken."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtWidgets import QLineEdit

from core.graph.number_text import NumberTextError, read_number

# The templates of `core.graph.number_text.TEMPLATES`, for the translators.
_SENTENCES = (
    QT_TRANSLATE_NOOP("TypedNumbers", "“{text}” is none; write it like 0.05, 1/20, 5 % or 5·10⁻²"),
    QT_TRANSLATE_NOOP("TypedNumbers", "the field was left empty"),
    QT_TRANSLATE_NOOP(
        "TypedNumbers",
        "“{text}” is {thousand} to some and {decimal} to others; write {thousand} or {decimal}",
    ),
    QT_TRANSLATE_NOOP(
        "TypedNumbers", "the digits of “{text}” are not grouped in threes; write it without “{sign}”"
    ),
    QT_TRANSLATE_NOOP("TypedNumbers", "“{text}” has more than one decimal sign"),
    QT_TRANSLATE_NOOP("TypedNumbers", "“{text}” is not a whole number"),
    QT_TRANSLATE_NOOP("TypedNumbers", "“{text}” is not a finite number"),
    QT_TRANSLATE_NOOP(
        "TypedNumbers", "“{text}” is too large for a number of this computer, which ends at 1.8·10³⁰⁸"
    ),
    QT_TRANSLATE_NOOP("TypedNumbers", "“{text}” is too small for a number of this computer and would be 0"),
    QT_TRANSLATE_NOOP("TypedNumbers", "“{text}” divides by 0"),
    QT_TRANSLATE_NOOP(
        "TypedNumbers", "“{text}” begins its denominator with 0; for decimals write a point, 0.05"
    ),
    QT_TRANSLATE_NOOP("TypedNumbers", "what was typed is longer than a number"),
    QT_TRANSLATE_NOOP("TypedNumbers", "“{text}”: {why}"),
)


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("TypedNumbers", text)


def read(text: str, name: str, *, whole: bool = False) -> tuple[float | None, str]:
    """Return the number typed into the field of a name; None and, in a sentence, why it is none."""
    try:
        value = read_number(text, whole=whole)
    except NumberTextError as error:
        must = tr("{name} must be a whole number: {why}.") if whole else tr("{name} must be a number: {why}.")
        return None, must.format(name=name, why=tr(error.template).format(**error.fields))
    return (int(value) if whole else value), ""


def note_refusal(field: QLineEdit, *, refused: bool) -> None:
    """Note whether the text last typed into a field was refused: Enter then does not leave it."""
    field.setProperty("refused", refused)


def was_refused(field: QLineEdit) -> bool:
    """Whether the text last typed into a field was refused."""
    return bool(field.property("refused"))


def stays(why: str, shown: str) -> str:
    """Return why a number is not taken, and what the field shows again."""
    return tr("{why} It stays {shown}.").format(why=why, shown=shown)
