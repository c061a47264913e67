"""Links of designs: what they hold, how long they are, and what damaged ones say."""

from __future__ import annotations

import base64
import random
import string
import zlib

import pytest

from core.data.ready_tables import READY_TABLES
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Dense, Design, Dropout, Training
from core.nn.losses import MSE
from core.nn.optimizers import Adam
from core.project import files
from core.project.json_io import FileError
from core.project.links import is_link, read_link
from core.project.shared_link import HEAD, MOST_BYTES, MOST_CHARACTERS, WORDS, design_link, read_design_link

FIRST = "glassnet:1.ePl-DiYxG0TRa0KL6DUaTTPkphljXGkGAMdPukI"
"""The link of the example XOR as the first version wrote it: it must open for ever."""
LARGE = Design(
    "Ein großes Netz für die Übung – Gruppe 4",
    Data("moons", samples=731, noise=0.37, seed=2**31, features=("x1", "x2", "x1*x2", "sin(x1)")),
    (Dense(12, "relu"), Dropout(0.35), Dense(7, ("tanh",) * 3 + ("relu",) * 4), Dense(3), Dense(1)),
    Training(loss=MSE(), optimizer=Adam(), learning_rate=0.00371, batch_size=17, l2=0.0001, seed=99),
)


@pytest.mark.parametrize("path", files.examples().values(), ids=lambda path: path.stem)
def test_the_link_of_an_example_is_short_and_gives_it_back(path: object) -> None:
    design = files.read(str(path)).design
    link = design_link(design)
    assert len(link) <= MOST_CHARACTERS
    assert is_link(f"  {link}\n")
    assert read_link(f"  {link}\n").design == design


def test_a_link_of_the_first_version_opens() -> None:
    assert read_design_link(FIRST).design == files.read(files.examples()["xor"]).design


def test_a_design_with_everything_fits_and_a_huge_one_does_not() -> None:
    assert read_design_link(design_link(LARGE)).design == LARGE
    own = Design(data=Data("table", table=READY_TABLES["XOR"]))
    assert read_design_link(design_link(own)).design == own
    draw = random.Random(1)
    many = tuple(Dense(9, tuple(draw.choices(list(ACTIVATIONS)[:8], k=9))) for _ in range(20))
    with pytest.raises(FileError, match=r"does not fit into a link of 300 characters: save it as a"):
        design_link(Design(layers=many))


def test_a_link_holds_no_weights() -> None:
    assert read_design_link(FIRST).theta is None


def packed(text: bytes, words: bytes = WORDS) -> str:
    press = zlib.compressobj(9, zdict=words)
    return HEAD + base64.urlsafe_b64encode(press.compress(text) + press.flush()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (FIRST[:-3], "copy all of it"),
        (FIRST[:20] + "é" + FIRST[21:], "copy all of it"),
        (FIRST + "AAAA", "copy all of it"),
        (HEAD, "copy all of it"),
        (HEAD + "A" * 400, "copy all of it"),
        ("glassnet:", "copy all of it"),
        ("glassnet:2." + FIRST[11:], "another version"),
        (packed(b" " * MOST_BYTES + b"{}"), "copy all of it"),
        (packed(b'{"title":1}'), "cannot be opened: design.title"),
        (
            packed(b'{"layers":[{"kind":"dense","neurons":3,"activation":"soul"}]}'),
            "“soul”",
        ),
        (packed(b"{},"), "cannot be opened"),
        (packed(b'{}, "theta": [1]'), "cannot be opened"),
    ],
)
def test_a_damaged_link_says_what_is_wrong_in_one_sentence(link: str, said: str) -> None:
    with pytest.raises(FileError, match=said) as told:
        read_design_link(link)
    assert "\n" not in str(told.value)


def test_any_mistyped_letter_is_noticed() -> None:
    draw = random.Random(7)
    letters = string.ascii_letters + string.digits + "-_"
    for _ in range(300):
        k = draw.randrange(len(HEAD), len(FIRST) - 1)
        mistyped = FIRST[:k] + draw.choice(letters.replace(FIRST[k], "")) + FIRST[k + 1 :]
        with pytest.raises(FileError):
            read_design_link(mistyped)
