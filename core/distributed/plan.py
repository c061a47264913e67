"""The plan of a run, as one file for all its processes, and the script that each of them runs.

The script consists of `core.distributed.batches` and `core.distributed.worker`. It reads the file, which has
the plan as JSON and, as arrays, parameters, the optimizer's memory and samples that are in memory.
"""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ..arrays import Array
from ..export.run_start import RunStart
from ..export.script_parts import npz, tags_of
from ..nn.batches import PASSES_IN_BLOCK
from ..nn.network import NetworkLayer
from ..project.files import DesignFile, text_of_file

MOST_TEST = 20_000
CHECKPOINT_SECONDS = 30.0


@dataclass(frozen=True)
class Shards:
    """A table as shards, as the plan of a run holds it.

    ``plan`` names the files, the columns and how they are scaled (see `core.distributed.scan`);
    ``test_x`` (samples, features) and ``test_labels`` are some of the rows held back from training.
    """

    plan: dict[str, Any]
    test_x: Array
    test_labels: Array


@dataclass(frozen=True)
class DistributedRun:
    """A run to be made elsewhere: its start, the number of updates, and the file of its result.

    ``out`` is relative to the folder of the plan's file, or absolute; ``text`` is the design file there
    before the run (empty: one that contains its table). ``shards`` are the samples; None: those of the start.
    """

    start: RunStart
    iterations: int
    out: str
    shards: Shards | None = None
    device: str = "cpu"
    checkpoint_seconds: float = CHECKPOINT_SECONDS
    text: bytes = b""


def plan_file(run: DistributedRun) -> bytes:
    """Return the contents of the .npz file of a run."""
    start, network, dataset = run.start, run.start.network, run.start.dataset
    arrays: dict[str, Array] = {
        "theta": start.theta,
        "memory": start.memory,
        "fixed": np.isin(np.arange(network.parameters), network.fixed),
    }
    if run.shards is None:
        labels = dataset.labels.T
        few = dataset.test[:: max(1, -(-dataset.test.size // MOST_TEST))]
        arrays |= {
            "x": dataset.x.T[dataset.train].astype(network.dtype),
            "labels": labels[dataset.train],
            "test_x": dataset.x.T[few].astype(network.dtype),
            "test_labels": labels[few],
        }
    else:
        arrays |= {"test_x": run.shards.test_x, "test_labels": run.shards.test_labels}
    plan = _plan(run)
    plan["key"] = _key(plan, arrays)
    return npz({**arrays, "plan": np.array(json.dumps(plan))})


def _key(plan: dict[str, Any], arrays: dict[str, Array]) -> str:
    """Return what identifies a run, so that a checkpoint of another one is not used."""
    hashed = hashlib.sha256()
    same = {
        name: part for name, part in plan.items() if name not in ("iterations", "out", "folder", "device")
    }
    hashed.update(json.dumps({**same, "checkpoint_seconds": 0}, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        hashed.update(name.encode() + np.ascontiguousarray(array).tobytes())
    return hashed.hexdigest()


def _plan(run: DistributedRun) -> dict[str, Any]:
    start, network, training = run.start, run.start.network, run.start.network.design.training
    plan: dict[str, Any] = {
        "layers": [_layer(layer) for layer in network.layers],
        "dtype": training.precision,
        "loss": _loss(start),
        "negative": start.dataset.negative,
        "perceptron": network.perceptron,
        "l1": training.l1,
        "l2": training.l2,
        "seed": training.seed,
        "optimizer": msgspec.to_builtins(training.optimizer),
        "optimizer_first": start.origin.optimizer,
        "learning_rate": start.learning_rate,
        "batch": start.batch,
        "first": start.iteration,
        "iterations": run.iterations,
        "order": {
            "first": start.origin.iteration, "start": start.first_sample, "passes": PASSES_IN_BLOCK
        },
        "epochs_before": start.origin.epochs,
        "origin": vars(start.origin),
        "device": run.device,
        "checkpoint_seconds": run.checkpoint_seconds,
        "folder": ".",
        "out": run.out,
        "file": json.loads(run.text or text_of_file(DesignFile(network.design))),
    }  # fmt: skip
    return plan if run.shards is None else plan | run.shards.plan


def _layer(layer: NetworkLayer) -> dict[str, Any]:
    spans = [(one.start, one.stop, one.activation.name, one.alpha) for one in layer.spans]
    return {"n_in": layer.n_in, "n_out": layer.n_out, "spans": spans, "dropout": layer.dropout}


def _loss(start: RunStart) -> dict[str, Any]:
    loss, tags = start.network.loss, tags_of(start)
    return {
        "name": tags[1],
        "of_z": " ".join(tags) if start.network.fused is not None else "",
        "delta": getattr(loss, "delta", 1.0),
        "reduction": loss.reduction,
        "over_samples": loss.over_samples,
    }


def script() -> str:
    """Return the script that every process of a run executes."""
    folder = Path(__file__).parent
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("batches.py", "worker.py")]
    doc = ast.get_docstring(ast.parse(texts[1]), clean=False)
    body = "\n".join(_body(text) for text in texts)
    return f'"""{doc}"""\n\nfrom __future__ import annotations\n\n{body}\n'


def _body(text: str) -> str:
    """Return a module without its docstring and without the imports that only the program has."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        relative = isinstance(node, ast.ImportFrom) and (node.level or node.module == "__future__")
        if relative or (isinstance(node, ast.Expr) and node.lineno == 1):
            assert node.end_lineno is not None
            lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    return "\n".join(lines).strip() + "\n"
