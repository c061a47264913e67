"""The command as a citizen of its system: help, completion, manual page, menu entry, and a quick answer."""

from __future__ import annotations

import argparse
import configparser
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gui.cli.arguments import REVERSE, argument_parser
from gui.cli.desktop import installed_files, quoted
from gui.cli.help_text import EXAMPLES, EXIT_CODES
from gui.cli.main import COMMANDS, _options
from gui.cli.manual_page import manual_page
from tests.test_terminal import ROOT, environment, glassnet, linux

HEAVY = {"numpy", "msgspec", "PySide6", "pyqtgraph", "ziamath", "shtab", "difflib", "platform"}


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    parser = argument_parser()
    yield "", parser
    (commands,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    yield from commands.choices.items()


# -- help ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["train", "--help"]], ids=" ".join)
def test_version_and_help_load_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import json, sys\n"
        "from gui.cli.main import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit: pass\n"
        "print(json.dumps(sorted(name.partition('.')[0] for name in sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],  # without what the environment loads itself
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert not HEAVY & set(json.loads(done.stdout.splitlines()[-1]))


def test_every_option_is_explained_with_examples_and_exit_codes() -> None:
    silent = [
        (name, action.option_strings or action.dest)
        for name, parser in parsers()
        for action in parser._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
    assert silent == []
    assert {name for name, _parser in parsers()} == set(EXAMPLES) == {"", "open", *COMMANDS}
    for name, parser in parsers():
        told = parser.format_help()
        assert EXIT_CODES in told and all(line in told for line, _what in EXAMPLES[name])


@pytest.mark.parametrize("line", [line for rows in EXAMPLES.values() for line, _what in rows])
def test_the_examples_of_the_help_are_understood(line: str) -> None:
    words = shlex.split(line.partition(" > ")[0])[1:]
    if "COMMAND" not in words:
        _options(words)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("trian", "train"), ("pictures", "picture"), ("lectur", "lecture"), ("chek", "check")],
)
def test_a_mistyped_command_suggests_the_right_one(word: str, meant: str) -> None:
    done = glassnet(word, "xor")
    assert done.returncode == 2
    assert done.stderr.endswith(f"there is no command “{word}”; did you mean “{meant}”?\n")


def test_a_file_or_an_example_is_no_mistyped_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trian").write_text("{}")
    for word in ("sine", "trian", "trian.csv"):  # “sine” is as like “scenes” as a slip would be
        assert _options([word]).file == word
    assert _options(["--new-instance"]).new_instance and _options([]).file is None
    for option in REVERSE:
        assert _options([option]).reverse and _options(["xor", option]).file == "xor"


# -- completion and the manual page ------------------------------------------------------------------


def test_completion_knows_every_command_and_option() -> None:
    done = glassnet("completion", "bash")
    assert (done.returncode, done.stderr) == (0, "")
    for name, parser in parsers():
        for option in (one for action in parser._actions for one in action.option_strings):
            assert option in done.stdout, (name, option)
    checked = subprocess.run(["bash", "-n"], input=done.stdout, text=True, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_the_manual_page_has_every_command_option_and_exit_code() -> None:
    page = manual_page(argument_parser(), "1.2.3").replace("\\-", "-")
    for name, parser in parsers():
        assert not name or f".SS {name}\n" in page
        assert all(option in page for action in parser._actions for option in action.option_strings)
    assert '"glassnet 1.2.3"' in page and ".B 130" in page
    requests = {line.split()[0] for line in page.splitlines() if line.startswith(".")}
    assert requests <= {".TH", ".SH", ".SS", ".TP", ".B", ".nf", ".fi"}


# -- the desktop --------------------------------------------------------------------------------------


@linux
def test_the_menu_entry_is_installed_and_removed_again(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("glassnet")
    if not command.exists():
        pytest.skip("there is no command glassnet beside this Python")
    home = tmp_path / "data with blanks"
    own = home / "applications" / "other.desktop"
    own.parent.mkdir(parents=True)
    own.write_text("[Desktop Entry]\n")
    for _twice in range(2):
        done = glassnet("desktop", "install", XDG_DATA_HOME=str(home))
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(home / "applications" / "glassnet.desktop", "utf-8")
    assert shlex.split(entry["Desktop Entry"]["Exec"]) == [str(command), "%f"]
    installed = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert set(installed_files("glassnet", argument_parser(), "1")) <= installed
    done = glassnet("desktop", "remove", XDG_DATA_HOME=str(home))
    assert done.returncode == 0
    left = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert "applications/other.desktop" in left
    assert not left & set(installed_files("glassnet", argument_parser(), "1"))


@linux
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = glassnet("desktop", "install", XDG_DATA_HOME=str(tmp_path))
    assert done.returncode == 2 and "cannot be changed" in done.stderr


@linux
def test_a_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "applications").write_text("in the way")
    done = glassnet("desktop", "install", XDG_DATA_HOME=str(tmp_path))
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "cannot be changed" in done.stderr


def test_types_of_files_and_metadata_agree_with_the_menu_entry() -> None:
    files = installed_files("/opt/a b/glassnet", argument_parser(), "1")
    mime = ElementTree.fromstring(files["mime/packages/glassnet.xml"])
    types = {
        one.get("type")
        for one in mime.iter("{http://www.freedesktop.org/standards/shared-mime-info}mime-type")
    }
    entry = files["applications/glassnet.desktop"].decode()
    assert all(f"{kind};" in entry for kind in types)
    about = ElementTree.fromstring(files["metainfo/glassnet.metainfo.xml"])
    assert {one.text for one in about.iter("mediatype")} == types
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert about.find("releases/release").get("version") == project["version"]
    assert project["gui-scripts"]["glassnet-gui"] == project["scripts"]["glassnet"]


@pytest.mark.parametrize("path", ["/opt/a b/glassnet", "/home/x/100%/glassnet", '/a"b/$c/`d`/glassnet'])
def test_a_path_is_quoted_for_the_menu_entry(path: str) -> None:
    """A value is unescaped twice: as a string of the file, then as an argument."""
    value = quoted(path).replace("%%", "%").replace("\\\\", "\\")
    assert value[0] == value[-1] == '"' and re.sub(r"\\(.)", r"\1", value[1:-1]) == path
