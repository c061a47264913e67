"""The shape of the code: which file may import which, and how large anything may grow."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = [path for folder in ("core", "gui") for path in sorted((ROOT / folder).rglob("*.py"))]
MOST_LINES, MOST_LINES_OF_FUNCTION, MOST_METHODS = 600, 60, 45
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def in_another_process(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_file_imports_only_from_floors_below() -> None:
    code = "from importlinter.cli import lint_imports as lint; raise SystemExit(lint(no_cache=True))"
    in_another_process(code)


def test_core_runs_without_qt() -> None:
    modules = [f"core.{path.stem}" for path in SOURCES if path.parent.name == "core"]
    code = f"import sys, {', '.join(modules)}; print([n for n in sys.modules if n[:7] in ('PySide6', 'gui')])"
    assert in_another_process(code).strip() == "[]"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_grows_too_large(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, FUNCTIONS):
            assert node.end_lineno - node.lineno + 1 <= MOST_LINES_OF_FUNCTION, node.name
        if isinstance(node, ast.ClassDef):
            assert sum(isinstance(part, FUNCTIONS) for part in node.body) <= MOST_METHODS, node.name
