"""What is read off the screen: numbers as they are painted, with what their digits leave open."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import exp, log, sqrt, tanh
from typing import NamedTuple

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from core.nn.activations import ACTIVATIONS
from gui.canvas.canvas_state import Texts
from gui.canvas.items.neurons import bias_rect, text_rect
from gui.canvas.network_view import NetworkView

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
NAMES: dict[str, object] = {
    "exp": exp, "ln": log, "log": log, "tanh": tanh, "sqrt": sqrt, "abs": abs, "max": max, "min": min
}  # fmt: skip


class Interval(NamedTuple):
    """All numbers that would be printed alike."""

    low: float
    high: float

    def meets(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high

    def plus(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def times(self, other: Interval) -> Interval:
        found = [one * two for one in self for two in other]
        return Interval(min(found), max(found))

    def through(self, f: Callable[[np.ndarray], np.ndarray]) -> Interval:
        """Return what a function makes of it, a little more: it is looked at at some places."""
        values = f(np.linspace(self.low, self.high, 33))
        low, high = float(values.min()), float(values.max())
        margin = 0.05 * (high - low)
        return Interval(low - margin, high + margin)


def exactly(value: float) -> Interval:
    return Interval(value, value)


def plain(text: str) -> str:
    """Return printed numbers as Python writes them."""
    text = re.sub(r"·10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda found: "e" + found[1].translate(RAISED), text)
    return text.replace("−", "-")


def printed(text: str) -> Interval | None:
    """Return the numbers a printed one stands for; None: it is not known, or none."""
    found = NUMBER.fullmatch(plain(text).strip().lstrip("+"))
    if found is None:
        return None
    mantissa, _, power = found[0].partition("e")
    half = 0.5000001 * 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    if float(found[0]) == 0 and "." not in mantissa:
        half = 1e-99
    return Interval(float(found[0]) - half, float(found[0]) + half)


class OnCanvas(NamedTuple):
    """The numbers painted on a canvas: by neuron (l, j), or by edge (l, i, j)."""

    a: dict[tuple[int, int], Interval | None]
    delta: dict[tuple[int, int], Interval | None]
    b: dict[tuple[int, int], Interval | None]
    edges: dict[tuple[int, int, int], list[Interval | None]]
    texts: list[str]


@contextmanager
def listening() -> Iterator[list[tuple[str, QPointF]]]:
    """Note every line of text a canvas paints, and where."""
    heard: list[tuple[str, QPointF]] = []
    own = Texts.draw

    def draw(
        texts: Texts, painter: QPainter, role: str, text: str, x: float, y: float, *rest: float
    ) -> float:
        heard.append((text, QPointF(x, y)))
        return own(texts, painter, role, text, x, y, *rest)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Texts, "draw", draw)
        yield heard


def on_canvas(view: NetworkView) -> OnCanvas:
    """Paint a canvas and return the numbers that were painted."""
    image = QImage(view.viewport().size(), QImage.Format.Format_RGB32)
    with listening() as heard:
        painter = QPainter(image)
        for item in view.scene().items():
            option = QStyleOptionGraphicsItem()
            option.exposedRect = item.boundingRect()
            if item.isVisible():
                item.paint(painter, option)
        painter.end()
    found = OnCanvas({}, {}, {}, {}, [text for text, _ in heard])
    layout, pills = view.state.layout, view.network_scene.pills
    for text, at in heard:
        for column in layout.columns:
            for j in range(column.neurons if column.layer is not None and column.style != "block" else 0):
                key, bias = (column.layer or 0, j), bias_rect(column, j, layout.sizes)
                if bias is not None and bias.contains(at) and text.startswith("b = "):
                    found.b[key] = printed(text[4:])
                elif text_rect(column, j, layout.sizes).adjusted(-2, -2, 2, 2).contains(at):
                    if text.startswith(("a = ", "o = ")):
                        found.a[key] = printed(text[4:])
                    elif text.startswith("δ = "):
                        found.delta[key] = printed(text[4:])
        for edge in pills.shown:
            rect = pills.rect(edge)
            if rect is not None and rect.contains(at) and printed(text) is not None:
                found.edges.setdefault(edge, []).append(printed(text))
    return found


def slope_of(name: str) -> Callable[[np.ndarray], np.ndarray]:
    return lambda z: np.asarray(ACTIVATIONS[name].derivative(z))


def value_of(name: str) -> Callable[[np.ndarray], np.ndarray]:
    return lambda z: np.asarray(ACTIVATIONS[name].g(z))


# -- worked lines -----------------------------------------------------------------------------------


def rows_of(document: QTextDocument) -> Iterator[str]:
    """Yield the paragraphs of a rich text, with what is raised as a power."""
    block = document.begin()
    while block.isValid():
        row, found = "", block.begin()
        while not found.atEnd():
            piece = found.fragment()
            raised = piece.charFormat().verticalAlignment()
            text = piece.text()
            row += f"^({text})" if raised == QTextCharFormat.VerticalAlignment.AlignSuperScript else text
            found += 1
        yield row
        block = block.next()


class Worked(NamedTuple):
    """A formula in numbers, what it amounts to, and what is printed as its result."""

    row: str
    reached: float
    shown: Interval
    approximate: bool


def worked_of(document: QTextDocument) -> Iterator[Worked]:
    """Yield the lines of a text that can be computed again on a calculator."""
    for row in rows_of(document):
        text = plain(row.replace("\u00a0", " ")).rpartition(" : ")[2]
        text = re.sub(r"^(so far|this sample:)", "", text.strip())
        sides = re.split(r"([=≈←])", text)
        if len(sides) < 3:
            continue
        formula, sign, result = sides[-3], sides[-2], NUMBER.match(sides[-1].strip())
        reached = computed(formula)
        shown = None if result is None else printed(result[0])
        if reached is not None and shown is not None and NUMBER.fullmatch(formula.strip()) is None:
            yield Worked(row, reached, shown, sign == "≈")


def computed(formula: str) -> float | None:
    """Return what a printed formula amounts to; None: it is not one of numbers alone."""
    text = formula.strip().replace("·", "*").replace("^", "**").replace("√", "sqrt")
    text = re.sub(r"\be\*\*", "exp", text)
    text = re.sub(r"([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda found: f"**({found[1].translate(RAISED)})", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    letters = set(re.findall(r"[^\W\d_]+", re.sub(NUMBER, "", text)))
    if not text or letters - NAMES.keys() or re.search(r"[^\w\s.*/+()\-,]", text):
        return None
    try:
        return float(eval(text, {"__builtins__": {}}, NAMES))
    except (SyntaxError, ValueError, OverflowError, TypeError, ZeroDivisionError):
        return None
