from itertools import pairwise
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from gui.session import frame_scheduler
from gui.session.frame_scheduler import FrameScheduler, shower, writer


class Clock:
    """A clock that is advanced by drawing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(frame_scheduler, "perf_counter", lambda: self.now)


def drawn(
    clock: Clock, cost: float, count: int, of_numbers: float = 0.0, scored_every: int = 1
) -> tuple[list[str], list[str]]:
    """Return what was drawn in ``count`` frames of 16 ms, and what was drawn at the end of the run.

    The canvas takes ``cost`` seconds, updating all numbers ``of_numbers``, after the position. One moment of
    ``scored_every`` comes with its scores.
    """
    said: list[str] = []

    def canvas(_snapshot, _curves) -> None:
        clock.now += cost
        said.append("canvas")

    def numbers(_snapshot, _curves) -> None:
        clock.now += of_numbers
        said.append("numbers")

    made = FrameScheduler(
        canvas,
        [lambda *_: said.append("boundary"), lambda *_: said.append("loss"), None],
        numbers,
        lambda *_: said.append("everything"),
    )
    for k in range(count):
        clock.now = max(clock.now, 0.016 * k)
        moment = SimpleNamespace(scores=None if (k + 1) % scored_every else "scores")
        made.show(moment, None, lambda: said.append("place"))
    running = list(said)
    said.clear()
    made.show_all(None, None)
    return running, said


def test_a_cheap_canvas_is_drawn_in_every_frame_and_the_others_in_turn(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, at_rest = drawn(Clock(monkeypatch), 0.003, 7)
    assert running == ["place", "numbers", *["canvas", "boundary", "canvas", "loss", "canvas"] * 2]
    assert at_rest == ["everything"]


@pytest.mark.parametrize(("cost", "gap"), [(0.012, 2), (0.03, 3)])
def test_a_costly_canvas_leaves_frames_to_the_others(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, cost: float, gap: int
) -> None:
    running, _ = drawn(Clock(monkeypatch), cost, 600)
    last = [what for what in running if what in ("canvas", "boundary", "loss")][-12:]
    assert last.count("canvas") == 12 // gap
    assert last.count("boundary") + last.count("loss") == 12 - 12 // gap


@pytest.mark.parametrize(("cost", "seconds"), [(0.004, 0.1), (0.025, 0.1), (0.1, 0.4)])
def test_numbers_are_written_ten_times_a_second_unless_that_takes_too_much_of_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, cost: float, seconds: float
) -> None:
    clock = Clock(monkeypatch)
    running, _ = drawn(clock, 0.001, 1000, cost)
    written = running.count("numbers")
    assert clock.now / (seconds + 0.02) <= written <= clock.now / seconds + 1
    assert running.count("place") == written
    assert all(now == "place" for now, then in pairwise(running) if then == "numbers")


def test_numbers_wait_for_a_moment_that_comes_with_its_scores(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, _ = drawn(Clock(monkeypatch), 0.003, 20, scored_every=10)
    frames = [what for what in running if what in ("canvas", "numbers")]
    assert [k + 1 for k, what in enumerate(frames) if what == "numbers"] == [10, 20]


def test_a_view_is_shown_what_it_takes() -> None:
    told: list[object] = []
    moment = SimpleNamespace(network="network")
    both = SimpleNamespace(show_curves=told.append, show_snapshot=told.append)
    shower(both, SimpleNamespace(show_snapshot=told.append), object())(moment, "curves")
    assert told == ["curves", moment, moment]


def test_numbers_are_written_without_the_graphics_that_have_a_turn_of_their_own() -> None:
    told: list[object] = []
    moment = SimpleNamespace(network="network")
    plot = SimpleNamespace(
        show_numbers=lambda _moment: told.append("numbers"),
        show_snapshot=lambda _moment: told.append("all"),
        show_curves=lambda _curves: told.append("curves"),
    )
    table = SimpleNamespace(show_snapshot=lambda _moment: told.append("table"))
    writer(plot, table)(moment, "curves")
    assert told == ["numbers", "table"]
