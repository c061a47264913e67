"""Faults of scene files are reported in one sentence with their place."""

import copy
import json

import pytest

from core.lecture import formula_quantities
from core.lecture.expected import STEPS_TRIED
from core.lecture.scene import find_scene, read_scene
from core.project.json_io import FileError


def data_of(name):
    return json.loads(find_scene(name).read_text(encoding="utf-8"))


def changed(name, path, value):
    """Return a scene file as a dict with one value changed, added, or (``...``) removed."""
    data = copy.deepcopy(data_of(name))
    place = data["scene"]
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


def refusal(path, text):
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(FileError) as caught:
        read_scene(path)
    sentence = str(caught.value)
    assert sentence.startswith("“bad.json”: ") and sentence.endswith(".") and "\n" not in sentence
    return sentence


START = ("subject", "networks", 0)
QUANTITY = ("expected", 0, "quantity")
WRONG = [
    ("mse", ("colour",), "red", "scene has a field “colour” that Glassnet does not know"),
    ("mse", (*QUANTITY, "of"), 1, "scene.expected[0].quantity has a field “of” that Glassnet does not know"),
    ("mse", ("title",), ..., "scene lacks the field “title”"),
    ("mse", ("title",), 3, "scene.title must be text, not a number"),
    ("mse", ("number",), "three", "scene.number must be a whole number, not text"),
    ("mse", ("name",), "Two Words", "scene.name"),
    ("mse", ("words",), [], "scene.words must have a length of at least 1"),
    (
        "mse",
        ("show",),
        ["film"],
        "scene.show[0] cannot be “film”: choose one of canvas, decision",
    ),
    ("mse", ("show",), ["canvas"], "scene.show[0]: this subject has no canvas; choose from bench."),
    ("mse", ("subject", "kind"), "film", "scene.subject.kind cannot be “film”: choose one of networks, expr"),
    ("mse", ("subject", "losses", 0, "name"), "focal", "losses[0].name cannot be “focal”: choose one of mse"),
    ("mse", ("subject", "targets", 0), [1, 2], "scene.subject.targets: must have as many rows"),
    (
        "mse",
        (*QUANTITY, "compute"),
        "iq",
        "quantity.compute cannot be “iq”: choose one of activation, softmax",
    ),
    ("mse", (*QUANTITY, "what"), "sum", "quantity.what cannot be “sum”: choose one of "),
    ("mse", (*QUANTITY, "sample"), 3, "expected[0].quantity: there are 3 samples of 1 outputs"),
    ("through-a-network", ("expected", 0, "exact"), ..., "scene.expected[0].exact: says nothing"),
    (
        "mse",
        ("expected", 0, "exact"),
        "0.8 ** ",
        "scene.expected[0].exact: “0.8 ** ”, column 7: the expression",
    ),
    ("mse", ("expected", 0, "exact"), "2 * a", "“2 * a”, column 5: a number has no variable such as a."),
    ("mse", ("expected", 0, "exact"), "1/0", "“1/0”, column 1: this is not a finite number."),
    ("mse", ("expected", 0, "exact"), "__import__('os')", "column 12: “'” does not belong in an expression."),
    ("mse", ("expected", 0, "slide"), "about 3", "scene.expected[0].slide"),
    (
        "mse",
        ("expected", 0, "slide"),
        "NaN",
        "scene.expected[0].slide: must be a finite number as it is printed",
    ),
    ("mse", ("expected", 0, "slide"), "1E+400", "scene.expected[0].slide: must be a finite number"),
    (
        "mse",
        ("expected", 1, "name"),
        "term of sample 1",
        "expected[1].name: another number is named “term of sample 1” too.",
    ),
    (
        "mse",
        ("cards", 0, "reveals"),
        "pi",
        "cards[0].reveals: there is no expected number “pi”; the names are:",
    ),
    ("mse", ("cards", 0, "choices"), ["a", "b"], "cards[0].right: must be the number of one of the choices"),
    ("mse", ("look",), {"layer": 1}, "scene.look: needs a network as the subject"),
    ("k-classes", ("cards", 0, "choices"), ["a"], "cards[0].choices: one choice is none"),
    ("k-classes", ("cards", 0, "right"), 3, "cards[0].right: must be the number of one of the choices"),
    (
        "k-classes",
        (*START, "design"),
        "mnist",
        "networks[0].design: there is no example “mnist”; the examples are",
    ),
    ("dead-relu", (*START, "theta"), [1, 2], "networks[0].theta: has 2 numbers, but this network needs 17."),
    (
        "dead-relu",
        (*START, "design", "layers", 1, "neurons"),
        3,
        "networks[0].design.layers[1].neurons: The data has 2 classes: the output layer needs 1 neuron",
    ),
    (
        "dead-relu",
        (*START, "design", "layers", 0, "activation"),
        "swish",
        "design.layers[0].activation: Layer 1",
    ),
    (
        "dead-relu",
        (*START, "design", "data", "source"),
        "xnor",
        "design.data.source: Data: there is no “xnor”",
    ),
    ("dead-relu", ("look", "neuron"), 4, "scene.look.neuron: there are 4 neurons; they count from 0."),
    ("dead-relu", ("look",), {"neuron": 1}, "scene.look.layer: is missing"),
    ("dead-relu", ("look",), {"layer": 3}, "scene.look.layer: there is no layer 3; the network has 2."),
    ("dead-relu", ("look",), {"sample": 200}, "scene.look.sample: there are 200 samples"),
    (
        "dead-relu",
        (*QUANTITY, "network"),
        "brain",
        "expected[0].quantity: there is no network “brain”; the net",
    ),
    ("dead-relu", ("subject", "changes", 0, "name"), "network", "networks[0].name: another network is named"),
    ("notation", (*QUANTITY, "neuron"), 3, "expected[0].quantity: layer 1 has 3 neurons; they count from 0."),
    ("notation", (*QUANTITY, "layer"), 3, "expected[0].quantity: there is no layer 3; the network has 2."),
    ("notation", (*QUANTITY, "x"), [1], "expected[0].quantity: the network has 2 inputs and 1 outputs."),
    ("batch", ("surface", "first", "source"), 2, "surface.first.source: there are 2 neurons"),
    (
        "sum-times-z",
        ("subject", "expression"),
        "(x + y) * ",
        "scene.subject.expression: “(x + y) * ”, column 10",
    ),
    (
        "sum-times-z",
        ("subject", "expression"),
        "(x + y) $ z",
        "column 9: “$” does not belong in an expression.",
    ),
    (
        "sum-times-z",
        ("subject", "values", "z"),
        ...,
        "scene.subject.values: no value is given for z: add it.",
    ),
    ("sum-times-z", ("subject", "values", "t"), 1, "scene.subject.values: the expression has no variable t"),
    ("sum-times-z", ("subject", "values", "z"), "4", "scene.subject.values[...] must be a number, not text"),
    (
        "sum-times-z",
        ("subject", "derivatives", "x"),
        "z *",
        "derivatives.x: “z *”, column 4: the expression ends",
    ),
    ("sum-times-z", ("subject", "derivatives", "x"), "k", "derivatives.x: there is no variable k."),
    (
        "sum-times-z",
        (*QUANTITY, "node"),
        "w",
        "expected[0].quantity: there is no node w; the nodes are x, y, q",
    ),
    ("one-weight", ("subject", "learning_rate"), "1/", "scene.subject.learning_rate: “1/”, column 3"),
    ("one-weight", ("subject", "marks", 0, "learning_rate"), "a", "marks[0].learning_rate: “a”, column 1"),
    ("one-weight", (*QUANTITY, "variable"), "v", "expected[0].quantity: there is no variable v"),
    (
        "softmax-tumours",
        ("subject", "class_names"),
        ["a"],
        "class_names: there are 3 classes: name each of them.",
    ),
    (
        "softmax-tumours",
        (*QUANTITY, "place"),
        3,
        "expected[0].quantity: there are 3 classes; they count from 0.",
    ),
    (
        "activation-family",
        ("subject", "activations"),
        ["softmax"],
        "activations[0]: there is no curve “softmax”",
    ),
    (
        "tumour-sigmoid",
        ("subject", "network"),
        None,
        "show[1]: this subject has no canvas; choose from bench.",
    ),
    (
        "activation-family",
        ("subject", "network"),
        None,
        "subject.goal: is of a network: write one, or remove",
    ),
    (
        "activation-family",
        ("subject", "goal"),
        [1, 0],
        "subject.goal: has 2 numbers, but this network needs 9.",
    ),
    (
        "activation-family",
        ("subject", "network", "design", "data"),
        {"source": "xor"},
        "subject.goal: needs data of a table whose targets are numbers.",
    ),
    ("the-loop", ("drawing",), "spiral", "drawing: there is no such drawing; the drawings are: "),
    (
        "the-loop",
        ("builds", 1, "draw"),
        "jump",
        "builds[1].draw: the drawing has no such step; its steps are: ring",
    ),
    ("activation-family", ("subject", "z"), 9, "scene.subject.z: must be between low −4 and high 4."),
    (
        "activation-family",
        (*QUANTITY, "activation"),
        "swish",
        "quantity.activation: Activation: there is no “swi",
    ),
    ("activation-family", (*QUANTITY, "compute"), "node", "quantity has a field “activation” that"),
    (
        "binary-cross-entropy",
        ("subject", "outputs", 0, 0),
        1.7,
        "scene.subject.outputs: must be between 0 and 1",
    ),
    ("binary-cross-entropy", ("subject", "dragged"), 3, "scene.subject.dragged: there are 3 samples"),
    (
        "mse-against-mae",
        ("subject", "race", "outlier"),
        5,
        "scene.subject.race: x and y must be of one length",
    ),
]


@pytest.mark.parametrize(("name", "path", "value", "said"), WRONG, ids=[str(case[1:3]) for case in WRONG])
def test_what_is_wrong_in_a_scene_is_said_with_its_place(tmp_path, name, path, value, said):
    assert said in refusal(tmp_path / "bad.json", json.dumps(changed(name, path, value)))


def test_a_quantity_of_another_subject_is_refused(tmp_path):
    expected = data_of("batch")["scene"]["expected"][:1]
    expected[0]["quantity"].pop("network")
    said = refusal(tmp_path / "bad.json", json.dumps(changed("mse", ("expected",), expected)))
    assert "scene.expected[0].quantity: this needs a network as the subject of the scene." in said
    said = refusal(
        tmp_path / "bad.json",
        json.dumps(changed("batch", ("expected",), data_of("mse")["scene"]["expected"])),
    )
    assert "scene.expected[0].quantity: this needs LossBench as the subject of the scene." in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"number": 17', '"number": NaN', "NaN is not a number a file can hold"),
        ('"exact": 0.64', '"exact": Infinity', "Infinity is not a number a file can hold"),
        ('"exact": 0.64', '"exact": 1e999', "is too large a number"),
        ('"number": 17', '"number": 17, "number": 18', "the field “number” stands twice in one object"),
        ('"format": "glassnet-scene"', '"format": "glassnet-design"', "this is not a scene of Glassnet"),
        ('"version": 1', '"version": 2', "version 2 is newer than this Glassnet"),
        ('"version": 1', '"version": 0', "there is no version 0: write 1"),
        ('"title": "Mean', '"title": "Mean\\ud800', "is not JSON"),
        ("{", "[", "must be"),
        ('"scene": {', '"scen": {', "has a field “scen” that Glassnet does not know"),
    ],
)
def test_what_is_no_scene_is_refused(tmp_path, old, new, said):
    text = find_scene("mse").read_text(encoding="utf-8")
    assert old in text
    assert said in refusal(tmp_path / "bad.json", text.replace(old, new, 1))


def test_files_that_are_cut_binary_missing_or_huge_are_refused(tmp_path):
    whole = find_scene("mse").read_bytes()
    assert "it ends too early" in refusal(tmp_path / "bad.json", whole[:500])
    assert "is not" in refusal(tmp_path / "bad.json", whole.replace(b"Mean", b"M\xff\xfen", 1))
    assert "it is nested too deeply" in refusal(
        tmp_path / "bad.json", b'{"format": "glassnet-scene", "version": 1, "scene": ' + b"[" * 500_000 + b"}"
    )
    with pytest.raises(FileError, match=r"“none\.json” cannot be opened: no such file or directory"):
        read_scene(tmp_path / "none.json")
    with pytest.raises(FileError, match=r"is not a file that can be read: choose a \.json file\."):
        read_scene(tmp_path)
    (tmp_path / "huge.json").write_bytes(b" " * (3 << 20))
    with pytest.raises(FileError, match="has 3 MiB, and a scene has at most 2 MiB"):
        read_scene(tmp_path / "huge.json")


@pytest.mark.parametrize("x", [0, 5e-324, 1e-300])
def test_a_parabola_without_a_bend_has_no_minimum_to_expect(tmp_path, x):
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(changed("23-one-weight", ("subject", "x"), x)), encoding="utf-8")
    with pytest.raises(FileError, match=r"expected\[\d+\]\.quantity"):
        read_scene(path)


def test_a_long_descent_is_not_computed_while_a_scene_is_read(tmp_path, monkeypatch):
    made = []
    whole = formula_quantities.descent
    monkeypatch.setattr(formula_quantities, "descent", lambda *given: made.append(given[-1]) or whole(*given))
    path = tmp_path / "long.json"
    scene = changed("23-one-weight", ("expected", 4, "quantity", "steps"), 100_000)
    path.write_text(json.dumps(scene), encoding="utf-8")
    assert read_scene(path).expected[4].quantity.steps == 100_000
    assert made and max(made) == STEPS_TRIED
