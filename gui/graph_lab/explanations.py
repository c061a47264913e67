"""The lab's explanations of the present step, a node and the cost, for any graph; veiled: without results."""

from __future__ import annotations

from typing import Protocol

from core.language import tr
from core.number_style import HIDDEN
from gui.graph_lab import network_explanations, scalar_explanations
from gui.graph_lab.formulas import capitals
from gui.graph_lab.stepper import Cost, Stepper


class Explains(Protocol):
    """The interface of the explanations of both kinds of graphs; ``k`` is a node."""

    def step_html(self, stepper: Stepper) -> str:
        """Return the present step, line by line."""

    def node_html(self, stepper: Stepper, k: int) -> str:
        """Return the explanation of a node."""

    def formula_html(self, stepper: Stepper, k: int) -> str:
        """Return the formula of a module, in symbols."""

    def products_html(self, stepper: Stepper, k: int) -> list[str]:
        """Return in symbols the products that a module passes back to its inputs."""

    def cost(self, counted: Cost) -> str:
        """Return the cost of the gradient by each method, in a sentence."""


def _of(stepper: Stepper) -> Explains:
    """Return the explanations for the kind of values of a graph: scalars, or matrices."""
    if stepper.scalar:
        return scalar_explanations
    return network_explanations


def title(stepper: Stepper) -> str:
    """Return the title of the present step."""
    step = stepper.step
    symbol = scalar_explanations.symbol_of(stepper.graph.nodes[step.node])
    titles = {
        "inputs": tr("This step — the inputs"),
        "forward": tr("This step — forward through {symbol}"),
        "seed": tr("This step — backward begins"),
        "backward": tr("This step — backward through {symbol}"),
    }
    return capitals(titles[step.what], symbol)


def status(stepper: Stepper) -> str:
    """Return the position in the passes, as a sentence."""
    step, count = stepper.step, len(stepper.modules)
    texts = {
        "inputs": tr("The inputs are in place"),
        "forward": tr("Forward pass, step {number} of {count}"),
        "seed": tr("Backward pass, the gradient of the output is 1"),
        "backward": tr("Backward pass, step {number} of {count}"),
    }
    return texts[step.what].format(number=stepper.number, count=count)


def step_html(stepper: Stepper) -> str:
    """Return the present step, line by line; veiled: in symbols only."""
    if not stepper.veiled:
        return _of(stepper).step_html(stepper)
    if stepper.step.what in ("inputs", "seed"):
        return f'<p class="m">{tr("Guess first: what is computed is hidden.")}</p>'
    lines = [_of(stepper).formula_html(stepper, stepper.step.node)]
    if stepper.step.what == "backward":
        lines += _of(stepper).products_html(stepper, stepper.step.node)
    return "".join(f"<p>{line} = {HIDDEN}</p>" for line in lines)


def step_in_hall_html(stepper: Stepper, *, brief: bool = False) -> str:
    """Return the present step with the names of the chain rule, for which a hall listens, or its end."""
    if stepper.veiled or not stepper.scalar or stepper.step.what != "backward":
        return step_html(stepper)
    return scalar_explanations.chain_html(stepper, stepper.step.node, brief=brief)


def node_html(stepper: Stepper, k: int) -> str:
    """Return the explanation of a node; veiled: in symbols only."""
    if not stepper.veiled:
        return _of(stepper).node_html(stepper, k)
    if stepper.graph.nodes[k].module is None:
        return f'<p class="m">{tr("Guess first: what is computed is hidden.")}</p>'
    row = scalar_explanations.row
    rows = [row(tr("forward"), f"{_of(stepper).formula_html(stepper, k)} = {HIDDEN}")]
    rows += [row(tr("downstream"), f"{text} = {HIDDEN}") for text in _of(stepper).products_html(stepper, k)]
    return scalar_explanations.table(rows)


def foot_html(stepper: Stepper, *, with_step: bool) -> str:
    """Return the position in the passes, and the present step if it is explained nowhere else."""
    where = tr("● {where}").format(where=status(stepper))
    step, k = stepper.step, stepper.step.node
    if not with_step or stepper.scalar or step.what not in ("forward", "backward"):
        return where
    if stepper.veiled:
        forward = [network_explanations.formula_html(stepper, k)]
        lines = forward if step.what == "forward" else network_explanations.products_html(stepper, k)
        lines = [f"{line} = {HIDDEN}" for line in lines]
    elif step.what == "forward":
        lines = [network_explanations.forward_html(stepper, k)]
    else:
        places = stepper.learned_places(k)
        lines = [network_explanations.downstream_html(stepper, k, place) for place in places]
    return tr("{where}: {step}").format(where=where, step=" &nbsp; ".join(lines))


def cost(stepper: Stepper) -> str:
    """Return the cost of the gradient by each method, in a sentence."""
    return _of(stepper).cost(stepper.cost)


def passes_html(stepper: Stepper) -> str:
    """Return the number of passes that the whole gradient takes by each method, as a table."""
    counted = stepper.cost
    cell = '<td align="right" style="padding-left: 14px;">{}</td>'
    head = "".join(cell.format(f'<span class="m">{text}</span>') for text in (tr("forward"), tr("backward")))
    rows = [f"<tr><td></td>{head}</tr>"]
    for name, passes in (
        (tr("backpropagation"), (counted.first_passes, counted.backward_passes)),
        (tr("differences"), (counted.forward_passes, 0)),
    ):
        cells = "".join(cell.format(HIDDEN if stepper.veiled else f"<b>{number:,}</b>") for number in passes)
        rows.append(f"<tr><td>{name}</td>{cells}</tr>")
    return scalar_explanations.table(rows)
