"""Runs Python's cyclic garbage collector in the GUI thread only, while the training thread lives.

By default Python collects in whichever thread happens to allocate. If a cycle with a widget in it is freed in
the training thread, the widget's timers remain in the GUI thread, which then crashes. And Qt holds a lock
while it destroys an object; a collection at that moment, which destroys another object, can deadlock. When a
timer fires, no object is being destroyed.
"""

from __future__ import annotations

import gc
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

EVERY_MILLISECONDS = 400


class GarbageTimer(QObject):
    """Collects garbage by a timer in place of Python's automatic collection, until `stop` is called."""

    _alive: ClassVar[int] = 0
    _was_enabled: ClassVar[bool] = True

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if not GarbageTimer._alive:
            GarbageTimer._was_enabled = gc.isenabled()
        GarbageTimer._alive += 1
        gc.disable()
        self._timer = QTimer(self, interval=EVERY_MILLISECONDS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due by Python's own thresholds."""
        pairs = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, most) in enumerate(pairs) if count > most > 0]
        if due:
            gc.collect(max(due))

    def stop(self) -> None:
        """Turn automatic collection on again, once no training thread is left."""
        if self._timer.isActive():
            self._timer.stop()
            GarbageTimer._alive -= 1
            if not GarbageTimer._alive and GarbageTimer._was_enabled:
                gc.enable()
