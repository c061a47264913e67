"""Outside text cannot control a terminal, reverse its direction, break a sentence or fill the screen."""

import json
import os
import random
from pathlib import Path

import pytest

from core.outside_text import (
    LONGEST_SENTENCE,
    OneSentenceError,
    harmless,
    harmless_json,
    one_line,
    sentence,
    what_is_at,
)

COMMANDS = "\x00\x07\x08\x0b\x1b\x7f\x85\x9b\u202a\u202e\u2066\u2028\ufeff\ud800\U000e0041"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{ord(command):x}")
def test_what_commands_becomes_visible(command: str) -> None:
    for safe in (harmless(f"a{command}b"), one_line(f"a{command}b"), sentence(f"a{command}b")):
        assert command not in safe
        assert len(safe) == 3
        assert (safe[0], safe[2]) == ("a", "b")


@pytest.mark.parametrize("text", ["Größe α ≤ 3 – “so”", "می‌خواهم ۱۲", "👩‍🔬 e\u0301", "a\u200fb", ""])
def test_words_stay_as_they_are(text: str) -> None:
    assert harmless(text) == one_line(text) == sentence(text) == text


def test_a_line_is_one_and_short() -> None:
    assert one_line(" a\r\n\tb\u2029c ") == "a b c"
    assert one_line("x" * 10**7, 10) == "x" * 9 + "…"


def test_a_sentence_keeps_its_cure_and_the_ends_of_what_it_quotes() -> None:
    said = str(OneSentenceError("There is no “" + "folder/" * 300 + "a.glassnet”:\nchoose another."))
    assert len(said) < 130
    assert said.endswith("/a.glassnet”: choose another.")
    unclosed = str(OneSentenceError("There is no " + "x" * 10**6 + ": choose another."))
    assert len(unclosed) <= LONGEST_SENTENCE
    assert unclosed.endswith("xx: choose another.")


def test_the_strings_of_json_are_harmless_and_the_rest_is_as_it_was() -> None:
    random.seed(3)
    letters = COMMANDS.replace("\ud800", "") + 'aé"\\/\n\t\r\f日👩'
    for _ in range(300):
        text = "".join(random.choices(letters, k=12))
        for ascii_only in (True, False):
            written = json.dumps({text: [1.5, text]}, ensure_ascii=ascii_only)
            safe = harmless_json(written)
            ((key, (number, value)),) = json.loads(safe).items()
            assert key == value == harmless(value)
            assert number == 1.5
            assert len(safe) == len(written)
            kept = [one for one in text if one in 'aé"\\/\n\t日👩']
            assert [one for one in value if one in 'aé"\\/日👩'] == [one for one in kept if one not in "\n\t"]


def test_what_lies_at_any_path(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    found = [what_is_at(path) for path in (tmp_path, tmp_path / "a", tmp_path / "b", Path(os.devnull))]
    assert found == ["folder", "file", "", "device"]
    assert [what_is_at(Path(name)) for name in ("x" * 5000, "a\0b", "a\udce9")] == ["", "", ""]
