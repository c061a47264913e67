"""Opens the window, trains flat out for some seconds, and prints what was measured as one JSON object.

Run as ``python -m tests.benchmarks.window_run DESIGN SECONDS``; ``DESIGN`` is an example's name, or
``deep`` for 2-(6 layers of 8)-1. Frames are paint events of the canvas. What other processes take does not
count in the milliseconds of the window's thread per frame, nor in the share of training in processor time.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time, thread_time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSettings, QTimer

from core.data.datasets import make_dataset
from core.nn.design import Dense, Design
from core.nn.network import Network
from core.nn.trainer import Trainer
from core.project import files
from gui.app.application import application
from gui.app.main_window import MainWindow
from gui.session.run_speed import Speed


class Frames(QObject):
    """Notes the time of every paint event."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.times.append(perf_counter())
        return super().eventFilter(watched, event)


def design_of(name: str) -> Design:
    if name == "deep":
        return Design(layers=(*(Dense(8) for _ in range(6)), Dense(1, "sigmoid")))
    return files.read(files.find(name)).design


def headless_rate(design: Design, seconds: float) -> float:
    """Return the iterations a second of the engine alone, in slices as long as the window's."""
    dataset = make_dataset(design.data)
    trainer = Trainer(Network(design, dataset), dataset)
    trainer.run(100)
    start, begun = perf_counter(), trainer.iteration
    while perf_counter() - start < seconds:
        trainer.run(100)
    return (trainer.iteration - begun) / (perf_counter() - start)


def measure(name: str, seconds: float) -> dict[str, float]:
    design = design_of(name)
    app = application()
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        window = MainWindow(design, settings)
        window.resize(1600, 1000)
        window.show()
        window.player.settle()
        window.player.set_speed(Speed())
        frames = Frames()
        window.panels.canvas.viewport().installEventFilter(frames)
        before = headless_rate(design, seconds / 3)
        window.player.run()
        marks: dict[str, float] = {}

        def begin() -> None:
            frames.times.clear()
            marks.update(start=perf_counter(), iteration=window.player.snapshot.iteration)
            marks.update(own=thread_time(), all=process_time())

        QTimer.singleShot(700, begin)
        QTimer.singleShot(round(700 + 1000 * seconds), app.quit)
        app.exec()
        spent, own = perf_counter() - marks["start"], thread_time() - marks["own"]
        training = process_time() - marks["all"] - own
        made = window.player.snapshot.iteration - marks["iteration"]
        window.player.close()
        after = headless_rate(design, seconds / 3)
        intervals = np.array([b - a for a, b in pairwise(frames.times)]) * 1e3
        return {
            "frames_per_second": len(frames.times) / spent,
            "p50_ms": float(np.percentile(intervals, 50)),
            "p99_ms": float(np.percentile(intervals, 99)),
            "iterations_per_second": made / spent,
            "headless_iterations_per_second": (before + after) / 2,
            "window_ms_per_frame": 1e3 * own / max(1, len(frames.times)),
            "training_share_of_processor_time": training / (training + own),
        }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], float(sys.argv[2]))))
