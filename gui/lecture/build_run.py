"""Applies builds to a stage; the training of a build is shown as it proceeds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

from core.lecture.scene import Build
from gui.lecture.stages.base import SceneStage

FRAME_MILLISECONDS = 40
SHOWN_MILLISECONDS = 3000
"""The training of a build is shown in about this time, however many iterations it has."""


class BuildRun(QObject):
    """The builds of a scene on one stage, which owns it."""

    def __init__(self, stage: SceneStage) -> None:
        super().__init__(stage)
        self._stage = stage
        self._left, self._at_once = 0, 1
        self.acting = False
        """Whether the stage is applying a build, so that it emits no messages."""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._make_some)

    @contextmanager
    def _act(self) -> Iterator[None]:
        self.acting = True
        try:
            yield
        finally:
            self.acting = False

    def go_on(self, build: Build) -> None:
        """Apply a build to the stage; the rest of a previous training is completed first."""
        stage = self._stage
        self.finish()
        with self._act():
            if build.change is not None:
                stage.change(build.change, quietly=True)
            if build.phase is not None:
                stage.enter(build.phase)
            if build.look is not None:
                stage.look_at(build.look)
            if build.light is not None:
                stage.show_spotlight(build.light if build.light >= 0 else None)
        if build.run:
            self._left = build.run
            frames = SHOWN_MILLISECONDS // FRAME_MILLISECONDS
            self._at_once = -(-build.run // frames)
            self._timer.start(max(FRAME_MILLISECONDS, min(500, SHOWN_MILLISECONDS // build.run)))

    @property
    def under_way(self) -> bool:
        """Whether the training of a build is being shown."""
        return self._left > 0

    def finish(self) -> None:
        """Complete the training of a build at once."""
        self._timer.stop()
        if self._left:
            with self._act():
                self._stage.advance(self._left)
            self._left = 0

    def _make_some(self) -> None:
        count = min(self._left, self._at_once)
        self._left -= count
        if not self._left:
            self._timer.stop()
        with self._act():
            self._stage.advance(count)
