"""Small trained networks for the tests of the views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from core.data.datasets import Dataset, make_dataset
from core.nn.design import Data, Dense, Design, Training, fitted
from core.nn.design_problems import problems
from core.nn.network import Network
from core.nn.optimizers import Adam
from core.nn.trainer import Phase, Snapshot, Trainer
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme


@dataclass(frozen=True)
class Scene:
    design: Design
    dataset: Dataset
    network: Network
    trainer: Trainer

    @property
    def snapshot(self) -> Snapshot:
        return self.trainer.snapshot()


def scene_of(design: Design) -> Scene:
    dataset = make_dataset(design.data)
    network = Network(design, dataset)
    return Scene(design, dataset, network, Trainer(network, dataset))


def scene(
    source: str = "xor",
    hidden: tuple[int, ...] = (4, 2),
    iterations: int = 40,
    phase: Phase | None = Phase.BACKWARD,
    data: dict[str, Any] | None = None,
    **training: Any,
) -> Scene:
    """Return a network after ``iterations`` updates, in a phase of the next one."""
    choices: dict[str, Any] = {"optimizer": Adam(), "learning_rate": 0.03, **training}
    layers = (*(Dense(n) for n in hidden), Dense(1, "sigmoid"))
    design = Design(data=Data(source=source, **(data or {})), layers=layers, training=Training(**choices))
    fit = fitted(design, make_dataset(design.data))
    made = scene_of(replace(fit, training=replace(fit.training, **choices)))
    if iterations:
        made.trainer.run(iterations)
    if phase is not None:
        made.trainer.advance(phase)
    return made


def tell(view: QWidget, told: Scene, selection: Selection = Selection(), theme: Theme = LIGHT) -> None:  # noqa: B008
    """Call all methods of a view that show it something, in the order of the window."""
    for name, values in (
        ("show_theme", (theme,)),
        ("show_design", (told.design, problems(told.design, told.dataset))),
        ("show_network", (told.network, told.dataset)),
        ("show_selection", (selection,)),
        ("show_curves", (told.trainer.curves(),)),
        ("show_snapshot", (told.snapshot,)),
    ):
        if hasattr(view, name):
            getattr(view, name)(*values)
