"""Reading and writing design files: what is good comes back, what is bad is one sentence."""

import copy
import json
import os
import random
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.debugger.run import Run
from core.nn.design import CONVENTIONS, Data, Dense, Design, Dropout, Training
from core.nn.losses import MSE, Huber
from core.nn.network import Network
from core.nn.optimizers import OPTIMIZERS, Adam, Momentum
from core.nn.trainer import Trainer, trainer_at
from core.project.files import VERSION, DesignFile, examples, find, read, write
from core.project.json_io import FileError

V1 = Path(__file__).parent / "v1"

DESIGN = Design(
    "Prüfung α",
    Data("xor", samples=40, seed=3),
    (Dense(4, ("tanh", "relu", "leaky_relu", "elu"), alpha=0.1), Dropout(0.25), Dense(1, "sigmoid")),
    Training(optimizer=Adam(beta1=0.8), learning_rate=0.03, l2=1e-3, seed=7),
)


def trained(design: Design, iterations: int = 30) -> DesignFile:
    dataset = make_dataset(design.data)
    trainer = Trainer(Network(design, dataset), dataset)
    trainer.run(iterations)
    snapshot = trainer.snapshot()
    return DesignFile(design, snapshot.theta, snapshot.memory, snapshot.iteration)


@pytest.fixture
def good(tmp_path: Path) -> dict:
    """A file with weights, as plain JSON values, to be spoiled."""
    write(tmp_path / "good.glassnet", trained(DESIGN))
    return json.loads((tmp_path / "good.glassnet").read_text(encoding="utf-8"))


def refusal(path: Path, content: bytes) -> str:
    """Return the sentence said about a file of that content."""
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        read(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"“{path.name}”")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_a_design_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    write(path, DesignFile(DESIGN))
    work = read(path)
    assert work.design == DESIGN
    assert work.theta is None
    assert work.memory is None
    assert work.iteration == 0


def test_conventions_come_back_and_the_usual_ones_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    write(path, DesignFile(DESIGN))
    assert not CONVENTIONS & set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    table = ((0.15, 0.25), (0.2, 0.3), (0.35, 0.35))
    design = Design(
        data=Data(labels="-1/1", scale=2, formula="x^2", features=("x1", "x1*x2")),
        layers=(Dense(2, initial=table, fixed=((0, 1), (0, 2))), Dense(1, "sign", initial=0.5, fixed=True)),
        training=Training(
            MSE(over_outputs="half sum", over_samples="sum"),
            order="as in the table",
            first_sample=3,
            rule="perceptron",
        ),
    )
    write(path, DesignFile(design))
    assert read(path).design == design
    assert set(re.findall(r"\w+", path.read_text(encoding="utf-8"))) >= CONVENTIONS


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_weights_come_back_to_the_last_bit(tmp_path: Path, precision: str) -> None:
    design = Design(layers=DESIGN.layers, training=Training(optimizer=Adam(), precision=precision))
    before = trained(design)
    write(tmp_path / "a.glassnet", before)
    after = read(str(tmp_path / "a.glassnet"))
    assert after.iteration == 30
    for old, new in ((before.theta, after.theta), (before.memory, after.memory)):
        assert new.dtype == precision
        assert new.shape == old.shape
        assert (new == old).all()


def test_a_file_is_readable_text(tmp_path: Path) -> None:
    write(tmp_path / "a.glassnet", trained(DESIGN))
    lines = (tmp_path / "a.glassnet").read_text(encoding="utf-8").splitlines()
    assert lines[1:3] == ['  "format": "glassnet-design",', f'  "version": {VERSION},']
    assert '    "title": "Prüfung α",' in lines
    assert [line.split(":")[0] for line in lines[-4:]] == ['  "theta"', '  "memory"', '  "iteration"', "}"]


def test_a_design_that_does_not_work_yet_is_kept(tmp_path: Path) -> None:
    broken = Design(layers=(Dense(1, "softmax"),))
    write(tmp_path / "a.glassnet", DesignFile(broken))
    assert read(tmp_path / "a.glassnet").design == broken


def test_files_of_version_1_open() -> None:
    plain, weights = read(V1 / "plain.glassnet"), read(V1 / "weights.glassnet")
    assert plain.design.training.loss == Huber(0.5)
    assert plain.design.layers[1] == Dropout(0.1)
    assert weights.design.title == "Kept with its weights"
    assert weights.iteration == 12
    assert weights.theta.shape == (17,)
    assert weights.memory.shape == (2, 17)
    assert weights.theta[0] == 0.3637544503922534


# -- what is wrong inside a file -------------------------------------------------------------------------

PLACES = [
    (("version",), 99, "version 99 is newer than this Glassnet"),
    (("version",), 0, "there is no version 0"),
    (("version",), "1", "version must be a whole number, not text"),
    (("format",), "other", "format must be “glassnet-design”"),
    (("colour",), 1, "has a field “colour” that Glassnet does not know"),
    (("design",), [], "design must be an object {…}, not a list […]"),
    (("design", "layers"), [], "design.layers must have a length of at least 1"),
    (
        ("design", "layers"),
        [{"kind": "dropout", "rate": 0}] * 65,
        "design.layers must have a length of at most 64",
    ),
    (("design", "layers"), {}, "design.layers must be a list […], not an object {…}"),
    (("design", "layers", 0, "neurons"), 10**9, "design.layers[0].neurons must be at most 1024"),
    (("design", "layers", 0, "neurons"), 10**40, "design.layers[0].neurons must be at most 1024"),
    (("design", "layers", 0, "neurons"), 0, "design.layers[0].neurons must be at least 1"),
    (("design", "layers", 0, "neurons"), 2.5, "neurons must be a whole number, not a number with decimals"),
    (("design", "layers", 0, "neurons"), True, "neurons must be a whole number, not true or false"),
    (
        ("design", "layers", 0, "kind"),
        "conv",
        "layers[0].kind cannot be “conv”: choose one of dense, dropout",
    ),
    (("design", "layers", 0, "activation"), "swish", "design.layers[0].activation cannot be “swish”"),
    (("design", "layers", 0, "initializer"), "magic", "there is no “magic”; choose one of zeros, normal"),
    (("design", "layers", 2, "size"), 3, "design.layers[2] has a field “size” that Glassnet does not know"),
    (("design", "data", "source"), "moon", "design.data.source: Data: there is no “moon”"),
    (("design", "data", "samples"), 10**7, "design.data.samples must be at most 5000"),
    (("design", "training", "learning_rate"), 0, "design.training.learning_rate must be above 0"),
    (("design", "training", "learning_rate"), 1e9, "design.training.learning_rate must be at most 100"),
    (("design", "training", "learning_rate"), "fast", "learning_rate must be a number, not text"),
    (("design", "training", "learning_rate"), None, "learning_rate must be a number, not null"),
    (("design", "training", "loss", "name"), "focal", "loss.name cannot be “focal”: choose one of mse, mae"),
    (
        ("design", "training", "optimizer", "name"),
        "lion",
        "optimizer.name cannot be “lion”: choose one of grad",
    ),
    (("design", "training", "precision"), "float8", "precision cannot be “float8”: choose one of float64"),
    (("theta",), [1.0, 2.0], "theta has 2 numbers, but this network needs 17"),
    (("theta",), [], "theta has 0 numbers"),
    (("theta",), "AAAA", "theta must be a list of numbers"),
    (("theta", 3), None, "theta[3] must be a number, not null"),
    (("theta",), [[0.0] * 17], "theta[0] must be a number, not a list […]"),
    (("memory",), [[0.0] * 17], "memory has 17 numbers, but this network needs 34"),
    (("memory",), [[0.0], [0.0] * 33], "memory must be 2 lists of 17 numbers each"),
    (("theta",), None, "theta is missing"),
    (("iteration",), -1, "iteration must be between 0 and"),
]


@pytest.mark.parametrize(("place", "value", "said"), PLACES, ids=[said for *_, said in PLACES])
def test_a_wrong_value_is_named_with_its_place(
    tmp_path: Path, good: dict, place: tuple, value: object, said: str
) -> None:
    spoiled = copy.deepcopy(good)
    part = spoiled
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    assert said in refusal(tmp_path / "bad.glassnet", json.dumps(spoiled).encode())


@pytest.mark.parametrize("key", ["format", "version", "design"])
def test_a_missing_field_is_named(tmp_path: Path, good: dict, key: str) -> None:
    del good[key]
    assert f"lacks the field “{key}”" in refusal(tmp_path / "bad.glassnet", json.dumps(good).encode())


def test_weights_of_a_design_that_cannot_work_are_refused(tmp_path: Path, good: dict) -> None:
    good["design"]["layers"][2]["activation"] = "softmax"
    said = refusal(tmp_path / "bad.glassnet", json.dumps(good).encode())
    assert "theta belongs to a network that works" in said
    assert "softmax needs at least 2 neurons" in said


def test_a_newer_version_may_have_fields_of_its_own(tmp_path: Path) -> None:
    newer = b'{"format": "glassnet-design", "version": 2, "graph": {}, "notes": ["x"]}'
    assert "version 2 is newer" in refusal(tmp_path / "bad.glassnet", newer)


def spoil(good: dict, old: str, new: str) -> bytes:
    text = json.dumps(good, indent=1)
    assert old in text
    return text.replace(old, new, 1).encode()


def test_what_is_not_json_is_named_with_line_and_column(tmp_path: Path, good: dict) -> None:
    path = tmp_path / "bad.glassnet"
    assert "it ends too early, at line 1, column 1:" in refusal(path, b"")
    assert "it ends too early, at line 17, column 3:" in refusal(
        path, json.dumps(good, indent=1).encode()[:260]
    )
    assert "line 1, column 1 is not JSON" in refusal(path, b"PK\x03\x04")
    assert "line 1, column 1 is not UTF-8 text" in refusal(path, bytes(range(128, 256)))
    assert "line 9, column 13: NaN is not a number" in refusal(
        path, spoil(good, '"noise": 0.1', '"noise": NaN')
    )
    assert "Infinity is not a number" in refusal(path, spoil(good, '"noise": 0.1', '"noise": Infinity'))
    assert "design.data.noise is too large" in refusal(path, spoil(good, '"noise": 0.1', '"noise": 1e400'))
    assert "the file must be an object" in refusal(path, b"[]")


def test_a_field_written_twice_is_refused(tmp_path: Path, good: dict) -> None:
    path = tmp_path / "bad.glassnet"
    assert "“noise” stands twice" in refusal(path, spoil(good, '"noise": 0.1', '"noise": 0.1, "noise": 1'))
    assert "“theta” stands twice" in refusal(path, spoil(good, '"theta": [', '"theta": [1], "theta": ['))


def test_text_that_is_not_utf8_is_named_with_its_place(tmp_path: Path, good: dict) -> None:
    good["design"]["title"] = "Zurich"
    content = json.dumps(good, indent=1).encode().replace(b"Zurich", b"Z\xfcrich")
    assert "line 5, column 14 is not UTF-8 text" in refusal(tmp_path / "bad.glassnet", content)


def test_a_mark_of_byte_order_is_no_fault(tmp_path: Path, good: dict) -> None:
    path = tmp_path / "a.glassnet"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(good).encode())
    assert read(path).theta.shape == (17,)


def test_half_a_character_anywhere_is_named_with_its_place(tmp_path: Path, good: dict) -> None:
    text = json.dumps(good, indent=1).encode()
    for byte in random.Random(1).sample(range(len(text)), 60):
        content = text[:byte] + b"\xe2\x82" + text[byte:]
        line, column = text[:byte].count(b"\n") + 1, byte - text.rfind(b"\n", 0, byte)
        said = refusal(tmp_path / "bad.glassnet", content)
        assert f"line {line}, column {column} is not UTF-8 text" in said


def test_a_file_spoiled_anywhere_is_refused_in_a_sentence_or_read(tmp_path: Path, good: dict) -> None:
    text, chance, path = json.dumps(good, indent=1).encode(), random.Random(2), tmp_path / "bad.glassnet"
    for _ in range(400):
        at, size = chance.randrange(len(text)), chance.choice([0, 1, 1, 30])
        content = text[:at] + chance.randbytes(chance.choice([0, 1, 3])) + text[at + size :]
        path.write_bytes(content)
        try:
            read(path)
        except FileError as error:
            said = str(error)
            assert said.startswith("“bad.glassnet”: ") and said.endswith(".")
            assert said.isprintable()


def test_a_title_that_commands_is_kept_where_it_can_be_seen(tmp_path: Path, good: dict) -> None:
    path = tmp_path / "a.glassnet"
    for ascii_only in (True, False):
        good["design"]["title"] = "\x1b[2J\x1b]0;t\x07 a\nb\u202ec\x9b"
        path.write_text(json.dumps(good, ensure_ascii=ascii_only), "utf-8")
        assert read(path).design.title == "␛[2J␛]0;t␇ a b\ufffdc\ufffd"


def test_what_a_file_says_is_echoed_on_one_short_line(tmp_path: Path, good: dict) -> None:
    for name in ("x" * 1500, "a\nb\nc", "\x1b[31mred", "a\u202eb"):
        for spoiled in (
            {**good, name: 1},
            {**good, "format": name},
            {**good, "design": {"title": "", name: 1}},
        ):
            said = refusal(tmp_path / "bad.glassnet", json.dumps(spoiled).encode())
            assert len(said) < 300
            assert said.isprintable()
        with pytest.raises(FileError) as caught:
            find(name)
        assert len(str(caught.value)) < 400 and str(caught.value).isprintable()


def test_a_number_too_large_for_the_precision_is_refused(tmp_path: Path, good: dict) -> None:
    good["design"]["training"]["precision"] = "float32"
    good["theta"][2] = 1e300
    said = refusal(tmp_path / "bad.glassnet", json.dumps(good).encode())
    assert "theta holds a number that is too large for float32" in said


# -- files made to hurt ----------------------------------------------------------------------------------

HEAD = b'{"format": "glassnet-design", "version": 1, '
LAYER = b'{"kind": "dense", "neurons": 1024},'
HOSTILE = {
    "a hundred megabytes": (None, "has 95 MiB, and a design has at most 16 MiB"),
    "a million layers": (HEAD + b'"design": {"layers": [' + LAYER * 10**6 + b"0]}}", "has 33 MiB"),
    "many layers": (HEAD + b'"design": {"layers": [' + LAYER * 400_000 + b"0]}}", "at most 2 MiB"),
    "a million bare layers": (
        HEAD + b'"design": {"layers": [' + b"1," * 10**6 + b"0]}}",
        "design.layers[0] must be",
    ),
    "open brackets": (HEAD + b'"design": ' + b"[" * 5_000_000, "nested too deeply"),
    "nested objects": (HEAD + b'"design": ' + b'{"a":' * 10**6 + b"1" + b"}" * 10**6 + b"}", "nested"),
    "nested theta": (
        HEAD + b'"design": {}, "theta": ' + b"[" * 10**5 + b"]" * 10**5 + b"}",
        "nested too deeply",
    ),
    "millions of weights": (
        HEAD + b'"design": {}, "theta": [' + b"0," * 7_000_000 + b"0]}",
        "7,000,001 numbers",
    ),
    "millions of fields": (HEAD + b'"a": 0,' * 2_000_000 + b'"b": 0}', "does not know"),
    "one field many times": (
        HEAD + b'"design": {"data": {' + b'"seed":0,' * 200_000 + b'"seed":1}}}',
        "“seed” stands twice",
    ),
    "digits": (b"9" * (15 << 20), "the file is too large a number"),
    "spaces": (b" " * (15 << 20), "ends too early"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_little_room(tmp_path: Path, name: str) -> None:
    content, said = HOSTILE[name]
    path = tmp_path / "bad.glassnet"
    if content is None:
        with path.open("wb") as file:
            file.truncate(100_000_000)
    else:
        path.write_bytes(content)
    assert said in refused_in_little_room(path)


def refused_in_little_room(path: Path) -> str:
    tracemalloc.start()
    try:
        with pytest.raises(FileError) as caught:
            read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 70 << 20, "the text itself, its copies, and nothing made from it"
    return str(caught.value)


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"is not a file that can be read: choose a \.glassnet file\."):
        read(tmp_path)
    with pytest.raises(FileError, match=r"“none\.glassnet” cannot be opened: no such file or directory"):
        read(tmp_path / "none.glassnet")
    with pytest.raises(FileError, match="cannot be opened"):
        read("nul\0.glassnet")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are a thing of POSIX")
def test_a_pipe_does_not_hang_the_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.glassnet")
    with pytest.raises(FileError, match="is not a file"):
        read(tmp_path / "pipe.glassnet")


# -- finding, and writing what cannot be read ------------------------------------------------------------


def test_a_path_or_an_example_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find("xor") == examples()["xor"]
    write(tmp_path / "own.glassnet", DesignFile(DESIGN))
    assert find(str(tmp_path / "own.glassnet")) == tmp_path / "own.glassnet"
    monkeypatch.chdir(tmp_path)
    assert find("own.glassnet") == Path("own.glassnet")
    with pytest.raises(FileError, match=r"no file “xro”.*the examples are .*xor"):
        find("xro")


def test_what_could_not_be_opened_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    write(path, DesignFile(DESIGN))
    before = path.read_bytes()
    bad = trained(DESIGN)
    bad.theta[3] = np.nan
    for work, said in (
        (bad, r"theta\[3\] must be a number"),
        (DesignFile(Design(training=Training(learning_rate=0.0))), "learning_rate must be above 0"),
        (DesignFile(Design(layers=(Dense(10**9),))), "neurons must be at most 1024"),
    ):
        with pytest.raises(FileError, match=f"“a.glassnet” was not saved: .*{said}"):
            write(path, work)
    assert path.read_bytes() == before


# -- a run goes on from its file --------------------------------------------------------------------------

BATCHES = ("batch", "stochastic", "mini-batch")
CHANGED = (None, {"batch_size": 3}, {"optimizer": Momentum()}, {"optimizer": Adam(), "batch_size": 9})


@pytest.mark.parametrize("changes", CHANGED, ids=str)
@pytest.mark.parametrize("kind", BATCHES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_goes_on_from_its_file_to_the_same_bits(
    tmp_path: Path, optimizer: str, kind: str, changes: dict | None
) -> None:
    settings = {"optimizer": OPTIMIZERS[optimizer](), "gradient_descent": kind, "batch_size": 7}
    training = replace(DESIGN.training, **settings)
    design = replace(DESIGN, training=training)
    dataset = make_dataset(design.data)
    run = Run(Trainer(Network(design, dataset), dataset))
    run.train(77)
    if changes is not None:
        design = replace(design, training=replace(training, **changes, gradient_descent="mini-batch"))
        run.set_training(Network(design, dataset))
    run.train(123)
    before = run.trainer
    moment, path = before.moment(), tmp_path / "a.glassnet"
    write(path, DesignFile(design, moment.theta, moment.memory, moment.iteration, before.origin))
    work = read(path)
    again = trainer_at(
        Network(work.design, dataset), dataset, work.theta, work.memory, work.iteration, work.origin
    )
    for trainer in (before, again):
        trainer.run(100)
    ours, theirs = before.snapshot(), again.snapshot()
    assert (ours.theta == theirs.theta).all()
    assert (ours.memory == theirs.memory).all()
    assert (ours.iteration, ours.epoch, ours.batch) == (theirs.iteration, theirs.epoch, theirs.batch)
    assert ours.iteration == 300
    assert list(before.curves().losses[-100:]) == list(again.curves().losses[-100:])


def test_weights_without_a_memory_begin_with_an_empty_one(tmp_path: Path) -> None:
    work = trained(DESIGN)
    write(tmp_path / "a.glassnet", DesignFile(DESIGN, work.theta, None, work.iteration))
    held = read(tmp_path / "a.glassnet")
    dataset = make_dataset(DESIGN.data)
    network = Network(DESIGN, dataset)
    trainer = trainer_at(network, dataset, held.theta, held.memory, held.iteration, held.origin)
    moved = trainer.moment().theta.copy()
    trainer.run(1)
    # The first update of Adam is η in size, whatever the gradient: t counts from the empty memory.
    step = np.abs(trainer.moment().theta - moved)
    assert np.allclose(step[step > 0], DESIGN.training.learning_rate, rtol=1e-3)


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ({"iteration": 31}, "origin.iteration must be between 0 and 30"),
        ({"iteration": 10, "epochs": 11}, "origin.epochs must be between 0 and 10"),
        ({"optimizer": -1}, "origin.optimizer must be between 0 and 30"),
        ({"epoch": 1}, "origin has a field “epoch” that"),
        ({"iteration": 1.5}, "origin.iteration must be a whole number"),
    ],
)
def test_an_origin_that_is_none_is_refused(tmp_path: Path, good: dict, origin: dict, said: str) -> None:
    good["origin"] = origin
    assert said in refusal(tmp_path / "bad.glassnet", json.dumps(good).encode())
