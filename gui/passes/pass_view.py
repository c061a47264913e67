"""A base class of views that show the numbers of a pass, of the selected sample or of the batch."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.data.datasets import Dataset
from core.language import tr
from core.nn.network import Network
from core.nn.passes import Pass
from core.nn.trainer import Snapshot
from gui.layout.lazy_view import LazyView
from gui.passes.inspected_sample import pass_shown
from gui.qt.typed_signal import TypedSignal
from gui.selection import OutsideInput, Selection


class PassView(LazyView):
    """Selects the numbers to show: those of the selected sample, or else of the first one in the batch.

    ``of_batch``: show those of the whole batch.
    """

    select_requested = TypedSignal[Selection]()
    hover_requested = TypedSignal[Selection]()

    of_batch = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._selection = Selection()

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Set another network, for which there is no pass yet."""
        self._network, self._dataset, self._snapshot = network, dataset, None
        self.draw_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of the present pass."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def values(self, network: Network, snapshot: Snapshot) -> Pass | None:
        """Return the pass to show: that of the selected sample, as far as the batch's is, or the batch's."""
        if self.of_batch:
            return snapshot.shown
        return pass_shown(network, snapshot.dataset, snapshot, self._selection.sample)

    def whose_numbers(self) -> str:
        """Return a sentence on whose numbers are shown, and whether an update has outdated them."""
        said = self._sample_sentence()
        if self._snapshot is None or not self._snapshot.outdated:
            return said
        return tr("{whose}; from before the update").format(whose=said)

    def _sample_sentence(self) -> str:
        s, values = self._selection.sample, None if self._snapshot is None else self._snapshot.shown
        if isinstance(s, OutsideInput) and not self.of_batch:
            return tr("An input outside the data: only the forward pass")
        if isinstance(s, int) and not self.of_batch:
            return tr("Sample {}, alone").format(self._number_of(s))
        if values is None:
            return tr("No pass has been made yet: press Forward.")
        size = values.y.shape[1]
        if self.of_batch:
            return tr("Mean over the batch of {}").format(size)
        text = tr("Sample {sample}, the first of the batch of {size}")
        return text.format(sample=self._number_of(int(values.samples[0])), size=size)

    def _number_of(self, sample: int) -> int:
        return sample + 1 if self._dataset is None else self._dataset.number_of(sample)
