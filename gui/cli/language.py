"""`glassnet language`: writes the texts of the program to a file, in which they are translated.

The texts are collected from the source, where each is an argument of ``tr``, and from the scenes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import msgspec

from core.lecture.scene import read_scene, shipped_scenes, texts_of
from core.outside_text import what_is_at
from core.project.json_io import write_checked
from core.project.languages import LANGUAGE, VERSION, Language, parse_language, read_language

PACKAGES = [Path(__file__).parents[2] / name for name in ("core", "gui")]
MARKS = {"tr": 0, "translatable": 0, "said": 0, "sentence": 0}
"""Functions, and the index of their argument that is a text to be translated."""
FIELDS = {"Meta": ("title", "description")}
"""Calls, and the names of their arguments that are texts to be translated."""


def write_language(path: Path) -> tuple[int, int]:
    """Write all texts to a file; existing translations in it are kept. Raises FileError.

    Returns the number of texts and the number of translations. A translation whose English text is
    no longer in the program is left out.
    """
    known = read_language(path) if what_is_at(path) else Language(LANGUAGE.format, VERSION, path.stem, {})
    texts = {text: known.texts.get(text, "") for text in texts_of_program()}
    made = Language(LANGUAGE.format, VERSION, known.name, texts)
    data = msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"
    write_checked(path, data, LANGUAGE, parse_language)
    return len(texts), sum(bool(translation) for translation in texts.values())


def texts_of_program() -> list[str]:
    """Return every text of the program and of its scenes once, in the order of files and lines."""
    sources = [path for package in PACKAGES for path in sorted(package.rglob("*.py"))]
    found = [text for path in sources for text in _marked(ast.parse(path.read_text(encoding="utf-8")))]
    found += [text for path in shipped_scenes() for text in texts_of(read_scene(path))]
    return list(dict.fromkeys(found))


def _marked(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MARKS and len(node.args) > MARKS[name]:
                yield from _constants(node.args[MARKS[name]])
            for keyword in node.keywords:
                if keyword.arg in FIELDS.get(name, ()):
                    yield from _constants(keyword.value)


def _constants(node: ast.expr) -> Iterator[str]:
    """Yield the texts an expression may be: the constant itself, or both branches of a conditional."""
    if isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
