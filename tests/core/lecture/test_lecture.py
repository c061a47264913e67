"""The lecture's scenes: complete, in order, and with every number correct."""

import math
import re
import warnings
from decimal import Decimal
from itertools import pairwise

import msgspec
import numpy as np
import pytest

from core.analysis.linear_collapse import collapsed, is_linear
from core.lecture.evaluator import SceneEvaluator
from core.lecture.expected import AnyQuantity, Expected, found
from core.lecture.formula_quantities import ActivationNumber, descent
from core.lecture.scene import Scene, SceneQuestion, find_scene, read_scene, scene_files, write_scene
from core.lecture.subjects import ActivationBench, Expression, Networks, SceneChange, made, worked_out
from core.lecture.view_ids import ViewId
from core.nn.design import Dense
from core.nn.losses import MSE
from core.nn.passes import evaluate
from core.nn.trainer import Trainer
from core.project.json_io import FileError
from tests.core.making import network, values

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # raised by a library that ziamath uses
    import ziamath

FILES = scene_files()
SCENES = [read_scene(file) for file in FILES]
MOST_WORDS = 45

TITLES_OF_PARTS = {
    "A. Why depth": range(1, 6),
    "B. What comes out": range(6, 10),
    "C. Activation functions": range(10, 17),
    "D. Losses": range(17, 22),
    "E. Gradient descent": range(22, 25),
    "F. Backpropagation": range(25, 31),
    "G. Kinds of gradient descent": range(31, 35),
}

# The numbers printed on the slides, scene by scene.
SLIDES = {
    11: ["1", "0", "0.01"],
    14: ["0.99667", "0.00332"],
    15: ["4.48", "2.23", "0.61", "7.32", "0.612", "0.305", "0.083", "0"],
    17: ["0.64", "0.04", "0.04", "0.24"],
    18: ["0.8", "0.2", "0.2", "0.4"],
    20: ["0.357", "0.357", "0.105", "0.273"],
    21: [*"100010001", "0.357", "0.511", "1.204", "0.691"],
    23: ["-24", "4.4"],
    25: ["3", "-12", "1", "3", "-4", "-4", "-4", "1", "1"],
    27: ["9", "36", "18", "12", "4.5", "-9", "12", "4.5", "-9"],
}

# Results calculated by hand from the slides, to the given digits.
BY_HAND = {
    2: [0, 1, 1, 0],
    3: [0.5, 0.8, -0.3, 0.622, 0.690, 0.426],
    4: [2, 0.5, 0.25],
    9: [1.5, 0.8, -0.5, 4.4817, 2.2255, 0.6065, 7.3138, 0.6128, 0.3043, 0.0829, 0.4898, -0.3872],
    10: [0.0],
    11: [0.25, 1, 0, 0.178, 0.206, 0.305, 0.487, -0.959, -3.1, -0.737, -0.277, -2.584, 2.22, 1.55, 0.0004],
    14: [0.99667, 0.00332],
    15: [4.4817, 2.2255, 0.6065, 7.3138, 0.6128, 0.3043, 0.0829],
    16: [0.833, 0.444, -0.278],
    17: [0.24],
    18: [0.4],
    19: [-0.533, -0.133, 0.133, -0.333, -0.333, 0.333],
    20: [0.2729],
    21: [0.6905],
    22: [
        0.6931,
        -0.5,
        -0.25,
        0.125,
        0.5625,
        0.637,
        0.4509,
        -0.363,
        0.4315,
        0.2157,
        0.7253,
        0.3212,
        0.7824,
        0.2453,
    ],
    23: [-24, 4.4, 2.48, 4.016, 2.7872, 3.3333, 0.05556, 0.11111],
    25: [3, -12, 1, -4],
    27: [9, 36, 18, 0.5, -9, 2, 4.5, 12],
    28: [9, 18, 1],
    29: [0.25, 0.32, -0.25, 0.08, 0.125, -0.16, 2, -5, 0.5, -0.8, -1.1, -0.9, 1.05, -0.4, 0.75, -1.2, -1.6],
    31: [140, 1],
    32: [1, 140],
    33: [1, 14, 140],
    34: [25, 5, 3, 7],
}


def networks_of(scene):
    if isinstance(scene.subject, Networks):
        return scene.subject.starts
    own = scene.subject.network if isinstance(scene.subject, ActivationBench) else None
    return (own,) if own else ()


def identity(scene):
    return f"{scene.number:02}-{scene.name}"


every_scene = pytest.mark.parametrize("scene", SCENES, ids=identity)

# -- the scenes -------------------------------------------------------------------------------------------


def test_there_are_34_scenes_in_the_order_of_the_lecture():
    assert [scene.number for scene in SCENES] == list(range(1, 35))
    assert [file.stem for file in FILES] == [identity(scene) for scene in SCENES]
    assert len({scene.name for scene in SCENES}) == len({scene.title for scene in SCENES}) == 34
    assert {part: [s.number for s in SCENES if s.part == part] for part in TITLES_OF_PARTS} == {
        part: list(numbers) for part, numbers in TITLES_OF_PARTS.items()
    }


@every_scene
def test_a_scene_holds_all_that_is_shown_and_fits_a_projector(scene):
    assert len(" ".join(scene.words).split()) <= MOST_WORDS
    assert len(scene.title) <= 40
    assert 1 <= len(scene.to_try) <= 3
    assert all(text.endswith((".", "?", "!")) for text in (*scene.words, *scene.to_try, scene.notes))
    assert scene.notes and scene.formula and scene.cards and scene.expected
    written = " ".join([scene.title, *scene.words, *scene.to_try, scene.notes])
    assert not re.search(r"__|\*\*[^ ]|[`#]|\]\(|\$", written)


@every_scene
def test_every_formula_can_be_drawn(scene):
    assert ziamath.Latex(scene.formula).svg().startswith("<svg")


@every_scene
def test_every_network_learns_and_networks_beside_others_have_labels(scene):
    starts = networks_of(scene)
    for start in starts:
        one = made(start)
        trainer = Trainer(one.network, one.dataset, one.theta)
        trainer.run(1)
        assert np.isfinite(trainer.snapshot().theta).all()
        assert start.label or isinstance(start, SceneChange) or len(starts) - len(_changes(scene)) == 1


def _changes(scene):
    return scene.subject.changes if isinstance(scene.subject, Networks) else ()


def test_all_views_are_used_and_all_questions_of_the_slides_are_asked():
    shown = {view for scene in SCENES for view in scene.show}
    left = {ViewId.TABLE, ViewId.HISTOGRAMS, ViewId.RUNS, ViewId.OUTLINE, ViewId.METRICS, ViewId.DIGIT_PAD}
    left |= {ViewId.NETWORK_EXPRESSION, ViewId.GRADIENT_CHECK, ViewId.INSPECTOR, ViewId.MATRICES}  # drawn
    settings = {ViewId.PALETTE, ViewId.DATA_PANEL, ViewId.TRAINING_PANEL}
    assert set(ViewId) - shown == left | settings
    asked = " ".join(card.question for scene in SCENES for card in scene.cards)
    for question in (
        "Why can a perceptron not represent XOR?",
        "Why does ReLU lead to faster training in deep networks?",
        "Why does the gradient vanish with sigmoid?",
        "How does tanh help",
    ):
        assert question in asked


# -- the numbers ------------------------------------------------------------------------------------------


@every_scene
def test_every_number_of_the_lecture_comes_out_of_the_engine(scene):
    results = found(scene.subject, scene.expected)
    assert len(results) == len(scene.expected)
    assert [(one.expected.name, one.computed, one.fault) for one in results if not one.right] == []


@pytest.mark.parametrize("number", SLIDES)
def test_the_figures_of_the_slides_are_there_as_printed(number):
    printed = [str(one.slide) for one in SCENES[number - 1].expected if one.slide is not None]
    assert printed == SLIDES[number]


def test_no_other_scene_claims_a_figure_of_a_slide():
    claiming = {scene.number for scene in SCENES for one in scene.expected if one.slide is not None}
    assert claiming == {*SLIDES, 12}


@pytest.mark.parametrize("number", BY_HAND)
def test_the_numbers_worked_out_by_hand_are_there(number):
    exact = [worked_out(one.exact) for one in SCENES[number - 1].expected if one.exact is not None]
    for wanted in BY_HAND[number]:
        assert any(math.isclose(wanted, value, rel_tol=3e-3, abs_tol=5e-6) for value in exact), wanted


def test_every_kind_of_number_is_asked_for():
    kinds = {type(one.quantity) for scene in SCENES for one in scene.expected}
    assert kinds == set(AnyQuantity.__args__)


def test_what_is_off_is_found():
    def result(**said):
        quantity = ActivationNumber(activation="sigmoid", z=5.7)
        (one,) = found(SCENES[13].subject, (Expected(name="x", quantity=quantity, **said),))
        return one

    assert result(exact="1/(1+exp(-5.7))").right
    assert not result(exact=0.99667).right
    assert result(exact=0.99667, tolerance=1e-5).right
    assert result(exact="1/(1+exp(-5.7))", slide=Decimal("0.997")).right
    assert result(exact="1/(1+exp(-5.7))", slide=Decimal("0.99665")).slide_difference > 1e-5
    assert not result(exact="1/(1+exp(-5.7))", slide=Decimal("0.99665")).right
    assert result(least=0.99).right and result(most=1).right and result(least=0.99, most=1).right
    assert not result(least=0.997).right
    assert result(least=0.997).difference == pytest.approx(0.997 - 1 / (1 + math.exp(-5.7)))
    assert not result(most=0.9).right


def test_what_cannot_be_computed_is_off_and_says_why():
    large = Expected(name="x", quantity=ActivationNumber(activation="linear", z=1e308), exact=0)
    overflow = Expression(expression="exp(x)", values={"x": 1000})
    node = msgspec.convert({"compute": "node", "node": "f", "what": "value"}, AnyQuantity)
    (one,) = found(overflow, (Expected(name="x", quantity=node, exact=0),))
    assert not one.right and one.difference is None
    assert one.fault == "the engine gives no finite number."
    (one,) = found(overflow, (large,))
    assert one.computed == 1e308 and not one.right


def test_the_network_that_diverges_has_no_loss():
    scene = SCENES[23]
    quantity = {"compute": "training", "network": "high", "what": "train_loss", "iterations": 200}
    (one,) = found(scene.subject, (_expected(quantity, least=0),))
    assert re.fullmatch(r"the training diverged after 1\d\d updates\.", one.fault)


def _expected(quantity, **said):
    return Expected(name="x", quantity=msgspec.convert(quantity, AnyQuantity), **said)


def test_changes_keep_the_weights_where_they_say_so():
    bench = SceneEvaluator(SCENES[11].subject)
    assert np.array_equal(bench.made("leaky").theta, bench.made("").theta)
    assert bench.made("leaky") is bench.made("leaky")
    assert not np.array_equal(SceneEvaluator(SCENES[4].subject).made("flat").theta, bench.made("").theta[:3])


def test_descent_is_the_lecture_s_rule():
    graph = SceneEvaluator(SCENES[22].subject).graph
    way = descent(graph, {"w": 2.0, "x": 3.0, "y": 10.0}, "w", 0.1, 5)
    for before, after in pairwise(way):
        assert after == pytest.approx(before - 0.1 * -2 * 3 * (10 - before * 3), abs=1e-12)


def test_a_linear_network_collapses_and_no_other_does():
    dataset = values(features=3, outputs=2)
    deep = network([Dense(4, "linear"), Dense(5, "linear"), Dense(2, "tanh")], MSE(), dataset)
    theta = np.random.default_rng(0).normal(size=deep.parameters)
    W, b = collapsed(deep, theta)
    assert (W.shape, b.shape) == ((3, 2), (2,))
    z = evaluate(deep, theta, dataset.x, dataset.labels).z[-1]
    assert np.allclose(W.T @ dataset.x + b[:, None], z, rtol=0, atol=1e-12)
    bent = network([Dense(4, ("linear", "relu", "linear", "linear")), Dense(2, "linear")], MSE(), dataset)
    assert not is_linear(bent)
    with pytest.raises(ValueError, match="not linear"):
        collapsed(bent, np.zeros(bent.parameters))


# -- files ------------------------------------------------------------------------------------------------


@every_scene
def test_a_scene_is_written_as_it_is(scene, tmp_path):
    path = tmp_path / "scene.json"
    write_scene(path, scene)
    assert read_scene(path) == scene


def test_a_scene_is_found_by_number_name_or_path():
    assert find_scene("12") == find_scene("dead-relu") == find_scene("12-dead-relu") == FILES[11]
    assert find_scene("1") == find_scene("01") == FILES[0]
    assert str(find_scene("own.json")) == "own.json"
    with pytest.raises(FileError, match="There is no scene “99”: write its number or its name"):
        find_scene("99")


def test_a_scene_that_could_not_be_read_again_is_not_written(tmp_path):
    bad = msgspec.structs.replace(SCENES[0], cards=(SceneQuestion(question="?", reveals="nothing"),))
    path = tmp_path / "own.json"
    path.write_text("the old one")
    with pytest.raises(FileError, match=r"“own\.json” was not saved: scene\.cards"):
        write_scene(path, bad)
    assert path.read_text() == "the old one"
    assert isinstance(bad, Scene)
