"""A matrix as text to paste elsewhere, every number in full precision; NaN is a number not computed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .modules import Array


def _rows(matrix: Array, number: Callable[[str], str], between: str) -> list[str]:
    """Return every row (of a vector, the number) as text; the shortest that reads back to the same bits."""
    columns = matrix.reshape(-1, 1) if matrix.ndim == 1 else matrix
    return [between.join(number(str(value)) for value in row) for row in columns]


def _blank(text: str) -> str:
    return "" if text == "nan" else text


def csv(matrix: Array) -> str:
    """Return a matrix (rows, columns) as comma-separated values; what is not computed is empty."""
    return "\n".join(_rows(matrix, _blank, ",")) + "\n"


def tabbed(matrix: Array) -> str:
    """Return a matrix as a spreadsheet takes it from the clipboard: columns between tabs."""
    return "\n".join(_rows(matrix, _blank, "\t")) + "\n"


def _python(text: str) -> str:
    return text.replace("inf", "np.inf") if "inf" in text else text.replace("nan", "np.nan")


def numpy(matrix: Array) -> str:
    """Return a matrix as the expression of a NumPy array, with its precision where it is not float64."""
    rows = ",\n          ".join(f"[{row}]" for row in _rows(matrix, _python, ", "))
    precision = "" if matrix.dtype == np.float64 else f", dtype=np.{matrix.dtype}"
    return f"np.array([{rows}]{precision})\n"


def _latex_number(text: str) -> str:
    if text == "nan":
        return r"\cdot"
    if text.endswith("inf"):
        return text.replace("inf", r"\infty")
    figures, _, exponent = text.partition("e")
    return rf"{figures}\times 10^{{{int(exponent)}}}" if exponent else figures


def latex(matrix: Array) -> str:
    """Return a matrix as a LaTeX array in parentheses, for any number of columns, without packages."""
    rows = _rows(matrix, _latex_number, " & ")
    columns = "r" * (1 if matrix.ndim == 1 else matrix.shape[1])
    body = " \\\\\n".join(rows)
    return f"\\left(\\begin{{array}}{{{columns}}}\n{body}\n\\end{{array}}\\right)\n"


FORMATS: dict[str, Callable[[Array], str]] = {"CSV": csv, "NumPy": numpy, "LaTeX": latex}
"""The ways to copy a matrix, by the name a menu gives them."""
