"""Plane form: over which two parameters or directions a loss surface is seen, and through which theta."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from core.network import Network
from gui.form import FocusedComboBox
from gui.surface_words import name_of

MOST_LISTED = 400
NARROWEST = 50
Kind = Literal["weights", "random", "main"]


@dataclass(frozen=True)
class Choice:
    """What is chosen: the kind of plane, two positions in theta, a seed, and the run of the base theta."""

    kind: Kind = "weights"
    first: int = 0
    second: int = 1
    seed: int = 1
    base: int = 0


class PlaneForm(QWidget):
    """Lists for the kind of plane, its two parameters and its base. ``changed`` carries a `Choice`."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = Choice()
        self._network: Network | None = None
        self.kind = self._list(self.tr("Over two parameters, or random or main directions of the paths"))
        for text, kind in (
            (self.tr("parameters"), "weights"),
            (self.tr("random"), "random"),
            (self.tr("main"), "main"),
        ):
            self.kind.addItem(text, kind)
        self.first = self._list(self.tr("Parameter to the right"))
        self.second = self._list(self.tr("Parameter upwards"))
        self.base = self._list(self.tr("Whose θ the slice goes through"))
        self.again = QToolButton()
        self.again.setText(self.tr("Others"))
        self.again.setToolTip(self.tr("Draw two other random directions"))
        self.again.setAccessibleName(self.again.toolTip())
        row, column = QHBoxLayout(), QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for layout in (row, column):
            layout.setSpacing(3)
        for widget in (self.kind, self.first, self.second, self.again):
            row.addWidget(widget, 8 if widget is self.kind else 5)
        column.addLayout(row)
        column.addWidget(self.base)
        self.again.clicked.connect(lambda: self._tell(seed=self.choice.seed + 1))
        for box in (self.kind, self.first, self.second, self.base):
            box.activated.connect(lambda _k: self._take())

    def _list(self, name: str) -> FocusedComboBox:
        box = FocusedComboBox()
        box.setMinimumWidth(NARROWEST)
        box.setAccessibleName(name)
        box.setToolTip(name)
        return box

    def show_network(self, network: Network, names: Sequence[str], choice: Choice) -> None:
        """Offer the parameters of a network, and the runs of these names; show what is chosen."""
        self._network = network
        listed = {*range(min(network.parameters, MOST_LISTED)), choice.first, choice.second}
        for box in (self.first, self.second):
            box.clear()
            for place in sorted(listed):
                box.addItem(name_of(network, place), place)
        self.base.clear()
        self.base.addItems(list(names))
        self.base.setVisible(len(names) > 1)
        self.show_choice(choice)

    def show_choice(self, choice: Choice) -> None:
        """Show what is chosen, without telling anyone."""
        self.choice = choice
        self.kind.setCurrentIndex(self.kind.findData(choice.kind))
        self.first.setCurrentIndex(self.first.findData(choice.first))
        self.second.setCurrentIndex(self.second.findData(choice.second))
        self.base.setCurrentIndex(choice.base)
        for box in (self.first, self.second):
            box.setVisible(choice.kind == "weights")
        self.again.setVisible(choice.kind == "random")

    def choose_axis(self, place: int, upwards: bool) -> None:
        """Take a parameter to the right or upwards, as if it were chosen in that list."""
        box = self.second if upwards else self.first
        if box.findData(place) < 0 and self._network is not None:
            box.addItem(name_of(self._network, place), place)
        box.setCurrentIndex(box.findData(place))
        self.kind.setCurrentIndex(self.kind.findData("weights"))
        self._take()

    def _take(self) -> None:
        """Take what the lists say; the same parameter twice changes places with the other."""
        first, second = self.first.currentData(), self.second.currentData()
        if first == second:
            first, second = self.choice.second, self.choice.first
        self._tell(kind=self.kind.currentData(), first=first, second=second, base=self.base.currentIndex())

    def _tell(self, **fields: object) -> None:
        self.show_choice(replace(self.choice, **fields))  # type: ignore[arg-type]
        self.changed.emit(self.choice)
