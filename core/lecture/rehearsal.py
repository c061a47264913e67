"""A check that all initial numbers of a scene can be computed, made before it is shown."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..derivation.formulas import Curve
from ..graph.autodiff import by_backpropagation, forward
from ..language import tr, translatable
from ..nn.design import Problem
from ..nn.trainer import Diverged, Trainer
from .demos import Descent, loss_tables, softmax_table
from .evaluator import SceneEvaluator
from .loss_race import LineRace
from .subjects import (
    ActivationBench,
    Expression,
    LossBench,
    Networks,
    OneWeight,
    SoftmaxBench,
    Start,
    Subject,
    worked_out,
)

MOST_WORK = 1 << 33
CALLS = 20_000  # overhead of an update, in parameters times samples
POINTS = 101
TOO_LARGE = translatable("what is computed of this is no finite number: choose smaller numbers.")


def problems_on_stage(bench: SceneEvaluator) -> Iterator[Problem]:
    """Yield a problem for initial numbers that cannot be computed, at its place in the subject."""
    subject: Subject = bench.subject
    with np.errstate(all="ignore"):
        if isinstance(subject, Networks):
            for field, starts in (("networks", subject.networks), ("changes", subject.changes)):
                for k, start in enumerate(starts):
                    yield from _of_start(bench, start, f"{field}[{k}]")
        elif isinstance(subject, ActivationBench):
            yield from _of_curves(subject)
            for start in subject.starts:
                yield from _of_start(bench, start, "network")
        elif isinstance(subject, LossBench):
            yield from _of_losses(subject)
        elif isinstance(subject, SoftmaxBench):
            table = softmax_table(subject)
            yield from _unless(table.probabilities, "z")
        else:
            yield from _of_expression(bench, subject)


def _unless(numbers: object, where: str) -> Iterator[Problem]:
    """Yield a problem unless all numbers are finite."""
    if not np.isfinite(np.asarray(numbers, float)).all():
        yield Problem(where, TOO_LARGE)


def _of_start(bench: SceneEvaluator, start: Start, where: str) -> Iterator[Problem]:
    """Run the initial updates of a network and yield a problem if they fail or its loss is not finite."""
    one = bench.made(start.name)
    batch = one.network.design.training.size_of_batch(one.dataset.train.size)
    if start.iterations * (one.network.parameters * batch + CALLS) > MOST_WORK:
        why = tr(
            "{iterations:,} updates of this network take too long: write the weights they lead to.",
            iterations=start.iterations,
        )
        yield Problem(f"{where}.iterations", why)
        return
    trainer = Trainer(one.network, one.dataset, one.theta)
    try:
        trainer.run(start.iterations)
    except Diverged as error:
        yield Problem(f"{where}.iterations", str(error))
        return
    yield from _unless(trainer.snapshot().train.loss, f"{where}.{'theta' if start.theta else 'design'}")


def _of_curves(subject: ActivationBench) -> Iterator[Problem]:
    z = np.linspace(subject.low, subject.high, POINTS)
    for k, name in enumerate(subject.activations):
        point = Curve(name).at(subject.z)
        yield from _unless(
            np.concatenate([*Curve(name).over(z), [point.g, point.slope]]), f"activations[{k}]"
        )


def _of_losses(subject: LossBench) -> Iterator[Problem]:
    for table in loss_tables(subject):
        bounded = table.loss.of_probabilities  # a confident error has infinite loss
        yield from _unless(0.0 if bounded else [table.J, *table.gradients.ravel()], "outputs")
    if subject.race is not None:
        race = LineRace(subject.losses, subject.race)
        try:
            race.advance(1)
        except Diverged as error:
            yield Problem("race.learning_rate", str(error))
            return
        yield from _unless([*race.scores, *np.ravel(race.lines)], "race")


def _of_expression(bench: SceneEvaluator, subject: Expression | OneWeight) -> Iterator[Problem]:
    values = forward(bench.graph, bench.inputs)
    gradients = by_backpropagation(bench.graph, bench.inputs).of
    place = "values" if isinstance(subject, Expression) else "w"
    yield from _unless([*map(float, values), *map(float, gradients.values())], place)
    if isinstance(subject, OneWeight):
        rate = worked_out(subject.learning_rate)
        if rate < 0:
            yield Problem("learning_rate", tr("must be 0 or more: a negative one climbs."))
        step = Descent(subject.x, subject.y, subject.w, rate).now
        yield from _unless([step.loss, step.slope, step.next], "learning_rate")
