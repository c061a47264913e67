"""Run strip: what can be done with runs, as a column of buttons beside them."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from core.runs import MOST_RUNS
from gui.theme import Theme, icon


class RunStrip(QWidget):
    """The buttons that pin the present run, take the settings of one, and forget one or all.

    ``turn`` shows the curves in place of the table, where there is no room for both.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._icons: dict[QToolButton, str] = {}
        keep = self.tr("Pin this run (Ctrl+P): keep it to compare it with others; at most {most}")
        self.pin = self._button("pin", self.tr("Pin this run"), keep.format(most=MOST_RUNS))
        self.take = self._button(
            "sliders-horizontal",
            self.tr("Take these settings"),
            self.tr("Take these settings: give the network those of the selected run; can be undone"),
        )
        self.unpin = self._button("x", self.tr("Unpin"), self.tr("Unpin: forget the selected run (Delete)"))
        self.clear = self._button("trash-2", self.tr("Clear"), self.tr("Clear: forget all pinned runs"))
        self.turn = self._button(
            "chart-line", self.tr("Curves"), self.tr("Curves: show them in place of the table")
        )
        self.turn.setCheckable(True)
        column.addStretch(1)

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        made = QToolButton()
        made.setToolTip(tip)
        made.setAccessibleName(text)
        self._icons[made] = name
        layout = self.layout()
        assert layout is not None
        layout.addWidget(made)
        return made

    def show_theme(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours."""
        for button, name in self._icons.items():
            button.setIcon(icon(name, theme))

    def allow(self, *, pin: bool, chosen: bool, some: bool) -> None:
        """Let only those buttons be pressed that can do something."""
        self.pin.setEnabled(pin)
        self.take.setEnabled(chosen)
        self.unpin.setEnabled(chosen)
        self.clear.setEnabled(some)
