"""Next step: what the next step of the pass will compute, in a sentence and a formula."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.reveal import Step
from gui.explain import Moment
from gui.explain_next import of_step
from gui.fonts import sized
from gui.formula_text import FormulaText
from gui.selection import Selection
from gui.theme import Theme


class NextStep(QWidget):
    """Not there while the next step is not known."""

    def __init__(self) -> None:
        super().__init__()
        self.title = QLabel(self.tr("Next"))
        self.title.setProperty("look", "title")
        self.text = FormulaText(self.tr("What the next step computes"), firm=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.text)
        self.hide()

    def show_step(self, moment: Moment | None, step: Step | None) -> None:
        """Say what a step computes from the numbers of a moment; None: nothing."""
        self.setVisible(moment is not None and step is not None)
        if moment is not None and step is not None:
            self.text.write(of_step(moment, step))

    def show_hover(self, selection: Selection) -> None:
        """Mark the terms of what is pointed at somewhere."""
        self.text.show_hover(selection)

    def show_theme(self, theme: Theme) -> None:
        """Write in a theme's colours."""
        self.text.show_theme(theme)
        self.title.setFont(sized("title"))
