"""Catalogues of translations, one JSON file per language: ``assets/languages/de.language``.

``{"format": "glassnet-language", "version": 1, "name": "Deutsch", "texts": {"English": "Übersetzung"}}``.
A translation has the same ``{placeholders}`` as its English text, so that formatting cannot fail.
"""

from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import Annotated

from msgspec import Meta

from ..language import use
from .json_io import (
    ASSETS,
    FileKind,
    Head,
    PlaceError,
    bytes_of,
    check_fields,
    check_head,
    decoded,
    read_checked,
)

VERSION = 1
LANGUAGE = FileKind("a language", "glassnet-language", ".language", 8 << 20)
LANGUAGES = ASSETS / "languages"


class Language(Head, forbid_unknown_fields=True):
    """A language: its own name for itself, and its translations by the English text; empty: missing."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    texts: dict[str, str]


def speak(word: str) -> str:
    """Use the language of a file, or of a code such as "de" or "de_AT"; return the code then in use.

    If the program has no such language, English is used. Raises FileError for a faulty file.
    """
    path = Path(word)
    if path.suffix != LANGUAGE.suffix:
        codes = (word, word.partition("_")[0])
        path = next(
            (file for code in codes if (file := LANGUAGES / f"{code}{LANGUAGE.suffix}").is_file()), path
        )
    if path.suffix != LANGUAGE.suffix:
        use("en", {})
        return "en"
    use(path.stem, read_language(path).texts)
    return path.stem


def texts_in(code: str) -> dict[str, str] | None:
    """Return the translations into a language; None: the program has no such language. Raises FileError.

    English has none to be translated.
    """
    path = LANGUAGES / f"{code}{LANGUAGE.suffix}"
    if code and path.is_file():
        return read_language(path).texts
    return {} if code == "en" else None


def read_language(path: Path) -> Language:
    """Return the language in a file, fully checked. Raises FileError with the place and the remedy."""
    return read_checked(path, bytes_of(path, LANGUAGE), parse_language)


def parse_language(data: bytes) -> Language:
    """Return the language in the bytes of a file. Raises PlaceError."""
    check_head(decoded(data, Head, ""), LANGUAGE, VERSION)
    language = decoded(data, Language, "")
    check_fields(data)
    for text, translation in language.texts.items():
        wanted = places(text)
        if translation and wanted is not None and places(translation) != wanted:
            known = ", ".join(sorted(f"{{{place}}}" for place in wanted)) or "none"
            raise PlaceError(f"texts, “{text}”: its translation must have the same places: {known}.")
    return language


def places(text: str) -> frozenset[str] | None:
    """Return the names of the placeholders of a text; None if its braces are not those of placeholders."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return None
