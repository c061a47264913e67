"""Delivers events to all views and requests from them; views that join later are shown what they missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVarTuple, Unpack

from PySide6.QtWidgets import QWidget

from core.analysis.health import Finding
from core.analysis.remedies import Remedy
from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.pinned_runs import PinnedRun
from core.debugger.run import RunStatus
from core.debugger.steps import PassStep
from core.nn.curves import Curves
from core.nn.design import Design, Problem
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from gui.qt.drawable import overflowing
from gui.qt.typed_signal import BoundSignal, Slot
from gui.selection import ComputedNumber, PlaneLook, Selection
from gui.session import view_events as on
from gui.theme.theme import Theme

Ts = TypeVarTuple("Ts")


class Joinable(Protocol):
    """An event or a request that a view takes part in from `join` to `leave`."""

    def join(self, view: QWidget) -> None: ...

    def leave(self, view: QWidget) -> None: ...


class ReplayedEvent(Protocol):
    """The last arguments of an event, which a view that joins late is shown again."""

    def replay(self, view: QWidget) -> None: ...


class ViewEvent(Generic[*Ts]):
    """An event shown to views: calling it calls the method that ``find`` returns, of each view that has it.

    It stores its arguments in ``replayed`` for views that join later.
    """

    def __init__(
        self,
        replayed: dict[ReplayedEvent, None],
        find: Callable[[QWidget], Callable[[Unpack[Ts]], object] | None],
    ) -> None:
        self._replayed, self._find = replayed, find
        self._methods: list[tuple[QWidget, Callable[[Unpack[Ts]], object]]] = []
        self._last: tuple[*Ts] | None = None

    def __call__(self, *values: *Ts) -> None:
        self._last = values
        self._replayed[self] = None
        with overflowing():
            for _view, method in self._methods:
                method(*values)

    def join(self, view: QWidget) -> None:
        """Add a view, if it has the method."""
        if (method := self._find(view)) is not None:
            self._methods = [*self._methods, (view, method)]  # a call in progress iterates over the old list

    def leave(self, view: QWidget) -> None:
        """Remove a view."""
        self._methods = [pair for pair in self._methods if pair[0] is not view]

    def replay(self, view: QWidget) -> None:
        """Show a view the last arguments of this event."""
        if self._last is not None and (method := self._find(view)) is not None:
            with overflowing():
                method(*self._last)


class ViewRequest(Generic[*Ts]):
    """A request of views: the signals that ``find`` returns, of all views, connected as one."""

    def __init__(self, find: Callable[[QWidget], BoundSignal[*Ts] | None]) -> None:
        self._find = find
        self._signals: list[tuple[QWidget, BoundSignal[*Ts]]] = []
        self._slots: list[Slot[*Ts]] = []

    def connect(self, slot: Slot[*Ts]) -> None:
        """Connect the signal of every present and future view that has it."""
        self._slots.append(slot)
        for _view, signal in self._signals:
            signal.connect(slot)

    def join(self, view: QWidget) -> None:
        """Connect the signal of a view, if it has it."""
        if (signal := self._find(view)) is not None:
            self._signals.append((view, signal))
            for slot in self._slots:
                signal.connect(slot)

    def leave(self, view: QWidget) -> None:
        """Disconnect the signal of a view."""
        self._signals = [pair for pair in self._signals if pair[0] is not view]


class ViewRequests:
    """The requests of all views: ``requests.edit_requested.connect(slot)``."""

    def __init__(self) -> None:
        self.edit_requested = ViewRequest[Design, str, RemovedNeuron | None](
            lambda view: view.edit_requested if on.takes(view, on.RequestsEdit) else None
        )
        self.design_requested = ViewRequest[Design, str](
            lambda view: view.design_requested if on.takes(view, on.RequestsDesign) else None
        )
        self.select_requested = ViewRequest[Selection](
            lambda view: view.select_requested if on.takes(view, on.RequestsSelection) else None
        )
        self.hover_requested = ViewRequest[Selection](
            lambda view: view.hover_requested if on.takes(view, on.RequestsHover) else None
        )
        self.plane_requested = ViewRequest[tuple[int, int] | None](
            lambda view: view.plane_requested if on.takes(view, on.RequestsPlane) else None
        )
        self.plane_look_requested = ViewRequest[PlaneLook](
            lambda view: view.plane_look_requested if on.takes(view, on.RequestsPlaneLook) else None
        )
        self.digits_requested = ViewRequest[int](
            lambda view: view.digits_requested if on.takes(view, on.RequestsDigits) else None
        )
        self.mend_requested = ViewRequest[Remedy, str](
            lambda view: view.mend_requested if on.takes(view, on.RequestsMend) else None
        )
        self.seek_requested = ViewRequest[int](
            lambda view: view.seek_requested if on.takes(view, on.RequestsSeek) else None
        )
        self.update_requested = ViewRequest[int](
            lambda view: view.update_requested if on.takes(view, on.RequestsUpdate) else None
        )
        self.theta_edit_requested = ViewRequest[Array, str](
            lambda view: view.theta_edit_requested if on.takes(view, on.RequestsThetaEdit) else None
        )
        self.weight_history_requested = ViewRequest[Selection](
            lambda view: view.weight_history_requested if on.takes(view, on.RequestsWeightHistory) else None
        )
        self.way_requested = ViewRequest[bool](
            lambda view: view.way_requested if on.takes(view, on.RequestsWay) else None
        )
        self.theta_previewed = ViewRequest[Array](
            lambda view: view.theta_previewed if on.takes(view, on.PreviewsTheta) else None
        )
        self.learning_rate_previewed = ViewRequest[float](
            lambda view: view.learning_rate_previewed if on.takes(view, on.PreviewsLearningRate) else None
        )
        self.pins_changed = ViewRequest[Sequence[PinnedRun]](
            lambda view: view.pins_changed if on.takes(view, on.ChangesPins) else None
        )
        self.deed_done = ViewRequest[str, Callable[[], object], Callable[[], object]](
            lambda view: view.deed_done if on.takes(view, on.NotesDeed) else None
        )
        self.message = ViewRequest[str](
            lambda view: view.message if on.takes(view, on.SendsMessage) else None
        )


class ViewBus(ViewRequests):
    """Delivers events to all views that have the method: ``bus.show_step(last, coming)``.

    Requests of the views are connected once for all of them: ``bus.edit_requested.connect(slot)``. The last
    event of each kind is kept for views that join later. A new network clears the events of the old one,
    except those that stay valid: theme, design, selection, how the plane is shown, and whether there is
    training.
    """

    def __init__(self) -> None:
        super().__init__()
        self._views: list[QWidget] = []
        self._replayed: dict[ReplayedEvent, None] = {}
        replayed = self._replayed
        self.show_theme = ViewEvent[Theme](
            replayed, lambda view: view.show_theme if on.takes(view, on.ShowsTheme) else None
        )
        self.show_design = ViewEvent[Design, tuple[Problem, ...]](
            replayed, lambda view: view.show_design if on.takes(view, on.ShowsDesign) else None
        )
        self.show_selection = ViewEvent[Selection](
            replayed, lambda view: view.show_selection if on.takes(view, on.ShowsSelection) else None
        )
        self.show_hover = ViewEvent[Selection](
            replayed, lambda view: view.show_hover if on.takes(view, on.ShowsHover) else None
        )
        self.show_step = ViewEvent[PassStep | None, PassStep | None](
            replayed, lambda view: view.show_step if on.takes(view, on.ShowsStep) else None
        )
        self.show_findings = ViewEvent[tuple[Finding, ...]](
            replayed, lambda view: view.show_findings if on.takes(view, on.ShowsFindings) else None
        )
        self.show_plane = ViewEvent[tuple[int, int] | None](
            replayed, lambda view: view.show_plane if on.takes(view, on.ShowsPlane) else None
        )
        self.show_plane_look = ViewEvent[PlaneLook](
            replayed, lambda view: view.show_plane_look if on.takes(view, on.ShowsPlaneLook) else None
        )
        self.show_digits = ViewEvent[int](
            replayed, lambda view: view.show_digits if on.takes(view, on.ShowsDigits) else None
        )
        self.show_pins = ViewEvent[Sequence[PinnedRun]](
            replayed, lambda view: view.show_pins if on.takes(view, on.ShowsPins) else None
        )
        self.show_veil = ViewEvent[bool, frozenset[ComputedNumber]](
            replayed, lambda view: view.show_veil if on.takes(view, on.ShowsVeil) else None
        )
        self.hide_scores = ViewEvent[bool](
            replayed, lambda view: view.hide_scores if on.takes(view, on.ShowsScores) else None
        )
        self.show_spotlight = ViewEvent[int | None](
            replayed, lambda view: view.show_spotlight if on.takes(view, on.ShowsSpotlight) else None
        )
        self.set_edge_numbers = ViewEvent[str](
            replayed, lambda view: view.set_edge_numbers if on.takes(view, on.ShowsEdgeNumbers) else None
        )
        self._show_network = ViewEvent[Network, Dataset](
            replayed, lambda view: view.show_network if on.takes(view, on.ShowsNetwork) else None
        )
        self._make_run_events(replayed)
        self._joined: list[Joinable] = [
            part for part in vars(self).values() if isinstance(part, ViewEvent | ViewRequest)
        ]

    def _make_run_events(self, replayed: dict[ReplayedEvent, None]) -> None:
        """Make the events about a run: what was trained, and whether training goes on."""
        self.show_history = ViewEvent[Array, Array](
            replayed, lambda view: view.show_history if on.takes(view, on.ShowsHistory) else None
        )
        self.show_way = ViewEvent[Array, Array](
            replayed, lambda view: view.show_way if on.takes(view, on.ShowsWay) else None
        )
        self.show_ghost = ViewEvent[Sequence[Curves]](
            replayed, lambda view: view.show_ghost if on.takes(view, on.ShowsGhost) else None
        )
        self.show_place = ViewEvent[RunStatus](
            replayed, lambda view: view.show_place if on.takes(view, on.ShowsPlace) else None
        )
        self.show_progress = ViewEvent[tuple[int, int] | None](
            replayed, lambda view: view.show_progress if on.takes(view, on.ShowsProgress) else None
        )
        self.show_running = ViewEvent[bool](
            replayed, lambda view: view.show_running if on.takes(view, on.ShowsRunning) else None
        )

    @property
    def _lasting(self) -> tuple[ReplayedEvent, ...]:
        """What is true of another network, too, in the order in which it is shown."""
        events = self.show_theme, self.show_design, self._show_network, self.show_selection
        return (*events, self.show_running, self.show_plane_look, self.show_digits)

    def __iter__(self) -> Iterator[QWidget]:
        return iter(self._views)

    def add(self, view: QWidget) -> None:
        """Add a view: connect its signals and replay past events, theme, design and selection first."""
        self._views.append(view)
        for part in self._joined:
            part.join(view)
        for event in sorted(self._replayed, key=self._rank):
            event.replay(view)

    def remove(self, view: QWidget) -> None:
        """Send a view no more events; its requests stay connected until it is destroyed."""
        self._views.remove(view)
        for part in self._joined:
            part.leave(view)

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Show the network and the data to which all later snapshots belong."""
        for event in [event for event in self._replayed if event not in self._lasting]:
            del self._replayed[event]
        self._show_network(network, dataset)

    def _rank(self, event: ReplayedEvent) -> int:
        return self._lasting.index(event) if event in self._lasting else len(self._lasting)
