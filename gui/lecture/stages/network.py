"""Network stage: one network of a scene, with the views that the scene names, and its own training run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.arrays import Array
from core.debugger.steps import LoopStage as Part
from core.debugger.steps import StepSize
from core.lecture.evaluator import SceneEvaluator
from core.lecture.expected import AnyQuantity
from core.lecture.network_quantities import (
    Agreement,
    AwakeCount,
    CollapseNumber,
    CountNumber,
    EdgeNumber,
    FindingCount,
    JacobianNumber,
    NeuronNumber,
    PositionNumber,
    TrainingNumber,
)
from core.lecture.scene import InitialSelection, PhaseName, Scene
from core.lecture.subjects import Networks, SceneChange, Start, Subject
from core.lecture.view_ids import ViewId
from core.nn.network import Network
from core.nn.trainer import Checkpoint
from gui.actions.registry import Actions
from gui.actions.table import ENTRIES
from gui.canvas.editor_view import CanvasView
from gui.layout.notification_bar import NotificationBar
from gui.lecture.settings_panel import SettingsPanel
from gui.lecture.stages.base import SceneStage
from gui.lecture.view_layout import ViewLayout
from gui.selection import ComputedNumber, Sample, Selection
from gui.session import run_speed
from gui.session.document import Document
from gui.session.frame_scheduler import FrameScheduler, painter, shower, together, while_visible, writer
from gui.session.player import Player
from gui.session.session import Session
from gui.session.time_travel import TimeSession
from gui.session.view_bus import ViewBus
from gui.session.view_events import ShowsPicture
from gui.theme.theme import LIGHT, Theme, hide_in_hall, in_hall
from gui.views.counters import Counters
from gui.views.timeline import Timeline
from gui.views.toolbar import GRAINS, TransportToolbar

ACTIONS = [entry for entry in ENTRIES if entry.menu in ("train", "grain") or entry.group == "edges"]
BY_THE_WINDOW = ("run", "step", "back", "reset")
"""Actions that the keys of the window already trigger."""
EDGES = ("weights", "gradients", "both")
CLOSE_LOOKS = {ViewId.INSPECTOR, ViewId.MATRICES}
OF_RUN = (PositionNumber, CountNumber, TrainingNumber)
"""The numbers that the counters show."""
OF_PASS = (NeuronNumber, EdgeNumber, FindingCount, AwakeCount)
OF_GRADIENT = ("delta", "error", "gradient", "bias_gradient", "upstream", "passed_on")
OF_UPDATE = ("weight", "bias", "updated")
"""Quantities of an `EdgeNumber` known only after the backward pass, or only after the update."""
HIDDEN: dict[tuple[type, ...], set[ViewId]] = {
    (NeuronNumber, EdgeNumber, JacobianNumber): {
        *CLOSE_LOOKS,
        ViewId.NETWORK_EXPRESSION,
        ViewId.TABLE,
    },
    (CountNumber,): {ViewId.PASSES, ViewId.GRADIENT_CHECK},
    (FindingCount, AwakeCount): {ViewId.HEALTH},
    (CollapseNumber, Agreement): {ViewId.LINEAR_COLLAPSE, ViewId.GRADIENT_CHECK},
    (TrainingNumber,): {ViewId.LOSS_PLOT, ViewId.CONFUSION_MATRIX, ViewId.TABLE},
}
"""The views that show a number of a kind."""
WATCHED = len(run_speed.STEPS) + 2 * run_speed.PER_DECADE
"""Position of the speed slider for 100 iterations per second: slow enough to follow."""
PARTS = {"forward": Part.FORWARD, "backward": Part.BACKWARD, "update": Part.UPDATE}


class NetworkStage(SceneStage):
    """Builds, trains and steps a network as the main window does; the user's own document is not affected."""

    plays = steps = True

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene, self._bench = scene, SceneEvaluator(scene.subject)
        self.settings: SettingsPanel | None = None
        self._theme, self._asked, self._told = LIGHT, tuple[AnyQuantity, ...](), list[bool]()
        self.actions_ = Actions(self, ACTIONS)
        self.views, self.notice = ViewBus(), NotificationBar()
        self._shown, self._hidden = frozenset(scene.show), frozenset[ViewId]()
        self._answered = frozenset[ComputedNumber]()
        self._counts_hidden = False
        self.transport, self.counters = TransportToolbar(self.actions_, moves=False), Counters()
        self.timeline = Timeline(self.actions_)
        self.document = Document(self._bench.made("").network.design, self)
        self.player = Player(self)
        self.arrangement = ViewLayout(scene.show)
        self._lay_out(scene)
        frames = self._frames()
        self.session = Session(self.document, self.player, self.views, self.notice, frames, self)
        self.time = TimeSession(self.document, self.player, self.views, lambda: self.transport.grain, self)
        self._connect()
        for view in self.arrangement.views():
            self.views.add(view)

    def _frames(self) -> FrameScheduler:
        """Return the scheduler that sets how often each view is drawn."""
        views, bars = self.arrangement.views(), (self.counters, self.transport)
        pictures = [while_visible(view, painter) for view in views if isinstance(view, ShowsPicture)]
        numbers, everything = (
            together(made(*bars), *(while_visible(view, made) for view in views)) for made in (writer, shower)
        )
        main = pictures[0] if pictures else painter()
        return FrameScheduler(main, [*pictures[1:], None], numbers, everything)

    def _lay_out(self, scene: Scene) -> None:
        self._across, beside = QWidget(), QHBoxLayout()
        self._across.setLayout(beside)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.arrangement, 1)
        top, row = QWidget(), QHBoxLayout()
        top.setLayout(row)
        row.setContentsMargins(0, 4, 12, 0)
        row.addWidget(self.transport, 1)
        row.addWidget(self.counters)
        self.transport.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in (
            (top, 0),
            (self._across, 1),
            (self.timeline, 0),
        ):
            column.addWidget(widget, stretch)
        self.notice.lie_over(self._across)
        self.timeline.setVisible(ViewId.TIMELINE in scene.show)

    def _connect(self) -> None:
        player, session, actions = self.player, self.session, self.actions_
        player.running_changed.connect(self.transport.show_running)
        player.running_changed.connect(self.running_changed)
        player.step_changed.connect(self.transport.show_step)
        session.place_shown.connect(self.timeline.show_place)
        session.place_shown.connect(lambda _where: self._veil_again())
        session.selection_changed.connect(lambda _at: self._veil_again())
        session.message.connect(self.told)
        self.time.message.connect(self.told)
        self.time.began_anew.connect(session.tell_with_undo)
        self.transport.speed_requested.connect(player.set_speed)
        self.transport.speed.setValue(WATCHED)
        player.progress_changed.connect(self.timeline.show_progress)
        self.timeline.seek_requested.connect(self.time.seek)
        self.time.connect_actions(actions)
        actions["run"].triggered.connect(session.toggle_run)
        actions["stops"].setVisible(False)
        for name in (*BY_THE_WINDOW, "forward", "backward", "update"):
            actions[name].setShortcut("")
        for name in EDGES:
            actions[f"edges_{name}"].toggled.connect(
                lambda on, name=name: self.views.set_edge_numbers(name) if on else None
            )

    def home(self) -> QWidget:
        """Return the first view of the scene."""
        return self.arrangement.views()[0]

    def zoom(self, factor: float | None) -> None:
        """Zoom the network by ``factor``; None: fit all of it."""
        for view in self.arrangement.views():
            if isinstance(view, CanvasView):
                view.fit() if factor is None else view.zoom_by(factor)

    def undo_stack(self) -> QUndoStack:
        """Return the undo stack of the network of this scene."""
        return self.document.undo_stack

    # -- the scene --------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Begin with the first network of the scene, at the moment it names."""
        subject = scene.subject
        assert isinstance(subject, Networks)
        self._scene, self._bench = scene, SceneEvaluator(subject)
        self.player.pause()
        self.session.begin()
        self._begin(subject.networks[0].name, subject.networks[0].iterations)
        if scene.phase in PARTS:
            self.time.enter(PARTS[scene.phase])
        grain = StepSize.NEURON if CLOSE_LOOKS & set(scene.show) else StepSize.PASS
        self.actions_[GRAINS[grain]].setChecked(True)
        self.actions_["edges_gradients" if scene.phase == "backward" else "edges_weights"].setChecked(True)
        if scene.look is not None:
            self.look_at(scene.look)

    def look_at(self, look: InitialSelection) -> None:
        """Select a layer, neuron, edge or sample."""
        self.session.select(Selection(look.layer, look.neuron, look.source, look.sample))

    def enter(self, phase: PhaseName) -> None:
        """Go on to a phase of the iteration."""
        if phase in PARTS:
            self.time.enter(PARTS[phase])
        self.actions_["edges_gradients" if phase == "backward" else "edges_weights"].setChecked(True)

    def advance(self, count: int) -> None:
        """Train for ``count`` iterations."""
        self.player.ask(lambda worker: worker.training_run.train(count))

    def _begin(self, name: str, iterations: int) -> None:
        """Put a network of the scene on the stage, trained for ``iterations`` iterations."""
        made = self._bench.made(name)
        self.document.begin(made.network.design)
        self.player.load(self.document.network, self.document.dataset, made.theta)
        if iterations:
            self.player.ask(lambda worker: worker.training_run.train(iterations))

    def change(self, name: str, *, quietly: bool = False) -> None:
        """Replace the present network by another one of the scene, as one of its buttons does.

        ``quietly``: no notification says what it changed, only what is wrong.
        """
        start = self._bench.starts[name]
        running = self.player.running
        made = self._bench.made(name)
        self.document.edit(made.network.design, start.label or name)
        if not (isinstance(start, SceneChange) and start.keep_weights):
            self.player.load(self.document.network, self.document.dataset, made.theta)
        if running:
            self.player.run()
        if quietly:
            self.notice.over("data")

    def subject(self) -> Subject:
        """Return the network with its newest parameters; the buttons stay."""
        subject = self._scene.subject
        assert isinstance(subject, Networks)
        self.player.requests.cancel()
        self.player.settle()
        newest, first = self.player.newest, subject.networks[0]
        theta = None if newest is None else tuple(float(value) for value in newest.theta)
        now = Start(name=first.name, label=first.label, design=self.document.network.design, theta=theta)
        return replace(subject, networks=(now, *subject.networks[1:]))

    # -- playing ----------------------------------------------------------------------------------

    def play(self) -> None:
        """Start or pause."""
        self.session.toggle_run()

    def step(self, *, ahead: bool) -> None:
        """Make a step of the chosen size, or undo one."""
        self.actions_["step" if ahead else "back"].trigger()

    def show_views(self, views: Collection[ViewId]) -> None:
        """Show only these of the scene's views, without those that reveal what is still to be guessed."""
        self._shown = frozenset(views)
        self._show_seen()

    def tell(self, told: Sequence[AnyQuantity]) -> None:
        """Uncover these numbers of the pass where the others are still hidden."""
        self._answered = frozenset(
            number for one in told for number in _numbers_of_pass(one, self.document.network)
        )

    def ask(self, asked: Sequence[AnyQuantity], now: Sequence[AnyQuantity] | None = None) -> None:
        """Hide the places where these numbers are shown."""
        self._asked = tuple(asked)
        told = self._told = _telling(self, self._asked)
        hidden = [
            views
            for one, tells in zip(asked, told, strict=True)
            for kinds, views in HIDDEN.items()
            if isinstance(one, kinds) and tells
        ]
        of_pass = any(
            tells and isinstance(one, OF_PASS) and getattr(one, "what", "") not in OF_UPDATE
            for one, tells in zip(asked, told, strict=True)
        )
        counters = any(tells and isinstance(one, OF_RUN) for one, tells in zip(asked, told, strict=True))
        self._hide(of_pass, set().union(*hidden), counters=counters)

    def _veil_again(self) -> None:
        """Hide or show the numbers asked for, when the pass has gone further."""
        if _telling(self, self._asked) != self._told:
            self.ask(self._asked)

    def show_veil(self, veiled: bool) -> None:
        """Hide the numbers of the pass, and all views that show them."""
        self._asked, self._told = (), []
        self._hide(veiled, set().union(*HIDDEN.values()) if veiled else set(), counters=veiled)

    def _hide(self, of_pass: bool, hidden: set[ViewId], *, counters: bool) -> None:
        self.views.show_veil(of_pass, self._answered)
        chosen = next(name for name in EDGES if self.actions_[f"edges_{name}"].isChecked())
        self.views.set_edge_numbers("weights" if of_pass else chosen)
        self._hidden = frozenset(hidden)
        self._counts_hidden = counters
        self.views.hide_scores(counters)
        self._show_seen()

    def _show_seen(self) -> None:
        seen = self._shown - self._hidden
        told = not in_hall() or ViewId.COUNTERS in seen
        self.counters.setVisible(told and not self._counts_hidden)
        self.arrangement.show_views(seen)
        self.timeline.setVisible(ViewId.TIMELINE in seen)
        self.session.show_again()

    def show_settings(self, on: bool) -> None:
        """Show or hide the panels for changing data, training and layers."""
        if self.settings is None and on:
            self.settings = SettingsPanel(self.views)
            self.settings.show_theme(self._theme)
            beside = self._across.layout()
            assert isinstance(beside, QHBoxLayout)
            beside.insertWidget(0, self.settings)
        if self.settings is not None:
            self.settings.setVisible(on)

    def show_spotlight(self, layer: int | None) -> None:
        """Dim all layers of the network except one; None: none."""
        self.views.show_spotlight(layer)

    @property
    def layers(self) -> int:
        """The number of layers of the network, including the input."""
        return len(self.document.network.n)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        for part in (self.actions_, self.transport, self.counters, self.timeline, self.notice):
            part.show_theme(shown)
        if self.settings is not None:
            self.settings.show_theme(shown)
        self.counters.show_few(in_hall())
        hide_in_hall(self.transport)  # the keys, the bar below and the menu do the same
        self.arrangement.show_theme(shown)
        self._show_seen()
        self.views.show_theme(shown)
        self.session.show_again()  # in the present number of digits

    def close_stage(self) -> None:
        """End the training thread."""
        self.player.close()


def _numbers_of_pass(quantity: AnyQuantity, network: Network) -> Iterator[ComputedNumber]:
    """Yield the numbers of a pass that a quantity is; z of a linear neuron is its a too."""
    if isinstance(quantity, NeuronNumber) and quantity.what in ("z", "a"):
        l = len(network.layers) if quantity.layer is None else quantity.layer
        yield ComputedNumber("a" if quantity.what == "a" else "z", l, quantity.neuron)
        if network.design.dense[l - 1].activations[quantity.neuron] == "linear":
            yield ComputedNumber("a", l, quantity.neuron)
    if isinstance(quantity, EdgeNumber):
        if quantity.what in ("delta", "error"):
            yield ComputedNumber("delta", quantity.layer, quantity.neuron)
        elif quantity.what == "gradient":
            yield ComputedNumber("gradient", quantity.layer, quantity.neuron, quantity.source)
        elif quantity.what == "a" and quantity.layer > 1:
            yield ComputedNumber("a", quantity.layer - 1, quantity.source)


def _telling(stage: NetworkStage, asked: Sequence[AnyQuantity]) -> list[bool]:
    """Return for each number whether a stage would tell it by now: some are told by a later pass."""
    x, sample = stage.document.dataset.x, stage.session.selection.sample
    return [_tells(one, stage.player.newest, x, sample) for one in asked]


def _tells(asked: AnyQuantity, newest: Checkpoint | None, x: Array, sample: Sample | None) -> bool:
    if isinstance(asked, PositionNumber):
        return newest is not None and newest.iteration >= asked.iterations
    if not isinstance(asked, (NeuronNumber, EdgeNumber)):
        return True
    values = None if newest is None else newest.values
    if sample is not None:
        if isinstance(sample, int) and sample < x.shape[1] and x[:, sample].tolist() != list(asked.x):
            return False
        if values is None:  # the whole pass of a sample that is chosen is shown
            return True
    late = isinstance(asked, EdgeNumber) and asked.what in OF_GRADIENT + OF_UPDATE
    return values is not None and (not late or values.delta is not None)
