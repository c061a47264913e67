"""The faults of a design: what keeps it from working on a dataset, with place and remedy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..data.datasets import Dataset
from ..language import tr, translatable
from ..number_style import exact_text
from .activations import ACTIVATIONS
from .design import MOST_PARAMETERS, Dense, Design, Dropout, Problem, range_problems
from .losses import Loss
from .memory import MOST_BYTES, bytes_needed
from .optimizers import GradientDescent


def problems(design: Design, dataset: Dataset) -> tuple[Problem, ...]:
    """Return every fault that keeps the design from working on this dataset; empty if there is none."""
    found = [*range_problems(design)]
    if not found and dataset.problem:
        found = [Problem("data.table", dataset.problem)]
    if not found:
        found += [
            *_layer_problems(design, dataset.features),
            *_output_problems(design, dataset),
            *_batch_problems(design, dataset),
        ]
    if not found:
        found += _memory_problems(design, dataset)
    return tuple(found)


def _layer_problems(design: Design, features: int) -> Iterator[Problem]:
    l, width, parameters = 0, features, 0
    for k, layer in enumerate(design.layers):
        if isinstance(layer, Dropout):
            if k + 1 == len(design.layers):
                yield Problem(
                    f"layers[{k}]", tr("Dropout cannot be the last layer: put it before the output.")
                )
            elif isinstance(design.layers[k + 1], Dropout):
                yield Problem(f"layers[{k}]", tr("Two dropouts follow each other: delete one."))
            continue
        l += 1
        parameters += (width + 1) * layer.neurons
        yield from _activation_problems(layer, l, f"layers[{k}]")
        yield from _parameter_problems(layer, l, width, f"layers[{k}]")
        width = layer.neurons
    if parameters > MOST_PARAMETERS:
        yield Problem(
            "layers",
            tr(
                "{parameters:,} parameters are too many; at most {most:,}.",
                parameters=parameters,
                most=MOST_PARAMETERS,
            ),
        )


def _parameter_problems(layer: Dense, l: int, inputs: int, where: str) -> Iterator[Problem]:
    """Yield a problem if initial or fixed parameters are not those of a layer with this number of inputs."""
    if isinstance(layer.initial, tuple):
        sizes = {len(row) for row in layer.initial}
        if len(layer.initial) != inputs + 1 or sizes != {layer.neurons}:
            why = tr(
                "Layer {l}: its initial weights must be {rows} rows, the last one for the biases, of "
                "{columns} numbers each.",
                l=l,
                rows=inputs + 1,
                columns=layer.neurons,
            )
            yield Problem(f"{where}.initial", why)
    if isinstance(layer.fixed, tuple):
        lost = [(i, j) for i, j in layer.fixed if not (0 <= i <= inputs and 1 <= j <= layer.neurons)]
        if lost:
            why = tr(
                "Layer {l}: there is no parameter [{i}, {j}] to be fixed; i is 0 for a bias or at most "
                "{inputs}, j is from 1 to {neurons}.",
                l=l,
                i=lost[0][0],
                j=lost[0][1],
                inputs=inputs,
                neurons=layer.neurons,
            )
            yield Problem(f"{where}.fixed", why)


def _activation_problems(layer: Dense, l: int, where: str) -> Iterator[Problem]:
    names = layer.activations
    if len(names) != layer.neurons:
        why = tr(
            "Layer {l} has {neurons} neurons but {count} activations: give one for each.",
            l=l,
            neurons=layer.neurons,
            count=len(names),
        )
        yield Problem(f"{where}.activation", why)
    for name in dict.fromkeys(names):
        if name not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            yield Problem(
                f"{where}.activation",
                tr(
                    "Layer {l}: there is no activation “{name}”; choose one of {known}.",
                    l=l,
                    name=name,
                    known=known,
                ),
            )
            continue
        entry = ACTIVATIONS[name]
        if entry.layerwide and len(set(names)) > 1:
            yield Problem(
                f"{where}.activation",
                tr("Layer {l}: {name} is for the whole layer, not for one neuron.", l=l, name=name),
            )
        if entry.layerwide and layer.neurons < 2:
            yield Problem(
                f"{where}.activation", tr("Layer {l}: {name} needs at least 2 neurons.", l=l, name=name)
            )
        low, high = entry.alpha_range
        if entry.alpha is not None and layer.alpha is not None and not low <= layer.alpha <= high:
            bounds = tr(
                "between {least} and {most}",
                least=exact_text(low),
                most=exact_text(high),
            )
            yield Problem(
                f"{where}.alpha",
                tr("Layer {l}: α of {symbol} must be {bounds}.", l=l, symbol=entry.symbol, bounds=bounds),
            )


def _output_problems(design: Design, dataset: Dataset) -> Iterator[Problem]:
    if not design.dense:
        yield Problem("layers", tr("The network has no layer of neurons: drag a dense layer in."))
        return
    output, loss = design.dense[-1], design.training.loss
    yield from _loss_problems(output, loss)
    yield from _target_problems(dataset, loss)
    if design.training.rule == "perceptron":
        yield from _perceptron_problems(design, dataset)
    wanted = dataset.outputs
    two_for_two = wanted == 1 and dataset.task == "classes" and output.neurons == 2
    if output.neurons != wanted and not two_for_two:
        place = max(k for k, layer in enumerate(design.layers) if layer is output)
        regression = dataset.task == "regression"
        has = (
            tr("{count} values", count=wanted)
            if regression
            else tr("{count} classes", count=len(dataset.class_names))
        )
        template = (
            translatable("The data has {has}: the output layer needs {wanted} neuron, not {neurons}.")
            if wanted == 1
            else translatable("The data has {has}: the output layer needs {wanted} neurons, not {neurons}.")
        )
        why = tr(template, has=has, wanted=wanted, neurons=output.neurons)
        yield Problem(f"layers[{place}].neurons", why)


def _perceptron_problems(design: Design, dataset: Dataset) -> Iterator[Problem]:
    """Yield a problem where the perceptron rule is not defined, for want of step or sign, or elsewise."""
    if len(design.dense) > 1:
        why = tr(
            "The perceptron rule is for a network without hidden layer: delete the hidden layers, or choose "
            "backpropagation."
        )
        yield Problem("training.rule", why)
    training = design.training
    if not isinstance(training.optimizer, GradientDescent) or training.l1 or training.l2:
        why = tr(
            "The perceptron rule takes steps η (y − o) x and no others: choose gradient descent as "
            "optimizer, and no penalty."
        )
        yield Problem("training.rule", why)
    wanted = "sign" if dataset.negative < 0 else "step"
    if set(design.dense[-1].activations) != {wanted}:
        why = tr(
            "The perceptron rule compares the output with labels {negative} and 1: give the output layer "
            "{activation}, or choose backpropagation.",
            negative=exact_text(dataset.negative),
            activation=wanted,
        )
        yield Problem("training.rule", why)


def _target_problems(dataset: Dataset, loss: Loss) -> Iterator[Problem]:
    """Yield a problem if the loss is not defined for the targets of the data."""
    if loss.targets is None:
        return
    values = dataset.labels if dataset.task == "regression" else np.array([dataset.negative, 1.0])
    low, high = loss.targets
    fits = (
        (values >= low) & (values <= high) if loss.of_probabilities else np.isin(values, (low, high))
    ).all()
    if dataset.task == "regression" and (loss.classes or not fits):
        why = tr(
            "{symbol} is for classes, but the data has values: choose mean squared error.",
            symbol=loss.title,
        )
        yield Problem("training.loss", why)
    elif not fits:
        why = tr(
            "{symbol} takes the labels {low} and {high}, but those of the data are {negative} and 1: choose "
            "the other labels, or another loss.",
            symbol=loss.title,
            low=exact_text(low),
            high=exact_text(high),
            negative=exact_text(dataset.negative),
        )
        yield Problem("training.loss", why)


def _loss_problems(output: Dense, loss: Loss) -> Iterator[Problem]:
    if output.neurons < loss.least:
        why = tr(
            "{symbol} needs at least {least} output neurons; the output layer has {neurons}.",
            symbol=loss.title,
            least=loss.least,
            neurons=output.neurons,
        )
        yield Problem("training.loss", why)
    entries = [ACTIVATIONS[name] for name in dict.fromkeys(output.activations) if name in ACTIVATIONS]
    strange = [
        entry.symbol
        for entry in entries
        if entry.lowest < 0 or entry.highest > 1 or entry.piecewise_constant  # ln 0
    ]
    if loss.of_probabilities and strange:
        cure = "softmax" if loss.classes else "sigmoid"
        why = tr(
            "{symbol} takes the logarithm of a probability, but {strange} is not between 0 and 1: "
            "give the output layer {cure}.",
            symbol=loss.title,
            strange=", ".join(strange),
            cure=cure,
        )
        yield Problem("training.loss", why)


def _batch_problems(design: Design, dataset: Dataset) -> Iterator[Problem]:
    training, samples = design.training, dataset.train.size
    if samples < 1:
        yield Problem(
            "data.samples", tr("No sample is left for training: draw more samples or test on fewer.")
        )
    elif training.gradient_descent == "mini-batch" and training.batch_size > samples:
        yield Problem(
            "training.batch_size",
            tr(
                "A batch of {batch_size} is larger than the {samples} training samples: choose at most "
                "{samples}, or batch gradient descent.",
                batch_size=training.batch_size,
                samples=samples,
            ),
        )


def _memory_problems(design: Design, dataset: Dataset) -> Iterator[Problem]:
    """Yield a problem at the widest layer if training would exceed the memory limit."""
    training, samples = design.training, (dataset.train.size, dataset.test.size)
    n = [dataset.features, *(layer.neurons for layer in design.dense)]
    masked, width = [], dataset.features
    for layer in design.layers:
        if isinstance(layer, Dropout):
            masked.append(width)
        else:
            width = layer.neurons
    batch, itemsize = training.size_of_batch(samples[0]), 8 if training.precision == "float64" else 4
    needed = bytes_needed(n, masked, samples, batch, training.optimizer.vectors, itemsize)
    if needed <= MOST_BYTES:
        return
    dense = [k for k, layer in enumerate(design.layers) if isinstance(layer, Dense)]
    widest = max(dense[:-1] or dense, key=lambda k: design.dense[dense.index(k)].neurons)
    yield Problem(
        f"layers[{widest}].neurons",
        tr(
            "Training {neurons:,} neurons on {samples:,} samples in batches of {batch:,} takes about "
            "{needed:.1f} GiB of memory; at most {most} GiB: use fewer or narrower layers, "
            "fewer samples or smaller batches.",
            neurons=sum(n[1:]),
            samples=sum(samples),
            batch=batch,
            needed=needed / 2**30,
            most=MOST_BYTES >> 30,
        ),
    )
