"""The estimate of a design's memory, compared with that of the real process."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.lecture.scene import read_scene, scene_files, write_scene
from core.lecture.subjects import Networks, Start
from core.nn.design import Data, Dense, Design, Dropout, Training
from core.nn.design_problems import problems
from core.nn.losses import MSE
from core.nn.memory import MOST_BYTES, bytes_needed
from core.nn.optimizers import Adam
from core.project.files import DesignFile, examples, read, write
from core.project.json_io import FileError
from gui.launch import main

SINE = Data(source="sine", samples=2000, test_share=0.3)


def design(widths: list[int], data: Data = SINE, dropout: bool = False, **training: object) -> Design:
    layers: list[Dense | Dropout] = [Dense(width) for width in widths]
    if dropout:
        layers.append(Dropout(0.5))
    return Design(
        data=data,
        layers=(*layers, Dense(1, "linear")),
        training=Training(loss=MSE(), **training),  # type: ignore[arg-type]
    )


DESIGNS = {
    "full batch": design([256] * 4, gradient_descent="batch"),
    "many parameters, Adam": design([1024, 1024], optimizer=Adam(), batch_size=10),
    "many samples": design([256] * 4, replace(SINE, samples=3000), batch_size=10),
    "dropout": design([500, 500], dropout=True, gradient_descent="batch"),
    "float32": design([512] * 4, gradient_descent="batch", precision="float32"),
}

MEASURED = """
import resource, sys, msgspec
from core.debugger.run import Run
from core.debugger.queries import findings_of
from core.data.datasets import make_dataset
from core.nn.design import Design
from core.nn.network import Network
from core.nn.trainer import Phase, Trainer
design = msgspec.json.decode(sys.stdin.buffer.read(), type=Design)
dataset = make_dataset(design.data)
def peak():
    try:  # of this program alone: the other figure begins with that of the process it was started from
        with open("/proc/self/status") as status:
            return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
run = Run(Trainer(Network(design, dataset), dataset))
run.trainer.run(2)
run.trainer.advance(Phase.UPDATE)
replayer = run.navigator.replayer(0)
replayer.run(2)
replayer.advance(Phase.UPDATE)
seen = run.snapshot(), replayer.snapshot(), findings_of(run, run.snapshot())
print(peak() - before)
"""


def estimated(chosen: Design, *, planes: bool = True) -> int:
    dataset = make_dataset(chosen.data)
    n = [dataset.features, *(layer.neurons for layer in chosen.dense)]
    samples = dataset.train.size, dataset.test.size
    masked = [
        chosen.layers[k - 1].neurons for k, layer in enumerate(chosen.layers) if isinstance(layer, Dropout)
    ]
    itemsize = 8 if chosen.training.precision == "float64" else 4
    batch = chosen.training.size_of_batch(samples[0])
    needed = bytes_needed(n, masked, samples, batch, chosen.training.optimizer.vectors, itemsize)
    return needed if planes else needed - 64_000 * (sum(n[1:]) + len(n) - 1)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_estimate_is_near_what_is_taken(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED],
        input=msgspec.json.encode(DESIGNS[name]),
        capture_output=True,
        check=True,
    )
    measured = int(done.stdout)
    assert measured > 64 << 20, "too small to tell it from the rest of the process"
    assert 0.75 < estimated(DESIGNS[name], planes=False) / measured < 1.6, measured / 2**20


def test_a_design_that_would_take_too_much_is_refused_at_its_widest_layer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusal precedes any allocation: in the design, in the terminal, and in a scene."""
    wide = design([8, *[1024, 1] * 16], replace(SINE, samples=5000), gradient_descent="batch")
    dataset = make_dataset(wide.data)
    tracemalloc.start()
    (problem,) = problems(wide, dataset)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problem.where == "layers[1].neurons"
    assert "GiB of memory; at most 1 GiB" in problem.why
    assert peak < 1 << 20
    path = tmp_path / "wide.glassnet"
    write(path, DesignFile(wide))
    assert main(["train", str(path), "--epochs", "1"]) == 2
    assert problem.why in capsys.readouterr().err
    scene = read_scene(scene_files()[0])
    start = Start(design=wide)
    subject = Networks(networks=(start,))
    with pytest.raises(FileError, match="GiB of memory"):
        write_scene(tmp_path / "scene.json", msgspec.structs.replace(scene, subject=subject, expected=()))
    with pytest.raises(FileError, match="GiB of memory"):
        write(path, DesignFile(wide, np.zeros(10)))


def test_all_examples_take_far_less() -> None:
    assert all(estimated(read(path).design) < MOST_BYTES / 4 for path in examples().values())
