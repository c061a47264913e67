"""Explanations of the vectorized graph of a network: shapes, and Jacobians as matrices."""

from __future__ import annotations

import numpy as np

from core.arrays import Array
from core.graph.autodiff import jacobian
from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.number_style import value_text
from gui.graph_lab.formulas import partial, rich, size_of
from gui.graph_lab.scalar_explanations import row, table
from gui.graph_lab.stepper import Cost, Stepper

MOST_ROWS = 6  # and columns of a Jacobian that is written
LAYERWIDE = tuple(name for name, entry in ACTIVATIONS.items() if entry.layerwide)
SHAPED = ("rows", "stack", "mean")


def step_html(stepper: Stepper) -> str:
    """Return the present step through the vectorized graph."""
    step, nodes = stepper.step, stepper.graph.nodes
    if step.what == "inputs":
        lines = [
            f"{rich(name)}: {size_of(np.shape(stepper.inputs[name]))}" for name in stepper.graph.variables
        ]
        return "".join(f"<p>{line}</p>" for line in lines)
    if step.what == "forward":
        return f"<p>{forward_html(stepper, step.node)}</p>"
    if step.what == "seed":
        name = nodes[-1].name
        remark = tr("The backward pass begins at the output.")
        return f'<p class="gp">{partial(name, name)} = <b>1</b></p><p class="m"><small>{remark}</small></p>'
    found = [f"<p>{forward_html(stepper, step.node)}</p>"]
    for place in stepper.learned_places(step.node):
        found.append(f"<p>{jacobian_html(stepper, step.node, place)}</p>")
        found.append(f'<p class="gp">{downstream_html(stepper, step.node, place)}</p>')
    return "".join(found)


def node_html(stepper: Stepper, k: int) -> str:
    """Return the explanation of a node, with the shapes of upstream, Jacobians and downstream."""
    nodes = stepper.graph.nodes
    node, output = nodes[k], nodes[-1].name
    gradient = f"{partial(output, node.name)}: {size_of(_shape(stepper, k))}"
    if node.module is None:
        value = f"{rich(node.name)}: {size_of(_shape(stepper, k))}"
        if node.name in stepper.given:
            return table([row(tr("value"), value)])
        return table([row(tr("value"), value), row(tr("gradient"), gradient)])
    rows = [row(tr("forward"), forward_html(stepper, k)), row(tr("upstream"), gradient)]
    for place in stepper.learned_places(k):
        rows.append(row(tr("local"), jacobian_html(stepper, k, place)))
        matrix = small_jacobian(stepper, k, place)
        if matrix is not None:
            rows.append(row("", matrix_html(matrix)))
        rows.append(row(tr("downstream"), f'<span class="gp">{downstream_html(stepper, k, place)}</span>'))
    return table(rows)


def forward_html(stepper: Stepper, k: int) -> str:
    """Return the formula of module k, and the shape of its value."""
    return f"{formula_html(stepper, k)}: {size_of(_shape(stepper, k))}"


def formula_html(stepper: Stepper, k: int) -> str:
    """Return the formula of module k, in symbols."""
    node = stepper.graph.nodes[k]
    assert node.module is not None
    names = [rich(stepper.graph.nodes[i].name) for i in node.inputs]
    if node.module.name == "affine":
        W, b, a = names
        formula = f"{b} + ({W})<sup>T</sup> {a}"
    else:
        formula = f"{node.module.symbol}({', '.join(names)})"
    return f"{rich(node.name)} = {formula}"


def jacobian_html(stepper: Stepper, k: int, place: int) -> str:
    """Return the Jacobian of module k by an input: its shape, size of the input × size of the value."""
    nodes = stepper.graph.nodes
    i = nodes[k].inputs[place]
    size = f"{_count(stepper, i)} × {_count(stepper, k)}"
    return f"{partial(nodes[k].name, nodes[i].name)}{_meaning(stepper, k, place)}: {size}"


def _meaning(stepper: Stepper, k: int, place: int) -> str:
    """Return the meaning of the Jacobian of one sample, if it has a name."""
    node = stepper.graph.nodes[k]
    assert node.module is not None
    names = [rich(stepper.graph.nodes[i].name) for i in node.inputs]
    if node.module.name == "affine":
        return f" = {names[0]}" if place == 2 and _shape(stepper, k)[1:] == (1,) else ""
    if len(names) > 1 or node.module.name in LAYERWIDE or k == len(stepper.graph.nodes) - 1:
        return ""
    return "" if node.module.name in SHAPED else f" = diag(σ′({names[0]}))"


def downstream_html(stepper: Stepper, k: int, place: int) -> str:
    """Return the gradient that module k passes to an input, and its shape."""
    i = stepper.graph.nodes[k].inputs[place]
    return f"{product_html(stepper, k, place)}: <b>{size_of(_shape(stepper, i))}</b>"


def products_html(stepper: Stepper, k: int) -> list[str]:
    """Return in symbols the products that module k passes back to its inputs."""
    return [product_html(stepper, k, place) for place in stepper.learned_places(k)]


def product_html(stepper: Stepper, k: int, place: int) -> str:
    """Return the gradient that module k passes to an input: a product with the Jacobian, as computed."""
    nodes = stepper.graph.nodes
    node, output = nodes[k], nodes[-1].name
    assert node.module is not None
    i = node.inputs[place]
    up, here = partial(output, node.name), partial(output, nodes[i].name)
    names = [rich(nodes[source].name) for source in node.inputs]
    if node.module.name == "affine":
        forms = (
            f"{names[2]} ({up})<sup>T</sup>",
            tr("the sum of {gradient} over the samples").format(gradient=up),
        )
        formula = (*forms, f"{names[0]} {up}")[place]
    else:
        formula = f"({partial(node.name, nodes[i].name)}) ({up})"
    return f"{here} = {formula}"


def small_jacobian(stepper: Stepper, k: int, place: int) -> Array | None:
    """Return the Jacobian of module k by an input; None if it is too large to be written."""
    node = stepper.graph.nodes[k]
    assert node.module is not None
    if max(_count(stepper, node.inputs[place]), _count(stepper, k)) > MOST_ROWS:
        return None
    values = stepper.final.values
    return jacobian(node.module, [np.asarray(values[i]) for i in node.inputs], place)


def matrix_html(matrix: Array) -> str:
    """Return a matrix as a table of numbers."""
    rows = (
        "".join(f'<td align="right" style="padding-left: 8px;">{value_text(value)}</td>' for value in values)
        for values in matrix.tolist()
    )
    return table([f"<tr>{cells}</tr>" for cells in rows])


def cost(counted: Cost) -> str:
    """Return the cost of the gradient of all parameters by each method."""
    text = tr(
        "Backpropagation: {passes} backward pass, {modules} modules. "
        "Changing each of the {numbers} parameters separately: {forward} forward passes."
    )
    return text.format(
        passes=counted.backward_passes,
        modules=counted.modules,
        numbers=counted.numbers,
        forward=counted.forward_passes,
    )


def _shape(stepper: Stepper, k: int) -> tuple[int, ...]:
    return np.asarray(stepper.final.values[k]).shape


def _count(stepper: Stepper, k: int) -> int:
    return np.asarray(stepper.final.values[k]).size
