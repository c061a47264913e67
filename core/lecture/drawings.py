"""The drawings of the lecture: pictures painted for one scene, which develop step by step.

A scene names its drawing, and each of its builds the step that is shown. This table lists the steps
and checks the subject; `gui.lecture.stages.drawn` paints them. All numbers are those of the subject.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..language import tr
from ..nn.design import Problem
from .one_sample import OneSample
from .subjects import ActivationBench, Networks, Subject, made


@dataclass(frozen=True)
class Drawing:
    """A drawing: its steps in order, and the problems of a subject that it cannot show."""

    steps: tuple[str, ...]
    problems: Callable[[Subject], Iterator[Problem]]

    def place(self, step: str) -> int:
        """Return the index of a step, from 0; that of the first one for the empty name."""
        return self.steps.index(step) if step else 0


def of_sizes(*most: int) -> Callable[[Subject], Iterator[Problem]]:
    """Return a check that a subject is one network with at most the given number of neurons in each layer.

    ``most`` begins with the inputs. The network's first sample is drawn.
    """

    def problems(subject: Subject) -> Iterator[Problem]:
        if not isinstance(subject, Networks) or len(subject.networks) > 1:
            yield Problem("subject", tr("this drawing shows one network: write one."))
            return
        n = OneSample(subject).n
        if len(n) != len(most) or any(there > can for there, can in zip(n, most, strict=True)):
            yield Problem(
                "subject",
                tr(
                    "this drawing has room for a network of {most} neurons at most, not of {n}.",
                    most="-".join(map(str, most)),
                    n="-".join(map(str, n)),
                ),
            )

    return problems


def _exactly(one: OneSample, *n: int) -> Iterator[Problem]:
    if one.n != n:
        sizes = "-".join(map(str, n))
        yield Problem("subject", tr("this drawing shows a network of {n} neurons only.", n=sizes))


def one_neuron(subject: Subject) -> Iterator[Problem]:
    """Yield the problems of a subject that is not one neuron with two inputs and one sample per update."""
    if not isinstance(subject, Networks) or len(subject.networks) > 1:
        yield from of_sizes(2, 1)(subject)
        return
    one = OneSample(subject)
    yield from _exactly(one, 2, 1)
    if one.network.design.training.size_of_batch(one.dataset.train.size) > 1:
        yield Problem("subject", tr("this drawing follows one sample at a time: choose stochastic."))


def linear_softmax(subject: Subject) -> Iterator[Problem]:
    """Yield the problems of a subject that is not one softmax layer with two inputs and three classes."""
    if not isinstance(subject, Networks) or len(subject.networks) > 1:
        yield from of_sizes(2, 3)(subject)
        return
    one = OneSample(subject)
    yield from _exactly(one, 2, 3)
    if not _is_softmax(one):
        yield Problem("subject", tr("this drawing shows softmax with cross-entropy: choose both."))


def _is_softmax(one: OneSample) -> bool:
    return one.network.fused is not None and one.network.layers[-1].spans[0].activation.layerwide


def taught_pair(subject: Subject) -> Iterator[Problem]:
    """Yield the problems of a subject that is not two activations with a 2-2-1 network and its goal."""
    if not isinstance(subject, ActivationBench) or len(subject.activations) != 2 or subject.goal is None:
        yield Problem("subject", tr("this drawing shows two activations with a network and its goal."))
        return
    assert subject.network is not None
    if made(subject.network).network.n != (2, 2, 1):
        yield Problem("subject", tr("this drawing shows a network of {n} neurons only.", n="2-2-1"))


DRAWINGS: dict[str, Drawing] = {
    "notation": Drawing(
        (
            "network",
            "neurons",
            "biases",
            "weight",
            "opened",
            "sum",
            "activation",
            "layer",
            "nested",
            "numbers",
        ),
        of_sizes(2, 3, 1),
    ),
    "layer-matrices": Drawing(
        ("node", "upstream", "jacobian", "entry", "entries", "factors", "delta", "inputs", "weights"),
        of_sizes(3, 2),
    ),
    "gradient-cost": Drawing(
        (
            *("network", "paper", "architectures", "shake", "shaken"),
            *("sweep", "agreement", "sizes", "cost"),
        ),
        of_sizes(2, 2, 1),
    ),
    "one-gradient": Drawing(
        ("network", "forward", "output", "back", "edge", "all", "update"), of_sizes(2, 2, 1)
    ),
    "loop": Drawing(
        (
            *("ring", "sample", "forward", "loss", "backward", "update"),
            *("second-sample", "second-forward", "second-loss", "run"),
        ),
        one_neuron,
    ),
    "classes": Drawing(
        ("regions", "scores", "powers", "stack", "shares", "target", "loss", "gradient"), linear_softmax
    ),
    "activation-pair": Drawing(
        (
            *("networks", "outputs", "steepest", "slopes"),
            *("gradients", "directions", "paths", "distances"),
        ),
        taught_pair,
    ),
}
"""The drawings by name."""
