"""Document: the design that is open, its history of edits, and its file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from core.datasets import Dataset, make_dataset
from core.design import Data, Design, Problem, fitted, problems, range_problems
from core.network import Network

MOST_UNDO = 100


@lru_cache(maxsize=8)
def dataset_of(data: Data) -> Dataset:
    """Return the samples of a choice of data; the last few are kept, since undo comes back to them."""
    return make_dataset(data)


@dataclass(frozen=True, eq=False)
class State:
    """What an edit leads from and to: a design, and where the run itself was changed, the other run."""

    design: Design
    other_run: object = None


class Edit(QUndoCommand):
    """One edit: from the old state to the new one. It is made when it comes onto the stack.

    A change of the run is made before; from then on, the present run and the other are exchanged.
    """

    def __init__(self, document: Document, old: State, new: State, text: str) -> None:
        super().__init__(text)
        self._document, self._old, self._new = document, old, new
        self._made = False

    def undo(self) -> None:
        """Go back to the old state."""
        self._document.show_state(self._old, ahead=False)

    def redo(self) -> None:
        """Go to the new state."""
        self._document.show_state(self._new, ahead=True, exchanges=self._made)
        self._made = True


class Document(QObject):
    """The open design, and the network and the samples compiled from its last workable state.

    ``problems`` names what keeps the present design from working; while there are any, ``network``
    and ``dataset`` stay those of the last design that worked. ``keeps_weights`` says, when
    `network_changed` is sent, whether trained weights are to be carried over. ``run_exchanged`` asks for
    the other run in place of the present one; it says whether that goes ahead (redo) or back (undo).
    """

    design_changed = Signal(object, object)
    network_changed = Signal(object, object)
    learning_rate_changed = Signal(float)
    run_exchanged = Signal(object, bool)
    title_changed = Signal()
    told = Signal(str)

    def __init__(self, design: Design, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(MOST_UNDO)
        self.undo_stack.cleanChanged.connect(self.title_changed)
        self.design = design
        self.path: Path | None = None
        self.problems: tuple[Problem, ...] = ()
        self.dataset = dataset_of(design.data)
        self.network = Network(design, self.dataset)
        self.keeps_weights = False

    @property
    def modified(self) -> bool:
        """Whether the design differs from what the file holds."""
        return not self.undo_stack.isClean()

    # -- edits ------------------------------------------------------------------------------------

    def edit(self, design: Design, text: str) -> None:
        """Make a new design the present one, as one step that can be undone.

        Where other data asks for another output layer or loss, they are fitted in the same step.
        """
        if design.data != self.design.data:
            design = self._fitted_to_data(design)
        if design != self.design:
            self._compile(design)
            self.undo_stack.push(Edit(self, State(self.design), State(design), text))

    def change_run(self, other_run: object, text: str, learning_rate: float | None = None) -> None:
        """Note, as one step that can be undone, that the run was changed; maybe the learning rate with it."""
        design = self.design
        if learning_rate is not None:
            design = replace(design, training=replace(design.training, learning_rate=learning_rate))
        self.undo_stack.push(Edit(self, State(self.design, other_run), State(design, other_run), text))

    def new_weights(self) -> None:
        """Draw other first weights, by the next seed."""
        training = self.design.training
        seed = (training.seed + 1) % 2**32
        self.edit(
            replace(self.design, training=replace(training, seed=seed)),
            self.tr("New weights"),
        )

    def new_data(self) -> None:
        """Draw the samples anew, by the next seed."""
        data = self.design.data
        self.edit(
            replace(self.design, data=replace(data, seed=(data.seed + 1) % 2**32)),
            self.tr("New data"),
        )

    def fit(self) -> None:
        """Give the design the output layer and the loss its data asks for."""
        self.edit(fitted(self.design, dataset_of(self.design.data)), self.tr("Fit output layer to data"))

    def show_state(self, state: State, *, ahead: bool, exchanges: bool = True) -> None:
        """Make a state the present one without a new undo step, and tell everybody."""
        if state.other_run is not None and exchanges:
            self.run_exchanged.emit(state.other_run, ahead)
        if state.design is not self.design:
            self.show(state.design)
        else:
            self.title_changed.emit()

    def show(self, design: Design) -> None:
        """Make ``design`` the present one without a new undo step, and tell everybody."""
        self.design = design
        self.problems, network, dataset = self._compile(design)
        self.design_changed.emit(design, self.problems)
        self.title_changed.emit()
        if network is None or dataset is None:
            return
        if _same_but_rate(self.network.design, design):
            self.learning_rate_changed.emit(design.training.learning_rate)
            return
        self.keeps_weights = _starts_alike(self.network.design, design)
        self.network, self.dataset = network, dataset
        self.network_changed.emit(network, dataset)

    def _compile(self, design: Design) -> tuple[tuple[Problem, ...], Network | None, Dataset | None]:
        """Return the problems of a design, or its network and samples."""
        found = tuple(range_problems(design))
        if not found:
            dataset = dataset_of(design.data)
            found = problems(design, dataset)
        return (found, None, None) if found else ((), Network(design, dataset), dataset)

    def _fitted_to_data(self, design: Design) -> Design:
        if any(range_problems(design)):
            return design
        dataset = dataset_of(design.data)
        fit = fitted(design, dataset)
        same_task = (dataset.task, dataset.outputs) == (self.dataset.task, self.dataset.outputs)
        if same_task or not problems(design, dataset) or problems(fit, dataset):
            return design
        message = self.tr("The output layer and the loss now fit the data: {neurons} × {activation}, {loss}.")
        output, loss = fit.dense[-1], fit.training.loss
        self.told.emit(
            message.format(neurons=output.neurons, activation=output.activations[0], loss=loss.symbol)
        )
        return fit

    # -- files ------------------------------------------------------------------------------------

    def begin(self, design: Design, path: Path | None = None) -> None:
        """Put another design in place of everything, with no history and no trained weights."""
        self.undo_stack.clear()
        self.path = path
        self.problems, network, dataset = self._compile(design)
        self.design, self.keeps_weights = design, False
        self.design_changed.emit(design, self.problems)
        if network is not None and dataset is not None:
            self.network, self.dataset = network, dataset
            self.network_changed.emit(network, dataset)
        self.title_changed.emit()

    def saved(self, path: Path) -> None:
        """Note that ``path`` now holds the design."""
        self.path = path
        self.undo_stack.setClean()
        self.title_changed.emit()


def _same_but_rate(a: Design, b: Design) -> bool:
    """Whether two designs train alike, but for the learning rate and the title."""

    def core(design: Design) -> Design:
        return replace(design, title="", training=replace(design.training, learning_rate=1.0))

    return core(a) == core(b)


def _starts_alike(a: Design, b: Design) -> bool:
    """Whether two designs draw the first weights in the same way; if not, weights are drawn anew."""
    if a.training.seed != b.training.seed:
        return False
    initializers = [[layer.initializer for layer in design.dense] for design in (a, b)]
    return len(a.dense) != len(b.dense) or initializers[0] == initializers[1]
