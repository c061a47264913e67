"""What the README shows is so."""

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.activations import Activation
from core.datasets import Dataset, make_dataset
from core.design import Design
from core.expected import found
from core.lecture import read_scene, scene_files
from core.network import Network
from core.training import Snapshot, Trainer
from gui.action_table import ENTRIES
from gui.display import SCREEN_LIBRARIES
from gui.lecture.card_box import REVEAL_KEY
from gui.lecture.cards import MOST_CHOICES
from gui.lecture.window import SHARED
from gui.lecture_table import SCENE
from gui.listeners import Listeners

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md"]
README = PAGES[0].read_text("utf-8")


def block(language: str, beginning: str) -> str:
    """Return the block of the README in that language that begins so."""
    return re.search(rf"```{language}\n({re.escape(beginning)}.*?)```", README, re.DOTALL)[1]


def test_the_activation_of_the_readme_is_one() -> None:
    sine = eval(block("python", "Activation("), {"Activation": Activation, "np": np})
    z = np.linspace(-3, 3, 50)
    h = 1e-6
    assert sine.g(z) == pytest.approx(np.sin(z), abs=1e-15)
    assert sine.dg(z) == pytest.approx((sine.g(z + h) - sine.g(z - h)) / (2 * h), abs=1e-8)


def test_the_view_of_the_readme_is_told_what_happens(qtbot: QtBot) -> None:
    names = {"QLabel": QLabel, "Network": Network, "Dataset": Dataset, "Snapshot": Snapshot, "np": np}
    exec(block("python", "class "), names)
    view, views = names["Parameters"](), Listeners()
    qtbot.addWidget(view)
    design = Design()
    dataset = make_dataset(design.data)
    network = Network(design, dataset)
    views.show("show_network", network, dataset)
    views.add(view)
    snapshot = Trainer(network, dataset).snapshot()
    views.show("show_snapshot", snapshot)
    assert view.text() == f"{snapshot.theta.size} parameters, |θ| = {np.linalg.norm(snapshot.theta):.3g}"


def test_the_scene_of_the_readme_is_right(tmp_path: Path) -> None:
    file = tmp_path / "two-squares.json"
    file.write_text(block("json", "{"), "utf-8")
    scene = read_scene(file)
    assert scene.number == len(scene_files()) + 1
    assert [one.right for one in found(scene.subject, scene.expected)] == [True]


def test_the_keys_of_the_readme_are_those_of_the_lecture() -> None:
    rows = re.findall(r"^\| (`.*`) \|", README, re.MULTILINE)
    written = set(re.findall(r"`([^`]+)`", " ".join(rows)))
    keys = {entry.shortcut for entry in (*SCENE, *(one for one in ENTRIES if one.id in SHARED))}
    assert written == keys | {REVEAL_KEY, "1", str(MOST_CHOICES)}


def test_the_lecture_has_as_many_scenes_as_the_readme_says() -> None:
    assert f"{len(scene_files())} scenes" in README


def test_a_bare_machine_is_told_what_it_lacks_before_the_commands_that_need_it() -> None:
    line = re.search(r"^sudo apt .*$", README, re.MULTILINE)
    assert {"python3-venv", *SCREEN_LIBRARIES.split()} <= set(line[0].split())
    assert line.start() < README.index("python3 -m venv")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_a_page_points_to_is_there(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8")):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_a_page_names_is_there(page: Path) -> None:
    """Names such as `core.lockstep`, `gui/panels.py`, `core.subjects` and the files of the map."""
    text = page.read_text("utf-8")
    for folder, name in re.findall(r"`(core|gui)[./](\w+)", text):
        assert (ROOT / folder / f"{name}.py").exists() or (ROOT / folder / name).is_dir(), name


def test_the_map_of_the_readme_names_what_is_there() -> None:
    drawn = re.search(r"```\ncore/.*?```", README, re.DOTALL)[0]
    folder = ""
    for line in drawn.splitlines()[1:-1]:
        if line[0] != " ":
            folder = line.split("/")[0]
        for part in re.split(r";  ", line.strip()):
            names = re.split(r"\s{2,}", part)[0].rstrip(" …").split()
            for name in names if line[0] == " " else ():
                found_file = ROOT / folder / (name if name.endswith("/") else f"{name}.py")
                assert found_file.exists(), name
