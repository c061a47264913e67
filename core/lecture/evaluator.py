"""Evaluates the quantities of a scene; its networks and training runs are computed once and cached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..graph.autodiff import Graph
from ..graph.parser import parse
from ..language import tr
from ..nn.curves import Score
from ..nn.losses import Loss
from ..nn.trainer import Diverged, Snapshot, Trainer
from ..outside_text import OneSentenceError
from .loss_race import race_trainer
from .subjects import (
    ActivationBench,
    BuiltSubject,
    Expression,
    LossBench,
    Networks,
    OneWeight,
    SceneChange,
    Start,
    Subject,
    made,
)

Kind = TypeVar("Kind")


class CannotCompute(OneSentenceError):
    """A quantity that this subject does not have; the message is a sentence."""


@dataclass(frozen=True)
class SceneTraining:
    """A training run: the scores at its start and after every epoch, and its final snapshot.

    ``diverged`` is the iteration in which it ceased to be finite (None: it did not).
    """

    train: tuple[Score, ...]
    test: tuple[Score, ...]
    end: Snapshot
    diverged: int | None


class SceneEvaluator:
    """Evaluates quantities of one subject of a scene."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._made: dict[str, BuiltSubject] = {}
        self._runs: dict[tuple[str, int], SceneTraining] = {}

    def subject_as(self, kind: type[Kind]) -> Kind:
        """Return the subject, which must be of this kind. Raises CannotCompute."""
        if not isinstance(self.subject, kind):
            raise CannotCompute(tr("this needs {name} as the subject of the scene.", name=kind.__name__))
        return self.subject

    # -- networks ---------------------------------------------------------------------------------

    @property
    def starts(self) -> Mapping[str, Start]:
        """The networks of the subject by name, the first one also by the empty name.

        Raises CannotCompute if the subject has no network.
        """
        if isinstance(self.subject, Networks):
            starts = self.subject.starts
        elif isinstance(self.subject, ActivationBench) and self.subject.network:
            starts = self._bench_starts
        else:
            raise CannotCompute(tr("this needs a network as the subject of the scene."))
        return {"": starts[0]} | {start.name: start for start in starts}

    @cached_property
    def _bench_starts(self) -> tuple[Start, ...]:
        return self.subject_as(ActivationBench).starts

    def made(self, name: str) -> BuiltSubject:
        """Return a network by its name. Raises CannotCompute."""
        starts = self.starts
        if name not in starts:
            known = ", ".join(list(starts)[1:])
            raise CannotCompute(
                tr("there is no network “{name}”; the networks are {known}.", name=name, known=known)
            )
        if name not in self._made:
            self._made[name] = self._with_kept_weights(starts[name])
        return self._made[name]

    def _with_kept_weights(self, start: Start) -> BuiltSubject:
        new = made(start)
        if not isinstance(start, SceneChange) or not start.keep_weights:
            return new
        old = self.made("")
        return BuiltSubject(new.network, new.dataset, new.network.carry(old.network, old.theta))

    def run(self, name: str, iterations: int) -> SceneTraining:
        """Return the training run of a network over ``iterations`` updates from its initial parameters."""
        key = name, iterations
        if key not in self._runs:
            one = self.made(name)
            self._runs[key] = run_of(Trainer(one.network, one.dataset, one.theta), iterations)
        return self._runs[key]

    def theta(self, name: str, iterations: int) -> Array:
        """Return the parameters of a network after ``iterations`` updates."""
        return self.run(name, iterations).end.theta if iterations else self.made(name).theta

    # -- expressions ------------------------------------------------------------------------------

    @cached_property
    def graph(self) -> Graph:
        """The graph of the subject's expression. Raises CannotCompute."""
        return parse(self._formula.expression)

    @property
    def inputs(self) -> dict[str, float]:
        """The values of the expression's variables. Raises CannotCompute."""
        return self._formula.values

    @property
    def _formula(self) -> Expression | OneWeight:
        if not isinstance(self.subject, (Expression, OneWeight)):
            raise CannotCompute(tr("this needs an expression as the subject of the scene."))
        return self.subject

    # -- benches ----------------------------------------------------------------------------------

    def rows(self) -> tuple[Array, Array]:
        """Return outputs and targets of the loss demonstration, each (outputs, samples).

        Raises CannotCompute if the subject is no loss demonstration.
        """
        bench = self.subject_as(LossBench)
        return np.array(bench.outputs).T, np.array(bench.targets).T

    def raced(self, loss: Loss, iterations: int) -> Array:
        """Return (w, b) of the line fitted to the points of the race by this loss. Raises CannotCompute."""
        bench = self.subject_as(LossBench)
        if bench.race is None:
            raise CannotCompute(tr("this needs a race between two fits in the subject of the scene."))
        trainer = race_trainer(bench.race, loss)
        try:
            trainer.run(iterations)
        except Diverged as error:
            raise CannotCompute(str(error)) from None
        return trainer.snapshot().theta


def run_of(trainer: Trainer, iterations: int) -> SceneTraining:
    """Train for ``iterations`` updates and return the scores at the end of every epoch."""
    seen, diverged = [trainer.snapshot()], None
    try:
        while trainer.iteration < iterations:
            trainer.run(min(trainer.left_in_epoch, iterations - trainer.iteration))
            seen.append(trainer.snapshot())
    except Diverged as error:
        diverged = error.iteration
        seen.append(trainer.snapshot())
    tests = tuple(moment.test for moment in seen if moment.test is not None)
    return SceneTraining(tuple(moment.train for moment in seen), tests, seen[-1], diverged)


def samples_of(one: BuiltSubject, part: str) -> tuple[Array, Array]:
    """Return x (n[0], samples) and y (n[L], samples) of the training set ("train") or the test set."""
    dataset: Dataset = one.dataset
    columns = dataset.train if part == "train" else dataset.test
    return dataset.x[:, columns], dataset.targets(one.network.n[-1])[:, columns]
