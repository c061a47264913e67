"""The panel in which the dataset is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.data.datasets import DATASETS, SOURCES, Dataset
from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Design, Problem
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from gui.plots.dataset_thumbnails import thumbnail
from gui.theme.theme import LIGHT, Theme, sized
from gui.widgets.drawable import shielded
from gui.widgets.form import Form, problems_under
from gui.widgets.later import Later
from gui.widgets.typed_signal import TypedSignal

PICTURE = QSize(46, 30)
TILE_NAME = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
SETTINGS = ("samples", "noise", "classes", "test_share", "seed", "labels")


class SourceTile(QStyledItemDelegate):
    """Draws a data set: its picture in a frame, and its name below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = LIGHT

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(PICTURE.width() + 2, PICTURE.height() + QFontMetrics(sized("small")).height() + 4)

    @shielded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        space, theme = QRectF(option.rect), self.theme
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        lit = bool(state & QStyle.StateFlag.State_MouseOver)
        frame = QRectF(0, 0, PICTURE.width(), PICTURE.height())
        frame.moveTopLeft(QPointF(round(space.center().x() - frame.width() / 2), space.top() + 1))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.canvas)
        edge = theme.accent if chosen else theme.muted if lit else theme.border
        painter.setPen(QPen(edge, 2 if chosen else 1))
        painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), 4, 4)
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(picture, QPixmap):
            painter.drawPixmap(frame.topLeft(), picture)
        letters = sized("small")
        letters.setBold(chosen)
        painter.setFont(letters)
        painter.setPen(theme.accent if chosen else theme.text)
        below = QRectF(space.left(), frame.bottom(), space.width(), space.bottom() - frame.bottom())
        name = painter.fontMetrics().elidedText(
            str(index.data(TILE_NAME)),
            Qt.TextElideMode.ElideRight,
            int(below.width()),
        )
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()


class SourcePicker(QListWidget):
    """Pictures of the data sets with their names, in rows; a click or the arrow keys pick one.

    ``picked`` carries its name. The thumbnails are painted one at a time, after the widget is first shown.
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
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self._tile = SourceTile(self)
        self.setItemDelegate(self._tile)
        self._theme = LIGHT
        self._unpainted: list[str] = []
        self.names = tuple(DATASETS)
        for source in DATASETS.values():
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, tr(source.symbol))
            item.setData(TILE_NAME, tr(source.short or source.symbol))
            tip = f"<b>{tr(source.symbol)}</b><br>{tr(source.description)}"
            item.setToolTip(f"{tip}<br><i>{source.citation}</i>" if source.citation else tip)
            self.addItem(item)
        self.currentRowChanged.connect(self._emit_picked)
        self._timer = Later(self)
        self._timer.timeout.connect(self._paint_next)

    def _emit_picked(self, row: int) -> None:
        if row >= 0:
            self.picked.emit(self.names[row])

    def show_source(self, name: str) -> None:
        """Show which dataset is chosen, without emitting a signal."""
        self.blockSignals(True)
        self.setCurrentRow(self.names.index(name) if name in self.names else -1)
        self.blockSignals(False)
        self.viewport().update()

    def show_theme(self, theme: Theme) -> None:
        """Paint the thumbnails in a theme's colours."""
        self._theme, self._unpainted = theme, list(self.names)
        self._tile.theme = theme
        self.setStyleSheet("QListView { background: transparent; border: 0; }")
        self._fit_height()
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
        picture = thumbnail(name, self._theme, PICTURE, self.devicePixelRatioF())
        self.item(self.names.index(name)).setData(Qt.ItemDataRole.DecorationRole, picture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        """Share the width among the tiles of a row, and be as high as all rows: nothing scrolls."""
        tile = self._tile.sizeHint(QStyleOptionViewItem(), QModelIndex())
        a_row = max(1, (self.width() - 2) // tile.width())
        self.setGridSize(QSize((self.width() - 2) // a_row, tile.height()))
        self.setFixedHeight(-(-self.count() // a_row) * tile.height() + 2)


class DataPanel(QWidget):
    """Chooses a dataset by its thumbnail and sets its parameters.

    ``edit_requested`` carries a design with other data, whose output layer is unchanged.
    """

    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()
    summary_changed = TypedSignal[str]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Data"))
        self._design: Design | None = None
        self.picker = SourcePicker()
        self.summary = ""
        self.form = Form(Data, SETTINGS)
        self.new_data = QPushButton(self.tr("New"))
        self.new_data.setToolTip(self.tr("Draw other samples of the same kind (the next seed)"))
        self.new_data.setAccessibleName(self.tr("New data"))
        self._arrange()
        self.picker.picked.connect(self._pick)
        self.form.changed.connect(lambda data: self._ask(data, self.tr("Change data settings")))
        self.new_data.clicked.connect(self._draw_new)
        self.show_theme(LIGHT)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 6)
        column.setSpacing(3)
        column.addWidget(self.picker)
        column.addWidget(self.form)
        self.form.rows["seed"].add_beside(self.new_data)

    # -- contents ----------------------------------------------------------------------------------

    def show_design(self, design: Design, problems: Sequence[Problem]) -> None:
        """Show the data of a design, and its problems."""
        self._design = design
        source = SOURCES.get(design.data.source)
        self.picker.show_source(design.data.source)
        settings = source.settings if source else ()
        self.form.show_value(design.data, problems_under(problems, "data"))
        classes = source is not None and source.task == "classes"
        self.form.show_fields((*settings, "labels") if classes and _labels_matter(design) else settings)
        self.new_data.setVisible("samples" in settings)

    def show_network(self, _network: Network, dataset: Dataset) -> None:
        """Sum up the samples there are."""
        text = self.tr("{train} train, {test} test")
        self.summary = text.format(train=f"{dataset.train.size:,}", test=f"{dataset.test.size:,}")
        self.summary_changed.emit(self.summary)

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


def _labels_matter(design: Design) -> bool:
    """Return whether the targets of classes may be -1 as well as 0: not for outputs between 0 and 1."""
    names = design.dense[-1].activations if design.dense else ()
    signed = any(ACTIVATIONS[name].lowest < 0 for name in names if name in ACTIVATIONS)
    low = (design.training.loss.targets or (0.0, 1.0))[0]
    return signed or low < 0 or design.data.labels != "0/1"
