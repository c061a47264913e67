"""What is saved survives a disk on which any call fails, a full disk, and a kill at any moment.

The usual run has all faults and 20 kills; ``pytest -m endurance tests/endurance/test_disk_faults.py`` has
2,000 kills.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from core.lecture.lecture_file import Lecture, LectureScene, read_lecture, write_lecture
from core.lecture.scene import find_scene, read_scene, write_scene
from core.project.files import DesignFile, read, write
from core.project.journal import JournalFile, JournalText, left_behind, new_journal, read_journal
from core.project.json_io import FileError
from core.project.locks import FileLock
from tests.endurance.faults import ERRORS, failing
from tests.files.test_files import DESIGN
from tests.files.test_journal import STATE

ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="forks, kills and mounts as Linux does")

SCENE = read_scene(find_scene("one-weight"))

Save = Callable[[Path, int], object]
Read = Callable[[Path], int]


def save_design(folder: Path, iteration: int) -> object:
    return write(folder / "a.glassnet", DesignFile(DESIGN, iteration=iteration))


def design_saved(folder: Path) -> int:
    return read(folder / "a.glassnet").iteration


def save_of_two_names(folder: Path, iteration: int) -> object:
    """Save a file that has two names, which is written in place."""
    if not (folder / "b.glassnet").exists():
        save_design(folder, iteration)
        (folder / "b.glassnet").hardlink_to(folder / "a.glassnet")
    return save_design(folder, iteration)


def save_scene(folder: Path, iteration: int) -> object:
    return write_scene(folder / "s.json", changed(SCENE, number=iteration))


def scene_saved(folder: Path) -> int:
    return read_scene(folder / "s.json").number


def save_lecture(folder: Path, iteration: int) -> object:
    lecture = Lecture(title="Mine", minutes=iteration, scenes=(LectureScene(scene="xor"),))
    return write_lecture(folder / "l.glasslecture", lecture)


def lecture_saved(folder: Path) -> int:
    return read_lecture(folder / "l.glasslecture").minutes


def save_journal(folder: Path, iteration: int) -> object:
    journal = JournalFile(folder / "a.journal", FileLock(folder / "a.lock", -1))
    return journal.write(JournalText().of(replace(STATE, seconds=float(iteration))))


def journal_saved(folder: Path) -> int:
    return int(read_journal(folder / "a.journal").seconds)


KINDS: dict[str, tuple[Save, Read]] = {
    "a design": (save_design, design_saved),
    "a design of two names": (save_of_two_names, design_saved),
    "a scene": (save_scene, scene_saved),
    "a lecture": (save_lecture, lecture_saved),
    "a journal": (save_journal, journal_saved),
}


@linux
@pytest.mark.parametrize(
    ("kind", "lasting"),
    [*((kind, False) for kind in KINDS), ("a design", True), ("a journal", True)],
    ids=lambda value: value if isinstance(value, str) else "all calls from one on" if value else "one call",
)
def test_whatever_call_fails_the_old_or_the_new_is_whole(tmp_path: Path, kind: str, lasting: bool) -> None:
    save, saved = KINDS[kind]
    save(tmp_path, 1)
    old, at, refused = 1, 0, 0
    while True:
        at += 1
        with failing(tmp_path, at, lasting, ERRORS[at % len(ERRORS)]) as faults:
            try:
                save(tmp_path, at + 1)
            except (FileError, OSError) as error:
                refused += 1
                assert isinstance(error, FileError) or kind == "a journal"
            reached = faults.reached
        assert saved(tmp_path) in (old, at + 1)
        old = saved(tmp_path)
        if not reached:
            break
    assert old == at + 1 and refused > 3
    known = {"a.glassnet", "b.glassnet", "s.json", "l.glasslecture"}
    left = [path for path in tmp_path.iterdir() if path.name not in known and path.suffix != ".journal"]
    assert all(".writing-" in path.name for path in left)  # what could not be removed is swept later
    assert lasting or left == []


@linux
@pytest.mark.parametrize("at", range(1, 12))
def test_a_journal_that_cannot_be_made_is_made_later(tmp_path: Path, at: int) -> None:
    journal: JournalFile | None = None
    with failing(tmp_path, at, False, ERRORS[0]):
        try:
            journal = new_journal(tmp_path / "journals")
            journal.write(JournalText().of(STATE))
        except OSError:
            pass
    if journal is not None:
        journal.leave()
    again = new_journal(tmp_path / "journals")
    again.write(JournalText().of(replace(STATE, title="later")))
    again.leave()
    kept = left_behind(tmp_path / "journals")
    assert "later" in [read_journal(one.path).title for one in kept]
    for one in kept:
        one.remove()
    assert list((tmp_path / "journals").iterdir()) == []


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


# -- a full disk ------------------------------------------------------------------------------------------

FULL = """
import ctypes, os, sys
from dataclasses import replace
from pathlib import Path
library = ctypes.CDLL(None, use_errno=True)
NEW_NAMESPACE, PRIVATE, ALL_BELOW = 0x00020000, 1 << 18, 1 << 14
made = library.unshare(NEW_NAMESPACE) or library.mount(b"none", b"/", None, PRIVATE | ALL_BELOW, None)
if made or library.mount(b"tmpfs", sys.argv[1].encode(), b"tmpfs", 0, b"size=128k"):
    print("no file system can be made here")
    sys.exit()
from core.project.files import DesignFile, FileError, examples, read, write
from core.project.journal import JournalText, WorkState, new_journal, read_journal
folder, refused, design = Path(sys.argv[1]), [], read(examples()["xor"]).design
path, work = folder / "a.glassnet", DesignFile(design)
text, journal = JournalText().of(WorkState(work, None, None, "XOR", 0.0)), new_journal(folder)
journal.write(text)
write(path, work)
(folder / "filling").write_bytes(bytes(40 << 10))
for k in range(2, 60):
    with (folder / "filling").open("ab", buffering=0) as filling:
        try:
            filling.write(bytes(2 << 10))
        except OSError:
            pass
    for save in (lambda: write(path, replace(work, iteration=k)), lambda: journal.write(text)):
        try:
            save()
        except (FileError, OSError) as error:
            refused.append(error)
        assert read(path).design == read_journal(journal.path).work.design == design
        assert not list(folder.glob(".*.writing-*"))
assert refused and "o space left on device" in str(refused[0]), refused[:1]
(folder / "filling").unlink()
write(path, replace(work, iteration=99))
journal.write(text)
assert read(path).iteration == 99
print("all whole")
"""


@linux
def test_a_full_file_system_leaves_designs_and_journals_whole(tmp_path: Path) -> None:
    done = run(FULL, tmp_path)
    if done.stdout.strip() != "all whole":
        pytest.skip(done.stdout.strip())


# -- kills ------------------------------------------------------------------------------------------------

KILLS = """
import os, random, signal, sys
from dataclasses import replace
from pathlib import Path
from core.project.files import DesignFile, read, write
from core.project.journal import *
from core.project.files import examples
folder, count, draw = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
design = read(examples()["xor"]).design
path, kinds = folder / "a.glassnet", set()
state = WorkState(DesignFile(design), None, path, "XOR", 0.0)
write(path, DesignFile(design, iteration=0))
journals = folder / "journals"
saved = 0

def work(told):
    journal, text = new_journal(journals), JournalText()
    for k in range(saved + 1, saved + 1000):
        write(path, DesignFile(design, iteration=k))
        os.write(told, b"d")
        journal.write(text.of(replace(state, seconds=float(k))))
        os.write(told, b"j")

for kill in range(count):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        work(writer)
    os.close(writer)
    done = b""
    while len(done) < draw.randint(1, 6):
        done += os.read(reader, 1)
    for _ in range(draw.randrange(20_000)):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reader, 4096):
        done += more
    os.close(reader)
    designs, kept = done.count(b"d"), done.count(b"j")
    now = read(path).iteration
    assert now - saved in (designs, designs + 1), (now, saved, done)
    left = left_behind(journals)
    if kept:
        (journal,) = left
        found = read_journal(journal.path).seconds - saved
        assert found in (kept, kept + 1), (found, kept)
    kinds.add((now - saved - designs, designs - kept, len(list(folder.rglob(".*.writing-*"))) > 0))
    for journal in left:
        journal.remove()
    assert list(journals.iterdir()) == []
    for stray in folder.glob(".*.writing-*"):
        stray.unlink()
    saved = now
print(kill + 1, len(kinds))
"""


@linux
@pytest.mark.parametrize(
    ("count", "seed"),
    [(20, 0), *(pytest.param(200, seed, marks=pytest.mark.endurance) for seed in range(1, 11))],
)
def test_whenever_the_process_is_killed_the_file_and_the_journal_are_whole(
    tmp_path: Path, count: int, seed: int
) -> None:
    done = run(KILLS, tmp_path, count, seed)
    kills, kinds = map(int, done.stdout.split())
    assert kills == count and kinds >= 2  # it was killed in different places
