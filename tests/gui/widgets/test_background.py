"""Work in a thread of its own: progress, result, faults, and nothing more once it is cancelled."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from core.data.table import TableError
from gui.widgets.background import Background, Progress


def test_progress_and_result_are_told_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    background, shares, threads = Background(), list[float](), list[object]()
    background.progressed.connect(shares.append)
    background.finished.connect(lambda _result: threads.append(threading.current_thread()))

    def work(progress: Progress) -> object:
        threads.append(threading.current_thread())
        return progress(0.25) and progress(0.5) and "done"

    with qtbot.waitSignal(background.finished) as told:
        background.start(work)
    assert told.args == ["done"] and shares == [0.25, 0.5] and not background.busy
    assert threads[0] is not threads[1] is threading.main_thread()


def test_a_fault_is_told_as_a_sentence(qtbot: QtBot) -> None:
    background = Background()

    def work(_progress: Progress) -> object:
        raise TableError("Row 2: no number.")

    with qtbot.waitSignal(background.failed) as told:
        background.start(work)
    assert told.args == ["Row 2: no number."] and not background.busy


def test_other_work_stops_what_is_going_on(qtbot: QtBot) -> None:
    background, stopped = Background(), threading.Event()
    results: list[object] = []
    background.finished.connect(results.append)

    def endless(progress: Progress) -> object:
        while progress(0.5):
            pass
        stopped.set()
        return "first"

    background.start(endless)
    with qtbot.waitSignal(background.finished):
        background.start(lambda _progress: "second")
    assert stopped.is_set() and results == ["second"]
    background.start(endless)
    background.cancel()
    assert not background.busy and results == ["second"]
