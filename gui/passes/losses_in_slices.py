"""The outputs and losses of all samples, computed in slices between which a window is redrawn."""

from __future__ import annotations

from PySide6.QtCore import QObject

from core.analysis.sample_losses import SampleLosses, sliced_losses
from core.nn.trainer import Snapshot
from core.slices import Sliced
from gui.qt.drawable import overflowing
from gui.qt.in_slices import InSlices
from gui.qt.typed_signal import TypedSignal


class LossesInSlices(QObject):
    """Computes the outputs and losses of all samples at a moment, and emits them with ``known``.

    Fast computations are completed at once. Otherwise a moment that arrives meanwhile waits; only the last
    one waiting is computed next.
    """

    known = TypedSignal[Snapshot, SampleLosses]()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: Snapshot | None = None
        self._told: tuple[Snapshot, SampleLosses] | None = None
        self._work = InSlices(self)

    def forget(self) -> None:
        """Forget all moments, for those of another network come next."""
        self._wanted = self._told = None
        self._work.forget()

    def want(self, snapshot: Snapshot) -> None:
        """Compute those with the parameters shown in a snapshot, unless that is under way or done."""
        if self._wanted is not snapshot:
            self._wanted = snapshot
            self._work.want(self._computed(snapshot))

    def tell_again(self) -> None:
        """Emit the known results again, for a view that shows another part of them."""
        if self._told is not None:
            with overflowing():
                self.known.emit(*self._told)

    def _computed(self, snapshot: Snapshot) -> Sliced[None]:
        """Compute the losses slice by slice, then tell them."""
        losses = sliced_losses(snapshot.network, snapshot.shown_theta, snapshot.dataset)
        while not losses.advance():
            yield
        assert losses.found is not None
        self._told = snapshot, losses.found
        self.tell_again()
