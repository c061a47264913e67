"""The outputs and losses of all samples, computed in slices between which a window is redrawn."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject

from core.analysis.sample_losses import SampleLosses, SlicedLosses, sliced_losses
from core.nn.trainer import Snapshot
from gui.qt.drawable import overflowing
from gui.qt.later import Later
from gui.qt.typed_signal import TypedSignal

SLICE_SECONDS = 0.008
PAUSE_MILLISECONDS = 8  # between slices, for other drawing


class LossesInSlices(QObject):
    """Computes the outputs and losses of all samples at a moment, and emits them with ``known``.

    Fast computations are completed at once. Otherwise a moment that arrives meanwhile waits; only the last
    one waiting is computed next.
    """

    known = TypedSignal[Snapshot, SampleLosses]()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: Snapshot | None = None
        self._under_way: tuple[Snapshot, SlicedLosses] | None = None
        self._told: tuple[Snapshot, SampleLosses] | None = None
        self._later = Later(self, singleShot=True, interval=PAUSE_MILLISECONDS)
        self._later.timeout.connect(self._advance)

    def forget(self) -> None:
        """Drop all moments, since the next ones belong to another network."""
        self._wanted = self._under_way = self._told = None
        self._later.stop()

    def want(self, snapshot: Snapshot) -> None:
        """Compute them with the parameters shown in a snapshot, unless that is in progress or done."""
        self._wanted = snapshot
        if not self._later.isActive() and (self._told is None or self._told[0] is not snapshot):
            self._advance()

    def tell_again(self) -> None:
        """Emit the known results again, for a view that shows another part of them."""
        if self._told is not None:
            with overflowing():
                self.known.emit(*self._told)

    def _advance(self) -> None:
        """Compute for a few milliseconds, and emit what is complete then."""
        if self._under_way is None:
            if self._wanted is None:
                return
            wanted = self._wanted
            losses = sliced_losses(wanted.network, wanted.shown_theta, wanted.dataset)
            self._under_way = wanted, losses
        snapshot, losses = self._under_way
        end = perf_counter() + SLICE_SECONDS
        while not losses.advance():
            if perf_counter() > end:
                self._later.start()
                return
        assert losses.found is not None
        self._told, self._under_way = (snapshot, losses.found), None
        self.tell_again()
        if self._wanted is not None and self._wanted is not snapshot:
            self._later.start()
