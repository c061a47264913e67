"""One protocol for each event that a view can be shown and for each request that it can make.

A view receives an event by having its method, and makes a request by having its signal; it does not inherit
from these classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol, TypeGuard, TypeVar, runtime_checkable

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
from core.nn.trainer import Snapshot
from gui.qt.typed_signal import BoundSignal
from gui.selection import ComputedNumber, PlaneLook, Selection
from gui.theme.theme import Theme

Part = TypeVar("Part")


def takes(view: object, protocol: Callable[..., Part]) -> TypeGuard[Part]:
    """Whether a view has what a protocol asks for; ``isinstance`` would look up each time what that is."""
    return all(hasattr(view, name) for name in _asked(protocol))


@cache
def _asked(protocol: Any) -> tuple[str, ...]:
    """Return the names of the methods and signals that a protocol asks for."""
    asked = {*vars(protocol), *vars(protocol).get("__annotations__", {})}
    return tuple(name for name in asked if not name.startswith("_"))


# -- events shown to views -------------------------------------------------------------------------------


@runtime_checkable
class ShowsTheme(Protocol):
    """Applies the colours of a theme and the font sizes."""

    def show_theme(self, theme: Theme, /) -> None: ...


@runtime_checkable
class ShowsDesign(Protocol):
    """Shows the design as it is being edited, with its problems."""

    def show_design(self, design: Design, problems: tuple[Problem, ...], /) -> None: ...


@runtime_checkable
class ShowsNetwork(Protocol):
    """Receives the network and the data to which all later snapshots belong."""

    def show_network(self, network: Network, dataset: Dataset, /) -> None: ...


@runtime_checkable
class ShowsSelection(Protocol):
    """Shows what is selected."""

    def show_selection(self, selection: Selection, /) -> None: ...


@runtime_checkable
class ShowsHover(Protocol):
    """Shows what the mouse points at, in any view."""

    def show_hover(self, selection: Selection, /) -> None: ...


@runtime_checkable
class ShowsStep(Protocol):
    """Shows the last step of a pass, and the next one."""

    def show_step(self, last: PassStep | None, coming: PassStep | None, /) -> None: ...


@runtime_checkable
class ShowsFindings(Protocol):
    """Shows possible problems of the training."""

    def show_findings(self, findings: tuple[Finding, ...], /) -> None: ...


@runtime_checkable
class ShowsPlane(Protocol):
    """Shows which two inputs are the axes of the decision boundary."""

    def show_plane(self, axes: tuple[int, int] | None, /) -> None: ...


@runtime_checkable
class ShowsDigits(Protocol):
    """Shows the number of significant digits of computed numbers, which the user can change."""

    def show_digits(self, count: int, /) -> None: ...


@runtime_checkable
class ShowsPlaneLook(Protocol):
    """Shows the decision boundary with or without test samples, discretized, or to draw points on."""

    def show_plane_look(self, look: PlaneLook, /) -> None: ...


@runtime_checkable
class ShowsPins(Protocol):
    """Shows the pinned runs."""

    def show_pins(self, runs: Sequence[PinnedRun], /) -> None: ...


@runtime_checkable
class ShowsHistory(Protocol):
    """Shows the history of one parameter: iterations, and its values after them."""

    def show_history(self, iterations: Array, values: Array, /) -> None: ...


@runtime_checkable
class ShowsWay(Protocol):
    """Shows the path of all parameters: iterations, and theta after them."""

    def show_way(self, iterations: Array, thetas: Array, /) -> None: ...


@runtime_checkable
class ShowsGhost(Protocol):
    """Shows the curves of abandoned runs."""

    def show_ghost(self, curves: Sequence[Curves], /) -> None: ...


@runtime_checkable
class ShowsEdgeNumbers(Protocol):
    """Shows weights, gradients or both at the edges."""

    def set_edge_numbers(self, numbers: str, /) -> None: ...


@runtime_checkable
class ShowsVeil(Protocol):
    """Hides the results of a pass, but for those told, behind question marks, or shows them again."""

    def show_veil(self, veiled: bool, told: frozenset[ComputedNumber], /) -> None: ...


@runtime_checkable
class ShowsScores(Protocol):
    """Hides the loss and the accuracy shown beside its picture, or shows them again."""

    def hide_scores(self, hidden: bool, /) -> None: ...


@runtime_checkable
class ShowsSpotlight(Protocol):
    """Dims all layers except one; None dims none."""

    def show_spotlight(self, layer: int | None, /) -> None: ...


@runtime_checkable
class ShowsPlace(Protocol):
    """Shows which iterations of the run can be viewed, and which one is."""

    def show_place(self, status: RunStatus, /) -> None: ...


@runtime_checkable
class ShowsProgress(Protocol):
    """Shows how many of how many iterations are recomputed; None: none."""

    def show_progress(self, progress: tuple[int, int] | None, /) -> None: ...


@runtime_checkable
class ShowsRunning(Protocol):
    """Shows whether the network is being trained."""

    def show_running(self, running: bool, /) -> None: ...


# -- what of a run is shown as often as there is time ----------------------------------------------------


@runtime_checkable
class ShowsSnapshot(Protocol):
    """Shows a snapshot of the run, numbers included."""

    def show_snapshot(self, snapshot: Snapshot, /) -> None: ...


@runtime_checkable
class ShowsCurves(Protocol):
    """Shows the learning curves up to the present."""

    def show_curves(self, curves: Curves, /) -> None: ...


@runtime_checkable
class ShowsPicture(Protocol):
    """Shows only the graphics of a snapshot; the numbers stay."""

    def show_picture(self, snapshot: Snapshot, curves: Curves, /) -> None: ...


@runtime_checkable
class ShowsNumbers(Protocol):
    """Shows only the numbers of a snapshot; the graphics stay, and have their own turn."""

    def show_numbers(self, snapshot: Snapshot, /) -> None: ...


# -- requests of views -----------------------------------------------------------------------------------


@runtime_checkable
class RequestsEdit(Protocol):
    """Carries a design, the text of the undo step, and the removed neuron unless it is its layer's last."""

    @property
    def edit_requested(self) -> BoundSignal[Design, str, RemovedNeuron | None]: ...


@runtime_checkable
class RequestsDesign(Protocol):
    """Carries the design of another run, and the text of the undo step."""

    @property
    def design_requested(self) -> BoundSignal[Design, str]: ...


@runtime_checkable
class RequestsSelection(Protocol):
    """Carries the new selection."""

    @property
    def select_requested(self) -> BoundSignal[Selection]: ...


@runtime_checkable
class RequestsHover(Protocol):
    """Carries what the mouse points at."""

    @property
    def hover_requested(self) -> BoundSignal[Selection]: ...


@runtime_checkable
class RequestsPlane(Protocol):
    """Carries the two inputs that are the axes of the decision boundary, or None."""

    @property
    def plane_requested(self) -> BoundSignal[tuple[int, int] | None]: ...


@runtime_checkable
class RequestsPlaneLook(Protocol):
    """Carries how the decision boundary is to be shown."""

    @property
    def plane_look_requested(self) -> BoundSignal[PlaneLook]: ...


@runtime_checkable
class RequestsDigits(Protocol):
    """Carries the number of significant digits in which computed numbers are to be written everywhere."""

    @property
    def digits_requested(self) -> BoundSignal[int]: ...


@runtime_checkable
class RequestsMend(Protocol):
    """Carries a remedy and the text of the undo step."""

    @property
    def mend_requested(self) -> BoundSignal[Remedy, str]: ...


@runtime_checkable
class RequestsSeek(Protocol):
    """Carries the iteration to view."""

    @property
    def seek_requested(self) -> BoundSignal[int]: ...


@runtime_checkable
class RequestsUpdate(Protocol):
    """Carries the sample of the training set, from 0, on which one update is to be made."""

    @property
    def update_requested(self) -> BoundSignal[int]: ...


@runtime_checkable
class RequestsThetaEdit(Protocol):
    """Carries other parameters and the text of the undo step."""

    @property
    def theta_edit_requested(self) -> BoundSignal[Array, str]: ...


@runtime_checkable
class RequestsWeightHistory(Protocol):
    """Carries the weight, or the neuron with the bias, whose history is to be shown."""

    @property
    def weight_history_requested(self) -> BoundSignal[Selection]: ...


@runtime_checkable
class RequestsWay(Protocol):
    """Asks for the path of all parameters; carries whether to compute it as finely as is quick."""

    @property
    def way_requested(self) -> BoundSignal[bool]: ...


@runtime_checkable
class PreviewsTheta(Protocol):
    """Carries parameters while they are being changed."""

    @property
    def theta_previewed(self) -> BoundSignal[Array]: ...


@runtime_checkable
class PreviewsLearningRate(Protocol):
    """Carries a learning rate while it is being changed."""

    @property
    def learning_rate_previewed(self) -> BoundSignal[float]: ...


@runtime_checkable
class ChangesPins(Protocol):
    """Carries the pinned runs."""

    @property
    def pins_changed(self) -> BoundSignal[Sequence[PinnedRun]]: ...


@runtime_checkable
class NotesDeed(Protocol):
    """Carries the text of an action outside the design, and functions that undo and repeat it."""

    @property
    def deed_done(self) -> BoundSignal[str, Callable[[], object], Callable[[], object]]: ...


@runtime_checkable
class SendsMessage(Protocol):
    """Carries a sentence for the status bar."""

    @property
    def message(self) -> BoundSignal[str]: ...


# -- what a view says of itself --------------------------------------------------------------------------


@runtime_checkable
class Summarizes(Protocol):
    """Returns a short summary of its contents, shown while it is folded."""

    @property
    def summary(self) -> str: ...

    @property
    def summary_changed(self) -> BoundSignal[str]: ...
