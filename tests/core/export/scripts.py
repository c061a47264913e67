"""Helpers for tests of exported scripts: runs of many kinds, and a script run as a program of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from core.arrays import Array
from core.data.datasets import make_dataset
from core.export.script_parts import ScriptFile
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Dense, Design, Dropout, Training
from core.nn.design_problems import problems
from core.nn.losses import LOSSES, MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Huber
from core.nn.network import Network
from core.nn.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum, Nesterov
from core.nn.trainer import Trainer

ITERATIONS = 100
BATCHES = {"batch": 10, "stochastic": 1, "mini-batch": 8}


def trainer_of(design: Design) -> Trainer:
    dataset = make_dataset(design.data)
    return Trainer(Network(design, dataset), dataset)


def designs() -> Iterator[tuple[str, Design]]:
    """Yield a design for every optimizer, batch, loss, activation, penalty and way of beginning."""
    two = Data("moons", samples=40, seed=3)
    plain = Design("moons", two, (Dense(4), Dense(3, "sigmoid"), Dense(1, "sigmoid")), Training(seed=5))
    for name, optimizer in OPTIMIZERS.items():
        rate = 0.01 if name in ("adam", "rmsprop") else 0.1
        for kind, size in BATCHES.items():
            training = Training(
                optimizer=optimizer(), learning_rate=rate, gradient_descent=kind, batch_size=size, seed=2
            )
            yield f"{name} {kind}", replace(plain, training=training)
    yield from _losses(two)
    for name, activation in ACTIVATIONS.items():
        layers = (Dense(3, name, alpha=None if activation.alpha is None else 0.3), Dense(1, "sigmoid"))
        yield f"hidden {name}", replace(plain, layers=layers)
    yield from _others(plain)


def _losses(data: Data) -> Iterator[tuple[str, Design]]:
    """Yield a design for every loss with every output activation that it allows, and every mean or sum."""
    for name, loss in LOSSES.items():
        for activation in ACTIVATIONS:
            for source in ("moons", "blobs", "sine"):
                labels = "-1/1" if name == "hinge" else "0/1"
                of = replace(data, source=source, labels=labels)
                outputs = 3 if source == "blobs" else 1
                training = Training(loss=loss(), seed=4, learning_rate=0.01)
                design = Design("loss", of, (Dense(3), Dense(outputs, activation)), training)
                if not problems(design, make_dataset(of)):
                    yield f"{name} {activation} {source}", design
    blobs = replace(data, source="blobs")
    for loss in (
        MSE(over_outputs="sum", over_samples="sum"),
        MSE(over_outputs="half sum"),
        Huber(delta=0.2, over_outputs="sum"),
        BinaryCrossEntropy(over_outputs="mean"),
        CategoricalCrossEntropy(over_samples="sum"),
    ):
        output = "softmax" if isinstance(loss, CategoricalCrossEntropy) else "sigmoid"
        layers = Dense(4, "relu"), Dense(3, output)
        yield f"{loss}", Design("sums", blobs, layers, Training(loss=loss, learning_rate=0.01))


def _others(plain: Design) -> Iterator[tuple[str, Design]]:
    training = plain.training
    yield "many samples", replace(plain, data=replace(plain.data, samples=300))
    yield "penalties", replace(plain, training=replace(training, l1=0.01, l2=0.02))
    dropout = (Dropout(0.2), Dense(6), Dropout(0.5), Dense(4, "relu"), Dense(1, "sigmoid"))
    yield "dropout", replace(plain, layers=dropout)
    mixed = Dense(4, ("tanh", "relu", "relu", "leaky_relu")), Dense(1, "sigmoid")
    yield "an activation a neuron", replace(plain, layers=mixed)
    held = (Dense(2, fixed=((0, 1), (2, 2))), Dense(1, "sigmoid", fixed=True))
    for optimizer in (Adam(), Momentum()):
        held_training = replace(training, optimizer=optimizer, l2=0.1)
        yield f"fixed {optimizer}", replace(plain, layers=held, training=held_training)
    for optimizer in (GradientDescent(), Momentum(momentum=0.0), Nesterov(momentum=0.0)):
        yield (
            f"whole numbers {optimizer}",
            replace(plain, training=replace(training, optimizer=optimizer, learning_rate=1.0)),
        )
    given = (Dense(2, initial=((0.1, 0.2), (0.3, -0.4), (0.5, 0.6))), Dense(1, "sigmoid", initial=0.5))
    yield "first weights by hand", replace(plain, layers=given)
    yield "order", replace(plain, training=replace(training, order="as in the table", first_sample=7))
    rule = Design(
        "rule", Data("moons", samples=40, labels="-1/1"), (Dense(1, "sign"),),
        Training(loss=MSE(), rule="perceptron"),
    )  # fmt: skip
    yield "perceptron", rule


def written(script: ScriptFile, folder: Path) -> Path:
    """Write a script and what it reads; return its file."""
    file = folder / "run.py"
    for end, data in script.files().items():
        file.with_name(file.stem + end).write_bytes(data)
    return file


def losses_of(script: ScriptFile, folder: Path) -> Array:
    """Write and run a script; return the losses it prints."""
    return run_file(written(script, folder))


def run_file(file: Path) -> Array:
    """Run a script with nothing of this project on its path; return the losses it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-I", str(file)],
        cwd=file.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={},
    )
    assert done.returncode == 0, done.stderr
    return np.array([float(line.split()[1]) for line in done.stdout.splitlines()])
