"""The panel in which the dataset is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.datasets import DATASETS, OWN_TABLE, SOURCES, Dataset, data_name
from core.data.encoding import encoded
from core.data.ready_tables import EMPTY, READY_TABLES
from core.data.table import Table
from core.data.table_of import table_of
from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Design, Problem
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from gui.plots.dataset_thumbnails import thumbnail
from gui.qt.drawable import guarded_overrides, shielded
from gui.qt.later import Later
from gui.qt.typed_signal import TypedSignal
from gui.selection import PlaneLook
from gui.text.labels import narrowed
from gui.text.plain_text import plain
from gui.text.reading_direction import reading
from gui.theme.theme import LIGHT, Theme, scale, sized
from gui.widgets.form import Form, TextRow, problems_under

PICTURE = QSizeF(42, 30)
"""Size of the picture of a tile, in points at the default font size."""
NAME_MARGIN = 3  # by which a name may extend into the gap between tiles
TILE_NAME = Qt.ItemDataRole.UserRole


def picture_size() -> QSize:
    """Return the size of the pictures, which is scaled with the font of the names below them."""
    return (PICTURE * scale()).toSize()


Index = QModelIndex | QPersistentModelIndex
SETTINGS = ("formula", "samples", "noise", "scale", "classes", "features", "test_share", "seed", "labels")


@guarded_overrides
class SourceTile(QStyledItemDelegate):
    """Draws a data set: its picture in a frame, and its name below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = LIGHT

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        picture = picture_size()
        return QSize(picture.width() + 2, picture.height() + QFontMetrics(sized("small")).height() + 4)

    @shielded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        space, theme = QRectF(option.rect), self.theme
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        lit = bool(state & QStyle.StateFlag.State_MouseOver)
        frame = QRectF(QPointF(), QSizeF(picture_size()))
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
        painter.setPen(theme.accent if chosen else theme.text)
        below = QRectF(space.left(), frame.bottom(), space.width(), space.bottom() - frame.bottom())
        below.adjust(-NAME_MARGIN, 0, NAME_MARGIN, 0)
        name = str(index.data(TILE_NAME))
        painter.setFont(narrowed(letters, name, below.width()))
        painter.setLayoutDirection(reading(name))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()


@guarded_overrides
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
        picture = thumbnail(name, self._theme, picture_size(), self.devicePixelRatioF())
        self.item(self.names.index(name)).setData(Qt.ItemDataRole.DecorationRole, picture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        """Distribute the width to the tiles of a row, and set the height to that of all rows."""
        tile = self._tile.sizeHint(QStyleOptionViewItem(), QModelIndex())
        a_row = max(1, (self.width() - 2) // tile.width())
        self.setGridSize(QSize((self.width() - 2) // a_row, tile.height()))
        self.setFixedHeight(-(-self.count() // a_row) * tile.height() + 2)


class OwnDataButtons(QWidget):
    """Buttons for the user's own data: a table, a file, or drawn points.

    ``picked`` carries a bundled table that was chosen from the menu of the first button.
    """

    picked = TypedSignal[Table]()

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(4)
        self.table = QToolButton()
        self.table.setText(self.tr("Table"))
        self.table.setToolTip(self.tr("Edit the data as a table of your own; the arrow offers truth tables"))
        self.table.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.table.setCheckable(True)
        self.table.setStyleSheet("padding: 2px 16px 2px 4px;")
        self.open, self.draw = QPushButton(self.tr("CSV…")), QPushButton(self.tr("Draw"))
        self.open.setToolTip(self.tr("Read a table from a file; or drop one on the window, or paste one"))
        self.draw.setToolTip(self.tr("Put points on the plane with the mouse"))
        self.draw.setCheckable(True)
        for button in (self.table, self.open, self.draw):
            button.setAccessibleName(button.toolTip())
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(40)
            button.setProperty("look", "slim")
            row.addWidget(button, 1)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for name, table in READY_TABLES.items():
            menu.addAction(self.tr("Truth table of {name}").format(name=name)).triggered.connect(
                partial(self._pick, table)
            )
        menu.addSeparator()
        menu.addAction(self.tr("Empty table")).triggered.connect(partial(self._pick, EMPTY))
        self.table.setMenu(menu)

    def _pick(self, table: Table, _checked: bool = False) -> None:
        self.picked.emit(table)

    def show_own(self, own: bool) -> None:
        """Show whether the data are the user's own table."""
        self.table.setChecked(own)


class DataPanel(QWidget):
    """Chooses a dataset by its thumbnail and sets its parameters.

    ``edit_requested`` carries a design with other data, whose output layer is unchanged.
    The buttons for the user's own table are hidden until `offer_tables`. ``table_pressed`` requests to show
    the table, ``open_pressed`` to read a file, ``draw_pressed`` to draw points.
    """

    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()
    summary_changed = TypedSignal[str]()
    table_pressed = TypedSignal[()]()
    open_pressed = TypedSignal[()]()
    draw_pressed = TypedSignal[()]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Data"))
        self._design: Design | None = None
        self._planar = False
        self._dataset: Dataset | None = None
        self._faulty = False
        self.picker = SourcePicker()
        self.summary, self.extra = "", QWidget()
        self.form = Form(Data, SETTINGS)
        self.new_data = QPushButton(self.tr("New"))
        self.new_data.setProperty("look", "slim")
        self.new_data.setToolTip(self.tr("Draw other samples of the same kind (the next seed)"))
        self.new_data.setAccessibleName(self.tr("New data"))
        self.own = OwnDataButtons()
        self.told = QLabel()
        self.told.setProperty("look", "small")
        self.told.setWordWrap(True)
        self._arrange()
        self.own.hide()
        self.own.table.clicked.connect(self._edit_table)
        self.own.picked.connect(self._take_table)
        self.own.open.clicked.connect(self.open_pressed)
        self.own.draw.clicked.connect(self.draw_pressed)
        self.picker.picked.connect(self._pick)
        self.form.changed.connect(lambda data: self._ask(data, self.tr("Change data settings")))
        self.new_data.clicked.connect(self._draw_new)
        self.show_theme(LIGHT)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 4)
        column.setSpacing(3)
        column.addWidget(self.picker)
        column.addWidget(self.own)
        column.addWidget(self.told)
        column.addWidget(self.form)
        self.form.rows["seed"].add_beside(self.new_data)
        below = QVBoxLayout(self.extra)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.form.rows["seed"])
        column.addWidget(self.extra)

    def offer_tables(self, *, draw: bool) -> None:
        """Show the buttons for the user's own table, and with ``draw`` the one for drawing points."""
        self.own.show()
        self.own.draw.setVisible(draw)

    # -- contents ----------------------------------------------------------------------------------

    def show_design(self, design: Design, problems: Sequence[Problem]) -> None:
        """Show the data of a design, and its problems."""
        self._tell_table(design.data)
        self._design = design
        source = SOURCES.get(design.data.source)
        self.picker.show_source(design.data.source)
        settings = set(source.settings) if source else set()
        if design.data.scale == Data().scale:
            settings.discard("scale")  # rarely needed
        if self._planar:
            settings.add("features")
        if source is not None and isinstance(formula := self.form.rows["formula"], TextRow):
            formula.show_hint(source.formula)
        faults = problems_under(problems, "data")
        self._faulty = bool(faults)
        self.form.show_value(design.data, faults)
        classes = source is not None and _are_classes(design.data, source.task)
        self.form.show_fields((*settings, "labels") if classes and _labels_matter(design) else settings)
        self.new_data.setVisible("samples" in settings)
        self._tell_summary()

    def show_network(self, _network: Network, dataset: Dataset) -> None:
        """Summarize the samples, and offer features if they have two coordinates."""
        self._planar = dataset.dimensions == 2
        self.form.rows["features"].setVisible(self._planar)
        self._dataset = dataset
        self._tell_summary()

    def _tell_summary(self) -> None:
        """Show the number of samples, unless the data are invalid: the network then has other samples."""
        text = ""
        if self._dataset is not None and not self._faulty:
            train, test = self._dataset.train.size, self._dataset.test.size
            text = self.tr("{train} train, {test} test").format(train=f"{train:,}", test=f"{test:,}")
        if text != self.summary:
            self.summary = text
            self.summary_changed.emit(text)

    def show_plane_look(self, look: PlaneLook) -> None:
        """Show whether points are drawn."""
        self.own.draw.setChecked(look.drawing)

    def _tell_table(self, data: Data) -> None:
        """Show what the user's own table consists of."""
        table = data.table if data.source == OWN_TABLE.name else None
        self.told.setVisible(table is not None)
        self.own.show_own(table is not None)
        if table is not None:
            text = self.tr("{name}: {rows} rows, {inputs} input and {targets} target columns")
            if table.rows == 1:
                text = self.tr("{name}: one row, {inputs} input and {targets} target columns")
            told = text.format(
                name=data_name(data),
                rows=f"{table.rows:,}",
                inputs=len(table.of_role("input")),
                targets=len(table.of_role("target")),
            )
            self.told.setText(plain(told))

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme."""
        self.picker.show_theme(theme)

    # -- requests ----------------------------------------------------------------------------------

    def _ask(self, data: Data, text: str) -> None:
        if self._design is not None and data != self._design.data:
            self.edit_requested.emit(replace(self._design, data=data), text, None)

    def _pick(self, name: str) -> None:
        if self._design is not None:
            text = self.tr("Data: {}").format(DATASETS[name].symbol)
            self._ask(replace(self._design.data, source=name), text)

    def _edit_table(self) -> None:
        """Convert the present data to the user's own table, unless they are one, and show it."""
        design, dataset = self._design, self._dataset
        if design is not None and dataset is not None and design.data.source != OWN_TABLE.name:
            self._take(table_of(dataset), self.tr("Edit the data as a table"))
        self.table_pressed.emit()

    def _take_table(self, table: Table) -> None:
        self._take(table, self.tr("Data: {}").format(table.name or self.tr("empty table")))
        self.table_pressed.emit()

    def _take(self, table: Table, text: str) -> None:
        if self._design is not None:
            self._ask(replace(self._design.data, source=OWN_TABLE.name, table=table), text)

    def _draw_new(self) -> None:
        if self._design is not None:
            seed = (self._design.data.seed + 1) % 2**32
            self._ask(replace(self._design.data, seed=seed), self.tr("New data"))


def _are_classes(data: Data, task: str) -> bool:
    """Return whether the targets are classes; for the user's own table, according to its columns."""
    if data.source != OWN_TABLE.name or data.table is None:
        return task == "classes"
    dataset = encoded(data.table).dataset
    return dataset.task == "classes" and not dataset.problem


def _labels_matter(design: Design) -> bool:
    """Return whether the targets of classes may be -1 as well as 0: not for outputs between 0 and 1."""
    names = design.dense[-1].activations if design.dense else ()
    signed = any(ACTIVATIONS[name].lowest < 0 for name in names if name in ACTIVATIONS)
    low = (design.training.loss.targets or (0.0, 1.0))[0]
    return signed or low < 0 or design.data.labels != "0/1"
