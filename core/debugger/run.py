"""A training run that can be stepped through forwards and backwards.

Positions in the past are only shown; `Run.resume` and `Run.edit` change the run itself, and a `SavedRun`
restores it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from ..arrays import Array
from ..nn.batches import Origin
from ..nn.curves import Curves, Recorder
from ..nn.network import Network
from ..nn.run_outline import RunOutline, Stretch
from ..nn.trainer import Checkpoint, Diverged, Phase, Snapshot, Trainer
from .checkpoints import Cancelled, CheckpointCache, History, Watch, seek, unwatched
from .steps import LoopStage, PassStep, Steps, StepSize, revealed

MOST_REPLAYERS = 2


class RunPosition(NamedTuple):
    """A position in a run: pass number ``iteration`` (from 0), after ``k`` of its steps.

    The end of a pass and the beginning of the next one differ: at the latter, the next sample is chosen.
    """

    iteration: int
    k: int


class Navigator:
    """Computes the snapshot at any position of a run, in the past or ahead.

    ``replayer`` is a trainer of the recorded network and dataset that is used by nobody else; for parts of
    the run with other settings, others are created. ``watch`` is called while iterations are recomputed and
    may raise `Cancelled`.
    """

    def __init__(self, replayer: Trainer, history: History, watch: Watch = unwatched) -> None:
        self.history, self.watch = history, watch
        self.replayers = [replayer]
        self._near = CheckpointCache()
        self.steps = Steps(replayer.network)
        self._known: tuple[int, int, float] | None = None

    def replayer(self, iteration: int) -> Trainer:
        """Return a trainer with the settings of pass number ``iteration``; the last two are cached."""
        stretch = self.history.stretch(iteration)
        known = next((replayer for replayer in self.replayers if _trains(replayer, stretch)), None)
        replayer = known or Trainer(stretch.network, self.replayers[0].dataset, origin=stretch.origin)
        self.replayers = [replayer, *(other for other in self.replayers if other is not replayer)][
            :MOST_REPLAYERS
        ]
        return replayer

    def ends(self, iteration: int) -> tuple[Snapshot, Snapshot]:
        """Return the snapshots before and after pass number ``iteration``.

        Raises Diverged, and what ``watch`` raises; the pass last shown then stays cached.
        """
        wanted = iteration, self.history.version, self.history.learning_rate(iteration)
        if self._known != wanted:
            replayer = self.replayer(iteration)
            start = seek(replayer, self.history, iteration, self._near, self.watch)
            replayer.advance(Phase.UPDATE)
            self._ends = start, replayer.snapshot()
            self._known = wanted
        return self._ends

    def show(self, place: RunPosition) -> Snapshot:
        """Return the snapshot at a position; what is not computed yet is NaN (see `revealed`).

        Raises Diverged, and what ``watch`` raises.
        """
        return revealed(self.steps, *self.ends(place.iteration), place.k)

    def _left_in_epoch(self, p: int) -> int:
        """Return the number of passes to the end of the epoch of pass p, including p."""
        replayer = self.replayer(p)
        return replayer.batches - (p - replayer.origin.iteration) % replayer.batches

    def place_of(self, snapshot: Snapshot) -> RunPosition:
        """Return the position of a trainer's snapshot."""
        return RunPosition(snapshot.pass_number, self.steps.after(snapshot.phase))

    def next(self, place: RunPosition, grain: StepSize) -> RunPosition:
        """Return the position one step of size ``grain`` ahead."""
        t, k, end = *place, self.steps.count
        if grain is StepSize.EPOCH:
            begun = t + (k == end)
            return RunPosition(begun + self._left_in_epoch(begun) - 1, end)
        if grain is StepSize.ITERATION:
            return RunPosition(t + (k == end), end)
        return RunPosition(t + 1, 0) if k == end else RunPosition(t, self.steps.next(k, grain))

    def previous(self, place: RunPosition, grain: StepSize) -> RunPosition:
        """Return the position one step of size ``grain`` back; at the first position, the position itself."""
        t, k, end = *place, self.steps.count
        if grain is StepSize.EPOCH:
            batches = self.replayer(t).batches
            back = RunPosition(t - batches + self._left_in_epoch(t) - 1, end)
        elif grain is StepSize.ITERATION or k == 0:
            back = RunPosition(t - 1, end)
        else:
            back = RunPosition(t, self.steps.previous(k, grain))
        return max(RunPosition(self.history.span[0], 0), back)


def _trains(trainer: Trainer, stretch: Stretch) -> bool:
    return trainer.network is stretch.network and trainer.origin == stretch.origin


# -- the record of a run -------------------------------------------------------------------------

KEPT_BYTES = 4 << 20
ROW_BYTES = 256  # of a record of the curves


@dataclass(frozen=True)
class RunRecord:
    """The record of a run: its curves, its history, and the position shown."""

    recorder: Recorder
    history: History
    place: RunPosition | None


@dataclass(frozen=True)
class SavedRun:
    """A run that can be restored, as an immutable value with a thinned history.

    ``stretch`` holds its latest network and settings. Without ``record``, as in a file, only its latest state
    is known.
    """

    moment: Checkpoint
    stretch: Stretch
    learning_rate: float
    record: RunRecord | None

    @property
    def bytes(self) -> int:
        """The approximate memory it takes, in bytes."""
        theta = 3 * self.moment.theta.nbytes + self.moment.memory.nbytes
        if self.record is None:
            return theta
        curves = self.record.recorder.curves()
        return theta + self.record.history.bytes + curves.losses.nbytes + ROW_BYTES * len(curves.records)


@dataclass(frozen=True)
class RunStatus:
    """The position shown of a run.

    It lies after ``iteration`` updates; ``first`` … ``newest`` can be sought. ``behind``: it is in the past.
    ``inside``: it is inside a pass. ``last`` is the step that led there (None: nothing is computed yet),
    ``coming`` the next one. The history has a checkpoint every ``stride`` iterations and takes ``bytes`` of
    at most ``limit_bytes``; ``thinned``: some were dropped to stay within the limit.
    """

    iteration: int
    first: int
    newest: int
    behind: bool
    inside: bool
    last: PassStep | None
    coming: PassStep
    stride: int
    bytes: int
    limit_bytes: int
    thinned: bool

    @property
    def begun(self) -> int:
        """The number of the iteration begun last, counted from 1; 0 if none was."""
        return self.iteration + self.inside


class Run:
    """The recorded run of a trainer, and the position shown.

    If ``place`` is None, the newest state is shown: that of the trainer. Otherwise the position lies in the
    past, or inside the trainer's next pass. Going ahead of the newest state means training: if a step needs
    more than one iteration, `step` returns the number of missing iterations, to be made by `train`. Showing a
    position may require recomputing iterations: ``watch`` is called meanwhile (see `checkpoints.retrace`) and
    may raise Cancelled.
    """

    def __init__(self, trainer: Trainer, watch: Watch = unwatched) -> None:
        self.trainer, self.history, self.watch = trainer, History(), watch
        self.place: RunPosition | None = None
        self._navigator: Navigator | None = None
        self.history.record_edit(trainer)

    @property
    def navigator(self) -> Navigator:
        """The navigator of this run; its replayer is created on first use."""
        if self._navigator is None or self._navigator.history is not self.history:
            known = self._navigator.replayers[0] if self._navigator else None
            replayer = known or Trainer(
                self.trainer.network, self.trainer.dataset, origin=self.trainer.origin
            )
            self._navigator = Navigator(replayer, self.history, self.watch)
        return self._navigator

    @property
    def behind(self) -> bool:
        """Whether the position shown lies in the past."""
        return self.place is not None and self.place.iteration < self.trainer.iteration

    @property
    def present(self) -> RunPosition:
        """The position shown."""
        return self._newest if self.place is None else self.place

    @property
    def _newest(self) -> RunPosition:
        trainer = self.trainer
        done = trainer.phase is Phase.UPDATE
        return RunPosition(trainer.iteration - done, self.navigator.steps.after(trainer.phase))

    def snapshot(self, *, scored: bool = True) -> Snapshot:
        """Return the snapshot at the position shown; if it is the newest, without scores if not ``scored``.

        Raises Diverged or Cancelled, and then shows the newest state.
        """
        if self.place is None:
            return self.trainer.snapshot(scored=scored)
        try:
            return self.navigator.show(self.place)
        except (Diverged, Cancelled):
            self.place = None
            raise

    def where(self) -> RunStatus:
        """Return a description of the position shown."""
        place, steps, history = self.present, self.navigator.steps, self.history
        started = self.place is not None or self.trainer.phase is not Phase.START
        return RunStatus(
            iteration=place.iteration + (place.k == steps.count),
            first=history.span[0],
            newest=self.trainer.iteration,
            behind=self.behind,
            inside=started and place.k < steps.count,
            last=steps.last(place.k) if started else None,
            coming=steps.coming(place.k),
            stride=history.stride,
            bytes=history.bytes,
            limit_bytes=history.limit_bytes,
            thinned=history.thinned,
        )

    # -- moving -------------------------------------------------------------------------------------

    def train(self, iterations: int) -> None:
        """Train on from the newest state; 0 is a no-op. Raises Diverged."""
        if not iterations:
            return
        self.place = None
        goal = self.trainer.iteration + iterations
        try:
            while (t := self.trainer.iteration) < goal:
                self.trainer.run(min(goal, self.history.next_due(t)) - t)
                self.history.record(self.trainer)
        finally:
            self.history.record(self.trainer)

    def step(self, grain: StepSize) -> int:
        """Go one step ahead; return the number of iterations to be trained first. Raises Diverged."""
        unseen = self.place is None and self.trainer.phase is Phase.START
        if unseen and grain < StepSize.ITERATION:
            return self._look(RunPosition(self.trainer.iteration, 0))
        return self._look(self.navigator.next(self.present, grain))

    def back(self, grain: StepSize) -> None:
        """Go one step back, at most to the beginning of the run. Raises Diverged."""
        self._look(self.navigator.previous(self.present, grain))

    def enter(self, stage: LoopStage) -> None:
        """Go ahead until ``stage`` is complete, in this pass or the next. Raises Diverged."""
        t, k = self.present
        steps, goal = self.navigator.steps, 0
        for _ in range(stage):
            goal = steps.next(goal, StepSize.PASS)
        unseen = self.place is None and self.trainer.phase is Phase.START
        self._look(RunPosition(t + (goal <= k and not unseen), goal))

    def seek(self, iteration: int) -> None:
        """Show the state after ``iteration`` updates, or the nearest recorded. Raises as `snapshot`."""
        first, newest = self.history.span[0], self.trainer.iteration
        t = min(max(iteration, first), newest)
        if t == newest:
            self.place = None
        elif t == first or self.history.by_hand(t):
            self._look(RunPosition(t, 0))
        else:
            self._look(RunPosition(t - 1, self.navigator.steps.count))

    def _look(self, place: RunPosition) -> int:
        """Show a position, training at most one iteration; return the number of iterations still missing."""
        ended = place.k == self.navigator.steps.count
        missing = place.iteration + ended - self.trainer.iteration
        if missing > 1:
            return missing
        if missing == 1:
            self.train(1)
        self.navigator.ends(place.iteration)
        at_newest = self.trainer.phase is not Phase.START and place == self._newest
        self.place = None if at_newest else place
        return 0

    # -- changing ---------------------------------------------------------------------------------

    def resume(self) -> None:
        """Continue the run from the position shown, bit-identical; discard everything after it."""
        if not self.behind or self.place is None:
            return
        place = self.place
        ended = place.k == self.navigator.steps.count
        moment = self.navigator.ends(place.iteration)[ended]
        undoes_edit = ended and self.history.by_hand(moment.iteration)
        trainer = self._trainer_of(self.history.stretch(place.iteration))
        trainer.restore(moment)
        trainer.learning_rate.value = self.history.learning_rate(moment.iteration)
        if undoes_edit:
            self.history.record_edit(trainer)
        else:
            self.history.record(trainer)
        trainer.recorder.marks = self.history.marks
        self.place = None if ended else place

    def edit(self, theta: Array) -> None:
        """Continue from the position shown with other parameters; a pass in progress is recomputed.

        In the middle of an update, the parameters before the update are replaced. Raises Diverged.
        """
        self.resume()
        place = self.edited
        self.trainer.edit(theta)
        self.history.record_edit(self.trainer)
        self.place = None
        self._look(place)

    @property
    def edited(self) -> RunPosition:
        """The position shown after an edit: inside a pass the same, else the end of the next forward pass."""
        t, k = self.present
        steps = self.navigator.steps
        if k == steps.count:
            return RunPosition(t + 1, steps.after(Phase.FORWARD))
        if self.place is None:
            return RunPosition(t, max(k, steps.after(Phase.FORWARD)))
        return RunPosition(t, min(k, steps.after(Phase.BACKWARD)))

    def restart(self) -> None:
        """Restart with the initial weights and an empty record."""
        old = self.trainer
        if old.origin != Origin():
            self.trainer = Trainer(old.network, old.dataset)
            self.trainer.learning_rate.value = old.learning_rate.value
        else:
            old.restart()
        self.place = None
        self.history.record_edit(self.trainer)
        self.trainer.recorder.marks = self.history.marks

    def set_learning_rate(self, value: float) -> None:
        """Change η from the next update on."""
        self.trainer.learning_rate.value = value
        self.history.record(self.trainer)

    def set_training(self, network: Network) -> None:
        """Continue from the newest state with other training settings; the record continues too.

        ``network`` has the same layers and loss as the present one. The optimizer's memory is kept if the
        optimizer is of the same kind, else cleared. With batches of another size or order, a new
        epoch begins.
        """
        self._go_on(network, _origin(self.trainer, network))

    def begin_at(self, network: Network) -> None:
        """Continue as by `set_training`, with a new epoch in any case: the first sample comes next."""
        origin = _origin(self.trainer, network)
        self._go_on(network, replace(origin, iteration=self.trainer.iteration, epochs=_epochs(self.trainer)))

    def _go_on(self, network: Network, origin: Origin) -> None:
        old = self.trainer
        trainer = Trainer(network, old.dataset, origin=origin)
        trainer.go_on_from(old)
        if self.place is not None and not self.behind:
            self.place = None
        self.trainer = trainer
        self.history.record_edit(trainer)
        trainer.recorder.marks = self.history.marks

    def _trainer_of(self, stretch: Stretch) -> Trainer:
        """Return the present trainer, or one for another stretch of the run with the same curves."""
        old = self.trainer
        if stretch.network is not old.network or stretch.origin != old.origin:
            old.curves()
            self.trainer = Trainer(stretch.network, old.dataset, origin=stretch.origin)
            recorder = old.recorder.copied()
            recorder.go_on(self.trainer.batches, stretch.origin)
            self.trainer.recorder = recorder
        return self.trainer

    def remember(self, curves: Curves, past: RunOutline) -> None:
        """Take the curves of this run before its first state, and from what it can be computed again."""
        self.trainer.recorder.take_over(curves)
        self.history.remember(past)
        self.trainer.recorder.marks = self.history.marks

    def kept(self) -> SavedRun:
        """Return the present state of the run."""
        trainer = self.trainer
        trainer.curves()  # brings the recorder up to date
        history = self.history.branch(self.history.span[1], KEPT_BYTES)
        record = RunRecord(trainer.recorder.copied(), history, self.place)
        stretch = self.history.stretch(trainer.iteration)
        return SavedRun(trainer.moment(), stretch, trainer.learning_rate.value, record)

    def take_up(self, kept: SavedRun) -> None:
        """Replace the present run by a saved one with the same layers and data."""
        trainer, record = self._trainer_of(kept.stretch), kept.record
        trainer.restore(kept.moment)
        trainer.learning_rate.value = kept.learning_rate
        if record is None:
            trainer.recorder.cut(0)
            trainer.recorder.cut(trainer.iteration)
            self.history, self.place = History(self.history.limit_bytes), None
            self.history.record_edit(trainer)
            return
        trainer.recorder = record.recorder.copied()
        self.history = record.history.branch(record.history.span[1], self.history.limit_bytes)
        self.place = record.place


def _epochs(trainer: Trainer) -> int:
    """Return the number of complete epochs of a trainer."""
    return trainer.origin.epochs + (trainer.iteration - trainer.origin.iteration) // trainer.batches


def _origin(old: Trainer, network: Network) -> Origin:
    """Return the origin for training with ``network``'s settings from the present state of ``old`` on."""
    training, before, t, origin = (
        network.design.training,
        old.network.design.training,
        old.iteration,
        old.origin,
    )
    samples = old.dataset.train.size
    same_batches = training.size_of_batch(samples) == before.size_of_batch(samples) and all(
        getattr(training, name) == getattr(before, name) for name in ("order", "first_sample")
    )
    iteration, epochs = (origin.iteration, origin.epochs) if same_batches else (t, _epochs(old))
    same_optimizer = type(training.optimizer) is type(before.optimizer)
    return Origin(iteration, epochs, origin.optimizer if same_optimizer else t)
