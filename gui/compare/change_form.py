"""The form for the number of variants, and for what is changed in each of B, C and D compared to A."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.data.datasets import SOURCES, Dataset
from core.debugger.pinned_runs import PinnedRun
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Dense, Design, Training
from gui.compare.variants import (
    KINDS,
    MOST_VARIANTS,
    on_other_data,
    on_same_data,
    with_activation,
    with_initializer,
    works,
)
from gui.widgets.buttons import quiet_button
from gui.widgets.form import ChoiceRow, FocusedComboBox, Form

FOR_NEURONS = {name: entry.symbol for name, entry in ACTIVATIONS.items() if not entry.layerwide}
TRAINING = {
    "optimizer": ("optimizer",),
    "learning_rate": ("learning_rate",),
    "loss": ("loss",),
    "gradient_descent": ("gradient_descent", "batch_size"),
    "regularization": ("l1", "l2"),
    "seed": ("seed",),
}
"""The settings of training that belong to a kind of change."""
NAMES = "ABCD"


class ChangeForm(QWidget):
    """Makes the designs of B, C and D from that of A, the present one, each with something changed.

    ``changed`` is emitted when ``designs`` (A first, 2 to 4) have changed. A variant is A with one thing
    changed; choosing another kind of change starts from A again.
    """

    changed = Signal()

    def __init__(self, design: Design, dataset: Dataset, pinned: Sequence[PinnedRun] = ()) -> None:
        super().__init__()
        self._dataset = dataset
        self.designs: list[Design] = [design]
        alone = len(design.dense) == 1
        self._offered: list[str | PinnedRun] = [k for k in KINDS if not (alone and k == "activation")]
        self._offered += pinned
        self._kinds: list[str | PinnedRun] = [""]
        self.k = 1
        """The index of the variant that is edited here."""
        name = self.tr("Which network is changed")
        self.which = FocusedComboBox(name, self.tr("The network that differs from network A here"))
        self.fewer = quiet_button("−", self.tr("Leave out the last network"))
        self.more = quiet_button("+", self.tr("Compare with one network more"))
        tip = self.tr("This network is network A, but for this")
        self.what = FocusedComboBox(self.tr("What is changed"), tip)
        self.hint = QLabel(self.tr("Select a layer: Delete takes it away, + and − change its neurons"))
        self.hint.setWordWrap(True)
        self.hint.setProperty("look", "small")
        self.activation = ChoiceRow(
            self.tr("Hidden layers"), FOR_NEURONS, self.tr("The activation of all hidden neurons")
        )
        self.initializer, self.data = Form(Dense, ("initializer",)), Form(Data)
        self.training = {kind: Form(Training, fields) for kind, fields in TRAINING.items()}
        self.editors: dict[str, QWidget] = {
            **self.training,
            "activation": self.activation,
            "layers": self.hint,
            "initializer": self.initializer,
            "data": self.data,
        }
        self._arrange()
        self._connect()
        self._add()

    def _arrange(self) -> None:
        titles = {
            "optimizer": self.tr("Optimizer"),
            "learning_rate": self.tr("Learning rate η"),
            "activation": self.tr("Hidden activation"),
            "layers": self.tr("Layers"),
            "loss": self.tr("Loss"),
            "gradient_descent": self.tr("Gradient descent"),
            "regularization": self.tr("Regularization"),
            "initializer": self.tr("Initializer"),
            "seed": self.tr("Seed of the first weights"),
            "data": self.tr("Data"),
        }
        settings_of = self.tr("Settings of “{name}”")
        self.what.addItems(
            [
                titles[kind] if isinstance(kind, str) else settings_of.format(name=kind.name)
                for kind in self._offered
            ]
        )
        label = QLabel(self.tr("Changed in"))
        label.setBuddy(self.which)
        label.setProperty("look", "title")
        row, column = QHBoxLayout(), QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row.addWidget(self.which, 1)
        row.addWidget(self.fewer)
        row.addWidget(self.more)
        column.addWidget(label)
        column.addLayout(row)
        column.addWidget(self.what)
        for editor in self.editors.values():
            column.addWidget(editor)
        column.addStretch(1)

    def _connect(self) -> None:
        self.which.activated.connect(lambda k: self._show(k + 1))
        self.more.clicked.connect(self._add)
        self.fewer.clicked.connect(self._remove)
        self.what.activated.connect(self._choose)
        for form in self.training.values():
            form.changed.connect(lambda training: self._take(replace(self.design, training=training)))
        self.activation.changed.connect(lambda name: self._take(with_activation(self.design, name)))
        self.initializer.changed.connect(
            lambda layer: self._take(with_initializer(self.design, layer.initializer))
        )
        self.data.changed.connect(self._take_data)

    @property
    def design(self) -> Design:
        """The design of the variant that is edited here."""
        return self.designs[self.k]

    # -- choices -----------------------------------------------------------------------------------

    def _add(self) -> None:
        """Add a variant, with the first kind of change that none has yet and that works on the data."""
        base, free = self.designs[0], [kind for kind in KINDS if kind in self._offered]
        changed = ((kind, KINDS[kind](base)) for kind in free if kind not in self._kinds)
        kind, design = next(each for each in changed if works(each[1], base, self._dataset))
        self.designs.append(design)
        self._kinds.append(kind)
        self._show(len(self.designs) - 1)
        self.changed.emit()

    def _remove(self) -> None:
        """Remove the last variant."""
        del self.designs[-1], self._kinds[-1]
        self._show(min(self.k, len(self.designs) - 1))
        self.changed.emit()

    def _choose(self, place: int) -> None:
        """Choose another kind of change, with a usual value that differs from A's."""
        kind, base = self._offered[place], self.designs[0]
        self._kinds[self.k] = kind
        if isinstance(kind, PinnedRun):
            self._take(on_same_data(kind.design, base, self._dataset))
        else:
            self._take(KINDS[kind](base))

    def _take_data(self, data: Data) -> None:
        moved = data.source != self.design.data.source
        self._take(on_other_data(self.design, data.source) if moved else replace(self.design, data=data))

    def _take(self, design: Design) -> None:
        self.replace(self.k, design)
        self.changed.emit()

    def replace(self, k: int, design: Design) -> None:
        """Set the design of variant k, without emitting signals."""
        self.designs[k] = design
        self._show(self.k)

    # -- undo --------------------------------------------------------------------------------------

    @property
    def choices(self) -> tuple[tuple[Design, ...], tuple[str | PinnedRun, ...]]:
        """The designs, and the kind of change of each."""
        return tuple(self.designs), tuple(self._kinds)

    def put_back(self, choices: tuple[tuple[Design, ...], tuple[str | PinnedRun, ...]]) -> None:
        """Take choices made before, without telling anyone; what is no longer offered stands as another."""
        known = self._offered
        self.designs = list(choices[0])
        self._kinds = [kind if not kind or kind in known else known[0] for kind in choices[1]]
        self._show(min(self.k, len(self.designs) - 1))

    # -- showing -----------------------------------------------------------------------------------

    def _show(self, k: int) -> None:
        """Show the change of variant k."""
        self.k, kind = k, self._kinds[k]
        count = len(self.designs)
        self.which.clear()
        self.which.addItems([self.tr("Network {label}").format(label=NAMES[j]) for j in range(1, count)])
        self.which.setCurrentIndex(k - 1)
        self.more.setEnabled(count < MOST_VARIANTS)
        self.fewer.setEnabled(count > 2)
        self.what.setCurrentIndex(self._offered.index(kind))
        for name, editor in self.editors.items():
            editor.setVisible(name == kind)
        training, data = self.design.training, self.design.data
        for form in self.training.values():
            form.show_value(training)
        batch = ("batch_size",) if training.gradient_descent == "mini-batch" else ()
        self.training["gradient_descent"].show_fields(("gradient_descent", *batch))
        if len(self.design.dense) > 1:
            self.activation.show_value(self.design.dense[0].activation)
        self.initializer.show_value(self.design.dense[0])
        self.data.show_value(data)
        self.data.show_fields(("source", *SOURCES[data.source].settings))
