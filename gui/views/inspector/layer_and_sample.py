"""Texts that explain a layer, a sample and the whole network."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from math import isnan

import numpy as np

from core.arrays import Array
from core.derivation.equations import loss_equation
from core.derivation.expressions import Leaf, Symbol
from core.derivation.html import link_of, linked, resolved
from core.derivation.sample_pass import parameter_symbol
from core.language import tr
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import ratio_text
from gui.passes.inspected_sample import InspectedSample, which_sample
from gui.text.rich_text import (
    coloured,
    heading,
    html_of,
    muted,
    number,
    paragraph,
    symbols,
    unknown,
    vector,
    vector_line,
)

MOST_NUMBERS = 12
LARGEST = 5


def of_layer(moment: InspectedSample, l: int) -> str:
    """Explain layer l: its equation, shapes and numbers, and the norms of W and its gradient."""
    if l == 0:
        text = paragraph(tr("The input: {} features.").format(moment.network.n[0])) + which_sample(moment)
        return text + vector_line(_bold("a", 0), moment.case.values.a[0][:, 0], 0, MOST_NUMBERS)
    layer = moment.case.layer(l)
    W, b, a, below, z = (_bold(*name) for name in (("W", l), ("b", l), ("a", l), ("a", l - 1), ("z", l)))
    sigma = f"<i>σ</i><sup>[{l}]</sup>"
    text = paragraph(f"{z} = {b} + {W}<sup>⊤</sup> {below}, &nbsp; {a} = {sigma}({z})")
    text += paragraph(_sigmas(moment, l))
    shapes = tr("{W}: {rows} × {columns}, {b}: {columns}")
    text += paragraph(shapes.format(W=W, b=b, rows=layer.n_in, columns=layer.n_out))
    text += muted(tr("({} + 1) · {} = {} parameters").format(layer.n_in, layer.n_out, f"{layer.size:,}"))
    if layer.dropout:
        text += muted(tr("Dropout before it: {} of the inputs are off.").format(ratio_text(layer.dropout)))
    text += _sizes(moment, l) + heading(tr("Numbers")) + which_sample(moment)
    values = moment.case.values
    assert values.delta is not None
    columns = (("z", values.z), ("a", values.a), ("δ", values.delta))
    return text + "".join(
        vector_line(_bold(letter, l), arrays[l][:, 0], l, MOST_NUMBERS) for letter, arrays in columns
    )


def _bold(letter: str, l: int | None = None) -> str:
    return f"<b><i>{letter}</i></b>" + ("" if l is None else f"<sup>[{l}]</sup>")


def _sigmas(moment: InspectedSample, l: int) -> str:
    """Return a text on which neurons have which activation function."""
    runs = moment.case.layer(l).spans
    if len(runs) == 1:
        return tr("{sigma} is {activation}.").format(
            sigma=f"<i>σ</i><sup>[{l}]</sup>", activation=runs[0].activation.symbol
        )
    parts = []
    for run in runs:
        text = tr("neuron {first}: {activation}")
        if run.stop - run.start > 1:
            text = tr("neurons {first} to {last}: {activation}")
        parts.append(text.format(first=run.start + 1, last=run.stop, activation=run.activation.symbol))
    return ", ".join(parts)


def size_of(array: Array) -> float:
    """Return the Euclidean norm of all entries."""
    return float(np.sqrt(np.square(array).sum()))


def _sizes(moment: InspectedSample, l: int) -> str:
    """Return a text with the norms of W and its gradient."""
    W, g = (moment.network.W(flat, l) for flat in (moment.snapshot.theta, moment.g))
    W_name, g_name = f"‖{_bold('W', l)}‖", f"‖∂<i>J</i>/∂{_bold('W', l)}‖"
    text = paragraph(f"{W_name} = <b>{number(size_of(W))}</b>")
    slope = size_of(g)
    if isnan(slope):
        return text + unknown(g_name)
    return text + paragraph(f'{g_name} = <b class="gp">{number(slope)}</b>')


# -- a sample ----------------------------------------------------------------------------------------


def of_sample(moment: InspectedSample) -> str:
    """Explain one sample: x, y, o, its loss and probability, the decision, and its gradient.

    For an input outside the data, x and o, and the network's decision.
    """
    dataset, s, values = moment.dataset, moment.sample, moment.case.values
    assert s is not None
    if not moment.of_data:
        text = which_sample(moment) + vector_line(_bold("x"), values.a[0][:, 0], 0, MOST_NUMBERS)
        text += vector_line(_bold("o"), values.a[-1][:, 0], moment.case.L, MOST_NUMBERS)
        return text + (_decision(moment) if dataset.task == "classes" else "")
    part = tr("It is for training.") if s in dataset.train else tr("It is held back to test.")
    text = muted(part)
    text += vector_line(_bold("x"), values.a[0][:, 0], 0, MOST_NUMBERS)
    if scaling := dataset.scaling_sentence():
        text += muted(scaling)
    y = f"{_bold('y')} = {vector(values.y[:, 0], None, MOST_NUMBERS)}"
    if dataset.task == "classes":
        y = tr("{y}, class “{name}”").format(y=y, name=escape(dataset.class_names[int(dataset.labels[s])]))
    text += paragraph(y) + vector_line(_bold("o"), values.a[-1][:, 0], moment.case.L, MOST_NUMBERS)
    if isnan(values.a[-1][0, 0]) or isnan(values.a[-1][-1, 0]):
        return text
    if dataset.task == "classes":
        text += _decision(moment)
    if not isnan(values.J):
        line = replace(loss_equation(moment.case), left=Leaf(values.J, Symbol("L")))
        text += heading(tr("Its loss: {}").format(moment.network.loss.title.lower())) + html_of(line)
    return text + _gradient(moment)


def _decision(moment: InspectedSample) -> str:
    o, dataset = moment.case.values.a[-1][:, 0], moment.dataset
    chosen = int(dataset.decided(o[:, None])[0])
    if not moment.of_data:
        said = tr("The network decides “{}”.").format(escape(dataset.class_names[chosen]))
        return paragraph(f"<b>{said}</b>")
    truth = int(dataset.labels[moment.case.sample])
    verdict = tr("The network decides “{}”: right.")
    if chosen != truth:
        verdict = tr("The network decides “{}”: wrong.")
    kind = "gp" if chosen == truth else "e"
    text = paragraph(f'<b class="{kind}">{verdict.format(escape(dataset.class_names[chosen]))}</b>')
    if not moment.network.loss.of_probabilities:
        return text
    p = float(o[truth]) if o.size > 1 else float(o[0] if truth == 1 else 1 - o[0])
    said = tr("Probability of the true class: {}").format(f"<b>{number(p)}</b>")
    return paragraph(said) + text


def _gradient(moment: InspectedSample) -> str:
    """Return a text with the norm of this sample's gradient, and its largest entries."""
    g = moment.case.values.g
    assert g is not None
    title = heading(tr("Its gradient"))
    if np.isnan(g).any():
        return title + unknown("‖∂<i>J</i>/∂<i>θ</i>‖")
    text = title + paragraph(f'‖∂<i>J</i>/∂<i>θ</i>‖ = <b class="gp">{number(size_of(g))}</b>')
    largest = np.argsort(-np.abs(g), kind="stable")[:LARGEST]
    text += muted(tr("The largest entries:"))
    return text + "".join(_entry(moment, int(k), float(g[k])) for k in largest)


def _entry(moment: InspectedSample, k: int, value: float) -> str:
    symbol = symbol_at(moment.network, k)
    name = symbols(Leaf(0, Symbol(symbol.letter, symbol.below, symbol.layer, "slope")))
    shown = coloured(number(value), value, gradient=True).replace(" ", "\x1d")
    return paragraph(resolved(f"{name} = {linked(shown, link_of(symbol))}"), "in")


def symbol_at(network: Network, k: int) -> Symbol:
    """Return the symbol of the parameter with index k in theta."""
    layer = next(layer for layer in network.layers if k < layer.offset + layer.size)
    row, j = divmod(k - layer.offset, layer.n_out)
    return parameter_symbol(layer.l, row if row < layer.n_in else None, j)


# -- the network -------------------------------------------------------------------------------------


def of_network(snapshot: Snapshot | None, network: Network | None) -> str:
    """Return a summary of the network, with a hint on what to click."""
    hint = tr("Click a neuron, a line between two, a layer's header or a sample to see its numbers.")
    if network is None:
        return paragraph(hint)
    sizes = "&nbsp;–&#8288;&nbsp;".join(str(n) for n in network.n)  # no line break after the dash
    text = paragraph(hint) + paragraph(tr("Neurons in each layer: {}").format(f"<b>{sizes}</b>"))
    text += paragraph(network.parameters_text)
    if snapshot is None:
        return text
    text += heading(tr("Loss: {}").format(network.loss.title.lower()))
    shown = f'<b class="train">{number(snapshot.train.loss)}</b>'
    text += paragraph(tr("training set: J = {}").format(shown))
    if snapshot.test is not None:
        shown = f'<b class="test">{number(snapshot.test.loss)}</b>'
        text += paragraph(tr("test set: J = {}").format(shown))
    if snapshot.penalty:
        text += paragraph(tr("penalty of the weights: {}").format(f"<b>{number(snapshot.penalty)}</b>"))
    return text
