"""Data panel: which samples the network learns from."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.data.datasets import DATASETS, Dataset
from core.nn.design import Data, Design, Problem
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from gui.plots.dataset_thumbnails import thumbnail
from gui.theme.theme import LIGHT, Theme
from gui.widgets.form import Form, problems_under
from gui.widgets.later import Later
from gui.widgets.typed_signal import TypedSignal

SIZE, GAP = 36, 2
SETTINGS = ("samples", "noise", "classes", "test_share", "seed")


class SourcePicker(QListWidget):
    """Pictures of the data sets in rows; a click or the arrow keys pick one.

    ``picked`` carries the name. The pictures are painted after the first showing, one at a time.
    """

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Data sets"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(QSize(SIZE, SIZE))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self._theme = LIGHT
        self._unpainted: list[str] = []
        self.names = tuple(DATASETS)
        for source in DATASETS.values():
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, source.symbol)
            tip = f"<b>{source.symbol}</b><br>{source.description}"
            item.setToolTip(f"{tip}<br><i>{source.citation}</i>" if source.citation else tip)
            self.addItem(item)
        self.currentRowChanged.connect(self._emit_picked)
        self._timer = Later(self)
        self._timer.timeout.connect(self._paint_next)

    def _emit_picked(self, row: int) -> None:
        if row >= 0:
            self.picked.emit(self.names[row])

    def show_source(self, name: str) -> None:
        """Show which set is chosen, without telling anyone."""
        self.blockSignals(True)
        self.setCurrentRow(self.names.index(name) if name in self.names else -1)
        self.blockSignals(False)
        self.viewport().update()

    def show_theme(self, theme: Theme) -> None:
        """Paint the pictures in a theme's colours."""
        self._theme, self._unpainted = theme, list(self.names)
        self.setStyleSheet(
            "QListView { background: transparent; border: 0; }"
            "QListView::item { border: 2px solid transparent; border-radius: 8px; padding: 0px; }"
            f"QListView::item:hover {{ border-color: {theme.border.name()}; }}"
            f"QListView::item:selected {{ border-color: {theme.accent.name()}; background: transparent; }}"
        )
        if self.isVisible():
            self._timer.start(0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_height()
        if self._unpainted:
            self._timer.start(0)

    def _paint_next(self) -> None:
        if not self._unpainted:
            self._timer.stop()
            return
        name = self._unpainted.pop(0)
        picture = thumbnail(name, self._theme, SIZE, self.devicePixelRatioF())
        icon = QIcon(picture)
        icon.addPixmap(picture, QIcon.Mode.Selected)  # else a selected icon is tinted
        self.item(self.names.index(name)).setIcon(icon)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        """Share the width among the pictures of a row, and be as high as all rows: nothing scrolls."""
        width = self.width() - 2
        a_row = max(1, width // (SIZE + GAP))
        self.setGridSize(QSize(width // a_row, SIZE + GAP))
        self.setFixedHeight(-(-self.count() // a_row) * (SIZE + GAP) + 2)


class DataPanel(QWidget):
    """Pick a data set by its picture and set what matters to it.

    ``edit_requested`` carries a design with other data; its output layer is as it was.
    """

    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Data"))
        self._design: Design | None = None
        self.picker = SourcePicker()
        self.name = QLabel()
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setProperty("look", "small")
        self.form = Form(Data, SETTINGS)
        self.new_data = QPushButton(self.tr("New data"))
        self.new_data.setToolTip(self.tr("Draw other samples of the same kind (the next seed)"))
        self.new_data.setAccessibleName(self.tr("New data"))
        self._arrange()
        self.picker.picked.connect(self._pick)
        self.form.changed.connect(lambda data: self._ask(data, self.tr("Change data settings")))
        self.new_data.clicked.connect(self._draw_new)
        self.show_theme(LIGHT)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.new_data)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 8, 6)
        column.setSpacing(3)
        column.addWidget(self.picker)
        column.addLayout(head)
        column.addWidget(self.summary)
        column.addWidget(self.form)
        column.addStretch(1)

    # -- what is shown -----------------------------------------------------------------------------

    def show_design(self, design: Design, problems: Sequence[Problem]) -> None:
        """Show the data of a design, and what cannot work about them."""
        self._design = design
        source = DATASETS.get(design.data.source)
        self.picker.show_source(design.data.source)
        self.name.setText(f"<b>{source.symbol}</b>" if source else "")
        settings = source.settings if source else ()
        self.form.show_value(design.data, problems_under(problems, "data"))
        self.form.show_fields(settings)
        self.new_data.setVisible("samples" in settings)

    def show_network(self, _network: Network, dataset: Dataset) -> None:
        """Sum up the samples there are."""
        text = self.tr("{train} + {test} samples, {features} features")
        whole = self.tr("{train} training samples, {test} test samples, {features} features")
        sizes = {"train": dataset.train.size, "test": dataset.test.size, "features": dataset.features}
        self.summary.setText(text.format(**sizes))
        self.summary.setAccessibleName(whole.format(**sizes))
        source = DATASETS.get(dataset.name)
        about = "" if source is None else source.citation or source.description
        self.summary.setToolTip("\n".join(filter(None, (whole.format(**sizes), about))))

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.picker.show_theme(theme)

    # -- requests ----------------------------------------------------------------------------------

    def _ask(self, data: Data, text: str) -> None:
        if self._design is not None and data != self._design.data:
            self.edit_requested.emit(replace(self._design, data=data), text, None)

    def _pick(self, name: str) -> None:
        if self._design is not None:
            text = self.tr("Data: {}").format(DATASETS[name].symbol)
            self._ask(replace(self._design.data, source=name), text)

    def _draw_new(self) -> None:
        if self._design is not None:
            seed = (self._design.data.seed + 1) % 2**32
            self._ask(replace(self._design.data, seed=seed), self.tr("New data"))
