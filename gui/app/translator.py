"""Gives Qt's `tr` the translations of `core.language`: one catalogue serves the windows and the rest."""

from __future__ import annotations

from PySide6.QtCore import QTranslator

from core.language import translation_of


class CatalogueTranslator(QTranslator):
    """Translates by the English text alone, in whichever class it stands."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, _context: str, source_text: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        return translation_of(source_text) or None  # an empty text would be shown, and Qt's own be lost
