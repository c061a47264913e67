"""What the lab says while its numbers are veiled, formulas without a result; and what its foot says."""

from __future__ import annotations

from gui.lab import network_words, words
from gui.lab.names import tr, written
from gui.lab.stepper import Stepper
from gui.lab.writing import VEIL


def step_html(stepper: Stepper) -> str:
    """Return the present step in symbols alone."""
    step = stepper.step
    if step.what in ("inputs", "seed"):
        return f'<p class="m">{tr("Guess first: what is computed is hidden.")}</p>'
    lines = [_formula(stepper, step.node)]
    if step.what == "backward":
        lines += _shares(stepper, step.node)
    return "".join(f"<p>{line} = {VEIL}</p>" for line in lines)


def node_html(stepper: Stepper, k: int) -> str:
    """Return a node by itself, in symbols alone."""
    if stepper.graph.nodes[k].module is None:
        return f'<p class="m">{tr("Guess first: what is computed is hidden.")}</p>'
    rows = [words.row(tr("forward"), f"{_formula(stepper, k)} = {VEIL}")]
    rows += [words.row(tr("downstream"), f"{share} = {VEIL}") for share in _shares(stepper, k)]
    return words.table(rows)


def foot_html(stepper: Stepper, *, with_step: bool) -> str:
    """Return where the passes are, and what the present step does, where it is said nowhere else."""
    where = tr("● {where}").format(where=words.status(stepper))
    if not with_step or stepper.scalar or stepper.step.what not in ("forward", "backward"):
        return where
    k = stepper.step.node
    if stepper.veiled:
        lines = [_formula(stepper, k)] if stepper.step.what == "forward" else _shares(stepper, k)
        lines = [f"{line} = {VEIL}" for line in lines]
    elif stepper.step.what == "forward":
        lines = [network_words.forward_html(stepper, k)]
    else:
        places = network_words.learned_places(stepper, k)
        lines = [network_words.downstream_html(stepper, k, place) for place in places]
    return tr("{where}: {step}").format(where=where, step=" &nbsp; ".join(lines))


def _formula(stepper: Stepper, k: int) -> str:
    return words.formula_html(stepper, k) if stepper.scalar else network_words.formula_html(stepper, k)


def _shares(stepper: Stepper, k: int) -> list[str]:
    """Return what module k hands on, in symbols."""
    if not stepper.scalar:
        places = network_words.learned_places(stepper, k)
        return [network_words.product_html(stepper, k, place) for place in places]
    lines = [words.share_line(stepper, k, place) for place in words.learned_places(stepper, k)]
    return [f"{written(line.left)} = {written(line.symbols)}" for line in lines if line.symbols is not None]
