from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from gui import frames
from gui.frames import Frames, shower


class Clock:
    """A clock that a drawing moves on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(frames, "perf_counter", lambda: self.now)


def drawn(clock: Clock, cost: float, count: int) -> tuple[list[str], list[str]]:
    """Return what was drawn in so many frames, and what once more at rest; the canvas costs ``cost``."""
    said: list[str] = []

    def canvas(_snapshot, _curves) -> None:
        clock.now += cost
        said.append("canvas")

    made = Frames(canvas, [lambda *_: said.append("bars"), lambda *_: said.append("loss"), None])
    for _ in range(count):
        made.show(None, None)
    running = list(said)
    said.clear()
    made.show_all(None, None)
    return running, said


def test_a_cheap_canvas_is_drawn_in_every_frame_and_the_others_in_turn(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, at_rest = drawn(Clock(monkeypatch), 0.003, 6)
    assert running == [*["canvas", "bars", "canvas", "loss", "canvas"]] * 2
    assert at_rest == ["canvas", "bars", "loss"]


@pytest.mark.parametrize(("cost", "gap"), [(0.012, 2), (0.03, 3)])
def test_a_costly_canvas_leaves_frames_to_the_others(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, cost: float, gap: int
) -> None:
    running, _ = drawn(Clock(monkeypatch), cost, 300)
    last = running[-12:]
    assert last.count("canvas") == 12 // gap
    assert last.count("bars") + last.count("loss") == 12 - 12 // gap


def test_a_view_is_shown_what_it_takes() -> None:
    told: list[object] = []
    moment = SimpleNamespace(network="network")
    both = SimpleNamespace(show_curves=told.append, show_snapshot=told.append)
    shower(both, SimpleNamespace(show_snapshot=told.append), object())(moment, "curves")
    assert told == ["curves", moment, moment]
