"""The commands `train` and `check`, which need no Qt.

Results go to standard output, progress and errors to standard error.
"""

from __future__ import annotations

import json
import math
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Literal

from msgspec.structs import replace as changed

from core.analysis.activation_map import check_gradient
from core.analysis.gradient_check import no_derivative
from core.analysis.metrics import ALL, metrics_of, names_of
from core.analysis.sample_losses import SampleLosses, sample_losses
from core.arrays import Array
from core.data.datasets import Dataset, make_dataset
from core.data.encoding import encoded
from core.language import tr, translatable
from core.nn.curves import Score
from core.nn.design import DesignError, fitted
from core.nn.design_problems import problems
from core.nn.network import Network
from core.nn.trainer import Diverged, Snapshot, Trainer, trainer_at
from core.number_style import ratio_text, value_text
from core.project.files import DesignFile, check_save, find, read, write
from core.project.json_io import FileError, check_output
from gui.cli.data import TableOptions, on_table, understood, used
from gui.cli.printing import complain, log, rewrite, say
from gui.cli.train_torch import TorchOptions, batches_of, run_torch, with_large_table, write_script

DEFAULT_EPOCHS = 200
SLICE = 0.05  # seconds of training between checks of the progress and Ctrl-C
AGREES = 1e-6
CHECK_SAMPLES = 32


def train(
    name: str,
    *,
    epochs: int | None = None,
    iterations: int | None = None,
    seed: int | None = None,
    save: str | None = None,
    as_json: bool = False,
    table: TableOptions | None = None,
    order: str | None = None,
    torch: TorchOptions | None = None,
    force: bool = False,
) -> int:
    """Train the network of a file or an example, print the result, and return the exit code.

    Training continues from the weights in the file, if there are any, or starts from ``seed``. On another
    ``table`` it starts again, with output layer and loss fitted to its columns. ``order`` is that of
    the samples, "file" or "shuffled". With ``torch``, PyTorch trains, also on a table larger than the
    memory. With ``force``, existing files are replaced. Exit codes: 1 if training diverged, 130
    if it was interrupted; then the last finite state is saved.
    """
    path = find(name)
    _check_place(save, path, force)
    work = read(path)
    if work.remark:
        complain(work.remark)
    work, shards = start_anew(work, seed), None
    if order is not None:
        work = _in_order(work, order)
    if table is not None and torch is not None:
        work, shards = with_large_table(work, table)
    elif table is not None:
        work = _on_table(work, table, as_json)
    network, dataset = compiled(path, work)
    trainer = trainer_of(network, dataset, work)
    per_epoch = trainer.batches if shards is None or torch is None else batches_of(shards, trainer, torch)
    steps = (
        iterations if iterations is not None else per_epoch * (DEFAULT_EPOCHS if epochs is None else epochs)
    )
    start, clock = trainer.iteration, time.perf_counter()
    if torch is not None and torch.script is not None:
        write_script(trainer, steps, torch, shards, force)
        return 0
    if torch is not None:
        code = run_torch(trainer, steps, save, torch, shards)
        if code:
            return code
        trainer = trainer_of(network, dataset, read(str(save)))
    else:
        code = train_to(trainer, start + steps)
    seconds = time.perf_counter() - clock
    snapshot = trainer.snapshot()
    done = snapshot.iteration - start
    result = _result(snapshot, done // per_epoch, done, seconds)
    say(json.dumps(result) if as_json else _summary(work.design.title, snapshot, result))
    if save and torch is None:
        at = snapshot.theta, snapshot.memory, snapshot.iteration, snapshot.origin
        write(save, DesignFile(work.design, *at))
    return code


def _check_place(save: str | None, trained: Path, force: bool) -> None:
    """Raise FileError before training, rather than after it, if the result could not be saved at ``save``.

    An existing file is replaced if it is the one that is ``trained``, or if ``force`` is set.
    """
    if save is not None:
        place = Path(save)
        check_output(place)
        check_save(save)
        check_output(place, replace=force or (place.exists() and place.samefile(trained)))


def start_anew(work: DesignFile, seed: int | None) -> DesignFile:
    """Return the contents of a file with initial weights drawn from ``seed``; None: unchanged."""
    if seed is None:
        return work
    return DesignFile(changed(work.design, training=changed(work.design.training, seed=seed)))


def _in_order(work: DesignFile, order: str) -> DesignFile:
    """Return the contents of a file with the samples in another order; the weights are kept."""
    chosen: Literal["shuffled", "as in the table"] = "as in the table" if order == "file" else "shuffled"
    training = changed(work.design.training, order=chosen)
    return replace(work, design=changed(work.design, training=training))


def _on_table(work: DesignFile, options: TableOptions, as_json: bool) -> DesignFile:
    """Return a design with the data of a table, with untrained weights if its data were others before."""
    table = understood(options).table
    made = encoded(table)
    if made.dataset.problem:
        raise FileError(f"“{Path(options.file).name}”: {made.dataset.problem}")
    design = on_table(work.design, table)
    if problems(design, made.dataset):
        design = fitted(design, made.dataset)
    if not as_json:
        say(f"{Path(options.file).name}: {used(made)}")
    return work if design == work.design else DesignFile(changed(design, title=table.name))


def compiled(path: Path, work: DesignFile) -> tuple[Network, Dataset]:
    """Return the network and the data of a file. Raises FileError if the design is invalid."""
    dataset = make_dataset(work.design.data)
    try:
        return Network(work.design, dataset), dataset
    except DesignError as error:
        raise FileError(tr("“{name}” cannot be trained: {error}", name=path.name, error=error)) from None


def trainer_of(network: Network, dataset: Dataset, work: DesignFile) -> Trainer:
    """Return a trainer in the state that the file holds."""
    if work.theta is None:
        return Trainer(network, dataset)
    return trainer_at(network, dataset, work.theta, work.memory, work.iteration, work.origin)


def train_to(trainer: Trainer, goal: int) -> int:
    """Train up to iteration ``goal``, showing the progress; return the exit code."""
    progress, count = Progress(goal), 1
    with _interrupted() as stopped:
        while trainer.iteration < goal and not stopped:
            start = time.perf_counter()
            try:
                trainer.run(min(count, goal - trainer.iteration))
            except Diverged as error:
                progress.end()
                complain(str(error))
                return 1
            took = max(time.perf_counter() - start, 1e-6)
            count = max(1, int(count * min(2.0, SLICE / took)))
            progress.show(trainer)
    progress.end()
    if stopped:
        complain(
            tr("stopped at iteration {iteration:,} of {goal:,}.", iteration=trainer.iteration, goal=goal)
        )
        return 130
    return 0


@contextmanager
def _interrupted() -> Iterator[list[int]]:
    """Yield a list to which Ctrl-C adds, so that training ends between iterations; again: exit at once."""
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


class Progress:
    """One line showing the progress: rewritten ten times a second, or in a log one new line every second."""

    def __init__(self, goal: int) -> None:
        self._goal = goal
        self._line = sys.stderr.isatty()
        self._gap = 0.1 if self._line else 1.0
        self._next = time.perf_counter() + self._gap
        self._shown = False

    def show(self, trainer: Trainer) -> None:
        """Show the progress, if the last update is long enough ago."""
        if time.perf_counter() < self._next:
            return
        snapshot = trainer.snapshot()
        iteration, score = trainer.iteration, snapshot.train
        text = (
            f"epoch {snapshot.epochs_done:,}, iteration {iteration:,} of {self._goal:,}, "
            f"train {_words(score)}"
        )
        (rewrite if self._line else log)(text)
        self._shown = True
        self._next = time.perf_counter() + self._gap

    def end(self) -> None:
        """End the line."""
        if self._line and self._shown:
            log()


Result = dict[str, object]


def _result(snapshot: Snapshot, epochs: int, iterations: int, seconds: float) -> Result:
    train, test, dataset = snapshot.train, snapshot.test or Score(math.nan, None), snapshot.dataset
    found = sample_losses(snapshot.network, snapshot.theta, dataset)
    sets = {"train": dataset.train, "test": dataset.test}
    return {
        "epochs": epochs,
        "iterations": iterations,
        "train_loss": _finite(train.loss),
        "test_loss": _finite(test.loss),
        "train_accuracy": train.accuracy,
        "test_accuracy": test.accuracy,
        "seconds": round(seconds, 6),
        "metrics": {
            name: _metrics(dataset, found, samples) for name, samples in sets.items() if samples.size
        },
    }


def _metrics(dataset: Dataset, found: SampleLosses, samples: Array) -> dict[str, object]:
    """Return the metrics of a set by kind; means by name, others by class or target. Undefined: null."""
    names, metrics = names_of(dataset), dict[str, object]()
    for one in metrics_of(dataset, found, samples):
        if one.of == ALL:
            metrics[one.kind] = one.metric.value
            continue
        kind = metrics.setdefault(one.kind, {})
        assert isinstance(kind, dict)
        if isinstance(one.of, str):
            kind[one.of] = one.metric.value
        else:
            kind.setdefault("by_class" if dataset.class_names else "by_target", {})[names[one.of]] = (
                one.metric.value
            )
    return metrics


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _summary(title: str, snapshot: Snapshot, result: Result) -> str:
    epochs, iterations = result["epochs"], result["iterations"]
    done = tr(
        "{title}: {epochs}, {iterations} in {seconds:.2f} s.",
        title=title,
        epochs=tr("1 epoch") if epochs == 1 else tr("{count:,} epochs", count=epochs),
        iterations=tr("1 iteration") if iterations == 1 else tr("{count:,} iterations", count=iterations),
        seconds=result["seconds"],
    )
    lines = [done]
    if math.isfinite(snapshot.train.loss):
        lines.append(tr("Train {score}.", score=_words(snapshot.train)))
    if snapshot.test is not None and math.isfinite(snapshot.test.loss):
        lines.append(tr("Test {score}.", score=_words(snapshot.test)))
    return "\n".join(lines)


def _words(score: Score) -> str:
    loss = value_text(score.loss)
    if score.accuracy is not None:
        return tr("loss {loss}, accuracy {accuracy}", loss=loss, accuracy=ratio_text(score.accuracy))
    if score.r2 is not None:
        return tr("loss {loss}, R² {r2}", loss=loss, r2=value_text(score.r2))
    return tr("loss {loss}", loss=loss)


def check(name: str) -> int:
    """Compare backpropagation with central differences for a file or an example; return 0 if they agree.

    The weights are those in the file, or else the initial ones. With biases of 0 a ReLU may be at its kink,
    where it has no derivative: this is reported, and nothing is compared there.
    """
    path = find(name)
    work = read(path)
    network, dataset = compiled(path, work)
    if sentence := no_derivative(network):
        say(sentence)
        return 0
    seed = work.design.training.seed
    theta = network.initial(seed) if work.theta is None else work.theta
    samples = dataset.train[:CHECK_SAMPLES]
    found = check_gradient(network, theta, dataset.x[:, samples], dataset.targets(network.n[-1])[:, samples])
    agrees = found.error <= AGREES
    checked = tr(
        "{title}: {checked:,} of {parameters:,} parameters checked on {samples} samples.",
        title=work.design.title,
        checked=found.places.size,
        parameters=network.parameters,
        samples=samples.size,
    )
    verdict = (
        translatable(
            "Worst relative error {error}: backpropagation agrees with central differences (limit {limit})."
        )
        if agrees
        else translatable(
            "Worst relative error {error}: backpropagation does not agree with central differences "
            "(limit {limit})."
        )
    )
    say(f"{checked}\n{tr(verdict, error=value_text(found.error), limit=value_text(AGREES))}")
    if found.kinks:
        compared = found.places.size - len(found.kinks)
        say(
            tr(
                "At {kinks:,} of them J has a kink, such as ReLU at 0: the derivatives from left and "
                "right differ, which is no error. {compared:,} were compared.",
                kinks=len(found.kinks),
                compared=compared,
            )
        )
    return 0 if agrees else 1
