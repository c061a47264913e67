"""Gives Qt's `tr` the translations of `core.language`: the windows and `core` share one catalogue."""

from __future__ import annotations

from PySide6.QtCore import QTranslator

from core.language import translation_of


class CatalogueTranslator(QTranslator):
    """Translates by the English text alone, whatever the class is."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, _context: str, source_text: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        return translation_of(source_text) or None  # Qt would show an empty text as it is
