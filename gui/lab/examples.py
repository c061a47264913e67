"""The examples of the lab: expressions of the lecture, each at its point."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QT_TRANSLATE_NOOP


@dataclass(frozen=True)
class Example:
    """An expression, the values of its variables, and its derivatives as formulas, where they are short."""

    name: object
    text: str
    values: dict[str, float]
    analytic: dict[str, str] = field(default_factory=dict)


EXAMPLES = (
    Example(
        QT_TRANSLATE_NOOP("Lab", "A sum times z"),
        "(x + y) * z",
        {"x": -2, "y": 5, "z": -4},
        {"x": "z", "y": "z", "z": "x + y", "q": "z"},
    ),
    Example(
        QT_TRANSLATE_NOOP("Lab", "Square, product, quotient"),
        "x**2 * y / z",
        {"x": 3, "y": 4, "z": 2},
        {"x": "2*x*y/z", "y": "v/z", "z": "-u/z**2", "v": "y/z", "u": "1/z"},
    ),
    Example(
        QT_TRANSLATE_NOOP("Lab", "One sigmoid neuron"),
        "1/(1+exp(-(w0*x0+w1*x1+b)))",
        {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "b": -3},
    ),
    Example(
        QT_TRANSLATE_NOOP("Lab", "A squared error"),
        "(y - w*x)**2",
        {"y": 10, "w": 2, "x": 3},
        {"w": "-2*x*(y - w*x)", "x": "-2*w*(y - w*x)", "y": "2*(y - w*x)"},
    ),
    Example(QT_TRANSLATE_NOOP("Lab", "The larger of two"), "max(x,y) * z", {"x": 3, "y": 5, "z": -2}),
)
