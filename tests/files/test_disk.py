"""Saving on a full disk, in a read-only folder, through a link, after a kill: the old file stays whole."""

import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from core.lecture.scene import find_scene, read_scene, write_scene
from core.project import locks
from core.project.files import ChangedFileError, DesignFile, changed, examples, read, write
from core.project.json_io import STRAY_SECONDS, FileError, comes_with_program, replace_file
from tests.files.test_files import DESIGN

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="limits, owners and permission bits of POSIX")
privileged = os.name == "posix" and os.geteuid() == 0 and sys.platform != "linux"
binding = pytest.mark.skipif(privileged, reason="permissions do not bind root, who gives up nothing here")


def in_another_process(code: str, *arguments: object) -> str:
    """Run ``code`` in a new Python; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


SAVE = """
import os, resource, sys
from dataclasses import replace
from core.project.files import FileError, read, write
path, limit, bound = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "True"
work = read(path)
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
if bound and os.geteuid() == 0:
    import ctypes
    version, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capset(version, nothing) == 0
try:
    write(path, replace(work, iteration=5))
except FileError as error:
    print(error)
"""


def saving_again(path: Path, *, limit: int = 0, bound: bool = False) -> str:
    """Write the file again where no file may grow beyond ``limit`` bytes, or ``bound`` by permissions.

    Permissions bind every owner but root, who gives up that privilege (its capabilities) for it.
    """
    return in_another_process(SAVE, path, limit, bound)


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of the test's own, whose permissions it may take away: they are given back at the end."""
    made = tmp_path / "folder"
    made.mkdir()
    yield made
    made.chmod(0o700)


@posix
def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    write(path, DesignFile(DESIGN))
    before = path.read_bytes()
    said = saving_again(path, limit=300)
    assert said == "“a.glassnet” was not saved: file too large; choose another place."
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@posix
@binding
def test_a_read_only_folder_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    write(path, DesignFile(DESIGN))
    before = path.read_bytes()
    tmp_path.chmod(0o555)
    try:
        said = saving_again(path, bound=True)
    finally:
        tmp_path.chmod(0o755)
    assert said == "“a.glassnet” was not saved: permission denied; choose another place."
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@posix
@binding
def test_a_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    write(path, DesignFile(DESIGN))
    before = path.read_bytes()
    path.chmod(0o444)
    said = saving_again(path, bound=True)
    assert said == "“a.glassnet” was not saved: the file is read-only; choose another place."
    assert path.read_bytes() == before


@posix
def test_permissions_are_kept_and_links_are_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real.glassnet", tmp_path / "link.glassnet"
    write(real, DesignFile(DESIGN))
    real.chmod(0o640)
    link.symlink_to(real)
    write(link, DesignFile(DESIGN, iteration=3))
    assert link.is_symlink()
    assert read(real).iteration == 3
    assert real.stat().st_mode & 0o777 == 0o640


def test_strays_of_killed_writings_are_swept_and_others_left(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    old, young, other = (
        tmp_path / name
        for name in (".a.glassnet.writing-0f", ".a.glassnet.writing-1e", ".b.glassnet.writing-2d")
    )
    for stray in (old, young, other):
        stray.write_bytes(b"half")
    for stray in (old, other):
        os.utime(stray, (0, stray.stat().st_mtime - 2 * STRAY_SECONDS))
    replace_file(path, b"whole")
    assert path.read_bytes() == b"whole"
    assert sorted(tmp_path.iterdir()) == [young, other, path]


def test_a_folder_is_not_a_place_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="was not saved: it is a folder, not a file"):
        write(tmp_path, DesignFile(DESIGN))
    with pytest.raises(FileError, match="was not saved: no such file or directory"):
        write(tmp_path / "none" / "a.glassnet", DesignFile(DESIGN))


@posix
@pytest.mark.parametrize("what", ["a pipe", "a socket", "a folder"])
def test_writing_refuses_what_reading_refuses(tmp_path: Path, what: str) -> None:
    path = tmp_path / "a.glassnet"
    if what == "a pipe":
        os.mkfifo(path)
    elif what == "a folder":
        path.mkdir()
    else:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(os.path.relpath(path))
    kind = stat.S_IFMT(path.stat().st_mode)
    for place in (path, tmp_path / "link.glassnet"):
        if place is not path:
            place.symlink_to(path)
        with pytest.raises(FileError, match="is not a file that can be read"):
            read(place)
        with pytest.raises(FileError, match=f"was not saved: it is {what}, not a file"):
            write(place, DesignFile(DESIGN))
        with pytest.raises(OSError, match="not a file"):
            replace_file(place, b"x")
    assert stat.S_IFMT(path.stat().st_mode) == kind


@posix
def test_a_file_that_cannot_be_read_or_is_too_large_is_not_written_over(tmp_path: Path) -> None:
    loop, large = tmp_path / "loop.glassnet", tmp_path / "large.glassnet"
    loop.symlink_to(loop)
    with large.open("wb") as file:
        file.truncate(17 << 20)
    for path, why in ((loop, "symbolic links"), (large, "17 MiB, and a design has at most 16 MiB")):
        with pytest.raises(FileError, match=f"cannot be opened: .*{why}"):
            read(path)
        with pytest.raises(FileError, match=f"was not saved: .*{why}"):
            write(path, DesignFile(DESIGN))
    assert loop.is_symlink() and large.stat().st_size == 17 << 20


@posix
def test_a_folder_that_cannot_be_synced_does_not_undo_what_was_saved(open_folder: Path) -> None:
    path = open_folder / "a.glassnet"
    write(path, DesignFile(DESIGN))
    path.chmod(0o666)
    open_folder.chmod(0o333)  # files may be made in it, but it cannot be opened, nor synced
    assert saving_again(path, bound=True) == ""
    assert read(path).iteration == 5


@posix
def test_all_names_of_a_file_get_the_new_content(tmp_path: Path) -> None:
    path, other = tmp_path / "a.glassnet", tmp_path / "b.glassnet"
    write(path, DesignFile(DESIGN, iteration=10**9))
    path.chmod(0o640)
    other.hardlink_to(path)
    for iteration in (3, 10**9):  # a shorter file, and a longer one
        write(path, DesignFile(DESIGN, iteration=iteration))
        assert read(other).iteration == iteration
        assert path.samefile(other)
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [path, other]


@posix
@pytest.mark.parametrize("room", [300, 30])
def test_a_full_disk_leaves_a_file_of_several_names_whole(tmp_path: Path, room: int) -> None:
    path, other = tmp_path / "a.glassnet", tmp_path / "b.glassnet"
    write(path, DesignFile(DESIGN))
    other.hardlink_to(path)
    before = path.read_bytes()
    assert "file too large" in saving_again(path, limit=len(before) - room)
    assert path.read_bytes() == other.read_bytes() == before


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_of_a_file_stays(open_folder: Path) -> None:
    path = open_folder / "a.glassnet"
    write(path, DesignFile(DESIGN))
    path.chmod(0o666)
    os.chown(path, 1234, 1235)
    open_folder.chmod(0o777)
    assert saving_again(path, bound=True) == ""
    status = path.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (1234, 1235, 0o666)
    write(path, DesignFile(DESIGN, iteration=7))
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 1235)
    assert list(open_folder.iterdir()) == [path]


def test_a_file_of_another_kind_is_not_written_over(tmp_path: Path) -> None:
    scene = read_scene(find_scene("one-weight"))
    design, played, notes = tmp_path / "a.glassnet", tmp_path / "s.json", tmp_path / "notes.txt"
    write(design, DesignFile(DESIGN))
    write_scene(played, scene)
    notes.write_text("mine")
    (tmp_path / "d.json").write_bytes(design.read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for path in (design, tmp_path / "new.glassnet", tmp_path / "d.json", notes):
        with pytest.raises(FileError, match=r"was not saved: it .*; choose a name that ends in \.json\."):
            write_scene(path, scene)
    for path in (played, tmp_path / "new.json", notes):
        with pytest.raises(FileError, match=r"was not saved: it .*; choose a name that ends in \.glassnet\."):
            write(path, DesignFile(DESIGN))
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    design.write_bytes(b'{"format": "glassnet-des')  # half a file of ours may be replaced
    write(design, DesignFile(DESIGN))
    assert read(design).design == DESIGN


@posix
def test_what_comes_with_the_program_is_not_written_over(tmp_path: Path) -> None:
    example, scene = examples()["xor"], find_scene("one-weight")
    before = example.read_bytes(), scene.read_bytes()
    links = tmp_path / "xor.glassnet", tmp_path / "scene.json"
    links[0].symlink_to(example)
    links[1].symlink_to(scene)
    for path in (example, example.parent / ".." / "designs" / example.name, links[0]):
        assert comes_with_program(path)
        with pytest.raises(FileError, match="it comes with Glassnet; choose another name or place"):
            write(path, read(example))
    with pytest.raises(FileError, match="it comes with Glassnet"):
        write_scene(links[1], read_scene(scene))
    assert (example.read_bytes(), scene.read_bytes()) == before


def test_a_change_on_disk_is_told_by_the_content(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    assert write(path, DesignFile(DESIGN)) == read(path).stamp
    stamp = read(path).stamp
    os.utime(path, (0, 0))
    assert not changed(path, stamp)
    size, moment = path.stat().st_size, path.stat().st_mtime_ns
    path.write_bytes(path.read_bytes().replace(b'"xor"', b'"sin"'))
    os.utime(path, ns=(moment, moment))
    assert path.stat().st_size == size and changed(path, stamp)
    path.unlink()
    assert not changed(path, stamp)


@posix
def test_of_two_who_save_at_once_the_second_is_told(tmp_path: Path) -> None:
    path, outcomes = tmp_path / "a.glassnet", SimpleQueue[int]()
    stamp = write(path, DesignFile(DESIGN))
    start = threading.Barrier(8)

    def save(iteration: int) -> None:
        start.wait()
        try:
            write(path, DesignFile(DESIGN, iteration=iteration), stamp)
        except ChangedFileError as error:
            outcomes.put(-1 if error.found == read(path).stamp else -2)
        else:
            outcomes.put(iteration)

    threads = [threading.Thread(target=save, args=(k,)) for k in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = sorted(outcomes.get() for _ in threads)
    assert told == [*[-1] * 7, read(path).iteration]


@posix
def test_a_process_that_was_stopped_while_it_saved_does_not_stop_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "TRIES", 2)
    with locks.alone_in(tmp_path):
        write(tmp_path / "a.glassnet", DesignFile(DESIGN))
    assert read(tmp_path / "a.glassnet").design == DESIGN
