"""The `.keras` file of a network: what Keras computes with it from the values as they were measured."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from core.analysis.sample_losses import sample_losses
from core.data.table import Cells, Column, Table
from core.export.keras_model import keras_model
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MSE
from core.nn.trainer import Trainer
from core.project.files import examples, read
from tests.core.export.scripts import designs
from tests.core.export.test_onnx_model import measured, trained

RUNS = dict(designs())
AGREES = 1e-6


@pytest.fixture
def keras(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    pytest.importorskip("torch")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return pytest.importorskip("keras")


def compare(keras: Any, trainer: Trainer, folder: Path, x: np.ndarray | None = None) -> Any:
    """Let Keras open a model, and compare its outputs; return it."""
    snapshot, dataset = trainer.snapshot(), trainer.dataset
    file = folder / "model.keras"
    file.write_bytes(keras_model(snapshot))
    model = keras.models.load_model(file, safe_mode=True)
    right = sample_losses(trainer.network, snapshot.theta, dataset).o
    if dataset.target_std is not None:
        right = right * dataset.target_std[:, None] + dataset.target_mean[:, None]
    o = model.predict(measured(trainer) if x is None else x, verbose=0).T
    np.testing.assert_allclose(o, right, rtol=AGREES, atol=AGREES)
    for layer in trainer.network.layers:
        W, b = model.get_layer(f"dense{layer.l}").get_weights()
        np.testing.assert_array_equal(W, trainer.network.W(snapshot.theta, layer.l))
        np.testing.assert_array_equal(b, trainer.network.b(snapshot.theta, layer.l))
    return model


@pytest.mark.oracle
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    "name",
    [name for name in RUNS if name.startswith(("hidden", "an activation", "dropout", "perceptron", "cce"))],
)
def test_activations_are_those_of_the_program(name: str, keras: Any, tmp_path: Path) -> None:
    compare(keras, trained(RUNS[name]), tmp_path)


@pytest.mark.oracle
@pytest.mark.filterwarnings("default")
def test_a_layer_may_hold_every_activation_at_once_and_twice(keras: Any, tmp_path: Path) -> None:
    names = tuple(name for name, entry in ACTIVATIONS.items() if not entry.layerwide)
    every = names + names[::-1]
    first = (tuple(np.linspace(-30, 30, len(every))), (0.0,) * len(every))
    layers = (
        Dense(len(every), every, alpha=0.2, initial=first),
        Dense(len(every), every),
        Dense(1, "linear"),
    )
    compare(keras, trained(Design("all", Data("sine"), layers, Training(loss=MSE())), 0), tmp_path)


@pytest.mark.oracle
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("source", ["iris", "digits", "breast-cancer"])
def test_values_are_taken_as_they_were_measured(source: str, keras: Any, tmp_path: Path) -> None:
    classes = {"iris": 3, "digits": 10}.get(source)
    output = Dense(classes, "softmax") if classes else Dense(1, "sigmoid")
    design = read(examples()["iris"]).design
    training = design.training if classes else Training()
    trainer = trained(replace(design, data=Data(source), layers=(Dense(5), output), training=training))
    compare(keras, trainer, tmp_path)


@pytest.mark.oracle
@pytest.mark.filterwarnings("default")
def test_single_precision_and_values_in_their_own_units(keras: Any, tmp_path: Path) -> None:
    single = RUNS["adam mini-batch"]
    trainer = trained(replace(single, training=replace(single.training, precision="float32")))
    model = compare(keras, trainer, tmp_path)
    assert model.dtype_policy.name and model.get_layer("dense1").dtype == "float32"
    rng = np.random.default_rng(1)
    columns = [Column(name, Cells(rng.normal(5, 3, 30)), entry="standardized") for name in ("a", "b")]
    columns += [
        Column(name, Cells(rng.normal(50, 20, 30)), role="target", entry="standardized") for name in "yz"
    ]
    design = Design("t", Data("table", table=Table(tuple(columns))), (Dense(4), Dense(2, "linear")))
    compare(keras, trained(replace(design, training=Training(loss=MSE()))), tmp_path)


@pytest.mark.oracle
@pytest.mark.filterwarnings("default")
def test_keras_trains_it_on(keras: Any, tmp_path: Path) -> None:
    trainer = trained(RUNS["dropout"])
    model = compare(keras, trainer, tmp_path)
    before = model.get_layer("dense1").get_weights()[0]
    model.compile("sgd", "binary_crossentropy")
    model.fit(measured(trainer), trainer.dataset.targets(1).T, epochs=2, verbose=0)
    assert not np.array_equal(model.get_layer("dense1").get_weights()[0], before)


def test_the_same_moment_gives_the_same_file_with_its_names() -> None:
    pytest.importorskip("h5py")
    trainer = trained(read(examples()["iris"]).design)
    data = keras_model(trainer.snapshot())
    assert data == keras_model(trainer.snapshot())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        told = json.loads(archive.read("metadata.json"))
    assert tuple(told["classes"]) == trainer.dataset.class_names
    assert tuple(told["features"]) == trainer.dataset.feature_names
