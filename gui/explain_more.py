"""Explanations of a layer, a sample and the whole network, as rich text."""

from __future__ import annotations

from html import escape

import numpy as np

from core.network import Network
from gui.explain import (
    Moment,
    coloured,
    line,
    muted,
    not_yet,
    signed,
    title,
    tr,
    which_sample,
)
from gui.numbers import short

MOST_NUMBERS = 12


def listed(moment: Moment, values: np.ndarray) -> str:
    """Return a vector in brackets, a long one cut."""
    shown = [signed(moment, float(value)) for value in values[:MOST_NUMBERS]]
    if values.size > MOST_NUMBERS:
        shown.append(tr("… {} in all").format(values.size))
    return shown[0] if values.size == 1 else f"({', '.join(shown)})"


def of_layer(moment: Moment, l: int) -> str:
    """Explain layer l: its equation, the shapes, and the numbers of its neurons."""
    network, values, c = moment.network, moment.values, moment.column
    if l == 0:
        text = line(tr("The input: {} features.").format(network.n[0])) + which_sample(moment)
        if values is None:
            return text
        return text + line(f"<b>a</b><sup>[0]</sup> = {listed(moment, values.a[0][:, c])}")
    layer = network.layers[l - 1]
    n_in, n_out = layer.n_in, layer.n_out
    W, b = f"<b>W</b><sup>[{l}]</sup>", f"<b>b</b><sup>[{l}]</sup>"
    a, before, z = f"<b>a</b><sup>[{l}]</sup>", f"<b>a</b><sup>[{l - 1}]</sup>", f"<b>z</b><sup>[{l}]</sup>"
    shapes = tr("{W}: {rows} × {columns}, {b}: {columns}").format(W=W, b=b, rows=n_in, columns=n_out)
    text = line(f"{z} = {b} + {W}<sup>⊤</sup> {before}, &nbsp; {a} = σ({z})")
    text += line(shapes)
    text += muted(moment, tr("({} + 1) · {} = {} parameters").format(n_in, n_out, layer.size))
    if layer.dropout:
        text += muted(moment, tr("Dropout before it: {:.0%} of the inputs are off.").format(layer.dropout))
    text += which_sample(moment)
    if values is None:
        return text + not_yet(moment, z) + not_yet(moment, a)
    text += line(f"{z} = {listed(moment, values.z[l][:, c])}") + line(
        f"{a} = {listed(moment, values.a[l][:, c])}"
    )
    delta = f"<b>δ</b><sup>[{l}]</sup>"
    if values.delta is None:
        return text + not_yet(moment, delta)
    shown = ", ".join(signed(moment, float(d), True) for d in values.delta[l][:MOST_NUMBERS, c])
    return text + line(f"{delta} = ({shown}{', …' if n_out > MOST_NUMBERS else ''})")


def of_sample(moment: Moment) -> str:
    """Explain one sample: x, y, the outputs and their loss."""
    values, dataset, s = moment.values, moment.dataset, moment.sample
    assert values is not None and s is not None
    part = tr("Sample {} is for training.") if s in dataset.train else tr("Sample {} is held back to test.")
    text = line(part.format(s))
    text += line(f"<b>x</b> = {listed(moment, values.a[0][:, 0])}")
    if dataset.mean is not None:
        text += muted(moment, tr("Standardized: 0 is the mean of the training samples."))
    if dataset.task == "classes":
        truth = escape(dataset.class_names[int(dataset.labels[s])])
        text += line(tr("<b>y</b> = {y}, class “{name}”").format(y=_plain(values.y[:, 0]), name=truth))
    else:
        text += line(f"<b>y</b> = {_plain(values.y[:, 0])}")
    text += line(f"<b>o</b> = {listed(moment, values.a[-1][:, 0])}")
    if dataset.task == "classes":
        text += _decision(moment)
    return text + line(
        tr("Its loss {} = {}").format("<i>L</i>", coloured(short(values.J), moment.theme.accent))
    )


def _plain(values: np.ndarray) -> str:
    shown = ", ".join(short(float(value)) for value in values)
    return shown if values.size == 1 else f"({shown})"


def _decision(moment: Moment) -> str:
    assert moment.values is not None and moment.sample is not None
    o, dataset = moment.values.a[-1][:, 0], moment.dataset
    decided = int(o[0] > 0.5) if o.size == 1 else int(o.argmax())
    right = decided == int(dataset.labels[moment.sample])
    verdict = tr("The network decides “{}”: right.") if right else tr("The network decides “{}”: wrong.")
    colour = moment.theme.gradient_positive if right else moment.theme.error
    return line(coloured(verdict.format(escape(dataset.class_names[decided])), colour))


def of_network(moment: Moment | None, network: Network | None) -> str:
    """Sum the network up, and say what to click."""
    hint = tr("Click a neuron, a line between two, a layer's header or a sample to see its numbers.")
    if network is None:
        return f"<p>{hint}</p>"
    sizes = "&nbsp;–&nbsp;".join(str(n) for n in network.n)
    text = f"<p>{hint}</p>" + f"<p>{tr('Neurons in each layer: {}').format(f'<b>{sizes}</b>')}</p>"
    text += f"<p>{tr('Parameters in all: {}').format(f'<b>{network.parameters:,}</b>')}</p>"
    if moment is None:
        return text
    train, test = moment.snapshot.train, moment.snapshot.test
    text += title(moment, tr("Loss: {}").format(network.loss.symbol.lower()))
    text += line(tr("training set: J = {}").format(coloured(short(train.loss), moment.theme.train)))
    if test is not None:
        text += line(tr("test set: J = {}").format(coloured(short(test.loss), moment.theme.test)))
    if moment.snapshot.penalty:
        penalty = tr("penalty of the weights: {}").format(f"<b>{short(moment.snapshot.penalty)}</b>")
        text += line(penalty)
    return text
