"""Work of the window's thread in slices: order, what waits, and what a fault leaves behind."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.slices import FEWEST, NUMBERS, Sliced, finished, slices_of
from gui.qt import in_slices
from gui.qt.in_slices import InSlices


def counting(name: str, count: int, heard: list[str]) -> Sliced[None]:
    for k in range(count):
        heard.append(f"{name}{k}")
        yield
    heard.append(name)


@pytest.fixture
def parent(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QWidget:
    """A parent in whose window a slice is over after each yield."""
    monkeypatch.setattr(in_slices, "SLICE_SECONDS", -1.0)
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def test_work_without_a_pause_is_done_at_once(parent: QWidget) -> None:
    heard: list[str] = []
    InSlices(parent).want(counting("a", 0, heard))
    assert heard == ["a"]


def test_of_what_is_wanted_meanwhile_the_last_is_done_next(parent: QWidget, qtbot: QtBot) -> None:
    heard: list[str] = []
    work = InSlices(parent)
    for name in "abc":
        work.want(counting(name, 2, heard))
    assert heard == ["a0"]
    qtbot.waitUntil(lambda: heard[-1] == "c")
    assert heard == ["a0", "a1", "a", "c0", "c1", "c"]


def test_what_is_wanted_within_the_work_comes_after_it(parent: QWidget, qtbot: QtBot) -> None:
    heard: list[str] = []
    work = InSlices(parent)

    def asking() -> Sliced[None]:
        work.want(counting("b", 1, heard))
        heard.append("a")
        yield
        heard.append("end of a")

    work.want(asking())
    qtbot.waitUntil(lambda: heard[-1] == "b")
    assert heard == ["a", "end of a", "b0", "b"]


def test_forgotten_work_is_never_completed(parent: QWidget, qtbot: QtBot) -> None:
    heard: list[str] = []
    work = InSlices(parent)
    work.want(counting("a", 1, heard))
    work.want(counting("b", 1, heard))
    work.forget()
    work.want(counting("c", 1, heard))
    qtbot.waitUntil(lambda: heard[-1] == "c")
    assert heard == ["a0", "c0", "c"]


def test_after_a_fault_other_work_is_done(parent: QWidget) -> None:
    heard: list[str] = []
    work = InSlices(parent)

    def failing() -> Sliced[None]:
        yield from ()
        raise ArithmeticError("of this work")

    with pytest.raises(ArithmeticError, match="of this work"):
        work.want(failing())
    work.want(counting("a", 0, heard))
    assert heard == ["a"]


@pytest.mark.parametrize("samples", [0, 1, 63, 64, 65, 100_000])
@pytest.mark.parametrize("numbers", [1, 47, 10**9])
def test_slices_cover_all_samples_in_order(samples: int, numbers: int) -> None:
    found = list(slices_of(samples, numbers))
    assert [k for span in found for k in range(samples)[span]] == list(range(samples))
    assert all((span.stop - span.start) * numbers <= max(NUMBERS, FEWEST * numbers) for span in found)


def test_work_done_at_once_gives_its_result() -> None:
    def work() -> Sliced[int]:
        yield
        yield
        return 3

    assert finished(work()) == 3
