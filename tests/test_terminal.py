"""The command `glassnet` in real processes: output and exit codes."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MSE
from core.project.files import DesignFile, read, write

ROOT = Path(__file__).parents[1]
GLASSNET = [sys.executable, "-m", "gui"]
SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what Linux lacks, others bring")


def environment(**changes: str) -> dict[str, str]:
    """Return the environment without a display, with the checkout on the path, and with changes."""
    kept = {name: value for name, value in os.environ.items() if name not in SCREEN}
    return kept | {"PYTHONPATH": str(ROOT)} | changes


def glassnet(*arguments: object, cwd: Path = ROOT, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GLASSNET, *map(str, arguments)],
        cwd=cwd,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return stderr without the progress, which has one line for every second."""
    return "".join(line for line in done.stderr.splitlines(keepends=True) if not line.startswith("epoch "))


def refusal(*arguments: object, **options: object) -> str:
    """Return the one-sentence message of a command that ends with code 2."""
    done = glassnet(*arguments, **options)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("glassnet: ")
    assert done.stderr.endswith(".\n")
    assert done.stderr.count("\n") == 1
    return done.stderr


# -- train ---------------------------------------------------------------------------------------------


def test_train_says_in_words_how_it_went() -> None:
    done = glassnet("train", "xor", "--epochs", "100")
    assert done.returncode == 0
    assert said(done) == ""
    first, train, test = done.stdout.splitlines()
    assert first.startswith("XOR: 100 epochs, 1,400 iterations in ")
    assert train.startswith("Train loss ")
    assert train.endswith("accuracy 100 %.")
    assert test.startswith("Test loss ")


def test_train_ends_with_one_json_object() -> None:
    done = glassnet("train", "digits", "--epochs", "2", "--json")
    result = json.loads(done.stdout.splitlines()[-1])
    assert list(result) == [
        "epochs",
        "iterations",
        "train_loss",
        "test_loss",
        "train_accuracy",
        "test_accuracy",
        "seconds",
        "metrics",
    ]
    assert (result["epochs"], result["iterations"]) == (2, 80)
    assert 0 < result["test_loss"] < 0.5
    assert result["train_accuracy"] > 0.9
    assert result["seconds"] > 0


@pytest.mark.parametrize(
    ("name", "missing"),
    [("sine", {"train_accuracy", "test_accuracy"}), ("xor-four-points", {"test_loss", "test_accuracy"})],
)
def test_what_there_is_not_is_null(name: str, missing: set[str]) -> None:
    result = json.loads(glassnet("train", name, "--iterations", "5", "--json").stdout)
    assert {key for key, value in result.items() if value is None} == missing
    assert result["iterations"] == 5


def test_train_tells_the_metrics_of_both_sets() -> None:
    result = json.loads(glassnet("train", "digits", "--epochs", "2", "--json").stdout)
    for part in ("train", "test"):
        metrics = result["metrics"][part]
        assert metrics["accuracy"] == result[f"{part}_accuracy"]
        assert list(metrics["recall"]) == ["macro", "weighted", "by_class"]
        assert metrics["recall"]["weighted"] == pytest.approx(metrics["accuracy"])
        assert list(metrics["roc_area"]["by_class"]) == list("0123456789")
    values = json.loads(glassnet("train", "circle", "--epochs", "20", "--json").stdout)["metrics"]["test"]
    assert list(values) == ["r2", "rmse", "mae"] and len(values["mae"]["by_target"]) == 2
    assert values["r2"]["macro"] == pytest.approx(sum(values["r2"]["by_target"].values()) / 2)
    nothing_to_test = json.loads(glassnet("train", "xor-four-points", "--iterations", "5", "--json").stdout)
    assert list(nothing_to_test["metrics"]) == ["train"]


def test_a_saved_training_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    half, whole = tmp_path / "half.glassnet", tmp_path / "whole.glassnet"
    assert glassnet("train", "spiral", "--iterations", 70, "--save", half).returncode == 0
    assert glassnet("train", half, "--iterations", 50, "--save", half).returncode == 0
    assert glassnet("train", "spiral", "--iterations", 120, "--save", whole).returncode == 0
    assert half.read_bytes() == whole.read_bytes()
    assert read(whole).iteration == 120


def test_a_seed_starts_anew(tmp_path: Path) -> None:
    saved = tmp_path / "a.glassnet"
    for start in ("xor", saved):
        done = glassnet("train", start, "--seed", 8, "--epochs", 1, "--save", saved)
        assert done.stdout.startswith("XOR: 1 epoch, 14 iterations in ")
        assert read(saved).iteration == 14
        assert read(saved).design.training.seed == 8


def diverging(path: Path) -> Path:
    layers = (Dense(4, "linear"), Dense(1, "linear"))
    write(path, DesignFile(Design("Too fast", Data("sine"), layers, Training(MSE(), learning_rate=50.0))))
    return path


def test_a_diverged_training_ends_with_code_1_and_its_last_finite_moment(tmp_path: Path) -> None:
    file, out = diverging(tmp_path / "fast.glassnet"), tmp_path / "out.glassnet"
    done = glassnet("train", file, "--json", "--save", out)
    assert done.returncode == 1
    assert said(done).startswith("glassnet: Training diverged in iteration ")
    assert "no longer a finite number" in done.stderr
    result = json.loads(done.stdout)
    assert 0 < result["iterations"] < 200
    assert read(out).iteration == result["iterations"]


@pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C")
def test_ctrl_c_stops_says_where_and_saves(tmp_path: Path) -> None:
    out = tmp_path / "out.glassnet"
    arguments = ["train", "spiral", "--epochs", "100000000", "--save", str(out)]
    running = subprocess.Popen(
        [*GLASSNET, *arguments], cwd=ROOT, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert running.stderr is not None
    assert running.stderr.readline().startswith(b"epoch ")  # progress written to a log, one line per second
    running.send_signal(signal.SIGINT)
    printed, said = running.communicate(timeout=300)
    assert running.returncode == 130
    assert b"stopped at iteration " in said
    assert b"Traceback" not in said
    assert printed.startswith(b"Spiral: ")
    assert read(out).iteration > 0


@pytest.mark.skipif(os.name != "posix", reason="closes a pipe as POSIX does")
@pytest.mark.parametrize("arguments", [["train", "xor", "--json"], ["--diagnostics"]])
def test_a_reader_who_leaves_early_causes_no_complaint(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*GLASSNET, *arguments],
        cwd=ROOT,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        check=False,
    )
    os.close(writing)
    assert said(done) == ""
    assert done.returncode == 1


# -- check, version, diagnostics -----------------------------------------------------------------------


def test_check_agrees_at_the_start_and_at_saved_weights(tmp_path: Path) -> None:
    saved = tmp_path / "a.glassnet"
    assert glassnet("train", "breast-cancer", "--epochs", 3, "--save", saved).returncode == 0
    for file in ("breast-cancer", saved):
        done = glassnet("check", file)
        assert done.returncode == 0
        assert "200 of 641 parameters checked" in done.stdout
        assert "backpropagation agrees with central differences" in done.stdout


def test_check_tells_kinks_apart_from_errors(tmp_path: Path) -> None:
    file = tmp_path / "relu.glassnet"
    data, layers = Data(source="xor-four-points"), (Dense(3, "relu"), Dense(1, "sigmoid"))
    training = Training(batch_size=4)
    write(file, DesignFile(Design(data=data, layers=layers, training=training)))
    done = glassnet("check", file)
    assert done.returncode == 0
    assert "agrees" in done.stdout and "At 3 of them J has a kink" in done.stdout, "the three biases are 0"
    assert "10 were compared" in done.stdout


def test_version_and_diagnostics() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert glassnet("--version").stdout == f"glassnet {project['version']}\n"
    printed = glassnet("--diagnostics").stdout
    names = {line[:20].strip() for line in printed.splitlines()}
    assert names >= {"Python", "NumPy", "BLAS", "Qt", "pyqtgraph", "platform", "screen", "cores"}


def test_diagnostics_name_the_screen() -> None:
    printed = glassnet("--diagnostics", QT_QPA_PLATFORM="offscreen").stdout
    assert "(offscreen)" in printed


@pytest.mark.parametrize(("name", "theme"), [("spiral", "light"), ("digits", "dark")])
def test_a_picture_has_the_size_and_the_theme_asked_for(tmp_path: Path, name: str, theme: str) -> None:
    out = tmp_path / "out.png"
    options = ["--size", "1366x768", "--theme", theme, "--iterations", 200]
    done = glassnet("picture", name, "-o", out, *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == [out]
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (1366, 768)
    assert (picture.pixelColor(1300, 5).lightness() > 128) == (theme == "light")


def test_a_picture_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    assert "was not saved" in refusal("picture", "xor", "-o", tmp_path / "out.nothing")
    (tmp_path / "bad.glassnet").write_text("[]")
    said = refusal("picture", tmp_path / "bad.glassnet", "-o", tmp_path / "out.png")
    assert "the file must be an object" in said


@pytest.mark.parametrize("scale", ["1", "1.5", "2"])
def test_a_picture_has_the_size_asked_for_and_all_in_it(tmp_path: Path, scale: str) -> None:
    out = tmp_path / "out.png"
    done = glassnet("picture", "xor", "-o", out, QT_SCALE_FACTOR=scale)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (1600, 1000)
    # The thumbnails of the data, with dots of both classes, are at the left in the middle.
    strong = [
        colour
        for x in range(8, 230)
        for y in range(270, 430)
        if (colour := picture.pixelColor(x, y)).saturation() > 150
    ]
    assert sum(colour.red() > colour.blue() for colour in strong) > 50
    assert sum(colour.red() < colour.blue() for colour in strong) > 50


# -- text from outside --------------------------------------------------------------------------------


@pytest.fixture
def commanding(tmp_path: Path) -> Path:
    """Return a file whose title would clear a terminal, set its window title and colour later output."""
    path = tmp_path / "a.glassnet"
    title = "\x1b[2J\x1b[31mOWNED\x1b]0;title\x07\r\nglassnet: all is well\u202e"
    text = json.dumps({"format": "glassnet-design", "version": 1, "design": {"title": title}})
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    "command",
    [["train", "--epochs", "1"], ["check"], ["explain"], ["explain", "--format", "latex"]],
    ids=" ".join,
)
def test_a_title_does_not_command_the_terminal(commanding: Path, command: list[str]) -> None:
    done = glassnet(command[0], commanding, *command[1:])
    assert done.returncode == 0, done.stderr
    assert "OWNED" in done.stdout
    for text in (done.stdout, done.stderr):
        assert text.replace("\n", "").isprintable()
        assert not any(line.startswith("glassnet: all is well") for line in text.splitlines())


@pytest.mark.parametrize("word", ["\x1b[2Jx", "a\nb", "a\u202eb", "y" * 3000])
def test_an_argument_is_echoed_on_one_harmless_line(word: str) -> None:
    for arguments in (
        [word],
        ["train", word],
        ["lecture", word],
        ["scenes", word],
        ["picture", "xor", "-o", f"none/{word}/a.png"],
        ["train", "xor", "--save", f"none/{word}/a.glassnet"],
    ):
        said = refusal(*arguments)
        assert said.removesuffix("\n").isprintable() and len(said) < 700
    for arguments in (["train", "xor", "--epochs", word], ["train", "xor", f"--{word}"], ["xor", word]):
        done = glassnet(*arguments)
        last = done.stderr.splitlines()[-1]
        assert done.returncode == 2 and "error: " in last
        assert done.stderr.replace("\n", "").isprintable() and len(last) < 1400


def test_what_cannot_be_saved_over_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for place, why in (
        (tmp_path / "notes.txt", "it is no file of Glassnet"),
        (tmp_path, "is a folder"),
        (ROOT / "assets" / "designs" / "xor.glassnet", "it comes with Glassnet"),
    ):
        assert why in refusal("train", "xor", "--save", place, "--epochs", 10**9)
    assert (tmp_path / "notes.txt").read_text() == "mine"


# -- errors -------------------------------------------------------------------------------------------


def test_an_unknown_file_is_one_sentence(tmp_path: Path) -> None:
    for arguments in (["train", "xro"], ["check", "xro"], ["xro"], ["picture", "xro", "-o", "a.png"]):
        assert "no file “xro”" in refusal(*arguments)
    assert "no file “./train”" in refusal("./train")
    assert "no file “train.glassnet”" in refusal("train.glassnet")
    (tmp_path / "bad.glassnet").write_text("{")
    assert "“bad.glassnet”: it ends too early" in refusal("train", tmp_path / "bad.glassnet")


def test_a_design_that_cannot_work_is_one_sentence(tmp_path: Path) -> None:
    write(tmp_path / "a.glassnet", DesignFile(Design(layers=(Dense(1, "softmax"),))))
    for command in ("train", "check"):
        assert "softmax needs at least 2 neurons" in refusal(command, tmp_path / "a.glassnet")


def test_a_place_that_cannot_be_saved_to_is_refused_before_the_work(tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "a.glassnet"
    assert "there is no such folder" in refusal("train", "xor", "--save", nowhere, "--epochs", 10**9)
    assert "there is no such folder" in refusal("picture", "xor", "-o", tmp_path / "none" / "a.png")


@pytest.mark.parametrize(
    "arguments",
    [["train"], ["train", "xor", "--epochs", "-1"], ["train", "xor", "--epochs", "1", "--iterations", "1"]],
)
def test_wrong_arguments_end_with_code_2(arguments: list[str]) -> None:
    done = glassnet(*arguments)
    assert done.returncode == 2
    assert "error: " in done.stderr.splitlines()[-1]


@linux
def test_without_a_display_there_is_one_sentence_with_the_line_to_run() -> None:
    for arguments in ([], ["xor"]):
        assert "“sudo apt install xvfb libglib2.0-0 " in refusal(*arguments)
    said = refusal(DISPLAY=":987")  # if Qt lacks a library, that is reported first
    assert "the display :987 does not answer" in said or "a system library is missing (libx" in said


@linux
@pytest.mark.parametrize(
    ("library", "arguments", "changes"),
    [
        ("libxcb-cursor.so.0", [], {"DISPLAY": ":987"}),
        ("libxkbcommon-x11.so.0", ["xor"], {"QT_QPA_PLATFORM": "xcb"}),
        ("libEGL.so.1", ["xor"], {"QT_QPA_PLATFORM": "offscreen"}),
        ("libEGL.so.1", ["picture", "xor", "-o", "a.png"], {}),
    ],
)
def test_a_missing_library_is_named_with_the_line_to_run(
    tmp_path: Path, library: str, arguments: list[str], changes: dict[str, str]
) -> None:
    (tmp_path / library).touch()  # the loader finds this file first, which is not a library
    said = refusal(*arguments, LD_LIBRARY_PATH=str(tmp_path), **changes)
    assert "a system library is missing (" in said and library in said
    assert "“sudo apt install libglib2.0-0 libgl1 libegl1 " in said
    assert ("libxcb-cursor0" in said) == ("offscreen" not in changes.values() and "picture" not in arguments)


@linux
def test_training_needs_no_qt(tmp_path: Path) -> None:
    (tmp_path / "PySide6.py").write_text("raise ImportError('no Qt here')")
    done = glassnet("train", "xor", "--epochs", 1, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_training_replaces_no_other_design_unless_told(engine: str, tmp_path: Path) -> None:
    if engine == "torch":
        pytest.importorskip("torch")
    out, arguments = tmp_path / "a.glassnet", ("--engine", engine, "--iterations", 3)
    assert glassnet("train", "xor", *arguments, "--save", out).returncode == 0
    before = out.read_bytes()
    assert "is there already" in refusal("train", "iris", *arguments, "--save", out)
    assert out.read_bytes() == before
    assert glassnet("train", out, *arguments, "--save", out).returncode == 0
    assert read(out).iteration == 6
    assert glassnet("train", "iris", *arguments, "--save", out, "--force").returncode == 0
    assert read(out).design.title != "XOR"
