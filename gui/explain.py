"""Explanations: the formulas of what is selected, with the numbers of the present pass, as rich text.

The numbers are those of a `core.passes.Pass`; nothing is computed here but sums that a line spells out.
Counting on screen begins at 1, as in the lecture.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from core.datasets import Dataset
from core.losses import Fused
from core.modules import Array
from core.network import Network, NetworkLayer, Run
from core.passes import Pass, evaluate
from core.training import Phase, Snapshot
from gui.numbers import short
from gui.theme import Theme

MOST_TERMS = 40


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("Inspector", text)


@dataclass(frozen=True)
class Moment:
    """What is explained: a network, the pass it has made, and in which colours.

    ``column`` is the sample of the pass that is shown, ``sample`` its number in the dataset. Of
    ``values``, only what the pass has computed is there.
    """

    network: Network
    dataset: Dataset
    snapshot: Snapshot
    values: Pass | None
    column: int
    sample: int | None
    alone: bool
    theme: Theme

    @property
    def theta(self) -> Array:
        """The parameters the pass was computed with."""
        return self.snapshot.before


def moment_of(
    network: Network, dataset: Dataset, snapshot: Snapshot, sample: int | None, theme: Theme
) -> Moment:
    """Return the moment to explain: of the selected sample alone, else of the first of the batch."""
    if sample is not None and sample < dataset.x.shape[1]:
        x, y = dataset.x[:, [sample]], dataset.targets(network.n[-1])[:, [sample]]
        values = evaluate(network, snapshot.before, x, y, np.array([sample]))
        return Moment(network, dataset, snapshot, values, 0, sample, True, theme)
    batch = snapshot.values
    first = None if batch is None else int(batch.samples[0])
    return Moment(network, dataset, snapshot, batch, 0, first, False, theme)


# -- pieces ------------------------------------------------------------------------------------------


def name(letter: str, l: int, *indices: int) -> str:
    """Return a letter with neurons below and the layer above: W with i, j (from 0) and [l]."""
    below = ",".join(str(k + 1) for k in indices)
    return f"<i>{letter}</i><sub>{below}</sub><sup>[{l}]</sup>"


def coloured(text: str, colour: QColor) -> str:
    """Return a text in bold and in a colour."""
    return f'<b style="color:{colour.name()}">{text}</b>'


def signed(moment: Moment, value: float, gradient: bool = False) -> str:
    """Return a number in the colour of its sign."""
    theme = moment.theme
    pair = (
        (theme.gradient_negative, theme.gradient_positive) if gradient else (theme.negative, theme.positive)
    )
    return coloured(short(value), pair[value >= 0])


def bracketed(value: float) -> str:
    """Return a number, in brackets if it has a minus."""
    return f"({short(value)})" if value < 0 else short(value)


def factor(moment: Moment, value: float) -> str:
    """Return a coloured number, in brackets if it has a minus."""
    return f"({signed(moment, value)})" if value < 0 else signed(moment, value)


def line(text: str) -> str:
    """Return one line of the explanation."""
    return f'<p style="margin:3px 0">{text}</p>'


def muted(moment: Moment, text: str) -> str:
    """Return a remark."""
    return f'<p style="margin:2px 0; color:{moment.theme.muted.name()}">{text}</p>'


def title(moment: Moment, text: str) -> str:
    """Return a heading."""
    return f'<p style="margin:10px 0 2px 0; color:{moment.theme.muted.name()}"><b>{text}</b></p>'


def not_yet(moment: Moment, what: str) -> str:
    """Say that a number of this pass is not there."""
    return line(f"{what} = ").replace(" = </p>", f" : <i>{tr('not computed yet')}</i></p>")


def run_of(layer: NetworkLayer, j: int) -> Run:
    """Return the activation of neuron j."""
    return next(run for run in layer.runs if run.start <= j < run.stop)


def slope_at(run: Run, z: float) -> float:
    """Return sigma'(z), from the table of activations."""
    return float(run.activation.dg(np.array(z), run.alpha))


def terms(moment: Moment, W: Array, a: Array) -> str:
    """Return W · a + W · a + …, all of them up to a limit."""
    shown = [f"{factor(moment, float(w))}·{bracketed(float(x))}" for w, x in zip(W, a, strict=True)]
    if len(shown) > MOST_TERMS:
        left_out = tr("({} more)").format(len(shown) - MOST_TERMS)
        shown = [*shown[:MOST_TERMS], left_out]
    return " + ".join(shown)


def which_sample(moment: Moment) -> str:
    """Say of which sample the numbers are."""
    if moment.sample is None:
        return muted(moment, tr("No pass has been made yet: press Forward."))
    if moment.alone:
        text = tr("For sample {}, alone, with the weights of the present pass.")
        return muted(moment, text.format(moment.sample))
    assert moment.values is not None
    size = moment.values.y.shape[1]
    text = tr("For sample {sample}, the first of the batch of {size}; J is the mean over the batch.")
    return muted(moment, text.format(sample=moment.sample, size=size))


# -- a neuron ----------------------------------------------------------------------------------------


def of_neuron(moment: Moment, l: int, j: int) -> str:
    """Explain neuron j of layer l: z, a, and backwards dJ/da and delta."""
    if l == 0:
        return _of_input(moment, j)
    return which_sample(moment) + _forward_of(moment, l, j) + _backward_of(moment, l, j)


def _of_input(moment: Moment, j: int) -> str:
    text = line(tr("Input {feature}").format(feature=f"<b>{escape(moment.dataset.feature_names[j])}</b>"))
    if moment.values is None:
        return text + not_yet(moment, name("a", 0, j))
    x = float(moment.values.a[0][j, moment.column])
    return text + which_sample(moment) + line(f"{name('a', 0, j)} = {signed(moment, x)}")


def _forward_of(moment: Moment, l: int, j: int) -> str:
    network, values, c = moment.network, moment.values, moment.column
    layer = network.layers[l - 1]
    run = run_of(layer, j)
    z, a = name("z", l, j), name("a", l, j)
    sum_of = (
        f"Σ<sub>i</sub> <i>W</i><sub>i{j + 1}</sub><sup>[{l}]</sup> <i>a</i><sub>i</sub><sup>[{l - 1}]</sup>"
    )
    text = line(f"{z} = {name('b', l, j)} + {sum_of}")
    if values is None:
        return text + not_yet(moment, z) + not_yet(moment, a)
    W, b = network.W(moment.theta, l)[:, j], float(network.b(moment.theta, l)[j])
    spelled = f"{short(b)} + {terms(moment, W, values.a[l - 1][:, c])}"
    text += line(f"&nbsp; = {spelled} = {signed(moment, float(values.z[l][j, c]))}")
    if layer.dropout and not moment.alone:
        text += muted(moment, tr("Dropout switched some of these inputs off and enlarged the others."))
    return text + line(
        f"{a} = {run.activation.symbol}({z if not run.activation.layerwide else f'<b>z</b><sup>[{l}]</sup>'})"
        f" = {signed(moment, float(values.a[l][j, c]))}"
    )


def _backward_of(moment: Moment, l: int, j: int) -> str:
    network, values, c = moment.network, moment.values, moment.column
    heading = title(moment, tr("Backward"))
    delta = name("δ", l, j)
    if values is None or values.delta is None or values.da is None:
        return heading + not_yet(moment, f"∂J/∂{name('a', l, j)}") + not_yet(moment, delta)
    d = float(values.delta[l][j, c])
    if l == len(network.layers) and network.fused is not None:
        return heading + _fused_delta(moment, j, d)
    da, z = (float(array[l][j, c]) for array in (values.da, values.z))
    da_name = f"∂J/∂{name('a', l, j)}"
    if l < len(network.layers):
        above = f"<sup>[{l + 1}]</sup>"
        k_sum = f"Σ<sub>k</sub> <i>W</i><sub>{j + 1}k</sub>{above} <i>δ</i><sub>k</sub>{above}"
        W = network.W(moment.theta, l + 1)[j]
        spelled = terms(moment, W, values.delta[l + 1][:, c])
        text = line(f"{da_name} = {k_sum}") + line(f"&nbsp; = {spelled} = {signed(moment, da, True)}")
    else:
        text = line(f"{da_name} = ∂J/∂<i>o</i><sub>{j + 1}</sub> = {signed(moment, da, True)}")
    run = run_of(network.layers[l - 1], j)
    if run.activation.layerwide:
        jacobian = (
            f"Σ<sub>k</sub> ∂<i>a</i><sub>k</sub>/∂<i>z</i><sub>{j + 1}</sub> · ∂J/∂<i>a</i><sub>k</sub>"
        )
        return heading + text + line(f"{delta} = {jacobian} = {signed(moment, d, True)}")
    slope = slope_at(run, z)
    sigma = f"σ′({name('z', l, j)})"
    text += line(f"{sigma} = {run.activation.symbol}′({short(z)}) = {short(slope)}")
    text += line(
        f"{delta} = {sigma} · {da_name} = {short(slope)} · {bracketed(da)} = {signed(moment, d, True)}"
    )
    return heading + text


def _fused_delta(moment: Moment, j: int, d: float) -> str:
    network, values, c = moment.network, moment.values, moment.column
    assert values is not None and network.fused is not None
    L, batch = len(network.layers), values.y.shape[1]
    both = tr("Derivative of {activation} and {loss} in one step.").format(
        activation=network.layers[-1].runs[0].activation.symbol, loss=network.loss.symbol.lower()
    )
    delta = name("δ", L, j)
    if not _is_difference(network.fused):
        return line(f"{delta} = ∂J/∂{name('z', L, j)} = {signed(moment, d, True)}") + muted(moment, both)
    o, y = float(values.a[L][j, c]), float(values.y[j, c])
    pair = f"<i>o</i><sub>{j + 1}</sub> − <i>y</i><sub>{j + 1}</sub>"
    if batch == 1:
        text = f"{delta} = {pair} = {short(o)} − {short(y)} = {signed(moment, d, True)}"
    else:
        text = (
            f"{delta} = ({pair}) / |B| = ({short(o)} − {bracketed(y)}) / {batch} = {signed(moment, d, True)}"
        )
    return line(text) + muted(moment, both)


def _is_difference(fused: Fused) -> bool:
    """Return whether dL/dz is simply o - y, so that it can be spelled out."""
    a, y, dz = np.zeros(1), np.zeros(1), np.zeros(1)
    steps = list(fused.slope(a, y, dz))
    return len(steps) == 1 and steps[0][0] is np.subtract


# -- an edge -----------------------------------------------------------------------------------------


def of_edge(moment: Moment, l: int, i: int, j: int) -> str:
    """Explain the weight from neuron i of layer l - 1 to neuron j of layer l, and its update."""
    network, values, c = moment.network, moment.values, moment.column
    W = name("W", l, i, j)
    old = float(network.W(moment.theta, l)[i, j])
    text = line(f"{W} = {signed(moment, old)}") + which_sample(moment)
    product = f"{name('a', l - 1, i)} · {name('δ', l, j)}"
    slope = f"∂J/∂{W}"
    if values is None or values.delta is None or values.g is None:
        return text + line(f"{slope} = {product}") + not_yet(moment, slope) + _update_of(moment, l, i, j)
    a, d = float(values.a[l - 1][i, c]), float(values.delta[l][j, c])
    if moment.alone:
        g = float(network.W(values.g, l)[i, j])
        text += line(f"{slope} = {product}")
        text += line(f"&nbsp; = {bracketed(a)} · {bracketed(d)} = {signed(moment, g, True)}")
    else:
        text += line(tr("This sample's share: {}").format(f"{product} = {bracketed(a)} · {bracketed(d)}"))
    return text + _update_of(moment, l, i, j)


def _update_of(moment: Moment, l: int, i: int, j: int) -> str:
    """Explain how the weight changes: from the whole batch's gradient, by the optimizer."""
    network, snapshot = moment.network, moment.snapshot
    values, training = snapshot.values, network.design.training
    W = name("W", l, i, j)
    heading = title(moment, tr("Update"))
    if values is None or values.g is None:
        return heading + not_yet(moment, f"∂J/∂{W}")
    g = float(network.W(values.g, l)[i, j])
    size = values.y.shape[1]
    text = line(
        tr("{gradient}, over the batch of {size} = {g}").format(
            gradient=f"∂J/∂{W}", size=size, g=signed(moment, g, True)
        )
    )
    if training.l1 or training.l2:
        text += muted(moment, tr("With the derivative of the penalty λ₁ Σ|W| + λ₂/2 Σ W²."))
    old, new = float(network.W(snapshot.before, l)[i, j]), float(network.W(snapshot.theta, l)[i, j])
    if snapshot.phase is not Phase.UPDATE:
        return heading + text + not_yet(moment, tr("new {}").format(W))
    return heading + text + _step_line(moment, W, (old, new, g))


def _step_line(moment: Moment, W: str, numbers: tuple[float, float, float]) -> str:
    old, new, g = numbers
    snapshot, optimizer = moment.snapshot, moment.network.design.training.optimizer
    eta, step = snapshot.learning_rate, new - old
    if optimizer.vectors == 0:
        formula = f"{W} ← {W} − η ∂J/∂{W}"
        spelled = f"{short(old, step)} − {short(eta)}·{bracketed(g)}"
    else:
        formula = tr("{weight} ← {weight} + step of {optimizer}").format(weight=W, optimizer=optimizer.symbol)
        spelled = f"{short(old, step)} + {bracketed(step)}"
    new_text = coloured(short(new, step), moment.theme.accent)
    return line(formula) + line(f"&nbsp; = {spelled} = {new_text}")
