"""Drawings in scene files: what is not known, or does not fit the subject, is said with its place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace

from core.exercises.registry import exercise, scene_of
from core.lecture.builds import state_at
from core.lecture.drawings import DRAWINGS
from core.lecture.one_sample import NumberPlace, OneSample
from core.lecture.scene import Build, Scene, find_scene, read_scene, scene_problems
from core.lecture.subjects import Networks, SoftmaxBench, Start, design_of
from core.lecture.view_ids import ViewId
from core.nn.design import Data, Design

NOTATION, MATRICES, PLAIN = (
    read_scene(find_scene(name)) for name in ("notation", "vectorized", "multilayer-xor")
)
SAY = Build(say="A sentence.")


def problems(scene: Scene) -> list[str]:
    return [f"{problem.where}: {problem.why}" for problem in scene_problems(scene)]


def changed(change: Callable[[], Scene]) -> list[str]:
    """Return the problems of a scene without numbers to compare or questions."""
    return problems(replace(change(), cards=(), expected=(), builds=change().builds or (SAY,)))


KNOWN = ", ".join(DRAWINGS)
STEPS = ", ".join(DRAWINGS["notation"].steps)
FAULTY = {
    "unknown": (
        lambda: replace(NOTATION, drawing="notatoin", builds=()),
        f"drawing: there is no such drawing; the drawings are: {KNOWN}.",
    ),
    "step": (
        lambda: replace(NOTATION, builds=(SAY, replace(SAY, draw="sums"))),
        f"builds[1].draw: the drawing has no such step; its steps are: {STEPS}.",
    ),
    "no drawing": (
        lambda: replace(PLAIN, builds=(replace(SAY, draw="sum"),)),
        "builds[0].draw: the scene has no drawing: name one in drawing, or remove this.",
    ),
    "views too": (
        lambda: replace(NOTATION, show=(ViewId.CANVAS,), builds=()),
        "show: the drawing fills the stage: remove this, or the drawing.",
    ),
    "neither": (
        lambda: replace(NOTATION, drawing=None, builds=()),
        "show: is missing: name the views to be shown, or a drawing.",
    ),
    "size": (
        lambda: replace(MATRICES, drawing="notation", builds=()),
        "subject: this drawing has room for a network of 2-3-1 neurons at most, not of 3-2.",
    ),
    "kind": (
        lambda: replace(NOTATION, subject=SoftmaxBench(z=(1.0, 2.0)), builds=()),
        "subject: this drawing shows one network: write one.",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_said_with_its_place_and_cure(name: str) -> None:
    change, sentence = FAULTY[name]
    assert changed(change) == [sentence]


CANNOT = {
    "loop": ("the-loop", "k-classes", "shows a network of 2-1 neurons only"),
    "classes": ("k-classes", "the-loop", "shows softmax with cross-entropy"),
    "activation-pair": ("activation-family", "tumour-sigmoid", "two activations with a network and its goal"),
}


@pytest.mark.parametrize("drawing", CANNOT)
def test_a_subject_of_another_kind_is_refused(drawing: str) -> None:
    fits, other, why = CANNOT[drawing]
    subjects = [read_scene(find_scene(name)).subject for name in (fits, other)]
    found = [[*DRAWINGS[drawing].problems(subject)] for subject in subjects]
    assert found[0] == []
    assert why in " ".join(problem.why for problem in found[1])


def test_a_batch_is_no_lap_and_sigmoid_outputs_are_no_shares() -> None:
    loop, classes = (designed(name) for name in ("the-loop", "k-classes"))
    batch = replace(loop, data=Data(source="xor"), training=replace(loop.training, gradient_descent="batch"))
    assert "one sample at a time" in said_of("loop", batch)
    sigmoids = replace(classes, layers=(replace(classes.layers[0], activation="sigmoid"),))
    assert "softmax" in said_of("classes", sigmoids)


def designed(name: str) -> Design:
    subject = read_scene(find_scene(name)).subject
    assert isinstance(subject, Networks)
    return design_of(subject.networks[0])


def said_of(drawing: str, design: Design) -> str:
    found = DRAWINGS[drawing].problems(Networks(networks=(Start(design=design),)))
    return " ".join(problem.why for problem in found)


def test_a_build_without_a_step_keeps_the_one_before() -> None:
    scene = replace(NOTATION, builds=(SAY, replace(SAY, draw="sum"), SAY), cards=())
    assert [state_at(scene, k).draw for k in range(3)] == ["", "sum", "sum"]


def test_the_exercise_of_a_drawing_is_on_the_canvas() -> None:
    made = exercise(NOTATION, 1)
    assert made is not None
    shown = scene_of(NOTATION, made)
    assert shown.drawing is None and ViewId.CANVAS in shown.show
    assert problems(shown) == []


@pytest.mark.parametrize(
    "place",
    [
        NumberPlace("weight", 2, 1, 1),
        NumberPlace("bias", 0, 2),
        NumberPlace("input", 1),
        NumberPlace("target", 0),
    ],
    ids=lambda place: place.kind,
)
def test_one_number_is_changed_and_all_others_stay(place: NumberPlace) -> None:
    assert isinstance(NOTATION.subject, Networks)
    before = OneSample(NOTATION.subject)
    assert before.can_change(place)
    after = OneSample(before.with_number(place, 7.5))
    assert after.number(place) == 7.5
    assert after.with_number(place, before.number(place)) == before.with_number(place, before.number(place))
    arrays = [(one.theta, one.x, one.y) for one in (before, after)]
    assert sum(int((old != new).sum()) for old, new in zip(*arrays, strict=True)) == 1


def test_the_inputs_of_a_dataset_of_the_program_cannot_be_changed() -> None:
    assert isinstance(PLAIN.subject, Networks)
    sample = OneSample(PLAIN.subject)
    assert not sample.can_change(NumberPlace("input", 0))
    assert sample.can_change(NumberPlace("weight", 0, 1, 0))


def test_what_a_layer_passes_on_is_the_derivative_by_its_inputs() -> None:
    assert isinstance(MATRICES.subject, Networks)
    sample, step = OneSample(MATRICES.subject), 1e-6
    for i, passed_on in enumerate(sample.upstream(0)):
        place = NumberPlace("input", i)
        near = [
            OneSample(sample.with_number(place, sample.number(place) + side * step)).values.J
            for side in (1, -1)
        ]
        assert np.isclose(passed_on, (near[0] - near[1]) / (2 * step), rtol=1e-6)
    assert np.allclose(sample.jacobian(1) @ sample.upstream(1), sample.upstream(0))
