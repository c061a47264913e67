"""Change form: which one thing is changed in the second of two networks, and to what."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.datasets import Dataset
from core.design import Dense, Design, Training
from core.runs import PinnedRun
from gui.form import ChoiceRow, FocusedComboBox, Form
from gui.pair import FOR_NEURONS, KINDS, changed, on_same_data, with_activation, with_initializer

FIELDS = {
    "optimizer": ("optimizer",),
    "learning_rate": ("learning_rate",),
    "gradient_descent": ("gradient_descent", "batch_size"),
}


class ChangeForm(QWidget):
    """Makes the right design of the left one: the same, but for one thing that is chosen here.

    ``changed(design)`` carries the right design after every choice; ``right`` is the last one.
    """

    changed = Signal(object)

    def __init__(self, left: Design, dataset: Dataset, pinned: Sequence[PinnedRun] = ()) -> None:
        super().__init__()
        self.left, self._dataset, self._pinned = left, dataset, tuple(pinned)
        self.right = left
        self.what = FocusedComboBox()
        self.what.setAccessibleName(self.tr("What is changed in network B"))
        self.what.setToolTip(self.tr("Network B is network A, but for this"))
        self.editors: dict[str, QWidget] = {name: self._form(name, *FIELDS[name]) for name in FIELDS}
        self.activation = ChoiceRow(self.tr("Hidden layers"), FOR_NEURONS, side_by_side=False)
        self.activation.changed.connect(lambda name: self._tell(with_activation(self.left, name)))
        self.initializer = Form(Dense, ("initializer",))
        self.initializer.changed.connect(
            lambda layer: self._tell(with_initializer(self.left, layer.initializer))
        )
        self.editors |= {"activation": self.activation, "initializer": self.initializer}
        self._arrange()
        self.what.activated.connect(self._choose)
        self._choose(0)

    def _form(self, name: str, *fields: str) -> Form:
        form = Form(Training, fields)
        form.changed.connect(lambda training: self._tell(replace(self.left, training=training)))
        form.setAccessibleName(name)
        return form

    def _arrange(self) -> None:
        titles = {
            "optimizer": self.tr("Optimizer"),
            "learning_rate": self.tr("Learning rate η"),
            "activation": self.tr("Activation of the hidden layers"),
            "gradient_descent": self.tr("Gradient descent"),
            "initializer": self.tr("Initializer"),
        }
        kinds = [kind for kind in KINDS if kind != "activation" or len(self.left.dense) > 1]
        for kind in kinds:
            self.what.addItem(titles[kind], kind)
        for run in self._pinned:
            self.what.addItem(self.tr("Settings of “{name}”").format(name=run.name), run)
        label = QLabel(self.tr("Changed in network B"))
        label.setBuddy(self.what)
        label.setProperty("look", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label)
        column.addWidget(self.what)
        for editor in self.editors.values():
            column.addWidget(editor)
        column.addStretch(1)

    # -- choices -----------------------------------------------------------------------------------

    def _choose(self, k: int) -> None:
        """Take another thing to change, at a usual value the left design does not have."""
        kind = self.what.itemData(k)
        for name, editor in self.editors.items():
            editor.setVisible(name == kind)
        if isinstance(kind, PinnedRun):
            self._tell(on_same_data(kind.design, self.left, self._dataset))
        else:
            self._tell(changed(self.left, kind))

    def _tell(self, right: Design) -> None:
        self.right = right
        for name in FIELDS:
            form = self.editors[name]
            assert isinstance(form, Form)
            form.show_value(right.training)
        if len(right.dense) > 1:
            self.activation.show_value(right.dense[0].activation)
        self.initializer.show_value(right.dense[0])
        training = right.training
        batch = ("batch_size",) if training.gradient_descent == "mini-batch" else ()
        form = self.editors["gradient_descent"]
        assert isinstance(form, Form)
        form.show_fields(("gradient_descent", *batch))
        self.changed.emit(right)
