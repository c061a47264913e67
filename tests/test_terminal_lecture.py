"""The command `glassnet lecture`, scenes as arguments of `glassnet`, and pictures of scenes."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from core.lecture.scene import find_scene
from tests.test_terminal import ROOT, glassnet, linux, refusal
from tests.test_terminal_scenes import own


def test_the_lecture_is_listed_with_the_other_commands() -> None:
    printed = glassnet("--help").stdout
    assert "glassnet lecture [SCENE | LECTURE] [--hall] [--check]" in printed
    assert "    lecture      give the lecture" in printed
    assert "--hall" in glassnet("lecture", "--help").stdout


@linux
def test_without_a_display_the_sentence_is_that_of_the_window(tmp_path: Path) -> None:
    said = refusal("xor")
    file = own(tmp_path, '"number": 15', '"number": 77')
    for arguments in (["lecture"], ["lecture", "23", "--hall"], ["lecture", file], [file], ["23-one-weight"]):
        assert refusal(*arguments) == said


def test_what_is_no_scene_is_refused_before_there_is_a_window(tmp_path: Path) -> None:
    assert "There is no scene “99”" in refusal("lecture", "99", QT_QPA_PLATFORM="offscreen")
    for arguments in (["lecture", "none.json"], ["none.json"], ["picture", "none.json", "-o", "a.png"]):
        said = refusal(*arguments, cwd=tmp_path)
        assert "“none.json” cannot be opened: no such file" in said
    file = own(tmp_path, '"z": [1.5', '"z": ["1.5"')
    for arguments in (["lecture", file], [file], ["picture", file, "-o", tmp_path / "a.png"]):
        assert "“own.json”: scene.subject.z[0] must be a number, not text." in refusal(*arguments)
    assert "format must be “glassnet-scene”" in refusal("lecture", _design(tmp_path / "a.json"))


@pytest.mark.parametrize(
    "arguments", [("x.csv",), ("lecture", "x"), ("lecture", "x.glasslecture", "--check"), ("language", "x")]
)
def test_a_name_too_long_for_a_file_is_refused(arguments: tuple[str, ...]) -> None:
    long = [one.replace("x", 5000 * "x") for one in arguments]
    assert "xxx…xxx" in refusal(*long, QT_QPA_PLATFORM="offscreen")


def _design(path: Path) -> Path:
    saved = path.with_suffix(".glassnet")
    assert glassnet("train", "xor", "--epochs", 1, "--save", saved).returncode == 0
    return saved.rename(path)


def test_what_a_file_says_it_is_counts_more_than_its_name(tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    scene = tmp_path / "scene.glassnet"
    scene.write_bytes(find_scene("one-weight").read_bytes())
    pictures = []
    for file in (scene, find_scene("one-weight"), _design(tmp_path / "design.json")):
        done = glassnet("picture", file, "-o", out, "--size", "1366x768", "--force")
        assert (done.returncode, done.stderr) == (0, "")
        pictures.append(QImage(str(out)).copy(0, 0, 900, 700))
    assert pictures[0] == pictures[1] != pictures[2]


@pytest.mark.parametrize(
    ("scene", "options"),
    [
        ("23-one-weight", ["--theme", "dark"]),
        ("learning-rate", []),
        ("5", ["--iterations", 200, "--hall"]),
    ],
)
def test_a_picture_of_a_scene_has_the_size_and_the_theme_asked_for(
    tmp_path: Path, scene: str, options: list[object]
) -> None:
    out = tmp_path / "out.png"
    done = glassnet("picture", scene, "-o", out, "--size", "1600x900", *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == [out]
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (1600, 900)
    assert (picture.pixelColor(1595, 300).lightness() > 128) == ("dark" not in options)


def test_the_hall_has_larger_letters(tmp_path: Path) -> None:
    """The height of the bar at the bottom depends on its font; it begins at a grey line."""
    heights = []
    for options in ([], ["--hall"]):
        for name in ("23", "xor"):
            out = tmp_path / "out.png"
            assert (
                glassnet("picture", name, "-o", out, "--size", "1600x1000", "--force", *options).returncode
                == 0
            )
            picture = QImage(str(out))
            heights.append(_bar(picture))
    desk_scene, desk, hall_scene, hall = heights
    assert hall_scene > 1.2 * desk_scene
    assert hall > 1.2 * desk


def _bar(picture: QImage) -> int:
    """Return the height of the lowest single-coloured stripe at the right edge, below a line."""
    column = [picture.pixel(picture.width() - 2, y) for y in range(picture.height() - 1, 0, -1)]
    return next(k for k, colour in enumerate(column) if colour != column[0])


def test_what_a_picture_of_a_scene_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    assert "leave --iterations out" in refusal("picture", "17", "-o", out, "--iterations", 5)
    assert "the hall is always light" in refusal("picture", "17", "-o", out, "--hall", "--theme", "dark")
    assert "ask for a --size of " in refusal("picture", "17", "-o", out, "--size", "400x300")
    assert not out.exists()


def test_a_picture_replaces_nothing_that_it_should_not(tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    out.write_text("mine")
    assert "is there already" in refusal("picture", "xor", "-o", out)
    assert out.read_text() == "mine"
    assert "is a folder" in refusal("picture", "xor", "-o", tmp_path)
    assert "comes with Glassnet" in refusal(
        "picture", "xor", "-o", ROOT / "assets/designs/xor.glassnet", "--force"
    )
