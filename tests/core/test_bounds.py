"""Numbers in files are bounded, and a scene is accepted only if its initial view can be computed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from core.bounds import MOST_REAL
from core.lecture.scene import Scene, find_scene, read_scene, scene_files
from core.nn.design import Design
from core.project.json_io import FileError


def unbounded(kind: inspect.Type, where: str, seen: set[type]) -> Iterator[str]:
    """Yield the places of numbers without a lower or upper bound."""
    if isinstance(kind, (inspect.IntType, inspect.FloatType)):
        if (kind.ge is None and kind.gt is None) or (kind.le is None and kind.lt is None):
            yield where
    elif isinstance(kind, inspect.StructType):
        if kind.cls not in seen:
            seen.add(kind.cls)
            for field in kind.fields:
                yield from unbounded(field.type, f"{kind.cls.__name__}.{field.name}", seen)
    else:
        for name in ("type", "types", "item_type", "item_types", "value_type"):
            inner = getattr(kind, name, ())
            for part in inner if isinstance(inner, tuple) else (inner,):
                if isinstance(part, inspect.Type):
                    yield from unbounded(part, where, seen)


@pytest.mark.parametrize("kind", [Design, Scene])
def test_every_number_of_a_file_has_bounds(kind: type) -> None:
    assert list(unbounded(inspect.type_info(kind), kind.__name__, set())) == []


def test_a_number_without_bounds_would_be_found() -> None:
    class Loose(msgspec.Struct):
        numbers: tuple[float, ...] = ()

    assert list(unbounded(inspect.type_info(Loose), "Loose", set())) == ["Loose.numbers"]


def changed(name: str, *changes: tuple[tuple[str | int, ...], Any]) -> str:
    """Return the text of a scene of the lecture with some values replaced."""
    data = json.loads(find_scene(name).read_text())
    for path, value in changes:
        part = data["scene"]
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value
    return json.dumps(data)


WEIGHT = {"layer": 1, "source": 0, "neuron": 0}
DIGITS = int("1" * 4000)
REFUSED = {
    "a range of nothing": (
        "activation-family",
        [(("subject", "low"), 0), (("subject", "high"), 5e-324)],
        "subject.high",
    ),
    "a range of everything": ("activation-family", [(("subject", "high"), 1e308)], "subject.high"),
    "outputs without end": ("mse-against-mae", [(("subject", "outputs"), [[1e308]])], "outputs[0][0]"),
    "z without end": ("softmax-not-sum", [(("subject", "z"), [1e308, -1e308, 1e308])], "subject.z[0]"),
    "a number of 4,000 digits": ("sum-times-z", [(("expected", 0, "slide"), DIGITS)], "expected[0].slide"),
    "one weight on both axes": (
        "learning-rate",
        [(("surface",), {"first": WEIGHT, "second": WEIGHT})],
        "surface.second",
    ),
    "a network that diverges before it is shown": (
        "learning-rate",
        [
            (("subject", "networks", 2, "design", "training", "learning_rate"), 100.0),
            (("subject", "networks", 2, "iterations"), 1000),
        ],
        "networks[2].iterations: Training diverged",
    ),
    "updates that take minutes": (
        "learning-rate",
        [(("subject", "networks", 0, "iterations"), 1_000_000)],
        "networks[0].iterations: 1,000,000 updates",
    ),
    "weights that overflow": (
        "square-times-y-over-z",
        [(("subject", "values"), {"x": 1.0, "y": 1.0, "z": 0.0})],
        "subject.values",
    ),
    "a race with a point too few": (
        "mse-against-mae",
        [
            (("subject", "race", "x"), [-MOST_REAL] * 5),
            (("subject", "race", "learning_rate"), 1e-300),
            (("subject", "race", "y"), [MOST_REAL] * 4),
        ],
        "race",
    ),
    "a rate that climbs": ("one-weight", [(("subject", "learning_rate"), -1.0)], "learning_rate"),
    "a worked number without end": ("one-weight", [(("subject", "learning_rate"), "10^300")], "larger than"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_scene_that_cannot_be_shown_is_refused_at_its_place(tmp_path: Path, case: str) -> None:
    name, changes, place = REFUSED[case]
    path = tmp_path / "scene.json"
    path.write_text(changed(name, *changes))
    with pytest.raises(FileError) as caught:
        read_scene(path)
    assert place in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_more_digits_than_python_reads_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    text = changed("sum-times-z", (("expected", 0, "slide"), 777))
    path.write_text(text.replace("777", "1" * 5000))
    with pytest.raises(FileError, match=r"expected\[0\].slide: must be a finite number"):
        read_scene(path)


def test_all_scenes_of_the_lecture_are_accepted() -> None:
    assert len([read_scene(path) for path in scene_files()]) == len(scene_files())
