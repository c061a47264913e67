"""The worked examples of books: complete, with a source, and with every published number to its last digit."""

import re
import warnings
from decimal import Decimal

import msgspec
import numpy as np
import pytest

from core.lecture.expected import Expected, found
from core.lecture.formula_quantities import ActivationNumber
from core.lecture.scene import Scene, book_files, find_scene, read_scene, scene_files, shipped_scenes, texts_of
from core.lecture.subjects import Networks, SoftmaxBench, made
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
        for text in (*scene.words, *scene.to_try, scene.notes, scene.source, *(c.because for c in scene.cards))
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
