"""Computes the numbers of a scene in a thread, when they are needed."""

from __future__ import annotations

import threading
from functools import partial
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, Signal

from core.lecture.evaluator import SceneEvaluator
from core.lecture.expected import ComputedNumber, Expected, found_with
from core.lecture.scene import Scene
from gui.qt.later import Later

POLL_MILLISECONDS = 25


class _Computation(threading.Thread):
    """Computes requested numbers of one subject, in their order; ``stop`` ends it between two numbers."""

    def __init__(self, bench: SceneEvaluator) -> None:
        super().__init__(name="numbers of a scene", daemon=True)
        self.answers: SimpleQueue[ComputedNumber] = SimpleQueue()
        self._asked: SimpleQueue[Expected | None] = SimpleQueue()
        self._bench, self._stopped = bench, False

    def ask(self, expected: Expected) -> None:
        self._asked.put(expected)

    def stop(self) -> None:
        self._stopped = True
        self._asked.put(None)

    def run(self) -> None:
        while (expected := self._asked.get()) is not None and not self._stopped:
            self.answers.put(found_with(self._bench, expected))


class SceneNumbers(QObject):
    """The numbers of a scene. ``known`` carries the name of a number just computed; `found` returns it.

    The thread lives only while there is something to compute, and no longer than this object.
    """

    known = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self._bench: SceneEvaluator | None = None
        self._computation: _Computation | None = None
        self._under_way = list[_Computation]()
        self.destroyed.connect(partial(_stop, self._under_way))
        self._asked: set[str] = set()
        self._found: dict[str, ComputedNumber] = {}
        self._poll = Later(self, interval=POLL_MILLISECONDS)
        self._poll.timeout.connect(self._take)

    def show_scene(self, scene: Scene | None) -> None:
        """Drop the numbers of the last scene, without waiting for computations in progress."""
        self._end()
        self._scene, self._bench = scene, None
        self._asked, self._found = set(), {}
        self._poll.stop()

    def want(self, *names: str) -> None:
        """Request numbers, by their names in the scene."""
        assert self._scene is not None
        if self._bench is None:
            self._bench = SceneEvaluator(self._scene.subject)
        if self._computation is None:
            self._computation = _Computation(self._bench)
            self._under_way[:] = [self._computation]
            self._computation.start()
        for expected in self._scene.expected:
            if expected.name in names and expected.name not in self._asked:
                self._asked.add(expected.name)
                self._computation.ask(expected)
        self._poll.start()

    def found(self, name: str) -> ComputedNumber | None:
        """Return a number, or None if it is not computed yet."""
        return self._found.get(name)

    def _end(self) -> None:
        _stop(self._under_way)
        self._computation = None
        self._poll.stop()

    def _take(self) -> None:
        assert self._computation is not None
        computation = self._computation
        while computation is self._computation:
            try:
                answer = computation.answers.get_nowait()
            except Empty:
                break
            self._found[answer.expected.name] = answer
            self.known.emit(answer.expected.name)
        if computation is self._computation and len(self._found) == len(self._asked):
            self._end()


def _stop(under_way: list[_Computation], _gone: object = None) -> None:
    """Stop computations whose results are no longer needed."""
    for computation in under_way:
        computation.stop()
    under_way.clear()
