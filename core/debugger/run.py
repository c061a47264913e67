"""A training run that can be stepped through forwards and backwards.

A place in the past is only looked at; the run itself is changed by `Run.resume` and `Run.edit`,
and a `SavedRun` can be taken up again after either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ..arrays import Array
from ..nn.batches import Origin
from ..nn.curves import Recorder
from ..nn.network import Network
from ..nn.trainer import Checkpoint, Diverged, Phase, Snapshot, Trainer
from .checkpoints import Cancelled, CheckpointCache, History, Stretch, Watch, seek, unwatched
from .steps import LoopStage, PassStep, Steps, StepSize, revealed

MOST_REPLAYERS = 2


class RunPosition(NamedTuple):
    """A moment of a run: pass number ``iteration`` (from 0), after ``k`` of its steps.

    The end of one pass and the beginning of the next are two places: there the next sample is chosen.
    """

    iteration: int
    k: int


class Navigator:
    """Shows any place of a run, as it was; of what is ahead of the run, as it will be.

    ``replayer`` is a trainer of the recorded network and data that nobody else uses; where other settings
    held, others are made. ``watch`` is told of what has to be computed again, and can end that by raising
    `Cancelled`.
    """

    def __init__(self, replayer: Trainer, history: History, watch: Watch = unwatched) -> None:
        self.history, self.watch = history, watch
        self.replayers = [replayer]
        self._near = CheckpointCache()
        self.steps = Steps(replayer.network)
        self._known: tuple[int, int, float] | None = None

    def replayer(self, iteration: int) -> Trainer:
        """Return a trainer with the settings of pass number ``iteration``; the two last used are kept."""
        stretch = self.history.stretch(iteration)
        known = next((replayer for replayer in self.replayers if _trains(replayer, stretch)), None)
        replayer = known or Trainer(stretch.network, self.replayers[0].dataset, origin=stretch.origin)
        self.replayers = [replayer, *(other for other in self.replayers if other is not replayer)][
            :MOST_REPLAYERS
        ]
        return replayer

    def ends(self, iteration: int) -> tuple[Snapshot, Snapshot]:
        """Return the snapshots before and after pass number ``iteration``.

        Raises Diverged, and what ``watch`` raises; the pass last shown is then still known.
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
        """Return the snapshot there; what is not computed yet is NaN (see `revealed`). Raises Diverged."""
        return revealed(self.steps, *self.ends(place.iteration), place.k)

    def _left_in_epoch(self, p: int) -> int:
        """Return how many passes complete the epoch of pass p, with p."""
        replayer = self.replayer(p)
        return replayer.batches - (p - replayer.origin.iteration) % replayer.batches

    def place_of(self, snapshot: Snapshot) -> RunPosition:
        """Return where a trainer's snapshot stands."""
        return RunPosition(snapshot.pass_number, self.steps.after(snapshot.phase))

    def next(self, place: RunPosition, grain: StepSize) -> RunPosition:
        """Return where one step of ``grain`` leads."""
        t, k, end = *place, self.steps.count
        if grain is StepSize.EPOCH:
            begun = t + (k == end)
            return RunPosition(begun + self._left_in_epoch(begun) - 1, end)
        if grain is StepSize.ITERATION:
            return RunPosition(t + (k == end), end)
        return RunPosition(t + 1, 0) if k == end else RunPosition(t, self.steps.next(k, grain))

    def previous(self, place: RunPosition, grain: StepSize) -> RunPosition:
        """Return where one step of ``grain`` back leads; the first place of the run leads to itself."""
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


# -- A run one can go through in time. It trains on, and shows any place of what was and -----------------

KEPT_BYTES = 4 << 20
ROW_BYTES = 256  # of a row of the curves


@dataclass(frozen=True)
class RunRecord:
    """What is recorded of a run: its curves, its history, and the place in it that is looked at."""

    recorder: Recorder
    history: History
    place: RunPosition | None


@dataclass(frozen=True)
class SavedRun:
    """A run as it stood, to be taken up again; nobody changes it. Its history is thinned.

    ``stretch`` holds the network it trained last. Without ``record`` it is only the moment it had come
    to, as a file holds it.
    """

    moment: Checkpoint
    stretch: Stretch
    learning_rate: float
    record: RunRecord | None

    @property
    def bytes(self) -> int:
        """How much memory it takes, about."""
        theta = 3 * self.moment.theta.nbytes + self.moment.memory.nbytes
        if self.record is None:
            return theta
        curves = self.record.recorder.curves()
        return theta + self.record.history.bytes + curves.losses.nbytes + ROW_BYTES * len(curves.records)


@dataclass(frozen=True)
class RunStatus:
    """Which place of a run is looked at.

    After ``iteration`` updates; ``first`` … ``newest`` can be sought. ``behind``: it is in the past.
    ``inside``: in the middle of a pass. ``last`` is the step that led there, ``coming`` the next one;
    None: nothing is computed yet. The history keeps ``bytes`` of at most ``limit_bytes``, a moment every
    ``stride`` iterations; ``thinned``: those were more once.
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
        """The number of the iteration that was begun last, counted from 1; 0: none was."""
        return self.iteration + self.inside


class Run:
    """The run of a trainer, all of it recorded, and the place looked at.

    ``place`` None is the newest moment: where the trainer stands. Else it lies in the past, or inside
    the pass the trainer makes next. Going where the run has not come yet is training: of more than one
    iteration `step` leaves it to `train`, and returns how many are missing. Whatever looks at a place
    may have to compute what lies before it again: ``watch`` is told how far that is (see
    `history.retrace`), and may raise Cancelled.
    """

    def __init__(self, trainer: Trainer, watch: Watch = unwatched) -> None:
        self.trainer, self.history, self.watch = trainer, History(), watch
        self.place: RunPosition | None = None
        self._navigator: Navigator | None = None
        self.history.record_edit(trainer)

    @property
    def navigator(self) -> Navigator:
        """Goes through this run both ways; its replayer is made when first wanted."""
        if self._navigator is None or self._navigator.history is not self.history:
            known = self._navigator.replayers[0] if self._navigator else None
            replayer = known or Trainer(
                self.trainer.network, self.trainer.dataset, origin=self.trainer.origin
            )
            self._navigator = Navigator(replayer, self.history, self.watch)
        return self._navigator

    @property
    def behind(self) -> bool:
        """Whether the place looked at lies in the past."""
        return self.place is not None and self.place.iteration < self.trainer.iteration

    @property
    def present(self) -> RunPosition:
        """The place looked at."""
        return self._newest if self.place is None else self.place

    @property
    def _newest(self) -> RunPosition:
        trainer = self.trainer
        done = trainer.phase is Phase.UPDATE
        return RunPosition(trainer.iteration - done, self.navigator.steps.after(trainer.phase))

    def snapshot(self) -> Snapshot:
        """Return what is to be seen at the place looked at.

        Raises Diverged or Cancelled, and is then back at the newest moment.
        """
        if self.place is None:
            return self.trainer.snapshot()
        try:
            return self.navigator.show(self.place)
        except (Diverged, Cancelled):
            self.place = None
            raise

    def where(self) -> RunStatus:
        """Return which place is looked at."""
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

    # -- going ------------------------------------------------------------------------------------

    def train(self, iterations: int) -> None:
        """Train on from the newest moment; 0 iterations lead nowhere. Raises Diverged."""
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
        """Go one step ahead; return how many iterations are to be trained for that. Raises Diverged."""
        unseen = self.place is None and self.trainer.phase is Phase.START
        if unseen and grain < StepSize.ITERATION:
            return self._look(RunPosition(self.trainer.iteration, 0))
        return self._look(self.navigator.next(self.present, grain))

    def back(self, grain: StepSize) -> None:
        """Go one step back; the beginning of the run leads to itself. Raises Diverged."""
        self._look(self.navigator.previous(self.present, grain))

    def enter(self, stage: LoopStage) -> None:
        """Go ahead until ``stage`` is done, in this pass or the next. Raises Diverged."""
        t, k = self.present
        steps, goal = self.navigator.steps, 0
        for _ in range(stage):
            goal = steps.next(goal, StepSize.PASS)
        unseen = self.place is None and self.trainer.phase is Phase.START
        self._look(RunPosition(t + (goal <= k and not unseen), goal))

    def seek(self, iteration: int) -> None:
        """Look at the moment after ``iteration`` updates, or the nearest recorded. Raises as `snapshot`."""
        first, newest = self.history.span[0], self.trainer.iteration
        t = min(max(iteration, first), newest)
        if t == newest:
            self.place = None
        elif t == first or self.history.by_hand(t):
            self._look(RunPosition(t, 0))
        else:
            self._look(RunPosition(t - 1, self.navigator.steps.count))

    def _look(self, place: RunPosition) -> int:
        """Look at a place, and train for it if it is near; return what else is to be trained first."""
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
        """Let the run go on from the place looked at, bit for bit as then; forget what came after it."""
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
        """Go on from the place looked at with other parameters; the pass there is made with them.

        In the middle of an update it is the parameters before the update that change. Raises Diverged.
        """
        self.resume()
        place = self.edited
        self.trainer.edit(theta)
        self.history.record_edit(self.trainer)
        self.place = None
        self._look(place)

    @property
    def edited(self) -> RunPosition:
        """What an edit makes one look at: inside a pass the same place, else the next forward pass."""
        t, k = self.present
        steps = self.navigator.steps
        if k == steps.count:
            return RunPosition(t + 1, steps.after(Phase.FORWARD))
        if self.place is None:
            return RunPosition(t, max(k, steps.after(Phase.FORWARD)))
        return RunPosition(t, min(k, steps.after(Phase.BACKWARD)))

    def restart(self) -> None:
        """Begin again from the first weights; the record begins anew."""
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
        """Go on from the newest moment with other settings of training; the record goes on too.

        ``network`` has the layers and the loss of the present one. The optimizer keeps its memory where
        it is the same optimizer, else it begins with an empty one. Batches of another size begin another
        epoch.
        """
        old = self.trainer
        trainer = Trainer(network, old.dataset, origin=_origin(old, network))
        trainer.go_on_from(old)
        if self.place is not None and not self.behind:
            self.place = None
        self.trainer = trainer
        self.history.record_edit(trainer)
        trainer.recorder.marks = self.history.marks

    def _trainer_of(self, stretch: Stretch) -> Trainer:
        """Return the present trainer, or one of another stretch of the run, with the same curves."""
        old = self.trainer
        if stretch.network is not old.network or stretch.origin != old.origin:
            old.curves()
            self.trainer = Trainer(stretch.network, old.dataset, origin=stretch.origin)
            recorder = old.recorder.copied()
            recorder.go_on(self.trainer.batches, stretch.origin)
            self.trainer.recorder = recorder
        return self.trainer

    def kept(self) -> SavedRun:
        """Return the run as it stands."""
        trainer = self.trainer
        trainer.curves()  # the losses of the last iterations are kept with the others
        history = self.history.branch(self.history.span[1], KEPT_BYTES)
        record = RunRecord(trainer.recorder.copied(), history, self.place)
        stretch = self.history.stretch(trainer.iteration)
        return SavedRun(trainer.moment(), stretch, trainer.learning_rate.value, record)

    def take_up(self, kept: SavedRun) -> None:
        """Put a kept run of these layers and data in place of the present one."""
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


def _origin(old: Trainer, network: Network) -> Origin:
    """Return from where another network's settings count in the run of a trainer, from here on."""
    training, before, t, origin = (
        network.design.training,
        old.network.design.training,
        old.iteration,
        old.origin,
    )
    samples = old.dataset.train.size
    same_batches = training.size_of_batch(samples) == before.size_of_batch(samples)
    done = origin.epochs + (t - origin.iteration) // old.batches
    iteration, epochs = (origin.iteration, origin.epochs) if same_batches else (t, done)
    same_optimizer = type(training.optimizer) is type(before.optimizer)
    return Origin(iteration, epochs, origin.optimizer if same_optimizer else t)
