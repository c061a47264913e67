"""A list of samples as small images, or as numbers if they are no images; a click chooses one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.arrays import Array
from core.data.datasets import Dataset
from gui.plots.sample_image import sample_image
from gui.theme.theme import sized

IMAGE = 40  # pixels across an image
MOST = 40  # samples listed


class SampleList(QWidget):
    """A heading and samples with a caption each; ``chosen`` gives the column of the dataset."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading, self.items = QLabel(), QListWidget()
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.heading.setWordWrap(True)
        self.items.setFlow(QListView.Flow.LeftToRight)
        self.items.setMovement(QListView.Movement.Static)
        self.items.setResizeMode(QListView.ResizeMode.Adjust)
        self.items.setWrapping(True)
        self.items.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.items.setToolTip(self.tr("Click a sample to send it through the network"))
        self.items.itemClicked.connect(self._choose)
        self.items.itemActivated.connect(self._choose)
        self._shown: tuple[object, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.heading)
        column.addWidget(self.items)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def samples(self) -> list[int]:
        """The columns of the dataset that are listed."""
        return [self.items.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.items.count())]

    def show_samples(self, heading: str, dataset: Dataset, samples: Array, captions: list[str]) -> None:
        """List samples, at most 40, under a heading."""
        self.heading.setText(heading)
        self.items.setAccessibleName(heading)
        few = [int(sample) for sample in samples[:MOST]]
        shown = (id(dataset), tuple(few), sized("small").pointSizeF())
        if shown != self._shown:
            self._shown = shown
            self._fill(dataset, few)
        for row, caption in enumerate(captions[:MOST]):
            item = self.items.item(row)
            text = caption if dataset.image_shape else self._numbered(dataset.number_of(few[row]), caption)
            if item.text() != text:
                item.setText(text)

    def _numbered(self, number: int, caption: str) -> str:
        return self.tr("sample {number}: {caption}").format(number=number, caption=caption)

    def _fill(self, dataset: Dataset, samples: list[int]) -> None:
        images = dataset.image_shape is not None
        self.items.setFont(sized("small"))
        line = self.items.fontMetrics().height()
        self.items.setViewMode(QListView.ViewMode.IconMode if images else QListView.ViewMode.ListMode)
        self.items.setMovement(QListView.Movement.Static)
        self.items.setFlow(QListView.Flow.LeftToRight)
        self.items.setWrapping(True)
        self.items.setIconSize(QSize(IMAGE, IMAGE))
        wide = max(IMAGE + 14, self.items.fontMetrics().horizontalAdvance("p₈ = 0.000") + 8)
        self.items.setGridSize(QSize(wide, IMAGE + line + 8) if images else QSize())
        frame = 2 * self.items.frameWidth()
        self.items.setFixedHeight(frame + (IMAGE + line + 8 if images else 3 * line + 10))
        self.items.setVisible(bool(samples))
        self.items.clear()
        for sample in samples:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, sample)
            if images:
                picture = sample_image(dataset, sample).scaled(IMAGE, IMAGE)
                item.setIcon(QIcon(QPixmap.fromImage(picture)))
            item.setToolTip(self.tr("Sample {number}").format(number=dataset.number_of(sample)))
            self.items.addItem(item)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
