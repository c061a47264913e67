"""The language of the program: every sentence that is shown passes `tr`, which knows the translations.

A catalogue maps an English text, with its ``{places}``, to the text of another language. The English text is
the key, as in gettext, so a source reads as the program speaks, and a text without a translation stays
English. `core.project.languages` reads catalogues from files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

Spoken = tuple[str, Mapping[str, str]]
"""A language: its code, and its translations by the English text."""

_code: str = "en"
_translations: Mapping[str, str] = {}


def tr(text: str, /, **values: object) -> str:
    """Return ``text`` in the language in use; ``values`` fill its places as `str.format` does."""
    translation = _translations.get(text) or text
    return translation.format(**values) if values else translation


def translation_of(text: str) -> str:
    """Return the translation of ``text``; empty: there is none."""
    return _translations.get(text, "")


def translatable(text: str) -> str:
    """Return ``text`` as it is: one in a table, that `tr` translates where it is shown."""
    return text


def in_use() -> str:
    """Return the code of the language in use, such as "de"."""
    return _code


def spoken() -> Spoken:
    """Return the language in use, to be used again later."""
    return _code, _translations


def use(code: str, translations: Mapping[str, str]) -> None:
    """Speak another language from now on; texts without a translation stay English."""
    global _code, _translations
    _code, _translations = code, translations


@contextmanager
def speaking(code: str, translations: Mapping[str, str]) -> Iterator[None]:
    """Speak another language inside the block, such as that of a lecture in a program of another one."""
    before = spoken()
    use(code, translations)
    try:
        yield
    finally:
        use(*before)
