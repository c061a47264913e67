"""What the lab says while its numbers are veiled, formulas without a result; and what its foot says."""

from __future__ import annotations

from core.number_style import HIDDEN
from gui.graph_lab import explanations, network_explanations
from gui.graph_lab.formulas import tr, written
from gui.graph_lab.stepper import Stepper


def step_html(stepper: Stepper) -> str:
    """Return the present step in symbols alone."""
    step = stepper.step
    if step.what in ("inputs", "seed"):
        return f'<p class="m">{tr("Guess first: what is computed is hidden.")}</p>'
    lines = [_formula(stepper, step.node)]
    if step.what == "backward":
        lines += _shares(stepper, step.node)
    return "".join(f"<p>{line} = {HIDDEN}</p>" for line in lines)


def node_html(stepper: Stepper, k: int) -> str:
    """Return a node by itself, in symbols alone."""
    if stepper.graph.nodes[k].module is None:
        return f'<p class="m">{tr("Guess first: what is computed is hidden.")}</p>'
    rows = [explanations.row(tr("forward"), f"{_formula(stepper, k)} = {HIDDEN}")]
    rows += [explanations.row(tr("downstream"), f"{share} = {HIDDEN}") for share in _shares(stepper, k)]
    return explanations.table(rows)


def foot_html(stepper: Stepper, *, with_step: bool) -> str:
    """Return where the passes are, and what the present step does, where it is said nowhere else."""
    where = tr("● {where}").format(where=explanations.status(stepper))
    if not with_step or stepper.scalar or stepper.step.what not in ("forward", "backward"):
        return where
    k = stepper.step.node
    if stepper.veiled:
        lines = [_formula(stepper, k)] if stepper.step.what == "forward" else _shares(stepper, k)
        lines = [f"{line} = {HIDDEN}" for line in lines]
    elif stepper.step.what == "forward":
        lines = [network_explanations.forward_html(stepper, k)]
    else:
        places = network_explanations.learned_places(stepper, k)
        lines = [network_explanations.downstream_html(stepper, k, place) for place in places]
    return tr("{where}: {step}").format(where=where, step=" &nbsp; ".join(lines))


def _formula(stepper: Stepper, k: int) -> str:
    return (
        explanations.formula_html(stepper, k)
        if stepper.scalar
        else network_explanations.formula_html(stepper, k)
    )


def _shares(stepper: Stepper, k: int) -> list[str]:
    """Return what module k hands on, in symbols."""
    if not stepper.scalar:
        places = network_explanations.learned_places(stepper, k)
        return [network_explanations.product_html(stepper, k, place) for place in places]
    lines = [explanations.share_line(stepper, k, place) for place in explanations.learned_places(stepper, k)]
    return [f"{written(line.left)} = {written(line.symbols)}" for line in lines if line.symbols is not None]
