"""The wheel: it contains only the package `glassnet`, and the installed program runs."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("core", "gui", "assets", "docs", "pyproject.toml", "README.md", "LICENSE")
DOCUMENTS = {".md", ".toml", ".cff", ".lock", ".yml", ".in"}
FOLDERS = ("core", "gui", "assets", "docs", "tests", "packaging", ".ci", ".github")
NEEDED = ("numpy", "msgspec", "shtab", "PySide6", "pyqtgraph", "ziamath")


def run(*command: object, cwd: Path, **changes: str) -> str:
    """Run a command without access to this checkout; return its output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=kept | changes,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the sources with this environment's setuptools."""
    copy, out = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("dist")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, copy, cwd=copy)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a new environment that reuses installed dependencies; return its folder."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--no-deps", "--no-index", wheel, cwd=folder)
    borrowed = {str(Path(importlib.util.find_spec(name).origin).parents[1]) for name in NEEDED}
    (site_packages(folder) / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return folder


def site_packages(folder: Path) -> Path:
    return next(folder.glob("[Ll]ib/**/site-packages"))


def glassnet(folder: Path, *arguments: object, **changes: str) -> str:
    command = folder / ("Scripts/glassnet.exe" if os.name == "nt" else "bin/glassnet")
    return run(command, *arguments, cwd=folder, **changes)


def test_the_wheel_holds_every_source_and_asset_below_glassnet(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0].split("-")[0] for name in names} == {"glassnet"}
    sources = [path for folder in ("core", "gui") for path in (ROOT / folder).rglob("*.py")]
    assets = [path for path in (ROOT / "assets").glob("*/**/*") if path.is_file()]
    assets = [path for path in assets if "__pycache__" not in path.parts]
    assets += [path for path in (ROOT / "docs" / "manual").rglob("*") if path.is_file()]
    expected = {f"glassnet/{path.relative_to(ROOT).as_posix()}" for path in sources + assets}
    assert expected <= names


def test_the_source_distribution_holds_all_that_lies_here(tmp_path: Path) -> None:
    """Whoever packages the program has its tests, its documents, and the recipes of its bundles."""
    documents = [
        path for path in ROOT.iterdir() if path.suffix in (".md", ".toml", ".cff", ".lock", ".yml", ".in")
    ]
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    wanted = [path for path in (*documents, ROOT / "LICENSE", *files) if "__pycache__" not in path.parts]
    for path in wanted:
        copy = tmp_path / "sources" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    sources, out = tmp_path / "sources", tmp_path / "dist"
    run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", out, sources, cwd=tmp_path)
    with tarfile.open(next(out.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {path.relative_to(ROOT).as_posix() for path in wanted} <= names


def test_the_citation_names_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"\nversion: {project['version']}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


def test_every_package_is_named() -> None:
    """One that is not would be missing in the wheel, and in no checkout."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    found = {
        ".".join(("glassnet", *path.parent.relative_to(ROOT).parts))
        for folder in ("core", "gui")
        for path in (ROOT / folder).rglob("__init__.py")
    }
    assert found <= set(named["packages"]) == set(named["package-dir"])


def test_only_glassnet_is_in_site_packages(installed: Path) -> None:
    found = {path.name for path in site_packages(installed).iterdir()}
    others = {
        name for name in found if name.startswith(("pip", "setuptools", "_distutils", "distutils", "pkg_"))
    }
    assert {name.split("-")[0] for name in found - others - {"borrowed.pth", "__pycache__"}} == {"glassnet"}
    code = "import importlib.util as u; print([n for n in ('core', 'gui', 'assets') if u.find_spec(n)])"
    python = installed / ("Scripts" if os.name == "nt" else "bin") / "python"
    assert run(python, "-c", code, cwd=installed).strip() == "[]"


def test_the_installed_command_runs(installed: Path) -> None:
    assert glassnet(installed, "--version").startswith("glassnet ")
    result = json.loads(glassnet(installed, "train", "xor", "--epochs", 2, "--json"))
    assert result["epochs"] == 2
    assert "agrees" in glassnet(installed, "check", "breast-cancer")


def test_the_installed_window_draws_itself(installed: Path) -> None:
    glassnet(installed, "picture", "xor", "-o", "xor.png", "--iterations", 50, "--size", "1366x768")
    picture = (installed / "xor.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000


def test_the_installed_lecture_draws_a_scene(installed: Path) -> None:
    assert "one-weight" in glassnet(installed, "scenes")
    glassnet(installed, "picture", "23-one-weight", "-o", "scene.png", "--size", "1366x768")
    assert len((installed / "scene.png").read_bytes()) > 20_000


def test_the_lock_is_of_these_dependencies() -> None:
    """The lock file contains the dependencies from which uv made it."""
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    own = next(package for package in locked if package["name"] == "glassnet")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [project["dependencies"], *project["optional-dependencies"].values()]
    written = {entry["name"] + entry["specifier"] for entry in own["metadata"]["requires-dist"]}
    assert written == {requirement.lower() for part in asked for requirement in part}
    assert own["version"] == project["version"]
