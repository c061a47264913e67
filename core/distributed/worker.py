"""Trains a dense network with PyTorch, in one process or in many that share every batch.

    python run.py                                             one process
    torchrun --standalone --nproc-per-node 4 run.py           four on this machine
    torchrun --nnodes 10 --nproc-per-node 8 --rdzv-backend c10d --rdzv-endpoint HOST:29500 run.py

The last line is run on each of ten machines, which all see the same files. What is trained is in
``run_data.npz`` beside the script; another such file can be named as argument. Every process computes the
gradient of its share of a batch; their sum is that of the whole batch (DistributedDataParallel, with NCCL on
GPUs and gloo on CPUs). The first process keeps a checkpoint, from which a run that was ended goes on by
itself, and writes the result as a design file of Glassnet.

Rows are samples. This file imports nothing of Glassnet, so that it works wherever PyTorch does.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import distributed

from .batches import Array, ArrayBatches, Plan, ShardBatches, targets

FLUSH_EVERY = 64  # updates after which the losses of all processes are added up
MOST_LOSSES, MOST_RECORDS, MOST_MOMENTS = 1 << 17, 1 << 10, 64
MOST_MOMENT_NUMBERS = 300_000  # in the result, which is a text file
FEW_PRODUCTS = 50_000_000  # in a batch, for one thread
MOST_BYTES = 16 << 20  # of a design file
DIVERGED = 3  # exit code

# -- activations and losses -------------------------------------------------------------------------------

ACTIVATIONS = {
    "linear": lambda z, alpha: z,
    "sigmoid": lambda z, alpha: torch.sigmoid(z),
    "tanh": lambda z, alpha: torch.tanh(z),
    "relu": lambda z, alpha: torch.relu(z),
    "leaky_relu": lambda z, alpha: torch.where(z > 0, z, alpha * z),
    "elu": torch.nn.functional.elu,
    "gelu": lambda z, alpha: torch.nn.functional.gelu(z, approximate="tanh"),
    "softplus": lambda z, alpha: torch.logaddexp(z, torch.zeros_like(z)),
    "step": lambda z, alpha: (z >= 0).to(z.dtype) + 0 * z,  # its derivative is 0
    "sign": lambda z, alpha: 2 * (z >= 0).to(z.dtype) - 1 + 0 * z,
    "softmax": lambda z, alpha: torch.softmax(z, dim=1),
}


def times_ln(y: Any, p: Any) -> Any:
    """Return y ln p, with 0 ln 0 = 0."""
    return y * torch.log(torch.where(y == 0, torch.ones_like(p), p))


LOSSES = {
    "mse": lambda o, y, delta: (o - y) ** 2,
    "mae": lambda o, y, delta: torch.abs(o - y),
    "huber": lambda o, y, delta: torch.nn.functional.huber_loss(o, y, reduction="none", delta=delta),
    "hinge": lambda o, y, delta: torch.relu(1 - y * o),
    "bce": lambda o, y, delta: -(times_ln(y, o) + times_ln(1 - y, 1 - o)),
    "cce": lambda o, y, delta: -times_ln(y, o),
}
OF_Z = {
    "sigmoid bce": lambda z, y: torch.nn.functional.softplus(z) - y * z,
    "softmax cce": lambda z, y: -y * torch.log_softmax(z, dim=1),
    "sigmoid cce": lambda z, y: -y * torch.nn.functional.logsigmoid(z),
}
"""The loss as a function of z of the output layer, where activation and loss are computed together."""


class TorchNetwork(torch.nn.Module):  # type: ignore[misc,unused-ignore]
    """Dense layers with weights W (inputs, neurons) and biases b, and an activation for each neuron."""

    def __init__(self, plan: Plan, theta: Array) -> None:
        super().__init__()
        self.layers, self.W, self.b = plan["layers"], torch.nn.ParameterList(), torch.nn.ParameterList()
        for W, b in parts(plan, theta):
            self.W.append(torch.nn.Parameter(torch.from_numpy(W.copy())))
            self.b.append(torch.nn.Parameter(torch.from_numpy(b.copy())))

    def forward(self, a: Any, masks: dict[int, Any]) -> tuple[Any, Any]:
        """Return z and a of the output layer for inputs (samples, features)."""
        z = a
        for l, layer in enumerate(self.layers):
            entering = a * masks[l] if l in masks else a
            z = entering @ self.W[l] + self.b[l]
            spans = [
                ACTIVATIONS[name](z[:, start:stop], alpha) for start, stop, name, alpha in layer["spans"]
            ]
            a = spans[0] if len(spans) == 1 else torch.cat(spans, dim=1)
        return z, a


def parts(plan: Plan, flat: Array) -> list[tuple[Array, Array]]:
    """Return the parts W and b of every layer in a flat vector of parameters, as views."""
    found, place = [], 0
    for layer in plan["layers"]:
        n_in, n_out = layer["n_in"], layer["n_out"]
        packed = flat[place : place + (n_in + 1) * n_out].reshape(n_in + 1, n_out)
        found.append((packed[:-1], packed[-1]))
        place += packed.size
    return found


def terms(plan: Plan, z: Any, a: Any, y: Any) -> Any:
    """Return the loss L of every sample and output."""
    loss = plan["loss"]
    return OF_Z[loss["of_z"]](z, y) if loss["of_z"] else LOSSES[loss["name"]](a, y, loss["delta"])


def share_of_loss(plan: Plan, samples: int) -> float:
    """Return the weight of one term L in the loss J of a batch."""
    loss, outputs = plan["loss"], plan["layers"][-1]["n_out"]
    half = 0.5 if loss["reduction"] == "half sum" else 1.0
    over = (samples if loss["over_samples"] == "mean" else 1) * (
        outputs if loss["reduction"] == "mean" else 1
    )
    return half / over


# -- training ---------------------------------------------------------------------------------------------

MEMORY = {
    "gradient_descent": [],
    "momentum": ["momentum_buffer"],
    "nesterov": ["momentum_buffer"],
    "rmsprop": ["square_avg"],
    "adam": ["exp_avg", "exp_avg_sq"],
}
"""The names of the vectors that the optimizers of PyTorch remember."""


def optimizer_of(plan: Plan, network: TorchNetwork) -> torch.optim.Optimizer:
    """Return the optimizer of a plan."""
    chosen, rate, parameters = plan["optimizer"], plan["learning_rate"], list(network.parameters())
    match chosen["name"]:
        case "momentum":
            return torch.optim.SGD(parameters, rate, momentum=chosen["momentum"])
        case "nesterov":
            mu = chosen["momentum"]
            return torch.optim.SGD(parameters, rate, momentum=mu, nesterov=mu > 0)
        case "rmsprop":
            return torch.optim.RMSprop(parameters, rate, alpha=chosen["decay"], eps=chosen["epsilon"])
        case "adam":
            betas = chosen["beta1"], chosen["beta2"]
            return torch.optim.Adam(parameters, rate, betas=betas, eps=chosen["epsilon"])
        case _:
            return torch.optim.SGD(parameters, rate)


class TorchCurves:
    """The record of a run in the first process: losses, points at the ends of epochs, and moments.

    A moment holds parameters and memory after some number of updates. All three are thinned: the longer the
    run, the fewer are kept.
    """

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.pending: list[float] = []
        self.records: list[list[Any]] = []
        self.moments: list[tuple[int, Array, Array]] = []
        self.stride = self.moment_stride = self.record_stride = 1

    def add_losses(self, losses: list[float]) -> None:
        """Append the losses of the next updates."""
        self.pending += losses
        while len(self.pending) >= self.stride:
            head, self.pending = self.pending[: self.stride], self.pending[self.stride :]
            self.losses.append(sum(head) / self.stride)
        if len(self.losses) >= MOST_LOSSES:
            self.losses = np.reshape(self.losses[: MOST_LOSSES // 2 * 2], (-1, 2)).mean(axis=1).tolist()
            self.stride *= 2

    def add_record(self, epoch: int, record: list[Any]) -> None:
        """Append the point at the end of an epoch."""
        self.records.append(record)
        if len(self.records) > MOST_RECORDS:
            self.record_stride *= 2
            self.records = [one for one in self.records if one[1] % self.record_stride == 0]

    def add_moment(self, iteration: int, theta: Array, memory: Array) -> None:
        """Append a moment."""
        most = min(MOST_MOMENTS, MOST_MOMENT_NUMBERS // (theta.size + memory.size))
        if most < 2 or (self.moments and self.moments[-1][0] >= iteration):
            return
        self.moments.append((iteration, theta, memory))
        while len(self.moments) > most:
            self.moment_stride *= 2
            self.moments = [one for one in self.moments if one[0] % self.moment_stride == 0]

    def state(self) -> dict[str, Array]:
        """Return all as arrays."""
        strides = [self.stride, self.moment_stride, self.record_stride]
        return {
            "losses": np.array(self.losses),
            "pending": np.array(self.pending),
            "strides": np.array(strides),
            "records": np.array(json.dumps(self.records)),
            "moment_at": np.array([at for at, _, _ in self.moments], int),
            "moment_theta": np.array([theta for _, theta, _ in self.moments]),
            "moment_memory": np.array([memory for _, _, memory in self.moments]),
        }

    def restore(self, state: dict[str, Array]) -> None:
        """Restore what `state` returned."""
        self.losses, self.pending = state["losses"].tolist(), state["pending"].tolist()
        self.stride, self.moment_stride, self.record_stride = state["strides"].tolist()
        self.records = json.loads(str(state["records"]))
        kept = state["moment_at"].tolist(), state["moment_theta"], state["moment_memory"]
        self.moments = list(zip(*kept, strict=True))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that the old one or the new one is complete at any time. Raises OSError."""
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def write_arrays(path: Path, **arrays: Array) -> None:
    """Write arrays as an .npz file, as `write_whole` does."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type,unused-ignore]
    write_whole(path, stream.getvalue())


def unwritten(path: Path, error: OSError) -> str:
    """Return the beginning of a sentence on a file that could not be written."""
    return f"“{path.name}” was not written: {(error.strerror or str(error)).lower()}"


class TorchRun:
    """One process of a run: its copy of the network and its share of the batches."""

    def __init__(self, file: Path) -> None:
        with np.load(file) as arrays:
            data = {name: arrays[name] for name in arrays.files}
        self.plan: Plan = json.loads(str(data.pop("plan")))
        self.plan["folder"] = str((file.parent / self.plan["folder"]).resolve())
        self.file, self.out = file, (file.parent / self.plan["out"]).resolve()
        self.checkpoint = self.out.with_name(self.out.name + ".checkpoint")
        self.rank, self.world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
        self.device = self._join()
        self.iteration, self.curves = self.plan["first"], TorchCurves()
        state = {"theta": data["theta"], "memory": data["memory"]}
        if self.checkpoint.exists():
            state = self._resumed()
        self.network = TorchNetwork(self.plan, state["theta"]).to(self.device)
        self.fixed = [
            torch.from_numpy(one.copy()).to(self.device)
            for pair in parts(self.plan, data["fixed"])
            for one in pair
        ]
        self.held = bool(data["fixed"].any())
        self.optimizer = optimizer_of(self.plan, self.network)
        self._remember(state["memory"])
        self.shared = self._shared()
        if "shards" in self.plan:
            self.batches: Any = ShardBatches(self.plan, self.rank, self.world)
        else:
            self.batches = ArrayBatches(self.plan, data["x"], data["labels"], self.rank, self.world)
        self.test = data["test_x"], data["test_labels"]
        self._losses: list[Any] = []
        self._norms: list[float] = []
        self._said = self._kept = self._began = time.monotonic()
        self._at_start, self._samples = self.iteration, 0

    def _join(self) -> torch.device:
        """Connect to the other processes; return the device of this one."""
        cuda = self.plan["device"] == "cuda"
        if cuda:
            torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
        else:
            torch.set_num_threads(self._threads())
        if self.world > 1:
            meeting = os.environ.get("MEETING_FILE")
            place = f"file://{meeting}" if meeting else "env://"
            distributed.init_process_group(
                "nccl" if cuda else "gloo", place, rank=self.rank, world_size=self.world
            )
        return torch.device("cuda" if cuda else "cpu")

    def _threads(self) -> int:
        """Return the useful number of threads: a small batch of a small network needs only one."""
        weights = sum(layer["n_in"] * layer["n_out"] for layer in self.plan["layers"])
        here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
        return max(1, (os.cpu_count() or 1) // here) if weights * self.plan["batch"] > FEW_PRODUCTS else 1

    def _shared(self) -> Any:
        if self.world == 1:
            return self.network
        ids = [torch.cuda.current_device()] if self.device.type == "cuda" else None
        return torch.nn.parallel.DistributedDataParallel(self.network, device_ids=ids)

    # -- state ------------------------------------------------------------------------------------

    def theta(self) -> Array:
        """Return all parameters as one vector, layer after layer, weights before biases."""
        return self._flat([p.detach() for p in self._parameters()])

    def memory(self) -> Array:
        """Return the memory of the optimizer, (vectors, parameters)."""
        names, every = MEMORY[self.plan["optimizer"]["name"]], self._parameters()
        rows = [self._flat([self._remembered(p, name) for p in every]) for name in names]
        return np.stack(rows) if rows else np.zeros((0, sum(p.numel() for p in every)))

    def _remembered(self, parameter: Any, name: str) -> Any:
        """Return a vector of the optimizer; with μ = 0, for which PyTorch keeps none, v is the gradient."""
        if self.plan["optimizer"].get("momentum") == 0 and parameter.grad is not None:
            return parameter.grad
        return self.optimizer.state[parameter].get(name, torch.zeros_like(parameter))

    def _parameters(self) -> list[Any]:
        return [one for pair in zip(self.network.W, self.network.b, strict=True) for one in pair]

    def _flat(self, tensors: list[Any]) -> Array:
        return np.concatenate([one.cpu().numpy().reshape(-1) for one in tensors])

    def _remember(self, memory: Array) -> None:
        """Set the optimizer's memory of the updates before."""
        done = self.iteration - self.plan["optimizer_first"]
        names = MEMORY[self.plan["optimizer"]["name"]]
        if not done or not names:
            return
        for k, parameter in enumerate(self._parameters()):
            rows = [parts(self.plan, row)[k // 2][k % 2] for row in memory]
            kept = {
                name: torch.from_numpy(row.copy()).to(self.device)
                for name, row in zip(names, rows, strict=True)
            }
            self.optimizer.state[parameter] = {"step": torch.tensor(float(done)), **kept}

    def _resumed(self) -> dict[str, Array]:
        """Return parameters and memory of the checkpoint, and restore the state of the run."""
        with np.load(self.checkpoint) as arrays:
            state = {name: arrays[name] for name in arrays.files}
        if str(state["key"]) != self.plan["key"] or int(state["world"]) != self.world:
            raise SystemExit(
                f"{self.checkpoint.name} belongs to another run or another number of processes: "
                "take the same settings, or delete it."
            )
        self.iteration = int(state["iteration"])
        self.curves.restore(state)
        return state

    def _keep(self) -> None:
        """Write a checkpoint; if there is no room for it, print a message and continue."""
        self._kept = time.monotonic()
        state: dict[str, Any] = self.curves.state()
        try:
            write_arrays(
                self.checkpoint, theta=self.theta(), memory=self.memory(), iteration=np.array(self.iteration),
                key=np.array(self.plan["key"]), world=np.array(self.world), **state,
            )  # fmt: skip
        except OSError as error:
            sys.stdout.write(f"{unwritten(self.checkpoint, error)}; the run goes on.\n")
            sys.stdout.flush()

    # -- updates ----------------------------------------------------------------------------------

    def train(self) -> None:
        """Make the updates of the plan, and write the result."""
        goal = self.plan["first"] + self.plan["iterations"]
        if self.rank == 0 and not self.curves.moments:
            self.curves.add_moment(self.iteration, self.theta(), self.memory())
        while self.iteration < goal:
            self._update()
            t = self.iteration
            ends = (t - self.plan["order"]["first"]) % self.batches.per_epoch == 0
            if ends or t % FLUSH_EVERY == 0 or t == goal:
                self._flush(ends)
        if self.rank == 0:
            self._write()
        if self.world > 1:
            distributed.barrier()
            distributed.destroy_process_group()

    def _update(self) -> None:
        """Make one update with the gradient of the whole batch."""
        x, y, size, mine = self.batches.at(self.iteration)
        dtype = torch.float64 if self.plan["dtype"] == "float64" else torch.float32
        inputs = torch.from_numpy(x).to(self.device, dtype)
        wanted = torch.from_numpy(np.ascontiguousarray(y)).to(self.device, dtype)
        self.optimizer.zero_grad()
        z, a = self.shared(inputs, self._masks(size, mine, dtype))
        share = share_of_loss(self.plan, size)
        J = terms(self.plan, z, a, wanted).sum() * share
        followed = J
        if self.plan["perceptron"]:  # the rule uses o - y in place of the derivative dJ/dz
            over = size if self.plan["loss"]["over_samples"] == "mean" else 1
            followed = ((a - wanted).detach() * z).sum() / over
        # The gradients of all processes are averaged, so each is multiplied by their number.
        (self.world * followed + self._penalty()).backward()
        if (self.iteration + 1 - self.plan["order"]["first"]) % self.batches.per_epoch == 0:
            self._norms = self._gradient_norms()
        if self.held:
            for parameter, mask in zip(self._parameters(), self.fixed, strict=True):
                parameter.grad[mask] = 0
        self.optimizer.step()
        self._losses.append(J.detach())
        self._samples += size
        self.iteration += 1
        if self.rank == 0 and self.iteration % self.curves.moment_stride == 0:
            self.curves.add_moment(self.iteration, self.theta(), self.memory())

    def _gradient_norms(self) -> list[float]:
        """Return the Euclidean norm of the gradient of each layer, weights and biases together."""
        pairs = zip(self.network.W, self.network.b, strict=True)
        return [float(torch.sqrt((W.grad**2).sum() + (b.grad**2).sum())) for W, b in pairs]

    def _penalty(self) -> Any:
        l1, l2 = self.plan["l1"], self.plan["l2"]
        total = torch.zeros((), dtype=self.network.W[0].dtype, device=self.device)
        for W in self.network.W if l1 or l2 else ():
            total = total + l1 * torch.abs(W).sum() + l2 / 2 * (W**2).sum()
        return total

    def _masks(self, size: int, mine: slice, dtype: Any) -> dict[int, Any]:
        """Return this process's slice of the dropout masks, which are drawn for the whole batch."""
        found: dict[int, Any] = {}
        rng = np.random.default_rng((self.plan["seed"], self.iteration + 1))
        for l, layer in enumerate(self.plan["layers"]):
            if layer["dropout"]:
                keep = 1 - layer["dropout"]
                mask = (rng.random((layer["n_in"], size)) < keep) / keep
                found[l] = torch.from_numpy(mask[:, mine].T.copy()).to(self.device, dtype)
        return found

    def _flush(self, epoch_ends: bool) -> None:
        """Add up the losses of all processes; the first one records and prints them, and saves the run."""
        losses = torch.stack(self._losses)
        if self.world > 1:
            distributed.all_reduce(losses)
        self._losses = []
        found = losses.tolist()
        if not np.isfinite(found).all():
            sys.stderr.write(
                f"Training diverged near iteration {self.iteration}: try a smaller learning rate.\n"
            )
            raise SystemExit(DIVERGED)
        if self.rank:
            return
        self.curves.add_losses(found)
        if epoch_ends:
            self._record()
        now = time.monotonic()
        if now - self._kept >= self.plan["checkpoint_seconds"]:
            self._keep()
        if now - self._said >= 1:
            self._said = now
            self._say(found[-1])

    def _record(self) -> None:
        """Record the scores at the end of an epoch."""
        first, per_epoch = self.plan["order"]["first"], self.batches.per_epoch
        epoch = self.plan["epochs_before"] + (self.iteration - first) // per_epoch
        if epoch % self.curves.record_stride:
            return
        last = (self.curves.losses[-per_epoch:] if self.curves.stride == 1 else self.curves.losses[-1:]) or [
            0.0
        ]
        record = {
            "iteration": self.iteration,
            "epoch": epoch,
            "train": sum(last) / len(last),
            "gradient": self._norms,
        }
        self.curves.add_record(epoch, [self.iteration, epoch, {**record, **self._score()}])

    def _score(self) -> dict[str, float | None]:
        """Return loss and accuracy or R² on the test set; nothing if there is none."""
        x, labels = self.test
        if not len(x):
            return {}
        y = targets(self.plan, labels)
        dtype = self.network.W[0].dtype
        with torch.no_grad():
            z, a = self.network(torch.from_numpy(x).to(self.device, dtype), {})
            found = terms(self.plan, z, a, torch.from_numpy(np.ascontiguousarray(y)).to(self.device, dtype))
            outputs = self.plan["layers"][-1]["n_out"]
            half = 0.5 if self.plan["loss"]["reduction"] == "half sum" else 1.0
            mean = half / len(x) / (outputs if self.plan["loss"]["reduction"] == "mean" else 1)
            loss = float(found.sum()) * (
                mean if self.plan["loss"]["over_samples"] == "mean" else mean * len(x)
            )
        o = a.cpu().numpy()
        if labels.ndim == 1:
            decided = o[:, 0] > (1 + self.plan["negative"]) / 2 if outputs == 1 else o.argmax(axis=1)
            return {"test": loss, "accuracy": float(np.mean(decided == labels))}
        spread = ((y - y.mean(axis=0)) ** 2).sum(axis=0)
        varying = spread > 0
        r2 = 1 - ((o - y) ** 2).sum(axis=0)[varying] / spread[varying]
        return {"test": loss, "r2": float(r2.mean()) if varying.any() else None}

    def _say(self, loss: float) -> None:
        rate = self._samples / max(time.monotonic() - self._began, 1e-9)
        goal = self.plan["first"] + self.plan["iterations"]
        epoch = (
            self.plan["epochs_before"]
            + (self.iteration - self.plan["order"]["first"]) // self.batches.per_epoch
        )
        sys.stdout.write(
            f"epoch {epoch:,}, iteration {self.iteration:,} of {goal:,}, train loss {loss:.6g}, "
            f"{rate:,.0f} samples/s\n"
        )
        sys.stdout.flush()

    # -- result -----------------------------------------------------------------------------------

    def _write(self) -> None:
        """Write the result as a design file, and delete the checkpoint.

        If that would be too large to be opened, moments are left out, then the optimizer's memory.
        """
        for moments, memory in ((True, True), (False, True), (False, False)):
            text = json.dumps(self._result(moments, memory), allow_nan=False).encode()
            if len(text) <= MOST_BYTES:
                break
        else:
            self._write_parameters()
        self._save(self.out, lambda: write_whole(self.out, text))
        self.checkpoint.unlink(missing_ok=True)
        self._say(self.curves.losses[-1] if self.curves.losses else float("nan"))

    def _save(self, place: Path, write: Callable[[], None]) -> None:
        """Save a result, or end with a sentence on why that is impossible and how to continue the run."""
        try:
            write()
        except OSError as error:
            on = "goes on from the last checkpoint" if self.checkpoint.exists() else "makes the run again"
            raise SystemExit(f"{unwritten(place, error)}; make room, and the same command {on}.") from None

    def _result(self, moments: bool, memory: bool) -> Plan:
        curves, remembered = self.curves, self.memory().tolist()
        kept = [one for one in curves.moments if moments and memory and one[0] < self.iteration]
        return {
            **self.plan["file"],
            **({"memory": remembered} if remembered and memory else {}),
            "theta": self.theta().tolist(),
            "iteration": self.iteration,
            "origin": self.plan["origin"],
            "run": {
                "first": self.plan["first"],
                "batches": self.batches.per_epoch,
                "stride": curves.stride,
                "losses": curves.losses,
                "records": [record for _, _, record in curves.records],
                "moments": [
                    {"at": at, "parameters": theta.tolist(), "optimizer": rows.tolist()}
                    for at, theta, rows in kept
                ],
            },
        }

    def _write_parameters(self) -> None:
        """Write the parameters as arrays, which Glassnet opens too; end, since there is no design file."""
        place = self.out.with_suffix(".npz")
        arrays: dict[str, Any] = {}
        for l, (W, b) in enumerate(parts(self.plan, self.theta()), start=1):
            spans = self.plan["layers"][l - 1]["spans"]
            names = [name for start, stop, name, _ in spans for _ in range(start, stop)]
            arrays |= {f"W{l}": W, f"b{l}": b, f"activation{l}": np.array(names)}
        self._save(place, lambda: write_arrays(place, **arrays))
        raise SystemExit(f"The network is too large for a design file: its parameters are in {place.name}.")


def main() -> None:
    """Train according to the file named as argument, or the one beside this script."""
    beside = Path(__file__).with_name(f"{Path(__file__).stem}_data.npz")
    TorchRun(Path(sys.argv[1]) if len(sys.argv) > 1 else beside).train()


if __name__ == "__main__":
    main()
