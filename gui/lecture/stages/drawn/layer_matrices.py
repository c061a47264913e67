"""The derivative of one layer as matrices."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.lecture.one_sample import OneSample
from core.lecture.subjects import Networks, Subject
from gui.lecture.stages.drawn.board import Board
from gui.lecture.stages.drawn.stage import DrawnStage


class LayerMatricesStage(DrawnStage):
    """One layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("layer-matrices", parent)

    def compute(self, subject: Subject) -> None:
        """Compute the passes of the network's first sample."""
        assert isinstance(subject, Networks)
        self.sample = OneSample(subject)

    def paint(self, board: Board) -> None:
        """Paint the layer."""
