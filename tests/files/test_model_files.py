"""Models of other programs, opened as designs: the same outputs, or a sentence on what does not fit."""

from __future__ import annotations

import io
import random
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from core.analysis.sample_losses import sample_losses
from core.arrays import Array
from core.data.datasets import make_dataset
from core.export.numbers import activation_arrays, parameter_arrays
from core.export.onnx_model import onnx_model
from core.export.script_parts import npz
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Dense, Design
from core.nn.network import Network
from core.project.files import DesignFile, FileError, examples, read
from core.project.json_io import PlaceError
from core.project.model_layers import ReadModel, _outputs
from core.project.npz_reader import read_npz
from core.project.onnx_reader import read_onnx
from tests.core.export.scripts import trainer_of


def outputs_of(model: ReadModel, x: Array) -> Array:
    return _outputs(model.layers, x)


def opened(tmp_path: Path, name: str, data: bytes) -> DesignFile:
    file = tmp_path / name
    file.write_bytes(data)
    return read(file)


def refused(read_model: Any, data: bytes) -> str:
    with pytest.raises(PlaceError) as caught:
        read_model(data)
    return str(caught.value)


# -- arrays of NumPy ----------------------------------------------------------------------------------------


def test_parameters_that_were_exported_come_back_with_their_activations(tmp_path: Path) -> None:
    mixed = (
        Dense(3, ("tanh", "leaky_relu", "relu"), alpha=0.3),
        Dense(2, "elu", alpha=0.7),
        Dense(1, "sigmoid"),
    )
    trainer = trainer_of(Design("m", Data("moons"), mixed))
    trainer.run(5)
    theta = trainer.snapshot().theta
    data = npz(parameter_arrays(trainer.network, theta) | activation_arrays(trainer.network))
    work = opened(tmp_path, "größe.npz", data)
    assert work.theta is not None and work.theta.tolist() == theta.tolist()
    assert work.design.dense == tuple(replace(layer, initializer="xavier") for layer in mixed)
    assert work.design.title == "größe"
    dataset = make_dataset(work.design.data)
    found = sample_losses(Network(work.design, dataset), work.theta, dataset)
    assert found.right is not None and found.right.mean() > 0.9  # its data are its own answers


def test_weights_and_biases_of_any_name_may_lie_either_way_round() -> None:
    rng = np.random.default_rng(0)
    W = [rng.standard_normal(shape) for shape in ((4, 3), (3, 3), (3, 2))]
    b = [rng.standard_normal(one.shape[1]) for one in W]
    x = rng.standard_normal((4, 7))
    want = W[2].T @ np.tanh(W[1].T @ np.tanh(W[0].T @ x + b[0][:, None]) + b[1][:, None]) + b[2][:, None]
    for turn in (False, True):
        arrays = {}
        for k, (weights, biases) in enumerate(zip(W, b, strict=True)):
            arrays |= {f"{k}.weight": weights.T if turn else weights, f"{k}.bias": biases}
        model = read_npz(npz(arrays))
        np.testing.assert_allclose(outputs_of(model, x), want)
        assert "no activations" in model.remark


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({}, "no pairs"),
        ({"W1": np.ones((2, 3))}, "needs an array W1"),
        (
            {"W1": np.ones((2, 3)), "b1": np.ones(3), "W2": np.ones((4, 1)), "b2": np.ones(1)},
            "“W2” has 4 rows",
        ),
        ({"a": np.ones((2, 2, 2)), "b": np.ones(2)}, "“a.npy” holds no numbers in rows"),
        ({"a": np.ones((5, 6)), "b": np.ones(2)}, "“a” and “b” are no weights"),
        ({"W1": np.full((1, 1), np.nan), "b1": np.ones(1)}, "not a finite number"),
        (
            {"W1": np.ones((1, 1)), "b1": np.ones(1), "activation1": np.array(["soul"])},
            "“activation1” must hold",
        ),
        ({"W1": np.ones((2000, 1)), "b1": np.ones(1)}, "at most"),
    ],
)
def test_arrays_that_are_no_network_are_told(arrays: dict[str, Array], said: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"“a\.npz”") as caught:
        opened(tmp_path, "a.npz", npz(arrays))
    assert said in str(caught.value)


def test_arrays_are_not_executed_and_do_not_fill_the_memory() -> None:
    stream = io.BytesIO()
    np.savez(stream, a=np.array([print], object))
    assert "holds no numbers" in refused(read_npz, stream.getvalue())
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("W1.npy", bytes(200_000_000))
    assert len(bomb.getvalue()) < 1_000_000
    assert "can be read" in refused(read_npz, bomb.getvalue())
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6)}
    )
    lying = io.BytesIO()
    with zipfile.ZipFile(lying, "w") as archive:
        archive.writestr("W1.npy", head.getvalue())
    assert "longer than it says" in refused(read_npz, lying.getvalue())


def mutants(data: bytes, count: int) -> list[bytes]:
    """Return copies of a file with bytes changed, removed or doubled."""
    rng = random.Random(3)
    found = []
    for _ in range(count):
        mutant = bytearray(data)
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(len(mutant))
            choice = rng.randrange(4)
            if choice == 0:
                del mutant[place : place + rng.randint(1, 30)]
            elif choice == 1:
                mutant[place:place] = mutant[place : place + 20]
            else:
                mutant[place] = rng.randrange(256)
        found.append(bytes(mutant) or b"x")
    return found


def survives(read_model: Any, data: bytes, count: int) -> int:
    """Read mutants of a file; each is read or refused in a sentence. Return how many were refused."""
    refusals = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for mutant in mutants(data, count):
            try:
                read_model(mutant)
            except PlaceError as error:
                refusals += 1
                assert str(error).endswith((".", "…."))
    return refusals


def test_damaged_arrays_are_refused_in_a_sentence() -> None:
    stream = io.BytesIO()
    np.savez(stream, W1=np.ones((3, 2)), b1=np.ones(2), W2=np.ones((2, 1)), b2=np.ones(1))
    assert survives(read_npz, stream.getvalue(), 300) > 100


# -- ONNX ---------------------------------------------------------------------------------------------------


@pytest.fixture
def helper() -> Any:
    return pytest.importorskip("onnx").helper


def exported(design: Design) -> tuple[bytes, Array, Array]:
    """Return the model of a design trained a little, its inputs as they were measured, and its outputs."""
    trainer = trainer_of(design)
    trainer.run(10)
    snapshot, dataset = trainer.snapshot(), trainer.dataset
    x = dataset.x
    if dataset.mean is not None and dataset.std is not None:
        x = x * dataset.std[:, None] + dataset.mean[:, None]
    return onnx_model(snapshot), x, sample_losses(trainer.network, snapshot.theta, dataset).o


@pytest.mark.oracle
@pytest.mark.parametrize("name", [name for name, entry in ACTIVATIONS.items() if not entry.layerwide])
def test_every_activation_is_recognized_alone_and_beside_others(name: str, helper: Any) -> None:
    alpha = None if ACTIVATIONS[name].alpha is None else 0.3
    others = ("tanh", name, "relu", name)
    layers = (Dense(3, name, alpha=alpha), Dense(4, others, alpha=alpha), Dense(1, "sigmoid"))
    data, x, o = exported(Design("a", Data("moons"), layers))
    model = read_onnx(data)
    assert [layer.activations for layer in model.layers] == [layer.activations for layer in layers]
    assert [layer.alpha for layer in model.layers] == [alpha, alpha, None]
    np.testing.assert_allclose(outputs_of(model, x), o, atol=1e-9)


@pytest.mark.oracle
def test_scaling_goes_into_the_first_weights(helper: Any, tmp_path: Path) -> None:
    data, x, o = exported(read(examples()["iris"]).design)
    model = read_onnx(data)
    np.testing.assert_allclose(outputs_of(model, x), o, atol=1e-9)
    assert model.mean is not None and model.std is not None
    np.testing.assert_allclose(model.mean, x.mean(axis=1), atol=0.3)
    work = opened(tmp_path, "a.onnx", data)
    dataset = make_dataset(work.design.data)
    assert dataset.feature_names == model.names
    found = sample_losses(Network(work.design, dataset), work.theta, dataset)
    assert found.right is not None and found.right.mean() > 0.9


def model_of(
    helper: Any, nodes: list[Any], arrays: dict[str, Array], columns: int = 3, opset: int = 17
) -> bytes:
    import onnx

    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", kind, [None, columns])],
        [helper.make_tensor_value_info("o", kind, None)],
        [onnx.numpy_helper.from_array(np.asarray(array, np.float32), name) for name, array in arrays.items()],
    )
    return bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)]).SerializeToString())


@pytest.mark.oracle
def test_what_other_exporters_write_is_understood(helper: Any) -> None:
    """MatMul and Add, Gemm with a transposed matrix, batch normalization, dropout, and GELU written out."""
    rng = np.random.default_rng(0)
    W, b, V, c = (rng.standard_normal(shape) for shape in ((3, 4), (4,), (2, 4), (2,)))
    scale, shift, mean, var = (
        rng.uniform(0.5, 2, 4),
        rng.standard_normal(4),
        rng.standard_normal(4),
        np.ones(4),
    )
    nodes = [
        helper.make_node("MatMul", ["x", "W"], ["m"]),
        helper.make_node("Add", ["b", "m"], ["z"]),
        helper.make_node("Pow", ["z", "three"], ["p"]),
        helper.make_node("Mul", ["p", "k"], ["q"]),
        helper.make_node("Add", ["z", "q"], ["r"]),
        helper.make_node("Mul", ["r", "s"], ["t"]),
        helper.make_node("Tanh", ["t"], ["u"]),
        helper.make_node("Add", ["u", "one"], ["v"]),
        helper.make_node("Mul", ["z", "v"], ["w"]),
        helper.make_node("Mul", ["w", "half"], ["a"]),
        helper.make_node("BatchNormalization", ["a", "scale", "shift", "mean", "var"], ["n"]),
        helper.make_node("Dropout", ["n"], ["d"]),
        helper.make_node("Gemm", ["d", "V", "c"], ["y"], transB=1),
        helper.make_node("Softmax", ["y"], ["o"], axis=-1),
    ]
    arrays = {
        "W": W, "b": b, "V": V, "c": c, "three": 3, "k": 0.044715, "s": np.sqrt(2 / np.pi), "one": 1,
        "half": 0.5, "scale": scale, "shift": shift, "mean": mean, "var": var,
    }  # fmt: skip
    model = read_onnx(model_of(helper, nodes, arrays))
    assert [set(layer.activations) for layer in model.layers] == [{"gelu"}, {"softmax"}]
    x = rng.standard_normal((3, 9))
    a = ACTIVATIONS["gelu"].g(W.T @ x + b[:, None])
    n = (a - mean[:, None]) / np.sqrt(1 + 1e-5) * scale[:, None] + shift[:, None]
    np.testing.assert_allclose(outputs_of(model, x), ACTIVATIONS["softmax"].g(V @ n + c[:, None]), atol=1e-5)


@pytest.mark.oracle
@pytest.mark.parametrize("scaled", [False, True])
def test_an_output_may_follow_a_scaled_activation(scaled: bool, helper: Any) -> None:
    nodes = [
        helper.make_node("Gemm", ["x", "W"], ["z"]),
        helper.make_node("Tanh", ["z"], ["a" if scaled else "o"]),
    ]
    nodes += [helper.make_node("Mul", ["a", "two"], ["o"])] if scaled else []
    model = read_onnx(model_of(helper, nodes, {"W": np.ones((3, 2)), "two": 2}))
    assert [layer.activations[0] for layer in model.layers] == (["tanh", "linear"] if scaled else ["tanh"])
    x = np.linspace(-1, 1, 12).reshape(3, 4)
    np.testing.assert_allclose(outputs_of(model, x), (1 + scaled) * np.tanh(np.ones((2, 3)) @ x), atol=1e-6)


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([("Conv", ["x", "W"], ["o"], {})], "node “n0” (Conv)"),
        ([("Gemm", ["x", "W"], ["o"], {"transA": 1})], "samples must be rows"),
        ([("MatMul", ["x", "W"], ["z"], {}), ("Mul", ["z", "x"], ["o"], {})], "node “n1” (Mul)"),
        ([("MatMul", ["x", "x"], ["o"], {})], "matrix of weights"),
        ([("Sin", ["x"], ["o"], {})], "(Sin)"),
        ([("Softplus", ["x"], ["a"], {}), ("Sigmoid", ["a"], ["b"], {}), ("MatMul", ["b", "W"], ["o"], {})],
         "is no activation"),
        ([("Softmax", ["x"], ["o"], {"axis": 0})], "over the columns"),
        ([("MatMul", ["y", "W"], ["o"], {})], "a value that there is not"),
        ([("Add", ["x", "W"], ["o"], {})], "for each column"),
        ([("Relu", ["x"], ["a"], {}), ("Tanh", ["x"], ["b"], {}), ("MatMul", ["a", "W"], ["c"], {}),
          ("MatMul", ["b", "W"], ["d"], {}), ("Add", ["c", "d"], ["o"], {})], "branches"),
        ([], "no output"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(nodes: list[Any], said: str, helper: Any) -> None:
    made = [
        helper.make_node(op, ins, outs, name=f"n{k}", **more) for k, (op, ins, outs, more) in enumerate(nodes)
    ]
    sentence = refused(read_onnx, model_of(helper, made, {"W": np.ones((3, 3))}))
    assert said in sentence and sentence.endswith(".")


@pytest.mark.oracle
def test_hostile_models_are_refused_soon(helper: Any, tmp_path: Path) -> None:
    import onnx

    chain = [
        helper.make_node("MatMul", ["x" if k == 0 else f"v{k}", "W"], [f"v{k + 1}"]) for k in range(4000)
    ]
    chain[-1].output[0] = "o"
    assert "too large" in refused(read_onnx, model_of(helper, chain, {"W": np.eye(1000)}, columns=1000))
    many = [helper.make_node("Relu", ["x"], ["o"])] * 5000
    assert "at most 4,096" in refused(read_onnx, model_of(helper, many, {}))
    assert "columns" in refused(read_onnx, model_of(helper, many[:1], {}, columns=10**9))
    model = onnx.load_from_string(
        model_of(helper, [helper.make_node("Gemm", ["x", "W"], ["o"])], {"W": np.eye(3)})
    )
    tensor = model.graph.initializer[0]
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    assert "lies in another file" in refused(read_onnx, model.SerializeToString())
    tensor.data_location = onnx.TensorProto.DEFAULT
    tensor.dims[:] = [10**9, 10**9]
    assert "no numbers that can be read" in refused(read_onnx, model.SerializeToString())
    with pytest.raises(FileError, match=r"“a\.onnx”: it is no ONNX model"):
        opened(tmp_path, "a.onnx", b"\xff" * 100)


@pytest.mark.oracle
def test_damaged_models_are_refused_in_a_sentence(helper: Any) -> None:
    layers = (Dense(3, ("tanh", "relu", "elu")), Dense(2, "gelu"), Dense(3, "softmax"))
    data, _x, _o = exported(replace(read(examples()["iris"]).design, layers=layers))
    assert survives(read_onnx, data, 300) > 30
