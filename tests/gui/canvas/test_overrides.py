"""What Qt calls in the canvas lets no exception through: in a nested call it would end the process."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

MODULES = sorted((Path(__file__).parents[3] / "gui" / "canvas").rglob("*.py"))
CALLED_BY_QT = {
    "boundingRect",
    "event",
    "eventFilter",
    "focusNextPrevChild",
    "paint",
    "scrollContentsBy",
    "shape",
}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_override_of_a_method_that_qt_calls_is_guarded(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for method in node.body if isinstance(node, ast.ClassDef) and node.bases else []:
            if not isinstance(method, ast.FunctionDef):
                continue
            if method.name in CALLED_BY_QT or method.name.endswith("Event"):
                marks = {ast.unparse(mark).partition("(")[0] for mark in method.decorator_list}
                assert marks & {"guarded", "shielded"}, f"{path.name}:{method.lineno}"
