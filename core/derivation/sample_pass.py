"""One sample of a batch in a pass: each of its numbers with its symbol in the lecture.

Neurons and samples count from 0 in arguments and from 1 in symbols.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..language import tr
from ..nn.network import ActivationSpan, Network, NetworkLayer
from ..nn.passes import Pass, evaluate
from ..outside_text import OneSentenceError
from .expressions import Leaf, Symbol


class NoSolution(OneSentenceError):
    """There is no worked solution; the message is a sentence with the reason and a remedy."""


@dataclass(frozen=True)
class SamplePass:
    """One sample of a batch of ``size`` samples, in a pass computed with parameters ``theta``.

    ``values`` is the pass restricted to the column of the sample: its dropout masks are those of the sample;
    dJ/da and delta include the factor 1/``size`` of the mean over the batch. J and g are those of the batch.
    Numbers not computed yet are NaN.
    """

    network: Network
    dataset: Dataset
    theta: Array
    sample: int
    values: Pass
    size: int = 1

    @property
    def L(self) -> int:
        """The number of layers; L is the output layer."""
        return len(self.network.layers)

    def layer(self, l: int) -> NetworkLayer:
        """Return layer l, from 1."""
        return self.network.layers[l - 1]

    def span(self, l: int, j: int) -> ActivationSpan:
        """Return the span of neuron j of layer l, which holds its activation."""
        return next(span for span in self.layer(l).spans if span.start <= j < span.stop)

    def W(self, l: int, i: int, j: int) -> Leaf:
        """Return W[l]_ij, from neuron i of layer l - 1 to neuron j of layer l."""
        return Leaf(float(self.network.W(self.theta, l)[i, j]), parameter_symbol(l, i, j))

    def b(self, l: int, j: int) -> Leaf:
        """Return b[l]_j."""
        return Leaf(float(self.network.b(self.theta, l)[j]), parameter_symbol(l, None, j))

    def z(self, l: int, j: int) -> Leaf:
        """Return z[l]_j."""
        return Leaf(float(self.values.z[l][j, 0]), Symbol("z", (j + 1,), l))

    def a(self, l: int, j: int) -> Leaf:
        """Return a[l]_j."""
        return Leaf(float(self.values.a[l][j, 0]), Symbol("a", (j + 1,), l))

    def m(self, l: int, i: int) -> Leaf | None:
        """Return the dropout factor of input i of layer l; None without dropout."""
        mask = self.values.masks.get(l)
        return None if mask is None else Leaf(float(mask[i, 0]), Symbol("m", (i + 1,), l))

    def o(self, k: int) -> Leaf:
        """Return the output o_k, which is a[L]_k."""
        return Leaf(self.a(self.L, k).value, Symbol("o", (k + 1,)))

    def y(self, k: int) -> Leaf:
        """Return the target y_k."""
        return Leaf(float(self.values.y[k, 0]), Symbol("y", (k + 1,)))

    def delta(self, l: int, j: int) -> Leaf:
        """Return delta[l]_j = dJ/dz[l]_j."""
        assert self.values.delta is not None
        return Leaf(float(self.values.delta[l][j, 0]), Symbol("δ", (j + 1,), l))

    def da(self, l: int, j: int) -> Leaf:
        """Return dJ/da[l]_j."""
        assert self.values.da is not None
        return Leaf(float(self.values.da[l][j, 0]), Symbol("a", (j + 1,), l, "slope"))


def parameter_symbol(l: int, i: int | None, j: int, mark: str = "") -> Symbol:
    """Return the symbol of the weight W[l]_ij or, if i is None, of the bias b[l]_j."""
    return Symbol("b", (j + 1,), l, mark) if i is None else Symbol("W", (i + 1, j + 1), l, mark)


def gradient_symbol(network: Network, l: int, i: int | None, j: int) -> Symbol:
    """Return the symbol of what training takes as the derivative of J by a parameter.

    By the perceptron rule it is none, and written as g_ij, with i = 0 for a bias.
    """
    if network.perceptron:
        return Symbol("g", (0 if i is None else i + 1, j + 1), l)
    return parameter_symbol(l, i, j, "slope")


def case_of(network: Network, theta: Array, dataset: Dataset, sample: int) -> SamplePass:
    """Return the pass of one sample alone (from 0), in float64, without dropout and penalty.

    Raises NoSolution if there is no such sample or a number is not finite.
    """
    check_sample(dataset, sample)
    theta = theta.astype(np.float64)
    x, y = dataset.x[:, [sample]], dataset.targets(network.n[-1])[:, [sample]]
    with np.errstate(all="ignore"):
        values = evaluate(network, theta, x, y, np.array([sample]))
    assert values.delta is not None and values.g is not None
    for name, arrays in (("z", values.z), ("a", values.a), ("δ", values.delta)):
        for l, array in enumerate(arrays):
            refuse_infinite(f"{name}[{l}]", array)
    refuse_infinite(tr("The loss J"), np.array(values.J))
    refuse_infinite("A gradient", values.g)
    return SamplePass(network, dataset, theta, sample, values)


def sample_of_batch(network: Network, dataset: Dataset, theta: Array, values: Pass | None) -> SamplePass:
    """Return the first sample of a pass computed with ``theta``; if there is no pass, all numbers are NaN."""
    unknown = tuple(np.full((n, 1), np.nan) for n in network.n)
    no_g = np.full(network.parameters, np.nan)
    if values is None:
        nothing = Pass(np.zeros(1, int), unknown[-1], unknown, unknown, np.nan, unknown, unknown, no_g)
        return SamplePass(network, dataset, theta, 0, nothing)

    def first(arrays: tuple[Array, ...] | None) -> tuple[Array, ...]:
        return unknown if arrays is None else tuple(array[:, :1] for array in arrays)

    own = replace(
        values,
        y=values.y[:, :1],
        z=first(values.z),
        a=first(values.a),
        da=first(values.da),
        delta=first(values.delta),
        g=no_g if values.g is None else values.g,
        masks={l: mask[:, :1] for l, mask in values.masks.items()},
    )
    return SamplePass(network, dataset, theta, int(values.samples[0]), own, values.y.shape[1])


def check_sample(dataset: Dataset, sample: int) -> None:
    """Raise NoSolution if the dataset has no such sample (from 0)."""
    count = dataset.x.shape[1]
    if not 0 <= sample < count:
        raise NoSolution(
            tr(
                "There is no sample {sample}: the data has samples 1 to {count}.",
                sample=sample + 1,
                count=count,
            )
        )


def refuse_infinite(quantity: str, array: Array) -> None:
    """Raise NoSolution if a number is infinite or NaN."""
    if not np.isfinite(array).all():
        raise NoSolution(
            tr(
                "{quantity} of this sample is not a finite number, so the pass cannot be written out: "
                "start from other weights, or train with a smaller learning rate.",
                quantity=quantity,
            )
        )


def as_json(case: SamplePass) -> str:
    """Return the pass as one JSON object, in full precision, ending with a newline."""
    return json.dumps(numbers(case), allow_nan=False) + "\n"


def numbers(case: SamplePass) -> dict[str, object]:
    """Return the pass as lists: x, y, loss, J, and for every layer its activations and numbers.

    W and dW (dJ/dW) have shape (n[l-1], n[l]); delta is dJ/dz.
    """
    network, values = case.network, case.values
    assert values.delta is not None and values.g is not None
    layers = [
        {
            "activation": list(layer.activations),
            "W": network.W(case.theta, layer.l).tolist(),
            "b": network.b(case.theta, layer.l).tolist(),
            "z": values.z[layer.l][:, 0].tolist(),
            "a": values.a[layer.l][:, 0].tolist(),
            "delta": values.delta[layer.l][:, 0].tolist(),
            "dW": network.W(values.g, layer.l).tolist(),
            "db": network.b(values.g, layer.l).tolist(),
        }
        for layer in network.layers
    ]
    return {
        "x": values.a[0][:, 0].tolist(),
        "y": values.y[:, 0].tolist(),
        "loss": str(network.loss.__struct_config__.tag),
        "J": values.J,
        "layers": layers,
    }
