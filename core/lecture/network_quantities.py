"""Quantities of the lecture from networks.

``network`` names one of the scene's networks (default: the first). Layers count from 1; neurons, inputs and
samples from 0.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from msgspec import Meta

from ..analysis.activation_map import check_gradient
from ..analysis.health import FindingKind, findings, gradient_sizes
from ..analysis.layer_matrices import da_dz, dz_da
from ..analysis.linear_collapse import collapsed, is_linear
from ..arrays import Array
from ..bounds import Index as Place
from ..bounds import Real, Steps
from ..graph.autodiff import by_backpropagation, by_differences, forward
from ..graph.network_graph import graph_inputs, network_graph
from ..graph.parser import parse
from ..language import tr
from ..nn.passes import Pass, evaluate
from ..nn.trainer import Phase, Trainer
from .evaluator import CannotCompute, SceneEvaluator, samples_of
from .formula_quantities import SceneQuantity
from .subjects import ActivationBench, BuiltSubject

Layer = Annotated[int, Meta(ge=1, le=64)]


class NetworkQuantity(SceneQuantity, frozen=True, kw_only=True):
    """A number of a network after ``iterations`` updates."""

    network: str = ""
    iterations: Steps = 0

    def of(self, bench: SceneEvaluator) -> float:
        """Return the number. Raises CannotCompute."""
        one = bench.made(self.network)
        return float(self.at(one, bench.theta(self.network, self.iterations)))

    def at(self, one: BuiltSubject, theta: Array) -> float:
        """Return the number with the parameters ``theta``."""
        raise NotImplementedError


class NeuronNumber(NetworkQuantity, frozen=True, kw_only=True, tag="neuron"):
    """z, a or e^z of a neuron for the inputs x, by default in the output layer.

    ``total`` is the sum of a over the layer, ``exponentials`` that of e^z.
    """

    x: tuple[Real, ...]
    what: Literal["z", "a", "total", "exponential", "exponentials"] = "a"
    layer: Layer | None = None
    neuron: Place = 0

    def at(self, one: BuiltSubject, theta: Array) -> float:
        """Return the number."""
        l = len(one.network.layers) if self.layer is None else self.layer
        _check_neuron(one, l, self.neuron)
        found = _pass(one, theta, self.x)
        if self.what == "total":
            return float(found.a[l].sum())
        if self.what.startswith("exponential"):
            powers = forward(parse("exp(z)"), {"z": found.z[l][:, 0]})[-1]
            return float(powers[self.neuron] if self.what == "exponential" else powers.sum())
        return float((found.z if self.what == "z" else found.a)[l][self.neuron, 0])


class EdgeNumber(NetworkQuantity, frozen=True, kw_only=True, tag="edge"):
    """A quantity at the edge from neuron ``source`` to ``neuron`` of a layer, for one sample x, y.

    ``weight`` and the neuron's ``bias`` are those after ``iterations`` updates. ``updated`` is the weight
    after one step of gradient descent on this sample, ``bias_gradient`` the derivative by the bias. ``error``
    is -delta, which many books call the error of the neuron. ``upstream`` is dJ/da of the neuron,
    ``passed_on`` what the layer passes on: dJ/da of the source, an input too.
    """

    x: tuple[Real, ...]
    y: tuple[Real, ...]
    what: Literal[
        "a", "delta", "error", "gradient", "bias_gradient", "weight", "bias", "updated", "J",
        "upstream", "passed_on",
    ]  # fmt: skip
    layer: Layer
    source: Place = 0
    neuron: Place = 0

    def at(self, one: BuiltSubject, theta: Array) -> float:
        """Return the number."""
        network, l, i, j = one.network, self.layer, self.source, self.neuron
        _check_neuron(one, l, j)
        if i >= network.n[l - 1]:
            raise CannotCompute(
                tr("layer {l} has {n} neurons; they count from 0.", l=l - 1, n=network.n[l - 1])
            )
        found = _pass(one, theta, self.x, self.y)
        assert found.delta is not None and found.da is not None and found.g is not None
        gradient = network.W(found.g, l)[i, j]
        rate = network.design.training.learning_rate
        return {
            "a": found.a[l - 1][i, 0],
            "delta": found.delta[l][j, 0],
            "error": -found.delta[l][j, 0],
            "weight": network.W(theta, l)[i, j],
            "bias": network.b(theta, l)[j],
            "gradient": gradient,
            "bias_gradient": network.b(found.g, l)[j],
            "updated": network.W(theta, l)[i, j] - rate * gradient,
            "J": found.J,
            "upstream": found.da[l][j, 0],
            "passed_on": (dz_da(network, theta, l) @ found.delta[l])[i, 0],
        }[self.what]


class JacobianNumber(NetworkQuantity, frozen=True, kw_only=True, tag="jacobian"):
    """The shape or an entry of dz[l]/da[l-1], da[l]/dz[l], or their product da[l]/da[l-1].

    Rows are inputs, columns are outputs.
    """

    x: tuple[Real, ...]
    matrix: Literal["dz_da", "da_dz", "da_da"]
    what: Literal["rows", "columns", "entry"]
    layer: Layer
    row: Place = 0
    column: Place = 0

    def at(self, one: BuiltSubject, theta: Array) -> float:
        """Return the number."""
        _check_neuron(one, self.layer, 0)
        jacobian = dz_da(one.network, theta, self.layer)
        if self.matrix != "dz_da":
            slopes = da_dz(one.network, _pass(one, theta, self.x), self.layer)
            jacobian = slopes if self.matrix == "da_dz" else jacobian @ slopes
        if self.what != "entry":
            return jacobian.shape[0 if self.what == "rows" else 1]
        if self.row >= jacobian.shape[0] or self.column >= jacobian.shape[1]:
            raise CannotCompute(
                tr(
                    "the Jacobian has {rows} rows and {columns} columns.",
                    rows=jacobian.shape[0],
                    columns=jacobian.shape[1],
                )
            )
        return float(jacobian[self.row, self.column])


class TrainingNumber(NetworkQuantity, frozen=True, kw_only=True, tag="training"):
    """A score after the training, or the highest or lowest score at the end of an epoch.

    ``rises`` is the share of updates that increased the loss on the training set; ``diverged`` is 1 if
    training diverged, else 0.
    """

    what: Literal["train_loss", "test_loss", "train_accuracy", "test_accuracy", "rises", "diverged"]
    over: Literal["end", "highest", "lowest"] = "end"

    def of(self, bench: SceneEvaluator) -> float:
        """Return the number."""
        if self.what == "rises":
            return _rises(bench.made(self.network), self.iterations)
        run = bench.run(self.network, self.iterations)
        if self.what == "diverged":
            return float(run.diverged is not None)
        if run.diverged is not None:
            raise CannotCompute(tr("the training diverged after {diverged} updates.", diverged=run.diverged))
        part, _, what = self.what.partition("_")
        numbers = [getattr(score, what) for score in (run.train if part == "train" else run.test)]
        if not numbers or numbers[0] is None:
            raise CannotCompute(tr("there is no {what} on {part} samples here.", what=what, part=part))
        return float({"end": numbers[-1], "highest": max(numbers), "lowest": min(numbers)}[self.over])

    def meanings(self, bench: SceneEvaluator) -> tuple[str, ...]:
        """Return the two answers to whether training diverged."""
        return (tr("no"), tr("yes")) if self.what == "diverged" else ()


class CountNumber(NetworkQuantity, frozen=True, kw_only=True, tag="count"):
    """A count in a network, its dataset, or its gradient.

    ``outputs_asked`` is the number of output neurons the data needs. Passes are those for the whole gradient
    on one sample, by central differences or by backpropagation.
    """

    what: Literal[
        "layers", "parameters", "weights", "biases", "outputs", "outputs_asked", "samples", "train_samples",
        "test_samples", "features", "classes", "batch_size", "updates_per_epoch", "last_batch",
        "forward_passes_of_differences", "forward_passes_of_backpropagation",
        "backward_passes_of_backpropagation",
    ]  # fmt: skip

    def at(self, one: BuiltSubject, theta: Array) -> float:
        """Return the count."""
        if "passes" in self.what:
            return _passes_made(one, theta, self.what)
        network, dataset = one.network, one.dataset
        size = network.design.training.size_of_batch(dataset.train.size)
        weights = int(network.weights_mask().sum())
        return {
            "layers": len(network.layers),
            "parameters": network.parameters,
            "weights": weights,
            "biases": network.parameters - weights,
            "outputs": network.n[-1],
            "outputs_asked": dataset.outputs,
            "samples": dataset.x.shape[1],
            "train_samples": dataset.train.size,
            "test_samples": dataset.test.size,
            "features": dataset.features,
            "classes": len(dataset.class_names),
            "batch_size": size,
            "updates_per_epoch": -(-dataset.train.size // size),
            "last_batch": (dataset.train.size - 1) % size + 1,
        }[self.what]


class PositionNumber(NetworkQuantity, frozen=True, kw_only=True, tag="position"):
    """The position in training during the forward pass after ``iterations`` updates, counted from 1."""

    what: Literal["epoch", "iteration", "updates_per_epoch", "batch_size", "epochs_done"]

    def of(self, bench: SceneEvaluator) -> float:
        """Return the number."""
        one = bench.made(self.network)
        trainer = Trainer(one.network, one.dataset, one.theta)
        trainer.run(self.iterations)
        done = trainer.snapshot().epochs_done
        trainer.advance(Phase.FORWARD)
        shown = trainer.snapshot()
        assert shown.values is not None
        return float(
            {
                "epoch": shown.epoch + 1,
                "iteration": shown.batch + 1,
                "updates_per_epoch": shown.batches,
                "batch_size": shown.values.samples.size,
                "epochs_done": done,
            }[self.what]
        )


class GradientRatio(NetworkQuantity, frozen=True, kw_only=True, tag="gradient_ratio"):
    """The gradient per weight of one layer relative to another's, over the training set."""

    layer: Layer
    against: Layer

    def at(self, one: BuiltSubject, theta: Array) -> float:
        """Return the ratio of the root mean squares."""
        for l in (self.layer, self.against):
            _check_neuron(one, l, 0)
        g = evaluate(one.network, theta, *samples_of(one, "train")).g
        assert g is not None
        sizes = gradient_sizes(one.network, g)
        return sizes[self.layer - 1] / sizes[self.against - 1]


class FindingCount(NetworkQuantity, frozen=True, kw_only=True, tag="findings"):
    """The number of findings of a kind in a network, such as dead neurons."""

    kind: Literal["dead", "saturated", "vanishing gradient", "exploding gradient", "diverging weights"]

    def at(self, one: BuiltSubject, theta: Array) -> float:
        """Return the count, for the training set."""
        found = findings(one.network, theta, *samples_of(one, "train"))
        return sum(finding.kind is FindingKind(self.kind) for finding in found)


class AwakeCount(NetworkQuantity, frozen=True, kw_only=True, tag="awake"):
    """The number of neurons of a layer with z > 0 for at least one training sample."""

    layer: Layer

    def at(self, one: BuiltSubject, theta: Array) -> float:
        """Return the count."""
        _check_neuron(one, self.layer, 0)
        z = evaluate(one.network, theta, *samples_of(one, "train")).z[self.layer]
        return int((z > 0).any(axis=1).sum())


class CollapseNumber(NetworkQuantity, frozen=True, kw_only=True, tag="collapse"):
    """The single layer equal to a linear network: its W or b, or the largest difference in z[L]."""

    what: Literal["difference", "W", "b"]
    input: Place = 0
    output: Place = 0

    def at(self, one: BuiltSubject, theta: Array) -> float:
        """Return the number."""
        if not is_linear(one.network):
            raise CannotCompute(tr("a hidden layer is not linear, so the network does not collapse."))
        W, b = collapsed(one.network, theta)
        if self.what == "difference":
            x, y = samples_of(one, "train")
            z = evaluate(one.network, theta, x, y).z[-1]
            return float(np.abs(z - (W.T @ x + b[:, None])).max())
        if self.input >= W.shape[0] or self.output >= W.shape[1]:
            raise CannotCompute(
                tr("W has {rows} rows and {columns} columns.", rows=W.shape[0], columns=W.shape[1])
            )
        return float(W[self.input, self.output] if self.what == "W" else b[self.output])


class Agreement(NetworkQuantity, frozen=True, kw_only=True, tag="agreement"):
    """The largest difference between two computations of the same numbers, on training samples.

    ``graph``: outputs of the computational graph and of the layers. ``differences``: the gradient by central
    differences and by backpropagation (relative). ``jacobians``: delta[l] by Jacobians and by
    backpropagation. ``samples``: the mean of single samples' gradients and the batch's.
    """

    what: Literal["graph", "differences", "jacobians", "samples"]

    def at(self, one: BuiltSubject, theta: Array) -> float:
        """Return the difference."""
        x, y = (array[:, :12] for array in samples_of(one, "train"))
        return {"graph": _by_graph, "differences": _by_differences, "jacobians": _by_jacobians,
                "samples": _by_samples}[self.what](one, theta, x, y)  # fmt: skip


class StartDifference(NetworkQuantity, frozen=True, kw_only=True, tag="start_difference"):
    """The largest difference between the initial parameters of two networks."""

    other: str

    def of(self, bench: SceneEvaluator) -> float:
        """Return the difference."""
        first, second = bench.made(self.network).theta, bench.made(self.other).theta
        if first.shape != second.shape:
            raise CannotCompute(tr("the networks differ in shape."))
        return float(np.abs(first - second).max())


class GoalDistance(NetworkQuantity, frozen=True, kw_only=True, tag="goal_distance"):
    """The distance of all parameters from those that generated the network's targets, the bench's goal."""

    def of(self, bench: SceneEvaluator) -> float:
        """Return the distance, the root of the sum of the squared differences."""
        goal = bench.subject_as(ActivationBench).goal
        if goal is None:
            raise CannotCompute(tr("this needs a goal in the subject of the scene."))
        return float(np.linalg.norm(bench.theta(self.network, self.iterations) - np.array(goal)))


def _rises(one: BuiltSubject, iterations: int) -> float:
    """Return the share of updates that increased the loss on the training set."""
    trainer = Trainer(one.network, one.dataset, one.theta)
    losses = [trainer.snapshot().train.loss]
    for _ in range(iterations):
        trainer.run(1)
        losses.append(trainer.snapshot().train.loss)
    return float(np.mean(np.diff(losses) > 0)) if iterations else 0.0


def _by_graph(one: BuiltSubject, theta: Array, x: Array, y: Array) -> float:
    graph, L = network_graph(one.network), len(one.network.layers)
    nodes = forward(graph, dict(graph_inputs(one.network, theta, x, y)))
    o = nodes[graph.position(f"a[{L}]")]
    return float(np.abs(o - evaluate(one.network, theta, x, y).a[-1]).max())


def _by_differences(one: BuiltSubject, theta: Array, x: Array, y: Array) -> float:
    return check_gradient(one.network, theta, x, y).error


def _by_jacobians(one: BuiltSubject, theta: Array, x: Array, y: Array) -> float:
    """Return the largest error of delta[l] = (da[l]/dz[l]) (dz[l+1]/da[l]) delta[l+1] in the first sample.

    Raises CannotCompute if there is no hidden layer.
    """
    if len(one.network.layers) < 2:
        raise CannotCompute(tr("this needs a hidden layer, whose delta follows from that of the next."))
    found = evaluate(one.network, theta, x[:, :1], y[:, :1])
    assert found.delta is not None
    off = [
        da_dz(one.network, found, l, 0) @ dz_da(one.network, theta, l + 1) @ found.delta[l + 1]
        - found.delta[l]
        for l in range(1, len(one.network.layers))
    ]
    return float(max(np.abs(difference).max() for difference in off))


def _by_samples(one: BuiltSubject, theta: Array, x: Array, y: Array) -> float:
    alone = [evaluate(one.network, theta, x[:, [k]], y[:, [k]]).g for k in range(x.shape[1])]
    return float(np.abs(np.mean(np.array(alone), axis=0) - evaluate(one.network, theta, x, y).g).max())


def _passes_made(one: BuiltSubject, theta: Array, what: str) -> int:
    x, y = (array[:, :1] for array in samples_of(one, "train"))
    graph, inputs = network_graph(one.network), graph_inputs(one.network, theta, x, y)
    if what == "forward_passes_of_differences":
        parameters = [name for name in graph.variables if name not in ("x", "y")]
        return by_differences(graph, inputs, parameters).forward_passes
    found = by_backpropagation(graph, inputs)
    return found.forward_passes if what.startswith("forward") else found.backward_passes


def _check_neuron(one: BuiltSubject, l: int, j: int) -> None:
    n = one.network.n
    if l >= len(n):
        raise CannotCompute(tr("there is no layer {l}; the network has {count}.", l=l, count=len(n) - 1))
    if j >= n[l]:
        raise CannotCompute(tr("layer {l} has {n} neurons; they count from 0.", l=l, n=n[l]))


def _pass(one: BuiltSubject, theta: Array, x: tuple[float, ...], y: tuple[float, ...] | None = None) -> Pass:
    """Return the pass of one sample, which need not be in the dataset. Raises CannotCompute."""
    n = one.network.n
    targets = (0.0,) * n[-1] if y is None else y
    if len(x) != n[0] or len(targets) != n[-1]:
        raise CannotCompute(
            tr("the network has {inputs} inputs and {outputs} outputs.", inputs=n[0], outputs=n[-1])
        )
    return evaluate(one.network, theta, np.array(x)[:, None], np.array(targets)[:, None])
