"""What the manual says of the program is true: links, keys, menus, panels, commands, files, numbers."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtWidgets import QApplication

from core.language import tr
from core.lecture.expected import found
from core.lecture.lecture_file import lecture_faults, open_lecture_file
from core.lecture.scene import read_scene, scene_files
from core.lecture.subjects import Expression
from core.number_style import value_text
from core.project.files import examples, read
from docs.hooks import FORMULA as SITE_FORMULA
from docs.pictures import MAKERS, PICTURES, README_PICTURES, SIZE, make
from gui.actions.gestures import LAB_GESTURES, LECTURE_GESTURES, PASSES, VIEW_GESTURES
from gui.actions.registry import plain
from gui.actions.scene_table import SCENE
from gui.actions.table import ENTRIES, MENUS, SUBMENUS
from gui.canvas.keyboard import GESTURES
from gui.cli.main import _options
from gui.lecture.window import CLICKER
from gui.text.topics import slug
from gui.views.registry import VIEWS
from gui.windows.manual import pages

ROOT = Path(__file__).parents[2]
SOURCES = {name: pages.source_of(name) for name in pages.NAMES}
TOPICS = {section.topic for section in pages.sections()}
KEY = re.compile(
    r"\b(?:(?:Ctrl|Alt|Shift)\+)+(?:Page Down|Page Up|Left|Right|Up|Down|Tab|[A-Z]\b|F\d+)|\bF\d+\b"
)
LABELS = {"Panels"}  # submenus that the window makes of the table of views


@pytest.fixture(params=pages.NAMES)
def page(request: pytest.FixtureRequest) -> str:
    return request.param


def test_the_pages_of_the_folder_of_the_program_and_of_the_site_are_the_same() -> None:
    assert {path.stem for path in pages.FOLDER.glob("*.md")} == set(pages.NAMES)
    site = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert tuple(re.findall(r"^  - (.+)\.md$", site, re.MULTILINE)) == pages.NAMES
    assert pages.FORMULA.pattern == SITE_FORMULA.pattern


def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", SOURCES[page]):
        if target.startswith("pictures/"):
            assert (pages.FOLDER / target).is_file(), target
            continue
        name, _, anchor = target.partition("#")
        name = name.removesuffix(".md") or page
        assert (f"{name}#{anchor}" if anchor else name) in TOPICS, target


def test_every_picture_is_made_by_the_script_and_shown_on_a_page() -> None:
    shown = set(re.findall(r"\(pictures/([a-z-]+)\.png\)", "".join(SOURCES.values())))
    assert shown == set(MAKERS) == {path.stem for path in PICTURES.glob("*")}


def test_every_picture_of_the_readme_is_made_by_the_script() -> None:
    shown = set(re.findall(r"!\[[^]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8")))
    assert shown == {path.relative_to(ROOT).as_posix() for path in README_PICTURES.values()}


def test_every_panel_is_explained() -> None:
    assert {f"panels#{slug(view.title)}" for view in VIEWS.values()} <= TOPICS


def test_headings_of_a_page_differ(page: str) -> None:
    topics = [section.topic for section in pages.sections() if section.page == page]
    assert len(topics) == len(set(topics))


def known_keys() -> set[str]:
    entries = (*ENTRIES, *SCENE, *PASSES)
    keys = {keys for entry in entries for keys in (entry.shortcut, *entry.also)} | {*CLICKER, "F5"}
    gestures = (*GESTURES, *LAB_GESTURES, *LECTURE_GESTURES, *VIEW_GESTURES)
    for written, _what in gestures:
        keys |= set(re.split(r", ", str(written)))
    keys |= {"Alt+Left", "Alt+Right", "Ctrl+F"}  # of the manual itself
    return {QKeySequence(one).toString() for one in keys}


def test_every_key_a_page_names_is_a_key_of_the_program(page: str) -> None:
    known = known_keys()
    for written in KEY.findall(SOURCES[page]):
        sequence = QKeySequence(written.replace("Page Down", "PgDown").replace("Page Up", "PgUp"))
        assert sequence.toString() in known, written


def test_every_menu_a_page_names_holds_that(page: str) -> None:
    titles = {plain(tr(title)): menu for menu, title in MENUS.items()}
    inside = {menu: set(LABELS) for menu in MENUS}
    items = [(menu, title) for menu, title in SUBMENUS.values()]
    for menu, title in (*items, *((entry.menu, entry.text) for entry in ENTRIES)):
        top = menu
        while top not in MENUS:
            top = SUBMENUS[top][0]
        inside[top].add(plain(tr(title)).rstrip("…"))
    inside["file"].add("Examples")
    for path in re.findall(r"\*\*([A-Z][a-z]+ › [^*]+)\*\*", SOURCES[page]):
        menu, item, *_ = " ".join(path.split()).split(" › ")
        if menu in titles:
            assert item.rstrip("…") in inside[titles[menu]], path
        else:
            assert menu == "Examples", path


def test_every_command_a_page_names_is_understood(page: str) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", SOURCES[page], re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(glassnet [^`\n]+)`", SOURCES[page])
    for line in lines:
        words = shlex.split(line.partition(" > ")[0], comments=True)[1:]
        if not {"--help", "--diagnostics", "COMMAND"} & set(words):
            _options(words)


@pytest.mark.parametrize("example", re.findall(r"```json\n(.*?)```", SOURCES["file-formats"], re.DOTALL))
def test_the_files_of_the_manual_are_read(tmp_path: Path, example: str) -> None:
    design = json.loads(example)["format"] == "glassnet-design"
    file = tmp_path / ("a.glassnet" if design else "a.glasslecture")
    file.write_text(example, "utf-8")
    if design:
        assert len(read(file).design.layers) == 2
    else:
        shutil.copy(scene_files()[0], tmp_path / "my-own-scene.json")
        assert list(lecture_faults(open_lecture_file(file))) == []


def test_the_examples_are_all_named() -> None:
    named = set(re.findall(r"`([a-z-]+)`", SOURCES["terminal"].split("The examples are")[1].split("##")[0]))
    assert named == set(examples())


EXERCISES = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", SOURCES["teachers-guide"], re.MULTILINE)


@pytest.mark.parametrize("number", sorted({int(row[0]) for row in EXERCISES}))
def test_the_solutions_of_the_guide_are_those_of_the_engine(number: int) -> None:
    scene = read_scene(scene_files()[number - 1])
    computed = {one.expected.name: one.computed for one in found(scene.subject, scene.expected)}
    cards = {card.question: card for card in scene.cards}
    for at, question, answer, because in EXERCISES:
        if int(at) == number:
            card = cards[question]
            right = value_text(computed[card.reveals]) if card.reveals else card.choices[card.right]
            assert (answer, because) == (right, card.because.replace("\N{NO-BREAK SPACE}", " "))


def test_the_plan_of_the_guide_fills_its_time_and_names_scenes_that_there_are() -> None:
    rows = re.findall(r"^\| (\d+)–(\d+) \| ([\d, ()]+) \|", SOURCES["teachers-guide"], re.MULTILINE)
    ends = [(int(start), int(end)) for start, end, _scenes in rows]
    assert ends[0][0] == 0 and ends[-1][1] == 90
    assert all(before[1] == after[0] for before, after in pairwise(ends))
    numbers = [int(one) for *_times, scenes in rows for one in re.findall(r"\d+", scenes)]
    assert numbers == sorted(set(numbers)) and max(numbers) <= len(scene_files())


def test_every_letter_of_the_notation_is_in_the_glossary() -> None:
    """Letters of the formulas of all scenes; an expression has names of its own."""
    greek = {
        "sigma": "σ",
        "delta": "δ",
        "eta": "η",
        "theta": "θ",
        "partial": "∂",
        "lambda": "λ",
        "alpha": "α",
    }
    used = set[str]()
    for path in scene_files():
        scene = read_scene(path)
        if not isinstance(scene.subject, Expression):
            latex = re.sub(r"\\(?:text|mathrm|operatorname)\{[^}]*\}", "", scene.formula)
            used |= {greek[name] for name in re.findall(r"\\([a-z]+)", latex) if name in greek}
            used |= set(re.findall(r"(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])", latex))
    glossary = set(pages.glossary())
    assert len(used) > 20 and used <= glossary


def test_a_search_finds_all_words_and_headings_first() -> None:
    hits = pages.search("learning rate")
    assert len(hits) > 4
    assert all("learning" in f"{hit.section.heading} {hit.section.text}".lower() for hit in hits)
    assert pages.search("saturation")[0].snippet
    assert pages.search("no-such-word-anywhere") == [] == pages.search("  ")


def test_the_script_draws_a_picture_from_the_program(tmp_path: Path, qapp: QApplication) -> None:
    make("stepping", tmp_path / "stepping.png")
    picture = QImage(str(tmp_path / "stepping.png"))
    assert (picture.width(), picture.height()) == SIZE
    colours = {picture.pixel(x, y) for x in range(0, SIZE[0], 7) for y in range(0, SIZE[1], 7)}
    assert len(colours) > 200  # tiles, edges, curves and samples, not an empty window
