"""Helpers of the tests of the inspector: read its text, and compute what it must show."""

from __future__ import annotations

from core.arrays import Array
from core.debugger.checkpoints import History
from core.debugger.run import Navigator
from core.debugger.steps import PassStep
from core.nn.passes import Pass, evaluate
from core.nn.trainer import Phase, Trainer
from gui.views.inspector.view import Inspector
from tests.gui.scenes import Scene

NOT_YET = "not computed yet"


def text_of(inspector: Inspector) -> str:
    return inspector.text.toPlainText()


def values_of(told: Scene) -> Pass:
    values = told.snapshot.values
    assert values is not None
    return values


def backward_of(values: Pass) -> tuple[tuple[Array, ...], tuple[Array, ...], Array]:
    assert values.da is not None and values.delta is not None and values.g is not None
    return values.da, values.delta, values.g


def alone_of(told: Scene, sample: int) -> Pass:
    y = told.dataset.targets(told.network.n[-1])[:, [sample]]
    return evaluate(told.network, told.snapshot.before, told.dataset.x[:, [sample]], y)


def walk_of(told: Scene, iterations: int) -> Navigator:
    trainer, history = Trainer(told.network, told.dataset), History()
    history.record(trainer)
    for _ in range(iterations):
        trainer.advance(Phase.UPDATE)
        history.record(trainer)
    return Navigator(Trainer(told.network, told.dataset), history)


def step_to(walk: Navigator, step: PassStep) -> int:
    return next(k for k in range(walk.steps.count) if walk.steps.coming(k) == step)
