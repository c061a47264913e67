"""Every view copes with all numbers that training produces: huge, tiny, infinite and NaN."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.bounds import LEAST_SPAN, MOST_REAL
from core.lecture.scene import Scene, find_scene, read_scene, write_scene
from core.lecture.subjects import Networks
from core.lecture.view_ids import ViewId
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MAE, MSE, CategoricalCrossEntropy
from core.nn.optimizers import Adam, Momentum, RMSProp
from gui.app.main_window import MainWindow
from gui.lecture.stages.drawn.stage import DrawnStage
from gui.lecture.stages.registry import stage_of
from gui.qt.drawable import MOST_DRAWN
from gui.selection import Selection
from tests.gui.stages import on_stage
from tests.sampling import covering, spread

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
    """Draw every view of the window, raising one after the other, with every kind of selection."""
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


def numbers(value: object) -> Iterator[float]:
    """Yield the coordinates in the arguments of a painter's method."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, QPointF):
        yield from (value.x(), value.y())
    elif isinstance(value, QRectF):
        yield from value.getRect()
    elif isinstance(value, QLineF):
        yield from (value.x1(), value.y1(), value.x2(), value.y2())
    elif isinstance(value, QPainterPath):
        elements = [value.elementAt(k) for k in range(value.elementCount())]
        yield from (number for element in elements for number in (element.x, element.y))
    elif isinstance(value, (list, tuple, QPolygonF)):
        for part in value:
            yield from numbers(part)


@pytest.fixture(autouse=True)
def beyond(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Record what is passed to QPainter; at the end, assert that nothing invalid was."""
    passed = set[str]()

    def watched(name: str) -> None:
        draw = getattr(QPainter, name)

        def watch(painter: QPainter, *values: object) -> object:
            caller = sys._getframe(1)
            scaled = caller.f_globals["__name__"].startswith("pyqtgraph")  # by Qt, from data units
            if not all(abs(number) <= (MOST_DRAWN if scaled else 1e6) for number in numbers(values)):
                passed.add(f"{name} at {caller.f_code.co_qualname}")
            return draw(painter, *values)

        monkeypatch.setattr(QPainter, name, watch)

    for name in (
        "drawLine",
        "drawLines",
        "drawPolyline",
        "drawPolygon",
        "drawPath",
        "drawEllipse",
        "drawRect",
    ):
        watched(name)
    for name in (
        "drawRect",
        "drawRoundedRect",
        "fillRect",
        "fillPath",
        "drawText",
        "drawStaticText",
        "drawImage",
    ):
        watched(name)
    yield
    assert not passed


@pytest.mark.parametrize("name", spread([*DESIGNS], 4))
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


@pytest.mark.parametrize(
    ("name", "size"),
    covering(["ReLU, gradient descent", "tanh, BCE, RMSProp, L2"], spread([*THETAS], 3)),
)
def test_views_stand_any_weights(open_window: Open, name: str, size: str) -> None:
    """Weights from a file, or set by hand, may have any size."""
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


# -- scenes at their limits ------------------------------------------------------------------------------


def changed(name: str, **fields: object) -> Scene:
    scene = read_scene(find_scene(name))
    return replace(scene, subject=replace(scene.subject, **fields), expected=(), cards=(), builds=())


def bench(**fields: object) -> Scene:
    """Return the scene of two activations on their bench."""
    return replace(changed("activation-family", **fields), drawing=None, show=(ViewId.BENCH,))


ENDS = {
    "a wide range": lambda: bench(low=-MOST_REAL, high=MOST_REAL),
    "a narrow range": lambda: bench(z=1.0, low=1.0 - 2 * LEAST_SPAN, high=1.0),
    "a tiny z": lambda: bench(z=5e-324),
    "z apart": lambda: changed("softmax-not-sum", z=(MOST_REAL, -MOST_REAL, 5e-324), temperature=LEAST_SPAN),
    "errors without measure": lambda: changed(
        "mse-against-mae", outputs=((MOST_REAL,),), targets=((-MOST_REAL,),)
    ),
    "a steep parabola": lambda: changed("one-weight", x=MOST_REAL, y=-MOST_REAL, w=MOST_REAL),
    "a flat parabola": lambda: changed("one-weight", x=5e-324, y=0.0, w=0.0),
    "large values": lambda: changed("sum-times-z", values={"x": MOST_REAL, "y": -5e-324, "z": -MOST_REAL}),
    "far from the start": lambda: replace(
        read_scene(find_scene("learning-rate")),
        surface=replace(read_scene(find_scene("learning-rate")).surface, margin=100.0),
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_stages_stand_scenes_at_their_bounds(tmp_path: Path, qtbot: QtBot, name: str) -> None:
    scene = ENDS[name]()
    path = tmp_path / "scene.json"
    write_scene(path, scene)
    with on_stage(lambda: stage_of(scene), read_scene(path)) as stage:
        stage.grab()
        for _ in range(3):
            stage.step(ahead=True)
            QApplication.processEvents()
            stage.grab()


def drawn(name: str, theta: tuple[float, ...]) -> Scene:
    """Return a drawn scene whose network has these parameters."""
    scene = read_scene(find_scene(name))
    assert isinstance(scene.subject, Networks)
    start = replace(scene.subject.networks[0], theta=theta)
    return changed(name, networks=(start,))


def taught(name: str, low: float, high: float, theta: tuple[float, ...]) -> Scene:
    """Return the drawn pair of activations over another range, with other parameters to begin with."""
    subject = read_scene(find_scene(name)).subject
    return changed(name, low=low, high=high, network=replace(subject.network, theta=theta))


FAR, NEAR = MOST_REAL, 5e-324
DRAWN_ENDS = {
    "far weights on the ring": lambda: drawn("the-loop", (FAR, -FAR, FAR)),
    "near weights on the ring": lambda: drawn("the-loop", (NEAR, NEAR, -NEAR)),
    "scores beyond measure": lambda: drawn("k-classes", (FAR, -FAR, 0, FAR, FAR, -FAR, 0, 0, FAR)),
    "scores that are equal": lambda: drawn("k-classes", (0.0,) * 9),
    "paths from far": lambda: taught("activation-family", -4, 4, (1, 0, 0, 1, 0, 0, FAR, -FAR, 0)),
    "sums from far": lambda: taught("activation-family", -FAR, FAR, (FAR, FAR, FAR, FAR, FAR, 0, 1, 1, FAR)),
}


@pytest.mark.parametrize("name", DRAWN_ENDS)
def test_pictures_stand_numbers_at_their_bounds(qtbot: QtBot, name: str) -> None:
    scene = DRAWN_ENDS[name]()
    with on_stage(lambda: stage_of(scene), scene) as stage:
        assert isinstance(stage, DrawnStage)
        for step in stage.picture.drawing.steps:
            stage.show_drawing(step)
            stage.grab()
        stage.step(ahead=True)
        stage.grab()
