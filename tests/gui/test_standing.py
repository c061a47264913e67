"""Every view stands what training produces: numbers that run away, that are none, and tiny ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from core.design import Data, Dense, Design, Training
from core.losses import MAE, MSE, CategoricalCrossEntropy
from core.optimizers import Adam, Momentum, RMSProp
from gui.main_window import MainWindow
from gui.selection import Selection

Open = Callable[..., MainWindow]

SOFTMAX = Dense(3, "softmax")
IRIS = Data(source="iris")


def fast(**settings: object) -> Training:
    return Training(**{"learning_rate": 100.0, **settings})  # type: ignore[arg-type]


DESIGNS = {
    "ReLU, gradient descent": Design(
        data=IRIS, layers=(Dense(6, "relu"), SOFTMAX), training=fast(loss=CategoricalCrossEntropy())
    ),
    "linear, MSE": Design(
        data=Data(source="sine"),
        layers=(Dense(3, "linear"), Dense(2, "linear"), Dense(1, "linear")),
        training=fast(loss=MSE()),
    ),
    "softplus, MAE, momentum": Design(
        data=Data(source="circle"),
        layers=(Dense(3, "softplus"), Dense(2, "linear")),
        training=fast(loss=MAE(), optimizer=Momentum(), gradient_descent="batch"),
    ),
    "LeakyReLU, Adam": Design(
        data=IRIS,
        layers=(Dense(4, "leaky_relu"), Dense(3, "elu"), SOFTMAX),
        training=fast(loss=CategoricalCrossEntropy(), optimizer=Adam()),
    ),
    "tanh, BCE, RMSProp, L2": Design(
        layers=(Dense(4), Dense(2), Dense(1, "sigmoid")), training=fast(optimizer=RMSProp(), l2=10.0)
    ),
    "float32": Design(
        data=IRIS,
        layers=(Dense(6, "relu"), SOFTMAX),
        training=fast(loss=CategoricalCrossEntropy(), precision="float32"),
    ),
}


def look_at_all(window: MainWindow) -> None:
    """Have every view of the window drawn, one after the other in front, whatever is selected."""
    network = window.document.network
    last = len(network.n) - 1
    for dock in window.panels.docks:
        dock.show()
        dock.raise_()
        QApplication.processEvents()
    for selection in (
        Selection(),
        Selection(layer=1, neuron=0),
        Selection(layer=1, neuron=0, source=0),
        Selection(layer=last, neuron=0, source=0, sample=0),
    ):
        window.session.select(selection)
        settle(window)
        for view in window.panels.listeners:
            view.grab()


def settle(window: MainWindow) -> None:
    window.player.settle()
    QApplication.processEvents()


@pytest.mark.parametrize("name", DESIGNS)
def test_views_stand_a_run_that_diverges(open_window: Open, name: str) -> None:
    window = open_window(DESIGNS[name])
    window.session.select(Selection(layer=1, neuron=0, source=0))
    for iterations in (1, 3000):
        window.player.run(iterations)
        settle(window)
    look_at_all(window)


LARGEST, SMALLEST = np.finfo(float).max, 5e-324
THETAS = {
    "large": 1e300,
    "beyond the square root": 1e160,
    "the largest": LARGEST,
    "the smallest": SMALLEST,
    "infinite": np.inf,
    "not a number": np.nan,
}


@pytest.mark.parametrize("name", ["ReLU, gradient descent", "tanh, BCE, RMSProp, L2"])
@pytest.mark.parametrize("size", THETAS)
def test_views_stand_any_weights(open_window: Open, name: str, size: str) -> None:
    """Such as a file may hold, or a hand-made moment."""
    window = open_window(DESIGNS[name])
    network, dataset = window.document.network, window.document.dataset
    signs = np.where(np.arange(network.parameters) % 3, 1.0, -1.0)
    theta = (THETAS[size] * signs).astype(network.dtype)
    window.player.load(network, dataset, theta, iteration=3_000_000_000)
    settle(window)
    window.actions_["step"].trigger()
    settle(window)
    window.player.run(3)
    settle(window)
    look_at_all(window)
