"""The form that chooses the plane of a loss surface: two parameters or directions, and theta."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from core.language import tr
from core.nn.network import Network
from core.number_style import ratio_text
from gui.widgets.form import FocusedComboBox

_DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def parameter_at(network: Network, place: int) -> tuple[int, int | None, int]:
    """Return layer, source neuron (None: a bias) and neuron of an index in theta; neurons from 0."""
    layer = next(layer for layer in network.layers[::-1] if layer.offset <= place)
    source, neuron = divmod(place - layer.offset, layer.n_out)
    return layer.l, source if source < layer.n_in else None, neuron


def place_of(network: Network, layer: int, source: int | None, neuron: int) -> int:
    """Return the index in theta of a weight, or of a bias (source None); neurons from 0."""
    found = network.layers[layer - 1]
    return found.offset + (found.n_in if source is None else source) * found.n_out + neuron


def _parts(network: Network, place: int) -> tuple[str, int, str]:
    l, source, neuron = parameter_at(network, place)
    if source is None:
        return "b", l, str(neuron + 1)
    comma = "," if max(source, neuron) > 8 else ""
    return "W", l, f"{source + 1}{comma}{neuron + 1}"


def name_of(network: Network, place: int) -> str:
    """Return the name of a parameter as plain text: W[1]₁₂."""
    letter, l, below = _parts(network, place)
    return f"{letter}[{l}]{below.translate(_DOWN)}"


def rich_name(network: Network, place: int) -> str:
    """Return the name of a parameter as rich text."""
    letter, l, below = _parts(network, place)
    return f"<i>{letter}</i><sup>[{l}]</sup><sub>{below}</sub>"


def sentence_of_weights(others: int, name: str, iteration: int) -> str:
    """Return a sentence on the slice over two parameters; ``others`` parameters are held fixed.

    ``name`` is empty if there is only one run.
    """
    if others == 0:
        return tr("J of the training set over both parameters.")
    one = tr("Through θ of {name} after {count} updates. The other parameter moves too: paths are shadows.")
    many = tr(
        "Through θ of {name} after {count} updates. {others} other parameters move too: paths are shadows."
    )
    if not name:
        one = tr("Through θ after {count} updates. The other parameter moves too: the path is a shadow.")
        many = tr(
            "Through θ after {count} updates. {others} other parameters move too: the path is a shadow."
        )
    text = one if others == 1 else many
    return text.format(others=f"{others:,}", name=name, count=f"{iteration:,}")


def sentence_of_directions(share: float | None, name: str, iteration: int) -> str:
    """Return a sentence on the slice along two directions.

    ``share`` is the share of the paths' variance in it; None for random directions.
    """
    count = f"{iteration:,}"
    if share is None:
        text = tr(
            "Through θ of {name} after {count} updates, along two random directions: paths are shadows."
        )
        if not name:
            text = tr("Through θ after {count} updates, along two random directions: the path is a shadow.")
        return text.format(name=name, count=count)
    text = tr(
        "Through θ of {name} after {count} updates, along the two main directions of the paths: "
        "they hold {share} of their spread."
    )
    if not name:
        text = tr("Through θ after {count} updates, along the two directions that hold {share} of the path.")
    return text.format(share=ratio_text(share), name=name, count=count)


# -- the form --------------------------------------------------------------------------------------------

MOST_LISTED = 400
NARROWEST = 50
Kind = Literal["weights", "random", "main"]


@dataclass(frozen=True)
class PlaneChoice:
    """What is chosen: the kind of plane, two indices in theta, a seed, and the run of the base theta."""

    kind: Kind = "weights"
    first: int = 0
    second: int = 1
    seed: int = 1
    base: int = 0


class PlaneForm(QWidget):
    """Lists for the kind of plane, its two parameters and its base. ``changed`` carries a `PlaneChoice`."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = PlaneChoice()
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
        box = FocusedComboBox(name, name)
        box.setMinimumWidth(NARROWEST)
        return box

    def show_network(self, network: Network, names: Sequence[str], choice: PlaneChoice) -> None:
        """Offer the parameters of a network, and the runs with these names; show a choice."""
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

    def show_choice(self, choice: PlaneChoice) -> None:
        """Show a choice without emitting ``changed``."""
        self.choice = choice
        self.kind.setCurrentIndex(self.kind.findData(choice.kind))
        self.first.setCurrentIndex(self.first.findData(choice.first))
        self.second.setCurrentIndex(self.second.findData(choice.second))
        self.base.setCurrentIndex(choice.base)
        for box in (self.first, self.second):
            box.setVisible(choice.kind == "weights")
        self.again.setVisible(choice.kind == "random")

    def choose_axis(self, place: int, upwards: bool) -> None:
        """Choose a parameter for the horizontal or vertical axis, as if it were chosen in that list."""
        box = self.second if upwards else self.first
        if box.findData(place) < 0 and self._network is not None:
            box.addItem(name_of(self._network, place), place)
        box.setCurrentIndex(box.findData(place))
        self.kind.setCurrentIndex(self.kind.findData("weights"))
        self._take()

    def _take(self) -> None:
        """Set the choice from the lists; if both name the same parameter, the two swap places."""
        first, second = self.first.currentData(), self.second.currentData()
        if first == second:
            first, second = self.choice.second, self.choice.first
        self._tell(kind=self.kind.currentData(), first=first, second=second, base=self.base.currentIndex())

    def _tell(self, **fields: object) -> None:
        self.show_choice(replace(self.choice, **fields))  # type: ignore[arg-type]
        self.changed.emit(self.choice)
