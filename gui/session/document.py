"""The document: the open design, its undo history, and the file it is saved in."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from core.data.datasets import OWN_TABLE, SOURCES, Dataset, data_name, make_dataset
from core.nn.activations import ACTIVATIONS
from core.nn.design import (
    Data,
    Design,
    Problem,
    Training,
    fitted,
    range_problems,
    same_run,
    trains_alike,
    with_first_weights,
    with_new_weights,
)
from core.nn.design_problems import problems
from core.nn.network import Network, carried, starts_alike
from core.nn.neuron_ids import NeuronIds, RemovedNeuron, first_ids, ids_after, inputs_by_name
from core.number_style import exact_text
from gui.qt.typed_signal import TypedSignal

MOST_UNDO = 100


@lru_cache(maxsize=8)
def dataset_of(data: Data) -> Dataset:
    """Return the samples described by ``data``; the last few are cached, since undo returns to them."""
    return make_dataset(data)


class DocumentState:
    """One state of the undo history: a design, and a ``mark`` that changes when weights are edited by hand.

    ``ids`` identify the design's neurons, so that weights can be matched across edits. While another run is
    active, ``run`` is the run that was left in this state (if somebody keeps runs), ``network`` the network
    it trained.
    """

    def __init__(self, design: Design, ids: NeuronIds, mark: object = None) -> None:
        self.design, self.ids, self.mark = design, ids, mark
        self.run: object = None
        self.network: Network | None = None

    def holds_what(self, other: DocumentState) -> bool:
        """Whether saving this state would write the same file as saving the other one."""
        return self.design == other.design and self.mark is other.mark


class EditCommand(QUndoCommand):
    """An undo command for one edit, from the old state to the new one; pushing it makes the edit."""

    def __init__(self, document: Document, old: DocumentState, new: DocumentState, text: str) -> None:
        super().__init__(text)
        self._document, self._old, self._new = document, old, new

    def undo(self) -> None:
        """Restore the old state."""
        self._document.show_state(self._old)

    def redo(self) -> None:
        """Show the new state."""
        self._document.show_state(self._new)


class CallbackCommand(QUndoCommand):
    """An undo command for an action outside the design, which has already happened when it is pushed."""

    def __init__(self, text: str, undo: Callable[[], object], redo: Callable[[], object]) -> None:
        super().__init__(text)
        self._undo, self._redo, self._done = undo, redo, True

    def undo(self) -> None:
        """Undo the action."""
        self._undo()

    def redo(self) -> None:
        """Repeat the action."""
        if not self._done:
            self._redo()
        self._done = False


class Document(QObject):
    """The open design, and the network and the samples compiled from the last valid version of it.

    ``problems`` lists what is wrong with the present design; while there are any, ``network`` and ``dataset``
    remain those of the last valid design. When `network_changed` is emitted, ``run_back`` is the run that
    undo or redo restores. If it is None, ``keeps_run`` says that the present run continues, and
    ``keeps_weights`` that trained weights are carried over.

    Signals: ``design_changed`` carries the design and its problems, ``learning_rate_changed`` a new learning
    rate, which needs no new network. ``run_left`` carries the `DocumentState` in which the owner of runs is
    to store the present run, because another one takes its place. ``run_returned`` carries a stored run of
    the present network that becomes active again. ``restart_requested`` asks for a new run from the initial
    weights. ``opened`` is emitted when another design replaces everything. ``data_changed`` carries a
    sentence on what was adapted to new data.
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
        self.state = self._saved = DocumentState(design, self.network.ids)
        self.keeps_run = self.keeps_weights = False
        self.run_back: object = None
        self._trained: Network | None = None

    @property
    def design(self) -> Design:
        """The present design, which may have problems."""
        return self.state.design

    @property
    def modified(self) -> bool:
        """Whether the user's work (the design, or weights set by hand) differs from the file."""
        return not self.undo_stack.isClean() and not self.state.holds_what(self._saved)

    # -- edits ------------------------------------------------------------------------------------

    def edit(self, design: Design, text: str, removed: RemovedNeuron | None = None) -> None:
        """Replace the design, as one undo step.

        ``removed`` is the neuron that the new design lacks, if it was not the last one of its layer. If new
        data need another output layer or another loss, these are adapted in the same step.
        """
        message = ""
        ids = self._ids_after(design, removed)
        design = carried(design, ids, self.design, self.state.ids)
        if design.data != self.design.data and not any(range_problems(design)):
            design, message = self._with_data(design)
            ids = self._ids_after(design, removed)
        if design != self.design or ids != self.state.ids:
            self._compile(design, ids)
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
        """Record a change of the run, and possibly of its settings, as one undo step.

        ``left`` is the run as it was; ``then`` are the settings with which it continues, and the network
        trained with them. ``mark`` is a new mark if weights were set by hand, and None if they are initial
        weights or the result of training.
        """
        design = self.design
        self.state.run, self.state.network = left, self.network
        if then is not None:
            design, self._trained = replace(design, training=then[0]), then[1]
        self._push(DocumentState(design, self.state.ids, mark), text)
        self._trained = None

    def note(self, text: str, undo: Callable[[], object], redo: Callable[[], object]) -> None:
        """Record an action outside the design, which has already happened, as one undo step."""
        self.undo_stack.push(CallbackCommand(text, undo, redo))

    def _push(self, state: DocumentState, text: str) -> None:
        self.undo_stack.push(EditCommand(self, self.state, state, text))

    def _ids_after(self, design: Design, removed: RemovedNeuron | None) -> NeuronIds:
        """Return the neuron ids of an edited design; without its data, the features stay."""
        present, features, inputs = self.state, self.state.ids.features, None
        if not any(range_problems(design)) and not (dataset := dataset_of(design.data)).problem:
            if self.dataset.features == features:
                inputs = inputs_by_name(dataset.feature_names, self.dataset.feature_names)
            features = dataset.features
        return ids_after(design.dense, features, present.design.dense, present.ids, removed, inputs)

    def new_weights(self) -> None:
        """Draw new initial weights, from the next seed."""
        self.edit(with_new_weights(self.design), self.tr("New weights"))

    def set_first_weights(self, value: float) -> None:
        """Let training begin with ``value`` for every weight and bias."""
        text = self.tr("First weights all {value}").format(value=exact_text(value))
        self.edit(with_first_weights(self.design, value), text)

    @property
    def can_draw_data(self) -> bool:
        """Whether the data are drawn or split at random, so that there are other samples of the same kind."""
        source = SOURCES.get(self.design.data.source)
        return source is not None and "seed" in source.settings

    def new_data(self) -> None:
        """Draw new samples, from the next seed."""
        data = self.design.data
        self.edit(
            replace(self.design, data=replace(data, seed=(data.seed + 1) % 2**32)),
            self.tr("New data"),
        )

    def fit(self) -> None:
        """Fit the output layer and the loss of the design to its data."""
        self.edit(fitted(self.design, dataset_of(self.design.data)), self.tr("Fit output layer to data"))

    def show_state(self, state: DocumentState) -> None:
        """Show a state, with the run that was left in it, without adding an undo step."""
        left, self.state = self.state, state
        run, state.run = state.run, None
        network: Network | None = None
        dataset: Dataset | None = None
        if state.design is not left.design:
            self.problems, network, dataset = self._compile(state.design, state.ids)
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
        """Replace the present network, unless the new one differs in the learning rate only."""
        before, now = self.network.design, network.design
        same = network.ids == self.network.ids
        if same and trains_alike(before, now):
            self.learning_rate_changed.emit(now.training.learning_rate)
            return
        self._leave(left)
        self.keeps_run = same and same_run(before, now)
        self.keeps_weights = starts_alike(before, now, self.network.ids, network.ids)
        self.network, self.dataset = network, dataset
        self.network_changed.emit(network, dataset)

    def _leave(self, state: DocumentState) -> None:
        """Ask for the present run to be stored in the state that is left."""
        state.network = self.network
        self.run_left.emit(state)

    def _bring_back(self, run: object, state: DocumentState, network: Network | None) -> None:
        """Restore the run that was left in a state; ``network`` is that of its design, or None if invalid."""
        if state.network is self.network or state.network is None:
            self.run_returned.emit(run)
            if network is not None:
                self.learning_rate_changed.emit(network.design.training.learning_rate)
            return
        alike = network is None or trains_alike(network.design, state.network.design)
        self.network = state.network if network is None or alike else network
        self.dataset = dataset_of(self.network.design.data)
        self.run_back = run
        self.network_changed.emit(self.network, self.dataset)
        self.run_back = None

    def _compile(
        self, design: Design, ids: NeuronIds
    ) -> tuple[tuple[Problem, ...], Network | None, Dataset | None]:
        """Return the problems of a design, and its network and samples if there are no problems."""
        found = tuple(range_problems(design))
        if not found:
            dataset = dataset_of(design.data)
            found = problems(design, dataset)
        return (found, None, None) if found else ((), Network(design, dataset, ids), dataset)

    def _with_data(self, design: Design) -> tuple[Design, str]:
        """Return a design adapted to its new data, title included, and a sentence on what was adapted."""
        name = data_name(design.data)
        message = self.tr("New samples of {data}: the losses begin anew.").format(data=name)
        if design.data.source == self.design.data.source == OWN_TABLE.name:
            message = ""  # the user who edits a table sees what happens
        if design.data.source != self.design.data.source:
            message = self.tr("The data are now {data}: the losses begin anew.").format(data=name)
            if self.path is None and design.title != Design().title:
                design = replace(design, title=name)
        fit = self._fitted_to_data(design)
        output, training = fit.dense[-1:], fit.training
        if output != design.dense[-1:] or training.loss != design.training.loss:
            text = self.tr(
                "The data are now {data}; the output layer and the loss fit them: {neurons} × {activation}, "
                "{loss}. The losses begin anew."
            )
            activation = ACTIVATIONS[output[0].activations[0]].symbol
            message = text.format(
                data=name, neurons=output[0].neurons, activation=activation, loss=training.loss.title
            )
        if training.batch_size != design.training.batch_size and training.gradient_descent == "mini-batch":
            text = self.tr("The batch size is now {size}: there are no more training samples.")
            message = f"{message} {text.format(size=training.batch_size)}".strip()
        return fit, message

    def _fitted_to_data(self, design: Design) -> Design:
        """Return a design with output layer and loss fitted to its new data; if impossible, unchanged."""
        dataset = dataset_of(design.data)
        if not problems(design, dataset):
            return design
        fit = fitted(design, dataset)
        if (dataset.task, dataset.outputs) == (self.dataset.task, self.dataset.outputs):
            smaller = replace(design.training, batch_size=fit.training.batch_size)
            fit = replace(design, training=smaller)
        return design if problems(fit, dataset_of(fit.data)) else fit

    # -- files ------------------------------------------------------------------------------------

    def begin(self, design: Design, path: Path | None = None, *, modified: bool = False) -> None:
        """Replace everything by another design, with an empty undo history and untrained weights.

        ``modified``: no file holds it, not even ``path``.
        """
        self.opened.emit()
        self.undo_stack.clear()
        self.path = path
        found = tuple(range_problems(design))
        features = (self.dataset if found else dataset_of(design.data)).features
        ids = first_ids(design.dense, features)
        self.problems, network, dataset = self._compile(design, ids)
        self.keeps_run = self.keeps_weights = False
        self.state = self._saved = DocumentState(design, ids)
        if modified:
            self._saved = DocumentState(design, self.state.ids, mark=object())
            self.undo_stack.resetClean()
        self.design_changed.emit(design, self.problems)
        if network is not None and dataset is not None:
            self.network, self.dataset = network, dataset
            self.network_changed.emit(network, dataset)
        self.title_changed.emit()

    def saved(self, path: Path) -> None:
        """Record that the file ``path`` now holds the design."""
        self.path, self._saved = path, self.state
        self.undo_stack.setClean()
        self.title_changed.emit()
