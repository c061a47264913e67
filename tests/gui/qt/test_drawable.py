"""The conversions for Qt handle any number, and no module passes computed numbers to Qt without them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from math import inf, nan
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Object

import gui
from gui.qt.drawable import (
    FALLBACKS,
    FARTHEST,
    MOST_DRAWN,
    MOST_WHOLE,
    along,
    drawn,
    guarded_overrides,
    has_ticks,
    lines,
    pieces,
    pixel_image,
    point,
    polygon,
    polygons,
    shape,
    shielded,
    whole,
)

MODULES = sorted(Path(gui.__file__).parent.rglob("*.py"))
STRANGE = [nan, inf, -inf, 1e308, -1e308, 1e300, 5e-324, -5e-324, 0.0, 1.0]


@pytest.mark.parametrize("value", STRANGE)
def test_whole_numbers_fit_into_32_bits(value: float) -> None:
    assert abs(whole(value)) <= MOST_WHOLE
    assert (whole(nan), whole(2.6), whole(-1e300), whole(inf)) == (0, 3, -MOST_WHOLE, MOST_WHOLE)


@pytest.mark.parametrize("low", STRANGE)
@pytest.mark.parametrize("high", STRANGE)
def test_axes_of_any_ends_lead_to_pixels(low: float, high: float) -> None:
    places = along(np.array(STRANGE), (low, high), 10.0, 300.0)
    assert (np.isnan(places) | (np.abs(places) <= FARTHEST)).all()
    has_ticks(low, high)


def test_places_on_an_axis_are_in_proportion() -> None:
    assert along(np.array([-1.0, 0.0, 3.0, nan]), (-1.0, 3.0), 10.0, 200.0)[:3].tolist() == [
        10.0,
        60.0,
        210.0,
    ]
    assert along(np.array([-1e308, 0, 1e308]), (-1e308, 1e308), 0.0, 100.0).tolist() == [0.0, 50.0, 100.0]


def test_what_is_nowhere_is_left_out() -> None:
    points = np.array([[0, 0], [1, nan], [2, inf], [3, 1e300], [4, 4]])
    assert [(p.x(), p.y()) for p in polygon(points)] == [(0, 0), (2, FARTHEST), (3, FARTHEST), (4, 4)]
    assert [len(piece) for piece in pieces(points)] == [1, 3]
    assert len(polygons(points[None])) == 0
    assert [line.y2() for line in lines(np.array([[0, 0, 1, 1e9], [0, nan, 1, 1]]))] == [FARTHEST]
    assert (point(nan, 1e9).x(), point(nan, 1e9).y()) == (-FARTHEST, FARTHEST)
    assert [p.x() for p in shape([QPointF(1e9, 0), QPointF(2, 2)])] == [FARTHEST, 2]


def test_axes_that_qt_scales_get_no_numbers_beyond_its_reach() -> None:
    found = drawn(np.array([nan, inf, 1e300, MOST_DRAWN, 5e-324, 1.0]))
    assert np.isnan(found[:3]).all()
    assert found[3:].tolist() == [MOST_DRAWN, 0.0, 1.0]


# -- nothing bypasses the conversions --------------------------------------------------------------------


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            yield (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")), node


def is_fixed(argument: ast.expr) -> bool:
    """Whether a number is a literal, a named constant, or the result of `whole`."""
    if isinstance(argument, ast.Constant):
        return True
    if isinstance(argument, ast.Name | ast.Attribute):
        name = argument.id if isinstance(argument, ast.Name) else argument.attr
        return name.isupper()
    if isinstance(argument, ast.UnaryOp):
        return is_fixed(argument.operand)
    if isinstance(argument, ast.BinOp):
        return is_fixed(argument.left) and is_fixed(argument.right)
    if isinstance(argument, ast.Call):
        name = getattr(argument.func, "id", getattr(argument.func, "attr", ""))
        return name == "whole" or (name in ("min", "max") and all(map(is_fixed, argument.args)))
    return False


SETTERS = {"setRange", "setMinimum", "setMaximum", "setValue", "setPageStep", "setSingleStep"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_computed_numbers_reach_qt_through_the_border_alone(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for name, call in calls(tree):
        receiver = ast.unparse(call.func)
        if name in SETTERS and "settings" not in receiver:
            assert all(map(is_fixed, call.args)), f"{path.name}:{call.lineno}"
        if name in ("QPolygonF", "arrayToQPolygonF"):
            assert path.stem == "drawable", f"{path.name}:{call.lineno}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "paintEvent":
            marks = {ast.unparse(mark).rpartition(".")[2] for mark in node.decorator_list}
            assert "shielded" in marks, f"{path.name}:{node.lineno}"


# -- exceptions in paint methods -------------------------------------------------------------------------


class Faulty(QWidget):
    @shielded
    def paintEvent(self, _event: object) -> None:
        int(nan)


class Around(QWidget):
    def event(self, event: object) -> bool:
        return super().event(event)  # type: ignore[arg-type]


def test_a_fault_of_painting_is_told_and_the_program_lives(qtbot: QtBot) -> None:
    """The exception is raised by a C function, in a paint event caused by a method in Python."""
    around = Around()
    QVBoxLayout(around).addWidget(Faulty())
    qtbot.addWidget(around)
    with qtbot.captureExceptions() as caught:
        around.resize(300, 200)
        around.show()
        qtbot.waitUntil(lambda: bool(caught), timeout=60_000)
        around.hide()
    assert all(kind is ValueError for kind, _error, _trace in caught)


@guarded_overrides
class FaultyTab(QLineEdit):
    def focusNextPrevChild(self, _ahead: bool) -> bool:
        return bool(int(nan))

    def resizeEvent(self, _event: object) -> None:
        int(nan)

    def sizeHint(self) -> QSize:
        return QSize(int(nan), 0)


def test_a_fault_of_an_event_is_told_and_qt_is_given_an_answer(qtbot: QtBot) -> None:
    line, around = FaultyTab(), Around()
    QVBoxLayout(around).addWidget(line)
    qtbot.addWidget(around)
    with qtbot.captureExceptions() as caught:
        around.show()
        around.resize(300, 200)
    assert {kind for kind, _error, _trace in caught} == {ValueError}
    with qtbot.captureExceptions() as caught:
        qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert [kind for kind, _error, _trace in caught] == [ValueError]


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_image_holds_its_pixels_whatever_their_order_in_memory(order: Literal["C", "F"]) -> None:
    pixels = np.asarray(0xFF000000 | np.arange(6, dtype=np.uint32).reshape(2, 3), order=order)
    image = pixel_image(pixels)
    expected = pixels.copy()
    pixels[:] = 0
    assert [[image.pixel(x, y) for x in range(3)] for y in range(2)] == expected.tolist()


def test_every_method_that_qt_calls_is_guarded() -> None:
    root = Path(gui.__file__).parents[1]
    for path in (path for path in MODULES if not path.stem.startswith("__")):
        module = import_module(".".join(path.relative_to(root).with_suffix("").parts))
        for overriding in vars(module).values():
            if not isinstance(overriding, type) or not issubclass(overriding, Object):
                continue
            for name, method in vars(overriding).items() if overriding.__module__ == module.__name__ else ():
                if name.endswith("Event") or name in FALLBACKS:
                    assert hasattr(method, "__wrapped__"), f"{module.__name__}.{overriding.__name__}.{name}"
