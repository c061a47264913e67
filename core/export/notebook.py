"""Writes a run as a Jupyter notebook: the NumPy script in cells, with its formulas in between.

The format is nbformat 4.5. The notebook contains the samples, so that it is a single file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from ..derivation.formulas import activation_latex, cost_latex, latex, loss_latex
from ..expressions import Leaf, Symbol
from ..language import tr
from ..nn.activations import ACTIVATIONS
from ..nn.optimizers import UpdateTerms
from ..outside_text import one_line
from .numpy_script import CLOSING, script_sections
from .run_start import RunStart
from .script_parts import ScriptData, embedded_lines

TOLD = 10  # losses that are printed


def notebook(start: RunStart, iterations: int, title: str) -> bytes:
    """Return the notebook that makes ``iterations`` updates from ``start``.

    ``title`` is inserted as quoted data, and as plain text in the heading.
    """
    data = ScriptData(start, embedded=True)
    sections = script_sections(data, iterations, title)
    said = _formulas(start)
    cells = [_text([f"# {_escaped(title)}", "", *said["start"]])]
    for name, lines in sections.items():
        if name in said and name != "start":
            cells.append(_text(said[name]))
        more = embedded_lines(data) if name == "settings" else ()
        cells.append(_code([*lines, *more] if name != "training" else _training(lines, iterations)))
    for k, cell in enumerate(cells):
        cell["id"] = f"cell-{k}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


Cell = dict[str, object]


def _source(lines: Iterable[str]) -> list[str]:
    text = "\n".join(lines).strip("\n")
    return text.splitlines(keepends=True)


def _text(lines: Iterable[str]) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": _source(lines)}


def _code(lines: Iterable[str]) -> Cell:
    source = _source(lines)
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def _training(lines: Sequence[str], iterations: int) -> list[str]:
    """Return the training loop, which stores its losses in a list, some of which are printed."""
    *loop, closing = [line for line in lines if line]
    assert closing == CLOSING
    every = max(1, iterations // TOLD)
    return [
        "losses = []",
        *loop,
        "    losses.append(float(J))",
        f"    if iteration % {every} == 0 or len(losses) == ITERATIONS:",
        f"    {closing}",
    ]


def _escaped(text: str) -> str:
    """Return a text from a file as plain text in Markdown."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()<>#+-.!|$&~" else sign for sign in one_line(text))


def _formula(text: str) -> str:
    return f"$$ {text} $$"


def _formulas(start: RunStart) -> dict[str, list[str]]:
    """Return the texts before the cells of each section, in the lecture's notation."""
    network, training = start.network, start.network.design.training
    used = dict.fromkeys(span.activation.name for layer in network.layers for span in layer.spans)
    activations = []
    for name in used:
        value, slope = activation_latex(ACTIVATIONS[name])
        left = r"g(z_i)" if ACTIVATIONS[name].layerwide else "g(z)"
        activations += [
            f"{name}: ",
            _formula(f"{left} = {value}"),
            _formula(f"{left.replace('g', 'g′')} = {slope}"),
        ]
    sizes = "-".join(map(str, network.n))
    return {
        "start": [
            tr("A network {sizes} with {count:,} parameters.", sizes=sizes, count=network.parameters),
            tr("Columns are samples. Every layer computes"),
            _formula(r"z^{[l]} = {W^{[l]}}^T a^{[l-1]} + b^{[l]}, \qquad a^{[l]} = g(z^{[l]})."),
        ],
        "data": [
            f"## {tr('The training samples')}",
            "",
            tr("X (features, samples) and targets Y (outputs, samples)."),
        ],
        "parameters": [f"## {tr('Parameters')}", "", tr("W and b of every layer are parts of one vector θ.")],
        "batches": [f"## {tr('Batches')}", "", tr("The order of the samples in every epoch.")],
        "activations": [f"## {tr('Activations')}", "", *activations],
        "loss": [
            f"## {tr('Loss')}",
            "",
            _formula(f"L = {loss_latex(network.loss)}"),
            _formula(f"J = {cost_latex(network.loss)}"),
        ],
        "passes": [
            f"## {tr('Forward and backward pass')}",
            "",
            _formula(r"\delta^{[l]} = \frac{\partial J}{\partial z^{[l]}}"),
            _formula(r"\frac{\partial J}{\partial W^{[l]}} = a^{[l-1]} {\delta^{[l]}}^T"),
            _formula(r"\frac{\partial J}{\partial b^{[l]}} = \sum_B \delta^{[l]}"),
            _formula(r"\frac{\partial J}{\partial a^{[l-1]}} = W^{[l]} \delta^{[l]}"),
        ],
        "update": [f"## {tr('Update')}: {tr(training.optimizer.symbol)}", "", *_update(start)],
        "training": [f"## {tr('Training')}"],
    }


def _update(start: RunStart) -> list[str]:
    optimizer = start.network.design.training.optimizer
    old = tuple(Leaf(0.0, Symbol(letter)) for letter in optimizer.letters)
    g, eta, t = (Leaf(1.0, Symbol(letter)) for letter in ("g", "η", "t"))
    memory, step = optimizer.formulas(UpdateTerms(g, eta, t, old, old))
    pairs = zip(old, memory, strict=True)
    lines = [_formula(rf"{latex(letter)} \leftarrow {latex(formula)}") for letter, formula in pairs]
    return [*lines, _formula(rf"\theta \leftarrow \theta - {latex(step)}")]
