"""The stage of a comparison: one to three networks of a scene, trained in lock-step from one start."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from msgspec.structs import replace
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.debugger.lockstep import LockstepPosition
from core.language import tr
from core.lecture.evaluator import SceneEvaluator
from core.lecture.expected import AnyQuantity
from core.lecture.network_quantities import CountNumber, GradientRatio, NeuronNumber
from core.lecture.scene import InitialSelection, Scene
from core.lecture.subjects import Networks, Start, Subject
from core.lecture.view_ids import ViewId
from core.nn.design import DesignError
from gui.compare.lockstep_run import LockstepRun
from gui.compare.panel import ComparisonPanel
from gui.compare.toolbar import ComparisonToolbar
from gui.compare.variants import (
    Variant,
    redesigned,
    reseeded,
    same_but_for_rates,
    with_batch_size,
    with_training,
)
from gui.lecture.stages.base import SceneStage
from gui.selection import Selection
from gui.session.thread_channel import wait_until
from gui.theme.theme import LIGHT, Theme, in_hall
from gui.widgets.edit_history import EditHistory

BRISK = 40.0
"""Initial speed in beats per second if a beat is one tick; lower the more ticks it has."""


class ComparisonStage(SceneStage):
    """Networks that start alike and train together: by epochs, by updates, or only the first one.

    A step is an epoch or an update of all; each can be undone.
    """

    plays = steps = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run = LockstepRun(self)
        self.variants: tuple[Variant, ...] = ()
        self._starts: tuple[Start, ...] = ()
        self._theme, self._veiled = LIGHT, False
        self.history = EditHistory(self._put_back, self)
        self.panel: ComparisonPanel | None = None
        self.bar: ComparisonToolbar | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.run.shown.connect(self._show)
        self.run.running_changed.connect(self.running_changed)
        self.run.diverged.connect(self._tell_fault)

    # -- the scene ---------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Begin a scene: put its networks at their start."""
        subject = scene.subject
        assert isinstance(subject, Networks)
        self._scene, self._bench, self._together = scene, SceneEvaluator(subject), subject.together
        self._starts = subject.networks
        self.variants = tuple(self._variant(start) for start in subject.networks)
        self._build(scene)
        self._begin()
        self.history.begin(self._state())

    def _variant(self, start: Start) -> Variant:
        """Return a network with the initial weights of its scene."""
        made = self._bench.made(start.name)
        label = start.label or made.network.design.title
        return Variant(label, made.network, made.dataset, made.theta, start.iterations)

    def _build(self, scene: Scene) -> None:
        """Create the views of a scene."""
        for old in (self.bar, self.panel):
            if old is not None:
                self._column.removeWidget(old)
                old.hide()
                old.deleteLater()
        by_epoch = self._together == "epoch"
        self.bar = ComparisonToolbar(by_epoch=by_epoch)
        self.panel = ComparisonPanel(self.variants, scene.show, by_epoch=by_epoch, surface=scene.surface)
        self._column.addWidget(self.bar)
        self._column.addWidget(self.panel, 1)
        rates = {variant.design.training.learning_rate for variant in self.variants}
        if self.panel.plot is not None and len(rates) > 1:  # one may diverge
            self.panel.plot.logarithmic.setChecked(True)
        ticks = max(variant.updates for variant in self.variants) if by_epoch else 1
        self.bar.show_speed(BRISK / ticks**0.5)
        self.bar.start_requested.connect(self._begin)
        self.bar.weights_requested.connect(self._redraw)
        self.bar.speed_requested.connect(self._pace)
        self.panel.rate_changed.connect(self._set_rate)
        self.panel.size_changed.connect(self._set_size)
        self.panel.design_requested.connect(
            lambda k, design, removed: self._change(
                k, lambda one: redesigned(one, design, removed), tr("Change of a network")
            )
        )
        self.panel.refused.connect(lambda why: self.told.emit(why) if why else None)
        self.bar.show_theme(self._theme)
        self.bar.setVisible(not in_hall())
        self.panel.show_theme(self._theme, None)
        self.show_veil(self._veiled)

    def _begin(self) -> None:
        """Reset all networks to their start."""
        assert self.panel is not None
        self.run.begin(self.variants, self._together, (0,) if self._together is None else None)
        self.panel.show_variants(self.variants)
        self._pace()

    def subject(self) -> Subject:
        """Return the networks with their newest parameters; the buttons stay."""
        subject = self._scene.subject
        assert isinstance(subject, Networks)
        wait_until(lambda: not self.run.awaited, self.run.pull)
        assert self.run.standing is not None
        now = []
        for start, variant, at in zip(self._starts, self.variants, self.run.standing.snapshots, strict=True):
            design = with_training(variant.design, learning_rate=at.learning_rate)
            theta = tuple(float(value) for value in at.theta)
            now.append(Start(name=start.name, label=start.label, design=design, theta=theta))
        return replace(subject, networks=tuple(now))

    # -- changes -----------------------------------------------------------------------------------

    def change(self, name: str, *, quietly: bool = False) -> None:
        """Replace the first network by another one of the scene, as one of its buttons does."""
        start = self._bench.starts[name]
        self._starts = (start, *self._starts[1:])
        self.variants = (self._variant(start), *self.variants[1:])
        self._begin()
        self._note(start.label or name)
        self.told.emit(tr("{name} takes the place of the first network.").format(name=start.label or name))

    def _change(self, k: int, change: Callable[[Variant], Variant], text: str) -> None:
        """Replace the design of network k, and restart all; if it is invalid, show why."""
        try:
            variant = change(self.variants[k])
        except DesignError as error:
            self.told.emit(str(error))
            return
        self.variants = (*self.variants[:k], variant, *self.variants[k + 1 :])
        self._begin()
        self._note(text)
        self.told.emit(tr("{name}: all start again from the same weights.").format(name=variant.name))

    def _set_size(self, k: int, size: int) -> None:
        """Set the batch size of network k."""
        samples = self.variants[k].dataset.train.size
        self._change(
            k, lambda one: redesigned(one, with_batch_size(one.design, size, samples)), tr("Batch size")
        )

    def _redraw(self) -> None:
        """Draw other initial weights for all, from the next seed."""
        seed = 1 + max(variant.design.training.seed for variant in self.variants)
        self.variants = tuple(reseeded(variant, seed) for variant in self.variants)
        self._begin()
        self._note(tr("New weights"))
        self.told.emit(tr("All start from the weights of seed {seed}.").format(seed=seed))

    def _set_rate(self, k: int, value: float) -> None:
        """Change η of network k, beginning with its next update."""
        assert self.panel is not None
        design = with_training(self.variants[k].design, learning_rate=value)
        variant = redesigned(self.variants[k], design)
        self.variants = (*self.variants[:k], variant, *self.variants[k + 1 :])
        self.panel.views[k].card.show_variant(variant)
        self.run.set_learning_rate(k, value)
        self._note(tr("Learning rate η"))

    def undo_stack(self) -> QUndoStack:
        """Return the undo stack of the networks."""
        return self.history.stack

    def _state(self) -> tuple[tuple[Start, ...], tuple[Variant, ...]]:
        return self._starts, self.variants

    def _note(self, text: str) -> None:
        self.history.note(self._state(), text)

    def _put_back(self, state: tuple[tuple[Start, ...], tuple[Variant, ...]]) -> None:
        """Restore networks: from the next update on if only learning rates differ, else at their start."""
        assert self.panel is not None
        before, (self._starts, self.variants) = self.variants, state
        if not same_but_for_rates([one.design for one in before], [one.design for one in self.variants]):
            self._begin()
            return
        for k, variant in enumerate(self.variants):
            self.panel.views[k].card.show_variant(variant)
            self.run.set_learning_rate(k, variant.design.training.learning_rate)

    # -- playing -----------------------------------------------------------------------------------

    def play(self) -> None:
        """Start or pause."""
        self.run.toggle()

    def step(self, *, ahead: bool) -> None:
        """Make one epoch or update of all, or undo one."""
        self.run.step(ahead=ahead)

    def _pace(self) -> None:
        assert self.bar is not None
        self.run.set_speed(self.bar.per_second())

    def _show(self, standing: LockstepPosition) -> None:
        assert self.panel is not None
        self.panel.show_standing(standing, resting=not self.run.running)

    def _tell_fault(self, k: int, fault: str) -> None:
        self.told.emit(tr("{name}: {sentence}").format(name=self.variants[k].name, sentence=fault))

    def show_views(self, views: Collection[ViewId]) -> None:
        """Show only these of the scene's views."""
        if self.panel is not None:
            self.panel.show_views(views)

    # -- looks and end -----------------------------------------------------------------------------

    def ask(self, asked: Sequence[AnyQuantity], now: Sequence[AnyQuantity] | None = None) -> None:
        """Hide what is known at the start; what depends on training is not shown yet."""
        if self.panel is not None:
            self.panel.show_veil(any(isinstance(one, GradientRatio) for one in asked))
            self.panel.hide_counts(any(isinstance(one, CountNumber) for one in asked))
            here = [start.name for start in self._starts]
            veiled = any(isinstance(one, NeuronNumber) and (one.network or here[0]) in here for one in asked)
            for canvas in self.panel.canvases:
                canvas.show_veil(veiled)

    def look_at(self, look: InitialSelection) -> None:
        """Select a layer, neuron, edge or sample in all networks that have it."""
        if self.panel is not None:
            self.panel.show_selection(Selection(look.layer, look.neuron, look.source, look.sample))

    def advance(self, count: int) -> None:
        """Make ``count`` epochs or updates of all networks."""
        for _ in range(count):
            self.run.step(ahead=True)

    def show_veil(self, veiled: bool) -> None:
        """Hide boundaries, losses and paths behind question marks."""
        self._veiled = veiled
        if self.panel is not None:
            self.panel.show_veil(veiled)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        if self.panel is not None and self.bar is not None:
            self.bar.show_theme(shown)
            self.bar.setVisible(not in_hall())  # of no use to the audience
            self.panel.show_theme(shown, self.run.standing)

    def close_stage(self) -> None:
        """End the training thread."""
        self.run.close()
