"""The ONNX model of a network: what ONNX Runtime computes with it from the values as they were measured."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from core.analysis.sample_losses import sample_losses
from core.data.table import Cells, Column, Table
from core.export.onnx_model import onnx_model
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MSE
from core.nn.trainer import Trainer
from core.project.files import examples, read
from tests.core.export.scripts import designs, trainer_of

RUNS = dict(designs())
AGREES = 1e-6
pytestmark = pytest.mark.oracle


def trained(design: Design, iterations: int = 20) -> Trainer:
    trainer = trainer_of(design)
    trainer.run(iterations)
    return trainer


def outputs_of(model: bytes, inputs: dict[str, Any]) -> np.ndarray:
    onnxruntime = pytest.importorskip("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (o,) = session.run(["o"], inputs)
    return np.asarray(o).T


def compare(trainer: Trainer, inputs: dict[str, Any]) -> Any:
    """Check a model as the package does and by what it computes; return it decoded."""
    onnx = pytest.importorskip("onnx")
    snapshot = trainer.snapshot()
    model = onnx_model(snapshot)
    decoded = onnx.load_from_string(model)
    onnx.checker.check_model(decoded, full_check=True)
    dataset = trainer.dataset
    right = sample_losses(trainer.network, snapshot.theta, dataset).o
    if dataset.target_std is not None:
        right = right * dataset.target_std[:, None] + dataset.target_mean[:, None]
    np.testing.assert_allclose(outputs_of(model, inputs), right, rtol=AGREES, atol=AGREES)
    names = [node.name for node in decoded.graph.node]
    assert all(names) and len(set(names)) == len(names)
    assert (decoded.ir_version, decoded.opset_import[0].version) == (8, 17)
    return decoded


def measured(trainer: Trainer) -> np.ndarray:
    dataset = trainer.dataset
    if dataset.mean is None:
        return dataset.x.T
    return (dataset.x * dataset.std[:, None] + dataset.mean[:, None]).T


@pytest.mark.parametrize(
    "name",
    [name for name in RUNS if name.startswith(("hidden", "an activation", "dropout", "perceptron", "cce"))],
)
def test_activations_are_those_of_the_program(name: str) -> None:
    trainer = trained(RUNS[name])
    decoded = compare(trainer, {"x": measured(trainer)})
    dense = [node.name for node in decoded.graph.node if node.op_type == "Gemm"]
    assert dense == [f"Dense_{layer.l}" for layer in trainer.network.layers]


def test_a_layer_may_hold_every_activation_at_once_also_where_it_is_steep() -> None:
    names = tuple(name for name, entry in ACTIVATIONS.items() if not entry.layerwide)
    first = tuple(tuple(np.linspace(-900, 900, len(names))) for _ in range(3))
    layers = (Dense(len(names), names, alpha=0.2, initial=first), Dense(1, "linear"))
    design = Design("all", Data("sine"), layers, Training(loss=MSE(), learning_rate=1e-9))
    steep = replace(design, layers=(replace(layers[0], initial=first[:2]), layers[1]))
    trainer = trained(steep, 1)
    compare(trainer, {"x": measured(trainer)})


@pytest.mark.parametrize("source", ["iris", "digits", "breast-cancer"])
def test_values_are_taken_as_they_were_measured(source: str) -> None:
    classes = {"iris": 3, "digits": 10}.get(source)
    output = Dense(classes, "softmax") if classes else Dense(1, "sigmoid")
    design = read(examples()["iris"]).design
    training = design.training if classes else Training()
    trainer = trained(replace(design, data=Data(source), layers=(Dense(5), output), training=training))
    decoded = compare(trainer, {"x": measured(trainer)})
    told = {one.key: json.loads(one.value) for one in decoded.metadata_props}
    assert tuple(told["classes"]) == trainer.dataset.class_names


def test_in_single_precision_the_model_computes_in_it() -> None:
    design = RUNS["adam mini-batch"]
    trainer = trained(replace(design, training=replace(design.training, precision="float32")))
    compare(trainer, {"x": measured(trainer).astype(np.float32)})


def test_features_of_the_plane_are_computed_from_the_coordinates() -> None:
    features = ("x1", "x1**2", "sin(x2)", "x1*x2", "max(x1, -x2)/3", "2", "tanh(abs(x1))")
    trainer = trained(Design("f", Data("moons", features=features), (Dense(3), Dense(1, "sigmoid"))))
    assert trainer.dataset.plane is not None
    compare(trainer, {"x": trainer.dataset.plane.points.T})


def test_columns_of_a_table_are_encoded_by_the_model() -> None:
    """Texts, numbers as categories, gaps and scaled targets; the cells are taken as they stand."""
    colours, sexes = ["red", "", "blue", "red", "green", "blue"], ["m", "f", "m", "m", "f", "f"]
    sizes, rooms = [1.0, 2.5, None, 4.0, -3.0, 700.0], [3.0, 1.0, 3.0, 2.0, 2.0, 1.0]
    prices = [10.0, 2500.0, -300.0, 4.0, 90.0, 1.5]
    columns = (
        Column('co"lour; drop', Cells.of(colours), type="text", entry="one-hot", missing="most frequent"),
        Column("sex", Cells.of(sexes), type="text", entry="0/1"),
        Column("size", Cells.of(sizes), entry="standardized", missing="mean"),
        Column("rooms", Cells.of(rooms), entry="one-hot"),
        Column("price", Cells.of(prices), role="target", entry="standardized"),
    )
    design = Design("t", Data("table", table=Table(columns)), (Dense(4), Dense(1, "linear")))
    trainer = trained(replace(design, training=Training(loss=MSE(), batch_size=2)))
    rows = trainer.dataset.rows
    assert rows is not None and rows.size == 6

    def one(cells: list[Any], kind: Any) -> np.ndarray:
        return np.array([np.nan if cell is None else cell for cell in cells], kind)[:, None]

    inputs = {
        'co"lour; drop': one(colours, object),
        "sex": one(sexes, object),
        "size": one(sizes, float),
        "rooms": one(rooms, float),
    }
    compare(trainer, inputs)
