"""Steady line: a sentence under a picture, in whose place other things are told for a while."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

LEAST_ROWS = 2


class SteadyLine(QLabel):
    """As high as its sentence needs, whatever it tells: the picture above keeps its size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_sentence(self, sentence: str) -> None:
        """Show another sentence."""
        self.sentence = sentence
        self.tell("")

    def tell(self, text: str) -> None:
        """Tell something else, or the sentence again if that is empty."""
        self.setText(text or self.sentence)

    def heightForWidth(self, width: int) -> int:
        metrics, room = self.fontMetrics(), QRect(0, 0, width, 1 << 16)
        needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self.sentence).height()
        return max(LEAST_ROWS * metrics.lineSpacing(), needed) + 2

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())
