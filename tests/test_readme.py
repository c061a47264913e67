"""The statements of the README hold."""

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core import expressions
from core.data.datasets import Dataset, make_dataset
from core.lecture.expected import found
from core.lecture.scene import read_scene, scene_files
from core.nn.activations import Activation
from core.nn.design import Design
from core.nn.network import Network
from core.nn.trainer import Snapshot, Trainer
from gui.actions.scene_table import SCENE
from gui.actions.table import ENTRIES
from gui.cli.environment import SCREEN_LIBRARIES
from gui.lecture.questions.panel import MOST_CHOICES, REVEAL_KEY
from gui.lecture.window import CLICKER, SHARED
from gui.session.frame_scheduler import shower
from gui.session.view_bus import ViewBus

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"]
README = PAGES[0].read_text("utf-8")


def block(language: str, beginning: str) -> str:
    """Return the README's code block in this language with this beginning."""
    return re.search(rf"```{language}\n({re.escape(beginning)}.*?)```", README, re.DOTALL)[1]


def test_the_activation_of_the_readme_is_one() -> None:
    sine = eval(block("python", "Activation("), {"Activation": Activation, "np": np, "ex": expressions})
    z = np.linspace(-3, 3, 50)
    h = 1e-6
    assert sine.g(z) == pytest.approx(np.sin(z), abs=1e-15)
    assert sine.derivative(z) == pytest.approx((sine.g(z + h) - sine.g(z - h)) / (2 * h), abs=1e-8)


def test_the_view_of_the_readme_is_told_what_happens(qtbot: QtBot) -> None:
    names = {"QLabel": QLabel, "Network": Network, "Dataset": Dataset, "Snapshot": Snapshot, "np": np}
    exec(block("python", "class "), names)
    view, views = names["Parameters"](), ViewBus()
    qtbot.addWidget(view)
    design = Design()
    dataset = make_dataset(design.data)
    network = Network(design, dataset)
    views.show_network(network, dataset)
    views.add(view)
    trainer = Trainer(network, dataset)
    snapshot = trainer.snapshot()
    shower(view)(snapshot, trainer.curves())
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
    entries = (*SCENE, *(one for one in ENTRIES if one.id in SHARED))
    keys = {keys for entry in entries for keys in (entry.shortcut, *entry.also) if keys}
    assert written == keys | {*CLICKER, REVEAL_KEY, "1", str(MOST_CHOICES)}


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
    """Names may be written like `core.debugger.lockstep` or `gui/app/dock_panels.py`."""
    for named in re.findall(r"`((?:core|gui)(?:[./][a-z_]+)+)", page.read_text("utf-8")):
        path = ROOT / named.removesuffix(".py").replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").exists() or path.parent.with_suffix(".py").exists(), (
            named
        )


def test_the_map_of_the_readme_names_every_folder() -> None:
    drawn = re.search(r"```\ncore/.*?```", README, re.DOTALL)[0]
    top, named = "", set()
    for line in drawn.splitlines()[1:-1]:
        if found_top := re.match(r"(\w+)/", line):
            top = found_top[1]
        elif found_folder := re.match(r"  (\w+)/", line):
            named.add(f"{top}/{found_folder[1]}")
    there = {
        f"{folder}/{path.parent.name}"
        for folder in ("core", "gui")
        for path in (ROOT / folder).glob("*/__init__.py")
    }
    assert {name for name in named if name.startswith(("core", "gui"))} == there
