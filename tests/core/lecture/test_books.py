"""The worked examples of books: with a source, and with every published number to its last digit."""

import re
import warnings
from decimal import Decimal

import msgspec
import numpy as np
import pytest

from core.lecture.expected import Expected, found
from core.lecture.formula_quantities import ActivationNumber
from core.lecture.scene import (
    Scene,
    book_files,
    find_scene,
    read_scene,
    scene_files,
    shipped_scenes,
    texts_of,
)
from core.lecture.subjects import Networks, SoftmaxBench, made
from core.nn.passes import evaluate
from core.nn.trainer import Trainer

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # raised by a library that ziamath uses
    import ziamath

FILES = book_files()
SCENES = [read_scene(file) for file in FILES]
PRINTED = {
    "circuit-of-two-gates": ["3", "-12", "-4", "3", "-4", "-4"],
    "sigmoid-neuron": ["0.73", "-0.20", "0.39", "-0.39", "-0.59", "0.20"],
    "max-gate": ["-20", "-8", "6", "2", "0"],
    "micrograd": ["24.7041", "138.8338", "645.5773"],
    "computation-graph-of-j": ["6", "11", "33", "3", "3", "3", "6", "9"],
    "xnor-by-hand": ["-30", "-10", "10", "1", "1", "1", "0", "0", "1"],
    "perceptron-rule": ["2", "3", "0", "2", "0", "2", "1", "1", "1", "1", "1"],
    "two-two-two": [
        "0.593269992",
        "0.596884378",
        "0.75136507",
        "0.772928465",
        "0.298371109",
        "0.138498562",
        "0.082167041",
        "0.35891648",
        "0.408666186",
        "0.511301270",
        "0.561370121",
        "0.000438568",
        "0.149780716",
        "0.19956143",
        "0.24975114",
        "0.29950229",
        "0.291027924",
        "0.280471447",
    ],
    "three-two-one": [
        "-0.7",
        "0.332",
        "0.1",
        "0.525",
        "-0.105",
        "0.474",
        "0.1311",
        "-0.0065",
        "-0.0087",
        "-0.261",
        "-0.138",
        "0.192",
        "-0.306",
        "0.4",
        "0.1",
        "-0.508",
        "0.194",
        "0.218",
        "0.194",
        "-0.408",
    ],
    "xor-first-sample": [
        "0.5250",
        "0.8808",
        "0.5097",
        "-0.1274",
        "0.0381",
        "-0.0147",
        "0.5038",
        "0.8985",
        "0.4038",
        "0.9985",
        "-1.2067",
        "1.0888",
    ],
    "learning-slowdown": ["0.82", "0.09", "0.98", "0.20"],
}
"""What the books print, scene by scene."""

every_scene = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)


def test_the_examples_of_books_are_a_part_of_their_own_after_the_lecture() -> None:
    first = len(scene_files()) + 1
    assert [scene.number for scene in SCENES] == list(range(first, first + len(SCENES)))
    assert [file.stem for file in FILES] == [f"{scene.number}-{scene.name}" for scene in SCENES]
    assert {scene.part for scene in SCENES} == {"From the books"}
    assert shipped_scenes() == scene_files() + FILES
    names = [read_scene(file).name for file in shipped_scenes()]
    assert len(set(names)) == len(names)
    assert [find_scene(scene.name) for scene in SCENES] == FILES


@every_scene
def test_an_example_holds_all_that_is_shown_and_fits_a_projector(scene: Scene) -> None:
    assert len(" ".join(scene.words).split()) <= 45
    assert len(scene.title) <= 40
    assert 1 <= len(scene.to_try) <= 3
    assert scene.notes and scene.formula and scene.cards and scene.expected
    assert all(
        text.endswith((".", "?", "!"))
        for text in (
            *scene.words,
            *scene.to_try,
            scene.notes,
            scene.source,
            *(c.because for c in scene.cards),
        )
    )
    written = " ".join([scene.title, *scene.words, *scene.to_try, scene.notes, scene.source])
    assert not re.search(r"__|[`#]|\]\(|\$", written)
    assert scene.source in texts_of(scene)
    assert ziamath.Latex(scene.formula).svg().startswith("<svg")


@every_scene
def test_every_published_number_comes_out_of_the_engine_to_its_last_digit(scene: Scene) -> None:
    results = found(scene.subject, scene.expected)
    assert [(one.expected.name, one.computed, one.fault) for one in results if not one.right] == []
    printed = [str(one.slide) for one in scene.expected if one.slide is not None]
    assert printed == PRINTED[scene.name]


@every_scene
def test_every_network_of_an_example_learns(scene: Scene) -> None:
    for start in scene.subject.starts if isinstance(scene.subject, Networks) else ():
        one = made(start)
        trainer = Trainer(one.network, one.dataset, one.theta)
        trainer.run(1)
        assert np.isfinite(trainer.snapshot().theta).all()


@pytest.mark.parametrize(
    ("printed", "right"),
    [
        ("0.99667", True),
        ("0.997", True),
        ("1.0", True),
        ("0.996665", True),
        ("0.99666", False),
        ("0.99668", False),
        ("0.996", False),
        ("0.9966652", True),
        ("0.9966653", False),
        ("-0.99667", False),
    ],
)
def test_a_number_as_printed_is_an_expectation_on_its_own(printed: str, right: bool) -> None:
    quantity = ActivationNumber(activation="sigmoid", z=5.7)  # 0.99666515…
    expected = Expected(name="x", quantity=quantity, slide=Decimal(printed))
    assert list(expected.problems()) == []
    (one,) = found(SoftmaxBench(z=(0.0, 1.0)), (expected,))
    assert one.right is right
    assert one.exact is None and one.difference is None and one.slide_difference is not None


def test_a_number_without_any_expectation_is_refused() -> None:
    quantity = msgspec.convert({"compute": "activation", "activation": "sigmoid", "z": 0}, ActivationNumber)
    (problem,) = Expected(name="x", quantity=quantity).problems()
    assert problem.where == "exact" and "slide" in problem.why


def test_the_printed_error_of_2_2_2_comes_of_weights_changed_too_early() -> None:
    """The published 0.291027924 needs δ of the hidden layer through output weights that are already new."""
    (scene,) = (scene for scene in SCENES if scene.name == "two-two-two")
    assert isinstance(scene.subject, Networks)
    starts = {start.name: start for start in scene.subject.starts}
    one = made(starts["held"])
    x, y = one.dataset.x, one.dataset.targets(2)
    first = evaluate(one.network, one.theta, x, y)
    assert first.g is not None and first.delta is not None
    early = one.theta.copy()
    one.network.W(early, 2)[...] -= 0.5 * one.network.W(first.g, 2)
    slope = first.a[1] * (1 - first.a[1])
    delta = one.network.W(early, 2) @ first.delta[2] * slope
    one.network.W(early, 1)[...] -= 0.5 * x @ delta.T
    assert np.allclose(early, made(starts["printed"]).theta, rtol=0, atol=1e-15)
    late = one.theta - 0.5 * first.g
    for l in (1, 2):
        one.network.b(late, l)[...] = one.network.b(one.theta, l)
    errors = [evaluate(one.network, theta, x, y).J for theta in (early, late)]
    assert errors == pytest.approx([0.291027924, 0.291027774], abs=5e-10)
