"""Saving on a full disk, in a read-only folder, through a link, after a kill: the old file stays whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.disk import STRAY_SECONDS, replace_file
from core.files import FileError, Work, read, write
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
from core.files import FileError, read, write
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


@posix
def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    write(path, Work(DESIGN))
    before = path.read_bytes()
    said = saving_again(path, limit=300)
    assert said == "“a.glassnet” was not saved: file too large; choose another place."
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@posix
@binding
def test_a_read_only_folder_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.glassnet"
    write(path, Work(DESIGN))
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
    write(path, Work(DESIGN))
    before = path.read_bytes()
    path.chmod(0o444)
    said = saving_again(path, bound=True)
    assert said == "“a.glassnet” was not saved: the file is read-only; choose another place."
    assert path.read_bytes() == before


@posix
def test_permissions_are_kept_and_links_are_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real.glassnet", tmp_path / "link.glassnet"
    write(real, Work(DESIGN))
    real.chmod(0o640)
    link.symlink_to(real)
    write(link, Work(DESIGN, iteration=3))
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
    with pytest.raises(FileError, match="was not saved: it is a folder"):
        write(tmp_path, Work(DESIGN))
    with pytest.raises(FileError, match="was not saved: no such file or directory"):
        write(tmp_path / "none" / "a.glassnet", Work(DESIGN))
