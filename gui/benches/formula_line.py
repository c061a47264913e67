"""Formulas in rich text, written as large as they have room: in a line, or in a block of lines."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.fonts import sized
from gui.theme import Theme

SHARES = (1.25, 1.1, 0.95, 0.8, 0.65)  # of the letters of a formula
BLOCK_SHARES = (1.0, 0.88, 0.77, 0.66, 0.58)
BLOCK = 0.24  # of the height of the stage, at most


class FormulaLine(QLabel):
    """Takes the room it is given: another number moves nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_html(self, html: str) -> None:
        """Show another formula."""
        self.setText(html)
        self._fit()

    def show_theme(self, _theme: Theme) -> None:
        """Take the present size of the fonts."""
        self._fit()

    def _fit(self) -> None:
        font = sized("formula")
        size = font.pointSizeF()
        for share in SHARES:
            font.setPointSizeF(share * size)
            self.setFont(font)
            if share == SHARES[0]:
                self.setFixedHeight(round(1.3 * self.fontMetrics().height()))
            if super().sizeHint().width() <= self.width():
                break

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()


class FormulaBlock(FormulaLine):
    """Lines that break where they must; at most so high that what stands below keeps its room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)

    def _fit(self) -> None:
        stage, font = self.parentWidget(), sized("formula")
        most = BLOCK * (stage.height() if stage else self.height())
        size = font.pointSizeF()
        for share in BLOCK_SHARES:
            font.setPointSizeF(share * size)
            self.setFont(font)
            if self.heightForWidth(self.width()) <= most:
                break
