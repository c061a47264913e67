"""What the lab says while its numbers are veiled: the formulas of the present step, without a result."""

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


def _formula(stepper: Stepper, k: int) -> str:
    return words.formula_html(stepper, k) if stepper.scalar else network_words.formula_html(stepper, k)


def _shares(stepper: Stepper, k: int) -> list[str]:
    """Return what module k hands on, in symbols."""
    if not stepper.scalar:
        places = network_words.learned_places(stepper, k)
        return [network_words.product_html(stepper, k, place) for place in places]
    lines = [words.share_line(stepper, k, place) for place in words.learned_places(stepper, k)]
    return [f"{written(line.left)} = {written(line.symbols)}" for line in lines if line.symbols is not None]
