"""The command `glassnet scenes` in real processes."""

import json
import re
from pathlib import Path

import pytest

from core.lecture.scene import find_scene, read_scene, shipped_scenes
from tests.test_terminal import glassnet, refusal


def own(folder: Path, old: str, new: str) -> Path:
    """Write a scene file based on the softmax scene with ``old`` replaced by ``new``; return its path."""
    text = find_scene("softmax-tumours").read_text(encoding="utf-8")
    assert old in text
    file = folder / "own.json"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def row(printed: str, name: str) -> list[str]:
    """Return the cells of the table row of the number ``name``."""
    (line,) = (line for line in printed.splitlines() if line.strip("✗ ").startswith(name + "  "))
    return re.split(r"\s{2,}", line.strip("✗ "))


def test_the_list_has_every_scene_below_its_part() -> None:
    done = glassnet("scenes")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    scenes = [read_scene(file) for file in shipped_scenes()]
    assert [line for line in lines if line.startswith(" ")] == [
        f"{scene.number:4}  {scene.title}  ({scene.name})" for scene in scenes
    ]
    assert [line[0] for line in lines if line and not line.startswith(" ")] == list("ABCDEFGF")


def test_the_check_computes_every_number_of_the_lecture() -> None:
    done = glassnet("scenes", "--check")
    assert (done.returncode, done.stderr) == (0, "")
    numbers = sum(len(read_scene(file).expected) for file in shipped_scenes())
    assert done.stdout.endswith(f"\n{numbers} of {numbers} numbers are as expected.\n")
    assert "✗" not in done.stdout
    assert done.stdout.splitlines()[0].split() == ["engine", "exact", "off", "by", "slide", "off", "by"]
    assert row(done.stdout, "sigmoid(5.7)")[1] == "0.9966652"
    assert row(done.stdout, "sum of exponentials")[1:] == ["7.313761", "7.313761", "0", "7.32", "0.00624"]
    assert row(done.stdout, "BCE")[4] == "0.273"
    assert row(done.stdout, "w after 4 steps")[1:3] == ["2.7872", "2.7872"]
    assert row(done.stdout, "the minimum")[1:3] == ["3.333333", "10/3"]
    assert row(done.stdout, "highest accuracy of one neuron")[1:] == ["0.75", "≤ 0.75", "0"]


@pytest.mark.parametrize("word", ["15", "softmax-tumours", "assets/scenes/15-softmax-tumours.json"])
def test_one_scene_is_checked_by_number_name_or_file(word: str) -> None:
    done = glassnet("scenes", word, "--check")
    assert done.returncode == 0
    assert "15. Softmax: three kinds of tumour" in done.stdout
    assert done.stdout.endswith("\n9 of 9 numbers are as expected.\n")


def test_a_number_that_is_off_is_marked_and_ends_with_code_1(tmp_path: Path) -> None:
    done = glassnet("scenes", "--check", own(tmp_path, '"exact": "exp(1.5)"', '"exact": 4.48'))
    assert done.returncode == 1
    (marked,) = (line for line in done.stdout.splitlines() if "✗" in line)
    assert marked.split() == ["✗", "exp", "1.5", "4.481689", "4.48", "0.00169", "4.48", "0.00169"]
    assert done.stdout.endswith("\n8 of 9 numbers are as expected.\n")
    assert done.stderr == "glassnet: 1 number is off, marked with ✗ above.\n"


def test_a_slide_that_is_off_by_more_than_a_digit_is_marked(tmp_path: Path) -> None:
    done = glassnet("scenes", "--check", own(tmp_path, '"slide": "7.32"', '"slide": "7.33"'))
    assert done.returncode == 1
    assert "✗ sum of exponentials" in done.stdout


def test_what_cannot_be_computed_is_marked_with_its_reason(tmp_path: Path) -> None:
    expected = {
        "name": "x",
        "quantity": {"compute": "training", "network": "high", "what": "train_loss", "iterations": 200},
        "least": 0,
    }
    data = json.loads(find_scene("learning-rate").read_text(encoding="utf-8"))
    data["scene"] |= {"expected": [expected], "cards": [], "builds": []}
    file = tmp_path / "own.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    done = glassnet("scenes", "--check", file)
    assert done.returncode == 1
    assert re.search(r"✗ x .*\n    the training diverged after \d+ updates\.\n", done.stdout)
    assert "\n0 of 1 number is as expected.\n" in done.stdout


def test_a_terminal_without_the_letters_gets_utf_8() -> None:
    plain = glassnet("scenes", "--check", "23", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert plain.returncode == 0
    assert "η that needs one step" in plain.stdout


def test_what_is_no_scene_is_refused_in_one_sentence(tmp_path: Path) -> None:
    assert "There is no scene “99”" in refusal("scenes", "99")
    assert "“none.json” cannot be opened: no such file" in refusal("scenes", tmp_path / "none.json")
    file = own(tmp_path, '"z": [1.5', '"z": ["1.5"')
    assert "“own.json”: scene.subject.z[0] must be a number, not text." in refusal("scenes", "--check", file)
    file = own(tmp_path, '"exact": "exp(1.5)"', '"exact": "exp(1.5"')
    said = refusal("scenes", "--check", file)
    assert "scene.expected[0].exact: “exp(1.5”, column 4: “(” is never closed; add “)”." in said


def test_looking_at_a_scene_names_what_cannot_be_read_at_a_build(tmp_path: Path) -> None:
    whole = glassnet("scenes", "softmax-tumours", "--look", "--size", "960x600")
    assert (whole.returncode, whole.stdout) == (0, "7 builds looked at, 0 faults found.\n")
    file = own(tmp_path, '"pre-cancerous"', '"neither benign nor malignant, but on the way"')
    done = glassnet("scenes", file, "--look", "--size", "960x600")
    assert done.returncode == 1
    heads = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    assert all(re.fullmatch(r".+, build \d+, 960x600:", line) for line in heads[:-1]), heads
    assert re.fullmatch(r"\d+ builds looked at, \d+ faults found\.", heads[-1])
    assert "is too small: its letters are" in done.stdout
    assert done.stderr.startswith("glassnet: ") and "Traceback" not in done.stderr
