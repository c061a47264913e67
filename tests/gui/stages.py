"""Stages for tests: opened with a scene of the lecture, at a scale, closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import combinations
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.lecture.scene import Scene, find_scene, read_scene
from gui.app.application import application
from gui.lecture.stages.base import SceneStage
from gui.theme import theme
from gui.theme.theme import LIGHT, Theme
from tests.conftest import MINUTE

Kind = TypeVar("Kind", bound=SceneStage)
HALL = 1.8
SIZES = {1.0: (960, 640), HALL: (1330, 900)}
LEFT = Qt.MouseButton.LeftButton


def scene_of(word: str) -> Scene:
    return read_scene(find_scene(word))


@contextmanager
def on_stage(
    make: Callable[[], Kind], word: str | Scene, scale: float = 1.0, shown: Theme = LIGHT
) -> Iterator[Kind]:
    theme.apply(application(), shown, scale)
    stage = make()
    try:
        stage.show_scene(word if isinstance(word, Scene) else scene_of(word))
        stage.show_theme(shown)
        stage.resize(*SIZES[scale])
        stage.show()
        assert QTest.qWaitForWindowExposed(stage, MINUTE)
        QApplication.processEvents()
        yield stage
    finally:
        stage.close_stage()
        stage.close()
        stage.deleteLater()
        QCoreApplication.sendPostedEvents(stage, QEvent.Type.DeferredDelete)
        theme.apply(application(), LIGHT)


def drag(widget: QWidget, start: QPointF, *stops: QPointF) -> None:
    """Press the mouse at a point, move it through others, and release it at the last."""
    QTest.mousePress(widget, LEFT, pos=start.toPoint())
    for stop in stops:
        QTest.mouseMove(widget, stop.toPoint())
        QApplication.processEvents()
    QTest.mouseRelease(widget, LEFT, pos=(stops[-1] if stops else start).toPoint())


def click(widget: QWidget, point: QPointF | None = None) -> None:
    QTest.mouseClick(widget, LEFT, pos=QPoint() if point is None else point.toPoint())


def type_into(field: QWidget, text: str) -> None:
    field.setFocus()
    field.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def check_places(stage: QWidget, parts: Iterable[QWidget | None]) -> None:
    """Check that the parts of a stage are inside it and do not overlap."""
    there = [part for part in parts if part is not None]
    places = [QRect(part.mapTo(stage, QPoint()), part.size()) for part in there]
    assert all(stage.rect().contains(place) for place in places), places
    assert not any(one.intersects(other) for one, other in combinations(places, 2)), places
