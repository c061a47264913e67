"""The matrices of a layer in the lecture's notation: names, formulas, and the meaning of a cell."""

from __future__ import annotations

import re
from math import isnan

from core.analysis.layer_matrices import Matrix
from core.language import tr
from core.nn.network import Network
from core.number_style import exact_text
from gui.selection import Sample, Selection
from gui.text.rich_text import bold

STEPS = {"dW": "G", "db": "g"}
"""The names of the quantities that the perceptron rule uses in place of the gradients."""
LETTERS = {"b": "b", "z": "z", "a": "a", "delta": "δ"}


def shape_of(matrix: Matrix) -> str:
    """Return the shape of a matrix as text, such as "(4 × 2)"."""
    rows, columns = matrix.values.shape
    return f"({rows} × {columns})"


def name(letter: str, l: int, *neurons: int) -> str:
    """Return the name of a number of layer l in rich text; neurons (from 0) are subscripts counted from 1."""
    comma = "," if any(k > 8 for k in neurons) else ""
    below = comma.join(str(k + 1) for k in neurons)
    return f"<i>{letter}</i><sub>{below}</sub><sup>[{l}]</sup>"


def title_of(matrix: Matrix) -> str:
    """Return the name of a matrix in rich text."""
    l = matrix.layer
    if not matrix.derivative:
        return bold(STEPS[matrix.name], l)
    names = {
        "W": bold("W", l),
        "b": bold("b", l),
        "z": bold("z", l),
        "a": bold("a", l),
        "delta": bold("δ", l),
        "dW": f"∂J/∂{bold('W', l)}",
        "db": f"∂J/∂{bold('b', l)}",
        "dz_da": f"∂{bold('z', l)}/∂{bold('a', l - 1)}",
        "da_dz": f"∂{bold('a', l)}/∂{bold('z', l)}",
    }
    return names[matrix.name]


def formula_of(matrix: Matrix, network: Network, of_sample: bool) -> str:
    """Return what a matrix equals, in rich text, or "" if it is not a single term."""
    l, called = matrix.layer, matrix.name
    if l == 0:
        return " = <b>x</b>"
    layer = network.layers[l - 1]
    apart = not layer.spans[0].activation.layerwide
    masked = layer.dropout > 0
    formulas = {
        "dW": f" = {bold('a', l - 1)} ({bold('δ', l)})<sup>⊤</sup>" if of_sample and not masked else "",
        "dz_da": "" if masked else f" = {bold('W', l)}",
        "da_dz": " = diag(<b>σ</b>′)"
        if apart
        else " = diag(<b>a</b>) − <b>a a</b><sup>⊤</sup>"
        if of_sample
        else "",
    }
    return formulas.get(called, "")


def plain(rich: str) -> str:
    """Return rich text as plain text, with subscripts after an underscore."""
    return re.sub(r"<[^>]+>", "", rich.replace("<sub>", "_"))


def meaning_of(matrix: Matrix, of_sample: bool) -> str:
    """Return a sentence on what the numbers of a matrix are."""
    if not matrix.derivative:
        return tr("In place of a gradient, which step has none of, the perceptron rule takes (o − y) x.")
    if of_sample:
        sentences = {
            "dW": tr("Row: from a neuron of the layer before; column: to a neuron of this layer."),
            "delta": tr("δ = ∂J/∂z of this sample; J is the mean over the batch."),
        }
    else:
        sentences = {
            "z": tr("The mean of z over the batch."),
            "a": tr("The mean of a over the batch."),
            "delta": tr("The sum of δ over the batch, whose J is a mean: it is ∂J/∂b."),
            "dW": tr("The gradient of the update: the sum over the batch, with the penalty's part."),
            "dz_da": tr("The mean Jacobian over the batch."),
            "da_dz": tr("The mean Jacobian over the batch."),
        }
    sentences.setdefault(
        "W", tr("Row: from a neuron of the layer before; column: to a neuron of this layer.")
    )
    sentences.setdefault("dz_da", tr("Row: input, column: output, so that ∂J/∂a = (∂z/∂a)(∂J/∂z)."))
    sentences.setdefault("da_dz", tr("Row: input, column: output, so that ∂J/∂z = (∂a/∂z)(∂J/∂a)."))
    return sentences.get(matrix.name, "")


# -- cells -------------------------------------------------------------------------------------------


def selection_of(matrix: Matrix, row: int, column: int, sample: Sample | None) -> Selection:
    """Return the neuron or the edge that a cell belongs to."""
    if matrix.name in ("W", "dW", "dz_da"):
        return Selection(matrix.layer, column, row, sample)
    return Selection(matrix.layer, column if matrix.name == "da_dz" else row, None, sample)


def cell_of(matrix: Matrix, selection: Selection) -> tuple[int, int] | None:
    """Return the cell of the selected neuron or edge, or None if the matrix has none."""
    i, j = selection.source, selection.neuron
    rows, columns = matrix.values.shape
    if selection.layer != matrix.layer or j is None:
        return None
    of_edges = matrix.name in ("W", "dW", "dz_da")
    if of_edges != (i is not None):
        return None
    row, column = (i, j) if i is not None else (j, j if matrix.name == "da_dz" else 0)
    return (row, column) if row < rows and column < columns else None


def cell_name(matrix: Matrix, row: int, column: int) -> str:
    """Return the name of one number in rich text."""
    l, edge = matrix.layer, (row, column)
    if not matrix.derivative:  # as in the formulas, with row 0 for the biases
        place = (row + 1, column + 1) if matrix.name == "dW" else (0, row + 1)
        return name("g", l, *(k - 1 for k in place))
    if matrix.name in ("W", "dW"):
        weight = name("W", l, *edge)
        return weight if matrix.name == "W" else f"∂J/∂{weight}"
    if matrix.name == "dz_da":
        return f"∂{name('z', l, column)}/∂{name('a', l - 1, row)}"
    if matrix.name == "da_dz":
        return f"∂{name('a', l, column)}/∂{name('z', l, row)}"
    return f"∂J/∂{name('b', l, row)}" if matrix.name == "db" else name(LETTERS[matrix.name], l, row)


def reading_of(matrix: Matrix, row: int, column: int) -> str:
    """Return which number a cell holds, in rich text."""
    value = float(matrix.values[row, column])
    called = cell_name(matrix, row, column)
    if isnan(value):
        return tr("{name} is not computed yet").format(name=called)
    return f"{called} = {exact_text(value)}"
