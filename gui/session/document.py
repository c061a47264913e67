"""Document: the design that is open, its history of edits, and its file."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from core.data.datasets import DATASETS, Dataset, make_dataset
from core.nn.activations import ACTIVATIONS
from core.nn.design import (
    Data,
    Design,
    Problem,
    Training,
    fitted,
    problems,
    range_problems,
    same_run,
    trains_alike,
)
from core.nn.network import Network
from core.nn.neuron_ids import NeuronIds, RemovedNeuron, first_ids, ids_after
from gui.widgets.typed_signal import TypedSignal

MOST_UNDO = 100


@lru_cache(maxsize=8)
def dataset_of(data: Data) -> Dataset:
    """Return the samples of a choice of data; the last few are kept, since undo comes back to them."""
    return make_dataset(data)


class DocumentState:
    """What an edit leads from and to: a design, and ``mark``, another one for weights changed by hand.

    ``ids`` tell its weights from those of other designs. While another run is the present one, ``run`` is
    the one that was left in this state, if anybody keeps runs, ``network`` the network it trained, and
    ``network_ids`` the ids of that one's weights.
    """

    def __init__(self, design: Design, ids: NeuronIds, mark: object = None) -> None:
        self.design, self.ids, self.mark = design, ids, mark
        self.run: object = None
        self.network: Network | None = None
        self.network_ids = ids

    def holds_what(self, other: DocumentState) -> bool:
        """Whether a file of this state would hold what a file of the other one does."""
        return self.design == other.design and self.mark is other.mark


class EditCommand(QUndoCommand):
    """One edit: from the old state to the new one. It is made when it comes onto the stack."""

    def __init__(self, document: Document, old: DocumentState, new: DocumentState, text: str) -> None:
        super().__init__(text)
        self._document, self._old, self._new = document, old, new

    def undo(self) -> None:
        """Go back to the old state."""
        self._document.show_state(self._old)

    def redo(self) -> None:
        """Go to the new state."""
        self._document.show_state(self._new)


class CallbackCommand(QUndoCommand):
    """Something done beside the design; it is done already when it comes onto the stack."""

    def __init__(self, text: str, undo: Callable[[], object], redo: Callable[[], object]) -> None:
        super().__init__(text)
        self._undo, self._redo, self._done = undo, redo, True

    def undo(self) -> None:
        """Take it back."""
        self._undo()

    def redo(self) -> None:
        """Do it again."""
        if not self._done:
            self._redo()
        self._done = False


class Document(QObject):
    """The open design, and the network and the samples compiled from its last workable state.

    ``problems`` names what keeps the present design from working; while there are any, ``network``
    and ``dataset`` stay those of the last design that worked. When `network_changed` is sent,
    ``run_back`` is the run that undo or redo brings back; without one ``keeps_run`` says that the run is
    to go on, and ``keeps_weights`` that trained weights are to be carried over: ``ids`` are those of the
    weights of the new network, and of the one before.

    Who keeps runs puts the present one into the `State` that ``run_left`` carries: another takes its
    place. ``run_returned`` brings back one of the present network. ``restart_requested`` asks for a run
    from the first weights. ``opened``: another design takes the place of all. ``data_changed`` carries a
    sentence on what other data led to.
    """

    design_changed = TypedSignal[Design, tuple[Problem, ...]]()
    network_changed = TypedSignal[Network, Dataset]()
    learning_rate_changed = Signal(float)
    run_left = TypedSignal[DocumentState]()
    run_returned = TypedSignal[object]()
    restart_requested = Signal()
    title_changed = Signal()
    opened = Signal()
    data_changed = Signal(str)

    def __init__(self, design: Design, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(MOST_UNDO)
        self.undo_stack.cleanChanged.connect(self.title_changed)
        self.path: Path | None = None
        self.problems: tuple[Problem, ...] = ()
        self.dataset = dataset_of(design.data)
        self.network = Network(design, self.dataset)
        self.state = self._saved = DocumentState(design, first_ids(design.dense, self.dataset.features))
        self._network_ids = self.state.ids
        self.ids = (self.state.ids, self.state.ids)
        self.keeps_run = self.keeps_weights = False
        self.run_back: object = None
        self._trained: Network | None = None

    @property
    def design(self) -> Design:
        """The present design, which may have problems."""
        return self.state.design

    @property
    def modified(self) -> bool:
        """Whether what the user made, design or weights set by hand, differs from what the file holds."""
        return not self.undo_stack.isClean() and not self.state.holds_what(self._saved)

    # -- edits ------------------------------------------------------------------------------------

    def edit(self, design: Design, text: str, removed: RemovedNeuron | None = None) -> None:
        """Make a new design the present one, as one step that can be undone.

        ``removed`` is the neuron it has no longer, where that is not the last of a layer.
        Where other data asks for another output layer or loss, they are fitted in the same step.
        """
        message = ""
        if design.data != self.design.data and not any(range_problems(design)):
            design, message = self._with_data(design)
        ids = self._ids_after(design, removed)
        if design != self.design or ids != self.state.ids:
            self._compile(design)
            self._push(DocumentState(design, ids, self.state.mark), text)
        if message and not self.problems:
            self.data_changed.emit(message)

    def change_run(
        self,
        left: object,
        text: str,
        then: tuple[Training, Network] | None = None,
        mark: object = None,
    ) -> None:
        """Note, as one step that can be undone, that the run was changed; maybe its settings with it.

        ``left`` is the run as it was; ``then`` are other settings it goes on with, and the network it
        trains with them. ``mark`` is another one for weights set by hand, None for weights that training
        led to, or the first ones.
        """
        design = self.design
        self.state.run, self.state.network, self.state.network_ids = left, self.network, self._network_ids
        if then is not None:
            design, self._trained = replace(design, training=then[0]), then[1]
        self._push(DocumentState(design, self.state.ids, mark), text)
        self._trained = None

    def note(self, text: str, undo: Callable[[], object], redo: Callable[[], object]) -> None:
        """Note something done beside the design, as one step that can be undone."""
        self.undo_stack.push(CallbackCommand(text, undo, redo))

    def _push(self, state: DocumentState, text: str) -> None:
        self.undo_stack.push(EditCommand(self, self.state, state, text))

    def _ids_after(self, design: Design, removed: RemovedNeuron | None) -> NeuronIds:
        """Return the ids of an edited design's weights; of data that cannot be drawn the features stay."""
        present = self.state
        features = present.ids.features if any(range_problems(design)) else dataset_of(design.data).features
        return ids_after(design.dense, features, present.design.dense, present.ids, removed)

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

    def show_state(self, state: DocumentState) -> None:
        """Make a state the present one, with the run left there, without a new undo step; tell everybody."""
        left, self.state = self.state, state
        run, state.run = state.run, None
        network: Network | None = None
        dataset: Dataset | None = None
        if state.design is not left.design:
            self.problems, network, dataset = self._compile(state.design)
            self.design_changed.emit(state.design, self.problems)
        if run is not None:
            self._leave(left)
            self._bring_back(run, state, network)
        elif self._trained is not None:
            self.network = self._trained
        elif network is not None and dataset is not None:
            self._show_network(network, dataset, left)
        self.title_changed.emit()

    def _show_network(self, network: Network, dataset: Dataset, left: DocumentState) -> None:
        """Put a network in place of the present one, unless it is the same but for the learning rate."""
        before, now = self.network.design, network.design
        self.ids = self.state.ids, self._network_ids
        same = self.state.ids == self._network_ids
        if same and trains_alike(before, now):
            self.learning_rate_changed.emit(now.training.learning_rate)
            return
        self._leave(left)
        self.keeps_run = same and same_run(before, now)
        self.keeps_weights = _starts_alike(before, now, *reversed(self.ids))
        self.network, self.dataset, self._network_ids = network, dataset, self.state.ids
        self.network_changed.emit(network, dataset)

    def _leave(self, state: DocumentState) -> None:
        """Have the present run kept in the state that is left."""
        state.network, state.network_ids = self.network, self._network_ids
        self.run_left.emit(state)

    def _bring_back(self, run: object, state: DocumentState, network: Network | None) -> None:
        """Make the run present that was left in a state; ``network`` is that of its design, if it works."""
        if state.network is self.network or state.network is None:
            self.run_returned.emit(run)
            if network is not None:
                self.learning_rate_changed.emit(network.design.training.learning_rate)
            return
        alike = network is None or trains_alike(network.design, state.network.design)
        self.network = state.network if network is None or alike else network
        self._network_ids = state.network_ids
        self.dataset = dataset_of(self.network.design.data)
        self.run_back = run
        self.network_changed.emit(self.network, self.dataset)
        self.run_back = None

    def _compile(self, design: Design) -> tuple[tuple[Problem, ...], Network | None, Dataset | None]:
        """Return the problems of a design, or its network and samples."""
        found = tuple(range_problems(design))
        if not found:
            dataset = dataset_of(design.data)
            found = problems(design, dataset)
        return (found, None, None) if found else ((), Network(design, dataset), dataset)

    def _with_data(self, design: Design) -> tuple[Design, str]:
        """Return a design of other data as it fits them and is called, and what to say of it."""
        name = DATASETS[design.data.source].symbol
        message = self.tr("New samples of {data}: the losses begin anew.").format(data=name)
        if design.data.source != self.design.data.source:
            message = self.tr("The data are now {data}: the losses begin anew.").format(data=name)
            if self.path is None and design.title != Design().title:
                design = replace(design, title=name)
        fit = self._fitted_to_data(design)
        if fit is not design:
            text = self.tr(
                "The data are now {data}; the output layer and the loss fit them: {neurons} × {activation}, "
                "{loss}. The losses begin anew."
            )
            output, loss = fit.dense[-1], fit.training.loss
            activation = ACTIVATIONS[output.activations[0]].symbol
            message = text.format(data=name, neurons=output.neurons, activation=activation, loss=loss.symbol)
        return fit, message

    def _fitted_to_data(self, design: Design) -> Design:
        dataset = dataset_of(design.data)
        fit = fitted(design, dataset)
        same_task = (dataset.task, dataset.outputs) == (self.dataset.task, self.dataset.outputs)
        if same_task or not problems(design, dataset) or problems(fit, dataset):
            return design
        return fit

    # -- files ------------------------------------------------------------------------------------

    def begin(self, design: Design, path: Path | None = None) -> None:
        """Put another design in place of everything, with no history and no trained weights."""
        self.opened.emit()
        self.undo_stack.clear()
        self.path = path
        self.problems, network, dataset = self._compile(design)
        self.keeps_run = self.keeps_weights = False
        features = (dataset or self.dataset).features
        self.state = self._saved = DocumentState(design, first_ids(design.dense, features))
        self.design_changed.emit(design, self.problems)
        if network is not None and dataset is not None:
            self.network, self.dataset, self._network_ids = network, dataset, self.state.ids
            self.network_changed.emit(network, dataset)
        self.title_changed.emit()

    def saved(self, path: Path) -> None:
        """Note that ``path`` now holds the design."""
        self.path, self._saved = path, self.state
        self.undo_stack.setClean()
        self.title_changed.emit()


def _starts_alike(a: Design, b: Design, a_ids: NeuronIds, b_ids: NeuronIds) -> bool:
    """Whether two designs draw the first weights of the layers both have alike; if not, all are new."""
    drawn, others = (
        {ids.layer: layer.initializer for ids, layer in zip(known.layers, design.dense, strict=True)}
        for design, known in ((a, a_ids), (b, b_ids))
    )
    both = drawn.keys() & others.keys()
    alike = bool(both) and all(drawn[layer] == others[layer] for layer in both)
    return alike and a.training.seed == b.training.seed
