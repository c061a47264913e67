"""The structure of the code: permitted imports, and limits of size."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = [path for folder in ("core", "gui") for path in sorted((ROOT / folder).rglob("*.py"))]
MOST_LINES, MOST_LINES_OF_FUNCTION, MOST_METHODS = 600, 60, 45
TESTS = [path for path in sorted((ROOT / "tests").rglob("*.py")) if "benchmarks" not in path.parts]
CLOCKS = {"perf_counter", "monotonic", "process_time", "thread_time", "sleep", "qSleep", "qWait"}
MAY_ASK_TIME = {"waiting.py", "busy.py", "soak.py"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def in_another_process(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_file_imports_only_from_floors_below() -> None:
    code = "from importlinter.cli import lint_imports as lint; raise SystemExit(lint(no_cache=True))"
    in_another_process(code)


def test_no_files_import_each_other_in_a_circle() -> None:
    """Imports that only a type checker reads count too: a circle of types is one to a reader."""
    code = (
        "import grimp; from graphlib import TopologicalSorter as Sorter;"
        "g = grimp.build_graph('core', 'gui', exclude_type_checking_imports=False, cache_dir=None);"
        "Sorter({name: g.find_modules_directly_imported_by(name) for name in g.modules}).prepare()"
    )
    in_another_process(code)


def test_core_runs_without_qt() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in SOURCES
        if "core" in path.parts and "import torch\n" not in path.read_text(encoding="utf-8")  # an extra
    ]
    code = f"import sys, {', '.join(modules)}; print([n for n in sys.modules if n[:7] in ('PySide6', 'gui')])"
    assert in_another_process(code).strip() == "[]"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_grows_too_large(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, FUNCTIONS):
            assert node.end_lineno - node.lineno + 1 <= MOST_LINES_OF_FUNCTION, node.name


Named = tuple[str, str]  # a module and a name defined in it


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, tree: ast.Module) -> dict[str, Named]:
    """Return the origin of every name in a module, including the classes it defines."""
    found, package = dict[str, Named](), module_of(path).split(".")
    package = package if path.name == "__init__.py" else package[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            found |= {name.asname or name.name: (source, name.name) for name in node.names}
    here = module_of(path)
    return found | {node.name: (here, node.name) for node in tree.body if isinstance(node, ast.ClassDef)}


def classes_of_the_project() -> dict[Named, tuple[int, list[Named]]]:
    """Return, for each class, its number of methods and the origins of its bases."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
    names = {module_of(path): imported(path, tree) for path, tree in trees.items()}

    def origin(module: str, base: ast.expr) -> Named:
        """Return the origin of a base class, through modules that re-export it."""
        base = base.value if isinstance(base, ast.Subscript) else base
        if isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name):
            found = ".".join(names[module].get(base.value.id, ("", base.value.id))), base.attr
        else:
            found = names[module].get(base.id, ("", base.id)) if isinstance(base, ast.Name) else ("", "")
        while (further := names.get(found[0], {}).get(found[1], found)) != found:
            found = further
        return found

    return {
        (module_of(path), node.name): (
            sum(isinstance(part, FUNCTIONS) for part in node.body),
            [origin(module_of(path), base) for base in node.bases],
        )
        for path, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }


def test_no_class_grows_too_large_with_what_it_inherits() -> None:
    """Methods of all base classes within the project count; composition is not limited."""
    classes = classes_of_the_project()

    def chain(name: Named) -> set[Named]:
        return {name}.union(*(chain(base) for base in classes[name][1] if base in classes))

    counts = {".".join(name): sum(classes[one][0] for one in chain(name)) for name in classes}
    assert counts["gui.canvas.editor_view.CanvasView"] > counts["gui.canvas.zoom_view.ZoomView"]
    assert {name: count for name, count in counts.items() if count > MOST_METHODS} == {}


def test_no_widget_is_asked_for_its_screen() -> None:
    """Use `gui.layout.placement.screen_of`; it explains why `QWidget.screen` may end the process later."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (*SOURCES, *TESTS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "screen"
    ]
    assert found == []


def test_no_test_asks_a_clock_or_waits_for_so_long() -> None:
    """Such a test would pass on one machine and fail on a slower or busier one."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in TESTS
        if path.name not in MAY_ASK_TIME
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if asks_time(node)
    ]
    assert found == []


def asks_time(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "time"
    if isinstance(node, ast.Import):
        return any(name.name == "time" for name in node.names)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    waits = node.func.attr == "wait" and bool(node.args)
    return (
        waits
        or node.func.attr in CLOCKS
        or any(word.arg == "timeout" and short(word) for word in node.keywords)
    )


def short(word: ast.keyword) -> bool:
    """Return whether a literal time-out is below a minute, in seconds or milliseconds."""
    return (
        isinstance(word.value, ast.Constant)
        and not 60 <= word.value.value < 1000
        and word.value.value < 60_000
    )
